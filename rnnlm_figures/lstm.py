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
    VIOLET,
    Canvas,
    Drawing,
    Figure,
    expected_curve,
    plain_axes,
)

COLUMNS = (0.65, 3.15, 5.65, 8.15)  # the middles of f, i, g and o where a step goes back


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


def step_back_with_numbers(dh, dc_later, c_prev, tanh_c, gates, Wh=(2, 0, -2, 2)):
    """Return a drawing of the gradients of one LSTM step: along the top those of the cell state, down to the gates.

    Parameters
    ----------
    dh, dc_later, c_prev, tanh_c : float
    gates, Wh : sequence of four numbers
        The values of o, f, i and g, and the weights with which these see the last h.
    """
    o, f, i, g = gates
    slope_h = o * (1 - tanh_c**2)
    dc = dc_later + dh * slope_h
    picture = Drawing(10, 15.4)
    _draw_cell_state_back(picture, [dc * f, dc, dc_later], f)
    _draw_hidden_state_back(picture, dh, slope_h)
    columns = {  # where the way down begins, where its label is, the gradient that comes, its factor, the slope, Wh
        "f": ((2.85, 2.6), (1.55, 4, "right"), dc, (c_prev, "c_prev"), (f * (1 - f), "f (1 − f)"), Wh[1]),
        "i": ((3.15, 2.6), (3.35, 5.25, "left"), dc, (g, "g"), (i * (1 - i), "i (1 − i)"), Wh[2]),
        "g": ((3.45, 2.6), (5.45, 5.25, "left"), dc, (i, "i"), (1 - g**2, "1 − g²"), Wh[3]),
        "o": ((8.15, 4.3), (8.35, 5.25, "left"), dh, (tanh_c, "tanh c"), (o * (1 - o), "o (1 − o)"), Wh[0]),
    }
    told, dh_prev = [], 0
    for (name, (start, label, came, factor, slope, weight)), x in zip(columns.items(), COLUMNS, strict=True):
        gradient, dz = came * factor[0], came * factor[0] * slope[0]
        dh_prev += dz * weight
        picture.arrow(start, (x, 6.5), colour=RED)
        _write_factor(picture, *label[:2], *factor, align=label[2])
        _draw_gradient(picture, x, 6.6, gradient)
        picture.text(x + 0.65, 7.1, f"d{name}", colour=RED, align="left")
        picture.arrow((x, 7.7), (x, 9.3), colour=RED)
        _write_factor(picture, x + 0.2, 8.2, *slope)
        _draw_gradient(picture, x, 9.4, dz)
        picture.text(x + 0.65, 9.9, f"dz_{name}", colour=RED, align="left", size=SMALL)
        picture.text(x + 0.2, 11, f"× {_number(weight)}", colour=VIOLET, align="left", size=SMALL)
        picture.text(x + 0.2, 11.55, f"= {_number(dz * weight)}", colour=RED, align="left", size=SMALL)
        told.append(
            f"""d{name} is {_number(came)} times {factor[1]}, {_number(factor[0])}, which is {_number(gradient)};
            times the slope {slope[1]}, {_number(slope[0])}, it is dz_{name}, {_number(dz)}; times its weight in Wh,
            {_number(weight)}, that is {_number(dz * weight)}."""
        )
    _draw_sum_of_gates(picture, dh_prev)
    return picture.show(f"""From the right, {_number(dc_later)} comes back along the cell state. dh, {_number(dh)},
        times o (1 − tanh² c), {_number(slope_h)}, is {_number(dh * slope_h)}, which joins it at a plus, so dc is
        {_number(dc)}. dc times f, {_number(f)}, goes on to the left: dc_prev, {_number(dc * f)}. Three arrows lead down
        from dc, to df, di and dg, and one from dh, to do. {" ".join(told)} The sum of the four is dh_prev, at the lower
        left: {_number(dh_prev)}.""")


def _draw_cell_state_back(picture, numbers, f):
    for x, number, name in zip((0.65, 3.15, 8.15), numbers, ("dc_prev", "dc", "dc_later"), strict=True):
        _draw_gradient(picture, x, 1.5, number, edge=GREEN)
        picture.text(x, 1.1, name, colour=GREEN)
    picture.cell(5.15, 1.5, "+", edge=GREEN)
    picture.arrow((7.5, 2), (6.25, 2), colour=GREEN)
    picture.arrow((5.05, 2), (3.8, 2), colour=GREEN)
    picture.arrow((2.5, 2), (1.3, 2), colour=GREEN)
    _write_factor(picture, 1.9, 1.0, f, "f", align="center")


def _draw_hidden_state_back(picture, dh, slope):
    _draw_gradient(picture, 8.15, 3.2, dh, edge=ORANGE)
    picture.text(8.8, 3.7, "dh", colour=ORANGE, align="left")
    picture.arrow((7.5, 3.7), (6.3, 3.7), colour=ORANGE)
    picture.text(6.9, 3.3, f"× {_number(slope)}", size=SMALL)
    picture.text(6.9, 4.5, "o (1 − tanh² c)", colour=FAINT, size=SMALL)
    _draw_gradient(picture, 5.65, 3.2, dh * slope, edge=ORANGE)
    picture.arrow((5.65, 3.1), (5.65, 2.6), colour=ORANGE)


def _draw_sum_of_gates(picture, dh_prev):
    first, *others = COLUMNS
    for x in others:
        picture.axes.plot([x, x], [10.5, 12.8], color=RED, linewidth=1.3)
    picture.axes.plot([first + 1, others[-1]], [12.8, 12.8], color=RED, linewidth=1.3)
    picture.arrow((first + 1, 12.8), (first + 0.6, 12.8), colour=RED)
    picture.arrow((first, 10.5), (first, 12.2), colour=RED)
    picture.cell(first - 0.5, 12.3, "+", edge=ORANGE)
    picture.arrow((first, 13.4), (first, 14.1), colour=ORANGE)
    _draw_gradient(picture, first, 14.2, dh_prev, edge=ORANGE)
    picture.text(first + 0.65, 14.7, "dh_prev", colour=ORANGE, align="left")
    picture.text(first + 2.7, 13.3, "the sum of the four, dz @ Wh.T", colour=VIOLET, align="left", size=SMALL)


def _draw_gradient(picture, x, y, value, edge=RED):
    picture.cell(x - 0.55, y, _number(value), fill=RED_FILL, width=1.1, edge=edge)


def _write_factor(picture, x, y, value, meaning, align="left"):
    picture.text(x, y, f"× {_number(value)}", align=align, size=SMALL)
    picture.text(x, y + 0.55, meaning, colour=FAINT, align=align, size=SMALL)


def _number(value):
    return f"{value:.4g}".replace("-", "−")


def gradients_by_distance(reaches):
    """Return a plot of the size of the gradient against the steps back: three layers, and the last's line alone."""
    plot = Canvas(figsize=(4.4, 3.6), layout="constrained")
    axes = plain_axes(plot, yscale="log", xlabel="steps back", ylabel="gradient, relative to the last step")
    for sizes, colour, style in zip(reaches.values(), [ORANGE, RED, GREEN, GREEN], ["-", "-", "-", ":"], strict=True):
        axes.plot(sizes, color=colour, linewidth=2, linestyle=style)
    rnn, forgets, keeps, line = reaches.values()
    axes.text(59, 2 * keeps[59], "LSTM, f = 0.98", color=GREEN, ha="right", va="bottom")
    axes.text(59, line[59] / 3, "along c alone", color=GREEN, ha="right", va="top")
    axes.text(36, 6 * rnn[36], "RNN", color=ORANGE, ha="left", va="bottom")
    axes.text(30, forgets[34] / 3, "LSTM, f = 0.5", color=RED, ha="right", va="top")
    return Figure(
        plot,
        f"""The size of the gradient on a logarithmic axis against the steps back, from 0 to 59. For the
        RNN and for the LSTM with f = 0.5 it falls as a straight line, that is, exponentially. For the LSTM with f =
        0.98 it dips to {min(keeps):.2f}, climbs after ten steps and ends at {keeps[59]:.2f}; along c alone it falls
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
    axes.text(150, 2.42, "RNN", color=ORANGE, ha="left", va="bottom")
    axes.text(150, 2.22, "LSTM, f = 0.5", color=RED, ha="left", va="bottom")
    axes.text(90, 0.75, "LSTM, f = 0.98", color=GREEN, ha="left", va="bottom")
    ends = [f"{name} {'knows it' if np.mean(losses[-50:]) < 0.25 else 'guesses'}" for name, losses in recall.items()]
    return Figure(
        plot,
        f"""Loss against updates, 0 to 300, of three networks; guessing has {np.log(8):.2f}. In the last 50 updates:
        {"; ".join(ends)}.""",
        f"guessing {np.log(8):.2f}; " + "; ".join(ends),
    )
