"""The worked example, of which every number can be recomputed by hand."""

import numpy as np

from rnnlm_ref.text import seed_corpus, window_batches
from rnnlm_ref.time_layers import TimeEmbedding, TimeRNN


def test_the_worked_example():
    embedding = TimeEmbedding(np.arange(28, dtype=np.float32).reshape(7, 4))
    rnn = TimeRNN(
        np.ones((4, 3), np.float32), np.ones((3, 3), np.float32), np.full(3, 3, np.float32), activation="identity"
    )
    xs, ts = next(window_batches(seed_corpus(), batch_size=1, time_size=3))
    assert (xs.tolist(), ts.tolist()) == ([[0, 1, 2]], [[1, 2, 3]])
    assert rnn.forward(embedding.forward(xs)).tolist() == [[[9] * 3, [52] * 3, [197] * 3]]
    dxs = rnn.backward(np.array([[[1] * 3, [2] * 3, [3] * 3]], np.float32))
    dWx, dWh, db = rnn.grads
    assert dxs.tolist() == [[[102] * 4, [33] * 4, [9] * 4]]
    assert dWx.tolist() == [[68] * 3, [116] * 3, [164] * 3, [212] * 3]
    assert dWh.tolist() == [[255] * 3] * 3
    assert db.tolist() == [48] * 3
    assert rnn.dh.tolist() == [[102] * 3]
    embedding.backward(dxs)
    assert embedding.grads[0][:, 0].tolist() == [102, 33, 9, 0, 0, 0, 0]
