"""Has `nbgrader generate_assignment` enter an exercise whose parts have changed since work was handed in."""
import contextlib

from nbgrader.api import Comment, Grade, MissingEntry
from nbgrader.preprocessors import SaveCells


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
                    name, self.notebook_id, self.assignment_id, **new[name])
                self.gradebook.db.add_all(
                    entry(cell_id=cell.id, notebook=submitted) for entry in entries
                    for submitted in notebook.submissions)
        self.gradebook.db.commit()
        self.gradebook.db.expire_all()
