"""Reads what a class has earned: the marks from nbgrader's gradebook, what they rest on from the graded notebooks."""

import contextlib
import functools
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from nbgrader.api import Assignment, Grade, Gradebook, Student, SubmittedAssignment, SubmittedNotebook
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import select

from ..content import ASSIGNMENTS
from ..refusal import Refusal
from ..verdict.marks import State, earned
from .folders import graded_notebook, of_assignment, only_students, submitted_folders
from .gradebook import known_cells, of_cells, of_notebooks, open_gradebook, require_not_lost, said_by_hand
from .messages import name_some
from .recorder import read_graded
from .source_notebook import points_of_criteria

IDENTITY = ("first_name", "last_name", "email", "lms_user_id")
WHO = ("student_id", "last_name", "first_name", "email", "lms_user_id")  # columns of tables


@dataclass(frozen=True)
class Part:
    """What the gradebook's columns say of one student's grade cell; `score` counts marks by hand and extra credit."""

    score: float
    auto_score: float | None  # None where nothing marks it but a person
    needs_manual_grade: bool
    manual_score: float | None  # None where nobody gave a mark by hand
    extra_credit: float | None


@dataclass(frozen=True)
class StudentMarks:
    """One student's result in one assignment.

    `state` is 'graded', 'waiting' (handed in, not graded, or not since) or 'missing'. Whatever names the student may
    hold hostile text.
    """

    student: str
    state: str
    penalty: float = 0.0
    parts: dict[str, Part] = field(default_factory=dict)
    notebook: Path | None = None  # that was graded
    is_late: bool = False
    request: str = ""  # to look again, which nobody has answered by a mark or a comment by hand
    changed_parts: Collection[str] = ()  # that the grader marks, and were worth something else when this was graded
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""

    @property
    def who(self) -> tuple[str, ...]:
        """What stands in the columns of `WHO`."""
        return (self.student, *(getattr(self, name) for name in WHO[1:]))

    @property
    def record(self) -> dict[str, Any]:
        """What the grader wrote into the graded notebook, or {} where another grader did. It may hold hostile text."""
        return self._graded[0]

    @property
    def is_final(self) -> bool:
        """Whether the grader would say the same on any machine; see `job.Result`."""
        return self.record.get("key", "") is not None

    @property
    def answers(self) -> dict[str, str]:
        """The student's source by name, which may be hostile, too."""
        return self._graded[1]

    @property
    def _graded(self) -> tuple[dict[str, Any], dict[str, str]]:
        """Read the notebook only when it is asked for: those of a class may be more than the memory holds."""
        return read_again(self.notebook) if self.notebook else ({}, {})

    @property
    def score(self) -> float:
        """The points before a penalty for lateness."""
        return sum(part.score for part in self.parts.values())

    @property
    def mark(self) -> float:
        """What nbgrader exports as the score: never less than nothing."""
        return max(0.0, self.score - self.penalty)

    @property
    def criteria(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Return each (part, criterion) of the grader's record."""
        return [(part, criterion) for part in self.record.get("results", ()) for criterion in part["criteria"]]

    @property
    def points_by_state(self) -> dict[State, int]:
        """The points that criteria are worth, by what became of them; see `rnnlm_grader.verdict.marks`."""
        points = dict.fromkeys(State, 0)
        for _, criterion in self.criteria:
            points[criterion["state"]] += criterion["max_points"]
        return points

    def ranks(self, is_strict: bool) -> int:
        """The points by the grader's record alone, as they would be by the one rule or by the other."""
        return earned((criterion for _, criterion in self.criteria), is_strict)

    def weighted(self, weights: Mapping[str, float]) -> float:
        """The mark with each part weighed, and lateness taking the same share."""
        score = sum(weights.get(name, 1.0) * part.score for name, part in self.parts.items())
        return score * self.mark / self.score if self.score else 0.0

    @property
    def changed_by_hand(self) -> bool:
        """Whether somebody gave a mark where the grader gives one, too, or extra credit."""
        return any(
            part.extra_credit or None not in (part.auto_score, part.manual_score) for part in self.parts.values()
        )

    @property
    def lost(self) -> Counter[str]:
        """Count what was found where nothing could be compared: time ran out, or the process ended."""
        return Counter(
            criterion["finding"] for _, criterion in self.criteria if criterion["finding"] and criterion["was_stopped"]
        )

    @property
    def due_by_hand(self) -> list[str]:
        """Return the names of the parts that wait for a mark by hand."""
        return [
            name
            for name, part in self.parts.items()
            if part.needs_manual_grade and part.manual_score is None and name not in self.changed_parts
        ]

    @property
    def outdated(self) -> list[str]:
        """Return the names of the parts whose mark by hand was given to other work, or before another grading."""
        return [name for name, part in self.parts.items() if part.needs_manual_grade and part.manual_score is not None]


def read_again(path: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what `read_graded` does; the notebooks of a smaller class are read once, as long as they stay the same."""
    version = None
    with contextlib.suppress(OSError):
        found = path.stat()
        version = found.st_ino, found.st_mtime_ns  # a file that is written anew has others
    return read_once(path, version)


@functools.lru_cache(maxsize=1000)
def read_once(path: Path, version: tuple[int, int] | None) -> tuple[dict[str, Any], dict[str, str]]:
    return read_graded(path)


@dataclass(frozen=True)
class ClassMarks:
    """Everybody's results in one assignment, in the order of their ids; `parts` maps each grade cell to its maximum.

    `weights` says what a point of some parts counts in exports, also of other assignments; {} where each counts as one.
    """

    assignment: str
    parts: dict[str, float]
    students: tuple[StudentMarks, ...]
    due: datetime | None = None  # in UTC, without saying so
    weights: Mapping[str, float] = field(default_factory=dict)

    @property
    def max_score(self) -> float:
        return sum(self.parts.values())

    @property
    def max_exported(self) -> float:
        return sum(self.weights.get(name, 1.0) * most for name, most in self.parts.items())

    def exported(self, student: StudentMarks) -> float:
        """The mark of a student as a system imports it."""
        return student.weighted(self.weights) if self.weights else student.mark

    @property
    def graded(self) -> list[StudentMarks]:
        return [student for student in self.students if student.state == "graded"]


def read_class(coursedir: CourseDirectory, weights: Mapping[str, float] = MappingProxyType({})) -> ClassMarks:
    """Read the results of everybody whom the gradebook knows or who handed something in, or of `only_students`.

    `weights` are those of the course; raise a `Refusal` where one is of no part, or negative.
    """
    assignment = coursedir.assignment_id
    with open_gradebook(coursedir) as gradebook:
        recorded = GradebookMarks(gradebook, assignment, only_students(coursedir))
    require_not_lost(coursedir, recorded.cells)
    if assignment not in recorded.cells:
        known = ", ".join(sorted(recorded.cells)) or "none"
        raise Refusal(f"The gradebook has no assignment {assignment}. It knows: {known}.")
    return marks_of_class(coursedir, recorded, weights)


def read_course(coursedir: CourseDirectory, weights: Mapping[str, float] = MappingProxyType({})) -> list[ClassMarks]:
    """Read the same of every assignment that the gradebook knows, in the order of the exercises."""
    with open_gradebook(coursedir) as gradebook:
        recorded = GradebookMarks(gradebook)
    cells = recorded.cells
    require_not_lost(coursedir, cells)
    names = [*(name for name in ASSIGNMENTS if name in cells), *sorted(cells.keys() - ASSIGNMENTS.keys())]
    return [marks_of_class(of_assignment(coursedir, name), recorded, weights) for name in names]


class GradebookMarks:
    """What the gradebook holds of one assignment, or of all: in a few queries, however many students there are."""

    def __init__(
        self, gradebook: Gradebook, assignment: str | None = None, students: Collection[str] | None = None
    ) -> None:
        self.cells, self.due = known_cells(gradebook)
        people = select(Student.id, *(getattr(Student, name) for name in IDENTITY))
        if students is not None:
            people = people.where(Student.id.in_(students))
        self.people: dict[str, dict[str, Any]] = {
            student: {name: value or "" for name, value in zip(IDENTITY, values, strict=True)}
            for student, *values in gradebook.db.execute(people)
        }
        # By (assignment, student).
        self.penalties: defaultdict[tuple[str, str], float] = defaultdict(float)
        self.late: set[tuple[str, str]] = set()
        self.grades: defaultdict[tuple[str, str], dict[str, Part]] = defaultdict(dict)
        late = SubmittedNotebook.late_submission_penalty, SubmittedAssignment.timestamp, SubmittedAssignment.extension
        query = of_notebooks(assignment, Assignment.name, *late, students=students)
        for student, name, penalty, handed_in, extension in gradebook.db.execute(query):
            self.penalties[name, student] += penalty or 0.0
            due = self.due[name]
            if handed_in and due and handed_in > due + (extension or timedelta()):
                self.late.add((name, student))
        self.said = said_by_hand(gradebook, assignment, students)
        columns = (getattr(Grade, each.name) for each in fields(Part))
        query = of_cells(assignment, Grade, Assignment.name, *columns, students=students)
        for student, cell, name, *values in gradebook.db.execute(query):
            self.grades[name, student][cell] = Part(*values)


def marks_of_class(coursedir: CourseDirectory, recorded: GradebookMarks, weights: Mapping[str, float]) -> ClassMarks:
    """Join what the gradebook holds of an assignment with what was handed in, and with the graded notebooks."""
    assignment = coursedir.assignment_id
    require_weights(weights, recorded.cells, assignment)
    parts = in_order(assignment, recorded.cells[assignment])
    waiting, students = submitted_folders(coursedir), []
    for student in sorted(recorded.people.keys() | waiting.keys()):
        notebook, identity = graded_notebook(coursedir, student), recorded.people.get(student, {})
        key = assignment, student
        # Who couldn't be graded has no graded notebook; the gradebook may still hold the mark of an earlier submission.
        if key in recorded.penalties and (student not in waiting or notebook.exists()):
            own = {name: recorded.grades[key][name] for name in parts if name in recorded.grades[key]}
            record = read_again(notebook)[0]
            request = open_request(record, recorded.said.get(key))
            changed = changed_parts(record, assignment, parts)
            found = recorded.penalties[key], own, notebook, key in recorded.late, request, changed
            students.append(StudentMarks(student, "graded", *found, **identity))
        else:
            students.append(StudentMarks(student, "waiting" if student in waiting else "missing", **identity))
    return ClassMarks(assignment, parts, tuple(students), recorded.due[assignment], weights)


def require_weights(weights: Mapping[str, float], cells: Mapping[str, Collection[str]], assignment: str) -> None:
    """Raise `Refusal` where a weight is negative, or of no part: neither in the gradebook's `cells` nor of an exercise.

    So the whole term's weights may be set before its first exercise is released.
    """
    of_exercises = {name for known in ASSIGNMENTS for name in points_of_criteria(known)}
    if unknown := weights.keys() - of_exercises.union(*cells.values()):
        raise Refusal(
            f"c.GradeInSandbox.weights has {name_some(unknown)}, but there is no such part. The parts of "
            f"{assignment}: {', '.join(sorted(cells[assignment]))}."
        )
    if negative := {name for name, weight in weights.items() if weight < 0}:
        raise Refusal(f"c.GradeInSandbox.weights has less than 0 for {name_some(negative)}. A weight is 0 or more.")


def changed_parts(record: Mapping[str, Any], assignment: str, parts: Mapping[str, float]) -> set[str]:
    """Return the parts which the grader marks and which aren't worth what they were when it made this record."""
    then = {f"{part['name']}-{part['part']}": part["max_points"] for part in record.get("results", ())}
    marked = (then.keys() | known_points_of(assignment).keys()) if then else set()
    return {name for name in marked if then.get(name) != parts.get(name)}


def open_request(record: Mapping[str, Any], said: str | None) -> str:
    """Return the request to look again in the grader's record, unless something has been said by hand since it came."""
    request = record.get("request")
    return request["text"] if request and request["said"] == said else ""


def in_order(assignment: str, parts: Mapping[str, float]) -> dict[str, float]:
    """Sort grade cells as the exercise has them; of a database no order can be expected."""
    known = known_points_of(assignment)
    return {name: parts[name] for name in (*known, *sorted(parts.keys() - known.keys())) if name in parts}


def known_points_of(assignment: str) -> dict[str, float]:
    """Return {grade_id: points} of an exercise's criteria, or {} for one that has none."""
    return points_of_criteria(assignment) if assignment in ASSIGNMENTS else {}
