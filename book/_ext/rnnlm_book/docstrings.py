"""Read the package's docstrings as the API page shows them.

Their sections are NumPy's; their last line names the chapter that derives what they say, and becomes a link to it.
Names in single backticks are code.
"""

import re


def link_chapters(app, what, name, obj, options, lines):
    """Turn a line `Book: 02-embedding` into a link, in a paragraph of its own."""
    lines[:] = [new for line in lines for new in linked(line)]


def linked(line):
    if match := re.fullmatch(r"Book: (.+)", line.strip()):
        return ["", "Book: " + ", ".join(f":doc:`{chapter}`" for chapter in match[1].split(", ")), ""]
    return [line]


def setup(app):
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", link_chapters, priority=100)
    app.setup_extension("sphinx.ext.napoleon")
