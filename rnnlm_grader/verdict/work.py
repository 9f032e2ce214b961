"""An answer: what it did, and what is known of it."""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from ..content.misconception import Misconception
from ..engine.exam import Assignment, Criterion, Examination, LastLook, with_what_is_spared
from ..engine.faults import Fault
from ..explaining import decoding
from ..explaining.mistakes import Mistake
from ..protocol.candidate import Candidate
from .allowance import Allowance

TOGETHER = 4  # known mistakes that explain some of an answer; more would have too many orders
Seeds: TypeAlias = Callable[[Criterion | LastLook], Iterable[tuple[int, bool]]]  # see `examine_answer`


@dataclass(frozen=True, eq=False)
class Work:
    """An answer, and what it did: examinations by criteria, on one draw of inputs or several, and last looks."""

    assignment: Assignment
    name: str
    examinations: tuple[Examination, ...] = ()
    last_looks: tuple[Examination, ...] = ()

    @property
    def criteria(self) -> list[Criterion]:
        return self.assignment.of(self.name)

    @property
    def library(self) -> list[Misconception]:
        return [each for each in self.assignment.misconceptions if each.name == self.name]

    @property
    def seen(self) -> tuple[Examination, ...]:
        return (*self.examinations, *self.last_looks)

    @property
    def is_right(self) -> bool:
        return all(each.passed for each in self.seen)

    @property
    def faults(self) -> list[Fault]:
        return [fault for examination in self.examinations for fault in examination.faults]

    @property
    def has_met_hidden(self) -> bool:
        return any(each.hidden for each in self.seen)

    def shown(self, hidden: bool) -> list[Examination]:
        """Those on one kind of draws."""
        return [each for each in self.examinations if each.hidden is hidden]

    def of(self, criterion: Criterion) -> list[Examination]:
        return [each for each in self.examinations if each.criterion is criterion]

    def payer(self, examination: Examination) -> Criterion:
        """The criterion that was examined, or the one that pays for what goes wrong in a last look."""
        asked = examination.criterion
        if isinstance(asked, Criterion):
            return asked
        faults = examination.faults
        id = asked.exercise.owner_of(faults[0].kinds if faults else frozenset())
        return next(criterion for criterion in self.criteria if criterion.id == id)

    def costing(self, criterion: Criterion, mistakes: Iterable[Misconception]) -> tuple[Misconception, ...]:
        """Those of some known mistakes that cost a criterion."""
        criteria = tuple(self.criteria)
        return tuple(each for each in mistakes if criterion.id in decoding.price(each, criteria)[0])


@dataclass(frozen=True, eq=False)
class Explained:
    """What is known of an answer that isn't right.

    Attributes
    ----------
    explanation
        The known mistakes that explain all of it.
    likely
        By criterion that pays, the known mistakes that explain what it costs, where none explain all.
    mistakes
        By criterion that pays, its mistake with an example.
    by_part
        The known mistakes that explain all that is given in one part, on one kind of draws, where they were looked for.
    """

    work: Work
    explanation: decoding.Explanation | None = None
    likely: Mapping[Criterion, tuple[Misconception, ...]] = field(default_factory=dict)
    mistakes: Mapping[Criterion, Mistake] = field(default_factory=dict)
    by_part: Mapping[tuple[str, bool], tuple[Misconception, ...]] = field(default_factory=dict)

    @property
    def certain(self) -> tuple[Misconception, ...]:
        """The known mistakes that explain all that the answer gives, where no others do; else ()."""
        return self.explanation.mistakes if self.explanation and self.explanation.is_certain else ()

    @property
    def known(self) -> decoding.Explanation | None:
        """The known mistakes that explain all that the answer gives, or else those that explain some of it."""
        faults = self.work.faults
        if self.explanation or any("law" in fault.kinds for fault in faults):  # such parameters make no numbers
            return self.explanation
        likely = [*dict.fromkeys(itertools.chain.from_iterable(self.likely.values()))][:TOGETHER]
        return decoding.explanation_of(likely, tuple(self.work.criteria), faults)

    @property
    def said(self) -> str:
        """What explains the answer where no known mistakes do; else ''."""
        return self.explanation.said if self.explanation else ""

    def accounted(self) -> tuple[decoding.Explanation | None, Sequence[Examination]]:
        """Return known mistakes, and the examinations with those faults alone that they don't explain."""
        known, examinations = self.known, self.work.examinations
        if known and known is self.explanation:
            return known, [replace(each, faults=()) for each in examinations]
        return known, decoding.beyond(known.mistakes, examinations) if known else examinations


def examine_answer(work: Work, candidate: Candidate, seeds: Seeds, allowance: Allowance) -> Work:
    """Examine an answer by all criteria of its name: by each on its first draw of inputs, then on the second ...

    `seeds` tells of a criterion its draws, in order: a list of (seed, whether it is hidden). The hidden ones come last:
    so an answer that keeps what it was given can't tell of it in a message about the learner's inputs, which the report
    shows. What couldn't be examined once isn't tried on another draw.
    """
    examinations = [*work.examinations]
    lost = {each.criterion for each in examinations if each.lost}
    for row in itertools.zip_longest(*map(seeds, work.criteria)):
        for criterion, draw in zip(work.criteria, row, strict=True):
            if draw and criterion not in lost:
                examinations.append(allowance.examine(criterion, candidate, *draw))
                lost.update([criterion] if examinations[-1].lost else ())
    return replace(work, examinations=tuple(with_what_is_spared(examinations)))


def only(seeds: Seeds, hidden: bool) -> Seeds:
    """Those draws alone that are hidden, or that aren't."""
    return lambda criterion: [(seed, is_hidden) for seed, is_hidden in seeds(criterion) if is_hidden is hidden]


def look_once_more(work: Work, candidate: Candidate, seeds: Seeds, allowance: Allowance) -> Work:
    """Take the last looks at an answer of which every criterion holds, for mistakes that no criterion is about."""
    for look in work.assignment.criteria.last_looks:
        for draw in seeds(look) if look.name == work.name else ():
            if work.is_right:
                looked = allowance.examine(look, candidate, *draw)
                work = replace(work, last_looks=(*work.last_looks, looked))
    return work
