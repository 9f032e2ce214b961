"""Criteria of 07-lstm."""

import numpy as np

from rnnlm_ref.time_layers import TimeLSTM

from ...engine.design import huge, zero
from ...engine.exam import Assignment, CriteriaList
from ...engine.exercise import Exercise
from ...engine.layer import LayerForm
from ..over_time import BOTH, STATEFUL, TURNS, WHOLE, contract_over_time
from .misconceptions import MISCONCEPTIONS

criteria = CriteriaList()
lstm = Exercise(
    LayerForm(
        name="MyTimeLSTM",
        reference=TimeLSTM,
        params={"Wx": "D4H", "Wh": "H4H", "b": "4H"},
        inputs={"xs": "NTD"},
        out={"hs": "NTH"},
        upstream={"dhs": "NTH"},
        back=("dxs",),
        sizes={"N": 2, "T": 3, "D": 2, "H": 3},
        free="NT",
        options=({}, {"stateful": True}),
        state={"h": "NH", "c": "NH"},
        attributes={"forward": {"h": "NH", "c": "NH"}, "backward": {"dh": "NH", "dc": "NH"}},
    ),
    criteria,
)

SQUARE = {"N": 4, "D": 4, "H": 1}  # Wx is square, and so is x: no .T of them that is missing or too many raises
WIDE = {"N": 8, "D": 8, "H": 2, "T": 2}  # the same with sizes that are all more than 1
ONE, TWO = [{**SQUARE, "T": 1}], [{**SQUARE, "T": 2}]
ONE_ROW = SQUARE | {"N": 1}  # where the sum over the batch isn't meant


def only(gate):
    """All gates but this one are 1, where their slopes are 0: so a slip in one of theirs doesn't show."""

    def world(rng, sizes):
        return {"b": np.repeat([0.0 if each == gate else 40.0 for each in "ofig"], sizes["H"])}

    return world


def forgetting(b, Wh=None):
    """The forget gate has this sum, or nearly: at 40 it is 1, at -40 it is 0; and Wh may be this number."""

    def world(rng, sizes):
        H = sizes["H"]
        return {"b": np.repeat([0.0, b, 0.0, 0.0], H)} | ({} if Wh is None else {"Wh": np.full((H, 4 * H), Wh)})

    return world


def apart(rng, sizes):
    """Gates of which each is open in another way; of two steps, nothing of h and c reaches the second one."""
    b = rng.choice(WHOLE, (4, sizes["H"]))
    if sizes["T"] == 1:
        return {"b": b.ravel()}
    b[1] = -40
    return {"b": b.ravel(), "Wh": np.zeros((sizes["H"], 4 * sizes["H"]))}


# --- forward ----------------------------------------------------------------------------------------------------------

lstm.criterion(
    "each_step",
    "forward",
    1,
    "each step by itself, with the gates in the order o, f, i, g",
    {"hs": ["forward"]},
    worlds=[apart],
    sizes=[{"N": 1, "T": 1}, {"N": 1, "T": 2}],
)
lstm.criterion(
    "several_steps",
    "forward",
    4,
    "each step goes on from h and c of the step before it",
    {"hs": ["forward"]},
    worlds=[forgetting(40.0)],
    sizes=[{"N": 1, "T": 2}],
)
lstm.criterion(
    "forget_gate",
    "forward",
    1,
    "the forget gate says how much of c stays",
    {"hs": ["forward"]},
    sizes=[{"N": 1, "T": 2}],
)
lstm.criterion(
    "large_sums", "forward", 1, "sums z of ±1000 give finite states", {"hs": ["forward"]}, patterns={"b": huge}
)
lstm.conditions(
    "forward_sizes",
    "forward",
    1,
    "any N, T, D, H and layout, N and T also from call to call",
    "hs",
    ["forward", "forward forward:other", "[forward update reset] forward:again"],
    30,
    plain={"hs": ["[forward reset] forward:resized"]},
)
lstm.criterion(
    "starts_from_zeros",
    "forward",
    1,
    "unless stateful, every window starts from zeros",
    {"hs": ["[forward] forward", "[set] forward", "[forward set] forward"]},
)
lstm.criterion(
    "goes_on",
    "forward",
    1,
    "a stateful layer goes on from h and c where the last window ended",
    {
        "hs h c": ["{forward} forward", "{forward forward:other} forward", "forward [backward] forward"],
        "grads": ["{forward} forward backward"],
    },
    options=STATEFUL,
)
lstm.criterion(
    "takes_and_forgets_states",
    "forward",
    1,
    "set_state(h, c) sets both states, reset_state forgets them",
    {
        "hs h c": ["{set} forward", "{forward set} forward"],
        "hs": [
            "[reset] forward",
            "[forward reset] forward",
            "[forward reset] forward:N+1",
            "[set reset] forward forward",
        ],
    },
    options=STATEFUL,
)
lstm.criterion(
    "last_states",
    "forward",
    1,
    "h and c are the last states after each forward, stateful or not",
    {"h c": ["forward", "forward forward"], "kept h c": ["forward reset forward", "forward set forward reset forward"]},
    options=BOTH,
)

# --- backward ---------------------------------------------------------------------------------------------------------

lstm.criterion(
    "slopes_of_the_gates",
    "backward",
    2,
    "the gradients of the gates and of the candidate",
    {"dxs dh grads[0] grads[2]": ["forward backward"]},
    sizes=ONE,
    together=True,
)
lstm.criterion(
    "gradient_of_wx_and_b",
    "backward",
    1,
    "the gradients of Wx and b",
    {"grads[0] grads[2]": ["forward backward"]},
    worlds=[only("g")],
    sizes=[{**ONE_ROW, "T": 1}],
)
lstm.criterion(
    "sums_over_time",
    "backward",
    1,
    "the gradients of all steps and rows add up",
    {"grads": ["forward backward"]},
    worlds=[forgetting(-40.0, Wh=0.0)],
    sizes=[SQUARE, WIDE],
    together=True,
)
# After what holds of steps that aren't connected: the core idea, and then how the gradient comes back.
lstm.criterion(
    "reaches_earlier_steps",
    "backward",
    5,
    "the gradient of a cell state reaches the steps before it",
    {"dxs grads[0] grads[2]": ["forward backward"]},
    worlds=[forgetting(40.0, Wh=0.0)],
    sizes=[{**ONE_ROW, "T": 2}],
    together=True,
)
lstm.criterion(
    "through_c",
    "backward",
    1,
    "what a step hands back to the cell state before is right",
    {"dxs grads[0] grads[2]": ["forward backward"]},
    sizes=TWO,
    patterns={"Wh": zero},
    together=True,
)
lstm.criterion(
    "through_wh",
    "backward",
    1,
    "what a step hands back to the hidden state before is right",
    {"dxs grads[0] grads[2]": ["forward backward"]},
    sizes=TWO,
    together=True,
)
lstm.criterion(
    "gradient_of_each_input",
    "backward",
    1,
    "the gradient of each step's input",
    {"dxs": ["forward backward"]},
    worlds=[only("o")],
    sizes=[*TWO, WIDE],
)
lstm.criterion(
    "gradient_of_first_states",
    "backward",
    1,
    "dh and dc: the gradients of the states at the window's start",
    {"dxs dh dc": ["forward backward"]},
    sizes=[{"T": 2}, WIDE],
)
lstm.criterion(
    "gradient_of_wh",
    "backward",
    1,
    "the gradient of Wh",
    {"dxs grads[1]": ["forward backward"]},
    sizes=[{**ONE_ROW, "T": 2}],
)
lstm.conditions(
    "backward_sizes",
    "backward",
    1,
    "any N, T, D, H, layout and size of dhs, stateful or not",
    "dxs dh dc grads held kept",
    TURNS,
    40,
    plain={"dxs dh dc grads": ["forward backward"]},
)

contract_over_time(lstm, "dh dc")

ASSIGNMENT = Assignment("07-lstm", ("MyTimeLSTM",), criteria, MISCONCEPTIONS)
