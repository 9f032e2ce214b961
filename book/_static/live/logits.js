/* Two positions with a score for each of four words: rnnlm_ref's TimeSoftmaxWithLoss, and gradient descent on the scores. */
"use strict";

const LOGIT_WORDS = ["owls", "see", "cows", "."];
const LOGIT_START = [{ counts: [1, 4, 2, 1], target: 1 }, { counts: [4, 2, 1, 1], target: 3 }];
const LOGIT_NUDGE = 0.5; // what a button moves a score by, where there is no room for sliders

class LiveLogits extends LiveFigure {
  static title = "Scores, probabilities, loss and gradient of two positions";

  build() {
    this.startOver();
    this.panel.append(...this.positions.map((position, t) => this.block(position, t)),
      make("div", { class: "live-row" }, button("Step", () => this.descend(1)), button("10 steps", () => this.descend(10)),
        button("Start over", () => { this.startOver(); this.draw(); })),
      this.sentence);
  }

  startOver() {
    this.positions ??= LOGIT_START.map(() => ({}));
    this.positions.forEach((position, t) =>
      Object.assign(position, { logits: LOGIT_START[t].counts.map(Math.log), target: LOGIT_START[t].target, counts: true }));
    this.before = [];
  }

  block(position, t) {
    const change = (act) => { act(); this.before = []; this.draw(); };
    position.select = make("select", { class: "live-input" }, ...LOGIT_WORDS.map((word) => make("option", {}, word)));
    position.select.addEventListener("change", () => change(() => { position.target = position.select.selectedIndex; }));
    position.check = checkbox("counts", (on) => change(() => { position.counts = on; }));
    position.rows = LOGIT_WORDS.map((word, v) => {
      const input = make("input", { type: "range", min: -5, max: 5, step: "any", "aria-label": `score of ${word}, position ${t}` });
      input.addEventListener("input", () => change(() => { position.logits[v] = Number(input.value); }));
      const nudge = (sign, verb) => make("button", { type: "button", class: "live-button logit-nudge",
        "aria-label": `${verb} ${word}, position ${t}`, click: () => change(() => {
          position.logits[v] = Math.min(5, Math.max(-5, position.logits[v] + sign * LOGIT_NUDGE));
        }) }, sign < 0 ? "−" : "+");
      const knob = make("span", { class: "logit-knob" }, nudge(-1, "lower"), input, nudge(1, "raise"));
      return { input, knob, score: make("span"), bar: make("span", { class: "logit-share" }),
        one: make("span", { class: "logit-one" }), slope: make("span") };
    });
    position.head = make("span", { class: "logit-head" });
    return make("div", { role: "group", "aria-label": `position ${t}` },
      make("div", { class: "live-row" }, make("strong", {}, `Position ${t}`), make("label", {}, "target ", position.select),
        position.check),
      make("div", { class: "logit-rows" },
        ...["", "score", "", "p"].map((head) => make("span", { class: "logit-head" }, head)),
        make("span", { class: "logit-head logit-wide" }, "one-hot"), position.head,
        ...position.rows.flatMap(({ knob, score, bar, one, slope }, v) => [make("span", {}, LOGIT_WORDS[v]), knob, score, bar, one, slope]),
        ...["sum", "", "", "1", "1", "0"].map((sum) => make("span", { class: "logit-head logit-total" }, sum))));
  }

  descend(steps) {
    for (let i = 0; i < steps; i++) {
      const { loss, slopes } = logitsLoss(this.positions);
      this.before.push(loss);
      this.positions.forEach(({ logits }, t) => logits.forEach((_, v) => { logits[v] -= slopes[t][v]; }));
    }
    this.draw();
  }

  draw() {
    const { loss, slopes, shares, each } = logitsLoss(this.positions);
    const kept = each.filter((_, t) => this.positions[t].counts).map((one) => one.toFixed(3));
    this.positions.forEach((position, t) => {
      position.head.textContent = !position.counts ? "slope" : kept.length === 2 ? "(p − one-hot) / 2" : "p − one-hot";
      position.select.selectedIndex = position.target;
      position.check.firstChild.checked = position.counts;
      position.rows.forEach(({ input, score, bar, one, slope }, v) => {
        input.value = position.logits[v];
        score.textContent = signed(position.logits[v], 2);
        bar.style.setProperty("--share", shares[t][v]);
        bar.textContent = shares[t][v].toFixed(3);
        bar.classList.toggle("logit-target", v === position.target);
        one.textContent = v === position.target ? "1" : "";
        const s = slopes[t][v], isFlat = Math.abs(s) < 5e-4;
        slope.textContent = `${signed(s, 3)} ${isFlat ? "" : s < 0 ? "↑" : "↓"}`;
        slope.className = `live-bar logit-slope ${s < 0 ? "live-negative" : ""} ${isFlat ? "logit-flat" : s < 0 ? "logit-up" : "logit-down"}`;
        slope.style.setProperty("--value", s);
      });
    });
    const mean = kept.length === 2 ? ` = (${kept.join(" + ")}) / 2` : "";
    const steps = this.before.length;
    this.say(kept.length === 0 ? "Nothing counts, so the loss is 0, and so is every slope."
      : `The loss is ${loss.toFixed(3)}${mean}.`
        + (steps > 0 ? ` ${steps} step${steps > 1 ? "s" : ""} ago it was ${this.before[0].toFixed(3)}.` : ""));
  }
}

/** Return the mean loss of the positions that count, its slopes, and each position's shares and own loss. */
function logitsLoss(positions) {
  const kept = positions.filter(({ counts }) => counts).length;
  const shares = positions.map(({ logits }) => softmax(logits));
  const each = positions.map(({ logits, target }) => {
    const largest = Math.max(...logits);
    return largest + Math.log(logits.reduce((sum, x) => sum + Math.exp(x - largest), 0)) - logits[target];
  });
  const weight = positions.map(({ counts }) => (counts ? 1 / kept : 0));
  return { loss: each.reduce((sum, one, t) => sum + weight[t] * one, 0), shares, each,
    slopes: shares.map((p, t) => p.map((share, v) => weight[t] * (share - (v === positions[t].target ? 1 : 0)))) };
}

function signed(x, digits) {
  const text = Math.abs(x).toFixed(digits);
  return Number(text) === 0 ? text : `${x < 0 ? "−" : "+"}${text}`;
}

customElements.define("live-logits", LiveLogits);
