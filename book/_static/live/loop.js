/* Chapter 0: a model of two numbers a word that only adds (rnnlm_figures.loop), and learns its table. */
"use strict";

const LOOP_WORDS = ["the", "owl", "cow", "in", "wood", "hoots", "moos", "."];
const LOOP_SENTENCES = { owl: { ids: [0, 1, 3, 0, 4], target: 5 }, cow: { ids: [0, 2, 3, 0, 4], target: 6 } };
const LOOP_RATE = 0.5;
const LOOP_BARS = [["hoots", 5], ["moos", 6], ["each of the other six", 0]];

class LiveLoop extends LiveFigure {
  static title = "The whole loop: read, guess, measure, walk back, step";

  build() {
    this.animal = "owl";
    this.startOver();
    this.select = make("select", { class: "live-input", "aria-label": "sentence" },
      ...Object.keys(LOOP_SENTENCES).map((animal) => make("option", { value: animal }, `the ${animal} in the wood`)));
    this.select.addEventListener("change", () => { this.animal = this.select.value; this.draw(); });
    this.table = make("table", { class: "live-table loop-words" });
    this.shares = LOOP_BARS.map(() => make("span", { class: "logit-share" }));
    this.panel.append(make("div", { class: "live-row" }, this.select, button("A step", () => this.learn([this.animal])),
      button("30 rounds of both", () => this.learn(Array(30).fill(["owl", "cow"]).flat())),
      button("Start over", () => { this.startOver(); this.draw(); })), this.table,
    make("div", { class: "loop-shares" }, ...LOOP_BARS.flatMap(([name], k) => [make("span", {}, name), this.shares[k]])),
    this.sentence);
  }

  startOver() {
    this.rows = LOOP_WORDS.map((word) => (word === "owl" || word === "cow" ? [1, 1] : [0, 0]));
    this.steps = 0;
  }

  learn(animals) {
    for (const animal of animals) {
      const { gradient } = loopPass(this.rows, LOOP_SENTENCES[animal]);
      for (const id of LOOP_SENTENCES[animal].ids) gradient.forEach((g, k) => { this.rows[id][k] -= LOOP_RATE * g; });
      this.steps += 1;
    }
    this.draw();
  }

  draw() {
    const sentence = LOOP_SENTENCES[this.animal];
    const { states, p, gradient, loss } = loopPass(this.rows, sentence);
    const pair = (numbers, kind) => numbers.map((x) => make("td", { class: kind }, x.toFixed(2).replace("-", "−")));
    const pairs = ["vector", "state", "gradient"];
    const head = (name, spans) => make("th", { scope: spans.colspan ? "colgroup" : "col", ...spans }, name);
    this.table.replaceChildren(make("thead", {},
      make("tr", {}, head("word", { rowspan: 2 }), head("id", { rowspan: 2 }), ...pairs.map((name) => head(name, { colspan: 2 }))),
      make("tr", {}, ...pairs.flatMap(() => ["hoots", "moos"].map((name) => head(name, {}))))),
      make("tbody", {}, ...sentence.ids.map((id, t) => make("tr", {}, make("th", { scope: "row" }, LOOP_WORDS[id]),
        make("td", {}, String(id)), ...pair(this.rows[id], "loop-vector"), ...pair(states[t], "loop-state"),
        ...pair(gradient, "loop-gradient")))));
    this.shares.forEach((bar, k) => {
      const v = LOOP_BARS[k][1];
      bar.style.setProperty("--share", p[v]);
      bar.textContent = percent(p[v]);
      bar.classList.toggle("logit-target", v === sentence.target);
    });
    const after = this.steps === 0 ? "Before the first step" : `After ${this.steps} step${this.steps > 1 ? "s" : ""}`;
    this.say(`${after}, ${LOOP_WORDS[sentence.target]} gets ${percent(p[sentence.target])}. The loss is ${loss.toFixed(3)}.`);
  }
}

/** Read a sentence with a table of vectors; return the states, the guess, its loss, and the gradient of each state. */
function loopPass(rows, { ids, target }) {
  const states = [];
  let state = [0, 0];
  for (const id of ids) states.push(state = state.map((x, k) => x + rows[id][k]));
  const p = softmax(LOOP_WORDS.map((_, v) => (v === 5 || v === 6 ? Math.LN2 * state[v - 5] : 0)));
  return { states, p, loss: -Math.log(p[target]), gradient: [0, 1].map((k) => Math.LN2 * (p[5 + k] - (5 + k === target ? 1 : 0))) };
}

customElements.define("live-loop", LiveLoop);
