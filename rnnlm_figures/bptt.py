"""Figures of chapter 5: gradients on their way back through time."""

import math

import numpy as np
from matplotlib.patches import Arc, Rectangle

from .drawing import (
    BLUE,
    FAINT,
    GREEN,
    INK,
    ORANGE,
    RED,
    RED_FILL,
    SMALL,
    VIOLET,
    VIOLET_FILL,
    Canvas,
    Drawing,
    Figure,
    expected_curve,
    plain_axes,
)


def three_paths(from_above):
    """Return a drawing of the paths on which a linear cell, times 3 at each step, sends gradients back to its start."""
    lefts = [0.2, 2.85, 5.5, 8.15]  # of the state before the window, and of the steps
    places = ["before", "step 0", "step 1", "step 2"]
    picture = Drawing(10, 10.9)
    for left, place in zip(lefts, places, strict=True):
        picture.text(left + 0.7, 0.4, place, colour=FAINT)
    for s, dy in enumerate(from_above):
        y, carried = 2.4 + 2.6 * s, [dy * 3 ** (s + 1 - place) for place in range(s + 2)]
        picture.text(lefts[s + 1] + 0.7, y - 1.35, dy, colour=RED, bold=True)
        picture.arrow((lefts[s + 1] + 0.7, y - 1), (lefts[s + 1] + 0.7, y - 0.05), colour=RED)
        picture.cell(lefts[s + 1], y, carried[-1], fill=RED_FILL, width=1.4)
        for place, gradient in enumerate(carried[:-1]):
            picture.cell(lefts[place], y, gradient, fill=RED_FILL, width=1.4)
            picture.arrow((lefts[place + 1] - 0.05, y + 0.5), (lefts[place] + 1.45, y + 0.5), colour=RED)
            picture.text(lefts[place] + 2.05, y + 0.05, "× 3", colour=RED, size=SMALL)
    total = sum(dy * 3**s for s, dy in enumerate(from_above))
    picture.cell(lefts[0], 9.6, 3 * total, fill=RED_FILL, width=1.4, edge=INK)
    picture.cell(lefts[1], 9.6, total, fill=RED_FILL, width=1.4, edge=INK)
    picture.text(lefts[2], 10.1, "the sums", colour=RED, bold=True, align="left")
    return picture.show("""Three paths lead back to the state of step 0. The 1 from above step 0 arrives as it is: 1.
        The 2 from above step 1 passes one step and is tripled: 6. The 3 from above step 2 passes two steps and is
        tripled twice: 27. Together they are 34. One step further, before the window, they are 3, 18 and 81, together
        102.""")


def difference_errors(steps, errors):
    """Return a plot of the errors of two difference quotients against epsilon."""
    plot = Canvas(figsize=(4.4, 3.4), layout="constrained")
    axes = plain_axes(plot, xlabel="epsilon", ylabel="error")
    styles = {"one-sided": ("s-", ORANGE, 3e-5, 1e-3), "central": ("o-", BLUE, 3e-3, 1e-9)}
    for name, (style, colour, x, y) in styles.items():
        axes.loglog(steps, errors[name], style, color=colour)
        axes.text(x, y, name, color=colour, ha="center")
    digest = "; ".join(
        f"epsilon {steps[i]:.0e}: " + ", ".join(f"{name} {errors[name][i]:.0e}" for name in errors) for i in range(4)
    )
    return Figure(
        plot,
        """The error of a difference against epsilon, both on logarithmic axes. Read from right to left,
        the one-sided error falls in step with epsilon, the central one twice as fast, down to about 1e-10 or less near
        epsilon = 1e-5. Then both rise again with rounding.""",
        digest,
    )


def two_steps_as_a_graph():
    """Return a drawing of the operations of two RNN steps, and of the one Wh that both of them use."""
    picture = Drawing(10, 8)
    for t in range(2):
        left = 1.15 + 4.45 * t
        for x, label, width in [(left, "@", 0.8), (left + 1.35, "+", 0.8), (left + 2.7, "tanh", 1.2)]:
            picture.cell(x, 3.6, label, width=width, edge=INK)
        picture.arrow((left - 0.5, 4.1), (left - 0.05, 4.1), colour=ORANGE)
        picture.arrow((left + 0.85, 4.1), (left + 1.3, 4.1))
        picture.arrow((left + 2.2, 4.1), (left + 2.65, 4.1))
        picture.text(left + 1.75, 2.0, f"$x_{t}\\, W_x + b$", colour=BLUE)
        picture.arrow((left + 1.75, 2.4), (left + 1.75, 3.55), colour=BLUE)
        picture.arrow((left + 3.3, 3.55), (left + 3.3, 1.1), colour=ORANGE)
        picture.text(left + 3.3, 0.7, f"$h_{t}$", colour=ORANGE)
        picture.arrow((4.4 + 1.2 * t, 6.5), (left + 0.4, 4.65), colour=VIOLET)
    picture.text(0.7, 3.5, "$h_{-1}$", colour=ORANGE)
    picture.arrow((9.52, 4.1), (9.98, 4.1), colour=ORANGE)
    picture.cell(4.3, 6.5, "Wh", fill=VIOLET_FILL, width=1.4, edge=INK)
    return picture.show("""The operations of two steps, in a row: times Wh, plus x Wx + b, tanh, and again times Wh,
        plus, tanh. The state h of step 0 leaves tanh in two
        directions, up as an output and on to the next product. Wh stands
        once below the row, and two arrows lead from it, one to each product.""")


def gradient_lengths(steps, lengths):
    """Return a plot of the length of a gradient against the steps that it went back, one curve for each radius."""
    plot = Canvas(figsize=(4.4, 3.6), layout="constrained")
    axes = plain_axes(plot, xlabel="steps back", ylabel="length of the gradient", xlim=(0, 112))
    for (radius, norms), colour in zip(lengths.items(), [RED, ORANGE, INK, BLUE, GREEN], strict=True):
        axes.semilogy(steps, norms, color=colour)
        axes.text(102, norms[-1], f"{radius}", color=colour, va="center")
    axes.set_yticks([1e-30, 1e-20, 1e-10, 1, 1e10])
    digest = "; ".join(
        f"radius {radius}: " + " ".join(f"{math.log10(norm):.1f}" for norm in norms[::3])
        for radius, norms in lengths.items()
    )
    curves = {f"radius {radius}": norms for radius, norms in lengths.items()}
    return Figure(
        plot,
        """The length of a gradient in the linear cell against the number of steps back, on a
        logarithmic axis, is nearly a straight line for each spectral radius: up for 1.5 and 1.1, nearly level for 1,
        down for 0.9 and 0.5.""",
        digest,
        live="sketch",
        given=expected_curve(
            steps,
            curves,
            asked="radius 0.9",
            names=[str(radius) for radius in lengths],
            axes=("steps back", "length of the gradient"),
            powers=(-12, 12),
        ),
    )


def lengths_by_radius(radii, lengths):
    """Return a plot of the length of a gradient after 50 steps against the radius, for the linear cell and for tanh."""
    plot = Canvas(figsize=(4.4, 3.2), layout="constrained")
    axes = plain_axes(plot, xlabel="spectral radius of Wh", ylabel="length after 50 steps back")
    for name, colour, x, y in [("linear", ORANGE, 1.2, 1e6), ("tanh", BLUE, 1.3, 1e-5)]:
        axes.semilogy(radii, lengths[name], "o-", color=colour)
        axes.text(x, y, name, color=colour, ha="center")
    axes.axhline(1, color=FAINT, linewidth=0.8)
    axes.set_yticks([1e-15, 1e-10, 1e-5, 1, 1e5])
    digest = "; ".join(
        f"{name}: " + " ".join(f"{math.log10(norm):.1f}" for norm in norms) for name, norms in lengths.items()
    )
    return Figure(
        plot,
        """The length of a gradient after 50 steps back against the radius, on a logarithmic axis. The
        linear cell rises steeply and passes 1 a little above radius 1. The tanh cell lies below it and passes 1 only
        near 1.4.""",
        digest,
    )


def two_basins(states, slopes):
    """Return two plots over the steps: the states from several starts, and the derivative along the way of one."""
    plot = Canvas(figsize=(4.4, 4.8), layout="constrained")
    above, below = plot.subplots(2, sharex=True, height_ratios=[3, 2])
    for axes in (above, below):
        axes.spines[["top", "right"]].set_visible(False)
    for start, way in states.items():
        above.plot(way, color=BLUE if start > 0 else ORANGE, linewidth=1.4)
    above.set(ylabel="state", yticks=[-0.86, 0, 0.86], yticklabels=["−0.86", "0", "0.86"], ylim=(-1.2, 1.2))
    above.text(50, 0.98, "started above 0", color=BLUE, ha="right")
    above.text(50, -1.1, "started below 0", color=ORANGE, ha="right")
    below.semilogy(slopes, color=GREEN)
    below.set(xlabel="step", ylabel="derivative", yticks=[1, 1e-10, 1e-20])
    digest = "; ".join(f"from {start:g}: {way[-1]:.2f}" for start, way in states.items())
    return Figure(
        plot,
        """Above, the states of one unit over 50 steps, from several starts: from each start above 0 the
        state is at 0.86 within ten steps or so and stays there, from each below 0 at −0.86. Below, on a logarithmic
        axis, the derivative of the state in its start: it falls in a straight line to 4e-20.""",
        f"{digest}; derivative {slopes[-1]:.0e}",
    )


def influence_as_arcs(rho, T, window=None):
    """Return an arc for each path back through time, the weaker the paler, and below them the gradients.

    With a window no path crosses its edges, which are dashed.
    """
    k = window or T
    picture = Drawing(10, 7.2)
    for edge in range(k, T, k):
        picture.axes.plot([0.4 + 0.8 * edge] * 2, [0.3, 6.3], "--", color=FAINT, linewidth=1)
    for start in range(T):
        for end in range(start - start % k, start):
            middle, wide = 0.8 + 0.4 * (start + end), 0.8 * (start - end)
            picture.axes.add_patch(
                Arc(
                    (middle, 4.2),
                    wide,
                    0.88 * wide,
                    theta1=180,
                    theta2=360,
                    color=BLUE,
                    linewidth=1.2,
                    alpha=rho ** (start - end),
                )
            )
    arriving = [sum(rho**n for n in range(min(T, t - t % k + k) - t)) for t in range(T)]
    for t, gradient in enumerate(arriving):
        picture.axes.plot(0.8 + 0.8 * t, 4.2, "o", color=INK, markersize=4)
        height = 1.7 * gradient / arriving[0]
        picture.axes.add_patch(Rectangle((0.55 + 0.8 * t, 6.3 - height), 0.5, height, color=RED))
        picture.text(0.8 + 0.8 * t, 6.7, f"{gradient:.1f}", size=SMALL)
    if window:
        alt = f"""{T} steps in windows of {k}. Arcs lead from each step back to the earlier ones of its window, and none
            to another. Below, bars for the gradient at each step, which begin anew in each window:
            {arriving[-1]:g} at its last step, {arriving[0]:.1f} at its first."""
    else:
        alt = f"""{T} steps in a row. Arcs lead from each step back to all earlier ones, and the longer they
            are, the paler. Below, bars for the gradient at each step: {arriving[-1]:g} at the last, growing to
            {arriving[0]:.1f} at the first and nearly level there."""
    return picture.show(alt, live="influence windows" if window else "influence paths")


def clipped_arrows():
    """Return a plot of what two ways of clipping make of the gradient (1.4, 4.8), which leaves the plot above."""
    plot = Canvas(figsize=(4.4, 4), layout="constrained")
    axes = plain_axes(
        plot,
        xlabel="first gradient",
        ylabel="second gradient",
        xlim=(0, 1.75),
        ylim=(0, 1.5),
        aspect="equal",
        xticks=[0, 0.5, 1, 1.5],
        yticks=[0, 0.5, 1, 1.5],
    )
    axes.plot([0, 1.5 * 1.4 / 4.8], [0, 1.5], "--", color=FAINT)
    axes.text(0.5, 1.4, "before: on to (1.4, 4.8)", color=FAINT)
    for (x, y), colour, width in [((1, 1), RED, 2), ((0.28, 0.96), BLUE, 2.5)]:
        arrow = {
            "arrowstyle": "-|>",
            "color": colour,
            "linewidth": width,
            "shrinkA": 0,
            "shrinkB": 0,
            "mutation_scale": 16,
        }
        axes.annotate("", (x, y), (0, 0), arrowprops=arrow)
    axes.text(0.36, 1.12, "one factor: (0.28, 0.96)", color=BLUE)
    axes.text(1.04, 0.86, "each for itself:\n(1, 1)", color=RED, va="center")
    axes.text(0.36, 0.62, "29°", ha="center")
    turn = np.linspace(0, np.pi / 2)
    axes.plot(np.cos(turn), np.sin(turn), ":", color=INK)
    axes.text(1.02, 0.14, "norm 1")
    return Figure(
        plot,
        """The line on which the gradient (1.4, 4.8) lies. Clipped by its global norm it is (0.28, 0.96): on the
        same line, ending on the circle of norm 1. Clipped one by one it is (1, 1), which is turned by 29 degrees and
        leaves the circle.""",
        "1.4 4.8; 0.28 0.96; 1 1",
    )


def truncation_errors(windows, errors):
    """Return a plot of the error of the truncated gradient against the window, one curve for each radius."""
    plot = Canvas(figsize=(4.4, 3.2), layout="constrained")
    axes = plain_axes(plot, xlabel="window length k", ylabel="relative error of dWh")
    for (radius, lost), colour, marker in zip(errors.items(), [GREEN, BLUE, ORANGE], "so^", strict=True):
        axes.plot(windows, lost, f"{marker}-", color=colour, label=f"radius {radius}")
    axes.set_xscale("log", base=2)
    axes.set(ylim=(0, None), xticks=windows, xticklabels=windows)
    axes.legend(frameon=False, reverse=True)
    return Figure(
        plot,
        """The relative error of the truncated gradient against the window length, from 1 to 32. It
        falls with longer windows, and is smallest where Wh has a spectral radius of 0.5, larger for 0.9, and largest
        for 1.1.""",
        "; ".join(f"radius {radius}: " + " ".join(f"{error:.2f}" for error in lost) for radius, lost in errors.items()),
    )
