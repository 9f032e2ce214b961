"""Finds what is wrong in plays, whether it is wrong by itself, and which simpler fault explains it.

A play may be wrong in two ways. Its numbers may differ from the reference's. And whatever its numbers are, it may break
what a script says: noise changes a result, what is needed changes none, an array that was given away changes, a dtype
is another. The second can be told without any right number, by a play of the same answer without the marked steps, its
*twin*. Both are kept apart: so an answer with a wrong slope isn't also blamed for piling up gradients.
"""

import functools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeGuard

import numpy as np

from ..protocol.bench import Raised
from ..protocol.candidate import Candidate
from ..protocol.values import Plain
from .calls import Key
from .case import NEEDED, NOISE, Case
from .compare import ROUGH, Difference, close, same
from .play import Play, play_all

Wrong: TypeAlias = Mapping[Key, Difference | Raised]  # see `Play.compare`
Twin: TypeAlias = tuple[Play, list[int]]  # and the places of its steps on the tape of the play
KEPT = frozenset(["kept"])
FAR = 5 * ROUGH
ITSELF = "kept", "params", "made", "law"  # kinds of which no reference is needed to see that they are wrong


@dataclass(frozen=True, eq=False)
class Rule:
    """A declared case, and the id of the criterion that pays if it fails and no simpler case explains that."""

    owner: str
    case: Case
    number: int  # in the order of declaration
    is_dealt: bool = False  # whether its condition is dealt anew for each draw
    together: bool = False  # fails only if everything that it sees is wrong
    is_about_itself: bool = False  # whether all cases of its criterion compare an answer with itself

    def wrong(self, played: Play) -> Wrong:
        """What is wrong in a play of its case."""
        wrong = played.compare()
        is_all = played.raised or {what for _, what in wrong} >= self.case.see
        return wrong if is_all or not self.together else {}


@dataclass(frozen=True, eq=False)
class Fault:
    """What is wrong in one play: in its numbers, or by itself.

    Attributes
    ----------
    owner
        The id of the criterion whose case it is.
    rank
        Of two faults the one of the smaller rank is the simpler.
    kinds
        What is wrong, whatever the step: 'dx', 'grads[0]', 'kept', 'raised' ...
    spares
        What isn't wrong by this: it was right in a play in which this should be seen, too.
    """

    owner: str
    rank: tuple[int, ...]
    play: Play
    wrong: Wrong
    by_itself: bool
    kinds: frozenset[str]
    spares: frozenset[str] = frozenset()

    def explains(self, other: "Fault") -> bool:
        """Whether another fault is what this one makes of a longer script or another condition.

        It is one of the same kind, as a rule. After a change of the caller's arrays anything may go wrong; and what is
        left over from other calls, or no index, may raise where it doesn't fit, and be wrong where it does. What is
        wrong by itself is explained by nothing that is merely a wrong number; a result that isn't there explains
        nothing of those that are; and a longer float makes no number wrong, a shorter one none by far.
        """
        mine, case = self.play.case, other.play.case
        if self.rank >= other.rank or not case.contains(mine) or (other.by_itself and not self.by_itself):
            return False
        if not other.by_itself and (self.is_of_longer_floats or (self.is_of_floats and other.is_far)):
            return False
        if not case.allows(mine):
            return "raised" in self.kinds and "raised" in other.kinds
        if mine.see == KEPT:
            return self.may_spoil(other)
        may_not_fit = len(mine.steps) == len(case.steps) or any(
            step.mark == NOISE or step.is_resized for step in mine.steps
        )
        shared = self.kinds & other.kinds
        return bool(
            shared - self.missing
            or (shared and other.results <= self.missing)
            or self.may_spoil(other)
            or (may_not_fit and "raised" in other.kinds)
        )

    @functools.cached_property
    def results(self) -> set[str]:
        """The kinds of what is wrong, where an array of grads is the same whether it is found in grads or was kept."""
        return {kind_in(key).replace("held", "grads") for key in self.wrong}

    @functools.cached_property
    def missing(self) -> set[str]:
        """The kinds of results that aren't there at all."""
        there = {kind_in(key) for key, what in self.wrong.items() if getattr(what, "got", what) is not None}
        return self.results - there

    @functools.cached_property
    def pairs(self) -> list[tuple[Plain, Plain]]:
        """What came, and what should have come, of all that is wrong."""
        return [(getattr(what, "got", None), getattr(what, "expected", None)) for what in self.wrong.values()]

    @functools.cached_property
    def is_of_zeros(self) -> bool:
        """Whether nothing came but zeros, or nan, where numbers are wrong."""
        return not self.by_itself and all(
            isinstance(got, np.ndarray) and not np.nan_to_num(got).any() for got, _ in self.pairs
        )

    @functools.cached_property
    def is_of_floats(self) -> bool:
        """Whether nothing but dtypes is wrong, such as float32 where float64 should be."""
        return self.by_itself and all(
            is_array(got)
            and is_array(right)
            and got.shape == right.shape
            and got.dtype.kind == "f"
            and got.dtype != right.dtype
            for got, right in self.pairs
        )

    @property
    def is_of_longer_floats(self) -> bool:
        """Whether nothing but dtypes is wrong, of floats that are longer than they should be."""
        return self.is_of_floats and all(
            is_array(got) and is_array(right) and got.dtype.itemsize > right.dtype.itemsize for got, right in self.pairs
        )

    @functools.cached_property
    def is_far(self) -> bool:
        """Whether numbers are wrong by more than a short float makes them, unless it overflows."""
        return any(
            isinstance(got, np.ndarray)
            and isinstance(right, np.ndarray)
            and got.shape == right.shape
            and bool(np.isfinite(got).all())
            and not close(got, right, tolerance=FAR).all()
            for got, right in self.pairs
        )

    def may_spoil(self, other: "Fault") -> bool:
        """Whether another fault may come of arrays that are changed here: all of it comes after the call that does so.

        What is given to `backward` is changed there, so the first one isn't spoilt by it; nor are its gradients of
        parameters where these are changed, as by an optimizer that steps in it.
        """
        if "kept" not in self.kinds:
            return False
        layer = self.play.case.layer
        changed = {getattr(what, "what", "") for key, what in self.wrong.items() if kind_in(key) == "kept"}
        verbs = [step.verb for step in other.play.case.steps]
        back = verbs.index("backward") if "backward" in verbs and not layer.is_function else 0
        first = back if changed <= layer.upstream.keys() else 0
        steps_in = changed <= layer.params.keys()
        return not any(
            isinstance(at, int) and (at <= first or (steps_in and at == back and what.startswith("grads")))
            for at, what in other.wrong
        )


def faults_in(plays: Iterable[tuple[Rule, Play]], candidate: Candidate) -> Iterator[Fault]:
    """Yield the faults in (rule, play of its case); the answer plays the twins of those that need one."""
    found = [(rule, played, wrong) for rule, played in plays if (wrong := rule.wrong(played))]
    twins = twins_of([played for _, played, wrong in found if may_have_twin(played, wrong)], candidate)
    for rule, played, wrong in found:
        itself = {key: what for key, what in wrong.items() if is_wrong_by_itself(key, played, twins.get(played))}
        for part, by_itself in ((itself, True), ({k: v for k, v in wrong.items() if k not in itself}, False)):
            if part:
                yield Fault(
                    rule.owner, rank_of(rule, played, by_itself), played, part, by_itself, kinds_of(played, part)
                )


def rank_of(rule: Rule, played: Play, by_itself: bool) -> tuple[int, ...]:
    """How simple a fault is: one in a short script is, in the plain condition; of equal ones the one declared first.

    What is wrong by itself comes first in a criterion that is about this, and numbers come last there. A change of the
    caller's arrays comes before what it does to numbers; but no exception is about such a change.
    """
    is_kept = 1 if rule.case.see != KEPT else 2 if played.raised else 0
    is_beside = 1 if not rule.is_about_itself else 0 if by_itself else 2
    return rule.is_dealt, len(rule.case.steps), is_kept, is_beside, rule.number


def may_have_twin(played: Play, wrong: Wrong) -> bool:
    return played.case.has(NOISE, NEEDED) and not played.raised and any(isinstance(at, int) for at, _ in wrong)


def twins_of(plays: Sequence[Play], candidate: Candidate) -> dict[Play, Twin]:
    """Have the answer play tapes without their marked steps; return {play: (its twin, places of what is left)}."""
    bare = [played.tape.without_marked() for played in plays]
    twins = play_all(
        candidate,
        [replace(played.case, steps=tape.steps, tape=tape) for played, (tape, _) in zip(plays, bare, strict=True)],
    )
    return {played: (twin, places) for played, twin, (_, places) in zip(plays, twins, bare, strict=True)}


def is_wrong_by_itself(key: Key, played: Play, twin: Twin | None) -> bool:
    """Whether something is wrong whatever the numbers that an answer gives."""
    at, what = key
    if kind_in(key) in ITSELF:
        return True
    if not isinstance(at, int):
        return False
    value, case = played.seen[key], played.case
    if not case.any_float and is_array(value) and is_array(right := case.right[key]) and value.dtype != right.dtype:
        return True
    if what.startswith("held["):  # after forward, of what was written there before
        grads = played.seen.get((at, what.replace("held", "grads")))
        return grads is None or not same(grads, value)
    if twin is None:
        return False
    other, places = twin
    is_same = at in places and same(value, other.seen.get((places.index(at), what)))
    if case.has(NEEDED):
        return is_same and at == places[-1] and what in played.layer.outputs and value is not None
    return not is_same


def is_about_itself(case: Case) -> bool:
    """Whether a case compares an answer with itself: of noise, of arrays that stay or are held, or of dtypes."""
    return (
        (case.has(NOISE) and not case.has(NEEDED))
        or not case.any_float
        or case.see <= {*ITSELF}
        or any(what.startswith("held[") for what in case.see)
    )


def is_array(value: Plain) -> TypeGuard[np.ndarray]:
    return isinstance(value, np.ndarray) and value.ndim > 0


def kind_in(key: Key) -> str:
    """The kind of a failure: what is wrong, whatever the step."""
    return key[1].split()[0]


def kinds_of(played: Play, wrong: Wrong, right: Mapping[Key, Plain] | None = None) -> frozenset[str]:
    """The kinds of what is wrong in a play, with outputs that are off: by these, what goes back is wrong.

    No gradient hangs on the value of a loss. `right` holds what is right, if that isn't what the reference gives.
    """
    gave = not (played.raised or played.layer.is_function) and any(
        getattr(each, "got", None) is not None for each in wrong.values()
    )
    is_off = gave and any(played.layer.outputs.values()) and played.has_wrong_output(right)
    return frozenset(map(kind_in, wrong)).union(played.layer.outputs if is_off else ())


def right_in(played: Play, wrong: Collection[tuple[Play, Key]]) -> set[str]:
    """The kinds of results that a play has to give, and gives right; `wrong` is what is wrong in plays."""
    judged = [
        (at, what)
        for (at, what), right in played.case.right.items()
        if isinstance(at, int) and played.case.judges(at, what) and is_wanted(right)
    ]
    found = set() if played.raised else {what for _, what in judged}
    return found - {what for at, what in judged if (played, (at, what)) in wrong}


def roots_of(faults: Collection[Fault]) -> dict[Fault, Fault]:
    """Return {fault: the simplest fault that explains it, through others or at once, or itself}."""
    ordered = sorted(faults, key=lambda fault: fault.rank)

    @functools.cache
    def root(fault: Fault) -> Fault:
        simpler = (root(each) for each in ordered if each.explains(fault))
        return next((each for each in simpler if each.spares.isdisjoint(fault.results)), fault)

    return {fault: root(fault) for fault in faults}


def costs_of(faults: Collection[Fault]) -> set[str]:
    """The criteria that pay for these faults."""
    return {root.owner for root in roots_of(faults).values()}


# --- what shows something on inputs of real size ----------------------------------------------------------------------

LEAST = 1e-3  # of the size of what is right: less is nothing


def alive(plays: Iterable[Play]) -> set[str]:
    """Return the kinds of results of which an answer gives something where all sizes are at least 2.

    Where a script has written into the gradients, what is found there may not be the answer's.
    """
    found = set()
    for played in plays:
        if not played.case.is_of_real_size or any(step.verb == "spoil" for step in played.case.steps):
            continue
        right = {key: value for key, value in played.case.right.items() if isinstance(key[0], int) and is_wanted(value)}
        found |= {key[1] for key, value in right.items() if is_something(played.seen.get(key), value)}
    return found


def is_wanted(right: Plain) -> TypeGuard[np.ndarray]:
    """Whether a result should be something: numbers that aren't all 0."""
    return isinstance(right, np.ndarray) and right.dtype.kind == "f" and bool(right.any())


def is_something(value: Plain, right: np.ndarray) -> bool:
    """Whether a result is there, be it among others: no zeros, and no bare number in place of an array."""
    if isinstance(value, tuple):
        return any(is_something(each, right) for each in value)
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiub" or (right.size > 1 and value.size < 2):
        return False
    with np.errstate(all="ignore"):
        sizes = np.abs(value.astype(float))
        return bool(sizes.max(initial=0, where=~np.isnan(sizes)) >= LEAST * np.abs(right).max())


def results_judged(case: Case) -> set[str]:
    """The kinds of results that a case is about."""
    layer = case.layer
    gradients = set(layer.grads) - {"grads"}
    results = {*layer.outputs, *layer.back, *(name for names in layer.attributes.values() for name in names)}
    seen = {what.replace("held", "grads") for what in case.see} & (results | gradients)
    if seen:
        return seen
    given = {"forward": {*layer.out}, "backward": {*layer.back} | gradients}
    called = {
        what
        for step in case.steps
        if step.mark != NOISE
        for what in given.get(step.verb, layer.gives(step.verb) if step.verb in layer.methods else ())
    }
    return called or {*layer.outputs}


def are_alive(results: Collection[str], given: Collection[str]) -> bool:
    """Whether more than half of some kinds of results are among those that are given.

    They are counted one by one, and once more with all gradients of parameters as one: an answer may lack these alone,
    or hand them back alone.
    """
    alone = [result in given for result in results]
    gradients = [result in given for result in results if result.startswith("grads")]
    together = [result in given for result in results if not result.startswith("grads")]
    together += [2 * sum(gradients) > len(gradients)] if gradients else []
    return any(2 * sum(each) > len(each) for each in (alone, together))
