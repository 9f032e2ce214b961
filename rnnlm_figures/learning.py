"""Figures of the two pages that show learning happen: one dial, and one training step."""

import itertools

import numpy as np

from .drawing import (
    BLUE,
    BLUE_FILL,
    FAINT,
    GREEN,
    GREEN_FILL,
    INK,
    ORANGE,
    ORANGE_FILL,
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


def one_dial(w, x, wanted):
    """Return a drawing of a machine that multiplies its input by one number, and of the loss of what it says."""
    said = w * x
    picture = Drawing(10, 4.4)
    picture.cell(0.2, 1.2, x, fill=BLUE_FILL)
    picture.arrow((1.25, 1.7), (2.25, 1.7), colour=BLUE)
    picture.cell(2.3, 1.2, f"× {w}", fill=ORANGE_FILL, width=1.6, edge=INK)
    picture.text(3.1, 0.6, "the dial", colour=ORANGE, bold=True)
    picture.arrow((3.95, 1.7), (4.95, 1.7))
    picture.cell(5, 1.2, said)
    picture.text(5.5, 0.6, "it says")
    picture.cell(8.2, 1.2, wanted, fill=GREEN_FILL)
    picture.text(8.7, 0.6, "you want", colour=GREEN)
    picture.arrow((5.5, 2.25), (6.3, 3.2))
    picture.arrow((8.7, 2.25), (7.9, 3.2), colour=GREEN)
    picture.text(7.1, 3.7, f"loss:  ({said} − {wanted})² = {(said - wanted) ** 2}", bold=True)
    return picture.show(f"""The number {x} goes into a box that says times {w}, and {said} comes out. You want {wanted}.
        The loss is the square of the difference, {(said - wanted) ** 2}.""")


def two_ways(factors, slopes):
    """Return a drawing of one number that reaches the loss along two ways, and what comes back along each."""
    picture = Drawing(10, 4.6)
    picture.cell(0.2, 1.8, "w", fill=ORANGE_FILL, edge=INK)
    picture.cell(8.5, 1.8, "loss", width=1.3, edge=INK)
    for y, bend, factor, slope in zip((0.3, 3.3), (0.5, -0.5), factors, slopes, strict=True):
        picture.cell(3.9, y, "w" if factor == 1 else f"{factor} w", width=1.3)
        picture.arrow((1.25, 2.3 - bend), (3.85, y + 0.5))
        picture.arrow((5.25, y + 0.5), (8.45, 2.3 - bend))
        picture.text(2.2, y + 0.5 + 0.35 * bend, f"× {factor}", colour=RED)
        picture.text(7.2, y + 0.5 + 0.35 * bend, f"slope {slope}", colour=RED)
    return picture.show(f"""w is used twice: the first output is {factors[0]} times w, the second {factors[1]} times w.
        At the first the loss has the slope {slopes[0]}, at the second {slopes[1]}.""")


def bowl(loss, slope, path):
    """Return a plot of the loss against the one weight: the slope at the start, and the first steps down."""
    plot = Canvas(figsize=(4.4, 3.8), layout="constrained")
    axes = plain_axes(plot, xlabel="w", ylabel="loss", xlim=(0.3, 4.2), ylim=(-1, 20), yticks=[0, 4, 8, 12, 16, 20])
    weights = np.linspace(0.4, 4.2, 60)
    axes.plot(weights, loss(weights), color=FAINT)
    start = path[0]
    nearby = np.array([start - 0.2, start + 0.45])
    axes.plot(nearby, loss(start) + slope(start) * (nearby - start), color=RED, linewidth=2)
    axes.text(start + 0.35, loss(start) - 8.5, f"slope {slope(start):g}".replace("-", "−"), color=RED, ha="right")
    for w, following in itertools.pairwise(path):
        axes.annotate(
            "",
            (following, loss(following)),
            (w, loss(w)),
            arrowprops={"arrowstyle": "-|>", "color": BLUE, "connectionstyle": "arc3,rad=-0.3"},
        )
    axes.plot(path, [loss(w) for w in path], "o", color=BLUE)
    for w in path[:-1]:
        axes.text(w - 0.1, loss(w) - 0.7, f"{loss(w):g}", color=BLUE, ha="right", va="center")
    digest = "; ".join(f"w {w:g} loss {loss(w):g}" for w in path)
    losses = ", ".join(f"{loss(w):g}" for w in path)
    return Figure(
        plot,
        f"""The loss against w is a bowl whose lowest point, 0, lies at w = 3. A tangent at the first
        point has the slope {slope(start):g}. Arrows lead from there from one point to the next: the losses are
        {losses}.""",
        digest,
        live="dial",
        given=path,
    )


def landscape(path):
    """Return a map of the loss (2w + b - 6)² over w and b: lines of equal loss, and the first steps across them."""
    plot = Canvas(figsize=(4.4, 3.8), layout="constrained")
    axes = plain_axes(plot, xlabel="w", ylabel="b", xlim=(0, 5), ylim=(-1, 3), xticks=range(6), yticks=range(-1, 4))
    axes.set_aspect("equal")
    b = np.array([-1, 3])
    for error in range(-6, 7):
        axes.plot((6 + error - b) / 2, b, color=FAINT if error else GREEN, linewidth=1 if error else 3)
        if error <= 0:
            name = f"{error**2}" if error else "loss 0"
            axes.text((6.7 + error) / 2, -0.7, name, color=INK, ha="center", va="center", backgroundcolor=PAPER)
    axes.plot(*zip(*path, strict=True), "o-", color=BLUE, linewidth=2)
    digest = "; ".join(f"w {w:g} b {b:g} loss {(2 * w + b - 6) ** 2:g}" for w, b in path)
    return Figure(
        plot,
        """A map with w to the right and b upwards. The places of equal loss are parallel straight lines, and in their
        middle the loss is 0, all along the line from w = 3.5, b = -1 to w = 1.5, b = 3. The path begins at w = 1, b = 0
        and goes straight across the lines to that one.""",
        digest,
        live="landscape",
    )


STEP_LEFTS = (0.95, 4.2, 7.45)  # of the three steps that a drawing shows side by side
STEP_WORDS = ("one", "owl", "hoots", "and")  # by their ids


def step_forward(ids, vectors, states, odds, targets):
    """Return a drawing of three steps from ids to probabilities: one number a state, the table in sixteenths."""
    picture = Drawing(10, 13)
    names = [(11.9, "id", INK), (9.7, "16 x", BLUE), (7.1, "h", ORANGE), (4.5, "$e^y$", INK), (2.2, "p", GREEN)]
    for y, name, colour in names:
        picture.text(0.1, y, name, colour=colour, bold=True, align="left", size=SMALL)
    for t, left in enumerate(STEP_LEFTS):
        middle = left + 1.2
        picture.cell(middle - 0.5, 11.4, ids[t])
        picture.text(middle - 0.65, 11.9, STEP_WORDS[ids[t]], align="right")
        picture.arrow((middle, 11.35), (middle, 10.25), colour=BLUE)
        picture.array(left, 9.2, 16 * vectors[t], fills=[BLUE_FILL], width=0.6)
        picture.arrow((middle, 9.15), (middle, 7.65), colour=BLUE)
        picture.text(middle + 0.6, 8.4, f"+ {ids[t]}", colour=BLUE)
        picture.cell(middle - 0.5, 6.6, f"{states[t, 0]:g}", fill=ORANGE_FILL)
        picture.arrow((middle, 6.55), (middle, 5.75))
        fills = [[GREEN_FILL if v == targets[t] else PAPER for v in range(7)]]
        picture.array(middle - 1.3, 4, odds[t].round(6), fills=fills, width=0.37)
        for v in range(7):
            picture.text(middle - 1.11 + 0.37 * v, 5.4, v, colour=FAINT, size=SMALL)
        picture.arrow((middle, 3.95), (middle, 2.75), colour=GREEN)
        picture.text(middle, 2.2, f"{odds[t, targets[t]]:.0f}/{odds[t].sum():.0f}", colour=GREEN, bold=True)
        picture.text(middle, 1.4, f"for {STEP_WORDS[targets[t]]}, word {targets[t]}", size=SMALL)
        picture.text(middle, 0.4, f"step {t}", colour=FAINT)
        picture.arrow((left - 1.5 if t else 1, 7.1), (left + 0.65, 7.1), colour=ORANGE)
    return picture.show("""Three steps side by side. The ids 0, 1, 2 of one, owl, hoots pick the rows 0 1 2 3,
        4 5 6 7 and 8 9 10 11, in sixteenths. These add 0, 1 and 2 to the state from the left, so the states are
        0, 1, 3. The seven e^y are all 1, except that word 3 has 1, 2 and 8. The targets 1, 2, 3, which are owl, hoots,
        and, get 1 of 7, 1 of 8 and 8 of 14.""")


def step_backward(column, above, down):
    """Return a drawing of three steps back through time, from the gradient of the scores of word 3, in 168ths.

    The other two arguments are in the unit u, log 2 / 168.
    """
    dz = down[:, 0].round()
    picture = Drawing(10, 10.2)
    picture.text(0.45, 3.4, "above", colour=RED, bold=True, size=SMALL)
    picture.text(0.1, 0.4, "slopes of the scores of “and”", colour=RED, bold=True, align="left", size=SMALL)
    picture.text(0.45, 8.5, "dx / u", colour=RED, bold=True, size=SMALL)
    for t, left in enumerate(STEP_LEFTS):
        middle = left + 1.2
        picture.text(middle, 9.7, f"step {t}: {STEP_WORDS[t]}", colour=FAINT)
        picture.text(middle, 1.3, f"{signed(column[t])}/168", colour=RED)
        picture.arrow((middle, 1.7), (middle, 2.8), colour=RED)
        picture.text(middle + 0.15, 2.2, "· log 2", colour=RED, size=SMALL, align="left")
        picture.cell(middle - 0.7, 2.9, f"{signed(above[t, 0])} u", fill=RED_FILL, width=1.4)
        picture.arrow((middle, 4), (middle, 5.3), colour=RED)
        picture.cell(left + 0.1, 5.4, f"dz = {signed(dz[t])} u", fill=RED_FILL, width=2.2, edge=INK)
        picture.arrow((middle, 6.5), (middle, 7.9), colour=RED)
        for d in range(4):
            picture.cell(left + 0.6 * d, 8, "", fill=RED_FILL, width=0.6)
            picture.text(left + 0.3 + 0.6 * d, 8.5, signed(down[t, d]), size=SMALL)
        if t < 2:
            picture.arrow((STEP_LEFTS[t + 1] + 0.05, 5.9), (left + 2.35, 5.9), colour=RED)
            picture.text(left + 2.78, 5.4, f"{signed(dz[t + 1])} u", colour=RED, size=SMALL)
    first, arrive, end = (", ".join(signed(x) for x in values) for values in (column, above[:, 0], dz))
    return picture.show(f"""The gradients of the scores of the word and are {first}, in 168ths. Times log 2 they are
        what the states of the steps 0, 1, 2 receive from above: {arrive}, in units of u. Step 2 passes what
        it has to step 1, and step 1 to step 0. With that the three steps have {end}. Each number of a word vector gets
        what its step has.""")


def step_made(before, after, targets):
    """Return a drawing of three steps before and after all numbers have moved: states, shares and bars for these.

    Both are pairs of states, (1, 3, 1), and scores, (1, 3, 7).
    """
    picture = Drawing(10, 6.6)
    for y, name, colour in [(1.5, "h", ORANGE), (2.6, "$e^y$", INK), (3.7, "sum", INK), (4.8, "p", GREEN)]:
        picture.text(0.1, y, name, colour=colour, bold=True, align="left", size=SMALL)
    told = []
    for t, left in enumerate(STEP_LEFTS):
        middle = left + 1.2
        (h, exps), (new_h, new_exps) = ((states[0, t, 0], np.exp(scores[0, t])) for states, scores in (before, after))
        odds, new_odds = exps[targets[t]], new_exps[targets[t]]
        p, new_p = odds / exps.sum(), new_odds / new_exps.sum()
        picture.text(middle, 0.5, f"step {t}: {STEP_WORDS[targets[t]]}", colour=FAINT, size=SMALL)
        for y, old, new in [(1.5, h, new_h), (2.6, odds, new_odds), (3.7, exps.sum(), new_exps.sum())]:
            picture.text(middle, y, f"{old:.3g} → {new:.2f}".replace("-", "−"), size=SMALL)
        shown = f"{odds:.0f}/{exps.sum():.0f} → {new_p:.3f}"
        told.append(shown.replace("→", "becomes"))
        picture.text(middle, 4.8, shown, colour=GREEN, bold=True, size=SMALL)
        picture.bar(left, 5.4, 2.4 * p, FAINT, height=0.35)
        picture.bar(left, 5.85, 2.4 * new_p, GREEN, height=0.35)
    return picture.show(
        f"""The probabilities of the three right words, owl, hoots, and, before the step and after it:
        {", ".join(told)}. Bars show them again, the old one above the new one, which is longer each time."""
    )


def loss_over_steps(losses, guess):
    """Return a plot of the loss after each training step, beside that of a guess among equals."""
    plot = Canvas(figsize=(4.4, 3), layout="constrained")
    axes = plain_axes(plot, xlabel="training steps", ylabel="loss", xlim=(-0.5, len(losses) - 0.5), ylim=(0, 2.15))
    axes.axhline(guess, color=FAINT, linestyle="--", linewidth=1)
    axes.text(len(losses) - 1, guess + 0.03, f"guessing among 7: {guess:.2f}", color=FAINT, ha="right", va="bottom")
    axes.plot(losses, "o-", color=BLUE, markersize=3)
    axes.text(1.2, losses[0], f"{losses[0]:.2f}", color=BLUE, va="center")
    axes.text(len(losses) - 1, losses[-1] + 0.06, f"{losses[-1]:.2f}", color=BLUE, ha="center", va="bottom")
    digest = " ".join(f"{loss:.2f}" for loss in losses[::5])
    return Figure(
        plot,
        f"""The loss starts at {losses[0]:.2f}, below the {guess:.2f} of a guess among 7 words, and
        falls at each of {len(losses) - 1} steps, to {losses[-1]:.2f}.""",
        digest,
        live="step",
    )
