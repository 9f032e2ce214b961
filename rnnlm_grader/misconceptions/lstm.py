"""What goes wrong in 07-lstm: each variant is the right answer with one thing misunderstood.

Sentences stand after "Likely:".
"""
from collections import namedtuple
from functools import partial

import numpy as np

from ..spec.exam import Library
from . import contract
from .rnn import COPIED_PARAMS

MISCONCEPTIONS = Library()
EQUATION = "08-lstm.html#lstm"
COLUMNS = "08-lstm.html#lstm-columns"
GRADIENT = "08-lstm.html#lstm-gradient"
SLOPES = "08-lstm.html#lstm-slopes"
TIME = "08-lstm.html#lstm-over-time"
STATE = "08-lstm.html#lstm-state"
TWO_READERS = "08-lstm.html#lstm-dc"
ORDER = "08-lstm.html#lstm-gate-order"
SIZES = "04-time-rnn.html#time-rnn-sizes"
GRADIENT_SUM = "04-time-rnn.html#time-rnn-gradient-sum"
ONE_CELL = "04-time-rnn.html#time-rnn-one-cell-per-step"
WINDOWS = "04-time-rnn.html#time-rnn-dh"
WHICH_STATE = "03-rnn.html#rnn-which-state"
IN_PLACE = "02-embedding.html#embedding-in-place"
DTYPE = "02-embedding.html#embedding-dtype"
SHARED = "02-embedding.html#embedding-shared-weights"

OTHER_ORDER = "the columns are cut in another order than o, f, i, g (PyTorch, for one, has i, f, g, o)"
JOINED = "backward puts dz together in another order than o, f, i, g, in which forward cuts z"

Step = namedtuple("Step", "x h_prev c_prev o f i g c h")
lstm = partial(MISCONCEPTIONS.misconception, "MyTimeLSTM")


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class Right:
    """The right answer, which each variant spoils in one place."""

    cut = joined = "ofig"  # the order of the blocks of columns, forward and back

    def __init__(self, Wx, Wh, b, stateful=False):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)]
        self.h = self.c = self.dh = self.dc = None
        self.stateful = stateful

    def zeros(self, xs):
        return np.zeros((len(xs), len(self.params[1])), self.params[2].dtype)

    def start(self, xs):
        """The states before the window."""
        return (self.h, self.c) if self.stateful and self.h is not None else (self.zeros(xs), self.zeros(xs))

    def z(self, x, h):
        Wx, Wh, b = self.params
        return h @ Wh + x @ Wx + b

    def blocks(self, z):
        return np.split(z, 4, axis=1)

    def activate(self, o, f, i, g):
        return sigmoid(o), sigmoid(f), sigmoid(i), np.tanh(g)

    def next_c(self, c, f, i, g):
        return f * c + i * g

    def next_h(self, o, c):
        return o * np.tanh(c)

    def step(self, x, h, c):
        block = dict(zip(self.cut, self.blocks(self.z(x, h)), strict=True))
        gates = self.activate(*(block[name] for name in "ofig"))
        c_next = self.next_c(c, *gates[1:])
        return Step(x, h, c, *gates, c_next, self.next_h(gates[0], c_next))

    def forward(self, xs):
        (h, c), self.steps = self.start(xs), []
        for t in range(xs.shape[1]):
            self.steps.append(self.step(xs[:, t], h, c))
            h, c = self.hand_on(self.steps[-1])
        self.keep(self.steps[-1])
        return np.stack([s.h for s in self.steps], axis=1)

    def hand_on(self, s):
        return s.h, s.c

    def keep(self, s):
        self.h, self.c = s.h, s.c

    def after(self, dhs):
        """The gradients of the states after the window."""
        return np.zeros_like(dhs[:, 0]), np.zeros_like(dhs[:, 0])

    def own_dc(self, dh, s):
        """What comes to c through h."""
        return dh * s.o * (1 - np.tanh(s.c) ** 2)

    def dgates(self, dh, dc, s):
        return dh * np.tanh(s.c), dc * s.c_prev, dc * s.g, dc * s.i

    def slopes(self, s):
        return s.o * (1 - s.o), s.f * (1 - s.f), s.i * (1 - s.i), 1 - s.g ** 2

    def join(self, blocks):
        return np.concatenate(blocks, axis=1)

    def dc_before(self, dc, s):
        return dc * s.f

    def back_one(self, dout, dh, dc, s):
        """Return dz, and the gradients of the states before the step."""
        dh = dout + dh
        dc = dc + self.own_dc(dh, s)
        parts = [d * slope for d, slope in zip(self.dgates(dh, dc, s), self.slopes(s), strict=True)]
        dz = self.join([parts["ofig".index(name)] for name in self.joined])
        return dz, dz @ self.params[1].T, self.dc_before(dc, s)

    def order_back(self, T):
        return reversed(range(T))

    def backward(self, dhs):
        (dh, dc), dzs = self.after(dhs), [None] * dhs.shape[1]
        for t in self.order_back(len(dzs)):
            dzs[t], dh, dc = self.back_one(dhs[:, t], dh, dc, self.steps[t])
        self.dh, self.dc = dh, dc
        self.collect(dzs)
        return np.stack([dz @ self.params[0].T for dz in dzs], axis=1)

    def collect(self, dzs):
        parts = [(s.x.T @ dz, s.h_prev.T @ dz, dz.sum(axis=0)) for s, dz in zip(self.steps, dzs, strict=True)]
        for grad, steps in zip(self.grads, zip(*parts, strict=True), strict=True):
            grad[...] = sum(steps)

    def set_state(self, h, c):
        self.h, self.c = h, c

    def reset_state(self):
        self.h = self.c = None


# --- forward --------------------------------------------------------------------------------------------------------


@lstm(ORDER, OTHER_ORDER)
class OrdersAsPyTorch(Right):
    cut = joined = "ifgo"


@lstm(ORDER, OTHER_ORDER)
class OrdersForgetFirst(Right):
    cut = joined = "fgio"


@lstm(ORDER, OTHER_ORDER)
class OrdersCandidateLast(Right):
    cut = joined = "ifog"


@lstm(EQUATION, "f and i are exchanged: f multiplies the old cell state, i the candidate g")
class SwapsForgetAndInput(Right):
    cut = joined = "oifg"


@lstm(COLUMNS, "the gates are cut out unit by unit (reshape to (N, H, 4)); they are blocks of H columns: z[:, :H], "
               "z[:, H:2*H] and so on")
class CutsUnitByUnit(Right):
    def blocks(self, z):
        return [z[:, k::4] for k in range(4)]

    def join(self, blocks):
        return np.stack(blocks, axis=2).reshape(len(blocks[0]), -1)


@lstm(EQUATION, "the candidate g takes a sigmoid; it is a tanh, for what is added may be negative")
class TakesSigmoidForCandidate(Right):
    def activate(self, o, f, i, g):
        return sigmoid(o), sigmoid(f), sigmoid(i), sigmoid(g)


@lstm(EQUATION, "the gates o, f, i take tanh; a gate is a sigmoid, between 0 and 1")
class TakesTanhForGates(Right):
    def activate(self, o, f, i, g):
        return np.tanh(o), np.tanh(f), np.tanh(i), np.tanh(g)


@lstm(EQUATION, "the forget gate isn't applied to the old cell state: c = f * c + i * g")
class LeavesOutForgetGate(Right):
    def next_c(self, c, f, i, g):
        return c + i * g


@lstm(EQUATION, "the input gate isn't applied to the candidate: c = f * c + i * g")
class LeavesOutInputGate(Right):
    def next_c(self, c, f, i, g):
        return f * c + g


@lstm(EQUATION, "h is made without tanh: h = o * np.tanh(c)")
class LeavesOutTanh(Right):
    def next_h(self, o, c):
        return o * c


@lstm(EQUATION, "the output gate is missing: h = o * np.tanh(c)")
class LeavesOutOutputGate(Right):
    def next_h(self, o, c):
        return np.tanh(c)


@lstm(EQUATION, "the cell states are returned; hs holds the hidden states, h = o * np.tanh(c)")
class GivesCellStates(Right):
    def forward(self, xs):
        super().forward(xs)
        return np.stack([s.c for s in self.steps], axis=1)


# --- state ----------------------------------------------------------------------------------------------------------


@lstm(STATE, "the states are never kept: a stateful layer too starts each window from zeros")
class NeverKeepsStates(Right):
    def start(self, xs):
        return self.zeros(xs), self.zeros(xs)


@lstm(STATE, "the states are always kept, whether stateful or not; unless stateful, each window starts from zeros")
class AlwaysKeepsStates(Right):
    def start(self, xs):
        return (self.zeros(xs), self.zeros(xs)) if self.h is None else (self.h, self.c)


@lstm(STATE, "the cell state is always kept, whether stateful or not; unless stateful, c too starts from zeros")
class AlwaysKeepsCellState(Right):
    def start(self, xs):
        h, c = super().start(xs)
        return h, c if self.c is None else self.c


@lstm(STATE, "a stateful layer goes on from h only, and its cell state starts from zeros in every window")
class KeepsHiddenStateOnly(Right):
    def start(self, xs):
        return super().start(xs)[0], self.zeros(xs)


@lstm(STATE, "self.h and self.c are set only when stateful; they are to hold the last states after each forward")
class SetsStatesOnlyWhenStateful(Right):
    def keep(self, s):
        if self.stateful:
            super().keep(s)


@lstm(STATE, "set_state has no effect: h and c have to go where forward looks for them, to self.h and self.c")
class IgnoresSetState(Right):
    def set_state(self, h, c):
        pass


@lstm(STATE, "set_state ignores c: two states are given, and both are to be kept")
class SetsHiddenStateOnly(Right):
    def set_state(self, h, c):
        self.h, self.c = h, np.zeros_like(h) if self.c is None else self.c


@lstm(STATE, "reset_state has no effect; after it, the next window starts from zeros (self.h = self.c = None)")
class IgnoresReset(Right):
    def reset_state(self):
        pass


@lstm(STATE, "reset_state forgets h and not c, so the next window starts with an old cell state; forget both")
class ResetsHiddenStateOnly(Right):
    def start(self, xs):
        h, c = super().start(xs)
        return h, self.c if self.stateful and self.c is not None else c

    def reset_state(self):
        self.h = None


@lstm(SIZES, "the zeros that windows start from are made once, for the first N; the next window may have another N")
class MakesZerosOnce(Right):
    made = None

    def zeros(self, xs):
        self.made = super().zeros(xs) if self.made is None else self.made
        return self.made


# --- backward: a step -----------------------------------------------------------------------------------------------


@lstm(TWO_READERS, "what comes to c through its own h is missing: dc = dc + dh * o * (1 - tanh(c)**2)")
class LeavesOutOwnDc(Right):
    def own_dc(self, dh, s):
        return np.zeros_like(dh)


@lstm(GRADIENT, "the slope of tanh is missing on the way from h to c: dc = dc + dh * o * (1 - tanh(c)**2)")
class LeavesOutSlopeOfTanh(Right):
    def own_dc(self, dh, s):
        return dh * s.o


@lstm(GRADIENT, "the output gate is missing on the way from h to c: dc = dc + dh * o * (1 - tanh(c)**2)")
class LeavesOutOutputGateBack(Right):
    def own_dc(self, dh, s):
        return dh * (1 - np.tanh(s.c) ** 2)


@lstm(GRADIENT, "the slope on the way from h to c is taken as 1 - c**2; it is 1 - tanh(c)**2")
class SquaresCellState(Right):
    def own_dc(self, dh, s):
        return dh * s.o * (1 - s.c ** 2)


@lstm(SLOPES, "the slopes of the gates are missing: a sigmoid s has s * (1 - s), and the tanh of g has 1 - g**2")
class LeavesOutSlopes(Right):
    def slopes(self, s):
        return 1, 1, 1, 1


class LeavesOutOneSlope(Right):
    def slopes(self, s):
        return [1 if gate == self.gate else slope for gate, slope in zip("ofig", super().slopes(s), strict=True)]


for gate in "ofig":
    lstm(SLOPES, f"the slope of {gate} is missing: a sigmoid s has s * (1 - s), and the tanh of g has 1 - g**2")(
        type(f"LeavesOutSlopeOf{gate.upper()}", (LeavesOutOneSlope,), {"gate": gate}))


@lstm(SLOPES, "the candidate has the slope of a sigmoid, g * (1 - g); g is a tanh, so it is 1 - g**2")
class TakesSigmoidsSlopeForCandidate(Right):
    def slopes(self, s):
        return *super().slopes(s)[:3], s.g * (1 - s.g)


@lstm(SLOPES, "the gates o, f, i have the slope of a tanh; that of a sigmoid s is s * (1 - s)")
class TakesTanhsSlopeForGates(Right):
    def slopes(self, s):
        return tuple(1 - gate ** 2 for gate in (s.o, s.f, s.i, s.g))


@lstm(GRADIENT, "the gradient of o is computed with c; o was multiplied by tanh(c), so it is dh * tanh(c)")
class TakesCellStateForOutputGate(Right):
    def dgates(self, dh, dc, s):
        return dh * s.c, *super().dgates(dh, dc, s)[1:]


@lstm(GRADIENT, "the gradient of f takes the new cell state; f was multiplied by the one before, so it is dc * c_prev")
class TakesNewCellStateForForgetGate(Right):
    def dgates(self, dh, dc, s):
        return super().dgates(dh, dc, s._replace(c_prev=s.c))


@lstm(GRADIENT, "the gradients of i and g take each other's factor; i was multiplied by g, and g by i, so they are "
                "dc * g and dc * i")
class SwapsFactorsOfCandidate(Right):
    def dgates(self, dh, dc, s):
        return super().dgates(dh, dc, s._replace(i=s.g, g=s.i))


@lstm(ORDER, JOINED)
class JoinsAsPyTorch(Right):
    joined = "ifgo"


@lstm(ORDER, JOINED)
class JoinsForgetFirst(Right):
    joined = "fgio"


@lstm(ORDER, JOINED)
class JoinsCandidateLast(Right):
    joined = "ifog"


# --- backward: through time -----------------------------------------------------------------------------------------


@lstm(TWO_READERS, "what later steps hand back to c is lost; dh * o * (1 - tanh(c)**2) has to be added to the dc that "
                   "the step after handed back")
class LeavesOutLaterDc(Right):
    def back_one(self, dout, dh, dc, s):
        return super().back_one(dout, dh, np.zeros_like(dc), s)


@lstm(TWO_READERS, "dc goes back to the step before without the forget gate; c was multiplied by f, so it is dc * f")
class HandsBackWithoutForget(Right):
    def dc_before(self, dc, s):
        return dc


@lstm(TWO_READERS, "dc is multiplied by the forget gate of the step that it comes to; it belongs to the step that "
                   "hands it back: dc * f at the end of each step")
class HandsBackThroughEarlierForget(HandsBackWithoutForget):
    def back_one(self, dout, dh, dc, s):
        return super().back_one(dout, dh, dc * s.f, s)


@lstm(TWO_READERS, "only dhs[:, t] goes from h to c; what the step after handed back to h belongs to it too: "
                   "dh = dhs[:, t] + dh comes first")
class TakesOutputsGradientForDc(Right):
    def back_one(self, dout, dh, dc, s):
        return super().back_one(dout, dh, dc - self.own_dc(dh, s), s)


@lstm(TIME, "nothing comes back to h from the step after: add dh, which it handed back, to dhs[:, t]")
class LeavesOutDh(Right):
    def back_one(self, dout, dh, dc, s):
        return super().back_one(dout, np.zeros_like(dh), dc, s)


@lstm(TIME, "backward visits the steps from the first to the last; gradients come from the future, so it begins at "
            "the last: reversed(range(T))")
class GoesForwards(Right):
    def order_back(self, T):
        return range(T)


@lstm(GRADIENT_SUM, "only the first step's gradient is kept, the one that is visited last; the gradients of all steps "
                    "add up")
class KeepsFirstStepsGradient(Right):
    def collect(self, dzs):
        super().collect(dzs[:1] + [np.zeros_like(dz) for dz in dzs[1:]])


@lstm(WHICH_STATE, "dWh is computed with the hidden state after each step; Wh multiplied the one before it")
class TakesStateAfterForDWh(Right):
    def collect(self, dzs):
        super().collect(dzs)
        self.grads[1][...] = sum(s.h.T @ dz for s, dz in zip(self.steps, dzs, strict=True))


@lstm(STATE, "self.dc isn't set; after backward, self.dh and self.dc are the gradients of the states that the window "
             "started from")
class SetsNoDc(Right):
    def backward(self, dhs):
        dxs = super().backward(dhs)
        self.dc = None
        return dxs


@lstm(STATE, "self.dc is the gradient of the window's first cell state; it is that of the state before, once more "
             "times f")
class StopsBeforeStart(Right):
    def dc_before(self, dc, s):
        self.first_dc = dc
        return super().dc_before(dc, s)

    def backward(self, dhs):
        dxs = super().backward(dhs)
        self.dc = self.first_dc
        return dxs


@lstm(WINDOWS, "a window's dh and dc are carried into the next backward; no gradient crosses windows, so both begin "
               "at 0")
class CarriesGradients(Right):
    def after(self, dhs):
        return super().after(dhs) if self.dh is None else (self.dh, self.dc)


# --- the contract ---------------------------------------------------------------------------------------------------


@lstm(IN_PLACE, "gradients pile up from one backward to the next; start each sum at 0")
class PilesUp(contract.PilesUp, Right):
    pass


@lstm(IN_PLACE, "grads holds new arrays after backward; whoever kept the old ones (an optimiser) never sees the "
                "gradients. Write into them: `grad[...] = ...`")
class Rebinds(contract.Rebinds, Right):
    pass


@lstm(SHARED, COPIED_PARAMS)
class CopiesParameters(contract.CopiesParameters, Right):
    pass


@lstm(SHARED, contract.REUSED)
class ReusesOutput(contract.ReusesOutput, Right):
    pass


@lstm(SHARED, "backward adds into dhs itself (`dhs[:, t] += dh`); it belongs to the caller: dh = dhs[:, t] + dh")
class ChangesDhs(Right):
    def back_one(self, dout, dh, dc, s):
        dout += dh
        return super().back_one(dout, np.zeros_like(dh), dc, s)


@lstm(ONE_CELL, "backward uses up what forward kept (pop, or an iterator); a second backward must give the same")
class UsesUpSteps(Right):
    def backward(self, dhs):
        dxs = super().backward(dhs)
        self.steps = []
        return dxs


@lstm(GRADIENT_SUM, "db is averaged over the batch; it is the sum over batch and steps")
class AveragesDb(Right):
    def collect(self, dzs):
        super().collect(dzs)
        self.grads[2] /= len(dzs[0])


@lstm(TIME, "dxs is stacked in the order of the loop, from the last step to the first; dxs[:, t] belongs to step t")
class StacksDxsBackwards(Right):
    def backward(self, dhs):
        return super().backward(dhs)[:, ::-1].copy()


@lstm(TIME, "the list of steps is never emptied, so that backward goes over those of an earlier window; make it new in "
            "each forward")
class NeverClearsSteps(Right):
    def forward(self, xs):
        earlier = vars(self).get("steps", [])
        hs = super().forward(xs)
        self.steps = earlier + self.steps
        return hs


@lstm(ONE_CELL, "what forward keeps is stored in the class or in a global, so that one layer overwrites what another "
                "remembers; keep it in self")
class KeepsCacheInClass(Right):
    kept = ()

    def forward(self, xs):
        hs = super().forward(xs)
        type(self).kept = self.steps
        return hs

    def backward(self, dhs):
        self.steps = type(self).kept
        return super().backward(dhs)


@lstm(DTYPE, "hs is forced to float64 (np.zeros or np.empty without dtype); it should have the dtype of the parameters")
class ForcesFloat64(contract.ForcesFloat64, Right):
    pass


@lstm(DTYPE, contract.GRADS_FLOAT64)
class ForcesGradsFloat64(contract.ForcesGradsFloat64, Right):
    pass
