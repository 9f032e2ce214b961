"""Figures and source listings for the chapters.

A figure is drawn by Matplotlib and leaves a notebook as SVG with a plain-text twin. The twin is the alt text and all
that was written into the figure: nbval compares it, so a figure can't drift from the numbers of its chapter.

Colours are the constants below and no others. In the book each becomes a CSS variable (`_static/book.css`), which is
how one figure suits the light and the dark theme; elsewhere the light values hold.

Draw narrow and tall: a figure may be 4.4 inches wide, which a phone shows at almost full size.
"""
import ast
import hashlib
import inspect
import io
import itertools
import math
import re
import textwrap
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Arc, FancyArrowPatch, Rectangle

INK, FAINT, PAPER = "#1f2328", "#6e7781", "#fefefe"
BLUE, ORANGE, GREEN, RED = "#0a5cad", "#a34700", "#1a7037", "#bd2130"
BLUE_FILL, ORANGE_FILL, GREEN_FILL, RED_FILL = "#d7e8fa", "#fde3cb", "#d5f0dc", "#fadadd"
NAMES = {name.lower().replace("_", "-"): colour for name, colour in list(globals().items())
         if name.isupper() and isinstance(colour, str) and colour.startswith("#")}

CELL = 0.44  # the side of one cell of a drawing, in inches

STYLE = {
    "font.family": "DejaVu Sans", "font.size": 10, "mathtext.fontset": "dejavusans",
    "svg.fonttype": "path", "svg.hashsalt": "rnnlm",  # the same letters and ids on every machine
    "text.color": INK, "axes.edgecolor": INK, "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK,
    "figure.facecolor": PAPER, "axes.facecolor": PAPER, "savefig.facecolor": PAPER,
}


class Figure:
    """A Matplotlib figure as a chapter shows it: last in its cell, like any value.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    alt : str
        What the figure shows, for those who can't see it. Say the relation and the numbers, not "a diagram of".
    digest : str
        The figure's values, rounded, for nbval to compare.
    live : str or None
        Which live figure takes its place in the book (`_ext/live.py`). Elsewhere, and on paper, this picture stays.
    """

    def __init__(self, figure, alt, digest, live=None):
        self.alt = " ".join(alt.split())
        self.text = f"Figure: {self.alt}\n" + textwrap.fill(digest, 100)
        self.svg = _accessible(_svg(figure), self.alt)
        if live:
            self.svg = self.svg.replace("<svg ", f'<svg data-live="{live}" ', 1)

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"image/svg+xml": self.svg, "text/plain": self.text}


class Drawing:
    """A drawing of arrays: cells with values, labels, arrows. One unit is one cell, y grows downwards.

    Parameters
    ----------
    width, height : float
        In cells. Ten cells fill the width of a phone.
    """

    def __init__(self, width, height):
        self.figure = Canvas(figsize=(width * CELL, height * CELL))
        self.axes = self.figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
        self.axes.axis("off")
        self.written = []

    def text(self, x, y, text, colour=INK, align="center", size=10, bold=False):
        """Write a text whose middle line is at y; `align` says which point of it x is."""
        self.axes.text(x, y, text, color=colour, ha=align, va="center", size=size, weight="bold" if bold else "normal")
        self.written.append(str(text))

    def cell(self, x, y, value, fill=PAPER, colour=INK, width=1, edge=FAINT):
        """Draw one cell with its upper left corner at (x, y)."""
        self.axes.add_patch(Rectangle((x, y), width, 1, facecolor=fill, edgecolor=edge, linewidth=1))
        self.text(x + width / 2, y + 0.5, value, colour=colour)

    def array(self, x, y, array, fills=None, width=1):
        """Draw an array, one row for each row of it; `fills` names a fill for each row, or for each cell."""
        rows = np.atleast_2d(array)
        fills = np.full(rows.shape, PAPER) if fills is None else np.asarray(fills)
        if fills.ndim == 1:
            fills = np.repeat(fills[:, None], rows.shape[1], axis=1)
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                self.cell(x + j * width, y + i, f"{value:g}" if isinstance(value, np.number) else str(value),
                          fill=fills[i, j], width=width)

    def arrow(self, start, end, colour=INK, bend=0.0):
        """Draw an arrow between two points; `bend` curves it."""
        self.axes.add_patch(FancyArrowPatch(start, end, arrowstyle="-|>", connectionstyle=f"arc3,rad={bend}", shrinkA=0,
                                            shrinkB=0, mutation_scale=11, linewidth=1.3, color=colour))

    def show(self, alt, live=None):
        """Return the drawing as a `Figure`; its digest is all that was written into it."""
        return Figure(self.figure, alt, " ".join(self.written), live)


class Source:
    """The source of a function, method or class, read from where it is defined, so that a page can't misquote it.

    Docstrings are left out: the page says in its own words what they say. Comments that were lined up at the right move
    up to their code, because a page is narrower than an editor.
    """

    def __init__(self, thing):
        source = textwrap.dedent(inspect.getsource(thing))
        path = Path(inspect.getsourcefile(thing))
        self.source = _without_docstrings(source)
        self.place = f"{path.parent.name}/{path.name}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/markdown": f"```python\n# {self.place}\n{self.source}\n```", "text/plain": self.source}


def _svg(figure):
    with mpl.rc_context(STYLE):
        buffer = io.StringIO()
        FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def _accessible(svg, alt):
    """Return an SVG with colours as CSS variables, ids of its own and a name for screen readers."""
    svg = svg[svg.index("<svg"):]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    for name, colour in NAMES.items():
        svg = svg.replace(colour, f"var(--figure-{name}, {colour})")
    own = hashlib.sha256((svg + alt).encode()).hexdigest()[:8]  # two figures share a page, but mustn't share ids
    svg = re.sub(r'\b(id="|href="#|url\(#)', rf"\g<1>f{own}-", svg)
    label = alt.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)


def _without_docstrings(source):
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            quoted = node.body[0]
            lines[quoted.lineno - 1:quoted.end_lineno] = [None] * (quoted.end_lineno - quoted.lineno + 1)
    kept = "\n".join(line for line in lines if line is not None)
    return re.sub(r"(?<=\S) {3,}# ", "  # ", re.sub(r":\n\n+", ":\n", kept)).strip("\n")


mpl.rcParams.update(STYLE)


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
    picture.text(7.1, 3.7, f"loss:  ({said} − {wanted})² = {(said - wanted)**2}", bold=True)
    return picture.show(f"""The number {x} goes into a box that says times {w}, and {said} comes out. You want {wanted}.
        The loss is the square of the difference, {(said - wanted)**2}.""")


def bowl(loss, slope, path):
    """Return a plot of the loss against the one weight: the slope at the start, and the first steps down."""
    plot = Canvas(figsize=(4.4, 3.8), layout="constrained")
    axes = _axes(plot, xlabel="w", ylabel="loss", xlim=(0.3, 4.2), ylim=(-1, 20),
                 yticks=[0, 4, 8, 12, 16, 20])
    weights = np.linspace(0.4, 4.2, 60)
    axes.plot(weights, loss(weights), color=FAINT)
    start = path[0]
    nearby = np.array([start - 0.2, start + 0.45])
    axes.plot(nearby, loss(start) + slope(start) * (nearby - start), color=ORANGE, linewidth=2)
    axes.text(start + 0.35, loss(start) - 8.5, f"slope {slope(start):g}".replace("-", "−"), color=ORANGE, ha="right")
    for w, following in itertools.pairwise(path):
        axes.annotate("", (following, loss(following)), (w, loss(w)),
                      arrowprops={"arrowstyle": "-|>", "color": BLUE, "connectionstyle": "arc3,rad=-0.3"})
    axes.plot(path, [loss(w) for w in path], "o", color=BLUE)
    for w in path[:-1]:
        axes.text(w - 0.1, loss(w) - 0.7, f"{loss(w):g}", color=BLUE, ha="right", va="center")
    digest = "; ".join(f"w {w:g} loss {loss(w):g}" for w in path)
    losses = ", ".join(f"{loss(w):g}" for w in path)
    return Figure(plot, f"""The loss against w is a bowl whose lowest point, 0, lies at w = 3. A tangent at the first
        point has the slope {slope(start):g}. Four points step down the left side, each nearer to the bottom: the losses
        are {losses}.""", digest)


def _axes(figure, **settings):
    """Return the axes of a plain plot, with a frame on two sides only."""
    axes = figure.add_subplot()
    axes.set(**settings)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


STEP_LEFTS = (0.95, 4.2, 7.45)  # of the three steps that a drawing shows side by side


def step_forward(ids, vectors, states, odds, targets):
    """Return a drawing of three steps from ids to probabilities: one number a state, the table in sixteenths."""
    picture = Drawing(10, 13)
    names = [(11.9, "id", INK), (9.7, "16 x", BLUE), (7.1, "h", ORANGE), (4.5, "$e^y$", INK), (2.2, "p", GREEN)]
    for y, name, colour in names:
        picture.text(0.1, y, name, colour=colour, bold=True, align="left", size=9)
    for t, left in enumerate(STEP_LEFTS):
        middle = left + 1.2
        picture.cell(middle - 0.5, 11.4, ids[t])
        picture.arrow((middle, 11.35), (middle, 10.25), colour=BLUE)
        picture.array(left, 9.2, 16 * vectors[t], fills=[BLUE_FILL], width=0.6)
        picture.arrow((middle, 9.15), (middle, 7.65), colour=BLUE)
        picture.text(middle + 0.6, 8.4, f"+ {ids[t]}", colour=BLUE)
        picture.cell(middle - 0.5, 6.6, f"{states[t, 0]:g}", fill=ORANGE_FILL)
        picture.arrow((middle, 6.55), (middle, 5.75))
        fills = [[GREEN_FILL if v == targets[t] else PAPER for v in range(7)]]
        picture.array(middle - 1.33, 4, odds[t].round(6), fills=fills, width=0.38)
        for v in range(7):
            picture.text(middle - 1.14 + 0.38 * v, 5.4, v, colour=FAINT, size=7)
        picture.arrow((middle, 3.95), (middle, 2.75), colour=GREEN)
        picture.text(middle, 2.2, f"{odds[t, targets[t]]:.0f}/{odds[t].sum():.0f}", colour=GREEN, bold=True)
        picture.text(middle, 1.4, f"word {targets[t]} comes", colour=FAINT, size=8)
        picture.text(middle, 0.4, f"step {t}", colour=FAINT)
        picture.arrow((left - 1.5 if t else 1, 7.1), (left + 0.65, 7.1), colour=ORANGE)
    return picture.show("""Three steps side by side. The ids 0, 1, 2 pick the rows 0 1 2 3, 4 5 6 7 and 8 9 10 11, in
        sixteenths. These add 0, 1 and 2 to the state from the left, so the states are 0, 1, 3. The seven e^y are all 1,
        except that word 3 has 1, 2 and 8. The targets 1, 2, 3 get 1 of 7, 1 of 8 and 8 of 14.""")


def step_backward(above, down):
    """Return a drawing of three steps back through time; both arguments are whole numbers, times one unit."""
    dz = down[:, 0].round()
    picture = Drawing(10, 8)
    picture.text(0.45, 1.6, "dh", colour=ORANGE, bold=True)
    picture.text(0.45, 7, "dx", colour=BLUE, bold=True)
    for t, left in enumerate(STEP_LEFTS):
        middle = left + 1.2
        picture.text(middle, 0.4, f"step {t}", colour=FAINT)
        picture.cell(middle - 0.6, 1.1, _signed(above[t, 0]), fill=ORANGE_FILL, width=1.2)
        picture.arrow((middle, 2.2), (middle, 3.8), colour=ORANGE)
        picture.cell(left + 0.1, 3.9, f"dz = {_signed(dz[t])}", fill=GREEN_FILL, width=2.2, edge=INK)
        picture.arrow((middle, 5), (middle, 6.4), colour=BLUE)
        for d in range(4):
            picture.cell(left + 0.6 * d, 6.5, "", fill=BLUE_FILL, width=0.6)
            picture.text(left + 0.3 + 0.6 * d, 7, _signed(down[t, d]), size=8)
        if t < 2:
            picture.arrow((STEP_LEFTS[t + 1] + 0.05, 4.4), (left + 2.35, 4.4), colour=ORANGE)
            picture.text(left + 2.78, 3.9, _signed(dz[t + 1]), colour=ORANGE)
    arrive, end = (", ".join(_signed(x) for x in values) for values in (above[:, 0], dz))
    return picture.show(f"""From above, the states of the steps 0, 1, 2 receive {arrive}, in units of u. Step 2 passes
        what it has to step 1, and step 1 to step 0. With that the three steps have {end}. Each number of a word vector
        gets what its step has.""")


def loss_over_steps(losses, guess):
    """Return a plot of the loss after each training step, beside that of a guess among equals."""
    plot = Canvas(figsize=(4.4, 3), layout="constrained")
    axes = _axes(plot, xlabel="training steps", ylabel="loss", xlim=(-0.5, len(losses) - 0.5), ylim=(0, 2.15))
    axes.axhline(guess, color=FAINT, linestyle="--", linewidth=1)
    axes.text(len(losses) - 1, guess + 0.03, f"guessing among 7: {guess:.2f}", color=FAINT, ha="right", va="bottom")
    axes.plot(losses, "o-", color=BLUE, markersize=3)
    axes.text(1.2, losses[0], f"{losses[0]:.2f}", color=BLUE, va="center")
    axes.text(len(losses) - 1, losses[-1] + 0.06, f"{losses[-1]:.2f}", color=BLUE, ha="center", va="bottom")
    digest = " ".join(f"{loss:.2f}" for loss in losses[::5])
    return Figure(plot, f"""The loss starts at {losses[0]:.2f}, below the {guess:.2f} of a guess among 7 words, and
        falls at each of {len(losses) - 1} steps, to {losses[-1]:.2f}.""", digest)


def _signed(value):
    """Return a whole number with a proper minus sign."""
    return f"{value:.0f}".replace("-", "−")


def three_paths(from_above):
    """Return a drawing of the paths on which a linear cell, times 3 at each step, sends gradients back to step 0."""
    lefts = [2.5, 5.2, 7.9]
    picture = Drawing(10, 10.6)
    picture.text(0.9, 0.4, "arrives", colour=GREEN, bold=True)
    for t, left in enumerate(lefts):
        picture.text(left + 0.7, 0.4, f"step {t}", colour=FAINT)
    for s, dy in enumerate(from_above):
        y = 2.4 + 2.6 * s
        picture.text(lefts[s] + 0.7, y - 1.35, dy, colour=ORANGE, bold=True)
        picture.arrow((lefts[s] + 0.7, y - 1), (lefts[s] + 0.7, y - 0.05), colour=ORANGE)
        for t in range(s + 1):
            picture.cell(lefts[t], y, dy * 3**(s - t), fill=ORANGE_FILL, width=1.4)
        for t in range(s):
            picture.arrow((lefts[t + 1] - 0.05, y + 0.5), (lefts[t] + 1.45, y + 0.5), colour=ORANGE)
            picture.text(lefts[t] + 2.05, y + 0.05, "× 3", colour=ORANGE, size=9)
        picture.arrow((lefts[0] - 0.05, y + 0.5), (1.6, y + 0.5), colour=GREEN)
        picture.cell(0.2, y, dy * 3**s, fill=GREEN_FILL, width=1.35)
    picture.text(0.9, 9.2, "sum", colour=GREEN, size=9)
    picture.cell(0.2, 9.4, sum(dy * 3**s for s, dy in enumerate(from_above)), fill=GREEN_FILL, width=1.35, edge=INK)
    return picture.show("""Three paths lead back to the state of step 0. The 1 from above step 0 arrives as it is: 1.
        The 2 from above step 1 passes one step and is tripled: 6. The 3 from above step 2 passes two steps and is
        tripled twice: 27. Together they are 34.""")


def difference_errors(steps, errors):
    """Return a plot of the errors of two difference quotients against epsilon."""
    plot = Canvas(figsize=(4.4, 3.4), layout="constrained")
    axes = _axes(plot, xlabel="epsilon", ylabel="error")
    styles = {"one-sided": ("s-", ORANGE, 3e-5, 1e-3), "central": ("o-", BLUE, 3e-3, 1e-9)}
    for name, (style, colour, x, y) in styles.items():
        axes.loglog(steps, errors[name], style, color=colour)
        axes.text(x, y, name, color=colour, ha="center")
    digest = "; ".join(f"epsilon {steps[i]:.0e}: " + ", ".join(f"{name} {errors[name][i]:.0e}" for name in errors)
                       for i in range(4))
    return Figure(plot, """The error of a difference against epsilon, both on logarithmic axes. Read from right to left,
        the one-sided error falls in step with epsilon, the central one twice as fast, down to about 1e-10 or less near
        epsilon = 1e-5. Then both rise again with rounding.""", digest)


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
        picture.arrow((4.4 + 1.2 * t, 6.5), (left + 0.4, 4.65), colour=GREEN)
    picture.text(0.35, 4.1, "$h_{-1}$", colour=ORANGE)
    picture.arrow((9.52, 4.1), (9.98, 4.1), colour=ORANGE)
    picture.cell(4.3, 6.5, "Wh", fill=GREEN_FILL, width=1.4, edge=INK)
    return picture.show("""The operations of two steps, in a row: times Wh, plus x Wx + b, tanh, and again times Wh,
        plus, tanh. The state h of step 0 leaves tanh on two ways, up as an output and on to the next product. Wh stands
        once below the row, and two arrows lead from it, one to each product.""")


def gradient_lengths(steps, lengths):
    """Return a plot of the length of a gradient against the steps that it went back, one curve for each radius."""
    plot = Canvas(figsize=(4.4, 3.6), layout="constrained")
    axes = _axes(plot, xlabel="steps back", ylabel="length of the gradient", xlim=(0, 112))
    for (radius, norms), colour in zip(lengths.items(), [RED, ORANGE, INK, BLUE, GREEN], strict=True):
        axes.semilogy(steps, norms, color=colour)
        axes.text(102, norms[-1], f"{radius}", color=colour, va="center")
    axes.set_yticks([1e-30, 1e-20, 1e-10, 1, 1e10])
    digest = "; ".join(f"radius {radius}: " + " ".join(f"{math.log10(norm):.1f}" for norm in norms[::3])
                       for radius, norms in lengths.items())
    return Figure(plot, """The length of a gradient in the linear cell against the number of steps back, on a
        logarithmic axis, is nearly a straight line for each spectral radius: up for 1.5 and 1.1, nearly level for 1,
        down for 0.9 and 0.5.""", digest)


def lengths_by_radius(radii, lengths):
    """Return a plot of the length of a gradient after 50 steps against the radius, for the linear cell and for tanh."""
    plot = Canvas(figsize=(4.4, 3.2), layout="constrained")
    axes = _axes(plot, xlabel="spectral radius of Wh", ylabel="length after 50 steps back")
    for name, colour, x, y in [("linear", ORANGE, 1.2, 1e6), ("tanh", BLUE, 1.3, 1e-5)]:
        axes.semilogy(radii, lengths[name], "o-", color=colour)
        axes.text(x, y, name, color=colour, ha="center")
    axes.axhline(1, color=FAINT, linewidth=0.8)
    axes.set_yticks([1e-15, 1e-10, 1e-5, 1, 1e5])
    digest = "; ".join(f"{name}: " + " ".join(f"{math.log10(norm):.1f}" for norm in norms)
                       for name, norms in lengths.items())
    return Figure(plot, """The length of a gradient after 50 steps back against the radius, on a logarithmic axis. The
        linear cell rises steeply and passes 1 a little above radius 1. The tanh cell lies below it and passes 1 only
        near 1.4.""",
        digest)


def clipped_arrows():
    """Return a plot of the gradient (3, 4) and of what two ways of clipping make of it."""
    plot = Canvas(figsize=(4.4, 4.2), layout="constrained")
    axes = _axes(plot, xlabel="first gradient", ylabel="second gradient", xlim=(0, 4), ylim=(0, 4.1), aspect="equal")
    for (x, y), colour, label, place in [((3, 4), FAINT, "before: (3, 4)", (1.3, 3.6)),
                                         ((1, 1), RED, "each for itself: (1, 1)", (1.15, 1.0)),
                                         ((0.6, 0.8), BLUE, "global: (0.6, 0.8)", (1.15, 0.35))]:
        axes.annotate("", (x, y), (0, 0), arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 1.6})
        axes.text(*place, label, color=colour)
    turn = np.linspace(0, np.pi / 2)
    axes.plot(np.cos(turn), np.sin(turn), ":", color=INK)
    return Figure(plot, """The gradient (3, 4) as an arrow. Clipped by its global norm it is (0.6, 0.8): shorter, on the
        same line, ending on the circle of radius 1. Clipped each for itself it is (1, 1), which points elsewhere and
        leaves the circle.""", "3 4; 0.6 0.8; 1 1")


def three_windows():
    """Return a drawing of six steps cut into windows of two: the state passes the cuts, the gradient doesn't."""
    picture = Drawing(10, 5.4)
    for t in range(6):
        left = 0.35 + 1.6 * t + 0.25 * (t // 2)
        picture.cell(left, 1.8, t, fill=[BLUE_FILL, ORANGE_FILL, GREEN_FILL][t // 2], width=0.9)
        if t % 2 == 0:
            picture.text(left + 1.25, 3.4, f"window {t // 2}", colour=FAINT)
    for t in range(5):
        end, gap = 1.25 + 1.6 * t + 0.25 * (t // 2), 0.7 + 0.25 * (t % 2)
        picture.arrow((end + 0.02, 2.1), (end - 0.02 + gap, 2.1), colour=BLUE)
        if t % 2 == 0:
            picture.arrow((end - 0.02 + gap, 2.55), (end + 0.02, 2.55), colour=ORANGE)
        else:
            picture.text(end + gap / 2, 2.58, "×", colour=RED, bold=True)
    picture.text(5, 0.7, "forward: the state goes on", colour=BLUE, bold=True)
    picture.text(5, 4.7, "backward: cut between windows", colour=ORANGE, bold=True)
    return picture.show("""Six steps in three windows of two. Arrows to the right join all steps: the state is carried
        over every cut. Arrows to the left join only the two steps inside each window; between windows they are crossed
        out.""")


def truncation_errors(windows, errors):
    """Return a plot of the error of the truncated gradient against the window, one curve for each radius."""
    plot = Canvas(figsize=(4.4, 3.2), layout="constrained")
    axes = _axes(plot, xlabel="window length k", ylabel="relative error of dWh")
    for (radius, lost), colour, marker in zip(errors.items(), [GREEN, BLUE, ORANGE], "so^", strict=True):
        axes.plot(windows, lost, f"{marker}-", color=colour, label=f"radius {radius}")
    axes.set_xscale("log", base=2)
    axes.set(ylim=(0, None), xticks=windows, xticklabels=windows)
    axes.legend(frameon=False)
    return Figure(plot, """The relative error of the truncated gradient against the window length, from 1 to 32. It
        falls with longer windows, soon and to little where Wh has a spectral radius of 0.5, later for 0.9, and last for
        1.1.""",
                  "; ".join(f"radius {radius}: " + " ".join(f"{error:.2f}" for error in lost)
                            for radius, lost in errors.items()))


KINDS = {  # the words of the farm, by the part that they play
    "animal": ["cow", "duck", "dog", "cat", "horse", "frog", "bee", "owl"],
    "place": ["barn", "field", "garden", "house", "river", "wood"],
    "link": ["in", "near", "behind"],
    "sound": ["moos", "quacks", "barks", "meows", "neighs", "croaks", "buzzes", "hoots"],
    "rest": ["the", "."],
}
KIND_COLOURS = {"animal": ORANGE, "place": GREEN, "link": BLUE, "sound": RED, "rest": FAINT}


def model_over_time():
    """Return a drawing of the language model's four layers at three steps."""
    picture = Drawing(10, 14)
    _name_layers(picture)
    for t, x in enumerate([3.9, 6.1, 8.3]):
        picture.cell(x, 12.4, t)
        picture.arrow((x + 0.5, 12.3), (x + 0.5, 11.5))
        picture.cell(x, 0.9, t + 1)
        picture.arrow((x + 0.5, 2), (x + 0.5, 3.1))
        for row, fill in enumerate([BLUE_FILL, ORANGE_FILL, BLUE_FILL, GREEN_FILL]):
            picture.cell(x - 0.3, 10.4 - 2.4 * row, "", width=1.6, fill=fill)
            if row < 3:
                picture.arrow((x + 0.5, 10.3 - 2.4 * row), (x + 0.5, 9.1 - 2.4 * row))
    for x in (3, 5.2, 7.4, 9.6):
        picture.arrow((x, 8.5), (min(x + 0.55, 9.98), 8.5), colour=ORANGE)
    picture.text(2.95, 8.05, "h", colour=ORANGE)
    picture.text(6.6, 0.4, "one loss: the mean over all positions", colour=GREEN)
    return picture.show("""Three columns, one for each step. From below, the input ids 0, 1, 2 go up through
        TimeEmbedding, TimeRNN and TimeAffine to TimeSoftmaxWithLoss, which the targets 1, 2, 3 enter from above. Only
        TimeRNN has arrows from column to column: the hidden state h comes in from the window before and goes on to the
        next.""")


def _name_layers(picture):
    """Write the layers' names, and the shapes of what goes up between them, at the left of a drawing of the model."""
    for y, name in [(12.9, "xs"), (10.9, "TimeEmbedding"), (8.5, "TimeRNN"), (6.1, "TimeAffine"), (3.7, "TimeSoftmax-"),
                    (4.25, "WithLoss"), (1.4, "ts")]:
        picture.text(0.1, y, name, align="left", bold=True, size=9)
    for y, shape in [(12.9, "(N, T)"), (9.7, "(N, T, D)"), (7.3, "(N, T, H)"), (4.9, "(N, T, V)"), (1.4, "(N, T)")]:
        picture.text(1.3, y, shape, align="left", colour=FAINT, size=9)


def perplexity_curve(curve, bars):
    """Return a plot of the perplexity after each epoch, with bars to beat; what is above 4.2 is written at the top."""
    plot = Canvas(figsize=(4.4, 3.8), layout="constrained")
    axes = _axes(plot, xlabel="epoch", ylabel="perplexity on held-out text", xlim=(-0.3, 10.6), ylim=(2.35, 4.2),
                 xticks=range(0, 11, 2))
    for name, value in bars.items():
        best = name == "best possible"
        colour, line, above = (GREEN, "-", -0.02) if best else (FAINT, "--", 0.02)
        axes.axhline(value, color=colour, linewidth=1.3, linestyle=line)
        axes.text(10.5, value + above, f"{name} {value:.2f}", color=colour, ha="right", va="top" if best else "bottom")
    axes.plot(range(len(curve)), curve, "o-", color=BLUE, linewidth=2, markersize=4)
    axes.text(1.15, 4.12, f"from {curve[0]:.0f} before training", color=BLUE, va="center")
    return Figure(plot, """Perplexity on held-out text against the epochs. The curve comes from far above, where the
        untrained model is worse than 27, and is below the bigram's 3.76 after one epoch. It crosses the trigram's 3.10
        soon after and flattens out just above the best possible, 2.52.""", "; ".join(f"{name} {value:.2f}" for name,
        value in bars.items()))


def word_maps(tokens, before, after):
    """Return two plots of words, each in the two directions in which its (V, H) vectors differ most."""
    plot = Canvas(figsize=(4.4, 8.4), layout="constrained")
    panels = [(before, "before training"), (after, "after training")]
    for axes, (vectors, title) in zip(plot.subplots(2), panels, strict=True):
        centred = vectors - vectors.mean(axis=0)
        left, size, _ = np.linalg.svd(centred, full_matrices=False)
        places = dict(zip(tokens, left[:, :2] * size[:2], strict=True))
        for kind, words in KINDS.items():
            axes.plot(*np.array([places[word] for word in words]).T, "o", color=KIND_COLOURS[kind], markersize=3)
        for word, (x, y), (end, top) in _spread(places):
            kind = next(kind for kind, words in KINDS.items() if word in words)
            axes.plot([x, end], [y, top], color=KIND_COLOURS[kind], linewidth=0.4)
            axes.text(end, top, word, color=KIND_COLOURS[kind], size=8, va="center")
        axes.set(title=title, xticks=[], yticks=[])
        axes.margins(0.15, 0.08)
    return Figure(plot, """Two maps of the 27 words. Before training animals, places, links and sounds lie mixed up.
        After it the eight animals lie close together, the six places in another spot, and the three links in a third.
        The eight sounds are spread out.""", " ".join(f"{kind}: {' '.join(words)}" for kind, words in KINDS.items()))


def _spread(places):
    """Yield word, place and where to write it: to the right, and moved up where it would cover another label."""
    width, height = np.ptp(list(places.values()), axis=0) * (0.2, 0.036)
    written = []
    for word, (x, y) in sorted(places.items(), key=lambda item: item[1][1]):
        end, top = x + width / 8, y
        for other, line in written:
            if abs(other - end) < width and line - height < top < line + height:
                top = line + height
        written.append((end, top))
        written.sort(key=lambda place: place[1])
        yield word, (x, y), (end, top)


def sum_through_a_sentence(sentences, sums):
    """Return a plot of one sum of the state's units, word by word down the page, for an owl and for a cow."""
    plot = Canvas(figsize=(4.4, 4.4), layout="constrained")
    axes = _axes(plot, xlabel="the sum")
    rows = range(len(sentences["owl"]))
    for animal, colour, style in [("cow", BLUE, "s--"), ("owl", ORANGE, "o-")]:
        axes.plot(sums[animal], rows, style, color=colour, label=f"the {animal}", markersize=5)
    names = [a if a == b else f"{a} / {b}" for a, b in zip(*sentences.values(), strict=True)]
    axes.set_yticks(rows, names)
    axes.invert_yaxis()
    axes.axhspan(1.5, 7.5, color=ORANGE_FILL, alpha=0.5, linewidth=0)
    axes.set_xlim(min(map(min, sums.values())) - 0.1, 1.2)
    axes.legend(frameon=False, loc="lower right")
    return Figure(plot, """One sum of the 64 units after each word of a sentence, for an owl and for a cow. From the
        word after owl to the last word before its sound, six words, the owl's sum lies to the right of the cow's. After
        the sound both are near 0.""", " ".join(names))


def temperatures(shares):
    """Return a drawing of the probabilities of four words at three temperatures, as bars."""
    picture = Drawing(10, 5.3)
    colours = [(BLUE_FILL, BLUE), (GREEN_FILL, GREEN), (ORANGE_FILL, ORANGE)]
    for i, ((temperature, p), (fill, colour)) in enumerate(zip(shares.items(), colours, strict=True)):
        left = 0.1 + 3.35 * i
        picture.text(left + 0.5, 0.5, f"τ = {temperature:g}", align="left", colour=colour, bold=True)
        for v in range(4):
            picture.text(left + 0.2, 1.6 + v, v, colour=FAINT, size=9)
            picture.cell(left + 0.5, 1.1 + v, "", fill=fill, width=2.3 * p[v])
            picture.text(left + 0.65 + 2.3 * p[v], 1.6 + v, f"{p[v]:.3f}", align="left", size=9)
    return picture.show("""Three groups of four bars side by side. At temperature 0.5 the most likely word has 0.727 and
        the others share the rest; at 1 it has 0.5; at 2 it has 0.369 and the least likely still have 0.185.""")


ROW_FILLS, ROW_COLOURS = {1: BLUE_FILL, 4: ORANGE_FILL}, {1: BLUE, 4: ORANGE}  # of the two rows that chapter 2 follows


def rows_picked(table, ids):
    """Return a drawing of ids that pick rows of a table, 1 and 4 in colours of their own."""
    picture = Drawing(10, 9)
    for x, y, name in [(0.6, 2.5, "idx"), (4.1, 0.5, "W"), (8.5, 2.5, "W[idx]")]:
        picture.text(x, y, name, bold=True)
    _numbered_table(picture, 2.7, table, width=0.7)
    for n, v in enumerate(ids):
        apart = (n - 1) * 0.2
        picture.cell(0.1, 3 + n, v, fill=ROW_FILLS[v])
        picture.arrow((1.15, 3.5 + n), (2.25, 1.5 + v + apart), colour=ROW_COLOURS[v])
        picture.array(7.1, 3 + n, table[v], fills=[ROW_FILLS[v]], width=0.7)
        picture.arrow((5.55, 1.5 + v + apart), (7.05, 3.5 + n), colour=ROW_COLOURS[v])
    picture.text(4.1, 8.5, "row 1 is copied twice, row 4 once", colour=FAINT)
    return picture.show("""The ids 1, 4, 1 pick rows of the 7 by 4 table W. Row 1, which is 4 5 6 7, is copied into the
        first and the third row of the output; row 4, which is 16 17 18 19, into the second.""")


def rows_collected(ids, dout, dW):
    """Return a drawing of upstream rows that add up in the rows of the gradient that their ids name."""
    picture = Drawing(10, 9)
    for x, y, name in [(0.6, 2.5, "idx"), (2.9, 2.5, "dout"), (8.2, 0.5, "dW")]:
        picture.text(x, y, name, bold=True)
    _numbered_table(picture, 6.6, dW, width=0.8)
    for n, v in enumerate(ids):
        picture.cell(0.1, 3 + n, v, fill=ROW_FILLS[v])
        picture.array(1.3, 3 + n, dout[n], fills=[ROW_FILLS[v]], width=0.8)
        picture.arrow((4.6, 3.5 + n), (6.05, 1.5 + v + (n - 1) * 0.2), colour=ROW_COLOURS[v])
    picture.text(5, 8.5, f"row 1:  {dout[0, 0]:g} + {dout[2, 0]:g} = {dW[1, 0]:g}", colour=BLUE)
    return picture.show("""The arrows of the first picture, turned round. The upstream rows 102, 33 and 9 belong to the
        ids 1, 4 and 1. Row 1 of dW receives two of them and holds 102 + 9 = 111; row 4 holds 33; all other rows are
        0.""")


def _numbered_table(picture, left, table, width):
    """Draw a table from the second line on, with the number of each row before it."""
    picture.array(left, 1, table, fills=[ROW_FILLS.get(v, PAPER) for v in range(len(table))], width=width)
    for v in range(len(table)):
        picture.text(left - 0.17, 1.5 + v, v, colour=FAINT, align="right", size=8)


def influence_as_arcs(rho, T):
    """Return an arc for each path back through time, paler the weaker it is, and below them the gradients."""
    picture = Drawing(10, 7.2)
    for start in range(T):
        for end in range(start):
            middle, wide = 0.8 + 0.4 * (start + end), 0.8 * (start - end)
            picture.axes.add_patch(Arc((middle, 4.2), wide, 0.88 * wide, theta1=180, theta2=360, color=BLUE,
                                       linewidth=1.2, alpha=rho ** (start - end)))
    arriving = [sum(rho**n for n in range(T - t)) for t in range(T)]
    for t, gradient in enumerate(arriving):
        picture.axes.plot(0.8 + 0.8 * t, 4.2, "o", color=INK, markersize=4)
        height = 1.7 * gradient / arriving[0]
        picture.axes.add_patch(Rectangle((0.55 + 0.8 * t, 6.3 - height), 0.5, height, color=ORANGE))
        picture.text(0.8 + 0.8 * t, 6.7, f"{gradient:.1f}", size=8)
    return picture.show(f"""{T} steps in a row. Arcs lead from each step back to all earlier ones, and the longer they
        are, the paler. Below, bars for the gradient at each step: {arriving[-1]:g} at the last, growing to
        {arriving[0]:.1f} at the first and nearly level there.""", live="influence")


def state_after_each_word(heard, states, expected):
    """Return the first units of each state as a row of colours, and below them bars of the words to come."""
    picture = Drawing(10, 12.8)
    picture.text(0.1, 0.5, "the state after each word", align="left", bold=True)
    for row, (word, state) in enumerate(zip(heard, states, strict=True)):
        picture.text(2, 1.5 + 0.75 * row, word, align="right")
        for unit, h in enumerate(state[:24]):
            picture.axes.add_patch(Rectangle((2.3 + 0.31 * unit, 1.15 + 0.75 * row), 0.31, 0.7, alpha=float(abs(h)),
                                             linewidth=0, facecolor=ORANGE if h > 0 else BLUE))
    picture.text(0.1, 8.6, "what it expects next", align="left", bold=True)
    for row, (word, p) in enumerate(expected.items()):
        picture.text(2, 9.6 + 0.8 * row, word, align="right")
        picture.axes.add_patch(Rectangle((2.3, 9.3 + 0.8 * row), 6 * p, 0.6, facecolor=GREEN_FILL))
        picture.text(2.5 + 6 * p, 9.6 + 0.8 * row, f"{p:.0%}", align="left")
    words = ", ".join(f"{word} {100 * p:.0f} %" for word, p in expected.items())
    return picture.show(f"""{len(heard)} rows of 24 coloured cells, the state after each of the words. From the duck on,
        most columns keep their colour from row to row. Below, what the model expects next: {words}.""", live="farm")
