"""Finds the known mistakes in an answer, and an example for each criterion that pays."""

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from ..content.misconception import Misconception
from ..engine.exam import Criterion, Examination
from ..engine.faults import Fault, roots_of
from ..explaining import decoding
from ..explaining.mistakes import Mistake, mistake_of
from ..explaining.trials import right_only_once
from ..explaining.variants import wrong_by
from ..explaining.words import is_unfinished
from ..protocol.candidate import Candidate, WorkerLost
from .work import Work

DIAGNOSIS = threading.Lock()  # the library's variants run in this process, which has but one sys.stdout
EXPLAINING = 5.0  # seconds, for the examples of one answer


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
            known, left = work.accounted()
            names = known.mistakes if known and known.is_certain else ()
            for criterion, fault, hidden in paying(work, left, known):
                likely = (not work.certain and work.likely.get(criterion)) or work.costing(criterion, names)
                if was_wrong and work.explanation and criterion in work.mistakes:
                    work.mistakes[criterion] = replace(work.mistakes[criterion], likely=likely)
                # Code that has met hidden inputs may speak of these wherever it is asked again.
                is_due = criterion not in work.mistakes and hidden is work.has_met_hidden
                if is_due and not is_unfinished(fault.play.raised):
                    named = work.certain or work.by_part.get((criterion.part, hidden), ())
                    work.mistakes[criterion] = (
                        Mistake(said=work.said, hidden=hidden)
                        if work.said
                        else mistake_of(fault, likely, hidden, candidate, work.library, named)
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
    if work.certain or work.said:
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
        pays = work.payer(examination)
        pays_for_all = pays is not examination.criterion or pays.id in costs
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
    likely = work.costing(criterion, names)
    beside = [each for each in names if each not in likely]
    for others in (beside, ()) if beside else ():
        for fault, is_hidden in found:
            if is_hidden is hidden and wrong_by(fault.play.case, fault.wrong, likely, others):
                return fault, hidden
    return found[0]


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
    if likely := work.costing(criterion, names_in_part(work, criterion.part, hidden)):
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
