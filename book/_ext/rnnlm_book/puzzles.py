"""The puzzle between two hints: lines of the course's answer, to be put in order.

A notebook has it as text: the lines, in no order, one that doesn't belong, and `___` for what stays to be found.
For the page it is compared with the answer in solutions/, which says what must stand before what.
"""

import ast
import itertools
import re
from difflib import ndiff

from rnnlm_grader.content import find

BLOCK = re.compile(r"```python\n(.*?)\n```", re.DOTALL)
BLANK = "___"
PLACES = (ast.Name, ast.Attribute, ast.Subscript)


def puzzle(name, answer, text):
    """Return the puzzle of an answer as plain data, given its source and the text of the notebook.

    `lines` have their text, the number of the line whose block they are in, and of those that must come before, -1 and
    none for the line that doesn't belong; `odd` is the number of that line; `own` are lines of learners that could
    stand in its place: (what a check says of the mistake, line).
    """
    shown = statements(BLOCK.search(text)[1])
    found = found_in(answer, shown)
    nodes = [found.get(line) for line in shown]
    whole = {line: source_of(node) for line, node in found.items()}
    before = order(found.values())
    lines = [
        {
            "text": line,
            "block": -1 if node is None else inside(node, nodes),
            "after": [nodes.index(each) for each in nodes if each and (each, node) in before],
        }
        for line, node in zip(shown, nodes, strict=True)
    ]
    odd = [line for line, node in zip(shown, nodes, strict=True) if node is None]
    if len(odd) != 1:
        raise ValueError(f"The puzzle of {name} must have one line that isn't in its answer; it has {len(odd)}: {odd}")
    rivals = {left_side(each) for each in whole.values()}
    own = [
        (sentence, line)
        for sentence, old, line in spoilt(name)
        if line and line not in whole.values() and (old in whole.values() or left_side(line) in rivals)
    ]
    return {"lines": lines, "odd": shown.index(odd[0]), "own": own}


def statements(block):
    """Return the statements of a text, in whatever order: what begins inside brackets belongs to the line before."""
    found, depth = [], 0
    for line in block.split("\n"):
        found = [*found[:-1], f"{found[-1]}\n{line}"] if depth else [*found, line]
        depth += sum(map(line.count, "([{")) - sum(map(line.count, ")]}"))
    return found


def found_in(answer, shown):
    """Return {line: statement} of the function of an answer, and of the indentation, that have most of some lines."""
    return max((matched(shown, body, column) for body in bodies(answer) for column in range(0, 20, 4)), key=len)


def bodies(answer):
    """Yield the statements of each function in a source."""
    for function in ast.walk(ast.parse(answer)):
        if isinstance(function, ast.FunctionDef):
            link(function, answer)
            yield [node for node in ast.walk(function) if isinstance(node, ast.stmt) and node is not function]


def link(node, source):
    """Have each statement below a node know the source, and the one in whose block it is."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            child.parent, child.source = node, source
        link(child, source)


def matched(shown, body, column):
    """Return {line: statement} for the lines that are in a body, where the least indented stand at a column."""
    left, found = list(body), {}
    for line in shown:
        pattern = ".+".join(map(re.escape, line.strip().split(BLANK)))
        at = column + len(line) - len(line.lstrip())
        for node in left:
            if node.col_offset == at and re.fullmatch(pattern, source_of(node), re.DOTALL):
                found[line] = node
                left.remove(node)
                break
    return found


def source_of(node):
    """Return a statement's text, of a compound one its first line, without the indentation of the block."""
    block = getattr(node, "body", None)
    text = "\n".join(node.source.split("\n")[node.lineno - 1 : block[0].lineno - 1 if block else node.end_lineno])
    return re.sub(rf"(?m)^ {{{node.col_offset}}}", "", text)


def left_side(line):
    """Return the left side of an assignment, or a whole line."""
    return re.split(r" [-+*/@]?= ", line)[0]


def inside(node, nodes):
    """Return the number of the statement in whose block another one is, -1 if it isn't among these."""
    return next((nodes.index(each) for each in nodes if each is node.parent), -1)


def order(nodes):
    """Return which statements must come before which, as pairs."""
    nodes = set(nodes)
    pairs = set()
    for parent in {node.parent for node in nodes}:
        siblings = parent.body
        before = {(a, b) for a, b in itertools.combinations(siblings, 2) if depends(b, a)}
        for middle in siblings:  # by way of others, which the puzzle may not have
            before |= {(a, b) for a, m in before if m is middle for m2, b in before if m2 is middle}
        pairs |= before
    return {(a, b) for a, b in pairs if a in nodes and b in nodes}


def depends(later, earlier):
    """Whether two statements would do something else in the other order."""
    if isinstance(later, ast.Return):
        return True
    (reads, writes), (read, written) = uses(later), uses(earlier)
    return bool(meet(reads, written) or meet(writes, read) or meet(writes, written))


def meet(some, others):
    """Whether one of these places is, or is part of, one of the others."""
    return any(
        f"{a} ".startswith((f"{b} ", f"{b}.", f"{b}[")) or b.startswith((f"{a}.", f"{a}["))
        for a in some
        for b in others
    )


def uses(node):
    """Return the places that a statement reads, and those that it writes."""
    reads, writes = set(), set()
    for each in places(node):
        (writes if isinstance(each.ctx, ast.Store) else reads).add(place_of(each))
    for each in ast.walk(node):
        if isinstance(each, ast.AugAssign):
            reads.add(place_of(each.target))
        if isinstance(each, ast.Expr) and isinstance(each.value, ast.Call):  # is called for what it changes
            writes |= {place_of(part) for part in (each.value.func, *each.value.args[:1])}
        if isinstance(each, ast.Call) and ast.unparse(each.func).startswith("self."):  # a layer, which remembers
            writes.add(place_of(each.func.value))
    return reads, writes


def places(node):
    """Yield the names, attributes and subscripts in a statement, and no parts of these."""
    if not isinstance(node, PLACES):
        inner = ast.iter_child_nodes(node)
    else:
        yield node
        inner = [each.slice for each in ast.walk(node) if isinstance(each, ast.Subscript)]
    for each in inner:
        yield from places(each)


def place_of(node):
    """Return what a target or a value belongs to: the place `self.grads[0]` of `self.grads[0][...]`, `x` of `x[i]`."""
    if isinstance(node, ast.Subscript):
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int):
            return f"{place_of(node.value)}[{node.slice.value}]"
        return place_of(node.value)
    return ast.unparse(node)


def spoilt(name):
    """Yield (sentence, old line, new line) for each misconception that changes a single line of the right answer."""
    for each in find(name).misconceptions:
        if each.name == name:
            changes = [line for line in ndiff(each.right.split("\n"), each.source.split("\n")) if line[0] in "+-"]
            old, new = ([line[2:].strip() for line in changes if line[0] == sign] for sign in "-+")
            if len(old) == len(new) == 1:
                yield each.sentence, *old, *new
