"""Right answers, spoiled by what they settle at first: where what came first had a trait, all that comes is taken to.

What "a fast path" forgets is that the next input, or the updated parameter, may be another.
"""
import itertools

import numpy as np
import pytest
from corpora import CORPORA
from test_integrity import solution

from rnnlm_grader.assignments import find
from rnnlm_grader.candidate import KernelCandidate
from rnnlm_grader.exam import examine, public_seed

NAMES = [name for corpus in CORPORA for name in corpus.RIGHT if isinstance(solution(name), type)]
TRAITS = {
    **{f"axis {axis} is 1": lambda array, axis=axis: array.ndim > axis and array.shape[axis] == 1 for axis in range(2)},
    "0": lambda array: not array.any(),
    "the identity": lambda array: array.dtype.kind == "f" and array.ndim == 2 and (
        array.shape > (1, 1) and np.array_equal(array, np.eye(*array.shape))),
    "one number": lambda array: (array == array.flat[0]).all() if array.size else False,
    "ids that differ": lambda array: array.dtype.kind in "iu" and len(np.unique(array)) == array.size,
    "a row is 0": lambda array: array.ndim > 1 and array.dtype.kind == "f" and not array.any(axis=-1).all(),
    "no row is 0": lambda array: array.ndim > 1 and array.dtype.kind == "f" and array.any(axis=-1).all(),
    "above 0": lambda array: (array > 0).all(),
    "below 0": lambda array: array.dtype.kind == "f" and (array < 0).all(),
    "within 1": lambda array: array.dtype.kind == "f" and (np.abs(array) < 1).all(),
    "targets, none ignored": lambda array: array.dtype.kind in "iu" and (array >= 0).all(),
}
FIRST = ("parameters", "arguments", "upstream")


def settling(name, method, first, at, trait, shown):
    """The instructor's answer, in which a method goes wrong where array number `at` is not as it was at first.

    `first` tells which arrays: parameters when the layer was made, or arguments of its first forward or backward.
    """
    class Settling(solution(name)):
        had_trait = None

        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            self.look("parameters", self.params)

        def look(self, which, arrays):
            if which == first and at < len(arrays):
                self.has_trait = TRAITS[trait](np.asarray(arrays[at]))
                self.had_trait = self.has_trait if self.had_trait is None else self.had_trait

        def goes_wrong(self):
            self.look("parameters", self.params)
            is_wrong = bool(self.had_trait) and not self.has_trait
            shown.append(is_wrong)
            return is_wrong

        def forward(self, *args):
            self.look("arguments", args)
            result = super().forward(*args)
            return result * 1.5 if method == "forward" and self.goes_wrong() else result

        def backward(self, *args):
            self.look("upstream", args)
            result = super().backward(*args)
            if method == "backward" and self.goes_wrong():
                for grad in self.grads:
                    grad *= 1.5
                return result * 1.5 if isinstance(result, np.ndarray) else result
            return result

    Settling.__name__ = name
    return Settling


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", NAMES)
def test_what_a_layer_settles_by_what_it_meets_at_first_is_noticed(name):
    criteria = [criterion for criterion in find(name).criteria if criterion.name == name]
    met, unnoticed = 0, []
    for method, which, at, trait in itertools.product(("forward", "backward"), FIRST, range(3), TRAITS):
        # A model draws its own parameters, so that these traits come by chance alone.
        if (method, which) == ("forward", "upstream") or (name, which) == ("MyRnnlm", "parameters"):
            continue
        shown = []
        for criterion in criteria:
            candidate = KernelCandidate(**{name: settling(name, method, which, at, trait, shown)})
            if not examine(criterion, candidate, public_seed(criterion)).passed:
                criteria.sort(key=lambda c, first=criterion: c is not first)  # it may notice the next one too
                break
        else:
            if any(shown):
                unnoticed.append(f"{method} where {which} {at} had the trait: {trait}")
        met += any(shown)
    assert unnoticed == []
    assert met > 10
