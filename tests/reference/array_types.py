"""Every type of array that this machine can offer."""
import importlib.util

import numpy as np
import pytest

HAS_CUPY = importlib.util.find_spec("cupy") is not None


class OnDevice:
    """A type of array: how to get there and back. It also serves as the `xp` of a model."""

    def __init__(self, asarray, asnumpy):
        self.asarray, self.asnumpy = asarray, asnumpy


def stand_in_arrays():
    if not HAS_CUPY:
        pytest.skip("CuPy isn't installed, so there are no signatures to bind")
    import device_array
    return OnDevice(device_array.asarray, lambda array: array.get())


def gpu_arrays():
    import cupy
    return OnDevice(cupy.asarray, cupy.asnumpy)


def gpu_found():
    if not HAS_CUPY:
        return False
    import cupy
    try:
        return cupy.zeros(1).size == 1
    except Exception:                                                      # CuPy has many errors for "no GPU"
        return False


ARRAYS = {"numpy": lambda: OnDevice(np.array, np.asarray), "stand-in": stand_in_arrays}
if gpu_found():
    ARRAYS["gpu"] = gpu_arrays
