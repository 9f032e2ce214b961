"""Figures of chapter 6: probabilities, losses and masks."""

import numpy as np

from .drawing import (
    BLUE,
    BLUE_FILL,
    FAINT,
    GREEN,
    GREEN_FILL,
    INK,
    PAPER,
    RED,
    RED_FILL,
    SMALL,
    Canvas,
    Drawing,
    Figure,
    plain_axes,
    signed,
)

WORDS = ("owls", "see", "cows", ".")


def loss_in_eighths(counts, targets):
    """Return a drawing of six positions: numbers e^x that add up to 8, the target's probability, and its loss."""
    picture = Drawing(10, 9.6)
    for x, head in [(2.75, "$e^x$"), (5.4, "target"), (7.15, "p"), (8.95, "loss")]:
        picture.text(x, 0.4, head, bold=True)
    for v, word in enumerate(WORDS):
        picture.text(1.65 + 0.75 * v, 1.1, word, colour=FAINT, size=SMALL)
    for n in range(2):
        for t in range(3):
            y = 1.6 + 3.4 * n + t
            picture.text(0.1, y + 0.5, f"n={n} t={t}", align="left", colour=FAINT, size=SMALL)
            _write_position(picture, y, counts[n, t], targets[n, t])
    picture.text(5, 8.9, "mean over the 5 that count:  8 · log 2 / 5", colour=GREEN, bold=True)
    return picture.show("""Six positions, each with four numbers e^x that add up to 8. The target picks one of them: 4,
        2, 4 in the first row, 4 and 1 in the second. Divided by 8 it is the probability p of the target, and the loss
        is 1, 2, 1, 1 and 3 times log 2. The sixth position has the target -1 and doesn't count. The mean is 8 log 2
        divided by 5.""")


def _write_position(picture, y, odds, target):
    """Draw one line of the table: the odds, the target, its probability and its loss."""
    kept = target >= 0
    ink = INK if kept else FAINT
    for v in range(4):
        picture.cell(1.27 + 0.75 * v, y, odds[v], width=0.75, colour=ink, fill=BLUE_FILL if v == target else PAPER)
    picture.cell(4.9, y, target, fill=BLUE_FILL if kept else PAPER, colour=ink)
    if kept:
        picture.text(7.15, y + 0.5, f"{odds[target]}/8")
        picture.text(8.95, y + 0.5, f"{3 - int(np.log2(odds[target]))} · log 2")
    else:
        picture.text(8.05, y + 0.5, "doesn't count", colour=FAINT)


def loss_of_a_probability(marked):
    """Return a plot of the loss against the target's probability, with some of them marked by their names."""
    plot = Canvas(figsize=(4.4, 2.9), layout="constrained")
    axes = plain_axes(plot, xlabel="p of the target", ylabel="loss", xlim=(0, 1.02), ylim=(0, 4.6))
    p = np.linspace(0.01, 1, 200)
    axes.plot(p, -np.log(p), color=BLUE, linewidth=2)
    for name, share in [*marked.items(), ("1", 1)]:
        loss = -np.log(share) + 0.0  # 0 and not -0
        axes.plot([share, share, 0], [0, loss, loss], ":", color=FAINT, linewidth=1)
        axes.plot(share, loss, "o", color=BLUE, clip_on=False)
        axes.text(share + 0.02, loss + 0.18, f"{name}: {loss:.2f}", ha="left" if share < 1 else "right")
    losses = ", ".join(f"{-np.log(share):.2f} at {name}" for name, share in marked.items())
    return Figure(
        plot,
        f"""The loss against the probability of the target falls from the left, where it has no limit, to 0 at
        probability 1. It is {losses}.""",
        losses,
    )


def mask_along_rows_or_columns(mask, dx, row):
    """Return a drawing of a mask that removes a row of dx, and of one that, without an axis, removes a column."""
    picture = Drawing(10, 12)
    picture.text(0.1, 0.5, "(3, 4) times (3, 1): one number for each row", align="left", bold=True, colour=GREEN)
    fills = [GREEN_FILL if kept else PAPER for kept in mask]
    arrows = [GREEN if kept else FAINT for kept in mask]
    inks = [INK if kept else FAINT for kept in mask]
    for i in range(3):
        picture.cell(0.1, 1.2 + i, mask[i], fill=fills[i])
        picture.arrow((1.2, 1.7 + i), (2.1, 1.7 + i), colour=arrows[i])
        for v in range(4):
            picture.cell(2.2 + 1.1 * v, 1.2 + i, signed(dx[i, v] * mask[i]), fill=fills[i], width=1.1, colour=inks[i])
    picture.text(0.1, 5.5, "If V were 3", align="left", bold=True)
    picture.text(0.1, 6.3, "(3, 3) times (3,): one number for each column", align="left", bold=True, colour=RED)
    for v in range(3):
        picture.cell(2.2 + 1.1 * v, 7.0, mask[v], fill=fills[v], width=1.1)
        picture.arrow((2.75 + 1.1 * v, 8.1), (2.75 + 1.1 * v, 8.7), colour=arrows[v])
        for i in range(3):
            picture.cell(2.2 + 1.1 * v, 8.8 + i, signed(row[v] * mask[v]), fill=fills[v], width=1.1, colour=inks[v])
    picture.text(7.8, 10, "no error,", colour=RED)
    picture.text(7.8, 10.7, "wrong numbers", colour=RED)
    return picture.show("""Above, the mask 1, 1, 0 stands as a column beside the gradient of three rows: row 0 and row 1
        pass, row 2 becomes zero. Below, as it would be if V were 3: the same mask without the new axis lies above a
        gradient of three columns, it removes column 2 of every row, and NumPy doesn't complain.""")


def scores_shares_slopes(scores, targets, shares, slopes, loss):
    """Return a drawing of two positions: each word's score, its probability, and that minus one-hot, by half."""
    picture, unit = Drawing(10, 14.2), 2.2  # of both kinds of bars, which can so be compared
    for t in range(2):
        top = 0.4 + 6.6 * t
        picture.text(0.1, top, f"position {t}, target {WORDS[targets[t]]}", align="left", bold=True)
        for x, head in [(2, "score"), (3.9, "p"), (7.5, "(p − one-hot) / 2")]:
            picture.text(x, top + 0.8, head, colour=FAINT, size=SMALL)
        for v, (word, p, slope) in enumerate(zip(WORDS, shares[t], slopes[t], strict=True)):
            y = top + 1.7 + 1.1 * v
            picture.text(1.2, y, word, align="right")
            picture.text(2, y, f"{scores[t, v]:.2f}")
            if v == targets[t]:
                picture.cell(2.8, y - 0.5, "", width=unit, edge=BLUE)
            picture.bar(2.8, y - 0.5, unit * p, GREEN_FILL, height=1)
            picture.text(2.9, y, f"{p:.3f}", align="left")
            fill, ink, side, away = (RED_FILL, RED, "right", -0.15) if slope > 0 else (GREEN_FILL, GREEN, "left", 0.15)
            picture.bar(7.5 + min(0, unit * slope), y - 0.5, unit * abs(slope), fill, height=1)
            picture.text(7.5 + away, y, f"{slope:+.4f}".replace("-", "−"), colour=ink, align=side)
    picture.text(5, 13.7, f"loss {loss:.3f}", bold=True)
    return picture.show(
        """For both positions the scores, the probabilities, and half of the probabilities minus one-hot, which are the
        slopes. A frame as long as 1 stands around the probability of each target. At position 0 the target see has
        0.5 and the slope -0.25; at position 1 the target . has 0.125 and the slope -0.4375. All other slopes are
        positive, half of the probabilities, so at each position the slopes add up to 0. The loss is 1.386.""",
        live="logits",
    )


def losses_with_and_without_mask(losses):
    """Return a plot of the loss of the kept positions over 60 updates, one curve for each of two ways to learn."""
    plot = Canvas(figsize=(4.4, 2.9), layout="constrained")
    axes = plain_axes(plot, xlabel="update (the first 60)", ylabel="loss of the kept positions", ylim=(0.9, 1.75))
    for (name, curve), colour, y in zip(losses.items(), [GREEN, RED], [1.17, 1.66], strict=True):
        axes.plot(curve[:60], color=colour, linewidth=2)
        axes.text(59, y, name, color=colour, ha="right", va="center")
    axes.axhline(1.055, color=FAINT, linewidth=1, linestyle="--")
    axes.text(0, 1.045, "best possible", color=FAINT, va="top", ha="left")
    digest = " ".join(f"{name}: {curve[0]:.2f} {curve[5]:.2f} {curve[59]:.2f}" for name, curve in losses.items())
    return Figure(
        plot,
        """Both curves start at 1.386, which is log 4. With the mask the loss falls towards the best
        possible, 1.055, and stands at 1.11 after 60 updates. Without it the loss dips for a few updates, then rises and
        stays above where it started.""",
        digest,
    )
