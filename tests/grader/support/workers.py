"""Workers in a sandbox: calls what is executed there, and knows what mustn't be done or ends one."""

import contextlib
import textwrap

import pytest

from rnnlm_grader.protocol.candidate import ANSWER, OWN, SET_UP, CodeCell, WorkerLost
from rnnlm_grader.protocol.program import Program
from rnnlm_grader.sandbox.candidate import SandboxedCandidate


def code_cells(*pairs):
    """The cells of a submission, from (name, source) of each; a name that isn't an answer's begins with the kind."""
    kinds = [next((kind for kind in (SET_UP, OWN) if name.startswith(kind)), ANSWER) for name, _ in pairs]
    return tuple(CodeCell(kind, *pair) for kind, pair in zip(kinds, pairs, strict=True))


@contextlib.contextmanager
def begun(*cells, names=("work",), allowed=20, **options):
    """Give a candidate whose worker has executed these cells; a source alone is that of the cell `work`."""
    cells = code_cells(*(("work", cell) if isinstance(cell, str) else cell for cell in cells))
    with contextlib.closing(SandboxedCandidate(cells, names, **options)) as candidate:
        candidate.begin(allowed)
        yield candidate


class CallFailed(Exception):
    """What an answer raised."""


def calling(name, *args):
    """A program that calls a function."""
    program = Program()
    program.step("call", name, None, args, {}, is_seen=True)
    return program


def call(candidate, name="work", *args):
    """Return what a function gives."""
    (reply,) = candidate.play([calling(name, *args)])
    if reply.raised:
        raise CallFailed(f"{reply.raised.kind}: {reply.raised.message}", reply.raised)
    return reply.seen[0]


def call_work(*cells, **options):
    """Execute cells in a fresh worker; return what `work()` gives."""
    with begun(*cells, **options) as candidate:
        return call(candidate)


def function(body, name="work"):
    """The source of a function without arguments."""
    return f"import os, sys\ndef {name}():\n{textwrap.indent(body, '    ')}\n"


def busy(seconds):
    """The source of what computes for so long."""
    return f"import time\nend = time.process_time() + {seconds}\nwhile time.process_time() < end: pass"


FORBIDDEN = [
    "import rnnlm_ref",
    "import rnnlm_grader.engine.exam",
    "open('/etc/passwd').read()",
    f"open({__file__!r}).read()",
    "open('/proc/1/environ').read()",
    "open('/course/planted', 'w')",
    "open('/usr/lib/planted', 'w')",
    "open('/dev/planted', 'w')",
    "os.chmod('/dev/null', 0o666)",
    "os.utime('/dev/null')",
    "import sysconfig; open(sysconfig.get_path('purelib') + '/planted', 'w')",
    "with open('/tmp/big', 'wb') as f: f.write(bytes(2 << 20))",
    "for i in range(20):\n    with open(f'/dev/shm/{i}', 'wb') as f: f.write(bytes(1 << 20))",
    "bytearray(4 << 30)",
    "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "os.pipe()",
    "os.memfd_create('x')",
    "os.fork()",
    "import subprocess; subprocess.run(['/bin/sh', '-c', 'true'], check=True)",
    "os.sched_setaffinity(0, range(os.cpu_count()))",
    "import fcntl; fcntl.lockf(os.open(sys.executable, os.O_RDONLY), fcntl.LOCK_SH)",
    "import fcntl; fcntl.flock(os.open(sys.executable, os.O_RDONLY), fcntl.LOCK_SH)",
    "os.posix_fadvise(os.open(sys.executable, os.O_RDONLY), 0, 0, os.POSIX_FADV_DONTNEED)",
    "import fcntl; fcntl.ioctl(os.open(sys.executable, os.O_RDONLY), 0xC020660B, bytes(64))",  # FS_IOC_FIEMAP
    "import mmap; mmap.mmap(os.open(sys.executable, os.O_RDONLY), 4096, prot=mmap.PROT_READ).madvise(21)",  # _PAGEOUT
    "os.preadv(os.open(sys.executable, os.O_RDONLY), [bytearray(1)], 0, os.RWF_NOWAIT)",
]
LOSES = pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("os._exit(3)", "exit status 3"),
        ("import ctypes; ctypes.string_at(0)", "signal 11"),
        ("import signal; signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass", "time allowed"),
        ("for fd in range(3, 64):\n    try: os.write(fd, b'x' * 100)\n    except OSError: pass", "disturbed"),
        ("""os.write(int(sys.argv[2]), 2 * b'\\x15\\0\\0\\0[0, [null], null, ""]')""", "disturbed"),  # one too many
        ("for fd in range(3, 64):\n    try: os.close(fd)\n    except OSError: pass", "closed|ended"),
    ],
)


def how_lost(body, **options):
    """Return how a worker is lost that executes this."""
    with pytest.raises(WorkerLost) as lost:
        call_work(function(body), allowed=1 if "while True" in body else 30, **options)
    return str(lost.value)
