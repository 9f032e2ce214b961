"""From text to ids, from ids to batches of windows; perplexity; reading text files.

Letters: N batch, T time, M steps in a track.
"""

import math

import numpy as np


class Vocabulary:
    """The words of a text and their ids, in order of first appearance.

    Parameters
    ----------
    tokens : iterable of str
        The words or characters of a text, with repetitions.

    Attributes
    ----------
    tokens : list of str
        The word of each id.

    Examples
    --------
    >>> vocabulary = Vocabulary("we read words and then read more .".split())
    >>> vocabulary.encode(["then", "read"])
    array([4, 1])
    >>> vocabulary.decode([4, 1])
    ['then', 'read']

    Book: 01-corpus
    """

    def __init__(self, tokens):
        self.tokens = list(dict.fromkeys(tokens))
        self._ids = {token: i for i, token in enumerate(self.tokens)}

    def __len__(self):
        return len(self.tokens)

    def encode(self, tokens):
        """Return the ids of `tokens` as an int64 array. Raises a KeyError that names the first unknown token."""
        try:
            return np.array(
                [self._ids[token] for token in tokens], dtype=np.int64
            )
        except KeyError as error:
            raise KeyError(
                f"{error.args[0]!r} is not one of the {len(self)} words"
                " of the vocabulary"
            ) from None

    def decode(self, ids):
        """Return the words of `ids` as a list. Raises an IndexError that names the first id out of range."""
        ids = [int(i) for i in ids]
        for i in ids:
            if not 0 <= i < len(self):
                raise IndexError(
                    f"id {i} is out of range: with {len(self)} words"
                    f" the ids are 0 to {len(self) - 1}"
                )
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
        If the corpus isn't one-dimensional with at least two ids.

    Book: 01-corpus
    """
    if corpus.ndim != 1 or len(corpus) < 2:
        raise ValueError(
            "a corpus is one row of at least two ids, "
            f"got shape {corpus.shape}"
        )
    return corpus[:-1], corpus[1:]


def window_batches(corpus, batch_size, time_size):
    """Cut a corpus into batches of windows, for training by truncated backpropagation through time.

    The inputs are laid out as `batch_size` parallel tracks. Each batch holds the next `time_size` steps of every track,
    so row n of a batch continues where row n of the previous batch stopped, and a stateful layer may keep its state.

    Parameters
    ----------
    corpus : (L,) integer array
    batch_size : int
        N, the number of tracks.
    time_size : int
        T, the steps per window.

    Returns
    -------
    generator of (xs, ts), each (N, T)
        The rest of a track, after its last whole window, isn't used.

    Raises
    ------
    ValueError
        If the corpus is too short for one batch. It is raised by the call itself, not by the first `next`.

    Examples
    --------
    >>> corpus = np.array([0, 1, 2, 3, 4, 1, 5, 6])
    >>> xs, ts = next(window_batches(corpus, batch_size=1, time_size=3))
    >>> xs, ts
    (array([[0, 1, 2]]), array([[1, 2, 3]]))

    Book: 01-corpus
    """
    xs, ts = inputs_and_targets(corpus)
    _check_sizes(batch_size, time_size)
    N, T = batch_size, time_size
    M = len(xs) // N
    if M < T:
        raise ValueError(
            f"a corpus of {len(corpus)} ids is too short: {N} tracks of one "
            f"window of {T} need at least {N * T + 1}"
        )
    xs = xs[: N * M].reshape(N, M)
    ts = ts[: N * M].reshape(N, M)
    starts = range(0, M - T + 1, T)
    return (
        (xs[:, t : t + T].copy(), ts[:, t : t + T].copy()) for t in starts
    )


def padded_batches(corpus, batch_size, time_size):
    """Cut a corpus into batches of windows that hold every target exactly once, for evaluation.

    Like `window_batches`, except that the tracks are padded to whole windows. In the padding the input is 0 and the
    target is -1, which the loss ignores.

    Parameters
    ----------
    corpus : (L,) integer array
    batch_size, time_size : int
        N tracks, T steps per window.

    Returns
    -------
    generator of (xs, ts), each (N, T)

    Raises
    ------
    ValueError
        If the corpus has fewer than two ids.

    Book: 07-rnnlm
    """
    xs, ts = inputs_and_targets(corpus)
    _check_sizes(batch_size, time_size)
    length = math.ceil(len(xs) / (batch_size * time_size)) * time_size
    tracks = (
        np.zeros((batch_size, length), np.int64),
        np.full((batch_size, length), -1, np.int64),
    )
    for track, ids in zip(tracks, (xs, ts), strict=True):
        track.reshape(-1)[: len(ids)] = ids
    return (
        tuple(track[:, t : t + time_size].copy() for track in tracks)
        for t in range(0, length, time_size)
    )


def split_corpus(corpus, held_out=0.1):
    """Return the beginning of a corpus, to train on, and its end, to evaluate on. They don't overlap.

    Parameters
    ----------
    corpus : (L,) array
    held_out : float
        The share to hold out, between 0 and 1.

    Raises
    ------
    ValueError
        If the share is out of range or leaves one part with fewer than two ids.

    Book: 07-rnnlm
    """
    if not 0 < held_out < 1:
        raise ValueError(f"held_out must be between 0 and 1, got {held_out}")
    cut = len(corpus) - round(len(corpus) * held_out)
    if min(cut, len(corpus) - cut) < 2:
        raise ValueError(
            f"a corpus of {len(corpus)} ids is too short to hold out {held_out:.0%} of it"
        )
    return corpus[:cut], corpus[cut:]


def _check_sizes(batch_size, time_size):
    if batch_size < 1 or time_size < 1:
        raise ValueError(
            f"batch_size and time_size must be at least 1, got {batch_size} and {time_size}"
        )


def perplexity(losses, counts):
    r"""Return the perplexity over several batches: the exponential of the mean loss per target.

    .. math:: \exp \frac{\sum_i c_i \ell_i}{\sum_i c_i}

    An unweighted mean of the losses would give a short batch as much weight as a long one, and a mean of perplexities
    would give a bad batch more weight than a good one.

    Parameters
    ----------
    losses : sequence of scalars
        The mean loss of each batch, in nats.
    counts : sequence of int
        The number of targets in each batch.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the lengths differ, or there are no targets.

    Book: 07-rnnlm
    """
    if len(losses) != len(counts):
        raise ValueError(f"{len(losses)} losses but {len(counts)} counts")
    total = sum(int(count) for count in counts)
    if total == 0:
        raise ValueError("perplexity needs at least one target")
    summed = (
        float(loss) * int(count)
        for loss, count in zip(losses, counts, strict=True)
    )
    return math.exp(sum(summed) / total)


def seed_corpus():
    """Return the eight ids of the worked example, [0 1 2 3 4 1 5 6]: seven words, and word 1 occurs twice.

    Book: 01-corpus
    """
    return np.array([0, 1, 2, 3, 4, 1, 5, 6])


def prose():
    """Return English prose that comes with every CPython, as one str: what `help(...)` says on keywords and topics.

    There are about 465,000 characters, which differ a little between Python versions.

    Book: look-inside
    """
    from pydoc_data.topics import topics

    return "\n".join(topics[name] for name in sorted(topics))


def read_text(path):
    """Return the text of a UTF-8 file as a str, whose characters `Vocabulary(text)` then numbers.

    Raises
    ------
    ValueError
        If the file is empty or isn't text.

    Book: 07-rnnlm
    """
    with open(path, "rb") as file:
        data = file.read()
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path} isn't text in UTF-8: byte {error.start} can't be decoded"
        ) from error
    if "\0" in text:
        raise ValueError(f"{path} isn't text: it holds a zero byte")
    if not text.strip():
        raise ValueError(f"{path} is empty")
    return text


def read_ptb(path):
    """Return the words of a file in the format of the Penn Treebank corpus, as a list of str.

    Each line holds one sentence, its words separated by blanks. Each line end becomes the word `<eos>`.

    Raises
    ------
    ValueError
        If the file is empty or isn't text.

    Book: 07-rnnlm
    """
    return [
        *read_text(path).rstrip("\n").replace("\n", " <eos> ").split(),
        "<eos>",
    ]
