"""What goes wrong in 03-time-rnn: the right answer, and the changes that spoil it. Sentences stand after "Likely:"."""
from . import Library, contract
from .rnn import (
    AVERAGED,
    AVERAGED_BIAS,
    AVERAGED_WEIGHTS,
    COPIED_PARAMS,
    DB_KEPT_ROWS,
    DWX_TURNED,
    DX_TURNED,
    SIGMOID,
    X_NOT_TRANSPOSED,
)

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

RIGHT = '''
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
'''

time_rnn = MISCONCEPTIONS.of("MyTimeRNN", RIGHT)

# --- forward ---------------------------------------------------------------------------------------------------------

time_rnn("StartsEachStepFromZeros", UNROLLED, NOT_HANDED_ON, ("z = h_prev @ Wh", "z = np.zeros_like(h) @ Wh"))
time_rnn("StartsEachStepFromStart", UNROLLED, NOT_HANDED_ON,
         ("for t in range(T)", "start = h\n        for t in range(T)"), ("z = h_prev @ Wh", "z = start @ Wh"))
time_rnn("ReadsFirstInput", UNROLLED, "the input isn't used step by step: every step reads xs[:, 0]",
         ("= xs[:, t]", "= xs[:, 0]"))
time_rnn("ReadsBackwards", UNROLLED,
         "the window is read from the right to the left; step t reads xs[:, t], from t = 0 on",
         ("[:, t]", "[:, -1 - t]"))
time_rnn("GivesTimeMajor", UNROLLED, "the output is time-major, (T, N, H); it should be (N, T, H)",
         ("return hs", "return hs.swapaxes(0, 1)"))
time_rnn("GivesLastState", UNROLLED, "only the last state is returned; hs holds the states of all steps, (N, T, H)",
         ("return hs", "return h"))
time_rnn("AddsStepsUp", UNROLLED, contract.STEPS_ADDED_UP, ("return hs", "return hs.sum(axis=1)"))
time_rnn("GivesStatesBefore", UNROLLED,
         "the states in hs are one step late: hs[:, t] should be the state after step t, not before it",
         ("hs[:, t] = h", "hs[:, t] = h_prev"))
time_rnn("GivesStartToo", UNROLLED,
         "the state before the window is among the outputs, T + 1 of them; hs starts with the state after the first "
         "step",
         ("(N, T, H)", "(N, T + 1, H)"), ("hs[:, t] = h", "hs[:, t:t + 2] = np.stack([h_prev, h], axis=1)"))
time_rnn("SkipsLastStep", UNROLLED, "the last step is left out (range(T - 1)), and stays zero",
         ("return hs", "hs[:, -1] = 0\n        return hs"))
time_rnn("GivesNoHs", UNROLLED, "forward returns nothing (is there a `return`?); it returns hs",
         ("        return hs\n", ""), shows_nothing=True)
time_rnn("GivesOneArrayTTimes", UNROLLED,
         "all steps of hs show the last state: one array was put in each time and overwritten later",
         ("hs[:, t] = h", "hs[...] = h[:, None]"))
time_rnn("AddsStatesUp", UNROLLED, "the old state is added to the new one; h is replaced at each step, not added to",
         ("h = np.tanh(z)", "h = h + np.tanh(z)"))
time_rnn("LeavesOutTanh", CELL, "tanh is missing from the step: h = tanh(h @ Wh + x @ Wx + b)", ("np.tanh(z)", "z"))
time_rnn("LeavesOutBias", CELL, "b isn't added in the step: h = tanh(h @ Wh + x @ Wx + b)", (" + b", ""))
time_rnn("TakesSigmoid", CELL, SIGMOID, ("np.tanh(z)", "1 / (1 + np.exp(-z))"))
time_rnn("TakesSigmoidBothWays", CELL, SIGMOID, ("np.tanh(z)", "1 / (1 + np.exp(-z))"), ("(1 - h**2)", "h * (1 - h)"))
time_rnn("TakesTanhTwice", CELL, "tanh is taken twice; h is tanh of the sum, once",
         ("np.tanh(z)", "np.tanh(np.tanh(z))"))
time_rnn("TakesTanhOfStateOnly", CELL,
         "tanh is taken of the state's part only; first add x @ Wx and b to it, then take tanh",
         ("np.tanh(z)", "np.tanh(h_prev @ Wh) + x @ Wx + b"))
time_rnn("ForgetsInput", CELL, "the input isn't used: x @ Wx is missing from the sum", (" + x @ Wx", ""))
time_rnn("SubtractsBias", CELL, "b is subtracted in the step; it is added to the sum", ("+ b", "- b"))
time_rnn("AddsBiasOutside", CELL, "b is added after tanh; it belongs inside, tanh(h @ Wh + x @ Wx + b)",
         (" + b", ""), ("np.tanh(z)", "np.tanh(z) + b"))
time_rnn("TransposesWh", CELL_SHAPES,
         "the step multiplies by Wh.T; the shape fits because Wh is square, but it is h @ Wh",
         ("h_prev @ Wh", "h_prev @ Wh.T"))
time_rnn("LoopsOverBatch", SIZES,
         "N and T are mixed up: the loop or the states run over the batch, and the rows of one step are taken for "
         "steps",
         ("N, T,", "T, N,"), ("[:, t]", "[t]"), ("dhs[:, 0]", "dhs[0]"))
time_rnn("SharesFirstState", SIZES,
         "every row of the batch goes on from the state of the first row; each sequence has its own state",
         ("h_prev @ Wh", "h_prev[:1] @ Wh"))

# --- state -----------------------------------------------------------------------------------------------------------

time_rnn("NeverKeepsState", STATE, "the state is never kept: a stateful layer too starts each window from zeros",
         ("self.h if self.stateful and self.h is not None else ", ""))
time_rnn("AlwaysKeepsState", STATE,
         "the state is always kept, whether stateful or not; unless stateful, each window starts from zeros",
         ("self.stateful and ", ""))
time_rnn("TurnsStatefulRound", STATE, "the meaning of stateful is turned round: the state is kept when it is False",
         ("if self.stateful", "if not self.stateful"))
time_rnn("KeepsStartOnly", STATE,
         "self.h isn't updated in the loop (it stays what it was before the window), so the next window can't go on "
         "from there",
         ("h = self.h if", "h = self.h = self.h if"), ("        self.h = h\n", ""))
time_rnn("SetsNoState", STATE, "self.h stays None; it is to hold the last hidden state after forward",
         ("self.h = h", "self.h = None"))
time_rnn("SetsStateOnlyWhenStateful", STATE,
         "self.h is set only when stateful; it is to hold the last hidden state after each forward",
         ("self.h = h", "self.h = h if self.stateful else None"))
time_rnn("KeepsFirstState", STATE, "self.h is the first hidden state of the window; it is to be the last",
         ("self.h = h", "self.h = hs[:, 0].copy()"))
time_rnn("KeepsAllStates", STATE, "self.h is all hidden states, (N, T, H); it is to be the last one, (N, H)",
         ("h = self.h if", "h = (self.h[:, -1] if np.ndim(self.h) == 3 else self.h) if"),
         ("self.h = h", "self.h = hs.copy()"))
time_rnn("IgnoresSetState", STATE,
         "set_state has no effect: the array has to go to self.h, where forward looks for it",
         ("self.h = state", "pass"))
time_rnn("SetsStateOnlyOnce", STATE, "set_state has no effect once a state is kept; it replaces whatever self.h was",
         ("self.h = state", "self.h = state if self.h is None else self.h"))
time_rnn("IgnoresReset", STATE,
         "reset_state has no effect; after it, the next window starts from zeros (self.h = None)",
         ("self.h = None", "pass"))
time_rnn("ResetsToOldSize", STATE,
         "reset_state keeps zeros for the old batch size; the next window may have another N. Forget the state "
         "instead: self.h = None",
         ("self.h = None", "self.h = None if self.h is None else np.zeros_like(self.h)"))
time_rnn("ResetsInPlace", STATE,
         "reset_state writes zeros into the array of the state, which others hold too; forget it instead: self.h = "
         "None",
         ("self.h = h", "self.h = hs[:, -1]"),
         ("self.h = None", "if self.h is not None:\n            self.h[...] = 0\n        self.h = None"))
time_rnn("ResetsToOneRow", STATE,
         "reset_state keeps zeros of the wrong shape, such as those of b; the state is (N, H), so forget it instead: "
         "self.h = None",
         ("self.h = None", "self.h = np.zeros_like(self.params[2])"))
time_rnn("ClearsStateInPlace", STATE,
         "the state is set to zeros in place (`self.h[...] = 0`) where no state is kept, and whoever holds that "
         "array, such as hs or the caller, sees it; make new zeros",
         ("self.h = h", "self.h = hs[:, -1]"), ("        hs =", """
        if not self.stateful and self.h is not None and len(self.h) == N:
            h = self.h
            h[...] = 0
        hs ="""))
time_rnn("TakesStateWhenStateless", STATE,
         "a state given by set_state is used even when the layer isn't stateful; then each window starts from zeros",
         "    given = None", ("self.h = state", "self.h = self.given = state"),
         ("h = self.h if", "h = self.given if not self.stateful and self.given is not None else self.h if"))
time_rnn("WritesStateInPlace", STATE,
         "the new state is written into the array that set_state was given, or into hs that was returned (self.h[...] "
         "= ...); give self.h a new array: self.h = h",
         ("h = self.h if", "h = self.h.copy() if"), ("        self.h = h\n", """
        if self.stateful and self.h is not None:
            self.h[...] = h
        else:
            self.h = hs[:, -1]
"""))

# --- backward: through time ------------------------------------------------------------------------------------------

time_rnn("LeavesOutDh", RECURRENT,
         "nothing comes back from the step after: each step takes only its own dhs[:, t]. Add dh, which the later "
         "step handed back: dhs[:, t] + dh",
         ("dhs[:, t] + dh", "dhs[:, t]"))
time_rnn("TakesLastDhsOnly", RECURRENT,
         "only the last step's dhs goes in; every state is an output too, so each step adds its own dhs[:, t] to dh",
         ("dh = np.zeros_like(dhs[:, 0])", "dh = dhs[:, -1]"), ("dhs[:, t] + dh", "dh"))
time_rnn("GoesForwards", RECURRENT,
         "backward visits the steps from the first to the last; gradients come from the future, so it begins at the "
         "last: reversed(range(T))",
         ("reversed(range(T))", "range(T)"))
time_rnn("LeavesOutFirstStep", RECURRENT,
         "the first step is left out on the way back (range(T - 1, 0, -1)); the loop has to end with t = 0: "
         "reversed(range(T))",
         ("reversed(range(T))", "range(T - 1, 0, -1)"))
time_rnn("PilesUpDh", RECURRENT,
         "dh is added up over all later steps (`dh += ...`); what a step hands back replaces dh, because it holds all "
         "that comes from later",
         ("dh = dz @ Wh.T", "dh += dz @ Wh.T"))
time_rnn("HandsBackWithoutWh", RECURRENT,
         "dh goes back to the step before without Wh; the step before acts through h @ Wh, so it is dz @ Wh.T",
         ("dz @ Wh.T", "dz"))
time_rnn("HandsBackThroughWh", TRANSPOSE,
         "dh goes back through Wh instead of Wh.T; the shape fits because Wh is square", ("dz @ Wh.T", "dz @ Wh"))
time_rnn("AddsDhAfterSlope", RECURRENT,
         "dh is added after the slope of tanh instead of before; both gradients of a state go through its tanh: "
         "(dhs[:, t] + dh) * (1 - h**2)",
         ("(dhs[:, t] + dh) * (1 - h**2)", "dhs[:, t] * (1 - h**2) + dh"))
time_rnn("LeavesOutSlope", SLOPE, "the slope of tanh is missing: dz = (dhs[:, t] + dh) * (1 - h**2)",
         (" * (1 - h**2)", ""))
time_rnn("LeavesOutSquare", SLOPE, "the derivative of tanh is taken as 1 - h; the square is missing, 1 - h**2",
         ("h**2", "h"))
time_rnn("LeavesOutOne", SLOPE, "the derivative of tanh is taken as h**2; the `1 -` is missing, 1 - h**2",
         ("(1 - h**2)", "h**2"))
time_rnn("SquaresDifference", SLOPE, "the whole of 1 - h is squared, (1 - h)**2; only h is, 1 - h**2",
         ("(1 - h**2)", "(1 - h)**2"))
time_rnn("TakesTanhOnceMore", SLOPE,
         "tanh is taken once more in the derivative, 1 - tanh(h)**2; h is a tanh already", ("h**2", "np.tanh(h)**2"))
time_rnn("TakesSlopeOfSigmoid", SLOPE, "the derivative is that of the sigmoid, h * (1 - h); that of tanh is 1 - h**2",
         ("(1 - h**2)", "h * (1 - h)"))
time_rnn("TakesSlopeAtStateBefore", WHICH_STATE,
         "the slope of tanh is taken at the state before the step; it is 1 - h**2 with the state after it",
         ("h**2", "h_prev**2"))
time_rnn("HasOneCell", ONE_CELL, ONE_OBJECT, ("self.steps[t]", "self.steps[-1]"))
time_rnn("HasOneCellSummedAfter", ONE_CELL, ONE_OBJECT,
         ("self.steps[t]", "self.steps[-1]"), ("grad += part", "grad[...] = part * T"))
time_rnn("NeverEmptiesCells", ONE_CELL,
         "cells of earlier windows are still in the list (it is never emptied in forward), so backward visits the "
         "wrong ones",
         ("        self.steps = []\n", ""),
         ("self.stateful = stateful", "self.stateful = stateful\n        self.steps = []"))
time_rnn("KeepsCacheInClass", ONE_CELL,
         "what forward keeps is stored in the class or in a global, so that one layer overwrites what another "
         "remembers; keep it in self",
         ("self.steps", "MyTimeRNN.steps"))
time_rnn("GivesDxsBackwards", RECURRENT,
         "the steps of dxs are in the wrong order (append in a loop that runs backwards); dxs[:, t] belongs to xs[:, "
         "t]",
         ("dxs[:, t]", "dxs[:, -1 - t]"))
time_rnn("GivesDxsTimeMajor", UNROLLED, "dxs is time-major, (T, N, D); it should be (N, T, D)",
         ("return dxs", "return dxs.swapaxes(0, 1)"))
time_rnn("GivesFirstDxOnly", RECURRENT,
         "only the gradient of one step's input is returned; dxs holds those of all steps, (N, T, D)",
         ("return dxs", "return dxs[:, 0]"))
time_rnn("GivesNoDxs", RECURRENT, "backward returns nothing (is there a `return`?); it returns dxs",
         ("        return dxs\n", ""), shows_nothing=True)
time_rnn("GivesZeros", RECURRENT, "backward gives nothing but zeros; is it filled in?",
         ("(dhs[:, t] + dh) * (1 - h**2)", "np.zeros_like(dh)"), shows_nothing=True)

# --- backward: the parameters ----------------------------------------------------------------------------------------

time_rnn("KeepsFirstStepsGradient", GRADIENT_SUM,
         "only the first step's gradient is kept, the one that is visited last; the gradients of all steps add up",
         ("grad += part", "grad[...] = part"))
time_rnn("KeepsLastStepsGradient", GRADIENT_SUM,
         "only the last step's gradient is kept; the gradients of all steps add up",
         ("grad += part", "grad += part * (t == T - 1)"))
time_rnn("AveragesOverTime", GRADIENT_SUM,
         "the gradients of the steps are averaged over T; the parameters are used T times, so they add up",
         ("grad += part", "grad += part / T"))
time_rnn("AveragesBias", BATCH_SUM, AVERAGED_BIAS, ("dz.sum", "dz.mean"))
time_rnn("AveragesWeights", BATCH_SUM, AVERAGED_WEIGHTS, (".T @ dz", ".T @ dz / N"))
time_rnn("AveragesOverBatch", BATCH_SUM, AVERAGED, ("grad += part", "grad += part / N"))
time_rnn("WritesNothing", GRADIENT_SUM,
         "the gradients are added up in the cells but never written into self.grads of this layer",
         ("grad[...] = 0", "pass"), ("grad += part", "pass"), shows_nothing=True)
time_rnn("TakesStateAfterForDWh", WHICH_STATE,
         "dWh is computed with the state after each step; Wh multiplied the state before it", ("h_prev.T", "h.T"))
time_rnn("TakesLastStateBeforeFirst", WHICH_STATE,
         "at t = 0 the window's last state is taken for the state before the step (hs[:, t - 1] is hs[:, -1] then); "
         "it is the state that the window started from",
         ("h_prev.T", "self.steps[t - 1][2].T"))
time_rnn("KeepsRowsOfBias", BATCH_SUM, DB_KEPT_ROWS, ("dz.sum(axis=0)", "dz"))
time_rnn("TurnsDWx", TRANSPOSE, DWX_TURNED, ("x.T @ dz", "dz.T @ x"))
time_rnn("LeavesOutTransposeInDWx", TRANSPOSE, X_NOT_TRANSPOSED, ("x.T @ dz", "x @ dz"))
time_rnn("LeavesOutTransposeOfWx", TRANSPOSE, DX_TURNED, ("dz @ Wx.T", "dz @ Wx"))
time_rnn("TurnsDWh", TRANSPOSE,
         "dWh is turned round, dz.T @ h; the shape fits because Wh is square, but it is h.T @ dz",
         ("h_prev.T @ dz", "dz.T @ h_prev"))
time_rnn("TakesFirstRowOfBias", BATCH_SUM,
         "db takes only one row of the batch; all rows add up, over the batch and over time",
         ("dz.sum(axis=0)", "dz[0]"))

# --- backward: dh ----------------------------------------------------------------------------------------------------

time_rnn("SetsNoDh", DH,
         "self.dh isn't set; after backward it is the gradient of the state that the window started from",
         ("        self.dh = dh\n", ""))
time_rnn("KeepsDhOfLastStep", DH,
         "self.dh is what the last step handed back (the first one visited); it is what the first step handed back, "
         "the gradient of the state that the window started from",
         ("        self.dh = dh\n", "            if t == T - 1:\n                self.dh = dh\n"))
time_rnn("StopsBeforeStart", DH,
         "self.dh is the gradient of the first hidden state; it is that of the state before the first step, one Wh.T "
         "further back",
         ("        self.dh = dh\n", ""), ("            dz =", "            self.dh = dhs[:, t] + dh\n            dz ="))
time_rnn("CarriesDh", DH,
         "a window's dh is carried into the next backward; no gradient crosses windows, so dh begins at 0",
         ("dh = np.zeros_like(dhs[:, 0])", "dh = np.zeros_like(dhs[:, 0]) if self.dh is None else self.dh"))

# --- contract --------------------------------------------------------------------------------------------------------

time_rnn("PilesUp", IN_PLACE,
         "gradients pile up from one backward to the next (`+=`); each backward overwrites, `grad[...] = ...`",
         ("grad[...] = 0", "pass"))
time_rnn("Rebinds", IN_PLACE,
         "grads holds new arrays after backward; whoever kept the old ones (an optimiser) never sees the gradient. "
         "Write into them: `self.grads[i][...] = grad`",
         ("        for grad in self.grads:\n            grad[...] = 0",
          "        self.grads = [np.zeros_like(grad) for grad in self.grads]"))
time_rnn("CopiesParameters", SHARED, contract.COPIED, contract.COPIES)
time_rnn("CopiesParams", SHARED, COPIED_PARAMS, *contract.HOLDS_COPIES)
time_rnn("CopiesParamsEachTime", SHARED, COPIED_PARAMS, contract.MAKES_COPIES_EACH_TIME)
time_rnn("UpdatesParameters", SHARED,
         "backward updates the parameters; it only computes gradients, the optimiser updates",
         ("        return dxs", """
        for param, grad in zip(self.params, self.grads):
            param -= 0.1 * grad
        return dxs"""))
time_rnn("ChangesDhs", SHARED,
         "the caller's dhs is changed in place (`dhs[:, t] += dh`); arguments belong to the caller. Write `dhs[:, t] "
         "+ dh`",
         ("dz = (dhs[:, t] + dh)", "dhs[:, t] += dh\n            dz = dhs[:, t]"))
time_rnn("ReusesOutput", SHARED, contract.REUSED, "    hs = None", ("        hs = np.zeros((N, T, H), b.dtype)", """
        if np.shape(self.hs) != (N, T, H):
            self.hs = np.zeros((N, T, H), b.dtype)
        hs = self.hs"""))
time_rnn("FillsDxsOfForward", SHARED, DXS_REUSED,
         ("return hs", "self.dxs = np.zeros_like(xs)\n        return hs"),
         ("dxs = np.zeros((N, T, D), b.dtype)", "dxs = self.dxs"))
time_rnn("ReusesDxs", SHARED, DXS_REUSED, "    dxs = None", ("        dxs = np.zeros((N, T, D), b.dtype)", """
        if np.shape(self.dxs) != (N, T, D):
            self.dxs = np.zeros((N, T, D), b.dtype)
        dxs = self.dxs"""))
time_rnn("UsesUpCells", ONE_CELL, contract.USED_UP, ("self.steps[t]", "self.steps.pop()"))
time_rnn("KeepsFirstSizes", SIZES,
         "the sizes of the first window are kept for good; N and T may change from one window to the next",
         "    sizes = None", ("        N, T, D = xs.shape", """
        self.sizes = self.sizes or xs.shape[:2]
        xs = xs[:self.sizes[0], :self.sizes[1]]
        N, T, D = xs.shape"""))
time_rnn("ForcesHsFloat32", DTYPE,
         "hs is forced to float32 (np.empty(..., dtype='f')); it should have the dtype of the parameters",
         ("(N, T, H), b.dtype", "(N, T, H), 'f'"))
time_rnn("ForcesHsFloat64", DTYPE,
         "hs is forced to float64 (np.empty or np.zeros without dtype); it should have the dtype of the parameters",
         ("(N, T, H), b.dtype", "(N, T, H)"))
time_rnn("ForcesDxsFloat32", DTYPE,
         "dxs is forced to float32 (np.empty(..., dtype='f')); it should have the dtype of the parameters",
         ("(N, T, D), b.dtype", "(N, T, D), 'f'"))
time_rnn("ForcesDxsFloat64", DTYPE,
         "dxs is forced to float64 (np.empty or np.zeros without dtype); it should have the dtype of the parameters",
         ("(N, T, D), b.dtype", "(N, T, D)"))
time_rnn("ForcesFloat32", DTYPE,
         "hs and dxs are both forced to float32 (dtype='f'), as in the study notebook; they should have the dtype of "
         "the parameters",
         ("(N, T, H), b.dtype", "(N, T, H), 'f'"), ("(N, T, D), b.dtype", "(N, T, D), 'f'"))
time_rnn("ForcesGradsFloat64", DTYPE, contract.GRADS_FLOAT64, contract.MAKES_FLOAT64)
time_rnn("ForcesGradsFloat32", DTYPE, contract.GRADS_FLOAT32, contract.MAKES_FLOAT32)
