"""Right answers, spoiled by what they settle at first: where what came first had a trait, all that comes is taken to.

What "a fast path" forgets is that the next input, or the updated parameter, may be another; and who keeps an array "as
long as N is the same", that T may not be.
"""
import itertools
import operator

import numpy as np
import pytest
from test_integrity import by_specification, solution
from test_traits import NAMES
from test_traits import TRAITS as LASTING

from rnnlm_grader.assignments import find
from rnnlm_grader.candidate import KernelCandidate
from rnnlm_grader.exam import examine, public_seed

CLASSES = [name for name in NAMES if isinstance(solution(name), type)]
TRAITS = {
    **{trait: LASTING[trait] for trait in ("axis 0 is 1", "axis 1 is 1", "a row is 0")},
    "0": lambda array: not array.any(),
    "the identity": lambda array: array.dtype.kind == "f" and array.ndim == 2 and (
        array.shape > (1, 1) and np.array_equal(array, np.eye(*array.shape))),
    "one number": lambda array: (array == array.flat[0]).all() if array.size else False,
    "ids that differ": lambda array: array.dtype.kind in "iu" and len(np.unique(array)) == array.size,
    "no row is 0": lambda array: array.ndim > 1 and array.dtype.kind == "f" and array.any(axis=-1).all(),
    "above 0": lambda array: (array > 0).all(),
    "below 0": lambda array: array.dtype.kind == "f" and (array < 0).all(),
    "within 1": lambda array: array.dtype.kind == "f" and (np.abs(array) < 1).all(),
    "targets, none ignored": lambda array: array.dtype.kind in "iu" and (array >= 0).all(),
}


def too_large(layer, result):
    """Make gradients larger than they are, and what backward returns."""
    for grad in layer.grads:
        grad *= 1.5
    return result * 1.5 if isinstance(result, np.ndarray) else result


def settling(name, watched, shown, wrong=None):
    """The instructor's answer, which goes wrong in a method where an array is not as it was at first.

    Parameters
    ----------
    watched : iterable of (which, at, trait)
        What is looked at: array number `at` of the parameters, from when the layer is made, or of the arguments of
        forward or backward, from its first.
    shown : set of (method, (which, at, trait))
        Takes up where one is not as it was at first.
    wrong : (method, (which, at, trait))
        Where it goes wrong.
    """
    class Settling(solution(name)):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            self.at_first, self.now = {}, {}
            self.look("parameters", self.params)

        def look(self, which, arrays):
            for key in watched:
                if key[0] == which and key[1] < len(arrays):
                    self.now[key] = TRAITS[key[2]](np.asarray(arrays[key[1]]))
            self.at_first = self.now | self.at_first

        def goes_wrong(self, method):
            self.look("parameters", self.params)
            unlike = {(method, key) for key in watched if self.at_first.get(key) and not self.now[key]}
            shown.update(unlike)
            return wrong in unlike

        def forward(self, *args):
            self.look("arguments", args)
            result = super().forward(*args)
            return result * 1.5 if self.goes_wrong("forward") else result

        def backward(self, *args):
            self.look("upstream", args)
            result = super().backward(*args)
            return too_large(self, result) if self.goes_wrong("backward") else result

    Settling.__name__ = name
    return Settling


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", [name for name in CLASSES if not by_specification(name)])
def test_what_a_layer_settles_by_what_it_meets_at_first_is_noticed(name):
    def passes(criterion, *way):
        candidate = KernelCandidate(**{name: settling(name, *way)})
        return examine(criterion, candidate, public_seed(criterion)).is_clean

    # A model draws its own parameters, so that these traits come by chance alone.
    kinds = ("parameters", "arguments", "upstream")[name == "MyRnnlm":]
    asking = {}  # (method, (which, at, trait)) → the criteria in which it shows
    for criterion in find(name).criteria:
        if criterion.name == name:
            shown = set()
            assert passes(criterion, [*itertools.product(kinds, range(3), TRAITS)], shown)
            for where in shown:
                if where[0] == "backward" or where[1][0] != "upstream":
                    asking.setdefault(where, []).append(criterion)
    assert [where for where, criteria in asking.items()
            if all(passes(criterion, [where[1]], set(), where) for criterion in reversed(criteria))] == []
    assert len(asking) > 15


def keeping(name, method, same, other, differs):
    """The instructor's answer, of which a method goes wrong where a size is what it was last time, and another isn't.

    `same` and `other` are axes of the first argument; `differs` compares the other size with that of the last time.
    """
    class Keeping(solution(name)):
        last = ()

        def forward(self, *args):
            shape, last = args[0].shape, self.last
            self.last = shape
            self.is_wrong = len(shape) == len(last) and shape[same] == last[same] and differs(shape[other], last[other])
            result = super().forward(*args)
            return result * 1.5 if self.is_wrong and method == "forward" else result

        def backward(self, *args):
            result = super().backward(*args)
            return too_large(self, result) if self.is_wrong and method == "backward" else result

    Keeping.__name__ = name
    return Keeping


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("method", ["forward", "backward"])
@pytest.mark.parametrize("differs", [operator.gt, operator.lt], ids=["grows", "shrinks"])
@pytest.mark.parametrize(("name", "same", "other"), [
    *((name, *axes) for name in CLASSES if name != "MyRNN" for axes in ((0, 1), (1, 0))),
    ("MyTimeSoftmaxWithLoss", 0, 2)])
def test_what_is_kept_as_long_as_one_size_stays_is_noticed(name, same, other, differs, method):
    answer = keeping(name, method, same, other, differs)
    assert not all(examine(criterion, KernelCandidate(**{name: answer}), public_seed(criterion)).is_clean
                   for criterion in find(name).criteria if criterion.name == name)
