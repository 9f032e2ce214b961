"""Offer the exercises to be worked on in the reader's own browser.

That needs the lab that `make browser` builds, whose folder is in the environment; without it the book offers the
download alone. A page opened from disk has no button either, because browsers start no Python from there.

The top of a chapter says which exercise it has, and the directive `exercises-in-browser` offers all of them where
there is a lab. The role `exercise`, as in "{exercise}`01-embedding`", is a link to the section of a chapter that offers
the exercise.
"""

import os
import shutil
from pathlib import Path

import nbformat
from docutils import nodes
from sphinx.addnodes import download_reference
from sphinx.util import logging
from sphinx.util.docutils import ReferenceRole, SphinxDirective

from rnnlm_grader.content import ASSIGNMENTS
from rnnlm_grader.course.offers import offered

LAB = "RNNLM_LAB"
BOX = """<div class="lab-offer d-print-none" hidden>
<p>{links}</p>
<p>Nothing to install. Your work is saved in this browser, and nowhere else: to hand it in, press <em>Download</em>
above the notebook. The first start loads Python: 14 MB, or 27 from a host that doesn't compress. A check ends an
endless loop by itself; any other cell is stopped by <em>Kernel › Restart Kernel</em>.</p>
<script>document.currentScript.parentElement.hidden = location.protocol === "file:";</script>
</div>"""
BUTTON = """<a class="lab-button" target="_blank" href="{address}">{title}</a>"""


class Exercise(ReferenceRole):
    def run(self):
        title = self.title if self.has_explicit_title else f"Exercise {int(self.target[:2])}"
        return [nodes.reference(self.rawtext, title, refuri="", internal=True, exercise=self.target)], []


class ExercisesInBrowser(SphinxDirective):
    def run(self):
        links = "\n".join(
            BUTTON.format(address=address, title=title_of(Path(self.env.srcdir, "exercises", slug, f"{slug}.ipynb")))
            for slug in ASSIGNMENTS
            for address in in_lab(self.env.app, slug)
        )
        return [nodes.raw("", BOX.format(links=links), format="html")] if links else []


def title_of(notebook):
    """Return the heading of a notebook."""
    return nbformat.read(notebook, as_version=4).cells[0].source.partition("\n")[0].removeprefix("# ")


def announce(doctree):
    """Say at the top of a chapter which exercise it has."""
    slugs = dict.fromkeys(Path(link["reftarget"]).stem for link in doctree.findall(download_reference))
    for slug in filter(ASSIGNMENTS.__contains__, slugs):
        link = nodes.reference("", f"Exercise {int(slug[:2])}", refuri="", internal=True, exercise=slug)
        line = nodes.paragraph("", "This chapter has an exercise: ", link, nodes.Text("."), classes=["d-print-none"])
        title = next(doctree.findall(nodes.title))
        title.parent.insert(title.parent.index(title) + 1, line)


def lead(app, doctree, docname):
    """Have each link to an exercise lead somewhere."""
    announce(doctree)
    links = list(doctree.findall(lambda node: isinstance(node, nodes.reference) and "exercise" in node))
    pages = offered(app.srcdir) if links else {}
    for link in links:
        slug = link["exercise"]
        if slug in pages:
            page = f"book/{pages[slug]}"
            place = app.builder.get_relative_uri(docname, page)
            link["refuri"] = f"{place}#{section(app.env.get_doctree(page), slug)}"
        else:
            logging.getLogger(__name__).warning("no chapter offers the exercise %s", slug, location=link)


def section(chapter, slug):
    """Return the id of the section that offers an exercise."""
    link = next(link for link in chapter.findall(download_reference) if Path(link["reftarget"]).stem == slug)
    while not isinstance(link, nodes.section):
        link = link.parent
    return link["ids"][0]


def in_lab(app, slug):
    """Return the addresses of an exercise in the lab: one, or none."""
    if app.builder.name != "html" or not os.environ.get(LAB):
        return []
    return [
        f"../lab/notebooks/index.html?path={notebook.name}"
        for notebook in Path(os.environ[LAB], "files").glob(f"{slug}-release-*.ipynb")
    ]


def take_along(app, exception):
    """Put the lab beside the pages."""
    place = Path(app.outdir, "lab")
    if exception is None and app.builder.format == "html" and not place.exists():
        shutil.copytree(os.environ[LAB], place)


def setup(app):
    app.add_role("exercise", Exercise())
    app.add_directive("exercises-in-browser", ExercisesInBrowser)
    app.connect("doctree-resolved", lead)
    if os.environ.get(LAB):
        app.connect("build-finished", take_along)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
