"""Influence through time is drawn as the gradients that Python computes. Needs `make book` first."""

import re

import numpy as np
import pytest
from live_figures import points, said, set_slider, set_sliders, shown
from numpy.testing import assert_allclose

from rnnlm_ref.time_layers import TimeRNN


def gradients_by_window(radius, T, k):
    """Return the gradient at each step of a linear cell with one unit, with a gradient of 1 from each output."""
    layer = TimeRNN(np.ones((1, 1)), np.full((1, 1), radius), np.zeros(1), activation="identity")
    arriving = []
    for start in range(0, T, k):
        ones = np.ones((1, min(k, T - start), 1))
        layer.forward(ones)
        arriving.append(layer.backward(ones)[0, :, 0])
    return np.concatenate(arriving)


@pytest.mark.parametrize(("radius", "T", "k"), [(0.5, 10, 4), (1.0, 24, 7), (1.5, 24, 24)])
def test_the_bars_and_arcs_are_the_gradients_that_python_computes(figure, radius, T, k):
    influence = figure("influence[windows]")
    set_sliders(influence, {"ρ": radius, "steps T": T, "window k": k})
    arriving = gradients_by_window(radius, T, k)
    heights = shown(influence, ".influence-bar", "Number(e.getAttribute('height'))")
    whole = gradients_by_window(radius, T, T)
    top = 3 * 10 ** np.ceil(np.log10(whole.max() / 3))  # 3, 30, 300, …
    assert_allclose(heights, 112 * arriving / top, rtol=1e-9)
    lost = shown(influence, "rect.influence-lost", "Number(e.getAttribute('height'))")
    assert_allclose(lost, 112 * whole / top if k < T else [], rtol=1e-9)
    paths = [radius ** (output - t) for output in range(T) for t in range(output) if t // k == output // k]
    opacities = shown(influence, ".influence-path:not(.influence-lost)", "Number(e.getAttribute('stroke-opacity'))")
    assert_allclose(sorted(opacities), np.minimum(sorted(paths), 1), rtol=1e-9)
    assert len(shown(influence, "path.influence-lost", "1")) == T * (T - 1) // 2 - len(paths)
    assert ("windows of" in said(influence)) is (k < T)


def test_the_axis_of_the_bars_stays_while_rho_moves(figure):
    influence = figure("influence[paths]")
    for radius in (0.5, 0.8, 1.1, 1.5):
        set_slider(influence.get_by_label("ρ"), radius)
        gradients = gradients_by_window(radius, 12, 12)
        bars = shown(influence, ".influence-bar", "Number(e.getAttribute('height'))")
        assert_allclose(bars, 112 * np.minimum(gradients / 30, 1), rtol=1e-9)
        assert influence.locator(".influence-more").count() == (gradients > 30).sum()


@pytest.mark.parametrize(("radius", "T", "k"), [(0.3, 24, 24), (1.0, 5, 24), (1.5, 24, 24), (0.8, 12, 5)])
def test_the_last_output_alone_fades_or_explodes_on_an_axis_that_stays(figure, radius, T, k):
    influence = figure("influence[windows]")
    set_sliders(influence, {"ρ": radius, "steps T": T, "window k": k})
    influence.get_by_label("only the last output sends 1").check()
    layer = TimeRNN(np.ones((1, 1)), np.full((1, 1), radius), np.zeros(1), activation="identity")
    reached = (T - 1) % k + 1  # the steps of the last window
    last = np.zeros((1, reached, 1))
    last[0, -1] = 1
    layer.forward(last)
    expected = np.log10(layer.backward(last)[0, :, 0])
    (line,) = shown(influence, ".influence-line.influence-bar", "e.getAttribute('d')")
    assert_allclose((230 - points(line)[:, 1]) / 14, expected, atol=1e-9)  # 1 lies at 230, a power of ten is 14 high
    dots = shown(influence, ".influence-end", "(230 - Number(e.getAttribute('cy'))) / 14")
    assert_allclose(dots, expected[np.abs(expected) <= 4], atol=1e-9)
    assert not influence.locator(".influence rect").count()
    arrives = re.search(r"= (.+) arrives at step 0", said(influence))
    if reached < T:
        assert arrives is None
    else:
        digits, _, exponent = arrives[1].partition(" · 10")
        power = int(exponent.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)
        assert_allclose(float(digits) * 10.0**power, radius ** (T - 1), rtol=5e-3)


def test_an_arc_says_its_product_to_mouse_and_keyboard(figure):
    influence = figure("influence[paths]")
    slider = influence.get_by_label("path:")
    slider.focus()
    for _ in range(3):  # the arcs of step 1, then those of step 2
        influence.page.keyboard.press("ArrowRight")
    assert (
        said(influence) == "From the output of step 2 back to step 0 are 2 steps: this path carries 0.8 · 0.8 = 0.64."
    )
    assert slider.get_attribute("aria-valuetext") == "2 back to 0"
    drawing = influence.locator(".influence")
    scale = drawing.bounding_box()["width"] / 340
    drawing.hover(position={"x": 184 * scale, "y": (150 - 0.88 * 137.5) * scale})  # the top of the widest arc
    assert said(influence).endswith(f"step 11 back to step 0 are 11 steps: this path carries 0.8¹¹ = {0.8**11:.4f}.")
    set_slider(influence.get_by_label("ρ"), 0.5)
    assert said(influence).startswith("The path from the last output")
