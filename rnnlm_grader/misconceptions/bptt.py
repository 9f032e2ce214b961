"""What goes wrong in 04-bptt: each variant is the right answer with one thing misunderstood.

Sentences stand after "Likely:".
"""
import math

import numpy as np

from ..spec.exam import Library

MISCONCEPTIONS = Library()
NUMERICAL = "05-bptt.html#bptt-numerical-gradient"
BY_HAND = "05-bptt.html#bptt-by-hand"
GRAPH = "05-bptt.html#bptt-graph"
TRUNCATION = "05-bptt.html#bptt-truncation"
CLIPPING = "05-bptt.html#bptt-clipping"
RECURRENT = "04-time-rnn.html#time-rnn-recurrent-gradient"
SUM = "04-time-rnn.html#time-rnn-gradient-sum"
TANH = "03-rnn.html#rnn-tanh-derivative"
TRANSPOSE = "03-rnn.html#rnn-transpose"
BATCH = "03-rnn.html#rnn-batch-sum"
IN_PLACE = "02-embedding.html#embedding-in-place"
DTYPE = "02-embedding.html#embedding-dtype"
SHARED = "02-embedding.html#embedding-shared-weights"


def numerical(section, sentence, **marks):
    return MISCONCEPTIONS.misconception("my_numerical_gradient", section, sentence, **marks)


def bptt(section, sentence):
    return MISCONCEPTIONS.misconception("my_bptt", section, sentence)


def clip(section, sentence):
    return MISCONCEPTIONS.misconception("my_clip_grads", section, sentence)


# --- my_numerical_gradient ------------------------------------------------------------------------------------------


def each(f, x, slope):
    """Fill an array like x with `slope(moved)`; moved(d) is f with the number at i moved by d."""
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        def moved(d, i=i):
            other = x.copy()
            other[i] += d
            return f(other)
        grad[i] = slope(moved)
    return grad


def central(f, x, eps=1e-5):
    return each(f, x, lambda moved: (moved(eps) - moved(-eps)) / (2 * eps))


@numerical(NUMERICAL, "the difference is taken to one side only, (f(x + eps) - f(x)) / eps; from both sides the "
           "error is far smaller")
def ForwardDifference(f, x, eps=1e-5):
    return each(f, x, lambda moved: (moved(eps) - moved(0)) / eps)


@numerical(NUMERICAL, "the difference is taken to one side only, (f(x) - f(x - eps)) / eps; from both sides the "
           "error is far smaller")
def BackwardDifference(f, x, eps=1e-5):
    return each(f, x, lambda moved: (moved(0) - moved(-eps)) / eps)


@numerical(NUMERICAL, "the difference is divided by eps; the two points are 2 * eps apart")
def DividesByEps(f, x, eps=1e-5):
    return each(f, x, lambda moved: (moved(eps) - moved(-eps)) / eps)


@numerical(NUMERICAL, "the difference is multiplied by eps, `a - b / 2 * eps` or without brackets; divide by (2 * eps)")
def MultipliesByEps(f, x, eps=1e-5):
    return each(f, x, lambda moved: (moved(eps) - moved(-eps)) / 2 * eps)


@numerical(NUMERICAL, "the difference isn't divided at all; the slope is the difference over the distance, 2 * eps")
def DoesNotDivide(f, x, eps=1e-5):
    return each(f, x, lambda moved: moved(eps) - moved(-eps))


@numerical(NUMERICAL, "the sign is turned: it is f at x + eps less f at x - eps")
def TurnsSign(f, x, eps=1e-5):
    return -central(f, x, eps)


@numerical(NUMERICAL, "all numbers of x are moved at once, so every slope is that of all together; move one at a time")
def MovesAllAtOnce(f, x, eps=1e-5):
    return np.full(x.shape, (f(x + eps) - f(x - eps)) / (2 * eps))


@numerical(NUMERICAL, "a number that was moved isn't put back before the next is moved")
def NeverPutsBack(f, x, eps=1e-5):
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += eps
        above = f(x)
        x[i] -= 2 * eps
        grad[i] = (above - f(x)) / (2 * eps)
    return grad


@numerical(NUMERICAL, "numbers are put back only at the end, from a copy; put each back before the next is moved")
def PutsBackAtTheEnd(f, x, eps=1e-5):
    kept = x.copy()
    grad = NeverPutsBack(f, x, eps)
    x[...] = kept
    return grad


@numerical(NUMERICAL, "x is put back by adding eps again, which rounding doesn't undo; keep the number and put it back")
def PutsBackByAdding(f, x, eps=1e-5):
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += eps
        above = f(x)
        x[i] -= 2 * eps
        grad[i] = (above - f(x)) / (2 * eps)
        x[i] += eps
    return grad


@numerical(NUMERICAL, "the argument eps isn't used: a step of its own stands in its place")
def HasItsOwnEps(f, x, eps=1e-5):
    return central(f, x, 1e-5)


@numerical(NUMERICAL, "x is moved by half of eps to each side; the formula moves it by eps and divides by 2 * eps")
def HalfSteps(f, x, eps=1e-5):
    return central(f, x, eps / 2)


@numerical(NUMERICAL, "only the first axis is walked through, so a whole row is moved at once; walk over every number, "
                      "with `np.ndindex(x.shape)`")
def MovesRows(f, x, eps=1e-5):
    grad = np.zeros(x.shape)
    for i in range(len(x)):
        above, below = x.copy(), x.copy()
        above[i] += eps
        below[i] -= eps
        grad[i] = (f(above) - f(below)) / (2 * eps)
    return grad


@numerical(NUMERICAL, "only the first axis is walked through, and x[i], a whole row, is moved and kept as if it were "
                      "one number; walk over every number, with `np.ndindex(x.shape)`")
def KeepsRowsAsViews(f, x, eps=1e-5):
    grad = np.zeros(x.shape)
    for i in range(len(x)):
        kept = x[i]
        x[i] = kept + eps
        above = f(x)
        x[i] = kept - eps
        below = f(x)
        x[i] = kept
        grad[i] = (above - below) / (2 * eps)
    return grad


@numerical(NUMERICAL, "x[i] with i up to x.size runs out of the first axis; walk over every number, with "
                      "`np.ndindex(x.shape)`")
def CountsAllNumbers(f, x, eps=1e-5):
    return each(f, x, lambda moved: (moved(eps) - moved(-eps)) / (2 * eps)) if x.ndim == 1 else x[len(x)]


@numerical(NUMERICAL, "the `return` stands inside the loop, so only the first slope is measured")
def ReturnsAfterTheFirst(f, x, eps=1e-5):
    grad = np.zeros(x.shape)
    first = (0,) * x.ndim
    grad[first] = central(f, x, eps)[first]
    return grad


@numerical(NUMERICAL, "nothing is returned; is there a `return`?", shows_nothing=True)
def ReturnsNoSlopes(f, x, eps=1e-5):
    central(f, x, eps)


@numerical(NUMERICAL, "f gets the same numbers both times, or isn't asked at all; give it what was moved, not x as "
           "it was")
def CallsWithTheOldX(f, x, eps=1e-5):
    return np.full(x.shape, (f(x) - f(x)) / (2 * eps))


@numerical(NUMERICAL, "the result is flat; it should have the shape of x")
def LosesShape(f, x, eps=1e-5):
    return central(f, x, eps).reshape(-1)


@numerical(NUMERICAL, "x.reshape(-1) is moved, which is a copy where x isn't contiguous in memory, and f never sees "
           "it; index x itself")
def MovesACopy(f, x, eps=1e-5):
    grad, flat = np.zeros(x.size), x.reshape(-1)
    for i, kept in enumerate(flat.copy()):
        flat[i] = kept + eps
        above = f(x)
        flat[i] = kept - eps
        grad[i] = (above - f(x)) / (2 * eps)
        flat[i] = kept
    return grad.reshape(x.shape)


@numerical(DTYPE, "the slopes are stored as whole numbers (dtype=int); use np.zeros_like(x)")
def StoresIntegers(f, x, eps=1e-5):
    return central(f, x, eps).astype(int)


@numerical(DTYPE, "the slopes are forced to float32; use np.zeros_like(x)")
def ForcesFloat32(f, x, eps=1e-5):
    return central(f, x, eps).astype("f")


@numerical(NUMERICAL, "the slopes are added up to one number; each number of x keeps its own")
def AddsSlopesUp(f, x, eps=1e-5):
    return central(f, x, eps).sum()


# --- my_bptt --------------------------------------------------------------------------------------------------------


def forward(xs, h0, Wx, Wh, b):
    """All states, h0 first."""
    hs = [h0]
    for t in range(xs.shape[1]):
        hs.append(np.tanh(hs[-1] @ Wh + xs[:, t] @ Wx + b))
    return hs


def local_gradients(hs, Wh, dhs, cut, slope=lambda h: 1 - h * h, limit=math.inf):
    """dz of every step, and the gradient that each step hands to the one before. `cut(t)`: nothing passes before t."""
    T = dhs.shape[1]
    dzs, handed = [None] * T, [None] * T
    dh = np.zeros_like(hs[0])
    for t in reversed(range(T)):
        dzs[t] = (dhs[:, t] + dh) * slope(hs[t + 1])
        handed[t] = np.clip(dzs[t] @ Wh.T, -limit, limit)
        dh = np.zeros_like(dh) if cut(t) else handed[t]
    return dzs, handed


def at_multiples(window):
    return lambda t: window is not None and t % window == 0


def gather(xs, hs, Wx, dzs, dh0):
    """The five gradients from dz of every step."""
    steps = range(xs.shape[1])
    return (np.stack([dz @ Wx.T for dz in dzs], axis=1), dh0, sum(xs[:, t].T @ dzs[t] for t in steps),
            sum(hs[t].T @ dzs[t] for t in steps), sum(dz.sum(axis=0) for dz in dzs))


def solve(xs, h0, Wx, Wh, b, dhs, cut, **spoilt):
    hs = forward(xs, h0, Wx, Wh, b)
    dzs, handed = local_gradients(hs, Wh, dhs, cut, **spoilt)
    return gather(xs, hs, Wx, dzs, handed[0])


def right(xs, h0, Wx, Wh, b, dhs, window=None):
    return solve(xs, h0, Wx, Wh, b, dhs, at_multiples(window))


def with_slope(slope):
    return lambda xs, h0, Wx, Wh, b, dhs, window=None: solve(xs, h0, Wx, Wh, b, dhs, at_multiples(window), slope=slope)


def with_cut(cut):
    """`cut(window, T)` gives the function that says where no gradient passes."""
    return lambda xs, h0, Wx, Wh, b, dhs, window=None: solve(xs, h0, Wx, Wh, b, dhs, cut(window, xs.shape[1]))


@bptt(TANH, "the slope of tanh is left out; dz is dh * (1 - h**2)")
def LeavesOutSlope(*args, **kwargs):
    return with_slope(np.ones_like)(*args, **kwargs)


@bptt(TANH, "the slope of tanh is taken as 1 - h; it is 1 - h**2")
def SlopeNotSquared(*args, **kwargs):
    return with_slope(lambda h: 1 - h)(*args, **kwargs)


@bptt(TANH, "tanh is applied a second time for the slope, 1 - np.tanh(h)**2; h is already the tanh, so it is 1 - h**2")
def SlopeOfTanhAgain(*args, **kwargs):
    return with_slope(lambda h: 1 - np.tanh(h) ** 2)(*args, **kwargs)


@bptt(TANH, "the slope is taken at the state before the step; it is 1 - h**2 of the state that the step gave")
def SlopeOfStateBefore(xs, h0, Wx, Wh, b, dhs, window=None):
    hs = forward(xs, h0, Wx, Wh, b)
    dzs, handed = local_gradients(hs[:1] + hs[:-1], Wh, dhs, at_multiples(window))
    return gather(xs, hs, Wx, dzs, handed[0])


@bptt(RECURRENT, "the gradient that comes from the step after is never added; dh of step t is dhs[:, t] plus what step "
                 "t + 1 hands back")
def NothingFromTheStepAfter(*args, **kwargs):
    return with_cut(lambda window, T: lambda t: True)(*args, **kwargs)


@bptt(RECURRENT, "a step takes only what the step after hands back and loses its own dhs[:, t]; the two have to be "
      "added")
def LosesItsOwnGradient(xs, h0, Wx, Wh, b, dhs, window=None):
    last = np.zeros_like(dhs)
    last[:, -1] = dhs[:, -1]
    if window is not None:
        last[:, window - 1::window] = dhs[:, window - 1::window]
    return right(xs, h0, Wx, Wh, b, last, window)


@bptt(TRANSPOSE, "Wh is used without its transpose on the way back; dh_prev is dz @ Wh.T")
def ForgetsTranspose(xs, h0, Wx, Wh, b, dhs, window=None):
    hs = forward(xs, h0, Wx, Wh, b)
    dzs, handed = local_gradients(hs, Wh.T, dhs, at_multiples(window))
    return gather(xs, hs, Wx, dzs, handed[0])


@bptt(RECURRENT, "dz is handed to the step before without passing through Wh; dh_prev is dz @ Wh.T")
def SkipsWh(xs, h0, Wx, Wh, b, dhs, window=None):
    hs = forward(xs, h0, Wx, Wh, b)
    dzs, handed = local_gradients(hs, np.eye(len(Wh), dtype=Wh.dtype), dhs, at_multiples(window))
    return gather(xs, hs, Wx, dzs, handed[0])


@bptt(CLIPPING, "what a step hands back is clipped on the way; my_bptt returns the gradients as they are, and whoever "
                "calls it may clip them")
def ClipsOnTheWay(xs, h0, Wx, Wh, b, dhs, window=None):
    return solve(xs, h0, Wx, Wh, b, dhs, at_multiples(window), limit=5.0)


@bptt(RECURRENT, "what a step hands back is added to all that later steps handed back (`dh +=`); dh passes on only the "
                 "gradient of the step after")
def CarriesAllAlong(xs, h0, Wx, Wh, b, dhs, window=None):
    hs = forward(xs, h0, Wx, Wh, b)
    dzs, dh, cut = [None] * xs.shape[1], np.zeros_like(h0), at_multiples(window)
    for t in reversed(range(xs.shape[1])):
        dzs[t] = (dhs[:, t] + dh) * (1 - hs[t + 1] ** 2)
        dh0 = dh + dzs[t] @ Wh.T
        dh = np.zeros_like(h0) if cut(t) else dh0
    return gather(xs, hs, Wx, dzs, dh0)


@bptt(RECURRENT, "the way back visits the steps from the first to the last; gradients come from the future, so it "
                 "begins at the last: reversed(range(T))")
def GoesForwards(xs, h0, Wx, Wh, b, dhs, window=None):
    hs = forward(xs, h0, Wx, Wh, b)
    dzs, dh, cut = [], np.zeros_like(h0), at_multiples(window)
    for t in range(xs.shape[1]):
        dzs.append((dhs[:, t] + dh) * (1 - hs[t + 1] ** 2))
        dh0 = dzs[t] @ Wh.T
        dh = np.zeros_like(h0) if cut(t) else dh0
    return gather(xs, hs, Wx, dzs, dh0)


@bptt(GRAPH, "dWh pairs dz of a step with the state that the step gave; it needs the state before it, h at t - 1")
def PairsStateAfter(xs, h0, Wx, Wh, b, dhs, window=None):
    hs = forward(xs, h0, Wx, Wh, b)
    dzs, handed = local_gradients(hs, Wh, dhs, at_multiples(window))
    return gather(xs, hs[1:], Wx, dzs, handed[0])


@bptt(GRAPH, "h0 is missing in dWh: the state before the first step is h0, not 0")
def LeavesH0OutOfDWh(xs, h0, Wx, Wh, b, dhs, window=None):
    hs = forward(xs, h0, Wx, Wh, b)
    dzs, handed = local_gradients(hs, Wh, dhs, at_multiples(window))
    return gather(xs, [np.zeros_like(h0), *hs[1:]], Wx, dzs, handed[0])


@bptt(GRAPH, "the first step starts from zeros; it starts from h0")
def StartsFromZeros(xs, h0, Wx, Wh, b, dhs, window=None):
    return right(xs, np.zeros_like(h0), Wx, Wh, b, dhs, window)


@bptt(GRAPH, "b is left out of the forward pass; every step computes tanh(h @ Wh + x @ Wx + b)")
def LeavesOutB(xs, h0, Wx, Wh, b, dhs, window=None):
    return right(xs, h0, Wx, Wh, np.zeros_like(b), dhs, window)


@bptt(GRAPH, "the forward pass leaves tanh out; every state is tanh(h @ Wh + x @ Wx + b)")
def LeavesOutTanh(xs, h0, Wx, Wh, b, dhs, window=None):
    hs = [h0]
    for t in range(xs.shape[1]):
        hs.append(hs[-1] @ Wh + xs[:, t] @ Wx + b)
    dzs, handed = local_gradients(hs, Wh, dhs, at_multiples(window))
    return gather(xs, hs, Wx, dzs, handed[0])


@bptt(SUM, "the parameters keep the gradient of the step that is visited last, the first one; the steps have to add up")
def KeepsFirstStep(xs, h0, Wx, Wh, b, dhs, window=None):
    hs = forward(xs, h0, Wx, Wh, b)
    dzs, handed = local_gradients(hs, Wh, dhs, at_multiples(window))
    return (gather(xs, hs, Wx, dzs, handed[0])[0], handed[0], xs[:, 0].T @ dzs[0], h0.T @ dzs[0], dzs[0].sum(axis=0))


@bptt(SUM, "the parameters' gradients are averaged over the steps; Wx, Wh and b are used T times, so they add up")
def AveragesOverSteps(xs, h0, Wx, Wh, b, dhs, window=None):
    dxs, dh0, *sums = right(xs, h0, Wx, Wh, b, dhs, window)
    return dxs, dh0, *(total / xs.shape[1] for total in sums)


@bptt(BATCH, "the parameters' gradients are averaged over the batch; whether to average is for the loss to say, and "
      "dhs already carries it")
def AveragesOverBatch(xs, h0, Wx, Wh, b, dhs, window=None):
    dxs, dh0, *sums = right(xs, h0, Wx, Wh, b, dhs, window)
    return dxs, dh0, *(total / len(xs) for total in sums)


@bptt(BATCH, "db keeps one row for each sequence; it is the sum over the batch")
def KeepsRowsOfDb(xs, h0, Wx, Wh, b, dhs, window=None):
    hs = forward(xs, h0, Wx, Wh, b)
    dzs, handed = local_gradients(hs, Wh, dhs, at_multiples(window))
    return *gather(xs, hs, Wx, dzs, handed[0])[:4], sum(dzs)


@bptt(BATCH, "db keeps the axis of the batch, (1, H); it has the shape of b (no keepdims=True)")
def KeepsAxisOfDb(*args, **kwargs):
    *others, db = right(*args, **kwargs)
    return *others, db[np.newaxis]


@bptt(BY_HAND, "dh0 is dz of the first step, before it has passed through Wh; dh0 is dz @ Wh.T")
def Dh0BeforeWh(xs, h0, Wx, Wh, b, dhs, window=None):
    hs = forward(xs, h0, Wx, Wh, b)
    dzs, _ = local_gradients(hs, Wh, dhs, at_multiples(window))
    return gather(xs, hs, Wx, dzs, dzs[0])


@bptt(BY_HAND, "dh0 is the gradient of the first state, dhs[:, 0] + dh, before it has passed through its step; dh0 is "
               "dz @ Wh.T")
def Dh0BeforeTheStep(xs, h0, Wx, Wh, b, dhs, window=None):
    hs = forward(xs, h0, Wx, Wh, b)
    dzs, handed = local_gradients(hs, Wh, dhs, at_multiples(window))
    later = handed[1] if xs.shape[1] > 1 and not at_multiples(window)(1) else 0
    return gather(xs, hs, Wx, dzs, dhs[:, 0] + later)


@bptt(BY_HAND, "dxs is filled in the order in which the steps are visited, the last first; dxs[:, t] belongs to "
      "xs[:, t]")
def DxsReversed(*args, **kwargs):
    dxs, *others = right(*args, **kwargs)
    return dxs[:, ::-1], *others


@bptt(BY_HAND, "dxs is time-major, (T, N, D); it should be (N, T, D)")
def DxsTimeMajor(*args, **kwargs):
    dxs, *others = right(*args, **kwargs)
    return dxs.swapaxes(0, 1), *others


@bptt(GRAPH, "the answer comes in another order; it is (dxs, dh0, dWx, dWh, db)")
def AnotherOrder(*args, **kwargs):
    dxs, dh0, *sums = right(*args, **kwargs)
    return *sums, dxs, dh0


@bptt(GRAPH, "the answer comes in another order; it is (dxs, dh0, dWx, dWh, db)")
def PutsDh0Last(*args, **kwargs):
    dxs, dh0, *sums = right(*args, **kwargs)
    return dxs, *sums, dh0


@bptt(GRAPH, "only the gradients of the parameters come back; the answer is (dxs, dh0, dWx, dWh, db)")
def ReturnsParametersOnly(*args, **kwargs):
    return right(*args, **kwargs)[2:]


@bptt(TRUNCATION, "window isn't used: gradients flow back over all T steps whatever it says")
def IgnoresWindow(*args, **kwargs):
    return with_cut(lambda window, T: at_multiples(None))(*args, **kwargs)


@bptt(TRUNCATION, "the boundary is one step too early: with a window of k the first cut stands between t = k - 1 and "
      "t = k")
def CutsOneStepEarly(*args, **kwargs):
    return with_cut(lambda window, T: lambda t: window is not None and t > 0 and (t + 1) % window == 0)(
        *args, **kwargs)


@bptt(TRUNCATION, "the boundary is one step too early: with a window of k the first cut stands between t = k - 1 and "
      "t = k")
def CutsOneStepEarlyNotTheLast(*args, **kwargs):
    return with_cut(lambda window, T: lambda t: window is not None and 0 < t < T - 1 and (t + 1) % window == 0)(
        *args, **kwargs)


@bptt(TRUNCATION, "the boundary is one step too late: with a window of k the first cut stands between t = k - 1 and "
      "t = k")
def CutsOneStepLate(*args, **kwargs):
    return with_cut(lambda window, T: lambda t: window is not None and t > 1 and (t - 1) % window == 0)(
        *args, **kwargs)


@bptt(TRUNCATION, "the windows are counted from the end; the boundaries stand at t = k, 2k, ... from the start")
def CountsFromTheEnd(*args, **kwargs):
    return with_cut(lambda window, T: lambda t: window is not None and (T - t) % window == 0)(*args, **kwargs)


@bptt(TRUNCATION, "the gradient is cut once, at t = k; it is cut at every multiple of k")
def CutsOnce(*args, **kwargs):
    return with_cut(lambda window, T: lambda t: t == window)(*args, **kwargs)


@bptt(TRUNCATION, "window is taken as the number of windows; it is the number of steps in one")
def TakesWindowAsCount(*args, **kwargs):
    return with_cut(lambda window, T: at_multiples(window and math.ceil(T / window)))(*args, **kwargs)


@bptt(TRUNCATION, "each step's gradient goes back k steps of its own; the windows are fixed blocks, and what crosses "
                  "t = k, 2k, ... is dropped")
def SlidesTheWindow(xs, h0, Wx, Wh, b, dhs, window=None):
    T = xs.shape[1]
    if window is None or window >= T:
        return right(xs, h0, Wx, Wh, b, dhs)
    hs = forward(xs, h0, Wx, Wh, b)
    dzs = [np.zeros_like(h0) for _ in range(T)]
    dh0 = np.zeros_like(h0)
    for source in range(T):
        dh = dhs[:, source]
        for t in range(source, max(source - window, -1), -1):
            dz = dh * (1 - hs[t + 1] ** 2)
            dzs[t] = dzs[t] + dz
            dh = dz @ Wh.T
            dh0 = dh0 + dh if t == 0 else dh0
    return gather(xs, hs, Wx, dzs, dh0)


def by_windows(xs, h0, Wx, Wh, b, dhs, window, start):
    """The five gradients of each window by itself; `start(h)` is the state that a later window begins with."""
    h, found = h0, []
    for t in range(0, xs.shape[1], window or xs.shape[1]):
        now = slice(t, t + (window or xs.shape[1]))
        found.append(right(xs[:, now], h, Wx, Wh, b, dhs[:, now]))
        h = start(forward(xs[:, now], h, Wx, Wh, b)[-1])
    return found


def together(found, dh0):
    return np.concatenate([one[0] for one in found], axis=1), dh0, *(sum(one[i] for one in found) for i in (2, 3, 4))


@bptt(TRUNCATION, "each window starts from zeros; only the gradient is cut, the state goes on")
def RestartsFromZeros(*args, window=None):
    found = by_windows(*args, window, np.zeros_like)
    return together(found, found[0][1])


@bptt(TRUNCATION, "each window starts from zeros; only the gradient is cut, the state goes on")
def RestartsFromZerosInPlace(xs, h0, Wx, Wh, b, dhs, window=None):
    hs = [h0]
    for t in range(xs.shape[1]):
        if window is not None and t and t % window == 0:
            hs[t] = np.zeros_like(h0)
        hs += forward(xs[:, t:t + 1], hs[t], Wx, Wh, b)[1:]
    dzs, handed = local_gradients(hs, Wh, dhs, at_multiples(window))
    return gather(xs, hs, Wx, dzs, handed[0])


@bptt(TRUNCATION, "each window starts from h0 again; only the gradient is cut, the state goes on")
def RestartsFromH0(*args, window=None):
    found = by_windows(*args, window, lambda h: args[1])
    return together(found, found[0][1])


@bptt(TRUNCATION, "dh0 is that of the last window; the gradient of h0 is the first window's")
def Dh0OfTheLastWindow(*args, window=None):
    found = by_windows(*args, window, lambda h: h)
    return together(found, found[-1][1])


@bptt(TRUNCATION, "dh0 adds up what arrives at the start of every window; only the first window starts from h0")
def Dh0OfAllWindows(*args, window=None):
    found = by_windows(*args, window, lambda h: h)
    return together(found, sum(one[1] for one in found))


@bptt(TRUNCATION, "dh0 is 0 with a window: what reaches t = 0 inside the first window is cut too")
def CutsDh0(xs, h0, *args, window=None):
    dxs, dh0, *sums = right(xs, h0, *args, window=window)
    return dxs, dh0 if window is None else np.zeros_like(dh0), *sums


@bptt(TRUNCATION, "the parameters keep the gradient of one window only; the windows have to add up")
def KeepsOneWindow(*args, window=None):
    found = by_windows(*args, window, lambda h: h)
    return together(found, found[0][1])[0], *found[0][1:]


@bptt(TRUNCATION, "the parameters keep the gradient of the last window only; the windows have to add up")
def KeepsTheLastWindow(*args, window=None):
    found = by_windows(*args, window, lambda h: h)
    return together(found, found[0][1])[0], found[0][1], *found[-1][2:]


@bptt(TRUNCATION, "the steps after the last whole window are left out (T // k windows); the last window may be shorter")
def LeavesOutTheRest(xs, h0, Wx, Wh, b, dhs, window=None):
    T = xs.shape[1]
    kept = dhs.copy()
    if window is not None:
        kept[:, T - T % window:] = 0
    return right(xs, h0, Wx, Wh, b, kept, window)


@bptt(DTYPE, "the gradients are forced to float32; they should have the dtype of the parameters")
def BpttForcesFloat32(*args, **kwargs):
    return tuple(grad.astype("f") for grad in right(*args, **kwargs))


@bptt(DTYPE, "dxs is made as float64 whatever the parameters are (np.zeros or np.empty without dtype)")
def ForcesDxsFloat64(*args, **kwargs):
    dxs, *others = right(*args, **kwargs)
    return dxs.astype("d"), *others


@bptt(DTYPE, "all gradients are made as float64 whatever the parameters are; use np.zeros_like(Wx)")
def BpttForcesFloat64(*args, **kwargs):
    return tuple(grad.astype("d") for grad in right(*args, **kwargs))


@bptt(SHARED, "dhs is changed on the way (`dhs[:, t] += dh`); arguments belong to the caller")
def ChangesDhs(xs, h0, Wx, Wh, b, dhs, window=None):
    hs = forward(xs, h0, Wx, Wh, b)
    dzs, handed = local_gradients(hs, Wh, dhs, at_multiples(window))
    for t in range(xs.shape[1] - 1):
        if window is None or (t + 1) % window:
            dhs[:, t] += handed[t + 1]
    return gather(xs, hs, Wx, dzs, handed[0])


@bptt(SHARED, "h0 is changed on the way (`h[...] = np.tanh(...)`); arguments belong to the caller")
def ChangesH0(xs, h0, Wx, Wh, b, dhs, window=None):
    answer = right(xs, h0.copy(), Wx, Wh, b, dhs, window)
    h0[...] = forward(xs, h0, Wx, Wh, b)[-1]
    return answer


KEPT = {}


@bptt(SHARED, "arrays are kept and used again; what an earlier call returned then changes later")
def ReusesArrays(*args, **kwargs):
    answer = right(*args, **kwargs)
    buffers = KEPT.setdefault(tuple((grad.shape, grad.dtype) for grad in answer), [grad.copy() for grad in answer])
    for buffer, grad in zip(buffers, answer, strict=True):
        buffer[...] = grad
    return tuple(buffers)


@bptt(GRAPH, "axes of size 1 are squeezed away; the gradients keep the shape of what they belong to")
def SqueezesAxes(*args, **kwargs):
    return tuple(np.squeeze(grad) for grad in right(*args, **kwargs))


# --- my_clip_grads --------------------------------------------------------------------------------------------------


def norm(grads):
    return math.sqrt(sum(float((grad.astype("d") ** 2).sum()) for grad in grads))


def shrink(grads, size, max_norm):
    """Clip in place by a norm that may be wrong; return it."""
    if size > max_norm:
        for grad in grads:
            grad *= max_norm / size
    return size


@clip(CLIPPING, "each array is clipped by its own norm, which turns the gradient; one norm over all arrays, one factor")
def ClipsEachArray(grads, max_norm):
    before = norm(grads)
    for grad in grads:
        shrink([grad], norm([grad]), max_norm)
    return before


@clip(CLIPPING, "each number is clipped by itself (np.clip), which turns the gradient; one norm over all arrays, one "
                "factor")
def ClipsEachNumber(grads, max_norm):
    before = norm(grads)
    for grad in grads:
        np.clip(grad, -max_norm, max_norm, out=grad)
    return before


@clip(IN_PLACE, "the arrays stay as they were: nothing is clipped, or new arrays take the place of the old (`grad = "
      "grad * rate`), which whoever holds the old ones never sees. Change them in place: `grad *= rate`")
def LeavesArraysAsTheyAre(grads, max_norm):
    return norm(grads)


@clip(IN_PLACE, "new arrays are put into the list (`grads[i] = ...`); whoever holds the old ones never sees it. Change "
                "them in place: `grads[i] *= rate`")
def ReplacesItems(grads, max_norm):
    before = norm(grads)
    if before > max_norm:
        for i, grad in enumerate(grads):
            grads[i] = (grad * (max_norm / before)).astype(grad.dtype)
    return before


@clip(CLIPPING, "the norm after clipping is returned; return the one before, which tells how far it had grown")
def ReturnsNormAfter(grads, max_norm):
    shrink(grads, norm(grads), max_norm)
    return norm(grads)


@clip(CLIPPING, "nothing is returned; the caller wants the norm before clipping")
def ReturnsNothing(grads, max_norm):
    shrink(grads, norm(grads), max_norm)


@clip(CLIPPING, "the `return` stands inside the `if`, so nothing is returned where the norm is within max_norm")
def ReturnsOnlyWhenClipping(grads, max_norm):
    before = shrink(grads, norm(grads), max_norm)
    return before if before > max_norm else None


@clip(CLIPPING, "the factor is turned round, norm / max_norm, which lengthens; it is max_norm / norm")
def TurnsFactorRound(grads, max_norm):
    before = norm(grads)
    if before > max_norm:
        for grad in grads:
            grad *= before / max_norm
    return before


@clip(CLIPPING, "the factor is returned; the caller wants the norm before clipping")
def ReturnsFactor(grads, max_norm):
    return max_norm / max(shrink(grads, norm(grads), max_norm), max_norm)


@clip(CLIPPING, "the gradients are returned; the caller wants the norm before clipping")
def ReturnsGradients(grads, max_norm):
    shrink(grads, norm(grads), max_norm)
    return grads


@clip(CLIPPING, "gradients are scaled to max_norm even where they are smaller; those within it stay as they are")
def ScalesUpToo(grads, max_norm):
    before = norm(grads)
    for grad in grads:
        grad *= max_norm / before if before else 1
    return before


@clip(CLIPPING, "small gradients are scaled and large ones left alone; the comparison is turned around")
def TurnsComparison(grads, max_norm):
    before = norm(grads)
    for grad in grads if 0 < before < max_norm else ():
        grad *= max_norm / before
    return before


@clip(CLIPPING, "the root is missing: the norm is the square root of the sum of squares")
def ForgetsRoot(grads, max_norm):
    return shrink(grads, norm(grads) ** 2, max_norm)


@clip(CLIPPING, "sizes are added up without squares (a sum of absolute values); the norm is the root of the sum of "
      "squares")
def AddsAbsoluteValues(grads, max_norm):
    return shrink(grads, sum(float(np.abs(grad).sum()) for grad in grads), max_norm)


@clip(CLIPPING, "the norms of the arrays are added up; add the squares of all numbers, and take the root once")
def AddsNorms(grads, max_norm):
    return shrink(grads, sum(norm([grad]) for grad in grads), max_norm)


@clip(CLIPPING, "the largest number is taken for the norm; the norm is the root of the sum of all squares")
def TakesLargest(grads, max_norm):
    return shrink(grads, max(float(np.abs(grad).max()) for grad in grads), max_norm)


@clip(CLIPPING, "the mean of the squares is taken; the norm is the root of their sum")
def TakesMeanOfSquares(grads, max_norm):
    return shrink(grads, norm(grads) / math.sqrt(sum(grad.size for grad in grads)), max_norm)


@clip(CLIPPING, "only one array's norm is measured (the last of a loop, or grads[0]); all arrays count together")
def MeasuresTheLastArray(grads, max_norm):
    return shrink(grads, norm(grads[-1:]), max_norm)


@clip(CLIPPING, "only one array's norm is measured (the last of a loop, or grads[0]); all arrays count together")
def MeasuresTheFirstArray(grads, max_norm):
    return shrink(grads, norm(grads[:1]), max_norm)


@clip(CLIPPING, "gradients are divided by their norm and not multiplied by max_norm, so they end at norm 1")
def ForgetsMaxNorm(grads, max_norm):
    before = norm(grads)
    for grad in grads if before > max_norm else ():
        grad /= before
    return before


@clip(CLIPPING, "the norm is divided by before it is compared, and 0 gives an error or nan; clip only if norm > "
      "max_norm")
def DividesByZero(grads, max_norm):
    before = norm(grads)
    if max_norm / before < 1:
        shrink(grads, before, max_norm)
    return before


@clip(CLIPPING, "the norm is divided by before it is compared: 0 / 0 makes all gradients nan; clip only if "
                "norm > max_norm")
def MakesNan(grads, max_norm):
    before = norm(grads)
    if before == 0:
        for grad in grads:
            grad[...] = np.nan
    return shrink(grads, before, max_norm)


@clip(IN_PLACE, "what is clipped is a flat copy: reshape(-1) and ravel() copy arrays that aren't contiguous; use "
                "`grad *= rate`")
def ClipsFlatCopies(grads, max_norm):
    before = norm(grads)
    if before > max_norm:
        for grad in grads:
            flat = grad.reshape(-1)
            flat *= max_norm / before
    return before


@clip(DTYPE, "float64 arrays take the place of float32 ones in the list; change the arrays in place")
def MakesFloat64(grads, max_norm):
    before = norm(grads)
    if before > max_norm:
        for i, grad in enumerate(grads):
            grads[i] = grad.astype("d") * (max_norm / before)
    return before
