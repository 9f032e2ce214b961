"""The workbench: keeps a student's objects and does to them what a criterion asks, one step at a time.

The same bench stands in the learner's kernel, where `check` uses it directly, and in the sandbox, where the grader's
requests arrive through a pipe. It judges nothing. It needs nothing but NumPy and the standard library.
"""
import __future__

import ast
import contextlib
import io
import linecache
import sys
from dataclasses import dataclass, replace

import numpy as np

from .values import snapshot

MAX_PRINTED = 2000
MAX_MESSAGE = 400
MAX_DEPTH = 3  # of lists in one another, in which something that is missing is looked for
# What a model is trained with, by the modules of the reference that hold it.
TOOLS = {"rnnlm_ref.optim": ("SGD", "Adam"), "rnnlm_ref.source": ("farm",), "rnnlm_ref.text": (
    "Vocabulary", "inputs_and_targets", "padded_batches", "prose", "read_text", "seed_corpus", "split_corpus",
    "window_batches")}
FLAGS = "__future_flags__"  # where the names of a notebook keep what all of its cells are compiled under


@dataclass(frozen=True)
class Handle:
    """Names an object on the bench."""

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
    """An exception that left the student's code: where, and what it said."""

    kind: str
    message: str
    line: int | None = None
    text: str = ""
    builtin: bool = True

    @property
    def is_unfinished(self):
        """Whether it says that an answer isn't filled in yet."""
        return self.kind == "NotImplementedError" and self.builtin


class StepFailed(Exception):
    """A step ended in an exception of the student's code."""

    def __init__(self, raised, printed=""):
        super().__init__(f"{raised.kind}: {raised.message}")
        self.raised = raised
        self.printed = printed


class CappedText(io.TextIOBase):
    """A text stream that remembers its beginning and forgets the rest, however much is printed."""

    encoding = "utf-8"

    def __init__(self, limit):
        self.limit = limit
        self.parts = []

    def writable(self):
        return True

    def write(self, text):
        if self.limit > 0:
            self.parts.append(text[: self.limit])
            self.limit -= len(text)
        return len(text)

    def getvalue(self):
        return "".join(self.parts)


class Bench:
    """Objects by number, and the steps that a criterion may take with them."""

    STEPS = ("put", "call", "attribute", "item", "element", "write", "value")

    def __init__(self, names, ask):
        self.names = names  # what the student defined, by name
        self.ask = ask  # (number of a callback, array) → what the grader's function returns
        self.objects = []
        self.lent = {}  # number of a callback → the function that an answer is given, the same each time

    def step(self, verb, *args):
        """Take one step; return (handle, snapshot, printed). Raises `StepFailed` if the student's code raises."""
        if verb not in self.STEPS:
            raise ValueError(f"no such step: {verb}")
        if verb == "put":  # nothing of the student's runs
            self.objects.append(self._put(*args))
            return Handle(len(self.objects) - 1), None, ""
        printed, before = CappedText(MAX_PRINTED), (sys.stdout, sys.stderr)
        sys.stdout = sys.stderr = printed  # a thousand times for a submission: `contextlib` takes thrice as long
        try:
            result = getattr(self, f"_{verb}")(*args)
            seen = snapshot(result)
            missing = missing_in(result)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise StepFailed(describe_step(error, self._target(args[0])), printed.getvalue()) from None
        finally:
            sys.stdout, sys.stderr = before
        if missing:
            raise StepFailed(missing, printed.getvalue())
        self.objects.append(result)
        return Handle(len(self.objects) - 1), seen, printed.getvalue()

    def _target(self, arg):
        return self.names.get(arg) if isinstance(arg, str) else self._resolve(arg)

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
        """Place an array; layout 'F' or 'strided' makes it non-contiguous."""
        if layout == "F":
            return np.array(value, order="F")  # asfortranarray would give a number an axis
        if layout == "strided":
            wide = np.zeros((*value.shape, 2), value.dtype)
            wide[..., 0] = value
            return wide[..., 0]
        return self._resolve(value)

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

    def _element(self, target, name, index):
        return getattr(self._resolve(target), name)[index]

    def _write(self, target, value):
        """Overwrite an array in place, as an optimiser would."""
        target = self._resolve(target)
        if not isinstance(target, np.ndarray):
            raise TypeError(f"an optimiser writes into an array, and this is of type {type(target).__name__}")
        np.ndarray.__setitem__(target, ..., value)  # a subclass may write elsewhere

    def _value(self, target):
        return self._resolve(target)


def describe(error):
    """Describe an exception by the deepest line that the student wrote."""
    line, text = _student_line(error)
    kind = type(error).__name__[:80]
    try:
        message = str(error)[:MAX_MESSAGE]
    except Exception:
        message = "(its message can't be shown)"
    return Raised(kind, message, line, text, type(error).__module__ in ("builtins", "numpy", "numpy.exceptions"))


def describe_step(error, target):
    """Describe an exception that left an answer; where the answer uses what is missing, say what that is."""
    kind = target if isinstance(target, type) else type(target)
    raised, missing = describe(error), missing_for(error) or (kind.why if issubclass(kind, Hollow) else None)
    if not missing:
        return raised
    if Anything.__name__ in raised.message or type(_innermost(error).f_locals.get("self")) is Anything:
        return missing  # what is said of the stand-in itself means nothing to the author of the code
    return replace(raised, message=f"{raised.message.rstrip('.')} ({missing.message})"[:MAX_MESSAGE])


def _student_line(error):
    if isinstance(error, SyntaxError) and error.lineno is not None:
        return error.lineno, (error.text or "").strip()
    found = None, ""
    frame = error.__traceback__
    while frame is not None:
        filename = frame.tb_frame.f_code.co_filename
        if _is_notebook_cell(filename):
            found = frame.tb_lineno, linecache.getline(filename, frame.tb_lineno).strip()[:120]
        frame = frame.tb_next
    return found


def _is_notebook_cell(filename):
    # IPython gives a cell the name of a file that doesn't exist; the sandbox gives it the name of the cell in brackets.
    return filename.startswith(("<cell ", "<ipython-input")) or "ipykernel_" in filename


def load_cells(cells, names):
    """Execute a student's cells in order; return what each raised that failed, by its name.

    A cell that fails takes nothing else with it: what it and the others defined until then stays.
    """
    raised = {cell: execute(cell, source, names) for cell, source in cells}
    return {cell: error for cell, error in raised.items() if error}


def execute(cell, source, names):
    """Execute a cell; return what it raised first, or None.

    What it alone defines after that is defined all the same, and what it defined is completed.

    A module that is missing ends nothing, for a plot or a progress bar is no reason to lose an answer: `Anything`
    stands for what would have been imported, and what fails where that is used ends nothing either, nor does a file
    that is missing. But nothing stands for what of the reference may be an answer. Each statement is compiled only when
    it is its turn, as in a notebook.
    """
    filename = f"<cell {cell}>"
    linecache.cache[filename] = (len(source), None, [f"{line}\n" for line in source.split("\n")], filename)
    printed = CappedText(MAX_PRINTED)
    missing = raised = None
    bound = set()  # by this cell
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            tree = compile(source, filename, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
            for node in (node for whole in tree.body for node in one_by_one(whole)):
                binds = bound_names(node)
                is_new = binds and all(is_free(name, names) for name in binds)
                if raised and not is_new and not completes(node, bound):
                    continue
                bound.update(binds)
                try:
                    do_what_it_awaits(eval(compiled(node, filename, names), names))
                except ImportError as error:
                    if error.name != "rnnlm_grader":  # whose `check` is for notebooks alone
                        missing = missing or describe(error)
                    if not str(error.name).startswith("rnnlm_ref") or imports_tools(node):
                        put_anything(binds, names, describe(error))
                except (OSError, EOFError) as error:  # a file, a program or a terminal that isn't in the sandbox
                    missing = missing or describe(error)
                except BaseException as error:
                    if why := missing_for(error):
                        put_anything(binds, names, why)
                    else:
                        raised = raised or describe(error)
    except BaseException as error:
        return describe(error)
    return raised or missing


def compiled(node, filename, names):
    """Compile a statement, under what earlier ones imported from `__future__`; one that awaits makes a coroutine."""
    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        names[FLAGS] = names.get(FLAGS, 0) | sum(getattr(__future__, alias.name).compiler_flag for alias in node.names)
    flags = names.get(FLAGS, 0) | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    return compile(ast.Module([node], []), filename, "exec", flags, dont_inherit=True)


def do_what_it_awaits(coroutine):
    """Run what a statement made that awaits, or None, as far as it needs no event loop, which would need a socket."""
    try:
        while coroutine:
            coroutine.send(None)
    except StopIteration:
        pass
    except RuntimeError as error:
        if str(error) != "no running event loop":
            raise


def one_by_one(node):
    """Return an import of several things as several imports; any other statement as it is."""
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return [node]
    return [ast.copy_location(ast.Import([alias]) if isinstance(node, ast.Import)
                              else ast.ImportFrom(node.module, [alias], node.level), node) for alias in node.names]


def bound_names(node):
    """The names that an import, a function, a class or an assignment binds; none for any other statement."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [inner.id for target in targets for inner in ast.walk(target)
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)]


def completes(node, names):
    """Whether a statement assigns to nothing but attributes of these names, as where a method is put into a class."""
    return isinstance(node, ast.Assign) and all(
        isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id in names
        for target in node.targets)


def imports_tools(node):
    """Whether a statement imports of the reference what can be no answer: `TOOLS`."""
    return isinstance(node, ast.ImportFrom) and all(alias.name in TOOLS.get(node.module, ()) for alias in node.names)


def is_free(name, names):
    """Whether nothing is bound to a name yet, or nothing but what stands for something else."""
    return name not in names or type(names[name]) is Anything


def put_anything(binds, names, why):
    """Let `Anything` stand for what a statement failed to bind, unless an earlier one bound it."""
    names.update(dict.fromkeys(set(binds).difference(names), Anything(why=why)))


def missing_for(error):
    """Say why `Anything` was within reach of code that an exception left, if it was.

    With the real thing the code might not have failed.
    """
    frame = error.__traceback__
    while frame is not None:
        for value in _within_reach(frame.tb_frame):
            if type(value) is Anything:
                return value.why
        frame = frame.tb_next
    return None


def _within_reach(frame):
    """Yield what the names in the code of a frame stand for."""
    code, inner, outer = frame.f_code, frame.f_locals, frame.f_globals
    yield from (inner.get(name) for name in code.co_varnames + code.co_freevars)
    yield from (inner.get(name, outer.get(name)) for name in code.co_names)


def _innermost(error):
    """Return the frame in which an exception was raised."""
    frame = error.__traceback__
    while frame.tb_next is not None:
        frame = frame.tb_next
    return frame.tb_frame


def missing_in(value):
    """Say why `Anything` is here, if a value is that, or a tuple, a list or an array that begins with it."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        value = value.ravel().tolist()
    for _ in range(MAX_DEPTH):
        if isinstance(value, tuple | list) and value:
            value = value[0]
    return value.why if type(value) is Anything else None


class Hollow:
    """Stands where a class has `Anything` as a base, and adds nothing to it."""

    why = None


class Anything:
    """Stands for what only a notebook has: whatever is asked of it, it answers with itself.

    Called with a function, as a decorator is, it leaves that as it is; called with what can be iterated over, as a
    progress bar is, it does so. As the base of a class it adds nothing. Asked whether it is so, as a GPU is looked for,
    it isn't. What it can't do, such as being two things at once, costs only the statement that asks: see `execute`.
    """

    __version__ = "99.0"

    def __init__(self, *over, why=None):
        self.__over = over
        vars(self).setdefault("why", why)  # a `Raised`; kept where `nn.Module.__init__(self)` is called of it again

    def __getattr__(self, name):
        if name.startswith("__"):  # else it would seem to obey every protocol, and break each
            raise AttributeError(name)
        return self

    def __call__(self, *args, **kwargs):
        return args[0] if args and callable(args[0]) else Anything(*args, why=self.why)

    def __mro_entries__(self, bases):
        return type("Hollow", (Hollow,), {"why": self.why}),

    def __instancecheck__(self, instance):
        return False

    def __bool__(self):
        return False

    def __iter__(self):
        if self.__over and all(hasattr(type(number), "__index__") and np.ndim(number) == 0 for number in self.__over):
            return iter(range(*self.__over[:3]))
        over, *_ = self.__over or ((),)
        return iter(over) if hasattr(over, "__iter__") else iter(())

    def __getitem__(self, index):
        return self

    def __setitem__(self, index, value):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def __or__(self, *others):  # as in annotations and defaults, with which a whole definition would be lost
        return self

    __ror__ = __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __or__
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = __matmul__ = __rmatmul__ = __or__
    __neg__ = __pos__ = __invert__ = __abs__ = __and__ = __rand__ = __lt__ = __le__ = __gt__ = __ge__ = __or__
