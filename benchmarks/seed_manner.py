"""The same model in the manner of the study notebook that the course grew from, as well as that manner allows.

One object for every step of a window; the gradient of every step is a whole array, and the arrays are added up. What
isn't part of the manner is as fast as it can be: float32 throughout, sums and products go into their arrays in place,
and the loss is computed in as few passes as its equations need. The notebook makes its objects, and so the arrays of
their gradients, anew for each window; with `reuse` they are kept, which the manner allows but the notebook doesn't do.

Letters: N batch, T time, V vocabulary, D word-vector width, H hidden width.
"""

import numpy as np


class Embedding:
    def __init__(self, W):
        self.W, self.dW = W, np.zeros_like(W)

    def forward(self, idx):
        self.idx = idx
        return self.W[idx]

    def backward(self, dout):
        self.dW[...] = 0
        np.add.at(self.dW, self.idx, dout)


class RNN:
    def __init__(self, Wx, Wh, b):
        self.params = Wx, Wh, b
        self.grads = [np.zeros_like(param) for param in self.params]

    def forward(self, x, h_prev):
        Wx, Wh, b = self.params
        z = h_prev @ Wh
        z += x @ Wx
        z += b
        h_next = np.tanh(z, out=z)
        self.cache = x, h_prev, h_next
        return h_next

    def backward(self, dh_next):
        Wx, Wh, _ = self.params
        dWx, dWh, db = self.grads
        x, h_prev, h_next = self.cache
        dz = 1 - h_next**2
        dz *= dh_next
        np.matmul(x.T, dz, out=dWx)
        np.matmul(h_prev.T, dz, out=dWh)
        dz.sum(axis=0, out=db)
        return dz @ Wx.T, dz @ Wh.T


class TimeEmbedding:
    def __init__(self, W, reuse):
        self.params, self.grads, self.steps, self.reuse = [W], [np.zeros_like(W)], [], reuse

    def forward(self, xs):
        (W,) = self.params
        N, T = xs.shape
        if not self.reuse:
            self.steps = []
        while len(self.steps) < T:
            self.steps.append(Embedding(W))
        out = np.empty((N, T, W.shape[1]), dtype=W.dtype)
        for t in range(T):
            out[:, t] = self.steps[t].forward(xs[:, t])
        return out

    def backward(self, dout):
        (dW,) = self.grads
        dW[...] = 0
        for t in range(dout.shape[1]):
            self.steps[t].backward(dout[:, t])
            dW += self.steps[t].dW


class TimeRNN:
    def __init__(self, Wx, Wh, b, reuse):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(param) for param in self.params]
        self.steps, self.h, self.reuse = [], None, reuse

    def forward(self, xs):
        N, T, _ = xs.shape
        H = len(self.params[2])
        if not self.reuse:
            self.steps = []
        while len(self.steps) < T:
            self.steps.append(RNN(*self.params))
        if self.h is None:
            self.h = np.zeros((N, H), dtype=xs.dtype)
        hs = np.empty((N, T, H), dtype=xs.dtype)
        for t in range(T):
            self.h = hs[:, t] = self.steps[t].forward(xs[:, t], self.h)
        return hs

    def backward(self, dhs):
        N, T, _ = dhs.shape
        dxs = np.empty((N, T, len(self.params[0])), dtype=dhs.dtype)
        for grad in self.grads:
            grad[...] = 0
        dh = 0
        for t in reversed(range(T)):
            dxs[:, t], dh = self.steps[t].backward(dhs[:, t] + dh)
            for total, grad in zip(self.grads, self.steps[t].grads, strict=True):
                total += grad
        return dxs


class TimeAffine:
    def __init__(self, W, b):
        self.params = [W, b]
        self.grads = [np.zeros_like(W), np.zeros_like(b)]

    def forward(self, xs):
        W, b = self.params
        N, T, H = xs.shape
        self.rows = xs.reshape(N * T, H)
        ys = self.rows @ W
        ys += b
        return ys.reshape(N, T, -1)

    def backward(self, dys):
        W, _ = self.params
        dW, db = self.grads
        N, T, V = dys.shape
        dys = dys.reshape(N * T, V)
        np.matmul(self.rows.T, dys, out=dW)
        dys.sum(axis=0, out=db)
        return (dys @ W.T).reshape(N, T, -1)


class TimeSoftmaxWithLoss:
    def forward(self, xs, ts):
        N, T, V = xs.shape
        ts = ts.reshape(N * T)
        mask = ts != -1
        ys = xs.reshape(N * T, V)
        ys = ys - ys.max(axis=1, keepdims=True)
        np.exp(ys, out=ys)
        ys /= ys.sum(axis=1, keepdims=True)
        rows = np.arange(N * T)
        self.cache = ts, ys, mask, rows, (N, T, V)
        return -(np.log(ys[rows, ts]) * mask).sum() / mask.sum()

    def backward(self):
        ts, dx, mask, rows, shape = self.cache
        dx[rows, ts] -= 1
        dx *= (mask / mask.sum()).astype(dx.dtype)[:, np.newaxis]
        return dx.reshape(shape)


class Rnnlm:
    """TimeEmbedding, TimeRNN, TimeAffine and TimeSoftmaxWithLoss on given parameters."""

    def __init__(self, params, reuse):
        E, Wx, Wh, b, W, c = params
        self.layers = [TimeEmbedding(E, reuse), TimeRNN(Wx, Wh, b, reuse), TimeAffine(W, c)]
        self.loss_layer = TimeSoftmaxWithLoss()
        self.params = [param for layer in self.layers for param in layer.params]
        self.grads = [grad for layer in self.layers for grad in layer.grads]

    def forward(self, xs, ts):
        for layer in self.layers:
            xs = layer.forward(xs)
        return self.loss_layer.forward(xs, ts)

    def backward(self):
        dout = self.loss_layer.backward()
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
