"""Bring what a student wrote in an old notebook of an exercise into a new one. The old one stays as it is.

    python -m rnnlm_grader.notebooks.bring OLD.ipynb NEW.ipynb

For an exercise whose text has changed since the student fetched it: the answers go into their cells, and cells of the
student's own behind the cell that they stood behind.
"""

import argparse
import json
import sys
from pathlib import Path

from ..files import write_atomic
from ..refusal import Refusal, in_words
from .reading import Unreadable, read_one
from .submission import code_of, get, raw_cells, text_in
from .writing import UNANSWERED, UNFILLED, grade_id_of


def main(argv: list[str] | None = None) -> int:
    """Run the command; return its exit code: 0 done, 2 nothing was done."""
    parser = argparse.ArgumentParser(prog="python -m rnnlm_grader.notebooks.bring", description=__doc__.splitlines()[0])
    parser.add_argument("old", type=Path, metavar="OLD", help="the notebook in which you have worked")
    parser.add_argument("new", type=Path, metavar="NEW", help="the same exercise as it is now, in which you haven't")
    options = parser.parse_args(argv)
    try:
        print(bring(options.old, options.new))
    except (Refusal, Unreadable, OSError) as reason:
        print(f"{reason if isinstance(reason, Refusal) else in_words(reason)} Nothing was changed.", file=sys.stderr)
        return 2
    return 0


def bring(old: Path, new: Path) -> str:
    """Write into the new notebook what was written in the old one; return in one line what that was."""
    with new.open(encoding="utf-8") as file:
        notebook = json.load(file)
    before, cells = read_one(old, raw_cells), notebook["cells"]
    places = {key_of(cell): cell for cell in cells if is_answer(cell)}
    if not places or not places.keys() & {key_of(cell) for cell in before}:
        raise Refusal(f"{old} and {new} aren't the same exercise.")
    if begun := [name for name, cell in places.items() if is_begun(cell)]:
        raise Refusal(f"In {new}, {' and '.join(begun)} is filled in already.")
    answers = {key_of(cell): cell for cell in before if key_of(cell) in places and is_begun(cell)}
    for name, cell in answers.items():
        places[name]["source"] = text_in(cell)
        places[name].update({key: cell[key] for key in ("attachments",) if key in cell})
    own = own_cells(before, cells)
    notebook["cells"] = [each for cell in cells for each in (cell, *own.pop(key_of(cell), ()))]
    notebook["cells"] = [*own.pop(None, ()), *notebook["cells"], *(cell for rest in own.values() for cell in rest)]
    count = len(notebook["cells"]) - len(cells)
    write_atomic(new, f"{json.dumps(notebook, indent=1, ensure_ascii=False)}\n".encode())
    return (
        f"Brought into {new}: {', '.join(answers) or 'no answers'}, and {count} "
        f"{'cell' if count == 1 else 'cells'} of your own. {old} is as it was."
    )


def own_cells(before: list, cells: list) -> dict[str | None, list]:
    """Return {key of the exercise's cell, or None: the student's own cells that stood behind it}."""
    known, texts = {key_of(cell) for cell in cells}, {code_of(text_in(cell)) for cell in cells}
    own: dict[str | None, list] = {}
    after = None
    for cell in before:
        key = key_of(cell)
        if key in known:
            after = key
        elif not grade_id_of(cell) and text_in(cell).strip() and code_of(text_in(cell)) not in texts:
            own.setdefault(after, []).append(cell)
    return own


def key_of(cell: object) -> str:
    """What tells a cell of the exercise: its grade_id, else its id."""
    return grade_id_of(cell) or get(cell, "id", str)


def is_answer(cell: object) -> bool:
    return bool(get(get(get(cell, "metadata", dict), "nbgrader", dict), "solution", bool))


def is_begun(cell: object) -> bool:
    """Whether a cell to fill has something in it."""
    return not any(text in text_in(cell) for text in (UNFILLED, UNANSWERED))


if __name__ == "__main__":
    sys.exit(main())
