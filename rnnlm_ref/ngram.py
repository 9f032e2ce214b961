"""The models to beat: predicting a word by counting what followed the few words before it.

Book: 07-rnnlm
"""
import math
from collections import Counter, defaultdict


class NgramModel:
    r"""An n-gram model with Witten–Bell smoothing.

    .. math:: p(w \mid h) = \frac{c(h, w) + k(h)\,p(w \mid h')}{c(h) + k(h)}

    c counts in the training text, k(h) is the number of different words that followed the history h there, and h' is h
    without its first word. The more often something new followed h, the more is left to the shorter history; the
    shortest falls back on 1/V, so that no word is impossible.

    Parameters
    ----------
    corpus : (L,) integer array
        The training text.
    vocab_size : int
        V.
    n : int
        How many words are looked at, the predicted one included: 1 unigram, 2 bigram, 3 trigram.

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
                self.followers[tuple(ids[i - k:i])][word] += 1
        self.totals = {history: counts.total() for history, counts in self.followers.items()}

    def probability(self, history, word):
        """Return p(word | history), the history a tuple of ids of which the last n-1 count."""
        p = 1 / self.vocab_size
        for k in range(min(self.n - 1, len(history)) + 1):
            suffix = history[len(history) - k:]
            if suffix not in self.totals:
                break
            counts = self.followers[suffix]
            p = (counts[word] + len(counts) * p) / (self.totals[suffix] + len(counts))
        return p

    def perplexity(self, corpus):
        """Return the perplexity on a text, over every id but the first: the same targets as a recurrent model's."""
        ids = corpus.tolist()
        if len(ids) < 2:
            raise ValueError(f"perplexity needs a text of at least two ids, got {len(ids)}")
        loss = -sum(math.log(self.probability(tuple(ids[max(0, i - self.n + 1):i]), ids[i]))
                    for i in range(1, len(ids)))
        return math.exp(loss / (len(ids) - 1))
