"""Keeps late penalties up to date: due dates, extensions and the rule itself may change after grading."""

import logging
from collections.abc import Sequence

from nbgrader.api import Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.plugins import BasePlugin
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.orm import contains_eager, undefer
from traitlets.config import Config

from ..refusal import Refusal
from .gradebook import of_notebooks
from .messages import one_line

QUIET = logging.Logger("late", logging.WARNING)
AT_ONCE = 1000  # students; SQLite takes some ten thousand values in a query, and memory shouldn't grow with the class


def late_rule(assignment: str, config: Config) -> BasePlugin:
    """Return the course's plug-in for late work, which finds the assignment where it does when nbgrader asks it."""
    rule = AssignLatePenalties(config=config)
    rule.assignment_id = assignment
    rule.init_plugin()
    rule.plugin_inst.log = QUIET  # nbgrader's own says once for each student which method it uses
    return rule.plugin_inst


def update_penalties(gradebook: Gradebook, assignment: str, rule: BasePlugin, students: Sequence[str]) -> list[str]:
    """Record what lateness costs these students, whose present work is graded; return those for whom that has changed.

    nbgrader itself asks the rule only when a submission is graded.
    """
    changed: list[str] = []
    for some in (students[at : at + AT_ONCE] for at in range(0, len(students), AT_ONCE)):
        changed += update_some(gradebook, assignment, rule, some)
    return sorted(changed)


def update_some(gradebook: Gradebook, assignment: str, rule: BasePlugin, students: Sequence[str]) -> list[str]:
    """Do the same for as many as one query may name."""
    changed = []
    query = of_notebooks(assignment, SubmittedNotebook, students=students).options(
        undefer(SubmittedNotebook.score),
        contains_eager(SubmittedNotebook.assignment, SubmittedAssignment.assignment),
    )
    for student, notebook in gradebook.db.execute(query).all():
        before = notebook.late_submission_penalty or 0
        set_penalty(rule, notebook)
        if (notebook.late_submission_penalty or 0) != before:
            changed.append(student)
    gradebook.db.commit()
    gradebook.db.expunge_all()  # else the session keeps the whole class
    return changed


def set_penalty(rule: BasePlugin, notebook: SubmittedNotebook) -> None:
    """Have a submitted notebook cost what the rule takes off for lateness, bounded as nbgrader does it."""
    student, seconds, penalty = notebook.assignment.student_id, notebook.assignment.total_seconds_late, None
    try:
        if seconds > 0:
            penalty = rule.late_submission_penalty(student, notebook.score, seconds)
        notebook.late_submission_penalty = None if penalty is None else float(min(max(penalty, 0), notebook.score))
    except Exception as error:  # it is a program of the course's own
        raise Refusal(
            f"The rule for late work, {type(rule).__name__}, failed for {one_line(student)}: "
            f"{type(error).__name__}: {one_line(error)}. Mend it in nbgrader_config.py."
        ) from None
