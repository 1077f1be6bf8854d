"""Second derivatives of one output by all inputs, in one sweep over the recorded operations.

Edge pushing (Gower & Mello, "A new framework for the computation of Hessians", 2012): beside the adjoints, the sweep
keeps the second derivatives by those pairs of Values that are still to be passed. Each operation moves its pairs to
its inputs and adds its own second partials. Pairs that do not interact never appear, so the result is sparse by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Any

from .. import functions
from ..ops import Op
from ..recording import lines, watched_only_by
from ..value import Value
from .adjoints import pull
from .differentiable import flat, grouped
from .history import history, replayed
from .printed import has_rows, second_partials_by

Pairs = dict[int, dict[int, float]]  # by the later line, then by the earlier or equal one


def push_pairs(nodes: Sequence[Any], output: Any) -> Pairs:
    """The second derivatives of `output` by pairs of Values that `nodes` do not compute; absent ones are 0."""
    adjoints: dict[int, float] = defaultdict(float, {output.line: 1.0})
    pairs: Pairs = defaultdict(_row)
    for node in replayed(nodes):
        line = node.line
        adjoint = adjoints.pop(line, 0.0)
        row = pairs.pop(line, None)
        a, b = node.a, node.b
        if b is not None:
            inputs = [(a.line, node.da)] if a.line else []
            if b.line:
                inputs.append((b.line, node.db))
        else:
            inputs = [(x.line, dx) for x, dx in zip(node.inputs, node.partials, strict=True) if x.line]
        if row is not None:
            own = row.pop(line, 0.0)
            if own:
                for k, (i, di) in enumerate(inputs):
                    pairs[i][i] += own * di * di
                    for j, dj in inputs[:k]:
                        # a pair stands for both its orders, which for a Value with itself are one
                        pairs[max(i, j)][min(i, j)] += own * di * dj * (2.0 if i == j else 1.0)
            for i, di in inputs:
                mine = pairs[i]
                for other, second in row.items():
                    if second:
                        if other < i:
                            mine[other] += second * di
                        elif other > i:
                            pairs[other][i] += second * di
                        else:
                            mine[i] += 2.0 * second * di
        if adjoint:
            for i, di in inputs:
                adjoints[i] += adjoint * di
            for first, then, second in second_partials(node) if is_curved(node.op) else ():
                i, j = node.inputs[first].line, node.inputs[then].line
                pairs[max(i, j)][min(i, j)] += adjoint * second * (2.0 if i == j and first != then else 1.0)
    return pairs


def _row() -> dict[int, float]:
    return defaultdict(float)


@cache
def is_curved(op: Op) -> bool:
    """Whether the operation can have second partials other than 0; many have not, as + and sum."""
    return _is_recorded(op) or bool(second_partials_by(op, (True,) * len(op.groups))[0])


@cache
def _is_recorded(op: Op) -> bool:
    """Whether its second partials are found by recording: a row of groups, or of words that are no rows."""
    return any(op.groups) or not has_rows(op)


def second_partials(node: Any) -> list[tuple[int, int, float]]:
    """The second partials of a node by its inputs i <= j, at the numbers it was recorded with; absent ones are 0."""
    op, inputs = node.op, node.inputs
    if _is_recorded(op):
        return _by_recording(node)
    pairs, seconds = second_partials_by(op, tuple([x.line > 0 for x in inputs]))
    found = seconds(*[x._data for x in inputs], node._data)
    return [(i, j, second) for (i, j), second in zip(pairs, found, strict=True)]


def _by_recording(node: Any) -> list[tuple[int, int, float]]:
    """The same for an operation of groups, whose formula has their length: its partials are recorded on the spot."""
    op = node.op
    found = []
    with watched_only_by(()):
        inputs = [Value(x._data) if x.line else x._data for x in node.inputs]
        place = {x.line: k for k, x in enumerate(inputs) if isinstance(x, Value)}
        after = next(lines)
        data = grouped(op, inputs)
        slopes = flat(op, op.partials(functions, *data, getattr(functions, op.name)(*data)))
        for j, slope in enumerate(slopes):
            if isinstance(slope, Value) and slope.line and isinstance(inputs[j], Value):
                adjoints = {slope.line: 1.0}
                pull(history([slope], after), adjoints)
                found += [(place[at], j, second) for at, second in adjoints.items() if at and second and place[at] <= j]
    return found
