// The puzzle between two hints: lines of an answer in no order, one of which doesn't belong. Lines are dragged, or moved
// by their buttons; what stands below the divider is left out.

class Puzzle extends HTMLElement {
  connectedCallback() {
    if (this.list) return;
    Object.assign(this, JSON.parse(this.querySelector("script").textContent));
    this.items = this.lines.map((line, number) => this.item(line, number));
    this.divider = make("li", { class: "puzzle-divider" }, "Left out, because it doesn’t belong:");
    this.list = make("ol", { class: "puzzle-lines" }, ...this.items, this.divider);
    this.said = make("p", { role: "status", class: "puzzle-said" });
    const check = make("button", { type: "button", class: "practice-button" }, "Check the order");
    check.addEventListener("click", () => this.check());
    const how = make("p", {}, "Drag the lines, or move them by ↑ and ↓. What you move below the dashed line, as ↓ does to the "
      + "last line, is left out.");
    this.append(how, this.list, check, this.said);
  }

  /** Begin with an answer's text and what its check said: the learner's own wrong line takes the odd one's place. */
  begin(answer, report) {
    const written = answer.split("\n").map((line) => line.trim());
    const own = this.own.find(([sentence, line]) =>
      report.includes(sentence.replaceAll("`", "")) && written.includes(line));
    if (!own) return;
    const indent = /^ */.exec(this.lines[this.odd].text)[0];
    this.lines[this.odd].text = indent + own[1];
    this.isOwn = true;
    const item = this.item(this.lines[this.odd], this.odd);
    this.items[this.odd].replaceWith(item);
    this.items[this.odd] = item;
  }

  item(line, number) {
    const grip = make("span", { class: "puzzle-grip", "aria-hidden": "true" }, "⠿");
    const move = (label, step) => {
      const button = make("button", { type: "button", class: "puzzle-move", "aria-label": `${label}: ${line.text.trim()}` },
        label === "Up" ? "↑" : "↓");
      button.addEventListener("click", () => this.move(number, step, button));
      return button;
    };
    const code = make("pre", {}, line.text);
    code.style.setProperty("--indent", /^ */.exec(line.text)[0].length);
    const item = make("li", { class: "puzzle-line" }, grip, code, move("Up", -1), move("Down", 1));
    grip.addEventListener("pointerdown", (event) => this.drag(event, item, grip));
    return item;
  }

  move(number, step, button) {
    const item = this.items[number];
    const other = step < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (other) step < 0 ? other.before(item) : other.after(item);
    button.focus();
    this.mark();
    const order = this.order();
    const place = order.indexOf(number);
    this.said.textContent = place < 0 ? "Left out." : `Place ${place + 1} of ${order.length}.`;
  }

  /** Have a line follow the pointer: its neighbours give way. */
  drag(event, item, grip) {
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    item.classList.add("is-dragged");
    this.mark();
    grip.onpointermove = ({ clientY }) => {
      for (let other; (other = item.previousElementSibling) && clientY < middle(other);) item.after(other);
      for (let other; (other = item.nextElementSibling) && clientY > middle(other);) item.before(other);
    };
    grip.onlostpointercapture = () => {
      grip.onpointermove = null;
      item.classList.remove("is-dragged");
    };
  }

  /** Return the numbers of the lines above the divider, from top to bottom. */
  order() {
    const all = [...this.list.children];
    return all.slice(0, all.indexOf(this.divider)).map((item) => this.items.indexOf(item));
  }

  mark(wrong = null) {
    this.items.forEach((item, number) => item.classList.toggle("is-wrong", number === wrong));
  }

  check() {
    const order = this.order();
    const at = order.findIndex((number, place) => !this.isAllowed(number, order.slice(0, place)));
    this.mark(order[at]);
    if (at >= 0) this.said.textContent = order[at] === this.odd ? this.reason() : `Line ${at + 1} is the first that is out of place.`;
    else if (order.length < this.lines.length - 1) this.said.textContent = "So far it is right, but something that you left out belongs there.";
    else this.said.textContent = "That is the order. Now write it into your answer, in your own way.";
    this.said.scrollIntoView({ block: "nearest" });
  }

  /** Say why the odd line doesn't belong. */
  reason() {
    const text = this.lines[this.odd].text.trim();
    const known = this.own.find(([, line]) => line === text);
    return `${this.isOwn ? "Your own line" : "The line"} ${text} doesn’t belong${known ? `: ${known[0].replaceAll("`", "")}.` : "."}`;
  }

  /** Whether a line may stand right below the lines of these numbers, in this order. */
  isAllowed(number, above) {
    const line = this.lines[number];
    const open = above.findLast((header) => this.lines.some(({ block }, each) => block === header && !above.includes(each)));
    return number !== this.odd && line.block === (open ?? -1) && line.after.every((each) => above.includes(each));
  }
}

function middle(element) {
  const { top, height } = element.getBoundingClientRect();
  return top + height / 2;
}

/** Return a new element. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

customElements.define("rnnlm-puzzle", Puzzle);
