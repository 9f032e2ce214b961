"""Writes down what a criterion did with an answer, as Python that a learner can run again in the notebook."""
import sys

import numpy as np

from .bench import Generator

LONG = 100  # numbers; an array of more is written as one row, for a line to each of its rows would fill pages
INLINE = 40  # characters; a longer argument gets a line and a name of its own
# How `Bench` places an array of each layout.
LAYOUTS = {
    "F": "{0} = np.asfortranarray({0})   # its columns one after the other in memory",
    "strided": "{0} = np.stack([{0}, 0 * {0}], axis=-1)[..., 0]   # not contiguous in memory",
}
# What an array is written with, whatever a notebook has set.
PRINTING = {"precision": 8, "threshold": sys.maxsize, "edgeitems": 3, "linewidth": 100, "suppress": False,
            "nanstr": "np.nan", "infstr": "np.inf", "sign": "-", "floatmode": "maxprec", "formatter": None,
            "legacy": False}
# What the exercises call the arguments and results of a method of a class, or of any class.
ARGUMENTS = {
    "forward": ("x",), "backward": ("dout",), "set_state": ("h",),
    "MyRNN": ("Wx", "Wh", "b"), "MyRNN.forward": ("x", "h_prev"), "MyRNN.backward": ("dh_next",),
    "MyTimeRNN": ("Wx", "Wh", "b"), "MyTimeRNN.forward": ("xs",), "MyTimeRNN.backward": ("dhs",),
}
RESULTS = {
    "forward": "out", "predict": "out",
    "MyRNN.forward": "h_next", "MyRNN.backward": "result",
    "MyTimeRNN.forward": "hs", "MyTimeRNN.backward": "dxs",
    "MyTimeSoftmaxWithLoss.forward": "loss", "MyTimeSoftmaxWithLoss.backward": "dxs",
    "MyTimeAffine.backward": "dxs", "MyRnnlm.forward": "loss",
}

INSTANCES = {"MyRnnlm": "model", "my_bptt": "gradients", "my_clip_grads": "norm"}  # others are a layer or a result
NAMELESS = "what it returns"


class Replay:
    """What was done, kept as it was; only where a criterion fails is it written out, by a `Script`."""

    def __init__(self):
        self.events = []  # (method of Script, its arguments)
        self.starts = [0]  # how many events there were before each case that stands on its own
        self.counts = {}
        self.classes = {}  # of each result that is an instance

    def __str__(self):
        script = Script()
        for event, *args in self.events:
            event(script, *args)
        return "\n".join(script.lines)

    @property
    def length(self):
        return len(self.events)

    def begin(self):
        """Begin a case for which nothing is needed that was done before."""
        self.starts.append(self.length)

    def until(self, length=None):
        """What was done in its case until it had that length, or until now; it stays as it is."""
        replay, end = Replay(), self.length if length is None else length
        replay.events = self.events[max((start for start in self.starts if start < end), default=0): end]
        return replay

    def define(self, name, array, layout="C"):
        """Note `name = array`."""
        self.events.append((Script.define, name, kept(array), layout))

    def write(self, line):
        """Note a line as it is."""
        self.events.append((Script.write, line))

    def note(self, template, value):
        """Note a line with one literal filled in."""
        self.events.append((Script.note, template, kept(value)))

    def call(self, owner, method, args, kwargs):
        """Note a call and return the name of its result."""
        roles = self._words(ARGUMENTS, owner, method) or ("x",)
        result = self._result(owner, method)
        target = f"{owner}.{method}" if owner else method
        options = {key: kept(value) for key, value in kwargs.items()}
        self.events.append((Script.call, result, target, roles, kept(args), options))
        return result or NAMELESS

    def _result(self, owner, method):
        if owner is None:
            base = INSTANCES.get(method, "layer" if method.startswith("My") else "result")
            name = numbered(self.counts, base)
            self.classes[name] = method
            return name
        words = self._words(RESULTS, owner, method)
        return words and ", ".join(numbered(self.counts, word) for word in words.split(", "))

    def _words(self, table, owner, method):
        return table.get(f"{self.classes[owner]}.{method}" if owner in self.classes else method, table.get(method))


class Script:
    """The lines of a script; every array too long for its line gets a name in it, no word that names a result."""

    def __init__(self):
        self.lines = []
        self.counts = {}
        self.defined = set()

    def define(self, name, array, layout="C"):
        self.defined.add(name)
        self.lines.append(f"{name} = {literal(array, indent=len(name) + 12)}")
        if layout == "strided" or (layout == "F" and not array.flags.f_contiguous):
            self.lines.append(LAYOUTS[layout].format(name))

    def write(self, line):
        self.lines.append(line)

    def note(self, template, value):
        self.lines.append(template.format(literal(value, indent=len(template) + 7)))

    def call(self, result, target, roles, args, kwargs):
        inside = [self._argument(arg, roles[min(i, len(roles) - 1)]) for i, arg in enumerate(args)]
        inside += [f"{key}={self._argument(value, key)}" for key, value in kwargs.items()]
        assign = "" if result is None else f"{result} = "
        self.lines.append(f"{assign}{target}({', '.join(inside)})")

    def _argument(self, arg, role):
        if isinstance(arg, list | tuple):
            inside = ", ".join(self._argument(item, role) for item in arg)
            return f"[{inside}]" if isinstance(arg, list) else f"({inside},)"
        name = getattr(arg, "name", None)
        if name is None:
            text = literal(arg)
            if len(text) <= INLINE and "\n" not in text:
                return text
            name = numbered(self.counts, role)
            while name in self.defined:
                name = numbered(self.counts, role)
            self.define(name, arg)
        return name


class OnlyNames(Replay):
    """Names results, and writes nothing down, for inputs that nobody may see."""

    def define(self, name, array, layout="C"):
        pass

    def write(self, line):
        pass

    def note(self, template, value):
        pass

    def call(self, owner, method, args, kwargs):
        return self._result(owner, method) or NAMELESS


class NoReplay(OnlyNames):
    """Names nothing either, for an examination that nobody will read about."""

    def call(self, owner, method, args, kwargs):
        return method


def numbered(counts, base):
    """Return a name that wasn't given before: base, base2, base3 ..."""
    counts[base] = n = counts.get(base, 0) + 1
    return base if n == 1 else f"{base}{n}"


def kept(value):
    """Copy arrays, so that they can be written out later as they are now."""
    if isinstance(value, list | tuple):
        return type(value)(map(kept, value))
    return value.copy() if isinstance(value, np.ndarray) else value


def literal(value, indent=0):
    """Write a value as a Python expression."""
    if isinstance(value, Generator):
        return f"np.random.default_rng({value.seed})"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, float) and value != value:
        return "np.nan"
    if not isinstance(value, np.ndarray):
        return repr(value)
    if value.size == 0:
        return f"np.empty({value.shape}, dtype='{value.dtype}')"
    dtype = "" if value.dtype in (np.int64, np.float64) else f", dtype='{value.dtype}'"
    is_long = value.size > LONG and value.ndim > 1
    numbers = printed(value.ravel() if is_long else value, floatmode="unique", separator=", ", prefix=" " * indent)
    return f"np.array({numbers}{dtype}){f'.reshape{value.shape}' if is_long else ''}"


def printed(array, **options):
    """Write all numbers of an array, in the same way whatever a notebook has set."""
    with np.printoptions(**PRINTING):
        return np.array2string(array, **options)
