"""What a student handed in, whatever it is, and what nbgrader's exchange put beside it."""

import functools
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc

from ..notebooks.reading import Unreadable, opened, read_all_in, read_one
from ..notebooks.submission import Answers, code_of, take_answers
from ..notebooks.writing import Outline, Work, digest, work_in
from .job import Job
from .messages import one_line
from .private import read_secret
from .settings import GradeInSandbox
from .source_notebook import answers_of, is_by_hand, outline_of, read_source, released

TIMESTAMP = "timestamp.txt"
SUBMISSION_SECRET = "submission_secret.txt"  # nbgrader's exchange files feedback under it
TIME = re.compile(r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?) ?(Z|[A-Z]{1,5}|[+-]\d\d:?\d\d)?", re.ASCII)


@dataclass(frozen=True)
class Submission:
    """What one student handed in, and the job that examines it."""

    student: str
    answers: Answers
    is_unread: bool  # whether nothing of it could be read, so that it gets no points
    beside: dict[str, str]  # what nbgrader's exchange put beside the notebook; see `read_beside`
    job: Job
    written: str  # a digest of what is marked by hand, and of what was written beside the answers, requests apart

    @property
    def request(self) -> str:
        """What the student asks to have looked at again; else an empty text."""
        return "\n\n".join(filter(None, (text.request for text in self.answers.texts)))


def read_submissions(
    coursedir: CourseDirectory, settings: GradeInSandbox, folders: Mapping[str, Path]
) -> Iterator[Submission]:
    """Yield the submissions in the folders of some students, by their ids, of which none is `unfit`."""
    source, secret = read_source(coursedir), read_secret(coursedir)
    by_hand = [cell.metadata.nbgrader.grade_id for cell in source.cells if is_by_hand(cell)]
    for student, folder in folders.items():
        answers, is_unread, beside = read_handed_in(source, folder / f"{coursedir.assignment_id}.ipynb")
        written = digest(by_hand, [text for text in answers.texts if not text.request])
        job = settings.job(coursedir, source, secret, answers)
        yield Submission(student, answers, is_unread, beside, job, written)


def read_handed_in(source: NotebookNode, path: Path) -> tuple[Answers, bool, dict[str, str]]:
    """Return what a student handed in, be it a notebook or not: (the `Answers`, `Submission.is_unread`, `beside`).

    `source` is the instructor's notebook, `path` is where the student's should be.
    """
    wanted = {grade_id: released(text) for grade_id, text in answers_of(source).items()}
    outline, is_unread = outline_of(source), False
    remarks: list[str] = []
    locked = {
        cell.metadata.nbgrader.grade_id: released(cell.source)
        for cell in source.cells
        if "nbgrader" in cell.metadata and cell.metadata.nbgrader.grade_id not in wanted
    } | outline.blank
    try:
        work = find_work(path, wanted, outline, remarks)
        answers = replace(take_answers(work.cells, wanted, locked), texts=work.texts, received=work.received)
        remarks += answers.remarks
    except Exception as error:  # nothing that anybody hands in may stop the grading of others
        # What is marked by hand gets nothing either, and of no answer is it said that it isn't filled in.
        answers = Answers(wanted, (), (), (), received=frozenset(outline.blank))
        reason = str(error) if isinstance(error, Unreadable) else getattr(error, "strerror", None)
        remarks, is_unread = [f"What was handed in can't be graded: {reason or type(error).__name__}."], True
    beside = read_beside(path.parent)
    if TIMESTAMP not in beside and os.path.lexists(path.with_name(TIMESTAMP)):
        remarks.append(f"Its {TIMESTAMP} tells no time, so nobody knows whether it was late.")
    return replace(answers, remarks=tuple(map(one_line, remarks))), is_unread, beside


def find_work(path: Path, wanted: Mapping[str, str], outline: Outline, remarks: list[str]) -> Work:
    """Return the `Work` of a submission, also where its notebook has another name, or lies in a subfolder or a zip."""
    read = functools.partial(work_in, outline=outline)
    if path.parent.is_symlink():  # whether or not it leads anywhere
        raise Unreadable("its folder is a link, and links aren't followed")
    if not path.parent.is_dir():
        raise Unreadable(f"it should be a folder with {path.name} in it, and is none")
    if os.path.lexists(path):
        return read_one(path, read)
    found = read_all_in(path.parent, read)
    name = the_one_meant(found, path.name, wanted)
    work = found[name]
    if isinstance(work, Exception):
        raise work
    remarks.append(f"It was handed in as {name}, not as {path.name}, and graded all the same.")
    return work


def the_one_meant(found: Mapping[str, Work | Exception], name: str, wanted: Mapping[str, str]) -> str:
    """Return the name of the only notebook; of several, the only one in which an answer to this exercise is filled in.

    Of several such, the only one that has the right name but for its capitals. Equal ones are one. `found` maps names
    to a `Work`, or to why there is none.
    """
    filled = [
        other
        for other, work in found.items()
        if not isinstance(work, Exception)
        and any(
            cell.grade_id and cell.grade_id in wanted and cell.code != code_of(wanted[cell.grade_id])
            for cell in work.cells
        )
    ]
    named = [other for other in filled if other.rpartition("/")[2].casefold() == name.casefold()]
    for group in ([*found], filled, named):
        if len({found[other] for other in group}) == 1:
            return group[0]
    others = f", but {len(found)} other notebooks, and nobody can tell which one is meant" if found else ""
    raise Unreadable(f"there is no {name} in it{others}")


def read_beside(folder: Path) -> dict[str, str]:
    """Return {name: text} of what nbgrader's exchange put beside a notebook, without what is missing or malformed.

    The timestamp tells a newer submission, and how late it is; the secret is where the exchange keeps its feedback.
    """
    is_well_formed: dict[str, Callable[[str], object]] = {
        TIMESTAMP: time_of,
        SUBMISSION_SECRET: re.compile("[0-9a-f]{128}").fullmatch,
    }
    found = {name: read_short(Path(folder, name)) for name in is_well_formed}
    return {name: text for name, text in found.items() if text and is_well_formed[name](text)}


def came_through_exchange(folder: Path) -> bool:
    """Return whether what lies in a folder was handed in through nbgrader's exchange, which then takes its feedback."""
    return read_beside(folder).keys() >= {TIMESTAMP, SUBMISSION_SECRET}


def read_short(path: Path) -> str | None:
    """Return the beginning of an ordinary file as text, without blanks around it; None where there is none."""
    try:
        with opened(path) as file:
            return file.read(200).decode(errors="replace").strip() or None
    except (OSError, Unreadable):
        return None


def time_of(timestamp: str | None) -> datetime | None:
    """The time (UTC) that the text of a timestamp means; None where it means none.

    nbgrader's own function would read any form of it, and look for a zone of any name among this machine's files. So it
    is given only what can name no file but those of the system's zones.
    """
    found = TIME.fullmatch(timestamp or "")
    try:
        return found and parse_utc(
            f"{found[1]} {found[2]}"
            if (found[2] or "").isalpha()
            else datetime.fromisoformat(f"{found[1]}{found[2] or ''}")
        )
    except (ValueError, ArithmeticError):
        return None
