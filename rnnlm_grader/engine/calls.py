"""Turns a tape into the program that an answer plays, and keeps what each of its results is."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ..protocol.bench import Generator, Handle, in_order
from ..protocol.program import Program
from ..protocol.values import Plain
from .compare import InPlaceOf, close, summary

if TYPE_CHECKING:  # it imports this module
    from .case import Case, Step

KEPT_LATE = "afterwards"  # where `kept` is seen, in place of the number of a step
MADE = "as it was made"  # where the parameters are seen that an answer makes
Key: TypeAlias = tuple[int | str, str]  # of what is seen: the number of the step, or one of these; what it is


@dataclass(eq=False)
class Kept:
    """An array that must stay as it is: the caller's own, or what a call gave, which is the caller's from then on."""

    name: str
    handle: object  # or what has no place on the bench
    array: Plain = None  # what the caller last put there
    seen_at: tuple[Key, ...] = ()  # or where it was seen, or its items were, when a call gave it

    def is_filled_by(self, array: np.ndarray) -> bool:
        """Whether it can be filled with other numbers; what has no place on the bench is given anew."""
        old = self.array
        return old is None or (isinstance(old, np.ndarray) and (old.shape, old.dtype) == (array.shape, array.dtype))


class Calls:
    """The calls of a case, as a program.

    Attributes
    ----------
    keys
        For each result that is seen: its key, or a list of the keys of its items.
    """

    def __init__(self, case: "Case") -> None:
        self.case, self.layer, self.tape, self.see = case, case.layer, case.tape, case.see
        self.program = Program()
        self.keys: list[Key | list[Key]] = []
        self.kept: list[Kept] = []
        self.made: dict[str, Handle] = {}  # by who
        self.last: dict[tuple[str, str], list[Kept]] = {}  # (who, verb) → what it was last given
        self.params: list[object] = []
        self.grads: Sequence[object] = ()
        self.list: Handle | None = None
        self.is_spoilt = False
        for name, array in zip(self.layer.params, self.tape.params, strict=True) if not self.layer.makes else ():
            self.params.append(self.put(name, array).handle)
        self.of("")
        for at, step in enumerate(self.tape.steps):
            own = step.verb in self.layer.methods
            (self.forward if own else getattr(self, step.verb))(at, step)
        for at, kept in enumerate(self.kept if "kept" in self.see else ()):
            self.show((KEPT_LATE, f"kept {at}"), "put", kept.handle)

    def seen(self, values: Sequence[Plain]) -> dict[Key, Plain]:
        """Return what was seen, by key."""
        seen: dict[Key, Plain] = {}
        for keys, value in zip(self.keys, values, strict=False):
            if not isinstance(keys, list):
                seen[keys] = value
                continue
            if self.layer.makes and keys[0][1] == "grads[0]":
                value = in_order(value, self.case.shapes) or value
            if not (isinstance(value, tuple) and len(value) >= len(keys)):
                value = self.fewer(keys, value)
            seen |= dict(zip(keys, value, strict=False))
        return seen

    def fewer(self, keys: list[Key], value: Plain) -> tuple[Plain, ...]:
        """Return what is seen of a list that lacks items: each array that is there where it is most likely meant."""
        given: tuple[Any, ...] = value if isinstance(value, tuple) else ()
        right: list[Any] = [] if self.layer.makes else [self.case.right[key] for key in keys]
        places = [[*zip(given, each, strict=True)] for each in itertools.combinations(range(len(right)), len(given))]
        fits = [
            pairs
            for pairs in places
            if all(isinstance(array, np.ndarray) and array.shape == np.shape(right[at]) for array, at in pairs)
        ]
        best = max(fits, key=lambda pairs: sum(bool(close(array, right[at]).all()) for array, at in pairs), default=[])
        seen: list[Plain] = []
        for _, name in keys:
            among = f", {name} among them" if best and "[" not in name else ""
            seen.append(InPlaceOf(summary(value), f"{len(keys)} arrays{among}"))
        for array, at in best:
            seen[at] = array
        return tuple(seen)

    def show(self, keys: Key | list[Key], verb: str, *args: object) -> Handle:
        """Add a step whose result is seen under a key, or its items under a list of keys; return its handle."""
        self.keys.append(keys)
        return self.program.step(verb, *args, is_seen=True)

    def put(self, name: str, array: np.ndarray) -> Kept:
        """Place an array of the caller's on the bench. A function or a plain number has no place there."""
        if name in self.layer.functions:
            return Kept(name, self.program.lend(self.layer.functions[name].of(array)))
        if not array.ndim:
            return Kept(name, array.item())
        layout = self.case.condition.layout
        if name in self.layer.params and layout == "F":
            layout = "strided"  # of W by columns, zeros_like(W) is by columns too, and np.dot can't write into it
        if self.layer.as_lists:
            kept = Kept(name, self.program.step("put", array.tolist()), tuple(map(np.asarray, array.tolist())))
        else:
            kept = Kept(name, self.program.step("put", array, layout), array)
        if name not in self.layer.listed:
            self.kept.append(kept)
        return kept

    def of(self, who: str) -> Handle | str:
        """The layer of that name, made when it is first spoken of; a function needs no making."""
        if self.layer.is_function:
            return self.layer.name
        if who not in self.made:
            self.made[who] = self.program.step(
                "call", self.layer.name, None, self.made_of(who), self.case.condition.options
            )
            if self.layer.makes and not who:
                self.take_lists()
            if not who and (self.see & set(self.layer.held) or any(step.verb == "spoil" for step in self.tape.steps)):
                self.grads = self.items_of(self.program.step("attribute", self.made[""], "grads"))
        return self.made[who]

    def items_of(self, arrays: Handle) -> list[Handle]:
        """Fetch what stands in a list of a layer's."""
        return [self.program.step("item", arrays, i) for i in range(len(self.layer.params))]

    def made_of(self, who: str) -> tuple[object, ...]:
        """What the constructor takes; two answers that make their own parameters make the same, but for an `other`."""
        if (seed := self.tape.seed) is not None:
            sizes = (self.case.sizes[letter] for letter in self.layer.makes)
            return *sizes, Generator(seed + (who == "other"))
        if not who:
            return tuple(self.params)
        return tuple(self.put(*each).handle for each in zip(self.layer.params, self.tape.beside, strict=True))

    def take_lists(self) -> None:
        """Fetch the parameters that an answer made, and its gradients."""
        params, _ = [self.show((MADE, name), "attribute", self.made[""], name) for name in ("params", "grads")]
        if self.needs_lists:
            for i, name in enumerate(self.layer.params):
                key = MADE, f"params[{i}]"
                self.params.append(self.show(key, "item", params, i))
                self.kept.append(Kept(name, self.params[-1], seen_at=(key,)))
        elif any(step.verb == "update" for step in self.tape.steps):  # these don't ask in which order they stand
            arrays = self.program.step("arrays", params, self.case.shapes)
            self.params = [self.program.step("item", arrays, i) for i in range(len(self.layer.params))]

    @property
    def needs_lists(self) -> bool:
        """Whether it matters what stands where in the lists of an answer that makes its own parameters."""
        verbs = {step.verb for step in self.tape.steps}
        return bool(verbs & {"spoil", "make"} or self.see & {"kept", "made", "params", *self.layer.held})

    def write_params(self, handles: Iterable[object], arrays: Sequence[np.ndarray]) -> None:
        """Overwrite the parameters, wherever they are found."""
        for handle, array in zip(handles, arrays, strict=True):
            self.program.step("write", handle, array)
        for kept, array in zip(self.kept if not self.layer.makes or self.needs_lists else (), arrays, strict=False):
            kept.array = array

    def arguments(self, step: "Step") -> tuple[object, ...]:
        """The arrays of a step on the bench: new ones, or those of its last time, filled with what the tape says."""
        if step.how == "bare":
            return ()
        key, names = (step.who, step.verb), self.layer.takes(step.verb)
        old = self.last.get(key) if step.how in ("again", "refilled") else None
        if old is None or not all(map(Kept.is_filled_by, old, step.arrays)):
            old = [self.put(name, array) for name, array in zip(names, step.arrays, strict=True)]
        else:
            for kept, array in zip(old, step.arrays, strict=True):
                if kept.array is None:
                    kept.handle = self.put(kept.name, array).handle
                else:
                    self.program.step("write", kept.handle, array)
                    kept.array = array
        self.last[key] = old
        return tuple(kept.handle for kept in old)

    def call(self, at: int, step: "Step", names: Sequence[str]) -> None:
        """Call a function, or a method; what it returns is the caller's from now on."""
        given = self.arguments(step)
        if count := len(self.layer.listed):
            self.grads = list(given[:count])
            self.list = self.program.step("put", self.grads)
            given = self.list, *given[count:]
        method, options = (None, self.case.condition.options) if self.layer.is_function else (step.verb, {})
        keys: list[Key] = [(at, name) for name in names or ("result",)]
        handle = self.show(keys if names[1:] else keys[0], "call", self.of(step.who), method, given, options)
        if names:
            self.kept.append(Kept(" ".join(names), handle, seen_at=tuple(keys)))

    def forward(self, at: int, step: "Step") -> None:
        self.call(at, step, tuple(self.layer.gives(step.verb)))
        if self.layer.listed:
            self.show([(at, name) for name in self.layer.grads], "put", self.list)
        if self.layer.listed or (self.is_spoilt and not step.who and self.see & set(self.layer.held)):
            self.show_held(at)
        self.show_attributes(at, step)

    def backward(self, at: int, step: "Step") -> None:
        self.call(at, step, self.layer.back)
        self.is_spoilt = self.is_spoilt and bool(step.who)
        if self.see & set(self.layer.grads):
            self.show(
                [(at, name) for name in self.layer.grads] if self.layer.params else (at, "grads"),
                "attribute",
                self.of(step.who),
                "grads",
            )
        if self.grads and not step.who and self.see & set(self.layer.held):
            self.show_held(at)
        self.show_attributes(at, step)

    def show_held(self, at: int) -> None:
        """See what became of the arrays that `grads` held at the start: after forward, of the numbers put there."""
        self.show([(at, name) for name in self.layer.held], "put", self.grads)

    def show_attributes(self, at: int, step: "Step") -> None:
        """See the attributes that a call has set; a state that was fetched is the caller's."""
        for name in self.layer.attributes.get(step.verb, ()):
            if name in self.see:
                handle = self.show((at, name), "attribute", self.of(step.who), name)
                if name in self.layer.state:
                    self.kept.append(Kept(name, handle, seen_at=((at, name),)))

    def set(self, at: int, step: "Step") -> None:
        self.program.step("call", self.of(step.who), "set_state", self.arguments(step), {})

    def reset(self, at: int, step: "Step") -> None:
        self.program.step("call", self.of(step.who), "reset_state", (), {})

    def update(self, at: int, step: "Step") -> None:
        handles: Sequence[object] = self.params
        if step.how == "through":
            params = self.show((at, "params"), "attribute", self.of(""), "params")
            handles = self.items_of(params)
        self.write_params(handles, step.arrays)

    def spoil(self, at: int, step: "Step") -> None:
        """Write into the gradients, as clipping does: any finite numbers may be there when backward comes."""
        for handle, param in zip(self.grads, self.tape.params, strict=True):
            self.program.step("write", handle, np.full_like(param, 0.25))
        self.is_spoilt = True

    def make(self, at: int, step: "Step") -> None:
        self.show((at, "params"), "attribute", self.of(step.who), "params")
