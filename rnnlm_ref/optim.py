"""From gradients to better parameters.

Book: 07-rnnlm
"""
import math

import numpy as np


class SGD:
    r"""Stochastic gradient descent.

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
        """Change each array of `params` in place by the array of `grads` at the same place."""
        for param, grad in zip(params, grads, strict=True):
            param -= self.lr * grad


class Adam:
    r"""Steps of about the learning rate for every number, however large or small its gradient.

    .. math::
        m &\leftarrow \beta_1 m + (1 - \beta_1) g \\
        v &\leftarrow \beta_2 v + (1 - \beta_2) g^2 \\
        p &\leftarrow p - \eta \frac{m / (1 - \beta_1^k)}{\sqrt{v / (1 - \beta_2^k)} + \epsilon}

    m and v are running means that start from 0, so at update k they hold only the share 1 - β^k of their weights.

    Parameters
    ----------
    lr : float
        The learning rate η.
    beta1, beta2 : float
        How much of the running means is kept at each update.
    eps : float
        Keeps a number whose gradient has always been 0 where it is.

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
        """Change each array of `params` in place by the array of `grads` at the same place."""
        if self.means is None:
            self.means = [np.zeros_like(param) for param in params]
            self.squares = [np.zeros_like(param) for param in params]
        self.updates += 1
        # Both corrections are one factor for the step and one for eps: two
        # passes over each array fewer.
        root = (1 - self.beta2**self.updates) ** 0.5
        step = self.lr * root / (1 - self.beta1**self.updates)
        for param, grad, mean, square in zip(
                params, grads, self.means, self.squares, strict=True):
            mean += (1 - self.beta1) * (grad - mean)
            square += (1 - self.beta2) * (grad * grad - square)
            param -= step * mean / (np.sqrt(square) + self.eps * root)


def clip_grads(grads, max_norm):
    r"""Shrink gradients, in place, so that their norm is at most `max_norm`; their direction stays.

    .. math::
        \|g\| &= \sqrt{\textstyle\sum_i \|g_i\|^2} \\
        g_i &\leftarrow g_i \frac{\mathtt{max\_norm}}{\|g\|} \text{ if } \|g\| > \mathtt{max\_norm}

    Parameters
    ----------
    grads : list of arrays
        Seen as one long vector: clipping each by itself would turn it.
    max_norm : float

    Returns
    -------
    float
        The norm before clipping. Where it isn't finite, no factor can help and the gradients stay as they are.

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
