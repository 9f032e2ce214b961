"""Reads what a class has earned: the marks from nbgrader's gradebook, what they rest on from the graded notebooks."""
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from nbgrader.api import Grade, MissingEntry, SubmittedNotebook

from ..content import ASSIGNMENTS
from ..refusal import Refusal
from ..verdict.marks import State
from .folders import graded_notebook, submitted_folders
from .gradebook import of_cells, of_notebooks, open_gradebook
from .recorder import read_graded

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
    penalty: float = 0.0
    parts: dict = field(default_factory=dict)
    record: dict = field(default_factory=dict)
    answers: dict = field(default_factory=dict)
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""

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
    def points_by_state(self):
        """The points that criteria are worth, by what became of them; see `rnnlm_grader.verdict.marks`."""
        points = dict.fromkeys(State, 0)
        for _, criterion in self.criteria:
            points[criterion["state"]] += criterion["max_points"]
        return points

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


def read_class(coursedir):
    """Read the results of everybody whom the gradebook knows or who handed something in."""
    parts, people, penalties, grades = read_gradebook(coursedir)
    waiting, students = submitted_folders(coursedir), []
    for student in sorted(people.keys() | waiting.keys()):
        notebook, identity = graded_notebook(coursedir, student), people.get(student, {})
        # Who couldn't be graded has no graded notebook; the gradebook may still hold the mark of an earlier submission.
        if student in penalties and (student not in waiting or notebook.exists()):
            record, answers = read_graded(notebook)
            own = {name: grades[student][name] for name in parts if name in grades[student]}
            students.append(StudentMarks(student, "graded", penalties[student], own, record, answers, **identity))
        else:
            students.append(StudentMarks(student, "waiting" if student in waiting else "missing", **identity))
    return ClassMarks(coursedir.assignment_id, parts, tuple(students))


def read_gradebook(coursedir):
    """Return (maximum of each grade cell, who there is, late penalties, `Part` of each student and grade cell)."""
    assignment = coursedir.assignment_id
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
    return parts, people, penalties, grades


def in_order(assignment, parts):
    """Sort grade cells as the exercise has them; of a database no order can be expected."""
    known = [f"{name}-{part}" for name, part in ASSIGNMENTS[assignment].parts()] if assignment in ASSIGNMENTS else []
    return {name: parts[name] for name in (*known, *sorted(parts.keys() - set(known))) if name in parts}
