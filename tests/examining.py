"""Examines one answer by itself, as a test wants it: without last looks and other ways to execute cells."""
from rnnlm_grader.explaining.mistakes import explain_all
from rnnlm_grader.grading import examine_all, judge, settle_charges


def grade_name(assignment, candidate, name, seeds, allowance):
    """Return the PartResults of one name; seeds and allowance as in `examine_all`."""
    draws = examine_all([c for c in assignment.criteria if c.name == name], candidate, seeds, allowance)
    settle_charges([name], draws)
    draws = explain_all(assignment, draws, candidate)
    return [judge(assignment, name, part, draws) for other, part in assignment.parts() if other == name]
