"""Figures of attention: the share of each state that was kept; a layer of a Transformer; where a trained one looks."""

from .drawing import (
    BLUE_FILL,
    FAINT,
    GREEN,
    GREEN_FILL,
    ORANGE,
    ORANGE_FILL,
    SMALL,
    VIOLET,
    Drawing,
)
from .mattered import largest, shares_in_columns


def looking_back(states, parts):
    """Return a drawing of the states of three steps of an RNN, and of a sum that takes a share of each."""
    whole = sum(parts)
    answer = sum(part * state for part, state in zip(parts, states, strict=True)) / whole
    picture = Drawing(10, 6.4)
    picture.text(0.2, 0.6, "an RNN hands on its last state", colour=ORANGE, align="left")
    for t, (state, part) in enumerate(zip(states, parts, strict=True)):
        left = 0.6 + 2.6 * t
        picture.cell(left, 1.3, state, fill=BLUE_FILL)
        picture.text(left + 0.5, 2.65, f"step {t}", colour=FAINT, size=SMALL)
        picture.arrow((left + 1.05, 1.8), (left + 2.5, 1.8), colour=ORANGE)
        picture.arrow((left + 0.5, 2.95), (3.1 + 0.6 * t, 4.75), colour=GREEN)
        picture.text([0.7, 4.0, 5.7][t], 3.95, f"{part}/{whole}", colour=GREEN, align="left")
    picture.cell(3.0, 4.85, f"{answer:.2f}", fill=GREEN_FILL, width=1.4)
    picture.text(4.7, 5.35, "attention takes a share of each", colour=GREEN, align="left")
    return picture.show(f"""The states {", ".join(map(str, states))} of three steps, in a row. Arrows to the right lead
        from each to the next. From each state one arrow also leads down to a sum, with the shares
        {", ".join(f"{part}/{whole}" for part in parts)}; the sum is {answer:.2f}.""")


def transformer_layer():
    """Return a drawing of one layer of a Transformer, as the last of three positions sees it."""
    picture = Drawing(10, 11.8)
    for t, x in enumerate([0.8, 3.3, 6.6]):
        picture.cell(x, 9.6, f"x{t}", fill=BLUE_FILL)
        picture.text(x + 0.5, 11, f"word {t}", colour=FAINT, size=SMALL)
        for name, left in [("k", x - 0.55), ("v", x + 0.55)] + [("q", x + 1.65)] * (t == 2):
            picture.cell(left, 7.2, name)
            picture.arrow((x + 0.5, 9.5), (left + 0.5, 8.3), colour=VIOLET)
        picture.arrow((x + 1.05, 7.1), (6.9 + 0.2 * t, 5.9), colour=GREEN)
    picture.text(0.2, 4.9, "a mean of the values v,", colour=GREEN, align="left", size=SMALL)
    picture.text(0.2, 5.5, "with shares from q and the keys k", colour=GREEN, align="left", size=SMALL)
    picture.cell(6.6, 4.8, "y", fill=GREEN_FILL)
    picture.cell(5.1, 1.8, "affine, activation, affine", width=4)
    for start, end in [(4.7, 4.4), (3.2, 2.9), (1.7, 1.4)]:
        picture.arrow((7.1, start), (7.1, end))
    for top, came_in in [(3.3, 10.1), (0.3, 3.5)]:
        picture.cell(6.6, top, "+", fill=ORANGE_FILL)
        picture.axes.plot([7.7, 9.6, 9.6], [came_in, came_in, top + 0.6], color=ORANGE, linewidth=1.3)
        picture.arrow((9.6, top + 0.6), (7.7, top + 0.6), colour=ORANGE)
    picture.text(0.2, 3.8, "what came in is added", colour=ORANGE, align="left", size=SMALL)
    return picture.show("""One layer of a Transformer at the last of three words. From the vector of each word come a
        key k and a value v, from the last one also a query q. The query and the keys give the shares, and the mean of
        the values with these shares is y. What came in is added to y; the sum goes through an affine layer, an
        activation and another affine layer, and is added to what comes out.""")


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
    asked, pairs = len(words) - 2, zip(probabilities.tolist(), shares, strict=True)
    first, second = shares[asked - 2], shares[asked - 1]
    columns = [
        (f"to say {words[asked - 1]}", first, ORANGE, ORANGE_FILL),
        (f"to say {words[asked]}", second, GREEN, GREEN_FILL),
    ]
    rows = [[round(p, 5), row[: m + 1].round(5).tolist()] for m, (p, row) in enumerate(pairs)]
    return shares_in_columns(words, columns, 0.01).show(
        f"""Where a trained layer of attention looks, a word in each row.
        To say {words[asked - 1]}: {largest(words, first, 1)}. To say {words[asked]}: {largest(words, second, 1)}.
        Words below 1 % in both are left out.""",
        live="mattered attention",
        given={"words": words, "asked": asked, "networks": {"attention": rows}},
    )
