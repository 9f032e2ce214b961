/* How far each output reaches back: a linear cell with one unit, h = ρ · h + x, and a gradient of 1 from each output,
or from the last one only. The gradient at a step is the sum of all paths that end there: rnnlm_ref's TimeRNN, window by window. The
figure named "influence windows" has sliders for the number of steps and for the windows; the other one has 12 steps in one window. */
"use strict";

const INFLUENCE_BASE = 150, INFLUENCE_BARS = 286, INFLUENCE_HIGHEST = 112; // the feet of the arcs and of the bars, and the height of these
// The axis stays while the radius moves, so that growth can be seen: what doesn't fit is cut off, with an arrow. With windows the question
// is what is lost, at any radius, so there it is the smallest of several that holds all bars.
const INFLUENCE_END = 30, INFLUENCE_ENDS = [3, 30, 300, 3e3, 3e4, 3e5];
const INFLUENCE_DECADES = 4; // of either sign, on the axis for the last output alone

class LiveInfluence extends LiveFigure {
  static title = "Influence through time: paths fade, explode and are cut";

  build() {
    const hasWindows = this.hasWindows = this.hasAttribute("windows");
    this.setting = { radius: hasWindows ? 0.5 : 0.8, T: 12, k: 12, last: false };
    this.at = 0; // which path is looked at; 0 is none
    const change = (name) => (value) => { this.setting[name] = value; this.at = 0; this.draw(); };
    this.picture = make("svg", { class: "live-drawing influence", viewBox: "0 0 340 306", role: "img",
      "aria-label": "Arcs from outputs back to earlier steps, and bars or dots for the gradient at each step; the sentence has their numbers",
      pointermove: (event) => this.point(event), click: (event) => this.point(event) });
    this.path = slider("path:", { min: 0, max: 1, step: 1, value: 0 }, (at) => { this.at = at; this.draw(); });
    this.panel.append(
      slider("ρ =", { min: 0.1, max: 1.5, step: 0.05, value: this.setting.radius }, change("radius")),
      ...(hasWindows ? [slider("steps T =", { min: 2, max: 24, step: 1, value: 12 }, change("T")),
        slider("window k =", { min: 1, max: 24, step: 1, value: 12 }, change("k"))] : []),
      checkbox("only the last output sends 1", change("last")), this.picture, this.path, this.sentence);
  }

  /** Look at the path whose arc is nearest to the pointer. */
  point(event) {
    const { x, y } = inDrawing(this.picture, event);
    if (y > INFLUENCE_BASE + 4) return;
    const away = influencePaths(this.setting).map(({ from, to }) => {
      const [right, left] = [from, to].map((t) => this.place(t));
      return Math.abs(Math.hypot(x - (right + left) / 2, (y - INFLUENCE_BASE) / 0.88) - (right - left) / 2);
    });
    const at = away.indexOf(Math.min(...away)) + 1;
    if (at === this.at) return;
    this.at = at;
    this.draw();
  }

  place(t) {
    return 34 + (300 * (t + 0.5)) / this.setting.T;
  }

  draw() {
    const { T, k } = this.setting;
    const gradients = influenceGradients(this.setting), paths = influencePaths(this.setting);
    const parts = [];
    for (let start = k; start < T; start += k) {
      const x = this.place(start - 0.5);
      parts.push(make("line", { x1: x, y1: 8, x2: x, y2: INFLUENCE_BARS, class: "influence-cut" }));
    }
    const whole = influenceGradients({ ...this.setting, k: T }), highest = Math.max(...whole);
    const top = this.hasWindows ? INFLUENCE_ENDS.find((end) => end >= highest) : INFLUENCE_END;
    const cut = influencePaths({ ...this.setting, k: T }).filter(({ from, to }) => to < from - (from % k));
    parts.push(...cut.map((path) => this.arc(path, "influence-lost")),
      ...paths.map((path, i) => this.arc(path, i + 1 === this.at ? "influence-at" : "")), ...this.axis(top));
    parts.push(...gradients.map((_, t) => make("circle", { cx: this.place(t), cy: INFLUENCE_BASE, r: 3.5, class: "influence-step" })));
    const kinds = [...(k < T ? [[whole, "influence-lost"]] : []), [gradients, "influence-bar"]];
    parts.push(...kinds.flatMap(([sizes, kind]) => (this.setting.last ? this.dots(sizes, kind)
      : sizes.flatMap((size, t) => this.bar(size, t, top, kind)))));
    parts.push(label(this.place(0), 301, "0", "live-faint"), label(this.place(T - 1), 301, String(T - 1), "live-faint"),
      label(this.place((T - 1) / 2), 301, "step", "live-faint"));
    this.picture.replaceChildren(...parts);
    this.drawPath(paths);
    this.say(this.at ? this.product(paths[this.at - 1]) : this.explanation(gradients));
  }

  /** Show on the slider which path is looked at. */
  drawPath(paths) {
    const path = paths[this.at - 1];
    this.path.querySelector("input").max = paths.length;
    setSlider(this.path, this.at, path ? `${path.from} back to ${path.to}` : "choose one");
  }

  /** Return a bar, with an arrow on it if the axis is too short. */
  bar(gradient, t, top, kind) {
    const width = 200 / this.setting.T, x = this.place(t), height = INFLUENCE_HIGHEST * Math.min(1, gradient / top), y = INFLUENCE_BARS - height;
    return [make("rect", { x: x - width / 2, y, width, height, class: kind }),
      ...(gradient > top && kind === "influence-bar" ? [make("path", { d: `M${x - 5} ${y - 2}h10l-5 -8Z`, class: "influence-more" })] : [])];
  }

  /** Return a line with a dot for each gradient that isn't 0, on the logarithmic axis, whose ends cut it off. */
  dots(gradients, kind) {
    const points = gradients.map((gradient, t) => [this.place(t), this.level(gradient), gradient]).filter(([, , gradient]) => gradient);
    const isIn = ([, , gradient]) => Math.abs(Math.log10(gradient)) <= INFLUENCE_DECADES;
    return [make("svg", { x: 0, y: INFLUENCE_BARS - INFLUENCE_HIGHEST, width: 340, height: INFLUENCE_HIGHEST,
      viewBox: `0 ${INFLUENCE_BARS - INFLUENCE_HIGHEST} 340 ${INFLUENCE_HIGHEST}` },
    make("path", { d: `M${points.map(([x, y]) => `${x} ${y}`).join("L")}`, class: `influence-line ${kind}` })),
    ...(kind === "influence-bar" ? points.filter(isIn).map(([x, y]) => make("circle", { cx: x, cy: y, r: 4, class: "influence-end" })) : [])];
  }

  /** Return where a gradient lies on the logarithmic axis. */
  level(gradient) {
    return INFLUENCE_BARS - INFLUENCE_HIGHEST * (0.5 + Math.log10(gradient) / (2 * INFLUENCE_DECADES));
  }

  axis(top) {
    const written = this.setting.last ? [-4, -2, 0, 2, 4].map((exponent) => [this.level(10 ** exponent), exponent ? power(10, exponent) : "1"])
      : [0, 1, 2, 3].map((third) => [INFLUENCE_BARS - (INFLUENCE_HIGHEST * third) / 3, influenceTick((third * top) / 3)]);
    return written.flatMap(([y, text], i) => [make("line", { x1: 34, y1: y, x2: 334, y2: y,
      class: `live-axis ${i % (this.setting.last ? 2 : 3) ? "influence-between" : ""}` }), label(16, y + 4, text, "live-faint")]);
  }

  /** Return the arc of one path, as strong as what it carries, and the thicker the more that is above 1. */
  arc({ from, to, carried }, kind) {
    const [right, left] = [from, to].map((t) => this.place(t)), reach = (right - left) / 2;
    return make("path", { d: `M${right} ${INFLUENCE_BASE}A${reach} ${0.88 * reach} 0 0 0 ${left} ${INFLUENCE_BASE}`,
      class: `influence-path ${kind}`, "stroke-opacity": Math.min(1, carried),
      "stroke-width": 1.3 + Math.min(5, 0.6 * Math.max(0, Math.log2(carried))) });
  }

  product({ from, to, carried }) {
    const { radius } = this.setting, steps = from - to;
    const written = steps > 4 ? power(radius, steps) : Array(steps).fill(radius).join(" · ");
    return `From the output of step ${from} back to step ${to} are ${steps} steps: this path carries ${written}${
      steps > 1 ? ` = ${brief(carried)}` : ""}.`.replace("are 1 steps", "is one step");
  }

  explanation(gradients) {
    const { radius, T, k, last } = this.setting;
    const whole = influenceGradients({ ...this.setting, k: T })[0];
    const path = `${power(radius, T - 1)} = ${brief(radius ** (T - 1))}`;
    const longest = "The path from the last output back to step 0";
    if (last) {
      return gradients[0] ? `Of the 1 from the last output ${path} arrives at step 0.`
        : `${longest} would carry ${path}, but windows of ${k} cut it: step 0 gets nothing.`;
    }
    return k >= T ? `${longest} carries ${path}. All paths together give step 0 a gradient of ${brief(whole)}.`
      : `${longest} would carry ${path}, but windows of ${k} cut it. Step 0 gets a gradient of ${brief(gradients[0])} `
        + `instead of ${brief(whole)}.`;
  }
}

/** Return a number of the axis, short enough for the room beside it. */
function influenceTick(x) {
  const zeros = Math.round(Math.log10(x / Number(String(x)[0])));
  return zeros < 4 || x === 0 ? String(x) : `${String(x)[0]}·${power(10, zeros)}`;
}

/** Return the paths that no edge of a window cuts, with what each carries. */
function influencePaths({ radius, T, k, last }) {
  const paths = [];
  for (let from = last ? T - 1 : 0; from < T; from++) {
    for (let to = from - 1; to >= from - (from % k); to--) paths.push({ from, to, carried: radius ** (from - to) });
  }
  return paths;
}

/** Return the gradient at each step, with no path across the edge of a window. */
function influenceGradients({ radius, T, k, last }) {
  const gradients = Array(T);
  for (let t = T - 1; t >= 0; t--) {
    const isCut = t === T - 1 || (t + 1) % k === 0;
    gradients[t] = (last && t < T - 1 ? 0 : 1) + (isCut ? 0 : radius * gradients[t + 1]);
  }
  return gradients;
}

customElements.define("live-influence", LiveInfluence);
