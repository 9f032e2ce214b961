"""Parses scripts, and fills them in with numbers."""

from dataclasses import replace

import numpy as np

from .case import NEEDED, NOISE, Arrays, Case, Script, Step, Tape
from .layer import LayerForm, Letters, Size, Sizes, shape_of

RECURRENT = "Wx", "Wh"  # weights of an RNN, which are drawn so that states neither vanish nor grow


def parse(script: str) -> Script:
    """Return the steps of a script such as '[forward backward:again] {set} b.forward'."""
    steps, mark = [], ""
    for word in script.split():
        mark = {"[": NOISE, "{": NEEDED}.get(word[0], mark)
        who, _, verb = word.strip("[]{}").rpartition(".")
        verb, _, how = verb.partition(":")
        steps.append(Step(verb, who, how, mark))
        mark = "" if word[-1] in "]}" else mark
    return tuple(steps)


def spread(script: str, layer: LayerForm) -> list[str]:
    """Return the scripts that one with `resized` stands for: in each, one size that may change grows or shrinks."""
    ways = [f"{letter}{change}" for letter in layer.free for change in ("+1", "-1")]
    return [script.replace("resized", way) for way in ways] if "resized" in script else [script]


def drawn(case: Case, rng: np.random.Generator) -> Case:
    """Return the case with a new tape."""
    return replace(case, tape=Filler(case, rng).tape())


class Filler:
    """Fills one script in with numbers, step by step.

    `how` of a step: 'again' takes the arrays of its last time, 'refilled' the same ones filled anew, 'other' arrays of
    other sizes, 'N+1' of one more in N, 'zero' zeros, 'bare' nothing, which stands for ones; of an update: 'through'
    writes into `params`, 'one' changes a single number.
    """

    def __init__(self, case: Case, rng: np.random.Generator) -> None:
        self.layer, self.condition, self.rng, self.script = case.layer, case.condition, rng, case.steps
        self.sizes = case.sizes
        self.world = self.condition.world(rng, self.sizes) if self.condition.world else {}
        self.here: dict[str, Sizes] = {}  # who → sizes of the last forward
        self.last: dict[tuple[str, str], Arrays] = {}  # (who, verb) → those of its last time
        self.kept: dict[str, Sizes] = {}  # who → the sizes of a state, which stay until it is reset
        self.params: Arrays = ()  # as the last update left them

    def tape(self) -> Tape:
        is_updated = any(step.verb == "update" for step in self.script)
        self.params = params = self.arrays(self.layer.params, self.sizes, "first " if is_updated else "")
        seed = int(self.rng.integers(1000)) if self.layer.makes else None
        steps = tuple(replace(step, arrays=self.of(step)) for step in self.script)
        is_alone = not any(step.who for step in self.script)
        beside = () if is_alone else self.arrays(self.layer.params, self.sizes_beside, "beside ")
        return Tape(params, beside, steps, seed)

    @property
    def sizes_beside(self) -> Sizes:
        """The sizes of another layer: other widths, unless its parameters are made as those of this one are."""
        widths = {} if self.layer.makes else self.sizes.keys() - set(self.layer.free)
        return self.sizes | {letter: resized(self.sizes[letter], 1) for letter in widths}

    def of(self, step: Step) -> Arrays:
        """What a step takes."""
        if step.verb == "update":
            self.params = self.changed(step.how)
            return self.params
        if step.verb == "reset":
            self.kept.pop(step.who, None)
        if not (takes := self.layer.takes(step.verb)):
            return ()
        key = step.who, step.verb
        is_again = step.how == "again" and key in self.last
        sizes = self.sizes_of(step, is_again)
        if not is_again or [a.shape for a in self.last[key]] != [shape_of(each, sizes) for each in takes.values()]:
            self.last[key] = self.arrays(takes, sizes, "first " if step.mark == NOISE else "")
        if step.how == "bare":
            return tuple(map(np.ones_like, self.last[key]))
        if step.how == "zero":
            return tuple(map(np.zeros_like, self.last[key]))
        return self.last[key]

    def sizes_of(self, step: Step, is_again: bool) -> Sizes:
        """The sizes of what a step takes: those of a state stay, whatever is to change, until it is reset."""
        if not (is_again or step.verb == "backward"):
            usual = self.sizes_beside if step.who else self.sizes
            self.here[step.who] = usual | (self.other_sizes(step.how) if step.is_resized else {})
        sizes = self.here[step.who] = self.here[step.who] | self.kept.get(step.who, {})
        if self.layer.goes_on(self.condition.options):
            letters = set("".join(self.layer.state.values())) & set(self.layer.free)
            self.kept[step.who] = {letter: sizes[letter] for letter in letters}
        return sizes

    def arrays(self, takes: Letters, sizes: Sizes, first: str = "") -> Arrays:
        """Draw arrays by name; `first` marks those of noise, or beside it, which have their own patterns, no world."""
        arrays: list[np.ndarray] = []
        for name, letters in takes.items():
            shape, V = shape_of(letters, sizes), sizes.get(self.layer.ids.get(name, ""))
            pattern = self.condition.patterns.get(first + name)
            if name in self.world and not first and sizes == self.sizes:
                array = np.asarray(self.world[name])
            elif name in self.layer.drawn:
                array = np.asarray(self.layer.drawn[name](self.rng, shape, dict(zip(takes, arrays, strict=False))))
            elif isinstance(V, int):
                array = ids(self.rng, shape, V)
                array = self.labelled(name, pattern(self.rng, array, V) if pattern else array, V)
            else:
                scale = 0.9 / np.sqrt(max(shape[0], 2)) if name in RECURRENT else 1.0
                array = number(self.rng, shape, self.layer.scales.get(name, scale))
                array = pattern(self.rng, array) if pattern else array
            arrays.append(np.asarray(array, None if V or array.dtype.kind == "i" else self.condition.dtype))
        return tuple(arrays)

    def labelled(self, name: str, ids: np.ndarray, V: int) -> np.ndarray:
        """Put the label where an id doesn't count, which is -1 so far, and another word where one that counts is it."""
        label = self.condition.options.get(self.layer.ignored.get(name, ""), -1)
        return np.where(ids == -1, label, np.where(ids == label, (label + 1) % V, ids))

    def changed(self, how: str) -> Arrays:
        """Parameters after an update."""
        if how == "one":
            arrays = [array.copy() for array in self.params]
            chosen = arrays[self.rng.integers(len(arrays))]
            chosen.flat[self.rng.integers(chosen.size)] += 0.5
            return tuple(arrays)
        return self.arrays(self.layer.params, self.sizes)

    def other_sizes(self, how: str) -> Sizes:
        """Sizes of which one, or each, of those that may change did."""
        if how != "other":
            return {how[0]: resized(self.sizes[how[0]], int(how[1:]))}
        new = {letter: resized(self.sizes[letter], int(self.rng.choice([-1, 1, 2]))) for letter in self.layer.free}
        one = self.rng.choice([*self.layer.free, "all"])
        return new if one == "all" else {one: new[one]}


def resized(size: Size, by: int) -> Size:
    """A size that differs by so much, or by one where it would be 0; of several axes the first does."""
    if isinstance(size, tuple):
        return (*(stepped(first, by) for first in size[:1]), *size[1:])
    return stepped(size, by)


def stepped(size: int, by: int) -> int:
    return size + by if size + by > 0 else size + 1


def number(rng: np.random.Generator, shape: tuple[int, ...], scale: float) -> np.ndarray:
    """Draw numbers away from 0, of two digits, so that every term counts and prints."""
    values = rng.uniform(-0.7, 0.7, shape)
    return (scale * (values + np.copysign(0.3, values))).round(2)


def ids(rng: np.random.Generator, shape: tuple[int, ...], V: int) -> np.ndarray:
    """Draw ids: distinct and not ascending where V allows it, and without the first and last word if enough remain."""
    count = int(np.prod(shape))
    if count > V:
        return rng.integers(V, size=shape)
    least = 1 if V < 100 else V // 2
    drawn = rng.permutation(V)[:count] if count > V - 1 - least else least + rng.permutation(V - 1 - least)[:count]
    return (drawn[::-1] if (np.diff(drawn) > 0).all() else drawn).reshape(shape)
