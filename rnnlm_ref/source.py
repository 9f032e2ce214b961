"""Random texts whose best possible perplexity is known exactly.

Book: 07-rnnlm
"""

import math
from bisect import bisect

import numpy as np

SOUNDS = {
    "cow": "moos",
    "duck": "quacks",
    "dog": "barks",
    "cat": "meows",
    "horse": "neighs",
    "frog": "croaks",
    "bee": "buzzes",
    "owl": "hoots",
}


class Source:
    r"""A random source of words: a Markov chain whose state can be told from its words.

    In state s it emits one of several words, each with a known probability, and the word determines the next state. So
    a reader of the whole past knows the state, and can't be less surprised, on average, than the entropy rate

    .. math:: -\sum_s \pi_s \sum_w p(w \mid s) \log p(w \mid s)

    where :math:`\pi_s` is the share of time spent in state s. No model of any size has a lower perplexity than the
    exponential of that.

    Parameters
    ----------
    rules : dict
        For each state, a list of (probability, word, next state). The text starts in the first state.

    Raises
    ------
    ValueError
        If the probabilities of a state don't sum to 1, if it repeats a word, or if a next state has no rules.

    Book: 07-rnnlm
    """

    def __init__(self, rules):
        for state, choices in rules.items():
            words = [word for _, word, _ in choices]
            if not math.isclose(sum(p for p, _, _ in choices), 1):
                raise ValueError(
                    f"the probabilities of state {state!r} don't sum to 1"
                )
            if len(set(words)) < len(words):
                raise ValueError(
                    f"state {state!r} repeats a word, so the word doesn't decide the next state"
                )
            if missing := [
                target for _, _, target in choices if target not in rules
            ]:
                raise ValueError(
                    f"state {missing[0]!r}, which follows {state!r}, has no rules"
                )
        self.rules = rules

    def sample(self, length, *, rng):
        """Return a list of `length` words. The same seed (or Generator in the same state) gives the same words."""
        rng = np.random.default_rng(rng)
        sums = {
            state: np.cumsum([p for p, _, _ in choices])[:-1].tolist()
            for state, choices in self.rules.items()
        }
        state, words = next(iter(self.rules)), []
        for u in rng.random(length).tolist():
            _, word, state = self.rules[state][bisect(sums[state], u)]
            words.append(word)
        return words

    def best_perplexity(self):
        """Return the perplexity that no model can beat: that of a reader with a perfect memory."""
        return math.exp(
            sum(
                share * _entropy(p for p, _, _ in self.rules[state])
                for state, share in self._visits().items()
            )
        )

    def ngram_perplexity(self, n):
        """Return the perplexity of a reader who remembers only n-1 words, and knows all probabilities given those.

        The entropy of a word given the n-1 words before it is the entropy of n words minus that of n-1 words.
        """
        return math.exp(self._block_entropy(n) - self._block_entropy(n - 1))

    def _block_entropy(self, n):
        blocks = {
            ((), state): share for state, share in self._visits().items()
        }
        for _ in range(n):
            longer = {}
            for (words, state), share in blocks.items():
                for p, word, target in self.rules[state]:
                    key = (*words, word), target
                    longer[key] = longer.get(key, 0) + share * p
            blocks = longer
        totals = {}
        for (words, _), share in blocks.items():
            totals[words] = totals.get(words, 0) + share
        return _entropy(totals.values())

    def _visits(self):
        """Return the long-run share of each state: the π that one more step leaves unchanged."""
        states = list(self.rules)
        step = np.zeros((len(states), len(states)))
        for i, state in enumerate(states):
            for p, _, target in self.rules[state]:
                step[i, states.index(target)] += p
        # π step = π and sum(π) = 1: one equation more than unknowns, but one of the first follows from the others.
        equations = np.vstack(
            [step.T - np.eye(len(states)), np.ones(len(states))]
        )
        visits, *_ = np.linalg.lstsq(equations, np.eye(len(states) + 1)[-1])
        return dict(zip(states, visits.tolist(), strict=True))


def farm():
    """Return a source of sentences such as "the cow in the barn near the field moos .".

    The animal determines the sound, but at least three words that say nothing about it stand in between, often six or
    more. A reader who remembers two words has to guess among eight sounds; a recurrent state can carry the animal.

    Book: 07-rnnlm
    """
    places = "barn", "field", "garden", "house", "river", "wood"
    links = "in", "near", "behind"
    rules = {
        "start": [(1, "the", "animal")],
        "animal": [
            (1 / len(SOUNDS), animal, ("link", animal)) for animal in SOUNDS
        ],
        "end": [(1, ".", "start")],
    }
    for animal, sound in SOUNDS.items():
        rules["link", animal] = [
            (1 / len(links), link, ("the", animal)) for link in links
        ]
        rules["the", animal] = [(1, "the", ("place", animal))]
        rules["place", animal] = [
            (1 / len(places), place, ("more", animal)) for place in places
        ]
        rules["more", animal] = [
            (1 / 2, sound, "end"),
            *((1 / 2 / len(links), link, ("the", animal)) for link in links),
        ]
    return Source(rules)


def parade(fewest=1, most=3):
    """Return a source of sentences such as "the owl and the dog go past the bridge : hoots barks .".

    Two animals go past or over some places, and make their sounds in the same order. With 1 to 3 places, 6 to 14 words
    stand between an animal and its sound, and no sentence is shorter.

    Parameters
    ----------
    fewest, most : int
        How many places there are; each number of them is as likely as any other.

    Book: what-an-lstm-adds
    """
    links, places = ("over", "past"), ("hill", "mill", "bridge", "wood")
    rules = {
        "start": [(1, "the", "first")],
        "first": [
            (1 / len(SOUNDS), first, ("and", first)) for first in SOUNDS
        ],
        "end": [(1, ".", "start")],
    }
    for first in SOUNDS:
        rules["and", first] = [(1, "and", ("the", first))]
        rules["the", first] = [(1, "the", ("second", first))]
        rules["second", first] = [
            (1 / len(SOUNDS), second, ("go", first, second))
            for second in SOUNDS
        ]
        rules["last sound", first] = [(1, SOUNDS[first], "end")]
        for second in SOUNDS:
            pair = first, second
            rules["go", *pair] = [(1, "go", ("walk", *pair, 0))]
            rules["sounds", *pair] = [
                (1, SOUNDS[first], ("last sound", second))
            ]
            for n in range(most + 1):
                stop = 1 / (most - n + 1) if n >= fewest else 0
                rules["walk", *pair, n] = [
                    (stop, ":", ("sounds", *pair))
                ] * (stop > 0)
                if n < most:
                    more = *pair, n + 1
                    rules["walk", *pair, n] += [
                        ((1 - stop) / len(links), link, ("to", *more))
                        for link in links
                    ]
                    rules["to", *more] = [(1, "the", ("place", *more))]
                    rules["place", *more] = [
                        (1 / len(places), place, ("walk", *more))
                        for place in places
                    ]
    return Source(rules)


def _entropy(probabilities):
    return -sum(p * math.log(p) for p in probabilities if p > 0)
