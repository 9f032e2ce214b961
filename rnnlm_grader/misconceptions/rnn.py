"""What goes wrong in 02-rnn: each variant is the right answer with one thing misunderstood.

Sentences stand after "Likely:".
"""
import numpy as np

from ..spec.exam import Library
from . import contract

MISCONCEPTIONS = Library()
EQUATION = "03-rnn.html#rnn-equation"
SHAPES = "03-rnn.html#rnn-shapes"
GRADIENT = "03-rnn.html#rnn-gradient"
SLOPE = "03-rnn.html#rnn-tanh-derivative"
TRANSPOSE = "03-rnn.html#rnn-transpose"
BATCH_SUM = "03-rnn.html#rnn-batch-sum"
WHICH_STATE = "03-rnn.html#rnn-which-state"
IN_PLACE = "02-embedding.html#embedding-in-place"
DTYPE = "02-embedding.html#embedding-dtype"
SHARED = "02-embedding.html#embedding-shared-weights"
ONE_CELL = "04-time-rnn.html#time-rnn-one-cell-per-step"

NO_TANH = "tanh is missing: what comes out is the sum h_prev @ Wh + x @ Wx + b itself"
SIGMOID = "the sigmoid stands where tanh should"
WX_TURNED = "x @ Wx is turned round (Wx.T, or Wx first); x is (N, D) and Wx is (D, H), so it is x @ Wx"
SWAPPED_WEIGHTS = "Wx and Wh are exchanged: Wx belongs to x, and Wh to h_prev"
DX_TURNED = "dx is computed with Wx instead of Wx.T; what went through Wx on the way there comes back through Wx.T"
ONE_RESULT = "backward returns only one of its two results; it returns the pair (dx, dh_prev)"
COPIED_PARAMS = ("params holds copies of Wx, Wh and b; an optimiser that updates them has then no effect. Keep the "
                 "arrays themselves")
DB_KEPT_ROWS = "db isn't summed over the batch: dz is (N, H) and b is (H,), so db = dz.sum(axis=0)"


class Right:
    """The right answer, which each variant spoils in one place."""

    def __init__(self, Wx, Wh, b):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)]

    def sum(self, x, h_prev):
        Wx, Wh, b = self.params
        return h_prev @ Wh + x @ Wx + b

    def forward(self, x, h_prev):
        self.x, self.h_prev = x, h_prev
        self.z = self.sum(x, h_prev)
        self.h_next = np.tanh(self.z)
        return self.h_next

    def dz(self, dh_next):
        return dh_next * (1 - self.h_next**2)

    def backward(self, dh_next):
        dz = self.dz(dh_next)
        self.collect(dz)
        return self.hand_on(dz)

    def collect(self, dz):
        self.grads[0][...] = self.x.T @ dz
        self.grads[1][...] = self.h_prev.T @ dz
        self.grads[2][...] = dz.sum(axis=0)

    def hand_on(self, dz):
        Wx, Wh, _ = self.params
        return dz @ Wx.T, dz @ Wh.T


def rnn(section, sentence, **marks):
    return MISCONCEPTIONS.misconception("MyRNN", section, sentence, **marks)


# --- forward --------------------------------------------------------------------------------------------------------


@rnn(EQUATION, NO_TANH)
class IsLinear(Right):
    def forward(self, x, h_prev):
        super().forward(x, h_prev)
        self.h_next = self.z
        return self.z

    def dz(self, dh_next):
        return dh_next


@rnn(EQUATION, NO_TANH)
class LeavesOutTanh(IsLinear):
    def dz(self, dh_next):
        return Right.dz(self, dh_next)


@rnn(EQUATION, SIGMOID)
class TakesSigmoid(Right):
    def forward(self, x, h_prev):
        super().forward(x, h_prev)
        self.h_next = 1 / (1 + np.exp(-self.z))
        return self.h_next


@rnn(EQUATION, SIGMOID)
class TakesSigmoidBothWays(TakesSigmoid):
    def dz(self, dh_next):
        return dh_next * self.h_next * (1 - self.h_next)


@rnn(EQUATION, "tanh is taken twice; h_next is tanh of the sum, once")
class TakesTanhTwice(Right):
    def sum(self, x, h_prev):
        return np.tanh(super().sum(x, h_prev))


@rnn(EQUATION, "forward returns nothing; it needs a `return`", shows_nothing=True)
class ForwardReturnsNothing(Right):
    def forward(self, x, h_prev):
        super().forward(x, h_prev)


@rnn(EQUATION, "b isn't added to the sum")
class LeavesOutBias(Right):
    def sum(self, x, h_prev):
        Wx, Wh, _ = self.params
        return h_prev @ Wh + x @ Wx


@rnn(EQUATION, "b is subtracted; it is added to the sum")
class SubtractsBias(Right):
    def sum(self, x, h_prev):
        return super().sum(x, h_prev) - 2 * self.params[2]


@rnn(EQUATION, "b is added after tanh; it belongs inside, tanh(h_prev @ Wh + x @ Wx + b)")
class AddsBiasOutside(Right):
    def sum(self, x, h_prev):
        Wx, Wh, _ = self.params
        return h_prev @ Wh + x @ Wx

    def forward(self, x, h_prev):
        self.h_next = super().forward(x, h_prev) + self.params[2]
        return self.h_next


@rnn(EQUATION, "the state before isn't used: h_prev @ Wh is missing from the sum")
class ForgetsState(Right):
    def sum(self, x, h_prev):
        Wx, _, b = self.params
        return x @ Wx + b


@rnn(EQUATION, "the input isn't used: x @ Wx is missing from the sum")
class ForgetsInput(Right):
    def sum(self, x, h_prev):
        _, Wh, b = self.params
        return h_prev @ Wh + b


@rnn(EQUATION, "tanh is taken of each product by itself; first add everything up, then take tanh once")
class TakesTanhOfEach(Right):
    def forward(self, x, h_prev):
        Wx, Wh, b = self.params
        super().forward(x, h_prev)
        self.h_next = np.tanh(h_prev @ Wh) + np.tanh(x @ Wx + b)
        return self.h_next


@rnn(EQUATION, "tanh is taken of the state's part only; first add x @ Wx and b to it, then take tanh")
class TakesTanhOfStateOnly(Right):
    def forward(self, x, h_prev):
        Wx, Wh, b = self.params
        super().forward(x, h_prev)
        self.h_next = np.tanh(h_prev @ Wh) + x @ Wx + b
        return self.h_next


@rnn(SHAPES, "forward multiplies by Wh.T; the shape fits because Wh is square, but it is h_prev @ Wh")
class TransposesWh(Right):
    def sum(self, x, h_prev):
        Wx, Wh, b = self.params
        return h_prev @ Wh.T + x @ Wx + b


@rnn(SHAPES, WX_TURNED)
class TransposesWx(Right):
    def sum(self, x, h_prev):
        Wx, Wh, b = self.params
        return h_prev @ Wh + x @ Wx.T + b


@rnn(SHAPES, WX_TURNED)
class TransposesWxWithDot(Right):
    def sum(self, x, h_prev):
        Wx, Wh, b = self.params
        return np.dot(h_prev, Wh) + np.dot(x, Wx.T) + b


@rnn(SHAPES, WX_TURNED)
class PutsWxFirst(Right):
    def sum(self, x, h_prev):
        Wx, Wh, b = self.params
        return h_prev @ Wh + Wx @ x + b


@rnn(SHAPES, WX_TURNED)
class PutsWxFirstWithDot(Right):
    def sum(self, x, h_prev):
        Wx, Wh, b = self.params
        return np.dot(h_prev, Wh) + np.dot(Wx, x) + b


@rnn(SHAPES, "Wh stands before h_prev; rows are cases, so it is h_prev @ Wh")
class PutsWhFirst(Right):
    def sum(self, x, h_prev):
        Wx, Wh, b = self.params
        return Wh @ h_prev + x @ Wx + b


@rnn(SHAPES, "x and Wx are multiplied number by number (`*`); a product of matrices is x @ Wx")
class MultipliesNumberByNumber(Right):
    def sum(self, x, h_prev):
        Wx, Wh, b = self.params
        return h_prev @ Wh + x * Wx + b


@rnn(SHAPES, SWAPPED_WEIGHTS)
class ExchangesWeights(Right):
    def sum(self, x, h_prev):
        Wx, Wh, b = self.params
        return h_prev @ Wx + x @ Wh + b


@rnn(SHAPES, SWAPPED_WEIGHTS)
class ExchangesWeightsWithDot(Right):
    def sum(self, x, h_prev):
        Wx, Wh, b = self.params
        return np.dot(x, Wh) + np.dot(h_prev, Wx) + b


@rnn(SHAPES, "every row goes on from the state of the first row; each sequence has its own row of h_prev")
class SharesFirstState(Right):
    def sum(self, x, h_prev):
        return super().sum(x, h_prev[:1])


@rnn(SHAPES, "the first row alone is computed (x[0], h_prev[0]); there are N rows, and they go through together")
class ComputesFirstRow(Right):
    def forward(self, x, h_prev):
        return super().forward(x[:1], h_prev[:1])


# --- backward: the slope of tanh ------------------------------------------------------------------------------------


@rnn(SLOPE, "the derivative of tanh is missing: dh_next isn't multiplied by 1 - h_next**2")
class LeavesOutSlope(Right):
    def dz(self, dh_next):
        return dh_next


@rnn(SLOPE, "the derivative of tanh is taken as 1 - h_next; the square is missing, 1 - h_next**2")
class LeavesOutSquare(Right):
    def dz(self, dh_next):
        return dh_next * (1 - self.h_next)


@rnn(SLOPE, "the whole of 1 - h_next is squared, (1 - h_next)**2; only h_next is, 1 - h_next**2")
class SquaresDifference(Right):
    def dz(self, dh_next):
        return dh_next * (1 - self.h_next) ** 2


@rnn(SLOPE, "the derivative of tanh is taken as 1 - z**2 with the sum z from before tanh; it is 1 - h_next**2 with "
            "what came out of tanh")
class TakesSlopeOfSum(Right):
    def dz(self, dh_next):
        return dh_next * (1 - self.z**2)


@rnn(SLOPE, "tanh is taken once more in the derivative, 1 - tanh(h_next)**2; h_next is a tanh already")
class TakesTanhOnceMore(Right):
    def dz(self, dh_next):
        return dh_next * (1 - np.tanh(self.h_next) ** 2)


@rnn(SLOPE, "the derivative is that of the sigmoid, h * (1 - h); that of tanh is 1 - h**2")
class TakesSlopeOfSigmoid(Right):
    def dz(self, dh_next):
        return dh_next * self.h_next * (1 - self.h_next)


@rnn(SLOPE, "the derivative of tanh is taken as h_next**2; the `1 -` is missing, 1 - h_next**2")
class LeavesOutOne(Right):
    def dz(self, dh_next):
        return dh_next * self.h_next**2


@rnn(SLOPE, "the gradient goes through tanh itself, tanh(dh_next); it has to be multiplied by tanh's derivative")
class TakesTanhOfGradient(Right):
    def dz(self, dh_next):
        return np.tanh(dh_next)


@rnn(SLOPE, "dh_next and the derivative of tanh are multiplied as matrices (`@`); it is number by number, "
            "dh_next * (1 - h_next**2)")
class MultipliesSlopeAsMatrix(Right):
    def dz(self, dh_next):
        return dh_next @ (1 - self.h_next**2)


@rnn(SLOPE, "the sign of the derivative is turned: it is 1 - h_next**2, not h_next**2 - 1 (and descending is the "
            "optimiser's work)")
class TurnsSign(Right):
    def dz(self, dh_next):
        return -super().dz(dh_next)


@rnn(WHICH_STATE, "the derivative of tanh is taken at h_prev, 1 - h_prev**2; tanh gave h_next")
class TakesSlopeAtPreviousState(Right):
    def dz(self, dh_next):
        return dh_next * (1 - self.h_prev**2)


@rnn(WHICH_STATE, "h_prev and h_next are exchanged in backward; unpack what forward kept in the order in which it was "
                  "packed")
class ExchangesStates(Right):
    def backward(self, dh_next):
        self.h_prev, self.h_next = self.h_next, self.h_prev
        given = super().backward(dh_next)
        self.h_prev, self.h_next = self.h_next, self.h_prev
        return given


@rnn(SLOPE, "db alone is summed from dh_next; b is added before tanh, so db is summed from "
            "dz = dh_next * (1 - h_next**2) as well")
class SumsBiasOutsideTanh(Right):
    def backward(self, dh_next):
        given = super().backward(dh_next)
        self.grads[2][...] = dh_next.sum(axis=0)
        return given


@rnn(SLOPE, "dh_prev alone is computed from dh_next; h_prev too comes before tanh, so it is dz @ Wh.T with "
            "dz = dh_next * (1 - h_next**2)")
class HandsOnOutsideTanh(Right):
    def backward(self, dh_next):
        dx, _ = super().backward(dh_next)
        return dx, dh_next @ self.params[1].T


@rnn(SLOPE, "dx alone is computed from dh_next; x too comes before tanh, so it is dz @ Wx.T with "
            "dz = dh_next * (1 - h_next**2)")
class HandsDxOutsideTanh(Right):
    def backward(self, dh_next):
        _, dh_prev = super().backward(dh_next)
        return dh_next @ self.params[0].T, dh_prev


@rnn(SLOPE, "dx and dh_prev are computed from dh_next; x and h_prev too come before tanh, so they are products with "
            "dz = dh_next * (1 - h_next**2)")
class HandsBackOutsideTanh(Right):
    def backward(self, dh_next):
        super().backward(dh_next)
        Wx, Wh, _ = self.params
        return dh_next @ Wx.T, dh_next @ Wh.T


@rnn(SLOPE, "the weights' gradients are computed from dh_next; they too come before tanh, so they are products with "
            "dz = dh_next * (1 - h_next**2)")
class CollectsOutsideTanh(Right):
    def collect(self, dz):
        super().collect(dz)
        self.grads[0][...] = self.x.T @ self.given
        self.grads[1][...] = self.h_prev.T @ self.given

    def backward(self, dh_next):
        self.given = dh_next
        return super().backward(dh_next)


# --- backward: the parameters ---------------------------------------------------------------------------------------


@rnn(BATCH_SUM, DB_KEPT_ROWS)
class KeepsRowsOfBias(Right):
    def collect(self, dz):
        super().collect(dz)
        self.grads[2][...] = dz


@rnn(BATCH_SUM, DB_KEPT_ROWS)
class KeepsRowsOfBiasInNewArray(Right):
    def collect(self, dz):
        super().collect(dz)
        self.grads[2] = dz


@rnn(BATCH_SUM, "db is the mean over the batch; it is the sum. Whether to average is for the loss to say, and "
                "dh_next already carries it")
class AveragesBias(Right):
    def collect(self, dz):
        super().collect(dz)
        self.grads[2][...] = dz.mean(axis=0)


@rnn(BATCH_SUM, "all parameter gradients are divided by the batch size; whether to average is for the loss to say, and "
                "dh_next already carries it")
class AveragesOverBatch(Right):
    def collect(self, dz):
        super().collect(dz)
        for grad in self.grads:
            grad /= len(dz)


@rnn(BATCH_SUM, "db is one number for all hidden units (sum without axis); it is summed over the batch only, axis=0")
class SumsBiasOverEverything(Right):
    def collect(self, dz):
        super().collect(dz)
        self.grads[2][...] = dz.sum()


@rnn(BATCH_SUM, "db is summed over the hidden units (axis=1); it is summed over the batch, axis=0")
class SumsBiasOverUnits(Right):
    def collect(self, dz):
        super().collect(dz)
        self.grads[2][...] = dz.sum(axis=1)


@rnn(BATCH_SUM, "db takes only one row of the batch; all rows have to add up")
class TakesFirstRowOfBias(Right):
    def collect(self, dz):
        super().collect(dz)
        self.grads[2][...] = dz[0]


@rnn(GRADIENT, "db is multiplied by b; b is added, so its gradient is dz summed over the batch")
class MultipliesByBias(Right):
    def collect(self, dz):
        super().collect(dz)
        self.grads[2] *= self.params[2]


@rnn(TRANSPOSE, "dWx is turned round, dz.T @ x; it has to have the shape of Wx, (D, H): x.T @ dz")
class TurnsDWx(Right):
    def collect(self, dz):
        super().collect(dz)
        self.grads[0][...] = dz.T @ self.x


@rnn(TRANSPOSE, "dWh is turned round, dz.T @ h_prev; the shape fits because Wh is square, but it is h_prev.T @ dz")
class TurnsDWh(Right):
    def collect(self, dz):
        super().collect(dz)
        self.grads[1][...] = dz.T @ self.h_prev


@rnn(TRANSPOSE, "dWx is x @ dz without a transpose; it has to have the shape of Wx, (D, H): x.T @ dz")
class LeavesOutTransposeInDWx(Right):
    def collect(self, dz):
        self.grads[0][...] = self.x @ dz
        self.grads[1][...] = self.h_prev.T @ dz
        self.grads[2][...] = dz.sum(axis=0)


@rnn(TRANSPOSE, "dWh is h_prev @ dz without a transpose; it is h_prev.T @ dz")
class LeavesOutTransposeInDWh(Right):
    def collect(self, dz):
        super().collect(dz)
        self.grads[1][...] = self.h_prev @ dz


@rnn(WHICH_STATE, "dWh is computed with h_next; Wh multiplied the state before, so it is h_prev.T @ dz")
class TakesNextStateForDWh(Right):
    def collect(self, dz):
        super().collect(dz)
        self.grads[1][...] = self.h_next.T @ dz


@rnn(GRADIENT, "dWh is never written: grads[1] stays zero")
class LeavesOutDWh(Right):
    def collect(self, dz):
        super().collect(dz)
        self.grads[1][...] = 0


@rnn(GRADIENT, "db is never written: grads[2] stays zero")
class LeavesOutDb(Right):
    def collect(self, dz):
        super().collect(dz)
        self.grads[2][...] = 0


@rnn(IN_PLACE, "the gradients are computed but never written into grads, so an optimiser sees zeros",
     shows_nothing=True)
class WritesNothing(Right):
    def collect(self, dz):
        pass


@rnn(GRADIENT, "backward gives nothing but zeros; is it filled in?", shows_nothing=True)
class GivesZeros(Right):
    def dz(self, dh_next):
        return np.zeros_like(dh_next)


@rnn(GRADIENT, "grads are in another order than params; the order is Wx, Wh, b")
class ExchangesGrads(Right):
    def collect(self, dz):
        super().collect(dz)
        self.grads[:2] = self.grads[1], self.grads[0]


# --- backward: what is handed on ------------------------------------------------------------------------------------


@rnn(TRANSPOSE, "dh_prev is computed with Wh instead of Wh.T; the shape fits because Wh is square")
class LeavesOutTransposeOfWh(Right):
    def hand_on(self, dz):
        Wx, Wh, _ = self.params
        return dz @ Wx.T, dz @ Wh


@rnn(TRANSPOSE, DX_TURNED)
class LeavesOutTransposeOfWx(Right):
    def hand_on(self, dz):
        Wx, Wh, _ = self.params
        return dz @ Wx, dz @ Wh.T


@rnn(TRANSPOSE, DX_TURNED)
class LeavesOutTransposeOfWxWithDot(Right):
    def hand_on(self, dz):
        Wx, Wh, _ = self.params
        return np.dot(dz, Wx), np.dot(dz, Wh.T)


@rnn(GRADIENT, "the results are returned in the wrong order; backward returns (dx, dh_prev)")
class ExchangesResults(Right):
    def hand_on(self, dz):
        return super().hand_on(dz)[::-1]


@rnn(GRADIENT, ONE_RESULT)
class ReturnsDxOnly(Right):
    def hand_on(self, dz):
        return super().hand_on(dz)[0]


@rnn(GRADIENT, ONE_RESULT)
class ReturnsDhPrevOnly(Right):
    def hand_on(self, dz):
        return super().hand_on(dz)[1]


@rnn(GRADIENT, "backward returns nothing (is there a `return`?); it returns the pair (dx, dh_prev)", shows_nothing=True)
class ReturnsNothing(Right):
    def hand_on(self, dz):
        return None


@rnn(GRADIENT, "dz itself is handed to the step before; on the way back it goes through Wh.T, dz @ Wh.T")
class HandsOnWithoutWh(Right):
    def hand_on(self, dz):
        return super().hand_on(dz)[0], dz


@rnn(GRADIENT, "dh_next is added to dh_prev once more; h_prev acts through h_prev @ Wh only, so dh_prev is dz @ Wh.T")
class AddsUpstream(Right):
    def backward(self, dh_next):
        dx, dh_prev = super().backward(dh_next)
        return dx, dh_prev + dh_next


# --- contract -------------------------------------------------------------------------------------------------------


@rnn(IN_PLACE, "gradients pile up from one backward to the next (`+=`); each backward overwrites, `grad[...] = ...`")
class PilesUp(contract.PilesUp, Right):
    pass


@rnn(IN_PLACE, "the gradients are cleared in forward and added up in backward, so a second backward adds to the first; "
               "each backward overwrites, `grad[...] = ...`")
class ClearsInForward(PilesUp):
    def forward(self, x, h_prev):
        for grad in self.grads:
            grad[...] = 0
        return super().forward(x, h_prev)


@rnn(IN_PLACE, "grads holds new arrays after backward; whoever kept the old ones (an optimiser) never sees the "
               "gradient. Write into them: `self.grads[0][...] = dWx`")
class Rebinds(contract.Rebinds, Right):
    pass


@rnn(SHARED, contract.COPIED)
class CopiesParameters(contract.CopiesParameters, Right):
    pass


@rnn(SHARED, contract.COPIED)
class UsesCopies(Right):
    def __init__(self, Wx, Wh, b):
        super().__init__(Wx, Wh, b)
        self.copies = Wx.copy(), Wh.copy(), b.copy()

    def sum(self, x, h_prev):
        Wx, Wh, b = self.copies
        return h_prev @ Wh + x @ Wx + b

    def hand_on(self, dz):
        Wx, Wh, _ = self.copies
        return dz @ Wx.T, dz @ Wh.T


@rnn(SHARED, COPIED_PARAMS)
class CopiesParams(UsesCopies):
    def __init__(self, Wx, Wh, b):
        super().__init__(Wx, Wh, b)
        self.params, self.copies = self.copies, self.params


class OffersCopies:
    """Mixed into a right answer: params is made of copies whenever somebody asks for it."""

    @property
    def params(self):
        return [param.copy() for param in self.arrays]

    @params.setter
    def params(self, arrays):
        self.arrays = arrays


@rnn(SHARED, COPIED_PARAMS)
class CopiesParamsEachTime(OffersCopies, Right):
    pass


@rnn(SHARED, "backward updates the parameters; it only computes gradients, the optimiser updates")
class UpdatesParameters(Right):
    def collect(self, dz):
        super().collect(dz)
        for param, grad in zip(self.params, self.grads, strict=True):
            param -= 0.1 * grad


@rnn(SHARED, "the caller's dh_next is changed in place (`dh_next *= ...`); arguments belong to the caller")
class ChangesUpstream(Right):
    def dz(self, dh_next):
        dh_next *= 1 - self.h_next**2
        return dh_next


@rnn(SHARED, "the new state is written into the caller's h_prev; arguments belong to the caller, and dWh still needs "
             "the old one")
class WritesIntoPreviousState(Right):
    def forward(self, x, h_prev):
        before = h_prev.copy()
        super().forward(x, before)
        h_prev[...] = self.h_next
        return self.h_next


@rnn(SHARED, contract.REUSED)
class ReusesOutput(contract.ReusesOutput, Right):
    pass


@rnn(SHARED, "the arrays that backward returns are made in forward, so a second backward overwrites what the first "
             "returned; make new ones in backward")
class FillsArraysOfForward(Right):
    def forward(self, x, h_prev):
        self.given = np.empty_like(x), np.empty_like(h_prev)
        return super().forward(x, h_prev)

    def hand_on(self, dz):
        for mine, new in zip(self.given, super().hand_on(dz), strict=True):
            mine[...] = new
        return self.given


@rnn(WHICH_STATE, "what the first forward kept is used for good; backward belongs to the last forward")
class KeepsFirstCache(Right):
    kept = None

    def forward(self, x, h_prev):
        out = super().forward(x, h_prev)
        if self.kept is None:
            self.kept = x, h_prev, self.z, out
        self.x, self.h_prev, self.z, self.h_next = self.kept
        return out


@rnn(IN_PLACE, "backward uses up what forward kept (pop, del, None); a second backward must give the same")
class UsesUpCache(Right):
    def backward(self, dh_next):
        given = super().backward(dh_next)
        self.h_next = np.zeros_like(self.h_next)
        return given


@rnn(ONE_CELL, "what forward keeps is stored in the class or in a global, so that one cell overwrites what another "
               "remembers; keep it in self")
class KeepsCacheInClass(Right):
    cache = ()

    def forward(self, x, h_prev):
        out = super().forward(x, h_prev)
        type(self).cache = x, h_prev, self.z, out
        return out

    def backward(self, dh_next):
        self.x, self.h_prev, self.z, self.h_next = type(self).cache
        return super().backward(dh_next)


@rnn(DTYPE, "the output is forced to float32 (dtype='f'); it should have the dtype of the parameters")
class ForcesFloat32(contract.ForcesFloat32, Right):
    pass


@rnn(DTYPE, "the output is forced to float64; it should have the dtype of the parameters")
class ForcesFloat64(contract.ForcesFloat64, Right):
    pass


@rnn(DTYPE, contract.GRADS_FLOAT64)
class ForcesGradsFloat64(contract.ForcesGradsFloat64, Right):
    pass


@rnn(DTYPE, contract.GRADS_FLOAT32)
class ForcesGradsFloat32(contract.ForcesGradsFloat32, Right):
    pass


@rnn(DTYPE, "the gradients that backward returns are forced to float32; they should have the dtype of the parameters")
class ForcesResultsFloat32(Right):
    def hand_on(self, dz):
        return tuple(given.astype("f") for given in super().hand_on(dz))
