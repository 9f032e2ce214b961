"""Finds out what stands in the expression that raised an exception, by the names that the student gave it.

Runs beside the student's code, as the bench does. Only what can be computed once more without a trace is looked at.
"""

import ast
import contextlib
import functools
import itertools
import linecache

import numpy as np

MAX_SOURCE = 50_000  # characters of a cell that is read
MAX_TEXT, MAX_SIDES, MAX_AXES = 120, 6, 5
# What an expression may consist of that is computed once more, and which functions and methods it may call.
PLAIN = (
    ast.Name,
    ast.Attribute,
    ast.Constant,
    ast.Subscript,
    ast.Slice,
    ast.Tuple,
    ast.BinOp,
    ast.UnaryOp,
    ast.Call,
    ast.keyword,
    ast.operator,
    ast.unaryop,
    ast.expr_context,
)
CALLED = {
    "abs",
    "arange",
    "argmax",
    "dot",
    "exp",
    "flatten",
    "len",
    "log",
    "matmul",
    "max",
    "mean",
    "ones",
    "ravel",
    "reshape",
    "sqrt",
    "squeeze",
    "sum",
    "tanh",
    "transpose",
    "where",
    "zeros",
    "zeros_like",
}


def of(traceback, line):
    """Return (mark, sides) of the expression in which the frame of a traceback stands; see `bench.Raised`."""
    frame = traceback.tb_frame
    place = next(itertools.islice(frame.f_code.co_positions(), traceback.tb_lasti // 2, None))
    source = "".join(linecache.getlines(frame.f_code.co_filename))
    if None in place or len(source) > MAX_SOURCE:
        return (), ()
    return mark_in(line, *place, traceback.tb_lineno), sides_of(expressions_in(source, *place), frame)


def mark_in(line, start, end, first, last, at):
    """Return the columns of a place, which are counted in bytes, in its line without the spaces around."""
    if start != at:
        return ()
    text, indented = line.rstrip(), len(line) - len(line.lstrip())
    first, last = (len(text.encode()[:column].decode(errors="ignore")) for column in (first, last))
    return first - indented, min((last if end == at else len(text)) - indented, MAX_TEXT)


@functools.lru_cache(maxsize=100)
def expressions_in(source, start, end, first, last):
    """Return (text, code) of each expression at a place of a source that can be computed without a trace."""
    node = smallest(parsed(source), (start, first), (end, last))
    return [prepared(part) for part in parts_of(node) if is_plain(part)][:MAX_SIDES]


def prepared(part):
    """Return (text, code) of an expression; of one with an index also those of what is indexed, where that fails."""
    forms = [part, *([part.value] if isinstance(part, ast.Subscript) else [])]
    texts = [text for text in map(ast.unparse, forms) if len(text) <= MAX_TEXT]
    return [(text, compile(ast.parse(text, mode="eval"), "<part>", "eval")) for text in texts]


@functools.lru_cache(maxsize=4)
def parsed(source):
    return ast.parse(source)


def smallest(tree, start, end):
    """Return the smallest node that holds a place, or the statement whose targets these are."""
    found = tree
    for node in ast.walk(tree):  # those inside come later
        if hasattr(node, "lineno") and holds(node, start, end):
            is_target = isinstance(getattr(node, "ctx", None), ast.Store)
            found = found if is_target else node
    return found


def holds(node, start, end):
    return (node.lineno, node.col_offset) <= start and end <= (node.end_lineno, node.end_col_offset)


def sides_of(expressions, frame):
    """Return (expression, type, shape or None) of those that stand for numbers, for None, or for several of these."""
    sides = []
    for text, value in filter(None, (evaluated(forms, frame) for forms in expressions)):
        if isinstance(value, np.ndarray):
            sides.append((text, "array", np.ndarray.shape.__get__(value)[:MAX_AXES]))
        elif type(value) in (list, tuple):
            sides.append((text, type(value).__name__, (len(value),)))
        elif value is None or isinstance(value, int | float | str | np.generic):
            sides.append((text, type(value).__name__[:80], None))
    return tuple(sides)


def evaluated(forms, frame):
    """Return (text, value) of the first form of an expression that has a value in a frame, or None."""
    for text, code in forms:
        with contextlib.suppress(Exception):
            return text, eval(code, frame.f_globals, frame.f_locals)
    return None


def parts_of(node):
    """Yield the expressions that stand in a node, from left to right; of a statement not those of its body."""
    parts = [node.func, *node.args, *node.keywords] if isinstance(node, ast.Call) else ast.iter_child_nodes(node)
    for part in parts:
        if isinstance(node, ast.Assign) and isinstance(part, ast.Tuple) and part is not node.value:
            continue  # names that are about to get other values
        if isinstance(part, ast.Tuple | ast.List | ast.Slice | ast.keyword):
            yield from parts_of(part)
        elif isinstance(node, ast.Call) and part is node.func:
            yield from [part.value] if isinstance(part, ast.Attribute) else []
        elif isinstance(part, ast.expr) and not isinstance(part, ast.Constant):
            yield part


def is_plain(part):
    """Whether nothing is changed by computing an expression once more."""
    return all(
        isinstance(node, PLAIN) and (not isinstance(node, ast.Call) or is_harmless(node)) for node in ast.walk(part)
    )


def is_harmless(call):
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    return name in CALLED and all(keyword.arg != "out" for keyword in call.keywords)
