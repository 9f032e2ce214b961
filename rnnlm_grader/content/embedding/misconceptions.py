"""What goes wrong in 01-embedding: the right answer, and the changes that spoil it. Sentences stand after "Likely:"."""

from .. import contract
from ..contract import DTYPE, IN_PLACE, SHARED
from ..misconception import Library

MISCONCEPTIONS = Library()
LOOKUP = "02-embedding.html#embedding-lookup"
ANY_SHAPE = "02-embedding.html#embedding-any-shape"
GRADIENT = "02-embedding.html#embedding-gradient"
REPEATED = "02-embedding.html#embedding-repeated-ids"
OVER_TIME = "02-embedding.html#embedding-over-time"

FLAT_ALONE = (
    "only the ids are flattened, or only dout; flatten both: idx.reshape(-1), dout.reshape(-1, D), or leave "
    "both as they are for np.add.at"
)
DIVIDED = f"the gradient is divided by the number of ids; {contract.LOSS_AVERAGES}"

RIGHT = """
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
"""

embedding = MISCONCEPTIONS.of("MyEmbedding", RIGHT)
time_embedding = MISCONCEPTIONS.of("MyTimeEmbedding", RIGHT.replace("MyEmbedding", "MyTimeEmbedding"))

ADD = "np.add.at(dW, self.idx, dout)"
WRITES_NOTHING = ("dW[...] = 0", "dW = np.zeros_like(dW)")
OVERWRITES = (ADD, "dW[self.idx] += dout")  # as `=` does, where dW is zeros
NEVER_EMPTIES = ("self.idx = None", "self.layers = []"), ("self.idx = idx", "self.layers += list(idx.T)")

# --- both -------------------------------------------------------------------------------------------------------------

for add, name in (embedding, ""), (time_embedding, "Time"):
    add(
        f"{name}PicksColumns",
        LOOKUP,
        "the ids pick columns of W; word v is the row W[v], so index the first axis",
        ("W[idx]", "W[:, idx]"),
    )
    for which, how in {"Ids": "self.idx.reshape(-1), dout", "Dout": "self.idx, dout.reshape(-1, dW.shape[1])"}.items():
        add(f"{name}Flattens{which}Alone", ANY_SHAPE, FLAT_ALONE, ("self.idx, dout", how))
    add(
        f"{name}VisitsFlatIdsAlone",
        ANY_SHAPE,
        FLAT_ALONE,
        (
            ADD,
            """for i, v in enumerate(self.idx.reshape(-1)):
            dW[v] += dout[i]""",
        ),
    )
    add(f"{name}PilesUp", IN_PLACE, contract.PILED_UP, ("        dW[...] = 0\n", ""))
    add(
        f"{name}ClearsGradsInForward",
        IN_PLACE,
        contract.CLEARED_IN_FORWARD,
        ("self.idx = idx", "self.idx = idx\n        self.grads[0][...] = 0"),
    )
    add(f"{name}Rebinds", IN_PLACE, contract.REBOUND, ("dW[...] = 0", "dW = self.grads[0] = np.zeros_like(dW)"))
    add(
        f"{name}ReturnsGradient",
        GRADIENT,
        "backward returns the gradient; ids are integers and have no gradient, so "
        "it returns None and leaves dW in grads[0]",
        "        return dW",
    )
    add(f"{name}CopiesWeights", SHARED, contract.COPIED, ("self.params = [W]", "self.params = [W.copy()]"))
    add(f"{name}UpdatesWeights", SHARED, contract.UPDATED, "        self.params[0][...] -= dW")
    add(
        f"{name}ReusesOutput",
        SHARED,
        contract.REUSED,
        ("self.idx = None", "self.idx = self.out = None"),
        (
            "return W[idx]",
            """if np.shape(self.out) != W[idx].shape:
            self.out = np.empty_like(W[idx])
        self.out[...] = W[idx]
        return self.out""",
        ),
    )
    add(
        f"{name}KeepsFirstIds",
        SHARED,
        contract.FIRST_KEPT,
        ("self.idx = idx", "self.idx = idx if self.idx is None else self.idx"),
    )
    add(
        f"{name}SharesCache",
        SHARED,
        contract.IN_CLASS,
        ("        self.idx = None\n", ""),
        ("self.idx", "type(self).idx"),
    )
    add(
        f"{name}ReturnsViews",
        SHARED,
        "a view of W is returned for a single id; when W is updated, it changes too. Return a copy",
        (
            "return W[idx]",
            """if np.size(idx) != 1:
            return W[idx]
        i = int(np.ravel(idx)[0])
        return W[i:i + 1].reshape(W[idx].shape)""",
        ),
    )

# --- MyEmbedding ------------------------------------------------------------------------------------------------------

embedding(
    "PicksColumnsTransposed",
    LOOKUP,
    "the columns of W that the ids pick come out, transposed; word v is the row W[v]",
    ("W[idx]", "W.T[idx]"),
)
embedding(
    "TakesWordsForColumns",
    LOOKUP,
    "words are taken for the columns of W, forward and back; word v is the row W[v], so index the first axis",
    ("W[idx]", "W[:, idx]"),
    (
        ADD,
        """for k in range(len(self.idx)):
            dW[:, self.idx[k]] += dout[:, k]""",
    ),
)
embedding(
    "CountsFromOne",
    LOOKUP,
    "ids are counted from 1; here the first word has id 0 and its vector is W[0]",
    ("W[idx]", "W[idx - 1]"),
)
embedding(
    "LosesTheLastWord",
    LOOKUP,
    "every id is cut to at most V - 2 (range(V - 1), or a clip one too low); the last word has id V - 1",
    ("W[idx]", "W[np.minimum(idx, len(W) - 2)]"),
)
embedding(
    "AddsVectorsUp",
    LOOKUP,
    "the vectors are added up into one; each id keeps a vector of its own, out[i] = W[idx[i]]",
    ("W[idx]", "W[idx].sum(axis=0)"),
)
embedding(
    "LooksUpUniqueIds",
    LOOKUP,
    "repeated ids are looked up only once (np.unique or a set); out needs a row for every position",
    ("W[idx]", "W[np.unique(idx)]"),
)
embedding(
    "UsesPositions",
    LOOKUP,
    "the rows are numbered by position and not by id: out[i] is W[i] instead of W[idx[i]]",
    ("W[idx]", "W[np.arange(np.size(idx)).reshape(np.shape(idx)) % len(W)]"),
)
embedding(
    "ReturnsOneHot",
    "02-embedding.html#embedding-one-hot",
    "the one-hot matrix itself is returned; it still has to be multiplied by W",
    ("W[idx]", "np.eye(len(W), dtype=W.dtype)[idx]"),
)
embedding(
    "FlattensIds",
    ANY_SHAPE,
    "the ids are flattened and the shape is lost; ids of shape (N, T) give out of shape (N, T, D)",
    ("W[idx]", "W[np.ravel(idx)]"),
)
embedding(
    "LooksUpFirstRow",
    ANY_SHAPE,
    "only the first row of a block of ids is looked up; ids may have several axes",
    ("W[idx]", "W[idx[0] if np.ndim(idx) > 1 else idx]"),
)
contract.forces(embedding, "ForcesOutput", "the output", "W", "W[idx]", "W[idx].astype({})")
embedding("ForcesGradientFloat64", DTYPE, contract.GRADS_FLOAT64, ("np.zeros_like(W)", "np.zeros(W.shape)"))
embedding("ForcesGradientFloat32", DTYPE, contract.GRADS_FLOAT32, ("np.zeros_like(W)", "np.zeros(W.shape, dtype='f')"))
ONCE = (
    "each row of dW is written once (as by `dW[idx] = dout` and `dW[idx] += dout` alike): of an id that occurs more "
    "than once, only the last row is kept. They must add up; `np.add.at` does that"
)
embedding("Overwrites", REPEATED, ONCE, OVERWRITES)
embedding(
    "OverwritesInALoop",  # in the order of the ids, where NumPy may go by how they lie in memory
    REPEATED,
    ONCE,
    (ADD, "for id, row in zip(self.idx.ravel(), dout.reshape(-1, dW.shape[1])):\n            dW[id] = row"),
)
embedding(
    "KeepsFirst",
    REPEATED,
    "of an id that occurs more than once only the first row of dout is kept; they have to add up",
    (
        ADD,
        """ids, first = np.unique(self.idx, return_index=True)
        dW[ids] = dout.reshape(-1, dW.shape[1])[first]""",
    ),
)
embedding(
    "Averages",
    REPEATED,
    "the gradient of a repeated id is divided by how often it occurs; it is the sum, not the mean",
    (
        ADD,
        """counts = np.bincount(np.ravel(self.idx))
        np.add.at(dW, self.idx, dout / counts[self.idx][..., None])""",
    ),
)
for each in (embedding, time_embedding):
    each(
        "SumsAllIds",
        REPEATED,
        "every row of dW gets the sum of all rows of dout; row v adds up only those whose id was v",
        (ADD, "dW += dout.reshape(-1, dW.shape[1]).sum(axis=0)"),
    )
embedding(
    "KeepsLargest",
    REPEATED,
    "for each word the largest row of dout is kept; repeated ids have to add up",
    ("dW[...] = 0", "dW[...] = -np.inf"),
    (
        ADD,
        """np.maximum.at(dW, self.idx, dout)
        dW[np.isneginf(dW)] = 0""",
    ),
)
embedding("DividesByNumberOfIds", GRADIENT, DIVIDED, ("self.idx, dout", "self.idx, dout / np.size(self.idx)"))
embedding(
    "StoresByPosition",
    GRADIENT,
    "the rows of dout are stored by position; row i belongs to word idx[i]: dW[idx[i]] += dout[i]",
    (
        ADD,
        """rows = dout.reshape(-1, dW.shape[1])[:len(dW)]
        dW[:len(rows)] = rows""",
    ),
)
embedding(
    "Counts",
    GRADIENT,
    "the gradient counts how often each word occurs; what has to be added up is dout",
    ("self.idx, dout", "self.idx, 1"),
)
embedding(
    "MultipliesByWeights",
    GRADIENT,
    "dout is multiplied by the word vectors; lookup is linear in W, so W isn't in its gradient",
    ("self.idx, dout", "self.idx, dout * self.params[0][self.idx]"),
)
embedding(
    "TurnsSign",
    GRADIENT,
    "the sign of the gradient is turned; subtracting it is the optimizer's work",
    ("self.idx, dout", "self.idx, -dout"),
)
embedding(
    "PutsIntoColumns",
    GRADIENT,
    "rows of dout are put into columns of dW; word v is the row dW[v], so index the first axis",
    (ADD, "dW[:, self.idx] = dout"),
)
embedding(
    "SpreadsTheSum",
    GRADIENT,
    "the sum of all of dout goes to every word that occurs; each position gives to its own word only",
    (ADD, "dW[np.unique(self.idx)] = dout.reshape(-1, dW.shape[1]).sum(axis=0)"),
)
embedding(
    "SumsEachRow",
    GRADIENT,
    "the numbers of each row of dout are added up; each column of dW keeps its own",
    ("self.idx, dout", "self.idx, dout.sum(axis=-1, keepdims=True)"),
)
embedding(
    "WritesNothing",
    GRADIENT,
    "the gradient is never written into grads[0], which stays zero (`dW = ...` only "
    "gives a name to another array; `dW[...] = ...` writes)",
    WRITES_NOTHING,
    shows_nothing=True,
)
embedding(
    "KeepsNoIds",
    GRADIENT,
    "forward doesn't keep the ids (`self.idx = idx`), so backward can't know which words were used",
    ("        self.idx = idx\n", ""),
)
embedding(
    "VisitsFirstAxis",
    ANY_SHAPE,
    "ids are visited along their first axis only (`for i, row in zip(idx, dout)`), so that an id that "
    "stands twice in one of its rows counts once; flatten both: idx.reshape(-1), dout.reshape(-1, D)",
    (
        ADD,
        """for i, row in zip(self.idx, dout):
            dW[i] += row""",
    ),
)
embedding(
    "MultipliesFlatIdsOnly",
    ANY_SHAPE,
    "the one-hot product is made for a flat list of ids only; they may have "
    "any shape, so flatten both: idx.reshape(-1), dout.reshape(-1, D)",
    (ADD, "dW[...] = np.eye(len(dW))[self.idx].T @ dout"),
)
embedding(
    "CollectsFirstRow",
    ANY_SHAPE,
    "only the first row of a block of ids collects its gradient; flatten ids and dout together",
    (
        ADD,
        """if np.ndim(self.idx) > 1:
            np.add.at(dW, self.idx[0], dout[0])
        else:
            np.add.at(dW, self.idx, dout)""",
    ),
)
embedding(
    "MakesGradsAnArray",
    IN_PLACE,
    "grads is made the gradient itself; it stays the list of `__init__`: self.grads[0][...] = dW",
    ("dW[...] = 0", "self.grads = dW = np.zeros_like(self.params[0])"),
)
embedding(
    "ClearsInForward",
    IN_PLACE,
    contract.CLEARED_IN_FORWARD,
    ("        dW[...] = 0\n", ""),
    ("self.idx = idx", "self.idx = idx\n        self.grads[0][...] = 0"),
)
embedding(
    "ClearsOnlyItsRows",
    IN_PLACE,
    "rows that an earlier backward wrote are still there; clear all of grads[0] first: `dW[...] = 0`",
    ("dW[...] = 0", "dW[self.idx] = 0"),
)
embedding(
    "TakesWordZeroForPadding",
    GRADIENT,
    "row 0 gets no gradient, as padding gets none elsewhere (`padding_idx`); here each id is a word",
    ("dW, self.idx, dout)", "dW, self.idx, dout)\n        dW[0] = 0"),
)
embedding(
    "ReturnsDout",
    GRADIENT,
    "backward hands dout back; ids are integers and have no gradient, so it returns None",
    "        return dout",
)
embedding(
    "LooksUpInCopy",
    SHARED,
    contract.COPIED,
    ("self.params = [W]", "self.params, self.table = [W], W.copy()"),
    ("W[idx]", "self.table[idx]"),
)
embedding(
    "CopiesParams",
    SHARED,
    contract.PARAMS_COPIED,
    ("self.params = [W]", "self.params, self.W = [W.copy()], W"),
    ("W[idx]", "self.W[idx]"),
)
embedding(
    "SortsIds",
    SHARED,
    "the caller's ids are sorted in place; arguments belong to the caller",
    "        np.asarray(self.idx).reshape(-1).sort()",
)
embedding("ChangesDout", SHARED, contract.argument_changed("dout", "dout *= ..."), "        dout *= 0")
embedding("UsesUpCache", SHARED, contract.USED_UP, "        self.idx = np.zeros(0, np.int64)")
embedding(
    "KeepsIdsOfOneShape",
    SHARED,
    "the ids of an earlier forward are used while the shape stays the same; backward belongs to the last forward",
    (
        "self.idx = idx",
        """if self.idx is None or np.shape(self.idx) != np.shape(idx):
            self.idx = idx""",
    ),
)
embedding(
    "CutsIds",
    ANY_SHAPE,
    "ids are squeezed into 8 bits; they must count to V, whatever their dtype",
    ("self.idx = idx", "self.idx = idx = np.asarray(idx).astype(np.uint8)"),
)
contract.returns_nothing(
    embedding, "ReturnsNothing", LOOKUP, "forward", "the word vectors", ("return W[idx]", "W[idx]")
)
embedding(
    "MakesIntegerGradient",
    DTYPE,
    "the gradient is made of integers, which cut 0.5 down to 0; use np.zeros_like(W)",
    ("np.zeros_like(W)", "np.zeros(W.shape, dtype=int)"),
    (
        ADD,
        """for i, row in zip(np.ravel(self.idx), dout.reshape(-1, dW.shape[1])):
            dW[i] = dW[i] + row""",
    ),
)
embedding(
    "CountsFromOneInBackward",
    GRADIENT,
    "backward counts ids from 1: the gradient of word v lands in row v - 1",
    ("self.idx, dout", "self.idx - 1, dout"),
)
embedding(
    "DividesByLength",
    GRADIENT,
    DIVIDED,
    ("self.idx, dout", "self.idx, dout / len(self.idx) if np.ndim(self.idx) else dout"),
)
embedding(
    "ListsTwice",
    SHARED,
    "a parameter or gradient stands in the lists more than once; an optimizer would step twice",
    ("[W]", "[W] * 2"),
    ("[np.zeros_like(W)]", "[np.zeros_like(W)] * 2"),
)

# --- MyTimeEmbedding --------------------------------------------------------------------------------------------------

for which, ids in {"": "self.idx[:, 0]", "ForAll": "self.idx"}.items():
    time_embedding(
        f"SumsTimeFirst{which}",
        OVER_TIME,
        "dout is summed over time before it is sent to rows of dW; each row belongs to the word at its own step",
        (ADD, f"np.add.at(dW, {ids}, dout.sum(axis=1))"),
    )
time_embedding(
    "CountsRowsForSteps",
    OVER_TIME,
    "the loop over time counts the rows of the batch, N or len(xs), and not the steps; T is xs.shape[1]",
    (
        ADD,
        """for t in range(len(dout)):
            np.add.at(dW, self.idx[:, t], dout[:, t])""",
    ),
)
time_embedding("AddsStepsUp", OVER_TIME, contract.STEPS_ADDED_UP, ("W[idx]", "W[idx].sum(axis=1)"))
time_embedding("TimeMajor", OVER_TIME, contract.time_major("the output", "D"), ("W[idx]", "W[idx.T]"))
for which, there, back in ("", "[:, t]", "[t]"), ("OneWay", "[:, t]", "[:, t]"), ("Everywhere", "[t]", "[t]"):
    time_embedding(
        f"TakesTimeForTheFirstAxis{which}",
        OVER_TIME,
        "time is taken for the first axis, `xs[t]`; ids are (N, T), so those of step t are `xs[:, t]`, and their rows "
        "`dout[:, t]`",
        (
            "return W[idx]",
            f"""out = np.zeros((*idx.shape, W.shape[1]), W.dtype)
        for t in range(idx.shape[1]):
            out{there} = W[idx[t]]
        return out""",
        ),
        (
            ADD,
            f"""for t in range(dout.shape[1]):
            np.add.at(dW, self.idx[t], dout{back})""",
        ),
    )
time_embedding(
    "FlatTime",
    OVER_TIME,
    "all word vectors stand in one row each, (N·T, D), or N and T are mixed up in a reshape; it should be (N, T, D)",
    ("W[idx]", "W[idx.reshape(-1)]"),
)
time_embedding(
    "ReshapesTime", OVER_TIME, contract.reshaped("the output"), ("W[idx]", "W[idx.T].reshape(*idx.shape, -1)")
)
time_embedding(
    "ReversedTime",
    OVER_TIME,
    "the steps are filled in backwards; out[:, t] belongs to xs[:, t]",
    ("W[idx]", "W[idx[:, ::-1]]"),
)
time_embedding(
    "RepeatsFirstStep",
    OVER_TIME,
    "every step gets the vectors of the first; out[:, t] belongs to xs[:, t]",
    ("W[idx]", "W[np.repeat(idx[:, :1], idx.shape[1], axis=1)]"),
)
time_embedding(
    "SkipsLastStep",
    OVER_TIME,
    "the last step is left out (range(T - 1)) and stays zero",
    (
        "return W[idx]",
        """out = W[idx]
        out[:, -1] = 0
        return out""",
    ),
)
contract.forces(time_embedding, "TimeForces", "the output", "W", "W[idx]", "W[idx].astype({})")
time_embedding("TimeForcesGradient", DTYPE, contract.GRADS_FLOAT64, ("np.zeros_like(W)", "np.zeros(W.shape)"))
time_embedding("KeepsFirstStep", OVER_TIME, contract.FIRST_STEP_ONLY, ("self.idx, dout", "self.idx[:, 0], dout[:, 0]"))
time_embedding("KeepsLastStep", OVER_TIME, contract.LAST_STEP_ONLY, ("self.idx, dout", "self.idx[:, -1], dout[:, -1]"))
time_embedding(
    "HasOneLayer",
    OVER_TIME,
    "one layer serves all steps and remembers only the ids of the last; make a "
    "layer for each step, or look up all of xs at once",
    (
        ADD,
        """for t in range(dout.shape[1]):
            np.add.at(dW, self.idx[:, -1], dout[:, t])""",
    ),
)
time_embedding(
    "LeavesGradientInside",
    OVER_TIME,
    "the gradient stays in the layers inside; write the sum into grads[0] of this layer too: self.grads[0][...] = ...",
    WRITES_NOTHING,
    shows_nothing=True,
)
time_embedding(
    "LeavesOutLastStepBack",
    OVER_TIME,
    "the last step is left out on the way back (range(T - 1)); all steps add up, range(T)",
    ("self.idx, dout", "self.idx[:, :-1], dout[:, :-1]"),
)
time_embedding(
    "LeavesOutFirstStepBack",
    OVER_TIME,
    "the first step is left out on the way back (range(1, T)); all steps add up, range(T)",
    ("self.idx, dout", "self.idx[:, 1:], dout[:, 1:]"),
)
time_embedding(
    "AveragesOverTime", OVER_TIME, contract.STEPS_AVERAGED, ("self.idx, dout", "self.idx, dout / dout.shape[1]")
)
time_embedding("AveragesOverBatch", OVER_TIME, contract.AVERAGED, ("self.idx, dout", "self.idx, dout / len(dout)"))
time_embedding(
    "ReversesDout",
    OVER_TIME,
    "dout is read in the wrong order of time; dout[:, t] belongs to xs[:, t]",
    ("self.idx, dout", "self.idx, dout[:, ::-1]"),
)
time_embedding(
    "MixesRows",
    OVER_TIME,
    "ids are laid out step after step and dout sequence after sequence, so that an "
    "id gets the row of another position; flatten both in the same way",
    (ADD, "np.add.at(dW, self.idx.T.reshape(-1), dout.reshape(-1, dW.shape[1]))"),
)
time_embedding(
    "FirstOfBatch",
    OVER_TIME,
    "only the first row of the batch gives a gradient; all rows have to add up",
    ("self.idx, dout", "self.idx[0], dout[0]"),
)
time_embedding(
    "TimeOverwrites",
    REPEATED,
    "`dW[xs] = dout` (or `+=`) keeps one row of an id that occurs more than "
    "once, in one step or across steps; they have to add up",
    OVERWRITES,
)
time_embedding(
    "OverwritesWithinStep",
    REPEATED,
    "steps are added up, but within one step an id that occurs in two "
    "rows of the batch keeps only one of them (`dW[xs[:, t]] += dout[:, t]`)",
    (
        ADD,
        """for t in range(dout.shape[1]):
            dW[self.idx[:, t]] += dout[:, t]""",
    ),
)
time_embedding(
    "OverwritesWithinRow",
    REPEATED,
    "each row of the batch adds up, but within a row an id that occurs at "
    "two times keeps only one of them (`dW[xs[n]] += dout[n]`)",
    (
        ADD,
        """for n in range(len(dout)):
            dW[self.idx[n]] += dout[n]""",
    ),
)
time_embedding(
    "LaterStepsOverwrite",
    OVER_TIME,
    "a word's gradient of a later step overwrites that of the steps before; they have to add up",
    (
        ADD,
        """for t in range(dout.shape[1]):
            dW[self.idx[:, t]] = 0
            np.add.at(dW, self.idx[:, t], dout[:, t])""",
    ),
)
time_embedding(
    "MakesRoomOnce",
    OVER_TIME,
    "room for the output is made once, for the first N and T; they may be others in the next forward",
    ("self.idx = None", "self.idx = self.out = None"),
    (
        "return W[idx]",
        """if self.out is None:
            self.out = np.empty_like(W[idx])
        self.out[...] = W[idx]
        return self.out.copy()""",
    ),
)
time_embedding(
    "MakesLayersOnce",
    OVER_TIME,
    "the layers of the steps are made once, for the first T; a longer window "
    "then loses its last steps. Make them in each forward",
    ("self.idx = None", "self.idx, self.count = None, 0"),
    ("W[idx]", "W[idx[:, :self.count]]"),
    ("self.idx = idx\n", "self.idx, self.count = idx, self.count or idx.shape[1]\n"),
)
time_embedding(
    "NeverEmptiesLayers",
    OVER_TIME,
    contract.NEVER_EMPTIED,
    *NEVER_EMPTIES,
    (
        ADD,
        """for t in range(dout.shape[1]):
            np.add.at(dW, self.layers[t], dout[:, t])""",
    ),
)
time_embedding(
    "VisitsEarlierLayersToo",
    OVER_TIME,
    contract.NEVER_EMPTIED,
    *NEVER_EMPTIES,
    (
        ADD,
        """for t, ids in enumerate(self.layers):
            np.add.at(dW, ids, dout[:, t])""",
    ),
)
