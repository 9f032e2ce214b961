"""What an exercise asks for, and in which circumstances it is examined."""
import functools
import re
from dataclasses import dataclass, field, replace

import numpy as np

from .calls import Calls
from .oracle import by_reference

VERBS = "forward", "backward", "update", "spoil", "set", "reset", "make"  # any other is a method of a layer's own
METHODS = {"set": "set_state", "reset": "reset_state"}  # the methods that these verbs call
NOISE, NEEDED = "noise", "needed"  # what must not matter, and what must


@dataclass(frozen=True, eq=False)
class LayerForm:
    """A layer, or a function: names of its arrays → the letters of their axes.

    Attributes
    ----------
    name : str
        Of the class or function that a student writes.
    reference : type or function
        The one that is right.
    params, inputs, upstream : dict
        What the constructor, `forward` and `backward` take, in order. A scalar has no letters. Of a function `upstream`
        is the input, if any, that all results are linear in.
    out : dict
        What `forward` returns: one array or several.
    back : tuple of str
        What `backward` returns: the gradient of each input, in order, or () for None.
    sizes : dict
        Letter → size in the plain condition. Any capital letters will do.
    free : str
        The letters whose sizes may change from call to call.
    ids : dict
        Which inputs are ids, and the letter that bounds them.
    state : dict
        What `set_state` takes. Of a layer that has any, and whose options are all on, each window goes on from the one
        before, until `reset_state`.
    attributes : dict
        'forward', 'backward' → the attributes that it sets.
    is_function : bool
        Whether `forward` stands for a call of it.
    dtypes, options : tuple
        What the conditions are dealt of, besides sizes, layouts and patterns; options are keyword arguments.
    makes : str
        Of an answer that makes its own parameters: the letters of the sizes that the constructor takes, before a
        generator. The reference is made in the same way, and then gets the answer's parameters.
    methods : dict
        Of other methods: name → (inputs, outputs).
    listed : tuple of str
        Inputs that are given together, as one list, and changed in place: `grads` are what the list holds afterwards,
        `held` the arrays themselves.
    functions : dict
        Inputs that are functions → what they are, as Python; the numbers drawn for such an input bear its name there.
    drawn : dict
        Inputs that are drawn otherwise → function of rng, shape and the arrays before them, by name.
    scales : dict
        How large the numbers of an array are, where that isn't about 1.
    as_lists : bool
        Whether inputs are given as lists of numbers.
    ignored : dict
        Those of the ids of which some may not count → the option that says which: -1 where it is left out, or ''.
    tanh : tuple
        Those of the outputs that are tanh of a sum.
    """

    name: str
    reference: object
    params: dict
    inputs: dict
    out: dict
    upstream: dict
    back: tuple
    sizes: dict
    free: str
    ids: dict = field(default_factory=dict)
    state: dict = field(default_factory=dict)
    attributes: dict = field(default_factory=dict)
    is_function: bool = False
    dtypes: tuple = (np.float64, np.float64, np.float32)
    options: tuple = ({},)
    makes: str = ""
    methods: dict = field(default_factory=dict)
    listed: tuple = ()
    functions: dict = field(default_factory=dict)
    drawn: dict = field(default_factory=dict)
    scales: dict = field(default_factory=dict)
    as_lists: bool = False
    ignored: dict = field(default_factory=dict)
    tanh: tuple = ()

    @functools.cached_property
    def grads(self):
        return tuple(f"grads[{i}]" for i in range(len(self.params) + len(self.listed))) or ("grads",)

    @functools.cached_property
    def held(self):
        return tuple(f"held[{i}]" for i in range(len(self.params) + len(self.listed)))

    @functools.cached_property
    def verbs(self):
        """What may be done with it: a function is only called, and of a layer without parameters none is updated."""
        return ("forward", *self.methods, *["backward"] * (not self.is_function),
                *["update", "spoil"] * bool(self.params), *["reset"] * bool(self.state),
                *["set"] * (bool(self.state) and not self.makes))

    @functools.cached_property
    def shapes(self):
        return self.params | self.inputs | self.upstream | self.state

    def goes_on(self, options):
        """Whether a window starts from the state of the one before."""
        return bool(self.state) and all(options.get(name) for each in self.options for name in each)

    def function(self, name, array):
        """Make the function of an input that is one."""
        return eval(self.functions[name], {"np": np, name: array})

    def takes(self, verb):
        """What a verb takes: name → letters."""
        return self.taken.get(verb, {})

    @functools.cached_property
    def taken(self):
        return {"forward": self.inputs, "backward": self.upstream, "update": self.params, "set": self.state,
                **{name: inputs for name, (inputs, _) in self.methods.items()}}

    def gives(self, verb):
        """What a verb returns: name → letters."""
        return self.methods[verb][1] if verb in self.methods else self.out

    @functools.cached_property
    def outputs(self):
        """What `forward` and the other methods return, by name."""
        return self.out | {name: letters for _, out in self.methods.values() for name, letters in out.items()}

    def expand(self, see):
        """Return what is to be seen, by name; 'returned', 'grads', 'held' and 'attributes' stand for several."""
        words = {"returned": (*self.outputs, *self.back), "grads": self.grads, "held": ("grads", *self.held),
                 "attributes": (name for names in self.attributes.values() for name in names)}
        return frozenset(each for word in see.split() for each in words.get(word, (word,)))

    def letters_of(self, what):
        """The axes of something seen."""
        if what[-1:] == "]":
            own = [*self.params.values(), *(self.inputs[name] for name in self.listed)]
            return axes(own[int(what.split("[")[1][:-1])])
        given_back = dict(zip(self.back, self.inputs.values(), strict=False))
        return axes(next((names[what] for names in (given_back, self.outputs, *self.attributes.values())
                          if what in names), ""))


@functools.cache
def axes(letters):
    """The axes of an array, such as ('H', '4H') for 'H4H'."""
    return tuple(re.findall(r"\d*[A-Z*]", letters))


def shape_of(letters, sizes):
    """The shape of an array, by the letters of its axes; a letter may stand for several axes."""
    found = ((int(axis[:-1] or 1), sizes[axis[-1]]) for axis in axes(letters))
    return tuple(times * n for times, size in found for n in (size if isinstance(size, tuple) else (size,)))


@dataclass(frozen=True, eq=False)
class Condition:
    """The circumstances in which a script is played; as it is made, the plain ones."""

    sizes: dict = field(default_factory=dict)  # letters whose sizes aren't those of the layer
    dtype: type = np.float64
    layout: str = "C"
    options: dict = field(default_factory=dict)  # keyword arguments of the constructor, or of the function
    patterns: dict = field(default_factory=dict)  # array → function of its numbers; 'first x' is the one of the noise
    is_fine: bool = False  # whether results must be as precise as their dtype allows
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
        """Whether whatever this step does, the other does too.

        A backward writes into grads, as `spoil` does; and forward goes through what other methods return.
        """
        if other.verb == "backward" and self.verb == "spoil":
            return not other.who
        is_alike = self.how in ("", "bare", other.how) or (self.is_resized and other.is_resized)
        is_part = other.verb == "forward" and self.verb not in VERBS
        return is_alike and self.who == other.who and (is_part or self.verb == other.verb)


@dataclass(frozen=True, eq=False)
class Case:
    """A script, its condition and what is to be seen: all that it takes to draw a tape, again and again."""

    layer: LayerForm
    steps: tuple
    see: frozenset
    condition: Condition = Condition()
    any_float: bool = True  # whether dtype and precision of floats are let be: these have a criterion of their own
    law: object = None  # of the parameters that each `make` made: it says which of these, and what is wrong; or None
    tape: object = None  # the script with its numbers, a `tape.Tape`

    @functools.cached_property
    def right(self):
        """What should be seen; see `by_reference`."""
        return by_reference(self)

    @functools.cached_property
    def calls(self):
        """The program of its tape; see `Calls`."""
        return Calls(self)

    def given(self, params):
        """The case with the parameters that an answer made, whose program is the same."""
        case = replace(self, tape=replace(self.tape, params=params))
        vars(case)["calls"] = self.calls
        return case

    @property
    def sizes(self):
        return self.layer.sizes | self.condition.sizes

    @functools.cached_property
    def is_of_real_size(self):
        """Whether all sizes are at least 2: what works only on less works on nothing."""
        return all(np.prod(size) >= 2 for size in self.sizes.values())

    @functools.cached_property
    def shapes(self):
        """The shapes of the parameters."""
        return [shape_of(letters, self.sizes) for letters in self.layer.params.values()]

    @property
    def dtype(self):
        """The dtype in which results are compared: that of an answer which makes its own parameters is its choice."""
        return np.float32 if self.layer.makes else self.condition.dtype

    def has(self, *marks):
        return any(step.mark in marks for step in self.steps)

    def judges(self, at, what):
        """Whether what was seen at a step is judged: what noise gives isn't."""
        return what in self.see and (what == "params" or self.tape.steps[at].mark != NOISE)

    def contains(self, other):
        """Whether the other script is a part of this one, in order."""
        return is_part(other.steps, self.steps)

    def allows(self, other):
        """Whether all options of the other case have the same values here."""
        return other.condition.options.items() <= self.condition.options.items()


@functools.lru_cache(maxsize=10_000)
def is_part(few, many):
    """Whether some steps are a part of others, in order."""
    left = iter(many)
    return all(any(step.covers(mine) for mine in left) for step in few)
