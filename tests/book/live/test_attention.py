"""A query to three states gives the shares that Python computes. Needs `make book` first."""

import re

import numpy as np
import pytest
from live_figures import numbers, press, said, set_slider, shown
from numpy.testing import assert_allclose

BASES = [0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.4, 1.6, 2, 2.5, 3, 4]


def ask(attention, base):
    set_slider(attention.get_by_role("slider"), BASES.index(base))


def give_keys(attention, keys, before):
    for value, new, old in zip([0, 1, 3], keys, before, strict=True):
        for _ in range(abs(new - old)):
            press(attention, f"{'raise' if new > old else 'lower'} the key of {value}")


@pytest.mark.parametrize(("base", "keys"), [(2, None), (0.3, None), (1, None), (2, [0, 2, 1]), (0.5, [3, 0, 1])])
def test_the_bars_of_attention_are_the_shares_and_their_line_balances_at_the_mean(figure, base, keys):
    attention, values = figure("attention"), np.array([0, 1, 3])
    ask(attention, base)
    if keys:
        attention.get_by_label("keys of their own").check()
        give_keys(attention, keys, before=[0, 2, 1])
    exps = np.exp(np.log(base) * np.array(keys or values))
    shares = exps / exps.sum()
    heights = shown(attention, ".attention-bar", "Number(e.getAttribute('height')) / 78")
    assert_allclose(heights, shares, rtol=1e-9)
    middles = "Number(e.getAttribute('x')) + Number(e.getAttribute('width')) / 2"
    places = np.array(shown(attention, ".attention-bar", middles))
    cells = shown(attention, ".live-blue-cell", f"[{middles}, Number(e.nextSibling.textContent)]")
    assert cells == [[x, value] for x, value in zip(places, values, strict=True)]
    (balance,) = shown(attention, ".attention-y", "Number(e.getAttribute('transform').match(/[\\d.]+/)[0])")
    assert_allclose(balance, shares @ places, rtol=1e-9)
    of_bases = [text.split(" = ") for text in attention.locator(".attention-score").all_text_contents()]
    assert [power for power, _ in of_bases] == [f"{base}{'⁰¹²³'[key]}" for key in keys or values]
    assert_allclose(numbers(number for _, number in of_bases), exps, rtol=5e-3)
    assert numbers(re.findall(r"(\d+)\s%", said(attention))) == np.floor(100 * shares + 0.5).tolist()
    assert f"so y = {shares @ values:.2f}." in said(attention)
    assert f"q = log {base} = {np.log(base):.2f}".replace("= 0.00", "= 0").replace("-", "−") in attention.inner_text()


def test_no_query_makes_the_middle_state_the_largest_and_it_says_so_when_both_sides_were_tried(figure):
    attention = figure("attention")
    query = attention.get_by_role("slider")
    query.focus()
    for base in BASES[12:3:-1]:
        attention.page.keyboard.press("ArrowLeft")
        assert query.get_attribute("aria-valuetext").startswith(f"log {base} = ")
        assert said(attention).endswith("Can you give the middle state the largest share?")
    attention.page.keyboard.press("ArrowLeft")
    assert "below 0 the smallest: the middle one never has." in said(attention)


def test_with_a_key_of_its_own_the_middle_state_can_have_most_unless_its_key_is_the_middle_one(figure):
    attention = figure("attention")
    keys = attention.get_by_label("keys of their own")
    assert not attention.get_by_role("button", name="raise the key of 1").is_visible()
    keys.focus()
    attention.page.keyboard.press("Space")
    assert said(attention).startswith("q = log 2, keys 0, 2 and 1: the shares are 14")
    assert said(attention).endswith("The middle state has most: its key is the largest.")
    ask(attention, 0.5)
    assert said(attention).endswith("Can you give the middle state the largest share?")
    give_keys(attention, [1, 0, 1], before=[0, 2, 1])
    assert said(attention).endswith("The middle state has most: its key is the smallest, and q is below 0.")
    ask(attention, 1.1)
    assert said(attention).endswith("Can you give the middle state the largest share?")
    ask(attention, 0.5)
    give_keys(attention, [1, 1, 1], before=[1, 0, 1])
    assert said(attention).endswith("Can you give the middle state the largest share?")
    ask(attention, 2)
    assert said(attention).endswith("so their states always have the same share.")
    give_keys(attention, [0, 1, 2], before=[1, 1, 1])
    ask(attention, 0.5)
    ask(attention, 2)
    assert said(attention).endswith("so no query gives the middle state the largest share.")
    for _ in range(4):  # there is no key above 3
        press(attention, "raise the key of 1")
    assert "keys 0, 3 and 2:" in said(attention)
    keys.uncheck()
    assert said(attention).startswith("q = log 2: the shares are 9")
