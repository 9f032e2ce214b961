"""What no answer may earn a point for: numbers known by heart or told of, and numbers that are only nearly right."""

import copy

import numpy as np
import pytest
from corpora import incomplete, rnnlm
from examining import is_clean
from support.instructor import NAMES, solution
from support.workers import code_cells

from rnnlm_grader.content import find
from rnnlm_grader.course import job
from rnnlm_grader.engine.compare import differ, same
from rnnlm_grader.engine.exam import examine, public_seed
from rnnlm_grader.learner.check import CheckFailed, check
from rnnlm_grader.protocol.candidate import KernelCandidate
from rnnlm_grader.verdict.allowance import Allowance
from rnnlm_grader.verdict.pipeline import results_of

pytestmark = pytest.mark.corpus(one_in=3)


def test_other_code_meets_other_hidden_inputs_so_that_there_is_nothing_to_learn_of_them(monkeypatch):
    drawn = []
    monkeypatch.setattr(
        job,
        "grade_submission",
        lambda assignment, candidate, cells, answers, seeds, *_: (
            drawn.append([seeds(criterion) for criterion in assignment.criteria]),
            ([], {}),
        )[1],
    )
    for source, key, whole in (
        ("x = 1", b"k", ""),
        ("x = 1 ", b"k", ""),
        ("x = 1", b"l", ""),
        ("x = 1", b"k", [("MyEmbedding", "x")]),
        ("x = 1", b"k", ""),
    ):
        cells = code_cells(("MyEmbedding", source))
        job.run(job.Job("01-embedding", cells, (), key * 32, "none", 1.0, 1.0, job.version(), code_cells(*whole)))
    first, *others, again = drawn
    assert again == first
    for (public, hidden), *draws in zip(first, *others, strict=True):
        assert all(known == public and new[1] and new != hidden for known, new in draws)


SINGLE = np.array(2.3456, np.float32)


@pytest.mark.parametrize(
    ("answer", "expected", "problem"),
    [
        (np.float16(2.36), np.array(2.3456), ""),
        (np.float16(2.36), SINGLE, ""),
        (np.float32(2.3457), np.array(2.3456), ""),
        (np.float16(2.5), np.array(2.5), "has dtype float16, expected float64 or finer"),
        (SINGLE.astype(np.float16), SINGLE, "has dtype float16, expected float32 or finer"),
        (2.3456, SINGLE, None),
        (2, np.array(2.0), None),
    ],
)
def test_a_number_is_required_in_the_precision_of_what_is_expected_and_not_coarser(answer, expected, problem):
    difference = differ(np.array(answer), expected, "loss")
    assert difference is None if problem is None else problem in difference.problem


def test_an_array_of_float16_is_given_no_more_than_one_of_float32():
    right = np.array([1.0, 2.0, 3.0])
    assert not same(right.astype(np.float16), (right * 1.005).astype(np.float16))


def constant(value, number):
    """Return what has the form of a value, with one number everywhere."""
    if value is None:
        return None
    return tuple(constant(each, number) for each in value) if isinstance(value, tuple) else np.full_like(value, number)


def of_constants(name, forward, backward):
    """Return an answer that knows the form of all that is asked for, and no value."""
    right = solution(name)
    if not isinstance(right, type):

        def answer(*args, **kwargs):
            return constant(right(*copy.deepcopy(args), **kwargs), forward)

        answer.__name__ = name
        return answer

    class Constant(right):
        def forward(self, *args):
            return self.forget(super().forward(*args), forward)

        def backward(self, *args):
            return self.forget(super().backward(*args), backward)

        def forget(self, value, number):
            for array in (*self.grads, *(vars(self).get(state) for state in ("h", "c", "dh", "dc"))):
                if array is not None:
                    array[...] = number
            return constant(value, number)

    Constant.__name__ = name
    return Constant


@pytest.mark.parametrize("name", [name for name in NAMES if name != "MyRnnlm"])
@pytest.mark.parametrize("values", [(1, 1), (1, 0), (0, 0)])
def test_what_is_the_same_each_time_and_never_right_earns_nothing(name, values):
    answer = of_constants(name, *values)
    assignment, candidate = find(name), KernelCandidate(**{name: answer})
    parts = [part for other, part in assignment.parts() if other == name]
    results = results_of(assignment, candidate, name, lambda c: [(public_seed(c), False)], Allowance(5))
    assert [v.criterion.id for result in results for v in result.verdicts if v.points] == []
    for part in parts:
        with pytest.raises(CheckFailed):
            check(answer, part)


def test_a_model_of_fixed_sizes_is_no_model():
    source = next(iter(rnnlm.RIGHT["MyRnnlm"].values()))
    start = source.index(":\n", source.index("def __init__")) + 2
    names = {"np": np}
    exec(source[:start] + "        vocab_size, wordvec_size, hidden_size = 5, 2, 3\n" + source[start:], names)
    passed = [
        c.id for c in find("MyRnnlm").criteria if c.name == "MyRnnlm" and is_clean("MyRnnlm", names["MyRnnlm"], [c])
    ]
    assert len(passed) < 5


@pytest.mark.parametrize(
    ("name", "label"), [(name, label) for name, labels in incomplete.CHANGES.items() for label in labels]
)
@pytest.mark.filterwarnings("ignore")
def test_what_is_right_where_one_looks_first_and_wrong_beside_is_noticed(name, label):
    wanted, source = incomplete.changed(name, label)
    answer = solution(name, source)
    (criterion,) = (c for c in find(name).criteria if (c.name, c.id) == (name, wanted))
    assert not examine(criterion, KernelCandidate(**{name: answer}), public_seed(criterion)).passed
