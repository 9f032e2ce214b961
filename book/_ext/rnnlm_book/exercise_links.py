"""Lead from a chapter to its exercise: say at its top which one it has, and link to where a chapter offers one.

The role `exercise`, as in "{exercise}`01-embedding`", is a link to the section of a chapter that offers the exercise.
"""

from pathlib import Path

from docutils import nodes
from sphinx.addnodes import download_reference
from sphinx.util import logging
from sphinx.util.docutils import ReferenceRole

from rnnlm_grader.content import ASSIGNMENTS
from rnnlm_grader.course.offers import offered


class ExerciseLink(ReferenceRole):
    """A link to an exercise, which `resolve` has lead somewhere when all pages are read."""

    def run(self):
        title = self.title if self.has_explicit_title else f"Exercise {int(self.target[:2])}"
        return [nodes.reference(self.rawtext, title, refuri="", internal=True, exercise=self.target)], []


def announce(doctree):
    """Say at the top of a chapter which exercise it has."""
    slugs = dict.fromkeys(Path(link["reftarget"]).stem for link in doctree.findall(download_reference))
    for slug in filter(ASSIGNMENTS.__contains__, slugs):
        link = nodes.reference("", f"Exercise {int(slug[:2])}", refuri="", internal=True, exercise=slug)
        line = nodes.paragraph("", "This chapter has an exercise: ", link, nodes.Text("."), classes=["d-print-none"])
        title = next(doctree.findall(nodes.title))
        title.parent.insert(title.parent.index(title) + 1, line)


def resolve(app, doctree, docname):
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


def setup(app):
    app.add_role("exercise", ExerciseLink())
    app.connect("doctree-resolved", resolve)
