"""Records what an examination found: as a graded notebook, which formgrader and feedback show, and in the gradebook.

It also reads the record again, which tells what is graded from what isn't.
"""

import copy
import html
import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output
from nbgrader.api import BaseCell, Gradebook, SubmittedNotebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import BasePlugin
from nbgrader.utils import is_grade, is_solution
from sqlalchemy import select

from ..explaining.words import BOOK, clean
from ..files import write_atomic
from ..notebooks.submission import CODE, MAX_SOURCE
from ..notebooks.writing import IMAGE, Text, digest
from ..sandbox.choice import described, resolve
from ..verdict.marks import earned
from .folders import graded_folder, graded_notebook, remove
from .gradebook import said_by_hand
from .handed_in import TIMESTAMP, Submission, read_beside, time_of
from .job import PartSummary, PartTold, Result
from .lateness import set_penalty
from .settings import GradeInSandbox
from .source_notebook import HIDDEN, answers_of, ids_of, is_by_hand, outline_of, read_source, released

RECORD = "rnnlm_grader"  # the key of what the grader keeps in a notebook's metadata
STRICTLY = "Your course marks strictly: only ✓ earns points, so this part has {}. Below is what check says.\n\n{}"
NOT_FINAL = (
    "This isn't final: code was stopped that waited, or had no turn on a busy machine. It can be examined again."
)
NEVER_THERE = "The notebook that was handed in has no such cell."
MOST_IN_LINE = 2_000  # characters, of a line that a page shows
TEXT = '<pre style="white-space: pre-wrap; font-family: inherit; border-left: 4px solid; padding-left: 1em">{}</pre>'
MANY_EMPTY = re.compile(r"(\n{20})\n+")  # lines, of which a page shows some


class Recorder:
    """Records submissions of one assignment as nbgrader's `converter` would, through a gradebook that is open."""

    def __init__(
        self, converter: Autograde, settings: GradeInSandbox, late_rule: BasePlugin, gradebook: Gradebook
    ) -> None:
        self.converter, self.settings, self.late_rule, self.gradebook = converter, settings, late_rule, gradebook
        self.source = read_source(converter.coursedir)
        self.blank = {name: released(source) for name, source in answers_of(self.source).items()}
        self.unanswered = outline_of(self.source).blank
        cells = gradebook.db.execute(select(BaseCell.id, BaseCell.name))  # once, not for each grade of each student
        self.names = dict(map(tuple, cells))
        # Where work that was graded before earns something else now: {name of a criterion: {student: difference}}.
        self.moved: defaultdict[str, dict[str, int]] = defaultdict(dict)

    def record(self, submission: Submission, result: Result) -> None:
        """Record a submission. The notebook comes last: without it, the next run records the submission again."""
        self.converter.log.info("Recording %s", submission.student)
        for remark in submission.answers.remarks:
            self.converter.log.warning("%s: %s", submission.student, remark)
        coursedir, student = self.converter.coursedir, submission.student
        folder, before = graded_folder(coursedir, student), self.last_record(student)
        remove(folder)
        folder.mkdir(parents=True)
        self.save_marks(submission, result, before)
        for name, text in submission.beside.items():
            write_atomic(folder / name, text.encode())
        notebook = nbformat.writes(self.notebook(submission, result, before))
        write_atomic(graded_notebook(coursedir, student), f"{notebook}\n".encode())
        self.converter.set_permissions(coursedir.assignment_id, student)

    def last_record(self, student: str) -> dict[str, Any]:
        """The record in the notebook that was graded last."""
        return read_graded(graded_notebook(self.converter.coursedir, student))[0]

    def save_marks(self, submission: Submission, result: Result, before: Mapping[str, Any]) -> None:
        """Record the marks, which answers are missing, and what lateness costs, in one transaction."""
        assignment, student = self.converter.coursedir.assignment_id, submission.student
        self.gradebook.update_or_create_student(student)
        submitted = self.gradebook.update_or_create_submission(assignment, student)
        if not (submission.request and before.get("work") == work_of(submission)):  # to ask is not to hand in late
            submitted.timestamp = time_of(submission.beside.get(TIMESTAMP))
        notebook = self.gradebook.find_submission_notebook(assignment, assignment, student)
        untouched = self.unanswered.keys() & submission.answers.received
        untouched -= {text.fills for text in submission.answers.texts}
        self.enter_scores(notebook, submission, result, before, untouched)
        self.enter_comments(notebook, submission, result, untouched)
        self.gradebook.db.flush()
        self.gradebook.db.refresh(notebook, ["score"])
        set_penalty(self.late_rule, notebook)
        self.gradebook.db.commit()
        if before.get("work") == work_of(submission):
            self.compare(student, before["results"], result["results"])

    def compare(self, student: str, *results: Iterable[PartSummary]) -> None:
        """Note which criteria give the same work of a student other points than before; `results` are then and now."""
        then, now = (
            {column_of(part, each): earned([each], self.settings.strict) for part in found for each in part["criteria"]}
            for found in results
        )
        for name in sorted(then.keys() | now.keys()):
            if difference := now.get(name, 0) - then.get(name, 0):
                self.moved[name][student] = difference

    def enter_scores(
        self,
        notebook: SubmittedNotebook,
        submission: Submission,
        result: Result,
        before: Mapping[str, Any],
        untouched: Collection[str | None],
    ) -> None:
        """Enter what the grader gives each part, and which parts wait for a mark by hand."""
        points = points_in(result["results"], self.settings.strict)
        for grade in notebook.grades:
            name = self.names[grade.cell_id]
            if name in points:
                grade.auto_score = points[name]
                grade.needs_manual_grade = grade.manual_score is not None
            elif before.get("written") != submission.written:  # else what was marked by hand is as it was
                grade.auto_score = 0 if name in untouched else None
                grade.needs_manual_grade = grade.auto_score is None or grade.manual_score is not None

    def enter_comments(
        self, notebook: SubmittedNotebook, submission: Submission, result: Result, untouched: Collection[str | None]
    ) -> None:
        """Enter a comment at each answer that nobody gave."""
        added = self.unanswered.keys() - submission.answers.received
        # The answer may stand elsewhere, in a cell of the student's own: then it is worth something.
        worth_something = {part["name"] for part in result["results"] if part["points"]}
        for comment in notebook.comments:
            name = self.names[comment.cell_id]
            is_missing = name in untouched or (
                name in self.blank
                and submission.answers.by_id[name] == self.blank[name]
                and name not in worth_something
            )
            comment.auto_comment = "No response." if is_missing else NEVER_THERE if name in added else None

    def asked(self, submission: Submission, before: Mapping[str, Any]) -> dict[str, Any]:
        """What is to be known of a request to look again: its text, and what had been said by hand when it came."""
        if not submission.request:
            return {}
        if before.get("request", {}).get("text") == submission.request:
            return before["request"]
        key = self.converter.coursedir.assignment_id, submission.student
        said = said_by_hand(self.gradebook, key[0], [submission.student])
        return {"text": submission.request, "said": said.get(key)}

    def notebook(self, submission: Submission, result: Result, before: Mapping[str, Any]) -> NotebookNode:
        """Return the instructor's notebook with what the student wrote, and with marks and reports as outputs."""
        notebook, answers = copy.deepcopy(self.source), submission.answers
        points = points_in(result["results"], self.settings.strict)
        key = result["key"] if result["is_final"] else None  # so that it's examined again
        remarks = [*answers.remarks, *[NOT_FINAL] * (not result["is_final"])]
        notebook.metadata[RECORD] = {
            "key": key,
            "remarks": remarks,
            "written": submission.written,
            "work": work_of(submission),
            "request": self.asked(submission, before),
            "sandbox": described(resolve(self.settings.sandbox)),
            "results": result["results"],
        }
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
            if is_by_hand(cell):
                fill(cell, answers.texts, self.unanswered)
            elif is_grade(cell):
                cell.source = HIDDEN.sub("", cell.source)
                name = cell.metadata.nbgrader.grade_id
                write_result(cell, result["parts"][name], points[name], self.settings.book_url)
            elif is_solution(cell):
                cell.source = shown_source(answers.by_id[cell.metadata.nbgrader.grade_id])
        notebook.cells = with_texts(notebook, answers.texts)
        if remarks := [*remarks, *result["failed"]]:
            text = "\n".join(f"- {clean(remark).replace('`', '')}" for remark in remarks)
            about = f"**About this submission**\n\n```\n{text}\n```"
            notebook.cells.insert(0, new_markdown_cell(about, id="about-this-submission"))  # else its id is random
        return notebook


def work_of(submission: Submission) -> str:
    """A digest of all that is judged of a submission, by the grader or by hand."""
    return digest(submission.job.cells, submission.job.whole, submission.written)


def fill(cell: NotebookNode, texts: Iterable[Text], unanswered: Mapping[str | None, str]) -> None:
    """Put what a student wrote into a cell that is marked by hand; a task stays as it is, with the work behind it."""
    grade_id = cell.metadata.nbgrader.grade_id
    if grade_id in unanswered:
        own = [text for text in texts if text.fills == grade_id]
        cell.source = (
            "\n\n".join(shown_source(text.source) if cell.cell_type == CODE else shown_text(text) for text in own)
            or unanswered[grade_id]
        )


def with_texts(notebook: NotebookNode, texts: Iterable[Text]) -> list[NotebookNode]:
    """Return the cells of a notebook with the texts of a student's own, each behind the cell that it stood behind."""
    behind: dict[str | None, list[NotebookNode]] = {}
    for i, text in enumerate(texts):
        if not text.fills:
            behind.setdefault(text.after, []).append(new_markdown_cell(shown_text(text), id=f"own-text-{i}"))
    cells = behind.get(None, [])
    for id, cell in ids_of(notebook).items():
        cells += [cell, *behind.get(id, ())]
    return cells


def shown_text(text: Text) -> str:
    """A student's text as HTML, letter by letter, with the images in their places.

    Rendered, it could bring scripts, and requests to other hosts, into pages that teachers read.
    """

    def image(found: re.Match[str]) -> str:
        data = text.images.get(html.unescape(found[1]))
        return f'<img alt="{found[1]}" src="{data}" style="max-width: 100%">' if data else found[0]

    return TEXT.format(IMAGE.sub(image, html.escape(clean(text.source, MAX_SOURCE))))


def shown_source(source: str) -> str:
    """A student's cell as pages show it: harmless, and with nothing in it that makes a lexer go back or on far.

    That is blanks at ends of lines, lines of many thousand characters, which are broken, and many empty lines.
    """
    lines = clean(source, MAX_SOURCE).split("\n")
    text = "\n".join(
        line[at : at + MOST_IN_LINE].rstrip() for line in lines for at in range(0, max(len(line), 1), MOST_IN_LINE)
    )
    return MANY_EMPTY.sub(r"\1", text)


def column_of(part: Mapping[str, Any], criterion: Mapping[str, Any]) -> str:
    """What a criterion is called in tables: it says where the criterion belongs."""
    return f"{part['name']}-{part['part']}-{criterion['id']}"


def points_in(results: Iterable[PartSummary], is_strict: bool) -> dict[str, int]:
    """Return what each part earns, by its grade_id; `results` is that of a job, or of a record."""
    return {f"{part['name']}-{part['part']}": earned(part["criteria"], is_strict) for part in results}


def write_result(cell: NotebookNode, part: PartTold, points: int, book_url: str) -> None:
    """Put report and mark of a part into its grade cell, in the form in which nbgrader has partial credit."""
    text = part["text"] if points == part["points"] else STRICTLY.format(points, part["text"])
    outputs = [new_output("stream", name="stdout", text=text + "\n")]
    if book_url and part["sections"]:
        links = ", ".join(f"[{section}]({book_url.rstrip('/')}/{BOOK}/{section})" for section in part["sections"])
        outputs.append(new_output("display_data", {"text/markdown": f"Read {links}"}))
    outputs.append(new_output("execute_result", {"text/plain": str(float(points))}, execution_count=1))
    cell.outputs, cell.execution_count = outputs, 1


def read_graded(path: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the grader's record in a graded notebook, and the answers by name: ({}, {}) where none can be read."""
    try:
        notebook = json.loads(path.read_bytes())
        notes = [(cell["metadata"].get("nbgrader", {}), cell["source"]) for cell in notebook["cells"]]
        answers = {
            note["grade_id"]: "".join(source)
            for note, source in notes
            if note.get("solution") and not note.get("grade")
        }
        return notebook["metadata"].get(RECORD, {}), answers
    except (OSError, ValueError, KeyError):
        return {}, {}


def is_graded(
    coursedir: CourseDirectory,
    submission: Submission,
    scores: Mapping[str, Mapping[str, float | None]],
    is_strict: bool,
) -> bool:
    """Whether graded notebook and gradebook, whose `recorded_scores` these are, hold what this submission must get.

    What was handed in tells, never whether a file exists.
    """
    record, _ = read_graded(graded_notebook(coursedir, submission.student))
    known = scores.get(submission.student, {})
    points = points_in(record.get("results", ()), is_strict)
    said = record.get("key"), record.get("remarks"), record.get("written"), record.get("request", {}).get("text", "")
    return (
        said == (submission.job.key, list(submission.answers.remarks), submission.written, submission.request)
        and read_beside(graded_folder(coursedir, submission.student)) == submission.beside
        and bool(points)
        and points == {name: known.get(name) for name in points}
    )
