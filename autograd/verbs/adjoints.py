"""Sweeps over recorded operations that keep adjoints and tangents aside, by line, and write nothing on the nodes.

`backward` writes adjoints on the nodes, which is fast. The verbs may not: a function under `grad` reads Values of its
surroundings, and their `grad` is not the verb's to change. For the same reason these sweeps need no lock.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..anomaly import check_adjoint, looking
from ..core import floats
from ..core.watching import watchers
from .ancestry import replayed
from .hooks import hooked, hooks

Rows = Any  # a NumPy array: one number for each sweep of several run at once


def observed() -> bool:
    """Whether somebody looks at adjoints, hooks or detect_anomaly: nearly always not."""
    return bool(hooks or (watchers and looking()))


def pull(nodes: Sequence[Any], adjoints: dict[int, float]) -> None:
    """Passes adjoints on from each node to its inputs, as `sweep` does; those of the nodes themselves are used up."""
    if observed():
        return pull_showing(nodes, adjoints, hooked)
    take, get = adjoints.pop, adjoints.get
    for node in replayed(nodes):
        adjoint = take(node._serial, 0.0)
        if adjoint:
            a = node._a
            if a is not None:
                line = a._serial
                adjoints[line] = get(line, 0.0) + adjoint * node._da
                b = node._b
                if b is not None:
                    line = b._serial
                    adjoints[line] = get(line, 0.0) + adjoint * node._db
            else:
                for x, dx in zip(*node._many, strict=True):
                    adjoints[x._serial] = get(x._serial, 0.0) + adjoint * dx
    return None


def pull_showing(nodes: Sequence[Any], adjoints: dict[int, float], show: Callable[[Any, float], float]) -> None:
    """The same sweep; each node's adjoint is what `show(node, adjoint)` makes of it."""
    alarm = looking()
    for node in replayed(nodes):
        adjoint = show(node, adjoints.pop(node._serial, 0.0))
        if adjoint:
            for x, dx in zip(node.inputs, node.partials, strict=True):
                total = adjoints[x._serial] = adjoints.get(x._serial, 0.0) + adjoint * dx
                if alarm:
                    check_adjoint(node, x, dx, adjoint, total)


def pull_rows(nodes: Sequence[Any], adjoints: dict[int, Rows]) -> None:
    """Several sweeps at once: an adjoint is a row of numbers, one for each."""
    import numpy as np

    for node in replayed(nodes):
        adjoint = adjoints.pop(node._serial, None)
        if adjoint is None:
            continue
        for x, dx in zip(node.inputs, node.partials, strict=True):
            if x._serial:
                # an adjoint of exactly 0 passes nothing on
                passed = adjoint * dx if math.isfinite(dx) else np.where(adjoint == 0.0, 0.0, adjoint * dx)
                sofar = adjoints.get(x._serial)
                adjoints[x._serial] = passed if sofar is None else sofar + passed


def push(nodes: Sequence[Any], tangents: dict[int, Any]) -> None:
    """Passes tangents (numbers or rows) on from the inputs of each node to the node; `nodes` are latest first.

    The mirror image of `pull`: a partial of exactly 0 passes nothing on.
    """
    get = tangents.get
    for node in replayed(nodes, forward=True):
        a = node._a
        if a is not None:
            part = get(a._serial) if node._da else None
            tangent: Any = 0.0 if part is None else node._da * part
            b = node._b
            if b is not None and node._db:
                part = get(b._serial)
                if part is not None:
                    tangent = tangent + node._db * part
        else:
            parts = [(dx, get(x._serial)) for x, dx in zip(*node._many, strict=True) if dx]
            tangent = floats.sum([dx * part for dx, part in parts if part is not None])
        tangents[node._serial] = tangent


def in_parts(count: int, nodes: int) -> Iterator[range]:
    """`count` rows in parts of which `nodes` arrays take up no more than 64 MB."""
    most = max(1, min(count, 8_000_000 // max(nodes, 1)))
    for first in range(0, count, most):
        yield range(first, min(first + most, count))
