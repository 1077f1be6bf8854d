"""Sweeps that record themselves, so that a derivative can be differentiated again: partials with m = functions."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..anomaly import check_adjoint, looking, unalarmed
from ..core import floats
from ..core.value import Value
from ..replaying import followed, may_be_replayed
from ..vocabularies import functions
from .ancestry import Segment, replayed
from .hooks import hooked
from .partials import partials_by


def partials(node: Any) -> Iterable[tuple[Any, Any]]:
    """Each input that can have a gradient, with the partial by it as a Value (or a number, where it is constant)."""
    op, inputs = node.op, node.inputs
    data = [operand(x) for x in inputs]
    if any(op.groups):
        slopes = op.joined(op.partials(functions, *op.split(data), node))
        return [(x, slope) for x, slope in zip(inputs, slopes, strict=True) if x._serial]
    active = tuple(x._serial > 0 for x in inputs)
    return zip([x for x in inputs if x._serial], partials_by(op, active)(*data, node), strict=True)


def operand(x: Any) -> Any:
    """An input as formulas read it: a constant is its number, if that stays."""
    return x if x._serial or followed(x) else x._data


Slopes = Callable[[Any], Iterable[tuple[Any, Any]]]


def pull(
    nodes: Sequence[Any],
    adjoints: dict[int, Any],
    slopes: Slopes = partials,
    show: Callable[[Any, Any], Any] = hooked,
) -> None:
    """Passes adjoints (numbers or Values) on from each node to its inputs, recording the arithmetic.

    An adjoint that is absent is 0 for good, and stays out of the formulas. Each node's is what `show` makes of it.
    """
    terms: dict[int, list[Any]] = {line: [adjoint] for line, adjoint in adjoints.items()}
    alarm, times = looking(), product()
    with unalarmed():  # a row may compute an inf that it then leaves aside
        for node in replayed(nodes):
            if node._serial in terms:
                adjoint = show(node, total(terms.pop(node._serial)))
                for x, partial in slopes(node):
                    passed = times(adjoint, partial)
                    if passed is not None:
                        terms.setdefault(x._serial, []).append(passed)
                        if alarm:
                            check_adjoint(node, x, _data(partial), _data(adjoint), _data(passed))
        adjoints.clear()
        adjoints.update((line, total(parts)) for line, parts in terms.items())


def push(nodes: Sequence[Any], tangents: dict[int, Any], slopes: Slopes = partials) -> None:
    """Passes tangents (numbers or Values) on from the inputs of each node to the node, recording the arithmetic."""
    times = product()
    with unalarmed():
        for node in replayed(nodes, forward=True):
            if any(x._serial in tangents for x in node.inputs):
                passed = [times(partial, tangents[x._serial]) for x, partial in slopes(node) if x._serial in tangents]
                terms = [term for term in passed if term is not None]
                tangents[node._serial] = total(terms) if terms else 0.0


def product() -> Callable[[Any, Any], Any]:
    """`first * then`, or None where that is 0 for good; where `first` happens to be 0, an infinite `then` leaves it 0.

    The rule of `sweep`, that an adjoint of 0 passes nothing on, made differentiable: at u = 0 the derivative of
    u * u / 2 is 0, and yet its own derivative is 1, so a factor that only happens to be 0 stays in the formula. Where
    what is recorded will be computed again, other numbers may be 0 and infinite then.
    """
    is_replayed = may_be_replayed()

    def times(first: Any, then: Any) -> Any:
        if not isinstance(first, Value):
            if first in (0.0, 1.0):
                return then if first else None
        elif isinstance(then, Value) or not math.isfinite(then):
            is_aside = is_replayed or (first._data == 0.0 and not math.isfinite(_data(then)))
            return functions.gate(first, then) if is_aside else first * then
        if not isinstance(then, Value):
            if then == 1.0:
                return first
            if then == 0.0 and math.isfinite(_data(first)) and not (is_replayed and isinstance(first, Value)):
                return None
        return first * then

    return times


def total(terms: list[Any]) -> Any:
    """The sum of the terms, as one node."""
    if len(terms) == 1:
        return terms[0]
    return terms[0] + terms[1] if len(terms) == 2 else functions.sum(terms)


def _data(x: Any) -> float:
    return x._data if isinstance(x, Value) else x


def as_recorded(node: Any) -> None:
    """Raises where an input of `node` has been written since `node` was recorded, so that its row gives other numbers.

    Raises:
        ValueError: as said.
    """
    if isinstance(node.op, Segment) or all(x.op is not None or not x._serial for x in node.inputs):
        return  # a checkpointed part looks for itself; elsewhere only leaves can be written
    data = node.op.split([x._data for x in node.inputs])
    partials = node.op.joined(node.op.partials(floats, *data, node._data))
    same = _same(node.op.forward(floats, *data), node._data) and all(
        _same(now, then) for x, now, then in zip(node.inputs, partials, node._slopes(), strict=True) if x._serial
    )
    if not same:
        raise ValueError(
            f"{node.op}({', '.join(repr(x._data) for x in node.inputs)}) was recorded as {node._data!r}, and is not: "
            "a leaf was written since, and a derivative to be differentiated again needs the numbers as recorded; "
            "take it before writing .data, or record anew"
        )


def _same(x: float, y: float) -> bool:
    return x == y or (x != x and y != y)
