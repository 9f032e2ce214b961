// What the lab adds to JupyterLite: it keeps what is run too early, says that Python is starting, saves at every moment
// and says when, lets one tab write, and leads from an exercise to the work on an earlier release of it.
import { NOT_THIS, askToKeep, chosen, downloadCopy, lastCopy, nameToKeep } from "./practice/keeping.js";
import "./screen.js";

const OPEN = "lab:open-other", UPLOAD = "lab:upload", START_OVER = "lab:start-over", DOWNLOAD = "docmanager:download";
const { commands, serviceManager, shell } = await until(() => window.jupyterapp);
const kernel = until(() => shell.currentWidget?.sessionContext?.session?.kernel);

// For a second there are cells and no kernel yet, and a cell that is run then would be forgotten.
// All keys, buttons and menus come by here.
const execute = commands.execute.bind(commands);
commands.execute = async (id, args) => {
  if (/^(notebook|runmenu):.*run/.test(id) || id === DOWNLOAD) await kernel;
  return id === DOWNLOAD ? download() : execute(id, args);
};
commands.addCommand(OPEN, { execute: ({ path }) => void open(`?path=${path}`) });
commands.addCommand(UPLOAD, { label: "Upload a Notebook…", caption: "Go on with a copy from elsewhere", execute: upload });
commands.addCommand(START_OVER, { label: "Start Over", caption: "Begin anew, and keep what you have", execute: startOver });
focusNoDanger();

await kernel;
const notebook = shell.currentWidget;
const { context, sessionContext } = notebook;
const state = document.createElement("div");
state.className = "jp-Toolbar-item rnnlm-saved";
state.role = "status";
state.style = "margin-left: 1em; min-width: 0; overflow: hidden";
document.getElementById("jp-title").after(state);
let saving = Promise.resolve(), waits, savedAt;

(await _JUPYTERLAB["rnnlm-course"].get())().default.activate(window.jupyterapp);
sayThatPythonStarts();
sessionContext.statusChanged.connect((_, status) => status === "restarting" && sayThatPythonStarts());
await context.ready;
if (await isFirstTab()) saveAlways();
else readOnly();
tellOfOthers();

async function until(look) {
  for (;;) {
    const found = look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function tell(message, type, label, commandId, args) {
  const actions = label ? [{ label, commandId, args }] : [];
  return execute("apputils:notify", { message, type, options: { autoClose: false, actions } });
}

async function sayThatPythonStarts() {
  const answer = sessionContext.session.kernel.requestIsComplete({ code: "" }); // comes as soon as Python runs
  const note = await tell("Python is starting. What you run meanwhile is answered then.", "in-progress");
  await answer.catch(() => {}); // the kernel was restarted meanwhile
  commands.execute("apputils:dismiss-notification", { id: note });
  rnnlmLab.isReady();
}

// --- Nothing is lost -------------------------------------------------------------------------------------------------

function saveAlways() {
  notebook.content.model.contentChanged.connect(() => (waits ??= setTimeout(save, 1000)));
  document.addEventListener("visibilitychange", () => document.hidden && save());
  addEventListener("pagehide", save);
  context.saveState.connect((_, how) => {
    if (how === "completed") savedAt = Date.now();
    showState();
  });
  if (!rnnlmLab.keeps) {
    tell("This browser refuses to keep anything: what you write is gone when this tab closes. Download it before.",
      "warning", "Download", DOWNLOAD);
  }
  showState();
}

function save() {
  clearTimeout(waits);
  waits = undefined;
  if (!context.model.dirty) return saving;
  askToKeep();
  return (saving = saving.then(() => context.save()));
}

function showState() {
  const copy = lastCopy(exercise(context.path));
  const kept = !rnnlmLab.keeps ? "Not saved: this browser refuses to." : savedAt ? `Saved ${time(savedAt)}.` : "";
  state.textContent = `${kept} ${copy ? `Last copy downloaded ${time(copy)}.` : "No copy downloaded yet."}`;
}

function time(at) {
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  const day = isToday ? {} : { day: "numeric", month: "short" };
  return new Date(at).toLocaleString(undefined, { ...day, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** Download what is on the screen, which JupyterLab's own command doesn't: it takes what was saved last. */
function download() {
  downloadCopy(context.model.toJSON(), context.path, exercise(context.path));
  showState();
}

function isFirstTab() {
  if (!navigator.locks || !rnnlmLab.keeps) return true;
  return new Promise((answer) => navigator.locks.request(`rnnlm:${context.path}`, { ifAvailable: true }, (lock) => {
    answer(Boolean(lock));
    return lock && new Promise(() => {}); // held until the tab is gone
  }));
}

function readOnly() {
  context.save = async () => {}; // nor does it ask what to do, where the other tab has saved since
  for (const cell of notebook.content.widgets) cell.readOnly = true;
  state.textContent = "Read only: this exercise is open in another tab.";
  tell("This exercise is open in another tab, so this one is read only. Close the other tab and load this page again " +
    "to write here.", "warning");
}

/** No key that is pressed by habit may destroy work: a dialog's first focus is not on its button that does. */
function focusNoDanger() {
  const met = new WeakSet();
  document.addEventListener("focusin", ({ target }) => {
    const dialog = target.closest(".jp-Dialog");
    if (!dialog || met.has(dialog)) return;
    met.add(dialog);
    if (target.matches(".jp-mod-warn")) dialog.querySelector("button.jp-mod-reject")?.focus();
  });
}

async function upload() {
  const found = await chosen(context.model.toJSON());
  if (found) await replace(found);
  else tell(NOT_THIS, "error");
}

async function startOver() {
  const current = (await released()).find((name) => exercise(name) === exercise(context.path));
  await replace(await (await fetch(`../files/${current}`)).json());
}

async function replace(content) {
  const name = nameToKeep(exercise(context.path));
  await serviceManager.contents.save(name, { type: "notebook", format: "json", content: context.model.toJSON() });
  context.model.fromJSON(content);
  await save();
  offer(name, `What you had until now is kept as ${name}.`, "Open it");
}

// --- Other notebooks of the exercise ---------------------------------------------------------------------------------

async function released() {
  return (await (await fetch("../api/contents/all.json")).json()).content.map((file) => file.name);
}

async function tellOfOthers() {
  const current = await released();
  const all = (await serviceManager.contents.get("")).content.map((file) => file.name).sort();
  const others = all.filter((name) => name !== context.path && exercise(name) === exercise(context.path));
  const isOld = !current.includes(context.path);
  const other = isOld ? others.find((name) => current.includes(name)) : others.at(-1);
  if (!other) return;
  if (/-kept-/.test(context.path)) offer(other, "This is work that you kept.", "Open the exercise");
  else if (isOld) {
    offer(other, "This exercise has been corrected since you began. Your work stays here.", "Open the corrected one");
  } else offer(other, "You have earlier work on this exercise, which is kept.", "Open the earlier one");
}

function offer(path, message, label) {
  return tell(message, "info", label, OPEN, { path });
}

function exercise(name) {
  return name.replace(/(-release)?-\d{4}\.ipynb$|-kept-[\d-]+\.ipynb$/, "");
}
