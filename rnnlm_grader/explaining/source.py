"""Says what an exception comes from, where the source of the answer leaves no doubt."""

import ast
import itertools
import re
from typing import NamedTuple

from ..notebooks.cell_code import names_used, parsed


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

    def __init__(self, source, tree):
        self.source, self.tree = source, tree
        self.lines = [0, *itertools.accumulate(len(line) + 1 for line in source.split("\n"))]
        self.parents = {inner: node for node in ast.walk(tree) for inner in ast.iter_child_nodes(node)}

    def start(self, node):
        return self.place(node.lineno, node.col_offset)

    def end(self, node):
        return self.place(node.end_lineno, node.end_col_offset)

    def place(self, line, column):
        """Where something is whose column is counted in bytes."""
        begin, end = self.lines[line - 1 : line + 1]
        return begin + len(self.source[begin:end].encode()[:column].decode(errors="ignore"))

    def of(self, node):
        return self.source[self.start(node) : self.end(node)]

    def indentation(self, node):
        """The spaces before the line in which a statement begins."""
        line = self.source[self.lines[node.lineno - 1] : self.start(node)]
        return line[: len(line) - len(line.lstrip())]

    def edit(self, node, new, why=""):
        return Edit(self.start(node), self.end(node), new, why)

    def added(self, call, argument, why=""):
        """The edit that gives a call one more argument."""
        comma = ", " if call.args or call.keywords else ""
        return Edit(self.end(call) - 1, self.end(call) - 1, comma + argument, why, self.of(call.func))

    def with_edits(self, edits):
        """The source with several edits, none of which overlaps another."""
        source = self.source
        for edit in sorted(edits, reverse=True):
            source = apply(source, edit)
        return source

    def above(self, node):
        """Yield what a node stands in, from the inside to the outside."""
        while node := self.parents.get(node):
            yield node

    def function_of(self, node):
        return next((each for each in self.above(node) if isinstance(each, ast.FunctionDef)), None)


def apply(source, edit):
    return source[: edit.start] + edit.new + source[edit.end :]


class Cause(NamedTuple):
    """What an exception comes from, what to do about it, and the source with which that can be tried."""

    fact: str
    advice: str
    changed: str = ""  # '' where the advice needs no trial


def causes_in(raised, sources):
    """Yield what an exception may come from, as far as a source tells: all are facts, of which one may be the cause."""
    for kind, message, rule in RULES:
        if raised.builtin and raised.kind == kind and (found := re.match(message, raised.message)):
            for source in sources:
                if holds_line(source, raised) and (tree := parsed(source)):
                    yield from rule(raised, Text(source, tree), *found.groups())


def why_none(text, raised, sources):
    """Return why something that stands in a line is None, as the end of a sentence: or where, if no source tells."""
    for tree in (parsed(source) for source in sources if holds_line(source, raised)):
        function = (
            next(
                (
                    each
                    for each in ast.walk(tree)
                    if isinstance(each, ast.FunctionDef)
                    and raised.line
                    and each.lineno <= raised.line <= each.end_lineno
                ),
                None,
            )
            if tree
            else None
        )
        if function and text in names_that_may_be_none(function):
            return "when nobody passes it"
        inits = (methods["__init__"] for _, methods in classes(tree) if "__init__" in methods) if tree else ()
        if text.startswith("self.") and any(text[5:] in attributes_set_to_none(init) for init in inits):
            return "here, as `__init__` sets it"
    return "here"


def names_that_may_be_none(function):
    """The parameters of a function whose default is None."""
    names = [arg.arg for arg in function.args.args][::-1]
    return {name for name, default in zip(names, function.args.defaults[::-1], strict=False) if is_none(default)}


def attributes_set_to_none(function):
    """The names in self that a method sets to None."""
    pairs = []
    for node in (each for each in ast.walk(function) if isinstance(each, ast.Assign)):
        for target in node.targets:
            several = isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
            pairs += zip(target.elts, node.value.elts, strict=False) if several else [(target, node.value)]
    return {target.attr for target, value in pairs if isinstance(target, ast.Attribute) and is_none(value)}


def is_none(node):
    return isinstance(node, ast.Constant) and node.value is None


def holds_line(source, raised):
    """Whether an exception may have left this cell: its line stands there, or it came from no line."""
    return raised.line is None or any(raised.text in line for line in source.split("\n")[raised.line - 1 : raised.line])


def known_elsewhere(raised, text, name):
    """Explain a name that stands for nothing in a method, but for something in self or in another method."""
    here, methods = next(
        (
            (function, methods)
            for _, methods in classes(text.tree)
            for function in methods.values()
            if raised.line and function.lineno <= raised.line <= function.end_lineno
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


def written_in_self(text, function, names):
    """The edits with which a method takes names from self."""
    return [
        text.edit(node, f"self.{node.id}")
        for node in ast.walk(function)
        if getattr(node, "id", "") in names and isinstance(node.ctx, ast.Load)
    ]


def kept(text, function, name):
    """The edit that keeps a name of a method in self, where it has its last value."""
    given = [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and name in names_assigned(node)
    ]
    if given:
        last = max(given, key=lambda node: node.end_lineno)
        return Edit(text.end(last), text.end(last), f"\n{text.indentation(last)}self.{name} = {name}")
    first = function.body[0]
    return Edit(text.start(first), text.start(first), f"self.{name} = {name}\n{text.indentation(first)}")


def never_set(raised, text, owner, name):
    """Explain an attribute that an object lacks."""
    node, methods = next(((node, methods) for node, methods in classes(text.tree) if node.name == owner), (None, {}))
    if node is None or node.bases or node.decorator_list or name in methods:
        return
    for place, inside in [("outside of the class", text.tree), *((f"inside of `{m}`", f) for m, f in methods.items())]:
        if name in functions_of(inside):
            yield Cause(f"`def {name}` stands {place}", "indent it as far as the other methods")
    for method, function in methods.items() if name not in attributes_set(text.tree) else ():
        if name in names_known(function):
            advice = f"in `{method}` write `self.{name} = ...`, for `{name}` alone is forgotten when it returns"
            yield Cause(f"no method sets `self.{name}`", advice, text.with_edits([kept(text, function, name)]))


def without_self(raised, text, owner, method, takes, given):
    """Explain a method that isn't prepared to be given its object."""
    function = next((methods.get(method) for node, methods in classes(text.tree) if node.name == owner), None)
    names = [arg.arg for arg in (*function.args.posonlyargs, *function.args.args)] if function else ["self"]
    if "self" not in names and not function.decorator_list and int(given) == int(takes) + 1:
        yield Cause("`self` is missing", f"write `def {method}({', '.join(['self', *names])})`")


RULES = (
    ("NameError", r"name '(\w+)' is not defined", known_elsewhere),
    ("AttributeError", r"'(\w+)' object has no attribute '(\w+)'", never_set),
    ("TypeError", r"(\w+)\.(\w+)\(\) takes (\d+) positional arguments? but (\d+) ", without_self),
)


def classes(tree):
    """Return (class, its methods by name) of each class."""
    return [(node, functions_of(node)) for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def functions_of(node):
    """The functions that stand in the body of something, by name."""
    return {inner.name: inner for inner in node.body if isinstance(inner, ast.FunctionDef)}


def attributes_set(node):
    """The names that code sets in self."""
    return {
        inner.attr
        for inner in ast.walk(node)
        if isinstance(inner, ast.Attribute)
        and isinstance(inner.ctx, ast.Store)
        and getattr(inner.value, "id", "") == "self"
    }


def names_assigned(function):
    return {
        inner.id for inner in ast.walk(function) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
    }


def names_known(function):
    """The parameters and variables of a method, but self."""
    parameters = {inner.arg for inner in ast.walk(function) if isinstance(inner, ast.arg)}
    return (parameters | names_assigned(function)) - {"self"}
