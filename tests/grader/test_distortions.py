"""Right answers that clip some of their numbers, "so that nothing explodes": wherever that is done, it is noticed."""
import inspect
from collections import namedtuple

import numpy as np
import pytest
from test_integrity import solution
from test_traits import NAMES

from rnnlm_grader.criteria import find
from rnnlm_grader.sandbox.candidate import KernelCandidate
from rnnlm_grader.spec.exam import examine, public_seed

LIMITS = 1.1, 5
Place = namedtuple("Place", "name method at")  # the argument number `at` is clipped
KEPT = "what forward kept"  # in place of a method: what was given is clipped for backward alone
NO_NUMBERS = {"idx", "ts", "f", "eps", "max_norm", "counts", "window"}  # ids and sizes
OF_IDS = {"MyTimeEmbedding", "MyRnnlm"}  # whose xs are ids


def numbers_in(name, function):
    """Which arguments of a function hold numbers."""
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
            yield Place(name, KEPT, at)
        if name != "MyRnnlm":  # of a whole model, what goes back is small
            yield from (Place(name, "backward", at) for at in numbers_in(name, answer.backward))


def state_of(layer):
    """What a layer goes on from."""
    inner = layer.layers[1] if hasattr(layer, "layers") else layer
    return inner.h.copy() if getattr(inner, "stateful", False) and inner.h is not None else None


def clipped(limit, thing):
    """Clip an array of floats, a number, or each in a list."""
    if isinstance(thing, list):
        return [clipped(limit, each) for each in thing]
    if isinstance(thing, float):
        return float(np.clip(thing, -limit, limit))
    is_of_floats = isinstance(thing, np.ndarray) and thing.dtype.kind == "f"
    return np.clip(thing, -limit, limit).astype(thing.dtype) if is_of_floats else thing


def clipping(place, limit):
    """The instructor's answer, which clips numbers in one place."""
    right = solution(place.name)

    def given(args):
        return [clipped(limit, arg) if at == place.at else arg for at, arg in enumerate(args)]

    if place.method is None:
        return lambda *args, **options: right(*given(args), **options)

    class Clipping(right):
        def clip_in(self, method, args):
            call = getattr(super(), method)
            if method == "forward" and place.method == KEPT:
                start = state_of(self)
                result = call(*args)
                if start is not None:
                    self.set_state(start)
                call(*given(args))
                return result
            if method != place.method:
                return call(*args)
            return call(*given(args))

        def predict(self, *args):
            return self.clip_in("predict", args)

        def forward(self, *args):
            return self.clip_in("forward", args)

        def backward(self, *args):
            return self.clip_in("backward", args)

    Clipping.__name__ = place.name
    return Clipping


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("place", places(), ids=lambda place: "-".join(map(str, place)))
def test_clipped_numbers_are_noticed(place):
    criteria = [criterion for criterion in find(place.name).criteria if criterion.name == place.name]
    assert [limit for limit in LIMITS if all(
        examine(criterion, KernelCandidate(**{place.name: clipping(place, limit)}), public_seed(criterion)).is_clean
        for criterion in criteria)] == []
