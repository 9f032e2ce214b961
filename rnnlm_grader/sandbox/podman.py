"""Starts workers in podman, for machines on which bubblewrap can't start; no image is pulled.

A container shows an empty folder, and in it what `view` says. Its first process is the worker: a signal that it sends
to itself does nothing, where under bubblewrap it would end it. /proc is there, read-only, and shows this process alone.
"""

import contextlib
import csv
import io
import json
import os
import platform
import secrets
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from ..files import write_atomic
from . import seccomp, view
from .clock import processor_clock

NAME = "the name of the container"  # holds its place in a command until there is one
MOST_SECONDS = 3600  # of a worker's life: when the grader was killed, what loops or sleeps ends then
LIMITS = ("--memory", "2304m", "--memory-swap", "2304m", "--pids-limit", "64")  # above the worker's own, for its start
PASSED = ("3", "4")  # what --preserve-fds=2 passes on, and their numbers in the container

# Podman must be started with the descriptors in these places, where this process may have others.
MOVE_DESCRIPTORS = """
import fcntl, os, sys
kept = [fcntl.fcntl(int(fd), fcntl.F_DUPFD_CLOEXEC, 10) for fd in sys.argv[1:3]]
for fd in sys.argv[1:3]:
    os.close(int(fd))
for place, fd in enumerate(kept, 3):
    os.dup2(fd, place)
os.execv(sys.argv[3], sys.argv[3:])
"""


def find() -> str | None:
    """Return the path of podman; None where there is none."""
    return shutil.which("podman")


def isolation(podman: str, lent: Sequence[str]) -> list[str]:
    """Podman's arguments for a container that sees what `view` says, read-only, and nothing else."""
    masked = ":".join(("/sys", *view.hidden()))
    argv = [
        podman,
        "run",
        "--rm",
        "--name",
        NAME,
        "--pull=never",
        "--network=none",
        "--ipc=none",
        "--read-only",
        "--read-only-tmpfs=false",
        "--cap-drop=all",
        "--security-opt=no-new-privileges",
        "--security-opt=label=disable",  # SELinux would have the folders of this machine relabelled
        f"--security-opt=mask={masked}",
        "--security-opt=proc-opts=ro,nosuid,nodev,noexec",
        "--no-hosts",
        "--hostname=sandbox",
        "--passwd=false",
        "--systemd=false",
        "--log-driver=none",
        "--unsetenv-all",
        "--http-proxy=false",
        f"--timeout={MOST_SECONDS}",
        "--workdir=/tmp",
        *LIMITS,
    ]
    argv += [f"--env={variable}={value}" for variable, value in view.environment().items()]
    argv += [f"--tmpfs={folder}:size={view.WRITABLE_BYTES},mode=1777" for folder in view.WRITABLE]
    argv += [_mount(folder, folder) for folder in view.readable()]
    argv += [_mount(source, place) for source, place in view.course(lent)]
    root, profile = _prepared()
    if profile:
        argv.append(f"--security-opt=seccomp={profile}")
    return [*argv, "--rootfs", str(root)]


def _mount(source: str, place: str) -> str:
    """The option that shows a file or folder, read-only: a row of a table, so that a path may have a comma in it."""
    written = io.StringIO("--mount=")
    written.seek(0, io.SEEK_END)
    csv.writer(written, lineterminator="").writerow(
        ["type=bind", f"source={source}", f"destination={place}", "ro", "bind-nonrecursive"]
    )
    return written.getvalue()


def _prepared() -> tuple[Path, Path | None]:
    """Return (the empty folder, the file of allowed system calls or None), which are kept in the user's cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "rnnlm-grader")
    root = cache / "root"
    root.mkdir(parents=True, exist_ok=True)
    for target, link in view.links():
        with contextlib.suppress(FileExistsError):
            (root / link.lstrip("/")).symlink_to(target)
    machine = platform.machine()
    if machine not in seccomp.AUDIT_ARCH:
        return root, None
    profile, text = cache / f"seccomp-{machine}.json", json.dumps(seccomp.profile(machine))
    if not profile.exists() or profile.read_text() != text:
        write_atomic(profile, text.encode())
    return root, profile


class Container(subprocess.Popen[bytes]):
    """A container that runs a student's code, or rather podman, which waits for it and removes it then."""

    PATIENCE = 10  # seconds from the end of the worker to that of podman

    def __init__(self, argv: list[str], descriptors: Sequence[int], stderr: int) -> None:
        self.podman, self.name = argv[0], f"rnnlm-{secrets.token_hex(8)}"
        argv = [self.name if word == NAME else word for word in argv]
        if descriptors:
            move = [sys.executable, "-I", "-S", "-c", MOVE_DESCRIPTORS, *map(str, descriptors)]
            argv = [*move, argv[0], "run", f"--preserve-fds={len(PASSED)}", *argv[2:], *PASSED]
        super().__init__(
            argv,
            pass_fds=descriptors,
            process_group=0,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )

    def clock(self) -> int:
        """Return the clock of the processor time of the container's first process, which runs the code."""
        told = subprocess.run(
            [self.podman, "inspect", "--format={{.State.Pid}}", self.name],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        ).stdout.strip()
        if not told.isdigit() or not int(told):
            raise OSError(f"podman doesn't tell the process of the container {self.name}")
        return processor_clock(int(told))

    def end(self) -> int:
        """Wait until podman has removed the container, which ends by itself once its pipes are closed, or is made to.

        Podman is not killed: it would leave the container behind. One that is still being set up is removed when it is.
        """
        while True:
            try:
                return self.wait(timeout=1)
            except subprocess.TimeoutExpired:
                subprocess.run(
                    [self.podman, "rm", "--force", "--time=0", "--ignore", self.name],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    check=False,
                )
