"""Finds code that is the same: among students, and between a student and the reference.

What is compared is each function of an answer, as a syntax tree: comments, docstrings, layout and prints don't count.
Two functions are the same also where only the names differ that their authors chose (of arguments, of variables, of
attributes of `self`, and of helpers in the same cell), or the order of statements that don't depend on each other, or
`s += x` stands for `s = s + x`. The length of what is the same is counted in lines that the exercise didn't give.

It is a hint and no verdict. The book shows most of these computations, and a short one can be written in few ways; so
what is shorter than `MIN_LINES` in all isn't mentioned, unless it is wrong and rare, and what equals the reference
isn't compared among students.
"""

import ast
import copy
import functools
import re
import warnings
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import rnnlm_ref

from .cell_code import INDIGESTIBLE, defined_names, parsed

MIN_LINES = 10  # of all functions that two submissions share
MIN_RARE = 4  # the same where the code is wrong, and few have it
RARE = 3  # so many
COMMON = 1 / 10  # of a class, and more than RARE: what so many have in common tells of none of them
NEAR = 10  # of all with the same function, each student is compared with so many next ones
PAIRS = 30  # listed
MIN_FUNCTION = 3  # lines of a function, below which it says nothing
MAX_SOURCE = 20_000  # characters; the longest answer of the course has 2000
EVERYTHING = frozenset({""})  # which every statement reads, and those write that nothing may pass
MAX_SORTED = 60  # statements
NAME = re.compile(r"(id|attr|arg)='([^']*)'")
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
LEAVES = ast.Return | ast.Raise | ast.Break | ast.Continue | FUNCTION


@dataclass(frozen=True)
class Function:
    """One function of an answer: where it stands, its lines, and what it is, with and without its names."""

    place: str
    text: tuple[str, ...]
    exact: str
    shape: str
    source: str = field(default="", compare=False)


@dataclass(frozen=True)
class Alike:
    """Two students who share code: `lines` in these functions, which is `percent` of what the one has who has less.

    `same` holds each function as the one and as the other has it; `is_rare` says whether wrong code is in it that few
    have.
    """

    students: tuple[str, str]
    same: tuple[tuple[Function, Function], ...]
    lines: int
    percent: int
    is_rare: bool

    @property
    def places(self) -> list[str]:
        return [function.place for function, _ in self.same]

    @property
    def exact(self) -> bool:
        return all(mine.exact == theirs.exact for mine, theirs in self.same)

    @property
    def sources(self) -> list[str]:
        """The code of both."""
        return ["\n\n".join(function.source for function in functions) for functions in zip(*self.same, strict=True)]


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


def pairs(
    by_student: Mapping[str, Mapping[Function, int]], wrong: Mapping[str, Collection[Function]] = MappingProxyType({})
) -> tuple[list[Alike], int]:
    """Return an `Alike` for each two students who share code, `PAIRS` at most, and how many more were found.

    First comes rare wrong code, then what is longest. Of students with the same function, each is compared with the
    `NEAR` next ones only, so time and memory grow with the class and not with its square. `by_student` maps a student
    to what `functions_of` returned, `wrong` to those of the functions that lost points.
    """
    most = max(RARE + 1, COMMON * len(by_student))
    counts = Counter(shape for functions in by_student.values() for shape in {function.shape for function in functions})
    shared = {shape: count for shape, count in counts.items() if 1 < count <= most}

    def what_is_shared(student: str) -> tuple[list[tuple[int, str]], str]:
        """Sort students by it, and those stand together who share most; commonest first, as the rest are few."""
        own = {function.shape for function in by_student[student]} & shared.keys()
        return sorted((-shared[shape], shape) for shape in own), student

    holders: dict[str, dict[str, Function]] = {shape: {} for shape in shared}
    for student in sorted(by_student, key=what_is_shared):
        for function in by_student[student]:
            if function.shape in shared:
                holders[function.shape].setdefault(student, function)
    near = {
        (min(one, other), max(one, other))
        for those in map(list, holders.values())
        for here, one in enumerate(those)
        for other in those[here + 1 : here + 1 + NEAR]
    }
    found = [alike for students in near if (alike := _alike(students, holders, by_student, wrong))]
    found.sort(key=lambda alike: (not alike.is_rare, -alike.lines, alike.students))
    return found[:PAIRS], len(found[PAIRS:])


def _alike(
    students: tuple[str, str],
    holders: Mapping[str, Mapping[str, Function]],
    by_student: Mapping[str, Mapping[Function, int]],
    wrong: Mapping[str, Collection[Function]],
) -> Alike | None:
    """Return the `Alike` of two students, or None where what they share says nothing."""
    one, other = students
    shapes = dict.fromkeys(function.shape for function in by_student[one])
    same = [(those[one], those[other]) for shape in shapes if other in (those := holders.get(shape, {}))]
    lines = {function: by_student[one][function] for function, _ in same}
    is_rare = (
        sum(
            lines[mine]
            for mine, theirs in same
            if len(holders[mine.shape]) <= RARE and mine in wrong.get(one, ()) and theirs in wrong.get(other, ())
        )
        >= MIN_RARE
    )
    total = sum(lines.values())
    if total < MIN_LINES and not is_rare:
        return None
    least = min(sum(by_student[student].values()) for student in students)
    return Alike(students, tuple(same), total, min(100, round(100 * total / least)), is_rare)


@functools.lru_cache(maxsize=1024)
def read_functions(source: str) -> tuple[Function, ...]:
    """Return the functions of a source that are in no other function; none where it isn't Python, or endless."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # of a student's string escapes
            tree = parsed(source)
        if tree is None or (len(source) > MAX_SOURCE and len(ast.unparse(tree)) > MAX_SOURCE):  # comments don't count
            return ()
        own = defined_names(tree)
        return tuple(_function(place, node, own) for place, node in _outermost(tree))
    except INDIGESTIBLE:
        return ()


def _outermost(node: ast.AST, prefix: str = "") -> Iterator[tuple[str, FUNCTION]]:
    """Yield (place, function) of all functions that are in no other one, whatever else they are in."""
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, FUNCTION):
            yield f"{prefix}{inner.name}", inner
        elif isinstance(inner, ast.stmt | ast.excepthandler | ast.match_case):
            yield from _outermost(inner, f"{prefix}{inner.name}." if isinstance(inner, ast.ClassDef) else prefix)


def _function(place: str, node: FUNCTION, own: Collection[str]) -> Function:
    for inner in ast.walk(node):
        if isinstance(inner, FUNCTION | ast.ClassDef) and ast.get_docstring(inner, clean=False) is not None:
            inner.body = inner.body[1:] or [ast.Pass()]
    body = ast.unparse(node.body)  # type: ignore[arg-type]  # a list will do
    text, exact = tuple(line.strip() for line in body.splitlines()), _dump(node)
    source = ast.unparse(node)
    _bring_to_one_form(node)
    _number_names(node, own)
    return Function(place, text, exact, _dump(node), source)


def _bring_to_one_form(function: FUNCTION) -> None:
    """Leave prints out, write `s += x` as `s = s + x`, and put statements that don't depend on each other in order."""
    known: dict[str, int] = {}
    _meet(function.args, known)
    function.body = _one_form(function.body, known)


def _one_form(statements: Iterable[ast.stmt], known: dict[str, int]) -> list[ast.stmt]:
    """The same for a block; `known` numbers the names that were met before it, and is added to."""
    return _in_order([_written_out(each) for each in statements if not _says_nothing(each)], known)


def _meet(tree: ast.AST, known: dict[str, int]) -> None:
    """Number what is named in a tree."""
    for node in ast.walk(tree):
        if name := getattr(node, "id", None) or getattr(node, "arg", None):
            known.setdefault(name, len(known))


def _says_nothing(statement: ast.stmt) -> bool:
    """Whether a statement is a print, a text or `pass`."""
    value = getattr(statement, "value", None) if isinstance(statement, ast.Expr) else None
    is_print = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "print"
    return isinstance(statement, ast.Pass) or is_print or isinstance(value, ast.Constant)


def _written_out(statement: ast.stmt) -> ast.stmt:
    if not isinstance(statement, ast.AugAssign):
        return statement
    before = copy.deepcopy(statement.target)
    before.ctx = ast.Load()
    return ast.Assign([statement.target], ast.BinOp(before, statement.op, statement.value))


def _in_order(statements: Collection[ast.stmt], known: dict[str, int]) -> list[ast.stmt]:
    """Sort statements as far as none passes another one on which it depends, by what they are and do to known names."""
    left, done = [(ast.dump(each), each, *_touched(each)) for each in statements], list[ast.stmt]()
    while left:
        free = (
            [
                here
                for here, (_, _, reads, writes) in enumerate(left)
                if not any(
                    writes & (before_reads | before_writes) or reads & before_writes
                    for _, _, before_reads, before_writes in left[:here]
                )
            ]
            if len(statements) <= MAX_SORTED
            else [0]
        )
        first = left.pop(min(free, key=lambda here: _anonymous(left[here][0], known)))[1]
        for inner in ast.walk(first):
            for block in ("body", "orelse", "finalbody"):
                if isinstance(getattr(inner, block, None), list):
                    setattr(inner, block, _one_form(getattr(inner, block), known))
        _meet(first, known)
        done.append(first)
    return done


def _touched(statement: ast.stmt) -> tuple[Set[str], Set[str]]:
    """The names that a statement reads, and those that it may write to: where it leaves a block, all of them."""
    used = list(_used(statement))
    reads = {name for name, _ in used} | EVERYTHING
    if any(isinstance(node, LEAVES) for node in ast.walk(statement)):
        return reads, reads
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        return reads, {name for name, is_written in used if is_written}
    return reads, reads - EVERYTHING  # a call that is a statement, or a loop, may change what it is given


def _used(node: ast.AST, is_written: bool = False) -> Iterator[tuple[str, bool]]:
    """Yield each name in a tree, `self.h` as one, with whether it is written to."""
    is_written = is_written or isinstance(getattr(node, "ctx", None), ast.Store)
    if isinstance(node, ast.Name):
        yield node.id, is_written
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        yield f"{node.value.id}.{node.attr}", is_written
    else:
        is_place = isinstance(node, ast.Attribute | ast.Subscript)
        for child in ast.iter_child_nodes(node):
            yield from _used(child, is_written and is_place and child is getattr(node, "value", None))


def _anonymous(statement: str, known: Mapping[str, int]) -> str:
    """What a statement that was dumped is, whatever its names are, but for which of the known names they are."""
    return NAME.sub(lambda found: f"{found[1]}{known.get(found[2], '?') if found[1] != 'attr' else ''}", statement)


def _dump(node: FUNCTION) -> str:
    """What a function takes and does, as text; its own name is no part of it."""
    return "\n".join(map(ast.dump, (node.args, *node.body)))


def _number_names(function: FUNCTION, own: Collection[str]) -> None:
    """Put a number in the place of every name that a function's author chose; `own` are those of the cell."""
    inner = list(ast.walk(function))
    chosen = [node.arg for node in inner if isinstance(node, ast.arg)]
    chosen += [node.id for node in inner if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    chosen += [node.name for node in inner if isinstance(node, FUNCTION) and node is not function]
    chosen += [node.id for node in inner if isinstance(node, ast.Name) and node.id in own]
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
