"""The whole loop, of chapter 0, shows what Python computes before and after learning. Needs `make book` first."""

import numpy as np
from live_figures import numbers, press, said, shown, style_numbers
from numpy.testing import assert_allclose

from rnnlm_figures.loop import once_through, smallest_model
from rnnlm_ref.generate import next_word_probabilities


def assert_shows_the_loop(live, layers, sound):
    """Compare the table, rounded as it is, the bars and the sentence with one pass in Python."""
    ids, vectors, states, scores, loss, gradient = once_through(*layers, sound)
    rows = shown(live, "tbody tr", "[...e.querySelectorAll('td')].map(cell => cell.textContent)")
    assert [int(row[0]) for row in rows] == ids.tolist()
    shown_numbers = [list(numbers(row[1:])) for row in rows]
    assert_allclose(shown_numbers, np.hstack([vectors, states, gradient]), atol=5.001e-3)
    shares = style_numbers(live, ".logit-share")
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
