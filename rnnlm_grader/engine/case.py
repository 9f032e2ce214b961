"""What an answer is examined by: scripts of calls, the circumstances in which they are played, and their numbers."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np

from ..protocol.bench import flat, in_order
from ..protocol.values import Plain
from .calls import Calls, Key
from .layer import LayerForm, Options, Sizes, shape_of
from .oracle import by_reference

VERBS = "forward", "backward", "update", "spoil", "set", "reset", "make"  # any other is a method of a layer's own
METHODS = {"set": "set_state", "reset": "reset_state"}  # the methods that these verbs call
NOISE, NEEDED = "noise", "needed"  # what must not matter, and what must

Arrays: TypeAlias = tuple[np.ndarray, ...]
Pattern: TypeAlias = Callable[..., np.ndarray]  # (rng, numbers) or (rng, ids, their bound) → others in their place
# (rng, sizes) → {array: numbers}, chosen so that results can be worked out on paper
World: TypeAlias = Callable[[np.random.Generator, Sizes], Mapping[str, object]]
# The parameters that each `make` made → (which of these, what is wrong), or None
Law: TypeAlias = Callable[..., tuple[str, str] | None]


@dataclass(frozen=True, eq=False)
class Condition:
    """The circumstances in which a script is played; as it is made, the plain ones."""

    sizes: Sizes = field(default_factory=dict)  # of letters whose sizes aren't those of the layer
    dtype: type = np.float64
    layout: str = "C"
    options: Options = field(default_factory=dict)
    patterns: dict[str, Pattern] = field(default_factory=dict)  # by array; 'first x' is the one of the noise
    is_fine: bool = False  # whether results must be as precise as their dtype allows
    world: World | None = None


@dataclass(frozen=True, eq=False)
class Step:
    """One call of a script: `who.verb:how`, and on a tape the arrays that it takes."""

    verb: str
    who: str = ""
    how: str = ""
    mark: str = ""
    arrays: Arrays = ()

    @property
    def is_resized(self) -> bool:
        return self.how == "other" or self.how[1:2] in ("+", "-")

    def covers(self, other: "Step") -> bool:
        """Whether whatever this step does, the other does too.

        A backward writes into grads, as `spoil` does; and forward goes through what other methods return.
        """
        if other.verb == "backward" and self.verb == "spoil":
            return not other.who
        is_alike = self.how in ("", "bare", other.how) or (self.is_resized and other.is_resized)
        is_part = other.verb == "forward" and self.verb not in VERBS
        return is_alike and self.who == other.who and (is_part or self.verb == other.verb)


Script: TypeAlias = tuple[Step, ...]


@dataclass(frozen=True, eq=False)
class Tape:
    """A script whose numbers are filled in."""

    params: Arrays = ()
    beside: Arrays = ()  # the parameters of another layer, if any step is its own
    steps: Script = ()
    seed: int | None = None  # of the generator from which an answer makes its own parameters

    def without_marked(self) -> tuple["Tape", list[int]]:
        """Return (the tape with parameters as they end up and only what isn't marked, where its steps were).

        Where an answer makes its own parameters, they end up so by the same updates.
        """
        params = self.params
        for step in self.steps:
            params = step.arrays if step.verb == "update" else params
        places = [
            at
            for at, step in enumerate(self.steps)
            if not step.mark or (step.verb == "update" and self.seed is not None)
        ]
        return replace(self, params=params, steps=tuple(self.steps[at] for at in places)), places


@dataclass(frozen=True, eq=False)
class Case:
    """A script, its condition and what is to be seen: all that it takes to draw a tape, again and again."""

    layer: LayerForm
    steps: Script
    see: frozenset[str]
    condition: Condition = Condition()
    any_float: bool = True  # whether dtype and precision of floats are let be: these have a criterion of their own
    law: Law | None = None
    tape: Tape = Tape()  # the script with its numbers, once these are drawn
    made: Arrays = ()  # the parameters that an answer made, as they stand in its list

    @functools.cached_property
    def right(self) -> dict[Key, Plain]:
        """What should be seen; see `by_reference`."""
        return by_reference(self)

    @functools.cached_property
    def notes(self) -> dict[str, Any]:
        """What others keep of it, as long as it is there."""
        return {}

    @functools.cached_property
    def calls(self) -> Calls:
        """The program of its tape; see `Calls`."""
        return Calls(self)

    def given(self, made: Plain) -> "Case":
        """The case with the parameters that an answer made, whose program is the same.

        Where it isn't certain which is which, the reference keeps those that were drawn.
        """
        params = in_order(made, self.shapes) or self.tape.params
        arrays = tuple(each for each in flat(made) if isinstance(each, np.ndarray))
        case = replace(self, tape=replace(self.tape, params=params), made=arrays)
        vars(case)["calls"] = self.calls
        return case

    @property
    def sizes(self) -> Sizes:
        return self.layer.sizes | self.condition.sizes

    @functools.cached_property
    def is_of_real_size(self) -> bool:
        """Whether all sizes are at least 2: what works only on less works on nothing."""
        return all(np.prod(size) >= 2 for size in self.sizes.values())

    @property
    def is_resized(self) -> bool:
        """Whether a call has other sizes than those before it, of which the letters of `sizes` say nothing."""
        return any(step.is_resized for step in self.steps)

    @functools.cached_property
    def shapes(self) -> list[tuple[int, ...]]:
        """The shapes of the parameters."""
        return [shape_of(letters, self.sizes) for letters in self.layer.params.values()]

    @property
    def dtype(self) -> type:
        """The dtype in which results are compared: that of an answer which makes its own parameters is its choice."""
        return np.float32 if self.layer.makes else self.condition.dtype

    def has(self, *marks: str) -> bool:
        return any(step.mark in marks for step in self.steps)

    def judges(self, at: int, what: str) -> bool:
        """Whether what was seen at a step is judged: what noise gives isn't."""
        return what in self.see and (what == "params" or self.tape.steps[at].mark != NOISE)

    def contains(self, other: "Case") -> bool:
        """Whether the other script is a part of this one, in order."""
        return is_part(other.steps, self.steps)

    def includes(self, other: "Case") -> bool:
        """Whether what goes wrong in the other case should be seen here too, where plain numbers hide nothing."""
        mine, theirs = self.condition, other.condition
        return self is other or (
            self.contains(other)
            and self.allows(other)
            and not (mine.world or mine.patterns or theirs.world or theirs.patterns)
            and all(np.prod(size) >= np.prod(other.sizes[letter]) for letter, size in self.sizes.items())
        )

    def allows(self, other: "Case") -> bool:
        """Whether all options of the other case have the same values here."""
        return other.condition.options.items() <= self.condition.options.items()


@functools.lru_cache(maxsize=10_000)
def is_part(few: Script, many: Script) -> bool:
    """Whether some steps are a part of others, in order."""
    left = iter(many)
    return all(any(step.covers(mine) for mine in left) for step in few)
