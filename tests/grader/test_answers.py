"""The corpora of answers: no right answer fails, no wrong one passes, in the kernel and through the sandbox."""
import contextlib

import numpy as np
import pytest
from corpora import embedding as corpus

from rnnlm_grader.assignments import ASSIGNMENTS
from rnnlm_grader.bench import load_cells
from rnnlm_grader.candidate import KernelCandidate, SandboxedCandidate
from rnnlm_grader.exam import hidden_seed, public_seed
from rnnlm_grader.grading import grade_part, grade_submission

EMBEDDING = ASSIGNMENTS["01-embedding"]
BOOK = corpus.RIGHT["as the book writes it"]
PAIRS = ([pytest.param(one, corpus.TIME_RIGHT["one layer a step, as in the study notebook"], id=name)
          for name, one in corpus.RIGHT.items()]
         + [pytest.param(BOOK, two, id=name) for name, two in corpus.TIME_RIGHT.items()])


def cells_of(one, two):
    return [("imports", "import numpy as np"), ("MyEmbedding", one), ("MyTimeEmbedding", two)]


def in_kernel(cells):
    names = {}
    assert load_cells(cells, names) == {}
    return KernelCandidate(**{name: names[name] for name in EMBEDDING.names})


def in_sandbox(cells):
    return SandboxedCandidate(cells, EMBEDDING.names)


def seeds(criterion):
    return [(public_seed(criterion), False)] + [(hidden_seed(bytes([i]) * 32, "01-embedding", criterion), True)
                                                for i in range(3)]


def grade(make_candidate, one, two):
    return grade_submission(EMBEDDING, cells_of(one, two), {"MyEmbedding": BOOK}, make_candidate, seeds, lambda: 20)[0]


@pytest.mark.parametrize("make_candidate", [in_kernel, in_sandbox])
@pytest.mark.parametrize(("one", "two"), PAIRS)
@pytest.mark.filterwarnings("ignore:looking things up")
def test_right_answers_of_every_style_get_full_marks(make_candidate, one, two):
    results = grade(make_candidate, one, two)
    assert [v for result in results for v in result.verdicts if not v.outcome.passed] == []
    assert sum(result.points for result in results) == 22


def test_the_corpus_is_large_enough():
    print(f"{len(corpus.RIGHT)} + {len(corpus.TIME_RIGHT)} right answers to 01-embedding")
    assert len(corpus.RIGHT) >= 12


@pytest.mark.parametrize("make_candidate", [in_kernel, in_sandbox])
@pytest.mark.parametrize("mistake", corpus.WRONG)
def test_wrong_answers_written_in_other_words_are_named(make_candidate, mistake):
    results = grade(make_candidate, corpus.WRONG[mistake], corpus.TIME_RIGHT["without MyEmbedding"])
    failed = [v for result in results for v in result.verdicts if not v.outcome.passed]
    assert failed
    assert {v.likely.id if v.likely else None for v in failed} == {mistake}


def test_an_answer_that_builds_on_a_wrong_one_keeps_its_own_points():
    results = grade(in_sandbox, corpus.WRONG["Overwrites"], corpus.TIME_RIGHT["stacks the steps"])
    points = {(r.name, r.part): (r.points, r.max_points) for r in results}
    assert points["MyEmbedding", "backward"] == (1, 5)
    assert points["MyTimeEmbedding", "backward"] == (4, 4)
    carried = [v for r in results if r.name == "MyTimeEmbedding" for v in r.verdicts if v.stand_ins]
    assert {v.stand_ins for v in carried} == {("MyEmbedding",)}


def test_a_wrong_answer_gains_nothing_from_a_stand_in():
    wrong = corpus.TIME_RIGHT["stacks the steps"].replace("sum(step.grads[0] for step in self.steps)",
                                                          "self.steps[-1].grads[0]")
    results = grade(in_sandbox, corpus.WRONG["Overwrites"], wrong)
    assert next(r for r in results if (r.name, r.part) == ("MyTimeEmbedding", "backward")).points == 0


def test_the_same_answer_gives_the_same_verdicts_in_the_kernel_and_in_the_sandbox():
    cells = cells_of(corpus.WRONG["Averages"], corpus.TIME_RIGHT["without MyEmbedding"])
    kernel, sandbox = (backward_verdicts(make(cells)) for make in (in_kernel, in_sandbox))
    assert [verdict_words(v) for v in kernel] == [verdict_words(v) for v in sandbox]
    for a, b in zip(kernel, sandbox, strict=True):
        assert all(map(np.array_equal, a.outcome.trace, b.outcome.trace))


def backward_verdicts(candidate):
    with contextlib.closing(candidate):
        return grade_part(EMBEDDING, candidate, "MyEmbedding", "backward", seeds, lambda: 20).verdicts


def verdict_words(verdict):
    return verdict.criterion, verdict.hidden, verdict.likely, verdict.outcome.replay
