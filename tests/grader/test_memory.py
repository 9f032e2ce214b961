"""Right answers, spoiled by a memory: where all but one thing is as it was, they give what they gave; it is noticed.

What "a version with caching" forgets is what it leaves out of its key: an argument, a parameter, the state, an option.
"""
import copy
import inspect

import numpy as np
import pytest
from test_integrity import solution
from test_traits import NAMES

from rnnlm_grader.assignments import find
from rnnlm_grader.candidate import KernelCandidate
from rnnlm_grader.exam import examine, public_seed


def told(thing):
    """What tells a thing from others: the numbers of an array, of a list those of each, of a function itself."""
    if isinstance(thing, np.ndarray):
        return thing.tobytes(), thing.shape, thing.dtype.str
    return tuple(map(told, thing)) if isinstance(thing, list | tuple) else thing


class Memory:
    """Gives again what was kept for the same things, whatever the one called `missing` is now."""

    def __init__(self, missing):
        self.missing, self.kept = missing, {}

    def recall(self, things, right):
        key = tuple((name, told(thing)) for name, thing in things.items() if name != self.missing)
        return copy.deepcopy(self.kept.setdefault(key, copy.deepcopy(right)))


def state_of(layer):
    """What a layer goes on from."""
    inner = layer.layers[1] if hasattr(layer, "layers") else layer
    return inner.h.copy() if getattr(inner, "stateful", False) and inner.h is not None else None


def remembering(name, method, missing):
    """The instructor's answer, of which a method, or the function, remembers."""
    right, memory = solution(name), Memory(missing)
    if method is None:
        names = inspect.signature(right).parameters
        return lambda *args, **options: memory.recall(
            dict(zip(names, args, strict=False)) | options, right(*args, **options))

    class Remembering(right):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            self.made = {name: getattr(self, name, None) for name in ("ignore_label", "stateful")}

        def forward(self, *args):
            self.given = {f"argument {at}": copy.deepcopy(arg) for at, arg in enumerate(args)}
            self.given["state"] = state_of(self)
            result = super().forward(*args)
            return memory.recall(self.things(), result) if method == "forward" else result

        def backward(self, *dout):
            result = super().backward(*dout)
            if method == "forward":
                return result
            result, grads = memory.recall(self.things() | {"dout": [*dout]}, (result, [*self.grads]))
            for grad, kept in zip(self.grads, grads, strict=True):
                grad[...] = kept
            return result

        def things(self):
            return self.made | self.given | {f"parameter {at}": param for at, param in enumerate(self.params)}

    Remembering.__name__ = name
    return Remembering


PARAMETERS = {"MyEmbedding": (0,), "MyTimeEmbedding": (0,), "MyRNN": (0, 1, 2), "MyTimeRNN": (0, 1, 2),
              "MyTimeAffine": (0, 1), "MyRnnlm": (0, 1, 3, 4, 5)}  # not Wh of a model, by which its state goes on
MORE = {"MyTimeSoftmaxWithLoss": ["ignore_label"], "MyTimeRNN": ["state"]}
OF_NO_MATTER = (("my_clip_grads", None, "max_norm"), ("MyEmbedding", "backward", "parameter 0"),
                ("MyTimeEmbedding", "backward", "parameter 0"), ("MyTimeAffine", "backward", "parameter 1"))


def cases():
    """Yield (name, method, what its memory leaves out), of all that what it gives depends on."""
    for name in NAMES:
        answer = solution(name)
        if inspect.isclass(answer):
            _, *given = inspect.signature(answer.forward).parameters
            things = [f"argument {at}" for at in range(len(given))] + [
                f"parameter {at}" for at in PARAMETERS.get(name, ())] + MORE.get(name, [])
            of_methods = {"forward": things, "backward": [*things, "dout"]}
        else:
            of_methods = {None: inspect.signature(answer).parameters}
        yield from ((name, method, missing) for method, all_things in of_methods.items() for missing in all_things
                    if (name, method, missing) not in OF_NO_MATTER)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("name", "method", "missing"), [*cases()])
def test_a_memory_that_leaves_one_thing_out_is_noticed(name, method, missing):
    answer = remembering(name, method, missing)
    assert not all(examine(criterion, KernelCandidate(**{name: answer}), public_seed(criterion)).is_clean
                   for criterion in find(name).criteria if criterion.name == name)
