"""What goes wrong in 06-rnnlm: each variant is the right answer with one thing misunderstood.

Sentences stand after "Likely:".
"""
import copy
import math

import numpy as np

from rnnlm_ref.time_layers import TimeAffine, TimeEmbedding, TimeRNN, TimeSoftmaxWithLoss

from ..spec.exam import Library
from . import contract

MISCONCEPTIONS = Library()
AFFINE = "07-rnnlm.html#rnnlm-affine"
MODEL = "07-rnnlm.html#rnnlm-model"
PARAMS = "07-rnnlm.html#rnnlm-params"
STATE = "07-rnnlm.html#rnnlm-state"
PERPLEXITY = "07-rnnlm.html#rnnlm-perplexity"
TRAINING = "07-rnnlm.html#rnnlm-training"
TRANSPOSE = "03-rnn.html#rnn-transpose"
SUM = "04-time-rnn.html#time-rnn-gradient-sum"
IN_PLACE = "02-embedding.html#embedding-in-place"
DTYPE = "02-embedding.html#embedding-dtype"
SHARED = "02-embedding.html#embedding-shared-weights"
UPSTREAM = "06-softmax-masking.html#softmax-upstream"
STABLE = "06-softmax-masking.html#softmax-stable"

FIRST_SIZES = ("N and T are kept from the first window; they may change from call to call: take them from xs each "
               "time")
STAYS_ZERO = ("grads stays as it was made: either backward isn't called on the layers, or grads holds copies of their "
              "arrays and not the arrays themselves")


def affine(section, sentence, **marks):
    return MISCONCEPTIONS.misconception("MyTimeAffine", section, sentence, **marks)


def rnnlm(section, sentence, **marks):
    return MISCONCEPTIONS.misconception("MyRnnlm", section, sentence, **marks)


def perplexity(section, sentence, **marks):
    return MISCONCEPTIONS.misconception("my_perplexity", section, sentence, **marks)


# --- MyTimeAffine ---------------------------------------------------------------------------------------------------


class RightAffine:
    """The right layer, which each variant spoils in one place."""

    def __init__(self, W, b):
        self.params = [W, b]
        self.grads = [np.zeros_like(W), np.zeros_like(b)]

    def forward(self, xs):
        self.xs = xs
        W, b = self.params
        return xs @ W + b

    def backward(self, dys):
        W = self.params[0]
        self.grads[0][...] = np.einsum("nth,ntv->hv", self.xs, dys)
        self.grads[1][...] = dys.sum(axis=(0, 1))
        return dys @ W.T


@affine(AFFINE, "b is left out; every step computes x @ W + b")
class LeavesOutB(RightAffine):
    def forward(self, xs):
        return super().forward(xs) - self.params[1]


@affine(AFFINE, "the scores are flat, (N·T, V); they should be (N, T, V)")
class FlatScores(RightAffine):
    def forward(self, xs):
        return super().forward(xs).reshape(-1, len(self.params[1]))


@affine(AFFINE, "the scores are turned into shares (a softmax) already here; that is the loss layer's work")
class TakesSoftmax(RightAffine):
    def forward(self, xs):
        scores = super().forward(xs)
        e = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)


@affine(AFFINE, "forward returns nothing (is there a `return`?); it returns the scores", shows_nothing=True)
class ForwardReturnsNothing(RightAffine):
    def forward(self, xs):
        super().forward(xs)


@affine(AFFINE, "backward returns nothing (is there a `return`?); it returns dxs", shows_nothing=True)
class BackwardReturnsNothing(RightAffine):
    def backward(self, dys):
        super().backward(dys)


@affine(AFFINE, "only the last step gets scores; every step of the window predicts its next word")
class ScoresOfTheLastStep(RightAffine):
    def forward(self, xs):
        return super().forward(xs)[:, -1]


@affine(AFFINE, FIRST_SIZES)
class KeepsFirstSizes(RightAffine):
    sizes = None

    def forward(self, xs):
        self.sizes = self.sizes or xs.shape[:2]
        return super().forward(xs).reshape(*self.sizes, -1)


@affine(TRANSPOSE, "dxs is dys @ W; it is dys @ W.T")
class ForgetsTranspose(RightAffine):
    def backward(self, dys):
        super().backward(dys)
        return dys @ self.params[0]


@affine(AFFINE, "dxs is flat, (N·T, H); it should be (N, T, H)")
class FlatDxs(RightAffine):
    def backward(self, dys):
        return super().backward(dys).reshape(-1, len(self.params[0]))


@affine(SUM, "dW and db are averaged over the steps; W and b are used at every step, so they add up")
class AveragesOverSteps(RightAffine):
    def backward(self, dys):
        dxs = super().backward(dys)
        for grad in self.grads:
            grad /= dys.shape[1]
        return dxs


@affine(SUM, "dW and db are averaged over all N·T rows; whether to average is for the loss to say, and dys already "
             "carries it")
class AveragesOverRows(RightAffine):
    def backward(self, dys):
        dxs = super().backward(dys)
        for grad in self.grads:
            grad /= dys.shape[0] * dys.shape[1]
        return dxs


@affine(SUM, "dW and db are averaged over the batch; whether to average is for the loss to say, and dys already "
        "carries it")
class AveragesOverBatch(RightAffine):
    def backward(self, dys):
        dxs = super().backward(dys)
        for grad in self.grads:
            grad /= dys.shape[0]
        return dxs


@affine(SUM, "db is the mean of dys; it is the sum over N and T")
class AveragesDb(RightAffine):
    def backward(self, dys):
        dxs = super().backward(dys)
        self.grads[1] /= dys.shape[0] * dys.shape[1]
        return dxs


@affine(SUM, "db is summed over the batch, but only one step of it is kept; it is the sum over N and T")
class DbOfTheLastStep(RightAffine):
    def backward(self, dys):
        dxs = super().backward(dys)
        self.grads[1][...] = dys[:, -1].sum(axis=0)
        return dxs


@affine(SUM, "db is one number for all words (sum without axis); it is summed over N and T only")
class DbOfAllWords(RightAffine):
    def backward(self, dys):
        dxs = super().backward(dys)
        self.grads[1][...] = dys.sum()
        return dxs


@affine(SUM, "dW and db keep the gradient of the last step only; the steps have to add up")
class KeepsLastStep(RightAffine):
    def backward(self, dys):
        kept = np.zeros_like(dys)
        kept[:, -1] = dys[:, -1]
        super().backward(kept)
        return dys @ self.params[0].T


@affine(SUM, "dW and db keep the gradient of the first step only; the steps have to add up")
class KeepsFirstStep(RightAffine):
    def backward(self, dys):
        kept = np.zeros_like(dys)
        kept[:, 0] = dys[:, 0]
        super().backward(kept)
        return dys @ self.params[0].T


@affine(SUM, "dW and db are those of one sequence; the sequences of the batch have to add up")
class KeepsFirstSequence(RightAffine):
    def backward(self, dys):
        kept = np.zeros_like(dys)
        kept[0] = dys[0]
        super().backward(kept)
        return dys @ self.params[0].T


@affine(AFFINE, "db is never written: grads[1] stays zero")
class ForgetsDb(RightAffine):
    def backward(self, dys):
        dxs = super().backward(dys)
        self.grads[1][...] = 0
        return dxs


@affine(IN_PLACE, "gradients pile up from one backward to the next; each backward overwrites: `dW[...] = ...`")
class PilesUp(contract.PilesUp, RightAffine):
    pass


@affine(IN_PLACE, "grads are replaced by new arrays; whoever kept the old ones (an optimiser) never sees the gradient. "
                  "Write into them: `dW[...] = ...`")
class Rebinds(contract.Rebinds, RightAffine):
    pass


@affine(SHARED, "W and b are copied; an optimiser that updates the arrays it gave you has then no effect. Keep them "
                "themselves")
class CopiesParameters(contract.CopiesParameters, RightAffine):
    pass


@affine(SHARED, "params holds copies of W and b; an optimiser that updates params has then no effect. Put the arrays "
                "themselves there")
class OffersCopies(RightAffine):
    def __init__(self, W, b):
        super().__init__(W, b)
        self.params, self.own = [W.copy(), b.copy()], (W, b)

    def forward(self, xs):
        self.xs = xs
        W, b = self.own
        return xs @ W + b

    def backward(self, dys):
        super().backward(dys)
        return dys @ self.own[0].T


@affine(SHARED, "what forward keeps is stored in the class or in a global, so that one layer overwrites what another "
                "remembers; keep it in self")
class KeepsCacheInClass(RightAffine):
    cache = np.empty(0)

    def forward(self, xs):
        type(self).cache = xs
        return super().forward(xs)

    def backward(self, dys):
        self.xs = type(self).cache
        return super().backward(dys)


@affine(SHARED, "dys is changed in place; arguments belong to the caller")
class ChangesDys(RightAffine):
    def backward(self, dys):
        dxs = super().backward(dys)
        dys *= 0
        return dxs


@affine(SHARED, contract.REUSED)
class ReusesOutput(contract.ReusesOutput, RightAffine):
    pass


@affine(DTYPE, "the scores are forced to float32 (dtype='f'); they should have the dtype of W")
class ForcesFloat32(contract.ForcesFloat32, RightAffine):
    pass


@affine(DTYPE, "the scores are forced to float64 (np.empty without dtype); they should have the dtype of W")
class ForcesFloat64(contract.ForcesFloat64, RightAffine):
    pass


@affine(DTYPE, "the gradients are made as float64 whatever W is (np.zeros(W.shape)); use np.zeros_like(W)")
class ForcesGradientFloat64(contract.ForcesGradsFloat64, RightAffine):
    pass


# --- MyRnnlm --------------------------------------------------------------------------------------------------------


class RightModel:
    """The right model, in small methods that each variant spoils in one place."""

    stateful = True

    def __init__(self, vocab_size, wordvec_size, hidden_size, rng):
        V, D, H = vocab_size, wordvec_size, hidden_size
        E, Wx, Wh, W = (self.draw(rng, shape) for shape in ((V, D), (D, H), (H, H), (H, V)))
        self.layers = [TimeEmbedding(E), TimeRNN(Wx, Wh, np.zeros(H, "f"), stateful=self.stateful),
                       TimeAffine(W, np.zeros(V, "f"))]
        self.loss_layer = TimeSoftmaxWithLoss()
        self.collect()

    def draw(self, rng, shape):
        return (rng.standard_normal(shape) / math.sqrt(shape[0])).astype("f")

    def collect(self):
        self.params = [param for layer in self.layers for param in layer.params]
        self.grads = [grad for layer in self.layers for grad in layer.grads]

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


@rnnlm(STATE, "every window starts from zeros: stateful=True is missing, or predict resets the state; it goes on")
class IsNotStateful(RightModel):
    stateful = False


@rnnlm(MODEL, "predict returns nothing (is there a `return`?); it returns the scores", shows_nothing=True)
class PredictReturnsNothing(RightModel):
    def predict(self, xs):
        super().predict(xs)


@rnnlm(MODEL, "forward returns nothing (is there a `return`?); it returns the loss", shows_nothing=True)
class LossReturnsNothing(RightModel):
    def forward(self, xs, ts):
        super().forward(xs, ts)


@rnnlm(MODEL, "backward visits the layers in the order of forward; it begins at the last: reversed(self.layers)")
class VisitsLayersForwards(RightModel):
    def backward(self, dout=1):
        dout = self.loss_layer.backward(dout)
        for layer in self.layers:
            dout = layer.backward(dout)


@rnnlm(STATE, "the state is reset in every forward; it goes on until reset_state is called")
class ResetsInForward(RightModel):
    def forward(self, xs, ts):
        self.reset_state()
        return super().forward(xs, ts)


@rnnlm(STATE, "the state is reset in every backward; truncation cuts the gradient between windows, but the state "
              "goes on")
class ResetsInBackward(RightModel):
    def backward(self, dout=1):
        super().backward(dout)
        self.reset_state()


@rnnlm(STATE, "reset_state does nothing: the next window still goes on from the last state")
class NeverResets(RightModel):
    def reset_state(self):
        pass


@rnnlm(STATE, "predict puts the state back afterwards; it goes on from one call to the next, whichever it is")
class PutsStateBack(RightModel):
    def predict(self, xs):
        h = self.layers[1].h
        scores = super().predict(xs)
        self.layers[1].h = h
        return scores

    def forward(self, xs, ts):
        return self.loss_layer.forward(super().predict(xs), ts)


@rnnlm(SHARED, "the layers are kept in the class or in a global, so that a new model takes those of another; keep them "
               "in self")
class KeepsLayersInClass(RightModel):
    kept = ()
    layers = property(lambda self: type(self).kept, lambda self, layers: setattr(type(self), "kept", layers))


@rnnlm(STATE, "reset_state makes a new TimeRNN, and grads still holds the arrays of the old one; call reset_state of "
              "the layer that is there")
class MakesNewRnn(RightModel):
    def reset_state(self):
        self.layers[1] = TimeRNN(*self.layers[1].params, stateful=True)


@rnnlm(MODEL, "predict returns shares (a softmax); it returns the scores, the loss layer makes shares of them")
class PredictsShares(RightModel):
    def predict(self, xs):
        self.scores = super().predict(xs)
        e = np.exp(self.scores)
        return e / e.sum(axis=-1, keepdims=True)

    def forward(self, xs, ts):
        self.predict(xs)
        return self.loss_layer.forward(self.scores, ts)


@rnnlm(STABLE, "the scores pass through a softmax before the loss layer, which takes a softmax itself")
class SoftmaxTwice(RightModel):
    def predict(self, xs):
        scores = super().predict(xs)
        e = np.exp(scores)
        return e / e.sum(axis=-1, keepdims=True)


@rnnlm(MODEL, "predict gives the scores of the last step only; it gives (N, T, V), one row for every step")
class PredictsTheLastStep(RightModel):
    def predict(self, xs):
        self.scores = super().predict(xs)
        return self.scores[:, -1]

    def forward(self, xs, ts):
        self.predict(xs)
        return self.loss_layer.forward(self.scores, ts)


@rnnlm(MODEL, FIRST_SIZES)
class KeepsFirstWindow(RightModel):
    sizes = None

    def predict(self, xs):
        self.sizes = self.sizes or xs.shape
        return super().predict(xs).reshape(*self.sizes, -1)


@rnnlm(MODEL, "predict gives the most likely ids; it gives the scores of all words, (N, T, V)")
class PredictsIds(RightModel):
    def predict(self, xs):
        self.scores = super().predict(xs)
        return self.scores.argmax(axis=-1)

    def forward(self, xs, ts):
        self.predict(xs)
        return self.loss_layer.forward(self.scores, ts)


@rnnlm(UPSTREAM, "dout isn't passed to the loss layer, so backward(dout) ignores it")
class ForgetsDout(RightModel):
    def backward(self, dout=1):
        super().backward()


@rnnlm(MODEL, "backward stops before the embedding, whose gradient stays zero; go through all layers, the last first")
class ForgetsEmbedding(RightModel):
    def backward(self, dout=1):
        dout = self.loss_layer.backward(dout)
        for layer in reversed(self.layers[1:]):
            dout = layer.backward(dout)


@rnnlm(PARAMS, STAYS_ZERO)
class WritesNoGradients(RightModel):
    def backward(self, dout=1):
        self.loss_layer.backward(dout)


@rnnlm(PARAMS, STAYS_ZERO)
class CopiesGrads(RightModel):
    def collect(self):
        super().collect()
        self.grads = [grad.copy() for grad in self.grads]


@rnnlm(IN_PLACE, "gradients pile up from one backward to the next; the layers overwrite theirs, so nothing is to be "
       "added")
class ModelPilesUp(RightModel):
    def collect(self):
        super().collect()
        self.grads = [grad.copy() for grad in self.grads]

    def backward(self, dout=1):
        super().backward(dout)
        for total, grad in zip(self.grads, (g for layer in self.layers for g in layer.grads), strict=True):
            total += grad


@rnnlm(PARAMS, "params holds copies of the layers' weights; an optimiser that updates them has then no effect. Keep "
       "the arrays themselves")
class CopiesParams(RightModel):
    def collect(self):
        super().collect()
        self.params = [param.copy() for param in self.params]


@rnnlm(PARAMS, "params and grads are dicts; they are flat lists of arrays, in the order of the layers")
class NamesParams(RightModel):
    def collect(self):
        super().collect()
        self.params, self.grads = dict(enumerate(self.params)), dict(enumerate(self.grads))


@rnnlm(PARAMS, "params is a list of lists, one for each layer; it is one flat list of arrays (`+=`, not `append`)")
class NestedLists(RightModel):
    def collect(self):
        self.params = [layer.params for layer in self.layers]
        self.grads = [layer.grads for layer in self.layers]


@rnnlm(PARAMS, "params and grads are empty, or only begun: they should hold the arrays of all layers")
class EmptyLists(RightModel):
    def collect(self):
        self.params, self.grads = [], []


@rnnlm(PARAMS, "params and grads stand in another order; they follow the layers: embedding, RNN, affine")
class AnotherOrder(RightModel):
    def collect(self):
        self.params = [param for layer in reversed(self.layers) for param in layer.params]
        self.grads = [grad for layer in reversed(self.layers) for grad in layer.grads]


@rnnlm(PARAMS, "only grads are in another order than params; both follow the layers: embedding, RNN, affine")
class GradsInAnotherOrder(RightModel):
    def collect(self):
        super().collect()
        self.grads = [grad for layer in reversed(self.layers) for grad in layer.grads]


@rnnlm(MODEL, "wordvec_size and hidden_size are swapped: the word vectors are (V, D), Wx is (D, H)")
class SwapsSizes(RightModel):
    def __init__(self, vocab_size, wordvec_size, hidden_size, rng):
        super().__init__(vocab_size, hidden_size, wordvec_size, rng)


@rnnlm(PARAMS, "weights are drawn from np.random and not from rng; the same seed then gives another model")
class DrawsFromNumpy(RightModel):
    def draw(self, rng, shape):
        return np.random.standard_normal(shape).astype("f")  # noqa: NPY002


@rnnlm(PARAMS, "weights come from a seed of the model's own and not from rng; another seed then gives the same model")
class HasItsOwnSeed(RightModel):
    def draw(self, rng, shape):
        return np.random.default_rng(0).standard_normal(shape).astype("f")


@rnnlm(PARAMS, "each matrix is drawn from a generator made anew, so that all begin with the same numbers; draw all of "
               "them from the one rng")
class DrawsTheSameAgain(RightModel):
    def draw(self, rng, shape):
        return super().draw(copy.deepcopy(rng), shape)


@rnnlm(PARAMS, "weights start as the same number; equal units then stay equal for ever. Draw them from rng")
class StartsFromZeros(RightModel):
    def draw(self, rng, shape):
        return np.zeros(shape, "f")


@rnnlm(TRAINING, "targets of -1 aren't ignored but changed (`ts[ts == -1] = 0`); the loss layer ignores them by itself")
class ChangesTargets(RightModel):
    def forward(self, xs, ts):
        ts[ts == -1] = 0
        return super().forward(xs, ts)


@rnnlm(SHARED, "one array of scores is kept and used again; what predict returned before then changes later")
class ReusesScores(RightModel):
    buffer = np.empty(0)

    def predict(self, xs):
        scores = super().predict(xs)
        if self.buffer.shape != scores.shape:
            self.buffer = np.empty_like(scores)
        self.buffer[...] = scores
        return self.buffer


# --- my_perplexity --------------------------------------------------------------------------------------------------


@perplexity(PERPLEXITY, "the counts aren't used: the losses are averaged as if all batches were of one size")
def ForgetsCounts(losses, counts):
    return math.exp(sum(losses) / len(losses))


@perplexity(PERPLEXITY, "perplexities are averaged, exp first and mean after; take the mean of the losses, then exp")
def AveragesExponentials(losses, counts):
    return sum(math.exp(loss) for loss in losses) / len(losses)


@perplexity(PERPLEXITY, "perplexities are averaged by their counts, exp first and mean after; take the mean of the "
            "losses, then exp")
def WeighsExponentials(losses, counts):
    return sum(math.exp(loss) * n for loss, n in zip(losses, counts, strict=True)) / sum(counts)


@perplexity(PERPLEXITY, "exp is taken of the sum, before it is divided; divide first, then take exp")
def DividesAfterExp(losses, counts):
    return math.exp(sum(loss * n for loss, n in zip(losses, counts, strict=True))) / sum(counts)


@perplexity(PERPLEXITY, "nothing is returned; is there a `return`?", shows_nothing=True)
def PerplexityReturnsNothing(losses, counts):
    AveragesExponentials(losses, counts)


@perplexity(PERPLEXITY, "the base is 2; losses in natural logarithms need exp")
def TakesBaseTwo(losses, counts):
    return 2 ** (sum(loss * n for loss, n in zip(losses, counts, strict=True)) / sum(counts))


@perplexity(PERPLEXITY, "the mean loss itself is returned; the perplexity is its exponential")
def ForgetsExp(losses, counts):
    return sum(loss * n for loss, n in zip(losses, counts, strict=True)) / sum(counts)


@perplexity(PERPLEXITY, "the losses are taken for sums and divided by the counts; each is a mean already, so "
            "multiply it by its count first")
def TakesLossesForSums(losses, counts):
    return math.exp(sum(losses) / sum(counts))


@perplexity(PERPLEXITY, "the weighted losses are divided by the number of batches; divide by the number of all targets")
def DividesByBatches(losses, counts):
    return math.exp(min(sum(loss * n for loss, n in zip(losses, counts, strict=True)) / len(losses), 700))


@perplexity(PERPLEXITY, "the weighted losses are never divided; divide by the number of all targets")
def NeverDivides(losses, counts):
    return math.exp(min(sum(loss * n for loss, n in zip(losses, counts, strict=True)), 700))


@perplexity(PERPLEXITY, "only the last batch is measured; all of them count")
def MeasuresTheLastBatch(losses, counts):
    return math.exp(losses[-1])


@perplexity(PERPLEXITY, "only the first batch is measured (a return inside the loop); all of them count")
def MeasuresTheFirstBatch(losses, counts):
    return math.exp(losses[0])


@perplexity(PERPLEXITY, "it is turned around, exp of minus the mean; that is a mean probability, not a number of "
            "choices")
def TurnsSign(losses, counts):
    return math.exp(-sum(loss * n for loss, n in zip(losses, counts, strict=True)) / sum(counts))


@perplexity(PERPLEXITY, "a batch without targets still counts as one target; with a count of 0 it must weigh nothing")
def CountsAtLeastOne(losses, counts):
    counts = [max(n, 1) for n in counts]
    return math.exp(sum(loss * n for loss, n in zip(losses, counts, strict=True)) / sum(counts))


@perplexity(PERPLEXITY, "batches without targets are deleted from the lists that were given; arguments belong to the "
            "caller")
def DeletesEmptyBatches(losses, counts):
    while 0 in counts:
        del losses[counts.index(0)], counts[counts.index(0)]
    return math.exp(sum(loss * n for loss, n in zip(losses, counts, strict=True)) / sum(counts))
