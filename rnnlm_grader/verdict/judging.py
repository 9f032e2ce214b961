"""Reaches the verdicts on an answer: of each criterion its mark, and what is told of it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from ..content.misconception import Misconception
from ..engine.compare import Difference
from ..engine.exam import Assignment, Criterion, Examination, judged_in, silent_in
from ..explaining import decoding
from ..explaining.mistakes import Mistake
from ..protocol.bench import Raised
from ..protocol.candidate import Lost
from .marks import Mark, State, marks
from .naming import DIAGNOSIS
from .work import Explained, Work

Finding: TypeAlias = Difference | Raised | Lost | None  # what is wrong, if anything


@dataclass(frozen=True)
class Verdict:
    """What one criterion says about one answer.

    Attributes
    ----------
    finding
        What is wrong, if anything.
    hidden
        Whether the inputs of the finding are hidden from the learner.
    mistake
        What is known of it.
    stand_ins
        Earlier names, wrong in this submission, that a right answer stood in for.
    """

    criterion: Criterion
    mark: Mark
    finding: Finding = None
    hidden: bool = False
    mistake: Mistake | None = None
    stand_ins: tuple[str, ...] = ()

    @property
    def state(self) -> State:
        return self.mark.state

    @property
    def points(self) -> int:
        return self.criterion.points if self.state.earns else 0

    @property
    def likely(self) -> tuple[Misconception, ...]:
        """The misconceptions that explain what this criterion costs."""
        return self.mistake.likely if self.mistake and self.state == State.COSTS else ()


@dataclass(frozen=True)
class PartResult:
    """The verdicts of one grade cell."""

    assignment: Assignment
    name: str
    part: str
    verdicts: tuple[Verdict, ...]

    @property
    def points(self) -> int:
        return sum(verdict.points for verdict in self.verdicts)

    @property
    def max_points(self) -> int:
        return sum(verdict.criterion.points for verdict in self.verdicts)

    @property
    def is_right(self) -> bool:
        return all(verdict.state == State.HOLDS for verdict in self.verdicts)


def judge(explained: Explained) -> list[PartResult]:
    """Reach the verdicts on an answer; return a PartResult of each part."""
    work = explained.work
    with DIAGNOSIS, np.errstate(all="ignore"):
        found = marks_of(explained)
    parts = [part for name, part in work.assignment.parts() if name == work.name]
    return [
        PartResult(
            work.assignment,
            work.name,
            part,
            tuple(
                verdict_of(explained, criterion, found[criterion.id])
                for criterion in work.assignment.of(work.name, part)
            ),
        )
        for part in parts
    ]


def marks_of(explained: Explained) -> dict[str, Mark]:
    """The marks of all criteria."""
    work = explained.work
    known, left = explained.accounted()
    return marks(
        {c.id: c.points for c in work.criteria},
        [fault for examination in left for fault in examination.faults],
        *lost_and_silent(explained, left, known),
        contract=contract_of(work),
        named=known.costs if known else (),
        explained={
            whole.criterion.id for whole, rest in zip(work.examinations, left, strict=True) if rest.size < whole.size
        },
        slips={work.payer(look).id for look in work.last_looks if not look.passed},
    )


def lost_and_silent(
    explained: Explained, left: Iterable[Examination], known: decoding.Explanation | None
) -> tuple[Collection[str], Collection[str]]:
    """Return the ids of the criteria that couldn't be examined, and of those that show nothing; see `marks`.

    Nothing is shown by what is about results of which the answer, or the right answer with one of its known mistakes,
    gives no more than half on inputs of real size. Nor is it by what compares an answer with itself, or by a part
    *contract*, where no criterion that costs nothing has the same results right but for known mistakes: else whatever
    does the same each time would earn these points.
    """
    work = explained.work
    if work.is_right:
        return (), ()
    lost = {each.criterion.id for each in work.examinations if each.lost}
    if explained.said:  # in a fresh kernel it gives all that it should
        return lost, ()
    judged, itself = judged_in(work.examinations), {c.id for c in work.criteria if c.is_about_itself}
    silent = silent_in(work.examinations) | (known.silent if known else set())
    wrong = {each.criterion.id for each in left if not each.passed} | (known.costs if known else set())
    right = set().union(*(judged[id] for id in judged if id not in wrong | silent | itself))
    return lost, silent | {id for id in itself | contract_of(work) if not judged[id] & right}


def contract_of(work: Work) -> set[str]:
    """The ids of the criteria of the part *contract*."""
    return {criterion.id for criterion in work.criteria if criterion.part == "contract"}


def verdict_of(explained: Explained, criterion: Criterion, mark: Mark) -> Verdict:
    work = explained.work
    if mark.state == State.HOLDS:
        return Verdict(criterion, mark)
    examinations = [each for each in work.of(criterion) if not each.passed] + [
        look for look in work.last_looks if not look.passed and work.payer(look) is criterion
    ]
    first = next(iter(sorted(examinations, key=lambda each: each.hidden)), None)
    mistake = explained.mistakes.get(criterion)
    is_hidden = bool((first and first.hidden) or (mistake and mistake.hidden))
    return Verdict(criterion, mark, first.finding if first else None, is_hidden, mistake)
