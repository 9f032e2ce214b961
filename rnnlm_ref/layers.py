"""One step: the definitions.

A layer is a pair of functions. `forward` computes its output and remembers what `backward` needs; `backward` takes the
gradient of the loss with respect to that output, writes the gradients of the parameters and returns the gradient with
respect to the input. `rnnlm_ref.time_layers` holds the same layers for whole windows of time, only faster.

Letters: N batch, V vocabulary, D word-vector width, H hidden width.

Every array may be NumPy's or CuPy's: CuPy arrays answer to NumPy's functions themselves, so nothing here mentions them.
"""
import numpy as np


class Layer:
    """What all layers share: parameters, one gradient array for each, and what `forward` remembers.

    Parameters
    ----------
    **params : float arrays, all of one dtype
        By name, in the order in which the layer's constructor takes them. They are kept, not copied: an optimiser that
        changes them in place changes the layer.

    Attributes
    ----------
    params, grads : lists of arrays
        `grads[i]` belongs to `params[i]`. Every `backward` overwrites it in place, so that whoever holds the array
        (a model, an optimiser) sees the new gradient.

    Raises
    ------
    TypeError
        For integer parameters, because an integer gradient would store 0 for 0.5; and for mixed dtypes.

    Notes
    -----
    The protocol: arguments are never modified; outputs and gradients have the parameters' dtype; an array once returned
    belongs to the caller, the layer neither reads nor changes it again; `backward` reads only what the last `forward`
    remembered and may be called twice. Inputs are remembered without a copy: leave them alone until `backward`.

    Book: 02-embedding
    """

    def __init__(self, **params):
        for name, param in params.items():
            if not np.issubdtype(param.dtype, np.floating):
                raise TypeError(f"{name} has dtype {param.dtype}: parameters must be floats, because an integer "
                                f"gradient stores 0 for 0.5. Use {name}.astype(np.float32)")
        if len({param.dtype for param in params.values()}) > 1:
            dtypes = ", ".join(f"{name} {param.dtype}" for name, param in params.items())
            raise TypeError(f"parameters must share one dtype, got {dtypes}")
        self.params = list(params.values())
        # C order whatever the parameter's own, so that a flattened gradient is a view and never a copy.
        self.grads = [np.zeros_like(param, order="C") for param in self.params]
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
            If an id is negative or at least V. It is named.
        """
        W, = self.params
        self.cache = check_ids(idx, W)
        return W[self.cache]

    def backward(self, dout):
        """Add up dout, of shape idx.shape + (D,), by id into grads[0]. Ids have no gradient: returns None."""
        dW, = self.grads
        idx = self.cache
        dW[...] = 0
        # Not dW[idx] += dout: that keeps one of the rows where an id occurs twice.
        np.add.at(dW, idx, dout.astype(dW.dtype, copy=False))


def check_shape(name, array, expected):
    """Raise a ValueError unless `array` has the expected shape.

    Parameters
    ----------
    name : str
        What to call the array in the message.
    array : array
    expected : tuple of int and str
        A number is required; a letter stands for any number.
    """
    fits = len(array.shape) == len(expected) and all(
        isinstance(want, str) or want == got for want, got in zip(expected, array.shape, strict=True))
    if not fits:
        wanted = ", ".join(map(str, expected)) + ("," if len(expected) == 1 else "")
        raise ValueError(f"{name} has shape {array.shape}, expected ({wanted})")


def check_ids(ids, W):
    """Return `ids` as an int64 array beside W, after checking that each is the number of a row of W.

    Raises
    ------
    TypeError
        If the ids aren't integers.
    IndexError
        If an id is out of range: NumPy would count negative ids from the end, CuPy would wrap all of them around,
        both without a word. On a GPU the answer must reach the host, so this waits for the device once.
    """
    ids = np.asarray(ids, like=W)
    if ids.dtype.kind not in "iu":
        raise TypeError(f"ids must be integers, got {ids.dtype}")
    V = W.shape[0]
    rows = ids.astype(np.int64, copy=False)
    bad = (rows < 0) | (rows >= V)
    if bad.any():
        raise IndexError(f"id {int(ids[bad][0])} is out of range: with {V} words the ids are 0 to {V - 1}")
    return rows
