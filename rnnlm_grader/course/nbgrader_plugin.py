"""How the grader plugs into `nbgrader autograde`: it reads, rebuilds and examines; nbgrader writes the gradebook.

`nbgrader_config.py` of a course calls `configure(c)`. Then, in the order in which nbgrader runs them:

SubmissionExporter   checks that all is there, removes what an earlier run left unfinished, and reads what was handed in
Rebuild              makes the notebook anew from the source directory, with the student's answers in it
GradeInSandbox       examines the answers, in place of nbgrader's Execute, and writes mark and report into the cells
SaveMarks            records the marks, in one transaction
AssignLatePenalties  (nbgrader's) takes off what lateness costs

Beside it, `exchange` collects submissions and releases feedback, whose pages `feedback` makes.

All of it is done where nbgrader would only clean up what was handed in. Its second step, which reads the notebook again
to execute it, has nothing left to do.
"""
import copy
import warnings
from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.api import BaseCell, Comment, Grade
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import AssignLatePenalties, NbGraderPreprocessor, saveautogrades
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution
from sqlalchemy.exc import SAWarning
from traitlets import Enum, Float, TraitError, Unicode

from ..explaining.words import BOOK, clean
from ..notebooks.submission import MAX_SOURCE
from ..refusal import PUT_RIGHT, Refusal, in_words
from ..sandbox.bubblewrap import described, resolve
from ..sandbox.view import shows
from .exchange import Collect, ReleaseFeedback
from .feedback import FeedbackExporter
from .folders import (
    HIDDEN,
    UNFILLED,
    answers_of,
    execution_order,
    read_handed_in,
    read_secret,
    read_source,
    read_timestamp,
    released,
    require_criteria,
    require_known,
    shown,
    time_of,
    unread_line,
)
from .gradebook import recorded_scores, require_gradebook
from .job import Job, require_own_grader, run, version
from .lateness import update_penalties
from .lms import COLLECTED, Download
from .private import for_its_owner_alone, keep_private, make_private
from .results import Results
from .state import RECORD, graded_notebook, make_room, read_submissions

MOST_IN_LINE = 2_000  # characters, of a line that a page shows


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
    c.FormgradeExtension.debug = False  # its pages would show the configuration, the gradebook's password too
    c.ZipCollectApp.extractor_plugin = Download
    c.FileNameCollectorPlugin.named_regexp = COLLECTED
    c.Autograde.exporter_class = SubmissionExporter
    # No OverwriteCells and CheckCellMetadata, half the time of all this: the cells are the instructor's own, and that
    # the gradebook has them with the same points is seen once, before anything is graded.
    c.Autograde.sanitize_preprocessors = [Rebuild, GradeInSandbox, SaveMarks, AssignLatePenalties]
    c.Autograde.autograde_preprocessors = []
    c.GenerateFeedback.exporter_class = FeedbackExporter
    c.ExchangeFactory.collect = Collect
    c.ExchangeFactory.release_feedback = ReleaseFeedback
    keep_private()


class SubmissionExporter(NotebookExporter):
    """Leads each submission to `Rebuild`, and each rebuilt notebook to `GradeInSandbox`.

    nbgrader makes one exporter for a whole batch, before it touches any submission. So this is where something that is
    missing or damaged stops it, with one line and nothing written; and where it is told what to grade.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        coursedir = self.parent.coursedir
        # Nothing is copied from a student's folder: a link that was left there would be followed. And where a timestamp
        # is bad, nbgrader's own function stops.
        coursedir.ignore = ["*"]
        coursedir.get_existing_timestamp = lambda folder: time_of(read_timestamp(folder))
        try:
            self.prepare(GradeInSandbox(parent=self))
            self.source = read_source(coursedir, coursedir.assignment_id)
        except (Refusal, TraitError, OSError) as error:
            reason = f"{in_words(error)}. Nothing was graded; {PUT_RIGHT}" if isinstance(error, OSError) else str(error)
            self.log.error("%s", reason)
            raise NbGraderException(reason) from None

    def prepare(self, grading):
        """Tell nbgrader's converter whose work to grade: every student's folder, whatever is in it."""
        coursedir = self.parent.coursedir
        grading.require(coursedir)
        grading.results(coursedir, coursedir.assignment_id).make_folder()
        scores = recorded_scores(coursedir.db_url, coursedir.assignment_id)
        found, failed, unread, unchanged = {}, {}, [], []
        for submission in read_submissions(coursedir, coursedir.assignment_id, grading.job_maker(coursedir)):
            if reason := submission.unfit or make_room(coursedir, submission, scores):
                failed[submission.student] = reason
            else:
                found |= as_assignment(self.parent, submission)
                unread += [submission.student] * submission.is_unread
                if graded_notebook(coursedir, submission.assignment, submission.student).exists():
                    unchanged.append(submission.student)
        if changed := update_penalties(coursedir, AssignLatePenalties(parent=self), unchanged):
            self.log.warning("Late penalties changed: %d", len(changed))
        self.parent.assignments = found
        if failed or unread:
            self.tell_afterwards(failed, unread)

    def tell_afterwards(self, failed, unread):
        """Have nbgrader's converter grade the others; where anybody failed, end as it does where it couldn't grade."""
        convert = self.parent.convert_notebooks

        def convert_and_tell():
            try:
                convert()
            finally:
                if unread:
                    self.log.warning("%s", unread_line(unread))
                for student, reason in failed.items():
                    self.log.error("No mark for %s: %s", shown(student), reason)
            if failed:
                raise NbGraderException(f"{len(failed)} without a mark")

        self.parent.convert_notebooks = convert_and_tell

    def from_filename(self, filename, resources=None, **kwargs):
        resources = dict(resources or {})
        resources.setdefault("metadata", {})["name"] = Path(filename).stem
        if self.parent._sanitizing:  # a student's file, which nobody else opens
            handed_in, job = self.read(Path(filename))
            resources |= {"source": self.source, "handed_in": handed_in, "job": job}
            notebook = new_notebook()
        else:
            notebook = nbformat.read(filename, as_version=4)
        return self.from_notebook_node(notebook, resources, **kwargs)

    def read(self, path):
        """Read a submission; return what counts of it and the job that examines it."""
        coursedir = self.parent.coursedir
        handed_in = read_handed_in(self.source, path)
        return handed_in, GradeInSandbox(parent=self).job_maker(coursedir)(self.source, handed_in)


def as_assignment(converter, submission):
    """A submission in the form in which nbgrader's converter keeps what it is to convert."""
    return {converter._format_source(submission.assignment, submission.student): [str(submission.path)]}


def coursedir_of(preprocessor):
    """The course that a preprocessor works for: its parent is the exporter, whose parent is nbgrader's converter."""
    return preprocessor.parent.parent.coursedir


class Rebuild(NbGraderPreprocessor):
    """Make a submission anew: the instructor's cells, with the student's source where an answer is asked for."""

    def preprocess(self, nb, resources):
        source = resources["source"]
        rebuilt, handed_in = copy.deepcopy(source), resources["handed_in"]
        for cell in rebuilt.cells:
            if is_solution(cell):
                cell.source = released(cell.source)
                cell.metadata.nbgrader.checksum = compute_checksum(cell)  # nbgrader tells by it who did nothing
                cell.source = handed_in.by_id[cell.metadata.nbgrader.grade_id]
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        for remark in handed_in.remarks:
            self.log.warning("%s: %s", resources["nbgrader"]["student"], remark)
        beside = {name: text.encode() for name, text in handed_in.beside.items()}
        resources["outputs"] = {**resources.get("outputs", {}), **beside}
        return rebuilt, resources


class GradeInSandbox(NbGraderPreprocessor):
    """Examine the answers of a rebuilt submission in a sandboxed worker; write mark and report into each grade cell."""

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
        handed_in, job = resources["handed_in"], resources["job"]
        result = self.examined(coursedir_of(self), job)
        nb.metadata[RECORD] = {"key": result["key"], "remarks": list(handed_in.remarks),
                               "sandbox": described(job.sandbox), "results": result["results"]}
        for cell in nb.cells:
            if is_grade(cell):
                cell.source = HIDDEN.sub("", cell.source)
                write_result(cell, result["parts"][cell.metadata.nbgrader.grade_id], self.book_url)
            elif is_solution(cell):
                cell.source = shown_source(cell.source)
        if remarks := [*handed_in.remarks, *result["failed"]]:
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
        with for_its_owner_alone(coursedir):
            self.secret(coursedir)
        make_private(coursedir)

    def secret(self, coursedir):
        """The key from which hidden inputs are drawn."""
        return read_secret(Path(coursedir.root, self.secret_file),
                           Path(coursedir.root, self.results_directory, "key-fingerprint"))

    def results(self, coursedir, assignment):
        """Where the results of an assignment are kept."""
        return Results(Path(coursedir.root, self.results_directory, assignment))

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

    def examined(self, coursedir, job):
        """Return the result of a job: the one that is kept, or a new one."""
        results = self.results(coursedir, job.assignment)
        result = results.read(job.key)
        if result is None:
            result = run(job)
            results.write(result)
        return result


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
    """Record the marks as nbgrader's SaveAutoGrades does, but all in one transaction.

    That reads and commits cell by cell. So this one is faster, and leaves no student with some of the marks.
    """

    def preprocess(self, nb, resources):
        ids, worth_something = resources["nbgrader"], set()
        with saveautogrades.Gradebook(ids["db_url"]) as gradebook:
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
            gradebook.db.commit()
        return nb, resources


def by_cell(gradebook, kind, notebook):
    """Return {grade_id: object of that kind} of a submitted notebook."""
    query = gradebook.db.query(BaseCell.name, kind).join(kind.cell).filter(kind.notebook_id == notebook.id)
    return dict(map(tuple, query))
