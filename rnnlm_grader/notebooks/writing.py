"""What a student wrote beside the answers: cells of text with the images in them, and cells that are marked by hand."""

import hashlib
import json
import re
from dataclasses import dataclass, field

from .submission import CODE, Cell, cells_of, get, raw_cells, text_in

UNFILLED, UNANSWERED = "raise NotImplementedError()", "YOUR ANSWER HERE"  # in cells of code, of text, as released
MAX_TEXT = 20_000  # characters of a cell, and so many cells may have them:
MAX_TEXTS = 200
MAX_IMAGES = 8 * 2**20  # characters of all images, in base64
REQUEST = re.compile(r"^[\s#>*_`-]*regrade[\s-]+request\b[\s:.*_`]*", re.IGNORECASE | re.MULTILINE)  # in any markup
IMAGE = re.compile(r"!\[[^\]\n]*\]\(attachment:([^)\n]+)\)")
RASTER = ("image/png", "image/jpeg", "image/gif", "image/webp")  # no SVG, which may hold scripts
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")


@dataclass(frozen=True)
class Outline:
    """The cells of an exercise: their ids by grade_id and by source, and what is blank in those marked by hand."""

    ids: dict[str | None, str]  # id → type
    by_grade_id: dict[str | None, str]
    by_source: dict[str, str]
    blank: dict[str | None, str]  # grade_id → source as released, of answers that are marked by hand

    def id_of(self, cell: object) -> str | None:
        """The id of the cell of the exercise that a cell of a submission is, or None for one of the student's own."""
        own, source = get(cell, "id", str), text_in(cell).strip()
        return (
            self.by_grade_id.get(grade_id_of(cell)) or (own if own in self.ids else None) or self.by_source.get(source)
        )


@dataclass(frozen=True)
class Text:
    """A cell that a student wrote: behind which cell of the exercise, and whose place it takes, if that is one."""

    source: str
    after: str | None
    fills: str | None = None  # the grade_id of an answer that is marked by hand
    kind: str = "markdown"
    images: dict[str, str] = field(default_factory=dict)  # name → data of an `img`

    @property
    def request(self) -> str:
        """What is asked for, where this is a request to look at a mark again; else an empty text."""
        found = None if self.fills else REQUEST.search(self.source)
        return self.source[found.end() :].strip() or "(no reason)" if found else ""


@dataclass(frozen=True)
class Work:
    """What a notebook holds: the cells that may count, and what was written beside them, which tells no two apart.

    `received` names the answers marked by hand for which it has a cell; others were added to the exercise later.
    """

    cells: tuple[Cell, ...]
    texts: tuple[Text, ...] = field(default=(), compare=False)
    received: frozenset[str | None] = field(default=frozenset(), compare=False)


def work_in(notebook: object, outline: Outline) -> Work:
    """Return the `Work` in a notebook, as plain data; `outline` is that of the exercise."""
    received = outline.blank.keys() & {grade_id_of(cell) for cell in raw_cells(notebook)}
    return Work(cells_of(notebook), texts_of(notebook, outline), frozenset(received))


def grade_id_of(cell: object) -> str | None:
    return get(get(get(cell, "metadata", dict), "nbgrader", dict), "grade_id", str) or None


def is_as_released(cell: object) -> bool:
    """Whether a cell that nobody fills in is as nbgrader released it: perhaps with an earlier text of the exercise."""
    told = get(get(cell, "metadata", dict), "nbgrader", dict)
    roles = (str(told.get(role, False)) for role in ("grade", "solution", "locked"))
    said = "".join((text_in(cell), get(cell, "cell_type", str), *roles, get(told, "grade_id", str)))
    return hashlib.md5(said.encode("utf-8", "replace"), usedforsecurity=False).hexdigest() == told.get("checksum")


def texts_of(notebook: object, outline: Outline) -> tuple[Text, ...]:
    """Return a `Text` for each cell of a notebook that is text of the student's own, or an answer marked by hand."""
    found: list[Text] = []
    after, room = None, MAX_IMAGES
    for cell in raw_cells(notebook):
        own, grade_id, kind, source = outline.id_of(cell), grade_id_of(cell), get(cell, "cell_type", str), text_in(cell)
        after, text = own or after, source.strip()
        is_by_hand = grade_id in outline.blank
        if is_by_hand:
            is_written = text != outline.blank[grade_id].strip()
        else:
            is_known = text in outline.by_source or outline.ids.get(own) == CODE or is_as_released(cell)
            is_written = kind == "markdown" and not is_known
        if text and is_written and len(found) < MAX_TEXTS:
            images = images_of(cell, source, room)
            room -= sum(map(len, images.values()))
            found.append(Text(source[:MAX_TEXT], after, grade_id if is_by_hand else None, kind, images))
    return tuple(found)


def images_of(cell: object, source: str, room: int) -> dict[str, str]:
    """Return the images that are attached to a cell and shown in it, as long as there is room."""
    images: dict[str, str] = {}
    for name in dict.fromkeys(IMAGE.findall(source)):
        kinds = get(get(cell, "attachments", dict), name, dict)
        for kind in RASTER:
            data = get(kinds, kind, str)
            if data and len(data) <= room and BASE64.fullmatch(data):
                images[name] = f"data:{kind};base64,{''.join(data.split())}"
                room -= len(images[name])
                break
    return images


def digest(*said: object) -> str:
    """What equals another's where both say the same."""
    return hashlib.sha256(json.dumps(said, default=vars, sort_keys=True).encode()).hexdigest()[:32]
