"""Tries what might mend an answer: a line of its source is changed, and what failed is played again.

Nothing is suggested that wasn't tried: a change is told only where everything comes out right with it, in the smallest
example and in draws of other sizes.
"""
import ast
import difflib
import itertools
import math
import re

import numpy as np

from ..notebooks.cell_code import definitions_in, parsed
from ..sandbox.bench import Raised
from ..sandbox.candidate import WorkerLost
from ..spec.layer import METHODS
from ..spec.play import play_all
from .look import redrawn
from .names import sizes_of
from .source import Edit, Text, apply, attributes_set, holds_line, names_known

TRIALS = 24  # for one failure: most end in the smallest example, after a millisecond
MOST_SOURCE, MOST_NAME, MOST_NAMES = 20_000, 60, 500  # characters and names in which anything is searched
SHORT = 60  # characters of code in a sentence
AXES = {"sum", "mean", "max", "min", "argmax", "concatenate", "stack", "split", "cumsum", "flip", "prod", "norm"}
NUMPY = {"np", "numpy", "math"}
ADDS_AXIS = {"None", "np.newaxis"}  # as an index
# What other libraries call something → what NumPy calls it.
ELSEWHERE = {"t": "T", "cat": "concatenate", "mm": "matmul", "view": "reshape", "clone": "copy", "permute": "transpose",
             "pow": "power", "length": "size", "randn": "standard_normal"}
KEYWORDS = {"dim": "axis", "keepdim": "keepdims"}
OPERATORS = {ast.BitXor: "^", ast.Mult: "*", ast.MatMult: "@", ast.Div: "/", ast.Add: "+", ast.Sub: "-"}


class Changed:
    """A candidate one of whose cells is changed: it plays, and that is all."""

    def __init__(self, candidate, name, source):
        self.candidate, self.name, self.source = candidate, name, definitions_in(source)

    def play(self, programs):
        return self.candidate.play(programs, (self.name, self.source))


class Trials:
    """Plays what failed, in the smallest example and in three draws of other sizes, with changes of the source.

    The looks may be few, or small: where the answer fails in special sizes alone, as without the axis that it names.
    """

    def __init__(self, small, looks):
        self.small, self.layer, self.candidate = small, small.case.layer, small.play.candidate
        self.cases = [small.case, *(look.case for look in looks)]
        if not (small.case.law or small.case.condition.world):
            self.cases += [redrawn(small.case, seed, sizes=sizes_of(self.layer, seed)) for seed in range(3)]
        self.is_over = False  # a change that never comes to an end takes the time that is left

    def fits(self, source):
        """Whether everything is right with this source in place of the cell that holds the answer."""
        changed = Changed(self.candidate, self.layer.name, source)
        try:
            with np.errstate(all="ignore"):  # the smallest example by itself: most changes go no further
                return not self.is_over and not any(play.compare() for some in (self.cases[:1], self.cases[1:])
                                                    for play in play_all(changed, some))
        except WorkerLost:
            self.is_over = True
            return False

    def what_fits(self):
        """Return a sentence about a change with which everything is right; '' where none is found."""
        mended = self.candidate.known["mended"]  # sources that were right in other criteria → what was said of them
        edits = edits_for(self.small, self.candidate.sources(self.layer.name),
                          self.candidate.names_beside(self.layer.name))
        found = ((apply(source, edit), sentence(source, edit)) for source, edit in itertools.islice(edits, TRIALS))
        for source, said in itertools.chain(list(mended.items())[-3:], found):
            if self.layer.name in source and self.fits(source):
                mended[source] = said
                return said
        return ""


def sentence(source, edit):
    """Say what was tried, in the student's own code, which is widened to whole words."""
    old, new = " ".join(source[edit.start:edit.end].split()), " ".join(edit.new.split())
    change = f"Adding `{new.strip(', ')}` to `{edit.to}(...)`" if edit.to else f"Replacing `{old}` with `{new}`"
    return f"{edit.why}{edit.why and '. '}{change} makes this pass"


def edits_for(small, sources, at_hand):
    """Yield (source, edit) of what might mend a failure: the likeliest first, none twice.

    `at_hand` holds the names that other cells define.
    """
    seen, layer = set(), small.case.layer
    for source in sources:
        if len(source) > MOST_SOURCE or (tree := parsed(source)) is None:
            continue
        text = Text(source, tree)
        if not isinstance(small.finding, Raised):
            edits = edits_of_values(text, small)
        elif holds_line(source, small.finding):
            edits = edits_where_raised(text, small.finding, at_hand)
        else:  # it was raised in another cell, which was called with what doesn't fit there
            edits = of_all(time_of_inputs(layer), text, ast.walk(tree))
        for edit in edits:
            whole = apply(source, edit)
            if whole not in seen and whole != source and len(edit.new) <= SHORT and parsed(whole):
                seen.add(whole)
                yield source, edit


def edits_where_raised(text, raised, at_hand):
    """Yield changes of the line that raised: of the expression, what stands in it, what it stands in, its origins."""
    nodes = [node for node in ast.walk(text.tree)
             if getattr(node, "lineno", None) and node.lineno <= (raised.line or 0) <= node.end_lineno]
    statements = [node for node in nodes if isinstance(node, ast.stmt)]
    if not statements:
        yield from methods_named_otherwise(text, raised)
        return
    statement = min(statements, key=lambda node: node.end_lineno - node.lineno)
    focus = narrowest(text, nodes, raised) or statement
    inside = [each for each in ast.walk(focus) if not isinstance(each, ast.stmt) or each is focus]
    around = [node for node in text.above(focus) if isinstance(node, ast.expr)]
    changes = changes_for(raised, at_hand)
    near = [*inside, *around, *(statement,) * (statement not in inside)]
    yield from (edit for change in changes for edit in itertools.islice(of_all(change, text, near), 2))
    everywhere = [*ast.walk(text.tree)]
    origins = [*origins_of(text, statement, inside)]
    further = [inner for origin in origins for inner in ast.walk(origin)]
    yield from (edit for change in changes for edit in itertools.islice(of_all(change, text, further), 2))
    yield from (edit for nodes in (near, further) for change in changes for edit in of_all(change, text, nodes))
    yield from (edit for change in HABITS for edit in of_all(change, text, everywhere))


def methods_named_otherwise(text, raised):
    """Yield the edits that give a method the name by which it was asked for."""
    name = (re.findall(r"has no attribute '(\w{1,60})'", raised.message) or [""])[0]
    methods = {node.name: node for node in ast.walk(text.tree) if isinstance(node, ast.FunctionDef)}
    for other in close_names(name, methods) if name else ():
        start = text.source.index(other, text.start(methods[other]))
        yield Edit(start, start + len(other), name)


def of_all(change, text, nodes):
    """Yield the edits that a change has for nodes, one after the other."""
    return (edit for node in nodes for edit in change(text, node))


def narrowest(text, nodes, raised):
    """The smallest node under the mark of an exception."""
    if not raised.mark:
        return None
    line = text.source.split("\n")[raised.line - 1]
    first, last = (text.lines[raised.line - 1] + len(line) - len(line.lstrip()) + column for column in raised.mark)
    found = [node for node in nodes if text.start(node) <= first and last <= text.end(node)
             and not isinstance(getattr(node, "ctx", None), ast.Store)]
    return min(found, key=lambda node: text.end(node) - text.start(node), default=None)


def origins_of(text, statement, nodes):
    """Yield the loops around a statement, and the assignments before it that gave the names in it their values."""
    function = text.function_of(statement)
    yield from (ast.Expr(each.iter) for each in text.above(statement) if isinstance(each, ast.For))
    names = names_in(nodes)
    before = [each for each in ast.walk(function or text.tree)
              if isinstance(each, ast.Assign | ast.AugAssign) and each.lineno < statement.lineno]
    for each in reversed(before):
        targets = each.targets if isinstance(each, ast.Assign) else [each.target]
        if names & names_in(inner for target in targets for inner in ast.walk(target)):
            yield each
            names |= names_in(ast.walk(each.value))


def names_in(nodes):
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def edits_of_values(text, small):
    """Yield changes of the function that gave a wrong result: habits first, then where the result is named."""
    function = function_that_gave(text, small)
    nodes = [node for node in ast.walk(function) if node is not function] if function else []
    habits = *HABITS, time_of_inputs(small.case.layer)
    yield from (edit for change in habits for edit in of_all(change, text, nodes))
    about = [node for node in nodes if re.search(words_of_result(small), text.of(statement_of(text, node)))]
    yield from (edit for place in (about, nodes) for change in OF_VALUES for edit in of_all(change, text, place))


def statement_of(text, node):
    """The statement that a node stands in; of a compound one only its head is looked at."""
    statement = next(each for each in (node, *text.above(node)) if isinstance(each, ast.stmt))
    return getattr(statement, "iter", None) or getattr(statement, "test", None) or statement


def function_that_gave(text, small):
    """The method, or function, whose call gave what is wrong first."""
    at, layer = small.key[0], small.case.layer
    verb = small.case.tape.steps[at].verb if isinstance(at, int) else "forward"
    name = layer.name if layer.is_function else METHODS.get(verb, verb)
    return next((node for node in ast.walk(text.tree) if isinstance(node, ast.FunctionDef) and node.name == name), None)


def words_of_result(small):
    """A pattern of the words that a line about a wrong result is likely to hold."""
    layer, what = small.case.layer, small.key[1].replace("held", "grads")
    if "[" not in what:
        return rf"\b({what}|return|out)\b"
    at = int(what.split("[")[1][:-1])
    return rf"\bd{[*layer.params, *layer.listed][at]}\b|{re.escape(what)}"


STOPS = "range stops before its second number"

# --- changes: each yields the edits that it has for one node --

def power(text, node):
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitXor):
        yield with_operator(text, node, "**", "`^` is not a power in Python; `**` is")
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "pow" and len(node.args) == 1:
        yield text.edit(node, f"{text.of(node.func.value)} ** {text.of(node.args[0])}", "In NumPy a power is `**`")


def bracketed(text, node):
    """`a * 1 - b` as `a * (1 - b)`, `a / 1 + b` as `a / (1 + b)`, `a / 2 * b` as `a / (2 * b)`."""
    if isinstance(node, ast.BinOp) and isinstance(node.left, ast.BinOp):
        inner = node.left
        sums = isinstance(inner.op, ast.Mult | ast.Div) and isinstance(node.op, ast.Add | ast.Sub)
        if sums or (isinstance(inner.op, ast.Div) and isinstance(node.op, ast.Mult | ast.Div)):
            first = text.source[text.start(node):text.start(inner.right)]
            rest = text.source[text.start(inner.right):text.end(node)]
            if first.count("(") == first.count(")"):
                yield text.edit(node, f"{first}({rest})", "Parentheses are missing")


def unpacked_otherwise(text, node):
    """Two results, or sizes, that stand beside each other the other way round; or one result."""
    is_shape = isinstance(node, ast.Assign) and getattr(node.value, "attr", "") == "shape"
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple) and (
            is_shape or isinstance(node.value, ast.Call)):
        target = node.targets[0]
        names = [*map(text.of, target.elts)]
        if len(names) == 2 and not is_shape:
            yield text.edit(target, names[0], "It gives a single value")
        for at in range(min(len(names) - 1, 3)):
            others = [*names[:at], names[at + 1], names[at], *names[at + 2:]]
            what = "sizes" if is_shape else "results"
            yield text.edit(target, ", ".join(others), f"The {what} come in another order")


def counted_to_the_end(text, node):
    """Loops that leave out the first or the last step."""
    if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "range"):
        return
    given = [*map(text.of, node.args)]
    if len(given) == 3 and given[2] == "-1" and given[1] in ("0", "1"):
        yield text.edit(node, f"range({given[0]}, -1, -1)", STOPS)
    if len(given) == 3 and not given[0].endswith("- 1"):
        yield text.edit(node, f"range({given[0]} - 1, -1, -1)", STOPS)
    if len(given) == 2 and given[0] == "1":
        yield text.edit(node, f"range({given[1]})", "Starting at 1 leaves step 0 out")
    if len(given) < 3 and re.search(r"- 1$", given[-1]):
        yield text.edit(node, f"range({', '.join([*given[:-1], given[-1][:-3].strip()])})",
                        "range stops before its end anyway")


def of_numpy(text, node):
    """`math.tanh(x)` as `np.tanh(x)`."""
    if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "math" and hasattr(np, node.attr):
        yield text.edit(node, f"np.{node.attr}", f"`math.{node.attr}` takes one number; `np.{node.attr}` takes arrays")


def named_of_numpy(name):
    """A change of `tanh` into `np.tanh`."""
    def change(text, node):
        if getattr(node, "id", "") == name and callable(getattr(np, name, None)):
            yield text.edit(node, f"np.{name}")
    return change


def keyword_of_numpy(text, node):
    if isinstance(node, ast.keyword) and node.arg in KEYWORDS:
        new = KEYWORDS[node.arg]
        yield text.edit(node, f"{new}={text.of(node.value)}", f"NumPy calls it `{new}`")


def asked_for_none(text, node):
    """A question whether something is None, where it is asked whether it is true."""
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) and len(node.values) == 2:
        first, other = map(text.of, node.values)
        new = f"({first} if {first} is not None else {other})"
        yield text.edit(node, new, f"`{first} or ...` asks if an array is true")
    test = getattr(node, "test", None)
    parts = [test, *getattr(test, "values", ())] if test is not None else []
    for part in parts:
        if isinstance(part, ast.Name | ast.Attribute):
            yield text.edit(part, f"{text.of(part)} is not None", f"`if {text.of(part)}` asks if an array is true")
        elif isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.Not):
            yield text.edit(part, f"{text.of(part.operand)} is None", "`not` asks if an array is true")
        elif isinstance(part, ast.Compare) and text.of(part.comparators[0]) == "None":
            word = {ast.NotEq: "is not", ast.Eq: "is"}.get(type(part.ops[0]))
            if word:
                new = f"{text.of(part.left)} {word} None"
                yield text.edit(part, new, "`==` and `!=` compare an array number by number")


def none_first(none):
    """A change that asks, before a test is made, whether what is None here is there."""
    def change(text, node):
        test = getattr(node, "test", None)
        asked = text.of(test) if test is not None else ""
        for name in none:
            if re.search(rf"(?<![\w.]){re.escape(name)}\b", asked) and f"{name} is not None" not in asked:
                old = f"({asked})" if isinstance(test, ast.BoolOp | ast.IfExp) else asked
                yield text.edit(test, f"{name} is not None and {old}")
                yield text.edit(test, f"{name} is None or {old}")
    return change


def turned(text, node):
    """Sides of a product turned round or exchanged, or another product."""
    sides, spelt = product_in(text, node)
    if not sides:
        return
    a, b = sides
    at, bt = transposed(a), transposed(b)
    yield from (text.edit(node, spelt(*pair)) for pair in ((at, b), (a, bt), (b, a), (bt, a), (at, bt)))
    yield text.edit(node, f"{a} * {b}", "`*` multiplies number by number")


def product_in(text, node):
    """Return the sides of a product of matrices, and a function that writes one."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        return (text.of(node.left), text.of(node.right)), "{} @ {}".format
    is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) == 2
    if is_call and node.func.attr in ("dot", "matmul"):
        return [*map(text.of, node.args)], f"{text.of(node.func)}({{}}, {{}})".format
    return (), None


def transposed(code):
    if code.endswith(".T"):
        return code[:-2]
    return f"{code}.T" if re.fullmatch(r"[\w.]+(\[[^\[\]]*\]|\([^()]*\))*", code) else f"({code}).T"


def multiplied_as_matrices(text, node):
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        yield with_operator(text, node, "@", "`*` multiplies number by number")
        for left, right in ((transposed(text.of(node.left)), text.of(node.right)),
                            (text.of(node.left), transposed(text.of(node.right)))):
            yield text.edit(node, f"{left} @ {right}", "`*` multiplies number by number")


def with_operator(text, node, new, why):
    """An edit of an operator; brackets around the sides stay."""
    a, b, old = text.end(node.left), text.start(node.right), OPERATORS[type(node.op)]
    between = text.source[a:b].replace(old, new, 1)
    return text.edit(node, text.source[text.start(node):a] + between + text.source[b:text.end(node)], why)


def widened(text, node):
    """A side of an operation with one more axis, so that it fits each row."""
    sides = ([node.left, node.right] if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.MatMult)
             else [node.value] if isinstance(node, ast.AugAssign) else [])
    for side in reversed(sides):
        if isinstance(side, ast.Name | ast.Attribute | ast.Subscript):
            yield text.edit(side, f"{text.of(side)}[..., None]", "With one more axis it fits each row")


def axis_kept(text, node):
    """`keepdims=True` for a sum along an axis."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in AXES:
        words = {keyword.arg: keyword for keyword in node.keywords}
        if "keepdims" in words:
            rest = ", ".join(text.of(each) for each in (*node.args, *node.keywords) if each is not words["keepdims"])
            yield text.edit(node, f"{text.of(node.func)}({rest})")
        elif words.keys() & {"axis", "dim"} and node.func.attr not in ("stack", "concatenate"):
            yield text.added(node, "keepdims=True", "The axis along which it goes must stay")


def axis_named(text, node):
    """An axis for a function that goes along one."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in AXES:
        given = len(node.args) - (getattr(node.func.value, "id", "") in NUMPY)
        if given < 1 + (node.func.attr == "split") and not {each.arg for each in node.keywords} & {"axis", "dim"}:
            for axis in ("axis=0", "axis=1", "axis=-1, keepdims=True"):
                yield text.added(node, axis)


def along_other_axis(text, node):
    if isinstance(node, ast.keyword) and node.arg == "axis":
        for axis in ("0", "1", "-1"):
            yield text.edit(node, f"axis={axis}")


def index_on_other_axis(text, node):
    """`xs[t]` as `xs[:, t]`, and the other way round."""
    if isinstance(node, ast.Subscript):
        whole, index = text.of(node.value), text.of(node.slice)
        if isinstance(node.slice, ast.Name | ast.BinOp):
            yield text.edit(node, f"{whole}[:, {index}]")
        elif isinstance(node.slice, ast.Tuple) and any(text.of(each) in ADDS_AXIS for each in node.slice.elts):
            yield text.edit(node, whole)
        elif isinstance(node.slice, ast.Tuple) and isinstance(node.slice.elts[0], ast.Slice):
            yield text.edit(node, f"{whole}[{text.of(node.slice.elts[1])}]")
        elif isinstance(node.slice, ast.Tuple) and len(node.slice.elts) > 1:
            first, second, *rest = map(text.of, node.slice.elts)
            yield text.edit(node, f"{whole}[{', '.join([second, first, *rest])}]")


def rows_paired(text, node):
    """`p[ts]` as `p[np.arange(len(ts)), ts]`."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Name):
        index = text.of(node.slice)
        new = f"{text.of(node.value)}[np.arange(len({index})), {index}]"
        yield text.edit(node, new, "Each row has an index of its own")


def index_beside(text, node):
    """The index before or after."""
    if isinstance(node, ast.Subscript) and (found := re.fullmatch(r"(\w+)(?: ?([+-]) ?(\d))?", text.of(node.slice))):
        step = int(f"{found[2] or '+'}{found[3] or 0}")
        for other in (step - 1, step + 1):
            index = f"{found[1]} {'-' if other < 0 else '+'} {abs(other)}" if other else found[1]
            yield text.edit(node, f"{text.of(node.value)}[{index}]")


def as_it_stands(text, node):
    """An array that isn't transposed."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield text.edit(node, text.of(node.value))


def one_of_a_loop(text, node):
    """A whole array, `dhs`, as the part of it that belongs to a step of the loop around: `dhs[:, t]`."""
    loop = next((each for each in text.above(node) if isinstance(each, ast.For)), None)
    is_whole = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and not isinstance(
        text.parents.get(node), ast.Subscript | ast.Attribute)
    if loop and is_whole and not any(inner is node for inner in ast.walk(loop.iter)):
        target = loop.target.elts[0] if isinstance(loop.target, ast.Tuple) else loop.target
        if isinstance(target, ast.Name) and target.id != node.id:
            yield text.edit(node, f"{node.id}[:, {target.id}]", "One step of it is needed")
            yield text.edit(node, f"{node.id}[{target.id}]", "One part of it is needed")


def time_of_inputs(layer):
    """A change of `xs[t]` into `xs[:, t]` where the first axis of what is given is the batch."""
    names = {name for name, letters in layer.shapes.items() if letters.startswith("NT")}

    def change(text, node):
        is_one = isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Name | ast.BinOp)
        if is_one and getattr(node.value, "id", "") in names:
            yield from index_on_other_axis(text, node)
    return change


def joined_anew(text, node):
    """`np.concatenate(hs)`, or `np.array(hs)`, as `np.stack(hs, axis=1)`."""
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("concatenate", "array", "stack") and node.args:
        yield text.edit(node, f"{text.of(node.func.value)}.stack({text.of(node.args[0])}, axis=1)",
                        "Time becomes the second axis by stacking")


def shape_in_brackets(text, node):
    """`np.zeros(N, H)` as `np.zeros((N, H))`."""
    if isinstance(node, ast.Call) and len(node.args) > 1:
        shape = ", ".join(map(text.of, node.args))
        rest = "".join(f", {text.of(each)}" for each in node.keywords)
        new = f"{text.of(node.func)}(({shape}){rest})"
        yield text.edit(node, new, "A shape is one argument, in parentheses of its own")


def arguments_exchanged(text, node):
    if isinstance(node, ast.Call) and len(node.args) > 1 and not node.keywords:
        a, b, *rest = map(text.of, node.args)
        if getattr(node.func, "attr", "") in ("forward", "backward", "set_state", "reshape"):
            given = ", ".join([b, a, *rest])
            yield text.edit(node, f"{text.of(node.func)}({given})", "The arguments come in another order")


def called_without_brackets(text, node):
    """`x.T()`, `x.shape(0)` and `self.cache()`."""
    if isinstance(node, ast.Call) and not (node.args or node.keywords):
        yield text.edit(node, text.of(node.func), f"`{text.of(node.func)}` isn't a function")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        name = {"t": "T", "size": "shape"}.get(node.func.attr, node.func.attr)
        owner = text.of(node.func.value)
        if name in ("T", "shape", "size", "ndim", "dtype"):
            index = f"[{', '.join(map(text.of, node.args))}]" if node.args else ""
            yield text.edit(node, f"{owner}.{name}{index}", f"`{name}` isn't a function")


def spelt_as(name, others, why):
    """A change of a name into close ones."""
    def change(text, node):
        if (getattr(node, "id", None) or getattr(node, "attr", None)) != name:
            return
        known = others(text, node)
        for other in close_names(name, known):
            new = other if isinstance(node, ast.Name) else f"{text.of(node.value)}.{other}"
            yield text.edit(node, new, why)
    return change


def close_names(name, known):
    """Return the few names that are most like one; long names, and long lists of them, aren't searched."""
    known = [each for each in known if len(each) <= MOST_NAME and each != name][:MOST_NAMES]
    if len(name) > MOST_NAME:
        return []
    elsewhere = [ELSEWHERE[name]] if ELSEWHERE.get(name) in known else []
    longer = [each for each in known if len(name) > 2 and name in each.split("_")][:2]
    return [*dict.fromkeys([*elsewhere, *difflib.get_close_matches(name, known, 2, 0.6), *longer])]


def names_at(at_hand):
    """A function that gives the names that are known where a node stands."""
    def known(text, node):
        function = text.function_of(node)
        kept = {f"self.{each.attr}" for each in ast.walk(text.tree)
                if isinstance(each, ast.Attribute) and getattr(each.value, "id", "") == "self"}
        return sorted((names_known(function) if function else set()) | kept | at_hand)
    return known


def attributes_at(text, node):
    """What an attribute of an object whose class is known here may be called."""
    if getattr(node.value, "id", "") == "self":
        methods = {each.name for each in ast.walk(text.tree) if isinstance(each, ast.FunctionDef)}
        return sorted(attributes_set(text.tree) | methods)
    return ["forward", "backward", "set_state", "reset_state", "params", "grads"]


def drawn_otherwise(text, node):
    """What a Generator's method may be meant: not any that is spelt alike, for whatever is drawn passes."""
    return ["standard_normal"]


def attributes_of(thing):
    public = [name for name in dir(thing) if not name.startswith("_")]
    return lambda text, node: public


def shape_of_it(text, node):
    """`N, D = x` as `N, D = x.shape`."""
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple) and isinstance(
            node.value, ast.Name | ast.Attribute):
        yield text.edit(node.value, f"{text.of(node.value)}.shape")


def one_by_one(text, node):
    """`RNN(params)` as `RNN(*params)`."""
    if isinstance(node, ast.Call) and len(node.args) == 1:
        yield text.edit(node.args[0], f"*{text.of(node.args[0])}", "It takes them one by one")


def results_exchanged(text, node):
    """Two results of a call, or two values, the other way round."""
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple) and len(node.targets[0].elts) == 2:
        if isinstance(node.value, ast.Call):
            yield from unpacked_otherwise(text, node)
        elif isinstance(node.value, ast.Tuple) and len(node.value.elts) == 2:
            a, b = map(text.of, node.value.elts)
            yield text.edit(node.value, f"{b}, {a}", "The two are exchanged")


def sizes_exchanged(text, node):
    """Two sizes of a new array that stand beside each other the other way round."""
    if isinstance(node, ast.Tuple) and isinstance(text.parents.get(node), ast.Call):
        names = [*map(text.of, node.elts)]
        for at in range(min(len(names) - 1, 3)):
            others = [*names[:at], names[at + 1], names[at], *names[at + 2:]]
            yield text.edit(node, f"({', '.join(others)})", "The sizes stand in another order")


HABITS = (power, bracketed, results_exchanged, counted_to_the_end)
OF_VALUES = (arguments_exchanged, joined_anew, axis_kept, axis_named, turned, multiplied_as_matrices,
             index_on_other_axis, as_it_stands, along_other_axis)


def changes_for(raised, at_hand):
    """Return what may mend an exception: the likeliest first."""
    none = [text for text, kind, _ in raised.sides if kind == "NoneType"]
    kind, message = raised.kind, raised.message
    if found := re.search(r"name '(\w{1,60})' is not defined", message):
        return [named_of_numpy(found[1]), of_numpy, spelt_as(found[1], names_at(at_hand), "")]
    if found := re.search(r"has no attribute '(\w{1,60})'", message):
        owner = np.ndarray if "numpy.ndarray" in message else np if "module 'numpy'" in message else (
            math if "module 'math'" in message else None)
        known = attributes_of(owner) if owner else drawn_otherwise if "Generator" in message else attributes_at
        return [power, called_without_brackets, spelt_as(found[1], known, ""), *([of_numpy] if owner is math else [])]
    if kind == "ValueError" and "truth value" in message:
        return [asked_for_none]
    if none:
        return [none_first(none)]
    if "unexpected keyword" in message:
        return [keyword_of_numpy]
    if "missing" in message and "positional" in message:
        return [one_by_one]
    if "to unpack" in message:
        return [shape_of_it, unpacked_otherwise]
    if "not callable" in message:
        return [called_as_here, called_without_brackets]
    if "only" in message and "converted" in message:
        return [of_numpy]
    if kind == "UFuncTypeError" or "unsupported operand" in message or "not supported for the input types" in message:
        return [power]
    if "interpret" in message or "data type" in message:
        return [shape_in_brackets]
    if "split does not" in message or message.startswith("all "):
        return [axis_named, along_other_axis, joined_anew]
    if kind == "IndexError":
        return [counted_to_the_end, index_on_other_axis, index_beside, rows_paired]
    if kind == "AxisError":
        return [along_other_axis]
    if "core dimension" in message or "not aligned" in message:
        return [turned, index_on_other_axis, arguments_exchanged, axis_named, as_it_stands]
    if kind == "ValueError":
        return [one_of_a_loop, axis_kept, multiplied_as_matrices, index_on_other_axis, as_it_stands, widened,
                along_other_axis, axis_named, arguments_exchanged, sizes_exchanged, unpacked_otherwise, turned]
    return [arguments_exchanged, unpacked_otherwise]


def called_as_here(text, node):
    """`cell(x, h)` as `cell.forward(x, h)`, or with the arguments in the other order."""
    if isinstance(node, ast.Call) and not isinstance(node.func, ast.Call):
        given = [*map(text.of, [*node.args, *node.keywords])]
        for order in (given, given[::-1]):
            new = f"{text.of(node.func)}.forward({', '.join(order)})"
            yield text.edit(node, new, "A layer isn't a function here: call its `forward`")
