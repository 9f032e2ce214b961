"""How much time an answer may take, in seconds of the processor: the same on every machine, however busy it is."""

from collections import defaultdict

from ..engine.exam import Criterion, Examination, LastLook, examine
from ..protocol.candidate import TIMED_OUT, WAITED, Candidate, Lost

AT_FIRST = 1.0  # seconds that each criterion may take, whatever became of others; the inputs are tiny


class Allowance:
    """How many seconds a criterion may take.

    With `per_answer`, a criterion that is stopped after its first second is examined once more, alone in a new worker,
    with all of `per_criterion`; only then does that count. Once an answer has lost `per_answer` seconds in this way,
    what is stopped after its first second isn't examined again. What came to an end before has its full time at once.
    So an endless loop takes no time from what comes to an end, and yet an answer full of them is soon done with.
    """

    def __init__(self, per_criterion: float, per_answer: float | None = None) -> None:
        self.per_criterion, self.per_answer = per_criterion, per_answer
        self.lost: defaultdict[str, float] = defaultdict(float)  # account → seconds for which it ran in vain
        self.ending: set[Criterion | LastLook] = set()  # criteria that came to an end

    def examine(self, criterion: Criterion | LastLook, candidate: Candidate, seed: int, hidden: bool) -> Examination:
        """Examine by one criterion; see `exam.examine`."""
        if self.per_answer is None:
            return examine(criterion, candidate, seed, hidden, self.per_criterion)
        at_first = self.per_criterion if criterion in self.ending else min(AT_FIRST, self.per_criterion)
        waits = candidate.waits
        examination = examine(criterion, candidate, seed, hidden, at_first)
        if is_stopped(examination) and self.lost[criterion.account] < self.per_answer:
            candidate.waits = waits  # the first time counts for nothing now
            examination = examine(criterion, candidate, seed, hidden, self.per_criterion)
            if is_stopped(examination):
                self.lost[criterion.account] += at_first + self.per_criterion
        if not is_stopped(examination):
            self.ending.add(criterion)
        return examination


def is_stopped(examination: Examination) -> bool:
    """Whether it ended only because it was stopped."""
    return isinstance(examination.lost, Lost) and examination.lost.reason in (TIMED_OUT, WAITED)
