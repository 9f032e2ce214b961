"""What a student's code can do in the sandbox: compute, and nothing else."""

import contextlib
import os
import re
import sys
import textwrap

import numpy as np
import pytest
from processes import orphans, staying
from support.workers import (
    FORBIDDEN,
    LOSES,
    CallFailed,
    begun,
    busy,
    call,
    call_work,
    calling,
    code_cells,
    function,
    how_lost,
)

from rnnlm_grader.protocol import wire
from rnnlm_grader.protocol.bench import load_cells
from rnnlm_grader.protocol.candidate import KernelCandidate, WorkerLost
from rnnlm_grader.protocol.program import Program
from rnnlm_grader.protocol.values import is_snapshot
from rnnlm_grader.sandbox import candidate as candidates
from rnnlm_grader.sandbox import choice, connection, view
from rnnlm_grader.sandbox.candidate import SandboxedCandidate


@pytest.mark.parametrize("body", FORBIDDEN)
def test_what_a_worker_may_not_do_raises_in_it(body):
    with pytest.raises(CallFailed):
        call_work(function(body))


@LOSES
def test_a_worker_that_is_lost_is_reported_with_the_reason(body, reason):
    assert re.search(reason, how_lost(body))


def test_every_worker_orders_a_set_in_the_same_way():
    source = "def work(): return hash('embedding')"
    assert call_work(source) == call_work(source)


def test_prints_without_end_are_cut():
    with begun("def work():\n    for _ in range(100000): print('x' * 100)") as candidate:
        (reply,) = candidate.play([calling("work")])
        assert len(reply.printed) == 2000


def test_many_long_requests_and_replies_at_once_do_not_wait_for_each_other():
    xs = [np.full(12_000, float(i)) for i in range(5)]  # 96 KB each; a pipe holds 64
    with begun("def work(x): return 2 * x") as candidate:
        replies = candidate.play([calling("work", x) for x in xs])
        assert all(np.array_equal(*reply.seen, 2 * x) for reply, x in zip(replies, xs, strict=True))


def test_no_part_of_the_grader_but_the_worker_unpickles():
    folder = view.COURSE / "rnnlm_grader"
    reads = re.compile(r"pickle\.load|Unpickler|marshal\.load|allow_pickle=True")
    assert [path.name for path in folder.rglob("*.py") if reads.search(path.read_text())] == ["worker.py"]


def test_after_a_failure_no_step_of_the_program_is_taken_and_the_next_one_is_played():
    source = "calls = []\ndef fail(): calls.append(1); 1 / 0\ndef count(): return len(calls)"
    with begun(source, names=["fail", "count"]) as candidate:
        program = calling("count")
        for _ in range(3):
            program.step("call", "fail", None, (), {}, is_seen=True)
        failed, other = candidate.play([program, calling("count")])
        assert (failed.seen, failed.raised.kind, other.seen) == ((0,), "ZeroDivisionError", (1,))


@pytest.mark.parametrize(
    "frame",
    [
        b'{"array": ["O", [1], ""]}',
        b'{"array": ["<f8,", [1], "MTIzNDU2Nzg="]}',
        b'{"array": ["<f8", [1]]}',
        b'{"array": ["<f8", [1], "?MTIzNDU2Nzg="]}',
        b'{"array": ["<f8", [1000000, 1000000], "MTIzNDU2Nzg="]}',
        b"{}",
        b'{"evil": [1]}',
        b'{"Opaque": [5]}',
        b'{"Raised": [["a"], "b", 1, "c", true, [], []]}',
        b'{"Raised": ["a", "b", 1, "c", true, [-1, 2], []]}',
        b'{"Raised": ["a", "b", 1, "c", true, [], [["x", "array", "y"]]]}',
        b"[" * 5000 + b"]" * 5000,
        b"\xff",
        b"[] []",
        b"] [",
    ],
    ids=range(15),
)
def test_frames_that_break_the_rules_are_refused(frame):
    with pytest.raises(wire.WireError):
        wire.unpack(frame)


@pytest.mark.parametrize("frame", [b"[[[[null]]]]", b"[" + b"null," * 999 + b"[null]]", b'"text"', b'[["text"]]'])
def test_what_no_answer_gives_is_not_taken_for_a_value(frame):
    assert not is_snapshot(wire.unpack(frame))


def test_a_frame_over_the_limit_is_refused_before_it_is_read():
    with pytest.raises(wire.WireError, match="over the limit"):
        wire.take_frame(bytearray(wire.LENGTH.pack(2**22)))


@pytest.mark.parametrize(
    ("result", "told"),
    [
        ("np.broadcast_to(np.ones(3), (10**9, 3))", "an array of "),
        ("[np.zeros(300) for _ in range(900)]", "a list "),
        ("[[[1.0] * 99] * 9] * 9", "a list "),
        ("[0] * 1001", "a list "),
    ],
)
def test_what_is_far_larger_than_any_right_result_does_not_cross(result, told):
    assert call_work(f"import numpy as np\ndef work(): return {result}").description.startswith(told)


def test_a_missing_sandbox_stops_grading_with_one_clear_line(monkeypatch):
    monkeypatch.setitem(choice.FIND, "bwrap", lambda: None)
    monkeypatch.setitem(choice.FIND, "podman", lambda: None)
    for name, missing in {"bwrap": "bwrap", "podman": "podman", "auto": "bwrap wasn't found; podman"}.items():
        with pytest.raises(choice.SandboxMissing) as refused:
            choice.resolve.__wrapped__(name)
        assert re.match(rf"No sandbox .*nothing was graded: {missing} wasn't found\. Install .*$", str(refused.value))


SAYS = """#!/bin/sh
echo 'bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted' >&2
exit 1
"""


@pytest.mark.parametrize(("name", "installs"), [("bwrap", []), ("auto", ["podman"])])
def test_a_sandbox_that_is_found_and_cannot_start_says_why_and_is_not_to_be_installed(
    monkeypatch, tmp_path, name, installs
):
    program = tmp_path / "program"
    program.write_text(SAYS)
    program.chmod(0o755)
    monkeypatch.setitem(choice.FIND, "bwrap", lambda: program)
    monkeypatch.setitem(choice.FIND, "podman", lambda: None)
    with pytest.raises(choice.SandboxMissing, match=r"failed \(bwrap: loopback: Failed RTM_NEWADDR[^\n]*$") as refused:
        choice.resolve.__wrapped__(name)
    said = str(refused.value)
    assert "threat-model.md, In a container" in said
    table = (view.COURSE / "book" / "threat-model.md").read_text().partition("## In a container")[2]
    assert "loopback: Failed RTM_NEWADDR: Operation not permitted" in table
    assert re.findall(r"Install (\w+)", said) == installs


def test_a_sandbox_that_fails_in_mid_grading_is_not_taken_for_the_students_fault():
    candidate = SandboxedCandidate(code_cells(("work", "x = 1")), ["x"])
    candidate.command = (["/bin/false"], {})
    with pytest.raises(choice.SandboxMissing, match="failed to start a worker"):
        candidate.begin(5)


def test_a_worker_that_is_killed_while_it_starts_leaves_nothing_behind(monkeypatch):
    for i in range(40):
        monkeypatch.setattr(connection, "START_SECONDS", 0.0005 * i)
        with contextlib.suppress(choice.SandboxMissing), begun("x = 1"):
            pass
    assert not staying(orphans)


@pytest.fixture(params=["sandbox", "kernel"])
def call_with(request):
    """Call `work(f, x)` of a source, with a function of the grader's and an array, in a worker or in this process."""

    def called(source, function):
        program, names = Program(), {}
        program.step("call", "work", None, (program.lend(function), np.array([1.0, 2.0])), {}, is_seen=True)
        if request.param == "sandbox":
            with begun(source) as candidate:
                return candidate.play([program])[0]
        load_cells([("work", source)], names)
        return KernelCandidate(work=names["work"]).play([program])[0]

    return called


def test_an_answer_may_call_a_function_that_stays_with_the_grader(call_with):
    seen = []
    assert call_with(
        "def work(f, x): return f(x + 1) - f(x)", lambda x: seen.append(x.tolist()) or float((x**2).sum())
    ).seen == (8.0,)
    assert seen == [[2.0, 3.0], [1.0, 2.0]]


def test_what_a_function_of_the_graders_raises_is_raised_where_the_answer_calls_it(call_with):
    raised = call_with("def work(f, x): return f(x)", lambda x: x[5]).raised
    assert (raised.kind, raised.message) == ("IndexError", "index 5 is out of bounds for axis 0 with size 2")


EMPTY = np.zeros((0, 2), bool)  # of which each comparison is true
FORGED = {  # which reply of a worker → what is said in its place
    1: ["hello", 5],  # that a cell was executed
    2: [5, "work", ("other",), (None,), (EMPTY,)],  # which names are defined
    3: [
        (0, ("a string",), None, ""),
        (0, (None,), None, 5),
        (EMPTY, (None,), None, ""),
        ("ask", 0, "x"),
        ("ask", None, None),
        (1, (None,), None, ""),
        (None, None, None, None),
        (0, (), None, ""),
        (0, (None,), 5, ""),
        (0, (None, None), None, ""),
        7,
    ],  # what came of a program
}


@pytest.mark.parametrize(("at", "said"), [(at, said) for at, ways in FORGED.items() for said in ways])
def test_what_is_forged_loses_the_worker_at_once(monkeypatch, at, said):
    candidate = SandboxedCandidate(code_cells(("work", "def work(): return 1")), ["work"])
    receive, seen = connection.Connection.receive, []

    def forged(worker):
        reply = receive(worker)
        seen[:] = [] if reply == "ready" else [*seen, reply]  # each worker begins with "ready"
        return said if len(seen) == at else reply

    def work():
        candidate.begin(20)
        call(candidate)

    monkeypatch.setattr(connection.Connection, "receive", forged)
    with contextlib.closing(candidate), pytest.raises(WorkerLost, match="disturbed"):
        work()
    assert len(seen) == at


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("while True: pass", ["kept"]),
        ("import os; os._exit(3)", ["kept"]),
        ("class Loop:\n    while True: pass", []),  # which loops among the definitions too
    ],
)
@pytest.mark.parametrize("name", ["work", "own cell 2"])
def test_of_a_cell_that_loses_the_worker_the_definitions_are_executed_and_other_cells_lose_nothing(name, source, kept):
    source = f"def kept(): return 3\n{source}"
    cells = ("first", "def first(): return 1"), (name, source), ("last", "def last(): return 2")
    with begun(*cells, names=["first", "kept", "last"], seconds=0.5) as candidate:
        assert candidate.defined == ("first", *kept, "last")
        assert list(candidate.failed) == [name]
        assert candidate.failed[name].reason.startswith(("it did not come to an end", "your code ended the Python"))
        assert candidate.failed[name].defines is bool(kept)
        assert [call(candidate, each) for each in ("first", *kept, "last")] == [1, *[3 for _ in kept], 2]
        assert candidate.used < 0.5  # what the cell took is not charged to another's criterion


def test_what_waits_uses_no_time_until_it_is_far_too_long():
    with begun("import time\ndef work(): time.sleep(0.5)", allowed=0.2) as candidate:
        call(candidate)
        assert candidate.used < 0.2
        assert candidate.waits == 0
        candidate.worker.wall_clock_factor = 0.5
        candidate.begin(0.2)
        with pytest.raises(WorkerLost, match=r"does it wait.* of 0\.2 s of processor time; the machine"):
            call(candidate)
        assert candidate.waits == 1


def test_what_computes_is_told_the_time_that_it_was_allowed_and_nothing_of_this_machine():
    with pytest.raises(WorkerLost) as lost:
        call_work(function("while True: pass"), allowed=0.2)
    assert lost.value.args[0].measured == "It was stopped after 0.2 s of processor time."


def test_all_threads_of_an_answer_use_its_time():
    threads = f"import threading\ndef count():\n{textwrap.indent(busy(9), '    ')}\n"
    source = (
        "threads = [threading.Thread(target=count) for _ in range(3)]\n"
        "for each in threads: each.start()\nfor each in threads: each.join()"
    )
    with pytest.raises(WorkerLost, match="time allowed"):
        call_work(threads + function(source), allowed=0.5)


@pytest.fixture
def starts(monkeypatch):
    """A list to which each start of a worker adds."""
    starts, start = [], connection.Connection
    monkeypatch.setattr(candidates, "Connection", lambda *args: starts.append(args) or start(*args))
    return starts


def test_all_cells_of_ones_own_share_the_time_of_one(starts):
    loops = [(f"own cell {n}", "while True: pass") for n in range(1, 50)]
    with begun(*loops, "def work(): return 1", seconds=0.5, all_seconds=3) as candidate:
        assert candidate.defined == ("work",)
        assert set(candidate.failed) == set(dict(loops))
    assert len(starts) == 6  # three cells took 0.5 seconds each, and two half of what was left


@pytest.mark.corpus
def test_a_slow_cell_pays_once_however_often_another_answer_ends_the_process():
    cells = [
        ("ends", "import os\ndef ends(): os._exit(1)"),
        ("own cell 1", busy(0.3)),
        ("slow", f"{busy(0.3)}\ndef slow(): return 1"),
    ]
    with begun(*cells, names=["ends", "slow"], seconds=2, all_seconds=2) as candidate:
        for _ in range(5):
            with pytest.raises(WorkerLost, match="ended the Python process"):
                call(candidate, "ends")
            assert candidate.used > 0.6  # whose criterion ended it pays
            candidate.begin(5)
        assert (candidate.defined, candidate.failed) == (("ends", "slow"), {})


def test_a_cell_that_ends_the_process_pays_for_what_is_executed_again(starts):
    ends = [(f"own cell {n}", "import os\nclass Ends:\n    os._exit(1)") for n in range(20)]
    with begun(f"{busy(0.5)}\ndef work(): return 1", *ends, seconds=2, all_seconds=3) as candidate:
        assert candidate.defined == ("work",)
    assert 3 <= len(starts) <= 5


def test_a_submission_with_no_cell_to_blame_is_given_up_after_three_workers(starts):
    cells = code_cells(("work", "import os, sys\nos.write(int(sys.argv[2]), b'x' * 100)"))
    candidate = SandboxedCandidate(cells, ["work"])
    for _ in range(9):
        with pytest.raises(WorkerLost, match="disturbed"):
            candidate.begin(5)
    assert len(starts) == 3


def test_a_submission_that_loses_one_worker_after_another_in_cells_that_ended_well_before_is_given_up(starts, tmp_path):
    cells = [
        (f"own cell {n}", f"import os\nif os.path.exists({str(tmp_path / 'now')!r}): os._exit({n})") for n in range(30)
    ]
    candidate = SandboxedCandidate(code_cells(*cells), [], sandbox="none", all_seconds=1)
    candidate.begin(5)
    candidate.close()
    (tmp_path / "now").touch()
    with pytest.raises(WorkerLost, match="ended the Python process"):
        candidate.begin(5)
    assert len(starts) <= 8


def test_other_cells_find_nothing_of_those_before_them_nor_what_was_lent_to_them():
    with begun(("one", "one = 1"), ("own cell", "1 / 0"), names=["one", "two"]) as candidate:
        assert list(candidate.failed) == ["own cell"]
        assert candidate.defined == ("one",)
        candidate.load(code_cells(("two", "two = globals().get('one', 2)\ndef get(): return two")))
        assert (candidate.failed, candidate.defined) == ({}, ())
        candidate.begin(5)
        assert candidate.defined == ("two",)
        assert call(candidate, "get") == 2
        for lent, defined in ((("layers",), ("one",)), ((), ())):
            candidate.load(code_cells(("one", "from rnnlm_ref.layers import Embedding as one")), lent)
            candidate.begin(5)
            assert candidate.defined == defined


def test_a_worker_that_died_between_two_criteria_costs_the_second_only_the_time_of_the_cells():
    with begun(f"import os, sys\n{busy(0.3)}\ndef work(): os.close(int(sys.argv[1])); return 1") as candidate:
        for used in (0, 0.3):
            assert call(candidate) == 1
            assert used <= candidate.used < used + 0.2
            candidate.begin(5)


def test_a_criterion_may_be_told_no_more_than_any_right_answer_tells():
    with begun("import numpy as np\ndef work(): return np.zeros(12_000)") as candidate:
        for _ in range(2):  # each has an allowance of its own
            for _ in range(15):
                assert call(candidate).nbytes == 96_000
            candidate.begin(5)
        with pytest.raises(WorkerLost, match="far more than any right answer"):
            [call(candidate) for _ in range(18)]
        candidate.begin(5)  # in a new worker


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("from tqdm import tqdm\ndef work(): return 1\n", "No module named 'tqdm'"),
        ("from rnnlm_grader import check\ndef work(): return 1\ncheck(work)", None),  # that it isn't here isn't told
    ],
)
def test_a_module_that_is_missing_ends_nothing(source, told):
    with begun(source) as candidate:
        assert candidate.defined == ("work",)
        assert {name: why.message for name, why in candidate.failed.items()} == ({"work": told} if told else {})


@pytest.mark.parametrize(
    "fails",
    [
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2])",
        "import matplotlib.pyplot as plt\n"
        "plt.rcParams['figure.dpi'] = 90\nwith plt.style.context('x') as y: plt.plot(1)",
        "from tqdm.auto import tqdm, trange\nfor i in trange(3): pass",
        "took = get_ipython().run_line_magic('timeit', '-o work()')\ntook.average ** 2 < 1",
        "import asyncio\nawait asyncio.sleep(9)",
        "import math\nfrom __future__ import annotations\ndef f(x: Nothing): pass",
        "V = 3\nglobal V",
    ],
)
def test_what_fails_beside_the_definitions_of_a_cell_costs_nothing(fails):
    assert call_work(f"def work(): pass\n{fails}\ndef better(): return 1\nwork = better") == 1


def test_of_several_failures_in_a_cell_the_first_is_told():
    source = "work().x\ndef work(): return 1\nraise SystemExit('old attempts')\nimport math as tools\nvalue = 2"
    with begun(source, names=["work", "value", "tools"]) as candidate:
        assert candidate.defined == ("work", "value", "tools")
        assert (candidate.failed["work"].kind, candidate.failed["work"].line) == ("NameError", 1)


@pytest.mark.parametrize(
    ("start", "holds"),
    [
        ("from numba import njit, jit\n@njit\n@jit(nopython=True)\ndef one(x): return x", "one(1) == 1"),
        ("import torch\ndef f(x: torch.Tensor | None): return x", "f(1) == 1"),
        (
            "from torch import nn\nclass Cell(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
            "        self.params = [1]",
            "Cell().params == [1]",
        ),
        ("from typing_extensions import NamedTuple\nclass Cache(NamedTuple):\n    x: int", "Cache(x=1) == (1,)"),
        (
            "with open('helper.py', 'w') as file: print('def one(x): return x', file=file)\nimport helper",
            "helper.one(1) == 1",
        ),
        ("import torch, copy", "copy.copy(torch) is not None"),
        ("import cupy\nxp = cupy if cupy.cuda.is_available() else np", "xp is np"),
    ],
)
def test_what_stands_for_a_missing_module_leaves_functions_and_classes_as_they_are(start, holds):
    assert call_work("import numpy as np", f"{start}\nholds = {holds}\ndef work(): return holds").item() is True


@pytest.mark.parametrize("start", ["from layers import work", "import rnnlm_ref.layers as work"])
def test_what_a_missing_module_should_have_defined_is_not_defined_and_raises_where_it_is_called(start):
    with begun(start, ("more", "def more(): return work(1)"), names=["work", "more"]) as candidate:
        assert candidate.defined == ("more",)
        assert candidate.failed["work"].kind == "ModuleNotFoundError"
        with pytest.raises(CallFailed, match="No module named") as failed:
            call(candidate, "more")
        assert failed.value.args[1].text == "def more(): return work(1)"


@pytest.mark.parametrize("prefix", ["/usr", "/usr/local", os.path.realpath(sys.base_prefix)])
def test_of_what_lies_beside_python_only_libraries_are_shown(monkeypatch, tmp_path, prefix):
    monkeypatch.setattr(sys, "base_prefix", prefix)
    for place in "share/nbgrader/exchange", "src/course", "lib/python3.11/site-packages", "lib/python3/dist-packages":
        if os.path.isdir(f"{prefix}/{place}") or "packages" not in place:
            assert not view.shows(f"{prefix}/{place}/file")
    assert all(folder == view.INTERPRETER or re.search("/(lib(64)?|bin)$", folder) for folder in view.readable())
    assert view.shows("/usr/lib/course")
    assert view.shows(f"{prefix}/lib/course") is os.path.isdir(f"{prefix}/lib")
    assert not view.shows(np.__file__)  # it is shown in another place, alone
    assert not view.shows(tmp_path)


WRITES_ELSEWHERE = """
import numpy as np
class Forwards(np.ndarray):
    def __setitem__(self, index, value): elsewhere[index] = value
elsewhere = np.zeros(2)
forwards = np.zeros(2).view(Forwards)
def work(which): return (forwards, elsewhere, [0, 0])[which]
"""


def test_an_array_is_written_into_whatever_its_class_would_do_instead():
    with begun(WRITES_ELSEWHERE) as candidate:
        assert write(candidate, 0).seen == ()
        assert [call(candidate, "work", which).tolist() for which in (0, 1)] == [[1, 1], [0, 0]]
        assert write(candidate, 2).raised.message == "an optimizer writes into an array, and this is of type list"


def write(candidate, which):
    """Write into what `work` gives."""
    program = Program()
    program.step("write", program.step("call", "work", None, (which,), {}), np.ones(2))
    (reply,) = candidate.play([program])
    return reply
