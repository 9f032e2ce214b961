"""Criteria of 04-bptt. N batch, T time, D word-vector width, H hidden width.

Evidence is of three kinds: numbers worked by hand (the seed's among them), the reference, and central differences.
"""
import math
from functools import partial

import numpy as np

from rnnlm_ref.gradcheck import numerical_gradient
from rnnlm_ref.time_layers import TimeRNN

from ..exam import Assignment, CriteriaList
from ..misconceptions.bptt import MISCONCEPTIONS
from . import last_look
from .contract import (
    CHANGED,
    SMALL_AND_LARGE,
    crossed,
    holds_alike,
    in_dtype,
    in_full,
    many,
    one_new,
    only,
    only_at,
    renew,
    scaled,
    shows_nan,
    still,
    to_many_digits,
    untouched,
)
from .rnn import HUGE, draw, flat_weights, mirrored, mirrored_weights, small_and_large, upstream

criteria = CriteriaList()
criterion = criteria.criterion

ARGUMENTS = ("xs", "h0", "Wx", "Wh", "b", "dhs")
KEPT = {}
RESULTS = ("dxs", "dh0", "dWx", "dWh", "db")


# --- my_numerical_gradient ------------------------------------------------------------------------------------------


def slopes(exam, function, text, x, **options):
    """Have the answer differentiate a function at an array that is placed, and observe how it asks."""
    asked = []
    f = exam.lend("f", lambda at: asked.append(at) or function(at), f"f = lambda x: {text}")
    result = exam.new(f, x, **options)
    moved = moves(x.value, asked)
    at_once = np.count_nonzero(moved.reshape(len(moved), x.value.size), axis=1)
    exam.observe(np.array([moved.max(initial=0), moved.min(initial=0), at_once.max(initial=0)], dtype=int))
    return result


def moves(x, asked):
    """Which numbers of x were moved up (1) or down (-1), each time that f was asked."""
    return np.sign(added(x, asked))


def added(x, asked):
    """What was added to the numbers of x, each time that f was asked; numbers that stay may be off by a rounding."""
    by = [at - x for at in asked if isinstance(at, np.ndarray) and at.dtype.kind == "f" and at.shape == x.shape]
    return np.where(np.abs(by) > 1e-9, by, 0)


@criterion("my_numerical_gradient", "values", 1, "each number of x gets the slope of f along that number alone")
def one_slope_each(exam):
    x = exam.put("x", np.array([2.0, 0.0, -0.5]))
    result = slopes(exam, lambda x: 3 * x[0] + 5 * x[1] - 2 * x[2], "3 * x[0] + 5 * x[1] - 2 * x[2]", x)
    exam.equal(result, np.array([3.0, 5.0, -2.0]), result.name, note="the slopes of a linear function are its factors")
    exam.case()
    factors = upstream(exam, 3)
    factors[exam.rng.integers(2)] = 0  # what follows a slope of 0 counts too
    factors[2] *= 1e4
    c, x = exam.put("c", factors), exam.put("x", upstream(exam, 3))
    result = slopes(exam, lambda x: float((c.value * x).sum()), "(c * x).sum()", x)
    exam.equal(result, c.value, result.name, note="the slopes of a linear function are its factors")
    exam.case()
    x = exam.put("x", upstream(exam, 1))
    exam.equal(slopes(exam, lambda x: float(1e9 * x[0]), "1e9 * x[0]", x), np.array([1e9]), "the slopes")
    shows_nan(exam, partial(slopes_of_nan, exam))


def slopes_of_nan(exam):
    """Differentiate a function that is nan everywhere, and one of numbers of which one is, for `shows_nan`."""
    f = exam.lend("f", lambda x: math.nan, "f = lambda x: np.nan")
    yield exam.new(f, upstream(exam, 3)), only_at(3, ...), "the slopes"
    f = exam.lend("f", lambda x: float(x.sum()), "f = lambda x: x.sum()")
    yield exam.new(f, np.array([0.5, np.nan])), only_at(2, ...), "the slopes"


@criterion("my_numerical_gradient", "values", 1, "x may have any shape")
def any_shape_of_x(exam):
    for shape in ((2, 3), (1,), (2, 1, 2), (many(exam, 17, 22),), (1, many(exam, 17, 22)), (1, 2, 1, 1, 2)):
        exam.case()
        factors = exam.put("c", upstream(exam, *shape)).value
        x = exam.rng.normal(size=shape).round(2)
        x.flat[-1] = x.flat[0]  # a number may stand twice
        x = exam.put("x", x)
        result = slopes(exam, lambda x, c=factors: float((c * x).sum()), "(c * x).sum()", x)
        exam.equal(result, factors, result.name, note=f"x has shape {shape}")
    holds_alike(exam, [((3,), "C"), ((2, 2), "C"), ((2, 1, 2), "C"), ((2, 3), "strided")], slopes_of_any_shape)


def slopes_of_any_shape(exam, shape, layout):
    """Yield slopes with another eps, and where all numbers count for each, as `holds_alike` wants them."""
    x = exam.put("x", exam.rng.uniform(1, 2, shape).round(2), layout)
    cubes = exam.lend("cubes", lambda x: float((x ** 3).sum()), "cubes = lambda x: (x ** 3).sum()")
    yield (exam.new(cubes, x, 0.25), 3 * x.value ** 2 + 0.25 ** 2, "the slopes with eps = 0.25",
           f"for x**3 the formula gives 3 * x**2 + eps**2; x has shape {shape}")
    product = exam.lend("product", lambda x: float(x.prod()), "product = lambda x: x.prod()")
    yield (exam.new(product, x), x.value.prod() / x.value, "the slopes of the product",
           f"all other numbers stand at their place while one is moved; x has shape {shape}")


@criterion("my_numerical_gradient", "values", 2, "the difference is taken from both sides of x")
def from_both_sides(exam):
    x, asked = exam.put("x", exam.rng.uniform(1, 2, 3).round(2)), []
    result = slopes(exam, lambda x: asked.append(x) or float((x ** 3).sum()), "(x ** 3).sum()", x)
    exam.equal(result, 3 * x.value ** 2, result.name, note="the slope of x**3 is 3 * x**2")
    sides = set(map(tuple, moves(x.value, asked)))
    exam.hold(sides >= {tuple(side * signs) for signs in np.eye(3) for side in (1, -1)}, "f",
              "should be asked on both sides of x, at x + eps and at x - eps, for each number of x alone")
    result = slopes(exam, lambda x: float(np.sin(x).sum()), "np.sin(x).sum()", x)
    exam.equal(result, np.cos(x.value), result.name, note="the slope of sin is cos")
    in_full(exam, result, note="the result is float64")


@criterion("my_numerical_gradient", "values", 1, "all other numbers stand at their place while one is moved")
def one_at_a_time(exam):
    for values in (np.array([2.0, 3.0, 5.0]), upstream(exam, 3)):
        exam.case()
        x = exam.put("x", values)
        result = slopes(exam, lambda x: float(x[0] * x[1] * x[2]), "x[0] * x[1] * x[2]", x)
        others = np.roll(values, 1) * np.roll(values, -1)
        exam.equal(result, others, result.name, note="each slope is the product of the other two")


@criterion("my_numerical_gradient", "values", 1, "eps is how far x is moved to each side")
def honours_eps(exam):
    for eps, layout in (0.5, "C"), (round(float(exam.rng.uniform(0.05, 0.4)), 2), "C"), (0.3, "strided"):
        exam.case()
        x = exam.put("x", exam.rng.uniform(1, 2, 3).round(2), layout)
        f = exam.lend("f", lambda x: float((x ** 3).sum()), "f = lambda x: (x ** 3).sum()")
        result = exam.new(f, x, eps) if layout == "C" else exam.new(f, x, eps=eps)
        exam.equal(result, 3 * x.value ** 2 + eps ** 2, result.name,
                   note="for x**3 the formula gives 3 * x**2 + eps**2")
        again = exam.new(f, exam.put("x", x.value), 2 * eps)
        exam.equal(again, 3 * x.value ** 2 + (2 * eps) ** 2, again.name, note="the same f and x, and twice the eps")
    for options in {}, {"eps": 1e-3}, {"eps": 1e-7}, {"eps": 3.0}:
        exam.case()
        x, asked = exam.put("x", upstream(exam, 3) * np.array([0.01, 20, 1500])), []
        exam.watch(slopes(exam, lambda x, asked=asked: asked.append(x) or float(x.sum()), "x.sum()", x, **options))
        by, eps = np.abs(added(x.value, asked)), options.get("eps", 1e-5)
        exam.hold(np.allclose(by[by != 0], eps, rtol=1e-3), "f", f"should be asked where a number is moved by {eps:g}",
                  note="the eps that is given" if options else "eps is left out")


@criterion("my_numerical_gradient", "contract", 1, "x is afterwards what it was before, to the last bit")
def leaves_x_alone(exam):
    for shape, layout in ((2, 4), "C"), (8, "C"), ((2, 4), "strided"), ((2, 1, 4), "C"):
        exam.case()
        before = exam.rng.choice([-1, 1], (2, 4)) * 10 ** exam.rng.uniform([[-9], [-2]], [[-6], [1]], (2, 4))
        before = before.reshape(shape)
        x = exam.put("x", before, layout)
        result = slopes(exam, lambda x: float((x ** 2).sum()), "(x ** 2).sum()", x)
        exam.equal(result, 2 * before, result.name, note="the slope of x**2 is 2 * x")
        exam.equal(x.now(), before, "x", note="(x + eps) - eps isn't always x: keep the number and put it back",
                   exact=True)
    exam.case()
    small = exam.rng.choice([-1, 1], 3) * 10 ** exam.rng.uniform(-9, -8, 3)
    result = slopes(exam, lambda x: float((x ** 2).sum()), "(x ** 2).sum()", exam.put("x", small))
    exam.equal(result, 2 * small, result.name, note="slopes near 1e-8", least=1e-7)


@criterion("my_numerical_gradient", "contract", 1, "x needn't be contiguous in memory; the result is a new float64 "
           "array")
def layout_of_x(exam):
    for shape, layout in ((2, 3, 2), "F"), ((2, 3), "F"), ((2, 3), "strided"):
        exam.case()
        x = exam.put("x", exam.rng.normal(size=shape).round(2), layout)
        result = slopes(exam, lambda x: float((x ** 2).sum()), "(x ** 2).sum()", x)
        exam.equal(result, 2 * x.value, result.name, note="the slope of x**2 is 2 * x")
        exam.equal(x.now(), x.value, "x", exact=True)
    slopes(exam, lambda x: float(x.sum()), "x.sum()", x)
    exam.equal(result.now(), 2 * x.value, result.name, note="what was returned must not change with a later call")
    f, other = exam.lend("f", lambda x: float((x ** 2).sum()), "f = lambda x: (x ** 2).sum()"), x.value[::-1] + 1
    exam.watch(exam.new(f, x))
    x.write(other)
    result = exam.new(f, x)
    exam.equal(result, 2 * other, result.name, note="x holds other numbers now")
    holds_alike(exam, crossed(exam, 2, 2, more=1), two_calls)


def two_calls(exam, sizes, _, layout, has_axis_more):
    """Ask for slopes at one array, then at another; yield what is to be equal, as `holds_alike` wants it."""
    f = exam.lend("f", lambda x: float((x ** 2).sum()), "f = lambda x: (x ** 2).sum()")
    shape = (*sizes, 1) if has_axis_more else sizes
    one, other = (exam.put(name, upstream(exam, *shape), layout) for name in ("x", "other"))
    result = exam.new(f, one)
    exam.new(f, other)
    yield from still(exam, (one, other, result))


# --- my_bptt --------------------------------------------------------------------------------------------------------


def sequence(exam, N, T, D, H, dtype=np.float64):
    """Draw the six arguments, with a Wh that isn't symmetric and slopes of tanh well below 1."""
    rng = exam.rng
    Wh = rng.uniform(-0.5, 0.5, (H, H))
    drawn = (rng.uniform(-1, 1, (N, T, D)), rng.uniform(-0.9, 0.9, (N, H)), rng.uniform(-1, 1, (D, H)),
             Wh + np.copysign(0.3, Wh), rng.uniform(-0.5, 0.5, H), upstream(exam, N, T, H))
    return tuple(array.round(2).astype(dtype) for array in drawn)


def place(exam, arguments, layout="C"):
    return [exam.put(name, array, layout) for name, array in zip(ARGUMENTS, arguments, strict=True)]


def expected_bptt(*arguments):
    """The five gradients by the reference. They are kept: all variants of the library meet the same inputs."""
    *arrays, window = arguments if len(arguments) > len(ARGUMENTS) else (*arguments, None)
    key = window, *((array.tobytes(), array.shape, array.dtype.str) for array in arrays)
    if key not in KEPT:
        if len(KEPT) > 500:
            KEPT.clear()
        KEPT[key] = window_after_window(*arrays, window)
    return KEPT[key]


def window_after_window(xs, h0, Wx, Wh, b, dhs, window):
    """A stateful layer of the reference over one window after the other."""
    layer = TimeRNN(Wx, Wh, b, stateful=True)
    layer.set_state(h0)
    T = xs.shape[1]
    dxs, dh0, sums = [], None, [np.zeros_like(param) for param in layer.params]
    for t in range(0, T, window or T):
        now = slice(t, t + (window or T))
        layer.forward(xs[:, now])
        dxs.append(layer.backward(dhs[:, now]))
        dh0 = layer.dh if dh0 is None else dh0
        for total, grad in zip(sums, layer.grads, strict=True):
            total += grad
    return np.concatenate(dxs, axis=1), dh0, *sums


def require(exam, result, expected, names=RESULTS, note=""):
    """Compare the named gradients, each by itself."""
    if not isinstance(result.value, tuple) or len(result.value) != len(RESULTS):
        exam.equal(result, tuple(expected), "what my_bptt returns", note="the tuple (dxs, dh0, dWx, dWh, db)")
        return
    for i, name in enumerate(RESULTS):
        if name in names:
            exam.equal(result.value[i], expected[i], name, note=note)


def seed_sequence(dhs=None):
    """The book's backward example: with a state of 0 everywhere tanh has slope 1, and the numbers stay whole."""
    dhs = np.array([[[1.0] * 3, [2.0] * 3, [3.0] * 3]]) if dhs is None else dhs
    return np.zeros((1, 3, 4)), np.zeros((1, 3)), np.ones((4, 3)), np.ones((3, 3)), np.zeros(3), dhs


def seed_answer(dx_by_step, dh0, db):
    """The five gradients of the book's example, from the number in each row."""
    dxs = np.repeat(np.array(dx_by_step, float)[None, :, None], 4, axis=2)
    return dxs, np.full((1, 3), float(dh0)), np.zeros((4, 3)), np.zeros((3, 3)), np.full(3, float(db))


@criterion("my_bptt", "values", 1, "the book's numbers come back: dxs 102, 33, 9 and db 48")
def book_numbers(exam):
    result = exam.new(*place(exam, seed_sequence()))
    require(exam, result, seed_answer((102, 33, 9), 102, 48), note="the book's example, at states of 0")
    exam.case()
    arguments = seed_sequence(upstream(exam, 1, 3, 3))
    require(exam, exam.new(*place(exam, arguments)), expected_bptt(*arguments), note="the same with another dhs")


@criterion("my_bptt", "values", 2, "dxs and dh0: the gradient flows back through tanh and Wh, and out through Wx")
def flows_back(exam):
    arguments = sequence(exam, 2, 3, 2, 3)
    require(exam, exam.new(*place(exam, arguments)), expected_bptt(*arguments), ("dxs", "dh0"))
    exam.case()
    arguments = sequence(exam, 2, 3, 3, 3)
    arguments[-1][0] *= 1e9  # beside it a difference of two losses is too coarse for the other sequence
    result, expected = exam.new(*place(exam, arguments)), expected_bptt(*arguments)
    require(exam, result, expected, ("dxs", "dh0"))
    if not exam.has_failed():
        for i, name in enumerate(("dxs", "dh0")):
            exam.equal(result.value[i][1], expected[i][1], f"{name}[1]", note="it depends on dhs[1] alone")
    exam.case()
    arguments = sequence(exam, 2, 4, 2, 3)
    arguments[-1][:, [1, 3]] = 0
    arguments[-1][0, 0, 0] = 0
    arguments[0][:, exam.rng.integers(1, 3)] = 0  # a step whose x is 0 is a step
    arguments[-1][...] *= 3e-9
    require(exam, exam.new(*place(exam, arguments)), expected_bptt(*arguments), ("dxs", "dh0"),
            "dhs is small, and 0 at some steps: what comes from later ones passes through")
    exam.case()
    *arguments, b, dhs = sequence(exam, 2, 3, 2, 3)
    arguments += b + 1000 * (-1) ** np.arange(3), dhs
    require(exam, exam.new(*place(exam, arguments)), expected_bptt(*arguments), ("dxs", "dh0"),
            "every sum is about 1000 or -1000, where tanh is flat")
    for which in range(len(ARGUMENTS)):
        shows_nan(exam, partial(sequence_of_nan, exam, which))
    shows_nan(exam, partial(sequence_of_nan, exam, 5, np.inf), np.inf)


def sequence_of_nan(exam, which, number=np.nan):
    """Go through a sequence where an argument has a nan, for `shows_nan`; the last, dhs, at the last step."""
    arguments = sequence(exam, 2, 3, 2, 3)
    (arguments[5][0, -1] if which == 5 else arguments[which].reshape(-1))[0] = number
    dxs, dh0, *grads = exam.new(*place(exam, arguments)).parts(*RESULTS)
    of_a_row = which in (0, 1, 5)
    yield dxs, only_at((2, 3, 2), 0 if of_a_row else ...), dxs.name
    yield dh0, only_at((2, 3), 0 if of_a_row else ...), dh0.name
    for grad, param in zip(grads, arguments[2:5], strict=True):
        yield grad, only_at(param.shape, ...), grad.name


@criterion("my_bptt", "values", 1, "dWx and db add up over the steps and the batch")
def input_weights(exam):
    arguments = sequence(exam, 3, 4, 3, 2)
    arguments[0][:, 1] = arguments[-1][:, 2] = 0  # such steps count too
    arguments[-1][0, 0, 0] = 0
    require(exam, exam.new(*place(exam, arguments)), expected_bptt(*arguments), ("dWx", "db"))
    exam.case()
    arguments = *sequence(exam, 2, 2, 2, 3)[:-1], HUGE * upstream(exam, 2, 2, 3)
    require(exam, exam.new(*place(exam, arguments)), expected_bptt(*arguments), ("dWx", "db"), "dhs is large")


@criterion("my_bptt", "values", 1, "dWh adds up the state before each step, h0 before the first, times that step's "
           "gradient")
def recurrent_weights(exam):
    arguments = sequence(exam, 2, 3, 3, 2)
    require(exam, exam.new(*place(exam, arguments)), expected_bptt(*arguments), ("dWh",))
    exam.case()
    xs, h0, *others, dhs = sequence(exam, 2, 4, 3, 2)
    xs[:, 1] = h0[...] = dhs[:, 2] = 0
    arguments = xs, h0, *others, dhs
    require(exam, exam.new(*place(exam, arguments)), expected_bptt(*arguments), ("dWh",), "h0, an x and a dhs are 0")
    exam.case()
    arguments = *sequence(exam, 2, 1, 2, 2)[:-1], HUGE * upstream(exam, 2, 1, 2)
    require(exam, exam.new(*place(exam, arguments)), expected_bptt(*arguments), ("dWh",),
            "one step, h0 and dz alone; and dhs is large")


@criterion("my_bptt", "values", 1, "dWh and dh0 agree with central differences of the forward pass")
def bptt_central_differences(exam):
    xs, h0, Wx, Wh, b, dhs = arguments = sequence(exam, 1, 3, 1, 2)
    result = exam.new(*place(exam, arguments))

    def loss(h, Wh):
        total = 0.0
        for t in range(3):
            h = np.tanh(h @ Wh + xs[:, t] @ Wx + b)
            total += float((h * dhs[:, t]).sum())
        return total

    measured = (None, numerical_gradient(lambda h: loss(h, Wh), h0.copy()), None,
                numerical_gradient(lambda W: loss(h0, W), Wh.copy()), None)
    require(exam, result, measured, ("dh0", "dWh"), "the slope of sum(hs * dhs), measured")


@criterion("my_bptt", "window", 1, "with a window no gradient crosses its boundary: the book's numbers")
def windows_by_hand(exam):
    arguments = place(exam, seed_sequence())
    for window, answer in ((2, seed_answer((21, 6, 9), 21, 12)), (1, seed_answer((3, 6, 9), 3, 6))):
        require(exam, exam.new(*arguments, window=window), answer, note=f"by hand, with window={window}")
    exam.case()
    arguments = seed_sequence(upstream(exam, 1, 3, 3))
    placed = place(exam, arguments)
    for window in (2, 1):
        require(exam, exam.new(*placed, window), expected_bptt(*arguments, window),
                note=f"another dhs, with window={window}")


@criterion("my_bptt", "window", 2, "the state goes on across the boundary, and the windows' gradients add up")
def state_goes_on(exam):
    arguments = sequence(exam, 2, 6, 2, 3)
    require(exam, exam.new(*place(exam, arguments), window=2), expected_bptt(*arguments, 2),
            ("dxs", "dWx", "dWh", "db"))
    exam.case()
    require(exam, exam.new(*arguments, window=1), expected_bptt(*arguments, 1), ("dxs", "dWx", "dWh", "db"), "window=1")


@criterion("my_bptt", "window", 1, "boundaries stand at t = k, 2k, ... also where T is no multiple of k")
def uneven_windows(exam):
    some, half = many(exam, 10, 20), many(exam, 17, 24)
    for N, T, window, D, H in ((many(exam), 5, 2, 1, 2), (1, 5, 3, many(exam), 1), (2, 7, 3, 2, 2),
                               (1, 3, 2, 2, many(exam, 17, 24)), (1, 2 * some + 1, 2, 1, 2),
                               (1, 2 * half + 1, half, 1, 2), (1, 50, 49, 1, 2)):  # 49 * (1 / 49) isn't 1
        exam.case()
        *arguments, dhs = sequence(exam, N, T, D, H)
        if T == 7:
            dhs[:, [1, 4]] = arguments[0][:, [2, 5]] = 0  # such steps count too
        arguments.append(dhs * (1000 if T > 9 else 1))  # nothing is clipped
        require(exam, exam.new(*place(exam, arguments), window=window), expected_bptt(*arguments, window),
                ("dxs", "dWx", "dWh", "db"), f"T = {T}, window={window}")


@criterion("my_bptt", "window", 1, "dh0 is the gradient that arrives at the first window's start")
def dh0_of_the_first_window(exam):
    half = many(exam, 17, 24)
    for T, window in ((2 * half, half), (4, 1), (4, 2), (4, 3)):
        exam.case()
        arguments = sequence(exam, 2, T, 2, 2)
        require(exam, exam.new(*place(exam, arguments), window=window), expected_bptt(*arguments, window), ("dh0",))
    exam.case()
    arguments = *arguments[:-1], arguments[-1] * (np.arange(4) > 1)[:, None]
    require(exam, exam.new(*place(exam, arguments), window=2), expected_bptt(*arguments, 2), ("dh0",),
            "dhs is 0 in the first window")


@criterion("my_bptt", "window", 1, "a window of T or more steps is the same as none")
def long_windows(exam):
    arguments = sequence(exam, 2, 3, 2, 2)
    for window in (3, 4, 100):
        exam.case()
        require(exam, exam.new(*place(exam, arguments), window=window), expected_bptt(*arguments),
                note=f"T = 3, window={window}")


@criterion("my_bptt", "contract", 1, "N, T, D and H may each be 1, or large; the contract holds for all")
def any_sizes(exam):
    for sizes in ((1, 1, 2, 3), (3, 1, 1, 2), (1, 3, 2, 1),
                  (many(exam), 2, 2, 2), (1, many(exam, 101, 130), 1, 2), (1, 2, many(exam), 2),
                  (1, 2, 2, many(exam, 17, 24))):
        exam.case()
        *arguments, dhs = sequence(exam, *sizes)
        arguments.append(dhs * (1000 if max(sizes) > 3 else 1))  # nothing is clipped
        require(exam, exam.new(*place(exam, arguments)), expected_bptt(*arguments),
                note="N, T, D, H = " + ", ".join(map(str, sizes)))
    late = sequence(exam, 1, many(exam), 2, 2)
    late[2][0] = 0
    late[3][...] /= 2
    late[5][...] *= 1e-5
    late[5][:, :-1] = 0
    for of_Wx, of_Wh, of_b, of_xs, of_h0 in small_and_large():
        exam.case()
        arguments = scaled((of_xs, of_h0, of_Wx, of_Wh, of_b, 1), *sequence(exam, 2, 2, 2, 3))
        require(exam, exam.new(*place(exam, arguments)), expected_bptt(*arguments), note=SMALL_AND_LARGE)
    cancelling = mirrored(exam, 1, 3), mirrored(exam, 1), *mirrored_weights(exam), mirrored(exam, 1, 3)
    flat = draw(exam, 2, 2, 2), draw(exam, 2, 3), *flat_weights(exam, 2, 3), HUGE * upstream(exam, 2, 2, 3)
    for arguments, note in ((late, "what comes from the last step grows small on its way, and counts at all steps"),
                            (flat, "every sum z is near 8 or -8, where tanh is nearly flat"),
                            (cancelling, "h0, b, dhs and dz each add up to 0, and they aren't 0")):
        exam.case()
        require(exam, exam.new(*place(exam, arguments)), expected_bptt(*arguments), note=note)
    exam.case()
    (xs, *first), (_, *others) = sequence(exam, 2, 3, 2, 3), sequence(exam, 2, 3, 2, 3)
    same = exam.put("xs", xs)
    exam.watch(exam.new(same, *first))
    require(exam, exam.new(same, *others), expected_bptt(xs, *others),
            note="the same xs again, all else is new: nothing is kept from one call to the next")
    holds_alike(exam, [*one_new(*ARGUMENTS), (ARGUMENTS[2:5],)], bptt_with_new)
    holds_alike(exam, crossed(exam, 2, 3, 2, 3, more=1), steps_of_bptt)


def bptt_with_new(exam, new):
    """Call it, then once more where some things are new; yield what comes, as `holds_alike` wants it."""
    given = place(exam, sequence(exam, 2, 3, 2, 3))
    exam.watch(exam.new(*given))
    arguments = renew(given, lambda: sequence(exam, 2, 3, 2, 3), new)
    yield exam.new(*given), tuple(expected_bptt(*arguments)), "what my_bptt returns", only(new)


def steps_of_bptt(exam, sizes, dtype, layout, has_window):
    """Call it with some arguments, with others, and again; yield what is to be equal, as `holds_alike` wants it."""
    options, what = {"window": 2} if has_window else {}, "what my_bptt returns"
    arguments = sequence(exam, *sizes, dtype)
    given = place(exam, arguments, layout)
    result = exam.new(*given, **options)
    other = exam.new(*sequence(exam, *sizes, dtype), **options)
    yield exam.new(*given, **options), result, what, "called again with the same, after others"
    doubled = exam.new(*given[:-1], exam.put("doubled_dhs", 2 * arguments[-1], layout), **options)
    yield doubled, result.each(lambda array: 2 * array), what, "twice dhs gives twice the gradients"
    yield from still(exam, (*given, result, other))


@criterion("my_bptt", "contract", 1, "the arguments stay untouched, and a second call gives the same")
def leaves_arguments(exam):
    arguments = sequence(exam, 2, 3, 2, 3)
    given = place(exam, arguments)
    for options in ({}, {}, {"window": 2}):
        result = exam.new(*given, **options)
        if options:
            exam.watch(result)  # whether it is right has criteria of its own
        else:
            require(exam, result, expected_bptt(*arguments))
            for i in range(len(RESULTS)):
                result.item(i).spoil(CHANGED)
        untouched(exam, given)
    others = sequence(exam, 2, 3, 2, 3)
    others[2][0] = 0
    for thing, array in zip(given, others, strict=True):
        thing.write(array)
    require(exam, exam.new(*given), expected_bptt(*others),
            note="the same arrays hold other numbers now: nothing is kept from one call to the next")
    untouched(exam, given, written=others)


@criterion("my_bptt", "contract", 1, "what was returned doesn't change with a later call")
def results_stay(exam):
    arguments, others = sequence(exam, 2, 3, 2, 3), sequence(exam, 2, 3, 2, 3)
    given, expected = place(exam, arguments), expected_bptt(*arguments)
    result = exam.new(*given)
    require(exam, result, expected)
    windowed = exam.new(*given, window=2)
    for options in ({}, {"window": 2}):
        exam.new(*others, **options)
    after, windowed_after = (thing.now().parts(*RESULTS) for thing in (result, windowed))
    for i, name in enumerate(RESULTS):
        exam.equal(after[i], expected[i], f"{name} of the first call, after others")
    for thing, before in zip(windowed_after, windowed.parts(*RESULTS), strict=True):
        exam.equal(thing, before, f"{thing.name} of the first call with a window, after others")


@criterion("my_bptt", "contract", 1, "the gradients have the dtype of the parameters; arrays need not be contiguous")
def bptt_dtype_and_layout(exam):
    for dtype, layout in ((np.float32, "F"), (np.float64, "strided")):
        exam.case()
        arguments = sequence(exam, 2, 3, 2, 3, dtype)
        given = place(exam, arguments, layout)
        result = exam.new(*given)
        require(exam, result, expected_bptt(*arguments))
        windowed = exam.new(*given, window=2)
        double = exam.new(*(array.astype(np.float64) for array in arguments), window=2)
        for single, right in zip(windowed.parts(*RESULTS), double.parts(*RESULTS), strict=True):
            exam.equal(single, as_dtype(right, dtype), single.name,
                       note=f"window=2, {np.dtype(dtype)}: as with float64, but for rounding")
    in_full(exam, *result.parts(*RESULTS), *windowed.parts(*RESULTS))


def as_dtype(thing, dtype):
    """An array in another dtype; whether its numbers are right has criteria of its own."""
    return thing.value.real.astype(dtype) if isinstance(thing.value, np.ndarray) else np.zeros(1, dtype)


# --- my_clip_grads --------------------------------------------------------------------------------------------------

# Adding 1e-6 to the denominator is allowed. So norms are large, and the results still agree; and none is max_norm
# itself, where such an answer shrinks the gradients by a millionth part and others don't.


SHAPES = (2, 3), (3,), (4, 1)
FOUR_SHAPES = *SHAPES, (2, 3, 2)  # the last can't be seen as rows without a copy, where it lies by columns


def gradients(exam, norm, shapes=SHAPES):
    """Draw gradients whose norm, all together, is about the one given."""
    drawn = [upstream(exam, *shape) for shape in shapes]
    size = sum(float((g ** 2).sum()) for g in drawn) ** 0.5
    return [(g * norm / size).round(2) for g in drawn]


def norm_of(arrays):
    return np.array(np.sqrt(np.sum([np.sum(a.astype(np.float64) ** 2) for a in arrays])))


@criterion("my_clip_grads", "values", 2, "gradients above max_norm shrink by one factor, to the norm max_norm together")
def shrinks_together(exam):
    arrays = gradients(exam, 500, ((3,), (2,)))
    held = exam.gather("grads", [exam.put(f"g{i}", array) for i, array in enumerate(arrays)])
    exam.watch(exam.new(held, 2.5))
    for i, array in enumerate(arrays):
        exam.equal(held.item(i).now(), array * (2.5 / norm_of(arrays)), f"grads[{i}]",
                   note="the norm is about 500, max_norm is 2.5")
    exam.case()
    a, b = exam.put("a", np.array([60.0, -80.0])), exam.put("b", np.array([[240.0]]))
    held = exam.gather("grads", [a, b])
    exam.watch(exam.new(held, 130.0))
    for i, expected in enumerate((np.array([30.0, -40.0]), np.array([[120.0]]))):
        exam.equal(held.item(i).now(), expected, f"grads[{i}]", note="the norm is 260, so all are halved")
    exam.case()
    a, b = exam.put("a", np.array([180.0, -240.0])), exam.put("b", np.array([[400.0]]))
    held = exam.gather("grads", [a, b])
    exam.watch(exam.new(held, 150.0))
    for i, expected in enumerate((np.array([54.0, -72.0]), np.array([[120.0]]))):
        to_many_digits(exam, held.item(i).now(), expected, f"grads[{i}]", "the factor is 0.3, in float64", digits=8)
    exam.case()
    held = exam.gather("grads", [exam.put("a", np.array([-60.0]))])
    exam.watch(exam.new(held, 7.5))
    exam.equal(held.item(0).now(), np.array([-7.5]), "grads[0]", note="the norm of a single number is its size")
    exam.case()
    arrays = gradients(exam, 900)
    held = exam.gather("grads", [exam.put(f"g{i}", array) for i, array in enumerate(arrays)])
    exam.new(held, 200.0)
    factor = 200 / norm_of(arrays)
    for i, array in enumerate(arrays):
        exam.equal(held.item(i).now(), array * factor, f"grads[{i}]")
    for norm, max_norm, shapes in ((410, 400.0, ((2, 3), (3,), (4, 1))), (300, 200.0, ((2,),) * many(exam, 17, 24)),
                                   (0.6, 0.45, ((3,), (4,))), (0.005, 0.003, ((3,), (4,))),
                                   (400.5, 400.0, ((3,), (4,))), (100, None, ((3,), (4,))),
                                   (12_000_000, 4e6, ((3,), (2, 2))), (3e9, 5.0, ((2,), (3,)))):
        exam.case()
        arrays = gradients(exam, norm, shapes) if norm > 0.1 else [
            array / 1e5 for array in gradients(exam, 1e5 * norm, shapes)]
        if len(arrays) > 4:
            arrays[0], arrays[1] = 0 * arrays[0], -arrays[2]  # one of zeros, and two of the same size, among others
        if norm < 1:
            arrays = [array.astype(np.float32) for array in arrays]  # 1e-6 beside the norm isn't seen
        max_norm = max_norm or float(norm_of(arrays)) * (1 - 4e-7)  # just below
        held = exam.gather("grads", [exam.put(f"g{i}", array) for i, array in enumerate(arrays)])
        exam.new(held, max_norm)
        factor = max_norm / norm_of(arrays)
        for i, array in enumerate(arrays):
            exam.equal(held.item(i).now(), array * factor, f"grads[{i}]", any_float=norm < 1,
                       note=f"the norm is about {norm}, max_norm is {max_norm:g}")


@criterion("my_clip_grads", "values", 1, "the norm before clipping comes back")
def returns_norm_before(exam):
    for arrays, max_norm, layout in (
            ([np.array([6.0, -8.0]), np.array([24.0])], 13, "C"), (gradients(exam, 50, FOUR_SHAPES), 7.0, "strided"),
            (gradients(exam, 0.7), 0.9, "F"), (gradients(exam, 50, ((1,),) * many(exam)), 7.0, "C"),
            (gradients(exam, 50, ((many(exam), 2), (1, many(exam)))), 7.0, "C")):
        exam.case()
        things = [exam.put(f"g{i}", array, layout) for i, array in enumerate(arrays)]
        result = exam.new(things, max_norm)
        exam.equal(result, norm_of(arrays), result.name, note="the root of the sum of all squares")
    for value in np.inf, np.nan:
        exam.case()
        result = exam.attempt(lambda value=value: exam.new(
            [exam.put("g0", np.array([3.0, value])), exam.put("g1", np.array([4.0]))], 5.0))
        if result:  # who checks numbers may refuse these
            exam.hold(not (isinstance(result.value, np.ndarray) and np.isfinite(result.value).any()), result.name,
                      "is a finite number", note=f"a gradient is {value}: whoever skips such an update must see it")


@criterion("my_clip_grads", "values", 1, "gradients within max_norm stay as they are, to the last bit")
def leaves_small_gradients(exam):
    for norm, max_norm in ((40, 41.0), (40, 49.0), (40, 60.0), (40, 1000.0), (0.97, 1.0), (0.7, 0.75), (4.3, 4.5)):
        exam.case()
        arrays = [array / 300 for array in gradients(exam, 300 * norm)]
        things = [exam.put(f"g{i}", array) for i, array in enumerate(arrays)]
        result = exam.new(things, max_norm)
        for thing, before in zip(things, arrays, strict=True):
            exam.equal(thing.now(), before, thing.name, note=f"the norm is about {norm}, max_norm is {max_norm:g}",
                       exact=True)
        exam.equal(result, norm_of(arrays), result.name)
    exam.case()
    before = np.array([3.0, np.nan, -2.0])
    thing = exam.put("g0", before)
    if exam.attempt(lambda: exam.new([thing, exam.put("g1", np.array([4.0]))], 5.0)) is None:
        return  # who checks numbers may refuse these
    now = thing.now()
    exam.watch(now)
    known = isinstance(now.value, np.ndarray) and now.value.shape == before.shape
    exam.hold(known and np.all(np.isnan(now.value) | (now.value == before)), "g0", "has other numbers now",
              note="its norm is nan, which isn't above max_norm")


@criterion("my_clip_grads", "contract", 1, "the arrays themselves are changed, so that whoever holds them sees it")
def clips_in_place(exam):
    for dtype in (np.float64, np.float32):
        exam.case()
        arrays = [array.astype(dtype) for array in gradients(exam, 800, FOUR_SHAPES)]
        things = [exam.put(f"g{i}", array, layout)
                  for i, (array, layout) in enumerate(zip(arrays, ("F", "strided", "strided", "F"), strict=True))]
        held = exam.gather("grads", things)
        exam.watch(exam.new(held, 1e6))
        for note in ("the array that the list held", "the list still holds it, for the next time"):
            for thing, array in zip(things, arrays, strict=True):
                thing.write(array)
            exam.watch(exam.new(held, 10.0))
            for thing, array in zip(things, arrays, strict=True):
                now = thing.now()
                exam.equal(now, (array * (10 / norm_of(arrays))).astype(dtype), thing.name, note=note)
                in_full(exam, now, note="what is of float64 keeps all of its digits")
            arrays = [2 * array for array in arrays]
        exam.case()
        small = exam.put("small", np.array([3.0, 4.0], dtype), "strided")
        exam.new([small], 10.0)
        exam.equal(small.now(), small.value, "small", note="its norm is 5, max_norm is 10", exact=True)


@criterion("my_clip_grads", "contract", 1, "gradients that are all 0 stay 0, and their norm is 0")
def zero_gradients(exam):
    things = [exam.put("a", np.zeros((2, 2))), exam.put("b", np.zeros(3))]
    result = exam.new(things, 5.0)
    exam.equal(result, np.array(0.0), result.name)
    for thing in things:
        exam.equal(thing.now(), thing.value, thing.name, exact=True)
    exam.case()
    drawn = 9 + exam.rng.normal(size=3).round(2)
    result = exam.new([exam.put("c", drawn)], 100.0)
    exam.equal(result, np.array(norm_of([drawn])), result.name)


@criterion("my_clip_grads", "contract", 1, "float32 gradients stay float32; one array or many, any shapes")
def clips_float32(exam):
    for shapes in (((2, 3), (3,)), ((4,),), ((1,), (2, 1, 3), (2, 2), (3,)), ((1,),) * many(exam),
                   ((many(exam), 2), (1, many(exam)))):
        exam.case()
        arrays = [array.astype(np.float32) for array in gradients(exam, 80, shapes)]
        things = [exam.put(f"g{i}", array) for i, array in enumerate(arrays)]
        held = exam.gather("grads", things)
        result = exam.new(held, 10.0)
        norm = norm_of(arrays)
        exam.equal(held.now(), tuple((array * (10 / norm)).astype(np.float32) for array in arrays), "grads")
        exam.equal(in_dtype(result, np.float32), norm.astype(np.float32), result.name)
    for max_norm in (0.5, 20.0):
        exam.case()
        arrays = [array.astype(np.float32) for array in gradients(exam, 3, ((2, 3), (3,)))]
        things = [exam.put(f"g{i}", array) for i, array in enumerate(arrays)]
        exam.new(things, max_norm)
        for thing, array in zip(things, arrays, strict=True):
            right = (array * min(1, max_norm / norm_of(arrays))).astype(np.float32)
            exam.equal(thing.now(), right, thing.name, exact=max_norm > 3,
                       note=f"the norm is 3, max_norm is {max_norm}")


# --- last looks -----------------------------------------------------------------------------------------------------

FUNCTIONS = (  # with what the formula gives
    (lambda x: 3 * float(x.sum()), "3 * x.sum()", lambda x, eps: np.full(x.shape, 3.0)),
    (lambda x: float((x ** 2).sum()), "(x ** 2).sum()", lambda x, eps: 2 * x),
    (lambda x: float(np.sin(x).sum()), "np.sin(x).sum()", lambda x, eps: np.cos(x) * np.sin(eps) / eps),
    (lambda x: float(x.sum()) ** 2, "x.sum() ** 2", lambda x, eps: np.full(x.shape, 2 * x.sum())),
)


@criteria.last_look("my_numerical_gradient", against="any_shape_of_x")
def look_at_slopes(exam):
    run, x = last_look.Run(exam), None
    for _ in range(5):  # each slope takes two journeys to the answer
        function, text, slope = run.pick(*FUNCTIONS)
        if x is None or run.chance(0.6):
            x = run.put("x", run.floats(*run.rng.integers(1, 4, run.pick(1, 2, 3)), scale=run.pick(1, 3, 1e-6)))
        f = exam.lend(run.name("f"), function, f"f{run.counts['f']} = lambda x: {text}")
        eps = run.pick((), (), (0.25,))
        result = exam.new(f, x, *eps)
        exam.equal(result, slope(x.value, *(eps or (1e-5,))), result.name, note=last_look.NOTE, least=10)
        run.keep(result, result)
    run.look_back("leaves_x_alone")


@criteria.last_look("my_bptt", against="leaves_arguments")
def look_at_sequences(exam):
    for turns in last_look.TURNS:
        run = last_look.Run(exam)
        for _ in range(turns // 2):
            dtype, window = run.pick(np.float64, np.float32), run.pick(None, None, 1, 2, 3, 4, 5)
            N, T, D, H = (run.size() for _ in range(4))
            shapes = (N, T, D), (N, H), (D, H), (H, H), (H,), (N, T, H)
            scales = 1, 1, 0.5 / max(D, 3) ** 0.5, 0.5 / max(H, 3) ** 0.5, 1, run.pick(1, 1e-3, 1000)
            arrays = [run.floats(*shape, scale=scale).astype(dtype)
                      for shape, scale in zip(shapes, scales, strict=True)]
            given = [run.put(name, array) for name, array in zip(ARGUMENTS, arrays, strict=True)]
            exam.turn_to("any_sizes")
            result = exam.new(*given, **({"window": window} if window else {}))
            expected = window_after_window(*map(last_look.in_double, arrays), window)
            for part, right in zip(result.parts(*RESULTS), expected, strict=True):
                exam.equal(part, right.astype(dtype), part.name, note=last_look.NOTE, least=scales[-1])
            run.keep(result, result)
        run.look_back("leaves_arguments")


@criteria.last_look("my_clip_grads", against="clips_float32")
def look_at_clipping(exam):
    for turns in last_look.TURNS:
        run = last_look.Run(exam)
        for _ in range(turns // 3):
            dtype, norm = run.pick(np.float64, np.float32), run.pick(60.0, 500.0, 9000.0)
            arrays = [run.floats(*[run.size(), run.size(), 2][: run.pick(1, 2, 3)]) for _ in range(run.size())]
            arrays[0].flat[0] = 1
            arrays = [(array * norm / norm_of(arrays)).astype(dtype) for array in arrays]
            most = norm * run.pick(0.01, 0.5, 0.9, 1.2, 50)
            before = norm_of(arrays)
            things = [run.put("g", array) for array in arrays]
            held = exam.gather(run.name("grads"), things)
            result = exam.new(held, most)
            exam.equal(in_dtype(result, dtype), before.astype(dtype), result.name, note=last_look.NOTE)
            for thing, array in zip(things, arrays, strict=True):
                right = array if most > norm else (array * (most / before)).astype(dtype)
                exam.equal(thing.now(), right, thing.name, note=last_look.NOTE, exact=most > norm)
                run.keep(thing, right)
        run.look_back("clips_in_place")


ASSIGNMENT = Assignment("04-bptt", ("my_numerical_gradient", "my_bptt", "my_clip_grads"), criteria, MISCONCEPTIONS)
