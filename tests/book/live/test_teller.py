"""The teller of fables draws words as Python does, and marks what it says. Needs `make book` first."""

import numpy as np
import pytest
from live_figures import press, said, set_slider, shown
from numpy.testing import assert_allclose

from rnnlm_figures.mattered import network
from rnnlm_ref.fables import ANIMALS, THINGS, as_prose
from rnnlm_ref.generate import next_word_probabilities


@pytest.fixture
def teller(figure):
    """The teller, without pauses between its words and with the same draws each time."""
    live = figure("teller")
    live.page.emulate_media(reduced_motion="reduce")
    live.page.evaluate("(seed => { Math.random = () => (seed = (seed * 16807) % 2147483647) / 2147483647; })(1)")
    return live


def tell(teller, opening):
    """Have a fable told and return its words."""
    if teller.get_by_label("Opening", exact=True).is_visible():
        teller.get_by_label("Opening", exact=True).fill(opening)
        press(teller, "Tell from this opening")
    else:
        press(teller, "No, another thing")
    teller.page.wait_for_function("teller => teller.telling === 0", arg=teller.element_handle())
    return teller.evaluate("teller => teller.words")


def test_the_teller_expects_what_python_expects_at_the_temperature_of_the_slider(teller):
    tell(teller, "one morning the owl found a drum")
    set_slider(teller.get_by_label("temperature"), 0.5)
    for opening in ("the bee won a map", "late at night the cow heard a bell laughing , and nobody"):
        words = tell(teller, opening)
        model, vocabulary = network("fable", "RNN")
        written = ["¶", *words, "¶"]
        assert words[: len(opening.split())] == opening.split()
        model.reset_state()
        scores = model.predict(vocabulary.encode(written)[np.newaxis])[0, -1]
        assert_allclose(teller.evaluate("t => t.probabilities()"), next_word_probabilities(scores, 0.5), atol=1e-9)


def test_the_teller_draws_each_word_by_its_probability(teller):
    teller.page.evaluate("Math.random = () => 0.7")
    words = tell(teller, "one morning the owl found a drum")
    model, vocabulary = network("fable", "RNN")
    model.reset_state()
    scores = model.predict(vocabulary.encode(["¶", *words])[np.newaxis])[0]
    drawn = [np.searchsorted(np.cumsum(next_word_probabilities(row, 0.8)), 0.7) for row in scores[7:]]
    assert vocabulary.decode(drawn) == [*words[7:], "¶"]


def test_the_teller_marks_each_thing_that_is_not_the_first_and_each_animal_after_the_second(teller):
    words = tell(teller, "one morning the owl found a drum")
    for _ in range(3):
        things = [word for word in words if word in THINGS]
        cast = list(dict.fromkeys(word for word in words if word in ANIMALS))
        kinds = {thing: "thing" if thing == things[0] else "lost" for thing in THINGS}
        kinds |= {animal: "animal" if animal in cast[:2] else "stray" for animal in ANIMALS}
        marks = shown(teller, ".teller-text mark", "[e.textContent.toLowerCase(), e.className]")
        assert marks == [[word, f"teller-{kinds[word]}"] for word in words if word in kinds]
        changes = [thing for thing, before in zip(things, [None, *things], strict=False) if thing != before]
        mark = " ✗" if len(changes) > 1 else " ✓" if len(things) > 1 else ""
        assert teller.locator(".teller-chains li").last.inner_text() == " → ".join(changes) + mark
        assert teller.locator(".teller-text").inner_text() == as_prose(words)
        words = tell(teller, "the bee won a map in the barn . the cow fed the drum . the dog kept the map")


def test_the_legend_of_the_teller_has_gaps(teller):
    legend = teller.locator(".farm-legend").text_content()
    assert legend == "its first thing another thing its two animals a third one"


def test_the_teller_names_a_word_that_it_has_never_read(teller):
    words = tell(teller, "one morning the owl found a drum")
    teller.get_by_label("Opening", exact=True).fill("the unicorn won a map")
    press(teller, "Tell from this opening")
    assert said(teller).startswith("It has never read “unicorn”. Its fables are about cow, duck,")
    assert teller.evaluate("teller => teller.words") == words
