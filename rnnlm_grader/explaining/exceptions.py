"""Says in other words what an exception means, where no misconception explains it: what is certain, and no more."""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import TypeAlias

from ..protocol.bench import Raised
from .letters import Letters, in_brackets
from .source import causes_in, why_none
from .trials import SHORT, Trials
from .words import clean, in_a_row

# Kinds, beginning of the message, what it says of this case (with its groups filled in), and what holds in any case.
# The former is said where the shapes of what stands in the line are unknown.
MEANINGS = (
    (
        "ValueError",
        r".*size ([\w·+ -]+?) is different from ([\w·+ -]+?)\)",
        "in this product the left array ends in an axis of {1}, and the right one begins with one of {0}",
        "`@` needs as many columns on the left as rows on the right",
    ),
    (
        "ValueError",
        r".*shapes (\(.*?\)) and (\(.*?\)) not aligned",
        "the arrays have the shapes {0} and {1}",
        "a product of matrices needs as many columns on the left as rows on the right",
    ),
    (
        "ValueError",
        r".*could not be broadcast together with shapes (\(.*?\)) (\(.*?\))",
        "the arrays have the shapes {0} and {1}",
        "arrays of these shapes can't be combined number by number",
    ),
    (
        "ValueError",
        r".*from shape (\(.*?\)) into shape (\(.*?\))",
        "an array of shape {0} is written into one of shape {1}",
        "the right side doesn't fit into the left",
    ),
    (
        "ValueError",
        r"non-broadcastable output operand with shape (\(.*?\)) .* shape (\(.*?\))",
        "an array of shape {1} is written into one of shape {0}",
        "the result doesn't fit into the array on the left",
    ),
    (
        "ValueError",
        r".*could not be broadcast together with remapped|einstein sum|operand has more dimensions",
        "",
        "in np.einsum each array needs a letter for each of its axes, and axes of one letter one length",
    ),
    (
        "ValueError",
        r"cannot reshape array of size ([\w·]+) into shape (\(.*?\))",
        "",
        "its {0} numbers don't fill the shape {1}",
    ),
    (
        "ValueError",
        r"array split does not result",
        "",
        "np.split cuts along the first axis, the batch, unless it is told another, and the parts must be alike",
    ),
    (
        "ValueError",
        r"all (?:the )?input array",
        "",
        "np.concatenate joins along the first axis unless it is told another, and the other axes must be alike",
    ),
    ("ValueError", r".*inhomogeneous", "", "arrays of different shapes don't make one array"),
    (
        "ValueError|TypeError",
        r"setting an array element with a sequence|only .* arrays can be converted",
        "",
        "one number is needed here, and this is an array of several",
    ),
    (
        "ValueError",
        r"(?:not enough|too many) values to unpack \(expected (\d+)",
        "as many values are needed as there are names on the left",
        "there are {0} names on the left",
    ),
    (
        "ValueError",
        r"(\w+) has shape (\(.*?\)), expected (\(.*?\))",
        "`{0}` has shape {1}",
        "`{0}` needs the shape {2}",
    ),
    ("ValueError", r"array is not broadcastable", "", "np.add.at(dW, idx, dout) needs one row of dout for each id"),
    ("ValueError", r"The truth value of an array", "", "an array of several numbers is neither true nor false"),
    (
        "IndexError",
        r".*?(\S+) is out of bounds for axis (\d) with size ([\w·+ -]+)",
        "",
        "there is no place {0} on axis {1}, whose length is {2}",
    ),
    ("IndexError", r"list index out of range", "", "the list is shorter than that"),
    ("IndexError", r"shape mismatch: indexing arrays", "", "the arrays between the brackets need one shape"),
    ("IndexError", r"arrays used as indices must be|only integers", "", "an index must be a whole number, or several"),
    (
        "IndexError",
        r"too many indices for array: array is ([\w·]+)-dimensional, but ([\w·]+)",
        "the array has {0} axes",
        "there are {1} indices",
    ),
    ("IndexError", r"boolean index did not match", "", "a mask needs the shape of what it picks from"),
    (
        "AxisError",
        r"axis: axis",
        "",
        "what stands second in this call is taken as the axis. Name it if it is something else, as in "
        "np.average(x, weights=w)",
    ),
    (
        "AxisError",
        r"axis (-?\d+) is out of bounds for array of dimension (\d+)",
        "axis {0} is asked for, of an array of {1} axes",
        "",
    ),
    (
        "AttributeError",
        r".*Generator' object has no attribute",
        "",
        "rng is a numpy.random.Generator, which draws with rng.standard_normal(shape)",
    ),
    (
        "UnboundLocalError",
        r"cannot access local variable '(\w+)'",
        "`{0}` is read here before the function has given it a value",
        "",
    ),
    ("ZeroDivisionError", "", "", "the divisor is 0 here"),
    ("UFuncTypeError", r"Cannot cast", "", "these numbers don't fit into an array of that dtype"),
    (
        "AttributeError",
        r"'numpy.ndarray' object has no attribute 'append'",
        "",
        "an array doesn't grow: collect in a list, and make an array of it at the end, as np.stack(steps, axis=1) does",
    ),
    ("TypeError", r"can't multiply sequence", "", "a list isn't an array, and can't be multiplied like one"),
    ("TypeError|AttributeError", r".*NoneType", "", "something here is None"),
)
OF_SHAPES = {"array", "list", "tuple"}
OF_MANY_AXES = ". `.T` turns all the axes round; `reshape` an array to rows first, and it has two"
Side: TypeAlias = tuple[str, str, str | None]  # what stands in the line: an expression, its type, its shape in letters


def explain(raised: Raised, others: Sequence[Raised], letters: Letters, trials: Trials) -> str:
    """Return what the exception of the smallest example means, and what mends it if that was found; or ''.

    `others` are the exceptions in other draws, in which `letters` are certain.
    """
    sources = trials.candidate.sources(trials.layer.name)
    causes = [*causes_in(raised, sources)]
    fix = trials.what_fits() if raised.kind == "AttributeError" or not causes else ""
    if fix and causes:  # it is misspelt, and nothing else
        return fix
    if cause := next((each for each in causes if not each.changed or trials.fits(each.changed)), None):
        return f"{cause.fact}: {cause.advice}"
    fact = causes[0].fact if causes else meaning_of(raised, *said_in_letters(raised, others, letters), sources)
    return ". ".join(filter(None, [fact, fix]))


def said_in_letters(raised: Raised, others: Sequence[Raised], letters: Letters) -> tuple[str, list[Side]]:
    """Return (message, what the sides are) with letters in place of sizes where these are certain."""
    message = letters.text([plain(each.message) for each in others]) or raised.message
    sides: list[Side] = []
    for at, (text, kind, shape) in enumerate(raised.sides):
        if "`" in text or len(text) > SHORT or clean(text) != text:
            continue
        same = [each.sides[at] for each in others if at < len(each.sides) and each.sides[at][:2] == (text, kind)]
        if kind in OF_SHAPES and len(same) == len(others) and None not in (shape, *(each[2] for each in same)):
            lettered = letters.shape if kind == "array" else letters.count
            words = lettered([each[2] for each in same]) or in_brackets(shape)
            sides.append((text, kind, words))
        else:
            sides.append((text, kind, None))
    return message, sides


def plain(message: str) -> str:
    """A message of NumPy's without its signatures and indices, which differ from draw to draw."""
    return re.sub(r"\(n\?.*?\(n\?,m\?\)\s*|index -?\d+ ", "", message)


def meaning_of(
    raised: Raised, message: str, sides: Collection[Side] = (), sources: Iterable[str] = (), may_quote: bool = True
) -> str:
    """Return the meaning of an exception, or '' where it speaks for itself or would quote what may not be quoted."""
    for kinds, beginning, here, always in MEANINGS if raised.builtin else ():
        if raised.kind in kinds.split("|") and (found := re.match(beginning, message)):
            if not may_quote:
                return "" if "{" in always else always
            groups = tuple(re.sub(r",\s*(?=\S)", ", ", group).replace(", )", ",)") for group in found.groups())
            none = [text for text, kind, _ in sides if kind == "NoneType"] if "NoneType" in message else ()
            if none:
                return f"`{none[0]}` is None {why_none(none[0], raised, sources)}"
            told = [words for *_, words in sides if words]
            is_enough = len(told) > 1 or len(groups) < 2 or not here or any(words in groups for words in told)
            facts = facts_of(sides) if is_enough else ""
            says = ": ".join(filter(None, [facts or here.format(*groups), always.format(*groups)]))
            is_deep = any(text.endswith(".T") and words.count(",") > 1 for text, kind, words in sides if words)
            return says + OF_MANY_AXES * is_deep
    return ""


def facts_of(sides: Collection[Side]) -> str:
    """Say what stands in the line, and its shapes."""
    return in_a_row([fact(text, kind, words) for text, kind, words in sides if words][:3])


def fact(text: str, kind: str, words: str) -> str:
    if kind == "array":
        return f"`{text}` has shape {words}"
    if text.endswith(".shape"):
        return f"`{text.removesuffix('.shape')}` has {words[1:-2]} {'axis' if words == '(1,)' else 'axes'}"
    return f"`{text}` is a {kind} of {words[1:-2]}"
