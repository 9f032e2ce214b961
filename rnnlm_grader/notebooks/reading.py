"""Finds the notebooks in what a student handed in, and reads them without their outputs, however large these are.

It may be anything, and this runs in the grader's own process: no link is followed, nothing is unpacked to the disk, and
there is a limit to what is looked at, read and kept.
"""
import codecs
import contextlib
import errno
import io
import json
import os
import re
import stat
import zipfile
import zlib
from pathlib import Path

MAX_FILE = 200 * 2**20  # bytes of a file, and of all the notebooks that may be the one
MAX_KEPT = 20 * 2**20  # characters of a notebook without its outputs
MAX_PARTS = 500_000  # lists and objects: of what is kept, and of what isn't
MAX_QUOTES = 20_000_000
MAX_FILES = 10_000  # in a folder or a zip
MAX_NOTEBOOKS = 20
CHUNK = 2**18  # bytes
MAX_DIRECTORY = 4 * 2**20  # bytes of the directory of a zip, which is read as a whole
LEADS_OUT = re.compile(r"[/\\]|[A-Za-z]:|(.*[/\\])?\.\.([/\\]|$)", re.DOTALL)
ASIDE = "__MACOSX"  # where macOS puts what other systems don't know
# JSON, as far as it is cut into pieces. A group that may fail half-way is atomic: Python up to 3.11.4 gets a possessive
# one wrong.
OPEN_TEXT = r'"[^"\\]*+(?:\\.[^"\\]*+)*+'
UNREAD = r'"(?:outputs|attachments|widgets)"\s*+'  # keys of what isn't needed, where it is a list or an object
KEPT = re.compile(rf'(?>(?:[^"]++|(?!{UNREAD}(?:\Z|:\s*+(?:\Z|[\[{{]))){OPEN_TEXT}")*)', re.DOTALL)
KEY = re.compile(rf"({UNREAD}:\s*+)[\[{{]")
LEFT_OUT = re.compile(rf'(?>(?:[^"\[\]{{}}]++|{OPEN_TEXT}")*)', re.DOTALL)
OPEN = re.compile(OPEN_TEXT, re.DOTALL)
LONGEST_KEY = 20  # characters, of those that are left out
MIDDLE = '"...'  # stands for the beginning of a long string, and of no such key


class Unreadable(Exception):
    """What was handed in is no notebook; the message says why, in one line."""


class TooMuch(Unreadable):
    """There is more in a notebook than is read."""

    def __init__(self, what):
        super().__init__(f"it has {what}. Clear its outputs and hand it in again")


@contextlib.contextmanager
def opened(path):
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


def refuse_if_large(size):
    """Raise `TooMuch` for more bytes than are read."""
    if size > MAX_FILE:
        raise TooMuch(f"{size / 2**20:,.0f} MiB; the limit is {MAX_FILE // 2**20}")


def parse(file):
    """Return the notebook in an open file as plain data, with null in the place of outputs and attachments."""
    try:
        text = "".join(without_outputs(decoded(file)))
        if not text.strip():
            raise Unreadable("it is empty")
        if text.count("{") + text.count("[") > MAX_PARTS:
            raise TooMuch(f"more than {MAX_PARTS:,} parts")
        return json.loads(text, parse_int=len, parse_float=len)  # no number counts, so none is read, however long
    except (ValueError, RecursionError):
        raise Unreadable("it is not a notebook: its content isn't valid JSON") from None


def decoded(file):
    """Yield the text of an open file of JSON: UTF-8, with or without a mark, UTF-16 or UTF-32."""
    chunk = file.read(CHUNK)
    decoder = codecs.getincrementaldecoder(json.detect_encoding(chunk))("surrogatepass")
    while chunk:
        yield decoder.decode(chunk)
        chunk = file.read(CHUNK)
    yield decoder.decode(b"", final=True)


def without_outputs(chunks):
    """Yield the text of a notebook in pieces, without what `UNREAD` names: memory doesn't grow with that."""
    sieve = Sieve()
    for chunk in chunks:
        yield from sieve.kept_of(chunk)
    if not sieve.depth:
        yield sieve.text[sieve.told:]


class Sieve:
    """Where `without_outputs` is, between two chunks of the text."""

    def __init__(self):
        self.text = ""  # what has come and is neither kept nor left out yet
        self.told = 0  # how many characters of that have been yielded all the same
        self.depth = 0  # how many lists and objects are open in what is being left out
        self.held = ""  # backslashes at the end of a chunk: what they mean is seen only from what follows
        self.kept = self.parts = self.quotes = 0  # how many characters, brackets and quotation marks there were

    def kept_of(self, chunk):
        """Yield what is kept, as far as can be told when this has come too."""
        chunk = self.held + chunk
        whole = chunk.rstrip("\\")
        self.text, self.held = self.text + whole, chunk[len(whole):]
        self.quotes += whole.count('"')
        if self.kept + len(self.text) + len(self.held) > MAX_KEPT:
            raise TooMuch(f"more than {MAX_KEPT // 2**20} MiB beside its outputs")
        at = 0
        while not self.depth or (at := self.leave_out(at)) is not None:
            end = KEPT.match(self.text, at).end()
            if key := KEY.match(self.text, end):
                yield f"{self.text[max(at, self.told): end]}{key[1]}null"
                at, self.depth = key.end(), 1
            else:
                if is_long := self.is_in_text(end) and len(self.text) - end > LONGEST_KEY:
                    end = len(self.text)
                yield self.text[max(at, self.told): end]
                self.kept += end - at
                self.text, self.told = (MIDDLE, len(MIDDLE)) if is_long else (
                    self.text[end:], max(self.told - end, 0))
                return

    def leave_out(self, at):
        """Return the place where what is left out ends; where that hasn't come yet, drop all that has, return None."""
        while self.depth:
            at = LEFT_OUT.match(self.text, at).end()
            if self.text[at: at + 1] in ("", '"'):
                self.text, self.told = self.text[at: at + 1], 0
                return None
            self.depth += 1 if self.text[at] in "[{" else -1
            self.parts += 1
            if self.parts > 2 * MAX_PARTS or self.quotes > MAX_QUOTES:
                raise TooMuch(f"more than {MAX_PARTS:,} parts in its outputs")
            at += 1
        return at

    def is_in_text(self, at):
        """Whether a string begins there whose end hasn't come yet."""
        begun = OPEN.match(self.text, at)
        return begun is not None and begun.end() == len(self.text)


def read_all_in(folder, read):
    """Read the notebooks in a folder and its subfolders, or where there is none, in the one zip that is there.

    Parameters
    ----------
    read : callable
        Plain data of a notebook → what is returned of it.

    Returns
    -------
    dict of name → what `read` returned, or the `Unreadable` that it was
    """
    files = sorted(files_in(folder))
    notebooks = [path for path in files if is_notebook(path.name)]
    if notebooks or not (zips := [path for path in files if path.suffix.casefold() == ".zip"]):
        refuse_if_many(notebooks, sum(path.lstat().st_size for path in notebooks))
        return {path.relative_to(folder).as_posix(): attempt(read, opened(path)) for path in notebooks}
    if len(zips) > 1:
        raise Unreadable(f"there are {len(zips)} zips in it, and no notebook")
    with opened(zips[0]) as file:
        found = read_all_in_zip(file, read)
    return {f"{zips[0].relative_to(folder).as_posix()}/{name}": what for name, what in found.items()}


def is_notebook(name):
    """Whether a file bears the name of a notebook, and isn't one that a system keeps for itself."""
    return name.casefold().endswith(".ipynb") and not name.startswith(".")


def is_aside(folder):
    """Whether the name of a folder tells that nobody meant to hand in what is in it."""
    return folder == ASIDE or folder.startswith(".")


def files_in(folder):
    """Yield the paths of all files in a folder and its subfolders; links to folders aren't followed."""
    count = 0
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not is_aside(name)]
        count += len(files) + len(folders)
        if count > MAX_FILES:
            raise Unreadable(f"there are more than {MAX_FILES:,} files in it")
        yield from (Path(place, name) for name in files)


def refuse_if_many(notebooks, size):
    """Raise `Unreadable` for more notebooks than are looked into."""
    if len(notebooks) > MAX_NOTEBOOKS:
        raise Unreadable(f"there are {len(notebooks):,} notebooks in it; the limit is {MAX_NOTEBOOKS}")
    refuse_if_large(size)


def attempt(read, opening):
    """Read a notebook; return the `Unreadable` or the OSError if that fails."""
    try:
        with opening as file:
            return read(parse(file))
    except (Unreadable, OSError) as error:
        return error


def read_all_in_zip(file, read):
    """Read the notebooks in an open zip, each in memory; see `read_all_in`."""
    try:
        with zipfile.ZipFile(Sips(file.fileno(), closefd=False)) as archive:
            if len(archive.infolist()) > MAX_FILES:
                raise Unreadable(f"there are more than {MAX_FILES:,} files in its zip")
            for member in archive.infolist():
                refuse_member(member)
            notebooks = {name: member for member in archive.infolist()
                         if is_meant(name := member.filename.replace("\\", "/"))}
            refuse_if_many(notebooks, sum(member.file_size for member in notebooks.values()))
            return {name: attempt(read, archive.open(member)) for name, member in notebooks.items()}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
        raise Unreadable("its zip is damaged") from None


class Sips(io.FileIO):
    """A file of which little is read at once, whatever a zip says of the size of its directory."""

    def read(self, size=-1):
        return super().read(min(size, MAX_DIRECTORY) if size >= 0 else MAX_DIRECTORY)


def is_meant(name):
    """Whether the path of a file in a zip is that of a notebook that somebody meant to hand in."""
    *folders, last = name.split("/")
    return is_notebook(last) and not any(map(is_aside, folders))


def refuse_member(member):
    """Raise `Unreadable` if a file in a zip is something that an honest one has none of, or that can't be read."""
    if LEADS_OUT.match(member.filename):
        raise Unreadable("its zip has a path that leads out of it")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise Unreadable("its zip holds a link, and links aren't followed")
    if member.flag_bits & 1:
        raise Unreadable("its zip needs a password. Pack it without one")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unreadable("its zip is packed in an uncommon way. Pack it as usual")
