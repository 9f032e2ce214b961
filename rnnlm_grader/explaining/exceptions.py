"""Says in other words what an exception means, where no misconception explains it."""
import itertools
import re

from ..spec.layer import axes
from .source import cause_in, sources_of

# Kinds, beginning of the message (with letters in place of sizes where that is certain), meaning.
MEANINGS = (
    ("ValueError", r".*size ([\w·]+) is different from ([\w·]+)",
     "in this product the left array ends in an axis of {1}, and the right one begins with one of {0}; they must be "
     "the same. Is a `.T` missing, or one too many?"),
    ("ValueError", r".*shapes (\(.*?\)) and (\(.*?\)) not aligned",
     "arrays of the shapes {0} and {1} can't be multiplied as matrices: the left one needs as many columns as the "
     "right one has rows. Is a `.T` missing, or one too many?"),
    ("ValueError", r".*could not be broadcast together with shapes (\(.*?\)) (\(.*?\))",
     "arrays of the shapes {0} and {1} don't fit, number by number. Should it be a product of matrices, `@`? Is "
     "`keepdims=True` missing?"),
    ("ValueError", r".*from shape (\(.*?\)) into shape (\(.*?\))",
     "an array of shape {0} is written into one of shape {1}."),
    ("ValueError", r"non-broadcastable output operand with shape (\(.*?\)) .* shape (\(.*?\))",
     "an array of shape {1} is written into one of shape {0}."),
    ("ValueError", r".*could not be broadcast together with remapped|einstein sum|operand has more dimensions",
     "in np.einsum each array needs a letter for each of its axes, and axes of one letter one length. Write the shape "
     "of each array in letters first."),
    ("ValueError", r"cannot reshape array of size [\w·]+ into shape (\(.*?\))",
     "the numbers of this array don't fill the shape {0}. What is its own shape, in letters?"),
    ("ValueError", r"array split does not result",
     "np.split cuts along the first axis, the batch, unless it is told another: axis=1, or -1."),
    ("ValueError", r"all (?:the )?input array",
     "only arrays of one shape can be joined. np.concatenate joins along the first axis unless it is told another, and "
     "the other axes must be alike."),
    ("ValueError|TypeError", r"setting an array element with a sequence|only .* arrays can be converted",
     "an array stands where a single number is needed."),
    ("ValueError", r"(?:not enough|too many) values to unpack",
     "there are other names on the left than values on the right. A shape has one number for each axis of the array."),
    ("ValueError", r"(\w+) has shape (\(.*?\)), expected (\(.*?\))",
     "{0} is given here with the shape {1}; it needs {2}. Is an index on the wrong axis, or is a size wrong?"),
    ("ValueError", r"array is not broadcastable",
     "np.add.at(dW, idx, dout) needs one row of dout for each id. Print the shapes of the ids kept and of dout."),
    ("ValueError", r"The truth value of an array",
     "an array stands where a yes or no is asked for. Of a state ask `if h is not None`; of numbers, their sum."),
    ("IndexError", r".*out of bounds for axis (\d) with size ([\w·]+)",
     "an index runs past the end of axis {0}, whose length is {1}: is another axis meant?"),
    ("IndexError", r"list index out of range",
     "the list is too short. T steps and the state before them make T + 1 states; `grads` needs one array for each "
     "parameter."),
    ("IndexError", r"shape mismatch: indexing arrays",
     "the arrays between the brackets need one shape: flatten the targets as well as the rows, ts.reshape(-1)."),
    ("IndexError", r"arrays used as indices must be|only integers",
     "an index is no whole number: ids, and what counts steps, are integers."),
    ("IndexError", r"too many indices for array: array is ([\w·]+)-dimensional",
     "the array has fewer axes than there are indices. Print its shape before this line."),
    ("IndexError", r"boolean index did not match",
     "a mask needs the shape of what it picks from: flatten both, or neither."),
    ("AxisError", r"axis: axis",
     "what stands second in this call is taken as the axis. Name it if it is something else, as in "
     "np.average(x, weights=w)."),
    ("AxisError", r"axis -?\d+ is out of bounds",
     "the array has fewer axes than that. The last one, however many there are, is axis=-1."),
    ("AttributeError", r"'My\w+' object has no attribute",
     "nothing has set it yet: does `__init__` or `forward` keep it in self, under this very name?"),
    ("AttributeError", r".*Generator' object has no attribute",
     "rng is a numpy.random.Generator, which draws with rng.standard_normal(shape)."),
    ("NameError", r"name '\w+' is not defined",
     "no variable or module has this name here. Is it misspelt, or kept in self (`self.name`), or not imported?"),
    ("UnboundLocalError", r"cannot access local variable '(\w+)'",
     "`{0}` gets its first value further down, or in a branch that wasn't taken. Give it one before this line."),
    ("ZeroDivisionError", "", "what it is divided by is 0 here; ask for that before dividing."),
    ("UFuncTypeError", r"Cannot cast", "these numbers don't fit into an array of that dtype: is it one of integers?"),
    ("AttributeError", r"'numpy.ndarray' object has no attribute 'append'",
     "an array doesn't grow: collect in a list, and make an array of it at the end, np.stack(steps, axis=1)."),
    ("TypeError", r"can't multiply sequence",
     "a list isn't an array: make it one with np.array, or go through both lists with zip."),
    ("TypeError|AttributeError", r".*NoneType",
     "something here is None. Was it never kept, is a `return` missing where it comes from, or was it left out in the "
     "call?"),
)


def explain(small, looks, hidden):
    """Return what the exception of the smallest example means, in letters if draws of different sizes agree; or ''.

    With hidden inputs no word of its message is quoted: the code may have put there what it saw.
    """
    raised, layer = small.finding, small.case.layer
    if not hidden and (cause := cause_in(raised, sources_of(small.play.candidate, layer.name))):
        return cause
    lettered, *others = {in_letters(look) for look in looks}
    return meaning_of(raised, lettered if lettered and not others else raised.message, may_quote=not hidden)


def meaning_of(raised, message, may_quote=True):
    """Return the meaning of an exception, or '' where it speaks for itself or would quote what may not be quoted."""
    for kinds, beginning, meaning in MEANINGS if raised.builtin else ():
        if raised.kind in kinds.split("|") and (found := re.match(beginning, message)):
            if found.groups() and not may_quote:
                return ""
            shapes = (re.sub(r",\s*(?=\S)", ", ", group).replace(", )", ",)") for group in found.groups())
            return meaning.format(*shapes)
    return ""


def in_letters(look):
    """An exception's message with letters in place of sizes; '' where a size may be one of two letters."""
    sizes = {axis: int(axis[:-1] or 1) * look.case.sizes[axis[-1]]
             for letters in look.case.layer.shapes.values() for axis in axes(letters) if axis != "*"}
    if len(set(sizes.values())) < len(sizes):
        return ""
    names = {sizes[a] * sizes[b]: f"{a}·{b}" for a, b in itertools.combinations(sizes, 2)}
    names |= {size: letter for letter, size in sizes.items()}
    message = re.sub(r"\(n\?.*?\(n\?,m\?\)\s*|index -?\d+ ", "", look.finding.message)
    return re.sub(r"(?<![\w.])(?<!axis )\d+(?![\w.])", lambda found: names.get(int(found[0]), found[0]), message)
