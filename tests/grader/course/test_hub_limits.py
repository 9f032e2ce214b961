"""The sample hub limits what a student's server may take, and not the instructor's."""

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
    """Return what the hub would start for somebody."""
    monkeypatch.setattr(Path, "read_text", lambda path: "ada ben")
    config = Config()
    runpy.run_path(str(ROOT / "classroom" / "jupyterhub_config.py"), {"get_config": lambda: config})

    def command_of(name):
        spawner = SimpleNamespace(user=SimpleNamespace(name=name), environment={}, cmd=["jupyterhub-singleuser"])
        config.Spawner.pre_spawn_hook(spawner)
        return spawner.cmd

    return command_of


def test_a_student_s_process_gets_no_more_memory_than_the_limit(start):
    *limits, program = start("ada")
    assert (program, start("instructor")) == ("jupyterhub-singleuser", ["jupyterhub-singleuser"])
    for size, code in ((2**28, 0), (2**31, 1)):
        command = [*limits, sys.executable, "-c", f"bytearray({size})"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, "MemoryError" in done.stderr) == (code, bool(code))
