"""Criteria of 04-bptt."""

from dataclasses import replace

import numpy as np

from rnnlm_ref.gradcheck import numerical_gradient
from rnnlm_ref.optim import clip_grads
from rnnlm_ref.time_layers import TimeRNN

from ...engine.design import huge, tiny, zero
from ...engine.exam import Assignment, CriteriaList
from ...engine.exercise import Exercise
from ...engine.layer import GivenFunction, LayerForm
from .. import over_time
from ..over_time import ONE_ROW
from .misconceptions import MISCONCEPTIONS

criteria = CriteriaList()
CALLS = ("forward", "[forward] forward:other", "[forward] forward:refilled", "forward forward:other")

# --- my_numerical_gradient --------------------------------------------------------------------------------------------

mixed = LayerForm(
    name="my_numerical_gradient",
    reference=numerical_gradient,
    params={},
    inputs={"c": "*", "x": "*"},
    out={"slopes": "*"},
    upstream={"c": "*"},
    back=(),
    sizes={"*": (3,)},
    free="*",
    is_function=True,
    functions={
        "c": GivenFunction(
            lambda c: lambda x: (c * x * np.sin(x)).sum() + np.sin(x.sum()),
            "lambda x: (c * x * np.sin(x)).sum() + np.sin(x.sum())",
        )
    },
    dtypes=(np.float64,),
    options=({}, {}, {"eps": 0.25}),
)
linear, cubes, product = (
    replace(mixed, functions={"c": function})
    for function in (
        GivenFunction(lambda c: lambda x: (c * x).sum(), "lambda x: (c * x).sum()"),
        GivenFunction(lambda c: lambda x: (c * x**3).sum(), "lambda x: (c * x ** 3).sum()"),
        GivenFunction(lambda c: lambda x: (c * x).prod(), "lambda x: (c * x).prod()"),
    )
)
slopes = Exercise(mixed, criteria)
SHAPES = [{"*": shape} for shape in ((2, 3), (2, 1, 2), (1,), (1, 4))]

slopes.criterion(
    "one_slope_each",
    "values",
    3,
    "each number of x gets the slope of f along that number alone",
    {"slopes": ["forward"]},
    of=[linear],
)
slopes.criterion(
    "in_float64",
    "contract",
    1,
    "slopes are float64, and as precise",
    {"slopes": ["forward"]},
    of=[linear],
    dtypes=(np.float64,),
)
slopes.criterion(
    "one_at_a_time",
    "values",
    1,
    "all other numbers stand at their place while one is moved",
    {"slopes": ["forward"]},
    of=[product],
)
slopes.criterion(
    "from_both_sides",
    "values",
    3,
    "the difference is taken from both sides of x",
    {"slopes": ["forward"]},
    of=[cubes],
    dtypes=(np.float64,),
)
slopes.criterion(
    "honours_eps",
    "values",
    1,
    "eps is how far x is moved to each side",
    {"slopes": ["forward"]},
    of=[cubes],
    options=[{"eps": 0.5}],
)
slopes.criterion(
    "any_shape_of_x", "values", 1, "x may have one axis or several", {"slopes": ["forward"]}, of=[product], sizes=SHAPES
)
slopes.criterion(
    "leaves_x_alone",
    "contract",
    1,
    "x is afterwards what it was before, to the last bit",
    {"kept": ["forward"]},
    of=[linear],
    sizes=[{}, {"*": (2, 3)}],
    patterns={"x": tiny},
)
slopes.conditions(
    "layout_of_x",
    "contract",
    1,
    "any layout of x and any numbers in it; the result is a new array",
    "slopes kept",
    ["forward", "forward", "forward forward:other"],
    12,
    plain={"slopes kept": ["forward forward"]},
)
slopes.last_look()

# --- my_bptt ----------------------------------------------------------------------------------------------------------


def window_after_window(xs, h0, Wx, Wh, b, dhs, window=None):
    """A stateful layer of the reference goes over one window after the other."""
    layer = TimeRNN(Wx, Wh, b, stateful=True)
    layer.set_state(h0)
    T = xs.shape[1]
    dxs, dh0, sums = [], None, [np.zeros_like(param) for param in layer.params]
    for t in range(0, T, window or T):
        now = slice(t, t + (window or T))
        layer.forward(xs[:, now])
        dxs.append(layer.backward(dhs[:, now]))
        dh0 = layer.dh if dh0 is None else dh0
        for total, grad in zip(sums, layer.grads, strict=True):
            total += grad
    return np.concatenate(dxs, axis=1), dh0, *sums


bptt = Exercise(
    LayerForm(
        name="my_bptt",
        reference=window_after_window,
        params={},
        inputs={"xs": "NTD", "h0": "NH", "Wx": "DH", "Wh": "HH", "b": "H", "dhs": "NTH"},
        out={"dxs": "NTD", "dh0": "NH", "dWx": "DH", "dWh": "HH", "db": "H"},
        upstream={"dhs": "NTH"},
        back=(),
        sizes={"N": 2, "T": 3, "D": 4, "H": 5},
        free="NTDH",
        is_function=True,
        options=({}, {}, {"window": 1}, {"window": 2}, {"window": 3}, {"window": 7}),
    ),
    criteria,
)
ALONE = [{"N": 1, "T": 1, "D": 2, "H": 2}]  # one step of one sequence: no wrong .T of a weight raises there


def handed_on(rng, sizes):
    """As over time, from the state 0: what comes back is unchanged, so that only whether it does is seen."""
    return over_time.handed_on(rng, sizes) | {"h0": np.zeros((sizes["N"], 2))}


bptt.criterion(
    "dz_of_a_step",
    "values",
    1,
    "one step: the gradient goes through tanh; five results in their order",
    {"dh0 dWx dWh db": ["forward"]},
    sizes=[dict.fromkeys("NTDH", 1)],
    together=True,
)
bptt.criterion(
    "gradient_of_inputs",
    "values",
    1,
    "one step: the gradients of the input, of Wx and of b",
    {"dxs dWx db": ["forward"]},
    sizes=ALONE,
)
bptt.criterion("gradient_of_wh", "values", 1, "one step: the gradient of Wh", {"dWh": ["forward"]}, sizes=ALONE)
bptt.criterion("gradient_of_h0", "values", 1, "one step: the gradient of h0", {"dh0": ["forward"]}, sizes=ALONE)
bptt.criterion(
    "adds_up",
    "values",
    2,
    "the gradients of all steps and rows add up, each dx at its step",
    {"dxs dWx dWh db": ["forward"]},
    patterns={"Wh": zero},
)
bptt.criterion(
    "flows_back",
    "values",
    4,
    "the gradient of a step reaches the steps before it",
    {"dxs dWx db": ["forward"]},
    worlds=[handed_on],
    sizes=[ONE_ROW | {"T": 2}],
    together=True,
)
bptt.criterion(
    "carried_on", "values", 1, "what a step hands back to the step before is right", {"returned": ["forward"]}
)

bptt.criterion(
    "stops_at_the_boundary",
    "window",
    1,
    "with a window no gradient crosses its boundary",
    {"returned": ["forward"]},
    sizes=[{"T": 2}],
    options=[{"window": 1}],
    together=True,
)
bptt.criterion(
    "state_goes_on",
    "window",
    1,
    "the state goes on across the boundary",
    {"dxs dWx dWh db": ["forward"]},
    sizes=[{"T": 2}],
    options=[{"window": 1}],
    together=True,
)
bptt.criterion(
    "windows_add_up",
    "window",
    1,
    "the gradients of all windows add up",
    {"dWx dWh db": ["forward"]},
    sizes=[{"T": 2}],
    options=[{"window": 1}],
    together=True,
)
bptt.criterion(
    "dh0_of_the_first_window",
    "window",
    1,
    "dh0 is the gradient that arrives at the first window's start",
    {"dh0": ["forward"]},
    sizes=[{"T": 2}],
    options=[{"window": 1}],
)
bptt.criterion(
    "every_boundary",
    "window",
    2,
    "boundaries at t = k, 2k, ... below T, whether or not k divides T",
    {"returned": ["forward"]},
    sizes=[{"T": 3}, {"T": 5}, {"T": 8}],
    options=[{"window": 2}, {"window": 3}, {"window": 7}],
)

bptt.criterion(
    "large_sums",
    "contract",
    1,
    "sums z of ±1000 give finite gradients",
    {"returned": ["forward"]},
    patterns={"b": huge},
)
bptt.criterion(
    "leaves_arguments",
    "contract",
    1,
    "the arguments stay untouched",
    {"kept": ["forward"]},
    options=[{}, {"window": 2}],
)
bptt.criterion(
    "results_stay",
    "contract",
    1,
    "what was returned doesn't change with a later call",
    {"kept": ["forward forward", "forward forward:other"]},
    options=[{}, {"window": 2}],
)
bptt.criterion(
    "follows_dtype",
    "contract",
    1,
    "the gradients have the parameters' dtype and precision",
    {"returned": ["forward"]},
    options=[{}, {"window": 2}],
    dtypes=(np.float64, np.float32),
    sizes=[{"N": 4, "T": 4}],
)
bptt.conditions(
    "any_sizes", "contract", 1, "any N, T, D, H, window and layout, also from call to call", "returned kept", CALLS, 36
)
bptt.last_look()

# --- my_clip_grads ----------------------------------------------------------------------------------------------------


def norm_of(arrays):
    return float(np.sqrt(sum((array.astype(float) ** 2).sum() for array in arrays)))


def some_max_norm(rng, shape, arrays):
    """A limit above or below the norm, and large: so 1e-6 more in the denominator isn't seen."""
    return max(30.0, round(norm_of(arrays.values()) * rng.choice([0.02, 0.3, 0.7, 0.96, 1.04, 1.5, 20]), 1))


def below(rng, shape, arrays):
    return round(norm_of(arrays.values()) * rng.choice([0.05, 0.3, 0.7]), 1)


def far_below(rng, shape, arrays):
    """A limit that the largest number exceeds by itself: an answer that takes it for the norm has to clip, too."""
    return round(norm_of(arrays.values()) * rng.choice([0.05, 0.1, 0.15]), 1)


def above(rng, shape, arrays):
    return round(norm_of(arrays.values()) * rng.choice([1.05, 1.5, 4]) + 1, 1)


def clipping(*letters, drawn=below):
    """The function with arrays of these letters."""
    names = tuple(f"g{i}" for i in range(len(letters)))
    return LayerForm(
        name="my_clip_grads",
        reference=lambda grads, max_norm: np.asarray(clip_grads(grads, max_norm)),
        params={},
        inputs=dict(zip(names, letters, strict=True)) | {"max_norm": ""},
        out={"norm": ""},
        upstream={},
        back=(),
        sizes={"N": 3, "T": 2, "D": 4, "H": 3},
        free="NTDH",
        is_function=True,
        listed=names,
        drawn={"max_norm": drawn},
        scales=dict.fromkeys(names, 200.0),
    )


def zeros(rng, sizes):
    return {"g0": np.zeros((sizes["D"], sizes["H"])), "g1": np.zeros(sizes["H"]), "max_norm": np.array(5.0)}


def zeros_first(rng, sizes):
    return {"g0": np.zeros((sizes["D"], sizes["H"]))}


def at_the_limit(rng, sizes):
    """The norm is max_norm exactly, in whichever order squares are added up and roots are taken."""
    places = rng.permutation(sizes["D"] * sizes["H"])[:2]
    g0, g1, size = np.zeros((sizes["D"], sizes["H"])), np.zeros(sizes["H"]), 10 * rng.integers(3, 30)
    g0.flat[places], g1[rng.integers(sizes["H"])] = size * np.array([3, -4]), size * 12
    return {"g0": g0, "g1": g1, "max_norm": np.array(13.0 * size)}


def with_small_number(grads, max_norm):
    """Clip as many do, who add 1e-6 to the denominator and clip where the factor is below 1, so at max_norm too.

    By how little that is, is allowed; so it is what answers are compared with there, to the usual precision.
    """
    norm = norm_of(grads)
    for grad in grads:
        grad *= min(1.0, max_norm / (norm + 1e-6))
    return np.asarray(norm)


two, far, small = (clipping("DH", "H", drawn=drawn) for drawn in (below, far_below, above))
limit = replace(two, reference=with_small_number)
clip = Exercise(clipping("NTD", "H", "DH", drawn=some_max_norm), criteria)

clip.criterion(
    "shrinks_together",
    "values",
    2,
    "gradients above max_norm shrink by one factor, to that norm",
    {"grads": ["forward"]},
    of=[two, far],
)
clip.criterion(
    "returns_norm_before", "values", 1, "the norm before clipping comes back", {"norm grads": ["forward"]}, of=[two]
)
clip.criterion(
    "leaves_small_gradients",
    "values",
    1,
    "gradients within max_norm stay as they are, to the last bit",
    {"norm grads": ["forward"]},
    of=[small],
)
clip.criterion(
    "leaves_the_limit",
    "values",
    1,
    "gradients whose norm is max_norm exactly stay as they are",
    {"norm grads": ["forward"]},
    of=[limit],
    worlds=[at_the_limit],
)
clip.criterion(
    "clips_in_place",
    "contract",
    1,
    "the arrays themselves are changed, not others put in their place",
    {"grads held": ["forward"]},
    of=[two],
    dtypes=(np.float64, np.float32),
)
clip.criterion(
    "zero_gradients",
    "contract",
    1,
    "gradients that are all 0 stay 0, and their norm is 0",
    {"norm grads": ["forward"]},
    worlds=[zeros, zeros_first],
    of=[two],
    dtypes=(np.float64,),
)
clip.conditions(
    "any_arrays",
    "contract",
    1,
    "one array or many, of several shapes, layouts and dtypes",
    "norm grads held",
    CALLS,
    24,
    plain={"norm grads held": ["forward"]},
    of=[clipping("H"), clipping("N"), clipping(*20 * ["H"])],
)
clip.last_look()

ASSIGNMENT = Assignment("04-bptt", ("my_numerical_gradient", "my_bptt", "my_clip_grads"), criteria, MISCONCEPTIONS)
