"""What the reference gives on a tape: what an answer should give."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..protocol.bench import flat
from ..protocol.candidate import KernelCandidate
from ..protocol.values import Plain
from .calls import Key

if TYPE_CHECKING:  # it imports this module
    from .case import Case


def by_reference(case: "Case") -> dict[Key, Plain]:
    """Have the reference play a case; return what is seen, by key, in the dtype of the case."""
    with np.errstate(all="ignore"):
        reply = in_place_of_answer(case.layer.reference, case, case.tape.params).play_one(case.calls.program)
    return {key: in_dtype(value, case.dtype) for key, value in case.calls.seen(reply.seen).items()}


def in_place_of_answer(other: Callable, case: "Case", params: Iterable[np.ndarray]) -> KernelCandidate:
    """A candidate for the reference or a variant; where it makes parameters, these are written into its own."""

    def made(*args: Any, **options: Any) -> Any:
        model = other(*args, **options)
        write_params(model, params)
        return model

    return KernelCandidate(**{case.layer.name: made if case.layer.makes and not case.law else other})


def write_params(model: Any, arrays: Iterable[np.ndarray]) -> None:
    """Write arrays into the parameters of a model, and into copies of them that it keeps, as some variants do."""
    pairs = [
        (param, array)
        for param, array in zip(flat(tuple(model.params)), arrays, strict=False)
        if isinstance(param, np.ndarray) and param.shape == array.shape
    ]
    copies = [
        (each, [array for param, array in pairs if each.shape == param.shape and np.array_equal(each, param)])
        for each in arrays_in(model)
        if not any(each is param for param, _ in pairs)
    ]
    for each, found in [*((param, [array]) for param, array in pairs), *copies]:
        if len(found) == 1:  # else it isn't certain of which it is a copy
            each[...] = found[0]


def arrays_in(thing: object, depth: int = 4) -> Iterator[np.ndarray]:
    """Yield the arrays that an object holds, but its gradients."""
    if isinstance(thing, np.ndarray):
        yield thing
    elif depth:
        inner = vars(thing).items() if hasattr(thing, "__dict__") else ()
        values = thing if isinstance(thing, list | tuple) else [value for name, value in inner if name != "grads"]
        for value in values:
            yield from arrays_in(value, depth - 1)


def in_dtype(value: Plain, dtype: type) -> Plain:
    if isinstance(value, tuple):
        return tuple(in_dtype(each, dtype) for each in value)
    return value if value is None else np.asarray(value, dtype)
