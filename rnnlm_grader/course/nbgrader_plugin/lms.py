"""Lets `nbgrader zip_collect` take what Canvas and Moodle offer for download, as it is."""

import zipfile
from pathlib import Path

from nbgrader.plugins import ExtractorPlugin

from ...refusal import Refusal, in_words
from ..downloads import Roster, choose, read_uploads, read_worksheets
from ..gradebook import open_gradebook
from ..handed_in import came_through_exchange
from ..messages import name_some, one_line

COLLECTED = r".*/(?P<student_id>[^/]+)/(?P<file_id>[^/]+)\.(?:ipynb|zip)"  # how `Download` lays out what it extracts


class Download(ExtractorPlugin):
    """Extracts one notebook or zip for each student, into a folder named by nbgrader's id of the student.

    A zip stays one: the grader opens it, and nothing in it can name another author.
    """

    def __init__(self, **kwargs):
        """End the command, before it begins, where there is no download."""
        super().__init__(**kwargs)
        archive = Path(self.parent._format_collect_path(self.parent.archive_directory))
        if not (archive.is_dir() and any(archive.iterdir())):
            self.parent.fail("There is nothing in %s. Put the download there, as Canvas or Moodle gives it.", archive)

    def extract(self, archive_path, extracted_path):
        coursedir = self.parent.coursedir
        try:
            uploads, left = read_uploads(Path(archive_path), coursedir.assignment_id)
            with open_gradebook(coursedir) as gradebook:
                roster = Roster(gradebook, uploads, read_worksheets(Path(archive_path)))
                chosen = choose(uploads, roster, left)
                for student in list(chosen):
                    if reason := self.reason_against(student):
                        left[chosen.pop(student).path] = reason
                for student in chosen:
                    folder = Path(extracted_path, student)
                    folder.mkdir(parents=True)
                    (folder / f"{coursedir.assignment_id}{chosen[student].kind}").write_bytes(chosen[student].read())
                entered = roster.enter()
        except (Refusal, OSError, zipfile.BadZipFile) as reason:
            self.parent.fail("%s", in_words(reason))
        self.tell_afterwards(chosen, entered, left, roster.without_address())

    def reason_against(self, student):
        """Return why a student's work isn't taken from the download, with what to do; None where it is."""
        coursedir = self.parent.coursedir
        folder = Path(coursedir.format_path(coursedir.submitted_directory, student, coursedir.assignment_id))
        if came_through_exchange(folder):
            return (
                f"what {one_line(student)} handed in through the exchange counts. To take this, remove "
                f"{one_line(folder)} and collect again"
            )
        if not self.parent.force and folder.is_dir() and any(folder.iterdir()):
            return f"what {one_line(student)} handed in before counts. To take this, add --force"
        return None

    def tell_afterwards(self, chosen, entered, left, without_address):
        """Have nbgrader go on, and say at the end what wasn't collected, and why."""
        process = self.parent.process_extracted_files

        def process_and_tell():
            process()
            self.log.info("%d submissions, %d other files", len(chosen), len(left))
            if entered:
                self.log.warning("New in the gradebook: %s", ", ".join(map(one_line, entered)))
            if without_address:
                self.log.warning(
                    "The worksheet has no address for %s. Is it that of %s?",
                    name_some(without_address),
                    self.parent.coursedir.assignment_id,
                )
            for path, reason in sorted(left.items()):
                self.log.warning("Not collected: %s: %s", one_line(path), reason)
            for upload in chosen.values():
                if upload.another:
                    self.log.warning(
                        "Named as %s, and collected for %s: %s",
                        upload.another,
                        self.parent.coursedir.assignment_id,
                        one_line(upload.path),
                    )

        self.parent.process_extracted_files = process_and_tell
