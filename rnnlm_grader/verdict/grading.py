"""Examines the answers of a submission by all criteria, and gathers the marks."""

import itertools
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from ..engine.compare import Difference, same
from ..engine.exam import Assignment, LastLook, undefined
from ..engine.play import Play, play_all
from ..explaining.mistakes import Mistake
from ..notebooks.cell_code import (
    defined_names,
    definitions_in,
    first_that_defines_anew,
    helpers_in,
    parsed,
    tree_of,
    without_changes_of,
)
from ..protocol.bench import Raised
from ..protocol.candidate import ANSWER, OWN, SET_UP, Candidate, CodeCell, Lost, WorkerLost
from ..sandbox.candidate import SandboxedCandidate
from .allowance import Allowance
from .judging import PartResult, Verdict, judge
from .marks import State
from .naming import explain_what_was_seen
from .pipeline import examine, examine_and_explain
from .work import Explained, Seeds, Work, only

ONLY_WITHOUT = Difference(
    "This", "holds with your own earlier answer, but not with a right one in its place, with which more of yours holds"
)
ONLY_WITH_LATER = Difference(
    "This",
    "holds with all of your cells, but not without those after the answer, which "
    "define anew what it uses, so that without them more of it holds",
)
ONLY_IN_PART = Difference(
    "This", "holds with what counts of your own cells, but not with all that they do, with which more of it holds"
)
ONLY_FAILING = Difference(
    "This", "holds as it was handed in, but not where a method that fails does nothing, with which more of it holds"
)
Cells: TypeAlias = Sequence[CodeCell]  # in order
Problems: TypeAlias = dict[str, Lost | Raised]  # cell → what went wrong in it
SLOW = 5  # seconds; of cells that take longer only the definitions are executed in another way, and not if these do too


@dataclass(frozen=True)
class Way:
    """Another way to execute a submission for the sake of one answer.

    Attributes
    ----------
    finding
        What to say of that which holds only as it was handed in.
    is_whole
        Whether all counts that the student's own cells do.
    stand_ins
        The earlier names that a right answer stands in for.
    idle
        The methods of the answer that do nothing here, so that what is seen of them isn't the student's.
    """

    cells: Cells
    finding: Difference
    is_whole: bool = False
    stand_ins: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()


def grade_submission(
    assignment: Assignment,
    candidate: SandboxedCandidate,
    cells: Cells,
    answers: Mapping[str, str],
    seeds: Seeds,
    allowance: Allowance,
    whole: Cells = (),
) -> tuple[list[PartResult], Problems]:
    """Examine all parts of a submission.

    Where an answer fails and an earlier answer of the same submission, which it may build on, is wrong too, it is
    examined once more with the instructor's answer in place of the earlier one, and the better result counts. Where
    an answer fails and a cell after it defines anew what was defined, it is examined without those cells, as a
    notebook's checks do it. Where it may lack something, and not all of the student's own cells counted, it is
    examined with all of them.

    Parameters
    ----------
    cells
        The submission, in the order in which it is executed.
    answers
        The instructor's source for each name.
    seeds, allowance
        As in `work.examine_answer`. A last look needs hidden draws alone: one that nobody knows.
    whole
        The cells with all that the student's own do, where what counts of them isn't all; else empty.
    """
    known, failed = examine_submission(assignment, candidate, cells, seeds, allowance)
    first = results = {name: judge(explained) for name, explained in known.items()}
    # is_whole → what to execute, until it's slow
    forms: dict[bool, list[Callable[[Cells], Iterable[CodeCell]]]] = {
        False: [tuple, definitions_alone],
        True: [tuple],
    }
    if candidate.loading >= SLOW:
        forms[False].pop(0)
    for name in assignment.names:
        for way in other_ways(name, cells, whole, answers, first):
            if is_wrong(results[name]) and (left := forms[way.is_whole]):
                candidate.load(left[0](way.cells), assignment.lent.get(name, ()))
                better = better_of_two(known[name], results[name], candidate, seeds, allowance, way)
                results = results | {name: better}
                if candidate.loading >= SLOW:
                    left.pop(0)
    return [result for name in assignment.names for result in results[name]], failed


def other_ways(
    name: str,
    cells: Cells,
    whole: Cells,
    answers: Mapping[str, str],
    results: Mapping[str, list[PartResult]],
) -> Iterator[Way]:
    """Yield each way to execute a submission that may be better for an answer.

    For an answer may be right until a later cell defines its helper anew; it may need what didn't count of the
    student's own cells; a small method may fail, or not be there, that others call; and it may build on an earlier
    answer that is wrong. `results` are those of what counts of all cells as they were handed in.
    """
    end = first_change_after(name, cells) if is_wrong(results[name]) else None
    ways: list[Way] = []
    if end:
        ways.append(Way(cells[:end], ONLY_WITH_LATER))
    if whole and may_lack_something(name, results[name]):
        ways.append(Way(whole, ONLY_IN_PART, is_whole=True))
    failing = methods_that_fail(results[name])
    for methods in filter(None, dict.fromkeys((*zip(failing), failing))):  # each alone, then all
        idle = "\n".join(f"{name}.{method} = lambda self, *args: None" for method in methods)
        ways.append(Way((*cells, CodeCell(OWN, f"{OWN} beside {name}", idle)), ONLY_FAILING, idle=methods))
    yield from ways
    if earlier := stand_ins_for(name, results):
        for part, is_whole in ((cells, False), *((way.cells, way.is_whole) for way in ways)):
            yield Way(tuple(with_stand_ins(part, answers, earlier)), ONLY_WITHOUT, is_whole, earlier)


def methods_that_fail(results: Iterable[PartResult]) -> tuple[str, ...]:
    """The small methods of an answer that raised something where they were examined, or were missing."""
    return tuple(
        dict.fromkeys(
            method
            for result in results
            for verdict in result.verdicts
            if isinstance(verdict.finding, Raised)
            for method in verdict.criterion.methods
        )
    )


def may_lack_something(name: str, results: Iterable[PartResult]) -> bool:
    """Whether an answer failed as it may where something isn't there, or not all that should be in it.

    It may, unless it isn't filled in or what failed ended the process or its time.
    """
    findings = [verdict.finding for result in results for verdict in result.verdicts]
    return any(
        (isinstance(finding, Raised) and not finding.is_unfinished)
        or finding == undefined(name)
        or isinstance(finding, Difference)
        for finding in findings
    )


def first_change_after(name: str, cells: Cells) -> int | None:
    """Where the first cell after an answer stands that may change it; None if there is none."""
    own = [at for at, cell in enumerate(cells) if cell.name == name]
    places = own or [at for at, cell in enumerate(cells) if name in defined_names(parsed(cell.source))]
    return first_that_defines_anew([cell.source for cell in cells], max(places, default=len(cells)) + 1)


def with_stand_ins(cells: Cells, answers: Mapping[str, str], earlier: Collection[str]) -> Iterator[CodeCell]:
    """Yield the cells with a right answer in place of some, wherever these are defined or changed.

    Of the cell of such an answer, what it defines besides, and runs nothing, stays; of any other, all else.
    """
    left = list(earlier)
    for cell in cells:
        defined = defined_names(tree_of(cell.source)) if any(name in cell.source for name in left) else ()
        here = [name for name in left if name == cell.name or name in defined]
        yield from (CodeCell(ANSWER, name, answers[name]) for name in here)
        left = [name for name in left if name not in here]
        if cell.name in earlier:
            yield CodeCell(OWN, f"{OWN} beside {cell.name}", helpers_in(cell.source, set(earlier)))
        else:
            yield replace(cell, source=without_changes_of(cell.source, set(earlier)))


def definitions_alone(cells: Cells) -> Iterator[CodeCell]:
    """Yield of each of the student's cells only what defines, which takes no time."""
    for cell in cells:
        yield cell if cell.kind == SET_UP else replace(cell, source=definitions_in(cell.source))


def is_wrong(results: Iterable[PartResult]) -> bool:
    """Whether anything of an answer isn't right."""
    return not all(result.is_right for result in results)


def examine_submission(
    assignment: Assignment, candidate: SandboxedCandidate, cells: Cells, seeds: Seeds, allowance: Allowance
) -> tuple[dict[str, Explained], Problems]:
    """Examine and explain all answers; return ({name: Explained}, what went wrong in which cell).

    Answers that are lent other modules are examined in another worker. Hidden inputs come after the learner's, in all
    of them, and of a worker that may know of any no word is shown: what its code saw reaches the next one in spite of
    the sandbox, if only by how long it takes to read a file.
    """
    by_loans = defaultdict(list)
    for name in assignment.names:
        by_loans[assignment.lent.get(name, ())].append(name)
    known = {name: Explained(Work(assignment, name)) for name in assignment.names}
    problems = {}  # loans → what went wrong in which cell
    for hidden, groups in (False, [*by_loans]), (True, [*by_loans][::-1]):  # the last worker goes on
        for lent in groups:
            if not hidden or lent != groups[0]:
                candidate.load(cells, lent)
            group = [known[name] for name in by_loans[lent]]
            group = examine_and_explain(group, candidate, only(seeds, hidden), allowance)
            known.update({each.work.name: each for each in group})
            if not hidden:
                problems[lent] = candidate.failed
    # A cell may have missed what is lent to others: of a wrong answer its own worker tells, of any other cell all do.
    wrong = {name for name, explained in known.items() if not explained.work.is_right}
    return known, {
        cell: problem
        for lent, failed in problems.items()
        for cell, problem in failed.items()
        if (cell in by_loans[lent] if cell in wrong else all(cell in others for others in problems.values()))
    }


def stand_ins_for(name: str, results: Mapping[str, list[PartResult]]) -> tuple[str, ...]:
    """The earlier names, wrong too, that a right answer is to stand in for; none if `name` is right."""
    wrong = [other for other, its in results.items() if is_wrong(its)]
    return tuple(itertools.takewhile(lambda other: other != name, wrong)) if name in wrong else ()


def does_the_same(work: Work, candidate: Candidate, allowance: Allowance) -> bool:
    """Whether a candidate does in each case that failed what was seen of it then; False where nothing was seen."""
    plays = list(dict.fromkeys(fault.play for fault in work.faults))
    if not plays or any(each.lost for each in work.examinations):
        return False
    allowed = LastLook(work.name, lambda seed: [], work.criteria[0].exercise)
    if allowance.examine(allowed, candidate, 0, False).lost:
        return False
    try:
        return all(map(is_alike, plays, play_all(candidate, [play.case for play in plays])))
    except WorkerLost:
        return False


def is_alike(one: Play, other: Play) -> bool:
    """Whether the same was seen in two plays of a case."""
    return (
        same(one.raised, other.raised)
        and one.seen.keys() == other.seen.keys()
        and all(same(value, other.seen[key]) for key, value in one.seen.items())
    )


def better_of_two(
    known: Explained,
    results: list[PartResult],
    candidate: SandboxedCandidate,
    seeds: Seeds,
    allowance: Allowance,
    way: Way,
) -> list[PartResult]:
    """Examine an answer once more, now among other cells; return the better of its two results, each as a whole.

    The best of both criterion by criterion would be two tries, for code can tell in which of the two examinations it
    is. Nothing can be better where the answer does the same as before in each case that failed, which is soon seen.
    """
    work = known.work
    if does_the_same(work, candidate, allowance):
        return results
    seen = examine(Work(work.assignment, work.name), candidate, seeds, allowance)
    again = explain_what_was_seen(Explained(seen, known.explanation))

    def now(verdict: Verdict, before: Verdict) -> Verdict:
        is_idle = not set(way.idle).isdisjoint(verdict.criterion.methods)
        costs = verdict.state == State.COSTS and not is_idle
        likely = work.costing(verdict.criterion, again.certain) if costs else ()
        if verdict.state == before.state and likely in ((), before.likely):
            return replace(before, mark=verdict.mark)
        if likely:
            verdict = replace(verdict, mistake=Mistake(likely))
        if verdict.state != State.COSTS or before.state != State.HOLDS:
            return replace(verdict, stand_ins=way.stand_ins)
        return replace(verdict, finding=way.finding, hidden=False, mistake=None, stand_ins=way.stand_ins)

    others = [
        replace(result, verdicts=tuple(map(now, result.verdicts, before.verdicts)))
        for result, before in zip(judge(again), results, strict=True)
    ]
    return max(results, others, key=worth)  # the first, if both are equal


def worth(results: Sequence[PartResult]) -> tuple[int, int]:
    """The points of an answer, and how many mistakes are named in it."""
    named = {each for result in results for verdict in result.verdicts for each in verdict.likely}
    return sum(result.points for result in results), len(named)
