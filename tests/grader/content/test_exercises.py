"""The notebooks of the exercises: what they promise, and what they must not show."""

import re

import nbformat
import pytest
from nbclient import NotebookClient

from rnnlm_grader.content import ASSIGNMENTS
from rnnlm_grader.course.offers import offered
from rnnlm_grader.course.source_notebook import is_by_hand

pytestmark = pytest.mark.parametrize("slug", ASSIGNMENTS)
FOLDERS = ("solutions", "exercises")


def nbgrader_cells(notebook, role):
    return {c.metadata.nbgrader.grade_id: c for c in notebook.cells if c.metadata.get("nbgrader", {}).get(role)}


def shown_by(cell):
    """Return the text of what a cell displays."""
    return "".join(
        output.data["text/plain"] for output in cell.get("outputs", ()) if output.output_type == "display_data"
    )


@pytest.fixture
def read(request, slug):
    """Read the exercise's notebook from a folder."""
    return lambda folder: nbformat.read(request.config.rootpath / folder / slug / f"{slug}.ipynb", as_version=4)


def test_cells_and_criteria_agree_on_names_parts_and_points(read, slug):
    """Cells that a teacher marks by hand may be there too."""
    assignment = ASSIGNMENTS[slug]
    wanted = {f"{name}-{part}": sum(c.points for c in assignment.of(name, part)) for name, part in assignment.parts()}
    for notebook in map(read, FOLDERS):
        notebook.cells = [cell for cell in notebook.cells if "nbgrader" not in cell.metadata or not is_by_hand(cell)]
        graded = nbgrader_cells(notebook, "grade")
        assert {grade_id: cell.metadata.nbgrader.points for grade_id, cell in graded.items()} == wanted
        assert tuple(nbgrader_cells(notebook, "solution")) == assignment.names


def test_a_released_notebook_holds_no_solution_no_hidden_test_and_no_output(read, slug):
    released = read("exercises")
    for cell in released.cells:
        assert not re.search("SOLUTION|HIDDEN|hidden=", cell.source)
        assert not cell.get("outputs")
    assert all(
        "NotImplementedError" in cell.source
        for cell in nbgrader_cells(released, "solution").values()
        if not is_by_hand(cell)
    )


def test_an_exercise_says_what_its_answers_may_use_and_has_hints_a_chapter_and_a_next_one(read, slug, request):
    cells = {cell.metadata.nbgrader.grade_id: cell.source for cell in read("exercises").cells}
    intro = " ".join(next(iter(cells.values())).split())
    lent = [f"`rnnlm_ref.{module}`" for modules in ASSIGNMENTS[slug].lent.values() for module in modules]
    assert [name for name in ("NumPy", "Python", *lent) if name not in intro] == []  # in any language
    # For each name a worked number, three hints and a puzzle.
    assert "".join(cells.values()).count("<details><summary>") == 5 * len(ASSIGNMENTS[slug].names)
    (chapter,) = re.findall(r'^chapter\("([\w-]+)"\)$', cells["check-import"], re.M)
    assert (request.config.rootpath / "book" / f"{chapter}.ipynb").exists()
    there = offered(request.config.rootpath)
    named = re.findall(r"`(\d\d-[\w-]+)`", cells["outro"].rpartition("\n\n")[2])
    assert named == [name for name in there if name > slug][:1] or slug not in there
    assert cells["hand-in-check"] == "check()"


@pytest.mark.corpus(one_in=4, whole=True)
def test_in_one_kernel_the_unfilled_exercise_says_so_without_a_traceback_and_the_solution_is_right(read):
    # Without the finale, which test_finale.py runs.
    unfilled, right = (
        [cell for cell in read(folder).cells if "finale()" not in cell.source] for folder in ("exercises", "solutions")
    )
    for cell in right:
        cell.id += "-right"
    both = nbformat.v4.new_notebook(cells=[*unfilled, *right], metadata=read("solutions").metadata)
    NotebookClient(both, timeout=120, allow_errors=True).execute()
    for cell in unfilled:
        if cell.metadata.nbgrader.grade and not is_by_hand(cell):
            (error,) = [output for output in cell.outputs if output.output_type == "error"]
            assert "Not filled in yet" in shown_by(cell)
            assert len(error.traceback) == 1
    shown = "".join(map(shown_by, right))
    assert "✓" in shown
    assert "✗" not in shown
    assert [output for cell in right for output in cell.get("outputs", ()) if output.output_type == "error"] == []
