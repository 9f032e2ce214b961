"""Let a chapter's exercise be done in the page: its tasks, hints and answer cells stand where the chapter offers it.

Each answer cell becomes an editor, for which the scripts are in the lab that `make browser` builds: see
`browser/practice`. Without a lab, in the student kit, from disk and without JavaScript there is one line instead.
"""

import json
import re
from pathlib import Path

import nbformat
from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from sphinx_codeautolink.extension.directive import SkipMarker

from rnnlm_grader.course.offers import OFFER
from rnnlm_grader.course.source_notebook import answers_of

from .lab import address_in_lab
from .puzzles import BLOCK, puzzle

HINT = re.compile(r"<details><summary>((?:Hint|Puzzle).*?)</summary>\n(.*?)\n</details>\n?", re.DOTALL)
WITHOUT = """Where this book is served together with its lab, the exercise can be done right here: you write each answer
in the page, and it is checked in your browser."""
BEGIN = """<rnnlm-practice class="d-print-none" data-exercise="{slug}" data-notebook="{name}"
data-address="{address}" hidden>
<script>location.protocol === "file:" || import("../lab/practice/practice.js")</script>
<p>Write each answer right here, below its task. Python starts in your browser as you do.</p>"""
AS_NOTEBOOK = """<div class="lab-offer d-print-none" hidden><p>The same work as a notebook, in JupyterLab:
<a target="_blank" href="{address}">Open the exercise in this browser</a>.</p>
<script>document.currentScript.parentElement.hidden = location.protocol === "file:";</script></div>"""
PUZZLE = '<rnnlm-puzzle><script type="application/json">{data}</script></rnnlm-puzzle>'
JUDGED = re.compile(r"^(?=\*\*State\*\*|(?:\*\*)?The contract\b)", re.MULTILINE)  # from here on, what may cost points
CELL = '<div class="practice-answer" data-name="{name}"></div>'


def place_directive(app, docname, source):
    """Put the directive below the cell of a notebook that offers an exercise."""
    if not app.env.doc2path(docname).endswith(".ipynb"):
        return
    notebook = json.loads(source[0])
    for at, cell in enumerate(notebook["cells"]):
        found = cell["cell_type"] == "markdown" and OFFER.search("".join(cell["source"]))
        if found:
            directive = nbformat.v4.new_markdown_cell(f"```{{practice}} {found[1]}\n```", id="practice")
            notebook["cells"].insert(at + 1, directive)
            source[0] = json.dumps(notebook)
            return


class Practice(SphinxDirective):
    """The tasks of an exercise, each with a place for its answer, and for hints. Its contract folds."""

    required_arguments = 1

    def run(self):
        (slug,) = self.arguments
        path, source = (Path(self.env.srcdir, folder, slug, f"{slug}.ipynb") for folder in ("exercises", "solutions"))
        self.answers = answers_of(nbformat.read(source, as_version=4))
        for each in (path, source):
            self.env.note_dependency(str(each))
        parts = [nodes.paragraph("", WITHOUT, classes=["practice-without", "d-print-none"])]
        if address := address_in_lab(self.env.app, slug):
            begin = BEGIN.format(slug=slug, name=address.partition("path=")[2], address=address)
            tasks = [self.task(*each) for each in tasks_of(nbformat.read(path, as_version=4))]
            parts += [raw(begin), *tasks, raw("</rnnlm-practice>"), raw(AS_NOTEBOOK.format(address=address))]
        return parts

    def task(self, name, text):
        """Return a section: what is to be written, the place for it, and hints, which fold."""
        section = nodes.section("", nodes.title("", "", nodes.literal("", name)), ids=[f"practice-{name}".lower()])
        section += SkipMarker("section")  # what stands in hints is no part of the page's program
        task, *judged = JUDGED.split(HINT.sub("", text), maxsplit=1)
        section += self.parse_text_to_nodes(task)
        for contract in judged:
            section += raw("<details><summary>What exactly is judged</summary>")
            section += [*self.parse_text_to_nodes(contract), raw("</details>")]
        section += raw(CELL.format(name=name))
        for title, hint in HINT.findall(text):
            begin = raw(f'<details class="practice-hint" hidden><summary>{title}</summary>')
            section += [begin, *self.hint(name, title, hint), raw("</details>")]
        return section

    def hint(self, name, title, text):
        """Return what a hint unfolds; where it is a puzzle, its lines are there to be put in order."""
        if not title.startswith("Puzzle"):
            return self.parse_text_to_nodes(text)
        data = json.dumps(puzzle(name, self.answers[name], text)).replace("</", "<\\/")
        return [*self.parse_text_to_nodes(BLOCK.sub("", text)), raw(PUZZLE.format(data=data))]


def tasks_of(notebook):
    """Yield the name of each answer of an exercise, and the text above it, without its heading."""
    text = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = re.sub(r"^## .*\n", "", cell.source)
        elif cell.metadata.nbgrader.solution:
            yield cell.metadata.nbgrader.grade_id, text


def raw(markup):
    return nodes.raw("", markup, format="html")


def setup(app):
    app.add_directive("practice", Practice)
    app.connect("source-read", place_directive)
