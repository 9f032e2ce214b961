"""Last looks: no right answer loses by them, and what no criterion notices costs the points of one."""
import os

import numpy as np
import pytest
from corpora import CORPORA, incomplete
from test_cells import mark
from test_integrity import solution

from rnnlm_grader import check
from rnnlm_grader.assignments import ASSIGNMENTS, find
from rnnlm_grader.bench import load_cells
from rnnlm_grader.candidate import KernelCandidate
from rnnlm_grader.check import CheckFailed
from rnnlm_grader.exam import Exam, LastLook, examine, hidden_seed, public_seed
from rnnlm_grader.grading import Allowance, examine_all, judge, look_once_more
from rnnlm_grader.wire import held

DRAWS = 2 * int(os.environ.get("DRAWS", "3"))
LOOKS = {look.name: look for assignment in ASSIGNMENTS.values() for look in assignment.criteria.last_looks}
RARE = [(name, label) for name, labels in incomplete.RARE.items() for label in labels]


class Crossing(KernelCandidate):
    """An answer in this process, of which nothing is asked that couldn't be asked of a worker."""

    def request(self, verb, *args):
        held((verb, *args))
        return super().request(verb, *args)


def rare(name, label):
    """A wrong answer that passes all criteria, as a candidate."""
    return KernelCandidate(**{name: solution(name, incomplete.changed(name, label, incomplete.RARE)[1])})


def criteria_of(name):
    return [criterion for criterion in find(name).criteria if criterion.name == name]


def seeds_of(name, number):
    """The seeds of the draws of a last look that are tried on an answer: others for each."""
    look = LOOKS[name]
    return [public_seed(look), *(hidden_seed(bytes([number, i]), find(name).slug, look) for i in range(DRAWS))]


def points(name, candidate, seeds=None):
    """Grade an answer on known inputs; return its points, and the ids of the criteria that failed."""
    assignment, allowance = find(name), Allowance(20)
    seeds = seeds or (lambda criterion: [(public_seed(criterion), False)])
    draws = examine_all(criteria_of(name), candidate, seeds, allowance)
    look_once_more(assignment, [name], draws, candidate, seeds, allowance)
    verdicts = [verdict for other, part in assignment.parts() if other == name
                for verdict in judge(assignment, name, part, draws).verdicts]
    return sum(v.points for v in verdicts), [v.criterion.id for v in verdicts if not v.outcome.passed]


def test_each_name_has_one():
    assert list(LOOKS) == [name for assignment in ASSIGNMENTS.values() for name in assignment.names]


@pytest.mark.parametrize(("corpus", "name"), [(corpus, name) for corpus in CORPORA for name in corpus.RIGHT])
@pytest.mark.filterwarnings("ignore")
def test_right_answers_pass_them(corpus, name):
    assignment = find(name)
    for number, (label, source) in enumerate(corpus.RIGHT[name].items()):
        names, lent = {"np": np}, [(other, next(iter(corpus.RIGHT[other].values()))) for other in assignment.names]
        assert load_cells([("set-up", "import math\nimport numpy as np\nfrom rnnlm_ref.layers import RNN"), *lent,
                           (name, source)], names) == {}
        for seed in seeds_of(name, number):
            outcome = examine(LOOKS[name], Crossing(**{name: names[name]}), seed)
            assert outcome.passed, f"{label}: {outcome.finding}\n{outcome.replay}"


@pytest.mark.parametrize(("name", "label"), RARE)
def test_what_no_criterion_notices_they_often_do(name, label):
    candidate = rare(name, label)
    assert all(examine(criterion, candidate, public_seed(criterion)).passed for criterion in criteria_of(name))
    found = [examine(LOOKS[name], candidate, seed) for seed in range(24)]
    assert sum(not outcome.passed for outcome in found) > 6


def test_what_they_notice_costs_the_points_of_one_criterion():
    candidate = rare("MyRNN", "gives float64 where D is 1")
    full, none = points("MyRNN", KernelCandidate(MyRNN=solution("MyRNN")))
    assert none == []
    noticing = [seed for seed in range(9) if not examine(LOOKS["MyRNN"], candidate, seed).passed]
    for seed in noticing:
        got, failed = points("MyRNN", candidate, lambda c, seed=seed: [(seed, True)])
        assert (got, failed) in ((full - 1, ["forward_sizes"]), (full - 1, ["backward_sizes"]))
    assert noticing


@pytest.mark.parametrize("name", LOOKS)
def test_all_that_may_go_wrong_in_one_speaks_against_a_criterion_of_its_name(monkeypatch, name):
    named, turn_to = {LOOKS[name].against}, Exam.turn_to
    monkeypatch.setattr(Exam, "turn_to", lambda self, against: named.add(against) or turn_to(self, against))
    for seed in range(5):
        assert examine(LOOKS[name], KernelCandidate(**{name: solution(name)}), seed).passed
    assert named <= {criterion.id for criterion in criteria_of(name) if criterion.points == 1}


def test_nobody_looks_once_more_at_an_answer_in_which_something_is_wrong(monkeypatch):
    looked = []
    look = LastLook("MyRNN", lambda exam: looked.append(exam.name), "forward_sizes")
    monkeypatch.setattr(find("MyRNN").criteria, "last_looks", [look])
    wrong = solution("MyRNN", incomplete.changed("MyRNN", "has a gradient too many")[1])
    for answer in wrong, solution("MyRNN"):
        looked.append(points("MyRNN", KernelCandidate(MyRNN=answer))[1] != [])
    assert looked == [True, "MyRNN", False]


LATE = incomplete.right("MyTimeEmbedding").replace("return self.layer.forward(xs)", (
    "self.calls = vars(self).get('calls', 0) + 1\n        return self.layer.forward(xs) * (1 + (self.calls > 3))"))


def test_a_learner_is_told_in_the_part_that_it_costs(capsys):
    answer = solution("MyTimeEmbedding", LATE)
    with pytest.raises(CheckFailed, match="✗ any N, T, V and D will do; N and T may change from call to call"):
        check(answer, "forward")
    check(answer, "contract")
    assert "3 of 3 points" in capsys.readouterr().out


def test_in_a_notebook_they_cost_a_point_too(tmp_path):
    name = "MyTimeEmbedding"
    for folder, source, expected in (("right", incomplete.right(name), 25), ("wrong", LATE, 24)):
        (tmp_path / folder).mkdir()
        assert mark(tmp_path / folder, ("MyEmbedding", incomplete.right("MyEmbedding")), (name, source)) == expected
