"""Has `nbgrader generate_assignment` name the next exercise, and enter one whose parts have changed in mid-term."""

import contextlib
import re

from nbgrader.api import Comment, Grade, MissingEntry
from nbgrader.preprocessors import NbGraderPreprocessor, SaveCells

from ..folders import offered

OUTRO = "outro"  # the grade_id of the cell whose last paragraph says what is next


class NameNext(NbGraderPreprocessor):
    """Have an exercise name the next one that the book offers, and its chapter, in whatever words it does so.

    Where its text names none, or there is no next one, or no book beside the course, it stays as it is.
    """

    def preprocess(self, nb, resources):
        name, there = resources["nbgrader"]["assignment"], offered(".")  # nbgrader converts in the course's folder
        following = next((other for other in there if other > name), None) if name in there else None
        for cell in nb.cells if following else ():
            if cell.metadata.get("nbgrader", {}).get("grade_id") == OUTRO:
                before, gap, last = cell.source.rpartition("\n\n")
                cell.source = before + gap + with_next(last, following, there[following])
        return nb, resources


def with_next(text, name, chapter):
    """Put an exercise in the place of the one that a text has in backticks, its chapter in that of the first number."""
    changed = re.sub(r"`\d\d-[\w-]+`", f"`{name}`", text)
    if chapter and changed != text:
        return re.sub(r"(?<![`\d])\d+(?![\d-])", str(chapter), changed, count=1)
    return changed


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
