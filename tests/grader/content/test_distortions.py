"""Right answers that clip some of their numbers, "so that nothing explodes": wherever that is done, it is noticed."""

import inspect

import numpy as np
import pytest
from examining import is_clean
from support.instructor import NAMES, solution

LIMITS = 1.1, 5
NO_NUMBERS = {
    "self",
    "idx",
    "ts",
    "f",
    "eps",
    "max_norm",
    "counts",
    "window",
    "grads",  # ids, sizes, changed in place
    "Wx",
    "Wh",
}  # which are never large
OF_IDS = {"MyTimeEmbedding", "MyRnnlm"}  # whose xs are ids


def places():
    """Yield (name, method or None for a function, number of the argument) of all that may be clipped."""
    for name in NAMES:
        answer = solution(name)
        # Of a whole model, what goes back is small.
        methods = ["predict"] if name == "MyRnnlm" else ["forward", "backward"] if inspect.isclass(answer) else [None]
        for method in methods:
            arguments = list(inspect.signature(getattr(answer, method) if method else answer).parameters)
            yield from (
                (name, method, at)
                for at, argument in enumerate(arguments)
                if argument not in NO_NUMBERS and not (argument == "xs" and name in OF_IDS)
            )


def clipped(limit, thing):
    """Clip an array of floats, a number, or each in a list."""
    if isinstance(thing, list):
        return [clipped(limit, each) for each in thing]
    if isinstance(thing, float):
        return float(np.clip(thing, -limit, limit))
    is_of_floats = isinstance(thing, np.ndarray) and thing.dtype.kind == "f"
    return np.clip(thing, -limit, limit).astype(thing.dtype) if is_of_floats else thing


def clipping(name, method, at, limit):
    """Return the instructor's answer, which clips an argument in one place; a method's `self` is argument 0."""
    right = solution(name)
    original = getattr(right, method) if method else right

    def call(*args, **options):
        return original(*(clipped(limit, arg) if i == at else arg for i, arg in enumerate(args)), **options)

    return type(name, (right,), {method: call}) if method else call


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("name", "method", "at"), list(places()))
def test_clipped_numbers_are_noticed(name, method, at):
    assert [limit for limit in LIMITS if is_clean(name, clipping(name, method, at, limit))] == []
