"""Reads what a student handed in, and takes from it only what may count.

Of the cells that the exercise asks to fill, the source counts, found by grade_id. Of a student's own code cells counts
what the answers need: a helper or a table in a cell of its own costs nobody a mark, and a training run there costs no
time. Where an answer is wrong, the student's own cells are tried as a whole. All this code runs in the
sandbox, so it takes no risk to be kind.
"""

import ast
import functools
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias, TypeVar

from .cell_code import DEFINITIONS, INDIGESTIBLE, defined_names, excerpt, needed_statements, plain_python, tree_of
from .reading import Unreadable

# Far more than honest work has; what is read here is read outside the sandbox, in the grader's own time and memory.
MAX_SOURCE = 100_000  # characters of one cell
MAX_CODE = 400_000  # of all
MAX_CELLS = 2000  # with code
CODE = "code"  # the type of such a cell
T = TypeVar("T")
Order: TypeAlias = tuple[tuple[str | None, str], ...]  # see `Answers`


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook: its source, the grade_id that its metadata claims, and its type."""

    source: str
    grade_id: str | None
    kind: str = CODE
    length: int = field(default=0, compare=False)  # characters that were handed in; not all need have been read

    @functools.cached_property
    def plain(self) -> str:
        """Its source, without what only IPython understands."""
        return plain_python(self.source)

    @functools.cached_property
    def tree(self) -> ast.Module | None:
        """The syntax tree of that, or None where it is no Python."""
        return tree_of(self.plain)

    @functools.cached_property
    def code(self) -> str:
        """What it does, whatever its comments and its layout are."""
        return code_of(self.source, self.tree)

    @functools.cached_property
    def names(self) -> set[str]:
        """The names that it defines at its top level, imports apart."""
        return defined_names(self.tree)


def code_of(source: str, tree: ast.Module | None = None) -> str:
    """Return what equals another's where both do the same, whatever their comments and their layout are."""
    try:
        return ast.dump(tree or ast.parse(source))
    except INDIGESTIBLE:
        return source.strip()


def cells_of(notebook: object) -> tuple[Cell, ...]:
    """Return the cells of a notebook, as plain data, that are code, or that may be an answer in a cell of text."""
    cells = tuple(_cells(notebook))
    if len(cells) > MAX_CELLS:
        raise Unreadable(f"it has {len(cells):,} cells with code; the limit is {MAX_CELLS:,}")
    if (length := sum(len(cell.source) for cell in cells)) > MAX_CODE:
        raise Unreadable(f"its code has {length:,} characters; the limit is {MAX_CODE:,}")
    return cells


def _cells(notebook: object) -> Iterator[Cell]:
    for cell in raw_cells(notebook):
        kind = get(cell, "cell_type", str)
        grade_id = get(get(get(cell, "metadata", dict), "nbgrader", dict), "grade_id", str) or None
        if kind == CODE or (kind and grade_id):
            source = text_in(cell)
            read = source if len(source) <= MAX_SOURCE else source[:MAX_SOURCE].rpartition("\n")[0]
            yield Cell(read, grade_id, kind, length=len(source))


def raw_cells(notebook: object) -> list:
    """Return the cells of a notebook of any nbformat; raise `Unreadable` if there are none."""
    sheets = get(notebook, "worksheets", list)  # on which cells were before nbformat 4
    cells = get(notebook, "cells", list) or [cell for sheet in sheets for cell in get(sheet, "cells", list)]
    if not cells:
        raise Unreadable("it is not a notebook: it holds no cells")
    return cells


def get(data: object, key: str, kind: type[T]) -> T:
    """Return what plain data has under a key, or an empty `kind` where that is nothing of the kind."""
    value = data.get(key) if isinstance(data, dict) else None
    return value if isinstance(value, kind) else kind()


def text_in(cell: object) -> str:
    """Return the source of a cell, whatever it is."""
    source = cell.get("source", cell.get("input")) if isinstance(cell, dict) else None  # `input` before nbformat 4
    lines = source if isinstance(source, list) else [source]
    text = "".join(line for line in lines if isinstance(line, str))
    text = text.encode("utf-8", "replace").decode("utf-8")  # lone surrogates can't be stored
    return text.replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True)
class Answers:
    """What counts of a submission.

    `by_id` holds the source of each cell to fill; `order` tells what to execute, one after the other: (name of the
    answer, source), or (None, source) for what counts of a cell of the student's own. `whole` is the same with all of
    the student's own cells, or () where all of them counts. `texts` is what was written beside the answers, and
    `received` names those marked by hand for which there is a cell.
    """

    by_id: dict[str, str]
    order: Order
    whole: Order
    remarks: tuple[str, ...]
    texts: tuple = ()
    received: frozenset = frozenset()


@dataclass(eq=False)
class Piece:
    """A cell that counts: the name of the answer in it, or None, and the source that is executed."""

    cell: Cell
    name: str | None
    source: str


def take_answers(
    cells: Sequence[Cell], wanted: Mapping[str, str], locked: Mapping[str, str] = MappingProxyType({})
) -> Answers:
    """Pick the answers out of a submission's code cells.

    `wanted` holds the source as released of each cell to fill, by its grade_id, which is the name that it defines;
    `locked` that of each other cell of the exercise. Where a submission has changed one of these, it is taken for a
    cell of the student's own.
    """
    stubs = {code_of(source): name for name, source in wanted.items()}
    there = {cell.grade_id for cell in cells} | {stubs.get(cell.code) for cell in cells}
    pieces = pieces_of(cells, wanted, locked)
    by_id, first = {}, []
    remarks: list[str] = []
    for name, stub in wanted.items():
        filled = [piece for piece in pieces if piece.cell.grade_id == name]
        holding = [piece for piece in pieces if name in piece.cell.names]
        elsewhere = [piece for piece in holding if piece.cell.grade_id not in wanted]
        beside = [piece for piece in holding if piece.cell.grade_id in wanted and piece not in filled]
        if not (filled or beside):
            first.append((name, stub))  # what is defined elsewhere may only complete it
        taken = filled if set(filled) & set(holding) else [p for p in pieces if p in filled or p in elsewhere]
        for piece in taken:
            piece.name = piece.name or name
        by_id[name] = "\n\n".join(piece.source for piece in taken or beside) or stub
        if filled and not holding:
            remarks += rename(pieces, filled, name, wanted)
        remarks += remarks_on(name, filled, elsewhere, beside, is_defined=taken is filled, is_there=name in there)
    order = (*first, *((piece.name, piece.source) for piece in pieces if piece.source))
    whole = (*first, *((piece.name, source) for piece in pieces if (source := whole_source(piece, wanted))))
    return Answers(by_id, order, whole if whole != order else (), (*remarks, *remarks_on_cells(cells, wanted)))


def pieces_of(cells: Sequence[Cell], wanted: Mapping[str, str], locked: Mapping[str, str]) -> list[Piece]:
    """Return a `Piece` for each cell that somebody has written in; of the student's own, with what the answers need."""
    stubs, others = set(map(code_of, wanted.values())), set(map(code_of, locked.values()))
    cells = [
        cell
        for cell in cells
        if (cell.kind == CODE or is_answer_in_text(cell, wanted))
        and cell.code not in (stubs | others if cell.grade_id in locked else stubs)
    ]
    answers, own = ([cell.tree for cell in cells if (cell.grade_id in wanted) is which] for which in (True, False))
    counts = iter(needed_statements(own, answers, wanted))
    return [
        Piece(cell, cell.grade_id, cell.source)
        if cell.grade_id in wanted
        else Piece(cell, None, excerpt(cell.plain, next(counts)))
        for cell in cells
    ]


def is_answer_in_text(cell: Cell, wanted: Collection[str]) -> bool:
    """Return whether a cell is an answer that was turned into Markdown or raw text by mistake."""
    return cell.kind != CODE and cell.grade_id in wanted and cell.grade_id in cell.names


def whole_source(piece: Piece, wanted: Collection[str]) -> str:
    """Return the source of a piece with all that its cell does."""
    if piece.cell.grade_id in wanted or not piece.cell.tree:
        return piece.source
    return excerpt(piece.cell.plain, piece.cell.tree.body)


def rename(pieces: list[Piece], filled: Sequence[Piece], name: str, wanted: Mapping[str, str]) -> Iterator[str]:
    """Let the only class or function in the cells of an answer have its name too; yield a remark if there is one."""
    released = tree_of(wanted[name])
    kind = (
        next((type(node) for node in released.body if isinstance(node, DEFINITIONS) and node.name == name), ())
        if released
        else ()
    )
    found = {
        node.name for piece in filled if piece.cell.tree for node in piece.cell.tree.body if isinstance(node, kind)
    }.difference(wanted)
    if len(found) == 1:
        *_, last = filled
        last.source += f"\n\n{name} = {(other := found.pop())}"
        # What stands in for the answer bears the other name too.
        pieces.insert(pieces.index(last) + 1, Piece(last.cell, None, f"{other} = {name}"))
        what = "class" if kind is ast.ClassDef else "function"
        yield f"Your {what} is called {other}; it was graded as {name}."


def remarks_on_cells(cells: Sequence[Cell], wanted: Collection[str]) -> Iterator[str]:
    """Yield what the student should know of cells that were not read to their end, or in another way than meant."""
    for cell in cells:
        if cell.length > MAX_SOURCE:
            which = f"The cell {cell.grade_id}" if cell.grade_id else "A cell of your own"
            lines = cell.source.count("\n") + 1
            yield (
                f"{which} has {cell.length:,} characters; the limit is {MAX_SOURCE:,}. "
                f"Only its first {lines:,} lines were read."
            )
        if is_answer_in_text(cell, wanted):
            yield f"{cell.grade_id} was in a {cell.kind} cell, not in a code cell; it was graded all the same."
    if unread := [cell.source for cell in cells if not (cell.tree or cell.grade_id) and "def " in cell.source]:
        yield (
            f"{len(unread)} of your own cells can't be read by Python {sys.version_info.major}."
            f"{sys.version_info.minor}, which the grader runs. What is defined there was missing."
        )
        if any(source.lstrip().startswith(">>> ") for source in unread):
            yield "Remove the prompts (`>>> `) at the beginning of the lines in your own cells."


def remarks_on(
    name: str,
    filled: Sequence[Piece],
    elsewhere: Sequence[Piece],
    beside: Sequence[Piece],
    is_defined: bool,
    is_there: bool,
) -> Iterator[str]:
    """Yield what the student should know of where the definition of a name was found."""
    if len(filled) > 1:
        yield f"There was more than one cell {name}; they were executed one after the other."
    if elsewhere and is_defined:
        yield f"{name} is defined in a cell of your own too. That was executed as well."
    elif elsewhere:
        yield f"{name} is defined in a cell of your own, not in the cell for it. That definition counts."
    elif beside and not filled:
        yield f"{name} is defined in the cell {beside[-1].cell.grade_id}, not in its own. That definition counts."
    elif not filled and not is_there:
        yield f"There was no cell {name}, and no definition of it anywhere."
