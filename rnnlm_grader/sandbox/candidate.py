"""A student's work behind one interface. Here: in a sandboxed worker.

A criterion can't tell whether it examines this or a `protocol.candidate.KernelCandidate`.
"""
import contextlib
import os
import pickle
import select
import subprocess
import time
from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np

from ..notebooks.cell_code import definitions_in, names_bound, statements_of
from ..protocol import wire
from ..protocol.bench import Raised, describe
from ..protocol.candidate import OWN, SET_UP, TIMED_OUT, WAITED, Lost, WorkerLost
from ..protocol.program import Reply
from ..protocol.values import is_snapshot
from . import bubblewrap as sandboxes

DISTURBED = "your code disturbed the process that runs it"
TOO_MUCH = "it gave far more than any right answer gives"
START_SECONDS = 60  # for a sandbox to start, which costs the answer no time
MOST_IN_VAIN = 3  # workers that may be lost while they execute the cells, with no cell to blame
A_START = 0.25  # seconds that a cell pays for the start of another worker
NO_TIME = "the time for it was used up by other cells"
GLANCE = 0.1  # seconds after which the grader looks again at what a silent worker has used


class SandboxedCandidate:
    """The code of one submission, alone in a worker process that is started anew whenever it is lost.

    A cell that hangs or ends the process costs its own answer and no other: from then on only its definitions are
    executed or, if the worker is lost in these too, nothing of it. A criterion that loses the worker pays for the time
    in which the cells are executed again. The instructor's cells and the start of a worker cost no answer anything.

    Parameters
    ----------
    cells : sequence of (name, source)
        What the worker executes, in order.
    wanted : sequence of str
        The names that the assignment asks for.
    lent : sequence of str
        The modules of `rnnlm_ref` that the worker may import.
    sandbox : {'bwrap', 'podman', 'none'}
    seconds, all_seconds : float
        How long a cell may take, and all cells of one name. Those that hold no wanted name share one allowance, of
        which none may use more than half of what is left: so something is left for the next.
    wall_clock_factor : float
        How many times as long anything may take by the clock on the wall.

    All other seconds are those of `_since`: of processor time, which is the same whatever else the machine does.

    Attributes
    ----------
    defined : tuple of str
        Those of the wanted names that the cells defined.
    failed : dict
        For each cell that failed, what it raised, or how the worker was lost in it; of several of one name, the first.
    loading : float
        How many seconds all cells took the last time.
    waits : int
        How often something was stopped that had waited, and not computed: on another machine it may come to an end.
    """

    def __init__(self, cells, wanted, *, lent=(), sandbox="bwrap", seconds=5.0, all_seconds=10.0,
                 wall_clock_factor=10.0):
        self.wanted, self.sandbox = tuple(wanted), sandbox
        self.seconds, self.all_seconds, self.wall_clock_factor = seconds, all_seconds, wall_clock_factor
        self.waits = 0
        self.lost = defaultdict(list)  # (cell, source) → how a worker was lost in it, each time
        self.in_vain = []  # how workers were lost with no cell to blame
        self.process = None
        self.took = 0  # seconds that the criterion at work has spent in programs
        self.load(cells, lent)

    def load(self, cells, lent=()):
        """Take up other cells, and other loans, in a new process: what ran in the last one may have changed it."""
        self.close()
        self.command = sandboxes.command(self.sandbox, lent)
        self.cells = tuple(cells)
        self.failed, self.defined, self.known = {}, (), defaultdict(dict)  # an earlier load says nothing of this one
        self.spent = Counter()  # name of a cell, or OWN for all of these → seconds
        self.loading = 0
        self.executed = 0  # cells that some worker has executed: another one does so at no charge

    @property
    def used(self):
        """How many seconds the criterion at work has taken so far; what the grader does beside doesn't count."""
        return self.took if self.process else self.took + self.loading

    def begin(self, seconds):
        """Begin a criterion, which may take `seconds`; start a worker if none is there."""
        self.took = 0
        is_ready = self._is_there()
        has_gone = not (self.process is None or is_ready)  # after the last criterion had ended, so that none has paid
        while not is_ready:
            if len(self.in_vain) >= MOST_IN_VAIN:
                raise WorkerLost(self.in_vain[-1])
            self._start()
            try:
                is_ready = self._execute_cells()
            except WorkerLost as lost:
                self.in_vain += lost.args
        self.took = self.loading if has_gone else 0
        self.granted, self.allowed, self.said = seconds, seconds + self.took, 0

    def play(self, programs, changed=None):
        """Play programs, each on a new bench; return a `Reply` to each. `changed` as in `KernelCandidate.play`."""
        verb = ("play changed", changed) if changed else ("play",)
        request, began = (*verb, *(program.packed for program in programs)), self._clocks()
        self.began, self.limit = began, self.allowed - self.took
        try:
            self._send(request)
            replies = [self._reply_to(program) for program in programs]
            self._hear_nothing_more()
        finally:
            self.took += self._since(began)
        return replies

    def sources(self, name):
        """Return the sources of the cells that may define an answer."""
        return [source for _, source in self.cells if name in source]

    def names_beside(self, name):
        """Return the names that an answer may use beside its own."""
        return set().union(*(names_bound(node) for _, source in self.cells for node in statements_of(source)))

    def _reply_to(self, program):
        """Receive (number of a program of this worker, results, `Raised` or None, text), or ('ask', number, value)."""
        while True:
            reply = self._receive()
            first, *rest = reply if isinstance(reply, tuple) and reply else (None,)
            if type(first) is int and first == self.played and is_reply(rest) and program.fits(Reply(*rest)):
                self.played += 1
                return Reply(*rest)
            if not (isinstance(first, str) and first == "ask" and len(rest) == 2 and type(rest[0]) is int
                    and is_snapshot(rest[1])):
                raise self._lost(DISTURBED)
            self._send(self._answer(program, *rest))

    def _answer(self, program, number, x):
        """Call a lent function for the worker; return what it gives, or a `Raised`, which the worker raises again."""
        try:
            with np.errstate(all="ignore"):
                return float(program.call(number, x))
        except Exception as error:  # the worker may have sent anything
            return describe(error)

    def close(self):
        """End the worker, whatever it is doing, and all that it started."""
        if self.process is not None:
            close_all(self.to_worker, self.from_worker)
            self.process.end()
            self.process = None

    def _start(self):
        """Start a worker, and have it get ready."""
        self.close()
        requests, self.to_worker = os.pipe()
        self.from_worker, replies = os.pipe()
        try:
            self.process = sandboxes.start(self.command, (requests, replies))
        except BaseException:
            close_all(self.to_worker, self.from_worker)
            raise
        finally:
            close_all(requests, replies)
        os.set_blocking(self.to_worker, False)
        self.received, self.played = bytearray(), 0  # bytes of replies that have come, and programs of this worker
        self.clock, self.worked = None, 0
        self._allow(START_SECONDS)
        try:
            self._ask(sandboxes.LIMITS)
        except WorkerLost as lost:
            reason = lost.args[0].detail or lost.args[0].reason
            raise sandboxes.SandboxMissing(f"The sandbox failed to start a worker ({reason})") from None
        self.clock = self.process.clock()

    def _allow(self, seconds):
        """Give the worker this much time from now on, and a new allowance of bytes."""
        self.began, self.limit, self.granted, self.said = self._clocks(), seconds, None, 0

    def _clocks(self):
        """Return the time, and the processor time of the worker; while it starts, the time for both."""
        now = time.monotonic()
        if self.clock is None:
            return now, now
        if self.process:
            with contextlib.suppress(OSError):  # it has ended, and what was read last is the best that is known
                self.worked = time.clock_gettime(self.clock)
        return now, self.worked

    def _since(self, began):
        """Return the seconds that the worker has used since then: of processor time, unless it hardly computed."""
        waited, worked = (now - then for now, then in zip(self._clocks(), began, strict=True))
        return max(worked, waited / self.wall_clock_factor)

    def _execute_cells(self):
        """Have the worker execute the cells, or what is left of those that lost one; return whether it survived."""
        self.failed, self.load_began = {}, self._clocks()
        for at, (cell, source) in enumerate(self.cells):
            lost = self.lost[cell, source]
            left = list(dict.fromkeys((source, definitions_in(source), "")))[len(lost)] if lost else source
            problem = left and self._execute(cell, left, lost, is_new=at >= self.executed)
            if self.process is None:
                return False
            if problem or lost:
                self.failed.setdefault(cell, replace(lost[0], defines=bool(left)) if lost else problem)
            self.executed = max(self.executed, at + 1)
        self.defined = self._ask("which", *self.wanted)
        if not (isinstance(self.defined, tuple) and all(isinstance(n, str) and n in self.wanted for n in self.defined)):
            raise self._lost(DISTURBED)
        self.loading = self._since(self.load_began)
        return True

    def _execute(self, cell, source, lost, is_new):
        """Have the worker execute a cell; return what went wrong, if anything. If the worker is lost, `lost` grows.

        Raises `WorkerLost` where nobody knows which cell is to blame: what is said in the name of one may have been
        forged by another, and what ended well before may be lost for whatever reason. The instructor's never are.
        """
        is_setup = cell.startswith(SET_UP)
        account = cell if is_setup or cell in self.wanted else OWN
        start, left = self._clocks(), self.all_seconds - self.spent[account]
        if left <= 0 and is_new:
            return Lost(NO_TIME)
        self._allow(min(self.seconds, left / 2 if account == OWN else left) if is_new else self.seconds)
        try:
            raised = self._ask("execute", cell, source)
            if not (raised is None or isinstance(raised, Raised)):
                raise self._lost(DISTURBED)
        except WorkerLost as error:
            reason, = error.args
            if is_setup or left <= 0 or reason.reason in (DISTURBED, TOO_MUCH):
                raise
            lost.append(reason)
            self.spent[account] += A_START + self._since(self.load_began)
            return None
        self.spent[account] += self._since(start) * is_new
        return raised

    def _is_there(self):
        """Whether a worker runs, both pipes are open at its end, and it is as it began."""
        if self.process is None or self.process.poll() is not None:
            return False
        poll = select.poll()
        poll.register(self.to_worker, 0)  # errors and hang-ups are reported always
        poll.register(self.from_worker, 0)
        return not poll.poll(0)

    def _ask(self, *request):
        """Send a request; return the reply."""
        self._send(request)
        reply = self._receive()
        self._hear_nothing_more()
        return reply

    def _send(self, request):
        """Send a request, and read replies meanwhile: a worker that can't write any more reads nothing either."""
        data = memoryview(pickle.dumps(request, pickle.HIGHEST_PROTOCOL))
        while data:
            try:
                data = data[os.write(self.to_worker, data):]
            except BlockingIOError:
                if self.from_worker in self._wait(self.to_worker):
                    self._read()
            except OSError:
                raise self._lost(*self._ending()) from None

    def _receive(self):
        """Receive a reply."""
        try:
            while not (frame := wire.take_frame(self.received)):
                self._wait()
                self._read()
            return wire.unpack(frame)
        except wire.WireError:
            raise self._lost(DISTURBED) from None

    def _hear_nothing_more(self):
        """Raise `WorkerLost` if more has come than was asked for; what comes later is noticed at the next `begin`."""
        if self.received:
            raise self._lost(DISTURBED)

    def _read(self):
        part = os.read(self.from_worker, 1 << 20)
        if not part:
            raise self._lost(*self._ending())
        self.received += part
        self.said += len(part)
        if self.said > wire.MOST_SAID:
            raise self._lost(TOO_MUCH)

    def _wait(self, *writing):
        """Wait until something can be read, or written; return the descriptors with which it can."""
        poll = select.poll()
        poll.register(self.from_worker, select.POLLIN)
        for fd in writing:
            poll.register(fd, select.POLLOUT)
        while (left := self.limit - self._since(self.began)) > 0:
            if ready := poll.poll(min(left, GLANCE) * 1000):
                return dict(ready)
        raise self._too_long()

    def _too_long(self):
        """Stop the worker. What this machine did is told only of what waited, whose result isn't final."""
        waited, worked = (now - then for now, then in zip(self._clocks(), self.began, strict=True))
        if worked >= self.limit:
            measured = f"It was stopped after {self.granted:g} s of processor time." if self.granted else ""
            return self._lost(TIMED_OUT, measured=measured)
        self.waits += 1
        return self._lost(WAITED, measured=f"It was stopped after {waited:.0f} s, in which it had used {worked:.1f} of "
                          f"{self.limit:.1f} s of processor time; the machine's load was {os.getloadavg()[0]:.1f}, on "
                          f"{os.cpu_count()} processors.")

    def _ending(self):
        """Why the worker's pipe closed."""
        try:
            status = self.process.wait(timeout=self.process.PATIENCE)
        except subprocess.TimeoutExpired:
            return "your code closed its connection to the grader",
        if status < 0 or status > 128:
            return "your code ended the Python process", f"signal {-status if status < 0 else status - 128}"
        return "your code ended the Python process", f"exit status {status}"

    def _lost(self, *reason, **more):
        self.close()
        return WorkerLost(Lost(*reason, **more))


def is_reply(parts):
    """Whether what came from a worker could be the parts of a `Reply`."""
    return len(parts) == 3 and isinstance(parts[0], tuple) and all(map(is_snapshot, parts[0])) and (
        parts[1] is None or isinstance(parts[1], Raised)) and isinstance(parts[2], str)


def close_all(*descriptors):
    for fd in descriptors:
        os.close(fd)
