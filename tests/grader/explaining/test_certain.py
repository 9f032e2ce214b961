"""What is said of answers for whose mistake the library has no name: what stands there, and what was tried."""

from types import SimpleNamespace

import numpy as np
import pytest
from corpora import bptt, embedding, lstm, rnn, rnnlm, softmax_masking, time_rnn
from examining import defined

from rnnlm_grader.explaining.changes import MOST_NAME, close_names
from rnnlm_grader.explaining.letters import Letters
from rnnlm_grader.explaining.source import Edit, Text, apply
from rnnlm_grader.explaining.trials import sentence
from rnnlm_grader.learner.check import CheckFailed, check
from rnnlm_grader.notebooks.cell_code import parsed
from rnnlm_grader.protocol import whereabouts
from rnnlm_grader.protocol.bench import Bench, load_cells
from rnnlm_grader.protocol.candidate import TIMED_OUT, KernelCandidate, Lost, WorkerLost
from rnnlm_grader.protocol.values import is_unwritten

MODULES = embedding, rnn, time_rnn, bptt, softmax_masking, rnnlm, lstm
RIGHT = {name: next(iter(styles.values())) for module in MODULES for name, styles in module.RIGHT.items()}


def report(name, *changes, part=None):
    """What `check` says of the plainest right answer with changes."""
    source = RIGHT[name]
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    with pytest.raises(CheckFailed) as caught:
        check(defined(source, name), part)
    return " ".join(str(caught.value).split())


TRIED = [  # name, what stands in the right answer and what in this one, what mends it
    ("MyRNN", "h_next ** 2", "h_next ^ 2", "Replacing `1 - h_next ^ 2` with `1 - h_next ** 2` mends this example."),
    (
        "MyRNN",
        "dh_next * (1 - h_next ** 2)",
        "dh_next * 1 - h_next ** 2",
        "Parentheses are missing. Replacing `dh_next * 1 - h_next ** 2` with `dh_next * (1 - h_next ** 2)`",
    ),
    ("MyRNN", "np.sum(dt, axis=0)", "np.sum(dt, dim=0)", "NumPy calls it `axis`. Replacing `dim=0` with `axis=0`"),
    ("MyRNN", "np.dot(h_prev.T, dt)", "h_prev.t() @ dt", "Replacing `h_prev.t()` with `h_prev.T`"),
    ("MyRNN", "h_next ** 2", "h_next.pow(2)", "In NumPy a power is `**`. Replacing `h_next.pow(2)` with `h_next ** 2`"),
    ("MyRNN", "np.tanh(t)", "np.tahn(t)", "Replacing `np.tahn` with `np.tanh`"),
    ("MyRNN", "np.tanh(t)", "tanh(t)", "Replacing `tanh` with `np.tanh`"),
    ("MyRNN", "def backward(", "def backwards(", "Replacing `backwards` with `backward`"),
    ("MyRNN", "= self.cache\n", "= self.cache()\n", "`self.cache` isn't a function. Replacing `self.cache()` with"),
    (
        "MyRNN",
        "np.dot(dt, Wx.T)",
        "dt * Wx.T",
        "`*` multiplies number by number. Replacing `dt * Wx.T` with `dt @ Wx.T` mends this example.",
    ),
    (
        "MyTimeRNN",
        "layer.forward(xs[:, t, :], self.h)",
        "layer(xs[:, t, :], self.h)",
        "A layer isn't a function here: call its `forward`. Replacing `layer(xs[:, t, :], self.h)` with",
    ),
    (
        "MyTimeRNN",
        "layer.forward(xs[:, t, :], self.h)",
        "layer(self.h, xs[:, t, :])",
        "with `layer.forward(xs[:, t, :], self.h)` mends this example.",
    ),
    (
        "MyTimeRNN",
        "dx, dh = layer",
        "dh, dx = layer",
        "The results come in another order. Replacing `dh, dx` with `dx, dh`",
    ),
    (
        "MyTimeRNN",
        "reversed(range(T))",
        "range(T - 1, 0, -1)",
        "range stops before its second number. Replacing `range(T - 1, 0, -1)` with",
    ),
    (
        "MyTimeRNN",
        "\n        return hs",
        "\n            return hs",
        "`return hs` stands in the loop, which ends there in its first round. Moving it to the left",
    ),
    (
        "MyTimeRNN",
        "dhs[:, t, :] + dh",
        "dhs + dh",
        "`dhs + dh` has shape (N, T, H): `dh_next` needs the shape (N, H). One step of it is needed. Replacing `dhs` "
        "with `dhs[:, t]` mends this example.",
    ),
    (
        "MyTimeRNN",
        "N, T, D = xs.shape",
        "T, N, D = xs.shape",
        "`xs` has shape (N, T, D). Replacing `T, N, D` with `N, T, D` mends this example.",
    ),
    (
        "MyTimeRNN",
        "self.h is None",
        "self.h == None",
        "Replacing `self.h == None` with `self.h is None` mends this example.",
    ),
    (
        "MyTimeRNN",
        "np.empty((N, T, H)",
        "np.empty((N, H, T)",
        "Replacing `(N, H, T)` with `(N, T, H)` mends this example.",
    ),
    (
        "MyTimeRNN",
        "dxs[:, t, :] = dx",
        "dxs[:, t, :] += dx",
        "`dxs` depends on what `np.empty` found in memory. Replacing `np.empty` with `np.zeros` mends this example.",
    ),
    (
        "MyTimeRNN",
        "reversed(range(T))",
        "range(T - 1, -1)",
        "range counts upwards unless its third number is negative. "
        "Replacing `range(T - 1, -1)` with `range(T - 1, -1, -1)` mends this example.",
    ),
    (
        "MyTimeLSTM",
        "self.h is not None",
        "self.h",
        "`if self.h` asks if an array is true. Replacing `self.h` with `self.h is not None` mends this example.",
    ),
    ("MyTimeLSTM", "4, axis=1)\n", "4)\n", "Adding `axis=1` to `np.split(...)` mends this example."),
    (
        "MyTimeLSTM",
        "np.stack(hs, axis=1)",
        "np.concatenate(hs)",
        "`hs` has shape (N·T, H); it should be (N, T, H). Time becomes the second axis by stacking. "
        "Replacing `np.concatenate(hs)` with `np.stack(hs, axis=1)` mends this example.",
    ),
    (
        "my_bptt",
        "window is not None and ",
        "",
        "`window` is None when nobody passes it. Replacing `t % window == 0` with "
        "`window is not None and t % window == 0` mends this example.",
    ),
    (
        "my_bptt",
        "hs[t + 1] ** 2",
        "hs[t + 2] ** 2",
        "`hs` is a list of T + 1: the list is shorter than that. Replacing",
    ),
    ("my_bptt", "dz.sum(axis=0)", "dz.sum(axis=0, keepdims=True)", "with `dz.sum(axis=0)` mends this example."),
    (
        "my_softmax",
        "axis=-1, keepdims=True)\n    e =",
        "axis=2, keepdims=True)\n    e =",
        "Replacing `axis=2` with `axis=-1` mends this example.",
    ),
    (
        "MyTimeSoftmaxWithLoss",
        "mask[:, np.newaxis]",
        "mask",
        "With one more axis it fits each row. Replacing `mask` with `mask[..., None]` mends this example.",
    ),
    (
        "MyTimeAffine",
        "out.reshape(N, T, -1)",
        "out.reshape(T, N, -1)",
        "`out` has shape (T, N, V), with the right numbers; it should be (N, T, V). "
        "The arguments come in another order.",
    ),
    ("MyRnnlm", "rn((V, D))", "rn(V, D)", "A shape is one argument, in parentheses of its own."),
    (
        "MyRnnlm",
        "self.rnn_layer.reset",
        "self.rnn.reset",
        "Replacing `self.rnn` with `self.rnn_layer` mends this example.",
    ),
]


@pytest.mark.parametrize(("name", "right", "wrong", "said"), TRIED)
def test_a_change_that_makes_everything_right_is_told(name, right, wrong, said):
    assert said in report(name, (right, wrong))


@pytest.mark.parametrize(
    ("name", "right", "wrong", "said"),
    [
        (
            "MyEmbedding",
            "W, = self.params",
            "n, m = idx.shape\n        W, = self.params",
            "`idx` has 1 axis: there are 2 names on the left.",
        ),
        ("MyEmbedding", "return None", "return dout.sum(0)", "`backward` should return nothing."),
        ("MyRNN", "return h_next\n", "return h_next, h_prev\n", "`forward` returned two values; return only `h_next`."),
        (
            "MyTimeRNN",
            "np.empty((N, T, D)",
            "np.empty((N, T, H)",  # `H, D = Wx.shape` would make up for it
            "`dxs[:, t, :]` has shape (N, H) and `dx` has shape (N, D): the right side doesn't fit into the left.",
        ),
        ("MyTimeAffine", "rx = xs.reshape(N * T, -1)", "rx = xs.reshape(N, T)", "numbers don't fill the shape (N, T)."),
        (
            "MyTimeLSTM",
            "self.steps.append((*before, c, o, f, i, g))",
            "self.steps.append((*before, c, o, f, i))",
            "`self.steps[t]` is a tuple of 7: there are 8 names on the left.",
        ),
    ],
)
def test_where_nothing_that_was_tried_fits_it_is_said_what_stands_there(name, right, wrong, said):
    text = report(name, (right, wrong))
    assert said in text
    assert "mends this example" not in text


@pytest.mark.parametrize(
    ("name", "right", "wrong", "said"),
    [
        (
            "my_bptt",
            "dh = np.zeros_like(h0)\n    for",
            "dh = h0\n    dh *= 0\n    for",
            "`h0` is the caller's, and isn't what it was: `dh *= 0` writes into it.",
        ),
        (
            "MyRNN",
            "t = np.dot(h_prev, Wh)",
            "x -= 0.5\n        t = np.dot(h_prev, Wh)",
            "`x` is the caller's, and isn't what it was: `x -= 0.5` writes into it.",
        ),
        (
            "MyTimeAffine",
            "dout = dout.reshape(N * T, -1)",
            "dout.shape = (N * T, -1)",
            "`dout` had shape (1, 2, 1) and has shape (2, 1) after the call: your code reshaped the caller's array.",
        ),
    ],
)
def test_the_line_that_changes_an_array_of_the_callers_is_told(name, right, wrong, said):
    assert said in report(name, (right, wrong))


KEEPS_LAST_OF_FIRST_T = """
class MyTimeEmbedding:
    def __init__(self, W):
        self.params, self.grads, self.T = [W], [np.zeros_like(W)], None

    def forward(self, xs):
        self.T = self.T or xs.shape[1]
        self.xs = xs[:, -self.T :].copy()
        return self.params[0][self.xs]

    def backward(self, dout):
        self.grads[0][...] = 0
        np.add.at(self.grads[0], self.xs, dout[:, -self.T :])
"""


def test_what_is_said_holds_in_the_example_that_is_shown_too():
    with pytest.raises(CheckFailed) as caught:
        check(defined(KEEPS_LAST_OF_FIRST_T, "MyTimeEmbedding"))
    said = " ".join(str(caught.value).split())
    assert "`grads[0]` is zero where it is wrong." in said
    assert "`out` has shape (1, 2, 1); it should be (1, 3, 1)." in said


MAKES_STEPS_ONCE = """
class MyTimeEmbedding:
    def __init__(self, W):
        self.params = [W]
        self.grads = [np.zeros_like(W)]
        self.steps = None

    def forward(self, xs):
        N, T = xs.shape
        self.steps = self.steps or [[None] for t in range(T)]
        out = np.empty((N, T, self.params[0].shape[1]), self.params[0].dtype)
        for t in range(T):
            self.steps[t][0] = xs[:, t]
            out[:, t] = self.params[0][xs[:, t]]
        return out

    def backward(self, dout):
        self.grads[0][...] = 0
        for t in range(dout.shape[1]):
            np.add.at(self.grads[0], self.steps[t][0], dout[:, t])
"""


def test_a_change_that_spoils_what_was_right_is_no_advice():
    """With `self.steps[t - 1]` forward no longer raises, and each step's gradient goes to the ids of another."""
    with pytest.raises(CheckFailed) as caught:
        check(defined(MAKES_STEPS_ONCE, "MyTimeEmbedding"))
    assert "the list is shorter than that" in str(caught.value)
    assert "mends this example" not in str(caught.value)


LEAVES_OUT_A_STEP = """
class MyTimeEmbedding:
    def __init__(self, W):
        self.params = [W]
        self.grads = [np.zeros_like(W)]

    def forward(self, xs):
        self.xs = xs
        return self.params[0][xs]

    def backward(self, dout):
        dW = np.zeros(self.params[0].shape)
        for t in range(dout.shape[1] - 1):
            np.add.at(dW, self.xs[:, t], dout[:, t])
        self.grads[0] = dW
"""


def test_an_example_never_speaks_against_the_name_above_it():
    """The array of before is zero, as where the gradient stays in the layers inside; the example's isn't."""
    with pytest.raises(CheckFailed) as caught:
        check(defined(LEAVES_OUT_A_STEP, "MyTimeEmbedding"))
    assert "Likely: the gradient stays in the layers inside" not in str(caught.value)


def test_a_known_mistake_does_not_name_what_is_wrong_by_less():
    """The results are exchanged, which has a name; and the state is rounded, which that name doesn't explain."""
    text = report(
        "MyRNN",
        ("h_next = np.tanh(t)", "h_next = np.tanh(t.astype('f')).astype(t.dtype)"),
        ("return dx, dh_prev", "return dh_prev, dx"),
    )
    backward, contract = text.split("MyRNN · contract")
    assert "the results are returned in the wrong order" in backward
    assert "`h_next` is right to some 7 digits only" in contract
    assert "the wrong order" not in contract.split("✓")[0]


def test_what_is_never_written_is_nan_while_an_answer_plays_and_then_memory_is_as_before():
    before = np.empty, np.empty_like
    names = {
        "raises": lambda x: np.empty(x.shape)[2, 2],
        "gives": lambda x: (np.empty(3, "f"), np.empty_like(x), np.empty(2, int).shape),
    }
    for name in names:
        seen, raised, _ = Bench(names, None).play([(True, "call", name, None, (np.zeros((2, 1)),), {})])
        assert (np.empty, np.empty_like) == before
    floats, like, shape = seen[0]
    assert raised is None
    assert (like.shape, shape) == ((2, 1), (2,))
    assert np.isnan([*floats, *like.flat]).all()
    assert all(map(is_unwritten, (floats, like, seen[0], like + 1)))
    assert not any(map(is_unwritten, (np.full(2, np.nan), np.full(2, -np.nan), np.ones(2, int), None)))


def test_a_nan_of_np_empty_is_said_to_be_one_beside_the_name_of_a_mistake():
    said = "Here nan stands for whatever `np.empty` found in memory."
    text = report("MyTimeRNN", ("in range(T)", "in range(T - 1)"))
    assert "the last step is left out" in text
    assert said in text
    assert said not in report("MyRNN", ("np.tanh(t)", "np.nan * np.tanh(t)"))


def test_so_is_one_of_which_no_example_is_shown():
    wrong = ("return dx, dh_prev", "return np.empty_like(dx), dx")
    assert "`dx` depends on what `np.empty` found in memory." in report("MyRNN", wrong)
    assert "`dx` is nan or infinite." in report("MyRNN", ("return dx, dh_prev", "return np.nan * dx, dx"))


def test_a_second_mistake_leaves_facts_and_no_advice():
    """`@` and `.T` would no longer raise, and what comes out would be wrong all the same."""
    text = report("MyRNN", ("np.dot(x.T, dt)", "-np.dot(x, dt)"))
    assert "`x` has shape (N, D) and `dt` has shape (N, H)" in text
    assert "mends this example" not in text


def test_of_grads_that_are_right_in_new_arrays_it_is_said_that_the_old_ones_are_to_be_written():
    lines = "self.grads[0][...] = dWx\n        self.grads[1][...] = dWh\n        self.grads[2][...] = db"
    text = report("MyRNN", (lines, "self.grads = [dWx, dWh, db]"), ("np.sum(dt, axis=0)", "3 * np.sum(dt, axis=0)"))
    assert "`grads[0]` is right, but in a new array: write into the old one, `grads[0][...] = ...`." in text


def test_advice_about_a_name_is_given_only_where_it_was_tried():
    source = "Wx, Wh, b = self.params\n        x, h_prev, h_next", "x, h_prev, h_next"
    advice = "keep it there, `self.Wh = Wh`, and write `self.Wh` here, and likewise with `Wx`."
    assert f"`Wh` belongs to `__init__`: {advice}" in report("MyRNN", source)
    assert "`Wh` belongs to `__init__`. " in report("MyRNN", source, ("np.dot(dt, Wh.T)", "np.dot(dt, -Wh.T)"))
    one = report(
        "MyRNN", ("np.dot(dt, Wh.T)", "np.dot(dt, cell.T)"), ("(x, h_prev, h_next)", "(x, h_prev, h_next); cell = Wh")
    )
    assert "`cell` belongs to `forward`: keep it there, `self.cell = cell`, and write `self.cell` here." in one


def test_the_line_is_shown_with_a_mark_under_the_place():
    with pytest.raises(CheckFailed) as caught:
        check(defined(RIGHT["MyRNN"].replace("h_next ** 2", "h_next ^ 2"), "MyRNN"))
    assert ("      dt = dh_next * (1 - h_next ^ 2)\n                      ^^^^^^^^^^^^^^\n") in str(caught.value)


def test_a_line_is_never_empty():
    """Python itself finds no line for what it notices when it compiles a cell."""
    raised = load_cells([("cell", "a = 1\n\nreturn 3")], {})["cell"]
    assert (raised.line, raised.text) == (3, "return 3")


def test_a_change_that_never_comes_to_an_end_is_given_up(monkeypatch):
    def play(self, programs, changed=None):
        if changed:
            raise WorkerLost(Lost(TIMED_OUT))
        return [self.play_one(program) for program in programs]

    monkeypatch.setattr(KernelCandidate, "play", play)
    text = report("MyRNN", ("np.dot(x.T, dt)", "np.dot(x, 2 * dt)"))
    assert "`x` has shape (N, D) and `2 * dt` has shape (N, H)" in text
    assert "mends this example" not in text


def test_the_answer_itself_is_as_it_was_after_changes_were_tried():
    answer = defined(RIGHT["MyRNN"].replace("np.dot(x.T, dt)", "np.dot(x, dt)"), "MyRNN")
    methods = dict(vars(answer))
    names = answer.forward.__globals__
    with pytest.raises(CheckFailed):
        check(answer)
    assert dict(vars(answer)) == methods
    assert names["MyRNN"] is answer


def test_names_that_are_long_or_many_are_not_searched():
    assert close_names("tahn", ["tanh"]) == ["tanh"]
    assert close_names("x" * (MOST_NAME + 1), ["x" * (MOST_NAME + 2)]) == []
    assert close_names("tahn", [*(f"name{i}" for i in range(1000)), "tanh"]) == []


def test_what_stands_in_a_line_is_computed_once_more_only_where_that_leaves_no_trace():
    names = {"np": np, "calls": [1, 2]}
    load_cells([("cell", "def f(x):\n    return np.exp(x) @ x + [x] + x.fill(calls.pop())")], names)
    _, raised, _ = Bench(names, None).play([(False, "call", "f", None, (np.zeros((2, 3)),), {})])
    assert raised.sides == (("np.exp(x)", "array", (2, 3)), ("x", "array", (2, 3)))
    load_cells([("cell", "def f(x):\n    return x @ np.full(2, calls.pop())")], names)
    _, raised, _ = Bench(names, None).play([(False, "call", "f", None, (np.zeros((2, 3)),), {})])
    assert raised.sides == (("x", "array", (2, 3)),)
    assert names["calls"] == [1]


def test_a_source_that_is_too_long_is_not_read():
    names = {}
    load_cells([("long", "def f(x): return x[3]\n" + "#" * whereabouts.MAX_SOURCE)], names)
    _, raised, _ = Bench(names, None).play([(False, "call", "f", None, ([],), {})])
    assert (raised.text, raised.mark, raised.sides) == ("def f(x): return x[3]", (), ())


def letters_of_draws(is_resized=False):
    layer = SimpleNamespace(shapes={"x": "NTD", "W": "D4H"})
    return Letters(
        [
            SimpleNamespace(
                case=SimpleNamespace(layer=layer, sizes=dict(zip("NTDH", sizes, strict=True)), is_resized=is_resized)
            )
            for sizes in ((2, 3, 4, 5), (4, 2, 3, 7), (3, 4, 6, 2))
        ]
    )


def test_letters_are_those_that_fit_in_every_draw():
    letters = letters_of_draws()
    assert letters.shape([(2, 20), (4, 28), (3, 8)]) == "(N, 4H)"
    assert letters.shape([(6,), (8,), (12,)]) == "(N·T,)"
    assert letters.shape([(4, 1), (3, 1), (5, 1)]) == "(T + 1, 1)"
    assert letters.shape([(2,), (2,), (3,)]) is None
    assert letters.text(["axis 1 with size 3", "axis 1 with size 2", "axis 1 with size 4"]) == "axis 1 with size T"


def test_no_letter_stands_for_a_size_where_calls_are_of_several():
    """What is N in a call of two sequences is N + 1 in one of three."""
    letters = letters_of_draws(is_resized=True)
    assert letters.shape([(2, 5), (4, 7), (3, 2)]) is None
    assert letters.shape([(3, 5), (5, 7), (4, 2)]) is None
    assert letters.shape([(2, 1), (4, 1), (3, 1)]) is None


def test_edits_find_their_place_behind_letters_of_several_bytes():
    source = "ü = 'ä'; dz = x * Wx"
    text = Text(source, parsed(source))
    node = text.tree.body[1].value
    assert apply(source, text.edit(node, "x @ Wx")) == "ü = 'ä'; dz = x @ Wx"
    assert sentence(source, text.edit(node, "x @ Wx")) == "Replacing `x * Wx` with `x @ Wx` mends this example"
    assert text.with_edits([Edit(0, 1, "a"), Edit(4, 7, "b")]) == "a = b; dz = x * Wx"
