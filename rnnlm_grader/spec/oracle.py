"""What the reference gives on a tape: what an answer should give."""
import numpy as np


def by_reference(case):
    """What the reference gives, rounded to the dtype of the condition: (number of the step, what) → value."""
    right = Right(case.layer, case.tape, case.condition.options)
    with np.errstate(all="ignore"):
        for at, step in enumerate(case.tape.steps):
            getattr(right, step.verb, right.forward)(at, step)
    return {key: in_dtype(value, case.dtype) for key, value in right.seen.items()}


def in_dtype(value, dtype):
    if isinstance(value, tuple):
        return tuple(in_dtype(each, dtype) for each in value)
    return value if value is None else np.asarray(value, dtype)


class Right:
    """The reference plays a tape, in float64."""

    def __init__(self, layer, tape, options):
        self.layer, self.options, self.seen, self.made = layer, options, {}, {}
        self.params, self.beside = ([param.astype(float) for param in params]
                                    for params in (tape.params, tape.params if layer.makes else tape.beside))

    def of(self, who):
        if who not in self.made:
            self.made[who] = self.layer.reference(*(self.beside if who else self.params), **self.options)
        return self.made[who]

    def forward(self, at, step):
        given = self.given(step)
        if not self.layer.is_function:
            self.returned(at, tuple(self.layer.gives(step.verb)), getattr(self.of(step.who), step.verb)(*given))
            return self.see_attributes(at, step)
        for i, name in enumerate(self.layer.takes(step.verb)):
            given[i] = self.layer.function(name, given[i]) if name in self.layer.functions else given[i]
        count = len(self.layer.listed)
        given = [given[:count], *given[count:]] if count else given
        self.returned(at, tuple(self.layer.out), self.layer.reference(*given, **self.options))
        self.seen |= {(at, name): grad for name, grad in zip(self.layer.grads, given[0], strict=False)} if count else {}

    def backward(self, at, step):
        self.returned(at, self.layer.back or ("result",), self.of(step.who).backward(*self.given(step)))
        grads = tuple(grad.copy() for grad in self.of(step.who).grads)
        self.seen |= {(at, name): grad for name, grad in zip(self.layer.grads, grads or ((),), strict=True)}
        self.see_attributes(at, step)

    def see_attributes(self, at, step):
        self.seen |= {(at, name): getattr(self.of(step.who), name) for name in self.layer.attributes.get(step.verb, ())}

    def set(self, at, step):
        self.of(step.who).set_state(*self.given(step))

    def reset(self, at, step):
        self.of(step.who).reset_state()

    def returned(self, at, names, back):
        self.seen |= {(at, name): value for name, value in zip(names, back if len(names) > 1 else (back,), strict=True)}

    def update(self, at, step):
        self.seen[at, "params"] = tuple(param.copy() for param in self.params)
        for param, new in zip(self.params, step.arrays, strict=True):
            param[...] = new

    def spoil(self, at, step):
        pass

    make = spoil

    def given(self, step):
        return [array.astype(float) if array.dtype.kind == "f" else array for array in step.arrays]
