"""Writes an example as Python that can be run again."""
from collections import Counter

import numpy as np

from ..spec.layer import METHODS

WIDTH = 100
LAYOUTS = {"C": "{}", "F": "np.asfortranarray({})", "strided": "np.repeat({}, 2, axis=-1)[..., ::2]"}


def script(look):
    """Return the lines of an example, up to the step in which something is wrong."""
    at, _ = look.key
    example = Example(look.case)
    for step in look.case.tape.steps[:at + 1 if isinstance(at, int) else None]:
        example.add(step)
    return joined(example.lines)


def joined(lines):
    """Short lines beside each other."""
    together = []
    for line in lines:
        if together and len(together[-1]) + len(line) + 3 <= WIDTH and "for " not in together[-1] + line:
            together[-1] += f";  {line}"
        else:
            together.append(line)
    return together


def cut(lines):
    """The beginning and the end of what is long."""
    lines = [line if len(line) <= WIDTH else f"{line[:WIDTH]} ..." for line in lines]
    return lines if len(lines) <= 6 else [*lines[:3], "...", *lines[-2:]]


class Example:
    """The lines of a script, step by step; an array gets its name in the line before it is first given."""

    def __init__(self, case):
        self.case, self.layer = case, case.layer
        self.lines, self.names, self.counts, self.made = [], {}, Counter(), {}
        self.options = [f"{name}={value}" for name, value in case.condition.options.items()]
        if not self.layer.is_function:
            self.of("")

    def add(self, step):
        if step.verb == "update":
            is_through = step.how == "through" or self.layer.makes
            self.lines += [f"{f'layer.params[{i}]' if is_through else name}[...] = {literal(array)}"
                           for i, (name, array) in enumerate(zip(self.layer.params, step.arrays, strict=True))]
        elif step.verb == "spoil":
            self.lines.append("for grad in layer.grads: grad[...] = 0.25")
        elif step.verb == "make":
            self.of(step.who)
        else:
            self.call(step)

    def call(self, step):
        layer, verb = self.layer, step.verb
        takes = zip(layer.takes(verb), step.arrays, strict=True) if step.how != "bare" else ()
        called = layer.name if layer.is_function else f"{self.of(step.who)}.{METHODS.get(verb, verb)}"
        given = [self.given(*each, self.case.condition.layout) for each in takes]
        if count := len(layer.listed):
            self.lines.append(f"grads = [{', '.join(given[:count])}]")
            given[:count] = ["grads"]
        gives = layer.back if verb == "backward" else layer.gives(verb) if verb not in METHODS else ()
        result = f"{', '.join(gives)} = " if gives and not step.who else ""
        self.lines.append(f"{result}{called}({', '.join([*given, *self.options * layer.is_function])})")

    def of(self, who):
        """The name of a layer, which is made when it is first spoken of."""
        if who not in self.made:
            self.made[who] = {"": "layer", "b": "other"}.get(who, who)
            self.lines.append(f"{self.made[who]} = {self.layer.name}({', '.join([*self.takes(who), *self.options])})")
        return self.made[who]

    def takes(self, who):
        """What the constructor takes."""
        tape, layout = self.case.tape, self.case.condition.layout
        if self.layer.makes:
            sizes = [str(self.case.sizes[letter]) for letter in self.layer.makes]
            return [*sizes, f"np.random.default_rng({tape.seed + (who == 'other')})"]
        params = zip(self.layer.params, tape.beside if who else tape.params, strict=True)
        return [self.given(name, array, "strided" if layout == "F" else layout) for name, array in params]

    def given(self, name, array, layout):
        """Write what is given: an array by its name, anything else as it is."""
        if self.layer.as_lists or not array.ndim:
            return str(array.tolist())
        if id(array) not in self.names:
            self.counts[name] += 1
            number = self.counts[name] if self.counts[name] > 1 else ""
            self.names[id(array)] = f"{name}{number}"
            self.lines.append(f"{name}{number} = {LAYOUTS[layout].format(literal(array))}")
        if name in self.layer.functions:
            self.lines.append(f"f = {self.layer.functions[name]}")
            return "f"
        return self.names[id(array)]


def literal(array):
    """An array as Python, in one line."""
    dtype = "" if array.dtype in (np.int64, np.float64) else f", dtype='{array.dtype}'"
    for value, word in ((0, "zeros"), (1, "ones")):
        if array.size > 4 and array.dtype.kind == "f" and (array == value).all():
            return f"np.{word}({array.shape}{dtype})"
    if array.dtype == np.float32:  # of which `tolist` would write digits that aren't there
        array = np.reshape([float(str(number)) for number in array.flat], array.shape)
    return f"np.array({array.tolist()}{dtype})"
