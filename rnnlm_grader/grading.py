"""Examines an answer by the criteria of a grade cell and gathers the mark."""
from dataclasses import dataclass

from .diagnose import explain
from .exam import Assignment, Criterion, Misconception, Outcome, examine


@dataclass(frozen=True)
class Verdict:
    """What one criterion says about one answer."""

    criterion: Criterion
    outcome: Outcome
    hidden: bool  # whether the inputs of the outcome are hidden from the learner
    likely: Misconception | None

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


def grade_part(assignment, candidate, name, part, seeds, seconds):
    """Examine one part of an answer.

    Parameters
    ----------
    seeds : callable
        Criterion → list of (seed, hidden): the draws of inputs on which it must pass, in order.
    seconds : callable
        () → how long the next criterion may take.
    """
    draws, hidden_draws = {}, {}
    for criterion in assignment.of(name, part):
        draws[criterion] = []
        for seed, hidden in seeds(criterion):
            outcome = examine(criterion, candidate, seed, seconds())
            draws[criterion].append((seed, outcome))
            hidden_draws[criterion] = hidden
            if not outcome.passed:
                break
    verdicts = tuple(
        Verdict(criterion, outcomes[-1][1], hidden_draws[criterion],
                None if outcomes[-1][1].passed else explain(assignment, criterion, draws))
        for criterion, outcomes in draws.items())
    return PartResult(assignment, name, part, verdicts)
