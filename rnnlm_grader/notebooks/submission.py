"""Reads what a student handed in, whatever it is, and takes from it only what may count.

Of the cells that the exercise asks to fill, the source counts, found by grade_id. Of a student's own code cells count
definitions (imports, functions, classes, constants) and what computes a name that is used: a helper or a table kept in
a cell of its own costs nobody a mark, and a training run left in one costs no time. Where an answer seems to lack
something, all that these cells do is tried. All this code runs in the sandbox: to take more is kind and takes no risk.
"""
import ast
import functools
import re
import sys
from dataclasses import dataclass, field, replace
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType

from .cell_code import (
    MAX_PARSED,
    MAX_SOURCE,
    counting_statements,
    defined_names,
    dumped,
    excerpt,
    imported_modules,
    is_python,
    named_otherwise,
    plain_python,
    tree_of,
    up_to_what_is_open,
    uses,
)
from .reading import Unreadable, opened, parse

# Far more than honest work has; what is read here is read outside the sandbox, in the grader's own time and memory.
MAX_CODE = 400_000  # characters of all
MAX_CELLS = 2000  # with code
CODE = "code"  # the type of such a cell
DEFINES = re.compile(r"^(import|from|def|class) +\w|^@\w", re.MULTILINE)  # what looks like Python, if it can't be read
WRITES_MODULE = re.compile(r"\s*%%(?:writefile|file)\s+(?:-a\s+)?(\S+\.py)\s*\n")


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook: its source, the grade_id that its metadata claims, and its type."""

    source: str
    grade_id: str | None
    kind: str = CODE
    most: int = field(default=MAX_PARSED, compare=False)  # characters that may be parsed to find its lines for IPython
    length: int = field(default=0, compare=False)  # characters that were handed in; not all need have been read

    @functools.cached_property
    def plain(self):
        """Its source, without what only IPython understands."""
        return plain_python(self.source, self.most)

    @functools.cached_property
    def tree(self):
        """The syntax tree of that, or None where it is no Python."""
        return tree_of(self.plain)

    @functools.cached_property
    def code(self):
        """What it does, whatever its comments and its layout are."""
        return code_of(self.source, self.tree)

    @functools.cached_property
    def names(self):
        """The names that it defines at its top level by def, class or assignment."""
        return defined_names(self.tree)

    def excerpt_for(self, name):
        """The source of the statements that define a name."""
        return excerpt(self.plain, [node for node in self.tree.body
                                    if name in defined_names(ast.Module([node], []))])


def code_of(source, tree=None):
    """What equals another's where both do the same, whatever their comments and their layout are."""
    tree = tree or tree_of(source)
    return dumped(tree) if tree else source.strip()


def read_cells(path):
    """Return the cells of a notebook file of any nbformat that may count; raise `Unreadable` if it is none."""
    with opened(path) as file:
        return cells_of(parse(file))


def cells_of(notebook):
    """Return the cells of a notebook, as plain data, that are code, or that may be code by mistake in another kind."""
    cells = tuple(_cells(notebook))
    code = [cell for cell in cells if cell.kind == CODE]
    if len(code) > MAX_CELLS:
        raise Unreadable(f"it has {len(code):,} cells with code; the limit is {MAX_CELLS:,}")
    if (length := sum(len(cell.source) for cell in code)) > MAX_CODE:
        raise Unreadable(f"its code has {length:,} characters; the limit is {MAX_CODE:,}")
    most = MAX_PARSED // max(1, sum(not is_python(cell.source) for cell in code))
    return tuple(replace(cell, most=most, source=whole_lines(cell) if is_cut(cell) else cell.source)
                 for cell in cells)


def whole_lines(cell):
    """What there is of a cell that is cut off anywhere, up to the last line, or the last text, that is whole."""
    return up_to_what_is_open(cell.source.rpartition("\n")[0])


def is_cut(cell):
    """Whether a cell is too long to be read to its end."""
    return cell.length > MAX_SOURCE


def _cells(notebook):
    for cell in _raw_cells(notebook):
        if not isinstance(cell, dict) or not isinstance(kind := cell.get("cell_type"), str):
            continue
        source = _text(cell.get("source", cell.get("input", "")))  # `input` before nbformat 4
        if kind != CODE and (len(source) > MAX_SOURCE or not DEFINES.search(source)):
            continue
        metadata = cell.get("metadata")
        nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
        yield Cell(source[:MAX_SOURCE], grade_id if isinstance(grade_id, str) else None, kind, length=len(source))


def _raw_cells(notebook):
    if not isinstance(notebook, dict):
        raise Unreadable("it is not a notebook: it holds no cells")
    cells = notebook.get("cells")
    if not isinstance(cells, list) or not cells:  # before nbformat 4, cells were on sheets
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
    return source.replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True)
class Answers:
    """What counts of a submission.

    `by_id` holds the source of each cell to fill; `order` tells what to execute, one after the other: (name of the
    answer, source), or (None, source) for what counts of a cell of the student's own. `whole` is the same with all of
    the student's own cells, or () where all of them counts.
    """

    by_id: dict
    order: tuple
    whole: tuple
    remarks: tuple


def take_answers(cells, wanted, locked=MappingProxyType({})):
    """Pick the answers out of a submission's code cells.

    Parameters
    ----------
    cells : sequence of Cell
    wanted : dict
        For each cell to fill, whose grade_id is the name that it defines, the source as released.
    locked : dict
        For each other cell of the exercise, its source as released. Where a submission has changed it, it is taken for
        a cell of the student's own.
    """
    cells, lost = as_code(cells, wanted)
    filled, own, untouched = sort_out(cells, wanted, locked)
    in_cells = [each for answers in filled.values() for each in answers]
    counts = counting_statements([cell.tree for _, cell in own], [cell.tree for _, cell in in_cells], wanted)
    own = [(at, cell, excerpt(cell.plain, nodes)) for (at, cell), nodes in zip(own, counts, strict=True)]
    cut = {at: cell.plain for (at, cell, _), nodes in zip(own, counts, strict=True)
           if cell.tree and len(nodes) < len(cell.tree.body)}
    by_id, remarks = {}, []
    pieces, stubs = {}, []  # place of a cell → (name, source) of what is executed there; and of what comes first
    for name, stub in wanted.items():
        answers = [(at, cell) for at, cell in filled[name] if cell.tree] or filled[name][-1:]
        elsewhere = [(at, source) for at, cell, source in own if name in cell.names]
        beside = [cell for _, cell in in_cells if name in cell.names]
        is_defined = any(name in cell.names for _, cell in answers)
        taken = [(at, cell.source) for at, cell in answers] + ([] if is_defined else elsewhere)
        for at, source in taken:
            pieces.setdefault(at, (name, source))
        by_id[name] = "\n\n".join(source for _, source in sorted(taken, key=itemgetter(0)))
        if not taken and beside:
            by_id[name] = beside[-1].excerpt_for(name)  # to be shown; that cell is executed anyway
        elif not taken:
            by_id[name] = stub
        elif not (is_defined or elsewhere or beside) and (
                other := named_otherwise(name, wanted, [cell.tree for _, cell in answers])):
            pieces |= given_both_names(name, other.name, after=answers[-1][0])
            kind = "class" if isinstance(other, ast.ClassDef) else "function"
            remarks.append(f"Your {kind} is called {other.name}; it was graded as {name}.")
        if not beside and not answers and all(uses(tree_of(source), name) for _, source in elsewhere):
            stubs.append((name, stub))  # so that it stands in the way of nothing, and may be completed
        remarks += remarks_on(name, len(filled[name]), is_defined, elsewhere, beside,
                              is_there=name in untouched or any(cell.grade_id == name for cell in cells))
    for at, _, source in own:
        if source:
            pieces.setdefault(at, (None, source))
    order = stubs + [pieces[at] for at in sorted(pieces)]
    pieces = dict.fromkeys(cut, (None, "")) | pieces
    whole = stubs + [(pieces[at][0], cut.get(at, pieces[at][1])) for at in sorted(pieces)] if cut else ()
    return Answers(by_id, tuple(order), tuple(whole), (*lost, *remarks, *remarks_on_cells(cells)))


def given_both_names(name, other, after):
    """Return pieces, by their places, that give an answer its right name, and what stands in for it the other."""
    return {after + 1 / 3: (name, f"{name} = {other}"), after + 2 / 3: (None, f"{other} = {name}")}


def as_code(cells, wanted):
    """Return the cells of code, with answers that are in a text cell by mistake; and a remark on each of these.

    A cell of Markdown or raw text counts where it is Python and defines a name that no cell of code does.
    """
    stubs = set(map(code_of, wanted.values()))
    there = set().union(*(cell.names for cell in cells if cell.kind == CODE and cell.code not in stubs))
    texts, remarks = set(), []
    for name in wanted:
        defines = re.compile(rf"^(?:class|def) +{name}\b", re.MULTILINE)
        *_, last = None, *(at for at, cell in enumerate(cells) if cell.kind != CODE and defines.search(cell.source))
        if name not in there and last is not None and name in cells[last].names:
            texts.add(last)
            remarks.append(f"{name} was in a {cells[last].kind} cell, not in a code cell; it was graded all the same.")
    return [replace(cell, kind=CODE) if at in texts else cell for at, cell in enumerate(cells)
            if at in texts or cell.kind == CODE], remarks


def remarks_on_cells(cells):
    """Yield what the student should know of cells that were not read to their end, or that write a module."""
    for cell in filter(is_cut, cells):
        lines = cell.source.count("\n") + 1
        which = f"The cell {cell.grade_id}" if cell.grade_id else "A cell of your own"
        yield (f"{which} has {cell.length:,} characters; the limit is {MAX_SOURCE:,}. "
               f"Only its first {lines:,} lines were read.")
    if unread := sum(cell.tree is None and not cell.grade_id and bool(DEFINES.search(cell.source)) for cell in cells):
        yield (f"{unread} of your own cells can't be read by Python {sys.version_info.major}.{sys.version_info.minor}, "
               "which the grader runs. What is defined there was missing.")
    written = {Path(found[1]).stem for cell in cells if (found := WRITES_MODULE.match(cell.source))}
    imported = set().union(*(imported_modules(cell.tree) for cell in cells)) if written else set()
    if lost := ", ".join(sorted(written & imported)):
        yield f"Files that a cell writes aren't there when work is graded, so what is imported from {lost} was missing."


def sort_out(cells, wanted, locked):
    """Tell answers, a student's own cells and what is still as it was released from each other.

    Returns
    -------
    dict of name → list of (place, cell)
        The answers: cells with a grade_id that is wanted.
    list of (place, cell)
        The student's own, and changed ones of the exercise.
    set of names
        Those of which a cell is there that nobody has filled in, with or without its grade_id.
    """
    stubs, others = ({code_of(source): name for name, source in group.items()} for group in (wanted, locked))
    changed = [(at, cell) for at, cell in enumerate(cells) if cell.code not in stubs]
    filled = {name: [(at, cell) for at, cell in changed if cell.grade_id == name] for name in wanted}
    own = [(at, cell) for at, cell in changed if cell.grade_id not in wanted
           and not (cell.grade_id in locked and cell.code in others)]
    return filled, own, {stubs[cell.code] for cell in cells if cell.code in stubs}


def remarks_on(name, filled, is_defined, elsewhere, beside, is_there):
    """Yield what the student should know of where the definition of a name was found."""
    if filled > 1:
        yield f"There was more than one cell {name}; they were executed one after the other."
    if elsewhere and is_defined:
        yield f"{name} is defined in a cell of your own too. That was executed as well."
    elif elsewhere:
        yield f"{name} is defined in a cell of your own, not in the cell for it. That definition counts."
    elif beside and not filled:
        yield f"{name} is defined in the cell {beside[-1].grade_id}, not in its own. That definition counts."
    elif not filled and not is_there:
        yield f"There was no cell {name}, and no definition of it anywhere."
