"""What nbgrader says of an answer cell beside its mark: nothing, unless somebody did nothing."""
import demo
import nbformat
from classroom import config_for
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory

PATCHES = """
def forward(self, idx):
    self.idx = idx
    return self.params[0][idx]
MyEmbedding.forward = forward
"""


def test_only_an_answer_that_nobody_gave_is_said_to_be_no_response(tmp_path):
    demo.set_up(tmp_path)
    demo.run(tmp_path, "nbgrader", "generate_assignment", demo.ASSIGNMENT)
    blank = nbformat.read(tmp_path / "exercises" / demo.ASSIGNMENT / f"{demo.ASSIGNMENT}.ipynb", as_version=4)
    blank.cells.append(new_code_cell(PATCHES))
    demo.hand_in(tmp_path, {"somebody": nbformat.writes(blank)})
    config = config_for(tmp_path)
    Autograde(coursedir=CourseDirectory(config=config, assignment_id=demo.ASSIGNMENT), config=config).start()
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as gradebook:
        notebook = gradebook.find_submission_notebook(demo.ASSIGNMENT, demo.ASSIGNMENT, "somebody")
        comments = {comment.name: comment.auto_comment for comment in notebook.comments}
        assert sum(grade.auto_score for grade in notebook.grades) > 0
    assert comments == {"MyEmbedding": None, "MyTimeEmbedding": "No response."}
