"""Answers to 03-time-rnn. Names say what an answer does differently."""

from rnnlm_grader.content.misconception import changed

SLUG = "03-time-rnn"

HEADER = """
class MyTimeRNN:
    def __init__(self, Wx, Wh, b, stateful=False):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)]
        self.h, self.dh = None, None
        self.stateful = stateful
"""

STATE = """
    def set_state(self, h):
        self.h = h

    def reset_state(self):
        self.h = None
"""


def answer(body, before="", state=STATE):
    """Put methods between the usual constructor and the usual state."""
    return "\n".join(part.strip("\n") + "\n" for part in (before, HEADER, body, state) if part)


CELLS = """
    def forward(self, xs):
        Wx, Wh, b = self.params
        N, T, D = xs.shape
        D, H = Wx.shape
        self.layers = []
        hs = np.empty((N, T, H), dtype=xs.dtype)
        if not self.stateful or self.h is None:
            self.h = np.zeros((N, H), dtype=xs.dtype)
        for t in range(T):
            layer = RNN(*self.params)
            self.h = layer.forward(xs[:, t, :], self.h)
            hs[:, t, :] = self.h
            self.layers.append(layer)
        return hs

    def backward(self, dhs):
        Wx, Wh, b = self.params
        N, T, H = dhs.shape
        D, H = Wx.shape
        dxs = np.empty((N, T, D), dtype=dhs.dtype)
        dh = 0
        grads = [0, 0, 0]
        for t in reversed(range(T)):
            layer = self.layers[t]
            dx, dh = layer.backward(dhs[:, t, :] + dh)
            dxs[:, t, :] = dx
            for i, grad in enumerate(layer.grads):
                grads[i] += grad
        for i, grad in enumerate(grads):
            self.grads[i][...] = grad
        self.dh = dh
        return dxs
"""
STUDY_NOTEBOOK = answer(CELLS, "from rnnlm_ref.layers import RNN")

INLINE = answer("""
    def forward(self, xs):
        Wx, Wh, b = self.params
        N, T, D = xs.shape
        h = self.h if self.stateful and self.h is not None else np.zeros((N, len(b)), b.dtype)
        self.xs, self.h0 = xs, h
        self.hs = np.zeros((N, T, len(b)), b.dtype)
        for t in range(T):
            h = np.tanh(h @ Wh + xs[:, t] @ Wx + b)
            self.hs[:, t] = h
        self.h = h
        return self.hs

    def backward(self, dhs):
        Wx, Wh, b = self.params
        N, T, D = self.xs.shape
        dxs = np.zeros_like(self.xs)
        dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
        dh = np.zeros_like(self.h0)
        for t in range(T - 1, -1, -1):
            before = self.hs[:, t - 1] if t > 0 else self.h0
            dz = (dhs[:, t] + dh) * (1 - self.hs[:, t] ** 2)
            dWx += self.xs[:, t].T @ dz
            dWh += before.T @ dz
            db += dz.sum(axis=0)
            dxs[:, t] = dz @ Wx.T
            dh = dz @ Wh.T
        self.grads[0][...], self.grads[1][...], self.grads[2][...] = dWx, dWh, db
        self.dh = dh
        return dxs
""")

OWN_CELL = """
class Cell:
    def __init__(self, params):
        self.Wx, self.Wh, self.b = params

    def forward(self, x, h_prev):
        self.x, self.h_prev = x, h_prev
        self.h = np.tanh(h_prev @ self.Wh + x @ self.Wx + self.b)
        return self.h

    def backward(self, dh):
        dz = dh * (1 - self.h ** 2)
        self.grads = [self.x.T @ dz, self.h_prev.T @ dz, dz.sum(axis=0)]
        return dz @ self.Wx.T, dz @ self.Wh.T
"""

STACKED = answer(
    """
    def forward(self, xs):
        h = self.h if (self.stateful and self.h is not None) else np.zeros((len(xs), len(self.params[2])), xs.dtype)
        self.cells, outs = [], []
        for x in xs.transpose(1, 0, 2):
            cell = Cell(self.params)
            h = cell.forward(x, h)
            self.cells.append(cell)
            outs.append(h)
        self.h = h
        return np.stack(outs, axis=1)

    def backward(self, dhs):
        dh, dxs = np.zeros_like(dhs[:, 0]), []
        for cell, dout in zip(reversed(self.cells), dhs.transpose(1, 0, 2)[::-1]):
            dx, dh = cell.backward(dout + dh)
            dxs.append(dx)
        self.dh = dh
        for i in range(3):
            self.grads[i][...] = sum(cell.grads[i] for cell in self.cells)
        return np.stack(dxs[::-1], axis=1)
""",
    OWN_CELL,
)

TIME_MAJOR = answer("""
    def forward(self, xs):
        Wx, Wh, b = self.params
        N, T, D = xs.shape
        H = len(b)
        self.xs = np.ascontiguousarray(xs.swapaxes(0, 1)).reshape(T * N, D)
        zs = (self.xs @ Wx + b).reshape(T, N, H)
        self.states = np.zeros((T + 1, N, H), b.dtype)
        if self.stateful and self.h is not None:
            self.states[0] = self.h
        for t in range(T):
            self.states[t + 1] = np.tanh(zs[t] + self.states[t] @ Wh)
        self.h = self.states[T].copy()
        return self.states[1:].swapaxes(0, 1).copy()

    def backward(self, dhs):
        Wx, Wh, b = self.params
        N, T, H = dhs.shape
        dzs = 1 - self.states[1:] ** 2
        dh = 0
        for t in range(T)[::-1]:
            dzs[t] *= dhs[:, t] + dh
            dh = dzs[t] @ Wh.T
        self.dh = dh
        flat = dzs.reshape(T * N, H)
        np.matmul(self.xs.T, flat, out=self.grads[0])
        np.matmul(self.states[:-1].reshape(T * N, H).T, flat, out=self.grads[1])
        np.sum(flat, axis=0, out=self.grads[2])
        return (flat @ Wx.T).reshape(T, N, -1).swapaxes(0, 1).copy()
""")

TIME_RNN = {
    "as the study notebook, on the lent cell": STUDY_NOTEBOOK,
    "written out, without a cell": INLINE,
    "a cell of its own, outputs stacked": STACKED,
    "time-major, one product for all steps": TIME_MAJOR,
    "the lent cell through the module": changed(
        STUDY_NOTEBOOK,
        ("from rnnlm_ref.layers import RNN", "import rnnlm_ref.layers as layers"),
        ("RNN(*self.params)", "layers.RNN(*self.params)"),
    ),
    "imports the cell inside forward": changed(
        STUDY_NOTEBOOK,
        ("from rnnlm_ref.layers import RNN\n", ""),
        ("        self.layers = []", "        from rnnlm_ref.layers import RNN\n        self.layers = []"),
    ),
    "the lent cell recomputed step by step in backward": changed(
        STUDY_NOTEBOOK,
        ("        self.layers = []", "        self.xs, self.befores = xs, []"),
        ("            layer = RNN", "            self.befores.append(self.h)\n            layer = RNN"),
        ("            self.layers.append(layer)\n", ""),
        (
            "layer = self.layers[t]",
            "layer = RNN(*self.params)\n            layer.forward(self.xs[:, t], self.befores[t])",
        ),
    ),
    "adds to grads step by step": changed(
        STUDY_NOTEBOOK,
        ("        grads = [0, 0, 0]\n", "        for grad in self.grads:\n            grad.fill(0)\n"),
        ("                grads[i] += grad\n", "                self.grads[i] += grad\n"),
        ("        for i, grad in enumerate(grads):\n            self.grads[i][...] = grad\n", ""),
    ),
    "float64 inside, right dtype outside": changed(
        INLINE,
        ("        Wx, Wh, b = self.params\n", "        Wx, Wh, b = (p.astype('d') for p in self.params)\n"),
        ("return self.hs\n", "return self.hs.astype(xs.dtype)\n"),
        ("self.dh = dh\n", "self.dh = dh.astype(dhs.dtype)\n"),
        ("return dxs\n", "return dxs.astype(dhs.dtype)\n"),
    ),
    "itertools.accumulate": answer("""
    def forward(self, xs):
        from itertools import accumulate
        Wx, Wh, b = self.params
        start = self.h if self.stateful and self.h is not None else np.zeros((len(xs), len(b)), b.dtype)
        self.xs = list(np.moveaxis(xs, 1, 0))
        self.states = list(accumulate(self.xs, lambda h, x: np.tanh(h @ Wh + x @ Wx + b), initial=start))
        *_, self.h = self.states
        return np.moveaxis(np.array(self.states[1:]), 0, 1)

    def backward(self, dhs):
        Wx, Wh, b = self.params
        dh, dzs = 0, []
        for h, dout in zip(self.states[:0:-1], np.moveaxis(dhs, 1, 0)[::-1]):
            dzs.append((dout + dh) * (1 - h * h))
            dh = dzs[-1] @ Wh.T
        dzs.reverse()
        self.dh = dh
        self.grads[0][...] = sum(x.T @ dz for x, dz in zip(self.xs, dzs))
        self.grads[1][...] = sum(h.T @ dz for h, dz in zip(self.states, dzs))
        self.grads[2][...] = sum(dz.sum(0) for dz in dzs)
        return np.moveaxis(np.array([dz @ Wx.T for dz in dzs]), 0, 1)
"""),
    "a generator and a stack of closures": answer("""
    def forward(self, xs):
        Wx, Wh, b = self.params
        h = np.zeros((len(xs), len(b)), b.dtype) if self.h is None or not self.stateful else self.h
        self.tape = []
        steps = []
        for t in range(xs.shape[1]):
            h = self.step(xs[:, t], h)
            steps.append(h)
        self.h = h
        return np.stack(steps, 1)

    def step(self, x, h_prev):
        Wx, Wh, b = self.params
        h = np.tanh(x @ Wx + h_prev @ Wh + b)

        def back(dh):
            dz = dh * (1 - h ** 2)
            self.grads[0][...] += x.T @ dz
            self.grads[1][...] += h_prev.T @ dz
            self.grads[2][...] += dz.sum(axis=0)
            return dz @ Wx.T, dz @ Wh.T

        self.tape.append(back)
        return h

    def backward(self, dhs):
        for grad in self.grads:
            grad.fill(0)
        dh = np.zeros_like(dhs[:, 0])
        dxs = []
        for t, back in reversed(list(enumerate(self.tape))):
            dx, dh = back(dhs[:, t] + dh)
            dxs.insert(0, dx)
        self.dh = dh
        return np.stack(dxs, 1)
"""),
    "states kept in a dictionary by time": changed(
        INLINE,
        ("self.hs = np.zeros((N, T, len(b)), b.dtype)", "self.hs = {-1: h}"),
        ("self.hs[:, t] = h", "self.hs[t] = h"),
        ("return self.hs\n", "return np.concatenate([self.hs[t][:, None] for t in range(T)], axis=1)\n"),
        ("self.hs[:, t - 1] if t > 0 else self.h0", "self.hs[t - 1]"),
        ("self.hs[:, t] ** 2", "self.hs[t] ** 2"),
    ),
    "a layer that wraps a base class": """
from rnnlm_ref.layers import RNN

class Stateful:
    def __init__(self, stateful):
        self.stateful = stateful
        self.h = self.dh = None

    def start(self, like):
        if self.stateful and self.h is not None:
            return self.h
        return np.zeros_like(like)

    def set_state(self, h):
        self.h = h.copy()

    def reset_state(self):
        self.h = None


class MyTimeRNN(Stateful):
    def __init__(self, Wx, Wh, b, stateful=False):
        super().__init__(stateful)
        self.params = [Wx, Wh, b]
        self.grads = tuple(np.zeros_like(p) for p in self.params)

    def forward(self, xs):
        self.cells = [RNN(*self.params) for _ in range(xs.shape[1])]
        hs = np.empty((*xs.shape[:2], len(self.params[2])), self.params[2].dtype)
        h = self.start(hs[:, 0])
        for t, cell in enumerate(self.cells):
            h = hs[:, t] = cell.forward(xs[:, t], h)
        self.h = hs[:, -1]
        return hs

    def backward(self, dhs):
        dh = np.zeros_like(dhs[:, 0])
        dxs = [None] * len(self.cells)
        for t in range(len(self.cells) - 1, -1, -1):
            dxs[t], dh = self.cells[t].backward(dhs[:, t] + dh)
        self.dh = dh
        for i, grad in enumerate(self.grads):
            grad[...] = np.sum([cell.grads[i] for cell in self.cells], axis=0)
        return np.stack(dxs, axis=1)
""",
    "prints and warnings on the way": changed(
        STUDY_NOTEBOOK,
        (
            "        self.layers = []",
            """        import warnings
        warnings.warn("looking things up")
        self.layers = []""",
        ),
        ("        self.dh = dh\n", "        self.dh = dh\n        print(self.grads)\n"),
    ),
    "h and dh as properties": changed(
        INLINE,
        ("        self.h, self.dh = None, None\n", "        self._h, self._dh = None, None\n"),
        ("self.h = h\n", "self._h = h\n"),
        ("self.h = None\n", "self._h = None\n"),
        ("self.dh = dh", "self._dh = dh"),
    )
    + """
    @property
    def h(self):
        return self._h

    @property
    def dh(self):
        return self._dh
""",
    "forgets dh and all that it kept with the state": changed(
        STUDY_NOTEBOOK,
        ("        self.h = h\n\n", "        self.h, self.dh = h, None\n\n"),
        (
            "    def reset_state(self):\n        self.h = None\n",
            "    def reset_state(self):\n        self.h, self.dh, self.layers = None, None, []\n",
        ),
    ),
    "refuses numbers that are not finite": changed(
        INLINE,
        ("    def forward(self, xs):\n", "    def forward(self, xs):\n        assert np.isfinite(xs).all(), 'xs'\n"),
        (
            "    def backward(self, dhs):\n",
            "    def backward(self, dhs):\n"
            "        if not np.isfinite(dhs).all():\n            raise ValueError('dhs')\n",
        ),
    ),
    "state kept as zeros and a flag": changed(
        INLINE,
        (
            "h = self.h if self.stateful and self.h is not None else np.zeros((N, len(b)), b.dtype)",
            "h = self.h if self.stateful and self.has_state else np.zeros((N, len(b)), b.dtype)",
        ),
        ("        self.stateful = stateful\n", "        self.stateful = stateful\n        self.has_state = False\n"),
        ("self.h = h\n        return self.hs", "self.h, self.has_state = h, True\n        return self.hs"),
        (
            "        self.h = h\n\n    def reset_state(self):\n        self.h = None\n",
            "        self.h, self.has_state = h, True\n\n    def reset_state(self):\n        self.has_state = False\n",
        ),
    ),
    "arguments by position only, dot into grads": changed(
        TIME_MAJOR,
        ("forward(self, xs)", "forward(self, xs, /)"),
        ("backward(self, dhs)", "backward(self, dhs, /)"),
        ("np.matmul(self.xs.T", "np.dot(self.xs.T"),
        ("set_state(self, h)", "set_state(self, h, /)"),
    ),
    "Fortran order and views": changed(
        TIME_MAJOR,
        ("return self.states[1:].swapaxes(0, 1).copy()", "return np.asfortranarray(self.states[1:].swapaxes(0, 1))"),
        ("self.h = self.states[T].copy()", "self.h = self.states[T]"),
    ),
}

RIGHT = {"MyTimeRNN": TIME_RNN}

MISTAKES = {
    "StartsEachStepFromZeros": changed(INLINE, ("h = np.tanh(h @ Wh", "h = np.tanh(np.zeros_like(h) @ Wh")),
    "AlwaysKeepsState": changed(INLINE, ("self.h if self.stateful and self.h", "self.h if self.h")),
    "NeverKeepsState": changed(STACKED, ("self.h if (self.stateful and self.h is not None) else ", "")),
    "WritesTanhOut": changed(
        INLINE,
        (
            "h = np.tanh(h @ Wh + xs[:, t] @ Wx + b)",
            ("z = h @ Wh + xs[:, t] @ Wx + b\n            h = np.sinh(z) / np.cosh(z)"),
        ),
    ),
    "ClearsGradsInForward": changed(
        TIME_MAJOR,
        ("        H = len(b)\n", ("        H = len(b)\n        for grad in self.grads:\n            grad *= 0\n")),
    ),
    "LeavesOutDh": changed(STACKED, ("cell.backward(dout + dh)", "cell.backward(dout)")),
    "GoesForwards": changed(INLINE, ("for t in range(T - 1, -1, -1):", "for t in range(0, T, 1):")),
    "KeepsFirstStepsGradient": changed(INLINE, ("dWx +=", "dWx ="), ("dWh +=", "dWh ="), ("db +=", "db =")),
    "HasOneCellSummedAfter": changed(
        STACKED,
        (
            "        self.cells, outs = [], []\n",
            "        self.cells, outs = [], []\n        cell = Cell(self.params)\n",
        ),
        ("            cell = Cell(self.params)\n            h =", "            h ="),
    ),
    "NeverEmptiesSteps": changed(
        STUDY_NOTEBOOK,
        ("        self.layers = []\n", ""),
        ("        self.stateful = stateful\n", "        self.stateful = stateful\n        self.layers = []\n"),
    ),
    "TakesStateAfterForDWh": changed(INLINE, ("self.hs[:, t - 1] if t > 0 else self.h0", "self.hs[:, t]")),
    "HandsBackThroughWh": changed(TIME_MAJOR, ("dzs[t] @ Wh.T", "np.dot(dzs[t], Wh)")),
    "GivesDxsBackwards": changed(STACKED, ("dxs[::-1]", "dxs")),
    "AveragesWeights": changed(
        STACKED,
        ("self.h_prev.T @ dz,", "self.h_prev.T @ dz / len(dz),"),
        ("self.x.T @ dz,", "self.x.T @ dz / len(dz),"),
    ),
    "LeavesOutTransposeOfWx": changed(INLINE, ("dz @ Wx.T", "np.dot(dz, Wx)")),
    "TurnsDWx": changed(INLINE, ("self.xs[:, t].T @ dz", "dz.T @ self.xs[:, t]")),
    "AddsStepsUp": changed(STACKED, ("np.stack(outs, axis=1)", "sum(outs)")),
    "SetsNoDh": changed(TIME_MAJOR, ("        self.dh = dh\n", "")),
    "ChangesDhs": changed(
        STACKED,
        (
            "            dx, dh = cell.backward(dout + dh)",
            "            dout += dh\n            dx, dh = cell.backward(dout)",
        ),
    ),
    "CarriesDh": changed(
        INLINE, ("dh = np.zeros_like(self.h0)", "dh = np.zeros_like(self.h0) if self.dh is None else self.dh")
    ),
    "SetsStateOnlyWhenStateful": changed(
        INLINE,
        (
            "        self.h = h\n        return self.hs",
            "        if self.stateful:\n            self.h = h\n        return self.hs",
        ),
    ),
}

WRONG = {"MyTimeRNN": MISTAKES}
