"""Writes what a learner reads of a part: the name of each mistake, its smallest example, and what holds."""

import re
import textwrap
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass
from typing import TypeAlias

from ..engine.compare import Difference
from ..engine.exam import Criterion
from ..explaining.script import WIDTH, cut, outcome_of, script
from ..explaining.words import BOOK, UNFINISHED, clean, describe, in_a_row, is_unfinished, marked
from ..protocol.bench import Raised
from .judging import Finding, PartResult, Verdict
from .marks import State

MOST_LINES = 12  # of a mistake
MOST_PRINTED = 6  # lines, by the code in its example
Block: TypeAlias = tuple[str, str]  # its kind, its text
Name: TypeAlias = tuple | str  # see `name_of`


@dataclass(frozen=True)
class Item:
    """One line of a report, with its mark, and what is told below it.

    Attributes
    ----------
    blocks
        Of the kinds 'likely', 'read' (a section), 'code', 'said', and 'whole' (all of the code where that is cut).
    costs
        The points that it costs, or what stands in their place.
    """

    title: str
    blocks: tuple[Block, ...] = ()
    costs: int | str = ""

    @property
    def price(self) -> str:
        return f"costs {self.costs}" if isinstance(self.costs, int) else self.costs

    def lines(self) -> list[str]:
        *first, last = textwrap.wrap(self.title, WIDTH - 4 - len(self.price), subsequent_indent="  ")
        gap = " " * max(2, WIDTH - len(last) - len(self.price)) if self.price else ""
        below = [line for block in self.blocks for line in in_lines(*block)]
        return [
            *(f"  {line}" for line in first),
            f"  {last}{gap}{self.price}",
            *(f"      {line}" for line in below[: MOST_LINES - 1]),
        ]


def in_lines(kind: str, text: str) -> list[str]:
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


def render(result: PartResult, results: Iterable[PartResult] = ()) -> str:
    """Write a part's result; `results` are those of all parts, for it may wait for another one."""
    return as_text(*outline([result], results)[0])


def as_text(heading: str, items: Iterable[Item]) -> str:
    """Write a part as text."""
    return clean("\n".join([heading, *(line for item in items for line in item.lines())]), 20_000)


def outline(results: Sequence[PartResult], others: Iterable[PartResult] = ()) -> list[tuple[str, list[Item]]]:
    """Return (heading, items) of each part; `others` are results for which these may wait."""
    told: set[Name] = set()
    at_hand = {each.criterion: each for result in (*others, *results) for each in result.verdicts}
    return [
        (
            f"{result.name} · {result.part}: {result.points} of {result.max_points} points",
            [*items_of(result, told, at_hand)],
        )
        for result in results
    ]


def items_of(result: PartResult, told: set[Name], at_hand: Mapping[Criterion, Verdict]) -> Iterator[Item]:
    """Yield what is to be told of a part: what costs, what earns, and what earns nothing yet.

    `told` holds what the reader knows already: names of mistakes, also those for which something waits, and that one is
    paid for once. `at_hand` are the verdicts of all parts.
    """
    for names in dict.fromkeys(verdict.stand_ins for verdict in result.verdicts if verdict.stand_ins):
        yield Item(f"(with a right {' and '.join(names)} in place of yours)")
    yield from what_costs(with_state(result, State.COSTS), told)
    if holds := with_state(result, State.HOLDS):
        yield Item(f"✓ {'all ' * (len(holds) == len(result.verdicts))}{counted(holds, 'hold')}", (), earned(holds))
    for because, verdicts in by_cause(with_state(result, State.GIVEN)).items():
        are = f"{len(verdicts)} {'is' if len(verdicts) == 1 else 'are'}"
        only = "but only" if all(verdict.mark.is_sure for verdict in verdicts) else "perhaps only"
        yield Item(f"≈ {are} wrong too, {only} because of {cause(because, result)}", (), earned(verdicts))
    yield from what_is_held_back(result, told, at_hand)


def what_costs(verdicts: Sequence[Verdict], told: set[Name]) -> Iterator[Item]:
    """Yield the gravest mistake in full, any other in one line, and those of no name that are told already together."""
    again: dict[Name, list[int]] = {}
    why: tuple[Block, ...]
    is_first, count = True, len(set(map(name_of, verdicts)))
    for verdict in sorted(verdicts, key=gravity, reverse=True):
        name, title = name_of(verdict), f"✗ {verdict.criterion.shows}"
        if name not in told:
            told.add(name)
            yield Item(title, tuple(blocks_of(verdict)) if is_first else beside(verdict), verdict.criterion.points)
            is_first = False
        elif verdict.mistake:
            is_same = is_known(verdict) or isinstance(finding_of(verdict), Raised)
            why = beside(verdict) if count > 1 or not is_same else ()
            yield Item(f"{title} (the same mistake)" if is_same else title, why, verdict.criterion.points)
        else:
            again.setdefault(name, []).append(verdict.criterion.points)
    for name, points in again.items():
        reason = "to fill in" if name == UNFINISHED else "for the same reason"
        yield Item(f"✗ {len(points)} more {reason}", (), sum(points))


def what_is_held_back(result: PartResult, told: set[Name], at_hand: Mapping[Criterion, Verdict]) -> Iterator[Item]:
    """Yield what can't be judged yet, by what it waits for; that is told in one line where it isn't known already."""
    held_back = with_state(result, State.HELD_BACK)
    is_told = UNFINISHED in map(name_of, with_state(result, State.COSTS))
    if unfinished := [verdict for verdict in held_back if is_unfinished(verdict.finding) and not is_told]:
        yield Item(f"… {counted_points(unfinished)}: {UNFINISHED}", (), "earns nothing yet")
    waiting: dict[tuple[str, tuple[Block, ...]], list[Verdict]] = {}
    for because, verdicts in by_cause([each for each in held_back if each not in unfinished]).items():
        payer = next(map(at_hand.get, elsewhere(because, result)), None)
        until = f"{cause(because, result)} is mended" if because else "more of its results are right"
        why: tuple[Block, ...] = ()
        if payer and isinstance(finding_of(payer), Raised):
            until, why = "this is mended", (reason_of(payer),)
        elif payer and told.isdisjoint([name_of(payer), (State.HELD_BACK, name_of(payer))]):
            why = (reason_of(payer),)
            told.add((State.HELD_BACK, name_of(payer)))
        waiting.setdefault((until, why), []).extend(verdicts)
    for (until, why), verdicts in waiting.items():
        are = f"{counted_points(verdicts)} {'is' if len(verdicts) == 1 else 'are'} held back"
        yield Item(f"… {are} until {until}", why, "earns nothing yet")


def earned(verdicts: Iterable[Verdict]) -> str:
    return f"earns {sum(verdict.criterion.points for verdict in verdicts)}"


def counted_points(verdicts: Collection[Verdict]) -> str:
    points = sum(verdict.criterion.points for verdict in verdicts)
    return f"{len(verdicts)} ({points} point{'s' * (points > 1)})"


def cause(because: Collection[str], result: PartResult) -> str:
    """Name what criteria depend on: the mistakes of this part, or those of another, and of one what it is."""
    first = next(elsewhere(because, result), None)
    if not first:
        return "the ✗ above"
    parts = [each.part for each in result.assignment.of(result.name) if each.id in because]
    return f"the ✗ of {in_a_row(dict.fromkeys(parts))}" + (f" ({first.shows})" if len(parts) == 1 else "")


def gravity(verdict: Verdict) -> tuple[bool, int]:
    """Compare what criteria cost; last of all what can't be seen beside another mistake."""
    return finding_of(verdict) is not None, verdict.criterion.points


def elsewhere(because: Collection[str], result: PartResult) -> Iterator[Criterion]:
    """Yield the criteria of other parts on which some depend."""
    return (each for each in result.assignment.of(result.name) if each.id in because and each.part != result.part)


def with_state(result: PartResult, state: State) -> list[Verdict]:
    return [verdict for verdict in result.verdicts if verdict.state == state]


def by_cause(verdicts: Iterable[Verdict]) -> dict[tuple[str, ...], list[Verdict]]:
    """Return {ids of what costs points: the verdicts that depend on it}."""
    found: dict[tuple[str, ...], list[Verdict]] = {}
    for verdict in verdicts:
        found.setdefault(verdict.mark.because, []).append(verdict)
    return found


def counted(things: Sized, verb: str) -> str:
    return f"{len(things)} {verb}{'s' * (len(things) == 1)}"


def is_known(verdict: Verdict) -> bool:
    """Whether more is known of a mistake than what came of it."""
    return bool(verdict.mistake and (verdict.mistake.likely or verdict.mistake.said))


def name_of(verdict: Verdict) -> Name:
    """What two failures share that are the same mistake: its name, what is said of it, or the exception."""
    finding, mistake = finding_of(verdict), verdict.mistake
    if isinstance(finding, Raised) and not (finding.is_unfinished or is_known(verdict)):
        return finding.kind, finding.message, finding.line
    return (mistake and mistake.name) or (describe(verdict.finding, True) if verdict.finding else "")


def finding_of(verdict: Verdict) -> Finding:
    """What was found in the example that is shown, or else first of all; None where another mistake raised that."""
    mistake, finding = verdict.mistake, verdict.finding
    if mistake and mistake.small:
        return mistake.small.finding
    return None if mistake and mistake.likely and isinstance(finding, Raised) and not verdict.hidden else finding


def blocks_of(verdict: Verdict) -> Iterator[Block]:
    """Yield what is told of a mistake, its name first; see `Item`."""
    mistake = verdict.mistake
    likely = mistake.likely if mistake else ()
    for at, each in enumerate(likely, 1):
        number = f" ({at})" if len(likely) > 1 else ""
        yield "likely", f"Likely{number}: {ended(each.sentence)}"
    if likely:
        yield "read", likely[0].section
    elif mistake and mistake.said:
        yield "said", ended(mistake.said)
    if not (mistake and mistake.small):
        finding = finding_of(verdict)
        yield "said", describe(finding, verdict.hidden) if finding else "It can't be seen beside the other mistake."
        yield from quoted(finding, verdict.hidden)
        return
    lines = script(mistake.small)
    yield "code", "\n".join(cut(lines))
    if cut(lines) != lines:
        yield "whole", "\n".join(lines)
    yield "said", outcome_of(mistake.small, verdict.hidden)
    yield from quoted(mistake.small.finding, verdict.hidden)
    if (printed := mistake.small.play.printed) and not verdict.hidden:
        lines = [clean(line, 100) for line in printed.splitlines()]
        yield "said", "In this example your code printed:"
        yield "code", "\n".join(lines[:MOST_PRINTED] + ["..."] * (len(lines) > MOST_PRINTED))


def reason_of(verdict: Verdict) -> Block:
    """Return the block that tells in one line what is wrong: its name, the exception, or what came of the example."""
    kind, text = next(block for block in blocks_of(verdict) if block[0] in ("likely", "said"))
    finding = finding_of(verdict)
    if isinstance(finding, Raised) and kind != "likely":
        return "said", re.sub(":$", ".", describe(finding, verdict.hidden))
    return kind, text


def beside(verdict: Verdict) -> tuple[Block, ...]:
    """Return the reason of a mistake below the example of another one."""
    kind, text = reason_of(verdict)
    if is_known(verdict):
        return ((kind, text.replace("mends this example", "mends it")),)
    is_shown = verdict.mistake and verdict.mistake.small and not verdict.hidden
    return ((kind, f"With other inputs {text}" if is_shown and isinstance(finding_of(verdict), Difference) else text),)


def quoted(finding: Finding, is_hidden: bool) -> Iterator[Block]:
    """Yield the line that an exception left, where its place in the line is known."""
    if not is_hidden and (lines := marked(finding)):
        yield "code", lines


def ended(sentence: str) -> str:
    return sentence if sentence[-1] in ".?" else f"{sentence}."
