"""What goes wrong in 04-bptt: the right answers, and the changes that spoil them. Sentences stand after "Likely:"."""

from .. import contract, step
from ..contract import DTYPE, IN_PLACE, SHARED
from ..misconception import Library
from ..step import BATCH_SUM, GRADIENT_SUM, RECURRENT, TRANSPOSE

MISCONCEPTIONS = Library()
NUMERICAL = "05-bptt.html#bptt-numerical-gradient"
BY_HAND = "05-bptt.html#bptt-by-hand"
GRAPH = "05-bptt.html#bptt-graph"
TRUNCATION = "05-bptt.html#bptt-truncation"
CLIPPING = "05-bptt.html#bptt-clipping"

ONE_STEP_EARLY = (
    "a cut stands between t = k - 2 and t = k - 1, one step too early: with a window of k the first one belongs "
    "between t = k - 1 and t = k"
)
ONE_STEP_LATE = (
    "cuts stand one step too late, between t = k and t = k + 1: with a window of k the first one belongs between "
    "t = k - 1 and t = k"
)
FROM_ZEROS = "windows start from zeros where the state should go on; only the gradient is cut"
FIRST_FROM_ZEROS = (
    "windows start from zeros, the first one too; it starts from h0, and in the others the state goes on: only the "
    "gradient is cut"
)
ENDS_THERE = "the way back ends at a boundary (break); only dh becomes 0 there, and the steps before have gradients too"
ORDER = "the answer comes in another order; it is (dxs, dh0, dWx, dWh, db)"
SCALED_UP = "gradients are scaled to max_norm even where they are smaller; those within it stay as they are"
ONE_ARRAY = "only one array's norm is measured (the last of a loop, or grads[0]); all arrays count together"

# --- my_numerical_gradient -------------------------------------------------------------------------------------------

SLOPES = """
def my_numerical_gradient(f, x, eps=1e-5):
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[i] = eps
        grad[i] = (f(x + step) - f(x - step)) / (2 * eps)
    return grad
"""
NOT_PUT_BACK = "a number that was moved isn't put back before the next is moved"
MOVES_X = """
def my_numerical_gradient(f, x, eps=1e-5):
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        kept = x[i]
        x[i] = kept + eps
        above = f(x)
        x[i] = kept - eps
        grad[i] = (above - f(x)) / (2 * eps)
        x[i] = kept
    return grad
"""
THE_SAME_TWICE = (
    "f gets the same numbers both times: the step never reaches it, or two names stand for one array "
    "(`minus = x` copies nothing) and the moves cancel; call f with x moved, or with a moved x.copy()"
)
numerical = MISCONCEPTIONS.of("my_numerical_gradient", SLOPES)

numerical(
    "ForwardDifference",
    NUMERICAL,
    "the difference is taken to one side only, (f(x + eps) - f(x)) / eps; from both sides the error is far smaller",
    ("f(x - step)) / (2 * eps)", "f(x)) / eps"),
)
numerical(
    "BackwardDifference",
    NUMERICAL,
    "the difference is taken to one side only, (f(x) - f(x - eps)) / eps; from both sides the error is far smaller",
    ("f(x + step) - f(x - step)) / (2 * eps)", "f(x) - f(x - step)) / eps"),
)
numerical(
    "HalvesForwardDifference",
    NUMERICAL,
    "the difference is taken to one side only and divided by 2 * eps; from "
    "x to x + eps it is only eps. Take it from both sides",
    ("f(x - step)", "f(x)"),
)
for id, source in ("DividesByEps", SLOPES), ("DividesByEpsInPlace", MOVES_X):
    numerical(
        id,
        NUMERICAL,
        "the difference is divided by eps; the two points are 2 * eps apart",
        ("(2 * eps)", "eps"),
        source=source,
    )
numerical(
    "MultipliesByEps",
    NUMERICAL,
    "the difference is multiplied by eps, `a - b / 2 * eps` or without brackets; divide by (2 * eps)",
    ("/ (2 * eps)", "/ 2 * eps"),
)
numerical(
    "DoesNotDivide",
    NUMERICAL,
    "the difference isn't divided at all; the slope is the difference over the distance, 2 * eps",
    (" / (2 * eps)", ""),
)
numerical(
    "TurnsSign",
    NUMERICAL,
    "the sign is turned: it is f at x + eps less f at x - eps",
    ("f(x + step) - f(x - step)", "f(x - step) - f(x + step)"),
)
numerical(
    "MovesAllAtOnce",
    NUMERICAL,
    "all numbers of x are moved at once, so every slope is that of all together; move one at a time",
    ("step[i]", "step[...]"),
)
numerical("NeverPutsBack", NUMERICAL, NOT_PUT_BACK, ("        x[i] = kept\n", ""), source=MOVES_X)
numerical(
    "NeverPutsBackInCopies",
    NUMERICAL,
    NOT_PUT_BACK,
    ("    for", "    step = np.zeros_like(x)\n    for"),
    ("        step = np.zeros_like(x)\n", ""),
)
numerical(
    "NamesOneArrayTwice",
    NUMERICAL,
    THE_SAME_TWICE,
    ("        kept = x[i]\n", ""),
    ("x[i] = kept + eps", "x[i] += eps"),
    ("x[i] = kept - eps", "x[i] -= eps"),
    ("above = f(x)\n", "\n"),
    ("above - f(x)", "f(x) - f(x)"),
    ("        x[i] = kept\n", ""),
    source=MOVES_X,
)
numerical(
    "CallsWithOneNumber",
    NUMERICAL,
    "f is called with the one number that is moved; it takes all of x, in which that number alone is moved",
    ("f(x + step) - f(x - step)", "f(x[i] + eps) - f(x[i] - eps)"),
)
numerical(
    "PutsBackAtTheEnd",
    NUMERICAL,
    "numbers are put back only at the end, from a copy; put each back before the next is moved",
    ("        x[i] = kept\n", ""),
    ("    for", "    before = x.copy()\n    for"),
    ("    return", "    x[...] = before\n    return"),
    source=MOVES_X,
)
numerical(
    "PutsBackByAdding",
    NUMERICAL,
    "x is put back by adding eps again, which rounding doesn't undo; keep the number and put it back",
    ("x[i] = kept + eps", "x[i] += eps"),
    ("x[i] = kept - eps", "x[i] -= 2 * eps"),
    ("x[i] = kept\n", "x[i] += eps\n"),
    source=MOVES_X,
)
numerical(
    "HasItsOwnEps",
    NUMERICAL,
    "the argument eps isn't used: a step of its own stands in its place",
    ("    for", "    eps = 1e-5\n    for"),
)
numerical(
    "ScalesEps",
    NUMERICAL,
    "the step grows with the number that is moved, eps * max(1, |x|); it is eps for each",
    ("step[i] = eps", "step[i] = eps * max(1.0, abs(x[i]))"),
    ("(2 * eps)", "(2 * step[i])"),
)
numerical(
    "HalfSteps",
    NUMERICAL,
    "x is moved by half of eps to each side; the formula moves it by eps and divides by 2 * eps",
    ("step[i] = eps", "step[i] = eps / 2"),
    ("(2 * eps)", "eps"),
)
numerical(
    "MovesRows",
    NUMERICAL,
    "only the first axis is walked through, so a whole row is moved at once; walk over "
    "every number, with `np.ndindex(x.shape)`",
    ("np.ndindex(x.shape)", "range(len(x))"),
)
numerical(
    "KeepsRowsAsViews",
    NUMERICAL,
    "only the first axis is walked through, and x[i], a whole row, is moved and "
    "kept as if it were one number; walk over every number, with `np.ndindex(x.shape)`",
    ("np.ndindex(x.shape)", "range(len(x))"),
    source=MOVES_X,
)
numerical(
    "CountsAllNumbers",
    NUMERICAL,
    "x[i] with i up to x.size runs out of the first axis; walk over every number, with `np.ndindex(x.shape)`",
    ("np.ndindex(x.shape)", "range(x.size)"),
)
numerical(
    "ReturnsAfterTheFirst",
    NUMERICAL,
    "the `return` stands inside the loop, so only the first slope is measured",
    ("    return", "        return"),
)
contract.returns_nothing(
    numerical, "ReturnsNoSlopes", NUMERICAL, "my_numerical_gradient", "the slopes", ("    return grad", "")
)
numerical("CallsWithTheOldX", NUMERICAL, THE_SAME_TWICE, ("f(x + step) - f(x - step)", "f(x) - f(x)"))
numerical(
    "LosesShape",
    NUMERICAL,
    "the result is flat; it should have the shape of x",
    ("return grad", "return grad.reshape(-1)"),
)
for id, call in ("MovesACopy", "reshape(-1)"), ("MovesACopyOfRavel", "ravel()"):
    numerical(
        id,
        NUMERICAL,
        f"x.{call} is moved, which is a copy where x isn't contiguous in memory, and f never sees it; index x itself",
        ("grad = np.zeros_like(x)", f"flat = x.{call}\n    grad = np.zeros_like(flat)"),
        ("x[i]", "flat[i]"),
        ("np.ndindex(x.shape)", "range(x.size)"),
        ("return grad", "return grad.reshape(x.shape)"),
        source=MOVES_X,
    )
numerical(
    "StoresIntegers",
    DTYPE,
    "the slopes are stored as whole numbers (dtype=int); use np.zeros_like(x)",
    ("grad = np.zeros_like(x)", "grad = np.zeros_like(x, dtype=int)"),
)
numerical(
    "ForcesFloat32",
    DTYPE,
    "the slopes are forced to float32; use np.zeros_like(x)",
    ("grad = np.zeros_like(x)", "grad = np.zeros_like(x, dtype='f')"),
)
numerical(
    "AddsSlopesUp",
    NUMERICAL,
    "one number comes back, as if all of x had been moved at once or the slopes added up; each number of x has its own",
    ("return grad", "return grad.sum()"),
)

# --- my_bptt ---------------------------------------------------------------------------------------------------------

BPTT = """
def my_bptt(xs, h0, Wx, Wh, b, dhs, window=None):
    T = xs.shape[1]
    hs = [h0]
    for t in range(T):
        hs.append(np.tanh(hs[t] @ Wh + xs[:, t] @ Wx + b))
    dxs, dWx, dWh, db = np.zeros_like(xs), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dh = np.zeros_like(h0)
    for t in reversed(range(T)):
        h = hs[t + 1]
        dz = (dhs[:, t] + dh) * (1 - h**2)
        dxs[:, t] = dz @ Wx.T
        dWx += xs[:, t].T @ dz
        dWh += hs[t].T @ dz
        db += dz.sum(axis=0)
        dh = dh0 = dz @ Wh.T
        if window and t % window == 0:
            dh = np.zeros_like(h0)
    return dxs, dh0, dWx, dWh, db
"""
bptt = MISCONCEPTIONS.of("my_bptt", BPTT)

step.in_slope(bptt, h="h", upstream="(dhs[:, t] + dh)")
bptt("SlopeOfStateBefore", step.SLOPE, step.SLOPE_BEFORE, ("h**2", "hs[t] ** 2"))
step.from_later_steps(bptt, RECURRENT)
bptt(
    "LosesItsOwnGradient",
    RECURRENT,
    "a step takes only what the step after hands back and loses its own dhs[:, t]; the two have to be added",
    ("np.zeros_like(h0)", "None"),
    ("dhs[:, t] + dh", "dhs[:, t] if dh is None else dh"),
)
step.beside_slope(bptt)
bptt("ForgetsTranspose", TRANSPOSE, step.WH_NOT_TRANSPOSED, ("dz @ Wh.T", "dz @ Wh"))
bptt("SkipsWh", RECURRENT, step.WH_LEFT_OUT, ("dz @ Wh.T", "dz"))
bptt(
    "ClipsOnTheWay",
    CLIPPING,
    "what a step hands back is clipped on the way; my_bptt returns the gradients as they "
    "are, and its caller may clip them",
    ("dz @ Wh.T", "np.clip(dz @ Wh.T, -5, 5)"),
)
bptt("PairsStateAfter", GRAPH, step.STATE_AFTER, ("hs[t].T @ dz", "hs[t + 1].T @ dz"))
bptt(
    "LeavesH0OutOfDWh",
    GRAPH,
    "h0 is missing in dWh: the state before the first step is h0, not 0",
    ("hs[t].T @ dz", "hs[t].T @ dz if t > 0 else 0"),
)
bptt("TakesLastStateBeforeFirst", GRAPH, step.LAST_BEFORE_FIRST, ("hs[t].T", "hs[t or T].T"))
bptt(
    "LeavesOutFirstStep",
    GRADIENT_SUM,
    step.FIRST_LEFT_OUT,
    ("dh = np.zeros_like(h0)\n    for", "dh = dh0 = np.zeros_like(h0)\n    for"),
    ("reversed(range(T))", "range(T - 1, 0, -1)"),
)
bptt(
    "StartsFromZeros",
    GRAPH,
    "the first step starts from zeros; it starts from h0",
    ("hs = [h0]", "hs = [np.zeros_like(h0)]"),
)
bptt(
    "GoesOnFromH0",
    GRAPH,
    "every step starts from h0, so the state is never carried on; each starts from the state before: "
    "tanh(h @ Wh + x @ Wx + b)",
    ("hs[t] @ Wh", "h0 @ Wh"),
)
bptt(
    "LeavesOutB",
    GRAPH,
    "b is left out of the forward pass; every step should compute tanh(h @ Wh + x @ Wx + b)",
    ("xs[:, t] @ Wx + b", "xs[:, t] @ Wx"),
)
bptt(
    "LeavesOutTanh",
    GRAPH,
    "the forward pass leaves tanh out; every state is tanh(h @ Wh + x @ Wx + b)",
    ("np.tanh", ""),
)
bptt(
    "WritesTanhOut",
    GRAPH,
    step.TANH_OF_EXPONENTIALS,
    ("def", f"def tanh(z):\n    return {step.WRITTEN_OUT(z='z')}\n\n\ndef"),
    ("np.tanh(", "tanh("),
)
bptt("KeepsFirstStep", GRADIENT_SUM, contract.FIRST_STEP_ONLY, (" +=", " ="))
bptt(
    "MixesRowsOfdWh",
    GRADIENT_SUM,
    step.ROWS_MIXED.format("dWh"),
    ("dWh += hs[t].T", "dWh += np.concatenate(hs[:-1])[t::T].T"),
)
bptt(
    "MixesRowsOfdWx",
    GRADIENT_SUM,
    step.ROWS_MIXED.format("dWx"),
    ("dWx += xs[:, t].T", "dWx += xs.reshape(-1, len(Wx))[t * len(h0):(t + 1) * len(h0)].T"),
)
step.in_steps(bptt, ((f"{grad} +=", f"{grad} =") for grad in ("dWx", "dWh", "db")))
bptt("AveragesOverSteps", GRADIENT_SUM, contract.STEPS_AVERAGED, ("dWx, dWh, db\n", "dWx / T, dWh / T, db / T\n"))
step.in_gradients(bptt, bias="Db", n="len(xs)", x="xs[:, t]", h_prev="hs[t]")
bptt(
    "SumsDbToANumber",
    BATCH_SUM,
    step.DB_ONE_NUMBER,
    ("np.zeros_like(Wh), np.zeros_like(b)", "np.zeros_like(Wh), 0.0"),
    ("dz.sum(axis=0)", "dz.sum()"),
)
bptt("KeepsRowsOfDb", BATCH_SUM, step.DB_KEPT_ROWS, ("db += dz.sum(axis=0)", "db = db + dz"))
bptt("AddsRowsToDb", BATCH_SUM, step.DB_KEPT_ROWS, ("dz.sum(axis=0)", "dz"))
bptt("TurnsDWx", TRANSPOSE, step.DWX_TURNED, ("xs[:, t].T @ dz", "dz.T @ xs[:, t]"))
bptt(
    "KeepsAxisOfDb",
    BATCH_SUM,
    "db keeps the axis of the batch, (1, H); it has the shape of b (no keepdims=True)",
    ("db += dz.sum(axis=0)", "db = db + dz.sum(axis=0, keepdims=True)"),
)
bptt(
    "Dh0BeforeWh",
    BY_HAND,
    "dh0 is dz of the first step, before it has passed through Wh; dh0 is dz @ Wh.T",
    ("dh = dh0 = dz @ Wh.T", "dh, dh0 = dz @ Wh.T, dz"),
)
bptt(
    "Dh0OfTheLastStep",
    BY_HAND,
    "dh0 is what the last step hands back, the first one visited; it is what the first step hands back",
    ("dh = dh0 = dz @ Wh.T", "dh = dz @ Wh.T\n        dh0 = dh if t == T - 1 else dh0"),
)
bptt(
    "Dh0BeforeTheStep",
    BY_HAND,
    "dh0 is the gradient of the first state, dhs[:, 0] + dh, before it has passed through its step; dh0 is dz @ Wh.T",
    ("dz = (dhs[:, t] + dh)", "dh0 = dhs[:, t] + dh\n        dz = dh0"),
    ("dh = dh0 = dz", "dh = dz"),
)
bptt("AnotherOrder", GRAPH, ORDER, ("return dxs, dh0, dWx, dWh, db", "return dWx, dWh, db, dxs, dh0"))
bptt("PutsDh0First", GRAPH, ORDER, ("return dxs, dh0, ", "return dh0, dxs, "))
bptt("PutsDh0Last", GRAPH, ORDER, ("return dxs, dh0, dWx, dWh, db", "return dxs, dWx, dWh, db, dh0"))
bptt(
    "ReturnsParametersOnly",
    GRAPH,
    "only the gradients of the parameters come back; the answer is (dxs, dh0, dWx, dWh, db)",
    ("return dxs, dh0, ", "return "),
)
bptt(
    "IgnoresWindow",
    TRUNCATION,
    "window isn't used: gradients flow back over all T steps whatever it says",
    ("        if window and t % window == 0:\n            dh = np.zeros_like(h0)\n", ""),
)
bptt("CutsOneStepEarly", TRUNCATION, ONE_STEP_EARLY, ("t % window", "(t + 1) % window"))
bptt("CutsOneStepEarlyNotTheLast", TRUNCATION, ONE_STEP_EARLY, ("t % window", "t < T - 1 and (t + 1) % window"))
bptt("CutsOneStepLate", TRUNCATION, ONE_STEP_LATE, ("t % window", "t > 1 and (t - 1) % window"))
bptt(
    "CutsOneStepLateAndTheFirst",
    TRUNCATION,
    f"{ONE_STEP_LATE}; and one more stands between t = 0 and t = 1",
    ("t % window", "(t - 1) % window"),
)
bptt(
    "CountsFromTheEnd",
    TRUNCATION,
    "the windows are counted from the end; the boundaries stand at t = k, 2k, ... from the start",
    ("t % window", "(T - t) % window"),
)
bptt(
    "CutsOnce",
    TRUNCATION,
    "the gradient is cut once, at t = k; it is cut at every multiple of k",
    ("window and t % window == 0", "t == window"),
)
bptt(
    "VisitsTheLastStepsOnly",
    TRUNCATION,
    "only the last k steps are visited on the way back; all windows have gradients, and none crosses t = k, 2k, ...",
    ("reversed(range(T))", "reversed(range(max(T - (window or T), 0), T))"),
    ("        if window and t % window == 0:\n            dh = np.zeros_like(h0)\n", ""),
)
bptt(
    "EndsAtTheBoundary",
    TRUNCATION,
    ENDS_THERE,
    ("    for t in reversed(range(T)):\n", "    dh0 = dh\n    for t in reversed(range(T)):\n"),
    ("dh = np.zeros_like(h0)\n    return", "break\n    return"),
)
bptt(
    "EndsBeforeTheBoundary",
    TRUNCATION,
    ENDS_THERE,
    (
        "    for t in reversed(range(T)):\n",
        "    dh0 = dh\n    for t in reversed(range(T)):\n        if window and (t + 1) % window == 0:\n"
        "            break\n",
    ),
)
bptt(
    "TakesWindowAsCount",
    TRUNCATION,
    "window is taken as the number of windows; it is the number of steps in one",
    ("t % window", "t % np.ceil(T / window)"),
)
bptt(
    "SlidesTheWindow",
    TRUNCATION,
    "each step's gradient goes back k steps of its own; the windows are fixed blocks, "
    "and what crosses t = k, 2k, ... is dropped",
    (
        "        dz = (dhs[:, t] + dh) * (1 - h**2)\n",
        "        dh = 0\n        for s in reversed(range(t, min(t + (window or T), T))):\n"
        "            dz = (dhs[:, s] + dh) * (1 - hs[s + 1] ** 2)\n            dh = dz @ Wh.T\n",
    ),
)
bptt(
    "RestartsFromZeros",
    TRUNCATION,
    FROM_ZEROS,
    ("hs[t]", "(h0 if t == 0 else hs[t] if window is None or t % window else 0 * h0)"),
)
for id, why, after in (
    ("RestartsFromZerosInPlace", FROM_ZEROS, "t and "),
    ("StartsFromZerosInPlace", FIRST_FROM_ZEROS, ""),
):
    anew = f"        if window and {after}t % window == 0:\n            hs[t] = np.zeros_like(h0)\n"
    bptt(id, TRUNCATION, why, ("        hs.append", f"{anew}        hs.append"))
bptt(
    "ForwardRestartsFromZeros",
    TRUNCATION,
    FROM_ZEROS,
    ("np.tanh(hs[t] @ Wh", "np.tanh((0 if window and t and t % window == 0 else hs[t] @ Wh)"),
)
bptt(
    "ForwardStartsFromZeros",
    TRUNCATION,
    FIRST_FROM_ZEROS,
    ("np.tanh(hs[t] @ Wh", "np.tanh((0 if window and t % window == 0 else hs[t] @ Wh)"),
)
bptt(
    "RestartsFromH0",
    TRUNCATION,
    "each window starts from h0 again; only the gradient is cut, the state goes on",
    ("hs[t]", "(hs[t] if t % (window or T) else h0)"),
)
bptt(
    "Dh0OfTheLastWindow",
    TRUNCATION,
    "dh0 is that of the last window; the gradient of h0 is the first window's",
    (
        "    return dxs, dh0",
        "        if t == range(0, T, window or T)[-1]:\n            last = dh0\n    return dxs, last",
    ),
)
bptt(
    "Dh0OfAllWindows",
    TRUNCATION,
    "dh0 adds up what arrives at the start of every window; only the first window starts from h0",
    ("dh = np.zeros_like(h0)\n    for", "dh = total = np.zeros_like(h0)\n    for"),
    (
        "    return dxs, dh0",
        "        if t % (window or T) == 0:\n            total = total + dh0\n    return dxs, total",
    ),
)
bptt(
    "CutsDh0",
    TRUNCATION,
    "dh0 is 0 with a window: what reaches t = 0 inside the first window is cut too",
    ("            dh =", "            dh = dh0 ="),
)
bptt(
    "KeepsOneWindow",
    TRUNCATION,
    "the parameters keep the gradient of one window only; the windows have to add up",
    (
        "    return",
        "        if window and t and t % window == 0:\n            dWx, dWh, db = 0 * dWx, 0 * dWh, 0 * db\n    return",
    ),
)
bptt(
    "KeepsTheLastWindow",
    TRUNCATION,
    "the parameters keep the gradient of the last window only; the windows have to add up",
    (
        "    return dxs, dh0, dWx, dWh, db",
        "        if t == range(0, T, window or T)[-1]:\n"
        "            last = dWx.copy(), dWh.copy(), db.copy()\n    return dxs, dh0, *last",
    ),
)
bptt(
    "LeavesOutTheRest",
    TRUNCATION,
    "the steps after the last whole window are left out (T // k windows); the last window may be shorter",
    ("dhs[:, t] + dh", "dhs[:, t] * (t < T // (window or T) * (window or T)) + dh"),
)
bptt(
    "BpttForcesFloat32",
    DTYPE,
    "the gradients are forced to float32; they should have the dtype of the parameters",
    ("return dxs, dh0, dWx, dWh, db", "return tuple(grad.astype('f') for grad in (dxs, dh0, dWx, dWh, db))"),
)
bptt(
    "ForcesDxsFloat64",
    DTYPE,
    "dxs is made as float64 whatever the parameters are (np.zeros or np.empty without dtype)",
    ("np.zeros_like(xs)", "np.zeros(xs.shape)"),
)
bptt(
    "BpttForcesFloat64",
    DTYPE,
    contract.GRADS_FLOAT64,
    ("return dxs, dh0, dWx, dWh, db", "return tuple(grad.astype('d') for grad in (dxs, dh0, dWx, dWh, db))"),
)
bptt("ChangesDhs", SHARED, step.DHS_CHANGED, ("dz = (dhs[:, t] + dh)", "dhs[:, t] += dh\n        dz = dhs[:, t]"))
bptt(
    "ChangesH0",
    SHARED,
    contract.argument_changed("h0", "h[...] = np.tanh(...)"),
    ("    return", "    h0[...] = hs[T]\n    return"),
)
bptt(
    "ReusesArrays",
    SHARED,
    "arrays are kept and used again; what an earlier call returned then changes later",
    ("def", "KEPT = {}\n\n\ndef"),
    (
        "    return dxs, dh0, dWx, dWh, db",
        "    grads = dxs, dh0, dWx, dWh, db\n    kept = KEPT.setdefault((xs.shape, h0.shape, b.dtype), grads)\n"
        "    for array, grad in zip(kept, grads):\n        array[...] = grad\n    return kept",
    ),
)
bptt(
    "SqueezesAxes",
    GRAPH,
    "axes of size 1 are squeezed away; the gradients keep the shape of what they belong to",
    ("return dxs, dh0, dWx, dWh, db", "return tuple(map(np.squeeze, (dxs, dh0, dWx, dWh, db)))"),
)

# --- my_clip_grads ---------------------------------------------------------------------------------------------------

NORM = "np.sqrt(sum((grad ** 2).sum() for grad in grads))"
CLIP = """
def my_clip_grads(grads, max_norm):
    norm = np.sqrt(sum((grad ** 2).sum() for grad in grads))
    if norm > max_norm:
        for grad in grads:
            grad *= max_norm / norm
    return norm
"""
clip = MISCONCEPTIONS.of("my_clip_grads", CLIP)

clip(
    "ClipsEachArray",
    CLIPPING,
    "each array is clipped by its own norm, which turns the gradient; one norm over all arrays, one factor",
    ("max_norm / norm", "min(1, max_norm / np.linalg.norm(grad))"),
)
clip(
    "MeasuresEachArray",
    CLIPPING,
    "each array is clipped by its own norm, which turns the gradient, and the last one's comes back; one norm over all "
    "arrays, one factor",
    ("    if norm", "    last = np.linalg.norm(grads[-1])\n    if norm"),
    ("max_norm / norm", "min(1, max_norm / np.linalg.norm(grad))"),
    ("return norm", "return last"),
)
clip(
    "ClipsEachNumber",
    CLIPPING,
    "each number is clipped by itself (np.clip), which turns the gradient; one norm over all arrays, one factor",
    ("grad *= max_norm / norm", "np.clip(grad, -max_norm, max_norm, out=grad)"),
)
clip(
    "LeavesArraysAsTheyAre",
    IN_PLACE,
    "the arrays stay as they were: nothing is clipped, or new arrays take the place of the old (`grad = grad * "
    "rate`) while the caller still holds these. Change them in place: `grad *= rate`",
    ("grad *= max_norm / norm", "grad = grad * (max_norm / norm)"),
    shows_nothing=True,
)
clip(
    "ReplacesItems",
    IN_PLACE,
    "new arrays are put into the list (`grads[i] = ...`), and the caller still holds the old ones. "
    "Change them in place: `grads[i] *= rate`",
    ("for grad in grads:", "for i, grad in enumerate(grads):"),
    ("grad *= max_norm / norm", "grads[i] = grad * (max_norm / norm)"),
)
clip(
    "ReturnsNormAfter",
    CLIPPING,
    "the norm after clipping is returned; return the one before, which tells how far it had grown",
    ("return norm", "return " + NORM),
)
clip(
    "ReturnsNothing",
    CLIPPING,
    "nothing is returned; the caller wants the norm before clipping",
    ("    return norm", ""),
)
clip(
    "ReturnsListToo",
    CLIPPING,
    "the list comes back beside the norm; its arrays are changed in place, so the norm alone is returned",
    ("return norm", "return grads, norm"),
)
clip(
    "ReturnsOnlyWhenClipping",
    CLIPPING,
    "the `return` stands inside the `if`, so nothing is returned where the norm is within max_norm",
    ("    return", "        return"),
)
clip(
    "ForgetsTheLimit",
    CLIPPING,
    "nothing is returned where the norm is max_norm exactly: neither `>` nor `<` holds there; return it after the `if`",
    ("    return", "    if norm != max_norm:\n        return"),
)
clip(
    "ClipsTheFirstArrayOnly",
    CLIPPING,
    "the `return` stands inside the loop, so only the first array is clipped; it belongs after the loop",
    ("max_norm / norm\n", "max_norm / norm\n            return norm\n"),
)
clip(
    "MeasuresAgain",
    CLIPPING,
    "the norm is computed again for each array, when some have shrunk already; one norm over all arrays, one factor",
    ("max_norm / norm\n", f"max_norm / {NORM}\n"),
)
clip(
    "TurnsFactorRound",
    CLIPPING,
    "the factor is turned round, norm / max_norm, which lengthens; it is max_norm / norm",
    ("max_norm / norm", "norm / max_norm"),
)
clip(
    "ReturnsFactor",
    CLIPPING,
    "the factor is returned; the caller wants the norm before clipping",
    ("return norm", "return max_norm / max(norm, max_norm)"),
)
clip(
    "ReturnsGradients",
    CLIPPING,
    "the gradients are returned; the caller wants the norm before clipping",
    ("return norm", "return grads"),
)
clip("ScalesUpToo", CLIPPING, SCALED_UP, ("norm > max_norm", "norm > 0"))
clip(
    "ScalesUpTooWithSmallNumber",
    CLIPPING,
    SCALED_UP,
    ("norm > max_norm", "True"),
    ("max_norm / norm", "max_norm / (norm + 1e-6)"),
)
clip(
    "TurnsComparison",
    CLIPPING,
    "small gradients are scaled and large ones left alone; the comparison is turned around",
    ("norm > max_norm", "0 < norm < max_norm"),
)
clip(
    "ForgetsRoot",
    CLIPPING,
    "the root is missing: the norm is the square root of the sum of squares",
    (NORM, "sum((grad ** 2).sum() for grad in grads)"),
)
clip(
    "AddsAbsoluteValues",
    CLIPPING,
    "sizes are added up without squares (a sum of absolute values); the norm is the root of the sum of squares",
    (NORM, "sum(np.abs(grad).sum() for grad in grads)"),
)
clip(
    "AddsNorms",
    CLIPPING,
    "the norms of the arrays are added up; add the squares of all numbers, and take the root once",
    (NORM, "sum(np.linalg.norm(grad) for grad in grads)"),
)
clip(
    "TakesSpectralNorm",
    CLIPPING,
    "np.linalg.norm(g, 2) of a matrix is its largest singular value, and not the root "
    "of the sum of all squares; leave the 2 out",
    (NORM, "np.sqrt(sum(np.linalg.norm(grad, 2) ** 2 for grad in grads))"),
)
clip(
    "TakesLargest",
    CLIPPING,
    "the largest number is taken for the norm; the norm is the root of the sum of all squares",
    (NORM, "max(np.abs(grad).max() for grad in grads)"),
)
clip(
    "TakesMeanOfSquares",
    CLIPPING,
    "the mean of the squares is taken; the norm is the root of their sum",
    (NORM, "np.sqrt(np.mean(np.concatenate([grad.ravel() ** 2 for grad in grads])))"),
)
clip("MeasuresTheLastArray", CLIPPING, ONE_ARRAY, (NORM, "np.linalg.norm(grads[-1])"))
clip("MeasuresTheFirstArray", CLIPPING, ONE_ARRAY, (NORM, "np.linalg.norm(grads[0])"))
clip(
    "ForgetsMaxNorm",
    CLIPPING,
    "gradients are divided by their norm and not multiplied by max_norm, so they end at norm 1",
    ("grad *= max_norm / norm", "grad /= norm"),
)
clip(
    "DividesByZero",
    CLIPPING,
    "the norm is divided by before it is compared, and 0 gives an error or nan; clip only if norm > max_norm",
    ("norm > max_norm", "max_norm / float(norm) < 1"),
)
clip(
    "MakesNan",
    CLIPPING,
    "the norm is divided by before it is compared: 0 / 0 makes all gradients nan; clip only if norm > max_norm",
    (
        "if norm > max_norm:\n        for grad in grads:\n            grad *= max_norm",
        "for grad in grads:\n        grad *= min(norm, max_norm)",
    ),
)
clip(
    "ClipsFlatCopies",
    IN_PLACE,
    "what is clipped is a flat copy: reshape(-1) and ravel() copy arrays that aren't contiguous; use `grad *= rate`",
    ("grad *=", "flat = grad.reshape(-1)\n            flat *="),
)
clip(
    "MakesFloat64",
    DTYPE,
    "float64 arrays take the place of float32 ones in the list; change the arrays in place",
    ("for grad in grads:", "for i, grad in enumerate(grads):"),
    ("grad *= max_norm / norm", "grads[i] = grad.astype('d') * (max_norm / norm)"),
)
