"""tapegrad compiled, with parameters as Values whose numbers are held in one array, as `nn.fit` runs a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scalar_formulas as formulas
from task import Task

import autograd
from autograd import Value

from .scalar_engine import tree
from .tapegrad_compiled import VOCABULARY, compile, in_use
from .tapegrad_eager import about as about


def of_leaves(compiled: Any, leaves: list[Value], given: tuple[Any, ...]) -> Task:
    """The value, and the gradient by the leaves."""
    flat = compiled.flat(leaves)
    found: list[float] = []

    def step() -> None:
        found[:] = [flat.backward(*given)]

    example = [x[0] for x in given]
    return in_use(lambda: compiled.function(*example), step, lambda: [*found, *flat.gradient.tolist()])


def hinge(inputs: dict[str, Any]) -> Task:
    layers = tree(Value, inputs["layers"])
    compiled = compile(sample_loss(layers, inputs["l2"]), batch=(0, 1))
    return of_leaves(compiled, formulas.flat(layers), (np.array(inputs["X"]), np.array(inputs["y"])))


def sample_loss(layers: list[Any], l2: float) -> Callable[..., Value]:
    def function(x: Any, y: Any) -> Value:
        return formulas.hinge_loss(VOCABULARY, layers, [x], [y], l2)

    return function


def online(inputs: dict[str, Any]) -> Task:
    layers = tree(Value, inputs["layers"])
    batches = [(np.array([x]), np.array([y])) for x, y in zip(inputs["X"], inputs["y"])]
    return training(layers, sample_loss(layers, inputs["l2"]), batches, inputs["rate"])


def digits(inputs: dict[str, Any]) -> Task:
    layers = tree(Value, inputs["layers"])

    def function(x: Any, y: Any) -> Value:
        logits = formulas.network(VOCABULARY, layers, x)
        return autograd.logsumexp(logits) - autograd.pick(logits, y)

    X, y, size = np.array(inputs["X"]), np.array(inputs["y"]), inputs["batch"]
    return training(
        layers, function, [(X[k : k + size], y[k : k + size]) for k in range(0, len(X), size)], inputs["rate"]
    )


def training(layers: list[Any], function: Callable[..., Any], batches: list[Any], rate: float) -> Task:
    """One step of gradient descent for each batch."""
    flat = compile(function, batch=(0, 1)).flat(formulas.flat(layers))

    def step() -> None:
        for batch in batches:
            flat.backward(*batch)
            flat.data -= rate * flat.gradient

    X, y = batches[0]
    return in_use(lambda: function(X[0], y[0]), step, flat.data.tolist)


def gpt(inputs: dict[str, Any]) -> Task:
    weights = {name: tree(Value, matrix) for name, matrix in inputs["weights"].items()}
    leaves = [p for matrix in weights.values() for row in matrix for p in row]
    tokens, heads = inputs["tokens"], inputs["heads"]
    return of_leaves(compile(lambda: formulas.gpt_loss(VOCABULARY, weights, tokens, heads)), leaves, ())


TASKS = {"hinge": hinge, "online": online, "digits": digits, "gpt": gpt}
