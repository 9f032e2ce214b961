"""Finds the simplest script and condition of a failure: ever simpler cases are played, as long as they fail alike.

It shrinks the recipe, not the arrays: whatever is left out, numbers that fit are drawn anew.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from ..engine.case import NEEDED, NOISE, Case, Condition, Script
from ..engine.design import some_ignored
from ..protocol.candidate import Candidate
from .look import Aim, look_at, redrawn

PLAYS = 90  # for one mistake


def shrink(case: Case, aim: Aim, candidate: Candidate) -> Case:
    """Return the case with the simplest script and condition found in which an answer fails as it is meant to.

    A law is about many numbers, of which none can be left out. Of an answer that fails without the marked steps too,
    these are what it is about, and stay.
    """
    if case.law:
        return case
    plays = iter(range(PLAYS))

    def fails(other: Case) -> bool:
        return is_playable(other.steps) and next(plays, None) is not None and aim.is_met_by(look_at(candidate, other))

    def first(case: Case, others: Iterable[Case]) -> Case:
        return next(filter(fails, others), case)

    ignoring = dict.fromkeys(case.layer.ignored, some_ignored)
    case = first(
        case,
        [
            redrawn(replace(case, condition=Condition())),
            redrawn(case, world=None),
            redrawn(case, world=None, patterns=ignoring),
            redrawn(case, sizes={}),
        ],
    )
    unmarked = tuple(step for step in case.steps if not step.mark)
    case = fewer_steps(case, first, case.has(NOISE, NEEDED) and fails(redrawn(case, steps=unmarked)))
    for name in case.condition.patterns:
        case = first(case, [redrawn(case, patterns={k: v for k, v in case.condition.patterns.items() if k != name})])
    for key, plain in vars(Condition()).items():
        if getattr(case.condition, key) != plain:
            case = first(case, [redrawn(case, **{key: plain})])
    return case


def is_playable(steps: Script) -> bool:
    """Whether a caller may do this: each backward has a forward, and no update or other state stands between them."""
    ready = set()
    for step in steps:
        if step.verb == "forward":
            ready.add(step.who)
        elif step.verb in ("update", "set", "reset"):
            ready.clear()
        elif step.verb == "backward" and step.who not in ready:
            return False
    return any(not step.mark for step in steps)


def fewer_steps(case: Case, first: Callable[[Case, Iterable[Case]], Case], keeps_marked: bool) -> Case:
    """Leave out what can be left out, from the end: nothing before it needs what comes late."""
    for at, step in enumerate(case.steps):
        if step.how:
            case = first(case, [redrawn(case, steps=(*case.steps[:at], replace(step, how=""), *case.steps[at + 1 :]))])
    for at in reversed(range(len(case.steps))):
        rest = case.steps[:at] + case.steps[at + 1 :]
        may_go = is_playable(rest) and not (keeps_marked and case.steps[at].mark)
        case = first(case, [redrawn(case, steps=rest)] if may_go else [])
    return case
