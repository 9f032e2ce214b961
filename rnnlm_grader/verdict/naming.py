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
from .work import Explained, Work

DIAGNOSIS = threading.Lock()  # the library's variants run in this process, which has but one sys.stdout
EXPLAINING = 5.0  # seconds, for the examples of one answer


def explain(now: Explained, candidate: Candidate) -> Explained:
    """Find names and examples for what is wrong in an answer, beyond what was known of it before it was examined again.

    Whatever goes wrong while explaining, the verdict stands and is shown plainly.
    """
    work = now.work
    if work.is_right:
        return now
    now, was_wrong = confirmed(now)
    is_new = was_wrong or not (now.explanation or now.mistakes)
    if is_new:
        now = named(now, was_wrong)
    with DIAGNOSIS, np.errstate(all="ignore"):
        try:
            candidate.begin(EXPLAINING)
            if is_new and not now.explanation:
                now = replace(now, explanation=once_only(work, candidate))
            now = with_what_is_likely(now)
            known, left = now.accounted()
            certain = known.mistakes if known and known.is_certain else ()
            for criterion, fault, hidden in paying(work, left, known):
                costing = (not now.certain and now.likely.get(criterion)) or work.costing(criterion, certain)
                if criterion in now.mistakes:
                    if was_wrong and now.explanation:
                        now = told(now, criterion, replace(now.mistakes[criterion], likely=costing))
                # Code that has met hidden inputs may speak of these wherever it is asked again.
                elif hidden is work.has_met_hidden and not is_unfinished(fault.play.raised):
                    names = now.certain or now.by_part.get((criterion.part, hidden), ())
                    mistake = (
                        Mistake(said=now.said, hidden=hidden)
                        if now.said
                        else mistake_of(fault, costing, hidden, candidate, work.library, names)
                    )
                    now = told(now, criterion, mistake)
        except WorkerLost:
            pass
    return now


def explain_what_was_seen(now: Explained) -> Explained:
    """Find the known mistakes that explain all of an answer, without asking it again: no example is played."""
    now, was_wrong = confirmed(now)
    if not now.explanation:
        now, _ = confirmed(named(now, was_wrong))
    with DIAGNOSIS, np.errstate(all="ignore"):
        return with_what_is_likely(now)


def confirmed(now: Explained) -> tuple[Explained, bool]:
    """Return what is known, and whether its explanation had to go: it doesn't hold on all draws, or in a last look."""
    plays = [played for each in now.work.seen for _, played in each.plays]
    with DIAGNOSIS, np.errstate(all="ignore"):
        if now.explanation is None or decoding.is_confirmed(now.explanation, plays):
            return now, False
    return replace(now, explanation=None), True


def named(now: Explained, was_wrong: bool) -> Explained:
    """Look for known mistakes that explain all; not where a criterion was lost, unless others seemed to."""
    work = now.work
    if not was_wrong and any(each.lost for each in work.examinations):
        return now
    with DIAGNOSIS, np.errstate(all="ignore"):
        found = decoding.explain(work.library, tuple(work.criteria), work.examinations)
    return replace(now, explanation=found)


def with_what_is_likely(now: Explained) -> Explained:
    """Find, by criterion that pays, the known mistakes that explain what it costs; not where some explain all."""
    if now.certain or now.said:
        return now
    work, likely, by_part = now.work, dict(now.likely), dict(now.by_part)
    roots = roots_of(work.faults)
    for criterion, fault, hidden in paying(work, work.examinations):
        if criterion not in likely and not is_unfinished(fault.play.raised):
            likely[criterion] = names_of(work, criterion, fault, hidden, roots, by_part)
    return replace(now, likely=likely, by_part=by_part)


def told(now: Explained, criterion: Criterion, mistake: Mistake) -> Explained:
    """With what is known of the mistake that a criterion pays for; its example may speak against a likely name."""
    likely = {criterion: mistake.likely} if criterion in now.likely else {}
    return replace(now, mistakes={**now.mistakes, criterion: mistake}, likely={**now.likely, **likely})


def once_only(work: Work, candidate: Candidate) -> decoding.Explanation | None:
    """Explain an answer that is right only the first time: it costs what is wrong in a fresh kernel, too."""
    cases = {fault.play.case: fault.owner for fault in work.faults}
    said, wrong = right_only_once(candidate, work.name, [*cases])
    if not said:
        return None
    costs = {cases[case] for case in wrong} or {next(iter(cases.values()))}
    return decoding.Explanation((), frozenset(costs), frozenset(), False, said)


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
    work: Work,
    criterion: Criterion,
    fault: Fault,
    hidden: bool,
    roots: Mapping[Fault, Fault],
    by_part: dict[tuple[str, bool], tuple[Misconception, ...]],
) -> tuple[Misconception, ...]:
    """Return the known mistakes that explain what a criterion costs, as far as is seen on one kind of draws.

    `roots` are those of all faults; see `engine.faults.roots_of`. What explains a whole part is noted `by_part`.
    """
    shown, part = work.shown(hidden), criterion.part
    plays = {played for examination in shown for _, played in examination.plays}
    mine = [each for each, root in roots.items() if root.owner == criterion.id and each.play in plays]
    if alone := decoding.part_of(work.library, mine or [fault], shown):
        return alone
    if (part, hidden) not in by_part:
        by_part[part, hidden] = decoding.explain_part(work.library, tuple(work.criteria), shown, part)
    if likely := work.costing(criterion, by_part[part, hidden]):
        return likely
    own = [each for each in mine if each.owner == criterion.id]  # beside these, another mistake may be at work
    raised = any(each.play.raised for each in own)  # in few plays, many mistakes raise alike
    return () if raised or own == mine else decoding.part_of(work.library, own, shown)
