"""Text to ids to windows, the known source, the n-gram models and the loaders."""

import doctest
import math
from collections import Counter

import numpy as np
import pytest

from rnnlm_ref import text
from rnnlm_ref.fables import ANIMALS, THINGS, as_prose, fable_parts, fables
from rnnlm_ref.ngram import NgramModel
from rnnlm_ref.source import SOUNDS, Source, farm, parade
from rnnlm_ref.text import (
    Vocabulary,
    inputs_and_targets,
    padded_batches,
    perplexity,
    read_ptb,
    read_text,
    seed_corpus,
    split_corpus,
    window_batches,
)


def test_vocabulary_numbers_words_in_order_of_first_appearance():
    words = ["we", "read", "words", "and", "then", "read", "more", "."]
    vocabulary = Vocabulary(words)
    assert vocabulary.tokens == ["we", "read", "words", "and", "then", "more", "."]
    ids = vocabulary.encode(words)
    assert ids.dtype == np.int64
    assert ids.tolist() == [0, 1, 2, 3, 4, 1, 5, 6]
    assert vocabulary.decode(ids) == words


def test_rows_of_batches_go_on_where_they_stopped():
    corpus = np.arange(100)
    batches = list(window_batches(corpus, batch_size=3, time_size=4))
    assert len(batches) == 8
    tracks = np.concatenate([xs for xs, _ in batches], axis=1)
    np.testing.assert_array_equal(tracks, np.array([0, 33, 66])[:, None] + np.arange(32))
    for xs, ts in batches:
        np.testing.assert_array_equal(ts, xs + 1)


@pytest.mark.parametrize("length", [2, 3, 7, 8, 24, 25, 26])
def test_padded_batches_hold_every_target_once_and_in_order(length):
    corpus = np.arange(length) + 10
    batches = list(padded_batches(corpus, batch_size=2, time_size=3))
    xs, ts = (np.concatenate(arrays, axis=1).reshape(-1) for arrays in zip(*batches, strict=True))
    np.testing.assert_array_equal(ts[ts >= 0], corpus[1:])
    np.testing.assert_array_equal(xs[ts >= 0], corpus[:-1])


@pytest.mark.parametrize(
    ("use", "error", "message"),
    [
        (lambda: Vocabulary(["we", "read"]).encode(["read", "more"]), KeyError, "'more' is not one of the 2 words"),
        (lambda: Vocabulary(["a", "b"]).decode([0, -1]), IndexError, "id -1 is out of range"),
        (lambda: Vocabulary(["a", "b"]).decode([0, 2]), IndexError, "id 2 is out of range"),
        (lambda: window_batches(seed_corpus(), 0, 3), ValueError, "at least 1"),
        (lambda: padded_batches(seed_corpus(), 1, 0), ValueError, "at least 1"),
        (lambda: window_batches(np.arange(12), 3, 4), ValueError, "3 tracks of one window of 4 need at least 13"),
        (lambda: inputs_and_targets(np.array([1])), ValueError, "at least two ids"),
        (lambda: inputs_and_targets(np.ones((2, 2), int)), ValueError, "at least two ids"),
        (lambda: split_corpus(np.arange(100), 1), ValueError, "between 0 and 1"),
        (lambda: split_corpus(np.arange(100), 0.01), ValueError, "too short to hold out 1%"),
        (lambda: perplexity([1.0], [0]), ValueError, "at least one target"),
        (lambda: perplexity([1.0], [1, 2]), ValueError, "1 losses but 2 counts"),
        (lambda: Source({"s": [(0.5, "a", "s")]}), ValueError, "don't sum to 1"),
        (lambda: Source({"s": [(0.5, "a", "s"), (0.5, "a", "s")]}), ValueError, "repeats a word"),
        (lambda: Source({"s": [(1, "a", "t")]}), ValueError, "'t', which follows 's', has no rules"),
        (lambda: NgramModel(seed_corpus(), 7, 0), ValueError, "n must be at least 1"),
        (lambda: NgramModel(seed_corpus(), 7, 2).perplexity(np.array([1])), ValueError, "at least two ids"),
    ],
)
def test_what_makes_no_sense_is_refused(use, error, message):
    with pytest.raises(error, match=message):
        use()


def test_split_shares_nothing_and_loses_nothing():
    train, held_out = split_corpus(np.arange(100), 0.1)
    assert len(held_out) == 10
    np.testing.assert_array_equal(np.concatenate([train, held_out]), np.arange(100))


def test_perplexity_weighs_by_count():
    assert perplexity([math.log(2), math.log(8)], [3, 1]) == pytest.approx(2 ** (6 / 4))
    assert perplexity([np.float32(0)], [np.int64(5)]) == 1.0


def test_the_limits_of_a_small_source_as_worked_out_by_hand():
    # a coin: heads says "a" and comes back; tails says "b", which is always followed by "c".
    source = Source({"coin": [(0.5, "a", "coin"), (0.5, "b", "then")], "then": [(1, "c", "coin")]})
    # Two words in three are the coin's: the rate is (2/3) log 2. Words: a 1/3, b 1/3, c 1/3.
    assert source.best_perplexity() == pytest.approx(2 ** (2 / 3))
    assert source.ngram_perplexity(1) == pytest.approx(3)
    assert source.ngram_perplexity(2) == pytest.approx(2 ** (2 / 3))


def test_memory_of_two_words_stays_well_above_the_limit_of_the_farm():
    source = farm()
    known = [source.ngram_perplexity(n) for n in (1, 2, 3)]
    # A sentence has 10 words on average, of which one animal in 8, and 2 times a link, a place and go-on-or-not.
    assert source.best_perplexity() == pytest.approx((8 * (3 * 6 * 2) ** 2) ** (1 / 10))
    assert known == sorted(known, reverse=True)
    assert known[2] > 1.2 * source.best_perplexity()


def test_the_limit_of_the_parade_is_the_one_on_paper():
    source = parade()
    # 16 words on average: two animals in 8, 1 to 3 places, and 2 times a link in 2 and a place in 4.
    assert source.best_perplexity() == pytest.approx((8**2 * 3 * (2 * 4) ** 2) ** (1 / 16))
    for sentence in " ".join(source.sample(4000, rng=0)).split(" . ")[:-1]:
        _, first, _, _, second, *_, third, fourth = sentence.split()
        assert (SOUNDS[first], SOUNDS[second]) == (third, fourth)


def test_a_sample_has_the_probabilities_of_its_source():
    source = farm()
    words = source.sample(20000, rng=0)
    counts = Counter(words)
    assert counts["."] / len(words) == pytest.approx(1 / 10, rel=0.03)
    assert counts["cow"] / counts["."] == pytest.approx(1 / 8, rel=0.1)
    unigrams = -sum(c / len(words) * math.log(c / len(words)) for c in counts.values())
    assert math.exp(unigrams) == pytest.approx(source.ngram_perplexity(1), rel=0.02)
    assert source.sample(20, rng=5) == source.sample(20, rng=5) != source.sample(20, rng=6)


def test_ngram_probabilities_as_worked_out_by_hand():
    model = NgramModel(np.array([0, 1, 0, 2, 0, 1]), vocab_size=4, n=2)
    # Unigram: 0 three times, 1 twice, 2 once, three kinds: p(1) = (2 + 3/4) / (6 + 3).
    unigram = (2 + 3 / 4) / 9
    # After 0: 1 twice, 2 once, two kinds.
    assert model.probability((0,), 1) == pytest.approx((2 + 2 * unigram) / 5)
    assert model.probability((3,), 1) == pytest.approx(unigram)


def test_ngrams_come_near_the_limits_of_their_order():
    words = farm().sample(30000, rng=0)
    vocabulary = Vocabulary(words)
    train, held_out = split_corpus(vocabulary.encode(words))
    for n in (1, 2, 3):
        measured = NgramModel(train, len(vocabulary), n).perplexity(held_out)
        assert measured == pytest.approx(farm().ngram_perplexity(n), rel=0.03)


def test_a_fable_keeps_its_friend_and_its_thing_and_hangs_on_the_seed():
    assert fables(5, rng=1) == fables(5, rng=1) != fables(5, rng=2)
    for fable in " ".join(fables(300, rng=0)).split(" ¶"):
        words = set(fable.split())
        assert len(words & set(THINGS)) <= 1
        assert len(words & set(ANIMALS)) <= 2


def test_every_sentence_of_the_fables_ends_and_is_there_once():
    written = [sentence for part in fable_parts() for sentence in part]
    assert len(set(written)) == len(written)
    assert [sentence for sentence in written if not sentence.endswith(" .")] == []


def test_prose_has_capitals_and_no_blanks_before_punctuation():
    words = ["the", "owl", ",", "said", "it", ":", "no", ".", "never", ".", "¶", "once", "more", "."]
    assert as_prose(words) == "The owl, said it: no. Never.\n\nOnce more."


def test_read_text_takes_marks_and_line_ends_of_other_systems(tmp_path):
    (tmp_path / "a.txt").write_bytes("\ufeffgrüß\r\ndich".encode())
    assert read_text(tmp_path / "a.txt") == "grüß\ndich"


def test_ptb_lines_end_in_eos(tmp_path):
    (tmp_path / "ptb.txt").write_text(" it was n't <unk> \n N years old \n")
    assert read_ptb(tmp_path / "ptb.txt") == ["it", "was", "n't", "<unk>", "<eos>", "N", "years", "old", "<eos>"]


@pytest.mark.parametrize("load", [read_text, read_ptb])
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"\x89PNG\r\n", "isn't text in UTF-8: byte 0"),
        (b"a\0b", "zero byte"),
    ],
)
def test_a_file_that_is_no_text_is_a_value_error(tmp_path, load, data, message):
    (tmp_path / "bad").write_bytes(data)
    with pytest.raises(ValueError, match=message):
        load(tmp_path / "bad")


def test_the_examples_in_the_docstrings_are_true():
    assert doctest.testmod(text).failed == 0
