"""What an exercise asks for, and in which circumstances it is examined."""
from dataclasses import dataclass, field

import numpy as np

NOISE = "noise"


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer: names of its arrays → the letters of their axes.

    Attributes
    ----------
    name : str
        Of the class that a student writes.
    reference : type
        The class that is right.
    params, inputs, upstream : dict
        What the constructor, `forward` and `backward` take, in order.
    out : str
        What `forward` returns.
    back : tuple of str
        What `backward` returns: one array, several, or () for None.
    sizes : dict
        Letter → size in the plain condition.
    free : str
        The letters whose sizes may change from call to call.
    ids : dict
        Which inputs are ids, and the letter that bounds them.
    """

    name: str
    reference: type
    params: dict
    inputs: dict
    out: str
    upstream: dict
    back: tuple
    sizes: dict
    free: str
    ids: dict = field(default_factory=dict)

    @property
    def grads(self):
        return tuple(f"grads[{i}]" for i in range(len(self.params)))

    @property
    def held(self):
        return tuple(f"held[{i}]" for i in range(len(self.params)))

    @property
    def shapes(self):
        return self.params | self.inputs | self.upstream

    def takes(self, verb):
        """What a verb takes: name → letters."""
        return {"forward": self.inputs, "backward": self.upstream, "update": self.params}.get(verb, {})

    def expand(self, see):
        """Return what is to be seen, by name: `returned` and `grads` stand for all of a layer's own."""
        words = {"returned": (self.out, *self.back), "grads": self.grads, "held": ("grads", *self.held)}
        return frozenset(each for word in see.split() for each in words.get(word, (word,)))

    def letters_of(self, what):
        """The letters of the axes of something seen."""
        if what[-1:] == "]":
            return list(self.params.values())[int(what[-2])]
        if what == self.out:
            return next(iter(self.upstream.values()))
        return dict(zip(self.back, self.inputs.values(), strict=False)).get(what, "")


@dataclass(frozen=True, eq=False)
class Condition:
    """The circumstances in which a script is played; as it is made, the plain ones."""

    sizes: dict = field(default_factory=dict)  # letters whose sizes aren't those of the layer
    dtype: type = np.float64
    layout: str = "C"
    patterns: dict = field(default_factory=dict)  # array → function of its numbers; 'first x' is the one of the noise
    world: object = None  # (rng, sizes) → {array: numbers}, chosen so that results can be worked out on paper


@dataclass(frozen=True, eq=False)
class Step:
    """One call of a script: `who.verb:how`, and on a tape the arrays that it takes."""

    verb: str
    who: str = ""
    how: str = ""
    mark: str = ""
    arrays: tuple = ()

    @property
    def is_resized(self):
        return self.how == "other" or self.how[1:2] in ("+", "-")

    def covers(self, other):
        """Whether whatever this step does, the other does too; a backward writes into grads, as `spoil` does."""
        if other.verb == "backward" and self.verb == "spoil":
            return not other.who
        is_alike = self.how in ("", other.how) or (self.is_resized and other.is_resized)
        return is_alike and (self.verb, self.who) == (other.verb, other.who)


@dataclass(frozen=True, eq=False)
class Tape:
    """A script whose numbers are filled in."""

    params: tuple
    stranger: tuple  # the parameters of a layer that has nothing to do with the others
    steps: tuple

    def without_noise(self):
        """Return (the tape with parameters as they end up and only what matters, where its steps were)."""
        params = self.params
        for step in self.steps:
            params = step.arrays if step.verb == "update" else params
        places = [at for at, step in enumerate(self.steps) if step.mark != NOISE]
        return Tape(params, self.stranger, tuple(self.steps[at] for at in places)), places


@dataclass(frozen=True, eq=False)
class Case:
    """A script, its condition and what is to be seen: all that it takes to draw a tape, again and again."""

    layer: Layer
    steps: tuple
    see: frozenset
    condition: Condition = Condition()
    any_float: bool = True  # whether the dtype of floats is let be: it has a criterion of its own
    tape: Tape | None = None

    @property
    def has_noise(self):
        return any(step.mark == NOISE for step in self.steps)

    def contains(self, other):
        """Whether the other script is a part of this one, in order."""
        left = iter(self.steps)
        return all(any(step.covers(mine) for mine in left) for step in other.steps)
