"""N-gram models, the baseline: they count which word followed the few words before it.

Book: 07-rnnlm
"""

import math
from collections import Counter, defaultdict


class NgramModel:
    r"""An n-gram model with Witten–Bell smoothing.

    .. math:: p(w \mid h) = \frac{c(h, w) + k(h)\,p(w \mid h')}{c(h) + k(h)}

    Here c counts occurrences in the training text, k(h) is the number of different words that followed the history h,
    and h' is h without its first word. The more different words followed h, the more weight the shorter history gets.
    The empty history falls back on 1/V, so no word is impossible.

    Parameters
    ----------
    corpus : (L,) integer array
        The training text.
    vocab_size : int
        V.
    n : int
        The number of words in a gram, including the predicted one: 1 unigram, 2 bigram, 3 trigram.

    Raises
    ------
    ValueError
        If n is less than 1.

    References
    ----------
    Chen and Goodman, An Empirical Study of Smoothing Techniques for Language Modeling, 1998.

    Book: 07-rnnlm
    """

    def __init__(self, corpus, vocab_size, n):
        if n < 1:
            raise ValueError(f"n must be at least 1, got {n}")
        self.vocab_size, self.n = vocab_size, n
        self.followers = defaultdict(Counter)
        ids = corpus.tolist()
        for i, word in enumerate(ids):
            for k in range(min(n - 1, i) + 1):
                self.followers[tuple(ids[i - k : i])][word] += 1
        self.totals = {
            history: counts.total()
            for history, counts in self.followers.items()
        }

    def probability(self, history, word):
        """Return p(word | history). The history is a tuple of ids, of which only the last n-1 are used."""
        p = 1 / self.vocab_size
        for k in range(min(self.n - 1, len(history)) + 1):
            suffix = history[len(history) - k :]
            if suffix not in self.totals:
                break
            counts = self.followers[suffix]
            p = (counts[word] + len(counts) * p) / (
                self.totals[suffix] + len(counts)
            )
        return p

    def perplexity(self, corpus):
        """Return the perplexity on a text, over every id except the first, as `evaluate` does for a recurrent model."""
        ids = corpus.tolist()
        if len(ids) < 2:
            raise ValueError(
                f"perplexity needs a text of at least two ids, got {len(ids)}"
            )
        loss = -sum(
            math.log(
                self.probability(
                    tuple(ids[max(0, i - self.n + 1) : i]), ids[i]
                )
            )
            for i in range(1, len(ids))
        )
        return math.exp(loss / (len(ids) - 1))
