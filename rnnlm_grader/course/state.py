"""Tells what is graded from what isn't: by what was handed in, never by whether a file exists."""
import json
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.utils import rmtree

from .folders import UNREAD, read_beside, read_handed_in, read_source, submitted_folders, unfit
from .job import Job

RECORD = "rnnlm_grader"  # the key of what the grader keeps in a notebook's metadata


@dataclass(frozen=True)
class Submission:
    """What one student handed in, the job that examines it, and what its graded notebook must say."""

    student: str
    assignment: str
    unfit: str | None = None  # why nothing of it can be recorded; then there is no job
    key: str = ""  # of the job
    remarks: tuple = ()
    beside: dict = field(default_factory=dict)  # see `folders.read_beside`
    answers: dict = field(default_factory=dict)  # source by grade_id
    job: Job | None = None

    @property
    def is_unread(self):
        """Whether nothing of it could be read, so that it gets no points."""
        return any(remark.startswith(UNREAD) for remark in self.remarks)


def read_submissions(coursedir, assignment, make_job, students=None):
    """Yield the submissions of an assignment, of all students or of some; `make_job` is as `job_maker` returns it."""
    source = read_source(coursedir, assignment)
    for student, folder in submitted_folders(coursedir, assignment).items():
        if students is None or student in students:
            if reason := unfit(student, folder):
                yield Submission(student, assignment, reason)
            else:
                handed_in = read_handed_in(source, folder / f"{assignment}.ipynb")
                job = make_job(source, handed_in)
                yield Submission(student, assignment, None, job.key, handed_in.remarks, handed_in.beside,
                                 handed_in.by_id, job)


def graded_folder(coursedir, assignment, student):
    """Where nbgrader puts the graded notebook of a student."""
    return Path(coursedir.root, coursedir.format_path(coursedir.autograded_directory, student, assignment))


def graded_notebook(coursedir, assignment, student):
    """The path of the graded notebook of a student."""
    return graded_folder(coursedir, assignment, student) / f"{assignment}.ipynb"


def read_graded(coursedir, assignment, student):
    """Return the grader's record and the cells of a graded notebook: ({}, []) where there is none, or half of one."""
    try:
        notebook = json.loads(graded_notebook(coursedir, assignment, student).read_bytes())
        return notebook["metadata"].get(RECORD, {}), notebook["cells"]
    except (OSError, ValueError, KeyError):
        return {}, []


def is_graded(coursedir, submission, scores):
    """Whether graded notebook and gradebook, whose `recorded_scores` these are, hold what this submission must get."""
    assignment, student = submission.assignment, submission.student
    record, _ = read_graded(coursedir, assignment, student)
    points = {f"{part['name']}-{part['part']}": part["points"] for part in record.get("results", ())}
    return ((record.get("key"), record.get("remarks")) == (submission.key, list(submission.remarks))
            and read_beside(graded_folder(coursedir, assignment, student)) == submission.beside
            and scores.get(student) == points)


def remove(path):
    """Remove a file, a folder or a link, if it is there; what a link leads to stays."""
    if path.is_dir() and not path.is_symlink():
        rmtree(str(path))
    else:
        path.unlink(missing_ok=True)
