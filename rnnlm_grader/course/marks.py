"""Reads what a class has earned: the marks from nbgrader's gradebook, what they rest on from the graded notebooks."""
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from nbgrader.api import Grade, MissingEntry, SubmittedNotebook

from ..criteria import ASSIGNMENTS
from ..refusal import Refusal
from .folders import submitted_folders
from .gradebook import of_cells, of_notebooks, open_gradebook
from .state import graded_notebook, read_graded

IDENTITY = ("first_name", "last_name", "email", "lms_user_id")


@dataclass(frozen=True)
class Part:
    """What the gradebook says of one grade cell of one student; `score` counts marks by hand and extra credit."""

    score: float
    needs_manual_grade: bool
    manual_score: float | None  # None where nobody gave a mark by hand


@dataclass(frozen=True)
class StudentMarks:
    """One student's result in one assignment.

    `state` is 'graded', 'waiting' (handed in, not graded, or not since) or 'missing'. `record` is what the grader wrote
    into the graded notebook, or {} where another grader did; `answers` is the student's source by name. Both, and
    whatever names the student, may hold hostile text.
    """

    student: str
    state: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""
    penalty: float = 0.0
    parts: dict = field(default_factory=dict)
    record: dict = field(default_factory=dict)
    answers: dict = field(default_factory=dict)

    @property
    def score(self):
        """The points before a penalty for lateness."""
        return sum(part.score for part in self.parts.values())

    @property
    def mark(self):
        """What nbgrader exports as the score: never less than nothing."""
        return max(0.0, self.score - self.penalty)

    @property
    def criteria(self):
        """Return each (part, criterion) of the grader's record."""
        return [(part, criterion) for part in self.record.get("results", ()) for criterion in part["criteria"]]

    @property
    def outdated(self):
        """Return the names of the parts whose mark by hand was given to other work, or before another grading."""
        return [name for name, part in self.parts.items() if part.needs_manual_grade and part.manual_score is not None]


@dataclass(frozen=True)
class ClassMarks:
    """Everybody's results in one assignment, in the order of their ids; `parts` maps each grade cell to its maximum."""

    assignment: str
    parts: dict
    students: tuple

    @property
    def max_score(self):
        return sum(self.parts.values())

    @property
    def graded(self):
        return [student for student in self.students if student.state == "graded"]


def read_class(coursedir, assignment):
    """Read the results of everybody whom the gradebook knows or who handed something in."""
    with open_gradebook(coursedir) as gradebook:
        try:
            notebooks = gradebook.find_assignment(assignment).notebooks
        except MissingEntry:
            known = ", ".join(sorted(a.name for a in gradebook.assignments)) or "none"
            raise Refusal(f"The gradebook has no assignment {assignment}. It knows: {known}.") from None
        parts = in_order(assignment, {cell.name: cell.max_score for notebook in notebooks
                                      for cell in (*notebook.grade_cells, *notebook.task_cells)})
        people = {person.id: {name: getattr(person, name) or "" for name in IDENTITY} for person in gradebook.students}
        penalties, grades = Counter(), defaultdict(dict)
        query = of_notebooks(assignment, SubmittedNotebook.late_submission_penalty)
        for student, penalty in gradebook.db.execute(query):
            penalties[student] += penalty or 0.0
        # In one query: asking student by student takes seconds in a class of hundreds.
        for student, cell, *values in gradebook.db.execute(of_cells(
                assignment, Grade, Grade.score, Grade.needs_manual_grade, Grade.manual_score)):
            grades[student][cell] = Part(*values)
        grades = {student: in_order(assignment, cells) for student, cells in grades.items()}
    waiting = submitted_folders(coursedir, assignment)
    students = tuple(_student(coursedir, assignment, student, people.get(student, {}), penalties, grades, waiting)
                     for student in sorted(people.keys() | waiting.keys()))
    return ClassMarks(assignment, parts, students)


def in_order(assignment, parts):
    """Sort grade cells as the exercise has them; of a database no order can be expected."""
    known = [f"{name}-{part}" for name, part in ASSIGNMENTS[assignment].parts()] if assignment in ASSIGNMENTS else []
    return {name: parts[name] for name in (*known, *sorted(parts.keys() - set(known))) if name in parts}


def _student(coursedir, assignment, student, identity, penalties, grades, waiting):
    # Who couldn't be graded has no graded notebook; the gradebook may still hold the mark of an earlier submission.
    has_notebook = graded_notebook(coursedir, assignment, student).exists()
    if student not in penalties or (student in waiting and not has_notebook):
        return StudentMarks(student, "waiting" if student in waiting else "missing", **identity)
    record, cells = read_graded(coursedir, assignment, student)
    notes = [(cell["metadata"].get("nbgrader", {}), cell) for cell in cells]
    answers = {note["grade_id"]: "".join(cell["source"]) for note, cell in notes if note.get("solution")}
    return StudentMarks(student, "graded", **identity, penalty=penalties[student], parts=grades.get(student, {}),
                        record=record, answers=answers)
