// The exercise of a chapter, done in its page: an editor for each answer cell. Work is kept where the lab keeps its
// notebooks, so that both show the same text, and Python runs in a worker, from the lab's own files.

import { NOT_THIS, askToKeep, chosen, downloadCopy, lastCopy, nameToKeep } from "./keeping.js";
import { make } from "./puzzle.js";
import { Python, SLOW, Turns, unlessBy } from "./python.js";

const LAB = new URL("../", import.meta.url);
const NOT_COME = "The editors didn’t arrive. Check the connection, and load this page again; what you wrote before is still in "
  + "this browser.";
const IN_LAB = "This exercise is open as a notebook in another tab. Write there, or close that tab.";
const PAUSE = 300; // milliseconds without a key after which work is saved
const UNUSUAL = 8_000; // milliseconds after which a check says that it may take longer
const ENDLESS = 90_000; // milliseconds after which it says that it may never end
const SETTLED = 20_000; // milliseconds after which a page has all that it shows, also on a slow machine
const SHOWN = 30; // characters of a text that is offered
const HINT = "I’d like a hint";
const TRIES = 2; // how many failed checks a reader has before a hint is offered
const NEAR = "800px"; // how near an answer comes to the screen before its editor is loaded

/** A notebook in the lab's storage; where that is refused, in memory. */
class Notebook {
  turns = new Turns();

  constructor(name, localforage) {
    this.name = name;
    this.lock = `rnnlm:${name}`; // which the lab holds as long as it has the notebook open
    this.files = localforage.createInstance({ name: `JupyterLite Storage - ${LAB.pathname}`, storeName: "files",
      driver: localforage.INDEXEDDB }); // the lab keeps nothing anywhere else
  }

  /** Keep an entry in memory from now on. */
  refused(entry) {
    this.memory = entry;
    this.onrefused?.();
  }

  /** Return what the notebook holds: the reader's work, or else the exercise as it was released. */
  async read() {
    return (await this.entry()).content;
  }

  async entry() {
    let refusal;
    const kept = this.memory ?? await this.files.getItem(this.name).catch((error) => { refusal = error; });
    if (kept) return kept;
    const now = new Date().toISOString();
    const entry = { name: this.name, path: this.name, created: now, last_modified: now, format: "json", type: "notebook",
      mimetype: "application/x-ipynb+json", writable: true, content: await this.released() };
    if (refusal) this.refused(entry); // so that what can't be read isn't written over
    return entry;
  }

  async released() {
    return (await fetch(new URL(`files/${this.name}`, LAB))).json();
  }

  /** Change the content and keep it, one change after another. */
  write(change) {
    return this.turns.take(async () => {
      const entry = await this.entry();
      change(entry.content);
      await this.put(entry, entry.content);
    });
  }

  /** Put another notebook in its place; what the reader wrote there is kept, as a whole and beside each answer. */
  replace(content, exercise) {
    return this.turns.take(async () => {
      const entry = await this.entry();
      const known = [...(await this.released()).cells, ...content.cells].map(textOf);
      for (const cell of content.cells) {
        const before = gradingOf(cell)?.solution && answerIn(entry.content, gradingOf(cell).grade_id);
        if (!before) continue;
        const { checked = cell.metadata.checked, earlier = [] } = before.metadata;
        Object.assign(cell.metadata, { checked, earlier: [...(cell.metadata.earlier ?? []), ...earlier] });
        if (!known.includes(textOf(before))) keepEarlier(cell, textOf(before));
      }
      if (entry.content.cells.some((cell) => !known.includes(textOf(cell)))) {
        const name = nameToKeep(exercise);
        if (!this.memory) await this.files.setItem(name, { ...entry, name, path: name }).catch(() => this.refused(entry));
      }
      await this.put(entry, content);
    });
  }

  /** Keep this content in an entry. */
  async put(entry, content) {
    Object.assign(entry, { content, last_modified: new Date().toISOString(), size: new Blob([JSON.stringify(content)]).size });
    if (!this.memory) await this.files.setItem(this.name, entry).catch(() => this.refused(entry));
  }

  /** Return the names of the other notebooks of an exercise that are kept. */
  async others(exercise) {
    const names = await this.files.keys().catch(() => []);
    return names.filter((name) => name !== this.name && name.startsWith(exercise));
  }

  /** Whether the lab has the notebook open, and would write over what is written here. */
  async isInLab() {
    const locks = await navigator.locks?.query(); // only pages that came safely have them
    return locks?.held.some(({ name, mode }) => name === this.lock && mode === "exclusive") ?? false;
  }

  /** Wait until the lab has closed it. */
  closed() {
    return navigator.locks.request(this.lock, { mode: "shared" }, () => {});
  }
}

/** An answer cell: its editor, its buttons and what the last check said. */
class Answer {
  changes = new Turns();
  failed = new Set(); // what failed since the last hint

  constructor(place, notebook, python, address, saveAll) {
    Object.assign(this, { place, notebook, python, saveAll, name: place.dataset.name });
    this.key = `rnnlm-unsaved ${notebook.name} ${this.name}`;
    this.hintsKey = `rnnlm-hints ${this.name}`;
    this.reportKey = `rnnlm-report ${this.name}`;
    const section = place.closest("section");
    this.hints = [...section.querySelectorAll(".practice-hint")];
    this.keys = make("p", { class: "practice-keys", id: `practice-keys-${this.name}` },
      "Ctrl+Enter checks. Tab indents; to leave the editor by keyboard, press Escape, then Tab.");
    this.checkButton = button("Check", () => this.check(), "practice-check");
    this.stopButton = button("Stop", () => python.stop("it was stopped"));
    this.hintButton = button(HINT, () => this.hint());
    this.backButton = button("Bring back", () => this.bringBack());
    this.status = make("p", { role: "status", class: "practice-status" });
    this.bar = make("progress", { "aria-label": "Python is starting" });
    this.saved = make("span", { class: "practice-saved" });
    this.report = make("div", { class: "practice-report check-report", role: "region", "aria-label": `Report on ${this.name}` });
    const open = make("a", { class: "practice-open", href: address, target: "_blank" }, "Open as notebook");
    place.append(this.keys, make("div", { class: "practice-row" }, this.checkButton, this.stopButton, this.hintButton,
      button("Start over", () => this.startOver()), this.backButton, open, this.saved), this.bar, this.status, this.report);
    for (const part of [this.stopButton, this.backButton, this.bar, this.report]) part.hidden = true;
  }

  /** Put the editor in, with what is kept. */
  async open({ Compartment, EditorState, EditorView, ...parts }) {
    const cell = answerIn(await this.notebook.read(), this.name);
    this.kept = textOf(cell);
    const { text, kept } = this.unsaved ?? { text: this.kept };
    const { keymap, indentUnit, syntaxHighlighting } = parts;
    const locked = new Compartment();
    this.lock = (isLocked) => this.view.dispatch({ effects: locked.reconfigure(EditorState.readOnly.of(isLocked)) });
    this.view = new EditorView({
      doc: kept === this.kept ? text : this.kept,
      extensions: [
        parts.lineNumbers(), parts.history(), parts.bracketMatching(), parts.pythonLanguage, indentUnit.of("    "),
        syntaxHighlighting(parts.classHighlighter), EditorState.tabSize.of(4), locked.of([]),
        keymap.of([{ key: "Mod-Enter", run: () => Boolean(this.check()) }, parts.indentWithTab,
          ...parts.historyKeymap, ...parts.defaultKeymap]),
        EditorView.contentAttributes.of({ "aria-label": `Your ${this.name}`, "aria-describedby": this.keys.id,
          tabindex: 0 }),
        EditorView.domEventHandlers({ focus: () => this.python.start(), blur: () => void (this.view.scrollDOM.scrollLeft = 0) }),
        EditorView.updateListener.of((update) => update.docChanged && this.changed()),
      ],
    });
    this.checkButton.before(this.indenting("Less indent", "⇤", parts.indentWithTab.shift),
      this.indenting("More indent", "⇥", parts.indentWithTab.run));
    this.place.prepend(this.view.dom);
    this.offerBack(cell);
    if (![this.text, this.kept].includes(text)) await this.write((now) => { // the lab or another tab has gone on since
      keepEarlier(now, text);
      return this.kept;
    });
    this.tellOfLastVisit(cell.metadata.checked);
    this.give(Math.min(remembered(this.hintsKey) ?? 0, this.hints.length)); // a puzzle begins with what the report says
  }

  /** Return a button for what the Tab key does, which a phone hasn't. */
  indenting(label, sign, indent) {
    const made = button(sign, () => {
      indent(this.view);
      this.view.focus();
    }, "practice-touch");
    made.ariaLabel = label;
    return made;
  }

  /** Show the last report, if it is about this code, and say how many points there were. */
  tellOfLastVisit(checked) {
    const isOfThis = this.showLastReport();
    const points = !checked ? "" : checked.text === this.text ? `Earlier, for this code: ${checked.points}.`
      : `Best so far, for other code: ${checked.points}.`;
    if (points || isOfThis) this.say(`${points}${isOfThis ? " The report below is of the last check." : ""}`.trim());
  }

  /** Show the last report if it is about this code, and none if it isn't; return whether it is. */
  showLastReport() {
    const last = remembered(this.reportKey), isOfThis = last?.text === this.text;
    if (isOfThis) this.tell(last.outputs, last.text);
    else this.report.hidden = true;
    return isOfThis;
  }

  /** Show what was found of a text. */
  tell(outputs, text) {
    this.report.replaceChildren(...outputs.map(shown));
    this.report.classList.remove("is-old");
    this.report.hidden = !outputs.length;
    this.judged = text;
  }

  /** Offer what was put aside last, if anything was, by its first line that doesn't stand here. */
  offerBack(cell) {
    const last = cell.metadata.earlier?.at(-1);
    const here = this.text.split("\n");
    const lines = last?.split("\n").filter((line) => line.trim()) ?? [];
    const line = (lines.find((each) => !here.includes(each)) ?? lines[0] ?? "").trim();
    this.backButton.hidden = last === undefined;
    this.backButton.textContent = `Bring back “${line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line}”`;
  }

  /** What was typed and isn't written yet, or null: kept at once, for a page that is left may write nothing more. */
  get unsaved() {
    return remembered(this.key);
  }

  set unsaved(what) {
    remember(this.key, what);
  }

  get text() {
    return this.view.state.doc.toString();
  }

  set text(text) {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
  }

  changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
    this.unsaved = { kept: this.kept, text: this.text };
    if (!this.isAtWork) this.outdate();
  }

  outdate() {
    this.report.classList.add("is-old");
    this.say(this.report.hidden ? "" : "Changed since the report below.");
  }

  /** Keep what stands in the editor. What another tab wrote meanwhile can be brought back. */
  async save() {
    clearTimeout(this.timer);
    if (this.text === this.kept) return void (this.unsaved = null);
    if (await this.notebook.isInLab()) return this.refresh();
    askToKeep();
    await this.write(() => this.text);
    if (this.text === this.kept) this.unsaved = null;
    this.saved.textContent = this.notebook.memory ? "Not saved" : `Saved ${time(Date.now())}`;
  }

  /**
   * Keep what `choose` returns, in one turn: nobody sees an editor and a notebook that don't fit together.
   * What the answer's checks said before is no longer true.
   */
  write(choose) {
    return this.notebook.write((notebook) => {
      const cell = answerIn(notebook, this.name);
      const text = choose(cell);
      if (![this.kept, text].includes(textOf(cell))) {
        keepEarlier(cell, textOf(cell));
        this.say("Another tab changed this answer: “Bring back” shows what it wrote.");
      }
      this.kept = cell.source = text;
      this.offerBack(cell);
      for (const each of checksOf(notebook, this.name)) Object.assign(each, { outputs: [], execution_count: null });
    });
  }

  /** Show what the lab, or another tab, has written meanwhile; a sentence says what it is. */
  async refresh(sentence = "Another tab changed this answer: this is what it wrote.") {
    const isLocked = await this.notebook.isInLab();
    if (isLocked !== this.view.state.readOnly) {
      this.lock(isLocked);
      this.say(isLocked ? IN_LAB : "");
      if (isLocked) this.notebook.closed().then(() => this.refresh());
    }
    await this.notebook.turns.take(async () => {
      const cell = answerIn(await this.notebook.read(), this.name);
      const text = textOf(cell);
      if (text === this.kept || this.text !== this.kept) return;
      this.kept = text;
      this.text = text;
      this.offerBack(cell);
      this.showLastReport();
      this.say(`${sentence}${isLocked ? ` ${IN_LAB}` : ""}`);
    });
    if (!isLocked) await this.save();
  }

  async startOver() {
    const text = textOf(answerIn(await this.notebook.released(), this.name));
    if (this.text === text) return this.say("This is where you begin.");
    await this.replace("You begin anew. What stood here is kept: “Bring back” shows it again.", (cell, before) => {
      keepEarlier(cell, before);
      return text;
    });
  }

  /** Show what was put aside last; what stands there now comes back after all others. */
  async bringBack() {
    const beginning = textOf(answerIn(await this.notebook.released(), this.name));
    await this.replace("This is what you had put aside.", (cell, before) => {
      const earlier = cell.metadata.earlier ?? [];
      const text = earlier.pop() ?? before;
      if (before !== beginning) earlier.unshift(before);
      return text;
    });
  }

  /** Put another text in the place of what stands there, one after the other: a second click waits for the first. */
  replace(sentence, choose) {
    return this.changes.take(() => this.replaceNow(sentence, choose));
  }

  async replaceNow(sentence, choose) {
    await this.refresh();
    if (this.view.state.readOnly) return;
    await this.write((cell) => {
      this.text = choose(cell, this.text);
      this.showLastReport();
      this.say(sentence);
      this.checkButton.focus();
      return this.text;
    });
  }

  hint() {
    const given = this.hints.findIndex((hint) => hint.hidden) + 1;
    this.give(given);
    const shown = this.hints[given - 1];
    shown.open = true;
    this.failed.clear();
    this.hintButton.classList.remove("is-offered");
    shown.querySelector("summary").focus();
    remember(this.hintsKey, given);
  }

  /** Show as many hints, and offer those that are left. */
  give(count) {
    for (const hint of this.hints.slice(0, count).filter((each) => each.hidden)) {
      hint.hidden = false;
      hint.querySelector("rnnlm-puzzle")?.begin(this.text, this.report.textContent);
    }
    const left = this.hints.length - count;
    this.hintButton.textContent = count ? `${HINT} (${left} more)` : HINT;
    this.hintButton.hidden = !left;
  }

  /** Count what failed; return the offer of a hint, if it is time for one. */
  offer(judged, isRight) {
    isRight ? this.failed.clear() : this.failed.add(judged);
    const isTime = this.failed.size >= TRIES && this.hints.some((hint) => hint.hidden);
    this.hintButton.classList.toggle("is-offered", isTime);
    return isTime ? " Would a hint help?" : "";
  }

  say(...parts) {
    this.status.replaceChildren(...parts);
  }

  /** Scroll as far as the status and the beginning of the report need, unless the reader has gone on. */
  show() {
    const at = document.activeElement?.closest(".practice-answer");
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!at || at === this.place) this.status.scrollIntoView({ block: "nearest", behavior: isCalm ? "instant" : "smooth" });
  }

  /** Say that all points are there, and where it goes on; hints have done their work. */
  done() {
    for (const hint of this.hints) hint.open = false;
    const section = this.place.closest("section").nextElementSibling;
    const chapter = document.querySelector("a.right-next");
    const next = section?.matches("section") ? make("a", { href: `#${section.id}` }, section.querySelector("code").textContent)
      : chapter && make("a", { href: chapter.href }, chapter.querySelector(".prev-next-title").textContent.trim());
    return [" Done: all points.", ...(next ? [" Next: ", next, "."] : [])];
  }

  check() {
    if (this.isAtWork) this.isDue = true; // as soon as this check is done, if it was another text
    else {
      if (this.python.checked) this.say(`Waiting until ${this.python.checked} is checked.`);
      this.python.turns.take(() => this.judge());
    }
    return true;
  }

  /** Run what stands on the screen, after all that stands above it, and show what its checks say. */
  async judge() {
    this.isAtWork = true;
    this.python.checked = this.name;
    this.stopButton.hidden = false;
    this.checkButton.setAttribute("aria-disabled", "true");
    try {
      await this.saveAll(); // it may use the other answers, as they stand on the screen
      const judged = this.text;
      if (judged !== this.judged) this.report.hidden = true; // it is about other code
      const outputs = await this.runCells(await this.notebook.read(), judged);
      this.tell(outputs, judged);
      remember(this.reportKey, { text: judged, outputs });
      const failed = outputs.find(isError);
      const reason = failed ? `${failed.above ?? "the cell"} ended with an error, see below` : `the cell defines no ${this.name}`;
      const points = pointsIn(outputs);
      const offer = this.offer(judged, isFull(points));
      this.say((points.length ? `Points: ${inWords(points)}.` : `Nothing was checked: ${reason}.`) + offer,
        ...(isFull(points) ? this.done() : []), this.view.state.readOnly ? ` ${IN_LAB}` : "");
      if (points.length && !this.view.state.readOnly) await this.keepPoints(judged, points);
      if (this.text !== judged) this.outdate();
    } catch (error) {
      this.say(`Nothing was checked: ${error.message}.`);
    } finally {
      this.isAtWork = false;
      this.python.checked = "";
      this.stopButton.hidden = this.bar.hidden = true;
      this.checkButton.removeAttribute("aria-disabled");
      this.show();
      if (this.isDue && this.text !== this.judged) this.check();
      this.isDue = false;
    }
  }

  /** Keep the best points, with the text that they are for. */
  keepPoints(text, points) {
    return this.notebook.write((notebook) => {
      const { metadata } = answerIn(notebook, this.name);
      const sum = sumOf(points);
      if (sum >= (metadata.checked?.sum ?? 0)) metadata.checked = { text, sum, points: inWords(points) };
    });
  }

  /** Return what a reader should see of the outputs: the answer's and its checks', and errors of cells above. */
  async runCells(notebook, text) {
    const code = notebook.cells.filter((cell) => cell.cell_type === "code");
    const own = answerIn(notebook, this.name);
    const idOf = (cell) => cell.id ?? String(code.indexOf(cell)); // older notebooks have none
    const screen = Object.fromEntries(code.map((cell) => [idOf(cell), cell === own ? text : textOf(cell)]));
    const run = (cell) => this.python.ask("run", { cellId: idOf(cell), screen });
    const runAll = async () => {
      const outputs = [];
      for (const cell of code.slice(0, code.indexOf(own)).filter((each) => !gradingOf(each)?.grade)) {
        const above = `the cell above${gradingOf(cell) ? `, ${gradingOf(cell).grade_id},` : ""}`;
        outputs.push(...(await run(cell)).filter(isError).map((output) => ({ ...output, above })));
      }
      outputs.push(...await run(own));
      if (await this.python.ask("defines", this.name)) {
        for (const cell of checksOf(notebook, this.name)) {
          outputs.push(...await run(cell));
        }
      }
      return outputs;
    };
    await this.pythonStarts();
    this.say("Checking …");
    return this.orSay("Still checking: several mistakes at once take longest. If a loop of yours never ends, press Stop.", ENDLESS,
      this.orSay("Checking … An unusual answer takes a minute or two.", UNUSUAL, runAll()));
  }

  /** Wait for something; say a sentence if it takes longer than that. */
  orSay(sentence, time, something) {
    return unlessBy(time, () => this.say(sentence), something);
  }

  /** Have Python forget what it ran before; say how far it is if it isn't there yet. */
  async pythonStarts() {
    const tell = (share) => {
      this.bar.hidden = share === 1;
      this.bar.value = share;
      if (share < 1) this.say("Python is starting. That takes some seconds, once for each page.");
    };
    tell(this.python.share);
    this.python.onshare = tell;
    await this.orSay("Python is still not there. If the connection was interrupted, press Stop, then Check again. Your "
      + "work is kept.", SLOW, this.python.ask("reset"));
  }
}

class Practice extends HTMLElement {
  connectedCallback() {
    if (this.answers) return;
    this.answers = [];
    this.hidden = false;
    document.querySelector(".practice-without")?.remove();
    this.addEventListener("keydown", (event) => { // else the page takes it for its shortcut to search
      if (event.key === "/") event.stopPropagation();
    });
    const near = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      near.disconnect();
      this.open();
    }, { rootMargin: NEAR });
    near.observe(this);
    const target = location.hash && document.querySelector(location.hash); // editors were hidden when the page went there
    if (target) keepAtTop(target);
  }

  async open() {
    const { localforage, ...editor } = await import("./editor.js").catch(() => ({}));
    if (!localforage) return this.append(make("p", { role: "alert" }, NOT_COME));
    const python = new Python();
    this.notebook = new Notebook(this.dataset.notebook, localforage);
    this.answers = [...this.querySelectorAll(".practice-answer")].map((place) =>
      new Answer(place, this.notebook, python, this.dataset.address, () => this.save()));
    await Promise.all(this.answers.map((answer) => answer.open(editor)));
    this.answers.forEach((answer) => answer.refresh());
    await this.addFoot();
    addEventListener("storage", ({ key, newValue }) => // another tab has written all that it had
      newValue === "null" && this.answers.find((answer) => answer.key === key)?.refresh());
    addEventListener("focus", () => this.answers.forEach((answer) => answer.refresh()));
    addEventListener("pagehide", () => this.save());
    document.addEventListener("visibilitychange", () => this.answers.forEach((answer) =>
      document.hidden ? answer.save() : answer.refresh()));
  }

  /** Say where work is, and offer it for handing in. */
  async addFoot() {
    const where = make("p", { role: "status" },
      "Your work is saved in this browser, in the notebook that “Open as notebook” shows.");
    this.copy = make("span");
    this.told = make("p", { role: "status", class: "practice-status" });
    this.earlier = make("p");
    const row = make("div", { class: "practice-row" }, button("Download the notebook", () => this.download()),
      button("Upload a notebook", () => this.upload()), this.copy);
    const foot = make("div", { class: "practice-foot" }, where, row, this.told, this.earlier);
    this.tellOfCopy();
    await this.tellOfEarlier();
    this.append(foot);
    this.notebook.onrefused = () => {
      where.textContent = "This browser keeps nothing of this page: what you write is gone once you leave. "
        + "Download it before that.";
      this.prepend(foot); // where it is read before anything is written
    };
    if (this.notebook.memory) this.notebook.onrefused();
  }

  /** Say when a copy was downloaded last, here or in the lab. */
  tellOfCopy() {
    const at = lastCopy(this.dataset.exercise);
    const day = at && new Date(at).toLocaleDateString([], { day: "numeric", month: "long" });
    this.copy.textContent = at ? `Last copy downloaded ${day}, ${time(at)}.` : "";
  }

  /** List the notebooks of this exercise that aren't shown here. */
  async tellOfEarlier() {
    const others = await this.notebook.others(this.dataset.exercise);
    this.earlier.replaceChildren(...others.flatMap((other) => {
      const href = this.dataset.address.replace(this.dataset.notebook, other);
      return [make("a", { href, target: "_blank" }, `Earlier work: ${other}`), make("br")];
    }));
  }

  save() {
    return Promise.all(this.answers.map((answer) => answer.save()));
  }

  async download() {
    await this.save();
    const notebook = await this.notebook.read();
    for (const answer of this.answers) answerIn(notebook, answer.name).source = answer.text; // the lab may keep it from being saved
    downloadCopy(notebook, this.notebook.name, this.dataset.exercise);
    this.tellOfCopy();
  }

  /** Go on with a copy from elsewhere. */
  async upload() {
    await this.save();
    const found = await chosen(await this.notebook.read());
    const refusal = !found ? NOT_THIS : await this.notebook.isInLab() ? IN_LAB : "";
    if (!refusal) {
      await this.notebook.replace(found, this.dataset.exercise);
      await Promise.all(this.answers.map((answer) => answer.refresh("This is from your file.")));
      await this.tellOfEarlier();
    }
    this.told.textContent = refusal || "The editors show the answers in your file.";
  }
}

/** Go to a place, and again as often as the page has moved by itself, until the reader does something. */
function keepAtTop(target) {
  const top = () => target.getBoundingClientRect().top;
  let landed;
  const timer = setInterval(() => {
    if (top() === landed) return;
    target.scrollIntoView({ behavior: "instant" });
    landed = top();
  }, 100);
  const stop = () => clearInterval(timer);
  setTimeout(stop, SETTLED);
  for (const event of ["wheel", "touchstart", "pointerdown", "keydown"]) addEventListener(event, stop, { once: true, passive: true });
}

function time(at) {
  return new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

function remembered(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

/** Keep a little beside the notebook, where the browser allows that. */
function remember(key, what) {
  try {
    localStorage.setItem(key, JSON.stringify(what));
  } catch {}
}

function button(label, action, kind = "") {
  const element = make("button", { type: "button", class: `practice-button ${kind}` }, label);
  element.addEventListener("click", action);
  return element;
}

function textOf(cell) {
  return [cell.source].flat().join("");
}

function gradingOf(cell) {
  return cell.metadata.nbgrader;
}

function answerIn(notebook, name) {
  return notebook.cells.find((cell) => gradingOf(cell)?.grade_id === name);
}

/** Return the cells that check an answer: those between it and the next one. */
function checksOf(notebook, name) {
  const below = notebook.cells.slice(notebook.cells.indexOf(answerIn(notebook, name)) + 1);
  const end = below.findIndex((cell) => gradingOf(cell)?.solution);
  return below.slice(0, end < 0 ? below.length : end).filter((cell) => gradingOf(cell)?.grade);
}

function keepEarlier(cell, text) {
  cell.metadata.earlier = [...(cell.metadata.earlier ?? []), text];
}

function isError(output) {
  return output.output_type === "error";
}

/** Return an output of a cell as a notebook shows it. */
function shown(output) {
  const html = output.data?.["text/html"];
  if (!html) {
    const text = output.text ?? output.traceback?.join("\n") ?? output.data["text/plain"];
    return make("pre", {}, text.replaceAll(/\u001b\[[\d;]*m/g, "").replaceAll(/Cell In\[\d+\], line/g,
      output.above ? `In ${output.above} line` : "Your code, line"));
  }
  const place = make("div");
  place.innerHTML = html;
  for (const script of place.querySelectorAll("script")) { // as in a notebook: they note points
    script.replaceWith(make("script", {}, script.textContent));
  }
  for (const link of place.querySelectorAll("a[href*='#']")) entitle(link);
  return place;
}

/** Have a link to a section of this page scroll there, and show its heading alone. */
function entitle(link) {
  if (link.href.split("#")[0] !== location.href.split("#")[0]) return;
  link.removeAttribute("target");
  link.href = link.hash;
  const heading = document.querySelector(link.hash)?.closest("section")?.querySelector(":scope > :is(h1, h2, h3)");
  if (heading) link.textContent = heading.textContent.replace(/#$/, "");
}

/** Return [part, points, most] of each part that was checked. */
function pointsIn(outputs) {
  return outputs.flatMap(({ metadata }) => metadata?.points ?? []);
}

function inWords(points) {
  return points.map(([part, got, most]) => `${part} ${got} of ${most}`).join(", ");
}

function sumOf(points) {
  return points.reduce((sum, [, got]) => sum + got, 0);
}

function isFull(points) {
  return points.length > 0 && points.every(([, got, most]) => got === most);
}

const style = make("link", { rel: "stylesheet", href: new URL("practice.css", import.meta.url) });
style.addEventListener("load", () => customElements.define("rnnlm-practice", Practice));
document.head.append(style);
