"""What `make browser` does where it can't."""

import os
import shutil
import subprocess
import sys

from pages import ROOT


def test_without_a_network_one_line_says_so_and_no_lab_is_left(tmp_path):
    shutil.copytree(ROOT / "browser", tmp_path / "browser")
    done = subprocess.run(
        [sys.executable, tmp_path / "browser" / "build.py"],
        capture_output=True,
        text=True,
        env=os.environ | {"PIP_INDEX_URL": "http://127.0.0.1:9/simple"},
    )
    assert done.returncode == 1
    assert done.stderr.startswith("The lab can't be built, because its parts can't be downloaded. Try again later.")
    assert done.stderr.count("\n") == 1
    assert not any(path.is_file() for path in (tmp_path / "_build").rglob("*"))
