"""Answers to 03-time-rnn. Names say what an answer does differently."""
from .rnn import exchanged

SLUG = "03-time-rnn"

HEADER = '''
class MyTimeRNN:
    def __init__(self, Wx, Wh, b, stateful=False):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)]
        self.h, self.dh = None, None
        self.stateful = stateful
'''

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

STACKED = answer("""
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
""", OWN_CELL)

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
    "the lent cell through the module": exchanged(STUDY_NOTEBOOK, ("from rnnlm_ref.layers import RNN",
                                                                  "import rnnlm_ref.layers as layers"),
                                                  ("RNN(*self.params)", "layers.RNN(*self.params)")),
    "imports the cell inside forward": exchanged(
        STUDY_NOTEBOOK, ("from rnnlm_ref.layers import RNN\n", ""),
        ("        self.layers = []", "        from rnnlm_ref.layers import RNN\n        self.layers = []")),
    "the lent cell recomputed step by step in backward": answer("""
    def forward(self, xs):
        self.xs = xs
        N, T, D = xs.shape
        h = np.zeros((N, self.params[1].shape[0]), dtype=xs.dtype)
        if self.stateful and self.h is not None:
            h = self.h
        self.befores = []
        for t in range(T):
            self.befores.append(h)
            h = RNN(*self.params).forward(xs[:, t], h)
        self.h = h
        return np.stack(self.befores[1:] + [h], axis=1)

    def backward(self, dhs):
        totals = [np.zeros_like(p) for p in self.params]
        dxs, dh = np.empty_like(self.xs), np.zeros_like(self.h)
        cell = RNN(*self.params)
        for t in range(dhs.shape[1] - 1, -1, -1):
            cell.forward(self.xs[:, t], self.befores[t])
            dxs[:, t], dh = cell.backward(dhs[:, t] + dh)
            for total, grad in zip(totals, cell.grads):
                total += grad
        for mine, total in zip(self.grads, totals):
            mine[:] = total
        self.dh = dh
        return dxs
""", "from rnnlm_ref.layers import RNN"),
    "recursion over the steps": answer("""
    def forward(self, xs):
        h = self.h if self.stateful and self.h is not None else np.zeros((len(xs), len(self.params[2])), xs.dtype)
        self.xs, self.states = xs, self.run(xs, [h])
        self.h = self.states[-1]
        return np.stack(self.states[1:], axis=1)

    def run(self, xs, states):
        t = len(states) - 1
        if t == xs.shape[1]:
            return states
        Wx, Wh, b = self.params
        return self.run(xs, states + [np.tanh(xs[:, t] @ Wx + states[-1] @ Wh + b)])

    def backward(self, dhs):
        for grad in self.grads:
            grad[...] = 0
        dxs = np.zeros_like(self.xs)
        self.dh = self.back(0, dhs, dxs)
        return dxs

    def back(self, t, dhs, dxs):
        if t == dhs.shape[1]:
            return np.zeros_like(dhs[:, 0])
        Wx, Wh, b = self.params
        dz = (dhs[:, t] + self.back(t + 1, dhs, dxs)) * (1 - self.states[t + 1] ** 2)
        self.grads[0] += self.xs[:, t].T @ dz
        self.grads[1] += self.states[t].T @ dz
        self.grads[2] += dz.sum(axis=0)
        dxs[:, t] = dz @ Wx.T
        return dz @ Wh.T
"""),
    "row by row of the batch": answer("""
    def forward(self, xs):
        Wx, Wh, b = self.params
        N, T, D = xs.shape
        keep = self.stateful and self.h is not None
        self.xs = xs
        self.states = np.zeros((N, T + 1, len(b)), dtype=b.dtype)
        for n in range(N):
            if keep:
                self.states[n, 0] = self.h[n]
            for t in range(T):
                self.states[n, t + 1] = np.tanh(xs[n, t] @ Wx + self.states[n, t] @ Wh + b)
        self.h = self.states[:, -1].copy()
        return self.states[:, 1:].copy()

    def backward(self, dhs):
        Wx, Wh, b = self.params
        N, T, H = dhs.shape
        dWx, dWh, db = (np.zeros_like(p) for p in self.params)
        dxs = np.zeros_like(self.xs)
        self.dh = np.zeros((N, H), dtype=b.dtype)
        for n in range(N):
            dh = np.zeros(H, dtype=b.dtype)
            for t in reversed(range(T)):
                dz = (dhs[n, t] + dh) * (1 - self.states[n, t + 1] ** 2)
                dWx += np.outer(self.xs[n, t], dz)
                dWh += np.outer(self.states[n, t], dz)
                db += dz
                dxs[n, t] = Wx @ dz
                dh = Wh @ dz
            self.dh[n] = dh
        for grad, total in zip(self.grads, (dWx, dWh, db)):
            np.copyto(grad, total)
        return dxs
"""),
    "einsum over all steps after the loop": answer("""
    def forward(self, xs):
        Wx, Wh, b = self.params
        first = self.h if self.stateful and self.h is not None else np.zeros((xs.shape[0], b.size), dtype=b.dtype)
        states = [first]
        for z in np.einsum("ntd,dh->tnh", xs, Wx):
            states.append(np.tanh(z + states[-1] @ Wh + b))
        self.cache = xs, np.array(states)
        self.h = states[-1]
        return np.einsum("tnh->nth", self.cache[1][1:]).copy()

    def backward(self, dhs):
        Wx, Wh, b = self.params
        xs, states = self.cache
        dzs = np.zeros_like(states[1:])
        dh = np.zeros_like(states[0])
        for t in range(len(dzs) - 1, -1, -1):
            dzs[t] = (dh + dhs[:, t]) * (1 - states[t + 1] ** 2)
            dh = np.einsum("nj,ij->ni", dzs[t], Wh)
        self.dh = dh
        self.grads[0][...] = np.einsum("ntd,tnh->dh", xs, dzs)
        self.grads[1][...] = np.einsum("tni,tnh->ih", states[:-1], dzs)
        self.grads[2][...] = np.einsum("tnh->h", dzs)
        return np.einsum("tnh,dh->ntd", dzs, Wx)
"""),
    "float64 inside, right dtype outside": exchanged(
        INLINE, ("        Wx, Wh, b = self.params\n", "        Wx, Wh, b = (p.astype('d') for p in self.params)\n"),
        ("return self.hs\n", "return self.hs.astype(xs.dtype)\n"),
        ("self.dh = dh\n", "self.dh = dh.astype(dhs.dtype)\n"), ("return dxs\n", "return dxs.astype(dhs.dtype)\n")),
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
    "steps kept in dictionaries by time": answer("""
    def forward(self, xs):
        Wx, Wh, b = self.params
        N, T, D = xs.shape
        self.x, self.hidden = {}, {}
        self.hidden[-1] = np.zeros((N, len(b)), dtype=b.dtype)
        if self.stateful and self.h is not None:
            self.hidden[-1] = np.copy(self.h)
        for t in range(T):
            self.x[t] = xs[:, t]
            self.hidden[t] = np.tanh(np.dot(self.x[t], Wx) + np.dot(self.hidden[t - 1], Wh) + b)
        self.h = self.hidden[T - 1]
        return np.concatenate([self.hidden[t][:, None] for t in range(T)], axis=1)

    def backward(self, dhs):
        Wx, Wh, b = self.params
        T = len(self.x)
        dWx, dWh, db = self.grads
        dWx[...] = dWh[...] = db[...] = 0
        dnext = np.zeros_like(self.hidden[-1])
        dxs = np.empty(dhs.shape[:2] + (len(Wx),), dtype=dhs.dtype)
        for t in reversed(range(T)):
            draw = (1 - self.hidden[t] * self.hidden[t]) * (dhs[:, t] + dnext)
            dWx += np.dot(self.x[t].T, draw)
            dWh += np.dot(self.hidden[t - 1].T, draw)
            db += np.sum(draw, axis=0)
            dxs[:, t] = np.dot(draw, Wx.T)
            dnext = np.dot(draw, Wh.T)
        self.dh = dnext
        return dxs
"""),
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
    "prints and warnings on the way": exchanged(STUDY_NOTEBOOK, (
        "        self.layers = []", """        import warnings
        warnings.warn("looking things up")
        self.layers = []"""), ("        self.dh = dh\n", "        self.dh = dh\n        print(self.grads)\n")),
    "h and dh as properties": exchanged(INLINE, ("        self.h, self.dh = None, None\n",
                                                 "        self._h, self._dh = None, None\n"),
                                        ("self.h = h\n", "self._h = h\n"), ("self.h = None\n", "self._h = None\n"),
                                        ("self.dh = dh", "self._dh = dh")) + """
    @property
    def h(self):
        return self._h

    @property
    def dh(self):
        return self._dh
""",
    "the sum over later steps as powers of a matrix": answer("""
    def forward(self, xs):
        Wx, Wh, b = self.params
        h = self.h if self.stateful and self.h is not None else np.zeros((len(xs), len(b)), b.dtype)
        self.xs, self.states = xs, [h]
        for t in range(xs.shape[1]):
            h = np.tanh(h @ Wh + xs[:, t] @ Wx + b)
            self.states.append(h)
        self.h = h
        return np.stack(self.states[1:], axis=1)

    def backward(self, dhs):
        Wx, Wh, b = self.params
        N, T, H = dhs.shape
        dxs = np.zeros_like(self.xs)
        dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
        start = np.zeros_like(dhs[:, 0])
        for n in range(N):
            for source in range(T):
                d = dhs[n, source]
                for t in range(source, -1, -1):
                    d = d * (1 - self.states[t + 1][n] ** 2)
                    dWx += np.outer(self.xs[n, t], d)
                    dWh += np.outer(self.states[t][n], d)
                    db += d
                    dxs[n, t] += Wx @ d
                    d = Wh @ d
                start[n] += d
        self.dh = start
        for grad, total in zip(self.grads, (dWx, dWh, db)):
            grad[...] = total
        return dxs
"""),
    "forgets dh and all that it kept with the state": exchanged(
        STUDY_NOTEBOOK, ("        self.h = h\n\n", "        self.h, self.dh = h, None\n\n"),
        ("    def reset_state(self):\n        self.h = None\n",
         "    def reset_state(self):\n        self.h, self.dh, self.layers = None, None, []\n")),
    "refuses numbers that are not finite": exchanged(INLINE, (
        "    def forward(self, xs):\n", "    def forward(self, xs):\n        assert np.isfinite(xs).all(), 'xs'\n"), (
        "    def backward(self, dhs):\n",
        "    def backward(self, dhs):\n        if not np.isfinite(dhs).all():\n            raise ValueError('dhs')\n")),
    "state kept as zeros and a flag": exchanged(INLINE, (
        "h = self.h if self.stateful and self.h is not None else np.zeros((N, len(b)), b.dtype)",
        "h = self.h if self.stateful and self.has_state else np.zeros((N, len(b)), b.dtype)"),
        ("        self.stateful = stateful\n", "        self.stateful = stateful\n        self.has_state = False\n"),
        ("self.h = h\n        return self.hs", "self.h, self.has_state = h, True\n        return self.hs"),
        ("        self.h = h\n\n    def reset_state(self):\n        self.h = None\n",
         "        self.h, self.has_state = h, True\n\n    def reset_state(self):\n        self.has_state = False\n")),
    "arguments by position only, dot into grads": exchanged(
        TIME_MAJOR, ("forward(self, xs)", "forward(self, xs, /)"), ("backward(self, dhs)", "backward(self, dhs, /)"),
        ("np.matmul(self.xs.T", "np.dot(self.xs.T"), ("set_state(self, h)", "set_state(self, h, /)")),
    "Fortran order and views": exchanged(TIME_MAJOR, (
        "return self.states[1:].swapaxes(0, 1).copy()", "return np.asfortranarray(self.states[1:].swapaxes(0, 1))"),
        ("self.h = self.states[T].copy()", "self.h = self.states[T]")),
    "a cell that takes parameters as arguments": answer("""
    def forward(self, xs):
        h = self.h if self.stateful and self.h is not None else 0 * xs[:, 0] @ self.params[0]
        self.tape = []
        hs = []
        for t in range(xs.shape[1]):
            h, record = step(xs[:, t], h, *self.params)
            self.tape += [record]
            hs += [h]
        self.h = h
        return np.array(hs).transpose(1, 0, 2)

    def backward(self, dhs):
        dxs, dh, totals = [], np.zeros(dhs[:, 0].shape, dhs.dtype), None
        for t in reversed(range(len(self.tape))):
            dx, dh, grads = step_back(dhs[:, t] + dh, self.tape[t], *self.params)
            totals = grads if totals is None else [total + grad for total, grad in zip(totals, grads)]
            dxs = [dx] + dxs
        self.dh = dh
        for grad, total in zip(self.grads, totals):
            grad[...] = total
        return np.array(dxs).transpose(1, 0, 2)
""", """
def step(x, h_prev, Wx, Wh, b):
    h = np.tanh(x @ Wx + h_prev @ Wh + b)
    return h, (x, h_prev, h)


def step_back(dh, record, Wx, Wh, b):
    x, h_prev, h = record
    dz = dh - dh * h ** 2
    return dz @ Wx.T, dz @ Wh.T, [x.T @ dz, h_prev.T @ dz, dz.sum(axis=0)]
"""),
}

RIGHT = {"MyTimeRNN": TIME_RNN}

KEPT = "if not self.stateful or self.h is None:"

MISTAKES = {
    "GivesNoHs": exchanged(STUDY_NOTEBOOK, ("        return hs\n", "")),
    "ForcesFloat32": exchanged(STUDY_NOTEBOOK, ("(N, T, H), dtype=xs.dtype", "(N, T, H), dtype='f'"),
                               ("dtype=dhs.dtype", "dtype='f'")),
    "StartsEachStepFromZeros": exchanged(INLINE, ("h = np.tanh(h @ Wh", "h = np.tanh(np.zeros_like(h) @ Wh")),
    "AlwaysKeepsState": exchanged(STUDY_NOTEBOOK, (KEPT, "if self.h is None:")),
    "NeverKeepsState": exchanged(STACKED, ("self.h if (self.stateful and self.h is not None) else ", "")),
    "LeavesOutDh": exchanged(STACKED, ("cell.backward(dout + dh)", "cell.backward(dout)")),
    "GoesForwards": exchanged(INLINE, ("for t in range(T - 1, -1, -1):", "for t in range(0, T, 1):")),
    "KeepsFirstStepsGradient": exchanged(STUDY_NOTEBOOK, ("grads[i] += grad", "grads[i] = grad")),
    "HasOneCell": exchanged(STUDY_NOTEBOOK, ("        for t in range(T):\n            layer = RNN(*self.params)\n",
                                             "        layer = RNN(*self.params)\n        for t in range(T):\n")),
    "HasOneCellSummedAfter": exchanged(STACKED, ("        self.cells, outs = [], []\n",
                                      "        self.cells, outs = [], []\n        cell = Cell(self.params)\n"),
                            ("            cell = Cell(self.params)\n            h =", "            h =")),
    "NeverEmptiesCells": exchanged(STUDY_NOTEBOOK, ("        self.layers = []\n", ""),
                                   ("        self.stateful = stateful\n",
                                    "        self.stateful = stateful\n        self.layers = []\n")),
    "TakesStateAfterForDWh": exchanged(INLINE, ("before = self.hs[:, t - 1] if t > 0 else self.h0",
                                                "before = self.hs[:, t]")),
    "HandsBackThroughWh": exchanged(TIME_MAJOR, ("dzs[t] @ Wh.T", "np.dot(dzs[t], Wh)")),
    "GivesDxsBackwards": exchanged(STACKED, ("dxs[::-1]", "dxs")),
    "SetsNoDh": exchanged(STUDY_NOTEBOOK, ("        self.dh = dh\n", "")),
    "ChangesDhs": exchanged(STUDY_NOTEBOOK, ("            dx, dh = layer.backward(dhs[:, t, :] + dh)",
                                             "            dhs[:, t, :] += dh\n"
                                             "            dx, dh = layer.backward(dhs[:, t, :])")),
    "CarriesDh": exchanged(STUDY_NOTEBOOK, ("        dh = 0\n", "        dh = 0 if self.dh is None else self.dh\n")),
    "SetsStateOnlyWhenStateful": exchanged(INLINE, ("        self.h = h\n        return self.hs",
                                                    "        if self.stateful:\n            self.h = h\n"
                                                    "        return self.hs")),
}

WRONG = {"MyTimeRNN": MISTAKES}
