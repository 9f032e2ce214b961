"""The notebooks of the exercises: what they promise, and what they must not show."""
import re

import nbformat
import pytest
from nbclient import NotebookClient

from rnnlm_grader.criteria import ASSIGNMENTS

FOLDERS = ("solutions", "exercises")


def read(root, folder, slug):
    return nbformat.read(root / folder / slug / f"{slug}.ipynb", as_version=4)


def nbgrader_cells(notebook, role):
    return {c.metadata.nbgrader.grade_id: c for c in notebook.cells if c.metadata.get("nbgrader", {}).get(role)}


def shown_by(cell):
    """The text of what a cell displays."""
    return "".join(output.data["text/plain"] for output in cell.get("outputs", ())
                   if output.output_type == "display_data")


@pytest.fixture
def root(request):
    return request.config.rootpath


@pytest.mark.parametrize("slug", ASSIGNMENTS)
def test_grade_cells_and_criteria_agree_on_parts_and_points(root, slug):
    assignment = ASSIGNMENTS[slug]
    wanted = {f"{name}-{part}": sum(c.points for c in assignment.of(name, part)) for name, part in assignment.parts()}
    for folder in FOLDERS:
        cells = nbgrader_cells(read(root, folder, slug), "grade")
        assert {grade_id: cell.metadata.nbgrader.points for grade_id, cell in cells.items()} == wanted


@pytest.mark.parametrize("slug", ASSIGNMENTS)
def test_each_name_has_one_cell_to_fill(root, slug):
    for folder in FOLDERS:
        assert tuple(nbgrader_cells(read(root, folder, slug), "solution")) == ASSIGNMENTS[slug].names


@pytest.mark.parametrize("slug", ASSIGNMENTS)
def test_a_released_notebook_holds_no_solution_no_hidden_test_and_no_output(root, slug):
    source, released = (read(root, folder, slug) for folder in FOLDERS)
    for cell in released.cells:
        assert "SOLUTION" not in cell.source
        assert "HIDDEN" not in cell.source
        assert "hidden=" not in cell.source
        assert not cell.get("outputs")
    for grade_id, cell in nbgrader_cells(released, "solution").items():
        assert "NotImplementedError" in cell.source
        assert "NotImplementedError" not in nbgrader_cells(source, "solution")[grade_id].source


@pytest.mark.parametrize("slug", ASSIGNMENTS)
def test_an_exercise_says_which_modules_its_answers_may_use(root, slug):
    intro = " ".join(read(root, "exercises", slug).cells[0].source.split())
    assert "no other module is available when" in intro
    for name in ("NumPy", "standard library", *(f"`rnnlm_ref.{m}`" for lent in ASSIGNMENTS[slug].lent.values()
                                                for m in lent)):
        assert name in intro


@pytest.mark.parametrize("slug", ASSIGNMENTS)
def test_each_answer_has_a_worked_number_and_three_hints_folded_away(root, slug):
    text = "\n".join(c.source for c in read(root, "exercises", slug).cells if c.cell_type == "markdown")
    assert text.count("<details><summary>") == 4 * len(ASSIGNMENTS[slug].names)  # in whatever language


@pytest.mark.parametrize("slug", ASSIGNMENTS)
def test_an_exercise_leads_to_its_chapter_and_names_the_next_exercise(root, slug):
    cells = {cell.metadata.nbgrader.grade_id: cell.source for cell in read(root, "exercises", slug).cells}
    chapter, = re.findall(r'^chapter\("([\w-]+)"\)$', cells["check-import"], re.M)
    assert (root / "book" / f"{chapter}.ipynb").exists()
    slugs = [*ASSIGNMENTS, "last exercise"]
    assert slugs[slugs.index(slug) + 1] in cells["outro"].rpartition("**Next.**")[2]


@pytest.mark.parametrize("slug", ASSIGNMENTS)
def test_an_exercise_ends_in_a_look_at_all_of_it(root, slug):
    *_, text, last = read(root, "exercises", slug).cells
    assert text.source == "## Before you hand in\n\nRestart the kernel, run all cells, and look at the table."
    assert last.source == "check()"


@pytest.mark.parametrize("slug", ASSIGNMENTS)
def test_the_solution_runs_from_top_to_bottom_in_a_real_kernel(root, slug):
    notebook = read(root, "solutions", slug)
    notebook.cells = [cell for cell in notebook.cells if "finale()" not in cell.source]  # test_finale.py runs it
    NotebookClient(notebook, timeout=120).execute()
    shown = "".join(map(shown_by, notebook.cells))
    assert "✓" in shown
    assert "✗" not in shown


@pytest.mark.parametrize("slug", ASSIGNMENTS)
def test_an_unfilled_exercise_says_so_without_a_traceback(root, slug):
    notebook = read(root, "exercises", slug)
    NotebookClient(notebook, timeout=120, allow_errors=True).execute()
    for cell in nbgrader_cells(notebook, "grade").values():
        error, = [output for output in cell.outputs if output.output_type == "error"]
        assert "Not filled in yet" in shown_by(cell)
        assert len(error.traceback) == 1
