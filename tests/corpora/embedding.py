"""Answers to 01-embedding. Names say what an answer does differently."""

SLUG = "01-embedding"

HEADER = '''
class MyEmbedding:
    def __init__(self, W):
        self.params = [W]
        self.grads = [np.zeros_like(W)]
'''


def answer(body, header=HEADER):
    """Put methods under the usual constructor."""
    return header.strip("\n") + "\n" + body.strip("\n") + "\n"


LOOKUP = """
    def forward(self, idx):
        self.idx = idx
        W, = self.params
        return W[idx]
"""

EMBEDDING = {
    "as the book writes it": answer(LOOKUP + """
    def backward(self, dout):
        dW, = self.grads
        dW[...] = 0
        np.add.at(dW, self.idx, dout)
        return None
"""),
    "gives what nobody can write into": answer(LOOKUP.replace("return W[idx]", "out = np.array(W[idx])\n"
                                                              "        out.flags.writeable = False\n"
                                                              "        return out") + """
    def backward(self, dout):
        dW, = self.grads
        dW[...] = 0
        np.add.at(dW, self.idx, dout)
"""),
    "loops over flattened positions": answer(LOOKUP + """
    def backward(self, dout):
        dW = self.grads[0]
        dW.fill(0)
        D = dW.shape[1]
        for word, row in zip(np.ravel(self.idx), dout.reshape(-1, D)):
            dW[word] += row
"""),
    "loops over words with a mask": answer(LOOKUP + """
    def backward(self, dout):
        for word in range(len(self.grads[0])):
            self.grads[0][word] = dout[np.asarray(self.idx) == word].sum(axis=0)
"""),
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
    "one product straight into grads": answer(LOOKUP + """
    def backward(self, dout):
        W, = self.params
        one_hot = np.eye(len(W), dtype=W.dtype)[self.idx.ravel()]
        np.dot(one_hot.T, dout.reshape(self.idx.size, W.shape[1]), out=self.grads[0])
"""),
    "einsum over a one-hot tensor": answer("""
    def forward(self, idx):
        W = self.params[0]
        self.hot = (np.asarray(idx)[..., None] == np.arange(len(W))).astype(W.dtype)
        return np.einsum("...v,vd->...d", self.hot, W)

    def backward(self, dout):
        self.grads[0][...] = np.einsum("nv,nd->vd", self.hot.reshape(-1, self.hot.shape[-1]),
                                       dout.reshape(-1, dout.shape[-1]))
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
    "sorted ids and reduceat": answer(LOOKUP + """
    def backward(self, dout):
        dW = self.grads[0]
        dW[...] = 0
        ids = np.array(self.idx).reshape(-1)
        if ids.size == 0:
            return
        order = np.argsort(ids, kind="stable")
        words, starts = np.unique(ids[order], return_index=True)
        dW[words] = np.add.reduceat(dout.reshape(len(ids), -1)[order], starts, axis=0)
"""),
    "fancy iadd after np.unique, helper method": answer(LOOKUP + """
    def backward(self, dout):
        self.grads[0][...] = self._collect(np.ravel(self.idx), dout.reshape(-1, dout.shape[-1]))

    def _collect(self, ids, rows):
        total = np.zeros_like(self.params[0])
        for word in set(ids.tolist()):
            total[word] = rows[ids == word].sum(axis=0)
        return total
"""),
    "scatter into flattened cells": answer(LOOKUP + """
    def backward(self, dout):
        V, D = self.grads[0].shape
        cells = np.asarray(self.idx, dtype=np.int64).reshape(-1, 1) * D + np.arange(D)
        flat = np.zeros(V * D, dtype=dout.dtype)
        np.add.at(flat, cells.ravel(), dout.ravel())
        self.grads[0][...] = flat.reshape(V, D)
"""),
    "float64 inside, right dtype outside": answer(LOOKUP + """
    def backward(self, dout):
        total = np.zeros(self.params[0].shape, dtype=np.float64)
        np.add.at(total, self.idx, dout.astype(np.float64))
        self.grads[0][...] = total
"""),
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
    "prints and warnings on the way": """
import warnings

class MyEmbedding:
    def __init__(self, W):
        print("W", W.shape)
        self.params = [W]
        self.grads = [np.zeros_like(W)]

    def forward(self, idx):
        warnings.warn("looking things up")
        print("idx =", idx)
        self.idx = idx
        return self.params[0][idx]

    def backward(self, dout):
        dW, = self.grads
        dW.fill(0)
        np.add.at(dW, self.idx, dout)
        print("dW =", dW)
""",
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
    "arguments by position only, one of another name": answer("""
    def forward(self, idx, /):
        self.idx = idx
        return self.params[0][idx]

    def backward(self, grad_out, /):
        dW, = self.grads
        dW[...] = 0
        np.add.at(dW, self.idx, grad_out)
"""),
    "recursion over the axes of idx": answer(LOOKUP + """
    def backward(self, dout):
        self.grads[0][...] = 0
        self._add(self.idx, dout)

    def _add(self, ids, rows):
        if ids.ndim == 0:
            self.grads[0][int(ids)] += rows
            return
        for inner, row in zip(ids, rows):
            self._add(inner, row)
"""),
}

TIME_HEADER = HEADER.replace("MyEmbedding", "MyTimeEmbedding")

TIME_EMBEDDING = {
    "one layer a step, as in the study notebook": answer("""
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
""", TIME_HEADER),
    "subclass of MyEmbedding": """
class MyTimeEmbedding(MyEmbedding):
    pass
""",
    "without MyEmbedding": answer("""
    def forward(self, xs):
        self.xs = xs
        return self.params[0][xs]

    def backward(self, dout):
        self.grads[0][...] = 0
        np.add.at(self.grads[0], self.xs, dout)
""", TIME_HEADER),
    "stacks the steps": answer("""
    def forward(self, xs):
        self.steps = [MyEmbedding(self.params[0]) for _ in range(xs.shape[1])]
        return np.stack([step.forward(xs[:, t]) for t, step in enumerate(self.steps)], axis=1)

    def backward(self, dout):
        for t, step in enumerate(self.steps):
            step.backward(dout[:, t])
        np.copyto(self.grads[0], sum(step.grads[0] for step in self.steps))
""", TIME_HEADER),
    "calls by name": answer("""
    def forward(self, xs):
        self.layer = MyEmbedding(W=self.params[0])
        return self.layer.forward(idx=xs)

    def backward(self, dout):
        self.layer.backward(dout=dout)
        self.grads[0][...] = self.layer.grads[0]
""", TIME_HEADER),
    "loops over sequences, then steps": answer("""
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
""", TIME_HEADER),
}

RIGHT = {"MyEmbedding": EMBEDDING, "MyTimeEmbedding": TIME_EMBEDDING}

EMBEDDING_MISTAKES = {
    "KeepsNoIds": answer("""
    idx = None

    def forward(self, idx):
        return self.params[0][idx]

    def backward(self, dout):
        dW, = self.grads
        dW[...] = 0
        np.add.at(dW, self.idx, dout)
"""),
    "VisitsFirstAxis": answer(LOOKUP + """
    def backward(self, dout):
        dW, = self.grads
        dW[...] = 0
        for n in range(len(self.idx)):
            dW[self.idx[n]] += dout[n]
"""),
    "MultipliesFlatIdsOnly": answer(LOOKUP + """
    def backward(self, dout):
        dW, = self.grads
        one_hot = np.eye(len(dW))[self.idx]
        dW[...] = one_hot.T @ dout
"""),
    "MakesGradsAnArray": answer(LOOKUP + """
    def backward(self, dout):
        self.grads = np.zeros_like(self.params[0])
        np.add.at(self.grads, self.idx, dout)
"""),
    "WritesNothing": answer(LOOKUP + """
    def backward(self, dout):
        dW = self.grads[0]
        dW = np.zeros_like(dW)
        np.add.at(dW, self.idx, dout)
"""),
    "ReturnsNothing": answer("""
    def forward(self, idx):
        self.idx = idx
        self.params[0][idx]

    def backward(self, dout):
        dW, = self.grads
        dW[...] = 0
        np.add.at(dW, self.idx, dout)
"""),
    "Overwrites": answer(LOOKUP + """
    def backward(self, dout):
        dW, = self.grads
        dW[...] = 0
        for i, word in enumerate(np.ravel(self.idx)):
            dW[word] = dout.reshape(-1, dW.shape[1])[i]
"""),
    "PilesUp": answer(LOOKUP + """
    def backward(self, dout):
        D = dout.shape[-1]
        for word, row in zip(self.idx.reshape(-1), dout.reshape(-1, D)):
            self.grads[0][word] += row
"""),
    "Rebinds": answer(LOOKUP + """
    def backward(self, dout):
        dW = np.zeros_like(self.params[0])
        np.add.at(dW, self.idx, dout)
        self.grads = [dW]
"""),
    "CountsFromOne": answer("""
    def forward(self, idx):
        self.idx = idx
        return np.take(self.params[0], idx - 1, axis=0)

    def backward(self, dout):
        dW, = self.grads
        dW[...] = 0
        np.add.at(dW, self.idx, dout)
"""),
    "ForcesOutputFloat32": answer("""
    def forward(self, idx):
        self.idx = idx
        W, = self.params
        out = np.empty(idx.shape + (W.shape[1],), dtype="f")
        out[...] = W[idx]
        return out

    def backward(self, dout):
        dW, = self.grads
        dW[...] = 0
        np.add.at(dW, self.idx, dout)
"""),
    "ReturnsGradient": answer(LOOKUP + """
    def backward(self, dout):
        one_hot = np.eye(len(self.params[0]))[self.idx.ravel()]
        self.grads[0][...] = one_hot.T @ dout.reshape(self.idx.size, dout.shape[-1])
        return self.grads[0]
"""),
    "Averages": answer(LOOKUP + """
    def backward(self, dout):
        dW, = self.grads
        dW[...] = 0
        ids = np.asarray(self.idx).ravel()
        rows = dout.reshape(len(ids), dW.shape[1])
        for word in set(ids.tolist()):
            dW[word] = rows[ids == word].mean(axis=0)
"""),
}

TIME_EMBEDDING_MISTAKES = {
    "HasOneLayer": answer("""
    def forward(self, xs):
        self.layer = MyEmbedding(self.params[0])
        return np.stack([self.layer.forward(xs[:, t]) for t in range(xs.shape[1])], axis=1)

    def backward(self, dout):
        self.grads[0][...] = 0
        for t in range(dout.shape[1]):
            self.layer.backward(dout[:, t])
            self.grads[0] += self.layer.grads[0]
""", TIME_HEADER),
    "LeavesGradientInside": answer("""
    def forward(self, xs):
        self.layer = MyEmbedding(self.params[0])
        return self.layer.forward(xs)

    def backward(self, dout):
        self.layer.backward(dout)
""", TIME_HEADER),
    "KeepsFirstStep": TIME_EMBEDDING["one layer a step, as in the study notebook"].replace(
        """        grad = 0
        for t, layer in enumerate(self.layers):
            layer.backward(dout[:, t, :])
            grad += layer.grads[0]
        self.grads[0][...] = grad
""", """        for t in reversed(range(dout.shape[1])):
            self.layers[t].backward(dout[:, t, :])
            self.grads[0][...] = self.layers[t].grads[0]
"""),
    "VisitsEarlierLayersToo": TIME_EMBEDDING["one layer a step, as in the study notebook"].replace(
        "        self.layers = []\n", "        self.layers = vars(self).get('layers', [])\n"),
    "TimeForcesFloat32": TIME_EMBEDDING["one layer a step, as in the study notebook"].replace(
        "dtype=W.dtype", "dtype='f'"),
    "TimeMajor": TIME_EMBEDDING["stacks the steps"].replace("axis=1", "axis=0"),
}

WRONG = {"MyEmbedding": EMBEDDING_MISTAKES, "MyTimeEmbedding": TIME_EMBEDDING_MISTAKES}
