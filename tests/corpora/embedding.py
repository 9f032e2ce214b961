"""Answers to 01-embedding. Names say what an answer does differently."""

from rnnlm_grader.content.misconception import changed

SLUG = "01-embedding"

HEADER = """
class MyEmbedding:
    def __init__(self, W):
        self.params = [W]
        self.grads = [np.zeros_like(W)]
"""


def answer(body, header=HEADER):
    """Put methods under the usual constructor."""
    return header.strip("\n") + "\n" + body.strip("\n") + "\n"


LOOKUP = """
    def forward(self, idx):
        self.idx = idx
        W, = self.params
        return W[idx]
"""

BOOK = answer(
    LOOKUP
    + """
    def backward(self, dout):
        dW, = self.grads
        dW[...] = 0
        np.add.at(dW, self.idx, dout)
        return None
"""
)

EMBEDDING = {
    "as the book writes it": BOOK,
    "gives what nobody can write into": changed(
        BOOK, ("return W[idx]", "out = np.array(W[idx])\n        out.flags.writeable = False\n        return out")
    ),
    "loops over flattened positions": answer(
        LOOKUP
        + """
    def backward(self, dout):
        dW = self.grads[0]
        dW.fill(0)
        D = dW.shape[1]
        for word, row in zip(np.ravel(self.idx), dout.reshape(-1, D)):
            dW[word] += row
"""
    ),
    "loops over words with a mask": answer(
        LOOKUP
        + """
    def backward(self, dout):
        self.grads[0][...] = 0
        for word in set(np.ravel(self.idx).tolist()):
            self.grads[0][word] = dout[np.asarray(self.idx) == word].sum(axis=0)
"""
    ),
    "one-hot matrix product both ways": answer("""
    def forward(self, idx):
        W = self.params[0]
        V, D = W.shape
        self.one_hot = np.zeros((idx.size, V), dtype=W.dtype)
        self.one_hot[np.arange(idx.size), idx.reshape(-1)] = 1
        self.shape = idx.shape
        return (self.one_hot @ W).reshape(idx.shape + (D,))

    def backward(self, dout):
        self.grads[0][:] = self.one_hot.T @ dout.reshape(len(self.one_hot), dout.shape[-1])
"""),
    "take and bincount, column by column": answer("""
    def forward(self, idx):
        self.ids = np.array(idx).ravel()
        return np.take(self.params[0], idx, axis=0)

    def backward(self, dout):
        V, D = self.params[0].shape
        flat = dout.reshape(-1, D)
        for d in range(D):
            self.grads[0][:, d] = np.bincount(self.ids, weights=flat[:, d], minlength=V)
"""),
    "sorted ids and reduceat": answer(
        LOOKUP
        + """
    def backward(self, dout):
        dW = self.grads[0]
        dW[...] = 0
        ids = np.array(self.idx).reshape(-1)
        if ids.size == 0:
            return
        order = np.argsort(ids, kind="stable")
        words, starts = np.unique(ids[order], return_index=True)
        dW[words] = np.add.reduceat(dout.reshape(len(ids), -1)[order], starts, axis=0)
"""
    ),
    "float64 inside, right dtype outside": answer(
        LOOKUP
        + """
    def backward(self, dout):
        total = np.zeros(self.params[0].shape, dtype=np.float64)
        np.add.at(total, self.idx, dout.astype(np.float64))
        self.grads[0][...] = total
"""
    ),
    "helper function above the class, cache is a dict": """
def scatter_add(target, where, what):
    for position in np.ndindex(where.shape):
        target[where[position]] += what[position]


class MyEmbedding(object):
    def __init__(self, W):
        self.params, self.grads, self.cache = [W], [np.zeros_like(W)], {}

    def forward(self, idx):
        self.cache["ids"] = idx.copy()
        return self.params[0][idx].copy()

    def backward(self, dout):
        self.grads[0][...] = 0.0
        scatter_add(self.grads[0], self.cache["ids"], dout)
""",
    "prints and warnings on the way": changed(
        BOOK,
        ("self.params = [W]", "print('W', W.shape)\n        self.params = [W]"),
        (
            "        self.idx = idx\n",
            "        import warnings\n        warnings.warn('looking things up')\n"
            "        print('idx =', idx)\n        self.idx = idx\n",
        ),
        ("return None", "print('dW =', dW)"),
    ),
    "grads in a tuple, type hints, base class of its own": """
from __future__ import annotations

class Layer:
    def __init__(self, *params: np.ndarray) -> None:
        self.params = list(params)
        self.grads = tuple(np.zeros(p.shape, p.dtype) for p in params)


class MyEmbedding(Layer):
    def forward(self, idx: np.ndarray) -> np.ndarray:
        self.idx: np.ndarray = idx
        return self.params[0].take(idx, axis=0)

    def backward(self, dout: np.ndarray) -> None:
        np.copyto(self.grads[0], 0)
        np.add.at(self.grads[0], (self.idx,), dout)
""",
    "arguments by position only, one of another name": changed(
        BOOK, ("(self, idx)", "(self, idx, /)"), ("(self, dout)", "(self, grad_out, /)"), (", dout)", ", grad_out)")
    ),
}

TIME_HEADER = HEADER.replace("MyEmbedding", "MyTimeEmbedding")

STUDY_NOTEBOOK = answer(
    """
    def forward(self, xs):
        N, T = xs.shape
        W, = self.params
        out = np.empty((N, T, W.shape[1]), dtype=W.dtype)
        self.layers = []
        for t in range(T):
            layer = MyEmbedding(W)
            out[:, t, :] = layer.forward(xs[:, t])
            self.layers.append(layer)
        return out

    def backward(self, dout):
        grad = 0
        for t, layer in enumerate(self.layers):
            layer.backward(dout[:, t, :])
            grad += layer.grads[0]
        self.grads[0][...] = grad
        return None
""",
    TIME_HEADER,
)

TIME_EMBEDDING = {
    "one layer a step, as in the study notebook": STUDY_NOTEBOOK,
    "subclass of MyEmbedding": """
class MyTimeEmbedding(MyEmbedding):
    pass
""",
    "without MyEmbedding": answer(
        """
    def forward(self, xs):
        self.xs = xs
        return self.params[0][xs]

    def backward(self, dout):
        self.grads[0][...] = 0
        np.add.at(self.grads[0], self.xs, dout)
""",
        TIME_HEADER,
    ),
    "stacks the steps": answer(
        """
    def forward(self, xs):
        self.steps = [MyEmbedding(self.params[0]) for _ in range(xs.shape[1])]
        return np.stack([step.forward(xs[:, t]) for t, step in enumerate(self.steps)], axis=1)

    def backward(self, dout):
        for t, step in enumerate(self.steps):
            step.backward(dout[:, t])
        np.copyto(self.grads[0], sum(step.grads[0] for step in self.steps))
""",
        TIME_HEADER,
    ),
    "calls by name": answer(
        """
    def forward(self, xs):
        self.layer = MyEmbedding(W=self.params[0])
        return self.layer.forward(idx=xs)

    def backward(self, dout):
        self.layer.backward(dout=dout)
        self.grads[0][...] = self.layer.grads[0]
""",
        TIME_HEADER,
    ),
    "loops over sequences, then steps": answer(
        """
    def forward(self, xs):
        N, T = xs.shape
        self.xs = xs
        return np.array([[self.params[0][xs[n, t]] for t in range(T)] for n in range(N)])

    def backward(self, dout):
        N, T, D = dout.shape
        self.grads[0][...] = 0
        for n in range(N):
            for t in range(T):
                self.grads[0][self.xs[n, t]] += dout[n, t]
""",
        TIME_HEADER,
    ),
}

RIGHT = {"MyEmbedding": EMBEDDING, "MyTimeEmbedding": TIME_EMBEDDING}

EMBEDDING_MISTAKES = {
    "Overwrites": answer(
        LOOKUP
        + """
    def backward(self, dout):
        dW, = self.grads
        dW[...] = 0
        for i, word in enumerate(np.ravel(self.idx)):
            dW[word] = dout.reshape(-1, dW.shape[1])[i]
"""
    ),
    "PilesUp": changed(EMBEDDING["loops over flattened positions"], ("        dW.fill(0)\n", "")),
    "Rebinds": changed(
        BOOK,
        ("dW, = self.grads\n        dW[...] = 0", "dW = np.zeros_like(self.params[0])"),
        ("return None", "self.grads = [dW]"),
    ),
    "ClearsGradsInForward": changed(
        EMBEDDING["loops over words with a mask"], ("return W[idx]", "self.grads[0] *= 0\n        return W[idx]")
    ),
    "CountsFromOne": changed(EMBEDDING["take and bincount, column by column"], ("idx, axis=0", "idx - 1, axis=0")),
    "ForcesOutputFloat32": changed(
        BOOK,
        (
            "return W[idx]",
            ("out = np.empty(idx.shape + (W.shape[1],), dtype='f')\n        out[...] = W[idx]\n        return out"),
        ),
    ),
    "ReturnsGradient": changed(
        EMBEDDING["one-hot matrix product both ways"],
        ("        self.grads[0][:] =", "        self.grads[0][:] = dW ="),
        ("dout.shape[-1])\n", ("dout.shape[-1])\n        return dW\n")),
    ),
    "FlattensIdsAlone": changed(BOOK, ("dW, self.idx, dout", "dW, self.idx.ravel(), dout")),
    "VisitsFlatIdsAlone": changed(
        BOOK,
        (
            "np.add.at(dW, self.idx, dout)",
            ("ids = self.idx.flatten()\n        for k in range(len(ids)):\n            dW[ids[k]] += dout[k]"),
        ),
    ),
    "PicksColumns": changed(BOOK, ("return W[idx]", "return np.take(W, idx, axis=1)")),
    "Averages": changed(EMBEDDING["loops over words with a mask"], ("sum(axis=0)", "mean(axis=0)")),
}

TIME_EMBEDDING_MISTAKES = {
    "HasOneLayer": changed(
        STUDY_NOTEBOOK,
        (
            "        for t in range(T):\n            layer = MyEmbedding(W)\n",
            "        layer = MyEmbedding(W)\n        for t in range(T):\n",
        ),
    ),
    "LeavesGradientInside": changed(
        TIME_EMBEDDING["calls by name"], ("        self.grads[0][...] = self.layer.grads[0]\n", "")
    ),
    "KeepsFirstStep": changed(
        STUDY_NOTEBOOK,
        ("enumerate(self.layers)", "reversed(list(enumerate(self.layers)))"),
        ("grad += layer", "grad = layer"),
    ),
    "VisitsEarlierLayersToo": changed(
        STUDY_NOTEBOOK, ("self.layers = []", "self.layers = vars(self).get('layers', [])")
    ),
    "TimeForcesFloat32": changed(STUDY_NOTEBOOK, ("dtype=W.dtype", "dtype='f'")),
    "TimePicksColumns": changed(TIME_EMBEDDING["without MyEmbedding"], ("[0][xs]", "[0][:, xs]")),
    "AddsStepsUp": changed(
        TIME_EMBEDDING["stacks the steps"],
        (
            "np.stack([",
            "sum([",
        ),
        ("], axis=1)", "])"),
    ),
    "TimeMajor": changed(TIME_EMBEDDING["stacks the steps"], ("axis=1", "axis=0")),
}

WRONG = {"MyEmbedding": EMBEDDING_MISTAKES, "MyTimeEmbedding": TIME_EMBEDDING_MISTAKES}
