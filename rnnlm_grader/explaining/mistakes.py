"""Finds out what is known of an answer's mistakes: their names, and an example of each."""
import contextlib
from dataclasses import dataclass

from ..protocol.bench import Raised
from .certain import what_is_certain
from .look import Look, fresh_draws, kind_of, look_at, redrawn
from .telling import telling_example


@dataclass(frozen=True, eq=False)
class Mistake:
    """One mistake.

    Attributes
    ----------
    likely : tuple of Misconception
        One, or two that explain it together.
    small : Look or None
        At an example.
    said : str
        What is certain where the library has no name.
    hidden : bool
        Whether the answer may have known hidden inputs when it played the example.
    """

    likely: tuple = ()
    small: Look | None = None
    said: str = ""
    hidden: bool = False

    @property
    def name(self):
        """What two failures share that are the same mistake."""
        return tuple(each.sentence for each in self.likely) or self.said or (self.small and self.small.kind)


def is_unfinished(finding):
    return isinstance(finding, Raised) and finding.is_unfinished


def mistake_of(fault, likely, hidden, candidate, library):
    """Have the answer play an example of a fault, and say what is known of it. No hidden tape is played or shown.

    Of the other mistakes in the library the example should tell it apart.
    """
    small = said = None
    with contextlib.suppress(ArithmeticError, LookupError, TypeError, ValueError, AttributeError):
        if found := playable(fault, hidden, candidate):
            small, recipe = telling_example(*found, candidate, library)
            small = small if small.wrong else None  # an answer may not be the same twice
        if small and not likely:
            said = what_is_certain(small, fresh_draws(recipe, small.kind, candidate), hidden)
    return Mistake(likely, small, said or "", hidden)


def playable(fault, hidden, candidate):
    """Return a case in which an answer fails as in a fault, and how; None where a hidden one doesn't fail again."""
    case = fault.play.case
    if not hidden:
        return case, kind_of(*next(iter(fault.wrong.items())))
    looks = (look_at(candidate, redrawn(case, seed)) for seed in range(3))
    return next(((look.case, look.kind) for look in looks if look.wrong), None)
