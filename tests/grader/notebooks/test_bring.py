"""A student's work goes from a notebook with the old text into one with the new text, and nothing is lost."""

import copy

import nbformat
import pytest
from course_folder import BLANK, WORK
from nbformat.v4 import new_code_cell, new_markdown_cell

from rnnlm_grader.notebooks import bring

RIGHT = nbformat.reads(WORK["right-as-the-book"], as_version=4)


def name_of(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id") or cell.id


@pytest.fixture
def paths(tmp_path):
    """A notebook in which a student has worked, and the exercise as it is now, with another text and another cell."""
    old, new = copy.deepcopy(RIGHT), copy.deepcopy(BLANK)
    at = next(i for i, cell in enumerate(old.cells) if name_of(cell) == "MyEmbedding")
    old.cells[at:at] = [new_markdown_cell("my note", id="note"), new_code_cell("helper = 1", id="helper")]
    new.cells[0].source = "# The new title"
    new.cells.insert(2, new_markdown_cell("a new paragraph", id="new"))
    for name, notebook in (("old", old), ("new", new)):
        nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    return tmp_path / "old.ipynb", tmp_path / "new.ipynb"


def test_answers_and_own_cells_are_brought_and_the_new_text_stays(paths, capsys):
    old, new = paths
    kept = old.read_bytes()
    assert bring.main([*map(str, paths)]) == 0
    assert capsys.readouterr().out == (
        f"Brought into {new}: MyEmbedding, MyTimeEmbedding, and 2 cells of your own. {old} is as it was.\n"
    )
    notebook = nbformat.read(new, as_version=4)
    nbformat.validate(notebook)
    cells = {name_of(cell): cell.source for cell in notebook.cells}
    assert cells[name_of(BLANK.cells[0])] == "# The new title"
    assert cells["new"] == "a new paragraph"
    assert [cells[name] for name in ("MyEmbedding", "MyTimeEmbedding")] == [
        cell.source for cell in RIGHT.cells if name_of(cell) in ("MyEmbedding", "MyTimeEmbedding")
    ]
    order = [name_of(cell) for cell in notebook.cells]
    assert order[order.index("MyEmbedding") - 2 : order.index("MyEmbedding")] == ["note", "helper"]
    assert len(order) == len(BLANK.cells) + 3
    assert old.read_bytes() == kept


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (("old", "old"), "is filled in already"),
        (("other", "new"), "aren't the same exercise"),
        (("nothing", "new"), "No such file"),
        (("old", "nothing"), "No such file"),
    ],
)
def test_what_would_lose_work_or_makes_no_sense_changes_nothing(paths, tmp_path, names, reason, capsys):
    (tmp_path / "other.ipynb").write_text(nbformat.writes(nbformat.v4.new_notebook(cells=[new_code_cell("x = 1")])))
    before = [path.read_bytes() for path in paths]
    assert bring.main([str(tmp_path / f"{name}.ipynb") for name in names]) == 2
    assert reason in (said := capsys.readouterr().err)
    assert said.endswith("Nothing was changed.\n")
    assert [path.read_bytes() for path in paths] == before
