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
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import numpy as np

from ..content import ASSIGNMENTS
from ..engine.exam import Criterion, LastLook, hidden_seed, public_seed, was_stopped
from ..explaining.words import clean, in_a_word
from ..protocol.bench import Raised
from ..protocol.candidate import CodeCell, Lost
from ..refusal import Refusal
from ..sandbox.candidate import SandboxedCandidate
from ..verdict.allowance import Allowance
from ..verdict.grading import grade_submission
from ..verdict.judging import PartResult, Verdict
from ..verdict.marks import State
from ..verdict.report import reason_of, render
from ..verdict.work import Seeds

MOST_REMARKS = 20
PACKAGES = [Path(__file__).parents[2] / name for name in ("rnnlm_grader", "rnnlm_ref")]


class CriterionSummary(TypedDict):
    """The verdict of one criterion."""

    id: str
    points: int
    max_points: int
    state: State
    rule: int  # of the page for instructors
    because: list[str]  # ids of the criteria that pay for what is wrong here
    hidden: bool  # whether it is wrong on hidden inputs alone
    stand_ins: list[str]  # earlier names that a right answer stood in for
    likely: list[str]  # ids of known mistakes
    sentences: list[str]  # what is said of these
    finding: str | None  # in a word, of what costs
    said: str  # the sentence of the report that says what is wrong, of what costs without a known mistake
    was_stopped: bool  # for time or memory


class PartSummary(TypedDict):
    """What a table or a class report needs to know of one grade cell."""

    name: str
    part: str
    points: int
    max_points: int
    criteria: list[CriterionSummary]


class PartTold(TypedDict):
    """What a student is told of one grade cell."""

    points: int
    text: str
    sections: list[str]  # of the book


class Result(TypedDict):
    """What an examination finds.

    `failed` holds a remark for each cell that failed, `is_final` says whether it is the same on any machine: whether
    nothing was stopped that had waited.
    """

    key: str
    parts: dict[str, PartTold]  # by the id of the grade cell
    results: list[PartSummary]
    failed: list[str]
    is_final: bool


@dataclass(frozen=True)
class Job:
    """Everything that the result of an examination depends on."""

    assignment: str
    cells: tuple[CodeCell, ...]  # the submission, in the order in which it is executed
    answers: tuple[tuple[str, str], ...]  # (name, source): the instructor's
    secret: bytes  # the course's key
    sandbox: str
    seconds_per_criterion: float
    seconds_per_answer: float  # for all criteria of one name that don't come to an end
    version: str  # of the grader
    whole: tuple[CodeCell, ...] = ()  # like `cells`, with all own cells; () where all of them counts
    seconds_per_cell: float = 5.0
    wall_clock_factor: float = 10.0  # on which no final result depends

    @functools.cached_property
    def key(self) -> str:
        """The name of the result: jobs that differ in anything have different ones."""
        said = {name: value for name, value in vars(self).items() if name not in ("secret", "wall_clock_factor")}
        said |= {"cells": in_pairs(self.cells), "whole": in_pairs(self.whole)}
        return hmac.digest(self.secret, json.dumps(said, sort_keys=True).encode(), hashlib.sha256).hex()

    @property
    def draw(self) -> bytes:
        """The key from which hidden inputs are drawn: other code meets others, so there is nothing to learn of them."""
        return hmac.digest(
            self.secret, json.dumps([in_pairs(self.cells), in_pairs(self.whole)]).encode(), hashlib.sha256
        )


def in_pairs(cells: Iterable[CodeCell]) -> list[tuple[str, str]]:
    """Return (name, source) of each cell: what results and draws depend on."""
    return [(cell.name, cell.source) for cell in cells]


@functools.cache
def version() -> str:
    """A digest of the grader, the reference, and what computes for them."""
    computing = f"{platform.python_version()} {np.__version__} {platform.machine()}"
    return hashlib.sha256(b"".join([computing.encode(), *map(digest_of_code, PACKAGES)])).hexdigest()[:16]


def digest_of_code(package: Path) -> bytes:
    """Return a digest of the modules in a package's folder; editors keep copies in hidden folders."""
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package.parent).as_posix()
        if "/." not in name:
            digest.update(f"\0{name}\0".encode() + path.read_bytes())
    return digest.digest()


def require_own_grader(course: Path) -> None:
    """Raise a `Refusal` where a course has a grader or a reference of its own, and one with other content runs."""
    for running in PACKAGES:
        own = Path(course, running.name)
        if own.is_dir() and digest_of_code(own) != digest_of_code(running):
            mend = shlex.join([sys.executable, "-m", "pip", "install", "-e", str(course)])
            raise Refusal(
                f"The course's {own} would not be used: the {running.name} that runs is {running}, and "
                f"differs. Nothing was done. Run: {mend}"
            )


def run(job: Job) -> Result:
    """Examine every part of a submission, on the learner's inputs and on hidden ones."""
    if job.version != version():
        raise RuntimeError(
            f"This machine has version {version()} of the grader, not {job.version}. "
            "Install the same course, with the same pins, on all of them."
        )
    draw = job.draw

    def seeds(criterion: Criterion | LastLook) -> list[tuple[int, bool]]:
        hidden = (hidden_seed(draw, job.assignment, criterion), True)
        # the learner's own look is for `check`: a submission gets one of which nobody knows
        return [hidden] if isinstance(criterion, LastLook) else [(public_seed(criterion), False), hidden]

    results, failed, is_final = examine(job, seeds)
    return {
        "key": job.key,
        "parts": {f"{result.name}-{result.part}": part_told(result, results) for result in results},
        "results": [part_summary(result) for result in results],
        "failed": failed,
        "is_final": is_final,
    }


def examine(job: Job, seeds: Seeds) -> tuple[list[PartResult], list[str], bool]:
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


def part_told(result: PartResult, results: Collection[PartResult]) -> PartTold:
    return {
        "points": result.points,
        "text": without_addresses(render(result, results)),
        "sections": sections_for(result),
    }


def sections_for(result: PartResult) -> list[str]:
    """The sections of the book that explain the mistakes of a part."""
    return list(dict.fromkeys(each.section for v in result.verdicts for each in v.likely))


def without_addresses(text: str) -> str:
    """Take out where objects were in memory, as in `<Embedding object at 0x7f3a52c0>`: it is never twice the same."""
    return re.sub("0x[0-9a-f]{6,}", "0x...", text)


def part_summary(result: PartResult) -> PartSummary:
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
                "rule": v.mark.rule,
                "because": list(v.mark.because),
                "hidden": v.hidden,
                "stand_ins": list(v.stand_ins),
                "likely": [each.id for each in v.likely],
                "sentences": [each.sentence for each in v.likely],
                "finding": in_a_word(v.finding, v.hidden) if v.state == State.COSTS else None,
                "said": said(v),
                "was_stopped": was_stopped(v.finding, v.criterion.name),
            }
            for v in result.verdicts
        ],
    }


def said(verdict: Verdict) -> str:
    """The sentence that says what an unknown mistake makes wrong; else ''."""
    if verdict.state != State.COSTS or verdict.likely:
        return ""
    _, text = reason_of(verdict)
    return without_addresses(clean(text, 500))


def failed_cells(failed: Mapping[str, Lost | Raised]) -> Iterator[str]:
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
