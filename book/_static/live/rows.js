/* Chapter 2: rows of the table go out to the places of their ids. On the way back their gradients are written into dW by one
of three lines, carried out as NumPy does. */
"use strict";

const ROWS_LINES = {
  "dW[idx] = dout": (dW, idx, dout) => idx.forEach((v, n) => { dW[v] = dout[n]; }),
  "dW[idx] += dout": (dW, idx, dout) => {
    const sums = idx.map((v, n) => rowsSum(dW[v], dout[n])); // all are read before the first is written
    idx.forEach((v, n) => { dW[v] = sums[n]; });
  },
  "np.add.at(dW, idx, dout)": (dW, idx, dout) => idx.forEach((v, n) => { dW[v] = rowsSum(dW[v], dout[n]); }),
};
const ROWS_TIMES = ["never", "once", "twice", "three times"];

class LiveRows extends LiveFigure {
  static title = "Rows of a table, and the ids that pick them";

  build() {
    Object.assign(this, this.given); // words and ids, with the table on the way out, with dout on the way back
    [this.line] = Object.keys(ROWS_LINES);
    this.picture = make("svg", { class: "live-drawing", viewBox: "0 0 340 190", role: "img",
      "aria-label": "The table, an arrow for each id, and the row of each id; the sentence says where they go" });
    this.panel.append(make("div", { class: "live-row" }, ...this.ids.map((id, n) => this.select(id, n))),
      this.dout ? this.lines() : "", this.picture, this.sentence);
  }

  select(id, n) {
    const select = make("select", { class: "live-input" }, ...this.words.map((word, v) => make("option", {}, `${v} ${word}`)));
    select.selectedIndex = id;
    select.addEventListener("change", () => { this.ids[n] = select.selectedIndex; this.draw(); });
    return make("label", {}, `idx[${n}] `, select);
  }

  lines() {
    return make("div", { class: "live-row", role: "radiogroup", "aria-label": "line of code" }, ...Object.keys(ROWS_LINES).map((line) => {
      const radio = make("input", { type: "radio", name: "rows-line", change: () => { this.line = line; this.draw(); } });
      radio.checked = line === this.line;
      return make("label", { class: "live-check" }, radio, make("code", {}, line));
    }));
  }

  /** Return what a line makes of a dW of zeros. */
  after(line) {
    const dW = this.words.map(() => this.dout[0].map(() => 0));
    ROWS_LINES[line](dW, this.ids, this.dout);
    return dW;
  }

  draw() {
    const { words, ids, dout } = this, table = dout ? this.after(this.line) : this.table;
    const right = dout ? this.after("np.add.at(dW, idx, dout)") : table;
    const isWrong = (v) => table[v].join() !== right[v].join();
    const isLost = (n) => isWrong(ids[n]) && ids.lastIndexOf(ids[n]) !== n; // the last one is there
    const kind = (v) => (!ids.includes(v) ? "" : isWrong(v) ? "rows-wrong" : dout ? "live-red-cell" : "live-violet-cell");
    const top = (n) => 37 + 56 * n, word = (x, y, text, of) => label(x, y, text, `rows-word ${of}`);
    this.picture.replaceChildren(label(120, 13, dout ? "dW" : "W", "live-strong"), label(284, 13, dout ? "dout" : "W[idx]", "live-strong"),
      ...table.flatMap((row, v) => [word(52, 36 + 24 * v, words[v], ""), word(64, 36 + 24 * v, v, "live-faint"),
        ...cells(68, 20 + 24 * v, row, 26, kind(v))]),
      ...ids.flatMap((v, n) => {
        const ends = [[176, 31 + 24 * v + 5 * (n - 1)], [228, top(n) + 11]];
        return [label(284, top(n) - 5, `${v} ${words[v]}${isLost(n) ? ": lost" : ""}`, isLost(n) ? "live-wrong" : "live-cell"),
          ...cells(231, top(n), dout ? dout[n] : table[v], 27, isLost(n) ? "rows-wrong" : dout ? "live-red-cell" : "live-blue-cell"),
          dout ? arrow(...ends.reverse(), isLost(n) ? "live-faint-arrow" : "live-red-arrow") : arrow(...ends, "live-blue-arrow")];
      }));
    this.say(dout ? this.verdict(table, right, dout.filter((_, n) => isLost(n))) : this.copies());
  }

  copies() {
    const { words, ids } = this;
    return `Copied: ${[...new Set(ids)].map((v) => `row ${v} (${words[v]}) ${ROWS_TIMES[ids.filter((id) => id === v).length]}`).join(", ")}.`;
  }

  verdict(table, right, lost) {
    const v = this.ids.find((id, n) => this.ids.lastIndexOf(id) !== n), spaced = (row) => row.join(" ");
    if (v === undefined) return "No id is repeated, so nothing is lost: all three lines agree.";
    if (lost.length === 0) return `Nothing is lost: row ${v} of dW is the sum, ${spaced(right[v])}.`;
    const [rows, are] = lost.length > 1 ? ["rows", "are"] : ["row", "is"];
    return `The ${rows} ${lost.map(spaced).join(" and ")} of “${this.words[v]}” ${are} lost: row ${v} of dW is ${spaced(table[v])} instead of ${
      spaced(right[v])}.`;
  }
}

function rowsSum(one, other) {
  return one.map((x, d) => x + other[d]);
}

customElements.define("live-rows", LiveRows);
