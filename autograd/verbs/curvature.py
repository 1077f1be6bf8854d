"""Second derivatives of one output by all inputs, from the recorded operations and the second partials of each.

As numbers they take one sweep. Edge pushing (Gower & Mello, "A new framework for the computation of Hessians", 2012):
beside the adjoints, the sweep keeps the second derivatives by those pairs of Values that are still to be passed. Each
operation moves its pairs to its inputs and adds its own second partials. Pairs that do not interact never appear, so
the result is sparse by itself.

As Values, to be differentiated or computed again, they take a sweep forward and one back for each input: these touch
what depends on the input, and take less where many Values in between make pairs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import cache
from heapq import heapify, heappop, heappush
from typing import Any

from ..core import floats
from ..core.ops import Op
from ..core.value import Value
from ..core.watching import serials, watched_only_by
from ..vocabularies import functions
from . import differentiable
from .adjoints import pull
from .ancestry import history, replayed
from .differentiable import operand, partials, product, total
from .partials import has_rows, second_partials_by

Pairs = dict[int, dict[int, float]]  # by the later line, then by the earlier or equal one


def push_pairs(nodes: Sequence[Any], output: Any) -> Pairs:
    """The second derivatives of `output` by pairs of Values that `nodes` do not compute; absent ones are 0."""
    adjoints: dict[int, float] = defaultdict(float, {output._serial: 1.0})
    pairs: Pairs = defaultdict(_row)
    for node in replayed(nodes):
        line = node._serial
        adjoint = adjoints.pop(line, 0.0)
        row = pairs.pop(line, None)
        a, b = node._a, node._b
        if b is not None:
            inputs = [(a._serial, node._da)] if a._serial else []
            if b._serial:
                inputs.append((b._serial, node._db))
        else:
            inputs = [(x._serial, dx) for x, dx in zip(node.inputs, node.partials, strict=True) if x._serial]
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
                i, j = node.inputs[first]._serial, node.inputs[then]._serial
                pairs[max(i, j)][min(i, j)] += adjoint * second * (2.0 if i == j and first != then else 1.0)
    return pairs


def push_values(nodes: Sequence[Any], inputs: Sequence[Value], output: Any) -> dict[tuple[int, int], Any]:
    """The second derivatives of `output` by pairs of `inputs`, as Values or numbers; absent ones are 0."""
    nodes = [*replayed(nodes)]
    times, slopes = product(), cache(lambda node: list(partials(node)))
    adjoints: dict[int, Any] = {}

    def keep(node: Any, adjoint: Any) -> Any:
        adjoints[node._serial] = adjoint
        return adjoint

    differentiable.pull(nodes, {output._serial: 1.0}, slopes, keep)

    @cache
    def curvature(node: Any) -> list[tuple[Value, Value, Any]]:
        found = second_partials(node, True) if node._serial in adjoints and is_curved(node.op) else ()
        weighted = [(node.inputs[j], node.inputs[k], j == k, times(adjoints[node._serial], s)) for j, k, s in found]
        once = [(a, b, s) for a, b, _, s in weighted if s is not None]
        return once + [(b, a, s) for a, b, is_one, s in weighted if s is not None and not is_one]

    place = {node._serial: k for k, node in enumerate(nodes)}  # latest first
    readers: dict[int, list[int]] = defaultdict(list)
    for k, node in enumerate(nodes):
        for x in node.inputs:
            readers[x._serial].append(k)
    column = {x._serial: k for k, x in enumerate(inputs)}
    entries: dict[tuple[int, int], Any] = {}
    for i, x in enumerate(inputs):
        tangents: dict[int, Any] = {x._serial: 1.0}
        waiting = [-k for k in readers[x._serial]]
        heapify(waiting)
        while waiting:
            node = nodes[-heappop(waiting)]
            if node._serial not in tangents:
                passed = [times(slope, tangents[a._serial]) for a, slope in slopes(node) if a._serial in tangents]
                terms = [term for term in passed if term is not None]
                tangents[node._serial] = total(terms) if terms else 0.0
                for k in readers[node._serial]:
                    heappush(waiting, -k)
        arrived: dict[int, list[Any]] = defaultdict(list)
        waiting = sorted(place[line] for line in tangents if line in place)
        while waiting:
            k = heappop(waiting)
            if waiting and waiting[0] == k:
                continue
            node = nodes[k]
            adjoint = total(arrived.pop(node._serial)) if node._serial in arrived else 0.0
            passed = [(a, times(adjoint, slope)) for a, slope in slopes(node)]
            if node._serial in tangents:
                passed += [(a, times(s, tangents[b._serial])) for a, b, s in curvature(node) if b._serial in tangents]
            for a, term in passed:
                if term is not None:
                    arrived[a._serial].append(term)
                    if a._serial in place:
                        heappush(waiting, place[a._serial])
        for line, terms in arrived.items():
            if column.get(line, len(inputs)) <= i:
                entries[i, column[line]] = entries[column[line], i] = total(terms)
    return entries


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


def second_partials(node: Any, is_kept: bool = False) -> list[tuple[int, int, Any]]:
    """The second partials of a node by its inputs i <= j, at the numbers it was recorded with; absent ones are 0.

    They are Values that depend on the inputs, or, where they are not to be kept, numbers.
    """
    op, inputs = node.op, node.inputs
    if _is_recorded(op):
        return _by_recording(node, is_kept)
    pairs, seconds = second_partials_by(op, tuple([x._serial > 0 for x in inputs]), functions if is_kept else floats)
    read = ([*map(operand, inputs)], node) if is_kept else ([x._data for x in inputs], node._data)
    found = seconds(*read[0], read[1])
    return [(i, j, second) for (i, j), second in zip(pairs, found, strict=True)]


def _by_recording(node: Any, is_kept: bool) -> list[tuple[int, int, Any]]:
    """The same for an operation of groups, whose formula has their length: its partials are recorded on the spot."""
    op = node.op
    found = []
    entered: Callable[[Value], Value] = functions.pos if is_kept else lambda x: Value(x._data)
    sweep: Callable[..., None] = differentiable.pull if is_kept else pull
    with nullcontext() if is_kept else watched_only_by(()):
        inputs = [entered(x) if x._serial else operand(x) for x in node.inputs]
        place = {x._serial: k for k, x in enumerate(inputs) if isinstance(x, Value)}
        after = next(serials)
        data = op.split(inputs)
        slopes = op.joined((op.curved or op.partials)(functions, *data, getattr(functions, op.name)(*data)))
        for j, slope in enumerate(slopes):
            if not (isinstance(slope, Value) and slope._serial and isinstance(inputs[j], Value)):
                continue
            if slope._serial in place:
                found += [(place[slope._serial], j, 1.0)] if place[slope._serial] <= j else []
            else:
                adjoints: dict[int, Any] = {slope._serial: 1.0}
                sweep(history([slope], after), adjoints)
                seconds = [(place[at], second) for at, second in adjoints.items() if at]
                found += [(i, j, second) for i, second in seconds if i <= j and (is_kept or second)]
    return found
