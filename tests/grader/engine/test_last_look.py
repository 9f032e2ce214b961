"""Last looks: no right answer loses by them, and what no criterion notices costs the points of one."""

import os

import numpy as np
import pytest
from corpora import CORPORA, incomplete
from support.graded_cells import mark
from support.instructor import solution

from rnnlm_grader import check
from rnnlm_grader.content import ASSIGNMENTS, find
from rnnlm_grader.engine.exam import examine, hidden_seed, public_seed
from rnnlm_grader.learner.check import CheckFailed
from rnnlm_grader.protocol.bench import load_cells
from rnnlm_grader.protocol.candidate import KernelCandidate

DRAWS = 2 * int(os.environ.get("DRAWS", "2"))
LOOKS = {look.name: look for assignment in ASSIGNMENTS.values() for look in assignment.criteria.last_looks}


class Crossing(KernelCandidate):
    """An answer in this process, of which nothing is asked that couldn't be asked of a worker."""

    def play_one(self, program, names=None):
        assert program.packed
        return super().play_one(program, names)


@pytest.mark.corpus(one_in=3)
@pytest.mark.parametrize(("corpus", "name"), [(corpus, name) for corpus in CORPORA for name in corpus.RIGHT])
@pytest.mark.filterwarnings("ignore")
def test_right_answers_pass_them(corpus, name):
    assignment = find(name)
    for number, (label, source) in enumerate(corpus.RIGHT[name].items()):
        names, lent = {"np": np}, [(other, next(iter(corpus.RIGHT[other].values()))) for other in assignment.names]
        assert (
            load_cells(
                [
                    ("set-up", "import math\nimport numpy as np\nfrom rnnlm_ref.layers import RNN"),
                    *lent,
                    (name, source),
                ],
                names,
            )
            == {}
        )
        look = LOOKS[name]
        hidden = (hidden_seed(bytes([number, i]), assignment.slug, look) for i in range(DRAWS))
        for seed in (public_seed(look), *hidden):
            examination = examine(look, Crossing(**{name: names[name]}), seed)
            assert examination.passed, f"{label}: {examination.finding}"


LATE = incomplete.right("MyTimeEmbedding").replace(
    "return self.layer.forward(xs)",
    ("self.calls = vars(self).get('calls', 0) + 1\n        return self.layer.forward(xs) * (1 + (self.calls > 3))"),
)


def test_a_learner_is_told_in_the_part_that_it_costs(capsys):
    answer = solution("MyTimeEmbedding", LATE)
    with pytest.raises(CheckFailed, match="✗ any N, T, V and D, N and T also from call to call"):
        check(answer, "forward")
    check(answer, "contract")
    assert "3 of 3 points" in capsys.readouterr().out


@pytest.mark.parametrize(("source", "expected"), [(incomplete.right("MyTimeEmbedding"), 25), (LATE, 24)])
def test_in_a_notebook_they_cost_a_point_too(source, expected):
    assert mark(("MyEmbedding", incomplete.right("MyEmbedding")), ("MyTimeEmbedding", source)) == expected
