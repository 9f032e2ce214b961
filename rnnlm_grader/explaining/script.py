"""Writes an example as Python that can be run again, and says what it prints."""

import re
from collections import Counter
from collections.abc import Iterable

import numpy as np

from ..engine.calls import KEPT_LATE, MADE, Kept, Key
from ..engine.case import METHODS, Arrays, Step
from ..engine.compare import MOST_DIGITS, Difference, InPlaceOf
from ..protocol.bench import Raised
from ..protocol.values import Opaque, Plain, is_unwritten
from .look import Look
from .words import describe

WIDTH = 100
SHORT, DIGITS = 70, 4  # characters of an array that is shown; decimals of its numbers
LAYOUTS = {"C": "{}", "F": "np.asfortranarray({})", "strided": "np.repeat({}, 2, axis=-1)[..., ::2]"}
UNWRITTEN = "Here nan stands for whatever `np.empty` found in memory."
FUNCTIONS = {"log": np.exp, "arctanh": np.tanh}  # of which numbers may be plain → the way back


def script(look: Look) -> list[str]:
    """Return the lines of an example; the last prints what is wrong, where nothing raises before that."""
    example = Example(look)
    shown = example.shown()
    return joined([*example.lines, *[f"print({shown}{aspect_of(look)})"] * bool(shown)])


def aspect_of(look: Look) -> str:
    """What of an array is to be printed where its numbers don't show the difference."""
    if not look.arrays or differ_in_short(look):
        return ""
    got, right = look.arrays
    return ".shape" if got.shape != right.shape else ".dtype" if got.dtype != right.dtype else ""


def differ_in_short(look: Look) -> bool:
    """Whether got and expected can be shown, and differ then; of parameters that an answer makes, the shape counts."""
    got, right = map(short, look.values)
    return bool(got and right) and got != right and look.key[1] != "made"


def joined(lines: Iterable[str]) -> list[str]:
    """Short lines beside each other."""
    together: list[str] = []
    for line in lines:
        if together and len(together[-1]) + len(line) + 3 <= WIDTH and "for " not in together[-1] + line:
            together[-1] += f";  {line}"
        else:
            together.append(line)
    return together


def cut(lines: list[str]) -> list[str]:
    """The beginning and the end of what is long."""
    lines = [line if len(line) <= WIDTH else f"{line[:WIDTH]} ..." for line in lines]
    return lines if len(lines) <= 6 else [*lines[:3], "...", *lines[-2:]]


class Example:
    """The lines of a script, up to the step in which something is wrong; arrays get names before they are given.

    Attributes
    ----------
    key
        What is wrong: see `Play.seen`. Where something raised, what was to be seen next.
    """

    def __init__(self, look: Look) -> None:
        self.look, self.case, self.layer, self.key = look, look.case, look.case.layer, look.key
        self.lines: list[str] = []
        self.counts: Counter[str] = Counter()
        self.names: dict[int, str] = {}  # of arrays, by their ids
        self.made: dict[str, str] = {}  # who → the name of a layer
        self.last: dict[tuple[str, str], Arrays] = {}  # (who, verb) → those of its last time
        self.results: dict[Key, str] = {}  # the name of what a step gave
        self.options = [f"{name}={value}" for name, value in self.case.condition.options.items()]
        self.raised = isinstance(look.finding, Raised)
        if self.raised:
            firsts = (keys[0] if isinstance(keys, list) else keys for keys in look.play.calls.keys)
            self.key = next((key for key in firsts if key not in look.play.seen), self.key)
        at, what = self.key
        self.kept = look.play.calls.kept[int(what.split()[1])] if at == KEPT_LATE else None
        if not self.layer.is_function:
            self.of("")
            if what.startswith("held"):
                self.lines.append("before = list(layer.grads)")
        last = at + 1 if isinstance(at, int) else 0 if at == MADE or what == "made" else None
        for number, step in enumerate(self.case.tape.steps[:last]):
            self.add(number, step)

    def add(self, at: int, step: Step) -> None:
        if step.verb == "update":
            is_through = step.how == "through" or self.layer.makes
            self.lines += [
                f"{f'layer.params[{i}]' if is_through else name}[...] = {literal(array)}"
                for i, (name, array) in enumerate(zip(self.layer.params, step.arrays, strict=True))
            ]
        elif step.verb == "spoil":
            self.lines.append("for grad in layer.grads: grad[...] = 0.25")
        elif step.verb == "make":
            self.of(step.who)
        else:
            self.call(at, step)

    def call(self, at: int, step: Step) -> None:
        layer, verb = self.layer, step.verb
        called = layer.name if layer.is_function else f"{self.of(step.who)}.{METHODS.get(verb, verb)}"
        given = self.arguments(step)
        if count := len(layer.listed):
            self.lines.append(f"grads = [{', '.join(given[:count])}]")
            given[:count] = ["grads"]
        returned = layer.back if verb == "backward" else layer.gives(verb) if verb not in METHODS else ()
        gives = [*returned] or ["result"] * (not self.raised and self.key == (at, "result"))
        if len(gives) > 1 and at == self.key[0] and isinstance(self.look.values[0], Opaque):
            self.results |= dict.fromkeys(((at, name) for name in gives), self.new_name("results"))
            names = [self.results[at, gives[0]]]  # there aren't as many as there should be
        else:
            self.results |= {(at, name): self.new_name(name) for name in gives}
            names = [self.results[at, name] for name in gives]
        result = f"{', '.join(names)} = " if gives else ""
        self.lines.append(f"{result}{called}({', '.join([*given, *self.options * layer.is_function])})")
        for place, name in self.kept.seen_at if self.kept else ():
            if place == at and name in layer.state:  # which is the caller's, once it is fetched
                self.results[at, name] = self.new_name(name)
                self.lines.append(f"{self.results[at, name]} = {self.of(step.who)}.{name}")

    def arguments(self, step: Step) -> list[str]:
        """Write what a step is given: what it was given the last time, filled anew, where that is what it's about."""
        if step.how == "bare":
            return []
        key, names = (step.who, step.verb), self.layer.takes(step.verb)
        old = self.last.get(key, ()) if step.how == "refilled" and not self.layer.as_lists else ()
        if [array.shape for array in old] == [array.shape for array in step.arrays]:
            for before, array in zip(old, step.arrays, strict=True):
                if id(before) in self.names and id(array) not in self.names:
                    self.names[id(array)] = self.names[id(before)]
                    self.lines.append(f"{self.names[id(array)]}[...] = {literal(array)}")
        self.last[key] = step.arrays
        layout = self.case.condition.layout
        return [self.given(name, array, layout) for name, array in zip(names, step.arrays, strict=True)]

    def of(self, who: str) -> str:
        """The name of a layer, which is made when it is first spoken of."""
        if who not in self.made:
            self.made[who] = {"": "layer", "b": "other"}.get(who, who)
            self.lines.append(f"{self.made[who]} = {self.layer.name}({', '.join([*self.takes(who), *self.options])})")
        return self.made[who]

    def takes(self, who: str) -> list[str]:
        """What the constructor takes."""
        tape, layout = self.case.tape, self.case.condition.layout
        if tape.seed is not None:
            sizes = [str(self.case.sizes[letter]) for letter in self.layer.makes]
            return [*sizes, f"np.random.default_rng({tape.seed + (who == 'other')})"]
        params = zip(self.layer.params, tape.beside if who else tape.params, strict=True)
        return [self.given(name, array, "strided" if layout == "F" else layout) for name, array in params]

    def new_name(self, name: str) -> str:
        self.counts[name] += 1
        return name if self.counts[name] == 1 else f"{name}{'_' * name[-1].isdigit()}{self.counts[name]}"

    def given(self, name: str, array: np.ndarray, layout: str) -> str:
        """Write what is given: an array or a list by its name, a number as it is."""
        if not array.ndim:
            return str(array.tolist())
        if id(array) not in self.names:
            self.names[id(array)] = new = name if name in self.layer.functions else self.new_name(name)
            text = as_python(array) if self.layer.as_lists else LAYOUTS[layout].format(literal(array))
            self.lines.append(f"{new} = {text}")
        if name in self.layer.functions:
            self.lines.append(f"f = {self.layer.functions[name].text}")
            return "f"
        return self.names[id(array)]

    def shown(self) -> str | None:
        """The expression for what is wrong; None where nothing is there to be printed."""
        at, what = self.key
        if self.kept:
            return self.name_of_kept(self.kept)
        if what == "made" and not self.raised:
            return f"layer.{self.look.what}"
        if at == MADE:
            return f"layer.{what}"
        of_the_call = {*self.layer.outputs, *self.layer.back, "result"}
        if not isinstance(at, int) or (self.raised and what in of_the_call):
            return None  # nothing came of the call itself
        step = self.case.tape.steps[at]
        if what.startswith("held"):
            number = int(what[5:-1])
            return self.names[id(step.arrays[number])] if self.layer.is_function else f"before[{number}]"
        if isinstance(self.look.values[0], InPlaceOf):
            what, *_ = what.split("[")
        return self.results.get((at, what)) or (what if self.layer.is_function else f"{self.of(step.who)}.{what}")

    def name_of_kept(self, kept: Kept) -> str:
        """The name of an array that should have stayed as it was."""
        if kept.seen_at:
            (at, what), *_ = kept.seen_at
            return f"layer.{what}" if at == MADE else self.results[at, self.look.what]
        return self.names.get(id(kept.array), kept.name)


def outcome_of(look: Look, is_hidden: bool) -> str:
    """Say what came of the smallest example; with hidden inputs, nothing that the student's code could choose."""
    (at, what), finding = look.key, look.finding
    if is_hidden:
        return f"This passes on the inputs shown in the notebook and fails on others. {describe(finding, True)}"
    if not isinstance(finding, Difference):
        return describe(finding, False)
    name = Example(look).shown() or finding.what
    if what.startswith("held"):
        owner = "" if look.case.layer.is_function else "layer."
        name = f"the array that {owner}{look.what} was at the start"
    later = " afterwards" if at == KEPT_LATE else ""
    if at == KEPT_LATE and (pair := told_apart(finding)):
        return "{} was {} and is {} after the call.".format(name, *pair)
    if differ_in_short(look):
        memory = f" {UNWRITTEN}" * is_unwritten(finding.got)
        return f"{name} is {short(finding.got)}{later}, expected {short(finding.expected)}{way_to(look)}.{memory}"
    return f"{name} {finding.problem}{later}."


def way_to(look: Look) -> str:
    """Say of which sum the right result is tanh, where that sum can be checked by head; else ''."""
    _, right = look.values
    if look.key[1] not in look.case.layer.tanh or not isinstance(right, np.ndarray) or not right.any():
        return ""
    with np.errstate(all="ignore"):
        sums = np.arctanh(right)
    if not np.isfinite(sums).all():  # of a sum that large the result no longer tells
        return ""
    plain = sums.round(DIGITS)
    return f", which is tanh of {short(plain)}" if np.allclose(sums, plain, 0, 1e-12) and short(plain) else ""


def told_apart(finding: Difference) -> tuple[str, str] | None:
    """Return (what an array was, what it is) with as many digits as it takes to see that they differ, or None."""
    pairs = ((short(finding.expected, digits), short(finding.got, digits)) for digits in range(DIGITS, MOST_DIGITS + 1))
    return next(((was, now) for was, now in pairs if was and now and was != now), None)


def short(value: Plain, digits: int = DIGITS) -> str | None:
    """An array, or several numbers, in one line; or None."""
    if isinstance(value, tuple) and all(isinstance(each, np.ndarray) and not each.ndim for each in value):
        value = np.array(value)
    if not isinstance(value, np.ndarray) or value.size > 40:
        return None
    if not value.ndim:
        number = value.item() + 0
        return f"{number:.4g}" if not 0.01 <= abs(number) < 1e12 else f"{number:.{digits}f}".rstrip("0").rstrip(".")
    text = as_python(value.astype(float).round(digits) + 0.0 if value.dtype.kind == "f" else value)
    return text if len(text) <= SHORT else None


def as_python(array: np.ndarray) -> str:
    """The numbers of an array, written as NumPy prints them: 1. for 1.0."""
    return re.sub(r"\.0\b", ".", str(array.tolist()))


def literal(array: np.ndarray) -> str:
    """An array as Python, in one line."""
    dtype = "" if array.dtype in (np.int64, np.float64) else f", dtype='{array.dtype}'"
    for value, word in ((0, "zeros"), (1, "ones")):
        if array.size > 4 and array.dtype.kind == "f" and (array == value).all():
            return f"np.{word}({array.shape}{dtype})"
    if array.dtype == np.float32:  # of which `tolist` would write digits that aren't there
        array = np.reshape([float(str(number)) for number in array.flat], array.shape)
    for name, back in FUNCTIONS.items() if array.dtype.kind == "f" and (array != array.round(DIGITS)).any() else ():
        with np.errstate(all="ignore"):
            plain = back(array).round(DIGITS)
            is_plain = np.array_equal(getattr(np, name)(plain), array)
        if is_plain:
            return f"np.{name}(np.array({as_python(plain)}{dtype}))"
    return f"np.array({as_python(array)}{dtype})"
