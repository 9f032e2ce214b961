"""Criteria of 01-embedding. N batch, T time, V vocabulary, D word-vector width.

Evidence is of three kinds: numbers worked by hand (the seed's), the reference, and one-hot products or central
differences that use neither.
"""
import math
from functools import partial

import numpy as np

from rnnlm_ref.gradcheck import numerical_gradient
from rnnlm_ref.layers import Embedding
from rnnlm_ref.time_layers import TimeEmbedding

from ..exam import Assignment, CriteriaList
from ..misconceptions.embedding import MISCONCEPTIONS
from . import last_look
from .contract import (
    CHANGED,
    OF_INPUTS,
    OF_PARAMETERS,
    ONE_SIZE_STAYS,
    after_a_beginning,
    balanced,
    cancelled,
    counts_when_large,
    crossed,
    holds_alike,
    in_full,
    many,
    not_by_columns,
    one_new,
    only,
    only_at,
    renew,
    shows_nan,
    side_by_side,
    spoilt,
    still,
    untouched,
)

criteria = CriteriaList()
criterion = criteria.criterion

MORE_THAN_BYTES = np.array([1] * 298 + [2, 1], np.uint8)  # ids, more of them than a byte can count
SEED_W = np.arange(28.0).reshape(7, 4)  # the book's worked example


def table(exam, V=None, D=None, dtype=np.float64):
    """Draw word vectors, D ≠ V, with two decimals so that they print."""
    V = V or int(exam.rng.integers(6, 10))
    D = D or int(exam.rng.integers(2, 5))
    return exam.rng.normal(size=(V, D)).round(2).astype(dtype)


def beyond_bytes(exam):
    """Draw a V to which a byte can't count."""
    return int(exam.rng.integers(280, 321))


def judge_refilled(exam, layer, W, ids):
    """Judge what comes of an array of ids that the caller fills anew, and gives once more."""
    given, dout = exam.put("ids", ids), upstream(exam, (*ids.shape, W.shape[1]))
    exam.watch(layer.forward(given))
    given.write(np.flip(ids))
    exam.watch(layer.forward(given))
    layer.backward(dout)
    exam.equal(layer.grad(), expected_gradient(W, np.flip(ids), dout), "grads[0]", note="of ids that were filled anew")


def gradient_of_new(exam, new, *, shape):
    """Go back, then once more where some of ids and dout are new; yield the gradient, as `holds_alike` wants it."""
    W = table(exam)

    def draw():
        return exam.rng.permutation(len(W))[:math.prod(shape)].reshape(shape), upstream(exam, (*shape, W.shape[1]))

    layer, things = exam.new(exam.put("W", W)), [exam.put(*each) for each in zip(("ids", "dout"), draw(), strict=True)]
    layer.forward(things[0])
    layer.backward(things[1])
    ids, dout = renew(things, draw, new)
    layer.forward(things[0])
    layer.backward(things[1])
    yield layer.grad(), expected_gradient(W, ids, dout), "grads[0]", only(new)


def begun_ids(exam, *setting, shape):
    """Look up ids after others; see `after_a_beginning`."""
    V, D = 7, 3
    return after_a_beginning(
        exam, *setting, axes=len(shape), params=lambda: {"W": table(exam, V, D)},
        inputs=lambda: {"ids": exam.rng.permutation(V)[:math.prod(shape)].reshape(shape),
                        "dout": upstream(exam, (*shape, D))})


def upstream(exam, shape, dtype=np.float64):
    """Draw an upstream gradient without zeros, so that every term counts."""
    return (exam.rng.uniform(0.5, 3, shape) * exam.rng.choice([-1, 1], shape)).round(2).astype(dtype)


def all_alike(exam, shape, dtype):
    """Ones, as who tries a layer lets them come back: each row counts, though it is like another."""
    return np.ones(shape, dtype)


def repeated_ids(exam, V, count):
    """Draw ids of which some, not all, occur more than once."""
    ids = exam.rng.permutation(V)[:count].astype(np.int64)
    ids[-2:] = ids[0], ids[1]
    return exam.rng.permutation(ids)


def ids_to_the_last(exam, V, shape, dtype=np.int64):
    """Draw ids that differ, among them the largest that the table and the dtype have."""
    last = min(V - 1, np.iinfo(dtype).max)
    ids = np.append(exam.rng.permutation(last)[: math.prod(shape) - 1], last)
    return exam.rng.permutation(ids).reshape(shape).astype(dtype)


def expected_gradient(W, ids, dout):
    """The gradient of the loss with respect to W, by the reference."""
    layer = Embedding(W)
    layer.forward(ids)
    layer.backward(dout)
    return layer.grads[0]


def judge_gradient(exam, W, ids, note="", scale=1, blank=np.s_[:0], cancels=False):
    """Judge the gradient of a new layer, as a case that stands on its own.

    `blank` is where nothing comes back; and if it `cancels`, what comes back to all rows together is 0.
    """
    exam.case()
    dout = upstream(exam, (*ids.shape, W.shape[1]))
    dout = scale * (cancelled(dout) if cancels else dout)
    dout[blank] = 0
    layer = gone_back(exam, exam.put("W", W), ids, dout)
    exam.equal(layer.grad(), expected_gradient(W, ids, dout), "grads[0]", note=note)


def gone_back(exam, W, ids, dout):
    """A new layer that has gone forward and back."""
    layer = exam.new(W)
    layer.forward(ids)
    layer.backward(dout)
    return layer


def layer_gone_back(exam, W, ids, dout):
    """The same, or None where it fails, which isn't judged."""
    return exam.attempt(lambda: gone_back(exam, W, ids, dout))


def judge_by_columns(exam, shape):
    """Judge the gradient of a table that lies by columns, as grads may then; unless it fails, as np.dot does there."""
    exam.case()
    W = table(exam, D=3)
    ids, dout = ids_to_the_last(exam, len(W), shape), upstream(exam, (*shape, 3))
    if layer := layer_gone_back(exam, exam.put("W", W, "F"), ids, dout):
        exam.equal(layer.grad(), expected_gradient(W, ids, dout), "grads[0]", note="W lies by columns")


def judge_after_nan(exam, ids):
    """Judge the gradient after one of numbers that were too large; unless that fails, as a check of them may."""
    exam.case()
    W = table(exam)
    dout = upstream(exam, (*ids.shape, W.shape[1]))
    if layer := layer_gone_back(exam, exam.put("W", W), ids, np.nan * dout):
        layer.forward(ids)
        layer.backward(dout)
        exam.equal(layer.grad(), expected_gradient(W, ids, dout), "grads[0]", note="the last dout was nan everywhere")


def judge_row_of_nan(exam, ids):
    """Require that a nan in a row of W shows where that row is looked up."""
    W = table(exam, int(ids.max()) + 1)
    W[ids.flat[0], 0] = np.nan
    shows_nan(exam, lambda: [(exam.new(exam.put("W", W)).forward(ids), np.isnan(W[ids]), "out")])


def judge_nan(exam, ids):
    """Require that a nan, or an infinite number, that comes back shows in the gradient, at the place of its number."""
    W = table(exam)
    for number in np.nan, np.inf:
        dout = upstream(exam, (*ids.shape, W.shape[1]))
        dout.flat[1] = number
        shows_nan(exam, lambda dout=dout: [(gone_back(exam, exam.put("W", W), ids, dout).grad(),
                                            only_at(W.shape, (ids.flat[0], 1)), "grads[0]")], number)


def judge_sum(exam, W, ids, layouts="CC", comes_back=upstream):
    """Judge the gradient of ids that repeat, as a case that stands on its own. That its dtype is right isn't judged."""
    exam.case()
    dout = comes_back(exam, (*ids.shape, W.shape[1]), W.dtype)
    layer = exam.new(exam.put("W", W))
    layer.forward(exam.put("ids", ids, layouts[0]))
    layer.backward(exam.put("dout", dout, layouts[1]))
    one_hot = np.eye(len(W))[ids.reshape(-1)]
    exam.equal(layer.grad(), one_hot.T @ dout.reshape(ids.size, -1), "grads[0]", any_float=True,
               note="the transpose of the one-hot matrix times dout")


def crossed_ids(exam, in_windows):
    """Draw settings: a shape of ids, D, dtype, layout, whether ids repeat, where there are several, and are short.

    Unless the ids are windows, the plain setting is a list, as that of the contract's criteria, and a block comes
    second; there is a single id without an axis among them, one in a list, and none at all; and ids that do repeat,
    contiguous and not.
    """
    if in_windows:
        settings = crossed(exam, 2, 3, 2, more=2, accept=lambda drawn: not any(
            N * T == 1 and repeat for (N, T, _), _, _, repeat, _ in drawn))
        return [((N, T), D, *traits) for (N, T, D), *traits in settings]

    def shaped(drawn):
        return [(shape_of(*sizes, is_flat), D, *traits) for (*sizes, D), *traits, is_flat in drawn]

    def are_all_there(drawn):
        settings = shaped(drawn)
        apart = {layout == "C" for shape, _, _, layout, repeat, _ in settings if repeat and math.prod(shape) > 1}
        return len(apart) == 2 and {(), (0,), (1,)} <= {shape for shape, *_ in settings}

    return [((3,), 2, np.float64, "C", False, False),
            *shaped(crossed(exam, 3, 2, 2, more=3, accept=are_all_there))]


def shape_of(count, width, is_flat):
    if not is_flat:
        return count, width
    return (count,) if width > 1 else () if count == 1 else (0,)


def steps_of_a_layer(exam, shape, D, dtype, layout, repeat, are_short):
    """Go forward and back with a layer, several times; yield what is to be equal, as `holds_alike` wants it."""
    V = math.prod(shape) + int(exam.rng.integers(2, 5))
    ids = exam.rng.permutation(V)[:math.prod(shape)]
    if ids.size == 3:  # the plain ones: never in order, so that who sorts them is wrong there too
        ids = np.sort(ids)[::-1]
    ids = ids.reshape(shape).astype(np.int8 if are_short else np.int64)
    if repeat and ids.size > 1:
        one, other = exam.rng.permutation(ids.size)[:2]
        ids.flat[one] = ids.flat[other]
    dout = upstream(exam, (*shape, D), dtype)
    apart = not_by_columns(layout)
    W = exam.put("W", table(exam, V, D, dtype), apart)
    given = [exam.put(name, array, apart)
             for name, array in (("ids", np.asarray((ids + 1) % V)), ("ids2", ids), ("dout", dout))]
    layer = exam.new(W)
    kept, = layer.keep_grads(1)
    early = layer.forward(given[0])
    layer.backward(upstream(exam, (*shape, D), dtype))
    out = layer.forward(given[1])
    layer.backward(2 * dout)
    kept.write(CHANGED)
    yield layer.backward(given[2]), None, "what backward returns", ""
    fresh = exam.new(W)
    yield out, fresh.forward(given[1]), out.name, "as a new layer computes it"
    fresh.backward(given[2])
    unchanged = [W, *given, early, out]
    yield from still(exam, (*unchanged, kept), (*unchanged, *fresh.attribute("grads").parts("grads[0]")),
                     "nothing changes but the array that grads[0] was at the start: it holds what a new layer computes")
    W.write(table(exam, V, D, dtype))
    yield layer.forward(given[1]), exam.new(W).forward(given[1]), out.name, "after an update of W, as of a new layer"


def beside_another(exam):
    """Require of two layers of one table that they don't disturb each other."""
    exam.case()
    W = table(exam)
    kept = exam.put("W", W)

    def draw():
        ids = exam.rng.permutation(len(W))[:6].reshape(2, 3)
        return (ids,), (upstream(exam, (2, 3, W.shape[1])),)

    side_by_side(exam, lambda: exam.new(kept), draw,
                 lambda ids, dout: (W[ids[0]], None, [expected_gradient(W, *ids, *dout)]), 1,
                 make_stranger=lambda: exam.new(exam.put("other_W", table(exam, 3, 6, np.float32))))


# --- MyEmbedding: forward -------------------------------------------------------------------------------------------


@criterion("MyEmbedding", "forward", 1, "forward returns the rows of W that the ids name")
def rows_by_id(exam):
    W = exam.put("W", SEED_W)
    out = exam.new(W).forward(np.array([0, 1, 2]))
    exam.equal(out, np.arange(12.0).reshape(3, 4), out.name)
    for V, D in ((7, 3), (4, 4), (5, 1), (1, 3), (6, 2)):
        exam.case()
        W = table(exam, V, D) * {1: 1e-6 / 3, 2: 1e6}.get(D, 1)
        ids = exam.rng.permutation(V)[:4]
        out = exam.new(exam.put("W", W)).forward(ids)
        exam.equal(out, W[ids], out.name, note="row i of it is row ids[i] of W")
    judge_row_of_nan(exam, ids)


@criterion("MyEmbedding", "forward", 1, "ids may repeat, and the first and last id work")
def repeats_and_ends(exam):
    W = table(exam)
    last = len(W) - 1
    ids = np.array([last, 0, 2, 2, last])
    one_hot = np.eye(len(W))[ids]
    out = exam.new(exam.put("W", W)).forward(ids)
    exam.equal(out, one_hot @ W, out.name, note="as the one-hot product gives it")


@criterion("MyEmbedding", "forward", 1, "ids of any shape and integer dtype give one more axis, of width D")
def any_shape_forward(exam):
    W = table(exam)
    for calls in ((((2, 3), np.int64), ((3, 2, 2), np.int32)), (((), np.uint8), ((0,), np.int64)),
                  (((4,), np.int16), ((2, 1, 1, 3, 2), np.int64)), (((many(exam),), np.uint16), ((2, 0), np.int64)),
                  (((1, many(exam)), np.uint32), ((0, 3), np.int32)), (((3,), np.uint64), ((2,), np.int8))):
        exam.case()
        layer = exam.new(exam.put("W", W))
        for shape, dtype in calls:
            ids = np.array(exam.rng.integers(len(W), size=shape), dtype)
            out = layer.forward(ids)
            exam.equal(out, W[ids], out.name,
                       note=f"ids of shape {shape} give out of shape {W[ids].shape}")
    for V, D, dtypes in ((beyond_bytes(exam), 2, (np.uint8, np.int16)), (3, many(exam), (np.int64,))):
        exam.case()
        W = table(exam, V, D)
        layer = exam.new(exam.put("W", W))
        for dtype in dtypes:
            ids = ids_to_the_last(exam, V, (3,), dtype)
            out = layer.forward(ids)
            exam.equal(out, W[ids], out.name, note=f"V = {V}, D = {D}, ids of dtype {ids.dtype}")


# --- MyEmbedding: backward ------------------------------------------------------------------------------------------


@criterion("MyEmbedding", "backward", 1, "backward puts each row of dout into the row of grads[0] that its id names")
def gradient_rows(exam):
    for word, upstream_value in ((0, 102.0), (1, 33.0), (2, 9.0)):
        exam.case()
        layer = exam.new(exam.put("W", SEED_W))
        layer.forward(np.array([word]))
        layer.backward(np.full((1, 4), upstream_value))
        expected = np.zeros((7, 4))
        expected[word] = upstream_value
        exam.equal(layer.grad(), expected, "grads[0]", note="the book's example")
    W = table(exam)
    W[[0, -1]] = 0  # a word whose vector is 0 has a gradient all the same
    for scale, blank, cancels in ((1, np.s_[1], False), (1e-9 / 3, np.s_[0, 0], False), (1e9, np.s_[:0], True)):
        ids = ids_to_the_last(exam, len(W), (4,))
        ids[ids.argmin()] = 0
        judge_gradient(exam, W, ids, scale=scale, blank=blank, cancels=cancels)
    judge_nan(exam, np.array([3, 0, 4]))


@criterion("MyEmbedding", "backward", 2, "an id that occurs more than once collects the sum of its rows of dout")
def repeated_ids_add_up(exam):
    for dtype, *layouts in ((np.float64, "C", "C"), (np.float32, "strided", "F")):
        W = table(exam, dtype=dtype)
        judge_sum(exam, W, repeated_ids(exam, len(W), 6), layouts)
    judge_sum(exam, W, repeated_ids(exam, len(W), 6), comes_back=all_alike)
    judge_sum(exam, table(exam, 3, 2), MORE_THAN_BYTES)


@criterion("MyEmbedding", "backward", 1, "backward works for ids of any shape, contiguous or not")
def any_shape_backward(exam):
    W = table(exam)
    V, D = W.shape
    for calls in ((repeated_ids(exam, V, 6).reshape(2, 3), np.array([[[0], [V - 1]], [[V - 1], [V - 1]]]),
                   exam.rng.permutation(2 * V)[:12].reshape(2, 3, 2) % V),
                  [exam.rng.permutation(V)[:count * width].reshape(count, width)
                   for count, width in ((3, 2), (2, 2), (3, 2), (2, 3))],
                  (np.array(2), np.empty((0,), np.int64)),
                  (np.empty((2, 0), np.int64), repeated_ids(exam, V, 4).reshape(1, 2, 1, 1, 2))):
        exam.case()
        layer = exam.new(exam.put("W", W))
        for ids in calls:
            dout = upstream(exam, (*ids.shape, D))
            layer.forward(exam.put("ids", ids, "strided"))
            layer.backward(exam.put("dout", dout, "F"))
            exam.equal(layer.grad(), expected_gradient(W, ids, dout), "grads[0]",
                       note=f"ids of shape {ids.shape}, dout of shape {dout.shape}")
    judge_refilled(exam, layer, W, np.array([3, 0, 4]))
    exam.case()
    layer = exam.new(exam.put("W", W))
    if exam.attempt(lambda: layer.forward(np.empty((0, 3), np.int64))):  # whether that works is for forward's criteria
        layer.backward(np.empty((0, 3, D)))
        exam.equal(layer.grad(), np.zeros_like(W), "grads[0]", note="ids of shape (0, 3): none at all")
    holds_alike(exam, OF_INPUTS, partial(begun_ids, shape=(5,)))


@criterion("MyEmbedding", "backward", 1, "backward works for many ids, narrow ids, and tables of any proportion, "
           "dtype and layout, and changes nothing but grads[0]")
def any_size_backward(exam):
    V = beyond_bytes(exam)
    for rows, D, ids in ((6, 2, exam.rng.integers(6, size=(3, many(exam)))),
                         (V, 3, np.array([255, 200, 255, 7], np.uint8)), (V, 2, np.array([V - 1, 1, V - 1], np.int16)),
                         (4, 4, np.array([1, 3, 1])), (1, 3, np.array([0, 0])),
                         (3, many(exam), np.array([2, 0, 2], np.uint64)),
                         (3, 1, exam.rng.integers(3, size=many(exam)))):
        judge_gradient(exam, table(exam, rows, D), ids, f"V = {rows}, D = {D}, {ids.size} ids of dtype {ids.dtype}")
    holds_alike(exam, one_new("ids", "dout"), partial(gradient_of_new, shape=(4,)))
    holds_alike(exam, crossed_ids(exam, in_windows=False), steps_of_a_layer)
    judge_by_columns(exam, (4,))


@criterion("MyEmbedding", "backward", 1, "grads[0] agrees with central differences of the forward pass")
def central_differences(exam):
    W = table(exam, V=5, D=2)
    ids = np.array([[4, 0, 4], [1, 4, 0]])
    dout = upstream(exam, (2, 3, 2))
    layer = exam.new(exam.put("W", W))
    layer.forward(ids)
    layer.backward(dout)
    slope = numerical_gradient(lambda w: float((w[ids] * dout).sum()), W.copy())
    exam.equal(layer.grad(), slope.round(6), "grads[0]", note="the slope of sum(out * dout), measured")


# --- MyEmbedding: contract ------------------------------------------------------------------------------------------


@criterion("MyEmbedding", "contract", 1, "backward overwrites grads[0] in place and returns None")
def overwrites_in_place(exam):
    W = table(exam)
    layer = exam.new(exam.put("W", W))
    kept, = layer.keep_grads(1)
    for ids in (np.array([1, 3]), np.array([4, 0]), np.array([0, 2, len(W) - 1])):
        dout = upstream(exam, (len(ids), W.shape[1])) * (len(ids) > 2 or ids[0] != 4)  # once nothing comes back
        layer.forward(ids)
        kept.write(CHANGED if ids[0] == 1 else balanced(W.shape) if ids[0] == 4 else spoilt(exam.rng, W.shape))
        result = layer.backward(dout)
        expected = expected_gradient(W, ids, dout)
        exam.equal(layer.grad(), expected, "grads[0]", note="only this backward's gradient, whatever was there")
        exam.equal(kept.now(), expected, "the array that grads[0] was at the start",
                   note="whoever kept it must see the new gradient")
        exam.equal(result, None, "what backward returns")
    judge_after_nan(exam, np.array([3, 0, 4]))


@criterion("MyEmbedding", "contract", 1, "backward may be called twice: the same dout gives the same, another its own")
def backward_twice(exam):
    W = table(exam)
    layer = exam.new(exam.put("W", W))
    ids, dout = np.array([3, 1, 4]), upstream(exam, (3, W.shape[1]))
    layer.forward(ids)
    for each in (dout, dout, upstream(exam, dout.shape)):
        layer.backward(each)
        exam.equal(layer.grad(), expected_gradient(W, ids, each), "grads[0]")
    layer.forward(np.array([0, 2, 5]))
    layer.backward(dout)
    once = layer.grad()
    layer.backward(dout)
    exam.equal(layer.grad(), once, "grads[0]", note="as the backward before it gave, for the same dout")


@criterion("MyEmbedding", "contract", 1, "W is used as it is now, not copied; W and arguments stay untouched")
def shares_parameters(exam):
    W = table(exam)
    kept = exam.put("W", W)
    layer = exam.new(kept)
    ids = np.array([2, 0, 5])
    dout = upstream(exam, (3, W.shape[1]))
    dout[1] = 0  # as of a target that is masked
    given_ids, given_dout = exam.put("ids", ids), exam.put("dout", dout)
    first = layer.forward(given_ids)
    layer.backward(given_dout)
    exam.equal(layer.grad(), expected_gradient(W, ids, dout), "grads[0]")
    untouched(exam, (kept, given_ids, given_dout), "arguments and parameters must stay untouched")
    exam.watch(layer.forward(given_ids))  # with no backward before the next
    kept.write((W + 1).round(2))
    exam.equal(layer.forward(given_ids), (W + 1)[ids], "out after an update of W")
    exam.equal(first.now(), W[ids], "the first out", note="arrays that were returned must not change later")
    updates_through_params(exam, layer, W, ids)
    exam.equal(layer.attribute("grads"), (expected_gradient(W, ids, dout),), "grads", note="one for each parameter")
    exam.equal(given_ids.now(), ids, "ids", note="arguments must stay untouched, also later", exact=True)
    updates_by_rows(exam, layer, kept, (W - 1).round(2), ids)
    holds_alike(exam, OF_PARAMETERS, partial(begun_ids, shape=(5,)))
    updates_where_large(exam, (many(exam),))


def updates_by_rows(exam, layer, kept, W, ids):
    """Require that a single row of W counts that is updated, whether the last ids named it or not."""
    for row, asked in ((ids.flat[1], ids), (ids.flat[2], ids), (1, np.where(ids == ids.flat[1], 1, ids))):
        W[row] += 0.5
        kept.write(W)
        exam.equal(layer.forward(asked), W[asked], "out after an update of one row of W")


def updates_through_params(exam, layer, W, ids):
    """Require that `params` holds W itself, by writing into it as an optimiser does. It holds W + 1 before."""
    params = layer.attribute("params")
    exam.equal(params, (W + 1,), "params", note="one parameter, W itself")
    params.item(0).write((W - 1).round(2))
    exam.equal(layer.forward(np.flip(ids)), (W - 1)[np.flip(ids)], "out after an update of params[0]",
               note="params[0] is the array that the layer works with, not a copy")


@criterion("MyEmbedding", "contract", 1, "what forward returned is a copy, even for a single id")
def returns_copies(exam):
    W = table(exam)
    kept = exam.put("W", W)
    layer = exam.new(kept)
    ids = np.array([0, 1])
    outs = [(layer.forward(each), W[each])
            for each in (np.array(2), np.array([3]), np.array([[1]]), ids, np.array([[0, 1], [2, 3]]),
                         np.arange(len(W)))]
    for out, before in outs:
        exam.equal(out, before, out.name)
    for _ in range(2):
        out = layer.forward(ids)
        exam.equal(out, W[ids], out.name, note="whatever the caller did with the out before")
        out.spoil(CHANGED)
    kept.write((W + 1).round(2))
    for out, before in outs:
        exam.equal(out.now(), before, f"{out.name} after an update of W",
                   note="what was returned must not change later")


@criterion("MyEmbedding", "contract", 1, "two layers don't disturb each other; arrays need not be contiguous")
def stands_alone(exam):
    tables = [table(exam, 6, 3), table(exam, 6, 3)]
    layers = [exam.new(exam.put("W0", tables[0])), exam.new(exam.put("W1", tables[1], "strided"))]
    calls = [(np.array([[1, 5], [0, 2]]), "F"), (np.array([[3, 0], [4, 1]]), "strided")]
    douts = [upstream(exam, (2, 2, 3)) for _ in calls]
    for i, (layer, W, (ids, layout)) in enumerate(zip(layers, tables, calls, strict=True)):
        out = layer.forward(exam.put(f"ids{i}", ids, layout))
        exam.equal(out, W[ids], out.name)
    for i, (layer, W, (ids, layout), dout) in enumerate(zip(layers, tables, calls, douts, strict=True)):
        layer.backward(exam.put(f"dout{i}", dout, layout))
        exam.equal(layer.grad(), expected_gradient(W, ids, dout), f"{layer.name}.grads[0]")
    beside_another(exam)


@criterion("MyEmbedding", "contract", 1, "outputs and gradients have the dtype of W")
def follows_dtype(exam):
    for dtype in (np.float32, np.float64):
        exam.case()
        W = table(exam, D=4, dtype=dtype)
        layer = exam.new(exam.put("W", W))
        ids = np.array([[1, 0], [4, 3]])
        dout = upstream(exam, (2, 2, W.shape[1]), dtype)
        given = ids, ids[0], ids[None], ids[0, :1], ids[:, :1]
        outs = [layer.forward(each) for each in given]
        layer.forward(ids)
        layer.backward(dout)
        grad, empty, one = layer.grad(), layer.forward(ids[:0]), layer.forward(np.array(2))
        for got, right in ((grad, expected_gradient(W, ids, dout)), (empty, W[ids[:0]]), (one, W[2]),
                           *zip(outs, (W[each] for each in given), strict=True)):
            exam.equal(got, right, got.name)
    in_full(exam, *outs[:3], grad)


# --- MyTimeEmbedding: forward ---------------------------------------------------------------------------------------


@criterion("MyTimeEmbedding", "forward", 1, "forward turns ids (N, T) into word vectors (N, T, D)")
def windows(exam):
    W = exam.put("W", SEED_W)
    out = exam.new(W).forward(np.array([[0, 1, 2]]))
    exam.equal(out, np.arange(12.0).reshape(1, 3, 4), "out", note="the book's example")
    exam.case()
    W = table(exam)
    ids = exam.rng.permutation(len(W))[:6].reshape(2, 3)
    out = exam.new(exam.put("W", W)).forward(ids)
    exam.equal(out, W[ids], out.name, note="at [n, t] it has row ids[n, t] of W")
    judge_row_of_nan(exam, ids)


def other_windows(exam):
    """Yield tables, and ids that differ, where N, T, V or D is 1 or large, or the ids are of a narrow dtype."""
    n = many(exam)
    for V, D, N, T, dtype in ((3 * n, 2, n, 2, np.int64), (2 * n, 2, 1, n, np.int32), (7, 1, 2, 3, np.uint64),
                              (4, n, 1, 3, np.int64),
                              (beyond_bytes(exam), 3, 2, 2, np.uint8), (beyond_bytes(exam), 3, 3, 1, np.int16)):
        ids = ids_to_the_last(exam, V, (N, T), dtype)
        yield table(exam, V, D), ids, f"N = {N}, T = {T}, V = {V}, D = {D}, ids of dtype {ids.dtype}"


@criterion("MyTimeEmbedding", "forward", 1, "any N, T, V, D and integer dtype will do; N and T may change from call to "
           "call")
def other_sizes(exam):
    W = table(exam)
    layer = exam.new(exam.put("W", W))
    for N, T in ((2, 4), *ONE_SIZE_STAYS, (3, 5), (1, 3), (4, 1), (1, 1)):
        ids = exam.rng.integers(len(W), size=(N, T))
        out = layer.forward(ids)
        exam.equal(out, W[ids], out.name)
    ids = exam.rng.integers(len(W), size=12)
    for shape in ((3, 4), (4, 3), (1, 12)):
        out = layer.forward(ids.reshape(shape))
        exam.equal(out, W[ids.reshape(shape)], out.name, note="the same ids in a window of another shape")
    exam.case()
    W = table(exam, beyond_bytes(exam), 2)
    layer = exam.new(exam.put("W", W))
    for dtype in np.uint8, np.int64:
        ids = ids_to_the_last(exam, len(W), (2, 2), dtype)
        out = layer.forward(ids)
        exam.equal(out, W[ids], out.name, note=f"V = {len(W)}, ids of dtype {ids.dtype}, in the same shape")
    for scale in 1e-6 / 3, 1e6:
        exam.case()
        W, ids = scale * table(exam), exam.rng.integers(6, size=(2, 2))
        out = exam.new(exam.put("W", W)).forward(ids)
        exam.equal(out, W[ids], out.name, note="W as it is, however small or large")
    for W, ids, note in other_windows(exam):
        exam.case()
        out = exam.new(exam.put("W", W)).forward(ids)
        exam.equal(out, W[ids], out.name, note=note)


@criterion("MyTimeEmbedding", "forward", 1, "the output has the dtype of W, and earlier outputs never change")
def output_dtype(exam):
    for dtype in (np.float32, np.float64):
        exam.case()
        W = table(exam, dtype=dtype)
        kept = exam.put("W", W)
        layer = exam.new(kept)
        ids = exam.rng.integers(len(W), size=(2, 3))
        first = layer.forward(ids)
        exam.equal(first, W[ids], first.name)
        layer.forward(np.zeros((2, 3), np.int32))
        exam.equal(first.now(), W[ids], "the first out after a second forward")
        for few in ids[:1], ids[:, :1]:
            out = layer.forward(few)
            exam.equal(out, W[few], out.name)
        outs = [(layer.forward(few), W[few]) for few in (
            ids[:1, :1], np.array([[0, 1, 2]]), np.array([[0, 1], [2, 3]]), np.array([[0, 2, 4]]))]
        kept.write((W + 1).round(2))
        for out, before in outs:
            exam.equal(out.now(), before, out.name, note="what was returned must not change with an update of W")
    in_full(exam, first)


# --- MyTimeEmbedding: backward --------------------------------------------------------------------------------------


@criterion("MyTimeEmbedding", "backward", 1, "grads[0] is the sum of the gradients of all time steps")
def sums_over_time(exam):
    layer = exam.new(exam.put("W", SEED_W))
    layer.forward(np.array([[0, 1, 2]]))
    layer.backward(np.array([[[102.0] * 4, [33.0] * 4, [9.0] * 4]]))
    expected = np.zeros((7, 4))
    expected[:3] = np.array([102.0, 33.0, 9.0])[:, None]
    exam.equal(layer.grad(), expected, "grads[0]", note="the book's example")
    for scale, blank, cancels in ((1, np.s_[:, 0], False), (1e-9 / 3, np.s_[0, 1, 0], False),
                                  (1e9, np.s_[:, -1], True)):
        W, ids = table(exam, V=9), exam.rng.permutation(9)[:6].reshape(2, 3)
        W[ids[0, 1]] = 0  # a word whose vector is 0 has a gradient all the same
        judge_gradient(exam, W, ids, scale=scale, blank=blank, cancels=cancels)
    judge_nan(exam, np.array([[3, 0, 4]]))


@criterion("MyTimeEmbedding", "backward", 2, "ids that repeat, in one step or across steps, add up; arrays need not be "
           "contiguous")
def repeats_across_time(exam):
    for ids, layouts in ((np.array([[1, 0, 1], [1, 2, 0]]), ("strided", "F")), (np.array([[3, 4, 3]]), "CC"),
                         (np.array([[2], [2], [4]]), "CC"), (np.array([[3, 2, 3]], np.uint8), "CC")):
        judge_sum(exam, table(exam), ids, layouts)
    W = table(exam, dtype=np.float32)
    judge_sum(exam, W, exam.rng.integers(len(W), size=(3, many(exam))), ("F", "strided"))
    judge_sum(exam, W, np.array([[3, 4, 3], [3, 4, 1]]), comes_back=all_alike)
    judge_sum(exam, table(exam, 3, 2), MORE_THAN_BYTES.reshape(2, -1))


@criterion("MyTimeEmbedding", "backward", 1, "backward fits the last forward, whatever N and T were before, and "
           "changes nothing but grads[0]; any N, T, V, D, integer dtype and layout will do")
def after_other_sizes(exam):
    W = table(exam, V=9)
    layer = exam.new(exam.put("W", W))
    for N, T in (*ONE_SIZE_STAYS, (2, 3), (3, 2), (3, 1)):
        ids = exam.rng.permutation(len(W))[: N * T].reshape(N, T)
        dout = upstream(exam, (N, T, W.shape[1]))
        layer.forward(ids)
        layer.backward(dout)
        exam.equal(layer.grad(), expected_gradient(W, ids, dout), "grads[0]")
    judge_refilled(exam, layer, W, np.array([[3, 0, 4]]))
    for case in other_windows(exam):
        judge_gradient(exam, *case)
    holds_alike(exam, one_new("ids", "dout"), partial(gradient_of_new, shape=(2, 2)))
    holds_alike(exam, OF_INPUTS, partial(begun_ids, shape=(2, 2)))
    holds_alike(exam, crossed_ids(exam, in_windows=True), steps_of_a_layer)
    judge_by_columns(exam, (2, 2))


# --- MyTimeEmbedding: contract --------------------------------------------------------------------------------------


@criterion("MyTimeEmbedding", "contract", 1, "backward overwrites grads[0] in place, may be called twice, leaves other "
           "layers alone and returns None")
def time_overwrites_in_place(exam):
    W = table(exam)
    layer = exam.new(exam.put("W", W))
    kept, = layer.keep_grads(1)
    for ids in (np.array([[1, 3, 5]]), np.array([[0, len(W) - 1]])):
        layer.forward(ids)
        for each in (np.zeros((*ids.shape, W.shape[1])), upstream(exam, (*ids.shape, W.shape[1]))):
            kept.write(balanced(W.shape) if ids.size == 3 else spoilt(exam.rng, W.shape))
            result = layer.backward(each)
            expected = expected_gradient(W, ids, each)
            exam.equal(layer.grad(), expected, "grads[0]", note="only this backward's gradient, whatever was there")
            exam.equal(kept.now(), expected, "the array that grads[0] was at the start")
            exam.equal(result, None, "what backward returns")
    beside_another(exam)
    judge_after_nan(exam, np.array([[3, 0, 4]]))


@criterion("MyTimeEmbedding", "contract", 1, "W is shared, not copied; arguments stay untouched")
def time_shares_parameters(exam):
    W = table(exam)
    kept = exam.put("W", W)
    layer, _ = exam.new(kept), exam.new(exam.put("other_W", -W))
    ids = np.array([[2, 0, 5]])
    dout = upstream(exam, (1, 3, W.shape[1]))
    dout[0, 1] = 0  # as of a target that is masked
    given_ids, given_dout = exam.put("ids", ids), exam.put("dout", dout)
    layer.forward(given_ids)
    layer.backward(given_dout)
    exam.equal(layer.grad(), expected_gradient(W, ids, dout), "grads[0]")
    untouched(exam, (kept, given_ids, given_dout), "arguments and parameters must stay untouched")
    exam.watch(layer.forward(given_ids))  # with no backward before the next
    kept.write((W + 1).round(2))
    exam.equal(layer.forward(given_ids), (W + 1)[ids], "out after an update of W")
    updates_through_params(exam, layer, W, ids)
    exam.equal(layer.attribute("grads"), (expected_gradient(W, ids, dout),), "grads", note="one for each parameter")
    exam.equal(given_ids.now(), ids, "ids", note="arguments must stay untouched, also later", exact=True)
    updates_by_rows(exam, layer, kept, (W - 1).round(2), ids)
    holds_alike(exam, OF_PARAMETERS, partial(begun_ids, shape=(2, 2)))
    holds_alike(exam, [(False,), (True,)], windows_that_grow)
    updates_where_large(exam, exam.rng.integers(9, 13, 2))


def updates_where_large(exam, shape):
    """See `counts_when_large`."""
    V, D = exam.rng.integers(9, 13, 2).tolist()
    counts_when_large(exam, lambda: {"W": table(exam, V, D)}, exam.rng.integers(V, size=shape))


def windows_that_grow(exam, is_updated):
    """Look up a short window, then longer ones; yield what is to be equal, as `holds_alike` wants it."""
    W = table(exam)
    kept = exam.put("W", W)
    layer = exam.new(kept)
    for N, T in ((3, 1), (2, 3)):
        exam.watch(layer.forward(exam.rng.integers(len(W), size=(N, T))))
    if is_updated:
        W = (W + 1).round(2)
        kept.write(W)
    ids, dout = exam.rng.permutation(len(W))[:6].reshape(2, 3), upstream(exam, (2, 3, W.shape[1]))
    yield layer.forward(ids), W[ids], "out", "after an update of W, and windows of other sizes before that"
    layer.backward(dout)
    yield layer.grad(), expected_gradient(W, ids, dout), "grads[0]", "after an update of W"


@criterion("MyTimeEmbedding", "contract", 1, "gradients have the dtype of W; arrays need not be contiguous")
def time_dtype_and_layout(exam):
    for dtype in (np.float32, np.float64):
        exam.case()
        W = table(exam, dtype=dtype)
        layer = exam.new(exam.put("W", W, layout="strided"))
        ids = np.array([[1, 0, 4], [3, 5, 2]])
        dout = upstream(exam, (2, 3, W.shape[1]), dtype)
        out = layer.forward(exam.put("ids", ids, layout="F"))
        exam.equal(out, W[ids], out.name)
        layer.backward(exam.put("dout", dout, layout="strided"))
        grad = layer.grad()
        exam.equal(grad, expected_gradient(W, ids, dout), "grads[0]")
    in_full(exam, grad)


# --- last looks -----------------------------------------------------------------------------------------------------


class Lookups(last_look.Kind):
    """What `MyEmbedding` may be asked for: ids of any shape."""

    names, given, right = ("W",), ("ids",), Embedding
    against = last_look.against(forward="any_shape_forward", backward="any_size_backward", kept="shares_parameters")

    def shapes(self, run):
        return [(beyond_bytes(run.exam), 2) if run.chance(0.1) else (int(run.rng.integers(1, 8)), run.size())]

    def parameter(self, run, shape):
        return run.floats(*shape)

    def inputs(self, run, layer, last):
        V, _ = layer.group.shapes[0]
        shape = last_look.shape_like(last, run, self.shape(run))
        is_alike = last and shape == last[0].shape and run.chance(0.7)
        return [run.ids(shape, V, last[0].dtype if is_alike else None)]

    def shape(self, run):
        return run.pick((), (1,), (run.size(),), (run.size(),), (run.size(), run.size()), (run.size(), run.size()),
                        (0,), (2, 0), (0, 3), (run.size(), run.pick(1, 2, 3), run.pick(1, 2, 4)))


class WindowLookups(Lookups):
    """What `MyTimeEmbedding` may be asked for."""

    right = TimeEmbedding
    against = last_look.against(forward="other_sizes", backward="after_other_sizes", kept="time_shares_parameters")

    def shape(self, run):
        return run.size(), run.size()


@criteria.last_look("MyEmbedding", against="shares_parameters")
def look_at_lookups(exam):
    last_look.look_at_layers(exam, Lookups())


@criteria.last_look("MyTimeEmbedding", against="time_shares_parameters")
def look_at_window_lookups(exam):
    last_look.look_at_layers(exam, WindowLookups())


ASSIGNMENT = Assignment("01-embedding", ("MyEmbedding", "MyTimeEmbedding"), criteria, MISCONCEPTIONS)
