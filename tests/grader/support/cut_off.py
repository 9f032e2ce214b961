"""Cuts a batch off, by force, at a chosen moment, and lets a second run go on.

A moment is one change of the disk: a file opened for writing, renamed, removed or made read-only, a folder made or
removed, a commit of the database. `crash` ends the process there, as a loss of power would: what was written since and
not yet forced to the disk (fsync) is cut in half. It runs in a child process; the caller looks at what was left.
"""

import os
import sys
import traceback
from pathlib import Path

import sqlalchemy

CHANGES = {
    "open",
    "os.rename",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.chmod",
    "os.link",
    "os.truncate",
    "shutil.rmtree",
}
CRASHED = 99


class Disk:
    """Counts the changes that this process makes below a folder, and ends it at one of them."""

    def __init__(self, folder, last):
        self.folder, self.last = os.fspath(folder), last
        self.count = 0
        self.unsafe = set()  # paths of files that may not have reached the disk
        self.dead = False

    def watch(self):
        """Begin to watch."""
        sys.addaudithook(self.saw)
        sqlalchemy.event.listen(sqlalchemy.engine.Engine, "commit", lambda connection: self.change())
        self.fsync, os.fsync = os.fsync, self.forced

    def saw(self, event, args):
        if self.dead or event not in CHANGES or isinstance(args[0], int):
            return
        path, reads = os.fsdecode(args[0]), event == "open" and not (args[2] or 0) & (os.O_WRONLY | os.O_RDWR)
        if reads or not path.startswith(self.folder):
            return
        self.change()
        if event == "open":
            self.unsafe.add(path)
        elif event == "os.rename" and path in self.unsafe:
            self.unsafe.remove(path)
            self.unsafe.add(os.fsdecode(args[1]))

    def forced(self, fd):
        self.unsafe.discard(os.readlink(f"/proc/self/fd/{fd}"))
        self.fsync(fd)

    def change(self):
        """Count one more change, before it is made; at the last, lose power."""
        self.count += 1
        if self.count == self.last:
            self.dead = True
            for path in map(Path, self.unsafe):
                if path.is_file():
                    os.truncate(path, path.stat().st_size // 2)
            os._exit(CRASHED)


def crash(folder, last, work):
    """Do `work` in a child process which ends at its change number `last`; return (exit status, changes counted)."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            disk = Disk(folder, last)
            disk.watch()
            work()
            os.write(writing, str(disk.count).encode())
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        counted = pipe.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), int(counted or 0)
