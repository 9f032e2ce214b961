"""The same result on a busy machine as on an idle one: a right answer may be slow, and a loop endless."""

import ast
import contextlib
import os
import shutil
import subprocess

import pytest
from course_folder import BLANK, SLUG, collect, contents, gradebook_of, open_course
from demo import RIGHT, TIME_RIGHT, filled
from nbformat import writes
from nbformat.v4 import new_code_cell
from support.workers import busy, code_cells

from rnnlm_grader.course import pool
from rnnlm_grader.course.batch import Batch
from rnnlm_grader.course.gradebook import recorded_scores
from rnnlm_grader.course.job import Job, run, version

PERPLEXITY = "def my_perplexity(losses, counts): return np.exp(np.average(losses, weights=counts))"


@contextlib.contextmanager
def busy_loops(count):
    """Have so many processes compute beside this one, on the same processors."""
    loops = [subprocess.Popen(["/bin/sh", "-c", "while :; do :; done"]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


@pytest.fixture
def one_processor():
    """Have this process, and all that it starts, share one processor."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    yield
    os.sched_setaffinity(0, allowed)


def begin_with(statements, source, *methods):
    """Put statements at the beginning of some functions of a source."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in methods:
            node.body[:0] = ast.parse(statements).body
    return ast.unparse(tree)


@pytest.mark.usefixtures("one_processor")
@pytest.mark.corpus
@pytest.mark.parametrize(
    ("own", "start", "points"),
    [
        ("", busy(0.01), 6),
        (busy(0.2), "while 0 in list(counts): pass", 5),
    ],
    ids=["slow", "sometimes endless, beside a slow cell"],
)
def test_an_answer_gets_the_same_result_beside_four_busy_loops(own, start, points):
    cells = code_cells(
        ("set-up 0", "import numpy as np"),
        ("own cell 1", own),
        ("my_perplexity", begin_with(start, PERPLEXITY, "my_perplexity")),
    )
    job = Job("06-rnnlm", cells, (), b"k" * 32, "bwrap", 0.5, 3.0, version())
    idle = run(job)
    with busy_loops(4):
        loaded = run(job)
    assert sum(part["points"] for part in idle["results"]) == points
    assert idle == loaded


LOOPS = "while True: pass"
CLASS = {  # student → (own cell, MyEmbedding)
    "slow-5-ms": ("", begin_with(busy(0.005), RIGHT, "forward", "backward")),
    "slow-cell": (busy(3), RIGHT),
    "endless-cell": (LOOPS, RIGHT),
    "slow-forward-endless-backward": ("", begin_with(busy(0.01), begin_with(LOOPS, RIGHT, "backward"), "forward")),
    "endless": ("", begin_with(LOOPS, RIGHT, "__init__")),
}
FULL = {"slow-5-ms", "slow-cell", "endless-cell"}
FORWARD = {"slow-forward-endless-backward"}  # has all that the first answer's `forward` is worth


def grade(course):
    """Grade a class on all processors; return what is left: marks, and the bytes of results and graded notebooks."""
    coursedir, config = open_course(course)
    config.GradeInSandbox.update({"seconds_per_criterion": 6.0, "seconds_per_answer": 9.0, "seconds_per_cell": 4.0})
    count = len(os.sched_getaffinity(0))
    with pool.examiners(count) as executor:
        batch = Batch(coursedir, config)
        tally = batch.grade(executor, count)
    assert (tally.failed, tally.unfinished) == ({}, [])
    return contents(course / "results"), contents(course / "autograded")


@pytest.mark.corpus
def test_a_class_gets_the_same_results_beside_four_busy_loops(tmp_path):
    work = {}
    for student, (own, source) in CLASS.items():
        notebook = filled(BLANK, MyEmbedding=source, MyTimeEmbedding=TIME_RIGHT)
        notebook.cells.append(new_code_cell(own))
        work[student] = writes(notebook)
    idle = collect(tmp_path / "idle", work)
    loaded = shutil.copytree(idle, tmp_path / "loaded")
    left = grade(idle)
    with gradebook_of(idle) as book:
        marks = recorded_scores(book, SLUG)
    assert {student: sum(marks[student].values()) for student in FULL} == dict.fromkeys(FULL, 25)
    assert {student: marks[student]["MyEmbedding-forward"] for student in FORWARD} == dict.fromkeys(FORWARD, 3)
    with busy_loops(4):
        assert grade(loaded) == left
