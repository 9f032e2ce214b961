"""book/add-an-exercise.md adds an exercise: what the page says is done in a copy of the course."""

import os
import re
import shlex
import shutil
import subprocess
import sys

import nbformat
import pytest
import yaml
from course_folder import ROOT

PAGE = (ROOT / "book" / "add-an-exercise.md").read_text()
FILES = dict(re.findall(r"^```\{code-block\} python\n:caption: (\S+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
TESTS = re.search(r"^python -m (pytest .*)$", PAGE, re.MULTILINE)[1]
pytestmark = pytest.mark.corpus(one_in=4, whole=True)
POINTS = {"forward": 2, "backward": 3, "contract": 3}
COPIED = ("rnnlm_grader", "rnnlm_ref", "tests", "tools", "book", "solutions", "exercises")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course, with the exercise of the page."""
    course = tmp_path_factory.mktemp("course")
    for name in COPIED:
        shutil.copytree(ROOT / name, course / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    for name in ("nbgrader_config.py", "nbgrader_config.json", "pyproject.toml"):
        shutil.copy(ROOT / name, course)
    for path, text in FILES.items():
        assert not (course / path).exists()
        (course / path).parent.mkdir(exist_ok=True)
        (course / path).write_text(text)
    (course / "solutions" / "08-scale").mkdir()
    nbformat.write(notebook(), course / "solutions" / "08-scale" / "08-scale.ipynb")
    return course


def notebook():
    """The notebook of 02-rnn, changed as the page says."""
    made = nbformat.read(ROOT / "solutions" / "02-rnn" / "02-rnn.ipynb", as_version=4)
    for cell in made.cells:
        about = cell.metadata["nbgrader"]
        about["grade_id"] = about["grade_id"].replace("MyRNN", "MyScale")
        cell.source = cell.source.replace("MyRNN", "MyScale")
        if about["grade"]:
            about["points"] = POINTS[about["grade_id"].partition("-")[2]]
        if about["solution"]:
            text = FILES["rnnlm_grader/content/scale/misconceptions.py"]
            plain = re.search(r'SCALE = """\n(.*?)"""', text, re.DOTALL)[1]
            cell.source = plain.replace(
                "        self.x = x\n        return x * self.params[0]\n",
                "        ### BEGIN SOLUTION\n        self.x = x\n"
                "        return x * self.params[0]\n        ### END SOLUTION\n",
            )
    return made


def run(course, *command):
    done = subprocess.run(
        [sys.executable, *command],
        cwd=course,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(course)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_its_answers_are_judged_and_named(course):
    said = run(course, "-m", *shlex.split(TESTS), "-p", "no:cacheprovider", "-n", "0")
    assert re.search(r"\b[1-9]\d passed", said)
    assert "failed" not in said


def test_its_axes_may_have_letters_of_their_own(course):
    criteria = course / "rnnlm_grader" / "content" / "scale" / "criteria.py"
    before = criteria.read_text()
    criteria.write_text(re.sub(r'"(N?)D"', r'"\1K"', before))
    said = run(
        course,
        "-m",
        "pytest",
        "tests/grader/verdict/test_answers.py",
        "-k",
        "MyScale-Averages",
        "-p",
        "no:cacheprovider",
        "-n",
        "0",
    )
    criteria.write_text(before)
    assert "1 passed" in said


def test_it_is_released(course):
    run(course, "tools/release.py", "write", "08-scale")
    released = (course / "exercises" / "08-scale" / "08-scale.ipynb").read_text()
    assert "NotImplementedError" in released
    assert "return x * self.params[0]" not in released


@pytest.mark.parametrize("wanted", [[], ["08-scale"]])
def test_its_answer_is_in_the_students_download_only_where_that_is_wanted(course, wanted):
    config = yaml.safe_load((ROOT / "_config.yml").read_text())
    with_answers = config["sphinx"]["config"]["answers_in_download"] + wanted
    said = run(
        course,
        "-c",
        f"""
import sys
from pathlib import Path
sys.path.insert(0, "book/_ext")
from rnnlm_book.student_kit import grader_modules
for path in grader_modules(Path("."), {with_answers}):
    print(path.read_text())
""",
    )
    assert ("return x * self.params[0]" in said) == bool(wanted)
    assert "class Misconception" in said


def test_a_learner_hears_of_a_mistake(course):
    said = run(
        course,
        "-c",
        FILES["tests/corpora/scale.py"]
        + """
import numpy as np
from rnnlm_grader import check
exec(WRONG["MyScale"]["Averages"])
try:
    check(MyScale, "backward")
except AssertionError as report:
    print(report)
""",
    )
    assert "backward: 2 of 3 points" in said
    assert "Likely: dw is averaged over the batch; it is the sum of dout * x." in said
