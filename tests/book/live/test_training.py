"""The model in training learns in the browser what it learns in Python. Needs `make book` first."""

import re

import numpy as np
import pytest
from live_figures import press, said, shown
from numpy.testing import assert_allclose

from rnnlm_ref.model import Rnnlm
from rnnlm_ref.optim import Adam
from rnnlm_ref.source import SOUNDS, farm
from rnnlm_ref.text import Vocabulary, padded_batches, split_corpus, window_batches
from rnnlm_ref.trainer import RnnlmTrainer, evaluate


def right_sounds(model, vocabulary, corpus):
    """Return for which share of the sounds in a text the model prefers the right one to the seven others."""
    sounds, right = vocabulary.encode(SOUNDS.values()), []
    for xs, ts in padded_batches(corpus, 25, 20):
        preferred = sounds[model.predict(xs)[..., sounds].argmax(axis=-1)]
        right += (preferred == ts)[np.isin(ts, sounds)].tolist()
    model.reset_state()
    return np.mean(right)


def trained(steps, measured):
    """Return the losses of chapter 7's first steps, and what is measured after some of them."""
    words = farm().sample(80_000, rng=0)
    vocabulary = Vocabulary(words)
    train, held_out = split_corpus(vocabulary.encode(words), held_out=0.25)
    model = Rnnlm(len(vocabulary), 16, 64, rng=0, dtype=np.float64)
    for param, start in zip(model.params, Rnnlm(len(vocabulary), 16, 64, rng=0).params, strict=True):
        param[...] = start
    trainer = RnnlmTrainer(model, Adam(lr=0.003), max_norm=1.0)
    losses, rows = [], []
    while True:
        model.reset_state()
        for xs, ts in window_batches(train, 25, 20):
            if len(losses) in measured:
                state = model.recurrent.h
                rows.append((evaluate(model, held_out, 25, 20), right_sounds(model, vocabulary, held_out)))
                model.recurrent.h = state
            if len(losses) == steps:
                return losses, rows
            losses.append(trainer.step(xs, ts))


def test_the_browser_trains_the_model_as_python_does(figure):
    live = figure("training")
    assert {"40", "unigram 14.73"} <= {*shown(live, "text", "e.textContent")}
    press(live, "trigram: 3.10")
    in_the_second_epoch = "live => live.rows.at(-1)?.step > 120"
    live.page.wait_for_function(in_the_second_epoch, arg=live.element_handle())
    press(live, "Pause")
    labels = shown(live, "text", "e.textContent")  # by now of an axis that begins and ends near the bars
    assert {"2.5", "4", "bigram 3.76"} <= {*labels}
    assert not {"40", "unigram 14.73"} & {*labels}
    losses, rows = live.evaluate("live => [live.losses, live.rows]")
    expected, measured = trained(len(losses), [row["step"] for row in rows])
    assert_allclose(losses, expected, rtol=0, atol=1e-6)
    assert_allclose([[row["perplexity"], row["right"]] for row in rows], measured, rtol=0, atol=1e-6)
    perplexity, right = measured[-1]
    steps, now = rows[-1]["step"], f"{perplexity:.2f}, {100 * right:.0f} % of the sounds right"
    assert said(live) == f"Paused. After {steps} steps: perplexity {now}."
    row = rf"{steps} steps: {now}\n\d+ of 24 are sentences, \d+ right: the "
    assert re.match(row, live.locator("li").last.inner_text())


def write(live, *tries):
    """Let the model write, where chance chooses these words after the first, and return what its list shows."""
    live.evaluate(
        """(live, words) => {
        window.drawn = () => live.tokens.indexOf(words.shift());
        live.rows = [{ step: 25, perplexity: 3, right: 0.5, texts: live.write() }];
        live.draw();
    }""",
        " ".join(tries).split(),
    )
    return live.locator("li").inner_text().split("\n")[1]


def test_the_list_counts_the_sentences_among_24_texts_and_their_right_sounds_and_shows_four_short_ones(figure):
    live = figure("training")
    long = "owl in the wood near the barn behind the house hoots ."
    tries = [long, "frog house meows cat behind croaks .", "cow moos .", "dog near the barn moos ."]
    tries += ["bee in the wood buzzes .", "cat .", "owl near the barn hoots .", *["cow in the house moos ."] * 17]
    shown_first = "the dog near the barn moos ✗. the bee in the wood buzzes ✓."
    expected = f"{shown_first} the owl near the barn hoots ✓. the cow in the house moos ✓."
    assert write(live, *tries) == f"21 of 24 are sentences, 20 right: {expected}"
    assert write(live, *["barn hoots ."] * 24) == "None of 24 is a sentence: the barn hoots."
    endless = write(live, "in the " * 30, *["barn hoots ."] * 23)
    assert endless == "None of 24 is a sentence: the in the in the in the in the in the …"
    assert write(live, *["barn hoots ."] * 23, long).startswith("1 of 24 is a sentence, 1 right: the owl in")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_keeps_its_height_while_it_trains_and_has_no_list_before(figure, width):
    live = figure("training")
    live.page.set_viewport_size({"width": width, "height": 900})
    assert not live.locator("ol").is_visible()
    press(live, "trigram: 3.10")
    press(live, "Pause")
    heights = [live.bounding_box()["height"]]
    long, short = (["the", "horse", *["behind", "the", "garden"] * places, "neighs", "."] for places in (2, 1))
    live.evaluate(
        """(live, sentences) => {
        live.rows = [0, 25, 131, 290, 1190].map((step) => (
            { step, perplexity: 2.57, right: 0.99, texts: step ? sentences : [Array(60).fill('the')] }));
        live.done = true;
        live.draw();
    }""",
        [long, short, long, short],
    )
    assert live.locator("li").count() == 5
    heights.append(live.bounding_box()["height"])
    assert heights[0] == pytest.approx(heights[1], abs=1)


def test_training_asks_first_and_starts_over_from_the_same_numbers(figure):
    live = figure("training")
    assert not live.get_by_role("button", name="Train", exact=True).is_visible()
    live.get_by_role("button", name="best possible: 2.52").press("Enter")
    live.page.wait_for_function("live => live.losses.length > 3", arg=live.element_handle())
    first = live.evaluate("live => live.losses.slice(0, 3)")
    press(live, "Start over")
    assert said(live).endswith("Press your guess, and the training begins.")
    assert not live.evaluate("live => live.frame || live.losses.length")
    press(live, "bigram: 3.76")
    live.page.wait_for_function("live => live.losses.length > 3", arg=live.element_handle())
    assert live.evaluate("live => live.losses.slice(0, 3)") == first
    press(live, "Pause")
