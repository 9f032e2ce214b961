"""Says what an exception comes from, where the source of the answer leaves no doubt."""
import ast
import difflib
import linecache
import re
import types

from ..notebooks.cell_code import parsed

MOST_COMPARED = 40  # letters of a name: how long it takes to tell how alike two are grows with their square

def sources_of(candidate, name):
    """Return the sources of the cells that define an answer."""
    if hasattr(candidate, "cells"):
        return [source for _, source in candidate.cells if name in source]
    things = [candidate.names.get(name), *vars(candidate.names.get(name, object)).values()]
    files = {thing.__code__.co_filename for thing in things if isinstance(thing, types.FunctionType)}
    return ["".join(linecache.getlines(file)) for file in sorted(files)]


def cause_in(raised, sources):
    """Return what an exception comes from, or None where no source tells."""
    for kind, message, rule in RULES:
        if raised.builtin and raised.kind == kind and (found := re.match(message, raised.message)):
            trees = (parsed(source) for source in sources if holds_line(source, raised))
            return next(filter(None, (rule(raised, tree, *found.groups()) for tree in trees if tree)), None)
    return None


def holds_line(source, raised):
    """Whether an exception may have left this cell: its line stands there, or it came from no line."""
    return raised.line is None or any(raised.text in line for line in source.split("\n")[raised.line - 1:raised.line])


def known_elsewhere(raised, tree, name):
    """Explain a name that stands for nothing in a method, but for something in self or in another method."""
    here, methods = next(((function, methods) for _, methods in classes(tree) for function in methods.values()
                          if raised.line and function.lineno <= raised.line <= function.end_lineno), (None, {}))
    if name in methods:
        return f"`{name}` is a method of the class: call it as `self.{name}(...)`"
    if any(name in attributes_set(function) for function in methods.values()):
        return f"`{name}` is kept in self: write `self.{name}`"
    for other, function in methods.items():
        if function is not here and name in names_known(function):
            return f"`{name}` belongs to `{other}`: keep it there, `self.{name} = {name}`, and write `self.{name}` here"
    return None


def never_set(raised, tree, owner, name):
    """Explain an attribute that an object lacks."""
    node, methods = next(((node, methods) for node, methods in classes(tree) if node.name == owner), (None, {}))
    if node is None or node.bases or node.decorator_list or name in methods:
        return None
    for place, inside in [("outside of the class", tree), *((f"inside of `{m}`", f) for m, f in methods.items())]:
        if name in functions_of(inside):
            return f"`def {name}` stands {place}: indent it as far as the other methods"
    is_set = name in attributes_set(tree)
    return None if is_set else f"no method sets `self.{name}`{instead(name, methods)}"


def instead(name, methods):
    """Return what was set in place of an attribute, as the end of a sentence."""
    keep = f"; in `{{}}` write `self.{name} = ...`, for `{name}` alone is forgotten when it returns"
    if assigned := next((method for method, function in methods.items() if name in names_assigned(function)), None):
        return keep.format(assigned)
    names = [each for each in set().union(*map(attributes_set, methods.values())) if len(each) <= MOST_COMPARED]
    if len(name) <= MOST_COMPARED and (alike := difflib.get_close_matches(name, names, 1)):
        return f". Is `self.{alike[0]}` meant?"
    given = next((method for method, function in methods.items() if name in names_known(function)), None)
    return keep.format(given) if given else ""


def without_self(raised, tree, owner, method, takes, given):
    """Explain a method that isn't prepared to be given its object."""
    function = next((methods.get(method) for node, methods in classes(tree) if node.name == owner), None)
    names = [arg.arg for arg in (*function.args.posonlyargs, *function.args.args)] if function else ["self"]
    if "self" in names or function.decorator_list or int(given) != int(takes) + 1:
        return None
    return f"`self` is missing: write `def {method}({', '.join(['self', *names])})`"


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
    return {inner.attr for inner in ast.walk(node) if isinstance(inner, ast.Attribute)
            and isinstance(inner.ctx, ast.Store) and getattr(inner.value, "id", "") == "self"}


def names_assigned(function):
    return {inner.id for inner in ast.walk(function)
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)}


def names_known(function):
    """The parameters and variables of a method, but self."""
    parameters = {inner.arg for inner in ast.walk(function) if isinstance(inner, ast.arg)}
    return (parameters | names_assigned(function)) - {"self"}
