"""Figures of the LSTM: the line along which it keeps a value, and what comes of it."""

import numpy as np

from .drawing import (
    BLUE_FILL,
    FAINT,
    GREEN,
    GREEN_FILL,
    INK,
    ORANGE,
    ORANGE_FILL,
    RED,
    RED_FILL,
    SMALL,
    Canvas,
    Drawing,
    Figure,
    expected_curve,
    plain_axes,
)


def lstm_cell():
    """Return a drawing of one LSTM step: the cell state along the top, and the gates that let in and let out."""
    picture = Drawing(10, 10.6)
    _draw_cell_state(picture)
    _draw_gates(picture)
    for x in (3.1, 4.8, 6.0, 7.7):
        picture.arrow((5.1, 8.1), (x, 6.3), colour=FAINT)
    picture.cell(3.8, 8.2, "h before", fill=ORANGE_FILL, width=2)
    picture.cell(5.8, 8.2, "x", fill=BLUE_FILL)
    picture.text(5, 9.9, "each gate sees the input and the last h", colour=FAINT)
    return picture.show("""The cell state c runs straight along the top from left to right. On its way it is multiplied
        by the forget gate f, and the product of the input gate i and the candidate g is added. The new c, through tanh
        and times the output gate o, is the new hidden state h. All four of f, i, g, o are computed from the input x and
        the last h.""")


def _draw_cell_state(picture):
    picture.text(0.8, 1.0, "c before", colour=GREEN, size=SMALL)
    picture.cell(0.3, 1.5, "c", fill=GREEN_FILL)
    picture.arrow((1.3, 2), (2.5, 2), colour=GREEN)
    picture.cell(2.6, 1.5, "×")
    picture.arrow((3.6, 2), (4.8, 2), colour=GREEN)
    picture.cell(4.9, 1.5, "+")
    picture.arrow((5.9, 2), (8.6, 2), colour=GREEN)
    picture.cell(8.7, 1.5, "c", fill=GREEN_FILL)
    picture.text(9.2, 1.0, "c after", colour=GREEN, size=SMALL)


def _draw_gates(picture):
    picture.cell(2.6, 5.2, "f", edge=INK)
    picture.arrow((3.1, 5.2), (3.1, 2.6))
    picture.text(2.4, 4.6, "keep?", align="right", size=SMALL)
    picture.cell(4.9, 3.4, "×")
    picture.arrow((5.4, 3.4), (5.4, 2.6))
    picture.cell(4.3, 5.2, "i", edge=INK)
    picture.cell(5.5, 5.2, "g", edge=INK)
    picture.arrow((4.8, 5.2), (5.2, 4.5))
    picture.arrow((6.0, 5.2), (5.6, 4.5))
    picture.text(4.8, 4.0, "add?", align="right", size=SMALL)
    picture.text(6.7, 2.55, "tanh", size=SMALL)
    picture.arrow((7.2, 2.0), (7.2, 3.3))
    picture.cell(6.7, 3.4, "×")
    picture.cell(7.2, 5.2, "o", edge=INK)
    picture.arrow((7.6, 5.2), (7.3, 4.5))
    picture.text(7.9, 4.75, "show?", align="left", size=SMALL)
    picture.arrow((7.7, 3.9), (8.6, 3.9))
    picture.cell(8.7, 3.4, "h", fill=ORANGE_FILL)
    picture.text(9.2, 3.05, "h after", colour=ORANGE, size=SMALL)


def half_open_gates(words, cs, hs, reach):
    """Return a drawing of c and h after each word, and of the gradient, whose bars are logarithmic."""
    picture = Drawing(10, 1.2 + 0.75 * len(words))
    places = {"c": 3.9, "h": 6.2, "gradient": 8.5}
    for name, x in places.items():
        picture.text(x, 0.4, name, colour=FAINT, size=SMALL)
    for t, word in enumerate(words):
        y = 0.9 + 0.75 * t
        picture.text(2.2, y + 0.3, word, align="right")
        for x, value in zip((3.9, 6.2), (cs[t], hs[t]), strict=True):
            picture.two_sided(x, y, value, half=1)
        picture.bar(7.5, y, 2 * (1 + np.log10(reach[t]) / 6), RED_FILL, height=0.6)  # empty below a millionth
        picture.text(8.5, y + 0.3, f"{reach[t]:.4f}", size=SMALL)
    return picture.show(
        f"""One unit of an LSTM whose three gates are 0.5 at every word. After owl c is {cs[1]:.2f}, and
        then it goes up and down with the other words. The gradient is {reach[-1]:.2f} after the last word, and halves
        with each word before it, down to {reach[0]:.4f}.""",
        live="gates",
    )


def step_back_with_numbers(dh, dc_later, c_prev, tanh_c, gates):
    """Return a drawing of the gradients of one LSTM step: along the top those of the cell state, down to the gates."""
    o, f, i, g = gates
    through_h = dh * o * (1 - tanh_c**2)
    dc = dc_later + through_h
    picture = Drawing(10, 8.2)
    _draw_cell_state_back(picture, [dc * f, dc, dc_later], f)
    picture.cell(8.7, 3.4, f"{dh:g}", fill=RED_FILL)
    picture.text(9.2, 3.05, "dh", colour=RED, size=SMALL)
    picture.arrow((8.6, 3.9), (8.0, 3.9))
    picture.text(7.9, 3.9, f"{through_h:.2f}", align="right")
    picture.arrow((7.0, 3.4), (6.5, 2.6))
    columns = [
        ((2.9, 2.6), 2.1, "f", dc * c_prev, f * (1 - f)),
        ((5.6, 2.6), 4.0, "i", dc * g, i * (1 - i)),
        ((5.8, 2.6), 5.9, "g", dc * i, 1 - g**2),
        ((9.2, 4.5), 8.6, "o", dh * tanh_c, o * (1 - o)),
    ]
    for start, x, name, gradient, slope in columns:
        picture.arrow(start, (x + 0.4, 5.3), colour=RED)
        picture.text(x + 0.4, 5.6, f"d{name} = {gradient:g}", colour=RED, size=SMALL)
        picture.text(x + 0.4, 6.2, f"× {slope:.4g}", colour=FAINT, size=SMALL)
        picture.cell(x - 0.25, 6.6, f"{gradient * slope:.4g}", fill=RED_FILL, width=1.3)
        picture.text(x + 0.4, 7.9, f"dz of {name}", size=SMALL)
    return picture.show(f"""From the right, {dc_later:g} comes back along the cell state. From dh, which is {dh:g},
        {through_h:.2f} joins it, so dc is {dc:.2f}; times f, which is {f:g}, {dc * f:.2f} goes on to the left. Down go
        df, di and dg from dc, and do from dh, each times the slope of its gate.""")


def _draw_cell_state_back(picture, numbers, f):
    for x, number, name in zip((0.2, 5.2, 8.7), numbers, ("dc before", "dc", "dc later"), strict=True):
        picture.cell(x, 1.5, f"{number:.2f}", fill=RED_FILL, width=1.1)
        picture.text(x + 0.55, 1.0, name, colour=RED, size=SMALL)
    picture.arrow((8.6, 2), (6.4, 2), colour=RED)
    picture.arrow((5.1, 2), (3.6, 2), colour=RED)
    picture.cell(2.3, 1.5, f"× {f:g}", width=1.2)
    picture.arrow((2.2, 2), (1.4, 2), colour=RED)


def gradients_by_distance(reaches):
    """Return a plot of the size of the gradient against the steps back: three layers, and the last's line alone."""
    plot = Canvas(figsize=(4.4, 3.6), layout="constrained")
    axes = plain_axes(plot, yscale="log", xlabel="steps back", ylabel="gradient, relative to the last step")
    for sizes, colour, style in zip(reaches.values(), [ORANGE, RED, GREEN, GREEN], ["-", "-", "-", ":"], strict=True):
        axes.plot(sizes, color=colour, linewidth=2, linestyle=style)
    rnn, forgets, keeps, line = reaches.values()
    axes.text(59, 2 * keeps[59], "LSTM, f = 0.98", color=GREEN, ha="right", va="bottom")
    axes.text(59, line[59] / 3, "its line alone", color=GREEN, ha="right", va="top")
    axes.text(36, 6 * rnn[36], "RNN", color=ORANGE, ha="left", va="bottom")
    axes.text(30, forgets[34] / 3, "LSTM, f = 0.5", color=RED, ha="right", va="top")
    return Figure(
        plot,
        f"""The size of the gradient on a logarithmic axis against the steps back, from 0 to 59. For the
        RNN and for the LSTM with f = 0.5 it falls as a straight line, that is, exponentially. For the LSTM with f =
        0.98 it dips to {min(keeps):.2f}, climbs after ten steps and ends at {keeps[59]:.2f}; its line alone falls
        slowly, to {line[59]:.2f}.""",
        " ".join(f"{name}: {sizes[10]:.0e} {sizes[50]:.0e}" for name, sizes in reaches.items()),
        live="sketch",
        given=expected_curve(range(60), reaches, "LSTM, f = 0.98", ("steps back", "size of the gradient"), (-12, 2)),
    )


def losses_of_recall(recall):
    """Return a plot of the loss over 300 updates, as means of ten, one curve for each recurrent layer."""
    plot = Canvas(figsize=(4.4, 3.4), layout="constrained")
    axes = plain_axes(plot, xlabel="update", ylabel="loss", ylim=(0, 2.8))
    for losses, colour in zip(recall.values(), [ORANGE, RED, GREEN], strict=True):
        axes.plot(np.arange(9, 300), np.convolve(losses, np.full(10, 0.1), mode="valid"), color=colour, linewidth=1.6)
    axes.axhline(np.log(8), color=FAINT, linewidth=1, linestyle="--")
    axes.text(300, 2.02, "guessing, log 8", color=FAINT, ha="right", va="top")
    axes.text(150, 2.2, "RNN and LSTM, f = 0.5", color=ORANGE, ha="left", va="bottom")
    axes.text(90, 0.75, "LSTM, f = 0.98", color=GREEN, ha="left", va="bottom")
    ends = [f"{name} {'knows it' if np.mean(losses[-50:]) < 0.25 else 'guesses'}" for name, losses in recall.items()]
    return Figure(
        plot,
        f"""Loss against updates, 0 to 300, of three networks; guessing has {np.log(8):.2f}. In the last 50 updates:
        {"; ".join(ends)}.""",
        f"guessing {np.log(8):.2f}; " + "; ".join(ends),
    )
