"""What goes wrong in 07-lstm: the right answer, and the changes that spoil it. Sentences stand after "Likely:"."""

import itertools

from .. import contract, step
from ..contract import DTYPE, SHARED
from ..misconception import Library
from ..step import BATCH_SUM, ONE_CELL, SIZES, WHICH_STATE

MISCONCEPTIONS = Library()
EQUATION = "what-an-lstm-adds.html#lstm"
COLUMNS = "08-lstm.html#lstm-columns"
GRADIENT = "08-lstm.html#lstm-gradient"
SLOPES = "08-lstm.html#lstm-slopes"
TIME = "08-lstm.html#lstm-over-time"
STATE = "08-lstm.html#lstm-state"
TWO_READERS = "08-lstm.html#lstm-dc"
ORDER = "08-lstm.html#lstm-gate-order"

OTHER_ORDER = "the columns are cut in another order than o, f, i, g (PyTorch, for one, has i, f, g, o)"
JOINED = "backward puts dz together in another order than o, f, i, g, in which forward cuts z"

RIGHT = """
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class MyTimeLSTM:
    def __init__(self, Wx, Wh, b, stateful=False):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(param) for param in self.params]
        self.h = self.c = self.dh = self.dc = None
        self.stateful = stateful

    def forward(self, xs):
        Wx, Wh, b = self.params
        N, T, D = xs.shape
        H = len(Wh)
        h, c = self.h, self.c
        if h is None or not self.stateful:
            h = c = np.zeros((N, H), b.dtype)
        hs = np.zeros((N, T, H), b.dtype)
        self.steps = []
        for t in range(T):
            x, h_prev, c_prev = xs[:, t], h, c
            z = x @ Wx + h_prev @ Wh + b
            o, f, i, g = np.split(z, 4, axis=1)
            o, f, i, g = sigmoid(o), sigmoid(f), sigmoid(i), np.tanh(g)
            c = f * c_prev + i * g
            h = o * np.tanh(c)
            hs[:, t] = h
            self.steps.append((x, h_prev, c_prev, o, f, i, g, c, h))
        self.h, self.c = h, c
        return hs

    def backward(self, dhs):
        Wx, Wh, b = self.params
        N, T, H = dhs.shape
        D = len(Wx)
        for grad in self.grads:
            grad[...] = 0
        dWx, dWh, db = self.grads
        dxs = np.zeros((N, T, D), b.dtype)
        dh = dc = np.zeros((N, H), b.dtype)
        for t in reversed(range(T)):
            x, h_prev, c_prev, o, f, i, g, c, h = self.steps[t]
            dh = dhs[:, t] + dh
            dc = dc + dh * o * (1 - np.tanh(c) ** 2)
            do = dh * np.tanh(c) * o * (1 - o)
            df = dc * c_prev * f * (1 - f)
            di = dc * g * i * (1 - i)
            dg = dc * i * (1 - g ** 2)
            dz = np.concatenate([do, df, di, dg], axis=1)
            dWx += x.T @ dz
            dWh += h_prev.T @ dz
            db += dz.sum(axis=0)
            dxs[:, t] = dz @ Wx.T
            dh, dc = dz @ Wh.T, dc * f
        self.dh, self.dc = dh, dc
        return dxs

    def set_state(self, h, c):
        self.h, self.c = h, c

    def reset_state(self):
        self.h = self.c = None
"""
ZEROS = "np.zeros((N, H), b.dtype)"
OWN_DC = "dh * o * (1 - np.tanh(c) ** 2)"
SLOPE = {"o": " * o * (1 - o)", "f": " * f * (1 - f)", "i": " * i * (1 - i)", "g": " * (1 - g ** 2)"}

lstm = MISCONCEPTIONS.of("MyTimeLSTM", RIGHT)


def joined(order):
    """What joins the gates' gradients in this order."""
    return f"[{', '.join(f'd{gate}' for gate in order)}]"


JOIN = joined("ofig")

# --- forward ----------------------------------------------------------------------------------------------------------

for order in "ifgo", "fgio", "ifog", "figo", "ogfi", "gifo", "fiog":
    lstm(
        f"Orders{order.upper()}",
        ORDER,
        OTHER_ORDER,
        ("o, f, i, g = np", f"{', '.join(order)} = np"),
        (JOIN, joined(order)),
    )
for order in ("ifgo", "ifog", "fiog", "figo"):
    lstm(
        f"Cuts{order.upper()}",
        ORDER,
        "forward cuts z in another order than o, f, i, g, in which backward puts dz together",
        ("o, f, i, g = np", f"{', '.join(order)} = np"),
    )
lstm(
    "SwapsForgetAndInput",
    EQUATION,
    "f and i are exchanged: f multiplies the old cell state, i the candidate g",
    ("o, f, i, g = np", "o, i, f, g = np"),
    (JOIN, joined("oifg")),
)
IN_FORWARD = (
    "forward uses f and i in each other's place, and backward doesn't: f multiplies the old cell state, i the "
    "candidate g"
)
lstm(
    "SwapsForgetAndInputInForward",
    EQUATION,
    f"{IN_FORWARD}, and the columns of z are those of o, f, i and g",
    ("o, f, i, g = np", "o, i, f, g = np"),
)
lstm("ExchangesForgetAndInput", EQUATION, IN_FORWARD, ("c = f * c_prev + i * g", "c = i * c_prev + f * g"))
lstm(
    "CutsUnitByUnit",
    COLUMNS,
    "the gates are cut out unit by unit (reshape to (N, H, 4)); they are blocks of H "
    "columns: z[:, :H], z[:, H:2*H] and so on",
    ("np.split(z, 4, axis=1)", "z.reshape(N, H, 4).transpose(2, 0, 1)"),
    ("np.concatenate([do, df, di, dg], axis=1)", "np.stack([do, df, di, dg], axis=2).reshape(N, 4 * H)"),
)
lstm(
    "TakesSigmoidForCandidate",
    EQUATION,
    "the candidate g takes a sigmoid; it is a tanh, for what is added may be negative",
    ("np.tanh(g)", "sigmoid(g)"),
)
OF_EXPONENTIALS = (
    "tanh or the sigmoid is made of exponentials that overflow where a sum is large, and inf / inf is "
    "nan; np.tanh(z) and 1 / (1 + np.exp(-z)) stay finite there"
)
lstm("WritesTanhOut", EQUATION, OF_EXPONENTIALS, ("np.tanh(g)", step.WRITTEN_OUT(z="g")))
lstm(
    "AddsOneToForgetGate",
    EQUATION,
    "1 is added inside the forget gate's sigmoid; whether the gate starts open is decided where b is made",
    ("sigmoid(f)", "sigmoid(f + 1)"),
)
lstm(
    "MakesSigmoidOfTanh",
    EQUATION,
    "the sigmoid is made of tanh(z), and z isn't halved; it is (1 + tanh(z / 2)) / 2, or 1 / (1 + exp(-z))",
    ("1 / (1 + np.exp(-z))", "(1 + np.tanh(z)) / 2"),
)
lstm("LeavesOutBias", EQUATION, "b isn't added to the sum: z = x @ Wx + h_prev @ Wh + b", (" + b\n", "\n"))
lstm(
    "TakesCellStateForZ",
    EQUATION,
    "z is made with the cell state before the step; Wh multiplies the hidden state: z = x @ Wx + h_prev @ Wh + b",
    ("h_prev @ Wh", "c_prev @ Wh"),
)
lstm(
    "SubtractsLargest",
    EQUATION,
    "each row's largest number is taken off z, as before a softmax; a sigmoid and tanh don't stay the same by that",
    ("+ b\n", "+ b\n            z = z - z.max(axis=1, keepdims=True)\n"),
)
lstm(
    "LeavesOutMinus",
    EQUATION,
    "the sigmoid lacks its minus: it is 1 / (1 + np.exp(-z)), near 1 where z is large",
    ("np.exp(-z)", "np.exp(z)"),
)
lstm("AddsBiasTwice", EQUATION, step.BIAS_TWICE, ("+ b", "+ b + b"))
lstm("WritesSigmoidWithTwo", EQUATION, OF_EXPONENTIALS, ("1 / (1 + np.exp(-z))", "np.exp(z) / (1 + np.exp(z))"))
lstm(
    "TakesTanhForGates",
    EQUATION,
    "the gates o, f, i take tanh; a gate is a sigmoid, between 0 and 1",
    ("sigmoid(o), sigmoid(f), sigmoid(i)", "np.tanh(o), np.tanh(f), np.tanh(i)"),
)
lstm(
    "LeavesOutForgetGate",
    EQUATION,
    "the forget gate isn't applied to the old cell state: c = f * c + i * g",
    ("f * c_prev + i * g", "c_prev + i * g"),
)
lstm(
    "KeepsNothingOfC",
    EQUATION,
    "nothing of the old cell state is kept: c = f * c + i * g",
    ("f * c_prev + i * g", "i * g"),
)
lstm(
    "AddsForgetGate",
    EQUATION,
    "the forget gate itself is added, where it should multiply the old cell state: c = f * c + i * g",
    ("f * c_prev + i * g", "f + i * g"),
)
lstm(
    "LeavesOutInputGate",
    EQUATION,
    "the input gate isn't applied to the candidate: c = f * c + i * g",
    ("f * c_prev + i * g", "f * c_prev + g"),
)
lstm(
    "TurnsForgetGateRound",
    EQUATION,
    "the old cell state is multiplied by 1 - f; the forget gate says how much stays: c = f * c + i * g",
    ("f * c_prev + i * g", "(1 - f) * c_prev + i * g"),
)
lstm("LeavesOutTanh", EQUATION, "h is made without tanh: h = o * np.tanh(c)", ("h = o * np.tanh(c)", "h = o * c"))
lstm(
    "LeavesOutOutputGate",
    EQUATION,
    "the output gate is missing: h = o * np.tanh(c)",
    ("h = o * np.tanh(c)", "h = np.tanh(c)"),
)
lstm(
    "TakesOldCellStateForH",
    EQUATION,
    "h is made of the cell state before the step; c = f * c + i * g comes first, then h = o * np.tanh(c)",
    ("h = o * np.tanh(c)", "h = o * np.tanh(c_prev)"),
)
step.stacks_wrongly(lstm)
step.in_window(lstm, TIME)
lstm(
    "KeepsOneArray",
    TIME,
    step.ONE_ARRAY,
    ("self.steps = []", "self.steps, c = [], c.copy()"),
    ("c = f * c_prev + i * g", "c *= f\n            c += i * g"),
    ("g, c, h))", "g, c.copy(), h))"),
)
lstm(
    "GivesCellStates",
    EQUATION,
    "the cell states are returned; hs holds the hidden states, h = o * np.tanh(c)",
    ("hs[:, t] = h", "hs[:, t] = c"),
)

# --- state ------------------------------------------------------------------------------------------------------------

lstm(
    "NeverKeepsStates",
    STATE,
    "the states are never kept: a stateful layer too starts each window from zeros",
    ("if h is None or not self.stateful", "if True"),
)
lstm(
    "AlwaysKeepsStates",
    STATE,
    "the states are always kept, whether stateful or not; unless stateful, each window starts from zeros",
    ("if h is None or not self.stateful", "if h is None"),
)
lstm(
    "TurnsStatefulRound",
    STATE,
    "the meaning of stateful is turned round: the states are kept when it is False",
    ("not self.stateful", "self.stateful"),
)
lstm(
    "KeepsStatesBeforeLastStep",
    STATE,
    "self.h and self.c are the states before the last step; they are to be those after it",
    ("self.h, self.c = h, c\n        return", "self.h, self.c = h_prev, c_prev\n        return"),
)
for id, is_of_no_use in (
    ("AlwaysKeepsCellState", "c is None"),
    ("AlwaysKeepsCellStateOfOneSize", "np.shape(c) != h.shape"),
):
    lstm(
        id,
        STATE,
        "the cell state is always kept, whether stateful or not; unless stateful, c too starts from zeros",
        ("h = c = " + ZEROS, f"h = {ZEROS}\n            c = h if {is_of_no_use} else c"),
    )
lstm(
    "KeepsHiddenStateOnly",
    STATE,
    "a stateful layer goes on from h only, and its cell state starts from zeros in every window",
    ("h, c = self.h, self.c", "h, c = self.h, " + ZEROS),
)
lstm(
    "KeepsCellStateOnly",
    STATE,
    "a stateful layer goes on from c only, and its hidden state starts from zeros in every window",
    ("            x, h_prev", "            h = h if t else 0 * h\n            x, h_prev"),
)
lstm(
    "SetsStatesOnlyWhenStateful",
    STATE,
    "self.h and self.c are set only when stateful; they are to hold the last states after each forward",
    ("self.h, self.c = h, c\n        return", "if self.stateful:\n            self.h, self.c = h, c\n        return"),
)
lstm(
    "IgnoresSetState",
    STATE,
    "set_state has no effect: h and c have to go where forward looks for them, to self.h and self.c",
    """
    def set_state(self, h, c):
        pass""",
)
for id, other in (
    ("SetsHiddenStateOnly", "np.zeros_like(h) if self.c is None else self.c"),
    ("SetsHiddenStateAndClearsTheOther", "np.zeros_like(h)"),
):
    lstm(
        id,
        STATE,
        "set_state ignores c: two states are given, and both are to be kept",
        f"""
    def set_state(self, h, c=None):
        self.h, self.c = h, {other}""",
    )
lstm(
    "ExchangesStates",
    STATE,
    "set_state keeps h as the cell state and c as the hidden state; the hidden state comes first",
    ("set_state(self, h, c)", "set_state(self, c, h)"),
)
lstm(
    "IgnoresReset",
    STATE,
    "reset_state has no effect; after it, the next window starts from zeros (self.h = self.c = None)",
    ("self.h = self.c = None", "pass"),
)
lstm(
    "ResetsHiddenStateOnly",
    STATE,
    "reset_state forgets h and not c, so the next window starts with an old cell state; forget both",
    ("self.h = self.c = None", "self.h = None"),
    ("h = c = " + ZEROS, f"h = {ZEROS}\n            c = c if self.stateful and c is not None else h"),
)
step.resets_to_zeros(lstm, STATE, "self.h = self.c = None")
lstm(
    "SetsNoStates",
    STATE,
    "self.h and self.c aren't set in forward; they are to hold the last states after it",
    ("        self.h, self.c = h, c\n        return", "        return"),
)
lstm(
    "KeepsNoCellState",
    STATE,
    "self.c isn't set in forward; it is to hold the last cell state after it, and a stateful layer goes on from it",
    ("self.h, self.c = h, c\n        return", "self.h = h\n        return"),
)
lstm(
    "MakesZerosOnce",
    SIZES,
    "the zeros that windows start from are made once, for the first N; the next window may have another N",
    ("self.stateful = stateful", "self.stateful, self.zeros = stateful, None"),
    (
        "h = c = " + ZEROS,
        f"""if self.zeros is None:
                self.zeros = {ZEROS}
            h = c = self.zeros""",
    ),
)

# --- backward: a step -------------------------------------------------------------------------------------------------

lstm(
    "LeavesOutOwnDc",
    TWO_READERS,
    "what comes to c through its own h is missing: dc = dc + dh * o * (1 - tanh(c)**2)",
    (f"            dc = dc + {OWN_DC}\n", ""),
)
lstm(
    "LeavesOutSlopeOfTanh",
    GRADIENT,
    "the slope of tanh is missing on the way from h to c: dc = dc + dh * o * (1 - tanh(c)**2)",
    (OWN_DC, "dh * o"),
)
lstm(
    "LeavesOutOutputGateBack",
    GRADIENT,
    "the output gate is missing on the way from h to c: dc = dc + dh * o * (1 - tanh(c)**2)",
    (OWN_DC, "dh * (1 - np.tanh(c) ** 2)"),
)
lstm(
    "LeavesOutSquare",
    GRADIENT,
    "the slope of tanh is taken as 1 - tanh(c); the square is missing, 1 - tanh(c)**2",
    (OWN_DC, "dh * o * (1 - np.tanh(c))"),
)
for id, state in {"SquaresCellState": "c", "SquaresHiddenState": "h"}.items():
    lstm(
        id,
        GRADIENT,
        f"the slope on the way from h to c is taken as 1 - {state}**2; it is 1 - tanh(c)**2",
        (OWN_DC, f"dh * o * (1 - {state} ** 2)"),
    )
lstm(
    "LeavesOutSlopes",
    SLOPES,
    "the slopes of the gates are missing: a sigmoid s has s * (1 - s), and the tanh of g has 1 - g**2",
    *((slope, "") for slope in SLOPE.values()),
)
lstm(
    "LeavesOutSlopesOfGates",
    SLOPES,
    "the slopes of the gates o, f, i are missing: a sigmoid s has s * (1 - s)",
    *((SLOPE[gate], "") for gate in "ofi"),
)
for gate, slope in SLOPE.items():
    lstm(
        f"LeavesOutSlopeOf{gate.upper()}",
        SLOPES,
        f"the slope of {gate} is missing: a sigmoid s has s * (1 - s), and the tanh of g has 1 - g**2",
        (slope, ""),
    )
for gate in "ofi":
    lstm(
        f"TakesHalfTheSlopeOf{gate.upper()}",
        SLOPES,
        f"the slope of {gate} is only half there, 1 - {gate} is missing: a sigmoid s has s * (1 - s)",
        (SLOPE[gate], f" * {gate}"),
    )
    lstm(
        f"TakesTanhsSlopeFor{gate.upper()}",
        SLOPES,
        f"{gate} has the slope of a tanh, 1 - {gate}**2; it is a sigmoid, so it is {gate} * (1 - {gate})",
        (SLOPE[gate], f" * (1 - {gate} ** 2)"),
    )
lstm(
    "LeavesOutSquareOfG",
    SLOPES,
    "the slope of g is taken as 1 - g; the square is missing, 1 - g**2",
    (SLOPE["g"], " * (1 - g)"),
)
lstm(
    "TakesTanhOfCandidateTwice",
    SLOPES,
    step.TANH_AGAIN.format(h="g"),
    (SLOPE["g"], " * (1 - np.tanh(g) ** 2)"),
)
lstm(
    "TakesSigmoidsSlopeForCandidate",
    SLOPES,
    "the candidate has the slope of a sigmoid, g * (1 - g); g is a tanh, so it is 1 - g**2",
    (SLOPE["g"], " * g * (1 - g)"),
)
lstm(
    "TakesTanhsSlopeForGates",
    SLOPES,
    "the gates o, f, i have the slope of a tanh; that of a sigmoid s is s * (1 - s)",
    *((SLOPE[gate], f" * (1 - {gate} ** 2)") for gate in "ofi"),
)
lstm(
    "TakesSigmoidTwice",
    SLOPES,
    "the slopes of the gates take the sigmoid of o, f and i once more; these have been through it, so a slope is "
    "o * (1 - o)",
    *((SLOPE[gate], f" * sigmoid({gate}) * (1 - sigmoid({gate}))") for gate in "ofi"),
)
lstm(
    "TakesCellStateForOutputGate",
    GRADIENT,
    "the gradient of o is computed with c; o was multiplied by tanh(c), so it is dh * tanh(c)",
    ("do = dh * np.tanh(c)", "do = dh * c"),
)
lstm(
    "TakesNewCellStateForForgetGate",
    GRADIENT,
    "the gradient of f takes the new cell state; f was multiplied by the one before, so it is dc * c_prev",
    ("df = dc * c_prev", "df = dc * c"),
)
lstm(
    "SwapsFactorsOfCandidate",
    GRADIENT,
    "the gradients of i and g take each other's factor; i was multiplied by g, "
    "and g by i, so they are dc * g and dc * i",
    ("di = dc * g", "di = dc * i"),
    ("dg = dc * i", "dg = dc * g"),
)
for gate, factor in {"o": "np.tanh(c)", "f": "c_prev", "i": "g", "g": "i"}.items():
    lstm(
        f"LeavesOutFactorOf{gate.upper()}",
        GRADIENT,
        f"the gradient of {gate} lacks the factor {factor}, by which {gate} was multiplied in forward",
        (f" * {factor}{SLOPE[gate]}", SLOPE[gate]),
    )
for order in map("".join, itertools.permutations("ofig")):
    if order != "ofig":
        lstm(f"Joins{order.upper()}", ORDER, JOINED, (JOIN, joined(order)))

# --- backward: through time -------------------------------------------------------------------------------------------

lstm(
    "LeavesOutLaterDc",
    TWO_READERS,
    "what later steps hand back to c is lost; dh * o * (1 - tanh(c)**2) has to be "
    "added to the dc that the step after handed back",
    ("dc = dc + dh", "dc = dh"),
)
lstm(
    "HandsBackWithoutForget",
    TWO_READERS,
    "dc goes back to the step before without the forget gate; c was multiplied by f, so it is dc * f",
    ("Wh.T, dc * f", "Wh.T, dc"),
)
for id, change in {
    "HandsBackThroughEarlierForget": (),
    "GoesThroughEarlierForget": (("self.dh, self.dc = dh, dc", "self.dh, self.dc = dh, dc * f"),),
}.items():
    lstm(
        id,
        TWO_READERS,
        "dc is multiplied by the forget gate of the step that it comes to; "
        "it belongs to the step that hands it back: dc * f at the end of each step",
        ("Wh.T, dc * f", "Wh.T, dc"),
        ("dc = dc + dh", "dc = dc * f + dh"),
        *change,
    )
lstm(
    "TakesOutputsGradientForDc",
    TWO_READERS,
    "only dhs[:, t] goes from h to c; what the step after handed back to h "
    "belongs to it too: dh = dhs[:, t] + dh comes first",
    ("dc = dc + dh", "dc = dc + dhs[:, t]"),
)
lstm(
    "TakesLaterGradientForDc",
    TWO_READERS,
    "only what the step after handed back to h goes from h to c; dhs[:, t] belongs to it too: "
    "dh = dhs[:, t] + dh comes first",
    ("dc = dc + dh", "dc = dc + (dh - dhs[:, t])"),
)
step.back_through_time(lstm, TIME)
lstm(
    "KeepsGatesOfLastStep",
    ONE_CELL,
    "the gates are kept in attributes that each step overwrites, so backward takes "
    "those of the last step everywhere; keep those of every step, in a list",
    ("c, h = self.steps[t]\n", "c, h = self.steps[t]\n            o, f, i, g = self.steps[-1][3:7]\n"),
)
lstm(
    "KeepsCacheOfLastStep",
    ONE_CELL,
    "what forward keeps is overwritten in each step, so backward takes that of the last "
    "step everywhere; keep it of every step, in a list",
    ("self.steps[t]", "self.steps[-1]"),
)
lstm(
    "TakesZerosForBothBeforeFirst",
    WHICH_STATE,
    "backward takes both states before the first step for 0; they are the states that the window started from",
    (
        "c, h = self.steps[t]\n",
        "c, h = self.steps[t]\n            h_prev, c_prev = (t > 0) * h_prev, (t > 0) * c_prev\n",
    ),
)
step.in_steps(lstm, ((f"{grad} +=", f"{grad}[...] =") for grad in ("dWx", "dWh", "db")))
lstm(
    "SetsNoDc",
    STATE,
    "self.dc isn't set; after backward, self.dh and self.dc are the gradients of the states that "
    "the window started from",
    ("self.dh, self.dc = dh, dc", "self.dh = dh"),
)
lstm(
    "SetsNoDhNorDc",
    STATE,
    "self.dh and self.dc aren't set; after backward they are the gradients of the states that the window started from",
    ("        self.dh, self.dc = dh, dc\n", ""),
)
lstm(
    "StopsBeforeStart",
    STATE,
    "self.dc is the gradient of the window's first cell state; it is that of the state before, once more times f",
    ("dh, dc = dz @ Wh.T", "self.dc = dc\n            dh, dc = dz @ Wh.T"),
    ("self.dh, self.dc = dh, dc", "self.dh = dh"),
)
lstm(
    "StopsHiddenBeforeStart",
    STATE,
    "self.dh is the gradient of the window's first hidden state; it is that of the state before the first step, one "
    "Wh.T further back",
    ("            dc = dc +", "            self.dh = dh\n            dc = dc +"),
    ("self.dh, self.dc = dh, dc", "self.dc = dc"),
)
lstm(
    "StopsBothBeforeStart",
    STATE,
    "self.dh and self.dc are the gradients of the window's first states; they are those of the states before the "
    "first step, which is one step further back",
    ("dh, dc = dz @ Wh.T", "self.dh, self.dc = dh, dc\n            dh, dc = dz @ Wh.T"),
    ("        self.dh, self.dc = dh, dc\n        return", "        return"),
)
lstm(
    "MovesCellInPlace",
    SHARED,
    "c is changed in place (`c *= f`), and with it the array that was given to set_state or taken from self.c; "
    "write c = f * c + i * g",
    ("h = c = " + ZEROS, f"h, c = {ZEROS}, {ZEROS}"),
    ("xs[:, t], h, c\n", "xs[:, t], h, c.copy()\n"),
    ("c = f * c_prev + i * g", "c *= f\n            c += i * g"),
    ("i, g, c, h))", "i, g, c.copy(), h))"),
)
step.carries(
    lstm,
    "CarriesGradients",
    "a window's dh and dc are carried into the next backward; no gradient crosses windows, so both begin at 0",
    "dh = dc = " + ZEROS,
    "dh, dc = self.dh, self.dc\n        if {}dh is None:\n            dh = dc = " + ZEROS,
    ("self.h = self.c = None\n", "self.h = self.c = self.dh = self.dc = None\n"),
)

# --- the contract -----------------------------------------------------------------------------------------------------

contract.clears_in_forward(lstm, "        return hs\n", "        {}\n        return hs\n")
step.in_params(lstm)
step.in_contract(lstm)
lstm("ChangesDhs", SHARED, step.DHS_CHANGED, ("dh = dhs[:, t] + dh", "dhs[:, t] += dh\n            dh = dhs[:, t]"))
ONE_ARRAY = "dh and dc begin as one array (dh = dc = ...), and `+=` on the one changes the other; make two arrays"
lstm("BeginsWithOneArray", TWO_READERS, ONE_ARRAY, ("dh = dhs[:, t] + dh", "dh += dhs[:, t]"))
lstm(
    "BeginsWithOneArrayForBoth",
    TWO_READERS,
    ONE_ARRAY,
    ("dh = dhs[:, t] + dh", "dh += dhs[:, t]"),
    ("dc = dc + dh * o", "dc += dh * o"),
)
lstm("KeepsRowsOfDb", BATCH_SUM, step.DB_KEPT_ROWS, ("dz.sum(axis=0)", "dz"))
step.in_gradients(lstm, bias="Db", n="N")
lstm("KeepsCacheInClass", ONE_CELL, contract.IN_CLASS, ("self.steps", "MyTimeLSTM.steps"))
lstm(
    "ForcesFloat64",
    DTYPE,
    "hs is forced to float64 (np.zeros or np.empty without dtype); it should have the dtype of the parameters",
    (ZEROS, "np.zeros((N, H))"),
    ("np.zeros((N, T, H), b.dtype)", "np.zeros((N, T, H))"),
    ("np.zeros((N, T, D), b.dtype)", "np.zeros((N, T, D))"),
)
