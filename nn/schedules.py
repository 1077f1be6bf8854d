"""Schedules: learning rates that change while training goes on, as functions of the steps made so far.

    >>> from autograd import Value
    >>> import nn
    >>> optimizer = nn.SGD([Value(1.0)], lr=nn.schedules.Cosine(0.1, steps=100))
    >>> optimizer.lr
    0.1

A step is one of the optimiser's, not an epoch: there are `epochs * ceil(samples / batch_size)` of them. Any function
of a whole number may be a schedule too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi

from .arguments.checks import rate, whole
from .arguments.keywords import named

Schedule = Callable[[int], float]


@named
@dataclass(frozen=True)
class Constant:
    """Always the same rate."""

    rate: float

    def __post_init__(self) -> None:
        rate("rate", self.rate)

    def __call__(self, step: int) -> float:
        return self.rate


@named
@dataclass(frozen=True)
class Step:
    """The rate, multiplied by `factor` after every `every` steps.

    >>> [Step(1.0, every=2, factor=0.5)(k) for k in range(6)]
    [1.0, 1.0, 0.5, 0.5, 0.25, 0.25]
    """

    rate: float
    every: int
    factor: float = 0.1

    def __post_init__(self) -> None:
        rate("rate", self.rate)
        whole("every", self.every)
        rate("factor", self.factor)

    def __call__(self, step: int) -> float:
        return self.rate * self.factor ** (step // self.every)


@named
@dataclass(frozen=True)
class _Course:
    rate: float
    steps: int
    end: float = 0.0

    def __post_init__(self) -> None:
        rate("rate", self.rate)
        whole("steps", self.steps)
        rate("end", self.end)


class Linear(_Course):
    """From `rate` in a straight line to `end`, reached after `steps` steps and kept.

    >>> [Linear(1.0, steps=4)(k) for k in range(6)]
    [1.0, 0.75, 0.5, 0.25, 0.0, 0.0]
    """

    def __call__(self, step: int) -> float:
        done = min(step / self.steps, 1.0)
        return self.rate * (1.0 - done) + self.end * done


class Cosine(_Course):
    """From `rate` to `end` along half a cosine: slowly, fast, slowly; reached after `steps` steps and kept.

    end + (rate - end) (1 + cos(pi step / steps)) / 2. Source: Loshchilov & Hutter 2017, "SGDR: stochastic gradient
    descent with warm restarts", equation 5, without restarts.

    >>> [round(Cosine(1.0, steps=4)(k), 3) for k in range(6)]
    [1.0, 0.854, 0.5, 0.146, 0.0, 0.0]
    """

    def __call__(self, step: int) -> float:
        share = (1.0 + cos(pi * min(step / self.steps, 1.0))) / 2.0
        return self.rate * share + self.end * (1.0 - share)


@named
@dataclass(frozen=True)
class WarmUp:
    """For `steps` steps a growing part of what `then` begins with, and after them `then`, a schedule or a number.

    The first step has 1/steps of it, since a step of rate 0 would change nothing. Source: Goyal et al. 2017,
    "Accurate, large minibatch SGD", section 2.2.

    >>> [WarmUp(4, then=Linear(1.0, steps=2))(k) for k in range(7)]
    [0.25, 0.5, 0.75, 1.0, 1.0, 0.5, 0.0]
    """

    steps: int
    then: float | Schedule

    def __post_init__(self) -> None:
        whole("steps", self.steps)
        if not callable(self.then):
            rate("then", self.then)

    def __call__(self, step: int) -> float:
        then = self.then if callable(self.then) else Constant(self.then)
        return then(0) * ((step + 1) / self.steps) if step < self.steps else then(step - self.steps)
