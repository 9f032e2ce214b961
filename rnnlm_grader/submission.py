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
    cells = notebook.get("cells")
    if not isinstance(cells, list):  # before nbformat 4, cells were on sheets
        sheets = notebook.get("worksheets")
        sheets = [sheet for sheet in sheets if isinstance(sheet, dict)] if isinstance(sheets, list) else []
        cells = [cell for sheet in sheets if isinstance(sheet.get("cells"), list) for cell in sheet["cells"]]
    if not cells:
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
    """What counts of a submission.

    `by_id` holds the source of each cell to fill; `order` tells in which order to execute them and the definitions from
    a student's own cells: ('answer', grade_id) or ('own', source).
    """

    by_id: dict
    order: tuple
    remarks: tuple


def take_answers(cells, wanted, locked=()):
    """Pick the answers out of a submission's code cells.

    Parameters
    ----------
    cells : sequence of Cell
    wanted : dict
        For each cell to fill, whose grade_id is the name that it defines, the source as released.
    locked : collection of str
        The grade_ids of all other cells of the exercise; what a submission has there doesn't count.
    """
    filled = {name: [cell.source for cell in cells if cell.grade_id == name and cell.source.strip() != stub.strip()]
              for name, stub in wanted.items()}
    own = [cell for cell in cells if cell.grade_id not in wanted and cell.grade_id not in locked]
    by_id, remarks, moved = {}, [], set()
    for name, stub in wanted.items():
        elsewhere = [cell for cell in own if name in defined_names(cell.source)]
        if filled[name]:
            by_id[name] = joined(filled[name])
            if len(filled[name]) > 1:
                remarks.append(f"There was more than one cell {name}; they were executed one after the other.")
        elif elsewhere:
            by_id[name] = definitions_in(elsewhere[-1].source)
            moved.add(elsewhere[-1])
            remarks.append(f"{name} is defined in a cell of your own, not in the cell for it. That definition counts.")
        else:
            by_id[name] = stub
            if not any(cell.grade_id == name for cell in cells):
                remarks.append(f"There was no cell {name}, and no definition of it anywhere.")
    order = []
    for cell in cells:
        if cell.grade_id in wanted:
            order.append(("answer", cell.grade_id))
        elif cell in own and cell not in moved and (kept := definitions_in(cell.source, set(wanted))):
            order.append(("own", kept))
    order += [("answer", name) for name in wanted]
    return Answers(by_id, tuple(dict.fromkeys(order)), tuple(remarks))


def joined(sources):
    """Several cells as one; those that aren't Python are left out, unless none is."""
    valid = [source for source in sources if parsed(source) is not None]
    return "\n\n".join(valid or sources[-1:])


def parsed(source):
    """The syntax tree of a cell, or None where it is no Python."""
    try:
        return ast.parse(plain_python(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def defined_names(source):
    """The names that a cell defines at its top level by def, class or assignment."""
    tree = parsed(source)
    names = set()
    for node in tree.body if tree else ():
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return names


def definitions_in(source, except_names=frozenset()):
    """Return the imports, functions, classes and constants that a cell defines at its top level, as source."""
    tree = parsed(source)
    kept = [node for node in (tree.body if tree else ()) if _is_definition(node)]
    kept = [node for node in kept if getattr(node, "name", None) not in except_names]
    return "\n".join(ast.unparse(node) for node in kept)[:MAX_SOURCE]


def _is_definition(node):
    if isinstance(node, ast.Assign | ast.AnnAssign):
        # Constants only: a call may take hours, a power may fill the memory.
        costly = ast.Call | ast.Pow | ast.LShift | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
        return node.value is not None and not any(isinstance(inner, costly) for inner in ast.walk(node))
    return isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)


def plain_python(source):
    """Turn what only IPython understands (magics, shell lines, questions) into calls of a stub; keep all else."""
    try:
        ast.parse(source)
        return source
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    first, _, rest = source.partition("\n")
    if first.strip().split(" ")[0] in ("%%time", "%%timeit", "%%capture", "%%prun"):
        return plain_python("pass\n" + rest)  # these run the rest of the cell as Python
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return TransformerManager().transform_cell(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source
