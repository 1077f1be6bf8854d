"""tapegrad with a neuron's linear combination as one operation, as `nn.Neuron` computes it, recorded in every step."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Value

from .scalar_engine import Engine, tree
from .tapegrad_eager import about as about


class Linear(Engine):
    """Neurons, and sums of exponentials, as operations of many inputs."""

    def neuron(self, x: list[Any], weights: list[Any], bias: Any) -> Any:
        return autograd.linear(x, weights, bias)

    def samples(self, inputs: dict[str, Any]) -> list[Any]:
        return tree(lambda x: Value(x).detach(), inputs["X"])  # constants made once, as `nn.fit` does


TASKS = Linear(Value, autograd.exp, autograd.log).tasks()
for _kind in ("expression", "chain", "rosenbrock", "gpt"):
    del TASKS[_kind]
