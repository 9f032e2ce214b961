/* How far each output reaches back: a linear cell with one unit, h = radius · h + x, and a gradient of 1 from each output.
The gradient at a step is the sum of all paths that end there: rnnlm_ref's TimeRNN, window by window. */
"use strict";

const INFLUENCE_BASE = 150, INFLUENCE_BARS = 236;

class LiveInfluence extends LiveFigure {
  static title = "Influence through time: paths fade, explode and are cut";

  build() {
    this.setting = { radius: 0.8, T: 12, k: 24 };
    const change = (name) => (value) => { this.setting[name] = value; this.draw(); };
    this.picture = make("svg", { class: "live-drawing", viewBox: "0 0 340 256", role: "img",
      "aria-label": "Arcs from every output back to every earlier step, and bars for the gradient at each step; the sentence "
        + "has their numbers" });
    this.panel.append(
      slider("radius", { min: 0.1, max: 1.5, step: 0.05, value: 0.8 }, change("radius")),
      slider("steps T =", { min: 2, max: 24, step: 1, value: 12 }, change("T")),
      slider("window k =", { min: 1, max: 24, step: 1, value: 24 }, change("k")), this.picture, this.sentence);
  }

  draw() {
    const { radius, T, k } = this.setting;
    const place = (t) => 14 + (312 * (t + 0.5)) / T;
    const gradients = influenceGradients(this.setting);
    const parts = [];
    for (let start = k; start < T; start += k) {
      const x = place(start - 0.5);
      parts.push(make("line", { x1: x, y1: 8, x2: x, y2: INFLUENCE_BARS, class: "influence-cut" }));
    }
    const loudest = Math.max(1, radius ** (Math.min(k, T) - 1));
    for (let from = 0; from < T; from++) {
      for (let to = from - (from % k); to < from; to++) {
        parts.push(arc(place(from), place(to), radius ** (from - to), loudest));
      }
    }
    const top = Math.max(...gradients);
    gradients.forEach((gradient, t) => {
      const height = (62 * gradient) / top;
      parts.push(make("circle", { cx: place(t), cy: INFLUENCE_BASE, r: 3.5, class: "influence-step" }),
        make("rect", { x: place(t) - 100 / T, y: INFLUENCE_BARS - height, width: 200 / T, height, class: "influence-bar" }));
    });
    parts.push(label(place(0), 250, "0", "live-faint"), label(place(T - 1), 250, String(T - 1), "live-faint"),
      label(170, 250, "step", "live-faint"));
    this.picture.replaceChildren(...parts);
    this.say(this.explanation(gradients));
  }

  explanation(gradients) {
    const { radius, T, k } = this.setting;
    const whole = influenceGradients({ radius, T, k: T })[0];
    const path = `${power(radius, T - 1)} = ${brief(radius ** (T - 1))}`;
    const longest = "The path from the last output back to step 0";
    return k >= T ? `${longest} carries ${path}. All paths together give step 0 a gradient of ${brief(whole)}.`
      : `${longest} would carry ${path}, but windows of ${k} cut it. Step 0 gets a gradient of ${brief(gradients[0])} `
        + `instead of ${brief(whole)}.`;
  }
}

/** Return the gradient at each step, with no path across the edge of a window. */
function influenceGradients({ radius, T, k }) {
  const gradients = Array(T);
  for (let t = T - 1; t >= 0; t--) {
    const last = t === T - 1 || (t + 1) % k === 0;
    gradients[t] = 1 + (last ? 0 : radius * gradients[t + 1]);
  }
  return gradients;
}

/** Return the arc of one path, as strong as what it carries beside the loudest. */
function arc(from, to, carried, loudest) {
  const reach = (from - to) / 2;
  return make("path", { d: `M${from} ${INFLUENCE_BASE}A${reach} ${0.88 * reach} 0 0 0 ${to} ${INFLUENCE_BASE}`,
    class: carried > 1 ? "influence-path influence-loud" : "influence-path", "stroke-opacity": carried / loudest });
}

customElements.define("live-influence", LiveInfluence);
