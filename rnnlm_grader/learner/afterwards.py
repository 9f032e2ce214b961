"""What comes after full points: the course's own answer below the learner's, and questions about the latter.

What is called right was found out by running that code: what it keeps, what it gives, and what fails without a line.
"""

import ast
import contextlib
import functools
import io
import re
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import Any

import numpy as np

from ..content import ASSIGNMENTS, asking_for
from ..engine.case import Case
from ..engine.exam import Criterion, Examination, examine, public_seed
from ..engine.layer import LayerForm
from ..engine.play import play_all
from ..explaining.look import redrawn, sizes_of
from ..explaining.script import short
from ..notebooks.cell_code import tree_of
from .page import BELOW, CODE, FRAME, element, escaped, with_code
from .questions import CHOICES, Choice, Question, about_numbers
from .stopwatch import TimedCandidate

QUESTIONS = 2
LINES = 12  # that are left out, one after the other; no limit of time, for the same code is asked about in the same way
SECONDS = 1  # for a criterion without a line
WRONG_WITHOUT = "Left out, nothing raises, but the numbers are wrong: it was tried."
HOLDS_WITHOUT = "Left out, this still holds: it was tried."
A_MISTAKE = "That comes of a mistake: {}"
SCROLLED = f"{CODE}; white-space: pre; overflow-x: auto"  # a line that were broken would lose its indentation

told: dict[tuple[str, str], str] = {}  # (name, source) → HTML: an answer is checked again and again


def after_full_points(name: str, answer: object) -> str:
    """Return the course's own answer and questions about the learner's, as HTML; '' where its source isn't known."""
    candidate = TimedCandidate(**{name: answer})
    source = source_of(name, candidate)
    if (name, source) not in told:
        told[name, source] = page_of(candidate, name, source) if source else ""
    return told[name, source]


def page_of(candidate: TimedCandidate, name: str, source: str) -> str:
    course = course_answer(name)
    both = "".join(
        f'<strong>{title}</strong><pre style="{SCROLLED}" tabindex="0">{escaped(text)}</pre>'
        for title, text in (("Yours", source), ("The course’s", course))
    )
    ideas = "".join(element("div", BELOW, with_code(each)) for each in differences(source, course))
    beside = folded("The course’s own answer, below yours", both + ideas)
    asked = "".join(map(written, questions(candidate, name, source)))
    title = element("div", "", "<strong>Do you know your own code?</strong> Choose an answer.") if asked else ""
    return element("div", FRAME, beside + title + asked)


def source_of(name: str, candidate: TimedCandidate) -> str:
    """Return the source of an answer alone, or ''."""
    for cell in candidate.sources(name):
        tree = tree_of(cell)
        for node in tree.body if tree else ():
            if getattr(node, "name", None) == name:
                return ast.get_source_segment(cell, node) or ""
    return ""


def course_answer(name: str) -> str:
    """Return the right answer to which the library of mistakes belongs; it is on the learner's machine with these."""
    return next(each.right for each in asking_for(name).misconceptions if each.name == name).strip()


def written(question: Question) -> str:
    """Write a question as HTML, of which each choice unfolds what is said about it: without a script, anywhere."""
    code = element("pre", CODE, escaped(question.code)) if question.code else ""
    choices = "".join(
        folded(
            f"<code>{escaped(choice.text)}</code>",
            element("div", BELOW, with_code(f"{'✓ Right.' if choice.is_right else '✗ No.'} {choice.why}")),
        )
        for choice in question.choices
    )
    return element("div", BELOW, element("div", "", with_code(question.asks)) + code + choices)


def folded(summary: str, inner: str) -> str:
    return f"<details><summary>{summary}</summary>{inner}</details>"


# --- where two answers differ in idea ---------------------------------------------------------------------------------


def differences(own: str, course: str) -> Iterator[str]:
    """Yield a sentence on each idea that only one of two answers has."""
    (loops, calls), (their_loops, their_calls) = map(ideas_in, (own, course))
    if loops and not their_loops:
        yield "Yours has a loop; the course’s leaves that to NumPy."
    if their_loops and not loops:
        yield "The course’s has a loop; yours leaves that to NumPy."
    for whose, names in ("yours", calls - their_calls), ("the course’s", their_calls - calls):
        if names:
            yield f"Only {whose} calls {' and '.join(f'`{name}`' for name in sorted(names))}."


def ideas_in(source: str) -> tuple[int, set[str]]:
    """Return how many loops there are, and the functions of NumPy and other answers that are called."""
    nodes = [*ast.walk(ast.parse(source))]
    called = [ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)]
    answers = {name for each in ASSIGNMENTS.values() for name in each.names} | {"RNN"}
    return (
        sum(isinstance(node, ast.For | ast.While) for node in nodes),
        {each for each in called if each.startswith("np.") or each in answers},
    )


# --- questions about one's own code -----------------------------------------------------------------------------------


def questions(candidate: TimedCandidate, name: str, source: str) -> list[Question]:
    """Return some questions, the same ones for the same source; whatever goes wrong while asking, the report stands."""
    rng = np.random.default_rng(zlib.crc32(source.encode()))
    found: list[Question] = []
    for way in about_lines_left_out, *[about_what_is_kept, about_what_is_given] * 2:
        with np.errstate(all="ignore"), contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
            question = way(candidate, name, source, rng) if len(found) < QUESTIONS else None
            if question and (question.asks, question.code) not in [(each.asks, each.code) for each in found]:
                found.append(question)
    return [question.shuffled(rng) for question in found]


def about_what_is_given(candidate: TimedCandidate, name: str, source: str, rng: np.random.Generator) -> Question | None:
    """Ask what the answer gives in an example that tells known mistakes apart, or None."""
    known = [each for each in asking_for(name).misconceptions if each.name == name and not form_of(name).makes]
    for number in rng.permutation(len(known))[:5]:
        question = about_numbers(known[number], rng, said=A_MISTAKE)
        if question and printed(question.code, name, candidate.names[name]) == right_of(question).text:
            choices = [
                Choice(each.text, each.is_right, "That is what it gave." if each.is_right else each.why)
                for each in question.choices
            ]
            return Question(f"What does this print with your own `{name}`?", question.code, tuple(choices))
    return None


def form_of(name: str) -> LayerForm:
    """Return what an answer is given and gives, as a `LayerForm`."""
    return asking_for(name).of(name)[0].exercise.layer


def right_of(question: Question) -> Choice:
    return next(choice for choice in question.choices if choice.is_right)


def printed(code: str, name: str, answer: object) -> str | None:
    """Return what the last line of an example prints, written as choices are."""
    *lines, last = code.splitlines()
    names: dict[str, Any] = {"np": np, name: answer}
    exec("\n".join(lines), names)
    call = next(node for node in ast.walk(ast.parse(last)) if isinstance(node, ast.Call))  # of `print`
    value = eval(ast.unparse(call.args[0]), names)
    return short(np.asarray(value)) if isinstance(value, float | np.ndarray) else str(value)


def about_what_is_kept(candidate: TimedCandidate, name: str, source: str, rng: np.random.Generator) -> Question | None:
    """Ask for the shape of an array that a call leaves: an attribute, or of a function a local name. Or None."""
    layer = form_of(name)
    method, owner = ("", "") if layer.is_function else ("__init__" if layer.makes else "forward", "self.")
    criterion = asking_for(name).of(name)[0]
    _, case = criterion.dealt(public_seed(criterion))[0]
    case = redrawn(case, sizes=sizes_of(layer, 0))
    before, after, output = recorded(candidate, case, f"{name}.{method}".rstrip("."))
    new = {key: value for key, value in after.items() if value is not before.get(key)}
    shapes = {
        place: array.shape
        for key, value in new.items()
        for place, array in arrays_in(f"{owner}{key}", value)
        if array.ndim > 1
    }
    if not shapes:
        return None
    place = [*shapes][rng.integers(len(shapes))]
    shape = shapes.pop(place)
    body = source.partition(f"def {method or name}")[2].partition("\n    def ")[0]
    keeping = re.findall(rf"^ +({re.escape(place.partition('[')[0])}\b(?!\[).*)", body, re.MULTILINE)
    truth = f"`{place}` has shape {shape}." + (f" Your line `{keeping[-1]}` keeps it." if keeping else "")
    if layer.makes:
        given, takes = {}, ", ".join(f"`{letter}` = {case.sizes[letter]}" for letter in layer.makes)
    else:
        arrays = zip([*layer.params, *layer.inputs], [*case.tape.params, *case.tape.steps[0].arrays], strict=True)
        given = {key: array.shape for key, array in arrays if key not in layer.functions}
        takes = ", ".join(f"`{key}` of shape {each}" for key, each in given.items())
    known = given | {"the output": np.shape(output)} | shapes
    others = {
        each: f"That is the shape of {key if ' ' in key else f'`{key}`'}: " for key, each in known.items() if each
    }
    wrong = {shape[::-1]: "Its axes are the other way round: "} | others | {(*shape[:-1], 1): "", shape[1:]: ""}
    wrong = {each: reason for each, reason in wrong.items() if each not in ((), shape)}
    choices = [
        Choice(str(shape), True, truth),
        *(Choice(str(each), False, reason + truth) for each, reason in [*wrong.items()][: CHOICES - 1]),
    ]
    whose = f"in your `{name}` when it returns" if layer.is_function else f"of your `{name}` after `{method}`"
    return Question(f"With {takes}: which shape has `{place}` {whose}?", "", tuple(choices))


def recorded(candidate: TimedCandidate, case: Case, called: str) -> tuple[dict[str, Any], dict[str, Any], Any]:
    """Play a case, and return what the first call of a function left: local names before and after, and the result.

    Of a method it is the attributes of its object.
    """
    calls: list[dict[str, Any]] = []

    def look(frame: FrameType, event: str, result: Any) -> None:
        if frame.f_code.co_qualname == called and event in ("call", "return") and len(calls) < 2:
            names = frame.f_locals
            calls.append(dict(vars(names[frame.f_code.co_varnames[0]]) if "." in called else names))
            returned.append(result)

    returned: list[Any] = []
    sys.setprofile(look)
    try:
        play_all(candidate, [case])
    finally:
        sys.setprofile(None)
    before, after = calls
    return before, after, returned[1]


def arrays_in(place: str, value: object, depth: int = 2) -> Iterator[tuple[str, np.ndarray]]:
    """Yield (where it is, array) of all arrays in what an attribute holds."""
    if isinstance(value, np.ndarray):
        yield place, value
    elif depth and isinstance(value, tuple | list):
        for at, each in enumerate(value[:4]):
            yield from arrays_in(f"{place}[{at}]", each, depth - 1)


def about_lines_left_out(
    candidate: TimedCandidate, name: str, source: str, rng: np.random.Generator
) -> Question | None:
    """Ask which line makes a criterion hold: each line was left out to see. None where that doesn't tell them apart.

    Right is only a line without which numbers are wrong: where code raises, nothing is said about what the line does.
    """
    criteria = asking_for(name).of(name)
    # Not those that try any sizes, whose names say little; nor, if others are left, those about calls, which take long.
    criteria = [each for each in criteria if not any(each.id == owner for owner, _ in each.exercise.conditioned)]
    criteria = [each for each in criteria if each.part != "contract"] or criteria
    lines, numbers = source.splitlines(), [int(number) for number in rng.permutation(removable(source))]
    changed = {number: without(candidate, name, source, number) for number in numbers[:LINES]}
    made = made_in(source)

    @functools.cache
    def examined(number: int, criterion: Criterion) -> Examination:
        return examine(criterion, changed[number], public_seed(criterion), seconds=SECONDS)

    found: list[tuple[int, int, int, list[Criterion]]] = []
    for number in changed.keys() - made:
        if wrong := wrong_values(functools.partial(examined, number), criteria):
            # Of what is wrong in several parts, a criterion hardly says what it does.
            found.append((len({each.part for each in wrong}), len(wrong), number, wrong))
    for *_, number, wrong in sorted(found, key=lambda each: each[:3]):
        for criterion in wrong:
            harmless = [other for other in changed if examined(other, criterion).passed]
            if len(harmless) >= CHOICES - 1:
                harmless.sort(key=lambda other: other in made)  # what a method does is the better choice
                choices = [
                    Choice(lines[number - 1].strip(), True, WRONG_WITHOUT),
                    *(Choice(lines[other - 1].strip(), False, HOLDS_WITHOUT) for other in harmless[: CHOICES - 1]),
                ]
                return Question(f"Which of your lines makes this hold: {criterion.shows}?", "", tuple(choices))
    return None


def wrong_values(examined: Callable[[Criterion], Examination], criteria: Iterable[Criterion]) -> list[Criterion]:
    """Return the criteria by which an answer gives wrong values; none if it raises, or doesn't end, anywhere."""
    wrong: list[Criterion] = []
    for criterion in criteria:
        examination = examined(criterion)
        if examination.lost or any(play.raised for _, play in examination.plays):
            return []
        wrong += [] if examination.passed else [criterion]
    return wrong


def functions_in(source: str) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]


def made_in(source: str) -> set[int]:
    """Return the numbers of the lines of `__init__`, which all methods need."""
    inits = [node for node in functions_in(source) if node.name == "__init__"]
    return {number for node in inits for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)}


def removable(source: str) -> list[int]:
    """Return the numbers of the lines that are a statement each, within a function: no docstring, print or return.

    A line that stands there twice isn't one of them: nobody could tell which one is meant.
    """
    inside = {
        id(node): node
        for function in functions_in(source)
        for node in ast.walk(function)
        if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr)
        and node.lineno == node.end_lineno
        and not (isinstance(node, ast.Expr) and is_silent(node.value))
    }
    numbers, lines = [node.lineno for node in inside.values()], [line.strip() for line in source.splitlines()]
    return sorted(
        number for number in set(numbers) if numbers.count(number) == 1 and lines.count(lines[number - 1]) == 1
    )


def is_silent(value: ast.expr) -> bool:
    """Whether an expression that stands by itself does nothing for a result: a docstring or a print."""
    return isinstance(value, ast.Constant) or ast.unparse(value).startswith("print(")


def without(candidate: TimedCandidate, name: str, source: str, number: int) -> TimedCandidate:
    """Return the answer without a line."""
    lines = source.splitlines()
    indent = lines[number - 1][: len(lines[number - 1]) - len(lines[number - 1].lstrip())]
    lines[number - 1] = f"{indent}pass"
    return TimedCandidate(**{name: candidate.names_with(name, "\n".join(lines))[name]})
