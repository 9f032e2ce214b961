"""How much time each criterion gets, and who pays for what never comes to an end."""

import math

import pytest

from rnnlm_grader.engine.exam import LastLook
from rnnlm_grader.protocol.candidate import TIMED_OUT, WAITED, Lost, WorkerLost
from rnnlm_grader.verdict.allowance import Allowance


class Candidate:
    """Something that is examined: it keeps how much time it was given each time."""

    defined, waits, at_work = ("f",), 0, None

    def __init__(self):
        self.given = []

    def begin(self, seconds):
        self.given.append(seconds)
        Candidate.at_work = self


def taking(seconds):
    """A criterion that takes so long."""

    def dealt(seed):
        if seconds > Candidate.at_work.given[-1]:
            raise WorkerLost(Lost(TIMED_OUT))
        return []

    return LastLook("f", dealt, None)


@pytest.fixture
def examined():
    """Examine by a criterion; return (whether it passed, the time that it was given each time)."""
    allowance, candidate = Allowance(15, 30), Candidate()

    def examine(criterion):
        candidate.given.clear()
        return allowance.examine(criterion, candidate, 0, False).passed, [*candidate.given]

    return examine


def test_what_is_stopped_is_examined_once_more_with_all_its_time_and_gets_that_at_once_from_then_on(examined):
    slow = taking(10)
    assert examined(slow) == (True, [1, 15])
    assert examined(slow) == (True, [15])


def test_slow_criteria_that_come_to_an_end_use_up_nothing(examined):
    for _ in range(30):
        assert examined(taking(10)) == (True, [1, 15])


def test_endless_criteria_take_their_time_from_no_other(examined):
    slow = taking(10)
    assert examined(slow) == (True, [1, 15])
    for _ in range(2):
        assert examined(taking(math.inf)) == (False, [1, 15])
    for _ in range(30):
        assert examined(taking(math.inf)) == (False, [1])
    assert examined(taking(0.9)) == (True, [1])
    assert examined(slow) == (True, [15])


def test_a_submission_that_never_comes_to_an_end_takes_a_minute(examined):
    """The largest exercise has 25 criteria of one name and a last look, which comes only after all have passed."""
    assert sum(sum(examined(taking(math.inf))[1]) for _ in range(25)) < 60


def test_what_had_to_wait_only_the_first_time_is_final():
    candidate = Candidate()

    def waits_once(seed):
        if len(candidate.given) == 1:
            candidate.waits += 1
            raise WorkerLost(Lost(WAITED))
        return []

    assert Allowance(15, 15).examine(LastLook("f", waits_once, None), candidate, 0, False).passed
    assert candidate.waits == 0


def test_where_a_learner_waits_nothing_is_examined_again():
    candidate = Candidate()
    assert not Allowance(6).examine(taking(7), candidate, 0, False).passed
    assert candidate.given == [6]
