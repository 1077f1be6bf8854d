"""What the engines of arrays have in common: the workloads, from the formulas on arrays."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import array_formulas as formulas
import numpy as np
from task import Task

Array = Any
Make = Callable[[dict[str, Any]], Task]
# the step (or the part of it that records, and the part that sweeps), and the arrays it computed
Step = tuple[Callable[[], Any], Callable[[Any], Any] | None, Callable[[], list[Array]]]


class Arrays:
    """An engine of arrays, and the vocabulary of the formulas. Each peer says how it differentiates."""

    relu: Any
    exp: Any
    sum: Any
    mean: Any
    transpose: Any
    cross_entropy: Any

    def array(self, x: Any) -> Array:
        """Numbers as an array that no gradient is wanted by; integers stay integers."""
        return np.array(x)

    def numpy(self, x: Array) -> Array:
        """An array of this engine as one of NumPy's."""
        return np.asarray(x)

    def gradient(self, formula: Callable[..., Array], parameters: list[Array], fixed: tuple[Any, ...] = ()) -> Step:
        """The value and the gradient of `formula(parameters, *fixed)` by the parameters, given as NumPy arrays."""
        raise NotImplementedError

    def training(
        self, formula: Callable[..., Array], parameters: list[Array], batches: list[tuple[Array, ...]], rate: float
    ) -> Step:
        """One step of gradient descent for each batch; the parameters."""
        raise NotImplementedError

    def expression(self, inputs: dict[str, Any]) -> Task:
        return task(self.gradient(partial(_expression, type(self)), [np.array(inputs["a"]), np.array(inputs["b"])]))

    def chain(self, inputs: dict[str, Any]) -> Task:
        formula = partial(_chain, operations=inputs["operations"])
        return task(self.gradient(formula, [np.array(inputs["w"]), np.array(inputs["x"])]))

    def hinge(self, inputs: dict[str, Any]) -> Task:
        fixed = self.array(inputs["X"]), self.array(inputs["y"])
        formula = partial(hinge_loss, type(self), l2=inputs["l2"])
        return task(self.gradient(formula, matrices(inputs["layers"]), fixed), by_neuron=True)

    def online(self, inputs: dict[str, Any]) -> Task:
        samples = [(self.array([x]), self.array([y])) for x, y in zip(inputs["X"], inputs["y"])]
        formula = partial(hinge_loss, type(self), l2=inputs["l2"])
        step = self.training(formula, matrices(inputs["layers"]), samples, inputs["rate"])
        return task(step, by_neuron=True)

    def digits(self, inputs: dict[str, Any]) -> Task:
        X, y, size = inputs["X"], inputs["y"], inputs["batch"]
        batches = [(self.array(X[k : k + size]), self.array(y[k : k + size])) for k in range(0, len(X), size)]
        step = self.training(partial(_softmax, type(self)), matrices(inputs["layers"]), batches, inputs["rate"])
        return task(step, by_neuron=True)

    def rosenbrock(self, inputs: dict[str, Any]) -> Task:
        return task(self.gradient(partial(_rosenbrock, type(self)), [np.array(inputs["x"])]))

    def gpt(self, inputs: dict[str, Any]) -> Task:
        names = list(inputs["weights"])
        tokens = inputs["tokens"]
        count = len(tokens) - 1
        mask = np.triu(np.full((count, count), -1e30), 1).tolist()
        fixed = self.array(tokens[:-1]), self.array(tokens[1:]), self.array(mask)
        formula = partial(_gpt, type(self), names=names, heads=inputs["heads"])
        return task(self.gradient(formula, [np.array(inputs["weights"][name]) for name in names], fixed))

    def tasks(self) -> dict[str, Make]:
        return {
            "expression": self.expression,
            "chain": self.chain,
            "hinge": self.hinge,
            "online": self.online,
            "digits": self.digits,
            "rosenbrock": self.rosenbrock,
            "gpt": self.gpt,
        }


def _expression(m: Arrays, parameters: list[Array]) -> Array:
    return formulas.expression(m, *parameters)


def _chain(parameters: list[Array], operations: int) -> Array:
    return formulas.chain(*parameters, operations)


def _rosenbrock(m: Arrays, parameters: list[Array]) -> Array:
    return formulas.rosenbrock(m, parameters[0])


def hinge_loss(m: Arrays, parameters: list[Array], X: Array, y: Array, l2: float) -> Array:
    return formulas.hinge_loss(m, pairs(parameters), X, y, l2)


def _softmax(m: Arrays, parameters: list[Array], X: Array, y: Array) -> Array:
    return formulas.softmax_loss(m, pairs(parameters), X, y)


def _gpt(m: Arrays, parameters: list[Array], *fixed: Array, names: list[str], heads: int) -> Array:
    return formulas.gpt_loss(m, dict(zip(names, parameters)), *fixed, heads)


def matrices(layers: list[Any]) -> list[Array]:
    """A matrix of inputs by outputs and a vector of biases for each layer, one after the other."""
    return [part for weights, biases in layers for part in (np.array(weights).T.copy(), np.array(biases))]


def pairs(parameters: list[Array]) -> list[Any]:
    """The layers again."""
    return list(zip(parameters[::2], parameters[1::2]))


def task(step: Step, by_neuron: bool = False) -> Task:
    """The step as a task; its answer has matrices row by row or, neuron by neuron, column by column."""
    run, sweep, found = step

    def answer() -> list[float]:
        parts = [np.asarray(part) for part in found()]
        return [float(x) for part in parts for x in (part.T if by_neuron else part).ravel()]

    return Task(run, answer, sweep)
