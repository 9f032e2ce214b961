"""What goes wrong in 03-time-rnn: the right answer, and the changes that spoil it. Sentences stand after "Likely:"."""

from .. import contract, step
from ..contract import SHARED
from ..misconception import Library
from ..step import DH, ONE_CELL, RECURRENT, TRANSPOSE, WHICH_STATE

MISCONCEPTIONS = Library()
UNROLLED = "04-time-rnn.html#time-rnn-unrolled"
STATE = "04-time-rnn.html#time-rnn-state"

NOT_HANDED_ON = (
    "no step starts from the state that the step before gave; it has to be handed on from step to step, "
    "h = cell.forward(xs[:, t], h)"
)
ONE_OBJECT = (
    "one cell object serves all steps, and each forward overwrites what it remembers; backward then sees "
    "only the last step. Make a cell for each step (they share the parameters)"
)

RIGHT = """
class MyTimeRNN:
    def __init__(self, Wx, Wh, b, stateful=False):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(param) for param in self.params]
        self.stateful = stateful
        self.h = self.dh = None

    def forward(self, xs):
        Wx, Wh, b = self.params
        N, T, D = xs.shape
        D, H = Wx.shape
        h = self.h if self.stateful and self.h is not None else np.zeros((N, H), b.dtype)
        hs = np.zeros((N, T, H), b.dtype)
        self.steps = []
        for t in range(T):
            x, h_prev = xs[:, t], h
            z = h_prev @ Wh + x @ Wx + b
            h = np.tanh(z)
            self.steps.append((x, h_prev, h))
            hs[:, t] = h
        self.h = h
        return hs

    def backward(self, dhs):
        Wx, Wh, b = self.params
        N, T, H = dhs.shape
        D, H = Wx.shape
        dxs = np.zeros((N, T, D), b.dtype)
        dh = np.zeros((N, H), b.dtype)
        for grad in self.grads:
            grad[...] = 0
        for t in reversed(range(T)):
            x, h_prev, h = self.steps[t]
            dz = (dhs[:, t] + dh) * (1 - h**2)
            for grad, part in zip(self.grads, (x.T @ dz, h_prev.T @ dz, dz.sum(axis=0))):
                grad += part
            dxs[:, t] = dz @ Wx.T
            dh = dz @ Wh.T
        self.dh = dh
        return dxs

    def set_state(self, state):
        self.h = state

    def reset_state(self):
        self.h = None
"""

time_rnn = MISCONCEPTIONS.of("MyTimeRNN", RIGHT)

# --- forward ---------------------------------------------------------------------------------------------------------

time_rnn("StartsEachStepFromZeros", UNROLLED, NOT_HANDED_ON, ("z = h_prev @ Wh", "z = np.zeros_like(h) @ Wh"))
time_rnn(
    "StartsEachStepFromStart",
    UNROLLED,
    NOT_HANDED_ON,
    ("for t in range(T)", "start = h\n        for t in range(T)"),
    ("z = h_prev @ Wh", "z = start @ Wh"),
)
time_rnn(
    "StartsEachStepFromItsState",
    UNROLLED,
    NOT_HANDED_ON,
    (
        "            h = np.tanh(z)\n            self.steps.append((x, h_prev, h))\n            hs[:, t] = h",
        "            hs[:, t] = np.tanh(z)\n            self.steps.append((x, h_prev, hs[:, t]))",
    ),
)
step.in_window(time_rnn, UNROLLED)
time_rnn(
    "KeepsOneArray",
    UNROLLED,
    step.ONE_ARRAY,
    ("            h = np.tanh(z)", "            h = h if t else h.copy()\n            h[...] = np.tanh(z)"),
)
time_rnn(
    "AddsStatesUp",
    UNROLLED,
    "the old state is added to the new one; h is replaced at each step, not added to",
    ("h = np.tanh(z)", "h = h + np.tanh(z)"),
)
step.in_forward(time_rnn, h="h")
step.stacks_wrongly(time_rnn)

# --- state -----------------------------------------------------------------------------------------------------------

time_rnn(
    "NeverKeepsState",
    STATE,
    "the state isn't carried on (is self.h set, and read?): a stateful layer too starts each window from zeros",
    ("self.h if self.stateful and self.h is not None else ", ""),
)
ALWAYS_KEPT = "the state is always kept, whether stateful or not; unless stateful, each window starts from zeros"
time_rnn("AlwaysKeepsState", STATE, ALWAYS_KEPT, ("self.stateful and ", ""))
time_rnn(
    "AlwaysKeepsStateThatFits",
    STATE,
    ALWAYS_KEPT,
    ("self.stateful and self.h is not None", "np.shape(self.h) == (N, H)"),
)
time_rnn(
    "AlwaysKeepsStateInCells",  # which raise where NumPy would make one row fit all
    STATE,
    ALWAYS_KEPT,
    ("self.stateful and ", ""),
    (
        "            x, h_prev = ",
        "            if len(h) != N:\n                raise ValueError\n            x, h_prev = ",
    ),
)
time_rnn(
    "TurnsStatefulRound",
    STATE,
    "the meaning of stateful is turned round: the state is kept when it is False",
    ("if self.stateful", "if not self.stateful"),
)
time_rnn(
    "KeepsStartOnly",
    STATE,
    "self.h isn't updated in the loop (it stays what it was before the window), so the "
    "next window can't go on from there",
    ("h = self.h if", "h = self.h = self.h if"),
    ("        self.h = h\n", ""),
)
time_rnn(
    "SetsNoState",
    STATE,
    "self.h stays None; it is to hold the last hidden state after forward",
    ("self.h = h", "self.h = None"),
)
ONLY_WHEN_STATEFUL = "self.h is set only when stateful; it is to hold the last hidden state after each forward"
time_rnn(
    "SetsStateOnlyWhenStateful", STATE, ONLY_WHEN_STATEFUL, ("self.h = h", "self.h = h if self.stateful else None")
)
time_rnn(
    "LeavesStateAsItWas",
    STATE,
    "forward doesn't write self.h, so it stays what it was; it is to hold the last hidden state after each forward",
    ("        self.h = h\n", ""),
)
time_rnn(
    "LeavesStateAsItWasUnlessStateful",
    STATE,
    ONLY_WHEN_STATEFUL,
    ("        self.h = h\n", "        if self.stateful:\n            self.h = h\n"),
)
time_rnn(
    "KeepsFirstState",
    STATE,
    "self.h is the first hidden state of the window; it is to be the last",
    ("self.h = h", "self.h = hs[:, 0].copy()"),
)
time_rnn(
    "KeepsAllStates",
    STATE,
    "self.h is all hidden states, (N, T, H); it is to be the last one, (N, H)",
    ("h = self.h if", "h = (self.h[:, -1] if np.ndim(self.h) == 3 else self.h) if"),
    ("self.h = h", "self.h = hs.copy()"),
)
time_rnn(
    "IgnoresSetState",
    STATE,
    "set_state has no effect: the array has to go to self.h, where forward looks for it",
    ("self.h = state", "pass"),
)
time_rnn(
    "SetsStateOnlyOnce",
    STATE,
    "set_state has no effect once a state is kept; it replaces whatever self.h was",
    ("self.h = state", "self.h = state if self.h is None else self.h"),
)
time_rnn(
    "SetsStateInPlace",
    STATE,
    "set_state writes into the array of the state, which others hold too; keep the array that is given: self.h = h",
    ("self.h = state", "if self.h is None:\n            self.h = state.copy()\n        self.h[...] = state"),
)
time_rnn(
    "IgnoresReset",
    STATE,
    "reset_state has no effect; after it, the next window starts from zeros (self.h = None)",
    ("self.h = None", "pass"),
)
step.resets_to_zeros(time_rnn, STATE, "self.h = None")
time_rnn(
    "ResetsInPlace",
    STATE,
    "reset_state writes zeros into the array of the state, which others hold too; forget it instead: self.h = None",
    ("self.h = h", "self.h = hs[:, -1]"),
    ("self.h = None", "if self.h is not None:\n            self.h[...] = 0\n        self.h = None"),
)
time_rnn(
    "ResetsInPlaceToTheOldSize",
    STATE,
    "reset_state writes zeros into the array of the state, which others hold too, and which has the old N; forget it "
    "instead: self.h = None",
    ("self.h = None", "if self.h is not None:\n            self.h[...] = 0"),
)
time_rnn(
    "ResetsToOneRow",
    STATE,
    "reset_state keeps zeros of the wrong shape, such as those of b; the state is (N, "
    "H), so forget it instead: self.h = None",
    ("self.h = None", "self.h = np.zeros_like(self.params[2])"),
)
time_rnn(
    "ClearsStateInPlace",
    STATE,
    "the state is set to zeros in place (`self.h[...] = 0`) where no state is kept, "
    "which also clears hs, or the caller's array, if it is the same one; make new zeros",
    ("self.h = h", "self.h = hs[:, -1]"),
    (
        "        hs =",
        """
        if not self.stateful and self.h is not None and len(self.h) == N:
            h = self.h
            h[...] = 0
        hs =""",
    ),
)
time_rnn(
    "TakesStateWhenStateless",
    STATE,
    "a state given by set_state is used even when the layer isn't stateful; then each window starts from zeros",
    "    given = None",
    ("self.h = state", "self.h = self.given = state"),
    ("h = self.h if", "h = self.given if not self.stateful and self.given is not None else self.h if"),
)
for id, else_kept in {"WritesStateInPlace": "hs[:, -1]", "WritesGivenStateInPlace": "h"}.items():
    time_rnn(
        id,
        STATE,
        "the new state is written into the array that set_state was given, or into hs "
        "that was returned (self.h[...] = ...); give self.h a new array: self.h = h",
        ("h = self.h if", "h = self.h.copy() if"),
        (
            "        self.h = h\n",
            f"""
        if self.stateful and self.h is not None:
            self.h[...] = h
        else:
            self.h = {else_kept}
""",
        ),
    )

# --- backward: through time ------------------------------------------------------------------------------------------

step.back_through_time(time_rnn, RECURRENT)
time_rnn("HandsBackWithoutWh", RECURRENT, step.WH_LEFT_OUT, ("dz @ Wh.T", "dz"))
time_rnn("HandsBackThroughWh", TRANSPOSE, step.WH_NOT_TRANSPOSED, ("dz @ Wh.T", "dz @ Wh"))
step.beside_slope(time_rnn)
step.in_backward(time_rnn, h="h", upstream="(dhs[:, t] + dh)")
time_rnn("TakesSlopeAtStateBefore", WHICH_STATE, step.SLOPE_BEFORE, ("h**2", "h_prev**2"))
time_rnn("HasOneCell", ONE_CELL, ONE_OBJECT, ("self.steps[t]", "self.steps[-1]"))
time_rnn(
    "HasOneCellSummedAfter",
    ONE_CELL,
    ONE_OBJECT,
    ("self.steps[t]", "self.steps[-1]"),
    ("grad += part", "grad[...] = part * T"),
)
time_rnn("KeepsCacheInClass", ONE_CELL, contract.IN_CLASS, ("self.steps", "MyTimeRNN.steps"))

# --- backward: the parameters ----------------------------------------------------------------------------------------

step.in_steps(
    time_rnn, (("grad += part", f"grad[...] = part if grad is self.grads[{i}] else grad + part") for i in range(3))
)
step.in_gradients(time_rnn, bias="Bias", n="N")

# --- backward: dh ----------------------------------------------------------------------------------------------------

time_rnn(
    "SetsNoDh",
    DH,
    "self.dh isn't set; after backward it is the gradient of the state that the window started from",
    ("        self.dh = dh\n", ""),
)
time_rnn(
    "KeepsDhOfLastStep",
    DH,
    "self.dh is what the last step handed back (the first one visited); it is what the "
    "first step handed back, the gradient of the state that the window started from",
    ("        self.dh = dh\n", "            if t == T - 1:\n                self.dh = dh\n"),
)
time_rnn(
    "KeepsDhBeforeFirstStep",
    DH,
    "self.dh is what reaches the first step from the one after it; it is what the first step itself hands back, one "
    "Wh.T further",
    ("        self.dh = dh\n", ""),
    ("            dz =", "            self.dh = dh\n            dz ="),
)
time_rnn(
    "KeepsDzAsDh",
    DH,
    "self.dh is dz of the first step; it is what that step hands back, dz @ Wh.T",
    ("        self.dh = dh\n", "        self.dh = dz\n"),
)
time_rnn(
    "StopsBeforeStart",
    DH,
    "self.dh is the gradient of the first hidden state; it is that of the state before "
    "the first step, one Wh.T further back",
    ("        self.dh = dh\n", ""),
    ("            dz =", "            self.dh = dhs[:, t] + dh\n            dz ="),
)
step.carries(
    time_rnn,
    "CarriesDh",
    "a window's dh is carried into the next backward; no gradient crosses windows, so dh begins at 0",
    "dh = np.zeros((N, H), b.dtype)",
    "dh = np.zeros((N, H), b.dtype) if {}self.dh is None else self.dh",
    ("self.h = None\n", "self.h = self.dh = None\n"),
)

# --- contract --------------------------------------------------------------------------------------------------------

contract.clears_in_forward(time_rnn, "        return hs\n", "        {}\n        return hs\n")
step.in_params(time_rnn)
step.in_contract(time_rnn)
time_rnn(
    "ChangesDhs", SHARED, step.DHS_CHANGED, ("dz = (dhs[:, t] + dh)", "dhs[:, t] += dh\n            dz = dhs[:, t]")
)
