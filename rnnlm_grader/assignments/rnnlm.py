"""Criteria of 06-rnnlm. N batch, T time, V vocabulary, D word-vector width, H hidden width.

Evidence is of three kinds: numbers worked by hand, the reference's layers, and sums that use neither.

A model draws its weights as it likes, so the criteria write weights of their own into its `params`, as an optimiser
would, before they compare. Values of models are compared in float32, because the dtype of a model is its own choice.
"""
import math
from functools import partial

import numpy as np

from rnnlm_ref.time_layers import TimeAffine, TimeEmbedding, TimeRNN, TimeSoftmaxWithLoss

from ..bench import Generator
from ..compare import LEAST, Difference, kind, same
from ..exam import Assignment, CriteriaList
from ..misconceptions.rnnlm import MISCONCEPTIONS
from . import last_look
from .contract import (
    BEGINNINGS,
    CHANGED,
    OF_INPUTS,
    OF_PARAMETERS,
    ONE_SIZE_STAYS,
    PLAIN,
    SMALL,
    SMALL_AND_LARGE,
    after_a_beginning,
    any_douts,
    beyond_bytes,
    cancelled,
    counts_when_large,
    crossed,
    has_nan,
    holds_alike,
    in_full,
    many,
    not_by_columns,
    one_for_each,
    one_new,
    only,
    only_at,
    renew,
    scaled,
    shows_nan,
    side_by_side,
    single,
    spoilt,
    still,
    untouched,
    upstream,
)

criteria = CriteriaList()
criterion = criteria.criterion
LIST_AT_START = "the list that grads was at the start"


# --- MyTimeAffine ---------------------------------------------------------------------------------------------------


def parameters(exam, H=None, V=None, dtype=np.float64):
    """Draw W (H, V) and b (V,) with two decimals."""
    H, V = H or int(exam.rng.integers(2, 4)), V or int(exam.rng.integers(4, 6))
    return upstream(exam, (H, V), dtype), upstream(exam, (V,), dtype)


def named_parameters(exam, *sizes):
    """The same, each under its name."""
    return dict(zip("Wb", parameters(exam, *sizes), strict=True))


def affine(exam, W, b, layout="C"):
    """Make the candidate's layer of parameters that are named."""
    return exam.new(exam.put("W", W, layout), exam.put("b", b, layout))


def states(exam, N, T, H, dtype=np.float64):
    return exam.rng.normal(size=(N, T, H)).round(2).astype(dtype)


def expected_affine(W, b, xs, dys):
    """dxs, dW and db, written out as sums."""
    return (np.einsum("ntv,hv->nth", dys, W), np.einsum("nth,ntv->hv", xs, dys), np.einsum("ntv->v", dys))


AFFINE_W, AFFINE_B = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 3.0]]), np.array([10.0, 20.0, 30.0])
AFFINE_XS = np.array([[[1.0, 0.0], [0.0, 1.0], [2.0, -1.0]]])
AFFINE_DYS = np.array([[[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 2.0, 0.0]]])


@criterion("MyTimeAffine", "forward", 1, "forward gives x @ W + b at every step")
def scores_by_hand(exam):
    out = affine(exam, AFFINE_W, AFFINE_B).forward(exam.put("xs", AFFINE_XS))
    exam.equal(out, np.array([[[11.0, 20.0, 32.0], [10.0, 21.0, 33.0], [12.0, 19.0, 31.0]]]), "out", note="by hand")
    exam.case()
    W, b = parameters(exam, 2, 3)
    xs = states(exam, 1, 3, 2)
    xs[0, exam.rng.integers(3)] = 0  # its scores are b
    judge_scores(exam, affine(exam, W, b), (W, b, xs))


def judge_scores(exam, layer, arrays, note=""):
    """Require the scores of a window; the arrays are W, b and xs."""
    W, b, xs = arrays
    exam.equal(layer.forward(exam.put("xs", xs)), np.einsum("nth,hv->ntv", xs, W) + b, "out", note=note)


@criterion("MyTimeAffine", "forward", 1, "states (N, T, H) become scores (N, T, V), whatever N and T are")
def scores_of_any_size(exam):
    W, b = parameters(exam)
    layer = affine(exam, W, b)
    for N, T in ((2, 3), (3, 1), (1, 2), (1, 1), (many(exam), 2), (1, many(exam))):
        xs = states(exam, N, T, len(W))
        xs[1:] *= N != 2  # the scores of a sequence of zeros are b
        judge_scores(exam, layer, (W, b, xs))
    exam.case()
    layer = affine(exam, W, b)
    for N, T in ONE_SIZE_STAYS:
        judge_scores(exam, layer, (W, b, states(exam, N, T, len(W))), f"N = {N}, T = {T}")
    for H, V, scale in ((many(exam), 1, 1000), (1, many(exam), 1000), (2, 3, 1e9)):
        exam.case()
        W, b = (exam.rng.uniform(1, 2) * param for param in parameters(exam, H, V))  # nothing is rounded
        W = W * scale / 10  # or clipped
        judge_scores(exam, affine(exam, W, b), (W, b, scale * states(exam, 1, 2, H)))
    for scales in small_or_large():
        exam.case()
        arrays = scaled(scales, *parameters(exam, 2, 3), states(exam, 1, 2, 2))
        judge_scores(exam, affine(exam, *arrays[:2]), arrays, SMALL_AND_LARGE)
    for which in range(3):
        shows_nan(exam, partial(out_of_nan, exam, which))


def small_or_large():
    """Scales of W, b and xs: one of them is small; or b is large, or of W and xs one, and the other small."""
    return (SMALL, 0, 1), (1, SMALL, SMALL), (1, 0, SMALL), (1, 1e5, 1), (1e5, 1, SMALL), (SMALL, 1, 1e5)


def out_of_nan(exam, which):
    """Go forward where a number of W, b or xs is nan, for `shows_nan`."""
    W, b, xs = arrays = *parameters(exam, 2, 3), states(exam, 2, 2, 2)
    arrays[which].reshape(-1)[0] = np.nan
    yield affine(exam, W, b).forward(xs), only_at((2, 2, 3), (0, 0) if which == 2 else np.s_[..., 0]), "out"


def back_of_nan(exam, which, number=np.nan):
    """Go back where a number of W, xs or dys is nan, for `shows_nan`."""
    (W, b), xs, dys = parameters(exam, 2, 3), states(exam, 2, 2, 2), upstream(exam, (2, 2, 3))
    (W, xs, dys)[which].reshape(-1)[0] = number
    layer = affine(exam, W, b)
    layer.forward(xs)
    dxs = layer.backward(dys)
    if which != 1:
        yield dxs, only_at((2, 2, 2), (0, 0) if which else np.s_[..., 0]), "dxs"
    if which != 0:
        yield layer.grad(0), only_at((2, 3), 0 if which == 1 else np.s_[:, 0]), "grads[0]"
    if which == 2:
        yield layer.grad(1), only_at(3, 0), "grads[1]"


@criterion("MyTimeAffine", "backward", 2, "dxs, dW and db: dW and db add up over all steps and sequences")
def affine_gradients(exam):
    layer = affine(exam, AFFINE_W, AFFINE_B)
    layer.forward(exam.put("xs", AFFINE_XS))
    dxs = layer.backward(exam.put("dys", AFFINE_DYS))
    exam.equal(layer.grad(0), np.array([[1.0, 4.0, 0.0], [0.0, -2.0, 1.0]]), "grads[0]", note="by hand")
    exam.equal(layer.grad(1), np.array([1.0, 2.0, 1.0]), "grads[1]", note="by hand")
    exam.equal(dxs, np.array([[[1.0, 0.0], [2.0, 3.0], [0.0, 2.0]]]), "dxs", note="by hand")
    for N, T, H, V in ((3, 2, 3, 3), (1, 1, 2, 3), (3, 1, 2, 3), (2, 2, 2, 3),
                       (many(exam), 2, 2, 3), (1, many(exam), 2, 3), (1, 2, many(exam), 1), (1, 2, 1, many(exam))):
        exam.case()
        W, b = parameters(exam, H, V)
        xs, dys = states(exam, N, T, H), upstream(exam, (N, T, V))
        if max(N, T, H, V) > 4:  # nothing is clipped or rounded
            dys = 1000 * (cancelled(dys) if N > 4 else dys)
            W, xs = exam.rng.uniform(1, 2) * W, exam.rng.uniform(1, 2) * xs
        elif N * T > 1:
            xs[0, 0] = 0  # its gradient is like any other
        if (N, T) == (3, 2):
            xs[1:] += 1000.1
            dys[:, 1] = 0.01 * dys[:, 1] - dys[:, 0]  # of what the large xs give, most cancels: float32 won't do
        if (N, T) == (2, 2):
            dys *= 1e9
        if (N, T) == (3, 1):
            dys *= 1.1e-9
            dys[1] = 0  # what comes back to the others counts all the same
        layer = affine(exam, W, b)
        layer.forward(exam.put("xs", xs))
        dxs = layer.backward(exam.put("dys", dys))
        wanted, dW, db = expected_affine(W, b, xs, dys)
        exam.equal(layer.grad(0), dW, "grads[0]", note="the sum of xs[n, t] times dys[n, t]")
        exam.equal(layer.grad(1), db, "grads[1]", note="the sum of dys[n, t]")
        exam.equal(dxs, wanted, "dxs")
    exam.case()
    W, b = parameters(exam, 2, 3)
    layer = affine(exam, W, b)
    kept = layer.keep_grads(2)
    for N, T in ONE_SIZE_STAYS:
        xs, dys = states(exam, N, T, 2), upstream(exam, (N, T, 3))
        for grad in kept:
            grad.write(0.0)  # whether they pile up has a criterion of its own
        judge_affine(exam, layer, (W, b, xs, dys), f"N = {N}, T = {T}")
    for scales in small_or_large():
        exam.case()
        W, b, xs = scaled(scales, *parameters(exam, 2, 3), states(exam, 1, 2, 2))
        judge_affine(exam, affine(exam, W, b), (W, b, xs, upstream(exam, (1, 2, 3))), SMALL_AND_LARGE)
    holds_alike(exam, one_new("xs", "dys", "W", "b"), affine_with_new)
    for which in range(3):
        shows_nan(exam, partial(back_of_nan, exam, which))
    shows_nan(exam, partial(back_of_nan, exam, 2, np.inf), np.inf)


def judge_affine(exam, layer, arrays, note):
    """Require all gradients of a window; the arrays are W, b, xs and dys."""
    *_, xs, dys = arrays
    layer.forward(exam.put("xs", xs))
    dxs = layer.backward(exam.put("dys", dys))
    for got, right in zip((dxs, *map(layer.grad, range(2))), expected_affine(*arrays), strict=True):
        exam.equal(got, right, got.name, note=note)


def affine_with_new(exam, new):
    """Go forward and back, then once more where some things are new; yield what comes, as `holds_alike` wants it."""
    def draw_all():
        return states(exam, 2, 2, 2), upstream(exam, (2, 2, 3)), *parameters(exam, 2, 3)

    things = [exam.put(*each) for each in zip(("xs", "dys", "W", "b"), draw_all(), strict=True)]
    layer = exam.new(*things[2:])
    layer.forward(things[0])
    layer.backward(things[1])
    xs, dys, W, b = renew(things, draw_all, new)
    right_dxs, *grads = expected_affine(W, b, xs, dys)
    note = only(new)
    yield layer.forward(things[0]), xs @ W + b, "out", note
    yield layer.backward(things[1]), right_dxs, "dxs", note
    yield layer.attribute("grads"), tuple(grads), "grads", note


@criterion("MyTimeAffine", "backward", 1, "dxs is dys @ W.T at every step")
def affine_dxs(exam):
    for H, V in ((3, 3), (2, 4)):
        exam.case()
        W, b = parameters(exam, H, V)
        layer = affine(exam, W, b)
        xs, dys = states(exam, 2, 3, H), upstream(exam, (2, 3, V))
        layer.forward(exam.put("xs", xs))
        exam.equal(layer.backward(exam.put("dys", dys)), expected_affine(W, b, xs, dys)[0], "dxs")


@criterion("MyTimeAffine", "contract", 1, "grads are overwritten in place by each backward; layers don't disturb each "
           "other")
def affine_in_place(exam):
    W, b = parameters(exam, 3, 3)
    layer = affine(exam, W, b)
    kept = layer.keep_grads(2)
    for N, T in ((1, 2), (2, 3)):
        xs, dys = states(exam, N, T, 3), upstream(exam, (N, T, 3))
        dxs, *expected = expected_affine(W, b, xs, dys)
        layer.forward(exam.put("xs", xs))
        for _ in range(2):
            for grad in kept:
                grad.write(0.25)  # as clipping changes them
            exam.equal(layer.backward(exam.put("dys", dys)), dxs, "dxs")
            for i in range(2):
                exam.equal(layer.grad(i), expected[i], f"grads[{i}]", note="this backward's gradient, nothing older")
                exam.equal(kept[i].now(), expected[i], f"the array that grads[{i}] was at the start")
        other = upstream(exam, dys.shape)
        exam.equal(layer.backward(exam.put("other_dys", other)), expected_affine(W, b, xs, other)[0], "dxs")
        other_xs = states(exam, N, T, 3)
        layer.forward(exam.put("other_xs", other_xs))  # which is none of grads' business
        exam.equal(layer.grad(0), expected_affine(W, b, xs, other)[1], "grads[0]", note="of another dys")
        layer.backward(exam.put("dys_again", other))
        exam.equal(layer.grad(0), expected_affine(W, b, other_xs, other)[1], "grads[0]", note="of another xs")
    xs, dys = xs[:1, :2], dys[:1, :2]
    xs[:, :, 0] = 0
    layer.forward(exam.put("xs", xs))
    for given in 0 * dys, dys:
        for grad, shape in zip(kept, (W.shape, b.shape), strict=True):
            grad.write(CHANGED if given is dys else spoilt(exam.rng, shape))
        layer.backward(exam.put("dys", given))
        for i, expected in enumerate(expected_affine(W, b, xs, given)[1:]):
            exam.equal(layer.grad(i), expected, f"grads[{i}]", note="where it is 0, that is to be written too")
    exam.case()
    given = exam.put("W", W), exam.put("b", b)

    def expected_of(xs, dys):
        dxs, *grads = expected_affine(W, b, *xs, *dys)
        return xs[0] @ W + b, dxs, grads

    for stranger in None, lambda: affine(exam, *parameters(exam, 2, 4, np.float32)).forward(
            states(exam, 3, 1, 2, np.float32)):
        side_by_side(exam, lambda: exam.new(*given), lambda: (
            (states(exam, 2, 2, 3),), (upstream(exam, (2, 2, 3)),)), expected_of, 2, make_stranger=stranger)


@criterion("MyTimeAffine", "contract", 1, "W and b are used as they are now, and nothing of the caller's is changed")
def affine_shares(exam):
    W, b = parameters(exam, 2, 3)
    given = exam.put("W", W), exam.put("b", b)
    layer = exam.new(*given)
    exam.new(*(exam.put(f"other_{name}", array) for name, array in zip("Wb", parameters(exam, 2, 3), strict=True)))
    xs, dys = states(exam, 2, 2, 2), upstream(exam, (2, 2, 3))
    dys[0, 1] = 0  # as of a target that is masked
    given += exam.put("xs", xs), exam.put("dys", dys)
    first = layer.forward(given[2])
    dxs = layer.backward(given[3])
    exam.equal(dxs, expected_affine(W, b, xs, dys)[0], "dxs")
    exam.watch(layer.backward(exam.put("other_dys", upstream(exam, dys.shape))))
    exam.watch(layer.forward(exam.put("other_xs", states(exam, 2, 2, 2))))
    exam.watch(layer.forward(given[2]))
    exam.watch(layer.backward(given[3]))  # what it keeps of this is out of date with the next update
    untouched(exam, given, "arguments and parameters must stay untouched")
    given[0].write((W + 1).round(2))
    given[1].write((b - 1).round(2))
    exam.equal(layer.forward(given[2]), xs @ (W + 1) + b - 1, "out after an update of W and b")
    exam.equal(layer.backward(given[3]), expected_affine(W + 1, b - 1, xs, dys)[0], "dxs after an update of W and b")
    exam.equal(first.now(), xs @ W + b, "the first out", note="arrays that were returned must not change later")
    exam.equal(dxs.now(), expected_affine(W, b, xs, dys)[0], "the first dxs")
    params = layer.attribute("params")
    exam.equal(params, (W + 1, b - 1), "params", note="[W, b], the arrays themselves")
    params.item(0).write((W - 1).round(2))
    params.item(1).write((b + 1).round(2))
    exam.equal(layer.forward(given[2]), xs @ (W - 1) + b + 1, "out after an update of params",
               note="params holds the arrays that the layer works with, not copies")
    given[2].write((xs + 1).round(2))
    exam.equal(layer.forward(given[2]), (xs + 1) @ (W - 1) + b + 1, "out of the same array",
               note="xs holds other numbers now")
    W, b, xs = (W - 1).round(2), (b + 1).round(2), (xs + 1).round(2)
    for array, thing in (W, given[0]), (b, given[1]):
        array[exam.rng.integers(len(array))] += 0.5
        thing.write(array)
        exam.equal(layer.forward(given[2]), xs @ W + b, "out", note=f"a part of {thing.name} has been updated")
        exam.equal(layer.backward(given[3]), expected_affine(W, b, xs, dys)[0], "dxs",
                   note=f"a part of {thing.name} has been updated")
    one_for_each(exam, layer, 2)
    N, T, H, V = exam.rng.integers(9, 13, 4).tolist()
    counts_when_large(exam, lambda: named_parameters(exam, H, V), states(exam, N, T, H))
    holds_alike(exam, OF_PARAMETERS, begun_affine)
    holds_alike(exam, OF_INPUTS, begun_affine)


def begun_affine(exam, *setting):
    """Go through a window after another; see `after_a_beginning`."""
    return after_a_beginning(
        exam, *setting, axes=2, params=lambda: named_parameters(exam, 3, 3),
        inputs=lambda: {"xs": states(exam, 2, 3, 3), "dys": upstream(exam, (2, 3, 3))})


@criterion("MyTimeAffine", "contract", 1, "outputs and gradients have the dtype of W; the contract holds for any sizes "
           "and layouts")
def affine_dtype(exam):
    for dtype, layout in ((np.float32, "F"), (np.float64, "strided")):
        exam.case()
        W, b = parameters(exam, 2, 3, dtype)
        layer = affine(exam, W, b, "strided")
        xs, dys = states(exam, 2, 2, 2, dtype), upstream(exam, (2, 2, 3), dtype)
        dys *= dtype(exam.rng.uniform(1, 2))  # few of its sums are a float32
        given = layer.forward(exam.put("xs", xs, layout)), layer.backward(exam.put("dys", dys, layout)), *map(
            layer.grad, range(2))
        for thing, right in zip(given, (xs @ W + b, *expected_affine(W, b, xs, dys)), strict=True):
            exam.equal(thing, right, thing.name)
    in_full(exam, *given)
    exam.case()
    W, b = parameters(exam, 2, 3)
    xs = states(exam, 2, 2, 2)
    out = exam.new(exam.put("W", W, "F"), exam.put("b", b)).forward(xs)
    exam.equal(out, xs @ W + b, out.name, note="W lies by columns")
    holds_alike(exam, crossed(exam, 2, 3, 2, 3), steps_of_affine)


def steps_of_affine(exam, sizes, dtype, layout):
    """Go forward and back with a layer, several times; yield what is to be equal, as `holds_alike` wants it."""
    N, T, H, V = sizes
    params = upstream(exam, (H, V), dtype), upstream(exam, (V,), dtype)
    of_params = not_by_columns(layout)
    placed = [exam.put(name, array, of_params) for name, array in zip("Wb", params, strict=True)]
    layer = exam.new(*placed)
    kept = layer.keep_grads(2)
    xs, dys = given = [exam.put("xs", states(exam, N, T, H, dtype), layout),
                       exam.put("dys", upstream(exam, (N, T, V), dtype), layout)]
    first, dxs, grads = layer.forward(xs), layer.backward(dys), layer.attribute("grads")
    layer.backward(upstream(exam, (N, T, V), dtype))
    yield layer.backward(dys), dxs, "dxs", "of another backward with the same dys"
    yield layer.attribute("grads"), grads, "grads", "of another backward with the same dys"
    other_xs, other_dys = states(exam, N, T, H, dtype), upstream(exam, (N, T, V), dtype)
    out, later, grads = layer.forward(other_xs), layer.backward(other_dys), layer.attribute("grads")
    fresh = exam.new(*(exam.put(f"{name}_new", array, of_params) for name, array in zip("Wb", params, strict=True)))
    yield out, fresh.forward(other_xs), "out", "as a new layer computes it"
    yield later, fresh.backward(other_dys), "dxs", "as a new layer computes it"
    yield grads, fresh.attribute("grads"), "grads", "as a new layer computes them"
    yield from still(exam, (*given, *placed, first, dxs))
    yield from still(exam, kept, grads.parts("grads[0]", "grads[1]"),
                     "the arrays that grads held at the start must show the new ones")


# --- MyRnnlm --------------------------------------------------------------------------------------------------------

NAMES = ("the matrix of word vectors", "Wx", "Wh", "b of the RNN", "W of the affine layer", "b of the affine layer")
MATRICES, VECTORS = (0, 1, 2, 4), (3, 5)
SCALES = (  # of these, in cases where what is small shows; and where what is large isn't lost in tanh
    (SMALL, 1, 0, 0, 1, 0), (1, SMALL, 0, 0, 1, 0), (0, 1, 1, SMALL, 1, 0), (1, 1, 1, 1, SMALL, 0),
    (1, 1, 1, 1, 0, SMALL), (1, 1, SMALL, 1, 1, 1), (20, 0.02, 1, 1, 1, 1), (0.02, 20, 1, 1, 1, 1),
    (0.02, 1, 20, 0.02, 1, 1), (1, 1, 1, 1, 0.1, 50), (0.1, 1, 1, 1, 20, 1))


def shapes_of(V, D, H):
    """The shapes of a model's parameters, in order."""
    return (V, D), (D, H), (H, H), (H,), (H, V), (V,)


def sizes_of(weights):
    """V, D and H."""
    return *weights[0].shape, len(weights[2])


def any_sizes(exam):
    """Draw V, D and H, all different, so that none is taken for another."""
    D, H, *_ = exam.rng.permutation([2, 3, 4, 5]).tolist()
    return int(exam.rng.integers(6, 9)), D, H


def large_sizes(exam):
    """Draw N, T, V, D and H, of which one is large, and D or H may be 1."""
    return ((many(exam), 2, 3, 1, 4), (1, many(exam, 41, 60), 3, 2, 4), (2, 2, beyond_bytes(exam), 2, 1),
            (2, 2, 4, many(exam), 2), (2, 2, 3, 2, many(exam, 17, 24)))


class Right:
    """The model, of the reference's layers, with given weights. It computes in float64, where rounding costs nobody."""

    def __init__(self, weights):
        self.weights = E, Wx, Wh, b, W, c = [w.astype(np.float32).astype(np.float64) for w in weights]
        self.layers = TimeEmbedding(E), TimeRNN(Wx, Wh, b, stateful=True), TimeAffine(W, c)
        self.loss = TimeSoftmaxWithLoss()

    def predict(self, xs):
        for layer in self.layers:
            xs = layer.forward(xs)
        return xs

    def reset_state(self):
        self.layers[1].reset_state()

    def forward(self, xs, ts):
        return self.loss.forward(self.predict(xs), ts)

    def grads(self, dout=1.0):
        dout = self.loss.backward(dout)
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return [grad for layer in self.layers for grad in layer.grads]


def agree(exam, thing, expected, what=None, note="", **options):
    """Require a value of the candidate's model: see the top of this file."""
    exam.equal(single(thing), np.asarray(expected, np.float32), what or thing.name, note=note, **options)


def agree_on_grads(exam, model, expected, note="", **options):
    """Require all gradients of the candidate's model."""
    parts = model.attribute("grads").parts(*(f"{model.name}.grads[{i}]" for i in range(6)))
    for part, name, right in zip(parts, NAMES, expected, strict=True):
        agree(exam, part, right, note=note or f"the gradient of {name}", **options)


def weights_of(exam, *sizes):
    """Draw weights of sizes V, D and H, or of any; matrices so small that tanh stays far from its ends."""
    V, D, H = sizes or any_sizes(exam)
    scales = 0.8, D ** -0.5, H ** -0.5, 0.5, H ** -0.5, 0.8
    return [exam.rng.normal(scale=scale, size=shape).round(2)
            for scale, shape in zip(scales, shapes_of(V, D, H), strict=True)]


def model_with(exam, weights):
    """Make the candidate's model and write weights into its params, as an optimiser would."""
    model = exam.new(*sizes_of(weights), Generator(int(exam.rng.integers(1000))))
    write(exam, model, weights)
    return model


def write(exam, model, weights):
    params = model.attribute("params")
    if right_shapes(exam, params, "params", sizes_of(weights)):
        fill(params, weights)


def fill(params, weights):
    for i, weight in enumerate(weights):
        params.item(i).write(weight)


def works_with_params(exam):
    """Require that what is written into params counts, before numbers that depend on it are compared.

    Where all weights are 0 all words get the same score. Whatever weights a model drew, it fails in the same way here.
    """
    weights = [np.zeros_like(weight) for weight in weights_of(exam)]
    model = model_with(exam, weights)
    out = model.call("predict", exam.put("xs", np.array([[0, 1]])))
    are_scores = getattr(out.value, "shape", None) == (1, 2, len(weights[0]))  # else that is what is wrong
    exam.hold(not are_scores or len(np.unique(out.value)) < 2, out.name,
              "isn't the same for all words, though all params were set to 0",
              note="params[i] isn't the array that the layer works with: params += layer.params, without copies")
    exam.case()


def right_shapes(exam, arrays, what, sizes):
    """Require six arrays of floats in the order of the layers; tell whether it is so."""
    values = arrays.value
    if not isinstance(values, tuple):
        exam.observe(values)
        exam.hold(False, what, f"should be a list of arrays, but is {kind(values)}",
                  note="one flat list, over all layers")
        return False
    found, shapes = tuple(getattr(value, "shape", None) for value in values), shapes_of(*sizes)
    exam.equal(np.array(len(values)), np.array(len(shapes)), f"the number of arrays in {what}",
               note="one flat list, over all layers")
    if len(values) != len(shapes):
        return False
    exam.observe(found)
    exam.hold(found == shapes, what, f"has the shapes {found}, expected {shapes}",
              note=f"V, D, H = {', '.join(map(str, sizes))}")
    floats = all(getattr(value, "dtype", np.dtype(int)).kind == "f" for value in values)
    exam.hold(floats, what, "should hold floats")
    return found == shapes and floats


def tell_apart(exam, model, xs):
    """Watch the scores after a failure: they tell a state that is lost in forward or backward from one never kept."""
    if exam.has_failed():
        for _ in range(2):
            exam.watch(single(model.call("predict", exam.put("xs", xs))))


def ids(exam, weights, N, T):
    """Draw ids and targets."""
    V = len(weights[0])
    return exam.rng.integers(V, size=(N, T)), exam.rng.integers(V, size=(N, T))


@criterion("MyRnnlm", "forward", 2, "predict gives the scores (N, T, V) of embedding, RNN and affine layer in a row")
def predicts_scores(exam):
    works_with_params(exam)
    for N, T, *sizes in ((2, 3), (1, 1), (3, 3, 3, 3, 3), *large_sizes(exam)):
        exam.case()
        weights = weights_of(exam, *sizes)
        weights[4] *= 1000 if N * T == 1 else 1  # nothing is clipped
        model = model_with(exam, weights)
        xs, _ = ids(exam, weights, N, T)
        xs[0, 0] = len(weights[0]) - 1
        agree(exam, model.call("predict", exam.put("xs", xs)), Right(weights).predict(xs))
    exam.case()
    weights = weights_of(exam)
    weights[3][:2] = 1000, -1000  # sums that no exponential can take
    xs, _ = ids(exam, weights, 2, 3)
    agree(exam, model_with(exam, weights).call("predict", exam.put("xs", xs)), Right(weights).predict(xs),
          note="some sums are ±1000, whose tanh is ±1")
    shows_nan(exam, lambda: [(model_of_nan(exam)[1], only_at((2, 3, 4), 0), "what predict gives")])
    for which, where in enumerate((np.s_[:, 1:], np.s_[:, 1:], ..., np.s_[..., 0], np.s_[..., 0]), 1):
        shows_nan(exam, partial(scores_of_nan, exam, which, where))
    for scales in SCALES:
        exam.case()
        weights = scaled(scales, *weights_of(exam))
        xs, _ = ids(exam, weights, 2, 2)
        agree(exam, model_with(exam, weights).call("predict", exam.put("xs", xs)), Right(weights).predict(xs),
              note=SMALL_AND_LARGE, least=1e-6)
    exam.case()
    weights = weights_of(exam, 6, 2, 3)
    weights[0][:, 0], weights[1][0], weights[3][...] = 10, -2, 20
    xs, _ = ids(exam, weights, 2, 2)
    agree(exam, model_with(exam, weights).call("predict", exam.put("xs", xs)), Right(weights).predict(xs),
          note="x @ Wx and b are large, but not their sum")


def scores_of_nan(exam, which, where):
    """Have a model predict where a number of a parameter is nan, for `shows_nan`."""
    weights = weights_of(exam, 4, 2, 3)
    weights[which].flat[0] = np.nan
    scores = model_with(exam, weights).call("predict", ids(exam, weights, 2, 3)[0])
    yield scores, only_at((2, 3, 4), where), scores.name


def model_of_nan(exam):
    """Have a model predict where a number of one word's vector is nan; return it, the scores, and ids and targets."""
    weights = weights_of(exam, 4, 2, 3)
    weights[0][1, 0] = np.nan
    model, window = model_with(exam, weights), (np.array([[1, 2, 3], [0, 2, 3]]), ids(exam, weights, 2, 3)[1])
    return model, model.call("predict", window[0]), window


def loss_of_nan(exam):
    """Return such a model, and its loss; that is None where the scores hide the nan, which has its own criterion."""
    model, scores, window = model_of_nan(exam)
    if has_nan(scores, only_at((2, 3, 4), 0)):
        return model, model.forward(*window)
    return model, None


def grads_of_nan(exam):
    """Go back where the loss is nan, for `shows_nan`; that it is has its own criterion."""
    model, loss = loss_of_nan(exam)
    if loss and has_nan(loss, only_at((), ...)):
        model.backward()
        names = [f"{model.name}.grads[{i}]" for i in range(6)]
        for i, (part, shape) in enumerate(zip(model.attribute("grads").parts(*names), shapes_of(4, 2, 3), strict=True)):
            yield part, only_at(shape, ... if i else np.s_[1:]), part.name


@criterion("MyRnnlm", "forward", 1, "forward gives the mean loss, and ignores targets of -1")
def gives_loss(exam):
    works_with_params(exam)
    for N, T, *sizes in ((2, 3), *large_sizes(exam)[:3]):  # widths are seen in the scores
        exam.case()
        while True:
            weights = weights_of(exam, *sizes)
            weights[4] *= 100 if N > 9 else 1  # nothing is capped
            xs, ts = ids(exam, weights, N, T)
            ts[0, 0], ts[-1, T // 2:] = 0, -1
            scores = Right(weights).predict(xs)
            right = np.mean([math.log(np.exp(scores[n, t]).sum()) - scores[n, t, ts[n, t]]
                             for n, t in np.argwhere(ts >= 0)])
            if sizes or abs(round(right, 3) / right - 1) > 6e-5:  # else a loss that is rounded would pass
                break
        loss = model_with(exam, weights).forward(exam.put("xs", xs), exam.put("ts", ts))
        agree(exam, loss, right, note="the mean over the targets that aren't -1")
        if not sizes and not exam.has_failed():
            exam.hold(loss.value.itemsize > 2 and abs(loss.value / right - 1) < 3e-5, loss.name,
                      f"is {loss.value:.6g}, expected {right:.6g}", note="it has the precision of float32")
    exam.case()
    weights = weights_of(exam)
    weights[4] *= 1e4  # scores of thousands, whose exponentials are infinite, or 0
    xs, ts = ids(exam, weights, 2, 3)
    ts[0, 0] = -1
    loss = model_with(exam, weights).forward(exam.put("xs", xs), exam.put("ts", ts))
    agree(exam, loss, Right(weights).forward(xs, ts), note="scores of thousands")
    exam.case()
    weights = weights_of(exam)
    weights[4] *= 0
    weights[5] *= 0
    weights[5][-1] = -120  # float32 has no exponential of that
    xs, ts = ids(exam, weights, 2, 3)
    ts[...] = len(weights[5]) - 1
    loss = model_with(exam, weights).forward(exam.put("xs", xs), exam.put("ts", ts))
    agree(exam, loss, 120 + math.log(len(weights[5]) - 1), note="all scores are 0, but that of each target is -120")
    shows_nan(exam, lambda: [(loss, only_at((), ...), "the loss") for loss in loss_of_nan(exam)[1:] if loss])
    holds_alike(exam, one_new("xs", "ts", *NAMES[:2], *NAMES[3:]), partial(model_with_new, goes_back=False))


def model_with_new(exam, new, *, goes_back=True):
    """Have a model go forward and back, then once more where some things are new; yield what comes of it.

    Wh is 0, for whether the state goes on, and ends, has other criteria.
    """
    weights = weights_of(exam)
    weights[2] *= 0
    model, placed = model_with(exam, weights), [exam.put(*each) for each in zip(
        ("xs", "ts"), ids(exam, weights, 2, 2), strict=True)]
    exam.watch(model.forward(*placed))
    if goes_back:
        model.backward()
    given = renew(placed, lambda: ids(exam, weights, 2, 2), new)
    drawn = weights_of(exam, *sizes_of(weights))
    weights = [other if name in new else weight for name, weight, other in zip(NAMES, weights, drawn, strict=True)]
    write(exam, model, weights)
    model.call("reset_state")
    yield from loss_and_grads(model, placed, Right(weights), given, only(new), goes_back=goes_back)


def loss_and_grads(model, placed, right, given, note, *, goes_back=True):
    """Yield what a model and the right one give of the same ids, as `holds_alike` wants it."""
    yield single(model.forward(*placed)), np.asarray(right.forward(*given), np.float32), "the loss", note
    if goes_back:
        model.backward()
        grads = single(model.attribute("grads"))
        yield grads, tuple(grad.astype(np.float32) for grad in right.grads()), "grads", note


def begun_model(exam, how):
    """Have a model meet ids after others; yield what comes, as `holds_alike` wants it. See `after_a_beginning`."""
    at_first, later = BEGINNINGS.get(how, (lambda ids: ids[:, :1], np.copy))  # that N changes has criteria of its own
    weights = weights_of(exam, 8, 2, 3)
    model, right = model_with(exam, weights), Right(weights)
    first_xs, first_ts = map(at_first, ids(exam, weights, 2, 3))
    xs, ts = map(later, ids(exam, weights, 2, 3))
    first_ts[0, 0] = -1 if how == PLAIN else first_ts[0, 0]
    ts[0, 0] = -1
    exam.watch(model.forward(first_xs, first_ts))
    model.backward()
    model.call("reset_state")
    yield from loss_and_grads(model, (xs, ts), right, (xs, ts), f"ids were {how} at first")


@criterion("MyRnnlm", "forward", 1, "the state goes on from one call to the next")
def state_goes_on(exam):
    works_with_params(exam)
    for N, turns in ((1, (3, -1, -1)), (int(exam.rng.integers(2, 5)), (1, 4, -2, 1, -1, 1, -2))):
        exam.case()
        weights = weights_of(exam)
        model, right = model_with(exam, weights), Right(weights)
        for at, T in enumerate(turns):  # below 0 they are predicted
            if at == 3:  # an optimiser's step changes the weights, not the state
                h, weights = right.layers[1].h, weights_of(exam, *sizes_of(weights))
                write(exam, model, weights)
                right = Right(weights)
                right.layers[1].set_state(h)
            drawn, ts = ids(exam, weights, N, abs(T))
            if at == 0 or abs(T) != abs(turns[at - 1]):
                xs = drawn
                given = exam.put("xs", xs)
            elif T > 0:  # the same array, of which other ids may stand in now
                xs = drawn
                given.write(xs)
            if T < 0:
                agree(exam, model.call("predict", given), right.predict(xs))
                continue
            ts[0, -1] = -1 if at == 0 else ts[0, -1]
            ts[...] = -1 if T == 4 else ts
            expected = right.forward(xs, ts)
            loss = model.forward(given, exam.put("ts", ts))
            if (ts < 0).any():  # where some or all are ignored, the state goes on, and the loss has other criteria
                exam.watch(loss)
            else:
                agree(exam, loss, expected)
    exam.case()
    weights = scaled((1, 1, SMALL, 0, 1, 0), *weights_of(exam, 6, 2, 3))
    weights[0][0] = 0
    model, right = model_with(exam, weights), Right(weights)
    for xs in np.array([[1], [2]]), np.array([[0], [0]]):  # of that word comes nothing, of the state a little
        agree(exam, model.call("predict", exam.put("xs", xs)), right.predict(xs), note=SMALL_AND_LARGE, least=1e-6)
    shows_nan(exam, partial(later_scores_of_nan, exam))


def later_scores_of_nan(exam):
    """Have a model go on from a state that is nan, for `shows_nan`."""
    model, scores, _ = model_of_nan(exam)
    if has_nan(scores, only_at((2, 3, 4), 0)):
        scores = model.call("predict", np.array([[2], [3]]))
        yield scores, only_at((2, 1, 4), 0), scores.name


@criterion("MyRnnlm", "forward", 1, "reset_state starts from zeros again, and then N may be another")
def resets_state(exam):
    works_with_params(exam)
    weights = weights_of(exam)
    first, second = (exam.put(name, ids(exam, weights, 2, 2)[0]) for name in ("xs", "more_xs"))
    fresh = model_with(exam, weights)
    expected = [fresh.call("predict", given) for given in (first, second)]
    model = model_with(exam, weights)
    model.call("reset_state")
    for given, right in zip((first, second), expected, strict=True):
        before = model.call("predict", given)
        exam.equal(single(before), single(right), before.name,
                   note="as of a model that wasn't reset, for there was no state")
    for given in (first, exam.put("other_xs", ids(exam, weights, 3, 1)[0])):
        for _ in range(2 if given is first else 1):
            model.call("reset_state")
        out = model.call("predict", given)
        agree(exam, out, Right(weights).predict(given.value), note="after reset_state() the state is 0")
        if given is first:
            again = model.call("predict", second)
            exam.equal(single(again), single(before), again.name, note="the second call goes on, as it did before")
    exam.case()
    model, (xs, ts) = model_with(exam, weights), ids(exam, weights, 2, 2)
    losses = []
    for _ in range(2):
        losses.append(model.forward(exam.put("xs", xs), exam.put("ts", ts)))
        model.call("reset_state")
    exam.equal(single(losses[1]), single(losses[0]), losses[1].name, note="after reset_state() the state is 0")
    agree(exam, model.call("predict", exam.put("xs", xs)), Right(weights).predict(xs),
          note="after reset_state() the state is 0")
    weights = weights_of(exam, *sizes_of(weights))
    write(exam, model, weights)
    model.call("reset_state")
    agree(exam, model.call("predict", exam.put("xs", xs)), Right(weights).predict(xs),
          note="of the same ids after an update of params, as where one window is learned again and again")
    exam.new(*sizes_of(weights), Generator(1)).call("reset_state")  # where there is no state yet
    exam.case()
    for got, right, what, note in windows_of_other_sizes(exam, goes_back=False):
        exam.equal(got, right, what, note=note)


def windows_of_other_sizes(exam, goes_back):
    """Have a model go through windows, each after reset_state(); the first two are of the same sizes.

    Yield what comes of each, as `loss_and_grads` does.
    """
    weights = weights_of(exam)
    model, right = model_with(exam, weights), Right(weights)
    for N, T in ONE_SIZE_STAYS[:1] + ONE_SIZE_STAYS:
        window = ids(exam, weights, N, T)
        model.call("reset_state")
        right.reset_state()
        yield from loss_and_grads(model, window, right, window, "after reset_state(), with another N or T",
                                  goes_back=goes_back)


def back_from_other_sizes(exam):
    """Require the gradients of windows of other sizes, where those are right of a window like the first.

    That the state ends, and that N may be another, has a criterion of its own.
    """
    exam.case()
    seen = exam.attempt(lambda: list(windows_of_other_sizes(exam, goes_back=True))) or ()
    gradients = seen[1::2]  # each after the loss of its window
    plain, others = gradients[:2], gradients[2:]
    if not plain or not all(same(grads.value, right) for grads, right, *_ in plain):
        exam.leave_to_others(Difference("grads", "aren't right after reset_state()"))
        return
    for grads, right, what, note in others:
        exam.equal(grads, right, what, note=note)


@criterion("MyRnnlm", "backward", 2, "backward sets the gradient of every parameter, in the order of params")
def sets_gradients(exam):
    works_with_params(exam)
    for N, T, *sizes in ((2, 3), (3, 1), *large_sizes(exam)):
        exam.case()
        weights = weights_of(exam, *sizes)
        model, right = model_with(exam, weights), Right(weights)
        xs, ts = ids(exam, weights, N, T)
        if sizes:
            ts[-1, T // 2:] = -1
        right.forward(xs, ts)
        model.forward(exam.put("xs", xs), exam.put("ts", ts))
        model.backward()
        agree_on_grads(exam, model, right.grads())
    for scales in SCALES:
        exam.case()
        weights = scaled(scales, *weights_of(exam))
        model, right, (xs, ts) = model_with(exam, weights), Right(weights), ids(exam, weights, 2, 2)
        expected, loss = right.forward(xs, ts), model.forward(exam.put("xs", xs), exam.put("ts", ts))
        if same(single(loss).value, np.asarray(expected, np.float32)):  # that it is has criteria of its own
            model.backward()
            agree_on_grads(exam, model, right.grads(), SMALL_AND_LARGE, least=SMALL)
    nothing = np.full_like(ts, -1)
    agree(exam, model.forward(exam.put("xs", xs), exam.put("ts", nothing)), 0, note="all targets are ignored")
    spoil_grads(exam, model, weights)
    model.backward()
    agree_on_grads(exam, model, map(np.zeros_like, weights), "all targets were ignored")
    back_from_other_sizes(exam)
    holds_alike(exam, one_new("xs", "ts", *NAMES[:2], *NAMES[3:]), model_with_new)
    holds_alike(exam, [(how,) for how, _ in OF_INPUTS], begun_model)
    holds_alike(exam, crossed(exam, 2, 3, 2, 3, more=3), steps_of_a_model, may_differ=(LIST_AT_START,))
    shows_nan(exam, partial(grads_of_nan, exam))


def spoil_grads(exam, model, weights):
    """Leave in a model's gradients what is left of numbers that were too large."""
    fill(model.attribute("grads"), [spoilt(exam.rng, weight.shape) for weight in weights])


def steps_of_a_model(exam, sizes, _, __, has_repeats, has_ignored, is_reset):
    """Go forward and back with a model, several times; yield what is to be equal, as `holds_alike` wants it."""
    N, T, D, H = sizes
    V = int(exam.rng.integers(9, 12))
    model = exam.new(V, D, H, Generator(int(exam.rng.integers(1000))))
    fill(model.attribute("params"), weights_of(exam, V, D, H))
    kept = model.attribute("grads")

    def window():
        xs, ts = exam.rng.permutation(V)[:N * T].reshape(N, T), exam.rng.integers(V, size=(N, T))
        if has_repeats:
            xs[-1, -1] = xs[0, 0]
        if has_ignored:
            ts[-1, -1] = -1
        return xs, ts

    given = [exam.put(name, array) for name, array in zip(("xs", "ts"), window(), strict=True)]
    model.forward(*given)
    model.backward()
    grads = single(model.attribute("grads"))
    model.backward(2.5)
    scaled = single(model.attribute("grads"))
    model.backward()
    yield single(model.attribute("grads")), grads, "grads", "of another backward(), after backward(2.5)"
    if is_reset:
        model.call("reset_state")
    model.forward(*window())
    model.backward()
    model.call("reset_state")
    model.forward(*given)  # of another state one number, the loss, could be the same by chance
    model.backward(2.5)
    yield single(model.attribute("grads")), scaled, "grads", "as before, for after reset_state() the state is 0"
    yield single(kept.now()), scaled, LIST_AT_START, "it must show the new ones"
    yield from still(exam, given)


@criterion("MyRnnlm", "backward", 1, "backward(dout) multiplies by dout; each backward starts anew")
def scales_gradients(exam):
    works_with_params(exam)
    weights = weights_of(exam)
    model, right = model_with(exam, weights), Right(weights)
    many_douts = 1e8, 1e-9, 2.5, -0.5, 0, *any_douts(exam)  # nothing is clipped
    for T, ignored, douts in ((2, 0, many_douts), (3, 1, (2.5,)), (3, 0, (2.5,))):
        xs, ts = ids(exam, weights, 2, T)
        ts[0, :ignored] = -1
        right.forward(xs, ts)
        model.forward(exam.put("xs", xs), exam.put("ts", ts))
        for dout in douts:
            if dout == 0:
                spoil_grads(exam, model, weights)
            model.backward(dout)
            agree_on_grads(exam, model, right.grads(dout), f"dout = {dout}", least=min(abs(dout) or 1, LEAST))
        spoil_grads(exam, model, weights)
        model.backward(dout)
        agree_on_grads(exam, model, right.grads(dout), f"dout = {dout} again, after grads held other numbers")
    tell_apart(exam, model, xs)
    outs = []
    for goes_back in False, True:
        exam.case()
        model = model_with(exam, weights)
        exam.watch(model.forward(xs, ts))
        if goes_back:
            model.backward()
        outs.append(single(model.call("predict", xs)))
    exam.equal(*reversed(outs), "what predict gives after backward", note="the state goes on, as without backward")


@criterion("MyRnnlm", "contract", 1, "params and grads are flat lists of six arrays, in the order of the layers")
def flat_lists(exam):
    sizes = any_sizes(exam)
    exam.new(*sizes, Generator(2))  # each model has lists of its own
    model = exam.new(*sizes, Generator(3))
    params, grads = model.attribute("params"), model.attribute("grads")
    if right_shapes(exam, params, "params", sizes) and right_shapes(exam, grads, "grads", sizes):
        exam.hold(all(p.dtype == g.dtype for p, g in zip(params.value, grads.value, strict=True)), "grads",
                  "should have the dtypes of params")


@criterion("MyRnnlm", "contract", 1, "they hold the layers' own arrays, also after reset_state: what is written into "
           "params counts")
def lists_share(exam):
    works_with_params(exam)
    weights = weights_of(exam)
    weights[2] *= 0  # whether the state goes on, and is 0 after reset_state, has criteria of its own
    model, right = model_with(exam, weights), Right(weights)
    for since in ("at the start", "after the first backward"):
        kept = model.keep_grads(6)
        for grad, weight in zip(kept, weights, strict=True) if since != "at the start" else ():
            grad.write(spoilt(exam.rng, weight.shape))
        xs, ts = ids(exam, weights, 2, 2)
        right.forward(xs, ts)
        model.forward(exam.put("xs", xs), exam.put("ts", ts))
        model.backward()
        exam.watch(model.forward(*(exam.put(f"other_{name}", array) for name, array in zip(
            ("xs", "ts"), ids(exam, weights, 2, 2), strict=True))))  # which is none of grads' business
        exam.watch(model.call("predict", xs))
        for i, expected in enumerate(right.grads()):
            if i != 2 or since == "at the start":
                agree(exam, kept[i].now(), expected, f"the array that grads[{i}] was {since}",
                      note="an optimiser that keeps the list must see the new gradient")
    wanted = right.grads()
    newer = weights_of(exam, *sizes_of(weights))
    newer[2] *= 0
    write(exam, model, newer)
    agree(exam, model.call("predict", xs), Right(newer).predict(xs),
          note="params were written into since the last forward or predict")
    for i, drawn in enumerate(weights_of(exam, *sizes_of(weights))):
        newer[i] = drawn if i != 2 else newer[i]
        write(exam, model, newer)
        agree(exam, model.call("predict", xs), Right(newer).predict(xs), note=f"{NAMES[i]} alone has changed")
    model.call("reset_state")
    for i, expected in enumerate(wanted):
        if i != 2:
            agree(exam, kept[i].now(), expected, f"the array that grads[{i}] was before reset_state",
                  note="nothing but backward writes into grads")
    weights = weights_of(exam, *sizes_of(weights))
    weights[2] *= 0
    write(exam, model, weights)
    xs, ts = ids(exam, weights, 2, 2)
    right = Right(weights)
    agree(exam, model.forward(exam.put("xs", xs), exam.put("ts", ts)), right.forward(xs, ts),
          note="params were written into after reset_state(), which leaves the layers as they are")
    model.backward()
    for i, expected in enumerate(right.grads()):
        if i != 2:
            agree(exam, model.grad(i), expected, f"grads[{i}]",
                  note="after reset_state(), which leaves the layers as they are")


@criterion("MyRnnlm", "contract", 1, "every weight is drawn by itself, from rng alone, and of a sensible size")
def draws_from_rng(exam):
    sizes = many(exam, 31, 50), many(exam, 11, 20), many(exam, 25, 30)
    seed, another = exam.rng.permutation(1000)[:2].tolist()
    made = []
    for number in (seed, seed, another):
        params = exam.new(*sizes, Generator(number)).attribute("params")
        if not right_shapes(exam, params, "params", sizes):
            return
        made.append(params.value)
    one, again, other = made
    V, _, H = sizes
    square = exam.new(V, H, H, Generator(seed)).attribute("params")
    if not right_shapes(exam, square, "params", (V, H, H)):
        return
    exam.hold(all(map(np.array_equal, one, again)), "params", "differ between two models of the same seed",
              note="draw from rng, not from np.random")
    rng = exam.put("rng", Generator(seed))
    first, *more = (exam.new(*sizes, rng).attribute("params") for _ in range(3))
    for i in MATRICES:
        exam.hold(not np.array_equal(one[i], other[i]), NAMES[i], "is the same for another seed",
                  note="draw it from rng")
        exam.hold(np.ptp(one[i]) > 0, NAMES[i], "holds the same number everywhere")
        exam.hold(np.ptp(without_diagonal(one[i])) > 1e-6 * size_of(one[i]), NAMES[i],
                  "holds the same number everywhere but on its diagonal", note="draw each number by itself")
        exam.hold(1e-6 <= size_of(one[i]) <= LARGEST, NAMES[i], f"holds numbers of size {size_of(one[i]):.3g}",
                  note="draw normal numbers, and divide by the root of its rows")
        exam.hold(is_full(one[i]), NAMES[i], "has rows or columns that are nearly multiples of others",
                  note="draw each number by itself")
        exam.hold(all(len(np.unique(side, axis=0)) > 0.75 * len(side) for side in (one[i], one[i].T)), NAMES[i],
                  "has rows or columns that are alike", note="draw each number by itself")
        exam.hold(likeness(one[i], other[i]) < ALIKE, NAMES[i], "is nearly the same for another seed",
                  note="draw all of it from rng")
        exam.hold(not share_a_row(one[i], other[i], *(model.value[i] for model in more)), NAMES[i],
                  "has a row or a column that is the same whatever is drawn", note="draw all of it from rng")
        if i == 2:
            exam.hold(likeness(one[i], one[i].T) < ALIKE, NAMES[i], "is symmetric, or nearly so",
                      note="draw each number by itself")
        for j in MATRICES[:MATRICES.index(i)]:
            exam.hold(likeness(one[i], one[j]) < ALIKE, NAMES[i], f"holds the numbers of {NAMES[j]} again",
                      note="draw each matrix anew, from the same rng")
            alike = max(likeness(square.value[i], each) for each in (square.value[j], square.value[j].T))
            exam.hold(alike < ALIKE, NAMES[i], f"holds the numbers of {NAMES[j]} again, where D is H",
                      note="draw each matrix anew, from the same rng")
    exam.hold(np.linalg.norm(one[2], 2) <= MOST_GROWTH, NAMES[2], f"makes a state grow up to "
              f"{np.linalg.norm(one[2], 2):.3g} times in one step, so that tanh is flat and nothing is learned",
              note="draw normal numbers, and divide by the root of its rows")
    for i, j, size, most in ((0, 1, size_of(one[0]) * size_of(one[1]) * math.sqrt(len(one[1])), MOST_SUM),
                             (4, None, size_of(one[4]) * math.sqrt(H), MOST_SCORE)):
        exam.hold(size <= most, NAMES[i] if j is None else f"{NAMES[i]} @ {NAMES[j]}", f"begins with numbers of size "
                  f"{size:.3g}, with which nothing is learned", note="divide normal numbers by the root of its rows")
    for i in VECTORS:
        exam.hold(not (one[i].any() and np.array_equal(one[i], other[i])), NAMES[i], "is the same for another seed",
                  note="it may be 0; if not, draw it from rng")
        exam.hold(size_of(one[i]) <= 2, NAMES[i], f"holds numbers of size {size_of(one[i]):.3g}",
                  note="it may be 0, or drawn as small as the weights")
    exam.hold(not same(first.value, more[0].value), "params", "are the same for two models, one made after the other "
              "with one rng", note="draw from rng itself, not from a copy")


# Of the largest singular value of Wh, 25 to 30 wide. It is 2 if normal numbers are divided by the root of its rows, and
# at most 7 if they lie between -1 and 1; at least 8 if they aren't divided, and 11 if they lie between 0 and 1.
MOST_GROWTH = 7.5

# What the word vectors make in the first sums, and the last matrix of states of ±1. With 47 for the scores, and 270 for
# the sums, the model of the exercise did worse than a bigram; with 16 and 60 it learned.
MOST_SCORE, MOST_SUM = 18, 120

# Of the numbers of a matrix. The model of the exercise learns as well with word vectors as large as that.
LARGEST = 10

# Of 231 pairs of numbers or more, drawn independently, the correlation is below 0.07 twice in three times. That it
# reaches ALIKE happens less than once in 10 ** 13 times.
ALIKE = 0.5


def likeness(one, other):
    """How much the numbers of two matrices, as far as both reach, go together: the size of their correlation."""
    count = min(one.size, other.size)
    with np.errstate(all="ignore"):
        a, b = (without_diagonal(matrix).ravel()[:count] for matrix in (one, other))
        a, b = a - a.mean(), b - b.mean()
        return abs(a @ b) / max(math.sqrt(a @ a) * math.sqrt(b @ b), 1e-300)


def without_diagonal(matrix):
    """A matrix without what all of its diagonal has above the rest: the identity and noise are a known start."""
    matrix = matrix.astype(np.float64)
    above = (matrix.diagonal().mean() - matrix.mean()) / (1 - 1 / max(matrix.shape))  # the mean counts the diagonal too
    return matrix - above * np.eye(*matrix.shape)


def share_a_row(*matrices):
    """Whether these have a row or a column in common, at the same place."""
    return any(bool(np.all([np.array_equal(side[0], other) for other in side[1:]]))
               for sides in (zip(*matrices, strict=True), zip(*(m.T for m in matrices), strict=True)) for side in sides)


def size_of(array):
    """The root of the mean square."""
    return math.sqrt(np.mean(np.square(array, dtype=np.float64)))


def is_full(matrix):
    """Whether a matrix of floats, but for their mean, has at least half of the rank that it could have."""
    if not np.isfinite(matrix).all():
        return False
    values = np.linalg.svd(matrix.astype(np.float64) - matrix.mean(dtype=np.float64), compute_uv=False)
    return bool(values[len(values) // 2] > 0.1 * values[0])


@criterion("MyRnnlm", "contract", 1, "ids, targets and scores that were given stay as they are; models don't disturb "
           "each other")
def model_leaves_arguments(exam):
    works_with_params(exam)
    weights = weights_of(exam)
    weights[2] *= 0  # whether the state goes on has criteria of its own
    model, right = model_with(exam, weights), Right(weights)
    (first, _), (xs, ts) = ids(exam, weights, 2, 2), ids(exam, weights, 2, 2)
    ts[0, 0] = -1
    given = exam.put("first_xs", first), exam.put("xs", xs), exam.put("ts", ts)
    out = model.call("predict", given[0])
    expected = right.predict(first)
    agree(exam, out, expected)
    agree(exam, model.forward(*given[1:]), right.forward(xs, ts))
    model.backward()
    exam.watch(model.forward(*(exam.put(f"other_{name}", array) for name, array in zip(
        ("xs", "ts"), ids(exam, weights, 2, 2), strict=True))))
    untouched(exam, given)
    agree(exam, out.now(), expected, note="what predict gave must not change later")
    beside_another(exam)


def beside_another(exam):
    """Require of two models that take turns that neither disturbs the other."""
    exam.case()
    sizes, turns = any_sizes(exam), []
    for more in 0, 1:
        weights = weights_of(exam, *(size + more for size in sizes))
        turns.append((model_with(exam, weights), Right(weights), *ids(exam, weights, 2 + more, 3 + more)))
    for model, right, xs, ts in turns:
        agree(exam, model.forward(exam.put("xs", xs), exam.put("ts", ts)), right.forward(xs, ts),
              note=f"of {model.name}, whatever another model does meanwhile")
    for model, *_ in turns:
        model.backward()
    for model, right, *_ in turns:
        agree_on_grads(exam, model, right.grads(), "whatever another model does meanwhile")
    exam.case()
    older, newer = (exam.new(*sizes_of(weights), Generator(int(exam.rng.integers(1000)))) for _ in range(2))
    xs = exam.put("xs", ids(exam, weights, 2, 3)[0])
    older.call("predict", xs)
    first, second = newer.call("predict", xs), newer.call("predict", xs)
    older.call("reset_state")
    third = newer.call("predict", xs)
    goes_on, starts_anew = (np.array_equal(first.value, out.value) == is_alike
                            for out, is_alike in ((second, False), (third, True)))
    exam.hold(not (goes_on and starts_anew), newer.name, f"starts from zeros again, though only {older.name} was reset",
              note="keep the layers in self")


# --- my_perplexity --------------------------------------------------------------------------------------------------


def perplexity_of(losses, counts):
    return np.array(math.exp(sum(n * loss for n, loss in zip(counts, losses, strict=True)) / sum(counts)))


def lists_untouched(exam, placed, before):
    for thing, values in zip(placed, before, strict=True):
        exam.equal(thing.now(), tuple(map(np.array, values)), thing.name, note="arguments must stay untouched")


@criterion("my_perplexity", "values", 1, "of one batch it is the exponential of the loss")
def of_one_batch(exam):
    for words in (8, 1, 50):
        exam.case()
        result = exam.new([math.log(words)], [6])
        exam.equal(result, np.array(float(words)), result.name, note=f"a loss of log {words}: {words} equal choices")
    for least, most in ((2, 4), (30, 40), (200, 300), (600, 690), (699.5, 699.9)):
        exam.case()
        losses, counts = [round(float(exam.rng.uniform(least, most)), 2)], [int(exam.rng.integers(2, 30))]
        placed = exam.put("losses", losses), exam.put("counts", counts)
        result = exam.new(*placed)
        exam.equal(result, perplexity_of(losses, counts), result.name)
        lists_untouched(exam, placed, (losses, counts))


@criterion("my_perplexity", "values", 1, "of several batches of one size it is the exponential of the mean loss")
def of_equal_batches(exam):
    result = exam.new([math.log(2), math.log(8)], [5, 5])
    exam.equal(result, np.array(4.0), result.name, note="the mean of log 2 and log 8 is log 4")
    exam.case()
    losses = exam.rng.uniform(0.5, 4, 4).round(2).tolist()
    result = exam.new(losses, [20] * 4)
    exam.equal(result, perplexity_of(losses, [20] * 4), result.name)
    exam.case()
    losses = (SMALL * exam.rng.uniform(1, 2, 2)).tolist()
    exam.equal(exam.new(losses, [20] * 2), perplexity_of(losses, [20] * 2), "the perplexity", note="small losses count")
    exam.case()
    losses = (8 + exam.rng.permutation(400)[:100] / 100).tolist()  # the product of their exponentials is infinity
    result = exam.new(losses, [20] * 100)
    exam.equal(result, perplexity_of(losses, [20] * 100), result.name, note="100 batches")


@criterion("my_perplexity", "values", 2, "each loss weighs as much as the number of targets that it is the mean of")
def of_unequal_batches(exam):
    result = exam.new([math.log(2), math.log(16)], [3, 1])
    exam.equal(result, np.array(2.0 ** 1.75), result.name, note="(3 log 2 + log 16) / 4 is 7/4 log 2")
    result = exam.new([math.log(2), math.log(16)], [1, 3])
    exam.equal(result, np.array(2.0 ** 3.25), result.name, note="the same losses: (log 2 + 3 log 16) / 4 is 13/4 log 2")
    exam.case()
    losses, counts = exam.rng.uniform(0.5, 4, 4).round(2).tolist(), exam.rng.permutation([3, 10, 40, 7]).tolist()
    result = exam.new(losses, counts)
    exam.equal(result, perplexity_of(losses, counts), result.name)
    exam.case()
    batches = many(exam)
    losses = exam.rng.uniform(0.5, 9, batches).round(2).tolist()
    losses[0] = losses[-1] = 9.5
    counts = exam.rng.integers(1, 10_000, batches).tolist()
    counts[0], counts[1] = counts[-1], 70_000
    result = exam.new(losses, counts)
    exam.equal(result, perplexity_of(losses, counts), result.name,
               note=f"{batches} batches, one of 70,000 words")
    exam.case()
    losses = (exam.rng.uniform(4, 6) + 1e-5 * np.array([0, 1, 3])).tolist()
    result = exam.new(losses, [1, 2, 5])
    exam.equal(result, perplexity_of(losses, [1, 2, 5]), result.name, note="losses that differ by 1e-5")
    exam.case()
    losses, counts = [1.5, 1.75, 8.5], [many(exam, 200, 300), 180, 3]
    result = exam.new(losses, counts)
    exam.equal(result, perplexity_of(losses, counts), result.name, note="the last batch is small")
    shows_nan(exam, lambda: [(exam.new([1.5, math.nan, 2.0], [3, 4, 5]), only_at((), ...), "the perplexity")])


@criterion("my_perplexity", "edge", 1, "a batch without targets changes nothing")
def of_empty_batches(exam):
    losses, counts = exam.rng.uniform(1, 4, 3).round(2).tolist(), [12, 0, 5]
    losses[1] = 0.0
    placed = exam.put("losses", losses), exam.put("counts", counts)
    result = exam.new(*placed)
    exam.equal(result, perplexity_of(losses, counts), result.name, note="its loss is 0.0 and its count 0")
    lists_untouched(exam, placed, (losses, counts))
    exam.case()
    result = exam.new([0.0, 2.0], [3, 1])
    exam.equal(result, np.array(math.exp(0.5)), result.name, note="a loss of 0.0 over three targets counts")
    exam.case()
    result = exam.new([3.0, 1.0, *losses, 0.5], [0, 0, *counts, 0])
    exam.equal(result, perplexity_of(losses, counts), result.name)


# --- last looks -----------------------------------------------------------------------------------------------------


class Scores(last_look.Kind):
    """What `MyTimeAffine` may be asked for."""

    names, given, dout, right = ("W", "b"), ("xs",), "dys", TimeAffine
    against = last_look.against(forward="scores_of_any_size", backward="affine_dtype", kept="affine_shares")

    def shapes(self, run):
        H, V = run.size(), run.size()
        return (H, V), (V,)

    def parameter(self, run, shape):
        return run.floats(*shape)

    def inputs(self, run, layer, last):
        shape = last_look.shape_like(last, run, (run.size(), run.size(), layer.group.shapes[0][0]))
        return [run.floats(*shape).astype(layer.dtype)]


@criteria.last_look("MyTimeAffine", against="affine_shares")
def look_at_scores(exam):
    last_look.look_at_layers(exam, Scores())


class Model:
    """A model of the candidate's beside the right one."""

    def __init__(self, run):
        self.run, self.exam = run, run.exam
        self.shapes = shapes_of(int(run.rng.integers(1, 9)), run.size(), run.size())
        self.right = Right([np.zeros(shape) for shape in self.shapes])
        V, D, H = sizes_of(self.right.weights)
        self.model = run.exam.new(V, D, H, Generator(int(run.rng.integers(1000))))
        self.N, self.given, self.may_go_back = None, None, False
        self.update()

    def turn(self):
        """Do one thing that a caller may do."""
        if self.may_go_back and self.run.chance(0.5):
            self.backward()
        elif self.run.chance(0.3):
            self.run.pick(self.update, self.spoil, self.reset)()
        else:
            self.forward(self.run.chance(0.6))

    def update(self):
        """Write new weights into params, as an optimiser does."""
        self.exam.turn_to("lists_share")
        params = self.model.attribute("params")
        scale = 0.5 / np.sqrt(max(3, *self.shapes[0][1:], *self.shapes[2]))
        one = self.given and self.run.pick(None, self.run.rng.integers(6))
        for i, (right, shape) in enumerate(zip(self.right.weights, self.shapes, strict=True)):
            if one in (None, i):
                right[...] = self.run.floats(*shape, scale=scale if i in (1, 2) else 1)
                params.item(i).write(right.copy())
        self.may_go_back = False

    def spoil(self):
        """Change the gradients, as clipping does."""
        grads = self.model.attribute("grads")
        for i in self.run.pick(range(6), [int(self.run.rng.integers(6))]):
            grads.item(i).write(self.run.pick(CHANGED, spoilt(self.run.rng, self.shapes[i])))

    def reset(self):
        self.exam.turn_to("resets_state")
        self.model.call("reset_state")
        self.right.reset_state()
        self.N, self.may_go_back = None, False

    def forward(self, has_targets):
        """Compute scores, or a loss, of ids: new ones, in the same array or in another, or the same once more."""
        run, V = self.run, self.shapes[0][0]
        shape = self.given[0].value.shape if self.given and run.chance(0.5) else (run.size(), run.size())
        shape = (self.N or shape[0], shape[1])
        xs, ts = run.rng.integers(V, size=shape), run.rng.integers(V, size=shape)
        ts[run.rng.random(shape) < run.pick(0, 0.4, 0.8)] = -1
        if self.given and run.chance(0.5) and self.given[0].value.shape == shape:
            if run.chance(0.3):
                xs = self.given[0].value
            for thing, array in zip(self.given, (xs, ts), strict=True):
                thing.write(array)
                thing.value = array
                run.keep(thing, array, exact=True)
        else:
            self.given = run.put("xs", xs, ("C",)), run.put("ts", ts, ("C",))
        self.N = shape[0]
        if has_targets:
            self.exam.turn_to("gives_loss")
            agree(self.exam, self.model.forward(*self.given), self.right.forward(xs, ts), note=last_look.NOTE, least=1)
        else:
            self.exam.turn_to("state_goes_on")
            out = self.model.call("predict", self.given[0])
            agree(self.exam, out, self.right.predict(xs), note=last_look.NOTE, least=1)
            run.keep(out, out)
        self.may_go_back = has_targets

    def backward(self):
        dout = self.run.pick((), (), (2.5,), (-0.5,), (0.0,), any_douts(self.exam)[:1])
        self.exam.turn_to("scales_gradients")
        self.model.backward(*dout)
        agree_on_grads(self.exam, self.model, self.right.grads(*dout), last_look.NOTE,
                       least=max(map(abs, dout), default=1))


@criteria.last_look("MyRnnlm", against="model_leaves_arguments")
def look_at_models(exam):
    for turns in last_look.TURNS:
        run = last_look.Run(exam)
        models = [Model(run) for _ in range(1 if turns <= 4 else 2)]
        for _ in range(turns):
            run.pick(*models).turn()
        run.look_back("model_leaves_arguments")


@criteria.last_look("my_perplexity", against="of_equal_batches")
def look_at_perplexities(exam):
    for _ in range(12):
        exam.case()
        batches = int(exam.rng.choice([1, 2, 3, 4, 300]))
        losses = exam.rng.uniform(0, exam.rng.choice([1, 5, 20]), batches).round(2)
        most = exam.rng.choice([2, 30, 5000 if batches < 5 else 60])  # who goes target by target has time for these
        counts = exam.rng.integers(0, most, batches)
        if exam.rng.random() < 0.4:
            counts[:] = exam.rng.integers(1, 100)
        if exam.rng.random() < 0.3:
            losses[:] = losses[0]
        counts[0] += not counts.any()
        losses[counts == 0] = 0
        given = losses.tolist(), counts.tolist()
        placed = exam.put("losses", given[0]), exam.put("counts", given[1])
        result = exam.new(*placed)
        exam.equal(result, perplexity_of(*given), result.name, note=last_look.NOTE)
        lists_untouched(exam, placed, given)


ASSIGNMENT = Assignment("06-rnnlm", ("MyTimeAffine", "MyRnnlm", "my_perplexity"), criteria, MISCONCEPTIONS,
                        lent={"MyRnnlm": ("layers", "time_layers")})
