"""Criteria of 05-softmax-masking."""

import numpy as np

from rnnlm_ref.time_layers import TimeSoftmaxWithLoss

from ...engine import contract
from ...engine.design import all_ignored, ones, some_ignored
from ...engine.exam import Assignment, CriteriaList
from ...engine.exercise import Exercise
from ...engine.layer import LayerForm, Sizes
from ..misconception import defined
from .misconceptions import MISCONCEPTIONS, SOFTMAX

criteria = CriteriaList()
shares = Exercise(
    LayerForm(
        name="my_softmax",
        reference=defined("my_softmax", SOFTMAX),
        params={},
        inputs={"x": "*V"},
        out={"p": "*V"},
        upstream={},
        back=(),
        sizes={"*": (3,), "V": 4},
        free="*V",
        is_function=True,
    ),
    criteria,
)
loss = Exercise(
    LayerForm(
        name="MyTimeSoftmaxWithLoss",
        reference=TimeSoftmaxWithLoss,
        params={},
        inputs={"xs": "NTV", "ts": "NT"},
        out={"loss": ""},
        upstream={"dout": ""},
        back=("dxs",),
        sizes={"N": 2, "T": 3, "V": 8},
        free="NTV",
        ids={"ts": "V"},
        options=({}, {}, {"ignore_label": 0}, {"ignore_label": 2}, {"ignore_label": -100}),
        ignored={"ts": "ignore_label"},
    ),
    criteria,
)


def far(rng, a):
    """Every other row lies low (at -10000) or as it is; of the others one score in four lies at 10000, two lie low."""
    turn, places = rng.integers(4), np.indices(a.shape).sum(0)
    row = places - np.arange(a.shape[-1]) + turn
    low = -1 * (row % 4 == 0)
    return a + 1e4 * np.where(row % 2, np.array([1, 0, -1, -1])[(places + turn // 2) % 4], low)


def rotated(rng, a):
    """Each row holds the numbers of the first, in a square so that each column does too: either axis gives the same."""
    for i in range(1, len(a)):
        a[i] = np.roll(a[0], i, axis=-1)
    return a


def certain(rng, sizes):
    """At every second position the target is certain, so that its loss is 0; those between are ignored."""
    N, T, V = (sizes[letter] for letter in "NTV")
    words = rng.integers(V - 1, size=(N, T))  # not the last one, which an index of -1 picks
    is_kept = np.indices((N, T)).sum(axis=0) % 2 == 0
    return {
        "ts": np.where(is_kept, words, -1),
        "xs": 40.0 * (is_kept[..., None] & (np.arange(V) == words[..., None])) + rng.uniform(-1, 1, (N, T, V)).round(2),
    }


def likely(rng, sizes):
    """The target is likely: of what p - 1 leaves there, a shorter float keeps too few digits."""
    ts = rng.integers(sizes["V"], size=(sizes["N"], sizes["T"]))
    return {"ts": ts, "xs": rng.uniform(-1, 1, (*ts.shape, sizes["V"])).round(2) + 4.0 * np.eye(sizes["V"])[ts]}


def of_size(dout):
    return lambda rng, sizes: {"dout": dout}


ONE, ROW = {"N": 1, "T": 1}, {"*": ()}
LARGE: tuple[Sizes, ...] = {}, {"N": 3, "T": 4, "V": 14}
# The first three are the options of the layer: what fails in a condition by one of them is charged here.
LABELS = {"ignore_label": 2}, {"ignore_label": 0}, {"ignore_label": -100}, {"ignore_label": 70_000}
TURNS = (
    "forward backward",
    "[forward backward] forward backward:again",
    "forward backward backward:bare",
    "[forward backward] forward:other [b.forward:other b.backward] backward",
    "[forward] forward:refilled backward",
    "forward backward backward:again",
)

# --- my_softmax -------------------------------------------------------------------------------------------------------

shares.criterion(
    "shares",
    "values",
    1,
    "the probabilities of a row",
    {"p": ["forward"]},
    sizes=[{"*": (2,), "V": 2}],
    patterns={"x": rotated},
)
shares.criterion(
    "last_axis",
    "values",
    1,
    "along the last axis, whatever axes stand before it",
    {"p": ["forward"]},
    sizes=[{}, {"*": (4,)}, {"*": (2, 3)}, ROW],
)
shares.conditions(
    "any_layout",
    "values",
    1,
    "x of any sizes, scale and layout",
    "p kept",
    ["forward", "forward forward:other", "[forward] forward:refilled"],
    30,
)
shares.criterion(
    "large_logits",
    "edge",
    1,
    "scores of ±10000, and rows far apart, give finite probabilities",
    {"p": ["forward"]},
    sizes=[{}, ROW, {"*": (4,)}, {"*": (2, 2)}],
    patterns={"x": far},
)
shares.criterion(
    "softmax_contract",
    "edge",
    1,
    "x stays untouched, and so do results, of the dtype of x",
    {"p": ["forward"], "kept": ["forward", "forward forward:other", "forward forward"]},
    sizes=[{"*": (30,)}, ROW],
    dtypes=(np.float64, np.float32),
)
shares.last_look()

# --- forward ----------------------------------------------------------------------------------------------------------

loss.criterion("book_loss", "forward", 1, "the loss of a single position", {"loss": ["forward"]}, sizes=[ONE])
loss.conditions(
    "mean_loss",
    "forward",
    1,
    "the mean over all N·T positions, for any N, T, V and layout",
    "loss",
    ["forward", "forward forward:other", "[forward] forward:refilled"],
    24,
    plain={"loss": ["forward", "forward forward", "forward forward:resized"]},
)
loss.criterion(
    "large_logits_loss",
    "forward",
    1,
    "scores of ±10000 give a finite, right loss",
    {"loss": ["forward"]},
    sizes=LARGE,
    patterns={"xs": far},
)

# --- backward ---------------------------------------------------------------------------------------------------------

loss.criterion(
    "gradient_by_hand",
    "backward",
    1,
    "the gradient of a single position",
    {"dxs": ["forward backward"]},
    sizes=[ONE],
    patterns={"dout": ones},
)
loss.criterion(
    "upstream_factor",
    "backward",
    1,
    "backward(dout) gives dout times as much; dout is 1 if left out",
    {"dxs": ["forward backward", "forward backward:bare", "forward backward:zero"]},
    sizes=[ONE],
    worlds=[None, of_size(-40.0), of_size(1e-4)],
)
loss.criterion(
    "gradient_of_mean",
    "backward",
    1,
    "the gradient of the mean",
    {"dxs": ["forward backward"]},
    patterns={"dout": ones},
)
loss.conditions(
    "gradient",
    "backward",
    1,
    "any N, T, V and layout, for the last forward",
    "dxs kept",
    TURNS,
    36,
    plain={"dxs kept": contract.LAST_FORWARD},
)
loss.criterion(
    "large_logits_gradient",
    "backward",
    1,
    "scores of ±10000 give a finite, right gradient",
    {"dxs": ["forward backward"]},
    sizes=LARGE,
    patterns={"xs": far, "dout": ones},
)

# --- mask -------------------------------------------------------------------------------------------------------------

loss.criterion(
    "loss_over_kept",
    "mask",
    3,
    "ignored positions add nothing to the loss",
    {"loss": ["forward"]},
    worlds=[certain],
    sizes=[{}, {"N": 3, "T": 4}],
)
loss.criterion(
    "mean_over_kept",
    "mask",
    1,
    "the loss is the mean over the positions that are kept",
    {"loss": ["forward"]},
    sizes=[{}, {"N": 3, "T": 4}, {"N": 3, "T": 4, "V": 3}],
    patterns={"ts": some_ignored},
)
loss.criterion(
    "gradient_over_kept",
    "mask",
    2,
    "the gradient of that mean, exactly 0 where ignored",
    {"dxs": ["forward backward"]},
    sizes=[{}, {"N": 3, "T": 4}],
    patterns={"ts": some_ignored, "dout": ones},
)
loss.criterion(
    "all_ignored",
    "mask",
    1,
    "all positions ignored: the loss is 0.0 and the gradient 0",
    {"loss": ["forward"], "dxs": ["forward backward", "[forward] forward backward"]},
    patterns={"ts": all_ignored, "dout": ones},
)
loss.criterion(
    "other_labels",
    "mask",
    2,
    "ignore_label may be any integer, also the id of a word",
    {"loss": ["forward"], "dxs": ["forward backward"]},
    options=LABELS,
    patterns={"ts": some_ignored, "dout": ones},
)

# --- contract ---------------------------------------------------------------------------------------------------------

loss.criterion(
    "loss_backward_twice",
    "contract",
    1,
    "backward may be called twice; what it returned doesn't change",
    {"dxs kept": [*contract.TWICE, "forward backward:bare backward:bare"]},
)
loss.criterion(
    "loss_leaves_arguments",
    "contract",
    1,
    "scores, targets and what was returned never change",
    {"kept": ["forward", *contract.KEPT]},
    patterns={"ts": some_ignored},
)
loss.criterion(
    "loss_dtypes",
    "contract",
    1,
    "the gradient has the scores' dtype, and both are as precise",
    {"loss": ["forward"], "dxs": ["forward backward"]},
    worlds=[None, likely],
    sizes=[{}, ONE, *({**ONE, "V": V} for V in range(2, 8))],
    patterns={"ts": some_ignored},
    dtypes=(np.float64, np.float32),
)
loss.criterion(
    "loss_stands_alone",
    "contract",
    1,
    "two layers don't disturb each other, and grads stays empty",
    {"loss dxs": contract.BESIDE, "grads": ["forward backward"]},
)
loss.last_look()

ASSIGNMENT = Assignment("05-softmax-masking", ("my_softmax", "MyTimeSoftmaxWithLoss"), criteria, MISCONCEPTIONS)
