"""Lets `nbgrader zip_collect` take what Canvas and Moodle offer for download, as it is.

Canvas: files NAME[_LATE]_USER_ATTACHMENT_FILE, with the numbers of the user and of the file. Moodle: folders
FULL NAME_PARTICIPANT_assignsubmission_file, or flat files that begin so. A participant's number differs from assignment
to assignment; the grading worksheet gives the email address behind it.

Sources: Canvas, lib/content_zipper.rb (get_filename, add_upload_submission); Moodle, mod/assign/classes/downloader.php
(before 4.2 in mod/assign/locallib.php) and mod/assign/feedback/offline/importgradeslib.php.
"""
import csv
import functools
import io
import os
import re
import unicodedata
import zipfile
from collections import namedtuple
from pathlib import Path

from nbgrader.plugins import ExtractorPlugin

from ...refusal import Refusal, in_words
from ..folders import shown
from ..gradebook import open_gradebook

CANVAS = re.compile(r"(?P<name>\w*?)(?:_LATE)?_(?P<number>\d+)_(?P<attachment>\d+)_(?P<file>.+)")
MOODLE = re.compile(r"(?:^|/)(?P<name>[^/_.][^/_]*)_(?P<number>\d+)_assignsubmission_[a-z]+(?:_?/|_)(?P<file>.+)")
NOTEBOOK = re.compile(r"(?P<stem>.*?)(?:[-_ ]*\(?\d+\)?)?\.ipynb(?:\.json|\.txt)?", re.IGNORECASE)  # browsers rename
PARTICIPANT = re.compile(r"\D*(\d+)")
EMAIL = re.compile(r"[^\s/@.][^\s/@]*@[^\s/@]+")
COLLECTED = r".*/(?P<student_id>[^/]+)/(?P<file_id>[^/]+)\.ipynb"  # how `Download` lays out what it extracts


# One file that somebody handed in: where it is in the download, the name of the student as far as the system tells it,
# the number of the user in Canvas or of the participant in Moodle, what grows from older to newer, how to read it.
Upload = namedtuple("Upload", "path name number order read in_canvas")


class Download(ExtractorPlugin):
    """Extracts one notebook for each student, into a folder named by nbgrader's id of the student.

    Archives that students handed in are left alone: what is in them can't be trusted to name its author.
    """

    def extract(self, archive_path, extracted_path):
        coursedir = self.parent.coursedir
        try:
            uploads, left = read_uploads(Path(archive_path), coursedir.assignment_id)
            with open_gradebook(coursedir) as gradebook:
                roster = Roster(gradebook, uploads, read_worksheets(Path(archive_path)))
                chosen = choose(uploads, roster, left)
                for student in chosen:
                    folder = Path(extracted_path, student)
                    folder.mkdir(parents=True)
                    (folder / f"{coursedir.assignment_id}.ipynb").write_bytes(chosen[student].read())
                entered = roster.enter()
        except (Refusal, OSError, zipfile.BadZipFile) as reason:
            self.parent.fail("%s", in_words(reason))
        self.tell_afterwards(chosen, entered, left)

    def tell_afterwards(self, chosen, entered, left):
        """Have nbgrader go on, and say at the end what wasn't collected, and why."""
        process = self.parent.process_extracted_files

        def process_and_tell():
            process()
            self.log.info("%d submissions, %d other files", len(chosen), len(left))
            if entered:
                self.log.warning("New in the gradebook: %s", ", ".join(map(shown, entered)))
            for path, reason in sorted(left.items()):
                self.log.warning("Not collected: %s: %s", shown(path), reason)

        self.parent.process_extracted_files = process_and_tell


def read_uploads(folder, assignment):
    """Return (the notebooks in all downloads in a folder, {path of another file: why it isn't collected})."""
    uploads, left = [], {}
    for path, time, read in read_files(folder):
        moodle = MOODLE.search(path)
        found = moodle or CANVAS.fullmatch(path.rpartition("/")[2])
        notebook = found and NOTEBOOK.fullmatch(found["file"].rpartition("/")[2])
        if notebook:
            named = notebook["stem"].casefold() == assignment
            order = (time, named, 0 if moodle else int(found["attachment"]), path)
            uploads.append(Upload(path, found["name"], found["number"], order, read, not moodle))
        elif not path.endswith(".csv"):
            left[path] = "it is no notebook" if found else "neither Canvas nor Moodle names a file so"
    return uploads, left


def read_files(folder):
    """Yield (path in the download, when that was downloaded, function that reads it) of each file."""
    for path in sorted(filter(Path.is_file, folder.rglob("*"))):
        time = path.stat().st_mtime
        if path.suffix == ".zip":
            archive = open_archive(path)
            for info in archive.infolist():
                if not info.is_dir():
                    yield normal(info.filename), time, functools.partial(archive.read, info)
        else:
            yield normal(path.relative_to(folder).as_posix()), time, path.read_bytes


def open_archive(path):
    """Open a zip, whose names are UTF-8 also where they don't say that they are."""
    try:
        return zipfile.ZipFile(path, metadata_encoding="utf-8")
    except (zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise Refusal(f"{path} is damaged ({error}). Download it again.") from None


def normal(text):
    """The one of several forms of letters with accents that Unicode calls composed."""
    return unicodedata.normalize("NFC", text)


def alike(name):
    """A name, by which it is recognised."""
    return " ".join(normal(name).casefold().split())


def names_of(student):
    """The names by which a student in the gradebook is recognised, in either order."""
    first, last = student.first_name or "", student.last_name or ""
    return alike(f"{first} {last}"), alike(f"{last} {first}")


def read_worksheets(folder):
    """Return {number of a Moodle participant: email address}, from grading worksheets in any language."""
    emails = {}
    for path in folder.rglob("*.csv"):
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig", errors="replace"))):
            participant = PARTICIPANT.fullmatch(row[0]) if row else None
            email = next(filter(EMAIL.fullmatch, row), None)
            if participant and email:
                emails[participant[1]] = email
    return emails


class Roster:
    """Tells whose an upload is: somebody in the gradebook, or somebody to enter there."""

    def __init__(self, gradebook, uploads, emails):
        self.gradebook, self.uploads, self.emails, self.new = gradebook, uploads, emails, {}
        self.students = gradebook.students

    def find(self, upload):
        """Return the student's id; raise `Refusal` where nobody can tell."""
        if upload.in_canvas:
            found = [one.id for one in self.students if one.lms_user_id == upload.number]
            student, identity = upload.number, {"lms_user_id": upload.number}
        else:
            email = self.emails.get(upload.number)
            found = self.in_moodle(upload, email)
            student, identity = email or upload.name, {"email": email}
        if found:
            return found[0]
        if student in (one.id for one in self.students):
            raise Refusal(f"the gradebook's student {student} may be somebody else")
        self.new[student] = {**identity, "last_name": upload.name}
        return student

    def in_moodle(self, upload, email):
        """Return whom the gradebook has for an email address, or else for a name that only one has, in a list."""
        name = alike(upload.name)
        if email and (found := [one.id for one in self.students if alike(one.email or "") == alike(email)]):
            return found
        known = [one.id for one in self.students if name in names_of(one) and not (email and one.email)]
        participants = {other.number for other in self.uploads if alike(other.name) == name}
        if not email and max(len(known), len(participants)) > 1:
            raise Refusal(f"there are several {upload.name}. Put Moodle's grading worksheet beside the download")
        return known if len(known) == len(participants) == 1 else []

    def enter(self):
        """Write those who are new into the gradebook, as exports need them; return their names."""
        for student, identity in self.new.items():
            self.gradebook.update_or_create_student(student, **identity)
        return [f"{student} ({identity['last_name']})" for student, identity in sorted(self.new.items())]


def choose(uploads, roster, left):
    """Return {student: the newest upload}; say in `left` why the others aren't collected."""
    chosen = {}
    for upload in sorted(uploads, key=lambda upload: upload.order, reverse=True):
        try:
            student = roster.find(upload)
        except Refusal as reason:
            left[upload.path] = str(reason)
            continue
        if student in chosen:
            left[upload.path] = f"{os.path.basename(chosen[student].path)} counts for {shown(student)}"
        else:
            chosen[student] = upload
    return chosen
