/* Chapter 7: its model is trained in the browser, in float64, from the same first numbers and on the same batches.

The work is done in slices between two frames, so the page stays usable. Letters as in the chapter: N tracks, T steps,
V words, D numbers of a word, H of a state. Row t * N + n of an array belongs to step t of track n. */
"use strict";

const TRAINING = { N: 25, T: 20, D: 16, H: 64, epochs: 10, rate: 0.003, norm: 1 };
const TRAINING_SLICE = 40; // milliseconds of work between two drawings
const TRAINING_RANGES = [150, 300, 600, 1200]; // steps that the axis holds
const TRAINING_SCALES = [ // of the perplexity: from a fresh model down, then, after so many steps, around the bars
  { after: 0, low: 2.3, high: 45, ticks: [3, 5, 10, 20, 40] }, { after: 50, low: 2.4, high: 4, ticks: [2.5, 3, 3.5, 4] }];
const TRAINING_KEPT = [0, 25, 131, 290]; // after so many steps what it wrote stays in the list, above the newest
const TRAINING_TRIES = 24, TRAINING_SHOWN = 4; // so often does it write, and so many sentences are shown
const TRAINING_WARM_UP = ". the bee near the wood buzzes"; // in training it hardly ever met a state of zeros
const TRAINING_LONGEST = 60, TRAINING_SHORT = 11; // words, with the full stop: of what it writes, and of what is shown, so that the list keeps its height

/** The chapter's `Rnnlm`, for N tracks and windows of T steps. Several may share their numbers. */
class TrainingNetwork {
  constructor(numbers, V, N, T) {
    const { D, H } = TRAINING;
    Object.assign(this, { numbers, V, N, shapes: [V * D, D * H, H * H, H, H * V, V] });
    this.params = this.cut(numbers);
    this.hs = new Float64Array((T + 1) * N * H); // begins with the state before the window
    this.p = new Float64Array(T * N * V);
  }

  cut(numbers) {
    let end = 0;
    return this.shapes.map((size) => numbers.subarray(end, (end += size)));
  }

  /** Read a window, from the state after the last one, and return the probabilities of the next words. */
  forward(xs) {
    const { D, H } = TRAINING;
    const { V, N, hs, p, params: [E, Wx, Wh, b, W, c] } = this;
    const sums = new Float64Array(V * H); // x Wx + b, for each word of the vocabulary
    fillRows(sums, b);
    addProduct(sums, E, D, 1, Wx, V, D, H);
    hs.copyWithin(0, hs.length - N * H);
    for (let row = 0; row < xs.length; row += N) {
      const h = hs.subarray((row + N) * H, (row + 2 * N) * H);
      for (let n = 0; n < N; n++) h.set(sums.subarray(xs[row + n] * H, (xs[row + n] + 1) * H), n * H);
      addProduct(h, hs.subarray(row * H), H, 1, Wh, N, H, H);
      for (let k = 0; k < h.length; k++) h[k] = Math.tanh(h[k]);
    }
    fillRows(p, c);
    addProduct(p, hs.subarray(N * H), H, 1, W, xs.length, H, V);
    for (let start = 0; start < xs.length * V; start += V) { // scores so small overflow nothing
      let sum = 0;
      for (let k = start; k < start + V; k++) sum += p[k] = Math.exp(p[k]);
      for (let k = start; k < start + V; k++) p[k] /= sum;
    }
    return p;
  }

  /** Return the mean loss of a window, and its gradient in all numbers. */
  backward(xs, ts) {
    const { D, H } = TRAINING;
    const { V, N, hs, params: [E, Wx, Wh, , W] } = this;
    const gradient = new Float64Array(this.numbers.length), [dE, dWx, dWh, db, dW, dc] = this.cut(gradient);
    const rows = xs.length, dys = this.forward(xs), dhs = new Float64Array(rows * H), dsums = new Float64Array(V * H);
    const loss = ts.reduce((sum, target, row) => sum - Math.log(dys[row * V + target]), 0) / rows;
    ts.forEach((target, row) => { dys[row * V + target] -= 1; });
    for (let k = 0; k < dys.length; k++) dys[k] /= rows;
    addProduct(dW, hs.subarray(N * H), 1, H, dys, H, rows, V);
    addRows(dc, dys);
    addProduct(dhs, dys, V, 1, transposed(W, H, V), rows, V, H);
    const WhT = transposed(Wh, H, H);
    for (let row = rows - N; row >= 0; row -= N) {
      for (let k = row * H; k < (row + N) * H; k++) dhs[k] *= 1 - hs[k + N * H] ** 2;
      if (row) addProduct(dhs.subarray((row - N) * H), dhs.subarray(row * H), H, 1, WhT, N, H, H);
    }
    addProduct(dWh, hs, 1, H, dhs, H, rows, H);
    for (let row = 0; row < rows; row++) addRows(dsums.subarray(xs[row] * H, (xs[row] + 1) * H), dhs.subarray(row * H, (row + 1) * H));
    addRows(db, dsums);
    addProduct(dWx, E, 1, D, dsums, D, V, H);
    addProduct(dE, dsums, H, 1, transposed(Wx, D, H), V, H, D);
    return { loss, gradient };
  }
}

/** Clipping and Adam, as in `RnnlmTrainer.step`. */
class TrainingSteps {
  constructor(network) {
    this.network = network;
    [this.means, this.squares] = [0, 0].map(() => new Float64Array(network.numbers.length));
    this.updates = 0;
  }

  /** Change the numbers once, and return the loss before that. */
  step({ xs, ts }) {
    const { loss, gradient } = this.network.backward(xs, ts);
    const scale = Math.min(1, TRAINING.norm / Math.sqrt(gradient.reduce((sum, slope) => sum + slope ** 2, 0)));
    const root = (1 - 0.999 ** ++this.updates) ** 0.5, rate = (TRAINING.rate * root) / (1 - 0.9 ** this.updates);
    gradient.forEach((slope, k) => {
      this.means[k] += 0.1 * (scale * slope - this.means[k]);
      this.squares[k] += 0.001 * ((scale * slope) ** 2 - this.squares[k]);
      this.network.numbers[k] -= (rate * this.means[k]) / (Math.sqrt(this.squares[k]) + 1e-8 * root);
    });
    return loss;
  }
}

class LiveTraining extends LiveFigure {
  static title = "Train the model: its perplexity, and what it writes";

  build() {
    const { tokens, phrases, text, heldOut, numbers, sounds, sentence, bars } = this.given;
    const ids = [...text].flatMap((letter) => phrases[letter].split(" ")).map((word) => tokens.indexOf(word));
    const train = ids.slice(0, -heldOut), test = ids.slice(-heldOut), { N, T, epochs } = TRAINING;
    Object.assign(this, { tokens, sounds, bars, first: new Float32Array(bytes(numbers).buffer),
      windows: windowsOf(train, Math.floor((train.length - 1) / N)),
      heldOut: windowsOf(test, Math.ceil((test.length - 1) / (N * T)) * T),
      wellFormed: new RegExp(sentence), soundIds: Object.values(sounds).map((sound) => tokens.indexOf(sound)) });
    this.steps = epochs * this.windows.length;
    this.picture = make("svg", { class: "live-drawing", viewBox: "0 0 340 372", role: "img",
      "aria-label": "Above, the perplexity on held-out text after each step, with the bars to beat; below, the share of right sounds. The list has the numbers" });
    this.list = make("ol", { class: "training-rows", "aria-label": "How good it was, and what it wrote" });
    this.guesses = make("div", { class: "live-row", role: "group", "aria-label": "Down to which line?" },
      ...["bigram", "trigram", "best possible"].map((name) => button(`${name}: ${bars[name].toFixed(2)}`,
        () => { this.guess = name; this.goOn(); this.draw(); this.go.focus(); })));
    this.go = button("Train", () => { this.frame ? this.pause() : this.goOn(); this.draw(); });
    this.controls = make("div", { class: "live-row" }, this.go, button("Start over", () => { this.startOver(); this.draw(); }));
    this.panel.append(this.sentence, this.guesses, this.controls, this.picture, this.list);
    this.startOver();
  }

  /** Go back to the first numbers, and to the question. */
  startOver() {
    this.pause();
    Object.assign(this, { guess: null, losses: [], rows: [], numbers: Float64Array.from(this.first), done: false });
    this.work = this.train();
  }

  goOn() {
    this.frame = this.done ? 0 : requestAnimationFrame(() => this.run());
  }

  pause() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
  }

  run() {
    const end = performance.now() + TRAINING_SLICE, measured = this.rows.length;
    while (!this.done && performance.now() < end) this.done = this.work.next().done;
    this.goOn();
    if (this.done || measured < this.rows.length) this.draw();
    else if (!LiveFigure.calm.matches) this.plot();
  }

  /** Train, with a pause after each piece of work; measure often at first, later every 60 steps. */
  *train() {
    const network = new TrainingNetwork(this.numbers, this.tokens.length, TRAINING.N, TRAINING.T);
    const trainer = new TrainingSteps(network);
    for (let epoch = 0, next = 0; epoch < TRAINING.epochs; epoch++) {
      network.hs.fill(0);
      for (const window of this.windows) {
        if (this.losses.length === next) {
          yield* this.measure();
          next += Math.min(60, 4 + Math.round(0.3 * next));
        }
        this.losses.push(trainer.step(window));
        yield;
      }
    }
    yield* this.measure();
  }

  /** Find the perplexity on held-out text, and for how many sounds there it prefers the right one to the others. */
  *measure() {
    const V = this.tokens.length, network = new TrainingNetwork(this.numbers, V, TRAINING.N, TRAINING.T);
    let loss = 0, count = 0, right = 0, asked = 0;
    for (const { xs, ts } of this.heldOut) {
      const p = network.forward(xs);
      ts.forEach((target, row) => {
        if (target < 0) return;
        loss -= Math.log(p[row * V + target]);
        count += 1;
        if (!this.soundIds.includes(target)) return;
        asked += 1;
        right += this.soundIds.every((sound) => p[row * V + sound] <= p[row * V + target]);
      });
      yield;
    }
    this.rows.push({ step: this.losses.length, perplexity: Math.exp(loss / count), right: right / asked, texts: this.write() });
  }

  /** Let the model write some texts, each up to a full stop. */
  write() {
    const network = new TrainingNetwork(this.numbers, this.tokens.length, 1, 1), read = (word) => network.forward([this.tokens.indexOf(word)]);
    TRAINING_WARM_UP.split(" ").forEach(read);
    return Array.from({ length: TRAINING_TRIES }, () => {
      const words = ["the"];
      read(".");
      while (words.length === 1 || (words.at(-1) !== "." && words.length < TRAINING_LONGEST)) words.push(this.tokens[drawn(read(words.at(-1)))]);
      return words;
    });
  }

  /** Say whether words are a sentence as the farm makes them, but for its sound, which may be any. */
  isSentence(words) {
    return this.wellFormed.test(words.join(" "));
  }

  /** Say whether a sentence ends in the sound of its animal. */
  isRight([, animal, ...rest]) {
    return this.sounds[animal] === rest.at(-2);
  }

  draw() {
    this.guesses.hidden = this.guess !== null;
    this.controls.hidden = this.guess === null;
    this.go.textContent = this.frame ? "Pause" : this.rows.length && !this.done ? "Go on" : "Train";
    this.go.disabled = this.done;
    this.plot();
    const newest = this.rows.at(-1), kept = this.rows.filter((row) => row === newest || TRAINING_KEPT.includes(row.step));
    this.list.replaceChildren(...kept.map((row) => this.sample(row)));
    this.list.hidden = !newest && !this.frame; // it takes all of its height when the training begins
    this.say(this.told(this.rows.at(-1)));
  }

  plot() {
    const end = TRAINING_RANGES.find((range) => this.losses.length <= range), chance = 1 / this.soundIds.length;
    const scale = TRAINING_SCALES.findLast(({ after }) => this.losses.length >= after);
    const width = Math.max(340, this.picture.clientWidth), right = width - 4; // letters keep their size on a wide page
    const x = (step) => 30 + ((right - 30) * step) / end, low = (share) => 350 - 60 * share;
    const y = (perplexity) => 266 - (252 * Math.log(perplexity / scale.low)) / Math.log(scale.high / scale.low);
    const isIn = ([, value]) => value <= scale.high;
    const path = (points, kind) => make("path", { class: kind, d: `M${points.map((point) => point.join(" ")).join("L")}` });
    const across = (height, kind) => path([[30, height], [right, height]], kind);
    const name = (place, height, text, kind = "") => label(place, height, text, `live-faint training-name ${kind}`);
    const bars = Object.entries(this.bars).filter(isIn).flatMap(([bar, value]) => {
      const isGuess = bar === this.guess, isLimit = bar === "best possible";
      return [across(y(value), `training-bar${isLimit ? " training-limit" : ""}${isGuess ? " training-guess" : ""}`),
        name(right, y(value) + (isLimit ? 13 : -4), `${isGuess ? "your guess: " : ""}${bar} ${value.toFixed(2)}`)];
    });
    const ticks = [...scale.ticks.map((tick) => name(25, y(tick) + 4, String(tick))), name(25, low(1) + 6, "100"), name(25, low(0), "0")];
    const steps = [0, 1 / 3, 2 / 3, 1].map((part) => name(30 + (right - 30) * part + (part < 1 && 8), 366, part < 1 ? String(part * end) : `${end} steps`));
    const curves = this.losses.length === 0 ? [] : [
      make("svg", { x: 30, y: 10, width: right - 26, height: 262, viewBox: `30 10 ${right - 26} 262` }, // cuts off what is above
        make("path", { class: "training-batches", d: this.losses.map((loss, step) => `M${x(step)} ${y(Math.exp(loss))}h0`).join("") }),
        path(this.rows.map(({ step, perplexity }) => [x(step), y(perplexity)]), "live-curve")),
      path(this.rows.map(({ step, right }) => [x(step), low(right)]), "live-curve training-sounds"),
      name(right, 14, `step ${this.losses.length} of ${this.steps}: perplexity ${this.rows.at(-1).perplexity.toFixed(2)}`, "training-now")];
    this.picture.setAttribute("viewBox", `0 0 ${width} 372`);
    this.picture.replaceChildren(...curves, ...bars, ...ticks, ...steps, across(low(0), "live-axis"), across(low(chance), "training-bar"),
      name(right, low(0.5), "right sounds, %"), name(right, low(chance) - 4, "by guessing"));
  }

  /** Return what was measured at a step, how many of the texts are sentences and have the right sound, and a few of these, each with its mark. */
  sample({ step, perplexity, right, texts }) {
    const whole = texts.filter((words) => this.isSentence(words)), short = whole.filter((words) => words.length <= TRAINING_SHORT);
    const shown = (short.length ? short : whole).slice(0, TRAINING_SHOWN), [first] = texts;
    const told = whole.length ? `${whole.length} of ${texts.length} ${whole.length === 1 ? "is a sentence" : "are sentences"}, ${
      whole.filter((words) => this.isRight(words)).length} right: `
      : `None of ${texts.length} is a sentence: `;
    return make("li", {}, make("span", { class: "training-when" }, `${step} steps: ${perplexity.toFixed(2)}, ${percent(right)} of the sounds right`),
      make("strong", {}, told), ...(whole.length ? shown.flatMap((words) => this.marked(words))
        : [first.slice(0, TRAINING_SHORT).join(" ").replace(/ \.$/, "."), first.length > TRAINING_SHORT ? " …" : ""]));
  }

  /** Return a sentence whose sound has a mark. */
  marked(words) {
    const isRight = this.isRight(words);
    return [`${words.slice(0, -2).join(" ")} `,
      make("span", { class: isRight ? "training-right" : "training-wrong" }, `${words.at(-2)} ${isRight ? "✓" : "✗"}`), ". "];
  }

  /** Say how the end compares with what the reader said. */
  compared({ perplexity }) {
    const said = `You said ${this.bars[this.guess].toFixed(2)}, the ${this.guess}${this.guess === "best possible" ? "" : "'s bar"}.`;
    return `${said}${perplexity < this.bars.trigram ? " It is below the trigram's bar, so it carries the animal from far back." : ""}`;
  }

  told(last) {
    if (!this.guess) return "The model is fresh, and ten epochs lie before it. Down to which line will the perplexity get? Press your guess, and the training begins.";
    if (!last) return `You say ${this.bars[this.guess].toFixed(2)}. Your browser trains it.`;
    const passed = Object.keys(this.bars).filter((name) => last.perplexity < this.bars[name]);
    const sounds = last.right > 0.9 ? "nearly all" : last.right > 0.5 ? "most" : "few";
    if (this.frame) return `Training. Below ${passed.length ? `the ${passed.at(-1)}` : "no bar yet"}; ${sounds} of the sounds are right.`;
    const now = `After ${last.step} steps: perplexity ${last.perplexity.toFixed(2)}, ${percent(last.right)} of the sounds right.`;
    return this.done ? `Done. ${now} ${this.compared(last)}` : `Paused. ${now}`;
  }
}

/** Cut a text into N tracks of `length` and these into windows; beyond the end, the target -1 doesn't count. */
function windowsOf(ids, length) {
  const { N, T } = TRAINING, place = (w, row) => (row % N) * length + w * T + Math.floor(row / N);
  return Array.from({ length: Math.floor(length / T) }, (_, w) => ({
    xs: Array.from({ length: N * T }, (_, row) => (place(w, row) + 1 < ids.length ? ids[place(w, row)] : 0)),
    ts: Array.from({ length: N * T }, (_, row) => ids[place(w, row) + 1] ?? -1),
  }));
}

/** Add A @ B to `out`. A's element (i, k) lies at i * row + k * column, so that A may be read transposed. */
function addProduct(out, A, row, column, B, rows, inner, columns) {
  for (let i = 0; i < rows; i++) {
    let k = 0;
    for (; k + 4 <= inner; k += 4) { // four rows of B at once: `out` is read and written less often
      const at = i * row + k * column, a = A[at], b = A[at + column], c = A[at + 2 * column], d = A[at + 3 * column];
      let p = k * columns, q = p + columns, r = q + columns, s = r + columns;
      for (let o = i * columns; o < (i + 1) * columns; o++) out[o] += a * B[p++] + b * B[q++] + c * B[r++] + d * B[s++];
    }
    for (; k < inner; k++) {
      for (let j = 0; j < columns; j++) out[i * columns + j] += A[i * row + k * column] * B[k * columns + j];
    }
  }
}

function transposed(matrix, rows, columns) {
  return matrix.map((_, k) => matrix[(k % rows) * columns + Math.floor(k / rows)]);
}

function fillRows(matrix, row) {
  for (let start = 0; start < matrix.length; start += row.length) matrix.set(row, start);
}

function addRows(sum, matrix) {
  for (let k = 0; k < matrix.length; k++) sum[k % sum.length] += matrix[k];
}

customElements.define("live-training", LiveTraining);
