"""Numerical gradients, to check the ones found by calculus.

Book: 05-bptt
"""

import numpy as np


def numerical_gradient(f, x, eps=1e-5):
    r"""Estimate the gradient of a scalar function by central differences.

    .. math:: \frac{\partial f}{\partial x_i} \approx \frac{f(x + \epsilon e_i) - f(x - \epsilon e_i)}{2 \epsilon}

    Parameters
    ----------
    f : callable
        Takes x and returns a scalar. It is called twice for every element of x.
    x : float64 array
        Changed in place while f runs and restored to the last bit, so x may be a layer's parameter that f reads.
    eps : float
        The formula's error falls with eps², the rounding error grows with 1/eps; 1e-5 balances them in float64.

    Returns
    -------
    float64 array of the shape of x

    Raises
    ------
    TypeError
        If x isn't float64: in float32, rounding would swamp a nudge of 1e-5.

    Book: 05-bptt
    """
    if x.dtype != np.float64:
        raise TypeError(
            f"x has dtype {x.dtype}: central differences need "
            "float64. Use x.astype(np.float64)"
        )
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
    a, b : arrays of the same shape

    Returns
    -------
    float
        0.0 if both are all zeros or empty; nan if either contains nan.

    Raises
    ------
    ValueError
        If the shapes differ, which broadcasting would hide.

    Book: 05-bptt
    """
    if a.shape != b.shape:
        raise ValueError(f"shapes differ: {a.shape} and {b.shape}")
    if a.size == 0:
        return 0.0
    scale = max(float(abs(a).max()), float(abs(b).max()))
    return float(abs(a - b).max()) / (scale or 1.0)
