"""Criteria of 03-time-rnn."""

import numpy as np

from rnnlm_ref.time_layers import TimeRNN

from ...engine.design import huge, zero
from ...engine.exam import Assignment, CriteriaList
from ...engine.exercise import Exercise
from ...engine.layer import LayerForm
from ..over_time import BOTH, ONE_ROW, SQUARE, STATEFUL, TURNS, WHOLE, at_rest, contract_over_time, handed_on, some_wh
from .misconceptions import MISCONCEPTIONS

criteria = CriteriaList()
rnn = Exercise(
    LayerForm(
        name="MyTimeRNN",
        reference=TimeRNN,
        params={"Wx": "DH", "Wh": "HH", "b": "H"},
        inputs={"xs": "NTD"},
        out={"hs": "NTH"},
        upstream={"dhs": "NTH"},
        back=("dxs",),
        sizes={"N": 3, "T": 4, "D": 5, "H": 2},
        free="NT",
        options=({}, {"stateful": True}),
        state={"h": "NH"},
        attributes={"forward": {"h": "NH"}, "backward": {"dh": "NH"}},
        tanh=("hs",),
    ),
    criteria,
)


def unconnected(rng, sizes):
    """At rest, but nothing comes back from the step after."""
    return at_rest(rng, sizes) | {"Wh": np.zeros((2, 2))}


def one_of_two(t):
    """Two steps: a gradient comes to step t alone, whose sum is 0; so nothing that comes back counts in dWh."""

    def world(rng, sizes):
        a, Wh, z = rng.choice(WHOLE), 3 * some_wh(rng), rng.choice(WHOLE, (sizes["N"], 2, 2)) / 4
        z[:, t] = -np.tanh(z[:, 0]) @ Wh if t else 0
        return {
            "Wx": np.array([[1, 0], [a, 1]]),
            "Wh": Wh,
            "b": np.zeros(2),
            "xs": z @ [[1, 0], [-a, 1]],
            "dhs": rng.choice(WHOLE, z.shape) * (np.arange(2) == t)[:, None],
        }

    return world


# --- forward ----------------------------------------------------------------------------------------------------------

rnn.criterion(
    "one_step", "forward", 1, "a short window, from the state 0", {"hs": ["forward"]}, sizes=[{"N": 1, "T": 1}]
)
rnn.criterion(
    "three_steps",
    "forward",
    2,
    "each step goes on from the state of the step before it",
    {"hs": ["forward"]},
    sizes=[{"N": 1}],
)
rnn.criterion("like_unrolled", "forward", 1, "a batch: every row as a chain of single steps", {"hs": ["forward"]})
rnn.criterion(
    "large_sums", "forward", 1, "sums z of ±1000 give finite states", {"hs": ["forward"]}, patterns={"b": huge}
)

# --- state ------------------------------------------------------------------------------------------------------------

rnn.criterion(
    "takes_a_state",
    "state",
    1,
    "set_state gives a stateful layer the state to start from",
    {"hs h": ["forward {set} forward", "set forward forward"], "grads": ["forward {set} forward backward"]},
    options=STATEFUL,
)
rnn.criterion(
    "starts_from_zeros",
    "state",
    1,
    "unless stateful, every window starts from zeros, whatever came before",
    {"hs": ["[forward] forward", "[forward set] forward"]},
)
# After these: an answer that always keeps its state fails with other sizes too, and pays once.
rnn.conditions(
    "forward_sizes",
    "forward",
    1,
    "any N, T, D, H and layout, N and T also from call to call",
    "hs",
    ["forward", "forward forward:other", "[forward update:one reset] forward:again"],
    30,
    plain={"hs": ["forward forward:resized"]},
)
rnn.criterion(
    "goes_on",
    "state",
    1,
    "a stateful layer goes on where the last window ended",
    {
        "hs h": ["{forward} forward", "{forward forward:other} forward", "forward [backward] forward:again"],
        "grads": ["{forward} forward backward"],
    },
    options=STATEFUL,
)
rnn.criterion(
    "forgets_the_state",
    "state",
    1,
    "after reset_state a window starts from zeros, with any N",
    {
        "hs": [
            "[reset] forward",
            "[forward reset] forward",
            "[forward reset] forward:N+1",
            "[set reset] forward forward",
        ],
        "dxs grads": ["[forward reset] forward backward"],
    },
    options=STATEFUL,
)
rnn.criterion(
    "last_state",
    "state",
    1,
    "h is the last hidden state after each forward, stateful or not",
    {"h": ["forward", "forward forward"]},
    options=BOTH,
)
rnn.criterion(
    "leaves_states_alone",
    "state",
    1,
    "a state that was given or fetched stays as it is",
    {"kept": ["forward reset forward"], "kept h": ["forward set forward reset forward"]},
    options=BOTH,
)

# --- backward ---------------------------------------------------------------------------------------------------------

rnn.criterion(
    "slope_of_tanh",
    "backward",
    1,
    "the gradient goes through tanh",
    {"dxs grads[0] grads[2]": ["forward backward"]},
    sizes=[dict.fromkeys("NTDH", 1)],
    together=True,
)
rnn.criterion(
    "sums_over_time",
    "backward",
    2,
    "the gradients of all steps and rows add up",
    {"grads": ["forward backward"]},
    sizes=[SQUARE],
    patterns={"Wh": zero},
    together=True,
)
rnn.criterion(
    "gradient_of_each_input",
    "backward",
    1,
    "the gradient of each step's input",
    {"dxs": ["forward backward"]},
    worlds=[unconnected],
    sizes=[SQUARE],
)
rnn.criterion(
    "gradient_of_wx_and_b",
    "backward",
    1,
    "the gradients of Wx and b",
    {"grads[0] grads[2]": ["forward backward"]},
    worlds=[unconnected],
    sizes=[ONE_ROW],
)
# After what holds of steps that aren't connected: the core idea, and then how the gradient comes back.
rnn.criterion(
    "reaches_earlier_steps",
    "backward",
    5,
    "the gradient of a step reaches the steps before it",
    {"dxs grads[0] grads[2]": ["forward backward"]},
    worlds=[handed_on],
    sizes=[{**ONE_ROW, "T": 2}],
    together=True,
)
rnn.criterion(
    "through_time",
    "backward",
    1,
    "what a step hands back to the step before is right",
    {"dxs grads[0] grads[2]": ["forward backward"]},
    worlds=[at_rest],
    sizes=[SQUARE],
    together=True,
)
rnn.criterion(
    "gradient_of_wh",
    "backward",
    1,
    "the gradient of Wh",
    {"grads[1]": ["forward backward"]},
    worlds=[one_of_two(1), one_of_two(0)],
    sizes=[{**ONE_ROW, "T": 2}],
)
rnn.criterion(
    "gradient_of_first_state",
    "backward",
    1,
    "dh: the gradient of the state that the window started from",
    {"dxs dh": ["forward backward"]},
    worlds=[at_rest],
    sizes=[SQUARE],
)
rnn.conditions(
    "backward_sizes",
    "backward",
    1,
    "any N, T, D, H, layout and size of dhs, stateful or not",
    "dxs dh grads held kept",
    TURNS,
    40,
    plain={"dxs dh grads": ["forward backward"]},
)

# --- contract ---------------------------------------------------------------------------------------------------------


contract_over_time(rnn, "dh")

ASSIGNMENT = Assignment("03-time-rnn", ("MyTimeRNN",), criteria, MISCONCEPTIONS, lent={"MyTimeRNN": ("layers",)})
