"""What is at hand in a notebook before any of its cells has run."""

import json
import os
import subprocess
import sys

import pytest
from support.hostile.handing_in import ROOT

from rnnlm_grader.content import ASSIGNMENTS

FIRST = {"imports", "check-import"}
ASK = """
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name="python3")
reply = client.execute_interactive("", user_expressions={"names": "sorted(globals())"}, timeout=60)
manager.shutdown_kernel(now=True)
print(reply["content"]["user_expressions"]["names"]["data"]["text/plain"])
"""


@pytest.fixture(scope="module")
def at_hand():
    """The names that a kernel of Jupyter's has when it starts."""
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        text=True,
        capture_output=True,
        check=True,
        env=os.environ | {"PYTHONSTARTUP": str(ROOT / "rnnlm_grader" / "startup.py")},
    )
    return set(eval(done.stdout))


@pytest.mark.parametrize("slug", ASSIGNMENTS)
def test_the_first_cells_of_an_exercise_add_nothing_to_what_is_at_hand(slug, at_hand):
    cells = json.loads((ROOT / "exercises" / slug / f"{slug}.ipynb").read_text())["cells"]
    names = {}
    for cell in cells:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") in FIRST:
            exec("".join(cell["source"]), names)
    assert {"check", "np"} <= names.keys() - {"__builtins__"} <= at_hand
