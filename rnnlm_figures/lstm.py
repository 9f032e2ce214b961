"""Figures of the LSTM: the line along which it keeps a value, and what comes of it."""
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
    Canvas,
    Drawing,
    Figure,
    plain_axes,
)


def lstm_cell():
    """Return a drawing of one LSTM step: the cell state along the top, and the gates that let in and let out."""
    picture = Drawing(10, 10.6)
    _draw_cell_state(picture)
    _draw_gates(picture)
    for x in (3.1, 4.8, 6.0, 7.7):
        picture.arrow((5.1, 8.1), (x, 6.3), colour=FAINT)
    picture.cell(3.8, 8.2, "h before", fill=BLUE_FILL, width=2)
    picture.cell(5.8, 8.2, "x", fill=BLUE_FILL)
    picture.text(5, 9.9, "each gate sees the input and the last h", colour=FAINT)
    return picture.show("""The cell state c runs straight along the top from left to right. On its way it is multiplied
        by the forget gate f, and the product of the input gate i and the candidate g is added. The new c, through tanh
        and times the output gate o, is the new hidden state h. All four of f, i, g, o are computed from the input x and
        the last h.""")


def _draw_cell_state(picture):
    picture.text(0.8, 1.0, "c before", colour=GREEN, size=9)
    picture.cell(0.3, 1.5, "c", fill=GREEN_FILL)
    picture.arrow((1.3, 2), (2.5, 2), colour=GREEN)
    picture.cell(2.6, 1.5, "×")
    picture.arrow((3.6, 2), (4.8, 2), colour=GREEN)
    picture.cell(4.9, 1.5, "+")
    picture.arrow((5.9, 2), (8.6, 2), colour=GREEN)
    picture.cell(8.7, 1.5, "c", fill=GREEN_FILL)
    picture.text(9.2, 1.0, "c after", colour=GREEN, size=9)


def _draw_gates(picture):
    picture.cell(2.6, 5.2, "f", fill=ORANGE_FILL)
    picture.arrow((3.1, 5.2), (3.1, 2.6), colour=ORANGE)
    picture.text(2.4, 4.6, "keep?", colour=ORANGE, align="right", size=9)
    picture.cell(4.9, 3.4, "×")
    picture.arrow((5.4, 3.4), (5.4, 2.6))
    picture.cell(4.3, 5.2, "i", fill=ORANGE_FILL)
    picture.cell(5.5, 5.2, "g", fill=BLUE_FILL)
    picture.arrow((4.8, 5.2), (5.2, 4.5), colour=ORANGE)
    picture.arrow((6.0, 5.2), (5.6, 4.5), colour=BLUE)
    picture.text(4.8, 4.0, "add?", colour=ORANGE, align="right", size=9)
    picture.text(6.7, 2.55, "tanh", size=9)
    picture.arrow((7.2, 2.0), (7.2, 3.3))
    picture.cell(6.7, 3.4, "×")
    picture.cell(7.2, 5.2, "o", fill=ORANGE_FILL)
    picture.arrow((7.6, 5.2), (7.3, 4.5), colour=ORANGE)
    picture.text(7.9, 4.75, "show?", colour=ORANGE, align="left", size=9)
    picture.arrow((7.7, 3.9), (8.6, 3.9))
    picture.cell(8.7, 3.4, "h", fill=BLUE_FILL)
    picture.text(9.2, 3.05, "h after", colour=BLUE, size=9)


def gradients_by_distance(reaches):
    """Return a plot of the size of the gradient against the steps back, one curve for each recurrent layer."""
    plot = Canvas(figsize=(4.4, 3.6), layout="constrained")
    axes = plain_axes(plot, yscale="log", xlabel="steps back", ylabel="gradient, relative to the last step")
    for sizes, colour in zip(reaches.values(), [ORANGE, RED, GREEN], strict=True):
        axes.plot(sizes, color=colour, linewidth=2)
    rnn, forgets, keeps = reaches.values()
    axes.text(59, 2 * keeps[59], "LSTM, f = 0.98", color=GREEN, ha="right", va="bottom")
    axes.text(36, 6 * rnn[36], "RNN", color=ORANGE, ha="left", va="bottom")
    axes.text(30, forgets[34] / 3, "LSTM, f = 0.5", color=RED, ha="right", va="top")
    return Figure(plot, f"""The size of the gradient on a logarithmic axis against the steps back, from 0 to 59. For the
        RNN and for the LSTM with f = 0.5 it falls as a straight line, that is, exponentially; for the LSTM with f =
        0.98 it dips to {min(keeps):.2f} and ends at {keeps[59]:.2f}.""",
                  " ".join(f"{name}: {sizes[10]:.0e} {sizes[50]:.0e}" for name, sizes in reaches.items()))


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
    return Figure(plot, """Loss against updates, 0 to 300. The RNN and the LSTM with f = 0.5 stay at guessing, 2.08. The
        LSTM with f = 0.98 falls to nearly zero.""", "guessing 2.08")
