"""tapegrad compiled, with parameters as Values whose numbers are held in one array, as `nn.fit` runs a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scalar_formulas as formulas
from task import Task

import autograd
import nn
from autograd import Value

from .scalar_engine import tree
from .tapegrad_compiled import VOCABULARY, compile, in_use
from .tapegrad_eager import about as about
from .tapegrad_eager import example


def of_leaves(compiled: Any, leaves: list[Value], given: tuple[Any, ...]) -> Task:
    """The value, and the gradient by the leaves."""
    flat = compiled.flat(leaves)
    found: list[float] = []

    def step() -> None:
        found[:] = [flat.backward(*given)]

    one = [x[0] for x in given] if compiled.batch else given
    return in_use(lambda: compiled.function(*one), step, lambda: [*found, *flat.gradient.tolist()])


def hinge(inputs: dict[str, Any]) -> Task:
    layers = tree(Value, inputs["layers"])
    compiled = compile(sample_loss(layers, inputs["l2"]), batch=(0, 1))
    return of_leaves(compiled, formulas.flat(layers), (np.array(inputs["X"]), np.array(inputs["y"])))


def sample_loss(layers: list[Any], l2: float) -> Callable[..., Value]:
    def function(x: Any, y: Any) -> Value:
        return formulas.hinge_loss(VOCABULARY, layers, [x], [y], l2)

    return function


def online(inputs: dict[str, Any]) -> Task:
    """A call for each sample, and the update in NumPy."""
    layers, rate = tree(Value, inputs["layers"]), inputs["rate"]
    batches = [(np.array([x]), np.array([y])) for x, y in zip(inputs["X"], inputs["y"])]
    function = sample_loss(layers, inputs["l2"])
    flat = compile(function, batch=(0, 1)).flat(formulas.flat(layers))

    def step() -> None:
        for batch in batches:
            flat.backward(*batch)
            flat.data -= rate * flat.gradient

    X, y = batches[0]
    return in_use(lambda: function(X[0], y[0]), step, flat.data.tolist)


def epoch(inputs: dict[str, Any]) -> Task:
    layers = tree(Value, inputs["layers"])
    return training(inputs, layers, sample_loss(layers, inputs["l2"]), batch_size=1)


def descent(inputs: dict[str, Any]) -> Task:
    layers = tree(Value, inputs["layers"])
    return training(inputs, layers, sample_loss(layers, inputs["l2"]), len(inputs["X"]), inputs["steps"])


def digits(inputs: dict[str, Any]) -> Task:
    layers = tree(Value, inputs["layers"])

    def function(x: Any, y: Any) -> Value:
        logits = formulas.network(VOCABULARY, layers, x)
        return autograd.logsumexp(logits) - autograd.pick(logits, y)

    return training(inputs, layers, function, inputs["batch"], restarts=False)


def training(
    inputs: dict[str, Any],
    layers: list[Any],
    function: Callable[..., Any],
    batch_size: int,
    epochs: int = 1,
    restarts: bool = True,
) -> Task:
    """Gradient descent over all samples in one call, from the same start each time if it is to be."""
    leaves, X, y = formulas.flat(layers), np.array(inputs["X"]), np.array(inputs["y"])
    flat = compile(function, batch=(0, 1)).flat(leaves)
    steps = flat.epochs(nn.SGD(leaves, lr=inputs["rate"]), X, y)
    start, order = flat.data.copy(), np.tile(np.arange(len(X)), epochs)

    def reset() -> None:
        flat.data[:] = start

    return in_use(
        lambda: function(X[0], y[0]),
        lambda: steps.run(order, batch_size),
        flat.data.tolist,
        reset if restarts else None,
    )


def gpt(inputs: dict[str, Any]) -> Task:
    weights = {name: tree(Value, matrix) for name, matrix in inputs["weights"].items()}
    leaves = [p for matrix in weights.values() for row in matrix for p in row]
    tokens, heads = inputs["tokens"], inputs["heads"]
    return of_leaves(compile(lambda: formulas.gpt_loss(VOCABULARY, weights, tokens, heads)), leaves, ())


def gpt_example(inputs: dict[str, Any]) -> Task:
    model, tokens = example(inputs["word"])
    return of_leaves(compile(model.loss), model.parameters(), (tokens,))


TASKS = {
    "hinge": hinge,
    "online": online,
    "epoch": epoch,
    "descent": descent,
    "digits": digits,
    "gpt": gpt,
    "gpt example": gpt_example,
}
