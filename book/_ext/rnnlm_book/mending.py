"""Mend what other packages put into the pages and readers, screen readers or this book's promises can't use."""

import re
from html import unescape
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from rnnlm_grader.course.offers import OFFER

FIGURE = "How this figure was drawn"


class NameBars(SphinxPostTransform):
    """Say on the bar above a folded part of a cell what it unfolds; MyST-NB has one text for all bars.

    Where a reader sees the code and its output is folded, that is a question: what does it print?
    """

    formats = ("html",)
    default_priority = 198  # when one form of every output is chosen, and just before MyST-NB makes the bars

    def run(self):
        for cell in self.document.findall(nodes.container):
            if cell.get("hide_mode") == "output" and cell.children[0].get("nb_element") == "cell_code_source":
                cell["prompt_show"], cell["prompt_hide"] = "What does it print? Predict, then look", "It prints"
            elif "tag_asked" in cell["classes"] and (number := self.exercise_at(cell)):
                cell["prompt_show"] = f"The code (exercise {number} asks you to write this: try it first)"
            elif cell.get("hide_mode") == "output" and name_of(cell) == FIGURE:
                cell["prompt_show"], cell["prompt_hide"] = "Show the figure", "The figure"
            elif cell.get("hide_mode") == "all":
                cell["prompt_show"] = "The code, and what it prints"
            elif cell.get("hide_mode"):
                cell["prompt_show"] = name_of(cell) or cell["prompt_show"]

    def exercise_at(self, cell):
        """Return the number of the exercise that the cell's chapter offers, or None."""
        document = cell
        while document.parent is not None:  # the chapter's own, where all of them are joined to one page
            document = document.parent
        text = Path(document["source"]).read_text(encoding="utf-8")
        offer = OFFER.search(text)
        return int(offer[1][:2]) if offer else None


class PutCodeBelowFigures(SphinxPostTransform):
    """Have the folded code of a figure follow it, so that it doesn't come between the text and the picture."""

    formats = ("html",)
    default_priority = 200  # just after MyST-NB has folded the code

    def run(self):
        for cell in self.document.findall(nodes.container):
            if cell.get("hide_mode") == "input" and cell["prompt_show"] == FIGURE:
                code = cell.pop(0)
                code["classes"] = ["below-figure"]
                cell.append(code)


def name_of(cell):
    """Return what a folded cell draws or lists, in words, or None."""
    if any(image["uri"].endswith(".svg") for image in cell.findall(nodes.image)):
        return FIGURE
    found = re.search(r"^# rnnlm_ref/\w+\.py\n(?:class|def) (\w+)", cell.astext(), re.M)
    return found and f"The code of {found[1]}"


class KeepPunctuation(SphinxPostTransform):
    """Keep a full stop or comma on the line of the formula that it follows: browsers may break a line between them."""

    formats = ("html",)
    default_priority = 500

    def run(self):
        for formula in list(self.document.findall(nodes.math)):
            following = formula.next_node(descend=False, siblings=True)
            found = isinstance(following, nodes.Text) and re.match(r"[.,;:?!)’]+", following)
            if found:
                rest = nodes.Text(following[found.end() :])
                following.parent.replace(following, rest)
                kept = nodes.inline("", "", formula.deepcopy(), nodes.Text(found[0]), classes=["keep-together"])
                formula.replace_self(kept)


def make_accessible(app, pagename, templatename, context, doctree):
    """Mend what screen readers or voice control can't use."""
    if "body" in context:
        body = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')  # ARIA has given up the former
        body = body.replace('<th class="head"><p></p></th>', "<td></td>")  # a column without a name
        # A bar that unfolds something is named by its own text.
        context["body"] = body.replace('<summary aria-label="Toggle hidden content">', "<summary>")


def measure_columns(app, pagename, templatename, context, doctree):
    """Say how wide each printed output is that has columns: a phone sets it smaller, where other text is wrapped."""

    def measured(output):
        lines = unescape(re.sub("<[^>]*>", "", output[1])).splitlines()
        has_columns = any(re.search(r"\S {2,}\S|^ *\[", line) for line in lines)
        return f'{output[0]} style="--columns: {max(map(len, lines))}"' if has_columns else output[0]

    if "body" in context:
        printed = r'<div class="output stream [^"]*"(?=><div class="highlight"><pre>(.*?)</pre>)'
        context["body"] = re.sub(printed, measured, context["body"], flags=re.DOTALL)


def drop_thebe(app, pagename, templatename, context, doctree):
    """Take out the scripts that would fetch code from another host.

    Jupyter Book always loads sphinx-thebe, which would run the cells on a public server and whose own script has an
    error that shows in the browser's console. The book offers its notebooks for the reader's own machine instead.
    """
    context["script_files"] = [
        script
        for script in context["script_files"]
        if "thebe" not in f"{script.filename} {script.attributes.get('body')}".lower()
    ]


def draw_icons_by_fonts(app, exception):
    """Empty the theme's script that draws the icons anew: it takes 1.5 MB for what the fonts beside it show as well."""
    for script in Path(app.outdir).glob("_static/vendor/fontawesome/*/js/all.min.js"):
        script.write_text("", encoding="utf-8")


def setup(app):
    app.add_post_transform(NameBars)
    app.add_post_transform(PutCodeBelowFigures)
    app.add_post_transform(KeepPunctuation)
    app.connect("html-page-context", make_accessible)
    app.connect("html-page-context", measure_columns)
    app.connect("html-page-context", drop_thebe, priority=900)  # after all those that add scripts
    app.connect("build-finished", draw_icons_by_fonts)
