"""The trained model that the book's live figure runs on is as good as the book says."""
from pathlib import Path

import numpy as np
import pytest

from rnnlm_ref.pretrained import animal_share, export, farm_model
from rnnlm_ref.source import farm
from rnnlm_ref.text import split_corpus
from rnnlm_ref.trainer import evaluate

WORDS = farm().sample(80_000, rng=0)
CHAPTER = Path(__file__).resolve().parents[2] / "book" / "07-rnnlm.md"


def held_out_perplexity(model, vocabulary):
    _, held_out = split_corpus(vocabulary.encode(WORDS), held_out=0.25)
    return evaluate(model, held_out, batch_size=25, time_size=20)


def test_it_has_the_perplexity_that_the_chapter_claims():
    assert f"{held_out_perplexity(*farm_model()):.2f}" == "2.57"
    assert "Its perplexity on the held-out\ntext is still 2.57" in CHAPTER.read_text(encoding="utf-8")


def test_a_new_export_is_as_good(tmp_path):
    export(tmp_path / "farm.json")
    assert held_out_perplexity(*farm_model(path=tmp_path / "farm.json")) == pytest.approx(2.57, rel=0.02)


def test_the_units_that_tell_the_animal_best_come_first():
    share = animal_share(*farm_model(), WORDS[:20_000])
    assert (np.diff(share) < 1e-2).all()  # they were sorted before they were rounded
    assert share[0] > 0.4


@pytest.mark.parametrize(("animal", "keep"), [("duck", 19), ("owl", 1)])
def test_as_many_units_keep_their_sign_as_the_chapter_says(animal, keep):
    model, vocabulary = farm_model()
    embedding, rnn, _ = model.layers
    sentence = vocabulary.encode(f". the {animal} in the wood behind the river".split())
    signs = np.sign(rnn.forward(embedding.forward(sentence[np.newaxis]))[0, 3:])  # from the first link on
    assert (signs == signs[0]).all(axis=0).sum() == keep
