"""Figures of chapter 4: one cell, unrolled over three steps."""

import numpy as np

from .drawing import BLUE, BLUE_FILL, FAINT, GREEN_FILL, INK, ORANGE, ORANGE_FILL, RED, RED_FILL, Drawing

LEFTS = (0.95, 4.2, 7.45)  # of the three steps


def _unrolled(height):
    """Return a drawing with the names of three steps at its top."""
    picture = Drawing(10, height)
    for t, left in enumerate(LEFTS):
        picture.text(left + 1.2, 0.4, f"step {t}", colour=FAINT)
    return picture


def cell_after_cell(xs, hs):
    """Return a drawing of three copies of one cell, each with its sum, which hand their states to the right and up."""
    picture = _unrolled(8)
    befores = [0, *hs[:-1].sum(axis=1)]
    for t, left in enumerate(LEFTS):
        middle = left + 1.2
        picture.array(left, 1.1, hs[t], fills=[ORANGE_FILL], width=0.8)
        picture.arrow((middle, 3.9), (middle, 2.2), colour=ORANGE)
        picture.cell(left, 3.9, f"{xs[t].sum():g} + {befores[t]:g} + 3", width=2.4, edge=INK)
        picture.array(left, 6.5, xs[t], fills=[BLUE_FILL], width=0.6)
        picture.arrow((middle, 6.4), (middle, 5), colour=BLUE)
        if t < 2:
            picture.arrow((left + 2.4, 4.4), (LEFTS[t + 1] - 0.05, 4.4), colour=ORANGE)
            picture.text(left + 2.83, 3.5, f"{hs[t, 0]:g}", colour=ORANGE)
    picture.text(0.2, 4.4, "0", colour=ORANGE)
    picture.arrow((0.35, 4.4), (0.9, 4.4), colour=ORANGE)
    picture.text(0.45, 1.6, "hs", colour=ORANGE, bold=True)
    picture.text(0.45, 7, "xs", colour=BLUE, bold=True)
    return picture.show("""Three copies of one cell, side by side. Each takes its word vector from below, 0 1 2 3, then
        4 5 6 7, then 8 9 10 11, and the state from its left, at first 0, and adds up: 6 + 0 + 3 = 9, then
        22 + 27 + 3 = 52, then 38 + 156 + 3 = 197. Each sends its state up and to the right.""")


def both_ways(xs, hs, dhs, dxs):
    """Return a drawing of three cells with all that goes forward and back, and below it the sums over the steps."""
    picture = _unrolled(14.2)
    dzs = dxs[:, 0] / hs.shape[1]  # each number of dx adds up the equal numbers of dz
    for t, left in enumerate(LEFTS):
        middle = left + 1.2
        picture.array(left, 1.1, dhs[t], fills=[RED_FILL], width=0.8)
        picture.array(left, 2.3, hs[t], fills=[ORANGE_FILL], width=0.8)
        picture.arrow((middle - 0.3, 4.8), (middle - 0.3, 3.4), colour=ORANGE)
        picture.arrow((middle + 0.3, 3.4), (middle + 0.3, 4.8), colour=RED)
        picture.cell(left + 0.3, 4.9, f"dz = {dzs[t]:g}", width=1.8, edge=INK)
        picture.arrow((middle - 0.3, 7.1), (middle - 0.3, 6), colour=BLUE)
        picture.arrow((middle + 0.3, 6), (middle + 0.3, 7.1), colour=RED)
        picture.array(left, 7.2, xs[t], fills=[BLUE_FILL], width=0.6)
        picture.array(left, 8.4, dxs[t], fills=[RED_FILL], width=0.6 if t else 0.68)  # 102 has three digits
        if t < 2:
            picture.arrow((left + 2.1, 5.2), (LEFTS[t + 1] + 0.25, 5.2), colour=ORANGE)
            picture.arrow((LEFTS[t + 1] + 0.25, 5.6), (left + 2.15, 5.6), colour=RED)
    for y, name in [(1.6, "dhs"), (2.8, "hs"), (7.7, "xs"), (8.9, "dxs")]:
        picture.text(0.45, y, name, bold=True)
    _write_sums(picture, xs, hs, dzs)
    return picture.show(
        """The three cells with everything at once: gradients 1, 2, 3 from above, states 9, 52, 197, dz
        34, 11 and 3, word vectors, and their gradients 102, 33 and 9. Below, the sums over steps 2, 1 and 0: db is 48,
        dWh 255, and the rows of dWx 68, 116, 164 and 212.""",
        live="unrolled",
    )


def _write_sums(picture, xs, hs, dzs):
    """Write the gradients of the parameters at the bottom, each as the sum of what the steps give."""
    befores = np.append(0, hs[:-1, 0])
    sums = [("db", dzs), ("dWh", dzs * befores), *((f"dWx, row {d}", dzs * column) for d, column in enumerate(xs.T))]
    for row, (name, terms) in enumerate(sums):
        picture.text(0.1, 10.4 + 0.65 * row, name, align="left")
        added = " + ".join(f"{term:g}" for term in reversed(terms))
        picture.text(9.8, 10.4 + 0.65 * row, f"{added} = {np.sum(terms):g}", align="right")


def one_memory_or_two():
    """Return a drawing of two windows, once with one memory for both and once with a memory for each."""
    picture = Drawing(10, 6.6)
    for top, title in [(-0.2, "stateful: one memory"), (3.2, "not stateful: two memories")]:
        picture.text(0.1, top + 0.7, title, align="left", bold=True)
        for window, fill in enumerate([BLUE_FILL, GREEN_FILL]):
            left = 1.3 + 4.6 * window
            picture.text(left + 1.65, top + 3.0, f"window {window}", colour=FAINT)
            for t in range(3):
                picture.cell(left + 1.2 * t, top + 1.6, 3 * window + t, fill=fill, width=0.9)
                if t < 2:
                    picture.arrow((left + 1.2 * t + 0.92, top + 2.1), (left + 1.2 * t + 1.18, top + 2.1))
        picture.text(0.4, top + 2.1, "0", colour=FAINT)
        picture.arrow((0.65, top + 2.1), (1.25, top + 2.1), colour=FAINT)
        if top < 0:
            picture.text(5.2, top + 1.6, "h", colour=ORANGE, bold=True)
            picture.arrow((4.65, top + 2.1), (5.85, top + 2.1), colour=ORANGE)
        else:
            picture.text(5.1, top + 2.1, "0", colour=FAINT)
            picture.arrow((5.35, top + 2.1), (5.85, top + 2.1), colour=FAINT)
    return picture.show("""Steps 0 to 5 as two windows of three. Stateful: the last state h of window 0 is the first
        state of window 1, so the memory runs through all six steps. Not stateful: window 1 starts from 0 again, and
        knows nothing of steps 0 to 2.""")
