"""Figures of attention: the share of each state that was kept; a layer of a Transformer; where trained ones look."""

import numpy as np
from matplotlib.patches import Rectangle

from .drawing import (
    BLUE_FILL,
    FAINT,
    GREEN,
    GREEN_FILL,
    INK,
    ORANGE,
    ORANGE_FILL,
    PAPER,
    VIOLET,
    VIOLET_FILL,
    Drawing,
    Figure,
)
from .mattered import largest, shares_in_columns


def looking_back(states, parts):
    """Return a drawing of the states of three steps of an RNN, of a query to each, and of the sum of their shares.

    The parts are e to the power of query times state, for a query of log 2.
    """
    whole = sum(parts)
    answer = sum(part * state for part, state in zip(parts, states, strict=True)) / whole
    picture = Drawing(10, 8.6)
    picture.cell(2.4, 0.1, "q = log 2", fill=VIOLET_FILL, width=2.6)
    picture.text(5.3, 0.6, "the query asks each state", colour=VIOLET, align="left")
    picture.text(7.5, 2.6, "an RNN has", colour=ORANGE, align="left")
    picture.text(7.5, 3.2, "only the last", colour=ORANGE, align="left")
    for t, (state, part) in enumerate(zip(states, parts, strict=True)):
        left = 0.6 + 2.6 * t
        picture.arrow((3.1 + 0.6 * t, 1.15), (left + 0.5, 3.25), colour=VIOLET)
        picture.text([0.15, 3.85, 5.75][t], 2.1, f"$2^{state} = {part}$", colour=VIOLET, align="left")
        picture.cell(left, 3.3, state, fill=BLUE_FILL)
        picture.arrow((left + 1.05, 3.8), (left + 2.5, 3.8), colour=ORANGE)
        picture.arrow((left + 0.5, 4.35), (3.1 + 0.6 * t, 6.95), colour=GREEN)
        picture.text([0.4, 3.85, 5.6][t], 5.8, f"{part}/{whole}", colour=GREEN, align="left")
    picture.cell(3.0, 7.0, f"{answer:.2f}", fill=GREEN_FILL, width=1.4)
    picture.text(4.7, 7.5, "y takes a share of each", colour=GREEN, align="left")
    return picture.show(
        f"""The states {", ".join(map(str, states))} of three steps, in a row, each of which leads to
        the next. From the query, log 2, an arrow leads to each state, with e to the power of query times state:
        {", ".join(map(str, parts))}. From each state an arrow leads on to a sum, with the shares
        {", ".join(f"{part}/{whole}" for part in parts)}; the sum is {answer:.2f}.""",
        live="attention",
        given={"values": states, "keys": [0, 2, 1]},  # the reader may use these keys in place of the states
    )


def rounds_of_a_scan(shifts=(9, 25, 41, 57)):
    """Return a drawing of a scan of steps from h to 3 h + shift: in each round every box takes in one to its left."""
    picture, place, width = Drawing(10, 6.5), [0.1 + 2.5 * t for t in range(len(shifts))], 2.3
    rounds = [
        [(0 if t == 0 else 3, shift) for t, shift in enumerate(shifts)]
    ]  # factor and shift; the first begins at 0
    for reach in (1, 2):
        before = rounds[-1]
        rounds.append(
            [*before[:reach], *((a * before[t][0], a * before[t][1] + b) for t, (a, b) in enumerate(before[reach:]))]
        )
    written = [[f"{a} h + {b}" if a else str(b) for a, b in row] for row in rounds]
    for done, row in enumerate(rounds):
        y, reach = 0.8 + 2.3 * done, 2**done // 2
        for t, (a, _) in enumerate(row):
            picture.cell(place[t], y, written[done][t], fill=BLUE_FILL if a else GREEN_FILL, width=width)
            if done:
                picture.arrow((place[t] + 1.3, y - 1.25), (place[t] + 1.3, y - 0.05))
            if done and t >= reach:
                picture.arrow((place[t - reach] + 1.3, y - 1.25), (place[t] + 1.0, y - 0.05), colour=ORANGE)
    for t in range(len(shifts)):
        picture.text(place[t] + width / 2, 0.35, f"step {t}", colour=FAINT)
    rows = "; ".join(", ".join(row) for row in written)
    return picture.show(f"""Four steps in a row, and below them two rounds. In the first an arrow leads to each box from
        the one to its left, in the second from the one two to the left. What the boxes do: {rows}. A box that begins at
        the first step holds a number and is green.""")


def transformer_layer():
    """Return a drawing of one layer of a Transformer, as the last of three positions sees it."""
    picture = Drawing(10, 9.9)
    keys, values, parts = [0, 2, 1], [0, 1, 3], [1, 4, 2]
    y = sum(part * value for part, value in zip(parts, values, strict=True)) / sum(parts)
    for t, x in enumerate([0.1, 2.8, 5.5]):
        picture.text(x + 1.25, 0.35, f"word {t}", colour=FAINT)
        picture.cell(x + 0.75, 0.7, f"x{t}", fill=BLUE_FILL)
        cells = [(x, 1.2, f"k = {keys[t]}"), (x + 1.3, 1.2, f"v = {values[t]}")] + [(8.2, 1.7, "q = log 2")] * (t == 2)
        for left, width, name in cells:
            picture.cell(left, 2.7, name, fill=VIOLET_FILL if name[0] == "q" else PAPER, width=width)
            picture.arrow((x + 1.25, 1.75), (left + width / 2, 2.65))
        picture.arrow((x + 0.6, 4.5), (x + 0.6, 3.75), colour=VIOLET)
        picture.arrow((x + 1.9, 3.75), (3.6 + 0.5 * t, 5.95), colour=GREEN)
        picture.text([2.25, 4.85, 6.75][t], 4.9, f"{parts[t]}/{sum(parts)}", colour=GREEN)
    picture.axes.plot([9.05, 9.05, 0.7], [3.75, 4.5, 4.5], color=VIOLET, linewidth=1.3)
    picture.text(9.9, 4.95, "q asks each k", colour=VIOLET, align="right")
    picture.cell(3.15, 6.0, f"y = {y:.2f}", fill=GREEN_FILL, width=1.9)
    picture.text(5.25, 6.5, "the mean of the values", colour=GREEN, align="left")
    for left, fill, name, width in [
        (0.8, BLUE_FILL, "x2", 1),
        (3.6, ORANGE_FILL, "+", 1),
        (5.2, PAPER, "two affine layers", 3),
        (8.8, ORANGE_FILL, "+", 1),
    ]:
        picture.cell(left, 7.8, name, fill=fill, width=width)
    picture.arrow((4.1, 7.05), (4.1, 7.75))
    picture.arrow((1.85, 8.3), (3.55, 8.3), colour=ORANGE)
    picture.arrow((4.65, 8.3), (5.15, 8.3))
    picture.arrow((8.25, 8.3), (8.75, 8.3))
    picture.axes.plot([4.1, 4.1, 9.3], [8.85, 9.4, 9.4], color=ORANGE, linewidth=1.3)
    picture.arrow((9.3, 9.4), (9.3, 8.85), colour=ORANGE)
    picture.text(0.1, 9.4, "what came in is added", colour=ORANGE, align="left")
    return picture.show(f"""One layer of a Transformer at the last of three words. From the vector of each word come a
        key k and a value v, from the last one also a query q, from which a line leads to each key. That gives the
        shares {", ".join(f"{part}/{sum(parts)}" for part in parts)}, one beside the arrow from each value to y, the
        mean of the values with these shares, {y:.2f}. What came in, x2, is added to y; the sum goes through two affine
        layers, and is added to what comes out.""")


def where_it_looks(words, probabilities, shares):
    """Return a drawing of where a trained layer looks to say the last two words before the full stop.

    Parameters
    ----------
    words : list of str
        A sentence with the full stop before it. There are M words.
    probabilities : (M - 1,) array
        What the model gave each word but the first.
    shares : (M - 1, M - 1) array
        Row m - 1 says how much of each word the layer took to say word m.
    """
    asked, first, second = len(words) - 2, shares[-3], shares[-2]
    columns = [
        (f"to say {words[asked - 1]}", first, ORANGE, ORANGE_FILL),
        (f"to say {words[asked]}", second, GREEN, GREEN_FILL),
    ]
    return shares_in_columns(words, columns, 0.01).show(
        f"""Where a trained layer of attention looks, a word in each row.
        To say {words[asked - 1]}: {largest(words, first, 1)}. To say {words[asked]}: {largest(words, second, 1)}.
        Words below 1 % in both are left out.""",
        live="mattered attention",
        given={"words": words, "asked": asked, "networks": {"attention": _by_word(probabilities, shares)}},
    )


def owl_or_hill(owl, hill):
    """Return a drawing of where two networks look to say the first sound when a hill stands in the owl's place.

    Each argument holds, for the network of varied and for that of fixed places, what `where_it_looks` gets. In the live
    figure it is an owl at first.
    """
    words, asked = hill[0][0], len(hill[0][0]) - 3
    names = ["varied places", "fixed places"]
    first, second = (shares[asked - 1] for *_, shares in hill)
    columns = [(names[0], first, GREEN, GREEN_FILL), (names[1], second, ORANGE, ORANGE_FILL)]
    given = [
        {"words": looks[0][0], "networks": {n: _by_word(*found) for n, (_, *found) in zip(names, looks, strict=True)}}
        for looks in (owl, hill)
    ]
    return shares_in_columns(words, columns, 0.01).show(
        f"""Where two trained layers of attention look for the first sound when a hill stands where the owl did. Trained
        with varied places: {largest(words, first, 2)}; with fixed places: {largest(words, second, 2)}.""",
        live="mattered swap",
        given=given[0] | {"asked": asked, "other": {"label": "a hill in the owl’s place"} | given[1]},
    )


def _by_word(probabilities, shares):
    """Return what each word but the first got, and the shares of all words before it, as JSON holds them."""
    return [
        [round(p, 5), row[: m + 1].round(5).tolist()]
        for m, (p, row) in enumerate(zip(probabilities.tolist(), shares, strict=True))
    ]


def triangles(words, placed, unplaced):
    """Return two drawings, side by side, of all shares of a sentence: of a layer trained with places, and without."""
    return [_triangle(words[:-1], placed, "with places"), _triangle(words[:-1], unplaced, "without places")]


def _triangle(words, shares, title):
    """Return a drawing of the shares (M, M) of M words, a row for each word but the first, as the one to be said."""
    side, left, top, size = 0.65, 1.75, 2.15, 13  # two stand side by side, so letters are shown smaller than elsewhere
    asked, places = words[1:], range(len(words) - 1)
    bottom = top + side * len(asked)
    picture = Drawing(10, bottom + 0.1)
    picture.text(left, 0.4, title, align="left", bold=True, size=size)
    picture.text(left - 0.15, top - 0.35, "to say", align="right", colour=FAINT, size=size)
    for m in places:
        picture.text(left - 0.15, top + side * (m + 0.5), asked[m], align="right", size=size)
        picture.axes.text(
            left + side * (m + 0.5), top - 0.1, words[m], color=INK, rotation=90, ha="center", va="bottom", size=size
        )
        x, y = left + side * (m + 1), top + side * m  # a line to the right of each column, and one above each row
        picture.axes.plot([x, x], [y, bottom], color=FAINT, linewidth=0.4)
        picture.axes.plot([left, x], [y, y], color=FAINT, linewidth=0.4)
        for u in np.flatnonzero(shares[m] >= 0.01):
            square = (left + side * u, y), side, side
            picture.axes.add_patch(Rectangle(*square, facecolor=GREEN, alpha=float(shares[m, u]), linewidth=0))
    picture.axes.plot([left, left, left + side * len(asked)], [top, bottom, bottom], color=FAINT, linewidth=0.4)
    told = "; ".join(
        f"to say {word}: {largest(words, row, 2)}" for word, row in list(zip(asked, shares, strict=False))[-2:]
    )
    return Figure(
        picture.figure,
        f"""A triangle of squares, a row for each word to be said and a column for each word before it.
        {title.capitalize()}, the darkest squares of the last two rows are, {told}.""",
        " ".join([title, *words]),
        is_beside=True,
    )
