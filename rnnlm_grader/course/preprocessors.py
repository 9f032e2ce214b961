"""What nbgrader does with each submission, in this order, in place of its own steps.

Rebuild          makes the notebook anew from the source directory, with the student's answers in it
GradeInSandbox   writes mark and report into its cells
SaveMarks        records the marks, and what lateness costs, in one transaction
"""
import contextlib
import copy
from pathlib import Path

import nbformat
from nbformat.v4 import new_markdown_cell
from nbgrader.api import BaseCell, Comment, Grade
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution
from traitlets import Enum, Float, Unicode

from ..explaining.words import BOOK, clean
from ..notebooks.submission import MAX_SOURCE
from ..refusal import Refusal
from ..sandbox.bubblewrap import described, resolve
from ..sandbox.view import shows
from .folders import (
    HIDDEN,
    answers_of,
    execution_order,
    read_secret,
    read_source,
    released,
    require_criteria,
    require_known,
)
from .gradebook import open_gradebook, require_gradebook
from .job import Job, require_own_grader, version
from .lateness import late_rule, set_penalty
from .private import make_private, owner_only
from .results import Results
from .state import RECORD

MOST_IN_LINE = 2_000  # characters, of a line that a page shows


def coursedir_of(preprocessor):
    """The course that a preprocessor works for: its parent is the exporter, whose parent is nbgrader's converter."""
    return preprocessor.parent.parent.coursedir


class Rebuild(NbGraderPreprocessor):
    """Make a submission anew: the instructor's cells, with the student's source where an answer is asked for."""

    def preprocess(self, nb, resources):
        submission, rebuilt = resources["submission"], copy.deepcopy(resources["source"])
        for cell in rebuilt.cells:
            if is_solution(cell):
                cell.source = released(cell.source)
                cell.metadata.nbgrader.checksum = compute_checksum(cell)  # nbgrader tells by it who did nothing
                cell.source = submission.answers[cell.metadata.nbgrader.grade_id]
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        for remark in submission.remarks:
            self.log.warning("%s: %s", submission.student, remark)
        resources["outputs"] = {name: text.encode() for name, text in submission.beside.items()}
        return rebuilt, resources


class GradeInSandbox(NbGraderPreprocessor):
    """Write into each grade cell of a rebuilt submission what the examination in the sandbox has found."""

    sandbox = Enum(["auto", "bwrap", "podman", "none"], "auto", help="How to isolate student code: 'auto' is "
                   "bubblewrap where it can start, else podman; 'none' only where student code is trusted."
                   ).tag(config=True)
    secret_file = Unicode("rnnlm-secret.key", help="The key from which hidden inputs are drawn; made where it is "
                          "missing. Keep it out of students' sight, and keep it: another key draws other inputs."
                          ).tag(config=True)
    results_directory = Unicode("results", help="Where to keep what examinations found. It may be deleted: everything "
                                "is then examined anew.").tag(config=True)
    book_url = Unicode("", help="Where students read the book, for links in their feedback: https://.../ without book/."
                       ).tag(config=True)
    seconds_per_criterion = Float(4.0, help="How long one criterion may take.").tag(config=True)
    seconds_per_answer = Float(10.0, help="How long all criteria of one class or function may take.").tag(config=True)

    def preprocess(self, nb, resources):
        submission, coursedir = resources["submission"], coursedir_of(self)
        result = self.results(coursedir).read(submission.key)
        nb.metadata[RECORD] = {"key": result["key"], "remarks": list(submission.remarks),
                               "sandbox": described(resolve(self.sandbox)), "results": result["results"]}
        for cell in nb.cells:
            if is_grade(cell):
                cell.source = HIDDEN.sub("", cell.source)
                write_result(cell, result["parts"][cell.metadata.nbgrader.grade_id], self.book_url)
            elif is_solution(cell):
                cell.source = shown_source(cell.source)
        if remarks := [*submission.remarks, *result["failed"]]:
            text = "\n".join(f"- {clean(remark).replace('`', '')}" for remark in remarks)
            about = f"**About this submission**\n\n```\n{text}\n```"
            nb.cells.insert(0, new_markdown_cell(about, id="about-this-submission"))  # else its id is a random one
        return nb, resources

    def require(self, coursedir):
        """Raise a `Refusal`, with what to do, unless everything is there that grading needs."""
        require_known(coursedir.assignment_id)
        if resolve(self.sandbox) != "none" and shows(coursedir.root):
            raise Refusal(f"The course lies in {coursedir.root}, among the system's libraries, which students' code "
                          "may read. Nothing was graded; move it elsewhere.")
        require_own_grader(coursedir.root)
        source = read_source(coursedir, coursedir.assignment_id)
        points = require_criteria(coursedir.assignment_id, source)
        require_gradebook(coursedir.db_url, coursedir.assignment_id, points)
        with contextlib.nullcontext() if coursedir.groupshared else owner_only():
            self.secret(coursedir)
        make_private(coursedir)

    def secret(self, coursedir):
        """The key from which hidden inputs are drawn."""
        return read_secret(Path(coursedir.root, self.secret_file),
                           Path(coursedir.root, self.results_directory, "key-fingerprint"))

    def results(self, coursedir):
        """Where the results of the course's assignment are kept."""
        return Results(Path(coursedir.root, self.results_directory, coursedir.assignment_id))

    def job_maker(self, coursedir):
        """Return the function (source notebook, HandedIn) → Job of this course."""
        secret, sandbox = self.secret(coursedir), resolve(self.sandbox)

        def job(source, handed_in):
            return Job(
                assignment=coursedir.assignment_id,
                cells=tuple(execution_order(source, handed_in.order)),
                whole=tuple(execution_order(source, handed_in.whole)) if handed_in.whole else (),
                answers=tuple(answers_of(source).items()),
                secret=secret,
                sandbox=sandbox,
                seconds_per_criterion=self.seconds_per_criterion,
                seconds_per_answer=self.seconds_per_answer,
                version=version(),
            )
        return job


def shown_source(source):
    """A student's cell as pages show it: harmless, and with nothing in it that makes a lexer go back or on far.

    That is blanks at ends of lines, and lines of many thousand characters, which are broken.
    """
    lines = clean(source, MAX_SOURCE).split("\n")
    return "\n".join(line[at: at + MOST_IN_LINE].rstrip() for line in lines
                     for at in range(0, max(len(line), 1), MOST_IN_LINE))


def write_result(cell, part, book_url):
    """Put report and mark of a part into its grade cell, in the form that nbgrader reads partial credit from."""
    outputs = [{"output_type": "stream", "name": "stdout", "text": part["text"] + "\n"}]
    if book_url and part["sections"]:
        links = ", ".join(f"[{section}]({book_url.rstrip('/')}/{BOOK}/{section})" for section in part["sections"])
        outputs.append({"output_type": "display_data", "data": {"text/markdown": f"Read {links}"}, "metadata": {}})
    outputs.append({"output_type": "execute_result", "data": {"text/plain": str(float(part["points"]))},
                    "execution_count": 1, "metadata": {}})
    cell.outputs, cell.execution_count = nbformat.from_dict(outputs), 1


class SaveMarks(NbGraderPreprocessor):
    """Record marks and late penalty as nbgrader's SaveAutoGrades and AssignLatePenalties do, but in one transaction.

    Those read and commit cell by cell. So this one is faster, and leaves no student with some of the marks.
    """

    def preprocess(self, nb, resources):
        ids, coursedir, worth_something = resources["nbgrader"], coursedir_of(self), set()
        with open_gradebook(coursedir) as gradebook:
            notebook = gradebook.find_submission_notebook(ids["notebook"], ids["assignment"], ids["student"])
            grades, comments = (by_cell(gradebook, kind, notebook) for kind in (Grade, Comment))
            for cell in filter(is_grade, nb.cells):
                grade_id = cell.metadata.nbgrader.grade_id
                grade = grades[grade_id]
                grade.auto_score, _ = determine_grade(cell, self.log)
                grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
                if grade.auto_score:
                    worth_something.add(grade_id.partition("-")[0])  # the name, which has no hyphen
            for cell in filter(is_solution, nb.cells):
                name, checksum = cell.metadata.nbgrader.grade_id, cell.metadata.nbgrader.checksum
                # The answer may stand elsewhere, in a cell of the student's own.
                is_missing = checksum == compute_checksum(cell) and name not in worth_something
                comments[name].auto_comment = "No response." if is_missing else None
            gradebook.db.flush()
            gradebook.db.refresh(notebook, ["score"])
            set_penalty(late_rule(ids["assignment"], parent=self), notebook)
            gradebook.db.commit()
        return nb, resources


def by_cell(gradebook, kind, notebook):
    """Return {grade_id: object of that kind} of a submitted notebook."""
    query = gradebook.db.query(BaseCell.name, kind).join(kind.cell).filter(kind.notebook_id == notebook.id)
    return dict(map(tuple, query))
