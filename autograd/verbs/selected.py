"""Gradients of chosen Values by chosen Values, for people who hold a graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..recording import replaying
from ..value import Value, new_constant
from . import differentiable
from .adjoints import pull, pull_showing
from .history import history
from .hooks import hooked
from .structure import flatten


def gradients(
    outputs: Any,
    inputs: Any,
    seeds: Any = None,
    create_graph: bool = False,
    stop: Sequence[Value] = (),
) -> Any:
    """The derivative of the outputs' sum, each weighted with its seed (1 unless given), by each of the inputs.

    Inputs may be leaves or results, alone or arranged in lists, tuples, dicts; the gradients come back likewise, 0
    where nothing depends, and no `.grad` is touched. With `create_graph` they are Values and can be differentiated
    again. Nothing flows through the Values of `stop`: they count as constants, though they may be inputs themselves.

    >>> from autograd import Value, gradients
    >>> x = Value(3.0)
    >>> y = x * x
    >>> gradients(x * y, [x, y]), gradients(x * y, x, stop=[y])
    ([27.0, 3.0], 9.0)
    >>> slope = gradients(x * y, x, create_graph=True)
    >>> gradients(slope, x)
    18.0

    Raises:
        TypeError: an output or an input is not a Value.
        ValueError: an input is a constant, there are not as many seeds as outputs, or, with `create_graph`, a leaf was
            written after it had been used.
    """
    ends, _ = flatten(outputs, "output")
    begins, ins = flatten(inputs, "input")
    for x in [*ends, *begins]:
        if not isinstance(x, Value):
            raise TypeError(f"gradients are of Values by Values, and {x!r} is a plain number; start from Value({x!r})")
    for x in begins:
        if x.is_constant:
            raise ValueError(f"{x!r} is a constant, by which there is no gradient; start from Value({x.data!r})")
    weights = [1.0] * len(ends) if seeds is None else flatten(seeds, "seed")[0]
    if len(weights) != len(ends):
        raise ValueError(f"{len(ends)} outputs need as many seeds, not {len(weights)}")
    adjoints: dict[int, Any] = {}
    for y, weight in zip(ends, weights, strict=True):
        adjoints[y.line] = adjoints[y.line] + weight if y.line in adjoints else weight
    nodes = history(ends, min((x.line for x in begins), default=0) - 1, stop)
    wanted = {x.line for x in begins}
    kept: dict[int, Any] = {}

    def show(node: Any, adjoint: Any) -> Any:
        adjoint = hooked(node, adjoint)
        if node.line in wanted:
            kept[node.line] = adjoint
        return adjoint

    is_replayed = bool(replaying())  # then numbers are to be computed again, so they are Values cut off
    is_number = not create_graph and not any(isinstance(weight, Value) for weight in weights)
    recorded = is_replayed or not is_number
    if recorded:
        for node in nodes:
            differentiable.as_recorded(node)
        differentiable.pull(nodes, adjoints, show=show)
    elif any(node.line in wanted for node in nodes):
        pull_showing(nodes, adjoints, show)
    else:
        pull(nodes, adjoints)
    kept.update((x.line, hooked(x, adjoints.get(x.line, 0.0))) for x in begins if x.line not in kept)
    arrived = (kept[x.line] for x in begins)
    if recorded:
        arrived = (x if isinstance(x, Value) else new_constant(x) for x in arrived)
    return ins.fill((x.detach() for x in arrived) if recorded and is_number else arrived)
