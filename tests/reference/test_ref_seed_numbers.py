"""The numbers of the worked example, every one of which can be recomputed by hand."""
import numpy as np
import pytest

from rnnlm_ref.layers import RNN, Embedding
from rnnlm_ref.text import inputs_and_targets, seed_corpus, window_batches
from rnnlm_ref.time_layers import TimeEmbedding, TimeRNN, TimeSoftmaxWithLoss

DOUT = np.array([[[1, 1, 1], [2, 2, 2], [3, 3, 3]]], dtype=np.float32)


@pytest.fixture
def embedding():
    return TimeEmbedding(np.arange(28, dtype=np.float32).reshape(7, 4))


@pytest.fixture
def weights():
    return np.ones((4, 3), np.float32), np.ones((3, 3), np.float32), np.full(3, 3, np.float32)


@pytest.fixture
def window():
    return next(window_batches(seed_corpus(), batch_size=1, time_size=3))


def test_corpus_inputs_targets_and_first_window(window):
    xs, ts = inputs_and_targets(seed_corpus())
    assert xs.tolist() == [0, 1, 2, 3, 4, 1, 5]
    assert ts.tolist() == [1, 2, 3, 4, 1, 5, 6]
    assert [ids.tolist() for ids in window] == [[[0, 1, 2]], [[1, 2, 3]]]


def test_hidden_states(embedding, weights, window):
    vectors = embedding.forward(window[0])
    assert vectors.tolist() == [[[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]]
    hs = TimeRNN(*weights, activation="identity").forward(vectors)
    assert hs.tolist() == [[[9] * 3, [52] * 3, [197] * 3]]


def test_gradients_of_the_window(embedding, weights, window):
    rnn = TimeRNN(*weights, activation="identity")
    rnn.forward(embedding.forward(window[0]))
    dxs = rnn.backward(DOUT)
    dWx, dWh, db = rnn.grads
    assert dxs.tolist() == [[[102] * 4, [33] * 4, [9] * 4]]
    assert dWx.tolist() == [[68] * 3, [116] * 3, [164] * 3, [212] * 3]
    assert dWh.tolist() == [[255] * 3] * 3
    assert db.tolist() == [48] * 3
    assert rnn.dh.tolist() == [[102] * 3]


def test_gradients_of_each_step(embedding, weights, window):
    vectors = embedding.forward(window[0])
    cells, h = [], np.zeros((1, 3), np.float32)
    for t in range(3):
        cells.append(RNN(*weights, activation="identity"))
        h = cells[t].forward(vectors[:, t], h)
    dh, seen = 0, []
    for t in reversed(range(3)):
        _, dh = cells[t].backward(DOUT[:, t] + dh)
        dWx, dWh, db = cells[t].grads
        seen.append((db[0], dWh[0, 0], dWx[:, 0].tolist(), dh[0, 0]))
    assert seen == [
        (3, 156, [24, 27, 30, 33], 9),
        (11, 99, [44, 55, 66, 77], 33),
        (34, 0, [0, 34, 68, 102], 102),
    ]


def test_embedding_gradients_of_each_step_and_their_sum(embedding, window):
    dxs = np.array([[[102] * 4, [33] * 4, [9] * 4]], np.float32)
    total = np.zeros((7, 4))
    for t, expected in enumerate([102, 33, 9]):
        step = Embedding(embedding.params[0])
        step.forward(window[0][:, t])
        step.backward(dxs[:, t])
        assert step.grads[0][t].tolist() == [expected] * 4
        assert np.count_nonzero(step.grads[0]) == 4
        total += step.grads[0]
    embedding.forward(window[0])
    embedding.backward(dxs)
    np.testing.assert_array_equal(embedding.grads[0], total)
    assert total[:, 0].tolist() == [102, 33, 9, 0, 0, 0, 0]


def test_the_loss_picks_one_logit_a_row_and_subtracts_one_there():
    xs, ts = np.arange(21.0).reshape(1, 3, 7), np.array([[1, 2, 3]])
    layer = TimeSoftmaxWithLoss()
    loss = layer.forward(xs, ts)
    log_sums = np.log(np.exp(xs[0]).sum(axis=1))
    assert loss == pytest.approx((log_sums - [1, 9, 17]).mean(), rel=1e-12)
    probabilities = np.exp(xs[0] - log_sums[:, None])
    probabilities[np.arange(3), ts[0]] -= 1
    np.testing.assert_allclose(layer.backward(), probabilities[None] / 3, atol=1e-15)


def test_masked_rows_are_zero():
    layer = TimeSoftmaxWithLoss()
    layer.forward(np.arange(21.0).reshape(1, 3, 7), np.array([[1, -1, 3]]))
    assert np.count_nonzero(layer.backward(), axis=2).tolist() == [[7, 0, 7]]
