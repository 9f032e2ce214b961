"""Frames between the grader and the sandbox: a JSON head, then the raw bytes of the arrays that it names.

What arrives may be forged: lengths are capped before they are read, the arrays of a frame must fill its body exactly,
and no byte is ever executed or unpickled. Whether a message makes sense is for its receiver to check.
"""
import functools
import json
import math
import re
import struct

import numpy as np

from .bench import Callback, Generator, Handle, Raised
from .values import MAX_BYTES, MAX_ITEMS, PLAIN_KINDS, Opaque

PREFIX = struct.Struct("<II")  # bytes of head, bytes of body
MAX_REQUEST = 8 * 2**20  # of head and of body; a submission's cells travel in one
MAX_REPLY = 2 * MAX_BYTES
MAX_PARTS = 3 * MAX_ITEMS  # of one message; many small ones take far more memory here than in the frame
DTYPE = re.compile(rf"[<>|][{PLAIN_KINDS}]\d{{1,2}}")  # NumPy would read far more, and some of it for seconds
PLAIN = (str, int, type(None), float, bool)  # what JSON itself has
EXACTLY_PLAIN = frozenset(PLAIN)
NAMED = (Handle, Generator, Callback, Raised, Opaque)
MAX_AXES = 64  # of NumPy's own
MAX_DEPTH = 10  # of tuples in tuples; who compares them may call itself for each
encode = json.JSONEncoder(check_circular=False).encode
decode = json.JSONDecoder().raw_decode


class WireError(Exception):
    """A frame that breaks the rules; whoever sent it is not to be believed."""


def pack(message):
    """Turn a message (plain data, arrays, handles) into one frame."""
    bodies = []
    head = encode(_pack(message, bodies)).encode()
    body = b"".join(bodies)
    return PREFIX.pack(len(head), len(body)) + head + body


def take_frame(data, most=MAX_REPLY):
    """Take the first frame out of a bytearray; return (head, body), or None where not all of it is there yet."""
    if len(data) < PREFIX.size:
        return None
    head, body = PREFIX.unpack_from(data)
    if head > most or body > most:
        raise WireError(f"a frame of {head + body} bytes is over the limit")
    middle, end = PREFIX.size + head, PREFIX.size + head + body
    if len(data) < end:
        return None
    frame = bytes(data[PREFIX.size: middle]), bytes(data[middle: end])
    del data[:end]
    return frame


def unpack(head, body):
    """Turn a frame's head and body back into the message."""
    try:
        text, reader = head.decode(), _Reader(body)
        tree, end = decode(text)
        message = reader.read(tree)
        if end != len(text):
            raise WireError("text after the message")
        if reader.at != len(body):
            raise WireError("bytes that no array claims")
        return message
    except WireError:
        raise
    except Exception as error:  # whoever wrote the frame may have written anything
        raise WireError(f"a frame that can't be read: {type(error).__name__}") from None


def _pack(value, bodies):
    kind = type(value)
    if kind is np.ndarray:
        bodies.append(value.tobytes())
        return {"array": [value.dtype.str, value.shape]}
    if kind is tuple or kind is list:
        return {kind.__name__: [item if type(item) in EXACTLY_PLAIN else _pack(item, bodies) for item in value]}
    if kind in NAMED:
        return {kind.__name__: vars(value)}
    if kind is dict:
        return {"dict": {key: _pack(item, bodies) for key, item in value.items()}}
    if isinstance(value, PLAIN):
        return value
    raise TypeError(f"{kind.__name__} can't cross")


class _Reader:
    """Reads a head's tree; the arrays must lie in the body one after the other, each once."""

    def __init__(self, body):
        self.body = body
        self.at = self.parts = 0

    def read(self, tree, depth=0):
        if type(tree) is not dict:
            if type(tree) is list:
                raise WireError("a bare list")
            return tree
        (kind, content), = tree.items()
        if kind == "array":
            return self.array(*content)
        if kind in READ:
            return READ[kind](content)
        self.parts += len(content)
        if depth > MAX_DEPTH or self.parts > MAX_PARTS:
            raise WireError("a message too deep, or of too many parts")
        if kind == "dict":
            return {str(key): self.read(item, depth + 1) for key, item in content.items()}
        items = [item if type(item) in EXACTLY_PLAIN else self.read(item, depth + 1) for item in content]
        return {"list": list, "tuple": tuple}[kind](items)

    def array(self, dtype, shape):
        dtype = _dtype(dtype)
        if len(shape) > MAX_AXES or not all(type(n) is int and n >= 0 for n in shape):
            raise WireError("an array of impossible shape")
        count = math.prod(shape)
        if self.at + count * dtype.itemsize > len(self.body):
            raise WireError("an array that claims more than it sent")
        start, self.at = self.at, self.at + count * dtype.itemsize
        return np.frombuffer(self.body, dtype, count, start).reshape(shape).copy()


@functools.lru_cache(maxsize=64)
def _dtype(text):
    if not DTYPE.fullmatch(text):
        raise WireError("an array of a dtype that may not cross")
    return np.dtype(text)


def _unpack_raised(content):
    line = content["line"]
    return Raised(
        kind=str(content["kind"])[:80],
        message=str(content["message"])[:400],
        line=line if type(line) is int else None,
        text=str(content["text"])[:120],
        builtin=content["builtin"] is True,
    )


READ = {
    "Raised": _unpack_raised,
    "Opaque": lambda content: Opaque(str(content["description"])[:100]),
    "Handle": lambda content: Handle(int(content["number"])),
    "Generator": lambda content: Generator(int(content["seed"])),
    "Callback": lambda content: Callback(int(content["number"])),
}
