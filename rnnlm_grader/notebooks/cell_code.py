"""Understands the code of a cell without executing it: what of it is Python, what it defines, what it uses.

A student wrote it, so it may be anything. This runs in the grader's own process: nothing here calls itself for each
part of a tree, and there is a limit to what is parsed.
"""
import ast
import builtins
import functools
import hashlib
import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from ..sandbox.bench import bound_names

MAX_SOURCE = 100_000  # characters of one cell
MAX_PARSED = 3_000_000  # characters, to find all lines that are for IPython: a cell is parsed again after each of these
MAX_PARSED_OF_ONE = 500_000  # the same, of one cell
# What a constant may be computed with: functions, those of some modules, and those of NumPy that take no time.
CHEAP = frozenset(("bool", "dict", "field", "float", "frozenset", "int", "len", "list", "max", "min", "namedtuple",
                   "partial", "range", "round", "set", "sorted", "str", "tuple"))
CHEAP_MODULES = frozenset(("collections", "dataclasses", "functools", "math", "operator", "typing"))
CHEAP_OF_NUMPY = frozenset(("arange", "array", "asarray", "dtype", "exp", "eye", "finfo", "float32", "float64", "full",
                            "iinfo", "int32", "int64", "linspace", "log", "ones", "random.default_rng", "sqrt",
                            "zeros"))
# Decorators that call nothing of what they decorate.
DECORATORS = frozenset(("cache", "cached_property", "classmethod", "dataclass", "lru_cache", "property",
                        "staticmethod"))
ANYTHING = "*"  # `from numpy import *`, `x.y = 1`, `f(x)`: nobody can tell what that changes
MAX_BRANCHES = 20  # in one another
# What stands behind these is no Python, isn't executed, or binds nothing. Other magics of a whole cell run it.
OTHER_LANGUAGES = frozenset(("%%!", "%%HTML", "%%SVG", "%%bash", "%%cmd", "%%file", "%%html", "%%javascript", "%%js",
                             "%%latex", "%%markdown", "%%perl", "%%pypy", "%%python", "%%python2", "%%python3",
                             "%%ruby", "%%script", "%%sh", "%%svg", "%%sx", "%%system", "%%timeit",
                             "%%writefile"))
TIMED = re.compile(r"([\w., \t]*=[ \t]*)?%time(?:[ \t]+(?:-n|--no-raise-error))?[ \t]+(.*)")  # which is executed
PROMPT = re.compile(r"[ \t]{0,20}(>>>|\.\.\.+:?|In \[\d+\]:)( |$)")
CALL_OR_QUESTION = re.compile(r"[,;/][ \t]*[a-zA-Z_].*|\?.*|[\w.*%\[\]= ]+\?{1,2}")  # `,f a b`, `? f`, `x = f??`
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
DATA = (ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.BinOp, ast.UnaryOp, ast.Name, ast.operator,
        ast.unaryop, ast.expr_context)
INDIGESTIBLE = (SyntaxError, ValueError, RecursionError, MemoryError)  # of code that Python can't read or write


def parsed(source, most=MAX_PARSED):
    """The syntax tree of a cell, or None where it is no Python; see `plain_python`."""
    return tree_of(plain_python(source, most))


def is_python(source):
    """Whether all of a cell is Python, with nothing in it that only IPython understands."""
    return tree_of(source) is not None


def tree_of(source):
    """The syntax tree of what is Python as it stands, else None."""
    try:
        return ast.parse(source)
    except INDIGESTIBLE:
        return None


def up_to_what_is_open(source):
    """The beginning of a cell, cut off anywhere: without the text or the brackets that are still open there."""
    try:
        ast.parse(source)
    except SyntaxError as error:
        if "was never closed" in error.msg or "unterminated triple-quoted" in error.msg:
            return "\n".join(source.split("\n")[: error.lineno - 1])
    except INDIGESTIBLE:
        pass
    return source


def imported_modules(tree):
    """The modules that code imports, or imports something from."""
    nodes = list(ast.walk(tree)) if tree else []
    return {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}.union(
        node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module)


@functools.lru_cache(maxsize=64)
def plain_python(source, most=MAX_PARSED):
    """Put something without effect in the place of what only IPython understands; keep all else, and the line numbers.

    That is magics, shell lines and questions, where Python stumbles over them; prompts, and an indentation of the whole
    cell, are taken off. What isn't Python then stays as it was.
    """
    if tree_of(source) is not None:
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
    """A line without what is for IPython alone, or one that does nothing; None where there is no such thing in it."""
    code, margin = line.strip(), line[: len(line) - len(line.lstrip())]
    if timed := TIMED.fullmatch(code):
        return margin + (timed[1] or "") + timed[2]
    if code.startswith(("%", "!")) or CALL_OR_QUESTION.fullmatch(code):
        return f"{margin}pass"
    names, _, value = line.partition("=")
    return f"{names}= get_ipython()" if value.lstrip().startswith(("%", "!")) else None


def defined_names(tree):
    """The names that a cell defines at its top level, or in branches there, by def, class or assignment."""
    return {name for node in statements(tree) if not isinstance(node, ast.Import | ast.ImportFrom)
            for name in bound_names(node)}


def statements(tree):
    """All statements of a cell but those inside functions and classes."""
    left = list(tree.body) if tree else []
    while left:
        node = left.pop()
        yield node
        left += branches_of(node)


def named_otherwise(name, wanted, trees):
    """Return the one class or function of an answer that is what is wanted but for its name; None if there is none.

    A class must have all methods of the released one, a function as many parameters.

    Parameters
    ----------
    wanted : dict
        The released source of each answer, by its name.
    trees : iterable of tree or None
        Of the cells of the answer.
    """
    released = next((node for node in statements(tree_of(wanted[name])) if name in bound_names(node)), None)
    nodes = [node for tree in trees if tree for node in tree.body if _is_like(node, released)]
    found = {node.name: node for node in nodes if node.name not in wanted}
    return next(iter(found.values())) if len(found) == 1 else None


def _is_like(node, released):
    if isinstance(node, ast.FunctionDef) and isinstance(released, ast.FunctionDef):
        return len(_arguments(node)) == len(_arguments(released))
    return isinstance(node, ast.ClassDef) and isinstance(released, ast.ClassDef) and (
        _methods(node) >= _methods(released))


def _methods(node):
    return {inner.name for inner in node.body if isinstance(inner, ast.FunctionDef)}


def branches_of(node):
    """The statements inside an `if`, a `try`, a loop or a `with`; none for any other."""
    if not isinstance(node, ast.If | ast.Try | ast.For | ast.While | ast.With):
        return []
    handlers = [inner for handler in getattr(node, "handlers", ()) for inner in handler.body]
    return [*node.body, *handlers, *getattr(node, "orelse", ()), *getattr(node, "finalbody", ())]


def excerpt(source, nodes):
    """The source of some statements of a cell, as they are written, and with the same number of lines between them."""
    lines = [line.encode() for line in source.split("\n")]
    rows = [[] for _ in lines]
    for node in nodes:
        first, start = (node.lineno - 1, node.col_offset) if not getattr(node, "decorator_list", ()) else (
            line_of_decorator(lines, node.decorator_list[0].lineno - 1), 0)
        for row in range(first, node.end_lineno):
            rows[row].append(lines[row][start if row == first else 0:
                                        node.end_col_offset if row == node.end_lineno - 1 else None])
    return b"\n".join(map(b"; ".join, rows)).decode().strip("\n")


def line_of_decorator(lines, at):
    """The line with the `@` of a decorator whose expression begins in line `at`, if not before it."""
    while at and not lines[at].lstrip().startswith(b"@"):
        at -= 1
    return at


@functools.lru_cache(maxsize=64)
def definitions_in(source):
    """Return the imports, functions, classes and constants that a cell (see `plain_python`) defines, as source."""
    tree = tree_of(source)
    return excerpt(source, filter(_is_definition, tree.body)) if tree else ""


def helpers_in(source, without):
    """Return what a cell defines beside certain names and without executing any code of its own, as source."""
    tree = tree_of(source)
    own = _names_of_code(tree.body) - without if tree else set()
    return excerpt(source, [node for node in (tree.body if tree else ())
                            if _runs_nothing(node, own) and without.isdisjoint(_bound([node]))])


def without_changes_of(source, names):
    """Return the source of a cell without the statements that define certain names, or change what they stand for."""
    tree = tree_of(source) if any(name in source for name in names) else None
    kept = [node for node in (tree.body if tree else ()) if names.isdisjoint(_bound([node]) | (
        set() if isinstance(node, ast.ClassDef) else _names_decorating(node) if isinstance(node, FUNCTIONS)
        else _names_changed(node)))]
    return excerpt(source, kept) if tree and len(kept) < len(tree.body) else source


def _names_decorating(node):
    """The names in a function's decorators, such as `Layer` of `@add_to_class(Layer)`."""
    return set().union(*(_names(decorator, ast.Load) for decorator in node.decorator_list))


def _names_of_code(body):
    """The names, of statements and of classes among them, by which code of their author's may be run, not mere data."""
    bound, harmless, data = Counter(), Counter(), set()
    for node in _in_scope(body, classes=True):
        bound.update(_binds(node))
        if isinstance(node, ast.alias) and (not node.asname or (node.name, node.asname) == ("numpy", "np")):
            harmless.update(_binds(node))
        elif isinstance(node, ast.Assign | ast.AnnAssign) and (node.value is None or all(
                inner.id in data if isinstance(inner, ast.Name) else isinstance(inner, DATA)
                for inner in ast.walk(node.value))):
            harmless.update(bound_names(node))
            data.update(bound_names(node))
    return {name for name in bound if bound[name] != harmless[name]}


def _runs_nothing(node, own, depth=0):
    """Whether a definition runs no code of its author's: `own` are the names of what that may be."""
    if depth > MAX_BRANCHES:
        return False
    if isinstance(node, ast.FunctionDef):
        evaluated = [*node.args.defaults, *node.args.kw_defaults, node.returns,
                     *(arg.annotation for arg in ast.walk(node.args) if isinstance(arg, ast.arg))]
        return _is_decorated_harmlessly(node, own) and all(_is_inert(value, own) for value in filter(None, evaluated))
    if isinstance(node, ast.ClassDef):
        return _is_decorated_harmlessly(node, own) and not node.keywords and all(
            _is_inert(base, own) for base in node.bases) and all(
            isinstance(inner, ast.Pass) or _is_text(inner) or _runs_nothing(inner, own, depth + 1)
            for inner in node.body)
    if isinstance(node, ast.Assign):
        return all(map(_is_name, node.targets)) and _is_inert(node.value, own)
    if isinstance(node, ast.AnnAssign):
        return _is_name(node.target) and all(
            _is_inert(part, own) for part in (node.annotation, node.value) if part)
    if isinstance(node, ast.If | ast.Try):
        return _is_inert(getattr(node, "test", ast.Tuple([])), own) and all(
            isinstance(inner, ast.Pass) or _runs_nothing(inner, own, depth + 1) for inner in branches_of(node))
    return isinstance(node, ast.Import | ast.ImportFrom)


def _is_decorated_harmlessly(node, own):
    """Whether the decorators of a function or class are well known, and given nothing that might be its author's."""
    called = [part.func if isinstance(part, ast.Call) else part for part in node.decorator_list]
    given = [value for part in node.decorator_list if isinstance(part, ast.Call)
             for value in (*part.args, *(keyword.value for keyword in part.keywords))]
    return all(_dotted(part).removeprefix("functools.").removeprefix("dataclasses.") in DECORATORS
               and _is_inert(part, own) for part in called) and all(_is_inert(value, own) for value in given)


def _is_inert(expression, own):
    """Whether an expression takes no time, and uses nothing of these names."""
    return _is_cheap(expression) and own.isdisjoint(_names(expression, ast.Load))


def _is_text(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_definition(node, depth=0):
    """Whether a statement does nothing but define, so that it takes no time: a training run isn't done once more."""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return node.value is not None and _is_cheap(node.value)
    if isinstance(node, ast.Try | ast.If):
        return depth < MAX_BRANCHES and (isinstance(node, ast.Try) or _is_cheap(node.test)) and all(
            isinstance(inner, ast.Pass) or _is_definition(inner, depth + 1) for inner in branches_of(node))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return _dotted(node.value.func) == "setattr" and all(map(_is_cheap, node.value.args))
    return isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)


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
    node = node.operand if isinstance(node, ast.UnaryOp) else node
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


def counting_statements(own, answers, wanted):
    """Pick the statements of a student's own cells that count: definitions, and what gives a name that is used.

    So a table that a loop fills is there for the answer that looks into it, and a training run isn't done once more.

    Parameters
    ----------
    own : list of tree or None
        Of each cell of the student's own.
    answers : iterable of tree or None
        Of each answer.
    wanted : iterable of str
        The names of the answers: what is done to them counts too.

    Returns
    -------
    list of list of statement
        Of each cell, in order.
    """
    bodies = [tree.body if tree else [] for tree in own]
    kept = {node for body in bodies for node in body if _is_definition(node)}
    if len(kept) == sum(map(len, bodies)):
        return bodies
    giving = defaultdict(list)  # name → statements, and functions that give it a value when they are called
    bound = set(wanted).union(*(_names(tree, ast.Store) | defined_names(tree) for tree in filter(None, own)))
    defining = defaultdict(list)  # name → definitions that are kept; what is used when these are called
    left, looked_into, handing_on = [ANYTHING, *wanted], set(), set()
    changeable = bound.difference(wanted)
    for tree in filter(None, answers):
        left += _names_used(tree.body)
    for node in (node for body in bodies for node in body):
        if node in kept:
            left += _names_used([node], called=False)
            for name in _bound([node]):
                defining[name].append(node)
        else:
            for name in (*_names_given(node, bound), *_functions_called(node)):
                giving[name].append(node)
    mentioning = defaultdict(list)  # name → statements that may call what it stands for, or give it another name
    for node in (node for body in bodies for node in body if not isinstance(node, ast.FunctionDef | ast.ClassDef)):
        for name in _names(node, ast.Load) & bound:
            mentioning[name].append(node)
    for tree in filter(None, (*own, *answers)):
        for node in statements(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                for name in (*_names_given_by_calling(node, changeable), *_functions_called(node)):
                    giving[name].append(node)

    def keep(node):
        if node not in kept:
            kept.add(node)
            left.extend(_names_used([node]))

    while left:
        name = left.pop()
        for node in mentioning.pop(name.removesuffix("()"), ()) if name.endswith("()") else ():
            if node not in handing_on:
                handing_on.add(node)
                left += [f"{other}()" for other in _bound([node])]
                keep(node)
        for node in defining.pop(name, ()):
            if node not in looked_into:
                looked_into.add(node)
                left += _names_used([node])
        for node in giving.pop(name, ()):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                left.append(f"{node.name}()")
            else:
                keep(node)
    return [[node for node in body if node in kept] for body in bodies]


def _names_given(node, bound):
    """The names that a statement gives a value, or changes the value of: `bound` are those that it may change."""
    return _bound([node]) | _names_changed(node) | (_names_lent(node) & bound)


def _names_given_by_calling(node, bound):
    """The names that a function, or the methods of a class, change when they are called."""
    inside = list(ast.walk(node))
    hidden = {arg.arg for arg in inside if isinstance(arg, ast.arg)} | _bound(node.body)
    declared = {name for inner in inside if isinstance(inner, ast.Global) for name in inner.names}
    return declared | ((_names_changed(node) | (_names_lent(node) & bound)) - hidden)


def _functions_called(node):
    """What stands for a call of each function that a statement calls by its name: `f()`, whatever it is given."""
    return {f"{inner.func.id}()" for inner in ast.walk(node)
            if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name)}


def _names_lent(node):
    """The names of what calls in a statement are given, and so may change: `x` of `x.append(y)`, `f(x)`, `f(out=x)`.

    Of an assignment none: it is there for the value that it gives.
    """
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return set()
    calls = [inner for inner in ast.walk(node) if isinstance(inner, ast.Call)]
    given = [arg for call in calls for arg in (*call.args, *(keyword.value for keyword in call.keywords))]
    given += [call.func for call in calls if isinstance(call.func, ast.Attribute)]
    return set(map(_root, given)) - {None}


def _names_changed(node):
    """The names of what a statement changes: `x` of `x += 1`, `x[0] = 1`, `x.y = 1` and `setattr(x, "y", 1)`.

    Of what executes text, or changes all names at once, ANYTHING; and `y` too of a loop over it that changes its `x`.
    """
    names, loops = set(), defaultdict(list)  # name → loops at work that give it values
    known = set()  # loops that are known to change what they go over
    todo = [node]
    while todo:
        inner = todo.pop()
        if isinstance(inner, _EndOfLoop):
            for name in inner.given:
                if inner.loop in loops[name][-1:]:
                    loops[name].pop()
            continue
        changed = _name_changed(inner)
        names.add(changed)
        for loop in set(loops.pop(changed, ())) - known:
            names |= _names(loop.iter, ast.Load)
            known.add(loop)
        if isinstance(inner, ast.For):
            given = _names(inner.target, ast.Store)
            for name in given:
                loops[name].append(inner)
            todo += [inner.target, inner.iter, *inner.orelse, _EndOfLoop(inner, given), *inner.body]
        else:
            todo += ast.iter_child_nodes(inner)
    return names - {None}


@dataclass(frozen=True, eq=False)
class _EndOfLoop:
    """Stands after the body of a loop that gives these names values."""

    loop: ast.For
    given: set


def _name_changed(node):
    """The name of what this node itself changes, ANYTHING, or None."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del):
        return node.id
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        return node.target.id
    if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
        return ANYTHING if _is_namespace(node.value) else _root(node)
    if isinstance(node, ast.Call) and node.args and _dotted(node.func) in ("setattr", "delattr"):
        return _root(node.args[0])
    if isinstance(node, ast.Call) and (_dotted(node.func) == "exec" or (
            isinstance(node.func, ast.Attribute) and node.func.attr in ("setdefault", "update")
            and _is_namespace(node.func.value))):
        return ANYTHING
    return None


def _is_namespace(node):
    return isinstance(node, ast.Call) and _dotted(node.func) in ("globals", "locals", "vars") and not node.args


def _root(node):
    """The name with which an expression such as `x.y[0].z` begins, if it begins with one."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def first_that_defines_anew(sources, start):
    """The place of the first source, from `start` on, that may give another meaning to what is defined or used before.

    It may, unless all that it does is to bind names that are new: neither bound before, nor Python's own. None if there
    is no such source.
    """
    earlier, used = {}, set()
    for at, (meanings, loaded) in enumerate(_meanings_and_uses(tuple(sources))):
        if at >= start:
            any_used = ANYTHING in earlier  # may have been bound in whatever was done
            if ANYTHING in meanings or any(
                    earlier.get(name) != told for name, told in meanings.items()
                    if name in earlier or (name in used and (any_used or name in vars(builtins)))):
                return at
        earlier |= meanings
        used |= loaded
    return None


@functools.lru_cache(maxsize=1)  # it is asked of the same sources for each answer that is wrong
def _meanings_and_uses(sources):
    """For each source its `_meanings`, and the names of which it asks for the value."""
    return [(_meanings(tree), _names(tree, ast.Load) if tree else set()) for tree in map(tree_of, sources)]


def uses(tree, name):
    """Whether code asks for the value of a name anywhere."""
    return name in _names(tree, ast.Load)


def _meanings(tree):
    """{name: what tells the last statement at the top level that binds it}; what else there is is under ANYTHING."""
    found = {}
    for node in tree.body if tree else ():
        text = dumped(node)
        told = hashlib.sha256(text.encode(errors="surrogatepass")).digest() if isinstance(text, str) else text
        if any(isinstance(inner, ast.NamedExpr) for inner in ast.walk(node)) or (
                isinstance(node, ast.FunctionDef | ast.ClassDef) and node.decorator_list):
            names = [*bound_names(node), ANYTHING]
        elif isinstance(node, ast.Pass) or _is_text(node):
            names = ()
        else:
            names = [name for name in bound_names(node) if name != "*"] or [ANYTHING]
            if isinstance(node, ast.Assign) and not all(map(_is_name, node.targets)):
                names.append(ANYTHING)
        found |= dict.fromkeys(names, told)
    return found


def dumped(node):
    """A statement as text, whatever its layout; of one that can't be told so, something that equals nothing else."""
    try:
        return ast.dump(node)
    except INDIGESTIBLE:
        return object()


def _is_name(node):
    """Whether a target of an assignment is a name, or several: `x` or `x, y`, but not `x[0]` or `x.y`."""
    return all(isinstance(inner, ast.Name | ast.Tuple | ast.List | ast.Starred | ast.expr_context)
               for inner in ast.walk(node))


def _names_used(body, called=True):
    """The names that statements take from elsewhere: not those that they bind before, nor a function's own.

    A function may be called after other cells have bound its global names anew. Where it isn't `called`, none count.
    """
    used, bound, hidden = set(), set(), Counter()  # hidden: name → in how many scopes, of those at work, it is bound
    for nodes in _in_order(body):
        left = [(node, bound) for node in nodes]
        while left:
            node, before = left.pop()
            if isinstance(node, _EndOfScope):
                hidden.subtract(node.names)
                continue
            name = _name_used(node)
            if name and not hidden[name] and name not in before:
                used.add(name)
            here, inside = _parts(node)
            left += [(part, before) for part in here]
            if isinstance(node, FUNCTIONS):
                names, before = _bound(inside) | _arguments(node), frozenset()
                inside = inside if called else ()
            else:
                names = _bound(inside) if isinstance(node, COMPREHENSIONS) else ()
            hidden.update(names)
            if names:
                left.append((_EndOfScope(names), before))
            left += [(part, before) for part in inside]
        bound |= _bound(nodes)
    return used


@dataclass(frozen=True, eq=False)
class _EndOfScope:
    """Stands after what is in a scope of its own, in which these names are bound."""

    names: set


def _name_used(node):
    """The name that this node itself takes from somewhere, or None."""
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        return node.target.id
    return node.id if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load | ast.Del) else None


def _arguments(node):
    args = node.args
    every = (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg)
    return {arg.arg for arg in every if arg}


def _in_order(body):
    """Yield statements, one after the other; of a branch, a loop or a `with` first its head, then what is in it."""
    left = [*reversed(body)]
    while left:
        node = left.pop()
        inner = branches_of(node)
        yield [part for part in ast.iter_child_nodes(node)
               if not isinstance(part, ast.stmt | ast.ExceptHandler)] if inner else [node]
        left += reversed(inner)


def _bound(nodes):
    """The names that are bound where these nodes stand, and not in a scope of its own in them."""
    inside = list(_in_scope(nodes))
    return {name for node in inside for name in _binds(node)}.difference(
        *(node.names for node in inside if isinstance(node, ast.Global)))


def _binds(node):
    """The name, if any, that a node alone binds."""
    if isinstance(node, ast.Name):
        return [node.id] if isinstance(node.ctx, ast.Store) else []
    if isinstance(node, ast.alias):
        return [node.asname or node.name.partition(".")[0]]
    if isinstance(node, ast.MatchMapping):
        return [node.rest] if node.rest else []
    name = getattr(node, "name", None)  # of a function, a class, an exception that is caught, a pattern
    return [name] if name else []


def _in_scope(nodes, classes=False):
    """Yield these nodes and all in them, in order, but what has a scope of its own, unless it is of `classes`."""
    left = [*reversed(nodes)]
    while left:
        node = left.pop()
        yield node
        here, inside = _parts(node)
        left += reversed([*here, *(inside if classes and isinstance(node, ast.ClassDef) else ())])


def _parts(node):
    """The parts of a node that are evaluated where it stands, and those in a scope of its own."""
    parts = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Lambda):
        return [node.args], [node.body]
    if isinstance(node, COMPREHENSIONS):
        first, *others = node.generators
        return [first.iter], [first.target, *first.ifs, *others, *(p for p in parts if p not in node.generators)]
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        return [part for part in parts if not isinstance(part, ast.stmt)], node.body
    return parts, []


def _names(node, context):
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, context)}
