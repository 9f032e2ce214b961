"""Podman in bubblewrap's place: the same attacks fail, the same answers get the same results, and nothing stays behind.

Skipped where podman can't start; it is too large a package for every run of CI to install.
"""

import contextlib
import json
import re
import select
import signal
import subprocess
import sys
import time

import demo
import pytest
from course_folder import WORK, batch_of, release
from support.inside import INSIDE, look_round
from support.workers import FORBIDDEN, LOSES, CallFailed, begun, call, code_cells, function, how_lost

from rnnlm_grader.course.job import Job, run, version
from rnnlm_grader.sandbox import choice, connection

# For machines without cgroups of version 2, or inside a container.
pytestmark = pytest.mark.programs
OTHER_RUNTIME = """
[engine]
runtime = "runc"
[containers]
cgroups = "no-conmon"
"""


@pytest.fixture(scope="module", autouse=True)
def configured(tmp_path_factory):
    """Podman as it is configured here or, where that can't start, with another runtime."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        folder = tmp_path_factory.mktemp("podman")
        if not choice.FIND["podman"]():
            pytest.skip("podman isn't installed")
        if why_not_at_all(folder):
            (folder / "containers.conf").write_text(OTHER_RUNTIME)
            patch.setenv("CONTAINERS_CONF", str(folder / "containers.conf"))
        if reason := why_not_at_all(folder):
            pytest.skip(f"podman can't start here: {reason}")
        assert choice.why_not("podman") is None
        yield
    wait_until_nothing_is_left()
    choice.resolve.cache_clear()


def why_not_at_all(folder):
    """Start podman without any of the grader's arguments; return what it says if that fails."""
    for link in ("lib", "lib64"):
        with contextlib.suppress(FileExistsError):
            (folder / link).symlink_to(f"usr/{link}")
    command = ["podman", "run", "--rm", "--network=none", "--volume=/usr:/usr:ro", "--rootfs", str(folder)]
    done = subprocess.run([*command, "/usr/bin/true"], capture_output=True, text=True, check=False)
    return done.stderr.strip() if done.returncode else None


def left_behind():
    """Containers of the grader, and the processes that look after one."""
    listed = [
        ["podman", "ps", "--all", "--format={{.Names}}", "--filter=name=^rnnlm-"],
        ["pgrep", "--full", "(podman|conmon) .*rnnlm-[0-9a-f]{16}"],
    ]
    return [subprocess.run(command, capture_output=True, text=True, check=False).stdout.split() for command in listed]


def wait_until_nothing_is_left(seconds=20):
    end = time.monotonic() + seconds
    while any(left := left_behind()):
        assert time.monotonic() < end, left
        select.select([], [], [], 0.2)


def test_what_a_worker_may_not_do_raises_in_it():
    attacks = [
        *(lines for lines in FORBIDDEN if "/proc/1/" not in lines),  # that is the worker itself
        "open('/proc/self/comm', 'w')",
        "open('/proc/1/oom_score_adj', 'w')",
        "open('/sys/planted', 'w')",
        "open('/run/planted', 'w')",
        "open('/etc/planted', 'w')",
        "os.listdir('/sys')[0]",
        "open('/proc/2/stat')",
    ]
    source = "".join(function(lines, f"attack_{number}") for number, lines in enumerate(attacks))
    with begun(source, sandbox="podman", allowed=60) as candidate:
        for number, lines in enumerate(attacks):
            with pytest.raises(CallFailed):
                print(lines, call(candidate, f"attack_{number}"))


@LOSES
def test_a_worker_that_is_lost_is_reported_with_the_reason(body, reason):
    assert re.search(reason, how_lost(body, sandbox="podman"))


SURROUNDINGS = """
import os
def foreign():
    shown = {"COURSE_PATH", "HOME", "HOSTNAME", "LC_ALL", "PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED",
             "LOGNAME", "USER"}  # of the container, which newer runtimes set
    return len([name for name in os.environ if name not in shown and "_NUM_THREADS" not in name
                and not name.startswith("OPENBLAS_")])
def privileges():
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    return sum(int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"))
def devices():
    return len([line for line in open("/proc/net/dev") if ":" in line and not line.strip().startswith("lo:")])
def writable():
    mounts = [line.split() for line in open("/proc/mounts")]
    tree = [place for _, place, _, options, *_ in mounts if "rw" in options.split(",")]
    return len(set(tree) - {"/tmp", "/dev/shm", "/dev/pts", "/dev/mqueue"}
               - {place for place in tree if place.startswith("/sys/")})  # under the mask
"""


def test_numpy_works_nothing_of_the_host_is_there_and_the_kernel_has_no_other_call(monkeypatch):
    monkeypatch.setenv("SECRET", "of the instructor's")
    monkeypatch.setenv("HTTP_PROXY", "http://user:password@proxy/")
    with begun(SURROUNDINGS + INSIDE, sandbox="podman") as candidate:
        for name in ("foreign", "privileges", "devices", "writable"):
            assert call(candidate, name) == 0, name
        look_round(candidate)


def test_a_worker_that_is_given_up_while_it_starts_leaves_nothing_behind(monkeypatch):
    for seconds in (0, 0.2, 0.4):
        monkeypatch.setattr(connection, "START_SECONDS", seconds)
        with contextlib.suppress(choice.SandboxMissing), begun("x = 1", sandbox="podman"):
            pass
    wait_until_nothing_is_left()


GRADER = """
import sys
from rnnlm_grader.sandbox import podman
from rnnlm_grader.sandbox.candidate import SandboxedCandidate
from rnnlm_grader.protocol.candidate import ANSWER, CodeCell
from rnnlm_grader.protocol.program import Program
podman.MOST_SECONDS = int(sys.argv[2])
candidate = SandboxedCandidate([CodeCell(ANSWER, "work", sys.argv[1])], ["work"], sandbox="podman")
candidate.begin(60)
print("begun", flush=True)
program = Program()
program.step("call", "work", None, (), {})
candidate.play([program])
"""


@pytest.mark.parametrize(
    ("answer", "most_seconds"),
    [
        ("def work(): return 1", 600),
        ("import time\ndef work(): time.sleep(500)", 3),
    ],
    ids=["idle", "asleep"],
)
def test_a_grader_that_is_killed_leaves_nothing_behind(answer, most_seconds):
    command = [sys.executable, "-c", GRADER, answer, str(most_seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as grader:
        assert grader.stdout.readline() == "begun\n"
        assert all(left_behind())
        grader.send_signal(signal.SIGKILL)
    wait_until_nothing_is_left()


def result_of(embedding, box):
    """What the examination of a submission finds, without the key, which names the sandbox."""
    time_embedding = ("MyTimeEmbedding", demo.TIME_RIGHT)
    cells = code_cells(("set-up", "import numpy as np"), ("MyEmbedding", embedding), time_embedding)
    answers = (("MyEmbedding", demo.RIGHT), time_embedding)
    result = run(Job(demo.ASSIGNMENT, cells, answers, b"k" * 32, box, 20.0, 60.0, version()))
    return result.pop("key"), json.dumps(result)


@pytest.mark.parametrize(
    "embedding", [demo.RIGHT, demo.corpus.EMBEDDING_MISTAKES["Overwrites"]], ids=["right", "wrong"]
)
def test_a_submission_gets_the_same_result_as_in_bubblewrap(embedding):
    keys, results = zip(*(result_of(embedding, box) for box in ("bwrap", "podman")), strict=True)
    assert results[0] == results[1]
    assert keys[0] != keys[1]


def test_where_bubblewrap_is_missing_podman_is_used_and_that_is_recorded(tmp_path, monkeypatch):
    monkeypatch.setitem(choice.FIND, "bwrap", lambda: None)
    choice.resolve.cache_clear()
    release(tmp_path)
    demo.hand_in(tmp_path, {"somebody": WORK["unfinished"]})
    assert batch_of(tmp_path).grade().graded == ["somebody"]
    (graded,) = (tmp_path / "autograded").rglob("*.ipynb")
    assert json.loads(graded.read_text())["metadata"]["rnnlm_grader"]["sandbox"] == "podman"
