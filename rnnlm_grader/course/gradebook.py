"""What the grader asks nbgrader's database itself: whether it can be written to, and which marks it holds."""

import contextlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Course,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import Select, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from ..notebooks.writing import digest
from ..refusal import Refusal
from .folders import only_students, was_graded
from .private import missing_file
from .source_notebook import require_same


@contextlib.contextmanager
def open_gradebook(coursedir: CourseDirectory) -> Iterator[Gradebook]:
    """Open a course's gradebook, and make it where there is none and nothing was graded.

    Raise `Refusal` for what the database complains of meanwhile: one line, without its password.
    """
    where = place_of(coursedir)
    if missing_file(coursedir.db_url):
        require_not_lost(coursedir, known=())
    try:
        with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
            yield gradebook
    except ModuleNotFoundError as missing:
        raise Refusal(
            f"The gradebook {where} needs a module that isn't installed: {missing.name}. For "
            "PostgreSQL: pip install 'psycopg2-binary==2.9.13'."
        ) from None
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0].rstrip(".")
        advice = (
            "Close the program that holds it (formgrader? another grading?)"
            if "locked" in reason
            else ("Put it right, or restore it from a backup")
        )
        raise Refusal(f"The gradebook {where} can't be used: {reason}. {advice}.") from None


def place_of(coursedir: CourseDirectory) -> str:
    """Return the address of a course's gradebook, without its password."""
    return re.sub("(?<=:)[^:@/]+(?=@)", "***", coursedir.db_url)


def require_not_lost(coursedir: CourseDirectory, known: Collection[str]) -> None:
    """Raise `Refusal` where work was graded here, but the gradebook has no assignment `known`: it may be another."""
    if not known and was_graded(coursedir):
        raise Refusal(
            f"The gradebook {place_of(coursedir)} is missing or empty, though work was graded here. Put "
            "c.CourseDirectory.db_url right, or restore a backup, which has the marks by hand. Without one, begin "
            "anew for each assignment: nbgrader generate_assignment ASSIGNMENT --force, then rnnlm-grade ASSIGNMENT"
        )


def require_writable(gradebook: Gradebook) -> None:
    """Fail where another program is writing, or the disk is full: by a change of nothing, which is taken back."""
    gradebook.db.execute(update(Course).values(id=Course.id))
    gradebook.db.rollback()


def require_gradebook(coursedir: CourseDirectory, points: Mapping[str, float], *, dry: bool = False) -> None:
    """Raise `Refusal` unless the gradebook can be written to and has these points for each grade cell.

    For a `dry` run it is enough that it has these cells.
    """
    assignment, known = coursedir.assignment_id, known_points(coursedir)
    if not known:
        require_not_lost(coursedir, known_assignments(coursedir))
        # Without --force nbgrader skips what lies in exercises/ already.
        raise Refusal(
            f"The assignment {assignment} isn't known to the gradebook. "
            f"Run: nbgrader generate_assignment {assignment} --force"
        )
    if not (dry and known.keys() == points.keys()):
        require_same_points(coursedir, points)


def require_same_points(coursedir: CourseDirectory, points: Mapping[str, float]) -> None:
    """Raise a `Disagreement` where the gradebook has the course's assignment with other points."""
    if known := known_points(coursedir):
        mend = "Back up the gradebook, for nothing else leads back from there, and run"
        require_same(coursedir.assignment_id, points, "gradebook", known, mend)


def known_points(coursedir: CourseDirectory) -> dict[str, float]:
    """Return the points of each grade cell of the course's assignment, as the gradebook has them; {} if it has none."""
    if missing_file(coursedir.db_url):
        return {}
    with open_gradebook(coursedir) as gradebook:
        require_writable(gradebook)
        return known_cells(gradebook)[0].get(coursedir.assignment_id, {})


def of_notebooks(assignment: str | None, *columns: Any, students: Collection[str] | None = None) -> Select:
    """A query for each student's id and some columns of what was recorded of the submitted notebook.

    Where `assignment` is None it is for all of them; where `students` are given it is for these.
    """
    query = (
        select(SubmittedAssignment.student_id, *columns)
        .select_from(SubmittedNotebook)
        .join(SubmittedNotebook.assignment)
        .join(SubmittedAssignment.assignment)
    )
    if assignment:
        query = query.where(Assignment.name == assignment)
    return query if students is None else query.where(SubmittedAssignment.student_id.in_(students))


def of_cells(assignment: str | None, kind: Any, *columns: Any, students: Collection[str] | None = None) -> Select:
    """A query for the same of each cell's `kind`, Grade or Comment; its grade_id comes after the student's id."""
    return (
        of_notebooks(assignment, BaseCell.name, *columns, students=students)
        .join(kind, kind.notebook_id == SubmittedNotebook.id)
        .join(kind.cell)
        .order_by(BaseCell.name)
    )


def known_assignments(coursedir: CourseDirectory) -> list[str]:
    """Return the names of all assignments, sorted; of a gradebook that isn't there, none."""
    if missing_file(coursedir.db_url):
        return []
    with open_gradebook(coursedir) as gradebook:
        return sorted(gradebook.db.scalars(select(Assignment.name)))


def known_cells(gradebook: Gradebook) -> tuple[dict[str, dict[str, float]], dict[str, datetime | None]]:
    """Return {assignment: {grade_id: maximum}} of all that are marked, and {assignment: when it is due, or None}."""
    due = dict(map(tuple, gradebook.db.execute(select(Assignment.name, Assignment.duedate))))
    cells: dict[str, dict[str, float]] = {name: {} for name in due}
    for kind in (GradeCell, TaskCell):
        query = select(Assignment.name, kind.name, kind.max_score).join(kind.notebook).join(Notebook.assignment)
        for assignment, name, most in gradebook.db.execute(query):
            cells[assignment][name] = most
    return cells, due


def said_by_hand(
    gradebook: Gradebook, assignment: str | None = None, students: Collection[str] | None = None
) -> dict[tuple[str, str], str]:
    """Return {(assignment, student): digest of all comments and marks by hand}; `students` as in `of_notebooks`."""
    said: defaultdict[tuple[str, str], list[list[Any]]] = defaultdict(list)
    for kind, *columns in ((Comment, Comment.manual_comment), (Grade, Grade.manual_score, Grade.extra_credit)):
        for student, grade_id, name, *values in gradebook.db.execute(
            of_cells(assignment, kind, Assignment.name, *columns, students=students)
        ):
            if any(value is not None for value in values):
                said[name, student].append([grade_id, *values])
    return {key: digest(values) for key, values in said.items()}


def recorded_scores(
    gradebook: Gradebook, assignment: str, students: Collection[str] | None = None
) -> dict[str, dict[str, float | None]]:
    """Return {student: {grade_id: automatic score}} of all who have any, or of these students."""
    scores: dict[str, dict[str, float | None]] = {}
    query = of_cells(assignment, Grade, Grade.auto_score, students=students)
    for student, grade_id, score in gradebook.db.execute(query):
        scores.setdefault(student, {})[grade_id] = score
    return scores


def marks_in(gradebook: Gradebook, assignment: str, students: Collection[str] | None = None) -> dict[str, float]:
    """Return {student: mark} of all who have an automatic one, or of these; marks by hand and lateness count."""
    scores: defaultdict[str, float] = defaultdict(float)
    automatic = set()
    query = of_cells(assignment, Grade, Grade.score, Grade.auto_score, students=students)
    for student, _, score, by_grader in gradebook.db.execute(query):
        scores[student] += score
        if by_grader is not None:
            automatic.add(student)
    marks = {student: score for student, score in scores.items() if student in automatic}
    query = of_notebooks(assignment, SubmittedNotebook.late_submission_penalty, students=students)
    for student, penalty in gradebook.db.execute(query):
        if student in marks:
            marks[student] = max(0, marks[student] - (penalty or 0))
    return marks


@contextlib.contextmanager
def nothing_kept(gradebook: Gradebook) -> Iterator[None]:
    """Take back in the end whatever is written to a gradebook meanwhile, committed or not."""
    with gradebook.engine.connect() as connection:
        gradebook.db.remove()
        gradebook.db.configure(bind=connection, join_transaction_mode="rollback_only")
        connection.begin()
        yield
        gradebook.db.remove()
        gradebook.db.configure(bind=gradebook.engine)


def withdraw_scores(gradebook: Gradebook, assignment: str, student: str) -> None:
    """Take out a student's automatic marks, and what lateness cost: no view may show them any more.

    Marks and comments that were given by hand stay, to be looked at again.
    """
    try:
        notebook = gradebook.find_submission_notebook(assignment, assignment, student)
    except MissingEntry:
        return
    notebook.late_submission_penalty = None
    for grade in notebook.grades:
        grade.auto_score, grade.needs_manual_grade = None, True
    gradebook.db.commit()


def shown_marks(coursedir: CourseDirectory) -> dict[str, dict[str, list[list[Any]]]]:
    """Return {student: dict} of what feedback shows: scores, comments, penalty, and marks by hand, given and due."""
    assignment, some = coursedir.assignment_id, {"students": only_students(coursedir)}
    marks: dict[str, dict[str, list[list[Any]]]] = {}
    queries = {
        "penalty": of_notebooks(assignment, SubmittedNotebook.late_submission_penalty, **some),
        "scores": of_cells(assignment, Grade, Grade.score, Grade.max_score, **some),
        "comments": of_cells(assignment, Comment, Comment.comment, **some),
        "by_hand": of_cells(assignment, Grade, **some).where(Grade.manual_score.is_not(None)),
        "due": of_cells(assignment, Grade, **some).where(Grade.needs_manual_grade, Grade.manual_score.is_(None)),
    }
    with open_gradebook(coursedir) as gradebook:
        for what, query in queries.items():
            for student, *values in gradebook.db.execute(query):
                marks.setdefault(student, {}).setdefault(what, []).append(values)
    return marks


def has_student(coursedir: CourseDirectory, student: str) -> bool:
    """Return whether the gradebook knows a student; raise `Refusal` where it can't be written to."""
    if missing_file(coursedir.db_url):
        return False
    with open_gradebook(coursedir) as gradebook:
        require_writable(gradebook)
        return gradebook.db.get(Student, student) is not None


def remove_student(coursedir: CourseDirectory, student: str) -> None:
    """Take a student out of the gradebook, if it has one, with all marks and comments."""
    if not missing_file(coursedir.db_url):
        with open_gradebook(coursedir) as gradebook:
            require_writable(gradebook)
            if gradebook.db.get(Student, student):
                gradebook.remove_student(student)
            if gradebook.engine.name == "sqlite":  # the file keeps what was deleted until its place is needed
                gradebook.db.execute(text("VACUUM"))
