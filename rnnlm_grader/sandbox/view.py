"""What a worker may see of this machine, whichever sandbox shows it: Python, NumPy and its own modules, read-only."""

import glob
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
COURSE = HERE.parents[1]  # where both packages are
WORKER_MODULES = (
    "protocol/values.py",
    "protocol/whereabouts.py",
    "protocol/bench.py",
    "protocol/wire.py",
    "sandbox/worker.py",
)
INTERPRETER = os.path.realpath(sys.executable)
ISOLATED = ("-s", "-P")  # not -I: a set of strings must have the same order in every worker (PYTHONHASHSEED)
COURSE_PATH = "/course"  # where the worker finds NumPy and its own modules
WORKER = (INTERPRETER, *ISOLATED, "-S", f"{COURSE_PATH}/rnnlm_grader/sandbox/worker.py")
WRITABLE = ("/dev/shm", "/tmp")  # the only places that can be written to; they are lost with the worker
WRITABLE_BYTES = 16 * 2**20  # of each; a single file is limited by `connection.LIMITS`
LINKS = ("/lib", "/lib64", "/bin")  # folders on some systems, links into /usr on most


def environment() -> dict[str, str]:
    """All environment variables of a worker."""
    variables = {
        "PATH": "/nowhere",
        "HOME": "/home",
        "USER": "student",
        "LOGNAME": "student",
        "LC_ALL": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "COURSE_PATH": COURSE_PATH,
    }
    variables |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    for variable in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):  # some machines need them to compute right results
        if variable in os.environ:
            variables[variable] = os.environ[variable]
    return variables


def readable() -> list[str]:
    """The interpreter, and the folders that hold its modules and the system's libraries.

    Not all that is installed beside Python: that may be /usr, where nbgrader's exchange is, or a course.
    """
    prefix = os.path.realpath(sys.base_prefix)
    folders = dict.fromkeys(
        [
            "/usr/lib",
            "/usr/lib64",
            *(f"{prefix}/{name}" for name in ("lib", sys.platlibdir)),
            *(link for link in LINKS if not os.path.islink(link)),
        ]
    )
    return [*(folder for folder in folders if os.path.isdir(folder)), INTERPRETER]


def hidden() -> list[str]:
    """Folders inside the readable ones that may hold installed packages: the course itself must not be among them."""
    return sorted(
        {
            os.path.realpath(place)
            for folder in readable()
            for name in ("site-packages", "dist-packages")
            for place in glob.glob(f"{glob.escape(folder)}/python*/{name}")
        }
    )


def shows(path: str | Path) -> bool:
    """Whether a worker could read what is at a path."""
    path = Path(path).resolve()
    return any(map(path.is_relative_to, map(os.path.realpath, readable()))) and not any(
        map(path.is_relative_to, hidden())
    )


def links() -> list[tuple[str, str]]:
    """Return (target, link) of each link into /usr."""
    return [(os.readlink(link), link) for link in LINKS if os.path.islink(link)]


def course(lent: Sequence[str]) -> list[tuple[str, str]]:
    """Return (path here, path in the sandbox) of NumPy, `typing_extensions`, our own modules and what is lent.

    No package has an __init__.py there but those lent: that of `rnnlm_grader` would import all the rest.
    """
    packages = Path(np.__file__).parents[1]
    shown = [
        (packages / name, name)
        for name in ("numpy", "numpy.libs", "typing_extensions.py")
        if (packages / name).exists()
    ]
    shown += [(COURSE / "rnnlm_grader" / name, f"rnnlm_grader/{name}") for name in WORKER_MODULES]
    for module in ("__init__", *lent) if lent else ():
        shown.append((COURSE / "rnnlm_ref" / f"{module}.py", f"rnnlm_ref/{module}.py"))
    return [(str(source), f"{COURSE_PATH}/{place}") for source, place in shown]
