"""Losses of numbers and of margins: how far predictions are from their targets."""

from __future__ import annotations

from typing import Any

import autograd

from ..arguments.checks import bound, data, in_doubt
from ..arguments.keywords import named
from .reading import over_outputs
from .weighting import two_weights

__all__ = [
    "absolute_error",
    "hinge",
    "huber",
    "mean_absolute_error",
    "mean_squared_error",
    "plain_error",
    "squared_error",
    "sum_squared_error",
]


@named
def plain_error(predictions: Any, targets: Any, weights: Any = None) -> Any:
    """The mean of p - t: says which way predictions are off, and is nothing to make small, for it has no least value.

    >>> plain_error([1.0, 2.0], [1.0, 5.0])
    -1.5
    """
    return over_outputs(lambda p, t: p - t, autograd.mean, predictions, targets, weights)


@named
def absolute_error(predictions: Any, targets: Any, weights: Any = None) -> Any:
    """The distance |p - t| of one output from its target; its gradient at p = t is 0.

    >>> absolute_error(2.0, 5.0)
    3.0
    """
    return over_outputs(
        _absolute_error, _the_only("absolute_error", "mean_absolute_error"), predictions, targets, weights
    )


@named
def squared_error(predictions: Any, targets: Any, weights: Any = None) -> Any:
    """The square (p - t)^2 of the error of one output, which counts large errors more than small ones.

    >>> squared_error(2.0, 5.0)
    9.0
    """
    together = _the_only("squared_error", "mean_squared_error and sum_squared_error")
    return over_outputs(_squared_error, together, predictions, targets, weights)


@named
def sum_squared_error(predictions: Any, targets: Any, weights: Any = None) -> Any:
    """The squares of the errors, (p1 - t1)^2 + (p2 - t2)^2 + ..., added up over the outputs of a sample.

    The oldest of all: Legendre 1805, "Nouvelles méthodes pour la détermination des orbites des comètes". Some texts
    put 1/2 before it, so that the derivative is p - t; here it is 2 (p - t).

    >>> sum_squared_error([1.0, 2.0, 4.0], [1.0, 0.0, 1.0])
    13.0
    """
    return over_outputs(_squared_error, autograd.sum, predictions, targets, weights)


@named
def mean_squared_error(predictions: Any, targets: Any, weights: Any = None) -> Any:
    """The mean of the squares of the errors, (p - t)^2: for regression.

    Its best constant prediction is the mean of the targets (Gauss 1809, "Theoria motus corporum coelestium").

    >>> mean_squared_error([1.0, 2.0], [1.0, 0.0])
    2.0
    """
    return over_outputs(_squared_error, autograd.mean, predictions, targets, weights)


@named
def mean_absolute_error(predictions: Any, targets: Any, weights: Any = None) -> Any:
    """The mean of the errors without their signs, |p - t|: for regression where some targets are far off.

    Its best constant prediction is the median of the targets (Laplace 1774). Its gradient at p = t is 0.

    >>> mean_absolute_error([1.0, 2.0], [1.0, 0.0])
    1.0
    """
    return over_outputs(_absolute_error, autograd.mean, predictions, targets, weights)


@named
def huber(predictions: Any, targets: Any, weights: Any = None, delta: float = 1.0) -> Any:
    """The mean of e^2 / 2 where the error e = p - t is at most delta, else of delta (|e| - delta / 2).

    Squares for small errors, distances for large ones, so that targets far off count less. Source: Huber 1964, "Robust
    estimation of a location parameter".

    >>> huber([1.0, 2.0], [1.5, 5.0])
    1.3125
    """
    delta = bound("delta", delta)

    def of_one(p: Any, t: Any) -> Any:
        distance = autograd.abs(p - t)
        within = autograd.minimum(distance, delta)  # within * (distance - within / 2) is both formulas in one
        return within * (distance - 0.5 * within)

    return over_outputs(of_one, autograd.mean, predictions, targets, weights)


@named
def hinge(predictions: Any, targets: Any, weights: Any = None, class_weights: Any = None) -> Any:
    """The mean of max(0, 1 - t p), for two classes called -1 and 1: 0 where the sign is right by a margin of 1.

    Source: Cortes & Vapnik 1995, "Support-vector networks". Its gradient at t p = 1 is 0. `class_weights` are those of
    the classes -1 and 1, by which their losses are multiplied.

    >>> hinge([2.0, 0.5, 0.5], [1, 1, -1])
    0.6666666666666666
    """
    factors = two_weights(class_weights)

    def of_one(p: Any, t: Any) -> Any:
        if in_doubt() and abs(data(t)) != 1.0:
            raise ValueError(f"the labels of hinge are -1 and 1, got {t:g}; labels 0 and 1 become these by 2 * t - 1")
        loss = autograd.relu(1.0 - t * p)
        return loss if factors is None else (0.5 * factors[0] * (1.0 - t) + 0.5 * factors[1] * (1.0 + t)) * loss

    return over_outputs(of_one, autograd.mean, predictions, targets, weights)


def _absolute_error(p: Any, t: Any) -> Any:
    return autograd.abs(p - t)


def _squared_error(p: Any, t: Any) -> Any:
    return autograd.square(p - t)


def _the_only(name: str, several: str) -> Any:
    def together(errors: list[Any]) -> Any:
        if len(errors) > 1:
            raise ValueError(f"{name} is of one output, got {len(errors)}; of several there is {several}")
        return errors[0]

    return together
