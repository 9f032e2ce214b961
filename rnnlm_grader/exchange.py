"""Releases feedback through nbgrader's exchange: what is up to date, to those whom the exchange can reach."""
import glob
import os
from collections import defaultdict

from nbgrader.exchange.default import ExchangeReleaseFeedback

from .course import SUBMISSION_SECRET, TIMESTAMP, read_beside, shown, submitted_folders
from .feedback import Feedback
from .refusal import Refusal
from .state import graded_folder, graded_notebook


class ReleaseFeedback(ExchangeReleaseFeedback):
    """Release feedback student by student, and tell which isn't released, and why.

    nbgrader's own command stops at the first one that it can't release, and releases pages with old marks.
    """

    def copy_files(self):
        try:
            self.feedback = Feedback(self.coursedir, self.coursedir.assignment_id)
        except Refusal as reason:
            self.fail(str(reason))
        self.submitted = submitted_folders(self.coursedir, self.coursedir.assignment_id)
        left_out = defaultdict(list)
        for student in sorted(self.feedback.folders.keys() - self.coursedir.student_id_exclude.split(",")):
            if reason := self.reason_against(student):
                left_out[reason].append(student)
            else:
                self.src_path = glob.escape(os.fspath(self.feedback.folders[student]))
                super().copy_files()
        for reason, students in left_out.items():
            self.log.warning("Feedback of %s isn't released: %s", ", ".join(map(shown, students)), reason)

    def reason_against(self, student):
        """Return why a student's feedback mustn't or can't be released, with what to do; None where it is."""
        assignment, folder = self.coursedir.assignment_id, self.feedback.folders[student]
        graded = graded_folder(self.coursedir, assignment, student)
        if not graded_notebook(self.coursedir, assignment, student).exists() or (
                student in self.submitted and read_beside(self.submitted[student]) != read_beside(graded)):
            return f"what was handed in isn't graded yet. Run: rnnlm-grade {assignment}"
        if not self.feedback.is_current(student):
            return f"it is older than the marks. Run: nbgrader generate_feedback {assignment}"
        if not read_beside(folder).keys() >= {TIMESTAMP, SUBMISSION_SECRET}:
            return (f"without {TIMESTAMP} and {SUBMISSION_SECRET} it wasn't handed in through the exchange. Give the "
                    f"page in {self.coursedir.feedback_directory} to the student in another way")
        return None
