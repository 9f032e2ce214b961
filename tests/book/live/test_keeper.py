"""A cell of two units holds what Python computes. Needs `make book` first."""

import numpy as np
import pytest
from live_figures import press, said, set_sliders, style_numbers
from numpy.testing import assert_allclose

from rnnlm_ref.layers import RNN


@pytest.mark.parametrize(
    ("keep", "mix", "write", "holds"),
    [(1.5, 0, 2, "the cow"), (0.9, 0, 2, "nobody"), (3, 0, 2, "nobody"), (3, 0, 4, "the cow"), (0, 1.5, 2, "the cow")],
)
def test_a_cell_of_two_units_holds_what_python_computes(figure, keep, mix, write, holds):
    live = figure("keeper")
    set_sliders(live, {"keep": keep, "mix": mix, "write": write})
    for _ in range(5):
        press(live, "wood")
    Wx, Wh = np.array([[write, -write], [-write, write], [-4.0, -4.0]]), np.array([[keep, mix], [mix, keep]])
    cell = RNN(Wx, Wh.astype(float), np.zeros(2))
    state, states = np.zeros((1, 2)), []
    text = "the owl in the wood behind the old barn hoots . the cow by the river wood wood wood wood wood"
    for word in text.split():
        state = cell.forward(np.array([[word == "owl", word == "cow", word == "."]], dtype=float), state)
        states.append(state[0])
    values = style_numbers(live, ".live-bar", "--value")
    assert_allclose(np.reshape(values, (-1, 2)), states, atol=1e-6)
    assert said(live).endswith(f"it holds {holds}.")
    press(live, "Start over")
    assert said(live) == "After 16 words the state is (−0.87, 0.82): it holds the cow."
