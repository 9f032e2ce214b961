"""The whole loop, dials and one training step show what Python computes. Needs `make book` first."""

import re

import numpy as np
import pytest
from live_figures import numbers, press, said, set_slider, shown
from numpy.testing import assert_allclose

from rnnlm_figures.loop import once_through, smallest_model
from rnnlm_ref.generate import next_word_probabilities
from rnnlm_ref.optim import SGD
from rnnlm_ref.time_layers import TimeAffine, TimeEmbedding, TimeRNN, TimeSoftmaxWithLoss

# Chapter 0.


def assert_shows_the_loop(live, layers, sound):
    """Compare the table, rounded as it is, the bars and the sentence with one pass in Python."""
    ids, vectors, states, scores, loss, gradient = once_through(*layers, sound)
    rows = shown(live, "tbody tr", "[...e.querySelectorAll('td')].map(cell => cell.textContent)")
    assert [int(row[0]) for row in rows] == ids.tolist()
    shown_numbers = [list(numbers(row[1:])) for row in rows]
    assert_allclose(shown_numbers, np.hstack([vectors, states, gradient]), atol=5.001e-3)
    shares = shown(live, ".logit-share", "Number(e.style.getPropertyValue('--share'))")
    assert_allclose(shares, next_word_probabilities(scores[-1])[[5, 6, 0]], atol=1e-6)
    assert said(live).endswith(f"The loss is {loss:.3f}.")


def test_the_whole_loop_shows_what_python_computes_before_and_after_learning(figure):
    live, layers = figure("loop"), smallest_model()
    assert_shows_the_loop(live, layers, "hoots")
    press(live, "A step")
    press(live, "30 rounds of both")
    for sound in ["hoots", *30 * ["hoots", "moos"]]:
        once_through(*layers, sound)
        embedding = layers[0][0]
        embedding.params[0] -= embedding.grads[0] / 2
    assert_shows_the_loop(live, layers, "hoots")
    live.get_by_role("combobox").select_option("cow")
    assert_shows_the_loop(live, layers, "moos")
    press(live, "Start over")
    assert_shows_the_loop(live, smallest_model(), "moos")


# A dial.


@pytest.mark.parametrize("rate", [0.05, 0.125, 0.2, 0.26, 0.3])
def test_the_dial_goes_where_python_takes_it(figure, rate):
    live = figure("dial")
    assert said(live).startswith("After 3 steps: w = 2.75, loss 0.25, slope −2.")
    set_slider(live.get_by_label("learning rate"), rate)
    w, optimizer = np.array([1.0]), SGD(lr=rate)
    assert said(live).startswith("w = 1, loss 16, slope −16.")
    for _ in range(3):
        optimizer.update([w], [4 * (2 * w - 6)])
        press(live, "Step")
        numbers_said = re.findall(r"(?:w =|loss|slope) (−?\d+(?:\.\d+)?)", said(live))
        expected = [w[0], (2 * w[0] - 6) ** 2, 4 * (2 * w[0] - 6)]
        assert_allclose([float(number.replace("−", "-")) for number in numbers_said], expected, rtol=5e-3, atol=1e-9)
        assert ("too high for the picture" in said(live)) == (expected[1] > 36)
    assert said(live).startswith("After 3 steps: ")


# Two dials.


def two_dials(place, x, wanted):
    """Return the loss of w x + b, added up over what is wanted, and its slopes in w and b."""
    inputs = np.column_stack([x, np.ones(len(x))])
    error = inputs @ place - wanted
    return error @ error, 2 * error @ inputs


def land_numbers(live):
    return numbers(re.findall(r"(?:w =|b =|loss(?: below)?|are|and) (−?\d+(?:\.\d+)?)", said(live)))


@pytest.mark.parametrize(("x", "wanted"), [([2], [6]), ([2, 0], [6, 2])])
def test_two_dials_go_where_python_takes_them(figure, x, wanted):
    live = figure("landscape")
    live.get_by_label("also turn 0 into 2").set_checked(len(x) > 1)
    set_slider(live.get_by_role("slider", name="w ="), 3.5)
    set_slider(live.get_by_role("slider", name="b ="), 2)
    place, optimizer = np.array([3.5, 2.0]), SGD(lr=1 / 16)
    for presses in ["Step", "10 steps"]:
        for _ in range(1 if presses == "Step" else 10):
            optimizer.update([place], [two_dials(place, x, wanted)[1]])
        press(live, presses)
        loss, slopes = two_dials(place, x, wanted)
        assert_allclose(land_numbers(live), [*place, loss, *slopes], atol=5.001e-4)
    assert said(live).startswith("After 11 steps: ")
    press(live, "Start over")
    assert_allclose(land_numbers(live)[:2], [1, 0])


def at_the_map(points):
    """Return w and b of the points of a path, [[w, b]]; 61 pixels are 1, and b is 3 at the top."""
    x, y = np.array([point.split() for point in points[1:].split("L")], dtype=float).T
    return np.column_stack([x / 61, 3 - y / 61])


@pytest.mark.parametrize(("x", "wanted"), [([2], [6]), ([2, 0], [6, 2])])
def test_all_of_a_line_of_the_map_has_the_loss_that_is_written_there(figure, x, wanted):
    live = figure("landscape")
    live.get_by_label("also turn 0 into 2").set_checked(len(x) > 1)
    lines = shown(live, ".land-level, .land-lowest", "e.getAttribute('d')")
    for level, line in zip([36, 25, 16, 9, 4, 1, 0], lines, strict=True):
        losses = [two_dials(point, x, wanted)[0] for point in at_the_map(line)]
        assert_allclose(losses, level, atol=1e-6)
    named = shown(live, ".land-name", "[e.textContent, e.getAttribute('x')]")
    for name, right in named:
        loss, _ = two_dials([float(right) / 61, -0.7], x, wanted)
        assert_allclose(loss, float(name.removeprefix("loss ")), atol=1e-6)
    assert len(named) == (7 if len(x) == 1 else 4)


def test_a_click_on_the_map_says_where_to_start(figure):
    live = figure("landscape")
    drawing = live.locator(".land")
    scale = drawing.bounding_box()["width"] / 340
    drawing.click(position={"x": (28 + 61 * 4) * scale, "y": (8 + 61 * 2.5) * scale})
    assert said(live) == "w = 4, b = 0.5, loss 6.25. The slopes are 10 for w and 5 for b."
    ends = shown(live, ".live-red-arrow line", "[e.x2.baseVal.value, e.y2.baseVal.value]")
    assert_allclose(np.array(ends) / 61, [[4 - 10 / 16, 2.5], [4, 2.5 + 5 / 16]], atol=1e-6)


# One training step.


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
