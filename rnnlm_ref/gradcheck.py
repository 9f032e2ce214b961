"""Gradients without calculus, to check those with.

Book: 05-bptt
"""
import numpy as np


def numerical_gradient(f, x, eps=1e-5):
    r"""Estimate the gradient of a scalar function by central differences.

    .. math:: \frac{\partial f}{\partial x_i} \approx \frac{f(x + \epsilon e_i) - f(x - \epsilon e_i)}{2 \epsilon}

    Parameters
    ----------
    f : callable
        Takes x, returns a scalar. It is called twice for every element of x.
    x : float64 array
        Changed while f runs, bitwise as before afterwards, so f may also read it as a parameter of a layer.
    eps : float
        The error of the formula falls with eps², that of rounding grows with 1/eps; 1e-5 balances them in float64.

    Returns
    -------
    array like x

    Raises
    ------
    TypeError
        If x isn't float64: in float32, x + 1e-5 is mostly rounding.

    Book: 05-bptt
    """
    if x.dtype != np.float64:
        raise TypeError(f"x has dtype {x.dtype}: central differences need "
                        "float64. Use x.astype(np.float64)")
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        kept = x[i].copy()
        try:
            x[i] = kept + eps
            above = f(x)
            x[i] = kept - eps
            below = f(x)
        finally:
            x[i] = kept
        grad[i] = (above - below) / (2 * eps)
    return grad


def relative_error(a, b):
    r"""Return the largest difference between two arrays, relative to their largest element.

    .. math:: \max_i |a_i - b_i| \;/\; \max_i \max(|a_i|, |b_i|)

    Parameters
    ----------
    a, b : arrays of one shape

    Returns
    -------
    float
        0.0 where both are zero or empty; nan where one holds a nan.

    Raises
    ------
    ValueError
        If the shapes differ, because broadcasting would hide it.

    Book: 05-bptt
    """
    if a.shape != b.shape:
        raise ValueError(f"shapes differ: {a.shape} and {b.shape}")
    if a.size == 0:
        return 0.0
    scale = max(float(abs(a).max()), float(abs(b).max()))
    return float(abs(a - b).max()) / (scale or 1.0)
