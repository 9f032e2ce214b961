"""The rooms of the grader: each imports only what stands below it, in the order on the package's first page."""

import re

from course_folder import ROOT

from rnnlm_figures.house import MODULES, ROOMS, imported, room_of

TESTS = ROOT / "tests" / "grader"
FROM_THE_LOWEST = list(ROOMS)[::-1]
EVERYWHERE = ["files", "refusal"]


def height(module):
    """The place of the room that holds a module; above all of them if none does."""
    room = room_of(module)
    return FROM_THE_LOWEST.index(room) if room else len(ROOMS)


def test_each_room_imports_only_what_stands_below_it():
    assert [
        f"{module} imports {name}"
        for module, path in MODULES.items()
        for name in imported(path)
        if name.split("/")[0] not in EVERYWHERE and height(name) > height(module)
    ] == []


def test_what_every_room_imports_imports_none_of_them():
    assert [name for module in EVERYWHERE for name in imported(MODULES[module])] == []


def test_every_module_lies_in_a_room():
    assert {module for module in MODULES if not room_of(module)} == {"__init__", "finale", "startup", *EVERYWHERE}


def test_tests_lie_in_folders_that_are_called_as_the_rooms_and_import_no_other_test():
    tests = [path for path in TESTS.rglob("test_*.py") if path.parent != TESTS]
    assert {path.parent.name for path in tests} <= set(ROOMS)
    assert [path.name for path in tests if re.search(r"^(from|import) test_", path.read_text(), re.MULTILINE)] == []
