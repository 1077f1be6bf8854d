"""XAD: a tape in C++ behind Python's operators."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import xad.math
from scalar_formulas import flat
from task import Task
from xad.adj_1st import Real, Tape

from .scalar_engine import Engine, tree


def about() -> str:
    return f"XAD {version('xad')}"


class Xad(Engine):
    """Its tape is told which numbers are inputs before, and which is the result after."""

    def __init__(self) -> None:
        super().__init__(Real, xad.math.exp, xad.math.log)
        self.tape: Any = None

    def restart(self) -> None:
        """A tape of its own for each task: what is on it stays, and would slow the next one down."""
        if self.tape is not None:
            self.tape.deactivate()
        self.tape = Tape()
        self.tape.activate()

    def task(self, leaves: list[Any], formula: Callable[[], Any]) -> Task:
        self.restart()
        return super().task(leaves, formula)

    def relu(self, x: Any) -> Any:
        return x if x > 0 else Real(0.0)

    def start(self, leaves: list[Any]) -> None:
        for p in leaves:
            self.tape.registerInput(p)
        self.tape.newRecording()

    def sweep(self, loss: Any) -> None:
        self.tape.registerOutput(loss)
        loss.derivative = 1.0
        self.tape.computeAdjoints()

    def gradient(self, leaves: list[Any]) -> list[float]:
        return [p.derivative for p in leaves]

    def data(self, x: Any) -> float:
        return float(x.value)

    def training(self, given: list[Any], losses: list[Any], rate: float) -> Task:
        """Its numbers cannot be changed, so that a step makes new ones."""
        self.restart()
        layers = [given]

        def step() -> None:
            for loss in losses:
                inputs = tree(Real, layers[0])
                self.start(flat(inputs))
                self.sweep(loss(inputs))
                layers[0] = tree(lambda p: p.value - rate * p.derivative, inputs)

        return Task(step, lambda: flat(layers[0]))


TASKS = Xad().tasks()
LEFT_OUT = {"rosenbrock hessian": "its Python package has first derivatives only"}
