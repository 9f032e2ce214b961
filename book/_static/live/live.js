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

  /** What the chapter gave its picture for this figure, or else what the builder put beside the picture. */
  get given() {
    return JSON.parse(this.querySelector("figure svg").dataset.given ?? this.querySelector("script").textContent);
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

/** Return a button that clears what is kept under a key, and then one that brings it back: no dialog asks before. */
function clearing(key, clear, say) {
  let before = null;
  const element = button("Clear", () => {
    const isCleared = before !== null;
    if (isCleared) {
      localStorage.setItem(key, before);
      before = null;
    } else {
      before = localStorage.getItem(key) ?? "{}";
      clear();
    }
    element.textContent = isCleared ? "Clear" : "Bring back";
    say(isCleared ? "" : "Cleared. ");
  });
  return element;
}

/** Return a labelled slider; `change` gets its number, and the label ends with it. */
function slider(label, { min, max, step, value }, change) {
  const shown = make("span", { class: "live-value" }, String(value));
  const input = make("input", { type: "range", min, max, step, value });
  input.addEventListener("input", () => { shown.textContent = input.value; change(Number(input.value)); });
  return make("label", { class: "live-slider" }, make("span", {}, `${label} `, shown), input);
}

/** Let a slider stand at a value, with its name beside it, and aloud in these words. */
function setSlider(slider, value, name, aloud = name) {
  const input = slider.querySelector("input");
  input.value = value;
  input.setAttribute("aria-valuetext", aloud);
  slider.querySelector(".live-value").textContent = name;
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

/** Draw one of some probabilities; return which. */
function drawn(p) {
  let left = Math.random();
  const at = p.findIndex((share) => (left -= share) < 0);
  return at < 0 ? p.indexOf(Math.max(...p)) : at; // rounding may leave a crumb of the 1
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

/** Return a small field for a number; `change` gets it if it is within its bounds, and `refuse` a sentence if it isn't. */
function numberField(name, { min, max, step = 1, value }, change, refuse) {
  const field = make("input", { type: "number", class: "live-input live-number", min, max, step, value, "aria-label": name });
  field.addEventListener("input", () => {
    const isWrong = !field.checkValidity();
    field.setAttribute("aria-invalid", String(isWrong));
    if (isWrong) refuse(`The ${name} must be a ${step === 1 ? "whole " : ""}number from ${written(min)} to ${max}, so nothing changes.`);
    else if (field.value !== "") change(Number(field.value));
  });
  return field;
}

/** Return where in a drawing, in its own units, a pointer is. */
function inDrawing(drawing, { clientX, clientY }) {
  return new DOMPoint(clientX, clientY).matrixTransform(drawing.getScreenCTM().inverse());
}

/** Make a button of a part of a drawing, for mouse, touch and keyboard; return it. It is called what is written in it, too. */
function pressable(part, name, press) {
  part.querySelectorAll("text").forEach((text) => text.after(" ")); // 9 9 9 isn't 999
  const called = [name, part.textContent.trim()].filter(Boolean).join(": ");
  for (const [key, value] of Object.entries({ role: "button", tabindex: 0, "aria-label": called })) part.setAttribute(key, value);
  part.classList.add("live-press");
  part.addEventListener("click", press);
  part.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    press();
  });
  return part;
}

function checkbox(label, change) {
  const box = make("input", { type: "checkbox" });
  box.addEventListener("change", () => change(box.checked));
  return make("label", { class: "live-check" }, box, label);
}

/** Return the places of some numbers, the largest first. */
function ranking(numbers) {
  return [...numbers.keys()].sort((a, b) => numbers[b] - numbers[a]);
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

/** Return the cells of an array of numbers. Equal ones that are too long for their cells are written once. */
function cells(x, y, numbers, width, kind) {
  const texts = numbers.map(written);
  const isLong = texts.every((text) => text === texts[0]) && texts[0].length * 6.5 > width;
  const [shown, wide] = isLong ? [[`each ${texts[0]}`], width * texts.length] : [texts, width];
  return shown.flatMap((text, i) => [
    make("rect", { x: x + i * wide, y, width: wide, height: 22, class: kind, "data-count": texts.length / shown.length }),
    make("text", { x: x + (i + 0.5) * wide, y: y + 15.5, class: "live-label live-cell" }, text)]);
}

/** Return what the browser keeps under a key; nothing where it keeps nothing. */
function keptUnder(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {};
  } catch { // a browser may refuse to keep anything
    return {};
  }
}
