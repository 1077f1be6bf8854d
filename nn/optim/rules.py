"""STEP: how the parameters change, given their gradients: one rule for each optimiser, for a number as for arrays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Unpack

import numpy as np

from autograd import Value

from ..arguments.checks import rate, share, shares, yes_or_no
from ..arguments.keywords import named
from ..schedules import Schedule
from .optimizer import Optimizer, Options
from .settings import Setting


class SGD(Optimizer):
    """Gradient descent with momentum: velocity = momentum * velocity - lr * gradient, parameter += velocity.

    With momentum 0 it is the delta rule, new = old - lr * gradient. With momentum m, steps in a constant direction
    grow up to 1 / (1 - m) times as long, and steps to and fro cancel. "Stochastic" when each gradient is that of a few
    samples. Sources: Polyak 1964, "Some methods of speeding up the convergence of iteration methods"; Rumelhart,
    Hinton & Williams 1986, "Learning representations by back-propagating errors", equation 9.

    >>> from autograd import Value
    >>> x = Value(0.0)
    >>> optimizer = SGD([x], lr=0.1, momentum=0.5)
    >>> for _ in range(50):
    ...     optimizer.zero_grad()
    ...     loss = (x - 3.0) ** 2
    ...     loss.backward()
    ...     optimizer.step()
    >>> print(f"{x.data:.4f}")
    3.0000

    Args:
        parameters, lr, clip_norm, clip_value: as in `Optimizer`; lr may be changed between steps.
        momentum: in [0, 1); may be changed between steps.
        nesterov: go by the velocity that the next step would have, momentum * velocity - lr * gradient with the new
            velocity. Source: Sutskever, Martens, Dahl & Hinton 2013, "On the importance of initialization and
            momentum in deep learning", as in PyTorch.
        weight_decay: adds weight_decay * parameter to the gradient: the penalty weight_decay/2 * parameter^2.
    """

    remembers = ("velocity",)
    momentum = Setting(share, "How much of the last step's velocity is kept.")
    nesterov = Setting(yes_or_no, "Whether to go by the velocity of the step after.")

    @named
    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float | Schedule = 0.1,
        momentum: float = 0.0,
        *,
        nesterov: bool = False,
        **options: Unpack[Options],
    ) -> None:
        self.momentum, self.nesterov = momentum, nesterov
        super().__init__(parameters, lr, **options)

    def rule(self, x: Any, gradient: Any, *memory: Any) -> tuple[Any, ...]:
        """The next parameter and its velocity."""
        (velocity,) = memory
        if self.weight_decay:
            gradient = gradient + self.weight_decay * x
        momentum, move = self.momentum, self.lr * gradient
        velocity = momentum * velocity - move
        return x + (momentum * velocity - move if self.nesterov else velocity), velocity


class Adam(Optimizer):
    """Steps of about the length lr in each parameter, by the mean gradient over the root of the mean squared gradient.

    mean = b1 * mean + (1 - b1) * gradient and square = b2 * square + (1 - b2) * gradient^2 begin at 0, and are divided
    by 1 - b1^t and 1 - b2^t to make up for that; then parameter -= lr * mean / (sqrt(square) + eps).
    Source: Kingma & Ba 2015, "Adam: a method for stochastic optimization", algorithm 1.

    >>> from autograd import Value
    >>> x = Value(0.0)
    >>> optimizer = Adam([x], lr=0.1)
    >>> for _ in range(200):
    ...     optimizer.zero_grad()
    ...     loss = (x - 3.0) ** 2
    ...     loss.backward()
    ...     optimizer.step()
    >>> print(f"{x.data:.2f}")
    3.00

    Args:
        parameters, lr, clip_norm, clip_value: as in `Optimizer`.
        betas: b1 and b2, each in [0, 1).
        eps: keeps the division from that by 0.
        weight_decay: adds weight_decay * parameter to the gradient; `AdamW` does not scale it.
    """

    remembers = ("mean", "square")
    betas = Setting(shares, "How much of the mean gradient and of the mean square is kept.")
    eps = Setting(rate, "What is added to the root of the mean square.")

    @named
    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float | Schedule = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        **options: Unpack[Options],
    ) -> None:
        self.betas, self.eps = betas, eps
        super().__init__(parameters, lr, **options)

    def rule(self, x: Any, gradient: Any, *memory: Any) -> tuple[Any, ...]:
        """The next parameter, its mean gradient and its mean squared gradient."""
        if self.weight_decay:
            gradient = gradient + self.weight_decay * x
        return self._adapted(x, gradient, *memory)

    def _adapted(self, x: Any, gradient: Any, mean: Any, square: Any) -> tuple[Any, ...]:
        (b1, b2), t = self.betas, self.steps_done + 1
        mean = b1 * mean + (1.0 - b1) * gradient
        square = b2 * square + (1.0 - b2) * (gradient * gradient)
        rate = self.lr / (1.0 - b1**t)
        return x - rate * mean / (np.sqrt(square / (1.0 - b2**t)) + self.eps), mean, square


class AdamW(Adam):
    """Adam with decoupled weight decay: each step also takes lr * weight_decay * parameter off the parameter.

    In Adam the decay would be divided by the size of the gradients, and weights with large ones would hardly decay.
    Source: Loshchilov & Hutter 2019, "Decoupled weight decay regularization", algorithm 2. The arguments are those of
    `Adam`; weight_decay is 0.01 unless given.

    >>> from autograd import Value
    >>> w = Value(1.0)
    >>> AdamW([w], lr=0.1, weight_decay=0.5).step()
    >>> w.data
    0.95
    """

    @named
    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float | Schedule = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        **options: Unpack[Options],
    ) -> None:
        options.setdefault("weight_decay", 0.01)
        super().__init__(parameters, lr, betas, eps, **options)

    def rule(self, x: Any, gradient: Any, *memory: Any) -> tuple[Any, ...]:
        """The next parameter, its mean gradient and its mean squared gradient."""
        return self._adapted(x * (1.0 - self.lr * self.weight_decay), gradient, *memory)


class RMSProp(Optimizer):
    """Each gradient over the root of its mean square: parameter -= lr * gradient / (sqrt(square) + eps).

    square = decay * square + (1 - decay) * gradient^2. Source: Tieleman & Hinton 2012, lecture 6.5 of "Neural networks
    for machine learning".

    >>> from autograd import Value
    >>> w = Value(1.0)
    >>> w.grad = 100.0
    >>> RMSProp([w], lr=0.1, decay=0.75).step()
    >>> print(f"{w.data:.6f}")
    0.800000

    Args:
        parameters, lr, clip_norm, clip_value: as in `Optimizer`.
        decay: how much of the mean square is kept, in [0, 1).
        eps: keeps the division from that by 0.
        weight_decay: adds weight_decay * parameter to the gradient.
    """

    remembers = ("square",)
    decay = Setting(share, "How much of the mean square is kept.")
    eps = Setting(rate, "What is added to the root of the mean square.")

    @named
    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float | Schedule = 0.01,
        decay: float = 0.99,
        eps: float = 1e-8,
        **options: Unpack[Options],
    ) -> None:
        self.decay, self.eps = decay, eps
        super().__init__(parameters, lr, **options)

    def rule(self, x: Any, gradient: Any, *memory: Any) -> tuple[Any, ...]:
        """The next parameter and its mean squared gradient."""
        (square,) = memory
        if self.weight_decay:
            gradient = gradient + self.weight_decay * x
        square = self.decay * square + (1.0 - self.decay) * (gradient * gradient)
        return x - self.lr * gradient / (np.sqrt(square) + self.eps), square
