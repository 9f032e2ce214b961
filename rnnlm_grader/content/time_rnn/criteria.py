"""Criteria of 03-time-rnn."""

import numpy as np

from rnnlm_ref.time_layers import TimeRNN

from ...engine import contract
from ...engine.design import huge, zero
from ...engine.exam import Assignment, CriteriaList
from ...engine.exercise import Exercise
from ...engine.layer import LayerForm
from ..rnn.criteria import WHOLE
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

STATEFUL = [{"stateful": True}]
BOTH = [{}, *STATEFUL]
SQUARE = {"N": 2, "D": 2, "H": 2}  # of the worlds: no .T that is missing or too many raises there
ONE_ROW = SQUARE | {"N": 1}  # where the sum over the batch isn't meant
TURNS = (
    "forward backward",
    "[forward backward update:one reset] forward:again backward:again",
    "forward [spoil] backward",
    "[forward backward reset] forward:other [b.forward:other b.backward] backward",
    "[forward reset] forward:refilled backward:refilled",
    "forward backward backward:again",
    "forward set forward backward",
    "forward backward forward:other backward",
    "forward backward forward:again backward:again",
)


def some_wh(rng):
    Wh = rng.choice(WHOLE, (2, 2))
    Wh[0, 1] = Wh[1, 0] + 1
    return Wh


def at_rest(rng, sizes):
    """Whole numbers with which every sum z is 0: there tanh has slope 1, and the states stay 0."""
    a, (N, T) = rng.choice(WHOLE), (sizes["N"], sizes["T"])
    return {
        "Wx": np.outer([1, a], [1, a + 1]),
        "Wh": some_wh(rng),
        "b": np.zeros(2),
        "xs": rng.choice(WHOLE, (N, T, 1)) * [a, -1],
        "dhs": rng.choice(WHOLE, (N, T, 2)),
    }


def unconnected(rng, sizes):
    """The same, but nothing comes back from the step after."""
    return at_rest(rng, sizes) | {"Wh": np.zeros((2, 2))}


def handed_on(rng, sizes):
    """The same, but only the last step has a gradient, which comes back unchanged: so only whether it does is seen."""
    world = at_rest(rng, sizes)
    return world | {"Wh": np.eye(2), "dhs": world["dhs"] * (np.arange(sizes["T"]) == sizes["T"] - 1)[:, None]}


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
    1,
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
    4,
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


def contract_over_time(layer, back):
    """Declare the contract of a layer over time; `back` are the gradients of the states that a window starts from."""
    layer.criterion(
        "overwrites_in_place",
        "contract",
        1,
        "backward alone writes into grads, in place, and overwrites",
        {"grads held": contract.IN_PLACE},
    )
    layer.criterion(
        "backward_twice",
        "contract",
        1,
        "backward twice gives the same: no gradient crosses windows",
        {f"dxs {back} grads": contract.TWICE},
        options=BOTH,
    )
    layer.criterion(
        "sizes_change",
        "contract",
        1,
        "backward fits the last forward, whatever N and T were before",
        {f"dxs {back} grads": contract.LAST_FORWARD},
    )
    layer.criterion(
        "leaves_the_callers_arrays_alone",
        "contract",
        1,
        "what was given or returned never changes",
        {"kept": [*contract.KEPT, "forward backward forward backward"]},
        options=BOTH,
    )
    layer.criterion(
        "shares_parameters",
        "contract",
        1,
        "the parameters are used as they are now, not copied",
        {f"returned grads params {back}": contract.SHARED},
    )
    layer.criterion(
        "follows_dtype",
        "contract",
        1,
        "outputs and gradients have the parameters' dtype and precision",
        {"hs": ["forward"], f"returned grads {back}": ["forward backward"]},
        dtypes=(np.float64, np.float32),
        options=BOTH,
        sizes=[{"N": 4, "T": 4, "D": 5, "H": 5}],
    )
    layer.criterion(
        "stands_alone", "contract", 1, "layers don't disturb each other", {f"returned grads {back}": contract.BESIDE}
    )
    layer.last_look()


contract_over_time(rnn, "dh")

ASSIGNMENT = Assignment("03-time-rnn", ("MyTimeRNN",), criteria, MISCONCEPTIONS, lent={"MyTimeRNN": ("layers",)})
