// What the pages use of CodeMirror, and the library by which the lab keeps its notebooks.
export { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
export { pythonLanguage } from "@codemirror/lang-python";
export { bracketMatching, indentUnit, syntaxHighlighting } from "@codemirror/language";
export { Compartment, EditorState } from "@codemirror/state";
export { EditorView, keymap, lineNumbers } from "@codemirror/view";
export { classHighlighter } from "@lezer/highlight";
export { default as localforage } from "localforage/src/localforage.js";
