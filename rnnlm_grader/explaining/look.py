"""Has an answer play a case once more."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from ..engine.calls import Key
from ..engine.case import METHODS, Case, Script
from ..engine.compare import Difference
from ..engine.faults import Wrong, kind_in
from ..engine.layer import LayerForm, Sizes
from ..engine.play import Play, play_all
from ..engine.tape import drawn
from ..protocol.bench import Raised
from ..protocol.candidate import Candidate
from ..protocol.values import Plain

Kind: TypeAlias = tuple[str, object]  # see `kind_of`


@dataclass(frozen=True, eq=False)
class Look:
    """One play of a case, and what was wrong in it."""

    play: Play
    wrong: Wrong

    @property
    def case(self) -> Case:
        return self.play.case

    @property
    def kind(self) -> Kind:
        """In what two failures must agree to be one: what is wrong first, and how."""
        return kind_of(self.key, self.finding)

    @property
    def kinds(self) -> set[Kind]:
        return {kind_of(key, finding) for key, finding in self.wrong.items()}

    @property
    def key(self) -> Key:
        """Where the first thing is that is wrong."""
        return next(iter(self.wrong))

    @property
    def finding(self) -> Difference | Raised:
        return self.wrong[self.key]

    @property
    def what(self) -> str:
        """The name under which a learner knows it."""
        return (self.finding.what if isinstance(self.finding, Difference) else self.key[1]).replace("held", "grads")

    @property
    def values(self) -> tuple[Plain, Plain]:
        """What was got there and what was expected; None and None where something was raised."""
        finding = self.finding
        return (finding.got, finding.expected) if isinstance(finding, Difference) else (None, None)

    @property
    def arrays(self) -> tuple[np.ndarray, np.ndarray] | None:
        """The same of two arrays; else None."""
        got, expected = self.values
        return (got, expected) if isinstance(got, np.ndarray) and isinstance(expected, np.ndarray) else None

    @property
    def called(self) -> str:
        """The function or method that was called there."""
        at, layer = self.key[0], self.play.layer
        verb = self.case.tape.steps[at].verb if isinstance(at, int) else "forward"
        return layer.name if layer.is_function else METHODS.get(verb, verb)


def kind_of(key: Key, finding: Difference | Raised) -> Kind:
    """What is wrong, and how: of an exception, its name and line."""
    if isinstance(finding, Raised):
        return finding.kind, finding.line
    got, expected = finding.got, finding.expected
    if not (isinstance(got, np.ndarray) and isinstance(expected, np.ndarray)):
        return kind_in(key), type(got)
    return kind_in(key), "shape" if got.shape != expected.shape else "dtype" if got.dtype != expected.dtype else "value"


@dataclass(frozen=True)
class Aim:
    """What an example has to show: a failure of this kind, of which `also` holds."""

    kind: Kind
    also: Callable[[Look], bool] = lambda look: True

    def is_met_by(self, look: Look) -> bool:
        return self.kind in look.kinds and self.also(look)


def look_at(candidate: Candidate, case: Case) -> Look:
    """Have a candidate play a case that has a tape."""
    with np.errstate(all="ignore"):
        (play,) = play_all(candidate, [case])
        return Look(play, play.compare())


def redrawn(case: Case, seed: int = 0, steps: Script | None = None, **condition: Any) -> Case:
    """The same case with other numbers, and what else is to be otherwise; what is drawn depends on nothing else."""
    other = replace(case, steps=steps or case.steps, condition=replace(case.condition, **condition))
    return drawn(other, np.random.default_rng(seed))


SIZES: tuple[Sizes, ...] = (
    {"N": 2, "T": 3, "D": 4, "H": 5, "V": 13, "B": 2, "*": (2, 3)},
    {"N": 4, "T": 2, "D": 3, "H": 7, "V": 17, "B": 5, "*": (8,)},
    {"N": 3, "T": 4, "D": 6, "H": 2, "V": 29, "B": 3, "*": (3, 4)},
)


def fresh_draws(case: Case, kind: Kind, candidate: Candidate) -> list[Look]:
    """Return looks at three draws, of sizes that differ, in which an answer fails alike; or of the case's own sizes."""
    ways = (lambda seed: sizes_of(case.layer, seed % 3), lambda seed: case.condition.sizes)
    for sizes in ways[bool(case.law) :]:
        looks = (look_at(candidate, redrawn(case, seed, sizes=sizes(seed))) for seed in range(1, 6))
        found = [*itertools.islice((look for look in looks if kind in look.kinds), 3)]
        if len(found) == 3:
            return found
    return []


def sizes_of(layer: LayerForm, draw: int) -> Sizes:
    """Return the sizes of one of the three draws; letters that SIZES lacks get sizes that no other letter has."""
    return {letter: SIZES[draw].get(letter, 8 + 3 * at + draw) for at, letter in enumerate(layer.sizes)}
