/* Chapter 1: where windows and batches come from. One text, cut into N tracks, and a window of T steps that slides over all
tracks at once: rnnlm_ref.text's window_batches; or, to see what goes wrong, windows side by side. All words of the text differ, so an id says where its word stands. */
"use strict";

const TRACKS_WIDTH = 338, TRACKS_TOP = 76, TRACKS_ROW = 24;

class LiveTracks extends LiveFigure {
  static title = "Tracks and batches: a window slides over all tracks at once";

  build() {
    this.words = this.given;
    this.setting = { N: 2, T: 3, isSideBySide: false };
    this.batch = 0;
    const change = (name) => (value) => { this.setting[name] = value; this.go(0); };
    this.text = make("p", { class: "tracks-text" });
    this.cells = make("g");
    this.windows = ["tracks-targets", "tracks-inputs"].map((kind) => make("rect", { y: TRACKS_TOP - 3, class: kind }));
    this.picture = make("svg", { class: "live-drawing", role: "img",
      "aria-label": "The text as one line of ids; below it the tracks, with the window; the sentence and the arrays have the numbers" },
    this.cells, ...this.windows);
    this.arrays = make("div", { class: "tracks-arrays" });
    this.panel.append(this.text, slider("tracks N =", { min: 1, max: 4, step: 1, value: 2 }, change("N")),
      slider("steps T =", { min: 2, max: 6, step: 1, value: 3 }, change("T")), this.picture,
      make("div", { class: "live-row" }, button("Next batch", () => this.go(this.batch + 1)),
        button("Back", () => this.go(this.batch - 1)), button("Start over", () => this.go(0)),
        checkbox("no tracks: windows side by side", (isOn) => { this.setting.isSideBySide = isOn; this.go(0); })),
      this.arrays, this.sentence);
  }

  go(batch) {
    this.batch = Math.min(Math.max(batch, 0), tracksCut(this.words.length, this.setting).batches - 1);
    this.draw();
  }

  draw() {
    const { N, T, isSideBySide } = this.setting, { M, batches } = tracksCut(this.words.length, this.setting);
    const { xs, ts } = tracksBatch(this.words.length, this.setting, this.batch);
    const used = N * (isSideBySide ? T * batches : M);
    const kind = (id) => (id < used ? `tracks-${Math.floor(id / (isSideBySide ? T : M)) % N}` : "tracks-none");
    const read = new Set(xs.flat());
    this.text.replaceChildren(...this.words.flatMap((word, id) => [make("ruby", {
      class: `${kind(id)} ${read.has(id) ? "tracks-read" : ""}` }, word, make("rt", {}, String(id))), " "]));
    const narrow = TRACKS_WIDTH / this.words.length, width = Math.min(26, TRACKS_WIDTH / (M + 1));
    const box = (x, y, wide, of) => make("rect", { x, y, width: wide, height: 19, class: of });
    const number = (id, x, y) => make("text", { x, y: y + 14, class: "live-label tracks-id" }, String(id));
    const cell = (id, x, y, wide, of) => [box(x, y, wide, of), number(id, x + wide / 2, y)];
    const row = (n) => Array.from({ length: M + 1 }, (_, m) =>
      cell(n * M + m, 1 + m * width, TRACKS_TOP + TRACKS_ROW * n, width, m < M ? kind(n * M) : "tracks-none")).flat();
    this.cells.replaceChildren(make("text", { x: 1, y: 12, class: "live-label tracks-head" }, "the text, one id after the other"),
      ...this.words.map((_, id) => box(1 + id * narrow, 19, narrow, kind(id))),
      ...this.words.flatMap((_, id) => (id % 5 ? [] : number(id, 1 + (id + 0.5) * narrow, 19))), // all would run together
      ...(isSideBySide ? [] : [make("text", { x: 1, y: 62, class: "live-label tracks-head" },
        `${N} ${N > 1 ? "tracks" : "track"} of ${M}, and the first target after each`), ...xs.flatMap((_, n) => row(n))]));
    this.windows.forEach((box, inputs) => {
      box.toggleAttribute("hidden", isSideBySide);
      box.style.transform = `translateX(${1 + width * (this.batch * T + 1 - inputs)}px)`;
      box.setAttribute("width", width * T);
      box.setAttribute("height", TRACKS_ROW * N + 1);
    });
    this.picture.setAttribute("viewBox", `0 0 340 ${isSideBySide ? 40 : TRACKS_TOP + TRACKS_ROW * N + 2}`);
    this.arrays.replaceChildren(this.array("xs", xs, kind), this.array("ts", ts, () => "tracks-none"));
    this.say(this.explanation(xs));
  }

  /** Return a table of ids with their words. */
  array(name, ids, kind) {
    const { N, T } = this.setting;
    return make("table", { class: "live-table" }, make("caption", {}, `${name}, shape (${N}, ${T})`),
      make("tbody", {}, ...ids.map((row, n) => make("tr", {}, make("th", { scope: "row" }, `row ${n}`),
        ...row.map((id) => make("td", { class: kind(id) }, String(id), make("span", {}, this.words[id])))))));
  }

  /** Say where a row goes on that is no track, and what it read last. */
  leap(id, n) {
    const { xs } = tracksBatch(this.words.length, this.setting, this.batch - 1), last = xs[n].at(-1);
    return `row ${n} goes on at ${id}, “${this.words[id]}”${id === last + 1 ? "" : `, but it has just read ${last}, “${this.words[last]}”`}`;
  }

  /** Say where the rows stop at first, and from then on where they go on. */
  explanation(xs) {
    const { N, T, isSideBySide } = this.setting, pairs = this.words.length - 1;
    const { M, batches } = tracksCut(pairs + 1, this.setting);
    const places = (verb, at) => xs.map((row, n) => `row ${n} ${n ? "" : verb} at ${row.at(at)}, “${this.words[row.at(at)]}”`
      .replace("  ", " ")).join("; ");
    const count = `${batches} ${batches > 1 ? "batches" : "batch"}`;
    const head = this.batch === 0 ? `${count}. In batch 0 ${places("stops", -1)}.`
      : isSideBySide ? `${count}. In batch ${this.batch} ${xs.map((row, n) => this.leap(row[0], n)).join("; ")}.`
      : `${count}. In batch ${this.batch} ${places("goes on", 0)}. ${N > 1 ? "These were" : "This was"} the last column of ts.`;
    if (this.batch < batches - 1) return this.batch === 0 ? `${head} Where ${N > 1 ? "do they" : "does it"} go on?` : head;
    const over = M - T * batches, unused = pairs - N * T * batches;
    if (isSideBySide) return `${head} It is the last batch. Of ${pairs} pairs ${unused} ${unused === 1 ? "isn’t" : "aren’t"} used.`;
    const where = [over && `${over} at the end of each track`, pairs - N * M && `${pairs - N * M} after the last track`];
    return `${head} It is the last batch: ${over ? "the rest of a track is too short for a window" : "the tracks end here"}. Of ${
      pairs} pairs ${unused} ${unused === 1 ? "isn’t" : "aren’t"} used${unused ? `: ${where.filter(Boolean).join(", ")}` : ""}.${
      ""} Then the text begins again with batch 0.`;
  }
}

/** Return the length of a track and the number of batches for a text of so many ids. */
function tracksCut(ids, { N, T, isSideBySide }) {
  const M = Math.floor((ids - 1) / N);
  return { M, batches: Math.floor(isSideBySide ? (ids - 1) / (N * T) : M / T) };
}

/** Return the ids of one batch, inputs and targets. */
function tracksBatch(ids, setting, k) {
  const { N, T, isSideBySide } = setting, { M } = tracksCut(ids, setting);
  const begin = (n) => (isSideBySide ? (k * N + n) * T : n * M + k * T);
  const xs = Array.from({ length: N }, (_, n) => Array.from({ length: T }, (_, t) => begin(n) + t));
  return { xs, ts: xs.map((row) => row.map((id) => id + 1)) };
}

customElements.define("live-tracks", LiveTracks);
