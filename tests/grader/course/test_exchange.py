"""A class goes round once through nbgrader's own exchange, from the released exercise to the feedback in each home.

Two students on one account: each has a home and a cache of submissions of their own, and hands in by name.
"""

import contextlib
import os
import shutil

import demo
import pytest
from course_folder import SLUG, WORK, Course, nbgrader
from nbgrader.exchange import ExchangeError

from rnnlm_grader.course import watch
from rnnlm_grader.course.handed_in import SUBMISSION_SECRET, read_beside

ESCAPE = "e\x1b]0;x\x07"  # the title of a terminal's window
STUDENT_CONFIG = """c = get_config()
c.CourseDirectory.course_id = "rnnlm"
c.Exchange.root = "{root}"
c.Exchange.cache = "{home}/cache"
"""


class Campus(Course):
    """A course, its students' homes and the exchange between them, in one folder."""

    def __init__(self, folder):
        super().__init__(folder / "course")
        self.exchange = folder / "exchange"
        self.folder.mkdir()
        self.exchange.mkdir()
        self.exchange.chmod(0o777)
        demo.set_up(self.folder)
        self.configure(f'c.Exchange.root = "{self.exchange}"')
        self.nbgrader("generate_assignment", SLUG)
        self.nbgrader("release_assignment", SLUG)

    def home(self, student):
        """Where a student works; there is a fetched exercise in it."""
        home = self.exchange.parent / student
        if not home.exists():
            home.mkdir()
            (home / "nbgrader_config.py").write_text(STUDENT_CONFIG.format(root=self.exchange, home=home))
            nbgrader(home, "fetch_assignment", SLUG)
        return home

    def submit(self, student, work):
        """Fill in and hand in the fetched exercise, as the work of the demo's student of that name."""
        (self.home(student) / SLUG / f"{SLUG}.ipynb").write_text(WORK[work])
        nbgrader(self.home(student), "submit", SLUG, "--student", student)

    def give_feedback(self):
        self.nbgrader("generate_feedback", SLUG)
        self.nbgrader("release_feedback", SLUG)

    def fetched(self, student):
        """What a student reads: the feedback of each submission, oldest first."""
        with contextlib.suppress(ExchangeError):
            nbgrader(self.home(student), "fetch_feedback", SLUG)
        pages = (self.home(student) / SLUG / "feedback").glob(f"*/{SLUG}.html")
        return [page.read_text() for page in sorted(pages)]


def total(mark):
    return f"(Score: {float(mark)} / 25.0)"


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A campus on which two students have handed in, graded and fed back."""
    campus = Campus(tmp_path_factory.mktemp("campus"))
    campus.submit("ada", "right-as-the-book")
    campus.submit("ben", "unfinished")
    campus.nbgrader("collect", SLUG)
    campus.grade()
    campus.give_feedback()
    return campus


@pytest.fixture
def campus(graded):
    """The graded campus, put back afterwards to what it was."""
    kept = graded.exchange.parent.with_name("kept")
    shutil.copytree(graded.exchange.parent, kept)
    yield graded
    shutil.rmtree(graded.exchange.parent)
    kept.rename(graded.exchange.parent)


def test_a_second_submission_is_graded_alone_and_each_student_reads_the_feedback_of_the_own_work(campus, capsys):
    campus.submit("ben", "right-one-hot")
    campus.nbgrader("collect", SLUG, "--update")
    capsys.readouterr()
    campus.grade()
    assert "1 graded, 1 unchanged" in capsys.readouterr().out
    campus.give_feedback()
    first, second = campus.fetched("ben")
    assert (total(4) in first, total(25) in second) == (True, True)
    (ada,) = campus.fetched("ada")
    assert total(25) in ada


def test_what_came_by_another_way_gives_place_only_to_what_is_handed_in_after_it(campus):
    submitted = campus.folder / "submitted" / "ben" / SLUG
    shutil.rmtree(submitted)  # as `zip_collect --force` does
    submitted.mkdir()
    (submitted / f"{SLUG}.ipynb").write_text(WORK["right-one-hot"])
    campus.nbgrader("collect", SLUG, "--update")
    assert (submitted / f"{SLUG}.ipynb").read_text() == WORK["right-one-hot"]
    campus.submit("ben", "wrong-overwrites")
    campus.nbgrader("collect", SLUG, "--update")
    assert (submitted / f"{SLUG}.ipynb").read_text() == WORK["wrong-overwrites"]


def test_feedback_of_an_older_submission_is_not_released_for_one_that_waits(campus, capsys):
    campus.submit("ben", "right-one-hot")
    campus.nbgrader("collect", SLUG, "--update")
    campus.give_feedback()
    assert f"Feedback of ben isn't released: what was handed in isn't graded yet. Run: rnnlm-grade {SLUG}" in (
        capsys.readouterr().err
    )
    (first,) = campus.fetched("ben")
    assert total(4) in first


def test_practice_feedback_is_fetched_for_the_own_work_and_changes_no_mark(campus, monkeypatch):
    monkeypatch.setattr(watch, "SETTLED", 0)
    campus.is_due("2990-01-01")
    campus.submit("ben", "wrong-overwrites")
    watching, said = campus.watch(practice=True)
    watching.round()
    assert [line.partition(": ")[2] for line in said] == ["practice feedback for ben"]
    first, second = campus.fetched("ben")
    assert (total(4) in first, "This is no mark." in second, "each row of dW is written once" in second) == (True,) * 3
    assert len(campus.fetched("ada")) == 1
    assert campus.marks() == {"ada": 25, "ben": 4}


def test_marks_by_hand_reach_students_by_the_ordinary_commands(campus, capsys):
    def mark_by_hand(book):
        book.find_grade("MyEmbedding-backward", SLUG, SLUG, "ben").manual_score = 5

    campus.change(mark_by_hand)
    campus.nbgrader("release_feedback", SLUG)
    assert f"Feedback of ben isn't released: it is older than the marks. Run: nbgrader generate_feedback {SLUG}" in (
        capsys.readouterr().err
    )
    assert total(4) in campus.fetched("ben")[0]
    campus.give_feedback()
    (page,) = campus.fetched("ben")
    assert total(9) in page


@pytest.mark.parametrize("missing", [SUBMISSION_SECRET, "timestamp.txt"])
def test_work_that_did_not_come_through_the_exchange_is_graded_and_keeps_no_feedback_from_others(
    campus, missing, capsys
):
    shutil.rmtree(campus.exchange / "rnnlm" / "feedback")
    shutil.copytree(campus.at("submitted", "ada"), campus.at("submitted", "al"))
    (campus.at("submitted", "al") / missing).unlink()
    campus.grade()
    campus.give_feedback()
    said = [line for line in capsys.readouterr().err.splitlines() if "isn't released" in line]
    assert len(said) == 1
    assert "Feedback of al isn't released: without timestamp.txt and submission_secret.txt" in said[0]
    assert total(25) in campus.page("al").read_text()
    assert len(list((campus.exchange / "rnnlm" / "feedback").iterdir())) == 2


def test_what_students_put_into_the_exchange_themselves_costs_nobody_else_anything(campus, capsys):
    inbound = campus.exchange / "rnnlm" / "inbound"
    when = "2026-11-28 12:00:00 UTC"
    put = {student: inbound / f"{student}+{SLUG}+{when}+x" for student in ("linker", "piper", "timer", "away", ESCAPE)}
    for student in ("linker", "piper", "timer", ESCAPE):
        put[student].mkdir()
    solution = campus.folder / "solutions" / SLUG
    (put["linker"] / f"{SLUG}.ipynb").symlink_to(solution / f"{SLUG}.ipynb")
    put["away"].symlink_to(solution)
    shutil.copy(campus.at("submitted", "ada") / f"{SLUG}.ipynb", put["piper"])
    os.mkfifo(put["piper"] / "pipe")
    (put["timer"] / "timestamp.txt").write_text("yesterday")
    campus.submit("zoe", "unfinished")
    campus.nbgrader("collect", SLUG)
    said = capsys.readouterr().err
    assert "it is a link" in said
    assert "Collecting submission: e?]0;x?" in said
    assert "\x1b]" not in said
    campus.nbgrader("collect", SLUG, "--update")
    campus.grade()
    assert campus.marks() == {"ada": 25, "ben": 4, "zoe": 4, "linker": 0, "away": 0, "piper": 25, "timer": 0, ESCAPE: 0}


def test_what_could_not_be_collected_is_tried_again(campus):
    entry = campus.exchange / "rnnlm" / "inbound" / f"away+{SLUG}+2026-11-28 12:00:00 UTC+x"
    entry.symlink_to(campus.folder / "solutions" / SLUG)
    campus.nbgrader("collect", SLUG)
    assert not [*campus.at("submitted", "away").iterdir()]
    entry.unlink()
    entry.mkdir()
    (entry / f"{SLUG}.ipynb").write_text(WORK["unfinished"])
    campus.nbgrader("collect", SLUG, "--update")
    assert (campus.at("submitted", "away") / f"{SLUG}.ipynb").read_text() == WORK["unfinished"]


def test_a_class_that_was_graded_without_secrets_gets_them_by_the_ordinary_command(campus):
    for step in ("autograded", "feedback"):
        for student in ("ada", "ben"):
            (campus.at(step, student) / SUBMISSION_SECRET).unlink()
    campus.grade()
    campus.give_feedback()
    for student in ("ada", "ben"):
        there = [read_beside(campus.at(step, student)) for step in ("submitted", "autograded", "feedback")]
        assert there == [there[0]] * 3
        assert SUBMISSION_SECRET in there[0]


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.write_text("0" * 129),
        lambda path: path.mkdir(),
        lambda path: path.symlink_to(path.with_name("another")),
    ],
)
def test_a_secret_is_taken_only_from_an_ordinary_file_in_nbgraders_form(tmp_path, make):
    (tmp_path / "another").write_text("0" * 128)
    (tmp_path / "timestamp.txt").write_text("2026-11-24 12:00:00 UTC")
    make(tmp_path / SUBMISSION_SECRET)
    assert read_beside(tmp_path) == {"timestamp.txt": "2026-11-24 12:00:00 UTC"}
