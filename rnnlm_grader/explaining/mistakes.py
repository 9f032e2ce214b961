"""Finds out what is known of an answer's mistakes: their names, and an example of each."""
import contextlib
from dataclasses import dataclass

from ..sandbox.bench import Raised
from ..spec.compare import same, summary
from .anatomy import anatomy
from .exceptions import explain
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
        said = "" if likely or not small else what_is_certain(small, looks())
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


def what_is_certain(small, looks):
    """Say what holds in all looks of what was got in the smallest example; '' where that is nothing."""
    if not looks:
        return ""
    if isinstance(small.finding, Raised):
        return explain(small, looks)
    what, got = looks[0].finding.what.replace("held", "grads"), looks[0].finding.got
    if got is None:
        is_returned = looks[0].key[1] in (*small.play.layer.outputs, *small.play.layer.back)
        return f"{what} is None{': is a `return` missing?' if is_returned else ''}"
    if isinstance(got, tuple) and any(same(each, looks[0].finding.expected) for each in got):
        return f"{what} stands in {summary(got)}: return it alone"
    where, how = anatomy(looks)
    if not (where or how):
        return ""
    return f"{where + ', and only there, ' if where else ''}{what} is {how or 'wrong'}"
