"""A large class of honest, hostile and broken submissions, through nbgrader's own autograde and generate_feedback."""

import contextlib
import os
import re
import socket
import threading
from collections import Counter
from pathlib import Path

import demo
import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from course_folder import config_for
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from processes import Watch, mentioning, orphans, staying
from support.hostile import CLASS, HASTY, OTHERS
from support.hostile.handing_in import ROOT, Place
from support.instructor import solution

from rnnlm_grader.content import ASSIGNMENTS
from rnnlm_grader.course.class_report import write_class_report
from rnnlm_grader.course.export import FORMS, Table
from rnnlm_grader.course.folders import submitted_folders
from rnnlm_grader.course.handed_in import read_submissions
from rnnlm_grader.course.recorder import MOST_IN_LINE
from rnnlm_grader.course.settings import GradeInSandbox
from rnnlm_grader.engine.exam import examine, hidden_seed
from rnnlm_grader.protocol.candidate import KernelCandidate
from rnnlm_grader.sandbox import connection

pytestmark = pytest.mark.corpus
SLUGS = sorted({work.slug for work in CLASS.values()})
KEY = b"k" * 32
MARKER = f"left-behind-{os.getpid()}"
MOST_NOTEBOOK, MOST_PAGE = 250_000, 1_000_000  # bytes; a plain one has 30,000, and a page 270,000


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The course after grading and feedback, and what was seen meanwhile."""
    course = tmp_path_factory.mktemp("hostile")
    demo.set_up(course)
    for slug in SLUGS:
        demo.run(course, "nbgrader", "generate_assignment", slug)
    (course / "rnnlm-secret.key").write_bytes(KEY)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        lay_out(course, server.getsockname()[1])
        before = state(course)
        with Watch() as watch:
            grade_and_feed_back(course)
        after = state(course)
        with pytest.raises(BlockingIOError):
            server.accept()
    return Graded(course, watch, before, after)


def grade_and_feed_back(course):
    grade(course, HASTY, seconds_per_criterion=0.2, seconds_per_answer=0.2, seconds_per_cell=0.2)
    for student in sorted(below_their_mark(course)):  # which may have had no turn for so long
        grade(course, student, force=True)
    grade(course, OTHERS)
    for slug in SLUGS:
        converter(GenerateFeedback, course, slug).start()


def below_their_mark(course):
    return {student for student, mark in marks_in(course).items() if mark < CLASS[student].mark}


def marks_in(course):
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        return {
            submission.student_id: submission.score
            for slug in SLUGS
            for submission in gradebook.assignment_submissions(slug)
        }


def lay_out(course, port):
    words = {"THE_COURSE": course, "THE_PORT": port, "THE_MARKER": MARKER, "THE_ROOT": ROOT, "THE_HOME": Path.home()}
    for student, work in CLASS.items():
        folder = course / "submitted" / student / work.slug
        folder.mkdir(parents=True)
        work.lay_out(Place(folder, course, words))


def converter(kind, course, slug, students="*", **options):
    config = config_for(course)
    config.GradeInSandbox.update(options)
    coursedir = CourseDirectory(config=config, assignment_id=slug, student_id=students)
    return kind(coursedir=coursedir, config=config)


def grade(course, students, force=False, **options):
    for slug in SLUGS:
        with contextlib.suppress(NbGraderException):  # it says that somebody was left without a mark; so do the tests
            autograde = converter(Autograde, course, slug, students, **options)
            autograde.force = force
            autograde.start()


def state(course):
    """What must be the same before and after: files of the course that grading doesn't make, and what others see."""
    made = {"autograded", "feedback", "results", "gradebook.db"}
    files = {}
    for path in course.rglob("*"):
        if path.relative_to(course).parts[0] not in made:
            status = path.lstat()
            files[str(path)] = (status.st_size, status.st_mtime_ns, status.st_mode)
    startup = Path("~/.ipython/profile_default/startup").expanduser()
    threads = [thread.name for thread in threading.enumerate() if thread.name != "tqdm_monitor"]  # of a progress bar
    return {
        "files": files,
        "descriptors": len(os.listdir("/proc/self/fd")),
        "threads": threads,
        "startup": sorted(startup.iterdir()) if startup.exists() else [],
    }


class Graded:
    """What came of it."""

    def __init__(self, course, watch, before, after):
        self.course, self.watch, self.before, self.after = course, watch, before, after
        with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
            self.by_hand = [
                submission.student_id
                for slug in SLUGS
                for submission in gradebook.assignment_submissions(slug)
                if submission.needs_manual_grade
            ]
        self.marks = marks_in(course)
        self.pages = {student: self.page(student).read_text() for student in CLASS if self.page(student).exists()}
        # All pages have the same long head; only what follows it is worth the time to parse.
        self.heads = {page.partition("<body")[0] for page in self.pages.values()}
        self.parsed = {
            student: BeautifulSoup(page.partition("<body")[2], "html.parser") for student, page in self.pages.items()
        }

    def page(self, student):
        slug = CLASS[student].slug
        return self.course / "feedback" / student / slug / f"{slug}.html"

    def notebook(self, student):
        slug = CLASS[student].slug
        return self.course / "autograded" / student / slug / f"{slug}.ipynb"

    def text(self, student):
        return " ".join(self.parsed[student].get_text().split())


def test_the_threat_model_names_submissions_that_exist():
    page = (ROOT / "book" / "threat-model.md").read_text()
    rows = re.findall(r"^\| .*?`test_hostile` (.*?)(?:;|\|$)", page, re.MULTILINE)
    named = [name for row in rows for name in re.split(r", | \.\.\. ", row.strip())]
    assert len(named) > 30
    assert [name for name in named if not any(student.startswith(name) for student in CLASS)] == []


def test_everybody_gets_the_mark_that_the_code_deserves(graded):
    wrong = {
        student: (graded.marks.get(student), work.mark)
        for student, work in CLASS.items()
        if graded.marks.get(student) != work.mark
    }
    assert not wrong
    assert not graded.by_hand


@pytest.mark.parametrize("student", sorted(CLASS))
def test_everybody_is_told_the_mark_and_the_reason(graded, student):
    work = CLASS[student]
    most = sum(criterion.points for criterion in ASSIGNMENTS[work.slug].criteria)
    assert f"(Score: {work.mark:.1f} / {most:.1f})" in graded.text(student)
    assert re.search(work.says, graded.text(student)), graded.text(student)[-3000:]
    assert work.says or work.mark == most


def test_memory_stays_within_the_limits(graded):
    assert graded.watch.peak_of_others < connection.LIMITS["memory"] + 200 * 2**20
    assert graded.watch.growth < 400 * 2**20


def test_what_is_written_stays_within_the_limits(graded):
    for student in graded.pages:
        assert graded.notebook(student).stat().st_size < MOST_NOTEBOOK, student
        assert len(graded.pages[student].encode()) < MOST_PAGE, student


@pytest.mark.parametrize(("student", "lines"), [("page-blank-lines", 30), ("page-named-characters", 44)])
def test_no_line_that_a_page_shows_of_a_student_is_one_over_which_its_lexer_goes_back_and_forth(graded, student, lines):
    shown = nbformat.read(graded.notebook(student), as_version=4)
    (answer,) = (c.source for c in shown.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "MyEmbedding")
    assert answer.count("\n") > lines
    assert "\n" * 22 not in answer
    assert all(line == line.rstrip() and len(line) <= MOST_IN_LINE for line in answer.split("\n"))


def test_nothing_but_notebook_and_time_is_copied_from_a_submission(graded):
    for stage in ("autograded", "feedback"):
        found = {path.name for path in (graded.course / stage).rglob("*") if not path.is_dir()}
        assert found <= {*(f"{slug}.{kind}" for slug in SLUGS for kind in ("ipynb", "html")), "timestamp.txt"}


def test_nothing_is_left_behind_and_nothing_else_is_touched(graded):
    assert graded.after == graded.before
    assert not staying(orphans)
    assert not staying(mentioning, MARKER)
    places = ["/tmp", "/dev/shm", "/var/tmp", "/", Path.home(), graded.course, ROOT, Path(os.__file__).parent]
    assert not [path for place in places for path in Path(place).glob(f"*{MARKER}*")]
    for student in graded.pages.keys() - {"writes-files", "detaches"}:  # their own source holds it
        assert MARKER not in graded.pages[student]


def test_no_attack_found_what_it_was_looking_for(graded):
    for student, page in graded.pages.items():
        assert "FOUND" not in page, graded.text(student)[-2000:]


LOADS = [
    "script",
    "iframe",
    "object",
    "embed",
    "form",
    "base",
    "meta",
    "link",
    "style",
    "svg",
    "math",
    "img",
    "input",
    "button",
    "video",
    "audio",
]
PLAIN = ("honest", "model-plain")  # one for each assignment


def active(soup):
    """All of a page that a browser would execute, load or obey."""
    found = Counter(f"{tag.name} {sorted(tag.attrs.items())} {tag.string}" for tag in soup.find_all(LOADS))
    found.update(
        f"{name}={value}"
        for tag in soup.find_all(True)
        for name, value in tag.attrs.items()
        if name.startswith("on") or name == "src" or "javascript:" in str(value).lower()
    )
    return found


def test_no_page_holds_anything_active_that_a_plain_page_does_not(graded):
    assert len(graded.heads) == len(SLUGS)
    plain = {CLASS[student].slug: active(graded.parsed[student]) for student in PLAIN}
    more = {student: active(soup) - plain[CLASS[student].slug] for student, soup in graded.parsed.items()}
    assert {student: what for student, what in more.items() if what} == {}


def test_no_page_holds_control_or_direction_characters(graded):
    hidden = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ue000\ufeff]")
    plain = set(hidden.findall("".join(graded.pages[student] for student in PLAIN)))
    for student, page in graded.pages.items():
        assert set(hidden.findall(page)) <= plain, student


def test_templates_are_not_filled_in(graded):
    assert "{{ 7*7 }}" in graded.pages["page-source"]
    assert "{{ 7*7 }}" in graded.pages["page-prints"]


def test_no_page_tells_where_the_course_is(graded):
    told = {
        student for student, page in graded.pages.items() for place in (str(graded.course), str(ROOT)) if place in page
    }
    assert told <= {"reads-files", "writes-files"}  # their own source names it


@pytest.mark.parametrize("slug", SLUGS)
def test_no_page_shows_a_hidden_test_or_a_line_of_the_solution(graded, slug):
    source = nbformat.read(ROOT / "solutions" / slug / f"{slug}.ipynb", as_version=4)
    blank = (ROOT / "exercises" / slug / f"{slug}.ipynb").read_text()
    lines = {
        line.strip()
        for cell in source.cells
        if cell.cell_type == "code"
        for line in cell.source.splitlines()
        if len(line.strip()) > 15 and line.strip() not in blank and "SOLUTION" not in line
    }
    assert any("hidden=True" in line for line in lines)
    assert len(lines) > 5
    for student in graded.pages:
        if CLASS[student].slug != slug:
            continue
        own = "\n".join(
            cell.source
            for cell in nbformat.read(graded.notebook(student), as_version=4).cells
            if cell.cell_type == "code"
        )
        assert [line for line in lines if line in graded.text(student) and line not in own] == [], student


def hidden_rows(slug, draw):
    """The rows of all tables and gradients that the grader draws for a submission."""
    rows, assignment = set(), ASSIGNMENTS[slug]
    answers = {name: solution(name) for name in assignment.names}

    class Recorder(KernelCandidate):
        def play_one(self, program, names=None):
            for _, verb, *args in program.steps:
                for value in (*args, *(args[2] if verb == "call" else ())):
                    if isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.shape[-1:] > (2,):
                        rows.update(tuple(row) for row in value.reshape(-1, value.shape[-1]).tolist())
            return super().play_one(program, names)

    for criterion in assignment.criteria:
        assert examine(criterion, Recorder(**answers), hidden_seed(draw, slug, criterion)).passed
    return {row for row in rows if any(number % 1 for number in row) and len(set(row)) > 1}  # else it isn't drawn


def numbers_of(text):
    return " ".join(f"{float(number):g}" for number in re.findall(r"-?\d+\.?\d*(?:e[+-]?\d+)?", text)[:200_000])


def test_no_page_shows_a_hidden_input_in_whatever_notation(graded):
    not_drawn = {slug: hidden_rows(slug, b"one") & hidden_rows(slug, b"other") for slug in SLUGS}
    for submission in submissions(graded.course):
        slug = submission.job.assignment
        rows = {
            " ".join(f"{number:g}" for number in row)
            for row in hidden_rows(slug, submission.job.draw) - not_drawn[slug]
        }
        assert len(rows) > 100
        numbers = f" {numbers_of(graded.text(submission.student))} "
        assert [row for row in rows if f" {row} " in numbers] == [], submission.student


def submissions(course):
    """What everybody handed in, as the grader reads it."""
    config = config_for(course)
    for slug in SLUGS:
        coursedir = CourseDirectory(config=config, assignment_id=slug)
        yield from read_submissions(coursedir, GradeInSandbox(config=config), submitted_folders(coursedir))


@pytest.mark.parametrize("slug", SLUGS)
def test_the_class_report_and_the_exports_count_everybody_and_execute_nothing(graded, slug):
    coursedir = CourseDirectory(config=config_for(graded.course), assignment_id=slug)
    page = write_class_report(coursedir, graded.course / "report.html").read_text()
    for form in FORMS:
        Table(coursedir, form).write(graded.course / f"{form}.csv")
    tables = [(graded.course / f"{form}.csv").read_text() for form in FORMS]
    students = [student for student, work in CLASS.items() if work.slug == slug]
    assert all(sum(student in table for student in students) == len(students) for table in tables)
    found = active(BeautifulSoup(page, "html.parser"))
    assert not [what for what in found if not what.startswith(("style", "meta", "link", "svg"))]
    assert not re.search("[\x00-\x08\x0e-\x1f\u202a-\u202e\ud800-\udfff]", page + "".join(tables))
