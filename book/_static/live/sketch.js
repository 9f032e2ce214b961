/* Draw the curve that you expect; then the measured ones are laid over it. Sizes stand on a logarithmic axis, in powers of
ten. The chapter gives the places x, the curves and their names in the plot, which one is asked for, what both axes are called, and the
range. Where all curves begin at one size, that size is given: the drawn one begins there too. What isn't drawn stays blank. */
"use strict";

const SKETCH = { left: 42, top: 12, bottom: 228, letter: 6.4, every: 3 }; // where the plot lies, how wide a letter is, powers from line to line

class LiveSketch extends LiveFigure {
  static title = "Draw the curve that you expect, then compare";

  build() {
    Object.assign(this, this.given);
    const [start, ...others] = Object.values(this.curves).map(([first]) => first);
    this.start = others.every((other) => other === start) ? Math.log10(start) : null;
    this.places = slider(`${this.across}:`, { min: 0, max: this.x.length - 1, step: 1, value: 0 }, (i) => { this.at = i; this.draw(); });
    this.sizes = slider("your size there:", { min: this.low, max: this.high, step: 0.5, value: 0 }, (size) => this.set(this.at, size));
    this.picture = make("svg", { class: "live-drawing sketch", role: "img",
      "aria-label": `Your curve, and then the measured ones: ${this.up} against ${this.across}; the sentence has numbers`,
      pointerdown: (event) => this.drag(event), pointermove: (event) => { if (event.buttons) this.drag(event); } });
    this.panel.append(make("p", {}, `Draw the ${this.up} against the ${this.across} for `, make("strong", {}, this.asked),
      ": drag across the picture, or choose a place and a size."), this.picture, this.places, this.sizes,
    make("div", { class: "live-row" }, button("Show what was measured", () => this.show()),
      button("Start over", () => { this.startOver(); this.draw(); })), this.sentence);
    this.startOver();
    new ResizeObserver(() => this.draw()).observe(this.picture);
  }

  startOver() {
    this.mine = this.x.map((_, i) => (i === 0 ? this.start : null));
    this.at = 0;
    this.isDrawn = this.isAsked = this.isShown = false;
  }

  /** Set the size at a place. Where a stroke comes from another one, nothing older stays between them; once all is shown it stays. */
  set(to, size, from = to) {
    if (!this.isShown) {
      this.mine = this.mine.map((before, i) => (i === to ? size : (i - from) * (to - i) > 0 ? null : before));
      this.mine[0] = this.start ?? this.mine[0];
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
    if (!this.isDrawn && !this.isAsked) {
      this.isAsked = true;
      return this.say("Draw first: what do you expect? To see it without a guess, press once more.");
    }
    this.isShown = true;
    if (!this.isDrawn) this.at = this.x.length - 1; // where the curves lie apart
    this.draw();
  }

  right(place) {
    return SKETCH.left + ((this.end - SKETCH.left) * (place - this.x[0])) / (this.x.at(-1) - this.x[0]);
  }

  height(size) {
    return SKETCH.bottom - ((SKETCH.bottom - SKETCH.top) * (size - this.low)) / (this.high - this.low);
  }

  /** Return the size that the reader drew at a place, on a straight line between two that were set; null where nothing is drawn. */
  drawn(i) {
    const before = this.mine.findLastIndex((size, j) => j <= i && size !== null);
    const after = this.mine.findIndex((size, j) => j >= i && size !== null);
    if (before < 0 || after < 0) return null;
    const way = this.x[after] - this.x[before] || 1;
    return this.mine[before] + ((this.mine[after] - this.mine[before]) * (this.x[i] - this.x[before])) / way;
  }

  /** Return the points of a curve where it is drawn, up to where it leaves the range. */
  points(sizes) {
    const end = sizes.findIndex((size) => size < this.low || size > this.high);
    return sizes.slice(0, end < 0 ? sizes.length : end).flatMap((size, i) => (size === null ? []
      : [[this.right(this.x[i]), this.height(size)]]));
  }

  line(points, kind) {
    return make("path", { d: `M${points.map((point) => point.join(" ")).join("L")}`, class: kind });
  }

  /** Return the measured curves, each with its name where it ends, or above a name that stands there already. */
  measured() {
    const ends = [];
    return Object.entries(this.curves).map(([name, sizes], i) => [name, this.names[i], sizes]).reverse().flatMap(([name, short, sizes]) => {
      const points = this.points(sizes.map(Math.log10)), kind = name === this.asked ? "asked" : "other";
      let [x, y] = points.at(-1);
      if (points.length < sizes.length) y = y < (SKETCH.top + SKETCH.bottom) / 2 ? SKETCH.top + 13 : SKETCH.bottom - 14; // between two lines
      while (ends.some((end) => Math.abs(end.x - x) < 60 && Math.abs(end.y - y) < 14)) y -= 1;
      ends.push({ x, y });
      return [this.line(points, `sketch-${kind}`), make("text", { x: x + 5, y: y + 4,
        class: `live-label sketch-name sketch-name-${kind}` }, short)];
    });
  }

  draw() {
    const { left, bottom, letter, every } = SKETCH, width = Math.max(340, this.picture.clientWidth); // letters keep their size on a wide page
    const right = this.end = width - 9 - letter * Math.max(...this.names.map((name) => name.length));
    this.picture.setAttribute("viewBox", `0 0 ${width} ${bottom + 38}`);
    const ticks = Array.from({ length: 1 + (this.high - this.low) / every }, (_, i) => this.low + every * i);
    const middle = this.x[Math.round(this.x.length / 2)], mine = this.drawn(this.at);
    const parts = [...ticks.flatMap((size) => [
      make("line", { x1: left, y1: this.height(size), x2: right, y2: this.height(size), class: size === 0 ? "live-axis" : "live-axis sketch-line" }),
      label(20, this.height(size) + 4, size ? power(10, size) : "1", "live-faint")]),
    ...[this.x[0], middle, this.x.at(-1)].map((place) => label(this.right(place), bottom + 15, String(place), "live-faint")),
    label((left + right) / 2, bottom + 31, this.across, "live-faint")];
    if (this.isShown) parts.push(...this.measured());
    if (this.isDrawn) parts.push(this.line(this.points(this.mine.map((_, i) => this.drawn(i))), "sketch-mine"));
    if (mine !== null || !this.isShown) parts.push(make("circle", { cx: this.right(this.x[this.at]), cy: this.height(mine ?? 0), r: 5,
      class: mine === null ? "sketch-at sketch-open" : "sketch-at" }));
    this.picture.replaceChildren(...parts);
    setSlider(this.places, this.at, String(this.x[this.at]));
    setSlider(this.sizes, mine ?? 0, mine === null ? "not drawn" : sketchSize(mine));
    this.say(this.explanation());
  }

  explanation() {
    const at = this.x[this.at], mine = this.drawn(this.at);
    const there = `${at} ${at === 1 ? this.across.replace("steps", "step") : this.across}`;
    if (!this.isShown) return mine === null ? `Nothing is drawn yet at ${there}.` : `At ${there} you expect ${sketchSize(mine)}.`;
    const measured = Object.entries(this.curves).map(([name, sizes]) => `${brief(sizes[this.at])} for ${name}`).join("; ");
    return mine === null ? `Measured at ${at}: ${measured}.`
      : `At ${there} you expected ${sketchSize(mine)} for ${this.asked}. Measured: ${measured}.`;
  }
}

/** Return ten to a power as one writes it. */
function sketchSize(exponent) {
  return brief(10 ** exponent);
}

customElements.define("live-sketch", LiveSketch);
