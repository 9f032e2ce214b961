/* Which earlier word mattered? In "What an LSTM adds" the lengths of a word's gradients in the vectors of the words
before it, as rnnlm_figures.mattered computes them when the page is built; in the appendix on attention its shares, as
the page gives them. First the reader says which word it should be; where two networks stand side by side there, another
word can be put into their sentence instead. */
"use strict";

const MATTERED_NAMED = 3; // so many words does the sentence name

class LiveMattered extends LiveFigure {
  static title = "Which earlier word mattered?";

  build() {
    [this.asks, this.tells, this.inThe] = this.hasAttribute("attention")
      ? [(word) => `To say “${word}”, at which word does it look most?`, (word) => `To say “${word}” it looks at`]
      : this.hasAttribute("swap") ? [null, (word) => `To say “${word}” it looks,`, (name) => ` with ${name}, at`]
        : [(word) => `Which word matters most for “${word}”?`, (word) => `What moves “${word}” most:`, (name) => ` in the ${name}`];
    const { words, asked, networks, other } = this.given;
    Object.assign(this, { words, asked, networks });
    this.texts = Object.keys(networks).map((name, k) => {
      const head = make("p", { class: "mattered-head" });
      const spans = words.map((word, m) => this.word(word, m));
      const text = make("p", { class: `mattered-text mattered-${name}`, ...(k && { "aria-hidden": "true" }) },
        ...spans.flatMap((span) => [span, " "]));
      return { name, head, spans, block: make("div", {}, head, text) };
    });
    this.slider = slider("Word:", { min: 0, max: words.length - 1, step: 1, value: 0 }, (m) => this.point(m));
    this.sure = button("This one", () => this.answer(this.guess));
    this.again = button("Ask me again", () => { this.ask(); this.draw(); });
    this.panel.append(...this.texts.map(({ block }) => block),
      this.slider, make("div", { class: "live-row" }, ...(other ? [this.swap(other)] : [this.sure, this.again])), this.sentence);
    if (other) this.at = asked;
    else this.ask();
  }

  /** Return a box that puts another sentence of as many words, and what the networks make of it, in place of the first. */
  swap({ label: name, words, networks }) {
    const first = { words: this.words, networks: this.networks };
    return checkbox(name, (on) => {
      Object.assign(this, on ? { words, networks } : first);
      this.texts.forEach(({ spans }) => spans.forEach((span, m) => { span.textContent = this.words[m]; }));
      this.at = this.asked;
      this.draw();
    });
  }

  word(word, m) {
    const choose = () => (this.asking ? m < this.asked && this.answer(m) : this.point(m));
    return make("span", { class: "mattered-word", click: choose,
      pointermove: (event) => { // not when the text moves under a mouse that lies still
        if (!this.asking && m !== this.at && (event.movementX || event.movementY)) this.point(m);
      } }, word);
  }

  /** Begin with the question; until it is answered the slider moves the reader's guess, afterwards the word looked at. */
  ask() {
    this.asking = true;
    this.at = this.asked;
    this.guess = null;
  }

  answer(m) {
    this.guess = m;
    this.asking = false;
    this.draw();
  }

  point(m) {
    if (this.asking) this.guess = Math.min(m, this.asked - 1);
    else this.at = Math.max(m, 1);
    this.draw();
  }

  draw() {
    const rows = this.texts.map(({ name }) => this.networks[name][this.at - 1]);
    this.texts.forEach(({ name, head, spans, block }, k) => {
      const [p, shares] = rows[k];
      block.hidden = this.asking && k > 0;
      block.style.setProperty("--longest", Math.max(...shares));
      head.textContent = this.asking ? this.asks(this.words[this.at])
        : `${name}: it gives “${this.words[this.at]}” ${percent(p)}`;
      spans.forEach((span, m) => {
        const share = this.asking || m >= this.at ? 0 : shares[m];
        span.style.setProperty("--share", share);
        span.dataset.share = share < 0.015 ? "" : percent(share);
        span.classList.toggle("mattered-at", m === this.at);
        span.classList.toggle("mattered-later", m > this.at);
        span.classList.toggle("mattered-guess", m === this.guess && this.at === this.asked);
      });
    });
    const place = this.asking ? this.guess ?? 0 : this.at;
    this.slider.querySelector("input").max = this.asking ? this.asked - 1 : this.words.length - 1;
    setSlider(this.slider, place, this.asking && this.guess === null ? "none yet" : this.words[place]);
    this.sure.hidden = !this.asking;
    this.sure.disabled = this.guess === null;
    this.again.hidden = this.asking;
    this.say(this.asking ? "Press a word, or choose one with the slider and then press the button." : this.explanation(rows));
  }

  explanation(rows) {
    const inThe = (k) => (rows.length > 1 ? this.inThe(this.texts[k].name) : "");
    const guessed = this.at === this.asked && this.guess !== undefined
      ? `Your word, “${this.words[this.guess]}”, has ${rows.map(([, shares], k) =>
        percent(shares[this.guess]) + inThe(k)).join(" and ")}. ` : "";
    const most = rows.map(([, shares], k) => {
      const ranked = ranking(shares).slice(0, MATTERED_NAMED).filter((m) => shares[m] >= 0.005);
      return `${inThe(k)} ${ranked.map((m) => `“${this.words[m]}” ${percent(shares[m])}`).join(", ")}`;
    });
    return `${guessed}${this.tells(this.words[this.at])}${most.join(";")}.`;
  }
}

customElements.define("live-mattered", LiveMattered);
