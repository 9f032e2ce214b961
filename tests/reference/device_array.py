"""An array behind CuPy's rules, so that what a GPU would run is exercised on any machine.

It computes with NumPy, but lets through only what real CuPy has: every function, method and keyword is bound against
the signatures of the installed CuPy, which imports without a driver. Host and device arrays don't mix, nothing is
copied to the host unasked, reductions give 0-d arrays, and indices out of range wrap around without a word. It checks
names, signatures and places, not CuPy's kernels.
"""

import inspect
import re

import cupy
import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

# What cupy.ndarray.__array_ufunc__ passes on; and the ufuncs whose `at` CuPy implements.
UFUNC_KEYWORDS = {"out", "dtype", "casting", "where"}
SCATTERING = {"add", "maximum", "minimum"}


class DeviceArray(NDArrayOperatorsMixin):
    """An ndarray on a device that isn't there. `DeviceArray.waits` counts how often the host waited for it."""

    waits = 0

    def __init__(self, data):
        self._data = data

    def __array__(self, *args, **kwargs):
        raise TypeError("implicit conversion to a host array")

    def __array_ufunc__(self, ufunc, method, *args, **kwargs):
        assert hasattr(cupy, ufunc.__name__), f"cupy has no {ufunc.__name__}"
        assert method == "__call__" or (method == "at" and ufunc.__name__ in SCATTERING), f"{ufunc.__name__}.{method}"
        assert set(kwargs) <= UFUNC_KEYWORDS, f"{ufunc.__name__} with {sorted(kwargs)}"
        return _compute(getattr(ufunc, method), args, kwargs)

    def __array_function__(self, function, types, args, kwargs):
        if function is np.asarray:  # the one way from the host to the device
            return DeviceArray(np.asarray(*(_data(a) if isinstance(a, DeviceArray) else a for a in args), **kwargs))
        module = cupy.linalg if function.__module__ == "numpy.linalg" else cupy
        inspect.signature(getattr(module, function.__name__)).bind(*args, **kwargs)
        return _compute(function, args, kwargs)

    def __getattr__(self, name):
        if name in ("shape", "dtype", "ndim", "size"):
            return getattr(self._data, name)
        if name == "T":
            return DeviceArray(self._data.T)
        if name.startswith("_") or not hasattr(cupy.ndarray, name):
            raise AttributeError(f"cupy.ndarray has no {name}")

        def method(*args, **kwargs):
            method_signature(name).bind(self, *args, **kwargs)
            return _compute(getattr(np.ndarray, name), (self, *args), kwargs)

        return method

    def __getitem__(self, key):
        return DeviceArray(np.asarray(self._data[self._wrapped(key)]))

    def __setitem__(self, key, value):
        self._data[self._wrapped(key)] = _data(value)

    def _wrapped(self, key):
        keys = key if isinstance(key, tuple) else (key,)
        keys = [_data(k) for k in keys]
        return tuple(
            k % self.shape[axis] if isinstance(k, np.ndarray) and k.dtype.kind in "iu" and k.size else k
            for axis, k in enumerate(keys)
        )

    def __len__(self):
        return len(self._data)

    def __bool__(self):
        return bool(self.get())

    def __int__(self):
        return int(self.get())

    def __float__(self):
        return float(self.get())

    def get(self):
        DeviceArray.waits += 1
        return self._data.copy()


def method_signature(name):
    """Return the signature of a method of cupy.ndarray, read from the first line of its docstring."""
    line = getattr(cupy.ndarray, name).__doc__.splitlines()[0]
    arguments = re.search(r"\((.*)\)", line)[1].replace("Py_ssize_t ", "")
    return inspect.signature(eval(f"lambda {arguments}: None"))


def _compute(function, args, kwargs):
    result = function(*map(_data, args), **{name: _data(value) for name, value in kwargs.items()})
    if (out := kwargs.get("out")) is not None:
        return out[0] if isinstance(out, tuple) else out
    return DeviceArray(np.asarray(result)) if isinstance(result, np.ndarray | np.generic) else result


def _data(value):
    if isinstance(value, DeviceArray):
        return value._data
    if isinstance(value, np.ndarray):
        raise TypeError("a host array met a device array")
    if isinstance(value, tuple | list):
        return type(value)(map(_data, value))
    return value


def asarray(array):
    """Move a host array to the device, as cupy.asarray does."""
    return DeviceArray(np.array(array))
