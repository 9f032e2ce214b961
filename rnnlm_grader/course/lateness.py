"""Keeps late penalties up to date: due dates, extensions and the rule itself may change after grading."""
import math

from ..refusal import Refusal
from .folders import shown
from .gradebook import record_penalties, recorded_lateness


class RuleFailed(Refusal):
    """The course's rule for late work raised an exception."""


def update_penalties(coursedir, rule, students):
    """Record what lateness costs these students by now; return those for whom that has changed.

    Parameters
    ----------
    rule : nbgrader.preprocessors.AssignLatePenalties
        With the course's plug-in in it. nbgrader itself asks it only when a submission is graded.
    students : collection of str
        Those whose present submission is graded.
    """
    rule.assignment_id = coursedir.assignment_id  # a plug-in may look for it there, as when nbgrader asks
    rule.init_plugin()
    changed = {}
    for student, late in recorded_lateness(coursedir.db_url, coursedir.assignment_id).items():
        if student in students:
            penalty = penalty_for(rule.plugin_inst, student, late)
            if not math.isclose(penalty or 0, late.penalty or 0, rel_tol=1e-9):
                changed[student] = penalty
    if changed:
        record_penalties(coursedir.db_url, coursedir.assignment_id, changed)
    return sorted(changed)


def penalty_for(plugin, student, late):
    """Return what the plug-in takes off for lateness, bounded as nbgrader does it; None for nothing."""
    if not late.seconds:
        return None
    try:
        penalty = plugin.late_submission_penalty(student, late.score, late.seconds)
        return None if penalty is None else float(min(max(penalty, 0), late.score))
    except Exception as error:  # it is a program of the course's own
        raise RuleFailed(f"The rule for late work, {type(plugin).__name__}, failed for {shown(student)}: "
                         f"{type(error).__name__}: {shown(error)}. Mend it in nbgrader_config.py.") from None
