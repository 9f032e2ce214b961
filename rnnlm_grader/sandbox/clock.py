"""Tells from outside how much processor time a worker has used: what it says of itself may be a lie."""

import contextlib
from pathlib import Path


def processor_clock(process: int) -> int:
    """Return the clock of all threads of a process, for `time.clock_gettime`; see clock_getcpuclockid(3).

    Processes that it starts have clocks of their own, but in a sandbox it can't start any.
    """
    return ~process << 3 | 2


def innermost(process: int) -> int:
    """Return the process at the end of a line of children, of which each has started the next."""
    children = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended
            parent = status.read_text(errors="replace").rpartition(")")[2].split()[1]
            children[int(parent)] = int(status.parent.name)
    while process in children:
        process = children[process]
    return process
