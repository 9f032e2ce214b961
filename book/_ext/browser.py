"""Offer each exercise to be worked on in the reader's own browser, wherever a page offers it for download.

That needs the lab that `make browser` builds, whose folder is in the environment; without it the book offers the
download alone. A page opened from disk has no button either, because browsers start no Python from there.
"""
import os
import shutil
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import download_reference

LAB = "RNNLM_LAB"
OFFER = """<div class="lab-offer d-print-none" hidden>
<p><a class="lab-button" target="_blank" href="../lab/notebooks/index.html?path={name}">Open the exercise in this
browser</a></p>
<p>Nothing to install: the first start loads Python and takes some seconds (18 MB, or 32 from a host that doesn't
compress). Your work is saved in this browser, and nowhere else. To hand it in, press <em>Download</em> above the
notebook. A check ends an endless loop by itself; any other cell is stopped by <em>Kernel › Restart Kernel</em>.</p>
<script>document.currentScript.parentElement.hidden = location.protocol === "file:";</script>
</div>"""


def offer(app, doctree, docname):
    """Add a button below each paragraph that offers an exercise which the lab has."""
    if app.builder.format != "html":
        return
    for link in list(doctree.findall(download_reference)):
        path = Path(link["reftarget"])
        for notebook in Path(os.environ[LAB], "files").glob(f"{path.stem}-[0-9]*.ipynb"):
            paragraph = link.parent
            paragraph.parent.insert(paragraph.parent.index(paragraph) + 1,
                                    nodes.raw("", OFFER.format(name=notebook.name), format="html"))


def take_along(app, exception):
    """Put the lab beside the pages."""
    place = Path(app.outdir, "lab")
    if exception is None and app.builder.format == "html" and not place.exists():
        shutil.copytree(os.environ[LAB], place)


def setup(app):
    if os.environ.get(LAB):
        app.connect("doctree-resolved", offer)
        app.connect("build-finished", take_along)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
