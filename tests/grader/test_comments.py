"""What nbgrader says of an answer cell beside its mark: nothing, unless somebody did nothing."""
import demo
import nbformat
from classroom import nbgrader
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook

PATCHES = """
def forward(self, idx):
    self.idx = idx
    return self.params[0][idx]
MyEmbedding.forward = forward
"""


def test_only_an_answer_that_nobody_gave_is_said_to_be_no_response(tmp_path):
    demo.set_up(tmp_path)
    nbgrader(tmp_path, "generate_assignment", demo.ASSIGNMENT)
    blank = nbformat.read(tmp_path / "exercises" / demo.ASSIGNMENT / f"{demo.ASSIGNMENT}.ipynb", as_version=4)
    blank.cells.append(new_code_cell(PATCHES))
    demo.hand_in(tmp_path, {"somebody": nbformat.writes(blank)})
    nbgrader(tmp_path, "autograde", demo.ASSIGNMENT)
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as gradebook:
        notebook = gradebook.find_submission_notebook(demo.ASSIGNMENT, demo.ASSIGNMENT, "somebody")
        comments = {comment.name: comment.auto_comment for comment in notebook.comments}
        assert sum(grade.auto_score for grade in notebook.grades) > 0
    assert comments == {"MyEmbedding": None, "MyTimeEmbedding": "No response."}
