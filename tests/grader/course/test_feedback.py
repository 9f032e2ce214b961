"""Feedback belongs to the present marks, whatever changed them; and marks to the present rule for late work."""

import csv
import os
import re
import shlex
import shutil
import time

import demo
import pytest
from course_folder import SLUG, WORK, Course, code_in, gradebook_of
from nbconvert.filters.highlight import Highlight2HTML
from support import cut_off

from rnnlm_grader.course import batch, lateness
from rnnlm_grader.course.nbgrader_plugin import feedback as pages
from rnnlm_grader.course.recorder import shown_source

HALF_A_DAY_LATE = "2026-12-02 12:00:00 UTC"
STUDENTS = {"ada": "right-as-the-book", "ben": "unfinished"}


class Class(Course):
    """A small class whose work is graded and fed back."""

    def pages(self):
        return {student: self.page(student).read_text() for student in STUDENTS if self.page(student).exists()}

    def penalties(self):
        with gradebook_of(self.folder) as book:
            return {s.student_id: s.late_submission_penalty for s in book.assignment_submissions(SLUG)}

    def hand_in_again(self):
        path = self.at("submitted", "ben") / f"{SLUG}.ipynb"
        path.write_text(path.read_text().replace("W, = self.params", "W = self.params[0]"))


@pytest.fixture(scope="module")
def fed_back(tmp_path_factory):
    course = Class(tmp_path_factory.mktemp("course"))
    demo.set_up(course.folder)
    course.nbgrader("generate_assignment", SLUG)
    demo.hand_in(course.folder, {student: WORK[name] for student, name in STUDENTS.items()})
    for student in STUDENTS:
        (course.at("submitted", student) / "timestamp.txt").write_text(HALF_A_DAY_LATE)
    course.grade()
    course.nbgrader("generate_feedback", SLUG)
    return course


@pytest.fixture
def course(fed_back, tmp_path):
    return Class(shutil.copytree(fed_back.folder, tmp_path / "course"))


def test_an_id_that_looks_like_a_pattern_has_feedback_too(course):
    for student in ("a[b", "x[ade]a"):
        shutil.copytree(course.at("submitted", "ada"), course.at("submitted", student))
    course.grade()
    course.nbgrader("generate_feedback", SLUG)
    for student in ("a[b", "x[ade]a"):
        assert "(Score: " in course.page(student).read_text()


def test_a_name_sends_no_escapes_to_the_terminal(course, capfd):
    name = "ev\x1b[31mil\x1b]0;x\x07"
    shutil.copytree(course.at("submitted", "ada"), course.at("submitted", name))
    (course.at("submitted", name) / f"{SLUG}.ipynb").unlink()
    course.nbgrader("autograde", SLUG)
    course.nbgrader("generate_feedback", SLUG)
    said = capfd.readouterr()
    assert "ev?[31mil?]0;x?" in said.err
    assert not {"\x1b", "\x07"} & set(said.err.replace("\x1b[1;32m", "").replace("\x1b[0m", "") + said.out)


def mark_by_hand(book, score=6):
    grade = book.find_grade("MyEmbedding-backward", SLUG, SLUG, "ben")
    grade.manual_score, grade.needs_manual_grade = score, False


def give_extra_credit(book):
    book.find_grade("MyEmbedding-backward", SLUG, SLUG, "ben").extra_credit = 0.5


def comment(book):
    book.find_comment("MyEmbedding", SLUG, SLUG, "ben").manual_comment = "see me"


def make_late(book):
    book.find_submission(SLUG, "ben").notebooks[0].late_submission_penalty = 1.5


@pytest.mark.parametrize(
    ("change", "shows"),
    [
        (mark_by_hand, "(Score: 10.0 / 25.0)"),
        (mark_by_hand, pages.MARKED_BY_HAND),
        (give_extra_credit, "(Score: 4.5 / 25.0)"),
        (comment, "see me"),
        (make_late, "(Score: -1.5)"),
    ],
)
def test_feedback_with_an_old_mark_is_made_anew_by_the_ordinary_command(course, change, shows):
    before = course.pages()
    course.change(change)
    course.nbgrader("generate_feedback", SLUG)
    after = course.pages()
    assert after["ada"] == before["ada"]
    assert (before["ben"].count(shows), after["ben"].count(shows)) == (0, 1)


def test_feedback_that_is_up_to_date_stays_untouched(course):
    before = [course.page(student).stat().st_mtime_ns for student in STUDENTS]
    course.nbgrader("generate_feedback", SLUG)
    assert [course.page(student).stat().st_mtime_ns for student in STUDENTS] == before


def test_feedback_stays_up_to_date_where_work_is_examined_anew_and_the_same_is_found(course, capsys):
    before = [course.page(student).stat().st_mtime_ns for student in STUDENTS]
    course.configure("c.GradeInSandbox.seconds_per_criterion = 11.0")
    said = last_lines(course, capsys)
    assert said[0] == f"{SLUG}: 2 graded, 0 unchanged, 0 failed (2 examined)"
    assert not any("feedback" in line for line in said)
    course.nbgrader("generate_feedback", SLUG)
    assert [course.page(student).stat().st_mtime_ns for student in STUDENTS] == before


def test_feedback_of_students_who_are_left_out_stays(course):
    course.page("ben").write_text("half")
    course.page("ada").write_text("half")
    course.nbgrader("generate_feedback", SLUG, "--CourseDirectory.student_id_exclude=ben")
    assert "(Score: 25.0 / 25.0)" in course.pages()["ada"]
    assert course.pages()["ben"] == "half"


def test_a_loss_of_power_while_feedback_is_made_leaves_nothing_that_counts_as_done(course):
    """At every 5th change of the disk; see `cut_off` for what a loss of power is. Half a page is one that it left."""
    whole, moment, status = course.pages(), 1, cut_off.CRASHED
    while status == cut_off.CRASHED:
        shutil.rmtree(course.folder / "feedback" / "ada", ignore_errors=True)
        course.page("ben").write_text("half")
        status, _ = cut_off.crash(course.folder, moment, lambda: course.nbgrader("generate_feedback", SLUG))
        course.nbgrader("generate_feedback", SLUG)
        assert course.pages() == whole, moment
        moment += int(os.environ.get("EVERY", "5"))
    assert (status, moment > 10) == (0, True)


def last_lines(course, capsys, command="grade", *options):
    capsys.readouterr()
    assert course.rnnlm_grade(command, *options) == 0
    return capsys.readouterr().out.splitlines()


def test_rnnlm_grade_says_whose_feedback_is_out_of_date_and_what_to_run(course, capsys):
    assert "feedback" not in last_lines(course, capsys)[-1]
    course.change(comment)
    assert last_lines(course, capsys)[-1] == (
        f"the feedback of 1 student was made before their last marks. Run: nbgrader generate_feedback {SLUG}"
    )
    shutil.rmtree(course.folder / "feedback")
    assert "feedback" not in last_lines(course, capsys)[-1]


def test_the_marks_that_rnnlm_grade_tells_are_those_of_the_export(with_deadline, capsys, monkeypatch):
    monkeypatch.setattr(lateness, "AT_ONCE", 1)  # of two students
    with_deadline.change(mark_by_hand)
    said = last_lines(with_deadline, capsys)
    assert "late penalties: 1 (1 changed)" in said
    assert "2 marks: lowest 9, median 17, highest 25" in said  # 10 less a tenth; ada has an extension
    assert not any("look at again" in line for line in said)
    (path,) = last_lines(with_deadline, capsys, "export")
    with open(path, newline="") as file:
        assert sorted(float(row["mark"]) for row in csv.DictReader(file)) == [9, 25]
    assert "late penalties: 1" in last_lines(with_deadline, capsys)


def test_a_mark_by_hand_that_was_given_to_former_work_is_told_until_somebody_has_looked(course, capsys):
    course.change(mark_by_hand)
    assert not any("look at again" in line for line in last_lines(course, capsys))
    course.hand_in_again()
    for command in ("grade", "export"):
        (told,) = [line for line in last_lines(course, capsys, command) if "look at again" in line]
        assert re.search(r"since: ben \(MyEmbedding-backward: \S+ by hand, \d otherwise\)$", told)
    assert len(last_lines(course, capsys, "export", "--student", "ada")) == 1


@pytest.fixture
def with_deadline(course):
    """The course, with due date and rule as the instructor's guide shows them."""
    (_, commands), (_, rule) = code_in("instructors", "Deadlines")
    for command in commands.splitlines():
        program, *arguments = shlex.split(command)
        assert program == "nbgrader"
        course.nbgrader(*arguments)
    course.configure(rule)
    return course


@pytest.mark.parametrize(
    "grade",
    [Course.grade, lambda course: course.nbgrader("autograde", SLUG)],
    ids=["rnnlm-grade", "nbgrader autograde"],
)
def test_the_guides_deadline_rule_and_extension_reach_marks_and_feedback_without_examining_anew(
    with_deadline, monkeypatch, grade
):
    monkeypatch.setattr(batch, "run", lambda job: pytest.fail("examined anew"))
    course = with_deadline
    grade(course)
    assert course.penalties() == {"ada": 0, "ben": pytest.approx(0.4)}  # ada has an extension
    course.nbgrader("generate_feedback", SLUG)
    assert "Late submission penalty (Score: -0.4)" in course.pages()["ben"]
    assert "(Score: 3.6 / 25.0)" in course.pages()["ben"]
    course.configure("EXTENSIONS.clear()")
    grade(course)
    assert course.penalties() == {"ada": pytest.approx(2.5), "ben": pytest.approx(0.4)}
    course.nbgrader("generate_feedback", SLUG)
    assert "Late submission penalty (Score: -2.5)" in course.pages()["ada"]


@pytest.mark.parametrize(
    "put_off",
    [
        lambda course: course.nbgrader("db", "assignment", "add", SLUG, "--duedate=2026-12-31 23:59:00 UTC"),
        lambda course: course.change(lambda book: book.grant_extension(SLUG, "ben", days=1)),
    ],
    ids=["a later due date", "an extension in the gradebook"],
)
def test_more_time_takes_penalties_back(with_deadline, put_off):
    with_deadline.grade()
    put_off(with_deadline)
    with_deadline.grade()
    assert with_deadline.penalties() == {"ada": 0, "ben": 0}


@pytest.mark.parametrize(("penalty", "takes"), [("score * 2", [25, 4]), ("-1", [0, 0]), ("score / 4", [6.25, 1])])
def test_a_rule_is_applied_alike_to_work_that_is_graded_now_and_to_work_that_was_graded_before(
    with_deadline, penalty, takes
):
    with_deadline.configure(f"TenthPerDay.late_submission_penalty = lambda self, student, score, seconds: {penalty}")
    with_deadline.grade()
    assert list(with_deadline.penalties().values()) == takes
    with_deadline.change(make_late)
    shutil.rmtree(with_deadline.folder / "autograded")
    with_deadline.grade()
    assert list(with_deadline.penalties().values()) == takes


def test_a_rule_that_fails_is_named_in_one_line_and_changes_nothing(with_deadline, capsys):
    with_deadline.configure("TenthPerDay.late_submission_penalty = lambda *args: 1 / 0")
    capsys.readouterr()
    assert with_deadline.rnnlm_grade("grade") == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert "The rule for late work, TenthPerDay, failed for ada: ZeroDivisionError: division by zero." in said
    assert with_deadline.penalties() == {"ada": 0, "ben": 0}


def test_no_number_of_empty_lines_takes_a_page_long():
    assert shown_source("x = 1\n\n\n    y = 2") == "x = 1\n\n\n    y = 2"
    source, start = "x = 1" + "\n  " * 10_000 + "y = 2", time.process_time()
    page = Highlight2HTML(pygments_lexer="ipython3")(shown_source(source))
    assert page.count("\n") < 30
    assert time.process_time() - start < 3  # it takes 0.1 s, and took 20
