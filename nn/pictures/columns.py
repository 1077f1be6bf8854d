"""The parts of a network as they are found in a model: what each unit reads, adds and gives.

A model is recognised by its shape: layers with neurons, each with weights and a bias; any class with these will do.
"""

from __future__ import annotations

import reprlib
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

from autograd import Value, no_grad, pictures


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
    return any(map(_neurons, _parts(what)))


def columns(model: Any, inputs: Sequence[Any] | None) -> list[Column]:
    """The inputs, then each layer of neurons, with what flows through them if inputs are given.

    Raises:
        ValueError: a layer's neurons do not read the units of the layer before, or `inputs` are too few or too many.
    """
    parts = _parts(model)
    size = next(len(_weights(neurons[0])) for neurons in map(_neurons, parts) if neurons)
    found = [Column("input", pictures.counted(size, "number"), [[] for _ in range(size)], [None] * size, None)]
    flow: Any = inputs
    with no_grad(), getattr(model, "evaluating", nullcontext)():  # nothing is recorded, and no dropout drawn
        for part in parts:
            neurons = _neurons(part)
            if neurons and len(found) == 1 and flow is not None:
                found[0] = replace(found[0], outputs=_numbers(flow))
                if len(_numbers(flow)) != size:
                    has, given = pictures.counted(size, "input"), pictures.counted(len(_numbers(flow)), "number")
                    raise ValueError(f"the network has {has}, got {given}: {reprlib.repr(inputs)}")
            flow = None if flow is None else part(flow)
            if neurons:
                found.append(_column(neurons, found, None if flow is None else _numbers(flow)))
            elif len(found) > 1:
                found[-1] = _followed(found[-1], part, flow)
    return [*found[:-1], replace(found[-1], title="output")]


def _followed(column: Column, part: Any, flow: Any) -> Column:
    """A layer with the function that follows it, such as softmax: what comes out of it is shown in its circles."""
    name = next((x for x in (getattr(part, "name", ""), getattr(part, "__name__", "")) if isinstance(x, str) and x), "")
    column = replace(column, subtitle=f"{column.subtitle} → {pictures.clean(name) or type(part).__name__.lower()}")
    outputs = None if flow is None else _numbers(flow)
    return column if outputs is None or len(outputs) != column.height else replace(column, outputs=outputs)


def _parts(model: Any) -> list[Any]:
    parts = getattr(model, "layers", getattr(model, "parts", None))
    return list(parts) if isinstance(parts, list | tuple) else [model]


def _neurons(part: Any) -> list[Any]:
    neurons = getattr(part, "neurons", None)
    found = list(neurons) if isinstance(neurons, list | tuple) else [part]
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
        given, units = pictures.counted(odd, "weight"), pictures.counted(before[-1].height, "unit")
        raise ValueError(
            f"layer {len(before)} has a neuron of {given} after {units}; "
            "the network view draws layers whose neurons read all units of the layer before"
        )
    name, subtitle = getattr(neurons[0], "activation", ""), pictures.counted(len(neurons), "unit")
    if isinstance(name, str) and name:
        subtitle = f"{len(neurons):,} × {pictures.clean(name)}"
    biases = [getattr(neuron, "bias", getattr(neuron, "b", None)) for neuron in neurons]
    known = [bias if isinstance(bias, Value) else None for bias in biases]
    return Column(f"hidden {len(before)}", subtitle, weights, known, outputs)
