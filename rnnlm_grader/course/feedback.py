"""Makes the feedback pages, and knows which of them show what the gradebook no longer says.

Each page ends in a comment with a fingerprint of what it shows. It is written last, so a page that was cut off has
none. It tells students nothing: it also depends on the graded notebook, with a record that they never see.
"""
import hashlib
import json

from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_output
from nbgrader.converters.base import NbGraderException

from ..refusal import Refusal, in_words
from .folders import graded_folder, graded_notebook, remove, shown, student_folders
from .gradebook import shown_marks
from .handed_in import read_beside

MARKED_BY_HAND = "This part was marked by hand: the score above counts, not the points in the report below.\n"


class Feedback:
    """The feedback pages of an assignment, compared with what the gradebook holds now: one look at it for the class."""

    def __init__(self, coursedir):
        self.coursedir, self.marks = coursedir, shown_marks(coursedir)
        self.folders = student_folders(coursedir, coursedir.feedback_directory)

    def ending(self, student):
        """What the page ends in that shows this student's present marks and graded notebook."""
        notebook = graded_notebook(self.coursedir, student).read_bytes()
        said = json.dumps([self.marks.get(student), hashlib.sha256(notebook).hexdigest()], sort_keys=True)
        return f"\n<!-- {hashlib.sha256(said.encode()).hexdigest()} -->\n"

    def is_current(self, student):
        """Whether there is a whole page, of the submission that is graded and with its present marks."""
        folder = self.folders[student]
        try:
            page = (folder / f"{self.coursedir.assignment_id}.html").read_bytes()
            is_whole = page.endswith(self.ending(student).encode())
        except OSError:
            return False
        return is_whole and read_beside(folder) == read_beside(graded_folder(self.coursedir, student))

    def stale(self):
        """Return the students whose feedback `nbgrader generate_feedback` would make anew."""
        return [student for student in self.folders if not self.is_current(student)
                and graded_notebook(self.coursedir, student).exists()]


class FeedbackExporter(HTMLExporter):
    """Makes feedback pages with a fingerprint, and has `nbgrader generate_feedback` make stale ones anew.

    nbgrader makes one exporter before it looks which feedback is there, so this is where what is stale is removed.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        try:
            self.feedback = Feedback(self.parent.coursedir)
            for student in self.feedback.stale():
                self.log.info("Feedback of %s is older than the marks, and is made anew", shown(student))
                remove(self.feedback.folders[student])
        except (Refusal, OSError) as error:
            self.log.error("%s", in_words(error))
            raise NbGraderException(in_words(error)) from None

    def from_filename(self, filename, resources=None, **kwargs):
        ending = self.feedback.ending(resources["nbgrader"]["student"])  # what changes meanwhile makes the page stale
        page, resources = super().from_filename(filename, resources=resources, **kwargs)
        return page + ending, resources

    def from_notebook_node(self, nb, resources=None, **kwargs):
        """Say at each mark by hand that it is one: the report below it tells of another."""
        by_hand = {name for name, in self.feedback.marks.get(resources["nbgrader"]["student"], {}).get("by_hand", ())}
        for cell in nb.cells:
            if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade_id") in by_hand:
                cell.outputs.insert(0, new_output("stream", name="stdout", text=MARKED_BY_HAND))
        return super().from_notebook_node(nb, resources, **kwargs)
