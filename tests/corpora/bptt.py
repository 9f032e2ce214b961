"""Answers to 04-bptt. Names say what an answer does differently."""

from rnnlm_grader.content.misconception import changed

SLUG = "04-bptt"

# --- my_numerical_gradient ------------------------------------------------------------------------------------------

NUMERICAL = {
    "walks over all indices and puts back": """
def my_numerical_gradient(f, x, eps=1e-5):
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        kept = x[i]
        x[i] = kept + eps
        above = f(x)
        x[i] = kept - eps
        below = f(x)
        x[i] = kept
        grad[i] = (above - below) / (2 * eps)
    return grad
""",
    "nditer, as the well-known book does": """
def my_numerical_gradient(f, x, eps=1e-5):
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    while not it.finished:
        idx = it.multi_index
        tmp_val = x[idx]
        x[idx] = tmp_val + eps
        fxh1 = f(x)
        x[idx] = tmp_val - eps
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2 * eps)
        x[idx] = tmp_val
        it.iternext()
    return grad
""",
    "fresh copies, x never touched": """
def my_numerical_gradient(f, x, eps=1e-5):
    grad = np.empty(x.shape)
    for i in np.ndindex(*x.shape):
        plus, minus = x.copy(), x.copy()
        plus[i] += eps
        minus[i] -= eps
        grad[i] = (f(plus) - f(minus)) / eps / 2
    return grad
""",
    "unit vectors from an identity matrix": """
def my_numerical_gradient(f, x, eps=1e-5):
    slopes = [(f(x + eps * e.reshape(x.shape)) - f(x - eps * e.reshape(x.shape))) / (2 * eps) for e in np.eye(x.size)]
    return np.array(slopes).reshape(x.shape)
""",
    "flat view of a copy": """
def my_numerical_gradient(f, x, eps=1e-5):
    work = np.array(x, order="C")
    flat, out = work.ravel(), []
    for k in range(flat.size):
        flat[k] += eps
        hi = f(work)
        flat[k] = x.flat[k] - eps
        lo = f(work)
        flat[k] = x.flat[k]
        out.append((hi - lo) / (2.0 * eps))
    return np.reshape(out, x.shape)
""",
    "x.flat and a whole copy put back": """
def my_numerical_gradient(f, x, eps=1e-5):
    before = x.copy()
    grad = np.zeros(x.shape)
    for k in range(x.size):
        x.flat[k] += eps
        a = f(x)
        x[...] = before
        x.flat[k] -= eps
        b = f(x)
        x[...] = before
        grad.flat[k] = (a - b) / (2 * eps)
    return grad
""",
}

NUMERICAL_MISTAKES = {
    "ForwardDifference": changed(NUMERICAL["fresh copies, x never touched"], ("f(minus)", "f(x)"), (" / 2", "")),
    "DividesByEps": changed(NUMERICAL["fresh copies, x never touched"], (" / 2", "")),
    "ReturnsAfterTheFirst": changed(
        NUMERICAL["nditer, as the well-known book does"], ("    return grad", "        return grad")
    ),
    "NeverPutsBack": changed(NUMERICAL["nditer, as the well-known book does"], ("        x[idx] = tmp_val\n", "")),
    "PutsBackByAdding": changed(
        NUMERICAL["nditer, as the well-known book does"],
        ("x[idx] = tmp_val - eps", "x[idx] -= 2 * eps"),
        ("x[idx] = tmp_val\n", "x[idx] += eps\n"),
    ),
    "MovesACopyOfRavel": changed(
        NUMERICAL["flat view of a copy"],
        ('    work = np.array(x, order="C")\n', ""),
        ("work", "x"),
        ("        flat[k] += eps", "        kept = flat[k]\n        flat[k] += eps"),
        ("x.flat[k]", "kept"),
    ),
    "CallsWithTheOldX": changed(NUMERICAL["flat view of a copy"], ("f(work)", "f(x)")),
    "HasItsOwnEps": changed(
        NUMERICAL["unit vectors from an identity matrix"], ("    slopes", "    eps = 1e-5\n    slopes")
    ),
}

# --- my_bptt --------------------------------------------------------------------------------------------------------

BOOK = """
def my_bptt(xs, h0, Wx, Wh, b, dhs, window=None):
    N, T, D = xs.shape
    hs = [h0]
    for t in range(T):
        hs.append(np.tanh(hs[t] @ Wh + xs[:, t] @ Wx + b))
    dxs = np.zeros_like(xs)
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dh = np.zeros_like(h0)
    for t in reversed(range(T)):
        dz = (dhs[:, t] + dh) * (1 - hs[t + 1] ** 2)
        dxs[:, t] = dz @ Wx.T
        dWx += xs[:, t].T @ dz
        dWh += hs[t].T @ dz
        db += dz.sum(axis=0)
        dh = dh0 = dz @ Wh.T
        if window is not None and t % window == 0:
            dh = np.zeros_like(h0)
    return dxs, dh0, dWx, dWh, db
"""

CELLS = """
class Cell:
    def __init__(self, Wx, Wh, b):
        self.Wx, self.Wh, self.b = Wx, Wh, b

    def forward(self, x, h):
        self.x, self.h = x, h
        self.out = np.tanh(np.dot(h, self.Wh) + np.dot(x, self.Wx) + self.b)
        return self.out

    def backward(self, dh):
        dt = dh * (1 - self.out ** 2)
        return np.dot(dt, self.Wx.T), np.dot(dt, self.Wh.T), np.dot(self.x.T, dt), np.dot(self.h.T, dt), dt.sum(0)


def my_bptt(xs, h0, Wx, Wh, b, dhs, window=None):
    T = xs.shape[1]
    cells, h = [], h0
    for t in range(T):
        cells.append(Cell(Wx, Wh, b))
        h = cells[-1].forward(xs[:, t], h)
    k = window or T
    dxs, grads = np.empty_like(xs), [0, 0, 0]
    for start in range(0, T, k):
        dh = 0
        for t in reversed(range(start, min(start + k, T))):
            dx, dh, *step = cells[t].backward(dhs[:, t] + dh)
            dxs[:, t] = dx
            grads = [total + g for total, g in zip(grads, step)]
        if start == 0:
            dh0 = dh
    return (dxs, dh0, *grads)
"""

BPTT = {
    "as the book writes it": BOOK,
    "a cell object for each step, windows outside": CELLS,
    "time-major with matrix products after the loop": """
def my_bptt(xs, h0, Wx, Wh, b, dhs, window=None):
    N, T, D = xs.shape
    H = len(b)
    xt, dt = xs.transpose(1, 0, 2), dhs.transpose(1, 0, 2)
    hs = np.empty((T + 1, N, H), dtype=Wh.dtype)
    hs[0] = h0
    zx = xt @ Wx + b
    for t in range(T):
        np.tanh(zx[t] + hs[t] @ Wh, out=hs[t + 1])
    dz = 1 - hs[1:] ** 2
    carry = np.zeros((N, H), dtype=Wh.dtype)
    for t in range(T - 1, -1, -1):
        dz[t] *= dt[t] + carry
        first = carry = dz[t] @ Wh.T
        if window and t % window == 0:
            carry = np.zeros_like(carry)
    flat = dz.reshape(T * N, H)
    dWx = np.ascontiguousarray(xt).reshape(T * N, D).T @ flat
    dWh = hs[:-1].reshape(T * N, H).T @ flat
    return (dz @ Wx.T).transpose(1, 0, 2), first, dWx, dWh, flat.sum(axis=0)
""",
    "einsum": """
def my_bptt(xs, h0, Wx, Wh, b, dhs, window=None):
    T = xs.shape[1]
    states = [h0]
    for t in range(T):
        states.append(np.tanh(np.einsum("nh,hk->nk", states[-1], Wh) + np.einsum("nd,dk->nk", xs[:, t], Wx) + b))
    before, after = np.stack(states[:-1], 1), np.stack(states[1:], 1)
    dz = np.zeros_like(dhs)
    dh = np.zeros_like(h0)
    for t in range(T)[::-1]:
        dz[:, t] = (dhs[:, t] + dh) * (1 - after[:, t] * after[:, t])
        dh = np.einsum("nk,hk->nh", dz[:, t], Wh)
        dh0 = dh
        if window is not None and t % window == 0:
            dh = dh * 0
    return (np.einsum("ntk,dk->ntd", dz, Wx), dh0, np.einsum("ntd,ntk->dk", xs, dz),
            np.einsum("nth,ntk->hk", before, dz), np.einsum("ntk->k", dz))
""",
    "returns a list": changed(BOOK, ("return dxs, dh0, dWx, dWh, db", "return [dxs, dh0, dWx, dWh, db]")),
    "window by window, calling itself": """
def my_bptt(xs, h0, Wx, Wh, b, dhs, window=None):
    T = xs.shape[1]
    if window is not None and window < T:
        h = h0
        for t in range(window):
            h = np.tanh(h @ Wh + xs[:, t] @ Wx + b)
        first = my_bptt(xs[:, :window], h0, Wx, Wh, b, dhs[:, :window])
        rest = my_bptt(xs[:, window:], h, Wx, Wh, b, dhs[:, window:], window)
        return (np.concatenate([first[0], rest[0]], axis=1), first[1],
                first[2] + rest[2], first[3] + rest[3], first[4] + rest[4])
    hs = [h0]
    for x in np.moveaxis(xs, 1, 0):
        hs.append(np.tanh(hs[-1] @ Wh + x @ Wx + b))
    dh, dzs = 0, []
    for t in range(T - 1, -1, -1):
        dz = (dhs[:, t] + dh) * (1 - hs[t + 1] ** 2)
        dzs.insert(0, dz)
        dh = dz @ Wh.T
    dzs = np.stack(dzs, axis=1)
    dWh = sum(h.T @ dzs[:, t] for t, h in enumerate(hs[:-1]))
    dWx = sum(xs[:, t].T @ dzs[:, t] for t in range(T))
    return dzs @ Wx.T, dh, dWx, dWh, dzs.sum(axis=(0, 1))
""",
    "number by number": """
import math

def my_bptt(xs, h0, Wx, Wh, b, dhs, window=None):
    N, T, D = xs.shape
    H = len(b)
    dxs, dh0 = np.zeros_like(xs), np.zeros_like(h0)
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    for n in range(N):
        hs = [[float(v) for v in h0[n]]]
        for t in range(T):
            row = []
            for k in range(H):
                z = float(b[k])
                z += sum(hs[t][j] * float(Wh[j, k]) for j in range(H))
                z += sum(float(xs[n, t, d]) * float(Wx[d, k]) for d in range(D))
                row.append(math.tanh(z))
            hs.append(row)
        dh = [0.0] * H
        for t in range(T - 1, -1, -1):
            dz = [(float(dhs[n, t, k]) + dh[k]) * (1 - hs[t + 1][k] ** 2) for k in range(H)]
            for k in range(H):
                db[k] += dz[k]
                for j in range(H):
                    dWh[j, k] += hs[t][j] * dz[k]
                for d in range(D):
                    dWx[d, k] += xs[n, t, d] * dz[k]
                    dxs[n, t, d] += dz[k] * Wx[d, k]
            dh = [sum(dz[k] * float(Wh[j, k]) for k in range(H)) for j in range(H)]
            if t == 0:
                dh0[n] = dh
            elif window is not None and t % window == 0:
                dh = [0.0] * H
    return dxs, dh0, dWx, dWh, db
""",
    "float64 inside, right dtype outside, prints": """
def my_bptt(xs, h0, Wx, Wh, b, dhs, window=None):
    print("T =", xs.shape[1], "window =", window)
    kind = Wh.dtype
    x, s, U, W, c, g = (np.array(a, dtype=np.float64) for a in (xs, h0, Wx, Wh, b, dhs))
    T = x.shape[1]
    cuts = set() if window is None else set(range(window, T, window))
    hs = {-1: s}
    for t in range(T):
        hs[t] = np.tanh(hs[t - 1] @ W + x[:, t] @ U + c)
    dx, dU, dW, dc = np.zeros_like(x), np.zeros_like(U), np.zeros_like(W), np.zeros_like(c)
    dh_next = np.zeros_like(s)
    for t in range(T - 1, -1, -1):
        if t + 1 in cuts:
            dh_next = np.zeros_like(s)
        dz = (g[:, t] + dh_next) * (1 - hs[t] ** 2)
        dx[:, t], dh_next = dz @ U.T, dz @ W.T
        dU += x[:, t].T @ dz
        dW += hs[t - 1].T @ dz
        dc += np.ones(len(dz)) @ dz
    return tuple(a.astype(kind) for a in (dx, dh_next, dU, dW, dc))
""",
}


BPTT_MISTAKES = {
    "GoesForwards": changed(BPTT["einsum"], ("range(T)[::-1]", "range(T)")),
    "WritesTanhOut": changed(BOOK, ("np.tanh(", "tanh_of("), "def tanh_of(z):\n    return np.sinh(z) / np.cosh(z)"),
    "LeavesOutSlope": changed(CELLS, ("dt = dh * (1 - self.out ** 2)", "dt = dh")),
    "LeavesOutDh": changed(CELLS, ("cells[t].backward(dhs[:, t] + dh)", "cells[t].backward(dhs[:, t])")),
    "AveragesWeights": changed(
        CELLS,
        ("np.dot(self.x.T, dt)", "np.dot(self.x.T, dt) / len(dt)"),
        ("np.dot(self.h.T, dt)", "np.dot(self.h.T, dt) / len(dt)"),
    ),
    "LeavesOutTransposeInDWx": changed(CELLS, ("np.dot(self.x.T, dt)", "self.x @ dt")),
    "LeavesOutTransposeOfWx": changed(CELLS, ("np.dot(dt, self.Wx.T)", "np.dot(dt, self.Wx)")),
    "ForgetsTranspose": changed(BPTT["einsum"], ('"nk,hk->nh", dz[:, t], Wh', '"nh,hk->nk", dz[:, t], Wh')),
    "PairsStateAfter": changed(BPTT["einsum"], ('"nth,ntk->hk", before, dz', '"nth,ntk->hk", after, dz')),
    "CutsOneStepEarly": changed(
        BPTT["float64 inside, right dtype outside, prints"],
        ("range(window, T, window)", "range(window - 1, T, window)"),
    ),
    "Dh0OfTheLastWindow": changed(CELLS, ("if start == 0:", "if start + k >= T:")),
    "RestartsFromZeros": changed(
        CELLS,
        (
            "        cells.append",
            ("        if t and window and t % window == 0:\n            h = np.zeros_like(h0)\n        cells.append"),
        ),
    ),
    "BpttForcesFloat32": changed(
        BPTT["float64 inside, right dtype outside, prints"], ("kind = Wh.dtype", "kind = np.float32")
    ),
    "GoesOnFromH0": changed(BPTT["number by number"], ("sum(hs[t][j] * float(Wh", "sum(hs[0][j] * float(Wh")),
    "ChangesDhs": changed(
        CELLS,
        (
            "            dx, dh, *step = cells[t].backward(dhs[:, t] + dh)",
            "            dhs[:, t] += dh\n            dx, dh, *step = cells[t].backward(dhs[:, t])",
        ),
    ),
}

# --- my_clip_grads --------------------------------------------------------------------------------------------------

CLIP_BOOK = """
def my_clip_grads(grads, max_norm):
    total_norm = 0
    for grad in grads:
        total_norm += np.sum(grad ** 2)
    total_norm = np.sqrt(total_norm)
    if total_norm > max_norm:
        for grad in grads:
            grad *= max_norm / total_norm
    return total_norm
"""

CLIP = {
    "sum of squares, as the book does": CLIP_BOOK,
    "refuses what is no number": changed(
        CLIP_BOOK,
        ("    if total", "    if not np.isfinite(total_norm):\n        raise ValueError(total_norm)\n    if total"),
    ),
    "with 1e-6 in the denominator": """
def my_clip_grads(grads, max_norm):
    norm = float(np.sqrt(sum(float((g * g).sum()) for g in grads)))
    rate = max_norm / (norm + 1e-6)
    if rate < 1:
        for g in grads:
            g *= rate
    return norm
""",
    "norm of the norms": """
def my_clip_grads(grads, max_norm):
    norm = np.linalg.norm([np.linalg.norm(g) for g in grads])
    if norm <= max_norm:
        return norm
    factor = max_norm / norm
    for g in grads:
        np.multiply(g, factor, out=g, casting="unsafe")
    return norm
""",
    "one long vector": """
def my_clip_grads(grads, max_norm):
    everything = np.concatenate([np.asarray(g, dtype=float).flatten() for g in grads])
    norm = float(everything.dot(everything)) ** 0.5
    if norm > max_norm:
        for i in range(len(grads)):
            grads[i][...] = grads[i] * (max_norm / norm)
    return norm
""",
    "math.hypot and slice assignment": """
import math

def my_clip_grads(grads, max_norm):
    norm = 0.0
    for g in grads:
        for v in g.flat:
            norm = math.hypot(norm, v)
    scale = min(1.0, max_norm / norm) if norm > 0 else 1.0
    if scale < 1.0:
        for g in grads:
            g[:] = g * scale
    return norm
""",
    "0-d result, einsum": """
def my_clip_grads(grads, max_norm):
    squares = [np.einsum("i,i->", g.ravel().astype("d"), g.ravel().astype("d")) for g in grads]
    norm = np.sqrt(np.array(squares).sum())
    for g in grads if norm > max_norm else []:
        g /= norm / max_norm
    return np.array(norm)
""",
}

CLIP_MISTAKES = {
    "TurnsFactorRound": changed(
        CLIP["with 1e-6 in the denominator"], ("max_norm / (norm + 1e-6)", "norm / max_norm"), ("rate < 1", "rate > 1")
    ),
    "ClipsEachArray": """
def my_clip_grads(grads, max_norm):
    total = np.sqrt(sum(np.sum(g ** 2) for g in grads))
    for g in grads:
        n = np.linalg.norm(g)
        if n > max_norm:
            g *= max_norm / n
    return total
""",
    "ForgetsTheLimit": """
def my_clip_grads(grads, max_norm):
    total = np.linalg.norm([np.linalg.norm(g) for g in grads])
    if total < max_norm:
        return total
    if total > max_norm:
        for g in grads:
            g *= max_norm / total
        return total
""",
    "ClipsEachNumber": changed(
        CLIP["one long vector"],
        ("grads[i] * (max_norm / norm)", "np.minimum(np.maximum(grads[i], -max_norm), max_norm)"),
    ),
    "LeavesArraysAsTheyAre": changed(CLIP["math.hypot and slice assignment"], ("g[:] =", "g =")),
    "ReplacesItems": changed(CLIP["one long vector"], ("grads[i][...] =", "grads[i] =")),
    "ReturnsNormAfter": changed(
        CLIP["norm of the norms"], ("return norm", "return np.linalg.norm([np.linalg.norm(g) for g in grads])")
    ),
    "ForgetsRoot": changed(CLIP["one long vector"], (" ** 0.5", "")),
}

RIGHT = {"my_numerical_gradient": NUMERICAL, "my_bptt": BPTT, "my_clip_grads": CLIP}
WRONG = {"my_numerical_gradient": NUMERICAL_MISTAKES, "my_bptt": BPTT_MISTAKES, "my_clip_grads": CLIP_MISTAKES}
