"""Reads what a student handed in, whatever it is, and takes from it only what may count.

Of the cells that the exercise asks to fill, the source counts, found by grade_id. Of a student's own code cells, only
definitions count (imports, functions, classes, constants): a helper kept in a cell of its own costs nobody a mark, and
a training run left in one costs no time. All this code runs in the sandbox: to take more is kind and takes no risk.
"""
import ast
import errno
import functools
import json
import os
import stat
from collections import defaultdict
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from .bench import bound_names

# Far more than honest work has; what is read here is read outside the sandbox, in the grader's own time and memory.
MAX_FILE = 20 * 2**20
MAX_PARTS = 500_000  # lists and objects in the file
MAX_SOURCE = 100_000  # characters of one cell
MAX_CODE = 400_000  # characters of all
MAX_CELLS = 2000
MAX_PARSED = 1_000_000  # characters, to find all lines that are for IPython: a cell is parsed again after each of these
MAX_PARSED_OF_ONE = 500_000  # the same, of one cell
MOST_NAMES = 5  # in a remark
# What a constant may be computed with: functions, those of some modules, and those of NumPy that take no time.
CHEAP = frozenset(("bool", "dict", "float", "frozenset", "int", "len", "list", "max", "min", "namedtuple", "partial",
                   "range", "round", "set", "sorted", "str", "tuple"))
CHEAP_MODULES = frozenset(("collections", "functools", "math", "operator", "typing"))
CHEAP_OF_NUMPY = frozenset(("arange", "array", "asarray", "dtype", "exp", "eye", "finfo", "float32", "float64", "full",
                            "iinfo", "int32", "int64", "linspace", "log", "ones", "random.default_rng", "sqrt",
                            "zeros"))
MAX_BRANCHES = 20  # in one another
# What stands behind these is no Python, or isn't executed. Other magics of a whole cell run it.
OTHER_LANGUAGES = frozenset(("%%!", "%%HTML", "%%SVG", "%%bash", "%%cmd", "%%file", "%%html", "%%javascript", "%%js",
                             "%%latex", "%%markdown", "%%perl", "%%ruby", "%%script", "%%sh", "%%svg", "%%sx",
                             "%%system", "%%writefile"))
INDIGESTIBLE = (SyntaxError, ValueError, RecursionError, MemoryError)  # of code that Python can't read or write


class Unreadable(Exception):
    """What was handed in is no notebook; the message says why, in one line."""


@dataclass(frozen=True)
class Cell:
    """A code cell of a notebook: its source, and the grade_id that its metadata claims."""

    source: str
    grade_id: str | None
    most: int = field(default=MAX_PARSED, compare=False)  # characters that may be parsed to find its lines for IPython

    @functools.cached_property
    def tree(self):
        """Its syntax tree, or None where it is no Python."""
        return parsed(self.source, self.most)

    @functools.cached_property
    def names(self):
        """The names that it defines at its top level by def, class or assignment."""
        return defined_names(self.tree)


def read_cells(path):
    """Return the code cells of a notebook file of any nbformat; raise `Unreadable` if it is none."""
    data = _read_file(path)
    if not data.strip():
        raise Unreadable("it is empty")
    if data.count(b"{") + data.count(b"[") > MAX_PARTS:
        raise Unreadable(f"it has more than {MAX_PARTS:,} parts. Clear its outputs and hand it in again")
    try:
        # UTF-8, with or without a mark, or UTF-16. No number in it counts, so none is read, however long.
        notebook = json.loads(data, parse_int=len, parse_float=len)
    except (ValueError, RecursionError):
        raise Unreadable("it is not a notebook: its content isn't valid JSON") from None
    cells = tuple(_code_cells(notebook))
    if (length := sum(len(cell.source) for cell in cells)) > MAX_CODE:
        raise Unreadable(f"its code has {length:,} characters; the limit is {MAX_CODE:,}")
    return tuple(replace(cell, most=MAX_PARSED // len(cells)) for cell in cells)


def _read_file(path):
    """Read an ordinary file; no link is followed, for it may lead to somebody else's work."""
    if os.path.islink(os.path.dirname(path)):
        raise Unreadable("its folder is a link, and links aren't followed")
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise Unreadable("it is a link, and links aren't followed") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("it is not an ordinary file")
        if status.st_size > MAX_FILE:
            raise Unreadable(f"it has {status.st_size / 2**20:.0f} MiB; the limit is {MAX_FILE // 2**20}. "
                             "Clear its outputs and hand it in again")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(MAX_FILE)
    finally:
        os.close(descriptor)


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

    `by_id` holds the source of each cell to fill; `order` tells what to execute, one after the other: (name of the
    answer, source), or (None, source) for definitions from a cell of the student's own.
    """

    by_id: dict
    order: tuple
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
    filled = {name: [(at, cell) for at, cell in enumerate(cells)
                     if cell.grade_id == name and cell.source.strip() != stub.strip()] for name, stub in wanted.items()}
    own = [(at, cell) for at, cell in enumerate(cells) if cell.grade_id not in wanted
           and cell.source.strip() != locked.get(cell.grade_id, "").strip()]
    by_id, remarks = {}, []
    pieces = defaultdict(list)  # place of a cell → (name, source) of what is executed there
    for name, stub in wanted.items():
        elsewhere = [(at, cell) for at, cell in own if name in cell.names]
        beside = [(at, cell) for cells_of_other in filled.values() for at, cell in cells_of_other if name in cell.names]
        if answers := filled[name]:
            valid = [(at, cell) for at, cell in answers if cell.tree] or answers[-1:]
            by_id[name] = "\n\n".join(cell.source for _, cell in valid)
            for at, cell in valid:
                pieces[at].append((name, cell.source))
            if len(answers) > 1:
                remarks.append(f"There was more than one cell {name}; they were executed one after the other.")
            if elsewhere:
                remarks.append(f"{name} is defined in a cell of your own too. What is in the cell for it counts.")
        elif elsewhere:
            at, cell = elsewhere[-1]
            by_id[name] = definitions_in(cell.tree)
            pieces[at].append((name, by_id[name]))
            remarks.append(f"{name} is defined in a cell of your own, not in the cell for it. That definition counts.")
        elif beside:
            at, cell = beside[-1]
            by_id[name] = definitions_in(cell.tree, only=name)
            pieces[at].append((name, by_id[name]))
            remarks.append(f"{name} is defined in the cell {cell.grade_id}, not in its own. That definition counts.")
        else:
            by_id[name] = stub
            pieces[len(cells)].append((name, stub))
            if not any(cell.grade_id == name for cell in cells):
                remarks.append(f"There was no cell {name}, and no definition of it anywhere.")
    for at, cell in own:
        if at not in pieces and (kept := definitions_in(cell.tree, set(wanted))):
            pieces[at].append((None, kept))
    order = dict.fromkeys(piece for at in sorted(pieces) for piece in pieces[at])
    if missing := missing_from(map(parsed, by_id.values()), [cell.tree for _, cell in own]):
        remarks.append(f"{', '.join(missing[:MOST_NAMES])}: a cell of your own computes this, and an answer uses it. "
                       "Of such a cell only imports, functions, classes and constants count. Move it to the answer.")
    return Answers(by_id, tuple(order), tuple(remarks))


def parsed(source, most=MAX_PARSED):
    """The syntax tree of a cell, or None where it is no Python; see `plain_python`."""
    tree = _python(source)
    return _python(plain_python(source, most)) if tree is None else tree


def _python(source):
    try:
        return ast.parse(source)
    except INDIGESTIBLE:
        return None


def defined_names(tree):
    """The names that a cell defines at its top level by def, class or assignment."""
    names = set()
    for node in tree.body if tree else ():
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return names


def definitions_in(tree, except_names=frozenset(), only=None):
    """Return the imports, functions, classes and constants that a cell defines at its top level, as source.

    Those that define one of `except_names` are left out, or all that don't define the name `only`.
    """
    kept = [node for node in (tree.body if tree else ())
            if _is_definition(node) and except_names.isdisjoint(_names_defined(node))
            and (only is None or only in _names_defined(node))]
    return "\n".join(map(_source_of, kept))[:MAX_SOURCE]


def _source_of(node):
    try:
        return ast.unparse(node)
    except INDIGESTIBLE:  # not all that can be read can be written
        return ""


def _is_definition(node, depth=0):
    """Whether a statement does nothing but define, so that it takes no time: a training run isn't done once more."""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return node.value is not None and _is_cheap(node.value)
    if isinstance(node, ast.Try | ast.If):
        return depth < MAX_BRANCHES and (isinstance(node, ast.Try) or _is_cheap(node.test)) and all(
            isinstance(inner, ast.Pass) or _is_definition(inner, depth + 1) for inner in _inside(node))
    return isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)


def _inside(node):
    """The statements of all branches of an `if` or `try`."""
    handlers = [inner for handler in getattr(node, "handlers", ()) for inner in handler.body]
    return [*node.body, *handlers, *node.orelse, *getattr(node, "finalbody", ())]


def _is_cheap(expression):
    """Whether an expression takes no time worth mentioning: a call may take hours, a power may fill the memory."""
    left = [expression]
    while left:
        node = left.pop()
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp | ast.LShift):
            return False
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and not (
                _is_small(node.left) and _is_small(node.right)):
            return False
        if isinstance(node, ast.Call) and not _is_cheap_to_call(_dotted(node.func)):
            return False
        if not isinstance(node, ast.Lambda):
            left += ast.iter_child_nodes(node)
    return True


def _is_small(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and abs(node.value) <= 100


def _dotted(node):
    """A name with dots, as it is written; "" for any other expression."""
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(names)]) if isinstance(node, ast.Name) else ""


def _is_cheap_to_call(name):
    module, _, function = name.partition(".")
    return name in CHEAP or module in CHEAP_MODULES or (module in ("np", "numpy") and function in CHEAP_OF_NUMPY)


def _names_defined(node):
    """The names of the functions and classes that a statement defines, or one in its branches."""
    names, left = set(), [node]
    while left:
        node = left.pop()
        if isinstance(node, ast.Try | ast.If):
            left += _inside(node)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
    return names


def missing_from(answers, own):
    """The names that answers use and that only the rest of a student's own cells gives, which isn't executed.

    Parameters
    ----------
    answers : iterable of tree
        Of each answer.
    own : iterable of tree
        Of each cell of the student's own.
    """
    left_out, kept = set(), set()
    for tree in filter(None, own):
        for node in tree.body:
            (kept if _is_definition(node) else left_out).update(_names(node, ast.Store))
    used = set().union(*map(_names_used, filter(None, answers)))
    return sorted((left_out - kept) & used)


def defines_anew(before, after):
    """Whether code that is executed later gives another meaning to a name that earlier code defines or uses.

    Parameters
    ----------
    before, after : iterable of str
        Sources of cells, as they are executed.
    """
    before, after = (list(filter(None, map(_python, sources))) for sources in (before, after))
    earlier, later = map(_meanings, (before, after))
    known = earlier.keys() | set().union({"*"}, *map(_names_used, before))  # of `from numpy import *` nobody can tell
    return any(earlier.get(name) != meaning for name, meaning in later.items() if name in known)


def _meanings(trees):
    """{name: the last statement at the top level that binds it, as text}."""
    found = {}
    for node in (node for tree in trees for node in tree.body):
        names = _names_defined(node) | set(bound_names(node))
        found.update(dict.fromkeys(names, names and _source_of(node)))
    return found


def _names_used(tree):
    """The names that code takes from elsewhere: an argument or a variable of its own of the same name hides it."""
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return _names(tree, ast.Load) - _names(tree, ast.Store) - arguments


def _names(node, context):
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, context)}


@functools.lru_cache(maxsize=64)
def plain_python(source, most=MAX_PARSED):
    """Put something without effect in the place of what only IPython understands; keep all else, and the line numbers.

    That is magics, shell lines and questions, where Python stumbles over them; prompts, and an indentation of the whole
    cell, are taken off. What isn't Python then stays as it was.
    """
    if _python(source) is not None:
        return source
    lines = without_margin(source.split("\n"))
    if (magic := source.split(maxsplit=1)[:1]) and magic[0].startswith("%%"):
        if magic[0] in OTHER_LANGUAGES:
            return source
        at = next(at for at, line in enumerate(lines) if line.strip())
        return plain_python("\n".join([*lines[:at], "pass", *lines[at + 1:]]), most)
    for _ in range(min(most, MAX_PARSED_OF_ONE) // (len(source) + 1)):
        try:
            ast.parse("\n".join(lines))
            return "\n".join(lines)
        except SyntaxError as error:
            at = (error.lineno or 0) - 1
            replaced = without_magic(lines[at]) if 0 <= at < len(lines) else None
            if replaced is None:
                return source
            lines[at] = replaced
        except INDIGESTIBLE:
            return source
    return source


def without_margin(lines):
    """The lines without prompts, and without the indentation of the first."""
    first = next(filter(str.strip, lines), "")
    if first.lstrip().startswith(">>>"):
        lines = [line.lstrip()[4:] if line.lstrip()[:3] in (">>>", "...") else line for line in lines]
        first = next(filter(str.strip, lines), "")
    return [line.removeprefix(first[: len(first) - len(first.lstrip())]) for line in lines]


def without_magic(line):
    """A line that does nothing instead of one for IPython alone; None where it isn't one."""
    code = line.strip()
    if code.startswith(("%", "!", "?", ",", ";", "/")) or code.endswith("?"):
        return line[: len(line) - len(line.lstrip())] + "pass"
    names, _, value = line.partition("=")
    return f"{names}= get_ipython()" if value.lstrip().startswith(("%", "!")) else None
