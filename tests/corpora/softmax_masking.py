"""Answers to 05-softmax-masking. Names say what an answer does differently."""

from rnnlm_grader.content.misconception import changed

SLUG = "05-softmax-masking"

# --- my_softmax -----------------------------------------------------------------------------------------------------

SOFTMAX = {
    "as the book writes it": """
def my_softmax(x):
    x = x - x.max(axis=-1, keepdims=True)
    e = np.exp(x)
    return e / e.sum(axis=-1, keepdims=True)
""",
    "gives what nobody can write into": """
def my_softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    e /= e.sum(axis=-1, keepdims=True)
    e.flags.writeable = False
    return e
""",
    "one logit after the other joins the sum": """
def my_softmax(x):
    log_sum = x[..., :1]
    for v in range(1, x.shape[-1]):
        log_sum = np.logaddexp(log_sum, x[..., v:v + 1])
    return np.exp(x - log_sum)
""",
    "row by row into an empty array": """
def my_softmax(x):
    out = np.empty_like(x)
    for index in np.ndindex(x.shape[:-1]):
        row = x[index]
        e = np.exp(row - max(row))
        out[index] = e / sum(e)
    return out
""",
    "transposed, as the well-known book does": """
def my_softmax(x):
    if x.ndim == 1:
        x = x - np.max(x)
        return np.exp(x) / np.sum(np.exp(x))
    rows = np.array(x.reshape(-1, x.shape[-1])).T
    rows -= rows.max(axis=0)
    rows = np.exp(rows)
    rows /= rows.sum(axis=0)
    return rows.T.reshape(x.shape)
""",
    "recursion over the axes, float64 inside": """
def my_softmax(x):
    if x.ndim > 1:
        return np.stack([my_softmax(row) for row in x])
    y = x.astype(np.float64)
    y = np.exp(y - y.max())
    return (y / y.sum()).astype(x.dtype)
""",
    "one over a sum of differences": """
def my_softmax(x):
    print("softmax of", x.shape)
    with np.errstate(over="ignore"):
        return 1 / np.exp(x[..., None, :] - x[..., :, None]).sum(axis=-1)
""",
}

SOFTMAX_MISTAKES = {
    "SoftmaxReturnsNothing": changed(SOFTMAX["as the book writes it"], ("return e /", "p = e /")),
    "ShiftsByTheLargestOfAll": changed(
        SOFTMAX["transposed, as the well-known book does"], ("rows.max(axis=0)", "rows.max()")
    ),
    "WorksAlongAxisOne": """
def my_softmax(x):
    y = np.exp(x - np.max(x, axis=1)[:, np.newaxis])
    return y / np.sum(y, axis=1)[:, np.newaxis]
""",
    "WorksAlongAxisOneOrARow": """
def my_softmax(x):
    if x.ndim == 1:
        e = np.exp(x - x.max())
        return e / e.sum()
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
""",
    "LosesAnAxis": """
def my_softmax(x):
    shifted = x - np.max(x, -1)
    total = np.sum(np.exp(shifted), -1)
    return np.exp(shifted) / total
""",
    "TakesAllForOneRow": """
def my_softmax(x):
    c = np.max(x)
    exp_x = np.exp(x - c)
    return exp_x / np.sum(exp_x)
""",
    "TakesThreeAxesForOneRow": """
def my_softmax(x):
    if x.ndim == 2:
        x = x.T
        x = x - np.max(x, axis=0)
        y = np.exp(x) / np.sum(np.exp(x), axis=0)
        return y.T
    x = x - np.max(x)
    return np.exp(x) / np.sum(np.exp(x))
""",
    "LeavesThreeAxesAsTheyAre": """
def my_softmax(x):
    if x.ndim == 2:
        x = x - x.max(axis=1, keepdims=True)
        x = np.exp(x)
        x /= x.sum(axis=1, keepdims=True)
    elif x.ndim == 1:
        x = x - np.max(x)
        x = np.exp(x) / np.sum(np.exp(x))
    return x
""",
    "ChangesX": changed(SOFTMAX["as the book writes it"], ("x = x - x.max", "x -= x.max")),
}

# --- MyTimeSoftmaxWithLoss ------------------------------------------------------------------------------------------

HEADER = """
class MyTimeSoftmaxWithLoss:
    def __init__(self, ignore_label=-1):
        self.params, self.grads = [], []
        self.ignore_label = ignore_label
"""

BOOK = (
    HEADER
    + """
    def forward(self, xs, ts):
        N, T, V = xs.shape
        ts = ts.reshape(N * T)
        mask = (ts != self.ignore_label)
        safe = np.where(mask, ts, 0)
        x = xs.reshape(N * T, V)
        x = x - x.max(axis=1, keepdims=True)
        log_p = x - np.log(np.exp(x).sum(axis=1, keepdims=True))
        count = max(mask.sum(), 1)
        losses = -log_p[np.arange(N * T), safe] * mask
        self.cache = (log_p, safe, mask, count, (N, T, V))
        return losses.sum() / count

    def backward(self, dout=1.0):
        log_p, safe, mask, count, shape = self.cache
        dx = np.exp(log_p)
        dx[np.arange(len(safe)), safe] -= 1
        dx *= dout / float(count)
        dx *= mask[:, np.newaxis]
        return dx.reshape(shape)
"""
)

ONE_HOT = (
    HEADER
    + """
    def forward(self, xs, ts):
        V = xs.shape[-1]
        kept = (ts != self.ignore_label)
        self.hot = (ts[..., None] == np.arange(V)) & kept[..., None]
        e = np.exp(xs - xs.max(axis=2, keepdims=True))
        self.p = e / e.sum(axis=2, keepdims=True)
        self.kept, self.n = kept, max(int(np.count_nonzero(kept)), 1)
        top = xs.max(axis=2)
        log_sum = top + np.log(e.sum(axis=2))
        picked = np.einsum("ntv,ntv->nt", xs, self.hot.astype(xs.dtype))
        return float(np.sum((log_sum - picked)[kept])) / self.n

    def backward(self, dout=1.0):
        return ((self.p - self.hot) * self.kept[:, :, None] * (dout / self.n)).astype(self.p.dtype)
"""
)

LOSS = {
    "as the book writes it": BOOK,
    "one-hot targets": ONE_HOT,
    "position by position": """
import math

class MyTimeSoftmaxWithLoss:
    def __init__(self, ignore_label=-1):
        self.params = []
        self.grads = []
        self.label = ignore_label

    def forward(self, xs, ts):
        self.xs, self.ts = xs, ts
        N, T, V = xs.shape
        total, self.count = 0.0, 0
        for n in range(N):
            for t in range(T):
                if ts[n, t] == self.label:
                    continue
                row = [float(v) for v in xs[n, t]]
                top = max(row)
                total += top + math.log(sum(math.exp(v - top) for v in row)) - row[ts[n, t]]
                self.count += 1
        return total / self.count if self.count else 0.0

    def backward(self, dout=1.0):
        out = np.zeros(self.xs.shape, dtype=self.xs.dtype)
        for n, t in np.ndindex(self.ts.shape):
            if self.ts[n, t] != self.label:
                e = np.exp(self.xs[n, t] - self.xs[n, t].max())
                out[n, t] = e / e.sum()
                out[n, t, self.ts[n, t]] -= 1
                out[n, t] *= dout / self.count
        return out
""",
    "only the kept rows": HEADER
    + """
    def forward(self, xs, ts):
        self.like = xs
        self.where = np.nonzero(np.asarray(ts) != self.ignore_label)
        rows, self.targets = xs[self.where], ts[self.where]
        if len(rows) == 0:
            return 0.0
        rows = rows - rows.max(axis=1)[:, None]
        self.logs = rows - np.logaddexp.reduce(rows, axis=1)[:, None]
        return -self.logs[range(len(rows)), self.targets].mean()

    def backward(self, dout=1.0):
        grad = np.zeros_like(self.like)
        if len(self.targets):
            rows = np.exp(self.logs)
            rows[range(len(rows)), self.targets] -= 1
            grad[self.where] = rows * dout / len(rows)
        return grad
""",
    "weights for positions, put_along_axis": HEADER
    + """
    def forward(self, xs, ts):
        keep = (ts != self.ignore_label).astype(xs.dtype)
        self.w = keep / max(keep.sum(), 1)
        self.t = np.where(keep > 0, ts, 0)[:, :, None].astype(np.int64)
        shifted = xs - np.amax(xs, -1, keepdims=True)
        self.e = np.exp(shifted)
        self.z = self.e.sum(-1, keepdims=True)
        return np.sum(self.w * (np.log(self.z) - np.take_along_axis(shifted, self.t, -1))[..., 0])

    def backward(self, dout=1.0):
        g = self.e / self.z
        np.put_along_axis(g, self.t, np.take_along_axis(g, self.t, -1) - 1, -1)
        return g * (self.w * dout).astype(g.dtype)[..., None]
""",
    "masked arrays of NumPy": HEADER
    + """
    def forward(self, xs, ts):
        print("a window of", ts.shape)
        hidden = np.ma.masked_where(ts == self.ignore_label, ts)
        ids = hidden.filled(0)
        e = np.exp(xs - xs.max(-1, keepdims=True))
        share = e / e.sum(-1, keepdims=True)
        logs = xs - xs.max(-1, keepdims=True) - np.log(e.sum(-1, keepdims=True))
        losses = -np.take_along_axis(logs, ids[..., None].astype(int), -1)[..., 0]
        hide = np.ma.getmaskarray(hidden)
        self.kept_count = hide.size - hide.sum()
        self.share, self.ids, self.hide = share, ids, hide
        return 0.0 if self.kept_count == 0 else np.ma.array(losses, mask=hide).mean()

    def backward(self, dout=1.0):
        V = self.share.shape[-1]
        grad = self.share - np.eye(V, dtype=self.share.dtype)[self.ids]
        grad[self.hide] = 0
        return grad * (dout / max(1, int(self.kept_count)))
""",
    "gradient already in forward, float64 inside": HEADER
    + """
    def forward(self, xs, ts):
        dtype, shape = xs.dtype, xs.shape
        x = np.array(xs, dtype=np.float64).reshape(-1, shape[2])
        t = np.array(ts, dtype=np.int64).ravel()
        kept = np.flatnonzero(t != self.ignore_label)
        self.grad = np.zeros(x.shape)
        loss = 0.0
        for i in kept:
            x[i] -= x[i].max()
            p = np.exp(x[i]) / np.exp(x[i]).sum()
            loss += np.log(np.exp(x[i]).sum()) - x[i, t[i]]
            self.grad[i] = p
            self.grad[i, t[i]] -= 1
        size = len(kept) or 1
        self.grad = (self.grad / size).reshape(shape).astype(dtype)
        return np.array(loss / size)

    def backward(self, dout=1.0):
        return self.grad * dout
""",
    "helper function and dictionary": """
def log_softmax(x):
    x = x - x.max(axis=-1, keepdims=True)
    return x - np.log(np.sum(np.exp(x), axis=-1, keepdims=True))


class Loss:
    params = ()
    grads = ()


class MyTimeSoftmaxWithLoss(Loss):
    def __init__(self, ignore_label=-1):
        self.memory = {"ignore": ignore_label}

    def forward(self, xs, ts):
        m = self.memory
        m["log p"] = log_softmax(xs)
        m["keep"] = ts != m["ignore"]
        m["n"] = max(m["keep"].sum().item(), 1)
        m["at"] = tuple(np.nonzero(m["keep"])) + (ts[m["keep"]],)
        return -m["log p"][m["at"]].sum() / m["n"]

    def backward(self, dout=1.0):
        m = self.memory
        dxs = np.where(m["keep"][:, :, None], np.exp(m["log p"]), 0).astype(m["log p"].dtype)
        dxs[m["at"]] -= 1
        return dxs * (dout / m["n"])
""",
}

LOSS_MISTAKES = {
    "MeanOverAll": changed(ONE_HOT, ("max(int(np.count_nonzero(kept)), 1)", "kept.size")),
    "GradientMeanOverAll": changed(ONE_HOT, ("(dout / self.n)", "(dout / self.kept.size)")),
    "LossDividesByZero": changed(
        ONE_HOT, ("return float(np.sum((log_sum - picked)[kept])) / self.n", "return np.mean((log_sum - picked)[kept])")
    ),
    "LossDoesNotShift": changed(
        BOOK,
        ("        x = x - x.max(axis=1, keepdims=True)\n", ""),
        (
            "log_p = x - np.log(np.exp(x).sum(axis=1, keepdims=True))",
            "ys = np.exp(x)\n        log_p = np.log(ys / ys.sum(axis=1, keepdims=True))",
        ),
    ),
    "MasksStandInsBeforeSubtracting": changed(
        BOOK, ("        dx *= mask[:, np.newaxis]\n", ""), ("np.exp(log_p)", "np.exp(log_p) * mask[:, np.newaxis]")
    ),
    "ChangesTargets": changed(BOOK, ("safe = np.where(mask, ts, 0)", "safe = ts\n        safe[~mask] = 0")),
    "ForgetsMinusOne": changed(LOSS["position by position"], ("                out[n, t, self.ts[n, t]] -= 1\n", "")),
    "MasksMinusOne": changed(LOSS["position by position"], ("self.label:", "-1:")),
    "GradientForgetsMaskOfStandIns": changed(LOSS["masked arrays of NumPy"], ("        grad[self.hide] = 0\n", "")),
    "ForgetsDout": changed(LOSS["gradient already in forward, float64 inside"], ("self.grad * dout", "self.grad")),
}

RIGHT = {"my_softmax": SOFTMAX, "MyTimeSoftmaxWithLoss": LOSS}
WRONG = {"my_softmax": SOFTMAX_MISTAKES, "MyTimeSoftmaxWithLoss": LOSS_MISTAKES}
