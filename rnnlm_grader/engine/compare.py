"""Compares what an answer gave with what it should give, and says how they differ."""

from dataclasses import dataclass

import numpy as np

from ..protocol.bench import Raised
from ..protocol.values import Opaque, Plain

FINE, COARSE = 5e-8, 1e-3  # relative agreement of float64, and of shorter ones: right answers may sum in another order
ROUGH = 2e-2  # of what was computed in float16, where precision has a criterion of its own
LEAST = 1e-3  # the magnitude of numbers to which they are at least related
MOST_DIGITS = 17  # with which any two float64 print differently


@dataclass(frozen=True)
class InPlaceOf(Opaque):
    """What came in place of a list that holds something else."""

    wanted: str


@dataclass(frozen=True)
class Difference:
    """The first thing in which a value isn't what it should be."""

    what: str  # 'grads[0]'
    problem: str  # one line: what differs
    got: Plain = None
    expected: Plain = None


def differ(
    got: Plain, expected: Plain, what: str, *, exact: bool = False, least: float = LEAST, tolerance: float | None = None
) -> Difference | None:
    """Return the `Difference` between two values, or None; `tolerance` as in `close`."""
    problem = _problem(got, expected, exact, least, tolerance)
    return None if problem is None else Difference(what, problem, got, expected)


def same(a: "Plain | Raised", b: "Plain | Raised") -> bool:
    """Whether two observations agree: same kind, shape, dtype and, within the dtype's tolerance, values."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and (a.tobytes() == b.tobytes() or bool(close(a, b).all()))
    if isinstance(a, Raised) and isinstance(b, Raised):
        return (a.kind, a.message) == (b.kind, b.message)
    return type(a) is type(b) and a == b


def close(a: np.ndarray, b: np.ndarray, least: float = LEAST, tolerance: float | None = None) -> np.ndarray:
    """Where two arrays agree, by the tolerance of the coarser of their dtypes relative to the largest magnitude.

    Where numbers are sums of much larger ones, `least` is the magnitude of these; `tolerance` may be another.
    """
    if a.dtype.kind not in "fc" and b.dtype.kind not in "fc":
        return a == b
    size = min(x.dtype.itemsize for x in (a, b) if x.dtype.kind in "fc")
    tolerance = tolerance or (FINE if size >= 8 else COARSE)
    finite = np.isfinite(b)
    with np.errstate(all="ignore"):
        if finite.all():
            sizes = np.abs(b)
            return np.abs(a - b) <= tolerance * (sizes + 0.1 * max(least, float(sizes.max(initial=0))))
        scale = max(least, float(np.abs(b[finite]).max(initial=0)))
        return np.isclose(a, b, rtol=tolerance, atol=tolerance * scale * 0.1, equal_nan=True)


def _problem(got: Plain, expected: Plain, exact: bool, least: float, tolerance: float | None) -> str | None:
    if expected is None:
        return None if got is None else f"should be None, but is {summary(got)}"
    if isinstance(expected, tuple):
        return _tuple_problem(got, expected, exact, least, tolerance)
    if isinstance(expected, Opaque) and isinstance(got, Opaque) and got == expected:  # compared with itself
        return None
    if not (isinstance(got, np.ndarray) and isinstance(expected, np.ndarray)):
        wanted = got.wanted if isinstance(got, InPlaceOf) else summary(expected)
        return f"should be {wanted}, but is {summary(got)}"
    if got.shape != expected.shape:
        return f"has shape {got.shape}, expected {expected.shape}"
    if expected.ndim and got.dtype != expected.dtype:
        return f"has dtype {got.dtype}, expected {expected.dtype}"
    if expected.dtype.kind == "f" and got.dtype.kind not in "fiu":
        return f"is {got.item()}, of dtype {got.dtype}, expected a float"
    if got.dtype == expected.dtype and got.tobytes() == expected.tobytes():
        return None
    equal = (got == expected) if exact else close(got, expected, least, tolerance)
    if np.all(equal):
        return f"has dtype {got.dtype}, expected {expected.dtype} or finer" if coarser(got, expected) else None
    index = tuple(int(i) for i in np.argwhere(~np.atleast_1d(equal))[0])
    wrong, total = int(np.size(equal) - np.count_nonzero(equal)), np.size(equal)
    if got.ndim == 0:
        return "is {}, expected {}".format(*told_apart(got, expected))
    first = "first at {}: got {}, expected {}".format(list(index), *told_apart(got[index], expected[index]))
    return f"differs in {wrong} of {total} numbers, {first}"


def coarser(got: np.ndarray, expected: np.ndarray) -> bool:
    """Whether a float holds fewer digits than the one expected; of arrays the dtype itself is compared."""
    return got.dtype.kind == expected.dtype.kind == "f" and got.dtype.itemsize < expected.dtype.itemsize


def _tuple_problem(
    got: Plain, expected: tuple[Plain, ...], exact: bool, least: float, tolerance: float | None
) -> str | None:
    if not isinstance(got, tuple) or len(got) != len(expected):
        return f"should be {summary(expected)}, but is {summary(got)}"
    for i, pair in enumerate(zip(got, expected, strict=True)):
        problem = _problem(*pair, exact, least, tolerance)
        if problem:
            return f"item {i} {problem}"
    return None


def summary(value: Plain) -> str:
    """Describe a value in a few words."""
    if value is None:
        return "None"
    if isinstance(value, Opaque):
        return value.description
    if isinstance(value, tuple):
        return f"a list or tuple of {len(value)}"  # either will do, and a snapshot doesn't tell
    if value.ndim == 0:
        return f"the number {number(value)}"
    return f"an array of shape {value.shape}"


def number(x: np.ndarray, digits: int = 6) -> str:
    """Print a number as a learner would like to read it."""
    return f"{x:.{digits}g}" if x.dtype.kind in "fc" else str(x)


def told_apart(a: np.ndarray, b: np.ndarray) -> tuple[str, str]:
    """Print two numbers with as many digits as it takes to see that they differ."""
    for digits in range(6, MOST_DIGITS + 1):
        one, other = number(a, digits), number(b, digits)
        if one != other:
            break
    return one, other


def same_values(a: np.ndarray, b: np.ndarray) -> bool:
    return a.shape == b.shape and a.size > 0 and bool(close(a, b).all())
