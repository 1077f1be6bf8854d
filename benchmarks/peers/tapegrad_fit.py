"""tapegrad's `nn.fit`, by the `Training` that it runs: the steps, and what is done around them."""

from __future__ import annotations

from typing import Any

import scalar_formulas as formulas
from task import Task

import nn

from .tapegrad_eager import about as about


def epoch(inputs: dict[str, Any]) -> Task:
    return restarted(inputs, batch_size=1, epochs=1)


def descent(inputs: dict[str, Any]) -> Task:
    return restarted(inputs, batch_size=None, epochs=inputs["steps"])


def restarted(inputs: dict[str, Any], batch_size: int | None, epochs: int) -> Task:
    """A training from the same start each time, with the samples in the order given."""
    model = nn.MLP(len(inputs["X"][0]), [len(biases) for _, biases in inputs["layers"]], "relu")
    parameters = in_order(model)
    for p, x in zip(parameters, formulas.flat(inputs["layers"])):
        p.data = x
    optimizer = nn.SGD(parameters, lr=inputs["rate"], weight_decay=2 * inputs["l2"])
    options: dict[str, Any] = {"loss": nn.hinge, "optimizer": optimizer, "engine": "compiled"}
    training = nn.Training(model, inputs["X"], inputs["y"], batch_size=batch_size, epochs=epochs, **options)
    start = training.state_dict()
    start["training"]["order"] = list(range(len(training)))
    return Task(training.run, lambda: [p.data for p in parameters], reset=lambda: training.load_state_dict(start))


def in_order(model: Any) -> list[Any]:
    """The parameters as the formulas have them: each layer's weights, neuron by neuron, then its biases."""
    return [
        p
        for layer in model.layers
        for p in (*(w for neuron in layer.neurons for w in neuron.w), *(neuron.b for neuron in layer.neurons))
    ]


TASKS = {"epoch": epoch, "descent": descent}
