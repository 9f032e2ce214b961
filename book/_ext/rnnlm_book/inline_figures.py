"""Put the SVG figures of notebooks into the page itself, where the page's style sheet reaches them.

Inside `<img>` a figure can't know whether the reader chose the light or the dark theme. Inside the page its colours are
CSS variables (`book/_static/book.css`), and its `role` and `aria-label` speak to a screen reader.
"""

from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform


class InlineFigures(SphinxPostTransform):
    formats = ("html",)
    default_priority = 500  # after MyST-NB has chosen one form of every output

    def run(self):
        for image in list(self.document.findall(nodes.image)):
            svg = Path(self.env.srcdir, image["uri"])
            if svg.suffix == ".svg":
                text = svg.read_text(encoding="utf-8")
                markup = text[text.index("<svg") :]  # the XML declaration has no place inside a page
                image.replace_self(nodes.raw("", f'<figure class="drawing">{markup}</figure>', format="html"))


def setup(app):
    app.add_post_transform(InlineFigures)
