"""How `nbgrader autograde` behaves where something is missing, odd or hostile."""
import re
import shutil

import demo
import nbformat
import pytest
from bs4 import BeautifulSoup
from classroom import BLANK, ROOT, SLUG, WORK, Course, config_for, release
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import is_grade

from rnnlm_grader.course import settings
from rnnlm_grader.course.job import require_own_grader
from rnnlm_grader.sandbox import bubblewrap as sandbox

NOTEBOOK = f"{SLUG}.ipynb"
RIGHT = WORK["right-as-the-book"]
AGAIN = "nbgrader generate_assignment 01-embedding --force"


def converter_for(course):
    """nbgrader's converter for a course folder."""
    config = config_for(course)
    return Autograde(coursedir=CourseDirectory(config=config, assignment_id=SLUG), config=config)


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A course with an exercise that is released, and one submission."""
    course = tmp_path_factory.mktemp("released")
    release(course)
    (course / "rnnlm-secret.key").write_bytes(b"k" * 32)
    demo.hand_in(course, {"somebody": nbformat.writes(BLANK)})
    return course


@pytest.fixture
def course(released, tmp_path):
    """A copy of it that a test may change."""
    return shutil.copytree(released, tmp_path / "course")


def edit_source(course, **change):
    """Change the nbgrader metadata of the first grade cell of an exercise's source, and release it."""
    path = course / "solutions" / SLUG / NOTEBOOK
    notebook = nbformat.read(path, as_version=4)
    next(filter(is_grade, notebook.cells)).metadata.nbgrader.update(change)
    nbformat.write(notebook, path)
    release(course)


def change_points(gradebook):
    gradebook.find_grade_cell("MyEmbedding-forward", SLUG, SLUG).max_score = 4


def write(place, content):
    """Return the function that writes a file of a course."""
    def write_in(course):
        (course / place).parent.mkdir(exist_ok=True)
        (course / place).write_bytes(content)
    return write_in


def another_grader(package):
    """Return the function that gives a course a grader or a reference of its own, which differs from what runs."""
    def copy_and_edit(course):
        shutil.copytree(ROOT / package, course / package)
        (course / package / "__init__.py").write_text("# edited")
    return copy_and_edit


def lose_key(course):
    write("results/key-fingerprint", b"0" * 32)(course)
    (course / "rnnlm-secret.key").unlink()


STOPS = {  # what is done to a course → what is said
    "key too short": (write("rnnlm-secret.key", b"short"), "has only 5 bytes"),
    "another key": (write("results/key-fingerprint", b"\xff"), "Restore it from a backup, or delete .*fingerprint"),
    "key missing": (lose_key, "The key .* is missing, or isn't the one with which this course was graded before"),
    "results in the way": (write("results", b""), "File exists: .*/results"),
    "source no JSON": (write(f"solutions/{SLUG}/{NOTEBOOK}", b"{"), r"it is no notebook \(NotJSONError\). Restore"),
    "source empty": (write(f"solutions/{SLUG}/{NOTEBOOK}", nbformat.writes(nbformat.v4.new_notebook()).encode()),
                     "no cell with the answer MyEmbedding, My"),
    "source missing": (lambda course: (course / "solutions" / SLUG / NOTEBOOK).unlink(), "No such file or directory"),
    "source with other points": (
        lambda course: edit_source(course, points=2),
        f"MyEmbedding-forward has 2 points in the notebook, 3 points in the criteria. .* then run: {AGAIN}"),
    "source with another cell": (
        lambda course: edit_source(course, grade_id="extra"),
        "MyEmbedding-forward has no such cell in the notebook, 3 points in the criteria; extra has 3 points in the "
        "notebook, no such cell in the criteria"),
    "gradebook with other points": (
        lambda course: Course(course).change(change_points),
        f"MyEmbedding-forward has 3 points in the notebook, 4 points in the gradebook.*Run: {AGAIN}"),
    "gradebook missing": (lambda course: (course / "gradebook.db").unlink(), f"Run: {AGAIN}"),
    "another grader": (another_grader("rnnlm_grader"), f"would not be used.* {ROOT}/rnnlm_grader, .*pip install -e /"),
    "another reference": (another_grader("rnnlm_ref"), "would not be used"),
}


def everything_in(folder):
    """The files in a folder, but for what tells the key."""
    return sorted(str(path) for path in folder.rglob("*") if path.is_file() and path.name != "key-fingerprint")


def is_stopped(course, says, assignment=SLUG):
    before, converter = everything_in(course), converter_for(course)
    converter.coursedir.assignment_id = assignment
    with pytest.raises(NbGraderException, match=f"^[^\n]*{says}[^\n]*$"):
        converter.start()
    assert everything_in(course) == before


@pytest.mark.parametrize(("damage", "says"), STOPS.values(), ids=STOPS)
def test_what_is_damaged_or_in_the_way_stops_the_batch_with_one_line_before_anything_is_written(course, damage, says):
    damage(course)
    is_stopped(course, says)


def test_a_missing_sandbox_stops_the_batch_before_anything_is_written(course, monkeypatch):
    monkeypatch.setattr(sandbox, "find_bwrap", lambda: None)
    monkeypatch.setattr(sandbox, "find_podman", lambda: None)
    sandbox.resolve.cache_clear()
    is_stopped(course, "No sandbox can start here, so nothing was graded")


def test_a_course_that_the_sandbox_would_show_is_not_graded(course, monkeypatch):
    monkeypatch.setattr(settings, "shows", lambda path: path == str(course))
    is_stopped(course, f"lies in {course}, .* move it elsewhere.")


def test_an_assignment_without_criteria_stops_the_batch(course):
    (course / "submitted" / "somebody" / SLUG).rename(course / "submitted" / "somebody" / "00-warm-up")
    is_stopped(course, "There is no assignment 00-warm-up", "00-warm-up")


def test_a_course_may_have_a_grader_of_its_own_with_the_same_content(tmp_path):
    shutil.copytree(ROOT / "rnnlm_grader", tmp_path / "rnnlm_grader")
    (tmp_path / "rnnlm_grader" / ".ipynb_checkpoints").mkdir()  # as an editor leaves
    (tmp_path / "rnnlm_grader" / ".ipynb_checkpoints" / "exam-checkpoint.py").write_text("another")
    require_own_grader(tmp_path)


def test_whom_nbgrader_cannot_hold_costs_nobody_else_a_mark_and_all_are_told_at_the_end(course, caplog):
    demo.hand_in(course, {"a\nline": RIGHT, "torn": ""})
    (course / "submitted" / "nowhere").symlink_to("/nowhere")
    with pytest.raises(NbGraderException, match="2 without a mark"):
        converter_for(course).start()
    graded = (course / "autograded").glob("*/*/*.ipynb")
    assert sorted(path.relative_to(course).parts[1] for path in graded) == ["somebody", "torn"]
    for says in ("couldn't read the work of: torn (see the report)", "No mark for a line: the name of the student's",
                 "No mark for nowhere: the student's folder is a link that leads to no folder"):
        assert says in caplog.text


@pytest.fixture(scope="module")
def odd_course(released, tmp_path_factory):
    """A course whose students handed in odd things, of which `hostile` has many more; graded and fed back."""
    course = shutil.copytree(released, tmp_path_factory.mktemp("odd") / "course")
    demo.hand_in(course, {"mistaken": WORK["wrong-overwrites"], "marked": RIGHT.replace(
        "W, = self.params", "W, = self.params  # \\u001b[31m\\u202e<script>alert(1)</script>")})
    marked, filed, led_away = (course / "submitted" / name / SLUG for name in ("marked", "filed", "led-away"))
    (marked / "notes.txt").symlink_to(course / "rnnlm-secret.key")
    (marked / "timestamp.txt").write_text("2026-11-24 12:00:00 UTC")
    filed.parent.mkdir()
    filed.write_text("no folder")
    led_away.parent.mkdir()
    led_away.symlink_to("nowhere")
    converter = converter_for(course)
    converter.config.GradeInSandbox.book_url = "https://course.example/"
    converter.start()
    demo.run(course, "nbgrader", "generate_feedback", SLUG)
    demo.run(course, "nbgrader", "export", "--to", "grades.csv")
    return course


ODD = {"somebody": (0, "not filled in"), "mistaken": (23, ""), "marked": (25, ""),
       "filed": (0, "it should be a folder with 01-embedding.ipynb in it, and is none"),
       "led-away": (0, "its folder is a link, and links aren't followed")}


def test_odd_submissions_stop_nothing_and_everybody_gets_a_mark_and_the_reason(odd_course):
    results = {student: (score, says) for student, score, _, says in demo.read_results(odd_course)}
    assert results.keys() == ODD.keys()
    for student, (score, says) in ODD.items():
        assert results[student][0] == score, student
        assert says in results[student][1]


def test_nothing_but_the_notebook_is_copied_from_a_submission(odd_course):
    for stage in ("autograded", "feedback"):
        found = {path.name for path in (odd_course / stage).rglob("*") if path.is_file()}
        assert found <= {NOTEBOOK, f"{SLUG}.html", "timestamp.txt"}
    assert (odd_course / "autograded" / "marked" / SLUG / "timestamp.txt").read_text() == "2026-11-24 12:00:00 UTC"


def test_feedback_leads_to_the_section_that_explains_the_mistake(odd_course):
    page = (odd_course / "feedback" / "mistaken" / SLUG / f"{SLUG}.html").read_text()
    links = [link["href"] for link in BeautifulSoup(page, "html.parser").find_all("a", href=True)]
    assert "https://course.example/book/02-embedding.html#embedding-repeated-ids" in links


def test_what_a_student_writes_reaches_feedback_escaped_and_without_control_characters(odd_course):
    page = (odd_course / "feedback" / "marked" / SLUG / f"{SLUG}.html").read_text()
    assert "alert(1)" in page
    assert "<script>alert(1)" not in page
    assert not re.search("[\x00-\x08\x1b\u202e]", page)
