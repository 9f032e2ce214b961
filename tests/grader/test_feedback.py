"""Feedback belongs to the present marks, whatever changed them; and marks to the present rule for late work."""
import csv
import os
import re
import shlex
import shutil
from pathlib import Path

import cut_off
import demo
import nbformat
import pytest
from classroom import nbgrader
from nbgrader.api import Gradebook

from rnnlm_grader.course import batch, cli
from rnnlm_grader.course import feedback as pages

ROOT = Path(__file__).parents[2]
SLUG = demo.ASSIGNMENT
HALF_A_DAY_LATE = "2026-12-02 12:00:00 UTC"
WORK = {"ada": "right-as-the-book", "ben": "unfinished"}


class Course:
    """A small class whose work is graded and fed back."""

    def __init__(self, folder):
        self.folder = folder

    def nbgrader(self, *command):
        nbgrader(self.folder, *command)

    def grade(self):
        assert cli.main([SLUG, "--course-dir", str(self.folder), "--jobs", "1"]) == 0

    def gradebook(self):
        return Gradebook(f"sqlite:///{self.folder}/gradebook.db")

    def page(self, student):
        return self.folder / "feedback" / student / SLUG / f"{SLUG}.html"

    def pages(self):
        return {student: self.page(student).read_text() for student in WORK if self.page(student).exists()}

    def penalties(self):
        with self.gradebook() as book:
            return {s.student_id: s.late_submission_penalty for s in book.assignment_submissions(SLUG)}

    def configure(self, text):
        with open(self.folder / "nbgrader_config.py", "a") as file:
            file.write(f"\n{text}\n")


@pytest.fixture(scope="module")
def fed_back(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("course"))
    demo.set_up(course.folder)
    course.nbgrader("generate_assignment", SLUG)
    work = demo.students(nbformat.read(course.folder / "exercises" / SLUG / f"{SLUG}.ipynb", as_version=4))
    demo.hand_in(course.folder, {student: work[name] for student, name in WORK.items()})
    for student in WORK:
        (course.folder / "submitted" / student / SLUG / "timestamp.txt").write_text(HALF_A_DAY_LATE)
    course.grade()
    course.nbgrader("generate_feedback", SLUG)
    return course


@pytest.fixture
def course(fed_back, tmp_path):
    shutil.copytree(fed_back.folder, tmp_path / "course")
    return Course(tmp_path / "course")


def grade_of(book):
    return book.find_grade("MyEmbedding-backward", SLUG, SLUG, "ben")


CHANGES = {
    "a mark by hand": lambda book: setattr(grade_of(book), "manual_score", 5),
    "extra credit": lambda book: setattr(grade_of(book), "extra_credit", 0.5),
    "a comment": lambda book: setattr(
        book.find_comment("MyEmbedding", SLUG, SLUG, "ben"), "manual_comment", "see me"),
    "a penalty": lambda book: setattr(
        book.find_submission(SLUG, "ben").notebooks[0], "late_submission_penalty", 1.5),
}
SHOWS = {"a mark by hand": "(Score: 9.0 / 25.0)", "extra credit": "(Score: 4.5 / 25.0)", "a comment": "see me",
         "a penalty": "(Score: -1.5)"}


@pytest.mark.parametrize("change", CHANGES)
def test_feedback_with_an_old_mark_is_made_anew_by_the_ordinary_command(course, change):
    before = course.pages()
    with course.gradebook() as book:
        CHANGES[change](book)
        book.db.commit()
    course.nbgrader("generate_feedback", SLUG)
    after = course.pages()
    assert after["ada"] == before["ada"]
    assert SHOWS[change] not in before["ben"]
    assert SHOWS[change] in after["ben"]


def test_feedback_says_which_part_was_marked_by_hand(course):
    with course.gradebook() as book:
        CHANGES["a mark by hand"](book)
        book.db.commit()
    course.nbgrader("generate_feedback", SLUG)
    assert {name: page.count(pages.MARKED_BY_HAND) for name, page in course.pages().items()} == {"ada": 0, "ben": 1}


def test_feedback_of_work_that_is_graded_anew_is_made_anew(course):
    submitted = course.folder / "submitted"
    shutil.copy(submitted / "ada" / SLUG / f"{SLUG}.ipynb", submitted / "ben" / SLUG / f"{SLUG}.ipynb")
    course.grade()
    course.nbgrader("generate_feedback", SLUG)
    assert "(Score: 25.0 / 25.0)" in course.pages()["ben"]


def test_feedback_that_is_up_to_date_stays_untouched(course):
    before = {student: course.page(student).stat().st_mtime_ns for student in WORK}
    course.nbgrader("generate_feedback", SLUG)
    assert {student: course.page(student).stat().st_mtime_ns for student in WORK} == before


def test_half_a_page_does_not_count_as_one(course):
    whole = course.pages()
    course.page("ben").write_text(whole["ben"][:-1])
    course.page("ada").unlink()
    course.nbgrader("generate_feedback", SLUG)
    assert course.pages() == whole


def test_feedback_of_students_who_are_left_out_stays(course):
    course.page("ben").write_text("half")
    course.page("ada").write_text("half")
    course.nbgrader("generate_feedback", SLUG, "--CourseDirectory.student_id_exclude=ben")
    assert "(Score: 25.0 / 25.0)" in course.pages()["ada"]
    assert course.pages()["ben"] == "half"


def test_a_loss_of_power_while_feedback_is_made_leaves_nothing_that_counts_as_done(course, tmp_path):
    """At every 5th change of the disk; see `cut_off` for what a loss of power is."""
    whole = course.pages()
    shutil.rmtree(course.folder / "feedback" / "ada")
    course.page("ben").write_text("half")
    status, total = cut_off.crash(course.folder, None, lambda: course.nbgrader("generate_feedback", SLUG))
    assert (status, course.pages()) == (0, whole)
    assert total > 10
    for moment in range(1, total, int(os.environ.get("EVERY", "5"))):
        shutil.rmtree(course.folder / "feedback" / "ada", ignore_errors=True)
        course.page("ben").write_text("half")
        status, _ = cut_off.crash(course.folder, moment, lambda: course.nbgrader("generate_feedback", SLUG))
        assert status == cut_off.CRASHED, moment
        course.nbgrader("generate_feedback", SLUG)
        assert course.pages() == whole, moment


def test_the_class_is_looked_up_once_whatever_its_size(course, monkeypatch):
    looks, look = [], pages.shown_marks
    monkeypatch.setattr(pages, "shown_marks", lambda *args: looks.append(args) or look(*args))
    course.nbgrader("generate_feedback", SLUG)
    assert len(looks) == 1


def test_rnnlm_grade_says_whose_feedback_is_out_of_date_and_what_to_run(course, capsys):
    course.grade()
    assert "feedback" not in capsys.readouterr().out
    with course.gradebook() as book:
        CHANGES["a comment"](book)
        book.db.commit()
    course.grade()
    assert capsys.readouterr().out.splitlines()[-1] == (
        f"feedback of 1 student is older than their marks. Run: nbgrader generate_feedback {SLUG}")
    shutil.rmtree(course.folder / "feedback")
    course.grade()
    assert "feedback" not in capsys.readouterr().out


def last_lines(course, capsys, *command):
    capsys.readouterr()
    assert cli.main([*command, SLUG, "--course-dir", str(course.folder)]) == 0
    return capsys.readouterr().out.splitlines()


def test_the_marks_that_rnnlm_grade_tells_are_those_of_the_export(with_deadline, capsys):
    with with_deadline.gradebook() as book:
        grade_of(book).manual_score = 6
        grade_of(book).needs_manual_grade = False
        book.db.commit()
    said = last_lines(with_deadline, capsys)
    assert "late penalties: 1 (1 changed)" in said
    assert "2 marks: lowest 9, median 17, highest 25" in said  # 10 less a tenth; ada has an extension
    path, = last_lines(with_deadline, capsys, "export")
    with open(path, newline="") as file:
        assert sorted(float(row["mark"]) for row in csv.DictReader(file)) == [9, 25]
    assert "late penalties: 1" in last_lines(with_deadline, capsys)


def test_a_mark_by_hand_that_was_given_to_former_work_is_told_until_somebody_has_looked(course, capsys):
    with course.gradebook() as book:
        grade_of(book).manual_score = 6
        grade_of(book).needs_manual_grade = False
        book.db.commit()
    assert not any("look at again" in line for line in last_lines(course, capsys))
    path = course.folder / "submitted" / "ben" / SLUG / f"{SLUG}.ipynb"
    path.write_text(path.read_text().replace("W, = self.params", "W = self.params[0]"))
    for command in ((), ("export",)):
        told, = [line for line in last_lines(course, capsys, *command) if "look at again" in line]
        assert told.endswith("since: ben (MyEmbedding-backward)")
    assert len(last_lines(course, capsys, "export", "--student", "ada")) == 1


def section(title):
    """A section of the instructor's guide: (its commands, its Python)."""
    text = (ROOT / "book" / "instructors.md").read_text()
    section, = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    return [code for kind, code in blocks if not kind], [code for kind, code in blocks if kind == "python"]


@pytest.fixture
def with_deadline(course):
    """The course, with due date and rule as the instructor's guide shows them."""
    (commands,), (rule,) = section("Deadlines")
    for command in commands.splitlines():
        program, *arguments = shlex.split(command)
        assert program == "nbgrader"
        course.nbgrader(*arguments)
    course.configure(rule)
    return course


GRADE = {"rnnlm-grade": Course.grade, "nbgrader autograde": lambda course: course.nbgrader("autograde", SLUG)}


@pytest.mark.parametrize("grade", GRADE)
def test_the_guides_deadline_rule_and_extension_reach_marks_and_feedback_without_examining_anew(
        with_deadline, monkeypatch, grade, capsys):
    monkeypatch.setattr(batch, "run", lambda job: pytest.fail("examined anew"))
    course = with_deadline
    GRADE[grade](course)
    assert course.penalties() == {"ada": 0, "ben": pytest.approx(0.4)}  # ada has an extension
    assert grade != "rnnlm-grade" or "late penalties: 1 (1 changed)" in capsys.readouterr().out
    course.nbgrader("generate_feedback", SLUG)
    assert "Late submission penalty (Score: -0.4)" in course.pages()["ben"]
    assert "(Score: 3.6 / 25.0)" in course.pages()["ben"]
    course.configure("EXTENSIONS.clear()")
    GRADE[grade](course)
    assert course.penalties() == {"ada": pytest.approx(2.5), "ben": pytest.approx(0.4)}
    course.nbgrader("generate_feedback", SLUG)
    assert "Late submission penalty (Score: -2.5)" in course.pages()["ada"]


@pytest.mark.parametrize("grade", GRADE)
def test_a_later_due_date_takes_penalties_back(with_deadline, grade):
    GRADE[grade](with_deadline)
    with_deadline.nbgrader("db", "assignment", "add", SLUG, "--duedate=2026-12-31 23:59:00 UTC")
    GRADE[grade](with_deadline)
    assert with_deadline.penalties() == {"ada": 0, "ben": 0}


@pytest.mark.parametrize(("penalty", "takes"), [("score * 2", [25, 4]), ("-1", [0, 0]), ("score / 4", [6.25, 1])])
def test_a_rule_is_applied_alike_to_work_that_is_graded_now_and_to_work_that_was_graded_before(
        with_deadline, penalty, takes):
    with_deadline.configure(f"TenthPerDay.late_submission_penalty = lambda self, student, score, seconds: {penalty}")
    with_deadline.grade()
    assert list(with_deadline.penalties().values()) == takes
    shutil.rmtree(with_deadline.folder / "autograded")
    with_deadline.grade()
    assert list(with_deadline.penalties().values()) == takes


def test_a_loss_of_power_while_penalties_change_costs_nothing(with_deadline):
    def grade():
        return cli.main([SLUG, "--course-dir", str(with_deadline.folder), "--jobs", "1"])

    moment, status = 1, cut_off.CRASHED
    while status == cut_off.CRASHED:
        status, _ = cut_off.crash(with_deadline.folder, moment, grade)
        moment += 1
    assert moment > 2
    with_deadline.grade()
    assert with_deadline.penalties() == {"ada": 0, "ben": pytest.approx(0.4)}


def test_an_extension_in_the_gradebook_counts(with_deadline):
    with with_deadline.gradebook() as book:
        book.grant_extension(SLUG, "ben", days=1)
    with_deadline.grade()
    assert with_deadline.penalties() == {"ada": 0, "ben": 0}


def test_a_penalty_follows_a_mark_by_hand_and_does_not_ask_for_the_mark_again(with_deadline):
    with with_deadline.gradebook() as book:
        grade_of(book).manual_score = 6
        grade_of(book).needs_manual_grade = False
        book.db.commit()
    with_deadline.grade()
    assert with_deadline.penalties()["ben"] == pytest.approx(1)
    with with_deadline.gradebook() as book:
        assert grade_of(book).needs_manual_grade is False


def test_marks_that_were_withdrawn_get_no_penalty(with_deadline, monkeypatch):
    with with_deadline.gradebook() as book:
        grade_of(book).manual_score = 6
        book.db.commit()
    path = with_deadline.folder / "submitted" / "ben" / SLUG / f"{SLUG}.ipynb"
    path.write_text(path.read_text().replace("W, = self.params", "W = self.params[0]"))
    monkeypatch.setattr(batch, "run", lambda job: 1 / 0)
    assert cli.main([SLUG, "--course-dir", str(with_deadline.folder), "--jobs", "1"]) == 1
    assert with_deadline.penalties() == {"ada": 0, "ben": 0}


def test_a_rule_that_fails_is_named_in_one_line_and_changes_nothing(with_deadline, capsys):
    with_deadline.configure("TenthPerDay.late_submission_penalty = lambda *args: 1 / 0")
    capsys.readouterr()
    assert cli.main([SLUG, "--course-dir", str(with_deadline.folder), "--jobs", "1"]) == 2
    said, = capsys.readouterr().err.splitlines()
    assert "The rule for late work, TenthPerDay, failed for ada: ZeroDivisionError: division by zero." in said
    assert with_deadline.penalties() == {"ada": 0, "ben": 0}
