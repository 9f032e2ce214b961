/* Chapter 3: a cell of two units built by hand (rnnlm_ref's RNN), which holds an owl or a cow while other words go by. */
"use strict";

const KEEPER_TEXT = "the owl in the wood behind the old barn hoots . the cow by the river";
const KEEPER_START = { keep: 1.5, mix: 0, write: 2 };
const KEEPER_STOP = 4; // what a full stop takes from both units
const KEEPER_HELD = 0.25; // above this a unit counts as saying its animal

class LiveKeeper extends LiveFigure {
  static title = "A cell of two units: steer what it remembers";

  build() {
    this.weights = { ...KEEPER_START };
    this.words = KEEPER_TEXT.split(" ");
    const weight = (name, label, min, max) => slider(label, { min, max, step: 0.1, value: this.weights[name] },
      (value) => { this.weights[name] = value; this.draw(); });
    this.rows = make("ol", { class: "live-steps", tabindex: 0, "aria-label": "The text, with both units after each word" });
    const heads = ["", "owl unit", "cow unit", "it holds"].map((head) => make("span", {}, head));
    const words = ["owl", "cow", "wood", "."].map((word) =>
      button(word, () => { this.words.push(word); this.draw(); }));
    this.panel.append(weight("keep", "keep: from a unit to itself", 0, 3),
      weight("mix", "mix: from one unit to the other", -1.5, 1.5), weight("write", "write: from its animal to a unit", 0, 9),
      make("div", { class: "live-steps-head", "aria-hidden": "true" }, ...heads), this.rows,
      make("div", { class: "live-row" }, ...words, button("Start over", () => this.startOver())), this.sentence);
  }

  startOver() {
    this.words = KEEPER_TEXT.split(" ");
    this.panel.querySelectorAll("input").forEach((input, i) => {
      input.value = Object.values(KEEPER_START)[i];
      input.dispatchEvent(new Event("input"));
    });
  }

  draw() {
    const states = keeperStates(this.words, this.weights);
    this.rows.replaceChildren(...this.words.map((word, t) => make("li", {},
      make("span", { class: "live-step-word" }, word),
      ...states[t].map(twoSidedBar), make("span", { class: "live-step-says" }, held(states[t])))));
    this.rows.scrollTop = this.rows.scrollHeight;
    const [owl, cow] = states.at(-1).map((h) => h.toFixed(2).replace("-", "−"));
    this.say(`After ${this.words.length} words the state is (${owl}, ${cow}): it holds ${held(states.at(-1))}.`);
  }
}

/** Return the state after each word, from zeros: tanh(h Wh + x Wx). */
function keeperStates(words, { keep, mix, write }) {
  const written = { owl: [write, -write], cow: [-write, write], ".": [-KEEPER_STOP, -KEEPER_STOP] };
  let h = [0, 0];
  return words.map((word) => {
    const x = written[word] ?? [0, 0];
    return h = [Math.tanh(keep * h[0] + mix * h[1] + x[0]), Math.tanh(mix * h[0] + keep * h[1] + x[1])];
  });
}

/** Return whom a state is about. */
function held([owl, cow]) {
  if (owl > KEEPER_HELD) return cow > KEEPER_HELD ? "both" : "the owl";
  return cow > KEEPER_HELD ? "the cow" : "nobody";
}

customElements.define("live-keeper", LiveKeeper);
