"""Whole windows of time: the layers that are trained.

Each layer equals its namesake in `rnnlm_ref.layers`, applied at every step of a window. What doesn't depend on the step
before is done for all steps at once, in one large matrix product.

Letters: N batch, T time, V vocabulary, D word-vector width, H hidden width. Windows are (N, T, ...) outside a layer;
inside they are time-major, (T, N, ...), so that the rows of one step lie side by side in memory.
"""
import numpy as np

from rnnlm_ref.layers import Layer, check_ids, check_shape


class TimeEmbedding(Layer):
    r"""Look up one row of W for each id of a window.

    .. math:: y_{nt} = W_{x_{nt}}, \qquad
              \frac{\partial L}{\partial W_v} = \sum_{n, t : x_{nt} = v} \frac{\partial L}{\partial y_{nt}}

    Parameters
    ----------
    W : (V, D) float array
        Row v is the vector of word v.

    Book: 02-embedding
    """

    def __init__(self, W):
        super().__init__(W=W)
        check_shape("W", W, ("V", "D"))

    def forward(self, xs):
        """Return the vectors, (N, T, D), of the ids `xs`, (N, T).

        Raises
        ------
        TypeError, IndexError
            If the ids aren't integers, or one is out of range.
        ValueError
            If xs hasn't two axes.
        """
        W, = self.params
        self.cache = xs = check_ids(xs, W)
        check_shape("xs", xs, ("N", "T"))
        return W[xs]                                                       # (N, T, D)

    def backward(self, dout):
        """Add up dout, (N, T, D), by id into grads[0]. Ids have no gradient: returns None."""
        dW, = self.grads
        D = dW.shape[1]
        # The cells of dW, numbered row by row: NumPy adds repeated indices fast only where arrays have one axis.
        cells = self.cache.reshape(-1, 1) * D + np.arange(D, like=dW)      # (N*T, D)
        dW[...] = 0
        np.add.at(dW.reshape(-1), cells.reshape(-1), dout.astype(dW.dtype, copy=False).reshape(-1))
