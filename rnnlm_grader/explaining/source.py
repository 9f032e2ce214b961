"""Says what an exception comes from, where the source of the answer leaves no doubt."""
import ast
import re

from ..notebooks.cell_code import parsed


def cause_in(raised, sources):
    """Return what an exception comes from, or None where no source tells."""
    for kind, message, rule in RULES:
        if raised.builtin and raised.kind == kind and (found := re.match(message, raised.message)):
            trees = (parsed(source) for source in sources if holds_line(source, raised))
            return next(filter(None, (rule(raised, tree, *found.groups()) for tree in trees if tree)), None)
    return None


def why_none(text, raised, sources):
    """Return why something that stands in a line is None, as the end of a sentence: or where, if no source tells."""
    for tree in (parsed(source) for source in sources if holds_line(source, raised)):
        function = next((each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) and raised.line
                         and each.lineno <= raised.line <= each.end_lineno), None) if tree else None
        if function and text in names_that_may_be_none(function):
            return "when nobody passes it"
        init = next((methods["__init__"] for _, methods in classes(tree) if "__init__" in methods), None) if tree else None
        if init and text.startswith("self.") and text[5:] in attributes_set_to_none(init):
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
    return None if is_set or not (known := instead(name, methods)) else f"no method sets `self.{name}`{known}"


def instead(name, methods):
    """Return what was set in place of an attribute, as the end of a sentence."""
    keep = f"; in `{{}}` write `self.{name} = ...`, for `{name}` alone is forgotten when it returns"
    if assigned := next((method for method, function in methods.items() if name in names_assigned(function)), None):
        return keep.format(assigned)
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
