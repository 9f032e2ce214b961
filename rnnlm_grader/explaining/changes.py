"""The changes that are tried on an answer: what beginners, and people who come from other libraries, often mean.

Each is a function of a source and one node of its tree, which yields the edits that it has for this node.
"""

import ast
import difflib
import functools
import math
import re

import numpy as np

from ..engine.layer import axes
from .source import attributes_set, names_known

MOST_NAME, MOST_NAMES = 60, 1000  # characters of a name, and names, in which close ones are searched
AXES = {"sum", "mean", "max", "min", "argmax", "concatenate", "stack", "split", "cumsum", "flip", "prod", "norm"}
NUMPY = {"np", "numpy", "math"}
ADDS_AXIS = {"None", "np.newaxis"}  # as an index
# What other libraries call something → what NumPy calls it.
ELSEWHERE = {
    "cat": "concatenate",
    "mm": "matmul",
    "view": "reshape",
    "clone": "copy",
    "permute": "transpose",
    "randn": "standard_normal",
}
KEYWORDS = {"dim": "axis", "keepdim": "keepdims"}
OPERATORS = {ast.BitXor: "^", ast.Mult: "*", ast.MatMult: "@", ast.Div: "/", ast.Add: "+", ast.Sub: "-"}
STOPS = "range stops before its second number"


def on(*kinds):
    """Have a change concern only nodes of some kinds."""

    def limited(change):
        @functools.wraps(change)
        def on_kinds(text, node):
            return change(text, node) if isinstance(node, kinds) else ()

        return on_kinds

    return limited


def attribute_of(call):
    """The method that is called, or the function of a module; '' where it is a plain name or another expression."""
    return getattr(call.func, "attr", "")


def neighbours_exchanged(words):
    """Yield the words with two that stand beside each other exchanged, in each place but late ones."""
    for at in range(min(len(words) - 1, 3)):
        yield ", ".join([*words[:at], words[at + 1], words[at], *words[at + 2 :]])


# --- numbers ----------------------------------------------------------------------------------------------------------


@on(ast.BinOp, ast.Call)
def power(text, node):
    """`x ^ 2` and `x.pow(2)` as `x ** 2`."""
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.BitXor):
            yield with_operator(text, node, "**", "`^` is not a power in Python; `**` is")
    elif attribute_of(node) == "pow" and len(node.args) == 1:
        yield text.edit(node, f"{text.of(node.func.value)} ** {text.of(node.args[0])}", "In NumPy a power is `**`")


def with_operator(text, node, new, why):
    """An edit of an operator; parentheses around the sides stay."""
    a, b, old = text.end(node.left), text.start(node.right), OPERATORS[type(node.op)]
    between = text.source[a:b].replace(old, new, 1)
    return text.edit(node, text.source[text.start(node) : a] + between + text.source[b : text.end(node)], why)


@on(ast.BinOp)
def bracketed(text, node):
    """`a * 1 - b` as `a * (1 - b)`, `a / 1 + b` as `a / (1 + b)`, `a / 2 * b` as `a / (2 * b)`."""
    inner = node.left
    first, then = type(getattr(inner, "op", None)), type(node.op)
    if (first in (ast.Mult, ast.Div) and then in (ast.Add, ast.Sub)) or (first, then) == (ast.Div, ast.Mult):
        before = text.source[text.start(node) : text.start(inner.right)]
        rest = text.source[text.start(inner.right) : text.end(node)]
        if before.count("(") == before.count(")"):
            yield text.edit(node, f"{before}({rest})", "Parentheses are missing")


@on(ast.Attribute)
def of_numpy(text, node):
    """`math.tanh(x)` as `np.tanh(x)`."""
    if getattr(node.value, "id", "") == "math" and hasattr(np, node.attr):
        yield text.edit(node, f"np.{node.attr}", f"`math.{node.attr}` takes one number; `np.{node.attr}` takes arrays")


# --- products ---------------------------------------------------------------------------------------------------------


@on(ast.BinOp, ast.Call)
def turned(text, node):
    """Sides of a product of matrices turned round or exchanged, or multiplied number by number."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        a, b, spelt = text.of(node.left), text.of(node.right), "{} @ {}".format
    elif isinstance(node, ast.Call) and attribute_of(node) in ("dot", "matmul") and len(node.args) == 2:
        a, b, spelt = *map(text.of, node.args), f"{text.of(node.func)}({{}}, {{}})".format
    else:
        return
    at, bt = transposed(a), transposed(b)
    yield from (text.edit(node, spelt(*pair)) for pair in ((at, b), (a, bt), (b, a), (bt, a), (at, bt)))
    yield text.edit(node, f"{a} * {b}")


def transposed(code):
    if code.endswith(".T"):
        return code[:-2]
    return f"{code}.T" if re.fullmatch(r"[\w.]+(\[[^\[\]]*\]|\([^()]*\))*", code) else f"({code}).T"


@on(ast.BinOp)
def multiplied_as_matrices(text, node):
    """`x * W` as `x @ W`, or as such a product with one side turned round."""
    if isinstance(node.op, ast.Mult):
        why, a, b = "`*` multiplies number by number", text.of(node.left), text.of(node.right)
        yield with_operator(text, node, "@", why)
        yield text.edit(node, f"{transposed(a)} @ {b}", why)
        yield text.edit(node, f"{a} @ {transposed(b)}", why)


@on(ast.Attribute)
def as_it_stands(text, node):
    """An array that isn't transposed."""
    if node.attr == "T":
        yield text.edit(node, text.of(node.value))


# --- axes -------------------------------------------------------------------------------------------------------------


@on(ast.BinOp, ast.AugAssign)
def widened(text, node):
    """A side of an operation with one more axis, so that it fits each row."""
    sides = [node.value] if isinstance(node, ast.AugAssign) else [node.right, node.left]
    for side in sides if not isinstance(node.op, ast.MatMult) else ():
        if isinstance(side, ast.Name | ast.Attribute | ast.Subscript):
            yield text.edit(side, f"{text.of(side)}[..., None]", "With one more axis it fits each row")


@on(ast.Call)
def axis_kept(text, node):
    """`keepdims=True` for a sum along an axis; or none, where there is one."""
    words = {keyword.arg: keyword for keyword in node.keywords}
    if attribute_of(node) in AXES and "keepdims" in words:
        rest = ", ".join(text.of(each) for each in (*node.args, *node.keywords) if each is not words["keepdims"])
        yield text.edit(node, f"{text.of(node.func)}({rest})")
    elif attribute_of(node) in AXES - {"stack", "concatenate", "split"} and words.keys() & {"axis", "dim"}:
        yield text.added(node, "keepdims=True", "The axis along which it goes must stay")


@on(ast.Call)
def axis_named(text, node):
    """An axis for a function that goes along one."""
    given = len(node.args) - (getattr(getattr(node.func, "value", None), "id", "") in NUMPY)
    has_axis = given > (attribute_of(node) == "split") or {each.arg for each in node.keywords} & {"axis", "dim"}
    if attribute_of(node) in AXES and not has_axis:
        yield from (text.added(node, axis) for axis in ("axis=0", "axis=1", "axis=-1, keepdims=True"))


@on(ast.keyword)
def along_other_axis(text, node):
    if node.arg == "axis":
        yield from (text.edit(node, f"axis={axis}") for axis in (0, 1, -1))


@on(ast.keyword)
def keyword_of_numpy(text, node):
    if new := KEYWORDS.get(node.arg):
        yield text.edit(node, f"{new}={text.of(node.value)}", f"NumPy calls it `{new}`")


@on(ast.Call)
def joined_anew(text, node):
    """`np.concatenate(hs)`, or `np.array(hs)`, as `np.stack(hs, axis=1)`."""
    if attribute_of(node) in ("concatenate", "array", "stack") and node.args:
        new = f"{text.of(node.func.value)}.stack({text.of(node.args[0])}, axis=1)"
        yield text.edit(node, new, "Time becomes the second axis by stacking")


@on(ast.Call)
def shape_in_brackets(text, node):
    """`np.zeros(N, H)` as `np.zeros((N, H))`."""
    if len(node.args) > 1:
        rest = "".join(f", {text.of(each)}" for each in node.keywords)
        new = f"{text.of(node.func)}(({', '.join(map(text.of, node.args))}){rest})"
        yield text.edit(node, new, "A shape is one argument, in parentheses of its own")


@on(ast.Tuple)
def sizes_exchanged(text, node):
    """Two sizes of a new array that stand beside each other the other way round."""
    if isinstance(text.parents.get(node), ast.Call):
        for other in neighbours_exchanged([*map(text.of, node.elts)]):
            yield text.edit(node, f"({other})", "The sizes stand in another order")


# --- indices and loops ------------------------------------------------------------------------------------------------


@on(ast.Subscript)
def index_on_other_axis(text, node):
    """`xs[t]` as `xs[:, t]`, and the other way round."""
    whole, parts = text.of(node.value), getattr(node.slice, "elts", ())
    if isinstance(node.slice, ast.Name | ast.BinOp):
        yield text.edit(node, f"{whole}[:, {text.of(node.slice)}]")
    elif any(text.of(each) in ADDS_AXIS for each in parts):
        yield text.edit(node, whole)
    elif len(parts) > 1 and isinstance(parts[0], ast.Slice):
        yield text.edit(node, f"{whole}[{text.of(parts[1])}]")
    elif len(parts) > 1:
        yield text.edit(node, f"{whole}[{next(neighbours_exchanged([*map(text.of, parts)]))}]")


def time_of_inputs(layer):
    """A change of `xs[t]` into `xs[:, t]` where the first axis of what is given is the batch."""
    names = {name for name, letters in layer.shapes.items() if letters.startswith("NT")}

    @on(ast.Subscript)
    def change(text, node):
        if getattr(node.value, "id", "") in names and isinstance(node.slice, ast.Name | ast.BinOp):
            yield from index_on_other_axis(text, node)

    return change


@on(ast.Subscript)
def rows_paired(text, node):
    """`p[ts]` as `p[np.arange(len(ts)), ts]`."""
    if isinstance(node.slice, ast.Name):
        index = node.slice.id
        new = f"{text.of(node.value)}[np.arange(len({index})), {index}]"
        yield text.edit(node, new, "Each row has an index of its own")


@on(ast.Subscript)
def index_beside(text, node):
    """The index before or after."""
    if found := re.fullmatch(r"(\w+)(?: ?([+-]) ?(\d))?", text.of(node.slice)):
        step = int(f"{found[2] or '+'}{found[3] or 0}")
        for other in (step - 1, step + 1):
            index = f"{found[1]} {'-' if other < 0 else '+'} {abs(other)}" if other else found[1]
            yield text.edit(node, f"{text.of(node.value)}[{index}]")


@on(ast.Name)
def one_of_a_loop(text, node):
    """A whole array, `dhs`, as the part of it that belongs to a step of the loop around: `dhs[:, t]`."""
    loop = next((each for each in text.above(node) if isinstance(each, ast.For)), None)
    is_whole = isinstance(node.ctx, ast.Load) and not isinstance(text.parents[node], ast.Subscript | ast.Attribute)
    if loop and is_whole and not any(inner is node for inner in ast.walk(loop.iter)):
        target = loop.target.elts[0] if isinstance(loop.target, ast.Tuple) else loop.target
        if isinstance(target, ast.Name) and target.id != node.id:
            yield text.edit(node, f"{node.id}[:, {target.id}]", "One step of it is needed")
            yield text.edit(node, f"{node.id}[{target.id}]", "One part of it is needed")


@on(ast.Call)
def counted_to_the_end(text, node):
    """Loops that leave out the first or the last step."""
    given = [*map(text.of, node.args)] if getattr(node.func, "id", "") == "range" else []
    if len(given) == 3 and given[1:] in (["0", "-1"], ["1", "-1"]):
        yield text.edit(node, f"range({given[0]}, -1, -1)", STOPS)
    if len(given) == 3 and not given[0].endswith("- 1"):
        yield text.edit(node, f"range({given[0]} - 1, -1, -1)", STOPS)
    if len(given) == 2 and given[0] == "1":
        yield text.edit(node, f"range({given[1]})", "Starting at 1 leaves step 0 out")
    if len(given) in (1, 2) and given[-1].endswith("- 1"):
        end = given[-1].removesuffix("- 1").rstrip()
        yield text.edit(node, f"range({', '.join([*given[:-1], end])})", "range stops before its end anyway")


# --- what is asked, given and taken -----------------------------------------------------------------------------------


@on(ast.BoolOp, ast.If, ast.IfExp, ast.While)
def asked_for_none(text, node):
    """A question whether something is None, where it is asked whether it is true."""
    if isinstance(node, ast.BoolOp):
        if isinstance(node.op, ast.Or) and len(node.values) == 2:
            first, other = map(text.of, node.values)
            new = f"({first} if {first} is not None else {other})"
            yield text.edit(node, new, f"`{first} or ...` asks if an array is true")
        return
    for part in (node.test, *getattr(node.test, "values", ())):
        if isinstance(part, ast.Name | ast.Attribute):
            yield text.edit(part, f"{text.of(part)} is not None", f"`if {text.of(part)}` asks if an array is true")
        elif isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.Not):
            yield text.edit(part, f"{text.of(part.operand)} is None", "`not` asks if an array is true")
        elif isinstance(part, ast.Compare) and text.of(part.comparators[0]) == "None":
            word = "is not" if isinstance(part.ops[0], ast.NotEq) else "is"
            new = f"{text.of(part.left)} {word} None"
            yield text.edit(part, new, "`==` and `!=` compare an array number by number")


def none_first(none):
    """A change that asks, before a test is made, whether what is None here is there."""

    @on(ast.If, ast.IfExp, ast.While)
    def change(text, node):
        asked = text.of(node.test)
        for name in none:
            if re.search(rf"(?<![\w.]){re.escape(name)}\b", asked) and f"{name} is not None" not in asked:
                old = f"({asked})" if isinstance(node.test, ast.BoolOp | ast.IfExp) else asked
                yield text.edit(node.test, f"{name} is not None and {old}")
                yield text.edit(node.test, f"{name} is None or {old}")

    return change


@on(ast.Assign)
def unpacked_otherwise(text, node):
    """Two results that stand beside each other the other way round; or one result."""
    target = node.targets[0]
    if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Call):
        if len(target.elts) == 2:
            yield text.edit(target, text.of(target.elts[0]), "It gives a single value")
        for other in neighbours_exchanged([*map(text.of, target.elts)]):
            yield text.edit(target, other, "The results come in another order")


def sizes_in_order(layer):
    """A change of `T, N, D = xs.shape` into the order of the letters of what is given."""

    @on(ast.Assign)
    def change(text, node):
        owner = re.fullmatch(r"(\w+)\.shape", text.of(node.value))
        letters = list(axes(layer.shapes.get(owner[1], ""))) if owner else []
        names = [*map(text.of, getattr(node.targets[0], "elts", ()))]
        if names != letters and sorted(names) == sorted(letters):
            yield text.edit(node.targets[0], ", ".join(letters), f"`{owner[1]}` has shape ({', '.join(letters)})")

    return change


@on(ast.Assign)
def results_exchanged(text, node):
    """Two results of a call, or two values, the other way round."""
    if len(getattr(node.targets[0], "elts", ())) == 2:
        if isinstance(node.value, ast.Call):
            yield from unpacked_otherwise(text, node)
        elif isinstance(node.value, ast.Tuple) and len(node.value.elts) == 2:
            (other,) = neighbours_exchanged([*map(text.of, node.value.elts)])
            yield text.edit(node.value, other, "The two are exchanged")


@on(ast.Assign)
def shape_of_it(text, node):
    """`N, D = x` as `N, D = x.shape`."""
    if isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Name | ast.Attribute):
        yield text.edit(node.value, f"{text.of(node.value)}.shape")


@on(ast.Call)
def one_by_one(text, node):
    """`RNN(params)` as `RNN(*params)`."""
    if len(node.args) == 1:
        yield text.edit(node.args[0], f"*{text.of(node.args[0])}", "It takes them one by one")


@on(ast.Call)
def arguments_exchanged(text, node):
    if attribute_of(node) in ("forward", "backward", "set_state", "reshape") and len(node.args) > 1:
        given = next(neighbours_exchanged([*map(text.of, node.args)]))
        rest = "".join(f", {text.of(each)}" for each in node.keywords)
        yield text.edit(node, f"{text.of(node.func)}({given}{rest})", "The arguments come in another order")


@on(ast.Call)
def called_as_here(text, node):
    """`cell(x, h)` as `cell.forward(x, h)`, or with the arguments in the other order."""
    given = [*map(text.of, [*node.args, *node.keywords])]
    for order in (given, given[::-1]):
        new = f"{text.of(node.func)}.forward({', '.join(order)})"
        yield text.edit(node, new, "A layer isn't a function here: call its `forward`")


@on(ast.Call)
def called_without_brackets(text, node):
    """`x.T()`, `x.size(0)` and `self.cache()`."""
    name = {"t": "T", "size": "shape"}.get(attribute_of(node), attribute_of(node))
    if name in ("T", "shape", "size", "ndim", "dtype"):
        index = f"[{', '.join(map(text.of, node.args))}]" if node.args else ""
        yield text.edit(node, f"{text.of(node.func.value)}.{name}{index}", f"`{name}` isn't a function")
    elif not (node.args or node.keywords):
        yield text.edit(node, text.of(node.func), f"`{text.of(node.func)}` isn't a function")


# --- names ------------------------------------------------------------------------------------------------------------


def named_of_numpy(name):
    """A change of `tanh` into `np.tanh`."""

    @on(ast.Name)
    def change(text, node):
        if node.id == name and callable(getattr(np, name, None)):
            yield text.edit(node, f"np.{name}")

    return change


def spelt_as(name, others):
    """A change of a name into close ones of those that `others` gives for a node."""

    @on(ast.Name, ast.Attribute)
    def change(text, node):
        if getattr(node, "id", None) == name:
            yield from (text.edit(node, other) for other in close_names(name, others(text, node)))
        elif getattr(node, "attr", None) == name:
            owner = text.of(node.value)
            yield from (text.edit(node, f"{owner}.{other}") for other in close_names(name, others(text, node)))

    return change


def close_names(name, known):
    """Return the few names that are most like one; long names, and long lists of them, aren't searched."""
    if len(name) > MOST_NAME:
        return []
    known = [each for each in known if len(each) <= MOST_NAME and each != name][:MOST_NAMES]
    elsewhere = [ELSEWHERE[name]] if ELSEWHERE.get(name) in known else []
    longer = [each for each in known if len(name) > 2 and name in each.split("_")][:2]
    return [*dict.fromkeys([*elsewhere, *difflib.get_close_matches(name, known, 2, 0.6), *longer])]


def names_at(at_hand):
    """A function that gives the names that are known where a node stands, besides those at hand everywhere."""

    def known(text, node):
        function = text.function_of(node)
        kept = {f"self.{name}" for name in attributes_set(text.tree)}
        return sorted((names_known(function) if function else set()) | kept | at_hand)

    return known


def attributes_of(owner):
    """A function that gives what an attribute may be called, by how messages speak of its owner."""
    if "Generator" in owner:
        return lambda text, node: ["standard_normal"]  # not any that is spelt alike, for whatever is drawn passes
    thing = {"numpy.ndarray": np.ndarray, "numpy": np, "math": math}.get(owner)
    if thing:
        return lambda text, node: [name for name in dir(thing) if not name.startswith("_")]
    return lambda text, node: sorted(
        attributes_set(text.tree)
        | {each.name for each in ast.walk(text.tree) if isinstance(each, ast.FunctionDef)}
        | {"forward", "backward", "set_state", "reset_state", "params", "grads"}
    )


# --- which of these to try --------------------------------------------------------------------------------------------

HABITS = (power, bracketed, results_exchanged, counted_to_the_end)
OF_VALUES = (
    arguments_exchanged,
    joined_anew,
    axis_kept,
    axis_named,
    turned,
    multiplied_as_matrices,
    index_on_other_axis,
    as_it_stands,
    along_other_axis,
)
# The beginning of "kind: message" of an exception → changes, the likeliest first.
OF_EXCEPTIONS = (
    (r"ValueError: The truth value", (asked_for_none,)),
    (r".*unexpected keyword", (keyword_of_numpy,)),
    (r".*missing \d+ required positional", (one_by_one,)),
    (r".*values to unpack", (shape_of_it, unpacked_otherwise)),
    (r".*not callable", (called_as_here, called_without_brackets)),
    (r"TypeError: only .* converted", (of_numpy,)),
    (r"UFuncTypeError|.*unsupported operand|.*not supported for the input types", (power,)),
    (r"TypeError: .*(interpret|data type)", (shape_in_brackets,)),
    (r"ValueError: (all |array split)", (axis_named, along_other_axis, joined_anew)),
    (r"IndexError", (counted_to_the_end, index_on_other_axis, index_beside, rows_paired)),
    (r"AxisError", (along_other_axis,)),
    (
        r"ValueError: .*(core dimension|not aligned)",
        (turned, index_on_other_axis, arguments_exchanged, axis_named, as_it_stands),
    ),
    (
        r"ValueError",
        (
            one_of_a_loop,
            axis_kept,
            multiplied_as_matrices,
            index_on_other_axis,
            as_it_stands,
            widened,
            along_other_axis,
            axis_named,
            arguments_exchanged,
            sizes_exchanged,
            unpacked_otherwise,
            turned,
        ),
    ),
    (r"", (arguments_exchanged, unpacked_otherwise)),
)


def changes_for(raised, at_hand):
    """Return what may mend an exception, the likeliest first; `at_hand` holds the names that other cells define."""
    if found := re.match(r"name '(\w{1,60})' is not defined", raised.message):
        return named_of_numpy(found[1]), of_numpy, spelt_as(found[1], names_at(at_hand))
    if found := re.match(r"(?:module )?'([\w.]{1,60})'(?: object)? has no attribute '(\w{1,60})'", raised.message):
        return power, called_without_brackets, spelt_as(found[2], attributes_of(found[1])), of_numpy
    if none := [text for text, kind, _ in raised.sides if kind == "NoneType"]:
        return (none_first(none),)
    return next(
        changes for beginning, changes in OF_EXCEPTIONS if re.match(beginning, f"{raised.kind}: {raised.message}")
    )
