"""Gradients of chosen Values by chosen Values, for people who hold a graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..core import sweep
from ..core.numeric import Number, number, short
from ..core.value import Value, new_constant
from ..trees import fill, flatten
from . import differentiable
from .adjoints import pull, pull_showing
from .ancestry import history
from .evaluation import reads_followed
from .hooks import hooked


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
        adjoints[y._serial] = adjoints[y._serial] + weight if y._serial in adjoints else weight
    nodes = history(ends, min((x._serial for x in begins), default=0) - 1, stop)
    wanted = {x._serial for x in begins}
    kept: dict[int, Any] = {}

    def show(node: Any, adjoint: Any) -> Any:
        adjoint = hooked(node, adjoint)
        if node._serial in wanted:
            kept[node._serial] = adjoint
        return adjoint

    recorded = create_graph or any(isinstance(weight, Value) for weight in weights)
    read = not recorded and reads_followed(nodes, begins)
    if recorded or read:
        for node in nodes:
            differentiable.as_recorded(node)
        differentiable.pull(nodes, adjoints, show=show)
    elif any(node._serial in wanted for node in nodes):
        pull_showing(nodes, adjoints, show)
    else:
        pull(nodes, adjoints)
    kept.update((x._serial, hooked(x, adjoints.get(x._serial, 0.0))) for x in begins if x._serial not in kept)
    arrived = [kept[x._serial] for x in begins]
    if recorded:
        return fill(ins, [x if isinstance(x, Value) else new_constant(x) for x in arrived])
    return fill(ins, [x.data if isinstance(x, Value) else x for x in arrived])


def backward(roots: Value | Sequence[Value], seeds: Number | Sequence[Number] | None = None) -> None:
    """Adds to every leaf's `grad` the derivative of the roots' sum, each weighted with its seed (1 unless given).

    >>> from autograd import Value, backward
    >>> x = Value(3.0)
    >>> backward([x * x, 5 * x], seeds=[1.0, 10.0])
    >>> x.grad
    56.0

    Raises:
        TypeError: a root is not a Value.
        ValueError: there are no roots, not as many seeds, or the roots depend on no leaf.
    """
    given = [roots] if isinstance(roots, Value) else list(roots)
    if not given:
        raise ValueError("backward of no roots; give a Value or a list of Values")
    for root in given:
        if not isinstance(root, Value):
            raise TypeError(f"backward starts from Values, not {short(root)} ({type(root).__name__})")
    weights = [1.0] * len(given) if seeds is None else [seeds] if isinstance(roots, Value) else list(seeds)  # type: ignore[arg-type]  # of several
    if len(weights) != len(given):
        raise ValueError(f"{len(given)} roots need as many seeds, not {len(weights)}")
    sweep.backward(given, [number(seed) for seed in weights])
