/* One training step after another: the 48 numbers of the smallest model, its three probabilities and its loss. What it computes is
rnnlm_ref's TimeEmbedding, TimeRNN (linear, H = 1), TimeAffine and TimeSoftmaxWithLoss, with plain gradient descent. */
"use strict";

const STEP_IDS = [0, 1, 2], STEP_TARGETS = [1, 2, 3], STEP_RATE = 1 / 4;
const STEP_WORDS = ["one", "owl", "hoots", "and", "another", "wakes", "."];
const STEP_CELL = { width: 40, height: 19, top: 22, left: 50 };
// Column and row, in cells. The last three belong to no word, so they stand between the rows.
const STEP_PLACES = { W: [0, 0], Wy: [4.3, 0], by: [5.3, 0], Wx: [6.6, 0.5], Wh: [6.6, 5.4], b: [6.6, 7.3] };

class LiveStep extends LiveFigure {
  static title = "Training steps with 48 numbers";

  build() {
    this.picture = make("svg", { class: "live-drawing", viewBox: "0 0 356 258", role: "img",
      "aria-label": "The 48 numbers, and bars for the three probabilities; the sentence says the probabilities and the loss" });
    this.panel.append(this.picture, make("div", { class: "live-row" }, button("Slopes", () => this.showSlopes()),
      button("Step", () => this.train(1)), button("10 steps", () => this.train(10)),
      button("Start over", () => { this.startOver(); this.draw(); })), this.sentence);
    this.startOver();
  }

  startOver() {
    this.model = { W: Array.from({ length: 7 }, (_, v) => [0, 1, 2, 3].map((d) => (4 * v + d) / 16)), Wx: [[1], [1], [1], [1]], Wh: [[1]],
      b: [[-3 / 8]], Wy: [0, 0, 0, Math.log(2), 0, 0, 0].map((x) => [x]), by: Array.from({ length: 7 }, () => [0]) };
    this.first = stepFound(this.model);
    this.slopes = null;
    this.steps = 0;
  }

  train(steps) {
    for (let i = 0; i < steps; i++) {
      this.slopes = stepSlopes(this.model);
      for (const [name, rows] of Object.entries(this.model)) {
        rows.forEach((row, i) => row.forEach((_, j) => { row[j] -= STEP_RATE * this.slopes[name][i][j]; }));
      }
    }
    this.steps += steps;
    this.draw();
  }

  /** Show in place of the numbers the slopes that the next step will use. */
  showSlopes() {
    this.slopes = stepSlopes(this.model);
    this.draw(this.slopes);
  }

  draw(shown = this.model) {
    const { width, height, top, left } = STEP_CELL, parts = [];
    for (const [name, [column, row]] of Object.entries(STEP_PLACES)) {
      const x = left + column * width, y = top + row * height, wide = shown[name][0].length * width;
      parts.push(label(x + wide / 2, y - (row ? 4 : 8), name, "live-faint"));
      shown[name].forEach((numbers, i) => numbers.forEach((number, j) => parts.push(
        make("rect", { x: x + j * width, y: y + i * height, width, height, class: `step-number ${this.moved(name, i, j)}` }),
        label(x + (j + 0.5) * width, y + (i + 0.75) * height, number.toFixed(3).replace(/^-(0\.000)?/, (_, zero) => zero ?? "−"),
          `live-cell ${shown === this.slopes ? "step-slope" : ""}`))));
    }
    STEP_WORDS.forEach((word, v) => parts.push(label(left - 6, top + (v + 0.75) * height, word, "live-faint step-word")));
    const found = stepFound(this.model);
    found.forEach((p, t) => {
      const y = 182 + 25 * t;
      parts.push(label(left - 6, y + 15, STEP_WORDS[STEP_TARGETS[t]], "live-faint step-word"),
        make("rect", { x: left, y, width: 240 * p, height: 19, class: "step-share" }),
        make("line", { x1: left + 240 * this.first[t], y1: y - 2, x2: left + 240 * this.first[t], y2: y + 21, class: "step-first" }),
        label(330, y + 15, p.toFixed(3), ""));
    });
    this.picture.replaceChildren(...parts);
    const loss = -found.reduce((sum, p) => sum + Math.log(p), 0) / found.length;
    this.say(shown === this.slopes ? "These are the slopes. A step moves each number by −¼ of its own: green ones will rise, red ones fall."
      : `After ${this.steps} ${this.steps === 1 ? "step" : "steps"} the right words have ${
      found.map((p) => p.toFixed(3)).join(", ")}. The loss is ${loss.toFixed(3)}.`);
  }

  /** Say which way the slopes at hand move a number. */
  moved(name, i, j) {
    const slope = this.slopes?.[name][i][j] ?? 0;
    return slope < 0 ? "step-up" : slope > 0 ? "step-down" : "";
  }
}

/** Return the states, the one before the first included, and the probabilities at each step. */
function stepForward({ W, Wx, Wh, b, Wy, by }) {
  const states = [0];
  for (const id of STEP_IDS) {
    states.push(W[id].reduce((sum, x, d) => sum + x * Wx[d][0], states.at(-1) * Wh[0][0] + b[0][0]));
  }
  return { states, shares: states.slice(1).map((h) => softmax(Wy.map(([w], v) => h * w + by[v][0]))) };
}

/** Return the probabilities of the right words. */
function stepFound(model) {
  return stepForward(model).shares.map((p, t) => p[STEP_TARGETS[t]]);
}

/** Return the slope of the loss in each number, by the way back through time. */
function stepSlopes(model) {
  const { states, shares } = stepForward(model), { W, Wx, Wh, Wy } = model;
  const slopes = Object.fromEntries(Object.entries(model).map(([name, rows]) => [name, rows.map((row) => row.map(() => 0))]));
  let later = 0; // what the next step sends back
  for (let t = STEP_IDS.length - 1; t >= 0; t--) {
    const dy = shares[t].map((p, v) => (p - (v === STEP_TARGETS[t])) / STEP_IDS.length);
    dy.forEach((slope, v) => { slopes.Wy[v][0] += states[t + 1] * slope; slopes.by[v][0] += slope; });
    const dz = dy.reduce((sum, slope, v) => sum + slope * Wy[v][0], later);
    later = dz * Wh[0][0];
    slopes.Wh[0][0] += states[t] * dz;
    slopes.b[0][0] += dz;
    W[STEP_IDS[t]].forEach((x, d) => { slopes.Wx[d][0] += x * dz; slopes.W[STEP_IDS[t]][d] += Wx[d][0] * dz; });
  }
  return slopes;
}

customElements.define("live-step", LiveStep);
