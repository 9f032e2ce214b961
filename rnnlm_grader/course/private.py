"""Keeps what a course holds of its students from everybody else on the machine.

nbgrader makes folders and gradebook as the umask says, so that on most machines everybody may read them.
"""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from ..files import write_atomic
from ..refusal import Refusal
from .folders import was_graded
from .results import RESULTS


@contextlib.contextmanager
def owner_only() -> Iterator[None]:
    """Let what is made meanwhile be its owner's alone."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def make_private(coursedir: CourseDirectory) -> None:
    """Make the folders of a course and its gradebook, those that are missing, with modes 0700 and 0600.

    Nothing is made in a student's folder, where no exercise has its source, or where teachers share their files
    (groupshared); and what can't be made is left for nbgrader to tell.
    """
    if coursedir.groupshared or not os.path.isdir(coursedir.format_path(coursedir.source_directory, ".", ".")):
        return
    steps = coursedir.submitted_directory, coursedir.autograded_directory, coursedir.feedback_directory
    with owner_only():
        for folder in (*(coursedir.format_path(step, ".", ".") for step in steps), f"{coursedir.root}/reports"):
            with contextlib.suppress(OSError):
                os.makedirs(os.path.normpath(folder))
        with contextlib.suppress(OSError):
            if path := missing_file(coursedir.db_url):
                open(path, "x").close()  # SQLite takes an empty file for a new database


def missing_file(db_url: str) -> str | None:
    """Return the path of the SQLite file that an address names and that isn't there; else None."""
    with contextlib.suppress(SQLAlchemyError):
        url = make_url(db_url)
        if url.get_backend_name() == "sqlite" and url.database and not os.path.exists(url.database):
            return url.database
    return None


def read_secret(coursedir: CourseDirectory) -> bytes:
    """Return the course's key; make one where the course has none yet.

    Its fingerprint tells whether it is still the key with which this course was graded before. Another one would draw
    other hidden inputs, so that the marks of one class would come from two different examinations.
    """
    path, fingerprint = (Path(coursedir.root, place) for place in ("rnnlm-secret.key", f"{RESULTS}/key-fingerprint"))
    known = fingerprint.read_bytes().strip() if fingerprint.exists() else None
    if known is None and not path.exists():
        if was_graded(coursedir):
            raise Refusal(
                f"The key {path} is missing, though work was graded here. Restore it from a backup, or remove "
                f"{coursedir.autograded_directory}/ to have everything graded with a new one."
            )
        with owner_only():
            write_atomic(path, os.urandom(32))
    secret = path.read_bytes() if path.exists() else b""
    present = hashlib.sha256(b"fingerprint\0" + secret).hexdigest()[:32].encode()
    if known not in (None, present):
        raise Refusal(
            f"The key {path} is missing, or isn't the one with which this course was graded before. Restore "
            f"it from a backup, or delete {fingerprint} to have everything graded with the one that is "
            "there, or a new one."
        )
    if len(secret) < 16:
        raise Refusal(f"The key {path} has only {len(secret)} bytes. Delete it to have a new one made.")
    if known is None:
        write_atomic(fingerprint, present + b"\n")
    return secret
