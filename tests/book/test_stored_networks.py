"""The networks behind "Which earlier word mattered?" are what training them makes, and no rounding spoils them."""

import itertools

import numpy as np
import pytest

from rnnlm_figures import mattered
from rnnlm_ref.source import SOUNDS, parade


def right_sounds(path):
    """Return how often each network gives the first sound of a parade that it hasn't read the highest score."""
    sentences = [f"{sentence} .".split() for sentence in " ".join(parade().sample(4000, rng=7)).split(" . ")[:201]]
    shares = []
    for name in mattered.LAYERS:
        model, vocabulary = mattered.network("parade", name, path)
        right = []
        for before, words in itertools.pairwise(sentences):
            model.reset_state()
            scores = model.predict(vocabulary.encode([*before, *words[: words.index(":") + 1]])[np.newaxis])[0, -1]
            right.append(vocabulary.tokens[scores.argmax()] == SOUNDS[words[1]])
        shares.append(np.mean(right))
    return shares


def test_the_stored_networks_do_on_the_parade_what_the_chapter_says():
    rnn, lstm = right_sounds(mattered.STORED)
    assert rnn < 0.35
    assert lstm > 0.95


@pytest.mark.corpus
def test_training_the_networks_again_makes_such_as_are_stored(tmp_path, monkeypatch):
    monkeypatch.delitem(mattered.TEXTS, "fable")  # it takes twice as long
    mattered.export(tmp_path / "again.npz")
    rnn, lstm = right_sounds(tmp_path / "again.npz")
    assert rnn < 0.35
    assert lstm > 0.95
