"""A student's work behind one interface: in the learner's own kernel, or in a sandboxed worker.

A criterion can't tell which of the two it examines.
"""
import contextlib
import os
import select
import subprocess
import time

import numpy as np

from . import sandbox as sandboxes
from . import wire
from .bench import Bench, Callback, Handle, Raised, StepFailed
from .values import Opaque

DISTURBED = "your code disturbed the process that runs it"
START_SECONDS = 60  # for a sandbox to start, which costs the answer no time
TIMED_OUT = "it did not come to an end in the time allowed (is there an endless loop?)"


class WorkerLost(Exception):
    """The student's process ended, or took too long, or said what can't be believed.

    Its first argument is the reason; the second, if any, is what the student's code could choose: an exit status.
    """


class KernelCandidate:
    """Objects of this process, by name: the learner's own class, or a variant from the library of misconceptions."""

    def __init__(self, **names):
        self.names = names
        self.defined = tuple(names)
        self.failed = {}
        self.bench = None
        self.functions = []

    def begin(self, seconds):
        """Clear the bench for the next criterion. Nothing limits its time here: the learner can interrupt."""
        self.functions = []
        self.bench = Bench(self.names, lambda number, x: self.functions[number](x))

    def finish(self):
        """End a criterion."""

    def lend(self, function):
        """Let the answer call a function of the grader's; it is given plain data."""
        self.functions.append(function)
        return Callback(len(self.functions) - 1)

    def step(self, verb, *args):
        """Take one step on the bench; see `Bench.step`."""
        return self.bench.step(verb, *args)

    def close(self):
        self.bench = None


class SandboxedCandidate:
    """The code of one submission, alone in a worker process that is started anew whenever it is lost.

    Parameters
    ----------
    cells : sequence of (name, source)
        What the worker executes, in order.
    wanted : sequence of str
        The names that the assignment asks for.
    lent : sequence of str
        The modules of `rnnlm_ref` that the worker may import.
    sandbox : {'bwrap', 'podman', 'none'}
    """

    def __init__(self, cells, wanted, *, lent=(), sandbox="bwrap"):
        self.hello = {"cells": tuple(cells), "wanted": tuple(wanted), "limits": sandboxes.LIMITS}
        self.command = sandboxes.command(sandbox, lent)
        self.process = None
        self.deadline = None
        self.functions = []
        self.failed, self.defined = {}, ()
        self.unsent = b""  # requests that need no reply, and wait for one that does
        self.on_bench = 0  # objects: the worker numbers them from 0
        self.is_clear = False  # whether the worker has said that its bench is empty

    def begin(self, seconds):
        """Clear the bench for the next criterion, which may take `seconds`; start a worker if none is there."""
        self.deadline = time.monotonic() + seconds
        self.functions = []
        if self._is_there() and not self.is_clear:
            with contextlib.suppress(WorkerLost):
                self.finish()
        if not self._is_there():
            self.close()
            self._start()
            self.deadline = time.monotonic() + seconds
            self._load()
        self.is_clear = False

    def finish(self):
        """End a criterion; raise `WorkerLost` if the worker has said more than it was asked."""
        self.unsent, self.on_bench = b"", 0
        self._send("forget")
        if self._receive() != "forgotten":
            raise self._lost(DISTURBED)
        self.is_clear = True

    def lend(self, function):
        """Let the answer call a function of the grader's; it is given plain data."""
        self.functions.append(function)
        return Callback(len(self.functions) - 1)

    def step(self, verb, *args):
        """Take one step on the worker's bench; see `Bench.step`. What is put there travels with the next request."""
        handle = Handle(self.on_bench)
        if verb == "put":
            self.unsent += wire.pack((verb, *args))
            self.on_bench += 1
            return handle, None, ""
        self._send((verb, *args))
        while True:
            first, seen, printed = self._receive_reply(handle)
            if first != "ask":
                break
            self._send(self._answer(seen, printed))
        if isinstance(first, Raised):
            raise StepFailed(first, printed)
        self.on_bench += 1
        return handle, seen, printed

    def _receive_reply(self, handle):
        """Receive (Raised or the handle of a new object, value, text), or ('ask', number, value)."""
        reply = self._receive()
        if isinstance(reply, tuple) and len(reply) == 3:
            first, second, third = reply
            asks = isinstance(first, str) and first == "ask" and type(second) is int and is_value(third)
            tells = (isinstance(first, Raised) or first == handle) and is_value(second) and isinstance(third, str)
            if asks or tells:
                return reply
        raise self._lost(DISTURBED)

    def _answer(self, number, x):
        """Call a lent function for the worker."""
        try:
            return float(self.functions[number](x))
        except Exception:  # the worker may have sent anything
            return float("nan")

    def close(self):
        """End the worker, whatever it is doing, and all that it started."""
        if self.process is not None:
            os.close(self.to_worker)
            os.close(self.from_worker)
            self.process.end()
            self.process = None

    def _start(self):
        requests, self.to_worker = os.pipe()
        self.from_worker, replies = os.pipe()
        try:
            self.process = sandboxes.start(self.command, (requests, replies))
        finally:
            os.close(requests)
            os.close(replies)
        os.set_blocking(self.to_worker, False)
        self.deadline = time.monotonic() + START_SECONDS
        try:
            self._receive()
        except WorkerLost as lost:
            raise sandboxes.SandboxMissing(f"The sandbox failed to start a worker ({lost.args[-1]})") from None

    def _load(self):
        """Have a new worker execute the cells."""
        self.unsent, self.on_bench = b"", 0
        self._send(self.hello)
        loaded = self._receive()
        if not is_loaded(loaded, self.hello):
            raise self._lost(DISTURBED)
        self.failed, self.defined = loaded["failed"], loaded["defined"]

    def _is_there(self):
        """Whether a worker runs and both pipes are open at its end."""
        if self.process is None or self.process.poll() is not None:
            return False
        poll = select.poll()
        poll.register(self.to_worker, 0)  # errors and hang-ups are reported always
        poll.register(self.from_worker, 0)
        return not poll.poll(0)

    def _send(self, message):
        data = memoryview(self.unsent + wire.pack(message))
        self.unsent = b""
        while data:
            self._wait(self.to_worker, select.POLLOUT)
            try:
                data = data[os.write(self.to_worker, data):]
            except BlockingIOError:
                continue
            except OSError:
                raise self._lost(*self._ending()) from None

    def _receive(self):
        """Receive one frame. More than one is a reply to what nobody asked."""
        data = bytearray()
        try:
            while not (size := wire.frame_size(data)) or len(data) < size:
                self._wait(self.from_worker, select.POLLIN)
                part = os.read(self.from_worker, 1 << 20)
                if not part:
                    raise self._lost(*self._ending())
                data += part
            return wire.unpack_frame(data)
        except wire.WireError:
            raise self._lost(DISTURBED) from None

    def _wait(self, fd, event):
        poll = select.poll()
        poll.register(fd, event)
        left = self.deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise self._lost(TIMED_OUT)

    def _ending(self):
        """Why the worker's pipe closed."""
        try:
            status = self.process.wait(timeout=self.process.PATIENCE)
        except subprocess.TimeoutExpired:
            return "your code closed its connection to the grader",
        if status < 0 or status > 128:
            return "your code ended the Python process", f"signal {-status if status < 0 else status - 128}"
        return "your code ended the Python process", f"exit status {status}"

    def _lost(self, *reason):
        self.close()
        return WorkerLost(*reason)


def is_value(value):
    """Whether a message holds plain data where an answer's value should be."""
    if isinstance(value, tuple):
        return all(map(is_value, value))
    return value is None or isinstance(value, np.ndarray | Opaque)


def is_loaded(message, hello):
    """Whether a message tells which of the cells failed and which of the names are defined."""
    if not (isinstance(message, dict) and set(message) == {"failed", "defined"}):
        return False
    failed, defined = message["failed"], message["defined"]
    return (isinstance(failed, dict) and failed.keys() <= dict(hello["cells"]).keys()
            and all(isinstance(raised, Raised) for raised in failed.values())
            and isinstance(defined, tuple) and len(defined) <= len(hello["wanted"])
            and all(isinstance(name, str) for name in defined))
