"""From an answer to its verdicts: examined, explained, judged. `check` goes this way, and the grader step by step."""

from ..engine.exam import Assignment
from ..protocol.candidate import Candidate
from .allowance import Allowance
from .judging import PartResult, judge
from .naming import explain
from .work import Seeds, Work, examine_answer, look_once_more, only


def results_of(
    assignment: Assignment, candidate: Candidate, name: str, seeds: Seeds, allowance: Allowance
) -> list[PartResult]:
    """Return the results of all parts of an answer; `seeds` and `allowance` as in `examine_answer`.

    It is explained before it meets hidden inputs.
    """
    work = Work(assignment, name)
    for is_hidden in (False, True):
        draws = only(seeds, is_hidden)
        examine_answer(work, candidate, draws, allowance)
        look_once_more(work, candidate, draws, allowance)
        explain(work, candidate)
    return judge(work)
