/* What an LSTM adds: one unit of an LSTM (rnnlm_ref's TimeLSTM) whose gates the reader sets, for three kinds of words. */
"use strict";

const GATES_WORDS = [["the", 0.4], ["owl", 0.9], ["in", -0.3], ["the", 0.4], ["wood", 0.5], ["hoots", -0.4], [".", 0.1],
  ["the", 0.4], ["cow", -0.9], ["by", 0.3], ["the", 0.4], ["river", -0.5]]; // each with its candidate g
const GATES_KINDS = ["an animal", "a full stop", "any other word"];
const GATES_NAMES = { f: "f: keep the old", i: "i: let the new in", o: "o: show" };

class LiveGates extends LiveFigure {
  static title = "Be the gates of an LSTM: one unit, word by word";

  build() {
    this.startOver();
    const sliders = Object.entries(GATES_NAMES).map(([gate, name]) => this.gates.map((_, k) => this.gate(gate, name, k)));
    const table = make("table", { class: "live-table gates-table" },
      make("thead", {}, make("tr", {}, make("td"), ...GATES_KINDS.map((kind) => make("th", { scope: "col" }, `at ${kind}`)))),
      make("tbody", {}, ...Object.values(GATES_NAMES).map((name, row) => make("tr", {}, make("th", { scope: "row" }, name),
        ...sliders[row].map((one) => make("td", {}, one))))));
    this.rows = make("ol", { class: "live-steps", tabindex: 0, "aria-label": "The text; of each word g, c, h and the gradient" });
    const heads = ["", "g", "c", "h", "gradient"].map((head) => make("span", {}, head));
    this.panel.append(table, make("div", { class: "live-row" }, button("Start over", () => {
      this.startOver();
      sliders.flat().forEach((one) => setSlider(one, 0.5, 0.5));
      this.draw();
    })), make("div", { class: "live-steps-head", "aria-hidden": "true" }, ...heads), this.rows, this.sentence);
  }

  startOver() {
    this.gates = GATES_KINDS.map(() => ({ f: 0.5, i: 0.5, o: 0.5 }));
  }

  /** Return a slider for a gate at words of a kind. */
  gate(gate, name, k) {
    const one = slider("", { min: 0.01, max: 0.99, step: 0.01, value: 0.5 }, (value) => {
      this.gates[k][gate] = value;
      this.draw();
    });
    one.querySelector("input").setAttribute("aria-label", `${name}, at ${GATES_KINDS[k]}`);
    return one;
  }

  draw() {
    const { cs, hs, reach } = gatesRun(this.gates);
    this.rows.replaceChildren(...GATES_WORDS.map(([word, g], t) => make("li", {}, make("span", { class: "live-step-word" }, word),
      make("span", { class: "gates-new" }, written(g)), twoSidedBar(cs[t]), twoSidedBar(hs[t]), logBar(reach[t]))));
    const far = (word) => brief(reach[GATES_WORDS.findIndex(([name]) => name === word)]);
    this.say(`At the end c is ${cs.at(-1).toFixed(2).replace("-", "−")}. A nudge to c arrives at the last h with the factor `
      + `${far("cow")} if it came after cow, and with ${far("owl")} if it came after owl.`);
  }
}

/** Return a bar on a logarithmic scale for a number up to 1; a millionth has none. The number is short, for a phone. */
function logBar(x) {
  const written = x < 0.01 ? x.toExponential(0).replace("-", "−") : String(Number(x.toPrecision(2)));
  return make("span", { class: "live-bar gates-reach", style: `--value: ${x}; --length: ${1 + Math.log10(x) / 6}` }, written);
}

/** Return the states of the unit after each word, and the derivative of the last h in c after each word. */
function gatesRun(gates) {
  const of = ([word]) => gates[word === "owl" || word === "cow" ? 0 : word === "." ? 1 : 2];
  let c = 0;
  const cs = GATES_WORDS.map((entry) => c = of(entry).f * c + of(entry).i * entry[1]);
  const hs = cs.map((value, t) => of(GATES_WORDS[t]).o * Math.tanh(value));
  const reach = [];
  GATES_WORDS.forEach((_, back) => {
    const t = GATES_WORDS.length - 1 - back;
    reach[t] = back === 0 ? of(GATES_WORDS[t]).o * (1 - Math.tanh(cs[t]) ** 2) : reach[t + 1] * of(GATES_WORDS[t + 1]).f;
  });
  return { cs, hs, reach };
}

customElements.define("live-gates", LiveGates);
