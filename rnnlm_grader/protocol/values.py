"""What may cross from a student's objects to a verdict: plain copies of plain data.

Runs beside the student's code (in the learner's kernel or in the sandbox), so it needs nothing but NumPy.
"""

import sys
from dataclasses import dataclass
from typing import TypeAlias, TypeGuard

import numpy as np

MAX_BYTES = 2**17  # of all arrays of a value; the largest right one has 14 KB
MAX_ITEMS = 1000  # of a tuple or list, and of those in it
MAX_DEPTH = 3  # of tuples in one another
PLAIN_KINDS = "biufc"
UNWRITTEN = {2: 0x7E0B, 4: 0x7FC0_0E0B, 8: 0x7FF8_0000_0000_0E0B}  # bytes of a float → the bits of a nan of our own


@dataclass(frozen=True)
class Opaque:
    """Something that is no number, array, None or tuple of these; only its description crosses."""

    description: str


Plain: TypeAlias = "np.ndarray | Opaque | tuple[Plain, ...] | None"  # a number is an array of no axis


def fill_unwritten(array: np.ndarray) -> None:
    """Fill floats with the nan that stands for whatever lies in memory where nothing was written."""
    if array.dtype.kind == "f" and array.itemsize in UNWRITTEN:
        array.view(f"u{array.itemsize}").fill(UNWRITTEN[array.itemsize])
    elif array.dtype.kind in "fc":
        array.fill(np.nan)


def is_unwritten(value: Plain) -> bool:
    """Whether a snapshot holds such a nan. Its bits outlive copies and sums."""
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f" or value.itemsize not in UNWRITTEN:
        return isinstance(value, tuple) and any(map(is_unwritten, value))
    return bool((value.view(f"u{value.itemsize}") == UNWRITTEN[value.itemsize]).any())


def snapshot(value: object, depth: int = 0) -> Plain:
    """Copy `value` into plain data: None, an exact `ndarray` (0-d for scalars), a tuple of such, or `Opaque`.

    What a student returns may be anything: a subclass of ndarray with its own opinions, a broadcast giant, an array of
    objects. Only the buffer of a numeric array is read, and never more than `MAX_BYTES` of it.
    """
    if value is None:
        return None
    if _is_masked(value):  # what lies below a mask isn't what a caller computes with
        return Opaque("a masked array")
    if isinstance(value, bool | int | float | complex | np.generic | np.ndarray):
        return _plain_array(value)
    if isinstance(value, tuple | list) and depth < MAX_DEPTH:
        if len(value) > MAX_ITEMS:
            return Opaque(f"a {type(value).__name__} of {len(value)} items")
        items = tuple(snapshot(item, depth + 1) for item in value)
        count, nbytes = _size(items)
        if count > MAX_ITEMS or nbytes > MAX_BYTES:
            return Opaque(f"a {type(value).__name__} that holds {count} items of {nbytes:,} bytes")
        return items
    return Opaque(f"an object of type {type(value).__name__}"[:80])


def _is_masked(value: object) -> bool:
    """Whether anything of a masked array is masked; their module isn't imported for this, which would take time."""
    ma = sys.modules.get("numpy.ma")
    return ma is not None and isinstance(value, ma.MaskedArray) and bool(ma.is_masked(value))


def is_snapshot(value: object, depth: int = 0) -> TypeGuard[Plain]:
    """Whether a value that came from a worker could be a snapshot."""
    if isinstance(value, tuple):
        return (
            depth < MAX_DEPTH
            and all(is_snapshot(item, depth + 1) for item in value)
            and (depth > 0 or _size(value)[0] <= MAX_ITEMS)
        )
    return value is None or isinstance(value, np.ndarray | Opaque)


def _size(plain: Plain) -> tuple[int, int]:
    """Count what a snapshot holds, and its bytes."""
    if isinstance(plain, tuple):
        counts, sizes = zip((0, 0), *map(_size, plain), strict=True)
        return len(plain) + sum(counts), sum(sizes)
    return 0, plain.nbytes if isinstance(plain, np.ndarray) else 0


def _plain_array(value: complex | np.generic | np.ndarray) -> np.ndarray | Opaque:
    if isinstance(value, np.ndarray):
        # The descriptor, not the attribute: a subclass may lie about itself.
        nbytes = np.ndarray.nbytes.__get__(value)
        if nbytes > MAX_BYTES:
            return Opaque(f"an array of {nbytes:,} bytes")
    try:
        array = np.array(value, subok=False, order="C")
    except (OverflowError, ValueError):
        return Opaque("a number that fits no array")
    if array.dtype.kind not in PLAIN_KINDS:
        return Opaque(f"an array of dtype {array.dtype}"[:80])
    return array
