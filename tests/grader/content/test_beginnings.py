"""Right answers that go wrong as long as one size stays what it was last time, and another doesn't; it is noticed."""

import operator

import numpy as np
import pytest
from examining import is_clean
from support.instructor import NAMES, solution

CLASSES = [name for name in NAMES if isinstance(solution(name), type) and name != "MyRnnlm"]  # whose layers are lent


def keeping(name, method, same, other, differs):
    """Return the instructor's answer, with a method that goes wrong where one size is as last time and another isn't.

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
            result, factor = super().backward(*args), 1.5 if self.is_wrong and method == "backward" else 1
            for grad in self.grads:
                grad *= factor
            return result * factor if isinstance(result, np.ndarray) else result

    Keeping.__name__ = name
    return Keeping


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("method", ["forward", "backward"])
@pytest.mark.parametrize("differs", [operator.gt, operator.lt], ids=["grows", "shrinks"])
@pytest.mark.parametrize(
    ("name", "same", "other"),
    [
        *((name, *axes) for name in CLASSES if name != "MyRNN" for axes in ((0, 1), (1, 0))),
        ("MyTimeSoftmaxWithLoss", 0, 2),
    ],
)
def test_what_is_kept_as_long_as_one_size_stays_is_noticed(name, same, other, differs, method):
    assert not is_clean(name, keeping(name, method, same, other, differs))
