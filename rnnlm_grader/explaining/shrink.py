"""Finds the smallest example of a failure: the answer plays ever simpler cases, as long as they fail alike.

It shrinks the recipe, not the arrays: whatever is left out of script or condition, numbers that fit are drawn anew.
Only at last are the numbers themselves made plainer.
"""
from dataclasses import replace

import numpy as np

from ..spec.layer import NEEDED, NOISE, Condition
from .look import look_at, redrawn

PLAYS = 90  # for one mistake


def shrink(case, kind, candidate):
    """Return (the smallest case found that fails in this way, the same before its numbers were made plainer).

    A law is about many numbers, of which none can be left out. Of an answer that fails without the marked steps too,
    these are what it is about, and stay.
    """
    if case.law:
        return case, case
    plays = iter(range(PLAYS))

    def fails(other):
        return is_playable(other.steps) and next(plays, None) is not None and kind in look_at(candidate, other).kinds

    def first(case, others):
        return next(filter(fails, others), case)

    case = first(case, [redrawn(replace(case, condition=Condition())), redrawn(case, sizes={})])
    unmarked = tuple(step for step in case.steps if not step.mark)
    case = fewer_steps(case, first, case.has(NOISE, NEEDED) and fails(redrawn(case, steps=unmarked)))
    for name in case.condition.patterns:
        case = first(case, [redrawn(case, patterns={k: v for k, v in case.condition.patterns.items() if k != name})])
    for key, plain in vars(Condition()).items():
        if getattr(case.condition, key) != plain:
            case = first(case, [redrawn(case, **{key: plain})])
    case = smaller(case, first)
    return plainer_numbers(case, first), case


def is_playable(steps):
    """Whether a caller may do this: each backward has a forward, and no update or other state stands between them."""
    ready = set()
    for step in steps:
        if step.verb == "forward":
            ready.add(step.who)
        elif step.verb in ("update", "set", "reset"):
            ready.clear()
        elif step.verb == "backward" and step.who not in ready:
            return False
    return any(not step.mark for step in steps)


def fewer_steps(case, first, keeps_marked):
    """Leave out what can be left out, from the end: nothing before it needs what comes late."""
    for at, step in enumerate(case.steps):
        if step.how:
            case = first(case, [redrawn(case, steps=(*case.steps[:at], replace(step, how=""), *case.steps[at + 1:]))])
    for at in reversed(range(len(case.steps))):
        rest = case.steps[:at] + case.steps[at + 1:]
        may_go = is_playable(rest) and not (keeps_marked and case.steps[at].mark)
        case = first(case, [redrawn(case, steps=rest)] if may_go else [])
    return case


def smaller(case, first):
    """Sizes of 1, all at once or one after the other; else 2, or 3."""
    if case.condition.world:
        return case
    now = case.sizes
    least = {letter: (1,) * max(len(now["*"]), 1) if letter == "*" else 1 for letter in now}
    small = first(case, [redrawn(case, sizes=least), redrawn(case, sizes=least | ({"V": 2} if "V" in least else {}))])
    if small is not case:
        return small
    for letter in now:
        sizes = [(1,), (2,), (1, 2), (2, 2)] if letter == "*" else [1, 2, 3]
        now = case.sizes
        case = first(case, [redrawn(case, sizes=now | {letter: size}) for size in sizes
                            if np.prod(size) < np.prod(now[letter])])
    return case


def plainer_numbers(case, first):
    """Whole numbers, ones, zeros or 1, 2, 3 ..., where it still fails, in one array after the other."""
    case = first(case, [swapped(case, change) for change in (lambda a: np.round(2 * a) / 2, lambda a: a.round(1))])
    for at in range(len(arrays_of(case))):
        array = arrays_of(case)[at]
        plain = [each for each in plain_forms(array) if (each != array).any()]
        case = first(case, [swapped(case, lambda _, new=new: new, array) for new in plain])
    return case


def plain_forms(array):
    """Yield what is plainer than an array: a number by itself may have to be above 0."""
    yield from [np.zeros_like(array)] * (array.ndim > 0)
    yield np.ones_like(array)
    yield np.arange(1.0, array.size + 1).reshape(array.shape)
    yield np.round(array)


def arrays_of(case):
    """The arrays of floats of a tape, each once."""
    tape = case.tape
    arrays = {id(array): array for array in (*tape.params, *tape.beside, *(
        array for step in tape.steps for array in step.arrays))
              if array.dtype.kind == "f"}
    return list(arrays.values())


def swapped(case, change, only=None):
    """The case with other numbers in its arrays, or in one of them."""
    chosen = arrays_of(case) if only is None else [only]
    new = {id(array): np.asarray(change(array) + 0.0, array.dtype) for array in chosen}

    def swap(arrays):
        return tuple(new.get(id(array), array) for array in arrays)
    tape = case.tape
    steps = tuple(replace(step, arrays=swap(step.arrays)) for step in tape.steps)
    return replace(case, tape=replace(tape, params=swap(tape.params), beside=swap(tape.beside), steps=steps))
