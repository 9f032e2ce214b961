"""Writes down what a criterion did with an answer, as Python that a learner can run again in the notebook."""
import numpy as np

from .bench import Generator

MOST_NUMBERS = 60  # longer arrays are described, not printed
INLINE = 40  # characters; a longer argument gets a line and a name of its own
# What the exercises call the arguments and results of a method of a class, or of any class.
ARGUMENTS = {
    "forward": ("x",), "backward": ("dout",), "set_state": ("h",),
    "MyRNN": ("Wx", "Wh", "b"), "MyRNN.forward": ("x", "h_prev"), "MyRNN.backward": ("dh_next",),
    "MyTimeRNN": ("Wx", "Wh", "b"), "MyTimeRNN.forward": ("xs",), "MyTimeRNN.backward": ("dhs",),
}
RESULTS = {
    "forward": "out", "predict": "out",
    "MyRNN.forward": "h_next", "MyRNN.backward": "dx, dh_prev",
    "MyTimeRNN.forward": "hs", "MyTimeRNN.backward": "dxs",
    "MyTimeSoftmaxWithLoss.forward": "loss", "MyTimeSoftmaxWithLoss.backward": "dxs",
    "MyTimeAffine.backward": "dxs", "MyRnnlm.forward": "loss",
}

INSTANCES = {"MyRnnlm": "model", "my_bptt": "gradients", "my_clip_grads": "norm"}  # others are a layer or a result


class Replay:
    """The lines of a script; every result, and every array too long for its line, gets a name in it."""

    def __init__(self):
        self.lines = []
        self.counts = {}
        self.classes = {}  # of each result that is an instance

    def __str__(self):
        return "\n".join(self.lines)

    def define(self, name, array, layout="C"):
        """Note `name = array`."""
        comment = "" if layout == "C" else "   # not contiguous in memory"
        self.lines.append(f"{name} = {literal(array, indent=len(name) + 12)}{comment}")

    def write(self, line):
        """Note a line as it is."""
        self.lines.append(line)

    def note(self, template, value):
        """Note a line with one literal filled in."""
        self.lines.append(template.format(literal(value, indent=len(template) + 7)))

    def call(self, owner, method, args, kwargs):
        """Note a call and return the name of its result."""
        roles = self._words(ARGUMENTS, owner, method) or ("x",)
        inside = [self._argument(arg, roles[min(i, len(roles) - 1)]) for i, arg in enumerate(args)]
        inside += [f"{key}={self._argument(value, key)}" for key, value in kwargs.items()]
        result = self._result(owner, method)
        target = f"{owner}.{method}" if owner else method
        assign = "" if result is None else f"{result} = "
        self.lines.append(f"{assign}{target}({', '.join(inside)})")
        return result or "what it returns"

    def _argument(self, arg, role):
        if isinstance(arg, list | tuple):
            inside = ", ".join(self._argument(item, role) for item in arg)
            return f"[{inside}]" if isinstance(arg, list) else f"({inside},)"
        name = getattr(arg, "name", None)
        if name is None:
            text = literal(arg)
            if len(text) <= INLINE:
                return text
            name = self._numbered(role)
            self.define(name, arg)
        return name

    def _result(self, owner, method):
        if owner is None:
            name = self._numbered(INSTANCES.get(method, "layer" if method.startswith("My") else "result"))
            self.classes[name] = method
            return name
        words = self._words(RESULTS, owner, method)
        return words and ", ".join(map(self._numbered, words.split(", ")))

    def _words(self, table, owner, method):
        return table.get(f"{self.classes[owner]}.{method}" if owner in self.classes else method, table.get(method))

    def _numbered(self, base):
        self.counts[base] = n = self.counts.get(base, 0) + 1
        return base if n == 1 else f"{base}{n}"


class NoReplay(Replay):
    """Writes nothing down, for an examination that nobody will read about."""

    def define(self, name, array, layout="C"):
        pass

    def write(self, line):
        pass

    def note(self, template, value):
        pass

    def call(self, owner, method, args, kwargs):
        return method


def literal(value, indent=0):
    """Write a value as a Python expression, or describe it where that would be too long."""
    if isinstance(value, Generator):
        return f"np.random.default_rng({value.seed})"
    if not isinstance(value, np.ndarray):
        return repr(value)
    dtype = "" if value.dtype in (np.int64, np.float64) else f", dtype='{value.dtype}'"
    if value.size == 0:
        return f"np.empty({value.shape}, dtype='{value.dtype}')"
    if value.size > MOST_NUMBERS:
        return f"...  # an array of shape {value.shape} and dtype {value.dtype}"
    numbers = np.array2string(value, separator=", ", threshold=MOST_NUMBERS, max_line_width=100, floatmode="unique",
                              prefix=" " * indent)
    return f"np.array({numbers}{dtype})"
