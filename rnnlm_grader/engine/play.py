"""An answer plays tapes, wherever it lives, and what was seen is compared with what the reference gives."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ..protocol.bench import Raised, in_order
from ..protocol.candidate import Candidate
from ..protocol.program import Reply
from ..protocol.values import Opaque, Plain
from .calls import KEPT_LATE, MADE, Kept, Key
from .case import Case
from .compare import COARSE, ROUGH, Difference, differ, summary

COARSEST = 4  # bytes of the coarsest float that will do where dtype and precision aren't judged


def play_all(candidate: Candidate, cases: Sequence[Case], changed: tuple[str, str] | None = None) -> list["Play"]:
    """Have a candidate play cases, with one cell `changed` (see `KernelCandidate.play`); return a `Play` of each."""
    replies = candidate.play([case.calls.program for case in cases], changed) if cases else []
    return [Play(candidate, case, reply) for case, reply in zip(cases, replies, strict=True)]


class Play:
    """What was seen when a candidate played the tape of a case.

    Attributes
    ----------
    seen
        By key.
    raised
        What ended the play, if anything did.
    """

    def __init__(self, candidate: Candidate, case: Case, reply: Reply) -> None:
        self.candidate, self.case, self.layer, self.see = candidate, case, case.layer, case.see
        self.calls, (values, self.raised, self.printed) = case.calls, reply
        self.seen = self.calls.seen(values)
        if self.layer.makes and (MADE, "params") in self.seen:
            self.case = case.given(self.seen[MADE, "params"])
        self.tape = self.case.tape

    def unfit(self) -> Difference | None:
        """What is wrong with the lists of an answer that makes its own parameters, where it matters; or None."""
        lists = {name: value for (at, name), value in self.seen.items() if at == MADE and name in ("params", "grads")}
        shapes = self.case.shapes
        if not self.calls.needs_lists:
            is_about_gradients = any(what.startswith("grads") for what in self.see)
            used = lists if is_about_gradients else {"params"}
            if all(in_order(value, shapes) for name, value in lists.items() if name in used):
                return None
        for name, value in lists.items():
            if not isinstance(value, tuple) or len(value) != len(shapes):
                problem = f"is {summary(value)}; it should hold {len(shapes)} arrays, those of this model alone"
                return Difference(name, problem, Opaque(problem))
            for i, (one, shape) in enumerate(zip(value, shapes, strict=True)):
                if not isinstance(one, np.ndarray) or one.shape != shape or one.dtype.kind != "f":
                    return differ(one, np.zeros(shape), f"{name}[{i}]")
        return None

    def compare(self) -> dict[Key, Difference | Raised]:
        """Return {key: what is wrong}: a Difference each, or the exception that ended the play under ('', 'raised')."""
        if self.layer.makes and (unfit := self.unfit()):
            return {("", "made"): unfit}
        if self.raised:
            return {("", "raised"): self.raised}
        if self.case.law:
            made = (value for (at, what), value in self.seen.items() if at != MADE and what == "params")
            broken = self.case.law(*made)
            return {("", "law"): Difference(*broken, Opaque(broken[1]))} if broken else {}
        found = {key: self.difference(key) for key in self.seen if self.matters(*key)}
        return {key: difference for key, difference in found.items() if difference}

    def matters(self, at: int | str, what: str) -> bool:
        """Whether it is judged: what noise gives isn't, nor how the parameters were made."""
        if not isinstance(at, int):
            return at == KEPT_LATE
        return self.case.judges(at, what)

    def has_wrong_output(self, right: Mapping[Key, Plain] | None = None) -> bool:
        """Whether an output is off, be it less than is judged: what goes back from it may be off by more.

        `right` holds what is right, if that isn't what the reference gives.
        """
        wanted = self.case.right if right is None else right
        pairs = [(value, wanted.get(key)) for key, value in self.seen.items() if key[1] in self.layer.outputs]
        return any(
            not (
                isinstance(value, np.ndarray)
                and isinstance(right, np.ndarray)
                and value.shape == right.shape
                and np.allclose(value, right, 1e-5)
            )
            for value, right in pairs
        )

    def difference(self, key: Key) -> Difference | None:
        """What is wrong with something seen, or None."""
        (at, what), value = key, self.seen[key]
        if not isinstance(at, int):  # it is kept
            pairs = self.now_and_then(value, self.calls.kept[int(what.split()[1])])
            return next(filter(None, (differ(*each, exact=True) for each in pairs)), None)
        expected = self.case.right[at, what]
        exact = what.startswith(("grads", "held")) and self.stays(at, what, expected)
        if self.case.any_float:
            value, expected = in_one_dtype(value, expected)
        is_rough = self.case.any_float and not (exact or self.layer.makes or self.case.condition.is_fine)
        if is_rough and differ(value, expected, what, tolerance=ROUGH) is None:
            return None
        return differ(
            value, expected, what, exact=exact, least=self.scale(at, what), tolerance=COARSE if is_rough else None
        )

    def now_and_then(self, value: Plain, kept: Kept) -> Iterator[tuple[Plain, Plain, str]]:
        """Yield (what an array is now, what it was, its name) of something that is kept."""
        if not kept.seen_at or kept.array is not None:
            was = kept.array
            if isinstance(was, np.ndarray) and isinstance(value, np.ndarray):
                was = was.astype(value.dtype)
            yield value, was, kept.name
            return
        values = value if len(kept.seen_at) > 1 and isinstance(value, tuple) else (value,)
        if len(values) >= len(kept.seen_at):
            yield from ((now, self.seen.get(key), key[1]) for now, key in zip(values, kept.seen_at, strict=False))

    def stays(self, at: int, what: str, expected: Plain) -> bool:
        """Whether something that is changed in place should be as it was, to the last bit."""
        return (
            bool(self.layer.listed)
            and isinstance(expected, np.ndarray)
            and np.array_equal(self.tape.steps[at].arrays[int(what.split("[")[1][:-1])], expected)
        )

    def scale(self, at: int, what: str) -> float:
        """The magnitude of the numbers that a result is made of."""
        step = self.tape.steps[at]
        arrays = dict(zip(self.layer.takes(step.verb), step.arrays, strict=True))
        if self.layer.is_function and self.layer.upstream:
            return float(np.abs(arrays[next(iter(self.layer.upstream))]).max(initial=1e-12))
        floats = [array for array in arrays.values() if array.dtype.kind == "f"]
        largest = max((float(np.abs(array).max(initial=1e-12)) for array in floats), default=1)
        if what in self.layer.outputs or what in self.layer.attributes.get("forward", ()):
            return 0.01 * max(1, largest)
        return largest * (0.1 if self.layer.makes else 1)  # of a whole model, what goes back is small


def in_one_dtype(value: Plain, expected: Plain) -> tuple[Plain, Plain]:
    """Return both in the coarser of their dtypes, where they are floats."""
    if isinstance(value, tuple) and isinstance(expected, tuple) and len(value) == len(expected):
        pairs = [in_one_dtype(*pair) for pair in zip(value, expected, strict=True)]
        return tuple(value for value, _ in pairs), tuple(expected for _, expected in pairs)
    if isinstance(value, np.ndarray) and isinstance(expected, np.ndarray):
        coarser = min(value.dtype, expected.dtype, key=lambda dtype: dtype.itemsize)
        if value.dtype.kind == expected.dtype.kind == "f" and coarser.itemsize >= COARSEST:
            return value.astype(coarser), expected.astype(coarser)
    return value, expected
