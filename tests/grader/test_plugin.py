"""How the plug-in behaves inside nbgrader where something is missing, odd or hostile."""
import os
import re
import shutil
from pathlib import Path

import demo
import nbformat
import pytest
from bs4 import BeautifulSoup
from classroom import config_for
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import is_grade

from rnnlm_grader.course import cli, preprocessors
from rnnlm_grader.course.folders import read_secret
from rnnlm_grader.course.job import require_own_grader
from rnnlm_grader.refusal import Refusal
from rnnlm_grader.sandbox import bubblewrap as sandbox

ROOT = Path(__file__).parents[2]


def blank():
    return nbformat.read(ROOT / "exercises" / demo.ASSIGNMENT / f"{demo.ASSIGNMENT}.ipynb", as_version=4)


def right():
    return nbformat.writes(demo.filled(blank(), MyEmbedding=demo.RIGHT, MyTimeEmbedding=demo.TIME_RIGHT))


def converter_for(course):
    """nbgrader's converter for a course folder."""
    config = config_for(course)
    coursedir = CourseDirectory(config=config, assignment_id=demo.ASSIGNMENT)
    return Autograde(coursedir=coursedir, config=config)


@pytest.fixture
def converter(tmp_path):
    """The converter for a course with one submission."""
    demo.set_up(tmp_path)
    demo.hand_in(tmp_path, {"somebody": nbformat.writes(blank())})
    return converter_for(tmp_path)


def everything_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_missing_sandbox_stops_the_batch_before_anything_is_written(converter, tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox, "find_bwrap", lambda: None)
    monkeypatch.setattr(sandbox, "find_podman", lambda: None)
    sandbox.resolve.cache_clear()
    before = everything_in(tmp_path)
    with pytest.raises(NbGraderException, match="No sandbox can start here, so nothing was graded"):
        converter.start()
    assert everything_in(tmp_path) == before


def test_a_course_that_the_sandbox_would_show_is_not_graded(converter, tmp_path, monkeypatch):
    monkeypatch.setattr(preprocessors, "shows", lambda path: path == str(tmp_path))
    before = everything_in(tmp_path)
    with pytest.raises(NbGraderException, match=f"^[^\n]*lies in {tmp_path}, [^\n]* move it elsewhere.$"):
        converter.start()
    assert everything_in(tmp_path) == before


def test_a_damaged_key_stops_the_batch(converter, tmp_path):
    GenerateAssignment(coursedir=converter.coursedir, config=converter.config).start()
    (tmp_path / "rnnlm-secret.key").write_bytes(b"short")
    before = everything_in(tmp_path)
    with pytest.raises(NbGraderException, match="has only 5 bytes"):
        converter.start()
    assert everything_in(tmp_path) == before


def edit_source(course, change):
    """Change the nbgrader metadata of the first grade cell of an exercise's source."""
    path = course / "solutions" / demo.ASSIGNMENT / f"{demo.ASSIGNMENT}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    change(next(filter(is_grade, notebook.cells)).metadata.nbgrader)
    nbformat.write(notebook, path)


@pytest.mark.parametrize(("change", "says"), [
    (lambda cell: cell.update(points=2), "MyEmbedding-forward has 2 points in the notebook, 3 points in the criteria"),
    (lambda cell: cell.update(grade_id="extra"), "MyEmbedding-forward has no such cell in the notebook, 3 points in "
     "the criteria; extra has 3 points in the notebook, no such cell in the criteria"),
])
def test_a_source_with_other_points_than_its_criteria_stops_the_batch(converter, tmp_path, change, says):
    edit_source(tmp_path, change)
    GenerateAssignment(coursedir=converter.coursedir, config=converter.config).start()
    before = everything_in(tmp_path)
    with pytest.raises(NbGraderException, match=f"{says}. [^\n]* then run: nbgrader generate_assignment 01-embedding"):
        converter.start()
    assert everything_in(tmp_path) == before


def test_a_gradebook_with_other_points_than_the_source_stops_the_batch(converter, tmp_path):
    GenerateAssignment(coursedir=converter.coursedir, config=converter.config).start()
    with Gradebook(converter.coursedir.db_url) as gradebook:
        gradebook.find_grade_cell("MyEmbedding-forward", demo.ASSIGNMENT, demo.ASSIGNMENT).max_score = 4
        gradebook.db.commit()
    before = everything_in(tmp_path)
    with pytest.raises(NbGraderException, match="MyEmbedding-forward has 3 points in the notebook, 4 points in the "
                       r"gradebook\. Nothing was done\. Run: nbgrader generate_assignment 01-embedding --force"):
        converter.start()
    assert everything_in(tmp_path) == before


def test_a_gradebook_that_does_not_know_the_assignment_stops_the_batch(converter, tmp_path):
    before = everything_in(tmp_path)
    with pytest.raises(NbGraderException, match="Run: nbgrader generate_assignment 01-embedding --force"):
        converter.start()
    assert everything_in(tmp_path) == before


@pytest.fixture
def own_grader(tmp_path):
    """A course folder with a grader and a reference of its own, the same as those that run."""
    for package in ("rnnlm_grader", "rnnlm_ref"):
        shutil.copytree(ROOT / package, tmp_path / package)
    return tmp_path


def test_a_course_may_have_a_grader_of_its_own_with_the_same_content(own_grader):
    (own_grader / "rnnlm_grader" / ".ipynb_checkpoints").mkdir()  # as an editor leaves
    (own_grader / "rnnlm_grader" / ".ipynb_checkpoints" / "exam-checkpoint.py").write_text("another")
    require_own_grader(own_grader)


@pytest.mark.parametrize("module", ["rnnlm_grader/criteria/embedding.py", "rnnlm_ref/layers.py"])
def test_a_course_with_another_grader_than_the_one_that_runs_is_not_graded(converter, own_grader, module, capsys):
    with open(own_grader / module, "a") as file:
        file.write("# edited\n")
    before = everything_in(own_grader)
    package = Path(module).parts[0]
    says = f"{own_grader / package} would not be used[^\n]* {ROOT / package}, [^\n]* -m pip install -e {own_grader}$"
    with pytest.raises(NbGraderException, match=says):
        converter.start()
    assert cli.main([demo.ASSIGNMENT, "--course-dir", str(own_grader)]) == 2
    assert re.search(says, capsys.readouterr().err.strip())
    assert everything_in(own_grader) == before


def test_an_assignment_without_criteria_stops_the_batch(converter, tmp_path):
    demo.hand_in(tmp_path, {"ada": right()})
    (tmp_path / "submitted" / "ada" / demo.ASSIGNMENT).rename(tmp_path / "submitted" / "ada" / "00-warm-up")
    converter.coursedir.assignment_id = "00-warm-up"
    with pytest.raises(NbGraderException, match="There is no assignment 00-warm-up"):
        converter.start()


@pytest.mark.parametrize(("place", "is_file"), [
    ("results", True), (f"results/{demo.ASSIGNMENT}", True), ("rnnlm-secret.key", False),
    (f"solutions/{demo.ASSIGNMENT}/{demo.ASSIGNMENT}.ipynb", True)])
def test_what_is_in_the_way_stops_the_batch_with_one_line_that_says_where(converter, tmp_path, place, is_file):
    GenerateAssignment(coursedir=converter.coursedir, config=converter.config).start()
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text("in the way") if is_file else (tmp_path / place).mkdir()
    with pytest.raises(NbGraderException, match=f"^[^\n]*{place}( can't be read|\\.)[^\n]*$"):
        converter.start()
    assert not list((tmp_path / "autograded").glob("*"))


def test_whom_nbgrader_cannot_hold_costs_nobody_else_a_mark(converter, tmp_path, caplog):
    GenerateAssignment(coursedir=converter.coursedir, config=converter.config).start()
    for name in ("a\nline", "not\udcffutf-8"):
        demo.hand_in(tmp_path, {name: right()})
    (tmp_path / "submitted" / "nowhere").symlink_to("/nowhere")
    (tmp_path / "autograded").mkdir()
    demo.hand_in(tmp_path, {"placeless": right()})
    (tmp_path / "autograded" / "placeless").write_text("a file")
    with pytest.raises(NbGraderException, match="4 without a mark"):
        converter.start()
    graded = (tmp_path / "autograded").glob("*/*/*.ipynb")
    assert [path.relative_to(tmp_path).parts[1] for path in graded] == ["somebody"]
    for says in ("a line: the name of the student's folder begins with a dot, has a line break or isn't UTF-8",
                 r"not\udcffutf-8: the name of the student's folder",
                 "nowhere: the student's folder is a link that leads to no folder",
                 "placeless: there is no room for it in autograded: Not a directory"):
        assert f"No mark for {says}" in caplog.text


def test_whose_work_cannot_be_read_is_named_at_the_end_of_the_log(converter, tmp_path, caplog):
    GenerateAssignment(coursedir=converter.coursedir, config=converter.config).start()
    demo.hand_in(tmp_path, {"a": "My dog ate it", "b": ""})
    converter.start()
    assert "couldn't read the work of: a, b (see the report)" in caplog.text.splitlines()[-1]


def test_the_key_is_made_once_and_kept_to_its_owner(tmp_path):
    path, fingerprint = tmp_path / "key", tmp_path / "fingerprint"
    assert read_secret(path, fingerprint) == read_secret(path, fingerprint)
    assert len(path.read_bytes()) == 32
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("change", [lambda path: path.write_bytes(b"another key, long enough"), Path.unlink])
def test_another_key_or_none_stops_the_batch_before_anything_is_written(tmp_path, change):
    path, fingerprint = tmp_path / "key", tmp_path / "fingerprint"
    read_secret(path, fingerprint)
    change(path)
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    with pytest.raises(Refusal, match="with which this course was graded before"):
        read_secret(path, fingerprint)
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


@pytest.fixture(scope="module")
def odd_course(tmp_path_factory):
    """A course whose students handed in odd things; graded."""
    course = tmp_path_factory.mktemp("odd")
    demo.set_up(course)
    demo.run(course, "nbgrader", "generate_assignment", demo.ASSIGNMENT)
    (course / "rnnlm-secret.key").write_bytes(b"k" * 32)
    demo.hand_in(course, {"honest": right(), "linked": right(), "timed": right()})
    folders = {name: course / "submitted" / name / demo.ASSIGNMENT
               for name in ("linked", "timed", "fifo", "renamed", "empty", "dangling", "folder", "oversized", "marked")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    name = f"{demo.ASSIGNMENT}.ipynb"
    for student in ("filed", "led-away"):
        (course / "submitted" / student).mkdir()
    (course / "submitted" / "filed" / demo.ASSIGNMENT).write_text("no folder")
    (course / "submitted" / "led-away" / demo.ASSIGNMENT).symlink_to("nowhere")
    (folders["linked"] / "notes.txt").symlink_to(course / "rnnlm-secret.key")
    (folders["timed"] / "timestamp.txt").write_text("2026-11-24 12:00:00 UTC")
    os.mkfifo(folders["fifo"] / name)
    (folders["renamed"] / f"{demo.ASSIGNMENT} (1).ipynb").write_text(right())
    (folders["dangling"] / name).symlink_to("nowhere")
    (folders["folder"] / name).mkdir()
    (folders["oversized"] / name).write_text(" " * 50_000_000)
    (folders["marked"] / name).write_text(right().replace(
        "W, = self.params", "W, = self.params  # \\u001b[31m\\u202e<script>alert(1)</script>"))
    demo.hand_in(course, {"mistaken": demo.students(blank())["wrong-overwrites"]})
    converter = converter_for(course)
    converter.config.GradeInSandbox.book_url = "https://course.example/"
    converter.start()
    demo.run(course, "nbgrader", "generate_feedback", demo.ASSIGNMENT)
    demo.run(course, "nbgrader", "export", "--to", "grades.csv")
    return course


ODD = {"honest": 25, "mistaken": 23, "linked": 25, "timed": 25, "renamed": 25, "marked": 25,
       "fifo": 0, "empty": 0, "dangling": 0, "folder": 0, "oversized": 0,
       "filed": 0, "led-away": 0}


def test_odd_submissions_stop_nothing_and_everybody_gets_a_mark(odd_course):
    assert {student: score for student, score, _, _ in demo.read_results(odd_course)} == ODD


def test_odd_submissions_are_told_why(odd_course):
    says = {student: text for student, _, _, text in demo.read_results(odd_course)}
    assert "it is not an ordinary file" in says["fifo"]
    assert "there is no 01-embedding.ipynb in it" in says["empty"]
    assert "handed in as 01-embedding (1).ipynb" in says["renamed"]
    assert "more than 20 MiB beside its outputs" in says["oversized"]
    assert "it should be a folder with 01-embedding.ipynb in it, and is none" in says["filed"]
    assert "its folder is a link, and links aren't followed" in says["led-away"]


def test_nothing_but_the_notebook_is_copied_from_a_submission(odd_course):
    for stage in ("autograded", "feedback"):
        found = {path.name for path in (odd_course / stage).rglob("*") if path.is_file()}
        assert found <= {"01-embedding.ipynb", "01-embedding.html", "timestamp.txt"}
    timestamp = odd_course / "autograded" / "timed" / demo.ASSIGNMENT / "timestamp.txt"
    assert timestamp.read_text() == "2026-11-24 12:00:00 UTC"


def test_feedback_leads_to_the_section_that_explains_the_mistake(odd_course):
    page = (odd_course / "feedback" / "mistaken" / demo.ASSIGNMENT / f"{demo.ASSIGNMENT}.html").read_text()
    links = [link["href"] for link in BeautifulSoup(page, "html.parser").find_all("a", href=True)]
    assert "https://course.example/book/02-embedding.html#embedding-repeated-ids" in links


def test_what_a_student_writes_reaches_feedback_escaped_and_without_control_characters(odd_course):
    page = (odd_course / "feedback" / "marked" / demo.ASSIGNMENT / f"{demo.ASSIGNMENT}.html").read_text()
    assert "alert(1)" in page
    assert "<script>alert(1)" not in page
    assert not re.search("[\x00-\x08\x1b\u202e]", page)
