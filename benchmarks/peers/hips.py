"""HIPS autograd: NumPy code, traced anew in every step. It has the import name of this project."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import array_formulas as formulas
import autograd.numpy as np
import numpy
from autograd.scipy.special import logsumexp
from task import Task

import autograd

from .array_engine import Array, Arrays, Step


def about() -> str:
    return f"HIPS autograd {version('autograd')} (NumPy {numpy.__version__})"


class Hips(Arrays):
    exp, sum, mean, transpose = np.exp, np.sum, np.mean, np.transpose

    @staticmethod
    def relu(x: Array) -> Array:
        return np.maximum(x, 0.0)

    @staticmethod
    def cross_entropy(logits: Array, labels: Array) -> Array:
        return np.mean(logsumexp(logits, axis=1) - logits[numpy.arange(len(labels)), labels])

    def gradient(self, formula: Callable[..., Array], parameters: list[Array], fixed: tuple[Any, ...] = ()) -> Step:
        both = autograd.value_and_grad(formula)
        found: list[Any] = []

        def step() -> None:
            found[:] = both(parameters, *fixed)

        return step, None, lambda: [found[0], *found[1]]

    def training(
        self, formula: Callable[..., Array], parameters: list[Array], batches: list[tuple[Array, ...]], rate: float
    ) -> Step:
        gradient = autograd.grad(formula)

        def step() -> None:
            for batch in batches:
                for p, d in zip(parameters, gradient(parameters, *batch)):
                    p -= rate * d

        return step, None, lambda: parameters


def hessian(inputs: dict[str, Any]) -> Task:
    second = autograd.hessian(lambda x: formulas.rosenbrock(Hips, x))
    x = np.array(inputs["x"])
    found: list[Any] = []

    def step() -> None:
        found[:] = [second(x)]

    return Task(step, lambda: found[0].ravel().tolist())


TASKS = {**Hips().tasks(), "rosenbrock hessian": hessian}
