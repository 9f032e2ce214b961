"""What goes wrong in a step of an RNN, tanh(h_prev @ Wh + x @ Wx + b), and on the way back through the steps.

Several exercises share these sections and sentences, and the mistakes that functions add by `add`, as in `contract`.
"""

from collections.abc import Iterable

from . import contract
from .contract import DTYPE, IN_PLACE, SHARED
from .misconception import Add, Change

EQUATION = "03-rnn.html#rnn-equation"
SHAPES = "03-rnn.html#rnn-shapes"
SLOPE = "03-rnn.html#rnn-tanh-derivative"
TRANSPOSE = "03-rnn.html#rnn-transpose"
BATCH_SUM = "03-rnn.html#rnn-batch-sum"
WHICH_STATE = "03-rnn.html#rnn-which-state"
GRADIENT_SUM = "04-time-rnn.html#time-rnn-gradient-sum"
RECURRENT = "04-time-rnn.html#time-rnn-recurrent-gradient"
DH = "04-time-rnn.html#time-rnn-dh"
ONE_CELL = "04-time-rnn.html#time-rnn-one-cell-per-step"
SIZES = "04-time-rnn.html#time-rnn-sizes"

# Forward
NO_TANH = "tanh is missing: what comes out is the sum h_prev @ Wh + x @ Wx + b itself"
SIGMOID = "the sigmoid stands where tanh should"
TANH_OF_EXPONENTIALS = (
    "tanh is written out with exponentials, which overflow where a sum is large, and inf / inf is "
    "nan; np.tanh gives 1 or -1 there"
)
WRITTEN_OUT = "(np.exp({z}) - np.exp(-{z})) / (np.exp({z}) + np.exp(-{z}))".format
WRITTEN_OUT_SHORTER = "(np.exp(2 * {z}) - 1) / (np.exp(2 * {z}) + 1)".format
BIAS_TWICE = "b is added twice, once with each product; one bias goes with both: h_prev @ Wh + x @ Wx + b"

LAST_LEFT_OUT = "the last step is left out (range(T - 1)): it stays zero, or whatever np.empty found"
ONE_STEP_LATE = "the states in hs are one step late: hs[:, t] should be the state after step t, not before it"

# The slope of tanh at {h}, the state that the step gave
NO_SLOPE = "the derivative of tanh is missing: dz = {upstream} * (1 - {h}**2)"
NOT_SQUARED = "the derivative of tanh is taken as 1 - {h}; the square is missing, 1 - {h}**2"
TANH_AGAIN = "tanh is taken once more in the derivative, 1 - tanh({h})**2; {h} is a tanh already"
SLOPE_BEFORE = "the derivative of tanh is taken at the state before the step; it is 1 - h**2 with the state after it"

# Gradients of a step
DX_TURNED = "dx is computed with Wx instead of Wx.T; what went through Wx on the way there comes back through Wx.T"
DWX_TURNED = "dWx is turned round, dz.T @ x; it has to have the shape of Wx: x.T @ dz"
X_NOT_TRANSPOSED = "dWx is x @ dz without a transpose; it has to have the shape of Wx: x.T @ dz"
DB_OVER_UNITS = "db is summed over the hidden units (axis=1); it is summed over the batch, axis=0"
DB_ONE_NUMBER = "db is one number for all hidden units (sum without axis); it is summed over the batch only, axis=0"
DB_KEPT_ROWS = "db isn't summed over the batch: dz has a row for each sequence and b is one row; db is dz.sum(axis=0)"
ONE_AVERAGED = "{} is averaged over the batch; it is the sum of all rows, as the other gradients are"
WEIGHTS_AVERAGED = f"dWx and dWh, though not db, are averaged over the batch; {contract.LOSS_AVERAGES}"
BIAS_AVERAGED = f"db is averaged over the batch; it is the sum: {contract.LOSS_AVERAGES}"

# Back through time
DH_LEFT_OUT = (
    "nothing comes back from the step after: each step takes only its own dhs[:, t]. Add dh, which the "
    "later step handed back: dhs[:, t] + dh"
)
LAST_TWICE = (
    "dh begins as dhs[:, -1], which the last step then adds once more; nothing comes back to the last step, so dh "
    "begins at 0"
)
DH_PILED_UP = (
    "dh is added up over all later steps (`dh += ...`); what a step hands back replaces dh, because it "
    "holds all that comes from later"
)
DH_AFTER_SLOPE = (
    "dh is added after the slope of tanh instead of before; both gradients of a state go through its "
    "tanh: (dhs[:, t] + dh) * (1 - h**2)"
)
DH_WITHOUT_SLOPE = (
    "what goes back to the step before, (dhs[:, t] + dh) @ Wh.T, hasn't gone through the slope of tanh; it is dz @ Wh.T"
)
DHS_OUTSIDE_OF_SLOPE = (
    "only dh goes through the slope of tanh, as without brackets; both gradients of a state go through its tanh: "
    "(dhs[:, t] + dh) * (1 - h**2)"
)
FIRST_LEFT_OUT = (
    "the first step is left out on the way back (range(T - 1, 0, -1)); the loop has to end with t = 0: "
    "reversed(range(T))"
)
WH_LEFT_OUT = "dz goes back to the step before without Wh; that step acts through h_prev @ Wh, so it is dz @ Wh.T"
WH_NOT_TRANSPOSED = "dh_prev is computed with Wh instead of Wh.T; the shape fits because Wh is square"
STATE_AFTER = "dWh is computed with the state after each step; Wh multiplied the state before it"
LAST_BEFORE_FIRST = (
    "at t = 0 the window's last state is taken for the state before the step (hs[:, t - 1] is "
    "hs[:, -1] then); it is the state that the window started from"
)
ZEROS_BEFORE_FIRST = (
    "in dWh the state before the first step is taken for 0, though the window went on from one that "
    "was kept; it is the state that the window started from"
)
ONE_ARRAY = (
    "one array holds the state of each step in turn (changed in place), so all that was kept of earlier steps "
    "changes with it; make a new array in each step"
)
ROWS_MIXED = (
    "for {} rows in the order (N, T) meet rows in the order (T, N), one of them being dz; lay both out alike before "
    "they are multiplied"
)
FORWARDS = (
    "backward visits the steps from the first to the last; gradients come from the future, so it begins at the "
    "last: reversed(range(T))"
)
N_AND_T = (
    "N and T are mixed up: the loop or the states run over the batch, and the rows of one step are taken for steps"
)
DXS_BACKWARDS = (
    "the steps of dxs are in the wrong order (append in a loop that runs backwards); dxs[:, t] belongs to xs[:, t]"
)
DHS_CHANGED = contract.argument_changed("dhs", "dhs[:, t] += dh") + ". Write `dhs[:, t] + dh`"


def in_forward(add: Add, h: str) -> None:
    """Add what goes wrong in the equation, where the right answer calls the new state `h`."""
    sigmoid = ("np.tanh(z)", "1 / (1 + np.exp(-z))")
    add("LeavesOutTanh", EQUATION, NO_TANH, ("np.tanh(z)", "z"))
    add("TakesSigmoid", EQUATION, SIGMOID, sigmoid)
    add("TakesSigmoidBothWays", EQUATION, SIGMOID, sigmoid, (f"(1 - {h}**2)", f"{h} * (1 - {h})"))
    add("WritesTanhOut", EQUATION, TANH_OF_EXPONENTIALS, ("np.tanh(z)", WRITTEN_OUT(z="z")))
    add("WritesTanhOutShorter", EQUATION, TANH_OF_EXPONENTIALS, ("np.tanh(z)", WRITTEN_OUT_SHORTER(z="z")))
    add("AddsBiasTwice", EQUATION, BIAS_TWICE, ("+ b", "+ b + b"))
    add(
        "TakesTanhTwice",
        EQUATION,
        f"tanh is taken twice; {h} is tanh of the sum, once",
        ("np.tanh(z)", "np.tanh(np.tanh(z))"),
    )
    add(
        "TakesTanhOfStateOnly",
        EQUATION,
        "tanh is taken of the state's part only; first add x @ Wx and b to it, then take tanh",
        (" + x @ Wx + b", ""),
        ("np.tanh(z)", "np.tanh(z) + x @ Wx + b"),
    )
    add("ForgetsInput", EQUATION, "the input isn't used: x @ Wx is missing from the sum", (" + x @ Wx", ""))
    add("SubtractsInput", EQUATION, "x @ Wx is subtracted; it is added to the sum", ("+ x @ Wx", "- x @ Wx"))
    add("LeavesOutBias", EQUATION, "b isn't added to the sum: tanh(h_prev @ Wh + x @ Wx + b)", (" + b", ""))
    add("SubtractsBias", EQUATION, "b is subtracted; it is added to the sum", ("+ b", "- b"))
    add(
        "AddsBiasOutside",
        EQUATION,
        "b is added after tanh; it belongs inside, tanh(h_prev @ Wh + x @ Wx + b)",
        (" + b", ""),
        ("np.tanh(z)", "np.tanh(z) + b"),
    )
    add(
        "TransposesWh",
        SHAPES,
        "forward multiplies by Wh.T; the shape fits because Wh is square, but it is h_prev @ Wh",
        ("h_prev @ Wh", "h_prev @ Wh.T"),
    )
    add(
        "SharesFirstState",
        SHAPES,
        "every row of the batch goes on from the state of the first row; each sequence has its own row of h_prev",
        ("h_prev @ Wh", "h_prev[:1] @ Wh"),
    )


def stacks_wrongly(add: Add) -> None:
    """Add that the matrices stand one above the other in another order than x and h_prev side by side."""
    stacked = "np.concatenate([Wh, Wx])"
    add(
        "StacksWhOverWx",
        EQUATION,
        "Wx and Wh are stacked in another order than x and h_prev: where Wx stands above Wh, x stands before h_prev",
        ("x @ Wx", f"x @ {stacked}[:len(Wx)]"),
        ("h_prev @ Wh", f"h_prev @ {stacked}[len(Wx):]"),
        ("dz @ Wx.T", f"dz @ {stacked}[:len(Wx)].T"),
        ("dz @ Wh.T", f"dz @ {stacked}[len(Wx):].T"),
    )


def resets_to_zeros(add: Add, section: str, forgets: str) -> None:
    """Add that reset_state makes zeros of the size of the old state, where `forgets` is what it does."""
    zeros, instead = forgets.replace("None", "np.zeros_like(self.h)"), f"Forget the state instead: {forgets}"
    add(
        "ResetsToOldSize",
        section,
        f"reset_state keeps zeros for the old batch size; the next window may have another N. {instead}",
        (f"        {forgets}\n", f"        if self.h is not None:\n            {zeros}\n"),
    )
    add(
        "ResetsToOldSizeOrNone",
        section,
        "reset_state makes zeros of the size of the old state; before the first window there is none, and the next one "
        f"may have another N. {instead}",
        (f"        {forgets}\n", f"        {zeros}\n"),
    )


def in_slope(add: Add, h: str, upstream: str) -> None:
    """Add what goes wrong with the slope of tanh, where dz = upstream * (1 - h**2)."""
    add("LeavesOutSlope", SLOPE, NO_SLOPE.format(h=h, upstream=upstream), (f" * (1 - {h}**2)", ""))
    add("LeavesOutSquare", SLOPE, NOT_SQUARED.format(h=h), (f"{h}**2", h))
    add(
        "TakesSlopeAtGradient",
        SLOPE,
        f"the slope of tanh is taken of the gradient that comes in; it is made of the state, 1 - {h}**2",
        (f"{h}**2", f"{upstream}**2"),
    )
    add("TakesTanhOnceMore", SLOPE, TANH_AGAIN.format(h=h), (f"{h}**2", f"np.tanh({h})**2"))
    add(
        "AddsSquare",
        SLOPE,
        f"the derivative of tanh is taken as 1 + {h}**2; the square is subtracted, 1 - {h}**2",
        (f"1 - {h}**2", f"1 + {h}**2"),
    )
    add(
        "LeavesOutOne",
        SLOPE,
        f"the derivative of tanh is taken as {h}**2; the `1 -` is missing, 1 - {h}**2",
        (f"(1 - {h}**2)", f"{h}**2"),
    )
    add(
        "SquaresDifference",
        SLOPE,
        f"the whole of 1 - {h} is squared, (1 - {h})**2; only {h} is, 1 - {h}**2",
        (f"(1 - {h}**2)", f"(1 - {h})**2"),
    )
    add(
        "TakesSlopeOfSigmoid",
        SLOPE,
        "the derivative is that of the sigmoid, h * (1 - h); that of tanh is 1 - h**2",
        (f"(1 - {h}**2)", f"{h} * (1 - {h})"),
    )


def beside_slope(add: Add) -> None:
    """Add that something of the gradients of a state doesn't go through the slope of tanh."""
    both = "(dhs[:, t] + dh) * (1 - h**2)"
    add("AddsDhAfterSlope", RECURRENT, DH_AFTER_SLOPE, (both, "dhs[:, t] * (1 - h**2) + dh"))
    add("LeavesDhsOutOfSlope", RECURRENT, DHS_OUTSIDE_OF_SLOPE, (both, "dhs[:, t] + dh * (1 - h**2)"))
    add("HandsBackWithoutSlope", RECURRENT, DH_WITHOUT_SLOPE, ("dz @ Wh.T", "(dhs[:, t] + dh) @ Wh.T"))


def in_backward(add: Add, h: str, upstream: str) -> None:
    """Add what goes wrong with the slope of tanh and the gradients, where dz = upstream * (1 - h**2)."""
    in_slope(add, h, upstream)
    for grad, old in ("dWx", "x.T @ dz"), ("dWh", "h_prev.T @ dz"), ("db", "dz.sum"):
        add(
            f"SkipsSlopeIn{grad}",
            SLOPE,
            f"{grad} is made of what comes in, without the slope of tanh; it needs dz = "
            f"{upstream} * (1 - {h}**2), as the other gradients do",
            (old, old.replace("dz", f"({upstream})")),
        )
    add("KeepsRowsOfBias", BATCH_SUM, DB_KEPT_ROWS, ("dz.sum(axis=0)", "dz"))
    add(
        "TakesFirstRowOfBias",
        BATCH_SUM,
        "db takes only one row of the batch; all rows have to add up",
        ("dz.sum(axis=0)", "dz[0]"),
    )
    add("TurnsDWx", TRANSPOSE, DWX_TURNED, ("x.T @ dz", "dz.T @ x"))
    add(
        "TurnsDWh",
        TRANSPOSE,
        "dWh is turned round, dz.T @ h_prev; the shape fits because Wh is square, but it is h_prev.T @ dz",
        ("h_prev.T @ dz", "dz.T @ h_prev"),
    )
    add(
        "TurnsAndReshapes",
        TRANSPOSE,
        "dWx and dWh are turned round, such as dz.T @ x, and reshaped until they fit; reshape doesn't turn them back, "
        "it cuts the rows anew. They are x.T @ dz and h_prev.T @ dz",
        ("x.T @ dz", "(dz.T @ x).reshape(Wx.shape)"),
        ("h_prev.T @ dz", "(dz.T @ h_prev).reshape(Wh.shape)"),
    )


def in_gradients(add: Add, bias: str, n: str, x: str = "x", h_prev: str = "h_prev") -> None:
    """Add wrong sums over the `n` rows of a batch and lost transposes, of a step from `x` and `h_prev`.

    `bias` is what ids call db.
    """
    weights_averaged, bias_averaged = (".T @ dz", f".T @ dz / {n}"), ("dz.sum", "dz.mean")
    add(f"Averages{bias}", BATCH_SUM, BIAS_AVERAGED, bias_averaged)
    add(f"Sums{bias}OverEverything", BATCH_SUM, DB_ONE_NUMBER, ("dz.sum(axis=0)", "dz.sum()"))
    add(f"Sums{bias}OverUnits", BATCH_SUM, DB_OVER_UNITS, ("dz.sum(axis=0)", "dz.sum(axis=1)"))
    add("AveragesWeights", BATCH_SUM, WEIGHTS_AVERAGED, weights_averaged)
    for grad, old in ("dWx", f"{x}.T @ dz"), ("dWh", f"{h_prev}.T @ dz"):
        add(f"Averages{grad}", BATCH_SUM, ONE_AVERAGED.format(grad), (old, f"{old} / {n}"))
    add("AveragesOverBatch", BATCH_SUM, contract.AVERAGED, weights_averaged, bias_averaged)
    add("LeavesOutTransposeInDWx", TRANSPOSE, X_NOT_TRANSPOSED, (f"{x}.T @ dz", f"{x} @ dz"))
    add("LeavesOutTransposeOfWx", TRANSPOSE, DX_TURNED, ("dz @ Wx.T", "dz @ Wx"))


def carries(add: Add, id: str, sentence: str, old: str, new: str, reset: Change) -> None:
    """Add that backward begins with what the last one left: `new` in place of `old`, with {} for what it asks first.

    It may ask whether the layer is stateful, and `reset` is the change with which reset_state forgets that, too.
    """
    fits = "np.shape(self.dh) != dhs[:, 0].shape or "
    for which, unless in {"": "", "IfStateful": "not self.stateful or ", "IfItFits": fits}.items():
        carried = old, new.format(unless)
        add(f"{id}{which}", DH, sentence, carried)
        add(f"{id}UntilReset{which}", DH, sentence, carried, reset)


def in_steps(add: Add, overwrites: Iterable[Change]) -> None:
    """Add that one gradient keeps a single step's part, by these changes for dWx, dWh and db."""
    for grad, change in zip(("dWx", "dWh", "db"), overwrites, strict=True):
        add(f"KeepsOneStepOf{grad}", GRADIENT_SUM, contract.ONE_STEP_KEPT.format(grad), change)


def in_params(add: Add) -> None:
    """Add what goes wrong with parameters and their gradients where they are made, in __init__."""
    copies = ("self.params = [Wx, Wh, b]", "self.params = [Wx.copy(), Wh.copy(), b.copy()]")
    add("CopiesParameters", SHARED, contract.COPIED, copies)
    add(
        "CopiesParams",
        SHARED,
        contract.PARAMS_COPIED,
        copies,
        ("b = self.params", "b = self.arrays"),
        ("self.params = [", "self.arrays = [Wx, Wh, b]\n        self.params = ["),
    )
    add(
        "CopiesParamsEachTime",
        SHARED,
        contract.PARAMS_COPIED,
        """
    @property
    def params(self):
        return [param.copy() for param in self.arrays]

    @params.setter
    def params(self, arrays):
        self.arrays = arrays
""",
    )
    add("ForcesGradsFloat64", DTYPE, contract.GRADS_FLOAT64, ("np.zeros_like(param)", "np.zeros(param.shape)"))
    add(
        "ForcesGradsFloat32",
        DTYPE,
        contract.GRADS_FLOAT32,
        ("np.zeros_like(param)", "np.zeros(param.shape, dtype='f')"),
    )


def in_window(add: Add, section: str) -> None:
    """Add what goes wrong over the steps of a window, where forward reads xs[:, t] and fills hs."""
    add(
        "ReadsFirstInput",
        section,
        "the input isn't used step by step: every step reads xs[:, 0]",
        ("= xs[:, t]", "= xs[:, 0]"),
    )
    add(
        "ReadsBackwards",
        section,
        "the window is read from the right to the left; step t reads xs[:, t], from t = 0 on",
        ("[:, t]", "[:, -1 - t]"),
    )
    add("GivesTimeMajor", section, contract.time_major("the output", "H"), ("return hs", "return hs.swapaxes(0, 1)"))
    add(
        "GivesOneArrayTTimes",
        section,
        "all steps of hs show the last state: one array was put in each time and overwritten later",
        ("hs[:, t] = h", "hs[...] = h[:, None]"),
    )
    add(
        "GivesLastState",
        section,
        "only the last state is returned; hs holds the states of all steps, (N, T, H)",
        ("return hs", "return h"),
    )
    add("AddsStepsUp", section, contract.STEPS_ADDED_UP, ("return hs", "return hs.sum(axis=1)"))
    add("GivesStatesBefore", section, ONE_STEP_LATE, ("hs[:, t] = h", "hs[:, t] = h_prev"))
    add(
        "GivesStartToo",
        section,
        "the state before the window is among the outputs, T + 1 of them; hs starts with the state after the first "
        "step",
        ("np.zeros((N, T, H)", "np.zeros((N, T + 1, H)"),
        ("hs[:, t] = h", "hs[:, t:t + 2] = np.stack([h_prev, h], axis=1)"),
    )
    for id, left in ("SkipsLastStep", "0"), ("SkipsLastStepOfEmpty", "np.nan"):
        add(id, section, LAST_LEFT_OUT, ("return hs", f"hs[:, -1] = {left}\n        return hs"))
    contract.returns_nothing(add, "GivesNoHs", section, "forward", "hs", ("        return hs\n", ""))
    for what, width in ("hs", "H"), ("dxs", "D"):
        turned = f"{what}.swapaxes(0, 1).reshape(N, T, {width})"
        add(f"Reshapes{what.title()}", section, contract.reshaped(what), (f"return {what}", f"return {turned}"))
    add("LoopsOverBatch", SIZES, N_AND_T, ("N, T,", "T, N,"), ("[:, t]", "[t]"))
    add(
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


def from_later_steps(add: Add, section: str) -> None:
    """Add what goes wrong with the gradients that come back to a state, dhs[:, t] + dh, and with the order of dxs."""
    add("LeavesOutDh", section, DH_LEFT_OUT, ("dhs[:, t] + dh", "dhs[:, t]"))
    add(
        "TakesLastDhsOnly",
        section,
        "only the last step's dhs goes in; every state is an output too, so each step adds its own dhs[:, t] to dh",
        ("dhs[:, t] + dh", "(t == T - 1) * dhs[:, t] + dh"),
    )
    add("StartsFromLastDhs", section, LAST_TWICE, ("dhs[:, t] + dh", "(1 + (t == T - 1)) * dhs[:, t] + dh"))
    add("GoesForwards", section, FORWARDS, ("reversed(range(T))", "range(T)"))
    add("PilesUpDh", section, DH_PILED_UP, ("dz @ Wh.T", "dh + dz @ Wh.T"))
    add("GivesDxsBackwards", section, DXS_BACKWARDS, ("dxs[:, t]", "dxs[:, -1 - t]"))
    add("GivesDxsTimeMajor", section, contract.time_major("dxs", "D"), ("return dxs", "return dxs.swapaxes(0, 1)"))


def back_through_time(add: Add, section: str) -> None:
    """Add what goes wrong on the way back of a layer, where ` += ` adds up the gradients."""
    from_later_steps(add, section)
    fewer = "reversed(range(T))", "range(T - 1, 0, -1)"
    add("LeavesOutFirstStep", GRADIENT_SUM, FIRST_LEFT_OUT, fewer)
    add("LeavesOutFirstStepOfEmpty", GRADIENT_SUM, FIRST_LEFT_OUT, fewer, ("dxs = np.zeros", "dxs = np.empty"))
    add(
        "GivesFirstDxOnly",
        section,
        "only the gradient of one step's input is returned; dxs holds those of all steps, (N, T, D)",
        ("return dxs", "return dxs[:, 0]"),
    )
    contract.returns_nothing(add, "GivesNoDxs", section, "backward", "dxs", ("        return dxs\n", ""))
    add("GivesZeros", section, contract.ONLY_ZEROS, ("dhs[:, t] + dh", "0 * dhs[:, t]"), shows_nothing=True)
    add(
        "NeverEmptiesSteps",
        ONE_CELL,
        contract.NEVER_EMPTIED,
        ("        self.steps = []\n", ""),
        ("self.stateful = stateful", "self.stateful, self.steps = stateful, []"),
    )
    add("KeepsFirstStepsGradient", GRADIENT_SUM, contract.FIRST_STEP_ONLY, (" += ", "[...] = "))
    add("KeepsLastStepsGradient", GRADIENT_SUM, contract.LAST_STEP_ONLY, (" += ", " += (t == T - 1) * "))
    add("AveragesOverTime", GRADIENT_SUM, contract.STEPS_AVERAGED, (" += ", " += 1 / T * "))
    add(
        "WritesNothing",
        GRADIENT_SUM,
        "the gradients are added up but never written into self.grads of this layer",
        ("grad[...] = 0", "pass"),
        (" += ", " + "),
        shows_nothing=True,
    )
    kept = "[step[{}] for step in self.steps]".format
    by_sequence = f"np.stack({kept(0)}, axis=1).reshape(N * T, -1)[t * N:t * N + N]"
    for grad, old, new in (
        ("dWx", "x.T @ dz", f"{by_sequence}.T @ dz"),
        ("dWh", "h_prev.T", f"np.concatenate({kept(1)})[t::T].T"),
    ):
        add(f"MixesRowsOf{grad}", GRADIENT_SUM, ROWS_MIXED.format(grad), (old, new))
    add("TakesStateAfterForDWh", WHICH_STATE, STATE_AFTER, ("h_prev.T", "h.T"))
    add("TakesLastStateBeforeFirst", WHICH_STATE, LAST_BEFORE_FIRST, ("h_prev.T", "self.steps[t - 1][-1].T"))
    add("TakesZerosBeforeFirst", WHICH_STATE, ZEROS_BEFORE_FIRST, ("h_prev.T", "(t > 0) * h_prev.T"))


def in_contract(add: Add) -> None:
    """Add what goes wrong in the contract of a layer over time, whose steps are kept in self.steps."""
    clear = "        for grad in self.grads:\n            grad[...] = 0\n"
    add("PilesUp", IN_PLACE, contract.PILED_UP, (clear, ""))
    new = "        self.grads = [np.zeros_like(param) for param in self.params]\n"
    add("Rebinds", IN_PLACE, contract.REBOUND, (clear, new))
    add(
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
    add("ReusesOutput", SHARED, contract.REUSED, *made_once("hs", "(N, T, H)"))
    add(
        "FillsDxsOfForward",
        SHARED,
        contract.GRADIENT_REUSED,
        ("return hs", "self.dxs = np.zeros_like(xs)\n        return hs"),
        ("dxs = np.zeros((N, T, D), b.dtype)", "dxs = self.dxs"),
    )
    add("ReusesDxs", SHARED, contract.GRADIENT_REUSED, *made_once("dxs", "(N, T, D)"))
    add("UsesUpSteps", SHARED, contract.USED_UP, ("self.steps[t]", "self.steps.pop()"))
    contract.forces(add, "ForcesHs", "hs", "the parameters", "(N, T, H), b.dtype", "(N, T, H), {}")
    contract.forces(add, "ForcesDxs", "dxs", "the parameters", "(N, T, D), b.dtype", "(N, T, D), {}")
    add(
        "ForcesFloat32",
        DTYPE,
        "hs and dxs are both forced to float32 (dtype='f'), as in the study notebook; they "
        "should have the dtype of the parameters",
        ("(N, T, H), b.dtype", "(N, T, H), 'f'"),
        ("(N, T, D), b.dtype", "(N, T, D), 'f'"),
    )


def made_once(what: str, shape: str) -> tuple[Change, Change]:
    """The changes by which an array is made again only for another shape."""
    return f"    {what} = None", (
        f"        {what} = np.zeros({shape}, b.dtype)",
        f"""
        if np.shape(self.{what}) != {shape}:
            self.{what} = np.zeros({shape}, b.dtype)
        {what} = self.{what}""",
    )
