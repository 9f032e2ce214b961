"""Answers that are right where one looks first and wrong beside: small changes of the instructor's answers.

For each name: what is wrong → (the criterion that must notice it, (old, new) texts ...).
"""
import nbformat
from hostile.handing_in import ROOT

from rnnlm_grader.course.folders import answers_of
from rnnlm_grader.criteria import find

COPIES = "\n    @property\n    def params(self):\n        return [param.copy() for param in self.arrays]\n"
DZ = "dz = dh_next * (1 - h_next ** 2)"
R_TANH = "h_next = np.tanh(h_prev @ Wh + x @ Wx + b)"
R_CACHE = "x, h_prev, h_next = self.cache"
R_BACK = "return dz @ Wx.T, dz @ Wh.T"
R_TURNED = "return dz @ self.turned[0], dz @ self.turned[1]"
SET = "self.h = h\n\n"
TIMED = "self.cells[t].backward(dhs[:, t] + dh)"
GOES_BACK = f"dxs[:, t], dh = {TIMED}"
LOSS = "self.loss_layer.forward(self.predict(xs), ts)"
BACK = "dout = layer.backward(dout)"
LOSS_LAYER = "self.loss_layer = Time"
EXPS = "    e = np.exp(x - x.max(axis=-1, keepdims=True))"
GIVES_LOSS = f"        return {LOSS}"
RESETS = "        self.layers[1].reset_state()"
MAKES_LOSS = f"        {LOSS_LAYER}"
CACHE = "self.cache = log_p, safe, mask, count, (N, T, V)"
EMPTY = "self.cache = None"
MASKS = "dx *= mask[:, np.newaxis]"
B_SUM = "hs[t] @ Wh + xs[:, t] @ Wx + b"
B_STATE = f"np.tanh({B_SUM})"
PREDICTS = "    def predict"
EACH_PLACE = "for i in np.ndindex(x.shape):"
GIVES_SHARES = "return e / e.sum(axis=-1, keepdims=True)"
E_OF = "    e = np"
GIVES_KEPT = "return -(log_p[np.arange(N * T), safe] * mask).sum() / count"
OWN_LOOP = (GIVES_LOSS, (
    "        h = xs\n        for layer in self.layers: h = layer.forward(h)\n"
    "        return self.loss_layer.forward(h, ts)"))
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
        "takes the first row's state for all": ("rows_apart", (R_TANH, R_TANH.replace("h_prev @", "h_prev[:1] @"))),
        "finds h again in backward with the first b": ("shares_parameters", (
            "self.cache = None", "self.cache, self.b = None, b.copy()"), (
            R_CACHE, f"{R_CACHE}; h_next = np.tanh(h_prev @ Wh + x @ Wx + self.b)")),
        "takes the mean of the batch's slopes": ("slope_of_tanh", (
            DZ, "dz = dh_next * (1 - h_next ** 2).mean(axis=0)")),
        "makes grads of one array of float64": ("follows_dtype", (
            "self.cache = None", "self.cache, all = None, np.zeros((len(Wx) + len(Wh), len(b)))\n"
                                 "        self.grads[:2] = all[:len(Wx)], all[len(Wx):]")),
        "one width for all": ("stands_alone", ("self.cache = None", "self.cache = None; MyRNN.H = len(b)"), (
            R_TANH, f"{R_TANH}.reshape(-1, self.H)")),
        "offers copies of params": ("shares_parameters", ("self.params", "self.arrays"), ("", COPIES)),
        "keeps the first of two forwards": ("backward_sizes", ("self.cache = x, h_prev, h_next", (
            "self.cache = self.cache or (x, h_prev, h_next)")), (
            "x, h_prev, h_next = self.cache", "x, h_prev, h_next = self.cache; self.cache = None")),
        "drops a width of 1 forward": ("forward_sizes", (
            "return h_next", "return h_next.squeeze(1) if len(b) == 1 else h_next")),
        "has a state of its own": ("forward_sizes", ("h_next = np", "h_prev = vars(self).get('h', h_prev)\n"
            "        h_prev = h_prev if len(h_prev) == len(x) else h_prev[:1]\n        h_next = np"), (
            "return h_next", "self.h = h_next\n        return h_next")),
        "remembers dh": ("backward_twice", (DZ, "dz = (dh_next + vars(self).get('dh', 0)) * (1 - h_next ** 2)"), (
            "return dz @ Wx.T, dz @ Wh.T", "self.dh = dz @ Wh.T\n        return dz @ Wx.T, self.dh")),
        "turns the weights round once, in forward": ("backward_sizes", (
            R_TANH, f"{R_TANH}\n        vars(self).setdefault('turned', (Wx.T.copy(), Wh.T.copy()))"), (
            R_BACK, R_TURNED)),
    },
    "MyTimeRNN": {
        "squeezes dh": ("backward_sizes", ("self.dh = dh\n", "self.dh = dh.squeeze()\n")),
        "takes a state only where it has none": ("takes_a_state", (SET, "if self.h is None: self.h = h\n\n")),
        "hands the first row of dh back to all": ("through_time", (GOES_BACK, GOES_BACK.replace("+ dh)", "+ dh[:1])"))),
        "drops a width of 1": ("forward_sizes", ("return hs", "return hs.squeeze(2) if H == 1 else hs")),
        "goes back three steps": ("through_time", (TIMED, TIMED.replace("+ dh", "+ dh * (t >= T - 3)"))),
        "offers copies of params": ("shares_parameters", ("self.params", "self.arrays"), ("", COPIES)),
        "takes the kept state at backward time": ("gradient_of_wh", ("dxs = np", (
            "x, _, h = self.cells[0].cache\n        self.cells[0].cache = x, self.h, h\n        dxs = np"))),
        "reshapes for stack": ("like_unrolled", ("return hs", "return hs.swapaxes(0, 1).copy().reshape(N, T, H)")),
        "sets stateful in set_state": ("starts_from_zeros", (
            "self.h = h\n\n", "self.h, self.stateful = h, True\n\n")),
        "resets to zeros of the shape of b": ("forgets_the_state", (
            "the state.\"\"\"\n        self.h = None", "the state.\"\"\"\n        self.h = 0 * self.params[2]")),
        "carries dh over when stateful": ("backward_twice", ("dh = np.zeros_like(dhs[:, 0])", (
            "dh = np.zeros_like(dhs[:, 0]) if not self.stateful or self.dh is None else self.dh"))),
    },
    "MyTimeLSTM": {
        "squeezes dh and dc": ("backward_sizes", (
            "self.dh, self.dc = dh, dc", "self.dh, self.dc = dh.squeeze(), dc.squeeze()")),
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
        "forgets eps where it takes x apart": ("layout_of_x", (
            "    grad = np.zeros_like(x)\n", (
                "    if x.ndim > 1:\n"
                "        flat = my_numerical_gradient(lambda v: f(v.reshape(x.shape)), x.ravel().copy())\n"
                "        return flat.reshape(x.shape)\n"
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
        "gives a number for an array of one number": ("any_shape_of_x", (
            "    return grad", "    return grad if grad.size > 1 else grad.item()")),
        "leaves out axes of 1": ("any_shape_of_x", ("np.ndindex(x.shape)", "np.ndindex(x.squeeze().shape)")),
        "uses one side, twice": ("honours_eps", ("x[i] = kept - eps", "x[i] = kept + 2 * eps"), (
            "(above - below) / (2 * eps)", "(4 * above - below - 3 * f(x)) / (2 * eps)")),
        "gives the same array again": ("layout_of_x",
            ("grad = np.zeros_like(x)", "grad = SAME.setdefault(x.shape, np.zeros(x.shape))"), (
            "def my", "SAME = {}\n\n\ndef my")),
        "puts back by adding": ("leaves_x_alone", ("x[i] = kept\n", "x[i] += eps\n")),
        "scales eps with the number": ("layout_of_x", ("    for i", "    given = eps\n    for i"), (
            "        kept = x[i]\n", "        kept = x[i]\n        eps = given * max(1, abs(kept))\n")),
        "calls eps h, as the well-known book does": ("honours_eps", (
            "eps=1e-5", "h=1e-4"), (
            "+ eps", "+ h"), (
            "- eps", "- h"), (
            "2 * eps", "2 * h")),
    },
    "my_bptt": {
        "takes T // window for the window": ("stops_at_the_boundary", (
            "t % window == 0", "t % max(T // window, 1) == 0")),
        "cuts where a window ends": ("every_boundary", ("t % window == 0", "(t + 1) % window == 0")),
        "divides the sums by the number of windows": ("windows_add_up", (
            "    return dxs",
            "    if window:\n        for g in (dWx, dWh, db): g /= -(-T // window)\n    return dxs")),
        "counts windows from the end": ("every_boundary", ("t % window == 0", "(T - t) % window == 0")),
        "has no dh0 where one window holds all": ("every_boundary", (
            "    return dxs", "    if T == window: dh0 = np.zeros_like(dh0)\n    return dxs")),
        "keeps one array of states": ("flows_back", ("hs = [h0]", "hs, h = [h0], h0.copy()"), (
            f"hs.append({B_STATE})", "h[...] = np.tanh(h @ Wh + xs[:, t] @ Wx + b); hs.append(h)")),
        "makes windows of one length": ("every_boundary", (
            "t % window == 0", "t in np.cumsum([len(p) for p in np.array_split(range(T), -(-T // window))])")),
        "gives dxs in dhs": ("any_sizes", (
            "    return dxs", "    if dxs.shape == dhs.shape: dhs[...] = dxs; dxs = dhs\n    return dxs")),
        "starts windows from zeros of float64": ("follows_dtype", (
            "            dh = np.zeros_like(h0)", "            dh = np.zeros(h0.shape)")),
        "leaves h of later windows' starts out of dWh": ("gradient_of_wh", (
            "dWh += hs[t].T @ dz", "dWh += hs[t].T @ dz if t and not (window and t % window == 0) else 0")),
        "changes h0 with a window": ("leaves_arguments", ("    return", "    if window: h0 += 0.5\n    return")),
        "starts a window's second step from h0": ("every_boundary", ("hs[t] @ Wh +", (
            "(h0 if window and t > window and t % window == 1 else hs[t]) @ Wh +"))),
    },
    "my_clip_grads": {
        "takes the spectral norm of matrices": ("returns_norm_before", (
            "(grad ** 2).sum()", "(np.linalg.norm(grad, 2) ** 2 if grad.ndim == 2 else (grad ** 2).sum())")),
        "fills an array in the order of memory": ("any_arrays", (
            "grad *= max_norm / norm", "grad.flat = grad.flatten('K') * (max_norm / norm)")),
        "adds 1e-6 to the norm itself": ("zero_gradients", ("    if norm", "    norm = norm + 1e-6\n    if norm")),
        "takes whole numbers for max_norm": ("shrinks_together", (
            "    norm =", "    max_norm = int(max_norm) or max_norm\n    norm =")),
        "empties the list where it need not clip": ("leaves_small_gradients", (
            "    return norm", "    else: grads.clear()\n    return norm")),
        "measures again after each array": ("shrinks_together", (
            "grad *= max_norm / norm", "grad *= max_norm / np.sqrt(sum((g ** 2).sum() for g in grads))")),
        "begins too early": ("any_arrays", ("if norm >", "if norm > 0.96 *")),
        "gives up above a hundred": ("shrinks_together", ("if norm >", "if 100 > norm >")),
        "shrinks the first only": ("shrinks_together", ("grad *= max_norm / norm", "grad *= max_norm / norm; break")),
        "clips a copy of strided float32": ("any_arrays", ("grad *= max_norm / norm", (
            "if grad.dtype == 'f' and not grad.flags.forc: grad = grad.copy()\n            grad *= max_norm / norm"))),
        "the norm is kept by the ids of the arrays": ("any_arrays", (
            "def my_clip", "NORMS = {}\n\n\ndef my_clip"), (
            "    norm = np.sqrt(sum((grad ** 2).sum() for grad in grads))",
            "    key = tuple(map(id, grads))\n"
            "    if key not in NORMS:\n"
            "        NORMS[key] = np.sqrt(sum((grad ** 2).sum() for grad in grads))\n"
            "    norm = NORMS[key]")),
    },
    "my_softmax": {
        "takes overflown shares for 1": ("large_logits", (
            "e = np.exp(x - x.max(axis=-1, keepdims=True))",
            "e = np.nan_to_num(np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True), nan=1.0)")),
        "shifts by the middle of each row": ("large_logits", (
            "x.max(axis=-1, keepdims=True)", "(x.max(axis=-1, keepdims=True) + x.min(axis=-1, keepdims=True)) / 2")),
        "cuts what lies 15 below the largest": ("large_logits", (
            "x - x.max(axis=-1, keepdims=True)", "np.clip(x - x.max(axis=-1, keepdims=True), -15, None)")),
        "shifts by the largest size": ("large_logits", ("x.max(axis=-1", "np.abs(x).max(axis=-1")),
        "shifts a single row by its first logit": ("large_logits", (
            E_OF, f"    if x.ndim == 1: e = np.exp(x - x[0]); return e / e.sum()\n{E_OF}")),
        "drops exponentials below a thousandth": ("any_layout", (GIVES_SHARES, f"e[e < 1e-3] = 0\n    {GIVES_SHARES}")),
        "shifts a single row itself": ("softmax_contract", (EXPS, (
            "    if x.ndim == 1: x -= x.max()\n" + EXPS))),
        "shifts x itself where it is float64": ("softmax_contract", (EXPS, (
            "    dtype, x = x.dtype, x.astype(float, copy=False)\n    x -= x.max(axis=-1, keepdims=True)\n"
            "    e = np.exp(x)")), (
            "return e / e.sum(axis=-1, keepdims=True)", "return (e / e.sum(axis=-1, keepdims=True)).astype(dtype)")),
        "keeps a buffer of float64": ("softmax_contract", (EXPS, (
            "    e = vars(my_softmax).setdefault(x.shape, np.zeros(x.shape))\n"
            "    np.exp(x - x.max(axis=-1, keepdims=True), out=e)")), (
            "return e / e.sum(axis=-1, keepdims=True)", (
                "e /= e.sum(axis=-1, keepdims=True)\n    return e.astype(x.dtype, copy=False)"))),
        "gives the same array again": ("softmax_contract", ("return e / e.sum(axis=-1, keepdims=True)", (
            "same = SAME.setdefault((x.shape, x.dtype), e)\n    same[...] = e / e.sum(axis=-1, keepdims=True)\n"
            "    return same")), ("def my", "SAME = {}\n\n\ndef my")),
        "shifts by the largest of all in three dimensions": ("large_logits", ("x.max(axis=-1, keepdims=True)", (
            "(x.max(axis=-1, keepdims=True) if x.ndim < 3 else x.max())"))),
    },
    "MyTimeSoftmaxWithLoss": {
        "sums a masked array up": ("all_ignored", (
            GIVES_KEPT, "return -np.ma.array(log_p[np.arange(N * T), safe], mask=~mask).sum() / count")),
        "keeps its mask in a global": ("loss_stands_alone", (
            CACHE, "global keep; keep = mask\n        self.cache = log_p, safe, mask, count, (N, T, V)"), (
            MASKS, "dx *= keep[:, np.newaxis]")),
        "takes the mean of the sequences' means": ("loss_over_kept", (
            GIVES_KEPT, (
                "losses, m = -(log_p[np.arange(N * T), safe] * mask).reshape(N, T), mask.reshape(N, T)\n"
                "        return (losses.sum(1) / np.maximum(m.sum(1), 1)).mean()"))),
        "takes the size of dout": ("upstream_factor", ("dx *= dout /", "dx *= abs(dout) /")),
        "has no gradient for the ignored word": ("other_labels", (
            MASKS, (
                "dx *= mask[:, np.newaxis]\n"
                "        if 0 <= self.ignore_label < shape[2]: dx[:, self.ignore_label] = 0"))),
        "multiplies what it keeps by each dout": ("loss_backward_twice", (
            "dx *= dout / float(count)", "self.d = vars(self).get('d', 1.0) * dout; dx *= self.d / float(count)")),
        "gives float64 where all is ignored": ("loss_dtypes", (
            "return dx.reshape(shape)", "return dx.reshape(shape) if mask.any() else np.zeros(shape)")),
        "adds up losses until a backward": ("mean_loss", (EMPTY, f"{EMPTY}; self.total = 0"), (
            "return -(log_p", "self.total -= (log_p"), (
            ".sum() / count", ".sum() / count\n        return self.total"), (
            "dx = np.exp(log_p)", "dx = np.exp(log_p); self.total = 0")),
        "takes label 0 for none": ("other_labels", ("= ignore_label", "= ignore_label or -1")),
        "has no gradient where all is ignored": ("all_ignored", ("return dx.reshape(shape)", (
            "return dx.reshape(shape) if mask.any() else None"))),
        "ignores word 0": ("loss_over_kept", ("mask = ts != self.ignore_label", "mask = ts > 0")),
        "rows for indexing kept while N is the same": ("mean_loss", (
            "        N, T, V = xs.shape\n",
            "        N, T, V = xs.shape\n"
            "        if getattr(self, 'key', None) != (N):\n"
            "            self.key, self.rows = (N), np.arange(N * T)\n"
            ""), (
            "np.arange(N * T), safe", "self.rows[:N * T], safe"), (
            "np.arange(len(safe))", "self.rows[:len(safe)]")),
    },
    "MyTimeAffine": {
        "keeps N, T and H in globals": ("affine_in_place", (
            "self.xs = xs", "global N, T, H\n        self.xs, (N, T, H) = xs, xs.shape"), (
            "return dout @ W.T", "return (drows @ W.T).reshape(N, T, H)")),
        "goes back with H and V of the newest layer": ("affine_in_place", (
            "self.xs = None", "self.xs = None\n        global H, V; H, V = W.shape"), (
            "self.xs.reshape(-1, W.shape[0]), dout.reshape(-1, W.shape[1])",
            "self.xs.reshape(-1, H), dout.reshape(-1, V)")),
        "has a db of float64": ("affine_dtype", ("np.zeros_like(b)]", "np.zeros(b.shape)]")),
        "takes xs from a stack": ("affine_in_place", ("self.xs = xs", (
            "self.stack = vars(self).get('stack', []); self.stack.append(xs)")), ("self.xs.reshape", (
                "self.stack.pop().reshape"))),
        "goes over as many steps as sequences": ("gradient_of_w", ("self.grads[0][...] = rows.T @ drows", (
            "self.grads[0][...] = 0\n        for t in range(min(dout.shape[:2])): "
            "self.grads[0] += self.xs[:, t].T @ dout[:, t]"))),
        "rounds W to 2 decimals": ("scores_of_any_size", ("return xs @ W + b", "return xs @ W.round(2) + b")),
        "keeps a buffer of float64": ("affine_shares", ("return xs @ W + b", (
            "out = vars(self).setdefault(xs.shape, np.zeros(xs.shape[:2] + b.shape))\n"
            "        out[...] = xs @ W + b\n        return out.astype(W.dtype, copy=False)"))),
        "averages one step's gradients over the batch": ("gradient_of_xs", ("rows, drows =", (
            "N = len(dout) if dout.shape[1] == 1 else 1\n        rows, drows =")), (
            "rows.T @ drows", "rows.T @ drows / N"), ("drows.sum(axis=0)", "drows.sum(axis=0) / N")),
        "has no params": ("affine_shares", ("self.params", "self.weights")),
        "has them the other way round": ("affine_shares", ("self.params = [W, b]", "self.params = [b, W]"), (
            "W, b = self.params", "b, W = self.params")),
        "keeps W.T as it was": ("affine_shares", ("self.xs = None", "self.xs, self.WT = None, W.T.copy()"), (
            "return dout @ W.T", "return dout @ self.WT")),
    },
    "MyRnnlm": {
        "divides no weights by a root": ("draws_from_rng", (
            WEIGHTS, "return rng.standard_normal((rows, columns)).astype(\"f\")")),
        "is stateful from the first reset_state on": ("state_goes_on", (
            ", stateful=True", ""), (
            RESETS, "        self.layers[1].reset_state(); self.layers[1].stateful = True")),
        "starts anew when it predicts after training": ("state_goes_on", OWN_LOOP, (
            "        for layer in self.layers:\n            xs =",
            "        if self.trained: self.reset_state(); self.trained = False\n"
            "        for layer in self.layers:\n            xs ="), (
            BACK, f"{BACK}\n        self.trained = True"), (MAKES_LOSS, f"        self.trained = False\n{MAKES_LOSS}")),
        "isn't stateful any more": ("resets_state", (
            "self.layers[1].reset_state()", "self.layers[1].stateful = False")),
        "one loss layer for all": ("model_leaves_arguments", (
            "        self.loss_layer = TimeSoftmaxWithLoss()\n", ""), (
            PREDICTS, f"    loss_layer = TimeSoftmaxWithLoss()\n\n{PREDICTS}")),
        "takes a dout of 0 for none": ("scales_gradients", (
            "self.loss_layer.backward(dout)", "self.loss_layer.backward(dout or 1)")),
        "draws b from elsewhere": ("draws_from_rng", ("np.zeros(H, \"f\")", "np.random.randn(H).astype(\"f\")")),
        "forgets what predict has read": ("state_goes_on", (
            "forward(self.predict(xs), ts)", "forward(self.scores(xs), ts)"), ("    def predict(self, xs):", (
                "    def predict(self, xs):\n        h = self.layers[1].h\n        scores = self.scores(xs)\n"
                "        self.layers[1].h = h\n        return scores\n\n    def scores(self, xs):"))),
        "makes a new RNN of copies": ("lists_share", ("self.layers[1].reset_state()", (
            "self.layers[1] = TimeRNN(*map(np.copy, self.layers[1].params), stateful=True)"))),
        "ignores word 0, as padding": ("gives_loss", ("TimeSoftmaxWithLoss()", "TimeSoftmaxWithLoss(ignore_label=0)")),
    },
    "my_perplexity": {
        "turns the counts into shares in place": ("of_empty_batches", (
            "    total", "    n = sum(counts)\n    for i in range(len(counts)): counts[i] /= n\n    total")),
        "drops the last, smaller batch": ("of_unequal_batches", ("    total", (
            "    pairs = [(a, n) for a, n in zip(losses, counts) if n == max(counts)]\n"
            "    losses, counts = zip(*pairs)\n    total"))),
        "stops at an empty batch": ("of_empty_batches", (
            "    total", "    end = counts.index(0) if 0 in counts else len(counts)\n"
            "    losses, counts = losses[:end], counts[:end]\n    total")),
        "sorts the losses": ("of_unequal_batches", ("zip(losses, counts)", "zip(sorted(losses), counts)")),
        "keeps one loss for each count": ("of_equal_batches", (
            "loss * count for loss, count in zip(losses, counts)",
            "loss * count for count, loss in dict(zip(counts, losses)).items()")),
        "takes batches alike for one": ("of_unequal_batches", ("zip(losses, counts)", "set(zip(losses, counts))")),
        "changes the lists": ("of_empty_batches", ("    return", "    losses[0] += 1.0\n    return")),
    },
}

# What passes all criteria, and only a last look notices.


def right(name):
    """Return the source of the instructor's answer."""
    slug = find(name).slug
    notebook = nbformat.read(ROOT / "solutions" / slug / f"{slug}.ipynb", as_version=4)
    return "\n".join(line for line in answers_of(notebook)[name].split("\n") if "SOLUTION" not in line)


def changed(name, label):
    """Return (criterion that must notice it, source of the whole answer)."""
    source = right(name)
    criterion, *texts = CHANGES[name][label]
    for old, new in texts:
        assert old in source, old
        source = source.replace(old, new) if old else source + new
    return criterion, source
