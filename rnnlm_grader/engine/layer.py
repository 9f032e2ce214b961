"""What an exercise asks for: a layer or a function, by the names and shapes of its arrays."""

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

Letters: TypeAlias = dict[str, str]  # array → the letters of its axes
Size: TypeAlias = int | tuple[int, ...]  # of a letter; of `*` a tuple, for it stands for several axes
Sizes: TypeAlias = dict[str, Size]
Options: TypeAlias = dict[str, float]  # keyword arguments of a constructor, or of a function


@dataclass(frozen=True)
class GivenFunction:
    """An input that is a function: what makes it of the numbers that are drawn for it, and how examples write it."""

    of: Callable[[np.ndarray], Callable[[np.ndarray], float]]
    text: str  # Python, in which the numbers bear the name of the input


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
        Inputs that are functions → what they are.
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
    functions: dict[str, GivenFunction] = field(default_factory=dict)
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
