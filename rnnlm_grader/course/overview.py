"""Writes how a whole course stands: all marks, who falls behind, which mistakes came back, what to explain again.

A page like the class report, for teachers alone, and a table with the same for a spreadsheet.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from nbgrader.coursedir import CourseDirectory

from ..content import ASSIGNMENTS
from ..files import write_atomic
from .class_marks import WHO, ClassMarks, StudentMarks, read_course
from .class_report import mistakes, to_explain_again
from .export import Row, chosen_of, marks_beside, write_table
from .pages import built_book, relative, template

LATEST = 2  # assignments that are over; to be weak in all of these is to fall behind
WEAK = 1 / 2  # of the points


class Recurrence(NamedTuple):
    """A mistake, where it came back, and for whom."""

    sentence: str
    path: list[str]
    students: list[str]


@dataclass(frozen=True)
class Standing:
    """How one student stands: `results` are `StudentMarks` by assignment, `over` those that are over, in their order.

    `returned` maps what a mistake is called to the assignments in which it was made, where these are several.
    """

    results: dict[str, StudentMarks]
    over: tuple[str, ...]
    maxima: dict[str, float]
    returned: dict[str, list[str]]

    @property
    def who(self) -> StudentMarks:
        """One of the results, for the student's names."""
        return next(iter(self.results.values()))

    @property
    def total(self) -> float:
        return sum(result.mark for result in self.results.values())

    def where(self, holds: Callable[[StudentMarks], object]) -> list[str]:
        """Return the assignments whose result is so."""
        return [name for name, result in self.results.items() if holds(result)]

    @property
    def missing(self) -> list[str]:
        return [name for name in self.over if self.results[name].state == "missing"]

    @property
    def late(self) -> list[str]:
        return self.where(lambda result: result.is_late)

    @property
    def by_hand(self) -> list[str]:
        return self.where(lambda result: result.changed_by_hand)

    @property
    def requests(self) -> dict[str, str]:
        """What nobody has answered yet: assignment → request to look again."""
        return {name: result.request for name, result in self.results.items() if result.request}

    @property
    def due_by_hand(self) -> dict[str, list[str]]:
        """The parts that wait for a mark by hand: assignment → names."""
        return {name: result.due_by_hand for name, result in self.results.items() if result.due_by_hand}

    @property
    def stopped(self) -> list[str]:
        return self.where(lambda result: result.lost)

    @property
    def is_behind(self) -> bool:
        """Whether less than half was earned in each of the latest that are over; what waits to be graded is no sign.

        Nor is one assignment alone.
        """
        latest = self.over[-LATEST:]
        return len(latest) == LATEST and all(
            self.results[name].state != "waiting" and self.results[name].mark < WEAK * self.maxima[name]
            for name in latest
        )


def write_overview(
    coursedir: CourseDirectory,
    path: str | Path | None = None,
    book: str | None = None,
    weights: Mapping[str, float] = MappingProxyType({}),
) -> tuple[Path, Path]:
    """Write the overview to a path, or to reports/overview.html, and its table beside it; return both paths.

    `book` is where the book's chapters are, as a link from the page; by default, the book that `make book` built.
    `weights` are those of the course.
    """
    path = Path(path or Path(coursedir.root, "reports", "overview.html"))
    book = book or built_book(coursedir, path)
    classes = read_course(coursedir, weights)
    standings = standings_of(classes)
    latest = latest_of([marks for marks in classes if marks.graded and marks.assignment in ASSIGNMENTS])
    found = mistakes(latest.assignment, latest.graded, book) if latest else []
    page = template("overview.html").render(
        course=coursedir.course_id,
        when=datetime.now().astimezone(),
        classes=classes,
        standings=standings,
        latest=latest,
        count=len(latest.graded) if latest else 0,
        again=to_explain_again(found),
        recurrences=recurrences(standings),
        due=[standing for standing in standings if standing.due_by_hand],
        asking=[standing for standing in standings if standing.requests],
        behind=[standing for standing in standings if standing.is_behind],
        behind_in=over(classes)[-LATEST:],
        needed=LATEST,
        reports={
            marks.assignment: relative(report, path)
            for marks in classes
            if (report := Path(coursedir.root, "reports", f"{marks.assignment}.html")).is_file()
        },
    )
    write_atomic(path, page.encode())
    table = path.with_suffix(".csv")
    write_table(table, rows(classes, standings))
    return path, table


def write_overview_table(
    coursedir: CourseDirectory,
    path: str | Path,
    students: Collection[str] = (),
    weights: Mapping[str, float] = MappingProxyType({}),
) -> list[ClassMarks]:
    """Write the table of the overview, for all students or for some; return the marks of each assignment."""
    classes = read_course(coursedir, weights)
    everybody = standings_of(classes)
    chosen = chosen_of(coursedir, [standing.who for standing in everybody], students)
    write_table(path, rows(classes, [standing for standing in everybody if standing.who in chosen]))
    return classes


def standings_of(classes: Sequence[ClassMarks]) -> list[Standing]:
    """Return a `Standing` for each student, in the order of their ids."""
    maxima, done = {marks.assignment: marks.max_score for marks in classes}, tuple(over(classes))
    by_student = [{result.student: result for result in marks.students} for marks in classes]
    everybody = [
        {
            name: own.get(student) or StudentMarks(student, "missing")
            for name, own in zip(maxima, by_student, strict=True)
        }
        for student in sorted(set().union(*by_student))
    ]
    return [Standing(results, done, maxima, came_back(results)) for results in everybody]


def latest_of(graded: Sequence[ClassMarks]) -> ClassMarks | None:
    """Return the latest class in which at least half as many have a mark as in any other; None if nobody has one."""
    most = max((len(marks.graded) for marks in graded), default=0)
    return next((marks for marks in reversed(graded) if 2 * len(marks.graded) >= most), None)


def over(classes: Iterable[ClassMarks]) -> list[str]:
    """Return the assignments of which something should be there: by their due date, else once half have handed in."""
    now = datetime.now(UTC).replace(tzinfo=None)
    return [
        marks.assignment
        for marks in classes
        if (
            marks.due < now
            if marks.due
            else 2 * sum(result.state != "missing" for result in marks.students) >= max(len(marks.students), 1)
        )
    ]


def came_back(results: Mapping[str, StudentMarks]) -> dict[str, list[str]]:
    """Return {what a mistake is called: the assignments in which it was made}, of those that were made in several.

    A mistake is the same where it is said in the same words; exercises share them.
    """
    made: dict[str, list[str]] = {}
    for name, result in results.items():
        for sentence in dict.fromkeys(
            sentence for _, criterion in result.criteria for sentence in criterion["sentences"]
        ):
            made.setdefault(sentence, []).append(name)
    return {sentence: names for sentence, names in made.items() if len(names) > 1}


def recurrences(standings: Iterable[Standing]) -> list[Recurrence]:
    """Return the mistakes that came back, those first that did for most, each with where it was made, and by whom."""
    whom: dict[str, list[str]] = {}
    where: dict[str, Counter[str]] = {}
    for standing in standings:
        for sentence, names in standing.returned.items():
            whom.setdefault(sentence, []).append(standing.who.student)
            where.setdefault(sentence, Counter()).update(names)
    found = [Recurrence(sentence, sorted(where[sentence]), people) for sentence, people in whom.items()]
    return sorted(found, key=lambda back: (-len(back.students), back.sentence))


def rows(classes: Sequence[ClassMarks], standings: Iterable[Standing]) -> Iterator[Row]:
    """Yield the table: a row for each student."""
    names = [marks.assignment for marks in classes]
    columns = list(marks_beside(classes[0])) if classes else []
    weighted = [marks.max_exported for marks in classes if marks.graded and marks.weights]
    yield [
        *WHO,
        *names,
        "total",
        "max_total",
        *(f"{name}_{column}" for column in columns for name in (*names, "total")),
        *(["max_total_weighted_mark"] if weighted else []),
        "not_graded",
        "missing",
        "late",
        "falling_behind",
        "changed_by_hand",
        "to_mark_by_hand",
        "stopped_by_a_limit",
        "regrade_requests",
        "mistakes_that_came_back",
    ]
    most = sum(marks.max_score for marks in classes if marks.graded)
    for standing in standings:
        marks = [result.mark if result.state == "graded" else "" for result in standing.results.values()]
        beside = list(map(marks_beside, classes, standing.results.values()))
        yield [
            *standing.who.who,
            *marks,
            standing.total,
            most,
            *(mark for column in columns for mark in with_total(marks[column] for marks in beside)),
            *([sum(weighted)] if weighted else []),
            *map(" ".join, (standing.where(lambda result: result.state == "waiting"), standing.missing, standing.late)),
            "yes" if standing.is_behind else "",
            *map(" ".join, (standing.by_hand, standing.due_by_hand, standing.stopped, standing.requests)),
            "; ".join(f"{sentence} ({', '.join(where)})" for sentence, where in standing.returned.items()),
        ]


def with_total(marks: Iterable[str | float]) -> list[str | float]:
    """Return marks, '' where there is none, and their sum behind them."""
    listed = list(marks)
    return [*listed, sum(mark for mark in listed if not isinstance(mark, str))]
