/* What learning is: one weight w, which makes 2 into 2w, and should make it 6. Steps against the slope of the loss. */
"use strict";

const DIAL_TOP = 36, DIAL_LEFT = 0, DIAL_RIGHT = 6; // the largest loss that is drawn, and the range of w

class LiveDial extends LiveFigure {
  static title = "A dial, the slope of its loss, and steps of a length that you choose";

  build() {
    this.rate = 1 / 16;
    this.picture = make("svg", { class: "live-drawing", viewBox: "0 0 340 220", role: "img",
      "aria-label": "The loss against w, with the places where the dial stood; the sentence has the numbers" });
    this.dial = slider("w =", { min: DIAL_LEFT, max: DIAL_RIGHT, step: 0.05, value: 1 }, (w) => { this.path = [w]; this.draw(); });
    this.panel.append(this.picture, this.dial,
      slider("learning rate =", { min: 0.0025, max: 0.3, step: 0.0025, value: this.rate },
        (rate) => { this.rate = rate; this.path.length = 1; this.draw(); }),
      make("div", { class: "live-row" }, button("Step", () => this.step()),
        button("Start over", () => { this.path = [1]; this.draw(); })), this.sentence);
    this.path = this.given; // the first steps, as the text takes them
  }

  step() {
    const w = this.path.at(-1);
    this.path.push(w - this.rate * dialSlope(w));
    this.draw();
  }

  draw() {
    const w = this.path.at(-1);
    const x = (place) => 20 + (300 * (place - DIAL_LEFT)) / (DIAL_RIGHT - DIAL_LEFT);
    const y = (loss) => 190 - (170 * loss) / DIAL_TOP;
    const places = Array.from({ length: 121 }, (_, k) => DIAL_LEFT + (k * (DIAL_RIGHT - DIAL_LEFT)) / 120)
      .filter((place) => dialLoss(place) <= DIAL_TOP);
    const line = (points, kind) => make("path", { class: kind, d: `M${points.map(([a, b]) => `${x(a)} ${y(b)}`).join("L")}` });
    const parts = [line([[DIAL_LEFT, 0], [DIAL_RIGHT, 0]], "live-axis"), line(places.map((p) => [p, dialLoss(p)]), "dial-bowl")];
    const seen = this.path.filter((place) => dialLoss(place) <= DIAL_TOP);
    if (seen.length > 1) parts.push(line(seen.map((place) => [place, dialLoss(place)]), "live-curve"));
    if (dialLoss(w) <= DIAL_TOP) {
      const reach = 0.5 / Math.hypot(1, dialSlope(w) / 8);
      parts.push(line([[w - reach, dialLoss(w) - reach * dialSlope(w)], [w + reach, dialLoss(w) + reach * dialSlope(w)]], "dial-slope"));
    } else {
      parts.push(label(Math.min(290, Math.max(80, x(w))), 14, `↑ w = ${brief(w).replace("-", "−")}`, "live-strong"));
    }
    seen.forEach((place) => parts.push(make("circle", { cx: x(place), cy: y(dialLoss(place)), r: 4, class: "dial-place" })));
    for (const tick of [4, 16, 36]) parts.push(label(8, y(tick) + 4, String(tick), "live-faint"));
    parts.push(label(42, 14, "loss", "live-faint"));
    for (const tick of [0, 1, 2, 3, 4, 5, 6]) parts.push(label(x(tick), 208, String(tick), "live-faint"));
    this.picture.replaceChildren(...parts);
    const input = this.dial.querySelector("input");
    input.value = w;
    this.dial.querySelector(".live-value").textContent = brief(w).replace("-", "−");
    const next = w - this.rate * dialSlope(w);
    this.say(`${this.path.length > 1 ? `After ${this.path.length - 1} ${this.path.length > 2 ? "steps" : "step"}: ` : ""}w = ${brief(w)}, `
      .replace("-", "−") + `loss ${brief(dialLoss(w))}, slope ${brief(dialSlope(w)).replace("-", "−")}. `
      + `${dialLoss(w) > DIAL_TOP ? "Such a loss is too high for the picture. " : ""}The next step goes to ${brief(next).replace("-", "−")}.`);
  }
}

function dialLoss(w) {
  return (2 * w - 6) ** 2;
}

function dialSlope(w) {
  return 2 * (2 * w - 6) * 2;
}

customElements.define("live-dial", LiveDial);
