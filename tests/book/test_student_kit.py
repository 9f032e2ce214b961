"""The one file that a student downloads. Needs `make book` first."""
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def kit(tmp_path):
    archive, = (ROOT / "_build" / "html" / "_downloads").glob("*/rnnlm-exercises.zip")
    with zipfile.ZipFile(archive) as file:
        file.extractall(tmp_path)
    return tmp_path / "rnnlm-exercises"


def test_the_kit_holds_every_exercise_that_the_book_offers_and_no_solution(kit):
    offered = {path.name: path.read_bytes() for path in (ROOT / "_build" / "html" / "_downloads").glob("*/*.ipynb")}
    assert offered
    assert {path.name: path.read_bytes() for path in kit.glob("exercises/*/*.ipynb")} == offered
    assert not (kit / "solutions").exists()


def test_a_check_works_from_the_kit_alone(kit):
    script = ("import numpy as np, rnnlm_grader\n"
              "class MyEmbedding:\n"
              "    def __init__(self, W): self.params, self.grads = [W], [np.zeros_like(W)]\n"
              "    def forward(self, idx): return self.params[0][idx]\n"
              "rnnlm_grader.check(MyEmbedding, 'forward')\n"
              "print(rnnlm_grader.__file__)\n")
    done = subprocess.run([sys.executable, "-c", script], cwd=kit, capture_output=True, text=True, check=True,
                          env=os.environ | {"PYTHONPATH": str(kit)})
    assert "3 of 3 points" in done.stdout
    assert str(kit) in done.stdout


def test_the_trained_model_is_in_the_kit(kit):
    script = "from rnnlm_ref.pretrained import FARM, farm_model; farm_model(); print(FARM)"
    done = subprocess.run([sys.executable, "-c", script], cwd=kit, capture_output=True, text=True, check=True,
                          env=os.environ | {"PYTHONPATH": str(kit)})
    assert str(kit) in done.stdout
