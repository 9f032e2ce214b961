"""A dial goes where Python's optimizer takes it. Needs `make book` first."""

import re

import numpy as np
import pytest
from live_figures import numbers, press, said, set_slider
from numpy.testing import assert_allclose

from rnnlm_ref.optim import SGD


@pytest.mark.parametrize("rate", [0.05, 0.125, 0.2, 0.26, 0.3])
def test_the_dial_goes_where_python_takes_it(figure, rate):
    live = figure("dial")
    assert said(live).startswith("After 3 steps: w = 2.75, loss 0.25, slope −2.")
    set_slider(live.get_by_label("learning rate"), rate)
    w, optimizer = np.array([1.0]), SGD(lr=rate)
    assert said(live).startswith("w = 1, loss 16, slope −16.")
    for _ in range(3):
        optimizer.update([w], [4 * (2 * w - 6)])
        press(live, "Step")
        found = numbers(re.findall(r"(?:w =|loss|slope) (−?\d+(?:\.\d+)?)", said(live)))
        expected = [w[0], (2 * w[0] - 6) ** 2, 4 * (2 * w[0] - 6)]
        assert_allclose(found, expected, rtol=5e-3, atol=1e-9)
        assert ("too high for the picture" in said(live)) == (expected[1] > 36)
    assert said(live).startswith("After 3 steps: ")
