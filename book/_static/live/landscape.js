/* What learning is: two dials w and b make 2w + b of 2, which should be 6, and b of 0, which may be asked to be 2. The loss seen
from above, as a map whose lines join places of equal loss, and steps against its gradient. */
"use strict";

const LAND = { left: 28, top: 8, unit: 61, w: [0, 5], b: [-1, 3], rate: 1 / 16, names: -0.7 }; // names of lines stand at this b
const LAND_LEVELS = [36, 25, 16, 9, 4, 1, 0];
const LAND_ASKED = [[2, 6], [0, 2]]; // what goes in, and what should come out

class LiveLandscape extends LiveFigure {
  static title = "The loss of two dials as a map, and steps against the gradient";

  build() {
    this.asked = LAND_ASKED.slice(0, 1);
    this.picture = make("svg", { class: "live-drawing land", viewBox: "0 0 340 280", role: "img", click: (event) => this.choose(event),
      "aria-label": "A map of the loss, w to the right and b upwards, with the path of the dials; the sentence has the numbers" });
    this.dials = ["w", "b"].map((name, i) => slider(`${name} =`, { min: LAND[name][0], max: LAND[name][1], step: 0.05, value: 0 },
      (value) => { this.path = [this.path.at(-1).with(i, value)]; this.draw(); }));
    this.panel.append(this.picture, ...this.dials, make("div", { class: "live-row" }, button("Step", () => this.step(1)),
      button("10 steps", () => this.step(10)), button("Start over", () => { this.path = [[1, 0]]; this.draw(); }),
      checkbox("also turn 0 into 2", (on) => { this.asked = LAND_ASKED.slice(0, on ? 2 : 1); this.path.length = 1; this.draw(); })),
    this.sentence);
    this.path = [[1, 0]];
  }

  choose(event) {
    const { x, y } = inDrawing(this.picture, event), { left, top, unit } = LAND;
    const inside = ([low, high], value) => Math.min(high, Math.max(low, Math.round(20 * value) / 20));
    this.path = [[inside(LAND.w, LAND.w[0] + (x - left) / unit), inside(LAND.b, LAND.b[1] - (y - top) / unit)]];
    this.draw();
  }

  step(steps) {
    for (let i = 0; i < steps; i++) {
      const slopes = landSlopes(this.asked, this.path.at(-1));
      this.path.push(this.path.at(-1).map((value, i) => value - LAND.rate * slopes[i]));
    }
    this.draw();
  }

  draw() {
    const { left, top, unit, w: [west, east], b: [south, north] } = LAND;
    const at = ([w, b]) => [unit * (w - west), unit * (north - b)];
    const line = (points, kind) => make("path", { class: kind, d: `M${points.map((point) => at(point).join(" ")).join("L")}` });
    const [width, height] = at([east, south]), place = this.path.at(-1), slopes = landSlopes(this.asked, place);
    const [next, alongW, alongB] = [[1, 1], [1, 0], [0, 1]].map((moves) =>
      place.map((value, i) => value - moves[i] * LAND.rate * slopes[i]));
    const legs = [[alongW, 0], [alongB, 1]].filter(([, i]) => LAND.rate * Math.abs(slopes[i]) > 0.15);
    const map = make("svg", { x: left, y: top, width, height }, ...LAND_LEVELS.map((level) =>
      line(landContour(this.asked, level), level ? "land-level" : "land-lowest")),
    ...LAND_LEVELS.flatMap((level) => landName(this.asked, level)).map(([w, level]) =>
      label(...at([w, LAND.names]), level ? String(level) : "loss 0", level ? "land-name" : "land-name live-strong")),
    ...legs.map(([end]) => arrow(at(place), at(end), "live-red-arrow")),
    ...legs.map(([end]) => line([end, next], "land-beside")),
    line(this.path, "live-curve"), ...this.path.map((point) => {
      const [cx, cy] = at(point);
      return make("circle", { cx, cy, r: point === place ? 5 : 3.5, class: "dial-place" });
    }));
    this.picture.replaceChildren(map, make("rect", { x: left, y: top, width, height }),
      ...[0, 1, 2, 3, 4, 5].map((w) => label(left + at([w, 0])[0], top + height + 15, String(w), "live-faint")),
      ...[-1, 0, 1, 2, 3].map((b) => label(left - 12, top + at([0, b])[1] + 4, written(b), "live-faint")),
      label(left + width / 2, top + height + 15, "w", "live-strong"),
      label(left - 12, top + at([0, 1.5])[1] + 4, "b", "live-strong"));
    this.dials.forEach((dial, i) => setSlider(dial, place[i], landNumber(place[i])));
    const steps = this.path.length - 1, [w, b] = place.map(landNumber), [overW, overB] = slopes.map(landNumber);
    const loss = landNumber(landLoss(this.asked, place)); // it gets small long before the slopes do
    this.say(`${steps ? `After ${steps} ${steps > 1 ? "steps" : "step"}: ` : ""}w = ${w}, b = ${b}, loss ${
      loss === "0" ? "below 0.0005" : loss}. The slopes are ${overW} for w and ${overB} for b.`);
  }
}

function landNumber(x) {
  return Math.abs(x) < 5e-4 ? "0" : written(Number(x.toFixed(3)));
}

function landErrors(asked, [w, b]) {
  return asked.map(([x, wanted]) => w * x + b - wanted);
}

function landLoss(asked, place) {
  return landErrors(asked, place).reduce((sum, error) => sum + error ** 2, 0);
}

function landSlopes(asked, place) {
  return landErrors(asked, place).reduce(([overW, overB], error, k) => [overW + 2 * error * asked[k][0], overB + 2 * error], [0, 0]);
}

/** Return the line around all places that have at most this loss. For one w, they are the b that are not too far from the best one. */
function landContour(asked, level) {
  const upper = [], lower = [];
  for (let k = -400; k <= 2000; k++) {
    const w = k / 200, best = asked.reduce((sum, [x, wanted]) => sum + wanted - x * w, 0) / asked.length;
    const left = level - landLoss(asked, [w, best]);
    if (left < 0) continue;
    upper.push([w, best + Math.sqrt(left / asked.length)]);
    lower.unshift([w, best - Math.sqrt(left / asked.length)]);
  }
  return [...upper, ...lower, upper[0]];
}

/** Return where the line of a loss crosses the row in which names are written, from the left: [[w, loss]], or [] if it doesn't. */
function landName(asked, level) {
  const errors = landErrors(asked, [0, LAND.names]), sum = (part) => asked.reduce((total, [x], k) => total + part(x, errors[k]), 0);
  const square = sum((x) => x * x), half = sum((x, error) => x * error);
  const root = half ** 2 - square * (sum((x, error) => error ** 2) - level);
  return root < 0 ? [] : [[(-half - Math.sqrt(root)) / square, level]];
}

customElements.define("live-landscape", LiveLandscape);
