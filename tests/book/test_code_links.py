"""Names in the code of a page lead to what the API page says about them. Needs `make book` first."""
import ast
import functools
from collections import Counter
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = [path.stem for path in sorted((ROOT / "book").glob("*.ipynb"))]


def uses(page):
    """Count how often the code on a page names what it imports from the package, the imports included."""
    cells = nbformat.read(ROOT / "book" / f"{page}.ipynb", as_version=4).cells
    nodes = [node for cell in cells if cell.cell_type == "code" and "remove-input" not in cell.metadata.get("tags", [])
             for node in ast.walk(ast.parse(cell.source))]
    origin = {alias.name: f"{node.module}.{alias.name}" for node in nodes if isinstance(node, ast.ImportFrom)
              if node.module.startswith("rnnlm_ref.") for alias in node.names}
    read = Counter(node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    return {origin[name]: 1 + read[name] for name in origin}


@functools.cache
def links(page):
    """Count the links of a page's code to the API page, by what they say and what they lead to."""
    soup = BeautifulSoup((ROOT / f"_build/html/book/{page}.html").read_text(encoding="utf-8"), "html.parser")
    parts = [(link.get_text(), link["href"].split("#")) for link in soup.select(".cell_input pre a")]
    return Counter((text, target) for text, (place, target) in parts if place.endswith("api.html"))


@pytest.mark.parametrize("page", NOTEBOOKS)
def test_every_use_of_an_imported_name_is_a_link(page):
    expected = uses(page)
    assert expected
    assert {name: links(page)[name.rsplit(".", 1)[1], name] for name in expected} == expected
