"""Reads what Canvas and Moodle offer for download, and packs feedback in the form in which they take it back.

Canvas: files NAME[_LATE]_USER_ATTACHMENT_FILE, with the numbers of the user and of the file; what was typed into its
text box is NAME[_LATE]_USER_text.html, an address _link.html. Moodle: folders
FULL NAME_PARTICIPANT_assignsubmission_file, or flat files that begin so; what was typed is in
_assignsubmission_onlinetext. A participant's number differs from assignment to assignment; the grading worksheet gives
the email address behind it.

Sources: Canvas, lib/content_zipper.rb (get_filename, add_upload_submission, add_text_or_url) and
app/models/assignment.rb (infer_comment_context_from_filename); Moodle, mod/assign/classes/downloader.php (before 4.2 in
mod/assign/locallib.php), mod/assign/feedback/offline/importgradeslib.php and mod/assign/feedback/file/importziplib.php.
"""

import csv
import functools
import io
import os
import re
import unicodedata
import zipfile
from collections import defaultdict, namedtuple
from pathlib import Path

from ..content import ASSIGNMENTS
from ..files import write_atomic
from ..refusal import Refusal
from .feedback import Feedback
from .folders import UNFIT
from .gradebook import open_gradebook
from .handed_in import came_through_exchange
from .messages import name_some, one_line

CANVAS = re.compile(r"(?P<name>\w*?)(?:_LATE)?_(?P<number>\d+)_(?P<attachment>\d+)_(?P<file>.+)")
# Only the first folder that is named so: those below may be called anything, such as a classmate's.
MOODLE = re.compile(
    r"(?:(?![^/]*_assignsubmission_)[^/]+/)*"
    r"(?P<name>[^/_]+)_(?P<number>\d+)_assignsubmission_[a-z]+(?:_?/|_)(?P<file>.+)"
)
TYPED = re.compile(r"(?:.*/)?\w*_\d+_(?:text|link)\.html|.*_assignsubmission_onlinetext.*")
# Browsers rename what they download. The grader opens a zip.
WORK = re.compile(r"(?P<stem>.*?)(?:[-_ ]*\(?\d+\)?)?(?P<kind>\.ipynb|\.zip)(?:\.json|\.txt)?", re.IGNORECASE)
PARTICIPANT = re.compile(r"\D*(\d+)")
EMAIL = re.compile(r"[^\s/@.][^\s/@]*@[^\s/@]+")


# One file that somebody handed in: where it is in the download, the part of this by which the system says whose it is,
# the name of the student as far as the system tells it, the number of the user in Canvas or of the participant in
# Moodle, what grows from older to newer, `.ipynb` or `.zip`, how to read it, the other exercise as which it is named.
Upload = namedtuple("Upload", "path place name number order kind read in_canvas another")


def read_uploads(folder, assignment):
    """Return (notebooks and zips in all downloads in a folder, {path of another file: why it isn't collected})."""
    uploads, left = [], {}
    for path, time, read in read_files(folder):
        moodle = MOODLE.fullmatch(path)
        found = moodle or CANVAS.fullmatch(path.rpartition("/")[2])
        work = found and WORK.fullmatch(found["file"].rpartition("/")[2])
        if work:
            kind = work["kind"].lower()
            is_notebook = kind == ".ipynb"
            stem = work["stem"].casefold()
            another = stem if stem in ASSIGNMENTS and stem != assignment else ""
            order = (
                not another,
                time,
                is_notebook and stem == assignment,
                is_notebook,
                0 if moodle else int(found["attachment"]),
                path,
            )
            place = found.string[found.start("name") : found.start("file")]
            uploads.append(Upload(path, place, found["name"], found["number"], order, kind, read, not moodle, another))
        elif not path.endswith(".csv"):
            left[path] = why_left(path, found)
    return uploads, left


def why_left(path, found):
    """Why a file that is no work isn't collected; `found` is what its name says, as Canvas or Moodle name files."""
    if TYPED.fullmatch(path):
        return "it was typed into a text box or is a link, not a file. Ask the student for the notebook"
    return "it is neither a notebook nor a zip" if found else "neither Canvas nor Moodle names a file so"


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


def recognised(name):
    """A name, by which it is recognised."""
    return " ".join(normal(name).casefold().split())


def names_of(student):
    """The names by which a student in the gradebook is recognised, in either order."""
    first, last = student.first_name or "", student.last_name or ""
    return recognised(f"{first} {last}"), recognised(f"{last} {first}")


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
        self.gradebook, self.uploads, self.emails = gradebook, uploads, emails
        self.new, self.filled_in = {}, {}  # by id: who isn't in the gradebook yet; addresses that it lacks
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
            if found and email:
                self.filled_in[found[0]] = email
        if found:
            return found[0]
        if student in (one.id for one in self.students):
            raise Refusal(f"the gradebook's student {student} may be somebody else")
        if UNFIT.search(student):
            raise Refusal("no folder can have the student's name; enter the student, with this name, under another id")
        self.new[student] = {**identity, "last_name": upload.name}
        return student

    def in_moodle(self, upload, email):
        """Return whom the gradebook has for an email address, or else for a name that only one has, in a list."""
        name = recognised(upload.name)
        if email and (found := [one.id for one in self.students if recognised(one.email or "") == recognised(email)]):
            return found
        known = [one.id for one in self.students if name in names_of(one) and not (email and one.email)]
        participants = {other.number for other in self.uploads if recognised(other.name) == name}
        if not email and max(len(known), len(participants)) > 1:
            raise Refusal(f"there are several {upload.name}. Put Moodle's grading worksheet beside the download")
        return known if len(known) == len(participants) == 1 else []

    def without_address(self):
        """Return the names of those in Moodle's download whose number is in no worksheet; nobody if there is none."""
        return {
            upload.name
            for upload in self.uploads
            if self.emails and not (upload.in_canvas or upload.number in self.emails)
        }

    def enter(self):
        """Write those who are new into the gradebook, as exports need them; return their names."""
        for one in self.students:
            one.email = one.email or self.filled_in.get(one.id)
        self.gradebook.db.commit()
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
            path = chosen[student].path
            better = "that of a newer download" if path == upload.path else os.path.basename(path)
            left[upload.path] = f"{better} counts for {one_line(student)}"
        else:
            chosen[student] = upload
    return chosen


def pack_feedback(coursedir, path):
    """Write a zip with the feedback pages, named as Canvas or Moodle named the work in the download; return `left_out`.

    That maps reasons to students whose page isn't in it. Raise a `Refusal` where no page is.
    """
    assignment = coursedir.assignment_id
    folder = Path(coursedir.root, "downloaded", assignment, "archive")
    if not folder.is_dir():
        raise Refusal(
            f"There is no folder {folder}. The feedback is named as in the download that was collected: put that there "
            "again, from a backup or from Canvas or Moodle."
        )
    uploads, left = read_uploads(folder, assignment)
    with open_gradebook(coursedir) as gradebook:
        chosen = choose(uploads, Roster(gradebook, uploads, read_worksheets(folder)), left)
    feedback, left_out, packed = Feedback(coursedir), defaultdict(list), io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for student, pages in feedback.folders.items():
            if came_through_exchange(pages):
                continue  # `nbgrader release_feedback` puts it there
            if student not in chosen:
                left_out[f"their work isn't from the download in {folder}"].append(student)
            elif not feedback.is_current(student):
                left_out[f"it is older than the marks. Run: nbgrader generate_feedback {assignment}"].append(student)
            else:
                file.write(pages / f"{assignment}.html", f"{chosen[student].place}{assignment}.html")
        count = len(file.namelist())
    if not count:
        reasons = "; ".join(f"{name_some(who)}: {why}" for why, who in left_out.items())
        raise Refusal(f"There is no feedback to pack. {reasons or f'Run: nbgrader generate_feedback {assignment}'}")
    write_atomic(path, packed.getvalue())
    return left_out
