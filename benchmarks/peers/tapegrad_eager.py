"""tapegrad as micrograd is used: every product and sum an operation of its own, recorded in every step."""

from __future__ import annotations

import sys
from pathlib import Path
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


def gpt_example(inputs: dict[str, Any]) -> Task:
    model, tokens = example(inputs["word"])
    return ENGINE.task(model.parameters(), lambda: model.loss(tokens))


def example(word: str) -> tuple[Any, list[int]]:
    """The model of examples/gpt.py, and a word as it reads one."""
    folder = str(Path(__file__).parents[2] / "examples")
    if folder not in sys.path:
        sys.path.append(folder)
    import gpt

    return gpt.Model(), gpt.tokens_of(word)


ENGINE = Engine(Value, autograd.exp, autograd.log)
TASKS = {**ENGINE.tasks(), "rosenbrock hessian": hessian, "gpt example": gpt_example}
