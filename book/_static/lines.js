/* Code that wraps on a phone keeps its indent: each line is an element, which book.css sets with a hanging indent. */
"use strict";

addEventListener("DOMContentLoaded", () => {
  for (const pre of document.querySelectorAll(".cell_input pre")) {
    const lines = pre.innerHTML.replace(/\n$/, "").split("\n");
    pre.innerHTML = lines.map((line) => `<span class="line">${line}\n</span>`).join("");
    for (const line of pre.children) line.style.setProperty("--indent", `${line.textContent.search(/\S|$/)}ch`);
  }
});
