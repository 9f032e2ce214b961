"""Writes files that are there whole or not at all. Light, because the learner's kernel loads it too."""

import os
import threading
from pathlib import Path


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file so that, whatever happens, the old one or the new one is there, never a part of it.

    Its folder is made where it is missing.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        with open(scratch, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(scratch, path)
    except BaseException as error:
        scratch.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename, error.filename2 = os.fspath(path), None  # not the scratch file, of which nobody knows
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name, too, must survive a loss of power
    finally:
        os.close(folder)
