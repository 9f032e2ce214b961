"""Examines one part of an answer by itself, as a test wants it: without last looks and other ways to execute cells."""
from rnnlm_grader.grading import examine_all, judge


def grade_part(assignment, candidate, name, part, seeds, allowance):
    """Return the PartResult of one part; seeds and allowance as in `examine_all`."""
    return judge(assignment, name, part, examine_all(assignment.of(name, part), candidate, seeds, allowance))
