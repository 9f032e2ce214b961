"""The language model, and saving and loading it.

Letters: N batch, T time, V vocabulary, D word-vector width, H hidden width.

Book: 07-rnnlm
"""

import json
import os

import numpy as np

from rnnlm_ref.text import Vocabulary
from rnnlm_ref.time_layers import (
    TimeAffine,
    TimeEmbedding,
    TimeLSTM,
    TimeRNN,
    TimeSoftmaxWithLoss,
)

RECURRENT = {"TimeRNN": TimeRNN, "TimeLSTM": TimeLSTM}


class Rnnlm:
    r"""A recurrent language model: at each position of a text it predicts how likely each word is to come next.

    .. math::
        \text{ids} &\to \text{TimeEmbedding} \\
        &\to \text{TimeRNN} \\
        &\to \text{TimeAffine} \\
        &\to \text{TimeSoftmaxWithLoss}

    Parameters
    ----------
    vocab_size, wordvec_size, hidden_size : int
        V, D and H.
    rng : numpy.random.Generator or int
        The source of the initial weights. The same seed gives the same model on CPU and GPU.
    dtype : float dtype
    recurrent : TimeRNN or TimeLSTM
    xp : module
        numpy, or cupy to keep the parameters on a GPU and do all the work there.

    Attributes
    ----------
    params, grads : lists of arrays
        The parameters and gradients of all layers, in order.

    Raises
    ------
    ValueError
        If a size isn't positive.
    RuntimeError
        If xp is cupy and no GPU can be used.

    Book: 07-rnnlm
    """

    def __init__(
        self,
        vocab_size,
        wordvec_size,
        hidden_size,
        *,
        rng,
        dtype=np.float32,
        recurrent=TimeRNN,
        xp=np,
    ):
        V, D, H = self.sizes = vocab_size, wordvec_size, hidden_size
        if min(self.sizes) < 1:
            raise ValueError(
                "vocab_size, wordvec_size and hidden_size must "
                f"be positive, got {V}, {D} and {H}"
            )
        rng = np.random.default_rng(rng)
        width = recurrent.gates * H

        def weights(fan_in, *shape):
            # A sum of fan_in terms keeps their size, whatever the width.
            W = rng.standard_normal(shape) / np.sqrt(fan_in)
            return on_device(xp, W, dtype)

        def zeros(*shape):
            return on_device(xp, np.zeros(shape), dtype)

        self.layers = [
            TimeEmbedding(weights(1, V, D)),
            recurrent(
                weights(D, D, width),
                weights(H, H, width),
                zeros(width),
                stateful=True,
            ),
            TimeAffine(weights(H, H, V), zeros(V)),
        ]
        self.recurrent = self.layers[1]
        self.loss_layer = TimeSoftmaxWithLoss()
        self.params = [p for layer in self.layers for p in layer.params]
        self.grads = [g for layer in self.layers for g in layer.grads]

    def predict(self, xs):
        """Return the logits, (N, T, V), for the word that follows each of the ids xs, (N, T)."""
        for layer in self.layers:
            xs = layer.forward(xs)
        return xs

    def forward(self, xs, ts):
        """Return the mean loss, a scalar in nats, for ids xs and targets ts, both (N, T). Targets of -1 don't count."""
        return self.loss_layer.forward(self.predict(xs), ts)

    def backward(self, dout=1.0):
        """Set `grads` to the gradients of dout times the loss of the last `forward`."""
        dout = self.loss_layer.backward(dout)
        for layer in reversed(self.layers):
            dout = layer.backward(dout)

    def reset_state(self):
        """Make the next window start from zeros, instead of continuing where the last one stopped."""
        self.recurrent.reset_state()


def on_device(xp, array, dtype):
    """Convert a NumPy array to one of xp's. Raises a RuntimeError if xp can't be used on this machine."""
    array = array.astype(dtype)
    try:
        return xp.asarray(array)
    except Exception as error:
        # CuPy raises other errors for a missing driver, a missing card, a full card; the way out is the same.
        raise RuntimeError(
            f"{xp.__name__} can't place arrays on a GPU of this machine ({error}). "
            "Leave out xp to work on the CPU"
        ) from error


def on_host(array):
    """Return the array itself if it is NumPy's, or else a copy on the CPU."""
    return array.get() if hasattr(array, "get") else np.asarray(array)


def save_model(path, model, vocabulary):
    """Write a model and its vocabulary to a safetensors file, which holds numbers and text but never code.

    An existing file is replaced in a single step at the end, so an interruption can't damage it.

    Parameters
    ----------
    path : str or path
    model : Rnnlm
    vocabulary : Vocabulary

    Raises
    ------
    ImportError
        If safetensors isn't installed.

    Book: look-inside
    """
    arrays = {
        f"params.{i}": np.ascontiguousarray(on_host(param))
        for i, param in enumerate(model.params)
    }
    about = {
        "sizes": json.dumps(model.sizes),
        "recurrent": type(model.recurrent).__name__,
        "tokens": json.dumps(vocabulary.tokens),
    }
    unfinished = f"{os.fspath(path)}.unfinished"
    _safetensors().numpy.save_file(arrays, unfinished, metadata=about)
    os.replace(unfinished, path)


def load_model(path, xp=np):
    """Read a model and its vocabulary from a file written by `save_model`.

    Parameters
    ----------
    path : str or path
    xp : module
        numpy or cupy, as for `Rnnlm`, wherever the parameters were when the model was saved.

    Returns
    -------
    model : Rnnlm
    vocabulary : Vocabulary

    Raises
    ------
    ValueError
        If the file wasn't written by `save_model`.
    ImportError
        If safetensors isn't installed.

    Book: look-inside
    """
    safetensors = _safetensors()
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            about = file.metadata()
            recurrent = RECURRENT[about["recurrent"]]
            sizes, vocabulary = (
                json.loads(about["sizes"]),
                Vocabulary(json.loads(about["tokens"])),
            )
            arrays = [
                file.get_tensor(f"params.{i}")
                for i in range(len(file.keys()))
            ]
        model = Rnnlm(
            *sizes, rng=0, dtype=arrays[0].dtype, recurrent=recurrent, xp=xp
        )
        for param, array in zip(model.params, arrays, strict=True):
            param[...] = on_device(xp, array, param.dtype)
    except (
        safetensors.SafetensorError,
        KeyError,
        TypeError,
        ValueError,
        IndexError,
    ) as error:
        raise ValueError(
            f"{path} holds no model written by save_model: {error!r}"
        ) from error
    return model, vocabulary


def _safetensors():
    try:
        import safetensors.numpy
    except ImportError as error:
        raise ImportError(
            "saving and loading a model needs safetensors: pip install safetensors"
        ) from error
    return safetensors
