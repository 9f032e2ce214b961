"""Right answers that clip some of their numbers, "so that nothing explodes": wherever that is done, it is noticed."""
import inspect
from collections import namedtuple

import numpy as np
import pytest
from examining import is_clean
from test_integrity import solution
from test_traits import NAMES

LIMITS = 1.1, 5
Place = namedtuple("Place", "name method at")  # the argument number `at` is clipped
NO_NUMBERS = {"idx", "ts", "f", "eps", "max_norm", "counts", "window", "grads"}  # ids, sizes, what is changed in place
OF_IDS = {"MyTimeEmbedding", "MyRnnlm"}  # whose xs are ids


def numbers_in(name, function):
    """Return which arguments of a function hold numbers."""
    names = [each for each in inspect.signature(function).parameters if each != "self"]
    return [at for at, each in enumerate(names) if each not in NO_NUMBERS and not (each == "xs" and name in OF_IDS)]


def places():
    """Yield all places where numbers may be clipped."""
    for name in NAMES:
        answer = solution(name)
        if not inspect.isclass(answer):
            yield from (Place(name, None, at) for at in numbers_in(name, answer))
            continue
        forward = "predict" if hasattr(answer, "predict") else "forward"
        for at in numbers_in(name, getattr(answer, forward)):
            yield Place(name, forward, at)
        if name != "MyRnnlm":  # of a whole model, what goes back is small
            yield from (Place(name, "backward", at) for at in numbers_in(name, answer.backward))


def clipped(limit, thing):
    """Clip an array of floats, a number, or each in a list."""
    if isinstance(thing, list):
        return [clipped(limit, each) for each in thing]
    if isinstance(thing, float):
        return float(np.clip(thing, -limit, limit))
    is_of_floats = isinstance(thing, np.ndarray) and thing.dtype.kind == "f"
    return np.clip(thing, -limit, limit).astype(thing.dtype) if is_of_floats else thing


def clipping(place, limit):
    """Return the instructor's answer, which clips numbers in one place."""
    right = solution(place.name)

    def given(args):
        return [clipped(limit, arg) if at == place.at else arg for at, arg in enumerate(args)]

    if place.method is None:
        return lambda *args, **options: right(*given(args), **options)

    def method(name):
        return lambda self, *args: getattr(right, name)(self, *given(args))

    return type(place.name, (right,), {place.method: method(place.method)})


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("place", list(places()), ids=lambda place: "-".join(map(str, place)))
def test_clipped_numbers_are_noticed(place):
    assert [limit for limit in LIMITS if is_clean(place.name, clipping(place, limit))] == []
