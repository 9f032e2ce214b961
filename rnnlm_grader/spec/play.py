"""Plays tapes: the answer does, wherever it lives, and the reference does beside it."""
import functools
from collections import deque
from dataclasses import replace

import numpy as np

from ..sandbox.bench import Generator, StepFailed
from ..sandbox.values import Opaque
from .compare import LEAST, Difference, differ, kind
from .layer import NOISE
from .oracle import by_reference
from .tape import STRANGE, shape_of

COARSEST = 4  # bytes of a float that is let be where the dtype isn't judged
KEPT_LATE = "afterwards"  # where `kept` is seen, in place of the number of a step
MADE = "as it was made"  # where the parameters are seen that an answer makes


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
        self.awaited, self.kept, self.made, self.last = deque(), [], {}, {}
        self.params = [] if self.layer.makes else [
            self.put(*each)[1] for each in zip(self.layer.params, self.tape.params, strict=True)]
        self.grads = []
        self.of("")
        for at, step in enumerate(self.tape.steps):
            getattr(self, step.verb, self.forward)(at, step)
        if "kept" in self.see:
            self.look_back()

    def ask(self, keys, verb, *args):
        """Ask for a step; of what it gives, `keys` are seen: one key of the value, or a tuple of those of its items."""
        if self.raised:
            return None
        handle = self.candidate.request(verb, *args)
        self.awaited.append(keys)
        if self.layer.functions:
            self.read()
        return handle

    def put(self, name, array):
        """Place an array of the caller's on the bench, where it must stay as it is; return [name, handle, array].

        A function or a plain number has no place there.
        """
        if name in self.layer.functions:
            return [name, self.candidate.lend(self.layer.function(name, array)), None]
        if not array.ndim:
            return [name, array.item(), None]
        layout = self.case.condition.layout
        if name in self.layer.params and layout == "F":
            layout = "strided"  # of W by columns, zeros_like(W) is by columns too, and np.dot can't write into it
        if self.layer.as_lists:
            entry = [name, self.candidate.request("put", array.tolist()), tuple(map(np.asarray, array.tolist()))]
        else:
            entry = [name, self.candidate.request("put", array, layout), array]
        if name not in self.layer.listed:
            self.kept.append(entry)
        return entry

    def of(self, who):
        """The layer of that name, made when it is first spoken of."""
        if who not in self.made:
            self.made[who] = self.layer.name if self.layer.is_function else self.ask(
                None, "call", self.layer.name, None, self.made_of(who), self.case.condition.options)
            if not who and self.layer.makes:
                self.take_lists()
            if not who and (self.see & set(self.layer.held) or any(step.verb == "spoil" for step in self.tape.steps)):
                self.grads = [self.ask(None, "element", self.made[who], "grads", i) for i in range(len(self.params))]
        return self.made[who]

    def made_of(self, who):
        """What the constructor takes; two answers that make their own parameters make the same, but for an `other`."""
        if self.layer.makes:
            sizes = dict.fromkeys(self.layer.sizes, STRANGE) if who == "stranger" else self.case.sizes
            return *(sizes[letter] for letter in self.layer.makes), Generator(self.tape.seed + (who == "other"))
        return tuple(self.tape.stranger if who == "stranger" else self.params)

    def take_lists(self):
        """Fetch the parameters that an answer made, and its gradients."""
        made, keys = self.made[""], [(MADE, f"params[{i}]") for i in range(len(self.layer.params))]
        for name in ("params", "grads"):
            self.ask((MADE, name), "attribute", made, name)
        if self.needs_lists or self.tape.is_given:
            self.params = [self.ask(key, "element", made, "params", i) for i, key in enumerate(keys)]
            self.kept += [[name, *each] for name, *each in zip(self.layer.params, self.params, keys, strict=True)]
        if self.tape.is_given:
            for at, array in enumerate(self.tape.params):
                self.ask(None, "write", self.params[at], array)
                self.kept[at][2] = array

    @property
    def needs_lists(self):
        """Whether it matters what stands where in the lists of an answer that makes its own parameters."""
        verbs = {step.verb for step in self.tape.steps}
        return bool(verbs & {"update", "spoil", "make"} or self.see & {"kept", "made", *self.layer.held})

    def make(self, at, step):
        self.ask((at, "params"), "attribute", self.of(step.who), "params")

    def arguments(self, step):
        """The arrays of a step on the bench: new ones, or those of its last time, filled with what the tape says."""
        if step.who == "stranger":
            return step.arrays
        if step.how == "bare":
            return ()
        key, names = (step.who, step.verb), self.layer.takes(step.verb)
        old = self.last.get(key) if step.how in ("again", "refilled") else None
        if old is None or not all(fits(entry[2], array) for entry, array in zip(old, step.arrays, strict=True)):
            old = [self.put(name, array) for name, array in zip(names, step.arrays, strict=True)]
        else:
            for entry, array in zip(old, step.arrays, strict=True):
                if entry[2] is None:
                    entry[1] = self.put(entry[0], array)[1]
                else:
                    self.ask(None, "write", entry[1], array)
                    entry[2] = array
        self.last[key] = old
        return tuple(handle for _, handle, _ in old)

    def call(self, step, method):
        if self.layer.is_function:
            return self.layer.name, None, self.in_a_list(self.arguments(step)), self.case.condition.options
        return self.of(step.who), method, self.arguments(step), {}

    def in_a_list(self, given):
        """Put those together that are given as one list."""
        count = len(self.layer.listed)
        if not count:
            return given
        self.list, self.grads = self.candidate.request("put", list(given[:count])), list(given[:count])
        return self.list, *given[count:]

    def forward(self, at, step):
        self.returned(at, step, tuple(self.layer.gives(step.verb)), step.verb)
        if self.layer.listed:
            self.ask(self.keys(at, step, self.layer.grads, ("grads",)), "value", self.list)
            self.see_held(at, step)
        self.see_attributes(at, step)

    def backward(self, at, step):
        self.returned(at, step, self.layer.back, "backward")
        if self.see & set(self.layer.grads):
            self.ask(self.keys(at, step, self.layer.grads, self.layer.params), "attribute", self.of(step.who), "grads")
        if self.grads and not step.who and self.see & set(self.layer.held):
            self.see_held(at, step)
        self.see_attributes(at, step)

    def see_held(self, at, step):
        """See what became of the arrays that `grads` held at the start."""
        now = self.candidate.request("put", self.grads)
        self.ask(self.keys(at, step, self.layer.held, ("held",)), "value", now)

    def see_attributes(self, at, step):
        """See the attributes that a call has set; a state is the caller's who fetched it."""
        for name in self.layer.attributes.get(step.verb, ()) if step.who != "stranger" else ():
            if name in self.see:
                handle = self.ask((at, name), "attribute", self.of(step.who), name)
                if name in self.layer.state:
                    self.kept.append([name, handle, (at, name)])

    def set(self, at, step):
        self.ask(None, "call", self.of(step.who), "set_state", self.arguments(step), {})

    def reset(self, at, step):
        self.ask(None, "call", self.of(step.who), "reset_state", (), {})

    def returned(self, at, step, names, method):
        """See what a call returns, and remember its arrays: from now on they are the caller's."""
        handle = self.ask(self.keys(at, step, names or ("result",)), "call", *self.call(step, method))
        if names and step.who != "stranger":
            self.kept.append([" ".join(names), handle, (at, *names)])

    def keys(self, at, step, names, whole=()):
        """The keys of what a step gives; of several things they come in a tuple, as the things do."""
        if step.who == "stranger":
            return None
        keys = tuple((at, name) for name in names)
        return keys[0] if len(keys) == 1 and not whole else keys

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
        for at in range(0, len(self.kept), 12):  # few at a time: what crosses at once is limited
            some = self.kept[at:at + 12]
            now = self.candidate.request("put", [handle for _, handle, _ in some])
            self.ask(tuple((KEPT_LATE, f"kept {at + i}") for i in range(len(some))), "value", now)

    def read(self):
        """Read the replies."""
        try:
            while self.awaited and not self.raised:
                value, self.printed = self.candidate.reply()
                self.see_value(self.awaited.popleft(), value)
        except StepFailed as failed:
            self.raised, self.printed = failed.raised, failed.printed
        made = in_order(self.seen.get((MADE, "params")), self.shapes) if self.layer.makes else None
        if made and not self.tape.is_given:
            self.tape = replace(self.tape, params=made)
            self.case = replace(self.case, tape=self.tape)
        return self

    @property
    def shapes(self):
        return [shape_of(letters, self.case.sizes) for letters in self.layer.params.values()]

    def unfit(self):
        """What is wrong with the lists of an answer that makes its own parameters, where it matters; or None."""
        lists = {name: value for (at, name), value in self.seen.items() if at == MADE and name in ("params", "grads")}
        if not self.needs_lists and all(in_order(value, self.shapes) for value in lists.values()):
            return None
        for name, value in lists.items():
            if not isinstance(value, tuple) or len(value) != len(self.shapes):
                problem = f"is {kind(value)}; it should hold {len(self.shapes)} arrays"
                return Difference(name, problem, Opaque(problem))
            for i, (one, shape) in enumerate(zip(value, self.shapes, strict=True)):
                if np.shape(one) != shape or one.dtype.kind != "f":
                    return differ(one, np.zeros(shape), f"{name}[{i}]")
        return None

    def see_value(self, keys, value):
        if keys and isinstance(keys[0], tuple):
            if self.layer.makes and keys[0][1] == "grads[0]":
                value = in_order(value, self.shapes) or value
            is_list = isinstance(value, tuple) and len(value) >= len(keys)
            values = value if is_list else [Opaque(f"{kind(value)} in place of {len(keys)}")] * len(keys)
            self.seen |= dict(zip(keys, values, strict=False))
        elif keys:
            self.seen[keys] = value

    @property
    def right(self):
        """What should be seen."""
        return self.case.right

    def compare(self):
        """Return {key: what is wrong}: a Difference each, or the exception that ended the play under ('', 'raised')."""
        if self.layer.makes and (unfit := self.unfit()):
            return {("", "made"): unfit}
        if self.raised:
            return {("", "raised"): self.raised}
        if self.case.law:
            made = (value for (at, what), value in self.seen.items() if at != MADE and what == "params")
            broken = self.case.law(*made)
            return {("", "law"): Difference(*broken, Opaque(broken[1]))} if broken else {}
        found = {key: self.difference(key) for key in self.seen if self.matters(*key)}
        return {key: difference for key, difference in found.items() if difference}

    def matters(self, at, what):
        if at == MADE:
            return False
        is_noise = at != KEPT_LATE and self.tape.steps[at].mark == NOISE and what != "params"
        return at == KEPT_LATE or (what in self.see and not is_noise)

    def has_wrong_output(self):
        """Whether an output is off, be it less than is judged: what goes back from it may be off by more."""
        pairs = [(value, self.right[key]) for key, value in self.seen.items() if key[1] in self.layer.outputs]
        return any(not (isinstance(value, np.ndarray) and value.shape == right.shape
                        and np.allclose(value, right, 1e-5)) for value, right in pairs)

    def difference(self, key):
        """What is wrong with something seen, or None."""
        (at, what), value = key, self.seen[key]
        if at == KEPT_LATE:
            pairs = self.now_and_then(value, *self.kept[int(what.split()[1])])
            return next(filter(None, (differ(*each, exact=True, least=LEAST) for each in pairs)), None)
        expected = self.right[at, what.replace("held", "grads")]
        exact = what.startswith(("grads", "held")) and self.stays(at, what, expected)
        if self.case.any_float:
            value, expected = alike(value, expected)
        found = differ(value, expected, what, exact=exact, least=self.scale(at, what))
        return None if found and self.is_lost(at, what, value) else found

    def is_lost(self, at, what, value):
        """Whether a number can't be told in float32, because the reference loses it there too."""
        if self.case.dtype != np.float32 or not isinstance(value, np.ndarray):
            return False
        rough, right = (which[at, what.replace("held", "grads")] for which in (self.rough, self.right))
        return isinstance(right, np.ndarray) and value.shape == right.shape and not np.allclose(
            rough, right, 1e-4, 1e-5 * np.abs(right).max(initial=0))

    @functools.cached_property
    def rough(self):
        """What the reference gives in float32."""
        return by_reference(self.case, np.float32)

    def now_and_then(self, value, name, _, then):
        """Yield (what an array is now, what it was, its name) of something that is kept: what a call gave, or took."""
        if not (isinstance(then, tuple) and isinstance(then[0], str | int)):
            is_written = isinstance(then, np.ndarray) and isinstance(value, np.ndarray)
            yield value, then.astype(value.dtype) if is_written else then, name
            return
        at, *names = then
        values = value if len(names) > 1 and isinstance(value, tuple) else [value]
        if len(values) >= len(names):
            yield from ((now, self.seen.get((at, name)), name) for now, name in zip(values, names, strict=False))

    def stays(self, at, what, expected):
        """Whether something that is changed in place should be as it was, to the last bit."""
        return bool(self.layer.listed) and np.array_equal(
            self.tape.steps[at].arrays[int(what.split("[")[1][:-1])], expected)

    def scale(self, at, what):
        """The magnitude of the numbers that a result is made of."""
        step = self.tape.steps[at]
        arrays = dict(zip(self.layer.takes(step.verb), step.arrays, strict=True))
        if self.layer.linear_in and what in self.layer.out:
            return float(np.abs(arrays[self.layer.linear_in]).max(initial=1e-12))
        floats = [array for array in arrays.values() if array.dtype.kind == "f"]
        largest = max((float(np.abs(array).max(initial=1e-12)) for array in floats), default=1)
        if what in self.layer.outputs:
            return LEAST * max(1, largest)
        return largest * (100 * LEAST if self.layer.makes else 1)  # of a whole model, what goes back is small


def in_order(value, shapes):
    """Return the arrays of a list, or of lists in it, in the order of shapes; None where that isn't certain."""
    arrays = list(flat(value))
    if [np.shape(array) for array in arrays] == shapes:
        return tuple(arrays)
    found = [[array for array in arrays if np.shape(array) == shape] for shape in shapes]
    return tuple(each[0] for each in found) if [len(each) for each in found] == [1] * len(arrays) else None


def flat(value):
    if isinstance(value, tuple):
        for each in value:
            yield from flat(each)
    else:
        yield value


def alike(value, expected):
    """Return both in the coarser of their dtypes, where they are floats."""
    if isinstance(value, tuple) and isinstance(expected, tuple) and len(value) == len(expected):
        pairs = [alike(*pair) for pair in zip(value, expected, strict=True)]
        return tuple(value for value, _ in pairs), tuple(expected for _, expected in pairs)
    dtypes = [getattr(each, "dtype", np.dtype(int)) for each in (value, expected)]
    if all(dtype.kind == "f" and dtype.itemsize >= COARSEST for dtype in dtypes):
        coarser = min(dtypes, key=lambda dtype: dtype.itemsize)
        return value.astype(coarser), expected.astype(coarser)
    return value, expected


def fits(old, new):
    """Whether an array can be filled with the numbers of another; what has no place is given anew."""
    return old is None or (isinstance(old, np.ndarray) and (old.shape, old.dtype) == (new.shape, new.dtype))
