"""Optimizers and gradient clipping.

Book: 07-rnnlm
"""

import math

import numpy as np


class SGD:
    r"""Stochastic gradient descent: a step of the learning rate times the gradient.

    .. math:: p \leftarrow p - \eta\,g

    Parameters
    ----------
    lr : float
        The learning rate η.

    Book: 07-rnnlm
    """

    def __init__(self, lr=1.0):
        self.lr = lr

    def update(self, params, grads):
        """Update each array of `params` in place, using the gradient at the same position in `grads`."""
        for param, grad in zip(params, grads, strict=True):
            param -= self.lr * grad


class Adam:
    r"""Adam: each number moves by about the learning rate, however large or small its gradient.

    .. math::
        m &\leftarrow \beta_1 m + (1 - \beta_1) g \\
        v &\leftarrow \beta_2 v + (1 - \beta_2) g^2 \\
        p &\leftarrow p - \eta \frac{m / (1 - \beta_1^k)}{\sqrt{v / (1 - \beta_2^k)} + \epsilon}

    m and v are running means that start at 0. At update k their weights add up to only 1 - β^k, so they are divided by
    that.

    Parameters
    ----------
    lr : float
        The learning rate η.
    beta1, beta2 : float
        The share of each running mean that is kept at an update.
    eps : float
        Avoids 0/0 for a number whose gradient has always been 0.

    References
    ----------
    Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015.

    Book: 07-rnnlm
    """

    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.means = self.squares = None
        self.updates = 0

    def update(self, params, grads):
        """Update each array of `params` in place, using the gradient at the same position in `grads`."""
        if self.means is None:
            self.means = [np.zeros_like(param) for param in params]
            self.squares = [np.zeros_like(param) for param in params]
        self.updates += 1
        # Both corrections are one factor for the step and one for eps: two
        # passes over each array fewer.
        root = (1 - self.beta2**self.updates) ** 0.5
        step = self.lr * root / (1 - self.beta1**self.updates)
        for param, grad, mean, square in zip(
            params, grads, self.means, self.squares, strict=True
        ):
            mean += (1 - self.beta1) * (grad - mean)
            square += (1 - self.beta2) * (grad * grad - square)
            param -= step * mean / (np.sqrt(square) + self.eps * root)


def clip_grads(grads, max_norm):
    r"""Scale gradients down, in place, so that their global norm is at most `max_norm`. Their direction is kept.

    .. math::
        \|g\| &= \sqrt{\textstyle\sum_i \|g_i\|^2} \\
        g_i &\leftarrow g_i \frac{\mathtt{max\_norm}}{\|g\|} \text{ if } \|g\| > \mathtt{max\_norm}

    Parameters
    ----------
    grads : list of arrays
        Treated as one long vector, because clipping each array by itself would change its direction.
    max_norm : float

    Returns
    -------
    float
        The norm before clipping. If it isn't finite, the gradients are left as they are.

    Raises
    ------
    ValueError
        If max_norm isn't positive.

    Book: 05-bptt
    """
    if not max_norm > 0:
        raise ValueError(f"max_norm must be positive, got {max_norm}")
    norm = sum(float(np.linalg.norm(grad)) ** 2 for grad in grads) ** 0.5
    if max_norm < norm < math.inf:
        for grad in grads:
            grad *= max_norm / norm
    return norm
