"""The conditions in which scripts are played: each level of each factor occurs, and they meet by chance.

Patterns are dealt like cards, each array having a pack of its own, so that each is met within a few rows.
"""

from collections.abc import Iterator, Sequence
from typing import TypeVar

import numpy as np

from .case import NOISE, Condition, Pattern, Script
from .layer import LayerForm, shape_of
from .tape import RECURRENT

LARGE = 17, 30
MANY = 520, 600  # words, of which the upper half is more than a byte can count
MOST = 600  # numbers of an array: what a worker may say in one criterion is capped
T = TypeVar("T")


def zero(rng: np.random.Generator, a: np.ndarray) -> np.ndarray:
    return 0 * a


def holes(rng: np.random.Generator, a: np.ndarray) -> np.ndarray:
    a[rng.random(a.shape) < 0.4] = 0
    return a


def ones(rng: np.random.Generator, a: np.ndarray) -> np.ndarray:
    return np.ones_like(a)


def small(rng: np.random.Generator, a: np.ndarray) -> np.ndarray:
    return a * 1e-4


def tiny(rng: np.random.Generator, a: np.ndarray) -> np.ndarray:
    return a * 1e-9


def large(rng: np.random.Generator, a: np.ndarray) -> np.ndarray:
    return a * 10


def far_from_zero(rng: np.random.Generator, a: np.ndarray) -> np.ndarray:
    return a + np.where(a < 0, -1, 1)


def huge(rng: np.random.Generator, a: np.ndarray) -> np.ndarray:
    """Sums up to 1000 in size, of both signs: there exp overflows."""
    return a + 900.0 * (-1) ** np.arange(a.size).reshape(a.shape)


def negative(rng: np.random.Generator, a: np.ndarray) -> np.ndarray:
    return -np.abs(a)


OF_SCALARS = ones, small, large, negative
PATTERNS = zero, holes, ones, small, tiny, large, negative


def repeating(rng: np.random.Generator, ids: np.ndarray, V: int) -> np.ndarray:
    """Some of these ids, again."""
    return ids.flat[rng.integers(max(ids.size // 2, 1), size=ids.shape)]


def all_the_same(rng: np.random.Generator, ids: np.ndarray, V: int) -> np.ndarray:
    return np.full_like(ids, rng.integers(V))


def in_order(rng: np.random.Generator, ids: np.ndarray, V: int) -> np.ndarray:
    return np.sort(ids, axis=None).reshape(ids.shape)


def first_and_last(rng: np.random.Generator, ids: np.ndarray, V: int) -> np.ndarray:
    return np.resize([V - 1, 0], ids.shape)


def of_int32(rng: np.random.Generator, ids: np.ndarray, V: int) -> np.ndarray:
    return repeating(rng, ids, V).astype(np.int32)


def some_ignored(rng: np.random.Generator, ids: np.ndarray, V: int) -> np.ndarray:
    """Some of a single row don't count: so the others have more that do."""
    row, ids = rng.integers(len(ids)), np.array(ids)
    ids[row, rng.permutation(ids.shape[1])[: rng.integers(1, max(ids.shape[1], 2))]] = -1
    return ids


def rows_ignored(rng: np.random.Generator, ids: np.ndarray, V: int) -> np.ndarray:
    ids = np.array(ids)
    ids[rng.random(len(ids)) < 0.6] = -1
    return ids


def holes_ignored(rng: np.random.Generator, ids: np.ndarray, V: int) -> np.ndarray:
    return np.where(rng.random(ids.shape) < 0.5, -1, ids)


def all_ignored(rng: np.random.Generator, ids: np.ndarray, V: int) -> np.ndarray:
    return np.full_like(ids, -1)


OF_IDS = repeating, all_the_same, in_order, first_and_last, of_int32
IGNORING = some_ignored, rows_ignored, holes_ignored
SHAPES = (1,), (2,), (5,), (2, 2), (2, 3), (3, 1), (1, 3), (2, 1, 3), (2, 2, 1), (30,), (1, 30)


def conditions(
    rng: np.random.Generator, layer: LayerForm, scripts: Sequence[Script], rows: int
) -> Iterator[tuple[Condition, Script]]:
    """Yield (condition, script) for a number of rows."""
    letters = [letter for letter in layer.sizes if letter != "*"]
    ones_in = [(), (), *[(letter,) for letter in letters], tuple(letters[:2]), tuple(letters[2:]), tuple(letters[::2])]
    large_in = [None] * 3 + letters
    columns = [
        column(rng, levels, rows)
        for levels in (ones_in, large_in, ["C", "C", "F", "strided"], layer.dtypes, scripts, SHAPES, layer.options)
    ]
    packs: dict[str, list[Pattern]] = {}
    for are_one, is_large, layout, dtype, script, shape, options in zip(*columns, strict=True):
        sizes = {letter: int(rng.integers(2, 4)) for letter in letters}
        sizes |= {is_large: int(rng.integers(*(MANY if is_large == "V" and layer.ids else LARGE)))} if is_large else {}
        sizes |= dict.fromkeys(are_one, 1)
        several = {"*": shape} if "*" in layer.sizes else {}
        if layer.ids and layer.params and "V" not in (*are_one, is_large):  # so that ids may differ
            sizes["V"] += int(np.prod(shape_of(layer.inputs[next(iter(layer.ids))], sizes | several)))
        if sizes.get("V", 0) >= MANY[0]:
            sizes["D"] = 1
        for letters_of in (layer.shapes | layer.outputs).values():
            while np.prod(shape_of(letters_of, sizes | several)) > MOST:
                sizes[max(letters, key=sizes.__getitem__)] //= 2
        yield Condition(sizes | several, dtype, layout, options, deal(rng, layer, packs, script)), script


def column(rng: np.random.Generator, levels: Sequence[T], rows: int) -> list[T]:
    """A column of the design: each level as often as any other, in any order."""
    return [levels[i] for i in rng.permutation(np.resize(rng.permutation(len(levels)), rows))]


def deal(
    rng: np.random.Generator, layer: LayerForm, packs: dict[str, list[Pattern]], script: Script
) -> dict[str, Pattern]:
    """Deal patterns to the two arrays of a script with the most cards left, and sometimes to one of its noise."""
    taken = {name for step in script if step.mark != NOISE for name in layer.takes(step.verb)} | set(layer.params)
    noise = [
        f"first {name}"
        for step in script
        if step.mark == NOISE and step.verb != "update"
        for name in layer.takes(step.verb)
        if patterns_of(layer, name)
    ]
    plain = sorted(name for name in taken if patterns_of(layer, name))
    names = sorted(rng.permutation(plain).tolist(), key=lambda name: -len(packs.get(name, PATTERNS)))[:2]
    names += rng.permutation(noise).tolist()[: rng.integers(2)]
    return {name: card(rng, layer, packs, name) for name in names}


def card(rng: np.random.Generator, layer: LayerForm, packs: dict[str, list[Pattern]], name: str) -> Pattern:
    pack = packs.setdefault(name, [])
    if not pack:
        all_of_them = patterns_of(layer, name.removeprefix("first "))
        pack += [all_of_them[i] for i in rng.permutation(len(all_of_them))]
    return pack.pop()


def patterns_of(layer: LayerForm, name: str) -> tuple[Pattern, ...]:
    """The patterns of an array. The weights of an RNN have none: if large it is chaos, if small no state shows."""
    if name in layer.drawn or name in RECURRENT:
        return ()
    if name in layer.ids:
        return OF_IDS + IGNORING * (name in layer.ignored)
    return PATTERNS if layer.shapes[name] else OF_SCALARS
