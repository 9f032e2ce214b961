"""Tells which feedback pages are stale, showing what the gradebook no longer says.

Each page ends in a comment with a fingerprint of what it shows. It is written last, so a page that was cut off has
none. It tells students nothing: it also depends on the graded notebook, with a record that they never see.
"""

import hashlib
import json

from nbgrader.coursedir import CourseDirectory

from .folders import graded_folder, graded_notebook, student_folders
from .gradebook import shown_marks
from .handed_in import read_beside
from .recorder import RECORD

OF_THE_GRADER = "key", "sandbox"  # which change with the grader, its limits or the machine: no page shows them


class Feedback:
    """The feedback pages of an assignment, compared with what the gradebook holds now: one look at it for the class."""

    def __init__(self, coursedir: CourseDirectory) -> None:
        self.coursedir, self.marks = coursedir, shown_marks(coursedir)
        self.folders = student_folders(coursedir, coursedir.feedback_directory)

    def ending(self, student: str) -> str:
        """What the page ends in that shows this student's present marks and graded notebook."""
        notebook = json.loads(graded_notebook(self.coursedir, student).read_bytes())
        for name in OF_THE_GRADER:
            notebook["metadata"].get(RECORD, {}).pop(name, None)
        said = json.dumps([self.marks.get(student), notebook], sort_keys=True)
        return f"\n<!-- {hashlib.sha256(said.encode()).hexdigest()} -->\n"

    def is_current(self, student: str) -> bool:
        """Whether there is a whole page, of the submission that is graded and with its present marks."""
        folder = self.folders[student]
        try:
            page = (folder / f"{self.coursedir.assignment_id}.html").read_bytes()
            is_whole = page.endswith(self.ending(student).encode())
        except (OSError, ValueError, KeyError):
            return False
        return is_whole and read_beside(folder) == read_beside(graded_folder(self.coursedir, student))

    def stale(self) -> list[str]:
        """Return the students whose feedback `nbgrader generate_feedback` would make anew."""
        return [
            student
            for student in self.folders
            if not self.is_current(student) and graded_notebook(self.coursedir, student).exists()
        ]
