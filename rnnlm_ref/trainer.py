"""Training by truncated backpropagation through time, and evaluation.

Letters: N batch, T time.

Book: 07-rnnlm
"""

import math
from contextlib import nullcontext
from types import SimpleNamespace
from typing import NamedTuple

from rnnlm_ref.optim import clip_grads
from rnnlm_ref.text import padded_batches, perplexity, window_batches


class Perplexities(NamedTuple):
    """The perplexities of one epoch: on the training text during the epoch, on held-out text after it."""

    train: float
    held_out: float | None


class RnnlmTrainer:
    """Train a model on consecutive windows: the state is carried from one to the next, the gradient isn't.

    Of the model it uses only `forward`, `backward`, `reset_state`, `params` and `grads`.

    Parameters
    ----------
    model : Rnnlm
    optimizer : SGD or Adam
    max_norm : float
        The gradients are clipped to this norm before each update.

    Attributes
    ----------
    history : list of Perplexities
        One entry per epoch, over all calls of `fit`.

    Book: 07-rnnlm
    """

    def __init__(self, model, optimizer, max_norm=1.0):
        self.model, self.optimizer = model, optimizer
        self.max_norm = max_norm
        self.history = []
        self._best = None

    def fit(
        self,
        corpus,
        *,
        batch_size,
        time_size,
        epochs,
        held_out=None,
        progress=True,
    ):
        """Train for a number of epochs and return the history.

        With held-out text, the model ends up with the parameters of the best epoch rather than the last one, because
        at some point it may only be memorising the training text. Ctrl-C stops early and keeps what was learned.

        Parameters
        ----------
        corpus : (L,) integer array
            The training text.
        batch_size, time_size : int
            N tracks, T steps per window.
        epochs : int
            The number of passes over the corpus.
        held_out : (M,) integer array or None
            Text to evaluate on, never trained on.
        progress : bool
            Show a progress bar.

        Returns
        -------
        list of Perplexities

        Raises
        ------
        FloatingPointError
            If the loss or the gradient is no longer finite. The parameters keep their values from before that step.
        ValueError
            If the corpus is too short.
        ImportError
            If a progress bar is wanted and tqdm isn't installed.
        """
        windows = list(window_batches(corpus, batch_size, time_size))
        with _progress_bar(epochs * len(windows), progress) as bar:
            for _ in range(epochs):
                losses, interrupted = self._run_epoch(windows, bar)
                if losses:
                    self._record(losses, held_out, batch_size, time_size)
                if interrupted:
                    print(
                        f"Stopped by Ctrl-C after {len(losses)} of "
                        f"{len(windows)} steps of this epoch; "
                        "what was learned is kept."
                    )
                    break
        self._restore_best(held_out)
        return self.history

    def step(self, xs, ts):
        """Update the model once from a batch of windows, xs and ts (N, T), and return the loss before the update."""
        loss = float(self.model.forward(xs, ts))
        self._require_finite("loss", loss)
        self.model.backward()
        norm = clip_grads(self.model.grads, self.max_norm)
        self._require_finite("gradient's norm", norm)
        self.optimizer.update(self.model.params, self.model.grads)
        return loss

    def _run_epoch(self, windows, bar):
        losses = []
        self.model.reset_state()
        try:
            for xs, ts in windows:
                losses.append(self.step(xs, ts))
                bar.update()
        except KeyboardInterrupt:
            return losses, True
        return losses, False

    def _record(self, losses, held_out, batch_size, time_size):
        train = perplexity(losses, [batch_size * time_size] * len(losses))
        measured = None
        if held_out is not None:
            measured = evaluate(self.model, held_out, batch_size, time_size)
            if self._best is None or measured < self._best[0]:
                best = [param.copy() for param in self.model.params]
                self._best = measured, best
        self.history.append(Perplexities(train, measured))

    def _restore_best(self, held_out):
        if held_out is not None and self._best is not None:
            _, best = self._best
            for param, kept in zip(self.model.params, best, strict=True):
                param[...] = kept

    def _require_finite(self, what, value):
        if not math.isfinite(value):
            epoch = len(self.history) + 1
            raise FloatingPointError(
                f"the {what} became {value} in epoch {epoch}: "
                "lower the learning rate or max_norm"
            )


def evaluate(model, corpus, batch_size, time_size):
    """Return the perplexity of a model on a text, over every id except the first.

    Each of the `batch_size` tracks starts from a zero state. The model's state is reset before and after.

    Parameters
    ----------
    model : Rnnlm
    corpus : (L,) integer array
        At least two ids.
    batch_size, time_size : int
        N tracks, T steps per window. They affect the speed, and N the result slightly: each track starts cold.

    Returns
    -------
    float

    Book: 07-rnnlm
    """
    losses, counts = [], []
    model.reset_state()
    for xs, ts in padded_batches(corpus, batch_size, time_size):
        losses.append(model.forward(xs, ts))
        counts.append((ts >= 0).sum())
    model.reset_state()
    return perplexity(losses, counts)


def _progress_bar(total, progress):
    if not progress:
        return nullcontext(SimpleNamespace(update=lambda: None))
    try:
        from tqdm.auto import tqdm
    except ImportError as error:
        raise ImportError(
            "a progress bar needs tqdm: pip install tqdm, or pass progress=False"
        ) from error
    return tqdm(total=total, unit="step")
