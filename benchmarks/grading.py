"""Measure how long a class takes to be graded, against nbgrader as it comes, and what memory that takes.

usage: grading.py [--students N] [--rounds N] [--assignment SLUG] [--memory N ...]

Every way grades copies of the same notebooks: a right answer and a wrong one of the corpora by turns, each with a
comment of its own, so that no two are equal. The ways take turns; a time is that of the whole command.
"""

import argparse
import contextlib
import importlib
import itertools
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests")]

from demo import filled  # noqa: E402
from processes import descendants, processes  # noqa: E402

WORKER = b"rnnlm_grader/sandbox/worker.py"  # in the command of what runs a student's code

STOCK = """c = get_config()
c.CourseDirectory.course_id = "stock"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
"""
WAYS = {
    "stock nbgrader, serial": (STOCK, ["nbgrader", "autograde"]),
    "nbgrader autograde": (None, ["nbgrader", "autograde"]),
    "rnnlm-grade --jobs 1": (None, ["rnnlm-grade", "--jobs", "1"]),
    "rnnlm-grade --jobs 2": (None, ["rnnlm-grade", "--jobs", "2"]),
}


def notebooks(assignment, count, distinct=None):
    """Yield the work of a class: (student, notebook as text). So many are distinct; None: all."""
    corpus = importlib.import_module(f"corpora.{assignment[3:].replace('-', '_')}")
    blank = nbformat.read(ROOT / "exercises" / assignment / f"{assignment}.ipynb", as_version=4)
    answers = {name: itertools.cycle(by_turns(corpus.RIGHT[name], corpus.WRONG[name])) for name in corpus.RIGHT}
    texts = []
    for number in range(distinct or count):
        work = {name: f"{next(sources)}\n# student {number}\n" for name, sources in answers.items()}
        texts.append(nbformat.writes(filled(blank, **work)))
    for number in range(count):
        yield f"student-{number:03}", texts[number % len(texts)]


def by_turns(right, wrong):
    """Return each right answer, and after each a wrong one."""
    return list(itertools.chain.from_iterable(zip(right.values(), itertools.cycle(wrong.values()), strict=False)))


def lay_out(folder, config, assignment, count, distinct=None):
    """Make a course in which a class has handed in."""
    (folder / "solutions").mkdir(parents=True)
    shutil.copytree(ROOT / "solutions" / assignment, folder / "solutions" / assignment)
    (folder / "nbgrader_config.py").write_text(config or (ROOT / "nbgrader_config.py").read_text())
    for student, text in notebooks(assignment, count, distinct):
        path = folder / "submitted" / student / assignment / f"{assignment}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(text)
    run(folder, ["nbgrader", "generate_assignment", assignment])


def run(folder, command, look=None):
    """Run a command in a course, looking at its processes now and then; return the seconds that it took."""
    start = time.perf_counter()
    with open(folder / "log.txt", "wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    while process.poll() is None:
        if look:
            look(process.pid)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.2 if look else None)
    if process.returncode:
        sys.exit("\n".join((folder / "log.txt").read_text().splitlines()[-20:]))
    return time.perf_counter() - start


class Peak:
    """The most memory that a grader's own processes had at once, in MiB; what they share counts for each of them."""

    def __init__(self):
        self.mebibytes = 0

    def look(self, grader):
        own = {grader} | descendants(grader)
        sizes = [memory for number, _, memory, command in processes() if number in own and WORKER not in command]
        self.mebibytes = max(self.mebibytes, sum(sizes) / 2**20)


def compare(scratch, assignment, count, rounds):
    """Print how long each way takes."""
    seconds = {way: [] for way in WAYS}
    for number, (way, (config, command)) in itertools.product(range(rounds), WAYS.items()):
        course = scratch / f"{number}-{way.replace(' ', '-')}"
        lay_out(course, config, assignment, count)
        took = run(course, [*command, assignment])
        seconds[way].append(took)
        shutil.rmtree(course)
    stock = statistics.median(next(iter(seconds.values())))
    print(f"\n{assignment}, {count} submissions, median of {rounds}")
    for way, took in seconds.items():
        middle = statistics.median(took)
        print(f"{way:24} {middle:7.1f} s  {middle / count * 1000:6.0f} ms each  {stock / middle:5.1f} x stock")


def measure_memory(scratch, assignment, sizes):
    """Print the grader's peak memory for classes of several sizes."""
    for count in sizes:
        course = scratch / f"class-of-{count}"
        lay_out(course, None, assignment, count)
        peak = Peak()
        took = run(course, ["rnnlm-grade", assignment, "--jobs", "2"], peak.look)
        print(f"{count:4} submissions: peak {peak.mebibytes:.0f} MiB, {took / count * 1000:.0f} ms each")
        shutil.rmtree(course)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assignment", default="01-embedding")
    parser.add_argument("--students", type=int, default=200, metavar="N", help="in the class (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=1, metavar="N", help="default: %(default)s")
    parser.add_argument("--memory", type=int, nargs="*", default=[50, 500], metavar="N", help="class sizes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        compare(Path(scratch), options.assignment, options.students, options.rounds)
        measure_memory(Path(scratch), options.assignment, options.memory)


if __name__ == "__main__":
    main()
