"""PyTorch on the CPU, eager, in float64 on one thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import array_formulas as formulas
import numpy as np
import torch
from task import Task

from .array_engine import Array, Arrays, Step

torch.set_num_threads(1)


def about() -> str:
    return f"PyTorch {torch.__version__}"


class Torch(Arrays):
    relu, exp, sum, mean, transpose = torch.relu, torch.exp, torch.sum, torch.mean, torch.permute
    cross_entropy = torch.nn.functional.cross_entropy

    def array(self, x: Any) -> Array:
        return torch.from_numpy(np.array(x))

    def gradient(self, formula: Callable[..., Array], parameters: list[Array], fixed: tuple[Any, ...] = ()) -> Step:
        tensors = [torch.tensor(p, requires_grad=True) for p in parameters]
        found: list[Any] = []

        def record() -> Array:
            for p in tensors:
                p.grad = None
            return formula(tensors, *fixed)

        def sweep(loss: Array) -> None:
            loss.backward()
            found[:] = [loss.detach()]

        return record, sweep, lambda: [found[0], *(p.grad for p in tensors)]

    def training(
        self, formula: Callable[..., Array], parameters: list[Array], batches: list[tuple[Array, ...]], rate: float
    ) -> Step:
        tensors = [torch.tensor(p, requires_grad=True) for p in parameters]
        optimizer = torch.optim.SGD(tensors, lr=rate)

        def step() -> None:
            for batch in batches:
                optimizer.zero_grad()
                formula(tensors, *batch).backward()
                optimizer.step()

        return step, None, lambda: [p.detach() for p in tensors]


def hessian(inputs: dict[str, Any]) -> Task:
    second = torch.func.hessian(lambda x: formulas.rosenbrock(Torch, x))
    x = torch.tensor(inputs["x"], dtype=torch.float64)
    found: list[Any] = []

    def step() -> None:
        found[:] = [second(x)]

    return Task(step, lambda: found[0].ravel().tolist())


TASKS = {**Torch().tasks(), "rosenbrock hessian": hessian}
