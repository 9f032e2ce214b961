"""What goes wrong in 06-rnnlm: the right answers, and the changes that spoil them. Sentences stand after "Likely:"."""

from .. import contract
from ..contract import DTYPE, IN_PLACE, SHARED
from ..misconception import Library, changed
from ..softmax_masking.misconceptions import UPSTREAM
from ..step import GRADIENT_SUM, TRANSPOSE

MISCONCEPTIONS = Library()
AFFINE = "07-rnnlm.html#rnnlm-affine"
MODEL = "07-rnnlm.html#rnnlm-model"
PARAMS = "07-rnnlm.html#rnnlm-params"
STATE = "07-rnnlm.html#rnnlm-state"
PERPLEXITY = "07-rnnlm.html#rnnlm-perplexity"
TRAINING = "07-rnnlm.html#rnnlm-training"

STAYS_ZERO = (
    "grads stays as it was made: either backward isn't called on the layers, or grads holds copies of their "
    "arrays and not the arrays themselves"
)
REUSES = """
        if np.shape(getattr(self, "buffer", None)) != out.shape:
            self.buffer = np.empty_like(out)
        self.buffer[...] = out
        return self.buffer"""

# --- MyTimeAffine ----------------------------------------------------------------------------------------------------

AFFINE_LAYER = """
class MyTimeAffine:
    def __init__(self, W, b):
        self.params = [W, b]
        self.grads = [np.zeros_like(W), np.zeros_like(b)]

    def forward(self, xs):
        W, b = self.params
        self.xs = xs
        return xs @ W + b

    def backward(self, dout):
        W, b = self.params
        dW, db = self.grads
        N, T, V = dout.shape
        dW[...], db[...] = 0, 0
        for t in range(T):
            dW += self.xs[:, t].T @ dout[:, t]
            db += dout[:, t].sum(axis=0)
        return dout @ W.T
"""
affine = MISCONCEPTIONS.of("MyTimeAffine", AFFINE_LAYER)

affine("LeavesOutB", AFFINE, "b is left out; every step should compute x @ W + b", ("xs @ W + b", "xs @ W"))
affine(
    "TakesTanh",
    AFFINE,
    "the scores go through a tanh; this layer is linear, xs @ W + b, and scores have no bounds",
    ("xs @ W + b", "np.tanh(xs @ W + b)"),
)
affine(
    "FlatScores",
    AFFINE,
    "the scores are flat, (N·T, V); they should be (N, T, V)",
    ("xs @ W + b", "(xs @ W + b).reshape(-1, len(b))"),
)
affine(
    "TakesSoftmax",
    AFFINE,
    "the scores are turned into probabilities (a softmax) already here; that is the loss layer's work",
    ("return xs @ W + b", "e = np.exp(xs @ W + b)\n        return e / e.sum(axis=-1, keepdims=True)"),
)
contract.returns_nothing(
    affine, "ForwardReturnsNothing", AFFINE, "forward", "the scores", ("return xs @ W + b", "xs @ W + b")
)
contract.returns_nothing(
    affine, "BackwardReturnsNothing", AFFINE, "backward", "dxs", ("return dout @ W.T", "dout @ W.T")
)
affine("AddsStepsUp", AFFINE, contract.STEPS_ADDED_UP, ("xs @ W + b", "(xs @ W + b).sum(axis=1)"))
affine(
    "ScoresOfTheLastStep",
    AFFINE,
    "only the last step gets scores; every step of the window predicts its next word",
    ("xs @ W + b", "xs[:, -1] @ W + b"),
)
affine(
    "KeepsFirstSizes",
    AFFINE,
    contract.FIRST_SIZES,
    (
        "return xs @ W + b",
        "self.size = getattr(self, 'size', xs.shape[:2])\n        return (xs @ W + b).reshape(*self.size, -1)",
    ),
)
affine(
    "ReshapesForTranspose",
    TRANSPOSE,
    "W is reshaped to (V, H) where its transpose is needed; reshape keeps the order of the numbers, W.T makes rows of "
    "its columns",
    ("dout @ W.T", "dout @ W.reshape(W.shape[::-1])"),
)
affine("ForgetsTranspose", TRANSPOSE, "dxs is dout @ W; it is dout @ W.T", ("dout @ W.T", "dout @ W"))
affine(
    "FlatDxs",
    AFFINE,
    "dxs is flat, (N·T, H); it should be (N, T, H)",
    ("dout @ W.T", "(dout @ W.T).reshape(-1, len(W))"),
)
affine(
    "AveragesOverSteps",
    GRADIENT_SUM,
    contract.STEPS_AVERAGED,
    ("return dout", "dW /= T\n        db /= T\n        return dout"),
)
affine(
    "AveragesOverRows",
    GRADIENT_SUM,
    f"dW and db are averaged over all N·T rows; {contract.LOSS_AVERAGES}",
    ("return dout", "dW /= N * T\n        db /= N * T\n        return dout"),
)
affine(
    "AveragesOverBatch",
    GRADIENT_SUM,
    contract.AVERAGED,
    ("return dout", "dW /= N\n        db /= N\n        return dout"),
)
affine(
    "AveragesDW",
    GRADIENT_SUM,
    "dW is averaged over all N·T rows, though db isn't; it is the sum over N and T",
    ("return dout", "dW /= N * T\n        return dout"),
)
affine(
    "AveragesDb",
    GRADIENT_SUM,
    "db is the mean of dout; it is the sum over N and T",
    ("return dout", "db /= N * T\n        return dout"),
)
for over, count in ("the steps", "T"), ("the batch", "N"):
    affine(
        f"AveragesDbOver{count}",
        GRADIENT_SUM,
        f"db is averaged over {over}, though dW isn't; it is the sum over N and T",
        ("return dout", f"db /= {count}\n        return dout"),
    )
affine(
    "DbOfTheLastStep",
    GRADIENT_SUM,
    "db is summed over the batch, but only one step of it is kept; it is the sum over N and T",
    ("db +=", "db[...] ="),
)
affine(
    "DbOfEachStep",
    GRADIENT_SUM,
    "db is summed over the batch only and has a row for each step, (T, V); it is the sum over N and T",
    ("return dout", "db[...] = dout.sum(axis=0)\n        return dout"),
)
affine(
    "DbOfAllWords",
    GRADIENT_SUM,
    "db is one number for all words (sum without axis); it is summed over N and T only",
    ("sum(axis=0)", "sum()"),
)
affine("KeepsLastStep", GRADIENT_SUM, contract.LAST_STEP_ONLY, (" +=", "[...] ="))
affine("KeepsLastStepOfDW", GRADIENT_SUM, contract.ONE_STEP_KEPT.format("dW"), ("dW +=", "dW[...] ="))
affine(
    "MixesRows",
    GRADIENT_SUM,
    "in dW the rows of xs stand in another order than those of dout, one step after step "
    "and the other sequence after sequence; flatten both in the same way",
    ("self.xs[:, t].T @ dout[:, t]", "self.xs.swapaxes(0, 1).reshape(N * T, -1)[t::T].T @ dout[:, t]"),
)
affine(
    "ReshapesToTranspose",
    AFFINE,
    "xs.reshape(H, N * T) doesn't transpose, it cuts the rows anew; for dW it is xs.reshape(N * T, H).T",
    ("self.xs[:, t].T @ dout[:, t]", "self.xs.reshape(-1, N * T)[:, t::T] @ dout[:, t]"),
)
for id, mixed in [
    ("ReshapesScores", "swapaxes(0, 1).reshape(*xs.shape[:2], -1)"),
    ("ReshapesScoresByTime", "reshape(*xs.shape[1::-1], -1).swapaxes(0, 1)"),
]:
    affine(id, AFFINE, contract.reshaped("the output"), ("xs @ W + b", f"(xs @ W + b).{mixed}"))
affine(
    "KeepsFirstStep",
    GRADIENT_SUM,
    "dW and db keep the gradient of the first step only; the steps have to add up",
    ("range(T)", "range(1)"),
)
affine(
    "KeepsLastSequence",
    GRADIENT_SUM,
    "dW and db are those of one sequence; the sequences of the batch have to add up",
    (
        "        return dout",
        "        dW[...], db[...] = self.xs[-1].T @ dout[-1], dout[-1].sum(axis=0)\n        return dout",
    ),
)
affine(
    "KeepsFirstSequence",
    GRADIENT_SUM,
    "dW and db are those of one sequence; the sequences of the batch have to add up",
    ("xs[:, t].T @ dout[:, t]", "xs[:1, t].T @ dout[:1, t]"),
    ("dout[:, t].sum(axis=0)", "dout[0, t]"),
)
affine(
    "ForgetsDb", AFFINE, "db is never written: grads[1] stays zero", ("            db += dout[:, t].sum(axis=0)\n", "")
)
affine("PilesUp", IN_PLACE, contract.PILED_UP, ("        dW[...], db[...] = 0, 0\n", ""))
contract.clears_in_forward(affine, "        self.xs = xs", "        {}\n        self.xs = xs")
affine(
    "Rebinds",
    IN_PLACE,
    contract.REBOUND,
    ("dW[...], db[...] = 0, 0", "dW, db = self.grads = [np.zeros_like(W), np.zeros_like(b)]"),
)
affine(
    "RebindsDb",
    IN_PLACE,
    contract.REBOUND,
    ("dW[...], db[...] = 0, 0", "dW[...] = 0\n        db = self.grads[1] = np.zeros_like(b)"),
)
affine("CopiesParameters", SHARED, contract.COPIED, ("[W, b]", "[W.copy(), b.copy()]"))
affine(
    "OffersCopies",
    SHARED,
    contract.PARAMS_COPIED,
    ("[W, b]", "[W.copy(), b.copy()]\n        self.own = W, b"),
    ("W, b = self.params", "W, b = self.own"),
)
affine(
    "KeepsCacheInClass",
    SHARED,
    contract.IN_CLASS,
    ("self.xs = xs", "MyTimeAffine.xs = xs"),
    ("self.xs[:, t]", "MyTimeAffine.xs.reshape(N, T, len(W))[:, t]"),
)
affine(
    "ChangesDout",
    SHARED,
    contract.argument_changed("dout", "dout *= ..."),
    ("return dout @ W.T", "dxs = dout @ W.T\n        dout *= 0\n        return dxs"),
)
affine("ReusesOutput", SHARED, contract.REUSED, ("return xs @ W + b", "out = xs @ W + b" + REUSES))
contract.forces(affine, "Forces", "the output", "W", "xs @ W + b", "(xs @ W + b).astype({})")
affine(
    "ForcesGradientFloat64",
    DTYPE,
    contract.GRADS_FLOAT64,
    ("np.zeros_like(W), np.zeros_like(b)", "np.zeros(W.shape), np.zeros(b.shape)"),
)

# --- MyRnnlm ---------------------------------------------------------------------------------------------------------

RNNLM = """
from rnnlm_ref.time_layers import TimeAffine, TimeEmbedding, TimeRNN, TimeSoftmaxWithLoss


class MyRnnlm:
    def __init__(self, vocab_size, wordvec_size, hidden_size, rng):
        V, D, H = vocab_size, wordvec_size, hidden_size
        E, Wx, Wh, W = ((rng.standard_normal(shape) / np.sqrt(shape[0])).astype("f")
                        for shape in ((V, D), (D, H), (H, H), (H, V)))
        self.layers = [TimeEmbedding(E), TimeRNN(Wx, Wh, np.zeros(H, "f"), stateful=True),
                       TimeAffine(W, np.zeros(V, "f"))]
        self.loss_layer = TimeSoftmaxWithLoss()
        self.params, self.grads = [], []
        for layer in self.layers:
            self.params += layer.params
            self.grads += layer.grads

    def predict(self, xs):
        for layer in self.layers:
            xs = layer.forward(xs)
        return xs

    def forward(self, xs, ts):
        return self.loss_layer.forward(self.predict(xs), ts)

    def backward(self, dout=1):
        dout = self.loss_layer.backward(dout)
        for layer in reversed(self.layers):
            dout = layer.backward(dout)

    def reset_state(self):
        self.layers[1].reset_state()
"""
# For what spoils the scores that predict gives, but not the loss.
APART = changed(
    RNNLM,
    ("predict", "scores"),
    """
    def predict(self, xs):
        return self.scores(xs)
""",
)
rnnlm, apart = MISCONCEPTIONS.of("MyRnnlm", RNNLM), MISCONCEPTIONS.of("MyRnnlm", APART)

rnnlm(
    "IsNotStateful",
    STATE,
    "every window starts from zeros: stateful=True is missing, or predict resets the state; it goes on",
    (", stateful=True", ""),
)
contract.returns_nothing(rnnlm, "PredictReturnsNothing", MODEL, "predict", "the scores", ("        return xs\n", ""))
contract.returns_nothing(
    rnnlm, "LossReturnsNothing", MODEL, "forward", "the loss", ("return self.loss_layer", "self.loss_layer")
)
rnnlm(
    "VisitsLayersForwards",
    MODEL,
    "backward visits the layers in the order of forward; it begins at the last: reversed(self.layers)",
    ("reversed(self.layers)", "self.layers"),
)
rnnlm(
    "ResetsInForward",
    STATE,
    "the state is reset in every forward; it goes on until reset_state is called",
    ("        return self.loss_layer", "        self.reset_state()\n        return self.loss_layer"),
)
rnnlm(
    "ResetsInBackward",
    STATE,
    "the state is reset in every backward; truncation cuts the gradient between windows, but the state goes on",
    ("        dout = self.loss_layer", "        self.reset_state()\n        dout = self.loss_layer"),
)
rnnlm(
    "PredictsTwice",
    STATE,
    "forward goes through the layers twice, and each time the state goes on by a window; "
    "call predict once and keep what it gives",
    ("        return self.loss_layer", "        self.predict(xs)\n        return self.loss_layer"),
)
rnnlm(
    "ComparesIds",
    MODEL,
    "the loss layer gets the ids xs; it compares scores with the targets: self.loss.forward(self.predict(xs), ts)",
    ("self.loss_layer.forward(self.predict(xs), ts)", "self.loss_layer.forward(xs, ts)"),
)
rnnlm(
    "NeverResets",
    STATE,
    "reset_state does nothing: the next window still goes on from the last state",
    ("self.layers[1].reset_state()", "pass"),
)
apart(
    "PutsStateBack",
    STATE,
    "predict puts the state back afterwards; it goes on from one call to the next, whichever it is",
    (
        "return self.scores(xs)",
        "h = self.layers[1].h\n        scores = self.scores(xs)\n        self.layers[1].h = h\n        return scores",
    ),
)
rnnlm(
    "KeepsLayersInClass",
    SHARED,
    "the layers are kept in the class or in a global, so that a new model takes those of another; keep them in self",
    ("self.layers", "MyRnnlm.layers"),
)
rnnlm(
    "MakesNewRnn",
    STATE,
    "reset_state makes a new TimeRNN, and grads still holds the arrays of the old one; call "
    "reset_state of the layer that is there",
    ("self.layers[1].reset_state()", "self.layers[1] = TimeRNN(*self.layers[1].params, stateful=True)"),
)
apart(
    "PredictsShares",
    MODEL,
    "predict returns probabilities (a softmax); it should return the scores, of which the loss layer makes them",
    ("return self.scores(xs)", "e = np.exp(self.scores(xs))\n        return e / e.sum(axis=-1, keepdims=True)"),
)
rnnlm(
    "SoftmaxTwice",
    MODEL,
    "the scores pass through a softmax before the loss layer, which takes a softmax itself",
    ("return xs\n", "e = np.exp(xs)\n        return e / e.sum(axis=-1, keepdims=True)\n"),
)
apart(
    "PredictsTheLastStep",
    MODEL,
    "predict gives the scores of the last step only; it gives (N, T, V), one row for every step",
    ("return self.scores(xs)", "return self.scores(xs)[:, -1]"),
)
rnnlm(
    "KeepsFirstWindow",
    MODEL,
    contract.FIRST_SIZES,
    ("return xs\n", "self.size = getattr(self, 'size', xs.shape[:2])\n        return xs.reshape(*self.size, -1)\n"),
)
apart(
    "PredictsIds",
    MODEL,
    "predict gives the most likely ids; it gives the scores of all words, (N, T, V)",
    ("return self.scores(xs)", "return self.scores(xs).argmax(axis=-1)"),
)
rnnlm(
    "ForgetsDout",
    UPSTREAM,
    "dout isn't passed to the loss layer, so backward(dout) ignores it",
    ("loss_layer.backward(dout)", "loss_layer.backward()"),
)
rnnlm(
    "ForgetsEmbedding",
    MODEL,
    "backward stops before the embedding, whose gradient stays zero; go through all layers, the last first",
    ("reversed(self.layers)", "reversed(self.layers[1:])"),
)
rnnlm("WritesNoGradients", PARAMS, STAYS_ZERO, ("            dout = layer.backward(dout)", "            pass"))
rnnlm(
    "ModelPilesUp",
    IN_PLACE,
    "gradients pile up from one backward to the next; the layers overwrite theirs, so nothing is to be added",
    (
        "dout = layer.backward(dout)",
        "before = [grad.copy() for grad in layer.grads]\n            dout = layer.backward(dout)\n"
        "            for grad, old in zip(layer.grads, before):\n                grad += old",
    ),
)
COPIED_PARAMS = "+= layer.params", "+= [param.copy() for param in layer.params]"
COPIED_GRADS = "+= layer.grads", "+= [grad.copy() for grad in layer.grads]"
rnnlm("CopiesGrads", PARAMS, STAYS_ZERO, COPIED_GRADS)
rnnlm("CopiesParams", PARAMS, contract.PARAMS_COPIED, COPIED_PARAMS)
rnnlm(
    "CopiesParamsAndGrads",
    PARAMS,
    "params and grads hold copies: updates of them don't reach the layers, nor the layers' gradients them; "
    "hold the layers' own arrays",
    COPIED_PARAMS,
    COPIED_GRADS,
)
rnnlm(
    "NamesParams",
    PARAMS,
    "params and grads are dicts; they are flat lists of arrays, in the order of the layers",
    (
        "self.grads += layer.grads\n",
        "self.grads += layer.grads\n"
        "        self.params, self.grads = dict(enumerate(self.params)), dict(enumerate(self.grads))\n",
    ),
)
rnnlm(
    "NestedLists",
    PARAMS,
    "params is a list of lists, one for each layer; it is one flat list of arrays (`+=`, not `append`)",
    ("+= layer.params", "+= [layer.params]"),
    ("+= layer.grads", "+= [layer.grads]"),
)
rnnlm(
    "EmptyLists",
    PARAMS,
    "params and grads are empty, or only begun: they should hold the arrays of all layers",
    (" += ", " + "),
)
rnnlm(
    "LeavesOutEmbedding",
    PARAMS,
    "the arrays of a layer are missing in params and grads, which hold those of all "
    "three layers; an optimizer would never train it",
    ("in self.layers:\n            self.params", "in self.layers[1:]:\n            self.params"),
)
rnnlm(
    "AnotherOrder",
    PARAMS,
    "params and grads stand in another order; they follow the layers: embedding, RNN, affine",
    ("in self.layers:\n            self.params", "in reversed(self.layers):\n            self.params"),
)
rnnlm(
    "GradsInAnotherOrder",
    PARAMS,
    "only grads are in another order than params; both follow the layers: embedding, RNN, affine",
    ("self.grads += layer.grads", "self.grads = layer.grads + self.grads"),
)
rnnlm(
    "SwapsSizes",
    MODEL,
    "wordvec_size and hidden_size are swapped: the word vectors are (V, D), Wx is (D, H)",
    ("V, D, H =", "V, H, D ="),
)
rnnlm(
    "TiesWeights",
    MODEL,
    "the affine layer has the table of word vectors, turned, for its W (tied weights); it has a W of its own, (H, V)",
    ("TimeAffine(W, np", "TimeAffine(E.T, np"),
)
rnnlm(
    "DrawsFromNumpy",
    PARAMS,
    "weights are drawn from np.random and not from rng; the same seed then gives another model",
    ("rng.standard_normal", "np.random.standard_normal"),
)
rnnlm(
    "HasItsOwnSeed",
    PARAMS,
    "weights come from a seed of the model's own and not from rng; another seed then gives the same model",
    ("rng.standard_normal", "np.random.default_rng(0).standard_normal"),
)
rnnlm(
    "DrawsTheSameAgain",
    PARAMS,
    "each matrix is drawn from a generator made anew, so that all begin with the same "
    "numbers; draw all of them from the one rng",
    ("        E,", "        seed = rng.integers(1_000_000)\n        E,"),
    ("rng.standard_normal", "np.random.default_rng(seed).standard_normal"),
)
rnnlm(
    "StartsFromZeros",
    PARAMS,
    "weights start as the same number; equal units then stay equal for ever. Draw them from rng",
    ("rng.standard_normal(shape)", "np.zeros(shape)"),
)
rnnlm(
    "ModelClearsInForward",
    IN_PLACE,
    contract.CLEARED_IN_FORWARD,
    (
        "        return self.loss_layer.forward",
        "        for grad in self.grads:\n            grad[...] = 0\n        return self.loss_layer.forward",
    ),
)
rnnlm(
    "StartsFromNextToNothing",
    PARAMS,
    "the weights are so small that all scores are 0, and so are the gradients: "
    "nothing is learned. Divide by the root of the number of rows",
    ("/ np.sqrt(shape[0])", "/ 3e5"),
)
rnnlm(
    "ChangesTargets",
    TRAINING,
    "targets of -1 aren't ignored but changed (`ts[ts == -1] = 0`); the loss layer ignores them by itself",
    ("        return self.loss_layer", "        ts[ts == -1] = 0\n        return self.loss_layer"),
)
rnnlm(
    "ReusesScores",
    SHARED,
    "one array of scores is kept and used again; what predict returned before then changes later",
    ("return xs\n", "out = xs" + REUSES + "\n"),
)

# --- my_perplexity ---------------------------------------------------------------------------------------------------

PERPLEXITIES = """
def my_perplexity(losses, counts):
    total = sum(loss * n for loss, n in zip(losses, counts))
    return np.exp(total / sum(counts))
"""
perplexity = MISCONCEPTIONS.of("my_perplexity", PERPLEXITIES)

perplexity(
    "ForgetsCounts",
    PERPLEXITY,
    "the counts aren't used: the losses are averaged as if all batches were of one size",
    ("total / sum(counts)", "sum(losses) / len(losses)"),
)
perplexity(
    "ForgetsCountsOfOthers",
    PERPLEXITY,
    "counts only say which batches are left out: the losses of the others are averaged as if all were of one size",
    ("loss * n", "loss * (n > 0)"),
    ("sum(counts)", "sum(n > 0 for n in counts)"),
)
perplexity(
    "AveragesExponentials",
    PERPLEXITY,
    "perplexities are averaged, exp first and mean after; average the losses, each by its count, then take exp",
    ("np.exp(total / sum(counts))", "np.mean(np.exp(losses))"),
)
perplexity(
    "WeighsExponentials",
    PERPLEXITY,
    "perplexities are averaged by their counts, exp first and mean after; take the mean of the losses, then exp",
    ("np.exp(total / sum(counts))", "total / sum(counts)"),
    ("loss * n", "np.exp(loss) * n"),
)
perplexity(
    "DividesAfterExp",
    PERPLEXITY,
    "exp is taken of the sum, before it is divided; divide first, then take exp",
    ("np.exp(total / sum(counts))", "np.exp(total) / sum(counts)"),
)
contract.returns_nothing(
    perplexity, "PerplexityReturnsNothing", PERPLEXITY, "my_perplexity", "the perplexity", ("return ", "")
)
perplexity(
    "AddsExponentials",
    PERPLEXITY,
    "exp is taken of each batch's sum, loss * n, and these are added up; add up "
    "the sums, divide, and take exp once at the end",
    ("np.exp(total / sum(counts))", "total / sum(counts)"),
    ("sum(loss * n", "sum(np.exp(np.float64(loss * n))"),
)
perplexity(
    "DropsCountsAlone",
    PERPLEXITY,
    "batches without targets are dropped from the counts and not from the losses, so that each loss after one meets "
    "another batch's count",
    ("    total", "    counts = [n for n in counts if n]\n    total"),
)
perplexity(
    "StopsAtEmptyBatch",
    PERPLEXITY,
    "a batch without targets ends the loop (`break`), and those after it are "
    "lost; it is only to be skipped (`continue`)",
    ("    total", "    count = [*counts, 0].index(0)\n    losses, counts = losses[:count], counts[:count]\n    total"),
)
perplexity(
    "SkipsPerfectBatches",
    PERPLEXITY,
    "a batch whose loss is 0 is left out, though its targets count; only a count of 0 means that there is nothing",
    ("    total", "    counts = [n if loss else 0 for loss, n in zip(losses, counts)]\n    total"),
    ("sum(counts)", "max(sum(counts), 1)"),
)
perplexity(
    "ChangesLosses",
    PERPLEXITY,
    contract.argument_changed("list of losses", "losses[i] *= ..."),
    ("    return", "    losses[:] = [loss * n for loss, n in zip(losses, counts)]\n    return"),
)
perplexity(
    "NeedsLists",
    PERPLEXITY,
    "lists alone are understood, and arrays come too: use what both can, such as zip",
    ("    total", "    counts.index(counts[0])\n    total"),
)
perplexity(
    "NeedsArrays",
    PERPLEXITY,
    "arrays alone are understood (`losses * counts`), and lists come too: use what both can, such as zip",
    ("    total", "    losses * counts\n    total"),
)
perplexity(
    "TakesBaseTwo",
    PERPLEXITY,
    "the base is 2; losses in natural logarithms need exp",
    ("np.exp(total / sum(counts))", "2 ** (total / sum(counts))"),
)
perplexity(
    "MultipliesPowers",
    PERPLEXITY,
    "the product of the powers exp(loss) ** n overflows to inf before "
    "the root is taken; add up loss * n, and take exp once at the end",
    ("np.exp(total / sum(counts))", "np.exp(np.float64(total)) ** (1 / sum(counts))"),
)
perplexity(
    "ForgetsExp",
    PERPLEXITY,
    "the mean loss itself is returned; the perplexity is its exponential",
    ("np.exp(total / sum(counts))", "total / sum(counts)"),
)
perplexity(
    "TakesLossesForSums",
    PERPLEXITY,
    "the losses are taken for sums and divided by the counts; each is a mean "
    "already, so multiply it by its count first",
    ("loss * n for loss, n in zip(losses, counts)", "losses"),
)
perplexity(
    "DividesEachLoss",
    PERPLEXITY,
    "each loss is divided by its count; it is a mean already, so multiply it by its count to get the sum back",
    ("loss * n for", "loss / max(n, 1) for"),
)
for id, batches in ("DividesByBatches", "len(counts)"), ("DividesByBatchesWithTargets", "sum(n > 0 for n in counts)"):
    perplexity(
        id,
        PERPLEXITY,
        "the weighted losses are divided by the number of batches; divide by the number of all targets",
        ("sum(counts)", batches),
    )
perplexity(
    "NeverDivides",
    PERPLEXITY,
    "the weighted losses are never divided; divide by the number of all targets",
    (" / sum(counts)", ""),
)
perplexity(
    "MeasuresTheLastBatch",
    PERPLEXITY,
    "only the last batch is measured; all of them count",
    ("total / sum(counts)", "losses[-1]"),
)
perplexity(
    "MeasuresTheFirstBatch",
    PERPLEXITY,
    "only the first batch is measured (a return inside the loop); all of them count",
    ("total / sum(counts)", "losses[0]"),
)
perplexity(
    "TurnsSign",
    PERPLEXITY,
    "it is turned around, exp of minus the mean; that is a mean probability, not a number of choices",
    ("total / sum(counts)", "-total / sum(counts)"),
)
perplexity(
    "CountsAtLeastOne",
    PERPLEXITY,
    "a batch without targets still counts as one target; with a count of 0 it must weigh nothing",
    ("    total", "    counts = [max(n, 1) for n in counts]\n    total"),
)
perplexity(
    "CountsAtLeastOneInTheSum",
    PERPLEXITY,
    "a batch without targets still counts as one target; with a count of 0 it must weigh nothing",
    ("sum(counts)", "sum(max(n, 1) for n in counts)"),
)
perplexity(
    "DeletesEmptyBatches",
    PERPLEXITY,
    "batches without targets are deleted from the lists that were given; arguments belong to the caller",
    ("    total", "    while 0 in counts:\n        del losses[counts.index(0)], counts[counts.index(0)]\n    total"),
)
