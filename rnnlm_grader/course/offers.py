"""Which page of the book offers an exercise; one that none offers is neither in the lab nor in the student kit."""

import re
from pathlib import Path

OFFER = re.compile(r"<\.\./exercises/([\w-]+)/[^>]+\.ipynb>")  # how a page offers an exercise


def offered(root: str | Path) -> dict[str, str]:
    """Return {exercise: name of the page that offers it}, in the exercises' order."""
    found: dict[str, str] = {}
    for page in sorted(Path(root, "book").glob("*.md")):
        for name in OFFER.findall(page.read_text(encoding="utf-8")):
            found.setdefault(name, page.stem)
    return dict(sorted(found.items()))


def offered_notebooks(root: str | Path) -> list[Path]:
    """Return the paths of the exercises that the book offers."""
    return [Path(root, "exercises", name, f"{name}.ipynb") for name in offered(root)]
