"""Link the names in code cells to the API page, by way of sphinx-codeautolink.

It reads the cells of a page as one program. A listing, which shows a class of the package from its source, is no part
of that program: read as one, it would define the class anew, and the cells after it would no longer use the package's.

Of the links of a page that lead to one place the first stays, and none to a whole module: each is underlined, and one
more stop on the way of the Tab key.
"""

import re
from pathlib import Path

from sphinx_codeautolink.extension.block import BUILTIN_BLOCKS


def without_listing(source):
    """Return a block of Python as it is shown, and as it is read."""
    return source, "" if re.match(r"# rnnlm_ref/\w+\.py\n", source) else source


def keep_the_first(app, exception):
    """Make plain text of the links in code that lead to modules, and where others on the page lead already."""
    if exception or app.builder.name != "html":
        return
    for path in Path(app.outdir, "book").glob("*.html"):
        seen = set()

        def keep(link, seen=seen):
            target, text = link.groups()
            first = target not in seen and "#module-" not in target
            seen.add(target)
            return link[0] if first else text

        html = path.read_text(encoding="utf-8")
        once = re.sub(r'<a class="sphinx-codeautolink-a" href="([^"]*)"[^>]*>(.*?)</a>', keep, html)
        if once != html:
            path.write_text(once, encoding="utf-8")


def setup(app):
    app.setup_extension("sphinx_codeautolink")
    app.connect("build-finished", keep_the_first, priority=600)  # after sphinx-codeautolink has made the links
    BUILTIN_BLOCKS["python"] = without_listing
