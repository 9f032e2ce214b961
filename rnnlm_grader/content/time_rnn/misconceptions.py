"""What goes wrong in 03-time-rnn: the right answer, and the changes that spoil it. Sentences stand after "Likely:"."""

from .. import contract, step
from ..contract import DTYPE, IN_PLACE, SHARED
from ..misconception import Library
from ..step import DH, GRADIENT_SUM, ONE_CELL, RECURRENT, SIZES, TRANSPOSE, WHICH_STATE

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
        dh = np.zeros_like(dhs[:, 0])
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
    "ReadsFirstInput",
    UNROLLED,
    "the input isn't used step by step: every step reads xs[:, 0]",
    ("= xs[:, t]", "= xs[:, 0]"),
)
time_rnn(
    "ReadsBackwards",
    UNROLLED,
    "the window is read from the right to the left; step t reads xs[:, t], from t = 0 on",
    ("[:, t]", "[:, -1 - t]"),
)
time_rnn("GivesTimeMajor", UNROLLED, contract.time_major("the output", "H"), ("return hs", "return hs.swapaxes(0, 1)"))
time_rnn(
    "GivesLastState",
    UNROLLED,
    "only the last state is returned; hs holds the states of all steps, (N, T, H)",
    ("return hs", "return h"),
)
time_rnn("AddsStepsUp", UNROLLED, contract.STEPS_ADDED_UP, ("return hs", "return hs.sum(axis=1)"))
time_rnn(
    "GivesStatesBefore",
    UNROLLED,
    step.ONE_STEP_LATE,
    ("hs[:, t] = h", "hs[:, t] = h_prev"),
)
time_rnn(
    "GivesStartToo",
    UNROLLED,
    "the state before the window is among the outputs, T + 1 of them; hs starts with the state after the first step",
    ("(N, T, H)", "(N, T + 1, H)"),
    ("hs[:, t] = h", "hs[:, t:t + 2] = np.stack([h_prev, h], axis=1)"),
)
time_rnn(
    "SkipsLastStep",
    UNROLLED,
    "the last step is left out (range(T - 1)), and stays zero",
    ("return hs", "hs[:, -1] = 0\n        return hs"),
)
contract.returns_nothing(time_rnn, "GivesNoHs", UNROLLED, "forward", "hs", ("        return hs\n", ""))
time_rnn(
    "GivesOneArrayTTimes",
    UNROLLED,
    "all steps of hs show the last state: one array was put in each time and overwritten later",
    ("hs[:, t] = h", "hs[...] = h[:, None]"),
)
time_rnn("ReshapesHs", UNROLLED, contract.reshaped("hs"), ("return hs", "return hs.swapaxes(0, 1).reshape(N, T, H)"))
time_rnn(
    "ReshapesDxs", UNROLLED, contract.reshaped("dxs"), ("return dxs", "return dxs.swapaxes(0, 1).reshape(N, T, D)")
)
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
time_rnn(
    "LoopsOverBatch",
    SIZES,
    step.N_AND_T,
    ("N, T,", "T, N,"),
    ("[:, t]", "[t]"),
    ("dhs[:, 0]", "dhs[0]"),
)

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
time_rnn(
    "SetsStateOnlyWhenStateful",
    STATE,
    "self.h is set only when stateful; it is to hold the last hidden state after each forward",
    ("self.h = h", "self.h = h if self.stateful else None"),
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
    "IgnoresReset",
    STATE,
    "reset_state has no effect; after it, the next window starts from zeros (self.h = None)",
    ("self.h = None", "pass"),
)
time_rnn(
    "ResetsToOldSize",
    STATE,
    "reset_state keeps zeros for the old batch size; the next window may have another "
    "N. Forget the state instead: self.h = None",
    ("self.h = None", "self.h = None if self.h is None else np.zeros_like(self.h)"),
)
time_rnn(
    "ResetsToOldSizeOrNone",
    STATE,
    "reset_state makes zeros of the size of the old state; before the first window there is none, and the next one may "
    "have another N. Forget the state instead: self.h = None",
    ("self.h = None", "self.h = np.zeros_like(self.h)"),
)
time_rnn(
    "ResetsInPlace",
    STATE,
    "reset_state writes zeros into the array of the state, which others hold too; forget it instead: self.h = None",
    ("self.h = h", "self.h = hs[:, -1]"),
    ("self.h = None", "if self.h is not None:\n            self.h[...] = 0\n        self.h = None"),
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
time_rnn(
    "WritesStateInPlace",
    STATE,
    "the new state is written into the array that set_state was given, or into hs "
    "that was returned (self.h[...] = ...); give self.h a new array: self.h = h",
    ("h = self.h if", "h = self.h.copy() if"),
    (
        "        self.h = h\n",
        """
        if self.stateful and self.h is not None:
            self.h[...] = h
        else:
            self.h = hs[:, -1]
""",
    ),
)

# --- backward: through time ------------------------------------------------------------------------------------------

time_rnn("LeavesOutDh", RECURRENT, step.DH_LEFT_OUT, ("dhs[:, t] + dh", "dhs[:, t]"))
time_rnn(
    "TakesLastDhsOnly",
    RECURRENT,
    "only the last step's dhs goes in; every state is an output too, so each step adds its own dhs[:, t] to dh",
    ("dh = np.zeros_like(dhs[:, 0])", "dh = dhs[:, -1]"),
    ("dhs[:, t] + dh", "dh"),
)
time_rnn("StartsFromLastDhs", RECURRENT, step.LAST_TWICE, ("dh = np.zeros_like(dhs[:, 0])", "dh = dhs[:, -1]"))
time_rnn("GoesForwards", RECURRENT, step.FORWARDS, ("reversed(range(T))", "range(T)"))
time_rnn("LeavesOutFirstStep", RECURRENT, step.FIRST_LEFT_OUT, ("reversed(range(T))", "range(T - 1, 0, -1)"))
time_rnn("PilesUpDh", RECURRENT, step.DH_PILED_UP, ("dh = dz @ Wh.T", "dh += dz @ Wh.T"))
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
time_rnn(
    "NeverEmptiesCells",
    ONE_CELL,
    contract.NEVER_EMPTIED,
    ("        self.steps = []\n", ""),
    ("self.stateful = stateful", "self.stateful = stateful\n        self.steps = []"),
)
time_rnn("KeepsCacheInClass", ONE_CELL, contract.IN_CLASS, ("self.steps", "MyTimeRNN.steps"))
time_rnn("GivesDxsBackwards", RECURRENT, step.DXS_BACKWARDS, ("dxs[:, t]", "dxs[:, -1 - t]"))
time_rnn("GivesDxsTimeMajor", UNROLLED, contract.time_major("dxs", "D"), ("return dxs", "return dxs.swapaxes(0, 1)"))
time_rnn(
    "GivesFirstDxOnly",
    RECURRENT,
    "only the gradient of one step's input is returned; dxs holds those of all steps, (N, T, D)",
    ("return dxs", "return dxs[:, 0]"),
)
contract.returns_nothing(time_rnn, "GivesNoDxs", RECURRENT, "backward", "dxs", ("        return dxs\n", ""))
time_rnn(
    "GivesZeros",
    RECURRENT,
    contract.ONLY_ZEROS,
    ("(dhs[:, t] + dh) * (1 - h**2)", "np.zeros_like(dh)"),
    shows_nothing=True,
)

# --- backward: the parameters ----------------------------------------------------------------------------------------

time_rnn("KeepsFirstStepsGradient", GRADIENT_SUM, contract.FIRST_STEP_ONLY, ("grad += part", "grad[...] = part"))
time_rnn(
    "KeepsLastStepsGradient", GRADIENT_SUM, contract.LAST_STEP_ONLY, ("grad += part", "grad += part * (t == T - 1)")
)
step.in_steps(
    time_rnn, (("grad += part", f"grad[...] = part if grad is self.grads[{i}] else grad + part") for i in range(3))
)
time_rnn("AveragesOverTime", GRADIENT_SUM, contract.STEPS_AVERAGED, ("grad += part", "grad += part / T"))
step.in_gradients(time_rnn, bias="Bias", n="N")
time_rnn(
    "WritesNothing",
    GRADIENT_SUM,
    "the gradients are added up in the cells but never written into self.grads of this layer",
    ("grad[...] = 0", "pass"),
    ("grad += part", "pass"),
    shows_nothing=True,
)
time_rnn("TakesStateAfterForDWh", WHICH_STATE, step.STATE_AFTER, ("h_prev.T", "h.T"))
time_rnn("TakesLastStateBeforeFirst", WHICH_STATE, step.LAST_BEFORE_FIRST, ("h_prev.T", "self.steps[t - 1][2].T"))
time_rnn("TakesZerosBeforeFirst", WHICH_STATE, step.ZEROS_BEFORE_FIRST, ("h_prev.T", "(t > 0) * h_prev.T"))

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
    "dh = np.zeros_like(dhs[:, 0])",
    "dh = np.zeros_like(dhs[:, 0]) if {}self.dh is None else self.dh",
    ("self.h = None\n", "self.h = self.dh = None\n"),
)

# --- contract --------------------------------------------------------------------------------------------------------

time_rnn("PilesUp", IN_PLACE, contract.PILED_UP, ("grad[...] = 0", "pass"))
contract.clears_in_forward(time_rnn, "        return hs\n", "        {}\n        return hs\n")
time_rnn(
    "Rebinds",
    IN_PLACE,
    contract.REBOUND,
    (
        "        for grad in self.grads:\n            grad[...] = 0",
        "        self.grads = [np.zeros_like(grad) for grad in self.grads]",
    ),
)
step.in_params(time_rnn)
time_rnn(
    "UpdatesParameters",
    SHARED,
    contract.UPDATED,
    (
        "        return dxs",
        """
        for param, grad in zip(self.params, self.grads):
            param -= 0.1 * grad
        return dxs""",
    ),
)
time_rnn(
    "ChangesDhs", SHARED, step.DHS_CHANGED, ("dz = (dhs[:, t] + dh)", "dhs[:, t] += dh\n            dz = dhs[:, t]")
)
time_rnn(
    "ReusesOutput",
    SHARED,
    contract.REUSED,
    "    hs = None",
    (
        "        hs = np.zeros((N, T, H), b.dtype)",
        """
        if np.shape(self.hs) != (N, T, H):
            self.hs = np.zeros((N, T, H), b.dtype)
        hs = self.hs""",
    ),
)
time_rnn(
    "FillsDxsOfForward",
    SHARED,
    contract.GRADIENT_REUSED,
    ("return hs", "self.dxs = np.zeros_like(xs)\n        return hs"),
    ("dxs = np.zeros((N, T, D), b.dtype)", "dxs = self.dxs"),
)
time_rnn(
    "ReusesDxs",
    SHARED,
    contract.GRADIENT_REUSED,
    "    dxs = None",
    (
        "        dxs = np.zeros((N, T, D), b.dtype)",
        """
        if np.shape(self.dxs) != (N, T, D):
            self.dxs = np.zeros((N, T, D), b.dtype)
        dxs = self.dxs""",
    ),
)
time_rnn("UsesUpCells", SHARED, contract.USED_UP, ("self.steps[t]", "self.steps.pop()"))
time_rnn(
    "KeepsFirstSizes",
    SIZES,
    contract.FIRST_SIZES,
    "    sizes = None",
    (
        "        N, T, D = xs.shape",
        """
        self.sizes = self.sizes or xs.shape[:2]
        xs = xs[:self.sizes[0], :self.sizes[1]]
        N, T, D = xs.shape""",
    ),
)
contract.forces(time_rnn, "ForcesHs", "hs", "the parameters", "(N, T, H), b.dtype", "(N, T, H), {}")
contract.forces(time_rnn, "ForcesDxs", "dxs", "the parameters", "(N, T, D), b.dtype", "(N, T, D), {}")
time_rnn(
    "ForcesFloat32",
    DTYPE,
    "hs and dxs are both forced to float32 (dtype='f'), as in the study notebook; they "
    "should have the dtype of the parameters",
    ("(N, T, H), b.dtype", "(N, T, H), 'f'"),
    ("(N, T, D), b.dtype", "(N, T, D), 'f'"),
)
