"""What mistakes cost: the core idea a third of its part or more, a shorter float one point, no model all; the same
mistake the same in every exercise.
"""

from collections import defaultdict

import pytest
from corpora import lstm, rnn, softmax_masking, time_rnn
from course_folder import ROOT

from rnnlm_grader.content import ASSIGNMENTS, find
from rnnlm_grader.content.bptt.misconceptions import BPTT, CLIP
from rnnlm_grader.content.lstm.misconceptions import RIGHT as LSTM
from rnnlm_grader.content.misconception import changed, defined
from rnnlm_grader.engine.exam import hidden_seed, public_seed
from rnnlm_grader.explaining.decoding import price
from rnnlm_grader.protocol.candidate import KernelCandidate
from rnnlm_grader.verdict.allowance import Allowance
from rnnlm_grader.verdict.marks import State
from rnnlm_grader.verdict.pipeline import results_of

pytestmark = [pytest.mark.corpus(one_in=4, whole=True), pytest.mark.filterwarnings("ignore::RuntimeWarning")]
KEYS = b"k", b"l"


def graded(name, source):
    """The results of an answer, by part, on hidden inputs."""
    assignment = find(name)
    results = results_of(
        assignment,
        KernelCandidate(**{name: defined(name, source)}),
        name,
        lambda criterion: [(hidden_seed(key * 32, assignment.slug, criterion), True) for key in KEYS],
        Allowance(20),
    )
    return {result.part: result for result in results}


def costing(name, source):
    """The ids of the criteria that an answer loses."""
    results = graded(name, source).values()
    return {verdict.criterion.id for result in results for verdict in result.verdicts if verdict.state == State.COSTS}


def variant(name, id):
    return next(m.source for m in find(name).misconceptions if (m.name, m.id) == (name, id))


@pytest.mark.parametrize(
    ("name", "part", "source"),
    [
        ("my_bptt", "values", "LeavesOutDh"),
        ("my_bptt", "values", "GoesForwards"),
        ("MyRNN", "forward", "ForgetsState"),
        ("MyTimeRNN", "forward", "StartsEachStepFromZeros"),
        ("MyTimeRNN", "backward", "LeavesOutDh"),
        ("MyTimeLSTM", "backward", "LeavesOutLaterDc"),
        ("MyTimeSoftmaxWithLoss", "mask", "MasksNothing"),
        ("my_numerical_gradient", "values", "ForwardDifference"),
        ("my_numerical_gradient", "values", "DoesNotDivide"),
        ("my_clip_grads", "values", "LeavesArraysAsTheyAre"),
        ("MyTimeLSTM", "backward", changed(LSTM, ("dhs[:, t] + dh", "dhs[:, t]"), ("dc = dc + dh", "dc = dh"))),
        (
            "MyTimeLSTM",
            "forward",
            changed(LSTM, ("= xs[:, t], h, c", "= xs[:, t], np.zeros_like(h), np.zeros_like(h)")),
        ),
        ("my_clip_grads", "values", changed(CLIP, ("grad *= max_norm / norm", "pass"))),
    ],
)
def test_the_core_idea_left_out_costs_a_third_of_its_part(name, part, source):
    result = graded(name, source if "\n" in source else variant(name, source))[part]
    assert 3 * (result.max_points - result.points) >= result.max_points


@pytest.mark.parametrize("dtype", ["f", "e"])
@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("MyRNN", changed(rnn.STUDY_NOTEBOOK, ("np.tanh(t)", "np.tanh(t.astype(DTYPE)).astype(t.dtype)"))),
        (
            "MyTimeRNN",
            changed(
                time_rnn.INLINE,
                ("np.zeros((N, T, len(b)), b.dtype)", "np.zeros((N, T, len(b)), DTYPE)"),
                ("return self.hs\n", "return self.hs.astype(xs.dtype)\n"),
            ),
        ),
        (
            "my_softmax",
            changed(
                softmax_masking.RIGHT["my_softmax"][next(iter(softmax_masking.RIGHT["my_softmax"]))],
                ("np.exp(", "np.exp(0 + "),
                ("def my_softmax", "def inner"),
            )
            + "\n\ndef my_softmax(x):\n    e = x - x.max(axis=-1, keepdims=True)\n"
            "    return inner(e.astype(DTYPE)).astype(x.dtype)\n",
        ),
    ],
    ids=["MyRNN", "MyTimeRNN", "my_softmax"],
)
def test_a_shorter_float_within_costs_one_point(name, source, dtype):
    results = graded(name, source.replace("DTYPE", repr(dtype))).values()
    assert sum(result.max_points - result.points for result in results) == 1


WITHOUT_MODEL = """
class MyRnnlm:
    def __init__(self, V, D, H, rng):
        shapes = (V, D), (D, H), (H, H), (H,), (H, V), (V,)
        self.params = [(SCALE * rng.standard_normal(shape)).astype("f") for shape in shapes]
        self.grads = [np.zeros_like(param) for param in self.params]

    def predict(self, xs):
        return np.zeros((*xs.shape, len(self.params[5])), "f") + BIAS

    def forward(self, xs, ts):
        return np.log(len(self.params[5]))

    def backward(self, dout=1):
        pass

    def reset_state(self):
        pass
"""


@pytest.mark.parametrize("scale", ["2e-6", "0.1", "np.nan"])
@pytest.mark.parametrize("bias", ["0", "self.params[5]"])
def test_a_model_that_computes_nothing_earns_nothing(scale, bias):
    results = graded("MyRnnlm", WITHOUT_MODEL.replace("SCALE", scale).replace("BIAS", bias))
    assert {part: result.points for part, result in results.items()} == {"forward": 0, "backward": 0, "contract": 0}


@pytest.mark.parametrize("id", ["SwapsSizes", "AnotherOrder", "NestedLists"])
def test_parameters_in_other_shapes_or_lists_cost_a_point_however_they_are_drawn(id):
    """For a variant takes those of the answer as they stand in its lists."""
    source = changed(
        variant("MyRnnlm", id),
        ("rng.standard_normal(shape) / np.sqrt(shape[0])", "0.1 * rng.normal(size=shape[::-1]).T"),
    )
    results = graded("MyRnnlm", source).values()
    assert sum(result.max_points - result.points for result in results) == 1
    assert [each.id for result in results for verdict in result.verdicts for each in verdict.likely] == [id]


MATRICES_FIRST = """
from rnnlm_ref.time_layers import TimeAffine, TimeEmbedding, TimeRNN, TimeSoftmaxWithLoss

class MyRnnlm:
    def __init__(self, V, D, H, rng):
        E = rng.normal(0, 0.1, (V, D))
        Wx, Wh, W = (rng.normal(0, n**-0.5, (n, m)) for n, m in ((D, H), (H, H), (H, V)))
        self.embed, self.rnn = TimeEmbedding(E), TimeRNN(Wx, Wh, np.zeros(H), stateful=True)
        self.affine, self.loss = TimeAffine(W, np.zeros(V)), TimeSoftmaxWithLoss()
        (e, x, h, b), (w, c) = self.embed.params + self.rnn.params, self.affine.params
        self.params = [e, x, h, w, b, c]
        (e, x, h, b), (w, c) = self.embed.grads + self.rnn.grads, self.affine.grads
        self.grads = [e, x, h, w, b, c]

    def predict(self, xs):
        return self.affine.forward(self.rnn.forward(self.embed.forward(xs)))

    def forward(self, xs, ts):
        return self.loss.forward(self.predict(xs), ts)

    def backward(self, dout=1):
        self.rnn.backward(self.affine.backward(self.loss.backward(dout)))

    def reset_state(self):
        self.rnn.reset_state()
"""


def test_parameters_in_another_order_are_called_that_and_nothing_that_takes_them_as_they_are():
    """Every variant plays with the parameters of the answer, and so is wrong in them alike."""
    results = results_of(
        find("MyRnnlm"),
        KernelCandidate(MyRnnlm=defined("MyRnnlm", MATRICES_FIRST)),
        "MyRnnlm",
        lambda criterion: [(public_seed(criterion), False)],
        Allowance(20),
    )
    likely = [each.id for result in results for verdict in result.verdicts for each in verdict.likely]
    assert {*likely} == {"AnotherOrder", "ForgetsEmbedding"}


def test_weights_that_are_not_drawn_from_rng_hide_no_other_mistake():
    drawn = "rng.standard_normal(shape) / np.sqrt(shape[0])", "0.1 * np.random.standard_normal(shape)"
    results = graded("MyRnnlm", changed(variant("MyRnnlm", "ForgetsDout"), drawn)).values()
    assert sum(result.max_points - result.points for result in results) == 2
    named = {each.id for result in results for verdict in result.verdicts for each in verdict.likely}
    assert named == {"ForgetsDout", "DrawsFromNumpy"}


def test_weights_that_are_not_numbers_cost_a_point():
    source = changed(variant("MyRnnlm", "StartsFromNextToNothing"), ("/ 3e5", "* np.nan"))
    assert sum(result.max_points - result.points for result in graded("MyRnnlm", source).values()) == 1


@pytest.mark.parametrize(
    ("name", "id"),
    [
        (m.name, m.id)
        for a in ASSIGNMENTS.values()
        for m in a.misconceptions
        if m.id in ("WritesTanhOut", "WritesSigmoidWithTwo") or "InForward" in m.id
    ],
)
def test_what_overflows_or_writes_into_grads_in_forward_costs_a_point(name, id):
    results = graded(name, variant(name, id)).values()
    assert sum(result.max_points - result.points for result in results) == 1


def test_a_loss_that_is_wrong_hides_no_gradient_that_is():
    """A loss that is half as much again costs its criterion; that ignored positions pull costs another, as alone."""
    source = variant("MyTimeSoftmaxWithLoss", "GradientForgetsMaskOfStandIns")
    answer = changed(source, ("-log_p[picks], 0)", "-1.5 * log_p[picks], 0)"))
    assert costing("MyTimeSoftmaxWithLoss", answer) >= {"book_loss", "gradient_over_kept"}


def test_a_gradient_that_is_wrong_hides_no_window_that_is():
    """dWh is half as much again; the others, right without a window, tell that the window is cut a step early."""
    answer = changed(BPTT, ("dWh += hs", "dWh += 1.5 * hs"), ("t % window", "(t + 1) % window"))
    assert "every_boundary" in costing("my_bptt", answer)


def test_a_longer_float_hides_no_number_that_is_wrong():
    """All is float64, and three times what comes back goes to the step before."""
    answer = changed(BPTT, ("np.zeros_like", "(lambda x: np.zeros(x.shape))"), ("dz @ Wh.T", "3 * dz @ Wh.T"))
    assert costing("my_bptt", answer) >= {"gradient_of_h0", "follows_dtype"}


def test_a_result_that_is_missing_hides_none_that_is_wrong():
    """Nothing comes back, and one array alone is clipped."""
    answer = changed(variant("my_clip_grads", "ClipsTheFirstArrayOnly"), ("    return norm", "    return None"))
    assert costing("my_clip_grads", answer) >= {"returns_norm_before", "shrinks_together"}


def test_titles_are_short_and_give_no_line_away():
    titles = [criterion.shows for assignment in ASSIGNMENTS.values() for criterion in assignment.criteria]
    assert [title for title in titles if len(title) > 70 or "@" in title or "**" in title] == []


# --- the same mistake, the same price ---------------------------------------------------------------------------------

STANDS_IN_SEVERAL = {  # what the page for instructors lists, and the ids that the library has for it
    "`b` is left out": "LeavesOutBias LeavesOutB",
    "the output is time-major": "TimeMajor GivesTimeMajor",
    "`dxs` is time-major": "GivesDxsTimeMajor",
    "the steps are added up": "AddsStepsUp",
    "the output is laid out step after step, and reshaped": "ReshapesTime ReshapesHs ReshapesScores",
    "sigmoid in place of tanh, forward and back alike": "TakesSigmoidBothWays",
    "`db` is one number, summed without axis": "SumsBiasOverEverything SumsDbOverEverything DbOfAllWords",
    "gradients are averaged over the batch": "AveragesOverBatch",
    "`dWx` without its transpose": "LeavesOutTransposeInDWx",
    "`dx` without its transpose": "LeavesOutTransposeOfWx",
    "the slope of tanh is left out": "LeavesOutSlope",
    "`dWh` keeps one step only": "KeepsOneStepOfdWh",
    "softmax along the first axis": "WorksAlongTheFirstAxis LossWorksAlongTheFirstAxis",
    "gradients pile up from call to call": "PilesUp",
    "`grads` gets new arrays": "Rebinds",
    "the result is always float32": "ForcesFloat32",
}
DIFFERS = {  # ids whose prices differ by more than a point, because what they break weighs more in one place
    "TurnsSign",
    "DoesNotDivide",  # nearly all that a numerical gradient is, and one step of a softmax
    "ReadsBackwards",  # of as many points as the core idea of each
    "LoopsOverBatch",
    "TakesLastDhsOnly",  # the sum over time, which weighs more where there are no gates
    "StartsFromLastDhs",  # what a step gives, where that isn't the slope's criterion
    "LeavesOutDh",  # the core idea of an RNN; an LSTM's is c
    "LeavesOutFirstStep",  # with the slopes of four gates, or of one tanh
    "WritesNothing",
    "ReturnsNothing",
    "ForwardReturnsNothing",
    "LossReturnsNothing",
    "GivesZeros",  # of other parts
    "KeepsRowsOfBias",
    "KeepsRowsOfDb",  # raises on every batch where `db` is written in place, so nothing is seen
    "KeepsFirstWindow",  # of a mask, which is one result, or of a model, where all results follow
}


@pytest.fixture(scope="module")
def prices():
    """What each known mistake costs by itself, as {id: {name: points}}."""
    found = defaultdict(dict)
    for assignment in ASSIGNMENTS.values():
        for each in assignment.misconceptions:
            criteria = tuple(assignment.of(each.name))
            costs, silent = price(each, criteria)
            found[each.id][each.name] = sum(c.points for c in criteria if c.id in costs | silent)
    return found


@pytest.mark.corpus
def test_the_same_mistake_costs_the_same_in_every_exercise(prices):
    apart = {id for id, at in prices.items() if max(at.values()) - min(at.values()) > 1}
    assert apart == DIFFERS


@pytest.mark.corpus
def test_the_page_for_instructors_lists_what_the_same_mistake_costs(prices):
    page = (ROOT / "book" / "instructors.md").read_text()
    for mistake, ids in STANDS_IN_SEVERAL.items():
        at = {name: points for id in ids.split() for name, points in prices[id].items()}
        assert len(at) > 1
        assert max(at.values()) - min(at.values()) <= 1
        cells = ", ".join(f"`{name}` {at[name]}" for a in ASSIGNMENTS.values() for name in a.names if name in at)
        assert f"| {mistake} | {cells} |" in page


def told(name, source, *changes):
    """What is told of the right answer with some changes: the ids of mistakes."""
    results = graded(name, changed(source, *changes)).values()
    return {each.id for result in results for verdict in result.verdicts for each in verdict.likely}


RNN, TIME_LSTM = (next(iter(answers.values())) for answers in (rnn.RIGHT["MyRNN"], lstm.RIGHT["MyTimeLSTM"]))


def test_a_change_of_what_backward_is_given_hides_no_number_that_it_gave_before():
    changes = [
        ("dt = dh_next * (1", "dt = dh_next\n        dt *= (1"),
        ("np.sum(dt, axis=0)", "np.sum(dt)"),
        ("self.grads[0][...] = ", "self.grads[0][...] += "),
        ("self.grads[1][...] = ", "self.grads[1][...] += "),
    ]
    assert told("MyRNN", RNN, *changes) == {"ChangesUpstream", "PilesUp", "SumsBiasOverEverything"}


def test_a_shorter_float_hides_no_number_that_is_wrong_by_far():
    rows = variant("my_numerical_gradient", "MovesRows")
    assert "MovesRows" in told("my_numerical_gradient", rows, ("return grad\n", "return grad.astype('f')\n"))


def test_a_mistake_that_would_raise_alike_gives_an_exception_beside_a_known_mistake_no_name():
    changes = [("np.tanh(z_g)", "sigmoid(z_g)"), ("(1 - g**2)], axis=1)", "(g * (1 - g))])")]
    assert told("MyTimeLSTM", TIME_LSTM, *changes) == {"TakesSigmoidForCandidate"}


def test_a_mistake_that_gives_another_shape_explains_none_that_gives_a_third():
    """dh0 is that of the last step, no step hands anything back, and db is summed over the batch alone."""
    answer = changed(
        BPTT,
        ("(dhs[:, t] + dh)", "dhs[:, t]"),
        ("db += dz.sum(axis=0)", "dbs.insert(0, dz.sum(axis=0))"),
        ("    dh = np.zeros_like(h0)\n    for", "    dbs = []\n    dh = np.zeros_like(h0)\n    for"),
        ("dWh, db\n", "dWh, np.stack(dbs)\n"),
    )
    assert "KeepsRowsOfDb" not in told("my_bptt", answer)


@pytest.mark.parametrize("left_out", [("dWh",), ("dWx", "dWh", "db")])
def test_a_gradient_that_is_left_out_is_not_named_after_a_mistake_that_gives_zeros_in_one_step_alone(left_out):
    changes = [(f"        {grad} += ", f"        0 * {grad} + ") for grad in left_out]
    assert told("my_bptt", BPTT, *changes) == set()


def test_of_two_lists_in_another_order_it_is_told_which_one_is_wrong_whatever_else_is():
    library = {each.id: each for each in find("MyRnnlm").misconceptions if each.name == "MyRnnlm"}
    wrong = [library[id] for id in ("GradsInAnotherOrder", "VisitsLayersForwards")]
    assert told("MyRnnlm", wrong[0].right, *(change for each in wrong for change in each.changes)) == {wrong[0].id}


def test_what_known_mistakes_do_not_explain_costs_besides():
    """dh comes in after the slope, h0 is missing in dWh; and the window left out follows from neither."""
    changes = [
        ("(dhs[:, t] + dh) * (1 - h**2)", "dhs[:, t] * (1 - h**2) + dh"),
        ("        dWh += hs[t].T @ dz", "        dWh += hs[t].T @ dz * (t > 0)"),
        ("        if window and t % window == 0:\n            dh = np.zeros_like(h0)\n", ""),
    ]
    window = graded("my_bptt", changed(BPTT, *changes))["window"]
    assert 2 * window.points <= window.max_points


def test_a_known_mistake_beside_unknown_ones_costs_little_more_than_all_of_them():
    """No tanh for h, a slope left out and one of the wrong sign: nothing that comes out is right."""
    changes = [
        ("h = o * np.tanh(c)", "h = o * c"),
        ("dh * np.tanh(c) * o * (1 - o)", "dh * np.tanh(c)"),
        ("1 - g ** 2", "1 + g ** 2"),
    ]
    results = graded("MyTimeLSTM", changed(LSTM, *changes)).values()
    lost = sum(result.max_points - result.points for result in results)
    assert 3 <= lost <= 12


@pytest.mark.parametrize(
    ("name", "right", "change"),
    [
        ("MyTimeRNN", time_rnn.INLINE, ("return self.hs\n", "return self.hs, h\n")),
        ("MyTimeLSTM", LSTM, ("return hs\n", "return hs, (h, c)\n")),
        ("my_clip_grads", CLIP, ("return norm", "return grads, norm")),
    ],
)
def test_another_value_returned_beside_the_right_one_costs_a_point_or_two(name, right, change):
    results = graded(name, changed(right, change)).values()
    assert sum(result.max_points - result.points for result in results) in (1, 2)


def test_a_model_that_gathers_its_gradients_only_in_backward_keeps_its_forward():
    answer = changed(
        MATRICES_FIRST,
        ("        self.params = [e, x, h, w, b, c]\n", "        self.params = [e, x, h, b, w, c]\n"),
        ("        self.grads = [e, x, h, w, b, c]\n", "        self.grads = []\n"),
        ("dout)))", "dout)))\n        self.grads = self.affine.grads + self.rnn.grads + self.embed.grads"),
    )
    assert graded("MyRnnlm", answer)["forward"].points == 5
