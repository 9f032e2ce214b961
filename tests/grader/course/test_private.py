"""What a course holds of its students is its owner's alone, whichever command makes it first."""

import contextlib
import os
import shutil
from types import SimpleNamespace

import course_folder
import demo
import pytest
from course_folder import SLUG, Course
from jupyter_core.application import NoStart
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension

from rnnlm_grader.course import cli

PRIVATE = {"autograded": 0o700, "feedback": 0o700, "gradebook.db": 0o600, "reports": 0o700, "submitted": 0o700}


@pytest.fixture(autouse=True)
def everybody_may_read():
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course in which nothing has been done, with an exchange beside it; nbgrader is started in its folder."""
    course = tmp_path / "course"
    course.mkdir()
    demo.set_up(course)
    (tmp_path / "exchange").mkdir()
    Course(course).configure(f"c.Exchange.root = {str(tmp_path / 'exchange')!r}")
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(course)
    return course


def nbgrader(*command):
    """Run a command of nbgrader in this process, and in the folder that this process is in."""
    with contextlib.suppress(NoStart, SystemExit):
        course_folder.nbgrader(".", *command)


def modes(folder):
    """The modes of what lies in a folder, but for what is released, or was there before."""
    others = {"solutions", "exercises", "nbgrader_config.py", "nbgrader_config.json"}
    return {path.name: path.stat().st_mode & 0o7777 for path in folder.iterdir() if path.name not in others}


@pytest.mark.parametrize(
    "command",
    [
        ["generate_assignment", SLUG],
        ["collect", SLUG],
        ["zip_collect", SLUG],
        ["autograde", SLUG],
        ["generate_feedback", SLUG],
        ["db", "student", "add", "somebody"],
    ],
    ids=lambda command: command[0],
)
def test_each_command_of_nbgrader_makes_a_course_its_owner_s_alone(course, command):
    nbgrader(*command)
    assert modes(course) == PRIVATE


def test_formgrader_makes_a_course_its_owner_s_alone(course):
    extension = FormgradeExtension()
    extension.root_dir = str(course)
    extension.initialize([])
    extension.init_tornado_settings(SimpleNamespace(settings={}))
    assert modes(course) == PRIVATE


def test_grading_makes_a_course_its_owner_s_alone(course):
    course_folder.release(course)
    demo.hand_in(course, {"somebody": course_folder.WORK["untouched"]})
    before = modes(course)
    assert cli.main([SLUG, "--course-dir", str(course), "--jobs", "1"]) == 0
    assert modes(course) == PRIVATE | {"results": 0o700, "rnnlm-secret.key": 0o600} | before


def test_what_was_there_before_keeps_its_mode(course):
    (course / "submitted").mkdir(mode=0o755)
    (course / "gradebook.db").touch(mode=0o640)
    nbgrader("collect", SLUG)
    assert modes(course) == PRIVATE | {"submitted": 0o755, "gradebook.db": 0o640}


def test_a_course_that_teachers_share_is_left_to_nbgrader(course):
    Course(course).configure("c.CourseDirectory.groupshared = True")
    nbgrader("generate_assignment", SLUG)
    assert modes(course) == {"gradebook.db": 0o644}
    assert (course / "exercises").stat().st_mode & 0o7777 == 0o2775


def test_in_a_student_s_folder_nothing_is_made(course):
    shutil.rmtree(course / "solutions")
    nbgrader("list")
    assert modes(course) == {}


def test_the_exchange_stays_readable_for_students(course, tmp_path, monkeypatch):
    nbgrader("generate_assignment", SLUG)
    nbgrader("release_assignment", SLUG)
    released = tmp_path / "exchange" / "rnnlm" / "outbound" / SLUG
    paths = [released.parents[1], released.parent, released, released / f"{SLUG}.ipynb"]
    assert [path.stat().st_mode & 0o777 for path in paths] == [0o755, 0o755, 0o755, 0o644]
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(course / "nbgrader_config.py", home)
    monkeypatch.chdir(home)
    nbgrader("fetch_assignment", SLUG)
    assert modes(home) == {SLUG: 0o755}
