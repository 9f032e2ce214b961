"""Right answers, spoiled wherever an input has some trait: every trait meets every way to be wrong; each is noticed.

What attackers thought of is in `corpora/incomplete.py`; this looks where nobody did.
"""

import itertools

import numpy as np
import pytest
from examining import is_clean
from support.instructor import NAMES, solution

from rnnlm_grader.content import find

# What an array may be like; a slip shows where it is so.
TRAITS = {
    **{f"axis {axis} is 1": lambda array, axis=axis: array.ndim > axis and array.shape[axis] == 1 for axis in range(3)},
    **{
        f"axis {axis} is large": lambda array, axis=axis: array.ndim > axis and array.shape[axis] > 16
        for axis in range(3)
    },
    "float32": lambda array: array.dtype == np.float32,
    "not contiguous": lambda array: not array.flags.c_contiguous,
}
NO_ARRAYS = ("MyTimeSoftmaxWithLoss", "backward"), ("my_perplexity", None), ("MyRnnlm", "forward")
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


def another_last_gradient(layer, arguments, result):
    """Make one of the gradients larger."""
    layer.grads[-1] *= 1.5
    return result


WAYS = {
    None: (other_numbers, other_arguments),
    "forward": (other_numbers, other_arguments),
    "backward": (other_numbers, other_arguments, another_last_gradient),
}


def arrays_of(arguments):
    flat = [each for arg in arguments for each in (arg if isinstance(arg, list) else [arg])]
    return [each for each in flat if isinstance(each, np.ndarray)]


def numbers(layer, arguments, result):
    """All that a way to be wrong could change."""
    results = result if isinstance(result, tuple) else () if result is None else (result,)
    return [np.asarray(each).tobytes() for each in (*arguments, *getattr(layer, "grads", ()), *results)]


def afterwards(right, method, change):
    """A right answer, of which what a method gives, or the function, is what `change` makes of it.

    `change` is given the layer, the arrays among the arguments, the parameters and the result.
    """
    original = getattr(right, method) if method else right

    def changed(*args, **options):
        layer, given = (args[0], args[1:]) if method else (None, args)
        return change(layer, arrays_of(given), getattr(layer, "params", []), original(*args, **options))

    return type(right.__name__, (right,), {method: changed}) if method else changed


def watching(right, method, seen):
    """A right answer; `seen` takes up the number of each array that has a trait, and the trait."""

    def watch(layer, given, params, result):
        seen.update(
            (which, trait)
            for which, array in enumerate((*given, *params)[:MOST_ARRAYS])
            for trait, has in TRAITS.items()
            if has(array)
        )
        return result

    return afterwards(right, method, watch)


def spoiled(right, method, way, which, trait, met):
    """A right answer that goes wrong where array number `which` has the trait; `met` tells of each time if it shows."""

    def spoil(layer, given, params, result):
        if which < len(given) + len(params) * is_of_values and TRAITS[trait]([*given, *params][which]):
            before = numbers(layer, given, result)
            result = way(layer, given, result)
            met.append(numbers(layer, given, result) != before)
        return result

    is_of_values = way is not other_arguments
    return afterwards(right, method, spoil)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.corpus(one_in=4)
@pytest.mark.parametrize(
    ("name", "method"),
    [
        (name, method)
        for name in NAMES
        for method in (("forward", "backward") if name.startswith("My") else (None,))
        if (name, method) not in NO_ARRAYS
    ],
)
def test_a_right_answer_that_is_wrong_where_inputs_have_a_trait_is_noticed(name, method):
    right, asking, unnoticed = solution(name), {}, []  # (which, trait) → the criteria in which it is there
    for criterion in find(name).criteria:
        if criterion.name == name:
            seen = set()
            assert is_clean(name, watching(right, method, seen), [criterion])
            for where in seen:
                asking.setdefault(where, []).append(criterion)
    for way, (where, criteria) in itertools.product(WAYS[method], asking.items()):
        met = []
        if is_clean(name, spoiled(right, method, way, *where, met), criteria) and any(met):
            unnoticed.append((way.__name__, *where))
    assert unnoticed == []
    assert {(0, "axis 0 is large"), (0, "axis 1 is large")} <= asking.keys()
