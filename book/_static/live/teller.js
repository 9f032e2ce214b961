/* A teller of fables: an RNN that was trained on them, one word at a time, and the things that its fables are about.

Its weights lie in a file of their own, which is fetched when the figure comes near the screen. */
"use strict";

const TELLER_HERE = document.currentScript.src;
const TELLER_LONGEST = 120; // words, in case it finds no end
const TELLER_SHOWN = 6; // fables in the list below
const TELLER_PACE = 110; // milliseconds from word to word
const TELLER_OPENINGS = ["one morning the * found a +", "the * won a +", "late at night the * heard a +"];

class LiveTeller extends LiveFigure {
  static title = "A teller of fables: give it an opening, and see which things it names";

  build() {
    this.temperature = 0.8;
    this.fables = []; // for each, the things that it named
    this.input = make("input", { class: "live-input", autocomplete: "off", autocapitalize: "none", spellcheck: "false", value: "one morning the owl found a drum" });
    this.text = make("p", { class: "teller-text" });
    this.chains = make("ol", { class: "teller-chains", "aria-label": "The things that each fable named" });
    this.guesses = make("div", { class: "live-row", role: "group", "aria-label": "Will it speak of nothing but the drum?" },
      button("Yes, only a drum", () => this.answer("only a drum")), button("No, another thing", () => this.answer("another thing")));
    const form = make("form", { class: "live-row teller-opening" }, make("label", { class: "farm-type" }, "Opening", this.input),
      make("button", { class: "live-button" }, "Tell from this opening"), button("Tell another", () => this.tellAnother()));
    form.addEventListener("submit", (event) => { event.preventDefault(); this.tell(); });
    this.settings = make("div", {}, form, slider("temperature τ =", { min: 0.2, max: 2, step: 0.1, value: this.temperature },
      (value) => { this.temperature = value; }));
    this.legend = make("p", { class: "farm-legend" }, tellerMark("thing", "its first thing"), " ", tellerMark("lost", "another thing"), " ",
      tellerMark("animal", "its two animals"), " ", tellerMark("stray", "a third one"));
    this.panel.append(this.sentence, this.guesses, this.settings, this.text, this.legend, this.chains);
    new IntersectionObserver(([{ isIntersecting }], observer) => {
      if (!isIntersecting) return;
      observer.disconnect();
      this.fetch();
    }, { rootMargin: "800px" }).observe(this);
  }

  /** Get the weights by a script, because a page that is opened from disk may fetch nothing else. */
  fetch() {
    const { file } = this.given;
    document.head.append(make("script", { src: new URL(file, TELLER_HERE), load: () => this.receive(TELLER_WEIGHTS),
      error: () => this.say("The teller didn’t come: its file couldn’t be loaded.") }));
  }

  receive({ tokens, things, animals, params }) {
    Object.assign(this, { tokens, things, animals });
    const arrays = params.map(({ width, step, bytes: packed }) => {
      const numbers = Float64Array.from(new Int8Array(bytes(packed).buffer), (whole) => whole * step);
      const rows = Array.from({ length: numbers.length / width }, (_, i) => numbers.subarray(i * width, (i + 1) * width));
      return rows.length > 1 ? rows : rows[0];
    });
    [this.embedding, this.Wx, this.Wh, this.b, this.W, this.c] = arrays;
    if (this.guess) this.begin();
  }

  answer(guess) {
    this.guess = guess;
    if (this.tokens) this.begin();
    else this.draw();
  }

  begin() {
    this.tell();
    this.settings.querySelector("button").focus({ preventScroll: true });
  }

  /** Choose an opening with another hero and another thing. */
  tellAnother() {
    const any = (list) => list[Math.floor(Math.random() * list.length)];
    this.input.value = any(TELLER_OPENINGS).replace("*", any(this.animals)).replace("+", any(this.things));
    this.tell();
  }

  tell() {
    const opening = this.input.value.toLowerCase().replace(/([.,:?])/g, " $1 ").split(/\s+/).filter(Boolean);
    const unknown = opening.find((word) => !this.tokens.includes(word));
    if (unknown) return this.say(`It has never read “${unknown}”. Its fables are about ${this.animals.join(", ")}, and about ${this.things.join(", ")}.`);
    clearTimeout(this.telling);
    if (this.telling) this.fables.pop();
    this.state = this.b.map(() => 0);
    this.words = [];
    this.fables.push([]);
    this.text.replaceChildren();
    ["¶", ...opening].forEach((word) => this.read(word));
    this.next();
  }

  next() {
    const word = this.sample(), isLast = word === "¶" || this.words.length === TELLER_LONGEST;
    this.read(word);
    this.telling = isLast ? 0 : setTimeout(() => this.next(), LiveFigure.calm.matches ? 0 : TELLER_PACE);
    this.draw();
  }

  /** Let the model read a word, and write it down; ¶ stands before and after a fable. */
  read(word) {
    const x = this.embedding[this.tokens.indexOf(word)];
    this.state = affine(this.state, this.Wh, affine(x, this.Wx, this.b)).map(Math.tanh);
    if (word === "¶") return;
    const before = this.words.at(-1) ?? ".";
    this.words.push(word);
    const written = ".?".includes(before) ? word[0].toUpperCase() + word.slice(1) : word;
    this.text.append(".,:?".includes(word) ? "" : " ", this.marked(word, written));
  }

  /** Return a word as it is written, with a mark if it is a thing or an animal, and another if the fable has lost it. */
  marked(word, written) {
    const named = this.fables.at(-1), cast = new Set(this.words.filter((each) => this.animals.includes(each)));
    if (this.things.includes(word)) {
      named.push(word);
      return tellerMark(word === named[0] ? "thing" : "lost", written);
    }
    if (!this.animals.includes(word)) return written;
    return tellerMark([...cast].indexOf(word) < 2 ? "animal" : "stray", written);
  }

  probabilities() {
    return softmax([...affine(this.state, this.W, this.c)], this.temperature);
  }

  sample() {
    return this.tokens[drawn(this.probabilities())];
  }

  draw() {
    this.guesses.hidden = this.guess !== undefined;
    this.settings.hidden = this.legend.hidden = !this.fables.length;
    const first = Math.max(0, this.fables.length - TELLER_SHOWN);
    this.chains.replaceChildren(...this.fables.slice(first).map((named, k) => make("li", { value: first + k + 1 }, ...tellerChain(named))));
    this.say(this.told());
  }

  told() {
    if (this.guess === undefined) return `It begins: “${this.input.value}”. Will it speak of nothing but the drum?`;
    if (!this.tokens) return "The teller is on its way …";
    if (this.telling) return "Telling …"; // the words would be read out one by one
    const [thing, ...later] = this.fables.at(-1), became = tellerChanges([thing, ...later]).slice(1);
    const told = !thing ? "It named no thing." : !later.length ? `It named the ${thing} once, and never again.`
      : became.length ? `The ${thing} became a ${became.join(", then a ")}.` : `It was a ${thing} from first to last.`;
    const again = this.fables.filter((named) => named.length > 1), kept = again.filter((named) => tellerChanges(named).length === 1);
    return `${this.fables.length === 1 ? `You said ${this.guess}. ` : ""}${told}${
      again.length ? ` Fables that named a thing again and kept to it: ${kept.length} of ${again.length}.` : ""}`;
  }
}

function tellerMark(kind, word) {
  return make("mark", { class: `teller-${kind}` }, word);
}

/** Return the things of a fable without those that follow themselves. */
function tellerChanges(named) {
  return named.filter((thing, k) => thing !== named[k - 1]);
}

/** Return the things of a fable with arrows between them, and a mark that says whether it kept the first. */
function tellerChain(named) {
  const changes = tellerChanges(named);
  const things = changes.flatMap((thing, k) => [k ? " → " : "", tellerMark(thing === named[0] ? "thing" : "lost", thing)]);
  return [...things, changes.length > 1 ? " ✗" : named.length > 1 ? " ✓" : ""];
}

customElements.define("live-teller", LiveTeller);
