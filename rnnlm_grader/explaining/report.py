"""Writes what a learner reads of a part: the name of each mistake, its smallest example, and what holds."""
import re
import textwrap
from collections import Counter
from dataclasses import dataclass

from ..spec.compare import Unsupported
from .script import WIDTH, cut, outcome_of, script
from .words import BOOK, UNFINISHED, clean, describe

MOST_LINES, IN_FULL = 12, 2  # of a mistake; mistakes of a part that are told in full


@dataclass(frozen=True)
class Item:
    """One line of a report, with its mark, and what is told below it.

    Attributes
    ----------
    blocks : sequence of (kind, text)
        Of the kinds 'likely', 'read' (a section), 'code', 'said', and 'whole' (all of the code where that is cut).
    """

    title: str
    blocks: tuple = ()

    def lines(self):
        below = [line for block in self.blocks for line in in_lines(*block)]
        return [f"  {self.title}", *(f"      {line}" for line in below[:MOST_LINES - 1])]


def in_lines(kind, text):
    """Write a block as lines of text."""
    if kind == "read":
        return [f"Read: {BOOK}/{text}"]
    if kind == "whole":
        return []
    if kind == "code":
        return text.split("\n")
    whole = re.sub("`[^`]{,60}`", lambda code: code[0].replace(" ", "\0"), text)  # code isn't broken
    lines = textwrap.wrap(whole, WIDTH, break_long_words=False, subsequent_indent="  ")
    return [line.replace("\0", " ") for line in lines]


def render(result):
    """Write a part's result."""
    return in_words(*outline([result])[0])


def in_words(heading, items):
    """Write a part as text."""
    return clean("\n".join([heading, *(line for item in items for line in item.lines())]), 20_000)


def outline(results):
    """Return (heading, items) of each part."""
    told = []  # the names of the mistakes that the reader knows already
    return [(f"{result.name} · {result.part}: {result.points} of {result.max_points} points",
             [*items_of(result, told)])
            for result in results]


def items_of(result, told):
    """Yield what is to be told of a part; `told` holds the names of the mistakes that the reader knows already."""
    for names in dict.fromkeys(verdict.stand_ins for verdict in result.verdicts if verdict.stand_ins):
        yield Item(f"(with a right {' and '.join(names)} in place of yours)")
    failed = [verdict for verdict in result.verdicts if not verdict.outcome.passed]
    in_full, again = 0, Counter()
    for verdict in failed:
        name, title = name_of(verdict.outcome), f"✗ {verdict.criterion.shows}"
        if is_withheld(verdict):
            continue
        if name not in told:
            in_full += 1
            told.append(name)
            yield Item(title, tuple(blocks_of(verdict))[:None if in_full <= IN_FULL else 1])
        elif verdict.outcome.mistake:
            yield Item(f"{title} (the same mistake)")
        else:
            again[name] += 1
    for name, count in again.items():
        yield Item(f"✗ {count} more {'to fill in' if name == UNFINISHED else 'for the same reason'}")
    if beside := [verdict.outcome.finding.part for verdict in failed if is_withheld(verdict)]:
        more = "more " * (len(beside) < len(failed))
        yield Item(f"✗ {counted(beside, f'{more}earn')} points once anything is right in {in_parts(beside, result)}")
    yield from passed(result)


def passed(result):
    """Yield what is to be said of criteria that passed, and of those that failed by a mistake for which others pay."""
    let_go = [verdict for verdict in result.verdicts if verdict.outcome.is_let_go]
    held = [verdict for verdict in result.verdicts if verdict.outcome.passed and verdict not in let_go]
    if held:
        yield Item(f"✓ {'all ' * (len(held) == len(result.verdicts))}{counted(held, 'hold')}")
    if let_go:
        paid = in_parts([part for verdict in let_go for part in payers(verdict)], result)
        yield Item(f"– {counted(let_go, 'fail')} at no cost: first mend what costs points in {paid}")


def payers(verdict):
    """The parts whose criteria pay for what is wrong in one that was let go."""
    against = {outcome.against for outcome in verdict.outcome.charged}
    return [other.part for other in verdict.criterion.exercise.criteria
            if other.name == verdict.criterion.name and other.id in against]


def counted(things, verb):
    return f"{len(things)} {verb}{'s' * (len(things) == 1)}"


def in_parts(parts, result):
    return " and ".join(dict.fromkeys("this part" if part == result.part else part for part in parts))


def is_withheld(verdict):
    """Whether a criterion counts only beside something right."""
    return isinstance(verdict.outcome.finding, Unsupported)


def name_of(outcome):
    """What two failures share that are the same mistake: its name, or what is said of it."""
    return outcome.mistake.name if outcome.mistake else describe(outcome.finding, True)


def blocks_of(verdict):
    """Yield what is told of a mistake, its name first; see `Item`."""
    outcome, mistake = verdict.outcome, verdict.outcome.mistake
    if mistake is None:
        yield "said", describe(outcome.finding, verdict.hidden)
        return
    for each in mistake.likely:
        yield "likely", f"{'Likely' if len(mistake.likely) == 1 else 'In part likely'}: {ended(each.sentence)}"
    if mistake.likely:
        yield "read", mistake.likely[0].section
    elif mistake.said:
        yield "said", ended(mistake.said)
    lines = script(mistake.small)
    yield "code", "\n".join(cut(lines))
    if cut(lines) != lines:
        yield "whole", "\n".join(lines)
    yield "said", outcome_of(mistake.small, verdict.hidden)
    if outcome.printed and not verdict.hidden:
        yield "said", f"Your code printed: {clean(' '.join(outcome.printed.split()), 150)}"


def ended(sentence):
    return sentence if sentence[-1] in ".?" else f"{sentence}."
