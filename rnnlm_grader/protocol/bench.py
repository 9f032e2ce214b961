"""The workbench: does to a student's objects what a program says, step by step.

The same bench stands in the learner's kernel, where `check` uses it directly, and in the sandbox, where programs arrive
through a pipe. It judges nothing. It needs nothing but NumPy and the standard library.
"""

import ast
import codeop
import contextlib
import io
import linecache
import re
import sys
from dataclasses import dataclass

import numpy as np

from . import whereabouts
from .values import fill_unwritten, snapshot
from .whereabouts import MAX_TEXT

MAX_PRINTED = 2000
MAX_MESSAGE = 400
COMPILER = "__compile__"  # where the names of a notebook keep what compiles its cells, and remembers `__future__`


@dataclass(frozen=True)
class Handle:
    """Stands for what an earlier step of a program gave, by its number."""

    number: int


@dataclass(frozen=True)
class Generator:
    """Stands for `numpy.random.default_rng(seed)`, made on the bench."""

    seed: int


@dataclass(frozen=True)
class Callback:
    """Stands for a function of the grader that an answer may call with an array: numbers cross, code doesn't."""

    number: int


@dataclass(frozen=True)
class Raised:
    """An exception that left the student's code: where, and what it said.

    Attributes
    ----------
    mark : tuple
        Where in the text of its line it was raised: (first column, column after the last), or ().
    sides : tuple of (expression, type, shape or None)
        What stands in the expression that raised it, as the student writes it.
    function : str
        The function in which its line stands, such as 'MyRNN.forward'; '' where that is none.
    """

    kind: str
    message: str
    line: int | None = None
    text: str = ""
    builtin: bool = True
    mark: tuple = ()
    sides: tuple = ()
    function: str = ""

    @property
    def is_unfinished(self):
        """Whether it says that an answer isn't filled in yet."""
        return self.kind == "NotImplementedError" and self.builtin


class CappedText(io.StringIO):
    """A text stream that remembers its beginning and forgets the rest, however much is printed."""

    def write(self, text):
        super().write(text[: MAX_PRINTED - self.tell()])
        return len(text)


class Bench:
    """Objects, and what may be done with them: a step is (whether its result is seen, verb, arguments).

    `put` places a value, in which handles stand for what earlier steps gave; `call` calls what the student defined or a
    method of an object; `attribute`, `item` and `arrays` fetch something; `write` overwrites an array in place.
    """

    def __init__(self, names, ask):
        self.names = names  # what the student defined, by name
        self.ask = ask  # (number of a callback, array) → what the grader's function returns
        self.objects = []  # what each step gave
        self.lent = {}  # number of a callback → the function that an answer is given, the same each time

    def play(self, steps):
        """Take steps, until one raises; return (snapshots of what is seen, `Raised` or None, what was printed)."""
        seen, raised, printed, before = [], None, CappedText(), (sys.stdout, sys.stderr)
        memory = {name: getattr(np, name) for name in ("empty", "empty_like")}
        try:
            # Warnings aren't what the student printed.
            sys.stdout, sys.stderr = printed, CappedText()
            vars(np).update({name: with_nan(empty) for name, empty in memory.items()})
            for is_seen, verb, *args in steps:
                sys.stdout = printed
                result = getattr(self, f"_{verb}")(*args)
                self.objects.append(result)
                if is_seen:
                    seen.append(snapshot(result))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raised = describe(error)
        finally:
            vars(np).update(memory)
            sys.stdout, sys.stderr = before
        return tuple(seen), raised, printed.getvalue()

    def _resolve(self, arg):
        if isinstance(arg, Handle):
            return self.objects[arg.number]
        if isinstance(arg, Generator):
            return np.random.default_rng(arg.seed)
        if isinstance(arg, Callback):
            return self.lent.setdefault(arg.number, lambda x: self.ask(arg.number, snapshot(x)))
        if isinstance(arg, tuple | list):
            return type(arg)(map(self._resolve, arg))
        if isinstance(arg, np.ndarray):
            return arg.copy()
        return arg

    def _put(self, value, layout="C"):
        """Place a value; layout 'F' or 'strided' makes an array non-contiguous."""
        if layout == "F":
            return np.array(value, order="F")  # asfortranarray would give a number an axis
        if layout == "strided":
            wide = np.zeros((*value.shape, 2), value.dtype)
            wide[..., 0] = value
            return wide[..., 0]
        return self._resolve(value)

    def _lock(self, value, layout="C"):
        """Place an array that nothing but `write` may change."""
        array = self._put(value, layout)
        array.flags.writeable = False
        return array

    def _call(self, target, method, args, kwargs):
        """Call the student's `target` (a name), or a method of an object."""
        args = self._resolve(args)
        kwargs = {key: self._resolve(value) for key, value in kwargs.items()}
        if isinstance(target, str):
            return self.names[target](*args, **kwargs)
        return getattr(self._resolve(target), method)(*args, **kwargs)

    def _attribute(self, target, name):
        return getattr(self._resolve(target), name)

    def _item(self, target, index):
        return self._resolve(target)[index]

    def _arrays(self, target, shapes):
        """The arrays of a list, or of lists in it, in the order of these shapes."""
        found = in_order(self._resolve(target), shapes)
        if found is None:
            raise LookupError("which array is which isn't certain")
        return found

    def _write(self, target, value):
        """Overwrite an array in place, as an optimizer would."""
        target = self._resolve(target)
        if not isinstance(target, np.ndarray):
            raise TypeError(f"an optimizer writes into an array, and this is of type {type(target).__name__}")
        is_locked = not target.flags.writeable
        if is_locked and target.flags.owndata:
            target.flags.writeable = True
        np.ndarray.__setitem__(target, ..., value)  # a subclass may write elsewhere
        if is_locked:
            target.flags.writeable = False


def with_nan(empty):
    """`np.empty`, or its like, with nan in place of whatever lies in memory: so an answer gives the same each time."""

    def filled(*args, **options):
        array = empty(*args, **options)
        if isinstance(array, np.ndarray):
            fill_unwritten(array)
        return array

    return filled


def in_order(value, shapes):
    """Return the arrays of a list, or of lists in it, in the order of shapes; None where that isn't certain."""
    arrays = list(flat(value))
    if [np.shape(array) for array in arrays] == shapes:
        return tuple(arrays)
    found = [[array for array in arrays if np.shape(array) == shape] for shape in shapes]
    return tuple(each[0] for each in found) if [len(each) for each in found] == [1] * len(arrays) else None


def flat(value):
    if isinstance(value, tuple | list):
        for each in value:
            yield from flat(each)
    else:
        yield value


def describe(error):
    """Describe an exception by the deepest line that the student wrote."""
    kind = type(error).__name__[:80]
    try:
        message = str(error)[:MAX_MESSAGE]
    except Exception:
        message = "(its message can't be shown)"
    is_known = type(error).__module__.partition(".")[0] in ("builtins", "numpy")
    line, text, *where = _student_line(error)
    return Raised(kind, message, line, text, is_known, *where)


def _student_line(error):
    """Return (line, its text, mark, sides, function) of the deepest line of a notebook's; see `Raised`."""
    if isinstance(error, SyntaxError) and error.lineno is not None:
        text = error.text or linecache.getline(error.filename or "", error.lineno)
        return error.lineno, text.strip()[:MAX_TEXT], (), (), ""
    frame, found = error.__traceback__, None
    while frame is not None:
        found = frame if _is_notebook_cell(frame.tb_frame.f_code.co_filename) else found
        frame = frame.tb_next
    if found is None:
        return None, "", (), (), ""
    line = linecache.getline(found.tb_frame.f_code.co_filename, found.tb_lineno)
    try:
        mark, sides = whereabouts.of(found, line)
    except Exception:  # whatever the objects of a student's do when they are looked at
        mark, sides = (), ()
    function = re.match(r"[\w.]*", found.tb_frame.f_code.co_qualname)[0].rstrip(".")[:MAX_TEXT]
    return found.tb_lineno, line.strip()[:MAX_TEXT], mark, sides, function


def _is_notebook_cell(filename):
    # IPython gives a cell the name of a file that doesn't exist; the sandbox gives it the name of the cell in brackets.
    return filename.startswith(("<cell ", "<ipython-input")) or "ipykernel_" in filename


def load_cells(cells, names):
    """Execute a student's cells in order; return what each raised that failed, by its name."""
    raised = {cell: execute(cell, source, names) for cell, source in cells}
    return {cell: error for cell, error in raised.items() if error}


def execute(cell, source, names):
    """Execute each statement of a cell, even if one before it failed; return what was raised first, or None.

    So a plot, a training run or a note that fails costs nothing that is defined beside it.
    """
    filename = f"<cell {cell}>"
    linecache.cache[filename] = (len(source), None, [f"{line}\n" for line in source.split("\n")], filename)
    compiled, first = names.setdefault(COMPILER, codeop.Compile()), None
    printed = CappedText()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            nodes = list(statements(compile(source, filename, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)))
        except BaseException as error:
            return describe(error)
        for node in nodes:
            try:
                exec(compiled(ast.Module([node], []), filename, "exec"), names)
            except BaseException as error:
                if isinstance(error, ImportError):
                    names.update({name: Missing(error) for name in bound_names(node) if name not in names})
                if getattr(error, "name", None) != "rnnlm_grader":  # whose `check` is for notebooks alone
                    first = first or describe(error)
    return first


def statements(tree):
    """Yield the statements of a cell; an import of several modules as several, for one of them may be missing."""
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (type(node)(**vars(node) | {"names": [alias]}) for alias in node.names)
        else:
            yield node


def bound_names(node):
    """The names that an import, a function, a class or an assignment binds; none for any other statement."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [
        inner.id
        for target in targets
        for inner in ast.walk(target)
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
    ]


class Missing:
    """Stands for a module that isn't here, and for all that is in it: only code that computes with it fails.

    It may decorate, annotate and be inherited from, which adds nothing; asked for a GPU, it says that there is none.
    Called with anything else, it raises what the import raised.
    """

    def __init__(self, error):
        self.__error = error

    def __getattr__(self, name):
        if name.startswith("__"):  # else it would seem to obey every protocol, and break each
            raise AttributeError(name)
        return self

    def __call__(self, *args, **options):
        if args and not callable(args[0]):
            raise self.__error.with_traceback(None)
        return args[0] if args else self

    def __mro_entries__(self, bases):
        return ()

    def __bool__(self):
        return False

    def __or__(self, other):
        return self

    __ror__ = __or__
