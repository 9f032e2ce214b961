"""The trained model that the book's live figures run on is as good as the book says."""

from pathlib import Path

import numpy as np
import pytest

from rnnlm_ref.pretrained import animal_factors, animal_share, export, farm_model, states_after
from rnnlm_ref.source import farm
from rnnlm_ref.text import split_corpus
from rnnlm_ref.trainer import evaluate

WORDS = farm().sample(80_000, rng=0)
CHAPTER = Path(__file__).resolve().parents[2] / "book" / "look-inside.md"


def held_out_perplexity(model, vocabulary):
    _, held_out = split_corpus(vocabulary.encode(WORDS), held_out=0.25)
    return evaluate(model, held_out, batch_size=25, time_size=20)


def test_it_has_the_perplexity_that_the_chapter_claims():
    assert f"{held_out_perplexity(*farm_model()):.2f}" == "2.57"
    said = " ".join(CHAPTER.read_text(encoding="utf-8").split())
    assert "Its perplexity on the held-out text is still 2.57" in said


def test_a_new_export_is_as_good(tmp_path):
    export(tmp_path / "farm.json")
    assert held_out_perplexity(*farm_model(path=tmp_path / "farm.json")) == pytest.approx(2.57, rel=0.02)


def test_the_units_that_tell_the_animal_best_come_first():
    share = animal_share(*farm_model(), WORDS[:20_000])
    assert (np.diff(share) < 1e-2).all()  # they were sorted before they were rounded
    assert share[0] > 0.4


@pytest.mark.parametrize(("animal", "keep"), [("duck", 20), ("owl", 2)])
def test_as_many_units_keep_their_sign_as_the_chapter_says(animal, keep):
    sentence = f"the bee near the wood buzzes . the {animal} in the wood behind the river".split()
    signs = np.sign(states_after(*farm_model(), sentence)[9:])  # from the first link on
    assert (signs == signs[0]).all(axis=0).sum() == keep


def test_in_any_sentence_the_largest_sum_is_that_of_the_animal_and_outside_of_them_none_is_large():
    model, vocabulary = farm_model()
    animals, factors = animal_factors(model, vocabulary)
    words = farm().sample(8000, rng=1)
    sums = states_after(model, vocabulary, words) @ factors
    for start in [m for m, word in enumerate(words[:-20]) if word == "."][1:]:
        sound = words.index(".", start + 1) - 1
        assert (sums[start + 2 : sound].argmax(axis=1) == animals.index(words[start + 2])).all()
        assert sums[sound : sound + 2].max() < 0.5
