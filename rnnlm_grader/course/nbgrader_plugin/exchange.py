"""Collects work and releases feedback through nbgrader's exchange, so that one submission never stops the others."""

import functools
import glob
import os
import shutil
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

from nbgrader.exchange.default import ExchangeCollect, ExchangeReleaseFeedback
from traitlets import Float

from ...refusal import Refusal
from ..feedback import Feedback
from ..folders import graded_folder, graded_notebook, remove, submitted_folders
from ..handed_in import SUBMISSION_SECRET, TIMESTAMP, came_through_exchange, read_beside, time_of
from ..messages import one_line


def time_of_submission(folder):
    """When what lies in a folder was handed in; where it came by another way than the exchange, when it was put there.

    So an older entry of the exchange doesn't take its place. None where there is nothing, which any entry replaces.
    """
    beside = read_beside(folder)
    if TIMESTAMP in beside:
        return time_of(beside[TIMESTAMP])
    times = [path.lstat().st_mtime for path in Path(folder).iterdir()]
    return datetime.fromtimestamp(max(times), UTC).replace(tzinfo=None) if times else None


class Collect(ExchangeCollect):
    """Collect links as links, which the grader refuses, and as much as can be copied of each submission.

    Students can write anything into the exchange. nbgrader's own command follows links, with the instructor's rights,
    and stops for all at the first file that can't be copied or tells no time. A command that is cut off leaves no part
    of a submission behind.
    """

    settled = Float(0, help="Leave for later what was changed in the last so many seconds.").tag(config=True)

    def init_src(self):
        self.coursedir.get_existing_timestamp = time_of_submission
        super().init_src()
        self.src_records = [
            record
            for record in self.src_records
            if time.time() - os.lstat(os.path.join(self.inbound_path, record["filename"])).st_ctime >= self.settled
        ]

    def _path_to_record(self, path):
        name = os.path.basename(path)
        student, _, timestamp, *_ = name.rsplit("+", 3)
        return {"username": student, "filename": name, "timestamp": time_of(timestamp) or datetime.min}

    def do_copy(self, src, dest, log=None):
        part = Path(dest).with_name(f".{os.path.basename(dest)}.part")
        remove(part)
        self.copy_what_can_be(src, part)
        os.rename(part, dest)

    def copy_what_can_be(self, src, dest):
        try:
            if os.path.islink(src):
                raise OSError("it is a link")
            with mock.patch.object(shutil, "copytree", functools.partial(shutil.copytree, symlinks=True)):
                super().do_copy(src, dest)
        except (OSError, RuntimeError) as error:  # nbgrader raises the latter where a submission is too big
            self.log.warning("Not all of %s could be collected: %s", one_line(src), one_line(error))
            os.makedirs(dest, exist_ok=True)  # so that the student gets a mark, with the reason


class ReleaseFeedback(ExchangeReleaseFeedback):
    """Release feedback student by student, and tell which isn't released, and why.

    nbgrader's own command stops at the first one that it can't release, and releases pages with old marks.
    """

    def copy_files(self):
        try:
            self.feedback = Feedback(self.coursedir)
        except Refusal as refusal:
            self.fail(str(refusal))
        self.submitted = submitted_folders(self.coursedir)
        left_out = defaultdict(list)
        for student in self.feedback.folders:
            if reason := self.reason_against(student):
                left_out[reason].append(student)
            else:
                self.src_path = glob.escape(str(self.feedback.folders[student]))
                super().copy_files()
        for reason, students in left_out.items():
            self.log.warning("Feedback of %s isn't released: %s", ", ".join(map(one_line, students)), reason)

    def reason_against(self, student):
        """Return why a student's feedback mustn't or can't be released, with what to do; None where it is."""
        assignment, folder = self.coursedir.assignment_id, self.feedback.folders[student]
        graded = graded_folder(self.coursedir, student)
        if not graded_notebook(self.coursedir, student).exists() or (
            student in self.submitted and read_beside(self.submitted[student]) != read_beside(graded)
        ):
            return f"what was handed in isn't graded yet. Run: rnnlm-grade {assignment}"
        if not self.feedback.is_current(student):
            return f"it is older than the marks. Run: nbgrader generate_feedback {assignment}"
        if not came_through_exchange(folder):
            return (
                f"without {TIMESTAMP} and {SUBMISSION_SECRET} it wasn't handed in through the exchange. Give the "
                f"page in {self.coursedir.feedback_directory} to the student in another way"
            )
        return None
