"""Writes sizes as the letters of an exercise: what a size is in draws of different sizes tells which letter it is."""

import itertools
import math
import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from ..engine.layer import axes, shape_of
from .look import Look

NUMBER = re.compile(r"(?<![\w.])(?<!axis )\d+(?![\w.])")
Shape: TypeAlias = tuple[int | str, ...]  # '...' stands in it for the axes of `*`


class Letters:
    """What the sizes of several looks have in common.

    Attributes
    ----------
    tiers
        The numbers that something is in the looks → its words, such as 'N', '4H', 'N·T' or 'T + 1': plain words first.
        There are none where calls are of several sizes: what is N in one is N + 1 in another.
    """

    def __init__(self, looks: Sequence[Look]) -> None:
        layer, sizes = looks[0].case.layer, [look.case.sizes for look in looks]
        self.several = [shape_of("*", size) if "*" in size else () for size in sizes]
        shapes = () if looks[0].case.is_resized else layer.shapes.values()
        names = {axis for letters in shapes for axis in axes(letters) if axis != "*"}
        plain = {name: tuple(n for size in sizes for n in shape_of(name, size)) for name in sorted(names)}
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
        self.tiers: list[dict[Shape, list[str]]] = [{}, {}]
        for tier, words in zip(self.tiers, (plain, products | near), strict=True):
            for word, numbers in words.items():
                tier.setdefault(numbers, []).append(word)

    def number(self, numbers: Shape) -> str | None:
        """Return in one word what numbers are, one in each look; None where that isn't certain."""
        if len(set(numbers)) == 1:  # a letter may be that, in these looks alone
            return str(numbers[0])
        words = next((tier[numbers] for tier in self.tiers if numbers in tier), [])
        return words[0] if len(words) == 1 else None

    def shape(self, shapes: Iterable[tuple[int, ...]]) -> str | None:
        """Return a shape in letters, such as '(N, H)', from what it is in each look; None where that isn't certain."""
        dotted = [with_dots(shape, run) for shape, run in zip(shapes, self.several, strict=True)]
        if len(set(map(len, dotted))) > 1:
            return None
        words = [self.number(numbers) for numbers in zip(*dotted, strict=True)]
        return None if None in words else in_brackets(words)

    def count(self, lengths: Iterable[tuple[int, ...]]) -> str | None:
        """Return how long a list is, as a shape of one axis."""
        words = self.number(tuple(length for (length,) in lengths))
        return words and in_brackets([words])

    def text(self, messages: Sequence[str]) -> str | None:
        """Return a message with letters in place of its numbers; None where that isn't certain."""
        if len({NUMBER.sub("0", message) for message in messages}) > 1:
            return None
        columns = zip(*(map(int, NUMBER.findall(message)) for message in messages), strict=True)
        words = [self.number(numbers) for numbers in columns]
        left = filter(None, words)
        return None if None in words else NUMBER.sub(lambda _: next(left), messages[0])


def with_dots(shape: tuple[int, ...], run: tuple[int, ...]) -> Shape:
    """A shape with dots in place of the axes of `*`, where it has these."""
    for at in range(len(shape) - len(run) + 1 if run else 0):
        if shape[at : at + len(run)] == run:
            return (*shape[:at], "...", *shape[at + len(run) :])
    return shape


def in_brackets(words: Sequence[object]) -> str:
    """Write a shape: a tuple of one has a comma, but for dots, which stand for any number of axes."""
    return f"({', '.join(map(str, words))}{',' * (len(words) == 1 and words != ['...'])})"
