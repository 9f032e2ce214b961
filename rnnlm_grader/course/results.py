"""Keeps what examinations found: one file each, named by all that it depends on, there whole or not at all.

They lie in 256 folders, for a folder with a million files is slow to look into, to copy and to delete.
"""

import contextlib
import fcntl
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..files import write_atomic
from ..refusal import Refusal
from .job import Result

RESULTS = "results"  # the folder in a course; each assignment has its own in it


class Results:
    """A folder of results, which may be deleted at any time: everything will be examined anew."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"

    def paths(self) -> list[Path]:
        """Return the files of all results."""
        return sorted(self.folder.glob("*/*.json"))

    def read(self, key: str) -> Result | None:
        """Return the result of the job of that key; None where there is none, or a file that is damaged."""
        try:
            result: Any = json.loads(self.path(key).read_bytes())
        except (OSError, ValueError):
            return None
        is_sound = isinstance(result, dict) and result.get("key") == key
        return result if is_sound else None

    def write(self, result: Result) -> None:
        """Keep a result; the same result is always the same bytes."""
        path = self.path(result["key"])
        path.parent.mkdir(exist_ok=True)
        write_atomic(path, f"{json.dumps(result, sort_keys=True, indent=1)}\n".encode())

    @contextlib.contextmanager
    def locked(self, why: str | None = None) -> Iterator[None]:
        """Hold the folder for this process; raise `Refusal` where another one has it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / ".lock", "w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                why = why or f"Another process is grading {self.folder.name}."
                raise Refusal(f"{why} Wait for it, or stop it.") from None
            yield
