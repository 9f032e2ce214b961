"""The same in JupyterLab, as `make lab`, the kit and the hub start it: by the environment alone."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from pages import ROOT
from working import Lab, right_answers

SETTINGS = {
    "PYTHONSTARTUP": str(ROOT / "rnnlm_grader" / "startup.py"),
    "JUPYTER_PATH": str(ROOT / "jupyter"),
    "JUPYTER_CONFIG_PATH": str(ROOT / "jupyter"),
    "PYTHONPATH": str(ROOT),
}


@pytest.fixture
def jupyterlab(tmp_path):
    """The address of a JupyterLab on an exercise."""
    shutil.copy(ROOT / "exercises" / "01-embedding" / "01-embedding.ipynb", tmp_path)
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "jupyterlab",
            "--no-browser",
            "--port=0",
            "--allow-root",
            "--IdentityProvider.token=",
            "--expose-app-in-browser",
            f"--notebook-dir={tmp_path}",
        ],
        env=os.environ | SETTINGS,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield next(found[0] for line in server.stderr if (found := re.search(r"http://\S+/lab", line)))
    server.terminate()
    server.wait()


def test_run_all_goes_on_after_a_check_that_finds_something_wrong(jupyterlab, browser):
    tab = browser.new_page()
    tab.goto(f"{jupyterlab}/tree/01-embedding.ipynb")
    shown = Lab(tab).run()
    assert "Not filled in yet" in shown["MyEmbedding-forward"]
    assert "MyTimeEmbedding" in shown["hand-in-check"]
    tab.close()


def test_an_edit_that_was_not_run_is_noticed_in_jupyterlab(jupyterlab, browser):
    tab = browser.new_page()
    tab.goto(f"{jupyterlab}/tree/01-embedding.ipynb")
    lab, right = Lab(tab), right_answers("01-embedding")["MyEmbedding"]
    lab.fill({"MyEmbedding": right})
    assert "3 of 3 points" in lab.run("MyEmbedding", "MyEmbedding-forward")["MyEmbedding-forward"]
    lab.fill({"MyEmbedding": right.replace("return self", "return 2 * self")})
    assert "was edited since it ran" in lab.run("MyEmbedding-forward")["MyEmbedding-forward"]
    tab.close()
