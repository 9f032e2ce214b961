"""The status page tells what the notebooks, the pins and the environment say. Needs `make book` first."""
import importlib.metadata
import json
import platform

import pytest
from bs4 import BeautifulSoup
from pages import HTML, ROOT

NOTEBOOKS = sorted((ROOT / "book").glob("*.ipynb"))


@pytest.fixture(scope="module")
def tables():
    """Both tables of the page, as dictionaries from the first column to the others."""
    page = BeautifulSoup((HTML / "book/status.html").read_text(encoding="utf-8"), "html.parser")
    rows = [[[cell.get_text() for cell in row.find_all("td")] for row in table.select("tbody tr")]
            for table in page.select("main table")]
    return [{row[0]: row[1:] for row in table} for table in rows]


def test_every_notebook_has_its_row(tables):
    pages, _ = tables
    for path, counts in zip(NOTEBOOKS, pages.values(), strict=True):
        cells = [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]
        assert list(map(int, counts[:2])) == [len(cells), len([cell for cell in cells if cell["outputs"]])], path.name


def test_the_versions_are_those_of_the_pins_and_of_the_environment(tables):
    _, versions = tables
    _, executed, built = versions.pop("python")
    notes = [json.loads(path.read_text())["metadata"]["executed"] for path in NOTEBOOKS]
    assert set(executed.split(", ")) == {note["versions"]["python"] for note in notes}
    assert built == platform.python_version()
    pinned = (ROOT / "requirements.txt").read_text().splitlines()
    for package, (pin, executed, built) in versions.items():
        assert f"{package}=={pin}" in pinned
        assert executed in (pin, "–")
        assert built == importlib.metadata.version(package)
