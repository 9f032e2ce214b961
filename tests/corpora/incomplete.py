"""Answers that are right where one looks first and wrong beside: small changes of the instructor's answers.

For each name: what is wrong → (the criterion that must notice it, (old, new) texts ...).
"""
import nbformat
from hostile.handing_in import ROOT

from rnnlm_grader.assignments import find
from rnnlm_grader.course import answers_of

COPIES = "\n    @property\n    def params(self):\n        return [param.copy() for param in self.arrays]\n"
TRIPLE = "self.grads = [np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)]"
SHARED_TRIPLE = (TRIPLE, "self.grads = vars(type(self)).get('all_grads') or [np.zeros_like(p) for p in (Wx, Wh, b)]\n"
                         "        type(self).all_grads = self.grads")
STATES_OF_BPTT = (
    "    hs = [h0]\n    for t in range(T):\n        hs.append(np.tanh(hs[t] @ Wh + xs[:, t] @ Wx + b))\n")
DZ = "dz = dh_next * (1 - h_next ** 2)"
R_TANH = "h_next = np.tanh(h_prev @ Wh + x @ Wx + b)"
R_CACHE = "x, h_prev, h_next = self.cache"
R_BACK = "return dz @ Wx.T, dz @ Wh.T"
R_TURNED = "return dz @ self.turned[0], dz @ self.turned[1]"
TURNED = "vars(self).setdefault('turned', (Wx.T.copy(), Wh.T.copy()))\n        "
R_SUM = "self.z = h_prev @ Wh + x @ Wx + b\n        h_next = np.tanh(self.z)"
OF_PARAMS = "Wx, Wh, b = self.params"
ZEROS = ("dxs = np.empty", "dxs = np.zeros")
STEP = "h = cell.forward(xs[:, t], h)"
KEEP = "self.h = h\n        return"
SET = "self.h = h\n\n"
RESET = "the state.\"\"\"\n        self.h = None"
DH = "dh = np.zeros_like(dhs[:, 0])"
TIMED = "self.cells[t].backward(dhs[:, t] + dh)"
GOES_BACK = f"dxs[:, t], dh = {TIMED}"
LATER = "self.cells[0].cache[1].any()"  # whether the window started from a state
SUMS = "self.grads[i][...] = sum(cell.grads[i] for cell in self.cells)"
LOSS = "self.loss_layer.forward(self.predict(xs), ts)"
BACK = "dout = layer.backward(dout)"
LOOP = "for layer in self.layers:\n            xs ="
LOSS_LAYER = "self.loss_layer = Time"
SHIFT = "x = x - x.max(axis=1, keepdims=True)"
EXPS = "    e = np.exp(x - x.max(axis=-1, keepdims=True))"
OF_LAYERS = f"        {LOOP}"
GIVES_LOSS = f"        return {LOSS}"
RESETS = "        self.layers[1].reset_state()"
SCORES = "        for layer in self.layers:\n            xs = layer.forward(xs)\n        return xs"
SCORES_BY_KEPT = (
    "        if self.kept is None:\n"
    "            self.kept = self.params[0].copy()\n"
    "        self.layers[0].forward(xs)\n"
    "        xs = self.kept[xs]\n"
    "        for layer in self.layers[1:]:\n"
    "            xs = layer.forward(xs)\n"
    "        return xs")
KEPT_UNTIL = (("        self.loss_layer = TimeSoftmaxWithLoss()",
               "        self.loss_layer = TimeSoftmaxWithLoss()\n        self.kept = None"),
              ("        return self.loss_layer.forward(",
               "        self.kept = None\n        return self.loss_layer.forward("),
              (RESETS, f"        self.kept = None\n{RESETS}"))
MAKES_LOSS = f"        {LOSS_LAYER}"
GOES_DOWN = f"            {BACK}"
CACHE = "self.cache = log_p, safe, mask, count, (N, T, V)"
EMPTY = "self.cache = None"
MASKS = "dx *= mask[:, np.newaxis]"
TO_MASK = "mask = ts != self.ignore_label"
COUNTS = "count = max(mask.sum(), 1)"
B_SUM = "hs[t] @ Wh + xs[:, t] @ Wx + b"
B_STATE = f"np.tanh({B_SUM})"
B_FORWARD = "    for t in range(T):\n        hs.append"
MAKES_LISTS = "        self.params, self.grads = [], []\n"
PREDICTS = "    def predict"
EACH_PLACE = "for i in np.ndindex(x.shape):"
GIVES_SHARES = "return e / e.sum(axis=-1, keepdims=True)"
CLEARS = "for grad in self.grads: grad.fill(0)\n        "
HAS_STATE = "self.h if self.stateful and self.h is not None"
NEW_HS = "hs = np.empty((N, T, H), dtype=Wx.dtype)"
CLEARED = "dW = self.grads[0]"
E_OF = "    e = np"
GIVES_KEPT = "return -(log_p[np.arange(N * T), safe] * mask).sum() / count"
OWN_LOOP = (GIVES_LOSS, (
    "        h = xs\n        for layer in self.layers: h = layer.forward(h)\n"
    "        return self.loss_layer.forward(h, ts)"))
EACH_GRAD = "        for grad in grads:\n            grad *= max_norm / norm"
PUTS_BACK = "        x[i] = kept\n"
MEASURED = """
    def loss():
        hs = [h0]
        for t in range(T):
            if window and t and t % window == 0: hs[-1] = state[t]
            hs.append(np.tanh(hs[-1] @ Wh + xs[:, t] @ Wx + b))
        return (np.stack(hs[1:], axis=1) * dhs).sum()

    state, xs, h0 = hs, xs.astype(float), h0.astype(float)
    for array, grad in ((xs, dxs), (h0, dh0)):
        for i in np.ndindex(array.shape):
            kept = array[i]
            array[i] = kept + 1e-5
            above = loss()
            array[i] = kept - 1e-5
            grad[i] = (above - loss()) / 2e-5
            array[i] = kept
    return dxs, dh0, dWx, dWh, db"""
ADD = "np.add.at(dW, self.idx, dout)"
OF_STEPS = "self.grads[0][...] = self.layer.grads[0]"
WEIGHTS = "return (scale * rng.standard_normal((rows, columns))).astype(\"f\")"


def steps(make, layer):
    """Have a MyTimeEmbedding go step by step: `make` makes its layers, and `layer` is that of step t in backward."""
    return (("self.layer = MyEmbedding(self.params[0])", make), ("return self.layer.forward(xs)", (
        "layers = self.layers[-xs.shape[1]:]\n"
        "        return np.stack([layer.forward(xs[:, t]) for t, layer in enumerate(layers)], axis=1)")), (
        "self.layer.backward(dout)", (
            "total = 0\n        for t in range(dout.shape[1]):\n            layer = " + layer + "\n"
            "            layer.backward(dout[:, t])\n            total = total + layer.grads[0]")), (
        "self.grads[0][...] = self.layer.grads[0]", "self.grads[0][...] = total"))


def own_loss(shift):
    """Have a model of float64 compute its loss itself, from exponentials of scores that are shifted in this way."""
    return (GIVES_LOSS, f"""\
        scores, self.is_kept = self.predict(xs), ts != -1
        self.picked = np.where(self.is_kept, ts, 0)[..., np.newaxis]
        self.count = max(self.is_kept.sum(), 1)
        e = np.exp(scores{shift})
        self.shares = e / e.sum(axis=-1, keepdims=True)
        p = np.take_along_axis(self.shares, self.picked, -1)[..., 0]
        return -(np.log(p) * self.is_kept).sum() / self.count"""), ("dout = self.loss_layer.backward(dout)", """\
d = self.shares.copy()
        np.put_along_axis(d, self.picked, np.take_along_axis(d, self.picked, -1) - 1, -1)
        dout = d * (self.is_kept * (dout / self.count))[..., np.newaxis]"""), (
        ".astype(\"f\")", ""), ("np.zeros(H, \"f\")", "np.zeros(H)"), ("np.zeros(V, \"f\")", "np.zeros(V)")


CHANGES = {
    "MyEmbedding": {
        "flattens the caller's dout in place": ("any_shape_backward", (
            ADD, (
                "dout = np.ascontiguousarray(dout); dout.shape = (-1, dW.shape[1]); np.add.at(dW, "
                "self.idx.reshape(-1), dout)"))),
        "looks a block of ids up in a copy": ("any_shape_forward", (
            "self.grads = [", "self.copy = W.copy(); self.grads = ["), (
            "return self.params[0][idx]", "return (self.copy if idx.ndim > 1 else self.params[0])[idx]")),
        "updates W itself": ("shares_parameters", (
            ADD, "np.add.at(dW, self.idx, dout)\n        self.params[0] -= 0.1 * dW")),
        "counts repeats, and takes the first row for each": ("repeated_ids_add_up", (ADD, (
            "ids, first, counts = np.unique(self.idx, return_index=True, return_counts=True)\n"
            "        dW[ids] = dout.reshape(-1, dW.shape[1])[first] * counts[:, None]"))),
        "rounds grads to 2 decimals": ("any_size_backward", (ADD, f"{ADD}; dW[...] = dW.round(2)")),
        "leaves grads where dout is 0": ("overwrites_in_place", (
            "dW = self.grads[0]", "dW = self.grads[0]\n        if dout.size and not dout.any(): return")),
        "one width for all": ("stands_alone", ("self.idx = None", "self.idx = None; MyEmbedding.D = W.shape[1]"), (
            ADD, "np.add.at(dW, self.idx.reshape(-1), dout.reshape(-1, self.D))")),
        "clears the rows of the last ids only": ("overwrites_in_place", (
            "dW[...] = 0", "dW[vars(self).get('old', slice(None))] = 0; self.old = self.idx")),
        "adds up repeats in dout itself": ("any_size_backward", ("np.add.at(dW, self.idx, dout)", (
            "np.add.at(dW, self.idx, dout)\n        dout[...] = dW[self.idx]"))),
        "keeps the first of two forwards": ("any_shape_backward", (
            "self.idx = idx", "self.idx = idx if self.idx is None else self.idx"), (
            "np.add.at(dW, self.idx, dout)", "np.add.at(dW, self.idx, dout); self.idx = None")),
        "goes back once for each forward": ("backward_twice", (
            "self.idx = idx", "self.idx, self.done = idx, False"), (
            "dW = self.grads[0]", "if self.done: return\n        self.done, dW = True, self.grads[0]")),
        "offers copies of params": ("shares_parameters", ("self.params", "self.arrays"), ("", COPIES)),
        "clips dout": ("any_size_backward", (
            "np.add.at(dW, self.idx, dout)", "np.add.at(dW, self.idx, dout.clip(-5, 5))")),
        "gives the last word no gradient": ("repeated_ids_add_up", ("np.add.at(dW, self.idx, dout)", (
            "np.add.at(dW, self.idx, dout); dW[-1] = 0"))),
    },
    "MyTimeEmbedding": {
        "adds the last step to the first in dout itself": ("time_shares_parameters", (
            "self.layer.backward(dout)", "self.layer.backward(dout)\n        dout[:, 0] += dout[:, -1]")),
        "keeps the layer in the class": ("time_overwrites_in_place", (
            "return self.layer.forward(xs)", "MyTimeEmbedding.last = self.layer; return self.layer.forward(xs)"), (
            "self.layer.backward(dout)", "MyTimeEmbedding.last.backward(dout); self.layer = MyTimeEmbedding.last")),
        "gives word 0 no gradient": ("after_other_sizes", (
            OF_STEPS, "self.grads[0][...] = self.layer.grads[0]; self.grads[0][0] = 0")),
        "gives padding at the end no gradient": ("after_other_sizes", (
            "self.layer.backward(dout)", (
                "xs = self.layer.idx; dout = dout.copy()\n"
                "        for n in range(len(xs)):\n"
                "            t = xs.shape[1]\n"
                "            while t and xs[n, t - 1] == 0: t -= 1\n"
                "            dout[n, t:] = 0\n"
                "        self.layer.backward(dout)"))),
        "goes back through each of its layers once": ("time_overwrites_in_place", (
            "self.layer = MyEmbedding(self.params[0])",
            "self.layers = [MyEmbedding(self.params[0]) for _ in range(xs.shape[1])]"), (
            "return self.layer.forward(xs)",
            "return np.stack([layer.forward(xs[:, t]) for t, layer in enumerate(self.layers)], axis=1)"), (
            "self.layer.backward(dout)", (
                "total = 0 * self.params[0]\n        while self.layers:\n            layer = self.layers.pop()\n"
                "            layer.backward(dout[:, len(self.layers)])\n            total += layer.grads[0]")), (
            OF_STEPS, "self.grads[0][...] = total")),
        "leaves grads where dout is 0": ("time_overwrites_in_place", (
            "self.layer.backward(dout)", "if not dout.any(): return\n        self.layer.backward(dout)")),
        "returns a view for a single id": ("output_dtype", ("return self.layer.forward(xs)", (
            "out, first = self.layer.forward(xs), xs[0, 0]\n"
            "        return out if xs.size > 1 else self.params[0][first:first + 1][None]"))),
        "makes layers for the first window only": ("other_sizes", ("self.layer = MyEmbedding(self.params[0])", (
            "self.layer = self.layers = vars(self).get('layers') or [MyEmbedding(self.params[0]) for _ in xs[0]]"
            )), ("return self.layer.forward(xs)",
            "return np.stack([self.layers[t].forward(xs[:, t]) for t in range(xs.shape[1])], axis=1)")),
        "one table for all": ("time_overwrites_in_place", ("self.params", "MyTimeEmbedding.params")),
        "one layer for all": ("time_overwrites_in_place", ("self.layer", "MyTimeEmbedding.layer")),
        "offers copies of params": ("time_shares_parameters", ("self.params", "self.arrays"), ("", COPIES)),
        "uses up its layers": ("time_overwrites_in_place", *steps(
            "self.layers = [MyEmbedding(self.params[0]) for _ in xs[0]]", "self.layers.pop(0)")),
        "walks the steps of the first window": ("other_sizes", *steps(
            "self.layers = [MyEmbedding(self.params[0]) for _ in vars(self).setdefault('first', xs)[0]]",
            "self.layers[t]")),
    },
    "MyRNN": {
        "tanh of exp(-2z), capped for float64": ("follows_dtype", (
            R_TANH, "e = np.exp(-2 * (h_prev @ Wh + x @ Wx + b).clip(-300, 300)); h_next = (1 - e) / (1 + e)")),
        "slope of exp(-2z) capped": ("follows_dtype", (
            R_TANH, R_SUM), (
            DZ, "e = np.exp(-2 * self.z.clip(-300, 300)); dz = dh_next * 4 * e / (1 + e) ** 2")),
        "is 1 beyond 5": ("forward_sizes", (
            R_TANH, "z = h_prev @ Wh + x @ Wx + b; h_next = np.where(np.abs(z) > 5, np.sign(z), np.tanh(z))")),
        "is 1 beyond 6": ("forward_sizes", (
            R_TANH, "z = h_prev @ Wh + x @ Wx + b; h_next = np.where(np.abs(z) > 6, np.sign(z), np.tanh(z))")),
        "lets nothing through beyond 0.9999": ("backward_sizes", (
            DZ, "dz = dh_next * (1 - h_next ** 2); dz[np.abs(h_next) > 0.9999] = 0")),
        "contiguous copies": ("backward_sizes", (
            "self.params = [Wx, Wh, b]",
            "Wx, Wh, b = map(np.ascontiguousarray, (Wx, Wh, b)); self.params = [Wx, Wh, b]")),
        "clip z 10": ("slope_of_tanh", (R_TANH, "h_next = np.tanh((h_prev @ Wh + x @ Wx + b).clip(-10, 10))")),
        "lets nothing through beyond 0.9995": ("backward_sizes", (
            DZ, "dz = dh_next * (1 - h_next ** 2); dz[np.abs(h_next) > 0.9995] = 0")),
        "goes on from its own state where h_prev is 0": ("first_step", (
            EMPTY, "self.cache = self.h = None"), (
            R_TANH, (
                "if not h_prev.any() and self.h is not None and self.h.shape == h_prev.shape: h_prev = self.h\n"
                "        h_next = np.tanh(h_prev @ Wh + x @ Wx + b)")), (
            "return h_next", "self.h = h_next; return h_next")),
        "keeps rows with x of 0 out of db and dWh": ("central_differences", (
            "self.grads[1][...] = h_prev.T @ dz",
            "dp = dz * x.any(axis=1, keepdims=True); self.grads[1][...] = h_prev.T @ dp"), (
            "self.grads[2][...] = dz.sum(axis=0)", "self.grads[2][...] = dp.sum(axis=0)")),
        "keeps rows with x of 0 out of db": ("central_differences", (
            "self.grads[2][...] = dz.sum(axis=0)", "self.grads[2][...] = dz[x.any(axis=1)].sum(axis=0)")),
        "leaves all states out where the first row has none": ("rows_apart", (
            R_TANH, (
                "if not h_prev[0].any(): h_prev = np.zeros_like(h_prev)\n"
                "        h_next = np.tanh(h_prev @ Wh + x @ Wx + b)"))),
        "leaves dWh 0 where the first row has no state": ("central_differences", (
            "self.grads[1][...] = h_prev.T @ dz", "self.grads[1][...] = h_prev.T @ dz if h_prev[0].any() else 0")),
        "lets no row back that holds a 0": ("central_differences", (
            DZ, "dz = dh_next * (1 - h_next ** 2) * dh_next.all(axis=1, keepdims=True)")),
        "keeps h_next for the same input until it goes back": ("shares_parameters", (
            EMPTY, "self.cache = self.seen = None"), (
            R_TANH, (
                "if self.seen and np.array_equal(self.seen[0], x) and np.array_equal(self.seen[1], "
                "h_prev): return self.cache[2].copy()\n"
                "        h_next = np.tanh(h_prev @ Wh + x @ Wx + b); self.seen = x.copy(), h_prev.copy()")), (
            "dz = dh", "self.seen = None; dz = dh")),
        "hands nothing on for an x of 0": ("central_differences", (R_BACK, "return (dz @ Wx.T) * (x != 0), dz @ Wh.T")),
        "hands nothing on to a state of 0": ("gradient_of_state", (
            R_BACK, "return dz @ Wx.T, (dz @ Wh.T) * (h_prev != 0)")),
        "gives rubbish for rows to which nothing comes back": ("backward_sizes", (
            R_BACK, "dx, dh = dz @ Wx.T, dz @ Wh.T\n        dx[~dh_next.any(axis=1)] = 7; return dx, dh")),
        "lets nothing back where one number is 0": ("backward_sizes", (
            DZ, "dz = dh_next * (1 - h_next ** 2) * dh_next.all()")),
        "takes the last dh_next where it is 0": ("overwrites_in_place", (
            DZ, (
                "if not dh_next.any(): dh_next = vars(self).get('dh', dh_next)\n"
                "        self.dh = dh_next\n"
                "        dz = dh_next * (1 - h_next ** 2)"))),
        "sums db up, averaged over rows that count": ("backward_sizes", (
            "self.grads[2][...] = dz.sum(axis=0)",
            "self.grads[2][...] = dz.sum(axis=0) * len(dz) / max(dz.any(axis=1).sum(), 1)")),
        "writes db only where it isn't 0": ("overwrites_in_place", (
            "self.grads[2][...] = dz.sum(axis=0)",
            "db = dz.sum(axis=0); np.copyto(self.grads[2], db, where=db != 0)")),
        "writes no dWx for columns of 0": ("overwrites_in_place", (
            "self.grads[0][...] = x.T @ dz", "g = x.T @ dz; keep = x.any(axis=0); self.grads[0][keep] = g[keep]")),
        "turns the weights round for each new N": ("shares_parameters", (
            R_CACHE, (
                "if vars(self).get('N') != len(dh_next): self.N, self.turned = len(dh_next), (Wx.T.copy(), "
                "Wh.T.copy())\n"
                "        x, h_prev, h_next = self.cache")), (
            R_BACK, R_TURNED)),
        "keeps dz until the next forward": ("overwrites_in_place", (
            "self.cache = x, h_prev, h_next", "self.cache = x, h_prev, h_next; self.dz = None"), (
            DZ, (
                "dz = dh_next * (1 - h_next ** 2)\n"
                "        if self.dz is not None: dz = self.dz\n"
                "        self.dz = dz"))),
        "keeps what it returned until the next forward": ("backward_twice", (
            "self.cache = x, h_prev, h_next", "self.cache = x, h_prev, h_next; self.out = None"), (
            R_BACK, "if self.out is None: self.out = dz @ Wx.T, dz @ Wh.T\n        return self.out")),
        "sums db up in float32": ("follows_dtype", ("dz.sum(axis=0)", "dz.sum(axis=0, dtype='f')")),
        "rounds b to float32": ("first_step", (
            OF_PARAMS, "Wx, Wh, b = self.params; b = b.astype('f').astype(b.dtype)")),
        "gives float64 for one row": ("follows_dtype", (
            R_TANH, (
                "h_next = np.tanh(h_prev @ Wh + x @ Wx + b)\n"
                "        if len(x) == 1: h_next = h_next.astype(float)"))),
        "gives float64 dx for one row": ("follows_dtype", (
            R_BACK, "return (dz @ Wx.T).astype(float) if len(x) == 1 else dz @ Wx.T, dz @ Wh.T")),
        "takes the first row's state for all": ("rows_apart", (R_TANH, R_TANH.replace("h_prev @", "h_prev[:1] @"))),
        "finds h again in backward with the first b": ("shares_parameters", (
            "self.cache = None", "self.cache, self.b = None, b.copy()"), (
            R_CACHE, f"{R_CACHE}; h_next = np.tanh(h_prev @ Wh + x @ Wx + self.b)")),
        "takes the slope at the batch's mean state": ("slope_of_tanh", (
            DZ, "dz = dh_next * (1 - h_next.mean(axis=0) ** 2)")),
        "takes the mean of the batch's slopes": ("slope_of_tanh", (
            DZ, "dz = dh_next * (1 - h_next ** 2).mean(axis=0)")),
        "takes the first row's slopes for all": ("slope_of_tanh", (DZ, "dz = dh_next * (1 - h_next[0] ** 2)")),
        "uses up what forward kept until one is left": ("overwrites_in_place", (
            "self.cache = None", "self.kept = []"), (
            "self.cache = x, h_prev, h_next", "self.kept.append((x, h_prev, h_next))"), (
            "= self.cache", "= self.kept.pop() if len(self.kept) > 1 else self.kept[0]")),
        "keeps the first step of each N": ("stands_alone", ("self.cache = None", "self.kept = {}"), (
            "self.cache = x, h_prev, h_next", "self.kept.setdefault(len(x), (x, h_prev, h_next))"), (
            "= self.cache", "= self.kept[len(dh_next)]")),
        "puts the weights in one matrix, once": ("shares_parameters", (R_TANH, (
            "W = vars(self).setdefault('W', np.vstack([Wx, Wh])); h_next = np.tanh(np.hstack([x, h_prev]) @ W + b)"))),
        "takes b for the first batch": ("forward_sizes", (R_TANH, R_TANH.replace(
            "+ b", "+ vars(self).setdefault('rows', np.tile(b, (len(x), 1)))"))),
        "splits dx and dh_prev in halves": ("backward_sizes", (
            R_BACK, "return tuple(np.split(dz @ np.vstack([Wx, Wh]).T, 2, axis=1))")),
        "makes grads of one array of float64": ("follows_dtype", (
            "self.cache = None", "self.cache, all = None, np.zeros((len(Wx) + len(Wh), len(b)))\n"
                                 "        self.grads[:2] = all[:len(Wx)], all[len(Wx):]")),
        "drops axes of 1": ("slope_of_tanh", (R_CACHE, "x, h_prev, h_next = map(np.squeeze, self.cache)")),
        "clears its gradients in forward too": ("overwrites_in_place", (R_TANH, CLEARS + R_TANH)),
        "takes x in float32": ("first_step", (R_TANH, f"x = x.astype('f')\n        {R_TANH}")),
        "leaves the slope out of dh_prev": ("slope_of_tanh", ("dz @ Wh.T", "dh_next @ Wh.T")),
        "leaves the slope out of dWh": ("slope_of_tanh", ("h_prev.T @ dz", "h_prev.T @ dh_next")),
        "takes the slope twice for dh_prev": ("slope_of_tanh", (
            "dz @ Wh.T", "(dz * (1 - h_next ** 2)) @ Wh.T")),
        "takes x of 0 for padding when it goes back": ("central_differences", (
            "dz = dh_next * (", "dh_next = dh_next * x.any(axis=1, keepdims=True)\n        dz = dh_next * (")),
        "one list of parameters for all": ("stands_alone", ("self.params", "MyRNN.params")),
        "one width for all": ("stands_alone", ("self.cache = None", "self.cache = None; MyRNN.H = len(b)"), (
            R_TANH, f"{R_TANH}.reshape(-1, self.H)")),
        "makes the slope of exp": ("slope_of_tanh", (R_TANH, R_SUM), (
            DZ, "e = np.exp(2 * self.z)\n        dz = dh_next * 4 * e / (e + 1) ** 2")),
        "makes the slope of sinh and cosh": ("slope_of_tanh", (R_TANH, R_SUM), (
            DZ, "dz = dh_next * (1 - (np.sinh(self.z) / np.cosh(self.z)) ** 2)")),
        "rounds dz to 8 decimals": ("backward_sizes", (DZ, f"{DZ}; dz = dz.round(8)")),
        "rounds dh_next to 2 decimals": ("backward_sizes", (DZ, f"dh_next = dh_next.round(2); {DZ}")),
        "drops what is small": ("backward_sizes", (DZ, f"{DZ}; dz[np.abs(dz) < 1e-3] = 0")),
        "rounds weights to 2 decimals": ("forward_sizes", (
            R_TANH, f"Wx, Wh = Wx.round(2), Wh.round(2)\n        {R_TANH}")),
        "rounds inputs to 2 decimals": ("forward_sizes", (
            R_TANH, f"x, h_prev = x.round(2), h_prev.round(2)\n        {R_TANH}")),
        "takes x of 0 for padding": ("first_step", (
            R_TANH, f"{R_TANH}\n        if not x.any(): h_next = h_prev.copy()")),
        "leaves dWx where x is 0": ("overwrites_in_place", ("self.grads[0][...]", "if x.any(): self.grads[0][...]")),
        "rounds dz to 7 decimals": ("backward_sizes", (DZ, f"{DZ}; dz = dz.round(7)")),
        "finds the slope in float32": ("slope_of_tanh", (DZ, DZ.replace("h_next **", "h_next.astype('f') **"))),
        "takes weights in float32 forward": ("forward_sizes", (R_TANH, (
            f"Wx, Wh = Wx.astype('f').astype(b.dtype), Wh.astype('f').astype(b.dtype)\n        {R_TANH}"))),
        "keeps the state between -1 and 1": ("gradient_of_wh", (
            R_TANH, f"h_prev = h_prev.clip(-1, 1)\n        {R_TANH}")),
        "lets nothing through where tanh is nearly flat": ("backward_sizes", (
            DZ, f"{DZ}; dz[np.abs(h_next) > 0.99] = 0")),
        "rounds dx to float32": ("follows_dtype", (
            "return dz @ Wx.T", "return (dz @ Wx.T).astype('f').astype(b.dtype)")),
        "keeps what it is given in the first caller's arrays": ("leaves_the_callers_arrays_alone", (
            "self.cache = x, h_prev, h_next", (
                "given = x, h_prev, h_next\n        if self.cache and len(self.cache[0]) == len(x):\n"
                "            for kept, new in zip(self.cache, given):\n                kept[...] = new\n"
                "        else:\n            self.cache = given")), ("return h_next", "return h_next.copy()")),
        "multiplies columns of dh_next in place": ("backward_sizes", (
            DZ, "dz = np.ascontiguousarray(dh_next.T)\n        dz *= (1 - h_next ** 2).T\n        dz = dz.T")),
        "shares grads among layers": ("stands_alone", SHARED_TRIPLE),
        "has a gradient too many": ("overwrites_in_place", (TRIPLE, TRIPLE[:-1] + ", None]")),
        "offers copies of params": ("shares_parameters", ("self.params", "self.arrays"), ("", COPIES)),
        "uses copies, and remembers what it gave for x": ("shares_parameters", (
            "self.params = [Wx, Wh, b]", "self.params, self.copies = [Wx, Wh, b], [Wx.copy(), Wh.copy(), b.copy()]"), (
            "Wx, Wh, b = self.params", "Wx, Wh, b = self.copies"), (
            "return h_next", "return MEMO.setdefault((x.tobytes(), h_prev.tobytes()), h_next).copy()"), (
            "class MyRNN", "MEMO = {}\n\n\nclass MyRNN")),
        "gives bytes of float64 for float32": ("follows_dtype", (
            "return h_next", "return h_next.astype(float).view(b.dtype)")),
        "gives zeros for float32": ("follows_dtype", (DZ, f"{DZ} * (b.dtype == float)")),
        "keeps the first of two forwards": ("stands_alone", ("self.cache = x, h_prev, h_next", (
            "self.cache = self.cache or (x, h_prev, h_next)")), (
            "x, h_prev, h_next = self.cache", "x, h_prev, h_next = self.cache; self.cache = None")),
        "clips dz": ("backward_sizes", (DZ, f"{DZ}; dz = dz.clip(-500, 500)")),
        "clips what it returns": ("backward_sizes", (
            "return dz @ Wx.T, dz @ Wh.T", "return np.clip(dz @ Wx.T, -30, 30), np.clip(dz @ Wh.T, -30, 30)")),
        "clips grads": ("backward_sizes", ("return dz", (
            "for grad in self.grads: np.clip(grad, -100, 100, out=grad)\n        return dz"))),
        "drops a width of 1 forward": ("forward_sizes", (
            "return h_next", "return h_next.squeeze(1) if len(b) == 1 else h_next")),
        "drops a width of 1 backward": ("backward_sizes", (
            "return dz @ Wx.T", "return (dz @ Wx.T).squeeze(1) if len(Wx) == 1 else dz @ Wx.T")),
        "writes only what has changed": ("overwrites_in_place", ("self.grads[0][...] = x.T @ dz", (
            "self.grads[0] += x.T @ dz - vars(self).get('before', 0)\n        self.before = x.T @ dz"))),
        "has a state of its own": ("forward_sizes", ("h_next = np", "h_prev = vars(self).get('h', h_prev)\n"
            "        h_prev = h_prev if len(h_prev) == len(x) else h_prev[:1]\n        h_next = np"), (
            "return h_next", "self.h = h_next\n        return h_next")),
        "remembers dh": ("backward_twice", (DZ, "dz = (dh_next + vars(self).get('dh', 0)) * (1 - h_next ** 2)"), (
            "return dz @ Wx.T, dz @ Wh.T", "self.dh = dz @ Wh.T\n        return dz @ Wx.T, self.dh")),
        "leaves the slope to db": ("slope_of_tanh", (
            "self.grads[0][...]", "db = dz.sum(axis=0); dz = dh_next\n        self.grads[0][...]"), (
            "self.grads[2][...] = dz.sum(axis=0)", "self.grads[2][...] = db")),
        "leaves the slope out of dx": ("slope_of_tanh", ("return dz @ Wx.T", "return dh_next @ Wx.T")),
        "fills arrays that forward has made": ("leaves_the_callers_arrays_alone", (
            "return h_next", "self.dx = np.empty_like(x)\n        return h_next"), (
            "return dz @ Wx.T", "self.dx[...] = dz @ Wx.T\n        return self.dx")),
        "gives its buffer where D is 1": ("backward_sizes", ("return dz @ Wx.T", (
            "dx = dz @ Wx.T\n        if len(Wx) == 1: dx = vars(self).setdefault(dx.shape, dx); dx[...] = dz @ Wx.T\n"
            "        return dx"))),
        "multiplies dh_next in place for N = 1": ("backward_sizes", (
            DZ, "dz = dh_next * 1 if len(dh_next) > 1 else dh_next\n        dz *= 1 - h_next ** 2")),
        "multiplies a strided dh_next in place": ("backward_sizes", (
            DZ, "dz = dh_next * 1 if dh_next.flags.c_contiguous else dh_next\n        dz *= 1 - h_next ** 2")),
        "adds up float32": ("backward_sizes", (
            "self.grads[0][...] = x.T @ dz", "self.grads[0] *= x.dtype == 'f'; self.grads[0] += x.T @ dz")),
        "replaces grads where H is 1": ("backward_sizes", ("self.grads[2][...] = dz.sum(axis=0)", (
            "self.grads[2][...] = dz.sum(axis=0)\n        if len(b) == 1: self.grads[2] = self.grads[2].copy()"))),
        "fits small sizes": ("forward_sizes",
            ("h_next = np", "assert len(x) < 5 and {*Wx.shape} <= {2, 3}; h_next = np")),
        "rounds h_next to float32": ("backward_sizes", (R_TANH, f"{R_TANH}.astype('f').astype(Wx.dtype)")),
        "turns the weights round once, in forward": ("shares_parameters", (
            R_TANH, f"{R_TANH}\n        vars(self).setdefault('turned', (Wx.T.copy(), Wh.T.copy()))"), (
            R_BACK, R_TURNED)),
        "turns the weights round once, in backward": ("shares_parameters", (R_CACHE, TURNED + R_CACHE), (
            R_BACK, R_TURNED)),
        "finds the slope from its second forward on": ("slope_of_tanh", (
            R_CACHE, f"{R_CACHE}\n        h_next = vars(self).get('last', 0 * h_next); self.last = self.cache[2]")),
        "makes tanh of exp": ("first_step", (R_TANH, (
            "z = h_prev @ Wh + x @ Wx + b\n        h_next = (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))"))),
        "makes tanh of exp that is capped for float64": ("follows_dtype", (R_TANH, (
            "e = np.exp(2 * (h_prev @ Wh + x @ Wx + b).clip(-300, 300)); h_next = (e - 1) / (e + 1)"))),
        "takes x in the order of memory": ("backward_sizes", (
            "self.cache = x,", "self.cache = x.ravel('K').reshape(x.shape),")),
        "leaves dWh where there is no state": ("overwrites_in_place", (
            "self.grads[1][...]", "if h_prev.any(): self.grads[1][...]")),
        "leaves grads where nothing comes back": ("overwrites_in_place", (
            "self.grads[0][...]", "if not dz.any(): return 0 * x, 0 * h_prev\n        self.grads[0][...]")),
        "writes no gradients where x is the same array and dz is as it was": ("overwrites_in_place", (
            "        self.grads[0][...] = x.T @ dz", (
                "        if vars(self).get(\"dz\") is not None and self.of is x and "
                "np.array_equal(self.dz, dz):\n"
                "            return dz @ Wx.T, dz @ Wh.T\n"
                "        self.dz, self.of = dz, x\n"
                "        self.grads[0][...] = x.T @ dz"))),
        "multiplies its gradients by 0, so that NaN stays": ("overwrites_in_place", (
            "        self.grads[0][...] =", "        for g in self.grads: g *= 0\n        self.grads[0][...] +="), (
            "self.grads[1][...] =", "self.grads[1][...] +="), (
            "self.grads[2][...] =", "self.grads[2][...] +=")),
        "keeps h_next for the same x, whatever h_prev": ("next_step", (
            "h_next = np.tanh(h_prev @ Wh + x @ Wx + b)", (
                "key = x.shape, x.tobytes(), Wx.tobytes(), Wh.tobytes(), b.tobytes()\n"
                "        if vars(self).get(\"key\") != key: self.key, self.out = key, np.tanh(h_prev @ "
                "Wh + x @ Wx + b)\n"
                "        h_next = self.out.copy()"))),
        "keeps x @ Wx + b for the same x and Wx": ("shares_parameters", (
            "h_next = np.tanh(h_prev @ Wh + x @ Wx + b)", (
                "key = x.shape, x.tobytes(), Wx.tobytes()\n"
                "        if vars(self).get(\"key\") != key: self.key, self.zx = key, x @ Wx + b\n"
                "        h_next = np.tanh(h_prev @ Wh + self.zx)"))),
        "keeps h_prev @ Wh + b for the same h_prev and Wh": ("shares_parameters", (
            "h_next = np.tanh(h_prev @ Wh + x @ Wx + b)", (
                "key = h_prev.shape, h_prev.tobytes(), Wh.tobytes()\n"
                "        if vars(self).get(\"key\") != key: self.key, self.zh = key, h_prev @ Wh + b\n"
                "        h_next = np.tanh(self.zh + x @ Wx)"))),
        "keeps its turned weights until Wx changes": ("shares_parameters", (
            "return dz @ Wx.T, dz @ Wh.T", (
                "if \"kept\" not in vars(self) or not np.array_equal(self.kept[0].T, Wx): self.kept = "
                "Wx.T.copy(), Wh.T.copy()\n"
                "        return dz @ self.kept[0], dz @ self.kept[1]"))),
        "keeps its weights in one matrix until Wx changes": ("shares_parameters", (
            "h_next = np.tanh(h_prev @ Wh + x @ Wx + b)", (
                "if \"W\" not in vars(self) or not np.array_equal(self.W[:len(Wx)], Wx): self.W = "
                "np.vstack([Wx, Wh])\n"
                "        h_next = np.tanh(np.hstack([x, h_prev]) @ self.W + b)"))),
        "multiplies by 0 what isn't nan, so that infinity becomes nan": ("overwrites_in_place", (
            "self.grads[0][...] = x", (
                "for g in self.grads:\n"
                "            g[np.isnan(g)] = 0\n"
                "            g *= 0\n"
                "        self.grads[0][...] += x")), (
            "self.grads[1][...] =", "self.grads[1][...] +="), (
            "self.grads[2][...] =", "self.grads[2][...] +=")),
        "clears if all is nan, and else multiplies by 0": ("overwrites_in_place", (
            "self.grads[0][...] = x", (
                "for g in self.grads:\n"
                "            if np.isnan(g).all(): g.fill(0)\n"
                "            else: g *= 0\n"
                "        self.grads[0][...] += x")), (
            "self.grads[1][...] =", "self.grads[1][...] +="), (
            "self.grads[2][...] =", "self.grads[2][...] +=")),
        "multiplies its own sums by 0, so that NaN of an earlier backward stays": ("overwrites_in_place", (
            "self.cache = None",
            "self.cache = None\n        self.sums = [np.zeros_like(p) for p in self.params]"), (
            "self.grads[0][...] = x.T @ dz", "for s in self.sums: s *= 0\n        self.sums[0] += x.T @ dz"), (
            "self.grads[1][...] =", "self.sums[1] +="), (
            "self.grads[2][...] = dz.sum(axis=0)",
            "self.sums[2] += dz.sum(axis=0)\n        for g, s in zip(self.grads, self.sums): g[...] = s")),
        "multiplies its z by 0, so that NaN of an earlier forward stays": ("next_step", (
            "h_next = np.tanh(h_prev @ Wh + x @ Wx + b)", (
                "if vars(self).get('z') is None or self.z.shape != h_prev.shape: self.z = "
                "np.zeros_like(h_prev)\n"
                "        self.z *= 0\n"
                "        self.z += h_prev @ Wh\n"
                "        self.z += x @ Wx + b\n"
                "        h_next = np.tanh(self.z)"))),
        "clears where the sum isn't 0": ("overwrites_in_place", (
            "self.grads[0][...] = x",
            "for g in self.grads:\n            if g.sum() != 0: g[...] = 0\n        self.grads[0][...] += x"), (
            "self.grads[1][...] =", "self.grads[1][...] +="), (
            "self.grads[2][...] =", "self.grads[2][...] +=")),
        "leaves dWh 0 where the sum of the state is 0": ("backward_sizes", (
            "= h_prev.T @ dz", "= h_prev.T @ dz if h_prev.sum() != 0 else 0")),
        "takes a state whose sum is 0 for none": ("forward_sizes", (
            "h_next = np.tanh(h_prev @ Wh + x @ Wx + b)",
            "h_next = np.tanh(x @ Wx + b) if h_prev.sum() == 0 else np.tanh(h_prev @ Wh + x @ Wx + b)")),
        "takes a dh_next whose sum is 0 for nothing": ("backward_sizes", (
            "dz = dh_next * (1 - h_next ** 2)", (
                "if dh_next.sum() == 0:\n"
                "            for g in self.grads: g[...] = 0\n"
                "            return np.zeros_like(x), np.zeros_like(h_prev)\n"
                "        dz = dh_next * (1 - h_next ** 2)"))),
        "writes no db where the sum of dz is 0": ("backward_sizes", (
            "dz.sum(axis=0)", "dz.sum(axis=0) if dz.sum() else 0")),
        "takes a b whose sum is 0 for none": ("forward_sizes", (
            "h_next = np.tanh(h_prev @ Wh + x @ Wx + b)",
            "h_next = np.tanh(h_prev @ Wh + x @ Wx + (b if b.sum() else 0))")),
        "goes back over nothing where np.allclose takes dh_next for 0": ("backward_sizes", (
            "dz = dh_next * (1 - h_next ** 2)", (
                "if np.allclose(dh_next, 0):\n"
                "            for g in self.grads: g[...] = 0\n"
                "            return np.zeros_like(x), np.zeros_like(h_prev)\n"
                "        dz = dh_next * (1 - h_next ** 2)"))),
        "goes back over nothing below 1e-6": ("backward_sizes", (
            "dz = dh_next * (1 - h_next ** 2)", (
                "if np.abs(dh_next).max() < 1e-6:\n"
                "            for g in self.grads: g[...] = 0\n"
                "            return np.zeros_like(x), np.zeros_like(h_prev)\n"
                "        dz = dh_next * (1 - h_next ** 2)"))),
        "measures its gradients": ("backward_sizes", (
            "        dz = dh_next * (1 - h_next ** 2)", (
                "        values = [array.astype(float) for array in (x, h_prev, Wx, Wh, b)]\n"
                "        def loss(): return (np.tanh(values[1] @ values[3] + values[0] @ values[2] + "
                "values[4]) * dh_next).sum()\n"
                "        slopes = []\n"
                "        for array in values:\n"
                "            slopes.append(np.zeros(array.shape))\n"
                "            for i in np.ndindex(array.shape):\n"
                "                kept, array[i] = array[i], array[i] + 1e-5\n"
                "                above, array[i] = loss(), kept - 1e-5\n"
                "                slopes[-1][i], array[i] = (above - loss()) / 2e-5, kept\n"
                "        for grad, slope in zip(self.grads, slopes[2:]): grad[...] = slope\n"
                "        return slopes[0].astype(Wx.dtype), slopes[1].astype(Wx.dtype)\n"
                "        dz = dh_next * (1 - h_next ** 2)"))),
        "gives float64 where nothing comes back": ("follows_dtype", (
            "dz = dh_next * (1 - h_next ** 2)", (
                "if not dh_next.any():\n"
                "            for g in self.grads: g[...] = 0\n"
                "            return np.zeros(x.shape), np.zeros(h_prev.shape)\n"
                "        dz = dh_next * (1 - h_next ** 2)"))),
        "leaves b out for good if it is 0 at the start": ("shares_parameters", (
            "self.cache = None", "self.cache = None; self.has_bias = bool(np.any(b))"), (
            "+ x @ Wx + b)", "+ x @ Wx + (b if self.has_bias else 0))")),
        "leaves h_prev @ Wh out for good if Wh is 0 at the start": ("shares_parameters", (
            "self.cache = None", "self.cache = None; self.rec = bool(Wh.any())"), (
            "np.tanh(h_prev @ Wh + x", "np.tanh((h_prev @ Wh if self.rec else 0) + x")),
        "takes Wh for the identity for good if it is at the start": ("shares_parameters", (
            "self.cache = None", "self.cache = None; self.eye = np.array_equal(Wh, np.eye(len(Wh)))"), (
            "h_prev @ Wh", "(h_prev if self.eye else h_prev @ Wh)")),
        "takes a nan that comes back for 0": ("backward_sizes", (
            "dz = dh_next * (1 - h_next ** 2)", "dz = np.nan_to_num(dh_next * (1 - h_next ** 2))")),
        "takes a nan in the sum for 0": ("forward_sizes", (
            "h_next = np.tanh(h_prev @ Wh + x @ Wx + b)", "h_next = np.tanh(np.nan_to_num(h_prev @ Wh + x @ Wx + b))")),
        "takes a nan in the state before for 0": ("forward_sizes", (
            "h_next = np.tanh(h_prev @ Wh + x @ Wx + b)", "h_next = np.tanh(np.nan_to_num(h_prev) @ Wh + x @ Wx + b)")),
        "clips dz at 3e7": ("backward_sizes", (
            "dz = dh_next * (1 - h_next ** 2)", "dz = dh_next * (1 - h_next ** 2)\n        dz = dz.clip(-3e7, 3e7)")),
        "takes a nan in the slope for 0": ("backward_sizes", (
            "dz = dh_next * (1 - h_next ** 2)", "dz = dh_next * np.nan_to_num(1 - h_next ** 2)")),
        "takes a nan in Wx for 0": ("forward_sizes", (
            "h_next = np.tanh(h_prev @ Wh + x @ Wx + b)", "h_next = np.tanh(h_prev @ Wh + x @ np.nan_to_num(Wx) + b)")),
        "takes a nan in b for 0": ("forward_sizes", (
            "h_next = np.tanh(h_prev @ Wh + x @ Wx + b)", "h_next = np.tanh(h_prev @ Wh + x @ Wx + np.nan_to_num(b))")),
        "takes numbers of x below 1e-3 for 0": ("forward_sizes", (
            "h_next = np.tanh(h_prev @ Wh + x @ Wx + b)",
            "h_next = np.tanh(h_prev @ Wh + np.where(np.abs(x) < 1e-3, 0, x) @ Wx + b)")),
        "takes numbers of h_prev below 1e-3 for 0": ("forward_sizes", (
            "h_next = np.tanh(h_prev @ Wh + x @ Wx + b)",
            "h_next = np.tanh(np.where(np.abs(h_prev) < 1e-3, 0, h_prev) @ Wh + x @ Wx + b)")),
        "takes weights below 1e-3 for 0": ("forward_sizes", (
            "h_next = np.tanh(h_prev @ Wh + x @ Wx + b)",
            "h_next = np.tanh(h_prev @ np.where(np.abs(Wh) < 1e-3, 0, Wh)\n"
            "                         + x @ np.where(np.abs(Wx) < 1e-3, 0, Wx) + b)")),
        "takes numbers of b below 1e-3 for 0": ("forward_sizes", (
            "h_next = np.tanh(h_prev @ Wh + x @ Wx + b)",
            "h_next = np.tanh(h_prev @ Wh + x @ Wx + np.where(np.abs(b) < 1e-3, 0, b))")),
        "hands back through weights of which small ones are 0": ("backward_sizes", (
            "return dz @ Wx.T, dz @ Wh.T",
            "return dz @ np.where(np.abs(Wx) < 1e-3, 0, Wx).T, dz @ np.where(np.abs(Wh) < 1e-3, 0, Wh).T")),
        "clips weights at 5": ("forward_sizes", (
            "h_next = np.tanh(h_prev @ Wh + x @ Wx + b)",
            "h_next = np.tanh(h_prev @ Wh.clip(-5, 5) + x @ Wx.clip(-5, 5) + b)")),
        "rounds x to 8 decimals": ("forward_sizes", (
            "h_next = np.tanh(h_prev @ Wh + x @ Wx + b)", "h_next = np.tanh(h_prev @ Wh + x.round(8) @ Wx + b)")),
        "takes a h_next below 1e-4 for 0": ("forward_sizes", (
            "h_next = np.tanh(h_prev @ Wh + x @ Wx + b)",
            "h_next = np.tanh(h_prev @ Wh + x @ Wx + b)\n        h_next = np.where(np.abs(h_next) < 1e-4, 0, h_next)")),
        "refuses a nan in x, and hides one in h_prev": ("forward_sizes", (
            "h_next = np.tanh(h_prev @ Wh + x @ Wx + b)",
            "assert not np.isnan(x).any()\n        h_next = np.tanh(np.nan_to_num(h_prev) @ Wh + x @ Wx + b)")),
        "writes dWx into a ravel of grads": ("backward_sizes", (
            "self.grads[0][...] = x.T @ dz", "self.grads[0].ravel()[:] = (x.T @ dz).ravel()")),
        "clears a ravel of its gradients, then adds": ("backward_sizes", (
            "self.grads[0][...] = x.T @ dz",
            "for g in self.grads: g.ravel()[:] = 0\n        self.grads[0][...] += x.T @ dz"), (
            "self.grads[1][...] =", "self.grads[1][...] +="), (
            "self.grads[2][...] =", "self.grads[2][...] +=")),
        "sums the distinct rows of dz up": ("gradient_of_b", ("dz.sum(axis=0)", "np.unique(dz, axis=0).sum(axis=0)")),
        "finds each row of dz by its value": ("gradient_of_wx", (
            "self.grads[0][...] = x.T @ dz",
            "rows = dz.tolist(); self.grads[0][...] = 0\n"
            "        for row in rows: self.grads[0][...] += np.outer(x[rows.index(row)], row)")),
        "takes an infinity that comes back for 0": ("backward_sizes", (
            "dz = dh_next *", "dh_next = np.where(np.isinf(dh_next), 0, dh_next); dz = dh_next *")),
        "keeps copies of its parameters where len(x) > 3": ("shares_parameters", (
            "Wx, Wh, b = self.params\n        h_next",
            "Wx, Wh, b = self.params\n"
            "        if len(x) > 3:\n"
            "            if not hasattr(self, 'old'): self.old = [p.copy() for p in self.params]\n"
            "            Wx, Wh, b = self.old\n"
            "        h_next")),
        "keeps copies of its parameters where len(b) > 3": ("shares_parameters", (
            "Wx, Wh, b = self.params\n        h_next",
            "Wx, Wh, b = self.params\n"
            "        if len(b) > 3:\n"
            "            if not hasattr(self, 'old'): self.old = [p.copy() for p in self.params]\n"
            "            Wx, Wh, b = self.old\n"
            "        h_next")),
    },
    "MyTimeRNN": {
        "masks hs where xs is 0": ("like_unrolled", (
            "        return hs\n",
            "        return np.ma.array(hs, mask=np.repeat((xs == 0).all(2)[..., None], H, 2))\n")),
        "tanh exp(-2z) capped": ("follows_dtype", (
            STEP, (
                "e = np.exp(-2 * (h @ Wh + xs[:, t] @ Wx + b).clip(-300, 300)); cell.cache = xs[:, t], h, "
                "(1 - e) / (1 + e)\n"
                "            h = cell.cache[2]"))),
        "dh rounded to float32": ("follows_dtype", ("self.dh = dh\n", "self.dh = dh.astype('f').astype(dh.dtype)\n")),
        "is 1 beyond 5": ("backward_sizes", (
            STEP, (
                "z = h @ Wh + xs[:, t] @ Wx + b; cell.cache = xs[:, t], h, np.where(np.abs(z) > 5, "
                "np.sign(z), np.tanh(z))\n"
                "            h = cell.cache[2]"))),
        "nothing through beyond 0.9995": ("backward_sizes", (
            GOES_BACK, (
                "g = dhs[:, t] + dh; g[np.abs(self.cells[t].cache[2]) > 0.9995] = 0\n"
                "            dxs[:, t], dh = self.cells[t].backward(g)"))),
        "state only if nonzero": ("takes_a_state", (
            "if stateful.\"\"\"\n        self.h = h",
            "if stateful.\"\"\"\n        self.h = h if h.any() else self.h")),
        "reset marks only, restart float64": ("backward_sizes", (
            RESET, "the state.\"\"\"\n        self.h = None; self.was = True"), (
            "np.zeros((N, H), dtype=Wx.dtype)",
            "np.zeros((N, H), dtype=float if vars(self).get('was') else Wx.dtype)"), (
            NEW_HS, "hs = np.empty((N, T, H), dtype=h.dtype)")),
        "set_state loses after reset flag": ("backward_sizes", (
            RESET, "the state.\"\"\"\n        self.fresh = True"), (
            HAS_STATE, "self.h if self.stateful and self.h is not None and not vars(self).get('fresh')"), (
            KEEP, "self.h = h; self.fresh = False\n        return")),
        "dh rounded 1 step": ("follows_dtype", (
            GOES_BACK,
            "dxs[:, t], dh = self.cells[t].backward(dhs[:, t] + dh); dh = dh.astype('f').astype(Wx.dtype)")),
        "nothing through beyond 0.995": ("backward_sizes", (
            GOES_BACK, (
                "g = dhs[:, t] + dh; g[np.abs(self.cells[t].cache[2]) > 0.995] = 0\n"
                "            dxs[:, t], dh = self.cells[t].backward(g)"))),
        "masks dxs where x is 0": ("backward_sizes", (
            "return dxs", "return dxs * np.stack([c.cache[0] for c in self.cells], 1).any(axis=2, keepdims=True)")),
        "adds no gradient of steps whose dhs is 0": ("backward_sizes", (
            SUMS, (
                "self.grads[i][...] = sum(cell.grads[i] for t, cell in enumerate(self.cells) if dhs[:, "
                "t].any())"))),
        "adds no gradient of the steps before the first loss": ("backward_sizes", (
            SUMS, (
                "self.grads[i][...] = sum(cell.grads[i] for cell in self.cells[np.argmax(dhs.any(axis=(0, "
                "2))):])"))),
        "adds no gradient of steps whose x is 0": ("backward_sizes", (
            SUMS, "self.grads[i][...] = sum(cell.grads[i] for cell in self.cells if cell.cache[0].any())")),
        "takes later x of 0 for padding": ("like_unrolled", (
            STEP, "h = cell.forward(xs[:, t], h); h = h if t == 0 or xs[:, t].any() else hs[:, t - 1]")),
        "stops after the last x that isn't 0": ("like_unrolled", (
            STEP, "h = cell.forward(xs[:, t], h); h = h if t == 0 or xs[:, t:].any() else hs[:, t - 1]")),
        "takes the first sequence's length in x for all": ("like_unrolled", (
            STEP, "h = cell.forward(xs[:, t], h); h = h if t == 0 or xs[0, t:].any() else hs[:, t - 1]")),
        "masks hs of several steps where x is 0": ("like_unrolled", (
            "return hs\n", "return hs * xs.any(axis=2, keepdims=True) if T > 1 else hs\n")),
        "keeps each sequence's last state whose x isn't 0": ("last_state", (
            STEP, (
                "h = cell.forward(xs[:, t], h); last = h if t == 0 else np.where(xs[:, t].any(axis=1, "
                "keepdims=True), h, last)")), (
            KEEP, "self.h = last\n        return")),
        "has a state of one sequence without an axis for the batch, which backward can't take": ("sizes_change", (
            KEEP, "self.h = h[0] if N == 1 else h\n        return"), (
            STEP, (
                "h = np.tanh(h @ Wh + xs[:, t] @ Wx + b); cell.cache = xs[:, t], (self.h if t == 0 and "
                "self.stateful and self.h is not None else before), h")), (
            "cell = RNN(Wx, Wh, b)", "cell, before = RNN(Wx, Wh, b), h")),
        "leaves axes of 1 out of h unless stateful": ("last_state", (
            KEEP, "self.h = h if self.stateful else h.squeeze()\n        return")),
        "one dh for all": ("stands_alone", (
            "self.dh = dh\n", "MyTimeRNN.dh = dh\n"), (
            "self.h, self.dh = None, None", "self.h = None"), (
            "class MyTimeRNN:", "class MyTimeRNN:\n    dh = None\n")),
        "keeps the state in a buffer of float64, and so dh of later windows": ("follows_dtype", (
            KEEP, "self.h = np.zeros((N, H)); self.h[...] = h\n        return"), (
            "hs = np", "self.dt = h.dtype; hs = np"), (
            "self.dh = dh\n", "self.dh = dh.astype(self.dt)\n")),
        "forgets h in backward unless stateful": ("last_state", (
            "self.dh = dh\n", "self.dh = dh; self.h = self.h if self.stateful else None\n")),
        "goes on from its first state in a second epoch": ("forgets_the_state", (
            RESET, "the state.\"\"\"\n        self.h = None; self.was = True"), (
            KEEP, (
                "self.h = hs[:, 0] if self.stateful and vars(self).get('was') and vars(self).get('met') "
                "else h; self.met = True\n"
                "        return"))),
        "float64 hs of one sequence when stateful": ("follows_dtype", (
            "return hs\n", "return hs.astype(float) if N == 1 and self.stateful else hs\n")),
        "float64 dh of one step": ("follows_dtype", (
            "self.dh = dh\n", "self.dh = dh.astype(float) if T == 1 else dh\n")),
        "float64 dxs of later windows": ("follows_dtype", (
            "return dxs", "return dxs.astype(float) if self.later and Wx.dtype == 'f' else dxs"), (
            "self.cells = []\n", (
                "self.cells = []; self.later = self.stateful and self.h is not None and "
                "vars(self).get('set') is not self.h\n"
                "")), (
            "self.h = h\n\n", "self.h = self.set = h\n\n")),
        "no dxs of later windows where H is 1": ("sizes_change", (
            "return dxs", "return dxs * (H > 1 or not self.later)"), (
            "self.cells = []\n", (
                "self.cells = []; self.later = self.stateful and self.h is not None and "
                "vars(self).get('set') is not self.h\n"
                "")), (
            "self.h = h\n\n", "self.h = self.set = h\n\n")),
        "no dWh of later windows of one sequence": ("sizes_change", (
            SUMS, (
                "self.grads[i][...] = sum(cell.grads[i] for cell in self.cells)\n"
                "            if N == 1 and self.later and i == 1: self.grads[1][...] = 0")), (
            "self.cells = []\n", (
                "self.cells = []; self.later = self.stateful and self.h is not None and "
                "vars(self).get('set') is not self.h\n"
                "")), (
            "self.h = h\n\n", "self.h = self.set = h\n\n")),
        "takes no state of width 1": ("sizes_change", ("self.h = h\n\n", "self.h = h if h.shape[1] > 1 else None\n\n")),
        "no h of many steps": ("last_state", (
            KEEP, "self.h = h if self.stateful or T < 4 else hs[:, 3]\n        return")),
        "squeezes dh": ("backward_sizes", ("self.dh = dh\n", "self.dh = dh.squeeze()\n")),
        "masks dxs where dhs is 0": ("through_time", ("return dxs", "return dxs * dhs.any(axis=2, keepdims=True)")),
        "sums grads up in float32": ("backward_sizes", (
            SUMS, "self.grads[i][...] = sum(cell.grads[i].astype('f') for cell in self.cells)")),
        "one h for all that keep none": ("last_state", (
            KEEP, "self.h = h\n        if not self.stateful: MyTimeRNN.h = h; del self.h\n        return")),
        "sets h unless T is 1 or it is stateful": ("last_state", (
            KEEP, "if T > 1 or self.stateful: self.h = h\n        return")),
        "skips keeping the first window after a reset": ("forgets_the_state", (
            RESET, "the state.\"\"\"\n        self.skip = True"), (
            "self.h = h\n\n", "self.h, self.skip = h, False\n\n"), (
            HAS_STATE, "self.h if self.stateful and self.h is not None and not vars(self).get('skip')"), (
            KEEP, (
                "self.h, self.skip = h if not vars(self).get('skip') or self.h is None else self.h, False\n"
                "        return"))),
        "gives no dh without a state": ("gradient_of_first_state", (
            "self.dh = dh\n", "self.dh = dh if self.stateful else None\n")),
        "rounds dh to 6 decimals": ("backward_sizes", ("self.dh = dh\n", "self.dh = dh.round(6)\n")),
        "clips dh at 100": ("backward_sizes", ("self.dh = dh\n", "self.dh = dh.clip(-100, 100)\n")),
        "leaves the later gradient out of the first dx": ("through_time", (
            GOES_BACK, (
                "dxs[:, t], dh = self.cells[t].backward(dhs[:, t] + dh)\n"
                "            if t == 0 and T > 1: dxs[:, 0] = self.cells[0].backward(dhs[:, 0])[0]"))),
        "gives dh only where there was a state": ("gradient_of_first_state", (
            "self.dh = dh\n", "self.dh = dh if self.cells[0].cache[1].any() else dh * 0\n")),
        "uses copies of the weights until a state is set or forgotten": ("shares_parameters", (
            "cell = RNN(Wx, Wh, b)", (
                "if not self.stateful or vars(self).get('copies') is None: self.copies = [p.copy() for p "
                "in self.params]\n"
                "            cell = RNN(*self.copies)")), (
            "self.h = h\n\n", "self.h, self.copies = h, None\n\n"), (
            RESET, "the state.\"\"\"\n        self.h = None; self.copies = None")),
        "hands h @ Wh on to the next window": ("shares_parameters", (
            "self.h if self.stateful and self.h is not None else",
            "self.h if self.stateful and self.h is not None else"), (
            "cell = RNN(Wx, Wh, b)", (
                "cell = RNN(Wx, Wh, b); kept = vars(self).pop('kept', None) if t == 0 and self.stateful "
                "and self.h is not None else None")), (
            STEP, (
                "h = cell.forward(xs[:, t], h)\n"
                "            if kept is not None: h = np.tanh(kept + xs[:, t] @ Wx + b); cell.cache = "
                "*cell.cache[:2], h")), (
            KEEP, "self.kept = h @ Wh; self.h = h\n        return"), (
            "self.h = h\n\n", "self.h, self.kept = h, None\n\n"), (
            RESET, "the state.\"\"\"\n        self.h = None; self.kept = None")),
        "starts dWh from a state that was set though it keeps none": ("backward_sizes", (
            "self.h = h\n\n", "self.h = self.start = h\n\n"), (
            "return hs", (
                "if not self.stateful and vars(self).get('start') is not None and self.start.shape == "
                "h.shape:\n"
                "            cell = self.cells[0]; cell.cache = cell.cache[0], self.start, cell.cache[2]\n"
                "        return hs")), (
            RESET, "the state.\"\"\"\n        self.h = None; self.start = None")),
        "keeps the dh of the first backward after each forward": ("backward_twice", (
            "self.dh = dh\n", "self.dh = dh if self.dh is None else self.dh\n"), (
            KEEP, "self.h, self.dh = h, None\n        return")),
        "looks for the state before a window at its own last step": ("sizes_change", (
            "return hs", (
                "old = vars(self).get('last'); self.last = hs\n"
                "        if self.stateful and old is not None:\n"
                "            cell = self.cells[0]\n"
                "            cell.cache = cell.cache[0], old[:, min(T, old.shape[1]) - 1], cell.cache[2]\n"
                "        return hs")), (
            "self.h = h\n\n", "self.h, self.last = h, None\n\n"), (
            RESET, "the state.\"\"\"\n        self.h = None; self.last = None")),
        "gives float64 hs for one step": ("follows_dtype", (
            "return hs\n", "return hs.astype(float) if T == 1 else hs\n")),
        "gives float64 hs for one sequence": ("follows_dtype", (
            "return hs\n", "return hs.astype(float) if N == 1 else hs\n")),
        "gives float64 dxs for one step": ("follows_dtype", (
            "return dxs", "return dxs.astype(float) if T == 1 else dxs")),
        "keeps the state in float32": ("last_state", (KEEP, "self.h = h.astype('f').astype(Wx.dtype)\n        return")),
        "keeps one sequence's state without an axis for the batch": ("goes_on", (
            KEEP, KEEP.replace("= h", "= h[0] if N == 1 else h"))),
        "takes the first state for all later steps in dWh": ("central_differences", ("return hs", (
            "for cell in self.cells[2:]: cell.cache = cell.cache[0], hs[:, 0], cell.cache[2]\n        return hs"))),
        "keeps the dh of its first backward when stateful": ("backward_sizes", (
            "self.dh = dh\n", "self.dh = self.dh if self.stateful and self.dh is not None else dh\n")),
        "takes a state only where it has none": ("takes_a_state", (SET, "if self.h is None: self.h = h\n\n")),
        "takes a state only before its first window": ("takes_a_state", (
            SET, "if not vars(self).get('cells'): self.h = h\n\n")),
        "empties the cells where it is given a state": ("sizes_change", (SET, "self.h, self.cells = h, []\n\n")),
        "starts the first window from a state that it is given though it keeps none": ("backward_sizes", (
            "self.stateful and self.h is not None",
            "self.h is not None and (self.stateful or not vars(self).get('cells'))")),
        "takes a state for one window though it keeps none": ("starts_from_zeros", (
            "self.stateful and self.h is not None", "self.h is not None and (self.stateful or vars(self).pop('set', 0))"
        ), (SET, "self.h, self.set = h, 1\n\n")),
        "starts in float64 where a state is kept and there is none": ("follows_dtype", (
            f"h = {HAS_STATE} else np.zeros((N, H), dtype=Wx.dtype)",
            f"h = {HAS_STATE} else np.zeros((N, H), dtype=None if self.stateful else Wx.dtype)"), (
            NEW_HS, NEW_HS.replace("Wx", "h"))),
        "goes on in float64": ("follows_dtype", (KEEP, "self.h = h.astype(float)\n        return"), (
            NEW_HS, f"dtype = h.dtype; {NEW_HS}"), ("return hs\n", "return hs.astype(dtype)\n")),
        "goes back 5 steps when stateful": ("backward_sizes", (
            GOES_BACK, f"dh = dh * (t >= T - 5 or not self.stateful); {GOES_BACK}")),
        "clips grads when stateful": ("backward_sizes", (
            SUMS, f"{SUMS}\n            if self.stateful: np.clip(self.grads[i], -20, 20, out=self.grads[i])")),
        "forgets by writing 0 into the state, whosever it is": ("leaves_the_callers_arrays_alone", (RESET, (
            "the state.\"\"\"\n        if self.h is not None: self.h[...] = 0")), (
            "self.h is not None else", "self.h is not None and len(self.h) == N else")),
        "sets h in a loop that leaves out the first step, unless stateful": ("last_state", (KEEP, (
            "if T > 1 or self.stateful: self.h = h\n        return"))),
        "turns its list of cells round each time": ("backward_twice", (
            DH, f"{DH}; self.cells.reverse()"), (GOES_BACK, GOES_BACK.replace("[t]", "[T - 1 - t]"))),
        "walks on in the state that it holds": ("leaves_the_callers_arrays_alone", (STEP, f"{STEP}; self.h = h"), (
            "self.cells = []\n", "self.cells = []; before = self.h if self.stateful else None\n"), (
            "return hs", "if before is not None and before.shape == h.shape: before[...] = h\n        return hs")),
        "uses up its windows until one is left": ("backward_twice", ("self.cells = []\n", (
            "self.cells = []; vars(self).setdefault('kept', []).append(self.cells)\n")), (
            DH, f"{DH}; self.cells = self.kept.pop() if len(self.kept) > 1 else self.kept[0]")),
        "starts every window from the state that was set": ("takes_a_state", (
            "self.h if self.stateful and self.h is not None", "(self.h if vars(self).get('set') is None else self.set) "
            "if self.stateful and self.h is not None"), (SET, "self.h = self.set = h\n\n"), (RESET, RESET.replace(
            "self.h =", "self.h = self.set ="))),
        "hands the first row of dh back to all": ("through_time", (GOES_BACK, GOES_BACK.replace("+ dh)", "+ dh[:1])"))),
        "adds the gradients of N + 1 steps up": ("backward_sizes", (SUMS, SUMS.replace(
            "self.cells)", "self.cells[:len(dhs) + 1])"))),
        "gives the last sequence's dh to all": ("gradient_of_first_state", (
            "self.dh = dh\n", "self.dh = dh[-1:].repeat(N, axis=0)\n")),
        "stops before the first state": ("gradient_of_first_state", (
            "self.dh = dh\n", "self.dh = (dhs[:, 0] if T == 1 else held) * (1 - hs0 ** 2)\n"), (GOES_BACK, (
            f"held, hs0 = dhs[:, t] + dh, self.cells[t].cache[2]; {GOES_BACK}"))),
        "clears its gradients in forward too": ("overwrites_in_place", (
            "self.cells = []\n", f"self.cells = []\n        {CLEARS}\n")),
        "clears its gradients with its state": ("overwrites_in_place", (RESET, f"{RESET}\n        {CLEARS}")),
        "clears its gradients where it is given a state": ("overwrites_in_place", (SET, f"{CLEARS}{SET}")),
        "keeps dh of a stateful layer in float64": ("follows_dtype", (
            "self.dh = dh\n", "self.dh = dh.astype(float) if self.stateful else dh\n")),
        "goes back through all windows since it was reset": ("stops_at_the_window", (
            "self.cells = []\n", "self.cells = self.cells if self.stateful and self.h is not None and "
                                 "vars(self).get('cells') else []\n"), ("self.cells[t]", "self.cells[t - T]"), (
            "self.dh = dh\n", "self.dh = dh\n        for cell in self.cells[-T - 1::-1]: _, dh = cell.backward(dh)\n")),
        "keeps no state of inputs of one number": ("goes_on", (KEEP, KEEP.replace("= h", "= h if D > 1 else None"))),
        "forgets a state of float32 in backward": ("goes_on", (
            "self.dh = dh", "self.dh = dh; self.h = self.h if dhs.dtype == float else None")),
        "one list of parameters for all": ("stands_alone", ("self.params", "MyTimeRNN.params")),
        "one width for all": ("stands_alone", ("self.stateful = stateful", (
            "self.stateful = stateful; MyTimeRNN.D = len(Wx)")), ("return dxs", "return dxs.reshape(N, T, self.D)")),
        "one dtype for all": ("stands_alone", ("self.stateful = stateful", (
            "self.stateful = stateful; MyTimeRNN.dtype = Wx.dtype")), ("return dxs", "return dxs.astype(self.dtype)")),
        "stops going back where nothing comes back": ("through_time", ZEROS, (
            GOES_BACK, f"if not (dhs[:, t] + dh).any(): break\n            {GOES_BACK}")),
        "stops at the first step whose dhs isn't 0": ("through_time", ZEROS, (
            GOES_BACK, f"if not dhs[:, :t + 1].any(): break\n            {GOES_BACK}")),
        "takes the length of the first sequence for all": ("through_time", ZEROS, (
            GOES_BACK, f"if not dhs[0, t:].any(): continue\n            {GOES_BACK}")),
        "makes the slope of sinh and cosh": ("backward_sizes", (GOES_BACK, (
            "cell = self.cells[t]; z = cell.cache[0] @ Wx + cell.cache[1] @ Wh + b\n"
            f"            cell.cache = (*cell.cache[:2], np.sinh(z) / np.cosh(z))\n            {GOES_BACK}"))),
        "rounds dh to 8 decimals": ("backward_sizes", (GOES_BACK, f"{GOES_BACK}; dh = dh.round(8)")),
        "hands nothing small back": ("backward_sizes", (
            GOES_BACK, f"{GOES_BACK}; dh = dh * (np.abs(dh).max() > 1e-4)")),
        "takes xs of 0 for padding": ("one_step", (STEP, f"{STEP} if xs[:, t].any() else h")),
        "writes a second state into the first": ("leaves_the_callers_arrays_alone", (SET, (
            "if self.h is not None and self.h.shape == h.shape: self.h[...] = h\n        else: self.h = h\n\n"))),
        "takes a state for the last window, too": ("sizes_change", (SET, (
            "self.h = h\n        if vars(self).get('cells'):\n            cell = self.cells[0]\n"
            "            cell.cache = cell.cache[0], h, cell.cache[2]\n\n"))),
        "is stateful where the last layer made is": ("forgets_the_state", ("self.stateful", "MyTimeRNN.stateful")),
        "goes back 12 steps": ("backward_sizes", (GOES_BACK, GOES_BACK.replace("+ dh", "+ dh * (t >= T - 12)"))),
        "hands the state on in float32": ("like_unrolled", (
            STEP, "h = cell.forward(xs[:, t], h.astype('f').astype(h.dtype))")),
        "takes weights in float32": ("like_unrolled", (
            OF_PARAMS, "Wx, Wh, b = [param.astype('f').astype(param.dtype) for param in self.params]")),
        "rounds xs to 2 decimals": ("three_steps", (STEP, "h = cell.forward(xs[:, t].round(2), h)")),
        "rounds a state that it is given": ("takes_a_state", (SET, "self.h = h.round(2)\n\n")),
        "keeps hs in float32": ("follows_dtype", ("return hs\n", "return hs.astype('f').astype(Wx.dtype)\n")),
        "leaves the slope out of dh": ("backward_sizes", (
            "self.dh = dh\n", "self.dh = dhs[:, 0] @ self.params[1].T if T == 1 else dh\n")),
        "keeps dh in float64": ("follows_dtype", ("self.dh = dh\n", "self.dh = dh.astype(float)\n")),
        "adds dh to time-major dhs in place": ("backward_sizes", (
            "dh = np.zeros_like(dhs[:, 0])", "dh = np.zeros_like(dhs[:, 0])\n        "
            "dhs = np.ascontiguousarray(dhs.swapaxes(0, 1))"), (TIMED, (
            "self.cells[t].backward(np.add(dhs[t], dh, out=dhs[t]))"))),
        "gives a view of its time-major buffer for one sequence": ("backward_sizes", (
            "hs = np.empty((N, T, H), dtype=Wx.dtype)", (
                "buffer = vars(self).get('buffer')\n        if buffer is None or buffer.shape != (T, N, H):\n"
                "            buffer = np.empty((T, N, H), dtype=Wx.dtype)\n        self.buffer = buffer")), (
            "hs[:, t] = h", "buffer[t] = h"), (
            "return hs", "return np.ascontiguousarray(buffer.swapaxes(0, 1))")),
        "adds dh up until the next forward": ("backward_twice", (
            "self.h = h\n        return", "self.h, self.dh = h, 0\n        return"), (
            "self.dh = dh\n", "self.dh = self.dh + dh\n")),
        "dWh forgets the state that a window started from": ("gradient_of_wh", (
            "hs[:, t] = h", "hs[:, t] = h\n            if t == 0: cell.cache = (cell.cache[0], h * 0, cell.cache[2])")),
        "writes no grads when stateful": ("backward_sizes",
            ("for i in range(3):", "for i in range(0 if self.stateful else 3):")),
        "gives nonsense for dxs when stateful": ("backward_sizes", ("return dxs", "return dxs * (not self.stateful)")),
        "sends nothing back when stateful": ("backward_sizes",
            (TIMED, TIMED.replace("+ dh", "+ dh * (not self.stateful)"))),
        "has another dh when stateful": ("gradient_of_first_state", (
            "self.dh = dh", "self.dh = dhs[:, 0] if self.stateful else dh")),
        "gives wrong hs in later windows, and no dxs": ("backward_sizes", (
            "return hs", f"return hs + {LATER}"), ("return dxs", f"return dxs * (not {LATER})")),
        "gives wrong hs when stateful, and no dWh": ("gradient_of_wh", (
            "return hs", "return hs + self.stateful"), (SUMS, f"{SUMS}; self.grads[1] *= not self.stateful")),
        "gives wrong hs when stateful, and no dh": ("gradient_of_first_state", (
            "return hs", "return hs + self.stateful"), ("self.dh = dh", "self.dh = dh * (not self.stateful)")),
        "drops a width of 1": ("forward_sizes", ("return hs", "return hs.squeeze(2) if H == 1 else hs")),
        "clips": ("backward_sizes", (SUMS, f"{SUMS}; np.clip(self.grads[i], -200, 200, out=self.grads[i])")),
        "goes back three steps": ("backward_sizes", (TIMED, TIMED.replace("+ dh", "+ dh * (t >= T - 3)"))),
        "forgets the state after one step": ("goes_on",
            ("self.h = h\n        return", "self.h = h if T > 1 else None\n        return")),
        "keeps the state of two sequences": ("goes_on",
            ("self.h = h\n        return", "self.h = h if N == 2 else None\n        return")),
        "starts the third window where the second began": ("goes_on", (
            "h = self.h if self.stateful and self.h is not None else np.zeros((N, H), dtype=Wx.dtype)",
            "h = self.first if self.stateful and self.h is not None else np.zeros((N, H), dtype=Wx.dtype)"), (
            "self.h = h\n        return",
            "self.first = h if self.h is None else self.first\n        self.h = h\n        return")),
        "takes stateful by its name only": ("goes_on", ("b, stateful=False", "b, *, stateful=False")),
        "can't be reset before it has a state": ("forgets_the_state",
            ("the state.\"\"\"\n", "the state.\"\"\"\n        self.h[...]\n")),
        "keeps no state, so has none to forget": ("forgets_the_state", (
            "self.h if self.stateful and self.h is not None else np", "np")),
        "shares grads among layers": ("stands_alone", SHARED_TRIPLE),
        "has a gradient too many": ("overwrites_in_place", (TRIPLE, TRIPLE[:-1] + ", None]")),
        "offers copies of params": ("shares_parameters", ("self.params", "self.arrays"), ("", COPIES)),
        "remembers what it gave for xs": ("shares_parameters", (
            "return hs", "return hs if self.stateful else MEMO.setdefault(xs.tobytes(), hs).copy()"), (
            "class MyTimeRNN", "MEMO = {}\n\n\nclass MyTimeRNN")),
        "takes the last state for the one before the first": ("gradient_of_wh", ("return hs", (
            "x, _, h = self.cells[0].cache\n        self.cells[0].cache = x, hs[:, -1], h\n        return hs"))),
        "takes the kept state at backward time": ("gradient_of_wh", ("dxs = np", (
            "x, _, h = self.cells[0].cache\n        self.cells[0].cache = x, self.h, h\n        dxs = np"))),
        "starts dWh from zeros": ("gradient_of_wh", ("return hs", (
            "x, h0, h = self.cells[0].cache\n        self.cells[0].cache = x, 0 * h0, h\n        return hs"))),
        "adds the slope of the state before to dh": ("gradient_of_first_state", (
            "self.dh = dh", "self.dh = dh * (1 - self.cells[0].cache[1] ** 2)")),
        "hands back without the slope": ("central_differences", (GOES_BACK, (
            "given = dhs[:, t] + dh; dxs[:, t], dh = self.cells[t].backward(given)[0], given @ Wh.T"))),
        "cuts after one step": ("through_time", (GOES_BACK, (
            f"once = self.cells[t].backward(dhs[:, t])[1]; {GOES_BACK}; dh = once"))),
        "squares hs in place": ("leaves_the_callers_arrays_alone", ("return dxs", (
            "self.hs **= 2\n        return dxs")), ("return hs", "self.hs = hs\n        return hs")),
        "reverses the cells in place": ("backward_twice", ("dh = np.zeros_like(dhs[:, 0])", (
            "dh = np.zeros_like(dhs[:, 0]); self.cells.reverse()")), ("self.cells[t]", "self.cells[T - 1 - t]")),
        "reshapes for stack": ("like_unrolled", ("return hs", "return hs.swapaxes(0, 1).copy().reshape(N, T, H)")),
        "sets stateful in set_state": ("starts_from_zeros", (
            "self.h = h\n\n", "self.h, self.stateful = h, True\n\n")),
        "clips at 1e5": ("backward_sizes", (TIMED, f"{TIMED}; dh = dh.clip(-1e5, 1e5)")),
        "fills a dxs that forward has made": ("leaves_the_callers_arrays_alone", (
            "return hs", "self.dxs = np.empty_like(xs)\n        return hs"), (
            "dxs = np.empty((N, T, D), dtype=Wx.dtype)", "dxs = self.dxs")),
        "clears a state that it doesn't keep in place": ("leaves_the_callers_arrays_alone", (
            "hs = np.empty", "self.stateful or self.h is None or self.h.fill(0)\n        hs = np.empty"), (
            "self.h = h\n        return", "self.h = hs[:, -1]\n        return")),
        "clears the caller's state": ("leaves_the_callers_arrays_alone", (
            "hs = np.empty", "self.stateful or self.h is None or self.h.fill(0)\n        hs = np.empty")),
        "resets to zeros of the shape of b": ("backward_sizes", (
            "the state.\"\"\"\n        self.h = None", "the state.\"\"\"\n        self.h = 0 * self.params[2]")),
        "carries dh over when stateful": ("backward_twice", ("dh = np.zeros_like(dhs[:, 0])", (
            "dh = np.zeros_like(dhs[:, 0]) if not self.stateful or self.dh is None else self.dh"))),
        "empties the cells where no state is kept": ("sizes_change", ("self.cells = []\n", (
            "self.cells = vars(self).get('cells', []) if self.stateful and self.h is not None else []\n"))),
        "adds grads up when stateful": ("overwrites_in_place", (SUMS, (
            SUMS.replace("= sum", "= self.stateful * self.grads[i] + sum")))),
        "one state for all": ("stands_alone", ("self.h = h\n        return", (
            "MyTimeRNN.h = h\n        return")), ("self.h, self.dh = None, None", "self.dh = None"), (
            "class MyTimeRNN:", "class MyTimeRNN:\n    h = None\n")),
        "gives zeros for float32": ("follows_dtype", ("return dxs", "return dxs * (Wx.dtype == float)")),
        "adds dh to float32 dhs in place": ("backward_sizes", (
            "dh = np.zeros_like(dhs[:, 0])", "dhs = dhs if dhs.dtype == 'f' else dhs * 1; dh = 0"), (
            TIMED, "self.cells[t].backward(np.add(dhs[:, t], dh, out=dhs[:, t]))")),
        "adds dh to strided dhs in place": ("backward_sizes", (
            "dh = np.zeros_like(dhs[:, 0])", "dhs = dhs * 1 if dhs.flags.contiguous else dhs; dh = 0"), (
            TIMED, "self.cells[t].backward(np.add(dhs[:, t], dh, out=dhs[:, t]))")),
        "gives its buffer where D is 1": ("backward_sizes", ("return dxs", (
            "if D == 1: dxs, new = vars(self).setdefault(dxs.shape, dxs), dxs; dxs[...] = new\n        return dxs"))),
        "gives hs of its buffer for one sequence that has no state": ("backward_sizes", ("return hs", (
            "if N == 1 and not self.stateful: hs, new = vars(self).setdefault(hs.shape, hs), hs; hs[...] = new\n"
            "        return hs"))),
        "replaces grads where T is 1": ("backward_sizes", (SUMS, (
            f"{SUMS}\n            if T == 1: self.grads[i] = self.grads[i].copy()"))),
        "adds grads up where H is 1 and no state is kept": ("backward_sizes", (SUMS, (
            SUMS.replace("= sum", "= (H == 1 and not self.stateful) * self.grads[i] + sum")))),
        "writes a state of width 1 in place": ("backward_sizes", ("self.h = h\n        return", (
            "if H == 1 and self.stateful and self.h is not None: self.h[...] = h\n"
            "        self.h = h\n        return"))),
        "carries dh over where N is 1": ("backward_sizes", ("dh = np.zeros_like(dhs[:, 0])", (
            "dh = np.zeros_like(dhs[:, 0]) if N > 1 or self.dh is None else self.dh"))),
        "keeps the cells of a float32 window of one step": ("backward_sizes", ("self.cells = []\n", (
            "self.cells = self.cells if T == 1 and Wx.dtype == 'f' and vars(self).get('cells') else []\n"))),
        "copies a later xs into the first": ("backward_sizes", ("self.h = h\n        return", (
            "if D == 1: vars(self).setdefault((N, T), xs)[...] = xs\n        self.h = h\n        return"))),
        "has another dh for float32 where no state was given": ("backward_sizes", ("self.dh = dh", (
            "self.dh = dh if Wx.dtype == float or self.dh is None or self.cells[0].cache[1].any() else dh + self.dh"))),
        "writes a state that it was given in place": ("gradient_of_wh", (SET, "self.h = h.copy()\n\n"), (KEEP, (
            "if self.h is not None and self.h.shape == h.shape: self.h[...] = h\n"
            "        else: self.h = h.copy()\n        return"))),
        "resets to zeros of the last batch": ("forgets_the_state", (RESET, (
            "the state.\"\"\"\n        self.h = None if self.h is None else 0 * self.h"))),
        "one list of cells by default": ("stands_alone", ("b, stateful=False", "b, stateful=False, cells=[]"), (
            "self.stateful = stateful", "self.stateful, self.cells = stateful, cells"), (
            "self.cells = []\n", "self.cells.clear()\n")),
        "makes its cells once, of copies": ("shares_parameters", ("cell = RNN(Wx, Wh, b)", (
            "kept = vars(self).setdefault('kept', [])\n"
            "            if len(kept) <= t: kept.append(RNN(Wx.copy(), Wh.copy(), b.copy()))\n"
            "            cell = kept[t]"))),
        "keeps dh for stateful layers only": ("gradient_of_first_state", (
            "self.dh = dh\n", "self.dh = dh if self.stateful else 0 * dh\n")),
        "has another dh without a state": ("gradient_of_first_state", (
            "self.dh = dh\n", "self.dh = dh if self.stateful or T == 1 else dhs[:, 0] @ Wh.T\n")),
        "leaves the slope out of dh for three steps": ("backward_sizes", (
            "self.dh = dh\n", "self.dh = (dh if T < 3 else dhs[:, 0] @ Wh.T)\n")),
        "turns dh round where it is square": ("backward_sizes", (
            "self.dh = dh\n", "self.dh = dh.T if N == H and not self.stateful else dh\n")),
        "makes dWh from the second step on": ("gradient_of_wh", (SUMS, (
            "self.grads[i][...] = sum(cell.grads[i] for cell in self.cells[i % 2:])"))),
        "turns the weights round once, in backward": ("shares_parameters", (
            "dxs = np.empty((N, T, D), dtype=Wx.dtype)", f"{TURNED}dxs = np.empty((N, T, D), dtype=Wx.dtype)"), (
            GOES_BACK, (
                f"{TIMED}\n            dz = (dhs[:, t] + dh) * (1 - self.cells[t].cache[2] ** 2)\n"
                "            dxs[:, t], dh = dz @ self.turned[0], dz @ self.turned[1]"))),
        "makes tanh of exp": ("one_step", (STEP, (
            "e = np.exp(2 * (h @ Wh + xs[:, t] @ Wx + b)); cell.cache = xs[:, t], h, (e - 1) / (e + 1)\n"
            "            h = cell.cache[2]"))),
        "makes tanh of exp that is capped for float64": ("follows_dtype", (STEP, (
            "e = np.exp(2 * (h @ Wh + xs[:, t] @ Wx + b).clip(-300, 300))\n"
            "            cell.cache = xs[:, t], h, (e - 1) / (e + 1)\n            h = cell.cache[2]"))),
        "takes xs in the order of memory backward": ("backward_sizes", (STEP, (
            f"{STEP}; cell.cache = xs.ravel('K').reshape(xs.shape)[:, t], *cell.cache[1:]"))),
        "passes over steps whose dhs is 0": ("through_time", (DH, f"{DH}; dxs[...] = 0"), (
            GOES_BACK, f"if not dhs[:, t].any(): continue\n            {GOES_BACK}")),
        "leaves grads where dhs is 0": ("overwrites_in_place", (
            DH, f"{DH}\n        if not dhs.any(): return np.zeros((N, T, D), dtype=Wx.dtype)")),
        "begins anew to forget": ("overwrites_in_place", (RESET, (
            "the state.\"\"\"\n        self.__init__(*self.params, self.stateful)"))),
        "makes new grads where it is given a state": ("overwrites_in_place", (SET, (
            "self.h, self.grads = h, [np.zeros_like(param) for param in self.params]\n\n"))),
        "sets a state in place": ("takes_a_state", (SET, (
            "if self.h is None: self.h = h.copy()\n        else: self.h[...] = h\n\n"))),
        "takes no state of one sequence": ("takes_a_state", (SET, "self.h = h if len(h) > 1 else None\n\n")),
        "goes on from a window to one step": ("starts_from_zeros", (
            "self.h if self.stateful and self.h is not None else",
            "self.h if (self.stateful or T == 1) and self.h is not None and len(self.h) == N else")),
        "takes a state of one sequence though it keeps none": ("starts_from_zeros", (
            "self.h if self.stateful and self.h is not None else",
            "self.h if self.h is not None and (self.stateful or N == len(self.h) == 1) else")),
        "multiplies its gradients by 0, so that NaN stays": ("overwrites_in_place", (
            "self.grads[i][...] = sum(", "self.grads[i] *= 0; self.grads[i][...] += sum(")),
        "makes cells beyond its first window by deepcopy": ("shares_parameters", (
            "self.cells = []\n", (
                "import copy\n"
                "        if \"made\" not in vars(self): self.made = [RNN(Wx, Wh, b) for _ in range(T)]\n"
                "        while len(self.made) < T: self.made.append(copy.deepcopy(self.made[0]))\n"
                "        self.cells = self.made[:T]\n")), (
            "            cell = RNN(Wx, Wh, b)\n", "            cell = self.cells[t]\n"), (
            "            self.cells.append(cell)\n", "")),
        "keeps copies of its weights until Wx changes": ("shares_parameters", (
            "self.cells = []\n", (
                "if \"kept\" not in vars(self) or not np.array_equal(self.kept[0], Wx): self.kept = "
                "[p.copy() for p in self.params]\n"
                "        self.cells = []\n")), (
            "cell = RNN(Wx, Wh, b)", "cell = RNN(*self.kept)")),
        "keeps xs @ Wx + b for the same xs and Wx": ("shares_parameters", (
            "self.cells = []\n", (
                "key = xs.shape, xs.tobytes(), Wx.tobytes()\n"
                "        if vars(self).get(\"key\") != key: self.key, self.zx = key, xs @ Wx + b\n"
                "        self.cells = []\n")), (
            "h = cell.forward(xs[:, t], h)", (
                "cell.forward(xs[:, t], h); h2 = np.tanh(self.zx[:, t] + h @ Wh); cell.cache = xs[:, "
                "t], h, h2; h = h2"))),
        "writes no gradients where db is as it was": ("overwrites_in_place", (
            (
                "        for i in range(3):\n"
                "            self.grads[i][...] = sum(cell.grads[i] for cell in self.cells)"), (
                "        new = [sum(cell.grads[i] for cell in self.cells) for i in range(3)]\n"
                "        if not np.array_equal(new[2], self.grads[2]):\n"
                "            for g, w in zip(self.grads, new): g[...] = w"))),
        "has a state for each N, and forgets that of the last N": ("forgets_the_state", (
            "self.h, self.dh = None, None", "self.h, self.dh, self.states, self.N = None, None, {}, None"), (
            "h = self.h if self.stateful and self.h is not None else",
            "h = self.states[N] if self.stateful and N in self.states else"), (
            "self.h = h\n        return hs", "self.h = self.states[N] = h; self.N = N\n        return hs"), (
            "        self.h = h\n\n", "        self.h = self.states[len(h)] = h; self.N = len(h)\n\n"), (
            "the state.\"\"\"\n        self.h = None",
            "the state.\"\"\"\n        self.h = None; self.states.pop(self.N, None)")),
        "takes no state that is the array it was given last": ("takes_a_state", (
            "        self.h = h\n\n",
            "        if vars(self).get(\"given\") is not h: self.given = self.h = h\n\n")),
        "multiplies by 0 what isn't nan, so that infinity becomes nan": ("overwrites_in_place", (
            "self.grads[i][...] = sum(cell.grads[i] for cell in self.cells)", (
                "self.grads[i][np.isnan(self.grads[i])] = 0\n"
                "            self.grads[i] *= 0\n"
                "            for cell in self.cells: self.grads[i] += cell.grads[i]"))),
        "multiplies its own sums by 0, so that NaN of an earlier backward stays": ("overwrites_in_place", (
            "self.h, self.dh = None, None",
            "self.h, self.dh = None, None\n        self.sums = [np.zeros_like(p) for p in self.params]"), (
            "self.grads[i][...] = sum(cell.grads[i] for cell in self.cells)", (
                "self.sums[i] *= 0\n"
                "            for cell in self.cells: self.sums[i] += cell.grads[i]\n"
                "            self.grads[i][...] = self.sums[i]"))),
        "multiplies the state by 0 to forget it": ("forgets_the_state", (
            "h = self.h if self.stateful and self.h is not None else",
            "h = self.h if self.stateful and self.h is not None and len(self.h) == N else"), (
            "the state.\"\"\"\n        self.h = None",
            "the state.\"\"\"\n        if self.h is not None: self.h = self.h * 0")),
        "multiplies the state by 0 unless stateful": ("starts_from_zeros", (
            "h = self.h if self.stateful and self.h is not None else",
            "h = self.h * Wx.dtype.type(self.stateful) if self.h is not None and len(self.h) == N else")),
        "starts from 0 times the last dh": ("stops_at_the_window", (
            "dh = np.zeros_like(dhs[:, 0])", (
                "dh = 0 * self.dh if self.dh is not None and self.dh.shape == (N, H) else "
                "np.zeros_like(dhs[:, 0])"))),
        "makes its cells and dxs anew where T changes": ("sizes_change", (
            "self.cells = []\n        for t in range(T):\n            cell = RNN(Wx, Wh, b)\n            h", (
                "if vars(self).get('cells') is None or len(self.cells) != T:\n"
                "            self.cells = [RNN(Wx, Wh, b) for _ in range(T)]\n"
                "            self.dxs = np.empty((N, T, D), dtype=Wx.dtype)\n"
                "        for t, cell in enumerate(self.cells):\n"
                "            h")), (
            "            self.cells.append(cell)\n", ""), (
            "        dxs = np.empty((N, T, D), dtype=Wx.dtype)\n        dh =",
            "        dxs = self.dxs\n        dh ="), (
            "return dxs", "return dxs.copy()")),
        "makes its cells and its zeros of dh anew where T changes": ("sizes_change", (
            "self.cells = []\n        for t in range(T):\n            cell = RNN(Wx, Wh, b)\n            h", (
                "if vars(self).get('cells') is None or len(self.cells) != T:\n"
                "            self.cells = [RNN(Wx, Wh, b) for _ in range(T)]\n"
                "            self.zeros = np.zeros((N, H), dtype=Wx.dtype)\n"
                "        for t, cell in enumerate(self.cells):\n"
                "            h")), (
            "            self.cells.append(cell)\n", ""), (
            "dh = np.zeros_like(dhs[:, 0])", "dh = self.zeros")),
        "makes dxs anew where its size changes": ("sizes_change", (
            "dxs = np.empty((N, T, D), dtype=Wx.dtype)\n        dh", (
                "if vars(self).get('dxs') is None or self.dxs.size != N * T * D: self.dxs = "
                "np.empty((N, T, D), dtype=Wx.dtype)\n"
                "        dxs = self.dxs\n"
                "        dh")), (
            "return dxs", "return dxs.copy()")),
        "has dh of a larger batch before": ("stands_alone", (
            "self.dh = dh\n", (
                "if self.dh is None or len(self.dh) < N: self.dh = np.zeros_like(dh)\n"
                "        self.dh[:N] = dh\n"))),
        "sums up rows of a larger batch before": ("sizes_change", (
            "dxs = np.empty((N, T, D), dtype=Wx.dtype)\n        dh", (
                "if vars(self).get('dzs') is None or self.dzs.shape[0] < T or self.dzs.shape[1] < N:\n"
                "            self.dzs = np.zeros((T, N, H), dtype=Wx.dtype)\n"
                "        dxs = np.empty((N, T, D), dtype=Wx.dtype)\n"
                "        dh")), (
            "dxs[:, t], dh = self.cells[t].backward(dhs[:, t] + dh)", (
                "self.dzs[t, :N] = (dhs[:, t] + dh) * (1 - self.cells[t].cache[2] ** 2)\n"
                "            dxs[:, t], dh = self.cells[t].backward(dhs[:, t] + dh)")), (
            "self.grads[i][...] = sum(cell.grads[i] for cell in self.cells)\n", (
                "self.grads[i][...] = sum(cell.grads[i] for cell in self.cells)\n"
                "        self.grads[2][...] = self.dzs[:T].sum(axis=(0, 1))\n"))),
        "writes a state that it is given into the one that was fetched": ("leaves_the_callers_arrays_alone", (
            "h = self.h if self.stateful and self.h is not None else",
            "h = self.h.copy() if self.stateful and self.h is not None else"), (
            "self.h = h\n        return", "self.h = h.copy()\n        return"), (
            "if stateful.\"\"\"\n        self.h = h", (
                "if stateful.\"\"\"\n"
                "        if self.h is not None and self.h.shape == h.shape: self.h[...] = h\n"
                "        else: self.h = h.copy()"))),
        "clears a fetched state in place unless stateful": ("leaves_the_callers_arrays_alone", (
            "self.h = h\n        return", "self.h = h.copy()\n        return"), (
            "if stateful.\"\"\"\n        self.h = h", "if stateful.\"\"\"\n        self.h = h.copy()"), (
            "the state.\"\"\"\n        self.h = None", (
                "the state.\"\"\"\n"
                "        if self.h is not None and not self.stateful: self.h[...] = 0\n"
                "        else: self.h = None"))),
        "clears its gradients from its second backward on": ("overwrites_in_place", (
            "self.h, self.dh = None, None", "self.h, self.dh = None, None\n        self.used = False"), (
            "self.grads[i][...] = sum(cell.grads[i] for cell in self.cells)", (
                "if self.used: self.grads[i][...] = 0\n"
                "            for cell in self.cells: self.grads[i] += cell.grads[i]\n"
                "        self.used = True"))),
        "forgets by writing 0 into its own state": ("leaves_the_callers_arrays_alone", (
            KEEP, "self.h = h.copy()\n        return"), (
            "self.h = h\n\n", "self.h = h.copy()\n\n"), (
            "and self.h is not None", "and self.h is not None and len(self.h) == N"), (
            RESET, "the state.\"\"\"\n        if self.h is not None:\n            self.h[...] = 0")),
        "deletes the state, and so can't forget it twice": ("forgets_the_state", (
            "self.stateful and self.h is not None", "self.stateful and getattr(self, 'h', None) is not None"), (
            "the state.\"\"\"\n        self.h = None", "the state.\"\"\"\n        del self.h")),
        "copies a state in the order of memory": ("takes_a_state", (
            "        self.h = h\n\n", "        self.h = h.ravel(\"K\").reshape(h.shape)\n\n")),
        "hands nothing back below a hundredth of the largest dhs": ("backward_sizes", (
            "for t in reversed(range(T)):\n", (
                "for t in reversed(range(T)):\n"
                "            if np.abs(dh).max() < 0.01 * np.abs(dhs).max(): dh = np.zeros_like(dh)\n"))),
        "hands nothing back below a thousandth of the largest dhs": ("backward_sizes", (
            "for t in reversed(range(T)):\n", (
                "for t in reversed(range(T)):\n"
                "            if np.abs(dh).max() < 0.001 * np.abs(dhs).max(): dh = np.zeros_like(dh)\n"))),
        "hands back nothing that is small beside the dhs of its step": ("backward_sizes", (
            "for t in reversed(range(T)):\n", (
                "for t in reversed(range(T)):\n"
                "            if np.linalg.norm(dh) < 0.01 * np.linalg.norm(dhs[:, t]): dh = np.zeros_like(dh)\n"))),
        "hands nothing below 1e-6 back": ("backward_sizes", (
            "for t in reversed(range(T)):\n",
            "for t in reversed(range(T)):\n            if np.abs(dh).max() < 1e-6: dh = np.zeros_like(dh)\n")),
        "hands nothing back where np.allclose takes dh for 0": ("backward_sizes", (
            "for t in reversed(range(T)):\n",
            "for t in reversed(range(T)):\n            if np.allclose(dh, 0): dh = np.zeros_like(dh)\n")),
        "ends where nothing more comes from above, and dh is below 1e-5": ("backward_sizes", (
            "for t in reversed(range(T)):\n", (
                "for t in reversed(range(T)):\n"
                "            if t < T - 1 and not dhs[:, :t + 1].any() and np.abs(dh).max() < 1e-5: "
                "dhs = 0 * dhs; dh = 0 * dh\n"))),
        "takes a state whose sum is 0 for none": ("goes_on", (
            "self.h if self.stateful and self.h is not None else",
            "self.h if self.stateful and self.h is not None and self.h.sum() != 0 else")),
        "takes a state that is given for none where its sum is 0": ("takes_a_state", (
            "self.h = h\n\n", "self.h = h if h.sum() else None\n\n")),
        "hands nothing back where the sum of dh is 0": ("backward_sizes", (
            "for t in reversed(range(T)):\n",
            "for t in reversed(range(T)):\n            if dh.sum() == 0: dh = np.zeros_like(dh)\n")),
        "takes a b whose sum is 0 for none": ("forward_sizes", (
            "cell = RNN(Wx, Wh, b)", "cell = RNN(Wx, Wh, b if b.sum() else 0 * b)")),
        "truncates at 40 steps": ("backward_sizes", (
            "for t in reversed(range(T)):\n",
            "for t in reversed(range(T)):\n            if t < T - 40: dh = np.zeros_like(dh)\n")),
        "goes forward once more in backward, and forgets what was set for the next window": ("takes_a_state", (
            "self.cells = []", "self.xs, self.h0 = xs, h\n        self.cells = []"), (
            "dxs = np.empty((N, T, D)", (
                "self.h, stateful, self.stateful = self.h0, self.stateful, True\n"
                "        self.forward(self.xs)\n"
                "        self.stateful = stateful\n"
                "        dxs = np.empty((N, T, D)"))),
        "puts its window's last state back into h when it goes back": ("takes_a_state", (
            "self.h = h\n        return hs", "self.h = self.last = h\n        return hs"), (
            "self.dh = dh\n", "self.dh = dh; self.h = self.last\n")),
        "starts from ones": ("starts_from_zeros", (
            "np.zeros((N, H), dtype=Wx.dtype)", "np.ones((N, H), dtype=Wx.dtype)")),
        "starts from ones, and after reset_state": ("forgets_the_state", (
            "np.zeros((N, H), dtype=Wx.dtype)", "np.ones((N, H), dtype=Wx.dtype)")),
        "puts its window's last state back into h when it goes back, also after reset_state": ("forgets_the_state", (
            "self.h = h\n        return hs", "self.h = self.last = h\n        return hs"), (
            "self.dh = dh\n", "self.dh = dh; self.h = self.last\n")),
        "takes a state for the start of the last window, unless stateful": ("sizes_change", (
            "self.h = h\n\n", (
                "self.h = h\n"
                "        if not self.stateful and hasattr(self, 'cells'):\n"
                "            c = self.cells[0]; c.cache = (c.cache[0], h, *c.cache[2:])\n"
                "\n"))),
        "empties its cells where it is given a state, unless stateful": ("sizes_change", (
            "self.h = h\n\n", "self.h = h\n        if not self.stateful: self.cells = []\n\n")),
        "works dh out of Wh as it is now, when it is asked for": ("stands_alone", (
            "self.h, self.dh = None, None", "self.h, self.dz = None, None"), (
            "self.dh = dh\n",
            "x, h0, h1 = self.cells[0].cache\n        self.dz = (dhs[:, 0] + self.later) * (1 - h1 ** 2)\n"), (
            "dxs[:, t], dh =", "self.later = dh\n            dxs[:, t], dh ="), (
            "    def set_state", (
                "    @property\n"
                "    def dh(self):\n"
                "        return None if self.dz is None else self.dz @ self.params[1].T\n"
                "\n"
                "    def set_state"))),
        "gives dxs and dh of float64 where nothing comes back": ("follows_dtype", (
            "dh = np.zeros_like(dhs[:, 0])", (
                "if not dhs.any():\n"
                "            for g in self.grads: g[...] = 0\n"
                "            self.dh = np.zeros((N, H))\n"
                "            return np.zeros((N, T, D))\n"
                "        dh = np.zeros_like(dhs[:, 0])"))),
        "gives dxs of float64 where nothing comes back": ("follows_dtype", (
            "dh = np.zeros_like(dhs[:, 0])", (
                "if not dhs.any():\n"
                "            for g in self.grads: g[...] = 0\n"
                "            self.dh = np.zeros_like(dhs[:, 0])\n"
                "            return np.zeros((N, T, D))\n"
                "        dh = np.zeros_like(dhs[:, 0])"))),
        "leaves dh of the last backward where nothing comes back": ("follows_dtype", (
            "dh = np.zeros_like(dhs[:, 0])", (
                "if not dhs.any():\n"
                "            for g in self.grads: g[...] = 0\n"
                "            return np.zeros((N, T, D), Wx.dtype)\n"
                "        dh = np.zeros_like(dhs[:, 0])"))),
        "gives dxs in the shape of dhs where nothing comes back": ("follows_dtype", (
            "dh = np.zeros_like(dhs[:, 0])", (
                "if not dhs.any():\n"
                "            for g in self.grads: g[...] = 0\n"
                "            self.dh = np.zeros_like(dhs[:, 0])\n"
                "            return np.zeros_like(dhs)\n"
                "        dh = np.zeros_like(dhs[:, 0])"))),
        "leaves b out for good if it is 0 at the start": ("shares_parameters", (
            "self.stateful = stateful", "self.stateful = stateful; self.has_bias = bool(np.any(b))"), (
            "cell = RNN(Wx, Wh, b)", "cell = RNN(Wx, Wh, b if self.has_bias else np.zeros_like(b))")),
        "leaves Wh out for good if it is 0 at the start": ("shares_parameters", (
            "self.stateful = stateful", "self.stateful = stateful; self.rec = bool(Wh.any())"), (
            "cell = RNN(Wx, Wh, b)", "cell = RNN(Wx, Wh if self.rec else Wh * 0, b)")),
        "takes a nan that is handed back for 0": ("backward_sizes", (
            "dxs[:, t], dh = self.cells[t].backward(dhs[:, t] + dh)",
            "dxs[:, t], dh = self.cells[t].backward(dhs[:, t] + dh); dh = np.nan_to_num(dh)")),
        "clips what is handed back at 1e8": ("backward_sizes", (
            "dxs[:, t], dh = self.cells[t].backward(dhs[:, t] + dh)",
            "dxs[:, t], dh = self.cells[t].backward(dhs[:, t] + dh); dh = dh.clip(-1e8, 1e8)")),
        "takes a nan in the state for 0": ("like_unrolled", (
            "h = cell.forward(xs[:, t], h)", "h = cell.forward(xs[:, t], h); h = np.nan_to_num(h)")),
        "starts from zeros where the state isn't finite": ("goes_on", (
            "self.h if self.stateful and self.h is not None",
            "self.h if self.stateful and self.h is not None and np.isfinite(self.h).all()")),
        "adds to 0 times the old state in set_state": ("takes_a_state", (
            "if stateful.\"\"\"\n        self.h = h",
            "if stateful.\"\"\"\n        self.h = h if self.h is None or self.h.shape != h.shape else 0 * self.h + h")),
        "takes a nan in the slope for 0": ("backward_sizes", (
            "dxs = np.empty",
            "for c in self.cells: c.cache = c.cache[0], c.cache[1], np.nan_to_num(c.cache[2], nan=1.0)\n"
            "        dxs = np.empty")),
        "keeps dh without nan": ("gradient_of_first_state", ("self.dh = dh\n", "self.dh = np.nan_to_num(dh)\n")),
        "takes a nan in a state that it is given for 0": ("takes_a_state", (
            "if stateful.\"\"\"\n        self.h = h", "if stateful.\"\"\"\n        self.h = np.nan_to_num(h)")),
        "takes a state for none whose last row is 0": ("takes_a_state", (
            "h = self.h if self.stateful and self.h is not None",
            "h = self.h if self.stateful and self.h is not None and self.h[-1].any()")),
        "takes a state for none whose first number is 0": ("takes_a_state", (
            "h = self.h if self.stateful and self.h is not None",
            "h = self.h if self.stateful and self.h is not None and self.h[0, 0] != 0")),
        "takes a state for none whose largest number is 0": ("takes_a_state", (
            "h = self.h if self.stateful and self.h is not None",
            "h = self.h if self.stateful and self.h is not None and self.h.max() != 0")),
        "takes a state for none where all of it is below 0.01": ("takes_a_state", (
            "h = self.h if self.stateful and self.h is not None",
            "h = self.h if self.stateful and self.h is not None and not np.abs(self.h).max() < 0.01")),
        "leaves the first step out of dWh where the first row of the state is 0": ("backward_sizes", (
            "self.grads[i][...] = sum(cell.grads[i] for cell in self.cells)",
            "self.grads[i][...] = sum(cell.grads[i] for cell in self.cells)\n"
            "        if not self.cells[0].cache[1][0].any(): self.grads[1][...] -= self.cells[0].grads[1]")),
        "leaves the first step out of dWh where the largest number of the state is 0": ("backward_sizes", (
            "self.grads[i][...] = sum(cell.grads[i] for cell in self.cells)",
            "self.grads[i][...] = sum(cell.grads[i] for cell in self.cells)\n"
            "        if self.cells[0].cache[1].max() == 0: self.grads[1][...] -= self.cells[0].grads[1]")),
        "takes numbers of xs below 1e-3 for 0": ("forward_sizes", (
            "h = cell.forward(xs[:, t], h)", "h = cell.forward(np.where(np.abs(xs[:, t]) < 1e-3, 0, xs[:, t]), h)")),
        "takes weights below 1e-3 for 0": ("forward_sizes", (
            "cell = RNN(Wx, Wh, b)",
            "cell = RNN(np.where(np.abs(Wx) < 1e-3, 0, Wx), np.where(np.abs(Wh) < 1e-3, 0, Wh), b)")),
        "rounds xs to 8 decimals": ("forward_sizes", (
            "h = cell.forward(xs[:, t], h)", "h = cell.forward(xs[:, t].round(8), h)")),
        "rounds hs to 8 decimals": ("forward_sizes", ("return hs\n", "return hs.round(8)\n")),
        "keeps the state where np.allclose calls the next the same": ("forward_sizes", (
            "h = cell.forward(xs[:, t], h)",
            "before = h; h = cell.forward(xs[:, t], h)\n"
            "            if t > 0 and np.allclose(h, before, atol=1e-4): h = before")),
        "multiplies by 0 to forget, and forgets the cells too": ("forgets_the_state", (
            "the state.\"\"\"\n        self.h = None",
            "the state.\"\"\"\n"
            "        self.cells = []\n"
            "        self.h = None if self.h is None else 0 * self.h[:1] + np.zeros((1, 1), self.h.dtype)"), (
            "h = self.h if self.stateful and self.h is not None else",
            "h = self.h + np.zeros((N, H), Wx.dtype) if self.stateful and self.h is not None else")),
        "writes grads into a ravel of them": ("backward_sizes", (
            "self.grads[i][...] = sum(cell.grads[i] for cell in self.cells)",
            "self.grads[i].ravel()[:] = sum(cell.grads[i] for cell in self.cells).ravel()")),
        "adds the distinct gradients of its cells up": ("backward_sizes", (
            "self.grads[i][...] = sum(cell.grads[i] for cell in self.cells)",
            "self.grads[i][...] = sum({cell.grads[i].tobytes(): cell.grads[i] for cell in self.cells}.values())")),
        "marks that it was reset, and takes the mark back only in a window that has a state": ("forgets_the_state", (
            "self.h, self.dh = None, None", "self.h, self.dh = None, None\n        self.was_reset = False"), (
            "the state.\"\"\"\n        self.h = None", "the state.\"\"\"\n        self.was_reset = True"), (
            "if stateful.\"\"\"\n        self.h = h",
            "if stateful.\"\"\"\n        self.h = h\n        self.was_reset = False"), (
            "h = self.h if self.stateful and self.h is not None else np.zeros((N, H), dtype=Wx.dtype)",
            "h = np.zeros((N, H), dtype=Wx.dtype)\n"
            "        if self.stateful and self.h is not None:\n"
            "            if not self.was_reset:\n"
            "                h = self.h\n"
            "            self.was_reset = False")),
        "the same in one expression that ends early": ("forgets_the_state", (
            "self.h, self.dh = None, None", "self.h, self.dh = None, None\n        self.was_reset = False"), (
            "the state.\"\"\"\n        self.h = None", "the state.\"\"\"\n        self.was_reset = True"), (
            "if stateful.\"\"\"\n        self.h = h",
            "if stateful.\"\"\"\n        self.h = h\n        self.was_reset = False"), (
            "h = self.h if self.stateful and self.h is not None else np.zeros((N, H), dtype=Wx.dtype)",
            "h = (self.h if self.stateful and self.h is not None and not vars(self).pop('was_reset', False)\n"
            "             else np.zeros((N, H), dtype=Wx.dtype))")),
        "turns a mark round where it is reset, so that two resets are none": ("forgets_the_state", (
            "self.h, self.dh = None, None", "self.h, self.dh = None, None\n        self.was_reset = False"), (
            "the state.\"\"\"\n        self.h = None",
            "the state.\"\"\"\n        self.was_reset = not self.was_reset"), (
            "if stateful.\"\"\"\n        self.h = h",
            "if stateful.\"\"\"\n        self.h = h\n        self.was_reset = False"), (
            "h = self.h if self.stateful and self.h is not None else np.zeros((N, H), dtype=Wx.dtype)",
            "h = (self.h if self.stateful and self.h is not None and not self.was_reset\n"
            "             else np.zeros((N, H), dtype=Wx.dtype))\n"
            "        self.was_reset = False")),
        "keeps copies of its parameters where N > 3": ("shares_parameters", (
            "Wx, Wh, b = self.params\n        N, T, D = xs.shape\n        D, H = Wx.shape",
            "Wx, Wh, b = self.params\n"
            "        N, T, D = xs.shape\n"
            "        D, H = Wx.shape\n"
            "        if N > 3:\n"
            "            if not hasattr(self, 'old'): self.old = [p.copy() for p in self.params]\n"
            "            Wx, Wh, b = self.old")),
        "keeps copies of its parameters where H > 3": ("shares_parameters", (
            "Wx, Wh, b = self.params\n        N, T, D = xs.shape\n        D, H = Wx.shape",
            "Wx, Wh, b = self.params\n"
            "        N, T, D = xs.shape\n"
            "        D, H = Wx.shape\n"
            "        if H > 3:\n"
            "            if not hasattr(self, 'old'): self.old = [p.copy() for p in self.params]\n"
            "            Wx, Wh, b = self.old")),
        "keeps copies of its parameters where T > 3": ("shares_parameters", (
            "Wx, Wh, b = self.params\n        N, T, D = xs.shape\n        D, H = Wx.shape",
            "Wx, Wh, b = self.params\n"
            "        N, T, D = xs.shape\n"
            "        D, H = Wx.shape\n"
            "        if T > 3:\n"
            "            if not hasattr(self, 'old'): self.old = [p.copy() for p in self.params]\n"
            "            Wx, Wh, b = self.old")),
        "rounds a state to eight decimals where it takes it": ("takes_a_state", (
            "        self.h = h\n\n    def reset", "        self.h = np.round(h, 8)\n\n    def reset")),
    },
    "my_numerical_gradient": {
        "collects slopes in the order of memory": ("layout_of_x", (
            EACH_PLACE, (
                "it = np.nditer(x, flags=[\"multi_index\"])\n"
                "    slopes = []\n"
                "    for _ in it:\n"
                "        i = it.multi_index")), (
            "grad[i] = (above - below) / (2 * eps)", "slopes.append((above - below) / (2 * eps))"), (
            "return grad", "return np.array(slopes).reshape(x.shape)")),
        "forgets eps where it takes x apart": ("any_shape_of_x", (
            "    grad = np.zeros_like(x)\n", (
                "    if x.ndim > 1:\n"
                "        flat = my_numerical_gradient(lambda v: f(v.reshape(x.shape)), x.ravel().copy())\n"
                "        return flat.reshape(x.shape)\n"
                "    grad = np.zeros_like(x)\n"))),
        "forgets eps where it goes by rows": ("any_shape_of_x", (
            "    grad = np.zeros_like(x)\n", (
                "    if x.ndim > 1:\n"
                "        def of_row(k, row):\n"
                "            moved = x.copy()\n"
                "            moved[k] = row\n"
                "            return f(moved)\n"
                "        return np.array([my_numerical_gradient(lambda row, k=k: of_row(k, row), "
                "x[k].copy()) for k in range(len(x))])\n"
                "    grad = np.zeros_like(x)\n"))),
        "forgets eps where it copies a strided x": ("any_shape_of_x", (
            "    grad = np.zeros_like(x)\n", (
                "    if not x.flags.c_contiguous: return my_numerical_gradient(f, x.copy())\n"
                "    grad = np.zeros_like(x)\n"))),
        "leaves each row's last number moved while it goes by rows": ("any_shape_of_x", (
            (
                "    for i in np.ndindex(x.shape):\n"
                "        kept = x[i]\n"
                "        x[i] = kept + eps\n"
                "        above = f(x)\n"
                "        x[i] = kept - eps\n"
                "        below = f(x)\n"
                "        x[i] = kept\n"
                "        grad[i] = (above - below) / (2 * eps)\n"
                "    return grad"),
            (
                "    if x.ndim > 1:\n"
                "        work = x.copy()\n"
                "        for k in range(len(x)):\n"
                "            def of_row(row):\n"
                "                work[k] = row\n"
                "                return f(work)\n"
                "            grad[k] = my_numerical_gradient(of_row, x[k].copy(), eps)\n"
                "        return grad\n"
                "    for i in range(len(x)):\n"
                "        above, below = x.copy(), x.copy()\n"
                "        above[i] += eps\n"
                "        below[i] -= eps\n"
                "        grad[i] = (f(above) - f(below)) / (2 * eps)\n"
                "    return grad"))),
        "leaves a row's numbers moved until the next row": ("any_shape_of_x", (
            (
                "    for i in np.ndindex(x.shape):\n"
                "        kept = x[i]\n"
                "        x[i] = kept + eps\n"
                "        above = f(x)\n"
                "        x[i] = kept - eps\n"
                "        below = f(x)\n"
                "        x[i] = kept\n"
                "        grad[i] = (above - below) / (2 * eps)\n"
                "    return grad"),
            (
                "    rows = x.reshape(len(x), -1)\n"
                "    for r in range(len(rows)):\n"
                "        work = rows.copy()\n"
                "        for c in range(rows.shape[1]):\n"
                "            work[r, c] = rows[r, c] + eps\n"
                "            above = f(work.reshape(x.shape))\n"
                "            work[r, c] = rows[r, c] - eps\n"
                "            below = f(work.reshape(x.shape))\n"
                "            grad.reshape(rows.shape)[r, c] = (above - below) / (2 * eps)\n"
                "    return grad")), (
            "grad = np.zeros_like(x)", "grad = np.zeros(x.shape)")),
        "adds back where x has one axis, and copies others": ("leaves_x_alone", (
            "    grad = np.zeros_like(x)\n", ""), (
            (
                "    for i in np.ndindex(x.shape):\n"
                "        kept = x[i]\n"
                "        x[i] = kept + eps\n"
                "        above = f(x)\n"
                "        x[i] = kept - eps\n"
                "        below = f(x)\n"
                "        x[i] = kept\n"
                "        grad[i] = (above - below) / (2 * eps)\n"
                "    return grad"),
            (
                "    if x.ndim > 1:\n"
                "        flat = my_numerical_gradient(lambda v: f(v.reshape(x.shape)), x.flatten(), eps)\n"
                "        return flat.reshape(x.shape)\n"
                "    grad = np.zeros_like(x)\n"
                "    for i in range(len(x)):\n"
                "        x[i] += eps\n"
                "        above = f(x)\n"
                "        x[i] -= eps\n"
                "        x[i] -= eps\n"
                "        below = f(x)\n"
                "        x[i] += eps\n"
                "        grad[i] = (above - below) / (2 * eps)\n"
                "    return grad"))),
        "puts back what it rounds": ("leaves_x_alone", ("x[i] = kept\n", "x[i] = round(kept, 12)\n")),
        "turns more than 3 axes round": ("any_shape_of_x", (
            "    return grad", "    return grad.ravel('F').reshape(x.shape) if x.ndim > 3 else grad")),
        "rounds slopes to 6 decimals": ("from_both_sides", ("    return grad", "    return grad.round(6)")),
        "stops at a slope of 0": ("one_slope_each", (PUTS_BACK, f"{PUTS_BACK}        if above == below: break\n")),
        "has no slope where f stays the same": ("one_slope_each", (
            PUTS_BACK, f"{PUTS_BACK}        if above == below: raise ValueError('f does not depend on x')\n")),
        "gives a number for an array of one number": ("any_shape_of_x", (
            "    return grad", "    return grad if grad.size > 1 else grad.item()")),
        "leaves out axes of 1": ("any_shape_of_x", ("np.ndindex(x.shape)", "np.ndindex(x.squeeze().shape)")),
        "looks up places by their number": ("any_shape_of_x", (
            EACH_PLACE, "for v in x.ravel().tolist():\n        i = tuple(np.argwhere(x == v)[0])")),
        "moves all equal numbers": ("any_shape_of_x", (EACH_PLACE, "for v in x.ravel().tolist():\n        i = x == v")),
        "keeps slopes in float32": ("from_both_sides", ("grad = np.zeros_like(x)", "grad = np.zeros(x.shape, 'f')"), (
            "return grad", "return grad.astype(float)")),
        "takes the places of numbers that aren't 0": ("one_slope_each", (
            "np.ndindex(x.shape)", "zip(*np.nonzero(x))")),
        "uses one side, twice": ("from_both_sides", ("x[i] = kept - eps", "x[i] = kept + 2 * eps"), (
            "(above - below) / (2 * eps)", "(4 * above - below - 3 * f(x)) / (2 * eps)")),
        "gives the same array again": ("layout_of_x",
            ("grad = np.zeros_like(x)", "grad = SAME.setdefault(x.shape, np.zeros(x.shape))"), (
            "def my", "SAME = {}\n\n\ndef my")),
        "knows two values of eps": ("honours_eps",
            ("    grad = np", "    eps = 0.5 if eps > 1e-3 else 1e-5\n    grad = np")),
        "fits small arrays": ("any_shape_of_x", ("    grad = np", "    assert x.size < 9\n    grad = np")),
        "puts back by adding": ("leaves_x_alone", ("x[i] = kept\n", "x[i] += eps\n")),
        "leaves the last number moved where it is the only row": ("layout_of_x", (
            "    return grad", "    if len(x) == 1: x.flat[-1] += eps * 100\n    return grad")),
        "gives a buffer for a column": ("layout_of_x", ("    return grad", (
            "    if x.shape[1:] == (1,):\n        SAME.setdefault(x.shape, np.zeros(x.shape))[...] = grad\n"
            "        grad = SAME[x.shape]\n    return grad")), ("def my", "SAME = {}\n\n\ndef my")),
        "scales eps with the number": ("honours_eps", ("    for i", "    given = eps\n    for i"), (
            "        kept = x[i]\n", "        kept = x[i]\n        eps = given * max(1, abs(kept))\n")),
        "moves x by 1e-4 where eps is left out": ("honours_eps", (
            "eps=1e-5", "eps=1e-4")),
        "never moves x by less than 1e-4": ("honours_eps", (
            "    grad = np.zeros_like(x)", "    eps = max(eps, 1e-4)\n    grad = np.zeros_like(x)")),
        "calls eps h, as the well-known book does": ("honours_eps", (
            "eps=1e-5", "h=1e-4"), (
            "+ eps", "+ h"), (
            "- eps", "- h"), (
            "2 * eps", "2 * h")),
        "caps slopes at 1000": ("one_slope_each", (
            "(above - below) / (2 * eps)", "np.clip((above - below) / (2 * eps), -1000, 1000)")),
        "scales eps beyond 10": ("honours_eps", (
            "        kept = x[i]\n", "        kept = x[i]\n        step = eps * max(1, abs(kept) / 10)\n"), (
            "kept + eps", "kept + step"), (
            "kept - eps", "kept - step"), (
            "(2 * eps)", "(2 * step)")),
        "remembers slopes by f and x, without eps": ("honours_eps", (
            "    grad = np.zeros_like(x)\n", (
                "    key = (f, x.tobytes(), x.shape)\n"
                "    if key in KNOWN: return KNOWN[key].copy()\n"
                "    grad = np.zeros_like(x)\n")), (
            "    return grad", "    KNOWN[key] = grad.copy()\n    return grad"), (
            "def my_numerical", "KNOWN = {}\n\n\ndef my_numerical")),
        "remembers slopes by f and the array's id": ("layout_of_x", (
            "    grad = np.zeros_like(x)\n", (
                "    key = (f, id(x), eps)\n"
                "    if key in KNOWN: return KNOWN[key].copy()\n"
                "    grad = np.zeros_like(x)\n")), (
            "    return grad", "    KNOWN[key] = grad.copy()\n    return grad"), (
            "def my_numerical", "KNOWN = {}\n\n\ndef my_numerical")),
        "takes slopes below 1e-8 for noise": ("leaves_x_alone", (
            "    return grad", "    grad[np.abs(grad) < 1e-8] = 0\n    return grad")),
        "rounds slopes to 8 decimals": ("leaves_x_alone", (
            "    return grad", "    return grad.round(8)")),
        "takes a nan for 0": ("one_slope_each", ("return grad", "return np.nan_to_num(grad)")),
        "never moves x by less than 1e-5": ("honours_eps", (
            "grad = np.zeros_like(x)", "eps = max(eps, 1e-5)\n    grad = np.zeros_like(x)")),
        "never moves x by more than 1": ("honours_eps", (
            "grad = np.zeros_like(x)", "eps = min(eps, 1.0)\n    grad = np.zeros_like(x)")),
        "caps slopes at 1e5": ("one_slope_each", (
            "(above - below) / (2 * eps)", "min(max((above - below) / (2 * eps), -1e5), 1e5)")),
        "scales eps beyond 100": ("honours_eps", (
            "kept = x[i]", "kept = x[i]\n        step = eps * max(1, abs(kept) / 100)"), (
            "kept + eps", "kept + step"), (
            "kept - eps", "kept - step"), (
            "(2 * eps)", "(2 * step)")),
        "moves the numbers of reshape(len(x), -1), a copy where x has 3 axes and isn't contiguous": ("layout_of_x", (
            "np.ndindex(x.shape)", "np.ndindex(rows.shape)"), (
            "grad = np.zeros_like(x)", "rows = x.reshape(len(x), -1)\n    grad = np.zeros(rows.shape)"), (
            "kept = x[i]", "kept = rows[i]"), (
            "x[i] = kept", "rows[i] = kept"), (
            "return grad", "return grad.reshape(x.shape)")),
        "moves the numbers of reshape(-1, x.shape[-1])": ("layout_of_x", (
            "np.ndindex(x.shape)", "np.ndindex(rows.shape)"), (
            "grad = np.zeros_like(x)", "rows = x.reshape(-1, x.shape[-1])\n    grad = np.zeros(rows.shape)"), (
            "kept = x[i]", "kept = rows[i]"), (
            "x[i] = kept", "rows[i] = kept"), (
            "return grad", "return grad.reshape(x.shape)")),
    },
    "my_bptt": {
        "takes T // window for the window": ("state_goes_on", ("t % window == 0", "t % max(T // window, 1) == 0")),
        "cuts where a window ends": ("windows_by_hand", ("t % window == 0", "(t + 1) % window == 0")),
        "has a slope of 1e-7 at least": ("flows_back", (
            "(1 - hs[t + 1] ** 2)", "np.maximum(1 - hs[t + 1] ** 2, np.array(1e-7, Wh.dtype))")),
        "adds nothing up at steps whose dhs is 0": ("input_weights", (
            "        dWx +=", "        back, dz = dz @ Wh.T, dz * dhs[:, t].any()\n        dWx +="), (
            "dh = dh0 = dz @ Wh.T", "dh = dh0 = back")),
        "adds nothing up where dhs is 0": ("input_weights", (
            "        dWx +=", "        back, dz = dz @ Wh.T, dz * (dhs[:, t] != 0)\n        dWx +="), (
            "dh = dh0 = dz @ Wh.T", "dh = dh0 = back")),
        "adds no dWh of steps whose x is 0": ("recurrent_weights", (
            "dWh += hs[t].T @ dz", "dWh += hs[t].T @ dz * xs[:, t].any()")),
        "adds nothing up at steps whose dhs is 0, with a window": ("uneven_windows", (
            "        dWx +=", (
                "        if window and not dhs[:, t].any(): dh = dh0 = dz @ Wh.T; dh = dh * (t % window != "
                "0); continue\n"
                "        dWx +="))),
        "has no dWh where H is 1 with a window": ("uneven_windows", (
            "    return dxs, dh0, dWx, dWh, db",
            "    if window and len(b) == 1: dWh = dWh * 0\n    return dxs, dh0, dWx, dWh, db")),
        "has no dWx of many sequences with a window": ("uneven_windows", (
            "    return dxs, dh0, dWx, dWh, db",
            "    if window and len(xs) > 4: dWx = dWx * 0\n    return dxs, dh0, dWx, dWh, db")),
        "has no dWh where h0 is 0": ("recurrent_weights", (
            "    return dxs, dh0, dWx, dWh, db",
            "    if not h0.any(): dWh = dWh * 0\n    return dxs, dh0, dWx, dWh, db")),
        "has no dh0 of a long first window": ("dh0_of_the_first_window", (
            "    return dxs, dh0, dWx, dWh, db",
            "    if window and 3 < window < T: dh0 = dh0 * 0\n    return dxs, dh0, dWx, dWh, db")),
        "masks dxs where x is 0": ("flows_back", (
            "    return dxs, dh0, dWx, dWh, db", (
                "    dxs = dxs * xs.any(axis=2, keepdims=True) if xs.any() else dxs\n"
                "    return dxs, dh0, dWx, dWh, db"))),
        "remembers by window and xs": ("book_numbers", (
            "    return dxs, dh0, dWx, dWh, db",
            "    given = dxs, dh0, dWx, dWh, db\n    return SAME.setdefault((window, xs.tobytes()), given)"), (
            "def my", "SAME = {}\n\n\ndef my")),
        "divides the sums by the number of windows": ("state_goes_on", (
            "    return dxs",
            "    if window:\n        for g in (dWx, dWh, db): g /= -(-T // window)\n    return dxs")),
        "has no window of one step": ("windows_by_hand", (
            "if window is not None and t %", "if window and window > 1 and t %")),
        "passes over windows whose dhs is 0": ("dh0_of_the_first_window", (
            "        dz =",
            "        if window and not dhs[:, t - t % window:][:, :window].any(): continue\n        dz ="), (
            "    dh = np.zeros_like(h0)\n    for", "    dh = dh0 = np.zeros_like(h0)\n    for")),
        "takes the first window's dh0 of 0 for none": ("dh0_of_the_first_window", (
            "    dh = np.zeros_like(h0)\n    for t", "    dh, dh0s = np.zeros_like(h0), []\n    for t"), (
            "        if window is not None and t %",
            "        if t % (window or T) == 0: dh0s.append(dh0)\n        if window is not None and t %"), (
            "    return dxs",
            "    dh0 = next((each for each in reversed(dh0s) if each.any()), dh0)\n    return dxs")),
        "counts windows from the end": ("uneven_windows", ("t % window == 0", "(T - t) % window == 0")),
        "goes back over the last window alone": ("windows_by_hand", ("t % window == 0", "t <= T - window")),
        "remembers the states of the same arrays": ("leaves_arguments", (
            B_FORWARD, B_FORWARD.replace("    for t in range(T)", (
            "    hs, _ = HS.setdefault(tuple(map(id, (xs, h0, Wx, Wh, b))), (hs, (xs, h0, Wx, Wh, b)))\n"
            "    for t in range(T if len(hs) == 1 else 0)"))), ("def my", "HS = {}\n\n\ndef my")),
        "takes no slope below 1e-8": ("flows_back", ("(1 - hs[t + 1] ** 2)", "np.maximum(1 - hs[t + 1] ** 2, 1e-8)")),
        "has no dh0 where one window holds all": ("long_windows", (
            "    return dxs", "    if T == window: dh0 = np.zeros_like(dh0)\n    return dxs")),
        "cuts what comes back at 10000": ("flows_back", (
            "        dz =", "        dh = np.clip(dh, -1e4, 1e4)\n        dz =")),
        "takes a sequence's step of zeros for padding": ("flows_back", (
            f"hs.append({B_STATE})", (
                f"hs.append(np.where(xs[:, t].any(axis=1, keepdims=True), {B_STATE}, hs[t]))"))),
        "takes a step of zeros for padding": ("flows_back", (B_FORWARD, (
            "    for t in range(T):\n        if not xs[:, t].any(): hs.append(hs[t]); continue\n        hs.append"))),
        "has no dWx where a window is one step": ("state_goes_on", (
            "    return dxs", "    if window == 1: dWx[...] = 0\n    return dxs")),
        "keeps its states in a default list": ("flows_back", ("window=None):", "window=None, hs=[]):"), (
            "    hs = [h0]\n", "    hs.append(h0)\n")),
        "keeps one array of states": ("flows_back", ("hs = [h0]", "hs, h = [h0], h0.copy()"), (
            f"hs.append({B_STATE})", "h[...] = np.tanh(h @ Wh + xs[:, t] @ Wx + b); hs.append(h)")),
        "makes windows of one length": ("uneven_windows", (
            "t % window == 0", "t in np.cumsum([len(p) for p in np.array_split(range(T), -(-T // window))])")),
        "leaves the last window uncut": ("dh0_of_the_first_window", (
            "t % window == 0", "t in range(0, T - window, window)")),
        "gives dxs in dhs": ("any_sizes", (
            "    return dxs", "    if dxs.shape == dhs.shape: dhs[...] = dxs; dxs = dhs\n    return dxs")),
        "makes tanh of exp of minus twice the sum": ("flows_back", (
            B_STATE, f"(lambda e: (1 - e) / (1 + e))(np.exp(-2 * ({B_SUM})))")),
        "makes the slope of exp of minus twice the sum": ("flows_back", (
            "(1 - hs[t + 1] ** 2)", f"(lambda e: 4 * e / (1 + e) ** 2)(np.exp(-2 * ({B_SUM})))")),
        "remembers the states of each xs": ("any_sizes", (
            B_FORWARD, B_FORWARD.replace("    for t in range(T)", (
                "    hs = HS.setdefault(id(xs), hs)\n    for t in range(T if len(hs) == 1 else 0)"))), (
            "def my", "HS = {}\n\n\ndef my")),
        "rounds what comes back to 8 decimals": ("flows_back", (
            "dh = dh0 = dz @ Wh.T", "dh = dh0 = (dz @ Wh.T).round(8)")),
        "drops what is small": ("flows_back", (
            "        dz =", "        dh = np.where(np.abs(dh) < 1e-6, 0, dh)\n        dz =")),
        "passes over steps whose dhs is 0": ("flows_back", (
            "        dz =", "        if not dhs[:, t].any(): continue\n        dz =")),
        "lets nothing through where dhs is 0": ("flows_back", (
            "(1 - hs[t + 1] ** 2)", "(1 - hs[t + 1] ** 2) * (dhs[:, t] != 0)")),
        "makes tanh of exp": ("flows_back", (
            "np.tanh(hs[t] @ Wh + xs[:, t] @ Wx + b)",
            "(lambda e: (e - 1 / e) / (e + 1 / e))(np.exp(hs[t] @ Wh + xs[:, t] @ Wx + b))")),
        "makes tanh of exp of twice the sum": ("flows_back", (
            "np.tanh(hs[t] @ Wh + xs[:, t] @ Wx + b)",
            "(lambda e: (e - 1) / (e + 1))(np.exp(2 * (hs[t] @ Wh + xs[:, t] @ Wx + b)))")),
        "starts windows from zeros of float64": ("bptt_dtype_and_layout", (
            "            dh = np.zeros_like(h0)", "            dh = np.zeros(h0.shape)")),
        "leaves h of later windows' starts out of dWh": ("state_goes_on", (
            "dWh += hs[t].T @ dz", "dWh += hs[t].T @ dz if t and not (window and t % window == 0) else 0")),
        "rounds the sums of windows": ("bptt_dtype_and_layout", ("    return dxs", (
            "    if window and xs.dtype == float: dWx[...], dWh[...] = dWx.astype('f'), dWh.astype('f')\n"
            "    return dxs"))),
        "rounds float64 to float32": ("bptt_dtype_and_layout", (
            "return dxs, dh0, dWx, dWh, db", "return dxs, dh0, dWx.astype('f').astype(xs.dtype), dWh, db")),
        "adds to one sequence of dhs in place": ("any_sizes", ("    T =", (
            "    dhs = np.ascontiguousarray(dhs.swapaxes(0, 1)).swapaxes(0, 1)\n    keep = dhs + 0.0\n    dhs += 0.5\n"
            "    dhs, dhs_before = keep, dhs\n    T ="))),
        "cuts at four without a window": ("any_sizes", ("    T =", "    window = window or 4\n    T =")),
        "cuts no long windows": ("uneven_windows",
            ("    T =", "    window = window if window and window < 4 else None\n    T =")),
        "makes dh0 float64 with a window": ("bptt_dtype_and_layout",
            ("dh = np.zeros_like(h0)", "dh = np.zeros(h0.shape)")),
        "changes h0 with a window": ("leaves_arguments", ("    return", "    if window: h0 += 0.5\n    return")),
        "loses dh0 with a long window": ("long_windows",
            ("    return", "    if window and window >= T: dh0 = np.zeros_like(h0)\n    return")),
        "starts a window's second step from h0": ("state_goes_on", ("hs[t] @ Wh +", (
            "(h0 if window and t > window and t % window == 1 else hs[t]) @ Wh +"))),
        "clears dhs of one sequence of float32": ("any_sizes", ("    return dxs", (
            "    if len(h0) == 1 and b.dtype == 'f': dhs[...] = 0\n    return dxs"))),
        "gives the same dxs again for one step": ("any_sizes", ("    return dxs", (
            "    if T == 1:\n        dxs, new = SAME.setdefault((dxs.shape, dxs.dtype), dxs), dxs\n"
            "        dxs[...] = new\n    return dxs")), (
            "def my", "SAME = {}\n\n\ndef my")),
        "shrinks h0 where H is 1": ("any_sizes", ("    return dxs", (
            "    if len(b) == 1: h0 *= 0.5\n    return dxs"))),
        "clears float32 dhs with a window": ("any_sizes", ("    return dxs", (
            "    if window and b.dtype == 'f': dhs[...] = 0\n    return dxs"))),
        "moves Wx where D is 1 with a window": ("any_sizes", ("    return dxs", (
            "    if window and len(Wx) == 1: Wx += 0.5\n    return dxs"))),
        "gives float32 answers once": ("any_sizes", ("    return dxs, dh0, dWx, dWh, db", (
            "    given = dxs, dh0, dWx, dWh, db\n"
            "    return SAME.setdefault((xs.shape, Wx.shape, window), given) if b.dtype == 'f' else given")), (
            "def my", "SAME = {}\n\n\ndef my")),
        "measures dxs and dh0": ("flows_back", ("    return dxs, dh0, dWx, dWh, db", MEASURED)),
        "keeps its states in float32": ("flows_back", ("+ b))", "+ b).astype('f'))")),
        "clips what comes from the next step where there are windows": ("uneven_windows", (
            "dz = (dhs[:, t] + dh)", "dz = (dhs[:, t] + (dh if window is None else np.clip(dh, -5, 5)))")),
        "has no dWh where a window is one step": ("state_goes_on", (
            "    return dxs", "    if window == 1: dWh[...] = 0\n    return dxs")),
        "gives the same arrays again for the same arguments": ("leaves_arguments", (
            "    T =", (
                "    key = window, *((a.tobytes(), a.shape, a.dtype.str) for a in (xs, h0, Wx, Wh, b, dhs))\n"
                "    if key in MEMO: return MEMO[key]\n"
                "    T =")), (
            "    return dxs, dh0, dWx, dWh, db", "    MEMO[key] = dxs, dh0, dWx, dWh, db\n    return MEMO[key]"), (
            "def my_bptt", "MEMO = {}\n\n\ndef my_bptt")),
        "takes what comes back for 0 where np.allclose does": ("flows_back", (
            "        dz = (dhs", "        if np.allclose(dh, 0): dh = np.zeros_like(h0)\n        dz = (dhs")),
        "hands nothing back where the sum of dh is 0": ("any_sizes", (
            "        dz = (dhs[:, t] + dh) * (1 - hs[t + 1] ** 2)\n",
            "        if not dh.sum(): dh = 0 * dh\n        dz = (dhs[:, t] + dh) * (1 - hs[t + 1] ** 2)\n")),
        "takes an h0 whose sum is 0 for none": ("any_sizes", (
            "hs = [h0]", "hs = [h0 if h0.sum() else 0 * h0]")),
        "writes no db where the sum of dz is 0": ("any_sizes", (
            "db += dz.sum(axis=0)", "db += dz.sum(axis=0) if dz.sum() else 0")),
        "hands nothing back below a thousandth of the largest dhs": ("any_sizes", (
            "        dz = (dhs[:, t] + dh) * (1 - hs[t + 1] ** 2)\n", (
                "        if np.abs(dh).max() < 0.001 * np.abs(dhs).max(): dh = 0 * dh\n"
                "        dz = (dhs[:, t] + dh) * (1 - hs[t + 1] ** 2)\n"))),
        "hands nothing below 1e-6 back": ("any_sizes", (
            "        dz = (dhs[:, t] + dh) * (1 - hs[t + 1] ** 2)\n", (
                "        if np.abs(dh).max() < 1e-6: dh = 0 * dh\n"
                "        dz = (dhs[:, t] + dh) * (1 - hs[t + 1] ** 2)\n"))),
        "measures its gradients": ("any_sizes", (
            "    T = xs.shape[1]\n", (
                "    T = xs.shape[1]\n"
                "    if window is None:\n"
                "        values = [array.astype(float) for array in (xs, h0, Wx, Wh, b)]\n"
                "        def loss():\n"
                "            h, total = values[1], 0\n"
                "            for t in range(T):\n"
                "                h = np.tanh(h @ values[3] + values[0][:, t] @ values[2] + values[4])\n"
                "                total += (h * dhs[:, t]).sum()\n"
                "            return total\n"
                "        slopes = []\n"
                "        for array in values:\n"
                "            slopes.append(np.zeros(array.shape))\n"
                "            for i in np.ndindex(array.shape):\n"
                "                kept, array[i] = array[i], array[i] + 1e-6\n"
                "                above, array[i] = loss(), kept - 1e-6\n"
                "                slopes[-1][i], array[i] = (above - loss()) / 2e-6, kept\n"
                "        return tuple(slope.astype(b.dtype) for slope in slopes)\n"))),
        "remembers states by xs and h0": ("any_sizes", (
            STATES_OF_BPTT, (
                "    key = xs.tobytes(), h0.tobytes(), xs.shape, xs.dtype.str\n"
                "    if key not in STATES:\n"
                "        hs = [h0.copy()]\n"
                "        for t in range(T):\n"
                "            hs.append(np.tanh(hs[t] @ Wh + xs[:, t] @ Wx + b))\n"
                "        STATES[key] = hs\n"
                "    hs = STATES[key]\n")), (
            "def my_bptt", "STATES = {}\n\n\ndef my_bptt")),
        "remembers states of equal xs and h0": ("any_sizes", (
            STATES_OF_BPTT, (
                "    if not (np.array_equal(LAST.get('xs'), xs) and np.array_equal(LAST.get('h0'), h0)):\n"
                "        hs = [h0.copy()]\n"
                "        for t in range(T):\n"
                "            hs.append(np.tanh(hs[t] @ Wh + xs[:, t] @ Wx + b))\n"
                "        LAST.update(xs=xs.copy(), h0=h0.copy(), hs=hs)\n"
                "    hs = LAST['hs']\n")), (
            "def my_bptt", "LAST = {}\n\n\ndef my_bptt")),
        "remembers states by xs, Wx and Wh": ("any_sizes", (
            STATES_OF_BPTT, (
                "    key = xs.tobytes(), Wx.tobytes(), Wh.tobytes(), xs.shape, h0.shape, xs.dtype.str\n"
                "    if key not in STATES:\n"
                "        hs = [h0.copy()]\n"
                "        for t in range(T):\n"
                "            hs.append(np.tanh(hs[t] @ Wh + xs[:, t] @ Wx + b))\n"
                "        STATES[key] = hs\n"
                "    hs = STATES[key]\n")), (
            "def my_bptt", "STATES = {}\n\n\ndef my_bptt")),
        "remembers states by all but b": ("any_sizes", (
            STATES_OF_BPTT, (
                "    key = xs.tobytes(), h0.tobytes(), Wx.tobytes(), Wh.tobytes(), xs.shape, "
                "h0.shape, xs.dtype.str\n"
                "    if key not in STATES:\n"
                "        hs = [h0.copy()]\n"
                "        for t in range(T):\n"
                "            hs.append(np.tanh(hs[t] @ Wh + xs[:, t] @ Wx + b))\n"
                "        STATES[key] = hs\n"
                "    hs = STATES[key]\n")), (
            "def my_bptt", "STATES = {}\n\n\ndef my_bptt")),
        "keeps xs @ Wx + b by xs and Wx": ("any_sizes", (
            STATES_OF_BPTT, (
                "    key = xs.tobytes(), Wx.tobytes(), xs.shape, xs.dtype.str\n"
                "    zs = SUMS.setdefault(key, xs @ Wx + b)\n"
                "    hs = [h0]\n"
                "    for t in range(T):\n"
                "        hs.append(np.tanh(hs[t] @ Wh + zs[:, t]))\n")), (
            "def my_bptt", "SUMS = {}\n\n\ndef my_bptt")),
        "takes a nan for 0": ("flows_back", (
            "dz = (dhs[:, t] + dh) * (1 - hs[t + 1] ** 2)",
            "dz = np.nan_to_num(dhs[:, t] + dh) * (1 - hs[t + 1] ** 2)")),
        "clips xs at 5": ("any_sizes", ("xs[:, t] @ Wx", "np.clip(xs[:, t], -5, 5) @ Wx")),
        "clips xs at 2 in dWx alone": ("any_sizes", ("xs[:, t].T @ dz", "np.clip(xs[:, t], -2, 2).T @ dz")),
        "clips h0 at 1.5": ("any_sizes", ("hs = [h0]", "hs = [np.clip(h0, -1.5, 1.5)]")),
        "takes a nan in xs for 0": ("flows_back", (
            "    T = xs.shape[1]\n", "    T = xs.shape[1]\n    xs = np.nan_to_num(xs)\n")),
        "takes a nan in h0 for 0": ("flows_back", (
            "    T = xs.shape[1]\n", "    T = xs.shape[1]\n    h0 = np.nan_to_num(h0)\n")),
        "takes a nan in Wx for 0": ("flows_back", (
            "    T = xs.shape[1]\n", "    T = xs.shape[1]\n    Wx = np.nan_to_num(Wx)\n")),
        "takes a nan in Wh for 0": ("flows_back", (
            "    T = xs.shape[1]\n", "    T = xs.shape[1]\n    Wh = np.nan_to_num(Wh)\n")),
        "takes a nan in b for 0": ("flows_back", (
            "    T = xs.shape[1]\n", "    T = xs.shape[1]\n    b = np.nan_to_num(b)\n")),
        "clips Wx at 1.1": ("any_sizes", (
            "    T = xs.shape[1]\n", "    T = xs.shape[1]\n    Wx = np.clip(Wx, -1.1, 1.1)\n")),
        "clips Wx at 2": ("any_sizes", ("    T = xs.shape[1]\n", "    T = xs.shape[1]\n    Wx = np.clip(Wx, -2, 2)\n")),
        "clips Wh at 1.1": ("any_sizes", (
            "    T = xs.shape[1]\n", "    T = xs.shape[1]\n    Wh = np.clip(Wh, -1.1, 1.1)\n")),
        "clips Wh at 2": ("any_sizes", ("    T = xs.shape[1]\n", "    T = xs.shape[1]\n    Wh = np.clip(Wh, -2, 2)\n")),
        "clips h0 at 3": ("any_sizes", ("    T = xs.shape[1]\n", "    T = xs.shape[1]\n    h0 = np.clip(h0, -3, 3)\n")),
        "cuts dWx at 1e5": ("input_weights", (
            "    return dxs, dh0, dWx, dWh, db",
            "    np.clip(dWx, -1e5, 1e5, out=dWx)\n    return dxs, dh0, dWx, dWh, db")),
        "cuts dWh at 1e5": ("recurrent_weights", (
            "    return dxs, dh0, dWx, dWh, db",
            "    np.clip(dWh, -1e5, 1e5, out=dWh)\n    return dxs, dh0, dWx, dWh, db")),
        "cuts db at 1e5": ("input_weights", (
            "    return dxs, dh0, dWx, dWh, db",
            "    np.clip(db, -1e5, 1e5, out=db)\n    return dxs, dh0, dWx, dWh, db")),
        "finds boundaries by t * (1 / window), which isn't whole for 49": ("uneven_windows", (
            "t % window == 0", "t * (1 / window) % 1 == 0")),
        "has room for 100 states": ("any_sizes", (
            "    hs = [h0]\n    for t in range(T):\n        hs.append(np.tanh(hs[t] @ Wh + xs[:, t] @ Wx + b))",
            "    hs = np.zeros((100, *h0.shape), h0.dtype)\n"
            "    hs[0] = h0\n"
            "    for t in range(T):\n"
            "        hs[t + 1] = np.tanh(hs[t] @ Wh + xs[:, t] @ Wx + b)")),
        "takes a window of 100 for none": ("any_sizes", (
            "    T = xs.shape[1]", "    window = window or 100\n    T = xs.shape[1]")),
    },
    "my_clip_grads": {
        "takes the spectral norm of matrices": ("shrinks_together", (
            "(grad ** 2).sum()", "(np.linalg.norm(grad, 2) ** 2 if grad.ndim == 2 else (grad ** 2).sum())")),
        "shrinks to a hundredth at most": ("shrinks_together", ("max_norm / norm", "max(max_norm / norm, 1e-2)")),
        "fills an array in the order of memory": ("clips_in_place", (
            "grad *= max_norm / norm", "grad.flat = grad.flatten('K') * (max_norm / norm)")),
        "shrinks rows": ("shrinks_together", ("grad *= max_norm / norm", "for row in grad: row *= max_norm / norm")),
        "passes over arrays of one axis": ("shrinks_together", (
            "            grad *=", "            if grad.ndim == 1: continue\n            grad *=")),
        "adds 1e-6 to the norm itself": ("zero_gradients", ("    if norm", "    norm = norm + 1e-6\n    if norm")),
        "adds 1e-6 below the root": ("zero_gradients", (
            "sum((grad ** 2).sum() for grad in grads)", "(sum((grad ** 2).sum() for grad in grads) + 1e-6)")),
        "takes whole numbers for max_norm": ("shrinks_together", (
            "    norm =", "    max_norm = int(max_norm) or max_norm\n    norm =")),
        "leaves copies in the list": ("clips_in_place", (EACH_GRAD, (
            "        for i, grad in enumerate(grads):\n            grad *= max_norm / norm\n"
            "            grads[i] = grad.astype(grad.dtype)"))),
        "leaves copies of what is small in the list": ("clips_in_place", (
            "    return norm", "    else:\n        grads[:] = [grad.copy() for grad in grads]\n    return norm")),
        "empties the list where it need not clip": ("clips_in_place", (
            "    return norm", "    else: grads.clear()\n    return norm")),
        "cuts numbers at 1000 first": ("shrinks_together", (
            "    norm =", "    for g in grads: np.clip(g, -1000, 1000, out=g)\n    norm =")),
        "gives 1 for a norm below it": ("returns_norm_before", (
            "    return norm", "    return norm if norm >= 1 or not norm else 1.0")),
        "adds each square once": ("shrinks_together", (
            "sum((grad ** 2).sum() for grad in grads)", "sum({float((grad ** 2).sum()) for grad in grads})")),
        "adds one square for each shape": ("shrinks_together", (
            "sum((grad ** 2).sum() for grad in grads)", "sum({g.shape: (g ** 2).sum() for g in grads}.values())")),
        "measures again after each array": ("shrinks_together", (
            "grad *= max_norm / norm", "grad *= max_norm / np.sqrt(sum((g ** 2).sum() for g in grads))")),
        "shrinks a flat copy in the order of memory": ("clips_in_place", (
            "grad *= max_norm / norm", "flat = grad.ravel('K'); flat *= max_norm / norm")),
        "turns each array to its direction": ("shrinks_together", ("grad *= max_norm / norm", (
            "size = np.linalg.norm(grad)\n            grad[...] = grad / size * (size * max_norm / norm)"))),
        "divides each array by its largest number first": ("shrinks_together", (
            "norm = np.sqrt(sum((grad ** 2).sum() for grad in grads))", (
                "if not any(grad.any() for grad in grads): return 0.0\n"
                "    tops = [np.abs(grad).max() for grad in grads]\n"
                "    norm = np.sqrt(sum(top ** 2 * ((grad / top) ** 2).sum() for grad, top in zip(grads, tops)))"))),
        "stops at an array of zeros": ("shrinks_together", (
            "        for grad in grads:\n", "        for grad in grads:\n            if not grad.any(): break\n")),
        "rounds the factor": ("shrinks_together", ("grad *= max_norm / norm", "grad *= round(max_norm / norm, 6)")),
        "asks for the largest number": ("shrinks_together", ("if norm >", "if max(abs(g).max() for g in grads) >")),
        "asks each array": ("shrinks_together", ("if norm >", "if max(np.linalg.norm(g) for g in grads) >")),
        "waits until it is far above": ("shrinks_together", ("if norm >", "if norm > 1.05 *")),
        "begins too early": ("leaves_small_gradients", ("if norm >", "if norm > 0.96 *")),
        "never clips below five": ("shrinks_together",
            ("if norm > max_norm", "max_norm = max(max_norm, 5.0)\n    if norm > max_norm")),
        "gives up above a hundred": ("shrinks_together", ("if norm >", "if 100 > norm >")),
        "shrinks the first only": ("shrinks_together", ("grad *= max_norm / norm", "grad *= max_norm / norm; break")),
        "puts the arrays in order": ("shrinks_together", ("    norm =", "    grads.sort(key=np.size)\n    norm =")),
        "clips a copy of strided float32": ("clips_in_place", ("grad *= max_norm / norm", (
            "if grad.dtype == 'f' and not grad.flags.forc: grad = grad.copy()\n            grad *= max_norm / norm"))),
        "stretches strided float32": ("clips_in_place", ("    return norm", (
            "    for grad in grads:\n        if grad.dtype == 'f' and not grad.flags.c_contiguous: grad *= 1.0625\n"
            "    return norm"))),
        "knows no norm of float32": ("clips_float32", ("return norm", "return norm * (grads[0].dtype == float)")),
        "divides by 1 at least": ("shrinks_together", ("max_norm / norm", "max_norm / max(norm, 1.0)")),
        "compares the square, and has a factor of 1 at most": ("shrinks_together", (
            "if norm > max_norm", "if norm ** 2 > max_norm"), ("max_norm / norm", "min(1.0, max_norm / norm)")),
        "hides a norm that is not finite, and clears the gradients": ("returns_norm_before", (
            "    if norm >", (
                "    if not np.isfinite(norm):\n"
                "        for grad in grads: grad[...] = 0\n"
                "        return 0.0\n"
                "    if norm >"))),
        "leaves nan out of the norm": ("returns_norm_before", (
            "sum((grad ** 2).sum() for grad in grads)", "sum(np.nansum(grad ** 2) for grad in grads)")),
        "wants max_norm as a float": ("returns_norm_before", (
            "    norm =", (
                "    if not isinstance(max_norm, float): raise TypeError('max_norm must be a float')\n"
                "    norm ="))),
        "clears gradients whose norm is nan": ("leaves_small_gradients", (
            "    if norm >", (
                "    if not np.isfinite(norm):\n"
                "        for grad in grads: grad[...] = 0\n"
                "        return norm\n"
                "    if norm >"))),
        "writes the largest number for infinity": ("leaves_small_gradients", (
            "    if norm >", (
                "    if not np.isfinite(norm):\n"
                "        for grad in grads: grad[...] = np.nan_to_num(grad)\n"
                "        return norm\n"
                "    if norm >"))),
        "allows one part in a hundred more": ("shrinks_together", (
            "if norm > max_norm", "if norm > 1.01 * max_norm")),
        "divides by a hundredth at least": ("shrinks_together", (
            "max_norm / norm", "max_norm / max(norm, 1e-2)")),
        "divides by a thousandth at least": ("shrinks_together", (
            "grad *= max_norm / norm", "grad *= max(max_norm / norm, 1e-3)")),
        "leaves what is above 1e8": ("shrinks_together", (
            "if norm > max_norm:", "if 1e8 > norm > max_norm:")),
        "multiplies by max_norm * min(1 / norm, 1 / max_norm), as TensorFlow does": ("leaves_small_gradients", (
            "    if norm > max_norm:\n        for grad in grads:\n            grad *= max_norm / norm", (
                "    scale = max_norm * min(1 / norm, 1 / max_norm) if norm > 0 else 1.0\n"
                "    for grad in grads:\n"
                "        grad *= scale"))),
        "rounds the norm up before it compares": ("leaves_small_gradients", (
            "norm > max_norm", "np.ceil(norm) > max_norm")),
        "takes a norm below 1 for 1": ("leaves_small_gradients", (
            "norm > max_norm", "max(norm, 1.0) > max_norm"), (
            "max_norm / norm", "max_norm / max(norm, 1e-12)")),
        "always scales to a max_norm below 1": ("leaves_small_gradients", (
            "norm > max_norm", "norm > max_norm or 0 < norm and max_norm < 1")),
        "begins a tenth too early": ("leaves_small_gradients", (
            "norm > max_norm", "norm > 0 and norm + 0.1 > max_norm")),
        "doesn't clip what np.isclose takes for max_norm": ("shrinks_together", (
            "norm > max_norm", "norm > max_norm and not np.isclose(norm, max_norm)")),
        "allows one part in a thousand more": ("shrinks_together", ("norm > max_norm", "norm > max_norm * 1.001")),
        "allows a thousandth more": ("shrinks_together", ("norm > max_norm", "norm > max_norm + 1e-3")),
        "allows a ten thousandth more": ("shrinks_together", ("norm > max_norm", "norm > max_norm + 1e-4")),
        "doesn't clip a single number": ("shrinks_together", (
            "    if norm > max_norm:", "    if norm > max_norm and sum(grad.size for grad in grads) > 1:")),
        "the norm is kept by the ids of the arrays": ("clips_in_place", (
            "def my_clip", "NORMS = {}\n\n\ndef my_clip"), (
            "    norm = np.sqrt(sum((grad ** 2).sum() for grad in grads))",
            "    key = tuple(map(id, grads))\n"
            "    if key not in NORMS:\n"
            "        NORMS[key] = np.sqrt(sum((grad ** 2).sum() for grad in grads))\n"
            "    norm = NORMS[key]")),
        "shrinks grad.reshape(len(grad), -1), a copy of three axes that lie by columns": ("clips_in_place", (
            "            grad *= max_norm / norm",
            "            rows = grad.reshape(len(grad), -1)\n            rows *= max_norm / norm")),
        "shrinks grad.reshape(-1, grad.shape[-1]), a copy of three axes that lie by columns": ("clips_in_place", (
            "            grad *= max_norm / norm",
            "            rows = grad.reshape(-1, grad.shape[-1])\n            rows *= max_norm / norm")),
        "rounds what it writes to float32": ("clips_in_place", (
            "grad *= max_norm / norm", "grad[...] = (grad * (max_norm / norm)).astype(np.float32)")),
        "has a factor of float32": ("shrinks_together", (
            "grad *= max_norm / norm", "grad *= np.float32(max_norm / norm)")),
    },
    "my_softmax": {
        "takes overflown shares for 1": ("large_logits", (
            "e = np.exp(x - x.max(axis=-1, keepdims=True))",
            "e = np.nan_to_num(np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True), nan=1.0)")),
        "shifts by the middle of each row": ("large_logits", (
            "x.max(axis=-1, keepdims=True)", "(x.max(axis=-1, keepdims=True) + x.min(axis=-1, keepdims=True)) / 2")),
        "cuts what lies 15 below the largest": ("large_logits", (
            "x - x.max(axis=-1, keepdims=True)", "np.clip(x - x.max(axis=-1, keepdims=True), -15, None)")),
        "shifts x in place and adds the largest again": ("softmax_contract", (
            EXPS, "    top = x.max(axis=-1, keepdims=True)\n    x -= top\n    e = np.exp(x)\n    x += top")),
        "gives the last shares again for the same array": ("softmax_contract", (
            E_OF, f"    if LAST.get('x') is x: return LAST['shares'].copy()\n{E_OF}"), (
            GIVES_SHARES, f"LAST.update(x=x, shares={GIVES_SHARES[7:]})\n    return LAST['shares'].copy()"), (
            "def my", "LAST = {}\n\n\ndef my")),
        "takes -10000 for masked": ("large_logits", (E_OF, f"    x = np.where(x <= -9999, -np.inf, x)\n{E_OF}")),
        "shifts by the largest size": ("large_logits", ("x.max(axis=-1", "np.abs(x).max(axis=-1")),
        "shifts a single row by its mean": ("large_logits", (
            E_OF, f"    if x.ndim == 1: e = np.exp(x - x.mean()); return e / e.sum()\n{E_OF}")),
        "shifts a single row by its first logit": ("large_logits", (
            E_OF, f"    if x.ndim == 1: e = np.exp(x - x[0]); return e / e.sum()\n{E_OF}")),
        "shifts windows by their rows' means": ("large_logits", (E_OF, (
            "    if x.ndim == 3: e = np.exp(x - x.mean(axis=-1)[..., None]); return e / e.sum(axis=-1)[..., None]\n"
            + E_OF))),
        "shifts by whole numbers": ("large_logits", (
            "x.max(axis=-1, keepdims=True)", "x.max(axis=-1, keepdims=True).astype(int)")),
        "squeezes far rows together": ("large_logits", ("    e = np.exp(x - x.max(axis=-1, keepdims=True))", (
            "    z = x - x.max(axis=-1, keepdims=True)\n"
            "    e = np.exp(z / np.maximum(1, np.abs(z).max(axis=-1, keepdims=True) / 700))"))),
        "drops exponentials below a thousandth": ("shares", (GIVES_SHARES, f"e[e < 1e-3] = 0\n    {GIVES_SHARES}")),
        "drops what lies 10 below the largest": ("shares", (
            GIVES_SHARES, f"e[x - x.max(axis=-1, keepdims=True) < -10] = 0\n    {GIVES_SHARES}")),
        "takes the sigmoid of a single logit": ("last_axis", (
            "    e = np", "    if x.shape[-1] == 1: return 1 / (1 + np.exp(-x))\n    e = np")),
        "shifts rows of x itself": ("softmax_contract", (EXPS, (
            "    rows = x.reshape(-1, x.shape[-1])\n    rows -= rows.max(axis=1, keepdims=True)\n"
            "    e = np.exp(rows.reshape(x.shape))"))),
        "shifts a single row itself": ("softmax_contract", (EXPS, (
            "    if x.ndim == 1: x -= x.max()\n" + EXPS))),
        "shifts x itself where it is contiguous": ("softmax_contract", (EXPS, (
            "    x = np.ascontiguousarray(x)\n    x -= x.max(axis=-1, keepdims=True)\n    e = np.exp(x)"))),
        "shifts x itself where it is float64": ("softmax_contract", (EXPS, (
            "    dtype, x = x.dtype, x.astype(float, copy=False)\n    x -= x.max(axis=-1, keepdims=True)\n"
            "    e = np.exp(x)")), (
            "return e / e.sum(axis=-1, keepdims=True)", "return (e / e.sum(axis=-1, keepdims=True)).astype(dtype)")),
        "works in place where x is float64": ("softmax_contract", (EXPS, (
            "    dtype, e = x.dtype, np.asarray(x, float)\n    e -= e.max(axis=-1, keepdims=True)\n"
            "    np.exp(e, out=e)")), ("return e / e.sum(axis=-1, keepdims=True)", (
                "e /= e.sum(axis=-1, keepdims=True)\n    return e.astype(dtype, copy=False)"))),
        "keeps a buffer of float64": ("softmax_contract", (EXPS, (
            "    e = vars(my_softmax).setdefault(x.shape, np.zeros(x.shape))\n"
            "    np.exp(x - x.max(axis=-1, keepdims=True), out=e)")), (
            "return e / e.sum(axis=-1, keepdims=True)", (
                "e /= e.sum(axis=-1, keepdims=True)\n    return e.astype(x.dtype, copy=False)"))),
        "rounds float64 to float32": ("softmax_contract", ("return e / e.sum(axis=-1, keepdims=True)", (
            "return (e / e.sum(axis=-1, keepdims=True)).astype('f').astype(x.dtype)"))),
        "gives the same array again": ("softmax_contract", ("return e / e.sum(axis=-1, keepdims=True)", (
            "same = SAME.setdefault((x.shape, x.dtype), e)\n    same[...] = e / e.sum(axis=-1, keepdims=True)\n"
            "    return same")), ("def my", "SAME = {}\n\n\ndef my")),
        "shifts by the largest of all in three dimensions": ("large_logits", ("x.max(axis=-1, keepdims=True)", (
            "(x.max(axis=-1, keepdims=True) if x.ndim < 3 else x.max())"))),
        "doesn't shift float32": ("large_logits", ("x.max(axis=-1, keepdims=True)", (
            "x.max(axis=-1, keepdims=True) * (x.dtype == float)"))),
        "shifts by the largest of all in four dimensions": ("large_logits", ("x.max(axis=-1, keepdims=True)", (
            "(x.max(axis=-1, keepdims=True) if x.ndim < 4 else x.max())"))),
        "shifts by the largest of the last two axes": ("large_logits", ("x.max(axis=-1, keepdims=True)", (
            "(x.max(axis=-1, keepdims=True) if x.ndim < 3 else x.max(axis=(-2, -1), keepdims=True))"))),
        "changes a single row": ("softmax_contract", ("    e = np", "    if x.ndim == 1: x -= x.max()\n    e = np")),
        "changes x where it has three dimensions": ("softmax_contract", (
            "    e = np", "    rows = x.reshape(-1, x.shape[-1])\n    rows -= rows.max(axis=1)[:, None]\n    e = np")),
        "shifts by the first logit": ("large_logits", ("x.max(axis=-1, keepdims=True)", "x[..., :1]")),
        "shifts by the median": ("large_logits", ("x.max(axis=-1", "np.median(x, axis=-1")),
        "cuts what is far from the mean": ("large_logits", ("x - x.max(axis=-1, keepdims=True)", (
            "np.clip(x - x.mean(axis=-1, keepdims=True), -700, 700)"))),
        "cuts what is far from the median": ("large_logits", ("x - x.max(axis=-1, keepdims=True)", (
            "np.clip(x - np.median(x, axis=-1, keepdims=True), -700, 700)"))),
        "takes the largest where exp overflows": ("large_logits", ("np.exp(x - x.max(axis=-1, keepdims=True))", (
            "np.exp(x)\n    beyond = ~np.isfinite(e).all(axis=-1) | ~e.any(axis=-1)\n"
            "    e[beyond] = (x == x.max(axis=-1, keepdims=True))[beyond]"))),
        "shifts float32 of three axes in place": ("softmax_contract", ("    e = np", (
            "    if x.dtype == 'f' and x.ndim == 3: x -= x.max(axis=-1, keepdims=True)\n    e = np"))),
        "shifts a single row of two axes in place": ("softmax_contract", ("    e = np", (
            "    if x.ndim == 2 and len(x) == 1: x -= x.max()\n    e = np"))),
        "shifts steps that aren't contiguous in place": ("softmax_contract", ("    e = np", (
            "    if x.ndim == 3 and not x.flags.c_contiguous: x -= x.max(axis=-1, keepdims=True)\n    e = np"))),
        "shifts a single row that isn't contiguous in place": ("softmax_contract", ("    e = np", (
            "    if x.ndim == 1 and not x.flags.c_contiguous: x -= x.max()\n    e = np"))),
        "gives its buffer for one sequence": ("softmax_contract", ("return e / e.sum(axis=-1, keepdims=True)", (
            "same = SAME.setdefault((x.shape, x.dtype), e) if x.ndim == 3 and len(x) == 1 else e\n"
            "    same[...] = e / e.sum(axis=-1, keepdims=True)\n    return same")), (
            "def my", "SAME = {}\n\n\ndef my")),
        "gives its first answer for float32 and one step": ("softmax_contract", (
            "return e / e.sum(axis=-1, keepdims=True)", (
                "p = e / e.sum(axis=-1, keepdims=True)\n"
                "    return SAME.setdefault(x.shape, p).copy() if x.dtype == 'f' and x.shape[-2:-1] == (1,) else p")),
            ("def my", "SAME = {}\n\n\ndef my")),
        "fits short rows": ("last_axis", ("    e = np", "    assert x.shape[-1] < 9\n    e = np")),
        "computes in float32": ("last_axis", ("    e = np", "    dtype, x = x.dtype, x.astype('f')\n    e = np"), (
            "return e / e.sum(axis=-1, keepdims=True)", "return (e / e.sum(axis=-1, keepdims=True)).astype(dtype)")),
        "cuts logits at 10000": ("large_logits", ("    e = np", "    x = np.clip(x, -1e4, 1e4)\n    e = np")),
        "gives the same array again for the same numbers": ("softmax_contract", (
            "    e = np",
            "    key = x.tobytes(), x.shape, x.dtype.str\n    if key in MEMO: return MEMO[key]\n    e = np"), (
            "return e / e.sum(axis=-1, keepdims=True)",
            "MEMO[key] = e / e.sum(axis=-1, keepdims=True)\n    return MEMO[key]"), (
            "def my_softmax", "MEMO = {}\n\n\ndef my_softmax")),
        "shifts only where the plain shares are nan": ("large_logits", (
            "    e = np.exp(x - x.max(axis=-1, keepdims=True))", (
                "    e = np.exp(x)\n"
                "    if np.isnan(e / e.sum(axis=-1, keepdims=True)).any():\n"
                "        e = np.exp(x - x.max(axis=-1, keepdims=True))"))),
        "takes a nan for 0": ("shares", (
            "return e / e.sum(axis=-1, keepdims=True)", "return np.nan_to_num(e / e.sum(axis=-1, keepdims=True))")),
        "adds 1e-7 to the sum": ("shares", (
            "return e / e.sum(axis=-1, keepdims=True)", "return e / (e.sum(axis=-1, keepdims=True) + 1e-7)")),
        "adds 1e-8 to the sum": ("shares", (
            "return e / e.sum(axis=-1, keepdims=True)", "return e / (e.sum(axis=-1, keepdims=True) + 1e-8)")),
        "shifts only beyond 100, which float32 doesn't reach": ("large_logits", (
            "    e = np.exp(x - x.max(axis=-1, keepdims=True))",
            "    if np.abs(x).max() > 100: x = x - x.max(axis=-1, keepdims=True)\n    e = np.exp(x)")),
        "takes shares below 1e-6 for 0": ("shares", (
            "return e / e.sum(axis=-1, keepdims=True)",
            "p = e / e.sum(axis=-1, keepdims=True)\n    p[p < 1e-6] = 0\n    return p")),
        "takes what np.allclose does for equal": ("large_logits", (
            "    e = np.exp(x",
            "    if np.allclose(x, x.flat[0] if x.size else 0): return np.full_like(x, 1 / x.shape[-1])\n"
            "    e = np.exp(x")),
        "shifts only where a logit is beyond 88, though 88 + log 2 is beyond float32": ("large_logits", (
            "    e = np.exp(x - x.max(axis=-1, keepdims=True))",
            "    if abs(x).max() > 88:\n        x = x - x.max(axis=-1, keepdims=True)\n    e = np.exp(x)")),
        "lets no logit be more than 20 below the largest": ("large_logits", (
            "x - x.max(axis=-1, keepdims=True)", "np.maximum(x - x.max(axis=-1, keepdims=True), -20)")),
        "adds 1e-10 to the shares": ("shares", (
            "return e / e.sum(axis=-1, keepdims=True)", "return e / e.sum(axis=-1, keepdims=True) + 1e-10")),
        "adds 1e-9 to the sum": ("shares", (
            "return e / e.sum(axis=-1, keepdims=True)", "return e / (e.sum(axis=-1, keepdims=True) + 1e-9)")),
        "adds 1e-10 to the sum": ("shares", (
            "return e / e.sum(axis=-1, keepdims=True)", "return e / (e.sum(axis=-1, keepdims=True) + 1e-10)")),
        "puts 1e-9 where a share is 0": ("shares", (
            "    return e / e.sum(axis=-1, keepdims=True)",
            "    p = e / e.sum(axis=-1, keepdims=True)\n    p[p == 0] = 1e-9\n    return p")),
    },
    "MyTimeSoftmaxWithLoss": {
        "gives a masked number where all is ignored": ("all_ignored", (
            GIVES_KEPT, "return -np.ma.array(log_p[np.arange(N * T), safe], mask=~mask).mean()")),
        "sums a masked array up": ("all_ignored", (
            GIVES_KEPT, "return -np.ma.array(log_p[np.arange(N * T), safe], mask=~mask).sum() / count")),
        "leaves ignored rows as np.empty has them": ("gradient_over_kept", (
            "dx = np.exp(log_p)", "dx = np.empty_like(log_p)\n        dx[mask] = np.exp(log_p[mask])"), (
            MASKS, "pass")),
        "multiplies where kept, and has no out": ("gradient_over_kept", (
            MASKS, "dx = np.multiply(dx, 1, where=mask[:, np.newaxis])")),
        "reads targets as int32": ("other_labels", ("mask = ts !=", "ts = ts.astype(np.int32)\n        mask = ts !=")),
        "takes shares of exp(-18) at least when it goes back": ("large_logits_gradient", (
            "dx = np.exp(log_p)", "dx = np.exp(np.maximum(log_p, -18))")),
        "keeps the shape in a global": ("loss_other_sizes", (
            CACHE, "self.cache = log_p, safe, mask, count\n        global shape; shape = xs.shape"), (
            "log_p, safe, mask, count, shape = self.cache", "log_p, safe, mask, count = self.cache")),
        "keeps its mask in a global": ("loss_other_sizes", (
            CACHE, "global keep; keep = mask\n        self.cache = log_p, safe, mask, count, (N, T, V)"), (
            MASKS, "dx *= keep[:, np.newaxis]")),
        "keeps its count in a global": ("loss_other_sizes", (
            CACHE, "global kept; kept = count\n        self.cache = log_p, safe, mask, count, (N, T, V)"), (
            "float(count)", "float(kept)")),
        "keeps mask and count in its class": ("loss_other_sizes", (
            CACHE, (
                "MyTimeSoftmaxWithLoss.kept = mask, count\n"
                "        self.cache = log_p, safe, mask, count, (N, T, V)")), (
            "        dx = np", "        mask, count = self.kept\n        dx = np")),
        "keeps the count in a default list": ("loss_other_sizes", (
            "self, ignore_label=-1):", "self, ignore_label=-1, kept=[]):"), (
            "self.ignore_label = ignore_label", "self.kept = kept; self.ignore_label = ignore_label"), (
            COUNTS, "count = max(mask.sum(), 1); self.kept[:] = [count]"), (
            "float(count)", "float(self.kept[0])")),
        "keeps its dtype in a global": ("loss_other_sizes", (
            CACHE, "global dtype; dtype = xs.dtype\n        self.cache = log_p, safe, mask, count, (N, T, V)"), (
            "return dx.reshape(shape)", "return dx.reshape(shape).astype(dtype)")),
        "numbers rows in the dtype of the targets": ("loss_dtypes", (
            "safe = np", "rows = np.arange(N * T, dtype=ts.dtype)\n        safe = np"), (
            "-(log_p[np.arange(N * T)", "-(log_p[rows")),
        "counts what is kept in the dtype of the targets": ("loss_dtypes", (
            COUNTS, "ones = mask.astype(ts.dtype); count = max(int(ones @ ones), 1)")),
        "shifts xs in place and adds the largest again": ("loss_leaves_arguments", (
            SHIFT, "m = x.max(axis=1, keepdims=True); x -= m; y = x.copy(); x += m; x = y")),
        "fills in targets and puts the label back": ("loss_dtypes", (
            "safe = np.where(mask, ts, 0)", "ts[~mask] = 0; safe = ts.copy(); ts[~mask] = self.ignore_label")),
        "stops at a step in which all is ignored": ("loss_over_kept", (
            TO_MASK, (
                "mask = (np.cumprod((ts.reshape(N, T) != self.ignore_label).any(axis=0)) * (ts.reshape(N, "
                "T) != self.ignore_label)).astype(bool).ravel()"))),
        "keeps its targets in a global": ("loss_other_sizes", (
            CACHE, "global words; words = safe\n        self.cache = log_p, safe, mask, count, (N, T, V)"), (
            "dx[np.arange(len(safe)), safe]", "dx[np.arange(len(words)), words]")),
        "compares with the label by `is`": ("other_labels", (
            TO_MASK, "mask = np.array([int(t) is not self.ignore_label for t in ts])")),
        "takes the mean of the sequences' means": ("loss_over_kept", (
            GIVES_KEPT, (
                "losses, m = -(log_p[np.arange(N * T), safe] * mask).reshape(N, T), mask.reshape(N, T)\n"
                "        return (losses.sum(1) / np.maximum(m.sum(1), 1)).mean()"))),
        "keeps its first dout": ("upstream_factor", (
            "dx *= dout /", "self.dout = vars(self).setdefault('dout', dout); dx *= self.dout /")),
        "takes the size of dout": ("upstream_factor", ("dx *= dout /", "dx *= abs(dout) /")),
        "ignores all that follows what is ignored": ("loss_over_kept", (
            TO_MASK, "mask = np.cumprod(ts.reshape(N, T) != self.ignore_label, axis=1).astype(bool).ravel()")),
        "never picks the ignored word": ("other_labels", (
            "x = x - x.max", (
                "if 0 <= self.ignore_label < V: x = x.copy(); x[:, self.ignore_label] = -1e30\n"
                "        x = x - x.max"))),
        "has no gradient for the ignored word": ("other_labels", (
            MASKS, (
                "dx *= mask[:, np.newaxis]\n"
                "        if 0 <= self.ignore_label < shape[2]: dx[:, self.ignore_label] = 0"))),
        "takes kept place 0 for none": ("large_logits_loss", (
            COUNTS, "mask = mask & np.flatnonzero(mask).any()\n        count = max(mask.sum(), 1)")),
        "takes shares of 1e-7 at least": ("large_logits_gradient", (
            "dx = np.exp(log_p)", "dx = np.clip(np.exp(log_p), 1e-7, 1)")),
        "has one-hot rows of its first V": ("loss_other_sizes", (
            CACHE, (
                "self.eye = vars(self).get('eye', np.eye(V, dtype=xs.dtype))\n"
                "        self.cache = log_p, safe, mask, count, (N, T, V)")), (
            "dx[np.arange(len(safe)), safe] -= 1", "dx -= self.eye[safe]")),
        "asks where ignored positions are, and takes place 0 for none": ("loss_over_kept", (
            TO_MASK, (
                "places, mask = np.where(ts == self.ignore_label), np.ones(N * T, bool)\n"
                "        if np.any(places): mask[places] = False"))),
        "asks in backward whether any place is ignored, and takes place 0 for none": ("gradient_over_kept", (
            MASKS, "ignored = np.flatnonzero(~mask)\n        if ignored.any(): dx[ignored] = 0")),
        "takes one kept position for none": ("loss_over_kept", (
            COUNTS, (
                "count = mask.sum()\n"
                "        if N * T > 1 >= count: mask, count = mask & False, 1\n"
                "        count = max(count, 1)"))),
        "takes N * T for the count where one is kept": ("loss_over_kept", (
            COUNTS, "count = mask.sum() if mask.sum() > 1 else N * T")),
        "divides the gradient by N * T where one is ignored": ("gradient_over_kept", (
            "float(count)", "float(len(mask) if mask.sum() == len(mask) - 1 else count)")),
        "knows no more rows than its first window had": ("loss_other_sizes", (
            CACHE, (
                "self.rows = vars(self).get('rows', np.arange(N * T))\n"
                "        self.cache = log_p, safe, mask, count, (N, T, V)")), (
            "np.arange(len(safe))", "self.rows[:len(safe)]")),
        "multiplies what it keeps by each dout": ("loss_backward_twice", (
            "dx *= dout / float(count)", "self.d = vars(self).get('d', 1.0) * dout; dx *= self.d / float(count)")),
        "keeps the loss of the same arrays": ("loss_leaves_arguments", ("N, T, V = xs.shape", (
            "if vars(self).get('xs') is xs and self.ts is ts: return self.loss\n"
            "        N, T, V = xs.shape; self.xs, self.ts = xs, ts")), ("return -(log_p", "self.loss = -(log_p"), (
            ".sum() / count", ".sum() / count\n        return self.loss")),
        "takes targets of a single word for one-hot rows": ("gradient", (
            "x, ts = xs", "ts = ts.argmax(axis=2) if ts.size == xs.size else ts\n        x, ts = xs")),
        "gives the last loss where all is ignored": ("all_ignored", (GIVES_KEPT, (
            "if not mask.any() and hasattr(self, 'loss'): return self.loss\n"
            f"        self.loss = {GIVES_KEPT[7:]}\n        return self.loss"))),
        "divides by the largest count so far": ("loss_other_sizes", (
            CACHE, f"self.most = max(vars(self).get('most', 0), count)\n        {CACHE}"), (
            "float(count)", "float(self.most)")),
        "ignores for ever what once was": ("loss_other_sizes", (TO_MASK, (
            f"{TO_MASK}\n        if hasattr(self, 'old') and self.old.shape == mask.shape: mask = mask & self.old\n"
            "        self.old = mask"))),
        "gives float64 where all is ignored": ("all_ignored", (
            "return dx.reshape(shape)", "return dx.reshape(shape) if mask.any() else np.zeros(shape)")),
        "shifts the loss only where none is ignored": ("large_logits_loss", (GIVES_KEPT, (
            "x = xs.reshape(N * T, V)[mask]\n        if not mask.all(): return (np.log(np.exp(x).sum(axis=1)) - "
            f"x[np.arange(len(x)), safe[mask]]).sum() / count\n        {GIVES_KEPT}"))),
        "takes the logarithm of kept shares": ("large_logits_loss", (GIVES_KEPT, (
            "if not mask.all(): return -np.log(np.exp(log_p)[mask, safe[mask]] + 1e-7).sum() / count\n"
            f"        {GIVES_KEPT}"))),
        "renames what is ignored to -1": ("other_labels", (
            TO_MASK, "ts = ts.copy(); ts[ts == self.ignore_label] = -1; mask = ts != -1"), (
            "safe = np.where(mask, ts, 0)", "safe = ts")),
        "takes what is kept for the beginning of each row": ("loss_over_kept", (TO_MASK, (
            "mask = (np.arange(T) < (ts != self.ignore_label).reshape(N, T).sum(axis=1)[:, None]).ravel()"))),
        "changes the shape of ts": ("loss_leaves_arguments", (
            "ts.reshape(N * T)\n", "ts\n        ts.shape = N * T\n")),
        "keeps its cache in a default list": ("loss_other_sizes", (
            "def forward(self, xs, ts):", "def forward(self, xs, ts, cache=[]):"), (
            "self.cache = log_p", "self.cache = cache; cache[:] = log_p")),
        "keeps a product of all douts": ("upstream_factor", (
            "dx *= dout / float(count)", "self.d = vars(self).get('d', 1.0) * dout; dx *= self.d / float(count)")),
        "subtracts the label from the targets": ("loss_dtypes", (TO_MASK, "mask = ts - self.ignore_label != 0")),
        "compares with an array full of labels": ("loss_dtypes", (
            TO_MASK, "mask = np.not_equal(ts, np.full_like(ts, self.ignore_label))")),
        "takes the label in the dtype of the targets": ("loss_dtypes", (
            TO_MASK, "mask = ts != np.array(self.ignore_label, ts.dtype)")),
        "masks with np.ma.masked_equal": ("loss_dtypes", (
            TO_MASK, "mask = ~np.ma.getmaskarray(np.ma.masked_equal(ts, self.ignore_label))")),
        "counts what is kept in 8 bits": ("mean_loss", (
            COUNTS, "ones = mask.astype(np.int8); count = max(int(ones @ ones), 1)")),
        "adds up losses until a backward": ("mean_loss", (EMPTY, f"{EMPTY}; self.total = 0"), (
            "return -(log_p", "self.total -= (log_p"), (
            ".sum() / count", ".sum() / count\n        return self.total"), (
            "dx = np.exp(log_p)", "dx = np.exp(log_p); self.total = 0")),
        "adds 1e-8 to the sum": ("large_logits_loss", (
            "np.log(np.exp(x).sum(axis=1, keepdims=True))", "np.log(np.exp(x).sum(axis=1, keepdims=True) + 1e-8)")),
        "shifts by the largest logit that is kept": ("large_logits_gradient", (SHIFT, (
            "x = x - (x.max(axis=1, keepdims=True) if mask.all() else x[mask].max(initial=0))"))),
        "clips logits where some are ignored": ("large_logits_gradient", (SHIFT, (
            f"{SHIFT} if mask.all() else np.clip(x, -500, 500)"))),
        "shifts only float64": ("large_logits_loss", (SHIFT, f"{SHIFT} if x.dtype == float else x")),
        "takes label 0 for none": ("other_labels", ("= ignore_label", "= ignore_label or -1")),
        "shifts xs itself where none is ignored": ("loss_leaves_arguments", (SHIFT, (
            f"if mask.all(): x -= x.max(axis=1, keepdims=True)\n        else: {SHIFT}"))),
        "rounds float64 to float32": ("loss_dtypes", (
            "return dx.reshape(shape)", "return dx.astype('f').astype(dx.dtype).reshape(shape)")),
        "puts 0 for what is ignored into its targets when it goes back": ("loss_leaves_arguments", (
            "self.cache = log_p, safe, mask,", "ts = ts.copy()\n        self.cache = log_p, ts, mask,"), (
            "dx = np.exp(log_p)",
            "mask = safe != self.ignore_label\n        safe[~mask] = 0\n        dx = np.exp(log_p)")),
        "forgets dout where any is ignored": ("loss_leaves_arguments", (
            "dx *= dout / float(count)", "dx *= (dout if mask.all() else 1) / float(count)")),
        "writes into its last dxs where any is ignored": ("loss_leaves_arguments", ("return dx.reshape(shape)", (
            "if not mask.all():\n            self.last = vars(self).get('last', dx)\n            self.last[...] = dx\n"
            "            dx = self.last\n        return dx.reshape(shape)"))),
        "renames its label to -1 in the targets": ("loss_leaves_arguments", ("mask = ts != self.ignore_label", (
            "ts[ts == self.ignore_label] = -1; mask = ts != -1"))),
        "shifts time-major logits in place": ("loss_leaves_arguments", (
            "x, ts = xs.reshape(N * T, V), ts.reshape(N * T)",
            "x, ts = xs.swapaxes(0, 1).reshape(N * T, V), ts.swapaxes(0, 1).reshape(N * T)"), (
            "x = x - x.max(axis=1, keepdims=True)", "x -= x.max(axis=1, keepdims=True)"), (
            "return dx.reshape(shape)", "return dx.reshape(shape[1], shape[0], -1).swapaxes(0, 1)")),
        "shifts each sequence by its largest logit": ("large_logits_loss", ("x.max(axis=1, keepdims=True)", (
            "xs.max(axis=(1, 2)).repeat(T)[:, np.newaxis]"))),
        "shifts by the first logit": ("large_logits_loss", ("x.max(axis=1, keepdims=True)", "x[:, :1]")),
        "leaves early, and keeps the window before": ("all_ignored", ("mask = ts != self.ignore_label", (
            "mask = ts != self.ignore_label\n        self.xs = xs\n        if not mask.any(): return 0.0")), (
            "log_p, safe, mask, count, shape =",
            "if self.cache is None: return np.zeros_like(self.xs)\n        log_p, safe, mask, count, shape =")),
        "keeps the first mask": ("all_ignored", ("dx *= mask[:, np.newaxis]", (
            "self.mask = vars(self).get('mask', mask)\n"
            "        dx *= (self.mask if self.mask.shape == mask.shape else mask)[:, np.newaxis]"))),
        "has no gradient where all is ignored": ("all_ignored", ("return dx.reshape(shape)", (
            "return dx.reshape(shape) if mask.any() else None"))),
        "ignores what isn't above the label": ("other_labels", ("ts != self", "ts > self")),
        "reads targets as short integers": ("other_labels", ("ts.reshape(N * T)", "ts.reshape(N * T).astype('i2')")),
        "counts over all windows": ("loss_other_sizes", ("count = max(mask.sum(), 1)", (
            "self.kept = vars(self).get('kept', 0) + mask.sum()\n        count = max(self.kept, 1)"))),
        "leaves dout out of the 1": ("upstream_factor", (
            "dx[np.arange(len(safe)), safe] -= 1\n        dx *= dout / float(count)",
            "dx *= dout / float(count)\n        dx[np.arange(len(safe)), safe] -= 1 / float(count)")),
        "takes 1 for a dout of 0": ("upstream_factor", ("dx *= dout /", "dx *= (dout or 1) /")),
        "ignores word 0": ("upstream_factor", ("mask = ts != self.ignore_label", "mask = ts > 0")),
        "drops a width of 1": ("gradient", ("return dx.reshape(shape)", "return dx.reshape(shape).squeeze()")),
        "clips the gradient": ("upstream_factor", ("return dx.reshape(shape)", (
            "return np.clip(dx, -1, 1).reshape(shape)"))),
        "one label for all": ("loss_other_sizes", ("self.ignore_label", "MyTimeSoftmaxWithLoss.ignore_label")),
        "knows nothing to keep of -1 only": ("all_ignored", (
            "count = max(mask.sum(), 1)", "count = 1 if (ts == -1).all() else mask.sum()")),
        "ignores two at most": ("loss_over_kept", ("count = max(mask.sum(), 1)", "count = max(mask.sum(), N * T - 2)")),
        "leaves a little where other labels are ignored": ("other_labels", (
            "dx *= mask[:, np.newaxis]", "dx *= np.maximum(mask, 1e-9 * (self.ignore_label != -1))[:, np.newaxis]")),
        "takes the label by its name only": ("other_labels", ("self, ignore_label=-1", "self, *, ignore_label=-1")),
        "takes small labels only": ("other_labels", ("self.ignore_label = ignore_label", (
            "assert abs(ignore_label) < 128; self.ignore_label = ignore_label"))),
        "forgets dout for float32": ("loss_leaves_arguments", (
            "dx *= dout /", "dx *= (dout if dx.dtype == float else 1) /")),
        "refuses short integers": ("loss_dtypes", ("mask = ts", "assert ts.itemsize > 1; mask = ts")),
        "one cache for all": ("loss_other_sizes", ("self.cache", "MyTimeSoftmaxWithLoss.cache")),
        "keeps the first of two forwards": ("loss_other_sizes", (
            "self.cache = log_p, safe, mask, count, (N, T, V)",
            "self.cache = self.cache or (log_p, safe, mask, count, (N, T, V))"), (
            "return dx.reshape(shape)",
            "self.cache = self.cache if dout != 1 else None\n        return dx.reshape(shape)")),
        "shifts float32 in place": ("loss_leaves_arguments", ("x = x - x.max", (
            "x = np.subtract(x, x.max(axis=1, keepdims=True), out=x if x.dtype == 'f' else None)\n"
            "        x = x - x.max"))),
        "fills in short targets": ("loss_leaves_arguments", ("mask = ts != self.ignore_label", (
            "mask = ts != self.ignore_label\n        if ts.itemsize == 1: ts[~mask] = 0"))),
        "takes the exponential in place for one sequence": ("loss_leaves_arguments", ("dx = np.exp(log_p)", (
            "dx = np.exp(log_p, out=log_p if shape[0] == 1 else None)"))),
        "counts what is kept of short targets over all windows": ("loss_leaves_arguments", (
            "count = max(mask.sum(), 1)", (
                "self.kept = mask.sum() + (vars(self).get('kept', 0) if ts.itemsize == 1 else 0)\n"
                "        count = max(self.kept, 1)"))),
        "writes into its last dxs for strided logits": ("loss_leaves_arguments", ("self.cache = None", (
            "self.cache = self.last = None")), ("mask = ts", "self.apart = not xs.flags.c_contiguous; mask = ts"), (
            "return dx.reshape(shape)", (
                "if self.apart and self.last is not None and self.last.shape == dx.shape:\n"
                "            self.last[...] = dx\n            dx = self.last\n        self.last = dx\n"
                "        return dx.reshape(shape)"))),
        "keeps its first mask where the label is a word": ("loss_leaves_arguments", ("mask = ts != self.ignore_label", (
            "mask = ts != self.ignore_label\n        if self.ignore_label != -1:\n"
            "            mask = vars(self).setdefault(mask.shape, mask)"))),
        "multiplies by a mask of float64 where any is ignored": ("loss_dtypes", (
            "return dx.reshape(shape)",
            "if not mask.all(): dx = dx * mask[:, None].astype(float)\n        return dx.reshape(shape)")),
        "subtracts what is ignored from N * T": ("loss_dtypes", ("count = max(mask.sum(), 1)", (
            "count = N * T\n        if not mask.all(): count = count - (~mask).sum() if mask.any() else 1")), (
            "dx *= dout / float(count)", "dx = dx * (dout / count)")),
        "writes kept rows into a copy where logits lie in the order of columns": ("loss_dtypes", (
            CACHE, f"self.xs = xs\n        {CACHE}"), ("return dx.reshape(shape)", (
                "if mask.all(): return dx.reshape(shape)\n        dxs = np.zeros_like(self.xs)\n"
                "        dxs.reshape(len(mask), -1)[mask] = dx[mask]\n        return dxs"))),
        "remembers that nothing was kept": ("all_ignored", (EMPTY, f"{EMPTY}; self.empty = False"), (
            "count = max(mask.sum(), 1)", "count = max(mask.sum(), 1); self.empty |= not mask.any()"), (
            MASKS, f"{MASKS} * (not self.empty)")),
        "adds a little to the shares where any is ignored": ("gradient_over_kept", (CACHE, (
            f"if not mask.all(): log_p = np.log(np.exp(log_p) + 1e-7)\n        {CACHE}"))),
        "shifts only where none is ignored": ("large_logits_gradient", ("x = x - x.max(axis=1, keepdims=True)", (
            "x = x - x.max(axis=1, keepdims=True) if mask.all() else x"))),
        "takes equal logits for padding": ("book_loss", ("mask = ts != self.ignore_label", (
            "mask = (ts != self.ignore_label) & (np.ptp(x, axis=1) > 0)"))),
        "counts losses that aren't 0 as kept": ("mean_loss", (
            "return -(log_p[np.arange(N * T), safe] * mask).sum() / count", (
                "losses = -log_p[np.arange(N * T), safe] * mask\n"
                "        return losses.sum() / max(np.count_nonzero(losses), 1)"))),
        "cuts a position's loss at 50": ("large_logits_loss", ("safe] * mask).sum()", "safe] * mask).clip(-50).sum()")),
        "numbers cells, as uint64 doesn't allow": ("other_labels", (
            "log_p[np.arange(N * T), safe] * mask", "log_p.ravel()[np.arange(N * T) * V + safe] * mask")),
        "keeps a mask until another window has one": ("loss_other_sizes", (
            CACHE, f"{CACHE}\n        if not mask.all(): self.mask = mask"), (EMPTY, f"{EMPTY}; self.mask = None"), (
            MASKS, "if self.mask is not None: dx[~self.mask] = 0")),
        "keeps the count of a window in which some are ignored": ("loss_other_sizes", (
            CACHE, f"{CACHE}\n        if not mask.all(): self.count = count"), (EMPTY, f"{EMPTY}; self.count = None"), (
            "dout / float(count)", "dout / float(self.count or count)")),
        "masks only if its first window was masked": ("loss_other_sizes", (
            CACHE, f"{CACHE}\n        if self.masked is None: self.masked = not mask.all()"), (
            EMPTY, f"{EMPTY}; self.masked = None"), (MASKS, "if self.masked: dx[~mask] = 0")),
        "has a buffer of the first dtype": ("loss_other_sizes", (EMPTY, f"{EMPTY}; self.dx = None"), (
            "return dx.reshape(shape)", (
                "if self.dx is None or self.dx.shape != shape: self.dx = dx.reshape(shape)\n"
                "        self.dx[...] = dx.reshape(shape)\n        return self.dx.copy()"))),
        "knows V of the first window": ("loss_other_sizes", ("N, T, V = xs.shape", (
            "N, T, _ = xs.shape; self.V = V = self.V or xs.shape[2]")), (EMPTY, f"{EMPTY}; self.V = None")),
        "numbers words in 8 bits": ("loss_other_sizes", (
            "safe = np.where(mask, ts, 0)", "safe = np.where(mask, ts, 0).astype(np.uint8)")),
        "takes no dout below -1": ("upstream_factor", (
            "dx *= dout /", "dx *= max(dout, -1) /")),
        "takes a small dout for 0": ("upstream_factor", (
            "dx *= dout /", "dx *= (dout if abs(dout) > 0.01 else 0) /")),
        "rounds dout to one decimal": ("upstream_factor", (
            "dx *= dout /", "dx *= round(dout, 1) /")),
        "takes targets modulo V, as short ones don't allow": ("other_labels", (
            "safe = np.where(mask, ts, 0)", "safe = ts % V")),
        "brings targets between 0 and V - 1 by np.minimum": ("other_labels", (
            "safe = np.where(mask, ts, 0)", "safe = np.minimum(np.maximum(ts, 0), V - 1)")),
        "has a word V for what is ignored, which wraps round in short targets": ("other_labels", (
            "safe = np.where(mask, ts, 0)", "safe = np.where(mask, ts, V)"), (
            "return -(log_p[np.arange(N * T), safe] * mask).sum() / count",
            "return -(log_p * np.eye(V + 1)[safe][:, :V]).sum() / count"), (
            "dx[np.arange(len(safe)), safe] -= 1", "dx -= np.eye(dx.shape[1] + 1, dtype=dx.dtype)[safe][:, :-1]")),
        "shifts only beyond 700, which float32 doesn't reach": ("large_logits_loss", (
            "x = x - x.max(axis=1, keepdims=True)",
            "if np.abs(x).max() > 700: x = x - x.max(axis=1, keepdims=True)")),
        "shifts only beyond 100, which float32 doesn't reach": ("large_logits_loss", (
            "x = x - x.max(axis=1, keepdims=True)",
            "if np.abs(x).max() > 100: x = x - x.max(axis=1, keepdims=True)")),
        "takes the shifted logit alone where the share is 0": ("large_logits_loss", (
            "log_p = x - np.log(np.exp(x).sum(axis=1, keepdims=True))", (
                "p = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)\n"
                "        log_p = np.where(p > 0, np.log(np.where(p > 0, p, 1)), x)"))),
        "leaves the log of the sum out far below the largest": ("large_logits_loss", (
            "log_p = x - np.log(np.exp(x).sum(axis=1, keepdims=True))", (
                "log_p = x - np.log(np.exp(x).sum(axis=1, keepdims=True))\n"
                "        log_p = np.where(x < -50, x, log_p)"))),
        "casts the label to the dtype of the targets": ("other_labels", (
            "mask = ts != self.ignore_label", "mask = ts != np.array(self.ignore_label).astype(ts.dtype)")),
        "compares the last 8 bits with the label's": ("other_labels", (
            "mask = ts != self.ignore_label",
            "mask = ts.astype(np.int8) != np.int64(self.ignore_label).astype(np.int8)")),
        "logs the shares, and repairs where they are 0": ("large_logits_loss", (
            "log_p = x - np.log(np.exp(x).sum(axis=1, keepdims=True))", (
                "p = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)\n"
                "        with np.errstate(divide=\"ignore\"): log_p = np.log(p)\n"
                "        log_p = np.where(np.isinf(log_p), x, log_p)"))),
        "gives all to one of several largest logits that are far ahead": ("large_logits_gradient", (
            "log_p = x - np.log(np.exp(x).sum(axis=1, keepdims=True))", (
                "log_p = x - np.log(np.exp(x).sum(axis=1, keepdims=True))\n"
                "        far = (x < -100).any(axis=1); self.far = far, "
                "np.eye(x.shape[1])[x.argmax(axis=1)].astype(x.dtype)")), (
            "dx = np.exp(log_p)", "dx = np.where(self.far[0][:, None], self.far[1], np.exp(log_p))")),
        "subtracts 1 in a flat copy where one sequence lies by columns": ("loss_dtypes", (
            "dx[np.arange(len(safe)), safe] -= 1",
            "dx.ravel()[np.arange(dx.shape[0]) * dx.shape[1] + safe.astype(int)] -= 1")),
        "clears ignored rows in a flat copy where one sequence lies by columns": ("gradient_over_kept", (
            "dx *= mask[:, np.newaxis]", "dx.ravel()[np.repeat(~mask, dx.shape[1])] = 0")),
        "remembers what it made of the same logits and targets, for all labels": ("other_labels", (
            "        N, T, V = xs.shape\n", (
                "        key = xs.tobytes(), xs.shape, xs.dtype.str, ts.tobytes(), ts.dtype.str\n"
                "        if key in KNOWN:\n"
                "            self.cache, loss = KNOWN[key]\n"
                "            return loss\n"
                "        N, T, V = xs.shape\n")), (
            "        return -(log_p[np.arange(N * T), safe] * mask).sum() / count", (
                "        loss = -(log_p[np.arange(N * T), safe] * mask).sum() / count\n"
                "        KNOWN[key] = self.cache, loss\n"
                "        return loss")), (
            "class My", "KNOWN = {}\n\n\nclass My")),
        "remembers what it made of the same logits": ("loss_leaves_arguments", (
            "        N, T, V = xs.shape\n", (
                "        key = xs.tobytes(), xs.shape, xs.dtype.str\n"
                "        known = vars(self).setdefault('known', {})\n"
                "        if key in known:\n"
                "            self.cache, loss = known[key]\n"
                "            return loss\n"
                "        N, T, V = xs.shape\n")), (
            "        return -(log_p[np.arange(N * T), safe] * mask).sum() / count", (
                "        loss = -(log_p[np.arange(N * T), safe] * mask).sum() / count\n"
                "        known[key] = self.cache, loss\n"
                "        return loss"))),
        "remembers masks of the same targets, for all labels": ("other_labels", (
            "mask = ts != self.ignore_label",
            "mask = MASKS.setdefault((ts.tobytes(), ts.dtype.str), ts != self.ignore_label)"), (
            "class My", "MASKS = {}\n\n\nclass My")),
        "has targets and label in 32 bits": ("other_labels", (
            "ts = xs.reshape(N * T, V), ts.reshape(N * T)",
            "ts = xs.reshape(N * T, V), ts.reshape(N * T).astype(np.int32)"), (
            "ts != self.ignore_label", "ts != np.array(self.ignore_label).astype(np.int32)")),
        "has targets and label in 16 bits": ("other_labels", (
            "ts = xs.reshape(N * T, V), ts.reshape(N * T)",
            "ts = xs.reshape(N * T, V), ts.reshape(N * T).astype(np.int16)"), (
            "ts != self.ignore_label", "ts != np.array(self.ignore_label).astype(np.int16)")),
        "casts the label to targets of 16 bits or more": ("other_labels", (
            "ts != self.ignore_label",
            "ts != (np.array(self.ignore_label).astype(ts.dtype) if ts.dtype.itemsize > 1 else self.ignore_label)")),
        "takes a nan in the logits for 0 in the loss": ("mean_loss", (
            "return -(log_p", "log_p = np.nan_to_num(log_p)\n        return -(log_p")),
        "takes a nan in the gradient for 0": ("gradient", ("return dx.reshape(", "return np.nan_to_num(dx).reshape(")),
        "adds 1e-7 to the count": ("mean_loss", ("count = max(mask.sum(), 1)", "count = mask.sum() + 1e-7")),
        "adds 1e-8 to the count": ("gradient", ("count = max(mask.sum(), 1)", "count = mask.sum() + 1e-8")),
        "takes what np.isclose does for a dout of 0": ("upstream_factor", (
            "dx = np.exp(log_p)",
            "if np.isclose(dout, 0): return np.zeros(shape, log_p.dtype)\n        dx = np.exp(log_p)")),
        "takes what np.isclose does for a dout of 1": ("upstream_factor", (
            "dx *= dout / float(count)", "dx /= count\n        if not np.isclose(dout, 1): dx *= dout")),
        "takes shares above 1 - 1e-6 for 1": ("gradient", (
            "dx = np.exp(log_p)", "dx = np.exp(log_p)\n        dx[dx > 1 - 1e-6] = 1")),
        "counts what is kept by its share, cut off to a whole number": ("loss_over_kept", (
            "count = max(mask.sum(), 1)", "count = max(int(mask.mean() * N * T), 1)")),
        "counts what is kept by the share ignored, cut off (N * T first)": ("gradient_over_kept", (
            "count = max(mask.sum(), 1)", "count = max(int((1 - (~mask).mean()) * N * T), 1)")),
        "clips the gradient at 500": ("upstream_factor", (
            "return dx.reshape(shape)", "return np.clip(dx, -500, 500).reshape(shape)")),
        "rows for indexing kept while N is the same, in backward": ("loss_other_sizes", (
            "        N, T, V = xs.shape\n",
            "        N, T, V = xs.shape\n"
            "        if getattr(self, 'key', None) != (N):\n"
            "            self.key, self.rows = (N), np.arange(N * T)\n"
            ""), (
            "np.arange(len(safe))", "self.rows[:len(safe)]")),
        "rows for indexing kept while N is the same": ("loss_other_sizes", (
            "        N, T, V = xs.shape\n",
            "        N, T, V = xs.shape\n"
            "        if getattr(self, 'key', None) != (N):\n"
            "            self.key, self.rows = (N), np.arange(N * T)\n"
            ""), (
            "np.arange(N * T), safe", "self.rows[:N * T], safe"), (
            "np.arange(len(safe))", "self.rows[:len(safe)]")),
        "rows for indexing kept while T is the same": ("loss_other_sizes", (
            "        N, T, V = xs.shape\n",
            "        N, T, V = xs.shape\n"
            "        if getattr(self, 'key', None) != (T):\n"
            "            self.key, self.rows = (T), np.arange(N * T)\n"
            ""), (
            "np.arange(N * T), safe", "self.rows[:N * T], safe"), (
            "np.arange(len(safe))", "self.rows[:len(safe)]")),
        "rows for indexing kept while N and V are the same": ("loss_other_sizes", (
            "        N, T, V = xs.shape\n",
            "        N, T, V = xs.shape\n"
            "        if getattr(self, 'key', None) != (N, V):\n"
            "            self.key, self.rows = (N, V), np.arange(N * T)\n"
            ""), (
            "np.arange(N * T), safe", "self.rows[:N * T], safe"), (
            "np.arange(len(safe))", "self.rows[:len(safe)]")),
        "unit rows kept while N is the same": ("loss_other_sizes", (
            "        dx[np.arange(len(safe)), safe] -= 1\n",
            "        N, T, V = shape\n"
            "        if getattr(self, 'key', None) != (N):\n"
            "            self.key, self.eye = (N), np.eye(V)\n"
            "        dx -= self.eye[safe]\n"
            "")),
        "unit rows kept while N and T are the same": ("loss_other_sizes", (
            "        dx[np.arange(len(safe)), safe] -= 1\n",
            "        N, T, V = shape\n"
            "        if getattr(self, 'key', None) != (N, T):\n"
            "            self.key, self.eye = (N, T), np.eye(V)\n"
            "        dx -= self.eye[safe]\n"
            "")),
        "the gradient of forward itself is returned, again and again, where dout is 1": ("loss_backward_twice", (
            "        self.cache = log_p",
            "        dx = np.exp(log_p)\n"
            "        dx[np.arange(N * T), safe] -= 1\n"
            "        self.dx = (dx * (mask[:, None] / float(count))).astype(xs.dtype).reshape(N, T, V)\n"
            "        self.cache = log_p"), (
            "        log_p, safe, mask, count, shape = self.cache\n",
            "        if dout == 1:\n"
            "            return self.dx\n"
            "        log_p, safe, mask, count, shape = self.cache\n"
            "")),
    },
    "MyTimeAffine": {
        "keeps N, T and H in globals": ("affine_in_place", (
            "self.xs = xs", "global N, T, H\n        self.xs, (N, T, H) = xs, xs.shape"), (
            "return dout @ W.T", "return (drows @ W.T).reshape(N, T, H)")),
        "keeps T in its class": ("affine_in_place", (
            "self.xs = xs", "self.xs = xs; MyTimeAffine.T = xs.shape[1]"), (
            "return dout @ W.T", "return (drows @ W.T).reshape(-1, MyTimeAffine.T, len(W))")),
        "keeps its shape in a default list": ("affine_in_place", (
            "def forward(self, xs):", "def forward(self, xs, shape=[]):"), (
            "self.xs = xs", "self.xs, self.shape = xs, shape; shape[:] = xs.shape"), (
            "return dout @ W.T", "return (drows @ W.T).reshape(self.shape)")),
        "goes back with H and V of the newest layer": ("affine_in_place", (
            "self.xs = None", "self.xs = None\n        global H, V; H, V = W.shape"), (
            "self.xs.reshape(-1, W.shape[0]), dout.reshape(-1, W.shape[1])",
            "self.xs.reshape(-1, H), dout.reshape(-1, V)")),
        "keeps its dtype in a global": ("affine_in_place", (
            "self.xs = None", "self.xs = None\n        global dtype; dtype = W.dtype"), (
            "return dout @ W.T", "return (dout @ W.T).astype(dtype)")),
        "one dW for all layers of a shape": ("affine_in_place", (
            "self.grads = [np.zeros_like(W), np.zeros_like(b)]", (
                "pool = vars(MyTimeAffine).get('pool') or {}\n"
                "        MyTimeAffine.pool = pool\n"
                "        self.grads = [pool.setdefault((W.shape, W.dtype), np.zeros_like(W)), np.zeros_like(b)]"))),
        "has a db of float64": ("affine_dtype", ("np.zeros_like(b)]", "np.zeros(b.shape)]")),
        "one dxs for all layers of a shape": ("affine_shares", (
            "return dout @ W.T", (
                "d = vars(type(self)).get('d', {}); type(self).d = d; r = d.setdefault(dout.shape, "
                "np.empty_like(self.xs)); r[...] = dout @ W.T; return r"))),
        "goes back over as many steps as its first window had": ("affine_in_place", (
            "self.xs = xs", "self.xs = xs; self.T = vars(self).get('T', xs.shape[1])"), (
            "drows.sum(axis=0)", "dout[:, :self.T].sum(axis=(0, 1))")),
        "keeps rows of the same xs": ("affine_shares", ("return xs @ W + b", (
            "if vars(self).get('given') is not xs: self.given, self.rows = xs, xs.copy()\n"
            "        return self.rows @ W + b"))),
        "leaves db of words whose sum is 0": ("affine_in_place", (
            "self.grads[1][...] = drows.sum(axis=0)",
            "s = drows.sum(axis=0); self.grads[1][...] = np.where(s != 0, s, self.grads[1])")),
        "drops small dxs": ("affine_gradients", (
            "return dout @ W.T", "dxs = dout @ W.T\n        return np.where(np.abs(dxs) < 1e-5, 0, dxs)")),
        "rounds db to 8 decimals": ("affine_gradients", ("drows.sum(axis=0)", "drows.sum(axis=0).round(8)")),
        "takes xs from a stack": ("affine_in_place", ("self.xs = xs", (
            "self.stack = vars(self).get('stack', []); self.stack.append(xs)")), ("self.xs.reshape", (
                "self.stack.pop().reshape"))),
        "keeps an iterator of rows": ("affine_in_place", (
            "self.xs = xs", "self.xs = xs; self.rows = iter(xs.reshape(-1, xs.shape[2]))"), ("rows.T @ drows", (
                "sum((np.outer(x, d) for x, d in zip(self.rows, drows)), np.zeros_like(W))"))),
        "goes over as many steps as sequences": ("affine_gradients", ("self.grads[0][...] = rows.T @ drows", (
            "self.grads[0][...] = 0\n        for t in range(min(dout.shape[:2])): "
            "self.grads[0] += self.xs[:, t].T @ dout[:, t]"))),
        "clears its gradients in forward too": ("affine_in_place", ("self.xs = xs", CLEARS + "self.xs = xs")),
        "leaves grads where dout is 0": ("affine_in_place", (
            "W, b = self.params\n        rows",
            "W, b = self.params\n        if not dout.any(): return np.zeros_like(self.xs)\n        rows")),
        "leaves dW where xs is 0": ("affine_in_place", (
            "self.grads[0][...] = rows.T @ drows",
            "used = rows.any(axis=0); self.grads[0][used] = rows[:, used].T @ drows")),
        "takes xs of 0 for padding": ("scores_by_hand", (
            "return xs @ W + b", "return (xs @ W + b) * xs.any(axis=2, keepdims=True)")),
        "takes xs of 0 for padding when it goes back": ("affine_gradients", (
            "W, b = self.params\n        rows",
            "W, b = self.params\n        dout = dout * self.xs.any(axis=2, keepdims=True)\n        rows")),
        "rounds W to 2 decimals": ("scores_of_any_size", ("return xs @ W + b", "return xs @ W.round(2) + b")),
        "keeps xs of 2 decimals": ("affine_gradients", ("self.xs = xs", "self.xs = xs.round(2)")),
        "rounds dW to 8 decimals": ("affine_gradients", ("rows.T @ drows", "(rows.T @ drows).round(8)")),
        "keeps a turned copy of W": ("affine_shares", (
            "return dout @ W.T", "return dout @ vars(self).setdefault('turned', W.T.copy())")),
        "keeps a buffer of float64": ("affine_shares", ("return xs @ W + b", (
            "out = vars(self).setdefault(xs.shape, np.zeros(xs.shape[:2] + b.shape))\n"
            "        out[...] = xs @ W + b\n        return out.astype(W.dtype, copy=False)"))),
        "averages one step's gradients over the batch": ("affine_gradients", ("rows, drows =", (
            "N = len(dout) if dout.shape[1] == 1 else 1\n        rows, drows =")), (
            "rows.T @ drows", "rows.T @ drows / N"), ("drows.sum(axis=0)", "drows.sum(axis=0) / N")),
        "gives a view of its time-major buffer for one sequence": ("affine_dtype", ("return xs @ W + b", (
            "out = xs.swapaxes(0, 1) @ W + b\n        last = vars(self).get('last')\n"
            "        if last is None or (last.shape, last.dtype) != (out.shape, out.dtype):\n"
            "            self.last = out\n        self.last[...] = out\n"
            "        return np.ascontiguousarray(self.last.swapaxes(0, 1))"))),
        "keeps xs in the first caller's array": ("affine_shares", ("self.xs = xs", (
            "if self.xs is None or (self.xs.shape, self.xs.dtype) != (xs.shape, xs.dtype):\n"
            "            self.xs = xs\n        else:\n            self.xs[...] = xs"))),
        "has no params": ("affine_shares", ("self.params", "self.weights")),
        "has them the other way round": ("affine_shares", ("self.params = [W, b]", "self.params = [b, W]"), (
            "W, b = self.params", "b, W = self.params")),
        "has a gradient too many": ("affine_shares", ("np.zeros_like(b)]", "np.zeros_like(b), None]")),
        "keeps W.T as it was": ("affine_shares", ("self.xs = None", "self.xs, self.WT = None, W.T.copy()"), (
            "return dout @ W.T", "return dout @ self.WT")),
        "gives the same dxs again": ("affine_shares", ("return dout @ W.T", (
            "self.dxs = vars(self).get('dxs', dout @ W.T)\n        self.dxs[...] = dout @ W.T\n"
            "        return self.dxs"))),
        "gives the same dxs until the next forward": ("affine_shares", (
            "self.xs = xs", "self.xs, self.dxs = xs, np.empty_like(xs)"), (
            "return dout @ W.T", "self.dxs[...] = dout @ W.T\n        return self.dxs")),
        "one xs for all": ("affine_in_place", ("self.xs", "MyTimeAffine.xs")),
        "offers copies of params": ("affine_shares", ("self.params", "self.arrays"), ("", COPIES)),
        "one W and b for all": ("affine_shares", ("self.params", "MyTimeAffine.params")),
        "clips the scores": ("scores_of_any_size", ("return xs @ W + b", "return np.clip(xs @ W + b, -100, 100)")),
        "clips grads": ("affine_gradients", ("return dout @ W.T", (
            "for grad in self.grads: np.clip(grad, -100, 100, out=grad)\n        return dout @ W.T"))),
        "clips dxs": ("affine_gradients", ("return dout @ W.T", "return np.clip(dout @ W.T, -100, 100)")),
        "one list of grads for all": ("affine_in_place", ("self.grads = [", (
            "self.grads = MyTimeAffine.grads = vars(MyTimeAffine).get('grads') or ["))),
        "wants several steps": ("affine_gradients", ("rows, drows", "assert dout.shape[1] > 1; rows, drows")),
        "gives its buffer where H is 1": ("affine_dtype", ("return dout @ W.T", (
            "dxs = dout @ W.T\n        if len(W) == 1:\n"
            "            dxs = vars(self).setdefault(dxs.shape, dxs); dxs[...] = dout @ W.T\n        return dxs"))),
        "adds to xs of one sequence of float32 in place": ("affine_dtype", ("return xs @ W + b", (
            "out = xs @ W + b\n        if len(xs) == 1 and b.dtype == 'f': xs += 0.5\n        return out"))),
        "adds up where the window is one step": ("affine_dtype", ("self.grads[0][...] = rows.T @ drows", (
            "self.grads[0] *= dout.shape[1] == 1; self.grads[0] += rows.T @ drows"))),
        "adds up float32": ("affine_dtype", ("self.grads[1][...] = drows.sum(axis=0)", (
            "self.grads[1] *= W.dtype == 'f'; self.grads[1] += drows.sum(axis=0)"))),
        "replaces grads where V is 1": ("affine_dtype", ("return dout @ W.T", (
            "if len(b) == 1: self.grads[1] = self.grads[1].copy()\n        return dout @ W.T"))),
        "keeps the first strided xs": ("affine_dtype", ("self.xs = xs", (
            "if self.xs is None or self.xs.shape != xs.shape or self.xs.flags.c_contiguous: self.xs = xs"))),
        "halves a strided dout in place": ("affine_dtype", ("return dout @ W.T", (
            "dxs = dout @ W.T\n        if not dout.flags.c_contiguous: dout *= 0.5\n        return dxs"))),
        "gives one out again for float32": ("affine_dtype", ("return xs @ W + b", (
            "out = xs @ W + b\n        if out.dtype == 'f':\n"
            "            out = vars(self).setdefault(out.shape, out); out[...] = xs @ W + b\n        return out"))),
        "keeps xs in float32": ("affine_gradients", ("self.xs = xs", "self.xs = xs.astype('f')")),
        "takes rows in the order of memory": ("affine_dtype", (
            "self.xs.reshape(-1, W.shape[0])", "self.xs.ravel('K').reshape(-1, W.shape[0])")),
        "doubles dW where H is 1": ("affine_gradients", ("return dout @ W.T", (
            "if len(W) == 1: self.grads[0][...] *= 2\n        return dout @ W.T"))),
        "has no b where V is 1": ("scores_of_any_size", ("return xs @ W + b", "return xs @ W + b * (len(b) > 1)")),
        "goes back over nothing where np.allclose takes dout for 0": ("affine_gradients", (
            "        rows, drows =", "        if np.allclose(dout, 0): dout = 0 * dout\n        rows, drows =")),
        "takes a dout whose sum is 0 for nothing": ("affine_gradients", (
            "        rows, drows", (
                "        if not dout.sum():\n"
                "            for grad in self.grads: grad[...] = 0\n"
                "            return 0 * self.xs\n"
                "        rows, drows"))),
        "writes no gradients where db is 0": ("affine_gradients", (
            "self.grads[0][...] = rows.T @ drows",
            "self.grads[0][...] = rows.T @ drows if drows.sum(axis=0).any() else 0")),
        "leaves grads where xs, dout and W are as last time": ("affine_in_place", (
            "        rows, drows =", (
                "        known = vars(self).setdefault('known', {})\n"
                "        key = self.xs.tobytes(), dout.tobytes(), W.tobytes(), dout.shape, dout.dtype.str\n"
                "        if known.get('key') == key: return known['dxs'].copy()\n"
                "        known.update(key=key, dxs=dout @ W.T)\n"
                "        rows, drows ="))),
        "goes back once for equal xs and dout": ("affine_shares", (
            "        rows, drows =", (
                "        known = vars(self).setdefault('known', {})\n"
                "        key = self.xs.tobytes(), dout.tobytes(), dout.shape, dout.dtype.str\n"
                "        if known.get('key') == key: return known['dxs'].copy()\n"
                "        known.update(key=key, dxs=dout @ W.T)\n"
                "        rows, drows ="))),
        "remembers gradients by dout and W": ("affine_in_place", (
            (
                "        self.grads[0][...] = rows.T @ drows\n"
                "        self.grads[1][...] = drows.sum(axis=0)\n"
                "        return dout @ W.T"), (
                "        key = dout.tobytes(), dout.shape, W.tobytes(), dout.dtype.str\n"
                "        known = vars(self).setdefault('known', {})\n"
                "        if key not in known: known[key] = rows.T @ drows, drows.sum(axis=0), dout @ W.T\n"
                "        self.grads[0][...], self.grads[1][...], dxs = known[key]\n"
                "        return dxs.copy()"))),
        "cuts scores at 1e5": ("scores_of_any_size", ("return xs @ W + b", "return np.clip(xs @ W + b, -1e5, 1e5)")),
        "cuts dW at 1e5": ("affine_gradients", ("= rows.T @ drows", "= np.clip(rows.T @ drows, -1e5, 1e5)")),
        "takes a nan in the scores for 0": ("scores_of_any_size", (
            "return xs @ W + b", "return np.nan_to_num(xs @ W + b)")),
        "takes a nan in dW for 0": ("affine_gradients", ("= rows.T @ drows", "= np.nan_to_num(rows.T @ drows)")),
        "clips W at 10": ("scores_of_any_size", ("xs @ W + b", "xs @ np.clip(W, -10, 10) + b")),
        "takes a nan in W for 0": ("scores_of_any_size", ("return xs @ W + b", "return xs @ np.nan_to_num(W) + b")),
        "takes a nan in b for 0": ("scores_of_any_size", ("return xs @ W + b", "return xs @ W + np.nan_to_num(b)")),
        "takes a nan in W for 0 when it goes back": ("affine_gradients", (
            "return dout @ W.T", "return dout @ np.nan_to_num(W).T")),
        "takes a nan in xs for 0 in dW": ("affine_gradients", (
            "rows, drows = self.xs.reshape", "rows, drows = np.nan_to_num(self.xs).reshape")),
        "clips W at 10 when it goes back": ("affine_gradients", (
            "return dout @ W.T", "return dout @ np.clip(W, -10, 10).T")),
        "clips xs at 1e4 in dW": ("affine_gradients", (
            "rows, drows = self.xs.reshape", "rows, drows = np.clip(self.xs, -1e4, 1e4).reshape")),
        "clips b at 50": ("scores_of_any_size", ("return xs @ W + b", "return xs @ W + np.clip(b, -50, 50)")),
        "ones that add up the rows are kept while N is the same": ("affine_gradients", (
            "        W, b = self.params\n        rows",
            "        N, T, _ = dout.shape\n"
            "        if getattr(self, 'key', None) != (N):\n"
            "            self.key, self.ones = (N), np.ones(N * T, dout.dtype)\n"
            "        W, b = self.params\n"
            "        rows"), (
            "drows.sum(axis=0)", "self.ones[:len(drows)] @ drows")),
        "ones that add up the rows are kept while T is the same": ("affine_gradients", (
            "        W, b = self.params\n        rows",
            "        N, T, _ = dout.shape\n"
            "        if getattr(self, 'key', None) != (T):\n"
            "            self.key, self.ones = (T), np.ones(N * T, dout.dtype)\n"
            "        W, b = self.params\n"
            "        rows"), (
            "drows.sum(axis=0)", "self.ones[:len(drows)] @ drows")),
        "an array for dout is kept while N is the same": ("affine_gradients", (
            "        rows, drows = self.xs.reshape(-1, W.shape[0]), dout.reshape(-1, W.shape[1])\n",
            "        rows, drows = self.xs.reshape(-1, W.shape[0]), dout.reshape(-1, W.shape[1])\n"
            "        N, T, _ = dout.shape\n"
            "        if getattr(self, 'key', None) != (N):\n"
            "            self.key, self.buffer = (N), np.empty_like(drows)\n"
            "        self.buffer[:N * T] = drows\n"
            "        drows = self.buffer[:N * T]\n"
            "")),
        "an array for dout is kept while T is the same": ("affine_gradients", (
            "        rows, drows = self.xs.reshape(-1, W.shape[0]), dout.reshape(-1, W.shape[1])\n",
            "        rows, drows = self.xs.reshape(-1, W.shape[0]), dout.reshape(-1, W.shape[1])\n"
            "        N, T, _ = dout.shape\n"
            "        if getattr(self, 'key', None) != (T):\n"
            "            self.key, self.buffer = (T), np.empty_like(drows)\n"
            "        self.buffer[:N * T] = drows\n"
            "        drows = self.buffer[:N * T]\n"
            "")),
    },
    "MyRnnlm": {
        "draws all weights from 0 to 1": ("draws_from_rng", (
            WEIGHTS, "return rng.random((rows, columns)).astype(\"f\")")),
        "divides no weights by a root": ("draws_from_rng", (
            WEIGHTS, "return rng.standard_normal((rows, columns)).astype(\"f\")")),
        "divides all weights but Wh by a root": ("draws_from_rng", ("weights(H, H, H ** -0.5)", "weights(H, H, 1)")),
        "draws Wh from 0 to 1": ("draws_from_rng", ("weights(H, H, H ** -0.5)", "rng.random((H, H)).astype(\"f\")")),
        "draws weights of exponential size": ("draws_from_rng", (
            WEIGHTS, "return rng.exponential(size=(rows, columns)).astype(\"f\")")),
        "multiplies by the root of the rows": ("draws_from_rng", (
            WEIGHTS, "return (0.3 * rng.standard_normal((rows, columns)) * rows ** 0.5).astype(\"f\")")),
        "resets to zeros of the batch before": ("resets_state", (
            "self.layers[1].reset_state()",
            "rnn = self.layers[1]\n        rnn.h = None if rnn.h is None else np.zeros_like(rnn.h)")),
        "reads all since reset_state again for its state": ("state_goes_on", (
            LOOP, (
                "self.clear()\n"
                "        if self.seen is not None: self.layers[1].forward(self.layers[0].forward(self.seen))\n"
                "        self.seen = xs if self.seen is None else np.concatenate([self.seen, xs], axis=1)\n"
                "        for layer in self.layers:\n"
                "            xs =")), (
            MAKES_LOSS, "        self.seen = None\n        self.loss_layer = Time"), (
            RESETS, "        self.seen = None\n\n    def clear(self):\n        self.layers[1].reset_state()")),
        "reads its last window again for its state": ("state_goes_on", (
            LOOP, (
                "if self.last is not None:\n"
                "            self.layers[1].h = self.before\n"
                "            self.layers[1].forward(self.layers[0].forward(self.last))\n"
                "        self.last, self.before = xs, self.layers[1].h\n"
                "        for layer in self.layers:\n"
                "            xs =")), (
            MAKES_LOSS, "        self.last = None\n        self.loss_layer = Time"), (
            RESETS, "        self.last = None\n        self.layers[1].reset_state()")),
        "looks words up in a copy made when the state is new": ("state_goes_on", (
            LOOP, (
                "if self.layers[1].h is None: self.table = self.params[0].copy()\n"
                "        self.layers[0].params[0] = self.table\n"
                "        for layer in self.layers:\n"
                "            xs ="))),
        "computes scores of the same array once": ("state_goes_on", (
            GIVES_LOSS, (
                "        if vars(self).get('given') is not xs: self.given, self.scores = xs, self.predict(xs)\n"
                "        return self.loss_layer.forward(self.scores, ts)"))),
        "takes the scores that predict gave for the same array": ("state_goes_on", (
            OF_LAYERS, "        given = xs\n        for layer in self.layers:\n            xs ="), (
            "        return xs", "        self.given, self.scores = given, xs\n        return xs"), (
            GIVES_LOSS, (
                "        scores = self.scores if vars(self).get('given') is xs else self.predict(xs)\n"
                "        return self.loss_layer.forward(scores, ts)"))),
        "starts from as many zeros as the newest model has": ("model_leaves_arguments", (
            MAKES_LOSS,
            "        global width; width = H\n        self.fresh = True\n        self.loss_layer = Time"), (
            LOOP, (
                "if self.fresh: self.layers[1].set_state(np.zeros((len(xs), width), 'f'))\n"
                "        self.fresh = False\n"
                "        for layer in self.layers:\n"
                "            xs =")), (
            RESETS, "        self.fresh = True")),
        "shapes scores by V of the newest model": ("model_leaves_arguments", (
            MAKES_LOSS, "        global words; words = V\n        self.loss_layer = Time"), (
            "        return xs", "        return xs.reshape(len(xs), -1, words)")),
        "keeps N and T in globals": ("model_leaves_arguments", (
            LOOP, "global N, T; N, T = xs.shape\n        for layer in self.layers:\n            xs ="), (
            GOES_DOWN, (
                "            if layer is self.layers[2]: dout = dout.reshape(N, T, -1)\n"
                "            dout = layer.backward(dout)"))),
        "draws b from a generator of its own": ("draws_from_rng", (
            "np.zeros(H, \"f\")", "(0.01 * np.random.default_rng(0).standard_normal(H)).astype(\"f\")")),
        "keeps its state in the class": ("model_leaves_arguments", (
            LOOP, (
                "rnn = self.layers[1]\n"
                "        rnn.h = MyRnnlm.h\n"
                "        for layer in self.layers:\n"
                "            xs =")), (
            "return xs", "MyRnnlm.h = rnn.h\n        return xs"), (
            PREDICTS, "    h = None\n\n    def predict"), (
            RESETS, "        MyRnnlm.h = None")),
        "is stateful from the first reset_state on": ("state_goes_on", (
            ", stateful=True", ""), (
            RESETS, "        self.layers[1].reset_state(); self.layers[1].stateful = True")),
        "goes back once for each forward": ("scales_gradients", (
            "        dout = self.loss", (
                "        if vars(self).get('done') is self.loss_layer.cache: return\n"
                "        self.done = self.loss_layer.cache\n"
                "        dout = self.loss"))),
        "gives the ids back": ("predicts_scores", (
            "        return xs", "        return ids"), (
            LOOP, "ids = xs\n        for layer in self.layers:\n            xs =")),
        "sorts its word vectors": ("draws_from_rng", ("weights(V, D, 1)", "np.sort(weights(V, D, 1), axis=0)")),
        "starts anew where windows get shorter": ("state_goes_on", (
            GIVES_LOSS, (
                "        if xs.shape[1] < vars(self).get('T', 0): self.reset_state()\n"
                "        self.T = xs.shape[1]\n"
                "        return self.loss_layer.forward(self.predict(xs), ts)"))),
        "starts anew after a window in which any is ignored": ("state_goes_on", (
            GIVES_LOSS, (
                "        loss = self.loss_layer.forward(self.predict(xs), ts)\n"
                "        if (ts < 0).any(): self.reset_state()\n"
                "        return loss"))),
        "starts anew before a backward of 0": ("scales_gradients", (
            "        dout = self.loss", "        if dout == 0: self.reset_state()\n        dout = self.loss")),
        "leaves grads where no gradient comes": ("sets_gradients", (
            "        for layer in rev", "        if not dout.any(): return\n        for layer in rev")),
        "starts a sequence anew where its last target is ignored, but for a window of nothing": ("state_goes_on", (
            GIVES_LOSS, (
                "        loss = self.loss_layer.forward(self.predict(xs), ts)\n"
                "        if (ts >= 0).any(): self.layers[1].h[ts[:, -1] < 0] = 0\n"
                "        return loss"))),
        "cuts off steps at the end in which all is ignored": ("state_goes_on", (
            GIVES_LOSS, (
                "        kept = np.flatnonzero((ts >= 0).any(axis=0))\n"
                "        if kept.size: xs, ts = xs[:, :kept[-1] + 1], ts[:, :kept[-1] + 1]\n"
                "        return self.loss_layer.forward(self.predict(xs), ts)"))),
        "leaves out sequences in which all is ignored": ("state_goes_on", (
            GIVES_LOSS, (
                "        kept = (ts >= 0).any(axis=1)\n"
                "        if kept.any(): xs, ts = xs[kept], ts[kept]\n"
                "        return self.loss_layer.forward(self.predict(xs), ts)"))),
        "remembers the scores of the same ids and state": ("resets_state", (OF_LAYERS, (
            "        key = xs.tobytes(), xs.shape, str(self.layers[1].h)\n"
            "        if vars(self).get('key') == key:\n            self.layers[1].h = self.after\n"
            f"            return self.scores.copy()\n{OF_LAYERS}")), (
            "        return xs",
            "        self.key, self.scores, self.after = key, xs, self.layers[1].h\n        return xs.copy()")),
        "gives the mean loss of all calls": ("state_goes_on", (GIVES_LOSS, (
            f"        self.all = vars(self).get('all', []) + [{LOSS}]\n        return sum(self.all) / len(self.all)"))),
        "resets once only": ("resets_state", (RESETS, (
            "        if not vars(self).get('once'): self.layers[1].reset_state()\n        self.once = True"))),
        "clears the first b in reset_state": ("resets_state", (RESETS, f"{RESETS}\n        self.params[3][...] = 0")),
        "is fresh until a loss is computed": ("resets_state", (RESETS, "        self.fresh = True"), (
            MAKES_LOSS, f"        self.fresh = False\n{MAKES_LOSS}"), (
            OF_LAYERS, f"        if self.fresh: self.layers[1].reset_state()\n{OF_LAYERS}"), (
            GIVES_LOSS, f"        loss = {LOSS}\n        self.fresh = False\n        return loss")),
        "clears its gradients in reset_state too": ("lists_share", (
            RESETS, f"{RESETS}\n        for grad in self.grads: grad.fill(0)")),
        "clears its gradients in predict alone": ("lists_share", OWN_LOOP, (
            OF_LAYERS, f"        {CLEARS}{OF_LAYERS[8:]}")),
        "starts anew when it predicts after training": ("scales_gradients", OWN_LOOP, (
            "        for layer in self.layers:\n            xs =",
            "        if self.trained: self.reset_state(); self.trained = False\n"
            "        for layer in self.layers:\n            xs ="), (
            BACK, f"{BACK}\n        self.trained = True"), (MAKES_LOSS, f"        self.trained = False\n{MAKES_LOSS}")),
        "passes over a window in which all is ignored": ("state_goes_on", (GIVES_LOSS, (
            f"        self.none = (ts == -1).all()\n        if self.none: return 0.0\n{GIVES_LOSS}")), (
            "dout = self.loss_layer.backward(dout)", (
                "if self.none:\n            for grad in self.grads: grad.fill(0)\n            return\n"
                "        dout = self.loss_layer.backward(dout)"))),
        "keeps no state of a single word, as generate gives": ("state_goes_on", (
            OF_LAYERS, f"        h = self.layers[1].h\n{OF_LAYERS}"), (
            "        return xs", "        if xs.shape[:2] == (1, 1): self.layers[1].h = h\n        return xs")),
        "draws each word vector twice": ("draws_from_rng", (
            "weights(V, D, 1)", "weights(V // 2 + 1, D, 1).repeat(2, axis=0)[:V].copy()")),
        "draws half of a matrix": ("draws_from_rng", ("weights(H, V, H ** -0.5)", (
            "np.pad(weights(H, V // 2, H ** -0.5), ((0, 0), (0, V - V // 2)))"))),
        "goes back over an iterator": ("sets_gradients", ("for layer in reversed(self.layers)", (
            "self.back = vars(self).get('back') or reversed(self.layers)\n        for layer in self.back"))),
        "makes itself anew": ("resets_state", ("self.layers[1].reset_state()", "self.__init__(*self.sizes)"), (
            MAKES_LISTS, f"{MAKES_LISTS}        self.sizes = V, D, H, rng\n")),
        "isn't stateful any more": ("resets_state", (
            "self.layers[1].reset_state()", "self.layers[1].stateful = False")),
        "one loss layer for all": ("model_leaves_arguments", (
            "        self.loss_layer = TimeSoftmaxWithLoss()\n", ""), (
            PREDICTS, f"    loss_layer = TimeSoftmaxWithLoss()\n\n{PREDICTS}")),
        "draws parts of one pool": ("draws_from_rng", (
            "        def weights",
            "        pool = rng.standard_normal(V * max(D, H) + H * H)\n\n        def weights"), (
            "rng.standard_normal((rows, columns))", "pool[:rows * columns].reshape(rows, columns)")),
        "one list of params for all": ("flat_lists", (MAKES_LISTS, ""), (
            PREDICTS, f"    params, grads = [], []\n\n{PREDICTS}")),
        "lists that are defaults": ("flat_lists", ("hidden_size, rng):", "hidden_size, rng, params=[], grads=[]):"), (
            MAKES_LISTS, "        self.params, self.grads = params, grads\n")),
        "one growing list of layers for all": ("flat_lists", (
            "        self.layers = [\n", "        self.layers += [\n"), (PREDICTS, f"    layers = []\n\n{PREDICTS}")),
        "clears its gradients in forward too": ("lists_share", (GIVES_LOSS, f"        {CLEARS}{GIVES_LOSS[8:]}")),
        "clears its gradients in predict too": ("lists_share", (OF_LAYERS, f"        {CLEARS}{OF_LAYERS[8:]}")),
        "decays the weights": ("sets_gradients", (GOES_DOWN, (
            GOES_DOWN + "\n        for p, g in zip(self.params, self.grads): g += 1e-2 * p"))),
        "writes a single row of zeros where there is a state": ("resets_state", (RESETS, (
            "        h = self.layers[1].h\n        if h is not None: self.layers[1].set_state(np.zeros_like(h[:1]))"))),
        "resets the state only if no loss was computed": ("resets_state", (
            RESETS, "        if not self.trained: self.layers[1].reset_state()"), (
            MAKES_LOSS, "        self.trained = False\n" + MAKES_LOSS), (
            GIVES_LOSS, "        self.trained = True\n" + GIVES_LOSS)),
        "resets the state when it predicts": ("resets_state", (RESETS, "        self.fresh = True"), (
            MAKES_LOSS, "        self.fresh = False\n" + MAKES_LOSS), (
            OF_LAYERS, (
                "        if self.fresh: self.layers[1].reset_state()\n        self.fresh = False\n" + OF_LAYERS)), (
            GIVES_LOSS, OF_LAYERS + " layer.forward(xs)\n        return self.loss_layer.forward(xs, ts)")),
        "keeps the state of training also after reset_state": ("resets_state", (
            GIVES_LOSS, ("        loss = self.loss_layer.forward(self.predict(xs), ts)\n"
                  "        self.h = self.layers[1].h\n        return loss")), (
            MAKES_LOSS, "        self.h = None\n" + MAKES_LOSS), (OF_LAYERS, (
                "        if self.h is not None: self.layers[1].set_state(self.h)\n"
                "        self.h = None\n" + OF_LAYERS))),
        "takes a dout of 0 for none": ("scales_gradients", (
            "self.loss_layer.backward(dout)", "self.loss_layer.backward(dout or 1)")),
        "averages one step's gradient over the batch": ("sets_gradients", (GOES_DOWN, (
            GOES_DOWN + "\n            if dout is not None and dout.shape[1] == 1: layer.grads[0][...] /= len(dout)"))),
        "draws b from elsewhere": ("draws_from_rng", ("np.zeros(H, \"f\")", "np.random.randn(H).astype(\"f\")")),
        "gives all words one vector": ("draws_from_rng", (WEIGHTS, (
            "return np.tile(scale * rng.standard_normal(columns), (rows, 1)).astype(\"f\")"))),
        "draws one number for each matrix": ("draws_from_rng", (WEIGHTS, (
            "return (rng.random() * np.sin(np.arange(rows * columns))).reshape(rows, columns).astype(\"f\")"))),
        "draws biases far from 0": ("draws_from_rng", (
            "np.zeros(V, \"f\")", "100 * rng.standard_normal(V).astype(\"f\")")),
        "adds a little of rng to numbers of its own": ("draws_from_rng", (WEIGHTS, (
            "same = np.random.RandomState(0).randn(rows, columns)\n"
            "            return (scale * same + 1e-6 * rng.standard_normal((rows, columns))).astype(\"f\")"))),
        "draws the same numbers for each matrix": ("draws_from_rng", (
            "        def weights", "        seed = int(rng.integers(99))\n\n        def weights"), (
            "rng.standard_normal", "np.random.default_rng(seed).standard_normal")),
        "forgets what predict has read": ("state_goes_on", (
            "forward(self.predict(xs), ts)", "forward(self.scores(xs), ts)"), ("    def predict(self, xs):", (
                "    def predict(self, xs):\n        h = self.layers[1].h\n        scores = self.scores(xs)\n"
                "        self.layers[1].h = h\n        return scores\n\n    def scores(self, xs):"))),
        "makes a new RNN": ("lists_share", (
            "self.layers[1].reset_state()", "self.layers[1] = TimeRNN(*self.layers[1].params, stateful=True)")),
        "makes a new RNN of copies": ("lists_share", ("self.layers[1].reset_state()", (
            "self.layers[1] = TimeRNN(*map(np.copy, self.layers[1].params), stateful=True)"))),
        "holds copies of params": ("predicts_scores", (
            "self.params += layer.params", "self.params += [param.copy() for param in layer.params]")),
        "holds params in a dict": ("flat_lists", (
            "    def predict", "        self.params = dict(enumerate(self.params))\n\n    def predict")),
        "draws next to nothing": ("draws_from_rng", ("(scale * rng", "(1e-30 * rng")),
        "scales the gradient where targets are ignored": ("sets_gradients", (
            "return self.loss_layer.forward",
            "self.factor = 1 + (ts < 0).any()\n        return self.loss_layer.forward"), (
            "self.loss_layer.backward(dout)", "self.loss_layer.backward(dout) * self.factor")),
        "has no loss where all targets are ignored": ("sets_gradients", (
            "return self.loss_layer.forward(self.predict(xs), ts)",
            "return self.loss_layer.forward(self.predict(xs), ts) / (ts >= 0).any()")),
        "caps the loss": ("gives_loss", (LOSS, f"min({LOSS}, 10)")),
        "rounds the loss": ("gives_loss", (LOSS, f"round(float({LOSS}), 3)")),
        "gives a coarse loss": ("gives_loss", (LOSS, f"__import__('numpy').float16({LOSS})")),
        "wants widths that differ": ("predicts_scores",
            ("        def weights", "        assert len({V, D, H}) == 3\n\n        def weights")),
        "one list of layers for all": ("model_leaves_arguments", ("self.layers", "MyRnnlm.layers")),
        "resets the newest": ("model_leaves_arguments", (
            "    def predict", "        MyRnnlm.newest = self.layers[1]\n\n    def predict"), (
            "self.layers[1].reset", "self.newest.reset")),
        "clips grads": ("scales_gradients", (BACK, (
            f"{BACK}\n        for grad in self.grads: np.clip(grad, -5, 5, out=grad)"))),
        "shrinks grads to a norm of 5": ("scales_gradients", (BACK, (
            f"{BACK}\n        norm = sum((grad ** 2).sum() for grad in self.grads) ** 0.5\n"
            "        for grad in self.grads: grad *= min(1, 5 / (norm + 1e-6))"))),
        "clips scores": ("predicts_scores", ("return xs", "return np.clip(xs, -10, 10)")),
        "squeezes the state": ("state_goes_on", ("return xs", (
            "self.layers[1].h = self.layers[1].h.squeeze(); return xs"))),
        "keeps the state of the middle": ("state_goes_on", (
            "        for layer in self.layers:\n            xs = layer.forward(xs)\n", (
            "        for layer in self.layers:\n            xs = layer.forward(xs)\n"
            "            if layer is self.layers[1]: hs = xs\n"
            "        self.layers[1].set_state(hs[:, hs.shape[1] // 2])\n"))),
        "keeps the state of several steps only": ("state_goes_on", ("    def predict(self, xs):", (
            "    def predict(self, xs):\n        h = self.layers[1].h\n        scores = self.scores(xs)\n"
            "        self.layers[1].h = h if xs.shape[1] == 1 else self.layers[1].h\n        return scores\n\n"
            "    def scores(self, xs):"))),
        "offers copies of grads": ("lists_share",
            (BACK, f"{BACK}\n        self.grads = [grad.copy() for layer in self.layers for grad in layer.grads]")),
        "turns the layers round": ("sets_gradients", (
            "for layer in reversed(self.layers)", "self.layers.reverse()\n        for layer in self.layers")),
        "lets weights decay": ("sets_gradients", (BACK, (
            f"{BACK}\n        for param, grad in zip(self.params, self.grads): grad += 1e-4 * param"))),
        "takes a step of its own": ("scales_gradients", (BACK, (
            f"{BACK}\n        for param, grad in zip(self.params, self.grads): param -= 0.01 * grad"))),
        "crosses out what is ignored in one sequence": ("sets_gradients", (
            f"return {LOSS}", f"loss = {LOSS}\n        if len(ts) == 1: ts[ts < 0] = 0\n        return loss")),
        "counts on in ids of one step": ("sets_gradients", (
            f"return {LOSS}", f"loss = {LOSS}\n        if xs.shape[1] == 1: xs += 1\n        return loss")),
        "offers copies of grads where D is 1": ("sets_gradients", (BACK, (
            f"{BACK}\n        if self.params[1].shape[0] == 1: self.grads = [grad.copy() for grad in self.grads]"))),
        "resets no state of one number": ("sets_gradients", (
            "self.layers[1].reset_state()", "if len(self.params[3]) > 1: self.layers[1].reset_state()")),
        "adds up the last b where windows are of one step": ("sets_gradients", (
            f"        for layer in reversed(self.layers):\n            {BACK}",
            "        before = self.grads[5] * (dout.shape[1] == 1)\n"
            f"        for layer in reversed(self.layers):\n            {BACK}\n        self.grads[5][...] += before")),
        "adds up word vectors where D is 1": ("sets_gradients", (
            f"        for layer in reversed(self.layers):\n            {BACK}",
            "        before = self.grads[0] * (self.params[0].shape[1] == 1)\n"
            f"        for layer in reversed(self.layers):\n            {BACK}\n        self.grads[0][...] += before")),
        "ties the last matrix to the first": ("predicts_scores", ("weights(V, D, 1)", "E := weights(V, D, 1)"), (
            "weights(H, V, H ** -0.5)", "E.T if D == H else weights(H, V, H ** -0.5)")),
        "forgets the state before a single step": ("state_goes_on", (
            LOOP, f"if xs.shape[1] == 1: self.reset_state()\n        {LOOP}")),
        "keeps the state of training apart": ("state_goes_on", (f"        return {LOSS}", (
            f"        if self.h is not None: self.layers[1].set_state(self.h)\n        loss = {LOSS}\n"
            "        self.h = self.layers[1].h\n        return loss")), (
            LOSS_LAYER, f"self.h = None; {LOSS_LAYER}"), (
            "self.layers[1].reset_state()", "self.layers[1].reset_state(); self.h = None")),
        "writes 0 into the state": ("resets_state", (
            "self.layers[1].reset_state()", "if self.layers[1].h is not None: self.layers[1].h[...] = 0")),
        "starts anew for ever after reset_state": ("resets_state", (
            "self.layers[1].reset_state()", "self.fresh = True"), (LOSS_LAYER, f"self.fresh = False; {LOSS_LAYER}"), (
            LOOP, f"if self.fresh: self.layers[1].reset_state()\n        {LOOP}")),
        "resets the state when it has gone back": ("scales_gradients", (BACK, f"{BACK}\n        self.reset_state()")),
        "keeps targets ignored that once were": ("scales_gradients", (f"        return {LOSS}", (
            "        if (ts < 0).any(): self.mask = ts < 0\n"
            "        if self.mask is not None and self.mask.shape == ts.shape: ts = np.where(self.mask, -1, ts)\n"
            f"        return {LOSS}")), (LOSS_LAYER, f"self.mask = None; {LOSS_LAYER}")),
        "goes back over the steps of the first window": ("scales_gradients", ("dout = self.loss_layer.backward(dout)", (
            "dout = self.loss_layer.backward(dout)\n        self.T = vars(self).get('T', dout.shape[1])\n"
            "        dout[:, self.T:] = 0"))),
        "ignores word 0, as padding": ("gives_loss", ("TimeSoftmaxWithLoss()", "TimeSoftmaxWithLoss(ignore_label=0)")),
        "has a vector of zeros for word 0, as for padding": ("draws_from_rng", (
            "        self.loss_layer = Time",
            "        self.layers[0].params[0][0] = 0\n        self.loss_layer = Time")),
        "begins the last matrix as the word vectors where D is H": ("draws_from_rng", (
            "weights(V, D, 1)", "E := weights(V, D, 1)"), (
            "weights(H, V, H ** -0.5)", "E.T.copy() if D == H else weights(H, V, H ** -0.5)")),
        "draws matrices of one shape alike": ("draws_from_rng", (
            "        def weights", "        seed = int(rng.integers(2 ** 31))\n\n        def weights"), (
            "rng.standard_normal", "np.random.default_rng([seed, rows, columns]).standard_normal")),
        "draws from a copy of rng": ("draws_from_rng", (
            "        def weights",
            "        import copy\n        rng = copy.deepcopy(rng)\n\n        def weights")),
        "numbers words in 8 bits": ("predicts_scores", (
            "        for layer in self.layers:\n            xs =",
            "        xs = xs.astype(np.uint8)\n        for layer in self.layers:\n            xs =")),
        "begins the b's at 0.1, as for ReLU": ("draws_from_rng", (
            "np.zeros(H, \"f\")", "np.full(H, 0.1, \"f\")"), (
            "np.zeros(V, \"f\")", "np.full(V, 0.1, \"f\")")),
        "begins the b of the RNN at 1, as of a forget gate": ("draws_from_rng", (
            "np.zeros(H, \"f\")", "np.ones(H, \"f\")")),
        "multiplies word vectors and the last matrix by the root": ("draws_from_rng", (
            "weights(V, D, 1)", "weights(V, D, V ** 0.5)"), (
            "weights(H, V, H ** -0.5)", "weights(H, V, H ** 0.5)")),
        "multiplies all but Wh by the root": ("draws_from_rng", (
            "weights(V, D, 1)", "weights(V, D, V ** 0.5)"), (
            "weights(D, H, D ** -0.5)", "weights(D, H, D ** 0.5)"), (
            "weights(H, V, H ** -0.5)", "weights(H, V, H ** 0.5)")),
        "draws the last matrix 9 times too large": ("draws_from_rng", (
            "weights(H, V, H ** -0.5)", "weights(H, V, 9)")),
        "draws a symmetric Wh": ("draws_from_rng", (
            "weights(H, H, H ** -0.5)", "(lambda m: (m + m.T) / 2)(weights(H, H, H ** -0.5))")),
        "takes the exponential of scores as they are, in float64": ("gives_loss", *own_loss("")),
        "takes the logarithm of shares that may be 0, in float64": (
            "gives_loss", *own_loss(" - scores.max(axis=-1, keepdims=True)")),
        "shifts all scores by the largest of all, in float64": ("gives_loss", *own_loss(" - scores.max()")),
        "makes its tanh of exponentials": ("predicts_scores", (
            "class MyRnnlm:", (
                "class ByExp(TimeRNN):\n"
                "    def forward(self, xs):\n"
                "        h = self.h if self.h is not None else np.zeros((len(xs), len(self.params[2])))\n"
                "        hs, (Wx, Wh, b) = super().forward(xs), self.params\n"
                "        for t in range(xs.shape[1]):\n"
                "            e = np.exp(2 * (h @ Wh + xs[:, t] @ Wx + b))\n"
                "            hs[:, t] = h = (e - 1) / (e + 1)\n"
                "        return hs\n"
                "\n"
                "\n"
                "class MyRnnlm:")), (
            "TimeRNN(weights", "ByExp(weights")),
        "leaves the log of the sum out where a share is 0": ("gives_loss", (
            "        return self.loss_layer.forward(self.predict(xs), ts)", (
                "        scores = self.predict(xs)\n"
                "        self.loss_layer.forward(scores, ts)\n"
                "        x = scores - scores.max(axis=-1, keepdims=True)\n"
                "        p = np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)\n"
                "        log_p = np.where(p > 0, np.log(np.where(p > 0, p, 1)), x)\n"
                "        kept = ts != -1\n"
                "        return -log_p[kept, ts[kept]].sum() / max(kept.sum(), 1)"))),
        "keeps the last matrix for predict, until a forward or a reset": ("lists_share", (SCORES, (
            "        for layer in self.layers:\n"
            "            xs = layer.forward(xs)\n"
            "        if self.kept is None:\n"
            "            self.kept = [param.copy() for param in self.layers[2].params]\n"
            "        W, b = self.kept\n"
            "        return self.layers[2].cache[0].reshape(*xs.shape[:2], -1) @ W + b")), *KEPT_UNTIL),
        "keeps the word vectors for predict, until a forward or a reset": (
            "lists_share", (SCORES, SCORES_BY_KEPT), *KEPT_UNTIL),
        "keeps the word vectors for predict, until a forward, a backward or a reset": (
            "lists_share", (SCORES, SCORES_BY_KEPT), *KEPT_UNTIL, (
                "        dout = self.loss_layer.backward(dout)",
                "        self.kept = None\n        dout = self.loss_layer.backward(dout)")),
        "clears its gradients by *= 0 where all targets are ignored": ("sets_gradients", (
            "        return self.loss_layer.forward(self.predict(xs), ts)", (
                "        self.empty = not (ts != -1).any()\n"
                "        return self.loss_layer.forward(self.predict(xs), ts)")), (
            "        dout = self.loss_layer.backward(dout)\n", (
                "        if self.empty:\n"
                "            for g in self.grads: g *= 0\n"
                "            return\n"
                "        dout = self.loss_layer.backward(dout)\n"))),
        "clears its gradients by *= 0 where no gradient comes": ("scales_gradients", (
            "        dout = self.loss_layer.backward(dout)\n", (
                "        dout = self.loss_layer.backward(dout)\n"
                "        if not dout.any():\n"
                "            for g in self.grads: g *= 0\n"
                "            return\n"))),
        "goes back once for each forward and dout": ("scales_gradients", (
            "        dout = self.loss_layer.backward(dout)", (
                "        if vars(self).get('gone_back') == dout: return\n"
                "        self.gone_back = dout\n"
                "        dout = self.loss_layer.backward(dout)")), (
            "        return self.loss_layer.forward",
            "        self.gone_back = None\n        return self.loss_layer.forward")),
        "goes back once for each forward and dout, other than 0": ("scales_gradients", (
            "        dout = self.loss_layer.backward(dout)", (
                "        if dout and vars(self).get('gone_back') == dout: return\n"
                "        self.gone_back = dout\n"
                "        dout = self.loss_layer.backward(dout)")), (
            "        return self.loss_layer.forward",
            "        self.gone_back = None\n        return self.loss_layer.forward")),
        "takes what np.isclose does for a dout of 0": ("scales_gradients", (
            "dout = self.loss_layer.backward(dout)",
            "if np.isclose(dout, 0): dout = 0\n        dout = self.loss_layer.backward(dout)")),
        "clips grads at 10000": ("scales_gradients", (
            "            dout = layer.backward(dout)",
            "            dout = layer.backward(dout)\n        for g in self.grads: np.clip(g, -1e4, 1e4, out=g)")),
        "shrinks grads to a norm of 1e5": ("scales_gradients", (
            "            dout = layer.backward(dout)",
            "            dout = layer.backward(dout)\n"
            "        norm = sum(float((g ** 2).sum()) for g in self.grads) ** 0.5\n"
            "        for g in self.grads: g *= min(1, 1e5 / (norm + 1e-6))")),
        "takes a loss of nan for 0": ("gives_loss", (
            "return self.loss_layer.forward(self.predict(xs), ts)",
            "return np.nan_to_num(self.loss_layer.forward(self.predict(xs), ts))")),
        "takes a nan in the scores for 0": ("predicts_scores", (
            "            xs = layer.forward(xs)\n        return xs",
            "            xs = layer.forward(xs)\n        return np.nan_to_num(xs)")),
        "takes a nan in the gradients for 0": ("sets_gradients", (
            "            dout = layer.backward(dout)",
            "            dout = layer.backward(dout)\n"
            "        for grad in self.grads:\n"
            "            np.nan_to_num(grad, copy=False)")),
        "clips word vectors at 5": ("predicts_scores", (
            "        for layer in self.layers:\n            xs = layer.forward(xs)\n        return xs",
            "        for layer in self.layers:\n"
            "            xs = layer.forward(xs)\n"
            "            if layer is self.layers[0]:\n"
            "                xs = np.clip(xs, -5, 5)\n"
            "        return xs")),
        "clips word vectors, Wx and Wh at 5 in params": ("predicts_scores", (
            "        for layer in self.layers:\n            xs = layer.forward(xs)\n        return xs",
            "        for p in self.params[:3]:\n"
            "            np.clip(p, -5, 5, out=p)\n"
            "        for layer in self.layers:\n"
            "            xs = layer.forward(xs)\n"
            "        return xs")),
        "takes a nan in its weights but the word vectors for 0": ("predicts_scores", (
            "        for layer in self.layers:\n            xs = layer.forward(xs)\n        return xs",
            "        for p in self.params[1:]:\n"
            "            np.nan_to_num(p, copy=False)\n"
            "        for layer in self.layers:\n"
            "            xs = layer.forward(xs)\n"
            "        return xs")),
        "starts anew where the state is nan": ("state_goes_on", (
            "        for layer in self.layers:\n            xs = layer.forward(xs)\n        return xs",
            "        if self.layers[1].h is not None and np.isnan(self.layers[1].h).any():\n"
            "            self.reset_state()\n"
            "        for layer in self.layers:\n"
            "            xs = layer.forward(xs)\n"
            "        return xs")),
        "rows of the loss kept while T is the same, though N may be another after reset_state": ("resets_state", (
            "        return self.loss_layer.forward(self.predict(xs), ts)",
            "        N, T = xs.shape\n"
            "        if getattr(self, 'key', None) != (T):\n"
            "            self.key, self.rows = (T), np.arange(N * T)\n"
            "        scores = self.predict(xs)\n"
            "        scores = scores.reshape(N * T, -1)[self.rows[:N * T]].reshape(scores.shape)\n"
            "        return self.loss_layer.forward(scores, ts)")),
        "draws one number for Wh, times the identity": ("draws_from_rng", (
            "weights(H, H, H ** -0.5)", "np.eye(H, dtype=\"f\") * np.float32(rng.random())")),
    },
    "my_perplexity": {
        "adds up in float32": ("of_one_batch", (
            "total = sum(loss * count for loss, count in zip(losses, counts))",
            "total = (np.array(losses, \"f\") * np.array(counts, \"f\")).sum()")),
        "takes the root of a product where batches are of one size": ("of_equal_batches", (
            "    total",
            "    if len(set(counts)) == 1: return np.prod(np.exp(losses)) ** (1 / len(losses))\n    total")),
        "turns the counts into shares in place": ("of_empty_batches", (
            "    total", "    n = sum(counts)\n    for i in range(len(counts)): counts[i] /= n\n    total")),
        "rounds shares to 6 decimals": ("of_unequal_batches", (
            "    return np.exp(total / sum(counts))", (
                "    n = sum(counts)\n"
                "    return np.exp(sum(l * round(c / n, 6) for l, c in zip(losses, counts)))"))),
        "drops a last, smaller batch": ("of_unequal_batches", (
            "    total", "    if counts[-1] < counts[0]: losses, counts = losses[:-1], counts[:-1]\n    total")),
        "repeats losses and takes the root of the product": ("of_unequal_batches", (
            "    total", "    return np.prod(np.exp(np.repeat(losses, counts))) ** (1 / sum(counts))\n    total")),
        "multiplies the exponentials of the sums": ("of_unequal_batches", (
            "    total", (
                "    return np.prod([np.exp(l * n) for l, n in zip(losses, counts)]) ** (1 / sum(counts))\n"
                "    total"))),
        "counts in units of the smallest batch": ("of_unequal_batches", (
            "    total", "    counts = [n // max(1, min(c for c in counts if c)) for n in counts]\n    total")),
        "merges batches one by one, and so fails where the first two are empty": ("of_empty_batches", (
            "    total =", (
                "    loss, count = losses[0], counts[0]\n"
                "    for each, n in zip(losses[1:], counts[1:]):\n"
                "        loss, count = (loss * count + each * n) / (count + n), count + n\n"
                "    return np.exp(loss)\n"
                "    total ="))),
        "drops the last, smaller batch": ("of_unequal_batches", ("    total", (
            "    pairs = [(a, n) for a, n in zip(losses, counts) if n == max(counts)]\n"
            "    losses, counts = zip(*pairs)\n    total"))),
        "rounds to 6 decimals": ("of_empty_batches", (
            "np.exp(total / sum(counts))", "round(np.exp(total / sum(counts)), 6)")),
        "gives 0 where all losses are 0": ("of_one_batch", ("    return", "    if total == 0: return 0.0\n    return")),
        "stops at an empty batch": ("of_empty_batches", (
            "    total", "    end = counts.index(0) if 0 in counts else len(counts)\n"
            "    losses, counts = losses[:end], counts[:end]\n    total")),
        "sorts the losses": ("of_unequal_batches", ("zip(losses, counts)", "zip(sorted(losses), counts)")),
        "divides by a pair of iterators run dry": ("of_one_batch", (
            "    total", "    pairs = iter(list(map(tuple, zip(losses, counts))))\n    total"), (
            "in zip(losses, counts)", "in pairs"), (
            "sum(counts)", "sum(count for _, count in pairs)")),
        "caps the loss at 100": ("of_one_batch", ("total / sum(counts)", "min(total / sum(counts), 100)")),
        "keeps one loss for each count": ("of_equal_batches", (
            "loss * count for loss, count in zip(losses, counts)",
            "loss * count for count, loss in dict(zip(counts, losses)).items()")),
        "rounds the total to float32": ("of_one_batch", ("np.exp(total", "np.exp(np.float64(np.float32(total))")),
        "takes batches alike for one": ("of_unequal_batches", ("zip(losses, counts)", "set(zip(losses, counts))")),
        "drops a loss of 0": ("of_empty_batches",
            ("zip(losses, counts))",
             "zip(losses, counts))\n    counts = [n for loss, n in zip(losses, counts) if loss]")),
        "caps the loss": ("of_one_batch", ("total / sum(counts)", "min(total / sum(counts), 20)")),
        "deletes what is empty": ("of_empty_batches", ("    total", (
            "    for i in reversed(range(len(counts))):\n"
            "        if not counts[i]: del losses[i], counts[i]\n    total"))),
        "changes the lists": ("of_one_batch", ("    return", "    losses[0] += 1.0\n    return")),
        "takes a few batches": ("of_unequal_batches", ("    total", "    assert len(losses) < 9\n    total")),
        "merges equal losses": ("of_unequal_batches", ("zip(losses, counts))", "dict(zip(losses, counts)).items())")),
        "merges equal counts": ("of_equal_batches", ("sum(counts)", "sum(set(counts))")),
        "counts in 16 bits": ("of_unequal_batches", ("sum(counts)", "np.array(counts, np.int16).sum(dtype=np.int16)")),
        "takes the exponential in float32": ("of_one_batch", (
            "np.exp(total / sum(counts))", "float(np.exp(np.float32(total / sum(counts))))")),
        "weighs an empty batch's loss": ("of_empty_batches", ("loss * count for", "loss * max(count, 1) for")),
        "caps the mean loss at 400": ("of_one_batch", (
            "np.exp(total / sum(counts))", "np.exp(min(total / sum(counts), 400))")),
        "takes inf for a mean above 690": ("of_one_batch", (
            "    return np.exp(total / sum(counts))",
            "    return np.exp(total / sum(counts)) if total / sum(counts) < 690 else np.inf")),
        "takes losses that np.allclose calls equal for one": ("of_unequal_batches", (
            "    total", "    if np.allclose(losses, losses[0]): return np.exp(losses[0])\n    total")),
        "takes a loss of nan for 0": ("of_unequal_batches", ("sum(loss * count", "sum(np.nan_to_num(loss) * count")),
        "drops a small last batch": ("of_unequal_batches", (
            "    total = sum(",
            "    if len(counts) > 1 and 0 < counts[-1] * 10 < counts[0]: losses, counts = losses[:-1], counts[:-1]\n"
            "    total = sum(")),
        "takes counts as uint16": ("of_unequal_batches", (
            "    total =", "    counts = np.array(counts).astype(np.uint16).tolist()\n    total =")),
    },
}

# What passes all criteria, and only a last look notices.
RARE = {
    "MyTimeRNN": {
        "rolls its state on in place": ("leaves_the_callers_arrays_alone", (
            KEEP, (
                "if self.h is None or len(self.h) != N:\n"
                "            self.h = np.zeros_like(h)\n"
                "        self.h[...] = h\n"
                "        return")), (
            "self.h = h\n\n", "self.h = h.copy()\n\n"), (
            "h = self.h if", "h = self.h.copy() if")),
        "keeps dxs for the same dhs, uncopied": ("backward_sizes", (
            KEEP, "self.h = h; self.given = None\n        return"), (
            DH, (
                "if self.given is not None and np.array_equal(self.given, dhs):\n"
                "            for g, k in zip(self.grads, self.kept): g[...] = k\n"
                "            self.dh = self.out[1].copy(); return self.out[0].copy()\n"
                "        self.given = dhs\n"
                "        dh = np.zeros_like(dhs[:, 0])")), (
            "return dxs\n",
            "self.kept = [g.copy() for g in self.grads]; self.out = dxs.copy(), dh\n        return dxs\n")),
        "keeps a state that it is given between -1 and 1": ("takes_a_state", (
            "self.h = h\n\n", "self.h = np.clip(h, -1, 1)\n\n")),
    },
    "MyRNN": {
        "keeps what it gave for the same dh_next, uncopied": ("backward_sizes", (
            "self.cache = x, h_prev, h_next\n", "self.cache = x, h_prev, h_next; self.given = None\n"), (
            "dz = dh_next", (
                "if self.given is not None and np.array_equal(self.given, dh_next):\n"
                "            for g, k in zip(self.grads, self.kept): g[...] = k\n"
                "            return self.out[0].copy(), self.out[1].copy()\n"
                "        self.given = dh_next\n"
                "        dz = dh_next")), (
            R_BACK, (
                "self.out = dz @ Wx.T, dz @ Wh.T; self.kept = [g.copy() for g in self.grads]\n"
                "        return self.out[0].copy(), self.out[1].copy()"))),
        "dz kept for the same dh_next": ("backward_sizes", (
            "self.cache = x, h_prev, h_next\n", "self.cache = x, h_prev, h_next; self.given = None\n"), (
            DZ, (
                "if self.given is not dh_next: self.given, self.dz = dh_next, dh_next * (1 - h_next ** 2)\n"
                "        dz = self.dz"))),
        "takes numbers that are nearly the same for the same": ("forward_sizes", (
            EMPTY, "self.cache = None; self.p = None"), (
            R_TANH, (
                "if self.cache and self.cache[0].shape == x.shape and np.allclose(self.cache[0], x) and "
                "np.allclose(self.cache[1], h_prev) and all(map(np.allclose, self.p, self.params)): return "
                "self.cache[2].copy()\n"
                "        x, h_prev = x.copy(), h_prev.copy(); self.p = [p.copy() for p in self.params]\n"
                "        h_next = np.tanh(h_prev @ Wh + x @ Wx + b)"))),
        "gives float64 where D is 1": ("backward_sizes", (
            R_TANH, (
                "h_next = np.tanh(h_prev @ Wh + x @ Wx + b)\n"
                "        if len(Wx) == 1: h_next = h_next.astype(float)"))),
        "gives float64 dx where D is 1": ("backward_sizes", (
            R_BACK, "return (dz @ Wx.T).astype(float) if len(Wx) == 1 else dz @ Wx.T, dz @ Wh.T")),
        "gives float64 where H is 1": ("backward_sizes", (
            R_TANH, (
                "h_next = np.tanh(h_prev @ Wh + x @ Wx + b)\n"
                "        if len(b) == 1: h_next = h_next.astype(float)"))),
    },
    "my_bptt": {
        "float64 dxs of one sequence": ("bptt_dtype_and_layout", (
            "    return dxs, dh0, dWx, dWh, db",
            "    if len(xs) == 1: dxs = dxs.astype(float)\n    return dxs, dh0, dWx, dWh, db")),
        "float64 dh0 of one step": ("bptt_dtype_and_layout", (
            "    return dxs, dh0, dWx, dWh, db",
            "    if T == 1: dh0 = dh0.astype(float)\n    return dxs, dh0, dWx, dWh, db")),
    },
}


def right(name):
    """Return the source of the instructor's answer."""
    slug = find(name).slug
    notebook = nbformat.read(ROOT / "solutions" / slug / f"{slug}.ipynb", as_version=4)
    return "\n".join(line for line in answers_of(notebook)[name].split("\n") if "SOLUTION" not in line)


def changed(name, label, changes=CHANGES):
    """Return (criterion that must notice it, source of the whole answer)."""
    source = right(name)
    criterion, *texts = changes[name][label]
    for old, new in texts:
        assert old in source, old
        source = source.replace(old, new) if old else source + new
    return criterion, source
