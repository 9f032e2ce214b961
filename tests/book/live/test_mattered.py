"""Which earlier word mattered is what Python finds by nudging each. Needs `make book` first."""

import numpy as np
import pytest
from live_figures import press, said, set_slider, style_numbers
from numpy.testing import assert_allclose

from rnnlm_figures.mattered import LAYERS, network, shown
from rnnlm_ref.generate import next_word_probabilities
from rnnlm_ref.gradcheck import numerical_gradient


def moved(model, vocabulary, before, words):
    """Return how likely the last word is, and how far nudging each word before it moves its loss, as shares."""
    ids = vocabulary.encode(words)
    model.reset_state()
    model.predict(vocabulary.encode(before)[np.newaxis])
    recurrent = model.recurrent
    state = [each.copy() for each in (recurrent.h, getattr(recurrent, "c", None)) if each is not None]
    vectors = model.params[0][ids[:-1]]

    def loss(_):
        recurrent.set_state(*state)
        p = next_word_probabilities(model.layers[2].forward(recurrent.forward(vectors[np.newaxis]))[0, -1])
        return -np.log(p[ids[-1]])

    lengths = np.linalg.norm(numerical_gradient(loss, vectors), axis=-1)
    return np.exp(-loss(None)), lengths / lengths.sum()


@pytest.mark.parametrize(("text", "asked", "m"), [("parade", 29, 14), ("parade", 29, 29), ("fable", 39, 20)])
def test_which_word_mattered_is_what_nudging_each_word_finds(figure, text, asked, m):
    live = figure(f"mattered[{text}]")
    live.locator(".mattered-word").first.click()
    set_slider(live.get_by_label("Word:"), m)
    before, words, _ = shown(text)
    bars = style_numbers(live, ".mattered-word")
    for k, name in enumerate(LAYERS):
        p, shares = moved(*network(text, name), before, words[: m + 1])
        assert_allclose(bars[k * len(words) :][:m], shares, atol=1e-6)
        assert not any(bars[k * len(words) + m :][: len(words) - m])
        below = live.locator(f".mattered-{name} .mattered-word").evaluate_all("all => all.map(e => e.dataset.share)")
        assert below[:m] == [f"{100 * share:.0f} %" if share >= 0.015 else "" for share in shares]
        assert live.locator(".mattered-head").nth(k).inner_text() == f"{name}: it gives “{words[m]}” {100 * p:.0f} %"
    assert ("Your word" in said(live)) == (m == asked)


def test_which_word_mattered_asks_before_it_shows_and_needs_no_mouse(figure):
    live = figure("mattered[parade]")
    assert not any(style_numbers(live, ".mattered-word"))
    assert live.get_by_role("button", name="This one").is_disabled()
    slider = live.get_by_label("Word:")
    slider.focus()
    for _ in range(15):
        live.page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "and"
    live.page.keyboard.press("Tab")
    live.page.keyboard.press("Enter")
    assert said(live).startswith("Your word, “and”, has 0 % in the RNN and 5 % in the LSTM. What moves “hoots” most: ")
    for m in (28, 30):  # a mouse moves from somewhere to somewhere, here to barks
        live.locator(".mattered-word").nth(m).hover()
    assert "What moves “barks” most" in said(live)
    press(live, "Ask me again")
    live.locator(".mattered-word").nth(14).click()  # owl
    assert said(live).startswith("Your word, “owl”, has 0 % in the RNN and 11 % in the LSTM.")


def test_attention_is_asked_where_it_looks_and_shows_the_shares_that_the_page_found(figure):
    live = figure("mattered[attention]")
    assert live.locator(".mattered-head").inner_text() == "To say “barks”, at which word does it look most?"
    live.locator(".mattered-word").nth(8).click()  # owl
    assert said(live).startswith("Your word, “owl”, has 1 %. To say “barks” it looks at “dog” 98 %, ")
    words, asked, networks = live.evaluate("live => [live.given.words, live.given.asked, live.given.networks]")
    assert words[asked] == "barks"
    for m, (p, shares) in enumerate(networks["attention"], 1):
        assert len(shares) == m
        assert sum(shares) == pytest.approx(1, abs=1e-4)
        set_slider(live.get_by_label("Word:"), m)
        bars = style_numbers(live, ".mattered-word")
        assert bars == [*shares, *[0] * (len(words) - m)]
        assert live.locator(".mattered-head").inner_text() == f"attention: it gives “{words[m]}” {100 * p:.0f} %"


def test_a_hill_in_the_owl_s_place_shows_what_both_networks_make_of_it(figure):
    live = figure("mattered[swap]")
    words, asked, networks, other = live.evaluate(
        "live => ['words', 'asked', 'networks', 'other'].map(k => live.given[k])"
    )
    assert (words[2], other["words"][2]) == ("owl", "hill")
    for each in ({"words": words, "networks": networks}, other):
        for (name, rows), text in zip(each["networks"].items(), live.locator(".mattered-text").all(), strict=True):
            p, shares = rows[asked - 1]
            assert style_numbers(text, ".mattered-word")[:asked] == shares
            assert text.inner_text().split()[2].startswith(each["words"][2])
            assert f"{name}: it gives “{each['words'][asked]}” {100 * p:.0f} %" in live.inner_text()
        live.get_by_label("a hill in the owl’s place").check()
    assert said(live) == (
        "To say “barks” it looks, with varied places, at “dog” 100 %; with fixed places, at “dog” 62 %, “hill” 38 %."
    )
