"""What goes wrong in 01-embedding: each variant is the right answer with one thing misunderstood.

Sentences stand after "Likely:".
"""
import numpy as np

from ..spec.exam import Library
from . import contract

MISCONCEPTIONS = Library()
LOOKUP = "02-embedding.html#embedding-lookup"
ANY_SHAPE = "02-embedding.html#embedding-any-shape"
GRADIENT = "02-embedding.html#embedding-gradient"
REPEATED = "02-embedding.html#embedding-repeated-ids"
IN_PLACE = "02-embedding.html#embedding-in-place"
DTYPE = "02-embedding.html#embedding-dtype"
SHARED = "02-embedding.html#embedding-shared-weights"
OVER_TIME = "02-embedding.html#embedding-over-time"

COPIED = "W is copied; an optimiser that updates the array it gave you has then no effect. Keep W itself"

DIVIDED = ("the gradient is divided by the number of ids; whether to average is for the loss to say, and dout already "
           "carries it")
EARLIER_LAYERS = ("layers of earlier calls are still in the list (it is never emptied in forward), so backward visits "
                  "the wrong ones")


class Right:
    """The right answer, which each variant spoils in one place."""

    def __init__(self, W):
        self.params = [W]
        self.grads = [np.zeros_like(W)]
        self.idx = None

    def forward(self, idx):
        self.idx = idx
        return self.params[0][idx]

    def backward(self, dout):
        self.grads[0][...] = 0
        np.add.at(self.grads[0], self.idx, dout)


def embedding(section, sentence, **marks):
    return MISCONCEPTIONS.misconception("MyEmbedding", section, sentence, **marks)


def time_embedding(section, sentence, **marks):
    return MISCONCEPTIONS.misconception("MyTimeEmbedding", section, sentence, **marks)


# --- MyEmbedding ----------------------------------------------------------------------------------------------------


@embedding(LOOKUP, "the ids pick columns of W; word v is the row W[v], so index the first axis")
class PicksColumns(Right):
    def forward(self, idx):
        self.idx = idx
        return self.params[0][:, idx]


@embedding(LOOKUP, "the columns of W that the ids pick come out, transposed; word v is the row W[v]")
class PicksColumnsTransposed(Right):
    def forward(self, idx):
        self.idx = idx
        return self.params[0].T[idx]


@embedding(LOOKUP, "ids are counted from 1; here the first word has id 0 and its vector is W[0]")
class CountsFromOne(Right):
    def forward(self, idx):
        self.idx = idx
        return self.params[0][np.asarray(idx) - 1]


@embedding(LOOKUP, "every id is cut to at most V - 2 (range(V - 1), or a clip one too low); the last word has id V - 1")
class LosesTheLastWord(Right):
    def forward(self, idx):
        self.idx = idx
        W = self.params[0]
        return W[np.minimum(idx, len(W) - 2)]


@embedding(LOOKUP, "the vectors are added up into one; each id keeps a vector of its own, out[i] = W[idx[i]]")
class AddsVectorsUp(Right):
    def forward(self, idx):
        self.idx = idx
        return self.params[0][idx].sum(axis=0)


@embedding(LOOKUP, "repeated ids are looked up only once (np.unique or a set); out needs a row for every position")
class LooksUpUniqueIds(Right):
    def forward(self, idx):
        self.idx = idx
        return self.params[0][np.unique(idx)]


@embedding(LOOKUP, "the rows are numbered by position and not by id: out[i] is W[i] instead of W[idx[i]]")
class UsesPositions(Right):
    def forward(self, idx):
        self.idx = idx
        W = self.params[0]
        return W[np.arange(np.size(idx)).reshape(np.shape(idx)) % len(W)]


@embedding("02-embedding.html#embedding-one-hot",
           "the one-hot matrix itself is returned; it still has to be multiplied by W")
class ReturnsOneHot(Right):
    def forward(self, idx):
        self.idx = idx
        W = self.params[0]
        return np.eye(len(W), dtype=W.dtype)[idx]


@embedding(ANY_SHAPE, "the ids are flattened and the shape is lost; ids of shape (N, T) give out of shape (N, T, D)")
class FlattensIds(Right):
    def forward(self, idx):
        self.idx = idx
        return self.params[0][np.asarray(idx).reshape(-1)]


@embedding(ANY_SHAPE, "only the first row of a block of ids is looked up; ids may have any shape")
class LooksUpFirstRow(Right):
    def forward(self, idx):
        self.idx = idx
        return self.params[0][idx[0] if np.ndim(idx) > 1 else idx]


@embedding(DTYPE, "the output is forced to float32 (dtype='f'); it should have the dtype of W")
class ForcesOutputFloat32(contract.ForcesFloat32, Right):
    pass


@embedding(DTYPE, "the output is forced to float64 (np.empty or np.zeros without dtype); it should have the dtype of W")
class ForcesOutputFloat64(contract.ForcesFloat64, Right):
    pass


@embedding(DTYPE, "the gradient is made as float64 whatever W is (np.zeros(W.shape)); use np.zeros_like(W)")
class ForcesGradientFloat64(contract.ForcesGradsFloat64, Right):
    pass


@embedding(DTYPE, "the gradient is made as float32 whatever W is (dtype='f'); use np.zeros_like(W)")
class ForcesGradientFloat32(contract.ForcesGradsFloat32, Right):
    pass


@embedding(REPEATED, "each row of dW is written once (as by `dW[idx] = dout` and `dW[idx] += dout` alike): of an id "
                     "that occurs more than once, only the last row is kept. They must add up; `np.add.at` does that")
class Overwrites(Right):
    def backward(self, dout):
        self.grads[0][...] = 0
        self.grads[0][self.idx] = dout


@embedding(REPEATED, "of an id that occurs more than once only the first row of dout is kept; they have to add up")
class KeepsFirst(Right):
    def backward(self, dout):
        dW = self.grads[0]
        dW[...] = 0
        D = dW.shape[1]
        _, first = np.unique(np.ravel(self.idx), return_index=True)
        dW[np.ravel(self.idx)[first]] = dout.reshape(-1, D)[first]


@embedding(REPEATED, "the gradient of a repeated id is divided by how often it occurs; it is the sum, not the mean")
class Averages(Right):
    def backward(self, dout):
        super().backward(dout)
        counts = np.bincount(np.ravel(self.idx), minlength=len(self.grads[0]))
        self.grads[0] /= np.maximum(counts, 1)[:, None]


@embedding(REPEATED, "for each word the largest row of dout is kept; repeated ids have to add up")
class KeepsLargest(Right):
    def backward(self, dout):
        dW = self.grads[0]
        dW[...] = -np.inf
        np.maximum.at(dW, self.idx, dout)
        dW[np.isneginf(dW)] = 0


@embedding(GRADIENT, DIVIDED)
class DividesByNumberOfIds(Right):
    def backward(self, dout):
        super().backward(dout)
        self.grads[0] /= max(np.size(self.idx), 1)


@embedding(GRADIENT, "the rows of dout are stored by position; row i belongs to word idx[i]: dW[idx[i]] += dout[i]")
class StoresByPosition(Right):
    def backward(self, dout):
        dW = self.grads[0]
        dW[...] = 0
        rows = dout.reshape(-1, dW.shape[1])[: len(dW)]
        dW[: len(rows)] = rows


@embedding(GRADIENT, "the gradient counts how often each word occurs; what has to be added up is dout")
class Counts(Right):
    def backward(self, dout):
        super().backward(np.ones_like(dout))


@embedding(GRADIENT, "dout is multiplied by the word vectors; lookup is linear in W, so W isn't in its gradient")
class MultipliesByWeights(Right):
    def backward(self, dout):
        super().backward(dout * self.params[0][self.idx])


@embedding(GRADIENT, "the sign of the gradient is turned; subtracting it is the optimiser's work")
class TurnsSign(Right):
    def backward(self, dout):
        super().backward(-dout)


@embedding(GRADIENT, "the sum of all of dout goes to every word that occurs; each position gives to its own word only")
class SpreadsTheSum(Right):
    def backward(self, dout):
        dW = self.grads[0]
        dW[...] = 0
        dW[np.unique(self.idx)] = dout.reshape(-1, dW.shape[1]).sum(axis=0)


@embedding(GRADIENT, "the gradient is never written into grads[0], which stays zero (`dW = ...` only gives a name to "
                     "another array; `dW[...] = ...` writes)", shows_nothing=True)
class WritesNothing(Right):
    def backward(self, dout):
        np.add.at(np.zeros_like(self.grads[0]), self.idx, dout)


@embedding(GRADIENT, "forward doesn't keep the ids (`self.idx = idx`), so backward can't know which words were used")
class KeepsNoIds(Right):
    def forward(self, idx):
        return self.params[0][idx]


@embedding(ANY_SHAPE, "ids are visited along their first axis only (`for i, row in zip(idx, dout)`), so that an id "
                      "counts once where it occurs twice in a row; flatten both: idx.reshape(-1), dout.reshape(-1, D)")
class VisitsFirstAxis(Right):
    def backward(self, dout):
        self.grads[0][...] = 0
        for i, row in zip(self.idx, dout, strict=True):
            self.grads[0][i] += row


@embedding(ANY_SHAPE, "the one-hot product is made for a flat list of ids only; they may have any shape, so flatten "
                      "both: idx.reshape(-1), dout.reshape(-1, D)")
class MultipliesFlatIdsOnly(Right):
    def backward(self, dout):
        self.grads[0][...] = np.eye(len(self.grads[0]))[self.idx].T @ dout


@embedding(ANY_SHAPE, "only the first row of a block of ids collects its gradient; flatten ids and dout together")
class CollectsFirstRow(Right):
    def backward(self, dout):
        self.grads[0][...] = 0
        many = np.ndim(self.idx) > 1
        np.add.at(self.grads[0], self.idx[0] if many else self.idx, dout[0] if many else dout)


@embedding(IN_PLACE, "gradients pile up from one backward to the next; start each with `dW[...] = 0`")
class PilesUp(contract.PilesUp, Right):
    pass


@embedding(IN_PLACE, "grads[0] is replaced by a new array; whoever kept the old one (an optimiser) never sees "
                     "the gradient. Write into it: `dW[...] = ...`")
class Rebinds(contract.Rebinds, Right):
    pass


@embedding(IN_PLACE, "grads is made the gradient itself; it stays the list of `__init__`: self.grads[0][...] = dW")
class MakesGradsAnArray(Right):
    def backward(self, dout):
        dW = np.zeros_like(self.params[0])
        np.add.at(dW, self.idx, dout)
        self.grads = dW


@embedding(IN_PLACE, "the gradient is cleared in forward, so a second backward adds to the first; clear it in backward")
class ClearsInForward(Right):
    def forward(self, idx):
        self.grads[0][...] = 0
        return super().forward(idx)

    def backward(self, dout):
        np.add.at(self.grads[0], self.idx, dout)


@embedding(IN_PLACE, "rows that an earlier backward wrote are still there; clear all of grads[0] first: `dW[...] = 0`")
class ClearsOnlyItsRows(Right):
    def backward(self, dout):
        self.grads[0][self.idx] = 0
        np.add.at(self.grads[0], self.idx, dout)


@embedding(GRADIENT, "backward returns the gradient; ids are integers and have no gradient, so it returns None and "
                     "leaves dW in grads[0]")
class ReturnsGradient(Right):
    def backward(self, dout):
        super().backward(dout)
        return self.grads[0]


@embedding(GRADIENT, "backward hands dout back; ids are integers and have no gradient, so it returns None")
class ReturnsDout(Right):
    def backward(self, dout):
        super().backward(dout)
        return dout


@embedding(SHARED, COPIED)
class CopiesWeights(contract.CopiesParameters, Right):
    pass


@embedding(SHARED, COPIED)
class LooksUpInCopy(Right):
    def __init__(self, W):
        super().__init__(W)
        self.table = W.copy()

    def forward(self, idx):
        self.idx = idx
        return self.table[idx]


@embedding(SHARED, "params holds a copy of W; an optimiser that updates it has then no effect. Keep W itself")
class CopiesParams(Right):
    def __init__(self, W):
        super().__init__(W)
        self.W, self.params = W, [W.copy()]

    def forward(self, idx):
        self.idx = idx
        return self.W[idx]


@embedding(SHARED, "backward updates W; it only computes the gradient, the optimiser updates")
class UpdatesWeights(Right):
    def backward(self, dout):
        super().backward(dout)
        self.params[0][...] -= self.grads[0]


@embedding(SHARED, "the caller's ids are sorted in place; arguments belong to the caller")
class SortsIds(Right):
    def backward(self, dout):
        super().backward(dout)
        np.asarray(self.idx).reshape(-1).sort()


@embedding(SHARED, "the caller's dout is changed in place; arguments belong to the caller")
class ChangesDout(Right):
    def backward(self, dout):
        super().backward(dout)
        dout *= 0


@embedding(SHARED, contract.REUSED)
class ReusesOutput(contract.ReusesOutput, Right):
    pass


@embedding(SHARED, "the ids of the first forward are kept for good; backward belongs to the last forward")
class KeepsFirstIds(Right):
    def forward(self, idx):
        if self.idx is None:
            self.idx = idx
        return self.params[0][idx]


@embedding(SHARED, "backward uses up what forward kept (pop, del, None); a second backward must give the same")
class UsesUpCache(Right):
    def backward(self, dout):
        super().backward(dout)
        self.idx = np.zeros(0, np.int64)


@embedding(SHARED, "the ids of an earlier forward are used while the shape stays the same; backward belongs to the "
                   "last forward")
class KeepsIdsOfOneShape(Right):
    def forward(self, idx):
        if self.idx is None or np.shape(self.idx) != np.shape(idx):
            self.idx = idx
        return self.params[0][idx]


@embedding(SHARED, "what forward keeps is shared by all layers (a class attribute or a global); keep it in self")
class SharesCache(Right):
    cache = None

    def forward(self, idx):
        SharesCache.cache = idx
        return self.params[0][idx]

    def backward(self, dout):
        self.idx = SharesCache.cache
        super().backward(dout)


@embedding(SHARED, "a view of W is returned for a single id; when W is updated, it changes too. Return a copy")
class ReturnsViews(Right):
    def forward(self, idx):
        out = super().forward(idx)
        first = int(np.ravel(idx)[0]) if np.size(idx) == 1 else None
        return out if first is None else self.params[0][first:first + 1].reshape(out.shape)


@embedding(ANY_SHAPE, "ids are squeezed into 8 bits; they must count to V, whatever their dtype")
class CutsIds(Right):
    def forward(self, idx):
        return super().forward(np.asarray(idx).astype(np.uint8))


@embedding(LOOKUP, "forward returns nothing; it needs a `return`", shows_nothing=True)
class ReturnsNothing(Right):
    def forward(self, idx):
        self.idx = idx


@embedding(DTYPE, "the gradient is made of integers, which cut 0.5 down to 0; use np.zeros_like(W)")
class MakesIntegerGradient(Right):
    def __init__(self, W):
        super().__init__(W)
        self.grads = [np.zeros(W.shape, dtype=int)]

    def backward(self, dout):
        self.grads[0][...] = 0
        for word, row in zip(np.ravel(self.idx), dout.reshape(-1, dout.shape[-1]), strict=True):
            self.grads[0][word] = self.grads[0][word] + row


@embedding(GRADIENT, "backward counts ids from 1: the gradient of word v lands in row v - 1")
class CountsFromOneInBackward(Right):
    def backward(self, dout):
        self.grads[0][...] = 0
        np.add.at(self.grads[0], np.asarray(self.idx, np.int64) - 1, dout)


@embedding(GRADIENT, DIVIDED)
class DividesByLength(Right):
    def backward(self, dout):
        super().backward(dout)
        if np.ndim(self.idx):
            self.grads[0] /= max(len(self.idx), 1)


@embedding(SHARED, "a parameter or gradient stands in the lists more than once; an optimiser would step twice")
class ListsTwice(Right):
    def __init__(self, W):
        super().__init__(W)
        self.params *= 2
        self.grads *= 2


# --- MyTimeEmbedding ------------------------------------------------------------------------------------------------


@time_embedding(OVER_TIME, "the output is time-major, (T, N, D); it should be (N, T, D)")
class TimeMajor(Right):
    def forward(self, xs):
        return super().forward(xs).swapaxes(0, 1)


@time_embedding(OVER_TIME, "all word vectors stand in one row each, (N·T, D), or N and T are mixed up in a reshape; "
                           "it should be (N, T, D)")
class FlatTime(Right):
    def forward(self, xs):
        return super().forward(xs).reshape(-1, self.params[0].shape[1])


@time_embedding(OVER_TIME, "the steps are filled in backwards; out[:, t] belongs to xs[:, t]")
class ReversedTime(Right):
    def forward(self, xs):
        return super().forward(xs)[:, ::-1]


@time_embedding(OVER_TIME, "every step gets the vectors of the first; out[:, t] belongs to xs[:, t]")
class RepeatsFirstStep(Right):
    def forward(self, xs):
        self.idx = xs
        return self.params[0][np.repeat(xs[:, :1], xs.shape[1], axis=1)]


@time_embedding(OVER_TIME, "the last step is left out (range(T - 1)) and stays zero")
class SkipsLastStep(Right):
    def forward(self, xs):
        out = super().forward(xs).copy()
        out[:, -1] = 0
        return out


@time_embedding(DTYPE, "the output is forced to float32 (np.empty(..., dtype='f')); it should have the dtype of W")
class TimeForcesFloat32(contract.ForcesFloat32, Right):
    pass


@time_embedding(DTYPE, "the output is forced to float64 (np.empty without dtype); it should have the dtype of W")
class TimeForcesFloat64(contract.ForcesFloat64, Right):
    pass


@time_embedding(DTYPE, "the gradient is forced to float64 whatever W is; use np.zeros_like(W)")
class TimeForcesGradient(contract.ForcesGradsFloat64, Right):
    pass


@time_embedding(SHARED, contract.REUSED)
class TimeReusesOutput(ReusesOutput):
    pass


@time_embedding(OVER_TIME, "only the gradient of the first step is kept, the one that is visited last; "
                           "the steps have to add up")
class KeepsFirstStep(Right):
    def backward(self, dout):
        self.grads[0][...] = 0
        np.add.at(self.grads[0], self.idx[:, 0], dout[:, 0])


@time_embedding(OVER_TIME, "only the gradient of the last step is kept; the steps have to add up")
class KeepsLastStep(Right):
    def backward(self, dout):
        self.grads[0][...] = 0
        np.add.at(self.grads[0], self.idx[:, -1], dout[:, -1])


@time_embedding(OVER_TIME, "one layer serves all steps and remembers only the ids of the last; make a layer for each "
                           "step, or look up all of xs at once")
class HasOneLayer(Right):
    def backward(self, dout):
        self.grads[0][...] = 0
        for t in range(dout.shape[1]):
            np.add.at(self.grads[0], self.idx[:, -1], dout[:, t])


@time_embedding(OVER_TIME, "the gradient stays in the layers inside; write the sum into grads[0] of this layer too: "
                           "self.grads[0][...] = ...", shows_nothing=True)
class LeavesGradientInside(WritesNothing):
    pass


@time_embedding(OVER_TIME, "the gradients of the steps are averaged over T; W is used T times, so they add up")
class AveragesOverTime(Right):
    def backward(self, dout):
        super().backward(dout / dout.shape[1])


@time_embedding(OVER_TIME, "the gradient is averaged over the batch; whether to average is for the loss to say, "
                           "and dout already carries it")
class AveragesOverBatch(Right):
    def backward(self, dout):
        super().backward(dout / dout.shape[0])


@time_embedding(OVER_TIME, "dout is read in the wrong order of time; dout[:, t] belongs to xs[:, t]")
class ReversesDout(Right):
    def backward(self, dout):
        super().backward(dout[:, ::-1])


@time_embedding(OVER_TIME, "only the first row of the batch gives a gradient; all rows have to add up")
class FirstOfBatch(Right):
    def backward(self, dout):
        self.grads[0][...] = 0
        np.add.at(self.grads[0], self.idx[0], dout[0])


@time_embedding(REPEATED, "`dW[xs] = dout` (or `+=`) keeps one row of an id that occurs more than once, in one step or "
                          "across steps; they have to add up")
class TimeOverwrites(Right):
    def backward(self, dout):
        self.grads[0][...] = 0
        self.grads[0][self.idx] = dout


@time_embedding(REPEATED, "steps are added up, but within one step an id that occurs in two rows of the batch keeps "
                          "only one of them (`dW[xs[:, t]] += dout[:, t]`)")
class OverwritesWithinStep(Right):
    def backward(self, dout):
        self.grads[0][...] = 0
        for t in range(dout.shape[1]):
            self.grads[0][self.idx[:, t]] += dout[:, t]


@time_embedding(REPEATED, "each row of the batch adds up, but within a row an id that occurs at two times keeps only "
                          "one of them (`dW[xs[n]] += dout[n]`)")
class OverwritesWithinRow(Right):
    def backward(self, dout):
        self.grads[0][...] = 0
        for n in range(dout.shape[0]):
            self.grads[0][self.idx[n]] += dout[n]


@time_embedding(OVER_TIME, "a word's gradient of a later step overwrites that of the steps before; they have to add up")
class LaterStepsOverwrite(Right):
    def backward(self, dout):
        dW = self.grads[0]
        dW[...] = 0
        for t in range(dout.shape[1]):
            step = np.zeros_like(dW)
            np.add.at(step, self.idx[:, t], dout[:, t])
            dW[self.idx[:, t]] = step[self.idx[:, t]]


@time_embedding(OVER_TIME, "room for the output is made once, for the first N and T; they may be others in the next "
                           "forward")
class MakesRoomOnce(Right):
    out = None

    def forward(self, xs):
        self.idx = xs
        W, = self.params
        if self.out is None:
            self.out = np.empty((*xs.shape, W.shape[1]), W.dtype)
        self.out[...] = W[xs]
        return self.out.copy()


@time_embedding(OVER_TIME, EARLIER_LAYERS)
class NeverEmptiesLayers(Right):
    def __init__(self, W):
        super().__init__(W)
        self.layers = []

    def forward(self, xs):
        self.layers += [xs[:, t] for t in range(xs.shape[1])]
        return self.params[0][xs]

    def backward(self, dout):
        self.grads[0][...] = 0
        for t, ids in enumerate(self.visited(dout.shape[1])):
            np.add.at(self.grads[0], ids, dout[:, t])

    def visited(self, T):
        return self.layers[:T]


@time_embedding(OVER_TIME, EARLIER_LAYERS)
class VisitsEarlierLayersToo(NeverEmptiesLayers):
    def visited(self, T):
        return self.layers


@time_embedding(SHARED, "the ids of the first forward are kept for good; backward belongs to the last forward")
class TimeKeepsFirstIds(KeepsFirstIds):
    pass


@time_embedding(IN_PLACE, "gradients pile up from one backward to the next; start each with `dW[...] = 0`")
class TimePilesUp(PilesUp):
    pass


@time_embedding(IN_PLACE, "grads[0] is replaced by a new array; whoever kept the old one (an optimiser) never sees the "
                          "gradient. Write into it: `self.grads[0][...] = ...`")
class TimeRebinds(Rebinds):
    pass


@time_embedding(GRADIENT, "backward returns the gradient; ids have no gradient, so it returns None and leaves dW in "
                          "grads[0]")
class TimeReturnsGradient(ReturnsGradient):
    pass


@time_embedding(SHARED, COPIED)
class TimeCopiesWeights(CopiesWeights):
    pass


@time_embedding(SHARED, "what forward keeps is shared by all layers (a class attribute or a global); keep it in self")
class TimeSharesCache(SharesCache):
    pass


@time_embedding(SHARED, "a view of W is returned for a single id; when W is updated, it changes too. Return a copy")
class TimeReturnsViews(ReturnsViews):
    pass


@time_embedding(SHARED, "backward updates W; it only computes the gradient, the optimiser updates")
class TimeUpdatesWeights(UpdatesWeights):
    pass
