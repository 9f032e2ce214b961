"""How the plug-in behaves inside nbgrader where something is missing."""
from pathlib import Path

import demo
import nbformat
import pytest
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from rnnlm_grader import sandbox
from rnnlm_grader.nbgrader_plugin import configure, read_secret

ROOT = Path(__file__).parents[2]


@pytest.fixture
def converter(tmp_path):
    """nbgrader's converter for a course with one submission."""
    demo.set_up(tmp_path)
    blank = nbformat.read(ROOT / "exercises" / demo.ASSIGNMENT / f"{demo.ASSIGNMENT}.ipynb", as_version=4)
    demo.hand_in(tmp_path, {"somebody": nbformat.writes(blank)})
    config = Config()
    configure(config, tmp_path)
    coursedir = CourseDirectory(config=config, assignment_id=demo.ASSIGNMENT)
    return Autograde(coursedir=coursedir, config=config)


def everything_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_missing_sandbox_stops_the_batch_before_anything_is_written(converter, tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox, "find_bwrap", lambda: None)
    sandbox.require_sandbox.cache_clear()
    before = everything_in(tmp_path)
    with pytest.raises(NbGraderException, match="No sandbox was found, so nothing was graded"):
        converter.start()
    assert everything_in(tmp_path) == before
    sandbox.require_sandbox.cache_clear()


def test_a_damaged_key_stops_the_batch(converter, tmp_path):
    (tmp_path / "rnnlm-secret.key").write_bytes(b"short")
    with pytest.raises(NbGraderException, match="has only 5 bytes"):
        converter.start()
    assert not (tmp_path / "gradebook.db").exists()


def test_the_key_is_made_once_and_kept_to_its_owner(tmp_path):
    path = tmp_path / "key"
    assert read_secret(path) == read_secret(path)
    assert len(path.read_bytes()) == 32
    assert path.stat().st_mode & 0o077 == 0
