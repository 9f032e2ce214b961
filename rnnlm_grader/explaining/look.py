"""Has an answer play a case once more."""
from dataclasses import dataclass, replace

import numpy as np

from ..sandbox.bench import Raised
from ..spec.exercise import kind_in
from ..spec.play import Play, play_all
from ..spec.tape import drawn


@dataclass(frozen=True, eq=False)
class Look:
    """One play of a case, and what was wrong in it."""

    play: Play
    wrong: dict

    @property
    def case(self):
        return self.play.case

    @property
    def kind(self):
        """In what two failures must agree to be one: what is wrong first, and how."""
        return kind_of(self.key, self.finding)

    @property
    def kinds(self):
        return {kind_of(key, finding) for key, finding in self.wrong.items()}

    @property
    def key(self):
        """Where the first thing is that is wrong: (step, what)."""
        return next(iter(self.wrong))

    @property
    def finding(self):
        return self.wrong[self.key]


def kind_of(key, finding):
    """What is wrong, and how: of an exception, its name and line."""
    if isinstance(finding, Raised):
        return finding.kind, finding.line
    got, expected = finding.got, finding.expected
    if not (isinstance(got, np.ndarray) and isinstance(expected, np.ndarray)):
        return kind_in(key), type(got)
    return kind_in(key), "shape" if got.shape != expected.shape else "dtype" if got.dtype != expected.dtype else "value"


def look_at(candidate, case):
    """Have a candidate play a case that has a tape."""
    with np.errstate(all="ignore"):
        play, = play_all(candidate, [case])
        return Look(play, play.compare())


def redrawn(case, seed=0, steps=None, **condition):
    """The same case with other numbers, and what else is to be otherwise; what is drawn depends on nothing else."""
    other = replace(case, steps=steps or case.steps, condition=replace(case.condition, **condition))
    return drawn(other, np.random.default_rng(seed))
