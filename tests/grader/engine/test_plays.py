"""A script becomes a tape, a tape a program, and what an answer gives in it is compared with what is right."""

import numpy as np
import pytest

from rnnlm_grader.engine.calls import KEPT_LATE
from rnnlm_grader.engine.case import NEEDED, NOISE, Case, Condition
from rnnlm_grader.engine.layer import LayerForm
from rnnlm_grader.engine.play import play_all
from rnnlm_grader.engine.tape import drawn, parse, spread
from rnnlm_grader.protocol.candidate import KernelCandidate


class Scale:
    """y = x * w, with a w for each column."""

    def __init__(self, w):
        self.params, self.grads = [w], [np.zeros_like(w)]

    def forward(self, x):
        self.x = x
        return x * self.params[0]

    def backward(self, dy):
        self.grads[0][...] = (dy * self.x).sum(axis=0)
        return dy * self.params[0]


FORM = LayerForm(
    name="Scale",
    reference=Scale,
    params={"w": "D"},
    inputs={"x": "ND"},
    out={"y": "ND"},
    upstream={"dy": "ND"},
    back=("dx",),
    sizes={"N": 2, "D": 3},
    free="N",
)


def case_of(script, see, **condition):
    """A case with numbers; 'grads' and the like may stand for several."""
    case = Case(FORM, parse(script), FORM.expand(see), Condition(**condition))
    return drawn(case, np.random.default_rng(1))


def steps_of(script, **condition):
    """The arrays of each step of a tape."""
    return [step.arrays for step in case_of(script, "y", **condition).tape.steps]


def wrong(answer, script, see):
    """What is wrong with an answer that plays a script, by key."""
    (play,) = play_all(KernelCandidate(Scale=answer), [case_of(script, see)])
    return play.compare()


def test_a_script_says_who_does_what_and_how_and_what_is_noise_or_needed():
    steps = parse("[forward b.backward:again] {update} forward")
    assert [(step.who, step.verb, step.how, step.mark) for step in steps] == [
        ("", "forward", "", NOISE),
        ("b", "backward", "again", NOISE),
        ("", "update", "", NEEDED),
        ("", "forward", "", ""),
    ]


def test_a_script_in_which_something_is_resized_stands_for_one_with_a_larger_and_one_with_a_smaller_size():
    assert spread("forward forward:resized", FORM) == ["forward forward:N+1", "forward forward:N-1"]
    assert spread("forward", FORM) == ["forward"]


@pytest.mark.parametrize(("how", "rows"), [("N+1", 3), ("N-1", 1)])
def test_a_resized_call_and_the_backward_of_it_have_other_sizes(how, rows):
    (x,), (dy,) = steps_of(f"forward:{how} backward")
    assert (x.shape, dy.shape) == ((rows, 3), (rows, 3))


def test_no_size_becomes_zero():
    (x,), (y,) = steps_of("forward:N-1 forward:N-1", sizes={"N": 1})
    assert (x.shape, y.shape) == ((2, 3), (2, 3))


def test_a_call_again_takes_the_same_arrays_and_a_refilled_one_others_in_the_same_place():
    case = case_of("forward forward:again forward:refilled", "y")
    first, again, refilled = (step.arrays[0] for step in case.tape.steps)
    assert again is first
    assert not np.isclose(refilled, first).any()
    calls = [step for step in case.calls.program.steps if step[1] == "call" and step[3] == "forward"]
    assert len({step[4] for step in calls}) == 1  # one place on the bench


def test_a_bare_or_a_zero_backward_says_so_in_its_numbers():
    _, (ones,), (zeros,) = steps_of("forward backward:bare backward:zero")
    assert (ones.min(), ones.max(), zeros.any()) == (1, 1, False)


def test_a_number_is_never_near_zero_and_has_two_digits():
    ((x,),) = steps_of("forward", sizes={"N": 100})
    assert np.abs(x).min() >= 0.3
    assert np.array_equal(x, x.round(2))


def test_what_is_marked_as_noise_can_be_left_out_and_parameters_stay_as_it_left_them():
    tape = case_of("[forward update] forward", "y").tape
    without, places = tape.without_marked()
    assert places == [2]
    assert without.steps == tape.steps[2:]
    assert without.params is tape.steps[1].arrays


def test_the_reference_is_right_in_whatever_is_seen():
    script = "[forward:other b.forward] update forward backward spoil backward:again"
    assert wrong(Scale, script, "returned grads held kept params") == {}


class WithoutGradients(Scale):
    def backward(self, dy):
        return dy * self.params[0]


class WithItsOwnGradients(Scale):
    def backward(self, dy):
        self.grads = [(dy * self.x).sum(axis=0)]
        return dy * self.params[0]


class ScalesTheCallersArray(Scale):
    def forward(self, x):
        self.x = x.copy()
        x *= self.params[0]
        return x


class CopiesParameters(Scale):
    def __init__(self, w):
        super().__init__(w.copy())


@pytest.mark.parametrize(
    ("answer", "script", "keys"),
    [
        (WithoutGradients, "forward backward", [(1, "grads[0]"), (1, "held[0]")]),
        (WithItsOwnGradients, "forward backward", [(1, "held[0]")]),
        (ScalesTheCallersArray, "forward backward", [(KEPT_LATE, "kept 1")]),
        (CopiesParameters, "forward update forward", [(2, "y")]),
        (CopiesParameters, "forward [update forward]", []),
    ],
)
def test_what_is_wrong_is_told_by_the_step_and_by_what_it_is(answer, script, keys):
    assert [*wrong(answer, script, "returned grads held kept")] == keys


MOMENTS = LayerForm(
    name="moments",
    reference=lambda x: (x.sum(axis=0), x.min(axis=1), x.max(axis=0)),
    params={},
    inputs={"x": "ND"},
    out={"sums": "D", "least": "N", "largest": "D"},
    upstream={},
    back=(),
    sizes={"N": 2, "D": 3},
    free="N",
    is_function=True,
)


@pytest.mark.parametrize(
    ("answer", "missing"),
    [
        (lambda x: (x.sum(axis=0), x.max(axis=0)), ["least"]),  # of two places that fit, where it is right
        (lambda x: (x.min(axis=1), x.max(axis=0)), ["sums"]),
        (lambda x: (x.max(axis=0),), ["sums", "least"]),
        (lambda x: x.sum(axis=0), ["sums", "least", "largest"]),  # no list at all
        (lambda x: (x.min(axis=1), x.sum(axis=0), x), ["sums", "least", "largest"]),  # as many as there should be
        (lambda x: (x.T, x.max(axis=0)), ["sums", "least", "largest"]),  # one that fits nowhere
    ],
)
def test_of_fewer_results_than_there_should_be_those_that_are_there_count(answer, missing):
    case = drawn(Case(MOMENTS, parse("forward"), MOMENTS.expand("returned"), Condition()), np.random.default_rng(1))
    (play,) = play_all(KernelCandidate(moments=answer), [case])
    assert [what for _, what in play.compare()] == missing


def test_an_exception_ends_a_play_and_is_all_that_is_wrong():
    class Raises(Scale):
        def backward(self, dy):
            raise KeyError("x")

    found = wrong(Raises, "forward backward", "returned grads")
    assert [*found] == [("", "raised")]
    assert found["", "raised"].kind == "KeyError"
