"""Answers that are right where one looks first and wrong beside: small changes of the instructor's answers.

For each name: what is wrong → (the criterion that must notice it, changes ...), as `misconception.changed` takes them.
"""

from pathlib import Path

import nbformat

from rnnlm_grader.content import find, misconception
from rnnlm_grader.course.source_notebook import answers_of

ROOT = Path(__file__).parents[2]
ADD = "np.add.at(dW, self.idx, dout)"
R_TANH = "h_next = np.tanh(h_prev @ Wh + x @ Wx + b)"
R_BACK = "return dz @ Wx.T, dz @ Wh.T"
T_BACK = "dxs[:, t], dh = self.cells[t].backward(dhs[:, t] + dh)"
B_STATE = "np.tanh(hs[t] @ Wh + xs[:, t] @ Wx + b)"
LARGEST = "x.max(axis=-1, keepdims=True)"
EXPS = f"    e = np.exp(x - {LARGEST})"
SHARES = "return e / e.sum(axis=-1, keepdims=True)"
PICKED = "log_p[np.arange(N * T), safe] * mask"
MASKS = "dx *= mask[:, np.newaxis]"

CHANGES = {
    "MyEmbedding": {
        "flattens the caller's dout in place": (
            "any_shape_backward",
            (
                ADD,
                (
                    "dout = np.ascontiguousarray(dout); dout.shape = (-1, dW.shape[1])\n"
                    "        np.add.at(dW, self.idx.reshape(-1), dout)"
                ),
            ),
        ),
        "counts repeats, and takes the first row for each": (
            "repeated_ids_add_up",
            (
                ADD,
                (
                    "ids, first, counts = np.unique(self.idx, return_index=True, return_counts=True)\n"
                    "        dW[ids] = dout.reshape(-1, dW.shape[1])[first] * counts[:, None]"
                ),
            ),
        ),
        "rounds grads to 2 decimals": ("any_size_backward", (ADD, f"{ADD}; dW[...] = dW.round(2)")),
        "leaves grads where dout is 0": (
            "overwrites_in_place",
            ("dW = self.grads[0]", "dW = self.grads[0]\n        if dout.size and not dout.any(): return"),
        ),
        "one width for all": (
            "stands_alone",
            ("self.idx = None", "self.idx = None; MyEmbedding.D = W.shape[1]"),
            (ADD, "np.add.at(dW, self.idx.reshape(-1), dout.reshape(-1, self.D))"),
        ),
        "clears the rows of the last ids only": (
            "overwrites_in_place",
            ("dW[...] = 0", "dW[vars(self).get('old', slice(None))] = 0; self.old = self.idx"),
        ),
        "keeps the first of two forwards": (
            "any_shape_backward",
            ("self.idx = idx", "self.idx = idx if self.idx is None else self.idx"),
            (ADD, f"{ADD}; self.idx = None"),
        ),
        "gives the last word no gradient": ("repeated_ids_add_up", (ADD, f"{ADD}; dW[-1] = 0")),
    },
    "MyTimeEmbedding": {
        "leaves grads where dout is 0": (
            "time_overwrites_in_place",
            ("self.layer.backward(dout)", "if not dout.any(): return\n        self.layer.backward(dout)"),
        ),
        "one table for all": ("time_overwrites_in_place", ("self.params", "MyTimeEmbedding.params")),
        "uses up its layer": (
            "time_overwrites_in_place",
            ("= self.layer.grads[0]", "= self.layer.grads[0]; del self.layer"),
        ),
    },
    "MyRNN": {
        "finds h again in backward with the first b": (
            "shares_parameters",
            ("self.cache = None", "self.cache, self.b = None, b.copy()"),
            ("= self.cache\n", "= self.cache; h_next = np.tanh(h_prev @ Wh + x @ Wx + self.b)\n"),
        ),
        "makes grads of one array of float64": (
            "follows_dtype",
            (
                "self.cache = None",
                "self.cache, all = None, np.zeros((len(Wx) + len(Wh), len(b)))\n"
                "        self.grads[:2] = all[:len(Wx)], all[len(Wx):]",
            ),
        ),
        "one width for all": (
            "stands_alone",
            ("self.cache = None", "self.cache = None; MyRNN.H = len(b)"),
            (R_TANH, f"{R_TANH}.reshape(-1, self.H)"),
        ),
        "keeps the first of two forwards": (
            "backward_sizes",
            ("self.cache = x, h_prev, h_next", "self.cache = self.cache or (x, h_prev, h_next)"),
            ("= self.cache\n", "= self.cache; self.cache = None\n"),
        ),
        "has a state of its own": (
            "forward_sizes",
            (
                "h_next = np",
                "h_prev = vars(self).get('h', h_prev)\n"
                "        h_prev = h_prev if len(h_prev) == len(x) else h_prev[:1]\n        h_next = np",
            ),
            ("return h_next", "self.h = h_next\n        return h_next"),
        ),
        "remembers dh": (
            "backward_twice",
            ("dz = dh_next *", "dz = (dh_next + vars(self).get('dh', 0)) *"),
            (R_BACK, "self.dh = dz @ Wh.T\n        return dz @ Wx.T, self.dh"),
        ),
        "turns the weights round once, in forward": (
            "backward_sizes",
            (R_TANH, f"{R_TANH}\n        vars(self).setdefault('turned', (Wx.T.copy(), Wh.T.copy()))"),
            (R_BACK, "return dz @ self.turned[0], dz @ self.turned[1]"),
        ),
    },
    "MyTimeRNN": {
        "squeezes dh": ("backward_sizes", ("self.dh = dh\n", "self.dh = dh.squeeze()\n")),
        "hands the first row of dh back to all": ("through_time", (T_BACK, T_BACK.replace("+ dh)", "+ dh[:1])"))),
        "goes back three steps": ("through_time", (T_BACK, T_BACK.replace("+ dh", "+ dh * (t >= T - 3)"))),
        "reshapes for stack": ("like_unrolled", ("return hs", "return hs.swapaxes(0, 1).copy().reshape(N, T, H)")),
        "resets to zeros of the shape of b": (
            "forgets_the_state",
            ('the state."""\n        self.h = None', 'the state."""\n        self.h = 0 * self.params[2]'),
        ),
        "carries dh over when stateful": (
            "backward_twice",
            (
                "dh = np.zeros_like(dhs[:, 0])",
                ("dh = np.zeros_like(dhs[:, 0]) if not self.stateful or self.dh is None else self.dh"),
            ),
        ),
    },
    "MyTimeLSTM": {
        "squeezes dh and dc": (
            "backward_sizes",
            ("self.dh, self.dc = dh, dc", "self.dh, self.dc = dh.squeeze(), dc.squeeze()"),
        ),
    },
    "my_numerical_gradient": {
        "gives a number for an array of one number": (
            "any_shape_of_x",
            ("return grad", "return grad if grad.size > 1 else grad.item()"),
        ),
        "uses one side, twice": (
            "honours_eps",
            ("x[i] = kept - eps", "x[i] = kept + 2 * eps"),
            ("(above - below) / (2 * eps)", "(4 * above - below - 3 * f(x)) / (2 * eps)"),
        ),
        "gives the same array again": (
            "layout_of_x",
            ("grad = np.zeros_like(x)", "grad = SAME.setdefault(x.shape, np.zeros(x.shape))"),
            "SAME = {}",
        ),
        "scales eps with the number": (
            "layout_of_x",
            ("    for i", "    given = eps\n    for i"),
            ("kept = x[i]", "kept = x[i]\n        eps = given * max(1, abs(kept))"),
        ),
        "calls eps h, as the well-known book does": ("honours_eps", ("eps=1e-5", "h=1e-4"), ("eps", "h")),
    },
    "my_bptt": {
        "takes T // window for the window": (
            "stops_at_the_boundary",
            ("t % window == 0", "t % max(T // window, 1) == 0"),
        ),
        "makes windows of one length": (
            "every_boundary",
            ("t % window == 0", "t in np.cumsum([len(p) for p in np.array_split(range(T), -(-T // window))])"),
        ),
        "divides the sums by the number of windows": (
            "windows_add_up",
            ("    return dxs", "    if window:\n        for g in (dWx, dWh, db): g /= -(-T // window)\n    return dxs"),
        ),
        "has no dh0 where one window holds all": (
            "every_boundary",
            ("    return dxs", "    if T == window: dh0 = np.zeros_like(dh0)\n    return dxs"),
        ),
        "keeps one array of states": (
            "adds_up",
            ("hs = [h0]", "hs, h = [h0], h0.copy()"),
            (f"hs.append({B_STATE})", f"h[...] = {B_STATE}; hs.append(h)".replace("hs[t]", "h")),
        ),
        "gives dxs in dhs": (
            "any_sizes",
            ("    return dxs", "    if dxs.shape == dhs.shape: dhs[...] = dxs; dxs = dhs\n    return dxs"),
        ),
        "starts windows from zeros of float64": (
            "follows_dtype",
            ("            dh = np.zeros_like(h0)", "            dh = np.zeros(h0.shape)"),
        ),
        "leaves h of later windows' starts out of dWh": (
            "gradient_of_wh",
            ("dWh += hs[t].T @ dz", "dWh += hs[t].T @ dz if t and not (window and t % window == 0) else 0"),
        ),
        "changes h0 with a window": ("leaves_arguments", ("    return", "    if window: h0 += 0.5\n    return")),
    },
    "my_clip_grads": {
        "takes the spectral norm of matrices": (
            "returns_norm_before",
            ("(grad ** 2).sum()", "(np.linalg.norm(grad, 2) ** 2 if grad.ndim == 2 else (grad ** 2).sum())"),
        ),
        "adds 1e-6 to the norm itself": ("zero_gradients", ("    if norm", "    norm = norm + 1e-6\n    if norm")),
        "measures again after each array": (
            "shrinks_together",
            ("/ norm", "/ np.sqrt(sum((g ** 2).sum() for g in grads))"),
        ),
        "begins too early": ("any_arrays", ("if norm >", "if norm > 0.96 *")),
    },
    "my_softmax": {
        "shifts a single row by its first logit": (
            "large_logits",
            (EXPS, f"    if x.ndim == 1: e = np.exp(x - x[0]); return e / e.sum()\n{EXPS}"),
        ),
        "shifts a single row itself": ("softmax_contract", (EXPS, f"    if x.ndim == 1: x -= x.max()\n{EXPS}")),
        "shifts x itself where it is float64": (
            "softmax_contract",
            (EXPS, (f"    dtype, x = x.dtype, x.astype(float, copy=False)\n    x -= {LARGEST}\n    e = np.exp(x)")),
            (SHARES, "return (e / e.sum(axis=-1, keepdims=True)).astype(dtype)"),
        ),
        "gives the same array again": (
            "softmax_contract",
            (
                SHARES,
                (
                    "same = SAME.setdefault((x.shape, x.dtype), e)\n    same[...] = e / e.sum(axis=-1, keepdims=True)\n"
                    "    return same"
                ),
            ),
            "SAME = {}",
        ),
        "shifts by the largest of all in three dimensions": (
            "large_logits",
            (LARGEST, f"({LARGEST} if x.ndim < 3 else x.max())"),
        ),
    },
    "MyTimeSoftmaxWithLoss": {
        "sums a masked array up": (
            "all_ignored",
            (f"({PICKED}).sum()", "np.ma.array(log_p[np.arange(N * T), safe], mask=~mask).sum()"),
        ),
        "keeps its mask in a global": (
            "loss_stands_alone",
            ("self.cache = log_p", "global keep; keep = mask\n        self.cache = log_p"),
            (MASKS, "dx *= keep[:, np.newaxis]"),
        ),
        "takes the mean of the sequences' means": (
            "mean_over_kept",
            (
                f"return -({PICKED}).sum() / count",
                (
                    f"losses, m = -({PICKED}).reshape(N, T), mask.reshape(N, T)\n"
                    "        return (losses.sum(1) / np.maximum(m.sum(1), 1)).mean()"
                ),
            ),
        ),
        "takes the size of dout": ("upstream_factor", ("dx *= dout /", "dx *= abs(dout) /")),
        "has no gradient for the ignored word": (
            "other_labels",
            (MASKS, f"{MASKS}\n        if 0 <= self.ignore_label < shape[2]: dx[:, self.ignore_label] = 0"),
        ),
        "multiplies what it keeps by each dout": (
            "loss_backward_twice",
            ("dx *= dout /", "self.d = vars(self).get('d', 1.0) * dout; dx *= self.d /"),
        ),
        "gives float64 where all is ignored": (
            "loss_dtypes",
            ("return dx.reshape(shape)", "return dx.reshape(shape) if mask.any() else np.zeros(shape)"),
        ),
        "takes label 0 for none": ("other_labels", ("= ignore_label", "= ignore_label or -1")),
        "ignores word 0": ("mean_over_kept", ("mask = ts != self.ignore_label", "mask = ts > 0")),
        "rows for indexing kept while N is the same": (
            "mean_loss",
            (
                "N, T, V = xs.shape\n",
                ("N, T, V = xs.shape\n        if vars(self).get('N') != N: self.N, self.rows = N, np.arange(N * T)\n"),
            ),
            ("np.arange(N * T), safe", "self.rows[:N * T], safe"),
            ("np.arange(len(safe))", "self.rows[:len(safe)]"),
        ),
    },
    "MyTimeAffine": {
        "keeps N, T and H in globals": (
            "affine_in_place",
            ("self.xs = xs", "global N, T, H\n        self.xs, (N, T, H) = xs, xs.shape"),
            ("return dout @ W.T", "return (drows @ W.T).reshape(N, T, H)"),
        ),
        "has a db of float64": ("affine_dtype", ("np.zeros_like(b)]", "np.zeros(b.shape)]")),
        "takes xs from a stack": (
            "affine_in_place",
            ("self.xs = xs", "self.stack = vars(self).get('stack', []); self.stack.append(xs)"),
            ("self.xs.reshape", "self.stack.pop().reshape"),
        ),
        "goes over as many steps as sequences": (
            "gradient_of_w",
            (
                "self.grads[0][...] = rows.T @ drows",
                (
                    "self.grads[0][...] = 0\n        for t in range(min(dout.shape[:2])): "
                    "self.grads[0] += self.xs[:, t].T @ dout[:, t]"
                ),
            ),
        ),
        "rounds W to 1 decimal": ("scores", ("return xs @ W + b", "return xs @ W.round(1) + b")),
        "has them the other way round": (
            "affine_shares",
            ("self.params = [W, b]", "self.params = [b, W]"),
            ("W, b = self.params", "b, W = self.params"),
        ),
        "keeps W.T as it was": (
            "affine_shares",
            ("self.xs = None", "self.xs, self.WT = None, W.T.copy()"),
            ("return dout @ W.T", "return dout @ self.WT"),
        ),
    },
    "MyRnnlm": {
        "divides no weights by a root": ("draws_from_rng", ("scale * rng", "rng")),
        "isn't stateful any more": (
            "resets_state",
            ("self.layers[1].reset_state()", "self.layers[1].stateful = False"),
        ),
        "one loss layer for all": (
            "model_leaves_arguments",
            ("        self.loss_layer = TimeSoftmaxWithLoss()\n", ""),
            ("    def predict", "    loss_layer = TimeSoftmaxWithLoss()\n\n    def predict"),
        ),
        "takes a dout of 0 for none": (
            "scales_gradients",
            ("loss_layer.backward(dout)", "loss_layer.backward(dout or 1)"),
        ),
        "makes a new RNN of copies": (
            "lists_share",
            (
                "self.layers[1].reset_state()",
                ("self.layers[1] = TimeRNN(*map(np.copy, self.layers[1].params), stateful=True)"),
            ),
        ),
        "ignores word 0, as padding": ("gives_loss", ("TimeSoftmaxWithLoss()", "TimeSoftmaxWithLoss(ignore_label=0)")),
    },
    "my_perplexity": {
        "drops the last, smaller batch": (
            "of_unequal_batches",
            (
                "    total",
                (
                    "    pairs = [(a, n) for a, n in zip(losses, counts) if n == max(counts)]\n"
                    "    losses, counts = zip(*pairs)\n    total"
                ),
            ),
        ),
        "stops at an empty batch": (
            "of_empty_batches",
            (
                "    total",
                (
                    "    end = counts.index(0) if 0 in counts else len(counts)\n"
                    "    losses, counts = losses[:end], counts[:end]\n    total"
                ),
            ),
        ),
        "keeps one loss for each count": (
            "of_equal_batches",
            (
                "loss * count for loss, count in zip(losses, counts)",
                "loss * count for count, loss in dict(zip(counts, losses)).items()",
            ),
        ),
    },
}


def right(name):
    """Return the source of the instructor's answer."""
    slug = find(name).slug
    notebook = nbformat.read(ROOT / "solutions" / slug / f"{slug}.ipynb", as_version=4)
    return "\n".join(line for line in answers_of(notebook)[name].split("\n") if "SOLUTION" not in line)


def changed(name, label):
    """Return (criterion that must notice it, source of the whole answer)."""
    criterion, *changes = CHANGES[name][label]
    return criterion, misconception.changed(right(name), *changes)
