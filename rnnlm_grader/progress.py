"""Remembers which answers hold: on the learner's machine, and nowhere else.

`check` notes the points of each part that it examines. In a notebook its output hands them to the browser, where the
book's page of progress finds them if it comes from the same address, as in `make lab`. Where RNNLM_PROGRESS names a
file, they are kept there too: `check()` then knows the other exercises, and the page can read that file from anywhere.
"""
import contextlib
import json
import os
import time
from html import escape
from pathlib import Path

from .criteria import ASSIGNMENTS
from .explaining.page import BOOK_URL, element, said
from .explaining.words import BOOK
from .files import write_whole

FILE = "RNNLM_PROGRESS"  # in a kernel's environment
TOTALS = {f"{name}-{part}": (slug, sum(criterion.points for criterion in assignment.of(name, part)))
          for slug, assignment in ASSIGNMENTS.items() for name, part in assignment.parts()}
# What is newer wins, because a notebook that is opened again may run the scripts of old outputs again.
SCRIPT = """<script>{
  const kept = JSON.parse(localStorage.getItem("rnnlm-progress") ?? "{}");
  for (const [part, news] of Object.entries(%s)) {
    if (news[1] > Math.max(kept[part]?.[1] ?? 0, kept.cleared ?? 0)) kept[part] = news;
  }
  localStorage.setItem("rnnlm-progress", JSON.stringify(kept));
}</script>"""


def note(results, is_whole):
    """Note the points of these parts; return what to add to a report, as text and as HTML."""
    now = int(time.time() * 1000)
    known = read() | {f"{result.name}-{result.part}": [result.points, now] for result in results}
    write(known)
    line = summary(known) if is_whole else ""
    link = said(line)
    if is_whole and (url := os.environ.get(BOOK_URL)):
        address = escape(f"{url.rstrip('/')}/{BOOK}/progress.html")
        link += f' <a href="{address}" target="_blank" rel="noopener">Your progress</a>'
    return line, (element("div", "", link) if link else "") + SCRIPT % json.dumps(known)


def write(known):
    """Keep what is known in the file, if there is one."""
    if path := os.environ.get(FILE):
        with contextlib.suppress(OSError):  # a folder that may not be written to: no reason to lose the report
            write_whole(Path(path), json.dumps(known, indent=1).encode())


def read():
    """Return what the file knows; nothing where there is none, or none that can be read."""
    try:
        known = json.loads(Path(os.environ[FILE]).read_text(encoding="utf-8"))
        return {part: [int(points), int(at)] for part, (points, at) in known.items() if part in TOTALS}
    except (KeyError, OSError, ValueError, TypeError, AttributeError):
        return {}


def summary(known):
    """Say which exercises hold and which is next; '' where only the notebook at hand is known."""
    if FILE not in os.environ:
        return ""
    open_parts = {slug for part, (slug, total) in TOTALS.items() if known.get(part, [0])[0] < total}
    held = ", ".join(slug for slug in ASSIGNMENTS if slug not in open_parts) or "none yet"
    following = next((slug for slug in ASSIGNMENTS if slug in open_parts), None)
    return f"Exercises that hold: {held}. " + (f"Next: {following}." if following else "That is all of them.")
