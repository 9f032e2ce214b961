"""The main job on real input: a class of notebooks through the ordinary nbgrader commands."""

import re

import demo
import pytest
from course_folder import ROOT, Course
from processes import orphans, staying

pytestmark = pytest.mark.corpus
MARKS = {
    "right-as-the-book": 25,
    "right-one-hot": 25,
    "right-loops-and-prints": 25,
    "right-helper-elsewhere": 25,
    "deleted-the-checks": 25,
    "wrong-overwrites": 23,  # loses repeated ids; the layer over time, built on it, keeps its points
    "wrong-piles-up": 24,
    "wrong-rebinds": 24,
    "wrong-dtype": 24,
    "wrong-last-step-only": 24,
    "unfinished": 4,
    "untouched": 0,
    "loops-forever": 15,
    "ends-its-process": 14,
    "syntax-error": 10,  # each keeps what its other answer earns
    "imports-the-answer": 0,
    "not-a-notebook": 0,
}
SAYS = {
    "wrong-overwrites": "each row of dW is written once",
    "wrong-piles-up": "gradients pile up",
    "wrong-rebinds": "grads holds new arrays after backward",
    "wrong-dtype": "the output is forced to float32",
    "wrong-last-step-only": "only the gradient of the last step is kept",
    "unfinished": "not filled in",
    "untouched": "not filled in",
    "loops-forever": "endless loop",
    "ends-its-process": "ended the Python process (exit status 0)",
    "syntax-error": "raised SyntaxError",
    "imports-the-answer": "raised ModuleNotFoundError",
    "not-a-notebook": "isn't valid JSON",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The demo's class, released, graded and fed back."""
    folder = tmp_path_factory.mktemp("course")
    demo.grade_class(folder)
    return Course(folder)


@pytest.fixture(scope="module")
def pages(course):
    return {student: course.page(student).read_text() for student in MARKS}


@pytest.fixture(scope="module")
def rows(course):
    return {student: (score, says) for student, score, _, says in demo.read_results(course.folder)}


def test_every_student_gets_the_mark_that_a_fair_teacher_gives(rows):
    assert {student: score for student, (score, _) in rows.items()} == MARKS


def test_every_loss_is_explained(rows):
    assert set(SAYS) == {student for student, mark in MARKS.items() if mark < 25}
    for student, (_, says) in rows.items():
        assert SAYS.get(student, "") in says, student
        assert bool(says) == (student in SAYS), student


def test_everybody_gets_feedback_with_mark_and_report(pages):
    for student, mark in MARKS.items():
        assert f"(Score: {mark:.1f} / 25.0)" in pages[student], student
        assert "MyEmbedding · forward:" in pages[student]
    assert "They must add up" in pages["wrong-overwrites"]
    assert "02-embedding.html#embedding-repeated-ids" in pages["wrong-overwrites"]


def test_feedback_shows_no_hidden_test_and_no_solution(pages):
    for student, page in pages.items():
        assert "hidden=True" not in page.replace(" ", ""), student
        assert not re.search("BEGIN (HIDDEN|SOLUTION)", page), student
    assert "np.add.at" not in re.sub(r"`np.add.at`|np\.add\.at\(dW, self\.idx, dout\)", "", pages["untouched"])


def test_the_table_in_the_readme_is_this_one(course):
    table = demo.table(demo.read_results(course.folder), markdown=True)
    assert table in (ROOT / "README.md").read_text(), f"README.md should show:\n\n{table}"


def test_nothing_of_a_worker_is_left_behind():
    assert not staying(orphans)
