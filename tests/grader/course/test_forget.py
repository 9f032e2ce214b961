"""`rnnlm-grade forget`: nothing of a student stays, and everything of the others does."""

import json
import re
import shutil
import sqlite3

import pytest
from course_folder import ROOT, SLUG, Course, contents
from graded_class import Person, lay_out
from nbgrader.utils import notebook_hash
from sqlalchemy import Engine, event

from rnnlm_grader.course import cli, forget
from rnnlm_grader.course.export import Table
from rnnlm_grader.course.handed_in import SUBMISSION_SECRET
from rnnlm_grader.course.results import Results

KEYS = {"ada": "1" * 64, "ada2": "2" * 64, "ben": "2" * 64, "zoë": "3" * 64}  # ada2 and ben handed in the same
FORMER = "4" * 64  # the key of what ada handed in first
SECRETS = {student: f"{number:x}" * 128 for number, student in enumerate(KEYS)}


@pytest.fixture(autouse=True)
def sqlite_keeps_what_was_deleted():
    """Have SQLite do what it does by default, though some systems build theirs to overwrite what is deleted."""

    def keep(connection, record):
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA secure_delete = OFF")

    event.listen(Engine, "connect", keep)
    yield
    event.remove(Engine, "connect", keep)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """Lay out a course with a part in an exchange, in which something of each student is wherever it may be."""
    root = tmp_path_factory.mktemp("template")
    course, exchange = root / "course", root / "exchange"
    coursedir = lay_out(course, {student: Person(identity={"last_name": f"{student} Lovelace"}) for student in KEYS})
    for student, key in KEYS.items():
        notebook = course / "autograded" / student / SLUG / f"{SLUG}.ipynb"
        content = json.loads(notebook.read_text())
        content["metadata"]["rnnlm_grader"]["key"] = key
        notebook.write_text(json.dumps(content))
        write(Results(course / "results" / SLUG).path(key), "a result")
        write(course / "feedback" / student / SLUG / f"{SLUG}.html", student)
        handed_in = exchange / "rnnlm" / "inbound" / f"{student}+{SLUG}+2026-11-28 10:00:00 UTC+abc"
        for folder in (handed_in, course / "submitted" / student / SLUG):
            write(folder / f"{SLUG}.ipynb", student)
            write(folder / SUBMISSION_SECRET, SECRETS[student])
        write(released_page(exchange, student), student)
    write(Results(course / "results" / SLUG).path(FORMER), "a result")
    Table(coursedir, "csv").write(course / "reports" / "table.csv")
    Table(coursedir, "csv", ["ben"]).write(course / "reports" / "table-of-ben.csv")
    write(course / "reports" / f"{SLUG}.html", "4 graded")
    return root


@pytest.fixture
def course(template, tmp_path):
    """Return a copy of the course that a test may change."""
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path / "course")
    Course(tmp_path / "course").configure(f'c.Exchange.root = "{tmp_path / "exchange"}"')
    return tmp_path / "course"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def released_page(exchange, student):
    return exchange / "rnnlm" / "feedback" / f"{notebook_hash(secret=SECRETS[student], notebook_id=SLUG)}.html"


def run(course, *arguments):
    return cli.main(["forget", *arguments, "--course-dir", str(course)])


def held(course, without=lambda path: False):
    """What is in the course and in the exchange, file by file, but for the gradebook's bytes and some paths."""
    return contents(course.parent, lambda path: path.name in ("gradebook.db", ".lock") or without(path))


def refused(course, capsys, *arguments):
    """Run the command where it removes nothing; return what it says."""
    before = held(course)
    assert run(course, *arguments) == 2
    assert held(course) == before
    return capsys.readouterr()


def is_class_report(path):
    return path.parent.name == "reports" and path.suffix == ".html"


def is_of_ada(path):
    shared = path.name in ("table.csv", f"{KEYS['ada']}.json", f"{FORMER}.json") or is_class_report(path)
    return shared or path.name == released_page(path, "ada").name or re.search(r"/ada[/+]", str(path))


def test_nothing_of_the_student_stays_and_everything_of_the_others_does(course):
    before = held(course, without=is_of_ada)
    assert run(course, "ada", "--yes") == 0
    assert held(course) == before
    word = re.compile(rb"\bada\b")
    assert [
        path
        for path in course.parent.rglob("*")
        if is_of_ada(path) or (path.is_file() and word.search(path.read_bytes()))
    ] == []
    assert Course(course).marks() == dict.fromkeys(("ada2", "ben", "zoë"), 25)


def test_a_result_that_another_students_mark_rests_on_stays(course):
    assert run(course, "ada2", "--yes") == 0
    assert Results(course / "results" / SLUG).path(KEYS["ben"]).exists()


@pytest.mark.parametrize("student", ["nobody", "ad", "a*", "", "..", "ada/01-embedding"])
def test_an_id_that_is_nobodys_removes_nothing(course, capsys, student):
    (said,) = refused(course, capsys, student, "--yes").err.splitlines()
    assert "Nothing was removed." in said


@pytest.mark.parametrize("answer", ["n", "", None])
def test_without_a_yes_nothing_is_removed(course, capsys, monkeypatch, answer):
    def answers(question):
        if answer is None:
            raise EOFError
        return answer

    monkeypatch.setattr("builtins.input", answers)
    said = refused(course, capsys, "ada")
    assert "submitted/ada\n" in said.out
    assert "Nothing was removed" in said.err


@pytest.mark.parametrize(("step", "at"), [("remove_student", 1), ("remove", 1), ("remove", 3), ("remove", 6)])
def test_what_was_cut_off_is_finished_by_the_same_command(course, monkeypatch, step, at):
    real, calls = getattr(forget, step), []

    def fails(*arguments):
        calls.append(arguments)
        if len(calls) == at:
            raise PermissionError(13, "Permission denied", "somewhere")
        return real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(forget, step, fails)
        assert run(course, "ada", "--yes") == 1
    test_nothing_of_the_student_stays_and_everything_of_the_others_does(course)


def test_what_a_link_leads_to_stays(course):
    place = course / "submitted" / "eve"
    place.symlink_to(course / "submitted" / "ben")
    before = held(course, without=lambda path: path.stem == FORMER or is_class_report(path))
    assert run(course, "eve", "--yes") == 0
    assert not place.is_symlink()
    assert held(course) == before


def test_nothing_is_removed_while_another_process_grades(course, capsys):
    with Results(course / "results" / SLUG).locked():
        assert "Another process is grading" in refused(course, capsys, "ada", "--yes").err
