"""Examines one answer by itself, as a test wants it: without last looks and other ways to execute cells."""
from rnnlm_grader.criteria import find
from rnnlm_grader.explaining.mistakes import explain_all
from rnnlm_grader.grading import examine_all, judge, settle_charges
from rnnlm_grader.sandbox.candidate import KernelCandidate
from rnnlm_grader.spec.exam import examine, public_seed


def grade_name(assignment, candidate, name, seeds, allowance):
    """Return the PartResults of one name; seeds and allowance as in `examine_all`."""
    draws = examine_all([c for c in assignment.criteria if c.name == name], candidate, seeds, allowance)
    settle_charges([name], draws)
    draws = explain_all(assignment, draws, candidate)
    return [judge(assignment, name, part, draws) for other, part in assignment.parts() if other == name]


def is_clean(name, answer, criteria=None):
    """Return whether nothing is wrong with an answer by the criteria of its name, or by these."""
    criteria = criteria or [criterion for criterion in find(name).criteria if criterion.name == name]
    return all(examine(criterion, KernelCandidate(**{name: answer}), public_seed(criterion)).is_clean
               for criterion in criteria)
