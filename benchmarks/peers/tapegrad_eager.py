"""tapegrad as micrograd is used: every product and sum an operation of its own, recorded in every step."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import scalar_formulas as formulas
from task import Task

import autograd
from autograd import Value

from .scalar_engine import Engine


def about() -> str:
    return f"tapegrad {autograd.__version__} (Python {sys.version.split()[0]}, NumPy {np.__version__})"


def hessian(inputs: dict[str, Any]) -> Task:
    second = autograd.hessian(formulas.rosenbrock)
    found: list[Any] = []

    def step() -> None:
        found[:] = second(inputs["x"])

    return Task(step, lambda: [h for row in found for h in row])


TASKS = {**Engine(Value, autograd.exp, autograd.log).tasks(), "rosenbrock hessian": hessian}
