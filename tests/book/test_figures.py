"""Figures and listings of chapters say what they show, to nbval, to screen readers and to the style sheet."""

import itertools
import re

import nbformat
import numpy as np
import pytest
from pages import ROOT

from rnnlm_figures import lstm, rnnlm
from rnnlm_figures.drawing import BLUE_FILL, RED, Drawing
from rnnlm_figures.listing import Source
from rnnlm_ref.layers import RNN
from rnnlm_ref.model import Rnnlm
from rnnlm_ref.pretrained import farm_model


def draw(value, alt="Row 1 holds 111."):
    drawing = Drawing(3, 2)
    drawing.cell(0, 0, value, fill=BLUE_FILL)
    drawing.arrow((0, 0), (1, 1), colour=RED)
    return drawing.show(alt)


def test_the_text_twin_holds_alt_and_every_value_and_the_label_any_alt():
    assert draw(111).text == "Figure: Row 1 holds 111.\n111"
    assert 'role="img" aria-label="a &lt; b &amp; &quot;c&quot;"' in draw(1, alt='a < b & "c"').svg


def test_every_colour_is_a_variable():
    bare = re.sub(r"var\(--figure-[a-z-]+, #[0-9a-f]{6}\)", "", draw(1).svg)
    assert not re.findall(r"(?:fill|stroke): #[0-9a-f]{3,6}", bare)


def test_a_listing_is_the_source_without_docstrings():
    def documented(x):
        """Say something."""

        # a comment stays
        return x + 1  # (N,)

    listing = Source(documented)
    assert listing.source == "def documented(x):\n    # a comment stays\n    return x + 1  # (N,)"
    assert listing.place == "book/test_figures.py"
    assert listing._repr_mimebundle_()["text/markdown"].startswith("```python\n# book/test_figures.py\ndef documented")


def test_chapter_4_shows_every_row_of_the_gradients_that_the_study_notebook_printed():
    """The numbers of a row are equal there, so the figure writes one for each step, and their sum."""
    h, cells = np.zeros((1, 3)), []
    for x in np.arange(12.0).reshape(3, 1, 4):
        cells.append(RNN(np.ones((4, 3)), np.ones((3, 3)), np.full(3, 3.0), "identity"))
        h = cells[-1].forward(x, h)
    dh, rows = 0, []
    for cell, above in zip(cells[::-1], [3, 2, 1], strict=True):
        _, dh = cell.backward(np.full((1, 3), float(above)) + dh)
        dWx, dWh, db = cell.grads
        assert all((grad == grad[..., :1]).all() for grad in cell.grads)
        assert (dWh == dWh[0, 0]).all()
        rows.append([db[0], dWh[0, 0], *dWx[:, 0]])
    names = ["db", "dWh", *(f"dWx, row {d}" for d in range(4))]
    expected = [
        f"{name} {' + '.join(f'{term:g}' for term in terms)} = {sum(terms):g}"
        for name, terms in zip(names, np.transpose(rows), strict=True)
    ]
    notebook = nbformat.read(ROOT / "book" / "04-time-rnn.ipynb", as_version=4)
    twins = [o.data.get("text/plain", "") for cell in notebook.cells for o in cell.get("outputs", []) if "data" in o]
    shown = " ".join(" ".join(twins).split())
    assert [row for row in expected if row not in shown] == []


@pytest.fixture(scope="module")
def maps():
    model, vocabulary = farm_model()
    fresh = Rnnlm(len(vocabulary), 16, 64, rng=0)
    return vocabulary.tokens, [net.params[4].T for net in (fresh, model)]


def test_each_word_of_a_map_stands_near_its_dot_and_covers_no_other(maps, monkeypatch):
    tokens, columns = maps
    placed = []
    place = rnnlm._labels
    monkeypatch.setattr(rnnlm, "_labels", lambda *at: placed.append((at[0], list(place(*at)))) or placed[-1][1])
    rnnlm.word_maps(tokens, *columns)
    for dots, labels in placed:
        assert len(labels) == 27
        assert max(np.hypot(*(end - dots[word])) for word, _, end in labels) < 36  # points
        boxes = [(word, middle, np.array([2.7 * len(word), 5])) for word, middle, _ in labels]
        for (_, one, half), (_, other, wide) in itertools.combinations(boxes, 2):
            assert (np.abs(one - other) >= half + wide).any()


def test_the_plot_of_gates_and_sounds_has_the_numbers_of_the_benchmarks():
    text = (ROOT / "benchmarks/README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| ([\d ]+) \| ([\d. ]+) \|$", text, re.MULTILINE)
    assert {
        int(epochs): ([int(right) for right in sounds.split()], [float(f) for f in gates.split()])
        for epochs, sounds, gates in rows
    } == lstm.OPENING
