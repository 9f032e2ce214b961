"""Put the lab beside the pages, where the exercises run in the reader's own browser, and offer all of them there.

`make browser` builds the lab, and names its folder in the environment; without it the book offers the download alone.
A page opened from disk has no button either, because browsers start no Python from there.
"""

import os
import shutil
from pathlib import Path

import nbformat
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from rnnlm_grader.content import ASSIGNMENTS

LAB = os.environ.get("RNNLM_LAB")
FOLDER = "lab"  # beside the pages
BOX = """<div class="lab-offer d-print-none" hidden>
<p>{links}</p>
<p>Nothing to install. Your work is saved in this browser, and nowhere else: to hand it in, press <em>Download</em>
above the notebook. The first start loads Python: 14 MB, or 27 from a host that doesn't compress. A check ends an
endless loop by itself; any other cell is stopped by <em>Kernel › Restart Kernel</em>.</p>
<script>document.currentScript.parentElement.hidden = location.protocol === "file:";</script>
</div>"""
BUTTON = """<a class="lab-button" target="_blank" href="{address}">{title}</a>"""


class ExercisesInBrowser(SphinxDirective):
    """A button for each exercise, which opens it in the lab; nothing where there is no lab."""

    def run(self):
        links = "\n".join(
            BUTTON.format(address=address, title=title_of(Path(self.env.srcdir, "exercises", slug, f"{slug}.ipynb")))
            for slug in ASSIGNMENTS
            if (address := address_in_lab(self.env.app, slug))
        )
        return [nodes.raw("", BOX.format(links=links), format="html")] if links else []


def title_of(notebook):
    """Return the heading of a notebook."""
    return nbformat.read(notebook, as_version=4).cells[0].source.partition("\n")[0].removeprefix("# ")


def has_lab(app):
    """Whether pages lead to a lab: the one long page that the PDF is printed from doesn't."""
    return app.builder.name == "html" and bool(LAB)


def address_in_lab(app, slug):
    """Return the address of an exercise in the lab, as a chapter links to it; None without a lab."""
    notebooks = Path(LAB, "files").glob(f"{slug}-release-*.ipynb") if has_lab(app) else []
    return next((f"../{FOLDER}/notebooks/index.html?path={notebook.name}" for notebook in notebooks), None)


def copy_lab(app, exception):
    """Put the lab beside the pages."""
    place = Path(app.outdir, FOLDER)
    if exception is None and app.builder.format == "html" and not place.exists():
        shutil.copytree(LAB, place)


def setup(app):
    app.add_directive("exercises-in-browser", ExercisesInBrowser)
    if LAB:
        app.connect("build-finished", copy_lab)
