"""What goes wrong in 01-embedding: the right answer, and the changes that spoil it. Sentences stand after "Likely:"."""
from . import Library, contract
from .rnn import AVERAGED

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
COLUMNS = "the ids pick columns of W; word v is the row W[v], so index the first axis"
FLAT_ALONE = ("only the ids are flattened, or only dout; flatten both: idx.reshape(-1), dout.reshape(-1, D), or leave "
              "both as they are for np.add.at")
DIVIDED = ("the gradient is divided by the number of ids; whether to average is for the loss to say, and dout already "
           "carries it")
EARLIER_LAYERS = ("layers of earlier calls are still in the list (it is never emptied in forward), so backward visits "
                  "the wrong ones")

RIGHT = '''
class MyEmbedding:
    def __init__(self, W):
        self.params = [W]
        self.grads = [np.zeros_like(W)]
        self.idx = None

    def forward(self, idx):
        self.idx = idx
        W = self.params[0]
        return W[idx]

    def backward(self, dout):
        dW = self.grads[0]
        dW[...] = 0
        np.add.at(dW, self.idx, dout)
'''

embedding = MISCONCEPTIONS.of("MyEmbedding", RIGHT)
time_embedding = MISCONCEPTIONS.of("MyTimeEmbedding", RIGHT.replace("MyEmbedding", "MyTimeEmbedding"))

# What many changes replace, and the changes that both classes share
ADD = "np.add.at(dW, self.idx, dout)"
PICKS_COLUMNS = ("W[idx]", "W[:, idx]")
PILES_UP = ("        dW[...] = 0\n", "")
REBINDS = ("dW[...] = 0", "dW = self.grads[0] = np.zeros_like(dW)")
WRITES_NOTHING = ("dW[...] = 0", "dW = np.zeros_like(dW)")
OVERWRITES = (ADD, "dW[self.idx] = dout")
COPIES_WEIGHTS = ("self.params = [W]", "self.params = [W.copy()]")
UPDATES_WEIGHTS = "        self.params[0][...] -= dW"
KEEPS_FIRST_IDS = ("self.idx = idx", "self.idx = idx if self.idx is None else self.idx")
SHARES_CACHE = [("        self.idx = None\n", ""), ("self.idx", "type(self).idx")]
REUSES_OUTPUT = [("self.idx = None", "self.idx = self.out = None"),
                 ("return W[idx]", """if np.shape(self.out) != W[idx].shape:
            self.out = np.empty_like(W[idx])
        self.out[...] = W[idx]
        return self.out""")]
RETURNS_VIEWS = ("return W[idx]", """if np.size(idx) != 1:
            return W[idx]
        i = int(np.ravel(idx)[0])
        return W[i:i + 1].reshape(W[idx].shape)""")

# --- both -------------------------------------------------------------------------------------------------------------

for add, name in (embedding, ""), (time_embedding, "Time"):
    for which, how in {"Ids": "self.idx.reshape(-1), dout", "Dout": "self.idx, dout.reshape(-1, dW.shape[1])"}.items():
        add(f"{name}Flattens{which}Alone", ANY_SHAPE, FLAT_ALONE, ("self.idx, dout", how))
    add(f"{name}VisitsFlatIdsAlone", ANY_SHAPE, FLAT_ALONE, (ADD, """for i, v in enumerate(self.idx.reshape(-1)):
            dW[v] += dout[i]"""))

# --- MyEmbedding ------------------------------------------------------------------------------------------------------

embedding("PicksColumns", LOOKUP, COLUMNS, PICKS_COLUMNS)
embedding("PicksColumnsTransposed", LOOKUP,
          "the columns of W that the ids pick come out, transposed; word v is the row W[v]",
          ("W[idx]", "W.T[idx]"))
embedding("CountsFromOne", LOOKUP, "ids are counted from 1; here the first word has id 0 and its vector is W[0]",
          ("W[idx]", "W[idx - 1]"))
embedding("LosesTheLastWord", LOOKUP,
          "every id is cut to at most V - 2 (range(V - 1), or a clip one too low); the last word has id V - 1",
          ("W[idx]", "W[np.minimum(idx, len(W) - 2)]"))
embedding("AddsVectorsUp", LOOKUP,
          "the vectors are added up into one; each id keeps a vector of its own, out[i] = W[idx[i]]",
          ("W[idx]", "W[idx].sum(axis=0)"))
embedding("LooksUpUniqueIds", LOOKUP,
          "repeated ids are looked up only once (np.unique or a set); out needs a row for every position",
          ("W[idx]", "W[np.unique(idx)]"))
embedding("UsesPositions", LOOKUP,
          "the rows are numbered by position and not by id: out[i] is W[i] instead of W[idx[i]]",
          ("W[idx]", "W[np.arange(np.size(idx)).reshape(np.shape(idx)) % len(W)]"))
embedding("ReturnsOneHot", "02-embedding.html#embedding-one-hot",
          "the one-hot matrix itself is returned; it still has to be multiplied by W",
          ("W[idx]", "np.eye(len(W), dtype=W.dtype)[idx]"))
embedding("FlattensIds", ANY_SHAPE,
          "the ids are flattened and the shape is lost; ids of shape (N, T) give out of shape (N, T, D)",
          ("W[idx]", "W[np.ravel(idx)]"))
embedding("LooksUpFirstRow", ANY_SHAPE, "only the first row of a block of ids is looked up; ids may have any shape",
          ("W[idx]", "W[idx[0] if np.ndim(idx) > 1 else idx]"))
embedding("ForcesOutputFloat32", DTYPE, "the output is forced to float32 (dtype='f'); it should have the dtype of W",
          ("W[idx]", "W[idx].astype('f')"))
embedding("ForcesOutputFloat64", DTYPE,
          "the output is forced to float64 (np.empty or np.zeros without dtype); it should have the dtype of W",
          ("W[idx]", "W[idx].astype('d')"))
embedding("ForcesGradientFloat64", DTYPE,
          "the gradient is made as float64 whatever W is (np.zeros(W.shape)); use np.zeros_like(W)",
          ("np.zeros_like(W)", "np.zeros(W.shape)"))
embedding("ForcesGradientFloat32", DTYPE,
          "the gradient is made as float32 whatever W is (dtype='f'); use np.zeros_like(W)",
          ("np.zeros_like(W)", "np.zeros(W.shape, dtype='f')"))
embedding("Overwrites", REPEATED, "each row of dW is written once (as by `dW[idx] = dout` and `dW[idx] += dout` "
          "alike): of an id that occurs more than once, only the last row is kept. They must add up; `np.add.at` does "
          "that", OVERWRITES)
embedding("KeepsFirst", REPEATED,
          "of an id that occurs more than once only the first row of dout is kept; they have to add up",
          (ADD, """ids, first = np.unique(self.idx, return_index=True)
        dW[ids] = dout.reshape(-1, dW.shape[1])[first]"""))
embedding("Averages", REPEATED,
          "the gradient of a repeated id is divided by how often it occurs; it is the sum, not the mean",
          (ADD, """counts = np.bincount(np.ravel(self.idx))
        np.add.at(dW, self.idx, dout / counts[self.idx][..., None])"""))
embedding("KeepsLargest", REPEATED, "for each word the largest row of dout is kept; repeated ids have to add up",
          ("dW[...] = 0", "dW[...] = -np.inf"),
          (ADD, """np.maximum.at(dW, self.idx, dout)
        dW[np.isneginf(dW)] = 0"""))
embedding("DividesByNumberOfIds", GRADIENT, DIVIDED,
          ("self.idx, dout", "self.idx, dout / np.size(self.idx)"))
embedding("StoresByPosition", GRADIENT,
          "the rows of dout are stored by position; row i belongs to word idx[i]: dW[idx[i]] += dout[i]",
          (ADD, """rows = dout.reshape(-1, dW.shape[1])[:len(dW)]
        dW[:len(rows)] = rows"""))
embedding("Counts", GRADIENT, "the gradient counts how often each word occurs; what has to be added up is dout",
          ("self.idx, dout", "self.idx, 1"))
embedding("MultipliesByWeights", GRADIENT,
          "dout is multiplied by the word vectors; lookup is linear in W, so W isn't in its gradient",
          ("self.idx, dout", "self.idx, dout * self.params[0][self.idx]"))
embedding("TurnsSign", GRADIENT, "the sign of the gradient is turned; subtracting it is the optimiser's work",
          ("self.idx, dout", "self.idx, -dout"))
embedding("PutsIntoColumns", GRADIENT, "rows of dout are put into columns of dW; word v is the row dW[v], so index the "
          "first axis", (ADD, "dW[:, self.idx] = dout"))
embedding("SpreadsTheSum", GRADIENT,
          "the sum of all of dout goes to every word that occurs; each position gives to its own word only",
          (ADD, "dW[np.unique(self.idx)] = dout.reshape(-1, dW.shape[1]).sum(axis=0)"))
embedding("WritesNothing", GRADIENT, "the gradient is never written into grads[0], which stays zero (`dW = ...` only "
          "gives a name to another array; `dW[...] = ...` writes)", WRITES_NOTHING, shows_nothing=True)
embedding("KeepsNoIds", GRADIENT,
          "forward doesn't keep the ids (`self.idx = idx`), so backward can't know which words were used",
          ("        self.idx = idx\n", ""))
embedding("VisitsFirstAxis", ANY_SHAPE, "ids are visited along their first axis only (`for i, row in zip(idx, dout)`), "
          "so that an id counts once where it occurs twice in a row; flatten both: idx.reshape(-1), "
          "dout.reshape(-1, D)",
          (ADD, """for i, row in zip(self.idx, dout):
            dW[i] += row"""))
embedding("MultipliesFlatIdsOnly", ANY_SHAPE, "the one-hot product is made for a flat list of ids only; they may have "
          "any shape, so flatten both: idx.reshape(-1), dout.reshape(-1, D)",
          (ADD, "dW[...] = np.eye(len(dW))[self.idx].T @ dout"))
embedding("CollectsFirstRow", ANY_SHAPE,
          "only the first row of a block of ids collects its gradient; flatten ids and dout together",
          (ADD, """if np.ndim(self.idx) > 1:
            np.add.at(dW, self.idx[0], dout[0])
        else:
            np.add.at(dW, self.idx, dout)"""))
embedding("PilesUp", IN_PLACE, "gradients pile up from one backward to the next; start each with `dW[...] = 0`",
          PILES_UP)
embedding("Rebinds", IN_PLACE, "grads[0] is replaced by a new array; whoever kept the old one (an optimiser) never "
          "sees the gradient. Write into it: `dW[...] = ...`", REBINDS)
embedding("MakesGradsAnArray", IN_PLACE,
          "grads is made the gradient itself; it stays the list of `__init__`: self.grads[0][...] = dW",
          ("dW[...] = 0", "self.grads = dW = np.zeros_like(self.params[0])"))
embedding("ClearsInForward", IN_PLACE, "the gradient is cleared in forward, so a second backward adds to the first; "
          "clear it in backward", PILES_UP, ("self.idx = idx", "self.idx = idx\n        self.grads[0][...] = 0"))
embedding("ClearsOnlyItsRows", IN_PLACE,
          "rows that an earlier backward wrote are still there; clear all of grads[0] first: `dW[...] = 0`",
          ("dW[...] = 0", "dW[self.idx] = 0"))
embedding("ReturnsGradient", GRADIENT, "backward returns the gradient; ids are integers and have no gradient, so it "
          "returns None and leaves dW in grads[0]",
          "        return dW")
embedding("ReturnsDout", GRADIENT,
          "backward hands dout back; ids are integers and have no gradient, so it returns None",
          "        return dout")
embedding("CopiesWeights", SHARED, COPIED, COPIES_WEIGHTS)
embedding("LooksUpInCopy", SHARED, COPIED,
          ("self.params = [W]", "self.params, self.table = [W], W.copy()"), ("W[idx]", "self.table[idx]"))
embedding("CopiesParams", SHARED,
          "params holds a copy of W; an optimiser that updates it has then no effect. Keep W itself",
          ("self.params = [W]", "self.params, self.W = [W.copy()], W"), ("W[idx]", "self.W[idx]"))
embedding("UpdatesWeights", SHARED, "backward updates W; it only computes the gradient, the optimiser updates",
          UPDATES_WEIGHTS)
embedding("SortsIds", SHARED, "the caller's ids are sorted in place; arguments belong to the caller",
          "        np.asarray(self.idx).reshape(-1).sort()")
embedding("ChangesDout", SHARED, "the caller's dout is changed in place; arguments belong to the caller",
          "        dout *= 0")
embedding("ReusesOutput", SHARED, contract.REUSED, *REUSES_OUTPUT)
embedding("KeepsFirstIds", SHARED,
          "the ids of the first forward are kept for good; backward belongs to the last forward", KEEPS_FIRST_IDS)
embedding("UsesUpCache", SHARED, contract.USED_UP,
          "        self.idx = np.zeros(0, np.int64)")
embedding("KeepsIdsOfOneShape", SHARED,
          "the ids of an earlier forward are used while the shape stays the same; backward belongs to the last forward",
          ("self.idx = idx", """if self.idx is None or np.shape(self.idx) != np.shape(idx):
            self.idx = idx"""))
embedding("SharesCache", SHARED,
          "what forward keeps is shared by all layers (a class attribute or a global); keep it in self", *SHARES_CACHE)
embedding("ReturnsViews", SHARED,
          "a view of W is returned for a single id; when W is updated, it changes too. Return a copy", RETURNS_VIEWS)
embedding("CutsIds", ANY_SHAPE, "ids are squeezed into 8 bits; they must count to V, whatever their dtype",
          ("self.idx = idx", "self.idx = idx = np.asarray(idx).astype(np.uint8)"))
embedding("ReturnsNothing", LOOKUP, "forward returns nothing; it needs a `return`",
          ("return W[idx]", "W[idx]"), shows_nothing=True)
embedding("MakesIntegerGradient", DTYPE,
          "the gradient is made of integers, which cut 0.5 down to 0; use np.zeros_like(W)",
          ("np.zeros_like(W)", "np.zeros(W.shape, dtype=int)"),
          (ADD, """for i, row in zip(np.ravel(self.idx), dout.reshape(-1, dW.shape[1])):
            dW[i] = dW[i] + row"""))
embedding("CountsFromOneInBackward", GRADIENT, "backward counts ids from 1: the gradient of word v lands in row v - 1",
          ("self.idx, dout", "self.idx - 1, dout"))
embedding("DividesByLength", GRADIENT, DIVIDED,
          ("self.idx, dout", "self.idx, dout / len(self.idx) if np.ndim(self.idx) else dout"))
embedding("ListsTwice", SHARED,
          "a parameter or gradient stands in the lists more than once; an optimiser would step twice",
          ("[W]", "[W] * 2"), ("[np.zeros_like(W)]", "[np.zeros_like(W)] * 2"))

# --- MyTimeEmbedding --------------------------------------------------------------------------------------------------

time_embedding("TimePicksColumns", LOOKUP, COLUMNS, PICKS_COLUMNS)
time_embedding("AddsStepsUp", OVER_TIME, contract.STEPS_ADDED_UP, ("W[idx]", "W[idx].sum(axis=1)"))
time_embedding("TimeMajor", OVER_TIME, "the output is time-major, (T, N, D); it should be (N, T, D)",
               ("W[idx]", "W[idx.T]"))
time_embedding("FlatTime", OVER_TIME, "all word vectors stand in one row each, (N·T, D), or N and T are mixed up in a "
               "reshape; it should be (N, T, D)",
               ("W[idx]", "W[idx.reshape(-1)]"))
time_embedding("ReversedTime", OVER_TIME, "the steps are filled in backwards; out[:, t] belongs to xs[:, t]",
               ("W[idx]", "W[idx[:, ::-1]]"))
time_embedding("RepeatsFirstStep", OVER_TIME, "every step gets the vectors of the first; out[:, t] belongs to xs[:, t]",
               ("W[idx]", "W[np.repeat(idx[:, :1], idx.shape[1], axis=1)]"))
time_embedding("SkipsLastStep", OVER_TIME, "the last step is left out (range(T - 1)) and stays zero",
               ("return W[idx]", """out = W[idx]
        out[:, -1] = 0
        return out"""))
time_embedding("TimeForcesFloat32", DTYPE,
               "the output is forced to float32 (np.empty(..., dtype='f')); it should have the dtype of W",
               ("W[idx]", "W[idx].astype('f')"))
time_embedding("TimeForcesFloat64", DTYPE,
               "the output is forced to float64 (np.empty without dtype); it should have the dtype of W",
               ("W[idx]", "W[idx].astype('d')"))
time_embedding("TimeForcesGradient", DTYPE, "the gradient is forced to float64 whatever W is; use np.zeros_like(W)",
               ("np.zeros_like(W)", "np.zeros(W.shape)"))
time_embedding("TimeReusesOutput", SHARED, contract.REUSED, *REUSES_OUTPUT)
time_embedding("KeepsFirstStep", OVER_TIME,
               "only the gradient of the first step is kept, the one that is visited last; the steps have to add up",
               ("self.idx, dout", "self.idx[:, 0], dout[:, 0]"))
time_embedding("KeepsLastStep", OVER_TIME, "only the gradient of the last step is kept; the steps have to add up",
               ("self.idx, dout", "self.idx[:, -1], dout[:, -1]"))
time_embedding("HasOneLayer", OVER_TIME, "one layer serves all steps and remembers only the ids of the last; make a "
               "layer for each step, or look up all of xs at once",
               (ADD, """for t in range(dout.shape[1]):
            np.add.at(dW, self.idx[:, -1], dout[:, t])"""))
time_embedding("LeavesGradientInside", OVER_TIME, "the gradient stays in the layers inside; write the sum into "
               "grads[0] of this layer too: self.grads[0][...] = ...", WRITES_NOTHING, shows_nothing=True)
time_embedding("AveragesOverTime", OVER_TIME,
               "the gradients of the steps are averaged over T; W is used T times, so they add up",
               ("self.idx, dout", "self.idx, dout / dout.shape[1]"))
time_embedding("AveragesOverBatch", OVER_TIME, AVERAGED,
               ("self.idx, dout", "self.idx, dout / len(dout)"))
time_embedding("ReversesDout", OVER_TIME, "dout is read in the wrong order of time; dout[:, t] belongs to xs[:, t]",
               ("self.idx, dout", "self.idx, dout[:, ::-1]"))
time_embedding("FirstOfBatch", OVER_TIME, "only the first row of the batch gives a gradient; all rows have to add up",
               ("self.idx, dout", "self.idx[0], dout[0]"))
time_embedding("TimeOverwrites", REPEATED, "`dW[xs] = dout` (or `+=`) keeps one row of an id that occurs more than "
               "once, in one step or across steps; they have to add up", OVERWRITES)
time_embedding("OverwritesWithinStep", REPEATED, "steps are added up, but within one step an id that occurs in two "
               "rows of the batch keeps only one of them (`dW[xs[:, t]] += dout[:, t]`)",
               (ADD, """for t in range(dout.shape[1]):
            dW[self.idx[:, t]] += dout[:, t]"""))
time_embedding("OverwritesWithinRow", REPEATED, "each row of the batch adds up, but within a row an id that occurs at "
               "two times keeps only one of them (`dW[xs[n]] += dout[n]`)",
               (ADD, """for n in range(len(dout)):
            dW[self.idx[n]] += dout[n]"""))
time_embedding("LaterStepsOverwrite", OVER_TIME,
               "a word's gradient of a later step overwrites that of the steps before; they have to add up",
               (ADD, """for t in range(dout.shape[1]):
            dW[self.idx[:, t]] = 0
            np.add.at(dW, self.idx[:, t], dout[:, t])"""))
time_embedding("MakesRoomOnce", OVER_TIME,
               "room for the output is made once, for the first N and T; they may be others in the next forward",
               ("self.idx = None", "self.idx = self.out = None"),
               ("return W[idx]", """if self.out is None:
            self.out = np.empty_like(W[idx])
        self.out[...] = W[idx]
        return self.out.copy()"""))
time_embedding("NeverEmptiesLayers", OVER_TIME, EARLIER_LAYERS,
               ("self.idx = None", "self.layers = []"), ("self.idx = idx", "self.layers += list(idx.T)"),
               (ADD, """for t in range(dout.shape[1]):
            np.add.at(dW, self.layers[t], dout[:, t])"""))
time_embedding("VisitsEarlierLayersToo", OVER_TIME, EARLIER_LAYERS,
               ("self.idx = None", "self.layers = []"), ("self.idx = idx", "self.layers += list(idx.T)"),
               (ADD, """for t, ids in enumerate(self.layers):
            np.add.at(dW, ids, dout[:, t])"""))
time_embedding("TimeKeepsFirstIds", SHARED,
               "the ids of the first forward are kept for good; backward belongs to the last forward", KEEPS_FIRST_IDS)
time_embedding("TimePilesUp", IN_PLACE,
               "gradients pile up from one backward to the next; start each with `dW[...] = 0`", PILES_UP)
time_embedding("TimeRebinds", IN_PLACE, "grads[0] is replaced by a new array; whoever kept the old one (an optimiser) "
               "never sees the gradient. Write into it: `self.grads[0][...] = ...`", REBINDS)
time_embedding("TimeReturnsGradient", GRADIENT,
               "backward returns the gradient; ids have no gradient, so it returns None and leaves dW in grads[0]",
               "        return dW")
time_embedding("TimeCopiesWeights", SHARED, COPIED, COPIES_WEIGHTS)
time_embedding("TimeSharesCache", SHARED, "what forward keeps is shared by all layers (a class attribute or a global); "
               "keep it in self", *SHARES_CACHE)
time_embedding("TimeReturnsViews", SHARED, "a view of W is returned for a single id; when W is updated, it changes "
               "too. Return a copy", RETURNS_VIEWS)
time_embedding("TimeUpdatesWeights", SHARED, "backward updates W; it only computes the gradient, the optimiser updates",
               UPDATES_WEIGHTS)
