"""The sample hub limits what a student's server may take, and not the instructor's; and it remembers progress."""

import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from course_folder import ROOT
from traitlets.config import Config


@pytest.fixture
def start(monkeypatch):
    """Return the command and the environment that the hub would start for somebody."""
    monkeypatch.setattr(Path, "read_text", lambda path: "ada ben")
    config = Config()
    runpy.run_path(str(ROOT / "classroom" / "jupyterhub_config.py"), {"get_config": lambda: config})

    def started(name):
        spawner = SimpleNamespace(user=SimpleNamespace(name=name), environment={}, cmd=["jupyterhub-singleuser"])
        config.Spawner.pre_spawn_hook(spawner)
        return spawner.cmd, spawner.environment

    return started


def test_a_student_s_process_gets_no_more_memory_than_the_limit(start):
    *limits, program = start("ada")[0]
    assert (program, start("instructor")[0]) == ("jupyterhub-singleuser", ["jupyterhub-singleuser"])
    for size, code in ((2**28, 0), (2**31, 1)):
        command = [*limits, sys.executable, "-c", f"bytearray({size})"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, "MemoryError" in done.stderr) == (code, bool(code))


def test_progress_is_kept_in_a_students_own_folder(start):
    assert start("root")[1]["RNNLM_PROGRESS"] == str(Path("~root/progress.json").expanduser())
    assert "RNNLM_PROGRESS" not in start("instructor")[1]
