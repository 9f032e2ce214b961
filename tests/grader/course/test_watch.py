"""`rnnlm-grade watch`: what arrives in the exchange is graded once it is whole, and a kill loses nothing."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from unittest import mock

import demo
import pytest
from bs4 import BeautifulSoup
from course_folder import SLUG, WORK, Course, nbgrader, release
from support import cut_off

from rnnlm_grader.course import commands, freezing, job, practice, watch
from rnnlm_grader.course.batch import Tally
from rnnlm_grader.course.folders import of_assignment

pytestmark = pytest.mark.corpus(one_in=4, whole=True)
WHEN = "2026-11-28 12:00:0{} UTC"
RIGHT, UNFINISHED, WRONG = "right-as-the-book", "unfinished", "wrong-overwrites"
PART = "MyEmbedding-forward"
FAR = "2990-01-01"


class Watched(Course):
    """A course with an exchange beside it, and a watch over both."""

    @property
    def exchange(self):
        return self.folder.parent / "exchange"

    def submit(self, student, work, second=0):
        """Put a submission where nbgrader puts it, file by file."""
        when = WHEN.format(second)
        folder = self.exchange / "rnnlm" / "inbound" / f"{student}+{SLUG}+{when}+xyz"
        folder.mkdir()
        (folder / f"{SLUG}.ipynb").write_text(WORK[work])
        (folder / "timestamp.txt").write_text(when)
        (folder / "submission_secret.txt").write_text(hashlib.sha512(student.encode()).hexdigest())

    def comment(self, student, text):
        def change(gradebook):
            gradebook.find_comment("MyEmbedding", SLUG, SLUG, student).manual_comment = text

        self.change(change)

    def released(self):
        """How many pages of feedback are in the exchange."""
        return len(self.pages())

    def pages(self):
        return [page.read_text() for page in (self.exchange / "rnnlm" / "feedback").glob("*.html")]


def lines(said):
    """What was said, without when."""
    return [line.partition(": ")[2] for line in said]


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """An exercise that is released into an exchange."""
    course = Watched(tmp_path_factory.mktemp("campus") / "course")
    course.exchange.mkdir(mode=0o777)
    course.exchange.chmod(0o777)
    course.folder.mkdir()
    demo.set_up(course.folder)
    course.configure(
        'c.Exchange.root = str(Path(__file__).resolve().parent.parent / "exchange")\n'
        "c.ExchangeCollect.check_owner = False"
    )
    release(course.folder)
    (course.folder / "rnnlm-secret.key").write_bytes(b"k" * 32)
    nbgrader(course.folder, "release_assignment", SLUG)
    return course


def copy(course, folder):
    shutil.copytree(course.folder.parent, folder)
    return Watched(folder / "course")


@pytest.fixture
def course(released, tmp_path, monkeypatch):
    monkeypatch.setattr(watch, "SETTLED", 0)
    return copy(released, tmp_path / "campus")


def test_what_arrives_is_collected_and_graded_once_and_newer_work_replaces_older(course):
    watching, said = course.watch()
    watching.round()
    assert said == []
    course.submit("ada", RIGHT)
    course.submit("ben", UNFINISHED)
    watching.round()
    assert course.marks() == {"ada": 25, "ben": 4}
    assert lines(said) == ["looking at the work of ada, ben", "graded ada, ben"]
    before = (course.at("autograded", "ada") / f"{SLUG}.ipynb").stat().st_mtime_ns
    watching.round()
    course.submit("ben", RIGHT, second=1)
    watching.round()
    assert course.marks() == {"ada": 25, "ben": 25}
    assert lines(said)[2:] == ["looking at the work of ben", "graded ben", "marks changed: 1", "ben: 4 -> 25 (+21)"]
    assert (course.at("autograded", "ada") / f"{SLUG}.ipynb").stat().st_mtime_ns == before
    course.submit("ben", UNFINISHED, second=2)
    watching.round()
    assert lines(said)[6:] == ["looking at the work of ben", "graded ben", "marks changed: 1", "ben: 25 -> 4 (-21)"]
    assert course.released() == 0


def test_whose_mark_is_not_final_gets_one_more_try_once_nothing_else_is_to_do_and_the_machine_is_idle(
    course, monkeypatch
):
    slept, load = [], 9.0
    monkeypatch.setattr(watch, "is_busy", lambda: load > 1)

    def grade(batch):
        slept.append(batch.students)
        return Tally(graded=["ada"], unfinished=["ada"])

    monkeypatch.setattr(watch.Batch, "grade", grade)
    watching, said = course.watch()
    watching.round()
    watching.round()
    assert slept == [None]
    load = 0.0
    for _ in range(3):
        watching.round()
    assert slept == [None, {"ada"}]
    assert sum("had no turn on this machine: ada" in line for line in said) == 2


def test_a_submission_is_left_until_it_is_whole(course, monkeypatch):
    monkeypatch.setattr(watch, "SETTLED", 3600)
    course.submit("ada", RIGHT)
    watching, said = course.watch()
    watching.round()
    assert said == []
    assert not (course.folder / "submitted" / "ada").exists()
    monkeypatch.setattr(watch, "SETTLED", 0)
    watching.round()
    assert course.marks() == {"ada": 25}


@pytest.mark.parametrize(
    ("feedback", "duedate", "pages"),
    [(None, "2026-01-01", 0), ("due", "2990-01-01", 0), ("due", "2026-01-01", 1), ("now", "2990-01-01", 1)],
)
def test_feedback_is_given_when_the_teacher_wants_that(course, feedback, duedate, pages):
    course.is_due(duedate)
    course.submit("[a]", UNFINISHED)
    watching, _ = course.watch(feedback)
    watching.round()
    assert course.released() == pages
    course.submit("ben", RIGHT)
    course.comment("[a]", "I am not done with this.")
    watching.round()
    assert course.released() == 2 * pages
    assert "I am not done" not in "".join(page.read_text() for page in course.folder.glob("feedback/*/*/*.html"))


def test_before_the_due_date_practice_is_answered_without_marks_and_after_it_the_same_work_is_graded(
    course, monkeypatch
):
    course.is_due(FAR)
    course.submit("[a]", UNFINISHED)
    course.submit("[a]", WRONG, second=1)
    hidden = mock.Mock(side_effect=job.hidden_seed)
    monkeypatch.setattr(job, "hidden_seed", hidden)
    watching, said = course.watch("due", practice=True)
    watching.round()
    watching.round()
    assert lines(said) == ["practice feedback for [a]"]
    (page,) = course.pages()
    text = BeautifulSoup(page, "html.parser").get_text()
    assert "28 November 2026, 12:00 UTC" in text
    assert "Likely: each row of dW is written once" in text
    assert not re.search(r"Score|\d points?\b|costs|earns", text)
    assert (course.marks(), [*course.folder.glob("submitted/*"), *course.folder.glob("autograded/*")]) == ({}, [])
    assert not hidden.called
    course.is_due("2026-01-01")
    watching.round()
    assert lines(said)[1:] == ["looking at the work of [a]", "graded [a]", "gave feedback to all"]
    assert hidden.called
    (page,) = course.pages()
    assert "(Score: " in page


def test_practice_needs_a_due_date(course):
    course.submit("ada", RIGHT)
    watching, _ = course.watch(practice=True)
    watching.round()
    assert (course.marks(), course.released()) == ({"ada": 25}, 0)


def test_practice_answers_what_is_new_whatever_fails_for_another(course, monkeypatch):
    course.is_due(FAR)
    for student, work in (("ada", RIGHT), ("ben", UNFINISHED)):
        course.submit(student, work)
    html = practice.html
    monkeypatch.setattr(
        practice, "html", lambda submission, *args: html(submission, *args) if submission.student == "ben" else 1 / 0
    )
    watching, said = course.watch(practice=True)
    watching.round()
    assert sorted(lines(said)) == [  # a busy machine may put one off
        "no practice feedback for ada: ZeroDivisionError: division by zero",
        "practice feedback for ben",
    ]
    monkeypatch.undo()
    monkeypatch.setattr(watch, "SETTLED", 0)
    course.watch(practice=True)[0].round()
    assert course.released() == 2


def test_a_frozen_assignment_is_left_alone_and_a_refusal_is_told_once_and_mended_later(course):
    course.submit("ada", RIGHT)
    watching, said = course.watch()
    coursedir = of_assignment(watching.coursedir, SLUG)
    freezing.freeze(coursedir)
    watching.round()
    assert said == []
    course.submit("ben", RIGHT)
    watching.round()
    watching.round()
    assert len(said) == 1
    assert "is frozen, and what arrived since waits: ben (rnnlm-grade thaw" in said.pop()
    assert not (course.folder / "submitted" / "ada").exists()
    freezing.thaw(coursedir)
    key = course.folder / "rnnlm-secret.key"
    key.write_bytes(b"short")
    watching.round()
    watching.round()
    assert lines(said)[0] == "looking at the work of ada, ben"
    assert ["has only 5 bytes" in line for line in said[1:]] == [True]
    key.write_bytes(b"k" * 32)
    watching.round()
    assert course.marks() == {"ada": 25, "ben": 25}


def test_a_gradebook_that_is_out_of_reach_is_told_once_and_ends_no_watch(course):
    course.submit("ada", RIGHT)
    watching, said = course.watch()
    where, watching.coursedir.db_url = watching.coursedir.db_url, "sqlite:////nowhere/gradebook.db"
    watching.round()
    watching.round()
    assert ["can't be used: unable to open database file" in line for line in said] == [True]
    watching.coursedir.db_url = where
    watching.round()
    assert course.marks() == {"ada": 25}


def test_where_nothing_can_arrive_or_be_graded_is_told(course):
    shutil.rmtree(course.exchange)
    (course.folder / "gradebook.db").unlink()
    watching, said = course.watch()
    watching.round()
    assert re.search(r"exchange: there is no .*/inbound. Release an exercise, or put c.Exchange.root right", said[0])
    assert "gradebook: it knows no assignment, so there is nothing to do" in said[1]
    assert len(said) == 2


def test_what_waits_for_a_person_is_told_with_the_marks(course):
    course.submit("ada", WRONG)
    course.watch()[0].round()
    course.change(lambda gradebook: setattr(gradebook.find_grade(PART, SLUG, SLUG, "ada"), "manual_score", 2))
    course.submit("ada", UNFINISHED, second=1)
    watching, said = course.watch()
    watching.round()
    assert lines(said)[-1].startswith("marks by hand to look at again, because the work was handed in or graded anew")


def test_whatever_names_are_in_the_exchange_the_others_are_graded(course):
    for name in (
        f"mallory+{SLUG}+yesterday+x",
        f"a+b+{SLUG}+{WHEN.format(1)}+x",
        f"x+{SLUG}+{'9' * 99}+x",
        f"+{SLUG}+",
    ):
        (course.exchange / "rnnlm" / "inbound" / name).mkdir()
    course.submit("ada", RIGHT)
    watching, said = course.watch()
    watching.round()
    assert course.marks()["ada"] == 25, said


def test_practice_that_is_killed_loses_nothing(course, tmp_path):
    course.is_due(FAR)
    for student, work in (("ada", RIGHT), ("ben", UNFINISHED)):
        course.submit(student, work)

    def go_round(course):
        course.watch(practice=True)[0].round()

    whole = copy(course, tmp_path / "whole")
    status, count = cut_off.crash(whole.folder.parent, 10**9, lambda: go_round(whole))
    assert (status, count > 4) == (0, True)
    for last in range(1, count, max(1, count // 4)):
        again = copy(course, tmp_path / str(last))
        status, _ = cut_off.crash(again.folder.parent, last, lambda again=again: go_round(again))
        assert status == cut_off.CRASHED
        go_round(again)
        readable = [page for page in again.exchange.glob("rnnlm/feedback/*.html") if page.stat().st_mode & 0o004]
        assert len(readable) == 2, last
        shutil.rmtree(again.folder.parent)


def test_a_watch_that_is_killed_loses_nothing(course, released, tmp_path):
    def go_round(course):
        watching, _ = course.watch("now")
        watching.round()

    for student, work in (("ada", RIGHT), ("ben", UNFINISHED)):
        course.submit(student, work)
    kept = copy(course, tmp_path / "kept")
    go_round(course)
    shutil.copytree(course.folder / "results", kept.folder / "results", dirs_exist_ok=True)
    whole = copy(kept, tmp_path / "whole")
    status, count = cut_off.crash(whole.folder.parent, 10**9, lambda: go_round(whole))
    assert (status, count > 40) == (0, True)
    for last in range(2, count, count // 9):
        again = copy(kept, tmp_path / str(last))
        status, _ = cut_off.crash(again.folder.parent, last, lambda again=again: go_round(again))
        assert status == cut_off.CRASHED
        go_round(again)
        assert again.marks() == {"ada": 25, "ben": 4}, last
        assert again.released() == 2, last
        shutil.rmtree(again.folder.parent)


@pytest.mark.corpus
def test_the_command_watches_at_low_priority_until_it_is_stopped_and_only_once_in_a_course(course):
    command = [
        sys.executable,
        "-m",
        "rnnlm_grader.course.cli",
        "watch",
        SLUG,
        "--every",
        "0.1",
        "--course-dir",
        str(course.folder),
    ]
    course.submit("ada", RIGHT)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline().endswith(f" {SLUG}: looking at the work of ada\n")
        assert process.stdout.readline().endswith(f" {SLUG}: graded ada\n")
        assert os.getpriority(os.PRIO_PROCESS, process.pid) >= min(commands.LOW_PRIORITY, 19)
        done = subprocess.run([*command, "--once"], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr.strip()) == (
            2,
            "rnnlm-grade: Another watch is running in this course. Wait for it, or stop it.",
        )
        process.kill()
    assert course.marks() == {"ada": 25}
    started = time.monotonic()
    assert subprocess.run([*command, "--once"], capture_output=True, check=False).returncode == 0
    assert time.monotonic() - started < 60
