"""A student's work behind one interface. Here: in a sandboxed worker.

A criterion can't tell whether it examines this or a `protocol.candidate.KernelCandidate`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..notebooks.cell_code import definitions_in, names_bound, statements_of
from ..protocol.bench import Raised, describe
from ..protocol.candidate import OWN, SET_UP, CodeCell, Lost, WorkerLost
from ..protocol.program import Program, Reply
from ..protocol.values import is_snapshot
from . import choice
from .connection import DISTURBED, TOO_MUCH, Connection

MOST_IN_VAIN = 3  # workers that may be lost while they execute the cells, with no cell to blame
A_START = 0.25  # seconds that a cell pays for the start of another worker
NO_TIME = "the time for it was used up by other cells"


class SandboxedCandidate:
    """The code of one submission, alone in a worker process that is started anew whenever it is lost.

    A cell that hangs or ends the process costs its own answer and no other: from then on only its definitions are
    executed or, if the worker is lost in these too, nothing of it. A criterion that loses the worker pays for the time
    in which the cells are executed again. The instructor's cells and the start of a worker cost no answer anything.

    Parameters
    ----------
    cells
        What the worker executes, in order.
    wanted
        The names that the assignment asks for.
    lent, sandbox
        As in `bubblewrap.command`.
    seconds, all_seconds
        How long a cell may take, and all cells of one answer. The student's own share one allowance, of which none may
        use more than half of what is left: so something is left for the next.
    wall_clock_factor
        How many times as long anything may take by the clock on the wall.

    All other seconds are those of `Connection.since`: of processor time.

    Attributes
    ----------
    defined
        Those of the wanted names that the cells defined.
    failed
        For each cell that failed, what it raised, or how the worker was lost in it; of several of one name, the first.
    loading
        How many seconds all cells took the last time.
    waits
        How often something was stopped that had waited, and not computed: on another machine it may come to an end.
    """

    def __init__(
        self,
        cells: Iterable[CodeCell],
        wanted: Iterable[str],
        *,
        lent: Sequence[str] = (),
        sandbox: str = "bwrap",
        seconds: float = 5.0,
        all_seconds: float = 10.0,
        wall_clock_factor: float = 10.0,
    ) -> None:
        self.wanted, self.sandbox = tuple(wanted), sandbox
        self.seconds, self.all_seconds, self.wall_clock_factor = seconds, all_seconds, wall_clock_factor
        self.waits = 0
        self.lost: defaultdict[CodeCell, list[Lost]] = defaultdict(list)  # how a worker was lost in it, each time
        self.in_vain: list[Lost] = []  # how workers were lost with no cell to blame
        self.worker: Connection | None = None  # once there was one
        self.granted = 0.0  # seconds for the criterion at work, as it is told
        self.allowed = 0.0  # with what it has to pay
        self.took = 0.0  # seconds that it has spent in programs
        self.played = 0  # programs of this worker
        self.load(cells, lent)

    def load(self, cells: Iterable[CodeCell], lent: Sequence[str] = ()) -> None:
        """Take up other cells, and other loans, in a new process: what ran in the last one may have changed it."""
        self.close()
        self.command = choice.command(self.sandbox, lent)
        self.cells = tuple(cells)
        # an earlier load says nothing of this one
        self.failed: dict[str, Lost | Raised] = {}
        self.defined: tuple[str, ...] = ()
        self.known: defaultdict[str, dict] = defaultdict(dict)
        self.spent: defaultdict[str, float] = defaultdict(float)  # name of an answer, or OWN → seconds
        self.loading = 0.0
        self.executed = 0  # cells that some worker has executed: another one does so at no charge

    @property
    def used(self) -> float:
        """How many seconds the criterion at work has taken so far; what the grader does beside doesn't count."""
        return self.took if self.worker and self.worker.is_open else self.took + self.loading

    def begin(self, seconds: float) -> None:
        """Begin a criterion, which may take `seconds`; start a worker if none is there."""
        self.took = 0.0
        is_ready = bool(self.worker and self.worker.is_well())
        has_gone = bool(self.worker and self.worker.is_open and not is_ready)  # after the last criterion: none has paid
        while not is_ready:
            if len(self.in_vain) >= MOST_IN_VAIN:
                raise WorkerLost(self.in_vain[-1])
            self.close()
            self.worker, self.played = Connection(self.command, self.wall_clock_factor), 0
            try:
                is_ready = self._execute_cells()
            except WorkerLost as lost:
                self.in_vain += lost.args
            finally:
                self.waits += self.worker.has_waited
        self.took = self.loading if has_gone else 0
        self.granted, self.allowed, self.worker.said = seconds, seconds + self.took, 0

    def play(self, programs: Sequence[Program], changed: tuple[str, str] | None = None) -> list[Reply]:
        """Play programs, each on a new bench; return a `Reply` to each. `changed` as in `KernelCandidate.play`."""
        verb = ("play changed", changed) if changed else ("play",)
        self.worker.allow(self.allowed - self.took, self.granted, self.worker.said)
        began = self.worker.began
        try:
            self.worker.send((*verb, *(program.packed for program in programs)))
            replies = [self._reply_to(program) for program in programs]
            self.worker.hear_nothing_more()
        finally:
            self.took += self.worker.since(began)
            self.waits += self.worker.has_waited
        return replies

    def sources(self, name: str) -> list[str]:
        """Return the sources of the cells that may define an answer."""
        return [cell.source for cell in self.cells if name in cell.source]

    def names_beside(self, name: str) -> set[str]:
        """Return the names that an answer may use beside its own."""
        return set().union(*(names_bound(node) for cell in self.cells for node in statements_of(cell.source)))

    def _reply_to(self, program: Program) -> Reply:
        """Receive (number of a program of this worker, results, `Raised` or None, text), or ('ask', number, value)."""
        while True:
            reply = self.worker.receive()
            first, *rest = reply if isinstance(reply, tuple) and reply else (None,)
            if type(first) is int and first == self.played and is_reply(rest) and program.fits(Reply(*rest)):
                self.played += 1
                return Reply(*rest)
            if not (
                isinstance(first, str)
                and first == "ask"
                and len(rest) == 2
                and type(rest[0]) is int
                and is_snapshot(rest[1])
            ):
                raise self.worker.lost(DISTURBED)
            self.worker.send(self._answer(program, *rest))

    def _answer(self, program: Program, number: int, x: Any) -> float | Raised:
        """Call a lent function for the worker; return what it gives, or a `Raised`, which the worker raises again."""
        try:
            with np.errstate(all="ignore"):
                return float(program.call(number, x))
        except Exception as error:  # the worker may have sent anything
            return describe(error)

    def close(self) -> None:
        """End the worker, whatever it is doing, and all that it started."""
        if self.worker:
            self.worker.close()

    def _execute_cells(self) -> bool:
        """Have the worker execute the cells, or what is left of those that lost one; return whether it survived."""
        self.failed = {}
        for at, cell in enumerate(self.cells):
            lost = self.lost[cell]
            left = cell.source
            if lost:
                left = list(dict.fromkeys((left, definitions_in(left), "")))[len(lost)]
            problem = self._execute(cell, left, lost, is_new=at >= self.executed) if left else None
            if not self.worker.is_open:
                return False
            if problem or lost:
                self.failed.setdefault(cell.name, replace(lost[0], defines=bool(left)) if lost else problem)
            self.executed = max(self.executed, at + 1)
        defined = self.worker.ask("which", *self.wanted)
        if not (isinstance(defined, tuple) and all(isinstance(name, str) and name in self.wanted for name in defined)):
            raise self.worker.lost(DISTURBED)
        self.defined = defined
        self.loading = self.worker.since(self.worker.ready)
        return True

    def _execute(self, cell: CodeCell, source: str, lost: list[Lost], is_new: bool) -> Lost | Raised | None:
        """Have the worker execute a cell; return what went wrong, if anything. If the worker is lost, `lost` grows.

        Raises `WorkerLost` where nobody knows which cell is to blame: what is said in the name of one may have been
        forged by another, and what ended well before may be lost for whatever reason. The instructor's never are.
        """
        account = OWN if cell.kind == OWN else cell.name
        start, left = self.worker.clocks(), self.all_seconds - self.spent[account]
        if left <= 0 and is_new:
            return Lost(NO_TIME)
        self.worker.allow(min(self.seconds, left / 2 if account == OWN else left) if is_new else self.seconds)
        try:
            raised = self.worker.ask("execute", cell.name, source)
            if not (raised is None or isinstance(raised, Raised)):
                raise self.worker.lost(DISTURBED)
        except WorkerLost as error:
            (reason,) = error.args
            if cell.kind == SET_UP or left <= 0 or reason.reason in (DISTURBED, TOO_MUCH):
                raise
            lost.append(reason)
            self.spent[account] += A_START + self.worker.since(self.worker.ready)
            return None
        self.spent[account] += self.worker.since(start) * is_new
        return raised


def is_reply(parts: Sequence[object]) -> bool:
    """Whether what came from a worker could be the parts of a `Reply`."""
    return (
        len(parts) == 3
        and isinstance(parts[0], tuple)
        and all(map(is_snapshot, parts[0]))
        and (parts[1] is None or isinstance(parts[1], Raised))
        and isinstance(parts[2], str)
    )
