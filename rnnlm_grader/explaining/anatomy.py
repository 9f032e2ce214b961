"""Says what is certain of a difference, without a library: where got and expected differ, and what was got instead.

What might be said of one draw of numbers is collected; what holds in three draws, of different sizes, is said. To find
out what was got instead, the tape is changed as a mistake would change it, and the reference is asked.
"""
import itertools
from dataclasses import replace

import numpy as np

from ..spec.compare import close, same_values
from ..spec.oracle import by_reference
from ..spec.play import KEPT_LATE

WORDS = {"N": "the batch size N", "T": "the number of steps T", "*": "the number of ids", "B": "the number of batches"}


def anatomy(looks):
    """Return (where, how): the first of each that is true in all looks, or ''."""
    told = []
    for look in looks:
        key, finding = next(iter(look.wrong.items()))
        if key not in look.play.seen or not all(isinstance(a, np.ndarray) for a in (finding.got, finding.expected)):
            return "", ""
        told.append((list(where(look, key, finding)), list(how(look, key, finding))))
    return tuple(next((each for each in first if all(each in others for others in rest)), "")
                 for first, *rest in zip(*told, strict=True)) if told else ("", "")


def where(look, key, finding):
    """Yield in which places alone there is a difference."""
    got, right = finding.got, finding.expected
    letters = look.case.layer.letters_of(key[1])
    if got.shape != right.shape or not right.ndim or key[0] == KEPT_LATE:
        return
    off = ~close(got, right)
    if "*" not in letters:
        for axis, (letter, size) in enumerate(zip(letters, right.shape, strict=True)):
            wrong = np.flatnonzero(off.any(tuple(i for i in range(right.ndim) if i != axis))).tolist()
            for places, word in (([0], "first"), ([size - 1], "last")):
                if letter in "NT" and size > 1 and wrong == places:
                    yield f"in the {word} {'step' if letter == 'T' else 'row of the batch'}"
    if look.case.layer.label and letters[:2] == ["N", "T"]:
        ignored = last_ids(look, key) == look.case.condition.options.get(look.case.layer.label, -1)
        wrong = off.any(tuple(range(2, off.ndim)))
        for places, word in ((ignored, "to be ignored"), (~ignored, "that are kept")):
            if ignored.any() and wrong.any() and not (wrong & ~places).any():
                yield f"at positions {word}"
    if look.case.layer.ids and key[1].startswith(("grads", "held")):
        ids = last_ids(look, key)
        count, wrong = np.bincount(ids.reshape(-1), minlength=len(right)), off.any(1)
        for rows, word in ((count > 1, "more than once"), (count == 0, "nowhere"), (count > 0, "")):
            if wrong.any() and not (wrong & ~rows).any():
                yield f"in the rows of ids that occur {word}".rstrip()


def last_ids(look, key):
    """The ids that forward took last."""
    at = [name in look.case.layer.ids for name in look.case.layer.inputs].index(True)
    return next(step.arrays[at] for step in reversed(look.case.tape.steps[:key[0]]) if step.verb == "forward")


def how(look, key, finding):
    """Yield what was got instead."""
    got, right = finding.got, finding.expected
    letters = look.case.layer.letters_of(key[1])
    if got.shape != right.shape:
        yield from of_other_shape(got, right, letters)
        return
    off = ~close(got, right)
    if got.dtype.kind != right.dtype.kind:
        return
    if not off.any():
        yield f"of dtype {got.dtype}: it should have that of the parameters"
    elif not np.isfinite(got[off]).all():
        yield "nan or infinite"
    elif not got[off].any():
        yield "zero"
    else:
        yield from (word for value, word in candidates(look, key, right, letters) if value.shape == right.shape
                    and not close(value, right).all() and bool(close(got, value)[off].all()))


def candidates(look, key, right, letters):
    """Yield (array, what it is) of all that may have been got instead."""
    sizes = {letter: int(np.prod(size)) for letter, size in (look.case.layer.sizes | look.case.condition.sizes).items()}
    for letter in sizes.keys() & WORDS.keys():
        yield right * sizes[letter], f"what it should be times {WORDS[letter]}"
        yield right / sizes[letter], f"what it should be divided by {WORDS[letter]}"
    if {"N", "T"} <= sizes.keys():
        yield right / (sizes["N"] * sizes["T"]), "what it should be divided by N·T"
    for factor in -1, 2, 0.5:
        yield factor * right, f"what it should be times {factor}"
    yield np.abs(right), "without its sign"
    if right.ndim == 2:
        yield right.T, "transposed"
    if letters[:2] == ["N", "T"]:
        yield right[:, ::-1], "in the reverse order of time"
        yield np.cumsum(right, 1), "added up over the steps"
    yield from of_other_calls(look, key, right)
    yield from of_other_worlds(look, key)


def of_other_calls(look, key, right):
    """Yield what other calls give, and other things that are given here."""
    at, what = key[0], key[1].replace("held", "grads")
    if at == KEPT_LATE:
        return
    all_right = look.case.right
    before = [value for (place, name), value in all_right.items() if name == what and place < at]
    for value in before[-1:]:
        yield value, "what the call before should give"
        if value.shape == right.shape:
            yield value + right, "added to what the call before gave"
    for (place, name), value in all_right.items():
        if place == at and name != what and isinstance(value, np.ndarray):
            yield value, f"what {name} should be"
    step = look.case.tape.steps[at]
    for name, array in (*zip(look.case.layer.takes(step.verb), step.arrays, strict=True),
                        *zip(look.case.layer.params, look.case.tape.params, strict=True)):
        yield array, f"{name} itself"


def of_other_worlds(look, key):
    """Yield what the reference gives on tapes that are changed as a mistake would."""
    for word, tape in worlds(look.case.layer, look.case.tape):
        yield from ((value, word) for other, value in by_reference(replace(look.case, tape=tape)).items()
                    if other == (key[0], key[1].replace("held", "grads")) and value is not None)


def worlds(layer, tape):
    params = tape.params
    for i, (name, param) in enumerate(zip(layer.params, params, strict=True)):
        forms = [(0 * param, f"what it would be without {name}"), (-param, f"what -{name} gives in place of {name}")]
        if param.ndim == 2 and param.shape[0] == param.shape[1]:
            forms.append((param.T, f"what {name}.T gives in place of {name}"))
        yield from ((word, replace(tape, params=(*params[:i], form, *params[i + 1:]))) for form, word in forms)
    if any(step.verb == "update" for step in tape.steps):
        yield "what the parameters give as they were before the update", changed(tape, "update", lambda step: params)
    for name in layer.upstream:
        yield f"what a {name} of ones gives, as if it weren't used", changed(
            tape, "backward", lambda step: tuple(map(np.ones_like, step.arrays)))


def changed(tape, verb, arrays):
    """The tape with other arrays where something is done."""
    return replace(tape, steps=tuple(replace(step, arrays=arrays(step)) if step.verb == verb else step
                                     for step in tape.steps))


def of_other_shape(got, right, letters):
    """Yield how a shape differs, in letters."""
    names = list(letters) if len(letters) == right.ndim else [f"axis {i}" for i in range(right.ndim)]
    should = f"it should have shape ({', '.join(letters)}{',' * (len(letters) == 1)})".replace("*", "...")
    for order in itertools.permutations(range(right.ndim)):
        if same_values(got, right.transpose(order)):
            yield f"of shape ({', '.join(names[i] for i in order)}), with the right numbers; {should}"
    for axis, name in enumerate(names):
        for value, word in ((right.sum(axis), "summed over"), (right.mean(axis), "averaged over"),
                            (right.take(-1, axis), "the last alone of"), (right.take(0, axis), "the first alone of")):
            if right.shape[axis] > 1 and same_values(got, value):
                yield f"{word} the axis {name}; {should}"
    if got.size == right.size and same_values(got.reshape(right.shape), right):
        yield f"of another shape, with the right numbers; {should}"
