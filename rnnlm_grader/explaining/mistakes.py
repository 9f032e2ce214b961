"""Finds out what is known of each failed criterion: the smallest example of the mistake, and its name."""
import contextlib
from dataclasses import dataclass, replace

import numpy as np

from ..exam import SECONDS
from ..sandbox.bench import Raised
from ..sandbox.candidate import WorkerLost
from ..spec.compare import same
from .anatomy import anatomy
from .exceptions import explain
from .look import Look, look_at, redrawn
from .names import fresh_draws, misconceptions_of, share
from .shrink import shrink


@dataclass(frozen=True, eq=False)
class Mistake:
    """One mistake.

    Attributes
    ----------
    small : Look
        At the smallest example.
    likely : tuple of Misconception
        One, or two that explain a part each.
    said : str
        What is certain where the library has no name.
    """

    small: Look
    likely: tuple = ()
    said: str = ""

    @property
    def name(self):
        """What two failures share that are the same mistake."""
        return tuple(each.sentence for each in self.likely) or self.said or self.small.kind


def explain_all(assignment, draws, candidate):
    """Return the draws, of which each that failed in a case holds a mistake, as far as anything is known.

    Whatever goes wrong while explaining, the verdict stands and is shown plainly.
    """
    explained = dict(draws)
    for criterion, (*earlier, last) in draws.items():
        if last.outcome.play and not last.outcome.mistake and not is_unfinished(last.outcome.finding):
            mistake = None
            try:
                candidate.begin(SECONDS)
                with contextlib.suppress(ArithmeticError, LookupError, TypeError, ValueError, AttributeError):
                    mistake = mistake_of(last, assignment, criterion.exercise, candidate)
            except WorkerLost:
                break
            explained[criterion] = [*earlier, replace(last, outcome=replace(last.outcome, mistake=mistake))]
    return explained


def prove(library, draws):
    """Return the draws, of which each that was let go is proven where one named mistake gives all that was wrong.

    A variant is right but for its mistake, and so is an answer that gives the same wherever it is wrong. What is
    compared is what the answer gave in its examination; it isn't asked again. Exceptions and zeros prove nothing.
    """
    named = {each.sentence for *_, last in draws.values() if last.outcome.mistake
             for each in last.outcome.mistake.likely}
    known = [each for each in library if each.sentence in named and not each.shows_nothing]
    proven = dict(draws)
    with np.errstate(all="ignore"):
        for criterion, (*earlier, last) in draws.items():
            looks = [Look(play, play.compare()) for play in (each.play for each in last.outcome.charged)]
            if last.outcome.is_let_go and any(map(shows_something, looks)) and any(
                    all(share(each, look) == set(look.wrong) for look in looks)
                    for each in known if each.name == criterion.name):
                proven[criterion] = [*earlier, replace(last, outcome=replace(last.outcome, is_proven=True))]
    return proven


def shows_something(look):
    """Whether anything that is wrong holds other numbers than 0."""
    got = [getattr(finding, "got", None) for finding in look.wrong.values()]
    return any(isinstance(each, np.ndarray) and each.any() for each in got)


def is_unfinished(finding):
    return isinstance(finding, Raised) and finding.is_unfinished


def mistake_of(draw, assignment, exercise, candidate):
    """Shrink what failed and look for its name; None where it doesn't fail again. No hidden tape is played or shown."""
    case = draw.outcome.play.case
    cases = [redrawn(case, seed) for seed in range(3)] if draw.hidden else [case]
    first = next((look for case in cases if (look := look_at(candidate, case)).wrong), None)
    if first is None:
        return None
    small, recipe = shrink(case, first.kind, candidate)
    small = look_at(candidate, small)
    if not small.wrong:  # as of an answer that isn't the same twice
        return None
    fresh = fresh_draws(recipe, small.kind, candidate)
    likely = misconceptions_of(assignment.misconceptions, [*fresh, first, small], exercise, candidate)
    return Mistake(small, likely, "" if likely else what_is_certain(small, fresh, draw.hidden))


def what_is_certain(small, looks, hidden):
    """Say what holds in all looks of what was got in the smallest example; '' where that is nothing.

    These are the code's own words and numbers, and a worker that was given hidden inputs remembers them while it plays
    the smallest example. So with hidden inputs, only fixed phrases are said.
    """
    if not looks:
        return ""
    if isinstance(small.finding, Raised):
        return explain(small, looks, hidden)
    what, got = looks[0].finding.what.replace("held", "grads"), looks[0].finding.got
    if got is None:
        is_returned = looks[0].key[1] in (*small.play.layer.outputs, *small.play.layer.back)
        return f"{what} is None{': is a `return` missing?' if is_returned else ''}"
    if isinstance(got, tuple) and any(same(each, looks[0].finding.expected) for each in got):
        return f"{what} stands in a list or tuple: return it alone"
    where, how = anatomy(looks)
    if hidden and any(map(str.isdigit, how)):
        how = ""
    if not (where or how):
        return ""
    return f"{where + ', and only there, ' if where else ''}{what} is {how or 'wrong'}"
