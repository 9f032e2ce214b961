"""Criteria of 02-rnn. N batch, D word-vector width, H hidden width.

Evidence is of three kinds: numbers worked by hand, the reference, and loops or central differences that use neither.
By hand, tanh is a nuisance, so inputs are chosen where it is known: tanh(ln 2) = 3/5 and tanh(ln 3) = 4/5, and where
the sum z is 0, tanh is 0 and its slope is 1, so that the gradients are those of a linear cell, in whole numbers.
"""
import math
from functools import partial

import numpy as np

from rnnlm_ref.layers import RNN

from ..compare import kind, same
from ..exam import Assignment, CriteriaList
from ..misconceptions.rnn import MISCONCEPTIONS
from . import last_look
from .contract import (
    CHANGED,
    OF_INPUTS,
    OF_PARAMETERS,
    SMALL,
    SMALL_AND_LARGE,
    after_a_beginning,
    balanced,
    counts_when_large,
    crossed,
    has_nan,
    holds_alike,
    in_full,
    not_by_columns,
    one_for_each,
    one_new,
    only,
    only_at,
    renew,
    scaled,
    shows_nan,
    side_by_side,
    spoilt,
    still,
    untouched,
)

criteria = CriteriaList()
criterion = criteria.criterion

NAMES = ("Wx", "Wh", "b")
WHOLE = np.array([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0])
HUGE, TINY = 1e6, 1e-9  # upstream gradients of these sizes show whether anything is clipped or rounded
GRADS = ("grads[0]", "grads[1]", "grads[2]")
KNOWN = np.array([[math.log(2), -math.log(3)]])  # a sum z whose tanh is (3/5, -4/5)
LARGE = np.array([[1000.0, -1000.0]])  # a sum z whose tanh is (1, -1), as a float


def weights(exam, D, H, dtype=np.float64):
    """Draw Wx, Wh and b, with two decimals so that they print."""
    return tuple(exam.rng.uniform(-0.9, 0.9, shape).round(2).astype(dtype) for shape in ((D, H), (H, H), (H,)))


def named_weights(exam, D, H):
    """The same, each under its name."""
    return dict(zip(NAMES, weights(exam, D, H), strict=True))


def place(exam, params, suffix="", layout="C"):
    """Place parameters on the bench under their names; b is never laid out by columns, for it has one."""
    return [exam.put(f"{name}{suffix}", param, not_by_columns(layout) if param.ndim == 1 else layout)
            for name, param in zip(NAMES, params, strict=True)]


def draw(exam, *shape, dtype=np.float64):
    """Draw inputs or states between -1 and 1."""
    return exam.rng.uniform(-1, 1, shape).round(2).astype(dtype)


def upstream(exam, *shape, dtype=np.float64):
    """Draw an upstream gradient without zeros, so that every term counts."""
    values = exam.rng.uniform(-1.5, 1.5, shape)
    return (values + np.copysign(0.5, values)).round(2).astype(dtype)


def flat_weights(exam, D, H):
    """Draw parameters with which every sum is near 8 or -8, where tanh is nearly flat.

    Who measures slopes, in place of working them out, finds no more there than what rounding leaves of them.
    """
    Wx, Wh, b = weights(exam, D, H)
    return Wx / 10, Wh / 10, np.copysign(8, b)


def mirrored(exam, *shape):
    """Draw numbers in quarters, each beside its negative along the last axis, so that what they add up to is 0."""
    half = exam.rng.choice([-1, 1], (*shape, 1)) * exam.rng.integers(2, 6, (*shape, 1)) / 4
    return np.concatenate([half, -half], axis=-1)


def mirrored_weights(exam):
    """Draw parameters with which the sums of mirrored numbers, forward and back, are 0 as well; no sum z is."""
    w, v, p = exam.rng.integers(1, 3, 3) / 4
    b = mirrored(exam) + np.array([1, -1]) / 32  # x @ Wx and h @ Wh, of a mirrored h, are sixteenths
    return np.array([[w, -w], [-v, v]]), np.array([[p, -p], [-p, p]]), b


def whole(exam, *shape):
    """Draw whole numbers other than 0."""
    return WHOLE[exam.rng.integers(len(WHOLE), size=shape)]


def whole_weights(exam):
    """Draw Wx (3, 2), whose first two rows have a whole inverse, and Wh (2, 2), not symmetric."""
    Wx = np.array([[1, 0], [exam.rng.integers(1, 4), 1], whole(exam, 2)])
    Wh = whole(exam, 2, 2)
    Wh[0, 1] = Wh[1, 0] + 2 * exam.rng.integers(2) - 1
    return Wx, Wh


def inputs_for(exam, Wx, sums):
    """Draw x, one row for each row of `sums`, with x @ Wx = sums."""
    last = whole(exam, len(sums), 1)
    first = (sums - last @ Wx[2:]) @ np.array([[1, 0], [-Wx[1, 0], 1]])
    return np.hstack([first, last])


def slope_one(exam, N, remembering=False, comes_back_alike=False):
    """Draw a step in whole numbers whose sum z is 0 in every row: parameters, x, h_prev and dh_next.

    What comes back to the rows adds up to something other than 0; to the first two it may be alike.
    """
    Wx, Wh = whole_weights(exam)
    h_prev = whole(exam, N, 2) if remembering else np.zeros((N, 2))
    dh_next = whole(exam, N, 2)
    dh_next[0] *= 7
    if comes_back_alike:
        dh_next[1] = dh_next[0]
    return (Wx, Wh, np.zeros(2)), inputs_for(exam, Wx, -h_prev @ Wh), h_prev, dh_next


def reference(params, x, h_prev, dh_next):
    """Return h_next, dx, dh_prev and the gradients, by the reference."""
    cell = RNN(*params)
    return cell.forward(x, h_prev), *cell.backward(dh_next), *cell.grads


def alone(exam, params, inputs, douts, *earlier, **options):
    """Return what a new layer, with parameters of its own, gives forward and backward, and its gradients."""
    layer = exam.new(*place(exam, params, "_alone"), **options)
    for before in earlier:
        layer.forward(*before)
    return layer.forward(*inputs), layer.backward(*douts), [layer.grad(i) for i in range(3)]


def beside_another(exam, draw_turn, **options):
    """Require of two layers that share parameters, and of a third, that they don't disturb each other."""
    params = weights(exam, 2, 3)
    placed = place(exam, params)
    (*_, one), (*_, other) = side_by_side(exam, lambda: exam.new(*placed, **options), draw_turn,
                                          partial(alone, exam, params, **options), 3, options.get("stateful", False),
                                          lambda: exam.new(*place(exam, weights(exam, 3, 4, np.float32), "_other")))
    respond(exam, one, other, "input")


def near(exam, got, expected, what, note=""):
    """Require these numbers, in any float dtype; the dtype has a criterion of its own."""
    exam.equal(got, expected, what, note=note, any_float=True)


def is_alive(exam, thing, what):
    """Require an array that isn't zero everywhere; a comparison of an answer with itself would miss that."""
    exam.watch(thing)
    array = isinstance(thing.value, np.ndarray)
    exam.hold(array and thing.value.any(), what,
              "is zero everywhere" if array else f"should be an array, but is {kind(thing.value)}")


def is_other(exam, thing, other, what, which):
    """Require that it differs from what `other` inputs gave; a comparison of an answer with itself would miss that."""
    exam.watch(other)
    exam.hold(not same(thing.value, other.value), what, f"is the same for another {which}")


def respond(exam, grads, others, which):
    """Require gradients that aren't zero everywhere, and differ from what `others` are, which `which` gave."""
    for thing in (*grads, *others):
        exam.watch(thing)
    values, other_values = ([thing.value for thing in things] for things in (grads, others))
    arrays = all(isinstance(value, np.ndarray) for value in values)
    exam.hold(arrays and any(value.any() for value in values), "grads",
              "is zero everywhere" if arrays else "should hold arrays only")
    exam.hold(not all(map(same, values, other_values)), "grads", f"is the same for another {which}")


def is_pair(exam, result):
    """Require that backward returned two things, and name them."""
    two = isinstance(result.value, tuple) and len(result.value) == 2
    if not two:
        exam.watch(result)
    exam.hold(two, "what backward returns", f"should be the pair (dx, dh_prev), but is {kind(result.value)}")
    if two:
        exam.replay.write(f"dx, dh_prev = {result.name}")
    return two


# --- forward --------------------------------------------------------------------------------------------------------


@criterion("MyRNN", "forward", 1, "from the state 0, forward returns tanh(x @ Wx + b)")
def first_step(exam):
    Wx, Wh = whole_weights(exam)
    x, h_prev = whole(exam, 1, 3), np.zeros((1, 2))
    layer = exam.new(*place(exam, (Wx, Wh, (KNOWN - x @ Wx)[0])))
    near(exam, layer.forward(x, h_prev), np.array([[0.6, -0.8]]), "h_next",
         note="the sum is (ln 2, -ln 3), whose tanh is (3/5, -4/5)")
    near(exam, layer.forward(inputs_for(exam, Wx, LARGE), h_prev), np.array([[1.0, -1.0]]), "h_next",
         note="the sum is about (1000, -1000), whose tanh is (1, -1)")
    exam.case()
    x = whole(exam, 1, 3) + np.array([1000.1, 2000.7, 3000.9])  # float32 has none of them
    layer = exam.new(*place(exam, (Wx, Wh, (KNOWN - x @ Wx)[0])))
    near(exam, layer.forward(x, h_prev), np.array([[0.6, -0.8]]), "h_next", note="the sum is (ln 2, -ln 3)")
    exam.case()
    params = Wx, Wh, draw(exam, 2)
    layer = exam.new(*place(exam, params))  # the same, for what it did before is no state
    for x in draw(exam, 1, 3), np.zeros((1, 3)):
        near(exam, layer.forward(x, h_prev), RNN(*params).forward(x, h_prev), "h_next")


@criterion("MyRNN", "forward", 1, "the state before goes in as h_prev @ Wh")
def next_step(exam):
    Wx, Wh = whole_weights(exam)
    x, h_prev = whole(exam, 1, 3), np.array([[0.6, -0.8]])
    layer = exam.new(*place(exam, (Wx, Wh, (KNOWN - x @ Wx - h_prev @ Wh)[0])))
    near(exam, layer.forward(x, h_prev), np.array([[0.6, -0.8]]), "h_next",
         note="the sum is (ln 2, -ln 3), whose tanh is (3/5, -4/5)")
    exam.case()
    params, x = (Wx, Wh, draw(exam, 2)), draw(exam, 1, 3)
    layer = exam.new(*place(exam, params))
    for h_prev in draw(exam, 1, 2), draw(exam, 1, 2):
        near(exam, layer.forward(x, h_prev), RNN(*params).forward(x, h_prev), "h_next")
    if exam.attempt(lambda: layer.forward(np.nan * x, h_prev)):  # who checks numbers may refuse these
        near(exam, layer.forward(x, h_prev), RNN(*params).forward(x, h_prev), "h_next")


@criterion("MyRNN", "forward", 1, "the rows of a batch go through side by side, each with its own state")
def rows_apart(exam):
    Wx, Wh, b = weights(exam, 2, 3)
    x, h_prev = draw(exam, 4, 2), draw(exam, 4, 3)
    h_prev[0] = x[1] = h_prev[2, 0] = x[3, 0] = 0  # which is nothing special
    by_loops = [[math.tanh(b[j] + sum(h[i] * Wh[i, j] for i in range(3)) + sum(row[d] * Wx[d, j] for d in range(2)))
                 for j in range(3)] for row, h in zip(x, h_prev, strict=True)]
    layer = exam.new(*place(exam, (Wx, Wh, b)))
    near(exam, layer.forward(x, h_prev), np.array(by_loops), "h_next", note="computed number by number")


def sizes(exam):
    """Draw N, D and H, of which one is large and another 1."""
    N, D, H = exam.rng.integers((20, 17, 17), (41, 41, 25)).tolist()
    return (N, 2, 1), (1, D, 3), (2, 1, H)


@criterion("MyRNN", "forward", 1, "any N, D and H will do, N also from call to call; arrays need not be contiguous")
def forward_sizes(exam):
    params = weights(exam, 3, 3)
    params[2][0] = 6  # near 1, and not there
    layer = exam.new(*place(exam, params, layout="F"))
    for N, layout in ((3, "F"), (1, "C"), (4, "strided")):
        x, h_prev = draw(exam, N, 3), draw(exam, N, 3)
        h_next = layer.forward(exam.put(f"x{N}", x, layout), exam.put(f"h{N}", h_prev, layout))
        near(exam, h_next, RNN(*params).forward(x, h_prev), "h_next", note=f"N = {N}, D = H = 3")
    exam.case()
    params, x, h_prev = mirrored_weights(exam), mirrored(exam, 2), mirrored(exam, 2)
    near(exam, exam.new(*place(exam, params)).forward(x, h_prev), RNN(*params).forward(x, h_prev), "h_next",
         note="b, h_prev and x each add up to 0, and they aren't 0")
    for N, D, H in sizes(exam):
        exam.case()
        params, x, h_prev = [p / 3 for p in weights(exam, D, H)], draw(exam, N, D) / 3, draw(exam, N, H) / 3
        h_next = exam.new(*place(exam, params)).forward(x, h_prev)
        near(exam, h_next, RNN(*params).forward(x, h_prev), "h_next", note=f"N, D, H = {N}, {D}, {H}")
    holds_alike(exam, one_new("x", "h_prev", *NAMES), partial(step_with_new, goes_back=False))
    for scales in small_and_large():
        exam.case()
        *params, x, h_prev = scaled(scales, *weights(exam, 2, 3), draw(exam, 2, 2), draw(exam, 2, 3))
        near(exam, exam.new(*place(exam, params)).forward(x, h_prev), RNN(*params).forward(x, h_prev), "h_next",
             note=SMALL_AND_LARGE)
    for which in range(5):
        shows_nan(exam, partial(step_of_nan, exam, which))


def small_and_large():
    """Scales of Wx, Wh, b, x and h_prev: one of them is small, or all sums are, or some are small and some large."""
    one_is_small = [[SMALL if at == which else 1 for at in range(5)] for which in range(5)]
    return *one_is_small, (1, 1, SMALL, SMALL, SMALL), (50, 50, 1, 0.02, 0.02), (0.02, 0.02, 1, 50, 50)


def step_of_nan(exam, which):
    """Go forward where one number of x, h_prev, Wx, Wh or b is nan, for `shows_nan`."""
    arrays = [draw(exam, 2, 2), draw(exam, 2, 3), *weights(exam, 2, 3)]
    arrays[which].flat[0] = np.nan
    x, h_prev, *params = arrays
    yield (exam.new(*place(exam, params)).forward(x, h_prev), only_at((2, 3), 0 if which < 2 else np.s_[:, 0]),
           "h_next")


def step_back_of_nan(exam, which, number=np.nan):
    """Go back where one number of x, h_prev or dh_next is nan, or of the last infinite, for `shows_nan`."""
    params, inputs = weights(exam, 2, 3), (draw(exam, 2, 2), draw(exam, 2, 3), upstream(exam, 2, 3))
    inputs[which][0, 0] = number
    x, h_prev, dh_next = inputs
    layer = exam.new(*place(exam, params))
    if not has_nan(layer.forward(x, h_prev), only_at((2, 3), *[0] * (which < 2))):
        return
    dx, dh_prev = layer.backward(dh_next).parts("dx", "dh_prev")
    yield dx, only_at((2, 2), 0), "dx"
    yield dh_prev, only_at((2, 3), 0), "dh_prev"
    for i, columns in enumerate((np.s_[:, 0], np.s_[:, 0], 0)):
        yield layer.grad(i), only_at(params[i].shape, ... if which < 2 else columns), f"grads[{i}]"


# --- backward -------------------------------------------------------------------------------------------------------


def step_of_slope_one(exam, *which):
    """Take a step forward and back where the slope of tanh is 1; return the layer, the result and the inputs."""
    exam.case()
    params, x, h_prev, dh_next = slope_one(exam, 3, *which)
    layer = exam.new(*place(exam, params))
    exam.watch(layer.forward(x, h_prev))
    return layer, layer.backward(dh_next), (params, x, h_prev, dh_next)


SLOPE_ONE = "the sum z is 0, where tanh has slope 1, so dz is dh_next"


@criterion("MyRNN", "backward", 1, "db is the sum of dz over the batch")
def gradient_of_b(exam):
    for alike in False, True:
        layer, _, (_, _, _, dz) = step_of_slope_one(exam, False, alike)
        near(exam, layer.grad(2), np.ones(3) @ dz, "grads[2]", note=SLOPE_ONE)


@criterion("MyRNN", "backward", 1, "dWx is x.T @ dz")
def gradient_of_wx(exam):
    for alike in False, True:
        layer, _, (_, x, _, dz) = step_of_slope_one(exam, False, alike)
        near(exam, layer.grad(0), np.einsum("nd,nh->dh", x, dz), "grads[0]", note=SLOPE_ONE)


@criterion("MyRNN", "backward", 1, "dWh is h_prev.T @ dz")
def gradient_of_wh(exam):
    for alike in False, True:
        layer, _, (_, _, h_prev, dz) = step_of_slope_one(exam, True, alike)
        near(exam, layer.grad(1), np.einsum("ni,nj->ij", h_prev, dz), "grads[1]", note=SLOPE_ONE)


@criterion("MyRNN", "backward", 1, "dx is dz @ Wx.T, and comes first")
def gradient_of_x(exam):
    _, result, ((Wx, _, _), _, _, dz) = step_of_slope_one(exam)
    if is_pair(exam, result):
        near(exam, result.value[0], np.einsum("nh,dh->nd", dz, Wx), "dx", note=SLOPE_ONE)


@criterion("MyRNN", "backward", 1, "dh_prev is dz @ Wh.T, and comes second")
def gradient_of_state(exam):
    _, result, ((_, Wh, _), _, _, dz) = step_of_slope_one(exam)
    if is_pair(exam, result):
        near(exam, result.value[1], np.einsum("nj,ij->ni", dz, Wh), "dh_prev", note=SLOPE_ONE)


@criterion("MyRNN", "backward", 2, "dz is dh_next times the slope of tanh, 1 - h_next**2")
def slope_of_tanh(exam):
    Wx, Wh = whole_weights(exam)
    x, h_prev, dh_next = whole(exam, 1, 3), whole(exam, 1, 2), whole(exam, 1, 2) * 100
    layer = exam.new(*place(exam, (Wx, Wh, (KNOWN - x @ Wx - h_prev @ Wh)[0])))
    exam.watch(layer.forward(x, h_prev))
    layer.backward(dh_next)
    dz, note = dh_next * np.array([0.64, 0.36]), "h_next is (3/5, -4/5), so the slopes are 16/25 and 9/25"
    near(exam, layer.grad(2), dz[0], "grads[2]", note=note)
    saturated = exam.new(*place(exam, (Wx, Wh, (LARGE - x @ Wx - h_prev @ Wh)[0]), "_large"))
    h_next = saturated.forward(x, h_prev)
    exam.watch(saturated.backward(dh_next))
    if same(h_next.value, np.array([[1.0, -1.0]])):  # else forward lost its point
        exam.equal(saturated.grad(2), np.zeros(2), "grads[2]", note="the sum is (1000, -1000), where tanh is flat",
                   any_float=True, least=1)
    exam.case()
    at_known, at_zero = (back_from(exam, Wx, Wh, total, x, h_prev, dh, suffix) for total, dh, suffix in (
        (KNOWN, dh_next, ""), (0 * KNOWN, dz, "_slope_one")))
    of_state = dz @ Wh.T, h_prev.T @ dz  # that they are has criteria of their own
    for got, expected, right, what in zip(at_known, at_zero, (None, of_state[0], None, of_state[1]), (
            "dx", "dh_prev", "grads[0]", "grads[1]"), strict=True):
        if isinstance(expected, np.ndarray) and (right is None or same(expected, right)):
            exam.equal(got, expected, what, note=f"{note}: as where the slope is 1, for dh_next times these")
    exam.case()
    exam.attempt(lambda: slopes_of_two_rows(exam, Wx, Wh))  # whether it does two rows at all has criteria of its own


def slopes_of_two_rows(exam, Wx, Wh):
    """Require of rows with other slopes what backward gives where the slope is 1, for dh_next times the slopes."""
    sums, slopes = np.vstack([KNOWN, KNOWN[:, ::-1]]), np.array([[0.64, 0.36], [0.36, 0.64]])
    dh_next, seen = whole(exam, 2, 2) * 100, []
    for z, dh, suffix in (0 * sums, dh_next * slopes, "_slope_one"), (sums, dh_next, ""):
        layer = exam.new(*place(exam, (Wx, Wh, np.zeros(2)), suffix))
        h_next, result = layer.forward(inputs_for(exam, Wx, z), np.zeros((2, 2))), layer.backward(dh)
        for thing in (h_next, result):
            exam.watch(thing)
        seen.append((same(h_next.value, np.tanh(z)), *result.parts("dx", "dh_prev")))
    (one_is_right, expected, _), (is_right, dx, _) = seen
    if one_is_right and is_right:
        exam.equal(dx, expected, "dx", note="each row has slopes of its own")


def back_from(exam, Wx, Wh, total, x, h_prev, dh_next, suffix):
    """Have a layer go forward where the sum is `total`, and back; return dx, dh_prev, dWx and dWh."""
    layer = exam.new(*place(exam, (Wx, Wh, (total - x @ Wx - h_prev @ Wh)[0]), suffix))
    exam.watch(layer.forward(x, h_prev))
    result, *grads = layer.backward(dh_next), layer.grad(0), layer.grad(1)
    exam.watch(result)
    return tuple(thing.value for thing in (*result.parts("dx", "dh_prev"), *grads))


@criterion("MyRNN", "backward", 1, "all five gradients agree with central differences")
def central_differences(exam):
    params, x, h_prev, dh_next = weights(exam, 2, 3), draw(exam, 3, 2), draw(exam, 3, 3), upstream(exam, 3, 3)
    layer = exam.new(*place(exam, params))
    exam.watch(layer.forward(x, h_prev))
    result = layer.backward(dh_next)
    values = [x, h_prev, *params]
    note = "the slope of sum(h_next * dh_next), measured"
    if is_pair(exam, result):
        for i, what in enumerate(("dx", "dh_prev")):
            near(exam, result.value[i], measured(values, i, dh_next), what, note=note)
    for i in range(3):
        near(exam, layer.grad(i), measured(values, 2 + i, dh_next), f"grads[{i}]", note=note)
    exam.case()
    x, h_prev, dh_next = draw(exam, 3, 2), draw(exam, 3, 3), upstream(exam, 3, 3)
    h_prev[0] = x[1] = x[0, 0] = h_prev[1, 0] = dh_next[2, 0] = 0
    layer, values, note = exam.new(*place(exam, params)), [x, h_prev, *params], "a row of x and one of h_prev are 0"
    h_next, result = layer.forward(x, h_prev), layer.backward(dh_next)
    exam.watch(h_next)
    if is_pair(exam, result) and same(h_next.value, np.tanh(h_prev @ params[1] + x @ params[0] + params[2])):
        for i, what in enumerate(("dx", "dh_prev")):
            near(exam, result.value[i], measured(values, i, dh_next), what, note=note)
        for i in range(3):
            near(exam, layer.grad(i), measured(values, 2 + i, dh_next), f"grads[{i}]", note=note)


def measured(values, which, dh_next, eps=1e-5):
    """Measure the slope of sum(h_next * dh_next) in each number of `values[which]`, all numbers at once."""
    def loss(step):
        x, h_prev, Wx, Wh, b = (value + step if i == which else value for i, value in enumerate(values))
        b = b[:, None] if b.ndim == 2 else b
        return (np.tanh(h_prev @ Wh + x @ Wx + b) * dh_next).sum(axis=(-2, -1))

    shape, size = values[which].shape, values[which].size
    steps = eps * np.eye(size).reshape(size, *shape)
    return ((loss(steps) - loss(-steps)) / (2 * eps)).reshape(shape)


@criterion("MyRNN", "backward", 1, "backward fits the last forward, for any N, D, H, layout and size of dh_next")
def backward_sizes(exam):
    params = weights(exam, 3, 3)
    params[2][:2] = 4, -6  # where tanh is nearly flat, what is left of its slope counts too
    layer = exam.new(*place(exam, params, layout="strided"))  # of "F", grads would be so too, and np.dot refuse them
    for N, layout in ((3, "F"), (1, "C"), (2, "strided")):
        back_and_forth(exam, layer, params, N, layout)
    for N, D, H in sizes(exam):
        exam.case()
        params = weights(exam, D, H)
        back_and_forth(exam, exam.new(*place(exam, params)), params, N, "C", TINY if D == 1 else HUGE)
    for params, scale in (flat_weights(exam, 2, 3), HUGE), (weights(exam, 2, 3), 1000 * HUGE):
        exam.case()
        back_and_forth(exam, exam.new(*place(exam, params)), params, 2, "C", scale)
    for scales in small_and_large():
        exam.case()
        *params, x, h_prev = scaled(scales, *weights(exam, 2, 3), draw(exam, 2, 2), draw(exam, 2, 3))
        arrays = x, h_prev, upstream(exam, 2, 3)
        judge_step(exam, exam.new(*place(exam, params)), params, arrays, note=SMALL_AND_LARGE)
    exam.case()
    params = mirrored_weights(exam)
    judge_step(exam, exam.new(*place(exam, params)), params, [mirrored(exam, 2) for _ in range(3)],
               note="h_prev, dh_next and dz each add up to 0, and they aren't 0")
    holds_alike(exam, one_new("x", "h_prev", "dh_next", *NAMES), step_with_new)
    holds_alike(exam, OF_INPUTS, begun_step)
    holds_alike(exam, crossed(exam, 2, 2, 3), steps_of_a_layer)
    for which in range(3):
        shows_nan(exam, partial(step_back_of_nan, exam, which))
    shows_nan(exam, partial(step_back_of_nan, exam, 2, np.inf), np.inf)
    exam.case()
    params, (x, h_prev, dh_next) = weights(exam, 2, 3), (draw(exam, 2, 2), draw(exam, 2, 3), upstream(exam, 2, 3))
    layer = exam.new(*place(exam, params, layout="F"))
    if exam.attempt(lambda: [(layer.forward(x, h_prev), layer.backward(each)) for each in (-dh_next, dh_next)]):
        for i, grad in enumerate(reference(params, x, h_prev, dh_next)[3:]):
            near(exam, layer.grad(i), grad, f"grads[{i}]", note="Wx and Wh lie by columns, and so may grads")


def step_with_new(exam, new, *, goes_back=True):
    """Go forward and back, then once more where some things are new; yield what comes, as `holds_alike` wants it."""
    def draw_all():
        return (draw(exam, 2, 2), draw(exam, 2, 3), upstream(exam, 2, 3), *weights(exam, 2, 3))

    things = [exam.put(*each) for each in zip(("x", "h_prev", "dh_next", *NAMES), draw_all(), strict=True)]
    layer = exam.new(*things[3:])
    exam.watch(layer.forward(*things[:2]))
    if goes_back:
        layer.backward(things[2])
    *arrays, Wx, Wh, b = renew(things, draw_all, new)
    h_next, dx, dh_prev, *grads = reference((Wx, Wh, b), *arrays)
    note = only(new)
    yield layer.forward(*things[:2]), h_next, "h_next", note
    if goes_back:
        yield layer.backward(things[2]), (dx, dh_prev), "(dx, dh_prev)", note
        yield layer.attribute("grads"), tuple(grads), "grads", note


def steps_of_a_layer(exam, sizes, dtype, layout):
    """Go forward and back with a layer, several times; yield what is to be equal, as `holds_alike` wants it."""
    N, D, H = sizes
    params = weights(exam, D, H, dtype)
    of_params = not_by_columns(layout)
    placed = place(exam, params, layout=of_params)
    layer = exam.new(*placed)
    kept = layer.keep_grads(3)

    def step():
        return draw(exam, N, D, dtype=dtype), draw(exam, N, H, dtype=dtype), upstream(exam, N, H, dtype=dtype)

    given = [exam.put(name, array, layout) for name, array in zip(("x", "h_prev", "dh_next"), step(), strict=True)]
    first = layer.forward(*given[:2])
    result, grads = layer.backward(given[2]), layer.attribute("grads")
    layer.backward(step()[2])
    yield layer.backward(given[2]), result, "(dx, dh_prev)", "of another backward with the same dh_next"
    yield layer.attribute("grads"), grads, "grads", "of another backward with the same dh_next"
    *inputs, dh_next = step()
    h_next, later, grads = layer.forward(*inputs), layer.backward(dh_next), layer.attribute("grads")
    fresh = exam.new(*place(exam, params, "_new", of_params))
    yield h_next, fresh.forward(*inputs), "h_next", "as a new layer computes it"
    yield later, fresh.backward(dh_next), "(dx, dh_prev)", "as a new layer computes it"
    yield grads, fresh.attribute("grads"), "grads", "as a new layer computes them"
    yield from still(exam, (*given, *placed, first, result))
    yield from still(exam, kept, grads.parts(*GRADS), "the arrays that grads held at the start must show the new ones")
    update(exam, placed)
    again, fresh = ((each.forward(*given[:2]), each.backward(given[2])) for each in (layer, exam.new(*placed)))
    for got, right, what in zip(again, fresh, ("h_next", "(dx, dh_prev)"), strict=True):
        yield got, right, what, "after an update of the parameters, as a new layer computes it"


def update(exam, placed):
    """Overwrite parameters in place, whatever their dtype and layout, as an optimiser does."""
    for param in placed:
        param.write((0.4 * upstream(exam, *param.value.shape)).round(2).astype(param.value.dtype))


def back_and_forth(exam, layer, params, N, layout, scale=1):
    """Require all five gradients of a step of these sizes."""
    D, H = params[0].shape
    arrays = draw(exam, N, D), draw(exam, N, H), upstream(exam, N, H) * scale
    arrays[2][1:2] = 0  # what comes back to the others counts all the same
    judge_step(exam, layer, params, arrays, layout, f"N, D, H = {N}, {D}, {H}")


def judge_step(exam, layer, params, arrays, layout="C", note=""):
    """Require all five gradients of a step; `arrays` are x, h_prev and dh_next."""
    given, N = arrays, len(arrays[0])
    if layout != "C":
        given = [exam.put(name, array, layout)
                 for name, array in zip((f"x{N}", f"h{N}", f"dh{N}"), arrays, strict=True)]
    exam.watch(layer.forward(*given[:2]))
    result = layer.backward(given[2])
    _, dx, dh_prev, *grads = reference(params, *arrays)
    if is_pair(exam, result):
        near(exam, result.value[0], dx, "dx", note=note)
        near(exam, result.value[1], dh_prev, "dh_prev", note=note)
    for i, grad in enumerate(grads):
        near(exam, layer.grad(i), grad, f"grads[{i}]", note=note)


# --- contract: an answer is compared with itself, so that a wrong gradient costs nothing here ------------------------


@criterion("MyRNN", "contract", 1, "backward overwrites grads in place, however often it is called", beside="backward")
def overwrites_in_place(exam):
    params = weights(exam, 2, 3)
    layer, fresh, other = (exam.new(*place(exam, params, suffix)) for suffix in ("", "_alone", "_other"))
    kept = layer.keep_grads(3)
    for grad in kept:
        grad.write(CHANGED)
    first, dh_next = (draw(exam, 2, 2), draw(exam, 2, 3)), upstream(exam, 2, 3)
    for each in (layer, other):
        each.forward(*first)
        each.backward(dh_next)
    exam.equal(layer.attribute("grads"), other.attribute("grads"), "grads",
               note="only this backward's gradient, also of the first, whatever grads held before it")
    nothing_comes_back(exam, layer, fresh, (np.zeros((2, 2)), np.zeros((2, 3))), np.zeros((2, 3)))
    x, h_prev, dh_next = draw(exam, 2, 2), draw(exam, 2, 3), upstream(exam, 2, 3)
    layer.forward(x, h_prev)
    layer.backward(upstream(exam, 2, 3))
    before = layer.attribute("grads").parts(*GRADS)
    for grad in kept:
        grad.write(CHANGED)
    layer.backward(dh_next)
    fresh.forward(x, h_prev)
    fresh.backward(dh_next)
    grads = fresh.attribute("grads").parts(*GRADS)
    layer.forward(draw(exam, 2, 2), draw(exam, 2, 3))  # which is none of grads' business
    one_for_each(exam, layer, 3)
    respond(exam, grads, before, "dh_next")
    for i, expected in enumerate(grads):
        exam.equal(layer.grad(i), expected, f"grads[{i}]",
                   note="only the last backward's gradient, whatever grads held before it")
        exam.equal(kept[i].now(), expected, f"the array that grads[{i}] was at the start",
                   note="whoever kept it must see the new gradient")
    layer.forward(x, h_prev)
    overwrites_each(exam, layer, kept, params, dh_next, grads)


def overwrites_each(exam, layer, kept, params, upstream_gradient, grads):
    """Require that a backward writes all gradients, though the last one wrote the same, and only one has changed."""
    layer.backward(upstream_gradient)
    for i, grad in enumerate(kept):
        shape = params[i].shape
        for before, note in ((spoilt(exam.rng, shape), "it held nan before, as after numbers too large"),
                             (balanced(shape), "it held numbers before whose sum is 0")):
            grad.write(before)
            layer.backward(upstream_gradient)
            exam.equal(layer.grad(i), grads[i], f"grads[{i}]", note=note)
    if exam.attempt(lambda: layer.backward(np.nan * upstream_gradient)):  # who checks numbers may refuse these
        layer.backward(upstream_gradient)
        for i in range(len(kept)):
            exam.equal(layer.grad(i), grads[i], f"grads[{i}]", note="the last upstream gradient was nan everywhere")


def nothing_comes_back(exam, layer, fresh, inputs, zeros):
    """Require that a backward whose upstream gradient is 0 leaves nothing of the one before it, which `fresh` lacks."""
    for each in (layer, fresh):
        each.forward(*inputs)
        each.backward(zeros)
    for grad, expected in zip(*(each.attribute("grads").parts(*GRADS) for each in (layer, fresh)), strict=True):
        exam.equal(grad, expected, grad.name, note="only the last backward's gradient, and nothing came back to that")


@criterion("MyRNN", "contract", 1, "backward may be called twice and returns the same", beside="backward")
def backward_twice(exam):
    layer = exam.new(*place(exam, weights(exam, 2, 3)))
    layer.forward(draw(exam, 2, 2), draw(exam, 2, 3))
    dh_next = upstream(exam, 2, 3)
    first = layer.backward(dh_next)
    exam.watch(first)
    if is_pair(exam, first):
        for i, what in enumerate(("dx", "dh_prev")):
            is_alive(exam, first.item(i), what)
        exam.equal(layer.backward(dh_next), first.value, "the second (dx, dh_prev)")
        is_other(exam, first, layer.backward(upstream(exam, 2, 3)), "(dx, dh_prev)", "dh_next")


@criterion("MyRNN", "contract", 1, "arguments, parameters and arrays that were returned never change", beside="forward")
def leaves_the_callers_arrays_alone(exam):
    params = place(exam, weights(exam, 3, 3))  # N = D = H, so that wrong gradients fit
    layer = exam.new(*params)
    arrays = draw(exam, 3, 3), draw(exam, 3, 3), upstream(exam, 3, 3)
    for array in arrays:
        array[1] = 0  # as of a sequence that is padding
    given = [exam.put(name, array) for name, array in zip(("x", "h_prev", "dh_next"), arrays, strict=True)]
    first = layer.forward(*given[:2])
    result = layer.backward(given[2])
    exam.watch(first)
    is_alive(exam, first, "h_next")
    is_pair(exam, result)
    untouched(exam, [*given, *params], "it belongs to the caller")
    layer.backward(upstream(exam, 3, 3))
    exam.equal(result.now(), result.value, "the first (dx, dh_prev), after a second backward")
    layer.forward(draw(exam, 3, 3), draw(exam, 3, 3))
    layer.backward(upstream(exam, 3, 3))
    untouched(exam, [*given, *params], "it belongs to the caller, also later")
    exam.equal(first.now(), first.value, "the first h_next, after a second step")
    exam.equal(result.now(), result.value, "the first (dx, dh_prev), after a second step")


@criterion("MyRNN", "contract", 1, "the parameters are used as they are now, not copied", beside="forward")
def shares_parameters(exam):
    before = weights(exam, 3, 3)  # N = D = H, so that wrong gradients fit
    params = place(exam, before)
    layer = exam.new(*params)
    x = exam.put("x", draw(exam, 3, 3))  # the same array each time
    h_prev, dh_next = draw(exam, 3, 3), upstream(exam, 3, 3)
    first = layer.forward(x, h_prev)
    layer.backward(0 * dh_next)  # whatever backward keeps of the parameters, it has now
    after = [(param + 0.5).round(2) for param in before]
    for thing, array in zip(params, after, strict=True):
        thing.write(array)
    again, result = layer.forward(x, h_prev), layer.backward(dh_next)
    fresh = exam.new(*place(exam, after, "_new"))
    expected, expected_result = fresh.forward(x, h_prev), fresh.backward(dh_next)
    is_alive(exam, expected, "h_next")
    exam.equal(again, expected, "h_next after an update of the parameters",
               note="as a layer computes it that is made of the updated ones")
    exam.equal(result, expected_result, "(dx, dh_prev) after an update of the parameters")
    is_other(exam, again, first, "h_next", "Wx, Wh and b")

    updates_one_number(exam, params, after, (x, h_prev), dh_next)
    x.write(draw(exam, 3, 3))  # as a caller does who fills the same array anew
    exam.watch(layer.forward(x, h_prev))  # with no backward before the next
    updates_through_params(exam, layer, after, lambda layer: layer.forward(x, h_prev), "h_next")
    holds_alike(exam, OF_PARAMETERS, begun_step)
    N, D, H = exam.rng.integers(9, 13, 3).tolist()
    counts_when_large(exam, lambda: named_weights(exam, D, H), draw(exam, N, D), draw(exam, N, H))


def updates_one_number(exam, params, values, inputs, upstream_gradient, begin_anew=lambda layer: None):
    """Require that an update of a single number of `params`, which hold `values`, counts."""
    for name, thing, array in zip(NAMES, params, values, strict=True):
        layer = exam.new(*params)
        layer.forward(*inputs)
        layer.backward(0 * upstream_gradient)  # whatever backward keeps of the parameters, it has now
        array.flat[exam.rng.integers(array.size)] += 0.5
        thing.write(array)
        begin_anew(layer)
        as_a_new_layer(exam, layer, params, inputs, upstream_gradient, f"one number of {name} has been updated")


def begun_step(exam, *setting):
    """Take a step after another; see `after_a_beginning`."""
    return after_a_beginning(
        exam, *setting, axes=1, params=lambda: named_weights(exam, 3, 3),
        inputs=lambda: {"x": draw(exam, 3, 3), "h_prev": draw(exam, 3, 3), "dh_next": upstream(exam, 3, 3)})


def as_a_new_layer(exam, layer, params, inputs, upstream_gradient, note):
    """Require of a layer what a new one of the same parameters gives, forward and back."""
    for got, expected in zip(*((each.forward(*inputs), each.backward(upstream_gradient))
                               for each in (layer, exam.new(*params))), strict=True):
        exam.equal(got, expected, got.name, note=note)


def updates_through_params(exam, layer, before, forward, what):
    """Require that `params` holds the parameters themselves, by writing into them as an optimiser does."""
    params, after = layer.attribute("params"), [(param / 2).round(2) for param in before]
    exam.equal(params, tuple(before), "params", note="[Wx, Wh, b], the arrays themselves")
    for i, array in enumerate(after):
        params.item(i).write(array)
    exam.equal(forward(layer), forward(exam.new(*place(exam, after, "_updated"))), f"{what} after an update of params",
               note="params holds the arrays that the layer works with, not copies")


@criterion("MyRNN", "contract", 1, "outputs and gradients have the dtype of the parameters", beside="forward")
def follows_dtype(exam):
    params, x, h_prev, dh_next = weights(exam, 2, 3), draw(exam, 2, 2), draw(exam, 2, 3), upstream(exam, 2, 3)
    params[2][:] += 1000, -1000, 1 / 300  # sums that no exponential can take, of float32 first; and none that is 0
    found, turns = {}, {}
    for dtype in (np.float64, np.float32):
        params, *arrays = (tuple(p.astype(dtype) for p in params), *(
            array.astype(dtype) for array in (x, h_prev, dh_next)))
        layer = exam.new(*place(exam, params, f"_{dtype.__name__}"))
        h_next, result = layer.forward(*arrays[:2]), layer.backward(arrays[2])
        is_pair(exam, result)
        found[dtype] = h_next, *result.parts("dx", "dh_prev"), *map(layer.grad, range(3))
        turns[dtype] = layer, *(array[:1] for array in arrays)
    have_dtype(exam, found)
    other = exam.new(*place(exam, params, "_other"))
    other.forward(*arrays[:2])
    exam.equal(other.backward(0 * arrays[2]), result.each(lambda array: 0 * array), "(dx, dh_prev)",
               note="dh_next is 0: 0 times what another gave, in its shape and dtype")
    of_one_row = exam.attempt(lambda: {dtype: forth_and_back(*turn) for dtype, turn in turns.items()})
    if of_one_row:  # that N may change has a criterion of its own
        have_dtype(exam, of_one_row)


def forth_and_back(layer, x, h_prev, dh_next):
    """Return h_next, dx and dh_prev of a step."""
    return layer.forward(x, h_prev), *layer.backward(dh_next).parts("dx", "dh_prev")


def have_dtype(exam, found):
    """Require arrays of these dtypes (`found` is dtype → things), and the same numbers but for rounding."""
    for things in zip(found[np.float64], found[np.float32], strict=True):
        for dtype, thing in zip((np.float64, np.float32), things, strict=True):
            value = thing.value
            if isinstance(value, np.ndarray):
                exam.equal(value, value.real.astype(dtype), thing.name, note=f"the parameters are {np.dtype(dtype)}")
            else:
                exam.hold(False, thing.name, f"should be an array, but is {kind(value)}")
        double, single = (thing.value for thing in things)
        if isinstance(double, np.ndarray):
            exam.equal(single, double.real.astype(np.float32), things[1].name, note="as with float64, but for rounding")
    in_full(exam, *found[np.float64])


@criterion("MyRNN", "contract", 1, "layers don't disturb each other, whether they share parameters or not",
           beside="backward")
def stands_alone(exam):
    beside_another(exam, lambda: ((draw(exam, 2, 2), draw(exam, 2, 3)), (upstream(exam, 2, 3),)))


# --- last look ------------------------------------------------------------------------------------------------------


class Steps(last_look.Kind):
    """What `MyRNN` may be asked for."""

    names, given, dout, gives, right = NAMES, ("x", "h_prev"), "dh_next", ("dx", "dh_prev"), RNN
    against = last_look.against(forward="forward_sizes", backward="backward_sizes",
                                kept="leaves_the_callers_arrays_alone")

    def shapes(self, run):
        D, H = run.size(), run.size()
        return (D, H), (H, H), (H,)

    def inputs(self, run, layer, last):
        D, H = layer.group.shapes[0]
        N, _ = last_look.shape_like(last, run, (run.size(), D))
        return [run.floats(N, width).astype(layer.dtype) for width in (D, H)]


@criteria.last_look("MyRNN", against="leaves_the_callers_arrays_alone")
def look_at_steps(exam):
    last_look.look_at_layers(exam, Steps())


ASSIGNMENT = Assignment("02-rnn", ("MyRNN",), criteria, MISCONCEPTIONS)
