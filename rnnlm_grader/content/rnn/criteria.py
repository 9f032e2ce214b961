"""Criteria of 02-rnn."""

import numpy as np

from rnnlm_ref.layers import RNN

from ...engine import contract
from ...engine.design import far_from_zero, huge
from ...engine.exam import Assignment, CriteriaList
from ...engine.exercise import Exercise
from ...engine.layer import LayerForm
from ..over_time import WHOLE
from .misconceptions import MISCONCEPTIONS

criteria = CriteriaList()
rnn = Exercise(
    LayerForm(
        name="MyRNN",
        reference=RNN,
        params={"Wx": "DH", "Wh": "HH", "b": "H"},
        inputs={"x": "ND", "h_prev": "NH"},
        out={"h_next": "NH"},
        upstream={"dh_next": "NH"},
        back=("dx", "dh_prev"),
        sizes={"N": 3, "D": 4, "H": 2},
        free="N",
        tanh=("h_next",),
    ),
    criteria,
)


def from_zero(rng, sizes):
    """The first step: the state before is 0."""
    return {"h_prev": np.zeros((sizes["N"], sizes["H"]))}


def at_rest(rng, sizes):
    """Whole numbers with which every sum z is 0: there tanh has slope 1, and dz is dh_next."""
    a, Wh, h_prev = rng.choice(WHOLE), rng.choice(WHOLE, (2, 2)), rng.choice(WHOLE, (sizes["N"], 2))
    Wh[0, 1] = Wh[1, 0] + 1  # it isn't symmetric
    return {
        "Wx": np.array([[1, 0], [a, 1]]),
        "Wh": Wh,
        "b": np.zeros(2),
        "h_prev": h_prev,
        "x": -h_prev @ Wh @ np.array([[1, 0], [-a, 1]]),
        "dh_next": rng.choice(WHOLE, (sizes["N"], 2)),
    }


def square(N):
    """At rest, with square weights, of which no wrong .T raises; N is 1 where the sum over the batch isn't meant."""
    return {"worlds": [at_rest], "sizes": [{"N": N, "D": 2, "H": 2}]}


ONE, ONES = [{"N": 1}], [{"N": 1, "D": 1, "H": 1}]
TURNS = (
    "forward backward",
    "[forward backward update] forward backward",
    "forward [spoil] backward",
    "[forward backward] forward:other [b.forward:other b.backward] backward",
    "[forward] forward:refilled backward:refilled",
    "forward backward backward:again",
)

# --- forward ----------------------------------------------------------------------------------------------------------

rnn.criterion(
    "first_step",
    "forward",
    1,
    "the state after one step",
    {"h_next": ["forward"]},
    worlds=[from_zero],
    sizes=ONE,
)
rnn.criterion(
    "next_step", "forward", 2, "the next step goes on from the state before", {"h_next": ["forward"]}, sizes=ONE
)
rnn.criterion("rows_apart", "forward", 1, "the rows of a batch, each with a state of its own", {"h_next": ["forward"]})
rnn.criterion(
    "large_sums", "forward", 1, "sums z of ±1000 give finite states", {"h_next": ["forward"]}, patterns={"b": huge}
)
rnn.conditions(
    "forward_sizes",
    "forward",
    1,
    "any N, D, H and layout, N also from call to call",
    "h_next",
    ["forward", "forward forward:other", "[forward update] forward:again"],
    28,
    plain={"h_next": ["forward forward:resized"]},
)

# --- backward ---------------------------------------------------------------------------------------------------------

rnn.criterion(
    "slope_of_tanh",
    "backward",
    2,
    "the gradient goes through tanh",
    {"dx dh_prev grads": ["forward backward"]},
    sizes=ONES,
    patterns={"b": far_from_zero},
    together=True,
)
rnn.criterion("gradient_of_b", "backward", 1, "the gradient of b", {"grads[2]": ["forward backward"]}, **square(2))
rnn.criterion("gradient_of_wx", "backward", 1, "the gradient of Wx", {"grads[0]": ["forward backward"]}, **square(1))
rnn.criterion("gradient_of_wh", "backward", 1, "the gradient of Wh", {"grads[1]": ["forward backward"]}, **square(1))
rnn.criterion(
    "gradient_of_x",
    "backward",
    1,
    "the gradient of x, which is returned first",
    {"dx": ["forward backward"]},
    **square(1),
)
rnn.criterion(
    "gradient_of_state",
    "backward",
    2,
    "the gradient of the state before, which is returned second",
    {"dh_prev": ["forward backward"]},
    **square(1),
)
rnn.conditions(
    "backward_sizes",
    "backward",
    1,
    "any N, D, H, layout and size of dh_next, for the last forward",
    "dx dh_prev grads held kept",
    TURNS,
    36,
    plain={"dx dh_prev grads": ["forward backward", *contract.LAST_FORWARD]},
)

# --- contract ---------------------------------------------------------------------------------------------------------

rnn.criterion(
    "overwrites_in_place",
    "contract",
    1,
    "backward alone writes into grads, in place, and overwrites",
    {"grads held": contract.IN_PLACE},
)
rnn.criterion(
    "backward_twice",
    "contract",
    1,
    "backward may be called twice and returns the same",
    {"dx dh_prev grads": contract.TWICE},
)
rnn.criterion(
    "leaves_the_callers_arrays_alone",
    "contract",
    1,
    "what was given or returned never changes",
    {"kept": contract.KEPT},
)
rnn.criterion(
    "shares_parameters",
    "contract",
    1,
    "the parameters are used as they are now, not copied",
    {"returned grads params": contract.SHARED},
)
rnn.criterion(
    "follows_dtype",
    "contract",
    1,
    "outputs and gradients have the parameters' dtype and precision",
    {"h_next": ["forward"], "returned grads": ["forward backward"]},
    dtypes=(np.float64, np.float32),
    sizes=[{"N": 6, "D": 7, "H": 8}],
)
rnn.criterion("stands_alone", "contract", 1, "layers don't disturb each other", {"returned grads": contract.BESIDE})
rnn.last_look()

ASSIGNMENT = Assignment("02-rnn", ("MyRNN",), criteria, MISCONCEPTIONS)
