"""What must hold for any sizes and values."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlm_ref.layers import RNN, Affine, Embedding, SoftmaxWithLoss
from rnnlm_ref.time_layers import TimeAffine, TimeEmbedding, TimeLSTM, TimeRNN, TimeSoftmaxWithLoss

sizes = st.integers(1, 5)
rngs = st.integers(0, 2**32 - 1).map(np.random.default_rng)
few = settings(max_examples=40, deadline=None)
both = pytest.mark.parametrize("recurrent", [TimeRNN, TimeLSTM])


def rnn_params(rng, D, H, gates=1):
    return [rng.standard_normal(shape) for shape in [(D, gates * H), (H, gates * H), (gates * H,)]]


def build(recurrent, **options):
    """Return a recurrent layer with D = 3 and H = 2."""
    return recurrent(*rnn_params(np.random.default_rng(0), 3, 2, recurrent.gates), **options)


def close(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)


@given(rngs, sizes, sizes, sizes, sizes, st.sampled_from(["tanh", "identity"]))
@few
def test_time_rnn_equals_the_cell_unrolled(rng, N, T, D, H, activation):
    params = rnn_params(rng, D, H)
    xs, dhs = rng.standard_normal((N, T, D)), rng.standard_normal((N, T, H))
    h0 = rng.standard_normal((N, H))
    layer = TimeRNN(*params, stateful=True, activation=activation)
    layer.set_state(h0)
    hs, dxs = layer.forward(xs), layer.backward(dhs)

    cells, h = [RNN(*params, activation=activation) for _ in range(T)], h0
    for t, cell in enumerate(cells):
        h = cell.forward(xs[:, t], h)
        close(hs[:, t], h)
    dh, sums = np.zeros((N, H)), [0, 0, 0]
    for t in reversed(range(T)):
        dx, dh = cells[t].backward(dhs[:, t] + dh)
        close(dxs[:, t], dx)
        sums = [total + grad for total, grad in zip(sums, cells[t].grads, strict=True)]
    close(layer.dh, dh)
    for mine, total in zip(layer.grads, sums, strict=True):
        close(mine, total)


@given(rngs, sizes, sizes, sizes, sizes)
@few
def test_other_time_layers_equal_their_definition(rng, N, T, V, H):
    xs, W, b = rng.standard_normal((N, T, H)), rng.standard_normal((H, V)), rng.standard_normal(V)
    dys, ids = rng.standard_normal((N, T, V)), rng.integers(0, V, (N, T))
    over_time, definition = TimeAffine(W, b), Affine(W, b)
    close(over_time.forward(xs).reshape(N * T, V), definition.forward(xs.reshape(N * T, H)))
    close(over_time.backward(dys).reshape(N * T, H), definition.backward(dys.reshape(N * T, V)))
    losses = TimeSoftmaxWithLoss(), SoftmaxWithLoss()
    close(losses[0].forward(dys, ids), losses[1].forward(dys.reshape(N * T, V), ids.reshape(N * T)))
    close(losses[0].backward(2.0).reshape(N * T, V), losses[1].backward(2.0))
    embeddings = TimeEmbedding(W.T), Embedding(W.T)
    close(embeddings[0].forward(ids), embeddings[1].forward(ids))
    for layer in embeddings:
        layer.backward(xs)
    close(embeddings[0].grads[0], embeddings[1].grads[0])
    for mine, theirs in zip(over_time.grads, definition.grads, strict=True):
        close(mine, theirs)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("layer", "lead"), [(SoftmaxWithLoss, ()), (TimeSoftmaxWithLoss, (1,))])
def test_extreme_logits_stay_finite(layer, lead, dtype):
    x = np.array([[1e4, -1e4, 0], [-1e4, -1e4, 1e4]], dtype=dtype)
    layer = layer()
    assert layer.forward(x.reshape(*lead, 2, 3), np.array([1, 0]).reshape(*lead, 2)) == 2e4
    np.testing.assert_array_equal(layer.backward().reshape(2, 3), np.array([[1, -1, 0], [-1, 0, 1]]) / 2)


@pytest.mark.parametrize("label", [0, 2])
def test_any_label_can_be_the_ignored_one(label):
    xs, ts = np.arange(12.0).reshape(2, 2, 3), np.array([[0, 1], [2, 0]])
    masked = np.where(ts == label, -1, ts)
    assert TimeSoftmaxWithLoss(label).forward(xs, ts) == TimeSoftmaxWithLoss().forward(xs, masked)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "uint64"])
def test_ids_and_targets_of_any_integer_dtype(dtype):
    ids = np.array([[0, 200 % 128]], dtype=dtype)
    W = np.arange(600.0).reshape(300, 2)
    np.testing.assert_array_equal(TimeEmbedding(W).forward(ids), W[ids.astype(int)])
    assert np.isfinite(TimeSoftmaxWithLoss().forward(W.T[None], ids))


@pytest.mark.parametrize(
    ("use", "error", "message"),
    [
        (lambda: Embedding(np.ones((3, 2))).forward(np.array([0.0])), TypeError, "ids must be integers"),
        (lambda: TimeSoftmaxWithLoss().forward(np.ones((1, 2, 3), int), np.zeros((1, 2), int)), TypeError, "floats"),
        (lambda: build(TimeRNN, activation="relu"), ValueError, "'relu'"),
    ],
)
def test_what_makes_no_sense_is_refused(use, error, message):
    with pytest.raises(error, match=message):
        use()


@both
def test_a_state_of_another_batch_size_is_a_value_error_until_it_is_reset(recurrent):
    layer = build(recurrent, stateful=True)
    layer.forward(np.zeros((2, 1, 3)))
    with pytest.raises(ValueError, match=r"has shape \(2, 2\), this window needs \(5, 2\)"):
        layer.forward(np.zeros((5, 1, 3)))
    layer.reset_state()
    layer.forward(np.zeros((5, 1, 3)))


@both
def test_a_stateless_layer_starts_every_window_from_zeros(recurrent):
    layer, xs = build(recurrent), np.random.default_rng(1).standard_normal((2, 4, 3))
    np.testing.assert_array_equal(layer.forward(xs), layer.forward(xs))


@both
def test_the_state_is_a_copy_of_what_was_set_and_of_what_backward_reads(recurrent):
    layer, states = build(recurrent, stateful=True), [np.ones((2, 2)) for _ in range(1 + (recurrent is TimeLSTM))]
    layer.set_state(*states)
    for state in states:
        state[...] = 5
    np.testing.assert_array_equal(layer.h, np.ones((2, 2)))
    hs = layer.forward(np.random.default_rng(1).standard_normal((2, 4, 3)))
    dxs = layer.backward(hs)
    layer.h[...] = 99.0
    np.testing.assert_array_equal(layer.backward(hs), dxs)
