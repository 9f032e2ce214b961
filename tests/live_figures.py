"""Live figures of the built book: which there are, and how to press them and read them."""

import numpy as np
import pytest

FIGURES = {  # element, with an attribute that must be there → page
    "farm": "look-inside",
    "farm[compact]": "index",
    "training": "07-rnnlm",
    "teller": "look-inside",
    "unrolled": "04-time-rnn",
    "logits": "06-softmax-masking",
    "influence[paths]": "05-bptt",
    "influence[windows]": "05-bptt",
    "loop": "00-whole-loop",
    "keeper": "03-rnn",
    "gates": "what-an-lstm-adds",
    "dial": "what-learning-is",
    "landscape": "what-learning-is",
    "tracks": "01-corpus",
    "rows[forward]": "02-embedding",
    "rows[back]": "02-embedding",
    "sketch": "05-bptt",
    "step": "one-training-step",
    "mattered[parade]": "what-an-lstm-adds",
    "mattered[fable]": "what-an-lstm-adds",
    "mattered[attention]": "attention",
    "mattered[swap]": "attention",
    "attention": "where-it-went",
}


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
    """Press the button of this name."""
    figure.get_by_role("button", name=name, exact=True).click()


def said(figure):
    """Return the sentence that speaks to screen readers, too, of what has changed."""
    return figure.get_by_role("status").inner_text()


def shown(figure, selector, script):
    """Return what a script makes of each element `e` that a selector finds in a figure."""
    return figure.locator(selector).evaluate_all(f"all => all.map(e => {script})")


def style_numbers(figure, selector, variable="--share"):
    """Return the number that each element has in a variable of its style, by which it is drawn."""
    return shown(figure, selector, f"Number(e.style.getPropertyValue('{variable}'))")


def points(path):
    """Return the ends of an SVG path of straight lines, (n, 2)."""
    return np.array([point.split() for point in path[1:].split("L")], dtype=float)


def numbers(texts):
    return [float(text.replace("−", "-")) for text in texts]


def set_sliders(figure, values):
    """Set sliders to values, by their labels."""
    for label, value in values.items():
        set_slider(figure.get_by_label(label), value)


def set_slider(slider, value):
    slider.evaluate("(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input')); }", value)
