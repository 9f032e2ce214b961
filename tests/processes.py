"""Looks for what a grader may have left running."""
import contextlib
from pathlib import Path


def orphans():
    """Workers whose grader is gone: their parent is the system's first process. Those of a running test don't count."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
            if parent == "1" and b"rnnlm_grader/worker.py" in (process / "cmdline").read_bytes():
                found.append(process.name)
    return found
