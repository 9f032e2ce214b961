"""A cell of two units and three gates show what Python computes. Needs `make book` first."""

import numpy as np
import pytest
from live_figures import press, said, set_slider, shown
from numpy.testing import assert_allclose

from rnnlm_ref.layers import RNN
from rnnlm_ref.time_layers import TimeLSTM

# A cell of two units.


@pytest.mark.parametrize(
    ("keep", "mix", "write", "holds"),
    [(1.5, 0, 2, "the cow"), (0.9, 0, 2, "nobody"), (3, 0, 2, "nobody"), (3, 0, 4, "the cow"), (0, 1.5, 2, "the cow")],
)
def test_a_cell_of_two_units_holds_what_python_computes(figure, keep, mix, write, holds):
    live = figure("keeper")
    for name, value in [("keep", keep), ("mix", mix), ("write", write)]:
        set_slider(live.get_by_label(name), value)
    for _ in range(5):
        press(live, "wood")
    Wx, Wh = np.array([[write, -write], [-write, write], [-4.0, -4.0]]), np.array([[keep, mix], [mix, keep]])
    cell = RNN(Wx, Wh.astype(float), np.zeros(2))
    state, states = np.zeros((1, 2)), []
    text = "the owl in the wood behind the old barn hoots . the cow by the river wood wood wood wood wood"
    for word in text.split():
        state = cell.forward(np.array([[word == "owl", word == "cow", word == "."]], dtype=float), state)
        states.append(state[0])
    values = shown(live, ".live-bar", "Number(e.style.getPropertyValue('--value'))")
    assert_allclose(np.reshape(values, (-1, 2)), states, atol=1e-6)
    assert said(live).endswith(f"it holds {holds}.")
    press(live, "Start over")
    assert said(live) == "After 16 words the state is (−0.87, 0.82): it holds the cow."


# Three gates.

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
        for name, value in [("f: keep the old", f), ("i: let the new in", i), ("o: show", o)]:
            set_slider(live.get_by_label(f"{name}, at {kind}"), value)
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
    bars = shown(live, ".live-bar", "Number(e.style.getPropertyValue('--value'))")
    assert_allclose(np.reshape(bars, (12, 3)), np.column_stack([cs, hs[0, :, 0], dc]), rtol=1e-6, atol=1e-12)
    lengths = shown(live, ".gates-reach", "Number(e.style.getPropertyValue('--length'))")
    assert_allclose(lengths, 1 + np.log10(dc) / 6, rtol=1e-6, atol=1e-9)
    assert said(live).startswith(f"At the end c is {cs[-1]:.2f}.".replace("-", "−"))
    assert live.get_by_role("list").evaluate("list => list.scrollHeight <= list.clientHeight")  # with its last row
    press(live, "Start over")
    assert {slider.input_value() for slider in live.get_by_role("slider").all()} == {"0.5"}
    assert said(live).startswith("At the end c is −0.15.")
