"""Figures of chapter 2: rows are picked, and gradients come back, some of which two lines of code lose."""

import numpy as np

from .drawing import BLUE, BLUE_FILL, FAINT, INK, PAPER, RED, RED_FILL, SMALL, VIOLET_FILL, Drawing


def rows_picked(words, table, ids):
    """Return a drawing of ids that pick rows of a table."""
    picture = Drawing(10, 8.2)
    _table(picture, "W", words, table, dict.fromkeys(ids, VIOLET_FILL))
    picture.text(8.3, 0.5, "W[idx]", bold=True)
    for n, v in enumerate(ids):
        start, end = _ends(n, v)
        picture.text(8.3, end[1] - 0.9, f"{v} {words[v]}", size=SMALL)
        picture.array(6.7, end[1] - 0.5, table[v], fills=[BLUE_FILL], width=0.8)
        picture.arrow(start, end, colour=BLUE)
    picked = ", ".join(f"row {v} ({words[v]}), which is {_spaced(table[v])}" for v in dict.fromkeys(ids))
    return picture.show(
        f"""The table W has a row of {table.shape[1]} numbers for each of the words {" ".join(words)}. The ids
        {_spaced(ids)} pick {picked}. Each row of the output is a copy of the row of its id.""",
        live="rows forward",
        given={"words": words, "ids": list(ids), "table": table.tolist()},
    )


def rows_lost(words, ids, dout):
    """Return a drawing of upstream rows on their way into dW, of which `dW[idx] = dout` loses some."""
    picture = Drawing(10, 11.2)
    dW, right = np.zeros((2, len(words), dout.shape[1]), dtype=int)
    dW[ids] = dout
    np.add.at(right, ids, dout)
    _table(picture, "dW", words, dW, {v: RED_FILL if (dW[v] == right[v]).all() else None for v in ids})
    picture.text(8.3, 0.5, "dout", bold=True)
    lost = [n for n, v in enumerate(ids) if v in ids[n + 1 :]]
    for n, v in enumerate(ids):
        end, start = _ends(n, v)
        colour, fill, note = (RED, PAPER, ": lost") if n in lost else (INK, RED_FILL, "")
        picture.text(8.3, start[1] - 0.9, f"{v} {words[v]}{note}", colour=colour, size=SMALL, bold=n in lost)
        for d, number in enumerate(dout[n]):
            picture.cell(6.7 + 0.8 * d, start[1] - 0.5, number, fill=fill, colour=colour, width=0.8)
        picture.arrow(start, end, colour=FAINT if n in lost else RED)
    (v,) = {ids[n] for n in lost}
    picture.text(0.1, 8.8, f"row {v} of dW after", align="left", bold=True)
    for k, (line, row) in enumerate([("=", dW[v]), ("+=", dW[v]), ("np.add.at", right[v])]):
        picture.text(3.3, 8.8 + 0.8 * k, line, align="left")
        picture.text(9.9, 8.8 + 0.8 * k, _spaced(row), align="right", colour=INK if line == "np.add.at" else RED)
    return picture.show(
        f"""The rows of dout on their way into dW, with dW[idx] = dout and the ids {_spaced(ids)}. The row
        {" and ".join(_spaced(dout[n]) for n in lost)} of {words[v]} is lost: row {v} of dW is {_spaced(dW[v])}. With
        dW[idx] += dout it is the same. With np.add.at it is the sum, {_spaced(right[v])}.""",
        live="rows back",
        given={"words": words, "ids": list(map(int, ids)), "dout": dout.tolist()},
    )


def _table(picture, name, words, table, fills):
    """Draw a table, before each row its word and id; a fill of None is for a row that is wrong."""
    picture.text(3.9, 0.5, name, bold=True)
    for v, row in enumerate(table):
        picture.text(1.65, 1.5 + v, words[v], align="right", size=SMALL)
        picture.text(2.15, 1.5 + v, v, colour=FAINT, align="right", size=SMALL)
        fill = fills.get(v, PAPER)
        for d, number in enumerate(row):
            picture.cell(2.3 + 0.8 * d, 1 + v, number, fill=fill or PAPER, colour=INK if fill else RED, width=0.8)


def _ends(n, v):
    """Return where row v of the table ends, and where the row of place n begins."""
    return (5.55, 1.5 + v + 0.2 * (n - 1)), (6.65, 2.4 + 2.3 * n)


def _spaced(numbers):
    return " ".join(map(str, numbers))
