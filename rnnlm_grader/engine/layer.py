"""What an exercise asks for, and in which circumstances it is examined."""

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np

from ..protocol.bench import flat, in_order
from ..protocol.values import Plain
from .calls import Calls, Key
from .oracle import by_reference

VERBS = "forward", "backward", "update", "spoil", "set", "reset", "make"  # any other is a method of a layer's own
METHODS = {"set": "set_state", "reset": "reset_state"}  # the methods that these verbs call
NOISE, NEEDED = "noise", "needed"  # what must not matter, and what must

Letters: TypeAlias = dict[str, str]  # array → the letters of its axes
Size: TypeAlias = int | tuple[int, ...]  # of a letter; of `*` a tuple, for it stands for several axes
Sizes: TypeAlias = dict[str, Size]
Options: TypeAlias = dict[str, float]  # keyword arguments of a constructor, or of a function
Arrays: TypeAlias = tuple[np.ndarray, ...]
Pattern: TypeAlias = Callable[..., np.ndarray]  # (rng, numbers) or (rng, ids, their bound) → others in their place
# (rng, sizes) → {array: numbers}, chosen so that results can be worked out on paper
World: TypeAlias = Callable[[np.random.Generator, Sizes], Mapping[str, object]]
# The parameters that each `make` made → (which of these, what is wrong), or None
Law: TypeAlias = Callable[..., tuple[str, str] | None]


@dataclass(frozen=True, eq=False)
class LayerForm:
    """A layer, or a function: names of its arrays → the letters of their axes.

    Attributes
    ----------
    name
        Of the class or function that a student writes.
    reference
        The one that is right.
    params, inputs, upstream
        What the constructor, `forward` and `backward` take, in order. A scalar has no letters. Of a function `upstream`
        is the input, if any, that all results are linear in.
    out
        What `forward` returns: one array or several.
    back
        What `backward` returns: the gradient of each input, in order, or () for None.
    sizes
        In the plain condition. Any capital letters will do.
    free
        The letters whose sizes may change from call to call.
    ids
        Which inputs are ids, and the letter that bounds them.
    state
        What `set_state` takes. Of a layer that has any, and whose options are all on, each window goes on from the one
        before, until `reset_state`.
    attributes
        'forward', 'backward' → the attributes that it sets.
    is_function
        Whether `forward` stands for a call of it.
    dtypes, options
        What the conditions are dealt of, besides sizes, layouts and patterns; options are keyword arguments.
    makes
        Of an answer that makes its own parameters: the letters of the sizes that the constructor takes, before a
        generator. The reference is made in the same way, and then gets the answer's parameters.
    methods
        Of other methods: name → (inputs, outputs).
    listed
        Inputs that are given together, as one list, and changed in place: `grads` are what the list holds afterwards,
        `held` the arrays themselves.
    functions
        Inputs that are functions → what they are, as Python; the numbers drawn for such an input bear its name there.
    drawn
        Inputs that are drawn otherwise → function of rng, shape and the arrays before them, by name.
    scales
        How large the numbers of an array are, where that isn't about 1.
    as_lists
        Whether inputs are given as lists of numbers.
    ignored
        Those of the ids of which some may not count → the option that says which: -1 where it is left out, or ''.
    tanh
        Those of the outputs that are tanh of a sum.
    """

    name: str
    reference: Callable
    params: Letters
    inputs: Letters
    out: Letters
    upstream: Letters
    back: tuple[str, ...]
    sizes: Sizes
    free: str
    ids: dict[str, str] = field(default_factory=dict)
    state: Letters = field(default_factory=dict)
    attributes: dict[str, Letters] = field(default_factory=dict)
    is_function: bool = False
    dtypes: tuple[type, ...] = (np.float64, np.float64, np.float32)
    options: tuple[Options, ...] = ({},)
    makes: str = ""
    methods: dict[str, tuple[Letters, Letters]] = field(default_factory=dict)
    listed: tuple[str, ...] = ()
    functions: dict[str, str] = field(default_factory=dict)
    drawn: dict[str, Callable] = field(default_factory=dict)
    scales: dict[str, float] = field(default_factory=dict)
    as_lists: bool = False
    ignored: dict[str, str] = field(default_factory=dict)
    tanh: tuple[str, ...] = ()

    @functools.cached_property
    def grads(self) -> tuple[str, ...]:
        return tuple(f"grads[{i}]" for i in range(len(self.params) + len(self.listed))) or ("grads",)

    @functools.cached_property
    def held(self) -> tuple[str, ...]:
        return tuple(f"held[{i}]" for i in range(len(self.params) + len(self.listed)))

    @functools.cached_property
    def verbs(self) -> tuple[str, ...]:
        """What may be done with it: a function is only called, and of a layer without parameters none is updated."""
        return (
            "forward",
            *self.methods,
            *["backward"] * (not self.is_function),
            *["update", "spoil"] * bool(self.params),
            *["reset"] * bool(self.state),
            *["set"] * (bool(self.state) and not self.makes),
        )

    @functools.cached_property
    def shapes(self) -> Letters:
        return self.params | self.inputs | self.upstream | self.state

    def goes_on(self, options: Options) -> bool:
        """Whether a window starts from the state of the one before."""
        return bool(self.state) and all(options.get(name) for each in self.options for name in each)

    def function(self, name: str, array: np.ndarray) -> Callable[[np.ndarray], float]:
        """Make the function of an input that is one."""
        return eval(self.functions[name], {"np": np, name: array})

    def takes(self, verb: str) -> Letters:
        """What a verb takes: name → letters."""
        return self.taken.get(verb, {})

    @functools.cached_property
    def taken(self) -> dict[str, Letters]:
        return {
            "forward": self.inputs,
            "backward": self.upstream,
            "update": self.params,
            "set": self.state,
            **{name: inputs for name, (inputs, _) in self.methods.items()},
        }

    def gives(self, verb: str) -> Letters:
        """What a verb returns: name → letters."""
        return self.methods[verb][1] if verb in self.methods else self.out

    @functools.cached_property
    def outputs(self) -> Letters:
        """What `forward` and the other methods return, by name."""
        return self.out | {name: letters for _, out in self.methods.values() for name, letters in out.items()}

    def expand(self, see: str) -> frozenset[str]:
        """Return what is to be seen, by name; 'returned', 'grads', 'held' and 'attributes' stand for several."""
        words: dict[str, Iterable[str]] = {
            "returned": (*self.outputs, *self.back),
            "grads": self.grads,
            "held": ("grads", *self.held),
            "attributes": (name for names in self.attributes.values() for name in names),
        }
        return frozenset(each for word in see.split() for each in words.get(word, (word,)))

    def letters_of(self, what: str) -> tuple[str, ...]:
        """The axes of something seen."""
        if what[-1:] == "]":
            own = [*self.params.values(), *(self.inputs[name] for name in self.listed)]
            return axes(own[int(what.split("[")[1][:-1])])
        given_back = dict(zip(self.back, self.inputs.values(), strict=False))
        return axes(
            next((names[what] for names in (given_back, self.outputs, *self.attributes.values()) if what in names), "")
        )


@functools.cache
def axes(letters: str) -> tuple[str, ...]:
    """The axes of an array, such as ('H', '4H') for 'H4H'."""
    return tuple(re.findall(r"\d*[A-Z*]", letters))


def shape_of(letters: str, sizes: Mapping[str, Size]) -> tuple[int, ...]:
    """The shape of an array, by the letters of its axes; a letter may stand for several axes."""
    found = ((int(axis[:-1] or 1), sizes[axis[-1]]) for axis in axes(letters))
    return tuple(times * n for times, size in found for n in (size if isinstance(size, tuple) else (size,)))


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
