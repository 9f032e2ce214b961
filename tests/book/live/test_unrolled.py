"""The worked example, unrolled, shows what Python computes with every mistake. Needs `make book` first."""

import re

import numpy as np
import pytest
from live_figures import numbers, press, said, shown
from numpy.testing import assert_allclose

from rnnlm_ref.layers import RNN

SETTINGS = {"ids": [6, 0, 6], "above": [-2, 5, 0], "Wx": -0.3, "Wh": 0.7, "b": -4}


def unroll(ids, above, Wx, Wh, b, dropped=False, one_cell=False):
    """Return hs, dxs and the terms of the gradients by step, as the loop of chapter 4 computes them."""
    parameters = np.full((4, 3), float(Wx)), np.full((3, 3), float(Wh)), np.full(3, float(b))
    xs = np.arange(28.0).reshape(7, 4)[ids]
    cells = [RNN(*parameters, "identity")] * 3 if one_cell else [RNN(*parameters, "identity") for _ in ids]
    h, hs, dh, dxs, terms = np.zeros((1, 3)), [], 0, [], []
    for cell, x in zip(cells, xs, strict=True):
        h = cell.forward(x[np.newaxis], h)
        hs.append(h[0])
    for cell, g in zip(cells[::-1], above[::-1], strict=True):
        dx, dh = cell.backward(np.full((1, 3), float(g)) + (0 if dropped else dh))
        dWx, dWh, db = cell.grads
        dxs.append(dx[0])
        terms.append([db[0], dWh[0, 0], *dWx[:, 0]])
    return np.array(hs), np.array(dxs[::-1]), np.array(terms).T  # terms: a row a gradient, steps 2, 1, 0


def enter(unrolled, ids, above, Wx, Wh, b):
    for t in range(3):
        unrolled.get_by_label(f"id of step {t}").fill(str(ids[t]))
        unrolled.get_by_label(f"gradient from above at step {t}").fill(str(above[t]))
    for name, value in [("Wx", Wx), ("Wh", Wh), ("b", b)]:
        unrolled.get_by_label(f"each number of {name}", exact=True).fill(str(value))


def drawn(unrolled, kind):
    """Return the numbers in the cells of one colour; equal ones may be written once."""
    written = shown(unrolled, f".live-{kind}-cell", "[e.nextSibling.textContent, Number(e.dataset.count)]")
    return [number for text, count in written for number in numbers([text.removeprefix("each ")]) * count]


def sums(unrolled):
    """Return the rows of the table: for each gradient its terms, and the sum as it is written."""
    rows = [row.locator("td").all_inner_texts() for row in unrolled.locator("tbody tr").all()]
    return np.array([numbers(row[:3]) for row in rows]), [row[3] for row in rows]


@pytest.mark.parametrize(
    ("switch", "mistake"),
    [(None, {}), ("drop “+ dh”", {"dropped": True}), ("one cell object for all steps", {"one_cell": True})],
)
def test_the_unrolled_example_shows_what_python_computes_with_every_mistake(figure, switch, mistake):
    unrolled = figure("unrolled")
    enter(unrolled, **SETTINGS)
    if switch:
        unrolled.get_by_label(switch).check()
    press(unrolled, "To the end")
    hs, dxs, terms = unroll(**SETTINGS, **mistake)
    assert_allclose(drawn(unrolled, "orange"), hs.ravel(), rtol=1e-5)
    red = np.reshape(drawn(unrolled, "red"), (3, 7))  # for each step: the gradients from above, then dx
    assert_allclose(red[:, 3:], dxs, rtol=1e-5)
    summands, totals = sums(unrolled)
    assert_allclose(summands, terms, rtol=1e-5, atol=1e-12)
    assert_allclose(numbers(total.split(" ≠")[0] for total in totals), terms.sum(axis=1), rtol=1e-5)
    assert any("≠" in total for total in totals) is bool(switch)


def test_the_unrolled_example_goes_forward_and_back_one_step_at_a_time(figure):
    unrolled = figure("unrolled")
    db = unrolled.locator("tbody tr").first.locator("td")
    seen = []
    for button in ["Step"] * 6 + ["Step back"]:
        press(unrolled, button)
        seen.append((drawn(unrolled, "orange")[::3], db.all_inner_texts()))
    assert [states for states, _ in seen] == [[9], [9, 52], *[[9, 52, 197]] * 5]
    assert [row for _, row in seen[2:]] == [
        ["", "", "", ""],
        ["3", "", "", "3"],
        ["3", "11", "", "14"],
        ["3", "11", "34", "48"],
        ["3", "11", "", "14"],
    ]


def test_starting_over_resets_the_numbers_and_the_switches_too(figure):
    unrolled = figure("unrolled")
    unrolled.get_by_label("id of step 0").fill("5")
    unrolled.get_by_label("one cell object for all steps").check()
    press(unrolled, "Start over")
    assert unrolled.get_by_label("id of step 0").input_value() == "0"
    assert not unrolled.get_by_label("one cell object for all steps").is_checked()
    press(unrolled, "To the end")
    assert drawn(unrolled, "orange")[::3] == [9, 52, 197]


def test_a_field_left_empty_or_out_of_bounds_changes_nothing_and_says_why(figure):
    unrolled = figure("unrolled")
    press(unrolled, "To the end")
    before = said(unrolled)
    field = unrolled.get_by_label("id of step 0")
    field.fill("")
    assert said(unrolled) == before
    for value in ["7", "-1", "0.5"]:
        field.fill(value)
        assert said(unrolled) == "The id of step 0 must be a whole number from 0 to 6, so nothing changes."
        assert field.get_attribute("aria-invalid") == "true"
    assert drawn(unrolled, "blue")[:4] == [0, 1, 2, 3]
    field.fill("6")
    assert field.get_attribute("aria-invalid") == "false"
    assert drawn(unrolled, "blue")[:4] == [24, 25, 26, 27]


@pytest.mark.parametrize("mistake", [{}, {"dropped": True}, {"one_cell": True}])
def test_each_number_that_is_pressed_says_a_sum_that_comes_out(figure, mistake):
    """Python works out what stands before the last =, and compares it with what stands behind it."""
    unrolled = figure("unrolled")
    enter(unrolled, **SETTINGS)
    for switch, name in [("drop “+ dh”", "dropped"), ("one cell object for all steps", "one_cell")]:
        unrolled.get_by_label(switch).set_checked(name in mistake)
    press(unrolled, "To the end")
    hs, dxs, terms = unroll(**SETTINGS, **mistake)
    expected = {f"h {t}": hs[t, 0] for t in range(3)} | {f"dx {t}": dxs[t, 0] for t in range(3)}
    for name, row in zip(["dWh", *(f"dWx row {d}" for d in range(4))], terms[1:], strict=True):
        expected |= {f"{name} sum": row.sum()} | {f"{name} {2 - k}": term for k, term in enumerate(row)}
    expected |= {"db sum": terms[0].sum()}
    for name, value in expected.items():
        unrolled.locator(f"[data-name='{name}']").press("Enter")
        *_, worked, result = said(unrolled).replace("·", "*").replace("−", "-").rstrip(".").split(" = ")
        found = re.search(r"(?: is | gets |over the steps: |^)([^a-z:]+)$", worked)[1]
        assert_allclose([eval(found), float(result)], value, rtol=1e-4, atol=1e-6, err_msg=name)


@pytest.mark.parametrize(("motion", "moving"), [("no-preference", True), ("reduce", False)])
def test_numbers_travel_along_their_arrows_unless_readers_asked_for_no_motion(figure, motion, moving):
    unrolled = figure("unrolled")
    unrolled.page.emulate_media(reduced_motion=motion)
    for _ in range(4):
        press(unrolled, "Step")
    assert bool(unrolled.evaluate("e => e.getAnimations({subtree: true}).length")) is moving


def test_the_unrolled_example_and_its_table_fit_a_window(figure):
    unrolled = figure("unrolled")
    press(unrolled, "To the end")
    assert unrolled.locator(".live-panel").bounding_box()["height"] <= 840  # of 900, below the bar of the page
