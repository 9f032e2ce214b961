"""Layers for a single time step: the definitions.

A layer is a pair of functions. `forward` computes its output and remembers what `backward` needs; `backward` takes the
gradient of the loss with respect to that output, writes the gradients of the parameters and returns the gradient with
respect to the input. `rnnlm_ref.time_layers` holds faster versions of the same layers, for whole windows of time.

Letters: N batch, V vocabulary, D word-vector width, H hidden width.

Arrays may be NumPy's or CuPy's. NumPy's functions accept CuPy arrays, so nothing here mentions CuPy.
"""

import numpy as np


class Layer:
    """The base of all layers: parameters, a gradient array for each, and what `forward` keeps for `backward`.

    Parameters
    ----------
    **params : float arrays, all of one dtype
        By name, in the order of the constructor's arguments. They are used without a copy, so an optimizer that
        changes them in place changes the layer.

    Attributes
    ----------
    params, grads : lists of arrays
        `grads[i]` is the gradient of `params[i]`. Every `backward` overwrites it in place, so a model or an optimizer
        that holds the array sees the new gradient.

    Raises
    ------
    TypeError
        If a parameter isn't a float array (an integer gradient would store 0.5 as 0), or if dtypes are mixed.

    Notes
    -----
    Every layer keeps these rules. Arguments are never modified. Outputs and gradients have the parameters' dtype. A
    returned array belongs to the caller: the layer neither reads nor changes it again. `backward` uses only what the
    last `forward` kept, and may be called twice. Inputs are kept without a copy, so don't change them before
    `backward`.

    Book: 02-embedding
    """

    def __init__(self, **params):
        check_floats(**params)
        self.params = list(params.values())
        # C order whatever the parameter's own, so that a flattened gradient
        # is a view and never a copy.
        self.grads = [
            np.zeros_like(param, order="C") for param in self.params
        ]
        self.cache = None


class Embedding(Layer):
    r"""Look up one row of W for each id.

    .. math:: y = W_{\text{idx}}, \qquad
              \frac{\partial L}{\partial W_v} = \sum_{n : \text{idx}_n = v} \frac{\partial L}{\partial y_n}

    Parameters
    ----------
    W : (V, D) float array
        Row v is the vector of word v.

    Book: 02-embedding
    """

    def __init__(self, W):
        super().__init__(W=W)
        check_shape("W", W, ("V", "D"))

    def forward(self, idx):
        """Return W[idx], of shape idx.shape + (D,).

        Parameters
        ----------
        idx : integers of any shape
            Ids from 0 to V-1.

        Raises
        ------
        TypeError
            If the ids aren't integers.
        IndexError
            If an id is negative, or V or more. The message names the id.
        """
        (W,) = self.params
        self.cache = check_ids(idx, W)
        return W[self.cache]

    def backward(self, dout):
        """Set grads[0] to the sums of the rows of dout, idx.shape + (D,), that belong to each id.

        Returns None, because ids have no gradient.
        """
        (dW,) = self.grads
        idx = self.cache
        dW[...] = 0
        # Not dW[idx] += dout, which keeps one row where an id occurs twice.
        np.add.at(dW, idx, dout.astype(dW.dtype, copy=False))


class RNN(Layer):
    r"""One step of a recurrent layer: compute the next hidden state from the input and the previous state.

    .. math::
        z &= h_{\text{prev}} W_h + x W_x + b \\
        h_{\text{next}} &= f(z)

    With :math:`dz = dh_{\text{next}} \odot f'(z)`, the gradients are

    .. math::
        dx &= dz\,W_x^\top \\
        dh_{\text{prev}} &= dz\,W_h^\top \\
        dW_x &= x^\top dz \\
        dW_h &= h_{\text{prev}}^\top dz \\
        db &= \textstyle\sum_n dz_n

    Parameters
    ----------
    Wx : (D, H) float array
    Wh : (H, H) float array
    b : (H,) float array
    activation : {'tanh', 'identity'}
        The function f. With the identity the cell is linear, and its numbers can be worked out on paper.

    Book: 03-rnn
    """

    def __init__(self, Wx, Wh, b, activation="tanh"):
        super().__init__(Wx=Wx, Wh=Wh, b=b)
        check_rnn_shapes(Wx, Wh, b)
        self.f, self.slope = activation_and_slope(activation)

    def forward(self, x, h_prev):
        """Return the next hidden state, (N, H), for the input x, (N, D), and the previous state h_prev, (N, H)."""
        Wx, Wh, b = self.params
        D, H = Wx.shape
        check_shape("x", x, ("N", D))
        check_shape("h_prev", h_prev, (x.shape[0], H))
        x = x.astype(b.dtype, copy=False)
        h_prev = h_prev.astype(b.dtype, copy=False)
        z = h_prev @ Wh + x @ Wx + b  # (N, H)
        h_next = self.f(z)
        # A copy, because the caller may change what is returned.
        self.cache = x, h_prev, h_next.copy()
        return h_next

    def backward(self, dh_next):
        """Return dx, (N, D), and dh_prev, (N, H), given dh_next, (N, H); write dWx, dWh and db into `grads`."""
        Wx, Wh, b = self.params
        dWx, dWh, db = self.grads
        x, h_prev, h_next = self.cache
        check_shape("dh_next", dh_next, h_next.shape)
        dh_next = dh_next.astype(b.dtype, copy=False)
        dz = dh_next * self.slope(h_next)  # (N, H)
        dWx[...] = x.T @ dz
        dWh[...] = h_prev.T @ dz
        db[...] = dz.sum(axis=0)
        return dz @ Wx.T, dz @ Wh.T


class Affine(Layer):
    r"""A matrix product plus a bias.

    .. math::
        y &= x W + b \\
        dx &= dy\,W^\top \\
        dW &= x^\top dy \\
        db &= \textstyle\sum_n dy_n

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

    def forward(self, x):
        """Return the scores, (N, V), for the input x, (N, H)."""
        W, b = self.params
        check_shape("x", x, ("N", W.shape[0]))
        self.cache = x = x.astype(W.dtype, copy=False)
        return x @ W + b  # (N, V)

    def backward(self, dy):
        """Return dx, (N, H), given dy, (N, V); write dW and db into `grads`."""
        W, _ = self.params
        dW, db = self.grads
        x = self.cache
        check_shape("dy", dy, (x.shape[0], W.shape[1]))
        dy = dy.astype(W.dtype, copy=False)
        dW[...] = x.T @ dy
        db[...] = dy.sum(axis=0)
        return dy @ W.T  # (N, H)


class SoftmaxWithLoss(Layer):
    r"""The mean cross-entropy between softmax probabilities and target ids.

    .. math::
        \log p_{nv} &= x_{nv} - \log \sum_u e^{x_{nu}} \\
        L &= -\frac{1}{N} \sum_n \log p_{n t_n} \\
        \frac{\partial L}{\partial x_{nv}} &= \frac{p_{nv} - [v = t_n]}{N}

    The layer has no parameters. The loss and the gradient have the dtype of the logits.

    Book: 06-softmax-masking
    """

    def __init__(self):
        super().__init__()

    def forward(self, x, t):
        """Return the loss, a scalar in nats, for the logits x, (N, V), and the target ids t, (N,)."""
        check_floats(x=x)
        check_shape("x", x, ("N", "V"))
        N = x.shape[0]
        # Every id is the number of a column of x, that is, of a row of x.T.
        t = check_ids(t, x.T)
        check_shape("t", t, (N,))
        # Shifting a row changes no probability; up to 0, exp can't overflow.
        x = x - x.max(axis=1, keepdims=True)  # (N, V)
        log_p = x - np.log(np.exp(x).sum(axis=1, keepdims=True))  # (N, V)
        picks = np.arange(N, like=t), t
        self.cache = log_p, picks
        return -log_p[picks].sum() / max(N, 1)

    def backward(self, dout=1.0):
        """Return the gradient at the logits, (N, V), of dout times the loss."""
        log_p, picks = self.cache
        dx = np.exp(log_p)  # (N, V)
        dx[picks] -= 1
        dx *= dout / max(len(dx), 1)
        return dx


def activation_and_slope(name):
    """Return an activation and its derivative, which takes the activation's output as its argument.

    Raises a ValueError for any name except 'tanh' and 'identity'.
    """
    if name == "tanh":
        return np.tanh, lambda h: 1 - h**2
    if name == "identity":
        return np.positive, np.ones_like
    raise ValueError(
        f"activation must be 'tanh' or 'identity', got {name!r}"
    )


def check_rnn_shapes(Wx, Wh, b, gates=1):
    """Raise a ValueError unless the shapes are (D, gates*H), (H, gates*H) and (gates*H,)."""
    check_shape("Wh", Wh, ("H", "gates*H" if gates > 1 else "H"))
    H = Wh.shape[0]
    check_shape("Wh", Wh, (H, gates * H))
    check_shape("Wx", Wx, ("D", gates * H))
    check_shape("b", b, (gates * H,))


def check_floats(**arrays):
    """Raise a TypeError unless all arrays, given by name, have the same float dtype."""
    for name, array in arrays.items():
        if array.dtype.kind != "f":
            raise TypeError(
                f"{name} has dtype {array.dtype}, expected floats: an integer gradient stores 0 for 0.5. "
                f"Use {name}.astype(np.float32)"
            )
    if len({array.dtype for array in arrays.values()}) > 1:
        found = ", ".join(
            f"{name} is {array.dtype}" for name, array in arrays.items()
        )
        raise TypeError(f"parameters must share one dtype, but {found}")


def check_shape(name, array, expected):
    """Raise a ValueError unless `array` has the expected shape.

    Parameters
    ----------
    name : str
        The array's name in the message.
    array : array
    expected : tuple of int and str
        A number must match; a letter stands for any number.
    """
    if array.shape == expected:
        return
    fits = len(array.shape) == len(expected) and all(
        isinstance(want, str) or want == got
        for want, got in zip(expected, array.shape, strict=True)
    )
    if not fits:
        wanted = ", ".join(map(str, expected)) + (
            "," if len(expected) == 1 else ""
        )
        raise ValueError(
            f"{name} has shape {array.shape}, expected ({wanted})"
        )


def check_ids(ids, W):
    """Return `ids` as an int64 array on the device of W, after checking that each is the number of a row of W.

    Raises
    ------
    TypeError
        If the ids aren't integers.
    IndexError
        If an id is out of range. NumPy would silently count negative ids from the end, and CuPy would wrap every
        such id around. On a GPU the check waits for the device once, because its result must reach the host.
    """
    ids = np.asarray(ids, like=W)
    if ids.dtype.kind not in "iu":
        raise TypeError(f"ids must be integers, got {ids.dtype}")
    V = W.shape[0]
    rows = ids.astype(np.int64, copy=False)
    bad = (rows < 0) | (rows >= V)
    if bad.any():
        raise IndexError(
            f"id {int(ids[bad][0])} is out of range: with {V} words the ids are 0 to {V - 1}"
        )
    return rows
