"""Stands for all that was given in a play by a few numbers, so that plays are compared quickly.

Of each result a *signature* has a number that stands for its numbers, and one that stands for all else.
"""

import functools
import itertools
import re
import zlib
from collections.abc import Mapping

import numpy as np

from ..engine.calls import KEPT_LATE, MADE, Key
from ..engine.case import Case
from ..engine.compare import Difference
from ..engine.faults import Wrong
from ..engine.play import Play
from ..protocol.bench import Raised
from ..protocol.values import Opaque, Plain

FINE, COARSE = 1e-5, 2e-3  # relative agreement of signatures, in float64 and in float32
LEAST = 1e-4  # the magnitude of numbers to which this is at least related
RAISED = "raised"


class Signature:
    """What was given in a play: a number and a tag for each result, and at last for the exception.

    Attributes
    ----------
    keys
        What stands where, the same for all plays of a case.
    kinds, tags
        Of each result, a number for its kind; a tag also tells zeros, where numbers are wanted.
    """

    def __init__(self, case: Case, seen: Mapping[Key, Plain], raised: Difference | Raised | None = None) -> None:
        self.case, self.raised, (self.keys, of_right, drawn) = case, raised, keys_of(case)
        values = [seen.get(key, Ellipsis) for key in self.keys[:-1]]
        self.numbers = np.array([*(0.0 if own else number_of(v) for v, own in zip(values, drawn, strict=True)), 0.0])
        self.tolerances = of_right + FINE * np.array([*map(magnitude, values), 0.0])
        self.kinds = np.array([*(tag_of(value, case.any_float) for value in values), tag_of_exception(raised)])
        self.tags = self.kinds.copy()
        wanted = of_right > COARSE * LEAST
        for at, value in enumerate(values):  # zeros aren't what is merely small, where something is wanted
            if wanted[at] and isinstance(value, np.ndarray) and not value.any():
                self.tags[at] += 1

    def same(self, other: "Signature") -> np.ndarray:
        """For each result, whether another play of the case gave the same."""
        far = np.maximum(self.tolerances, other.tolerances)
        return (self.tags == other.tags) & (np.abs(self.numbers - other.numbers) <= far)

    def equals(self, other: "Signature") -> bool:
        return bool(self.same(other).all())

    @functools.cached_property
    def wrong(self) -> np.ndarray:
        """For each result, whether it isn't what the reference gives."""
        return ~self.same(right_signature(self.case))

    @functools.cached_property
    def of_another_kind(self) -> np.ndarray:
        """For each result, whether it isn't of the kind, the shape or the dtype of what the reference gives."""
        return self.kinds != right_signature(self.case).kinds

    @property
    def are_zeros(self) -> np.ndarray:
        """For each result, whether it is zeros where something is wanted."""
        return self.tags != self.kinds

    @property
    def is_wrong(self) -> bool:
        return bool(self.wrong.any())

    def unseen(self, wrong: Wrong) -> set[Key]:
        """Of what is wrong, that which isn't seen here: it is so by too little, or in the lists as they were made."""
        return wrong.keys() - {*itertools.compress(self.keys, self.wrong)}


def signature_of(played: Play) -> Signature:
    if played.case.law:  # which says what is wrong; the numbers are the answer's choice
        return Signature(played.case, {}, played.raised or next(iter(played.compare().values()), None))
    return Signature(played.case, played.seen, played.raised)


def right_signature(case: Case) -> Signature:
    """The signature of what the reference gives."""
    if "right signature" not in case.notes:
        case.notes["right signature"] = Signature(case, case.right)
    return case.notes["right signature"]


def keys_of(case: Case) -> tuple[tuple[Key, ...], np.ndarray, list[bool]]:
    """The keys of what is judged in a case, how exactly each must agree, and whether it hangs on draws."""
    if "keys" not in case.notes:
        case.notes["keys"] = keys_and_tolerances(case)
    return case.notes["keys"]


def keys_and_tolerances(case: Case) -> tuple[tuple[Key, ...], np.ndarray, list[bool]]:
    right = {
        (at, what): value
        for (at, what), value in case.right.items()
        if not case.law and (isinstance(at, str) or case.judges(at, what))
    }
    fine = COARSE if np.dtype(case.dtype).itemsize < 8 else FINE
    tolerances = np.array([*(fine * magnitude(value) for value in right.values()), 0])
    return (*right, ("", RAISED)), tolerances, [hangs_on_draws(key, case) for key in right]


def hangs_on_draws(key: Key, case: Case) -> bool:
    """Whether a result hangs on parameters that an answer drew in an order of its own, and that no variant takes.

    These are the parameters as they were made, and what another model of the answer's own has given.
    """
    at, what = key
    if at != KEPT_LATE or not case.layer.makes:
        return at == MADE
    seen_at = case.calls.kept[int(what.split()[1])].seen_at
    return any(isinstance(step, int) and case.tape.steps[step].who for step, _ in seen_at)


def magnitude(value: object) -> float:
    if isinstance(value, tuple):
        return max(map(magnitude, value), default=LEAST)
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiu" or not value.size:
        return LEAST
    sizes = np.abs(value.astype(float))
    return max(LEAST, float(sizes.max(initial=0, where=np.isfinite(sizes))))


def number_of(value: object) -> float:
    """A number that stands for those of a value: a projection."""
    if isinstance(value, tuple):
        return sum((i + 1) * number_of(each) for i, each in enumerate(value))
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiub":
        return 0.0
    flat = value.astype(float).reshape(-1)
    number = flat @ weights(flat.size)
    if not np.isfinite(number):
        number = np.nan_to_num(flat, nan=77.7, posinf=1e9, neginf=-1e9) @ weights(flat.size)
    return float(number)


@functools.lru_cache(maxsize=1000)
def weights(count: int) -> np.ndarray:
    return np.cos(1.7 * np.arange(count) + 0.4)


def tag_of(value: object, any_float: bool) -> int:
    """A number that stands for the kind of a value, its shape, and its dtype where that is judged."""
    if isinstance(value, tuple):
        return zlib.crc32(repr([tag_of(each, any_float) for each in value]).encode())
    if isinstance(value, np.ndarray):
        return zlib.crc32(f"{value.shape} {value.dtype.kind if any_float or not value.ndim else value.dtype}".encode())
    if isinstance(value, Opaque):
        return zlib.crc32(re.sub("^the number .*", "the number", value.description).encode())  # whichever it is
    return 1 if value is Ellipsis else 2


def tag_of_exception(raised: Difference | Raised | None) -> int:
    """A number that stands for an exception: its kind alone, for in other words it speaks of other sizes.

    Of parameters that break a law, `raised` is the `Difference` that says which one.
    """
    return zlib.crc32((raised.kind if isinstance(raised, Raised) else raised.problem).encode()) if raised else 0


def sizes_in(raised: Difference | Raised | None) -> list[str]:
    """The numbers that an exception speaks of."""
    return re.findall(r"\d+", raised.message) if isinstance(raised, Raised) else []
