"""tapegrad compiled, with parameters as Values that the function closes over, and `backward` as on an eager model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scalar_formulas as formulas
from task import LeftOut, Task

from autograd import Value

from .scalar_engine import tree
from .tapegrad_compiled import compile, in_use
from .tapegrad_eager import about as about
from .tapegrad_eager import example
from .tapegrad_flat import sample_loss

MOST = 1_000


def of_leaves(function: Callable[..., Any], leaves: list[Value], given: tuple[Any, ...], **options: Any) -> Task:
    """The value, and the gradient added to the leaves' `grad`."""
    compiled = compile(function, **options)
    found: list[float] = []

    def step() -> None:
        for leaf in leaves:
            leaf.grad = 0.0
        found[:] = [compiled.backward(*given)]

    one = [x[0] for x in given] if options else given
    return in_use(lambda: function(*one), step, lambda: [*found, *(leaf.grad for leaf in leaves)])


def hinge(inputs: dict[str, Any]) -> Task:
    layers = tree(Value, inputs["layers"])
    if len(formulas.flat(layers)) > MOST:
        raise LeftOut(f"for more than {MOST:,} parameters, one array is faster")
    given = np.array(inputs["X"]), np.array(inputs["y"])
    return of_leaves(sample_loss(layers, inputs["l2"]), formulas.flat(layers), given, batch=(0, 1))


def gpt_example(inputs: dict[str, Any]) -> Task:
    model, tokens = example(inputs["word"])
    return of_leaves(model.loss, model.parameters(), (tokens,))


TASKS = {"hinge": hinge, "gpt example": gpt_example}
