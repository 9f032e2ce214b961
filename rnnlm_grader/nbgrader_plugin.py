"""How the grader plugs into `nbgrader autograde`: it reads, rebuilds and examines; nbgrader writes the gradebook.

`nbgrader_config.py` of a course calls `configure(c)`. Then, in the order in which nbgrader runs them:

SubmissionExporter   opens what was handed in, also where it is no notebook
Rebuild              makes the notebook anew from the source directory, with the student's answers in it
OverwriteCells       (nbgrader's) compares it with the gradebook
GradeInSandbox       examines the answers, in place of nbgrader's Execute, and writes mark and report into the cells
SaveAutoGrades       (nbgrader's) records the marks
"""
import contextlib
import glob
import os
import re
import time
import warnings
from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat.v4 import new_markdown_cell, new_notebook, new_output
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    NbGraderPreprocessor,
    OverwriteCells,
    SaveAutoGrades,
)
from nbgrader.utils import is_grade, is_solution
from sqlalchemy.exc import SAWarning
from traitlets import Enum, Float, Unicode

from .assignments import ASSIGNMENTS
from .candidate import SandboxedCandidate
from .exam import hidden_seed, public_seed
from .grading import grade_submission
from .report import clean, in_a_word, render
from .sandbox import SandboxMissing, require_sandbox
from .submission import MAX_SOURCE, Unreadable, plain_python, read_cells, take_answers

HIDDEN = re.compile(r"^[^\S\n]*### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS[^\n]*\n?", re.MULTILINE | re.DOTALL)
SOLUTION = re.compile(r"^([^\S\n]*)### BEGIN SOLUTION.*?### END SOLUTION[^\n]*", re.MULTILINE | re.DOTALL)
UNFILLED = "raise NotImplementedError()"
RECORD = "rnnlm_grader"  # the key of what the grader keeps in a notebook's metadata


def configure(c, root="."):
    """Fill in nbgrader's configuration `c` for this course, whose files lie in `root`.

    Exercises are written in solutions/ and released into exercises/; a cell to fill raises NotImplementedError.
    """
    # nbgrader adds its objects to a session a line later than SQLAlchemy would like; nothing is lost by it.
    warnings.filterwarnings("ignore", "Object of type .* not in session", SAWarning)
    c.CourseDirectory.root = str(Path(root).resolve())
    c.CourseDirectory.source_directory = "solutions"
    c.CourseDirectory.release_directory = "exercises"
    c.ClearSolutions.code_stub = {"python": UNFILLED}
    c.ClearSolutions.begin_solution_delimeter = "BEGIN SOLUTION"
    c.ClearSolutions.end_solution_delimeter = "END SOLUTION"
    c.Autograde.exporter_class = SubmissionExporter
    c.Autograde.sanitize_preprocessors = [Rebuild, OverwriteCells, CheckCellMetadata]
    c.Autograde.autograde_preprocessors = [GradeInSandbox, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata]


class SubmissionExporter(NotebookExporter):
    """Leads each submission to `Rebuild`, and each rebuilt notebook to `GradeInSandbox`.

    nbgrader makes one exporter for a whole batch, before it touches any submission. So this is where a missing sandbox
    or a damaged key stops it, with one line and nothing written; and where it is told to bring every student's folder,
    whatever is in it, and to copy nothing from there: a link that a student left would be followed.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        grading = GradeInSandbox(parent=self)
        try:
            if grading.sandbox == "bwrap":
                require_sandbox()
            grading.secret()
        except (SandboxMissing, SecretDamaged) as reason:
            self.log.error("%s", reason)
            raise NbGraderException(str(reason)) from None
        converter = self.parent
        converter.coursedir.ignore = ["*"]
        assignment = converter.coursedir.assignment_id
        for folder in glob.glob(converter._format_source(assignment, converter.coursedir.student_id)):
            if os.path.isdir(folder):
                converter.assignments[folder] = [os.path.join(folder, f"{assignment}.ipynb")]

    def from_filename(self, filename, resources=None, **kwargs):
        resources = dict(resources or {})
        resources.setdefault("metadata", {})["name"] = Path(filename).stem
        if self.parent._sanitizing:  # a student's file: only Rebuild opens it
            resources["submission"] = Path(filename)
            notebook = new_notebook()
        else:
            notebook = nbformat.read(filename, as_version=4)
        return self.from_notebook_node(notebook, resources, **kwargs)


def coursedir_of(preprocessor):
    """The course that a preprocessor works for: its parent is the exporter, whose parent is nbgrader's converter."""
    return preprocessor.parent.parent.coursedir


def read_source(coursedir, assignment, notebook):
    """Read the instructor's notebook, the one truth about an exercise."""
    folder = coursedir.format_path(coursedir.source_directory, ".", assignment)
    return nbformat.read(os.path.join(folder, f"{notebook}.ipynb"), as_version=4)


def released(source):
    """The source of a cell as students get it: without solution and hidden tests."""
    return HIDDEN.sub("", SOLUTION.sub(lambda found: found[1] + UNFILLED, source))


class Rebuild(NbGraderPreprocessor):
    """Make a submission anew: the instructor's cells, with the student's source where an answer is asked for."""

    def preprocess(self, nb, resources):
        ids = resources["nbgrader"]
        rebuilt = read_source(coursedir_of(self), ids["assignment"], ids["notebook"])
        wanted = {grade_id: released(source) for grade_id, source in answers_of(rebuilt).items()}
        locked = {cell.metadata.nbgrader.grade_id for cell in rebuilt.cells if "nbgrader" in cell.metadata}
        remarks = []
        try:
            path = find_notebook(resources["submission"], remarks)
            answers = take_answers(read_cells(path), wanted, locked - set(wanted))
            remarks += answers.remarks
        except (Unreadable, OSError) as reason:
            answers = take_answers((), wanted)
            remarks = [f"What was handed in can't be graded: {getattr(reason, 'strerror', None) or reason}."]
        for cell in rebuilt.cells:
            if is_solution(cell):
                cell.source = answers.by_id[cell.metadata.nbgrader.grade_id]
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        for remark in remarks:
            self.log.warning("%s: %s", ids["student"], clean(remark))
        rebuilt.metadata[RECORD] = {"order": list(map(list, answers.order)), "remarks": remarks}
        keep_timestamp(resources)
        return rebuilt, resources


def find_notebook(path, remarks):
    """Return the notebook of a submission, also where it was handed in under another name."""
    if os.path.lexists(path):
        return path
    others = sorted(path.parent.glob("*.ipynb"))
    if len(others) != 1:
        raise Unreadable(f"there is no {path.name} in it")
    remarks.append(f"It was handed in as {others[0].name}, not as {path.name}, and graded all the same.")
    return others[0]


def keep_timestamp(resources):
    """Let nbgrader write the time of collection beside the graded notebook, by which it knows a newer submission."""
    path = resources["submission"].with_name("timestamp.txt")
    if path.is_file() and not path.is_symlink():
        resources.setdefault("outputs", {})["timestamp.txt"] = path.read_bytes()[:100]


class GradeInSandbox(NbGraderPreprocessor):
    """Examine the answers of a rebuilt submission in a sandboxed worker; write mark and report into each grade cell."""

    sandbox = Enum(["bwrap", "none"], "bwrap", help="How to isolate student code; 'none' only where it is trusted."
                   ).tag(config=True)
    secret_file = Unicode("rnnlm-secret.key", help="The key from which hidden inputs are drawn; made where it is "
                          "missing. Keep it out of students' sight, and keep it: another key draws other inputs."
                          ).tag(config=True)
    seconds_per_criterion = Float(4.0, help="How long one criterion may take.").tag(config=True)
    seconds_per_answer = Float(10.0, help="How long all criteria of one class or function may take.").tag(config=True)

    def preprocess(self, nb, resources):
        ids = resources["nbgrader"]
        record = nb.metadata[RECORD]
        record["sandbox"] = self.sandbox
        source = read_source(coursedir_of(self), ids["assignment"], ids["notebook"])
        results, failed = self.examine(ASSIGNMENTS[ids["assignment"]], execution_order(nb), answers_of(source))
        record["results"] = [summary(result) for result in results]
        by_grade_id = {f"{result.name}-{result.part}": result for result in results}
        for cell in nb.cells:
            if is_grade(cell):
                cell.source = HIDDEN.sub("", cell.source)
                write_result(cell, by_grade_id[cell.metadata.nbgrader.grade_id])
            elif is_solution(cell):
                cell.source = clean(cell.source, MAX_SOURCE)
        if remarks := [*record["remarks"], *failed_cells(failed)]:
            text = "\n".join(f"- {clean(remark).replace('`', '')}" for remark in remarks)
            nb.cells.insert(0, new_markdown_cell(f"**About this submission**\n\n```\n{text}\n```"))
        return nb, resources

    def secret(self):
        """The key from which hidden inputs are drawn."""
        return read_secret(Path(coursedir_of(self).root) / self.secret_file)

    def examine(self, assignment, cells, answers):
        """Examine every part, on the learner's inputs and on hidden ones."""
        secret = self.secret()
        left = dict.fromkeys(assignment.names, self.seconds_per_answer)

        def make_candidate(cells, lent):
            return SandboxedCandidate(cells, assignment.names, lent=lent, sandbox=self.sandbox)

        def seeds(criterion):
            return [(public_seed(criterion), False), (hidden_seed(secret, assignment.slug, criterion), True)]

        @contextlib.contextmanager
        def seconds(name):
            start = time.monotonic()
            yield min(self.seconds_per_criterion, left[name])
            left[name] -= time.monotonic() - start

        return grade_submission(assignment, cells, answers, make_candidate, seeds, seconds)


def execution_order(nb):
    """The cells of a rebuilt submission as (name, source): set-up first, then as the student had them."""
    setup = [(f"set-up {i}", cell.source) for i, cell in enumerate(nb.cells)
             if cell.cell_type == "code" and "setup" in cell.metadata.get("tags", ())]
    answers = answers_of(nb)
    rest = [(content, plain_python(answers[content])) if kind == "answer" else (f"own cell {i}", content)
            for i, (kind, content) in enumerate(nb.metadata[RECORD]["order"])]
    return [*setup, *rest]


def answers_of(nb):
    """The source of each solution cell, by its grade_id, which is the name that it defines."""
    return {cell.metadata.nbgrader.grade_id: cell.source for cell in nb.cells if is_solution(cell)}


class SecretDamaged(Exception):
    """The key of the course can't be what it was."""


def read_secret(path):
    """Return the course's key; make one where there is none yet."""
    if not path.exists():
        scratch = path.with_name(f"{path.name}.{os.getpid()}")
        with open(scratch, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(os.urandom(32))
        with contextlib.suppress(FileExistsError):
            os.link(scratch, path)  # whole or not at all, and never over another that came first
        scratch.unlink()
    secret = path.read_bytes()
    if len(secret) < 16:
        raise SecretDamaged(f"The key {path} has only {len(secret)} bytes. Restore it from a backup, or delete it to "
                            "have a new one made: hidden inputs will then be others than before.")
    return secret


def write_result(cell, result):
    """Put report and mark of a part into its grade cell, in the form that nbgrader reads partial credit from."""
    cell.outputs = [
        new_output("stream", name="stdout", text=render(result) + "\n"),
        new_output("execute_result", data={"text/plain": str(float(result.points))}, execution_count=1),
    ]
    cell.execution_count = 1


def summary(result):
    """What a table or a class report needs to know of one part."""
    return {
        "name": result.name,
        "part": result.part,
        "points": result.points,
        "max_points": result.max_points,
        "criteria": [{"id": v.criterion.id, "points": v.points, "max_points": v.criterion.points,
                      "hidden": v.hidden, "stand_ins": list(v.stand_ins),
                      "likely": v.likely.id if v.likely else None,
                      "sentence": v.likely.sentence if v.likely else None,
                      "finding": in_a_word(v.outcome.finding, v.hidden)} for v in result.verdicts],
    }


def failed_cells(failed):
    """Yield a remark for each cell that raised an exception when it was executed."""
    for name, raised in failed.items():
        place = f" in line {raised.line}: {raised.text}" if raised.line else ""
        yield f"The cell {name} raised {raised.kind}: {raised.message}{place}"


