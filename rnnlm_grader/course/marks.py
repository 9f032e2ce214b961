"""Reads what a class has earned: the marks from nbgrader's gradebook, what they rest on from the graded notebooks."""
from dataclasses import dataclass, field

from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)

from ..criteria import ASSIGNMENTS
from ..refusal import Refusal
from .folders import submitted_folders
from .gradebook import told_in_one_line
from .state import RECORD, graded_notebook, read_graded_notebook


class UnknownAssignment(Refusal):
    """The gradebook has no such assignment."""


@dataclass(frozen=True)
class Part:
    """What the gradebook says of one grade cell of one student; `score` counts marks by hand and extra credit."""

    score: float
    max_score: float
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
        """Yield (part, criterion) of the grader's record."""
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
    """Read the results of everybody whom the gradebook knows or who handed something in.

    Parameters
    ----------
    coursedir : nbgrader.coursedir.CourseDirectory
    assignment : str

    Raises
    ------
    UnknownAssignment
    rnnlm_grader.course.gradebook.GradebookUnusable
    """
    with told_in_one_line(coursedir.db_url), Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        try:
            gradebook.find_assignment(assignment)
        except MissingEntry:
            known = ", ".join(sorted(a.name for a in gradebook.assignments)) or "none"
            raise UnknownAssignment(f"The gradebook has no assignment {assignment}. It knows: {known}.") from None
        people = {person.id: _identity(person) for person in gradebook.students}
        parts = _parts(gradebook, assignment)
        penalties = _penalties(gradebook, assignment)
        grades = _grades(gradebook, assignment)
    waiting = submitted_folders(coursedir, assignment)
    students = tuple(_student(coursedir, assignment, student, people.get(student, {}), penalties, grades, waiting)
                     for student in sorted(people.keys() | waiting.keys()))
    return ClassMarks(assignment, parts, students)


def _parts(gradebook, assignment):
    """The maximum of each grade cell, in the order of the exercise; of a database no order can be expected."""
    cells = [cell for kind in (GradeCell, TaskCell) for cell in gradebook.db.query(kind.name, kind.max_score).join(
        kind.notebook).join(Assignment).filter(Assignment.name == assignment)]
    known = [f"{name}-{part}" for name, part in ASSIGNMENTS[assignment].parts()] if assignment in ASSIGNMENTS else []
    return dict(sorted(map(tuple, cells), key=lambda cell: (known.index(cell[0]) if cell[0] in known else len(known),
                                                            cell[0])))


def _identity(person):
    return {name: getattr(person, name) or "" for name in ("first_name", "last_name", "email", "lms_user_id")}


def _penalties(gradebook, assignment):
    """The penalty for lateness of each student who has been graded."""
    query = gradebook.db.query(Student.id, SubmittedAssignment.late_submission_penalty).join(
        SubmittedAssignment.student).join(SubmittedAssignment.assignment).filter(Assignment.name == assignment)
    return {student: float(penalty or 0) for student, penalty in query}


def _grades(gradebook, assignment):
    """Each student's parts, in one query: asking student by student takes seconds in a class of hundreds."""
    query = (gradebook.db.query(SubmittedAssignment.student_id, BaseCell.name, Grade.score, Grade.max_score,
                                Grade.needs_manual_grade, Grade.manual_score)
             .select_from(Grade).join(Grade.cell).join(Grade.notebook).join(SubmittedNotebook.assignment)
             .join(SubmittedAssignment.assignment).filter(Assignment.name == assignment))
    grades = {}
    for student, cell, *values in query:
        grades.setdefault(student, {})[cell] = Part(*values)
    return grades


def _student(coursedir, assignment, student, identity, penalties, grades, waiting):
    # Who couldn't be graded has no graded notebook; the gradebook may still hold the mark of an earlier submission.
    has_notebook = graded_notebook(coursedir, assignment, student).exists()
    if student not in penalties or (student in waiting and not has_notebook):
        return StudentMarks(student, "waiting" if student in waiting else "missing", **identity)
    record, answers = read_graded(coursedir, assignment, student)
    return StudentMarks(student, "graded", **identity, penalty=penalties[student], parts=grades.get(student, {}),
                        record=record, answers=answers)


def read_graded(coursedir, assignment, student):
    """Return the grader's record and the source of each answer from a graded notebook; nothing where there is none."""
    try:
        notebook = read_graded_notebook(coursedir, assignment, student)
    except (OSError, ValueError):
        return {}, {}
    answers = {}
    for cell in notebook.get("cells", ()):
        nbgrader = cell["metadata"].get("nbgrader", {})
        if nbgrader.get("solution"):
            answers[nbgrader["grade_id"]] = "".join(cell["source"])
    return notebook["metadata"].get(RECORD, {}), answers

