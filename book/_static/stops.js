/* Which elements are stops of the Tab key: a table wider than the page is one, so that arrow keys can scroll it; neither
   a formula, whose menu opens by mouse, nor the button that copies a cell is. */
"use strict";

function setStops() {
  for (const element of document.querySelectorAll("mjx-container[tabindex], .copybtn")) element.tabIndex = -1;
  for (const table of document.querySelectorAll(".pst-scrollable-table-container")) {
    if (table.scrollWidth > table.clientWidth) table.tabIndex = 0;
    else table.removeAttribute("tabindex");
  }
}

addEventListener("load", async () => {
  await window.MathJax?.startup?.promise;
  setStops();
  addEventListener("resize", setStops);
});
