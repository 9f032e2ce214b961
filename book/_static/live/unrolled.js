/* The worked example, unrolled over three steps: rnnlm_ref's TimeRNN with a linear cell, whose matrices hold one number
each. So the three numbers of a state are equal, and so are those of a gradient. */
"use strict";

const UNROLLED_WIDTH = { D: 4, H: 3 };
const UNROLLED_STEPS = [0, 1, 2];

class LiveUnrolled extends LiveFigure {
  static title = "The worked example, step by step";

  build() {
    this.startOver();
    this.picture = make("svg", { class: "live-drawing", viewBox: "-14 0 374 280", role: "img",
      "aria-label": "Three copies of one cell with the numbers that are known so far; the sentence and the table hold them too" });
    this.table = make("table", { class: "live-table" });
    this.settings = make("div", {}, this.fields(), this.switches());
    this.panel.append(this.settings, this.buttons(), this.sentence, this.picture, this.table);
  }

  startOver() {
    this.example = { ids: [0, 1, 2], above: [1, 2, 3], Wx: 1, Wh: 1, b: 3, dropped: false, oneCell: false };
    this.position = 0; // three steps forward, then three back
  }

  fields() {
    const { ids, above } = this.example;
    const one = (name, bounds, change) => numberField(name, bounds, (value) => { change(value); this.draw(); });
    const row = (name, ...fields) => make("span", { class: "live-field" }, `${name} `, ...fields);
    const weight = (name, bounds) => row(name,
      one(`each number of ${name}`, { ...bounds, value: this.example[name] }, (value) => { this.example[name] = value; }));
    return make("div", { class: "live-row" },
      row("ids", ...ids.map((value, t) => one(`id of step ${t}`, { min: 0, max: 6, value }, (id) => { ids[t] = id; }))),
      row("from above", ...above.map((value, t) =>
        one(`gradient from above at step ${t}`, { min: -9, max: 9, value }, (g) => { above[t] = g; }))),
      row("each number of", weight("Wx", { min: -2, max: 2, step: 0.1 }), weight("Wh", { min: -2, max: 2, step: 0.1 }),
        weight("b", { min: -9, max: 9 })));
  }

  switches() {
    return make("div", { class: "live-row" },
      checkbox("drop “+ dh”", (on) => { this.example.dropped = on; this.draw(); }),
      checkbox("one cell object for all steps", (on) => { this.example.oneCell = on; this.draw(); }));
  }

  buttons() {
    const go = (position) => { this.position = position; this.draw(); };
    return make("div", { class: "live-row" }, button("Step back", () => go(Math.max(0, this.position - 1))),
      button("Step", () => go(Math.min(6, this.position + 1))), button("To the end", () => go(6)),
      button("Start over", () => {
        this.startOver();
        this.settings.replaceChildren(this.fields(), this.switches());
        this.draw();
      }));
  }

  draw() {
    const run = unrolledRun(this.example);
    const truth = unrolledRun({ ...this.example, dropped: false, oneCell: false });
    const rows = [label(3, 227, "xs", "live-blue-text"), ...(this.position > 0 ? [label(3, 75, "hs", "live-orange-text")] : []),
      ...(this.position > 3 ? [label(3, 37, "dhs", "live-red-text"), label(3, 267, "dxs", "live-red-text")] : [])];
    this.picture.replaceChildren(...rows, ...UNROLLED_STEPS.flatMap((t) => this.column(run, t)));
    this.drawTable(run, truth);
    this.say(this.explanation(run));
  }

  isForward(t) { return t < this.position; }

  isBack(t) { return 5 - t < this.position; }

  column(run, t) {
    const left = 14 + 117 * t, middle = left + 50;
    const there = this.isForward(t), back = this.isBack(t);
    const known = this.example.oneCell ? Math.min(this.position, 3) - 1 : t; // the step that its cell has seen last
    const parts = [label(middle, 10, `step ${t}`, "live-faint"),
      ...cells(left + 8, 150 + 62, run.xs[t], 21, "live-blue-cell"),
      make("rect", { x: left + 8, y: 118, width: 84, height: 48, rx: 6, class: "live-box" }),
      arrow([middle - 10, 208], [middle - 10, 170], "live-blue-arrow"),
      arrow([left - 22, 132], [left + 5, 132], "live-orange-arrow")];
    if (t === 0) parts.push(label(0, 124, "0", "live-orange-text"));
    if (there) {
      parts.push(...cells(left + 5, 60, Array(UNROLLED_WIDTH.H).fill(run.hs[t]), 30, "live-orange-cell"),
        arrow([middle - 10, 115], [middle - 10, 85], "live-orange-arrow"),
        label(middle, 136, `keeps h = ${written(run.before[known])}`, known === t ? "live-faint" : "live-wrong"));
      if (t < 2) parts.push(label(left + 100, 124, written(run.hs[t]), "live-orange-text"));
    }
    if (this.position > 3) {
      parts.push(...cells(left + 5, 22, Array(UNROLLED_WIDTH.H).fill(this.example.above[t]), 30, "live-red-cell"));
    }
    if (back) parts.push(...this.way(run, t, left, middle));
    return parts;
  }

  /** Draw what one step on the way back has made. */
  way(run, t, left, middle) {
    const dropped = this.example.dropped && t > 0;
    return [label(middle, 155, `dz = ${written(run.dzs[t])}`, "live-strong"),
      arrow([middle + 10, 85], [middle + 10, 114], "live-red-arrow"),
      arrow([middle + 10, 170], [middle + 10, 208], "live-red-arrow"),
      ...cells(left + 8, 252, Array(UNROLLED_WIDTH.D).fill(run.dxs[t]), 21, "live-red-cell"),
      arrow([left + 5, 152], [left - 19, 152], dropped ? "live-faint-arrow" : "live-red-arrow"),
      label(left - 9, 176, dropped ? "✕" : written(run.dhs[t]), dropped ? "live-wrong" : "live-red-text")];
  }

  drawTable(run, truth) {
    const heads = ["gradient", ...[2, 1, 0].map((t) => `step ${t}`), "sum"];
    const rows = Object.keys(run.terms).map((name) => {
      const known = [2, 1, 0].filter((t) => this.isBack(t));
      const sum = (terms) => known.reduce((total, t) => total + terms[t], 0);
      const total = sum(run.terms[name]), right = sum(truth.terms[name]);
      const wrong = Math.abs(total - right) > 1e-9;
      return make("tr", {}, make("th", { scope: "row" }, name),
        ...[2, 1, 0].map((t) => make("td", {}, this.isBack(t) ? written(run.terms[name][t]) : "")),
        make("td", { class: wrong ? "live-wrong" : "live-strong" },
          known.length === 0 ? "" : wrong ? `${written(total)} ≠ ${written(right)}` : written(total)));
    });
    this.table.replaceChildren(make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
      make("tbody", {}, ...rows));
  }

  explanation(run) {
    const { Wx, Wh, b, above, dropped, oneCell } = this.example;
    if (this.position === 0) return "The word vectors are there. Press Step: the cell reads the first one.";
    const t = this.position <= 3 ? this.position - 1 : 6 - this.position;
    const x = run.xs[t].reduce((sum, number) => sum + number, 0);
    if (this.position <= 3) {
      return `Step ${t}, forward. Each number of h is 3 · ${written(run.before[t])} · ${written(Wh)} + ${x} · ${written(Wx)} + `
        + `${written(b)} = ${written(run.hs[t])}.`;
    }
    const right = t < 2 && !dropped ? ` + ${written(run.dhs[t + 1])} = ${written(run.dzs[t])}` : "";
    const left = t > 0 && dropped ? "is dropped" : t > 0 ? "goes on to the left" : "leaves the window";
    return `Step ${t}, back. dz = ${written(above[t])}${right}. dWh gets `
      + `${written(run.before[oneCell ? 2 : t])} · ${written(run.dzs[t])} = ${written(run.terms.dWh[t])}, and 3 · `
      + `${written(run.dzs[t])} · ${written(Wh)} = ${written(run.dhs[t])} ${left}.`
      + (oneCell && t < 2 ? ` (The cell remembers step 2 only. Before step ${t} the state was ${written(run.before[t])}.)` : "");
  }
}

/** Run the example forward and back, as the switches say. Of equal numbers one is returned. */
function unrolledRun({ ids, above, Wx, Wh, b, dropped, oneCell }) {
  const { D, H } = UNROLLED_WIDTH;
  const xs = ids.map((id) => Array.from({ length: D }, (_, d) => D * id + d)); // rows of arange(28).reshape(7, 4)
  const before = [], hs = [], dzs = [], dhs = [];
  xs.forEach((x, t) => {
    before[t] = t === 0 ? 0 : hs[t - 1];
    hs[t] = H * before[t] * Wh + x.reduce((sum, number) => sum + number, 0) * Wx + b;
  });
  for (const t of [2, 1, 0]) {
    dzs[t] = above[t] + (t === 2 || dropped ? 0 : dhs[t + 1]);
    dhs[t] = H * dzs[t] * Wh; // for the step before
  }
  const kept = UNROLLED_STEPS.map((t) => (oneCell ? 2 : t)); // whose cache each step finds
  const terms = { db: dzs, dWh: dzs.map((dz, t) => before[kept[t]] * dz) };
  for (let d = 0; d < D; d++) terms[`dWx row ${d}`] = dzs.map((dz, t) => xs[kept[t]][d] * dz);
  return { xs, before, hs, dzs, dhs, dxs: dzs.map((dz) => H * dz * Wx), terms };
}

customElements.define("live-unrolled", LiveUnrolled);
