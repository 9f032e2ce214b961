"""What criteria of layers over time share: scripts, options, worlds with plain numbers, and the contract."""

import numpy as np

from ..engine import contract

WHOLE = np.array([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0])
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


def handed_on(rng, sizes):
    """At rest, but only the last step has a gradient, which comes back unchanged: so only whether it does is seen."""
    world = at_rest(rng, sizes)
    return world | {"Wh": np.eye(2), "dhs": world["dhs"] * (np.arange(sizes["T"]) == sizes["T"] - 1)[:, None]}


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
