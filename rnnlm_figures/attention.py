"""Figures of attention: the share of each state that was kept; a layer of a Transformer; where a trained one looks."""

from .drawing import (
    BLUE_FILL,
    FAINT,
    GREEN,
    GREEN_FILL,
    ORANGE,
    ORANGE_FILL,
    PAPER,
    VIOLET,
    VIOLET_FILL,
    Drawing,
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


def rounds_of_a_scan(steps=8):
    """Return a drawing of the three rounds of a scan: in each, every cell joins what ends right before it."""
    picture, place = Drawing(10, 10), [0.5 + 1.15 * t for t in range(steps)]
    rows = [[min(2**done, t + 1) for t in range(steps)] for done in range(4)]  # how many steps are joined in each cell
    for done, joined in enumerate(rows):
        y, reach = 0.9 + 2.6 * done, 2**done // 2
        for t, count in enumerate(joined):
            picture.cell(place[t], y, count, fill=GREEN_FILL if count > t else BLUE_FILL, width=0.8)
            if done and t >= reach:
                picture.arrow((place[t - reach] + 0.4, y - 1.55), (place[t] + 0.3, y - 0.05), colour=ORANGE)
            if done:
                picture.arrow((place[t] + 0.4, y - 1.55), (place[t] + 0.4, y - 0.05))
    counts = "; ".join(", ".join(map(str, joined)) for joined in rows)
    for t in range(steps):
        picture.text(place[t] + 0.4, 0.4, f"step {t}" if t == 0 else t, colour=FAINT)
    return picture.show(f"""Eight steps in a row, and below them three rounds, in each of which an arrow leads to every
        cell from the one that ends right before it. How many steps are joined in each cell: {counts}. A cell
        is green once it begins with step 0.""")


def transformer_layer():
    """Return a drawing of one layer of a Transformer, as the last of three positions sees it."""
    picture = Drawing(10, 13.9)
    for t, x in enumerate([0.6, 3.4, 6.2]):
        picture.cell(x, 11.7, f"x{t}", fill=BLUE_FILL)
        picture.text(x + 0.5, 13.2, f"word {t}", colour=FAINT)
        for name, left in [("k", x - 0.55), ("v", x + 0.55)] + [("q", x + 1.75)] * (t == 2):
            picture.cell(left, 9.3, name, fill=VIOLET_FILL if name == "q" else PAPER)
            picture.arrow((x + 0.5, 11.6), (left + 0.5, 10.4))
        picture.arrow((x - 0.05, 8.4), (x - 0.05, 9.25), colour=VIOLET)
        picture.arrow((x + 1.05, 9.2), (6.5 + 0.3 * t, 5.95), colour=GREEN)
        picture.text([2.7, 5.2, 7.7][t], 8.9, f"$a_{t}$", colour=GREEN)
    picture.axes.plot([8.45, 8.45, 0.55], [9.25, 8.4, 8.4], color=VIOLET, linewidth=1.3)
    picture.text(0.1, 7.9, "q asks each k", colour=VIOLET, align="left")
    picture.text(0.1, 5.4, "y: shares $a$ of the values v", colour=GREEN, align="left")
    picture.cell(6.3, 4.9, "y", fill=GREEN_FILL)
    picture.cell(4.6, 1.8, "affine, activation, affine", width=4.4)
    for start, end in [(4.8, 4.4), (3.2, 2.9), (1.7, 1.4)]:
        picture.arrow((6.8, start), (6.8, end))
    for top, came_in in [(3.3, 12.2), (0.3, 3.5)]:
        picture.cell(6.3, top, "+", fill=ORANGE_FILL)
        picture.axes.plot([7.4, 9.6, 9.6], [came_in, came_in, top + 0.6], color=ORANGE, linewidth=1.3)
        picture.arrow((9.6, top + 0.6), (7.4, top + 0.6), colour=ORANGE)
    picture.text(0.1, 3.8, "what came in is added", colour=ORANGE, align="left")
    return picture.show("""One layer of a Transformer at the last of three words. From the vector of each word come a
        key k and a value v, from the last one also a query q, from which a line leads to each key. That gives the
        shares, one beside the arrow from each value to y, the mean of the values with these shares. What came in is
        added to y; the sum goes through an affine layer, an activation and another affine layer, and is added to what
        comes out.""")


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
