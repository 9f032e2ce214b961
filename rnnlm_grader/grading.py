"""Examines an answer by the criteria of a grade cell and gathers the mark."""
import contextlib
import itertools
import threading
from dataclasses import dataclass, replace

from .diagnose import explain
from .exam import Assignment, Criterion, Misconception, Outcome, examine

DIAGNOSIS = threading.Lock()  # the library's variants run in this process, which has but one sys.stdout


@dataclass(frozen=True)
class Verdict:
    """What one criterion says about one answer."""

    criterion: Criterion
    outcome: Outcome
    hidden: bool  # whether the inputs of the outcome are hidden from the learner
    likely: Misconception | None
    stand_ins: tuple = ()  # earlier names, wrong in this submission, that a right answer stood in for

    @property
    def points(self):
        return self.criterion.points if self.outcome.passed else 0


@dataclass(frozen=True)
class PartResult:
    """The verdicts of one grade cell."""

    assignment: Assignment
    name: str
    part: str
    verdicts: tuple

    @property
    def points(self):
        return sum(verdict.points for verdict in self.verdicts)

    @property
    def max_points(self):
        return sum(verdict.criterion.points for verdict in self.verdicts)

    @property
    def passed(self):
        return all(verdict.outcome.passed for verdict in self.verdicts)


def at_most(seconds):
    """Let every criterion take that long; see `grade_parts`."""
    return lambda name: contextlib.nullcontext(seconds)


def grade_part(assignment, candidate, name, part, seeds, seconds):
    """Examine one part of an answer; see `grade_parts`."""
    result, = grade_parts(assignment, candidate, [(name, part)], seeds, seconds)
    return result


def grade_parts(assignment, candidate, parts, seeds, seconds):
    """Examine parts of a submission; return a list of PartResult.

    Parameters
    ----------
    parts : sequence of (name, part)
    seeds : callable
        Criterion → list of (seed, hidden): the draws of inputs on which it must pass, in order.
    seconds : callable
        Name → context manager around the examination by one criterion, which yields how long it may take.
    """
    criteria = [criterion for name, part in parts for criterion in assignment.of(name, part)]
    draws = dict.fromkeys(criteria, ())
    hidden_draws = {}
    for row in itertools.zip_longest(*map(seeds, criteria)):
        # All criteria on their first draw, then on their second. The hidden ones come last: so an answer that keeps
        # what it was given can't tell of it in a message about the learner's inputs, which the report shows.
        for criterion, draw in zip(criteria, row, strict=True):
            if draw and all(outcome.passed for _, outcome in draws[criterion]):
                seed, hidden_draws[criterion] = draw
                with seconds(criterion.name) as limit:
                    draws[criterion] += ((seed, examine(criterion, candidate, seed, limit)),)
    return [judge(assignment, name, part, {criterion: draws[criterion] for criterion in assignment.of(name, part)},
                  hidden_draws) for name, part in parts]


def judge(assignment, name, part, draws, hidden_draws):
    """Reach the verdicts of one part from what came of all draws of inputs."""
    verdicts, known = [], {}
    for criterion, outcomes in draws.items():
        outcome = outcomes[-1][1]
        with DIAGNOSIS:
            likely = None if outcome.passed else explain(assignment, criterion, draws, known.values())
        verdicts.append(Verdict(criterion, outcome, hidden_draws[criterion], likely))
        if likely:
            known[likely.id] = likely
    return PartResult(assignment, name, part, tuple(verdicts))


def grade_submission(assignment, cells, answers, make_candidate, seeds, seconds):
    """Examine all parts of a submission; a mistake costs its own points and no others.

    Where an answer fails and an earlier answer of the same submission, which it may build on, is wrong too, the failed
    part is examined once more with the instructor's answer in place of the earlier one. What passes then is given. An
    earlier answer that earned nothing is no work to build on, and nothing stands in for it.

    Parameters
    ----------
    cells : list of (name, source)
        The submission, in the order in which it is executed. The cell of an answer bears its name.
    answers : dict
        The instructor's source for each name.
    make_candidate : callable
        (cells, modules of rnnlm_ref to lend) → candidate. Each answer is examined with what is lent to it alone.
    seeds, seconds : callables
        As in `grade_parts`.

    Returns
    -------
    (list of PartResult, dict of what each failed cell raised)
    """
    results, failed = examine_names(assignment, assignment.names, cells, make_candidate, seeds, seconds)
    wrong = tuple(dict.fromkeys(result.name for result in results if not result.passed))
    earned = {result.name for result in results if result.points}
    for name in wrong[1:]:
        earlier = tuple(other for other in wrong[: wrong.index(name)] if other in earned)
        if earlier:
            repaired = [(cell, answers[cell] if cell in earlier else source) for cell, source in cells]
            again, _ = examine_names(assignment, (name,), repaired, make_candidate, seeds, seconds)
            better = {(result.name, result.part): result for result in again}
            results = [follow_through(result, better[result.name, result.part], earlier)
                       if result.name == name else result for result in results]
    return results, failed


def examine_names(assignment, names, cells, make_candidate, seeds, seconds):
    """Examine all parts of some names, those with the same loans in one process; return results and failed cells."""
    results, failed = [], {}
    for lent, group in itertools.groupby(names, lambda name: assignment.lent.get(name, ())):
        group = tuple(group)
        with contextlib.closing(make_candidate(cells, lent)) as candidate:
            parts = [(name, part) for name, part in assignment.parts() if name in group]
            results += grade_parts(assignment, candidate, parts, seeds, seconds)
        # A cell of another answer may have missed what is lent to that one; its own group tells.
        failed |= {cell: raised for cell, raised in candidate.failed.items()
                   if cell in group or cell not in assignment.names}
    return results, failed


def follow_through(result, again, stand_ins):
    """Take from a second examination what failed in the first and passes with stand-ins."""
    def better(first, second):
        given = second.outcome.passed and not first.outcome.passed
        return replace(second, stand_ins=stand_ins) if given else first

    return replace(result, verdicts=tuple(map(better, result.verdicts, again.verdicts)))
