"""An nbgrader course as the grader sees it: source notebooks, what was handed in, and the key of hidden inputs."""
import hashlib
import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import nbformat
from nbgrader.utils import is_grade, is_solution, parse_utc

from ..criteria import ASSIGNMENTS
from ..explaining.words import clean
from ..files import write_whole
from ..notebooks.cell_code import plain_python
from ..notebooks.reading import Unreadable, read_all_in
from ..notebooks.submission import cells_of, code_of, read_cells, take_answers
from ..refusal import Refusal
from ..sandbox.candidate import OWN, SET_UP
from .private import owner_only
from .results import RESULTS

HIDDEN = re.compile(r"^[^\S\n]*### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS[^\n]*\n?", re.MULTILINE | re.DOTALL)
SOLUTION = re.compile(r"^([^\S\n]*)### BEGIN SOLUTION.*?### END SOLUTION[^\n]*", re.MULTILINE | re.DOTALL)
UNFILLED = "raise NotImplementedError()"
UNREAD = "What was handed in can't be graded"
TIMESTAMP = "timestamp.txt"
SUBMISSION_SECRET = "submission_secret.txt"  # nbgrader's exchange files feedback under it
UNFIT = re.compile(r"^\.|[\n\ud800-\udfff]")  # what isn't UTF-8 in the name of a file is half a character
TIME = re.compile(r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?) ?(Z|[A-Z]{1,5}|[+-]\d\d:?\d\d)?", re.ASCII)


def released(source):
    """The source of a cell as students get it: without solution and hidden tests."""
    return HIDDEN.sub("", SOLUTION.sub(lambda found: found[1] + UNFILLED, source))


def answers_of(nb):
    """The source of each solution cell, by its grade_id, which is the name that it defines."""
    return {cell.metadata.nbgrader.grade_id: cell.source for cell in nb.cells if is_solution(cell)}


def require_known(assignment):
    """Raise `Refusal` for an assignment that this grader has no criteria for."""
    if assignment not in ASSIGNMENTS:
        raise Refusal(f"There is no assignment {assignment}. There are: {', '.join(ASSIGNMENTS)}. One of your own "
                      "needs a course folder without this grader: see book/own-course.md.")


def read_source(coursedir):
    """Read the instructor's notebook, the one truth about an exercise; raise `Refusal` where it can't be that."""
    assignment = coursedir.assignment_id
    require_known(assignment)
    path = Path(coursedir.format_path(coursedir.source_directory, ".", assignment), f"{assignment}.ipynb")
    try:
        source = nbformat.read(path, as_version=4)
        there = answers_of(source)
    except Exception as error:  # nbformat raises almost anything, according to what is damaged
        reason = getattr(error, "strerror", None) or f"it is no notebook ({type(error).__name__})"
        raise Refusal(f"The exercise {path} can't be read: {reason}. Restore it from a backup.") from None
    if missing := [name for name in ASSIGNMENTS[assignment].names if name not in there]:
        raise Refusal(f"The exercise {path} has no cell with the answer {', '.join(missing)}. "
                      "Restore it from a backup.")
    return source


def require_criteria(coursedir):
    """Return the points of each grade cell, by its grade_id; raise `Refusal` where its criteria have others."""
    source, assignment = read_source(coursedir), coursedir.assignment_id
    points = {cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.points for cell in source.cells if is_grade(cell)}
    criteria = {f"{name}-{part}": sum(criterion.points for criterion in ASSIGNMENTS[assignment].of(name, part))
                for name, part in ASSIGNMENTS[assignment].parts()}
    if differ := differences(points, "criteria", criteria):
        raise Refusal(f"The notebook and the criteria of {assignment} disagree: {differ}. Nothing was done. Put "
                      f"one of them right, then run: nbgrader generate_assignment {assignment} --force")
    return points


def differences(points, place, others):
    """Say in which cells a notebook has other points than another place; return '' where there are none."""
    def worth(found, name):
        return f"{found[name]:g} points" if name in found else "no such cell"
    return "; ".join(f"{name} has {worth(points, name)} in the notebook, {worth(others, name)} in the {place}"
                     for name in sorted(points.keys() | others.keys()) if points.get(name) != others.get(name))


def submitted_folders(coursedir):
    """Return {student: folder} of all who handed something in, whatever it is: maybe a file, or a link to nowhere."""
    return student_folders(coursedir, coursedir.submitted_directory)


def student_folders(coursedir, step):
    """Return {student: folder} for one of nbgrader's steps, such as `coursedir.feedback_directory`.

    A student whose own folder is a link to no folder counts too: nobody can tell what it held.
    """
    people = sorted(Path(coursedir.root, step).glob(coursedir.student_id))
    excluded, assignment = coursedir.student_id_exclude.split(","), coursedir.assignment_id
    return {person.name: person / assignment for person in people if person.name not in excluded and (
        os.path.lexists(person / assignment) or (person.is_symlink() and not person.is_dir()))}


def unfit(student, folder):
    """Why nbgrader can hold nothing of a student, in one line; None where it can."""
    if UNFIT.search(student):
        return "the name of the student's folder begins with a dot, has a line break or isn't UTF-8; rename it"
    return None if os.path.lexists(folder) else "the student's folder is a link that leads to no folder"


def shown(text, most=400):
    """A text of any origin as one harmless line; what isn't UTF-8 in the name of a file as the codes of its bytes."""
    return " ".join(clean(str(text).encode(errors="backslashreplace").decode(), most).split())


@dataclass(frozen=True)
class HandedIn:
    """What counts of a submission: see `submission.Answers`; and what the student should know about it."""

    by_id: dict
    order: tuple
    whole: tuple
    remarks: tuple
    beside: dict  # the files of nbgrader's exchange that lie beside the notebook, as `read_beside` returns them

    @property
    def is_unread(self):
        """Whether nothing of it could be read, so that it gets no points."""
        return any(remark.startswith(UNREAD) for remark in self.remarks)


def read_handed_in(source, path):
    """Read what a student handed in, be it a notebook or not.

    `source` is the instructor's notebook, `path` is where the student's should be.
    """
    wanted = {grade_id: released(text) for grade_id, text in answers_of(source).items()}
    locked = {cell.metadata.nbgrader.grade_id: released(cell.source) for cell in source.cells
              if "nbgrader" in cell.metadata and not is_solution(cell)}
    remarks = []
    try:
        answers = take_answers(find_cells(path, wanted, remarks), wanted, locked)
        remarks += answers.remarks
    except Exception as error:  # nothing that anybody hands in may stop the grading of others
        answers = take_answers((), wanted)
        reason = str(error) if isinstance(error, Unreadable) else getattr(error, "strerror", None)
        remarks = [f"{UNREAD}: {reason or type(error).__name__}."]
    beside = read_beside(path.parent)
    if TIMESTAMP not in beside and os.path.lexists(path.with_name(TIMESTAMP)):
        remarks.append(f"Its {TIMESTAMP} tells no time, so nobody knows whether it was late.")
    return HandedIn(answers.by_id, answers.order, answers.whole, tuple(map(shown, remarks)), beside)


def find_cells(path, wanted, remarks):
    """Return the cells of a submission, also where its notebook has another name, or lies in a subfolder or a zip."""
    if path.parent.is_symlink():  # whether or not it leads anywhere
        raise Unreadable("its folder is a link, and links aren't followed")
    if not path.parent.is_dir():
        raise Unreadable(f"it should be a folder with {path.name} in it, and is none")
    if os.path.lexists(path):
        return read_cells(path)
    found = read_all_in(path.parent, cells_of)
    name = the_one_meant(found, path.name, wanted)
    if isinstance(found[name], Exception):
        raise found[name]
    remarks.append(f"It was handed in as {name}, not as {path.name}, and graded all the same.")
    return found[name]


def the_one_meant(found, name, wanted):
    """Return the name of the only notebook; of several, the only one in which an answer to this exercise is filled in.

    Of several such, the only one that has the right name but for its capitals. Equal ones are one. `found` maps names
    to cells, or to why there are none.
    """
    filled = [other for other, cells in found.items() if not isinstance(cells, Exception) and any(
        cell.grade_id in wanted and cell.code != code_of(wanted[cell.grade_id]) for cell in cells)]
    named = [other for other in filled if other.rpartition("/")[2].casefold() == name.casefold()]
    for group in ([*found], filled, named):
        if len({found[other] for other in group}) == 1:
            return group[0]
    others = f", but {len(found)} other notebooks, and nobody can tell which one is meant" if found else ""
    raise Unreadable(f"there is no {name} in it{others}")


def few(students):
    """Join the first ten of some students."""
    names = sorted(map(shown, students))
    return f"{', '.join(names[:10])}{' ...' if len(names) > 10 else ''}"


def unread_line(students):
    """Say whose work couldn't be read, as the last line of a run."""
    return f"couldn't read the work of: {few(students)} (see the report)"


def read_beside(folder):
    """Return {name: text} of what nbgrader's exchange put beside a notebook, without what is missing or malformed.

    The timestamp tells a newer submission, and how late it is; the secret is where the exchange keeps its feedback.
    """
    is_well_formed = {TIMESTAMP: time_of, SUBMISSION_SECRET: re.compile("[0-9a-f]{128}").fullmatch}
    found = {name: read_short(Path(folder, name)) for name in is_well_formed}
    return {name: text for name, text in found.items() if text and is_well_formed[name](text)}


def read_short(path):
    """Return the beginning of an ordinary file as text, without blanks around it; None where there is none."""
    try:
        if path.is_symlink() or not path.is_file():
            return None
        with open(path, "rb") as file:
            return file.read(200).decode(errors="replace").strip() or None
    except OSError:
        return None


def time_of(timestamp):
    """The time (UTC) that the text of a timestamp means; None where it means none.

    nbgrader's own function would read any form of it, and look for a zone of any name among this machine's files. So it
    is given only what can name no file but those of the system's zones.
    """
    found = TIME.fullmatch(timestamp or "")
    try:
        return found and parse_utc(f"{found[1]} {found[2]}" if (found[2] or "").isalpha() else datetime.fromisoformat(
            f"{found[1]}{found[2] or ''}"))
    except (ValueError, ArithmeticError):
        return None


def execution_order(source, order):
    """The cells of a submission as (name, source): set-up first, then as the student had them."""
    setup = [(f"{SET_UP} {i}", cell.source) for i, cell in enumerate(source.cells)
             if cell.cell_type == "code" and "setup" in cell.metadata.get("tags", ())]
    rest = [(name, plain_python(source)) if name else (f"{OWN} {i}", source) for i, (name, source) in enumerate(order)]
    return [*setup, *rest]


def read_secret(root):
    """Return the course's key; make one where the course has none yet.

    Its fingerprint tells whether it is still the key with which this course was graded before. Another one would draw
    other hidden inputs, so that the marks of one class would come from two different examinations.
    """
    path, fingerprint = Path(root, "rnnlm-secret.key"), Path(root, RESULTS, "key-fingerprint")
    known = fingerprint.read_bytes().strip() if fingerprint.exists() else None
    if known is None and not path.exists():
        with owner_only():
            write_whole(path, os.urandom(32))
    secret = path.read_bytes() if path.exists() else b""
    present = hashlib.sha256(b"fingerprint\0" + secret).hexdigest()[:32].encode()
    if known not in (None, present):
        raise Refusal(f"The key {path} is missing, or isn't the one with which this course was graded before. Restore "
                      f"it from a backup, or delete {fingerprint} to have everything graded with the one that is "
                      "there, or a new one.")
    if len(secret) < 16:
        raise Refusal(f"The key {path} has only {len(secret)} bytes. Delete it to have a new one made.")
    if known is None:
        write_whole(fingerprint, present + b"\n")
    return secret
