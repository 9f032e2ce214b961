"""Layers for whole windows of time: the ones that are trained.

Each layer does what its namesake in `rnnlm_ref.layers` does, at every step of a window. Whatever doesn't depend on the
previous step is done for all steps at once, in one large matrix product.

Letters: N batch, T time, V vocabulary, D word-vector width, H hidden width. Windows are (N, T, ...) outside a layer;
inside they are time-major, (T, N, ...), so that the rows of one step lie side by side in memory.
"""

import numpy as np

from rnnlm_ref.layers import (
    Layer,
    activation_and_slope,
    check_floats,
    check_ids,
    check_rnn_shapes,
    check_shape,
)


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
            If xs doesn't have two axes.
        """
        (W,) = self.params
        self.cache = xs = check_ids(xs, W)
        check_shape("xs", xs, ("N", "T"))
        return W[xs]  # (N, T, D)

    def backward(self, dout):
        """Set grads[0] to the sums of the rows of dout, (N, T, D), that belong to each id.

        Returns None, because ids have no gradient.
        """
        (dW,) = self.grads
        D = dW.shape[1]
        xs = self.cache.reshape(-1, 1)
        # The cells of dW, numbered in rows: np.add.at is fast on one axis.
        cells = xs * D + np.arange(D, like=dW)  # (N*T, D)
        dW[...] = 0
        dout = dout.astype(dW.dtype, copy=False)
        np.add.at(dW.reshape(-1), cells.reshape(-1), dout.reshape(-1))


class TimeRNN(Layer):
    r"""A recurrent layer over a window: :class:`~rnnlm_ref.layers.RNN` at each step, from left to right.

    .. math::
        z_t &= x_t W_x + h_{t-1} W_h + b \\
        h_t &= f(z_t)

    Going back, the gradient of a state has two sources, the output of its own step and the next step:

    .. math::
        dz_t &= (dy_t + dz_{t+1} W_h^\top) \odot f'(z_t) \\
        dx_t &= dz_t W_x^\top \\
        dW_x &= \sum_t x_t^\top dz_t \\
        dW_h &= \sum_t h_{t-1}^\top dz_t \\
        db &= \sum_{n,t} dz_{nt}

    Only the two products with :math:`W_h` depend on a neighbouring step, so only they are in a loop. The others are
    sums over both n and t: one matrix product over all N*T rows.

    Parameters
    ----------
    Wx : (D, H) float array
    Wh : (H, H) float array
    b : (H,) float array
    stateful : bool
        Start each window from the last state of the previous window, instead of from zeros.
    activation : {'tanh', 'identity'}
        f, as in :class:`~rnnlm_ref.layers.RNN`.

    Attributes
    ----------
    h : (N, H) array or None
        The last hidden state; None before the first window and after `reset_state`.
    dh : (N, H) array or None
        The gradient of the state that the window started from. It isn't passed on to the previous window, and that is
        how backpropagation through time is truncated.

    Book: 04-time-rnn, 05-bptt
    """

    gates = 1

    def __init__(self, Wx, Wh, b, stateful=False, activation="tanh"):
        super().__init__(Wx=Wx, Wh=Wh, b=b)
        check_rnn_shapes(Wx, Wh, b)
        self.f, self.slope = activation_and_slope(activation)
        self.stateful = stateful
        self.h = self.dh = None

    def forward(self, xs):
        """Return the hidden states, (N, T, H), for the inputs xs, (N, T, D).

        Raises
        ------
        ValueError
            If xs isn't (N, T, D), or the state that was kept has another batch size.
        """
        Wx, Wh, b = self.params
        D, H = Wx.shape
        check_shape("xs", xs, ("N", "T", D))
        N, T, D = xs.shape
        xs = time_major(xs, b.dtype).reshape(T * N, D)
        zs = (xs @ Wx + b).reshape(T, N, H)
        hs = np.empty_like(b, shape=(T + 1, N, H))  # hs[t]: h before step t
        hs[0] = initial_state(self.h if self.stateful else None, (N, H))
        for t in range(T):
            self.f(zs[t] + hs[t] @ Wh, out=hs[t + 1])
        self.cache = xs, hs
        self.h = hs[T].copy()
        return batch_major(hs[1:])  # (N, T, H)

    def backward(self, dhs):
        """Return dxs, (N, T, D), given dhs, (N, T, H); write dWx, dWh and db into `grads`, and set `dh`."""
        Wx, Wh, b = self.params
        dWx, dWh, db = self.grads
        xs, hs = self.cache
        T, N, H = hs[1:].shape
        D = Wx.shape[0]
        check_shape("dhs", dhs, (N, T, H))
        WhT = Wh.T.copy()  # in rows, because the loop reads it T times
        dzs = self.slope(hs[1:])  # (T, N, H)
        dh = np.zeros_like(b, shape=(N, H))
        for t in reversed(range(T)):
            dzs[t] *= dhs[:, t] + dh
            dh = dzs[t] @ WhT
        self.dh = dh
        dzs = dzs.reshape(T * N, H)
        np.matmul(xs.T, dzs, out=dWx)
        np.matmul(hs[:T].reshape(T * N, H).T, dzs, out=dWh)
        dzs.sum(axis=0, out=db)
        return batch_major((dzs @ Wx.T).reshape(T, N, D))  # (N, T, D)

    def set_state(self, h):
        """Make the next window start from h, (N, H), if the layer is stateful. The array is copied."""
        self.h = h.copy()

    def reset_state(self):
        """Make the next window start from zeros."""
        self.h = None


class TimeLSTM(Layer):
    r"""A long short-term memory over a window: a recurrent layer that can keep a value unchanged for many steps.

    .. math::
        o, f, i &= \sigma(x_t W_x + h_{t-1} W_h + b)_{o,f,i} \\
        g &= \tanh(x_t W_x + h_{t-1} W_h + b)_g \\
        c_t &= f \odot c_{t-1} + i \odot g \\
        h_t &= o \odot \tanh c_t

    The cell state c changes only by a product with the forget gate f and a sum. So its gradient doesn't pass through a
    matrix and a tanh at every step, as it does in :class:`TimeRNN`.

    Parameters
    ----------
    Wx : (D, 4H) float array
        The columns for the gates o, f, i, g, in this order. So o, f, i, which take a sigmoid, lie side by side, and so
        do f, i, g, which act through c.
    Wh : (H, 4H) float array
    b : (4H,) float array
    stateful : bool
        Start each window from the last states of the previous window, instead of from zeros.

    Attributes
    ----------
    h, c : (N, H) arrays or None
        The last hidden state and cell state; None before the first window and after `reset_state`.
    dh, dc : (N, H) arrays or None
        The gradients of the states that the window started from.

    Book: 08-lstm
    """

    gates = 4

    def __init__(self, Wx, Wh, b, stateful=False):
        super().__init__(Wx=Wx, Wh=Wh, b=b)
        check_rnn_shapes(Wx, Wh, b, gates=4)
        self.stateful = stateful
        self.h = self.c = self.dh = self.dc = None

    def forward(self, xs):
        """Return the hidden states, (N, T, H), for the inputs xs, (N, T, D).

        Raises
        ------
        ValueError
            If xs isn't (N, T, D), or the state that was kept has another batch size.
        """
        Wx, Wh, b = self.params
        D, H = Wx.shape[0], Wh.shape[0]
        check_shape("xs", xs, ("N", "T", D))
        N, T, D = xs.shape
        xs = time_major(xs, b.dtype).reshape(T * N, D)
        gates = (xs @ Wx + b).reshape(T, N, 4 * H)
        hs = np.empty_like(b, shape=(T + 1, N, H))  # hs[t]: h before step t
        cs = np.empty_like(hs)  # cs[t]: c before step t
        hs[0] = initial_state(self.h if self.stateful else None, (N, H))
        cs[0] = initial_state(self.c if self.stateful else None, (N, H))
        tanh_cs = np.empty_like(hs[1:])  # (T, N, H)
        for t in range(T):
            gates[t] += hs[t] @ Wh
            activate_gates(gates[t])
            o, f, i, g = split_gates(gates[t])
            np.add(f * cs[t], i * g, out=cs[t + 1])
            np.tanh(cs[t + 1], out=tanh_cs[t])
            np.multiply(o, tanh_cs[t], out=hs[t + 1])
        self.cache = xs, hs, cs, tanh_cs, gates
        self.h, self.c = hs[T].copy(), cs[T].copy()
        return batch_major(hs[1:])  # (N, T, H)

    def backward(self, dhs):
        """Return dxs, (N, T, D), given dhs, (N, T, H); write dWx, dWh and db into `grads`, and set `dh` and `dc`."""
        Wx, Wh, b = self.params
        dWx, dWh, db = self.grads
        xs, hs, cs, tanh_cs, gates = self.cache
        T, N, H = tanh_cs.shape
        D = Wx.shape[0]
        check_shape("dhs", dhs, (N, T, H))
        dhs = dhs.astype(b.dtype, copy=False)
        WhT = Wh.T.copy()  # in rows, because the loop reads it T times
        # For c (T, N, H), for the gates (T, N, 4, H).
        c_slopes, dzs = lstm_slopes(cs[:T], tanh_cs, gates)
        fs = gates[:, :, H : 2 * H]
        dh = dc = np.zeros_like(b, shape=(N, H))
        for t in reversed(range(T)):
            dh = dhs[:, t] + dh
            dc = dc + dh * c_slopes[t]
            dzs[t, :, 0] *= dh
            dzs[t, :, 1:] *= dc[:, None]
            dc = dc * fs[t]
            dh = dzs[t].reshape(N, 4 * H) @ WhT
        self.dh, self.dc = dh, dc
        dzs = dzs.reshape(T * N, 4 * H)
        np.matmul(xs.T, dzs, out=dWx)
        np.matmul(hs[:T].reshape(T * N, H).T, dzs, out=dWh)
        dzs.sum(axis=0, out=db)
        return batch_major((dzs @ Wx.T).reshape(T, N, D))  # (N, T, D)

    def set_state(self, h, c):
        """Make the next window start from h and c, each (N, H), if the layer is stateful. The arrays are copied."""
        self.h, self.c = h.copy(), c.copy()

    def reset_state(self):
        """Make the next window start from zeros."""
        self.h = self.c = None


class TimeAffine(Layer):
    r"""The same affine map at every step: :class:`~rnnlm_ref.layers.Affine` over all N*T rows at once.

    .. math::
        y_{nt} &= x_{nt} W + b \\
        dx_{nt} &= dy_{nt} W^\top \\
        dW &= \sum_{n,t} x_{nt}^\top dy_{nt} \\
        db &= \sum_{n,t} dy_{nt}

    Parameters
    ----------
    W : (H, V) float array
    b : (V,) float array

    Book: 07-rnnlm
    """

    def __init__(self, W, b):
        super().__init__(W=W, b=b)
        check_shape("W", W, ("H", "V"))
        check_shape("b", b, W.shape[1:])

    def forward(self, xs):
        """Return the scores, (N, T, V), for the inputs xs, (N, T, H)."""
        W, b = self.params
        H, V = W.shape
        check_shape("xs", xs, ("N", "T", H))
        N, T, H = xs.shape
        xs = xs.astype(W.dtype, copy=False).reshape(N * T, H)
        ys = xs @ W
        ys += b  # in place: scores are the largest arrays
        self.cache = xs, (N, T)
        return ys.reshape(N, T, V)

    def backward(self, dys):
        """Return dxs, (N, T, H), given dys, (N, T, V); write dW and db into `grads`."""
        W, _ = self.params
        dW, db = self.grads
        H, V = W.shape
        xs, (N, T) = self.cache
        check_shape("dys", dys, (N, T, V))
        dys = dys.astype(W.dtype, copy=False).reshape(N * T, V)
        np.matmul(xs.T, dys, out=dW)
        dys.sum(axis=0, out=db)
        return (dys @ W.T).reshape(N, T, H)


class TimeSoftmaxWithLoss(Layer):
    r"""The mean cross-entropy over the positions of a window whose target counts.

    .. math::
        L &= \sum_{n,t} w_{nt} \Big( \log \sum_v e^{x_{ntv}} - x_{nt\tau} \Big) \\
        \frac{\partial L}{\partial x_{ntv}} &= w_{nt} \big( p_{ntv} - [v = \tau] \big)

    τ is the target of the position. The weight w is 1 / (number of kept positions) at kept positions, and 0 at ignored
    ones.

    Parameters
    ----------
    ignore_label : int
        The target that marks a position that doesn't count, such as padding.

    Book: 06-softmax-masking
    """

    def __init__(self, ignore_label=-1):
        super().__init__()
        self.ignore_label = ignore_label

    def forward(self, xs, ts):
        """Return the loss, a scalar in nats, for the logits xs, (N, T, V), and the target ids ts, (N, T).

        It is 0.0 if every position is ignored.

        Raises
        ------
        TypeError
            If the logits aren't floats or the targets aren't integers.
        IndexError
            If a target is out of range and isn't the ignore label.
        ValueError
            If the shapes don't match.
        """
        check_floats(xs=xs)
        check_shape("xs", xs, ("N", "T", "V"))
        N, T, V = xs.shape
        check_shape("ts", ts, (N, T))
        xs, ts = xs.reshape(N * T, V), np.asarray(ts, like=xs).reshape(N * T)
        kept = ts != self.ignore_label  # (N*T,)
        # An ignored position picks word 0, and its weight is 0. Words are
        # columns of xs, that is, rows of xs.T.
        words = check_ids(np.where(kept, ts, 0), xs.T)  # (N*T,)
        picks = np.arange(N * T, like=ts), words
        total = np.maximum(kept.sum(), 1)
        weights = (kept / total).astype(xs.dtype)  # (N*T,)
        # Shifting a row changes no probability; up to 0, exp can't overflow.
        exps = xs - xs.max(axis=1, keepdims=True)  # (N*T, V)
        target_logits = exps[picks]
        np.exp(exps, out=exps)
        sums = exps.sum(axis=1)
        self.cache = exps, sums, weights, picks, (N, T, V)
        return (weights * (np.log(sums) - target_logits)).sum()

    def backward(self, dout=1.0):
        """Return the gradient at the logits, (N, T, V), of dout times the loss. It is 0 at ignored positions."""
        exps, sums, weights, picks, shape = self.cache
        weights = (weights * dout).astype(exps.dtype)
        dxs = exps * (weights / sums)[:, None]  # (N*T, V)
        dxs[picks] -= weights
        return dxs.reshape(shape)


def time_major(xs, dtype):
    """Return xs, (N, T, K), as a new (T, N, K) array of the given dtype in C order."""
    return xs.swapaxes(0, 1).astype(dtype, order="C")


def batch_major(ys):
    """Return ys, (T, N, K), as a new (N, T, K) array, which shares no memory with ys."""
    return ys.swapaxes(0, 1).copy()


def initial_state(state, shape):
    """Return the state that a window starts from: `state`, or 0 if it is None.

    Raises a ValueError unless the state has the shape (N, H) of this window, because each row continues its own row.
    """
    if state is None:
        return 0
    if state.shape != shape:
        raise ValueError(
            f"the state kept has shape {state.shape}, this window needs {shape}: "
            "call reset_state() before the batch size changes"
        )
    return state


def activate_gates(z):
    r"""Replace z, (N, 4H), by the gates, in place: the sigmoid of the columns o, f, i and the tanh of the columns g.

    :math:`\sigma(x) = (1 + \tanh(x/2)) / 2` can't overflow as exp(-x) can, and one call of tanh serves all four.
    """
    sigmoids = z[:, : z.shape[1] // 4 * 3]
    sigmoids *= 0.5
    np.tanh(z, out=z)
    sigmoids += 1
    sigmoids *= 0.5


def split_gates(gates):
    """Return the parts o, f, i, g, each (..., H), of an array (..., 4H). They are views."""
    H = gates.shape[-1] // 4
    return (
        gates[..., :H],
        gates[..., H : 2 * H],
        gates[..., 2 * H : 3 * H],
        gates[..., 3 * H :],
    )


def lstm_slopes(c_prevs, tanh_cs, gates):
    r"""Return the derivatives within each LSTM step, which don't depend on the next step, for all steps at once.

    Parameters
    ----------
    c_prevs, tanh_cs : (T, N, H) arrays
        The cell state before each step, and the tanh of the cell state after it.
    gates : (T, N, 4H) array

    Returns
    -------
    c_slopes : (T, N, H) array
        The derivative of h with respect to c.
    z_slopes : (T, N, 4, H) array
        With respect to the pre-activation of each gate: the derivative of h for o, that of c for f, i and g. A sigmoid
        s has the slope s (1 - s), a tanh g has 1 - g².
    """
    T, N, H = tanh_cs.shape
    o, f, i, g = split_gates(gates)
    z_slopes = np.empty_like(gates, shape=(T, N, 4, H))
    z_slopes[:, :, 0] = tanh_cs * o * (1 - o)
    z_slopes[:, :, 1] = c_prevs * f * (1 - f)
    z_slopes[:, :, 2] = g * i * (1 - i)
    z_slopes[:, :, 3] = i * (1 - g**2)
    return o * (1 - tanh_cs**2), z_slopes
