"""Text generation.

Letters: N batch, T time, V vocabulary.

Book: look-inside
"""

import numpy as np

from rnnlm_ref.model import on_host


def generate(model, start_ids, length, *, rng, temperature=1.0, top_k=None):
    r"""Continue a text by drawing one word at a time and feeding it back as the next input.

    Parameters
    ----------
    model : Rnnlm
        Its state is reset before and after.
    start_ids : sequence of int
        The text to continue: at least one id.
    length : int
        The number of ids to draw.
    rng : numpy.random.Generator or int
        The same seed gives the same text.
    temperature, top_k
        As for `next_word_probabilities`.

    Returns
    -------
    (len(start_ids) + length,) int64 array
        The start and its continuation.

    Raises
    ------
    ValueError
        If start_ids is empty, or temperature or top_k is out of range.

    Book: look-inside
    """
    ids = [int(i) for i in start_ids]
    if not ids:
        raise ValueError(
            "start_ids is empty: the model needs at least one id to continue"
        )
    rng = np.random.default_rng(rng)
    model.reset_state()
    window = ids[:]  # the first also sets up the state
    for _ in range(length):
        logits = on_host(model.predict(np.array([window])))[0, -1]  # (V,)
        p = next_word_probabilities(logits, temperature, top_k)
        window = [int(rng.choice(len(p), p=p))]
        ids += window
    model.reset_state()
    return np.array(ids, dtype=np.int64)


def next_word_probabilities(logits, temperature=1.0, top_k=None):
    r"""Return softmax(logits / temperature), restricted to the k most likely words.

    .. math:: p_v \propto e^{x_v / \tau} \text{ if } x_v \text{ is in the top } k, \text{ else } 0

    Parameters
    ----------
    logits : (V,) float array
    temperature : float
        τ. Below 1 it favours likely words, above 1 it evens the odds.
    top_k : int or None
        The number of words that may be drawn: 1 always takes the most likely one, None allows all.

    Returns
    -------
    (V,) float64 array

    Raises
    ------
    ValueError
        If the temperature isn't positive or top_k is less than 1.

    Book: look-inside
    """
    if not temperature > 0:
        raise ValueError(
            f"temperature must be positive, got {temperature}. "
            "For the most likely word use top_k=1"
        )
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k must be at least 1, got {top_k}")
    # In float64, because rng.choice insists on a sum of 1 more exactly than
    # float32 can hold it.
    logits = logits.astype(np.float64)
    logits = (logits - logits.max()) / temperature
    if top_k is not None:
        # By rank, not by value: equal logits must not let more than k in.
        logits[np.argsort(-logits, kind="stable")[top_k:]] = -np.inf
    p = np.exp(logits)
    return p / p.sum()
