/* Where it went from here: the share of each kept state, which is a number, as the query moves. */
"use strict";

const ATTENTION_STEPS = 80; // of a curve
const ATTENTION_START = 0.69; // log 2, as on paper

class LiveAttention extends LiveFigure {
  static title = "Move the query: how much each state gets";

  build() {
    this.states = this.given;
    this.q = ATTENTION_START;
    this.seen = [this.q, this.q]; // a curve is drawn as far as the reader has moved the query
    this.picture = make("svg", { class: "live-drawing", viewBox: "0 0 340 200", role: "img",
      "aria-label": "The share of each state against the query. The sentence below has the numbers" });
    this.panel.append(this.picture,
      slider("q =", { min: -2, max: 2, step: 0.01, value: this.q }, (q) => { this.q = q; this.draw(); }), this.sentence);
  }

  shares(q) {
    return softmax(this.states.map((h) => q * h));
  }

  draw() {
    const x = (q) => 170 + 70 * q, y = (share) => 176 - 160 * share, shares = this.shares(this.q);
    this.seen = [Math.min(this.seen[0], this.q), Math.max(this.seen[1], this.q)];
    const [from, to] = this.seen;
    const queries = Array.from({ length: ATTENTION_STEPS + 1 }, (_, k) => from + ((to - from) * k) / ATTENTION_STEPS);
    this.picture.replaceChildren(
      make("path", { class: "live-axis attention-axis", d: `M30 ${y(1)}V${y(0)}H310M${x(this.q)} ${y(1)}V${y(0)}` }),
      ...[0, 1].map((share) => label(18, y(share) + 4, String(share), "live-faint")),
      ...[-2, 0, 2].map((q) => label(x(q), 194, written(q), "live-faint")),
      ...this.states.flatMap((state, k) => [
        make("path", { class: `attention-curve attention-${k}`, d: `M${queries.map((q) => `${x(q)} ${y(this.shares(q)[k])}`).join("L")}` }),
        label(x(this.q) + 28, y(shares[k]) + 4, `state ${state}`, ""),
        make("circle", { class: `attention-${k}`, cx: x(this.q), cy: y(shares[k]), r: 5 })]));
    const mean = this.states.reduce((sum, h, k) => sum + shares[k] * h, 0);
    this.say(`The states ${this.states.join(", ")} get ${shares.map(percent).join(", ")}, so y = ${mean.toFixed(2)}.`);
  }
}

customElements.define("live-attention", LiveAttention);
