"""Right answers, spoiled wherever an input has some trait: every trait meets every way to be wrong; each is noticed.

What attackers thought of is in `corpora/incomplete.py`; this looks where nobody did.
"""
import itertools

import numpy as np
import pytest
from corpora import CORPORA
from test_integrity import solution

from rnnlm_grader.assignments import find
from rnnlm_grader.candidate import KernelCandidate
from rnnlm_grader.exam import examine, public_seed

NAMES = [name for corpus in CORPORA for name in corpus.RIGHT]

# What an array may be like; a slip shows where it is so.
TRAITS = {
    **{f"axis {axis} is 1": lambda array, axis=axis: array.ndim > axis and array.shape[axis] == 1 for axis in range(3)},
    "float32": lambda array: array.dtype == np.float32,
    "not contiguous": lambda array: not array.flags.c_contiguous,
    "a row is 0": lambda array: array.dtype.kind == "f" and array.ndim > 1 and not array.any(axis=-1).all(),
}
MOST_ARRAYS = 5  # arguments of a call, and after them parameters of its layer, are looked at


def other_numbers(layer, arguments, result):
    """Make the numbers of a result larger."""
    if isinstance(result, tuple):
        return tuple(other_numbers(layer, arguments, part) for part in result)
    return None if result is None else result * np.asarray(result).dtype.type(1.5)


def other_arguments(layer, arguments, result):
    """Change the arguments in place, and not the result."""
    for array in arguments:
        array[...] = 1.5 * array if array.dtype.kind == "f" else array.max(initial=0)
    return result


def other_gradients(layer, arguments, result):
    """Make the gradients larger."""
    for grad in layer.grads:
        grad *= 1.5
    return result


def another_last_gradient(layer, arguments, result):
    """Make one of the gradients larger."""
    layer.grads[-1] *= 1.5
    return result


WAYS = {None: (other_numbers, other_arguments), "forward": (other_numbers, other_arguments),
        "backward": (other_numbers, other_arguments, other_gradients, another_last_gradient)}


def arrays_of(arguments):
    flat = [each for arg in arguments for each in (arg if isinstance(arg, list) else [arg])]
    return [each for each in flat if isinstance(each, np.ndarray)]


def numbers(layer, arguments, result):
    """All that a way to be wrong could change."""
    results = result if isinstance(result, tuple) else () if result is None else (result,)
    return [np.asarray(each).tobytes() for each in (*arguments, *getattr(layer, "grads", ()), *results)]


def spoiled(right, method, way, which, trait, met):
    """A right answer that goes wrong where array number `which` has the trait; `met` tells of each time if it shows."""
    def spoil(layer, arguments, result):
        given, params = arrays_of(arguments), getattr(layer, "params", [])
        if which < len(given) + len(params) * is_of_values and TRAITS[trait]([*given, *params][which]):
            before = numbers(layer, given, result)
            result = way(layer, given, result)
            met.append(numbers(layer, given, result) != before)
        return result

    is_of_values = way is not other_arguments and trait != "a row is 0"
    if method is None:
        return lambda *arguments, **options: spoil(None, arguments, right(*arguments, **options))
    return type(right.__name__, (right,), {
        method: lambda self, *arguments: spoil(self, arguments, getattr(right, method)(self, *arguments))})


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("name", "method"), [
    (name, method) for name in NAMES for method in (("forward", "backward") if name.startswith("My") else (None,))])
def test_a_right_answer_that_is_wrong_where_inputs_have_a_trait_is_noticed(name, method):
    right, criteria = solution(name), [c for c in find(name).criteria if c.name == name]
    unnoticed = []
    for way, which, trait in itertools.product(WAYS[method], range(MOST_ARRAYS), TRAITS):
        met = []
        for criterion in criteria:
            candidate = KernelCandidate(**{name: spoiled(right, method, way, which, trait, met)})
            if not examine(criterion, candidate, public_seed(criterion)).passed:
                criteria.sort(key=lambda c, first=criterion: c is not first)  # it may notice the next one too
                break
        else:
            if any(met):
                unnoticed.append(f"{way.__name__} where {trait}, array {which}")
    assert unnoticed == []
