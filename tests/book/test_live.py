"""The live figures show what Python computes; on paper their pictures stay. Needs `make book` first."""

import itertools
import re

import nbformat
import numpy as np
import pytest
from numpy.testing import assert_allclose
from pages import HTML, ROOT, has_no_violation_in_either_theme

from rnnlm_figures.loop import once_through, smallest_model
from rnnlm_figures.mattered import LAYERS, network
from rnnlm_figures.mattered import shown as shown_words
from rnnlm_ref.fables import THINGS, as_prose
from rnnlm_ref.generate import next_word_probabilities
from rnnlm_ref.gradcheck import numerical_gradient
from rnnlm_ref.layers import RNN
from rnnlm_ref.model import Rnnlm
from rnnlm_ref.optim import SGD, Adam
from rnnlm_ref.pretrained import animal_factors, farm_model, states_after
from rnnlm_ref.source import SOUNDS, farm
from rnnlm_ref.text import Vocabulary, padded_batches, split_corpus, window_batches
from rnnlm_ref.time_layers import TimeAffine, TimeEmbedding, TimeLSTM, TimeRNN, TimeSoftmaxWithLoss
from rnnlm_ref.trainer import RnnlmTrainer, evaluate

FIGURES = {
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
    figure.get_by_role("button", name=name, exact=True).click()


def said(figure):
    return figure.get_by_role("status").inner_text()


def shown(figure, selector, script):
    """Return what a script makes of each element `e` that a selector finds in a figure."""
    return figure.locator(selector).evaluate_all(f"all => all.map(e => {script})")


@pytest.mark.parametrize("name", FIGURES)
def test_a_page_holds_the_picture_for_paper_and_for_readers_without_javascript(site, browser, figure, name):
    live = figure(name)
    assert not live.locator("figure.drawing").is_visible()
    live.page.emulate_media(media="print")
    assert live.locator("figure.drawing svg").is_visible()
    assert not live.locator(".live-panel").is_visible()
    with browser.new_context(java_script_enabled=False) as context:
        plain = context.new_page()
        plain.goto(f"{site}book/{FIGURES[name]}.html")
        assert plain.locator(f"live-{name} figure.drawing svg").is_visible()


def test_a_figure_works_in_a_page_opened_from_disk(browser):
    with browser.new_context() as context:
        tab = context.new_page()
        tab.goto((HTML / "book" / f"{FIGURES['farm']}.html").as_uri())
        assert tab.locator("live-farm [role=status]").inner_text()


PRESSES = pytest.mark.parametrize(
    ("name", "presses"),
    [
        ("farm", ["Forget"]),
        ("farm[compact]", ["Forget"]),
        ("training", ["trigram: 3.10", "Pause"]),
        ("teller", ["No, another thing"]),
        ("unrolled", ["To the end", "drop “+ dh”"]),
        ("logits", ["10 steps"]),
        ("loop", ["30 rounds of both"]),
        ("influence[paths]", ["only the last output sends 1"]),
        ("influence[windows]", ["only the last output sends 1"]),
        ("keeper", ["Start over"]),
        ("gates", ["Start over"]),
        ("dial", ["Step"]),
        ("landscape", ["Step", "also turn 0 into 2"]),
        ("tracks", ["Next batch"]),
        ("rows[forward]", []),
        ("rows[back]", ["dW[idx] += dout"]),
        ("sketch", ["Show what was measured"]),
        ("step", ["10 steps"]),
        ("mattered[parade]", [".mattered-word"]),
        ("mattered[fable]", []),
        ("mattered[attention]", [".mattered-word"]),
        ("mattered[swap]", ["a hill in the owl’s place"]),
        ("attention", ["keys of their own"]),
    ],
)


def press_in(live, what):
    """Press what has this text, or the first of a class."""
    (live.locator(what).first if what.startswith(".") else live.get_by_text(what, exact=True)).click()


@PRESSES
def test_axe_finds_no_violation_after_something_was_pressed(figure, name, presses):
    live = figure(name)
    for text in presses:
        press_in(live, text)
    has_no_violation_in_either_theme(live.page, f"live-{name}")


@PRESSES
def test_letters_of_a_live_figure_are_at_least_eleven_pixels_high_on_a_phone(figure, name, presses):
    live = figure(name)
    live.page.set_viewport_size({"width": 390, "height": 900})
    for text in presses:
        press_in(live, text)
    sizes = live.locator(".live-panel *").evaluate_all(
        """all => all.filter(e => e.checkVisibility() && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
        .flatMap(e => {
            const svg = e.ownerSVGElement;
            const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
            return [null, "::after"].map(part => getComputedStyle(e, part)).filter(style => style.content !== "none")
                .map(style => scale * parseFloat(style.fontSize));
        })"""
    )
    assert min(sizes) >= 11


# Chapter 0.


def assert_shows_the_loop(live, layers, sound):
    """Compare the table, rounded as it is, the bars and the sentence with one pass in Python."""
    ids, vectors, states, scores, loss, gradient = once_through(*layers, sound)
    rows = shown(live, "tbody tr", "[...e.querySelectorAll('td')].map(cell => cell.textContent)")
    assert [int(row[0]) for row in rows] == ids.tolist()
    shown_numbers = [list(numbers(row[1:])) for row in rows]
    assert_allclose(shown_numbers, np.hstack([vectors, states, gradient]), atol=5.001e-3)
    shares = shown(live, ".logit-share", "Number(e.style.getPropertyValue('--share'))")
    assert_allclose(shares, next_word_probabilities(scores[-1])[[5, 6, 0]], atol=1e-6)
    assert said(live).endswith(f"The loss is {loss:.3f}.")


def test_the_whole_loop_shows_what_python_computes_before_and_after_learning(figure):
    live, layers = figure("loop"), smallest_model()
    assert_shows_the_loop(live, layers, "hoots")
    press(live, "A step")
    press(live, "30 rounds of both")
    for sound in ["hoots", *30 * ["hoots", "moos"]]:
        once_through(*layers, sound)
        embedding = layers[0][0]
        embedding.params[0] -= embedding.grads[0] / 2
    assert_shows_the_loop(live, layers, "hoots")
    live.get_by_role("combobox").select_option("cow")
    assert_shows_the_loop(live, layers, "moos")
    press(live, "Start over")
    assert_shows_the_loop(live, smallest_model(), "moos")


# Tracks and batches.


@pytest.mark.parametrize("N", [1, 2, 3, 4])
def test_the_tracks_give_the_batches_that_python_cuts(figure, N):
    live = figure("tracks")
    ids = np.arange(26)
    words = shown(live, "ruby", "e.firstChild.textContent")
    set_slider(live.get_by_label("tracks N"), N)
    for T in range(2, 7):
        set_slider(live.get_by_label("steps T"), T)
        batches = list(window_batches(ids, batch_size=N, time_size=T))
        for k, expected in enumerate(batches):
            cells = shown(live, "td", "[Number(e.firstChild.textContent), e.lastChild.textContent]")
            assert np.array_equal(np.reshape([i for i, _ in cells], (2, N, T)), expected)
            assert all(words[i] == word for i, word in cells)
            place = f"goes on at {expected[0][0, 0]}, " if k else f"stops at {expected[0][0, -1]}, "
            assert said(live).startswith(
                f"{len(batches)} {'batches' if batches[1:] else 'batch'}. In batch {k} row 0 {place}"
            )
            press(live, "Next batch")  # at the end it stays
        unused = 25 - sum(x.size for x, _ in batches)
        assert f"Of 25 pairs {unused} " in said(live)


def test_windows_side_by_side_are_those_that_python_cuts_and_where_a_row_leaps_is_said(figure):
    live = figure("tracks")
    live.get_by_label("windows side by side").check()
    wrong = np.arange(24).reshape(-1, 2, 3)
    for k, expected in enumerate(wrong):
        cells = shown(live, "td", "Number(e.firstChild.textContent)")
        assert np.array_equal(np.reshape(cells, (2, 2, 3)), [expected, expected + 1])
        leaps = ", but it has just read" in said(live)
        assert leaps == (k > 0)
        press(live, "Next batch")
    press(live, "Start over")
    press(live, "Next batch")
    assert said(live) == (
        "4 batches. In batch 1 row 0 goes on at 6, “sat”, but it has just read 2, “dark”; "
        "row 1 goes on at 9, “tree”, but it has just read 5, “owl”."
    )
    set_slider(live.get_by_label("tracks N"), 1)
    press(live, "Next batch")
    assert said(live).endswith("row 0 goes on at 3, “night”.")
    for name, value in [("tracks N", 4), ("steps T", 5)]:
        set_slider(live.get_by_label(name), value)
    assert said(live).endswith("It is the last batch. Of 25 pairs 5 aren’t used.")


def test_of_the_whole_text_in_one_line_every_fifth_id_is_written(figure):
    live = figure("tracks")
    live.get_by_label("windows side by side").check()  # so that no tracks are drawn below it
    assert shown(live, "text.tracks-id", "Number(e.textContent)") == [0, 5, 10, 15, 20, 25]


def test_the_window_of_the_tracks_lies_over_the_ids_of_its_batch(figure):
    live = figure("tracks")
    live.page.emulate_media(reduced_motion="reduce")
    press(live, "Next batch")
    inside = live.evaluate(
        """live => [".tracks-inputs", ".tracks-targets"].map(kind => {
        const box = live.querySelector(kind).getBoundingClientRect();
        return [...live.querySelectorAll("text.tracks-id")].filter(text => {
            const at = text.getBoundingClientRect();
            return at.left > box.left && at.right < box.right && at.top > box.top && at.bottom < box.bottom;
        }).map(text => Number(text.textContent));
    })"""
    )
    _, (xs, ts), *_ = window_batches(np.arange(26), batch_size=2, time_size=3)
    assert inside == [xs.ravel().tolist(), ts.ravel().tolist()]


# Rows of a table.

ROWS_OUT = np.array([[1, 2, 3, 4], [10, 20, 30, 40], [100, 200, 300, 400]])
ROWS_LINES = {
    "dW[idx] = dout": lambda dW, idx, dout: dW.__setitem__(idx, dout),
    "dW[idx] += dout": lambda dW, idx, dout: dW.__setitem__(idx, dW[idx] + dout),
    "np.add.at(dW, idx, dout)": np.add.at,
}


def choose_ids(rows, ids):
    for n, v in enumerate(ids):
        rows.get_by_label(f"idx[{n}]").select_option(index=v)


def shown_rows(rows):
    """Return the table and the rows of the ids, as numbers and as the classes of their cells."""
    cells = shown(rows, ".live-drawing rect", "[Number(e.nextSibling.textContent), e.classList.value]")
    values, kinds = [*map(np.array, zip(*cells, strict=True))]
    return values[:28].reshape(7, 4), values[28:].reshape(3, 4), kinds[28:].reshape(3, 4)[:, 0]


@pytest.mark.parametrize("ids", [[1, 4, 1], [0, 1, 2], [6, 6, 6]])
def test_rows_go_out_as_numpy_copies_them(figure, ids):
    rows = figure("rows[forward]")
    choose_ids(rows, ids)
    table, out, _ = shown_rows(rows)
    assert np.array_equal(out, np.arange(28).reshape(7, 4)[ids])
    assert np.array_equal(table, np.arange(28).reshape(7, 4))
    times = {1: "once", 2: "twice", 3: "three times"}
    assert all(f"row {v} " in said(rows) and times[ids.count(v)] in said(rows) for v in ids)


@pytest.mark.parametrize("line", ROWS_LINES)
@pytest.mark.parametrize(
    ("ids", "lost"),
    [
        ([1, 4, 1], "row 1 2 3 4 of “owl” is lost"),
        ([5, 2, 2], "row 10 20 30 40 of “hoots” is lost"),
        ([6, 6, 6], "rows 1 2 3 4 and 10 20 30 40 of “.” are lost"),
        ([0, 3, 5], None),
    ],
)
def test_rows_come_back_as_numpy_writes_them_and_what_is_lost_is_said(figure, ids, lost, line):
    rows = figure("rows[back]")
    choose_ids(rows, ids)
    rows.get_by_label(line, exact=True).check()
    dW, right = np.zeros((2, 7, 4))
    ROWS_LINES[line](dW, ids, ROWS_OUT)
    np.add.at(right, ids, ROWS_OUT)
    table, sent, kinds = shown_rows(rows)
    assert np.array_equal(table, dW)
    assert np.array_equal(sent, ROWS_OUT)
    assert np.array_equal(sent[kinds != "rows-wrong"].sum(axis=0), dW.sum(axis=0))  # all but those marked have arrived
    if lost is None:
        assert said(rows) == "No id is repeated, so nothing is lost: all three lines agree."
    elif np.array_equal(dW, right):
        assert said(rows).startswith("Nothing is lost")
    else:
        assert said(rows).startswith(f"The {lost}: row {ids[-1]} of dW is ")


def test_a_line_and_the_ids_are_chosen_by_keyboard(figure):
    rows = figure("rows[back]")
    rows.get_by_label("dW[idx] = dout", exact=True).focus()
    for _ in range(2):
        rows.page.keyboard.press("ArrowDown")
    assert said(rows) == "Nothing is lost: row 1 of dW is the sum, 101 202 303 404."
    rows.get_by_label("idx[0]").focus()
    rows.page.keyboard.press("ArrowUp")
    assert said(rows) == "No id is repeated, so nothing is lost: all three lines agree."


# A cell of two units.


@pytest.mark.parametrize(
    ("keep", "mix", "write", "holds"),
    [(1.5, 0, 2, "the cow"), (0.9, 0, 2, "nobody"), (3, 0, 2, "nobody"), (3, 0, 4, "the cow"), (0, 1.5, 2, "the cow")],
)
def test_a_cell_of_two_units_holds_what_python_computes(figure, keep, mix, write, holds):
    live = figure("keeper")
    for name, value in [("keep", keep), ("mix", mix), ("write", write)]:
        set_slider(live.get_by_label(name), value)
    for _ in range(5):
        press(live, "wood")
    Wx, Wh = np.array([[write, -write], [-write, write], [-4.0, -4.0]]), np.array([[keep, mix], [mix, keep]])
    cell = RNN(Wx, Wh.astype(float), np.zeros(2))
    state, states = np.zeros((1, 2)), []
    text = "the owl in the wood behind the old barn hoots . the cow by the river wood wood wood wood wood"
    for word in text.split():
        state = cell.forward(np.array([[word == "owl", word == "cow", word == "."]], dtype=float), state)
        states.append(state[0])
    values = shown(live, ".live-bar", "Number(e.style.getPropertyValue('--value'))")
    assert_allclose(np.reshape(values, (-1, 2)), states, atol=1e-6)
    assert said(live).endswith(f"it holds {holds}.")
    press(live, "Start over")
    assert said(live) == "After 16 words the state is (−0.87, 0.82): it holds the cow."


# Three gates.

CANDIDATES = {
    "the": 0.4,
    "owl": 0.9,
    "in": -0.3,
    "wood": 0.5,
    "hoots": -0.4,
    ".": 0.1,
    "cow": -0.9,
    "by": 0.3,
    "river": -0.5,
}
HALF_OPEN = {"an animal": (0.5, 0.5, 0.5), "a full stop": (0.5, 0.5, 0.5), "any other word": (0.5, 0.5, 0.5)}
KEEPING = {"an animal": (0.01, 0.99, 0.8), "a full stop": (0.01, 0.03, 0.1), "any other word": (0.98, 0.02, 0.7)}


@pytest.mark.parametrize("gates", [HALF_OPEN, KEEPING])
def test_the_gates_make_the_states_and_gradients_that_python_computes(figure, gates):
    live = figure("gates")
    for kind, (f, i, o) in gates.items():
        for name, value in [("f: keep the old", f), ("i: let the new in", i), ("o: show", o)]:
            set_slider(live.get_by_label(f"{name}, at {kind}"), value)
    words = ["the", "owl", "in", "the", "wood", "hoots", ".", "the", "cow", "by", "the", "river"]
    kinds = {"owl": "an animal", "cow": "an animal", ".": "a full stop"}
    f, i, o = np.array([gates[kinds.get(word, "any other word")] for word in words]).T
    g = np.array([CANDIDATES[word] for word in words])
    # Each word has a row of weights of its own, from which its gates come.
    Wx = np.column_stack([np.log(o / (1 - o)), np.log(f / (1 - f)), np.log(i / (1 - i)), np.arctanh(g)])
    lstm = TimeLSTM(Wx, np.zeros((1, 4)), np.zeros(4))
    hs = lstm.forward(np.eye(12)[np.newaxis])
    lstm.backward(np.eye(12)[-1].reshape(1, 12, 1))
    dc = lstm.grads[0][:, 3] / (i * (1 - g**2))
    cs = np.arctanh(hs[0, :, 0] / o)
    bars = shown(live, ".live-bar", "Number(e.style.getPropertyValue('--value'))")
    assert_allclose(np.reshape(bars, (12, 3)), np.column_stack([cs, hs[0, :, 0], dc]), rtol=1e-6, atol=1e-12)
    lengths = shown(live, ".gates-reach", "Number(e.style.getPropertyValue('--length'))")
    assert_allclose(lengths, 1 + np.log10(dc) / 6, rtol=1e-6, atol=1e-9)
    assert said(live).startswith(f"At the end c is {cs[-1]:.2f}.".replace("-", "−"))
    assert live.get_by_role("list").evaluate("list => list.scrollHeight <= list.clientHeight")  # with its last row
    press(live, "Start over")
    assert {slider.input_value() for slider in live.get_by_role("slider").all()} == {"0.5"}
    assert said(live).startswith("At the end c is −0.15.")


# A dial.


@pytest.mark.parametrize("rate", [0.05, 0.125, 0.2, 0.26, 0.3])
def test_the_dial_goes_where_python_takes_it(figure, rate):
    live = figure("dial")
    assert said(live).startswith("After 3 steps: w = 2.75, loss 0.25, slope −2.")
    set_slider(live.get_by_label("learning rate"), rate)
    w, optimizer = np.array([1.0]), SGD(lr=rate)
    assert said(live).startswith("w = 1, loss 16, slope −16.")
    for _ in range(3):
        optimizer.update([w], [4 * (2 * w - 6)])
        press(live, "Step")
        numbers_said = re.findall(r"(?:w =|loss|slope) (−?\d+(?:\.\d+)?)", said(live))
        expected = [w[0], (2 * w[0] - 6) ** 2, 4 * (2 * w[0] - 6)]
        assert_allclose([float(number.replace("−", "-")) for number in numbers_said], expected, rtol=5e-3, atol=1e-9)
        assert ("too high for the picture" in said(live)) == (expected[1] > 36)
    assert said(live).startswith("After 3 steps: ")


# Two dials.


def two_dials(place, x, wanted):
    """Return the loss of w x + b, added up over what is wanted, and its slopes in w and b."""
    inputs = np.column_stack([x, np.ones(len(x))])
    error = inputs @ place - wanted
    return error @ error, 2 * error @ inputs


def land_numbers(live):
    return numbers(re.findall(r"(?:w =|b =|loss(?: below)?|are|and) (−?\d+(?:\.\d+)?)", said(live)))


@pytest.mark.parametrize(("x", "wanted"), [([2], [6]), ([2, 0], [6, 2])])
def test_two_dials_go_where_python_takes_them(figure, x, wanted):
    live = figure("landscape")
    live.get_by_label("also turn 0 into 2").set_checked(len(x) > 1)
    set_slider(live.get_by_role("slider", name="w ="), 3.5)
    set_slider(live.get_by_role("slider", name="b ="), 2)
    place, optimizer = np.array([3.5, 2.0]), SGD(lr=1 / 16)
    for presses in ["Step", "10 steps"]:
        for _ in range(1 if presses == "Step" else 10):
            optimizer.update([place], [two_dials(place, x, wanted)[1]])
        press(live, presses)
        loss, slopes = two_dials(place, x, wanted)
        assert_allclose(land_numbers(live), [*place, loss, *slopes], atol=5.001e-4)
    assert said(live).startswith("After 11 steps: ")
    press(live, "Start over")
    assert_allclose(land_numbers(live)[:2], [1, 0])


def at_the_map(points):
    """Return w and b of the points of a path, [[w, b]]; 61 pixels are 1, and b is 3 at the top."""
    x, y = np.array([point.split() for point in points[1:].split("L")], dtype=float).T
    return np.column_stack([x / 61, 3 - y / 61])


@pytest.mark.parametrize(("x", "wanted"), [([2], [6]), ([2, 0], [6, 2])])
def test_all_of_a_line_of_the_map_has_the_loss_that_is_written_there(figure, x, wanted):
    live = figure("landscape")
    live.get_by_label("also turn 0 into 2").set_checked(len(x) > 1)
    lines = shown(live, ".land-level, .land-lowest", "e.getAttribute('d')")
    for level, line in zip([36, 25, 16, 9, 4, 1, 0], lines, strict=True):
        losses = [two_dials(point, x, wanted)[0] for point in at_the_map(line)]
        assert_allclose(losses, level, atol=1e-6)
    named = shown(live, ".land-name", "[e.textContent, e.getAttribute('x')]")
    for name, right in named:
        loss, _ = two_dials([float(right) / 61, -0.7], x, wanted)
        assert_allclose(loss, float(name.removeprefix("loss ")), atol=1e-6)
    assert len(named) == (7 if len(x) == 1 else 4)


def test_a_click_on_the_map_says_where_to_start(figure):
    live = figure("landscape")
    drawing = live.locator(".land")
    scale = drawing.bounding_box()["width"] / 340
    drawing.click(position={"x": (28 + 61 * 4) * scale, "y": (8 + 61 * 2.5) * scale})
    assert said(live) == "w = 4, b = 0.5, loss 6.25. The slopes are 10 for w and 5 for b."
    ends = shown(live, ".live-red-arrow line", "[e.x2.baseVal.value, e.y2.baseVal.value]")
    assert_allclose(np.array(ends) / 61, [[4 - 10 / 16, 2.5], [4, 2.5 + 5 / 16]], atol=1e-6)


# Which earlier word mattered?


def moved(model, vocabulary, before, words):
    """Return how likely the last word is, and how far nudging each word before it moves its loss, as shares."""
    ids = vocabulary.encode(words)
    model.reset_state()
    model.predict(vocabulary.encode(before)[np.newaxis])
    recurrent = model.recurrent
    state = [each.copy() for each in (recurrent.h, getattr(recurrent, "c", None)) if each is not None]
    vectors = model.params[0][ids[:-1]]

    def loss(_):
        recurrent.set_state(*state)
        p = next_word_probabilities(model.layers[2].forward(recurrent.forward(vectors[np.newaxis]))[0, -1])
        return -np.log(p[ids[-1]])

    lengths = np.linalg.norm(numerical_gradient(loss, vectors), axis=-1)
    return np.exp(-loss(None)), lengths / lengths.sum()


@pytest.mark.parametrize(("text", "asked", "m"), [("parade", 29, 14), ("parade", 29, 29), ("fable", 39, 20)])
def test_which_word_mattered_is_what_nudging_each_word_finds(figure, text, asked, m):
    live = figure(f"mattered[{text}]")
    live.locator(".mattered-word").first.click()
    set_slider(live.get_by_label("Word:"), m)
    before, words, _ = shown_words(text)
    bars = shown(live, ".mattered-word", "Number(e.style.getPropertyValue('--share'))")
    for k, name in enumerate(LAYERS):
        p, shares = moved(*network(text, name), before, words[: m + 1])
        assert_allclose(bars[k * len(words) :][:m], shares, atol=1e-6)
        assert not any(bars[k * len(words) + m :][: len(words) - m])
        below = live.locator(f".mattered-{name} .mattered-word").evaluate_all("all => all.map(e => e.dataset.share)")
        assert below[:m] == [f"{100 * share:.0f} %" if share >= 0.015 else "" for share in shares]
        assert live.locator(".mattered-head").nth(k).inner_text() == f"{name}: it gives “{words[m]}” {100 * p:.0f} %"
    assert ("Your word" in said(live)) == (m == asked)


def test_which_word_mattered_asks_before_it_shows_and_needs_no_mouse(figure):
    live = figure("mattered[parade]")
    bars = "Number(e.style.getPropertyValue('--share'))"
    assert not any(shown(live, ".mattered-word", bars))
    assert live.get_by_role("button", name="This one").is_disabled()
    slider = live.get_by_label("Word:")
    slider.focus()
    for _ in range(15):
        live.page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "and"
    live.page.keyboard.press("Tab")
    live.page.keyboard.press("Enter")
    assert said(live).startswith("Your word, “and”, has 0 % in the RNN and 5 % in the LSTM. What moves “hoots” most: ")
    for m in (28, 30):  # a mouse moves from somewhere to somewhere, here to barks
        live.locator(".mattered-word").nth(m).hover()
    assert "What moves “barks” most" in said(live)
    press(live, "Ask me again")
    live.locator(".mattered-word").nth(14).click()  # owl
    assert said(live).startswith("Your word, “owl”, has 0 % in the RNN and 11 % in the LSTM.")


def test_attention_is_asked_where_it_looks_and_shows_the_shares_that_the_page_found(figure):
    live = figure("mattered[attention]")
    assert live.locator(".mattered-head").inner_text() == "To say “barks”, at which word does it look most?"
    live.locator(".mattered-word").nth(8).click()  # owl
    assert said(live).startswith("Your word, “owl”, has 1 %. To say “barks” it looks at “dog” 98 %, ")
    words, asked, networks = live.evaluate("live => [live.given.words, live.given.asked, live.given.networks]")
    assert words[asked] == "barks"
    for m, (p, shares) in enumerate(networks["attention"], 1):
        assert len(shares) == m
        assert sum(shares) == pytest.approx(1, abs=1e-4)
        set_slider(live.get_by_label("Word:"), m)
        bars = shown(live, ".mattered-word", "Number(e.style.getPropertyValue('--share'))")
        assert bars == [*shares, *[0] * (len(words) - m)]
        assert live.locator(".mattered-head").inner_text() == f"attention: it gives “{words[m]}” {100 * p:.0f} %"


def test_a_hill_in_the_owl_s_place_shows_what_both_networks_make_of_it(figure):
    live = figure("mattered[swap]")
    words, asked, networks, other = live.evaluate(
        "live => ['words', 'asked', 'networks', 'other'].map(k => live.given[k])"
    )
    assert (words[2], other["words"][2]) == ("owl", "hill")
    for each in ({"words": words, "networks": networks}, other):
        for (name, rows), text in zip(each["networks"].items(), live.locator(".mattered-text").all(), strict=True):
            p, shares = rows[asked - 1]
            bars = text.locator(".mattered-word").evaluate_all(
                "all => all.map(e => e.style.getPropertyValue('--share'))"
            )
            assert [float(bar) for bar in bars[:asked]] == shares
            assert text.inner_text().split()[2].startswith(each["words"][2])
            assert f"{name}: it gives “{each['words'][asked]}” {100 * p:.0f} %" in live.inner_text()
        live.get_by_label("a hill in the owl’s place").check()
    assert said(live) == (
        "To say “barks” it looks, with varied places, at “dog” 100 %; with fixed places, at “dog” 62 %, “hill” 38 %."
    )


# A teller of fables.


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


# Training.


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
    live.page.wait_for_function(
        "live => live.rows.at(-1)?.step > 120", arg=live.element_handle()
    )  # in the second epoch
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
    assert re.match(
        rf"{steps} steps: {now}\n\d+ of 24 are sentences, \d+ right: the ",
        live.locator("li").last.inner_text(),
    )


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
    wrote = write(
        live,
        *(
            long,
            "frog house meows cat behind croaks .",
            "cow moos .",
            "dog near the barn moos .",
            "bee in the wood buzzes .",
        ),
        *("cat .", "owl near the barn hoots .", *["cow in the house moos ."] * 17),
    )
    shown_first = "the dog near the barn moos ✗. the bee in the wood buzzes ✓."
    expected = f"{shown_first} the owl near the barn hoots ✓. the cow in the house moos ✓."
    assert wrote == f"21 of 24 are sentences, 20 right: {expected}"
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


# The farm.

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
    return np.array(
        shown(
            farm,
            ".farm-text li",
            """[...e.querySelectorAll('rect')].map(cell =>
        (cell.classList.contains('farm-negative') ? -1 : 1) * cell.getAttribute('fill-opacity'))""",
        )
    )


def shown_sums(farm, rows):
    """Return the length of each animal's bar in some rows, (T, 8)."""
    return np.array(
        shown(
            farm,
            rows,
            """[...e.querySelectorAll('.farm-sum')].map(bar =>
        Number(bar.style.getPropertyValue('--share')))""",
        )
    )


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
    bars = {
        word.replace("full stop", "."): (float(share), text)
        for word, share, text in shown(
            farm,
            ".farm-bar",
            """
        [e.children[0].textContent, e.style.getPropertyValue('--share'), e.children[1].textContent]""",
        )
    }
    p = next_word_probabilities(logits, temperature)
    assert_allclose([bars[word][0] for word in TOKENS], p, atol=1e-9)
    assert [bars[word][1] for word in TOKENS] == [percent(share) if share >= 0.005 else "" for share in p]
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
    heard = "the owl in the wood behind the barn near the garden hoots"
    assert_heard_on_the_front_page(front, heard)
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


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_the_first_screen_says_where_to_start_and_what_to_press(open_page, width, height):
    tab = open_page("book/index.html", width=width)
    for role, name in [("link", "Start"), ("button", "Next word"), ("status", "")]:
        box = tab.locator("#main-content").get_by_role(role, name=name).first.bounding_box()
        assert 0 < box["y"] < box["y"] + box["height"] < height


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
    likely = [share >= 0.005 for share in shown(front, ".farm-bar", "Number(e.style.getPropertyValue('--share'))")]
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


# The worked example, unrolled.

SETTINGS = {"ids": [6, 0, 6], "above": [-2, 5, 0], "Wx": -0.3, "Wh": 0.7, "b": -4}


def unroll(ids, above, Wx, Wh, b, dropped=False, one_cell=False):
    """Return hs, dxs and the terms of the gradients by step, as the loop of chapter 4 computes them."""
    parameters = np.full((4, 3), float(Wx)), np.full((3, 3), float(Wh)), np.full(3, float(b))
    xs = np.arange(28.0).reshape(7, 4)[ids]
    cells = [RNN(*parameters, "identity")] * 3 if one_cell else [RNN(*parameters, "identity") for _ in ids]
    h, hs, dh, dxs, terms = np.zeros((1, 3)), [], 0, [], []
    for cell, x in zip(cells, xs, strict=True):
        h = cell.forward(x[np.newaxis], h)
        hs.append(h[0])
    for cell, g in zip(cells[::-1], above[::-1], strict=True):
        dx, dh = cell.backward(np.full((1, 3), float(g)) + (0 if dropped else dh))
        dWx, dWh, db = cell.grads
        dxs.append(dx[0])
        terms.append([db[0], dWh[0, 0], *dWx[:, 0]])
    return np.array(hs), np.array(dxs[::-1]), np.array(terms).T  # terms: a row a gradient, steps 2, 1, 0


def enter(unrolled, ids, above, Wx, Wh, b):
    for t in range(3):
        unrolled.get_by_label(f"id of step {t}").fill(str(ids[t]))
        unrolled.get_by_label(f"gradient from above at step {t}").fill(str(above[t]))
    for name, value in [("Wx", Wx), ("Wh", Wh), ("b", b)]:
        unrolled.get_by_label(f"each number of {name}", exact=True).fill(str(value))


def numbers(texts):
    return [float(text.replace("−", "-")) for text in texts]


def drawn(unrolled, kind):
    """Return the numbers in the cells of one colour; equal ones may be written once."""
    written = shown(unrolled, f".live-{kind}-cell", "[e.nextSibling.textContent, Number(e.dataset.count)]")
    return [number for text, count in written for number in numbers([text.removeprefix("each ")]) * count]


def sums(unrolled):
    """Return the rows of the table: for each gradient its terms, and the sum as it is written."""
    rows = [row.locator("td").all_inner_texts() for row in unrolled.locator("tbody tr").all()]
    return np.array([numbers(row[:3]) for row in rows]), [row[3] for row in rows]


@pytest.mark.parametrize(
    ("switch", "mistake"),
    [(None, {}), ("drop “+ dh”", {"dropped": True}), ("one cell object for all steps", {"one_cell": True})],
)
def test_the_unrolled_example_shows_what_python_computes_with_every_mistake(figure, switch, mistake):
    unrolled = figure("unrolled")
    enter(unrolled, **SETTINGS)
    if switch:
        unrolled.get_by_label(switch).check()
    press(unrolled, "To the end")
    hs, dxs, terms = unroll(**SETTINGS, **mistake)
    assert_allclose(drawn(unrolled, "orange"), hs.ravel(), rtol=1e-5)
    red = np.reshape(drawn(unrolled, "red"), (3, 7))  # for each step: the gradients from above, then dx
    assert_allclose(red[:, 3:], dxs, rtol=1e-5)
    summands, totals = sums(unrolled)
    assert_allclose(summands, terms, rtol=1e-5, atol=1e-12)
    assert_allclose(numbers(total.split(" ≠")[0] for total in totals), terms.sum(axis=1), rtol=1e-5)
    assert any("≠" in total for total in totals) is bool(switch)


def test_the_unrolled_example_goes_forward_and_back_one_step_at_a_time(figure):
    unrolled = figure("unrolled")
    db = unrolled.locator("tbody tr").first.locator("td")
    seen = []
    for button in ["Step"] * 6 + ["Step back"]:
        press(unrolled, button)
        seen.append((drawn(unrolled, "orange")[::3], db.all_inner_texts()))
    assert [states for states, _ in seen] == [[9], [9, 52], *[[9, 52, 197]] * 5]
    assert [row for _, row in seen[2:]] == [
        ["", "", "", ""],
        ["3", "", "", "3"],
        ["3", "11", "", "14"],
        ["3", "11", "34", "48"],
        ["3", "11", "", "14"],
    ]


def test_starting_over_resets_the_numbers_and_the_switches_too(figure):
    unrolled = figure("unrolled")
    unrolled.get_by_label("id of step 0").fill("5")
    unrolled.get_by_label("one cell object for all steps").check()
    press(unrolled, "Start over")
    assert unrolled.get_by_label("id of step 0").input_value() == "0"
    assert not unrolled.get_by_label("one cell object for all steps").is_checked()
    press(unrolled, "To the end")
    assert drawn(unrolled, "orange")[::3] == [9, 52, 197]


def test_a_field_left_empty_or_out_of_bounds_changes_nothing_and_says_why(figure):
    unrolled = figure("unrolled")
    press(unrolled, "To the end")
    before = said(unrolled)
    field = unrolled.get_by_label("id of step 0")
    field.fill("")
    assert said(unrolled) == before
    for value in ["7", "-1", "0.5"]:
        field.fill(value)
        assert said(unrolled) == "The id of step 0 must be a whole number from 0 to 6, so nothing changes."
        assert field.get_attribute("aria-invalid") == "true"
    assert drawn(unrolled, "blue")[:4] == [0, 1, 2, 3]
    field.fill("6")
    assert field.get_attribute("aria-invalid") == "false"
    assert drawn(unrolled, "blue")[:4] == [24, 25, 26, 27]


@pytest.mark.parametrize("mistake", [{}, {"dropped": True}, {"one_cell": True}])
def test_each_number_that_is_pressed_says_a_sum_that_comes_out(figure, mistake):
    """Python works out what stands before the last =, and compares it with what stands behind it."""
    unrolled = figure("unrolled")
    enter(unrolled, **SETTINGS)
    for switch, name in [("drop “+ dh”", "dropped"), ("one cell object for all steps", "one_cell")]:
        unrolled.get_by_label(switch).set_checked(name in mistake)
    press(unrolled, "To the end")
    hs, dxs, terms = unroll(**SETTINGS, **mistake)
    expected = {f"h {t}": hs[t, 0] for t in range(3)} | {f"dx {t}": dxs[t, 0] for t in range(3)}
    for name, row in zip(["dWh", *(f"dWx row {d}" for d in range(4))], terms[1:], strict=True):
        expected |= {f"{name} sum": row.sum()} | {f"{name} {2 - k}": term for k, term in enumerate(row)}
    expected |= {"db sum": terms[0].sum()}
    for name, value in expected.items():
        unrolled.locator(f"[data-name='{name}']").press("Enter")
        *_, worked, result = said(unrolled).replace("·", "*").replace("−", "-").rstrip(".").split(" = ")
        found = re.search(r"(?: is | gets |over the steps: |^)([^a-z:]+)$", worked)[1]
        assert_allclose([eval(found), float(result)], value, rtol=1e-4, atol=1e-6, err_msg=name)


@pytest.mark.parametrize(("motion", "moving"), [("no-preference", True), ("reduce", False)])
def test_numbers_travel_along_their_arrows_unless_readers_asked_for_no_motion(figure, motion, moving):
    unrolled = figure("unrolled")
    unrolled.page.emulate_media(reduced_motion=motion)
    for _ in range(4):
        press(unrolled, "Step")
    assert bool(unrolled.evaluate("e => e.getAnimations({subtree: true}).length")) is moving


def test_the_unrolled_example_and_its_table_fit_a_window(figure):
    unrolled = figure("unrolled")
    press(unrolled, "To the end")
    assert unrolled.locator(".live-panel").bounding_box()["height"] <= 840  # of 900, below the bar of the page


# Scores on sliders.

SCORES = np.log([[[1.0, 4, 2, 1], [4, 2, 1, 1]]])


def assert_shows_loss(logits, scores, targets):
    """Compare scores, shares, slopes and loss with the layer's."""
    layer = TimeSoftmaxWithLoss()
    loss = layer.forward(scores, np.array([targets]))
    assert_allclose(shown(logits, ".logit-rows input", "Number(e.value)"), scores.ravel(), atol=1e-9)
    shares = shown(logits, ".logit-share", "Number(e.style.getPropertyValue('--share'))")
    exps = np.exp(scores)
    assert_allclose(shares, (exps / exps.sum(axis=-1, keepdims=True)).ravel(), atol=1e-9)
    slopes = layer.backward().ravel()
    written = numbers(text.rstrip(" ↑↓") for text in logits.locator(".logit-slope").all_inner_texts())
    assert_allclose(written, slopes, atol=5.001e-4)
    assert_allclose(shown(logits, ".logit-slope", "Number(e.style.getPropertyValue('--value'))"), slopes, atol=1e-9)
    assert said(logits).startswith(f"The loss is {loss:.3f}" if max(targets) >= 0 else "Nothing counts")


def set_slider(slider, value):
    slider.evaluate("(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input')); }", value)


def test_the_scores_give_the_shares_slopes_and_loss_that_python_computes(figure):
    logits = figure("logits")
    assert_shows_loss(logits, SCORES, [1, 3])
    scores = SCORES.copy()
    scores[0, 0, 2], scores[0, 1, 0] = 4.5, -3.25
    set_slider(logits.get_by_label("score of cows, position 0"), 4.5)
    set_slider(logits.get_by_label("score of owls, position 1"), -3.25)
    logits.get_by_role("combobox").first.select_option("cows")
    assert_shows_loss(logits, scores, [2, 3])


def test_on_a_phone_buttons_move_the_scores_up_to_their_bounds(figure):
    logits = figure("logits")
    assert not logits.get_by_label("raise owls, position 0").is_visible()
    logits.page.set_viewport_size({"width": 390, "height": 900})
    assert not logits.get_by_label("score of owls, position 0").is_visible()
    for button in ["raise owls, position 0"] * 3 + ["lower see, position 1"] * 12:
        logits.get_by_label(button).click()
    scores = SCORES.copy()
    scores[0, 0, 0], scores[0, 1, 1] = 1.5, -5
    assert_shows_loss(logits, scores, [1, 3])
    assert logits.get_by_label("raise owls, position 0").bounding_box()["height"] >= 24


@pytest.mark.parametrize("width", [1280, 390])
def test_a_slope_is_drawn_on_the_scale_of_the_probabilities(figure, width):
    logits = figure("logits")
    logits.page.set_viewport_size({"width": width, "height": 900})
    share, slope = (shown(logits, f".logit-{kind}", "e.clientWidth")[0] for kind in ("share", "slope"))
    assert_allclose(slope, 2 * share, rtol=0.15)


def test_a_position_that_does_not_count_has_no_say(figure):
    logits = figure("logits")
    logits.get_by_label("counts").first.uncheck()
    assert_shows_loss(logits, SCORES, [-1, 3])
    logits.get_by_label("counts").last.uncheck()
    assert_shows_loss(logits, SCORES, [-1, -1])


def test_a_step_goes_against_the_gradient(figure):
    logits = figure("logits")
    layer, scores = TimeSoftmaxWithLoss(), SCORES.copy()
    for _ in range(11):
        layer.forward(scores, np.array([[1, 3]]))
        scores = scores - layer.backward()
    press(logits, "10 steps")
    press(logits, "Step")
    assert_shows_loss(logits, scores, [1, 3])
    assert said(logits).endswith("11 steps ago it was 1.386.")
    press(logits, "Start over")
    assert_shows_loss(logits, SCORES, [1, 3])


# A query to three states.

BASES = [0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.4, 1.6, 2, 2.5, 3, 4]


def ask(attention, base):
    set_slider(attention.get_by_role("slider"), BASES.index(base))


def give_keys(attention, keys, before):
    for value, new, old in zip([0, 1, 3], keys, before, strict=True):
        for _ in range(abs(new - old)):
            press(attention, f"{'raise' if new > old else 'lower'} the key of {value}")


@pytest.mark.parametrize(("base", "keys"), [(2, None), (0.3, None), (1, None), (2, [0, 2, 1]), (0.5, [3, 0, 1])])
def test_the_bars_of_attention_are_the_shares_and_their_line_balances_at_the_mean(figure, base, keys):
    attention, values = figure("attention"), np.array([0, 1, 3])
    ask(attention, base)
    if keys:
        attention.get_by_label("keys of their own").check()
        give_keys(attention, keys, before=[0, 2, 1])
    exps = np.exp(np.log(base) * np.array(keys or values))
    shares = exps / exps.sum()
    heights = shown(attention, ".attention-bar", "Number(e.getAttribute('height')) / 78")
    assert_allclose(heights, shares, rtol=1e-9)
    middles = "Number(e.getAttribute('x')) + Number(e.getAttribute('width')) / 2"
    places = np.array(shown(attention, ".attention-bar", middles))
    cells = shown(attention, ".live-blue-cell", f"[{middles}, Number(e.nextSibling.textContent)]")
    assert cells == [[x, value] for x, value in zip(places, values, strict=True)]
    (balance,) = shown(attention, ".attention-y", "Number(e.getAttribute('transform').match(/[\\d.]+/)[0])")
    assert_allclose(balance, shares @ places, rtol=1e-9)
    of_bases = [text.split(" = ") for text in attention.locator(".attention-score").all_text_contents()]
    assert [power for power, _ in of_bases] == [f"{base}{'⁰¹²³'[key]}" for key in keys or values]
    assert_allclose(numbers(number for _, number in of_bases), exps, rtol=5e-3)
    assert numbers(re.findall(r"(\d+)\s%", said(attention))) == np.floor(100 * shares + 0.5).tolist()
    assert f"so y = {shares @ values:.2f}." in said(attention)
    assert f"q = log {base} = {np.log(base):.2f}".replace("= 0.00", "= 0").replace("-", "−") in attention.inner_text()


def test_no_query_makes_the_middle_state_the_largest_and_it_says_so_when_both_sides_were_tried(figure):
    attention = figure("attention")
    query = attention.get_by_role("slider")
    query.focus()
    for base in BASES[12:3:-1]:
        attention.page.keyboard.press("ArrowLeft")
        assert query.get_attribute("aria-valuetext").startswith(f"log {base} = ")
        assert said(attention).endswith("Can you give the middle state the largest share?")
    attention.page.keyboard.press("ArrowLeft")
    assert "below 0 the smallest: the middle one never has." in said(attention)


def test_with_a_key_of_its_own_the_middle_state_can_have_most_unless_its_key_is_the_middle_one(figure):
    attention = figure("attention")
    keys = attention.get_by_label("keys of their own")
    assert not attention.get_by_role("button", name="raise the key of 1").is_visible()
    keys.focus()
    attention.page.keyboard.press("Space")
    assert said(attention).startswith("q = log 2, keys 0, 2 and 1: the shares are 14")
    assert said(attention).endswith("The middle state has most: its key is the largest.")
    ask(attention, 0.5)
    assert said(attention).endswith("Can you give the middle state the largest share?")
    give_keys(attention, [1, 0, 1], before=[0, 2, 1])
    assert said(attention).endswith("The middle state has most: its key is the smallest, and q is below 0.")
    ask(attention, 1.1)
    assert said(attention).endswith("Can you give the middle state the largest share?")
    ask(attention, 0.5)
    give_keys(attention, [1, 1, 1], before=[1, 0, 1])
    assert said(attention).endswith("Can you give the middle state the largest share?")
    ask(attention, 2)
    assert said(attention).endswith("so their states always have the same share.")
    give_keys(attention, [0, 1, 2], before=[1, 1, 1])
    ask(attention, 0.5)
    ask(attention, 2)
    assert said(attention).endswith("so no query gives the middle state the largest share.")
    for _ in range(4):  # there is no key above 3
        press(attention, "raise the key of 1")
    assert "keys 0, 3 and 2:" in said(attention)
    keys.uncheck()
    assert said(attention).startswith("q = log 2: the shares are 9")


# Influence through time.


def gradients_by_window(radius, T, k):
    """Return the gradient at each step of a linear cell with one unit, with a gradient of 1 from each output."""
    layer = TimeRNN(np.ones((1, 1)), np.full((1, 1), radius), np.zeros(1), activation="identity")
    arriving = []
    for start in range(0, T, k):
        ones = np.ones((1, min(k, T - start), 1))
        layer.forward(ones)
        arriving.append(layer.backward(ones)[0, :, 0])
    return np.concatenate(arriving)


@pytest.mark.parametrize(("radius", "T", "k"), [(0.5, 10, 4), (1.0, 24, 7), (1.5, 24, 24)])
def test_the_bars_and_arcs_are_the_gradients_that_python_computes(figure, radius, T, k):
    influence = figure("influence[windows]")
    for name, value in [("ρ", radius), ("steps T", T), ("window k", k)]:
        set_slider(influence.get_by_label(name), value)
    arriving = gradients_by_window(radius, T, k)
    heights = shown(influence, ".influence-bar", "Number(e.getAttribute('height'))")
    whole = gradients_by_window(radius, T, T)
    top = 3 * 10 ** np.ceil(np.log10(whole.max() / 3))  # 3, 30, 300, …
    assert_allclose(heights, 112 * arriving / top, rtol=1e-9)
    lost = shown(influence, "rect.influence-lost", "Number(e.getAttribute('height'))")
    assert_allclose(lost, 112 * whole / top if k < T else [], rtol=1e-9)
    paths = [radius ** (output - t) for output in range(T) for t in range(output) if t // k == output // k]
    opacities = shown(influence, ".influence-path:not(.influence-lost)", "Number(e.getAttribute('stroke-opacity'))")
    assert_allclose(sorted(opacities), np.minimum(sorted(paths), 1), rtol=1e-9)
    assert len(shown(influence, "path.influence-lost", "1")) == T * (T - 1) // 2 - len(paths)
    assert ("windows of" in said(influence)) is (k < T)


def test_the_axis_of_the_bars_stays_while_rho_moves(figure):
    influence = figure("influence[paths]")
    for radius in (0.5, 0.8, 1.1, 1.5):
        set_slider(influence.get_by_label("ρ"), radius)
        gradients = gradients_by_window(radius, 12, 12)
        bars = shown(influence, ".influence-bar", "Number(e.getAttribute('height'))")
        assert_allclose(bars, 112 * np.minimum(gradients / 30, 1), rtol=1e-9)
        assert influence.locator(".influence-more").count() == (gradients > 30).sum()


@pytest.mark.parametrize(("radius", "T", "k"), [(0.3, 24, 24), (1.0, 5, 24), (1.5, 24, 24), (0.8, 12, 5)])
def test_the_last_output_alone_fades_or_explodes_on_an_axis_that_stays(figure, radius, T, k):
    influence = figure("influence[windows]")
    for name, value in [("ρ", radius), ("steps T", T), ("window k", k)]:
        set_slider(influence.get_by_label(name), value)
    influence.get_by_label("only the last output sends 1").check()
    layer = TimeRNN(np.ones((1, 1)), np.full((1, 1), radius), np.zeros(1), activation="identity")
    reached = (T - 1) % k + 1  # the steps of the last window
    last = np.zeros((1, reached, 1))
    last[0, -1] = 1
    layer.forward(last)
    expected = np.log10(layer.backward(last)[0, :, 0])
    (line,) = shown(influence, ".influence-line.influence-bar", "e.getAttribute('d')")
    powers = [(230 - float(point.split()[1])) / 14 for point in line[1:].split("L")]  # 1 lies at 230
    assert_allclose(powers, expected, atol=1e-9)
    dots = shown(influence, ".influence-end", "(230 - Number(e.getAttribute('cy'))) / 14")
    assert_allclose(dots, expected[np.abs(expected) <= 4], atol=1e-9)
    assert not influence.locator(".influence rect").count()
    arrives = re.search(r"= (.+) arrives at step 0", said(influence))
    if reached < T:
        assert arrives is None
    else:
        digits, _, exponent = arrives[1].partition(" · 10")
        power = int(exponent.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)
        assert_allclose(float(digits) * 10.0**power, radius ** (T - 1), rtol=5e-3)


def test_an_arc_says_its_product_to_mouse_and_keyboard(figure):
    influence = figure("influence[paths]")
    slider = influence.get_by_label("path:")
    slider.focus()
    for _ in range(3):  # the arcs of step 1, then those of step 2
        influence.page.keyboard.press("ArrowRight")
    assert (
        said(influence) == "From the output of step 2 back to step 0 are 2 steps: this path carries 0.8 · 0.8 = 0.64."
    )
    assert slider.get_attribute("aria-valuetext") == "2 back to 0"
    drawing = influence.locator(".influence")
    scale = drawing.bounding_box()["width"] / 340
    drawing.hover(position={"x": 184 * scale, "y": (150 - 0.88 * 137.5) * scale})  # the top of the widest arc
    assert said(influence).endswith(f"step 11 back to step 0 are 11 steps: this path carries 0.8¹¹ = {0.8**11:.4f}.")
    set_slider(influence.get_by_label("ρ"), 0.5)
    assert said(influence).startswith("The path from the last output")


# A curve that the reader draws.

STEPS = [1, 5, *range(10, 101, 10)]


def heights(sketch, kind):
    """Return the powers of ten of the points of a line, for an axis from -12 to 12 that is 216 high."""
    (path,) = shown(sketch, f".{kind}", "e.getAttribute('d')")
    return np.array([(228 - float(point.split()[1])) * 24 / 216 - 12 for point in path[1:].split("L")])


def test_the_measured_curve_is_the_one_whose_powers_of_ten_the_chapter_prints(figure):
    sketch = figure("sketch")
    cells = nbformat.read(ROOT / "book/05-bptt.ipynb", as_version=4).cells
    printed = " ".join(
        output.get("data", {}).get("text/plain", "") for cell in cells for output in cell.get("outputs", [])
    )
    powers = numbers(re.search(r"radius\s0\.9: (-[-.\s\d]+)", printed)[1].split())
    set_slider(sketch.get_by_label("your size there"), -1)
    press(sketch, "Show what was measured")
    assert_allclose(heights(sketch, "sketch-asked")[::3], powers, atol=0.05001)
    assert sketch.locator(".sketch-name").all_text_contents() == ["0.5", "0.9", "1.0", "1.1", "1.5"]
    set_slider(sketch.get_by_label("steps back:"), 11)
    (size,) = re.findall(r"; (\S+) · 10⁻⁶ for radius 0.9;", said(sketch))
    assert_allclose(np.log10(float(size) * 1e-6), heights(sketch, "sketch-asked")[-1], atol=2e-3)


def test_a_curve_is_asked_for_before_it_is_shown_and_drawn_without_a_mouse(figure):
    sketch = figure("sketch")
    press(sketch, "Show what was measured")
    assert said(sketch).startswith("Draw first: what do you expect?")
    assert sketch.locator(".sketch-asked").count() == 0
    set_slider(sketch.get_by_label("your size there"), 0)
    assert said(sketch) == "At 1 step back you expect 1."
    sketch.get_by_label("steps back:").focus()
    for key in ["End", "Tab", "ArrowLeft", "ArrowLeft"]:  # two halves of a power of ten
        sketch.page.keyboard.press(key)
    assert said(sketch) == "At 100 steps back you expect 0.1."
    assert_allclose(heights(sketch, "sketch-mine"), np.array([0, *-(np.array(STEPS[1:]) - 1)]) / 99, atol=1e-9)
    press(sketch, "Show what was measured")
    assert said(sketch).startswith("At 100 steps back you expected 0.1 for radius 0.9. Measured: ")
    set_slider(sketch.get_by_label("your size there"), 5)  # too late
    assert_allclose(heights(sketch, "sketch-mine")[-1], -1)
    press(sketch, "Start over")
    assert [sketch.locator(f".sketch-{line}").count() for line in ("asked", "mine")] == [0, 0]


def test_it_is_shown_without_a_guess_to_a_reader_who_asks_twice(figure):
    sketch = figure("sketch")
    press(sketch, "Show what was measured")
    press(sketch, "Show what was measured")
    assert said(sketch).startswith("Measured at 100: ")
    assert [sketch.locator(f".sketch-{line}").count() for line in ("asked", "mine")] == [1, 0]


def stroke(sketch, *points):
    """Draw through points of the plot: shares of its width, and powers of ten."""
    drawing = sketch.locator(".sketch")
    drawing.hover(position={"x": 1, "y": 1})
    box, mouse = drawing.bounding_box(), sketch.page.mouse
    end = sketch.evaluate("sketch => sketch.end")
    for n, (across, power) in enumerate(points):
        mouse.move(box["x"] + 42 + across * (end - 42), box["y"] + 120 - 9 * power)
        if n == 0:
            mouse.down()
    mouse.up()


def test_a_stroke_of_the_pointer_is_a_straight_line(figure):
    sketch = figure("sketch")
    stroke(sketch, (0, 0), (1, -12))
    assert_allclose(heights(sketch, "sketch-mine"), -12 * (np.array(STEPS) - 1) / 99, atol=0.1)


def test_what_is_not_drawn_stays_blank(figure):
    sketch = figure("sketch")
    stroke(sketch, (0, 0), (49 / 99, -6))  # to 50 steps back
    assert_allclose(heights(sketch, "sketch-mine"), -6 * (np.array(STEPS[:7]) - 1) / 49, atol=0.1)
    set_slider(sketch.get_by_label("steps back:"), 11)
    assert said(sketch) == "Nothing is drawn yet at 100 steps back."
    press(sketch, "Show what was measured")
    assert said(sketch).startswith("Measured at 100: ")


def test_every_third_power_of_ten_has_a_line(figure):
    sketch = figure("sketch")
    assert shown(sketch, ".live-axis", "e.y1.baseVal.value") == [120 - 9 * power for power in range(-12, 13, 3)]


def test_a_size_at_which_all_curves_begin_is_given_and_no_two_names_of_curves_touch(figure):
    sketch = figure("sketch").page.locator("live-sketch")
    sketch.page.goto(sketch.page.url.replace("05-bptt", "what-an-lstm-adds"), wait_until="domcontentloaded")
    set_slider(sketch.get_by_label("steps back:"), 0)
    set_slider(sketch.get_by_label("your size there"), -8)
    assert said(sketch) == "At 0 steps back you expect 1."
    press(sketch, "Show what was measured")
    boxes = shown(sketch, ".sketch-name", "(({ x, y, width, height }) => [x, y, x + width, y + height])(e.getBBox())")
    assert len(boxes) == 4
    for one, other in itertools.combinations(boxes, 2):
        assert one[0] > other[2] or other[0] > one[2] or one[1] > other[3] - 5 or other[1] > one[3] - 5
    assert max(right for _, _, right, _ in boxes) <= sketch.locator(".sketch").bounding_box()["width"]


@pytest.mark.parametrize("width", [1280, 390])
def test_the_plot_of_a_curve_fills_its_box_and_no_line_of_its_frame_goes_through_a_name(figure, width):
    sketch = figure("sketch")
    sketch.page.set_viewport_size({"width": width, "height": 900})
    press(sketch, "Show what was measured")
    press(sketch, "Show what was measured")
    lines = shown(sketch, ".live-axis", "(({ left, right, top }) => [left, right, top])(e.getBoundingClientRect())")
    names = shown(sketch, ".sketch-name", "(({ left, top, bottom }) => [left, top, bottom])(e.getBoundingClientRect())")
    assert lines[0][1] - lines[0][0] > 0.75 * sketch.locator(".sketch").bounding_box()["width"]
    assert not [name for name in names for left, right, y in lines if left < name[0] < right and name[1] < y < name[2]]


# One training step.


def test_the_48_numbers_their_slopes_and_three_probabilities_are_those_that_python_finds(figure):
    W, Wx, Wh, b = np.arange(28.0).reshape(7, 4) / 16, np.ones((4, 1)), np.ones((1, 1)), np.array([-3 / 8])
    Wy, by = np.log(2) * np.eye(7)[3:4], np.zeros(7)
    layers = [TimeEmbedding(W), TimeRNN(Wx, Wh, b, activation="identity"), TimeAffine(Wy, by)]
    softmax, optimizer = TimeSoftmaxWithLoss(), SGD(lr=1 / 4)
    step = figure("step")
    for presses in ["Step", "10 steps", "10 steps"]:
        before = [W.copy(), Wy.copy(), by.copy(), Wx.copy(), Wh.copy(), b.copy()]
        for _ in range(1 if presses == "Step" else 10):
            train_once(layers, softmax, optimizer)
        press(step, presses)
        now = [W, Wy, by, Wx, Wh, b]
        written = numbers(shown(step, ".step-number + text", "e.textContent"))
        assert_allclose(written, np.concatenate([array.ravel() for array in now]), atol=5.001e-4)
        if presses == "Step":
            moves = np.concatenate([(new - old).ravel() for new, old in zip(now, before, strict=True)])
            kinds = shown(step, ".step-number", "e.classList[1] ?? ''")
            assert kinds == ["step-up" if move > 0 else "step-down" if move < 0 else "" for move in moves]
    loss, scores = forward_through(layers, softmax)
    exps = np.exp(scores[0])
    right = (exps / exps.sum(axis=1, keepdims=True))[range(3), [1, 2, 3]]
    assert said(step) == (
        f"After 21 steps the right words have {', '.join(f'{p:.3f}' for p in right)}. The loss is {loss:.3f}."
    )
    train_once(layers, softmax, optimizer)
    press(step, "Slopes")
    assert said(step).startswith("These are the slopes.")
    slopes = [*layers[0].grads, *layers[2].grads, *layers[1].grads]
    written = numbers(shown(step, ".step-number + text", "e.textContent"))
    assert_allclose(written, np.concatenate([array.ravel() for array in slopes]), atol=5.001e-4)
    press(step, "Start over")
    assert said(step) == "After 0 steps the right words have 0.143, 0.125, 0.571. The loss is 1.528."


def forward_through(layers, softmax):
    scores = np.array([[0, 1, 2]])
    for layer in layers:
        scores = layer.forward(scores)
    return softmax.forward(scores, np.array([[1, 2, 3]])), scores


def train_once(layers, softmax, optimizer):
    forward_through(layers, softmax)
    slope = softmax.backward()
    for layer in reversed(layers):
        slope = layer.backward(slope)
    optimizer.update(*([array for layer in layers for array in getattr(layer, name)] for name in ("params", "grads")))
