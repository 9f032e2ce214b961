"""Criteria of 07-lstm."""
import numpy as np

from rnnlm_ref.time_layers import TimeLSTM

from ..exam import Assignment, CriteriaList
from ..misconceptions.lstm import MISCONCEPTIONS
from ..spec.design import zero
from ..spec.exercise import Exercise
from ..spec.layer import Layer
from .time_rnn import BOTH, STATEFUL, TURNS, contract_over_time

criteria = CriteriaList()
lstm = Exercise(Layer(
    name="MyTimeLSTM", reference=TimeLSTM, params={"Wx": "D4H", "Wh": "H4H", "b": "4H"}, inputs={"xs": "NTD"},
    out={"hs": "NTH"}, upstream={"dhs": "NTH"}, back=("dxs",), sizes={"N": 2, "T": 3, "D": 2, "H": 3}, free="NT",
    options=({}, {"stateful": True}), state={"h": "NH", "c": "NH"},
    attributes={"forward": {"h": "NH", "c": "NH"}, "backward": {"dh": "NH", "dc": "NH"}}), criteria)

SQUARE = {"N": 4, "D": 4, "H": 1}  # Wx is square, and so is x: no .T of them that is missing or too many raises
ONE, TWO = [{**SQUARE, "T": 1}], [{**SQUARE, "T": 2}]
ONE_ROW = SQUARE | {"N": 1}  # where the sum over the batch isn't meant


def only(gate):
    """All gates but this one are 1, where their slopes are 0: so a slip in one of theirs doesn't show."""
    def world(rng, sizes):
        return {"b": np.repeat([0.0 if each == gate else 40.0 for each in "ofig"], sizes["H"])}
    return world


# --- forward ----------------------------------------------------------------------------------------------------------

lstm.criterion("first_step", "forward", 1, "the first step gives o * tanh(i * g); the gates stand in the order "
               "o, f, i, g", {"hs": ["forward"]}, sizes=[{"N": 1, "T": 1}])
lstm.criterion("several_steps", "forward", 2, "each step goes on from h and c of the step before: c is f * c + i * g",
               {"hs": ["forward"]}, sizes=[{"N": 1, "T": 2}])
lstm.conditions("forward_sizes", "forward", 1, "any N, T, D and H will do, N and T also from call to call; arrays need "
                "not be contiguous", "hs", ["forward", "forward forward:other", "[forward update reset] forward:again"],
                30, plain={"hs": ["[forward reset] forward:resized"]})
lstm.criterion("starts_from_zeros", "forward", 1, "unless stateful, every window starts from zeros, whatever came "
               "before", {"hs": ["[forward] forward", "[set] forward", "[forward set] forward"]})
lstm.criterion("goes_on", "forward", 1, "a stateful layer goes on from h and c where the last window ended",
               {"hs h c": ["{forward} forward", "{forward forward:other} forward", "forward [backward] forward"],
                "grads": ["{forward} forward backward"]}, options=STATEFUL)
lstm.criterion("takes_and_forgets_states", "forward", 1, "set_state(h, c) gives a stateful layer the states to start "
               "from, and after reset_state it starts from zeros",
               {"hs h c": ["{set} forward", "{forward set} forward"],
                "hs": ["[reset] forward", "[forward reset] forward:N+1", "[set reset] forward forward"]},
               options=STATEFUL)
lstm.criterion("last_states", "forward", 1, "h and c are the last states after each forward, stateful or not",
               {"h c": ["forward", "forward forward"],
                "kept h c": ["forward reset forward", "forward set forward reset forward"]}, options=BOTH)

# --- backward ---------------------------------------------------------------------------------------------------------

lstm.criterion("slopes_of_the_gates", "backward", 2, "dz holds the gradient of each gate times the slope of its "
               "sigmoid or tanh", {"dxs dh grads[0] grads[2]": ["forward backward"]}, sizes=ONE, together=True)
lstm.criterion("gradient_of_wx_and_b", "backward", 1, "dWx is made of x.T @ dz, and db of dz",
               {"grads[0] grads[2]": ["forward backward"]}, worlds=[only("g")], sizes=[{**ONE_ROW, "T": 1}])
lstm.criterion("through_c", "backward", 2, "dc comes back times f, and is added to what comes through h",
               {"dxs grads[0] grads[2]": ["forward backward"]}, sizes=TWO, patterns={"Wh": zero}, together=True)
lstm.criterion("through_wh", "backward", 1, "dh comes back through Wh.T, and is added to dhs of the step before",
               {"dxs grads[0] grads[2]": ["forward backward"]}, sizes=TWO, together=True)
lstm.criterion("gradient_of_each_input", "backward", 1, "dxs[:, t] is dz @ Wx.T of step t",
               {"dxs": ["forward backward"]}, worlds=[only("o")], sizes=TWO)
lstm.criterion("gradient_of_first_states", "backward", 1, "dh and dc are the gradients of the states that the window "
               "started from", {"dxs dh dc": ["forward backward"]}, sizes=[{"T": 2}])
lstm.criterion("sums_over_time", "backward", 1, "grads are sums over the batch and all steps",
               {"grads": ["forward backward"]}, together=True)
lstm.criterion("gradient_of_wh", "backward", 1, "dWh is made of h.T @ dz, with the state before each step",
               {"dxs grads[1]": ["forward backward"]}, sizes=[{**ONE_ROW, "T": 2}])
lstm.conditions("backward_sizes", "backward", 1, "backward is right for any N, T, D, H, layout and size of dhs, "
                "stateful or not", "dxs dh dc grads held kept", TURNS, 40,
                plain={"dxs dh dc grads": ["forward backward"]})

contract_over_time(lstm, "dh dc")

ASSIGNMENT = Assignment("07-lstm", ("MyTimeLSTM",), criteria, MISCONCEPTIONS)
