/* What was misunderstood comes back: a line where a question is due, and the page that asks. Of each mistake that a check
named this browser keeps a record, where `check` in a notebook puts it: see rnnlm_grader/learner/review.py. */
"use strict";

const REVIEW = "rnnlm-review", POINTS = "rnnlm-progress";
const AT_ONCE = 6; // questions of one sitting
const MISSED = 1, KNEW = 3; // the grades of FSRS
const DAY = 24 * 60 * 60 * 1000; // milliseconds
const LATER = 7 * DAY; // when to try again where no question can be made
const FINISHED = "That is all for now. ";

class LiveReview extends HTMLElement {
  connectedCallback() {
    if (this.shown) return;
    this.shown = true;
    addEventListener("storage", () => this.show());
    if (!this.hasAttribute("due")) this.build();
    this.show();
  }

  build() {
    this.sentence = make("p", { role: "status" });
    this.startButton = button("Start", () => this.start());
    this.place = make("section", { class: "review-question", "aria-label": "Question", tabindex: -1 });
    this.place.hidden = true;
    this.isOn = make("input", { type: "checkbox", change: () => this.turn() });
    this.file = make("input", { type: "file", accept: ".json", hidden: "", change: () => this.read() });
    this.append(this.sentence, this.startButton, this.place, make("div", { class: "live-row review-settings" },
      make("label", { class: "live-check" }, this.isOn, " Keep my mistakes, and ask about them"), button("Save as a file", () => this.save()),
      button("Read a file", () => this.file.click()), clearing(REVIEW, clearReviews, (said) => this.show(said))), this.file);
    if (this.canAsk) document.querySelector(".review-without")?.remove();
  }

  get canAsk() {
    return this.dataset.python && location.protocol !== "file:";
  }

  show(said = "") {
    const kept = keptReviews();
    const due = dueIn(kept), { length } = due;
    if (this.hasAttribute("due")) {
      const { cleared, ...points } = keptUnder(POINTS);
      const hasBegun = Object.keys(points).length > 0 && !document.querySelector("live-progress");
      this.hidden = !(length || hasBegun);
      this.replaceChildren(make("p", { class: "review-due" }, ...(hasBegun ? ["Welcome back: ", make("a",
        { href: "progress.html" }, "your progress"), " says what is next. "] : []),
      ...(length ? [`${length === 1 ? "A mistake" : `${length} mistakes`} of yours ${length === 1 ? "is" : "are"} due to come back: `,
        make("a", { href: "review.html" }, "Review"), ", a few minutes."] : [])));
      return;
    }
    const later = Object.values(kept.mistakes ?? {}).map((record) => record.due).filter((at) => at > Date.now());
    const waiting = !later.length ? "" : ` ${later.length === 1 ? "1 mistake is" : `${later.length} mistakes are`} noted; `
      + `the next one comes back on ${dayOf(Math.min(...later))}.`;
    this.isOn.checked = !kept.off;
    this.startButton.hidden = !(length && this.canAsk && this.place.hidden);
    this.sentence.textContent = said + (kept.off ? "Nothing is kept or asked." : length
      ? `${length} ${length === 1 ? "question is" : "questions are"} due${length > AT_ONCE ? `, ${AT_ONCE} at a time` : ""}.`
      : `Nothing is due.${waiting}`);
  }

  // --- questions ---

  async start() {
    this.startButton.hidden = true;
    this.place.hidden = false;
    this.parts ??= await import(new URL(this.dataset.python, document.baseURI));
    this.python ??= new this.parts.Python();
    this.left = dueIn(keptReviews()).slice(0, AT_ONCE);
    this.count = 0;
    await this.next();
  }

  async next() {
    const key = this.left.shift();
    if (!key) return this.end();
    const now = Date.now();
    const status = make("p", { role: "status" }, this.python.worker ? "The next question is being made …"
      : "Python is starting. That takes some seconds, once for each page.");
    this.place.replaceChildren(status);
    this.place.focus();
    const isSlow = () => void (status.textContent = "Python is still not there. If the connection was interrupted, load this page "
      + "again: nothing is lost.");
    try {
      const points = keptUnder(POINTS);
      const what = { key, record: keptReviews().mistakes[key], points, now };
      const question = await this.parts.unlessBy(this.parts.SLOW, isSlow, this.python.ask("review", ["ask", what]));
      if (!question) { // such as one about lines of what isn't solved yet
        keepRecord(key, { ...what.record, due: now + LATER });
        return this.next();
      }
      this.count += 1;
      this.ask(key, question);
    } catch (error) {
      this.place.replaceChildren(make("p", { role: "status" }, `No question could be made: ${error.message}.`));
    }
  }

  ask(key, { asks, code, choices, section, mark }) {
    const said = make("div", { role: "status" });
    const buttons = choices.map((choice, at) => make("button", { type: "button", class: "review-choice",
      click: () => this.answered ? undefined : this.judge(key, choices, at, buttons, said, section, mark) },
    make("code", {}, choice.text)));
    this.answered = false;
    this.place.replaceChildren(make("p", { class: "review-asks" }, ...withCode(asks)), ...(code ? [make("pre", { tabindex: 0 }, code)] : []),
      make("div", { class: "review-choices", role: "group", "aria-label": "Choices" }, ...buttons), said);
  }

  async judge(key, choices, at, buttons, said, section, mark) {
    this.answered = true;
    choices.forEach(({ is_right }, each) => {
      buttons[each].setAttribute("aria-disabled", "true");
      if (is_right || each === at) {
        buttons[each].classList.add(is_right ? "is-right" : "is-wrong");
        buttons[each].prepend(make("span", {}, is_right ? "✓ " : "✗ "));
      }
    });
    const { is_right, why } = choices[at];
    const nextButton = button(this.left.length ? "Next" : "Done", () => this.next());
    said.replaceChildren(make("p", {}, make("strong", {}, is_right ? "Right. " : "Not that one. "), ...withCode(why), " ",
      make("a", { href: section, target: "_blank" }, "Read about it"), "."));
    this.place.append(nextButton);
    nextButton.focus();
    const now = Date.now(), { log, asked } = keptReviews().mistakes[key];
    const record = { log: [...log, [now, is_right ? KNEW : MISSED]], asked: [...asked, mark], due: now + DAY };
    keepRecord(key, record); // at once, for the page may be left
    keepRecord(key, { ...record, due: await this.python.ask("review", ["scheduled", { log: record.log }]) });
    this.show(this.place.hidden ? FINISHED : ""); // "Done" may be quicker than the answer
  }

  end() {
    this.place.hidden = true;
    this.show(this.count ? FINISHED : "");
    this.sentence.tabIndex = -1;
    this.sentence.focus();
  }

  // --- what is kept ---

  turn() {
    const { off, ...kept } = keptReviews();
    keep(this.isOn.checked ? kept : { ...kept, off: true });
    this.show();
  }

  save() {
    const url = URL.createObjectURL(new Blob([JSON.stringify({ review: keptReviews() })], { type: "application/json" }));
    make("a", { href: url, download: "review.json" }).click();
    URL.revokeObjectURL(url);
  }

  /** Add what a file knows of mistakes that happened later than what is known here. */
  async read() {
    const kept = keptReviews(), mistakes = { ...kept.mistakes };
    try {
      for (const [key, record] of Object.entries(JSON.parse(await this.file.files[0].text()).review.mistakes)) {
        const isRecord = [record.due, ...record.log.flat(), ...record.asked].every(Number.isInteger) && record.log.length;
        if (!isRecord) throw new TypeError(key);
        if (lastOf(record) > lastOf(mistakes[key])) mistakes[key] = record;
      }
      keep({ ...kept, mistakes });
      this.show();
    } catch {
      this.show("That file holds no reviews: choose review.json or progress.json. ");
    }
    this.file.value = "";
  }
}

function clearReviews() {
  const { off } = keptReviews();
  keep({ ...(off && { off }), cleared: Date.now() });
}

function keptReviews() {
  return keptUnder(REVIEW);
}

function keep(kept) {
  localStorage.setItem(REVIEW, JSON.stringify(kept));
}

function keepRecord(key, record) {
  const kept = keptReviews();
  keep({ ...kept, mistakes: { ...kept.mistakes, [key]: record } });
}

/** Return the names of the mistakes that are due, the longest due first. */
function dueIn({ off, mistakes = {} }) {
  const due = Object.keys(mistakes).filter((key) => !off && mistakes[key].due <= Date.now());
  return due.sort((one, other) => mistakes[one].due - mistakes[other].due);
}

function lastOf(record) {
  return record?.log.at(-1)[0] ?? 0;
}

function dayOf(at) {
  return new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "long" });
}

/** Return the parts of a sentence in which code stands between backticks. */
function withCode(text) {
  return text.split("`").map((part, at) => (at % 2 ? make("code", {}, part) : part));
}

customElements.define("live-review", LiveReview);
