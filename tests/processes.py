"""Looks for what a grader may have left running, and watches what it needs while it runs."""

import contextlib
import os
import threading
import time
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")


def processes():
    """Yield (number, parent's number, bytes in memory, command line) of every process."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            state, parent = (process / "stat").read_text().rpartition(")")[2].split()[:2]
            if state == "Z":
                continue  # it has ended, but nobody has asked yet
            memory = int((process / "statm").read_text().split()[1]) * PAGE
            yield int(process.name), int(parent), memory, (process / "cmdline").read_bytes()


def orphans():
    """Workers whose grader is gone: their parent is the system's first process. Those of a running test don't count."""
    return [
        number
        for number, parent, _, command in processes()
        if parent == 1 and b"rnnlm_grader/sandbox/worker.py" in command
    ]


def staying(look, *args):
    """What `look` still finds after five seconds; the kernel takes a moment to bury what was killed, here or beside."""
    for _ in range(50):
        if not look(*args):
            break
        time.sleep(0.1)
    return look(*args)


def mentioning(word):
    """Processes whose command line holds a word."""
    return [number for number, _, _, command in processes() if word.encode() in command]


class Watch:
    """While it is entered, watches the memory of this process and of all that it starts."""

    def __init__(self):
        self.peak_of_others = 0
        self.growth = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exception):
        self._done.set()
        self._thread.join()

    def _look(self):
        first = None
        while not self._done.wait(0.05):
            sizes = {number: memory for number, _, memory, _ in processes()}
            own = sizes[os.getpid()]
            first = first or own
            self.growth = max(self.growth, own - first)
            others = sum(sizes.get(number, 0) for number in descendants(os.getpid()))
            self.peak_of_others = max(self.peak_of_others, others)


def parents():
    """{number: parent's number} of every process."""
    return {number: parent for number, parent, _, _ in processes()}


def descendants(ancestor):
    """The processes that one started, directly or not."""
    table, found, new = parents(), set(), {ancestor}
    while new:
        new = {number for number, parent in table.items() if parent in new} - found
        found |= new
    return found
