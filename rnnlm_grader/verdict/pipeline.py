"""From an answer to its verdicts: examined, explained, marked. `check` and the grader go this way alike."""

import itertools
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np

from ..content.misconception import Misconception
from ..engine.compare import Difference
from ..engine.exam import Assignment, Criterion, Examination, LastLook, judged_in, silent_in, with_what_is_spared
from ..engine.faults import Fault, roots_of
from ..explaining import decoding
from ..explaining.mistakes import Mistake, mistake_of
from ..explaining.trials import right_only_once
from ..explaining.words import is_unfinished
from ..protocol.bench import Raised
from ..protocol.candidate import Candidate, Lost, WorkerLost
from .allowance import Allowance
from .marks import Mark, State, marks

DIAGNOSIS = threading.Lock()  # the library's variants run in this process, which has but one sys.stdout
EXPLAINING = 5.0  # seconds, for the examples of one answer
TOGETHER = 4  # known mistakes that explain some of an answer; more would have too many orders
Finding: TypeAlias = Difference | Raised | Lost | None  # what is wrong, if anything
Seeds: TypeAlias = Callable[[Criterion | LastLook], Iterable[tuple[int, bool]]]  # see `examine_answer`


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


@dataclass
class Work:
    """All that is known of one answer.

    Attributes
    ----------
    examinations
        By criteria, on one draw of inputs or several.
    explanation
        The known mistakes that explain all of it.
    likely
        By criterion that pays, the known mistakes that explain what it costs, where none explain all.
    mistakes
        Where something is wrong that only this criterion pays for.
    by_part
        The known mistakes that explain all that is given in one part, on one kind of draws, where they were looked for.
    """

    assignment: Assignment
    name: str
    examinations: list[Examination] = field(default_factory=list)
    last_looks: list[Examination] = field(default_factory=list)
    explanation: decoding.Explanation | None = None
    likely: dict[Criterion, tuple[Misconception, ...]] = field(default_factory=dict)
    mistakes: dict[Criterion, Mistake] = field(default_factory=dict)
    by_part: dict[tuple[str, bool], tuple[Misconception, ...]] = field(default_factory=dict)

    @property
    def criteria(self) -> list[Criterion]:
        return self.assignment.of(self.name)

    @property
    def library(self) -> list[Misconception]:
        return [each for each in self.assignment.misconceptions if each.name == self.name]

    @property
    def is_right(self) -> bool:
        return all(each.passed for each in (*self.examinations, *self.last_looks))

    @property
    def names(self) -> tuple[Misconception, ...]:
        """The known mistakes that explain all that the answer gives, where no others do; else ()."""
        return self.explanation.mistakes if self.explanation and self.explanation.is_certain else ()

    @property
    def known(self) -> decoding.Explanation | None:
        """The known mistakes that explain all that the answer gives, or else those that explain some of it."""
        if self.explanation or any("law" in fault.kinds for fault in self.faults):  # such parameters make no numbers
            return self.explanation
        likely = [*dict.fromkeys(itertools.chain.from_iterable(self.likely.values()))][:TOGETHER]
        return decoding.explanation_of(likely, tuple(self.criteria), self.faults)

    @property
    def said(self) -> str:
        """What explains the answer where no known mistakes do; else ''."""
        return self.explanation.said if self.explanation else ""

    def named(self, criterion: Criterion, mistakes: Iterable[Misconception]) -> tuple[Misconception, ...]:
        """Those of some known mistakes that cost a criterion."""
        criteria = tuple(self.criteria)
        return tuple(each for each in mistakes if criterion.id in decoding.price(each, criteria)[0])

    def shown(self, hidden: bool) -> list[Examination]:
        """Those on one kind of draws."""
        return [each for each in self.examinations if each.hidden is hidden]

    def of(self, criterion: Criterion) -> list[Examination]:
        return [each for each in self.examinations if each.criterion is criterion]

    @property
    def has_met_hidden(self) -> bool:
        return any(each.hidden for each in (*self.examinations, *self.last_looks))

    @property
    def faults(self) -> list[Fault]:
        return [fault for examination in self.examinations for fault in examination.faults]


# --- examined ---------------------------------------------------------------------------------------------------------


def examine_answer(work: Work, candidate: Candidate, seeds: Seeds, allowance: Allowance) -> None:
    """Examine an answer by all criteria of its name: by each on its first draw of inputs, then on the second ...

    `seeds` tells of a criterion its draws, in order: a list of (seed, whether it is hidden). The hidden ones come last:
    so an answer that keeps what it was given can't tell of it in a message about the learner's inputs, which the report
    shows. What couldn't be examined once isn't tried on another draw.
    """
    lost = {each.criterion for each in work.examinations if each.lost}
    for row in itertools.zip_longest(*map(seeds, work.criteria)):
        for criterion, draw in zip(work.criteria, row, strict=True):
            if draw and criterion not in lost:
                examination = allowance.examine(criterion, candidate, *draw)
                work.examinations.append(examination)
                lost.update([criterion] if examination.lost else ())
    work.examinations = with_what_is_spared(work.examinations)


def only(seeds: Seeds, hidden: bool) -> Seeds:
    """Those draws alone that are hidden, or that aren't."""
    return lambda criterion: [(seed, is_hidden) for seed, is_hidden in seeds(criterion) if is_hidden is hidden]


def look_once_more(work: Work, candidate: Candidate, seeds: Seeds, allowance: Allowance) -> None:
    """Take the last looks at an answer of which every criterion holds, for mistakes that no criterion is about."""
    for look in work.assignment.criteria.last_looks:
        for draw in seeds(look) if look.name == work.name else ():
            if work.is_right:
                work.last_looks.append(allowance.examine(look, candidate, *draw))


# --- explained --------------------------------------------------------------------------------------------------------


def explain(work: Work, candidate: Candidate) -> None:
    """Find names and examples for what is wrong, as far as the answer was examined.

    Whatever goes wrong while explaining, the verdict stands and is shown plainly.
    """
    if work.is_right:
        return
    was_wrong = not confirm(work)
    is_new = was_wrong or not (work.explanation or work.mistakes)
    if is_new:
        find_names(work, was_wrong)
    with DIAGNOSIS, np.errstate(all="ignore"):
        try:
            candidate.begin(EXPLAINING)
            if is_new and not work.explanation:
                work.explanation = once_only(work, candidate)
            find_what_is_likely(work)
            known, left = accounted(work)
            names = known.mistakes if known and known.is_certain else ()
            for criterion, fault, hidden in paying(work, left, known):
                likely = (not work.names and work.likely.get(criterion)) or work.named(criterion, names)
                if was_wrong and work.explanation and criterion in work.mistakes:
                    work.mistakes[criterion] = replace(work.mistakes[criterion], likely=likely)
                # Code that has met hidden inputs may speak of these wherever it is asked again.
                is_due = criterion not in work.mistakes and hidden is work.has_met_hidden
                if is_due and not is_unfinished(fault.play.raised):
                    explaining = work.names or work.by_part.get((criterion.part, hidden), ())
                    work.mistakes[criterion] = (
                        Mistake(said=work.said, hidden=hidden)
                        if work.said
                        else mistake_of(fault, likely, hidden, candidate, work.library, explaining)
                    )
                    if criterion in work.likely:
                        work.likely[criterion] = work.mistakes[criterion].likely
        except WorkerLost:
            pass


def explain_what_was_seen(work: Work) -> None:
    """Find the known mistakes that explain all of an answer, without asking it again: no example is played."""
    was_wrong = not confirm(work)
    if not work.explanation:
        find_names(work, was_wrong)
        confirm(work)
    with DIAGNOSIS, np.errstate(all="ignore"):
        find_what_is_likely(work)


def find_names(work: Work, was_wrong: bool) -> None:
    """Look for known mistakes that explain all; not where a criterion was lost, unless others seemed to."""
    if was_wrong or not any(each.lost for each in work.examinations):
        with DIAGNOSIS, np.errstate(all="ignore"):
            work.explanation = decoding.explain(work.library, tuple(work.criteria), work.examinations)


def find_what_is_likely(work: Work) -> None:
    """Find, by criterion that pays, the known mistakes that explain what it costs; not where some explain all."""
    if work.names or work.said:
        return
    roots = roots_of(work.faults)
    for criterion, fault, hidden in paying(work, work.examinations):
        if criterion not in work.likely and not is_unfinished(fault.play.raised):
            work.likely[criterion] = names_of(work, criterion, fault, hidden, roots)


def once_only(work: Work, candidate: Candidate) -> decoding.Explanation | None:
    """Explain an answer that is right only the first time: it costs what is wrong in a fresh kernel, too."""
    cases = {fault.play.case: fault.owner for fault in work.faults}
    said, wrong = right_only_once(candidate, work.name, [*cases])
    if not said:
        return None
    costs = {cases[case] for case in wrong} or {next(iter(cases.values()))}
    return decoding.Explanation((), frozenset(costs), frozenset(), False, said)


def confirm(work: Work) -> bool:
    """Let go of an explanation that doesn't hold on all draws, or in a last look; return whether none had to go."""
    plays = [played for each in (*work.examinations, *work.last_looks) for _, played in each.plays]
    with DIAGNOSIS, np.errstate(all="ignore"):
        holds = not work.explanation or decoding.is_confirmed(work.explanation, plays)
    work.explanation = work.explanation if holds else None
    return holds


def paying(
    work: Work, left: Sequence[Examination], known: decoding.Explanation | None = None
) -> Iterator[tuple[Criterion, Fault, bool]]:
    """Yield (criterion, the fault that it pays for, whether its inputs are hidden), the learner's inputs first.

    `left` are the examinations with those faults alone that `known` mistakes don't explain.
    """
    found: dict[Criterion, list[tuple[Fault, bool]]] = {}
    simplest = set(roots_of([fault for examination in left for fault in examination.faults]).values())
    costs = known.costs if known else ()
    for examination, rest in zip((*work.examinations, *work.last_looks), (*left, *work.last_looks), strict=True):
        asked = examination.criterion
        pays = asked if isinstance(asked, Criterion) else charged_by(work, examination)
        pays_for_all = pays is not asked or pays.id in costs
        for fault in sorted((examination if pays_for_all else rest).faults, key=lambda fault: fault.rank):
            if pays_for_all or fault in simplest:
                found.setdefault(pays, []).append((fault, examination.hidden))
    names = known.mistakes if known and known.is_certain else ()
    for criterion in work.criteria:
        if criterion in found:
            yield criterion, *telling(work, criterion, found[criterion], names)


def telling(
    work: Work, criterion: Criterion, found: Sequence[tuple[Fault, bool]], names: Collection[Misconception]
) -> tuple[Fault, bool]:
    """The first of some faults; of several known mistakes, the first that shows those that this criterion pays for.

    It should show these alone, or these at least.
    """
    _, hidden = found[0]
    likely = work.named(criterion, names)
    beside = [each for each in names if each not in likely]
    for others in (beside, ()) if beside else ():
        for fault, is_hidden in found:
            if is_hidden is hidden and decoding.told_apart(fault.play.case, fault.wrong, likely, others):
                return fault, hidden
    return found[0]


def charged_by(work: Work, look: Examination) -> Criterion:
    """The criterion that pays for what goes wrong in a last look."""
    id = look.criterion.exercise.owner_of(look.faults[0].kinds if look.faults else frozenset())
    return next(criterion for criterion in work.criteria if criterion.id == id)


def names_of(
    work: Work, criterion: Criterion, fault: Fault, hidden: bool, roots: Mapping[Fault, Fault]
) -> tuple[Misconception, ...]:
    """Return the known mistakes that explain what a criterion costs, as far as is seen on one kind of draws.

    `roots` are those of all faults; see `engine.faults.roots_of`.
    """
    shown = work.shown(hidden)
    plays = {played for examination in shown for _, played in examination.plays}
    mine = [each for each, root in roots.items() if root.owner == criterion.id and each.play in plays]
    if alone := decoding.part_of(work.library, mine or [fault], shown):
        return alone
    if likely := work.named(criterion, names_in_part(work, criterion.part, hidden)):
        return likely
    own = [each for each in mine if each.owner == criterion.id]  # beside these, another mistake may be at work
    raised = any(each.play.raised for each in own)  # in few plays, many mistakes raise alike
    return () if raised or own == mine else decoding.part_of(work.library, own, shown)


def names_in_part(work: Work, part: str, hidden: bool) -> tuple[Misconception, ...]:
    """The known mistakes that explain all that an answer gives in one part, whatever goes wrong in others."""
    if (part, hidden) not in work.by_part:
        found = decoding.explain_part(work.library, tuple(work.criteria), work.shown(hidden), part)
        work.by_part[part, hidden] = found
    return work.by_part[part, hidden]


# --- marked -----------------------------------------------------------------------------------------------------------


def judge(work: Work) -> list[PartResult]:
    """Reach the verdicts on an answer; return a PartResult of each part."""
    with DIAGNOSIS, np.errstate(all="ignore"):
        found = marks_of(work, *accounted(work))
    parts = [part for name, part in work.assignment.parts() if name == work.name]
    return [
        PartResult(
            work.assignment,
            work.name,
            part,
            tuple(
                verdict_of(work, criterion, found[criterion.id]) for criterion in work.assignment.of(work.name, part)
            ),
        )
        for part in parts
    ]


def accounted(work: Work) -> tuple[decoding.Explanation | None, list[Examination]]:
    """Return known mistakes, and the examinations with those faults alone that they don't explain."""
    known = work.known
    if known and known is work.explanation:
        return known, [replace(each, faults=()) for each in work.examinations]
    return known, decoding.beyond(known.mistakes, work.examinations) if known else work.examinations


def marks_of(work: Work, known: decoding.Explanation | None, left: Sequence[Examination]) -> dict[str, Mark]:
    """The marks of all criteria; `left` as in `paying`."""
    return marks(
        {c.id: c.points for c in work.criteria},
        [fault for examination in left for fault in examination.faults],
        *lost_and_silent(work, left, known),
        contract=contract_of(work),
        named=known.costs if known else (),
        explained={
            whole.criterion.id for whole, rest in zip(work.examinations, left, strict=True) if rest.size < whole.size
        },
        slips={charged_by(work, look).id for look in work.last_looks if not look.passed},
    )


def lost_and_silent(
    work: Work, left: Iterable[Examination], known: decoding.Explanation | None
) -> tuple[Collection[str], Collection[str]]:
    """Return the ids of the criteria that couldn't be examined, and of those that show nothing; see `marks`.

    Nothing is shown by what is about results of which the answer, or the right answer with one of its known mistakes,
    gives no more than half on inputs of real size. Nor is it by what compares an answer with itself, or by a part
    *contract*, where no number of the same results is right but for known mistakes: else whatever does the same each
    time would earn these points.
    """
    if work.is_right:
        return (), ()
    lost = {each.criterion.id for each in work.examinations if each.lost}
    if work.said:  # in a fresh kernel it gives all that it should
        return lost, ()
    judged, itself = judged_in(work.examinations), {c.id for c in work.criteria if c.is_about_itself}
    silent = silent_in(work.examinations) | (known.silent if known else set())
    wrong = {each.criterion.id for each in left if not each.passed}
    right = set().union(*(judged[id] for id in judged if id not in wrong | silent | itself))
    return lost, silent | {id for id in itself | contract_of(work) if not judged[id] & right}


def contract_of(work: Work) -> set[str]:
    """The ids of the criteria of the part *contract*."""
    return {criterion.id for criterion in work.criteria if criterion.part == "contract"}


def verdict_of(work: Work, criterion: Criterion, mark: Mark) -> Verdict:
    if mark.state == State.HOLDS:
        return Verdict(criterion, mark)
    examinations = [each for each in work.of(criterion) if not each.passed] + [
        look for look in work.last_looks if not look.passed and charged_by(work, look) is criterion
    ]
    first = next(iter(sorted(examinations, key=lambda each: each.hidden)), None)
    mistake = work.mistakes.get(criterion)
    is_hidden = bool((first and first.hidden) or (mistake and mistake.hidden))
    return Verdict(criterion, mark, first.finding if first else None, is_hidden, mistake)
