/* The trained model of the farm: rnnlm_ref.pretrained.farm_model, one word at a time. */
"use strict";

const FARM_COLUMNS = [
  ["who", ["the", "cow", "duck", "dog", "cat", "horse", "frog", "bee", "owl"]],
  ["where", ["in", "near", "behind", "barn", "field", "garden", "house", "river", "wood"]],
  ["says", ["moos", "quacks", "barks", "meows", "neighs", "croaks", "buzzes", "hoots", "."]],
];
const FARM_ROWS = 100; // older ones are dropped, or a long text would slow the page down
const FARM_BEGINNING = ["the", "duck", "in", "the", "wood", "behind", "the", "river"];

class LiveFarm extends LiveFigure {
  static title = "The trained model: choose words, and see what it expects next";

  build() {
    const { tokens, params } = JSON.parse(this.querySelector("script").textContent);
    this.tokens = tokens;
    [this.embedding, this.Wx, this.Wh, this.b, this.W, this.c] = params;
    this.temperature = 1;
    this.text = make("ol", { class: "farm-text", tabindex: 0, "aria-label": "The text so far, with the state after each word" });
    this.input = make("input", { class: "live-input", autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
    const temperature = slider("temperature τ =", { min: 0.2, max: 3, step: 0.1, value: 1 }, (value) => {
      this.temperature = value;
      this.draw();
    });
    this.panel.append(make("div", { class: "farm" },
      make("div", {}, this.typing(), this.text, legend(), this.buttons()),
      make("div", {}, this.palette(), temperature)), this.sentence);
    this.startOver();
    FARM_BEGINNING.forEach((word) => this.read(word));
  }

  typing() {
    const form = make("form", { class: "live-row" },
      make("label", { class: "farm-type" }, "Type", this.input),
      make("button", { class: "live-button" }, "Read"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.readAll(this.input.value);
    });
    return form;
  }

  buttons() {
    return make("div", { class: "live-row" },
      button("Next word", () => this.act(() => this.read(this.sample()))),
      button("Finish the sentence", () => { clearTimeout(this.writing); this.finish(); }),
      button("Forget", () => this.act(() => this.forget())),
      button("Start over", () => this.act(() => this.startOver())));
  }

  palette() {
    this.bars = new Map();
    const columns = FARM_COLUMNS.map(([title, words]) => make("div", { role: "group", "aria-label": title },
      make("span", { class: "farm-column", "aria-hidden": "true" }, title), ...words.map((word) => this.bar(word))));
    return make("div", { class: "farm-words" }, ...columns);
  }

  bar(word) {
    const share = make("span", { class: "farm-share" });
    const bar = make("button", { type: "button", class: "farm-bar", click: () => this.act(() => this.read(word)) },
      make("span", {}, word === "." ? "full stop" : word), share);
    this.bars.set(word, [bar, share]);
    return bar;
  }

  /** Let the model read one word: a step of the RNN, and a row for its new state. */
  read(word) {
    const x = this.embedding[this.tokens.indexOf(word)];
    this.state = affine(this.state, this.Wh, affine(x, this.Wx, this.b)).map(Math.tanh);
    this.words.push(word);
    this.addRow(word);
  }

  act(change) {
    clearTimeout(this.writing);
    this.writing = null;
    change();
    this.draw();
  }

  readAll(typed) {
    const words = typed.toLowerCase().replaceAll(".", " . ").split(/\s+/).filter(Boolean);
    const unknown = words.find((word) => !this.tokens.includes(word));
    if (unknown) {
      this.say(`The model has never seen “${unknown}”. It knows ${this.tokens.length} words, all of them below.`);
      return;
    }
    this.act(() => words.forEach((word) => this.read(word)));
    this.input.value = "";
  }

  /** Write word by word up to the next full stop; whatever is pressed meanwhile stops it. */
  finish() {
    const word = this.sample();
    this.read(word);
    this.writing = word === "." ? null : setTimeout(() => this.finish(), LiveFigure.calm.matches ? 0 : 350);
    this.draw();
  }

  /** Set the state to zeros, and nothing else: the text stays. */
  forget() {
    this.state = this.b.map(() => 0);
    this.words = [];
    this.addRow("forgotten");
    this.text.lastChild.classList.add("farm-forgotten");
  }

  /** Begin as after the end of a sentence, which is how the model has always begun. */
  startOver() {
    this.text.replaceChildren();
    this.state = this.b.map(() => 0);
    this.words = [];
    this.read(".");
  }

  probabilities() {
    return softmax(affine(this.state, this.W, this.c), this.temperature);
  }

  sample() {
    let left = Math.random();
    const p = this.probabilities();
    const drawn = p.findIndex((share) => (left -= share) < 0);
    return this.tokens[drawn < 0 ? p.indexOf(Math.max(...p)) : drawn]; // rounding may leave a crumb of the 1
  }

  addRow(word) {
    const cells = this.state.map((h, unit) => make("rect", {
      x: unit, width: 1, height: 1, class: h < 0 ? "farm-negative" : "farm-positive", "fill-opacity": Math.abs(h) }));
    this.text.append(make("li", {}, make("span", {}, word), make("svg", {
      viewBox: `0 0 ${cells.length} 1`, preserveAspectRatio: "none", "aria-hidden": "true" }, ...cells)));
    if (this.text.childElementCount > FARM_ROWS) this.text.firstChild.remove();
  }

  draw() {
    const p = this.probabilities();
    this.tokens.forEach((word, id) => {
      const [bar, share] = this.bars.get(word);
      bar.style.setProperty("--share", p[id]);
      share.textContent = p[id] < 0.005 ? "" : percent(p[id]);
    });
    this.text.scrollTop = this.text.scrollHeight;
    const best = [...p.keys()].sort((a, b) => p[b] - p[a]).slice(0, 4);
    const expected = best.map((id) => `${this.tokens[id] === "." ? "the full stop" : this.tokens[id]} ${percent(p[id])}`);
    if (this.writing) return this.say("Writing …"); // the words of a whole sentence would be read out one by one
    const read = this.words.length ? `After “${this.words.slice(-12).join(" ")}”` : "With a state of zeros";
    this.say(`${read} the model expects: ${expected.join(", ")}.`);
  }
}

function legend() {
  return make("p", { class: "farm-legend" }, "Beside each word the state after it, 64 numbers: ",
    make("span", { class: "farm-key farm-key-negative" }), " −1 ", make("span", { class: "farm-key" }), " 0 ",
    make("span", { class: "farm-key farm-key-positive" }), " +1");
}

customElements.define("live-farm", LiveFarm);
