"""Say on the status page how each chapter was executed and which versions of what were used.

All of it is read when the page is built: from the notebooks, where `tools/chapters.py` notes what it did, from
requirements.txt and from the environment.
"""

import importlib.metadata
import platform
import re

from .tables import Table

PACKAGES = (
    "ipython",
    "matplotlib",
    "numpy",
    "jupyter-book",
    "jupytext",
    "myst-nb",
    "nbclient",
    "nbgrader",
    "nbval",
    "pytest",
    "sphinx",
)


class ChapterStatus(Table):
    """What each executed page holds, and how long it took."""

    head = "page | code cells | with outputs | not compared | figures | CPU seconds"

    def rows(self):
        for name, notebook in self.notebooks().items():
            cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
            ignored = [cell for cell in cells if "nbval-ignore-output" in cell.metadata.get("tags", [])]
            figures = [output for cell in cells for output in cell.outputs if "image/svg+xml" in output.get("data", {})]
            counts = (len(cells), sum(bool(cell.outputs) for cell in cells), len(ignored), len(figures))
            seconds = notebook.metadata.get("executed", {}).get("seconds", "unknown")
            yield f"[]({name})", *map(str, counts), str(seconds)


class VersionStatus(Table):
    """The versions of Python and the packages: pinned, used for the outputs, and used for the pages."""

    head = "package | pinned | outputs made with | this page built with"

    def rows(self):
        executed = [notebook.metadata.get("executed", {}).get("versions", {}) for notebook in self.notebooks().values()]
        pinned = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", self.read("requirements.txt"), re.M))
        yield "python", "3.11 or newer", listed(executed, "python"), platform.python_version()
        for package in PACKAGES:
            yield package, pinned[package], listed(executed, package), importlib.metadata.version(package)


def listed(executed, package):
    """Return every version of a package that some chapter was executed with."""
    return ", ".join(sorted({versions[package] for versions in executed if package in versions})) or "–"


def setup(app):
    app.add_directive("chapter-status", ChapterStatus)
    app.add_directive("version-status", VersionStatus)
