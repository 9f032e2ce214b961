"""Link the names in code cells to the API page, by way of sphinx-codeautolink.

It reads the cells of a page as one program. A listing, which shows a class of the package from its source, is no part
of that program: read as one, it would define the class anew, and the cells after it would no longer use the package's.
"""
import re

from sphinx_codeautolink.extension.block import BUILTIN_BLOCKS


def without_listing(source):
    """Return a block of Python as it is shown, and as it is read."""
    return source, "" if re.match(r"# rnnlm_ref/\w+\.py\n", source) else source


def setup(app):
    app.setup_extension("sphinx_codeautolink")
    BUILTIN_BLOCKS["python"] = without_listing
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
