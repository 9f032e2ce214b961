"""Chooses the example under a mistake as a teacher would: small, and such that it shows which number came from where.

Script and condition are made as simple as can be (`shrink`). Then the answer plays the case in small sizes and with
plain numbers, many at once; of the examples in which it still fails in this way the most telling is taken: with few
numbers, round and different ones, and a result that no other known mistake gives.
"""

import functools
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import TypeAlias

import numpy as np

from ..content.misconception import Misconception
from ..engine.case import Arrays, Case
from ..engine.compare import close
from ..engine.layer import LayerForm, Size, Sizes, shape_of
from ..engine.play import play_all
from ..protocol.candidate import Candidate
from ..protocol.values import Plain
from .look import Aim, Look, look_at, redrawn
from .script import DIGITS, as_python, short
from .shrink import shrink
from .variants import variant_of

AT_ONCE, MOST_SIZES = 30, 150  # sizes that are tried in one play, and in all
SIZES, SHAPES = (1, 2, 3), ((1,), (2,), (3,), (1, 2), (2, 2))
BEST_DRESSES, FINALISTS = 6, 12  # those that are tried in other sizes, and examples in which rivals play too
MOST_ARRAYS = 7  # whose numbers are chosen each by itself
MOST_NUMBERS = 6  # to look at
RIVAL = 2  # what it costs that a rival gives the same; of several, less each
PER_CASE = "NTB*"  # the letters of which arrays have one that aren't weights

Way: TypeAlias = Callable[[np.ndarray, int], np.ndarray]  # (array, how many were chosen so before) → its numbers
Dress: TypeAlias = Mapping[str, Way]  # by name of the array
Priced: TypeAlias = tuple[float, Look]  # what it costs to read, and an example


def telling_example(case: Case, aim: Aim, candidate: Candidate, rivals: Iterable[Misconception]) -> tuple[Look, Case]:
    """Return (a look at the most telling example that meets an aim, its case before its numbers were chosen).

    Of an answer that isn't the same twice, nothing may be wrong in that look. A law is about many numbers, of which
    none can be left out.

    Parameters
    ----------
    rivals
        The known mistakes in this answer; the example tells them apart where it can.
    """
    case = shrink(case, aim, candidate)
    looks = [] if case.law else in_small_sizes(case, aim, candidate)
    if not looks:
        return look_at(candidate, case), case
    first, *others = (look.case for look in looks)
    in_dress = [(dress, dressed(first, dress)) for dress in dresses(first)]
    found = plainest(failing([case for _, case in in_dress], aim, candidate))
    best = {look.play.calls for _, look in found[:BEST_DRESSES]}
    elsewhere = [dressed(other, dress) for other in others for dress, case in in_dress if case.calls in best]
    found += plainest([*looks, *failing(elsewhere, aim, candidate)])
    widest = max(looks, key=lambda look: np.prod([np.prod(size) for size in look.case.sizes.values()]))
    return look_at(candidate, most_telling(found, rivals_in(widest, rivals)).case), first


def failing(cases: Sequence[Case], aim: Aim, candidate: Candidate) -> list[Look]:
    """Have an answer play cases; return a look at each that meets an aim, and that the reference can play."""
    with np.errstate(all="ignore"):
        looks = [
            Look(play, play.compare())
            for play in play_all(candidate, cases)
            if play.seen.keys() <= play.case.right.keys()
        ]
    return [look for look in looks if aim.is_met_by(look)]


# --- sizes ------------------------------------------------------------------------------------------------------------


def in_small_sizes(case: Case, aim: Aim, candidate: Candidate) -> list[Look]:
    """Return looks at a case in the plainest sizes in which it fails, and where each size, and all, are more than 1.

    Sizes stay as they are where the numbers belong together.
    """
    what, how = aim.kind
    is_about_shapes = how is None or how == "shape" or isinstance(how, int)
    shown = "".join(case.layer.letters_of(what))
    sizes = () if case.condition.world else small_sizes(case.layer, shown, is_about_shapes, *case.sizes.items())
    for at in range(0, len(sizes), AT_ONCE):
        cases = [redrawn(case, sizes=each) for each in sizes[at : at + AT_ONCE]]
        if found := failing(cases, aim, candidate):
            wide = [
                next(
                    (look for look in found if min(np.prod(look.case.sizes[letter]) for letter in letters) > 1),
                    found[0],
                )
                for letters in (*case.sizes, tuple(case.sizes))
            ]
            return list(dict.fromkeys([found[0], *wide]))
    return failing([case], aim, candidate)


@functools.lru_cache(maxsize=1000)
def small_sizes(layer: LayerForm, shown: str, is_about_shapes: bool, *sizes: tuple[str, Size]) -> list[Sizes]:
    """Return small sizes, the plainest first; each that there is now may stay."""
    small: dict[str, tuple[Size, ...]] = {"*": SHAPES} | dict.fromkeys(layer.ids.values(), (2, 3, 4))
    used = "".join(layer.shapes.values())
    choices = [dict.fromkeys((*(small.get(letter, SIZES) if letter in used else ()), now)) for letter, now in sizes]
    ways = [dict(zip(dict(sizes), way, strict=True)) for way in itertools.product(*choices)]
    return sorted(ways, key=lambda way: cost_of_sizes(layer, way, shown, is_about_shapes))[:MOST_SIZES]


def cost_of_sizes(layer: LayerForm, sizes: Sizes, shown: str, is_about_shapes: bool) -> float:
    """Many numbers cost, and so do sizes that can't be told apart."""
    numbers = sum(prod(shape_of(letters, sizes)) for letters in layer.shapes.values())
    told = [np.prod(size) for size in sizes.values() if is_about_shapes or np.prod(size) > 1]
    alike = len(told) - len({*told})
    return 0.15 * numbers + cost_of_count(prod(shape_of(shown, sizes))) + alike * (1 if is_about_shapes else 0.5)


def cost_of_count(count: int) -> int:
    """A single number doesn't show where it came from, and many are too much to look at."""
    return 2 if count == 1 else 3 * max(count - MOST_NUMBERS, 0)


# --- numbers ----------------------------------------------------------------------------------------------------------


def in_turn(*numbers: float) -> Way:
    return lambda array, before: np.take(numbers, np.arange(before, before + array.size), mode="wrap")


def constant(number: float) -> Way:
    return lambda array, before: np.full(array.size, number)


def tenths(way: Way) -> Way:
    return lambda array, before: way(array, before) / 10


def counted(array: np.ndarray, before: int) -> np.ndarray:
    return np.arange(before + 1, before + array.size + 1)


def powers(array: np.ndarray, before: int) -> np.ndarray:
    """1, 10, 100 ... then 2, 20, 200 ...; of many, powers of 2; and 2 by itself, since 1 doesn't show in a product."""
    base = 10.0 if array.size <= 4 else 2.0
    return (before // array.size + 1 + (array.size == 1)) * base ** np.arange(array.size)


def states(*numbers: float) -> Way:
    """Return the way to choose sums of which tanh makes these numbers."""
    return lambda array, before: np.arctanh(np.resize(numbers, array.size))


def odds(array: np.ndarray, before: int) -> np.ndarray:
    """Numbers of which sigmoid makes 0.8, 0.75, 0.9 and 0.5, for a gate each; and tanh makes 0 of the last."""
    return np.log(np.repeat([4, 3, 9, 1], array.size // 4))


def shares(array: np.ndarray, before: int) -> np.ndarray:
    """Rows of which softmax makes tenths."""
    V = array.shape[-1]
    rows = np.add.outer(np.arange(array.size // V) + before // V, np.arange(V)) % 4 + 1
    rows[:, -1] = np.maximum(10 - rows[:, :-1].sum(1), 1)
    return np.log(rows)


def as_drawn(array: np.ndarray, before: int) -> np.ndarray:
    return array


def rounded(array: np.ndarray, before: int) -> np.ndarray:
    """The numbers as they were drawn, to the first digit of the largest."""
    largest = float(np.abs(array).max(initial=0)) or 1.0
    return array.round(-int(np.floor(np.log10(largest))))


def descending(array: np.ndarray, before: int) -> np.ndarray:
    """From n - 1 to 0."""
    return np.arange(array.size)[::-1]


def odd(array: np.ndarray, before: int) -> np.ndarray:
    """3, 1 and the like; 2 by itself."""
    return 2 * descending(array, before) + 1 + (array.size == 1)


primes, zeros = in_turn(2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37), constant(0.0)
FLOATS: dict[str, tuple[Way, ...]] = {  # kind of array → ways
    "upstream": (powers,),
    "listed": (in_turn(3, 4, 12, 84), zeros),  # the squares of the first few always add up to a square
    "scalar": (constant(1.0), constant(10.0), constant(17.0)),  # a fifth of the norm of 3, 4, 12 and 84
    "case": (counted, zeros),
    "logits": (counted, zeros, shares),
    "weight": (primes, zeros),
    "bias": (primes, zeros, states(0.5, 0.6), states(0.6, 0.8)),  # of 0.5, h * h is h * (1 - h)
    "gates": (primes, zeros, odds),
}
SMALLER: dict[Way, Way] = {way: tenths(way) for way in (counted, primes)}


def dresses(case: Case) -> Iterator[Dress]:
    """Yield ways to choose the numbers of a case.

    Where hardly any array is zero, tenths are tried too: of large sums tanh makes 1, whatever they are.
    """
    ways = {name: ways_for(name, array, case) for name, array in named_arrays(case)}
    if len(ways) > MOST_ARRAYS:
        ways = {name: some[:1] for name, some in ways.items()}
    for chosen in itertools.product(*ways.values()):
        yield dict(zip(ways, chosen, strict=True))
        smaller = tuple(SMALLER.get(way, way) for way in chosen)
        if smaller != chosen and chosen.count(zeros) <= 1:
            yield dict(zip(ways, smaller, strict=True))


def ways_for(name: str, array: np.ndarray, case: Case) -> tuple[Way, ...]:
    """The ways to choose the numbers of an array, the plainest first."""
    layer, condition = case.layer, case.condition
    if condition.world:  # whose numbers belong together
        return as_drawn, *[zeros] * (array.ndim > 0 and array.dtype.kind == "f")
    if name in layer.ids:
        return as_drawn, descending, constant(1)
    if array.dtype.kind == "i":
        return as_drawn, odd
    return *FLOATS[sort_of(name, layer)], *[rounded] * (name in condition.patterns)


def sort_of(name: str, layer: LayerForm) -> str:
    """What sort of floats an array holds, for `FLOATS`."""
    letters = layer.shapes[name]
    if name in layer.upstream:
        return "upstream"
    if name in layer.listed:
        return "listed"
    if not letters:
        return "scalar"
    if set(letters) & set(PER_CASE):
        return "logits" if "V" in letters and not layer.params else "case"
    return "case" if layer.ids else {"H": "bias", "4H": "gates"}.get(letters, "weight")


def named_arrays(case: Case) -> Iterator[tuple[str, np.ndarray]]:
    """Yield (name, array) of all that is drawn, each time that it is given."""
    tape, layer = case.tape, case.layer
    if not layer.makes:
        yield from zip(layer.params, tape.params, strict=True)
    yield from zip(layer.params, tape.beside, strict=False)
    for step in tape.steps:
        if step.how not in ("bare", "zero"):
            yield from zip(layer.takes(step.verb), step.arrays, strict=True)


def dressed(case: Case, dress: Dress) -> Case:
    """Return a case with other numbers."""
    before: Counter[Way] = Counter()
    new: dict[int, np.ndarray] = {}
    for name, array in named_arrays(case):
        if id(array) not in new and array.size:
            way = dress[name]
            numbers = np.reshape(way(array, before[way]), array.shape)
            if name in case.layer.ids:
                numbers = as_ids(numbers, array, name, case)
            new[id(array)] = np.asarray(numbers + 0.0 if array.dtype.kind == "f" else numbers, array.dtype)
            before[way] += array.size

    def swap(arrays: Arrays) -> Arrays:
        return tuple(new.get(id(array), array) for array in arrays)

    tape = case.tape
    steps = tuple(replace(step, arrays=swap(step.arrays)) for step in tape.steps)
    return replace(case, tape=replace(tape, params=swap(tape.params), beside=swap(tape.beside), steps=steps))


def as_ids(numbers: np.ndarray, array: np.ndarray, name: str, case: Case) -> np.ndarray:
    """Ids below V; a label stays where it was, and is nowhere else."""
    V, label = case.sizes[case.layer.ids[name]], case.condition.options.get(case.layer.ignored.get(name, ""), -1)
    ids = numbers % V
    return np.where(array == label, array, np.where(ids == label, (ids + 1) % V, ids))


# --- what is telling --------------------------------------------------------------------------------------------------


def most_telling(found: Iterable[Priced], rivals: Iterable[Misconception]) -> Look:
    """Return the look which is plain and has a result that few rivals give."""
    found = sorted(found, key=lambda pair: pair[0])[:FINALISTS]
    best, least = found[0][1], np.inf
    for plain, look in found:
        total = plain
        like_it: set[str] = set()
        for rival in rivals:
            if total >= least:
                break
            if rival.sentence not in like_it and is_same(value_of(rival, look), look.values[0]):
                like_it.add(rival.sentence)
                total = plain + RIVAL * len(like_it) ** 0.5
        if total < least:
            best, least = look, total
    return best


def plainest(looks: Iterable[Look]) -> list[Priced]:
    """Return (cost, look), the plainest first: of those in which the same is seen, only the plainest."""
    found: dict[tuple[str | None, ...], Priced] = {}
    for look in looks:
        pair, result = (cost(look), look), tuple(map(short, look.values))
        found[result] = min(found.get(result, pair), pair, key=lambda pair: pair[0])
    return sorted(found.values(), key=lambda pair: pair[0])


def cost(look: Look) -> float:
    """How hard an example is to read, and how little it tells."""
    layer = look.case.layer
    arrays = {id(array): (name, array) for name, array in named_arrays(look.case) if name not in layer.ids}
    total = sum(
        len(as_python(array)) / 30 + (0 if array.any() else 0.1 if is_weight(name, layer) else 0.3)
        for name, array in arrays.values()
    )
    if arrays and not any(array.any() for _, array in arrays.values() if array.dtype.kind == "f"):
        total += 6
    if not look.arrays:
        return total + 3 * would_show_nothing(look.case)
    got, right = look.arrays
    total += cost_of_count(max(got.size, right.size)) + cost_of_numbers(got) + cost_of_numbers(right)
    if got.shape == right.shape and got.dtype == right.dtype:
        total += cost_of_difference(got, right)
    return total


def would_show_nothing(case: Case) -> bool:
    """Whether a right answer, too, gives next to nothing in the last call of a case."""
    last = [value for (at, _), value in case.right.items() if at == len(case.steps) - 1]
    arrays = [value for value in last if isinstance(value, np.ndarray)]
    return bool(arrays) and not any((np.abs(array) > 0.01).any() for array in arrays)


def is_weight(name: str, layer: LayerForm) -> bool:
    return sort_of(name, layer) in ("weight", "bias", "gates")


def cost_of_numbers(array: np.ndarray) -> float:
    """Numbers of many digits are hard to read, and those that have more than are shown can't be checked by head."""
    numbers = array[np.isfinite(array)].astype(float).ravel()[: 4 * MOST_NUMBERS]
    plain = numbers.round(DIGITS)
    digits = sum(len(f"{number:.{DIGITS}f}".rstrip("0")) for number in plain) / 10
    nonzero = plain[plain != 0]
    return (
        digits
        + 1.2 * np.sum(np.abs(numbers - plain) > 1e-14 * np.maximum(np.abs(numbers), 1))
        + 0.2 * np.sum(plain == 0)
        + 0.4 * (len(nonzero) - len(np.unique(nonzero)))
        + np.sum(np.abs(nonzero) < 0.01)
        + 5 * (not plain.any())
        + 2 * (len(numbers) < array.size <= 24)
    )


def cost_of_difference(got: np.ndarray, right: np.ndarray) -> int:
    """What can't be seen tells nothing, and what can hardly be seen among many digits little."""
    if short(got) == short(right):
        return 20
    with np.errstate(all="ignore"):
        is_slight = np.abs(got - right).max() < 0.05 * np.abs(right).max()
    return 2 * bool(is_slight and (right != right.round(1)).any())


def rivals_in(look: Look, rivals: Iterable[Misconception]) -> list[Misconception]:
    """Those of the known mistakes that show where numbers are drawn, and give something else than the answer there."""
    if not isinstance(look.values[1], np.ndarray):
        return []
    values = ((each, value_of(each, look)) for each in rivals)
    return [each for each, value in values if not any(is_same(value, other) for other in look.values)]


def value_of(misconception: Misconception, look: Look) -> Plain:
    """What a known mistake gives, in place of what is wrong in a look."""
    return variant_of(misconception).play(look.case).seen.get(look.key) if isinstance(look.key[0], int) else None


def is_same(one: Plain, other: Plain) -> bool:
    return (
        isinstance(one, np.ndarray)
        and isinstance(other, np.ndarray)
        and one.shape == other.shape
        and bool(np.all(close(one, other)))
    )
