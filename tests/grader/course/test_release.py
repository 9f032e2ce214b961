"""`make release` in a copy of the course while another one is installed."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

ROOT = Path(__file__).parents[3]
SLUG = "01-embedding"
NOTEBOOK = f"{SLUG}/{SLUG}.ipynb"


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
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, text=True,
                          check=False)
    return done.returncode, done.stderr


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_nothing_is_released_whose_points_are_not_those_of_the_course_s_own_criteria(course):
    edit(course / "rnnlm_grader" / "content" / "embedding" / "criteria.py", 'ids.criterion("rows_by_id", "forward", 1',
         'ids.criterion("rows_by_id", "forward", 2')
    edit(course / "solutions" / NOTEBOOK, "import numpy as np", "import numpy as np  # edited")
    before = (course / "exercises" / NOTEBOOK).read_bytes()
    code, said = release(course)
    assert (code, len(said.splitlines())) == (1, 1)
    assert "MyEmbedding-forward has 3 points in the notebook, 4 points in the criteria" in said
    assert (course / "exercises" / NOTEBOOK).read_bytes() == before


def test_nothing_is_released_whose_points_are_not_those_in_the_gradebook(course):
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        gradebook.add_assignment(SLUG)
        gradebook.add_notebook(SLUG, SLUG)
        gradebook.add_grade_cell("MyEmbedding-forward", SLUG, SLUG, max_score=3, cell_type="code")
    code, said = release(course)
    assert (code, len(said.splitlines())) == (1, 1)
    assert "MyEmbedding-backward has 6 points in the notebook, no such cell in the gradebook" in said
    assert f"Run: nbgrader generate_assignment {SLUG} --force" in said
