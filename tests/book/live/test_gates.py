"""Three gates make the states and gradients that Python computes. Needs `make book` first."""

import numpy as np
import pytest
from live_figures import press, said, set_sliders, style_numbers
from numpy.testing import assert_allclose

from rnnlm_ref.time_layers import TimeLSTM

CANDIDATES = {
    "the": 0.4,
    "owl": 0.9,
    "in": -0.3,
    "wood": 0.5,
    "hoots": -0.4,
    ".": 0.1,
    "cow": -0.9,
    "by": 0.3,
    "river": -0.5,
}
HALF_OPEN = {"an animal": (0.5, 0.5, 0.5), "a full stop": (0.5, 0.5, 0.5), "any other word": (0.5, 0.5, 0.5)}
KEEPING = {"an animal": (0.01, 0.99, 0.8), "a full stop": (0.01, 0.03, 0.1), "any other word": (0.98, 0.02, 0.7)}


@pytest.mark.parametrize("gates", [HALF_OPEN, KEEPING])
def test_the_gates_make_the_states_and_gradients_that_python_computes(figure, gates):
    live = figure("gates")
    for kind, (f, i, o) in gates.items():
        names = {f"f: keep the old, at {kind}": f, f"i: let the new in, at {kind}": i, f"o: show, at {kind}": o}
        set_sliders(live, names)
    words = ["the", "owl", "in", "the", "wood", "hoots", ".", "the", "cow", "by", "the", "river"]
    kinds = {"owl": "an animal", "cow": "an animal", ".": "a full stop"}
    f, i, o = np.array([gates[kinds.get(word, "any other word")] for word in words]).T
    g = np.array([CANDIDATES[word] for word in words])
    # Each word has a row of weights of its own, from which its gates come.
    Wx = np.column_stack([np.log(o / (1 - o)), np.log(f / (1 - f)), np.log(i / (1 - i)), np.arctanh(g)])
    lstm = TimeLSTM(Wx, np.zeros((1, 4)), np.zeros(4))
    hs = lstm.forward(np.eye(12)[np.newaxis])
    lstm.backward(np.eye(12)[-1].reshape(1, 12, 1))
    dc = lstm.grads[0][:, 3] / (i * (1 - g**2))
    cs = np.arctanh(hs[0, :, 0] / o)
    bars = style_numbers(live, ".live-bar", "--value")
    assert_allclose(np.reshape(bars, (12, 3)), np.column_stack([cs, hs[0, :, 0], dc]), rtol=1e-6, atol=1e-12)
    lengths = style_numbers(live, ".gates-reach", "--length")
    assert_allclose(lengths, 1 + np.log10(dc) / 6, rtol=1e-6, atol=1e-9)
    assert said(live).startswith(f"At the end c is {cs[-1]:.2f}.".replace("-", "−"))
    assert live.get_by_role("list").evaluate("list => list.scrollHeight <= list.clientHeight")  # with its last row
    press(live, "Start over")
    assert {slider.input_value() for slider in live.get_by_role("slider").all()} == {"0.5"}
    assert said(live).startswith("At the end c is −0.15.")
