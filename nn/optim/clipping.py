"""Clipping: gradients made shorter where one step would go too far.

A loss with a cliff has a gradient as long as the cliff is steep, and a step along it leaves the region where it says
anything. Source: Pascanu, Mikolov & Bengio 2013, "On the difficulty of training recurrent neural networks".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import Value

from ..arguments.checks import bound
from ..arguments.keywords import named


def clip_by_norm(gradient: Any, largest: float) -> Any:
    """The gradient, all of it shortened by one factor where its Euclidean length is above `largest`.

    >>> clip_by_norm([3.0, 4.0], 1.0).tolist()
    [0.6, 0.8]
    """
    numbers = np.asarray(gradient, dtype=float)
    length = norm(numbers)
    if np.isinf(length):  # a sum of finite squares beyond the range of floats
        numbers = numbers / np.max(np.abs(numbers))
        return numbers / (norm(numbers) / largest)
    return numbers / (length / largest) if length > largest else numbers


def clip_by_value(gradient: Any, largest: float) -> Any:
    """The gradient with each number kept within [-largest, largest]; its direction may change.

    >>> clip_by_value([3.0, -0.5], 1.0).tolist()
    [1.0, -0.5]
    """
    return np.clip(np.asarray(gradient, dtype=float), -largest, largest)


def norm(gradient: Any) -> float:
    """The Euclidean length, without overflow."""
    numbers = np.asarray(gradient, dtype=float)
    largest = float(np.max(np.abs(numbers), initial=0.0))
    if not 0.0 < largest < np.inf:
        return largest
    scaled = numbers / largest  # exact enough, and no square of it overflows
    return largest * float(np.sqrt(np.add.reduce(scaled * scaled)))


@named
def clip_grad_norm(parameters: Iterable[Value], largest: float) -> float:
    """Shortens the gradients of the parameters as `clip_by_norm` does, and returns their length before.

    For loops written by hand, between `loss.backward()` and `optimizer.step()`.

    >>> a, b = Value(3.0), Value(4.0)
    >>> (a * a / 2 + b * b / 2).backward()
    >>> clip_grad_norm([a, b], 1.0), a.grad, b.grad
    (5.0, 0.6, 0.8)
    """
    parameters = list(parameters)
    gradient = [parameter.grad for parameter in parameters]
    for parameter, clipped in zip(parameters, clip_by_norm(gradient, bound("largest", largest)).tolist()):
        parameter.grad = clipped
    return norm(gradient)
