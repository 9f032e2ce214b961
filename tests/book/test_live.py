"""The live figures show what Python computes; on paper their pictures stay. Needs `make book` first."""
import re

import numpy as np
import pytest
from conftest import HTML
from numpy.testing import assert_allclose

from rnnlm_ref.generate import next_word_probabilities
from rnnlm_ref.pretrained import farm_model

FIGURES = {"farm": "07-rnnlm"}


@pytest.fixture
def figure(open_page):
    """Open the page of a live figure and return the figure; nothing may have gone wrong on the page at the end."""
    def open_figure(name):
        tab = open_page(f"book/{FIGURES[name]}.html", until="domcontentloaded")
        found = tab.locator(f"live-{name}")
        found.locator(".live-panel").wait_for()
        return found

    yield open_figure
    assert not open_page.complaints


def press(figure, name):
    figure.get_by_role("button", name=name, exact=True).click()


def said(figure):
    return figure.get_by_role("status").inner_text()


@pytest.mark.parametrize("name", FIGURES)
def test_a_page_holds_the_picture_for_paper_and_for_readers_without_javascript(site, browser, figure, name):
    live = figure(name)
    assert not live.locator("figure.drawing").is_visible()
    live.page.emulate_media(media="print")
    assert live.locator("figure.drawing svg").is_visible()
    assert not live.locator(".live-panel").is_visible()
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(f"{site}book/{FIGURES[name]}.html")
    assert plain.locator(f"live-{name} figure.drawing svg").is_visible()
    context.close()


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_works_in_a_page_opened_from_disk(browser, name):
    context = browser.new_context()
    tab = context.new_page()
    tab.goto((HTML / "book" / f"{FIGURES[name]}.html").as_uri())
    assert tab.locator(f"live-{name} [role=status]").inner_text()
    context.close()


def test_only_pages_with_a_live_figure_load_scripts_for_them():
    with_script = {path.stem for path in HTML.glob("book/*.html") if "_static/live/live.js" in path.read_text("utf-8")}
    assert with_script == set(FIGURES.values())


# The farm.

def heard(text):
    """Return the states after each word, (T, H), and the logits of the next one, as Python computes them."""
    model, vocabulary = farm_model(np.float64)
    embedding, rnn, affine = model.layers
    states = rnn.forward(embedding.forward(vocabulary.encode(text.split())[np.newaxis]))
    return states[0], affine.forward(states)[0, -1], vocabulary.tokens


def shown_shares(farm):
    """Return the length of each word's bar, and what is written into it."""
    bars = farm.locator(".farm-bar").evaluate_all("""bars => bars.map(bar =>
        [bar.children[0].textContent, bar.style.getPropertyValue('--share'), bar.children[1].textContent])""")
    return {word.replace("full stop", "."): (float(share), text) for word, share, text in bars}


def shown_states(farm):
    """Return the colours of the rows as numbers, (T, H)."""
    return np.array(farm.locator(".farm-text li").evaluate_all("""rows => rows.map(row =>
        [...row.querySelectorAll('rect')].map(cell =>
            (cell.classList.contains('farm-negative') ? -1 : 1) * cell.getAttribute('fill-opacity')))"""))


def assert_shows(farm, logits, tokens, temperature=1.0):
    p = next_word_probabilities(logits, temperature)
    shown = shown_shares(farm)
    assert_allclose([shown[word][0] for word in tokens], p, atol=1e-9)
    assert [shown[word][1] for word in tokens] == [f"{100 * share:.0f} %" if share >= 0.005 else "" for share in p]


def read(farm, text):
    farm.get_by_label("Type").fill(text)
    farm.get_by_label("Type").press("Enter")


def test_the_farm_shows_the_states_and_probabilities_that_python_computes(figure):
    farm = figure("farm")
    states, logits, tokens = heard(". the owl in the wood behind the river")
    assert_allclose(shown_states(farm), states, atol=1e-9)
    assert_shows(farm, logits, tokens)
    press(farm, "Start over")
    read(farm, "The bee near the wood. cow cow")
    states, logits, tokens = heard(". the bee near the wood . cow cow")
    assert_allclose(shown_states(farm), states, atol=1e-9)
    assert_shows(farm, logits, tokens)


def test_the_farms_sentence_names_the_likeliest_words_with_their_shares(figure):
    farm = figure("farm")
    _, logits, tokens = heard(". the owl in the wood behind the river")
    p = next_word_probabilities(logits)
    best = ", ".join(f"{tokens[i]} {100 * p[i]:.0f} %" for i in np.argsort(-p)[:4])
    assert said(farm) == f"After “. the owl in the wood behind the river” the model expects: {best}."


def test_a_click_on_a_bar_reads_its_word(figure):
    farm = figure("farm")
    press(farm, "Start over")
    for word in ["the", "frog", "behind"]:
        farm.locator(".farm-bar", has_text=re.compile(f"^{word}")).first.click()
    states, logits, tokens = heard(". the frog behind")
    assert_allclose(shown_states(farm), states, atol=1e-9)
    assert_shows(farm, logits, tokens)


@pytest.mark.parametrize("presses", [-5, 10])
def test_the_temperature_slider_answers_to_the_keyboard(figure, presses):
    farm = figure("farm")
    slider = farm.get_by_role("slider")
    for _ in range(abs(presses)):
        slider.press("ArrowRight" if presses > 0 else "ArrowLeft")
    _, logits, tokens = heard(". the owl in the wood behind the river")
    assert farm.locator(".live-value").inner_text() == f"{1 + presses / 10:g}"
    assert_shows(farm, logits, tokens, temperature=1 + presses / 10)


def test_forget_sets_the_state_to_zeros_and_keeps_the_text(figure):
    farm = figure("farm")
    before = shown_states(farm)
    press(farm, "Forget")
    model, vocabulary = farm_model(np.float64)
    assert_allclose(shown_states(farm), [*before, np.zeros(64)])
    assert_shows(farm, model.params[-1], vocabulary.tokens)
    read(farm, "near the barn")
    states, logits, tokens = heard("near the barn")
    assert_allclose(shown_states(farm)[-3:], states, atol=1e-9)
    assert_shows(farm, logits, tokens)


@pytest.mark.parametrize("draw", [0.0, 0.3, 0.7, 0.999999])
def test_the_next_word_is_drawn_by_its_probability(figure, draw):
    farm = figure("farm")
    _, logits, tokens = heard(". the owl in the wood behind the river")
    drawn = tokens[np.searchsorted(np.cumsum(next_word_probabilities(logits)), draw, side="right")]
    farm.page.evaluate(f"Math.random = () => {draw}")
    press(farm, "Next word")
    assert farm.locator(".farm-text li").last.inner_text().strip() == drawn


def test_finish_the_sentence_writes_up_to_the_full_stop(figure):
    farm = figure("farm")
    farm.page.evaluate("Math.random = () => 0.9")
    press(farm, "Finish the sentence")
    farm.locator(".farm-text li:last-child", has_text=re.compile(r"^\.$")).wait_for()
    assert farm.locator(".farm-text li").count() > 10


def test_a_word_that_the_model_does_not_know_is_named_and_nothing_is_read(figure):
    farm = figure("farm")
    before = shown_states(farm)
    read(farm, "the unicorn")
    assert "“unicorn”" in said(farm)
    assert (shown_states(farm) == before).all()


def test_nothing_moves_for_readers_who_asked_for_that(figure):
    farm = figure("farm")
    farm.page.emulate_media(reduced_motion="reduce")
    assert farm.locator(".farm-bar").first.evaluate("bar => getComputedStyle(bar).transitionDuration") == "0s"
