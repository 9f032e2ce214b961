"""A table that is made from files of the course when a page is built."""

from pathlib import Path

import nbformat
from sphinx.util.docutils import SphinxDirective


class Table(SphinxDirective):
    """A table in the page's own Markdown. It is made again when a file that it was read from changes.

    A subclass says the `head`, and yields the cells of each row in `rows()`.
    """

    def run(self):
        lines = [" | ".join(row) for row in self.rows()]
        columns = self.head.count("|")
        return self.parse_text_to_nodes("\n".join([self.head, f"|---{'|--:' * columns}", *lines]))

    def read(self, name):
        path = Path(self.env.srcdir, name)
        self.env.note_dependency(str(path))
        return path.read_text(encoding="utf-8")

    def notebooks(self):
        paths = sorted(Path(self.env.srcdir, "book").glob("*.ipynb"))
        return {path.stem: nbformat.reads(self.read(f"book/{path.name}"), as_version=4) for path in paths}
