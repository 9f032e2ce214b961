"""Makes small questions about a known mistake: what the right answer gives in an example, or which lines are right.

The example is one in which the mistake shows, with numbers that are drawn anew for each question. The choices are what
is right, what the mistake gives, and what other mistakes of the library give.
"""

import difflib
import functools
import re
import textwrap
import zlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from ..content import ASSIGNMENTS, asking_for
from ..content.misconception import Misconception
from ..engine.case import Case
from ..engine.compare import Difference
from ..engine.exam import examine, public_seed
from ..explaining.decoding import price
from ..explaining.look import Aim, Look, kind_of, redrawn
from ..explaining.script import Example, aspect_of, script, short
from ..explaining.shrink import shrink
from ..explaining.telling import (
    Way,
    as_drawn,
    dressed,
    failing,
    in_small_sizes,
    named_arrays,
    plainest,
    powers,
    rounded,
    shares,
    sort_of,
    states,
    value_of,
)
from ..explaining.variants import variant_of
from ..protocol.bench import Raised
from ..protocol.values import Plain
from ..verdict.report import ended

DRAWS, FINALISTS = 60, 5  # examples that are drawn for a question, and those of which a question is made
AS_DRAWN = 0.2  # of them keep the numbers that criteria draw, of two digits, which show what plainer ones may hide
CHOICES = 3
MOST_LINES = 14  # of code
TITLE = "With a right `{}`, what does this print?"
NAMED, ANOTHER = "The mistake that a check named: {}", "That comes of another mistake: {}"
NOTHING = "(no such line)"
Ways: TypeAlias = Callable[[np.random.Generator], Way]  # of which one is drawn
Places: TypeAlias = tuple[tuple[int, int], ...]  # (first line, line after the last) of each


@dataclass(frozen=True)
class Choice:
    """One of the answers to choose from, and what is said once it is chosen."""

    text: str
    is_right: bool
    why: str


@dataclass(frozen=True)
class Question:
    """A question with its choices; all of it is text, in which code stands between backticks."""

    asks: str
    code: str
    choices: tuple[Choice, ...]
    section: str = ""  # of the book

    @property
    def mark(self) -> int:
        """Tells whether two questions are about the same numbers."""
        return zlib.crc32(self.code.encode())

    def as_data(self) -> dict[str, Any]:
        return asdict(self) | {"mark": self.mark}

    def shuffled(self, rng: np.random.Generator) -> "Question":
        return replace(self, choices=tuple(self.choices[i] for i in rng.permutation(len(self.choices))))


@functools.cache
def library() -> dict[str, Misconception]:
    """Return all known mistakes by the names under which they are kept, such as 'MyRNN.TurnsSign'."""
    return {key_of(each): each for assignment in ASSIGNMENTS.values() for each in assignment.misconceptions}


def key_of(misconception: Misconception) -> str:
    return f"{misconception.name}.{misconception.id}"


def fellows(misconception: Misconception) -> list[Misconception]:
    """The other mistakes of the same answer, those of the same section first."""
    others = [
        each
        for each in asking_for(misconception.name).misconceptions
        if each.name == misconception.name and each.sentence != misconception.sentence
    ]
    return sorted(others, key=lambda each: each.section != misconception.section)


def question_about(key: str, seed: int, asked: Collection[int] = (), is_solved: bool = False) -> Question | None:
    """Return a question about the mistake of this name, or None where none can be made.

    Parameters
    ----------
    seed : int
        Decides what is asked.
    asked : sequence of int
        The marks of earlier questions: the same numbers aren't asked twice.
    is_solved : bool
        Whether the reader has solved the exercise, and may see lines of the right answer.
    """
    misconception, rng = library().get(key), np.random.default_rng(seed)
    if misconception is None:
        return None
    ways = [lambda: about_lines(misconception)] * is_solved
    ways.insert(int(rng.random() < 0.3 and is_solved), lambda: about_numbers(misconception, rng, asked))
    question = next(filter(None, (way() for way in ways)), None)
    return question and question.shuffled(rng)


# --- what is printed --------------------------------------------------------------------------------------------------


def about_numbers(
    misconception: Misconception, rng: np.random.Generator, asked: Collection[int] = (), said: str = NAMED
) -> Question | None:
    """Ask what the right answer gives where the mistake gives something else; `said` is what its name stands after."""
    aim, cases = examples(misconception)
    if aim is None or not cases or cases[0].layer.makes:  # nobody can tell what comes of parameters that are drawn
        return None
    drawn = [redressed(cases[i % len(cases)], rng) for i in range(DRAWS)]
    looks = failing(drawn, aim, variant_of(misconception).candidate)
    found: list[tuple[float, int, Question]] = []
    for cost, look in plainest([*map(as_if_it_went_on, looks)]):
        question = about_example(look, misconception, said)
        if question and question.mark not in asked:
            cost += 5 * (CHOICES - len(question.choices))
            found.append((cost, len(found), question))
        if len(found) == FINALISTS:
            break
    return min(found)[-1] if found else None


@functools.lru_cache(maxsize=200)
def examples(misconception: Misconception) -> tuple[Aim | None, list[Case]]:
    """Return (an `Aim` at how a mistake shows, cases in which it does, as simple as they can be)."""
    criteria = tuple(asking_for(misconception.name).of(misconception.name))
    candidate = variant_of(misconception).candidate
    costs, _ = price(misconception, criteria)
    with np.errstate(all="ignore"):
        found = [examine(each, candidate, public_seed(each)) for each in criteria if each.id in costs]
        faults = sorted(
            (fault for each in found for fault in each.faults if not fault.play.case.law),
            key=lambda fault: (bool(fault.play.raised), fault.rank),
        )
        if not faults:
            return None, []
        aim = Aim(kind_of(*next(iter(faults[0].wrong.items()))))
        case = shrink(faults[0].play.case, aim, candidate)
        return aim, [look.case for look in in_small_sizes(case, aim, candidate)]


def about_example(look: Look, misconception: Misconception, said: str) -> Question | None:
    """Ask what is printed in an example in which a mistake gives something else; None where that can't be shown."""
    finding = look.finding
    if not isinstance(finding, Difference) or look.key[1] == "made" or not Example(look).shown():
        return None
    aspect, code = aspect_of(look), code_of(look)
    right, wrong = written(finding.expected, aspect), written(finding.got, aspect)
    if not (right and wrong) or right == wrong or code.count("\n") > MOST_LINES:
        return None
    why = said.format(ended(misconception.sentence))
    choices = {right: Choice(right, True, why), wrong: Choice(wrong, False, why)}
    for rival in fellows(misconception):
        if len(choices) == CHOICES:
            break
        value = value_of(rival, look)
        text = written(value, aspect) if isinstance(value, np.ndarray) and np.isfinite(value).all() else None
        if text and text not in choices:
            choices[text] = Choice(text, False, ANOTHER.format(ended(rival.sentence)))
    return Question(TITLE.format(misconception.name), code, tuple(choices.values()), misconception.section)


def code_of(look: Look) -> str:
    """Write an example, a statement in each line. Of ids the dtype doesn't matter, and a browser has another one."""
    return re.sub(r", dtype='int\d+'", "", "\n".join(script(look)).replace(";  ", "\n"))


def as_if_it_went_on(look: Look) -> Look:
    """Return a look at an example, where it raised as if what it was to give were merely missing."""
    case = look.case
    missing = (
        ((at, what), value)
        for (at, what), value in case.right.items()
        if (at, what) not in look.play.seen and isinstance(at, int) and case.judges(at, what)
    )
    found = next(((key, value) for key, value in missing if isinstance(value, np.ndarray)), None)
    if not (isinstance(look.finding, Raised) and found):
        return look
    key, value = found
    nothing: Any = f"nothing: {look.finding.kind}"  # which no answer gives; see `written`
    return Look(look.play, {key: Difference(key[1], "", nothing, value)})


def written(value: "Plain | str", aspect: str) -> str | None:
    """Write a value as Python prints it, or that of it which differs; None where that is too long."""
    if value is None or isinstance(value, str):
        return str(value)
    if aspect and isinstance(value, np.ndarray):
        return str(getattr(value, aspect[1:]))
    return short(value)


# --- numbers ----------------------------------------------------------------------------------------------------------


def redressed(case: Case, rng: np.random.Generator) -> Case:
    """Return a case with other numbers: drawn anew, and where they needn't belong together, plain ones."""
    case = redrawn(case, int(rng.integers(2**31)))
    if case.condition.world or rng.random() < AS_DRAWN:
        return case
    return dressed(
        case,
        {
            name: as_drawn
            if array.dtype.kind == "i"
            else rounded
            if name in case.condition.patterns
            else way_of(name, case, rng)
            for name, array in named_arrays(case)
        },
    )


def way_of(name: str, case: Case, rng: np.random.Generator) -> Way:
    """Choose a way to choose the numbers of an array; see `telling`."""
    ways = WAYS[sort_of(name, case.layer)]
    return ways[rng.integers(len(ways))](rng)


def digits(most: int, parts: int = 1) -> Ways:
    """Return how to make a way: 1 to `most`, or tenths of these, each once where there are enough, in any order."""

    def make(rng: np.random.Generator) -> Way:
        return lambda array, before: (
            np.concatenate([rng.permutation(most) + 1 for _ in range(1 + array.size // most)])[: array.size] / parts
        )

    return make


def none(rng: np.random.Generator) -> Way:
    return lambda array, before: np.zeros(array.size)


def placed(rng: np.random.Generator) -> Way:
    """1, 10, 100 ... each some times: of a sum one sees what was added up."""
    return lambda array, before: rng.integers(1, 5, array.size) * rng.permutation(powers(array, 0))


def sides(rng: np.random.Generator) -> Way:
    """Numbers whose squares often add up to a square."""
    return lambda array, before: np.resize(rng.permutation([[3, 4], [6, 8], [5, 12], [8, 15], [9, 12]])[0], array.size)


def some_states(rng: np.random.Generator) -> Way:
    return states(*(rng.permutation(9)[:4] + 1) / 10)


def some_shares(rng: np.random.Generator) -> Way:
    return lambda array, before: shares(array, int(rng.integers(9)) * array.shape[-1])


def some_odds(rng: np.random.Generator) -> Way:
    """A gate each; see `telling.odds`."""
    return lambda array, before: np.log(np.repeat(rng.permutation([1, 3, 4, 9]), array.size // 4))


WAYS: dict[str, tuple[Ways, ...]] = {
    "upstream": (placed, digits(9)),
    "listed": (sides, digits(9)),
    "scalar": (digits(9), digits(9, 10)),
    "case": (digits(5), digits(9), digits(9, 10)),
    "logits": (digits(5), some_shares),
    "weight": (digits(5), digits(9, 10), digits(9, 10), none),
    "bias": (digits(5), digits(9, 10), none, some_states),
    "gates": (digits(9, 10), none, some_odds),
}


# --- which lines are right --------------------------------------------------------------------------------------------


def about_lines(misconception: Misconception) -> Question | None:
    """Ask which lines are right: those of the right answer, of the mistake, or of another one in the same place."""
    places, right, wrong = hunks(misconception)
    if max(text.count("\n") for text in (right, wrong)) >= MOST_LINES:
        return None
    why = NAMED.format(ended(misconception.sentence))
    choices = {right: Choice(right, True, why), wrong: Choice(wrong, False, why)}
    for rival in fellows(misconception):
        if rival.right == misconception.right and len(choices) < CHOICES:
            where, _, text = hunks(rival)
            if where == places and text.count("\n") < MOST_LINES:
                choices.setdefault(text, Choice(text, False, f"There, {ended(rival.sentence)}"))
    place, code = surroundings(misconception, places)
    return Question(f"Which of these is right in `{place}`?", code, tuple(choices.values()), misconception.section)


@functools.lru_cache(maxsize=1000)
def hunks(misconception: Misconception) -> tuple[Places, str, str]:
    """Return where a mistake changes lines of the right answer, these lines, and what stands in their place."""
    right, wrong = misconception.right.splitlines(), misconception.source.splitlines()
    ways = difflib.SequenceMatcher(None, right, wrong, autojunk=False).get_opcodes()
    ops = [op for op in ways if op[0] != "equal"]
    places = tuple((begin, end) for _, begin, end, _, _ in ops)
    return places, joined(right[i:j] for _, i, j, _, _ in ops), joined(wrong[i:j] for _, _, _, i, j in ops)


def joined(parts: Iterable[list[str]]) -> str:
    return "\n...\n".join(textwrap.dedent("\n".join(part)).strip() or NOTHING for part in parts)


def surroundings(misconception: Misconception, places: Places) -> tuple[str, str]:
    """Return the name of what is changed in one place, and the lines around it; of several the class alone."""
    (begin, end), *others = places
    lines = misconception.right.splitlines()
    heads = [i for i in range(begin) if lines[i].lstrip().startswith("def ")]
    if others or not heads:
        return misconception.name, ""
    head = heads[-1]
    below = next(
        (i for i in range(end, len(lines)) if not lines[i].strip() or lines[i].lstrip().startswith("def ")), len(lines)
    )
    indent = " " * (len(lines[head]) - len(lines[head].lstrip()) + 4)
    above = lines[max(head + 1, begin - 3) : begin]
    shown = [
        lines[head],
        *[f"{indent}..."] * (begin - 3 > head + 1),
        *above,
        f"{indent}# ?",
        *lines[end : min(below, end + 3)],
        *[f"{indent}..."] * (below > end + 3),
    ]
    method = lines[head].split("def ")[1].split("(")[0]
    name = method if method == misconception.name else f"{misconception.name}.{method}"
    return name, textwrap.dedent("\n".join(shown))
