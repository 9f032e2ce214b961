"""The rooms of the grader: each imports only what stands below it, in the order on the package's first page."""
import ast
import re

from classroom import ROOT

import rnnlm_grader

PACKAGE, TESTS = ROOT / "rnnlm_grader", ROOT / "tests" / "grader"
ROOMS = re.findall(r"^    (\S+)/ ", rnnlm_grader.__doc__, re.MULTILINE)[::-1]  # from the lowest
EVERYWHERE = ["files", "refusal"]
MODULES = {path.relative_to(PACKAGE).with_suffix("").as_posix(): path for path in PACKAGE.rglob("*.py")}


def height(module):
    """The place of the innermost room that holds a module, named as in `MODULES`; above all of them if none does."""
    return max((ROOMS.index(room) for room in ROOMS if f"{module}/".startswith(f"{room}/")), default=len(ROOMS))


def imported(path):
    """Yield what a file imports of the package: each module, or what it takes from one."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = [*package[:len(package) - node.level + 1]] if node.level else []
            names = [base + f"{node.module or ''}.{alias.name}".strip(".").split(".") for alias in node.names]
        else:
            continue
        yield from ("/".join(name[1:]) for name in names if name[0] == PACKAGE.name)


def test_each_room_imports_only_what_stands_below_it():
    assert [f"{module} imports {name}" for module, path in MODULES.items() for name in imported(path)
            if name.split("/")[0] not in EVERYWHERE and height(name) > height(module)] == []


def test_what_every_room_imports_imports_none_of_them():
    assert [name for module in EVERYWHERE for name in imported(MODULES[module])] == []


def test_every_module_lies_in_a_room():
    outside = {module for module in MODULES if height(module) == len(ROOMS)}
    assert outside == {"__init__", "finale", "startup", *EVERYWHERE}


def test_tests_lie_in_folders_that_are_called_as_the_rooms_and_import_no_other_test():
    tests = [path for path in TESTS.rglob("test_*.py") if path.parent != TESTS]
    assert {path.parent.name for path in tests} <= set(ROOMS)
    assert [path.name for path in tests if re.search(r"^(from|import) test_", path.read_text(), re.MULTILINE)] == []
