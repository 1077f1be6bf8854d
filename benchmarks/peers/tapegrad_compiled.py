"""tapegrad compiled: formulas on scalars, recorded for one sample, run over all of them; parameters given as arrays."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import scalar_formulas as formulas
from task import Task

import autograd
from autograd import Value

from .scalar_engine import tree
from .tapegrad_eager import about as about
from .tapegrad_linear import Linear

Array = Any
compile = autograd.compile  # imported here, since it is when first asked for, and would count as packing
VOCABULARY = Linear(Value, autograd.exp, autograd.log)


def in_use(
    record: Callable[[], Any], step: Callable[[], Any], answer: Callable[[], list[float]], reset: Any = None
) -> Task:
    """The task, and for comparison the time to record the function once without packing it."""
    start = time.perf_counter()
    record()
    recording = time.perf_counter() - start
    return Task(step, answer, facts={"recording": recording, "compiled": True}, reset=reset)


def matrices(layers: list[Any]) -> list[Array]:
    """A matrix of neurons by inputs and a vector of biases for each layer, one after the other."""
    return [part for weights, biases in layers for part in (np.array(weights), np.array(biases))]


def pairs(parameters: list[Any]) -> list[Any]:
    return list(zip(parameters[::2], parameters[1::2]))


def flat(arrays: list[Array]) -> list[float]:
    return np.concatenate([part.ravel() for part in arrays]).tolist()


def values(arrays: list[Array]) -> list[Any]:
    """Leaves in place of numbers."""
    return [tree(Value, part.tolist()) for part in arrays]


def of_parameters(function: Callable[..., Any], parameters: Any) -> Task:
    """Value and gradient by the only argument, a list of arrays."""
    compiled = compile(function)
    found: list[Any] = []

    def step() -> None:
        found[:] = compiled.value_and_grad(parameters)

    return in_use(lambda: function(values(parameters)), step, lambda: [found[0], *flat(found[1])])


def expression(inputs: dict[str, Any]) -> Task:
    def function(a: Value, b: Value) -> Value:
        return formulas.expression(a, b, autograd.relu)

    return of_numbers(function, inputs["a"], inputs["b"])


def chain(inputs: dict[str, Any]) -> Task:
    def function(w: Value, x: Value) -> Value:
        return formulas.chain(w, x, inputs["operations"])

    return of_numbers(function, inputs["w"], inputs["x"])


def of_numbers(function: Callable[..., Any], a: float, b: float) -> Task:
    compiled = compile(function, argnums=(0, 1))
    found: list[Any] = []

    def step() -> None:
        found[:] = compiled.value_and_grad(a, b)

    return in_use(lambda: function(Value(a), Value(b)), step, lambda: [found[0], *found[1]])


def hinge(inputs: dict[str, Any]) -> Task:
    parameters, X, y = matrices(inputs["layers"]), np.array(inputs["X"]), np.array(inputs["y"])
    function = sample_loss(inputs["l2"])
    compiled = compile(function, batch=(1, 2))
    found: list[Any] = []

    def step() -> None:
        found[:] = compiled.value_and_grad(parameters, X, y)

    return in_use(lambda: function(values(parameters), X[0], y[0]), step, lambda: [found[0], *flat(found[1])])


def sample_loss(l2: float) -> Callable[..., Value]:
    def function(parameters: list[Any], x: Any, y: Any) -> Value:
        return formulas.hinge_loss(VOCABULARY, pairs(parameters), [x], [y], l2)

    return function


def online(inputs: dict[str, Any]) -> Task:
    batches = [(np.array([x]), np.array([y])) for x, y in zip(inputs["X"], inputs["y"])]
    return training(inputs, sample_loss(inputs["l2"]), batches)


def digits(inputs: dict[str, Any]) -> Task:
    def function(parameters: list[Any], x: Any, y: Any) -> Value:
        logits = formulas.network(VOCABULARY, pairs(parameters), x)
        return autograd.logsumexp(logits) - autograd.pick(logits, y)

    X, y, size = np.array(inputs["X"]), np.array(inputs["y"]), inputs["batch"]
    batches = [(X[k : k + size], y[k : k + size]) for k in range(0, len(X), size)]
    return training(inputs, function, batches)


def training(inputs: dict[str, Any], function: Callable[..., Any], batches: list[tuple[Array, Array]]) -> Task:
    """One step of gradient descent for each batch."""
    parameters, rate = matrices(inputs["layers"]), inputs["rate"]
    compiled = compile(function, batch=(1, 2))

    def step() -> None:
        for X, y in batches:
            for p, d in zip(parameters, compiled.value_and_grad(parameters, X, y)[1]):
                p -= rate * d

    X, y = batches[0]
    return in_use(lambda: function(values(parameters), X[0], y[0]), step, lambda: flat(parameters))


def rosenbrock(inputs: dict[str, Any]) -> Task:
    return of_parameters(lambda x: formulas.rosenbrock(x[0]), [np.array(inputs["x"])])


def hessian(inputs: dict[str, Any]) -> Task:
    """The entries that can differ from 0, of which the zeros around are left to the reader."""
    x = np.array(inputs["x"])
    second = autograd.hessian(formulas.rosenbrock, sparse=True)
    places = second(x)
    compiled = compile(lambda x: second(x).values)
    found: list[Any] = []

    def step() -> None:
        found[:] = [compiled(x)]

    def answer() -> list[float]:
        matrix = np.zeros(places.shape)
        matrix[places.rows, places.columns] = found[0]
        return matrix.ravel().tolist()

    return in_use(lambda: second(x), step, answer)


def gpt(inputs: dict[str, Any]) -> Task:
    names, tokens, heads = list(inputs["weights"]), inputs["tokens"], inputs["heads"]

    def function(matrices: list[Any]) -> Value:
        weights = dict(zip(names, matrices))
        return formulas.gpt_loss(VOCABULARY, weights, tokens, heads)

    return of_parameters(function, [np.array(inputs["weights"][name]) for name in names])


TASKS = {
    "expression": expression,
    "chain": chain,
    "hinge": hinge,
    "online": online,
    "rosenbrock": rosenbrock,
    "rosenbrock hessian": hessian,
    "gpt": gpt,
    "digits": digits,
}
