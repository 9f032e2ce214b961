"""Plays tapes: the answer does, wherever it lives, and the reference does beside it."""
import numpy as np

from ..bench import StepFailed
from ..compare import LEAST, differ, kind
from ..values import Opaque
from .layer import NOISE

COARSEST = 4  # bytes of a float that is let be where the dtype isn't judged
KEPT_LATE = "afterwards"  # where `kept` is seen, in place of the number of a step


class Play:
    """A candidate plays the tape of a case; all steps are asked for at once, and later their replies are read.

    Attributes
    ----------
    seen : dict
        (number of the step, what) → value.
    raised : bench.Raised or None
        What ended the play.
    """

    def __init__(self, candidate, case):
        self.candidate, self.layer, self.tape, self.see = candidate, case.layer, case.tape, case.see
        self.case, self.seen, self.raised, self.printed = case, {}, None, ""
        self.awaited, self.kept, self.made, self.last = [], [], {}, {}
        self.params = [self.put(*each) for each in zip(self.layer.params, self.tape.params, strict=True)]
        self.grads = []
        self.of("")
        for at, step in enumerate(self.tape.steps):
            getattr(self, step.verb)(at, step)
        if "kept" in self.see:
            self.look_back()

    def ask(self, keys, verb, *args):
        """Ask for a step; of what it gives, `keys` are seen: one key of the value, or a tuple of those of its items."""
        handle = self.candidate.request(verb, *args)
        self.awaited.append(keys)
        return handle

    def put(self, name, array):
        """Place an array of the caller's on the bench, where it must stay as it is."""
        layout = self.case.condition.layout
        if name in self.layer.params and layout == "F":
            layout = "strided"  # of W by columns, zeros_like(W) is by columns too, and np.dot can't write into it
        handle = self.candidate.request("put", array, layout)
        self.kept.append([name, handle, array])
        return handle

    def of(self, who):
        """The layer of that name, made when it is first spoken of."""
        if who not in self.made:
            params = self.tape.stranger if who == "stranger" else self.params
            self.made[who] = self.ask(None, "call", self.layer.name, None, tuple(params), {})
            if not who and (self.see & set(self.layer.held) or any(step.verb == "spoil" for step in self.tape.steps)):
                self.grads = [self.ask(None, "element", self.made[who], "grads", i) for i in range(len(self.params))]
        return self.made[who]

    def arguments(self, step):
        """The arrays of a step on the bench: new ones, or those of its last time, filled with what the tape says."""
        if step.who == "stranger":
            return step.arrays
        key, names = (step.who, step.verb), self.layer.takes(step.verb)
        old = self.last.get(key) if step.how in ("again", "refilled") else None
        if old is None or not all(fits(self.kept[place][2], array) for (_, place), array in zip(
                old, step.arrays, strict=True)):
            old = [(self.put(name, array), len(self.kept) - 1) for name, array in zip(names, step.arrays, strict=True)]
        else:
            for (handle, place), array in zip(old, step.arrays, strict=True):
                self.ask(None, "write", handle, array)
                self.kept[place][2] = array
        self.last[key] = old
        return tuple(handle for handle, _ in old)

    def call(self, step, method):
        return self.of(step.who), method, self.arguments(step), {}

    def forward(self, at, step):
        handle = self.ask(self.keys(at, step, (self.layer.out,)), "call", *self.call(step, "forward"))
        self.returns(step, handle, at, self.layer.out)

    def backward(self, at, step):
        names = self.layer.back or ("result",)
        keys = self.keys(at, step, names)
        handle = self.ask(keys, "call", *self.call(step, "backward"))
        if len(self.layer.back) == 1:
            self.returns(step, handle, at, names[0])
        if self.see & set(self.layer.grads):
            self.ask(self.keys(at, step, self.layer.grads, ("grads",)), "attribute", self.of(step.who), "grads")
        if self.grads and not step.who and self.see & set(self.layer.held):
            now = self.candidate.request("put", self.grads)
            self.ask(self.keys(at, step, self.layer.held, ("held",)), "value", now)

    def keys(self, at, step, names, whole=()):
        """The keys of what a step gives; of several things they come in a tuple, as the things do."""
        if step.who == "stranger":
            return None
        keys = tuple((at, name) for name in names)
        return keys[0] if len(keys) == 1 and not whole else keys

    def returns(self, step, handle, at, name):
        """Remember an array that was returned: from now on it is the caller's."""
        if step.who != "stranger":
            self.kept.append([name, handle, (at, name)])

    def update(self, at, step):
        params = self.ask((at, "params"), "attribute", self.of(""), "params") if step.how == "through" else None
        for i, (handle, array) in enumerate(zip(self.params, step.arrays, strict=True)):
            self.ask(None, "write", self.ask(None, "item", params, i) if params else handle, array)
            self.kept[i][2] = array

    def spoil(self, at, step):
        """Write into the gradients, as clipping does: any finite numbers may be there when backward comes."""
        for handle, param in zip(self.grads, self.tape.params, strict=True):
            self.ask(None, "write", handle, np.resize([0.25, -0.25, 0.5], param.shape).astype(param.dtype))

    def look_back(self):
        """See what became of all that was given and returned."""
        now = self.candidate.request("put", [handle for _, handle, _ in self.kept])
        self.ask(tuple((KEPT_LATE, f"kept {i}") for i in range(len(self.kept))), "value", now)

    def read(self):
        """Read the replies."""
        try:
            for keys in self.awaited:
                value, self.printed = self.candidate.reply()
                self.see_value(keys, value)
        except StepFailed as failed:
            self.raised, self.printed = failed.raised, failed.printed
        return self

    def see_value(self, keys, value):
        if isinstance(keys, tuple) and isinstance(keys[0], tuple):
            is_list = isinstance(value, tuple) and len(value) >= len(keys)
            values = value if is_list else [Opaque(f"{kind(value)} in place of {len(keys)}")] * len(keys)
            self.seen |= dict(zip(keys, values, strict=False))
        elif keys:
            self.seen[keys] = value

    def compare(self):
        """Return {key: what is wrong}: a Difference each, or the exception that ended the play under ('', 'raised')."""
        if self.raised:
            return {("", "raised"): self.raised}
        right, wrong = by_reference(self.case), {}
        for key, value in self.seen.items():
            at, what = key
            if at == KEPT_LATE:
                name, _, then = self.kept[int(what.split()[1])]
                exact, least = True, LEAST
                expected, what = self.seen.get(then) if isinstance(then, tuple) else then, name
            elif (self.tape.steps[at].mark == NOISE and what != "params") or what not in self.see:
                continue
            else:
                expected, exact, least = right[at, what.replace("held", "grads")], False, self.scale(at, what)
            dtype = getattr(value, "dtype", None)
            is_fine = dtype is not None and dtype.kind == "f" and dtype.itemsize >= COARSEST
            if self.case.any_float and is_fine and isinstance(expected, np.ndarray):
                expected = expected.astype(dtype)
            if difference := differ(value, expected, what, exact=exact, least=least):
                wrong[key] = difference
        return wrong

    def scale(self, at, what):
        """The magnitude of the numbers that a result is made of."""
        if what == self.layer.out:
            return LEAST
        return max(float(np.abs(array).max(initial=1e-12)) for array in self.tape.steps[at].arrays)


def fits(old, new):
    """Whether an array can be filled with the numbers of another."""
    return (old.shape, old.dtype) == (new.shape, new.dtype)


def by_reference(case):
    """What the reference gives in float64, in the dtype of the condition: (number of the step, what) → value."""
    right = Right(case.layer, case.tape)
    with np.errstate(all="ignore"):
        for at, step in enumerate(case.tape.steps):
            if step.who != "stranger":
                getattr(right, step.verb)(at, step)
    dtype = case.condition.dtype
    return {key: in_dtype(value, dtype) for key, value in right.seen.items()}


def in_dtype(value, dtype):
    if isinstance(value, tuple):
        return tuple(in_dtype(each, dtype) for each in value)
    return value if value is None else np.asarray(value, dtype)


class Right:
    """The reference plays a tape."""

    def __init__(self, layer, tape):
        self.layer, self.seen, self.made = layer, {}, {}
        self.params = [param.astype(np.float64) for param in tape.params]

    def of(self, who):
        if who not in self.made:
            self.made[who] = self.layer.reference(*self.params)
        return self.made[who]

    def forward(self, at, step):
        self.seen[at, self.layer.out] = self.of(step.who).forward(*map(in_double, step.arrays))

    def backward(self, at, step):
        back = self.of(step.who).backward(*map(in_double, step.arrays))
        names = self.layer.back or ("result",)
        self.seen |= {(at, name): value for name, value in zip(names, back if len(names) > 1 else (back,), strict=True)}
        self.seen |= {(at, name): grad.copy() for name, grad in zip(
            self.layer.grads, self.of(step.who).grads, strict=True)}

    def update(self, at, step):
        self.seen[at, "params"] = tuple(param.copy() for param in self.params)
        for param, new in zip(self.params, step.arrays, strict=True):
            param[...] = new

    def spoil(self, at, step):
        pass


def in_double(array):
    return array.astype(np.float64) if array.dtype.kind == "f" else array
