"""Networks put together part by part: Sequential, and the parts that are not made of neurons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd
from autograd import Value

from ..arguments.checks import as_list
from ..arguments.keywords import named
from .activations import activation as activation_of
from .activations import names
from .module import Module
from .neurons import Layer, Neuron


class Sequential(Module):
    """Parts in a row: each reads the outputs of the one before.

    A part is a Module, an activation by its name or as a function of autograd, "softmax", or any function of the
    outputs before it.

    >>> import nn
    >>> model = Sequential(nn.Layer(2, 3, "linear", seed=0), "tanh", nn.Dropout(0.2), nn.Layer(3, 2, "linear", seed=1))
    >>> model
    Sequential(Layer(2, 3, 'linear'), Activation('tanh'), Dropout(0.2), Layer(3, 2, 'linear'))
    >>> len(model([1.0, -2.0])), len(model.parameters())
    (2, 17)
    """

    @named
    def __init__(self, *parts: Any) -> None:
        if not parts:
            raise ValueError("Sequential needs at least one part, as in Sequential(nn.Layer(2, 1))")
        self.parts = [_part(part) for part in parts]
        for k, part in enumerate(self.parts, start=1):
            if isinstance(part, Neuron | Layer) and part.scope in ("neuron", "layer"):  # not one of the user's
                part.place(f"{part.scope} {k}")

    def __call__(self, x: Any) -> Any:
        """The outputs of the last part for one sample."""
        for part in self.parts:
            x = part(x)
        return x

    @property
    def gives_probabilities(self) -> bool:
        """Whether the outputs of the last part are probabilities."""
        return bool(getattr(self.parts[-1], "gives_probabilities", False))

    def __repr__(self) -> str:
        parts = [repr(part) if isinstance(part, Module) else part.__name__ for part in self.parts]
        return f"{type(self).__name__}({', '.join(parts)})"


class Activation(Module):
    """An activation applied to each output of the part before.

    >>> Activation("relu")([-1.0, 2.0])
    [0.0, 2.0]
    """

    @named
    def __init__(self, activation: str | Callable[[Any], Any]) -> None:
        self.name, self._activate = activation_of(activation)

    def __call__(self, x: Any) -> Any:
        """The activation of each number, or of the only one."""
        if self._activate is None:
            return x
        several = as_list(x)
        return self._activate(x) if several is None else [self._activate(one) for one in several]

    @property
    def gives_probabilities(self) -> bool:
        """Whether it is the sigmoid."""
        return self.name == "sigmoid"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"


class Softmax(Module):
    """The outputs of the part before as probabilities that add up to 1: exp(x) of each, divided by their sum.

    Train it with `nn.cross_entropy_of_probabilities`; or, exact for any outputs, leave it away and train with
    `nn.cross_entropy`, which contains it.

    >>> Softmax()([0.0, 0.0])
    [0.5, 0.5]
    """

    def __call__(self, x: Any) -> list[Any]:
        """As many probabilities as outputs."""
        several = as_list(x)
        if not several:
            raise ValueError(f"softmax is of several outputs together, got {x!r}; for one output use 'sigmoid'")
        return autograd.softmax(several)

    @property
    def gives_probabilities(self) -> bool:
        """True."""
        return True

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Flatten(Module):
    """Lists of lists as one list, for a layer to read.

    >>> Flatten()([[1.0, 2.0], [[3.0], [4.0]]])
    [1.0, 2.0, 3.0, 4.0]
    """

    def __call__(self, x: Any) -> list[Any]:
        """The numbers or Values, in order."""
        found: list[Any] = []
        waiting = [x]
        while waiting:
            one = waiting.pop()
            several = None if isinstance(one, Value) else as_list(one)
            if several is None:
                found.append(one)
            else:
                waiting.extend(reversed(several))
        return found

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


def _part(part: Any) -> Any:
    if isinstance(part, Module):
        return part
    if part in ("softmax", autograd.softmax):
        return Softmax()
    name = getattr(part, "__name__", "")
    if isinstance(part, str) or (name in names() and getattr(autograd, name) is part):
        return Activation(part)
    if not callable(part):
        raise TypeError(f'a part of Sequential is a Module, an activation such as "tanh" or a function, not {part!r}')
    return part
