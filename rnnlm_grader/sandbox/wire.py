"""Frames between the grader and the sandbox.

What a worker says may be forged. So it says it in frames of a JSON head and the raw bytes of the arrays that this
names: lengths are capped before they are read, the arrays of a frame must fill its body exactly, and no byte is ever
executed or unpickled. Whether a message makes sense is for its receiver to check.

What the grader says may be believed, and far more of it is said: many requests travel in one frame, by `marshal`, for
which grader and worker are of one version of Python.
"""
import functools
import json
import marshal
import math
import re
import struct

import numpy as np

from .bench import Callback, Generator, Handle, Raised
from .values import MAX_BYTES, MAX_ITEMS, PLAIN_KINDS, Opaque

PREFIX = struct.Struct("<II")  # bytes of head, bytes of body
REQUESTS = struct.Struct("<I")  # bytes of a frame of requests
NO_REFERENCES = 2  # a version of what `marshal` writes; the later ones take time to look what occurs twice
MAX_REPLY = 2 * MAX_BYTES
MAX_PARTS = 3 * MAX_ITEMS  # of one message; many small ones take far more memory here than in the frame
DTYPE = re.compile(rf"[<>|][{PLAIN_KINDS}]\d{{1,2}}")  # NumPy would read far more, and some of it for seconds
PLAIN = (str, int, type(None), float, bool)  # what JSON itself has
EXACTLY_PLAIN = frozenset(PLAIN)
ASKED_WITH = (Handle, Generator, Callback, Raised)
REPLIED_WITH = (Handle, Raised, Opaque)
MAX_AXES = 64  # of NumPy's own
MAX_DEPTH = 10  # of tuples in tuples; who compares them may call itself for each
encode = json.JSONEncoder(check_circular=False).encode
decode = json.JSONDecoder().raw_decode


class WireError(Exception):
    """A frame that breaks the rules; whoever sent it is not to be believed."""


def held(value):
    """Turn a request, or a part of one, into what `marshal` can write: as it is now, whatever becomes of its arrays.

    A list there is a tag and what belongs to it.
    """
    kind = type(value)
    if kind in EXACTLY_PLAIN:
        return value
    if kind is tuple:
        return tuple([item if type(item) in EXACTLY_PLAIN else held(item) for item in value])
    if kind is np.ndarray:
        return ["array", value.dtype.str, value.shape, value.tobytes()]
    if kind in ASKED_WITH:
        return [kind.__name__, *vars(value).values()]
    if kind is list:
        return ["list", *map(held, value)]
    if kind is dict:
        return {key: held(item) for key, item in value.items()}
    for plain in PLAIN:  # of which NumPy's numbers are, of which `marshal` would make bytes
        if isinstance(value, plain):
            return plain(value)
    raise TypeError(f"{kind.__name__} can't cross")


def pack_requests(requests):
    """Turn requests that are `held` into one frame."""
    frame = marshal.dumps(requests, NO_REFERENCES)
    return REQUESTS.pack(len(frame)) + frame


def take_requests(data):
    """Take the first frame of requests out of a bytearray; return them, or None where not all of it is there yet."""
    if len(data) < REQUESTS.size:
        return None
    end = REQUESTS.size + REQUESTS.unpack_from(data)[0]
    if len(data) < end:
        return None
    requests = marshal.loads(data[REQUESTS.size: end])
    del data[:end]
    return requests


def freed(value):
    """Turn what was `held` back."""
    kind = type(value)
    if kind is tuple:
        return tuple([item if type(item) in EXACTLY_PLAIN else freed(item) for item in value])
    if kind is list:
        return FREED[value[0]](*value[1:])
    if kind is dict:
        return {key: freed(item) for key, item in value.items()}
    return value


def pack(message):
    """Turn a reply (plain data, arrays, tuples of these, handles) into one frame."""
    bodies = []
    head = encode(_pack(message, bodies)).encode()
    body = b"".join(bodies)
    return PREFIX.pack(len(head), len(body)) + head + body


def take_frame(data):
    """Take the first reply out of a bytearray; return (head, body), or None where not all of it is there yet."""
    if len(data) < PREFIX.size:
        return None
    head, body = PREFIX.unpack_from(data)
    if head > MAX_REPLY or body > MAX_REPLY:
        raise WireError(f"a frame of {head + body} bytes is over the limit")
    middle, end = PREFIX.size + head, PREFIX.size + head + body
    if len(data) < end:
        return None
    frame = bytes(data[PREFIX.size: middle]), bytes(data[middle: end])
    del data[:end]
    return frame


def unpack(head, body):
    """Turn a frame's head and body back into the reply."""
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
    if kind is tuple:
        return {"tuple": [item if type(item) in EXACTLY_PLAIN else _pack(item, bodies) for item in value]}
    if kind in REPLIED_WITH:
        return {kind.__name__: vars(value)}
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
        if kind != "tuple":
            raise WireError("what no reply holds")
        self.parts += len(content)
        if depth > MAX_DEPTH or self.parts > MAX_PARTS:
            raise WireError("a message too deep, or of too many parts")
        return tuple([item if type(item) in EXACTLY_PLAIN else self.read(item, depth + 1) for item in content])

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


FREED = {kind.__name__: kind for kind in ASKED_WITH} | {
    "array": lambda dtype, shape, data: np.frombuffer(data, dtype).reshape(shape),  # the bench copies it
    "list": lambda *items: list(map(freed, items)),
}
READ = {
    "Raised": _unpack_raised,
    "Opaque": lambda content: Opaque(str(content["description"])[:100]),
    "Handle": lambda content: Handle(int(content["number"])),
}
