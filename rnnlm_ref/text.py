"""From text to ids, from ids to windows, and how good a model of text is.

Letters: N batch, T time.
"""
import math

import numpy as np


class Vocabulary:
    """The words of a text and their ids, in order of first appearance.

    Parameters
    ----------
    tokens : iterable of str
        Words or characters, repetitions included.

    Attributes
    ----------
    tokens : list of str
        The word of each id.

    Examples
    --------
    >>> vocabulary = Vocabulary("you say goodbye and i say hello .".split())
    >>> vocabulary.encode(["i", "say"])
    array([4, 1])
    >>> vocabulary.decode([4, 1])
    ['i', 'say']

    Book: 01-corpus
    """

    def __init__(self, tokens):
        self.tokens = list(dict.fromkeys(tokens))
        self._ids = {token: i for i, token in enumerate(self.tokens)}

    def __len__(self):
        return len(self.tokens)

    def encode(self, tokens):
        """Return the ids of `tokens`, an int64 array. Raises a KeyError that names the first unknown token."""
        try:
            return np.array([self._ids[token] for token in tokens], dtype=np.int64)
        except KeyError as error:
            raise KeyError(f"{error.args[0]!r} is not one of the {len(self)} words of the vocabulary") from None

    def decode(self, ids):
        """Return the words of `ids`, a list. Raises an IndexError that names the first id out of range."""
        ids = [int(i) for i in ids]
        for i in ids:
            if not 0 <= i < len(self):
                raise IndexError(f"id {i} is out of range: with {len(self)} words the ids are 0 to {len(self) - 1}")
        return [self.tokens[i] for i in ids]


def inputs_and_targets(corpus):
    """Return `(corpus[:-1], corpus[1:])`: at every position the target is the next id.

    Parameters
    ----------
    corpus : (L,) integer array

    Returns
    -------
    xs, ts : (L-1,) arrays
        Views of the corpus.

    Raises
    ------
    ValueError
        If the corpus hasn't one axis with at least two ids.

    Book: 01-corpus
    """
    if corpus.ndim != 1 or len(corpus) < 2:
        raise ValueError(f"a corpus is one row of at least two ids, got shape {corpus.shape}")
    return corpus[:-1], corpus[1:]


def window_batches(corpus, batch_size, time_size):
    """Cut a corpus into batches of windows, for training by truncated back-propagation through time.

    The inputs are laid out as `batch_size` parallel tracks. Each batch holds the next `time_size` steps of every track,
    so row n of a batch goes on where row n of the batch before stopped, and a stateful layer may carry its state over.

    Parameters
    ----------
    corpus : (L,) integer array
    batch_size : int
        N, the number of tracks.
    time_size : int
        T, the steps in a window.

    Returns
    -------
    generator of (xs, ts), each (N, T)
        What is left of a track after the last whole window isn't used.

    Raises
    ------
    ValueError
        If the corpus is too short for one batch. At once, not at the first batch.

    Examples
    --------
    >>> xs, ts = next(window_batches(np.array([0, 1, 2, 3, 4, 1, 5, 6]), batch_size=1, time_size=3))
    >>> xs, ts
    (array([[0, 1, 2]]), array([[1, 2, 3]]))

    Book: 01-corpus
    """
    xs, ts = inputs_and_targets(corpus)
    _check_sizes(batch_size, time_size)
    length = len(xs) // batch_size
    if length < time_size:
        raise ValueError(f"a corpus of {len(corpus)} ids is too short: {batch_size} tracks of one window of "
                         f"{time_size} need at least {batch_size * time_size + 1}")
    xs = xs[:batch_size * length].reshape(batch_size, length)
    ts = ts[:batch_size * length].reshape(batch_size, length)
    starts = range(0, length - time_size + 1, time_size)
    return ((xs[:, t:t + time_size].copy(), ts[:, t:t + time_size].copy()) for t in starts)


def _check_sizes(batch_size, time_size):
    if batch_size < 1 or time_size < 1:
        raise ValueError(f"batch_size and time_size must be at least 1, got {batch_size} and {time_size}")


def perplexity(losses, counts):
    r"""Return the perplexity over several batches: the exponential of the mean loss of a target.

    .. math:: \exp \frac{\sum_i c_i \ell_i}{\sum_i c_i}

    Averaging the losses instead would let a short batch weigh as much as a long one, and averaging perplexities would
    let a bad batch weigh more than a good one.

    Parameters
    ----------
    losses : sequence of scalars
        The mean loss of each batch, in nats.
    counts : sequence of int
        The number of targets that each mean was taken over.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the lengths differ or there is no target at all.

    Book: 07-rnnlm
    """
    if len(losses) != len(counts):
        raise ValueError(f"{len(losses)} losses but {len(counts)} counts")
    total = sum(int(count) for count in counts)
    if total == 0:
        raise ValueError("perplexity needs at least one target")
    return math.exp(sum(float(loss) * int(count) for loss, count in zip(losses, counts, strict=True)) / total)
