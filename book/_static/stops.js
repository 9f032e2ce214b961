/* Fewer stops of the Tab key: neither a formula, whose menu opens by mouse, nor the button that copies a cell is one. */
"use strict";

function dropStops() {
  for (const element of document.querySelectorAll("mjx-container[tabindex], .copybtn")) element.tabIndex = -1;
}

addEventListener("load", async () => {
  await window.MathJax?.startup?.promise;
  dropStops();
});
