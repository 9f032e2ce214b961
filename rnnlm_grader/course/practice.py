"""Answers what is handed in before it is due with what its checks say: without marks, and without hidden inputs.

Nothing is collected or recorded. A submission is read where it lies in the exchange, and the page that students fetch
is put there; a submission that has one is answered.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import notebook_hash

from ..engine.exam import public_seed
from ..explaining.words import BOOK
from ..files import write_atomic
from ..refusal import in_words
from ..verdict import report
from ..verdict.judging import PartResult
from .handed_in import SUBMISSION_SECRET, TIMESTAMP, Submission, read_beside, read_submissions, time_of
from .job import examine, sections_for, without_addresses
from .pages import template
from .settings import GradeInSandbox

WORTH = re.compile(r" \(\d+ points?\)")  # in the title of an item
READABLE = 0o644


def page_of(folder: Path, assignment: str, place: str) -> Path | None:
    """Where a submission's page is in the exchange's folder of feedback; None where it wasn't handed in through it."""
    secret = read_beside(folder).get(SUBMISSION_SECRET)
    return Path(place, f"{notebook_hash(secret=secret, notebook_id=assignment)}.html") if secret else None


def answer(
    coursedir: CourseDirectory, settings: GradeInSandbox, folders: Mapping[str, Path], due: datetime, place: str
) -> Iterator[tuple[str, str | None]]:
    """Write the pages of submissions that have none; yield each student, with what went wrong, or None.

    `folders` maps students to submissions in the exchange, `place` is its folder of feedback.
    """
    assignment = coursedir.assignment_id
    found = ((student, page_of(folder, assignment, place)) for student, folder in folders.items())
    pages = {student: page for student, page in found if page and not page.exists()}
    waiting = {student: folders[student] for student in pages}
    for submission in read_submissions(coursedir, settings, waiting):
        try:
            write(pages[submission.student], html(submission, due, settings.book_url))
            yield submission.student, None
        except Exception as error:  # what stops one answer mustn't stop the others
            yield submission.student, f"{type(error).__name__}: {in_words(error)}"


def write(path: Path, text: str) -> None:
    """Put a page where students fetch it, there whole and readable or not at all."""
    scratch = path.with_name(f"{path.stem}-tmp.html")
    write_atomic(scratch, text.encode())
    scratch.chmod(READABLE)
    scratch.replace(path)


def html(submission: Submission, due: datetime, book_url: str) -> str:
    """The page about a submission."""
    results, failed, _ = examine(submission.job, lambda criterion: [(public_seed(criterion), False)])
    return template("practice.html").render(
        assignment=submission.job.assignment,
        handed_in=time_of(submission.beside.get(TIMESTAMP)),
        due=due,
        remarks=[*submission.answers.remarks, *failed],
        parts=[(f"{each.name} · {each.part}", without_points(each, results), sections_for(each)) for each in results],
        book=f"{book_url.rstrip('/')}/{BOOK}" if book_url else "",
    )


def without_points(result: PartResult, results: Sequence[PartResult]) -> str:
    """What is told of a part, without what it is worth."""
    ((_, items),) = report.outline([result], results)
    bare = [replace(item, title=WORTH.sub("", item.title), costs="") for item in items]
    return without_addresses(report.as_text("", bare)).strip("\n")
