"""Understands the code of a cell without executing it: what of it is Python, what it defines, what it uses.

A student wrote it, so it may be anything. This runs in the grader's own process: nothing here calls itself for each
part of a tree, and there is a limit to what is parsed.
"""
import ast
import functools
import re

from .bench import bound_names

MAX_SOURCE = 100_000  # characters of one cell
MAX_PARSED = 3_000_000  # characters, to find all lines that are for IPython: a cell is parsed again after each of these
MAX_PARSED_OF_ONE = 500_000  # the same, of one cell
# What a constant may be computed with: functions, those of some modules, and those of NumPy that take no time.
CHEAP = frozenset(("bool", "dict", "float", "frozenset", "int", "len", "list", "max", "min", "namedtuple", "partial",
                   "range", "round", "set", "sorted", "str", "tuple"))
CHEAP_MODULES = frozenset(("collections", "functools", "math", "operator", "typing"))
CHEAP_OF_NUMPY = frozenset(("arange", "array", "asarray", "dtype", "exp", "eye", "finfo", "float32", "float64", "full",
                            "iinfo", "int32", "int64", "linspace", "log", "ones", "random.default_rng", "sqrt",
                            "zeros"))
ANYTHING = "*"  # `from numpy import *`, `x.y = 1`, `f(x)`: nobody can tell what that changes
MAX_BRANCHES = 20  # in one another
# What stands behind these is no Python, or isn't executed. Other magics of a whole cell run it.
OTHER_LANGUAGES = frozenset(("%%!", "%%HTML", "%%SVG", "%%bash", "%%cmd", "%%file", "%%html", "%%javascript", "%%js",
                             "%%latex", "%%markdown", "%%perl", "%%ruby", "%%script", "%%sh", "%%svg", "%%sx",
                             "%%system", "%%writefile"))
PROMPT = re.compile(r"[ \t]{0,20}(>>>|\.\.\.+:?|In \[\d+\]:)( |$)")
CALL_OR_QUESTION = re.compile(r"[,;/][ \t]*[a-zA-Z_].*|\?.*|[\w.*%\[\]= ]+\?{1,2}")  # `,f a b`, `? f`, `x = f??`
INDIGESTIBLE = (SyntaxError, ValueError, RecursionError, MemoryError)  # of code that Python can't read or write


def parsed(source, most=MAX_PARSED):
    """The syntax tree of a cell, or None where it is no Python; see `plain_python`."""
    tree = _python(source)
    return _python(plain_python(source, most)) if tree is None else tree


def is_python(source):
    """Whether all of a cell is Python, with nothing in it that only IPython understands."""
    return _python(source) is not None


def _python(source):
    try:
        return ast.parse(source)
    except INDIGESTIBLE:
        return None


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
            goes_on = lines[at].endswith("\\") and not replaced.endswith("\\")
            lines[at] = replaced
            while goes_on and (at := at + 1) < len(lines):
                goes_on, lines[at] = lines[at].endswith("\\"), ""
        except INDIGESTIBLE:
            return source
    return source


def without_margin(lines):
    """The lines without prompts, and without the indentation of the first."""
    first = next(filter(str.strip, lines), "")
    if PROMPT.match(first):
        lines = [PROMPT.sub("", line, count=1) for line in lines]
        first = next(filter(str.strip, lines), "")
    return [line.removeprefix(first[: len(first) - len(first.lstrip())]) for line in lines]


def without_magic(line):
    """A line that does nothing instead of one for IPython alone; None where it isn't one."""
    code, margin = line.strip(), line[: len(line) - len(line.lstrip())]
    if code.startswith("%time "):
        return margin + code.removeprefix("%time ").lstrip()
    if code.startswith(("%", "!")) or CALL_OR_QUESTION.fullmatch(code):
        return f"{margin}pass"
    names, _, value = line.partition("=")
    return f"{names}= get_ipython()" if value.lstrip().startswith(("%", "!")) else None


def defined_names(tree):
    """The names that a cell defines at its top level by def, class or assignment."""
    names = set()
    for node in tree.body if tree else ():
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return names


def definitions_in(tree, only=None):
    """Return the imports, functions, classes and constants that a cell defines at its top level, as source.

    Or those only that define a certain name.
    """
    kept = [node for node in (tree.body if tree else ())
            if _is_definition(node) and (only is None or only in _names_defined(node))]
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
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return _dotted(node.value.func) == "setattr" and all(map(_is_cheap, node.value.args))
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
    kept, left_out, changed = [], set(), set()
    for node in (node for tree in filter(None, own) for node in tree.body):
        if _is_definition(node):
            kept.append(node)
        else:
            left_out |= _names(node, ast.Store) | {inner.name for inner in ast.walk(node) if isinstance(
                inner, ast.FunctionDef | ast.ClassDef)}
            changed |= _names_changed(node)
    given = {name for node in kept for name in (*bound_names(node), *_names_defined(node))}
    used = set().union(*map(_names_used, (*filter(None, answers), ast.Module(kept, []))))
    return sorted((left_out - given | changed) & used)


def _names_changed(node):
    """The names of what a statement changes: `x` of `x += 1`, `x[0] = 1` and `x.y = 1`."""
    names = {inner.target.id for inner in ast.walk(node)
             if isinstance(inner, ast.AugAssign) and isinstance(inner.target, ast.Name)}
    for inner in ast.walk(node):
        if isinstance(inner, ast.Subscript | ast.Attribute) and isinstance(inner.ctx, ast.Store):
            while isinstance(inner, ast.Subscript | ast.Attribute):
                inner = inner.value
            names |= {inner.id} if isinstance(inner, ast.Name) else set()
    return names


def defines_anew(before, after):
    """Whether code that is executed later may give another meaning to what earlier code defines or uses.

    It may, unless all that it does is to bind names that are new.

    Parameters
    ----------
    before, after : iterable of str
        Sources of cells, as they are executed.
    """
    before, after = (list(filter(None, map(_python, sources))) for sources in (before, after))
    earlier, later = map(_meanings, (before, after))
    known = earlier.keys() | set().union(*(_names(tree, ast.Load) for tree in before))
    return ANYTHING in later or any(earlier.get(name) != later[name] for name in known & later.keys())


def _meanings(trees):
    """{name: the last statement at the top level that binds it, as text}; what else there is stands under ANYTHING."""
    found = {}
    for node in (node for tree in trees for node in tree.body):
        text = _source_of(node)
        if any(isinstance(inner, ast.NamedExpr) for inner in ast.walk(node)) or (
                isinstance(node, ast.FunctionDef | ast.ClassDef) and node.decorator_list):
            names = [*bound_names(node), ANYTHING]
        elif isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            names = ()
        else:
            names = [name for name in bound_names(node) if name != "*"] or [ANYTHING]
            if isinstance(node, ast.Assign) and not all(map(_is_name, node.targets)):
                names.append(ANYTHING)
        found |= dict.fromkeys(names, text)
    return found


def _is_name(node):
    """Whether a target of an assignment is a name, or several: `x` or `x, y`, but not `x[0]` or `x.y`."""
    return all(isinstance(inner, ast.Name | ast.Tuple | ast.List | ast.Starred | ast.expr_context)
               for inner in ast.walk(node))


def _names_used(tree):
    """The names that code takes from elsewhere: an argument or a variable of its own of the same name hides it."""
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return _names(tree, ast.Load) - _names(tree, ast.Store) - arguments


def _names(node, context):
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, context)}
