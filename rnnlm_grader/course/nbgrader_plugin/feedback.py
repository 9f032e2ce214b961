"""Makes the feedback pages for `nbgrader generate_feedback`."""

import glob

from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_output
from nbgrader.converters.base import NbGraderException
from nbgrader.utils import is_solution

from ...refusal import Refusal, in_words
from ..feedback import Feedback
from ..folders import graded_notebook, remove, student_folders
from ..messages import one_line

MARKED_BY_HAND = "This part was marked by hand: the score above counts, not the points in the report below.\n"
NOT_YET_MARKED = "This part is marked by hand, and hasn't been yet: so far it counts 0.\n"


class FeedbackExporter(HTMLExporter):
    """Makes feedback pages with a fingerprint, and has `nbgrader generate_feedback` make stale ones anew.

    nbgrader makes one exporter before it looks which feedback is there, so this is where what is stale is removed, and
    where those are added whom nbgrader overlooks because it takes their id for a pattern.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        try:
            coursedir = self.parent.coursedir
            self.feedback = Feedback(coursedir)
            for student in self.feedback.stale():
                self.log.info("Feedback of %s is older than the marks, and is made anew", one_line(student))
                remove(self.feedback.folders[student])
            for student, folder in student_folders(coursedir, coursedir.autograded_directory).items():
                notebook = graded_notebook(coursedir, student)
                if glob.has_magic(student) and notebook.exists():
                    self.parent.assignments[str(folder)] = [str(notebook)]
        except (Refusal, OSError) as error:
            self.log.error("%s", in_words(error))
            raise NbGraderException(in_words(error)) from None

    def from_filename(self, filename, resources=None, **kwargs):
        ending = self.feedback.ending(resources["nbgrader"]["student"])  # what changes meanwhile makes the page stale
        page, resources = super().from_filename(filename, resources=resources, **kwargs)
        return page + ending, resources

    def from_notebook_node(self, nb, resources=None, **kwargs):
        """Say at each mark by hand that it is one, for the report below it tells of another; and where one is due."""
        marks = self.feedback.marks.get(resources["nbgrader"]["student"], {})
        by_hand, due = ({name for (name,) in marks.get(which, ())} for which in ("by_hand", "due"))
        for cell in nb.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            if name in due and cell.cell_type == "markdown":
                cell.source = f"*{NOT_YET_MARKED.strip()}*\n\n{cell.source}"
            elif cell.cell_type == "code" and (name in due or (name in by_hand and not is_solution(cell))):
                said = NOT_YET_MARKED if name in due else MARKED_BY_HAND
                cell.outputs.insert(0, new_output("stream", name="stdout", text=said))
        return super().from_notebook_node(nb, resources, **kwargs)
