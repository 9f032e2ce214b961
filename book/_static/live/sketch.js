/* Draw the curve that you expect; then the measured ones are laid over it. Sizes stand on a logarithmic axis, in powers of
ten. The chapter gives the places x, the curves, which one is asked for, what both axes are called, and the range. */
"use strict";

const SKETCH = { left: 46, right: 330, top: 12, bottom: 190 };

class LiveSketch extends LiveFigure {
  static title = "Draw the curve that you expect, then compare";

  build() {
    Object.assign(this, this.given);
    this.places = slider(`${this.across}:`, { min: 0, max: this.x.length - 1, step: 1, value: 0 }, (i) => { this.at = i; this.draw(); });
    this.sizes = slider("your size there:", { min: this.low, max: this.high, step: 0.5, value: 0 }, (size) => this.set(this.at, size));
    this.picture = make("svg", { class: "live-drawing sketch", viewBox: "0 0 340 224", role: "img",
      "aria-label": `Your curve, and then the measured ones: ${this.up} against ${this.across}; the sentence has numbers`,
      pointerdown: (event) => this.drag(event), pointermove: (event) => { if (event.buttons) this.drag(event); } });
    this.panel.append(make("p", {}, `Draw the ${this.up} against the ${this.across} for `, make("strong", {}, this.asked),
      ": drag across the picture, or choose a place and a size."), this.picture, this.places, this.sizes,
    make("div", { class: "live-row" }, button("Show what was measured", () => this.show()),
      button("Start over", () => { this.startOver(); this.draw(); })), this.sentence);
    this.startOver();
  }

  startOver() {
    this.mine = this.x.map(() => 0);
    this.at = 0;
    this.isDrawn = this.isShown = false;
  }

  /** Set the size at a place, and in between where a stroke comes from another one. Once all is shown it stays. */
  set(to, size, from = to) {
    if (!this.isShown) {
      const start = this.mine[from], way = this.x[to] - this.x[from];
      this.mine = this.mine.map((before, i) => (i === to ? size : (i - from) * (to - i) > 0
        ? start + ((size - start) * (this.x[i] - this.x[from])) / way : before));
      this.isDrawn = true;
    }
    this.at = to;
    this.draw();
  }

  drag(event) {
    const { x, y } = inDrawing(this.picture, event);
    const away = this.x.map((place) => Math.abs(this.right(place) - x));
    const to = away.indexOf(Math.min(...away)), begins = event.type === "pointerdown";
    if (begins) this.picture.setPointerCapture(event.pointerId);
    const share = (SKETCH.bottom - y) / (SKETCH.bottom - SKETCH.top);
    this.set(to, this.low + Math.min(1, Math.max(0, share)) * (this.high - this.low), begins ? to : this.at);
  }

  show() {
    if (!this.isDrawn) return this.say("Draw first: what do you expect?");
    this.isShown = true;
    this.draw();
  }

  right(place) {
    return SKETCH.left + ((SKETCH.right - SKETCH.left) * (place - this.x[0])) / (this.x.at(-1) - this.x[0]);
  }

  height(size) {
    return SKETCH.bottom - ((SKETCH.bottom - SKETCH.top) * (size - this.low)) / (this.high - this.low);
  }

  /** Return a line through sizes, which ends where they leave the range. */
  line(sizes, kind) {
    const end = sizes.findIndex((size) => size < this.low || size > this.high);
    const points = sizes.slice(0, end < 0 ? sizes.length : end).map((size, i) => `${this.right(this.x[i])} ${this.height(size)}`);
    return make("path", { d: `M${points.join("L")}`, class: kind });
  }

  draw() {
    const { left, right, bottom } = SKETCH;
    const ticks = [this.low, 0, this.high], middle = this.x[Math.round(this.x.length / 2)];
    const parts = [...ticks.flatMap((size) => [
      make("line", { x1: left, y1: this.height(size), x2: right, y2: this.height(size), class: "live-axis" }),
      label(22, this.height(size) + 4, size ? power(10, size) : "1", "live-faint")]),
    ...[this.x[0], middle, this.x.at(-1)].map((place) => label(this.right(place), bottom + 15, String(place), "live-faint")),
    label((left + right) / 2, bottom + 31, this.across, "live-faint")];
    if (this.isShown) {
      for (const [name, sizes] of Object.entries(this.curves)) {
        parts.push(this.line(sizes.map(Math.log10), name === this.asked ? "sketch-asked" : "sketch-other"));
      }
    }
    parts.push(this.line(this.mine, "sketch-mine"),
      make("circle", { cx: this.right(this.x[this.at]), cy: this.height(this.mine[this.at]), r: 5, class: "sketch-at" }));
    this.picture.replaceChildren(...parts);
    setSlider(this.places, this.at, String(this.x[this.at]));
    setSlider(this.sizes, this.mine[this.at], sketchSize(this.mine[this.at]));
    this.say(this.explanation());
  }

  explanation() {
    if (!this.isShown) return `At ${this.x[this.at]} ${this.across} you expect ${sketchSize(this.mine[this.at])}.`;
    const measured = Object.entries(this.curves).map(([name, sizes]) => `${brief(sizes[this.at])} for ${name}`);
    return `At ${this.x[this.at]} ${this.across} you expected ${sketchSize(this.mine[this.at])} for ${this.asked}. Measured: ${
      measured.join("; ")}.`;
  }
}

/** Return ten to a power as one writes it. */
function sketchSize(exponent) {
  return brief(10 ** exponent);
}

customElements.define("live-sketch", LiveSketch);
