"""From an answer to its verdicts: examined, explained, judged. `check` and the grader go this way."""

from collections.abc import Iterable
from dataclasses import replace

from ..engine.exam import Assignment
from ..protocol.candidate import Candidate
from .allowance import Allowance
from .judging import PartResult, judge
from .naming import explain
from .work import Explained, Seeds, Work, examine_answer, look_once_more, only


def results_of(
    assignment: Assignment, candidate: Candidate, name: str, seeds: Seeds, allowance: Allowance
) -> list[PartResult]:
    """Return the results of all parts of an answer; `seeds` and `allowance` as in `examine_answer`."""
    known = [Explained(Work(assignment, name))]
    for is_hidden in (False, True):  # it is explained before it meets hidden inputs
        known = examine_and_explain(known, candidate, only(seeds, is_hidden), allowance)
    return judge(*known)


def examine_and_explain(
    known: Iterable[Explained], candidate: Candidate, seeds: Seeds, allowance: Allowance
) -> list[Explained]:
    """Examine answers of a candidate on more draws of inputs: first all of them; then explain what is wrong."""
    examined = [replace(each, work=examine(each.work, candidate, seeds, allowance)) for each in known]
    return [explain(each, candidate) for each in examined]


def examine(work: Work, candidate: Candidate, seeds: Seeds, allowance: Allowance) -> Work:
    """Examine an answer by all its criteria and, where all of them hold, by the last looks."""
    return look_once_more(examine_answer(work, candidate, seeds, allowance), candidate, seeds, allowance)
