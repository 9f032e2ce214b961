"""What may cross from a student's objects to a verdict: plain copies of plain data.

Runs beside the student's code (in the learner's kernel or in the sandbox), so it needs nothing but NumPy.
"""
from dataclasses import dataclass

import numpy as np

MAX_BYTES = 2**17  # of one array; the largest right one has 14 KB
MAX_ITEMS = 1000  # of a tuple or list
PLAIN_KINDS = "biufc"


@dataclass(frozen=True)
class Opaque:
    """Something that is no number, array, None or tuple of these; only its description crosses."""

    description: str


def snapshot(value, depth=0):
    """Copy `value` into plain data: None, an exact `ndarray` (0-d for scalars), a tuple of such, or `Opaque`.

    What a student returns may be anything: a subclass of ndarray with its own opinions, a broadcast giant, an array of
    objects. Only the buffer of a numeric array is read, and never more than `MAX_BYTES` of it.
    """
    if value is None:
        return None
    if isinstance(value, bool | int | float | complex | np.generic | np.ndarray):
        return _plain_array(value)
    if isinstance(value, tuple | list) and depth < 3:
        if len(value) > MAX_ITEMS:
            return Opaque(f"a {type(value).__name__} of {len(value)} items")
        return tuple(snapshot(item, depth + 1) for item in value)
    return Opaque(f"an object of type {type(value).__name__}"[:80])


def _plain_array(value):
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
