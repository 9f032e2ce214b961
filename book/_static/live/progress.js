/* The reader's points, in the table of exercises. They are kept by this browser, where `check` in a notebook puts them:
part → [points, time in milliseconds], all parts of an answer as it was when it had most; and in `cleared` the time before which nothing counts. */
"use strict";

const PROGRESS = "rnnlm-progress";

class LiveProgress extends HTMLElement {
  connectedCallback() {
    if (this.sentence) return;
    this.rows = [...this.querySelectorAll("tbody tr")].map((row) => ({
      exercise: row.querySelector("a"),
      chapter: row.querySelector("a ~ a"),
      names: [...row.querySelectorAll("code")].map((code) => code.textContent),
      cell: row.cells[1],
      total: Number(row.cells[1].textContent),
    }));
    this.sentence = make("p", { role: "status" });
    this.file = make("input", { type: "file", accept: ".json", hidden: "", change: () => this.read() });
    this.append(this.sentence, make("div", { class: "live-row" }, button("Save as a file", () => this.save()),
      button("Read a file", () => this.file.click()), clearing(PROGRESS, clearPoints, (said) => this.show(said))), this.file);
    addEventListener("storage", () => this.show());
    this.show();
  }

  show(said = "") {
    const kept = keptUnder(PROGRESS);
    for (const row of this.rows) {
      row.points = sumOfPoints(Object.fromEntries(Object.entries(kept).filter(([part]) => row.names.includes(nameIn(part)))));
      row.holds = row.points >= row.total;
      row.cell.textContent = `${row.holds ? "✓ " : ""}${row.points} of ${row.total}`;
    }
    const held = this.rows.filter((row) => row.holds).length;
    const next = this.rows.find((row) => !row.holds);
    this.sentence.replaceChildren(`${said}${held} of ${this.rows.length} exercises complete. `, ...(next ? [
      ...(next.points ? ["Next: go on with "] : ["Next: read ", next.chapter.cloneNode(true), ", then do "]),
      next.exercise.cloneNode(true), "."] : ["That is all of them."]));
  }

  save() {
    const { cleared, ...points } = keptUnder(PROGRESS);
    const url = URL.createObjectURL(new Blob([JSON.stringify(points)], { type: "application/json" }));
    make("a", { href: url, download: "progress.json" }).click();
    URL.revokeObjectURL(url);
  }

  /** Add what a file knows that is better than what is known here. */
  async read() {
    const kept = keptUnder(PROGRESS);
    try {
      const { review, ...parts } = JSON.parse(await this.file.files[0].text()); // the page Review reads the former
      if (!Object.values(parts).flat().every(Number.isInteger)) throw new TypeError("points are whole numbers");
      for (const name of new Set(Object.keys(parts).map(nameIn))) {
        const of = (points) => Object.fromEntries(Object.entries(points).filter(([part]) => nameIn(part) === name));
        if (sumOfPoints(of(parts)) >= sumOfPoints(of(kept))) Object.assign(kept, of(parts));
      }
      localStorage.setItem(PROGRESS, JSON.stringify(kept));
      this.show();
    } catch {
      this.show("That file isn’t one of progress: choose progress.json. ");
    }
    this.file.value = "";
  }
}

function clearPoints() {
  localStorage.setItem(PROGRESS, JSON.stringify({ cleared: Date.now() }));
}

/** Return the name of the answer that a part belongs to. */
function nameIn(part) {
  return part.split("-")[0];
}

function sumOfPoints(parts) {
  return Object.values(parts).reduce((sum, [points]) => sum + points, 0);
}

customElements.define("live-progress", LiveProgress);
