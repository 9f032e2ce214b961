"""Reads what a student handed in, whatever it is, and takes from it only what may count.

Of the cells that the exercise asks to fill, the source counts, found by grade_id. Of a student's own code cells, only
definitions count (imports, functions, classes, constants): a helper kept in a cell of its own costs nobody a mark, and
a training run left in one costs no time. All this code runs in the sandbox: to take more is kind and takes no risk.
"""
import ast
import json
import os
import stat
from dataclasses import dataclass

MAX_FILE = 20 * 2**20
MAX_SOURCE = 200_000  # characters of one cell
MAX_CELLS = 2000


class Unreadable(Exception):
    """What was handed in is no notebook; the message says why, in one line."""


@dataclass(frozen=True)
class Cell:
    """A code cell of a notebook: its source, and the grade_id that its metadata claims."""

    source: str
    grade_id: str | None


def read_cells(path):
    """Return the code cells of a notebook file of any nbformat; raise `Unreadable` if it is none."""
    status = os.stat(path)
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable("it is not an ordinary file")
    if status.st_size > MAX_FILE:
        raise Unreadable(f"it has {status.st_size / 2**20:.0f} MiB; the limit is {MAX_FILE // 2**20}. "
                         "Clear its outputs and hand it in again")
    with open(path, "rb") as file:
        data = file.read(MAX_FILE + 1)
    if not data.strip():
        raise Unreadable("it is empty")
    try:
        notebook = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Unreadable("it is not a notebook: its content isn't valid JSON") from None
    return tuple(_code_cells(notebook))


def _code_cells(notebook):
    for cell in _raw_cells(notebook)[:MAX_CELLS]:
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = _text(cell.get("source", cell.get("input", "")))  # `input` before nbformat 4
        metadata = cell.get("metadata")
        nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
        yield Cell(source, grade_id if isinstance(grade_id, str) else None)


def _raw_cells(notebook):
    if not isinstance(notebook, dict):
        raise Unreadable("it is not a notebook: it holds no cells")
    worksheets = notebook.get("worksheets")
    if isinstance(worksheets, list):
        cells = [cell for sheet in worksheets if isinstance(sheet, dict) for cell in sheet.get("cells") or ()]
    else:
        cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise Unreadable("it is not a notebook: it holds no cells")
    return cells


def _text(source):
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        return ""
    source = source.encode("utf-8", "replace").decode("utf-8")  # lone surrogates can't be stored
    return source[:MAX_SOURCE].replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True)
class Answers:
    """What counts of a submission: answers by grade_id, definitions from other cells, and remarks for the student."""

    by_id: dict
    definitions: tuple
    remarks: tuple


def take_answers(cells, wanted, locked=()):
    """Pick the answers out of a submission's code cells.

    Parameters
    ----------
    cells : sequence of Cell
    wanted : dict
        The grade_ids of the cells to fill, with their source as released.
    locked : collection of str
        The grade_ids of all other cells of the exercise; what a submission has there doesn't count.
    """
    by_id, definitions, remarks = {}, [], []
    for cell in cells:
        if cell.grade_id in wanted:
            if cell.grade_id in by_id:
                if cell.source == wanted[cell.grade_id]:
                    continue
                remarks.append(f"There was more than one cell {cell.grade_id}; the last that was filled in counts.")
            by_id[cell.grade_id] = cell.source
        elif cell.grade_id not in locked and (kept := definitions_in(cell.source)):
            definitions.append(kept)
    for grade_id in wanted:
        if grade_id not in by_id:
            remarks.append(f"The cell {grade_id} was missing; a definition of it in another cell counts instead.")
    return Answers(by_id, tuple(definitions), tuple(dict.fromkeys(remarks)))


def definitions_in(source):
    """Return the imports, functions, classes and constants that a cell defines at its top level, as source."""
    try:
        tree = ast.parse(plain_python(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    kept = [node for node in tree.body
            if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef) or _is_constant(node)]
    return "\n".join(ast.unparse(node) for node in kept)


def _is_constant(node):
    if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
        return False
    return not any(isinstance(inner, ast.Call) for inner in ast.walk(node))


def plain_python(source):
    """Turn IPython's magics and shell lines, which mean nothing to a grader, into `pass`; all else stays as it is."""
    lines = source.split("\n")
    if lines[0].lstrip().startswith("%%"):
        lines[0] = "pass"
    try:
        ast.parse("\n".join(lines))
        return "\n".join(lines)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    for i, line in enumerate(lines):
        stripped = line.lstrip()
        if stripped.startswith(("%", "!")) or stripped.rstrip().endswith("?"):
            lines[i] = line[: len(line) - len(stripped)] + "pass"
    return "\n".join(lines)
