"""The example under a mistake: what it prints is what is said of it, and its numbers tell one mistake from another."""

import builtins
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from support.library import CASES, grade

from rnnlm_grader.content import find
from rnnlm_grader.explaining.script import literal, outcome_of, script, short
from rnnlm_grader.explaining.telling import MOST_NUMBERS, odds, powers, rounded, shares, states
from rnnlm_grader.explaining.variants import wrong_by
from rnnlm_grader.protocol.bench import Raised, with_nan
from rnnlm_grader.protocol.values import Opaque


def examples(assignment, misconception):
    """Looks at the examples of all that a variant of the library fails in."""
    return [v.mistake.small for v in grade(assignment, misconception) if v.mistake and v.mistake.small]


def known(name, id):
    return next(m for m in find(name).misconceptions if (m.name, m.id) == (name, id))


def changes_of(name, *ids):
    """The changes that make these variants of a name out of the right answer."""
    return [change for id in ids for change in known(name, id).changes]


def with_more(misconception, *changes):
    """What is known of each criterion that costs, by its id, where more is changed in a variant."""
    answer = replace(misconception, changes=misconception.changes + changes)
    return {v.criterion.id: v.mistake for v in grade(find(answer.name), answer)}


def example(name, id):
    """The first of these; and the variant."""
    misconception = known(name, id)
    return examples(find(name), misconception)[0], misconception.variant


def printed(look, answer):
    """What an example prints in a fresh kernel: the object itself, or None if it prints nothing.

    As while the check plays it, what np.empty gives and nobody writes is nan; else it is whatever lies in memory.
    """
    seen = []
    with pytest.MonkeyPatch.context() as memory:
        for name in ("empty", "empty_like"):
            memory.setattr(np, name, with_nan(getattr(np, name)))
        exec("\n".join(script(look)), {"np": np, look.case.layer.name: answer, "print": seen.append})
    return seen[0] if seen else None


@pytest.mark.corpus(one_in=20)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("assignment", "misconception"), CASES)
def test_an_example_prints_what_is_said_of_it(assignment, misconception):
    for look in examples(assignment, misconception):
        said, got = outcome_of(look, False), getattr(look.finding, "got", None)
        if isinstance(look.finding, Raised) and "spoil" in [step.verb for step in look.case.steps]:
            continue  # the check writes arrays of the parameters' shapes, the example a number
        if isinstance(look.finding, Raised):
            with pytest.raises(getattr(builtins, look.finding.kind, Exception)):
                printed(look, misconception.variant)
        elif not look.case.law:
            shown = printed(look, misconception.variant)
            if script(look)[-1].endswith((".shape)", ".dtype)")):
                assert str(shown) in said
            elif isinstance(got, np.ndarray):
                np.testing.assert_allclose(np.asarray(shown, float), got, 1e-6, 1e-12)
                assert not short(got) or short(np.asarray(shown)) == short(got)
            elif isinstance(got, Opaque):  # of several results, as they were handed back
                assert got.description.startswith("None") == (shown is None)
            else:
                assert (shown is None) == (got is None)


@pytest.mark.parametrize(
    ("name", "id", "got", "expected"),
    [
        ("MyRNN", "SumsBiasOverUnits", "[11., 1100.]", "[101., 1010.]"),
        ("MyRNN", "SumsBiasOverEverything", "[11., 11.]", "[1., 10.]"),
        ("MyRNN", "LeavesOutSlope", "[[4., 6.]]", "[[3., 4.5]]"),
        (
            "MyTimeSoftmaxWithLoss",
            "MasksNothing",
            "1.4076",
            "2.4076",
        ),  # not those of the case where all that is kept is 0
        ("MyRNN", "TakesSlopeOfSigmoid", "[[0.96, 1.44]]", "[[2.56, 3.84]]"),
        ("MyEmbedding", "PicksColumns", "[[2.], [4.], [6.]]", "[[3., 4.]]"),
        ("my_softmax", "TakesBaseTwo", "[[0.179, 0.821]]", "[[0.1, 0.9]]"),
        ("my_clip_grads", "AddsNorms", "[[0.5676, 0.7568]]", "[[0.6, 0.8]]"),
        ("MyTimeAffine", "ForgetsDb", "[0., 0.]", "[1., 10.]"),
    ],
)
def test_numbers_are_those_that_a_teacher_would_choose(name, id, got, expected):
    look, _ = example(name, id)
    assert (short(look.finding.got), short(look.finding.expected)) == (got, expected)


@pytest.mark.parametrize("id", ["TakesSlopeAtPreviousState", "TurnsDWh", "LeavesOutDb", "AveragesBias"])
def test_an_example_is_small_and_not_all_zeros(id):
    look, _ = example("MyRNN", id)
    assert look.finding.expected.any()
    assert look.finding.expected.size <= MOST_NUMBERS


def test_place_value_tells_the_numbers_of_a_sum():
    assert powers(np.zeros((2, 2)), 0).tolist() == [1, 10, 100, 1000]
    assert powers(np.zeros((2, 2)), 4).tolist() == [2, 20, 200, 2000]
    assert powers(np.zeros(1), 0).tolist() == [2]


def test_sums_are_chosen_so_that_what_comes_of_them_is_plain():
    p = np.exp(shares(np.zeros((2, 3)), 0))
    np.testing.assert_allclose(p / p.sum(1, keepdims=True), [[0.1, 0.2, 0.7], [0.2, 0.3, 0.5]])
    np.testing.assert_allclose(1 / (1 + np.exp(-odds(np.zeros(4), 0))), [0.8, 0.75, 0.9, 0.5])
    np.testing.assert_allclose(np.tanh(states(0.5, 0.6)(np.zeros(3), 0)), [0.5, 0.6, 0.5])


@pytest.mark.parametrize(
    ("array", "written"),
    [
        (np.array([1.0, 2.5, 10.05]), "np.array([1., 2.5, 10.05])"),
        (np.array([0.1], np.float32), "np.array([0.1], dtype='float32')"),
        (np.arctanh([0.5, 0.6]), "np.arctanh(np.array([0.5, 0.6]))"),
        (np.log([[1.0, 9.0]]), "np.log(np.array([[1., 9.]]))"),
        (np.array([2, 0]), "np.array([2, 0])"),
        (np.zeros((2, 3)), "np.zeros((2, 3))"),
    ],
)
def test_an_array_is_written_so_that_its_numbers_are_plain(array, written):
    assert literal(array) == written
    np.testing.assert_array_equal(eval(written), array, strict=True)


@pytest.mark.parametrize(
    ("number", "written"),
    [(2.034e304, "2.034e+304"), (1e9, "1000000000"), (0.5, "0.5"), (1e-5, "1e-05"), (-np.inf, "-inf")],
)
def test_a_number_is_written_so_that_it_fits_into_a_line(number, written):
    assert short(np.array(number)) == written


def test_of_a_right_result_it_is_said_of_which_sum_it_is_tanh_where_that_is_plain():
    look, _ = example("MyRNN", "LeavesOutBias")
    assert outcome_of(look, False) == (
        "h_next is [[0.02], [0.04]], expected [[0.3095], [0.3275]], which is tanh of [[0.32], [0.34]]."
    )
    look, _ = example("MyTimeRNN", "StartsEachStepFromZeros")  # its second step is tanh of no round number
    assert outcome_of(look, False) == "hs is [[[0.5], [0.5]]], expected [[[0.5], [0.9137]]]."


def test_the_example_under_one_of_two_mistakes_shows_that_one():
    """Steps in the wrong order would be wrong without a window, too."""
    found = with_more(known("my_bptt", "CutsOneStepEarly"), ("return dxs,", "return dxs[:, ::-1],"))
    assert found["every_boundary"].small.case.condition.options["window"]
    assert found["every_boundary"].likely[0].id == "CutsOneStepEarly"
    found = with_more(known("MyRNN", "Rebinds"), ("h_prev.T @ dz", "h_next.T @ dz"))
    assert found["overwrites_in_place"].likely[0].id == "Rebinds"
    assert found["overwrites_in_place"].small.key[1] in ("held[0]", "held[2]")  # and not that of dWh


@pytest.mark.parametrize(
    ("name", "id", "beside", "criterion"),
    [
        ("my_softmax", "DoesNotShift", "DividesByTheSumOfAll", "large_logits"),
        ("MyTimeRNN", "TakesZerosBeforeFirst", "GivesDxsBackwards", "goes_on"),
    ],
)
def test_an_example_made_small_still_shows_that_one_of_two_mistakes_alone(name, id, beside, criterion):
    found = with_more(known(name, id), *changes_of(name, beside))[criterion]
    assert [each.id for each in found.likely] == [id]
    assert wrong_by(found.small.case, found.small.wrong, found.likely, [known(name, beside)])[0] == found.small.key


def test_a_mistake_that_never_shows_alone_is_shown_where_it_is_wrong_at_least():
    """Wherever the gradient of an ignored position is seen, dout is, too."""
    answer, beside = (known("MyTimeSoftmaxWithLoss", id) for id in ("GradientForgetsMaskOfStandIns", "ForgetsDout"))
    found = with_more(answer, *beside.changes)["gradient_over_kept"].small
    assert (found.case.tape.steps[0].arrays[1] == -1).any()


def test_what_raises_because_of_another_mistake_is_no_example_of_this_one():
    found = with_more(known("MyTimeEmbedding", "TimePilesUp"), *changes_of("MyTimeEmbedding", "SumsTimeFirstForAll"))
    assert [mistake.likely[0].id for mistake in found.values() if not mistake.small] == ["TimePilesUp"]


def test_the_mistakes_of_a_forward_pass_are_named_whatever_goes_wrong_on_the_way_back():
    beside = changes_of("MyRNN", "LeavesOutBias", "SumsBiasOverUnits", "TurnsDWx")
    found = with_more(known("MyRNN", "TakesSigmoid"), *beside)["first_step"]
    assert {each.id for each in found.likely} == {"TakesSigmoid", "LeavesOutBias"}


def test_what_is_named_in_one_part_is_not_what_would_be_wrong_in_others():
    """In the loss it would also be `SumsUp`, but its gradient isn't a sum."""
    name = "MyTimeSoftmaxWithLoss"
    found = with_more(known(name, "LossSumsUp"), *changes_of(name, "MasksNegatives", "ForgetsDout"))
    assert [each.id for each in found["mean_loss"].likely] == ["LossSumsUp"]


def test_what_one_criterion_sees_is_named_where_others_see_more():
    """Each step is that of a sigmoid; a second mistake shows in later windows, a third on the way back."""
    beside = changes_of("MyTimeLSTM", "KeepsHiddenStateOnly", "LeavesOutOutputGateBack")
    found = with_more(known("MyTimeLSTM", "TakesSigmoidForCandidate"), *beside)
    assert [each.id for each in found["each_step"].likely] == ["TakesSigmoidForCandidate"]


def test_a_gradient_that_is_merely_rounded_has_no_name_of_what_gives_right_values():
    right = replace(known("MyEmbedding", "PilesUp"), changes=())
    start = "dW = self.grads[0]\n        dW[...] = 0"
    end = "np.add.at(dW, self.idx, dout)"
    rounded = (start, "dW = np.zeros(self.params[0].shape, 'f')"), (end, f"{end}\n        self.grads[0][...] = dW")
    (mistake,) = with_more(right, *rounded).values()
    assert not mistake.likely


@pytest.mark.parametrize(
    ("numbers", "plain"), [([0, 0], [0, 0]), ([0.0123, 0.0456], [0.01, 0.05]), ([123, 45], [100, 0])]
)
@pytest.mark.parametrize("dtype", ["f", "d"])
def test_numbers_are_rounded_to_the_first_digit_of_the_largest(numbers, plain, dtype):
    assert_allclose(rounded(np.array(numbers, dtype), 0), plain, rtol=1e-6)
