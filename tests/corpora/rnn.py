"""Answers to 02-rnn. Names say what an answer does differently."""

from rnnlm_grader.content.misconception import changed

SLUG = "02-rnn"

HEADER = """
class MyRNN:
    def __init__(self, Wx, Wh, b):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)]
        self.cache = None
"""


def answer(body, header=HEADER):
    """Put methods under the usual constructor."""
    return header.strip("\n") + "\n" + body.strip("\n") + "\n"


FORWARD = """
    def forward(self, x, h_prev):
        Wx, Wh, b = self.params
        t = np.dot(h_prev, Wh) + np.dot(x, Wx) + b
        h_next = np.tanh(t)
        self.cache = (x, h_prev, h_next)
        return h_next
"""

BACKWARD = """
    def backward(self, dh_next):
        Wx, Wh, b = self.params
        x, h_prev, h_next = self.cache
        dt = dh_next * (1 - h_next ** 2)
        db = np.sum(dt, axis=0)
        dWh = np.dot(h_prev.T, dt)
        dh_prev = np.dot(dt, Wh.T)
        dWx = np.dot(x.T, dt)
        dx = np.dot(dt, Wx.T)
        self.grads[0][...] = dWx
        self.grads[1][...] = dWh
        self.grads[2][...] = db
        return dx, dh_prev
"""

STUDY_NOTEBOOK = answer(FORWARD + BACKWARD)
WRITES = """        self.grads[0][...] = dWx
        self.grads[1][...] = dWh
        self.grads[2][...] = db
"""
KEEPS_SUM = changed(
    STUDY_NOTEBOOK,
    ("self.cache = (x, h_prev, h_next)", "self.cache = (x, h_prev, t)"),
    ("x, h_prev, h_next = self.cache", "x, h_prev, t = self.cache"),
)

RNN = {
    "as the study notebook, with tanh": STUDY_NOTEBOOK,
    "one matrix product of x and h side by side": answer("""
    def forward(self, x, h_prev):
        Wx, Wh, b = self.params
        self.both = np.hstack([x, h_prev])
        self.h = np.tanh(self.both @ np.vstack([Wx, Wh]) + b)
        return self.h

    def backward(self, dh_next):
        Wx, Wh, b = self.params
        D = len(Wx)
        dz = dh_next * (1 - np.square(self.h))
        dW = self.both.T @ dz
        self.grads[0][:] = dW[:D]
        self.grads[1][:] = dW[D:]
        self.grads[2][:] = np.ones(len(dz), dz.dtype) @ dz
        dboth = dz @ np.vstack([Wx, Wh]).T
        return dboth[:, :D], dboth[:, D:]
"""),
    "einsum throughout": answer("""
    def forward(self, x, h_prev):
        Wx, Wh, b = self.params
        self.x, self.h_prev = x, h_prev
        self.h_next = np.tanh(np.einsum("nd,dh->nh", x, Wx) + np.einsum("ni,ih->nh", h_prev, Wh) + b[None])
        return self.h_next

    def backward(self, dh_next):
        Wx, Wh, _ = self.params
        dz = np.einsum("nh,nh->nh", dh_next, 1 - self.h_next * self.h_next)
        np.einsum("nd,nh->dh", self.x, dz, out=self.grads[0])
        np.einsum("ni,nh->ih", self.h_prev, dz, out=self.grads[1])
        np.einsum("nh->h", dz, out=self.grads[2])
        return np.einsum("nh,dh->nd", dz, Wx), np.einsum("nh,ih->ni", dz, Wh)
"""),
    "loops over the rows of the batch": answer("""
    def forward(self, x, h_prev):
        Wx, Wh, b = self.params
        rows = []
        for n in range(len(x)):
            rows.append(np.tanh(x[n] @ Wx + h_prev[n] @ Wh + b))
        self.x, self.h_prev, self.rows = x, h_prev, rows
        return np.array(rows)

    def backward(self, dh_next):
        Wx, Wh, b = self.params
        for grad in self.grads:
            grad[...] = 0
        dx, dh_prev = np.zeros_like(self.x), np.zeros_like(self.h_prev)
        for n, h in enumerate(self.rows):
            dz = dh_next[n] * (1 - h ** 2)
            self.grads[0] += np.outer(self.x[n], dz)
            self.grads[1] += np.outer(self.h_prev[n], dz)
            self.grads[2] += dz
            dx[n] = Wx @ dz
            dh_prev[n] = Wh @ dz
        return dx, dh_prev
"""),
    "columns instead of rows, transposed inside": answer("""
    def forward(self, x, h_prev):
        Wx, Wh, b = self.params
        self.x, self.h_prev = x.T, h_prev.T
        self.h = np.tanh(Wx.T @ self.x + Wh.T @ self.h_prev + b.reshape(-1, 1))
        return self.h.T

    def backward(self, dh_next):
        Wx, Wh, b = self.params
        dz = dh_next.T * (1 - self.h ** 2)
        self.grads[0][...] = (dz @ self.x.T).T
        self.grads[1][...] = (dz @ self.h_prev.T).T
        self.grads[2][...] = dz.sum(axis=1)
        return (Wx @ dz).T, (Wh @ dz).T
"""),
    "slope from the sum, 1 / cosh squared": changed(
        KEEPS_SUM, ("dh_next * (1 - h_next ** 2)", "dh_next / np.cosh(t) ** 2")
    ),
    "tanh from the sigmoid, slope as (1 - h)(1 + h)": """
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class MyRNN:
    def __init__(self, Wx, Wh, b):
        self.params = [Wx, Wh, b]
        self.grads = [p * 0 for p in self.params]

    def forward(self, x, h_prev):
        Wx, Wh, b = self.params
        self.x, self.h_prev = x, h_prev
        self.h_next = 2 * sigmoid(2 * (x @ Wx + h_prev @ Wh + b)) - 1
        return self.h_next

    def backward(self, dh_next):
        Wx, Wh, b = self.params
        h = self.h_next
        dz = (1 - h) * (1 + h) * dh_next
        for grad, value in zip(self.grads, (self.x.T @ dz, self.h_prev.T @ dz, dz.sum(axis=0))):
            grad[:] = value
        return dz @ Wx.T, dz @ Wh.T
""",
    "refuses numbers that are not finite": changed(
        STUDY_NOTEBOOK,
        (
            "        t = np.dot",
            ("        assert np.isfinite(x).all() and np.isfinite(h_prev).all()\n        t = np.dot"),
        ),
        (
            "        dt = ",
            ("        if not np.isfinite(dh_next).all():\n            raise ValueError('dh_next')\n        dt = "),
        ),
    ),
    "clips sums where tanh is 1 all the same": changed(STUDY_NOTEBOOK, ("np.tanh(t)", "np.tanh(np.clip(t, -15, 15))")),
    "tanh from exponentials that are small": changed(
        STUDY_NOTEBOOK, ("np.tanh(t)", "np.sign(t) * (1 - np.exp(-2 * abs(t))) / (1 + np.exp(-2 * abs(t)))")
    ),
    "computes everything again in backward": answer("""
    def step(self):
        Wx, Wh, b = self.params
        return np.tanh(self.h_prev @ Wh + self.x @ Wx + b)

    def forward(self, x, h_prev):
        self.x = x.copy()
        self.h_prev = h_prev.copy()
        return self.step()

    def backward(self, dh_next):
        Wx, Wh, b = self.params
        dz = dh_next - dh_next * self.step() ** 2
        np.matmul(self.x.T, dz, out=self.grads[0])
        np.matmul(self.h_prev.T, dz, out=self.grads[1])
        np.sum(dz, axis=0, out=self.grads[2])
        return np.matmul(dz, Wx.T), np.matmul(dz, Wh.T)
"""),
    "float64 inside, right dtype outside": changed(
        STUDY_NOTEBOOK,
        ("Wx, Wh, b = self.params", "Wx, Wh, b = (p.astype(np.float64) for p in self.params)"),
        ("return h_next", "return h_next.astype(self.params[0].dtype)"),
        ("return dx, dh_prev", "return tuple(d.astype(self.params[0].dtype) for d in (dx, dh_prev))"),
    ),
    "a backward function made in forward": answer("""
    def forward(self, x, h_prev):
        Wx, Wh, b = self.params
        h_next = np.tanh(x @ Wx + h_prev @ Wh + b)

        def go_back(dh_next):
            dz = dh_next * (1 - h_next ** 2)
            return dz @ Wx.T, dz @ Wh.T, x.T @ dz, h_prev.T @ dz, dz.sum(axis=0)

        self.go_back = go_back
        return h_next

    def backward(self, dh_next):
        dx, dh_prev, *grads = self.go_back(dh_next)
        for mine, new in zip(self.grads, grads):
            mine[...] = new
        return dx, dh_prev
"""),
    "classes for affine maps and tanh, chained": """
class Linear:
    def __init__(self, W, dW):
        self.W, self.dW = W, dW

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dy):
        self.dW[...] = self.x.T @ dy
        return dy @ self.W.T


class Tanh:
    def forward(self, z):
        self.y = np.tanh(z)
        return self.y

    def backward(self, dy):
        return dy * (1 - self.y ** 2)


class MyRNN:
    def __init__(self, Wx, Wh, b):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(p) for p in self.params]
        self.input = Linear(Wx, self.grads[0])
        self.memory = Linear(Wh, self.grads[1])
        self.tanh = Tanh()

    def forward(self, x, h_prev):
        return self.tanh.forward(self.input.forward(x) + self.memory.forward(h_prev) + self.params[2])

    def backward(self, dh_next):
        dz = self.tanh.backward(dh_next)
        self.grads[2][...] = dz.sum(axis=0)
        return self.input.backward(dz), self.memory.backward(dz)
""",
    "inherits from a base class, grads in a tuple": """
from __future__ import annotations

class Layer:
    def __init__(self, *params: np.ndarray) -> None:
        self.params = list(params)
        self.grads = tuple(np.zeros(p.shape, p.dtype) for p in params)


class MyRNN(Layer):
    def forward(self, x: np.ndarray, h_prev: np.ndarray) -> np.ndarray:
        Wx, Wh, b = self.params
        self.saved = {"x": x, "h_prev": h_prev, "h_next": np.tanh(h_prev.dot(Wh) + x.dot(Wx) + b)}
        return self.saved["h_next"]

    def backward(self, dh_next: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        Wx, Wh, b = self.params
        dz = np.multiply(dh_next, np.subtract(1, np.power(self.saved["h_next"], 2)))
        dWx, dWh, db = self.grads
        dWx[...], dWh[...], db[...] = self.saved["x"].T.dot(dz), self.saved["h_prev"].T.dot(dz), dz.sum(axis=0)
        return dz.dot(Wx.T), dz.dot(Wh.T)
""",
    "prints and warnings on the way": changed(
        STUDY_NOTEBOOK,
        (
            "        h_next =",
            """
        import warnings
        warnings.warn("looking things up")
        print("t =", t)
        h_next =""",
        ),
        ("        return dx", "        print('db=', db)\n        return dx"),
    ),
    "returns a list": changed(STUDY_NOTEBOOK, ("return dx, dh_prev", "return [dx, dh_prev]")),
    "dot into grads, arguments by position only": changed(
        STUDY_NOTEBOOK,
        ("x, h_prev):", "x, h_prev, /):"),
        ("dh_next):", "dh_next, /):"),
        ("dWx = np.dot(x.T, dt)", "np.dot(x.T, dt, out=self.grads[0])"),
        ("dWh = np.dot(h_prev.T, dt)", "np.dot(h_prev.T, dt, out=self.grads[1])"),
        ("db = np.sum(dt, axis=0)", "dt.sum(axis=0, out=self.grads[2])"),
        (WRITES, ""),
    ),
    "in place where it may be": answer("""
    def forward(self, x, h_prev):
        Wx, Wh, b = self.params
        z = x @ Wx
        z += h_prev @ Wh
        z += b
        np.tanh(z, out=z)
        self.cache = x, h_prev, z.copy()
        return z

    def backward(self, dh_next):
        Wx, Wh, b = self.params
        x, h_prev, h = self.cache
        dz = h ** 2
        np.subtract(1, dz, out=dz)
        dz *= dh_next
        for grad in self.grads:
            grad.fill(0)
        self.grads[0] += x.T @ dz
        self.grads[1] += h_prev.T @ dz
        self.grads[2] += dz.sum(axis=0)
        return dz @ Wx.T, dz @ Wh.T
"""),
    "the slope through complex steps": changed(
        KEEPS_SUM, ("(1 - h_next ** 2)", "(np.tanh(t.astype(np.complex128) + 1e-20j).imag / 1e-20).astype(b.dtype)")
    ),
}

RIGHT = {"MyRNN": RNN}

EINSUM = RNN["einsum throughout"]
ROWS = RNN["loops over the rows of the batch"]
SIDE_BY_SIDE = RNN["one matrix product of x and h side by side"]

MISTAKES = {
    "HandsBackOutsideTanh": changed(
        STUDY_NOTEBOOK, ("np.dot(dt, Wx.T)", "np.dot(dh_next, Wx.T)"), ("np.dot(dt, Wh.T)", "np.dot(dh_next, Wh.T)")
    ),
    "IsLinear": changed(
        RNN["classes for affine maps and tanh, chained"], ("np.tanh(z)", "z"), ("dy * (1 - self.y ** 2)", "dy")
    ),
    "WritesTanhOut": changed(STUDY_NOTEBOOK, ("np.tanh(t)", "np.sinh(t) / np.cosh(t)")),
    "ClearsGradsInForward": changed(
        ROWS,
        (
            "    def forward(self, x, h_prev):\n",
            ("    def forward(self, x, h_prev):\n        for grad in self.grads:\n            grad.fill(0)\n"),
        ),
    ),
    "LeavesOutSlope": changed(ROWS, (" * (1 - h ** 2)", "")),
    "LeavesOutSquare": changed(EINSUM, ("1 - self.h_next * self.h_next", "1 - self.h_next")),
    "TakesSlopeOfSum": changed(KEEPS_SUM, ("1 - h_next ** 2", "1 - t ** 2")),
    "TakesSlopeAtPreviousState": changed(
        RNN["tanh from the sigmoid, slope as (1 - h)(1 + h)"], ("h = self.h_next", "h = self.h_prev")
    ),
    "AveragesBias": changed(SIDE_BY_SIDE, ("np.ones(len(dz), dz.dtype) @ dz", "np.average(dz, axis=0)")),
    "AveragesWeights": changed(
        STUDY_NOTEBOOK,
        ("np.dot(h_prev.T, dt)", "np.dot(h_prev.T, dt) / len(x)"),
        ("np.dot(x.T, dt)", "np.dot(x.T, dt) / len(x)"),
    ),
    "AveragesOverBatch": changed(
        STUDY_NOTEBOOK, ("] = dWx", "] = dWx / len(x)"), ("] = dWh", "] = dWh / len(x)"), ("] = db", "] = db / len(x)")
    ),
    "KeepsRowsOfBias": changed(STUDY_NOTEBOOK, ("np.sum(dt, axis=0)", "dt")),
    "PopsCache": changed(
        STUDY_NOTEBOOK,
        ("self.cache = None", "self.cache = []"),
        ("self.cache = (x, h_prev, h_next)", "self.cache.append((x, h_prev, h_next))"),
        ("= self.cache\n", "= self.cache.pop()\n"),
    ),
    "LeavesOutTransposeOfWh": changed(EINSUM, ("nh,ih->ni", "ni,ih->nh")),
    "TurnsDWh": changed(ROWS, ("np.outer(self.h_prev[n], dz)", "np.outer(dz, self.h_prev[n])")),
    "TakesNextStateForDWh": changed(ROWS, ("np.outer(self.h_prev[n], dz)", "np.outer(h, dz)")),
    "ExchangesResults": changed(ROWS, ("return dx, dh_prev", "return dh_prev, dx")),
    "PilesUp": changed(ROWS, ("        for grad in self.grads:\n            grad[...] = 0\n", "")),
    "Rebinds": changed(
        RNN["a backward function made in forward"],
        (
            "        for mine, new in zip(self.grads, grads):\n            mine[...] = new\n",
            "        self.grads = grads\n",
        ),
    ),
    "TransposesWx": changed(SIDE_BY_SIDE, ("self.both @ np.vstack([Wx, Wh])", "x @ Wx.T + h_prev @ Wh")),
}

WRONG = {"MyRNN": MISTAKES}
