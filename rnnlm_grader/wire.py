"""Frames between the grader and the sandbox: a JSON head, then the raw bytes of the arrays that it names.

Nothing that arrives is trusted: lengths are capped before they are read, an array's bytes must be exactly what its
shape and dtype say, and no byte is ever executed or unpickled.
"""
import json
import math
import struct
from dataclasses import asdict

import numpy as np

from .bench import Callback, Generator, Handle, Raised
from .values import MAX_BYTES, PLAIN_KINDS, Opaque

PREFIX = struct.Struct("<II")  # bytes of head, bytes of body
MAX_HEAD = 1024 * 1024


class WireError(Exception):
    """A frame that breaks the rules; whoever sent it is not to be believed."""


def pack(message):
    """Turn a message (plain data, arrays, handles) into one frame."""
    bodies = []
    head = json.dumps(_pack(message, bodies)).encode()
    body = b"".join(bodies)
    return PREFIX.pack(len(head), len(body)) + head + body


def unpack_prefix(prefix):
    """Return the lengths (head, body) that a frame's prefix announces."""
    head, body = PREFIX.unpack(prefix)
    if head > MAX_HEAD or body > MAX_BYTES:
        raise WireError(f"a frame of {head + body} bytes is over the limit")
    return head, body


def unpack(head, body):
    """Turn a frame's head and body back into the message."""
    try:
        return _unpack(json.loads(head), body)
    except WireError:
        raise
    except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise WireError(f"a frame that can't be read: {type(error).__name__}") from None


def _pack(value, bodies):
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple | list):
        return {type(value).__name__: [_pack(item, bodies) for item in value]}
    if isinstance(value, dict):
        return {"dict": {key: _pack(item, bodies) for key, item in value.items()}}
    if isinstance(value, np.ndarray):
        bodies.append(np.ascontiguousarray(value).tobytes())
        at = sum(map(len, bodies[:-1]))
        return {"array": [value.dtype.str, list(value.shape), at]}
    for kind in (Handle, Generator, Callback, Raised, Opaque):
        if isinstance(value, kind):
            return {kind.__name__: asdict(value)}
    raise TypeError(f"{type(value).__name__} can't cross")


def _unpack(tree, body):
    if not isinstance(tree, dict):
        if isinstance(tree, list):
            raise WireError("a bare list")
        return tree
    (kind, content), = tree.items()
    if kind in ("tuple", "list"):
        items = [_unpack(item, body) for item in content]
        return items if kind == "list" else tuple(items)
    if kind == "dict":
        return {str(key): _unpack(item, body) for key, item in content.items()}
    if kind == "array":
        return _unpack_array(*content, body)
    if kind == "Raised":
        return _unpack_raised(content)
    if kind == "Opaque":
        return Opaque(str(content["description"])[:100])
    if kind == "Handle":
        return Handle(int(content["number"]))
    if kind == "Generator":
        return Generator(int(content["seed"]))
    if kind == "Callback":
        return Callback(int(content["number"]))
    raise WireError(f"unknown kind {str(kind)[:20]!r}")


def _unpack_array(dtype, shape, at, body):
    dtype = np.dtype(str(dtype))
    if dtype.kind not in PLAIN_KINDS:
        raise WireError("an array of a dtype that may not cross")
    if not all(type(n) is int and n >= 0 for n in shape) or type(at) is not int or at < 0:
        raise WireError("an array of impossible shape")
    count = math.prod(shape)
    if at + count * dtype.itemsize > len(body):
        raise WireError("an array that claims more than it sent")
    return np.frombuffer(body, dtype, count, at).reshape(shape).copy()


def _unpack_raised(content):
    line = content["line"]
    return Raised(
        kind=str(content["kind"])[:80],
        message=str(content["message"])[:400],
        line=line if type(line) is int else None,
        text=str(content["text"])[:120],
        builtin=content["builtin"] is True,
    )
