"""Says what an exception means, in letters where it speaks of sizes."""
import itertools
import re

import numpy as np

from ..meanings import meaning_of


def in_words(looks):
    """Return what is certain of an exception that three draws of different sizes show; '' where that is nothing."""
    said = {lettered(look) for look in looks}
    if len(said) == 1 and (message := said.pop()) and (words := of_sizes(message)):
        return words
    return (looks and meaning_of(looks[0].finding)) or ""


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


def of_sizes(message):
    if found := re.search(r"size ([\w·]+) is different from ([\w·]+)", message):
        return (f"in this product the left array ends in an axis of {found[2]}, and the right one begins with one of "
                f"{found[1]}; they must be the same. Is a .T missing, or one too many?")
    if found := re.search(r"out of bounds for axis (\d) with size ([A-Z·]+)$", message):
        return f"an index runs past the end of axis {found[1]}, whose length is {found[2]}: is another axis meant?"
    if found := re.search(r"from shape (\(.*?\)) into shape (\(.*?\))", message):
        return "an array of shape {} is written into one of shape {}".format(*map(spaced, found.groups()))
    if found := re.search(r"shapes (\(.*?\)) and (\(.*?\)) not aligned|with shapes (\(.*?\)) (\(.*?\))", message):
        return "the two arrays have the shapes {} and {}, which don't fit".format(
            *(spaced(shape) for shape in found.groups() if shape))
    return ""


def spaced(shape):
    return shape.replace(",", ", ").replace(", )", ",)")
