"""The examination of one submission as a job: plain data in, plain data out, the same bytes wherever it is run."""

import contextlib
import functools
import hashlib
import hmac
import json
import platform
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..content import ASSIGNMENTS
from ..engine.exam import hidden_seed, public_seed, was_stopped
from ..explaining.words import clean, in_a_word
from ..protocol.candidate import Lost
from ..refusal import Refusal
from ..sandbox.candidate import SandboxedCandidate
from ..verdict.allowance import Allowance
from ..verdict.grading import grade_submission
from ..verdict.marks import State
from ..verdict.report import render

MOST_REMARKS = 20
PACKAGES = [Path(__file__).parents[2] / name for name in ("rnnlm_grader", "rnnlm_ref")]


@dataclass(frozen=True)
class Job:
    """Everything that the result of an examination depends on."""

    assignment: str
    cells: tuple  # of (name, source): the submission, in the order in which it is executed
    answers: tuple  # of (name, source): the instructor's
    secret: bytes  # the course's key
    sandbox: str
    seconds_per_criterion: float
    seconds_per_answer: float  # for all criteria of one name that don't come to an end
    version: str  # of the grader
    whole: tuple = ()  # like `cells`, with all of the student's own cells; () where all of them counts
    seconds_per_cell: float = 5.0
    wall_clock_factor: float = 10.0  # on which no final result depends

    @functools.cached_property
    def key(self):
        """The name of the result: jobs that differ in anything have different ones."""
        said = {name: value for name, value in vars(self).items() if name not in ("secret", "wall_clock_factor")}
        return hmac.digest(self.secret, json.dumps(said, sort_keys=True).encode(), hashlib.sha256).hex()

    @property
    def draw(self):
        """The key from which hidden inputs are drawn: other code meets others, so there is nothing to learn of them."""
        return hmac.digest(self.secret, json.dumps([self.cells, self.whole]).encode(), hashlib.sha256)


@functools.cache
def version():
    """A digest of the grader, the reference, and what computes for them."""
    computing = f"{platform.python_version()} {np.__version__} {platform.machine()}"
    return hashlib.sha256(b"".join([computing.encode(), *map(digest_of_code, PACKAGES)])).hexdigest()[:16]


def digest_of_code(package):
    """Return a digest of the modules in a package's folder; editors keep copies in hidden folders."""
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package.parent).as_posix()
        if "/." not in name:
            digest.update(f"\0{name}\0".encode() + path.read_bytes())
    return digest.digest()


def require_own_grader(course):
    """Raise a `Refusal` where a course has a grader or a reference of its own, and one with other content runs."""
    for running in PACKAGES:
        own = Path(course, running.name)
        if own.is_dir() and digest_of_code(own) != digest_of_code(running):
            mend = shlex.join([sys.executable, "-m", "pip", "install", "-e", str(course)])
            raise Refusal(
                f"The course's {own} would not be used: the {running.name} that runs is {running}, and "
                f"differs. Nothing was done. Run: {mend}"
            )


def run(job):
    """Examine every part of a submission, on the learner's inputs and on hidden ones; return the result as plain data.

    `parts` holds what a student is told for each grade cell, `results` what tables and class reports need to know,
    `failed` a remark for each cell that failed, `is_final` whether it is the same on any machine: whether nothing was
    stopped that had waited.
    """
    if job.version != version():
        raise RuntimeError(
            f"This machine has version {version()} of the grader, not {job.version}. "
            "Install the same course, with the same pins, on all of them."
        )
    draw = job.draw

    def seeds(criterion):
        return [(public_seed(criterion), False), (hidden_seed(draw, job.assignment, criterion), True)]

    results, failed, is_final = examine(job, seeds)
    return {
        "key": job.key,
        "parts": {f"{result.name}-{result.part}": part(result, results) for result in results},
        "results": [summary(result) for result in results],
        "failed": failed,
        "is_final": is_final,
    }


def examine(job, seeds):
    """Examine on some inputs; return the results of all parts, remarks on cells that failed, and whether it's final."""
    assignment = ASSIGNMENTS[job.assignment]
    allowance = Allowance(job.seconds_per_criterion, job.seconds_per_answer)
    with contextlib.closing(
        SandboxedCandidate(
            job.cells,
            assignment.names,
            sandbox=job.sandbox,
            seconds=job.seconds_per_cell,
            all_seconds=2 * job.seconds_per_cell,
            wall_clock_factor=job.wall_clock_factor,
        )
    ) as candidate:
        results, failed = grade_submission(
            assignment, candidate, job.cells, dict(job.answers), seeds, allowance, job.whole
        )
    return results, [without_addresses(remark) for remark in failed_cells(failed)], not candidate.waits


def part(result, results):
    """What a student is told of one part: mark, report, and the sections of the book that explain it."""
    return {
        "points": result.points,
        "text": without_addresses(render(result, results)),
        "sections": sections_for(result),
    }


def sections_for(result):
    """The sections of the book that explain the mistakes of a part."""
    return list(dict.fromkeys(each.section for v in result.verdicts for each in v.likely))


def without_addresses(text):
    """Take out where objects were in memory, as in `<Embedding object at 0x7f3a52c0>`: it is never twice the same."""
    return re.sub("0x[0-9a-f]{6,}", "0x...", text)


def summary(result):
    """What a table or a class report needs to know of one part."""
    return {
        "name": result.name,
        "part": result.part,
        "points": result.points,
        "max_points": result.max_points,
        "criteria": [
            {
                "id": v.criterion.id,
                "points": v.points,
                "max_points": v.criterion.points,
                "state": v.state,
                "because": list(v.mark.because),
                "hidden": v.hidden,
                "stand_ins": list(v.stand_ins),
                "likely": [each.id for each in v.likely],
                "sentences": [each.sentence for each in v.likely],
                "finding": in_a_word(v.finding, v.hidden) if v.state == State.COSTS else None,
                "was_stopped": was_stopped(v.finding, v.criterion.name),
            }
            for v in result.verdicts
        ],
    }


def failed_cells(failed):
    """Yield a remark for each cell that failed when it was executed; for many, only of the first."""
    for name, problem in list(failed.items())[:MOST_REMARKS]:
        if isinstance(problem, Lost):
            what = "What isn't a definition in the" if problem.defines else "The"
            yield f"{what} cell {name} was left out: {in_a_word(problem, hidden=False)}."
        else:
            place = f" in line {problem.line}: {problem.text}" if problem.line else ""
            yield " ".join(clean(f"The cell {name} raised {problem.kind}: {problem.message}{place}", 1000).split())
    if len(failed) > MOST_REMARKS:
        yield f"{len(failed) - MOST_REMARKS} more cells failed."
