"""What the grader asks nbgrader's database itself: whether it can be written to, and which marks it holds."""
import contextlib
import os
import re

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import create_engine, inspect, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from ..refusal import Refusal
from .folders import differences

PATIENCE = 5  # seconds to wait for another program that writes to the gradebook


@contextlib.contextmanager
def told_in_one_line(db_url):
    """Raise `Refusal` for what the database complains of: one line, without its password."""
    where = re.sub("(?<=:)[^:@/]+(?=@)", "***", db_url)
    try:
        yield
    except ModuleNotFoundError as missing:
        raise Refusal(f"The gradebook {where} needs a module that isn't installed: {missing.name}. For "
                      "PostgreSQL: pip install 'psycopg2-binary==2.9.13'.") from None
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0].rstrip(".")
        advice = "Close the program that holds it (formgrader? another grading?)" if "locked" in reason else (
            "Put it right, or restore it from a backup")
        raise Refusal(f"The gradebook {where} can't be used: {reason}. {advice}.") from None


@contextlib.contextmanager
def connected(db_url, to_write=False):
    """Connect to the database; `to_write`, fail where another program is writing, or the disk is full."""
    with told_in_one_line(db_url):
        url = make_url(db_url)
        sqlite = url.get_backend_name() == "sqlite"
        if sqlite and url.database and not os.path.exists(url.database):
            url = "sqlite://"  # an empty one in memory: what only looks leaves no file behind
        engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": PATIENCE} if sqlite else {})
        with engine.connect() as connection:
            if sqlite and to_write:
                connection.execute(text("BEGIN IMMEDIATE"))
            yield connection


@contextlib.contextmanager
def open_gradebook(coursedir):
    """Open a course's gradebook with nbgrader's own class."""
    with told_in_one_line(coursedir.db_url), Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        yield gradebook


def require_writable(db_url):
    """Raise `Refusal` unless the gradebook can be written to."""
    with connected(db_url, to_write=True):
        pass


def require_gradebook(db_url, assignment, points):
    """Raise `Refusal` unless the gradebook can be written to and has these points for each grade cell."""
    if not knows(db_url, assignment, points):
        # Without --force nbgrader skips what lies in exercises/ already.
        raise Refusal(f"The assignment {assignment} isn't known to the gradebook. "
                      f"Run: nbgrader generate_assignment {assignment} --force")


def knows(db_url, assignment, points):
    """Return whether the gradebook has the assignment; raise `Refusal` where it has it with other points."""
    query = (select(GradeCell.name, GradeCell.max_score)
             .join(GradeCell.notebook).join(Notebook.assignment).where(Assignment.name == assignment))
    with connected(db_url, to_write=True) as connection:
        has_tables = inspect(connection).has_table("assignment")
        known = dict(map(tuple, connection.execute(query))) if has_tables else {}
    if known and (differ := differences(points, "gradebook", known)):
        raise Refusal(f"The notebook and the gradebook of {assignment} disagree: {differ}. Nothing was done. "
                      f"Run: nbgrader generate_assignment {assignment} --force")
    return bool(known)


def of_notebooks(assignment, *columns):
    """A query for each student's id and some columns of what was recorded of the submitted notebook."""
    return (select(SubmittedAssignment.student_id, *columns).select_from(SubmittedNotebook)
            .join(SubmittedNotebook.assignment).join(SubmittedAssignment.assignment)
            .where(Assignment.name == assignment))


def of_cells(assignment, kind, *columns):
    """A query for the same of each cell's `kind`, Grade or Comment; its grade_id comes after the student's id."""
    return (of_notebooks(assignment, BaseCell.name, *columns)
            .join(kind, kind.notebook_id == SubmittedNotebook.id).join(kind.cell).order_by(BaseCell.name))


def recorded_scores(db_url, assignment):
    """Return {student: {grade_id: automatic score}} of all who have any."""
    scores = {}
    with connected(db_url) as connection:
        for student, grade_id, score in connection.execute(of_cells(assignment, Grade, Grade.auto_score)):
            scores.setdefault(student, {})[grade_id] = score
    return scores


def withdraw_scores(gradebook, assignment, student):
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


def shown_marks(db_url, assignment):
    """Return {student: dict} of what feedback shows of the gradebook: scores, which are by hand, comments, penalty."""
    queries = {"penalty": of_notebooks(assignment, SubmittedNotebook.late_submission_penalty),
               "scores": of_cells(assignment, Grade, Grade.score, Grade.max_score),
               "comments": of_cells(assignment, Comment, Comment.comment),
               "by_hand": of_cells(assignment, Grade).where(Grade.manual_score.is_not(None))}
    marks = {}
    with connected(db_url) as connection:
        for what, query in queries.items():
            for student, *values in connection.execute(query):
                marks.setdefault(student, {}).setdefault(what, []).append(values)
    return marks


def has_student(db_url, student):
    """Return whether the gradebook knows a student; raise `Refusal` where it can't be written to."""
    with connected(db_url, to_write=True) as connection:
        return inspect(connection).has_table("student") and connection.scalar(
            select(Student.id).where(Student.id == student)) is not None


def remove_student(coursedir, student):
    """Take a student out of the gradebook, if it has one, with all marks and comments."""
    if has_student(coursedir.db_url, student):
        with open_gradebook(coursedir) as gradebook:
            gradebook.remove_student(student)
    with connected(coursedir.db_url) as connection:
        if connection.dialect.name == "sqlite":  # the file keeps what was deleted until its place is needed
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM"))
