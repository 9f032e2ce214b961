"""Tells what is graded from what isn't: by what was handed in, never by whether a file exists."""
import json
from dataclasses import dataclass

from .folders import graded_folder, graded_notebook, read_source
from .handed_in import HandedIn, read_beside, read_handed_in
from .job import Job
from .private import read_secret

RECORD = "rnnlm_grader"  # the key of what the grader keeps in a notebook's metadata


@dataclass(frozen=True)
class Submission:
    """What one student handed in, and the job that examines it."""

    student: str
    handed_in: HandedIn
    job: Job


def read_submissions(coursedir, settings, folders):
    """Yield the submissions in the folders of some students, by their ids, of which none is `unfit`."""
    source, secret = read_source(coursedir), read_secret(coursedir.root)
    for student, folder in folders.items():
        handed_in = read_handed_in(source, folder / f"{coursedir.assignment_id}.ipynb")
        yield Submission(student, handed_in, settings.job(coursedir, source, secret, handed_in))


def read_graded(path):
    """Return the grader's record in a graded notebook, and the answers by name: ({}, {}) where none can be read."""
    try:
        notebook = json.loads(path.read_bytes())
        notes = [(cell["metadata"].get("nbgrader", {}), cell["source"]) for cell in notebook["cells"]]
        answers = {note["grade_id"]: "".join(source) for note, source in notes if note.get("solution")}
        return notebook["metadata"].get(RECORD, {}), answers
    except (OSError, ValueError, KeyError):
        return {}, {}


def is_graded(coursedir, submission, scores):
    """Whether graded notebook and gradebook, whose `recorded_scores` these are, hold what this submission must get."""
    student, handed_in = submission.student, submission.handed_in
    record, _ = read_graded(graded_notebook(coursedir, student))
    points = {f"{part['name']}-{part['part']}": part["points"] for part in record.get("results", ())}
    return ((record.get("key"), record.get("remarks")) == (submission.job.key, list(handed_in.remarks))
            and read_beside(graded_folder(coursedir, student)) == handed_in.beside
            and scores.get(student) == points)
