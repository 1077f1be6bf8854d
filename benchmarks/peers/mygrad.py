"""mygrad: NumPy arrays that record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mygrad as mg
import numpy
from mygrad.nnet.losses import softmax_crossentropy

from .array_engine import Array, Arrays, Step

mg.turn_memory_guarding_off()  # its documentation's advice for speed


def about() -> str:
    return f"mygrad {mg.__version__} (NumPy {numpy.__version__})"


class Mygrad(Arrays):
    exp, sum, mean, cross_entropy = mg.exp, mg.sum, mg.mean, softmax_crossentropy

    @staticmethod
    def relu(x: Array) -> Array:
        return mg.maximum(x, 0.0)

    @staticmethod
    def transpose(x: Array, axes: tuple[int, ...]) -> Array:
        return mg.transpose(x, *axes)

    def gradient(self, formula: Callable[..., Array], parameters: list[Array], fixed: tuple[Any, ...] = ()) -> Step:
        tensors = [mg.tensor(p) for p in parameters]
        found: list[Any] = []

        def record() -> Array:
            return formula(tensors, *fixed)

        def sweep(loss: Array) -> None:
            loss.backward()
            found[:] = loss.data, *(p.grad for p in tensors)

        return record, sweep, lambda: found

    def training(
        self, formula: Callable[..., Array], parameters: list[Array], batches: list[tuple[Array, ...]], rate: float
    ) -> Step:
        tensors = [mg.tensor(p) for p in parameters]

        def step() -> None:
            for batch in batches:
                formula(tensors, *batch).backward()
                for p in tensors:
                    p.data -= rate * p.grad

        return step, None, lambda: [p.data for p in tensors]


TASKS = Mygrad().tasks()
LEFT_OUT = {"rosenbrock hessian": "it has first derivatives only"}
