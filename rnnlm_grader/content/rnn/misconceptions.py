"""What goes wrong in 02-rnn: the right answer, and the changes that spoil it. Sentences stand after "Likely:"."""

from .. import contract, step
from ..contract import DTYPE, IN_PLACE, SHARED
from ..misconception import Library
from ..step import BATCH_SUM, EQUATION, ONE_CELL, SHAPES, SLOPE, TRANSPOSE, WHICH_STATE

MISCONCEPTIONS = Library()
GRADIENT = "03-rnn.html#rnn-gradient"

WX_TURNED = "in forward, x @ Wx is turned round (Wx.T, or Wx first); x is (N, D) and Wx is (D, H), so it is x @ Wx"
SWAPPED_WEIGHTS = "Wx and Wh are exchanged: Wx belongs to x, and Wh to h_prev"
DZ = "dz = dh_next * (1 - h_next**2)"
ONE_RESULT = "backward returns only one of its two results; it returns the pair (dx, dh_prev)"

RIGHT = """
class MyRNN:
    def __init__(self, Wx, Wh, b):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(param) for param in self.params]

    def forward(self, x, h_prev):
        Wx, Wh, b = self.params
        z = h_prev @ Wh + x @ Wx + b
        h_next = np.tanh(z)
        self.cache = x, h_prev, h_next
        return h_next

    def backward(self, dh_next):
        Wx, Wh, b = self.params
        dWx, dWh, db = self.grads
        x, h_prev, h_next = self.cache
        dz = dh_next * (1 - h_next**2)
        dWx[...] = x.T @ dz
        dWh[...] = h_prev.T @ dz
        db[...] = dz.sum(axis=0)
        dx = dz @ Wx.T
        dh_prev = dz @ Wh.T
        return dx, dh_prev
"""

rnn = MISCONCEPTIONS.of("MyRNN", RIGHT)

# --- forward ---------------------------------------------------------------------------------------------------------

rnn("IsLinear", EQUATION, step.NO_TANH, ("np.tanh(z)", "z"), (" * (1 - h_next**2)", ""))
step.stacks_wrongly(rnn)
step.in_forward(rnn, h="h_next")
contract.returns_nothing(rnn, "ForwardReturnsNothing", EQUATION, "forward", "h_next", ("        return h_next\n", ""))
rnn(
    "ForgetsState", EQUATION, "the state before isn't used: h_prev @ Wh is missing from the sum", ("h_prev @ Wh + ", "")
)
rnn(
    "TakesTanhOfEach",
    EQUATION,
    "tanh is taken of each product by itself; first add everything up, then take tanh once",
    ("np.tanh(z)", "np.tanh(h_prev @ Wh) + np.tanh(x @ Wx + b)"),
)
rnn("AddsBiasTwiceBothWays", EQUATION, step.BIAS_TWICE, ("+ b", "+ b + b"), ("dz.sum(axis=0)", "2 * dz.sum(axis=0)"))
rnn(
    "StacksInAnotherOrder",
    EQUATION,
    "the state stands before the input, but Wx before Wh, so each of the two meets the other's weights; stack both in "
    "one order",
    ("h_prev @ Wh + x @ Wx", "np.concatenate([h_prev, x], axis=1) @ np.concatenate([Wx, Wh])"),
    ("dWx[...] = x.T @ dz", "dW = np.concatenate([h_prev, x], axis=1).T @ dz\n        dWx[...] = dW[: len(Wx)]"),
    ("dWh[...] = h_prev.T @ dz", "dWh[...] = dW[len(Wx) :]"),
    ("dx = dz @ Wx.T", "dx, dh_prev = np.split(dz @ np.concatenate([Wx, Wh]).T, [len(Wx)], axis=1)"),
    ("        dh_prev = dz @ Wh.T\n", ""),
)
rnn("TransposesWx", SHAPES, WX_TURNED, ("x @ Wx", "x @ Wx.T"))
rnn("TransposesWxWithDot", SHAPES, WX_TURNED, ("h_prev @ Wh + x @ Wx", "np.dot(h_prev, Wh) + np.dot(x, Wx.T)"))
rnn("PutsWxFirst", SHAPES, WX_TURNED, ("x @ Wx", "Wx @ x"))
rnn("PutsWxFirstWithDot", SHAPES, WX_TURNED, ("h_prev @ Wh + x @ Wx", "np.dot(h_prev, Wh) + np.dot(Wx, x)"))
rnn(
    "PutsWhFirst",
    SHAPES,
    "Wh stands before h_prev; rows are cases, so it is h_prev @ Wh",
    ("h_prev @ Wh", "Wh @ h_prev"),
)
rnn(
    "MultipliesNumberByNumber",
    SHAPES,
    "x and Wx are multiplied number by number (`*`); a product of matrices is x @ Wx",
    ("x @ Wx", "x * Wx"),
)
rnn("ExchangesWeights", SHAPES, SWAPPED_WEIGHTS, ("h_prev @ Wh + x @ Wx", "h_prev @ Wx + x @ Wh"))
rnn("ExchangesWeightsWithDot", SHAPES, SWAPPED_WEIGHTS, ("h_prev @ Wh + x @ Wx", "np.dot(x, Wh) + np.dot(h_prev, Wx)"))
rnn(
    "ComputesFirstRow",
    SHAPES,
    "the first row alone is computed (x[0], h_prev[0]); there are N rows, and they go through together",
    ("        z =", "        x, h_prev = x[:1], h_prev[:1]\n        z ="),
)

# --- backward: the slope of tanh -------------------------------------------------------------------------------------

step.in_backward(rnn, h="h_next", upstream="dh_next")
rnn(
    "TakesSlopeOfSum",
    SLOPE,
    "the derivative of tanh is taken as 1 - z**2 with the sum z from before tanh; it is 1 - "
    "h_next**2 with what came out of tanh",
    ("x, h_prev, h_next", "x, h_prev, h_next, z"),
    ("h_next**2", "z**2"),
)
rnn(
    "TakesTanhOfGradient",
    SLOPE,
    "the gradient goes through tanh itself, tanh(dh_next); it has to be multiplied by tanh's derivative",
    ("dh_next * (1 - h_next**2)", "np.tanh(dh_next)"),
)
rnn(
    "MultipliesSlopeAsMatrix",
    SLOPE,
    "dh_next and the derivative of tanh are multiplied as matrices (`@`); it is "
    "number by number, dh_next * (1 - h_next**2)",
    ("dh_next * (", "dh_next @ ("),
)
rnn(
    "TurnsSign",
    SLOPE,
    "the sign of the derivative is turned: it is 1 - h_next**2, not h_next**2 - 1 (and descending "
    "is the optimizer's work)",
    ("1 - h_next**2", "h_next**2 - 1"),
)
rnn(
    "TakesSlopeAtPreviousState",
    WHICH_STATE,
    "the derivative of tanh is taken at h_prev, 1 - h_prev**2; tanh gave h_next",
    ("h_next**2", "h_prev**2"),
)
rnn(
    "ExchangesStates",
    WHICH_STATE,
    "h_prev and h_next are exchanged in backward; unpack what forward kept in the order in which it was packed",
    ("x, h_prev, h_next = self.cache", "x, h_next, h_prev = self.cache"),
)
rnn(
    "HandsOnOutsideTanh",
    SLOPE,
    f"dh_prev alone is computed from dh_next; h_prev too comes before tanh, so it is dz @ Wh.T with {DZ}",
    ("dz @ Wh.T", "dh_next @ Wh.T"),
)
rnn(
    "HandsDxOutsideTanh",
    SLOPE,
    f"dx alone is computed from dh_next; x too comes before tanh, so it is dz @ Wx.T with {DZ}",
    ("dz @ Wx.T", "dh_next @ Wx.T"),
)
rnn(
    "HandsBackOutsideTanh",
    SLOPE,
    f"dx and dh_prev are computed from dh_next; x and h_prev too come before tanh, so they are products with {DZ}",
    ("= dz @", "= dh_next @"),
)
rnn(
    "CollectsOutsideTanh",
    SLOPE,
    f"the weights' gradients are computed from dh_next; they too come before tanh, so they are products with {DZ}",
    (".T @ dz", ".T @ dh_next"),
)

# --- backward: the parameters ----------------------------------------------------------------------------------------

step.in_gradients(rnn, bias="Bias", n="len(dz)")
rnn("KeepsRowsOfBiasInNewArray", BATCH_SUM, step.DB_KEPT_ROWS, ("db[...] = dz.sum(axis=0)", "self.grads[2] = dz"))
rnn(
    "MultipliesByBias",
    GRADIENT,
    "db is multiplied by b; b is added, so its gradient is dz summed over the batch",
    ("dz.sum(axis=0)", "dz.sum(axis=0) * b"),
)
rnn(
    "LeavesOutTransposeInDWh",
    TRANSPOSE,
    "dWh is h_prev @ dz without a transpose; it is h_prev.T @ dz",
    ("h_prev.T @ dz", "h_prev @ dz"),
)
rnn(
    "TakesNextStateForDWh",
    WHICH_STATE,
    "dWh is computed with h_next; Wh multiplied the state before, so it is h_prev.T @ dz",
    ("h_prev.T", "h_next.T"),
)
rnn("LeavesOutDWh", GRADIENT, "dWh is never written: grads[1] stays zero", ("        dWh[...] = h_prev.T @ dz\n", ""))
rnn("LeavesOutDb", GRADIENT, "db is never written: grads[2] stays zero", ("        db[...] = dz.sum(axis=0)\n", ""))
rnn(
    "WritesNothing",
    IN_PLACE,
    "the gradients are computed but never written into grads, so an optimizer sees zeros",
    ("[...] =", " ="),
    shows_nothing=True,
)
rnn(
    "GivesZeros",
    GRADIENT,
    contract.ONLY_ZEROS,
    ("dh_next * (1 - h_next**2)", "np.zeros_like(dh_next)"),
    shows_nothing=True,
)
rnn(
    "ExchangesGrads",
    GRADIENT,
    "grads are in another order than params; the order is Wx, Wh, b",
    ("for param in self.params", "for param in (Wh, Wx, b)"),
    ("dWx, dWh, db =", "dWh, dWx, db ="),
)

# --- backward: what is handed on -------------------------------------------------------------------------------------

rnn("LeavesOutTransposeOfWh", TRANSPOSE, step.WH_NOT_TRANSPOSED, ("dz @ Wh.T", "dz @ Wh"))
rnn("LeavesOutTransposeOfWxWithDot", TRANSPOSE, step.DX_TURNED, ("dz @ Wx.T", "np.dot(dz, Wx)"))
rnn(
    "ExchangesResults",
    GRADIENT,
    "the results are returned in the wrong order; backward returns (dx, dh_prev)",
    ("return dx, dh_prev", "return dh_prev, dx"),
)
rnn("ReturnsDxOnly", GRADIENT, ONE_RESULT, ("return dx, dh_prev", "return dx"))
rnn("ReturnsDhPrevOnly", GRADIENT, ONE_RESULT, ("return dx, dh_prev", "return dh_prev"))
contract.returns_nothing(
    rnn, "ReturnsNothing", GRADIENT, "backward", "the pair (dx, dh_prev)", ("        return dx, dh_prev\n", "")
)
rnn("HandsOnWithoutWh", GRADIENT, step.WH_LEFT_OUT, ("dz @ Wh.T", "dz"))
rnn(
    "AddsUpstream",
    GRADIENT,
    "dh_next is added to dh_prev once more; h_prev acts through h_prev @ Wh only, so dh_prev is dz @ Wh.T",
    ("dz @ Wh.T", "dz @ Wh.T + dh_next"),
)

# --- contract --------------------------------------------------------------------------------------------------------

rnn("PilesUp", IN_PLACE, contract.PILED_UP, ("[...] =", "[...] +="))
rnn(
    "ClearsInForward",
    IN_PLACE,
    contract.CLEARED_IN_FORWARD,
    ("[...] =", "[...] +="),
    ("return h_next", "for grad in self.grads:\n            grad[...] = 0\n        return h_next"),
)
contract.clears_in_forward(rnn, "        return h_next", "        {}\n        return h_next")
rnn(
    "Rebinds",
    IN_PLACE,
    contract.REBOUND,
    ("dWx, dWh, db = self.grads", "dWx, dWh, db = self.grads = [np.empty_like(grad) for grad in self.grads]"),
)
step.in_params(rnn)
rnn(
    "UsesCopies",
    SHARED,
    contract.COPIED,
    ("[Wx, Wh, b]", "[Wx, Wh, b]\n        self.copies = Wx.copy(), Wh.copy(), b.copy()"),
    ("b = self.params", "b = self.copies"),
)
rnn(
    "UpdatesParameters",
    SHARED,
    contract.UPDATED,
    (
        "        dx =",
        """
        for param, grad in zip(self.params, self.grads):
            param -= 0.1 * grad
        dx =""",
    ),
)
rnn(
    "ChangesUpstream",
    SHARED,
    contract.argument_changed("dh_next", "dh_next *= ..."),
    ("dz = dh_next * (1 - h_next**2)", "dh_next *= 1 - h_next**2\n        dz = dh_next"),
)
rnn(
    "WritesIntoPreviousState",
    SHARED,
    "the new state is written into the caller's h_prev; arguments belong to the "
    "caller, and dWh still needs the old one",
    ("self.cache = x, h_prev, h_next", "self.cache = x, h_prev.copy(), h_next\n        h_prev[...] = h_next"),
)
rnn(
    "ReusesOutput",
    SHARED,
    contract.REUSED,
    "    out = np.empty(0)",
    (
        "        return h_next",
        """
        if self.out.shape != h_next.shape:
            self.out = np.empty_like(h_next)
        self.out[...] = h_next
        return self.out""",
    ),
)
rnn(
    "TakesSlopeOfStateBefore",
    GRADIENT,
    "dh_prev is multiplied by the slope of h_prev, too; that is for backward of the step before to do",
    ("dz @ Wh.T", "dz @ Wh.T * (1 - h_prev**2)"),
)
rnn(
    "FillsArraysOfForward",
    SHARED,
    contract.GRADIENT_REUSED,
    ("return h_next", "self.dx, self.dh_prev = np.empty_like(x), np.empty_like(h_prev)\n        return h_next"),
    ("return dx, dh_prev", "self.dx[...], self.dh_prev[...] = dx, dh_prev\n        return self.dx, self.dh_prev"),
)
rnn(
    "KeepsFirstCache",
    WHICH_STATE,
    contract.FIRST_KEPT,
    "    cache = None",
    ("self.cache = x, h_prev, h_next", "self.cache = self.cache or (x, h_prev, h_next)"),
)
rnn("UsesUpCache", SHARED, contract.USED_UP, ("        dz =", "        self.cache = None\n        dz ="))
rnn(
    "PopsCache",
    SHARED,
    contract.USED_UP,
    ("= x, h_prev, h_next", "= [(x, h_prev, h_next)]"),
    ("= self.cache", "= self.cache.pop()"),
)
rnn("KeepsCacheInClass", ONE_CELL, contract.IN_CLASS, ("self.cache", "MyRNN.cache"))
contract.forces(rnn, "Forces", "the output", "the parameters", "return h_next", "return h_next.astype({})")
rnn(
    "ForcesResultsFloat32",
    DTYPE,
    "the gradients that backward returns are forced to float32; they should have the dtype of the parameters",
    ("return dx, dh_prev", "return dx.astype('f'), dh_prev.astype('f')"),
)
