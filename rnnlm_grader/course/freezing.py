"""Keeps the marks of a closed assignment as they are, whatever is installed or configured later.

The file that says so lies beside the graded notebooks, so it is backed up, restored and removed with them.
"""

import importlib.metadata
import json
from datetime import datetime
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from ..files import write_atomic
from ..refusal import Refusal
from .gradebook import require_same_points
from .job import version
from .source_notebook import Disagreement, require_criteria


def freeze(coursedir: CourseDirectory) -> str:
    """Freeze an assignment; one that is frozen stays as it is. Return in one line what holds now."""
    if not is_frozen(coursedir):
        said = {
            "on": f"{datetime.now():%Y-%m-%d}",
            "release": importlib.metadata.version("rnnlm-course"),
            "grader": version(),
        }
        write_atomic(marker(coursedir), json.dumps(said).encode())
    return state(coursedir)


def thaw(coursedir: CourseDirectory) -> None:
    """Let an assignment be graded again."""
    if not is_frozen(coursedir):
        raise Refusal(f"{coursedir.assignment_id} isn't frozen.")
    marker(coursedir).unlink()


def require_thawed(coursedir: CourseDirectory) -> None:
    """Raise `Refusal` for an assignment that is frozen."""
    if is_frozen(coursedir):
        assignment = coursedir.assignment_id
        raise Refusal(
            f"{state(coursedir)} Nothing was graded. To grade it again: rnnlm-grade thaw {assignment}, then "
            f"rnnlm-grade {assignment} --dry-run, which says whose marks would change."
        )


def require_same_cells(coursedir: CourseDirectory) -> None:
    """Raise `Refusal` for an assignment that is frozen, if its notebook has other parts or points than the gradebook.

    To enter these would change marks.
    """
    try:
        if is_frozen(coursedir):
            require_same_points(coursedir, require_criteria(coursedir))
    except Disagreement as changed:
        assignment = coursedir.assignment_id
        raise Refusal(
            f"{state(coursedir)} {changed.what} Nothing was released. To enter the "
            f"changes: rnnlm-grade thaw {assignment}, then nbgrader generate_assignment {assignment} --force"
        ) from None


def is_frozen(coursedir: CourseDirectory) -> bool:
    return marker(coursedir).exists()


def state(coursedir: CourseDirectory) -> str:
    """Say since when an assignment is frozen, and which grader the course had then."""
    said = json.loads(marker(coursedir).read_bytes())
    return (
        f"{coursedir.assignment_id} is frozen since {said['on']}; then the course's grader was version "
        f"{said['release']} ({said['grader'][:12]})."
    )


def marker(coursedir: CourseDirectory) -> Path:
    return Path(coursedir.root, coursedir.autograded_directory, f".frozen-{coursedir.assignment_id}.json")
