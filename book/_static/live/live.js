/* What the live figures share. Plain scripts rather than modules, which a book opened from disk may not load.

A figure is an element around its picture. It puts controls and drawings beside the picture, and the style sheet hides
the picture except on paper. What it shows it also says, in one sentence with the numbers, which is read out when it
changes. */
"use strict";

const SVG_TAGS = new Set(["svg", "g", "rect", "path", "text", "line", "circle"]);

class LiveFigure extends HTMLElement {
  static calm = matchMedia("(prefers-reduced-motion: reduce)");

  connectedCallback() {
    if (this.panel) return;
    this.sentence = make("p", { class: "live-sentence", role: "status" });
    this.panel = make("div", { class: "live-panel", role: "group", "aria-label": this.constructor.title });
    this.build();
    this.append(this.panel);
    this.draw();
  }

  say(text) {
    if (this.sentence.textContent !== text) this.sentence.textContent = text;
  }
}

/** Return a new element; attributes that are functions listen to events of that name. */
function make(tag, attributes = {}, ...children) {
  const element = SVG_TAGS.has(tag) ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

function button(label, action) {
  return make("button", { type: "button", class: "live-button", click: action }, label);
}

/** Return a labelled slider; `change` gets its number, and the label ends with it. */
function slider(label, { min, max, step, value }, change) {
  const shown = make("span", { class: "live-value" }, String(value));
  const input = make("input", { type: "range", min, max, step, value });
  input.addEventListener("input", () => { shown.textContent = input.value; change(Number(input.value)); });
  return make("label", { class: "live-slider" }, make("span", {}, `${label} `, shown), input);
}

function percent(share) {
  return `${Math.round(100 * share)} %`;
}

/** Return softmax(logits / temperature): the largest is subtracted, so nothing overflows. */
function softmax(logits, temperature = 1) {
  const largest = Math.max(...logits);
  const exps = logits.map((x) => Math.exp((x - largest) / temperature));
  const sum = exps.reduce((a, b) => a + b);
  return exps.map((e) => e / sum);
}

/** Return the bytes that a text in base64 holds. */
function bytes(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

/** Return bias + row @ matrix. */
function affine(row, matrix, bias) {
  return bias.map((start, j) => row.reduce((sum, x, i) => sum + x * matrix[i][j], start));
}

/** Return a number as one writes it: without the dust of binary fractions, with a real minus. */
function written(x) {
  return String(Number(x.toPrecision(6))).replace("-", "−");
}

/** Return a small field for a number; `change` gets it, kept within its bounds. */
function numberField(name, { min, max, step = 1, value }, change) {
  const field = make("input", { type: "number", class: "live-input live-number", min, max, step, value, "aria-label": name });
  field.addEventListener("input", () => {
    if (field.value !== "" && field.checkValidity()) change(Number(field.value));
  });
  return field;
}

function checkbox(label, change) {
  const box = make("input", { type: "checkbox" });
  box.addEventListener("change", () => change(box.checked));
  return make("label", { class: "live-check" }, box, label);
}

/** Return an arrow of an SVG drawing. */
function arrow([x, y], [toX, toY], kind) {
  const turn = (Math.atan2(toY - y, toX - x) * 180) / Math.PI;
  return make("g", { class: `live-arrow ${kind}` }, make("line", { x1: x, y1: y, x2: toX, y2: toY }),
    make("path", { d: "M0 0L-8 -4V4Z", transform: `translate(${toX} ${toY}) rotate(${turn})` }));
}

function label(x, y, text, kind) {
  return make("text", { x, y, class: `live-label ${kind}` }, text);
}

/** Return a bar for a number from -1 to 1, which begins in the middle. */
function twoSidedBar(x) {
  return make("span", { class: x < 0 ? "live-bar live-negative" : "live-bar", style: `--value: ${x}` },
    x.toFixed(2).replace("-", "−"));
}

/** Return a number with three digits that count, with a power of ten where it is long. */
function brief(x) {
  const [digits, exponent] = x.toExponential(2).split("e");
  return Math.abs(exponent) < 4 ? String(Number(x.toPrecision(3))) : `${digits} · ${power(10, Number(exponent))}`;
}

function power(base, exponent) {
  return base + [...String(exponent)].map((sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign])).join("");
}

/** Return the cells of an array of numbers; long numbers are written smaller. */
function cells(x, y, numbers, width, kind) {
  return numbers.flatMap((number, i) => {
    const text = written(number);
    const size = Math.min(12, (1.5 * width) / text.length);
    return [make("rect", { x: x + i * width, y, width, height: 22, class: kind }),
      make("text", { x: x + (i + 0.5) * width, y: y + 15, class: "live-label", style: `font-size: ${size}px` }, text)];
  });
}
