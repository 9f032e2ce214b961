"""Says what is certain of a difference, without a library: where got and expected differ, and what was got instead.

What might be said of one draw of numbers is collected; what holds in three draws, of different sizes, is said. To find
out what was got instead, the tape is changed as a mistake would change it, and the reference is asked.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from ..engine.case import Arrays, Case, Step, Tape
from ..engine.compare import close, same_values
from ..engine.layer import LayerForm
from ..engine.oracle import by_reference
from ..protocol.values import is_unwritten
from .look import Look

Guess: TypeAlias = tuple[str, np.ndarray]  # what may have been got instead: as a sentence says it, and its numbers
SLIGHTLY = 2e-6  # relative to the largest number: float32 within
COUNTS = {"N": "N", "T": "T", "*": "(number of ids)", "B": "(number of batches)"}


def anatomy(looks: Sequence[Look]) -> tuple[str, str]:
    """Return (where, how): the first of each that is true in all looks, or ''."""
    told = []
    for look in looks:
        if look.key not in look.play.seen or not look.arrays:
            return "", ""
        told.append((list(where(look, *look.arrays)), list(how(look, *look.arrays))))
    place, instead = (
        next((each for each in first if all(each in others for others in rest)), "")
        for first, *rest in zip(*told, strict=True)
    )
    return place, instead


def where(look: Look, got: np.ndarray, right: np.ndarray) -> Iterator[str]:
    """Yield in which places alone there is a difference."""
    (at, what), layer = look.key, look.case.layer
    letters = layer.letters_of(what)
    if got.shape != right.shape or not right.ndim or not isinstance(at, int):
        return
    off = ~close(got, right)
    for axis, letter in enumerate(letters):
        if letter in "NT" and right.shape[axis] > 1:
            wrong = np.flatnonzero(off.any(tuple(i for i in range(right.ndim) if i != axis))).tolist()
            for place, word in ((0, "first"), (right.shape[axis] - 1, "last")):
                if wrong == [place]:
                    yield f"but only in the {word} {'step' if letter == 'T' else 'row of the batch'}"
    places = {}  # what is told of them → where they are
    label = "".join(layer.ignored.values())
    if label and letters[:2] == ("N", "T"):
        ignored = last_ids(look.case, at) == look.case.condition.options.get(label, -1)
        if ignored.any():
            places = {"but only at positions to be ignored": ignored, "but only at positions that are kept": ~ignored}
    if {*letters[:1]} & {*layer.ids.values()} and what.startswith(("grads", "held")):  # a row for each id
        count = np.bincount(last_ids(look.case, at).reshape(-1), minlength=len(right))
        places = {
            "but only in the rows of ids that occur more than once": count > 1,
            "but only in the rows of ids that occur nowhere": count == 0,
            "while rows of ids that occur nowhere are right": count > 0,
        }
    for word, which in places.items():
        if off.any() and not which.all() and not off[~which].any():
            yield word


def last_ids(case: Case, at: int) -> np.ndarray:
    """The ids that forward took last, up to a step."""
    place = [name in case.layer.ids for name in case.layer.inputs].index(True)
    return next(step.arrays[place] for step in reversed(case.tape.steps[: at + 1]) if step.verb == "forward")


def how(look: Look, got: np.ndarray, right: np.ndarray) -> Iterator[str]:
    """Yield what was got instead, as what a sentence says of it."""
    letters = look.case.layer.letters_of(look.key[1])
    if got.shape != right.shape:
        yield from of_other_shape(got, right, letters)
        return
    off = ~close(got, right)
    if got.dtype.kind != right.dtype.kind:
        return
    if not off.any():
        yield f"has dtype {got.dtype}: it should be that of the {'parameters' if look.play.layer.params else 'inputs'}"
    elif not np.isfinite(got[off]).all():
        yield "depends on what `np.empty` found in memory" if is_unwritten(got) else "is nan or infinite"
    elif close(got, right, tolerance=SLIGHTLY).all():
        yield "is right to some 7 digits only, as what is computed in float32 or rounded on the way"
    elif not got[off].any():
        yield "is zero where it is wrong" if got.any() else "is zero"
    else:
        factor = got[off] @ right[off] / max(right[off] @ right[off], 1e-12)
        times = f"is {factor:.4g} times what it should be", factor * right
        yield from (
            word
            for word, value in (*guesses(look, got, right, letters), times)
            if value.shape == right.shape and not close(value, right).all() and bool(close(got, value)[off].all())
        )


def guesses(look: Look, got: np.ndarray, right: np.ndarray, letters: tuple[str, ...]) -> Iterator[Guess]:
    """Yield all that may have been got instead."""
    sizes = look.case.sizes
    counts = {word: int(np.prod(sizes[letter])) for letter, word in COUNTS.items() if letter in sizes}
    if {"N", "T"} <= counts.keys():
        counts["N·T"] = counts["N"] * counts["T"]
    for word, count in counts.items():
        yield f"is {word} times too large", right * count
        yield f"is {word} times too small", right / count
    for axis, letter in enumerate(letters if len(letters) == right.ndim else ""):
        sums = 0 * right + right.sum(axis, keepdims=True)
        if close(got, sums).all():
            yield f"holds sums over {letter} in place of single numbers", sums
    if right.ndim == 2:
        yield "is transposed", right.T
    if letters[:2] == ("N", "T"):
        yield "is in the reverse order of time", right[:, ::-1]
    at, what = look.key
    if isinstance(at, int):
        yield from of_other_calls(look.case, at, what)
        yield from of_other_worlds(look.case, at, what)


def of_other_calls(case: Case, at: int, what: str) -> Iterator[Guess]:
    """Yield what another call gives, and other things that are given here."""
    right = by_reference(replace(case, see=case.see | case.layer.expand("returned grads attributes")))
    arrays = [(place, name, value) for (place, name), value in right.items() if isinstance(value, np.ndarray)]
    before = [value for place, name, value in arrays if name == what and isinstance(place, int) and place < at]
    yield from (("is what the call before should give", value) for value in before[-1:])
    yield from (
        (f"holds {name_of_gradient(name, case.layer)}", value)
        for place, name, value in arrays
        if place == at and name != what
    )
    step = case.tape.steps[at]
    given = zip((*case.layer.takes(step.verb), *case.layer.params), (*step.arrays, *case.tape.params), strict=True)
    yield from ((f"is {name} itself", array) for name, array in given)


def name_of_gradient(what: str, layer: LayerForm) -> str:
    """A gradient by the name of what it is the gradient of."""
    if "[" not in what:
        return what
    return f"d{[*layer.params, *layer.listed][int(what.split('[')[1][:-1])]}"


def of_other_worlds(case: Case, at: int, what: str) -> Iterator[Guess]:
    """Yield what the reference gives on tapes that are changed as a mistake would."""
    for word, tape in worlds(case.layer, case.tape):
        value = by_reference(replace(case, tape=tape)).get((at, what))
        if isinstance(value, np.ndarray):
            yield word, value


def worlds(layer: LayerForm, tape: Tape) -> Iterator[tuple[str, Tape]]:
    """Yield (what to say, tape) for each change."""
    for at, (name, param) in enumerate(zip(layer.params, tape.params, strict=True)):
        without = (*tape.params[:at], 0 * param, *tape.params[at + 1 :])
        yield f"is what it would be without {name}", replace(tape, params=without)
    if any(step.verb == "update" for step in tape.steps):
        yield (
            "is what the parameters give as they were before the update",
            changed(tape, "update", lambda step: tape.params),
        )
    for name, letters in layer.upstream.items():
        yield (
            f"is what {f'a {name} of ones' if letters else f'{name} = 1'} gives, as if it weren't used",
            changed(tape, "backward", lambda step: tuple(map(np.ones_like, step.arrays))),
        )


def changed(tape: Tape, verb: str, arrays: Callable[[Step], Arrays]) -> Tape:
    """The tape with other arrays where something is done."""
    return replace(
        tape, steps=tuple(replace(step, arrays=arrays(step)) if step.verb == verb else step for step in tape.steps)
    )


def of_other_shape(got: np.ndarray, right: np.ndarray, letters: tuple[str, ...]) -> Iterator[str]:
    """Yield how a shape differs, in letters."""
    names = letters if len(letters) == right.ndim else [f"axis {i}" for i in range(right.ndim)]
    should = f"it should have shape ({', '.join(letters)}{',' * (len(letters) == 1)})".replace("*", "...")
    for order in itertools.permutations(range(right.ndim)):
        if same_values(got, right.transpose(order)):
            yield f"has shape ({', '.join(names[i] for i in order)}), with the right numbers; {should}"
    for axis, name in enumerate(names):
        for place, word in ((-1, "last"), (0, "first")):
            if right.shape[axis] > 1 and same_values(got, right.take(place, axis)):
                yield f"is the {word} alone of the axis {name}; {should}"
