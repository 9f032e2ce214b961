"""One small instance of every layer, so that what all layers must do is tested once for all."""

import numpy as np
import pytest

from rnnlm_ref import layers, time_layers

N, T, V, D, H = 2, 3, 5, 4, 3

IDS = np.array([[0, 4, 4], [1, 4, 0]])
TARGETS = np.array([[4, -1, 0], [2, 2, -1]])


class Case:
    """A layer class, its parameters' shapes, its inputs (a shape stands for floats) and keywords."""

    def __init__(self, layer, shapes, inputs, **options):
        self.layer, self.shapes, self.inputs, self.options = layer, shapes, inputs, options
        self.name = "-".join([layer.__name__, *map(str, options.values())])

    def params(self, dtype=np.float64):
        rng = np.random.default_rng(7)
        return [rng.standard_normal(shape).astype(dtype) for shape in self.shapes]

    def args(self, dtype=np.float64):
        rng = np.random.default_rng(8)
        return [rng.standard_normal(arg).astype(dtype) if isinstance(arg, tuple) else arg.copy() for arg in self.inputs]

    def build(self, params):
        return self.layer(*params, **self.options)

    def dout_for(self, out, dtype=np.float64):
        return np.random.default_rng(9).standard_normal(out.shape).astype(dtype)


def recurrent(gates):
    return [(D, gates * H), (H, gates * H), (gates * H,)]


CASES = [
    Case(layers.Embedding, [(V, D)], [IDS]),
    Case(layers.RNN, recurrent(1), [(N, D), (N, H)]),
    Case(layers.RNN, recurrent(1), [(N, D), (N, H)], activation="identity"),
    Case(layers.Affine, [(H, V), (V,)], [(N, H)]),
    Case(layers.SoftmaxWithLoss, [], [(N, V), np.array([4, 0])]),
    Case(time_layers.TimeEmbedding, [(V, D)], [IDS]),
    Case(time_layers.TimeRNN, recurrent(1), [(N, T, D)]),
    Case(time_layers.TimeRNN, recurrent(1), [(N, T, D)], stateful=True, activation="identity"),
    Case(time_layers.TimeLSTM, recurrent(4), [(N, T, D)], stateful=True),
    Case(time_layers.TimeAffine, [(H, V), (V,)], [(N, T, H)]),
    Case(time_layers.TimeSoftmaxWithLoss, [], [(N, T, V), TARGETS]),
]


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request):
    """Each layer in turn."""
    return request.param


@pytest.fixture(params=[case for case in CASES if case.shapes], ids=lambda case: case.name)
def case_with_params(request):
    """Each layer that has parameters in turn."""
    return request.param
