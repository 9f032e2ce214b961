"""Criteria of 01-embedding. N batch, T time, V vocabulary, D word-vector width.

Evidence is of three kinds: numbers worked by hand (the seed's), the reference, and one-hot products or central
differences that use neither.
"""
import math

import numpy as np

from rnnlm_ref.gradcheck import numerical_gradient
from rnnlm_ref.layers import Embedding

from ..exam import Assignment, CriteriaList
from ..misconceptions.embedding import MISCONCEPTIONS
from .contract import side_by_side

criteria = CriteriaList()
criterion = criteria.criterion

SEED_W = np.arange(28.0).reshape(7, 4)  # the book's worked example


def table(exam, V=None, D=None, dtype=np.float64):
    """Draw word vectors, D ≠ V, with two decimals so that they print."""
    V = V or int(exam.rng.integers(6, 10))
    D = D or int(exam.rng.integers(2, 5))
    return exam.rng.normal(size=(V, D)).round(2).astype(dtype)


def upstream(exam, shape, dtype=np.float64):
    """Draw an upstream gradient without zeros, so that every term counts."""
    return (exam.rng.uniform(0.5, 3, shape) * exam.rng.choice([-1, 1], shape)).round(2).astype(dtype)


def repeated_ids(exam, V, count):
    """Draw ids of which some, not all, occur more than once."""
    ids = exam.rng.permutation(V)[:count].astype(np.int64)
    ids[-2:] = ids[0], ids[1]
    return exam.rng.permutation(ids)


def expected_gradient(W, ids, dout):
    """The gradient of the loss with respect to W, by the reference."""
    layer = Embedding(W)
    layer.forward(ids)
    layer.backward(dout)
    return layer.grads[0]


def beside_another(exam, shape):
    """Require of two layers of one table that they don't disturb each other."""
    W = table(exam)
    kept = exam.put("W", W)

    def draw():
        ids = exam.rng.permutation(len(W))[: math.prod(shape)].reshape(shape)
        return (ids,), (upstream(exam, (*shape, W.shape[1])),)

    side_by_side(exam, lambda: exam.new(kept), draw,
                 lambda ids, dout: (W[ids[0]], None, [expected_gradient(W, *ids, *dout)]), 1)


# --- MyEmbedding: forward -------------------------------------------------------------------------------------------


@criterion("MyEmbedding", "forward", 1, "forward returns the rows of W that the ids name")
def rows_by_id(exam):
    W = exam.put("W", SEED_W)
    out = exam.new(W).forward(np.array([0, 1, 2]))
    exam.equal(out, np.arange(12.0).reshape(3, 4), "out")
    for i, (V, D) in enumerate(((7, 3), (4, 4), (5, 1), (1, 3))):
        W = table(exam, V, D)
        ids = exam.rng.permutation(V)[:4]
        out = exam.new(exam.put(f"W{i + 2}", W)).forward(ids)
        exam.equal(out, W[ids], "out", note="row i of out is row ids[i] of W")


@criterion("MyEmbedding", "forward", 1, "ids may repeat, and the first and last id work")
def repeats_and_ends(exam):
    W = table(exam)
    last = len(W) - 1
    ids = np.array([last, 0, 2, 2, last])
    one_hot = np.eye(len(W))[ids]
    exam.equal(exam.new(exam.put("W", W)).forward(ids), one_hot @ W, "out", note="as the one-hot product gives it")


@criterion("MyEmbedding", "forward", 1, "ids of any shape and integer dtype give one more axis, of width D")
def any_shape_forward(exam):
    W = table(exam)
    layer = exam.new(exam.put("W", W))
    shapes = ((2, 3), (3, 1, 2), (), (0,), (4,), (2, 1, 1, 3, 2), (40,), (1, 20), (2, 0), (0, 3), (3,), (2,))
    dtypes = (np.int64, np.int32, np.uint8, np.int64, np.int16, np.int64, np.uint16, np.uint32, np.int64, np.int32,
              np.uint64, np.int8)
    for shape, dtype in zip(shapes, dtypes, strict=True):
        ids = exam.rng.integers(len(W), size=shape).astype(dtype)
        ids = np.array(ids, dtype)
        exam.equal(layer.forward(ids), W[ids], "out", note=f"ids of shape {shape} give out of shape {W[ids].shape}")
    large = table(exam, 300, 2)
    layer = exam.new(exam.put("W2", large))
    for ids in (np.array([255, 3, 128], np.uint8), np.array([299, 256, 0], np.int16)):
        exam.equal(layer.forward(ids), large[ids], "out", note=f"a vocabulary of 300 and ids of dtype {ids.dtype}")
    wide = table(exam, 3, 40)
    exam.equal(exam.new(exam.put("W3", wide)).forward(np.array([2, 0])), wide[[2, 0]], "out", note="D = 40")


# --- MyEmbedding: backward ------------------------------------------------------------------------------------------


@criterion("MyEmbedding", "backward", 1, "backward puts each row of dout into the row of grads[0] that its id names")
def gradient_rows(exam):
    seed_table = exam.put("W", SEED_W)
    for word, upstream_value in ((0, 102.0), (1, 33.0), (2, 9.0)):
        layer = exam.new(seed_table)
        layer.forward(np.array([word]))
        layer.backward(np.full((1, 4), upstream_value))
        expected = np.zeros((7, 4))
        expected[word] = upstream_value
        exam.equal(layer.grad(), expected, "grads[0]", note="the book's example")
    W = table(exam)
    ids = exam.rng.permutation(len(W))[:4]
    dout = upstream(exam, (4, W.shape[1]))
    layer = exam.new(exam.put("W2", W))
    layer.forward(ids)
    layer.backward(dout)
    exam.equal(layer.grad(), expected_gradient(W, ids, dout), "grads[0]")


@criterion("MyEmbedding", "backward", 2, "an id that occurs more than once collects the sum of its rows of dout")
def repeated_ids_add_up(exam):
    W = table(exam)
    layer = exam.new(exam.put("W", W))
    ids = repeated_ids(exam, len(W), 6)
    dout = upstream(exam, (6, W.shape[1]))
    layer.forward(ids)
    layer.backward(dout)
    one_hot = np.eye(len(W))[ids]
    exam.equal(layer.grad(), one_hot.T @ dout, "grads[0]", note="the transpose of the one-hot matrix times dout")


@criterion("MyEmbedding", "backward", 1, "backward works for ids of any shape")
def any_shape_backward(exam):
    W = table(exam)
    layer = exam.new(exam.put("W", W))
    V, D = W.shape
    square = repeated_ids(exam, V, 6).reshape(2, 3)
    for ids in (square, np.array([[[0], [V - 1]], [[V - 1], [1]]]), np.array(2), np.empty((0,), np.int64),
                np.empty((2, 0), np.int64), repeated_ids(exam, V, 4).reshape(1, 2, 1, 1, 2)):
        dout = upstream(exam, (*ids.shape, D))
        layer.forward(ids)
        layer.backward(dout)
        exam.equal(layer.grad(), expected_gradient(W, ids, dout), "grads[0]",
                   note=f"ids of shape {ids.shape}, dout of shape {dout.shape}")


@criterion("MyEmbedding", "backward", 1, "backward works for many ids, narrow ids, and tables of any proportion")
def any_size_backward(exam):
    many = exam.rng.integers(6, size=(3, 20))
    narrow = np.array([255, 200, 255, 7], np.uint8)
    cases = ((6, 2, many), (300, 3, narrow), (300, 2, np.array([299, 1, 299], np.int16)),
             (4, 4, np.array([1, 3, 1])), (5, 1, np.array([4, 0, 4])), (1, 3, np.array([0, 0])),
             (3, 40, np.array([2, 0, 2])), (3, 1, exam.rng.integers(3, size=30)))
    for i, (V, D, ids) in enumerate(cases):
        W = table(exam, V, D)
        dout = upstream(exam, (*ids.shape, D))
        layer = exam.new(exam.put(f"W{i or ''}", W))
        layer.forward(ids)
        layer.backward(dout)
        exam.equal(layer.grad(), expected_gradient(W, ids, dout), "grads[0]", note=f"V = {V}, D = {D}, {ids.size} ids")


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
    kept = layer.grad()  # as an optimiser would keep it
    for ids in (np.array([1, 3]), np.array([4, 0]), np.array([0, 2, 5])):
        dout = upstream(exam, (len(ids), W.shape[1]))
        layer.forward(ids)
        result = layer.backward(dout)
        expected = expected_gradient(W, ids, dout)
        exam.equal(layer.grad(), expected, "grads[0]", note="only this backward's gradient, nothing older")
        exam.equal(kept.now(), expected, "the array that grads[0] was at the start",
                   note="whoever kept it must see the new gradient")
        exam.equal(result, None, "what backward returns")


@criterion("MyEmbedding", "contract", 1, "backward may be called twice: the same dout gives the same, another its own")
def backward_twice(exam):
    W = table(exam)
    layer = exam.new(exam.put("W", W))
    ids, dout = np.array([3, 1, 4]), upstream(exam, (3, W.shape[1]))
    layer.forward(ids)
    for each in (dout, dout, upstream(exam, dout.shape)):
        layer.backward(each)
        exam.equal(layer.grad(), expected_gradient(W, ids, each), "grads[0]")


@criterion("MyEmbedding", "contract", 1, "W is used as it is now: not copied, and changed by nobody but the optimiser")
def shares_parameters(exam):
    W = table(exam)
    kept = exam.put("W", W)
    layer = exam.new(kept)
    ids = np.array([2, 0, 5])
    dout = upstream(exam, (3, W.shape[1]))
    given_ids, given_dout = exam.put("ids", ids), exam.put("dout", dout)
    first = layer.forward(given_ids)
    layer.backward(given_dout)
    exam.equal(layer.grad(), expected_gradient(W, ids, dout), "grads[0]")
    for thing, before in ((kept, W), (given_ids, ids), (given_dout, dout)):
        exam.equal(thing.now(), before, thing.name, note="arguments and parameters must stay untouched", exact=True)
    kept.write((W + 1).round(2))
    exam.equal(layer.forward(given_ids), (W + 1)[ids], "out after an update of W")
    exam.equal(first.now(), W[ids], "the first out", note="arrays that were returned must not change later")
    updates_through_params(exam, layer, W, ids)
    exam.equal(layer.attribute("grads"), (expected_gradient(W, ids, dout),), "grads", note="one for each parameter")


def updates_through_params(exam, layer, W, ids):
    """Require that `params` holds W itself, by writing into it as an optimiser does. It holds W + 1 before."""
    params = layer.attribute("params")
    exam.equal(params, (W + 1,), "params", note="one parameter, W itself")
    params.item(0).write((W - 1).round(2))
    exam.equal(layer.forward(ids), (W - 1)[ids], "out after an update of params[0]",
               note="params[0] is the array that the layer works with, not a copy")


@criterion("MyEmbedding", "contract", 1, "what forward returned is a copy, even for a single id")
def returns_copies(exam):
    W = table(exam)
    kept = exam.put("W", W)
    layer = exam.new(kept)
    outs = [(layer.forward(ids), W[ids]) for ids in (np.array(2), np.array([3]), np.array([[1]]), np.array([0, 1]))]
    for out, before in outs:
        exam.equal(out, before, "out")
    kept.write((W + 1).round(2))
    for out, before in outs:
        exam.equal(out.now(), before, "out after an update of W", note="what was returned must not change later")


@criterion("MyEmbedding", "contract", 1, "two layers don't disturb each other; arrays need not be contiguous")
def stands_alone(exam):
    tables = [table(exam, 6, 3), table(exam, 6, 3)]
    layers = [exam.new(exam.put(f"W{i}", W, layout)) for i, (W, layout) in enumerate(zip(tables, "CF", strict=True))]
    calls = [(np.array([[1, 5], [0, 2]]), "F"), (np.array([[3, 0], [4, 1]]), "strided")]
    douts = [upstream(exam, (2, 2, 3)) for _ in calls]
    for i, (layer, W, (ids, layout)) in enumerate(zip(layers, tables, calls, strict=True)):
        exam.equal(layer.forward(exam.put(f"ids{i}", ids, layout)), W[ids], "out")
    for i, (layer, W, (ids, layout), dout) in enumerate(zip(layers, tables, calls, douts, strict=True)):
        layer.backward(exam.put(f"dout{i}", dout, layout))
        exam.equal(layer.grad(), expected_gradient(W, ids, dout), "grads[0]")
    beside_another(exam, (2, 3))


@criterion("MyEmbedding", "contract", 1, "outputs and gradients have the dtype of W")
def follows_dtype(exam):
    for dtype in (np.float32, np.float64):
        W = table(exam, dtype=dtype)
        layer = exam.new(exam.put(f"W_{dtype.__name__}", W))
        ids = np.array([[1, 0], [4, 3]])
        dout = upstream(exam, (2, 2, W.shape[1]), dtype)
        exam.equal(layer.forward(ids), W[ids], "out")
        layer.backward(dout)
        exam.equal(layer.grad(), expected_gradient(W, ids, dout), "grads[0]")


# --- MyTimeEmbedding: forward ---------------------------------------------------------------------------------------


@criterion("MyTimeEmbedding", "forward", 1, "forward turns ids (N, T) into word vectors (N, T, D)")
def windows(exam):
    W = exam.put("W", SEED_W)
    out = exam.new(W).forward(np.array([[0, 1, 2]]))
    exam.equal(out, np.arange(12.0).reshape(1, 3, 4), "out", note="the book's example")
    W = table(exam)
    ids = exam.rng.integers(len(W), size=(2, 3))
    out = exam.new(exam.put("W2", W)).forward(ids)
    exam.equal(out, W[ids], "out", note="out[n, t] is row ids[n, t] of W")


@criterion("MyTimeEmbedding", "forward", 1, "N and T may change from call to call, and may be 1")
def other_sizes(exam):
    W = table(exam)
    layer = exam.new(exam.put("W", W))
    for N, T in ((2, 4), (3, 2), (3, 3), (1, 3), (4, 1), (1, 1), (2, 12), (30, 2), (1, 40)):
        ids = exam.rng.integers(len(W), size=(N, T))
        exam.equal(layer.forward(ids), W[ids], "out")
    for V, D in ((60, 2), (2, 40)):
        W = table(exam, V, D)
        ids = exam.rng.permutation(V)[:2, None]
        exam.equal(exam.new(exam.put(f"W_{V}", W)).forward(ids), W[ids], "out", note=f"V = {V}, D = {D}")


@criterion("MyTimeEmbedding", "forward", 1, "the output has the dtype of W, and earlier outputs never change")
def output_dtype(exam):
    for dtype in (np.float32, np.float64):
        W = table(exam, dtype=dtype)
        layer = exam.new(exam.put(f"W_{dtype.__name__}", W))
        ids = exam.rng.integers(len(W), size=(2, 3))
        first = layer.forward(ids)
        exam.equal(first, W[ids], "out")
        layer.forward(np.zeros((2, 3), np.int32))
        exam.equal(first.now(), W[ids], "the first out after a second forward")


# --- MyTimeEmbedding: backward --------------------------------------------------------------------------------------


@criterion("MyTimeEmbedding", "backward", 1, "grads[0] is the sum of the gradients of all time steps")
def sums_over_time(exam):
    layer = exam.new(exam.put("W", SEED_W))
    layer.forward(np.array([[0, 1, 2]]))
    layer.backward(np.array([[[102.0] * 4, [33.0] * 4, [9.0] * 4]]))
    expected = np.zeros((7, 4))
    expected[:3] = np.array([102.0, 33.0, 9.0])[:, None]
    exam.equal(layer.grad(), expected, "grads[0]", note="the book's example")
    W = table(exam, V=9)
    ids = exam.rng.permutation(9)[:6].reshape(2, 3)
    dout = upstream(exam, (2, 3, W.shape[1]))
    layer = exam.new(exam.put("W2", W))
    layer.forward(ids)
    layer.backward(dout)
    exam.equal(layer.grad(), expected_gradient(W, ids, dout), "grads[0]")


@criterion("MyTimeEmbedding", "backward", 2, "ids that repeat, in one step or across steps, add up")
def repeats_across_time(exam):
    W = table(exam)
    cases = [(W, ids) for ids in (np.array([[1, 0, 1], [1, 2, 0]]), np.array([[3, 4, 3]]), np.array([[2], [2], [3]]),
                                  exam.rng.integers(len(W), size=(3, 9)))]
    cases += [(table(exam, V, D), exam.rng.integers(V, size=(N, T)))
              for V, D, N, T in ((6, 2, 30, 2), (6, 2, 1, 40), (60, 2, 1, 3), (3, 40, 1, 4))]
    for W, ids in cases:
        dout = upstream(exam, (*ids.shape, W.shape[1]))
        layer = exam.new(exam.put("W", W))
        layer.forward(ids)
        layer.backward(dout)
        one_hot = np.eye(len(W))[ids]
        exam.equal(layer.grad(), np.einsum("ntv,ntd->vd", one_hot, dout), "grads[0]",
                   note="one-hot matrix, transposed, times dout, summed over N and T")


@criterion("MyTimeEmbedding", "backward", 1, "backward fits the last forward, whatever N and T were before")
def after_other_sizes(exam):
    W = table(exam)
    layer = exam.new(exam.put("W", W))
    for N, T in ((2, 2), (2, 3), (3, 1)):
        ids = exam.rng.permutation(len(W))[: N * T].reshape(N, T)
        dout = upstream(exam, (N, T, W.shape[1]))
        layer.forward(ids)
        layer.backward(dout)
        exam.equal(layer.grad(), expected_gradient(W, ids, dout), "grads[0]")


# --- MyTimeEmbedding: contract --------------------------------------------------------------------------------------


@criterion("MyTimeEmbedding", "contract", 1, "backward overwrites grads[0] in place, of this layer alone, and returns "
           "None")
def time_overwrites_in_place(exam):
    W = table(exam)
    layer = exam.new(exam.put("W", W))
    kept = layer.grad()
    for ids in (np.array([[1, 3]]), np.array([[4, 0]]), np.array([[0, 2, 5]])):
        dout = upstream(exam, (*ids.shape, W.shape[1]))
        expected = expected_gradient(W, ids, dout)
        layer.forward(ids)
        for _ in range(2):
            result = layer.backward(dout)
            exam.equal(layer.grad(), expected, "grads[0]", note="only this backward's gradient, nothing older")
            exam.equal(kept.now(), expected, "the array that grads[0] was at the start")
            exam.equal(result, None, "what backward returns")
        other = upstream(exam, dout.shape)
        layer.backward(other)
        exam.equal(layer.grad(), expected_gradient(W, ids, other), "grads[0]", note="of another dout")
    beside_another(exam, (2, 3))


@criterion("MyTimeEmbedding", "contract", 1, "W is shared, not copied; arguments stay untouched")
def time_shares_parameters(exam):
    W = table(exam)
    kept = exam.put("W", W)
    layer = exam.new(kept)
    ids = np.array([[2, 0, 5]])
    dout = upstream(exam, (1, 3, W.shape[1]))
    given_ids, given_dout = exam.put("ids", ids), exam.put("dout", dout)
    layer.forward(given_ids)
    layer.backward(given_dout)
    exam.equal(layer.grad(), expected_gradient(W, ids, dout), "grads[0]")
    for thing, before in ((kept, W), (given_ids, ids), (given_dout, dout)):
        exam.equal(thing.now(), before, thing.name, note="arguments and parameters must stay untouched", exact=True)
    kept.write((W + 1).round(2))
    exam.equal(layer.forward(given_ids), (W + 1)[ids], "out after an update of W")
    updates_through_params(exam, layer, W, ids)
    exam.equal(layer.attribute("grads"), (expected_gradient(W, ids, dout),), "grads", note="one for each parameter")


@criterion("MyTimeEmbedding", "contract", 1, "gradients have the dtype of W; arrays need not be contiguous")
def time_dtype_and_layout(exam):
    for dtype in (np.float32, np.float64):
        W = table(exam, dtype=dtype)
        layer = exam.new(exam.put(f"W_{dtype.__name__}", W))
        ids = np.array([[1, 0], [4, 3], [5, 2]])
        dout = upstream(exam, (3, 2, W.shape[1]), dtype)
        exam.equal(layer.forward(exam.put("ids", ids, layout="F")), W[ids], "out")
        layer.backward(exam.put("dout", dout, layout="strided"))
        exam.equal(layer.grad(), expected_gradient(W, ids, dout), "grads[0]")


ASSIGNMENT = Assignment("01-embedding", ("MyEmbedding", "MyTimeEmbedding"), criteria, MISCONCEPTIONS)
