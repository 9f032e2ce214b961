"""Tries what might mend an answer: a line of its source is changed, and what failed is played again.

Nothing is suggested that wasn't tried: a change is told only where everything comes out right with it, in the smallest
example and in draws of other sizes, and where it spoils nothing else.
"""

import ast
import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from ..engine.case import Case
from ..engine.layer import LayerForm
from ..engine.play import play_all
from ..engine.tape import parse
from ..notebooks.cell_code import definitions_in, parsed
from ..protocol.bench import Raised
from ..protocol.candidate import Candidate, WorkerLost
from .changes import HABITS, OF_VALUES, Change, changes_for, close_names, sizes_in_order, time_of_inputs
from .look import Look, redrawn, sizes_of
from .source import Edit, Placed, Text, apply, holds_line, is_in, last_line

TRIALS = 24  # for one failure: most end in the smallest example, after a millisecond
MOST_SOURCE, MOST_NODES = 20_000, 4000  # characters of a source, and nodes of its tree, in which anything is searched
FORWARD_AND_BACK = parse("forward backward")
CONTAINERS = ast.List | ast.Dict | ast.Set
SHORT = 60  # characters of code in a sentence


class Trials:
    """Plays what failed, in the smallest example and in three draws of other sizes, with changes of the source.

    The looks may be few, or small: where the answer fails in special sizes alone, as without the axis that it names.
    """

    def __init__(self, small: Look, looks: Iterable[Look]) -> None:
        self.small, self.layer, self.candidate = small, small.case.layer, small.play.candidate
        self.cases = [small.case, *(look.case for look in looks)]
        if not (small.case.law or small.case.condition.world):
            self.cases += [redrawn(small.case, seed, sizes=sizes_of(self.layer, seed)) for seed in range(3)]
        self.is_over = False  # a change that never comes to an end takes the time that is left

    @functools.cached_property
    def whole(self) -> list[Case]:
        """Once forward and back, where the answer gets that right: a change mustn't spoil it."""
        if self.layer.is_function or self.layer.makes:
            return []
        case = replace(self.small.case, see=self.layer.expand("returned grads"))
        cases = [redrawn(case, steps=FORWARD_AND_BACK)]
        return cases if are_right(self.candidate, cases) else []

    def fits(self, source: str) -> bool:
        """Whether everything is right with this source in place of the cell that holds the answer."""
        changed = self.layer.name, definitions_in(source)
        try:
            with np.errstate(all="ignore"):  # the smallest example by itself: most changes go no further
                return (
                    not self.is_over
                    and are_right(self.candidate, self.cases[:1], changed)
                    and are_right(self.candidate, self.cases[1:] + self.whole, changed)
                )
        except WorkerLost:
            self.is_over = True
            return False

    def what_fits(self) -> str:
        """Return a sentence about a change with which everything is right; '' where none is found."""
        mended = self.candidate.known["mended"]  # sources that were right in other criteria → what was said of them
        edits = edits_for(
            self.small, self.candidate.sources(self.layer.name), self.candidate.names_beside(self.layer.name)
        )
        found = ((apply(source, edit), sentence(source, edit)) for source, edit in itertools.islice(edits, TRIALS))
        for source, said in itertools.chain(list(mended.items())[-3:], found):
            if self.layer.name in source and self.fits(source):
                mended[source] = said
                return said
        return ""


def right_only_once(candidate: Candidate, name: str, cases: Sequence[Case]) -> tuple[str, list[Case]]:
    """Say so where some cases come right once the cell of an answer is executed anew, but not one after the other.

    Return the sentence, and the cases that are wrong all the same: they may only be such as call something twice. Else
    return ('', []).
    """
    for source in candidate.sources(name):
        changed = name, definitions_in(source)
        try:
            wrong = wrong_alone(candidate, cases, changed) if name in source else None
            if wrong is None or len(wrong) == len(cases) or are_right(candidate, cases[:3], changed):
                continue
        except WorkerLost:
            break
        kept = next((f", such as `{each}`," for each in containers_in(source)), "")
        return (
            "It is right only the first time after the cell was executed. What your code keeps outside of its "
            f"functions, or in the class itself{kept} is shared by all calls and all objects; make it anew in the "
            "function, or in __init__"
        ), wrong
    return "", []


def wrong_alone(candidate: Candidate, cases: Iterable[Case], changed: tuple[str, str]) -> list[Case] | None:
    """Return the cases that are wrong by themselves; None where one is that calls nothing twice."""
    wrong = []
    for case in cases:
        if not are_right(candidate, [case], changed):
            verbs = [step.verb for step in case.steps]
            if len(verbs) == len(set(verbs)):
                return None
            wrong.append(case)
    return wrong


def containers_in(source: str) -> Iterator[str]:
    """The names that a cell, or a class in it, gives to lists, dictionaries and sets."""
    tree = parsed(source)
    body = tree.body if tree else []
    for node in itertools.chain(body, *(node.body for node in body if isinstance(node, ast.ClassDef))):
        if isinstance(node, ast.Assign) and any(isinstance(each, CONTAINERS) for each in ast.walk(node.value)):
            yield from (each.id for each in ast.walk(ast.Tuple(node.targets)) if isinstance(each, ast.Name))


def are_right(candidate: Candidate, cases: Sequence[Case], changed: tuple[str, str] | None = None) -> bool:
    """Whether nothing is wrong where a candidate, or one with a `changed` cell, plays some cases."""
    return not any(play.compare() for play in play_all(candidate, cases, changed))


def sentence(source: str, edit: Edit) -> str:
    """Say what was tried, in the student's own code, which is widened to whole words."""
    old, new = " ".join(source[edit.start : edit.end].split()), " ".join(edit.new.split())
    if edit.to:
        change = f"Adding `{new.strip(', ')}` to `{edit.to}(...)`"
    else:
        change = f"Replacing `{old}` with `{new}`" if old != new else "Moving it to the left, out of the loop,"
    return f"{edit.why}{edit.why and '. '}{change} mends this example"


def edits_for(small: Look, sources: Iterable[str], at_hand: set[str]) -> Iterator[tuple[str, Edit]]:
    """Yield (source, edit) of what might mend a failure: the likeliest first, none twice.

    `at_hand` holds the names that other cells define.
    """
    layer = small.case.layer
    seen: set[str] = set()
    for source in sources:
        if len(source) > MOST_SOURCE or (tree := parsed(source)) is None:
            continue
        text = Text(source, tree)
        if len(text.parents) > MOST_NODES:
            continue
        if not isinstance(small.finding, Raised):
            edits = edits_of_values(text, small)
        elif holds_line(source, small.finding):
            edits = edits_where_raised(text, small.finding, at_hand, layer)
        else:  # it was raised in another cell, which was called with what doesn't fit there
            edits = of_all(time_of_inputs(layer), text, ast.walk(tree))
        for edit in edits:
            whole = apply(source, edit)
            if whole not in seen and whole != source and len(edit.new) <= SHORT and parsed(whole):
                seen.add(whole)
                yield source, edit


def edits_where_raised(text: Text, raised: Raised, at_hand: set[str], layer: LayerForm) -> Iterator[Edit]:
    """Yield changes of the line that raised: of the expression, what stands in it, what it stands in, its origins."""
    nodes = [node for node in ast.walk(text.tree) if isinstance(node, Placed) and is_in(raised.line, node)]
    statements = [node for node in nodes if isinstance(node, ast.stmt)]
    if not statements:
        yield from methods_named_otherwise(text, raised)
        return
    statement = min(statements, key=lambda node: last_line(node) - node.lineno)
    focus = narrowest(text, nodes, raised) or statement
    inside = [each for each in ast.walk(focus) if not isinstance(each, ast.stmt) or each is focus]
    around = [node for node in text.above(focus) if isinstance(node, ast.expr)]
    near = [*inside, *around, *(statement,) * (statement not in inside)]
    changes = sizes_in_order(layer), *changes_for(raised, at_hand)
    further = [inner for origin in origins_of(text, statement, inside) for inner in ast.walk(origin)]
    for most in (2, None):  # first a few of each kind
        for some in (near, further):
            yield from (edit for change in changes for edit in itertools.islice(of_all(change, text, some), most))
    yield from (edit for change in HABITS for edit in of_all(change, text, ast.walk(text.tree)))


def methods_named_otherwise(text: Text, raised: Raised) -> Iterator[Edit]:
    """Yield the edits that give a method the name by which it was asked for."""
    name = (re.findall(r"has no attribute '(\w{1,60})'", raised.message) or [""])[0]
    methods = {node.name: node for node in ast.walk(text.tree) if isinstance(node, ast.FunctionDef)}
    for other in close_names(name, methods) if name else ():
        start = text.source.index(other, text.start(methods[other]))
        yield Edit(start, start + len(other), name)


def of_all(change: Change, text: Text, nodes: Iterable[ast.AST]) -> Iterator[Edit]:
    """Yield the edits that a change has for nodes, one after the other."""
    return (edit for node in nodes for edit in change(text, node))


def narrowest(text: Text, nodes: Iterable[Placed], raised: Raised) -> Placed | None:
    """The smallest node under the mark of an exception."""
    if not (raised.mark and raised.line):
        return None
    line = text.source.split("\n")[raised.line - 1]
    first, last = (text.lines[raised.line - 1] + len(line) - len(line.lstrip()) + column for column in raised.mark)
    found = [
        node
        for node in nodes
        if text.start(node) <= first
        and last <= text.end(node)
        and not isinstance(getattr(node, "ctx", None), ast.Store)
    ]
    return min(found, key=lambda node: text.end(node) - text.start(node), default=None)


def origins_of(text: Text, statement: ast.stmt, nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield the loops around a statement, and the assignments before it that gave the names in it their values."""
    function = text.function_of(statement)
    yield from (ast.Expr(each.iter) for each in text.above(statement) if isinstance(each, ast.For))
    names = names_in(nodes)
    before = [
        each
        for each in ast.walk(function or text.tree)
        if isinstance(each, ast.Assign | ast.AugAssign) and each.lineno < statement.lineno
    ]
    for each in reversed(before):
        targets = each.targets if isinstance(each, ast.Assign) else [each.target]
        if names & names_in(inner for target in targets for inner in ast.walk(target)):
            yield each
            names |= names_in(ast.walk(each.value))


def names_in(nodes: Iterable[ast.AST]) -> set[str]:
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def edits_of_values(text: Text, small: Look) -> Iterator[Edit]:
    """Yield changes of the function that gave a wrong result: habits first, then where the result is named."""
    functions = (node for node in ast.walk(text.tree) if isinstance(node, ast.FunctionDef))
    function = next((each for each in functions if each.name == small.called), None)
    nodes = [node for node in ast.walk(function) if node is not function] if function else []
    habits = *HABITS, time_of_inputs(small.case.layer), sizes_in_order(small.case.layer)
    yield from (edit for change in habits for edit in of_all(change, text, nodes))
    about = [node for node in nodes if re.search(words_of_result(small), text.of(statement_of(text, node)))]
    yield from (edit for place in (about, nodes) for change in OF_VALUES for edit in of_all(change, text, place))


def statement_of(text: Text, node: ast.AST) -> ast.expr | ast.stmt:
    """The statement that a node stands in; of a compound one only its head is looked at."""
    statement = next(each for each in (node, *text.above(node)) if isinstance(each, ast.stmt))
    return getattr(statement, "iter", None) or getattr(statement, "test", None) or statement


def words_of_result(small: Look) -> str:
    """A pattern of the words that a line about a wrong result is likely to hold."""
    layer, what = small.case.layer, small.key[1].replace("held", "grads")
    if "[" not in what:
        return rf"\b({what}|return|out)\b"
    at = int(what.split("[")[1][:-1])
    return rf"\bd{[*layer.params, *layer.listed][at]}\b|{re.escape(what)}"
