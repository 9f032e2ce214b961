"""Finds and removes what a course holds of one student, and nothing of anybody else."""

import contextlib
import html
from collections.abc import Iterable, Iterator
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import Exchange
from nbgrader.utils import notebook_hash
from traitlets.config import Config

from ..content import ASSIGNMENTS
from ..refusal import Refusal
from .folders import remove
from .gradebook import has_student, remove_student
from .handed_in import SUBMISSION_SECRET, read_beside
from .messages import one_line
from .recorder import read_graded
from .results import RESULTS, Results

CLASS_REPORTS = {"overview.html", *(f"{assignment}.html" for assignment in ASSIGNMENTS)}


class Traces:
    """What there is of a student, in the order in which it is removed.

    The student's own folders come last: a run that was cut off still knows the student when it is started again.
    """

    def __init__(self, coursedir: CourseDirectory, config: Config, student: str) -> None:
        self.coursedir, self.student = coursedir, student
        exchange = Path(Exchange(coursedir=coursedir, config=config).root, coursedir.course_id)
        self.in_gradebook = has_student(coursedir, student)
        self.folders = [
            path
            for step in (coursedir.autograded_directory, coursedir.feedback_directory, coursedir.submitted_directory)
            for path in entries(Path(coursedir.root, step))
            if path.name == student
        ]
        inbound = [path for path in entries(exchange / "inbound") if path.name.rsplit("+", 3)[0] == student]
        if not (self.in_gradebook or self.folders or inbound):
            raise Refusal(f"Nothing in this course is of a student {one_line(student)}. Nothing was removed.")
        self.others = [*self.own_results(), *self.reports(), *self.released(exchange / "feedback", inbound), *inbound]

    def own_results(self) -> Iterator[Path]:
        """Yield the results on which no other student's graded notebook rests."""
        graded = entries(Path(self.coursedir.root, self.coursedir.autograded_directory))
        for folder in filter(Path.is_dir, entries(Path(self.coursedir.root, RESULTS))):
            others = [path / folder.name / f"{folder.name}.ipynb" for path in graded if path.name != self.student]
            kept = {read_graded(notebook)[0].get("key") for notebook in others}
            yield from (path for path in Results(folder).paths() if path.stem not in kept)

    def reports(self) -> Iterator[Path]:
        """Yield the tables that name the student, and all class reports, which count everybody."""
        names = [
            form.encode(errors="surrogateescape")
            for form in (self.student, one_line(self.student), html.escape(self.student))
        ]
        for path in filter(Path.is_file, entries(Path(self.coursedir.root, "reports"))):
            content = path.read_bytes()
            if path.name in CLASS_REPORTS or any(name in content for name in names):
                yield path

    def released(self, folder: Path, inbound: Iterable[Path]) -> Iterator[Path]:
        """Yield the feedback that was released to the student through the exchange."""
        submissions = [(path.name, path) for own in self.folders if not own.is_symlink() for path in entries(own)]
        submissions += [(path.name.rsplit("+", 3)[1], path) for path in inbound]
        pages = {
            f"{notebook_hash(secret=secret, notebook_id=assignment)}.html"
            for assignment, path in submissions
            if not path.is_symlink() and (secret := read_beside(path).get(SUBMISSION_SECRET))
        }
        return (path for path in entries(folder) if path.name in pages)

    def __str__(self) -> str:
        paths = [*self.others, *self.folders]
        root = Path(self.coursedir.root)
        lines = [one_line(path.relative_to(root) if path.is_relative_to(root) else path) for path in paths]
        return "\n".join([*lines, *["marks and comments in the gradebook"] * self.in_gradebook])

    def remove(self) -> None:
        """Remove all of it."""
        for path in self.others:
            remove(path)
        remove_student(self.coursedir, self.student)
        for path in self.folders:
            remove(path)


def entries(folder: Path) -> list[Path]:
    """Return what lies in a folder; nothing where there is no such folder."""
    return sorted(folder.iterdir()) if folder.is_dir() else []


@contextlib.contextmanager
def grading_held(coursedir: CourseDirectory) -> Iterator[None]:
    """Keep others from grading meanwhile; raise `Refusal` where one does."""
    with contextlib.ExitStack() as stack:
        for folder in filter(Path.is_dir, entries(Path(coursedir.root, RESULTS))):
            stack.enter_context(Results(folder).locked())
        yield
