"""What a student wrote beside the answers, told from the exercise's own text."""

import nbformat
import pytest
from course_folder import ROOT

from rnnlm_grader.course.source_notebook import outline_of
from rnnlm_grader.notebooks.writing import work_in

RELEASED = ROOT / "exercises" / "02-rnn" / "02-rnn.ipynb"


def changed(notebook, at, more):
    notebook = nbformat.from_dict(notebook)
    notebook.cells[at].source += more
    return notebook


@pytest.fixture
def notebook():
    return nbformat.read(RELEASED, as_version=4)


def test_an_earlier_text_of_the_exercise_is_not_the_students(notebook):
    later = outline_of(changed(notebook, 0, "\n\nA sentence that came later."))
    assert work_in(notebook, later).texts == ()


def test_what_a_student_adds_to_it_is(notebook):
    (text,) = work_in(changed(notebook, 0, "\n\nRegrade request: I don't agree."), outline_of(notebook)).texts
    assert text.request == "I don't agree."


def test_a_cell_may_hold_what_no_checksum_can_be_made_of(notebook):
    altered = changed(notebook, 0, " My own.")
    altered.cells[0].metadata.nbgrader.grade_id = "\ud800"
    (text,) = work_in(altered, outline_of(notebook)).texts
    assert text.source.endswith("My own.")
