// Lead from a search result to the first section that holds a word of it, in prose if it can be, and quote that.
"use strict";
{
  const summaryOf = Search.makeSearchSummary;

  /** Return the innermost section that holds one of the words. */
  function sectionWith(words, page) {
    const holds = (element) => words.some((word) => element.textContent.toLowerCase().includes(word));
    const holding = [...page.querySelectorAll('[role="main"] section[id]')].filter(holds);
    return holding.find((section) => !holding.some((inner) => inner !== section && section.contains(inner)));
  }

  function without(selector, page) {
    const copy = page.cloneNode(true);
    copy.querySelectorAll(selector).forEach((element) => element.remove());
    return copy;
  }

  Search.makeSearchSummary = (html, keywords, anchor) => {
    const words = [...keywords].map((word) => word.toLowerCase());
    const shown = without("details.hide, figure.drawing, .onlyprint", new DOMParser().parseFromString(html, "text/html"));
    const prose = without("pre", shown);
    const page = sectionWith(words, prose) ? prose : shown;
    const section = anchor ? null : sectionWith(words, page);
    const summary = summaryOf(page.documentElement.outerHTML, keywords, section ? `#${section.id}` : anchor);
    if (section) queueMicrotask(() => { summary.parentElement.querySelector("a").hash = section.id; });
    return summary;
  };
}
