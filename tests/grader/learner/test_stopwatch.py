"""An answer that doesn't come to an end, in a notebook."""

import ast
import builtins
import subprocess
import sys

import pytest
from support.workers import call

from rnnlm_grader.learner.stopwatch import LOOK, SECONDS_LATER, LoopsLook, TimedCandidate, look_at_the_clock
from rnnlm_grader.protocol.candidate import TIMED_OUT, WorkerLost


def defined(source):
    """Return the `f` that a cell defines whose loops look at the clock."""
    names = {}
    exec(compile(LoopsLook().visit(ast.parse(source)), "<cell f>", "exec"), names)
    return names["f"]


@pytest.fixture
def run(monkeypatch):
    """Define `f` and call it with a limit of so many seconds; return what it gives."""
    monkeypatch.setattr(builtins, LOOK, look_at_the_clock, raising=False)

    def run(source, seconds):
        candidate = TimedCandidate(f=defined(source))
        candidate.begin(seconds)
        return call(candidate, "f")

    return run


# They come to an end, though late, so that a test that fails does.
@pytest.mark.parametrize(
    "body",
    [
        "while n < 10**7: n += 1",
        "for n in range(10**7): pass",
        "while n < 10**7:\n  try: n += 1; 1 / 0\n  except: pass",
        "try:\n  while n < 10**7: n += 1\n except BaseException: pass",
        "def g(n):\n  while n < 10**7: n += 1\n g(0)",
    ],
    ids=["while", "for", "swallows what is raised in the loop", "swallows what is raised around it", "in a helper"],
)
def test_an_endless_loop_is_stopped(run, body):
    with pytest.raises(WorkerLost) as caught:
        run(f"def f(n=0):\n {body}", 0.02)
    assert caught.value.args[0].reason == TIMED_OUT


def test_what_follows_an_endless_call_gets_less_time():
    candidate = TimedCandidate()
    candidate.stopped_in = "line 3"
    candidate.begin(5)
    assert candidate.seconds == SECONDS_LATER


def test_what_ends_in_time_gives_what_it_should_and_outside_of_an_examination_there_is_no_limit(run):
    source = "def f(x=0):\n for i in range(5):\n  x += i\n return x"
    assert run(source, 5) == 10
    assert TimedCandidate.at_work is None
    assert defined(source)() == 10


def test_the_learner_can_interrupt_as_ever(run):
    with pytest.raises(KeyboardInterrupt):
        run("def f(): raise KeyboardInterrupt", 5)
    assert TimedCandidate.at_work is None


NOTEBOOK = """
import sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("from rnnlm_grader import check")
sys.modules["rnnlm_grader.learner.check"].SECONDS = 0.05
shell.run_cell("def my_perplexity(losses, counts):\\n  total = 0\\n  while total < 1: pass")
shell.run_cell("check(my_perplexity)")
"""


def test_check_stops_an_endless_answer_in_a_shell_and_names_the_line():
    done = subprocess.run([sys.executable, "-c", NOTEBOOK], capture_output=True, text=True, check=True, timeout=60)
    assert "(stopped in line 3 of its cell: `while total < 1: pass`)" in " ".join(done.stdout.split())


def test_in_a_browser_the_clock_of_the_process_is_not_asked_for_it_fails_after_36_minutes(monkeypatch):
    def fails():
        raise RuntimeError("the processor time used is not available or its value cannot be represented")

    monkeypatch.setattr("sys.platform", "emscripten")
    monkeypatch.setattr("time.process_time", fails)
    candidate = TimedCandidate()
    candidate.begin(5)
    assert 0 <= candidate.used < 5
