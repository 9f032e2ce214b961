"""Remembers the best points of each answer: on the learner's machine, and nowhere else.

`check` notes the points of all parts of an answer, if together they are as many as ever: so it had them all at once. In
a notebook its output hands them to the browser, where the book's page of progress finds them if it comes from the same
address, as in `make lab`. Where RNNLM_PROGRESS names a file, they are kept there too: `check()` then knows the other
exercises, and the page can read that file from anywhere.
"""

import contextlib
import itertools
import json
import os
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any, TypeAlias

from ..content import ASSIGNMENTS
from ..explaining.words import BOOK
from ..files import write_atomic
from ..verdict.judging import PartResult
from .page import BOOK_URL, element, escaped

FILE = "RNNLM_PROGRESS"  # in a kernel's environment
Known: TypeAlias = dict[str, list[int]]  # part → [its best points, when that was, in milliseconds]
TOTALS: dict[str, tuple[str, int]] = {  # part → (slug of its exercise, its points)
    f"{name}-{part}": (slug, sum(criterion.points for criterion in assignment.of(name, part)))
    for slug, assignment in ASSIGNMENTS.items()
    for name, part in assignment.parts()
}
# A notebook that is opened again may run the scripts of old outputs again: what is older than the clearing is no news.
SCRIPT = """<script>{
  const kept = JSON.parse(localStorage.getItem("rnnlm-progress") ?? "{}"), news = %s;
  for (const name of new Set(Object.keys(news).map((part) => part.split("-")[0]))) {
    const parts = Object.keys(news).filter((part) => part.split("-")[0] === name);
    const sum = (points) => parts.reduce((all, part) => all + (points[part]?.[0] ?? 0), 0);
    if (parts.every((part) => news[part][1] > (kept.cleared ?? 0)) && sum(news) >= sum(kept)) {
      for (const part of parts) kept[part] = news[part];
    }
  }
  localStorage.setItem("rnnlm-progress", JSON.stringify(kept));
}</script>"""


def note(results: Collection[PartResult], is_whole: bool) -> tuple[str, str]:
    """Note the points of answers, all parts of each; return what to add to a report, as text and as HTML."""
    now = int(time.time() * 1000)
    known = read()
    for name in dict.fromkeys(result.name for result in results):
        points = {f"{name}-{result.part}": result.points for result in results if result.name == name}
        if sum(points.values()) >= sum(known.get(part, [0])[0] for part in points):
            known |= {part: [number, now] for part, number in points.items()}
    write(known)
    line = summary(known) if is_whole else ""
    links = [*filter(None, [escaped(line)]), *(links_onward(results) if is_whole else ())]
    return line, (element("div", "", " · ".join(links)) if links else "") + SCRIPT % json.dumps(known)


def links_onward(results: Iterable[PartResult]) -> Iterator[str]:
    """Yield links to what follows the exercise of these results in the book, and to the page of progress."""
    if url := os.environ.get(BOOK_URL):
        slugs = {TOTALS[f"{result.name}-{result.part}"][0] for result in results}
        following = [after for before, after in itertools.pairwise(ASSIGNMENTS) if before in slugs]
        chapters = [ASSIGNMENTS[slug].misconceptions[0].section.partition("#")[0] for slug in following]
        titles = dict.fromkeys(chapters, "The next chapter")
        if list(ASSIGNMENTS)[-1] in slugs:
            titles |= {"where-it-went.html": "Where it went from here"}
        titles |= {"progress.html": "Your progress"}
        for page, title in titles.items():
            address = escape(f"{url.rstrip('/')}/{BOOK}/{page}")
            yield f'<a href="{address}" target="_blank" rel="noopener">{title}</a>'


def write(known: dict[str, Any]) -> None:
    """Keep what is known in the file, if there is one, beside what else it keeps."""
    if path := os.environ.get(FILE):
        kept = {key: value for key, value in whole_file().items() if key not in TOTALS} | known
        with contextlib.suppress(OSError):  # a folder that may not be written to: no reason to lose the report
            write_atomic(Path(path), json.dumps(kept, indent=1).encode())


def read() -> Known:
    """Return the points that the file knows; nothing where there is none, or none that can be read."""
    try:
        known = {part: value for part, value in whole_file().items() if part in TOTALS}
        return {part: [int(points), int(at)] for part, (points, at) in known.items()}
    except (ValueError, TypeError):
        return {}


def whole_file() -> dict[str, Any]:
    """Return all that the file holds: points of parts, and what `review` keeps there."""
    try:
        known = json.loads(Path(os.environ[FILE]).read_text(encoding="utf-8"))
    except (KeyError, OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def summary(known: Mapping[str, list[int]]) -> str:
    """Say which exercises hold and which is next; '' where only the notebook at hand is known."""
    if FILE not in os.environ:
        return ""
    open_parts = {slug for part, (slug, total) in TOTALS.items() if known.get(part, [0])[0] < total}
    held = ", ".join(slug for slug in ASSIGNMENTS if slug not in open_parts) or "none yet"
    following = next((slug for slug in ASSIGNMENTS if slug in open_parts), None)
    return f"Exercises that hold: {held}. " + (f"Next: {following}." if following else "That is all of them.")
