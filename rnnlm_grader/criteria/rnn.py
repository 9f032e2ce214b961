"""Criteria of 02-rnn."""
import numpy as np

from rnnlm_ref.layers import RNN

from ..exam import Assignment, CriteriaList
from ..misconceptions.rnn import MISCONCEPTIONS
from ..spec import contract
from ..spec.exercise import Exercise
from ..spec.layer import Layer

criteria = CriteriaList()
rnn = Exercise(Layer(
    name="MyRNN", reference=RNN, params={"Wx": "DH", "Wh": "HH", "b": "H"}, inputs={"x": "ND", "h_prev": "NH"},
    out={"h_next": "NH"}, upstream={"dh_next": "NH"}, back=("dx", "dh_prev"), sizes={"N": 3, "D": 4, "H": 2}, free="N"),
    criteria)

WHOLE = np.array([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0])


def from_zero(rng, sizes):
    """The first step: the state before is 0."""
    return {"h_prev": np.zeros((sizes["N"], sizes["H"]))}


def at_rest(rng, sizes):
    """Whole numbers with which every sum z is 0: there tanh has slope 1, and dz is dh_next."""
    a, Wh, h_prev = rng.choice(WHOLE), rng.choice(WHOLE, (2, 2)), rng.choice(WHOLE, (sizes["N"], 2))
    Wh[0, 1] = Wh[1, 0] + 1  # it isn't symmetric
    return {"Wx": np.array([[1, 0], [a, 1]]), "Wh": Wh, "b": np.zeros(2), "h_prev": h_prev,
            "x": -h_prev @ Wh @ np.array([[1, 0], [-a, 1]]), "dh_next": rng.choice(WHOLE, (sizes["N"], 2))}


def square(N):
    """At rest, with square weights, of which no wrong .T raises; N is 1 where the sum over the batch isn't meant."""
    return {"worlds": [at_rest], "sizes": [{"N": N, "D": 2, "H": 2}]}


ONE, ONES = [{"N": 1}], [{"N": 1, "D": 1, "H": 1}]
TURNS = ("forward backward", "[forward backward update] forward backward", "forward [spoil] backward",
         "[forward backward] forward:other [b.forward:other b.backward] backward",
         "[forward] forward:refilled backward:refilled", "forward backward backward:again")

# --- forward ----------------------------------------------------------------------------------------------------------

rnn.criterion("first_step", "forward", 1, "from the state 0, forward returns tanh(x @ Wx + b)",
              {"h_next": ["forward"]}, worlds=[from_zero], sizes=ONE)
rnn.criterion("next_step", "forward", 1, "the state before goes in as h_prev @ Wh", {"h_next": ["forward"]}, sizes=ONE)
rnn.criterion("rows_apart", "forward", 1, "the rows of a batch go through side by side, each with its own state",
              {"h_next": ["forward"]})
rnn.conditions("forward_sizes", "forward", 1, "any N, D and H will do, N also from call to call; arrays need not be "
               "contiguous", "h_next", ["forward", "forward forward:other", "[forward update] forward:again"], 28,
               plain={"h_next": ["forward forward:resized"]})

# --- backward ---------------------------------------------------------------------------------------------------------

rnn.criterion("slope_of_tanh", "backward", 2, "dz is dh_next times the slope of tanh, 1 - h_next**2",
              {"dx dh_prev grads": ["forward backward"]}, sizes=ONES, together=True)
rnn.criterion("gradient_of_b", "backward", 1, "db is the sum of dz over the batch", {"grads[2]": ["forward backward"]},
              **square(2))
rnn.criterion("gradient_of_wx", "backward", 1, "dWx is x.T @ dz", {"grads[0]": ["forward backward"]}, **square(1))
rnn.criterion("gradient_of_wh", "backward", 1, "dWh is h_prev.T @ dz", {"grads[1]": ["forward backward"]}, **square(1))
rnn.criterion("gradient_of_x", "backward", 1, "dx is dz @ Wx.T, and comes first", {"dx": ["forward backward"]},
              **square(1))
rnn.criterion("gradient_of_state", "backward", 2, "dh_prev is dz @ Wh.T, and comes second",
              {"dh_prev": ["forward backward"]}, **square(1))
rnn.conditions("backward_sizes", "backward", 1, "backward fits the last forward, for any N, D, H, layout and size of "
               "dh_next", "dx dh_prev grads held kept", TURNS, 36,
               plain={"dx dh_prev grads": ["forward backward", *contract.LAST_FORWARD]})

# --- contract ---------------------------------------------------------------------------------------------------------

rnn.criterion("overwrites_in_place", "contract", 1, "backward overwrites grads in place, however often it is called",
              {"grads held": contract.IN_PLACE})
rnn.criterion("backward_twice", "contract", 1, "backward may be called twice and returns the same",
              {"dx dh_prev grads": contract.TWICE})
rnn.criterion("leaves_the_callers_arrays_alone", "contract", 1, "arguments, parameters and arrays that were returned "
              "never change", {"kept": contract.KEPT})
rnn.criterion("shares_parameters", "contract", 1, "the parameters are used as they are now, not copied",
              {"returned grads params": contract.SHARED})
rnn.criterion("follows_dtype", "contract", 1, "outputs and gradients have the dtype of the parameters",
              {"returned grads": ["forward backward"]}, dtypes=(np.float64, np.float32))
rnn.criterion("stands_alone", "contract", 1, "layers don't disturb each other",
              {"returned grads": contract.BESIDE})
rnn.last_look()

ASSIGNMENT = Assignment("02-rnn", ("MyRNN",), criteria, MISCONCEPTIONS)
