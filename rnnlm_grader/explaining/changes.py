"""The changes that are tried on an answer: what beginners, and people who come from other libraries, often mean.

Each is a function of a source and one node of its tree, which yields the edits that it has for this node.
"""

import ast
import difflib
import functools
import itertools
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias, TypeVar

import numpy as np

from ..engine.layer import LayerForm, axes
from ..protocol.bench import Raised
from .source import Edit, Text, attributes_set, names_known

Edits: TypeAlias = Iterator[Edit]
Change: TypeAlias = Callable[[Text, ast.AST], Iterable[Edit]]
Names: TypeAlias = Callable[[Text, ast.AST], Sequence[str]]  # the names that are known where a node stands
Node = TypeVar("Node", bound=ast.AST)

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
BRACKETED = {*itertools.product((ast.Mult, ast.Div), (ast.Add, ast.Sub)), (ast.Div, ast.Mult)}  # (before, behind)
STOPS = "range stops before its second number"


def on_its_kinds(change: Callable[[Text, Node], Edits]) -> Change:
    """Have a change concern only nodes of the kinds that its annotation names."""
    kinds = change.__annotations__["node"]

    @functools.wraps(change)
    def limited(text: Text, node: ast.AST) -> Iterable[Edit]:
        return change(text, node) if isinstance(node, kinds) else ()

    return limited


def attribute_of(call: ast.Call) -> str:
    """The method that is called, or the function of a module; '' where it is a plain name or another expression."""
    return getattr(call.func, "attr", "")


def neighbours_exchanged(words: Sequence[str]) -> Iterator[str]:
    """Yield the words with two that stand beside each other exchanged, in each place but late ones."""
    for at in range(min(len(words) - 1, 3)):
        yield ", ".join([*words[:at], words[at + 1], words[at], *words[at + 2 :]])


# --- numbers ----------------------------------------------------------------------------------------------------------


@on_its_kinds
def power(text: Text, node: ast.BinOp | ast.Call) -> Edits:
    """`x ^ 2` and `x.pow(2)` as `x ** 2`."""
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.BitXor):
            yield with_operator(text, node, "**", "`^` is not a power in Python; `**` is")
    elif isinstance(node.func, ast.Attribute) and node.func.attr == "pow" and len(node.args) == 1:
        yield text.edit(node, f"{text.of(node.func.value)} ** {text.of(node.args[0])}", "In NumPy a power is `**`")


def with_operator(text: Text, node: ast.BinOp, new: str, why: str) -> Edit:
    """An edit of an operator; parentheses around the sides stay."""
    a, b, old = text.end(node.left), text.start(node.right), OPERATORS[type(node.op)]
    between = text.source[a:b].replace(old, new, 1)
    return text.edit(node, text.source[text.start(node) : a] + between + text.source[b : text.end(node)], why)


@on_its_kinds
def bracketed(text: Text, node: ast.BinOp) -> Edits:
    """`a * 1 - b` as `a * (1 - b)`, `a / 1 + b` as `a / (1 + b)`, `a / 2 * b` as `a / (2 * b)`."""
    inner = node.left
    if isinstance(inner, ast.BinOp) and (type(inner.op), type(node.op)) in BRACKETED:
        before = text.source[text.start(node) : text.start(inner.right)]
        rest = text.source[text.start(inner.right) : text.end(node)]
        if before.count("(") == before.count(")"):
            yield text.edit(node, f"{before}({rest})", "Parentheses are missing")


@on_its_kinds
def begun_with_zeros(text: Text, node: ast.Attribute) -> Edits:
    """`np.empty` as `np.zeros`."""
    if node.attr in ("empty", "empty_like") and getattr(node.value, "id", "") in NUMPY:
        yield text.edit(node, text.of(node).replace("empty", "zeros"))


@on_its_kinds
def of_numpy(text: Text, node: ast.Attribute) -> Edits:
    """`math.tanh(x)` as `np.tanh(x)`."""
    if getattr(node.value, "id", "") == "math" and hasattr(np, node.attr):
        yield text.edit(node, f"np.{node.attr}", f"`math.{node.attr}` takes one number; `np.{node.attr}` takes arrays")


# --- products ---------------------------------------------------------------------------------------------------------


@on_its_kinds
def turned(text: Text, node: ast.BinOp | ast.Call) -> Edits:
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


def transposed(code: str) -> str:
    if code.endswith(".T"):
        return code[:-2]
    return f"{code}.T" if re.fullmatch(r"[\w.]+(\[[^\[\]]*\]|\([^()]*\))*", code) else f"({code}).T"


@on_its_kinds
def multiplied_as_matrices(text: Text, node: ast.BinOp) -> Edits:
    """`x * W` as `x @ W`, or as such a product with one side turned round."""
    if isinstance(node.op, ast.Mult):
        why, a, b = "`*` multiplies number by number", text.of(node.left), text.of(node.right)
        yield with_operator(text, node, "@", why)
        yield text.edit(node, f"{transposed(a)} @ {b}", why)
        yield text.edit(node, f"{a} @ {transposed(b)}", why)


@on_its_kinds
def as_it_stands(text: Text, node: ast.Attribute) -> Edits:
    """An array that isn't transposed."""
    if node.attr == "T":
        yield text.edit(node, text.of(node.value))


# --- axes -------------------------------------------------------------------------------------------------------------


@on_its_kinds
def widened(text: Text, node: ast.BinOp | ast.AugAssign) -> Edits:
    """A side of an operation with one more axis, so that it fits each row."""
    sides = [node.value] if isinstance(node, ast.AugAssign) else [node.right, node.left]
    for side in sides if not isinstance(node.op, ast.MatMult) else ():
        if isinstance(side, ast.Name | ast.Attribute | ast.Subscript):
            yield text.edit(side, f"{text.of(side)}[..., None]", "With one more axis it fits each row")


@on_its_kinds
def axis_kept(text: Text, node: ast.Call) -> Edits:
    """`keepdims=True` for a sum along an axis; or none, where there is one."""
    words = {keyword.arg for keyword in node.keywords}
    if attribute_of(node) in AXES and "keepdims" in words:
        rest = [*map(text.of, node.args), *(text.of(each) for each in node.keywords if each.arg != "keepdims")]
        yield text.edit(node, f"{text.of(node.func)}({', '.join(rest)})")
    elif attribute_of(node) in AXES - {"stack", "concatenate", "split"} and words & {"axis", "dim"}:
        yield text.added(node, "keepdims=True", "The axis along which it goes must stay")


@on_its_kinds
def axis_named(text: Text, node: ast.Call) -> Edits:
    """An axis for a function that goes along one."""
    given = len(node.args) - (getattr(getattr(node.func, "value", None), "id", "") in NUMPY)
    has_axis = given > (attribute_of(node) == "split") or {each.arg for each in node.keywords} & {"axis", "dim"}
    if attribute_of(node) in AXES and not has_axis:
        yield from (text.added(node, axis) for axis in ("axis=0", "axis=1", "axis=-1, keepdims=True"))


@on_its_kinds
def along_other_axis(text: Text, node: ast.keyword) -> Edits:
    if node.arg == "axis":
        yield from (text.edit(node, f"axis={axis}") for axis in (0, 1, -1))


@on_its_kinds
def keyword_of_numpy(text: Text, node: ast.keyword) -> Edits:
    if new := KEYWORDS.get(node.arg or ""):
        yield text.edit(node, f"{new}={text.of(node.value)}", f"NumPy calls it `{new}`")


@on_its_kinds
def joined_anew(text: Text, node: ast.Call) -> Edits:
    """`np.concatenate(hs)`, or `np.array(hs)`, as `np.stack(hs, axis=1)`."""
    if isinstance(node.func, ast.Attribute) and node.func.attr in ("concatenate", "array", "stack") and node.args:
        new = f"{text.of(node.func.value)}.stack({text.of(node.args[0])}, axis=1)"
        yield text.edit(node, new, "Time becomes the second axis by stacking")


@on_its_kinds
def shape_in_brackets(text: Text, node: ast.Call) -> Edits:
    """`np.zeros(N, H)` as `np.zeros((N, H))`."""
    if len(node.args) > 1:
        rest = "".join(f", {text.of(each)}" for each in node.keywords)
        new = f"{text.of(node.func)}(({', '.join(map(text.of, node.args))}){rest})"
        yield text.edit(node, new, "A shape is one argument, in parentheses of its own")


@on_its_kinds
def sizes_exchanged(text: Text, node: ast.Tuple) -> Edits:
    """Two sizes of a new array that stand beside each other the other way round."""
    if isinstance(text.parents.get(node), ast.Call):
        for other in neighbours_exchanged([*map(text.of, node.elts)]):
            yield text.edit(node, f"({other})", "The sizes stand in another order")


# --- indices and loops ------------------------------------------------------------------------------------------------


@on_its_kinds
def index_on_other_axis(text: Text, node: ast.Subscript) -> Edits:
    """`xs[t]` as `xs[:, t]`, and the other way round."""
    whole = text.of(node.value)
    parts: Sequence[ast.expr] = getattr(node.slice, "elts", ())
    if isinstance(node.slice, ast.Name | ast.BinOp):
        yield text.edit(node, f"{whole}[:, {text.of(node.slice)}]")
    elif any(text.of(each) in ADDS_AXIS for each in parts):
        yield text.edit(node, whole)
    elif len(parts) > 1 and isinstance(parts[0], ast.Slice):
        yield text.edit(node, f"{whole}[{text.of(parts[1])}]")
    elif len(parts) > 1:
        yield text.edit(node, f"{whole}[{next(neighbours_exchanged([*map(text.of, parts)]))}]")


def time_of_inputs(layer: LayerForm) -> Change:
    """A change of `xs[t]` into `xs[:, t]` where the first axis of what is given is the batch."""
    names = {name for name, letters in layer.shapes.items() if letters.startswith("NT")}

    @on_its_kinds
    def change(text: Text, node: ast.Subscript) -> Edits:
        if getattr(node.value, "id", "") in names and isinstance(node.slice, ast.Name | ast.BinOp):
            yield from index_on_other_axis(text, node)

    return change


@on_its_kinds
def rows_paired(text: Text, node: ast.Subscript) -> Edits:
    """`p[ts]` as `p[np.arange(len(ts)), ts]`."""
    if isinstance(node.slice, ast.Name):
        index = node.slice.id
        new = f"{text.of(node.value)}[np.arange(len({index})), {index}]"
        yield text.edit(node, new, "Each row has an index of its own")


@on_its_kinds
def index_beside(text: Text, node: ast.Subscript) -> Edits:
    """The index before or after."""
    if found := re.fullmatch(r"(\w+)(?: ?([+-]) ?(\d))?", text.of(node.slice)):
        step = int(f"{found[2] or '+'}{found[3] or 0}")
        for other in (step - 1, step + 1):
            index = f"{found[1]} {'-' if other < 0 else '+'} {abs(other)}" if other else found[1]
            yield text.edit(node, f"{text.of(node.value)}[{index}]")


@on_its_kinds
def one_of_a_loop(text: Text, node: ast.Name) -> Edits:
    """A whole array, `dhs`, as the part of it that belongs to a step of the loop around: `dhs[:, t]`."""
    loop = next((each for each in text.above(node) if isinstance(each, ast.For)), None)
    is_whole = isinstance(node.ctx, ast.Load) and not isinstance(text.parents[node], ast.Subscript | ast.Attribute)
    if loop and is_whole and not any(inner is node for inner in ast.walk(loop.iter)):
        target = loop.target.elts[0] if isinstance(loop.target, ast.Tuple) else loop.target
        if isinstance(target, ast.Name) and target.id != node.id:
            yield text.edit(node, f"{node.id}[:, {target.id}]", "One step of it is needed")
            yield text.edit(node, f"{node.id}[{target.id}]", "One part of it is needed")


@on_its_kinds
def counted_to_the_end(text: Text, node: ast.Call) -> Edits:
    """Loops that leave out the first or the last step."""
    given = [*map(text.of, node.args)] if getattr(node.func, "id", "") == "range" else []
    if len(given) == 3 and given[1:] in (["0", "-1"], ["1", "-1"]):
        yield text.edit(node, f"range({given[0]}, -1, -1)", STOPS)
    if len(given) == 2 and given[1] == "-1":
        yield text.edit(node, f"range({given[0]}, -1, -1)", "range counts upwards unless its third number is negative")
    if len(given) == 3 and not given[0].endswith("- 1"):
        yield text.edit(node, f"range({given[0]} - 1, -1, -1)", STOPS)
    if len(given) == 2 and given[0] == "1":
        yield text.edit(node, f"range({given[1]})", "Starting at 1 leaves step 0 out")
    if len(given) in (1, 2) and given[-1].endswith("- 1"):
        end = given[-1].removesuffix("- 1").rstrip()
        yield text.edit(node, f"range({', '.join([*given[:-1], end])})", "range stops before its end anyway")


@on_its_kinds
def returned_after_the_loop(text: Text, node: ast.Return) -> Edits:
    """A `return` that ends a loop in its first round, moved behind the loop."""
    loop = text.parents[node]
    if isinstance(loop, ast.For) and loop.body[-1] is node:
        before = text.start(node) - (node.col_offset - loop.col_offset)
        why = f"`{text.of(node)}` stands in the loop, which ends there in its first round"
        yield Edit(before, text.end(node), text.of(node), why)


# --- what is asked, given and taken -----------------------------------------------------------------------------------


@on_its_kinds
def asked_for_none(text: Text, node: ast.BoolOp | ast.If | ast.IfExp | ast.While) -> Edits:
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


def none_first(none: Iterable[str]) -> Change:
    """A change that asks, before a test is made, whether what is None here is there."""

    @on_its_kinds
    def change(text: Text, node: ast.If | ast.IfExp | ast.While) -> Edits:
        asked = text.of(node.test)
        for name in none:
            if re.search(rf"(?<![\w.]){re.escape(name)}\b", asked) and f"{name} is not None" not in asked:
                old = f"({asked})" if isinstance(node.test, ast.BoolOp | ast.IfExp) else asked
                yield text.edit(node.test, f"{name} is not None and {old}")
                yield text.edit(node.test, f"{name} is None or {old}")

    return change


@on_its_kinds
def unpacked_otherwise(text: Text, node: ast.Assign) -> Edits:
    """Two results that stand beside each other the other way round; or one result."""
    target = node.targets[0]
    if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Call):
        if len(target.elts) == 2:
            yield text.edit(target, text.of(target.elts[0]), "It gives a single value")
        for other in neighbours_exchanged([*map(text.of, target.elts)]):
            yield text.edit(target, other, "The results come in another order")


def sizes_in_order(layer: LayerForm) -> Change:
    """A change of `T, N, D = xs.shape` into the order of the letters of what is given."""

    @on_its_kinds
    def change(text: Text, node: ast.Assign) -> Edits:
        owner = re.fullmatch(r"(\w+)\.shape", text.of(node.value))
        letters = list(axes(layer.shapes.get(owner[1], ""))) if owner else []
        names = [*map(text.of, getattr(node.targets[0], "elts", ()))]
        if owner and names != letters and sorted(names) == sorted(letters):
            yield text.edit(node.targets[0], ", ".join(letters), f"`{owner[1]}` has shape ({', '.join(letters)})")

    return change


@on_its_kinds
def results_exchanged(text: Text, node: ast.Assign) -> Edits:
    """Two results of a call, or two values, the other way round."""
    if len(getattr(node.targets[0], "elts", ())) == 2:
        if isinstance(node.value, ast.Call):
            yield from unpacked_otherwise(text, node)
        elif isinstance(node.value, ast.Tuple) and len(node.value.elts) == 2:
            (other,) = neighbours_exchanged([*map(text.of, node.value.elts)])
            yield text.edit(node.value, other, "The two are exchanged")


@on_its_kinds
def shape_of_it(text: Text, node: ast.Assign) -> Edits:
    """`N, D = x` as `N, D = x.shape`."""
    if isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Name | ast.Attribute):
        yield text.edit(node.value, f"{text.of(node.value)}.shape")


@on_its_kinds
def one_by_one(text: Text, node: ast.Call) -> Edits:
    """`RNN(params)` as `RNN(*params)`."""
    if len(node.args) == 1:
        yield text.edit(node.args[0], f"*{text.of(node.args[0])}", "It takes them one by one")


@on_its_kinds
def arguments_exchanged(text: Text, node: ast.Call) -> Edits:
    if attribute_of(node) in ("forward", "backward", "set_state", "reshape") and len(node.args) > 1:
        given = next(neighbours_exchanged([*map(text.of, node.args)]))
        rest = "".join(f", {text.of(each)}" for each in node.keywords)
        yield text.edit(node, f"{text.of(node.func)}({given}{rest})", "The arguments come in another order")


@on_its_kinds
def called_as_here(text: Text, node: ast.Call) -> Edits:
    """`cell(x, h)` as `cell.forward(x, h)`, or with the arguments in the other order."""
    given = [*map(text.of, node.args), *map(text.of, node.keywords)]
    for order in (given, given[::-1]):
        new = f"{text.of(node.func)}.forward({', '.join(order)})"
        yield text.edit(node, new, "A layer isn't a function here: call its `forward`")


@on_its_kinds
def called_without_brackets(text: Text, node: ast.Call) -> Edits:
    """`x.T()`, `x.size(0)` and `self.cache()`."""
    name = {"t": "T", "size": "shape"}.get(attribute_of(node), attribute_of(node))
    if isinstance(node.func, ast.Attribute) and name in ("T", "shape", "ndim", "dtype"):
        index = f"[{', '.join(map(text.of, node.args))}]" if node.args else ""
        yield text.edit(node, f"{text.of(node.func.value)}.{name}{index}", f"`{name}` isn't a function")
    elif not (node.args or node.keywords):
        yield text.edit(node, text.of(node.func), f"`{text.of(node.func)}` isn't a function")


# --- names ------------------------------------------------------------------------------------------------------------


def named_of_numpy(name: str) -> Change:
    """A change of `tanh` into `np.tanh`."""

    @on_its_kinds
    def change(text: Text, node: ast.Name) -> Edits:
        if node.id == name and callable(getattr(np, name, None)):
            yield text.edit(node, f"np.{name}")

    return change


def spelt_as(name: str, others: Names) -> Change:
    """A change of a name into close ones of those that `others` gives for a node."""

    @on_its_kinds
    def change(text: Text, node: ast.Name | ast.Attribute) -> Edits:
        owner = f"{text.of(node.value)}." if isinstance(node, ast.Attribute) else ""
        if (node.attr if isinstance(node, ast.Attribute) else node.id) == name:
            yield from (text.edit(node, owner + other) for other in close_names(name, others(text, node)))

    return change


def close_names(name: str, known: Iterable[str]) -> list[str]:
    """Return the few names that are most like one; long names, and long lists of them, aren't searched."""
    if len(name) > MOST_NAME:
        return []
    known = [each for each in known if len(each) <= MOST_NAME and each != name][:MOST_NAMES]
    elsewhere = [ELSEWHERE[name]] if ELSEWHERE.get(name) in known else []
    longer = [each for each in known if len(name) > 2 and name in each.split("_")][:2]
    return [*dict.fromkeys([*elsewhere, *difflib.get_close_matches(name, known, 2, 0.6), *longer])]


def names_at(at_hand: set[str]) -> Names:
    """A function that gives the names that are known where a node stands, besides those at hand everywhere."""

    def known(text: Text, node: ast.AST) -> list[str]:
        function = text.function_of(node)
        kept = {f"self.{name}" for name in attributes_set(text.tree)}
        return sorted((names_known(function) if function else set()) | kept | at_hand)

    return known


def attributes_of(owner: str) -> Names:
    """A function that gives what an attribute may be called, by how messages speak of its owner."""
    if "Generator" in owner:
        return lambda text, node: ["standard_normal"]  # not any that is spelt alike, for whatever is drawn passes
    things: dict[str, object] = {"numpy.ndarray": np.ndarray, "numpy": np, "math": math}
    if thing := things.get(owner):
        return lambda text, node: [name for name in dir(thing) if not name.startswith("_")]
    return lambda text, node: sorted(
        attributes_set(text.tree)
        | {each.name for each in ast.walk(text.tree) if isinstance(each, ast.FunctionDef)}
        | {"forward", "backward", "set_state", "reset_state", "params", "grads"}
    )


# --- which of these to try --------------------------------------------------------------------------------------------

HABITS = (power, bracketed, results_exchanged, counted_to_the_end, returned_after_the_loop, begun_with_zeros)
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


def changes_for(raised: Raised, at_hand: set[str]) -> tuple[Change, ...]:
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
