"""The parameters of a model: which layer each belongs to, and all of them as plain numbers and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from autograd import Value


def parameters_of(model: Any, optimizer: Any = None) -> list[Value]:
    """Those of the model, and those that only the optimizer knows, each once."""
    own = model.parameters() if hasattr(model, "parameters") else []
    more = optimizer.parameters if optimizer is not None else []
    found = list({id(parameter): parameter for parameter in [*own, *more]}.values())
    if not found:
        raise TypeError(f"{model!r} has no parameters; give a model with parameters(), or its optimizer")
    odd = next((parameter for parameter in found if not isinstance(parameter, Value)), None)
    if odd is not None:
        raise TypeError(f"the parameters() of {model!r} has {odd!r} in it; a parameter must be a Value")
    return found


def by_layer(parameters: Iterable[Value]) -> dict[str, list[Value]]:
    """The parameters under the name of their layer, which is the first part of their scope, in order.

    >>> import nn
    >>> {name: len(found) for name, found in by_layer(nn.MLP(2, [3, 1]).parameters()).items()}
    {'layer 1': 9, 'layer 2': 4}
    """
    layers: dict[str, list[Value]] = {}
    for parameter in parameters:
        layers.setdefault(layer_of(parameter), []).append(parameter)
    return layers


def layer_of(value: Value) -> str:
    """The layer that a Value was made in, or "the model"."""
    return value.scope.partition("/")[0] or "the model"


def numbers(parameters: Iterable[Value]) -> list[float]:
    """What the parameters are now."""
    return [parameter.data for parameter in parameters]


def write(parameters: Sequence[Value], data: Sequence[float]) -> None:
    """Makes the parameters what they were."""
    for parameter, x in zip(parameters, data, strict=True):
        parameter.data = x


def root_mean_square(xs: Sequence[float]) -> float:
    """The size of a typical one of them, without its sign."""
    return float((sum(x * x for x in xs) / len(xs)) ** 0.5)
