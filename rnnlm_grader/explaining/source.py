"""Says what an exception comes from, where the source of the answer leaves no doubt."""

import ast
import itertools
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple, TypeAlias

from ..notebooks.cell_code import names_used, parsed
from ..protocol.bench import Raised

FORGOTTEN = "`{}` alone is forgotten when it returns"
Placed: TypeAlias = ast.expr | ast.stmt | ast.keyword  # a node that has a place in a source


class Edit(NamedTuple):
    """A change of a source: from where to where, what takes this place, and why.

    Of what is added to a call, `to` is the function.
    """

    start: int
    end: int
    new: str
    why: str = ""
    to: str = ""


class Text:
    """A source and its tree, with the places of nodes."""

    def __init__(self, source: str, tree: ast.Module) -> None:
        self.source, self.tree = source, tree
        self.lines = [0, *itertools.accumulate(len(line) + 1 for line in source.split("\n"))]
        self.parents = {inner: node for node in ast.walk(tree) for inner in ast.iter_child_nodes(node)}

    def start(self, node: Placed) -> int:
        return self.place(node.lineno, node.col_offset)

    def end(self, node: Placed) -> int:
        return self.place(last_line(node), node.end_col_offset)

    def place(self, line: int, column: int | None) -> int:
        """Where something is whose column is counted in bytes."""
        begin, end = self.lines[line - 1 : line + 1]
        return begin + len(self.source[begin:end].encode()[:column].decode(errors="ignore"))

    def of(self, node: Placed) -> str:
        return self.source[self.start(node) : self.end(node)]

    def indentation(self, node: ast.stmt) -> str:
        """The spaces before the line in which a statement begins."""
        line = self.source[self.lines[node.lineno - 1] : self.start(node)]
        return line[: len(line) - len(line.lstrip())]

    def edit(self, node: Placed, new: str, why: str = "") -> Edit:
        return Edit(self.start(node), self.end(node), new, why)

    def added(self, call: ast.Call, argument: str, why: str = "") -> Edit:
        """The edit that gives a call one more argument."""
        comma = ", " if call.args or call.keywords else ""
        return Edit(self.end(call) - 1, self.end(call) - 1, comma + argument, why, self.of(call.func))

    def with_edits(self, edits: Iterable[Edit]) -> str:
        """The source with several edits, none of which overlaps another."""
        source = self.source
        for edit in sorted(edits, reverse=True):
            source = apply(source, edit)
        return source

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield what a node stands in, from the inside to the outside."""
        while parent := self.parents.get(node):
            yield parent
            node = parent

    def function_of(self, node: ast.AST) -> ast.FunctionDef | None:
        return next((each for each in self.above(node) if isinstance(each, ast.FunctionDef)), None)


def apply(source: str, edit: Edit) -> str:
    return source[: edit.start] + edit.new + source[edit.end :]


def last_line(node: Placed) -> int:
    return node.end_lineno or node.lineno


def is_in(line: int | None, node: Placed) -> bool:
    """Whether something stands in a line, among others."""
    return line is not None and node.lineno <= line <= last_line(node)


class Cause(NamedTuple):
    """What an exception comes from, what to do about it, and the source with which that can be tried."""

    fact: str
    advice: str
    changed: str = ""  # '' where the advice needs no trial


def causes_in(raised: Raised, sources: Iterable[str]) -> Iterator[Cause]:
    """Yield what an exception may come from, as far as a source tells: all are facts, of which one may be the cause."""
    for kind, message, rule in RULES:
        if raised.builtin and raised.kind == kind and (found := re.match(message, raised.message)):
            for source in sources:
                if holds_line(source, raised) and (tree := parsed(source)):
                    yield from rule(raised, Text(source, tree), *found.groups())


def why_none(text: str, raised: Raised, sources: Iterable[str]) -> str:
    """Return why something that stands in a line is None, as the end of a sentence: or where, if no source tells."""
    for tree in filter(None, (parsed(source) for source in sources if holds_line(source, raised))):
        functions = (each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) and is_in(raised.line, each))
        if any(text in names_that_may_be_none(each) for each in itertools.islice(functions, 1)):
            return "when nobody passes it"
        inits = (methods["__init__"] for _, methods in classes(tree) if "__init__" in methods)
        name = text.removeprefix("self.")
        if name != text and any(name in attributes_set_to_none(init) for init in inits):
            return f"here, as `__init__` sets it{forgotten_in(tree, name)}"
    return "here"


def forgotten_in(tree: ast.Module, name: str) -> str:
    """Say which method sets a name of its own in place of the one in self, as the end of a sentence; or ''."""
    methods = {method: function for _, its in classes(tree) for method, function in its.items() if method != "__init__"}
    own = [method for method, function in methods.items() if name in names_assigned(function)]
    is_set = any(name in attributes_set(function) for function in methods.values())
    return "" if is_set or not own else f". In `{own[0]}` write `self.{name} = ...`, for {FORGOTTEN.format(name)}"


def names_that_may_be_none(function: ast.FunctionDef) -> set[str]:
    """The parameters of a function whose default is None."""
    names = [arg.arg for arg in function.args.args][::-1]
    return {name for name, default in zip(names, function.args.defaults[::-1], strict=False) if is_none(default)}


def attributes_set_to_none(function: ast.FunctionDef) -> set[str]:
    """The names in self that a method sets to None."""
    pairs: list[tuple[ast.expr, ast.expr]] = []
    for node in (each for each in ast.walk(function) if isinstance(each, ast.Assign)):
        for target in node.targets:
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs += zip(target.elts, node.value.elts, strict=False)
            else:
                pairs.append((target, node.value))
    return {target.attr for target, value in pairs if isinstance(target, ast.Attribute) and is_none(value)}


def is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def holds_line(source: str, raised: Raised) -> bool:
    """Whether an exception may have left this cell: its line stands there, or it came from no line."""
    return raised.line is None or any(raised.text in line for line in source.split("\n")[raised.line - 1 : raised.line])


def known_elsewhere(raised: Raised, text: Text, name: str) -> Iterator[Cause]:
    """Explain a name that stands for nothing in a method, but for something in self or in another method."""
    here, methods = next(
        (
            (function, methods)
            for _, methods in classes(text.tree)
            for function in methods.values()
            if is_in(raised.line, function)
        ),
        (None, {}),
    )
    if here is None:
        return
    in_self = written_in_self(text, here, [name])
    if name in methods:
        yield Cause(f"`{name}` is a method of the class", f"call it as `self.{name}(...)`", text.with_edits(in_self))
    if any(name in attributes_set(function) for function in methods.values()):
        yield Cause(f"`{name}` is kept in self", f"write `self.{name}`", text.with_edits(in_self))
    for other, function in methods.items():
        if function is not here and name in names_known(function):
            missed = names_known(function) & names_used(here) - names_known(here) - {name}
            likewise = f", and likewise with {', '.join(f'`{each}`' for each in sorted(missed))}" if missed else ""
            advice = f"keep it there, `self.{name} = {name}`, and write `self.{name}` here{likewise}"
            keeps = [kept(text, function, each) for each in (name, *sorted(missed))]
            changed = text.with_edits([*written_in_self(text, here, [name, *missed]), *keeps])
            yield Cause(f"`{name}` belongs to `{other}`", advice, changed)


def written_in_self(text: Text, function: ast.FunctionDef, names: Collection[str]) -> list[Edit]:
    """The edits with which a method takes names from self."""
    return [
        text.edit(node, f"self.{node.id}")
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and node.id in names and isinstance(node.ctx, ast.Load)
    ]


def kept(text: Text, function: ast.FunctionDef, name: str) -> Edit:
    """The edit that keeps a name of a method in self, where it has its last value."""
    given = [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and name in names_assigned(node)
    ]
    if given:
        last = max(given, key=last_line)
        return Edit(text.end(last), text.end(last), f"\n{text.indentation(last)}self.{name} = {name}")
    first = function.body[0]
    return Edit(text.start(first), text.start(first), f"self.{name} = {name}\n{text.indentation(first)}")


def never_set(raised: Raised, text: Text, owner: str, name: str) -> Iterator[Cause]:
    """Explain an attribute that an object lacks."""
    node, methods = next(((node, methods) for node, methods in classes(text.tree) if node.name == owner), (None, {}))
    if node is None or node.bases or node.decorator_list or name in methods:
        return
    places: list[tuple[str, ast.Module | ast.FunctionDef]] = [("outside of the class", text.tree)]
    for place, inside in [*places, *((f"inside of `{m}`", f) for m, f in methods.items())]:
        if name in functions_of(inside):
            yield Cause(f"`def {name}` stands {place}", "indent it as far as the other methods")
    for method, function in methods.items() if name not in attributes_set(text.tree) else ():
        if name in names_known(function):
            advice = f"in `{method}` write `self.{name} = ...`, for {FORGOTTEN.format(name)}"
            yield Cause(f"no method sets `self.{name}`", advice, text.with_edits([kept(text, function, name)]))


def without_self(raised: Raised, text: Text, owner: str, method: str, takes: str, given: str) -> Iterator[Cause]:
    """Explain a method that isn't prepared to be given its object."""
    function = next((methods.get(method) for node, methods in classes(text.tree) if node.name == owner), None)
    names = [arg.arg for arg in (*function.args.posonlyargs, *function.args.args)] if function else []
    if function and not (function.decorator_list or "self" in names) and int(given) == int(takes) + 1:
        yield Cause("`self` is missing", f"write `def {method}({', '.join(['self', *names])})`")


def no_array_now(raised: Raised, text: Text) -> Iterator[Cause]:
    """Explain a number where an array is needed: its name was given the number, and not the numbers of its array."""
    numbers = {name for name, kind, _ in raised.sides if kind in ("int", "float")}
    for node in ast.walk(text.tree):
        function = text.function_of(node)
        if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and function):
            continue
        name = text.of(node.targets[0])
        if name in numbers and is_in(raised.line, function):
            instead = f"{name}[...] = {text.of(node.value)}"
            changed = text.with_edits([text.edit(node, instead)])
            yield Cause(f"`{text.of(node)}` made `{name}` a number", f"write `{instead}`", changed)


# Kind, beginning of the message, and a function of the exception, the source and the groups of the message.
RULES: tuple[tuple[str, str, Callable[..., Iterator[Cause]]], ...] = (
    ("NameError", r"name '(\w+)' is not defined", known_elsewhere),
    ("AttributeError", r"'(\w+)' object has no attribute '(\w+)'", never_set),
    ("TypeError", r"(\w+)\.(\w+)\(\) takes (?:from \d+ to )?(\d+) positional arguments? but (\d+) ", without_self),
    ("TypeError", r"first operand must be array|'\w+' object (?:is not subscr|does not support)", no_array_now),
)


def classes(tree: ast.Module) -> list[tuple[ast.ClassDef, dict[str, ast.FunctionDef]]]:
    """Return (class, its methods by name) of each class."""
    return [(node, functions_of(node)) for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def functions_of(node: ast.Module | ast.ClassDef | ast.FunctionDef) -> dict[str, ast.FunctionDef]:
    """The functions that stand in the body of something, by name."""
    return {inner.name: inner for inner in node.body if isinstance(inner, ast.FunctionDef)}


def attributes_set(node: ast.AST) -> set[str]:
    """The names that code sets in self."""
    return {
        inner.attr
        for inner in ast.walk(node)
        if isinstance(inner, ast.Attribute)
        and isinstance(inner.ctx, ast.Store)
        and getattr(inner.value, "id", "") == "self"
    }


def names_assigned(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)}


def names_known(function: ast.FunctionDef) -> set[str]:
    """The parameters and variables of a method, but self."""
    parameters = {inner.arg for inner in ast.walk(function) if isinstance(inner, ast.arg)}
    return (parameters | names_assigned(function)) - {"self"}
