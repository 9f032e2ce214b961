"""A sample of the corpora, of every assignment, through nbgrader's own converter."""
import demo
import nbformat
import pytest
from classroom import config_for
from corpora import CORPORA
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.coursedir import CourseDirectory

from rnnlm_grader.course.recorder import RECORD
from rnnlm_grader.criteria import ASSIGNMENTS


def hand_ins(corpus):
    """Two right submissions in other styles, and one with a mistake in its last answer."""
    styles = {name: list(answers.values()) for name, answers in corpus.RIGHT.items()}
    last = list(styles)[-1]
    return {"plain": {name: sources[0] for name, sources in styles.items()},
            "other": {name: sources[-1] for name, sources in styles.items()},
            "wrong": {name: sources[0] for name, sources in styles.items()}
            | {last: next(iter(corpus.WRONG[last].values()))}}


@pytest.fixture(scope="module", params=CORPORA, ids=lambda corpus: corpus.SLUG)
def graded(request, tmp_path_factory):
    """Release an assignment, hand in the sample, grade it; return corpus, marks and the record of the wrong one."""
    corpus, course = request.param, tmp_path_factory.mktemp("course")
    config = config_for(course)
    config.CourseDirectory.source_directory = str(request.config.rootpath / "solutions")
    coursedir = CourseDirectory(config=config, assignment_id=corpus.SLUG)
    GenerateAssignment(coursedir=coursedir, config=config).start()
    blank = nbformat.read(course / "exercises" / corpus.SLUG / f"{corpus.SLUG}.ipynb", as_version=4)
    for student, answers in hand_ins(corpus).items():
        folder = course / "submitted" / student / corpus.SLUG
        folder.mkdir(parents=True)
        (folder / f"{corpus.SLUG}.ipynb").write_text(nbformat.writes(demo.filled(blank, **answers)))
    Autograde(coursedir=CourseDirectory(config=config, assignment_id=corpus.SLUG), config=config).start()
    with Gradebook(coursedir.db_url) as gradebook:
        marks = {s.student_id: s.score for s in gradebook.assignment_submissions(corpus.SLUG)}
    wrong = nbformat.read(course / "autograded" / "wrong" / corpus.SLUG / f"{corpus.SLUG}.ipynb", as_version=4)
    return corpus, marks, wrong.metadata[RECORD]


def test_right_submissions_get_full_marks_and_a_mistake_costs_some(graded):
    corpus, marks, _ = graded
    most = sum(criterion.points for criterion in ASSIGNMENTS[corpus.SLUG].criteria)
    assert marks["plain"] == marks["other"] == most
    assert 0 < marks["wrong"] < most


def test_the_mistake_is_named(graded):
    corpus, _, record = graded
    last = list(corpus.WRONG)[-1]
    named = {c["likely"] for part in record["results"] for c in part["criteria"] if c["likely"]}
    assert named == {next(iter(corpus.WRONG[last]))}
