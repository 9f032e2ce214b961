"""Keeps the marks of a closed assignment as they are, whatever is installed or configured later.

The file that says so lies beside the graded notebooks, so it is backed up, restored and removed with them.
"""

import importlib.metadata
import json
from datetime import datetime
from pathlib import Path

from ..files import write_atomic
from ..refusal import Refusal
from .job import version


def freeze(coursedir):
    """Freeze an assignment; one that is frozen stays as it is. Return in one line what holds now."""
    path = marker(coursedir)
    if not path.exists():
        said = {
            "on": f"{datetime.now():%Y-%m-%d}",
            "release": importlib.metadata.version("rnnlm-course"),
            "grader": version(),
        }
        write_atomic(path, json.dumps(said).encode())
    return state(coursedir)


def thaw(coursedir):
    """Let an assignment be graded again."""
    if not marker(coursedir).exists():
        raise Refusal(f"{coursedir.assignment_id} isn't frozen.")
    marker(coursedir).unlink()


def require_thawed(coursedir):
    """Raise `Refusal` for an assignment that is frozen."""
    if marker(coursedir).exists():
        assignment = coursedir.assignment_id
        raise Refusal(
            f"{state(coursedir)} Nothing was graded. To grade it again: rnnlm-grade thaw {assignment}, then "
            f"rnnlm-grade {assignment} --dry-run, which says whose marks would change."
        )


def state(coursedir):
    """Say since when an assignment is frozen, and with which grader."""
    said = json.loads(marker(coursedir).read_bytes())
    return (
        f"{coursedir.assignment_id} is frozen since {said['on']}, with the grader of version {said['release']} "
        f"({said['grader'][:12]})."
    )


def marker(coursedir):
    return Path(coursedir.root, coursedir.autograded_directory, f".frozen-{coursedir.assignment_id}.json")
