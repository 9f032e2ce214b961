"""Make the notebooks that the book offers for download plain ones: Jupyter knows nothing of directives and roles.

The theme's button offers a copy of what a page was made from, which lies in `_sources`. A notebook there is replaced by
one whose text is plain Markdown: answers fold by HTML, citations are written out, links within the book are text.
"""

import re
from pathlib import Path

import nbformat
from pybtex.database import parse_file

WHERE_FROM = """*A page of "{title}". It needs the course's packages and Matplotlib: the book's page "Working at home"
says where to get them. Then run all cells here: until then Jupyter shows a figure as text.*"""

HIDDEN = {"hide-input": "source_hidden", "remove-input": "source_hidden", "hide-output": "outputs_hidden"}


def replace_downloads(app, exception):
    """Write the plain notebook in place of each one that is offered."""
    if exception or app.builder.format != "html":
        return
    entries = parse_file(str(Path(app.srcdir, "book/references.bib"))).entries
    for path in Path(app.outdir, "_sources").glob("**/*.ipynb"):
        notebook = nbformat.read(Path(app.srcdir, path.relative_to(Path(app.outdir, "_sources"))), as_version=4)
        nbformat.write(plain(notebook, entries, app.config.html_title), path)


def plain(notebook, entries, title):
    """Return a notebook as Jupyter shows it, with code folded where the book folds or omits it."""
    del notebook.metadata["executed"]
    notebook.cells = [cell for cell in notebook.cells if not asks(cell)]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = plain_text(cell.source, entries)
        elif hidden := {part: True for tag in cell.metadata.pop("tags", []) if (part := HIDDEN.get(tag))}:
            cell.metadata["jupyter"] = hidden
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell(WHERE_FROM.format(title=title), id="where-from"))
    return notebook


def asks(cell):
    """Return whether a cell only makes fields for an answer, which are a page's: a notebook has the folded answer."""
    return any("<live-question" in output.get("data", {}).get("text/html", "") for output in cell.get("outputs", []))


def plain_text(text, entries):
    """Return MyST Markdown as plain Markdown."""
    text = re.sub(r"^\(\S+\)=\n", "", text, flags=re.M)
    text = re.sub(r"^:::\{(\w+)\} ?([^\n]*)\n(.*?)^:::$", plain_directive, text, flags=re.M | re.DOTALL)
    text = re.sub(r"\{cite:p\}`(.*?)`", lambda match: f"({cited(match[1], entries)})", text)
    text = re.sub(r"\{download\}`(.*?)\s*<.*?>`", r"\1", text, flags=re.DOTALL)
    return re.sub(r"\[([^][]*)\]\((?!https?:)[^)]*\)", r"\1", text)


def plain_directive(match):
    """Return a dropdown as HTML that folds, and any other box as a quotation; a remark in the margin has no title."""
    name, title, body = match.groups()
    if name == "dropdown":
        return f"<details><summary>{title}</summary>\n\n{body}\n</details>"
    head = [f"**{title}**", ""] if title else []
    return "\n".join(f"> {line}".rstrip() for line in [*head, *body.splitlines()])


def cited(keys, entries):
    """Return authors and years, as in "Elman, 1990; Mikolov et al., 2010"."""
    return "; ".join(f"{authors(entries[key])}, {entries[key].fields['year']}" for key in keys.split(","))


def authors(entry):
    """Return the last names of at most two authors, or the first one's "et al."."""
    names = [" ".join(person.last_names) for person in entry.persons["author"]]
    return " and ".join(names) if len(names) < 3 else f"{names[0]} et al."


def setup(app):
    app.connect("build-finished", replace_downloads)
