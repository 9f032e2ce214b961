"""Says in other words what an exception means, where no misconception explains it."""
import itertools
import re

import numpy as np

from .source import cause_in, sources_of

# Kinds, beginning of the message with letters in place of sizes, meaning.
IN_LETTERS = (
    ("ValueError", r".*size ([\w·]+) is different from ([\w·]+)",
     "in this product the left array ends in an axis of {1}, and the right one begins with one of {0}; they must be "
     "the same. Is a .T missing, or one too many?"),
    ("IndexError", r".*out of bounds for axis (\d) with size ([A-Z·]+)$",
     "an index runs past the end of axis {0}, whose length is {1}: is another axis meant?"),
    ("ValueError", r".*from shape (\(.*?\)) into shape (\(.*?\))",
     "an array of shape {0} is written into one of shape {1}"),
    ("ValueError", r".*shapes (\(.*?\))(?: and)? (\(.*?\))",
     "the two arrays have the shapes {0} and {1}, which don't fit"),
)
# Kinds, beginning of the message, meaning.
IN_GENERAL = (
    ("AttributeError", r"'My\w+' object has no attribute",
     "nothing has set it yet: does `__init__` or `forward` keep it in self, under this very name?"),
    ("AttributeError", r".*Generator' object has no attribute",
     "rng is a numpy.random.Generator, which draws with rng.standard_normal(shape)."),
    ("NameError", r"name '\w+' is not defined",
     "no variable or module has this name here. Is it misspelt, or kept in self (`self.name`), or not imported?"),
    ("UnboundLocalError", r"cannot access local variable '(\w+)'",
     "`{0}` gets its first value further down, or in a branch that wasn't taken. Give it one before this line."),
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


def in_words(looks):
    """Return what is certain of an exception that three draws of different sizes show; '' where that is nothing."""
    raised, case = looks[0].finding, looks[0].case
    said = {lettered(look) for look in looks}
    if cause := cause_in(raised, sources_of(looks[0].play.candidate, case.layer.name)):
        return cause
    meaning = len(said) == 1 and meaning_of(raised, IN_LETTERS, *said)
    return naming_the_product(meaning, raised.text, case.layer) if meaning else meaning_of(raised) or ""


def naming_the_product(meaning, line, layer):
    """Return the meaning with the product in place of 'this product', where it is the only one that doesn't fit."""
    if not (ends := re.match(r"in this product .* of ([\w·]+), and .* of ([\w·]+);", meaning)):
        return meaning
    shapes = layer.shapes | layer.out

    def letters(name, turned):
        return shapes.get(name, "?")[::-1 if turned else 1]
    found = [whole for whole, a, a_turned, b, b_turned in re.findall(r"((\w+)(\.T)? @ (\w+)(\.T)?)", line)
             if (letters(a, a_turned)[-1], letters(b, b_turned)[0]) == ends.groups()]
    return meaning.replace("this product", f"`{found[0]}`", 1) if len(found) == 1 else meaning


def meaning_of(raised, meanings=IN_GENERAL, message=None):
    """Return the meaning of an exception, or None where it speaks for itself."""
    message = raised.message if message is None else message
    for kinds, beginning, meaning in meanings if raised.builtin else ():
        if raised.kind in kinds.split("|") and (found := re.match(beginning, message)):
            return meaning.format(*(group.replace(",", ", ").replace(", )", ",)") for group in found.groups()))
    return None


def lettered(look):
    """An exception's message with letters in place of sizes; '' where a size may be one of two letters."""
    sizes = {letter: int(np.prod(size)) for letter, size in (look.case.layer.sizes | look.case.condition.sizes).items()}
    sizes = {letter: size for letter, size in sizes.items() if letter != "*"}
    if len(set(sizes.values())) < len(sizes):
        return ""
    names = {sizes[a] * sizes[b]: f"{a}·{b}" for a, b in itertools.combinations(sizes, 2)}
    names |= {size: letter for letter, size in sizes.items()}
    message = re.sub(r"\(n\?.*?\(n\?,m\?\)\s*|index -?\d+ ", "", look.finding.message)
    return re.sub(r"(?<![\w.])\d+(?![\w.])", lambda found: names.get(int(found[0]), found[0]), message)
