"""What goes wrong in the contract that all layers keep: sentences, and changes that fit several right answers."""
COPIED = ("parameters are copied in __init__; an optimiser that updates the arrays it gave you has then no effect. "
          "Keep the arrays themselves")
REUSED = "one output array is kept and used again; what forward returned before then changes later"
STEPS_ADDED_UP = "the steps are added up (a sum over axis 1); the output has one row for every step of the window"
USED_UP = "backward uses up what forward kept (pop, del, None, an iterator); a second backward must give the same"
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
