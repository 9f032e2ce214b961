"""Tells what is graded from what isn't: by what was handed in, never by whether a file exists."""
import json
from dataclasses import dataclass
from pathlib import Path

from .course import HandedIn, read_handed_in, read_source, read_timestamp, submitted_folders
from .job import Job

RECORD = "rnnlm_grader"  # the key of what the grader keeps in a notebook's metadata


@dataclass(frozen=True)
class Submission:
    """What one student handed in, and the job that examines it."""

    student: str
    handed_in: HandedIn
    job: Job


def read_submissions(coursedir, assignment, make_job, students=None):
    """Yield the submissions of an assignment, one after the other, of all students or of some.

    Parameters
    ----------
    make_job : callable
        (source notebook, HandedIn) → Job.
    """
    source = read_source(coursedir, assignment)
    for student, folder in submitted_folders(coursedir, assignment).items():
        if students is None or student in students:
            handed_in = read_handed_in(source, Path(folder, f"{assignment}.ipynb"))
            yield Submission(student, handed_in, make_job(source, handed_in))


def graded_folder(coursedir, assignment, student):
    """Where nbgrader puts the graded notebook of a student."""
    return Path(coursedir.root, coursedir.format_path(coursedir.autograded_directory, student, assignment))


def read_graded_notebook(coursedir, assignment, student):
    """Return the graded notebook of a student as plain data; raise OSError or ValueError where there is none."""
    return json.loads((graded_folder(coursedir, assignment, student) / f"{assignment}.ipynb").read_bytes())


def is_graded(coursedir, submission, scores):
    """Whether the graded notebook and the gradebook hold what an examination of this submission gives.

    A run that was cut off may have left half a notebook, or a whole one that has not been examined.

    Parameters
    ----------
    scores : dict
        As `gradebook.recorded_scores` returns it.
    """
    assignment, student = submission.job.assignment, submission.student
    try:
        record = read_graded_notebook(coursedir, assignment, student)["metadata"][RECORD]
        points = {f"{part['name']}-{part['part']}": part["points"] for part in record["results"]}
        return (record["key"] == submission.job.key
                and record["remarks"] == list(submission.handed_in.remarks)
                and read_timestamp(graded_folder(coursedir, assignment, student)) == submission.handed_in.timestamp
                and scores.get(student) == points)
    except (OSError, ValueError, KeyError, TypeError):
        return False
