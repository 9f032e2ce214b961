"""Has `nbgrader generate_assignment` name the next exercise, let *Run All* go on after a check that finds something
wrong, and enter an exercise whose parts have changed in mid-term.
"""

import contextlib
import json
import re
from pathlib import Path

from nbconvert.exporters import NotebookExporter
from nbgrader.api import Comment, Grade, MissingEntry
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor, SaveCells

from ...content import ASSIGNMENTS
from ...refusal import Refusal, in_words
from ..freezing import require_same_cells
from ..offers import offered
from ..source_notebook import require_criteria

OUTRO = "outro"  # the grade_id of the cell whose last paragraph says what is next
NAMED = re.compile(r"`\d\d-[\w-]+`")  # an exercise in a text
OPENING = re.compile(r"\*\*.+?\*\*")  # such as **Next.**, in any language


class NameNext(NbGraderPreprocessor):
    """Have an exercise name the next one that the book offers, and its chapter, or say that it was the last.

    It does so in whatever words the course's exercises have. Where no book offers any, they stay as they are.
    """

    def preprocess(self, nb, resources):
        name, there = resources["nbgrader"]["assignment"], offered(".")  # nbgrader converts in the course's folder
        following = next((other for other in there if other > name), None)
        for cell in nb.cells if there else ():
            if cell.metadata.get("nbgrader", {}).get("grade_id") == OUTRO:
                before, gap, last = cell.source.rpartition("\n\n")
                last = of_kind(last, bool(following))
                last = with_next(last, following, chapter_number(there[following])) if following else last
                cell.source = (before + gap + last).rstrip()
        return nb, resources


class GoOnAfterChecks(NbGraderPreprocessor):
    """Have *Run All* execute the cells that follow a check, whatever it finds, up to the table at the end."""

    def preprocess(self, nb, resources):
        for cell in nb.cells:
            if cell.cell_type == "code" and cell.source.startswith("check("):
                cell.metadata["tags"] = [*cell.metadata.get("tags", ()), "raises-exception"]
        return nb, resources


def chapter_number(page):
    """Return the number of a chapter by the name of its page, or None for another page."""
    number = re.match(r"\d+", page)
    return number and int(number[0])


def of_kind(last, names_one):
    """Return a last paragraph, or another exercise's that begins alike, by whether it names an exercise.

    Without any it names none rather than one that isn't there.
    """
    opening = OPENING.match(last)
    if not opening or bool(NAMED.search(last)) == names_one:
        return last
    others = [
        text for text in last_paragraphs() if text.startswith(opening[0]) and bool(NAMED.search(text)) == names_one
    ]
    return others[-1] if others else last if names_one else ""


def last_paragraphs():
    """Yield the last paragraph of each exercise of the course."""
    for path in sorted(Path("solutions").glob("*/*.ipynb")):
        for cell in json.loads(path.read_bytes())["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == OUTRO:
                yield "".join(cell["source"]).rpartition("\n\n")[2]


def with_next(text, name, chapter):
    """Put an exercise in the place of the one that a text has in backticks, its chapter in that of the first number."""
    changed = NAMED.sub(f"`{name}`", text)
    if chapter and changed != text:
        return re.sub(r"(?<![`\d])\d+(?![\d-])", str(chapter), changed, count=1)
    return changed


class ReleaseWhatMayChange(NotebookExporter):
    """Refuses what has other parts or points than the criteria, or would change what frozen marks hang on.

    nbgrader's converter makes it before anything is written.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        coursedir = self.parent.coursedir
        try:
            if coursedir.assignment_id in ASSIGNMENTS:
                require_criteria(coursedir)
            require_same_cells(coursedir)
        except Refusal as error:
            self.log.error("%s", in_words(error))
            raise NbGraderException(in_words(error)) from None


class SaveChangedCells(SaveCells):
    """Give each submission a place for the marks of a new part, and take out what belongs to a part that is gone.

    nbgrader's own stops with a traceback, and then removes what was released before. The next grading fills the places.
    """

    def _create_notebook(self, nb):
        with contextlib.suppress(MissingEntry):
            self.change(self.gradebook.find_notebook(self.notebook_id, self.assignment_id))
        super()._create_notebook(nb)

    def change(self, notebook):
        """Bring the gradebook's cells of a notebook to the exercise's, where work was handed in."""
        kinds = {"grade": (Grade,), "solution": (Comment,), "task": (Grade, Comment), "source": ()}
        for kind, entries in kinds.items() if notebook.submissions else ():
            old = {cell.name: cell for cell in getattr(notebook, f"{kind}_cells")}
            new = getattr(self, f"new_{kind}_cells")
            for name in old.keys() - new.keys():
                self.log.warning("Removed from the gradebook, with its marks and comments: %s", name)
                for entry in (*old[name].grades, *old[name].comments, old[name]):
                    self.gradebook.db.delete(entry)
            for name in new.keys() - old.keys():
                cell = getattr(self.gradebook, f"add_{kind}_cell")(
                    name, self.notebook_id, self.assignment_id, **new[name]
                )
                self.gradebook.db.add_all(
                    entry(cell_id=cell.id, notebook=submitted)
                    for entry in entries
                    for submitted in notebook.submissions
                )
        self.gradebook.db.commit()
        self.gradebook.db.expire_all()
