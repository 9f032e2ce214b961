"""Listings and quotations: code of the package and what a model has written, as a page shows them."""

import ast
import inspect
import re
import textwrap
from pathlib import Path


class Source:
    """The source of a function, method or class, read from where it is defined, so that a page can't misquote it.

    Docstrings are left out: the page says in its own words what they say. Comments that were lined up at the right move
    up to their code, because a page is narrower than an editor.
    """

    def __init__(self, thing):
        source = textwrap.dedent(inspect.getsource(thing))
        path = Path(inspect.getsourcefile(thing))
        self.source = _without_docstrings(source)
        self.place = f"{path.parent.name}/{path.name}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/markdown": f"```python\n# {self.place}\n{self.source}\n```", "text/plain": self.source}


class Quotation:
    """A text as a page quotes it, below a title."""

    def __init__(self, title, text):
        self.title, self.text = title, text

    def _repr_mimebundle_(self, include=None, exclude=None):
        quoted = "\n".join(f"> {line}".rstrip() for line in self.text.splitlines())
        return {"text/markdown": f"*{self.title}*\n\n{quoted}", "text/plain": f"{self.title}\n\n{self.text}"}


def _without_docstrings(source):
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            quoted = node.body[0]
            lines[quoted.lineno - 1 : quoted.end_lineno] = [None] * (quoted.end_lineno - quoted.lineno + 1)
    kept = "\n".join(line for line in lines if line is not None)
    return re.sub(r"(?<=\S) {3,}# ", "  # ", re.sub(r":\n\n+", ":\n", kept)).strip("\n")
