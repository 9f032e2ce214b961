"""Right answers, spoiled by what they make of numbers: large ones are clipped, small ones or nan are taken for 0.

What is done "so that it doesn't explode" changes what comes of numbers that are as good as any, or hides that they
aren't; wherever it is done, it is noticed.
"""
import inspect
from collections import namedtuple

import numpy as np
import pytest
from test_integrity import by_specification, solution
from test_memory import state_of
from test_traits import NAMES

from rnnlm_grader.assignments import find
from rnnlm_grader.candidate import KernelCandidate
from rnnlm_grader.exam import examine, public_seed

NAN, SMALL = "nan is 0", "small is 0"
WAYS = {
    NAN: lambda array: np.where(np.isnan(array), 0, array),
    "clipped at 1.1": lambda array: np.clip(array, -1.1, 1.1),
    "clipped at 5": lambda array: np.clip(array, -5, 5),
    SMALL: lambda array: np.where(np.abs(array) < 1e-3, 0, array),
}
Place = namedtuple("Place", "name method what at")  # number `at` of what is "argument" or "parameter" is spoiled
KEPT = "what forward kept"  # in place of a method: what was given is spoiled for backward alone
PARAMETERS = {"MyEmbedding": 1, "MyTimeEmbedding": 1, "MyRNN": 3, "MyTimeRNN": 3, "MyTimeAffine": 2, "MyRnnlm": 6}
OF_BACKWARD = {"MyRNN": (0, 1), "MyTimeRNN": (0, 1), "MyTimeAffine": (0,), "MyRnnlm": (1, 2, 4)}  # its factors
NO_NUMBERS = {"idx", "ts", "f", "eps", "max_norm", "counts", "window"}  # ids and sizes
OF_IDS = {"MyTimeEmbedding", "MyRnnlm"}  # whose xs are ids


def numbers_in(name, function):
    """Which arguments of a function hold numbers."""
    names = [each for each in inspect.signature(function).parameters if each != "self"]
    return [at for at, each in enumerate(names) if each not in NO_NUMBERS and not (each == "xs" and name in OF_IDS)]


def places():
    """Yield all places where numbers may be spoiled."""
    for name in NAMES:
        answer = solution(name)
        if not inspect.isclass(answer):
            yield from (Place(name, None, "argument", at) for at in numbers_in(name, answer))
            continue
        forward = "predict" if hasattr(answer, "predict") else "forward"
        for at in numbers_in(name, getattr(answer, forward)):
            yield Place(name, forward, "argument", at)
            yield Place(name, KEPT, "argument", at)
        yield from (Place(name, forward, "parameter", at) for at in range(PARAMETERS.get(name, 0)))
        yield from (Place(name, "backward", "argument", at) for at in numbers_in(name, answer.backward))
        yield from (Place(name, "backward", "parameter", at) for at in OF_BACKWARD.get(name, ()))


def ways(place):
    """The ways to go wrong there.

    Where a weight was nan in forward, all that backward gives is nan already; and the factor of a loss never is. What
    comes back through a small Wh is lost in float32 beside what comes back straight.
    """
    if place == Place("MyRnnlm", "backward", "parameter", 2):
        return set(WAYS) - {NAN, SMALL}
    of_forward = place.name != "MyTimeAffine" and place.what == "parameter"
    of_the_caller = place.name in ("MyTimeSoftmaxWithLoss", "MyRnnlm") and place.what == "argument"
    in_backward = place.method == "backward" and (of_forward or of_the_caller)
    return set(WAYS) - {NAN} if in_backward or by_specification(place.name) else set(WAYS)  # nan isn't judged any more


def spoiled(way, thing):
    """What a way makes of an array, of a number, or of each in a list."""
    if isinstance(thing, list):
        return [spoiled(way, each) for each in thing]
    if isinstance(thing, float):
        return float(WAYS[way](np.array(thing)))
    return WAYS[way](thing).astype(thing.dtype) if isinstance(thing, np.ndarray) and thing.dtype.kind == "f" else thing


def spoiling(place, way):
    """The instructor's answer, which goes one way to be wrong in one place."""
    right = solution(place.name)

    def given(args):
        return [spoiled(way, arg) if at == place.at else arg for at, arg in enumerate(args)]

    if place.method is None:
        return lambda *args, **options: right(*given(args), **options)

    class Spoiling(right):
        def spoil(self, method, args):
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
            if place.what == "argument":
                return call(*given(args))
            param = self.params[place.at]
            kept = param.copy()
            param[...] = spoiled(way, kept)
            result = call(*args)
            param[...] = kept
            return result

        def predict(self, *args):
            return self.spoil("predict", args)

        def forward(self, *args):
            return self.spoil("forward", args)

        def backward(self, *args):
            return self.spoil("backward", args)

    Spoiling.__name__ = place.name
    return Spoiling


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("place", places(), ids=lambda place: "-".join(map(str, place)))
def test_numbers_that_are_clipped_or_taken_for_0_are_noticed(place):
    criteria = [criterion for criterion in find(place.name).criteria if criterion.name == place.name]
    assert {way for way in ways(place) if all(
        examine(criterion, KernelCandidate(**{place.name: spoiling(place, way)}), public_seed(criterion)).is_clean
        for criterion in criteria)} == set()
