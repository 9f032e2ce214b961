"""Stops an answer that doesn't come to an end: the loops of a notebook look at the clock.

So neither signals nor threads are needed, which a kernel in a browser lacks, and nothing else takes longer. A
comprehension, or a call of NumPy's, that never comes to an end isn't stopped: there is no loop around it that looks.
"""

import ast
import builtins
import linecache
import sys
import time
from typing import Any

from ..protocol.candidate import TIMED_OUT, KernelCandidate, Lost, WorkerLost
from ..protocol.program import Program, Reply
from .cells import shell

SECONDS = 6.0  # for a criterion, which takes milliseconds, or a second in a browser
SECONDS_LATER = 0.3  # for each that follows once one didn't come to an end: most likely neither will they
LOOK = "__look_at_the_clock__"


class TooLong(BaseException):
    """Raised in a loop of the learner's, and no `except Exception` catches it."""


class TimedCandidate(KernelCandidate):
    """The learner's own objects, with a limit to the time that their loops may take."""

    at_work: "TimedCandidate | None" = None  # the candidate whose code runs now

    def __init__(self, **names: Any) -> None:
        super().__init__(**names)
        self.stopped_in, self.is_stopped = "", False  # the line in which one was stopped; whether that is at work
        self.seconds, self.began = SECONDS, clocks()

    def begin(self, seconds: float) -> None:
        """Begin a criterion, which may take `seconds`."""
        self.seconds, self.began = min(seconds, SECONDS_LATER) if self.stopped_in else seconds, clocks()
        self.is_stopped = False

    @property
    def used(self) -> float:
        """How many seconds the criterion at work has taken so far; the time at a `breakpoint()` doesn't count."""
        return min(now - then for now, then in zip(clocks(), self.began, strict=True))

    def play_one(self, program: Program, names: dict[str, Any] | None = None) -> Reply:
        """Play a program; raise `WorkerLost` if it took too long, whatever the learner's code made of that."""
        TimedCandidate.at_work = self
        try:
            return super().play_one(program, names)
        finally:
            TimedCandidate.at_work = None
            if self.is_stopped:
                raise WorkerLost(Lost(TIMED_OUT, self.stopped_in))

    def prepared(self, source: str) -> str:
        """A source with loops that look at the clock, where there is one."""
        return ast.unparse(LoopsLook().visit(ast.parse(source))) if LOOK in vars(builtins) else source

    def look_at_the_clock(self) -> None:
        """Stop the code that calls this if its time is over."""
        if time.monotonic() - self.began[0] > self.seconds and self.used > self.seconds:
            loop = sys._getframe(2)
            text = linecache.getline(loop.f_code.co_filename, loop.f_lineno).strip()
            self.stopped_in = f"stopped in line {loop.f_lineno} of its cell: `{text}`"
            self.is_stopped = True
            raise TooLong


def clocks() -> tuple[float, float]:
    """Return the time, and the time that this process has worked.

    In a browser both are the same, and the second fails once it has passed 2**31 microseconds: after 36 minutes.
    """
    now = time.monotonic()
    return now, now if sys.platform == "emscripten" else time.process_time()


def look_at_the_clock() -> None:
    """Do nothing, unless an answer is being examined: what each loop of a notebook begins with."""
    if TimedCandidate.at_work:
        TimedCandidate.at_work.look_at_the_clock()


class LoopsLook(ast.NodeTransformer):
    """Has each loop of a cell look at the clock."""

    def visit_While(self, node: ast.While | ast.For) -> ast.While | ast.For:
        self.generic_visit(node)
        look = ast.copy_location(ast.Expr(ast.Call(ast.Name(LOOK, ast.Load()), [], [])), node)
        node.body.insert(0, ast.fix_missing_locations(look))
        return node

    visit_For = visit_While


if shell():
    vars(builtins)[LOOK] = look_at_the_clock  # there, for among a notebook's own names it could be seen, and deleted
    shell().ast_transformers.append(LoopsLook())
