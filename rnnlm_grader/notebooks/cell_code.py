"""Understands the code of a cell without executing it: what it defines, what it uses, what of it an answer needs.

It is a student's code in the grader's own process. So nothing here recurses, and submission.py limits its length.
"""

import ast
import builtins
import re
import textwrap
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from types import UnionType
from typing import TypeAlias, TypeGuard

INDIGESTIBLE = (SyntaxError, ValueError, RecursionError, MemoryError)  # raised by Python for code that it can't read
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
DEFINITIONS = FUNCTIONS | ast.ClassDef
IMPORTS = ast.Import | ast.ImportFrom
DEFINES = DEFINITIONS | IMPORTS | ast.Assign | ast.AnnAssign | ast.Pass
# A line that only IPython understands, with those that continue it: `%matplotlib`, `!ls`, `files = !ls`, `?f`, `f??`.
FOR_IPYTHON = re.compile(
    r"^([ \t]*+(?:\w[\w, \t]*=[ \t]*+)?)(?:%%?[a-zA-Z]|!(?!=)|\?|[\w.]+\?\??[ \t]*$)(?:.*\\\n)*.*", re.MULTILINE
)
TIMED = re.compile(r"^([ \t]*+)%time[ \t]+(?=\S)", re.MULTILINE)  # what stands behind it is executed as it stands
WRITES = re.compile(r"\s*%%(?:write)?file[ \t]+(-a[ \t]+)?(\S+)[ \t]*(?:\n|\Z)")  # the rest of its cell into a file
FILE = re.compile(r"(?:[^\n]{,200}[/\\])?([^\n/\\]{1,100})\.\w{1,8}")  # a string that may name a file
CHANGES, CALLS, FILES = "changes", "calls", "files"
Effect: TypeAlias = tuple[str, str]  # (CHANGES, name), (CALLS, function) or (FILES, file)
QUOTES = "\"'"
# A call that begins with one of these, or with an import of the same cell, is taken to be quick; None is any literal.
QUICK = vars(builtins).keys() | {"math", "np", "numpy", None}


def statements_of(source: str) -> list[ast.stmt]:
    """Return the statements of what is Python as it stands; else none."""
    tree = tree_of(source)
    return tree.body if tree else []


def tree_of(source: str) -> ast.Module | None:
    """Return the syntax tree of what is Python as it stands, else None."""
    try:
        return ast.parse(source)
    except INDIGESTIBLE:
        return None


def parsed(source: str) -> ast.Module | None:
    """Return the syntax tree of a cell, or None if it is no Python; see `plain_python`."""
    return tree_of(plain_python(source))


def plain_python(source: str) -> str:
    """Return a cell with None in place of what only IPython understands, line by line; as it was if it is no Python."""
    if tree_of(source):
        return source
    if found := WRITES.match(source):
        mode, text = "a" if found[1] else "w", source[found.end() :]
        return f"open({found[2].strip(QUOTES)!r}, {mode!r}, encoding='utf-8').write({text!r})"
    plain = FOR_IPYTHON.sub(
        lambda found: f"{found[1]}None" + "\n" * found[0].count("\n"), TIMED.sub(r"\1", textwrap.dedent(source))
    )
    return plain if tree_of(plain) else source


def excerpt(source: str, nodes: Iterable[ast.stmt]) -> str:
    """Return the source of some statements of a cell as they are written, with as many lines between them."""
    lines = [line.encode() for line in source.split("\n")]
    rows: list[list[bytes]] = [[] for _ in lines]
    for node in nodes:
        first, start, last = node.lineno - 1, node.col_offset, (node.end_lineno or node.lineno) - 1
        if isinstance(node, DEFINITIONS) and node.decorator_list:
            first, start = node.decorator_list[0].lineno - 1, 0  # the line of its `@`
        for row in range(first, last + 1):
            end = node.end_col_offset if row == last else None
            rows[row].append(lines[row][start if row == first else 0 : end])
    return b"\n".join(map(b"; ".join, rows)).decode().strip("\n")


def parts_of(node: ast.AST, closed: type[ast.AST] | UnionType) -> Iterator[ast.AST]:
    """Yield a node and all that is in it, but for what is in nodes of the `closed` types."""
    left = [node]
    while left:
        part = left.pop()
        yield part
        if not isinstance(part, closed):
            left += ast.iter_child_nodes(part)


def names_bound(node: ast.AST) -> set[str]:
    """Return the names that a statement binds where it stands."""
    names = set()
    for part in parts_of(node, DEFINITIONS):
        if isinstance(part, DEFINITIONS):
            names.add(part.name)
        elif isinstance(part, ast.alias):
            names.add(part.asname or part.name.partition(".")[0])
        elif isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
            names.add(part.id)
    return names


def names_changed(node: ast.AST) -> set[str]:
    """Return the names of objects that a statement may change, beside those that it binds.

    `x` of `x[0] = 1` and `x.y = 1`; where it is no assignment, of `x.append(1)` and `fill(x)` too; and of a function
    with the decorator `@add_to(x)`.
    """
    names: set[str | None] = set()
    is_assignment = isinstance(node, ast.Assign | ast.AnnAssign)
    for part in parts_of(node, DEFINITIONS):
        if isinstance(part, DEFINITIONS):
            names |= set().union(*map(names_loaded, part.decorator_list))
        elif isinstance(part, ast.Attribute | ast.Subscript) and not isinstance(part.ctx, ast.Load):
            names.add(root_of(part))
        elif isinstance(part, ast.Call) and not is_assignment:
            given = [*part.args, *(keyword.value for keyword in part.keywords)]
            names |= set(map(root_of, given + [part.func] * isinstance(part.func, ast.Attribute)))
    return set(filter(None, names))


def names_called(node: ast.AST) -> set[str]:
    """Return the names of the functions and methods that are called anywhere in code."""
    functions = [part.func for part in ast.walk(node) if isinstance(part, ast.Call)]
    names = (getattr(function, "attr", None) or getattr(function, "id", None) for function in functions)
    return set(filter(None, names))


def names_changed_inside(function: FUNCTIONS) -> set[str]:
    """Return the names from elsewhere that a call of a function may bind or change."""
    shared = {name for part in ast.walk(function) if isinstance(part, ast.Global) for name in part.names}
    return shared | (set().union(*map(names_changed, function.body)) & names_used(function))


def root_of(node: ast.AST) -> str | None:
    """Return the name with which an expression such as `x.y[0].z` begins, or None."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def names_loaded(node: ast.AST) -> set[str]:
    """Return all names of which code anywhere in a node asks for the value."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}


def names_used(node: ast.AST) -> set[str]:
    """Return the names that a statement takes from elsewhere, also when what it defines is called."""
    names = set()
    for part in parts_of(node, FUNCTIONS | ast.Lambda):
        if isinstance(part, FUNCTIONS | ast.Lambda):
            inside = list(ast.walk(part))
            own = {each.arg for each in inside if isinstance(each, ast.arg)}
            own |= {each.id for each in inside if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
            own -= {name for each in inside if isinstance(each, ast.Global) for name in each.names}
            defaults = [*part.args.defaults, *filter(None, part.args.kw_defaults)]  # which may have an argument's name
            names |= (names_loaded(part) - own).union(*map(names_loaded, defaults))
        elif isinstance(part, ast.Name):
            names.add(part.id)
    return names


def files_named(node: ast.AST) -> set[str]:
    """Return the names, without their ends, of the files and modules that code names: 'helper' of helper.py."""
    names = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and (found := FILE.fullmatch(part.value)):
            names.add(found[1])
        elif isinstance(part, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in part.names}
        elif isinstance(part, ast.ImportFrom) and part.module:
            names.add(part.module.partition(".")[0])
    return names


def defined_names(tree: ast.Module | None) -> set[str]:
    """Return the names that a cell defines on its own, imports apart."""
    return set().union(*(names_bound(node) for node in (tree.body if tree else ()) if not isinstance(node, IMPORTS)))


def needed_statements(
    own: Sequence[ast.Module | None], answers: Collection[ast.Module | None], wanted: Collection[str]
) -> list[list[ast.stmt]]:
    """Return the statements of a student's own cells that the answers need: a list for each cell, in order.

    These are the statements that bind or change a name which an answer uses, or which another such statement uses; and
    those that name a file which these name or import. So a table that a loop fills is there for the answer that reads
    it, and a training run isn't done once more. Of a name that an answer defines itself, only changes count. `own` and
    `answers` are syntax trees, None for what is no Python; `wanted` are the names of the answers.
    """
    bodies = [tree.body if tree else [] for tree in own]
    changeable = set(wanted).union(*map(defined_names, (*own, *answers)))
    giving: defaultdict[str | Effect, list[ast.stmt]] = defaultdict(list)  # a name or effect → statements that do it
    causes: defaultdict[str | Effect, set[Effect]] = defaultdict(set)  # an effect → (CALLS, function) that does it too
    for node in (node for body in bodies for node in body):
        calls = set() if isinstance(node, ast.Assign | ast.AnnAssign | DEFINITIONS) else names_called(node)
        keys: set[str | Effect] = {
            *names_bound(node),
            *with_each(CHANGES, names_changed(node) & changeable),
            *with_each(CALLS, calls),
            *with_each(FILES, files_named(node)),
        }
        for key in keys:
            giving[key].append(node)
        for function in filter(is_function, parts_of(node, FUNCTIONS)):
            for effect in (
                *with_each(CHANGES, names_changed_inside(function) & changeable),
                *with_each(CALLS, names_called(function)),
            ):
                causes[effect].add((CALLS, function.name))
    left: list[str | Effect] = ["*", *wanted]
    needed: set[ast.stmt] = set()
    for tree in filter(None, answers):
        defined = defined_names(tree)
        left += [(CHANGES, name) if name in defined else name for name in names_used(tree)]
        left += with_each(FILES, files_named(tree))
    while left:
        key = left.pop()
        nodes = set(giving.pop(key, ())) - needed
        needed |= nodes
        left += causes.pop(key, ())
        if isinstance(key, str):
            left.append((CHANGES, key))
        for node in nodes:
            left += (*names_used(node), *with_each(FILES, files_named(node)))
    return [[node for node in body if node in needed] for body in bodies]


def with_each(what: str, names: Iterable[str]) -> Iterator[Effect]:
    return ((what, name) for name in names)


def is_function(node: ast.AST) -> TypeGuard[FUNCTIONS]:
    return isinstance(node, FUNCTIONS)


def definitions_in(source: str) -> str:
    """Return the imports, functions, classes and quick assignments of a cell (see `plain_python`), as source."""
    body = statements_of(source)
    quick = QUICK.union(*(names_bound(node) for node in body if isinstance(node, IMPORTS)))
    return excerpt(source, [node for node in body if _is_definition(node, quick)])


def _is_definition(node: ast.stmt, quick: Collection[str | None]) -> bool:
    """Return whether all that a statement does is to define, and it calls nothing but what begins with a quick name."""
    parts = list(parts_of(node, DEFINITIONS | ast.Lambda))
    return all(isinstance(part, DEFINES | ast.If | ast.Try) for part in parts if isinstance(part, ast.stmt)) and all(
        root_of(part.func) in quick for part in parts if isinstance(part, ast.Call)
    )


def without_changes_of(source: str, names: Set[str]) -> str:
    """Return the source of a cell without the statements that bind certain names or change what they stand for."""
    body = statements_of(source) if any(name in source for name in names) else []
    kept = [node for node in body if names.isdisjoint(names_bound(node) | names_changed(node))]
    return excerpt(source, kept) if len(kept) < len(body) else source


def helpers_in(source: str, without: Set[str]) -> str:
    """Return what a cell defines beside certain names and without running code of its author's, as source."""
    source = without_changes_of(definitions_in(source), without)
    body = statements_of(source)
    own = set().union(
        *(names_bound(node) for node in body if not isinstance(node, IMPORTS | ast.Assign | ast.AnnAssign))
    )
    return excerpt(source, [node for node in body if _runs_nothing_of(own, node)])


def _runs_nothing_of(own: Collection[str], node: ast.AST) -> bool:
    """Return whether a definition neither asks for its author's functions and classes now nor changes anything."""
    left = [node]
    while left:
        part = left.pop()
        is_store = isinstance(getattr(part, "ctx", None), ast.Store)
        if (
            isinstance(part, ast.Lambda)
            or (isinstance(part, ast.Name) and part.id in own and not is_store)
            or (isinstance(part, ast.Attribute | ast.Subscript) and is_store)
        ):
            return False
        left += (
            inner
            for inner in ast.iter_child_nodes(part)
            if not (isinstance(part, FUNCTIONS) and isinstance(inner, ast.stmt))
        )
    return True


def first_that_defines_anew(sources: Iterable[str], start: int) -> int | None:
    """Return the place of the first source, from `start` on, that may change what a name in one before it means.

    It may, unless all that it does is to import once more and to define what is new. Return None if there is no such
    source.
    """
    bodies = list(map(statements_of, sources))
    nodes = [node for body in bodies[:start] for node in body]
    known = {"*"}.union(*map(names_bound, nodes), *map(names_used, nodes))
    imported = {ast.dump(node) for node in nodes if isinstance(node, IMPORTS)}
    for at, body in enumerate(bodies[start:], start):
        for node in body:
            is_new = known.isdisjoint(names_bound(node)) or ast.dump(node) in imported
            if not (is_new and isinstance(node, DEFINES) and not names_changed(node)):
                return at
    return None
