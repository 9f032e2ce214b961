"""What goes wrong in 03-time-rnn: each variant is the right answer with one thing misunderstood.

Sentences stand after "Likely:".
"""
import numpy as np

from ..spec.exam import Library
from . import contract
from .rnn import COPIED_PARAMS, SIGMOID, OffersCopies

MISCONCEPTIONS = Library()
UNROLLED = "04-time-rnn.html#time-rnn-unrolled"
STATE = "04-time-rnn.html#time-rnn-state"
GRADIENT_SUM = "04-time-rnn.html#time-rnn-gradient-sum"
RECURRENT = "04-time-rnn.html#time-rnn-recurrent-gradient"
DH = "04-time-rnn.html#time-rnn-dh"
ONE_CELL = "04-time-rnn.html#time-rnn-one-cell-per-step"
SIZES = "04-time-rnn.html#time-rnn-sizes"
CELL = "03-rnn.html#rnn-equation"
CELL_SHAPES = "03-rnn.html#rnn-shapes"
SLOPE = "03-rnn.html#rnn-tanh-derivative"
TRANSPOSE = "03-rnn.html#rnn-transpose"
BATCH_SUM = "03-rnn.html#rnn-batch-sum"
WHICH_STATE = "03-rnn.html#rnn-which-state"
IN_PLACE = "02-embedding.html#embedding-in-place"
DTYPE = "02-embedding.html#embedding-dtype"
SHARED = "02-embedding.html#embedding-shared-weights"

NOT_HANDED_ON = ("every step starts from the state before the window; the state has to be handed on from step to step, "
                 "h = cell.forward(xs[:, t], h)")
ONE_OBJECT = ("one cell object serves all steps, and each forward overwrites what it remembers; backward then sees "
              "only the last step. Make a cell for each step (they share the parameters)")

DXS_REUSED = ("one array dxs is kept, or made in forward, and used again; what backward returned before then changes "
              "later")


class Right:
    """The right answer, which each variant spoils in one place."""

    def __init__(self, Wx, Wh, b, stateful=False):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)]
        self.h = self.dh = None
        self.stateful = stateful

    def start(self, xs):
        """The state before the window."""
        if self.stateful and self.h is not None:
            return self.h
        return np.zeros((len(xs), len(self.params[1])), self.params[2].dtype)

    def cell(self, x, h):
        Wx, Wh, b = self.params
        return np.tanh(h @ Wh + x @ Wx + b)

    def forward(self, xs):
        self.xs, self.states = xs, [self.start(xs)]
        for t in range(xs.shape[1]):
            self.states.append(self.cell(xs[:, t], self.states[-1]))
        self.keep(self.states[-1])
        return np.stack(self.states[1:], axis=1)

    def keep(self, h):
        self.h = h

    def first_dh(self, dhs):
        """The gradient of the state after the window."""
        return np.zeros_like(dhs[:, 0])

    def dz(self, t, dh):
        return dh * (1 - self.states[t + 1] ** 2)

    def backward(self, dhs):
        Wx, Wh, _ = self.params
        dzs, dh = [], self.first_dh(dhs)
        for t in reversed(range(dhs.shape[1])):
            dzs.insert(0, self.dz(t, dhs[:, t] + dh))
            dh = dzs[0] @ Wh.T
        self.dh = dh
        self.collect(dzs)
        return np.stack([dz @ Wx.T for dz in dzs], axis=1)

    def collect(self, dzs):
        steps = [(self.xs[:, t].T @ dz, self.states[t].T @ dz, dz.sum(axis=0)) for t, dz in enumerate(dzs)]
        for grad, parts in zip(self.grads, zip(*steps, strict=True), strict=True):
            grad[...] = sum(parts)

    def set_state(self, h):
        self.h = h

    def reset_state(self):
        self.h = None


def time_rnn(section, sentence, **marks):
    return MISCONCEPTIONS.misconception("MyTimeRNN", section, sentence, **marks)


# --- forward --------------------------------------------------------------------------------------------------------


@time_rnn(UNROLLED, NOT_HANDED_ON)
class StartsEachStepFromZeros(Right):
    def forward(self, xs):
        start = self.first(xs)
        outs = [self.cell(xs[:, t], start) for t in range(xs.shape[1])]
        self.xs, self.states = xs, [start, *outs]
        self.keep(outs[-1])
        return np.stack(outs, axis=1)

    def first(self, xs):
        return np.zeros((len(xs), len(self.params[1])), self.params[2].dtype)


@time_rnn(UNROLLED, NOT_HANDED_ON)
class StartsEachStepFromStart(StartsEachStepFromZeros):
    def first(self, xs):
        return self.start(xs)


@time_rnn(UNROLLED, "the input isn't used step by step: every step reads xs[:, 0]")
class ReadsFirstInput(Right):
    def forward(self, xs):
        return super().forward(np.repeat(xs[:, :1], xs.shape[1], axis=1))


@time_rnn(UNROLLED, "the window is read from the right to the left; step t reads xs[:, t], from t = 0 on")
class ReadsBackwards(Right):
    def forward(self, xs):
        return super().forward(xs[:, ::-1])[:, ::-1]

    def backward(self, dhs):
        return super().backward(dhs[:, ::-1])[:, ::-1]


@time_rnn(UNROLLED, "the output is time-major, (T, N, H); it should be (N, T, H)")
class GivesTimeMajor(Right):
    def forward(self, xs):
        return super().forward(xs).swapaxes(0, 1)


@time_rnn(UNROLLED, "only the last state is returned; hs holds the states of all steps, (N, T, H)")
class GivesLastState(Right):
    def forward(self, xs):
        return super().forward(xs)[:, -1]


@time_rnn(UNROLLED, "the states in hs are one step late: hs[:, t] should be the state after step t, not before it")
class GivesStatesBefore(Right):
    def forward(self, xs):
        super().forward(xs)
        return np.stack(self.states[:-1], axis=1)


@time_rnn(UNROLLED, "the state before the window is among the outputs, T + 1 of them; hs starts with the state after "
                    "the first step")
class GivesStartToo(Right):
    def forward(self, xs):
        super().forward(xs)
        return np.stack(self.states, axis=1)


@time_rnn(UNROLLED, "the last step is left out (range(T - 1)), and stays zero")
class SkipsLastStep(Right):
    def forward(self, xs):
        hs = super().forward(xs)
        hs[:, -1] = 0
        return hs


@time_rnn(UNROLLED, "forward returns nothing (is there a `return`?); it returns hs", shows_nothing=True)
class GivesNoHs(Right):
    def forward(self, xs):
        super().forward(xs)


@time_rnn(UNROLLED, "all steps of hs show the last state: one array was put in each time and overwritten later")
class GivesOneArrayTTimes(Right):
    def forward(self, xs):
        hs = super().forward(xs)
        hs[...] = hs[:, -1:]
        return hs


@time_rnn(UNROLLED, "the old state is added to the new one; h is replaced at each step, not added to")
class AddsStatesUp(Right):
    def cell(self, x, h):
        return h + super().cell(x, h)


@time_rnn(CELL, "tanh is missing from the step: h = tanh(h @ Wh + x @ Wx + b)")
class LeavesOutTanh(Right):
    def cell(self, x, h):
        Wx, Wh, b = self.params
        return h @ Wh + x @ Wx + b


@time_rnn(CELL, "b isn't added in the step: h = tanh(h @ Wh + x @ Wx + b)")
class LeavesOutBias(Right):
    def cell(self, x, h):
        Wx, Wh, _ = self.params
        return np.tanh(h @ Wh + x @ Wx)


@time_rnn(CELL, SIGMOID)
class TakesSigmoid(Right):
    def cell(self, x, h):
        Wx, Wh, b = self.params
        return 1 / (1 + np.exp(-(h @ Wh + x @ Wx + b)))


@time_rnn(CELL, SIGMOID)
class TakesSigmoidBothWays(TakesSigmoid):
    def dz(self, t, dh):
        return dh * self.states[t + 1] * (1 - self.states[t + 1])


@time_rnn(CELL, "tanh is taken twice; h is tanh of the sum, once")
class TakesTanhTwice(Right):
    def cell(self, x, h):
        return np.tanh(super().cell(x, h))


@time_rnn(CELL, "tanh is taken of the state's part only; first add x @ Wx and b to it, then take tanh")
class TakesTanhOfStateOnly(Right):
    def cell(self, x, h):
        Wx, Wh, b = self.params
        return np.tanh(h @ Wh) + x @ Wx + b


@time_rnn(CELL, "the input isn't used: x @ Wx is missing from the sum")
class ForgetsInput(Right):
    def cell(self, x, h):
        _, Wh, b = self.params
        return np.tanh(h @ Wh + b)


@time_rnn(CELL, "b is subtracted in the step; it is added to the sum")
class SubtractsBias(Right):
    def cell(self, x, h):
        Wx, Wh, b = self.params
        return np.tanh(h @ Wh + x @ Wx - b)


@time_rnn(CELL, "b is added after tanh; it belongs inside, tanh(h @ Wh + x @ Wx + b)")
class AddsBiasOutside(Right):
    def cell(self, x, h):
        Wx, Wh, b = self.params
        return np.tanh(h @ Wh + x @ Wx) + b


@time_rnn(CELL_SHAPES, "the step multiplies by Wh.T; the shape fits because Wh is square, but it is h @ Wh")
class TransposesWh(Right):
    def cell(self, x, h):
        Wx, Wh, b = self.params
        return np.tanh(h @ Wh.T + x @ Wx + b)


@time_rnn(SIZES, "N and T are mixed up: the loop or the states run over the batch, and the rows of one step are taken "
                 "for steps")
class LoopsOverBatch(Right):
    def forward(self, xs):
        return super().forward(xs.swapaxes(0, 1)).swapaxes(0, 1)

    def backward(self, dhs):
        return super().backward(dhs.swapaxes(0, 1)).swapaxes(0, 1)


@time_rnn(SIZES, "every row of the batch goes on from the state of the first row; each sequence has its own state")
class SharesFirstState(Right):
    def cell(self, x, h):
        return super().cell(x, h[:1])


# --- state ----------------------------------------------------------------------------------------------------------


@time_rnn(STATE, "the state is never kept: a stateful layer too starts each window from zeros")
class NeverKeepsState(Right):
    def start(self, xs):
        return np.zeros((len(xs), len(self.params[1])), self.params[2].dtype)


@time_rnn(STATE, "the state is always kept, whether stateful or not; unless stateful, each window starts from zeros")
class AlwaysKeepsState(Right):
    def start(self, xs):
        stateful, self.stateful = self.stateful, True
        start = super().start(xs)
        self.stateful = stateful
        return start


@time_rnn(STATE, "the meaning of stateful is turned round: the state is kept when it is False")
class TurnsStatefulRound(Right):
    def __init__(self, Wx, Wh, b, stateful=False):
        super().__init__(Wx, Wh, b, not stateful)


@time_rnn(STATE, "self.h isn't updated in the loop (it stays what it was before the window), so the next window can't "
                 "go on from there")
class KeepsStartOnly(Right):
    def keep(self, h):
        self.h = self.states[0]


@time_rnn(STATE, "self.h stays None; it is to hold the last hidden state after forward")
class SetsNoState(Right):
    def keep(self, h):
        self.h = None


@time_rnn(STATE, "self.h is set only when stateful; it is to hold the last hidden state after each forward")
class SetsStateOnlyWhenStateful(Right):
    def keep(self, h):
        self.h = h if self.stateful else None


@time_rnn(STATE, "self.h is the first hidden state of the window; it is to be the last")
class KeepsFirstState(Right):
    def keep(self, h):
        self.h = self.states[1]


@time_rnn(STATE, "self.h is all hidden states, (N, T, H); it is to be the last one, (N, H)")
class KeepsAllStates(Right):
    def start(self, xs):
        return super().start(xs) if self.h is None or self.h.ndim == 2 or not self.stateful else self.h[:, -1]

    def keep(self, h):
        self.h = np.stack(self.states[1:], axis=1)


@time_rnn(STATE, "set_state has no effect: the array has to go to self.h, where forward looks for it")
class IgnoresSetState(Right):
    def set_state(self, h):
        pass


@time_rnn(STATE, "set_state has no effect once a state is kept; it replaces whatever self.h was")
class SetsStateOnlyOnce(Right):
    def set_state(self, h):
        if self.h is None:
            self.h = h


@time_rnn(STATE, "reset_state has no effect; after it, the next window starts from zeros (self.h = None)")
class IgnoresReset(Right):
    def reset_state(self):
        pass


@time_rnn(STATE, "reset_state keeps zeros for the old batch size; the next window may have another N. Forget the state "
                 "instead: self.h = None")
class ResetsToOldSize(Right):
    def reset_state(self):
        if self.h is not None:
            self.h = np.zeros_like(self.h)


@time_rnn(STATE, "reset_state writes zeros into the array of the state, which others hold too; forget it instead: "
                 "self.h = None")
class ResetsInPlace(Right):
    def forward(self, xs):
        hs = super().forward(xs)
        self.h = hs[:, -1]
        return hs

    def reset_state(self):
        if self.h is not None:
            self.h[...] = 0
        self.h = None


@time_rnn(STATE, "reset_state keeps zeros of the wrong shape, such as those of b; the state is (N, H), so forget it "
                 "instead: self.h = None")
class ResetsToOneRow(Right):
    def reset_state(self):
        self.h = np.zeros_like(self.params[2])


@time_rnn(STATE, "the state is set to zeros in place (`self.h[...] = 0`) where no state is kept, and whoever holds "
                 "that array, such as hs or the caller, sees it; make new zeros")
class ClearsStateInPlace(Right):
    def start(self, xs):
        if self.stateful or self.h is None or len(self.h) != len(xs):
            return super().start(xs)
        self.h[...] = 0
        return self.h

    def forward(self, xs):
        hs = super().forward(xs)
        self.h = hs[:, -1]
        return hs


@time_rnn(STATE, "a state given by set_state is used even when the layer isn't stateful; then each window starts from "
                 "zeros")
class TakesStateWhenStateless(Right):
    given = None

    def start(self, xs):
        return super().start(xs) if self.stateful or self.given is None else self.given

    def set_state(self, h):
        self.h = self.given = h


@time_rnn(STATE, "the new state is written into the array that set_state was given, or into hs that was returned "
                 "(self.h[...] = ...); give self.h a new array: self.h = h")
class WritesStateInPlace(Right):
    def forward(self, xs):
        old = self.h if self.stateful else None
        self.h = None if old is None else old.copy()
        hs = super().forward(xs)
        if old is not None:
            old[...] = hs[:, -1]
            self.h = old
        else:
            self.h = hs[:, -1]
        return hs


# --- backward: through time -----------------------------------------------------------------------------------------


@time_rnn(RECURRENT, "nothing comes back from the step after: each step takes only its own dhs[:, t]. Add dh, which "
                     "the later step handed back: dhs[:, t] + dh")
class LeavesOutDh(Right):
    def backward(self, dhs):
        parts = [self.dz(t, dhs[:, t]) for t in range(dhs.shape[1])]
        self.dh = parts[0] @ self.params[1].T
        self.collect(parts)
        return np.stack([dz @ self.params[0].T for dz in parts], axis=1)


@time_rnn(RECURRENT, "only the last step's dhs goes in; every state is an output too, so each step adds its own "
                     "dhs[:, t] to dh")
class TakesLastDhsOnly(Right):
    def backward(self, dhs):
        only = np.zeros_like(dhs)
        only[:, -1] = dhs[:, -1]
        return super().backward(only)


@time_rnn(RECURRENT, "backward visits the steps from the first to the last; gradients come from the future, so it "
                     "begins at the last: reversed(range(T))")
class GoesForwards(Right):
    def backward(self, dhs):
        Wx, Wh, _ = self.params
        dzs, dh = [], self.first_dh(dhs)
        for t in range(dhs.shape[1]):
            dzs.append(self.dz(t, dhs[:, t] + dh))
            dh = dzs[-1] @ Wh.T
        self.dh = dh
        self.collect(dzs)
        return np.stack([dz @ Wx.T for dz in dzs], axis=1)


@time_rnn(RECURRENT, "the first step is left out on the way back (range(T - 1, 0, -1)); the loop has to end with t = "
                     "0: reversed(range(T))")
class LeavesOutFirstStep(Right):
    def backward(self, dhs):
        Wx, Wh, _ = self.params
        dzs, dh = [], self.first_dh(dhs)
        for t in range(dhs.shape[1] - 1, 0, -1):
            dzs.insert(0, self.dz(t, dhs[:, t] + dh))
            dh = dzs[0] @ Wh.T
        self.dh = dh
        dzs.insert(0, np.zeros_like(dh))
        self.collect(dzs)
        return np.stack([dz @ Wx.T for dz in dzs], axis=1)


@time_rnn(RECURRENT, "dh is added up over all later steps (`dh += ...`); what a step hands back replaces dh, because "
                     "it holds all that comes from later")
class PilesUpDh(Right):
    def backward(self, dhs):
        Wx, Wh, _ = self.params
        dzs, dh = [], self.first_dh(dhs)
        for t in reversed(range(dhs.shape[1])):
            dzs.insert(0, self.dz(t, dhs[:, t] + dh))
            dh = dh + dzs[0] @ Wh.T
        self.dh = dh
        self.collect(dzs)
        return np.stack([dz @ Wx.T for dz in dzs], axis=1)


@time_rnn(RECURRENT, "dh goes back to the step before without Wh; the step before acts through h @ Wh, so it is "
                     "dz @ Wh.T")
class HandsBackWithoutWh(Right):
    def backward(self, dhs):
        Wx, _, _ = self.params
        dzs, dh = [], self.first_dh(dhs)
        for t in reversed(range(dhs.shape[1])):
            dzs.insert(0, self.dz(t, dhs[:, t] + dh))
            dh = dzs[0]
        self.dh = dh
        self.collect(dzs)
        return np.stack([dz @ Wx.T for dz in dzs], axis=1)


@time_rnn(TRANSPOSE, "dh goes back through Wh instead of Wh.T; the shape fits because Wh is square")
class HandsBackThroughWh(Right):
    def backward(self, dhs):
        Wx, Wh, _ = self.params
        dzs, dh = [], self.first_dh(dhs)
        for t in reversed(range(dhs.shape[1])):
            dzs.insert(0, self.dz(t, dhs[:, t] + dh))
            dh = dzs[0] @ Wh
        self.dh = dh
        self.collect(dzs)
        return np.stack([dz @ Wx.T for dz in dzs], axis=1)


@time_rnn(RECURRENT, "dh is added after the slope of tanh instead of before; both gradients of a state go through its "
                     "tanh: (dhs[:, t] + dh) * (1 - h**2)")
class AddsDhAfterSlope(Right):
    def backward(self, dhs):
        Wx, Wh, _ = self.params
        dzs, dh = [], self.first_dh(dhs)
        for t in reversed(range(dhs.shape[1])):
            dzs.insert(0, self.dz(t, dhs[:, t]) + dh)
            dh = dzs[0] @ Wh.T
        self.dh = dh
        self.collect(dzs)
        return np.stack([dz @ Wx.T for dz in dzs], axis=1)


@time_rnn(SLOPE, "the slope of tanh is missing: dz = (dhs[:, t] + dh) * (1 - h**2)")
class LeavesOutSlope(Right):
    def dz(self, t, dh):
        return dh


@time_rnn(SLOPE, "the derivative of tanh is taken as 1 - h; the square is missing, 1 - h**2")
class LeavesOutSquare(Right):
    def dz(self, t, dh):
        return dh * (1 - self.states[t + 1])


@time_rnn(SLOPE, "the derivative of tanh is taken as h**2; the `1 -` is missing, 1 - h**2")
class LeavesOutOne(Right):
    def dz(self, t, dh):
        return dh * self.states[t + 1] ** 2


@time_rnn(SLOPE, "the whole of 1 - h is squared, (1 - h)**2; only h is, 1 - h**2")
class SquaresDifference(Right):
    def dz(self, t, dh):
        return dh * (1 - self.states[t + 1]) ** 2


@time_rnn(SLOPE, "tanh is taken once more in the derivative, 1 - tanh(h)**2; h is a tanh already")
class TakesTanhOnceMore(Right):
    def dz(self, t, dh):
        return dh * (1 - np.tanh(self.states[t + 1]) ** 2)


@time_rnn(SLOPE, "the derivative is that of the sigmoid, h * (1 - h); that of tanh is 1 - h**2")
class TakesSlopeOfSigmoid(Right):
    def dz(self, t, dh):
        return dh * self.states[t + 1] * (1 - self.states[t + 1])


@time_rnn(WHICH_STATE, "the slope of tanh is taken at the state before the step; it is 1 - h**2 with the state after "
                       "it")
class TakesSlopeAtStateBefore(Right):
    def dz(self, t, dh):
        return dh * (1 - self.states[t] ** 2)


@time_rnn(ONE_CELL, ONE_OBJECT)
class HasOneCell(Right):
    def dz(self, t, dh):
        return dh * (1 - self.states[-1] ** 2)

    def collect(self, dzs):
        x, before, rows = self.xs[:, -1], self.states[-2], sum(dzs)
        self.grads[0][...] = x.T @ rows
        self.grads[1][...] = before.T @ rows
        self.grads[2][...] = rows.sum(axis=0)


@time_rnn(ONE_CELL, ONE_OBJECT)
class HasOneCellSummedAfter(HasOneCell):
    def collect(self, dzs):
        super().collect([dzs[0] * len(dzs)])


@time_rnn(ONE_CELL, "cells of earlier windows are still in the list (it is never emptied in forward), so backward "
                    "visits the wrong ones")
class NeverEmptiesCells(Right):
    def __init__(self, Wx, Wh, b, stateful=False):
        super().__init__(Wx, Wh, b, stateful)
        self.cells = []

    def forward(self, xs):
        hs = super().forward(xs)
        self.cells += [(xs[:, t], *self.states[t:t + 2]) for t in range(xs.shape[1])]
        return hs

    def dz(self, t, dh):
        return dh * (1 - self.cells[t][2] ** 2)

    def collect(self, dzs):
        pairs = list(zip(self.cells, dzs, strict=False))
        self.grads[0][...] = sum(x.T @ dz for (x, _, _), dz in pairs)
        self.grads[1][...] = sum(before.T @ dz for (_, before, _), dz in pairs)
        self.grads[2][...] = sum(dz.sum(axis=0) for dz in dzs)


@time_rnn(ONE_CELL, "what forward keeps is stored in the class or in a global, so that one layer overwrites what "
                    "another remembers; keep it in self")
class KeepsCacheInClass(Right):
    cache = ()

    def forward(self, xs):
        hs = super().forward(xs)
        type(self).cache = self.xs, self.states
        return hs

    def backward(self, dhs):
        self.xs, self.states = type(self).cache
        return super().backward(dhs)


@time_rnn(RECURRENT, "the steps of dxs are in the wrong order (append in a loop that runs backwards); dxs[:, t] "
                     "belongs to xs[:, t]")
class GivesDxsBackwards(Right):
    def backward(self, dhs):
        return super().backward(dhs)[:, ::-1]


@time_rnn(UNROLLED, "dxs is time-major, (T, N, D); it should be (N, T, D)")
class GivesDxsTimeMajor(Right):
    def backward(self, dhs):
        return super().backward(dhs).swapaxes(0, 1)


@time_rnn(RECURRENT, "only the gradient of one step's input is returned; dxs holds those of all steps, (N, T, D)")
class GivesFirstDxOnly(Right):
    def backward(self, dhs):
        return super().backward(dhs)[:, 0]


@time_rnn(RECURRENT, "backward returns nothing (is there a `return`?); it returns dxs", shows_nothing=True)
class GivesNoDxs(Right):
    def backward(self, dhs):
        super().backward(dhs)


@time_rnn(RECURRENT, "backward gives nothing but zeros; is it filled in?", shows_nothing=True)
class GivesZeros(Right):
    def dz(self, t, dh):
        return np.zeros_like(dh)


# --- backward: the parameters ---------------------------------------------------------------------------------------


@time_rnn(GRADIENT_SUM, "only the first step's gradient is kept, the one that is visited last; the gradients of all "
                        "steps add up")
class KeepsFirstStepsGradient(Right):
    def collect(self, dzs):
        super().collect(dzs[:1])


@time_rnn(GRADIENT_SUM, "only the last step's gradient is kept; the gradients of all steps add up")
class KeepsLastStepsGradient(Right):
    def collect(self, dzs):
        super().collect([np.zeros_like(dz) for dz in dzs[:-1]] + dzs[-1:])


@time_rnn(GRADIENT_SUM, "the gradients of the steps are averaged over T; the parameters are used T times, so they add "
                        "up")
class AveragesOverTime(Right):
    def collect(self, dzs):
        super().collect([dz / len(dzs) for dz in dzs])


@time_rnn(BATCH_SUM, "the parameter gradients are divided by the batch size; whether to average is for the loss to "
                     "say, and dhs already carries it")
class AveragesOverBatch(Right):
    def collect(self, dzs):
        super().collect([dz / len(dz) for dz in dzs])


@time_rnn(GRADIENT_SUM, "the gradients are added up in the cells but never written into self.grads of this layer",
          shows_nothing=True)
class WritesNothing(Right):
    def collect(self, dzs):
        pass


@time_rnn(WHICH_STATE, "dWh is computed with the state after each step; Wh multiplied the state before it")
class TakesStateAfterForDWh(Right):
    def collect(self, dzs):
        super().collect(dzs)
        self.grads[1][...] = sum(self.states[t + 1].T @ dz for t, dz in enumerate(dzs))


@time_rnn(WHICH_STATE, "at t = 0 the window's last state is taken for the state before the step (hs[:, t - 1] is "
                       "hs[:, -1] then); it is the state that the window started from")
class TakesLastStateBeforeFirst(Right):
    def collect(self, dzs):
        super().collect(dzs)
        self.grads[1][...] = sum(self.states[t or -1].T @ dz for t, dz in enumerate(dzs))


@time_rnn(TRANSPOSE, "dWh is turned round, dz.T @ h; the shape fits because Wh is square, but it is h.T @ dz")
class TurnsDWh(Right):
    def collect(self, dzs):
        super().collect(dzs)
        self.grads[1][...] = self.grads[1].T.copy()


@time_rnn(BATCH_SUM, "db takes only one row of the batch; all rows add up, over the batch and over time")
class TakesFirstRowOfBias(Right):
    def collect(self, dzs):
        super().collect(dzs)
        self.grads[2][...] = sum(dz[0] for dz in dzs)


# --- backward: dh ---------------------------------------------------------------------------------------------------


@time_rnn(DH, "self.dh isn't set; after backward it is the gradient of the state that the window started from")
class SetsNoDh(Right):
    def backward(self, dhs):
        dxs = super().backward(dhs)
        self.dh = None
        return dxs


@time_rnn(DH, "self.dh is what the last step handed back (the first one visited); it is what the first step handed "
              "back, the gradient of the state that the window started from")
class KeepsDhOfLastStep(Right):
    def backward(self, dhs):
        dxs = super().backward(dhs)
        self.dh = self.dz(dhs.shape[1] - 1, dhs[:, -1]) @ self.params[1].T
        return dxs


@time_rnn(DH, "self.dh is the gradient of the first hidden state; it is that of the state before the first step, one "
              "Wh.T further back")
class StopsBeforeStart(Right):
    def backward(self, dhs):
        Wx, Wh, _ = self.params
        dzs, dh = [], self.first_dh(dhs)
        for t in reversed(range(dhs.shape[1])):
            self.dh = dhs[:, t] + dh
            dzs.insert(0, self.dz(t, self.dh))
            dh = dzs[0] @ Wh.T
        self.collect(dzs)
        return np.stack([dz @ Wx.T for dz in dzs], axis=1)


@time_rnn(DH, "a window's dh is carried into the next backward; no gradient crosses windows, so dh begins at 0")
class CarriesDh(Right):
    def first_dh(self, dhs):
        return super().first_dh(dhs) if self.dh is None else self.dh


# --- contract -------------------------------------------------------------------------------------------------------


@time_rnn(IN_PLACE, "gradients pile up from one backward to the next (`+=`); each backward overwrites, `grad[...] = "
                    "...`")
class PilesUp(contract.PilesUp, Right):
    pass


@time_rnn(IN_PLACE, "grads holds new arrays after backward; whoever kept the old ones (an optimiser) never sees the "
                    "gradient. Write into them: `self.grads[i][...] = grad`")
class Rebinds(contract.Rebinds, Right):
    pass


@time_rnn(SHARED, contract.COPIED)
class CopiesParameters(contract.CopiesParameters, Right):
    pass


@time_rnn(SHARED, COPIED_PARAMS)
class CopiesParams(Right):
    def __init__(self, Wx, Wh, b, stateful=False):
        super().__init__(Wx, Wh, b, stateful)
        self.arrays, self.params = self.params, [Wx.copy(), Wh.copy(), b.copy()]

    def forward(self, xs):
        return self.with_arrays(super().forward, xs)

    def backward(self, dhs):
        return self.with_arrays(super().backward, dhs)

    def with_arrays(self, method, given):
        copies, self.params = self.params, self.arrays
        result, self.params = method(given), copies
        return result


@time_rnn(SHARED, COPIED_PARAMS)
class CopiesParamsEachTime(OffersCopies, Right):
    pass


@time_rnn(SHARED, "backward updates the parameters; it only computes gradients, the optimiser updates")
class UpdatesParameters(Right):
    def collect(self, dzs):
        super().collect(dzs)
        for param, grad in zip(self.params, self.grads, strict=True):
            param -= 0.1 * grad


@time_rnn(SHARED, "the caller's dhs is changed in place (`dhs[:, t] += dh`); arguments belong to the caller. Write "
                  "`dhs[:, t] + dh`")
class ChangesDhs(Right):
    def backward(self, dhs):
        Wx, Wh, _ = self.params
        dzs, dh = [], 0
        for t in reversed(range(dhs.shape[1])):
            dhs[:, t] += dh
            dzs.insert(0, self.dz(t, dhs[:, t]))
            dh = dzs[0] @ Wh.T
        self.dh = dh
        self.collect(dzs)
        return np.stack([dz @ Wx.T for dz in dzs], axis=1)


@time_rnn(SHARED, contract.REUSED)
class ReusesOutput(contract.ReusesOutput, Right):
    pass


@time_rnn(SHARED, DXS_REUSED)
class FillsDxsOfForward(Right):
    def forward(self, xs):
        self.dxs = np.empty_like(xs)
        return super().forward(xs)

    def backward(self, dhs):
        self.dxs[...] = super().backward(dhs)
        return self.dxs


@time_rnn(SHARED, DXS_REUSED)
class ReusesDxs(Right):
    buffer = None

    def backward(self, dhs):
        dxs = super().backward(dhs)
        if self.buffer is None or self.buffer.shape != dxs.shape:
            self.buffer = np.empty_like(dxs)
        self.buffer[...] = dxs
        return self.buffer


@time_rnn(ONE_CELL, "backward uses up the list of cells (pop, or an iterator); a second backward must give the same")
class UsesUpCells(Right):
    def backward(self, dhs):
        dxs = super().backward(dhs)
        self.states = [np.ones_like(state) for state in self.states]
        return dxs


@time_rnn(SIZES, "the sizes of the first window are kept for good; N and T may change from one window to the next")
class KeepsFirstSizes(Right):
    sizes = None

    def forward(self, xs):
        if self.sizes is None:
            self.sizes = xs.shape[:2]
        N, T = self.sizes
        return super().forward(xs[:N, :T])


@time_rnn(DTYPE, "hs is forced to float32 (np.empty(..., dtype='f')); it should have the dtype of the parameters")
class ForcesHsFloat32(contract.ForcesFloat32, Right):
    pass


@time_rnn(DTYPE, "hs is forced to float64 (np.empty or np.zeros without dtype); it should have the dtype of the "
                 "parameters")
class ForcesHsFloat64(contract.ForcesFloat64, Right):
    pass


@time_rnn(DTYPE, "dxs is forced to float32 (np.empty(..., dtype='f')); it should have the dtype of the parameters")
class ForcesDxsFloat32(Right):
    def backward(self, dhs):
        return super().backward(dhs).astype("f")


@time_rnn(DTYPE, "dxs is forced to float64 (np.empty or np.zeros without dtype); it should have the dtype of the "
                 "parameters")
class ForcesDxsFloat64(Right):
    def backward(self, dhs):
        return super().backward(dhs).astype("d")


@time_rnn(DTYPE, "hs and dxs are both forced to float32 (dtype='f'), as in the study notebook; they should have the "
                 "dtype of the parameters")
class ForcesFloat32(ForcesHsFloat32, ForcesDxsFloat32):
    pass


@time_rnn(DTYPE, contract.GRADS_FLOAT64)
class ForcesGradsFloat64(contract.ForcesGradsFloat64, Right):
    pass


@time_rnn(DTYPE, contract.GRADS_FLOAT32)
class ForcesGradsFloat32(contract.ForcesGradsFloat32, Right):
    pass
