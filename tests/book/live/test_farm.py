"""The farm, on its page and compact on the front page, shows what Python computes. Needs `make book` first."""

import re

import numpy as np
import pytest
from live_figures import press, said, set_slider, shown, style_numbers
from numpy.testing import assert_allclose

from rnnlm_ref.generate import next_word_probabilities
from rnnlm_ref.pretrained import animal_factors, farm_model, states_after
from rnnlm_ref.source import SOUNDS

OPENING = "the duck in the wood behind the river"
WARM_UP = "the bee near the wood buzzes . "
MODEL, VOCABULARY = farm_model(np.float64)
TOKENS = VOCABULARY.tokens
ANIMALS, FACTORS = animal_factors(MODEL, VOCABULARY)


def heard(text, before=WARM_UP):
    """Return the states after each word, (T, H), and the logits of the next one, as Python computes them."""
    states = states_after(MODEL, VOCABULARY, (before + text).split())
    return states, MODEL.layers[-1].forward(states[np.newaxis])[0, -1]


def shown_states(farm):
    """Return the colours of the rows as numbers, (T, H)."""
    colour = "(cell.classList.contains('farm-negative') ? -1 : 1) * cell.getAttribute('fill-opacity')"
    return np.array(shown(farm, ".farm-text li", f"[...e.querySelectorAll('rect')].map(cell => {colour})"))


def shown_sums(farm, rows):
    """Return the length of each animal's bar in some rows, (T, 8)."""
    length = "Number(bar.style.getPropertyValue('--share'))"
    return np.array(shown(farm, rows, f"[...e.querySelectorAll('.farm-sum')].map(bar => {length})"))


def assert_heard(farm, text, before=WARM_UP):
    """Compare the last states, their sums and the bars with what Python computes; return the probabilities."""
    states, logits = heard(text, before)
    assert_allclose(shown_states(farm)[-len(states) :], states, atol=1e-9)
    assert_allclose(shown_sums(farm, ".farm-about:not(.farm-names)"), states[-1:] @ FACTORS, atol=1e-9)
    return assert_shows(farm, logits)


def assert_heard_on_the_front_page(front, text, before=WARM_UP):
    """Compare the sums after each word and the likeliest words with what Python computes."""
    states, logits = heard(text, before)
    words = (before + text).split()
    rows = [word.replace("full stop", ".") for word in shown(front, ".farm-text li", "e.firstChild.textContent")]
    assert rows[-len(words) :] == words
    sums = shown_sums(front, ".farm-text li")[-len(words) :]
    assert_allclose(sums, states @ FACTORS, atol=1e-6)
    has_bar = shown(front, ".farm-sum", "getComputedStyle(e).backgroundImage !== 'none'")[-sums.size :]
    is_named = np.logical_or.accumulate([word in SOUNDS for word in words])[:, np.newaxis]  # before, sums mean nothing
    assert has_bar == (is_named & (sums >= 0.5)).ravel().tolist()
    p = next_word_probabilities(logits)
    best = np.argsort(-p)[:8]
    bars = shown(front, ".farm-bar", "[e.value, Number(e.style.getPropertyValue('--share'))]")
    assert [word for word, _ in bars] == [TOKENS[i] for i in best]
    assert_allclose([share for _, share in bars], p[best], atol=1e-6)


def assert_shows(farm, logits, temperature=1.0):
    """Compare the length of each word's bar and what is written into it with the probabilities; return these."""
    words, written = zip(*shown(farm, ".farm-bar", "[...e.children].map(part => part.textContent)"), strict=True)
    at = [[word.replace("full stop", ".") for word in words].index(token) for token in TOKENS]
    p = next_word_probabilities(logits, temperature)
    assert_allclose(np.array(style_numbers(farm, ".farm-bar"))[at], p, atol=1e-9)
    assert [written[i] for i in at] == [percent(share) if share >= 0.005 else "" for share in p]
    return p


def percent(share):
    """Return a probability as the figure writes it."""
    return f"{100 * share:.0f} %" if share >= 0.01 else "<1 %"


def read(farm, text):
    farm.get_by_label("Type").fill(text)
    farm.get_by_label("Type").press("Enter")


def test_the_farm_shows_what_python_computes_for_what_is_typed_or_clicked(figure):
    farm = figure("farm")
    press(farm, "Start over")
    assert_heard(farm, OPENING)
    read(farm, "The bee near the wood. cow")
    farm.locator(".farm-bar", has_text=re.compile("^behind")).first.click()
    p = assert_heard(farm, "the bee near the wood . cow behind")
    best = ", ".join(f"{TOKENS[i]} {percent(p[i])}" for i in np.argsort(-p)[:4])
    assert said(farm).endswith(f"the model expects: {best}.")


def test_the_farm_asks_which_word_is_expected_most_and_shows_no_bar_before(figure):
    farm = figure("farm")
    assert said(farm) == f"It has read “{OPENING}”. Which word will it expect most? Click it below."
    assert set(shown(farm, ".farm-bar", "e.style.getPropertyValue('--share') + e.lastChild.textContent")) == {"0"}
    farm.locator(".farm-bar", has_text=re.compile("^near")).click()
    p = assert_heard(farm, OPENING)  # it hasn't read near
    assert said(farm).startswith(f"You said “near”: it gets {percent(p[TOKENS.index('near')])}. After “the duck in")
    farm.locator(".farm-bar", has_text=re.compile("^near")).click()
    assert_heard(farm, f"{OPENING} near")


def test_start_over_brings_back_the_sentence_and_the_temperature_that_the_figure_began_with(figure):
    farm = figure("farm")
    farm.get_by_label("temperature").press("End")
    read(farm, "near the barn")
    press(farm, "Start over")
    assert farm.get_by_label("temperature").input_value() == "1"
    assert_heard(farm, OPENING)


def test_what_has_less_than_one_percent_is_not_rounded_up_to_it(figure):
    farm = figure("farm")
    press(farm, "Forget")
    read(farm, "near the barn")
    p = assert_heard(farm, "near the barn", before="")
    assert [TOKENS[i] for i in np.flatnonzero((p >= 0.005) & (p < 0.01))] == ["buzzes"]
    assert farm.locator(".farm-bar", has_text="buzzes").inner_text().split("\n")[-1].endswith("<1 %")


def test_a_unit_says_how_long_it_kept_its_sign_and_whose_sum_it_moves_most(figure):
    farm = figure("farm")
    states, _ = heard(OPENING)
    picker, says = farm.get_by_role("slider", name="unit"), farm.locator(".farm-unit-says")
    for unit in (1, 2, 23, 64):
        set_slider(picker, unit)
        h = states[:, unit - 1]
        changed = np.flatnonzero(np.sign(h) != np.sign(h[-1]))
        kept = len(h) - 1 - changed[-1] if changed.size else len(h)
        moves = h[-1] * FACTORS[unit - 1]
        most = np.abs(moves).argmax()
        said_of_it = says.inner_text().replace("−", "-")
        assert said_of_it.startswith(f"Unit {unit} is {h[-1]:+.2f}, with this sign for {kept} row")
        assert f"It moves the sum of the {ANIMALS[most]} most, by {moves[most]:+.2f}." in said_of_it
        assert farm.locator(".farm-unit").count() == len(h)
    row = farm.locator(".farm-text li svg").last
    row.click(position={"x": row.bounding_box()["width"] * 22.5 / 64, "y": 5})
    assert picker.input_value() == "23"


def test_the_units_that_kept_their_sign_since_the_animal_can_be_seen_alone(figure):
    farm = figure("farm")
    for text, count in [("", 20), ("the owl in the wood behind the river", 2)]:
        if text:
            press(farm, "Start over")
            read(farm, text)
        signs = np.sign(heard(text or OPENING)[0][-6:])  # from in to river
        kept = (signs == signs[-1]).all(axis=0)
        assert kept.sum() == count
        box = farm.get_by_label(f"only units that kept their sign since “in”: {count}")
        assert box.is_checked()
        opacities = shown(farm, ".farm-text li:last-child rect", "Number(getComputedStyle(e).opacity)")
        assert opacities == np.where(kept, 1, 0.15).tolist()
    box.uncheck()
    assert set(shown(farm, ".farm-text rect", "Number(getComputedStyle(e).opacity)")) == {1}


def test_forget_sets_the_state_to_zeros_and_keeps_the_text(figure):
    farm = figure("farm")
    before = shown_states(farm)
    press(farm, "Forget")
    assert_allclose(shown_states(farm), [*before, np.zeros(64)])
    assert_shows(farm, MODEL.params[-1])
    read(farm, "near the barn")
    assert_heard(farm, "near the barn", before="")
    assert said(farm).startswith(
        "After “near the barn” the sums point to the cat, but no sentence that the model has read makes such a state"
    )


def test_the_state_has_the_full_width_and_the_sums_stand_beside_the_words_where_there_is_room(figure):
    farm = figure("farm")
    text, sums, words = (farm.locator(part).bounding_box() for part in (".farm-text", ".farm-whom", ".farm-words"))
    assert text["width"] > 600
    assert words["y"] < sums["y"] + sums["height"] < words["y"] + words["height"] < text["y"]
    assert sums["x"] + sums["width"] < words["x"]
    farm.page.set_viewport_size({"width": 390, "height": 900})
    keys = shown(farm, ".farm-key-pair", "[e.innerText.trim(), e.getBoundingClientRect().height < 30]")
    assert keys == [["−1", True], ["0", True], ["+1", True]]


@pytest.mark.parametrize(
    ("text", "about"), [(". the cow near", "owl"), (". the cow near the barn moos . the cow near", "cow")]
)
def test_a_sentence_that_was_cut_short_may_still_fill_the_state(figure, text, about):
    front = figure("farm[compact]")
    read(front, text)
    states, _ = heard(f"the owl in the wood behind the barn {text}")
    assert ANIMALS[(states[-1] @ FACTORS).argmax()] == about
    why = ": a sentence before stopped without a sound, and the model has never read one like that"
    still, why = ("still ", why) if about == "owl" else ("", "")
    assert said(front) == f"After “the cow near” it is {still}about the {about}{why}."


def test_the_front_page_shows_after_each_word_whom_python_finds_it_is_about(figure):
    front = figure("farm[compact]")
    assert_heard_on_the_front_page(front, "the owl in the wood behind the barn")
    assert said(front).endswith("it is about the owl.")
    read(front, "near the garden")
    front.get_by_role("button", name="hoots").click()
    assert_heard_on_the_front_page(front, "the owl in the wood behind the barn near the garden hoots")
    assert re.search(r"hoots” You chose the sound: the model gave hoots \d\d %\.$", said(front))
    press(front, "Forget")
    assert (shown_sums(front, ".farm-text li:last-child") == 0).all()
    read(front, "near the barn")
    assert_heard_on_the_front_page(front, "near the barn", before="")
    assert said(front) == "After “near the barn” it is about nobody."


def draw(front, word):
    """Press *Next word*, and let chance choose a certain one."""
    front.page.evaluate("word => { document.querySelector('live-farm').sample = () => word }", word)
    press(front, "Next word")


def test_a_sound_that_the_model_draws_says_whether_it_has_kept_the_animal(figure):
    front = figure("farm[compact]")
    draw(front, "hoots")
    assert said(front).endswith("behind the barn hoots” It hoots: it has kept the owl for 6 words.")
    draw(front, ".")
    assert said(front).endswith("behind the barn hoots.” It hoots: it has kept the owl for 6 words.")
    read(front, "the cow")
    draw(front, "hoots")
    assert said(front).endswith("It hoots: the cow is lost.")
    press(front, "Forget")
    draw(front, "moos")
    assert said(front).endswith("It moos, though nobody was named.")


def test_a_sentence_of_ones_own_begins_anew(figure):
    front = figure("farm[compact]")
    read(front, "The cow near the garden")
    assert_heard_on_the_front_page(front, "the cow near the garden")
    assert said(front) == "After “the cow near the garden” it is about the cow."


def test_the_picture_of_the_front_page_shows_what_its_figure_begins_with(figure):
    front = figure("farm[compact]")
    alt = front.locator("figure.drawing svg").get_attribute("aria-label")
    assert "The words the owl in the wood behind the barn, one a row" in alt
    likeliest = shown(front, ".farm-bar", "`${e.firstChild.textContent} ${e.lastChild.textContent}`")[:4]
    assert alt.endswith(f"expects next: {', '.join(likeliest)}.")


def test_the_farm_works_without_a_mouse(figure):
    front = figure("farm[compact]")
    front.get_by_label("Type").focus()
    keyboard = front.page.keyboard
    keyboard.type("near the wood")
    keyboard.press("Enter")
    for key in ["Tab", "Tab", "Tab", "Enter"]:  # by way of Read and the text, which scrolls, to the likeliest word
        keyboard.press(key)
    assert_heard_on_the_front_page(front, "the owl in the wood behind the barn near the wood hoots")


def test_the_front_page_reads_what_it_offers_unless_something_is_typed(figure):
    front = figure("farm[compact]")
    for text in ["the owl in the wood behind the barn behind the river", "the cow near the garden"]:
        press(front, "Read")
        assert_heard_on_the_front_page(front, text)
    likely = [share >= 0.005 for share in style_numbers(front, ".farm-bar")]
    assert shown(front, ".farm-bar", "getComputedStyle(e).visibility === 'visible'") == likely
    assert {*likely} == {True, False}


@pytest.mark.parametrize("name", ["farm", "farm[compact]"])
def test_two_animals_in_one_sentence_are_named(figure, name):
    farm = figure(name)
    press(farm, "Start over")
    read(farm, ". cow owl")
    assert said(farm).startswith("More than one animal in a sentence (cow, owl): the model has never met that.")
    read(farm, "cow owl")  # begins anew
    no_sentence = "the sums point to the dog, but no sentence that the model has read makes such a state"
    assert f"met that. After “cow owl” {no_sentence}" in said(farm)


def test_the_next_word_is_drawn_by_its_probability_at_the_temperature_of_the_slider(figure):
    farm = figure("farm")
    for _ in range(5):
        farm.get_by_label("temperature").press("ArrowLeft")
    _, logits = heard(OPENING)
    p = assert_shows(farm, logits, temperature=0.5)
    farm.page.evaluate("Math.random = () => 0.7")
    press(farm, "Next word")
    assert farm.locator(".farm-text li").last.inner_text().strip() == TOKENS[np.searchsorted(np.cumsum(p), 0.7)]


def test_the_farm_writes_up_to_the_full_stop_unless_another_button_is_pressed(figure):
    farm = figure("farm")
    farm.page.evaluate("Math.random = () => 0.2")  # never the full stop
    press(farm, "Finish the sentence")
    press(farm, "Start over")
    assert farm.evaluate("farm => farm.writing") is None
    farm.page.evaluate("Math.random = () => 0.9")
    press(farm, "Finish the sentence")
    farm.locator(".farm-text li:last-child", has_text="full stop").wait_for()


@pytest.mark.parametrize("name", ["farm", "farm[compact]"])
def test_a_word_that_the_model_does_not_know_is_named_and_nothing_is_read(figure, name):
    farm = figure(name)
    before = farm.locator(".farm-text").inner_html()
    read(farm, "the unicorn")
    assert said(farm).startswith("The model has never met “unicorn”, so it read nothing. It knows 27 words: the, cow,")
    assert farm.locator(".farm-text").inner_html() == before


def test_nothing_moves_for_readers_who_asked_for_that(figure):
    farm = figure("farm")
    farm.page.emulate_media(reduced_motion="reduce")
    assert farm.locator(".farm-bar").first.evaluate("bar => getComputedStyle(bar).transitionDuration") == "0s"
