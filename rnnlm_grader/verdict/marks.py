"""The rule for marks: what each criterion earns, from what was seen of an answer. Nothing is executed here.

Numbered as on the page for instructors, which says the same in other words; 4 is about how criteria are judged.

1. A criterion whose cases are all right *holds*, and earns its points.
2. One with a fault *costs* them, unless another fault explains each of its own: one in a simpler case, whose script it
   contains, in the same result.
3. Then it is *given*: wrong only because of the mistake that another criterion pays for. A wrong gradient excuses no
   other one that is right beside it.
5. Where known mistakes, one to three, explain all that the answer gives, or some of what is wrong in it, each costs the
   criteria that it costs alone. All else is held against the right answer with these mistakes: what that gives, too, is
   given, and 2 is about what is left.
6. *Held back* is what can't be judged, and earns nothing yet: what is about results of which the answer gives none on
   inputs of real size (it raises, or gives zeros);
7. and what is given though known mistakes don't explain it, beyond what holds or is explained, parts *contract* left
   out: most of these compare an answer with itself, and so its numbers may be wrong.

A test recomputes marks from the lines of reports.
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
    rule
        The rule above that decided it.
    because
        The ids of those that pay for what is wrong in it.
    """

    state: State
    rule: int
    because: tuple[str, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Of what is given: whether known mistakes explain all that is wrong in it."""
        return self.state == State.GIVEN and self.rule == 5


def marks(
    points: Mapping[str, int],
    faults: Sequence[Fault],
    lost: Collection[str] = (),
    silent: Collection[str] = (),
    contract: Collection[str] = (),
    named: Collection[str] = (),
    explained: Collection[str] = (),
    slips: Collection[str] = (),
) -> dict[str, Mark]:
    """Return {id: Mark} of the criteria of one name, in order.

    Parameters
    ----------
    points
        Of each criterion, by id.
    faults
        All that is wrong, beyond what known mistakes explain.
    lost, silent
        The criteria that couldn't be examined, and those about results that the answer doesn't give on inputs of real
        size.
    contract
        The criteria of the part *contract*.
    named, explained
        The criteria that known mistakes cost, and those in which something is wrong that they explain.
    slips
        The criteria that pay for what goes wrong in a last look at an answer that passes them all.
    """
    payers: dict[str, set[str]] = {id: set() for id in points}
    for fault, root in roots_of(faults).items():
        payers[fault.owner].add(root.owner)
    found: dict[str, Mark] = {}
    for id in points:
        because = tuple(
            sorted(payers[id].union(named if id in explained or id in silent else ()))
        )  # of several, any may be at work
        if id in payers[id] or id in named or id in lost:
            found[id] = Mark(State.COSTS, 5 if id in named else 2)
        elif id in silent:
            found[id] = Mark(State.HELD_BACK, 6, because)
        else:
            found[id] = Mark(State.GIVEN, 3 if payers[id] else 5, because) if because else Mark(State.HOLDS, 1)
    left = sum(points[id] for id, mark in found.items() if mark.state == State.HOLDS or mark.is_sure)
    for id, mark in found.items():
        if mark.state == State.GIVEN and not mark.is_sure and id not in contract:
            left -= points[id]
            if left < 0:
                found[id] = Mark(State.HELD_BACK, 7, mark.because)
    return found | dict.fromkeys(slips, Mark(State.COSTS, 2))


def earned(criteria: Iterable[Mapping[str, Any]], is_strict: bool = False) -> int:
    """Return what some criteria earn together, each with its `max_points` and `state`.

    Where a course marks strictly, only what holds earns: each criterion that fails costs, whatever explains it.
    """
    return sum(
        each["max_points"]
        for each in criteria
        if each["state"] == State.HOLDS or (not is_strict and State(each["state"]).earns)
    )
