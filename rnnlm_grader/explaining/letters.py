"""Writes sizes as the letters of an exercise: what a size is in draws of different sizes tells which letter it is."""

import itertools
import math
import re

from ..engine.layer import axes

NUMBER = re.compile(r"(?<![\w.])(?<!axis )\d+(?![\w.])")


class Letters:
    """What the sizes of several looks have in common.

    Attributes
    ----------
    tiers : list of dict
        The numbers that something is in the looks → its words, such as 'N', '4H', 'N·T' or 'T + 1': plain words first.
    """

    def __init__(self, looks):
        layer, sizes = looks[0].case.layer, [look.case.sizes for look in looks]
        self.several = [size.get("*", ()) for size in sizes]
        names = {axis for letters in layer.shapes.values() for axis in axes(letters) if axis != "*"}
        plain = {name: tuple(int(name[:-1] or 1) * size[name[-1]] for size in sizes) for name in sorted(names)}
        products = {
            "·".join(few): tuple(map(math.prod, zip(*(plain[name] for name in few), strict=True)))
            for count in (2, 3)
            for few in itertools.combinations(sorted(plain), count)
        }
        near = {
            f"{name} {sign} 1": tuple(size + step for size in plain[name])
            for name in plain
            for sign, step in (("+", 1), ("-", -1))
        }
        self.tiers = [{}, {}]
        for tier, words in zip(self.tiers, (plain, products | near), strict=True):
            for word, numbers in words.items():
                tier.setdefault(numbers, []).append(word)

    def number(self, numbers):
        """Return in one word what numbers are, one in each look; None where that isn't certain."""
        if len(set(numbers)) == 1:  # a letter may be that, in these looks alone
            return str(numbers[0])
        words = next((tier[numbers] for tier in self.tiers if numbers in tier), [])
        return words[0] if len(words) == 1 else None

    def shape(self, shapes):
        """Return a shape in letters, such as '(N, H)', from what it is in each look; None where that isn't certain."""
        shapes = [with_dots(shape, run) for shape, run in zip(shapes, self.several, strict=True)]
        if len(set(map(len, shapes))) > 1:
            return None
        words = ["..." if numbers[0] == "..." else self.number(numbers) for numbers in zip(*shapes, strict=True)]
        return None if None in words else in_brackets(words)

    def count(self, lengths):
        """Return how long a list is, as a shape of one axis."""
        words = self.number(tuple(length for (length,) in lengths))
        return words and in_brackets([words])

    def text(self, messages):
        """Return a message with letters in place of its numbers; None where that isn't certain."""
        if len({NUMBER.sub("0", message) for message in messages}) > 1:
            return None
        columns = zip(*(map(int, NUMBER.findall(message)) for message in messages), strict=True)
        words = [self.number(numbers) for numbers in columns]
        return None if None in words else NUMBER.sub(lambda _: words.pop(0), messages[0])


def with_dots(shape, run):
    """A shape with dots in place of the axes of `*`, where it has these."""
    for at in range(len(shape) - len(run) + 1 if run else 0):
        if shape[at : at + len(run)] == run:
            return (*shape[:at], "...", *shape[at + len(run) :])
    return shape


def in_brackets(words):
    """Write a shape: a tuple of one has a comma, but for dots, which stand for any number of axes."""
    return f"({', '.join(map(str, words))}{',' * (len(words) == 1 and words != ['...'])})"
