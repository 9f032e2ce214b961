"""Scores on sliders give the shares, slopes and loss that Python computes. Needs `make book` first."""

import numpy as np
import pytest
from live_figures import numbers, press, said, set_slider, shown, style_numbers
from numpy.testing import assert_allclose

from rnnlm_ref.time_layers import TimeSoftmaxWithLoss

SCORES = np.log([[[1.0, 4, 2, 1], [4, 2, 1, 1]]])


def assert_shows_loss(logits, scores, targets):
    """Compare scores, shares, slopes and loss with the layer's."""
    layer = TimeSoftmaxWithLoss()
    loss = layer.forward(scores, np.array([targets]))
    assert_allclose(shown(logits, ".logit-rows input", "Number(e.value)"), scores.ravel(), atol=1e-9)
    shares = style_numbers(logits, ".logit-share")
    exps = np.exp(scores)
    assert_allclose(shares, (exps / exps.sum(axis=-1, keepdims=True)).ravel(), atol=1e-9)
    slopes = layer.backward().ravel()
    written = numbers(text.rstrip(" ↑↓") for text in logits.locator(".logit-slope").all_inner_texts())
    assert_allclose(written, slopes, atol=5.001e-4)
    assert_allclose(style_numbers(logits, ".logit-slope", "--value"), slopes, atol=1e-9)
    assert said(logits).startswith(f"The loss is {loss:.3f}" if max(targets) >= 0 else "Nothing counts")


def test_the_scores_give_the_shares_slopes_and_loss_that_python_computes(figure):
    logits = figure("logits")
    assert_shows_loss(logits, SCORES, [1, 3])
    scores = SCORES.copy()
    scores[0, 0, 2], scores[0, 1, 0] = 4.5, -3.25
    set_slider(logits.get_by_label("score of cows, position 0"), 4.5)
    set_slider(logits.get_by_label("score of owls, position 1"), -3.25)
    logits.get_by_role("combobox").first.select_option("cows")
    assert_shows_loss(logits, scores, [2, 3])


def test_on_a_phone_buttons_move_the_scores_up_to_their_bounds(figure):
    logits = figure("logits")
    assert not logits.get_by_label("raise owls, position 0").is_visible()
    logits.page.set_viewport_size({"width": 390, "height": 900})
    assert not logits.get_by_label("score of owls, position 0").is_visible()
    for button in ["raise owls, position 0"] * 3 + ["lower see, position 1"] * 12:
        logits.get_by_label(button).click()
    scores = SCORES.copy()
    scores[0, 0, 0], scores[0, 1, 1] = 1.5, -5
    assert_shows_loss(logits, scores, [1, 3])
    assert logits.get_by_label("raise owls, position 0").bounding_box()["height"] >= 24


@pytest.mark.parametrize("width", [1280, 390])
def test_a_slope_is_drawn_on_the_scale_of_the_probabilities(figure, width):
    logits = figure("logits")
    logits.page.set_viewport_size({"width": width, "height": 900})
    share, slope = (shown(logits, f".logit-{kind}", "e.clientWidth")[0] for kind in ("share", "slope"))
    assert_allclose(slope, 2 * share, rtol=0.15)


def test_a_position_that_does_not_count_has_no_say(figure):
    logits = figure("logits")
    logits.get_by_label("counts").first.uncheck()
    assert_shows_loss(logits, SCORES, [-1, 3])
    logits.get_by_label("counts").last.uncheck()
    assert_shows_loss(logits, SCORES, [-1, -1])


def test_a_step_goes_against_the_gradient(figure):
    logits = figure("logits")
    layer, scores = TimeSoftmaxWithLoss(), SCORES.copy()
    for _ in range(11):
        layer.forward(scores, np.array([[1, 3]]))
        scores = scores - layer.backward()
    press(logits, "10 steps")
    press(logits, "Step")
    assert_shows_loss(logits, scores, [1, 3])
    assert said(logits).endswith("11 steps ago it was 1.386.")
    press(logits, "Start over")
    assert_shows_loss(logits, SCORES, [1, 3])
