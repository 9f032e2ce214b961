"""The page on which mistakes come back: `_static/live/review.js` asks, and the lab's Python makes the questions."""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from .lab import has_lab

WITHOUT = "The questions are made by Python in your browser, which this copy of the book lacks. In a notebook, "
PYTHON = "../lab/practice/python.js"


class ReviewDue(SphinxDirective):
    """A line for a reader who has been here: where to go on, and whether a question is due."""

    def run(self):
        return [nodes.raw("", '<live-review class="d-print-none" due hidden></live-review>', format="html")]


class Review(SphinxDirective):
    """Where questions are asked."""

    def run(self):
        without = nodes.paragraph(
            "", WITHOUT, nodes.literal("", "review()"), nodes.Text(" asks them."), classes=["review-without"]
        )
        python = f' data-python="{PYTHON}"' if has_lab(self.env.app) else ""
        return [without, nodes.raw("", f'<live-review class="d-print-none"{python}></live-review>', format="html")]


def setup(app):
    app.add_directive("review", Review)
    app.add_directive("review-due", ReviewDue)
