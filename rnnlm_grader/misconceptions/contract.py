"""What goes wrong in the contract that all layers keep: sentences, and changes that fit several right answers."""
import numpy as np

COPIED = ("parameters are copied in __init__; an optimiser that updates the arrays it gave you has then no effect. "
          "Keep the arrays themselves")
REUSED = "one output array is kept and used again; what forward returned before then changes later"
GRADS_FLOAT64 = "the gradients are made as float64 whatever the parameters are (np.zeros(shape)); use np.zeros_like"
GRADS_FLOAT32 = "the gradients are made as float32 whatever the parameters are (dtype='f'); use np.zeros_like"

# Of a right answer that begins with `self.params = [Wx, Wh, b]` and makes its gradients with `np.zeros_like(param)`.
COPIES = ("self.params = [Wx, Wh, b]", "self.params = [Wx.copy(), Wh.copy(), b.copy()]")
HOLDS_COPIES = (COPIES, ("self.params = [", "self.arrays = [Wx, Wh, b]\n        self.params = ["),
                ("b = self.params", "b = self.arrays"))
MAKES_FLOAT64 = ("np.zeros_like(param)", "np.zeros(param.shape)")
MAKES_FLOAT32 = ("np.zeros_like(param)", "np.zeros(param.shape, dtype='f')")
MAKES_COPIES_EACH_TIME = """
    @property
    def params(self):
        return [param.copy() for param in self.arrays]

    @params.setter
    def params(self, arrays):
        self.arrays = arrays
"""


# --- to be deleted once no module mixes these classes into a right answer any more -----------------------------------


class PilesUp:
    def backward(self, *args):
        before = [grad.copy() for grad in self.grads]
        given = super().backward(*args)
        for grad, old in zip(self.grads, before, strict=True):
            grad += old
        return given


class Rebinds:
    def backward(self, *args):
        self.grads = [np.zeros_like(param) for param in self.params]
        return super().backward(*args)


class CopiesParameters:
    def __init__(self, *params, **options):
        super().__init__(*(param.copy() if isinstance(param, np.ndarray) else param for param in params), **options)


class ReusesOutput:
    buffer = np.empty(0)

    def forward(self, *args):
        out = super().forward(*args)
        if self.buffer.shape != out.shape:
            self.buffer = np.empty_like(out)
        self.buffer[...] = out
        return self.buffer


class ForcesFloat32:
    def forward(self, *args):
        return super().forward(*args).astype("f")


class ForcesFloat64:
    def forward(self, *args):
        return super().forward(*args).astype("d")


class ForcesGradsFloat64:
    def __init__(self, *params, **options):
        super().__init__(*params, **options)
        self.grads = [np.zeros(param.shape) for param in self.params]


class ForcesGradsFloat32:
    def __init__(self, *params, **options):
        super().__init__(*params, **options)
        self.grads = [np.zeros(param.shape, dtype="f") for param in self.params]
