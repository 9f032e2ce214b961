/* The trained model of the farm: rnnlm_ref.pretrained.farm_model, one word at a time.

The full figure shows the 64 numbers of the state after each word, and a bar for every word; first it asks which will be the
longest. The compact one, of the front page, shows after each word only whom the state is about, and bars for the words that are
expected most. */
"use strict";

const FARM_COLUMNS = [
  ["who", ["the", "cow", "duck", "dog", "cat", "horse", "frog", "bee", "owl"]],
  ["where", ["in", "near", "behind", "barn", "field", "garden", "house", "river", "wood"]],
  ["says", ["moos", "quacks", "barks", "meows", "neighs", "croaks", "buzzes", "hoots", "."]],
];
const FARM_SOUNDS = FARM_COLUMNS[2][1].slice(0, -1);
const FARM_ROWS = 100; // older ones are dropped, or a long text would slow the page down
const FARM_NEXT = 8; // as many bars as there are animals
// With a smaller sum a state isn't about an animal: it has no number, and on the front page, which shows no numbers, no bar. The sums of other animals
// come near it by chance.
const FARM_SOMEBODY = 0.5;
const FARM_WARM_UP = "the bee near the wood buzzes ."; // in training it hardly ever met a state of zeros
const FARM_BEGINNING = "the duck in the wood behind the river";
const FARM_COMPACT_BEGINNING = "the owl in the wood behind the barn";
const FARM_COMPACT_OFFERS = ["behind the river", "the cow near the garden"]; // in the empty box, to be read as it stands

class LiveFarm extends LiveFigure {
  static title = "The trained model: choose words, and see what it expects next";

  build() {
    const { tokens, params, animals, factors } = this.given;
    this.tokens = tokens;
    this.animals = animals;
    this.factors = factors;
    [this.embedding, this.Wx, this.Wh, this.b, this.W, this.c] = params;
    this.compact = this.hasAttribute("compact");
    this.temperature = 1;
    this.bars = [];
    this.text = make("ol", { class: "farm-text", tabindex: 0,
      "aria-label": `The text so far, with ${this.compact ? "whom it is about" : "the state"} after each word` });
    this.input = make("input", { class: "live-input", autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
    this.now = make("div", { class: "farm-about" });
    this.panel.append(...(this.compact ? this.compactForm() : this.fullForm()));
    this.startOver();
    this.asking = !this.compact;
    this.draw();
  }

  fullForm() {
    this.heat = slider("temperature τ =", { min: 0.2, max: 3, step: 0.1, value: 1 }, (value) => {
      Object.assign(this, { temperature: value, asking: false });
      this.draw();
    });
    return [this.typing(), this.sentence, make("div", { class: "farm" },
      make("div", {}, title("who is it about?"), make("div", { class: "farm-whom" }, this.heading(), this.now)),
      this.palette(), make("div", {}, this.heat, this.buttons())), this.text, legend(), this.unitPicker()];
  }

  compactForm() {
    const next = Array.from({ length: FARM_NEXT }, () => this.bar(""));
    return [this.typing(), this.sentence,
      make("div", { class: "farm-compact" },
        make("div", {}, title("who is it about?"), make("p", { class: "farm-legend" },
          "After each word: the longer a bar, the more the memory points to that animal."),
        this.heading(), this.text),
        make("div", { role: "group", "aria-label": "What comes next?" }, title("what comes next?"),
          make("div", { class: "farm-next" }, ...next))),
      this.buttons()];
  }

  /** Return a slider for one of the 64 numbers; a click on a row chooses one too. */
  unitPicker() {
    this.unit = 0; // none
    this.picker = slider("unit", { min: 0, max: this.b.length, step: 1, value: 0 }, (unit) => { this.unit = unit; this.drawUnit(); });
    this.unitSays = make("p", { class: "farm-legend farm-unit-says" });
    this.text.addEventListener("click", ({ target, clientX }) => {
      const row = target.closest("svg");
      if (!row) return;
      const { left, width } = row.getBoundingClientRect();
      this.unit = 1 + Math.min(this.b.length - 1, Math.floor(((clientX - left) / width) * this.b.length));
      this.drawUnit();
    });
    this.onlyKept = checkbox("", (isOn) => this.text.classList.toggle("farm-only-kept", isOn));
    this.onlyKept.firstChild.checked = true;
    this.text.classList.add("farm-only-kept");
    return make("div", {}, this.onlyKept, this.picker, this.unitSays);
  }

  /** Mark in all rows the units that have kept their sign since the word after the last animal, and say how many. */
  drawKept() {
    const rows = [...this.text.children], isAnimal = (row) => this.animals.includes(row.firstChild.textContent);
    const since = rows.slice(Math.min(rows.findLastIndex(isAnimal) + 1, rows.length - 1));
    const kept = this.state.map((h, k) => since.every((row) => Math.sign(row.state[k]) === Math.sign(h)));
    rows.forEach((row) => row.querySelectorAll("rect").forEach((cell, k) => cell.classList.toggle("farm-kept", kept[k])));
    this.onlyKept.lastChild.data = `only units that kept their sign since “${since[0].firstChild.textContent}”: ${kept.filter(Boolean).length}`;
  }

  /** Mark the chosen unit in all rows, and say how long it has kept its sign and whose sum it moves most. */
  drawUnit() {
    const rows = [...this.text.children];
    rows.forEach((row) => row.querySelectorAll("rect").forEach((cell, k) => cell.classList.toggle("farm-unit", k === this.unit - 1)));
    this.text.classList.toggle("farm-one-unit", this.unit > 0);
    this.unitSays.textContent = this.unit ? this.unitInWords(rows) : "Click a number of the state, or move the slider.";
    setSlider(this.picker, this.unit, this.unit || "none", this.unitSays.textContent);
  }

  unitInWords(rows) {
    const h = this.state[this.unit - 1];
    const changed = rows.findLastIndex((row) => Math.sign(row.state[this.unit - 1]) !== Math.sign(h));
    const kept = rows.length - 1 - changed;
    const moves = this.factors[this.unit - 1].map((factor) => h * factor);
    const most = moves.reduce((best, move, k) => (Math.abs(move) > Math.abs(moves[best]) ? k : best), 0);
    const [now, move] = [h, moves[most]].map((x) => `${x < 0 ? "−" : "+"}${Math.abs(x).toFixed(2)}`);
    return `Unit ${this.unit} is ${now}, with this sign for ${kept} ${kept > 1 ? "rows" : "row"}. It moves the sum of the ${
      this.animals[most]} most, by ${move}.`;
  }

  /** Return the animals' names, as heads of the columns below. */
  heading() {
    return make("div", { class: "farm-about farm-names", "aria-hidden": "true" },
      ...(this.compact ? [make("span")] : []), ...this.animals.map((animal) => make("span", {}, animal)));
  }

  typing() {
    const form = make("form", { class: "live-row" },
      make("label", { class: "farm-type" }, "Type", this.input),
      make("button", { class: "live-button" }, "Read"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.readAll(this.input.value || this.input.placeholder);
    });
    return form;
  }

  buttons() {
    return make("div", { class: "live-row" },
      button("Next word", () => this.act(() => this.read(this.sample(), true))),
      button("Finish the sentence", () => this.act(() => this.finish())),
      button("Forget", () => this.act(() => this.forget())),
      button("Start over", () => this.act(() => this.startOver())));
  }

  palette() {
    const columns = FARM_COLUMNS.map(([name, words]) => make("div", { role: "group", "aria-label": name },
      title(name), ...words.map((word) => this.bar(word))));
    return make("div", { class: "farm-words" }, ...columns);
  }

  bar(word) {
    const bar = make("button", { type: "button", class: "farm-bar", value: word,
      click: () => (this.asking ? this.guess(bar.value) : this.act(() => this.read(bar.value))) },
      make("span"), make("span", { class: "farm-share" }));
    this.bars.push(bar);
    return bar;
  }

  /** Let the model read one word, which it may have drawn itself: a step of the RNN, and a row for its new state. */
  read(word, isDrawn = false) {
    if (FARM_SOUNDS.includes(word)) this.chosen = isDrawn ? null : this.probabilities()[this.tokens.indexOf(word)];
    const x = this.embedding[this.tokens.indexOf(word)];
    this.state = affine(this.state, this.Wh, affine(x, this.Wx, this.b)).map(Math.tanh);
    this.words.push(word);
    this.addRow(word);
  }

  act(change) {
    clearTimeout(this.writing);
    Object.assign(this, { writing: null, asking: false });
    change();
    this.draw();
  }

  /** Take a word for what the reader thinks is expected most, and show what is. */
  guess(word) {
    this.asking = false;
    this.draw();
    const p = this.probabilities();
    this.say(`You said “${spoken(word)}”: it gets ${farmShare(p[this.tokens.indexOf(word)])}. ${this.expectation(p)}`);
  }

  readAll(typed) {
    const words = typed.toLowerCase().replace(/[.!?]/g, " . ").replace(/[,;:]/g, " ").split(/\s+/).filter(Boolean);
    const unknown = words.find((word) => !this.tokens.includes(word));
    if (unknown || !words.length) {
      const known = FARM_COLUMNS.flatMap(([, column]) => column).map(spoken);
      this.say(`${unknown ? `The model has never met “${unknown}”, so it read nothing` : "Type some words first"}. ${
        ""}It knows ${known.length} words: ${known.join(", ")}.`);
      return;
    }
    const begins = this.animals.includes(words[0] === "the" ? words[1] : words[0]);
    this.act(() => {
      if (begins && this.words.at(-1) !== "." && (this.compact || this.words.length)) this.startOver("");
      words.forEach((word) => this.read(word));
      if (this.compact) this.input.placeholder = FARM_COMPACT_OFFERS[1];
    });
    this.input.value = "";
  }

  /** Write word by word up to the next full stop; whatever is pressed meanwhile stops it. */
  finish() {
    const word = this.sample();
    this.read(word, true);
    this.writing = word === "." ? null : setTimeout(() => { this.finish(); this.draw(); }, LiveFigure.calm.matches ? 0 : 350);
  }

  /** Set the state to zeros, and nothing else: the text stays. */
  forget() {
    this.state = this.b.map(() => 0);
    this.words = [];
    this.addRow("forgotten");
    this.text.lastChild.classList.add("farm-forgotten");
  }

  /** Begin after a whole sentence, in the middle of the next one, as the page's question does. */
  startOver(beginning = this.compact ? FARM_COMPACT_BEGINNING : FARM_BEGINNING) {
    if (this.heat && beginning) setSlider(this.heat, this.temperature = 1, "1");
    this.text.replaceChildren();
    this.state = this.b.map(() => 0);
    this.words = [];
    `${FARM_WARM_UP} ${beginning}`.trim().split(" ").forEach((word) => this.read(word));
    if (this.compact) this.input.placeholder = FARM_COMPACT_OFFERS[beginning ? 0 : 1];
  }

  probabilities() {
    return softmax(affine(this.state, this.W, this.c), this.temperature);
  }

  /** Return for each animal the sum that says how far the state is about it. */
  sums() {
    return affine(this.state, this.factors, this.animals.map(() => 0));
  }

  /** Say whether no animal was named since Forget: then no sentence makes such a state, and a sum means nothing. */
  namesNobody() {
    return !this.words.some((word) => this.animals.includes(word));
  }

  /** Say whether a full stop was read before the sentence was whole, that is, after another word than a sound. */
  wasCutShort() {
    return this.words.some((word, i) => word === "." && i > 0 && !FARM_SOUNDS.includes(this.words[i - 1]));
  }

  sample() {
    return this.tokens[drawn(this.probabilities())];
  }

  addRow(word) {
    this.text.append(make("li", { class: `${this.compact ? "farm-about" : ""} ${word === "." ? "farm-end" : ""}` },
      make("span", {}, spoken(word)), ...(this.compact ? this.meter() : [this.units()])));
    this.text.lastChild.state = this.state;
    if (this.text.childElementCount > FARM_ROWS) this.text.firstChild.remove();
  }

  units() {
    const cells = this.state.map((h, unit) => make("rect", {
      x: unit, width: 1, height: 1, class: h < 0 ? "farm-negative" : "farm-positive", "fill-opacity": Math.abs(h) }));
    return make("svg", { viewBox: `0 0 ${cells.length} 1`, preserveAspectRatio: "none", "aria-hidden": "true" }, ...cells);
  }

  /** Return a bar for each animal; a screen reader hears of the longest in the sentence. The front page has none that means nothing. */
  meter() {
    const isNobody = this.compact && this.namesNobody();
    return this.sums().map((sum) => {
      const isSlight = isNobody || sum < FARM_SOMEBODY;
      return make("span", { class: `farm-sum ${isSlight ? "farm-slight" : ""}`, style: `--share: ${sum}`, "aria-hidden": "true" },
        make("span", {}, isSlight || this.compact ? "" : sum.toFixed(1)));
    });
  }

  draw() {
    const p = this.probabilities(), ranked = ranking(p);
    this.bars.forEach((bar, k) => {
      if (this.compact) bar.value = this.tokens[ranked[k]];
      const share = this.asking ? 0 : p[this.tokens.indexOf(bar.value)];
      bar.style.setProperty("--share", share);
      bar.firstChild.textContent = spoken(bar.value);
      bar.lastChild.textContent = share < 0.005 ? "" : farmShare(share);
      bar.classList.toggle("farm-unlikely", this.compact && share < 0.005);
    });
    this.now.replaceChildren(...this.meter());
    this.text.scrollTop = this.text.scrollHeight;
    if (!this.compact) {
      this.drawUnit();
      this.drawKept();
    }
    if (this.writing) return this.say("Writing …"); // the words of a whole sentence would be read out one by one
    if (this.compact) return this.say(`${this.whom()}.`);
    this.say(this.asking ? `It has read “${FARM_BEGINNING}”. Which word will it expect most? Click it below.` : this.expectation(p));
  }

  expectation(p) {
    const expected = ranking(p).slice(0, 4).map((id) => `${spoken(this.tokens[id])} ${farmShare(p[id])}`);
    return `${this.whom()}, and the model expects: ${expected.join(", ")}.`;
  }

  /** Say what was read, and whom it is about: the animal with the largest sum, unless that is nearer to 0 than to 1. */
  whom() {
    const sums = this.sums();
    const isNobody = this.namesNobody(), largest = this.compact && isNobody ? 0 : Math.max(...sums);
    const animal = this.animals[sums.indexOf(largest)];
    const sentence = this.words.slice(this.words.lastIndexOf(".", -2) + 1); // up to its full stop, if that was read
    const isWhole = sentence.at(-1) === ".";
    const named = [...new Set(sentence.filter((word) => this.animals.includes(word)))];
    const crowd = named.length > 1
      ? `More than one animal in a sentence (${named.join(", ")}): the model has never met that. ` : "";
    const quoted = `“${sentence.length > 12 ? "… " : ""}${sentence.slice(-12).join(" ").replace(" .", ".")}”`;
    const sound = FARM_SOUNDS.indexOf(sentence.at(isWhole ? -2 : -1));
    if (sound >= 0 && named.length < 2) return `${quoted} ${this.remembered(sentence, named[0], sound)}`;
    const read = sentence.length ? `${isWhole ? "At the end of" : "After"} ${quoted}` : "With a state of zeros";
    if (largest < FARM_SOMEBODY) return `${crowd}${read} it is about nobody`;
    if (isNobody || (named.length > 1 && !named.includes(animal))) return `${crowd}${read} the sums point to the ${animal}, but no sentence that the model has read makes such a state`;
    const odd = named.includes(animal) ? "" : this.wasCutShort()
      ? `: a sentence before stopped without a sound, and the model has never read one like that` : ", whom this sentence doesn’t name";
    return `${crowd}${read} it is ${odd && this.words.includes(animal) ? "still " : ""}about the ${animal}${odd}`;
  }

  /** Say whether the model made an animal's own sound, some words after it was named. */
  remembered(sentence, animal, sound) {
    const [, [, ...animals]] = FARM_COLUMNS[0], says = FARM_SOUNDS[sound];
    if (this.chosen !== null) return `You chose the sound: the model gave ${says} ${farmShare(this.chosen)}`;
    if (!animal) return `It ${says}, though nobody was named`;
    const words = sentence.indexOf(says) - sentence.indexOf(animal) - 1;
    return animals[sound] !== animal ? `It ${says}: the ${animal} is lost`
      : `It ${says}: it has kept the ${animal}${words ? ` for ${words} word${words === 1 ? "" : "s"}` : ""}`;
  }
}

/** Return a heading of a column, whose group has it as its name already. */
function title(text) {
  return make("span", { class: "farm-column", "aria-hidden": "true" }, text);
}

function spoken(word) {
  return word === "." ? "full stop" : word;
}

/** Return a probability in percent; what the text calls less than 1 % isn't rounded up to it. */
function farmShare(share) {
  return share < 0.01 ? "<1 %" : percent(share);
}

function legend() {
  const keys = [["farm-key-negative", "−1"], ["", "0"], ["farm-key-positive", "+1"]].map(([kind, number]) =>
    make("span", { class: "farm-key-pair" }, make("span", { class: `farm-key ${kind}` }), ` ${number}`));
  return make("p", { class: "farm-legend" }, "Beside each word the state after it, 64 numbers: ", ...keys.flatMap((key) => [key, " "]));
}

customElements.define("live-farm", LiveFarm);
