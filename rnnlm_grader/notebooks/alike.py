"""Finds code that is the same: among students, and between a student and the reference.

What is compared is each function of an answer, as a syntax tree: comments, docstrings and layout don't count. Two
functions are the same also where only the names differ that their authors chose: of arguments, of variables, and of
attributes of `self`. The length of what is the same is counted in lines that the exercise didn't give.

It is a hint and no verdict. The book shows most of these computations, and a short one can be written in few ways; so
what is shorter than `MIN_LINES` in all isn't mentioned, and what equals the reference isn't compared among students.
"""
import ast
import functools
import itertools
import warnings
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import rnnlm_ref

from .cell_code import INDIGESTIBLE, parsed

MIN_LINES = 10  # of all functions that two submissions share
MIN_FUNCTION = 3  # lines of a function, below which it says nothing
MAX_SOURCE = 20_000  # characters; the longest answer of the course has 2000
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Function:
    """One function of an answer: where it stands, its lines, and what it is, with and without its names."""

    place: str
    text: tuple[str, ...]
    exact: str
    shape: str


@dataclass(frozen=True)
class Alike:
    """Students whose code is the same, in `lines` lines (fewest and most of any two of them) of these functions."""

    students: tuple[str, ...]
    places: tuple[str, ...]
    lines: tuple[int, int]
    exact: bool


def functions_of(answers: Mapping[str, str], given: Mapping[str, str]) -> dict[Function, int]:
    """Return {`Function`: how many lines of it the exercise didn't give}; those too short to say anything are left out.

    `answers` and `given` map names to sources, as handed in and as released.
    """
    found: dict[Function, int] = {}
    for name, source in answers.items():
        known = Counter(line for function in read_functions(given.get(name, "")) for line in function.text)
        lengths = {function: (Counter(function.text) - known).total() for function in read_functions(source)}
        found |= {function: lines for function, lines in lengths.items() if lines >= MIN_FUNCTION}
    return found


def reference_shapes(sources: Iterable[str]) -> set[str]:
    """The shapes of all functions of the reference, and of the instructor's answers."""
    modules = [path.read_text(encoding="utf-8") for path in Path(rnnlm_ref.__file__).parent.glob("*.py")]
    return {function.shape for source in [*modules, *sources] for function in read_functions(source)}


def like_reference(functions: Mapping[Function, int], shapes: Collection[str]) -> tuple[int, tuple[str, ...]]:
    """Return how many lines equal the reference and in which functions; (0, ()) where that says nothing."""
    same = {function: lines for function, lines in functions.items() if function.shape in shapes}
    total = sum(same.values())
    return (total, tuple(function.place for function in same)) if total >= MIN_LINES else (0, ())


def groups(by_student: Mapping[str, Mapping[Function, int]]) -> list[Alike]:
    """Gather students who share code, each with at least one other of the group; return an `Alike` for each group.

    The longest come first. `by_student` maps a student to what `functions_of` returned.
    """
    pairs = {}
    for one, other in itertools.combinations(sorted(by_student), 2):
        shapes = {function.shape for function in by_student[other]}
        shared = {function: lines for function, lines in by_student[one].items() if function.shape in shapes}
        if sum(shared.values()) >= MIN_LINES:
            pairs[one, other] = shared
    found = [_group(members, pairs, by_student) for members in _components(pairs)]
    return sorted(found, key=lambda group: (-group.lines[1], group.students))


def _components(pairs: Iterable[tuple[str, str]]) -> list[set[str]]:
    """The sets of students who hang together by pairs."""
    components: list[set[str]] = []
    for pair in pairs:
        touched = [component for component in components if component & set(pair)]
        components = [component for component in components if component not in touched]
        components.append(set(pair).union(*touched))
    return components


def _group(members: Collection[str], pairs: Mapping[tuple[str, str], Mapping[Function, int]],
           by_student: Mapping[str, Iterable[Function]]) -> Alike:
    inside = {pair: shared for pair, shared in pairs.items() if pair[0] in members}
    lengths = [sum(shared.values()) for shared in inside.values()]
    places = dict.fromkeys(function.place for shared in inside.values() for function in shared)
    exact = all({function.exact for function in shared} <= {function.exact for function in by_student[other]}
                for (_, other), shared in inside.items())
    return Alike(tuple(sorted(members)), tuple(places), (min(lengths), max(lengths)), exact)


@functools.lru_cache(maxsize=1024)
def read_functions(source: str) -> tuple[Function, ...]:
    """Return the functions of a source that are in no other function; none where it isn't Python, or endless."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # of a student's string escapes
            tree = parsed(source)
        if tree is None or (len(source) > MAX_SOURCE and len(ast.unparse(tree)) > MAX_SOURCE):  # comments don't count
            return ()
        return tuple(_function(place, node) for place, node in _outermost(tree))
    except INDIGESTIBLE:
        return ()


def _outermost(node: ast.AST, prefix: str = "") -> Iterator[tuple[str, FUNCTION]]:
    """Yield (place, function) of all functions that are in no other one, whatever else they are in."""
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, FUNCTION):
            yield f"{prefix}{inner.name}", inner
        elif isinstance(inner, ast.stmt | ast.excepthandler | ast.match_case):
            yield from _outermost(inner, f"{prefix}{inner.name}." if isinstance(inner, ast.ClassDef) else prefix)


def _function(place: str, node: FUNCTION) -> Function:
    for inner in ast.walk(node):
        if isinstance(inner, FUNCTION | ast.ClassDef) and ast.get_docstring(inner, clean=False) is not None:
            inner.body = inner.body[1:] or [ast.Pass()]
    body = ast.unparse(node.body)  # type: ignore[arg-type]  # a list will do
    text, exact = tuple(line.strip() for line in body.splitlines()), _dump(node)
    _number_names(node)
    return Function(place, text, exact, _dump(node))


def _dump(node: FUNCTION) -> str:
    """What a function takes and does, as text; its own name is no part of it."""
    return "\n".join(map(ast.dump, (node.args, *node.body)))


def _number_names(function: FUNCTION) -> None:
    """Put a number in the place of every name that a function's author chose."""
    inner = list(ast.walk(function))
    chosen = [node.arg for node in inner if isinstance(node, ast.arg)]
    chosen += [node.id for node in inner if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    chosen += [node.name for node in inner if isinstance(node, FUNCTION) and node is not function]
    names = {name: f"name{i}" for i, name in enumerate(dict.fromkeys(chosen))}
    attributes: dict[str, str] = {}
    for node in inner:  # an attribute comes before the `self` that it is of
        if isinstance(node, ast.arg):
            node.arg = names[node.arg]
        elif isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)
        elif isinstance(node, FUNCTION):
            node.name = names.get(node.name, node.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
            node.attr = attributes.setdefault(node.attr, f"attribute{len(attributes)}")
