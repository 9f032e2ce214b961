"""What goes wrong in 02-rnn: the right answer, and the changes that spoil it. Sentences stand after "Likely:"."""
from . import Library, contract

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
LOSS_AVERAGES = "whether to average is for the loss to say, and the gradient that comes in already carries it"
AVERAGED = f"the parameters' gradients are averaged over the batch; {LOSS_AVERAGES}"
AVERAGED_WEIGHTS = f"dWx and dWh, though not db, are averaged over the batch; {LOSS_AVERAGES}"
AVERAGED_BIAS = f"db is averaged over the batch; it is the sum: {LOSS_AVERAGES}"
DB_KEPT_ROWS = "db isn't summed over the batch: dz has a row for each sequence and b is one row; db is dz.sum(axis=0)"
DWX_TURNED = "dWx is turned round, dz.T @ x; it has to have the shape of Wx: x.T @ dz"
X_NOT_TRANSPOSED = "dWx is x @ dz without a transpose; it has to have the shape of Wx: x.T @ dz"

RIGHT = '''
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
'''

rnn = MISCONCEPTIONS.of("MyRNN", RIGHT)

# --- forward ---------------------------------------------------------------------------------------------------------

rnn("IsLinear", EQUATION, NO_TANH, ("np.tanh(z)", "z"), (" * (1 - h_next**2)", ""))
rnn("LeavesOutTanh", EQUATION, NO_TANH, ("np.tanh(z)", "z"))
rnn("TakesSigmoid", EQUATION, SIGMOID, ("np.tanh(z)", "1 / (1 + np.exp(-z))"))
rnn("TakesSigmoidBothWays", EQUATION, SIGMOID,
    ("np.tanh(z)", "1 / (1 + np.exp(-z))"), ("(1 - h_next**2)", "h_next * (1 - h_next)"))
rnn("TakesTanhTwice", EQUATION, "tanh is taken twice; h_next is tanh of the sum, once",
    ("np.tanh(z)", "np.tanh(np.tanh(z))"))
rnn("ForwardReturnsNothing", EQUATION, "forward returns nothing; it needs a `return`", ("        return h_next\n", ""),
    shows_nothing=True)
rnn("LeavesOutBias", EQUATION, "b isn't added to the sum", (" + b", ""))
rnn("SubtractsBias", EQUATION, "b is subtracted; it is added to the sum", ("+ b", "- b"))
rnn("AddsBiasOutside", EQUATION, "b is added after tanh; it belongs inside, tanh(h_prev @ Wh + x @ Wx + b)",
    (" + b", ""), ("np.tanh(z)", "np.tanh(z) + b"))
rnn("ForgetsState", EQUATION, "the state before isn't used: h_prev @ Wh is missing from the sum",
    ("h_prev @ Wh + ", ""))
rnn("ForgetsInput", EQUATION, "the input isn't used: x @ Wx is missing from the sum", (" + x @ Wx", ""))
rnn("TakesTanhOfEach", EQUATION,
    "tanh is taken of each product by itself; first add everything up, then take tanh once",
    ("np.tanh(z)", "np.tanh(h_prev @ Wh) + np.tanh(x @ Wx + b)"))
rnn("TakesTanhOfStateOnly", EQUATION,
    "tanh is taken of the state's part only; first add x @ Wx and b to it, then take tanh",
    ("np.tanh(z)", "np.tanh(h_prev @ Wh) + x @ Wx + b"))
rnn("TransposesWh", SHAPES, "forward multiplies by Wh.T; the shape fits because Wh is square, but it is h_prev @ Wh",
    ("h_prev @ Wh", "h_prev @ Wh.T"))
rnn("TransposesWx", SHAPES, WX_TURNED, ("x @ Wx", "x @ Wx.T"))
rnn("TransposesWxWithDot", SHAPES, WX_TURNED, ("h_prev @ Wh + x @ Wx", "np.dot(h_prev, Wh) + np.dot(x, Wx.T)"))
rnn("PutsWxFirst", SHAPES, WX_TURNED, ("x @ Wx", "Wx @ x"))
rnn("PutsWxFirstWithDot", SHAPES, WX_TURNED, ("h_prev @ Wh + x @ Wx", "np.dot(h_prev, Wh) + np.dot(Wx, x)"))
rnn("PutsWhFirst", SHAPES, "Wh stands before h_prev; rows are cases, so it is h_prev @ Wh",
    ("h_prev @ Wh", "Wh @ h_prev"))
rnn("MultipliesNumberByNumber", SHAPES,
    "x and Wx are multiplied number by number (`*`); a product of matrices is x @ Wx", ("x @ Wx", "x * Wx"))
rnn("ExchangesWeights", SHAPES, SWAPPED_WEIGHTS, ("h_prev @ Wh + x @ Wx", "h_prev @ Wx + x @ Wh"))
rnn("ExchangesWeightsWithDot", SHAPES, SWAPPED_WEIGHTS,
    ("h_prev @ Wh + x @ Wx", "np.dot(x, Wh) + np.dot(h_prev, Wx)"))
rnn("SharesFirstState", SHAPES,
    "every row goes on from the state of the first row; each sequence has its own row of h_prev",
    ("h_prev @ Wh", "h_prev[:1] @ Wh"))
rnn("ComputesFirstRow", SHAPES,
    "the first row alone is computed (x[0], h_prev[0]); there are N rows, and they go through together",
    ("        z =", "        x, h_prev = x[:1], h_prev[:1]\n        z ="))

# --- backward: the slope of tanh -------------------------------------------------------------------------------------

rnn("LeavesOutSlope", SLOPE, "the derivative of tanh is missing: dh_next isn't multiplied by 1 - h_next**2",
    (" * (1 - h_next**2)", ""))
rnn("LeavesOutSquare", SLOPE, "the derivative of tanh is taken as 1 - h_next; the square is missing, 1 - h_next**2",
    ("h_next**2", "h_next"))
rnn("SquaresDifference", SLOPE, "the whole of 1 - h_next is squared, (1 - h_next)**2; only h_next is, 1 - h_next**2",
    ("(1 - h_next**2)", "(1 - h_next)**2"))
rnn("TakesSlopeOfSum", SLOPE,
    "the derivative of tanh is taken as 1 - z**2 with the sum z from before tanh; it is 1 - h_next**2 with what came "
    "out of tanh",
    ("x, h_prev, h_next", "x, h_prev, h_next, z"), ("h_next**2", "z**2"))
rnn("TakesTanhOnceMore", SLOPE,
    "tanh is taken once more in the derivative, 1 - tanh(h_next)**2; h_next is a tanh already",
    ("h_next**2", "np.tanh(h_next)**2"))
rnn("TakesSlopeOfSigmoid", SLOPE, "the derivative is that of the sigmoid, h * (1 - h); that of tanh is 1 - h**2",
    ("(1 - h_next**2)", "h_next * (1 - h_next)"))
rnn("LeavesOutOne", SLOPE, "the derivative of tanh is taken as h_next**2; the `1 -` is missing, 1 - h_next**2",
    ("(1 - h_next**2)", "h_next**2"))
rnn("TakesTanhOfGradient", SLOPE,
    "the gradient goes through tanh itself, tanh(dh_next); it has to be multiplied by tanh's derivative",
    ("dh_next * (1 - h_next**2)", "np.tanh(dh_next)"))
rnn("MultipliesSlopeAsMatrix", SLOPE,
    "dh_next and the derivative of tanh are multiplied as matrices (`@`); it is number by number, dh_next * (1 - "
    "h_next**2)",
    ("dh_next * (", "dh_next @ ("))
rnn("TurnsSign", SLOPE,
    "the sign of the derivative is turned: it is 1 - h_next**2, not h_next**2 - 1 (and descending is the optimiser's "
    "work)",
    ("1 - h_next**2", "h_next**2 - 1"))
rnn("TakesSlopeAtPreviousState", WHICH_STATE,
    "the derivative of tanh is taken at h_prev, 1 - h_prev**2; tanh gave h_next", ("h_next**2", "h_prev**2"))
rnn("ExchangesStates", WHICH_STATE,
    "h_prev and h_next are exchanged in backward; unpack what forward kept in the order in which it was packed",
    ("x, h_prev, h_next = self.cache", "x, h_next, h_prev = self.cache"))
rnn("SumsBiasOutsideTanh", SLOPE,
    "db alone is summed from dh_next; b is added before tanh, so db is summed from dz = dh_next * (1 - h_next**2) as "
    "well",
    ("dz.sum", "dh_next.sum"))
rnn("HandsOnOutsideTanh", SLOPE,
    "dh_prev alone is computed from dh_next; h_prev too comes before tanh, so it is dz @ Wh.T with dz = dh_next * (1 "
    "- h_next**2)",
    ("dz @ Wh.T", "dh_next @ Wh.T"))
rnn("HandsDxOutsideTanh", SLOPE,
    "dx alone is computed from dh_next; x too comes before tanh, so it is dz @ Wx.T with dz = dh_next * (1 - "
    "h_next**2)",
    ("dz @ Wx.T", "dh_next @ Wx.T"))
rnn("HandsBackOutsideTanh", SLOPE,
    "dx and dh_prev are computed from dh_next; x and h_prev too come before tanh, so they are products with dz = "
    "dh_next * (1 - h_next**2)",
    ("= dz @", "= dh_next @"))
rnn("CollectsOutsideTanh", SLOPE,
    "the weights' gradients are computed from dh_next; they too come before tanh, so they are products with dz = "
    "dh_next * (1 - h_next**2)",
    (".T @ dz", ".T @ dh_next"))

# --- backward: the parameters ----------------------------------------------------------------------------------------

rnn("KeepsRowsOfBias", BATCH_SUM, DB_KEPT_ROWS, ("dz.sum(axis=0)", "dz"))
rnn("KeepsRowsOfBiasInNewArray", BATCH_SUM, DB_KEPT_ROWS, ("db[...] = dz.sum(axis=0)", "self.grads[2] = dz"))
rnn("AveragesBias", BATCH_SUM, AVERAGED_BIAS, ("dz.sum", "dz.mean"))
rnn("AveragesWeights", BATCH_SUM, AVERAGED_WEIGHTS, (".T @ dz", ".T @ dz / len(dz)"))
rnn("AveragesOverBatch", BATCH_SUM, AVERAGED, (".T @ dz", ".T @ dz / len(dz)"), ("dz.sum", "dz.mean"))
rnn("SumsBiasOverEverything", BATCH_SUM,
    "db is one number for all hidden units (sum without axis); it is summed over the batch only, axis=0",
    ("axis=0", ""))
rnn("SumsBiasOverUnits", BATCH_SUM, "db is summed over the hidden units (axis=1); it is summed over the batch, axis=0",
    ("axis=0", "axis=1"))
rnn("TakesFirstRowOfBias", BATCH_SUM, "db takes only one row of the batch; all rows have to add up",
    ("dz.sum(axis=0)", "dz[0]"))
rnn("MultipliesByBias", GRADIENT, "db is multiplied by b; b is added, so its gradient is dz summed over the batch",
    ("dz.sum(axis=0)", "dz.sum(axis=0) * b"))
rnn("TurnsDWx", TRANSPOSE, DWX_TURNED, ("x.T @ dz", "dz.T @ x"))
rnn("TurnsDWh", TRANSPOSE,
    "dWh is turned round, dz.T @ h_prev; the shape fits because Wh is square, but it is h_prev.T @ dz",
    ("h_prev.T @ dz", "dz.T @ h_prev"))
rnn("LeavesOutTransposeInDWx", TRANSPOSE, X_NOT_TRANSPOSED, ("x.T @ dz", "x @ dz"))
rnn("LeavesOutTransposeInDWh", TRANSPOSE, "dWh is h_prev @ dz without a transpose; it is h_prev.T @ dz",
    ("h_prev.T @ dz", "h_prev @ dz"))
rnn("TakesNextStateForDWh", WHICH_STATE,
    "dWh is computed with h_next; Wh multiplied the state before, so it is h_prev.T @ dz", ("h_prev.T", "h_next.T"))
rnn("LeavesOutDWh", GRADIENT, "dWh is never written: grads[1] stays zero", ("        dWh[...] = h_prev.T @ dz\n", ""))
rnn("LeavesOutDb", GRADIENT, "db is never written: grads[2] stays zero", ("        db[...] = dz.sum(axis=0)\n", ""))
rnn("WritesNothing", IN_PLACE, "the gradients are computed but never written into grads, so an optimiser sees zeros",
    ("[...] =", " ="), shows_nothing=True)
rnn("GivesZeros", GRADIENT, "backward gives nothing but zeros; is it filled in?",
    ("dh_next * (1 - h_next**2)", "np.zeros_like(dh_next)"), shows_nothing=True)
rnn("ExchangesGrads", GRADIENT, "grads are in another order than params; the order is Wx, Wh, b",
    ("for param in self.params", "for param in (Wh, Wx, b)"), ("dWx, dWh, db =", "dWh, dWx, db ="))

# --- backward: what is handed on -------------------------------------------------------------------------------------

rnn("LeavesOutTransposeOfWh", TRANSPOSE,
    "dh_prev is computed with Wh instead of Wh.T; the shape fits because Wh is square", ("dz @ Wh.T", "dz @ Wh"))
rnn("LeavesOutTransposeOfWx", TRANSPOSE, DX_TURNED, ("dz @ Wx.T", "dz @ Wx"))
rnn("LeavesOutTransposeOfWxWithDot", TRANSPOSE, DX_TURNED, ("dz @ Wx.T", "np.dot(dz, Wx)"))
rnn("ExchangesResults", GRADIENT, "the results are returned in the wrong order; backward returns (dx, dh_prev)",
    ("return dx, dh_prev", "return dh_prev, dx"))
rnn("ReturnsDxOnly", GRADIENT, ONE_RESULT, ("return dx, dh_prev", "return dx"))
rnn("ReturnsDhPrevOnly", GRADIENT, ONE_RESULT, ("return dx, dh_prev", "return dh_prev"))
rnn("ReturnsNothing", GRADIENT, "backward returns nothing (is there a `return`?); it returns the pair (dx, dh_prev)",
    ("        return dx, dh_prev\n", ""), shows_nothing=True)
rnn("HandsOnWithoutWh", GRADIENT,
    "dz itself is handed to the step before; on the way back it goes through Wh.T, dz @ Wh.T", ("dz @ Wh.T", "dz"))
rnn("AddsUpstream", GRADIENT,
    "dh_next is added to dh_prev once more; h_prev acts through h_prev @ Wh only, so dh_prev is dz @ Wh.T",
    ("dz @ Wh.T", "dz @ Wh.T + dh_next"))

# --- contract --------------------------------------------------------------------------------------------------------

rnn("PilesUp", IN_PLACE,
    "gradients pile up from one backward to the next (`+=`); each backward overwrites, `grad[...] = ...`",
    ("[...] =", "[...] +="))
rnn("ClearsInForward", IN_PLACE,
    "the gradients are cleared in forward and added up in backward, so a second backward adds to the first; each "
    "backward overwrites, `grad[...] = ...`",
    ("[...] =", "[...] +="),
    ("return h_next", "for grad in self.grads:\n            grad[...] = 0\n        return h_next"))
rnn("Rebinds", IN_PLACE,
    "grads holds new arrays after backward; whoever kept the old ones (an optimiser) never sees the gradient. Write "
    "into them: `self.grads[0][...] = dWx`",
    ("dWx, dWh, db = self.grads", "dWx, dWh, db = self.grads = [np.empty_like(grad) for grad in self.grads]"))
rnn("CopiesParameters", SHARED, contract.COPIED, contract.COPIES)
rnn("UsesCopies", SHARED, contract.COPIED,
    ("[Wx, Wh, b]", "[Wx, Wh, b]\n        self.copies = Wx.copy(), Wh.copy(), b.copy()"),
    ("b = self.params", "b = self.copies"))
rnn("CopiesParams", SHARED, COPIED_PARAMS, *contract.HOLDS_COPIES)
rnn("CopiesParamsEachTime", SHARED, COPIED_PARAMS, contract.MAKES_COPIES_EACH_TIME)
rnn("UpdatesParameters", SHARED, "backward updates the parameters; it only computes gradients, the optimiser updates",
    ("        dx =", """
        for param, grad in zip(self.params, self.grads):
            param -= 0.1 * grad
        dx ="""))
rnn("ChangesUpstream", SHARED,
    "the caller's dh_next is changed in place (`dh_next *= ...`); arguments belong to the caller",
    ("dz = dh_next * (1 - h_next**2)", "dh_next *= 1 - h_next**2\n        dz = dh_next"))
rnn("WritesIntoPreviousState", SHARED,
    "the new state is written into the caller's h_prev; arguments belong to the caller, and dWh still needs the old "
    "one",
    ("self.cache = x, h_prev, h_next", "self.cache = x, h_prev.copy(), h_next\n        h_prev[...] = h_next"))
rnn("ReusesOutput", SHARED, contract.REUSED, "    out = np.empty(0)", ("        return h_next", """
        if self.out.shape != h_next.shape:
            self.out = np.empty_like(h_next)
        self.out[...] = h_next
        return self.out"""))
rnn("FillsArraysOfForward", SHARED,
    "the arrays that backward returns are made in forward, so a second backward overwrites what the first returned; "
    "make new ones in backward",
    ("return h_next", "self.dx, self.dh_prev = np.empty_like(x), np.empty_like(h_prev)\n        return h_next"),
    ("return dx, dh_prev", "self.dx[...], self.dh_prev[...] = dx, dh_prev\n        return self.dx, self.dh_prev"))
rnn("KeepsFirstCache", WHICH_STATE,
    "what the first forward kept is used for good; backward belongs to the last forward",
    "    cache = None", ("self.cache = x, h_prev, h_next", "self.cache = self.cache or (x, h_prev, h_next)"))
rnn("UsesUpCache", IN_PLACE, contract.USED_UP, ("        dz =", "        self.cache = None\n        dz ="))
rnn("PopsCache", IN_PLACE, contract.USED_UP,
    ("= x, h_prev, h_next", "= [(x, h_prev, h_next)]"), ("= self.cache", "= self.cache.pop()"))
rnn("KeepsCacheInClass", ONE_CELL,
    "what forward keeps is stored in the class or in a global, so that one cell overwrites what another remembers; "
    "keep it in self",
    ("self.cache", "MyRNN.cache"))
rnn("ForcesFloat32", DTYPE,
    "the output is forced to float32 (dtype='f'); it should have the dtype of the parameters",
    ("return h_next", "return h_next.astype('f')"))
rnn("ForcesFloat64", DTYPE, "the output is forced to float64; it should have the dtype of the parameters",
    ("return h_next", "return h_next.astype('d')"))
rnn("ForcesGradsFloat64", DTYPE, contract.GRADS_FLOAT64, contract.MAKES_FLOAT64)
rnn("ForcesGradsFloat32", DTYPE, contract.GRADS_FLOAT32, contract.MAKES_FLOAT32)
rnn("ForcesResultsFloat32", DTYPE,
    "the gradients that backward returns are forced to float32; they should have the dtype of the parameters",
    ("return dx, dh_prev", "return dx.astype('f'), dh_prev.astype('f')"))
