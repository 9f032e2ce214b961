"""How long a learner waits for a check, and a grader for a submission.

A check: `check(answer, part)`, its report included, for the plainest right answer and for wrong ones: those of the
corpus, which the library of misconceptions knows, and mutants of the right one, most of which it doesn't, so that it
searches in vain. `first` is the first check in a process that has only imported the course; `warm` the median of five
later ones; both are processor time, so that what else the machine does counts less. A submission: its whole examination
in the sandbox, on the learner's inputs and hidden ones, less the start of the worker.

usage: check_time.py [--mutants 12] [--names MyRNN ...]
"""

import argparse
import contextlib
import functools
import io
import multiprocessing
import os
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tools")]

import numpy as np  # noqa: E402
from corpora import CORPORA  # noqa: E402
from mutate import mutants_of, noticed, plainest  # noqa: E402

from rnnlm_grader import check  # noqa: E402
from rnnlm_grader.content import ASSIGNMENTS  # noqa: E402
from rnnlm_grader.engine.exam import hidden_seed, public_seed  # noqa: E402
from rnnlm_grader.protocol.bench import load_cells  # noqa: E402
from rnnlm_grader.protocol.candidate import ANSWER, SET_UP, CodeCell  # noqa: E402
from rnnlm_grader.sandbox import candidate as sandboxed  # noqa: E402
from rnnlm_grader.sandbox.candidate import SandboxedCandidate  # noqa: E402
from rnnlm_grader.sandbox.connection import Connection  # noqa: E402
from rnnlm_grader.verdict.allowance import Allowance  # noqa: E402
from rnnlm_grader.verdict.grading import grade_submission  # noqa: E402

CHECK_MS = 300  # the target
REPEATS = 5


def milliseconds(function, clock=time.perf_counter):
    start = clock()
    function()
    return 1000 * (clock() - start)


def timed_check(case):
    """Time one case (assignment, name, part, source) in this process; return (first, warm) or None if it is right."""
    slug, name, part, source, right = case
    names = {}
    load_cells([("imports", "import numpy as np"), *(plainest(slug) | {name: source}).items()], names)
    passed = True

    def once():
        nonlocal passed
        with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
            try:
                check(names[name], part)
            except AssertionError:
                passed = False

    first = milliseconds(once, time.process_time)
    warm = statistics.median(milliseconds(once, time.process_time) for _ in range(REPEATS))
    return (first, warm) if passed == right else None


def wrong_answers(corpus, name, mutants):
    """The corpus's wrong answers, and some mutants of the right one, spread over all."""
    slug, source = corpus.SLUG, plainest(corpus.SLUG)[name]
    found = [
        mutant.source
        for mutant in mutants_of(slug, name, source)
        if noticed(mutant) and load_cells([("imports", "import numpy as np"), (name, mutant.source)], {}) == {}
    ]
    return [*corpus.WRONG[name].values()], found[:: max(1, len(found) // mutants)]


def row(label, pairs):
    """Print median and maximum of the first and of the warm times; return the largest."""
    if not pairs:
        return 0
    first, warm = zip(*pairs, strict=True)
    print(
        f"  {label:16} {len(pairs):4} {statistics.median(first):7.1f} {max(first):7.1f} "
        f"{statistics.median(warm):7.1f} {max(warm):7.1f}",
        flush=True,
    )
    return max(first)


def measure_checks(corpus, names, mutants):
    """Print a table for each name and part; return the largest time."""
    largest = 0
    for name, part in ASSIGNMENTS[corpus.SLUG].parts():
        if names and name not in names:
            continue
        print(f"{name} · {part}")
        known, unknown = wrong_answers(corpus, name, mutants)
        for label, sources in (
            ("right", [plainest(corpus.SLUG)[name]]),
            ("wrong, known", known),
            ("wrong, mutants", unknown),
        ):
            cases = [(corpus.SLUG, name, part, source, label == "right") for source in sources]
            with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as pool:  # a fresh process for each
                pairs = [pair for pair in pool.imap(timed_check, cases, chunksize=1) if pair]
            largest = max(largest, row(label, pairs))
    return largest


class TimedConnection(Connection):
    """Keeps how long workers took to start."""

    starting = 0.0

    def __init__(self, *args):
        TimedConnection.starting += milliseconds(lambda: super(TimedConnection, self).__init__(*args))


def measure_submission(corpus, wrong):
    """Return (milliseconds beyond start-up, of start-up) for a whole submission, right or with one mistake a name."""
    assignment, plain = ASSIGNMENTS[corpus.SLUG], plainest(corpus.SLUG)
    answers = plain | ({name: next(iter(corpus.WRONG[name].values())) for name in plain} if wrong else {})
    cells = [
        CodeCell(SET_UP, "imports", "import numpy as np"),
        *(CodeCell(ANSWER, name, source) for name, source in answers.items()),
    ]
    times = []
    for _ in range(REPEATS):
        TimedConnection.starting = 0.0
        with contextlib.closing(SandboxedCandidate(cells, assignment.names)) as candidate:
            total = milliseconds(
                functools.partial(
                    grade_submission,
                    assignment,
                    candidate,
                    cells,
                    plain,
                    lambda criterion: [
                        (public_seed(criterion), False),
                        (hidden_seed(b"a key" * 8, corpus.SLUG, criterion), True),
                    ],
                    Allowance(5),
                )
            )
        times.append((total - TimedConnection.starting, TimedConnection.starting))
    return tuple(map(statistics.median, zip(*times, strict=True)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mutants", type=int, default=12, help="at least so many for each name, where there are")
    parser.add_argument("--names", nargs="*", help="checks and exercises of these only; all, if left out")
    options = parser.parse_args()
    sandboxed.Connection = TimedConnection
    corpora = [corpus for corpus in CORPORA if not options.names or {*options.names} & corpus.RIGHT.keys()]
    print("a submission, ms   beyond start-up (start-up)")
    slowest = 0
    for corpus in corpora:
        times = [measure_submission(corpus, wrong) for wrong in (False, True)]
        slowest = max(slowest, times[0][0])
        print(
            f"  {corpus.SLUG:20}",
            *(
                f"{label} {beyond:6.1f} ({start:.0f})"
                for label, (beyond, start) in zip(("right", "wrong"), times, strict=True)
            ),
            flush=True,
        )
    print("\na check, ms        cases   first: median, max   warm: median, max")
    largest = max(measure_checks(corpus, options.names, options.mutants) for corpus in corpora)
    print(f"\nslowest right submission {slowest:.0f} ms; slowest first check {largest:.0f} ms, target {CHECK_MS}")


if __name__ == "__main__":
    main()
