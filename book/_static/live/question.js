/* Fields for the numbers that a question asks for. What was typed is judged here and goes nowhere.

Without JavaScript, on paper and in a downloaded notebook there is the folded answer below it, as on a page. */
"use strict";

class LiveQuestion extends HTMLElement {
  connectedCallback() {
    if (this.form) return;
    this.fields = Object.entries(JSON.parse(this.dataset.question)).map(([name, { answer, wrong }]) => ({ name, answer, wrong,
      input: make("input", { class: "live-input question-input", autocomplete: "off", spellcheck: "false" }) }));
    this.sentence = make("p", { role: "status" });
    this.form = make("form", { class: "live-row question", submit: (event) => { event.preventDefault(); this.judge(); } },
      ...this.fields.map(({ name, input }) => make("label", {}, name, " ", input)),
      make("button", { class: "live-button" }, "Check"), this.sentence);
    this.append(this.form);
  }

  judge() {
    const remarks = this.fields.map((field) => ({ ...field, remark: this.remark(field) }));
    for (const { input, remark } of remarks) input.setAttribute("aria-invalid", String(remark !== ""));
    const open = remarks.filter(({ remark }) => remark);
    const named = ({ name, remark }) => (this.fields.length > 1 ? `${name}: ${remark}` : remark);
    this.sentence.className = open.length ? "question-wrong" : "question-right";
    this.sentence.textContent = open.length ? open.map(named).join(" ") : "✓ Right.";
  }

  /** Return what to say about a field, or nothing where it is right. */
  remark({ input, answer, wrong }) {
    const text = input.value.trim(), number = numberIn(text.replace(/\s*%$/, ""));
    if (Number.isNaN(number)) return text ? "that isn’t a number." : "no number yet.";
    if (equals(number, answer) || (text.endsWith("%") && equals(number / 100, answer))) return "";
    const [, known] = Object.entries(wrong).find(([likely]) => equals(number, likely)) ?? [];
    if (known) return known;
    if (equals(-number, answer)) return "the size is right. Which sign has it?";
    return equals(number / 100, answer) ? "that is 100 times too large." : `${text} is too ${number < answer ? "small" : "large"}.`;
  }
}

/** Return the number that a reader wrote: 9300, 9,300, 0.5, 0,5, 1/2, 4.9e-4, 0.5^11, 1/2**11, (1/2)^11 or log(5/3). */
function numberIn(text) {
  const plain = text.replace(/\s/g, "").replaceAll("−", "-").replaceAll("**", "^");
  const [, sign, inside] = /^(-?)(?:log|ln)\(?([^()]+)\)?$/.exec(plain) ?? [];
  if (inside) return Number(`${sign}1`) * Math.log(numberIn(inside));
  const [, base, exponent] = /^\(([^()]+)\)\^(-?\d+)$/.exec(plain) ?? [];
  if (base) return numberIn(base) ** exponent;
  const point = /^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(plain) ? plain.replaceAll(",", "") : plain.replace(",", ".");
  const [above, below] = `${point}/1`.split("/").map((factor) => {
    const [, number, power = 1] = /^([-+]?\d*\.?\d+(?:e[-+]?\d+)?)(?:\^(-?\d+))?$/i.exec(factor) ?? [];
    return Number(number) ** power;
  });
  return above / below;
}

/** Say whether a number is the one written down, or rounds to it where that has decimals. */
function equals(number, written) {
  const decimals = written.split(".")[1]?.length ?? 0;
  return Math.abs(number - written) <= (decimals ? 0.5 * 10 ** -decimals : 0) + 1e-9;
}

customElements.define("live-question", LiveQuestion);
