"""Tells what is graded from what isn't: by what was handed in, never by whether a file exists."""
import json

from .folders import graded_folder, graded_notebook
from .handed_in import read_beside

RECORD = "rnnlm_grader"  # the key of what the grader keeps in a notebook's metadata


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
    record, _ = read_graded(graded_notebook(coursedir, submission.student))
    points = {f"{part['name']}-{part['part']}": part["points"] for part in record.get("results", ())}
    return ((record.get("key"), record.get("remarks")) == (submission.job.key, list(submission.answers.remarks))
            and read_beside(graded_folder(coursedir, submission.student)) == submission.beside
            and scores.get(submission.student) == points)
