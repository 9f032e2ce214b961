"""Last looks at layers: long runs of calls in which sizes, dtypes, layouts, zeros and layers come together by chance.

A criterion examines one thing where nothing else goes on, so that a mistake costs its own points only. An answer that
passes them all may still be wrong where things meet that nobody thought of. So it is compared with the reference once
more, in whatever is drawn. Nothing is required here that no criterion requires.
"""
import math
from collections import Counter
from types import MappingProxyType

import numpy as np

from ..exam import Thing
from ..replay import LONG
from .contract import CHANGED, cancelled, many, spoilt

TURNS = 3, 3, 4, 4, 6, 8, 12, 16, 16  # of each run: what a short one shows needn't be read out of a long one
NOTE = "in a long run of calls, all drawn at random"
IDS = (np.int64, np.int64, np.int32, np.uint64, np.uint32, np.uint16, np.int16, np.uint8, np.int8)  # the last are short


class Run:
    """A run of calls: what is drawn for it, and all that was given and returned, which must stay as it was."""

    def __init__(self, exam):
        exam.case()
        self.exam, self.rng = exam, exam.rng
        self.counts, self.kept = Counter(), {}
        self.may_be_large = self.chance(0.5)

    def chance(self, share):
        return self.rng.random() < share

    def pick(self, *choices):
        return choices[self.rng.integers(len(choices))]

    def size(self):
        """Draw a size: up to 4, mostly; or once in a run, maybe, one that is large."""
        if self.may_be_large and self.chance(0.1):
            self.may_be_large = False
            return many(self.exam, 17, 24)
        return self.pick(1, 1, 1, 2, 2, 2, 3, 3, 4, 6)

    def floats(self, *shape, scale=1.0):
        """Draw numbers, mostly of two digits; some, vectors, a row, a column or all may be 0, cancel or be alike."""
        array = self.rng.uniform(-1, 1, shape)
        array = array + np.copysign(0.3, array)
        kind = self.rng.integers(12) if array.ndim and array.size else 11
        if kind in (7, 8) and max(shape) > 1:
            array = cancelled(array) if shape[0] > 1 else cancelled(array.T).T
        array = scale * array
        all_digits = self.chance(0.2) and array.size <= LONG  # a report has no room for more
        array = array if all_digits else array.round(2 if scale > 0.1 else 2 - math.floor(math.log10(scale)))
        if kind < 3:
            axis = self.rng.integers(array.ndim)
            where = [slice(None)] * array.ndim
            where[axis] = self.rng.integers(array.shape[axis])
            array[tuple(where)] = 0
        elif kind == 3:
            array[self.rng.random(shape) < 0.4] = 0
        elif kind == 4 and self.chance(0.5):
            array[...] = 0
        elif kind == 5 and array.ndim > 1 and self.chance(0.7):
            array[:, : self.rng.integers(array.shape[1])] = 0
        elif kind == 6:
            array[self.rng.random(shape[:-1]) < 0.4] = 0
        elif kind == 9:
            array[...] = array[(0,) * (array.ndim - 1)]
        return array

    def ids(self, shape, V, dtype=None):
        """Draw ids, of any dtype of integers unless it is given: all the same, all of them, or any."""
        dtype = dtype or self.pick(*IDS)
        V = min(V, np.iinfo(dtype).max + 1)
        kind = self.rng.integers(3)
        ids = self.rng.integers(V, size=shape)
        if kind == 0:
            ids = np.full(shape, self.rng.integers(V))
        elif kind == 1:
            ids = np.resize(self.rng.permutation(V)[::-1], shape)
        return np.asarray(ids, dtype)

    def name(self, base):
        self.counts[base] += 1
        return f"{base}{self.counts[base]}"

    def put(self, base, array, layouts=("C", "F", "strided")):
        """Place an array under a new name, in any layout; the caller's, it must stay as it is."""
        thing = self.exam.put(self.name(base), array, self.pick(*layouts))
        self.keep(thing, array, exact=True)
        return thing

    def keep(self, thing, value, exact=False):
        """Remember what a thing holds, as long as nothing else is said of it."""
        self.kept[thing.handle.number] = thing, value, exact

    def look_back(self, against):
        """Require that all things hold what they should."""
        self.exam.turn_to(against)
        kept = list(self.kept.values())
        now = self.exam.gather("now", [thing for thing, *_ in kept]).now()
        for part, (_, value, exact) in zip(now.parts(*(thing.name for thing, *_ in kept)), kept, strict=True):
            self.exam.equal(part, value, part.name, note=f"it must not change later, {NOTE}", exact=exact)


class Group:
    """Parameters that layers share, beside those of the right ones, in float64."""

    def __init__(self, run, kind, dtype):
        self.run, self.kind, self.dtype = run, kind, dtype
        self.shapes = kind.shapes(run)
        self.layers = []
        arrays = self.drawn()
        self.right = [array.astype(np.float64) for array in arrays]
        self.placed = [run.put(name, array, kind.layouts) for name, array in zip(kind.names, arrays, strict=True)]

    def drawn(self):
        """Draw new parameters: any, or the present ones but for little, as by an optimiser, or for their order."""
        if self.layers and self.run.chance(0.5):
            return similar(self.run, self.present())
        return [self.kind.parameter(self.run, shape).astype(self.dtype) for shape in self.shapes]

    def present(self):
        """The parameters as they are, in their dtype."""
        return [right.astype(self.dtype) for right in self.right]

    def update(self, params):
        """Write new parameters, as an optimiser does, into what was given or what a layer has of it."""
        new = self.drawn()
        if self.run.chance(0.5):  # one of them alone, or a row of it
            one = self.run.rng.integers(len(new))
            row = self.run.pick(..., self.run.rng.integers(self.shapes[one][0]))
            drawn, new = new[one], self.present()
            new[one][row] = drawn[row]
        for i, (placed, right, array) in enumerate(zip(self.placed, self.right, new, strict=True)):
            if not np.array_equal(right, array):
                (params.item(i) if params else placed).write(array)
                right[...] = array
                self.run.keep(placed, array, exact=True)
        for layer in self.layers:
            layer.may_go_back = False


class Layer:
    """A layer of the candidate's, and the right one, which computes in float64."""

    def __init__(self, run, kind, group):
        self.run, self.exam, self.kind, self.group = run, run.exam, kind, group
        self.options = kind.options(run)
        self.layer = self.exam.new(*group.placed, **self.options)
        self.right = kind.right(*group.right, **self.options)
        self.grads = self.layer.keep_grads(len(group.placed), run.name("kept")) if group.placed else []
        self.given = self.dout = None
        self.may_go_back = False
        self.asks_again = False  # whether the next forward gets what the last one got, as where slopes are measured
        group.layers.append(self)

    def turn(self):
        """Do one thing that a caller may do."""
        if self.may_go_back and self.run.chance(0.5):
            return self.backward()
        others = self.kind.moves(self) + [self.update, self.update, self.spoil] * bool(self.grads)
        if others and self.run.chance(0.3):
            return self.run.pick(*others)()
        return self.forward()

    def forward(self):
        run, kind = self.run, self.kind
        last = self.given and [array for _, array in self.given]
        asks_again = self.asks_again and kind.fits(self, last)
        arrays = last if asks_again else kind.inputs(run, self, last)
        alike = last and all((a.shape, a.dtype) == (b.shape, b.dtype) for a, b in zip(last, arrays, strict=True))
        if asks_again or (alike and run.chance(0.5)):  # the same arrays, mostly filled anew
            things = [thing for thing, _ in self.given]
            if run.chance(0.5):
                arrays = run.pick(last, similar(run, last))
            elif not asks_again and run.chance(0.4):  # or one of them
                one = run.rng.integers(len(arrays))
                arrays = [array if i == one else old for i, (array, old) in enumerate(zip(arrays, last, strict=True))]
            for thing, array in zip(things, arrays, strict=True):
                thing.write(array)
                run.keep(thing, array, exact=True)
        else:
            things = [run.put(name, array) for name, array in zip(kind.given, arrays, strict=True)]
        self.given = list(zip(things, arrays, strict=True))
        self.exam.turn_to(kind.against["forward"])
        out, self.right_out = self.layer.forward(*things), self.right.forward(*map(in_double, arrays))
        self.require(out, self.right_out)
        kind.after_forward(self)
        self.may_go_back, self.dout, self.asks_again = True, None, False

    def backward(self):
        if not self.dout or self.run.chance(0.5):
            self.dout = self.kind.upstream(self.run, self)
        elif self.run.chance(0.6):
            self.refill()
        args, right_args, scale = self.dout
        self.exam.turn_to(self.kind.against["backward"])
        result, right = self.layer.backward(*args), self.right.backward(*right_args)
        self.require(result, right, scale)
        if self.grads:
            self.require_grads([grad.astype(self.dtype) for grad in self.right.grads], scale)
        self.kind.after_backward(self)

    def refill(self):
        """Fill the array that backward got last with other numbers, if it was one: it may be given again."""
        args, _, scale = self.dout
        for thing in (arg for arg in args if isinstance(arg, Thing)):
            array = self.run.floats(*self.right_out.shape, scale=scale).astype(self.dtype)
            thing.write(array)
            self.run.keep(thing, array, exact=True)
            self.dout = args, [in_double(array)], scale

    def require(self, thing, right, scale=1.0):
        """Require one result, or several, made of terms of this scale; and that it stays."""
        if isinstance(right, tuple):
            for part, value in zip(thing.parts(*self.kind.gives), right, strict=True):
                self.equal(part, value, scale)
        elif right is None:
            self.exam.equal(thing, None, thing.name, note=NOTE)
        else:
            self.equal(thing, right, scale)
        if right is not None:
            self.run.keep(thing, thing)

    def equal(self, thing, right, scale=1.0):
        """Require an array or a number, in the dtype of the parameters."""
        self.exam.equal(thing, np.asarray(right, self.dtype), thing.name, note=NOTE, least=scale)

    def require_grads(self, grads, scale):
        """Require these gradients, in the arrays that held them at the start, now and later."""
        now = self.exam.gather(self.run.name("grads"), self.grads).now()
        for part, grad, kept in zip(now.parts(*(kept.name for kept in self.grads)), grads, self.grads, strict=True):
            self.equal(part, grad, scale)
            self.run.keep(kept, part)

    @property
    def dtype(self):
        return self.group.dtype

    def update(self):
        """Update the parameters."""
        self.exam.turn_to(self.kind.against["kept"])
        self.group.update(self.layer.attribute("params") if self.run.pick(False, True) else None)
        self.asks_again = bool(self.given) and self.run.chance(0.5)

    def spoil(self):
        """Change the gradients, or one of them, as clipping does, or numbers that were too large."""
        one = self.run.pick(None, self.run.rng.integers(len(self.grads)))
        for i, (grad, shape) in enumerate(zip(self.grads, self.group.shapes, strict=True)):
            if one in (None, i):
                signs = np.resize([1, -1], shape)  # whose sum may be 0
                value = self.run.pick(np.full(shape, CHANGED), signs, spoilt(self.run.rng, shape)).astype(self.dtype)
                grad.write(value)
                self.run.keep(grad, value)


def against(**ids):
    """What is looked at ('forward', 'backward' or 'kept') → the id of the criterion against which a mistake speaks."""
    return MappingProxyType(ids)


def similar(run, arrays):
    """Numbers that differ from these by little, or in their order alone."""
    if run.chance(0.3):
        return [np.flip(array) if array.ndim else array for array in arrays]  # of no axis, it would be no array
    return [nudged(run, array) for array in arrays]


def nudged(run, array):
    """Floats that differ from these by little, as where slopes are measured."""
    return (array * (1 + 3e-6 * run.pick(-1, 1))).astype(array.dtype) if array.dtype.kind == "f" else array


def in_double(array):
    return array.astype(np.float64) if array.dtype.kind == "f" else array


class Kind:
    """What sets the layers of one exercise apart."""

    names = ()  # of the parameters
    layouts = ("C", "strided")  # of the parameters
    given = ()  # the arguments of forward
    dout = "dout"
    gives = ()  # what backward returns, if it is several things
    right = None  # the reference
    against = None  # as `against` gives it

    def shapes(self, run):
        """Draw the shapes of the parameters."""
        return ()

    def parameter(self, run, shape):
        """Draw a parameter so small that tanh stays far from its ends."""
        return run.floats(*shape, scale=0.5 / np.sqrt(max(shape[0], 3)))

    def options(self, run):
        return {}

    def inputs(self, run, layer, last):
        """Draw the arguments of forward; `last` are those of the last forward, if there was any."""
        raise NotImplementedError

    def fits(self, layer, arrays):
        """Whether forward may be given these."""
        return True

    def upstream(self, run, layer):
        """Draw (arguments of backward, those of the right layer, the scale of them)."""
        scale = run.pick(1, 1, 1e-3, 1e-9, 1000)
        dout = run.floats(*layer.right_out.shape, scale=scale).astype(layer.dtype)
        return [run.put(self.dout, dout)], [in_double(dout)], scale

    def moves(self, layer):
        """What else may be done."""
        return []

    def after_forward(self, layer):
        """Look at what forward leaves in the layer."""

    def after_backward(self, layer):
        """Look at what backward leaves in the layer."""

    def at_end(self, layer):
        """Look at what is left in the layer, whatever others did after it."""


def look_at_layers(exam, kind):
    """Have layers take turns: one alone, at first; then two that share parameters, and one of another dtype."""
    for turns in TURNS:
        run = Run(exam)
        dtypes = run.pick((np.float64, np.float32), (np.float32, np.float64))
        groups, layers, at = {}, {}, 0
        for _ in range(turns):
            if turns > 4 and run.chance(0.4):
                at = run.pick(0, 1, 2)
            if at not in layers:  # the first two share their parameters
                dtype = dtypes[at // 2]
                group = groups[dtype] = groups.get(dtype) or Group(run, kind, dtype)
                layers[at] = Layer(run, kind, group)
            layers[at].turn()
        for layer in layers.values():
            kind.at_end(layer)
        run.look_back(kind.against["kept"])


def shape_like(last, run, shape):
    """The shape of the last input, half of the time, where there was one."""
    return last[0].shape if last and run.chance(0.5) else shape
