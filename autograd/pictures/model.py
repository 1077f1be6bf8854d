"""The parts of a network as they are found in a model: what each unit reads, adds and gives.

A model is recognised by its shape: layers with neurons, each with weights and a bias; any class with these will do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..modes import no_grad
from ..value import Value
from .lettering import clean, counted


@dataclass(frozen=True)
class Column:
    """A layer: what each of its units reads and adds, and what came out of it."""

    title: str
    subtitle: str
    weights: list[list[Value]]
    biases: list[Value | None]
    outputs: list[float] | None

    @property
    def height(self) -> int:
        """How many units it has."""
        return len(self.weights)


def is_model(what: Any) -> bool:
    """Whether it has layers of neurons, or is a layer or a neuron itself."""
    return any(_neurons(layer) for layer in _layers(what))


def columns(model: Any, inputs: Sequence[Any] | None) -> list[Column]:
    """The inputs, then each layer of neurons, with what flows through them if inputs are given.

    Raises:
        ValueError: a layer's neurons do not read the units of the layer before, or `inputs` are too few or too many.
    """
    layers = _layers(model)
    size = next(len(_weights(_neurons(layer)[0])) for layer in layers if _neurons(layer))
    flow: list[float] | None = None
    if inputs is not None:
        flow = _numbers(inputs)
        if len(flow) != size:
            raise ValueError(f"the network has {counted(size, 'input')}, got {len(flow)}: {list(inputs)!r}")
    found = [Column("input", counted(size, "number"), [[] for _ in range(size)], [None] * size, flow)]
    for layer in layers:
        if flow is not None:
            with no_grad():
                flow = _numbers(layer(flow))
        if _neurons(layer):
            found.append(_column(_neurons(layer), found, flow))
        elif flow is not None and len(flow) == found[-1].height:
            # a function of the layer before, as softmax is: what comes out of it is shown there
            found[-1] = replace(found[-1], outputs=flow)
    return [*found[:-1], replace(found[-1], title="output")]


def _layers(model: Any) -> list[Any]:
    layers = getattr(model, "layers", None)
    return list(layers) if isinstance(layers, list | tuple) else [model]


def _neurons(layer: Any) -> list[Any]:
    neurons = getattr(layer, "neurons", None)
    found = list(neurons) if isinstance(neurons, list | tuple) else [layer]
    return found if found and all(_weights(neuron) for neuron in found) else []


def _weights(neuron: Any) -> list[Value]:
    weights = getattr(neuron, "weights", getattr(neuron, "w", None))
    known = isinstance(weights, list | tuple) and all(isinstance(w, Value) for w in weights)
    return list(weights) if known and weights else []


def _numbers(outputs: Any) -> list[float]:
    several = outputs if isinstance(outputs, Sequence) or hasattr(outputs, "__array__") else [outputs]
    return [x.data if isinstance(x, Value) else float(x) for x in several]


def _column(neurons: list[Any], before: list[Column], outputs: list[float] | None) -> Column:
    weights = [_weights(neuron) for neuron in neurons]
    odd = next((len(row) for row in weights if len(row) != before[-1].height), None)
    if odd is not None:
        raise ValueError(
            f"layer {len(before)} has a neuron of {counted(odd, 'weight')} after {counted(before[-1].height, 'unit')}; "
            "the network view draws layers whose neurons read all units of the layer before"
        )
    name = getattr(neurons[0], "activation", "")
    subtitle = f"{len(neurons):,} × {clean(name)}" if isinstance(name, str) and name else counted(len(neurons), "unit")
    biases = [getattr(neuron, "bias", getattr(neuron, "b", None)) for neuron in neurons]
    known = [bias if isinstance(bias, Value) else None for bias in biases]
    return Column(f"hidden {len(before)}", subtitle, weights, known, outputs)
