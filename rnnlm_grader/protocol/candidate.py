"""A student's work behind one interface. Here: in the learner's own kernel.

A criterion can't tell whether it examines this or a `sandbox.candidate.SandboxedCandidate`.
"""

import linecache
import types
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .bench import Bench, Raised, execute
from .program import Program, Reply

SET_UP, ANSWER, OWN = "set-up", "answer", "own cell"  # kinds of cells
TIMED_OUT = "it did not come to an end in the time allowed; is there an endless loop?"
WAITED = "it did not come to an end, but computed little (does it wait for something, or was the machine busy?)"


@dataclass(frozen=True)
class CodeCell:
    """A cell of a submission.

    `kind` says what it is: of the instructor's (SET_UP), which are executed first, an ANSWER, or of the student's OWN.
    An answer's `name` is that of the answer; of others it is what remarks call them.
    """

    kind: str
    name: str
    source: str


@dataclass(frozen=True)
class Lost:
    """Nothing came back that could be compared. `detail` is the part of the reason that a student's code can choose.

    For a cell that lost a worker, `defines` says whether its definitions were executed all the same. `measured` says,
    as a sentence, when a criterion was stopped.
    """

    reason: str
    detail: str = ""
    defines: bool = False
    measured: str = ""


class WorkerLost(Exception):
    """The student's process ended, or took too long, or said what can't be believed. Its argument is a `Lost`."""


class Candidate(Protocol):
    """What a criterion may ask of a student's work; `KernelCandidate` says what each of these is."""

    waits: int
    defined: tuple[str, ...]
    failed: dict[str, Lost | Raised]
    known: defaultdict[str, dict]

    def begin(self, seconds: float) -> None: ...
    def play(self, programs: Sequence[Program], changed: tuple[str, str] | None = None) -> list[Reply]: ...
    def sources(self, name: str) -> list[str]: ...
    def names_beside(self, name: str) -> set[str]: ...
    def close(self) -> None: ...


class KernelCandidate:
    """Objects of this process, by name: the learner's own class, or a variant from the library of misconceptions.

    `known` is kept for the examiner: what it found out about the work that is loaded, by topics of its own.
    """

    waits = 0  # see `SandboxedCandidate`

    def __init__(self, **names: Any) -> None:
        self.names, self.defined = names, tuple(names)
        self.failed: dict[str, Lost | Raised] = {}
        self.known: defaultdict[str, dict] = defaultdict(dict)

    def begin(self, seconds: float) -> None:
        """Begin a criterion. Nothing limits its time here; where a learner waits, `stopwatch` does."""

    def play(self, programs: Sequence[Program], changed: tuple[str, str] | None = None) -> list[Reply]:
        """Play programs, each on a new bench; return a `Reply` to each.

        `changed` is another source of an answer's cell, (name, source), which is executed beside the answer: what it
        defines takes part in these programs, and in nothing else.
        """
        names = self.names_with(*changed) if changed else self.names
        return [self.play_one(program, names) for program in programs]

    def play_one(self, program: Program, names: dict[str, Any] | None = None) -> Reply:
        return Reply(*Bench(names or self.names, program.call).play(program.steps))

    def names_with(self, name: str, source: str) -> dict[str, Any]:
        """The names of the notebook that holds an answer, and in their places what its changed cell defines."""
        names = {key: each for function in self.functions(name) for key, each in function.__globals__.items()}
        names |= self.names
        execute(f"{name}, changed", self.prepared(source), names)
        return names

    def names_beside(self, name: str) -> set[str]:
        """Return the names that an answer may use beside its own."""
        return {key for function in self.functions(name) for key in function.__globals__ if not key.startswith("_")}

    def functions(self, name: str) -> list[types.FunctionType]:
        """An answer that is a function, or the methods of one that is a class."""
        things = [self.names.get(name), *vars(self.names.get(name, object)).values()]
        return [thing for thing in things if isinstance(thing, types.FunctionType)]

    def prepared(self, source: str) -> str:
        """A source as it is executed."""
        return source

    def sources(self, name: str) -> list[str]:
        """Return the sources of the cells that define an answer."""
        files = {function.__code__.co_filename for function in self.functions(name)}
        return ["".join(linecache.getlines(file)) for file in sorted(files)]

    def close(self) -> None:
        """Have nothing to end."""
