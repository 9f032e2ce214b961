"""Replies of a worker to the grader, as frames.

What a worker says may be forged. So it says it in JSON: the length of a frame is capped before it is read, arrays are
of plain numbers, and no byte is ever executed or unpickled. Whether a reply makes sense is for its receiver to check.

What the grader says may be believed: its requests are pickled, without a frame. Only the worker unpickles, and it is
the student's process anyway.
"""

import base64
import json
import re
import struct
from collections.abc import Callable

import numpy as np

from .bench import Raised
from .values import MAX_BYTES, PLAIN_KINDS, Opaque
from .whereabouts import MAX_AXES, MAX_SIDES, MAX_TEXT

LENGTH = struct.Struct("<I")  # of a frame
MOST_SAID = 16 * MAX_BYTES  # bytes of all replies of a criterion, which are kept until the submission is done
DTYPE = re.compile(rf"[<>|][{PLAIN_KINDS}]\d{{1,2}}")  # NumPy would read far more, and some of it for seconds


class WireError(Exception):
    """A frame that breaks the rules."""


def pack(reply: object) -> bytes:
    """Turn a reply (plain data, arrays, tuples of these) into a frame."""
    text = ENCODER.encode(reply).encode()
    return LENGTH.pack(len(text)) + text


def _tagged(value: object) -> dict[str, list]:
    if isinstance(value, np.ndarray):
        return {"array": [value.dtype.str, value.shape, base64.b64encode(value.tobytes()).decode()]}
    return {type(value).__name__: list(vars(value).values())}


def take_frame(data: bytearray) -> bytes | None:
    """Take the first frame out of a bytearray; return it, or None where not all of it is there yet."""
    if len(data) < LENGTH.size:
        return None
    end = LENGTH.size + LENGTH.unpack_from(data)[0]
    if end > MOST_SAID:
        raise WireError(f"a frame of {end} bytes is over the limit")
    if len(data) < end:
        return None
    frame = bytes(data[LENGTH.size : end])
    del data[:end]
    return frame


def unpack(frame: bytes) -> object:
    """Turn a frame back into the reply."""
    try:
        reply = DECODER.decode(frame.decode())
        return _frozen(reply) if isinstance(reply, list) else reply
    except Exception as error:  # the frame may hold anything
        raise WireError(f"a frame that can't be read: {type(error).__name__}") from None


def _frozen(items: list) -> tuple:
    """Turn a list, and those in it, into the tuples that they were."""
    return tuple(_frozen(each) if isinstance(each, list) else each for each in items)


def _untagged(tagged: dict[str, list]) -> object:
    ((kind, content),) = tagged.items()
    return READ[kind](*content)


def _array(dtype: str, shape: list[int], data: str) -> np.ndarray:
    if not DTYPE.fullmatch(dtype):
        raise WireError("an array of a dtype that may not cross")
    return np.frombuffer(base64.b64decode(data, validate=True), dtype).reshape(shape).copy()


def _raised(
    kind: object,
    message: object,
    line: object,
    text: object,
    builtin: object,
    mark: tuple,
    sides: tuple,
    function: object,
) -> Raised:
    return Raised(
        _text(kind, 80),
        _text(message, 400),
        line if type(line) is int else None,
        _text(text, MAX_TEXT),
        builtin is True,
        _numbers(mark, 2, MAX_TEXT),
        tuple(_side(*side) for side in sides[:MAX_SIDES]),
        _text(function, MAX_TEXT),
    )


def _side(text: object, kind: object, shape: tuple | None) -> tuple[str, str, tuple[int, ...] | None]:
    return _text(text, MAX_TEXT), _text(kind, 80), None if shape is None else _numbers(shape, MAX_AXES, 10**6)


def _numbers(numbers: tuple, count: int, most: int) -> tuple[int, ...]:
    """A few whole numbers, none of which is negative or large."""
    if not all(type(each) is int and 0 <= each <= most for each in numbers[:count]):
        raise WireError("no numbers where there should be some")
    return tuple(numbers[:count])


def _text(text: object, most: int) -> str:
    if not isinstance(text, str):
        raise WireError("no text where there should be some")
    return text[:most]


READ: dict[str, Callable] = {
    "array": _array,
    "Raised": _raised,
    "Opaque": lambda description: Opaque(_text(description, 100)),
}
ENCODER, DECODER = json.JSONEncoder(default=_tagged), json.JSONDecoder(object_hook=_untagged)
