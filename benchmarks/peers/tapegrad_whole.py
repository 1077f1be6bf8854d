"""tapegrad compiled, with the loss of all samples recorded: the program finds the batch in the scalars by itself."""

from __future__ import annotations

from typing import Any

import scalar_formulas as formulas
from task import LeftOut, Task

import autograd
from autograd import Value

from .scalar_engine import Engine
from .tapegrad_compiled import matrices, of_parameters, pairs
from .tapegrad_eager import about as about

MOST = 100_000  # operations; more are better recorded for one sample
VOCABULARY = Engine(Value, autograd.exp, autograd.log)


def hinge(inputs: dict[str, Any]) -> Task:
    parameters = matrices(inputs["layers"])
    X, y, l2 = inputs["X"], inputs["y"], inputs["l2"]
    if 2 * len(X) * sum(part.size for part in parameters) > MOST:
        raise LeftOut(f"for more than {MOST:,} operations, record one sample")
    return of_parameters(lambda given: formulas.hinge_loss(VOCABULARY, pairs(given), X, y, l2), parameters)


TASKS = {"hinge": hinge}
