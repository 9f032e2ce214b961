"""The notebooks that the book's pages offer for download. Needs `make book` first."""

import os
import re
import shutil

import nbformat
import pytest
from nbclient import NotebookClient
from pages import HTML, ROOT

OFFERED = sorted((HTML / "_sources").glob("**/*.ipynb"))


def test_every_executed_page_is_offered():
    assert {path.name for path in OFFERED} == {path.name for path in (ROOT / "book").glob("*.ipynb")}


@pytest.mark.corpus(one_in=6)
@pytest.mark.parametrize("path", OFFERED, ids=lambda path: path.stem)
def test_a_download_runs_in_a_folder_of_its_own(path, kit, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(kit))
    notebook = nbformat.read(shutil.copy(path, tmp_path), as_version=4)
    where = "import rnnlm_figures, rnnlm_ref\nprint(rnnlm_figures.__file__, rnnlm_ref.__file__, sep='\\n')"
    notebook.cells.append(nbformat.v4.new_code_cell(where))
    NotebookClient(notebook, coalesce_streams=True, resources={"metadata": {"path": str(tmp_path)}}).execute()
    used = notebook.cells[-1].outputs[0].text.split()
    assert [os.path.relpath(file, kit) for file in used] == ["rnnlm_figures/__init__.py", "rnnlm_ref/__init__.py"]


@pytest.mark.parametrize("path", OFFERED, ids=lambda path: path.stem)
def test_a_download_holds_plain_markdown_and_no_fields(path):
    cells = nbformat.read(path, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert re.findall(r"^:::.*|\{[a-z:]+\}`|^\(\S+\)=$|\]\((?!https?:).*", text, re.M) == []
    assert [cell.source for cell in cells if "Question(" in cell.source] == []


def test_answers_and_what_a_reader_should_predict_fold_and_citations_are_written_out():
    cells = nbformat.read(HTML / "_sources/book/01-corpus.ipynb", as_version=4).cells
    text = "\n".join(cell.source for cell in cells)
    assert "<details><summary>Answer</summary>\n\n20 pairs." in text
    assert "> **In this chapter**\n>\n> **You will be able to** turn" in text
    assert "(Bengio et al., 2003)." in text
    drawn, asked = (
        next(cell for cell in cells if part in cell.source) for part in ("words_in_batches(", "goes_on(wrong")
    )
    assert drawn.metadata == {"jupyter": {"source_hidden": True}}
    assert asked.metadata == {"jupyter": {"outputs_hidden": True}}
