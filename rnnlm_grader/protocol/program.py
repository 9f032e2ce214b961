"""What is asked of an answer at once: steps on a bench, in order."""

import functools
import pickle
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from .bench import Callback, Handle, Raised
from .values import Plain


class Program:
    """Steps that a bench is to take; see `bench.Bench`. It may be played by any number of answers."""

    def __init__(self) -> None:
        self.steps: list[tuple] = []  # see `bench.Bench.play`
        self.functions: list[Callable[[np.ndarray], float]] = []
        self.to_be_seen = 0  # results

    def step(self, verb: str, *args: object, is_seen: bool = False) -> Handle:
        """Add a step; return the handle of what it will give."""
        self.steps.append((is_seen, verb, *args))
        self.to_be_seen += is_seen
        return Handle(len(self.steps) - 1)

    def lend(self, function: Callable[[np.ndarray], float]) -> Callback:
        """Let the answer call a function of the grader's, which is given plain data; return what stands for it."""
        self.functions.append(function)
        return Callback(len(self.functions) - 1)

    @functools.cached_property
    def packed(self) -> bytes:
        """The steps as bytes, once there are all: a class plays the same programs."""
        return pickle.dumps(self.steps, pickle.HIGHEST_PROTOCOL)

    def call(self, number: int, x: np.ndarray) -> float:
        """Call a function that was lent."""
        return self.functions[number](x)

    def fits(self, reply: "Reply") -> bool:
        """Whether a reply holds as many results as there are to be seen, or an exception after some of them."""
        missing = self.to_be_seen - len(reply.seen)
        return missing >= 0 if reply.raised else not missing


class Reply(NamedTuple):
    """The result of a program."""

    seen: Sequence[Plain]  # snapshots of what was to be seen
    raised: Raised | None  # what ended it early
    printed: str
