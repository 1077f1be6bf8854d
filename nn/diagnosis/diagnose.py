"""diagnose: why a network learns badly, each finding with the number that shows it and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from ..arguments.keywords import named
from ..layers.parameters import parameters_of
from ..training.engine import engine_for
from ..training.plan import samples_of, try_targets
from .symptoms import Finding, gradients, inputs, rate, units

MOST = 256  # samples that are looked at


@dataclass(frozen=True)
class Diagnosis:
    """What was found, and what was looked for; prints as a list."""

    findings: tuple[Finding, ...]
    looked_at: tuple[str, ...]  # numbers that were measured, in words

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def __getitem__(self, k: int) -> Finding:
        return self.findings[k]

    def __str__(self) -> str:
        found = [f"{k}. {finding}" for k, finding in enumerate(self.findings, start=1)] or ["Nothing conspicuous."]
        return "\n".join([*found, f"Looked at: {'; '.join(self.looked_at)}."])

    __repr__ = __str__


@named
def diagnose(
    model: Callable[[Any], Any],
    data: Any,
    *,
    loss: Callable[[Any, Any], Any] | None = None,
    optimizer: Any = None,
) -> Diagnosis:
    """Looks for what commonly keeps a network from learning, and changes nothing.

    Always: inputs that are badly scaled, ReLU units that are dead, sigmoid and tanh units that are saturated. With a
    `loss`: gradients that vanish or explode on the way to the first layer. With an `optimizer` too: a learning rate too
    high or too low, by trying ten steps, and ten steps with other rates, which are then taken back.

    >>> import nn
    >>> points = nn.data.moons(60)
    >>> model = nn.MLP(2, [8, 1], "tanh", seed=0)
    >>> far = [[1000 * x, y] for x, y in points.X]
    >>> for finding in nn.diagnose(model, (far, points.y)):
    ...     print(finding.what, "in", finding.where, f"{finding.number:.3g}")
    badly scaled inputs in column 0 ...
    saturated units in layer 1 ...

    Args:
        model: a Module, or any function of a row; units are told apart by the scopes that layers give them.
        data: a Dataset, or a pair (X, y); of many samples 256 are taken, evenly spaced.
        loss: a function (prediction, target) of one sample.
        optimizer: the one that trains, as it is now.
    """
    parts = [data.X, data.y] if hasattr(data, "X") else list(data) if isinstance(data, list | tuple) else []
    if len(parts) != 2:
        raise ValueError(f"data is a Dataset or a pair (X, y), as in diagnose(model, (X, y)), not {data!r:.60}")
    if optimizer is not None and loss is None:
        raise ValueError("to judge the learning rate diagnose needs the loss as well; give loss=")
    (rows, targets), _ = samples_of(parts[0], parts[1], None, None)
    every = -(-len(rows) // MOST)
    rows, targets = rows[::every], targets[::every]
    with model.evaluating() if hasattr(model, "evaluating") else nullcontext():
        checks = [inputs(rows), units(model, rows)]
        if loss is not None:
            parameters = parameters_of(model, optimizer)
            before = [parameter.grad for parameter in parameters]
            try:
                tried = try_targets(model, rows[0], targets, loss, "y")
                engine = engine_for("auto", model, loss, parameters, rows, targets, tried)
                checks.append(gradients(engine, parameters, len(rows)))
                if hasattr(optimizer, "lr"):
                    checks.append(rate(engine, parameters, len(rows), optimizer))
            finally:
                for parameter, x in zip(parameters, before):
                    parameter.grad = x
    return Diagnosis(
        tuple(finding for found, _ in checks for finding in found), tuple(looked for _, looked in checks if looked)
    )
