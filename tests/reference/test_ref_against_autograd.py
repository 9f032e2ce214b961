"""The reference against HIPS autograd, which differentiates a plain forward pass written here, step by step.

Only the equations are shared. Every comparison runs over three stateful windows with masks.
"""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from rnnlm_ref.gradcheck import relative_error
from rnnlm_ref.model import Rnnlm
from rnnlm_ref.time_layers import TimeLSTM, TimeRNN

# Of one word the probability is always 1, and of an ignored position nothing counts: autograd warns of both.
pytestmark = pytest.mark.filterwarnings("ignore:Output seems independent of input")

WINDOWS = 3
TOLERANCE = {np.float64: 1e-12, np.float32: 1e-5}

# N, T, V, D, H: ones in every place, and more.
SIZES = [(1, 1, 1, 1, 1), (1, 4, 3, 2, 5), (3, 1, 4, 5, 2), (2, 5, 6, 1, 4), (4, 3, 7, 5, 1), (5, 6, 11, 8, 9)]


def logistic(x):
    return 1 / (1 + anp.exp(-x))


def rnn_step(x, state, Wx, Wh, b):
    (h,) = state
    return (anp.tanh(anp.dot(x, Wx) + anp.dot(h, Wh) + b),)


def lstm_step(x, state, Wx, Wh, b):
    h, c = state
    o, f, i, g = anp.split(anp.dot(x, Wx) + anp.dot(h, Wh) + b, 4, axis=1)
    c = logistic(f) * c + logistic(i) * anp.tanh(g)
    return logistic(o) * anp.tanh(c), c


def window(params, state, xs, ts, step):
    """The loss and the last state, one position after the other."""
    E, Wx, Wh, b, W, c = params
    total, count = 0.0, 0
    for t in range(xs.shape[1]):
        state = step(E[xs[:, t]], state, Wx, Wh, b)
        logits = anp.dot(state[0], W) + c
        for n in range(xs.shape[0]):
            if ts[n, t] >= 0:
                row = logits[n] - anp.max(logits[n])
                total = total + anp.log(anp.sum(anp.exp(row))) - row[ts[n, t]]
                count += 1
    return total / max(count, 1), state


def draw_window(rng, N, T, V):
    xs, ts = rng.integers(0, V, (2, N, T))
    ts[rng.random((N, T)) < 0.3] = -1
    return xs, ts


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("recurrent", "step"), [(TimeRNN, rnn_step), (TimeLSTM, lstm_step)], ids=["RNN", "LSTM"])
@pytest.mark.parametrize(
    ("sizes", "mask"),
    [*((sizes, None) for sizes in SIZES), (SIZES[-1], np.s_[1, :]), (SIZES[-1], np.s_[:, :])],
    ids=str,
)
def test_model_agrees_over_stateful_windows_also_where_a_row_or_everything_is_masked(
    sizes, mask, recurrent, step, dtype
):
    N, T, V, D, H = sizes
    rng = np.random.default_rng(sum(sizes))
    model = Rnnlm(V, D, H, rng=rng, dtype=dtype, recurrent=recurrent)
    exact = [param.astype(np.float64) for param in model.params]
    state = tuple(np.zeros((N, H)) for _ in range(2 if recurrent is TimeLSTM else 1))
    for k in range(WINDOWS):
        xs, ts = draw_window(rng, N, T, V)
        if mask is not None:
            ts[mask] = -1
        loss = model.forward(xs, ts)
        model.backward()
        expected, after = window(exact, state, xs, ts, step)
        d_params, d_state = grad(lambda both, *rest: window(*both, *rest)[0])((exact, state), xs, ts, step)
        got = [loss, model.recurrent.h, *model.grads, model.recurrent.dh]
        wanted = [expected, after[0], *d_params, d_state[0]]
        if recurrent is TimeLSTM:
            got += [model.recurrent.c, model.recurrent.dc]
            wanted += [after[1], d_state[1]]
        for mine, theirs in zip(got, wanted, strict=True):
            assert relative_error(np.asarray(mine), np.asarray(theirs)) < TOLERANCE[dtype], f"window {k}"
        state = after
