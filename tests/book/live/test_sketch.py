"""A curve that the reader draws is compared with what was measured. Needs `make book` first."""

import itertools
import re

import nbformat
import numpy as np
import pytest
from live_figures import numbers, points, press, said, set_slider, shown
from numpy.testing import assert_allclose
from pages import ROOT

STEPS = [1, 5, *range(10, 101, 10)]


def heights(sketch, kind):
    """Return the powers of ten of the points of a line, for an axis from -12 to 12 that is 216 high."""
    (path,) = shown(sketch, f".{kind}", "e.getAttribute('d')")
    return (228 - points(path)[:, 1]) * 24 / 216 - 12


def test_the_measured_curve_is_the_one_whose_powers_of_ten_the_chapter_prints(figure):
    sketch = figure("sketch")
    cells = nbformat.read(ROOT / "book/05-bptt.ipynb", as_version=4).cells
    printed = " ".join(
        output.get("data", {}).get("text/plain", "") for cell in cells for output in cell.get("outputs", [])
    )
    powers = numbers(re.search(r"radius\s0\.9: (-[-.\s\d]+)", printed)[1].split())
    set_slider(sketch.get_by_label("your size there"), -1)
    press(sketch, "Show what was measured")
    assert_allclose(heights(sketch, "sketch-asked")[::3], powers, atol=0.05001)
    assert sketch.locator(".sketch-name").all_text_contents() == ["0.5", "0.9", "1.0", "1.1", "1.5"]
    set_slider(sketch.get_by_label("steps back:"), 11)
    (size,) = re.findall(r"; (\S+) · 10⁻⁶ for radius 0.9;", said(sketch))
    assert_allclose(np.log10(float(size) * 1e-6), heights(sketch, "sketch-asked")[-1], atol=2e-3)


def test_a_curve_is_asked_for_before_it_is_shown_and_drawn_without_a_mouse(figure):
    sketch = figure("sketch")
    press(sketch, "Show what was measured")
    assert said(sketch).startswith("Draw first: what do you expect?")
    assert sketch.locator(".sketch-asked").count() == 0
    set_slider(sketch.get_by_label("your size there"), 0)
    assert said(sketch) == "At 1 step back you expect 1."
    sketch.get_by_label("steps back:").focus()
    for key in ["End", "Tab", "ArrowLeft", "ArrowLeft"]:  # two halves of a power of ten
        sketch.page.keyboard.press(key)
    assert said(sketch) == "At 100 steps back you expect 0.1."
    assert_allclose(heights(sketch, "sketch-mine"), np.array([0, *-(np.array(STEPS[1:]) - 1)]) / 99, atol=1e-9)
    press(sketch, "Show what was measured")
    assert said(sketch).startswith("At 100 steps back you expected 0.1 for radius 0.9. Measured: ")
    set_slider(sketch.get_by_label("your size there"), 5)  # too late
    assert_allclose(heights(sketch, "sketch-mine")[-1], -1)
    press(sketch, "Start over")
    assert [sketch.locator(f".sketch-{line}").count() for line in ("asked", "mine")] == [0, 0]


def test_it_is_shown_without_a_guess_to_a_reader_who_asks_twice(figure):
    sketch = figure("sketch")
    press(sketch, "Show what was measured")
    press(sketch, "Show what was measured")
    assert said(sketch).startswith("Measured at 100: ")
    assert [sketch.locator(f".sketch-{line}").count() for line in ("asked", "mine")] == [1, 0]


def stroke(sketch, *points):
    """Draw through points of the plot: shares of its width, and powers of ten."""
    drawing = sketch.locator(".sketch")
    drawing.hover(position={"x": 1, "y": 1})
    box, mouse = drawing.bounding_box(), sketch.page.mouse
    end = sketch.evaluate("sketch => sketch.end")
    for n, (across, power) in enumerate(points):
        mouse.move(box["x"] + 42 + across * (end - 42), box["y"] + 120 - 9 * power)
        if n == 0:
            mouse.down()
    mouse.up()


def test_a_stroke_of_the_pointer_is_a_straight_line(figure):
    sketch = figure("sketch")
    stroke(sketch, (0, 0), (1, -12))
    assert_allclose(heights(sketch, "sketch-mine"), -12 * (np.array(STEPS) - 1) / 99, atol=0.1)


def test_what_is_not_drawn_stays_blank(figure):
    sketch = figure("sketch")
    stroke(sketch, (0, 0), (49 / 99, -6))  # to 50 steps back
    assert_allclose(heights(sketch, "sketch-mine"), -6 * (np.array(STEPS[:7]) - 1) / 49, atol=0.1)
    set_slider(sketch.get_by_label("steps back:"), 11)
    assert said(sketch) == "Nothing is drawn yet at 100 steps back."
    press(sketch, "Show what was measured")
    assert said(sketch).startswith("Measured at 100: ")


def test_every_third_power_of_ten_has_a_line(figure):
    sketch = figure("sketch")
    assert shown(sketch, ".live-axis", "e.y1.baseVal.value") == [120 - 9 * power for power in range(-12, 13, 3)]


def test_a_size_at_which_all_curves_begin_is_given_and_no_two_names_of_curves_touch(figure):
    sketch = figure("sketch").page.locator("live-sketch")
    sketch.page.goto(sketch.page.url.replace("05-bptt", "what-an-lstm-adds"), wait_until="domcontentloaded")
    set_slider(sketch.get_by_label("steps back:"), 0)
    set_slider(sketch.get_by_label("your size there"), -8)
    assert said(sketch) == "At 0 steps back you expect 1."
    press(sketch, "Show what was measured")
    boxes = shown(sketch, ".sketch-name", "(({ x, y, width, height }) => [x, y, x + width, y + height])(e.getBBox())")
    assert len(boxes) == 4
    for one, other in itertools.combinations(boxes, 2):
        assert one[0] > other[2] or other[0] > one[2] or one[1] > other[3] - 5 or other[1] > one[3] - 5
    assert max(right for _, _, right, _ in boxes) <= sketch.locator(".sketch").bounding_box()["width"]


@pytest.mark.parametrize("width", [1280, 390])
def test_the_plot_of_a_curve_fills_its_box_and_no_line_of_its_frame_goes_through_a_name(figure, width):
    sketch = figure("sketch")
    sketch.page.set_viewport_size({"width": width, "height": 900})
    press(sketch, "Show what was measured")
    press(sketch, "Show what was measured")
    lines = shown(sketch, ".live-axis", "(({ left, right, top }) => [left, right, top])(e.getBoundingClientRect())")
    names = shown(sketch, ".sketch-name", "(({ left, top, bottom }) => [left, top, bottom])(e.getBoundingClientRect())")
    assert lines[0][1] - lines[0][0] > 0.75 * sketch.locator(".sketch").bounding_box()["width"]
    assert not [name for name in names for left, right, y in lines if left < name[0] < right and name[1] < y < name[2]]
