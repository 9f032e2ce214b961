"""The one file that a student downloads. Needs `make book` first."""

import os
import re
import subprocess
import sys

import pytest
from pages import HTML, ROOT
from rnnlm_book.student_kit import contents, grader_modules
from sphinx.errors import ConfigError

from rnnlm_grader.content import ASSIGNMENTS


def run(kit, script):
    """Return what Python prints for a script that knows no packages but the kit's."""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=kit,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(kit)},
    )
    return done.stdout


def test_the_kit_holds_every_exercise_that_the_book_offers_and_no_solution(kit):
    offered = {path.name: path.read_bytes() for path in (HTML / "_downloads").glob("*/*.ipynb")}
    assert offered
    assert {path.name: path.read_bytes() for path in kit.glob("exercises/*/*.ipynb")} == offered
    assert not (kit / "solutions").exists()


def test_the_kit_holds_the_built_book_without_the_kit_and_the_lab_and_without_offering_them(kit):
    built, packed = (
        {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()} for folder in (HTML, kit / "book")
    )
    built = {path for path in built if path.parts[0] != "lab" and not path.name.startswith(".made")}
    assert {path.name for path in built ^ packed} == {"rnnlm-exercises.zip"}
    for path in kit.glob("book/book/*.html"):
        assert not re.search(r"rnnlm-exercises\.zip\"|lab-offer|<rnnlm-practice", path.read_text(encoding="utf-8"))


def test_the_kit_says_under_which_licences_it_is_given(kit):
    assert {path.name: path.read_bytes() for path in kit.glob("LICENSE*")} == {
        name: (ROOT / name).read_bytes() for name in ("LICENSE", "LICENSE-text")
    }


def test_versions_are_pinned_for_all_that_is_installed(kit):
    pinned = re.findall(r"^([\w.-]+)==", (kit / "constraints.txt").read_text(), re.M)
    wanted = [
        line
        for name in ("requirements.txt", "chapters.txt")
        for line in (kit / name).read_text().splitlines()
        if re.match(r"\w", line)
    ]
    assert {"jupyterlab", "matplotlib"} <= set(wanted) <= set(pinned)


CHECK = """
import numpy as np, rnnlm_grader
class MyEmbedding:
    def __init__(self, W): self.params, self.grads = [W], [np.zeros_like(W)]
    def forward(self, idx): return self.params[0][idx]
rnnlm_grader.check(MyEmbedding, 'forward')
"""


def test_a_check_works_from_the_kit_with_numpy_alone_and_without_the_modules_that_windows_lacks(kit):
    missing = ("fcntl", "grp", "pwd", "resource", "termios")
    others = "{name.partition('.')[0] for name in sys.modules} - set(sys.stdlib_module_names)"
    shown = run(
        kit,
        f"import sys\nsys.modules |= dict.fromkeys({missing})\nbefore = {others}\n{CHECK}\n"
        f"print(*{others} - before)\nfrom rnnlm_ref import pretrained\npretrained.farm_model()\n"
        "print(rnnlm_grader.__file__, pretrained.FARM)",
    )
    *_, loaded, files = shown.splitlines()
    used = {name for name in loaded.split() if "cython" not in name}  # parts of NumPy
    assert "3 of 3 points" in shown
    assert files.count(str(kit)) == 2
    assert used == {"numpy", "rnnlm_grader", "rnnlm_ref"}


def test_without_answers_the_notebooks_run_and_say_that_nothing_is_checked(tmp_path):
    for name, content in contents(ROOT, tmp_path / "no pages", []):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    assert "no answers to compare with" in run(tmp_path, CHECK)
    notebooks = "".join(path.read_text() for path in tmp_path.glob("exercises/*/*.ipynb"))
    imports = set(re.findall(r"^ *\"(from rnnlm_\S+ import [\w, ]+)", notebooks, re.MULTILINE))
    assert len(imports) > 3
    run(tmp_path, "\n".join([*imports, "import rnnlm_grader.startup, rnnlm_grader.notebooks.bring"]))
    texts = [path.read_text() for path in tmp_path.glob("rnnlm_grader/**/*.py")]
    answers = {each.right.strip() for assignment in ASSIGNMENTS.values() for each in assignment.misconceptions}
    assert not [answer for answer in answers for text in texts if answer in text]


def test_answers_that_others_need_or_that_are_nowhere_are_not_left_out_alone():
    for slugs, reason in ((ASSIGNMENTS.keys() - {"02-rnn"}, "needs. Name it, or"), ({"09-none"}, "there is none")):
        with pytest.raises(ConfigError, match=reason):
            grader_modules(ROOT, slugs)


def test_start_opens_the_exercises_with_the_book_at_hand(kit):
    python = kit / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$RNNLM_BOOK_URL" "$@"\n')
    python.chmod(0o755)
    (kit / ".venv/ready").touch()
    done = subprocess.run([sys.executable, "start.py"], cwd=kit, capture_output=True, text=True, check=True)
    options = f"--notebook-dir=exercises --ServerApp.extra_static_paths={kit / 'book'}"
    assert f"/static -m jupyterlab {options}" in done.stdout
    assert (kit / "book/book/02-embedding.html").exists()
