"""What the engines of single numbers have in common: the workloads, from the formulas on scalars."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import scalar_formulas as formulas
from task import LeftOut, Task

Make = Callable[[dict[str, Any]], Task]

MOST = 500_000


class Engine:
    """An engine in micrograd's manner: a class of numbers with `grad`, and `backward` on the result.

    It is also the vocabulary of the formulas. Others change what differs.
    """

    def __init__(self, leaf: Callable[[float], Any], exp: Any = None, log: Any = None) -> None:
        self.leaf, self.exp, self.log = leaf, exp, log

    def relu(self, x: Any) -> Any:
        return x.relu()

    def neuron(self, x: list[Any], weights: list[Any], bias: Any) -> Any:
        """A neuron's linear combination as micrograd's users write it."""
        return sum((w * a for w, a in zip(weights, x)), bias)

    def start(self, leaves: list[Any]) -> Any:
        """Forgets the gradients of the step before."""
        for p in leaves:
            p.grad = 0.0

    def sweep(self, loss: Any) -> None:
        loss.backward()

    def update(self, leaves: list[Any], rate: float) -> None:
        for p in leaves:
            p.data -= rate * p.grad

    def gradient(self, leaves: list[Any]) -> list[float]:
        return [p.grad for p in leaves]

    def data(self, x: Any) -> float:
        return x.data

    # Tasks.

    def task(self, leaves: list[Any], formula: Callable[[], Any]) -> Task:
        """Records the formula, then sweeps back."""
        values: list[float] = []

        def record() -> Any:
            self.start(leaves)
            return formula()

        def sweep(loss: Any) -> None:
            self.sweep(loss)
            values[:] = [self.data(loss)]

        return Task(record, lambda: [*values, *self.gradient(leaves)], sweep)

    def training(self, given: list[Any], losses: list[Callable[[list[Any]], Any]], rate: float) -> Task:
        """One step of gradient descent after the other."""
        layers = tree(self.leaf, given)
        leaves = formulas.flat(layers)

        def step() -> None:
            for loss in losses:
                self.start(leaves)
                self.sweep(loss(layers))
                self.update(leaves, rate)

        return Task(step, lambda: [self.data(p) for p in leaves])

    def samples(self, inputs: dict[str, Any]) -> list[Any]:
        return inputs["X"]

    def expression(self, inputs: dict[str, Any]) -> Task:
        a, b = self.leaf(inputs["a"]), self.leaf(inputs["b"])
        return self.task([a, b], lambda: formulas.expression(a, b, self.relu))

    def chain(self, inputs: dict[str, Any]) -> Task:
        w, x = self.leaf(inputs["w"]), self.leaf(inputs["x"])
        return self.task([w, x], partial(formulas.chain, w, x, inputs["operations"]))

    def hinge(self, inputs: dict[str, Any]) -> Task:
        layers = tree(self.leaf, inputs["layers"])
        leaves = formulas.flat(layers)
        if 2 * len(leaves) * len(inputs["X"]) > MOST:
            raise LeftOut(f"more than {MOST:,} operations would be recorded in every step")
        X, y, l2 = self.samples(inputs), inputs["y"], inputs["l2"]
        return self.task(leaves, lambda: formulas.hinge_loss(self, layers, X, y, l2))

    def online(self, inputs: dict[str, Any]) -> Task:
        losses = [
            partial(formulas.hinge_loss, self, samples=[x], labels=[y], l2=inputs["l2"])
            for x, y in zip(self.samples(inputs), inputs["y"])
        ]
        return self.training(inputs["layers"], losses, inputs["rate"])

    def digits(self, inputs: dict[str, Any]) -> Task:
        X, y, size = self.samples(inputs), inputs["y"], inputs["batch"]
        losses = [
            partial(formulas.softmax_loss, self, samples=X[k : k + size], labels=y[k : k + size])
            for k in range(0, len(X), size)
        ]
        return self.training(inputs["layers"], losses, inputs["rate"])

    def rosenbrock(self, inputs: dict[str, Any]) -> Task:
        leaves = [self.leaf(x) for x in inputs["x"]]
        return self.task(leaves, partial(formulas.rosenbrock, leaves))

    def gpt(self, inputs: dict[str, Any]) -> Task:
        weights = {name: tree(self.leaf, matrix) for name, matrix in inputs["weights"].items()}
        leaves = [p for matrix in weights.values() for row in matrix for p in row]
        return self.task(leaves, partial(formulas.gpt_loss, self, weights, inputs["tokens"], inputs["heads"]))

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


def tree(f: Callable[[float], Any], numbers: Any) -> Any:
    """`f` of every number in nested lists."""
    return [tree(f, x) for x in numbers] if isinstance(numbers, list) else f(numbers)
