"""`make release` in a copy of the course while another one is installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

pytestmark = pytest.mark.corpus(one_in=4, whole=True)
ROOT = Path(__file__).parents[3]
SLUG = "01-embedding"
NOTEBOOK = f"{SLUG}/{SLUG}.ipynb"
NEXT = "**Next.** Read chapter 3, then open exercise `02-rnn`."
LAST = "**Next.** This was the last."


@pytest.fixture
def course(tmp_path):
    """A copy of what is released and of what releases it."""
    for name in ("rnnlm_grader", "rnnlm_ref", f"solutions/{SLUG}", f"exercises/{SLUG}", "tools"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    return tmp_path


def release(course):
    """Release the exercise of a course, where Python would find another course's grader; return (exit code, errors)."""
    command = [sys.executable, course / "tools" / "release.py", "write", SLUG]
    done = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, text=True, check=False
    )
    return done.returncode, done.stderr


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("pages", "text", "wanted", "other"),
    [
        ({"03-rnn": "02-rnn", "04-x": "03-time-rnn"}, NEXT, NEXT, LAST),
        ({"05-x": "04-bptt"}, NEXT, "**Next.** Read chapter 5, then open exercise `04-bptt`.", LAST),
        ({"05-x": "04-bptt"}, "**Luego.** `02-rnn`: 3.", "**Luego.** `04-bptt`: 5.", LAST),
        ({"own": "08-scale"}, NEXT, "**Next.** Read chapter 3, then open exercise `08-scale`.", LAST),
        ({"09-x": "08-scale"}, LAST, "**Next.** Read chapter 9, then open exercise `08-scale`.", NEXT),
        ({"09-x": "08-scale"}, "**Luego.** Fin.", "**Luego.** Fin.", NEXT),
        ({"09-x": "08-scale"}, "What a course!", "What a course!", NEXT),
        ({}, NEXT, LAST, LAST),
        ({"02-embedding": "04-bptt"}, NEXT, "**Next.** Read chapter 2, then open exercise `04-bptt`.", LAST),
        ({"02-embedding": "00-own"}, NEXT, LAST, LAST),
        ({}, NEXT, "", NEXT),
        ({}, "Go on with `02-rnn`.", "Go on with `02-rnn`.", LAST),
        ({}, LAST, LAST, NEXT),
    ],
)
def test_what_comes_next_is_what_the_book_offers_next_or_nothing(course, pages, text, wanted, other):
    (course / "book").mkdir()
    for page, name in ({"02-embedding": SLUG} | pages).items():
        (course / "book" / f"{page}.md").write_text(f"{{download}}`x <../exercises/{name}/{name}.ipynb>`")
    edit(course / "solutions" / NOTEBOOK, NEXT, text)
    shutil.copytree(ROOT / "solutions" / "02-rnn", course / "solutions" / "02-rnn")
    edit(course / "solutions" / "02-rnn" / "02-rnn.ipynb", NEXT.replace("3", "4").replace("02-", "03-time-"), other)
    assert release(course)[0] == 0
    cells = nbformat.read(course / "exercises" / NOTEBOOK, as_version=4).cells
    (outro,) = (cell.source for cell in cells if cell.metadata.nbgrader.grade_id == "outro")
    before = "vectors meet a hidden state: the RNN cell."
    assert outro.partition(before)[2].strip() == wanted


def points(path):
    cells = [cell.metadata.nbgrader for cell in nbformat.read(path, as_version=4).cells]
    return {cell.grade_id: cell.points for cell in cells if cell.grade}


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_points_are_those_of_the_course_s_own_criteria(course):
    edit(
        course / "rnnlm_grader" / "content" / "embedding" / "criteria.py",
        'ids.criterion("rows_by_id", "forward", 1',
        'ids.criterion("rows_by_id", "forward", 2',
    )
    before = {folder: points(course / folder / NOTEBOOK) for folder in ("solutions", "exercises")}
    assert release(course)[0] == 0
    for folder, there in before.items():
        assert points(course / folder / NOTEBOOK) == there | {"MyEmbedding-forward": there["MyEmbedding-forward"] + 1}


def test_nothing_is_released_that_lacks_a_part_of_the_criteria(course):
    edit(course / "solutions" / NOTEBOOK, '"grade_id": "MyEmbedding-forward"', '"grade_id": "MyEmbedding-forwards"')
    edit(course / "solutions" / NOTEBOOK, "import numpy as np", "import numpy as np  # edited")
    before = (course / "exercises" / NOTEBOOK).read_bytes()
    code, said = release(course)
    assert (code, len(said.splitlines())) == (1, 1)
    assert "MyEmbedding-forward has no such cell in the notebook, 3 points in the criteria" in said
    assert (course / "exercises" / NOTEBOOK).read_bytes() == before


def test_nothing_is_released_whose_points_are_not_those_in_the_gradebook(course):
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        gradebook.add_assignment(SLUG)
        gradebook.add_notebook(SLUG, SLUG)
        gradebook.add_grade_cell("MyEmbedding-forward", SLUG, SLUG, max_score=3, cell_type="code")
    code, said = release(course)
    assert (code, len(said.splitlines())) == (1, 1)
    assert "MyEmbedding-backward has 6 points in the notebook, no such cell in the gradebook" in said
    assert f"and run: nbgrader generate_assignment {SLUG} --force" in said
    (course / "autograded").mkdir()
    (course / "autograded" / f".frozen-{SLUG}.json").write_text('{"on": "2026-11-30", "release": "1", "grader": "abc"}')
    code, said = release(course)
    assert code == 0
    assert f"{SLUG} is frozen since 2026-11-30" in said
    assert "MyEmbedding-backward has 6 points in the notebook, no such cell in the gradebook" in said
    assert "The marks that were given stay." in said
