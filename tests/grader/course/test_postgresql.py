"""A gradebook on a PostgreSQL server holds the marks, and its password stays where it was written."""

import csv
import os

import demo
import postgresql
import pytest
from course_folder import ASSIGNMENT, SLUG, WORK, Course
from nbgrader.api import Gradebook
from postgresql import PASSWORD, PASSWORD_IN_URL, call

from rnnlm_grader.course import cli

EXPECTED = {"ada": 25.5, "ben": 23, "late": 0, "zoë": 0}  # ada: a point less by hand, and extra credit


@pytest.fixture(scope="module")
def server():
    """The address of a database on a server of our own."""
    if postgresql.program_folder() is None:
        pytest.skip("no PostgreSQL server found, so no gradebook was kept in one (Debian: apt install postgresql)")
    with postgresql.server() as address:
        yield address


@pytest.fixture(scope="module")
def course(server, tmp_path_factory):
    """A course that is released, handed in, graded, marked by hand and fed back; `said` is what was logged of it."""
    course, said = Course(tmp_path_factory.mktemp("course")), []

    def nbgrader(*command):
        said.append(call(["nbgrader", *command, "--log-level=DEBUG"], cwd=course.folder))

    demo.set_up(course.folder)
    course.configure(f"c.CourseDirectory.db_url = {server!r}\nc.LateSubmissionPlugin.penalty_method = 'zero'")
    nbgrader("generate_assignment", SLUG)
    nbgrader("db", "assignment", "add", SLUG, "--duedate=2026-11-01 12:00:00 UTC")
    demo.hand_in(
        course.folder,
        {
            "ada": WORK["right-as-the-book"],
            "ben": WORK["wrong-overwrites"],
            "late": WORK["right-as-the-book"],
            "zoë": WORK["not-a-notebook"],
        },
    )
    (course.at("submitted", "late") / "timestamp.txt").write_text("2026-11-02 12:00:00 UTC")
    nbgrader("autograde", SLUG)
    with Gradebook(server, "rnnlm") as gradebook:
        grade = gradebook.find_grade("MyEmbedding-forward", SLUG, SLUG, "ada")
        grade.manual_score, grade.extra_credit = 2, 1.5
        gradebook.find_comment("MyEmbedding", SLUG, SLUG, "ada").manual_comment = "Schön gelöst ✓"
        gradebook.db.commit()
    nbgrader("generate_feedback", SLUG)
    course.said = "".join(said)
    return course


def test_feedback_shows_marks_and_comments(course):
    for student, mark in EXPECTED.items():
        page = course.page(student).read_text()
        assert f"(Score: {float(mark)} / 25.0)" in page
        assert ("Schön gelöst ✓" in page) is (student == "ada")


def test_a_table_of_the_marks_has_its_columns_in_the_order_of_the_exercise(course):
    assert course.rnnlm_grade("export") == 0
    with open(course.folder / "reports" / f"{SLUG}.csv", encoding="utf-8") as file:
        ada, *others = csv.DictReader(file)
    assert {row["student_id"]: float(row["mark"]) for row in (ada, *others)} == EXPECTED
    parts = [f"{name}-{part}" for name, part in ASSIGNMENT.parts()]
    assert [column for column in ada if column in parts] == parts


def test_the_overview_tells_what_the_gradebook_holds(course):
    assert cli.main(["overview", "--course-dir", str(course.folder)]) == 0
    with open(course.folder / "reports" / "overview.csv", encoding="utf-8") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {student: float(row[SLUG]) for student, row in rows.items()} == EXPECTED
    assert [student for student, row in rows.items() if row["late"]] == ["late"]
    assert [student for student, row in rows.items() if row["changed_by_hand"]] == ["ada"]


def test_a_dry_run_says_what_changes_and_leaves_it(course, server, capsys):
    def add(points):
        with Gradebook(server, "rnnlm") as gradebook:
            gradebook.find_grade("MyEmbedding-forward", SLUG, SLUG, "ben").auto_score += points
            gradebook.db.commit()

    add(3)
    assert course.rnnlm_grade("grade", "--jobs", "1", "--dry-run") == 0
    assert "marks changed: 1\n  ben: 26 -> 23 (-3)\n" in capsys.readouterr().out
    assert course.rnnlm_grade("grade", "--jobs", "1", "--dry-run") == 0
    assert "ben: 26 -> 23 (-3)" in capsys.readouterr().out
    add(-3)


def test_nbgrader_commands_take_the_password_from_the_users_own_file(course, server, tmp_path):
    file = tmp_path / "pgpass"
    file.write_text(f"*:*:*:grader:{PASSWORD}\n")
    file.chmod(0o600)
    course.configure(f"c.CourseDirectory.db_url = {server.replace(f':{PASSWORD_IN_URL}', '')!r}")
    told = {**os.environ, "PGPASSFILE": str(file)}
    call(["nbgrader", "db", "upgrade"], cwd=course.folder, env=told)
    call(["nbgrader", "export", "--to", "grades.csv"], cwd=course.folder, env=told)
    with open(course.folder / "grades.csv", encoding="utf-8") as table:
        assert {row["student_id"]: float(row["score"]) for row in csv.DictReader(table)} == EXPECTED


def test_the_password_gets_into_no_log_and_no_file_but_the_configuration(course):
    assert "Converting notebook" in course.said
    files = [path for path in course.folder.rglob("*") if path.is_file() and path.stem != "nbgrader_config"]
    texts = {"the log": course.said} | {path: path.read_bytes().decode("utf-8", "replace") for path in files}
    assert [str(path) for path, text in texts.items() if PASSWORD in text or PASSWORD_IN_URL in text] == []
