"""Figures of chapter 3: one step of an RNN, forward and back."""

import numpy as np

from .drawing import (
    BLUE,
    BLUE_FILL,
    FAINT,
    GREEN,
    GREEN_FILL,
    ORANGE,
    ORANGE_FILL,
    RED,
    RED_FILL,
    SMALL,
    VIOLET,
    VIOLET_FILL,
    Canvas,
    Drawing,
    Figure,
    plain_axes,
)


def owl_or_cow(words, states):
    """Return a drawing of two units after each word, as bars that start in the middle, to the left if negative."""
    picture = Drawing(10, 1.2 + 0.75 * len(words))
    for x, name in [(4.2, "owl unit"), (7.8, "cow unit")]:
        picture.text(x, 0.4, name, colour=FAINT, size=SMALL)
    for t, (word, state) in enumerate(zip(words, states, strict=True)):
        y = 0.9 + 0.75 * t
        picture.text(2.2, y + 0.3, word, align="right")
        for x, h in zip((4.2, 7.8), state, strict=True):
            picture.two_sided(x, y, h, half=1.6)
    return picture.show(
        """Two units after each word. With owl the owl unit goes to 0.96 and stays above 0.85 while eight
        other words go by, the cow unit as far below 0. The full stop takes both below 0. With cow the cow unit
        goes above 0, and climbs to 0.82 while other words go by.""",
        live="keeper",
    )


def columns_add_up(x, h_prev, Wx, Wh, b):
    """Return a drawing of z as the sums of columns: the inputs stand down the side, each beside its row of weights."""
    picture = Drawing(10, 8.6)
    side, left, right = 1.9, 3.2, 5.7
    picture.text(side + 0.5, 0.4, "input", colour=FAINT, size=SMALL)
    picture.text(left + 1, 0.4, "weights", colour=VIOLET, bold=True)
    for top, name, vector, matrix, colour, fill in [
        (0.8, "x", x, Wx, BLUE, BLUE_FILL),
        (4, "h_prev", h_prev, Wh, ORANGE, ORANGE_FILL),
    ]:
        picture.text(side - 0.2, top + len(matrix) / 2, name, colour=colour, align="right", bold=True)
        picture.array(side, top, vector.T, fills=[fill] * len(matrix))
        picture.array(left, top, matrix, fills=[VIOLET_FILL] * len(matrix))
    picture.text(side + 0.5, 6.7, "b", bold=True)
    picture.array(left, 6.2, b)
    z = (h_prev @ Wh + x @ Wx + b)[0]
    picture.text(side + 0.5, 7.9, "z", colour=GREEN, bold=True)
    picture.array(left, 7.4, z, fills=[GREEN_FILL])
    for j, (top, which) in enumerate([(0.8, "first"), (4.8, "second")]):
        picture.text(right, top + 0.3, f"{which} column", colour=FAINT, align="left", size=SMALL)
        picture.text(right, top + 1, _sum(x[0], Wx[:, j]), colour=BLUE, align="left", size=SMALL)
        picture.text(right, top + 1.7, f"+ {_sum(h_prev[0], Wh[:, j])}", colour=ORANGE, align="left", size=SMALL)
        picture.text(right, top + 2.4, f"+ {b[j]:g} = {z[j]:g}", align="left", size=SMALL)
    return picture.show("""The inputs stand down the side, each beside its row of weights: for the word vector 1
        beside 1 0, 2 beside 0 1 and 3 beside 2 1, for the old state 2 beside 1 2 and 1 beside 3 4. Each column adds
        up, with b, which is 10 20. First column: 1 · 1 + 2 · 0 + 3 · 2 = 7, then 2 · 1 + 1 · 3 = 5, then 10, which is
        22. Second column: 5 + 8 + 20 = 33.""")


def _sum(numbers, weights):
    """Return a sum of products as one writes it."""
    return " + ".join(f"{number:g} · {weight:g}" for number, weight in zip(numbers, weights, strict=True))


def tables_and_rows(x, h_prev, dz, Wx, Wh):
    """Return a drawing of the gradients of one step: two multiplication tables, and two matrices whose rows add up."""
    picture = Drawing(10, 13.2)
    for left, name, matrix_name, vector, matrix, colour, fill in [
        (0.2, "x", "Wx", x, Wx, BLUE, BLUE_FILL),
        (5.4, "h_prev", "Wh", h_prev, Wh, ORANGE, ORANGE_FILL),
    ]:
        rows = len(matrix)
        picture.text(left + 2.3, 0.4, "dz", colour=RED, bold=True)
        picture.array(left + 1.3, 0.8, dz, fills=[RED_FILL])
        picture.text(left + 0.5, 1.5, name, colour=colour, bold=True, size=SMALL)
        picture.array(left, 2.1, vector.T, fills=[fill] * rows)
        picture.array(left + 1.3, 2.1, vector.T @ dz, fills=[RED_FILL] * rows)
        picture.text(left + 2.3, 2.5 + rows, f"d{matrix_name}", colour=RED, bold=True)
        picture.text(left + 1, 6.8, "dz", colour=RED, bold=True)
        picture.array(left, 7.2, dz, fills=[RED_FILL])
        picture.array(left, 8.5, matrix, fills=[VIOLET_FILL] * rows)
        picture.text(left + 1, 8.9 + rows, matrix_name, colour=VIOLET, bold=True)
        picture.arrow((left + 2.1, 8.5 + rows / 2), (left + 2.9, 8.5 + rows / 2), colour=RED)
        picture.text(left + 3.5, 8.1, f"d{name}", colour=RED, bold=True)
        picture.array(left + 3, 8.5, matrix @ dz.T, fills=[RED_FILL] * rows)
    picture.text(5, 12.7, f"each row adds up: {_sum(dz[0], Wh[0])} = {dz[0] @ Wh[0]:g}", colour=FAINT)
    return picture.show("""Above, two multiplication tables with dz, 1 10, along the top. dWx has x, 1 2 3, down the
        side: its rows are 1 10, 2 20 and 3 30. dWh has h_prev, 2 1, down the side: its rows are 2 20 and 1 10. Below,
        dz stands above each matrix of weights, and each row adds up: Wx gives dx, 1, 10 and 12; Wh gives dh_prev, 1 ·
        1 + 10 · 2 = 21 and 1 · 3 + 10 · 4 = 43.""")


def tanh_and_its_slope(small, large):
    """Return a plot of tanh and of its slope; each argument lists points (z, h, slope) on them."""
    plot = Canvas(figsize=(4.4, 3.5), layout="constrained")
    axes = plain_axes(plot, xlabel="z", ylim=(-1.1, 1.15), xticks=range(-2, 11, 2), yticks=[-1, 0, 1])
    grid = np.linspace(-3, 10, 261)
    axes.plot(grid, np.tanh(grid), color=BLUE)
    axes.plot(grid, 1 - np.tanh(grid) ** 2, color=ORANGE)
    axes.text(0, -0.55, "h = tanh z", color=BLUE)
    axes.text(-2.9, 0.6, "slope", color=ORANGE)
    for points, marker in [(small, "o"), (large, "s")]:
        for z, h, slope in points:
            axes.plot([z], [h], marker, color=BLUE)
            axes.plot([z], [slope], marker, color=ORANGE)
    axes.text(9, 0.5, "saturated:\nz = 9", ha="center", va="center")
    axes.axhline(0, color=FAINT, linewidth=0.8)
    digest = "; ".join(f"z {z:.2f} h {h:.3f} slope {slope:.3f}" for z, h, slope in [*small, *large])
    return Figure(
        plot,
        """tanh of z climbs from -1 to 1, and its slope is a bell with its peak of 1 at z = 0. The owl
        unit lies on the bend, with slopes of 0.07 to 0.26, and at the full stop, z = -2.7, of 0.02. The saturated unit,
        z = 9, lies far out where tanh is flat and the slope is 0.""",
        digest,
    )
