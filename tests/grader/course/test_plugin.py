"""How `nbgrader autograde` behaves where something is missing, in the way or odd."""

import re
import shutil
import subprocess
import sys

import demo
import nbformat
import pytest
from bs4 import BeautifulSoup
from course_folder import ROOT, SLUG, WORK, Course, collect, contents, gradebook_of, nbgrader, open_course
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.utils import is_grade
from traitlets.config import Config

from rnnlm_grader.course import cli, nbgrader_plugin, settings
from rnnlm_grader.course.job import require_own_grader
from rnnlm_grader.sandbox import choice

NOTEBOOK = f"{SLUG}.ipynb"
AGAIN = "nbgrader generate_assignment 01-embedding --force"


def converter_for(course):
    """nbgrader's converter for a course folder."""
    coursedir, config = open_course(course)
    return Autograde(coursedir=coursedir, config=config)


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A course with an exercise that is released, and one submission."""
    return collect(tmp_path_factory.mktemp("released"), {"somebody": WORK["untouched"]})


@pytest.fixture
def course(released, tmp_path):
    """A copy of it that a test may change."""
    return shutil.copytree(released, tmp_path / "course")


def edit_source(course, **change):
    """Change the nbgrader metadata of the first grade cell of an exercise's source."""
    path = course / "solutions" / SLUG / NOTEBOOK
    notebook = nbformat.read(path, as_version=4)
    next(filter(is_grade, notebook.cells)).metadata.nbgrader.update(change)
    nbformat.write(notebook, path)


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
    "source with a conflict": (
        write(f"solutions/{SLUG}/{NOTEBOOK}", b"{\n<<<<<<< HEAD\n"),
        "a merge ended with a conflict in it. Take one of both: git checkout --theirs, or --ours",
    ),
    "source empty": (
        write(f"solutions/{SLUG}/{NOTEBOOK}", nbformat.writes(nbformat.v4.new_notebook()).encode()),
        "no cell with the answer MyEmbedding, My",
    ),
    "source missing": (lambda course: (course / "solutions" / SLUG / NOTEBOOK).unlink(), "No such file or directory"),
    "source with other points": (
        lambda course: edit_source(course, points=2),
        f"MyEmbedding-forward has 2 points in the notebook, 3 points in the criteria. .* then run: {AGAIN}",
    ),
    "source with another cell": (
        lambda course: edit_source(course, grade_id="extra"),
        "MyEmbedding-forward has no such cell in the notebook, 3 points in the criteria; extra has 3 points in the "
        "notebook, no such cell in the criteria.*or put the notebook in its place that came with the criteria, then "
        f"run: {AGAIN}",
    ),
    "gradebook with other points": (
        lambda course: Course(course).change(change_points),
        f"MyEmbedding-forward has 3 points in the notebook, 4 points in the gradebook.*"
        f"Back up the gradebook.* run: {AGAIN}",
    ),
    "gradebook missing": (lambda course: (course / "gradebook.db").unlink(), f"Run: {AGAIN}"),
    "another grader": (another_grader("rnnlm_grader"), f"would not be used.* {ROOT}/rnnlm_grader, .*pip install -e /"),
    "another reference": (another_grader("rnnlm_ref"), "would not be used"),
}


def is_stopped(course, says, assignment=SLUG):
    def tells_the_key(path):
        return path.name == "key-fingerprint"

    before, converter = contents(course, without=tells_the_key), converter_for(course)
    converter.coursedir.assignment_id = assignment
    with pytest.raises(NbGraderException, match=f"^[^\n]*{says}[^\n]*$"):
        converter.start()
    assert contents(course, without=tells_the_key).keys() == before.keys()


@pytest.mark.parametrize(("damage", "says"), STOPS.values(), ids=STOPS)
def test_what_is_damaged_or_in_the_way_stops_the_batch_with_one_line_before_anything_is_written(course, damage, says):
    damage(course)
    is_stopped(course, says)


def test_a_missing_sandbox_stops_the_batch_before_anything_is_written(course, monkeypatch):
    monkeypatch.setitem(choice.FIND, "bwrap", lambda: None)
    monkeypatch.setitem(choice.FIND, "podman", lambda: None)
    choice.resolve.cache_clear()
    is_stopped(course, "No sandbox can start here, so nothing was graded")


def test_a_course_that_the_sandbox_would_show_is_not_graded(course, monkeypatch):
    monkeypatch.setattr(settings, "shows", lambda path: path == str(course))
    is_stopped(course, f"lies in {course}, .* move it elsewhere.")


def test_an_assignment_without_criteria_stops_the_batch(course):
    (course / "submitted" / "somebody" / SLUG).rename(course / "submitted" / "somebody" / "00-warm-up")
    is_stopped(course, "There is no assignment 00-warm-up", "00-warm-up")
    (course / "solutions" / "00-warm-up").mkdir()
    is_stopped(course, "00-warm-up is in solutions/, but .* Restore its folder in rnnlm_grader/content", "00-warm-up")


def test_a_course_may_have_a_grader_of_its_own_with_the_same_content(tmp_path):
    shutil.copytree(ROOT / "rnnlm_grader", tmp_path / "rnnlm_grader")
    (tmp_path / "rnnlm_grader" / ".ipynb_checkpoints").mkdir()  # as an editor leaves
    (tmp_path / "rnnlm_grader" / ".ipynb_checkpoints" / "exam-checkpoint.py").write_text("another")
    require_own_grader(tmp_path)


def test_what_cannot_be_read_or_held_costs_nobody_else_a_mark_and_is_told_at_the_end(course, caplog):
    demo.hand_in(course, {"a\nline": WORK["untouched"], "torn": ""})
    write(f"submitted/filed/{SLUG}", b"a file in the place of the folder")(course)
    (course / "submitted" / "nowhere").symlink_to("/nowhere")
    with pytest.raises(NbGraderException, match="2 without a mark"):
        converter_for(course).start()
    graded = (course / "autograded").glob("*/*/*.ipynb")
    assert sorted(path.relative_to(course).parts[1] for path in graded) == ["filed", "somebody", "torn"]
    for says in (
        "couldn't read the work of: filed, torn (see the report)",
        "No mark for a line: the name of the student's",
        "No mark for nowhere: the student's folder is a link that leads to no folder",
    ):
        assert says in caplog.text


def test_feedback_leads_to_the_section_of_the_book_that_explains_a_mistake(course):
    demo.hand_in(course, {"mistaken": WORK["wrong-overwrites"]})
    Course(course).configure("c.GradeInSandbox.book_url = 'https://course.example/'")
    for command in ("autograde", "generate_feedback"):
        nbgrader(course, command, SLUG)
    page = BeautifulSoup(Course(course).page("mistaken").read_text(), "html.parser")
    links = [link["href"] for link in page.find_all("a", href=True)]
    assert "https://course.example/book/02-embedding.html#embedding-repeated-ids" in links


PATCHES = """
def forward(self, idx):
    self.idx = idx
    return self.params[0][idx]
MyEmbedding.forward = forward
"""


def test_only_an_answer_that_nobody_gave_is_said_to_be_no_response(course):
    notebook = nbformat.reads(WORK["untouched"], as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(PATCHES))
    demo.hand_in(course, {"patches": nbformat.writes(notebook)})
    converter_for(course).start()
    with gradebook_of(course) as book:
        submitted = book.find_submission_notebook(SLUG, SLUG, "patches")
        assert submitted.score > 0
        assert {comment.name: comment.auto_comment for comment in submitted.comments} == {
            "MyEmbedding": None,
            "MyTimeEmbedding": "No response.",
        }


def test_a_part_that_is_new_or_gone_is_entered_by_the_command_that_the_advice_names(course, capsys):
    own = Course(course)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    own.grade()
    marks = own.marks()

    def as_before(gradebook):
        """Have the gradebook know the exercise as it was: with one part under another name."""
        gradebook.find_grade_cell("MyEmbedding-forward", SLUG, SLUG).name = "old-part"

    own.change(as_before)
    graded = own.at("autograded", "somebody") / NOTEBOOK
    notebook = nbformat.read(graded, as_version=4)
    record = notebook.metadata.rnnlm_grader
    record.update(key="another", results=record.results[1:])
    nbformat.write(notebook, graded)
    assert own.rnnlm_grade("grade") == 2
    assert AGAIN in capsys.readouterr().err
    own.nbgrader("generate_assignment", SLUG, "--force")
    assert "Removed from the gradebook, with its marks and comments: old-part" in capsys.readouterr().err
    assert (course / "exercises" / SLUG / NOTEBOOK).exists()
    assert own.rnnlm_grade("export") == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        f"graded before the exercise was changed (MyEmbedding-forward): somebody. Run: rnnlm-grade {SLUG}"
    ]
    own.grade()
    assert "1 graded, 0 unchanged" in capsys.readouterr().out
    assert own.marks() == marks
    edit_source(course, grade_id="extra")  # as where a merge took the notebook of one side, the criteria of the other
    released = (course / "exercises" / SLUG / NOTEBOOK).read_bytes()
    with pytest.raises(SystemExit):
        own.nbgrader("generate_assignment", SLUG, "--force")
    assert "MyEmbedding-forward has no such cell in the notebook" in capsys.readouterr().err
    assert (course / "exercises" / SLUG / NOTEBOOK).read_bytes() == released


@pytest.mark.parametrize("command", [[SLUG], ["report", SLUG], ["export", "--all"], ["overview"], ["freeze", SLUG]])
def test_a_gradebook_that_is_not_the_one_of_what_was_graded_stops_every_command(course, capsys, command):
    own = Course(course)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    own.grade()
    own.configure(f"c.CourseDirectory.db_url = 'sqlite:///{course}/gradebok.db'")
    before = contents(course)
    assert cli.main([*command, "--course-dir", str(course)]) == 2
    assert "/gradebok.db is missing or empty, though work was graded here" in capsys.readouterr().err
    assert contents(course) == before


def test_without_key_and_results_nothing_that_was_graded_is_graded_with_another_key(course, capsys):
    own = Course(course)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    own.grade()
    shutil.rmtree(course / "results")
    (course / "rnnlm-secret.key").unlink()
    assert own.rnnlm_grade("grade", "--dry-run") == 2
    assert "rnnlm-secret.key is missing, though work was graded here" in capsys.readouterr().err
    assert not (course / "rnnlm-secret.key").exists()
    shutil.rmtree(course / "autograded")
    own.grade()
    assert (course / "rnnlm-secret.key").exists()


def revised(own):
    """Have the gradebook hold other marks, as an earlier version of the grader would have given; return them."""

    def as_before(gradebook):
        for name in ("MyEmbedding-forward", "MyTimeEmbedding-forward"):
            gradebook.find_grade(name, SLUG, SLUG, "somebody").auto_score += 2
        gradebook.find_grade("MyEmbedding-backward", SLUG, SLUG, "somebody").manual_score = 5

    own.change(as_before)
    return own.marks()


def test_a_run_says_whose_marks_it_changes_and_a_dry_run_says_it_before(course, capsys):
    own = Course(course)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    own.grade()
    assert "marks changed" not in capsys.readouterr().out
    marks = revised(own)
    before = contents(course / "autograded")
    told = f"marks changed: 1\n  somebody: {marks['somebody']:g} -> {marks['somebody'] - 4:g} (-4)\n"
    assert own.rnnlm_grade("grade", "--dry-run", "--jobs", "1") == 0
    assert capsys.readouterr().out == (
        f"{SLUG}: nothing was recorded; a run would grade 1 and leave 0 unchanged\n{told}"
    )
    assert (own.marks(), contents(course / "autograded")) == (marks, before)
    own.grade()
    assert told in capsys.readouterr().out
    assert own.marks() == {"somebody": marks["somebody"] - 4}
    assert own.rnnlm_grade("grade", "--dry-run", "--force", "--jobs", "1") == 0
    assert capsys.readouterr().out.endswith("would grade 1 and leave 0 unchanged\nno mark would change\n")


def test_a_run_says_which_criteria_give_the_same_work_other_points(course, capsys):
    own = Course(course)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    own.grade()
    graded = own.at("autograded", "somebody") / NOTEBOOK
    notebook = nbformat.read(graded, as_version=4)
    record = notebook.metadata.rnnlm_grader
    record.results[0].criteria[0].update(state="holds", max_points=3)  # as another version of the grader had it
    record.key = "another"
    nbformat.write(notebook, graded)
    told = (
        "criteria that give the same work other points: 1\n  MyEmbedding-forward-rows_by_id: -3 in all, for somebody\n"
    )
    for options in ("--dry-run",), ():
        capsys.readouterr()
        assert own.rnnlm_grade("grade", "--jobs", "1", *options) == 0
        assert told in capsys.readouterr().out
    work = own.at("submitted", "somebody") / NOTEBOOK
    work.write_text(WORK["unfinished"])  # other work
    own.grade()
    assert "criteria that" not in capsys.readouterr().out


def test_a_dry_run_tells_the_marks_before_other_points_are_entered(course, capsys):
    own = Course(course)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    own.grade()
    marks = revised(own)
    own.change(lambda gradebook: setattr(gradebook.find_grade_cell("MyEmbedding-forward", SLUG, SLUG), "max_score", 9))
    for is_dry in True, False:
        capsys.readouterr()
        assert own.rnnlm_grade("grade", "--jobs", "1", *["--dry-run"] * is_dry) == (0 if is_dry else 2)
        said = "".join(capsys.readouterr())
        assert ("(-4)" in said) == is_dry
        assert re.search("MyEmbedding-forward has [0-9] points in the notebook, 9 points in the gradebook", said), said
        assert f"nbgrader generate_assignment {SLUG} --force" in said
        assert own.marks() == marks


def test_autograde_says_it_too(course, capsys):
    own = Course(course)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    own.grade()
    revised(own)
    own.nbgrader("autograde", SLUG)
    assert "(-4)" in capsys.readouterr().err


def test_another_nbgrader_than_the_course_was_written_for_is_named(course, monkeypatch):
    nbgrader_plugin.configure(Config(), course)
    monkeypatch.setattr(nbgrader_plugin.nbgrader, "__version__", "0.10.1")
    with pytest.warns(UserWarning, match=r"written for nbgrader 0\.9, and 0\.10\.1 is installed"):
        nbgrader_plugin.configure(Config(), course)


@pytest.mark.parametrize("error", ["this is no Python", "import nothing_of_this_name", "1 / 0"])
def test_with_a_broken_configuration_nothing_of_a_student_is_executed(course, error):
    for name in ("nbgrader_config.py", "nbgrader_config.json"):
        shutil.copy(ROOT / name, course)
    config = course / "nbgrader_config.py"
    config.write_text(f"{error}\n{config.read_text()}")
    handed_in = course / "submitted" / "somebody" / SLUG / NOTEBOOK
    notebook = nbformat.read(handed_in, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(f"open({str(course / 'executed')!r}, 'w')"))
    nbformat.write(notebook, handed_in)
    command = [sys.executable, "-m", "nbgrader", "autograde", SLUG, "--create"]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True, check=False)
    assert done.returncode
    assert "Nothing was graded, because nbgrader_config.py failed, for the reason above. Mend it" in done.stderr
    assert not (course / "executed").exists()
    assert not list(course.glob("autograded/*/*/*.ipynb"))


def test_a_frozen_assignment_keeps_its_marks_until_it_is_thawed_by_name(course, capsys):
    own = Course(course)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    assert own.rnnlm_grade("freeze") == 2  # nothing is graded
    own.grade()
    marks = revised(own)
    shutil.copytree(own.at("submitted", "somebody"), own.at("submitted", "latecomer"))
    assert own.rnnlm_grade("freeze") == 0
    state, waiting = capsys.readouterr().out.splitlines()[-2:]
    assert state.startswith(f"{SLUG} is frozen since 20")
    assert waiting == f"without a mark, though handed in: latecomer. To grade it, thaw {SLUG} first"
    shutil.rmtree(own.at("submitted", "latecomer"))
    for command in ("grade", "--force"), ("grade", "--dry-run"):
        assert own.rnnlm_grade(*command) == 2
        assert f"To grade it again: rnnlm-grade thaw {SLUG}, then" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        own.nbgrader("autograde", SLUG)
    own.nbgrader("generate_assignment", SLUG, "--force")  # which changes nothing

    def as_before(gradebook):
        """Have the gradebook know the exercise as it was: with one part under another name."""
        gradebook.find_grade_cell("MyEmbedding-forward", SLUG, SLUG).name = "old-part"

    own.change(as_before)
    released = (course / "exercises" / SLUG / NOTEBOOK).read_bytes()
    with pytest.raises(SystemExit):
        own.nbgrader("generate_assignment", SLUG, "--force")
    assert f"Nothing was released. To enter the changes: rnnlm-grade thaw {SLUG}, then" in capsys.readouterr().err
    assert (course / "exercises" / SLUG / NOTEBOOK).read_bytes() == released
    own.change(
        lambda gradebook: setattr(gradebook.find_grade_cell("old-part", SLUG, SLUG), "name", "MyEmbedding-forward")
    )
    assert own.marks() == marks
    assert (own.rnnlm_grade("thaw"), own.rnnlm_grade("thaw")) == (0, 2)
    own.grade()
    assert own.marks() != marks
