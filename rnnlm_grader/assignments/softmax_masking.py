"""Criteria of 05-softmax-masking. N batch, T time, V vocabulary.

Evidence is of three kinds: numbers worked by hand (the seed's among them), the reference, and central differences.
"""
import math
from functools import partial

import numpy as np

from rnnlm_ref.gradcheck import numerical_gradient
from rnnlm_ref.time_layers import TimeSoftmaxWithLoss

from ..exam import Assignment, CriteriaList
from ..misconceptions.softmax_masking import MISCONCEPTIONS
from . import last_look
from .contract import (
    CHANGED,
    ONE_SIZE_STAYS,
    SMALL,
    any_douts,
    crossed,
    holds_alike,
    in_dtype,
    in_full,
    many,
    not_by_columns,
    only_at,
    shows_nan,
    side_by_side,
    still,
    to_many_digits,
    untouched,
)

criteria = CriteriaList()
criterion = criteria.criterion

LARGE = (13, 12, 2), (1, 1, 290)  # windows of more positions, or words, than a byte can count
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
    exam.case()
    result = exam.new(np.array([[3.0, 3.0, 3.0, 3.0]]))
    exam.equal(result, np.full((1, 4), 0.25), result.name, note="equal logits get equal shares")
    exam.case()
    parts = exam.rng.permutation(9)[:4] + 1.0
    parts[exam.rng.integers(4)] *= 1e-6  # a small share counts too
    result = exam.new(exam.put("x", np.log(parts)))
    exam.equal(result, parts / parts.sum(), result.name, note="their exponentials are known")
    exam.case()
    x = SMALL * exam.rng.normal(size=4)
    exam.equal(exam.new(exam.put("x", x)), by_hand(x), "the shares", note="small logits count")
    exam.case()
    x = np.roll(np.array([30.0, 1.0, 0.5, -2000.0]) + exam.rng.integers(9), exam.rng.integers(4))
    result = exam.new(x)
    to_many_digits(exam, result.each(lambda shares: shares.sum(keepdims=True)), np.ones(1), f"the sum of {result.name}",
                   "each row along the last axis sums to 1; nothing is added to its sum, which is never 0")
    shows_nan(exam, lambda: [(exam.new(np.array([[0.5, np.nan, 2.0], [1.0, 2.0, 3.0]])), only_at((2, 3), 0), "shares")])


@criterion("my_softmax", "values", 2, "it works along the last axis, whatever axes stand before it")
def last_axis(exam):
    for shape in ((2, 3), (2, 3, 4), (5,), (3, 1), (1, 2, 1, 3), (many(exam), 2), (2, many(exam)), (1, 2, 1, 1, 2, 2)):
        exam.case()
        x = exam.rng.normal(size=shape).round(2)
        result = exam.new(exam.put("x", x))
        exam.equal(result, by_hand(x), result.name, note=f"x has shape {shape}; every row sums to 1")


@criterion("my_softmax", "edge", 1, "logits of ±10000 give finite shares, and so do rows far from each other")
def large_logits(exam):
    turn = exam.rng.integers(5)
    half = math.log(2)
    for i, (rows, shares) in enumerate((
            (((1e4, 1e4, 1e4 - half, -1e4), (-9e3, -9e3, -9e3 - half, -1e4)), ((0.4, 0.4, 0.2, 0),) * 2),
            (((-1e4, -1e4, 1e4),), ((0, 0, 1),)), (((-9e3, -1e4, 9e3),), ((0, 0, 1),)),
            (((0, 0, 0, 9e3, 1e4),), ((0, 0, 0, 0, 1),)))):
        exam.case()
        result = exam.new(exam.put("x", np.roll(np.array(rows, float), turn + i, axis=1)))
        expected = np.roll(np.array(shares, float), turn + i, axis=1)
        exam.equal(result, expected, result.name)
        has_floor = (isinstance(result.value, np.ndarray) and result.value.shape == expected.shape
                     and (result.value[expected == 0] > 1e-30).any()
                     and np.abs(result.value.sum(axis=1) - 1).max() < 1e-11)  # else it is for `shares` to notice
        exam.hold(not has_floor, result.name, "has shares where there should be next to none",
                  note="these logits are thousands below the largest")
    exam.case()
    near = np.roll([0.0, 0.03, 0.09], turn)
    exam.equal(exam.new(exam.put("x", 1e4 + near)), np.exp(near) / np.exp(near).sum(), "the shares",
               note="large logits that differ by little")
    for top, dtype in ((709.5, np.float64), (-743.0, np.float64), (88, np.float32), (89.5, np.float32),
                       (97.5, np.float32)):
        exam.case()
        result = exam.new(exam.put("x", np.roll([[top, top, top - half]], turn, axis=1).astype(dtype)))
        exam.equal(result, np.roll([[0.4, 0.4, 0.2]], turn, axis=1).astype(dtype), result.name,
                   note=f"exponentials at the end of what {np.dtype(dtype)} holds")
    for shape in (3,), (1, 1, 3):
        exam.case()
        row, share = (np.roll(side, -(turn % 2)).reshape(shape) for side in ((-9e3, -1e4, 9e3), (0.0, 0.0, 1.0)))
        result = exam.new(exam.put("x", row))
        exam.equal(result, share, result.name, note=f"x has shape {shape}")
    for shape, dtype in (((3, 4), np.float64), ((4,), np.float64), ((2, 2, 3), np.float64), ((2, 1, 2, 3), np.float64),
                         ((2, 2, 3), np.float32)):
        exam.case()
        far = 1e4 * (-1.0) ** np.indices((*shape[:-1], 1)).sum(axis=0)  # rows side by side lie far from each other
        x = (exam.rng.normal(size=shape).round(2) + far).astype(dtype)
        result = exam.new(exam.put("x", x))
        exam.equal(result, by_hand(x), result.name, note="each row by itself: add a number to a row, and it stays the "
                   f"same; x has shape {shape} and dtype {x.dtype}")


@criterion("my_softmax", "edge", 1, "x and results stay untouched, whatever the shape; the dtype is kept, and x "
           "needn't be contiguous in memory")
def softmax_contract(exam):
    for shape, dtype, layout in (((2, 3), np.float64, "strided"), ((2, 3), np.float32, "F"),
                                 ((2, 3), np.float64, "C"), ((2, 2, 3), np.float64, "C"),
                                 ((2, 2, 3), np.float64, "F")):
        exam.case()
        given = exam.put("x", exam.rng.normal(size=shape).round(2).astype(dtype), layout)
        result = exam.new(given)
        if len(shape) == 2:  # other shapes have a criterion of their own
            exam.equal(result, by_hand(given.value), result.name)
        in_full(exam, result)
        untouched(exam, [given])
        exam.new(given.value + np.arange(3, dtype=dtype))
        exam.equal(result.now(), result, result.name, note="it must not change with a later call")
    exam.case()
    given = exam.put("x", exam.rng.normal(size=(2, 3)).round(2))
    exam.new(given).spoil(CHANGED)  # as who subtracts 1 in the place of a target
    result = exam.new(given)
    exam.equal(result, by_hand(given.value), result.name, note="what was returned before belongs to the caller")
    other = exam.rng.normal(size=(2, 3)).round(2)
    given.write(other)
    result = exam.new(given)
    exam.equal(result, by_hand(other), result.name, note="x is the same array, and holds other numbers now")
    holds_alike(exam, crossed(exam, 2, 2, 4, more=1, accept=lambda drawn: any(
        is_a_row and layout != "C" and V > 1 for (*_, V), _, layout, is_a_row in drawn) and any(
        dtype == np.float32 and T == 1 < V for (_, T, V), dtype, *_ in drawn)), calls_in_turn)


def calls_in_turn(exam, shape, dtype, layout, is_a_row):
    """Call the function with x of two shapes, twice each; yield what is to be equal, as `holds_alike` wants it."""
    xs = [exam.rng.normal(size=each).round(2).astype(dtype)
          for each in (shape, shape, *[shape[2:] if is_a_row else shape[1:]] * 2)]
    given = [exam.put(f"x{i}", x, not_by_columns(layout)) for i, x in enumerate(xs)]
    results = [exam.new(each) for each in given]
    for x, result in zip(xs, results, strict=True):
        yield result, by_hand(x), result.name, f"x has shape {x.shape} and dtype {x.dtype}"
    yield from still(exam, (*given, *results))


# --- MyTimeSoftmaxWithLoss ------------------------------------------------------------------------------------------

FAR = np.array([[[1e4], [-1e4]], [[-1e4], [1e4]]])  # puts the rows of a window far from those before, after and below


def large_windows(exam):
    """Draw N, T and V, each of them large once, and so N·T: beyond 255."""
    return (many(exam), 13, 3), (1, many(exam), 3), (1, 2, 2 * many(exam))


def window(exam, N, T, V=5, dtype=np.float64):
    """Draw logits with two decimals and targets, of which at least one is 0 where there are several."""
    xs = (2 * exam.rng.normal(size=(N, T, V))).round(2).astype(dtype)
    ts = exam.rng.integers(V, size=(N, T))
    if ts.size > 1:
        ts[exam.rng.integers(N), exam.rng.integers(T)] = 0
    return xs, ts


def single_position(exam):
    """Draw a window of one position, in which no share is near 0 or 1."""
    xs, ts = window(exam, 1, 1)
    return xs.clip(-1, 1), ts


def scattered(exam, N, T, V=5, label=-1):
    """Draw a window in which about half of the positions are ignored, the first and the last rows as a whole.

    The first and the last word are kept somewhere. N is at least 4, and the label isn't 0.
    """
    xs, ts = masked(exam, N, T, V, label, ignored=0)
    ts[exam.rng.random((N, T)) < 0.5] = label
    ts[[0, -1]] = label
    ts[2, exam.rng.integers(T)] = 0
    ts[1, exam.rng.integers(T)] = exam.rng.integers(V - 1) if label == V - 1 else V - 1
    return xs, ts


def masked(exam, N, T, V=5, label=-1, dtype=np.float64, ignored=2):
    """Draw a window in which some positions of a single row are ignored: each row keeps a number of its own."""
    xs, ts = window(exam, N, T, V, dtype)
    if 0 <= label < V:
        ts[ts == label] = (label + 1) % V
    n, times = exam.rng.integers(N), exam.rng.permutation(T)
    ts[n, times[:ignored]] = label
    if label != 0:
        ts[(n + 1) % N, times[-1]] = 0  # word 0 is kept
    return xs, ts


def one_kept(exam):
    """Draw a window of two positions: the first is ignored, the target of the other is word 0."""
    return window(exam, 1, 2)[0], np.array([[-1, 0]])


def uneven_shares(exam):
    """Yield windows of which some are kept, so that their share times their number, cut off, is one too few."""
    for N, T, kept in (1, 49, 27), (4, 3, 7):  # 27 / 49 * 49 < 27, and (1 - 5 / 12) * 12 < 7
        xs, ts = window(exam, N, T)
        ts.flat[exam.rng.permutation(N * T)[kept:]] = -1
        yield xs, ts


def crossed_windows(exam):
    """Draw settings with the traits: some are ignored, the label is a word, ids are short.

    Of one position none is ignored, and it has several words.
    """
    return crossed(exam, 2, 3, 4, more=3, accept=lambda drawn: not any(
        sizes[:2] == (1, 1) and (are_masked or sizes[2] == 1) for sizes, _, _, are_masked, *_ in drawn))


def expected_loss(xs, ts, label=-1, dout=1.0):
    """Loss and gradient by the reference, in the dtype of the logits."""
    layer = TimeSoftmaxWithLoss(ignore_label=label)
    loss = layer.forward(xs, ts)
    return np.array(loss, xs.dtype), layer.backward(dout)


def forward(exam, layer, xs, ts, layout="C"):
    return in_dtype(layer.forward(exam.put("xs", xs, layout), exam.put("ts", ts, layout)), xs.dtype)


def roughly(exam, layer, xs, ts, expected, note="", layout="C"):
    """Judge a loss where its last digits don't matter: that they are right has criteria of its own."""
    loss = in_dtype(forward(exam, layer, xs, ts, layout), np.float32)
    exam.equal(loss, np.array(expected, np.float32), "the loss", note=note)


def judge_loss(exam, xs, ts, expected, note=""):
    """Judge the loss of a new layer, as a case that stands on its own.

    Where it is wrong, its gradient is watched too: it tells some mistakes apart.
    """
    exam.case()
    layer = exam.new()
    exam.equal(forward(exam, layer, xs, ts), np.array(expected), "the loss", note=note)
    if exam.has_failed():
        exam.watch(layer.backward())


def judge_gradient(exam, xs, ts, expected, note=""):
    """Judge the gradient of a new layer, as a case that stands on its own. The loss is only watched."""
    exam.case()
    layer = exam.new()
    loss = forward(exam, layer, xs, ts)
    judge_dxs(exam, layer.backward(), expected, note)
    exam.watch(loss)


def judge_dxs(exam, dxs, expected, note="", exact=False):
    """Judge a gradient under the name that the replay gives it."""
    exam.equal(dxs, expected, dxs.name, note=note, exact=exact)


def judge_both(exam, layer, xs, ts, label=-1, note=""):
    """Judge a loss, roughly, and its gradient. Return the gradient."""
    loss, dxs = expected_loss(xs, ts, label)
    roughly(exam, layer, xs, ts, loss, note)
    given = layer.backward()
    judge_dxs(exam, given, dxs, note)
    return given


def zero_where_ignored(exam, dxs, xs, ts, label=-1):
    """Require of a gradient that its ignored rows are exactly 0."""
    is_ignored = ts == label
    rows = dxs.value[is_ignored] if getattr(dxs.value, "shape", None) == xs.shape else dxs.value
    exam.equal(rows, np.zeros_like(xs[is_ignored]), f"{dxs.name} where ts is ignore_label", exact=True)


@criterion("MyTimeSoftmaxWithLoss", "forward", 1, "the loss is the mean of log(sum(exp(x))) - x[target]: the book's "
           "numbers")
def book_loss(exam):
    judge_loss(exam, SEED_LOGITS, SEED_TARGETS, SEED_LOG_SUM - 2,
               "the targets pick 1, 9, 17 from rows that start at 0, 7, 14; their mean lies 2 above")
    judge_loss(exam, np.zeros((2, 2, 4)), np.array([[0, 1], [2, 3]]), math.log(4), "four equal logits: log 4")
    xs, ts = window(exam, 1, 3, 7)
    judge_loss(exam, xs, ts, expected_loss(xs, ts)[0])
    judge_loss(exam, SMALL * xs, ts, expected_loss(SMALL * xs, ts)[0], "small logits count")


@criterion("MyTimeSoftmaxWithLoss", "forward", 1, "it is the mean over all N·T positions when none is ignored")
def mean_loss(exam):
    for N, T, *V in ((2, 3), (3, 1), (1, 4), (2, 2, 1), *large_windows(exam)):
        xs, ts = window(exam, N, T, *V)
        xs[0, 0, ts[0, 0]] += 60 if N == 2 else 0  # a loss of exactly 0 counts too
        judge_loss(exam, xs, ts, expected_loss(xs, ts)[0], f"N = {N}, T = {T}")
    exam.case()
    layer = exam.new()
    for _ in range(2):
        xs, ts = window(exam, 2, 3)
        exam.equal(forward(exam, layer, xs, ts), expected_loss(xs, ts)[0], "the loss",
                   note="of each window alone, also where no backward comes between")
    exam.case()
    one_xs, one_ts = single_position(exam)
    to_many_digits(exam, exam.new().forward(one_xs, one_ts), expected_loss(one_xs, one_ts)[0], "the loss",
                   "it is that of a single position, divided by 1; nothing is added to their number")
    xs[0, 1, 0] = np.nan
    shows_nan(exam, lambda: [(exam.new().forward(xs, ts), only_at((), ...), "the loss")])


@criterion("MyTimeSoftmaxWithLoss", "forward", 1, "logits of ±10000 give a finite, exact loss")
def large_logits_loss(exam):
    turn = exam.rng.integers(3)
    for row, target, loss in (((0.0, -1e4, 1e4), 2, 0.0), ((1e4, -1e4, 0.0), 1, 2e4), ((-1e4, 1e4, 0.0), 2, 1e4)):
        judge_loss(exam, np.roll([[row]], turn, axis=2), (np.array([[target]]) + turn) % 3, loss,
                   "the largest logit less that of the target")
    for row, loss in ((1e4, 1e4, -1e4), 2e4 + math.log(2)), ((0.0, 0.0, 0.0, -60.0), 60 + math.log(3)):
        judge_loss(exam, np.roll([[row]], turn, axis=2), (np.array([[len(row) - 1]]) + turn) % len(row), loss,
                   "the largest logit occurs more than once, so that the logarithm of the sum isn't 0")
    xs, ts = window(exam, 2, 2)
    judge_loss(exam, xs + FAR, ts, expected_loss(xs, ts)[0],
               "rows shifted by ±10000: it stays the same")
    exam.case()
    roughly(exam, exam.new(), np.array([[[1e4, -1e4, 0.0]]], np.float32), np.array([[2]]), 1e4, "float32")
    for shift in 95, 300, 600:  # float32 has no exponential of 89
        exam.case()
        roughly(exam, exam.new(), np.array([[[1.0, 0.0, 2.0]]], np.float32) + shift, np.array([[2]]),
                math.log(1 + math.exp(-1) + math.exp(-2)), f"float32, shifted by {shift}")
    xs, ts = masked(exam, 2, 2, ignored=1)
    far = xs + FAR / 20 + 9e3 * (np.arange(5) == (ts[..., None] + 1) % 5)  # the word after each target is far ahead
    holds_alike(exam, [(xs, ts), (far, ts)], loss_where_some_are_ignored)


def loss_where_some_are_ignored(exam, xs, ts):
    """Yield the loss and what it should be, as `holds_alike` wants it."""
    loss = in_dtype(forward(exam, exam.new(), xs, ts), np.float32)
    yield loss, np.array(expected_loss(xs, ts)[0], np.float32), "the loss", "logits of about 9000, some ignored"


@criterion("MyTimeSoftmaxWithLoss", "backward", 1, "the gradient is (p - 1 at the target) over the number of "
           "positions, by hand")
def gradient_by_hand(exam):
    xs = np.log([[[1.0, 1.0, 2.0], [3.0, 4.0, 1.0]], [[1.0, 2.0, 1.0], [4.0, 3.0, 1.0]]])
    slopes = [[[0.25, 0.25, -0.5], [-0.625, 0.5, 0.125]], [[0.25, -0.5, 0.25], [0.5, -0.625, 0.125]]]
    judge_gradient(exam, xs, np.array([[2, 0], [1, 1]]), np.array(slopes) / 4,
                   "shares 1/4 1/4 2/4, 3/8 4/8 1/8, 1/4 2/4 1/4, 4/8 3/8 1/8; four positions")
    xs, ts = window(exam, 1, 2, 3)
    judge_gradient(exam, xs, ts, expected_loss(xs, ts)[1], "two positions")
    judge_gradient(exam, SMALL * xs, ts, expected_loss(SMALL * xs, ts)[1], "small logits count")


@criterion("MyTimeSoftmaxWithLoss", "backward", 1, "the gradient has the shape (N, T, V) and each row its own target")
def gradient(exam):
    for N, T, *V in ((2, 3), (3, 1), (1, 2), (2, 2, 1), *large_windows(exam)):
        xs, ts = window(exam, N, T, *V)
        judge_gradient(exam, xs, ts, expected_loss(xs, ts)[1], f"N = {N}, T = {T}")
    xs, ts = exam.rng.uniform(0, 1, (1, 1, 3)).round(2) + np.array([16, 0, 0]), np.array([[0]])
    judge_gradient(exam, xs, ts, expected_loss(xs, ts)[1], "the target has nearly all of the share")
    exam.case()
    xs, ts = single_position(exam)
    layer = exam.new()
    exam.watch(layer.forward(xs, ts))
    to_many_digits(exam, layer.backward(), expected_loss(xs, ts)[1], "dxs",
                   "it is divided by 1, for there is a single position; nothing is added to their number")
    shows_nan(exam, partial(window_of_nan, exam))


def window_of_nan(exam):
    """Go back through a window with a nan among its logits, for `shows_nan`."""
    xs, ts = window(exam, 2, 2)
    xs[0, 1, 0] = np.nan
    layer = exam.new()
    layer.forward(xs, ts)
    yield layer.backward(), only_at(xs.shape, (0, 1)), "dxs"


@criterion("MyTimeSoftmaxWithLoss", "backward", 1, "backward(dout) multiplies by dout, which is 1 if left out")
def upstream_factor(exam):
    xs, _ = window(exam, 2, 2)
    ts = exam.rng.permutation(4).reshape(2, 2)  # 3 of the 4 are above 0
    layer = exam.new()
    loss = forward(exam, layer, xs, ts)
    for dout in (2.5, -0.5, 1e6, 0, 1e-9, 1.000003, *any_douts(exam)):
        judge_dxs(exam, layer.backward(dout), expected_loss(xs, ts, dout=dout)[1], f"dout = {dout}")
    judge_dxs(exam, layer.backward(), expected_loss(xs, ts)[1], "dout left out")
    exam.watch(loss)


@criterion("MyTimeSoftmaxWithLoss", "backward", 1, "the gradient agrees with central differences of the loss")
def loss_central_differences(exam):
    xs, ts = masked(exam, 2, 3, V=7)
    kept = ts >= 0  # N, T, the 4 kept, 1 more, N·T and V all differ, and so do the targets
    ts[kept] = exam.rng.permutation(np.append(0, exam.rng.permutation(6)[:3] + 1))

    def loss(x):
        rows = x[kept]
        return float((np.log(np.exp(rows).sum(axis=1)) - rows[np.arange(4), ts[kept]]).mean())

    judge_gradient(exam, xs, ts, numerical_gradient(loss, xs.copy()), "the slope of the loss, measured")


@criterion("MyTimeSoftmaxWithLoss", "backward", 1, "logits of ±10000 give a finite gradient")
def large_logits_gradient(exam):
    xs = np.array([[[1e4, -1e4, -1e4], [-1e4, -1e4, 1e4]], [[-1e4, 1e4, 9e3], [1e4, -1e4, 1e4]]])
    slopes = [[[1, -1, 0], [0, 0, 0]], [[-1, 1, 0], [0.5, -1, 0.5]]]
    judge_gradient(exam, xs, np.array([[1, 2], [0, 1]]), np.array(slopes) / 4)
    xs, ts = window(exam, 2, 2)
    judge_gradient(exam, xs + FAR, ts, expected_loss(xs, ts)[1],
                   "rows shifted by ±10000: it stays the same")
    exam.case()
    layer, (xs, ts) = exam.new(), masked(exam, 2, 2, ignored=1)
    layer.forward(xs, ts)
    unshifted = layer.backward()
    layer.forward(xs + FAR, ts)
    judge_dxs(exam, layer.backward(), unshifted, "rows shifted by ±10000, and one ignored: it stays the same")


@criterion("MyTimeSoftmaxWithLoss", "mask", 1, "the loss is the mean over the positions that are kept")
def loss_over_kept(exam):
    roughly(exam, exam.new(), SEED_LOGITS, np.array([[1, -1, 2]]), SEED_LOG_SUM - 1.5,
               "the book's logits, with the middle one ignored")
    for xs, ts in (masked(exam, 2, 3), masked(exam, 1, 4), scattered(exam, 5, 6), one_kept(exam), *uneven_shares(exam)):
        exam.case()
        roughly(exam, exam.new(), xs, ts, expected_loss(xs, ts)[0])


@criterion("MyTimeSoftmaxWithLoss", "mask", 2, "the gradient is divided by the positions kept, and exactly 0 where "
           "ignored")
def gradient_over_kept(exam):
    for N, T, layout in ((2, 3, "C"), (1, 4, "F")):
        exam.case()
        xs, ts = masked(exam, N, T)
        layer = exam.new()
        loss = forward(exam, layer, xs, ts, layout)
        dxs = layer.backward()
        judge_dxs(exam, dxs, expected_loss(xs, ts)[1])
        zero_where_ignored(exam, dxs, xs, ts)
        exam.watch(loss)
    for (xs, ts), note in ((scattered(exam, 5, 6), "many are ignored"), (one_kept(exam), "one is kept, one ignored"),
                           *((each, "some are ignored") for each in uneven_shares(exam))):
        judge_gradient(exam, xs, ts, expected_loss(xs, ts)[1], note)


@criterion("MyTimeSoftmaxWithLoss", "mask", 1, "all positions ignored: the loss is 0.0 and the gradient 0")
def all_ignored(exam):
    xs, _ = window(exam, 2, 2)
    layer = exam.new()
    exam.watch(layer.forward(*masked(exam, 2, 2, ignored=1)))
    roughly(exam, layer, xs, np.full((2, 2), -1), 0.0, "all are ignored")
    judge_dxs(exam, layer.backward(), np.zeros_like(xs), "it belongs to the last window, not to that before", True)
    judge_both(exam, layer, *masked(exam, 2, 2), note="the window after it")
    exam.case()
    label = int(exam.rng.integers(5))
    layer = exam.new(ignore_label=label)
    xs = xs.astype(np.float32)
    roughly(exam, layer, xs, np.full((2, 2), label), 0.0, f"ignore_label={label}, and float32")
    judge_dxs(exam, layer.backward(), np.zeros_like(xs), exact=True)


@criterion("MyTimeSoftmaxWithLoss", "mask", 2, "ignore_label may be any integer, also the id of a word")
def other_labels(exam):
    word, large = exam.rng.integers((1, 40_000), (5, 60_000)).tolist()
    for label, dtype in ((word, np.int64), (0, np.int64), (-large, np.int64), (many(exam), np.uint8),
                         (word, np.uint64), (2 ** 32 - 1, np.uint32)):
        exam.case()
        xs, ts = masked(exam, 2, 3, label=label)
        given = judge_both(exam, exam.new(ignore_label=label), xs, ts.astype(dtype), label,
                           f"ignore_label={label}, targets of dtype {np.dtype(dtype)}")
        zero_where_ignored(exam, given, xs, ts, label)
    exam.case()
    xs, ts = window(exam, 2, 3)
    for label in ts.flat[:3].tolist():
        judge_both(exam, exam.new(ignore_label=label), xs, ts, label, f"ignore_label={label}, for the same ts")
    exam.case()
    judge_both(exam, exam.new(large), *scattered(exam, 4, 3, label=large), large, f"ignore_label={large}")
    word = int(exam.rng.integers(9))
    for V, dtype, label, kept in (
            (290, np.int8, -1, 99), (290, np.uint8, 100, 99), (290, np.uint8, -1, 255), (290, np.int8, 300, 44),
            (9, np.int16, 2 ** 16 + word, word), (9, np.int32, 2 ** 32 + word, word),
            (9, np.int64, 2 ** 16 + word, word), (9, np.int64, 2 ** 32 + word, word)):
        exam.case()  # the first dtypes can't count to V, and some don't have the label: it isn't the word that is kept
        xs = window(exam, 2, 2, V)[0] / 4  # no share is so small that what somebody adds to it shows
        ts = exam.rng.integers(min(V, 100), size=(2, 2)).astype(dtype)
        ts[1, 0] = kept
        if np.iinfo(dtype).min <= label <= np.iinfo(dtype).max:
            ts[0, 1] = label
        judge_both(exam, exam.new(ignore_label=label), xs, ts, label, f"V = {xs.shape[-1]}, targets of {ts.dtype}")


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
    exam.equal(layer.backward(), expected, "dxs of a third backward, without dout")
    forward(exam, layer, *window(exam, 2, 3))
    layer.backward()
    exam.equal(first.now(), expected, "dxs of the first backward, after another window")
    exam.case()
    layer = exam.new()
    forward(exam, layer, xs, ts)
    layer.backward().spoil(CHANGED)
    exam.equal(layer.backward(), expected, "dxs", note="whatever the caller did with what was returned before")


@criterion("MyTimeSoftmaxWithLoss", "contract", 1, "logits and targets stay untouched, and backward can be "
           "repeated, whatever the sizes, dtypes, layouts, masks and labels", beside="backward")
def loss_leaves_arguments(exam):
    xs, ts = masked(exam, 2, 3)
    xs[0, 1] = 0
    layer = exam.new()
    given = exam.put("xs", xs), exam.put("ts", ts)
    loss = layer.forward(*given)
    exam.equal(in_dtype(loss, np.float32), expected_loss(xs, ts)[0].astype(np.float32), "the loss")
    exam.watch(layer.backward())
    others = [exam.put(f"more_{name}", array) for name, array in zip(("xs", "ts"), window(exam, 2, 3), strict=True)]
    layer.forward(*others)
    exam.watch(layer.backward())
    layer.forward(*masked(exam, 2, 3))
    untouched(exam, (*given, *others))
    layer.forward(*given)
    xs = window(exam, 2, 3)[0]
    given[0].write(xs)
    loss = layer.forward(*given)
    exam.equal(in_dtype(loss, np.float32), expected_loss(xs, ts)[0].astype(np.float32), "the loss",
               note="xs is the same array, and holds other numbers now")
    ts = window(exam, 2, 3)[1]
    given[1].write(ts)
    loss = layer.forward(*given)
    exam.equal(in_dtype(loss, np.float32), expected_loss(xs, ts)[0].astype(np.float32), "the loss",
               note="ts is the same array, and holds other targets now")
    holds_alike(exam, crossed_windows(exam), steps_of_a_loss)


def steps_of_a_loss(exam, sizes, dtype, layout, are_masked, label_is_word, are_short):
    """Go forward and back with a layer, several times; yield what is to be equal, as `holds_alike` wants it."""
    *positions, V = sizes
    label = int(exam.rng.integers(1, V)) if label_is_word and V > 1 else -1
    options = {"ignore_label": label} if label > 0 else {}
    words = np.setdiff1d(np.arange(V), label)
    picks, ignored = exam.rng.integers(len(words), size=positions), exam.rng.permutation(math.prod(positions))

    def place(i):
        xs = (2 * exam.rng.normal(size=sizes)).round(2).astype(dtype)
        ts = words[(picks + i) % len(words)].astype(np.int8 if are_short else np.int64)  # other than before, if it can
        if are_masked:
            ts.flat[ignored[i]] = label
        return exam.put(f"xs{i}", xs, not_by_columns(layout)), exam.put(f"ts{i}", ts, not_by_columns(layout))

    layer, given = exam.new(**options), place(0)
    loss, dxs, twice = layer.forward(*given), layer.backward(), layer.backward(-2)
    yield twice, dxs.each(lambda array: -2 * array), "dxs", "-2 times that of before, as dout = -2"
    yield layer.backward(), dxs, "dxs", "of another backward without dout"
    others = place(1)
    later_loss, later = layer.forward(*others), layer.backward()
    fresh = exam.new(**options)
    yield later_loss, fresh.forward(*others), "the loss", "as a new layer computes it"
    yield later, fresh.backward(), "dxs", "as a new layer computes it"
    yield from still(exam, (*given, *others, loss, dxs, twice))


@criterion("MyTimeSoftmaxWithLoss", "contract", 1, "the gradient has the dtype of the logits; ids of any integer "
           "dtype will do")
def loss_dtypes(exam):
    for dtype, ids, N in ((np.float32, np.int32, 2), (np.float64, np.int16, 2), (np.float64, np.uint8, 2),
                          (np.float64, np.int8, 2), (np.float64, (np.int8, np.uint8)[exam.rng.integers(2)], 200)):
        exam.case()
        xs, ts = window(exam, N, 2, dtype=dtype)  # there may be more positions than short ids can count
        layer = exam.new()
        loss, dxs = expected_loss(xs, ts)
        roughly(exam, layer, xs, ts.astype(ids), loss, layout="F")
        given = layer.backward()
        judge_dxs(exam, given, dxs, f"logits are {np.dtype(dtype)}, ids {np.dtype(ids)}")
    in_full(exam, given)
    exam.case()
    layer, (xs, ts) = exam.new(), masked(exam, 2, 3)
    layer.forward(exam.put("xs", xs.astype(np.float32), "F"), ts)
    single = layer.backward()
    layer.forward(xs, ts)
    judge_dxs(exam, single, layer.backward().each(lambda array: array.real.astype(np.float32)),
              "logits are float32, some targets are ignored: as with float64, but for rounding")
    holds_alike(exam, [(1, 4, "C"), (1, 4, "F"), (4, 1, "F")], gradient_of_one)


def gradient_of_one(exam, N, T, layout):
    """Yield the gradient of one sequence, or of one step, and what it should be, as `holds_alike` wants it."""
    layer, (xs, ts) = exam.new(), window(exam, N, T)
    exam.watch(forward(exam, layer, xs, ts, layout))
    yield layer.backward(), expected_loss(xs, ts)[1], "dxs", "of one sequence, or one step, however xs lies in memory"


@criterion("MyTimeSoftmaxWithLoss", "contract", 1, "backward belongs to the last forward of its own layer, of any "
           "size and dtype; params and grads are empty")
def loss_other_sizes(exam):
    layer = exam.new()
    for N, T, V, is_plain in ((1, 2, 4, True), (2, 3, 5, False), (2, 3, 5, True), (1, 1, 4, True)):
        if is_plain:
            xs, ts = window(exam, N, T, V)
            exam.new(ignore_label=int(ts[0, 0]))
            judge_both(exam, layer, xs, ts, note=f"N = {N}, T = {T}, V = {V}")
            ts = (ts + 1) % V
            judge_both(exam, layer, xs, ts, note=f"N = {N}, T = {T}, V = {V}, the same logits and other targets")
        else:
            given, fresh = masked(exam, N, T, V, dtype=np.float32), exam.new()
            layer.forward(*given)
            fresh.forward(*given)
            judge_dxs(exam, layer.backward(), fresh.backward(),
                      "logits are float32 now, and some targets are ignored: as a new layer computes it")
    exam.case()
    layer = exam.new()
    for sizes in (*((*each, 4) for each in ONE_SIZE_STAYS), (2, 2, 5), (2, 2, 3)):
        judge_both(exam, layer, *window(exam, *sizes), note="N, T, V = {}, {}, {}".format(*sizes))
    holds_alike(exam, [(True, True), (False, True), (True, False)], begun_loss)
    for name in ("params", "grads"):
        exam.equal(layer.attribute(name), (), name, note="an empty list: this layer has no parameters")
    exam.case()
    xs, ts = window(exam, 1, 1, LARGE[-1][-1])
    ts[...] = xs.shape[-1] - 1
    judge_both(exam, exam.new(), xs, ts, note=f"V = {xs.shape[-1]}, and the target is the last word")
    exam.case()
    side_by_side(exam, exam.new, lambda: (window(exam, 2, 3), ()),
                 lambda inputs, _: (None, expected_loss(*inputs)[1], []), 0,
                 make_stranger=lambda: exam.new().forward(*masked(exam, 3, 3, 4, dtype=np.float32)))


def begun_loss(exam, was_uneven, is_uneven):
    """Go through a window after another; yield what comes, as `holds_alike` wants it.

    In an uneven one some targets are ignored, and the logits of a position are 0. Before one of another kind, logits
    are small.
    """
    def windows():
        for uneven, scale in (was_uneven, 1 if was_uneven is is_uneven else 0.1), (is_uneven, 1):
            xs, ts = masked(exam, 2, 3) if uneven else window(exam, 2, 3)
            xs *= scale
            xs[0, 1] *= not uneven
            yield exam.put("xs", xs), exam.put("ts", ts)

    (layer, fresh), (first, later) = (exam.new(), exam.new()), windows()
    exam.watch(layer.forward(*first))
    layer.backward()
    for got, right in zip(*((each.forward(*later), each.backward()) for each in (layer, fresh)), strict=True):
        yield got, right, got.name, "as a new layer computes it, after a window of which other targets are ignored"


# --- last looks -----------------------------------------------------------------------------------------------------


@criteria.last_look("my_softmax", against="softmax_contract")
def look_at_shares(exam):
    for turns in last_look.TURNS:
        run, given, x = last_look.Run(exam), None, np.zeros(3)
        for _ in range(turns):
            dtype, before = run.pick(np.float64, np.float32), x
            shape = run.pick(x.shape, (run.size(),), (run.size(), run.size()), run.rng.integers(1, 4, run.pick(3, 5)))
            x = run.floats(*shape, scale=run.pick(1, 3, 100))
            if dtype == np.float64 and run.chance(0.3):  # float32 has 1e4 to one in a thousand only
                x += run.pick(1e4, -1e4) * (run.rng.random((*shape[:-1], 1)) < 0.5)
            x = x.astype(dtype)
            if given and (x.shape, x.dtype) == (before.shape, before.dtype):
                given.write(x)
                run.keep(given, x, exact=True)
            else:
                given = run.put("x", x)
            exam.turn_to("shares")
            result = exam.new(given)
            exam.equal(result, by_hand(x), result.name, note=last_look.NOTE)
            run.keep(result, result)
        run.look_back("softmax_contract")


class Losses(last_look.Kind):
    """What `MyTimeSoftmaxWithLoss` may be asked for."""

    given, right = ("xs", "ts"), TimeSoftmaxWithLoss
    against = last_look.against(forward="loss_over_kept", backward="loss_other_sizes", kept="loss_leaves_arguments")

    def options(self, run):
        return run.pick({}, {}, {"ignore_label": run.pick(0, 1, 2, -100, 40, 70_000)})

    def inputs(self, run, layer, last):
        N, T, V = last_look.shape_like(last, run, run.pick(*[(run.size(), run.size(), run.size())] * 9, *LARGE))
        xs = run.floats(N, T, V, scale=run.pick(1, 3, 300))
        if layer.dtype == np.float64 and run.chance(0.2):
            xs += run.pick(1e4, -1e4) * (run.rng.random((N, T, 1)) < 0.5)
        label = layer.right.ignore_label
        words = np.setdiff1d(np.arange(V), label)
        ts = run.rng.choice(words, (N, T)) if len(words) else np.full((N, T), label)
        ignored = run.rng.permutation(N * T)[run.pick(N * T, N * T, N * T - 1, N * T // 2, 1, 0):]
        ts.flat[ignored] = label
        fitting = [dtype for dtype in last_look.IDS
                   if np.iinfo(dtype).min <= ts.min() and ts.max() <= np.iinfo(dtype).max]
        return [xs.astype(layer.dtype), ts.astype(fitting[-1] if N * T > 127 else run.pick(*fitting))]

    def upstream(self, run, layer):
        args = run.pick([], [], [run.pick(2.5, -0.5, 1000.0, 0.0, *any_douts(run.exam))])
        return args, args, max(map(abs, args), default=1)


@criteria.last_look("MyTimeSoftmaxWithLoss", against="loss_other_sizes")
def look_at_losses(exam):
    last_look.look_at_layers(exam, Losses())


ASSIGNMENT = Assignment("05-softmax-masking", ("my_softmax", "MyTimeSoftmaxWithLoss"), criteria, MISCONCEPTIONS)
