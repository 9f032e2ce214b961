"""The reference against PyTorch's own recurrent layers on the CPU, over stateful windows with masks."""

import numpy as np
import pytest
import torch
from torch.func import functional_call
from torch.nn.functional import cross_entropy

from rnnlm_ref.gradcheck import relative_error
from rnnlm_ref.model import Rnnlm
from rnnlm_ref.time_layers import TimeLSTM, TimeRNN

WINDOWS = 4
TOLERANCE = {np.float64: 1e-12, np.float32: 1e-5}

# N, T, V, D, H: ones in every place, and more.
SIZES = [
    (1, 1, 2, 1, 1),
    (1, 4, 3, 2, 5),
    (3, 1, 4, 5, 2),
    (2, 5, 6, 1, 4),
    (4, 3, 7, 5, 1),
    (5, 9, 20, 8, 12),
    (20, 35, 200, 30, 40),
]


def gates_for_torch(array, H):
    """Reorder the columns of an LSTM's gates from o, f, i, g to PyTorch's i, f, g, o; transpose."""
    if array.shape[-1] == 4 * H:
        o, f, i, g = np.split(array, 4, axis=-1)
        array = np.concatenate([i, f, g, o], axis=-1)
    return array.T


def torch_params(model, H):
    """The parameters of the model as PyTorch's layers take them, each to be differentiated."""
    E, Wx, Wh, b, W, c = model.params
    arrays = [E, gates_for_torch(Wx, H), gates_for_torch(Wh, H), gates_for_torch(b, H), W.T, c]
    return [torch.tensor(np.ascontiguousarray(array), requires_grad=True) for array in arrays]


def torch_window(module, params, state, xs, ts):
    E, Wx, Wh, b, W, c = params
    weights = {"weight_ih_l0": Wx, "weight_hh_l0": Wh, "bias_ih_l0": b, "bias_hh_l0": torch.zeros_like(b)}
    hs, after = functional_call(module, weights, (E[torch.tensor(xs)], state))
    logits = (hs @ W.T + c).reshape(ts.size, -1)
    loss = cross_entropy(logits, torch.tensor(ts.reshape(-1)), ignore_index=-1, reduction="sum")
    return loss / max((ts >= 0).sum(), 1), after


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("recurrent", [TimeRNN, TimeLSTM])
@pytest.mark.parametrize(
    ("sizes", "mask"),
    [*((sizes, None) for sizes in SIZES), (SIZES[-2], np.s_[1, :]), (SIZES[-2], np.s_[:, :])],
    ids=str,
)
def test_model_agrees_over_stateful_windows_also_where_a_row_or_everything_is_masked(sizes, mask, recurrent, dtype):
    N, T, V, D, H = sizes
    rng = np.random.default_rng(sum(sizes))
    model = Rnnlm(V, D, H, rng=rng, dtype=dtype, recurrent=recurrent)
    module = {TimeRNN: torch.nn.RNN, TimeLSTM: torch.nn.LSTM}[recurrent](D, H, batch_first=True)
    zeros = np.zeros((1, N, H), dtype)
    states = [zeros, zeros] if recurrent is TimeLSTM else [zeros]
    for k in range(WINDOWS):
        xs, ts = rng.integers(0, V, (2, N, T))
        ts[rng.random((N, T)) < 0.3] = -1
        if mask is not None:
            ts[mask] = -1
        loss = model.forward(xs, ts)
        model.backward()

        params = torch_params(model, H)
        before = [torch.tensor(state, requires_grad=True) for state in states]
        expected, after = torch_window(module, params, tuple(before) if len(before) == 2 else before[0], xs, ts)
        after = after if len(before) == 2 else (after,)
        expected.backward()
        layer = model.recurrent
        got = [
            loss,
            *(gates_for_torch(g, H) if i in (1, 2, 3) else g.T if i == 4 else g for i, g in enumerate(model.grads)),
            layer.h,
            layer.dh,
        ]
        wanted = [expected, *(p.grad for p in params), after[0][0], before[0].grad[0]]
        if recurrent is TimeLSTM:
            got += [layer.c, layer.dc]
            wanted += [after[1][0], before[1].grad[0]]
        got, wanted = [np.asarray(mine) for mine in got], [theirs.detach().numpy() for theirs in wanted]
        if dtype == np.float32:
            # As one vector, because 1 - h² near h = ±1 leaves a tiny gradient few correct digits, here and in PyTorch.
            got, wanted = ([np.concatenate([array.ravel() for array in arrays])] for arrays in (got, wanted))
        for mine, theirs in zip(got, wanted, strict=True):
            assert relative_error(mine, theirs) < TOLERANCE[dtype], f"window {k}"
        states = [state.detach().numpy() for state in after]
