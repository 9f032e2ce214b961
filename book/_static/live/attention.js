/* Where it went from here: a query asks three states, or keys of their own. The shares stand as weights where the values are
on a line, so y, the mean, is where the line balances. */
"use strict";

const ATTENTION_BASES = [0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.4, 1.6, 2, 2.5, 3, 4]; // the query is the log of one
const ATTENTION = { start: 2, far: 2, keys: [0, 3], left: 50, unit: 80, beam: 142, cell: 22, whole: 78 }; // whole: a bar for 100 %

class LiveAttention extends LiveFigure {
  static title = "A query to three states, their shares, and y between them";

  build() {
    Object.assign(this, this.given, { base: ATTENTION.start, own: false, tried: new Set() });
    this.picture = make("svg", { class: "live-drawing", viewBox: "0 0 340 184", role: "img",
      "aria-label": "The values on a line, on each a bar for its share; the line balances at y. The sentence has the numbers" });
    this.query = slider("query q =", { min: 0, max: ATTENTION_BASES.length - 1, step: 1, value: 0 },
      (k) => { this.base = ATTENTION_BASES[k]; this.draw(); });
    this.shownKeys = this.keys.map(() => make("span", { class: "attention-key" }));
    this.keyRow = make("div", {}, ...this.values.map((value, i) => make("span", { class: "attention-knob" }, `key of ${value}: `,
      this.nudge(i, -1, "lower"), this.shownKeys[i], this.nudge(i, 1, "raise"))));
    this.panel.append(this.picture, this.query, make("div", { class: "live-row" },
      checkbox("keys of their own", (on) => this.change(() => { this.own = on; })), this.keyRow), this.sentence);
  }

  nudge(i, by, verb) {
    const [least, largest] = ATTENTION.keys;
    return make("button", { type: "button", class: "live-button", "aria-label": `${verb} the key of ${this.values[i]}`,
      click: () => this.change(() => { this.keys[i] = Math.min(largest, Math.max(least, this.keys[i] + by)); }) }, by < 0 ? "−" : "+");
  }

  /** Do something to the keys: which queries were tried before doesn't count then. */
  change(act) {
    act();
    this.tried.clear();
    this.draw();
  }

  draw() {
    const { base, values } = this, q = Math.log(base), keys = this.own ? this.keys : values;
    const shares = softmax(keys.map((key) => q * key));
    const y = shares.reduce((sum, share, i) => sum + share * values[i], 0);
    if (Math.abs(q) >= Math.log(ATTENTION.far)) this.tried.add(Math.sign(q));
    this.picture.replaceChildren(...attentionLine(values, y), ...values.flatMap((value, i) => attentionBar(value, shares[i],
      `${power(written(base), keys[i])} = ${brief(base ** keys[i])}`, shares.every((share, j) => j === i || share < shares[i]))));
    const number = q === 0 ? "0" : q.toFixed(2).replace("-", "−");
    setSlider(this.query, ATTENTION_BASES.indexOf(base), `log ${base} = ${number}`);
    this.keyRow.hidden = !this.own;
    this.shownKeys.forEach((shown, i) => { shown.textContent = this.keys[i]; });
    const [a, b, c] = shares.map((share) => percent(share).replace(" ", "\u00a0")); // no line ends between number and sign
    this.say(`q = log ${base}${this.own ? `, keys ${keys[0]}, ${keys[1]} and ${keys[2]}` : ""}: the shares are ${a}, ${b} and ${c}, so y = ${
      y.toFixed(2)}. ${this.verdict(keys, q)}`);
  }

  /** Return what there is to say about the middle one: that it wins, why it can't, or the question. */
  verdict([first, middle, last], q) {
    const isLargest = middle > Math.max(first, last), isSmallest = middle < Math.min(first, last);
    if (isLargest && q > 0) return "The middle state has most: its key is the largest.";
    if (isSmallest && q < 0) return "The middle state has most: its key is the smallest, and q is below 0.";
    if (isLargest || isSmallest || this.tried.size < 2) return "Can you give the middle state the largest share?";
    const isTied = middle === Math.max(first, last) || middle === Math.min(first, last);
    if (this.own && isTied) return "Another key is as large as the middle one, so their states always have the same share.";
    return this.own ? "The middle key is neither the largest nor the smallest, so no query gives the middle state the largest share."
      : "Above 0 the largest state has most, below 0 the smallest: the middle one never has. What if it had a key of its own?";
  }
}

function attentionPlace(value) {
  return ATTENTION.left + ATTENTION.unit * value;
}

/** Return the line that carries the values, and under it the place where it balances. */
function attentionLine(values, y) {
  const { beam } = ATTENTION, at = attentionPlace, largest = Math.max(...values);
  const bare = Array.from({ length: largest + 1 }, (_, place) => place).filter((place) => !values.includes(place));
  return [make("line", { x1: at(0) - 24, y1: beam, x2: at(largest) + 24, y2: beam, class: "attention-line" }),
    ...bare.flatMap((place) => [make("line", { x1: at(place), y1: beam, x2: at(place), y2: beam - 5, class: "live-axis" }),
      label(at(place), beam - 9, String(place), "live-faint")]),
    make("path", { d: "M0 0L-9 15H9Z", transform: `translate(${at(y)} ${beam + 1})`, class: "attention-y" }),
    label(at(y), beam + 33, `y = ${y.toFixed(2)}`, "live-strong attention-share")];
}

/** Return a value's cell on the line, the bar of its share on top, and above them how its score came about. */
function attentionBar(value, share, score, isMost) {
  const { beam, cell, whole } = ATTENTION, x = attentionPlace(value), top = beam - cell - whole * share;
  return [...cells(x - 17, beam - cell, [value], 34, "live-blue-cell"),
    make("rect", { x: x - 17, y: top, width: 34, height: whole * share, class: "attention-bar" }),
    label(x, top - 5, percent(share), isMost ? "attention-share live-strong" : "attention-share"),
    label(x, 14, score, "attention-score")];
}

customElements.define("live-attention", LiveAttention);
