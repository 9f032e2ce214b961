"""The exercises: a folder each, found by itself.

EXERCISE/criteria.py         what it asks for and how it is judged
EXERCISE/misconceptions.py   wrong answers, each with a sentence that names the mistake
over_time.py                 what criteria of layers over time share
contract.py, step.py         misconceptions that several share; misconception.py says what one is
"""

import importlib
from pathlib import Path

from ..engine.exam import Assignment


def _all() -> list[Assignment]:
    folders = {found.parent.name for found in Path(__file__).parent.glob("*/criteria.py*")}  # or only its bytecode
    modules = [importlib.import_module(f"{__name__}.{folder}.criteria") for folder in folders]
    return sorted((module.ASSIGNMENT for module in modules), key=lambda assignment: assignment.slug)


ASSIGNMENTS = {assignment.slug: assignment for assignment in _all()}


def find(name: str) -> Assignment | None:
    """Return the assignment that asks for `name`, or None."""
    return next((a for a in ASSIGNMENTS.values() if name in a.names), None)


def asking_for(name: str) -> Assignment:
    """Return the assignment that asks for `name`; raise a LookupError where none does."""
    if assignment := find(name):
        return assignment
    raise LookupError(f"no exercise asks for {name}")
