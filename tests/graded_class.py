"""A class that is graded without grading: what the gradebook and the graded notebooks hold, laid out in a moment."""

import json
import shutil
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import nbformat
from course_folder import ASSIGNMENT, ROOT, SLUG, config_for
from nbformat.v4 import new_output
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from rnnlm_grader.content import ASSIGNMENTS
from rnnlm_grader.course.folders import graded_notebook
from rnnlm_grader.course.job import part_summary
from rnnlm_grader.course.source_notebook import answers_of, read_source, released
from rnnlm_grader.engine.compare import Difference
from rnnlm_grader.engine.exam import Lost
from rnnlm_grader.explaining.mistakes import Mistake
from rnnlm_grader.protocol.bench import Raised
from rnnlm_grader.verdict.judging import PartResult, Verdict
from rnnlm_grader.verdict.marks import Mark, State
from rnnlm_grader.verdict.report import render

ALL = {criterion.id for criterion in ASSIGNMENT.criteria}
WRONG = Difference("out", "differs")
UNFINISHED = Raised("NotImplementedError", "", 1, "", builtin=True)
ENDLESS = Lost("it did not come to an end in the time allowed; is there an endless loop?")


@dataclass
class Person:
    """A student: `failed` maps criteria to what was found, `likely` criteria to the misconception that was named."""

    failed: dict = field(default_factory=dict)
    likely: dict = field(default_factory=dict)
    remarks: tuple = ()
    answers: dict = field(default_factory=dict)  # those that aren't as released
    identity: dict = field(default_factory=dict)
    sandbox: str = "bwrap"
    penalty: float = 0.0
    by_hand: bool = False  # whether marks by hand are still wanted
    marks_by_hand: dict = field(default_factory=dict)  # by grade_id
    handed_in: datetime | None = None  # in UTC


def lay_out(folder, people, waiting=(), missing=(), slug=SLUG, due=None):
    """Lay out a course in which `people` have been graded; others wait for it, or handed in nothing.

    Once more in the same folder adds another assignment.
    """
    shutil.copytree(ROOT / "solutions" / slug, folder / "solutions" / slug)
    coursedir, assignment = CourseDirectory(config=config_for(folder), assignment_id=slug), ASSIGNMENTS[slug]
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        gradebook.add_assignment(slug, duedate=due)
        gradebook.add_notebook(slug, slug)
        for name, part in assignment.parts():
            most = sum(criterion.points for criterion in assignment.of(name, part))
            gradebook.add_grade_cell(f"{name}-{part}", slug, slug, max_score=most, cell_type="code")
        for student in missing:
            gradebook.update_or_create_student(student)
        for student, person in people.items():
            enter(gradebook, student, person, assignment)
            write_graded(coursedir, student, person)
    for student in (*people, *waiting):
        Path(coursedir.format_path(coursedir.submitted_directory, student, slug)).mkdir(parents=True)
    return coursedir


def results(person, assignment):
    """What the grader would have said, as its plug-in keeps it."""
    variants = {(m.name, m.id): m for m in assignment.misconceptions}
    for name, part in assignment.parts():
        yield PartResult(
            assignment,
            name,
            part,
            tuple(
                verdict(c, person.failed.get(c.id), variants.get((name, person.likely.get(c.id))))
                for c in assignment.of(name, part)
            ),
        )


def verdict(criterion, finding, likely):
    """A verdict on what was found in a criterion; a `Mark` says itself what became of it."""
    if isinstance(finding, Mark):
        return Verdict(criterion, finding, WRONG)
    return Verdict(
        criterion,
        Mark(*(State.COSTS, 2) if finding else (State.HOLDS, 1)),
        finding,
        mistake=Mistake((likely,)) if likely else None,
    )


def enter(gradebook, student, person, assignment):
    """Write a person's marks into the gradebook."""
    gradebook.update_or_create_student(student, **person.identity)
    submission = gradebook.add_submission(assignment.slug, student)
    submission.timestamp = person.handed_in
    notebook = submission.notebooks[0]
    notebook.late_submission_penalty = person.penalty
    for result in results(person, assignment):
        grade = gradebook.find_grade(f"{result.name}-{result.part}", assignment.slug, assignment.slug, student)
        grade.auto_score = result.points
        grade.manual_score = person.marks_by_hand.get(grade.name)
        grade.needs_manual_grade = person.by_hand
    gradebook.db.commit()


def write_graded(coursedir, student, person):
    """Write a person's graded notebook."""
    notebook, reports = read_source(coursedir), list(results(person, ASSIGNMENTS[coursedir.assignment_id]))
    for name, source in answers_of(notebook).items():
        cell = next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name)
        cell.source = person.answers.get(name, released(source))
    notebook.metadata["rnnlm_grader"] = {
        "remarks": list(person.remarks),
        "sandbox": person.sandbox,
        "results": [part_summary(result) for result in reports],
    }
    by_grade_id = {f"{result.name}-{result.part}": result for result in reports}
    for cell in notebook.cells:
        if result := by_grade_id.get(cell.metadata.get("nbgrader", {}).get("grade_id")):
            cell.outputs = [new_output("stream", name="stdout", text=render(result))]
    path = graded_notebook(coursedir, student)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(nbformat.from_dict(notebook)))
