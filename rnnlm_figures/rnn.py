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
        """Two units after each word. With owl the owl unit goes to 0.96 and stays above 0.86 while
        other words go by, the cow unit as far below 0. The full stop takes both below 0. With cow the cow unit
        goes above 0, and climbs to 0.82 while other words go by.""",
        live="keeper",
    )


def one_step(x, h_prev, Wx, Wh, b):
    """Return a drawing of what adds up to z: the word vector times Wx, the old state times Wh, and b."""
    right = 6.9
    picture = Drawing(10, 12.8)
    rows = [(1, "x", x, "Wx", Wx, BLUE, BLUE_FILL), (6.2, "h_prev", h_prev, "Wh", Wh, ORANGE, ORANGE_FILL)]
    for top, name, vector, matrix_name, matrix, colour, fill in rows:
        middle = top + (len(matrix) - 1) / 2
        picture.text(1.5, middle - 0.45, name, colour=colour, bold=True)
        picture.array(0.1, middle, vector, fills=[fill], width=2.8 / vector.shape[1])
        picture.text(3.25, middle + 0.5, "@")
        picture.text(4.65, top - 0.45, matrix_name, colour=VIOLET, bold=True)
        picture.array(3.6, top, matrix, fills=[VIOLET_FILL] * len(matrix), width=0.7)
        picture.text(6.3, middle + 0.5, "=")
        picture.array(right, middle, vector @ matrix, fills=[fill], width=0.95)
    picture.text(6.3, 10.1, "b", bold=True)
    picture.array(right, 9.6, b, width=0.95)
    picture.text(8.33, 4.85, "+", size=12)
    picture.text(8.33, 8.9, "+", size=12)
    picture.text(6.3, 12.1, "z", colour=GREEN, bold=True)
    picture.text(3.2, 12.1, "each column adds up", colour=FAINT)
    picture.text(8.33, 11.1, "=", size=12)
    picture.array(right, 11.6, h_prev @ Wh + x @ Wx + b, fills=[GREEN_FILL], width=0.95)
    return picture.show("""The word vector 4 5 6 7 times Wx, all ones, is 22 22 22. The old state 9 9 9 times Wh, all
        ones, is 27 27 27. With b, which is 3 3 3, the columns add up to z, which is 52 52 52.""")


def three_steps_down(xs, Wx, Wh, b):
    """Return a drawing of the states after three steps, each with its sum, down the page."""
    picture = Drawing(10, 9.9)
    state = np.zeros(len(Wh))
    left = 6.9
    picture.text(8.3, 0.4, "state", colour=ORANGE, bold=True)
    picture.text(1.5, 2.95, "word vector", colour=BLUE, bold=True)
    picture.array(left, 0.9, state, fills=[ORANGE_FILL], width=0.95)
    for t in range(3):
        y = 2.7 + 2.7 * t
        from_x, from_h = xs[t].sum(), state.sum()
        state = xs[t] @ Wx + state @ Wh + b
        picture.array(0.1, y + 0.7, xs[t], fills=[BLUE_FILL], width=0.7)
        picture.arrow((2.95, y + 1.2), (6.8, y + 1.2), colour=BLUE)
        picture.arrow((left + 1.4, y - 0.75), (left + 1.4, y + 0.65), colour=ORANGE)
        picture.text(4.85, y + 0.75, f"{from_x:g} + {from_h:g} + 3 = {state[0]:g}", size=SMALL)
        picture.array(left, y + 0.7, state, fills=[ORANGE_FILL], width=0.95)
    return picture.show("""The state starts at 0 0 0. Step 0 reads 0 1 2 3, whose sum is 6: 6 + 0 + 3 = 9. Step 1 reads
        4 5 6 7, sum 22, and the old state's sum is 27: 22 + 27 + 3 = 52. Step 2 reads 8 9 10 11, sum 38, and the old
        state's sum is 156: 38 + 156 + 3 = 197.""")


def outer_products(x, h_prev, dz, Wx, Wh):
    """Return a drawing of the gradients of one step: two multiplication tables, and two sums of dz."""
    picture = Drawing(10, 11.6)
    for left, name, vector, product, colour, fill in [
        (0.2, "x", x, "dWx", BLUE, BLUE_FILL),
        (5.5, "h_prev", h_prev, "dWh", ORANGE, ORANGE_FILL),
    ]:
        picture.text(left + 2.65, 0.4, "dz", colour=RED, bold=True)
        picture.array(left + 1.3, 0.8, dz, fills=[RED_FILL], width=0.9)
        picture.text(left + 0.5, 1.6, name, colour=colour, bold=True, size=SMALL)
        picture.array(left, 2.1, vector.T, fills=[fill] * vector.shape[1])
        picture.array(left + 1.3, 2.1, vector.T @ dz, fills=[RED_FILL] * vector.shape[1], width=0.9)
        picture.text(left + 2.65, 2.5 + vector.shape[1], product, colour=RED, bold=True)
    for y, name, matrix in [(7.4, "dx", Wx), (9.4, "dh_prev", Wh)]:
        back = dz @ matrix.T
        picture.text(2.7, y + 0.5, f"{name},  each", colour=RED, bold=True, align="right")
        picture.text(4.5, y + 0.5, "11 + 11 + 11")
        picture.text(6.1, y + 0.5, "=")
        picture.array(6.5, y, back, fills=[RED_FILL], width=3.4 / back.shape[1])
    picture.text(5, 11, "all weights are 1, so going back adds up dz", colour=FAINT)
    return picture.show("""Two multiplication tables. dWx has x, 4 5 6 7, down the side and dz, 11 11 11, along the top:
        its rows are 44, 55, 66, 77. dWh has h_prev, 9 9 9, down the side: every entry is 99. Below, dx and dh_prev:
        each of their numbers is 11 + 11 + 11 = 33.""")


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
        """tanh of z climbs from -1 to 1, and its slope is a bell with its peak of 1 at z = 0. The three
        steps of the small weights lie on the bend, with slopes from 0.82 down to 0.05; the first step of the large
        weights, z = 9, lies far out where tanh is flat and the slope is 0.""",
        digest,
    )
