"""Criteria of 01-embedding."""

import numpy as np

from rnnlm_ref.layers import Embedding
from rnnlm_ref.time_layers import TimeEmbedding

from ...engine import contract
from ...engine.design import first_and_last, repeating
from ...engine.exam import Assignment, CriteriaList
from ...engine.exercise import Exercise
from ...engine.layer import LayerForm
from .misconceptions import MISCONCEPTIONS

criteria = CriteriaList()
ids = Exercise(
    LayerForm(
        name="MyEmbedding",
        reference=Embedding,
        params={"W": "VD"},
        inputs={"idx": "*"},
        out={"out": "*D"},
        upstream={"dout": "*D"},
        back=(),
        sizes={"*": (3,), "V": 7, "D": 3},
        free="*",
        ids={"idx": "V"},
    ),
    criteria,
)
windows = Exercise(
    LayerForm(
        name="MyTimeEmbedding",
        reference=TimeEmbedding,
        params={"W": "VD"},
        inputs={"xs": "NT"},
        out={"out": "NTD"},
        upstream={"dout": "NTD"},
        back=(),
        sizes={"N": 2, "T": 3, "V": 9, "D": 4},
        free="NT",
        ids={"xs": "V"},
    ),
    criteria,
)


def ones(rng, sizes):
    """Every row of dout counts, also where it is like another."""
    return {"dout": np.ones([n for letter in "*NTD" for n in np.atleast_1d(sizes.get(letter, ())).astype(int)])}


SQUARE = {"V": 8, "D": 8}  # ids that pick columns of W raise nothing there
SHAPES = [{"*": shape, "V": 13} for shape in ((2, 3), (2, 1, 2), (1,), (1, 4))]
TURNS = (
    "forward backward",
    "[forward backward update] forward backward",
    "forward [spoil] backward",
    "[forward backward] forward:other [b.forward:other b.backward] backward",
    "[forward] forward:refilled backward",
    "forward backward backward:again",
)

# --- MyEmbedding ------------------------------------------------------------------------------------------------------

ids.criterion("rows_by_id", "forward", 1, "the rows of W that the ids name", {"out": ["forward"]}, sizes=[SQUARE, {}])
ids.criterion(
    "repeats_and_ends",
    "forward",
    1,
    "ids may repeat, and the first and last id work",
    {"out": ["forward"]},
    patterns={"idx": first_and_last},
    sizes=[{"*": (5,), "V": 3}],
)
ids.conditions(
    "any_shape_forward",
    "forward",
    1,
    "ids of one axis or more, and tables of any size, dtype and layout",
    "out",
    ["forward", "forward forward:other", "[forward update] forward:again"],
    24,
)
ids.criterion(
    "gradient_rows",
    "backward",
    2,
    "each row of dout arrives in the row of its id",
    {"grads": ["forward backward"]},
    sizes=[SQUARE],
)
ids.criterion(
    "repeated_ids_add_up",
    "backward",
    2,
    "an id that occurs more than once collects the sum of its rows of dout",
    {"grads": ["forward backward"]},
    patterns={"idx": repeating},
    sizes=[{"*": (6,)}],
    worlds=[None, ones],
)
ids.criterion(
    "any_shape_backward",
    "backward",
    1,
    "ids of one axis or more, and always those of the last forward",
    {"grads": ["forward backward", *contract.LAST_FORWARD]},
    sizes=SHAPES,
    patterns={"idx": repeating},
)
ids.conditions(
    "any_size_backward",
    "backward",
    1,
    "many ids, any table, dtype and layout; only grads[0] changes",
    "grads held kept",
    TURNS,
    30,
)
ids.criterion(
    "shares_parameters",
    "contract",
    1,
    "W is used as it is now, not copied; nothing that is given changes",
    {"kept": contract.KEPT, "out grads params": contract.SHARED},
)
ids.criterion(
    "returns_copies",
    "contract",
    1,
    "what forward returned is a copy, even for a single id",
    {"kept": ["forward update", "forward forward:other update"]},
    sizes=[{"*": shape} for shape in ((1,), (1, 1), (3,))],
)
ids.criterion(
    "overwrites_in_place",
    "contract",
    1,
    "backward alone writes into grads[0], in place, and returns None",
    {"result grads held": contract.IN_PLACE},
)
ids.criterion(
    "backward_twice",
    "contract",
    1,
    "backward twice: the same dout gives the same, another its own",
    {"grads": contract.TWICE},
)
ids.criterion("stands_alone", "contract", 1, "two layers don't disturb each other", {"out grads": contract.BESIDE})
ids.criterion(
    "follows_dtype",
    "contract",
    1,
    "outputs and gradients have the dtype of W, and its precision",
    {"out": ["forward"], "out grads": ["forward backward"]},
    dtypes=(np.float64, np.float32),
    sizes=[{"*": (60,), "V": 12, "D": 8}],
    patterns={"idx": repeating},
)
ids.last_look()

# --- MyTimeEmbedding --------------------------------------------------------------------------------------------------

windows.criterion(
    "windows", "forward", 1, "ids (N, T) become word vectors (N, T, D)", {"out": ["forward"]}, sizes=[SQUARE, {}]
)
windows.conditions(
    "other_sizes",
    "forward",
    1,
    "any N, T, V and D, N and T also from call to call",
    "out",
    ["forward", "forward forward:other", "[forward update] forward:again"],
    24,
    plain={"out": ["forward forward:resized"]},
)
windows.criterion(
    "output_dtype",
    "forward",
    1,
    "the output has the dtype and precision of W, and never changes later",
    {"out": ["forward"], "kept": ["forward forward:other", "forward update"]},
    sizes=[{}, {"N": 1, "T": 1}],
    dtypes=(np.float64, np.float32),
)
windows.criterion(
    "sums_over_time",
    "backward",
    1,
    "the gradients of all time steps add up",
    {"grads": ["forward backward"]},
    sizes=[SQUARE],
)
windows.criterion(
    "repeats_across_time",
    "backward",
    2,
    "ids that repeat, in one step or across steps, add up",
    {"grads": ["forward backward"]},
    patterns={"xs": repeating},
    sizes=[{}, {"N": 1}, {"T": 1, "N": 3}],
    worlds=[None, ones],
)
windows.conditions(
    "after_other_sizes",
    "backward",
    1,
    "any sizes and layout, for the last forward; only grads[0] changes",
    "grads held kept",
    TURNS,
    30,
    plain={"grads held kept": contract.LAST_FORWARD},
)
windows.criterion(
    "time_shares_parameters",
    "contract",
    1,
    "W is shared, not copied; nothing that is given changes",
    {"kept": contract.KEPT, "out grads params": contract.SHARED},
)
windows.criterion(
    "time_overwrites_in_place",
    "contract",
    1,
    "backward alone writes into grads[0], in place; twice is the same",
    {"result grads held": [*contract.IN_PLACE, *contract.TWICE, *contract.BESIDE]},
)
windows.criterion(
    "time_dtype_and_layout",
    "contract",
    1,
    "gradients have the dtype of W, and its precision",
    {"grads": ["forward backward"]},
    dtypes=(np.float64, np.float32),
    sizes=[{"N": 6, "T": 9, "V": 12, "D": 8}],
    patterns={"xs": repeating},
)
windows.last_look()

ASSIGNMENT = Assignment("01-embedding", ("MyEmbedding", "MyTimeEmbedding"), criteria, MISCONCEPTIONS)
