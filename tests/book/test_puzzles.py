"""The puzzles between two hints: what they ask for is right, what they refuse is wrong, and help fades."""

import ast
import re

import nbformat
import pytest
from examining import defined, is_clean
from pages import ROOT
from rnnlm_book.practice import HINT, tasks_of
from rnnlm_book.puzzles import BLOCK, bodies, found_in, order, puzzle, source_of, statements

from rnnlm_grader.content import ASSIGNMENTS
from rnnlm_grader.course.source_notebook import answers_of

LENT = "from rnnlm_ref.layers import RNN\n"


def notebook(folder, slug):
    return nbformat.read(ROOT / folder / slug / f"{slug}.ipynb", as_version=4)


def hints(slug):
    """Yield the name of each answer of an exercise, the course's answer, and its hints by their titles."""
    solved = answers_of(notebook("solutions", slug))
    for name, text in tasks_of(notebook("exercises", slug)):
        yield name, solved[name], dict(HINT.findall(text))


def puzzles():
    for slug in ASSIGNMENTS:
        for name, answer, found in hints(slug):
            (text,) = (text for title, text in found.items() if title.startswith("Puzzle"))
            yield pytest.param(name, answer, text, id=name)


every_puzzle = pytest.mark.parametrize(("name", "answer", "text"), [*puzzles()])


@every_puzzle
def test_a_puzzle_has_one_line_that_does_not_belong_and_is_not_in_order_already(name, answer, text):
    lines = puzzle(name, answer, text)["lines"]
    assert any(after > number for number, line in enumerate(lines) for after in [*line["after"], line["block"]])


@every_puzzle
def test_two_lines_may_change_places_where_the_answer_stays_right_and_nowhere_else(name, answer, text):
    body = found_in(answer, statements(BLOCK.search(text)[1]))
    before = order(body.values())
    for parent in {node.parent for node in body.values()}:
        for earlier, later in zip(parent.body, parent.body[1:], strict=False):
            if {earlier, later} <= {*body.values()}:
                changed = defined(LENT + exchanged(answer, earlier, later), name)
                assert is_clean(name, changed) is ((earlier, later) not in before)


def exchanged(source, earlier, later):
    """Return a source with two statements, one below the other, exchanged."""
    lines = source.split("\n")
    start, middle, end = earlier.lineno - 1, later.lineno - 1, later.end_lineno
    return "\n".join([*lines[:start], *lines[middle:end], *lines[start:middle], *lines[end:]])


def test_a_line_that_no_answer_has_or_a_second_one_is_refused():
    (name, answer, text), *_ = (each.values for each in [*puzzles()])
    with pytest.raises(ValueError, match="must have one line that isn't in its answer; it has 2"):
        puzzle(name, answer, text.replace("dW[...] = 0", "dW[...] = 1"))


def test_the_later_exercises_give_fewer_lines_than_the_earlier_ones():
    shares = [given(slug) for slug in ASSIGNMENTS]
    assert shares[0] == 1
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] < 0.1


def given(slug):
    """Return how much of the answers of an exercise stands in their last hints, as the share of their lines."""
    shown = wanted = 0
    for _, answer, found in hints(slug):
        lines = [line.strip() for block in BLOCK.findall(list(found.values())[-1]) for line in statements(block)]
        solved = [source_of(node) for body in solutions(answer) for node in body]
        shown += sum(line in lines for line in solved)
        wanted += len(solved)
    return shown / wanted


def solutions(answer):
    """Yield the statements of each function that its reader has to write."""
    spans = [
        (answer[: found.start()].count("\n"), answer[: found.end()].count("\n"))
        for found in re.finditer("### BEGIN SOLUTION.*?### END SOLUTION", answer, re.DOTALL)
    ]
    for body in bodies(answer):
        yield [
            node
            for node in body
            if not isinstance(node.parent, ast.Module) and any(start < node.lineno <= end for start, end in spans)
        ]
