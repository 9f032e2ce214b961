"""Answers to 06-rnnlm. Names say what an answer does differently."""

from rnnlm_grader.content.misconception import changed

SLUG = "06-rnnlm"

# --- MyTimeAffine ---------------------------------------------------------------------------------------------------

HEADER = """
class MyTimeAffine:
    def __init__(self, W, b):
        self.params = [W, b]
        self.grads = [np.zeros_like(W), np.zeros_like(b)]
"""

FLAT = (
    HEADER
    + """
    def forward(self, xs):
        N, T, H = xs.shape
        W, b = self.params
        self.x = xs
        rx = xs.reshape(N * T, -1)
        out = np.dot(rx, W) + b
        return out.reshape(N, T, -1)

    def backward(self, dout):
        x = self.x
        N, T, H = x.shape
        W, b = self.params
        dout = dout.reshape(N * T, -1)
        rx = x.reshape(N * T, -1)
        db = np.sum(dout, axis=0)
        dW = np.dot(rx.T, dout)
        dx = np.dot(dout, W.T)
        self.grads[0][...] = dW
        self.grads[1][...] = db
        return dx.reshape(*x.shape)
"""
)

AFFINE = {
    "flat rows, as the well-known book does": FLAT,
    "broadcasting matmul and tensordot": HEADER
    + """
    def forward(self, xs):
        self.xs = xs
        return np.matmul(xs, self.params[0]) + self.params[1]

    def backward(self, dys):
        np.copyto(self.grads[0], np.tensordot(self.xs, dys, axes=[(0, 1), (0, 1)]))
        np.copyto(self.grads[1], dys.sum(axis=0).sum(axis=0))
        return np.matmul(dys, self.params[0].T)
""",
    "a step at a time": HEADER
    + """
    def forward(self, xs):
        self.xs = xs.copy()
        return np.stack([xs[:, t] @ self.params[0] + self.params[1] for t in range(xs.shape[1])], axis=1)

    def backward(self, dys):
        W = self.params[0]
        dW, db = np.zeros_like(W), np.zeros_like(self.params[1])
        dxs = np.empty_like(self.xs)
        for t in range(dys.shape[1]):
            dW += self.xs[:, t].T @ dys[:, t]
            db += dys[:, t].sum(0)
            dxs[:, t] = dys[:, t] @ W.T
        self.grads[0][...], self.grads[1][...] = dW, db
        return dxs
""",
    "outer products of single rows": HEADER
    + """
    def forward(self, xs):
        W, b = self.params
        self.x = xs
        out = np.zeros(xs.shape[:2] + b.shape, dtype=W.dtype)
        for n, t in np.ndindex(*xs.shape[:2]):
            out[n, t] = xs[n, t].dot(W) + b
        return out

    def backward(self, dout):
        for g in self.grads:
            g.fill(0)
        dx = np.zeros(self.x.shape, dtype=self.x.dtype)
        for n, t in np.ndindex(*dout.shape[:2]):
            self.grads[0] += np.outer(self.x[n, t], dout[n, t])
            self.grads[1] += dout[n, t]
            dx[n, t] = self.params[0].dot(dout[n, t])
        return dx
""",
    "inner layer object, float64 inside": """
class Linear:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def __call__(self, rows):
        self.rows = rows.astype(np.float64)
        return self.rows @ self.W.astype(np.float64) + self.b

    def back(self, d):
        d = d.astype(np.float64)
        return d @ self.W.T, self.rows.T @ d, d.sum(axis=0)


class MyTimeAffine:
    def __init__(self, W, b):
        self.inner = Linear(W, b)
        self.params, self.grads = (W, b), tuple(np.zeros(p.shape, p.dtype) for p in (W, b))

    def forward(self, xs):
        self.shape = xs.shape
        out = self.inner(xs.reshape(-1, xs.shape[-1]))
        return out.reshape(xs.shape[:-1] + (-1,)).astype(self.params[0].dtype)

    def backward(self, dys):
        dx, dW, db = self.inner.back(dys.reshape(-1, dys.shape[-1]))
        self.grads[0][...] = dW
        self.grads[1][...] = db
        return dx.reshape(self.shape).astype(self.params[0].dtype)
""",
}

AFFINE_MISTAKES = {
    "DbOfAllWords": changed(AFFINE["broadcasting matmul and tensordot"], (".sum(axis=0).sum(axis=0)", ".sum()")),
    "LeavesOutB": changed(AFFINE["a step at a time"], (" + self.params[1]", "")),
    "FlatScores": changed(FLAT, ("return out.reshape(N, T, -1)", "return out")),
    "PilesUp": changed(
        AFFINE["outer products of single rows"], ("        for g in self.grads:\n            g.fill(0)\n", "")
    ),
    "ClearsGradsInForward": changed(
        AFFINE["a step at a time"],
        (
            "        self.xs = xs.copy()\n",
            ("        self.xs = xs.copy()\n        self.grads[0].fill(0)\n        self.grads[1].fill(0)\n"),
        ),
    ),
    "KeepsLastStep": changed(AFFINE["a step at a time"], ("dW +=", "dW ="), ("db +=", "db =")),
    "OffersCopies": changed(
        AFFINE["inner layer object, float64 inside"],
        ("self.params, self.grads = (W, b)", "self.params, self.grads = [np.array(W), np.array(b)]"),
    ),
    "KeepsCacheInClass": changed(AFFINE["broadcasting matmul and tensordot"], ("self.xs", "MyTimeAffine.xs")),
}

# --- MyRnnlm --------------------------------------------------------------------------------------------------------

LAYERS = "from rnnlm_ref.time_layers import TimeAffine, TimeEmbedding, TimeRNN, TimeSoftmaxWithLoss\n"

BOOK = (
    LAYERS
    + """
class MyRnnlm:
    def __init__(self, vocab_size, wordvec_size, hidden_size, rng):
        V, D, H = vocab_size, wordvec_size, hidden_size
        rn = rng.standard_normal
        embed_W = (rn((V, D)) / 100).astype("f")
        rnn_Wx = (rn((D, H)) / np.sqrt(D)).astype("f")
        rnn_Wh = (rn((H, H)) / np.sqrt(H)).astype("f")
        rnn_b = np.zeros(H).astype("f")
        affine_W = (rn((H, V)) / np.sqrt(H)).astype("f")
        affine_b = np.zeros(V).astype("f")
        self.layers = [
            TimeEmbedding(embed_W),
            TimeRNN(rnn_Wx, rnn_Wh, rnn_b, stateful=True),
            TimeAffine(affine_W, affine_b),
        ]
        self.loss_layer = TimeSoftmaxWithLoss()
        self.rnn_layer = self.layers[1]
        self.params, self.grads = [], []
        for layer in self.layers:
            self.params += layer.params
            self.grads += layer.grads

    def predict(self, xs):
        for layer in self.layers:
            xs = layer.forward(xs)
        return xs

    def forward(self, xs, ts):
        scores = self.predict(xs)
        return self.loss_layer.forward(scores, ts)

    def backward(self, dout=1):
        dout = self.loss_layer.backward(dout)
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout

    def reset_state(self):
        self.rnn_layer.reset_state()
"""
)

ON_DEMAND = (
    LAYERS
    + """
from itertools import chain

class MyRnnlm:
    def __init__(self, vocab_size, wordvec_size, hidden_size, rng):
        def matrix(rows, columns):
            bound = (6 / (rows + columns)) ** 0.5
            return rng.uniform(-bound, bound, (rows, columns)).astype(np.float32)

        self.chain = (TimeEmbedding(matrix(vocab_size, wordvec_size)),
                      TimeRNN(matrix(wordvec_size, hidden_size), matrix(hidden_size, hidden_size),
                              np.zeros(hidden_size, np.float32), True),
                      TimeAffine(matrix(hidden_size, vocab_size), np.zeros(vocab_size, np.float32)))
        self.criterion = TimeSoftmaxWithLoss(ignore_label=-1)

    @property
    def params(self):
        return list(chain.from_iterable(layer.params for layer in self.chain))

    @property
    def grads(self):
        return list(chain.from_iterable(layer.grads for layer in self.chain))

    def predict(self, xs):
        out = xs
        for layer in self.chain:
            out = layer.forward(out)
        return out

    def forward(self, xs, ts):
        return self.criterion.forward(self.predict(xs), ts)

    def backward(self, dout=1):
        grad = self.criterion.backward(dout)
        for layer in self.chain[::-1]:
            grad = layer.backward(grad)

    def reset_state(self):
        self.chain[1].h = None
"""
)

MODEL = {
    "as the well-known book writes it": BOOK,
    "large word vectors, large weights beside Wh": changed(BOOK, ("/ 100)", "* 5)"), ("/ np.sqrt(D))", "* 3)")),
    "with the student's own affine layer": changed(BOOK, ("TimeAffine(affine", "MyTimeAffine(affine")),
    "lists made into tuples": changed(
        BOOK,
        ("layer.grads\n", "layer.grads\n        self.params, self.grads = tuple(self.params), tuple(self.grads)\n"),
    ),
    "float64, layers by name": """
import rnnlm_ref.time_layers as tl

class MyRnnlm:
    def __init__(self, vocab_size, wordvec_size, hidden_size, rng):
        V, D, H = vocab_size, wordvec_size, hidden_size
        self.embed = tl.TimeEmbedding(rng.normal(size=(V, D)))
        self.rnn = tl.TimeRNN(rng.normal(scale=0.3, size=(D, H)), rng.normal(scale=0.3, size=(H, H)), np.zeros(H),
                              stateful=True)
        self.affine = tl.TimeAffine(rng.normal(scale=0.1, size=(H, V)), np.zeros(V))
        self.loss = tl.TimeSoftmaxWithLoss()
        self.params = self.embed.params + self.rnn.params + self.affine.params
        self.grads = self.embed.grads + self.rnn.grads + self.affine.grads

    def predict(self, xs):
        return self.affine.forward(self.rnn.forward(self.embed.forward(xs)))

    def forward(self, xs, ts):
        return float(self.loss.forward(self.predict(xs), ts))

    def backward(self, dout=1):
        self.embed.backward(self.rnn.backward(self.affine.backward(self.loss.backward(dout))))

    def reset_state(self):
        self.rnn.reset_state()
""",
    "uniform weights, lists by itertools, lists made on demand": ON_DEMAND,
    "keeps the state itself": LAYERS
    + """
class MyRnnlm:
    def __init__(self, vocab_size, wordvec_size, hidden_size, rng):
        V, D, H = vocab_size, wordvec_size, hidden_size
        draw = lambda *shape: rng.random(shape) - 0.5
        self.embed = TimeEmbedding(draw(V, D))
        self.rnn = TimeRNN(draw(D, H), draw(H, H), draw(H), stateful=True)
        self.out = TimeAffine(draw(H, V), draw(V))
        self.loss = TimeSoftmaxWithLoss()
        self.params = [*self.embed.params, *self.rnn.params, *self.out.params]
        self.grads = [*self.embed.grads, *self.rnn.grads, *self.out.grads]
        self.state = None

    def predict(self, xs):
        if self.state is None:
            self.rnn.reset_state()
        else:
            self.rnn.set_state(self.state)
        hs = self.rnn.forward(self.embed.forward(xs))
        self.state = hs[:, -1].copy()
        return self.out.forward(hs)

    def forward(self, xs, ts):
        print("forward", xs.shape)
        return self.loss.forward(self.predict(xs), ts)

    def backward(self, dout=1):
        d = self.loss.backward(dout)
        d = self.out.backward(d)
        d = self.rnn.backward(d)
        self.embed.backward(d)

    def reset_state(self):
        self.state = None
""",
    "subclass of the student's own affine layer, prints": changed(
        BOOK,
        ("TimeAffine(affine_W", "Scores(affine_W"),
        (
            "class MyRnnlm:",
            """class Scores(MyTimeAffine):
    def forward(self, hs):
        print("states", hs.shape)
        return super().forward(hs)


class MyRnnlm:""",
        ),
    ),
    "weights and biases from 0 to 1": changed(
        BOOK, ("rn = rng.standard_normal", "rn = rng.random"), ("np.zeros(H)", "rn(H)"), ("np.zeros(V)", "rn(V)")
    ),
    "the state's matrix begins near the identity": changed(
        BOOK, ("rn((H, H)) / np.sqrt(H)", "np.eye(H) + rn((H, H)) / 1000")
    ),
    "word vectors next to nothing": changed(BOOK, ("(rn((V, D)) / 100)", "(rn((V, D)) / 100_000)")),
    "float64 word vectors before float32 layers": changed(BOOK, ('(rn((V, D)) / 100).astype("f")', "rn((V, D)) / 100")),
    "reset_state builds the RNN anew, and the lists follow": changed(
        ON_DEMAND,
        (
            "self.chain[1].h = None",
            "self.chain = (self.chain[0], TimeRNN(*self.chain[1].params, stateful=True), self.chain[2])",
        ),
    ),
}

MODEL_MISTAKES = {
    "CopiesParams": changed(BOOK, ("self.params += layer.params", "self.params += [p.copy() for p in layer.params]")),
    "IsNotStateful": changed(BOOK, (", stateful=True", "")),
    "MakesNewRnn": changed(
        BOOK, ("self.rnn_layer.reset_state()", "self.layers[1] = TimeRNN(*self.layers[1].params, stateful=True)")
    ),
    "ModelClearsInForward": changed(
        ON_DEMAND,
        (
            "        return self.criterion.forward",
            ("        for grad in self.grads:\n            grad.fill(0)\n        return self.criterion.forward"),
        ),
    ),
    "StartsFromNextToNothing": changed(ON_DEMAND, ("rng.uniform(-bound, bound,", "2e-6 * rng.uniform(-1, 1,")),
    "NeverResets": changed(MODEL["float64, layers by name"], ("self.rnn.reset_state()", "self.h = None")),
    "AnotherOrder": changed(
        BOOK,
        (
            "for layer in self.layers:\n            self.params",
            "for layer in self.layers[::-1]:\n            self.params",
        ),
    ),
    "VisitsLayersForwards": changed(ON_DEMAND, ("self.chain[::-1]", "self.chain")),
    "NestedLists": changed(
        ON_DEMAND,
        ("list(chain.from_iterable(layer.params for layer in self.chain))", "[layer.params for layer in self.chain]"),
        ("list(chain.from_iterable(layer.grads for layer in self.chain))", "[layer.grads for layer in self.chain]"),
    ),
    "ForgetsDout": changed(MODEL["keeps the state itself"], ("self.loss.backward(dout)", "self.loss.backward()")),
    "DrawsFromNumpy": changed(MODEL["keeps the state itself"], ("rng.random(shape)", "np.random.random(shape)")),
    "ForgetsEmbedding": changed(MODEL["keeps the state itself"], ("        self.embed.backward(d)\n", "")),
}

# --- my_perplexity --------------------------------------------------------------------------------------------------

PERPLEXITY = {
    "a sum over pairs": """
import math

def my_perplexity(losses, counts):
    total = sum(loss * count for loss, count in zip(losses, counts))
    return math.exp(total / sum(counts))
""",
    "np.average": """
def my_perplexity(losses, counts):
    return np.exp(np.average(losses, weights=counts))
""",
    "dot product of arrays, 0-d result": """
def my_perplexity(losses, counts):
    losses, counts = np.asarray(losses), np.asarray(counts)
    return np.array(np.exp(losses @ counts / counts.sum()))
""",
    "a running mean": """
def my_perplexity(losses, counts):
    mean, seen = 0.0, 0
    for loss, n in zip(losses, counts):
        if n == 0:
            continue
        seen += n
        mean += (loss - mean) * n / seen
    return np.e ** mean
""",
    "each loss repeated": """
def my_perplexity(losses, counts):
    print(len(losses), "batches")
    return float(np.exp(np.repeat(losses, counts).mean()))
""",
    "a product of powers": """
def my_perplexity(losses, counts):
    n = sum(counts)
    result = 1.0
    for loss, count in zip(losses, counts):
        result *= np.exp(loss) ** (count / n)
    return result
""",
}

PERPLEXITY_MISTAKES = {
    "ForgetsCounts": changed(PERPLEXITY["np.average"], (", weights=counts", "")),
    "AveragesExponentials": changed(
        PERPLEXITY["np.average"], ("np.exp(np.average(losses, weights=counts))", "np.mean(np.exp(losses))")
    ),
    "WeighsExponentials": changed(
        PERPLEXITY["np.average"],
        ("np.exp(np.average(losses, weights=counts))", "np.average(np.exp(losses), weights=counts)"),
    ),
    "DividesAfterExp": changed(
        PERPLEXITY["dot product of arrays, 0-d result"],
        ("np.exp(losses @ counts / counts.sum())", "np.exp(losses @ counts) / counts.sum()"),
    ),
    "NeedsLists": changed(PERPLEXITY["a sum over pairs"], ("sum(counts)", "(sum(counts) + 0 * counts.count(0))")),
    "TakesBaseTwo": changed(PERPLEXITY["a running mean"], ("np.e **", "2 **")),
    "ForgetsExp": changed(PERPLEXITY["a running mean"], ("np.e ** mean", "mean")),
    "DeletesEmptyBatches": changed(
        PERPLEXITY["np.average"],
        (
            "    return",
            """
    for i in range(len(counts) - 1, -1, -1):
        if counts[i] == 0:
            losses.pop(i)
            counts.pop(i)
    return""",
        ),
    ),
}

RIGHT = {"MyTimeAffine": AFFINE, "MyRnnlm": MODEL, "my_perplexity": PERPLEXITY}
WRONG = {"MyTimeAffine": AFFINE_MISTAKES, "MyRnnlm": MODEL_MISTAKES, "my_perplexity": PERPLEXITY_MISTAKES}
