"""A worker and what is said with it, through two pipes: it is asked, heard out, and stopped when its time is over."""

import contextlib
import os
import pickle
import select
import subprocess
import time
from typing import TypeAlias

from ..protocol import wire
from ..protocol.candidate import TIMED_OUT, WAITED, Lost, WorkerLost
from . import choice

DISTURBED = "your code disturbed the process that runs it"
TOO_MUCH = "it gave far more than any right answer gives"
# Of processor time the grader allows far less: the kernel stops a worker only if nobody looks at it any more.
LIMITS = {"memory": 2 * 2**30, "cpu_seconds": 3600, "file_bytes": 2**20}
START_SECONDS = 60.0  # for a sandbox to start, which costs the answer no time
GLANCE = 0.1  # seconds after which the grader looks again at what a silent worker has used
Clocks: TypeAlias = tuple[float, float]  # the time, and processor time


class Connection:
    """A worker from its start, by a `command` as `choice.command` gives it, to its end.

    All seconds are those of `since`: of processor time, which is the same whatever else the machine does. By the clock
    on the wall anything may take `wall_clock_factor` times as long.

    Attributes
    ----------
    is_open
        Whether it hasn't been lost or ended, as far as is known.
    has_waited
        Whether it was stopped while it waited, and didn't compute: on another machine it may come to an end.
    ready
        What its clocks showed when it had started.
    said
        The bytes that it has said since this was set to 0; `wire.MOST_SAID` is the limit.
    """

    def __init__(self, command: choice.Command, wall_clock_factor: float) -> None:
        self.wall_clock_factor, self.has_waited = wall_clock_factor, False
        self.clock: int | None = None  # of its processor time
        self.worked = 0.0  # what that was when it was last read
        self.received, self.said = bytearray(), 0  # what has come and isn't taken yet
        requests, self.to_worker = os.pipe()
        self.from_worker, replies = os.pipe()
        try:
            self.process = choice.start(command, (requests, replies))
        except BaseException:
            close_all(self.to_worker, self.from_worker)
            raise
        finally:
            close_all(requests, replies)
        self.is_open = True
        os.set_blocking(self.to_worker, False)
        self.allow(START_SECONDS)
        try:
            self.ask(LIMITS)
            self.clock = self.process.clock()
            self.ready = self.clocks()
        except WorkerLost as lost:
            reason = lost.args[0].detail or lost.args[0].reason
            raise choice.SandboxMissing(f"The sandbox failed to start a worker ({reason})") from None
        except BaseException:
            self.close()
            raise

    def is_well(self) -> bool:
        """Whether it runs, and both pipes are open at its end."""
        if not self.is_open or self.process.poll() is not None:
            return False
        poll = select.poll()
        poll.register(self.to_worker, 0)  # errors and hang-ups are reported always
        poll.register(self.from_worker, 0)
        return not poll.poll(0)

    def close(self) -> None:
        """End it, whatever it is doing, and all that it started."""
        if self.is_open:
            close_all(self.to_worker, self.from_worker)
            self.process.end()
            self.is_open = False

    def lost(self, reason: str, detail: str = "", measured: str = "") -> WorkerLost:
        """End it; return the exception that says why."""
        self.close()
        return WorkerLost(Lost(reason, detail, measured=measured))

    # --- its time -----------------------------------------------------------------------------------------------------

    def allow(self, seconds: float, granted: float | None = None, said: int = 0) -> None:
        """Give it this much time from now on; where it is stopped for that, it was `granted` so many, as is told."""
        self.began, self.limit, self.granted, self.said = self.clocks(), seconds, granted, said

    def clocks(self) -> Clocks:
        """Return what its clocks show; while it starts, the time for both."""
        now = time.monotonic()
        if self.clock is None:
            return now, now
        if self.is_open:
            with contextlib.suppress(OSError):  # it has ended, and what was read last is the best that is known
                self.worked = time.clock_gettime(self.clock)
        return now, self.worked

    def used(self, began: Clocks) -> Clocks:
        """Return the seconds that have passed since then, and those of processor time among them."""
        waited, worked = (now - then for now, then in zip(self.clocks(), began, strict=True))
        return waited, worked

    def since(self, began: Clocks) -> float:
        """Return the seconds that it has used since then: of processor time, unless it hardly computed."""
        waited, worked = self.used(began)
        return max(worked, waited / self.wall_clock_factor)

    def _too_long(self) -> WorkerLost:
        """Stop it. What this machine did is told only of what waited, whose result isn't final."""
        waited, worked = self.used(self.began)
        if worked >= self.limit:
            measured = f"It was stopped after {self.granted:g} s of processor time." if self.granted else ""
            return self.lost(TIMED_OUT, measured=measured)
        self.has_waited = True
        return self.lost(
            WAITED,
            measured=f"It was stopped after {waited:.0f} s, in which it had used {worked:.1f} of "
            f"{self.limit:.1f} s of processor time; the machine's load was {os.getloadavg()[0]:.1f}, on "
            f"{os.cpu_count()} processors.",
        )

    # --- what is said -------------------------------------------------------------------------------------------------

    def ask(self, *request: object) -> object:
        """Send a request; return the reply."""
        self.send(request)
        reply = self.receive()
        self.hear_nothing_more()
        return reply

    def send(self, request: object) -> None:
        """Send a request, and read replies meanwhile: a worker that can't write any more reads nothing either."""
        data = memoryview(pickle.dumps(request, pickle.HIGHEST_PROTOCOL))
        while data:
            try:
                data = data[os.write(self.to_worker, data) :]
            except BlockingIOError:
                if self.from_worker in self._wait(self.to_worker):
                    self._read()
            except OSError:
                raise self.lost(*self._ending()) from None

    def receive(self) -> object:
        """Receive a reply."""
        try:
            while not (frame := wire.take_frame(self.received)):
                self._wait()
                self._read()
            return wire.unpack(frame)
        except wire.WireError:
            raise self.lost(DISTURBED) from None

    def hear_nothing_more(self) -> None:
        """Raise `WorkerLost` if more has come than was asked for; what comes later, `is_well` notices."""
        if self.received:
            raise self.lost(DISTURBED)

    def _read(self) -> None:
        part = os.read(self.from_worker, 1 << 20)
        if not part:
            raise self.lost(*self._ending())
        self.received += part
        self.said += len(part)
        if self.said > wire.MOST_SAID:
            raise self.lost(TOO_MUCH)

    def _wait(self, *writing: int) -> dict[int, int]:
        """Wait until something can be read, or written; return the descriptors with which it can."""
        poll = select.poll()
        poll.register(self.from_worker, select.POLLIN)
        for fd in writing:
            poll.register(fd, select.POLLOUT)
        while (left := self.limit - self.since(self.began)) > 0:
            if ready := poll.poll(min(left, GLANCE) * 1000):
                return dict(ready)
        raise self._too_long()

    def _ending(self) -> tuple[str, ...]:
        """Why its pipe closed."""
        try:
            status = self.process.wait(timeout=self.process.PATIENCE)
        except subprocess.TimeoutExpired:
            return ("your code closed its connection to the grader",)
        if status < 0 or status > 128:
            return "your code ended the Python process", f"signal {-status if status < 0 else status - 128}"
        return "your code ended the Python process", f"exit status {status}"


def close_all(*descriptors: int) -> None:
    for fd in descriptors:
        os.close(fd)
