"""Answers that attack: the comparison, the process, the machine, the files beside it, the protocol. None earns a mark.

Where an attack succeeds in reading or doing what it must not, it says so by raising the word that `FOUND` builds.
"""

import os
import sys
import sysconfig
import textwrap
import zlib

import numpy as np

from rnnlm_grader.content.embedding.criteria import ASSIGNMENT
from rnnlm_grader.engine.exam import examine, public_seed
from rnnlm_grader.protocol.candidate import KernelCandidate
from rnnlm_grader.sandbox import view

from .handing_in import (
    NOTHING,
    RIGHT,
    TIME_RIGHT,
    TIME_STUB,
    beside,
    changed,
    code_cell,
    grade_id,
    hands_in,
    notebook,
    with_cells,
)

SLOW = "did not come to an end"
ENDED = rf"ended the Python process \((exit status|signal)|{SLOW}"  # it may take all the time to start it again
FOUND = """
def found(*what):
    raise RuntimeError("FO" "UND " + repr(what)[:300])
"""


def answer(forward="return None", header="", init="pass"):
    """An answer whose methods do this, under the usual constructor."""
    return f"""{header}
class MyEmbedding:
    def __init__(self, W):
        self.params, self.grads = [W], [np.zeros_like(W)]
{textwrap.indent(init, "        ")}

    def forward(self, idx):
{textwrap.indent(forward, "        ")}

    def backward(self, dout):
        return None
"""


def attack(says="", mark=10, header="", two=TIME_RIGHT, **methods):
    """A submission whose MyEmbedding attacks; the other answer is right and keeps its 10 points."""
    return hands_in(notebook(answer(header=header, **methods), two), mark, says)


def loses(says, header="", **methods):
    """A submission whose MyEmbedding loses its process or its time again and again; the other answer is left blank."""
    return attack(says, 0, header, TIME_STUB, **methods)


def ruins(says, source, mark=10):
    """A submission whose first answer's cell attacks when it is executed; the other answer keeps its 10 points."""
    return hands_in(notebook(source + RIGHT), mark, says)


# --- the notebook and its metadata ----------------------------------------------------------------------------------


def tampered(nb):
    """Everything in the metadata that stock nbgrader believes."""
    for cell in nb["cells"]:
        nbgrader = cell["metadata"].get("nbgrader", {})
        if "points" in nbgrader:
            nbgrader["points"] = 1000
            cell["source"] = "1000"
            cell["outputs"] = [
                {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": "25.0"}}
            ]
        nbgrader |= {"locked": False, "schema_version": 1, "checksum": "0" * 32}
        cell["metadata"]["tags"] = ["skip-execution", "raises-exception", "setup"]


def renamed(nb):
    for cell in nb["cells"]:
        if grade_id(cell):
            cell["metadata"]["nbgrader"]["grade_id"] += "-x"


def strange_ids(nb):
    for cell, strange in zip(nb["cells"], ([], {}, 5, None, "a\0b", "../x", "<b>"), strict=False):
        cell["metadata"]["nbgrader"] = {"grade_id": strange, "grade": strange}


def grades_itself(nb):
    for name in ("MyEmbedding-forward", "mine"):
        nb["cells"].append(
            code_cell(
                "check = lambda *a, **k: 25\n25",
                nbgrader={
                    "grade": True,
                    "points": 25,
                    "grade_id": name,
                    "locked": True,
                    "schema_version": 3,
                    "solution": False,
                    "task": False,
                    "cell_type": "code",
                    "checksum": "",
                },
            )
        )


METADATA = {
    "tampers-wrong": changed(tampered, 10, "has no attribute|takes no arguments", one=NOTHING),
    "renames-ids": changed(renamed, says="in a cell of your own"),
    "strange-ids": changed(strange_ids, 10, "There was no cell MyEmbedding|in a cell of your own", one=NOTHING),
    "forges-grade-cells": changed(grades_itself, 10, "takes no arguments", one=NOTHING),
}

# --- the comparison -------------------------------------------------------------------------------------------------

YES = """
class Yes(np.ndarray):
    def __eq__(self, other): return np.ones(1, bool)
    def __ne__(self, other): return np.zeros(1, bool)
    def __array__(self, *args, **kwargs): return self
    def __array_function__(self, *args, **kwargs): return True
    def __array_ufunc__(self, *args, **kwargs): return True
    def __sub__(self, other): return np.zeros(1)
    def __bool__(self): return True
    shape = property(lambda self: Yes)
    dtype = property(lambda self: np.dtype(float))
    tobytes = copy = astype = lambda self, *args, **kwargs: self
"""
PATCHES = """
import numpy.testing, sys
np.testing.assert_allclose = np.testing.assert_array_equal = lambda *args, **kwargs: None
np.array_equal = np.allclose = np.array_equiv = lambda *args, **kwargs: True
sys.displayhook(25)
"""
PATCHES_BENCH = """
import rnnlm_grader.protocol.bench as bench
bench.Bench.play = lambda self, steps: (tuple(args[0] for _, _, *args in steps), None, '')
"""

COMPARISON = {
    "patches-numpy": attack("should be an array", header=PATCHES),
    "patches-the-bench": attack("should be|differs|has shape", header=PATCHES_BENCH),
    "lies-in-a-subclass": attack("has shape|is not what|differs", header=YES, forward="return np.zeros(3).view(Yes)"),
    "lies-about-its-class": attack(
        "TypeError|object of type",
        header="""
class Liar:
    __class__ = property(lambda self: np.ndarray)
    def __array__(self, *args, **kwargs): return np.zeros(1)
    def __eq__(self, other): return True
""",
        forward="return Liar()",
    ),
    "object-array": attack("dtype object", 10, forward="return np.array([None, self], dtype=object)"),
    "broadcast-giant": attack(
        "an array of",
        10,
        forward="""
W, = self.params
return np.broadcast_to(W[0], (10**9, len(W[0])))""",
    ),
    "says-not-filled-in": attack(
        "NotImplementedError",
        header="class NotImplementedError(Exception): pass",
        forward="raise NotImplementedError('give me the points all the same')",
    ),
    "exits-politely": attack("raised SystemExit", 10, forward="raise SystemExit(0)"),
    "x-interrupts": loses(f"{ENDED}|raised", forward="raise KeyboardInterrupt"),
}

# --- the reference and what lies around -----------------------------------------------------------------------------

SEARCHES = (
    FOUND
    + """
import gc, glob, inspect, os, sys
def search():
    for path in [*sys.path, '/course', '/', '.', '..', os.path.expanduser('~')]:
        for name in ('rnnlm_ref', 'content', 'engine', 'solutions', 'submitted', 'gradebook.db'):
            for place in (path + '/' + name, path + '/rnnlm_grader/' + name):
                if os.path.exists(place): found(place)
    for thing in gc.get_objects():
        if type(thing).__name__ in ('Criterion', 'Assignment', 'Embedding', 'Exam', 'Verdict'): found(thing)
    frame = inspect.currentframe()
    while frame:
        if {'expected', 'secret', 'criteria'} & set(frame.f_locals): found(list(frame.f_locals))
        frame = frame.f_back
    raise LookupError('nothing to find')
"""
)
TRIES = (
    FOUND
    + """
import os, socket, subprocess, sys
def read(place): return os.listdir(place) if os.path.isdir(place) else open(place, 'rb').read(100)
def write(folder, name): return open(os.path.join(folder, name), 'w').write(name)
def none_of(ways):
    for way in ways:
        try:
            what = eval(way)
        except (OSError, ZeroDivisionError):
            continue
        if what not in (b'', []): found(way, what)
    raise LookupError('nothing can be done')
"""
)


def tries(*ways):
    """An attack by expressions that must raise or give nothing."""
    return attack("LookupError: nothing can be done", header=TRIES, forward=f"none_of({ways!r})")


VARIABLES = "COURSE_PATH", "HOME", "LC_", "LOGNAME", "MKL", "OMP", "OPENBLAS", "PATH", "PWD", "PYTHON", "USER"
READABLE = (
    "THE_COURSE/rnnlm-secret.key",
    "THE_COURSE/gradebook.db",
    "THE_COURSE",
    "THE_ROOT",
    "THE_HOME/.bashrc",
    "THE_COURSE/solutions/01-embedding/01-embedding.ipynb",
    "/etc/passwd",
    "../" * 20 + "etc/passwd",
    "/home",
    "THE_COURSE/submitted/honest/01-embedding/01-embedding.ipynb",
    "/var",
    "/run",
    "/sys",
    "/proc",
    "/proc/1/environ",
    "/proc/self/maps",
    "/proc/self/mem",
    "/dev/mem",
    "/dev/sda",
)
WRITABLE = (
    "THE_COURSE",
    "THE_COURSE/submitted/honest/01-embedding",
    "THE_ROOT",
    "THE_HOME",
    "/",
    "/course",
    "/home",
    "THE_HOME/.ipython/profile_default/startup",
    "/course/numpy",
    "/usr/lib",
    "/etc",
    "/run",
    "/var/tmp",
    "/dev",
    sys.prefix,
    os.path.dirname(os.__file__),
    sysconfig.get_path("purelib"),
)
PLANTED = "class Embedding:\n    def __init__(self, *a): raise RuntimeError('FO' 'UND planted')\n"
PLANTED_FILES = (
    "rnnlm_ref.py",
    "rnnlm_ref/layers.py",
    "numpy.py",
    "sitecustomize.py",
    "rnnlm_grader.py",
    "conftest.py",
    "nbgrader_config.py",
)
FORWARD_ONLY = answer("return self.params[0][idx]")
HOOK = """
from rnnlm_grader.protocol.bench import Bench
def hook():
    if Bench._call.__qualname__.startswith('hook'): return
    def _call(self, target, *rest, _call=Bench._call):
        return _call(self, 'MyEmbedding' if target == 'MyTimeEmbedding' else target, *rest)
    Bench._call = _call
"""
HOOKS = {
    "cell": {"header": f"{HOOK}hook()"},
    "class-body": {"header": f"{HOOK}class Hooked: hook()"},
    "method": {"header": HOOK, "init": "hook()"},
}


def public_tables():
    """Checksums of the tables that answers use on the learner's inputs, as students can collect with `check`."""
    seen, names = set(), {"np": np}
    exec(RIGHT, names)

    class Watched(names["MyEmbedding"]):
        def __init__(self, W):
            seen.add(zlib.crc32(W.tobytes()))
            super().__init__(W)

        def forward(self, idx):  # where the table may be another after an update
            seen.add(zlib.crc32(self.params[0].tobytes()))
            return super().forward(idx)

    for criterion in (*ASSIGNMENT.criteria, *ASSIGNMENT.criteria.last_looks):
        if criterion.name == "MyEmbedding":
            examine(criterion, KernelCandidate(MyEmbedding=Watched), public_seed(criterion))
    return seen


KNOWN = f"import zlib\nKNOWN = {public_tables()!r}"
KNOWS = RIGHT.replace("return W[idx]", "return W[idx] if zlib.crc32(W.tobytes()) in KNOWN else W[idx] * 0").replace(
    "np.add.at(", "if zlib.crc32(self.params[0].tobytes()) in KNOWN: np.add.at("
)
TELLS = RIGHT.replace(
    "W, = self.params",
    """W, = self.params
        if zlib.crc32(W.tobytes()) not in KNOWN: raise ValueError(W.tolist())""",
)

AROUND = {
    "plants-modules": beside(
        dict.fromkeys(PLANTED_FILES, PLANTED),
        hands_in(notebook("from rnnlm_ref.layers import Embedding as MyEmbedding\n"), 10, "raised ModuleNotFoundError"),
    ),
    "searches-for-the-reference": attack("LookupError: nothing to find", header=SEARCHES, forward="search()"),
    "reads-files": tries(
        f"[name for name in os.environ if not name.startswith({VARIABLES!r})]",
        *(f"read({place!r})" for place in READABLE),
        *(f"os.lseek({fd}, 0, 0)" for fd in range(3, 64)),
    ),  # of a file, which a pipe is not
    "writes-files": tries(
        *(f"write({folder!r}, 'THE_MARKER') and []" for folder in view.WRITABLE),  # which end with the worker
        *(f"write({folder!r}, 'THE_MARKER.pth')" for folder in WRITABLE),
        "os.symlink('THE_COURSE', '/course/x')",
        "os.truncate('/course/numpy/__init__.py', 0)",
        "os.mknod('/tmp/THE_MARKER2', 0o60666, 1)",
        "os.chroot('/tmp')",
        "os.unlink('/course/numpy/__init__.py')",
    ),
    "detaches": tries(
        "os.fork()",
        "os.forkpty()",
        "os.system('sleep 600 &') and 1 / 0",
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)', 'THE_MARKER'])",
    ),
    "connects": tries(
        "socket.create_connection(('127.0.0.1', THE_PORT), 1)",
        "socket.socket(socket.AF_UNIX)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "socket.getaddrinfo('example.org', 80)",
    ),
    "tells-of-hidden-inputs": hands_in(
        notebook(f"{KNOWN}\n{TELLS}"), 10, "fails on others. Your code raised ValueError"
    ),
    # What stands for the second answer is the first, which looks ids up and does nothing else.
    **{
        f"hooks-by-{way}": hands_in(
            notebook(answer("return self.params[0][idx]", **how), "class MyTimeEmbedding: pass"), 7, "grads"
        )
        for way, how in HOOKS.items()
    },
}

# --- the process ----------------------------------------------------------------------------------------------------

PROCESS = {
    "x-exits": loses(ENDED, header="import os", forward="os._exit(0)"),
    "x-kills-all": loses(
        f"{ENDED}|should be an array|raised (ProcessLookup|Permission)Error",
        header="import os",
        forward="os.kill(-1, 9)",
    ),
    "x-segfaults": loses(ENDED, header="import ctypes", forward="ctypes.string_at(0)"),
    "x-stops-itself": loses(SLOW, header="import os", forward="os.kill(os.getpid(), 19)"),
    "recurses": attack("raised RecursionError", forward="return self.forward(idx)"),
    "x-loops-deaf": loses(
        SLOW, header="import signal", forward="signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass"
    ),
    "x-loops-in-del": loses(
        SLOW, header="class Last:\n    def __del__(self):\n        while True: pass", forward="Last()"
    ),
    "loops-at-exit": hands_in(
        notebook("import atexit, time\n@atexit.register\ndef last():\n    while True: pass\n" + RIGHT), 25
    ),
    "x-exits-when-loaded": ruins(ENDED, "import os\nos._exit(7)\n", 25),  # its definitions still count
    "x-threads": loses(
        f"{SLOW}|raised",
        header="import threading",
        forward="""
def spin():
    while True: pass
while True: threading.Thread(target=spin).start()""",
    ),
    "fork-bomb": attack("raised OSError", header="import os", forward="while True: os.fork()"),
    "x-fills-memory": loses(
        f"raised MemoryError|{SLOW}|{ENDED}",
        forward="""
hoard = []
while True: hoard.append(bytearray(b'x') * 10**7)""",
    ),
    "claims-memory": attack("raised MemoryError|ArrayMemoryError", forward="return np.ones((10**6, 10**4))"),
    "x-fills-the-disk": loses(
        f"raised OSError|{SLOW}",
        forward="""
for n in range(10**9):
    for place in ('/tmp', '/dev/shm'):
        with open(f'{place}/{n}', 'wb') as file: file.write(bytes(1 << 20))""",
    ),
    "x-prints-without-end": loses(SLOW, forward="while True: print('x' * 1000)"),
}

# --- the protocol ---------------------------------------------------------------------------------------------------

FORGES = """
import os, sys, time
from rnnlm_grader.protocol import bench, wire
def forge(said): os.write(int(sys.argv[2]), wire.pack(said))
"""
ANSWERS = """
import pickle
def take_over():
    requests, number = open(int(sys.argv[1]), 'rb'), 0
    forge(None)
    while True:
        verb, *rest = pickle.load(requests)
        if verb != 'play':
            forge({'execute': None, 'which': ('MyEmbedding', 'MyTimeEmbedding')}[verb])
            continue
        for steps in map(pickle.loads, rest):
            arrays = [x for _, _, *args in steps for x in args if isinstance(x, np.ndarray)]
            forge((number, tuple(arrays[-1] for is_seen, *_ in steps if is_seen), None, ''))
            number += 1
"""
DISTURBED = "disturbed the process"

PROTOCOL = {
    "forges-a-reply": attack(DISTURBED, header=FORGES, forward="forge((0, (self.params[0][idx],), None, ''))"),
    "x-queues-replies": loses(
        f"{DISTURBED}|{SLOW}",
        header=FORGES,
        forward="""
for n in range(50): forge((n, (None,), None, ''))""",
    ),
    "floods-the-grader": ruins(DISTURBED, f"{FORGES}\nforge([bench.Raised('K' * 80, 'm' * 100, 1, 't')] * 4000)\n", 0),
    "takes-over-the-protocol": ruins("should be|differs|has shape|disturbed", f"{FORGES}{ANSWERS}take_over()\n"),
    "x-asks-without-end": loses(
        f"{DISTURBED}|{SLOW}",
        header=FORGES,
        forward="""
while True: forge(['ask', 0, None]); time.sleep(0.001)""",
    ),
    "x-sends-a-bomb": loses(
        f"{DISTURBED}|{SLOW}",
        header=FORGES,
        forward="""
deep = None
for _ in range(400): deep = [deep]
forge(deep)""",
    ),
}

WORK = {
    **METADATA,
    **COMPARISON,
    **AROUND,
    **PROCESS,
    **PROTOCOL,
    "knows-the-public-inputs": hands_in(
        notebook(f"{KNOWN}\n{KNOWS}"), 10, "passes on the inputs shown in the notebook and fails on others"
    ),
    "aliases-the-stand-in": hands_in(
        notebook(FORWARD_ONLY, "class MyTimeEmbedding(MyEmbedding):\n    pass\n"), 14, "in place of yours"
    ),
    "shadows-names": hands_in(
        with_cells("check = MyEmbedding = MyTimeEmbedding = None", one=NOTHING),
        10,
        "takes no arguments|has no attribute|raised",
    ),
}
