"""Answers to 07-lstm. Names say what an answer does differently."""

from rnnlm_grader.content.misconception import changed

SLUG = "07-lstm"

SIGMOID = """
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
"""

HEADER = """
class MyTimeLSTM:
    def __init__(self, Wx, Wh, b, stateful=False):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)]
        self.stateful = stateful
        self.h, self.c = None, None
        self.dh, self.dc = None, None
"""

STATE = """
    def set_state(self, h, c):
        self.h, self.c = h, c

    def reset_state(self):
        self.h, self.c = None, None
"""


def answer(body, before=SIGMOID, state=STATE):
    """Put methods between the usual constructor and the usual state."""
    return "\n".join(part.strip("\n") + "\n" for part in (before, HEADER, body, state) if part)


BOOK = answer("""
    def forward(self, xs):
        Wx, Wh, b = self.params
        N, T, D = xs.shape
        H = len(Wh)
        h = c = np.zeros((N, H), dtype=b.dtype)
        if self.stateful and self.h is not None:
            h, c = self.h, self.c
        hs, self.steps = [], []
        for t in range(T):
            before = xs[:, t], h, c
            z_o, z_f, z_i, z_g = np.split(xs[:, t] @ Wx + h @ Wh + b, 4, axis=1)
            o, f, i, g = sigmoid(z_o), sigmoid(z_f), sigmoid(z_i), np.tanh(z_g)
            c = f * c + i * g
            h = o * np.tanh(c)
            hs.append(h)
            self.steps.append((*before, c, o, f, i, g))
        self.h, self.c = h, c
        return np.stack(hs, axis=1)

    def backward(self, dhs):
        Wx, Wh, b = self.params
        dh = dc = np.zeros_like(dhs[:, 0])
        dxs, sums = [], [np.zeros_like(grad) for grad in self.grads]
        for t in reversed(range(len(self.steps))):
            x, h_prev, c_prev, c, o, f, i, g = self.steps[t]
            dh = dhs[:, t] + dh
            tanh_c = np.tanh(c)
            dc = dc + dh * o * (1 - tanh_c**2)
            dz = np.concatenate([dh * tanh_c * o * (1 - o),
                                 dc * c_prev * f * (1 - f),
                                 dc * g * i * (1 - i),
                                 dc * i * (1 - g**2)], axis=1)
            for total, grad in zip(sums, [x.T @ dz, h_prev.T @ dz, dz.sum(axis=0)]):
                total += grad
            dxs.insert(0, dz @ Wx.T)
            dh, dc = dz @ Wh.T, dc * f
        self.dh, self.dc = dh, dc
        for grad, total in zip(self.grads, sums):
            grad[...] = total
        return np.stack(dxs, axis=1)
""")

PREALLOCATED = answer(
    """
    def forward(self, xs):
        Wx, Wh, b = self.params
        N, T, _ = xs.shape
        H = Wh.shape[0]
        self.xs = xs
        self.hs = np.zeros((T + 1, N, H), b.dtype)
        self.cs = np.zeros((T + 1, N, H), b.dtype)
        self.gates = np.zeros((T, N, 4 * H), b.dtype)
        if self.stateful and self.h is not None:
            self.hs[0], self.cs[0] = self.h, self.c
        for t in range(T):
            a = self.hs[t] @ Wh + xs[:, t] @ Wx + b
            a[:, :3*H] = 1 / (1 + np.exp(-a[:, :3*H]))
            a[:, 3*H:] = np.tanh(a[:, 3*H:])
            self.gates[t] = a
            self.cs[t+1] = a[:, H:2*H] * self.cs[t] + a[:, 2*H:3*H] * a[:, 3*H:]
            self.hs[t+1] = a[:, :H] * np.tanh(self.cs[t+1])
        self.h, self.c = self.hs[T].copy(), self.cs[T].copy()
        return self.hs[1:].transpose(1, 0, 2).copy()

    def backward(self, dhs):
        Wx, Wh, b = self.params
        N, T, H = dhs.shape
        dxs = np.zeros_like(self.xs)
        for grad in self.grads:
            grad[...] = 0
        dh_next = np.zeros((N, H), b.dtype)
        dc_next = np.zeros((N, H), b.dtype)
        for t in range(T - 1, -1, -1):
            A = self.gates[t]
            o, f, i, g = A[:, :H], A[:, H:2*H], A[:, 2*H:3*H], A[:, 3*H:]
            tc = np.tanh(self.cs[t+1])
            dh = dhs[:, t] + dh_next
            dc = dc_next + dh * o * (1 - tc * tc)
            dA = np.empty_like(A)
            dA[:, :H] = dh * tc * o * (1 - o)
            dA[:, H:2*H] = dc * self.cs[t] * f * (1 - f)
            dA[:, 2*H:3*H] = dc * g * i * (1 - i)
            dA[:, 3*H:] = dc * i * (1 - g * g)
            self.grads[0] += self.xs[:, t].T @ dA
            self.grads[1] += self.hs[t].T @ dA
            self.grads[2] += dA.sum(axis=0)
            dxs[:, t] = dA @ Wx.T
            dh_next = dA @ Wh.T
            dc_next = dc * f
        self.dh, self.dc = dh_next, dc_next
        return dxs
""",
    before="",
)

SINGLE_MATRICES = answer("""
    def forward(self, xs):
        Wx, Wh, b = self.params
        N, T, D = xs.shape
        self.H = H = b.size // 4
        known = self.stateful and self.h is not None
        h = self.h if known else np.zeros((N, H), b.dtype)
        c = self.c if known else np.zeros((N, H), b.dtype)
        cut = [slice(k * H, (k + 1) * H) for k in range(4)]
        self.memory = {"x": [], "h": [h], "c": [c], "o": [], "f": [], "i": [], "g": []}
        for t in range(T):
            x = xs[:, t, :]
            pre = {}
            for name, s in zip("ofig", cut):
                pre[name] = np.dot(x, Wx[:, s]) + np.dot(h, Wh[:, s]) + b[s]
            o, f, i = (sigmoid(pre[name]) for name in "ofi")
            g = np.tanh(pre["g"])
            c = f * c + i * g
            h = o * np.tanh(c)
            for name, value in zip("xhcofig", (x, h, c, o, f, i, g)):
                self.memory[name].append(value)
        self.h, self.c = h, c
        return np.array(self.memory["h"][1:]).swapaxes(0, 1)

    def backward(self, dhs):
        Wx, Wh, b = self.params
        H, m = self.H, self.memory
        cut = [slice(k * H, (k + 1) * H) for k in range(4)]
        dWx, dWh, db = (np.zeros_like(p) for p in self.params)
        dxs = np.zeros((*dhs.shape[:2], Wx.shape[0]), b.dtype)
        dh, dc = 0, 0
        for t in range(dhs.shape[1])[::-1]:
            o, f, i, g = (m[name][t] for name in "ofig")
            tanh_c = np.tanh(m["c"][t + 1])
            dh = dh + dhs[:, t]
            dc = dc + dh * o * (1 - tanh_c ** 2)
            parts = (dh * tanh_c * (o - o ** 2), dc * m["c"][t] * (f - f ** 2), dc * g * (i - i ** 2),
                     dc * i * (1 - g ** 2))
            dh = np.zeros_like(dh)
            for s, d in zip(cut, parts):
                dWx[:, s] += m["x"][t].T.dot(d)
                dWh[:, s] += m["h"][t].T.dot(d)
                db[s] += d.sum(0)
                dxs[:, t] += d.dot(Wx[:, s].T)
                dh += d.dot(Wh[:, s].T)
            dc = f * dc
        self.dh, self.dc = dh, dc
        self.grads[0][:], self.grads[1][:], self.grads[2][:] = dWx, dWh, db
        return dxs
""")

CELLS = answer(
    """
    def forward(self, xs):
        N, T, D = xs.shape
        Wx, Wh, b = self.params
        if not self.stateful or self.h is None:
            self.h = np.zeros((N, Wh.shape[0]), dtype=Wh.dtype)
            self.c = np.zeros((N, Wh.shape[0]), dtype=Wh.dtype)
        hs = np.empty((N, T, Wh.shape[0]), dtype=Wh.dtype)
        self.layers = []
        for t in range(T):
            layer = LSTM(*self.params)
            self.h, self.c = layer.forward(xs[:, t, :], self.h, self.c)
            hs[:, t, :] = self.h
            self.layers.append(layer)
        return hs

    def backward(self, dhs):
        N, T, H = dhs.shape
        Wx, Wh, b = self.params
        dxs = np.empty((N, T, Wx.shape[0]), dtype=Wx.dtype)
        dh, dc = np.zeros_like(dhs[:, 0]), np.zeros_like(dhs[:, 0])
        grads = [0, 0, 0]
        for t in reversed(range(T)):
            layer = self.layers[t]
            dx, dh, dc = layer.backward(dhs[:, t, :] + dh, dc)
            dxs[:, t, :] = dx
            for k, grad in enumerate(layer.grads):
                grads[k] = grads[k] + grad
        for k, grad in enumerate(grads):
            self.grads[k][...] = grad
        self.dh, self.dc = dh, dc
        return dxs
""",
    before=SIGMOID
    + """

class LSTM:
    def __init__(self, Wx, Wh, b):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)]

    def forward(self, x, h_prev, c_prev):
        Wx, Wh, b = self.params
        N, H = h_prev.shape
        A = np.dot(x, Wx) + np.dot(h_prev, Wh) + b
        o = sigmoid(A[:, :H])
        f = sigmoid(A[:, H:2*H])
        i = sigmoid(A[:, 2*H:3*H])
        g = np.tanh(A[:, 3*H:])
        c_next = f * c_prev + g * i
        h_next = o * np.tanh(c_next)
        self.cache = (x, h_prev, c_prev, i, f, g, o, c_next)
        return h_next, c_next

    def backward(self, dh_next, dc_next):
        Wx, Wh, b = self.params
        x, h_prev, c_prev, i, f, g, o, c_next = self.cache
        tanh_c_next = np.tanh(c_next)
        ds = dc_next + (dh_next * o) * (1 - tanh_c_next ** 2)
        dc_prev = ds * f
        di = ds * g
        df = ds * c_prev
        do = dh_next * tanh_c_next
        dg = ds * i
        di *= i * (1 - i)
        df *= f * (1 - f)
        do *= o * (1 - o)
        dg *= (1 - g ** 2)
        dA = np.hstack((do, df, di, dg))
        self.grads[0][...] = np.dot(x.T, dA)
        self.grads[1][...] = np.dot(h_prev.T, dA)
        self.grads[2][...] = dA.sum(axis=0)
        return np.dot(dA, Wx.T), np.dot(dA, Wh.T), dc_prev
""",
)

TIME_LSTM = {
    "as the book writes it": BOOK,
    "arrays made beforehand, a block of columns at a time": PREALLOCATED,
    "a matrix for each gate, kept in lists by name": SINGLE_MATRICES,
    "a cell object for each step": CELLS,
    "all inputs in one product, gradients in one after the loop": answer(
        """
    def forward(self, xs):
        Wx, Wh, b = self.params
        N, T, D = xs.shape
        H = Wh.shape[0]
        self.x = np.ascontiguousarray(xs.swapaxes(0, 1)).reshape(T * N, D)
        zs = (self.x @ Wx + b).reshape(T, N, 4, H)
        self.hs, self.cs = np.zeros((2, T + 1, N, H), dtype=b.dtype)
        if self.stateful and self.h is not None:
            self.hs[0], self.cs[0] = self.h, self.c
        for t in range(T):
            zs[t] += (self.hs[t] @ Wh).reshape(N, 4, H)
            zs[t, :, :3] = 0.5 * (1 + np.tanh(0.5 * zs[t, :, :3]))
            zs[t, :, 3] = np.tanh(zs[t, :, 3])
            o, f, i, g = zs[t].swapaxes(0, 1)
            self.cs[t + 1] = f * self.cs[t] + i * g
            self.hs[t + 1] = o * np.tanh(self.cs[t + 1])
        self.gates = zs
        self.h, self.c = self.hs[-1].copy(), self.cs[-1].copy()
        return self.hs[1:].swapaxes(0, 1).copy()

    def backward(self, dhs):
        Wx, Wh, b = self.params
        N, T, H = dhs.shape
        o, f, i, g = np.moveaxis(self.gates, 2, 0)
        tanh_c = np.tanh(self.cs[1:])
        slopes = np.stack([tanh_c * o * (1 - o), self.cs[:-1] * f * (1 - f), g * i * (1 - i), i * (1 - g * g)], axis=2)
        dh = dc = np.zeros((N, H), dtype=b.dtype)
        for t in reversed(range(T)):
            dh = dhs[:, t] + dh
            dc = dc + dh * o[t] * (1 - tanh_c[t] ** 2)
            slopes[t, :, 0] *= dh
            slopes[t, :, 1:] *= dc[:, np.newaxis]
            dh, dc = slopes[t].reshape(N, 4 * H) @ Wh.T, dc * f[t]
        self.dh, self.dc = dh, dc
        flat = slopes.reshape(T * N, 4 * H)
        np.matmul(self.x.T, flat, out=self.grads[0])
        np.matmul(self.hs[:-1].reshape(T * N, H).T, flat, out=self.grads[1])
        np.sum(flat, axis=0, out=self.grads[2])
        return (flat @ Wx.T).reshape(T, N, -1).swapaxes(0, 1).copy()
""",
        before="",
    ),
    "recomputes the gates in backward": changed(
        BOOK,
        ("self.steps.append((*before, c, o, f, i, g))", "self.steps.append((*before, c))"),
        (
            "            x, h_prev, c_prev, c, o, f, i, g = self.steps[t]\n",
            "            x, h_prev, c_prev, c = self.steps[t]\n"
            "            o, f, i, g = np.split(x @ Wx + h_prev @ Wh + b, 4, axis=1)\n"
            "            o, f, i, g = sigmoid(o), sigmoid(f), sigmoid(i), np.tanh(g)\n",
        ),
    ),
    "float64 inside, right dtype outside": changed(
        PREALLOCATED,
        (
            "        Wx, Wh, b = self.params\n",
            "        dtype = self.params[0].dtype\n        Wx, Wh, b = (p.astype('d') for p in self.params)\n",
        ),
        (
            "        self.h, self.c = self.hs[T].copy(), self.cs[T].copy()\n        return self.hs[1:]",
            "        self.h, self.c = self.hs[T].astype(dtype), self.cs[T].astype(dtype)\n"
            "        return self.hs[1:].astype(dtype)",
        ),
        ("self.dh, self.dc = dh_next, dc_next", "self.dh, self.dc = dh_next.astype(dtype), dc_next.astype(dtype)"),
    ),
    "refuses numbers that are not finite": changed(
        BOOK,
        ("        hs, self.steps", "        assert np.isfinite(xs).all(), 'xs'\n        hs, self.steps"),
        ("        dxs, sums", "        assert np.isfinite(dhs).all(), 'dhs'\n        dxs, sums"),
    ),
    "arguments by position only": changed(
        BOOK, ("(self, xs)", "(self, xs, /)"), ("(self, dhs)", "(self, dhs, /)"), ("(self, h, c)", "(self, h, c, /)")
    ),
}

RIGHT = {"MyTimeLSTM": TIME_LSTM}

MISTAKES = {
    "OrdersIFGO": changed(
        CELLS,
        ("o = sigmoid(A[:, :H])", "i = sigmoid(A[:, :H])"),
        ("i = sigmoid(A[:, 2*H:3*H])", "g = np.tanh(A[:, 2*H:3*H])"),
        ("g = np.tanh(A[:, 3*H:])", "o = sigmoid(A[:, 3*H:])"),
        ("(do, df, di, dg)", "(di, df, dg, do)"),
    ),
    "GivesTimeMajor": changed(BOOK, ("np.stack(hs, axis=1)", "np.array(hs)")),
    "WritesTanhOut": changed(BOOK, ("np.tanh(z_g)", "np.sinh(z_g) / np.cosh(z_g)")),
    "WritesSigmoidWithTwo": changed(CELLS, ("1 / (1 + np.exp(-z))", "np.exp(z) / (np.exp(z) + 1)")),
    "TakesTanhsSlopeForF": changed(PREALLOCATED, ("f * (1 - f)", "(1 - f * f)")),
    "TakesCellStateForZ": changed(PREALLOCATED, ("a = self.hs[t] @ Wh", "a = self.cs[t] @ Wh")),
    "SubtractsLargest": changed(PREALLOCATED, ("@ Wx + b\n", "@ Wx + b\n            a -= a.max(axis=-1)[:, None]\n")),
    "LeavesOutMinus": changed(PREALLOCATED, ("np.exp(-a[:, :3*H])", "np.exp(a[:, :3*H])")),
    "TurnsStatefulRound": changed(CELLS, ("if not self.stateful or", "if self.stateful or")),
    "KeepsStatesBeforeLastStep": changed(
        PREALLOCATED, ("self.hs[T].copy(), self.cs[T].copy()", "self.hs[T - 1].copy(), self.cs[T - 1].copy()")
    ),
    "KeepsCacheOfLastStep": changed(CELLS, ("layer = self.layers[t]", "layer = self.layers[T - 1]")),
    "TakesLaterGradientForDc": changed(PREALLOCATED, ("dc = dc_next + dh *", "dc = dc_next + dh_next *")),
    "LeavesOutBias": changed(SINGLE_MATRICES, (" + b[s]", "")),
    "LeavesOutFactorOfI": changed(SINGLE_MATRICES, ("dc * g * (i - i ** 2)", "dc * (i - i ** 2)")),
    "JoinsOFGI": changed(
        PREALLOCATED, ("dA[:, 2*H:3*H] =", "dA[:, 3*H:] ="), ("dA[:, 3*H:] = dc * i *", "dA[:, 2*H:3*H] = dc * i *")
    ),
    "LeavesOutSlopeOfO": changed(CELLS, ("        do *= o * (1 - o)\n", "")),
    "JoinsIFOG": changed(CELLS, ("(do, df, di, dg)", "(di, df, do, dg)")),
    "TakesSigmoidForCandidate": changed(
        SINGLE_MATRICES,
        ('o, f, i = (sigmoid(pre[name]) for name in "ofi")', 'o, f, i, g = (sigmoid(pre[name]) for name in "ofig")'),
        ('            g = np.tanh(pre["g"])\n', ""),
    ),
    "LeavesOutForgetGate": changed(CELLS, ("c_next = f * c_prev + g * i", "c_next = c_prev + g * i")),
    "LeavesOutTanh": changed(PREALLOCATED, ("a[:, :H] * np.tanh(self.cs[t+1])", "a[:, :H] * self.cs[t+1]")),
    "AlwaysKeepsStates": changed(CELLS, ("if not self.stateful or self.h is None:", "if self.h is None:")),
    "KeepsHiddenStateOnly": changed(
        CELLS,
        ("            self.c = np.zeros((N, Wh.shape[0]), dtype=Wh.dtype)\n", ""),
        ("        hs = np.empty(", "        self.c = np.zeros_like(self.h)\n        hs = np.empty("),
    ),
    "SetsHiddenStateOnly": changed(
        PREALLOCATED,
        (
            "        self.h, self.c = h, c\n",
            "        self.h = h\n        if self.c is None:\n            self.c = np.zeros(h.shape, h.dtype)\n",
        ),
    ),
    "ResetsHiddenStateOnly": changed(
        SINGLE_MATRICES,
        ("c = self.c if known else", "c = self.c if self.stateful and self.c is not None else"),
        ("reset_state(self):\n        self.h, self.c = None, None", "reset_state(self):\n        self.h = None"),
    ),
    "LeavesOutOwnDc": changed(CELLS, ("ds = dc_next + (dh_next * o) * (1 - tanh_c_next ** 2)", "ds = dc_next")),
    "LeavesOutLaterDc": changed(PREALLOCATED, ("dc = dc_next + dh * o", "dc = dh * o")),
    "HandsBackWithoutForget": changed(CELLS, ("dc_prev = ds * f", "dc_prev = ds")),
    "HandsBackThroughEarlierForget": changed(
        PREALLOCATED, ("dc = dc_next + dh", "dc = dc_next * f + dh"), ("dc_next = dc * f", "dc_next = dc")
    ),
    "SquaresCellState": changed(PREALLOCATED, ("(1 - tc * tc)", "(1 - self.cs[t+1] ** 2)")),
    "TakesTanhsSlopeForGates": changed(
        CELLS,
        ("di *= i * (1 - i)", "di *= 1 - i ** 2"),
        ("df *= f * (1 - f)", "df *= 1 - f ** 2"),
        ("do *= o * (1 - o)", "do *= 1 - o ** 2"),
    ),
    "TakesTanhOfCandidateTwice": changed(CELLS, ("dg *= (1 - g ** 2)", "dg *= 1 / np.cosh(g) ** 2")),
    "TakesNewCellStateForForgetGate": changed(PREALLOCATED, ("dc * self.cs[t] *", "dc * self.cs[t+1] *")),
    "JoinsIFGO": changed(CELLS, ("np.hstack((do, df, di, dg))", "np.hstack((di, df, dg, do))")),
    "AveragesWeights": changed(
        CELLS,
        ("np.dot(x.T, dA)", "np.dot(x.T, dA) / len(x)"),
        ("np.dot(h_prev.T, dA)", "np.dot(h_prev.T, dA) / len(x)"),
    ),
    "LeavesOutTransposeOfWx": changed(PREALLOCATED, ("dA @ Wx.T", "dA @ Wx")),
    "AddsStepsUp": changed(BOOK, ("np.stack(hs, axis=1)", "np.sum(hs, axis=0)")),
    "LeavesOutDh": changed(CELLS, ("layer.backward(dhs[:, t, :] + dh, dc)", "layer.backward(dhs[:, t, :], dc)")),
    "KeepsFirstStepsGradient": changed(CELLS, ("grads[k] = grads[k] + grad", "grads[k] = grad")),
    "PilesUp": changed(PREALLOCATED, ("        for grad in self.grads:\n            grad[...] = 0\n", "")),
}

WRONG = {"MyTimeLSTM": MISTAKES}
