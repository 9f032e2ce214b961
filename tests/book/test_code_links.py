"""Names in the code of a page lead to what the API page says about them. Needs `make book` first."""

import ast

import nbformat
import pytest
from pages import ROOT, soup

IMPORTING = [path for path in sorted((ROOT / "book").glob("*.ipynb")) if "from rnnlm_ref." in path.read_text("utf-8")]


@pytest.mark.parametrize("path", IMPORTING, ids=lambda path: path.stem)
def test_every_imported_name_is_a_link(path):
    cells = nbformat.read(path, as_version=4).cells
    nodes = [
        node
        for cell in cells
        if cell.cell_type == "code" and "remove-input" not in cell.metadata.get("tags", [])
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.ImportFrom)
    ]
    imported = {
        f"{node.module}.{alias.name}" for node in nodes if node.module.startswith("rnnlm_ref.") for alias in node.names
    }
    links = soup(f"book/{path.stem}.html").select(".cell_input pre a[href*='api.html#']")
    assert imported
    assert imported - {link["href"].partition("#")[2] for link in links} == set()
