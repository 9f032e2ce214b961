"""Keeps what examinations found: one file each, named by all that it depends on, there whole or not at all.

They lie in 256 folders, for a folder with a million files is slow to look into, to copy and to delete.
"""

import contextlib
import fcntl
import json
from pathlib import Path

from ..files import write_atomic
from ..refusal import Refusal

RESULTS = "results"  # the folder in a course; each assignment has its own in it


class Results:
    """A folder of results, which may be deleted at any time: everything will be examined anew."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def path(self, key):
        return self.folder / key[:2] / f"{key}.json"

    def paths(self):
        """Return the files of all results."""
        return sorted(self.folder.glob("*/*.json"))

    def read(self, key):
        """Return the result of the job of that key; None where there is none, or a file that is damaged."""
        try:
            result = json.loads(self.path(key).read_bytes())
        except (OSError, ValueError):
            return None
        return result if isinstance(result, dict) and result.get("key") == key else None

    def write(self, result):
        """Keep a result; the same result is always the same bytes."""
        path = self.path(result["key"])
        path.parent.mkdir(exist_ok=True)
        write_atomic(path, f"{json.dumps(result, sort_keys=True, indent=1)}\n".encode())

    @contextlib.contextmanager
    def locked(self, why=None):
        """Hold the folder for this process; raise `Refusal` where another one has it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / ".lock", "w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                why = why or f"Another process is grading {self.folder.name}."
                raise Refusal(f"{why} Wait for it, or stop it.") from None
            yield
