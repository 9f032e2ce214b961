"""Finds out what is known of an answer's mistakes: their names, and an example of each."""
import contextlib
from dataclasses import dataclass

from ..sandbox.bench import Raised
from .certain import what_is_certain
from .look import Look, fresh_draws, kind_of, look_at, redrawn
from .shrink import shrink


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
    """

    likely: tuple = ()
    small: Look | None = None
    said: str = ""

    @property
    def name(self):
        """What two failures share that are the same mistake."""
        return tuple(each.sentence for each in self.likely) or self.said or (self.small and self.small.kind)


def is_unfinished(finding):
    return isinstance(finding, Raised) and finding.is_unfinished


def mistake_of(fault, likely, hidden, candidate):
    """Have the answer play an example of a fault, and say what is known of it. No hidden tape is played or shown."""
    small = said = None
    with contextlib.suppress(ArithmeticError, LookupError, TypeError, ValueError, AttributeError):
        small, looks = example_of(fault, hidden, candidate)
        said = "" if likely or not small else what_is_certain(small, looks(), hidden)
    return Mistake(likely, small, said or "")


def example_of(fault, hidden, candidate):
    """Return (a look at an example of a fault, what looks at fresh draws of it); (None, ...) if it fails no more."""
    case = fault.play.case
    if hidden:
        looks = (look_at(candidate, redrawn(case, seed)) for seed in range(3))
        kind = next((kind for look in looks for kind in look.kinds), None)
    else:
        kind = kind_of(*next(iter(fault.wrong.items())))
    small, recipe = shrink(redrawn(case, 0) if hidden else case, kind, candidate) if kind else (case, case)
    small = look_at(candidate, small)
    # An answer may not be the same twice.
    return (small if kind and small.wrong else None), lambda: fresh_draws(recipe, small.kind, candidate)
