"""Criteria of 05-softmax-masking. N batch, T time, V vocabulary.

Evidence is of three kinds: numbers worked by hand (the seed's among them), the reference, and central differences.
"""
import math

import numpy as np

from rnnlm_ref.gradcheck import numerical_gradient
from rnnlm_ref.time_layers import TimeSoftmaxWithLoss

from ..exam import Assignment, CriteriaList
from ..misconceptions.softmax_masking import MISCONCEPTIONS
from .contract import in_dtype, side_by_side

criteria = CriteriaList()
criterion = criteria.criterion

SEED_LOGITS = np.arange(21.0).reshape(1, 3, 7)  # the book's example: the targets 1, 2, 3 pick 1, 9, 17
SEED_TARGETS = np.array([[1, 2, 3]])
SEED_LOG_SUM = math.log(sum(math.exp(v) for v in range(7)))  # of row n it is 7n more


# --- my_softmax -----------------------------------------------------------------------------------------------------


def by_hand(x):
    """Softmax of each row, number by number."""
    flat = []
    for row in x.reshape(-1, x.shape[-1]).tolist():
        exps = [math.exp(v - max(row)) for v in row]
        flat.append([e / sum(exps) for e in exps])
    return np.array(flat).reshape(x.shape).astype(x.dtype)


@criterion("my_softmax", "values", 1, "each number becomes its share of the sum of exponentials")
def shares(exam):
    result = exam.new(np.log([1.0, 2.0, 5.0]))
    exam.equal(result, np.array([0.125, 0.25, 0.625]), result.name, note="the logarithms of 1, 2 and 5: shares of 8")
    result = exam.new(np.array([[3.0, 3.0, 3.0, 3.0]]))
    exam.equal(result, np.full((1, 4), 0.25), result.name, note="equal logits get equal shares")
    parts = exam.rng.permutation(9)[:4] + 1.0
    result = exam.new(exam.put("x", np.log(parts)))
    exam.equal(result, parts / parts.sum(), result.name, note="their exponentials are whole numbers")


@criterion("my_softmax", "values", 2, "it works along the last axis, whatever axes stand before it")
def last_axis(exam):
    for shape in ((2, 3), (2, 3, 4), (5,), (1, 2, 1, 3), (40, 2), (2, 40), (1, 2, 1, 1, 2, 2)):
        x = exam.rng.normal(size=shape).round(2)
        result = exam.new(exam.put("x", x))
        exam.equal(result, by_hand(x), result.name, note=f"x has shape {shape}; every row sums to 1")


@criterion("my_softmax", "edge", 1, "logits of ±10000 give finite shares, and so do rows far from each other")
def large_logits(exam):
    for row in ((1e4, 1e4, 1e4 - math.log(2)), (-1e4, -1e4, -1e4 - math.log(2)), (1e4, 1e4, -1e4)):
        result = exam.new(exam.put("x", np.array([row])))
        expected = [0.5, 0.5, 0.0] if row[2] == -row[0] else [0.4, 0.4, 0.2]
        exam.equal(result, np.array([expected]), result.name)
    x = exam.rng.normal(size=(3, 4)).round(2) + np.array([[1e4], [0.0], [-1e4]])
    result = exam.new(exam.put("x", x))
    exam.equal(result, by_hand(x), result.name, note="each row by itself: add a number to a row, and it stays the same")
    result = exam.new(exam.put("x", x[0]))
    exam.equal(result, by_hand(x[0]), result.name, note="a single row")
    for dtype in (np.float64, np.float32):
        x = (exam.rng.normal(size=(2, 2, 3)).round(2) + np.array([[[1e4]], [[-1e4]]])).astype(dtype)
        result = exam.new(exam.put("x", x))
        exam.equal(result, by_hand(x), result.name, note=f"of shape {x.shape} and dtype {x.dtype}")


@criterion("my_softmax", "edge", 1, "x stays untouched, its dtype is kept, and it needn't be contiguous in memory")
def softmax_contract(exam):
    for dtype, layout in ((np.float32, "F"), (np.float64, "strided")):
        given = exam.put("x", exam.rng.normal(size=(2, 3)).round(2).astype(dtype), layout)
        result = exam.new(given)
        exam.equal(result, by_hand(given.value), result.name)
        exam.equal(given.now(), given.value, "x", note="arguments must stay untouched", exact=True)
        exam.new(given.value + 1 - given.value.round())
        exam.equal(result.now(), by_hand(given.value), result.name, note="it must not change with a later call")


# --- MyTimeSoftmaxWithLoss ------------------------------------------------------------------------------------------

LARGE = ((30, 2, 3), (1, 40, 3), (1, 2, 60))  # N, T and V


def window(exam, N, T, V=5, dtype=np.float64):
    """Draw logits with two decimals and targets."""
    xs = (2 * exam.rng.normal(size=(N, T, V))).round(2).astype(dtype)
    return xs, exam.rng.integers(V, size=(N, T))


def scattered(exam, N, T, V=5, label=-1):
    """Draw a window in which about half of the positions are ignored, the first and the last rows as a whole."""
    xs, ts = masked(exam, N, T, V, label, ignored=0)
    ts[exam.rng.random((N, T)) < 0.5] = label
    ts[[0, -1]] = label
    ts[1, exam.rng.integers(T)] = exam.rng.integers(V - 1) if label == V - 1 else V - 1
    return xs, ts


def masked(exam, N, T, V=5, label=-1, dtype=np.float64, ignored=2):
    """Draw a window in which some positions of a single row are ignored: each row keeps a number of its own."""
    xs, ts = window(exam, N, T, V, dtype)
    if 0 <= label < V:
        ts[ts == label] = (label + 1) % V
    ts[exam.rng.integers(N), exam.rng.permutation(T)[:ignored]] = label
    return xs, ts


def expected_loss(xs, ts, label=-1, dout=1.0):
    """Loss and gradient by the reference, in the dtype of the logits."""
    layer = TimeSoftmaxWithLoss(ignore_label=label)
    loss = layer.forward(xs, ts)
    return np.array(loss, xs.dtype), layer.backward(dout)


def forward(exam, layer, xs, ts):
    return in_dtype(layer.forward(exam.put("xs", xs), exam.put("ts", ts)), xs.dtype)


def judge_loss(exam, xs, ts, expected, note=""):
    """Judge the loss of a new layer. Where it is wrong, its gradient is watched too: it tells some mistakes apart."""
    layer = exam.new()
    exam.equal(forward(exam, layer, xs, ts), np.array(expected), "the loss", note=note)
    if exam.has_failed():
        exam.watch(layer.backward())


def roughly(exam, layer, xs, ts, expected, note=""):
    """Judge a loss where its last digits don't matter: that they are right has criteria of its own."""
    loss = layer.forward(exam.put("xs", xs), exam.put("ts", ts))
    exam.equal(in_dtype(loss, np.float32), np.array(expected, np.float32), "the loss", note=note)


def judge_gradient(exam, xs, ts, expected, note=""):
    """Judge the gradient of a new layer. The loss is only watched."""
    layer = exam.new()
    loss = forward(exam, layer, xs, ts)
    exam.equal(layer.backward(), expected, "dxs", note=note)
    exam.watch(loss)


@criterion("MyTimeSoftmaxWithLoss", "forward", 1, "the loss is the mean of log(sum(exp(x))) - x[target]: the book's "
           "numbers")
def book_loss(exam):
    judge_loss(exam, SEED_LOGITS, SEED_TARGETS, SEED_LOG_SUM - 2,
               "the targets pick 1, 9, 17 from rows that start at 0, 7, 14; their mean lies 2 above")
    judge_loss(exam, np.zeros((2, 2, 4)), np.array([[0, 1], [2, 3]]), math.log(4), "four equal logits: log 4")
    xs, ts = window(exam, 1, 3, 7)
    judge_loss(exam, xs, ts, expected_loss(xs, ts)[0])


@criterion("MyTimeSoftmaxWithLoss", "forward", 1, "it is the mean over all N·T positions when none is ignored")
def mean_loss(exam):
    for N, T, *V in ((2, 3), (3, 1), (1, 4), *LARGE):
        xs, ts = window(exam, N, T, *V)
        judge_loss(exam, xs, ts, expected_loss(xs, ts)[0], f"N = {N}, T = {T}")


@criterion("MyTimeSoftmaxWithLoss", "forward", 1, "logits of ±10000 give a finite, exact loss")
def large_logits_loss(exam):
    xs = np.array([[[1e4, -1e4, 0.0]]])
    for target, loss in ((1, 2e4), (2, 1e4), (0, 0.0)):
        judge_loss(exam, xs, np.array([[target]]), loss, "the largest logit less that of the target")
    xs, ts = window(exam, 2, 2)
    judge_loss(exam, xs + np.array([[[1e4]], [[-1e4]]]), ts, expected_loss(xs, ts)[0],
               "rows shifted by ±10000: it stays the same")
    roughly(exam, exam.new(), np.array([[[1e4, -1e4, 0.0]]], np.float32), np.array([[2]]), 1e4, "float32")


@criterion("MyTimeSoftmaxWithLoss", "backward", 1, "the gradient is (p - 1 at the target) over the number of "
           "positions, by hand")
def gradient_by_hand(exam):
    xs = np.log([[[1.0, 1.0, 2.0], [3.0, 4.0, 1.0]]])
    judge_gradient(exam, xs, np.array([[2, 0]]), np.array([[[0.25, 0.25, -0.5], [-0.625, 0.5, 0.125]]]) / 2,
                   "shares 1/4 1/4 1/2 and 3/8 4/8 1/8, two positions")
    xs, ts = window(exam, 1, 2, 3)
    judge_gradient(exam, xs, ts, expected_loss(xs, ts)[1], "two positions")


@criterion("MyTimeSoftmaxWithLoss", "backward", 1, "the gradient has the shape (N, T, V) and each row its own target")
def gradient(exam):
    for N, T, *V in ((2, 3), (3, 1), (1, 2), *LARGE):
        xs, ts = window(exam, N, T, *V)
        judge_gradient(exam, xs, ts, expected_loss(xs, ts)[1], f"N = {N}, T = {T}")


@criterion("MyTimeSoftmaxWithLoss", "backward", 1, "backward(dout) multiplies by dout, which is 1 if left out")
def upstream_factor(exam):
    xs, ts = window(exam, 2, 2)
    layer = exam.new()
    loss = forward(exam, layer, xs, ts)
    for dout in (2.5, -0.5, 1000):
        exam.equal(layer.backward(dout), expected_loss(xs, ts, dout=dout)[1], "dxs", note=f"dout = {dout}")
    exam.equal(layer.backward(), expected_loss(xs, ts)[1], "dxs", note="dout left out")
    exam.watch(loss)


@criterion("MyTimeSoftmaxWithLoss", "backward", 1, "the gradient agrees with central differences of the loss")
def loss_central_differences(exam):
    xs, ts = masked(exam, 1, 3, V=3, ignored=1)
    kept = ts[0] >= 0

    def loss(x):
        rows = x[0][kept]
        return float((np.log(np.exp(rows).sum(axis=1)) - rows[np.arange(len(rows)), ts[0][kept]]).mean())

    judge_gradient(exam, xs, ts, numerical_gradient(loss, xs.copy()), "the slope of the loss, measured")


@criterion("MyTimeSoftmaxWithLoss", "backward", 1, "logits of ±10000 give a finite gradient")
def large_logits_gradient(exam):
    xs, ts = np.array([[[1e4, -1e4, -1e4], [-1e4, -1e4, 1e4]]]), np.array([[1, 2]])
    judge_gradient(exam, xs, ts, np.array([[[0.5, -0.5, 0.0], [0.0, 0.0, 0.0]]]))
    xs, ts = window(exam, 2, 2)
    judge_gradient(exam, xs + np.array([[[1e4]], [[-1e4]]]), ts, expected_loss(xs, ts)[1],
                   "rows shifted by ±10000: it stays the same")


@criterion("MyTimeSoftmaxWithLoss", "mask", 1, "the loss is the mean over the positions that are kept")
def loss_over_kept(exam):
    roughly(exam, exam.new(), SEED_LOGITS, np.array([[1, -1, 2]]), SEED_LOG_SUM - 1.5,
               "the book's logits, with the middle one ignored")
    for N, T in ((2, 3), (1, 4)):
        xs, ts = masked(exam, N, T)
        roughly(exam, exam.new(), xs, ts, expected_loss(xs, ts)[0])
    xs, ts = scattered(exam, 5, 6)
    roughly(exam, exam.new(), xs, ts, expected_loss(xs, ts)[0], "many are ignored")


@criterion("MyTimeSoftmaxWithLoss", "mask", 2, "the gradient is divided by the positions kept, and exactly 0 where "
           "ignored")
def gradient_over_kept(exam):
    for N, T in ((2, 3), (1, 4)):
        xs, ts = masked(exam, N, T)
        layer = exam.new()
        loss = forward(exam, layer, xs, ts)
        dxs = layer.backward()
        exam.equal(dxs, expected_loss(xs, ts)[1], "dxs")
        rows = dxs.value[ts == -1] if getattr(dxs.value, "shape", None) == xs.shape else dxs.value
        exam.equal(rows, np.zeros((2, xs.shape[-1])), "dxs where ts is -1", exact=True)
        exam.watch(loss)
    xs, ts = scattered(exam, 5, 6)
    judge_gradient(exam, xs, ts, expected_loss(xs, ts)[1], "many are ignored")


@criterion("MyTimeSoftmaxWithLoss", "mask", 1, "all positions ignored: the loss is 0.0 and the gradient 0")
def all_ignored(exam):
    xs, _ = window(exam, 2, 2)
    layer = exam.new()
    roughly(exam, layer, xs, np.full((2, 2), -1), 0.0)
    exam.equal(layer.backward(), np.zeros_like(xs), "dxs", exact=True)
    xs, ts = masked(exam, 2, 2)
    roughly(exam, layer, xs, ts, expected_loss(xs, ts)[0], note="the window after it")
    exam.equal(layer.backward(), expected_loss(xs, ts)[1], "dxs", note="the window after it")
    label = int(exam.rng.integers(5))
    layer = exam.new(ignore_label=label)
    xs = xs.astype(np.float32)
    roughly(exam, layer, xs, np.full((2, 2), label), 0.0, note=f"ignore_label={label}, and float32")
    exam.equal(layer.backward(), np.zeros_like(xs), "dxs", exact=True)


@criterion("MyTimeSoftmaxWithLoss", "mask", 2, "ignore_label may be any number, also the id of a word")
def other_labels(exam):
    for label in (2, 0, -100, 99):
        xs, ts = masked(exam, 2, 3, label=label)
        layer = exam.new(ignore_label=label)
        loss, dxs = expected_loss(xs, ts, label)
        roughly(exam, layer, xs, ts, loss, note=f"ignore_label={label}")
        given = layer.backward()
        exam.equal(given, dxs, "dxs", note=f"ignore_label={label}")
        rows = given.value[ts == label] if getattr(given.value, "shape", None) == xs.shape else given.value
        exam.equal(rows, np.zeros((2, xs.shape[-1])), f"dxs where ts is {label}", exact=True)
    xs, ts = masked(exam, 2, 3, label=2)
    layer = exam.new(ignore_label=2)
    loss, dxs = expected_loss(xs, ts, 2)
    roughly(exam, layer, xs, ts.astype(np.uint8), loss, note="ignore_label=2, targets of dtype uint8")
    exam.equal(layer.backward(), dxs, "dxs", note="ignore_label=2, targets of dtype uint8")
    xs, ts = scattered(exam, 4, 3, label=1000)
    layer = exam.new(1000)
    roughly(exam, layer, xs, ts, expected_loss(xs, ts, 1000)[0], note="ignore_label=1000")
    exam.equal(layer.backward(), expected_loss(xs, ts, 1000)[1], "dxs", note="ignore_label=1000")


@criterion("MyTimeSoftmaxWithLoss", "contract", 1, "backward may be called twice; what it returned doesn't change")
def loss_backward_twice(exam):
    xs, ts = window(exam, 2, 3)
    layer = exam.new()
    forward(exam, layer, xs, ts)
    expected = expected_loss(xs, ts)[1]
    first = layer.backward()
    exam.equal(first, expected, "dxs")
    exam.equal(layer.backward(2.0), 2 * expected, "dxs of a second backward, with dout = 2")
    exam.equal(first.now(), expected, "dxs of the first backward, after a second")
    forward(exam, layer, *window(exam, 2, 3))
    layer.backward()
    exam.equal(first.now(), expected, "dxs of the first backward, after another window")


@criterion("MyTimeSoftmaxWithLoss", "contract", 1, "logits and targets stay untouched")
def loss_leaves_arguments(exam):
    xs, ts = masked(exam, 2, 3)
    layer = exam.new()
    given = exam.put("xs", xs), exam.put("ts", ts)
    loss = layer.forward(*given)
    exam.equal(in_dtype(loss, np.float32), expected_loss(xs, ts)[0].astype(np.float32), "the loss")
    exam.watch(layer.backward())
    for thing, before in zip(given, (xs, ts), strict=True):
        exam.equal(thing.now(), before, thing.name, note="arguments must stay untouched", exact=True)


@criterion("MyTimeSoftmaxWithLoss", "contract", 1, "the gradient has the dtype of the logits; ids of any integer "
           "dtype will do")
def loss_dtypes(exam):
    for dtype, ids in ((np.float32, np.int32), (np.float64, np.int16), (np.float32, np.int64), (np.float64, np.int8)):
        xs, ts = window(exam, 2, 2, dtype=dtype)
        layer = exam.new()
        loss, dxs = expected_loss(xs, ts)
        given = exam.put("xs", xs, "F"), exam.put("ts", ts.astype(ids), "F")
        exam.equal(in_dtype(layer.forward(*given), np.float32), loss.astype(np.float32), "the loss")
        exam.equal(layer.backward(), dxs, "dxs", note=f"logits are {np.dtype(dtype)}, ids {np.dtype(ids)}")
        exam.equal(layer.backward(-2), -2 * dxs, "dxs", note="dout = -2")


@criterion("MyTimeSoftmaxWithLoss", "contract", 1, "one layer serves windows of any size, beside others; params and "
           "grads are empty")
def loss_other_sizes(exam):
    layer = exam.new()
    for N, T in ((2, 3), (1, 1), (4, 2)):
        xs, ts = window(exam, N, T)
        loss, dxs = expected_loss(xs, ts)
        roughly(exam, layer, xs, ts, loss, note=f"N = {N}, T = {T}")
        exam.equal(layer.backward(), dxs, "dxs", note=f"N = {N}, T = {T}")
    for name in ("params", "grads"):
        exam.equal(layer.attribute(name), (), name, note="an empty list: this layer has no parameters")
    side_by_side(exam, exam.new, lambda: (window(exam, 2, 3), ()),
                 lambda inputs, _: (None, expected_loss(*inputs)[1], []), 0)


ASSIGNMENT = Assignment("05-softmax-masking", ("my_softmax", "MyTimeSoftmaxWithLoss"), criteria, MISCONCEPTIONS)
