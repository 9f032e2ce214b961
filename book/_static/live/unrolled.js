/* The worked example, unrolled over three steps: rnnlm_ref's TimeRNN with a linear cell, whose matrices hold one number
each. So the three numbers of a state are equal, and so are those of a gradient. */
"use strict";

const UNROLLED_WIDTH = { D: 4, H: 3 };
const UNROLLED_STEPS = [0, 1, 2];

class LiveUnrolled extends LiveFigure {
  static title = "The worked example, step by step";

  build() {
    this.startOver();
    this.picture = make("svg", { class: "live-drawing", viewBox: "-16 0 376 222", role: "group",
      "aria-label": "Three copies of one cell with the numbers that are known so far; the sentence and the table hold them too" });
    this.table = make("table", { class: "live-table" });
    this.settings = make("div", {}, this.fields(), this.switches());
    this.panel.append(this.settings, this.buttons(), this.sentence, this.picture, this.table);
  }

  startOver() {
    this.example = { ids: [0, 1, 2], above: [1, 2, 3], Wx: 1, Wh: 1, b: 3, dropped: false, oneCell: false };
    this.position = 0; // three steps forward, then three back
    this.chosen = null; // the name of a number whose sum is asked for
  }

  fields() {
    const { ids, above } = this.example;
    const one = (name, bounds, change) => numberField(name, bounds, (value) => { change(value); this.draw(); }, (why) => this.say(why));
    const row = (name, ...fields) => make("span", { class: "live-field" }, `${name} `, ...fields);
    const weight = (name, bounds) => row(name,
      one(`each number of ${name}`, { ...bounds, value: this.example[name] }, (value) => { this.example[name] = value; }));
    return make("div", { class: "live-row" },
      row("id of step", ...ids.map((value, t) => one(`id of step ${t}`, { min: 0, max: 6, value }, (id) => { ids[t] = id; }))),
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
    return make("div", { class: "live-row" }, button("Step back", () => this.go(Math.max(0, this.position - 1))),
      button("Step", () => this.go(Math.min(6, this.position + 1))), button("To the end", () => this.go(6)),
      button("Start over", () => {
        this.startOver();
        this.settings.replaceChildren(this.fields(), this.switches());
        this.draw();
      }));
  }

  /** Go to a position. What a single step has made comes along its arrow. */
  go(position) {
    const isStep = position === this.position + 1;
    this.position = position;
    this.chosen = null;
    this.draw();
    if (!isStep || LiveFigure.calm.matches) return;
    for (const part of this.picture.querySelectorAll(`[data-position="${position}"]`)) {
      part.animate([{ transform: `translate(${part.dataset.from})`, opacity: 0.3 }, { transform: "none" }], { duration: 700, easing: "ease-out" });
    }
  }

  choose(name) {
    this.chosen = name;
    this.draw();
    this.panel.querySelector(`[data-name="${name}"]`).focus();
  }

  draw() {
    this.run = unrolledRun(this.example);
    const truth = unrolledRun({ ...this.example, dropped: false, oneCell: false });
    const rows = [["dhs", 31, "red", 4], ["hs", 57, "orange", 1], ["xs", 186, "blue", 0], ["dxs", 212, "red", 4]];
    this.picture.replaceChildren(...rows.filter(([, , , from]) => this.position >= from)
      .map(([name, y, colour]) => label(-3, y, name, `live-${colour}-text`)), ...UNROLLED_STEPS.flatMap((t) => this.column(t)));
    this.drawTable(truth);
    this.say(this.explanation());
  }

  isForward(t) { return t < this.position; }

  isBack(t) { return 5 - t < this.position; }

  /** Return a number of the drawing, which can be pressed, and comes from somewhere when its step is made. */
  number(name, t, isBack, from, ...parts) {
    return pressable(make("g", { "data-name": `${name} ${t}`, "data-position": isBack ? 6 - t : t + 1, "data-from": from,
      class: this.chosen === `${name} ${t}` ? "live-chosen" : "" }, ...parts), `${name} of step ${t}`, () => this.choose(`${name} ${t}`));
  }

  column(t) {
    const { run } = this;
    const left = 14 + 117 * t, middle = left + 52;
    const known = this.example.oneCell ? Math.min(this.position, 3) - 1 : t; // the step that its cell has seen last
    const parts = [label(middle, 10, `step ${t}`, "live-faint"), ...cells(left, 171, run.xs[t], 26, "live-blue-cell"),
      make("rect", { x: left + 8, y: 93, width: 88, height: 48, rx: 6, class: "live-box" }),
      arrow([middle - 10, 168], [middle - 10, 144], "live-blue-arrow"),
      arrow([left - 21, 107], [left + 5, 107], "live-orange-arrow")];
    if (t === 0) parts.push(label(-8, 99, "0", "live-orange-text"));
    if (this.isForward(t)) {
      parts.push(this.number("h", t, false, "0, 50px", ...cells(left + 1, 42, Array(UNROLLED_WIDTH.H).fill(run.hs[t]), 34, "live-orange-cell")),
        arrow([middle - 10, 91], [middle - 10, 67], "live-orange-arrow"),
        label(middle, 111, `keeps h = ${written(run.before[known])}`, known === t ? "live-faint" : "live-wrong"));
      if (t < 2) {
        parts.push(make("g", { "data-position": t + 1, "data-from": "-50px, 0" }, label(left + 109, 99, written(run.hs[t]), "live-orange-text")));
      }
    }
    if (this.position > 3) {
      parts.push(...cells(left + 1, 16, Array(UNROLLED_WIDTH.H).fill(this.example.above[t]), 34, "live-red-cell"));
    }
    if (this.isBack(t)) parts.push(...this.way(t, left, middle));
    return parts;
  }

  /** Draw what one step on the way back has made. */
  way(t, left, middle) {
    const { run } = this;
    const dropped = this.example.dropped && t > 0;
    return [this.number("dz", t, true, "0, -40px", label(middle, 130, `dz = ${written(run.dzs[t])}`, "live-strong")),
      arrow([middle + 10, 67], [middle + 10, 90], "live-red-arrow"), arrow([middle + 10, 144], [middle + 10, 168], "live-red-arrow"),
      this.number("dx", t, true, "0, -70px", ...cells(left, 197, Array(UNROLLED_WIDTH.D).fill(run.dxs[t]), 26, "live-red-cell")),
      arrow([left + 5, 127], [left - 20, 127], dropped ? "live-faint-arrow" : "live-red-arrow"),
      this.number("dh", t, true, "60px, 0", label(left - 8, 148, dropped ? "✕" : written(run.dhs[t]), dropped ? "live-wrong" : "live-red-text"))];
  }

  drawTable(truth) {
    const { terms } = this.run;
    const known = [2, 1, 0].filter((t) => this.isBack(t));
    const pressed = (name, text) => {
      const field = button(text, () => this.choose(name));
      field.className = `live-plain ${this.chosen === name ? "live-chosen" : ""}`;
      field.dataset.name = name;
      return field;
    };
    const heads = ["gradient", ...[2, 1, 0].map((t) => `step ${t}`), "sum"];
    const rows = Object.keys(terms).map((name) => {
      const [total, right] = [terms, truth.terms].map((all) => known.reduce((sum, t) => sum + all[name][t], 0));
      const wrong = Math.abs(total - right) > 1e-9;
      return make("tr", {}, make("th", { scope: "row" }, name),
        ...[2, 1, 0].map((t) => make("td", {}, this.isBack(t) ? pressed(`${name} ${t}`, written(terms[name][t])) : "")),
        make("td", { class: wrong ? "live-wrong" : "live-strong" }, known.length === 0 ? ""
          : pressed(`${name} sum`, wrong ? `${written(total)} ≠ ${written(right)}` : written(total))));
    });
    this.table.replaceChildren(make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
      make("tbody", {}, ...rows));
  }

  /** Say how the number that was pressed is made, or what the last step has done. */
  explanation() {
    if (this.chosen) return this.made(this.chosen);
    if (this.position === 0) return "The word vectors are there. Press Step: the cell reads the first one.";
    if (this.position <= 3) return `Step ${this.position - 1}, forward. ${this.made(`h ${this.position - 1}`)}`;
    const { dropped, oneCell } = this.example;
    const t = 6 - this.position;
    const left = t > 0 && dropped ? "is dropped" : t > 0 ? "goes on to the left" : "leaves the window";
    return `Step ${t}, back. ${this.made(`dz ${t}`)} dWh gets ${this.product("dWh", t)}, and ${this.product("dh", t)} ${left}.`
      + (oneCell && t < 2 ? ` (The cell remembers step 2 only. Before step ${t} the state was ${written(this.run.before[t])}.)` : "");
  }

  /** Return in words how a number is made, for example "dWx row 1 2" for step 2. */
  made(chosen) {
    const name = chosen.slice(0, chosen.lastIndexOf(" ")), at = chosen.slice(name.length + 1), t = Number(at);
    const { above, Wx, Wh, b, dropped } = this.example;
    const { xs, before, hs, dzs, dhs, terms } = this.run;
    if (at === "sum") {
      const known = [2, 1, 0].filter((step) => this.isBack(step)).map((step) => terms[name][step]);
      return `${name} is the sum over the steps: ${known.map(inSum).join(" + ")} = ${written(known.reduce((sum, term) => sum + term, 0))}.`;
    }
    if (name === "h") {
      const x = xs[t].reduce((sum, number) => sum + number, 0);
      return `Each number of h is 3 · ${inSum(before[t])} · ${inSum(Wh)} + ${x} · ${inSum(Wx)} + ${inSum(b)} = ${written(hs[t])}.`;
    }
    if (name === "dz") {
      const later = t === 2 ? "" : dropped ? ", and nothing is added to it" : ` + ${inSum(dhs[t + 1])} = ${written(dzs[t])}`;
      return `dz = ${written(above[t])}${later}.`;
    }
    if (name === "db") return `Step ${t} gives db its dz, ${written(terms.db[t])}.`;
    return `Step ${t}: ${name === "dx" || name === "dh" ? `each number of ${name}` : name} gets ${this.product(name, t)}.`;
  }

  product(name, t) {
    const { Wx, Wh, oneCell } = this.example;
    const { xs, before, dzs, dhs, dxs, terms } = this.run, kept = oneCell ? 2 : t, dz = inSum(dzs[t]);
    if (name === "dh") return `3 · ${dz} · ${inSum(Wh)} = ${written(dhs[t])}`;
    if (name === "dx") return `3 · ${dz} · ${inSum(Wx)} = ${written(dxs[t])}`;
    const factor = name === "dWh" ? before[kept] : xs[kept][Number(name.at(-1))];
    return `${written(factor)} · ${dz} = ${written(terms[name][t])}`;
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

/** Return a number as a term or factor of a sum: a negative one in brackets. */
function inSum(x) {
  return x < 0 ? `(${written(x)})` : written(x);
}

customElements.define("live-unrolled", LiveUnrolled);
