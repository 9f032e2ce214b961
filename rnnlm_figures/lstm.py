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

COLUMNS = (0.65, 3.15, 5.65, 8.15)  # the middles of o, f, i and g where a step goes back

OPENING = {  # measured by benchmarks/parade.py: epochs → right sounds in % and the most open gate, of five seeds
    0: ([13, 13, 12, 12, 12], [0.60, 0.60, 0.66, 0.72, 0.62]),
    1: ([12, 13, 13, 13, 12], [0.95, 0.86, 0.92, 0.95, 0.95]),
    2: ([13, 15, 14, 17, 14], [0.95, 0.90, 0.91, 0.95, 0.96]),
    5: ([27, 22, 60, 38, 34], [0.95, 0.98, 0.97, 0.99, 0.96]),
    10: ([94, 97, 93, 69, 91], [0.99, 0.99, 0.98, 0.99, 0.98]),
    20: ([98, 98, 99, 99, 99], [0.99, 0.99, 0.98, 0.99, 0.99]),
}


def lstm_cell():
    """Return a drawing of one LSTM step: the cell state along the top, and the gates that let in and let out."""
    picture = Drawing(10, 10.6)
    _draw_cell_state(picture, "c", "c")
    _draw_gates(picture, "f", "i", "g", "o", "h")
    for x, y, question, align in [
        (2.4, 4.6, "keep?", "right"),
        (4.8, 4.0, "add?", "right"),
        (7.9, 4.75, "show?", "left"),
    ]:
        picture.text(x, y, question, align=align, size=SMALL)
    _draw_inputs(picture, "h before", "x")
    return picture.show("""The cell state c runs straight along the top from left to right. On its way it is multiplied
        by the forget gate f, and the product of the input gate i and the candidate g is added. The new c, through tanh
        and times the output gate o, is the new hidden state h. All four of o, f, i, g are computed from the input x and
        the last h.""")


def lstm_cell_with_numbers(x, h_prev, c_prev, tanh_c, gates):
    """Return the drawing of one LSTM step with a number in each place; `gates` are the values of o, f, i and g."""
    o, f, i, g = gates
    kept, added = f * c_prev, i * g
    picture = Drawing(10, 10.6)
    _draw_cell_state(picture, _number(c_prev), _number(kept + added))
    _draw_gates(picture, *map(_number, (f, i, g, o, o * tanh_c)))
    for left, letter in [(2.35, "f"), (4.1, "i"), (6.75, "g"), (8.45, "o")]:
        picture.text(left, 5.7, letter)
    for left, y, number in [(4.2, 1.6, kept), (5.55, 3.0, added), (7.35, 2.95, tanh_c)]:
        picture.text(left, y, _number(number), align="center" if y < 2 else "left", colour=GREEN, size=SMALL)
    _draw_inputs(picture, f"h = {_number(h_prev)}", f"x = {_number(x)}")
    return picture.show(f"""From the old h, {_number(h_prev)}, and x, {_number(x)}, come the gates f, {_number(f)}, i,
        {_number(i)}, and o, {_number(o)}, and the candidate g, {_number(g)}. Along the top, c, {_number(c_prev)}, times
        f is {_number(kept)}. To that i times g, {_number(added)}, is added, so the new c is {_number(kept + added)}.
        Its tanh, {_number(tanh_c)}, times o is the new h, {_number(o * tanh_c)}.""")


def _draw_cell_state(picture, before, after):
    picture.text(0.8, 1.0, "c before", colour=GREEN, size=SMALL)
    picture.cell(0.3, 1.5, before, fill=GREEN_FILL)
    picture.arrow((1.3, 2), (2.5, 2), colour=GREEN)
    picture.cell(2.6, 1.5, "×")
    picture.arrow((3.6, 2), (4.8, 2), colour=GREEN)
    picture.cell(4.9, 1.5, "+")
    picture.arrow((5.9, 2), (8.6, 2), colour=GREEN)
    picture.cell(8.7, 1.5, after, fill=GREEN_FILL)
    picture.text(9.2, 1.0, "c after", colour=GREEN, size=SMALL)


def _draw_gates(picture, f, i, g, o, h):
    picture.cell(2.6, 5.2, f, edge=INK)
    picture.arrow((3.1, 5.2), (3.1, 2.6))
    picture.cell(4.9, 3.4, "×")
    picture.arrow((5.4, 3.4), (5.4, 2.6))
    picture.cell(4.3, 5.2, i, edge=INK)
    picture.cell(5.5, 5.2, g, edge=INK)
    picture.arrow((4.8, 5.2), (5.2, 4.5))
    picture.arrow((6.0, 5.2), (5.6, 4.5))
    picture.text(6.7, 2.55, "tanh", size=SMALL)
    picture.arrow((7.2, 2.0), (7.2, 3.3))
    picture.cell(6.7, 3.4, "×")
    picture.cell(7.2, 5.2, o, edge=INK)
    picture.arrow((7.6, 5.2), (7.3, 4.5))
    picture.arrow((7.7, 3.9), (8.6, 3.9))
    picture.cell(8.7, 3.4, h, fill=ORANGE_FILL)
    picture.text(9.2, 3.05, "h after", colour=ORANGE, size=SMALL)


def _draw_inputs(picture, h, x):
    for end in (3.1, 4.8, 6.0, 7.7):
        picture.arrow((5.1, 8.1), (end, 6.3), colour=FAINT)
    picture.cell(3.8, 8.2, h, fill=ORANGE_FILL, width=2)
    picture.cell(5.8, 8.2, x, fill=BLUE_FILL, width=1.4)
    picture.text(5, 9.9, "each gate sees the input and the last h", colour=FAINT)


def half_open_gates():
    """Return a drawing of c and h after each word with all gates at 0.5, and of the gradient, its bars logarithmic."""
    words = ["the", "owl", "in", "the", "wood", "hoots", ".", "the", "cow", "by", "the", "river"]
    cs = [0.0]
    for g in (0.4, 0.9, -0.3, 0.4, 0.5, -0.4, 0.1, 0.4, -0.9, 0.3, 0.4, -0.5):
        cs.append(0.5 * cs[-1] + 0.5 * g)
    cs = cs[1:]
    hs = 0.5 * np.tanh(cs)
    reach = 0.5 * (1 - np.tanh(cs[-1]) ** 2) * 0.5 ** np.arange(len(cs) - 1, -1, -1)
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
    picture = Drawing(10, 16.3)
    _draw_hidden_state_back(picture, dh, slope_h)
    _draw_cell_state_back(picture, [dc * f, dc, dc_later], f)
    columns = {  # where the way down begins, where its label is, the gradient that comes, its factor, the slope, Wh
        "o": ((0.65, 2.1), (0.85, 4.9, "left"), dh, (tanh_c, "tanh c"), (o * (1 - o), "o (1 − o)"), Wh[0]),
        "f": ((5.35, 4.3), (3.8, 5.35, "right"), dc, (c_prev, "c_prev"), (f * (1 - f), "f (1 − f)"), Wh[1]),
        "i": ((5.65, 4.3), (5.85, 6.2, "left"), dc, (g, "g"), (i * (1 - i), "i (1 − i)"), Wh[2]),
        "g": ((5.95, 4.3), (8.0, 6.2, "left"), dc, (i, "i"), (1 - g**2, "1 − g²"), Wh[3]),
    }
    told, dh_prev = [], 0
    for (name, (start, label, came, factor, slope, weight)), x in zip(columns.items(), COLUMNS, strict=True):
        gradient, dz = came * factor[0], came * factor[0] * slope[0]
        dh_prev += dz * weight
        picture.arrow(start, (x, 7.4), colour=RED)
        _write_factor(picture, *label[:2], *factor, align=label[2])
        _draw_gradient(picture, x, 7.5, gradient)
        picture.text(x + 0.65, 8.0, f"d{name}", colour=RED, align="left")
        picture.arrow((x, 8.6), (x, 10.2), colour=RED)
        _write_factor(picture, x + 0.2, 9.1, *slope)
        _draw_gradient(picture, x, 10.3, dz)
        picture.text(x + 0.65, 10.8, f"dz_{name}", colour=RED, align="left", size=SMALL)
        picture.text(x + 0.2, 11.9, f"× {_number(weight)}", colour=VIOLET, align="left", size=SMALL)
        picture.text(x + 0.2, 12.45, f"= {_number(dz * weight)}", colour=RED, align="left", size=SMALL)
        told.append(
            f"""d{name} is {_number(came)} times {factor[1]}, {_number(factor[0])}, which is {_number(gradient)};
            times the slope {slope[1]}, {_number(slope[0])}, it is dz_{name}, {_number(dz)}; times its weight in Wh,
            {_number(weight)}, that is {_number(dz * weight)}."""
        )
    _draw_sum_of_gates(picture, dh_prev)
    return picture.show(f"""From the right, {_number(dc_later)} comes back along the cell state. dh, at the upper left,
        {_number(dh)}, times o (1 − tanh² c), {_number(slope_h)}, is {_number(dh * slope_h)}, which joins it at a plus,
        so dc is {_number(dc)}. dc times f, {_number(f)}, goes on to the left: dc_prev, {_number(dc * f)}. One arrow
        leads down from dh, to do, and three from dc, to df, di and dg. {" ".join(told)} The sum of the four is dh_prev,
        at the lower left: {_number(dh_prev)}.""")


def _draw_hidden_state_back(picture, dh, slope):
    _draw_gradient(picture, 0.65, 1.0, dh, edge=ORANGE)
    picture.text(0.65, 0.6, "dh", colour=ORANGE)
    picture.arrow((1.3, 1.5), (6.75, 1.5), colour=ORANGE)
    picture.text(4.0, 1.1, f"× {_number(slope)}", size=SMALL)
    picture.text(4.0, 1.9, "o (1 − tanh² c)", colour=FAINT, size=SMALL)
    _draw_gradient(picture, 7.4, 1.0, dh * slope, edge=ORANGE)
    picture.arrow((7.4, 2.1), (7.4, 3.1), colour=ORANGE)


def _draw_cell_state_back(picture, numbers, f):
    for x, number, name in zip((3.15, 5.65, 9.3), numbers, ("dc_prev", "dc", "dc_later"), strict=True):
        _draw_gradient(picture, x, 3.2, number, edge=GREEN)
        picture.text(x, 2.8, name, colour=GREEN)
    picture.cell(6.9, 3.2, "+", edge=GREEN)
    picture.arrow((8.7, 3.7), (8.0, 3.7), colour=GREEN)
    picture.arrow((6.85, 3.7), (6.3, 3.7), colour=GREEN)
    picture.arrow((5.05, 3.7), (3.8, 3.7), colour=GREEN)
    _write_factor(picture, 4.4, 2.7, f, "f", align="center")


def _draw_sum_of_gates(picture, dh_prev):
    first, *others = COLUMNS
    for x in others:
        picture.axes.plot([x, x], [11.4, 13.7], color=RED, linewidth=1.3)
    picture.axes.plot([first + 1, others[-1]], [13.7, 13.7], color=RED, linewidth=1.3)
    picture.arrow((first + 1, 13.7), (first + 0.6, 13.7), colour=RED)
    picture.arrow((first, 11.4), (first, 13.1), colour=RED)
    picture.cell(first - 0.5, 13.2, "+", edge=ORANGE)
    picture.arrow((first, 14.3), (first, 15.0), colour=ORANGE)
    _draw_gradient(picture, first, 15.1, dh_prev, edge=ORANGE)
    picture.text(first + 0.65, 15.6, "dh_prev", colour=ORANGE, align="left")
    picture.text(first + 2.7, 14.2, "the sum of the four, dz @ Wh.T", colour=VIOLET, align="left", size=SMALL)


def two_steps_back(from_above, dh_later, dc_later, slope, f, dh_prev):
    """Return a drawing of what steps t and t - 1 hand back: along the hidden state, and along the cell state.

    Parameters
    ----------
    from_above, dh_later, dc_later : float
        What comes from above at each step, and from the step after t.
    slope, f, dh_prev : float
        o (1 - tanh² c) and the forget gate of step t, and what it hands back to the last h.
    """
    picture, dh = Drawing(11.2, 9), from_above + dh_later
    through = dh * slope
    dc = dc_later + through
    _draw_step_back(picture, 5.55, "t", from_above, (dh_later, dc_later), (_number(dh), _number(dc)))
    _draw_step_back(picture, 0.6, "t − 1", from_above, (dh_prev, dc * f), (_number(from_above + dh_prev), "dc"))
    picture.text(7.9, 4.6, f"× {_number(slope)}", align="left")
    picture.text(7.9, 5.15, f"= {_number(through)}", align="left")
    picture.text(5.5, 4.7, "@ Wh.T", colour=VIOLET, align="right")
    picture.text(3.3, 5.75, "o (1 − tanh² c)", colour=FAINT, align="left")
    picture.text(5.97, 8.4, f"× f = {_number(f)}", colour=GREEN)
    for x, y, name, colour in [
        (10.55, 2.0, "dh", ORANGE),
        (5.1, 2.0, "dh_prev", ORANGE),
        (10.3, 6.6, "dc_later", GREEN),
        (5.1, 6.6, "dc_prev", GREEN),
    ]:
        picture.text(x, y, name, colour=colour)
    return picture.show(f"""Step t on the right, step t minus 1 on the left, and two lines from right to left. On the
        upper one, that of h, {_number(dh_later)} comes back to step t, and {_number(from_above)} from above is added:
        dh is {_number(dh)}. On the lower one, that of c, {_number(dc_later)} comes back, and {_number(through)} from dh
        is added: dc is {_number(dc)}. dc times f, {_number(f)}, is {_number(dc * f)}, which goes straight to step t
        minus 1. dh makes block o of dz, dc blocks f, i and g,
        and dz @ Wh.T is {_number(dh_prev)}, to which step t minus 1 adds its
        {_number(from_above)} from above: {_number(from_above + dh_prev)}.""")


def _draw_step_back(picture, left, name, from_above, came, sums):
    """Draw a step whose dh and dc come from the right, each into a plus."""
    picture.text(left + 1.25, 0.5, f"step {name}", bold=True)
    picture.text(left + 3.1, 1.2, f"dhs[:, {name}]: {_number(from_above)}", colour=ORANGE)
    picture.arrow((left + 3.1, 1.5), (left + 3.1, 2.3), colour=ORANGE)
    for y, colour, number, total in zip((2.4, 7.0), (ORANGE, GREEN), came, sums, strict=True):
        _draw_gradient(picture, left + 4.5, y, number, edge=colour)
        picture.arrow((left + 3.9, y + 0.5), (left + 3.55, y + 0.5), colour=colour)
        picture.cell(left + 2.7, y, "+", width=0.8, edge=colour)
        picture.arrow((left + 2.65, y + 0.5), (left + 1.8, y + 0.5), colour=colour)
        picture.cell(left + 0.75, y, total, fill=RED_FILL, edge=colour)
    picture.arrow((left + 1.45, 3.4), (left + 2.9, 6.9), colour=ORANGE)
    picture.cell(left + 0.35, 4.7, "dz", width=0.8, fill=RED_FILL, edge=RED)
    picture.arrow((left + 0.95, 3.4), (left + 0.8, 4.6), colour=RED)
    picture.arrow((left + 0.95, 7.0), (left + 0.8, 5.8), colour=RED)
    picture.text(left + 1.05, 3.95, "o", align="left")
    picture.text(left + 1.05, 6.4, "f, i, g", align="left")
    picture.arrow((left + 0.35, 4.9), (left - 0.25, 3.5), colour=ORANGE)
    picture.arrow((left + 0.7, 7.5), (left + 0.15, 7.5), colour=GREEN)


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
        given=expected_curve(
            range(60),
            reaches,
            asked="LSTM, f = 0.98",
            names=["RNN", "f = 0.5", "f = 0.98", "c alone"],
            axes=("steps back", "size of the gradient"),
            powers=(-12, 3),
        ),
    )


def gates_and_sounds():
    """Return a plot of `OPENING`: how open the most open gate is, and below it how many sounds are right, by epoch."""
    plot = Canvas(figsize=(4.4, 4.4), layout="constrained")
    above, below = plot.subplots(2, 1, sharex=True)
    sounds, gates = map(np.array, zip(*OPENING.values(), strict=True))  # (6, 5), an epoch in each row
    for axes, seeds, colour in [(above, gates, GREEN), (below, sounds, INK)]:
        axes.plot(seeds, color=colour, linewidth=1.3, marker="o", markersize=4)
        axes.spines[["top", "right"]].set_visible(False)
    above.set(ylabel="f of the most open gate", ylim=(0.5, 1.02))
    below.set(ylabel="right sounds, %", xlabel="epochs", ylim=(0, 102))
    below.set_xticks(range(len(OPENING)), OPENING)
    below.axhline(12.5, color=FAINT, linewidth=1, linestyle="--")
    below.text(5, 17, "guessing", color=FAINT, ha="right", va="bottom")
    told = [
        f"after {epochs}, {min(f):.2f} to {max(f):.2f}, and {min(right)} to {max(right)} % right"
        for epochs, (right, f) in OPENING.items()
    ]
    return Figure(
        plot,
        f"""Above, f of the most open forget gate, below, the share of right sounds, both against the epochs, for
        five LSTMs. {"; ".join(told)}. The gate opens in the first epoch, the sounds come right from the fifth on.""",
        "; ".join(told),
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
