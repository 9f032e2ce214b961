"""The instructor's notebook of an exercise: its answers, what students get of it, and whether it can be graded by."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import is_grade, is_solution, is_task

from ..content import ASSIGNMENTS
from ..notebooks.cell_code import plain_python
from ..notebooks.submission import CODE
from ..notebooks.writing import UNANSWERED, UNFILLED, Outline
from ..protocol.candidate import ANSWER, OWN, SET_UP, CodeCell
from ..refusal import Refusal

HIDDEN = re.compile(r"^[^\S\n]*### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS[^\n]*\n?", re.MULTILINE | re.DOTALL)
SOLUTION = re.compile(r"^([^\S\n]*)### BEGIN SOLUTION.*?### END SOLUTION[^\n]*", re.MULTILINE | re.DOTALL)

CONFLICT = b"\n<<<<<<< "  # where git marks one


def released(source: str, stub: str = UNFILLED) -> str:
    """The source of a cell as students get it: without solution and hidden tests."""
    return HIDDEN.sub("", SOLUTION.sub(lambda found: found[1] + stub, source))


def answers_of(nb: NotebookNode) -> dict[str, str]:
    """The source of each cell with an answer that the grader judges, by its grade_id, which is the name in it."""
    return {
        cell.metadata.nbgrader.grade_id: cell.source for cell in nb.cells if is_solution(cell) and not is_by_hand(cell)
    }


def is_by_hand(cell: NotebookNode) -> bool:
    """Whether a cell is marked by hand: nbgrader's manually graded answers and tasks."""
    return is_task(cell) or (is_grade(cell) and is_solution(cell))


def outline_of(nb: NotebookNode) -> Outline:
    """Return the `Outline` of an exercise, by which what students wrote themselves is told from it."""
    ids = ids_of(nb)
    own = {id: cell for id, cell in ids.items() if "nbgrader" in cell.metadata}
    return Outline(
        {id: cell.cell_type for id, cell in ids.items()},
        {cell.metadata.nbgrader.grade_id: id for id, cell in own.items()},
        {released(cell.source).strip(): id for id, cell in ids.items()},
        {
            cell.metadata.nbgrader.grade_id: blank(cell)
            for cell in own.values()
            if is_by_hand(cell) and is_solution(cell)
        },
    )


def ids_of(nb: NotebookNode) -> dict[str, NotebookNode]:
    """Return {id: cell} of a notebook; in old forms, cells have none, and so get one here."""
    return {cell.get("id", f"cell {i}"): cell for i, cell in enumerate(nb.cells)}


def blank(cell: NotebookNode) -> str:
    """The source of an answer that is marked by hand as students get it; without marks around it, none of it stays."""
    stub = UNFILLED if cell.cell_type == CODE else UNANSWERED
    return released(cell.source, stub) if SOLUTION.search(cell.source) else stub


def execution_order(source: NotebookNode, order: Iterable[tuple[str | None, str]]) -> list[CodeCell]:
    """The cells of a submission: set-up first, then as the student had them."""
    setup = [
        CodeCell(SET_UP, f"{SET_UP} {i}", cell.source)
        for i, cell in enumerate(source.cells)
        if cell.cell_type == "code" and "setup" in cell.metadata.get("tags", ())
    ]
    rest = [
        CodeCell(ANSWER, name, plain_python(source)) if name else CodeCell(OWN, f"{OWN} {i}", source)
        for i, (name, source) in enumerate(order)
    ]
    return [*setup, *rest]


def require_known(assignment: str, root: str | Path = ".") -> None:
    """Raise `Refusal` for an assignment that this grader has no criteria for."""
    if assignment not in ASSIGNMENTS and Path(root, "solutions", assignment).is_dir():
        raise Refusal(
            f"The exercise {assignment} is in solutions/, but the grader that runs has no criteria for it. "
            "Restore its folder in rnnlm_grader/content from a backup, and run in the course's folder: "
            "pip install -e . An exercise without criteria needs a course folder of its own: see "
            "book/own-course.md."
        )
    if assignment not in ASSIGNMENTS:
        raise Refusal(
            f"There is no assignment {assignment}. There are: {', '.join(ASSIGNMENTS)}. One of your own "
            "needs a course folder without this grader: see book/own-course.md. Commands: see rnnlm-grade --help."
        )


def source_path(coursedir: CourseDirectory) -> Path:
    assignment = coursedir.assignment_id
    return Path(coursedir.format_path(coursedir.source_directory, ".", assignment), f"{assignment}.ipynb")


def read_source(coursedir: CourseDirectory) -> NotebookNode:
    """Read the instructor's notebook, the one truth about an exercise; raise `Refusal` where it can't be that."""
    assignment = coursedir.assignment_id
    require_known(assignment, coursedir.root)
    path = source_path(coursedir)
    try:
        source = nbformat.read(path, as_version=4)
        there = answers_of(source)
    except Exception as error:  # nbformat raises almost anything, according to what is damaged
        reason = getattr(error, "strerror", None) or f"it is no notebook ({type(error).__name__})"
        mend = "Restore it from a backup"
        if path.is_file() and CONFLICT in path.read_bytes():
            reason, mend = "a merge ended with a conflict in it", "Take one of both: git checkout --theirs, or --ours"
        raise Refusal(f"The exercise {path} can't be read: {reason}. {mend}.") from None
    if missing := [name for name in ASSIGNMENTS[assignment].names if name not in there]:
        raise Refusal(
            f"The exercise {path} has no cell with the answer {', '.join(missing)}. Restore it from a backup."
        )
    return source


class Disagreement(Refusal):
    """Two places have different points for the same cells; `what` says which, in a sentence."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(f"{what} Nothing was done. {mend}")
        self.what = what


def require_criteria(coursedir: CourseDirectory) -> dict[str, float]:
    """Return {grade_id: points} of the cells that have some; raise a `Disagreement` where criteria have others."""
    source, assignment = read_source(coursedir), coursedir.assignment_id
    points, by_hand = (
        {
            cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.points
            for cell in source.cells
            if (is_grade(cell) or is_task(cell)) and is_by_hand(cell) == which
        }
        for which in (False, True)
    )
    criteria = points_of_criteria(assignment)
    if points.keys() == criteria.keys():
        mend = "Put one of them right (make release gives the notebook the points of the criteria), then run"
    else:
        mend = (
            "Add these cells to the notebook or take them out, or put the notebook in its place that came with the "
            "criteria, then run"
        )
    require_same(assignment, points, "criteria", criteria, mend)
    return points | by_hand


def points_of_criteria(assignment: str) -> dict[str, float]:
    """Return {grade_id: points} as the criteria of an exercise have them."""
    return {
        f"{name}-{part}": sum(criterion.points for criterion in ASSIGNMENTS[assignment].of(name, part))
        for name, part in ASSIGNMENTS[assignment].parts()
    }


def write_points(coursedir: CourseDirectory) -> list[str]:
    """Give the grade cells of the instructor's notebook the points of the criteria; return a line for each change."""
    source, path = read_source(coursedir), source_path(coursedir)
    criteria, changes = points_of_criteria(coursedir.assignment_id), []
    for about in [cell.metadata.nbgrader for cell in source.cells if is_grade(cell)]:
        before, now = about.points, criteria.get(about.grade_id, about.points)
        if before != now:
            about.points = now
            changes.append(f"{path}: {about.grade_id} has {now:g} points now, not {before:g}")
    if changes:
        nbformat.write(source, path)
    return changes


def require_same(
    assignment: str, points: Mapping[str, float], place: str, others: Mapping[str, float], mend: str
) -> None:
    """Raise a `Disagreement`, with how to mend it, where a notebook's cells have other points than in another place."""

    def worth(found: Mapping[str, float], name: str) -> str:
        return f"{found[name]:g} points" if name in found else "no such cell"

    if differ := "; ".join(
        f"{name} has {worth(points, name)} in the notebook, {worth(others, name)} in the {place}"
        for name in sorted(points.keys() | others.keys())
        if points.get(name) != others.get(name)
    ):
        raise Disagreement(
            f"The notebook and the {place} of {assignment} disagree: {differ}.",
            f"{mend}: nbgrader generate_assignment {assignment} --force",
        )
