"""Two dials and the map of their loss show what Python computes. Needs `make book` first."""

import re

import numpy as np
import pytest
from live_figures import numbers, points, press, said, set_slider, shown
from numpy.testing import assert_allclose

from rnnlm_ref.optim import SGD


def two_dials(place, x, wanted):
    """Return the loss of w x + b, added up over what is wanted, and its slopes in w and b."""
    inputs = np.column_stack([x, np.ones(len(x))])
    error = inputs @ place - wanted
    return error @ error, 2 * error @ inputs


def numbers_said(live):
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
        assert_allclose(numbers_said(live), [*place, loss, *slopes], atol=5.001e-4)
    assert said(live).startswith("After 11 steps: ")
    press(live, "Start over")
    assert_allclose(numbers_said(live)[:2], [1, 0])


def on_the_map(path):
    """Return w and b of the ends of a path, [[w, b]]; 61 pixels are 1, and b is 3 at the top."""
    return points(path) * [1, -1] / 61 + [0, 3]


@pytest.mark.parametrize(("x", "wanted"), [([2], [6]), ([2, 0], [6, 2])])
def test_all_of_a_line_of_the_map_has_the_loss_that_is_written_there(figure, x, wanted):
    live = figure("landscape")
    live.get_by_label("also turn 0 into 2").set_checked(len(x) > 1)
    lines = shown(live, ".land-level, .land-lowest", "e.getAttribute('d')")
    for level, line in zip([36, 25, 16, 9, 4, 1, 0], lines, strict=True):
        losses = [two_dials(point, x, wanted)[0] for point in on_the_map(line)]
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
