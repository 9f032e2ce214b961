"""Finds out what is known of an answer's mistakes: their names, and an example of each."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ..content.misconception import Misconception
from ..engine.faults import Fault
from ..protocol.bench import Raised
from ..protocol.candidate import Candidate
from .certain import what_is_certain
from .look import Aim, Kind, Look, fresh_draws, kind_of, look_at, redrawn
from .telling import telling_example
from .variants import is_seen_in, wrong_by

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Mistake:
    """One mistake.

    Attributes
    ----------
    likely
        One, or up to three that explain it together.
    small
        At an example.
    said
        What is certain where the library has no name.
    hidden
        Whether the answer may have known hidden inputs when it played the example.
    """

    likely: tuple[Misconception, ...] = ()
    small: Look | None = None
    said: str = ""
    hidden: bool = False

    @property
    def name(self) -> tuple | str | None:
        """What two failures share that are the same mistake."""
        return tuple(each.sentence for each in self.likely) or self.said or (self.small.kind if self.small else None)


def mistake_of(
    fault: Fault,
    likely: tuple[Misconception, ...],
    hidden: bool,
    candidate: Candidate,
    library: Sequence[Misconception],
    names: Collection[Misconception],
) -> Mistake:
    """Have the answer play an example of a fault, and say what is known of it. No hidden tape is played or shown.

    Of the other mistakes in the library the example should tell it apart, above all of those beside it among the
    `names` that explain all. Where there are none, a name is let go of where the example speaks against it.
    """
    small = said = None
    try:
        beside = [each for each in names if each not in likely]
        found = playable(fault, hidden, candidate)
        if found and (aim := aim_at(found, likely, beside)):
            kind = aim.kind
            look, recipe = telling_example(found.case, aim, candidate, library)
            wrong = dict(sorted(look.wrong.items(), key=lambda item: kind_of(*item) != kind))  # first what it is about
            small = Look(look.play, wrong) if wrong else None  # an answer may not be the same twice
        if small and not names and not all(is_seen_in(each, small.play, small.wrong) for each in likely):
            likely = ()
        if small and not likely:
            said = what_is_certain(small, fresh_draws(recipe, small.kind, candidate), hidden)
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError):  # the grader's own: say what is known
        LOG.exception("The grader itself failed to explain a mistake in %s; please report it.", fault.owner)
    return Mistake(likely, small, said or "", hidden)


def playable(fault: Fault, hidden: bool, candidate: Candidate) -> Look | None:
    """Return a look at an answer that fails as in a fault; None where a hidden one doesn't fail again."""
    again = (look_at(candidate, redrawn(fault.play.case, seed)) for seed in range(3))
    return next((look for look in again if look.wrong), None) if hidden else Look(fault.play, fault.wrong)


def aim_at(look: Look, likely: Collection[Misconception], beside: Collection[Misconception]) -> Aim | None:
    """Return what an example of a mistake has to show, which a look shows.

    Where there are others `beside` it, it should be this one alone, or this one at least; None where all that is seen
    is an exception of another one.
    """

    def shown(look: Look, others: Collection[Misconception]) -> list[Kind]:
        keys = wrong_by(look.case, look.wrong, likely, others)
        return [kind_of(key, look.wrong[key]) for key in keys]

    ways = [beside, ()] if beside else []
    if found := next(((others, kinds) for others in ways if (kinds := shown(look, others))), None):
        others, (kind, *_) = found
        return Aim(kind, lambda look: kind in shown(look, others))
    return None if beside and isinstance(look.finding, Raised) else Aim(look.kind)
