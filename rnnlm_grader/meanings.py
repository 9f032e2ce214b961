"""Says in other words what the exceptions mean that beginners meet most, where no misconception explains them."""
import re

# Kinds, beginning of the message, meaning.
MEANINGS = (
    ("AttributeError", r"'My\w+' object has no attribute",
     "nothing has set it yet: does `__init__` or `forward` keep it in self, under this very name?"),
    ("AttributeError", r".*Generator' object has no attribute",
     "rng is a numpy.random.Generator, which draws with rng.standard_normal(shape)."),
    ("NameError", r"name '\w+' is not defined",
     "no variable or module has this name here. Is it misspelt, or kept in self (`self.name`), or not imported?"),
    ("TypeError", r".*takes \d+ positional arguments? but \d+ (was|were) given",
     "the number of arguments doesn't fit. Is `self` the first parameter of the method?"),
    ("TypeError", r"can't multiply sequence",
     "a list isn't an array: make it one with np.array, or go through both lists with zip."),
    ("TypeError|AttributeError", r".*NoneType",
     "something here is None. Was it never kept, is a `return` missing where it comes from, or was it left out in the "
     "call?"),
    ("ValueError", r"matmul: |shapes .* not aligned",
     "these two can't be multiplied as matrices: the first needs as many columns as the second has rows. Print both "
     "shapes; is a `.T` missing, or one too many?"),
    ("ValueError", r"operands could not be broadcast",
     "these two have shapes that don't fit, number by number. Print both. Should it be a product of matrices, `@`? Is "
     "`keepdims=True` missing?"),
    ("ValueError", r"could not broadcast input array|non-broadcastable output",
     "the array has another shape than the place that it is written into. Print both shapes."),
    ("ValueError", r"array is not broadcastable",
     "np.add.at(dW, idx, dout) needs one row of dout for each id. Print the shapes of the ids kept and of dout."),
    ("ValueError", r"The truth value of an array",
     "an array stands where a yes or no is asked for. Of a state ask `if h is not None`; of numbers, their sum."),
    ("ValueError", r"setting an array element with a sequence",
     "an array stands where a single number is wanted, or arrays of different shapes are to become one."),
    ("ValueError", r"(x|h_prev) has shape",
     "a cell takes one step of all rows: xs[:, t], (N, D), and a state, (N, H)."),
    ("IndexError", r"index -?\d+ is out of bounds for axis",
     "the index runs past the end of that axis. Print the shape: which axis is counted here, and which is meant?"),
    ("AxisError", r"axis -?\d+ is out of bounds",
     "the array has fewer axes than that. The last one, however many there are, is axis=-1."),
    ("IndexError", r"list index out of range",
     "the list is shorter than that. T steps and the state before them make T + 1 states."),
    ("IndexError", r"shape mismatch: indexing arrays",
     "the arrays between the brackets need one shape: flatten the targets as well as the rows, ts.reshape(-1)."),
)


def meaning_of(raised):
    """Return the meaning of an exception, or None where it speaks for itself."""
    return next((meaning for kind, beginning, meaning in MEANINGS
                 if raised.builtin and raised.kind in kind.split("|") and re.match(beginning, raised.message)), None)
