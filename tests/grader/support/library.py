"""The library of misconceptions, as cases for tests, and its verdicts."""

import pytest

from rnnlm_grader.content import ASSIGNMENTS
from rnnlm_grader.engine.exam import public_seed
from rnnlm_grader.protocol.candidate import KernelCandidate
from rnnlm_grader.verdict.allowance import Allowance
from rnnlm_grader.verdict.marks import State
from rnnlm_grader.verdict.pipeline import results_of

CASES = [pytest.param(a, m, id=f"{m.name}-{m.id}") for a in ASSIGNMENTS.values() for m in a.misconceptions]


def grade(assignment, misconception):
    """Those of the verdicts on a variant, on the learner's inputs, that cost points."""
    candidate = KernelCandidate(**{misconception.name: misconception.variant})
    results = results_of(
        assignment, candidate, misconception.name, lambda criterion: [(public_seed(criterion), False)], Allowance(5)
    )
    return [v for result in results for v in result.verdicts if v.state == State.COSTS]
