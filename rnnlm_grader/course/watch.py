"""Collects and grades what arrives in the exchange, round after round, and gives feedback at once if that is wanted.

What it has done is told by the folders of course and exchange alone, so nothing is lost if it is killed: the first
round after a start looks at everything, each later one at what has arrived since.
"""

import contextlib
import glob
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbgrader.auth import Authenticator
from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError, ExchangeFactory
from traitlets.config import Config

from ..content import ASSIGNMENTS
from ..refusal import Refusal, Stopped, in_words
from .batch import Batch, Tally, is_busy
from .class_marks import read_class
from .folders import of_assignment, student_folders
from .freezing import is_frozen, marker
from .gradebook import known_cells, open_gradebook, require_not_lost
from .handed_in import time_of
from .messages import by_hand_lines, changed_lines, name_some, one_line, unsettled_lines
from .practice import answer
from .settings import GradeInSandbox

QUIET = logging.Logger("batch", logging.ERROR)
SETTLED = 5  # seconds for which nothing was changed in a submission: nbgrader writes it file by file


class Watch:
    """Rounds over some assignments of a course; `feedback` is None, 'due' (once an assignment is over) or 'now'.

    With `practice`, what arrives before the due date is answered without marks, and graded only after it.
    """

    def __init__(
        self,
        coursedir: CourseDirectory,
        config: Config,
        names: Collection[str],
        feedback: str | None,
        practice: bool = False,
        say: Callable[[str], object] = print,
    ) -> None:
        self.coursedir, self.config, self.names, self.say = coursedir, config, names, say
        self.feedback, self.practice = feedback, practice
        self.exchange = ExchangeFactory(config=config)
        self.log = logging.Logger("watch", logging.WARNING)
        self.log.addHandler(LogHandler(self.warn))
        # By assignment: what was in the exchange when it was last graded.
        self.seen: defaultdict[str, set[str]] = defaultdict(set)
        self.name = ""  # of the assignment that is looked at
        self.begun: set[str] = set()
        self.warned: defaultdict[str, set[str]] = defaultdict(set)
        self.before: set[str] = set()  # what was complained of in the last round, and isn't again
        # Whose marks aren't final: they get another try once nothing else is to do.
        self.unfinished: defaultdict[str, set[str]] = defaultdict(set)
        self.answered: set[Path] = set()  # folders of submissions
        inbound = self.program(self.exchange.collect, coursedir)
        self.inbound = Path(inbound.root, coursedir.course_id, "inbound")

    def program(self, kind: Callable[..., Any], coursedir: CourseDirectory, **options: Any) -> Any:
        """One of the exchange's programs, such as `self.exchange.collect`, which tells us what it logs."""
        authenticator = Authenticator(config=self.config)
        return kind(coursedir=coursedir, authenticator=authenticator, config=self.config, log=self.log, **options)

    def round(self) -> None:
        """Go once over the assignments; what stops one is told, and tried again in the next round."""
        with self.telling("exchange"):
            if not self.inbound.is_dir():
                self.warn(f"there is no {self.inbound}. Release an exercise, or put c.Exchange.root right")
        with self.telling("gradebook"):
            with open_gradebook(self.coursedir) as gradebook:
                due = known_cells(gradebook)[1]
            require_not_lost(self.coursedir, due)
            names = self.names or due.keys() & ASSIGNMENTS.keys()
            if not names:
                self.warn(
                    "it knows no assignment, so there is nothing to do. Run: nbgrader generate_assignment ASSIGNMENT"
                )
            for name in sorted(names):
                with self.telling(name):
                    self.look_at(of_assignment(self.coursedir, name), due.get(name))

    @contextlib.contextmanager
    def telling(self, name: str) -> Iterator[None]:
        """Complain of what stops the work on something."""
        self.name, self.before, self.warned[name] = name, self.warned[name], set()
        try:
            yield
        except (Refusal, Stopped, OSError, ExchangeError, NbGraderException) as reason:
            self.warn(in_words(reason))

    def look_at(self, coursedir: CourseDirectory, due: datetime | None) -> None:
        """Collect and grade what of an assignment has arrived; another try is made in the next round if that fails."""
        there, is_over = self.settled(), due and due < datetime.now(UTC).replace(tzinfo=None)
        students = {student_of(entry) for entry in there - self.seen[self.name]}
        is_first = self.name not in self.begun
        if is_frozen(coursedir):
            if late := self.arrived_since(marker(coursedir), there):
                self.warn(
                    f"it is frozen, and what arrived since waits: {name_some(late)} (rnnlm-grade thaw {self.name})"
                )
            return
        if self.practice and due and not is_over:
            self.answer(coursedir, there, due)
            return
        is_second_try = not (students or is_first)
        if is_second_try:
            if is_busy() or not self.unfinished[self.name]:
                return
            students = self.unfinished.pop(self.name)
        if there:
            self.program(self.exchange.collect, coursedir, update=True, settled=SETTLED).start()
        about = f"{'trying once more' if is_second_try else 'looking at the work of'} {name_some(students)}"
        if students:
            self.warn(about)
        tally = Batch(coursedir, self.config, students=None if is_first else students, log=QUIET).grade()
        self.warned[self.name].discard(about)  # it is done: if they hand in anew, that is told again
        self.seen[self.name] |= there
        self.begun.add(self.name)
        if not is_second_try:
            self.unfinished[self.name] |= set(tally.unfinished)
        for line in round_lines(self.name, tally):
            self.tell(line)
        if tally.graded:
            marks = read_class(of_assignment(coursedir, self.name, only=tally.graded))
            for line in by_hand_lines(marks, marks.graded):
                self.tell(line)
        if self.feedback == "now" or (self.feedback == "due" and is_over):
            self.give_feedback(coursedir, None if is_first else tally.graded)

    def answer(self, coursedir: CourseDirectory, there: Iterable[str], due: datetime) -> None:
        """Answer the newest work of each student without a mark."""
        newest = {student_of(entry): self.inbound / entry for entry in sorted(there, key=time_in)}
        new = {student: folder for student, folder in newest.items() if folder not in self.answered}
        if not new:
            return
        settings = GradeInSandbox(config=self.config)
        settings.require(coursedir)
        release = self.program(self.exchange.release_feedback, coursedir)
        release.init_dest()
        for student, problem in answer(coursedir, settings, new, due, release.dest_path):
            if problem:
                self.warn(f"no practice feedback for {one_line(student)}: {problem}")
                del new[student]
            else:
                self.tell(f"practice feedback for {one_line(student)}")
        self.answered |= set(new.values())

    def settled(self) -> set[str]:
        """Return the names of the submissions of this assignment in the exchange that are whole."""
        found = set()
        for path in self.inbound.glob(f"*+{glob.escape(self.name)}+*"):
            with contextlib.suppress(OSError):
                if time.time() - path.lstat().st_ctime >= SETTLED:
                    found.add(path.name)
        return found

    def arrived_since(self, file: Path, entries: Iterable[str]) -> set[str]:
        """The students among whose submissions is one that is newer than a file."""
        then = file.stat().st_mtime
        return {student_of(entry) for entry in entries if (self.inbound / entry).lstat().st_ctime > then}

    def give_feedback(self, coursedir: CourseDirectory, students: Collection[str] | None) -> None:
        """Make and release the feedback of some students, or of all, as nbgrader's two commands would."""
        if students is None or students:
            some = of_assignment(coursedir, self.name, only=students)
            GenerateFeedbackOfSome(coursedir=some, config=self.config, log=self.log).start()
            self.program(self.exchange.release_feedback, some).start()
            self.tell(f"gave feedback to {'all' if students is None else name_some(students)}")

    def tell(self, line: str) -> None:
        """Say something of this assignment."""
        self.say(f"{datetime.now():%Y-%m-%d %H:%M:%S} {self.name}: {one_line(line, 2000)}")

    def warn(self, line: str) -> None:
        """Say something of this assignment that may hold for many rounds: not the same again and again."""
        self.warned[self.name].add(line)
        if line not in self.before:
            self.tell(line)


class GenerateFeedbackOfSome(GenerateFeedback):
    """Makes the feedback of the students that its `coursedir` is restricted to, and touches no other's."""

    def init_notebooks(self) -> None:
        self.notebooks: list[str] = []
        name = f"{self.coursedir.assignment_id}.ipynb"
        self.assignments = {
            str(folder): [str(folder / name)]
            for folder in student_folders(self.coursedir, self.coursedir.autograded_directory).values()
        }


class LogHandler(logging.Handler):
    """Hands on each line that is logged."""

    def __init__(self, warn: Callable[[str], object]) -> None:
        super().__init__()
        self.warn = warn

    def emit(self, record: logging.LogRecord) -> None:
        self.warn(record.getMessage())


def student_of(entry: str) -> str:
    """The student of a submission in the exchange, by its name STUDENT+ASSIGNMENT+TIME[+RANDOM]."""
    return entry.rsplit("+", 3)[0]


def time_in(entry: str) -> datetime:
    """When a submission in the exchange was handed in, by its name."""
    return time_of("".join(entry.rsplit("+", 3)[2:3])) or datetime.min


def round_lines(assignment: str, tally: Tally) -> Iterator[str]:
    """Yield what a round did, in lines."""
    if tally.graded:
        yield f"graded {name_some(tally.graded)}"
    yield from changed_lines(tally.changed)
    for student, reason in tally.failed.items():
        yield f"no mark for {one_line(student)}: {reason}"
    yield from unsettled_lines(assignment, tally)
