"""Fixtures of the reference's tests: every layer, and every type of array that this machine can offer."""
import importlib.util

import numpy as np
import pytest
from cases import CASES

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


@pytest.fixture(params=ARRAYS)
def device(request):
    """Each type of array in turn."""
    return ARRAYS[request.param]()


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request):
    """Each layer in turn."""
    return request.param


@pytest.fixture(params=[case for case in CASES if case.shapes], ids=lambda case: case.name)
def case_with_params(request):
    """Each layer that has parameters in turn."""
    return request.param
