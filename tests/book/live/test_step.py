"""One training step changes all numbers of a model as Python does. Needs `make book` first."""

import numpy as np
from live_figures import numbers, press, said, shown
from numpy.testing import assert_allclose

from rnnlm_ref.optim import SGD
from rnnlm_ref.time_layers import TimeAffine, TimeEmbedding, TimeRNN, TimeSoftmaxWithLoss


def test_the_48_numbers_their_slopes_and_three_probabilities_are_those_that_python_finds(figure):
    W, Wx, Wh, b = np.arange(28.0).reshape(7, 4) / 16, np.ones((4, 1)), np.ones((1, 1)), np.array([-3 / 8])
    Wy, by = np.log(2) * np.eye(7)[3:4], np.zeros(7)
    layers = [TimeEmbedding(W), TimeRNN(Wx, Wh, b, activation="identity"), TimeAffine(Wy, by)]
    softmax, optimizer = TimeSoftmaxWithLoss(), SGD(lr=1 / 4)
    step = figure("step")
    for presses in ["Step", "10 steps", "10 steps"]:
        before = [W.copy(), Wy.copy(), by.copy(), Wx.copy(), Wh.copy(), b.copy()]
        for _ in range(1 if presses == "Step" else 10):
            train_once(layers, softmax, optimizer)
        press(step, presses)
        now = [W, Wy, by, Wx, Wh, b]
        written = numbers(shown(step, ".step-number + text", "e.textContent"))
        assert_allclose(written, np.concatenate([array.ravel() for array in now]), atol=5.001e-4)
        if presses == "Step":
            moves = np.concatenate([(new - old).ravel() for new, old in zip(now, before, strict=True)])
            kinds = shown(step, ".step-number", "e.classList[1] ?? ''")
            assert kinds == ["step-up" if move > 0 else "step-down" if move < 0 else "" for move in moves]
    loss, scores = forward_through(layers, softmax)
    exps = np.exp(scores[0])
    right = (exps / exps.sum(axis=1, keepdims=True))[range(3), [1, 2, 3]]
    assert said(step) == (
        f"After 21 steps the right words have {', '.join(f'{p:.3f}' for p in right)}. The loss is {loss:.3f}."
    )
    train_once(layers, softmax, optimizer)
    press(step, "Slopes")
    assert said(step).startswith("These are the slopes.")
    slopes = [*layers[0].grads, *layers[2].grads, *layers[1].grads]
    written = numbers(shown(step, ".step-number + text", "e.textContent"))
    assert_allclose(written, np.concatenate([array.ravel() for array in slopes]), atol=5.001e-4)
    press(step, "Start over")
    assert said(step) == "After 0 steps the right words have 0.143, 0.125, 0.571. The loss is 1.528."


def forward_through(layers, softmax):
    scores = np.array([[0, 1, 2]])
    for layer in layers:
        scores = layer.forward(scores)
    return softmax.forward(scores, np.array([[1, 2, 3]])), scores


def train_once(layers, softmax, optimizer):
    forward_through(layers, softmax)
    slope = softmax.backward()
    for layer in reversed(layers):
        slope = layer.backward(slope)
    optimizer.update(*([array for layer in layers for array in getattr(layer, name)] for name in ("params", "grads")))
