"""Criteria of 03-time-rnn. N batch, T time, D word-vector width, H hidden width.

Evidence is of three kinds: numbers worked by hand, the one-step reference unrolled, and central differences that use
neither. By hand, inputs are chosen as in 02-rnn, so that tanh and its slope are known. Where the recurrent gradient
isn't what is examined, Wh is 0 or a single step counts, so that it costs its own points only.
"""
import itertools
from functools import partial

import numpy as np

from rnnlm_ref.layers import RNN
from rnnlm_ref.time_layers import TimeRNN

from ..compare import Difference, same
from ..exam import Assignment, CriteriaList
from ..misconceptions.time_rnn import MISCONCEPTIONS
from . import last_look
from .contract import (
    CHANGED,
    OF_INPUTS,
    OF_PARAMETERS,
    ONE_SIZE_STAYS,
    SMALL_AND_LARGE,
    after_a_beginning,
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
    single,
    still,
    to_many_digits,
    untouched,
)
from .rnn import (
    GRADS,
    HUGE,
    LARGE,
    NAMES,
    TINY,
    Steps,
    beside_another,
    draw,
    flat_weights,
    have_dtype,
    inputs_for,
    is_alive,
    is_other,
    mirrored,
    mirrored_weights,
    named_weights,
    near,
    nothing_comes_back,
    overwrites_each,
    place,
    respond,
    small_and_large,
    update,
    updates_one_number,
    updates_through_params,
    upstream,
    weights,
    whole,
    whole_weights,
)

criteria = CriteriaList()
criterion = criteria.criterion

LOG2, LOG3 = np.log([2.0, 3.0])
SLOPE_ONE = "every sum z is 0, where tanh has slope 1"
NO_RECURRENCE = f"{SLOPE_ONE}, and Wh is 0, so that nothing comes back from the step after"


def states_of(params, xs, h=None):
    """Return hs of a window, written out: one step after the other."""
    Wx, Wh, b = params
    h = np.zeros((len(xs), len(b)), b.dtype) if h is None else h
    sums = xs @ Wx + b
    return np.stack([h := np.tanh(h @ Wh + sums[:, t]) for t in range(xs.shape[1])], axis=1)


def unrolled(params, xs, dhs, h=None):
    """Return hs, dxs, dh and the gradients of a window, by a reference cell for each step."""
    N, T, _ = xs.shape
    h = np.zeros((N, len(params[2])), params[2].dtype) if h is None else h
    cells, hs, dxs = [RNN(*params) for _ in range(T)], [], []
    for t, cell in enumerate(cells):
        hs.append(h := cell.forward(xs[:, t], h))
    dh = np.zeros_like(h)
    for t in reversed(range(T)):
        dx, dh = cells[t].backward(dhs[:, t] + dh)
        dxs.insert(0, dx)
    grads = [sum(cell.grads[i] for cell in cells) for i in range(3)]
    return np.stack(hs, axis=1), np.stack(dxs, axis=1), dh, grads


def resting(exam, Wx, N, T):
    """Draw a window of whole numbers with xs @ Wx = 0: without b and from the state 0, all states stay 0."""
    return np.stack([inputs_for(exam, Wx, np.zeros((N, 2))) for _ in range(T)], axis=1)


# --- forward --------------------------------------------------------------------------------------------------------


def like_cells(exam, params, xs):
    """Require of a new layer the states that a chain of reference cells gives."""
    layer = exam.new(*place(exam, params))
    near(exam, layer.forward(xs), states_of(params, xs), "hs")


@criterion("MyTimeRNN", "forward", 1, "a window of one step, from the state 0, gives tanh(x @ Wx + b)")
def one_step(exam):
    Wx, Wh = whole_weights(exam)
    xs = whole(exam, 1, 1, 3)
    layer = exam.new(*place(exam, (Wx, Wh, np.array([LOG2, -LOG3]) - (xs @ Wx)[0, 0])))
    near(exam, layer.forward(xs), np.array([[[0.6, -0.8]]]), "hs",
               note="the sum is (ln 2, -ln 3), whose tanh is (3/5, -4/5)")
    near(exam, layer.forward(inputs_for(exam, Wx, LARGE)[None]), np.array([[[1.0, -1.0]]]), "hs",
         note="the sum is about (1000, -1000), whose tanh is (1, -1)")
    exam.case()
    for xs in draw(exam, 1, 1, 3), np.zeros((1, 1, 3)):
        like_cells(exam, (Wx, Wh, draw(exam, 2)), xs)


@criterion("MyTimeRNN", "forward", 1, "each step goes on from the state of the step before it")
def three_steps(exam):
    Wx, Wh = whole_weights(exam)
    b = whole(exam, 2)
    sums = np.array([[LOG2, -LOG3], [-LOG3, LOG3], [LOG3, LOG2]])
    hs = np.array([[0.6, -0.8], [-0.8, 0.8], [0.8, 0.6]])
    before = np.vstack([np.zeros((1, 2)), hs[:-1]])
    layer = exam.new(*place(exam, (Wx, Wh, b)))
    near(exam, layer.forward(inputs_for(exam, Wx, sums - before @ Wh - b)[None]), hs[None], "hs",
               note="the sums are (ln 2, -ln 3), (-ln 3, ln 3), (ln 3, ln 2), whose tanh is known")
    exam.case()
    like_cells(exam, (Wx / 4, Wh / 4, draw(exam, 2)), draw(exam, 1, 3, 3))


@criterion("MyTimeRNN", "forward", 1, "hs holds what a chain of single RNN steps gives, for every row of a batch")
def like_unrolled(exam):
    params = weights(exam, 2, 3)
    xs = draw(exam, 3, 4, 2)
    xs[:, [1, 3]] = xs[0, 2] = 0  # a step whose x is 0 is a step
    for stateful in (False, True):
        exam.case()
        layer = exam.new(*place(exam, params), stateful=stateful)
        near(exam, layer.forward(xs), states_of(params, xs), "hs", note="hs[:, t] is the state after step t")
    xs[0, 1, 0] = np.nan
    shows_nan(exam, lambda: [(exam.new(*place(exam, params)).forward(xs), only_at((3, 4, 3), np.s_[0, 1:]), "hs")])


def sizes(exam):
    """Draw N, T, D and H, of which one is large and another 1."""
    N, T, D, H = exam.rng.integers((20, 41, 17, 17), (41, 61, 41, 25)).tolist()
    return (N, 2, 2, 1), (1, T, 2, 3), (2, 1, D, 3), (2, 2, 1, H)


@criterion("MyTimeRNN", "forward", 1, "any N, T, D and H will do; arrays need not be contiguous")
def forward_sizes(exam):
    for N, T, layout in ((1, 3, "F"), (3, 1, "strided"), (3, 3, "F")):
        exam.case()
        params, xs = weights(exam, 3, 3), draw(exam, N, T, 3)
        hs = exam.new(*place(exam, params, layout=layout)).forward(exam.put("xs", xs, layout))
        near(exam, hs, states_of(params, xs), "hs", note=f"N = {N}, T = {T}, D = H = 3")
    exam.case()
    params, xs = mirrored_weights(exam), mirrored(exam, 2, 3)
    near(exam, exam.new(*place(exam, params)).forward(xs), states_of(params, xs), "hs",
         note="b, every step's x and every state add up to 0, and they aren't 0")
    for N, T, D, H in sizes(exam):
        exam.case()
        params, xs = weights(exam, D, H), draw(exam, N, T, D)
        hs = exam.new(*place(exam, params)).forward(xs)
        near(exam, hs, states_of(params, xs), "hs", note=f"N, T, D, H = {N}, {T}, {D}, {H}")
    for scales in small_and_large():
        exam.case()
        *params, xs = scaled(scales[:4], *weights(exam, 2, 3), draw(exam, 2, 3, 2))
        near(exam, exam.new(*place(exam, params)).forward(xs), states_of(params, xs), "hs", note=SMALL_AND_LARGE)
    for which in range(3):
        shows_nan(exam, partial(hs_of_nan, exam, which))
    holds_alike(exam, one_new("xs", *NAMES), partial(window_with_new, goes_back=False))


def hs_of_nan(exam, which):
    """Go forward where a number of Wx, Wh or b is nan, for `shows_nan`."""
    params = weights(exam, 2, 3)
    params[which].flat[0] = np.nan
    hs = exam.new(*place(exam, params)).forward(draw(exam, 2, 3, 2))
    yield hs, only_at((2, 3, 3), np.s_[:, 1:]), hs.name  # of the state 0 it may be that nothing is made


# --- state: an answer is compared with itself, so that a wrong cell costs nothing here -------------------------------


@criterion("MyTimeRNN", "state", 1, "h is the last hidden state after each forward, stateful or not", beside="forward")
def last_state(exam):
    for stateful in (False, True):
        exam.case()
        params = place(exam, weights(exam, 2, 3))
        layer = exam.new(*params, stateful=stateful)
        for T in (many(exam, 17, 22), 1):
            xs = draw(exam, 2, T, 2)
            xs[1, T // 2:] = 0  # a step whose x is 0 is a step
            hs = layer.forward(xs)
            is_alive(exam, hs, "hs")
            responds(exam, params, xs, hs)
            last = hs.value[:, -1] if isinstance(hs.value, np.ndarray) and hs.value.ndim == 3 else None
            state = layer.attribute("h").value
            if isinstance(state, np.ndarray) and last is not None:
                state = state.astype(last.dtype)  # the dtype of hs has a criterion of its own
            exam.equal(state, last, "layer.h", note="hs[:, -1]")
            if isinstance(last, np.ndarray):
                rounded = last.astype(np.float32)
                exam.hold(np.array_equal(last, rounded) or not np.array_equal(state, rounded), "layer.h",
                          "was rounded to float32", note="it is the state hs[:, -1] itself")
    holds_alike(exam, crossed(exam, 2, 3, 2, 3, more=2), state_of_a_window)


def state_of_a_window(exam, sizes, dtype, layout, stateless, is_set):
    """Go through a window, and back; yield what h is to be, as `holds_alike` wants it."""
    N, T, D, H = sizes
    placed = place(exam, small_weights(exam, D, H, dtype), layout=not_by_columns(layout))
    layer = exam.new(*placed, stateful=not stateless)
    if is_set:
        layer.call("set_state", draw(exam, N, H, dtype=dtype))
    hs = layer.forward(exam.put("xs", draw(exam, N, T, D, dtype=dtype), layout))
    last = single(hs.each(lambda hs: hs[:, -1] if hs.ndim == 3 else hs))
    yield single(layer.attribute("h")), last, "layer.h", "hs[:, -1]"
    exam.watch(layer.backward(upstream(exam, N, T, H, dtype=dtype)))
    yield single(layer.attribute("h")), last, "layer.h", "hs[:, -1], after backward too"


def responds(exam, params, xs, hs):
    """Require that hs, made of xs, isn't what other inputs give too."""
    is_other(exam, hs, exam.new(*params).forward(draw(exam, *xs.shape)), "hs", "xs")


def roughly(exam, got, expected, what, note):
    """Compare an answer with itself; rounded to float32 it may go another way by more than that."""
    values = [value.astype(np.float32) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value
              for value in (got.value, expected)]
    exam.equal(*values, what, note=note)


@criterion("MyTimeRNN", "state", 1, "unless stateful, every window starts from zeros, whatever came before",
           beside="forward")
def starts_from_zeros(exam):
    params = place(exam, weights(exam, 2, 3))
    layer = exam.new(*params)
    layer.forward(draw(exam, 2, 3, 2))
    for N, T in ((2, 1), (1, 2)):
        xs = draw(exam, N, T, 2)
        expected = exam.new(*params).forward(xs)
        exam.equal(layer.forward(xs), expected.value, "hs of a later window", note="as a new layer computes it")
    is_alive(exam, expected, "hs")
    responds(exam, params, xs, expected)
    layer.call("set_state", draw(exam, 1, 3))
    exam.equal(layer.forward(xs), expected.value, "hs after set_state", note="the layer isn't stateful")
    first_is_from_zeros(exam)
    exam.case()
    exam.attempt(lambda: forgets_nan(exam))  # who checks numbers may refuse these


def first_is_from_zeros(exam, **options):
    """Require of a single step what only the state 0 gives: the same, whatever Wh is."""
    exam.case()
    (Wx, Wh, b), xs = weights(exam, 2, 3), draw(exam, 1, 1, 2)
    one, other = (exam.new(*place(exam, (Wx, square, b), suffix), **options).forward(xs)
                  for square, suffix in ((Wh, ""), (-Wh, "_turned")))
    exam.watch(one)
    exam.equal(single(other), single(one), "hs", note="of a layer with another Wh, of which the state 0 makes nothing")


@criterion("MyTimeRNN", "state", 1, "a stateful layer goes on where the last window ended", beside="forward")
def goes_on(exam):
    params, xs = place(exam, weights(exam, 2, 3)), draw(exam, 2, 6, 2)
    whole_window = exam.new(*params, stateful=True).forward(xs)
    from_zeros = exam.new(*params, stateful=True).forward(xs[:, 2:3])
    layer = exam.new(*params, True)
    layer.forward(xs[:, :2])
    second, third = layer.forward(xs[:, 2:3]), layer.forward(xs[:, 3:])
    is_alive(exam, whole_window, "hs")
    responds(exam, params, xs, whole_window)
    for hs, start, end, which in ((second, 2, 3, "second"), (third, 3, 6, "third")):
        roughly(exam, hs, steps(whole_window, start, end), f"hs of the {which} window",
                note="windows in a row give what one long window gives")
    differs(exam, second, from_zeros)
    holds_alike(exam, [(*setting, False) for setting in crossed(exam, 2, 2, 2, 3)] + [
        ((2, 2, 2, 2), np.float64, "C", True)], windows_in_a_row)
    shows_nan(exam, partial(windows_of_nan, exam))


def windows_of_nan(exam):
    """Go through two windows, where a nan is in the first and stays in its state, for `shows_nan`."""
    layer, xs = exam.new(*place(exam, weights(exam, 2, 3)), stateful=True), draw(exam, 2, 2, 2)
    first = xs.copy()
    first[0, 0, 0] = np.nan
    if has_nan(layer.forward(first), only_at((2, 2, 3), 0)):
        yield layer.forward(xs), only_at((2, 2, 3), 0), "hs of the second window"


def windows_in_a_row(exam, sizes, dtype, layout, are_mirrored):
    """Go through two windows, and back after the first; yield what is to be equal, as `holds_alike` wants it."""
    N, T, D, H = sizes
    params = mirrored_weights(exam) if are_mirrored else small_weights(exam, D, H, dtype)
    placed = place(exam, params, layout=not_by_columns(layout))
    layer, at_once = (exam.new(*placed, stateful=True) for _ in range(2))
    xs = mirrored(exam, N, 2 * T) if are_mirrored else draw(exam, N, 2 * T, D, dtype=dtype)
    layer.forward(exam.put("xs", xs[:, :T], not_by_columns(layout) if N == 1 else layout))
    layer.backward(upstream(exam, N, T, H, dtype=dtype))
    expected = at_once.forward(xs).each(lambda hs: hs[:, T:] if hs.ndim == 3 else hs)
    yield single(layer.forward(xs[:, T:])), single(expected), "hs", "as in one long window, whatever the sizes"


def steps(hs, start, end=None):
    """The steps of hs from `start` to `end`, or None where hs isn't what it should be."""
    return hs.value[:, start:end] if isinstance(hs.value, np.ndarray) and hs.value.ndim == 3 else None


def differs(exam, hs, from_zeros):
    """Require that a state made a difference."""
    exam.hold(not same(hs.value, from_zeros.value), "hs", "is what it would be from the state 0: "
              "no state is handed on at all")


@criterion("MyTimeRNN", "state", 1, "set_state gives a stateful layer the state to start from", beside="forward")
def takes_a_state(exam):
    for N, D, H in ((2, 2, 3), (1, 3, 2), (1, 2, 2)):
        exam.case()
        params, xs = place(exam, weights(exam, D, H), f"_{D}"), draw(exam, N, 5, D)
        if D == H:  # a state is one, though what it holds adds up to 0
            params, xs = place(exam, mirrored_weights(exam)), mirrored(exam, N, 5)
        whole_window = exam.new(*params, stateful=True).forward(xs)
        from_zeros = exam.new(*params, stateful=True).forward(xs[:, 2:4])
        is_alive(exam, whole_window, "hs")
        responds(exam, params, xs, whole_window)
        known = getattr(whole_window.value, "shape", None) == (N, 5, H)
        state = whole_window.value[:, 1] if known else np.zeros((N, H))
        layer = exam.new(*params, stateful=True)
        layer.call("set_state", draw(exam, 3, H))  # the next one takes its place
        given = exam.put(f"h_{D}", state, "F")
        for _ in range(2):
            given.write(state)  # the same array each time, which the layer may write into: that costs another point
            layer.call("set_state", given)
            hs, later = layer.forward(xs[:, 2:4]), layer.forward(xs[:, 4:])
            roughly(exam, hs, steps(whole_window, 2, 4), "hs after set_state",
                    note="h is the state of a longer window at step 2")
            if known:
                to_many_digits(exam, hs, steps(whole_window, 2, 4), "hs after set_state",
                               "h isn't rounded where a layer takes it", digits=10)
            differs(exam, hs, from_zeros)
            roughly(exam, later, steps(whole_window, 4), "hs of the window after that",
                    note="the state goes on from there")
        layer.call("set_state", np.zeros((N, H)))
        exam.equal(layer.forward(xs[:, 2:4]), from_zeros, "hs after set_state", note="the state is 0")
    small = draw(exam, 2, 5, 2) * 1e-4 / 3
    for params, xs in (*windows_from_zeros(exam), ((*weights(exam, 2, 3)[:2], np.zeros(3)), small)):
        exam.case()
        placed = place(exam, params)
        whole_window = exam.new(*placed, stateful=True).forward(xs)
        if xs is not small:  # what somebody leaves out of it has criteria of its own
            is_alive(exam, whole_window, "hs")
        known = getattr(whole_window.value, "shape", None) == (2, 5, 3)
        layer = exam.new(*placed, stateful=True)
        layer.call("set_state", whole_window.value[:, 1] if known else np.zeros((2, 3)))
        roughly(exam, layer.forward(xs[:, 2:]), steps(whole_window, 2), "hs after set_state",
                note="h is the state of a longer window at step 2")
    exam.case()
    exam.attempt(lambda: keeps_its_start(exam, "set_state", draw(exam, 2, 3)))  # that backward works has other criteria
    exam.case()
    exam.attempt(lambda: forgets_nan(exam, "set_state", draw(exam, 2, 3)))  # who checks numbers may refuse these
    shows_nan(exam, partial(window_from_nan, exam))


def window_from_nan(exam):
    """Go through a window from a state that holds a nan, for `shows_nan`."""
    layer, state = exam.new(*place(exam, weights(exam, 2, 3)), stateful=True), draw(exam, 2, 3)
    state[0, 0] = np.nan
    hs = layer.forward(np.full((2, 2, 2), np.nan))
    layer.call("set_state", state)
    if has_nan(hs, only_at((2, 2, 3), ...)):
        yield layer.forward(draw(exam, 2, 2, 2)), only_at((2, 2, 3), 0), "hs after set_state"


def windows_from_zeros(exam):
    """Yield parameters and xs with which the states after 2 of 5 steps hold zeros, and yet are states."""
    (Wx, Wh, b), xs = weights(exam, 2, 3), draw(exam, 2, 5, 2)
    for row in 0, 1:
        rest = xs.copy()
        rest[row, :2] = 0
        yield (Wx, Wh, 0 * b), rest  # the state of that sequence is 0
    first_is_0 = np.array([0, 1, 1])
    yield (-np.abs(Wx) * first_is_0, np.abs(Wh) * first_is_0, 0 * b), np.abs(xs)  # no number of any state is above 0


def keeps_its_start(exam, *call):
    """Require that a backward of the window before leaves alone what the next window starts from."""
    params, xs = place(exam, weights(exam, 2, 3)), draw(exam, 2, 2, 2)
    layer, fresh = (exam.new(*params, stateful=True) for _ in range(2))
    exam.watch(layer.forward(draw(exam, 2, 3, 2)))
    for each in layer, fresh:
        each.call(*call)
    exam.watch(layer.backward(upstream(exam, 2, 3, 3)))
    exam.equal(layer.forward(xs), fresh.forward(xs), f"hs after {call[0]} and backward",
               note="as a new layer computes it: backward belongs to the window before")


@criterion("MyTimeRNN", "state", 1, "after reset_state a stateful layer starts from zeros, with any batch size",
           beside="forward")
def forgets_the_state(exam):
    params = place(exam, weights(exam, 2, 3))
    layer, fresh = (exam.new(*params, stateful=True) for _ in range(2))
    for _ in range(2):
        layer.call("reset_state")  # as at the start of a first epoch, and of its text
    for which in "first", "second":
        xs = draw(exam, 2, 3, 2)
        exam.equal(layer.forward(xs), fresh.forward(xs), f"hs of the {which} window",
                   note="as of a layer that wasn't reset, for there was no state")
    for times, N in enumerate((2, 3, 1), 1):
        xs = draw(exam, N, 2, 2)
        for _ in range(times):
            layer.call("reset_state")
        fresh = exam.new(*params, stateful=True)
        expected = fresh.forward(xs)
        is_alive(exam, expected, "hs")
        responds(exam, params, xs, expected)
        exam.equal(layer.forward(xs), expected.value, "hs after reset_state", note="as a new layer computes it")
        second, right = layer.forward(xs), fresh.forward(xs)
        exam.equal(second, right.value, "hs of the second window after reset_state", note="as a new layer computes it")
    differs(exam, second, expected)
    layer.call("set_state", draw(exam, 1, 3))
    layer.call("reset_state")
    exam.equal(layer.forward(xs), expected.value, "hs after set_state and reset_state",
               note="as a new layer computes it")
    first_is_from_zeros(exam, stateful=True)
    exam.case()
    exam.attempt(lambda: keeps_its_start(exam, "reset_state"))  # that backward works has other criteria
    exam.case()
    exam.attempt(lambda: forgets_all_states(exam))  # that set_state is there has a criterion of its own
    exam.case()
    exam.attempt(lambda: forgets_nan(exam, "reset_state"))  # who checks numbers may refuse these


def forgets_all_states(exam):
    """Require that a state is forgotten also where another one, of another batch size, came after it."""
    params, xs = place(exam, weights(exam, 2, 3)), draw(exam, 2, 2, 2)
    layer = exam.new(*params, stateful=True)
    exam.watch(layer.forward(xs))
    layer.call("set_state", draw(exam, 1, 3))
    exam.watch(layer.forward(xs[:1]))
    layer.call("reset_state")
    exam.equal(layer.forward(xs), exam.new(*params, stateful=True).forward(xs), "hs after reset_state",
               note="as a new layer computes it: windows of 2 sequences came first, then of 1")


def forgets_nan(exam, *call):
    """Require that a state is forgotten though it is nan, as is 0 times it: by this call, or where none is kept."""
    params, xs = place(exam, weights(exam, 2, 3)), draw(exam, 2, 2, 2)
    layer, fresh = (exam.new(*params, stateful=bool(call)) for _ in range(2))
    exam.watch(layer.forward(np.nan * xs))
    if call:
        for each in layer, fresh:
            each.call(*call)
    exam.equal(layer.forward(xs), fresh.forward(xs), "hs",
               note="as a new layer computes it: a window of nan came first")


@criterion("MyTimeRNN", "state", 1, "no gradient crosses from one window to another", beside="backward")
def stops_at_the_window(exam):
    params = place(exam, weights(exam, 2, 3))
    first, second = draw(exam, 2, 3, 2), draw(exam, 2, 2, 2)
    layer, other = exam.new(*params, stateful=True), exam.new(*params, stateful=True)
    dhs = upstream(exam, 2, 2, 3)
    layer.forward(first)
    layer.backward(upstream(exam, 2, 3, 3))
    hs = layer.forward(second)
    dxs = layer.backward(dhs)
    other.forward(first)
    exam.equal(hs, other.forward(second), "hs of the second window", note="as if backward had not been called before")
    expected = other.backward(dhs)
    is_alive(exam, expected, "dxs")
    exam.equal(dxs, expected.value, "dxs of the second window",
               note="as if backward had not been called for the first")
    is_other(exam, expected, other.backward(upstream(exam, 2, 2, 3)), "dxs", "dhs")
    exam.case()
    params = place(exam, (*weights(exam, 2, 3)[:2], np.zeros(3)))
    layer, fresh = (exam.new(*params, stateful=True) for _ in range(2))
    exam.watch(layer.forward(np.zeros((2, 3, 2))))  # its state stays 0
    hs, right_hs = (each.forward(second) for each in (layer, fresh))
    for each in (layer, fresh):
        exam.watch(each.backward(dhs))
    grads, right_grads = (each.attribute("grads") for each in (layer, fresh))
    exam.watch(hs)
    exam.watch(right_hs)
    if same(hs.value, right_hs.value):  # that the state is handed on has criteria of its own
        exam.equal(grads, right_grads, "grads of the second window",
                   note="as of a new layer: in the first window all xs and states were 0")
    layer, other = (exam.new(*params, stateful=True) for _ in range(2))
    exam.watch(layer.forward(first))
    if exam.attempt(lambda: layer.backward(np.nan * upstream(exam, 2, 3, 3))):  # who checks numbers may refuse these
        exam.watch(other.forward(first))
        for each in (layer, other):
            exam.watch(each.forward(second))
        exam.equal(layer.backward(dhs), other.backward(dhs), "dxs of a window",
                   note="what came back to the window before was nan")


# --- backward -------------------------------------------------------------------------------------------------------


def rest(exam, N, T, recurrent=True):
    """Go forward through a window of zero states, and back; return the layer, dxs and what went in."""
    Wx, Wh = whole_weights(exam)
    xs, dhs = resting(exam, Wx, N, T), whole(exam, N, T, 2)
    if recurrent:
        dhs[:, [0, 2, 4]] = 0
        dhs[0, 3] = 0  # as where a target is masked; what comes from later goes on to earlier steps
    else:
        Wh = np.zeros((2, 2))
    layer = exam.new(*place(exam, (Wx, Wh, np.zeros(2))))
    exam.watch(layer.forward(xs))
    return layer, layer.backward(dhs), (Wx, Wh, xs, dhs)


@criterion("MyTimeRNN", "backward", 1, "dxs[:, t] is the gradient of xs[:, t]")
def gradient_of_each_input(exam):
    _, dxs, (Wx, _, _, dhs) = rest(exam, 2, 3, recurrent=False)
    near(exam, dxs, np.einsum("nth,dh->ntd", dhs, Wx), "dxs", note=NO_RECURRENCE)


@criterion("MyTimeRNN", "backward", 1, "db is the sum over the batch and over time")
def gradient_of_b(exam):
    layer, _, (_, _, _, dhs) = rest(exam, 2, 3, recurrent=False)
    near(exam, layer.grad(2), np.einsum("nth->h", dhs), "grads[2]", note=NO_RECURRENCE)


@criterion("MyTimeRNN", "backward", 1, "dWx is the sum over time of the steps' x.T @ dz")
def gradient_of_wx(exam):
    layer, _, (_, _, xs, dhs) = rest(exam, 2, 3, recurrent=False)
    near(exam, layer.grad(0), np.einsum("ntd,nth->dh", xs, dhs), "grads[0]", note=NO_RECURRENCE)


@criterion("MyTimeRNN", "backward", 1, "dWh is made of the states before each step")
def gradient_of_wh(exam):
    Wx, Wh = whole_weights(exam)
    b, h = np.zeros(2), np.array([[0.6, -0.8]])
    xs = inputs_for(exam, Wx, np.vstack([[[LOG2, -LOG3]], -h @ Wh]))[None]
    dz = whole(exam, 1, 2)
    layer = exam.new(*place(exam, (Wx, Wh, b)))
    exam.watch(layer.forward(xs))
    layer.backward(np.stack([np.zeros((1, 2)), dz], axis=1))
    near(exam, layer.grad(1), np.einsum("ni,nj->ij", h, dz), "grads[1]",
               note="hs is (3/5, -4/5), then (0, 0); the second step's slope is 1, and the first started from 0")
    exam.case()
    layer, _, grads = stateful(exam, Wx, Wh, h, dz)
    near(exam, layer.grad(1), grads[1], "grads[1]", note="a stateful layer, after set_state and one step")


def stateful(exam, Wx, Wh, h, dz):
    """Have a stateful layer go one step on from a state, with a sum of 0, and back; return it, dh and the gradients."""
    params, xs = (Wx, Wh, np.zeros(2)), inputs_for(exam, Wx, -h @ Wh)[None]
    layer = exam.new(*place(exam, params), stateful=True)
    layer.call("set_state", h)
    start = shown_start(params, xs, layer.forward(xs), [h, np.zeros((1, 2))])
    exam.watch(layer.backward(dz[None]))
    return layer, *unrolled(params, xs, dz[None], start)[2:]


def shown_start(params, xs, hs, starts):
    """Return which of these states hs goes on from, the first where it is none of them.

    That a state isn't handed on has criteria of its own; but whatever hs is, the gradients have to fit one of them.
    """
    return next((start for start in starts if is_near(hs, states_of(params, xs, start))), starts[0])


def is_near(thing, expected):
    """Whether a thing is an array of these numbers, in any dtype."""
    value = thing.value
    return isinstance(value, np.ndarray) and value.shape == expected.shape and np.allclose(value, expected, atol=1e-3)


@criterion("MyTimeRNN", "backward", 2, "a gradient reaches all earlier steps: dh comes back through Wh.T and is added")
def through_time(exam):
    _, dxs, (Wx, Wh, _, dhs) = rest(exam, 2, 5)
    dz = [None] * 4 + [dhs[:, 4]]
    for t in (3, 2, 1, 0):
        dz[t] = dhs[:, t] + np.einsum("nj,ij->ni", dz[t + 1], Wh)
    near(exam, dxs, np.einsum("tnh,dh->ntd", dz, Wx), "dxs", note=SLOPE_ONE)


@criterion("MyTimeRNN", "backward", 1, "dh is the gradient of the state that the window started from")
def gradient_of_first_state(exam):
    Wx, Wh = whole_weights(exam)
    dh_of_two_steps(exam, Wx, Wh)
    exam.case()
    both_ways = 2 * (Wh + Wh.T)  # equals its transpose: whether forward turns Wh round has criteria of its own
    layer, dh, _ = stateful(exam, Wx, both_ways, np.array([[0.6, -0.8]]), whole(exam, 1, 2))
    near(exam, layer.attribute("dh"), dh, "layer.dh", note="of a stateful layer, after set_state and one step")
    shows_nan(exam, partial(dh_of_nan, exam))


def dh_of_nan(exam):
    """Go back where a nan comes back to a step, for `shows_nan`."""
    layer, dhs = exam.new(*place(exam, weights(exam, 2, 3))), upstream(exam, 2, 1, 3)
    dhs[0, 0, 0] = np.nan
    exam.watch(layer.forward(draw(exam, 2, 1, 2)))
    if has_nan(layer.backward(dhs), only_at((2, 1, 2), 0)):
        yield layer.attribute("dh"), only_at((2, 3), 0), "layer.dh"


def dh_of_two_steps(exam, Wx, Wh):
    """Require dz @ Wh.T, for the right dz, or for the one that dxs shows: that it is right has other criteria."""
    sums = np.array([LOG2, -LOG3]) * np.ones((3, 1))
    xs = np.stack([inputs_for(exam, Wx, sums), inputs_for(exam, Wx, sums - np.array([0.6, -0.8]) @ Wh)], axis=1)
    params, dhs = (Wx, Wh, np.zeros(2)), whole(exam, 3, 2, 2)
    layer = exam.new(*place(exam, params))
    exam.watch(layer.forward(xs))
    dxs = layer.backward(dhs)
    dh, right = layer.attribute("dh"), unrolled(params, xs, dhs)[2]
    exam.watch(dxs)
    known = getattr(dxs.value, "shape", None) == xs.shape
    shown = dxs.value[:, 0, :2] @ np.linalg.inv(Wx[:2].T) @ Wh.T if known else right
    near(exam, dh, right if is_near(dh, right) else shown, "layer.dh",
         note="hs is (3/5, -4/5) at both steps, so the slopes are 16/25 and 9/25, and dh is the first dz @ Wh.T")


@criterion("MyTimeRNN", "backward", 1, "dxs and the gradients agree with central differences")
def central_differences(exam):
    params, xs, dhs = weights(exam, 2, 3), draw(exam, 2, 3, 2), upstream(exam, 2, 3, 3)
    layer = exam.new(*place(exam, params))
    exam.watch(layer.forward(xs))
    dxs = layer.backward(dhs)
    values = [xs, *params]
    note = "the slope of sum(hs * dhs), measured"
    near(exam, dxs, measured(values, 0, dhs), "dxs", note=note)
    for i in range(3):
        near(exam, layer.grad(i), measured(values, i + 1, dhs), f"grads[{i}]", note=note)


def measured(values, which, dhs, eps=1e-5):
    """Measure the slope of sum(hs * dhs) in each number of `values[which]`, all numbers at once."""
    def loss(step):
        xs, Wx, Wh, b = (value + step if i == which else value for i, value in enumerate(values))
        h, total = 0, 0
        for t in range(dhs.shape[1]):
            h = np.tanh(h @ Wh + xs[..., t, :] @ Wx + b[..., None, :]) if t else np.tanh(
                xs[..., t, :] @ Wx + b[..., None, :])
            total = total + (h * dhs[:, t]).sum(axis=(-2, -1))
        return total

    shape, size = values[which].shape, values[which].size
    steps = eps * np.eye(size).reshape(size, *shape)
    return ((loss(steps) - loss(-steps)) / (2 * eps)).reshape(shape)


@criterion("MyTimeRNN", "backward", 1,
           "backward is right for any N, T, D, H, layout, dtype and size of dhs, stateful or not")
def backward_sizes(exam):
    judges_dh = False  # unless dh is right in a plain window; that it is has a criterion of its own
    for N, T, layout in ((2, 2, "C"), (3, 3, "F"), (3, 1, "strided")):
        exam.case()
        params = weights(exam, 3, 3)
        params[2][0] = 6 * (layout != "C")  # where tanh is nearly flat, what is left of its slope counts too
        layer = exam.new(*place(exam, params, layout="strided"))
        _, *dh = back_and_forth(exam, layer, params, (N, T), layout, judges_dh=judges_dh)
        judges_dh = judges_dh or (layout == "C" and is_near(*dh))
    for N, T, D, H in sizes(exam):
        exam.case()
        params = weights(exam, D, H)
        back_and_forth(exam, exam.new(*place(exam, params)), params, (N, T), scale=TINY if D == 1 else HUGE,
                       judges_dh=judges_dh)
    for params, scale in (flat_weights(exam, 2, 3), HUGE), (weights(exam, 2, 3), 1000 * HUGE):
        exam.case()
        back_and_forth(exam, exam.new(*place(exam, params)), params, (2, 2), scale=scale, judges_dh=judges_dh)
    for scales in small_and_large():
        exam.case()
        *params, xs = scaled(scales[:4], *weights(exam, 2, 3), draw(exam, 2, 2, 2))
        judge_window(exam, exam.new(*place(exam, params)), params, xs, upstream(exam, 2, 2, 3), judges_dh=judges_dh,
                     note=SMALL_AND_LARGE)
    exam.case()
    params = mirrored_weights(exam)
    judge_window(exam, exam.new(*place(exam, params)), params, mirrored(exam, 2, 3), mirrored(exam, 2, 3),
                 judges_dh=judges_dh, note="every b, state, dhs and dz adds up to 0, and they aren't 0")
    exam.case()
    Wx, Wh, b = weights(exam, 2, 3)
    params = Wx, 0 * Wh, b
    judge_window(exam, exam.new(*place(exam, params)), params, np.tile(draw(exam, 2), (2, 3, 1)),
                 np.tile(upstream(exam, 3), (2, 3, 1)), judges_dh=judges_dh, note="all steps are alike, and all count")
    exam.case()
    params = weights(exam, 2, 3)
    layer = exam.new(*place(exam, (*params[:2], params[2] + 1000)))
    hs = layer.forward(draw(exam, 2, 2, 2))
    dxs = layer.backward(upstream(exam, 2, 2, 3))
    if is_near(hs, np.ones((2, 2, 3))):
        near(exam, dxs, np.zeros((2, 2, 2)), "dxs", note="every sum is about 1000, where tanh is flat")
    exam.case()
    params, states, size = weights(exam, 2, 3), (), (2, many(exam))
    layer = exam.new(*place(exam, params), stateful=True)
    T = size[1]
    uneven, late = np.where(np.arange(T) < T // 2, 1, 1e-4)[:, None], 1e-5 * np.eye(T)[:, -1:]  # of each step's dhs
    for scale in uneven, HUGE, late:  # what comes back grows small on its way, and counts at all steps
        states, *_ = back_and_forth(exam, layer, params, size, scale=scale, states=states, judges_dh=judges_dh)
    layer.call("reset_state")
    states = [np.zeros((2, 3)), *states]
    back_and_forth(exam, layer, params, size, states=states, judges_dh=judges_dh)
    for params, xs in windows_from_zeros(exam):
        exam.case()
        layer = exam.new(*place(exam, params), stateful=True)
        layer.forward(xs[:, :2])
        states = states_of(params, xs[:, :2])
        judge_window(exam, layer, params, xs[:, 2:4], upstream(exam, 2, 2, 3), states=[states[:, 1], states[:, 0]],
                     judges_dh=judges_dh, note="a stateful layer, which starts from a state with zeros")
    params = weights(exam, 2, 3)
    holds_alike(exam, one_new("xs", "dhs", *NAMES), window_with_new)
    exam.case()
    layer, state = exam.new(*place(exam, params)), draw(exam, 2, 3)
    if exam.attempt(lambda: layer.call("set_state", state)):  # that it is there has criteria of its own
        back_and_forth(exam, layer, params, (2, 3), states=[0 * state, state], judges_dh=judges_dh,
                       note="after set_state, but the layer isn't stateful")
        holds_alike(exam, [(("xs", "h"),), (("h",),)], window_with_new)
        holds_alike(exam, settings(exam), steps_of_a_layer)
    for which, number in enumerate((np.nan, np.nan, np.inf)):
        shows_nan(exam, partial(window_of_nan, exam, which, number), number)
    exam.case()
    params, xs, dhs = weights(exam, 2, 3), draw(exam, 2, 3, 2), upstream(exam, 2, 3, 3)
    layer = exam.new(*place(exam, params, layout="F"))
    exam.watch(layer.forward(xs))
    if exam.attempt(lambda: layer.backward(dhs)):
        for got, grad in zip(layer.attribute("grads").parts(*GRADS), unrolled(params, xs, dhs)[3], strict=True):
            near(exam, got, grad, got.name, note="Wx and Wh lie by columns, and so may grads")


def window_of_nan(exam, which, number):
    """Go back where a nan was in the first step of xs, or one like it comes back to the last, for `shows_nan`."""
    params, xs, dhs = weights(exam, 2, 3), draw(exam, 2, 3, 2), upstream(exam, 2, 3, 3)
    (xs[0, 0] if which == 0 else dhs[0, -1])[0] = number
    layer = exam.new(*place(exam, params))
    if not has_nan(layer.forward(xs), only_at((2, 3, 3), *[0] * (which == 0))):
        return
    yield layer.backward(dhs), only_at((2, 3, 2), 0), "dxs"
    for i, param in enumerate(params):
        yield layer.grad(i), only_at(param.shape, ...), f"grads[{i}]"


def window_with_new(exam, new, *, goes_back=True):
    """Go forward and back, then once more where some things are new; yield what comes, as `holds_alike` wants it.

    Where the state `h` may be, the layer is stateful.
    """
    def draw_all():
        return (draw(exam, 2, 3, 2), upstream(exam, 2, 3, 3), *weights(exam, 2, 3), draw(exam, 2, 3))

    things = [exam.put(*each) for each in zip(("xs", "dhs", *NAMES, "h"), draw_all(), strict=True)]
    xs, dhs, *params, h = things
    layer = exam.new(*params, stateful="h" in new)

    def turn():
        if "h" in new:
            layer.call("set_state", h)
        hs = layer.forward(xs)
        if not goes_back:
            exam.watch(hs)
        return hs, layer.backward(dhs) if goes_back else None

    turn()
    right_xs, right_dhs, *right_params, start = renew(things, draw_all, new)
    hs, dxs = turn()
    right_hs, right_dxs, _, grads = unrolled(right_params, right_xs, right_dhs, start if "h" in new else None)
    note = only(new)
    yield hs, right_hs, "hs", note
    if goes_back:
        yield dxs, right_dxs, "dxs", note
        yield layer.attribute("grads"), tuple(grads), "grads", note


def settings(exam):
    """Draw `crossed` settings, in one of which time-major arrays are no copies: one sequence of several steps."""
    return crossed(exam, 2, 3, 2, 3, more=2, accept=lambda drawn: any(
        N == 1 < T and layout == "C" for (N, T, *_), _, layout, *_ in drawn))


def small_weights(exam, D, H, dtype):
    """Draw parameters so small that tanh stays far from its ends."""
    return [(0.4 * upstream(exam, *shape)).round(2).astype(dtype) for shape in ((D, H), (H, H), (H,))]


def steps_of_a_layer(exam, sizes, dtype, layout, stateless, is_set):
    """Go forward and back with a layer, several times; yield what is to be equal, as `holds_alike` wants it."""
    N, T, D, H = sizes
    placed = place(exam, small_weights(exam, D, H, dtype), layout=not_by_columns(layout))
    layer, fresh = (exam.new(*placed, stateful=not stateless) for _ in range(2))
    kept = layer.keep_grads(3)

    def window():
        return draw(exam, N, T, D, dtype=dtype), upstream(exam, N, T, H, dtype=dtype), draw(exam, N, H, dtype=dtype)

    first = window()
    given = [exam.put(name, array, not_by_columns(layout) if array.flags.f_contiguous else layout)
             for name, array in zip(("xs", "dhs", "h"), first, strict=True)]
    layer.call("set_state", first[2] if stateless else given[2])  # what spoils h only there isn't judged here
    first_hs = layer.forward(given[0])
    first_dxs, grads = layer.backward(given[1]), layer.attribute("grads")
    layer.backward(window()[1])
    yield layer.backward(given[1]), first_dxs, "dxs", "of another backward with the same dhs"
    yield layer.attribute("grads"), grads, "grads", "of another backward with the same dhs"
    xs, dhs, state = window()
    layer.call("reset_state")
    for each in (layer, fresh) if is_set or stateless else ():
        each.call("set_state", state)
    later, expected = back_from(layer, xs, dhs), back_from(fresh, xs, dhs)
    for got, right in zip(later, expected, strict=True):
        yield got, right, got.name, "as a new layer computes it"
    looked_at = *given, *placed, first_hs, first_dxs
    yield from still(exam, (*looked_at, *kept), (*looked_at, *later[2].parts(*GRADS)),
                     "only the arrays that grads held at the start change, to the last gradients")
    update(exam, placed)
    layer.call("reset_state")
    updated = exam.new(*placed, stateful=not stateless)
    for each in (layer, updated) if is_set or stateless else ():
        each.call("set_state", state)
    again, expected = (back_from(each, xs, dhs)[:2] for each in (layer, updated))
    for got, right in zip(again, expected, strict=True):
        yield got, right, got.name, "after an update of the parameters, as a new layer computes it"


def back_from(layer, xs, dhs):
    """Have a layer go forward and back; return hs, dxs, its gradients and dh."""
    return layer.forward(xs), layer.backward(dhs), layer.attribute("grads"), layer.attribute("dh")


def back_and_forth(exam, layer, params, sizes, layout="C", *, scale=1, note="", **options):
    """Draw a window of these sizes, and judge it; `scale` is that of dhs, one for all steps or one for each."""
    (N, T), (D, H) = sizes, params[0].shape
    xs, dhs = draw(exam, N, T, D), upstream(exam, N, T, H) * scale
    if N == T:
        dhs[0, :-1] = 0  # gradients from the last step alone count at all steps
        dhs[:, :T - 2] = 0
        xs[:, 1:T - 1] = 0
    note = note or ("a stateful layer, in a later window" if options.get("states") else
                    f"N, T, D, H = {N}, {T}, {D}, {H}")
    return judge_window(exam, layer, params, xs, dhs, layout, note=note, **options)


def judge_window(exam, layer, params, xs, dhs, layout="C", *, states=(), judges_dh, note):
    """Require all gradients of a window; return its states, the first of them last, dh and what it should be.

    `states` are those of the window before, of which the first is to be handed on.
    """
    N, T, H = dhs.shape
    zeros = np.zeros((N, H))
    given = (xs, dhs) if layout == "C" else (exam.put("xs", xs, layout), exam.put("dhs", dhs, layout))
    hs, start = layer.forward(given[0]), zeros
    if states:
        start = shown_start(params, xs, hs, [states[0], zeros, *states[1:]])
    right_hs, right_dxs, dh, grads = unrolled(params, xs, dhs, start)
    dxs = layer.backward(given[1])
    near(exam, dxs, right_dxs, "dxs", note=note)
    for got, grad in zip(layer.attribute("grads").parts(*GRADS), grads, strict=True):
        near(exam, got, grad, got.name, note=note)
    got = layer.attribute("dh")
    if judges_dh:
        near(exam, got, dh, "layer.dh", note=note)
    else:
        exam.watch(got)
    exam.watch(hs)
    return [right_hs[:, t] for t in reversed(range(T))], got, dh


# --- contract: an answer is compared with itself ---------------------------------------------------------------------


@criterion("MyTimeRNN", "contract", 1, "backward overwrites grads in place, however often it is called",
           beside="backward")
def overwrites_in_place(exam):
    for stateful in (True, False):
        exam.case()
        overwrites(exam, stateful)


def overwrites(exam, stateful):
    """Require that backward overwrites grads in place, whatever was called before."""
    params = weights(exam, 2, 3)
    layer, fresh, other = (exam.new(*place(exam, params, suffix), stateful=stateful)
                           for suffix in ("", "_alone", "_other"))
    kept = layer.keep_grads(3)
    for grad in kept:
        grad.write(CHANGED)
    xs, later, state = draw(exam, 3, 3, 2), draw(exam, 3, 3, 2), draw(exam, 3, 3)
    first = upstream(exam, 3, 3, 3)
    for each in (layer, other):
        each.forward(xs)
        each.backward(first)
    exam.equal(layer.attribute("grads"), other.attribute("grads"), "grads",
               note="only this backward's gradient, also of the first, whatever grads held before it")
    fresh.forward(xs)
    for each in (layer, fresh):
        start_from(each, state)
    nothing_comes_back(exam, layer, fresh, [later], np.zeros((3, 3, 3)))
    for each in (layer, fresh):
        each.forward(xs)
    dhs = upstream(exam, 3, 3, 3)
    layer.backward(upstream(exam, 3, 3, 3))
    before = layer.attribute("grads").parts(*GRADS)
    for grad in kept:
        grad.write(CHANGED)
    layer.backward(dhs)
    fresh.backward(dhs)
    start_from(layer, state)
    layer.forward(later)  # which is none of grads' business
    one_for_each(exam, layer, 3)
    grads = fresh.attribute("grads").parts(*GRADS)
    respond(exam, grads, before, "dhs")
    for i, expected in enumerate(grads):
        exam.equal(layer.grad(i), expected, f"grads[{i}]",
                   note="only the last backward's gradient, whatever grads held before it")
        exam.equal(kept[i].now(), expected, f"the array that grads[{i}] was at the start",
                   note="whoever kept it must see the new gradient")
    if not stateful:
        layer.forward(xs)
        overwrites_each(exam, layer, kept, params, dhs, grads)


@criterion("MyTimeRNN", "contract", 1, "backward may be called twice and gives the same", beside="backward")
def backward_twice(exam):
    for stateful in (False, True):
        exam.case()
        layer = exam.new(*place(exam, weights(exam, 2, 3)), stateful=stateful)
        for _ in range(1 + stateful):
            layer.forward(draw(exam, 2, 3, 2))
        dhs = upstream(exam, 2, 3, 3)
        first = layer.backward(dhs)
        dh = layer.attribute("dh")
        exam.watch(dh)
        before = dh.value
        second = layer.backward(dhs)
        exam.equal(layer.attribute("dh"), before, "layer.dh after a second backward")
        third, other = layer.backward(dhs), layer.backward(upstream(exam, 2, 3, 3))
        if isinstance(before, np.ndarray) and before.any():  # that dh is right has a criterion of its own
            is_other(exam, dh, layer.attribute("dh"), "layer.dh", "dhs")
        is_alive(exam, first, "dxs")
        exam.equal(second, first, "the second dxs")
        exam.equal(third, first, "the third dxs")
        is_other(exam, first, other, "dxs", "dhs")


@criterion("MyTimeRNN", "contract", 1, "backward fits the last forward, whatever N and T were before",
           beside="backward")
def sizes_change(exam):
    for stateful in (False, True)[:1 + begins_anew(exam)]:
        exam.case()
        fits_each_window(exam, stateful)
    holds_alike(exam, crossed(exam, 2, 2, 2, 3), second_window)
    holds_alike(exam, OF_INPUTS, begun_window)
    exam.case()
    belongs_to_its_window(exam)


def belongs_to_its_window(exam):
    """Require that backward belongs to the last forward, whatever state a layer that keeps none was given since."""
    params, xs, dhs = place(exam, weights(exam, 2, 3)), draw(exam, 2, 3, 2), upstream(exam, 2, 3, 3)
    layer, fresh = exam.new(*params), exam.new(*params)
    for each in layer, fresh:
        exam.watch(each.forward(xs))
    if exam.attempt(lambda: layer.call("set_state", draw(exam, 2, 3))):  # that it is there has a criterion of its own
        (dxs, grads), (expected, expected_grads) = (
            (each.backward(dhs), each.attribute("grads")) for each in (layer, fresh))
        exam.equal(dxs, expected, dxs.name, note="as of a layer that was given no state")
        exam.equal(grads, expected_grads, "grads", note="as of a layer that was given no state")


def start_from(layer, state, *, is_new=False):
    """Give a stateful layer a state; whether reset_state or set_state fails has criteria of its own."""
    if not is_new:
        layer.call("reset_state")
    layer.call("set_state", state)


def begins_anew(exam):
    """Whether a stateful layer takes another state, and another N with it; that it does has criteria of its own."""
    exam.case()
    params, xs, state = place(exam, weights(exam, 2, 3)), draw(exam, 3, 2, 2), draw(exam, 3, 3)

    def later_and_first():
        layer, fresh = (exam.new(*params, stateful=True) for _ in range(2))
        layer.forward(xs[:2])
        start_from(layer, state)
        start_from(fresh, state, is_new=True)
        return layer.forward(xs), fresh.forward(xs)

    seen = exam.attempt(later_and_first) or ()
    for thing in seen:
        exam.watch(thing)
    is_so = bool(seen) and same(*(thing.value for thing in seen))
    if not is_so:
        exam.leave_to_others(Difference("hs", "isn't what a new layer gives, after reset_state() and set_state(h)"))
    return is_so


def fits_each_window(exam, stateful):
    """Require of a layer that has seen other windows what a new layer gives."""
    params = place(exam, weights(exam, 2, 3))
    layer = exam.new(*params, stateful=stateful)
    for which, (N, T) in enumerate((*ONE_SIZE_STAYS, (2, 3), (3, 2), (3, 1))):
        xs, dhs, state = draw(exam, N, T, 2), upstream(exam, N, T, 3), draw(exam, N, 3)
        fresh = exam.new(*params, stateful=stateful)
        if stateful:
            start_from(fresh, state, is_new=True)
            start_from(layer, state, is_new=which == 0)
        exam.watch(fresh.forward(xs))
        expected, expected_grads = fresh.backward(dhs), [fresh.grad(i) for i in range(3)]
        exam.watch(layer.forward(xs))
        if stateful:  # of the next window
            layer.call("set_state", draw(exam, N, 3))
        dxs, grads = layer.backward(dhs), [layer.grad(i) for i in range(3)]
        other = fresh.backward(upstream(exam, N, T, 3))
        is_alive(exam, expected, "dxs")
        exam.equal(dxs, expected, dxs.name, note="as a new layer computes it")
        for i in range(3):
            exam.equal(grads[i], expected_grads[i], f"grads[{i}]", note="as a new layer computes it")
        is_other(exam, expected, other, "dxs", "dhs")


@criterion("MyTimeRNN", "contract", 1, "arguments, parameters and arrays that were returned never change",
           beside="forward")
def leaves_the_callers_arrays_alone(exam):
    for stateful in (False, True):
        exam.case()
        leaves_alone(exam, stateful)
    exam.case()
    exam.attempt(lambda: leaves_states_alone(exam))  # that h is there has a criterion of its own


def leaves_states_alone(exam):
    """Require that a state that was fetched stays as it is."""
    for stateful in (False, True):
        layer = exam.new(*place(exam, weights(exam, 2, 3)), stateful=stateful)
        xs = draw(exam, 2, 3, 2)
        for call in ("set_state", draw(exam, 2, 3)), ("reset_state",):
            exam.watch(layer.forward(xs))
            h = layer.attribute("h")
            layer.call(*call)
            exam.equal(h.now(), h, "the state that was fetched", note=f"after {call[0]}")
            exam.watch(layer.forward(draw(exam, 2, 3, 2)))
            exam.equal(h.now(), h, "the state that was fetched", note=f"after {call[0]} and another window")


def leaves_alone(exam, stateful):
    """Require that nothing that a layer was given or has returned changes, whatever is called after that."""
    params = place(exam, weights(exam, 2, 3))
    layer = exam.new(*params, stateful=stateful)
    arrays = draw(exam, 3, 3, 2), draw(exam, 3, 3), upstream(exam, 3, 3, 3)
    for array in arrays:
        array[1] = 0  # as of a sequence that is padding
    xs, state, dhs = (exam.put(name, array) for name, array in zip(("xs", "h", "dhs"), arrays, strict=True))
    first_state = exam.put("h0", draw(exam, 3, 3))
    layer.call("set_state", first_state)
    layer.call("set_state", state)
    hs = layer.forward(xs)
    dxs = layer.backward(dhs)
    is_alive(exam, hs, "hs")
    is_alive(exam, dxs, "dxs")
    given = xs, state, first_state, dhs, *params
    untouched(exam, given, "it belongs to the caller")
    layer.backward(upstream(exam, 3, 3, 3))
    exam.equal(dxs.now(), dxs.value, "the first dxs, after a second backward")
    second = layer.forward(draw(exam, 3, 3, 2))
    layer.backward(upstream(exam, 3, 3, 3))
    layer.call("reset_state")
    third = layer.forward(draw(exam, 3, 3, 2))
    layer.call("set_state", draw(exam, 3, 3))
    layer.forward(draw(exam, 3, 3, 2))
    layer.call("set_state", state)
    layer.call("reset_state")  # before anything went on from it
    exam.equal(hs.now(), hs.value, "the first hs, after other windows")
    exam.equal(second.now(), second, "the second hs, after reset_state")
    exam.equal(third.now(), third, "the third hs, after set_state")
    exam.equal(dxs.now(), dxs.value, "the first dxs, after other windows")
    untouched(exam, given, "it belongs to the caller, after other windows too")


@criterion("MyTimeRNN", "contract", 1, "the parameters are used as they are now, not copied", beside="forward")
def shares_parameters(exam):
    for stateful in (False, True)[:1 + begins_anew(exam)]:
        shares(exam, stateful)
    N, T, D, H = exam.rng.integers(9, 13, 4).tolist()
    counts_when_large(exam, lambda: named_weights(exam, D, H), draw(exam, N, T, D),
                      begin_anew=lambda layer: layer.call("reset_state"))  # what keeps a state has criteria of its own


def shares(exam, stateful):
    """Require that an update of the parameters counts at once."""
    exam.case()
    before = weights(exam, 2, 3)
    params = place(exam, before)
    layer = exam.new(*params, stateful=stateful)
    xs, dhs, zeros = exam.put("xs", draw(exam, 2, 3, 2)), upstream(exam, 2, 3, 3), np.zeros((2, 3))
    first = layer.forward(xs)
    layer.backward(0 * dhs)  # whatever backward keeps of the parameters, it has now
    start_from(layer, zeros)
    after = [(param + 0.5).round(2) for param in before]
    for thing, array in zip(params, after, strict=True):
        thing.write(array)
    hs, dxs = layer.forward(xs), layer.backward(dhs)
    fresh = exam.new(*place(exam, after, "_new"))
    expected, expected_dxs = fresh.forward(xs), fresh.backward(dhs)
    is_alive(exam, expected, "hs")
    exam.equal(hs, expected, "hs after an update of the parameters",
               note="as a layer computes it that is made of the updated ones")
    exam.equal(dxs, expected_dxs, "dxs after an update of the parameters")
    is_other(exam, hs, first, "hs", "Wx, Wh and b")
    if not stateful:
        updates_one_number(exam, params, after, (xs,), dhs, lambda layer: start_from(layer, zeros))
    start_from(layer, zeros)
    xs.write(draw(exam, 2, 3, 2))  # as a caller does who fills the same array anew
    updates_through_params(exam, layer, after, lambda layer: layer.forward(xs), "hs")
    if stateful:
        holds_alike(exam, [((2, 2, 2, 3), np.float64, "C", is_updated) for is_updated in (False, True)], second_window)
        holds_alike(exam, [(False,), (True,)], windows_that_grow)
        holds_alike(exam, OF_PARAMETERS, begun_window)


def begun_window(exam, *setting):
    """Go through a window after another; see `after_a_beginning`."""
    return after_a_beginning(
        exam, *setting, axes=2, params=lambda: named_weights(exam, 3, 3),
        inputs=lambda: {"xs": draw(exam, 2, 3, 3), "dhs": upstream(exam, 2, 3, 3)})


def windows_that_grow(exam, is_updated):
    """Go through a short window, then longer ones; yield what is to be equal, as `holds_alike` wants it."""
    placed = place(exam, weights(exam, 2, 3))
    layer = exam.new(*placed)
    for N, T in ((3, 1), (2, 3)):
        exam.watch(layer.forward(draw(exam, N, T, 2)))
    if is_updated:
        update(exam, placed)
    xs, dhs = draw(exam, 2, 3, 2), upstream(exam, 2, 3, 3)
    for got, right in zip(*(back_from(each, xs, dhs)[:3] for each in (layer, exam.new(*placed))), strict=True):
        yield got, right, got.name, "after windows of other sizes, and an update, as a new layer computes it"


def second_window(exam, sizes, dtype, layout, is_updated=False):
    """Go on from a window of two steps to one of T; yield what is to be equal, as `holds_alike` wants it."""
    N, T, D, H = sizes
    placed = place(exam, small_weights(exam, D, H, dtype), layout=not_by_columns(layout))
    layer = exam.new(*placed, stateful=True)
    hs = layer.forward(draw(exam, N, 2, D, dtype=dtype))
    exam.watch(layer.backward(upstream(exam, N, 2, H, dtype=dtype)))
    if is_updated:
        update(exam, placed)
    fresh = exam.new(*placed, stateful=True)
    known = getattr(hs.value, "shape", None) == (N, 2, H)
    fresh.call("set_state", hs.value[:, -1] if known else np.zeros((N, H), dtype))
    xs, dhs = (exam.put(name, array, not_by_columns(layout)) for name, array in (
        ("xs", draw(exam, N, T, D, dtype=dtype)), ("dhs", upstream(exam, N, T, H, dtype=dtype))))
    for got, right in zip(*(back_from(each, xs, dhs) for each in (layer, fresh)), strict=True):
        yield single(got), single(right), got.name, "as a new layer computes it that is given the state"


@criterion("MyTimeRNN", "contract", 1, "outputs and gradients have the dtype of the parameters", beside="forward")
def follows_dtype(exam):
    params, xs, dhs = weights(exam, 2, 3), draw(exam, 2, 3, 2), upstream(exam, 2, 3, 3)
    state, found = draw(exam, 2, 3), {}
    params[2][:] += 1000, -1000, 1 / 300  # sums that no exponential can take, of float32 first; and none that is 0
    starts = (False, False), (True, False), (True, True)  # from zeros, from no state, from a state
    settings = *((start, None) for start in starts), (starts[0], 1), (starts[1], 1)
    for (stateful, is_set), size in settings:
        exam.case()
        for dtype in (np.float64, np.float32):
            layer = exam.new(*place(exam, [param.astype(dtype) for param in params], f"_{dtype.__name__}"), stateful)
            if is_set:
                layer.call("set_state", state.astype(dtype))
            x, dh = (array[:size, :size].astype(dtype) for array in (xs, dhs))  # of one step of one sequence, too
            found[dtype] = [layer.forward(x), layer.backward(dh), *map(layer.grad, range(3)), layer.forward(x),
                            layer.backward(dh)]
        have_dtype(exam, found)
    for ((stateful, is_set), size), dtype in itertools.product(settings, (np.float64, np.float32)):
        exam.case()
        placed = place(exam, [param.astype(dtype) for param in params])
        layer, other = (exam.new(*placed, stateful) for _ in range(2))
        if is_set:
            layer.call("set_state", state.astype(dtype))
        for _ in range(2):
            layer.forward(xs[:size, :size].astype(dtype))
            dxs = layer.backward(dhs[:size, :size].astype(dtype))
            # that it is there has a criterion of its own
            dh = exam.attempt(lambda layer=layer: layer.attribute("dh"))
            if dh is None or not isinstance(dh.value, np.ndarray):
                return
            exam.equal(dh, dh.value.real.astype(dtype), dh.name, note=f"the parameters are {np.dtype(dtype)}")
            in_full(exam, dh)
        other.forward(xs[:size, :size].astype(dtype))
        nothing = other.backward(np.zeros_like(dhs[:size, :size], dtype))
        for got, before in (nothing, dxs), (other.attribute("dh"), dh):
            exam.equal(got, before.each(lambda array: 0 * array), got.name,
                       note="dhs is 0: 0 times what others gave, in its shape and dtype")


@criterion("MyTimeRNN", "contract", 1, "layers don't disturb each other, whether they share parameters or not",
           beside="backward")
def stands_alone(exam):
    def draw_turn():
        return (draw(exam, 2, 3, 2),), (upstream(exam, 2, 3, 3),)

    beside_another(exam, draw_turn)
    exam.case()
    beside_another(exam, draw_turn, stateful=True)
    exam.case()
    exam.attempt(lambda: has_its_own_states(exam, draw_turn))  # that they are there has criteria of its own


def has_its_own_states(exam, draw_turn):
    """Require that h and dh stay what they are, whatever another layer does."""
    placed = place(exam, weights(exam, 2, 3))
    one, other = exam.new(*placed), exam.new(*placed)
    for layer in (one, other):
        inputs, douts = draw_turn()
        layer.forward(*inputs)
        exam.watch(layer.backward(*douts))
        if layer is one:
            before = one.attribute("h"), one.attribute("dh")
    for name, thing in zip(("h", "dh"), before, strict=True):
        exam.watch(thing)
        exam.equal(one.attribute(name), thing.value, thing.name, note="after another layer has gone forth and back")
    xs, dhs = draw(exam, 1, 3, 2), upstream(exam, 1, 3, 3)
    new = exam.new(*placed)
    for each in one, new:
        exam.watch(each.forward(xs))
        exam.watch(each.backward(dhs))
    dh = new.attribute("dh")
    exam.equal(one.attribute("dh"), dh, "dh after a window of fewer sequences", note="as of a new layer")
    update(exam, placed)
    exam.equal(new.attribute("dh"), dh, "dh after an update of the parameters", note="it belongs to the last backward")


# --- last look ------------------------------------------------------------------------------------------------------


class Windows(Steps):
    """What `MyTimeRNN` may be asked for."""

    given, dout, gives, right = ("xs",), "dhs", (), TimeRNN

    def options(self, run):
        return {"stateful": run.pick(True, True, False)}

    def inputs(self, run, layer, last):
        N, T, D = last_look.shape_like(last, run, (run.size(), run.size(), layer.group.shapes[0][0]))
        return [run.floats(self.batch(layer) or N, T, D).astype(layer.dtype)]

    def batch(self, layer):
        """The batch size that a layer goes on with; None if any will do."""
        return len(layer.right.h) if layer.right.stateful and layer.right.h is not None else None

    def fits(self, layer, arrays):
        return self.batch(layer) in (None, len(arrays[0]))

    def moves(self, layer):
        return 2 * [partial(self.set_state, layer), partial(self.reset_state, layer)]

    def set_state(self, layer):
        """Give it a state, of any batch size; it goes on from there if it is stateful."""
        before = getattr(layer, "state", None)
        N = len(before.value) if before and layer.run.chance(0.5) else layer.run.size()
        h = layer.run.floats(N, layer.group.shapes[0][1], scale=layer.run.pick(1, 1, 4)).astype(layer.dtype)
        layer.exam.turn_to("takes_a_state")
        if before and len(h) == len(before.value) and layer.run.chance(0.5):  # the same array, maybe filled anew
            h = layer.run.pick(h, before.value)
            before.write(h)
            before.value = h
            layer.run.keep(before, h, exact=True)
        else:
            layer.state = layer.run.put("h", h)
        layer.layer.call("set_state", layer.state)
        layer.right.set_state(last_look.in_double(h))
        layer.may_go_back = False

    def reset_state(self, layer):
        layer.exam.turn_to("forgets_the_state")
        layer.layer.call("reset_state")
        layer.right.reset_state()
        layer.may_go_back = False

    def after_forward(self, layer):
        layer.exam.turn_to("last_state")
        h = layer.layer.attribute("h")
        layer.equal(h.each(lambda array: array.astype(layer.dtype)), layer.right.h)  # as `last_state` takes it
        layer.run.keep(h, h)  # who fetches a state may set it again later

    def after_backward(self, layer):
        layer.equal(layer.layer.attribute("dh"), layer.right.dh, layer.dout[-1])

    def at_end(self, layer):
        if layer.dout and layer.may_go_back:  # who forgets the state, or is given another, may forget dh too
            layer.exam.turn_to(self.against["backward"])
            self.after_backward(layer)


@criteria.last_look("MyTimeRNN", against="leaves_the_callers_arrays_alone")
def look_at_windows(exam):
    last_look.look_at_layers(exam, Windows())


ASSIGNMENT = Assignment("03-time-rnn", ("MyTimeRNN",), criteria, MISCONCEPTIONS, lent={"MyTimeRNN": ("layers",)})
