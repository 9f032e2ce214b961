"""What the figures of the book are drawn with.

A figure is drawn by Matplotlib and leaves a notebook as SVG with a plain-text twin. The twin is the alt text and all
that was written into the figure: nbval compares it, so a figure can't drift from the numbers of its chapter.

Colours are the constants below and no others, and each means one thing wherever these things stand: blue is x, the
input; orange is h, the state; violet is W, the weights; red is a gradient. In the book each becomes a CSS variable
(`book/_static/book.css`), which is how one figure suits the light and the dark theme; elsewhere the light values hold.

Draw narrow and tall: a figure may be 4.4 inches wide, which a phone shows at almost full size.
"""

import hashlib
import io
import json
import re
import textwrap
from html import escape
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import FancyArrowPatch, Rectangle

INK, FAINT, PAPER = "#1f2328", "#6e7781", "#fefefe"
BLUE, ORANGE, GREEN, RED, VIOLET = "#0a5cad", "#a34700", "#1a7037", "#bd2130", "#6f3aa8"
BLUE_FILL, ORANGE_FILL, GREEN_FILL, RED_FILL, VIOLET_FILL = "#d7e8fa", "#fde3cb", "#d5f0dc", "#fadadd", "#eadcf9"
NAMES = {
    name.lower().replace("_", "-"): colour
    for name, colour in list(globals().items())
    if name.isupper() and isinstance(colour, str) and colour.startswith("#")
}

CELL = 0.44  # the side of one cell of a drawing, in inches
SIZE, SMALL = 11.5, 10.3  # of letters, in points: on a phone a point is a little more than a pixel, and 11 can be read

STYLE = {
    "font.family": ["Source Sans 3", "DejaVu Sans"],  # the second has the signs that the first lacks
    "font.size": SIZE,
    "mathtext.fontset": "dejavusans",
    "svg.fonttype": "path",
    "svg.hashsalt": "rnnlm",  # the same letters and ids on every machine
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "savefig.facecolor": PAPER,
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
        Which live figure takes its place in the book (`book/_ext/rnnlm_book/live.py`).
        Elsewhere, and on paper, the picture stays.
    given : object or None
        What the live figure takes from the chapter, as JSON holds it; the picture carries it along.
    is_beside : bool
        Whether it stands beside the other figures of its cell where a page is wide enough.
    """

    def __init__(self, figure, alt, digest, live=None, given=None, is_beside=False):
        self.alt = " ".join(alt.split())
        self.text = f"Figure: {self.alt}\n" + textwrap.fill(digest, 100)
        self.svg = _accessible(_svg(figure), self.alt)
        if live:
            carried = "" if given is None else f' data-given="{escape(json.dumps(given))}"'
            self.svg = self.svg.replace("<svg ", f'<svg data-live="{live}"{carried} ', 1)
        if is_beside:
            self.svg = self.svg.replace("<svg ", "<svg data-beside ", 1)

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

    def text(self, x, y, text, colour=INK, align="center", size=SIZE, bold=False):
        """Write a text whose middle line is at y; `align` says which of its points lies at x."""
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
                self.cell(
                    x + j * width,
                    y + i,
                    f"{value:g}" if isinstance(value, np.number) else str(value),
                    fill=fills[i, j],
                    width=width,
                )

    def arrow(self, start, end, colour=INK, bend=0.0):
        """Draw an arrow between two points; `bend` curves it."""
        self.axes.add_patch(
            FancyArrowPatch(
                start,
                end,
                arrowstyle="-|>",
                connectionstyle=f"arc3,rad={bend}",
                shrinkA=0,
                shrinkB=0,
                mutation_scale=11,
                linewidth=1.3,
                color=colour,
            )
        )

    def bar(self, x, y, length, fill, height=0.5):
        """Draw a bar that begins at x, below y."""
        self.axes.add_patch(Rectangle((x, y), length, height, facecolor=fill, edgecolor="none"))

    def two_sided(self, x, y, value, half):
        """Draw a bar for a number from -1 to 1 that begins at x, 0.6 high below y; `half` is as long as 1."""
        fill = ORANGE_FILL if value > 0 else BLUE_FILL
        self.bar(x + min(0, half * value), y, half * abs(value), fill, height=0.6)
        self.text(x, y + 0.3, f"{value:.2f}".replace("-", "−"), size=SMALL)

    def show(self, alt, live=None, given=None):
        """Return the drawing as a `Figure`; its digest is all that was written into it."""
        return Figure(self.figure, alt, " ".join(self.written), live, given)


def _svg(figure):
    with mpl.rc_context(STYLE):
        buffer = io.StringIO()
        FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def _accessible(svg, alt):
    """Return an SVG with colours as CSS variables, ids of its own and a name for screen readers."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    for name, colour in NAMES.items():
        svg = svg.replace(colour, f"var(--figure-{name}, {colour})")
    own = hashlib.sha256((svg + alt).encode()).hexdigest()[:8]  # two figures share a page, but mustn't share ids
    svg = re.sub(r'\b(id="|href="#|url\(#)', rf"\g<1>f{own}-", svg)
    label = alt.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)


def plain_axes(figure, **settings):
    """Return the axes of a plain plot, with a frame on two sides only."""
    axes = figure.add_subplot()
    axes.set(**settings)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def expected_curve(x, curves, asked, names, axes, powers):
    """Return what the live figure "sketch" is given: a reader draws one of the curves, then sees them all.

    Parameters
    ----------
    x : sequence of numbers
    curves : dict of str to sequence of positive numbers
    asked : str
        Which curve the reader draws.
    names : sequence of str
        What the curves are called in the plot. Keep them short: it is narrower by the longest.
    axes : (str, str)
        What the axes are called, x first.
    powers : (int, int)
        The lowest and the highest power of ten on the axis, both multiples of 3.
    """
    sizes = {name: [float(f"{size:.4g}") for size in curve] for name, curve in curves.items()}
    (across, up), (low, high) = axes, powers
    return {
        "x": list(x),
        "curves": sizes,
        "names": list(names),
        "asked": asked,
        "across": across,
        "up": up,
        "low": low,
        "high": high,
    }


def signed(value):
    """Return a whole number with a proper minus sign."""
    return f"{value:.0f}".replace("-", "−")


for font in Path(__file__).with_name("fonts").glob("*.ttf"):
    font_manager.fontManager.addfont(font)
mpl.rcParams.update(STYLE)
