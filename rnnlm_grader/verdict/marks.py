"""The rule for marks: what each criterion earns, from what was seen of an answer. Nothing is executed here.

1. A criterion whose cases are all right *holds*, and earns its points.
2. One with a fault *costs* them, unless another fault explains each of its own: one in a simpler case, whose script it
   contains, in the same result. Then it is *given*: wrong only because of the mistake that another criterion pays for.
   A wrong gradient excuses no other one that is right beside it.
3. Where known mistakes, one to three, explain all that the answer gives, each costs the criteria that it costs alone,
   and all others are given.
4. *Held back* is what can't be judged, and earns nothing yet: what is about results of which the answer gives none on
   inputs of real size (it raises, or gives zeros); and, where no known mistake explains all, what is given beyond what
   holds, parts *contract* left out: most of these compare an answer with itself, and so its numbers may be wrong.

The page for instructors says the same in other words; a test recomputes marks from the lines of reports.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..engine.faults import Fault, roots_of


class State(StrEnum):
    """What became of a criterion."""

    HOLDS = "holds"
    COSTS = "costs"
    GIVEN = "given"  # wrong only because of what costs elsewhere
    HELD_BACK = "held back"

    @property
    def earns(self) -> bool:
        return self in (State.HOLDS, State.GIVEN)


@dataclass(frozen=True)
class Mark:
    """The state of a criterion.

    Attributes
    ----------
    because
        The ids of those that pay for what is wrong in it.
    is_sure
        Of what is given: whether known mistakes explain all that is wrong in it.
    """

    state: State
    because: tuple[str, ...] = ()
    is_sure: bool = False


def marks(
    points: Mapping[str, int],
    faults: Sequence[Fault],
    lost: Collection[str] = (),
    silent: Collection[str] = (),
    contract: Collection[str] = (),
    named: Collection[str] | None = None,
    slips: Collection[str] = (),
) -> dict[str, Mark]:
    """Return {id: Mark} of the criteria of one name, in order.

    Parameters
    ----------
    points
        Of each criterion, by id.
    faults
        All that is wrong.
    lost, silent
        The criteria that couldn't be examined, and those about results that the answer doesn't give on inputs of real
        size.
    contract
        The criteria of the part *contract*.
    named
        The criteria that known mistakes cost, where these explain all that the answer gives.
    slips
        The criteria that pay for what goes wrong in a last look at an answer that passes them all.
    """
    payers: dict[str, set[str]] = {id: set() for id in points}
    for fault, root in roots_of(faults).items():
        payers[fault.owner].add(root.owner)
    found = {id: mark_of(id, payers[id], id in lost, id in silent, named) for id in points}
    if named is None:
        left = sum(points[id] for id, mark in found.items() if mark.state == State.HOLDS)
        for id, mark in found.items():
            if mark.state == State.GIVEN and id not in contract:
                left -= points[id]
                if left < 0:
                    found[id] = Mark(State.HELD_BACK, mark.because)
    return found | dict.fromkeys(slips, Mark(State.COSTS))


def earned(criteria: Iterable[Mapping[str, Any]], is_strict: bool = False) -> int:
    """Return what some criteria earn together, each with its `max_points` and `state`.

    Where a course marks strictly, only what holds earns: each criterion that fails costs, whatever explains it.
    """
    return sum(
        each["max_points"]
        for each in criteria
        if each["state"] == State.HOLDS or (not is_strict and State(each["state"]).earns)
    )


def mark_of(id: str, payers: set[str], is_lost: bool, is_silent: bool, named: Collection[str] | None) -> Mark:
    """The mark of one criterion, before what is given is held against what holds."""
    costs = id in (payers if named is None else named)
    if costs or is_lost:
        return Mark(State.COSTS)
    because = tuple(sorted(payers if named is None else named))  # of several, any may be at work
    if is_silent:
        return Mark(State.HELD_BACK, because)
    return Mark(State.GIVEN, because, is_sure=named is not None) if payers else Mark(State.HOLDS)
