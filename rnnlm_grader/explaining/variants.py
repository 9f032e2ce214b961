"""The right answer with known mistakes, and whether it gives what an answer gave in the same cases."""

import contextlib
import functools
import itertools
from collections.abc import Collection, Iterable, Iterator, Set
from typing import Any, TypeAlias

import numpy as np

from ..content.misconception import Misconception, changed, defined
from ..engine.calls import MADE, Key
from ..engine.case import Case
from ..engine.faults import Wrong
from ..engine.oracle import in_place_of_answer
from ..engine.play import Play, play_all
from ..protocol.candidate import KernelCandidate
from .signatures import Signature, signature_of, sizes_in

LISTS = (MADE, "params"), (MADE, "grads")
Unseen: TypeAlias = tuple[Case, Set[Key]]  # what is wrong though a signature doesn't show it


class Variant:
    """The right answer with one mistake or several."""

    def __init__(self, name: str, thing: Any) -> None:
        self.thing, self.candidate = thing, KernelCandidate(**{name: thing})

    def signature(self, case: Case) -> Signature:
        return own_signature(self, case) if case.layer.makes else kept_signature(self, case)

    def play(self, case: Case) -> Play:
        """Play a case, with the parameters of the answer at hand where an answer makes its own.

        So where these are wrong as they were made, every variant agrees with the answer, and none is told by that.
        """
        return played_by(in_place_of_answer(self.thing, case, case.made) if case.layer.makes else self.candidate, case)


def played_by(candidate: KernelCandidate, case: Case) -> Play:
    with np.errstate(all="ignore"):
        return play_all(candidate, [case])[0]


@functools.lru_cache(maxsize=50_000)  # the learner's inputs are the same for a class
def kept_signature(variant: Variant, case: Case) -> Signature:
    return signature_of(variant.play(case))


@functools.lru_cache(maxsize=500)  # these hang on the parameters that an answer has made
def own_signature(variant: Variant, case: Case) -> Signature:
    return signature_of(variant.play(case))


@functools.cache
def variant_of(misconception: Misconception) -> Variant:
    return Variant(misconception.name, misconception.variant)


def together(*mistakes: Misconception) -> Iterator[Variant]:
    """Yield the right answer with some mistakes: in another order the same changes may make another program."""
    right, sources = mistakes[0].right, {}
    for order in itertools.permutations(mistakes) if len({each.right for each in mistakes}) == 1 else ():
        with contextlib.suppress(ValueError):  # the text to be changed is gone
            sources[changed(right, *itertools.chain.from_iterable(each.changes for each in order))] = True
    sources.pop(right, None)  # the one has undone the other
    for source in sources:
        with contextlib.suppress(Exception):  # what is left is no program
            yield Variant(mistakes[0].name, defined(mistakes[0].name, source))


def agrees(
    variant: Variant, signatures: Iterable[Signature], in_words: bool = False, unseen: Iterable[Unseen] = ()
) -> bool:
    """Whether a variant gives in each of these plays what the answer gave, and its exceptions speak of the same sizes.

    The latter is asked for only with `in_words`. In what is `unseen` the answer is wrong though its signatures
    don't show it; there the variant must be wrong, too.
    """
    pairs = ((mine, variant.signature(mine.case)) for mine in signatures)
    return all(
        mine.equals(theirs) and not (in_words and sizes_in(mine.raised) != sizes_in(theirs.raised))
        for mine, theirs in pairs
    ) and all(keys <= variant.play(case).compare().keys() for case, keys in unseen)


def gives(variant: Variant, mine: Signature, wrong: Wrong) -> bool:
    """Whether a variant gives what an answer gave where that is wrong.

    Where the lists that an answer makes are wrong, those of the variant must be so, and none that is right there.
    """
    theirs = variant.signature(mine.case)
    if mine.raised:
        return theirs.equals(mine) and sizes_in(theirs.raised) == sizes_in(mine.raised)
    if not mine.same(theirs)[[key in wrong for key in mine.keys]].all():
        return False
    lists = [key in LISTS for key in mine.keys]
    if ("", "made") in wrong and (mine.of_another_kind != theirs.of_another_kind)[lists].any():
        return False
    unseen = mine.unseen(wrong)
    return not unseen or unseen <= variant.play(mine.case).compare().keys()


def is_seen_in(misconception: Misconception, played: Play, wrong: Wrong) -> bool:
    """Whether the right answer with a mistake gives what is wrong in a play of an answer."""
    return gives(variant_of(misconception), signature_of(played), wrong)


def wrong_by(case: Case, wrong: Wrong, mistakes: Iterable[Misconception], beside: Iterable[Misconception]) -> list[Key]:
    """What is wrong in a play of a case that one of some mistakes makes wrong, and none of those beside them."""

    def wrong_in(misconception: Misconception) -> set[Key]:
        theirs = variant_of(misconception).signature(case)
        return {*itertools.compress(theirs.keys, theirs.wrong)}

    keys = set().union(*map(wrong_in, mistakes)).difference(*map(wrong_in, beside))
    return [key for key in wrong if key in keys]


def agreement(variant: Variant, signatures: Iterable[Signature], may_be_less: bool) -> int | None:
    """Count the results of an answer that a variant gives, too; None where they aren't wrong in the same plays.

    A variant that `may_be_less` than what is wrong may also be right where the answer is wrong. The first play that
    tells ends it: to play them all takes seconds for an answer that makes its own parameters.
    """
    count = 0
    for my in signatures:
        theirs = variant.signature(my.case)
        if theirs.is_wrong > my.is_wrong or (theirs.is_wrong < my.is_wrong and not may_be_less):
            return None
        is_told_by_kinds = not (my.raised or theirs.raised or my.case.layer.makes)  # there parameters have many orders
        both = theirs.of_another_kind & my.of_another_kind
        if is_told_by_kinds and (both & (theirs.kinds != my.kinds)).any():
            return None
        count += int(my.same(theirs).sum())
    return count


def gives_zeros_too(variant: Variant, results: Collection[str], signatures: Iterable[Signature]) -> bool:
    """Whether a variant gives zeros wherever an answer gives zeros for some results."""
    return not results or all(
        my.same(variant.signature(my.case))[
            [zeros and what in results for zeros, (_, what) in zip(my.are_zeros, my.keys, strict=True)]
        ].all()
        for my in signatures
    )
