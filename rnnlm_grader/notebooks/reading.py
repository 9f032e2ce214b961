"""Finds the notebooks in what a student handed in, and reads them.

It may be anything, and this runs in the grader's own process: no link is followed, nothing is unpacked to the disk, and
there is a limit to what is looked at and read.
"""

import contextlib
import errno
import io
import json
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sized
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, TypeVar

MAX_FILE = 100 * 2**20  # bytes of a file, and of all the notebooks that may be the one
MAX_PARTS = 5_000_000  # brackets, commas and quotation marks, each of which may take up to 70 bytes when it is read
MAX_FILES = 10_000  # in a folder or a zip
MAX_NOTEBOOKS = 20
MAX_DIRECTORY = 4 * 2**20  # bytes of the directory of a zip, which is read as a whole
TOO_MUCH = "it has {}. Clear its outputs and hand it in again"
# Where a list of outputs begins: a quotation mark inside a string would be escaped.
OUTPUTS = re.compile(rb'(?<!\\)"outputs"\s*:\s*\[')
TO_BRACKET = re.compile(rb'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+")*+[\[\]{}]', re.DOTALL)  # the next outside of a string
ASIDE = "__MACOSX"  # where macOS puts what other systems don't know
T = TypeVar("T")  # what is made of a notebook


class Unreadable(Exception):
    """What was handed in is no notebook; the message says why, in one line."""


@contextlib.contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open an ordinary file; no link is followed, for it may lead to somebody else's work."""
    if os.path.islink(os.path.dirname(path)):
        raise Unreadable("its folder is a link, and links aren't followed")
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise Unreadable("it is a link, and links aren't followed") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("it is not an ordinary file")
        refuse_if_large(status.st_size)
        with open(descriptor, "rb", closefd=False) as file:
            yield file
    finally:
        os.close(descriptor)


def refuse_if_large(size: int) -> None:
    """Raise `Unreadable` for more bytes than are read."""
    if size > MAX_FILE:
        raise Unreadable(TOO_MUCH.format(f"{size / 2**20:,.0f} MiB; the limit is {MAX_FILE // 2**20}"))


def parse(file: IO[bytes]) -> object:
    """Return the notebook in an open file as plain data: JSON in UTF-8, with or without a mark, UTF-16 or UTF-32."""
    data = file.read(MAX_FILE)
    if not data.strip():
        raise Unreadable("it is empty")
    try:
        if (encoding := json.detect_encoding(data)) not in ("utf-8", "utf-8-sig"):
            data = data.decode(encoding, "surrogatepass").encode("utf-8", "surrogatepass")
        data = without_outputs(data)
        require_few(sum(map(data.count, (b"[", b"{", b",", b'"'))))
        return json.loads(data, parse_int=len, parse_float=len)  # no number counts, so none is read, however long
    except (ValueError, RecursionError):
        raise Unreadable("it is not a notebook: its content isn't valid JSON") from None


def without_outputs(data: bytes) -> bytes:
    """Return the text of a notebook with its lists of outputs empty, none of which counts.

    A loop of `print` makes millions of lines, each a string of its own. So these are skipped, not read.
    """
    kept, done, brackets = [], 0, 0
    while found := OUTPUTS.search(data, done):
        depth, at = 1, found.end()
        while depth and (bracket := TO_BRACKET.match(data, at)):
            at = bracket.end()
            depth += 1 if data[at - 1] in b"[{" else -1
            brackets += 1
            require_few(brackets)
        if depth:  # it is no JSON
            break
        kept.append(data[done : found.end()])
        done = at - 1  # where the closing bracket is
    return b"".join([*kept, data[done:]])


def require_few(parts: int) -> None:
    """Raise `Unreadable` for more parts than are read."""
    if parts > MAX_PARTS:
        raise Unreadable(TOO_MUCH.format(f"more than {MAX_PARTS:,} parts"))


def read_one(path: Path, read: Callable[[object], T]) -> T:
    """Return what `read` makes of the notebook in a file as plain data; raise `Unreadable` if it is none."""
    with opened(path) as file:
        return read(parse(file))


def read_all_in(folder: Path, read: Callable[[object], T]) -> dict[str, T | Unreadable | OSError]:
    """Read the notebooks in a folder and its subfolders, or where there is none, in the one zip that is there.

    Return, by name, what `read` makes of each as plain data, or the `Unreadable` or OSError that was raised.
    """
    files = sorted(files_in(folder))
    notebooks = [path for path in files if is_meant(path.name)]
    if notebooks or not (zips := [path for path in files if path.suffix.casefold() == ".zip"]):
        refuse_if_many(notebooks, sum(path.lstat().st_size for path in notebooks))
        return {path.relative_to(folder).as_posix(): attempt(read, opened(path)) for path in notebooks}
    if len(zips) > 1:
        raise Unreadable(f"there are {len(zips)} zips in it, and no notebook")
    with opened(zips[0]) as file:
        found = read_all_in_zip(file, read)
    return {f"{zips[0].relative_to(folder).as_posix()}/{name}": what for name, what in found.items()}


def is_meant(name: str) -> bool:
    """Return whether the path of a file is that of a notebook that somebody meant to hand in."""
    *folders, last = name.split("/")
    return last.casefold().endswith(".ipynb") and not last.startswith(".") and not any(map(is_aside, folders))


def is_aside(folder: str) -> bool:
    """Return whether the name of a folder tells that nobody meant to hand in what is in it."""
    return folder == ASIDE or folder.startswith(".")


def files_in(folder: Path) -> Iterator[Path]:
    """Yield the paths of all files in a folder and its subfolders; links to folders aren't followed."""
    count = 0
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not is_aside(name)]
        count += len(files) + len(folders)
        if count > MAX_FILES:
            raise Unreadable(f"there are more than {MAX_FILES:,} files in it")
        yield from (Path(place, name) for name in files)


def refuse_if_many(notebooks: Sized, size: int) -> None:
    """Raise `Unreadable` for more notebooks than are looked into."""
    if len(notebooks) > MAX_NOTEBOOKS:
        raise Unreadable(f"there are {len(notebooks):,} notebooks in it; the limit is {MAX_NOTEBOOKS}")
    refuse_if_large(size)


def attempt(read: Callable[[object], T], opening: AbstractContextManager[IO[bytes]]) -> T | Unreadable | OSError:
    """Read a notebook; return the `Unreadable` or the OSError if that fails."""
    try:
        with opening as file:
            return read(parse(file))
    except (Unreadable, OSError) as error:
        return error


def read_all_in_zip(file: IO[bytes], read: Callable[[object], T]) -> dict[str, T | Unreadable | OSError]:
    """Read the notebooks in an open zip, each in memory; see `read_all_in`."""
    try:
        with zipfile.ZipFile(Sips(file.fileno(), closefd=False)) as archive:
            if len(archive.infolist()) > MAX_FILES:
                raise Unreadable(f"there are more than {MAX_FILES:,} files in its zip")
            notebooks = {
                name: member for member in archive.infolist() if is_meant(name := member.filename.replace("\\", "/"))
            }
            refuse_if_many(notebooks, sum(member.file_size for member in notebooks.values()))
            if {member.compress_type for member in notebooks.values()} - {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise Unreadable("its zip is packed in an uncommon way. Pack it as usual")
            return {name: attempt(read, archive.open(member)) for name, member in notebooks.items()}
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError):
        raise Unreadable("its zip is damaged, or needs a password") from None


class Sips(io.FileIO):
    """A file of which little is read at once, whatever a zip says of the size of its directory."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(MAX_DIRECTORY if size is None or size < 0 else min(size, MAX_DIRECTORY))
