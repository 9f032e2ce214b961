"""What must hold for any sizes and values."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlm_ref.layers import RNN, Affine, Embedding, SoftmaxWithLoss
from rnnlm_ref.time_layers import TimeAffine, TimeEmbedding, TimeLSTM, TimeRNN, TimeSoftmaxWithLoss

sizes = st.integers(1, 5)
rngs = st.integers(0, 2**32 - 1).map(np.random.default_rng)
activations = st.sampled_from(["tanh", "identity"])
few = settings(max_examples=40, deadline=None)


def rnn_params(rng, D, H, gates=1):
    return [rng.standard_normal(shape) for shape in [(D, gates * H), (H, gates * H), (gates * H,)]]


def close(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)


@given(rngs, sizes, sizes, sizes, sizes, activations)
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


@given(rngs, sizes, sizes, sizes, sizes, st.sampled_from([(TimeRNN, 1), (TimeLSTM, 4)]))
@few
def test_two_stateful_windows_go_forward_as_one(rng, N, T, D, H, kind):
    recurrent, gates = kind
    params = rnn_params(rng, D, H, gates)
    xs = rng.standard_normal((N, 2 * T, D))
    one, two = recurrent(*params), recurrent(*params, stateful=True)
    close(one.forward(xs), np.concatenate([two.forward(xs[:, :T]), two.forward(xs[:, T:])], axis=1))
    close(one.h, two.h)


@given(rngs, sizes, sizes, sizes, sizes)
@few
def test_dh_is_what_two_windows_lack_to_go_back_as_one(rng, N, T, D, H):
    params = rnn_params(rng, D, H)
    xs, dhs = rng.standard_normal((N, 2 * T, D)), rng.standard_normal((N, 2 * T, H))
    one, first, second = TimeRNN(*params), TimeRNN(*params), TimeRNN(*params, stateful=True)
    one.forward(xs)
    dxs = one.backward(dhs)
    first.forward(xs[:, :T])
    second.set_state(first.h)
    second.forward(xs[:, T:])
    close(second.backward(dhs[:, T:]), dxs[:, T:])
    dhs[:, T - 1] += second.dh
    close(first.backward(dhs[:, :T]), dxs[:, :T])
    for whole, a, b in zip(one.grads, first.grads, second.grads, strict=True):
        close(whole, a + b)


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


@given(rngs, sizes, sizes, sizes)
@few
def test_embedding_gradients_sum_to_those_of_the_output(rng, N, T, V):
    layer = TimeEmbedding(rng.standard_normal((V, 3)))
    dout = rng.standard_normal((N, T, 3))
    layer.forward(rng.integers(0, V, (N, T)))
    layer.backward(dout)
    close(layer.grads[0].sum(axis=0), dout.sum(axis=(0, 1)))


@given(rngs, sizes, sizes, sizes, st.floats(-1e4, 1e4))
@few
def test_shifting_logits_changes_neither_loss_nor_gradient(rng, N, T, V, shift):
    layer = TimeSoftmaxWithLoss()
    xs, ts = rng.standard_normal((N, T, V)), rng.integers(-1, V, (N, T))
    loss, dxs = layer.forward(xs, ts), layer.backward()
    close(layer.forward(xs + shift, ts), loss)
    close(layer.backward(), dxs)


@given(rngs, sizes, sizes, sizes, st.sampled_from([np.float32, np.float64]))
@few
def test_ignored_positions_count_for_nothing(rng, N, T, V, dtype):
    layer = TimeSoftmaxWithLoss()
    xs, ts = rng.standard_normal((N, T, V)).astype(dtype), rng.integers(-1, V, (N, T))
    loss, dxs = layer.forward(xs, ts), layer.backward()
    ignored = ts == -1
    assert (dxs[ignored] == 0).all()
    np.testing.assert_allclose(dxs.sum(axis=2), 0, atol=1e-6)
    xs[ignored] += 7 * rng.standard_normal(V).astype(dtype)
    assert layer.forward(xs, ts) == loss
    if ignored.all():
        assert loss == 0.0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("layer", [SoftmaxWithLoss, TimeSoftmaxWithLoss])
def test_extreme_logits_stay_finite(layer, dtype):
    x = np.array([[1e4, -1e4, 0], [-1e4, -1e4, 1e4]], dtype=dtype)
    t = np.array([1, 0])
    lead = () if layer is SoftmaxWithLoss else (1,)
    layer = layer()
    assert layer.forward(x.reshape(*lead, 2, 3), t.reshape(*lead, 2)) == 2e4
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


@pytest.mark.parametrize("ids", [np.array(3), np.zeros((0,), int), np.zeros((2, 0, 3), int)])
def test_embedding_takes_ids_of_any_shape(ids):
    layer = Embedding(np.arange(8.0).reshape(4, 2))
    out = layer.forward(ids)
    assert out.shape == (*ids.shape, 2)
    layer.backward(np.ones_like(out))
    assert layer.grads[0].sum() == out.size


@pytest.mark.parametrize(("N", "T"), [(0, 3), (2, 0)])
@pytest.mark.parametrize("recurrent", [TimeRNN, TimeLSTM])
def test_empty_windows_give_zero_gradients(recurrent, N, T):
    layer = recurrent(*rnn_params(np.random.default_rng(0), 3, 2, recurrent.gates))
    hs = layer.forward(np.zeros((N, T, 3)))
    assert layer.backward(hs).shape == (N, T, 3)
    assert not any(grad.any() for grad in layer.grads)


@pytest.mark.parametrize("ids", [np.array([0.0]), np.array([True])])
def test_ids_that_are_not_integers_are_a_type_error(ids):
    with pytest.raises(TypeError, match="ids must be integers"):
        Embedding(np.ones((3, 2))).forward(ids)


def test_integer_logits_are_a_type_error():
    with pytest.raises(TypeError, match="expected floats"):
        TimeSoftmaxWithLoss().forward(np.ones((1, 2, 3), int), np.zeros((1, 2), int))


def test_an_unknown_activation_is_a_value_error():
    with pytest.raises(ValueError, match="'relu'"):
        TimeRNN(np.ones((1, 1)), np.ones((1, 1)), np.ones(1), activation="relu")


@pytest.mark.parametrize("recurrent", [TimeRNN, TimeLSTM])
def test_a_state_of_another_batch_size_is_a_value_error(recurrent):
    layer = recurrent(*rnn_params(np.random.default_rng(0), 3, 2, recurrent.gates), stateful=True)
    layer.forward(np.zeros((2, 1, 3)))
    with pytest.raises(ValueError, match=r"has shape \(2, 2\), this window needs \(5, 2\)"):
        layer.forward(np.zeros((5, 1, 3)))
    layer.reset_state()
    layer.forward(np.zeros((5, 1, 3)))


@pytest.mark.parametrize("recurrent", [TimeRNN, TimeLSTM])
def test_a_stateless_layer_starts_every_window_from_zeros(recurrent):
    layer = recurrent(*rnn_params(np.random.default_rng(0), 3, 2, recurrent.gates))
    xs = np.random.default_rng(1).standard_normal((2, 4, 3))
    np.testing.assert_array_equal(layer.forward(xs), layer.forward(xs))


def test_set_state_keeps_a_copy():
    layer = TimeRNN(*rnn_params(np.random.default_rng(0), 3, 2), stateful=True)
    h = np.ones((1, 2))
    layer.set_state(h)
    h[...] = 5
    np.testing.assert_array_equal(layer.h, np.ones((1, 2)))


@pytest.mark.parametrize("recurrent", [TimeRNN, TimeLSTM])
def test_changing_the_state_does_not_change_what_backward_reads(recurrent):
    layer = recurrent(*rnn_params(np.random.default_rng(0), 3, 2, recurrent.gates), stateful=True)
    hs = layer.forward(np.random.default_rng(1).standard_normal((2, 4, 3)))
    dxs = layer.backward(hs)
    layer.h[...] = 99.0
    np.testing.assert_array_equal(layer.backward(hs), dxs)
