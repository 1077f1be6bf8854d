"""STEP: how the parameters change, given their gradients."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import Any

from autograd import Value

from .checks import finite, rate


class SGD:
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
        parameters: the Values to change, as from `model.parameters()`; one that is given twice is stepped once.
        lr: the learning rate, at least 0; may be changed between steps.
        momentum: in [0, 1); may be changed between steps.
    """

    def __init__(self, parameters: Iterable[Value], lr: float = 0.1, momentum: float = 0.0) -> None:
        self.lr, self.momentum = lr, momentum
        self.parameters = _trainable(parameters)
        self.velocities = [0.0] * len(self.parameters)

    @property
    def lr(self) -> float:
        """The learning rate: how long a step is for a gradient of 1."""
        return self._lr

    @lr.setter
    def lr(self, lr: float) -> None:
        self._lr = rate("lr, the learning rate,", lr)

    @property
    def momentum(self) -> float:
        """How much of the last step's velocity is kept."""
        return self._momentum

    @momentum.setter
    def momentum(self, momentum: float) -> None:
        number = finite("momentum", momentum)
        if not 0.0 <= number < 1.0:
            raise ValueError(f"momentum must be in [0, 1), got {number}; 0.9 is usual")
        self._momentum = number

    def zero_grad(self) -> None:
        """Forgets the gradients, which would otherwise add up over several `backward`."""
        for parameter in self.parameters:
            parameter.zero_grad()

    def step(self) -> None:
        """Changes every parameter once, by its gradient; all of them or, if it raises, none.

        Raises:
            FloatingPointError: a gradient is nan or infinite, or a parameter would become so.
        """
        momentum, lr = self._momentum, self._lr
        gradients = [parameter.grad for parameter in self.parameters]
        self._require_finite("gradient of", gradients)
        velocities = [momentum * velocity - lr * slope for velocity, slope in zip(self.velocities, gradients)]
        data = [parameter.data + velocity for parameter, velocity in zip(self.parameters, velocities)]
        self._require_finite("next value of", data)
        try:
            self._write(data, velocities)
        except KeyboardInterrupt:  # Ctrl-C never leaves half a step
            self._write(data, velocities)
            raise

    def _write(self, data: list[float], velocities: list[float]) -> None:
        for parameter, x in zip(self.parameters, data):
            parameter.data = x
        self.velocities = velocities

    def _require_finite(self, what: str, numbers: list[float]) -> None:
        if isfinite(sum(numbers)):  # one look instead of one for each; a sum that overflows looks again
            return
        for parameter, x in zip(self.parameters, numbers):
            if not isfinite(x):
                raise FloatingPointError(
                    f"the {what} {_name(parameter)} is {x}, so no parameter was changed; lower the learning rate "
                    f"({self._lr:g}) or scale the inputs"
                )

    def __repr__(self) -> str:
        return f"SGD({len(self.parameters)} parameters, lr={self._lr:g}, momentum={self._momentum:g})"


def _name(parameter: Value) -> str:
    return f"{parameter.scope} {parameter.label}".strip() or repr(parameter)


def _trainable(parameters: Any) -> list[Value]:
    """The parameters, each once."""
    if callable(getattr(parameters, "parameters", None)):
        raise TypeError(f"an optimiser takes the parameters of {parameters!r}; write model.parameters()")
    try:
        given = list(parameters)
    except TypeError:
        raise TypeError(f"parameters must be a list of Values, got {parameters!r}") from None
    for parameter in given:
        if not isinstance(parameter, Value):
            raise TypeError(f"a parameter must be a Value, got {parameter!r}; make it one with Value(...)")
        if parameter.is_constant or not parameter.is_leaf:
            raise ValueError(f"{parameter!r} is the result of an operation, not a parameter; train a leaf, Value(...)")
    if not given:
        raise ValueError("there are no parameters to train; give at least one Value")
    return list({id(parameter): parameter for parameter in given}.values())
