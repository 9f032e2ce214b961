"""Finds the known mistakes that give what an answer gives: one of the library's, or two or three together.

The answer isn't asked again. What it gave in the cases of its criteria is compared with what the right answer gives
there with one mistake, or with several; to be quick, by their signatures.
"""

import functools
import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from ..content.misconception import Misconception
from ..engine.exam import Criterion, Examination, examine, public_seed, silent_in, with_what_is_spared
from ..engine.faults import Fault, costs_of, kinds_of
from ..engine.play import Play
from .signatures import Signature, signature_of
from .variants import Unseen, Variant, agreement, agrees, gives, gives_zeros_too, together, variant_of
from .words import is_unfinished

PROBES, MOST = 40, 300  # plays by which mistakes are ranked, and pairs that are tried for one answer
FEWER_PROBES, FEWER = 10, 30  # of one part, and of answers with whose own parameters each variant plays anew
NEAR, PROBED, CLOSEST = 150, 15, 5  # pairs of which few plays tell how close they come; those tried with a third
AGAINST = 20.0  # what a result that speaks against some mistakes weighs, if one that speaks for it weighs 1
Rows: TypeAlias = tuple[int, ...]  # of mistakes, in a library


@dataclass(frozen=True, eq=False)
class Explanation:
    """One to three mistakes with which the right answer gives all that an answer gives; or none, and a sentence.

    They aren't certain where another one gives the same: then they may be a reason for a mark, but no name.
    """

    mistakes: tuple[Misconception, ...]
    costs: frozenset[str]  # ids of the criteria that they cost
    silent: frozenset[str]  # ids of those that are held back of one of them
    is_certain: bool = True
    said: str = ""


# --- a part of what is wrong ------------------------------------------------------------------------------------------


def part_of(
    library: Sequence[Misconception], faults: Sequence[Fault], examinations: Iterable[Examination]
) -> tuple[Misconception, ...]:
    """Return (misconception,) of the one that gives what an answer gives in these faults, or ().

    It must be right wherever the answer is right. Where several are left, it is the one that gives the same as the
    answer in most results. Exceptions and zeros come of many mistakes: there it must be wrong, or zeros, wherever the
    answer is. Plays of what isn't filled in yet say nothing.
    """
    if not (faults := [fault for fault in faults if not is_unfinished(fault.play.raised)]):
        return ()
    plays = [played for each in examinations for _, played in each.plays if not is_unfinished(played.raised)]
    mine = {played: signature_of(played) for played in plays}
    parts = [(mine.get(fault.play) or signature_of(fault.play), fault) for fault in faults]
    says_something = not any(fault.play.raised for fault in faults)
    zeros = {what for fault in faults if fault.is_of_zeros for _, what in fault.wrong}
    found = {}
    for each in library:
        variant = variant_of(each)
        gives_parts = all(gives(variant, signature, fault.wrong) for signature, fault in parts)
        if gives_parts and gives_zeros_too(variant, zeros, mine.values()):
            may_be_less = says_something and not each.shows_nothing
            if (count := agreement(variant, mine.values(), may_be_less)) is not None:
                found[each] = count
    return the_one([each for each, count in found.items() if count == max(found.values())])


def the_one(misconceptions: Sequence[Misconception]) -> tuple[Misconception, ...]:
    """The first of some misconceptions if all are the same, in a tuple; else ()."""
    return tuple(misconceptions[:1]) if len({each.sentence for each in misconceptions}) == 1 else ()


# --- all that is wrong ------------------------------------------------------------------------------------------------


def explain(
    library: Sequence[Misconception],
    criteria: tuple[Criterion, ...],
    examinations: Iterable[Examination],
    in_short: bool = False,
) -> Explanation | None:
    """Return the `Explanation` of all that an answer gave in its examinations, or None.

    `library` holds the mistakes of its name, and `criteria` are those of it. Where there are only exceptions, many
    mistakes raise alike: these must speak of the same sizes, and no other mistake may do so; of several, one must
    raise by itself wherever the answer does. Several aren't certain if one of them is seen in exceptions alone.
    Where only laws are broken, which say what is wrong, several aren't looked for; `in_short` only few pairs are, by
    few plays.
    """
    wrong = {fault.play for examination in examinations for fault in examination.faults}
    if not wrong or any(is_unfinished(played.raised) for played in wrong):
        return None
    plays = [played for examination in examinations for _, played in examination.plays]
    plays.sort(key=lambda played: (played not in wrong, bool(played.raised), len(played.case.steps)))
    mine = [*map(signature_of, plays)]
    in_words = all(played.raised for played in wrong)
    unseen = [
        (my.case, unseen)
        for my, played in zip(mine, plays, strict=True)
        if played in wrong and (unseen := my.unseen(played.compare()))
    ]
    singles = [each for each in library if agrees(variant_of(each), mine, in_words, unseen)]
    if singles:
        mistakes = the_one(singles) if in_words else tuple(singles[:1])
    else:
        mistakes = () if all(p.case.law for p in wrong) else several(library, mine, in_words, unseen, in_short)
        if in_words and not all(raises_too(mistakes, my) for my in mine):
            return None
    is_certain = bool(the_one(singles)) if singles else all(is_seen_beside_exceptions(each, mine) for each in mistakes)
    faults = [fault for examination in examinations for fault in examination.faults]
    return explanation_of(mistakes, criteria, faults, is_certain)


def explanation_of(
    mistakes: Sequence[Misconception],
    criteria: tuple[Criterion, ...],
    faults: Iterable[Fault],
    is_certain: bool = True,
) -> Explanation | None:
    """The `Explanation` by some mistakes of what is wrong in an answer; None where one of them costs nothing."""
    prices = [price(each, criteria) for each in mistakes]
    if not prices or not all(costs for costs, _ in prices):
        return None
    costs, silent = (frozenset().union(*each) for each in zip(*prices, strict=True))
    costs &= {fault.owner for fault in faults}  # mistakes may undo each other
    return Explanation(tuple(mistakes), costs, silent, is_certain) if costs else None


def is_seen_beside_exceptions(mistake: Misconception, mine: Iterable[Signature]) -> bool:
    """Whether a mistake alone makes anything wrong in plays in which an answer doesn't raise."""
    return any(not my.raised and variant_of(mistake).play(my.case).compare() for my in mine)


def raises_too(mistakes: Iterable[Misconception], mine: Signature) -> bool:
    """Whether one of some mistakes alone raises in a play in which an answer does."""
    return not mine.raised or any(variant_of(each).signature(mine.case).raised for each in mistakes)


def explain_part(
    library: Sequence[Misconception], criteria: tuple[Criterion, ...], examinations: Collection[Examination], part: str
) -> tuple[Misconception, ...]:
    """Return the known mistakes that explain all that an answer gave in one part, or ().

    None of them alone may be wrong where the answer is right, in any part.
    """
    mine = [signature_of(played) for each in examinations for _, played in each.plays]
    ids = {criterion.id for criterion in criteria if criterion.part == part}
    in_part = [each for each in examinations if each.criterion.id in ids]
    while (found := explain(library, criteria, in_part, in_short=True)) and found.is_certain:
        spoiling = [each for each in found.mistakes if agreement(variant_of(each), mine, may_be_less=True) is None]
        if not spoiling:
            return found.mistakes
        library = [each for each in library if each not in spoiling]
    return ()


def beyond(mistakes: Sequence[Misconception], examinations: Iterable[Examination]) -> list[Examination]:
    """Return the examinations, with those faults alone which the right answer with some mistakes doesn't have as well.

    Of the programs that these make together it is the one that has most of them.
    """
    examinations = list(examinations)
    variants = [variant_of(mistakes[0])] if len(mistakes) == 1 else together(*mistakes)
    found = [
        [
            replace(each, faults=tuple(filter(None, (rest(fault, variant) for fault in each.faults))))
            for each in examinations
        ]
        for variant in variants
    ]
    left = min(found, key=lambda examinations: sum(each.size for each in examinations), default=None)
    return examinations if left is None else with_what_is_spared(left)


def rest(fault: Fault, variant: Variant) -> Fault | None:
    """What is wrong in a play of an answer that isn't so in that of a variant, if anything."""
    mine = signature_of(fault.play)
    wrong = {key: what for key, what in fault.wrong.items() if not gives(variant, mine, {key: what})}
    right = variant.play(fault.play.case).seen if wrong else {}
    return replace(fault, wrong=wrong, kinds=kinds_of(fault.play, wrong, right)) if wrong else None


def is_confirmed(explanation: Explanation, plays: Iterable[Play]) -> bool:
    """Whether an explanation holds in other plays, too; a sentence is to be found again."""
    if not explanation.mistakes:
        return False
    one, *others = explanation.mistakes
    mine = [*map(signature_of, plays)]
    return any(agrees(variant, mine) for variant in (together(one, *others) if others else [variant_of(one)]))


@functools.cache
def price(misconception: Misconception, criteria: tuple[Criterion, ...]) -> tuple[set[str], set[str]]:
    """The ids of the criteria that a mistake alone costs, and of those held back, on the learner's inputs."""
    candidate = variant_of(misconception).candidate
    with np.errstate(all="ignore"):
        found = with_what_is_spared(examine(criterion, candidate, public_seed(criterion)) for criterion in criteria)
    return costs_of([fault for examination in found for fault in examination.faults]), silent_in(found)


def several(
    library: Sequence[Misconception],
    mine: Sequence[Signature],
    in_words: bool = False,
    unseen: Collection[Unseen] = (),
    in_short: bool = False,
) -> tuple[Misconception, ...]:
    """Return the two or three mistakes that together give what an answer gave, or ().

    The likeliest pairs are tried first; then those that come closest, each with any third.
    """
    is_short = in_short or mine[0].case.layer.makes
    probes = probes_among(mine, FEWER_PROBES if is_short else PROBES)
    shows, speaks, wrong = [], [], np.concatenate([probe.wrong for probe in probes])
    for each in library:
        theirs = [variant_of(each).signature(probe.case) for probe in probes]
        shows.append(np.concatenate([signature.wrong for signature in theirs]))
        speaks.append(np.concatenate([*map(speaks_for, theirs, probes)]))
    pairs = likeliest(1.0 - np.array(shows), np.array(speaks), wrong)
    others = () if is_short else threes(library, pairs[:NEAR], probes[:PROBED], shows)
    for rows in itertools.chain(pairs[: FEWER if is_short else MOST], others):
        mistakes = tuple(library[row] for row in rows)
        if any(agrees(made, mine, in_words, unseen) for made in together(*mistakes)):
            return mistakes
    return ()


def threes(
    library: Sequence[Misconception], pairs: Iterable[Rows], probes: Sequence[Signature], shows: Sequence[np.ndarray]
) -> Iterator[Rows]:
    """Yield those pairs that come closest to what an answer gives, each with any third that may explain the rest.

    Above all, a pair should give what is right; and the third shows in the rest, or in none of these plays. `shows`
    says of each mistake of the library what is wrong with it alone, in these plays first.
    """
    weights = np.concatenate([np.where(mine.wrong, 1.0, AGAINST) for mine in probes])
    found: list[tuple[float, Rows, np.ndarray]] = []  # how far a pair is, and which results it doesn't give
    for rows in pairs:
        for made in together(*(library[row] for row in rows)):
            rest = np.concatenate([~mine.same(made.signature(mine.case)) for mine in probes])
            found.append((float(weights[rest].sum()), rows, rest))
    alone = [each[: len(weights)] for each in shows]
    closest = sorted(found, key=lambda each: each[0])[:CLOSEST]
    yield from dict.fromkeys(
        tuple(sorted((*rows, third)))
        for _, rows, rest in closest
        for third in range(len(library))
        if third not in rows and ((alone[third] & rest).any() or not alone[third].any())
    )


def probes_among(signatures: Sequence[Signature], count: int) -> list[Signature]:
    """Some of the plays, of as many scripts and conditions as there are."""
    by_script: dict[object, list[Signature]] = {}
    for each in signatures:
        script = tuple((step.verb, step.who, step.how) for step in each.case.steps)
        by_script.setdefault((script, each.case.condition.world), []).append(each)
    rounds = itertools.zip_longest(*by_script.values())
    return [signature for each in rounds for signature in each if signature][:count]


def speaks_for(theirs: Signature, mine: Signature) -> np.ndarray:
    """What each result that a mistake alone makes wrong says for it: 0 where it raises, which another may prevent."""
    if theirs.raised and not mine.raised:
        return np.zeros(len(theirs.keys))
    return np.where(mine.same(theirs), 1.0, -AGAINST) * theirs.wrong


def likeliest(hides: np.ndarray, speaks: np.ndarray, wrong: np.ndarray) -> list[Rows]:
    """The pairs of rows: those first of which each gives what it alone shows, and none what is right."""
    score = speaks @ hides.T
    score += score.T + (hides * np.where(wrong, -AGAINST, 1.0)) @ hides.T
    a, b = np.triu_indices(len(hides), 1)
    order = np.argsort(-score[a, b], kind="stable")
    return list(zip(a[order].tolist(), b[order].tolist(), strict=True))
