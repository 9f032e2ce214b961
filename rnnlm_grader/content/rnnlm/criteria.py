"""Criteria of 06-rnnlm."""

import math
from dataclasses import replace

import numpy as np

from rnnlm_ref.model import Rnnlm
from rnnlm_ref.time_layers import TimeAffine

from ...engine import contract
from ...engine.design import some_ignored
from ...engine.exam import Assignment, CriteriaList
from ...engine.exercise import Exercise
from ...engine.layer import LayerForm
from .misconceptions import MISCONCEPTIONS

criteria = CriteriaList()


def model_of(V, D, H, rng):
    return Rnnlm(V, D, H, rng=rng, dtype=float)


affine = Exercise(
    LayerForm(
        name="MyTimeAffine",
        reference=TimeAffine,
        params={"W": "HV", "b": "V"},
        inputs={"xs": "NTH"},
        out={"out": "NTV"},
        upstream={"dout": "NTV"},
        back=("dxs",),
        sizes={"N": 2, "T": 3, "H": 2, "V": 4},
        free="NT",
    ),
    criteria,
)

model = Exercise(
    LayerForm(
        name="MyRnnlm",
        reference=model_of,
        params={"E": "VD", "Wx": "DH", "Wh": "HH", "b": "H", "W": "HV", "c": "V"},
        inputs={"xs": "NT", "ts": "NT"},
        out={"loss": ""},
        methods={"predict": ({"xs": "NT"}, {"scores": "NTV"})},
        upstream={"dout": ""},
        back=(),
        sizes={"N": 2, "T": 3, "V": 11, "D": 3, "H": 4},
        free="NT",
        ids={"xs": "V", "ts": "V"},
        ignored={"ts": ""},
        state={"h": "NH"},
        makes="VDH",
    ),
    criteria,
)


def losses(rng, shape, before):
    """Draw losses, one of three or more being 0: a batch may be predicted perfectly."""
    drawn = rng.uniform(0.1, rng.choice([1, 5, 20]), shape).round(2)
    return np.where((np.arange(len(drawn)) == rng.integers(len(drawn))) & (len(drawn) > 2), 0, drawn)


def counts(rng, shape, before):
    return rng.integers(1, rng.choice([30, 3000]), shape)


lists = LayerForm(
    name="my_perplexity",
    reference=lambda losses, counts: np.exp(np.average(losses, weights=counts)),
    params={},
    inputs={"losses": "B", "counts": "B"},
    out={"perplexity": ""},
    upstream={},
    back=(),
    sizes={"B": 3},
    free="B",
    drawn={"losses": losses, "counts": counts},
    as_lists=True,
    is_function=True,
)
arrays = replace(lists, as_lists=False)
perplexity = Exercise(lists, criteria)

TURNS = (
    "forward backward",
    "[forward backward update] forward backward",
    "forward [spoil] backward",
    "[forward backward] forward:other [b.forward:other b.backward] backward",
    "[forward] forward:refilled backward:refilled",
    "forward backward backward:again",
)

SQUARE = [{"N": 2, "T": 3, "H": 6, "V": 6}]  # H = V = N·T: no wrong .T or axis raises there

# --- MyTimeAffine -----------------------------------------------------------------------------------------------------

affine.criterion("scores", "forward", 1, "the scores of every step", {"out": ["forward"]}, sizes=[{"N": 1}])
affine.conditions(
    "scores_of_any_size",
    "forward",
    1,
    "any sizes and layout, N and T also from call to call",
    "out",
    ["forward", "forward forward:other", "[forward update] forward:again"],
    24,
    plain={"out": ["forward", "forward forward:resized"]},
)
affine.criterion(
    "gradient_of_w",
    "backward",
    1,
    "the gradient of W, over all steps and sequences",
    {"grads[0]": ["forward backward"]},
    sizes=SQUARE,
)
affine.criterion(
    "gradient_of_b",
    "backward",
    1,
    "the gradient of b, over all steps and sequences",
    {"grads[1]": ["forward backward"]},
    sizes=SQUARE,
)
affine.conditions(
    "gradient_of_xs",
    "backward",
    1,
    "the gradient of xs; any sizes and layout, for the last forward",
    "dxs grads held kept",
    TURNS,
    36,
    plain={"dxs grads": ["forward backward", *contract.LAST_FORWARD]},
)
affine.criterion(
    "affine_in_place",
    "contract",
    1,
    "backward alone writes into grads, in place; twice is the same",
    {"dxs grads held": [*contract.IN_PLACE, *contract.TWICE, *contract.BESIDE], "out": contract.BESIDE},
)
affine.criterion(
    "affine_shares",
    "contract",
    1,
    "W and b as they are now; nothing given or returned changes",
    {"kept": contract.KEPT, "returned grads params": contract.SHARED},
)
affine.criterion(
    "affine_dtype",
    "contract",
    1,
    "outputs and gradients have the dtype of W, and its precision",
    {"out": ["forward"], "returned grads": ["forward backward"]},
    dtypes=(np.float64, np.float32),
    sizes=[{"N": 3, "T": 4, "H": 9, "V": 9}],
)
affine.last_look()

# --- MyRnnlm ----------------------------------------------------------------------------------------------------------

MATRICES = {"the matrix of word vectors": 0, "Wx": 1, "Wh": 2, "W": 4}
# With larger ones the model of the exercise learned less than a bigram: what Wh makes of a state of length 1, the word
# vectors of a sum, W of a score. Wh, drawn from normal numbers that aren't divided, makes 9.
MOST_GROWTH, MOST_SUM, MOST_SCORE, LARGEST = 7.5, 120, 18, 10
LEAST_SCORE = 1e-6  # of what all matrices make of an id: with word vectors of a hundred-thousandth it still learned
ALIKE = 0.5  # a correlation that 200 numbers, drawn independently, never reach


def drawn_from_rng(one, again, other):
    """Say what is wrong with the parameters of two models of one seed and of a third one of another."""
    if not all(np.isfinite(array).all() for array in one):
        return "params", "hold nan or infinity"
    if not all(map(np.array_equal, one, again)):
        return "params", "differ between two models of the same seed"
    for name, i in MATRICES.items():
        if likeness(one[i], other[i]) > ALIKE:
            return name, "is the same for another seed, or nearly"
        if np.ptp(one[i]) <= 1e-6 * size_of(one[i]):
            return name, "holds the same number everywhere"
        if not 1e-6 < size_of(one[i]) < LARGEST:
            return name, "holds numbers of no sensible size"
        if any(likeness(one[i], one[j]) > ALIKE for j in MATRICES.values() if j < i):
            return name, "holds the numbers of another matrix again"
    grows = (
        np.linalg.norm(one[2], 2),
        size_of(one[0]) * size_of(one[1]) * math.sqrt(len(one[1])),
        size_of(one[4]) * math.sqrt(len(one[4])),
    )
    if any(size > most for size, most in zip(grows, (MOST_GROWTH, MOST_SUM, MOST_SCORE), strict=True)):
        return "params", "hold numbers so large that nothing is learned"
    if min(grows[1], 1) * grows[2] < LEAST_SCORE:
        return "params", "hold numbers so small that all scores are 0, or nearly"
    return None


def likeness(one, other):
    """The size of the correlation of two matrices' numbers, as far as both reach."""
    count = min(one.size, other.size)
    a, b = (without_diagonal(matrix).ravel()[:count] for matrix in (one, other))
    a, b = a - a.mean(), b - b.mean()
    return abs(a @ b) / max(math.sqrt(a @ a) * math.sqrt(b @ b), 1e-300)


def without_diagonal(matrix):
    """A matrix without what its diagonal has above the rest: the identity and noise are a known start."""
    matrix = matrix.astype(float)
    above = (matrix.diagonal().mean() - matrix.mean()) / (1 - 1 / max(matrix.shape))  # the mean counts the diagonal too
    return matrix - above * np.eye(*matrix.shape)


def size_of(array):
    return math.sqrt(np.mean(np.square(array, dtype=float)))


def whatever_weights(*scripts):
    """Return scripts, and the same with other parameters.

    For those that an answer made may be so small that scores and gradients are 0, and an answer without a model right.
    They come twice, so that `lists_share` has the simplest script with any, and pays where nothing comes of them.
    """
    return *scripts, *(f"[update update] {script}" for script in scripts)


model.criterion(
    "predicts_scores",
    "forward",
    1,
    "predict gives scores (N, T, V): all layers in a row",
    {"scores": whatever_weights("predict", "forward")},
)
model.criterion(
    "gives_loss",
    "forward",
    1,
    "forward gives the mean loss, and ignores targets of -1",
    {"loss": whatever_weights("forward")},
    patterns={"ts": some_ignored},
)
model.criterion(
    "state_goes_on",
    "forward",
    1,
    "the state goes on from one call to the next",
    {
        "scores loss": whatever_weights(
            "{predict} predict", "{forward} predict", "{predict} forward", "forward [backward] predict"
        ),
        "grads": whatever_weights("{forward} forward backward"),
    },
)
model.criterion(
    "resets_state",
    "forward",
    1,
    "reset_state starts from zeros again",
    {
        "scores": whatever_weights("[reset] predict", "[predict reset] predict", "[predict reset] predict predict"),
        "grads": whatever_weights("[forward reset] forward backward"),
    },
)
model.conditions(
    "model_sizes",
    "forward",
    1,
    "any N, T, V, D and H, after a reset also another N; any weights",
    "scores loss",
    whatever_weights("predict", "forward", "predict reset predict:other"),
    24,
    plain={"scores loss": whatever_weights("[predict reset] predict:resized")},
)
model.conditions(
    "sets_gradients",
    "backward",
    2,
    "the gradient of every parameter, for any N, T, V, D and H",
    "grads kept",
    (
        *whatever_weights("forward backward:bare"),
        "[forward backward reset update] forward backward:bare",
        "[update] forward [b.forward:other b.backward] backward:bare",
        "[update] [forward reset] forward:refilled backward:bare",
        "[update] forward forward:other backward:bare",
    ),
    30,
    plain={"grads kept": whatever_weights("forward backward:bare", "[forward reset] forward:resized backward:bare")},
)
model.criterion(
    "scales_gradients",
    "backward",
    1,
    "backward(dout) gives dout times as much; dout is 1 if left out",
    {"grads": whatever_weights("forward backward", "forward backward:zero")},
)
model.criterion(
    "flat_lists", "contract", 1, "params and grads are flat lists of six arrays, in the layers' order", {"made": [""]}
)
model.criterion(
    "lists_share",
    "contract",
    1,
    "params and grads hold the layers' own arrays, all overwritten",
    {
        "scores loss grads params": [
            "[update] predict",
            "[update:through] predict",
            "[forward backward reset update] predict",
            "[update:through] forward backward",
        ],
        "grads": ["[reset] forward backward"],
        "grads held": [
            "spoil forward",
            "forward backward",
            "[spoil] forward backward",
            "forward [spoil] backward",
            *contract.TWICE,
        ],
    },
)
model.criterion(
    "draws_from_rng",
    "contract",
    1,
    "every weight is drawn by itself, from rng alone, of a sensible size",
    {"law": ["make twin.make other.make"]},
    sizes=[{"V": 32, "D": 14, "H": 26}],
    law=drawn_from_rng,
)
model.criterion(
    "model_leaves_arguments",
    "contract",
    1,
    "ids, targets and scores stay as they are, and models apart",
    {
        "kept": ["predict", "forward", "predict predict", "forward backward", "predict forward backward"],
        "scores loss": whatever_weights(
            "[b.predict] predict", "predict [b.predict] predict", "predict [b.reset] predict"
        ),
        "grads": whatever_weights("forward [b.forward] backward"),
    },
    patterns={"ts": some_ignored},
)
model.last_look()

# --- my_perplexity ----------------------------------------------------------------------------------------------------


def equal_counts(rng, sizes):
    """Few targets in each batch, so that no power of e overflows: that has a criterion of its own."""
    return {"counts": np.full(sizes["B"], rng.integers(2, 11))}


def empty_batches(rng, sizes):
    """Batches without targets, whose loss is 0, between others."""
    is_empty = rng.permutation(sizes["B"]) < sizes["B"] // 2
    return {
        "losses": np.where(is_empty, 0, rng.uniform(1, 4, sizes["B"]).round(2)),
        "counts": np.where(is_empty, 0, rng.integers(1, 20, sizes["B"])),
    }


def large_losses(rng, sizes):
    """Losses of which a shorter float keeps too few digits: what exp makes of these is off."""
    return {"losses": rng.uniform(300, 650, sizes["B"]).round(2), "counts": np.ones(sizes["B"], int)}


perplexity.criterion(
    "of_one_batch",
    "values",
    1,
    "the perplexity of one batch",
    {"perplexity": ["forward"]},
    worlds=[equal_counts],
    sizes=[{"B": 1}],
    of=[arrays],
)
perplexity.criterion(
    "of_large_losses",
    "edge",
    1,
    "large losses, to the precision of float64",
    {"perplexity": ["forward"]},
    worlds=[large_losses],
    sizes=[{"B": 1}],
    dtypes=(np.float64,),
    of=[arrays],
)
perplexity.criterion(
    "of_equal_batches",
    "values",
    1,
    "the perplexity of several batches",
    {"perplexity": ["forward"]},
    worlds=[equal_counts],
    of=[arrays],
)
perplexity.conditions(
    "of_unequal_batches",
    "values",
    2,
    "a loss weighs as much as the targets that it is the mean of",
    "perplexity",
    ["forward", "forward forward"],
    8,
    plain={"perplexity": ["forward"]},
)
perplexity.criterion(
    "of_empty_batches",
    "edge",
    1,
    "batches without targets change nothing; lists and arrays stay",
    {"perplexity": ["forward"], "kept": ["forward"]},
    worlds=[empty_batches],
    sizes=[{}, {"B": 6}],
    of=[lists, arrays],
)
perplexity.last_look()

ASSIGNMENT = Assignment(
    "06-rnnlm",
    ("MyTimeAffine", "MyRnnlm", "my_perplexity"),
    criteria,
    MISCONCEPTIONS,
    lent={"MyRnnlm": ("layers", "time_layers")},
)
