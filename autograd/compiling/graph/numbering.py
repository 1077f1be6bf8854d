"""Numbering: what was recorded on Values, as a `Graph` of plain integers.

Every Value but a constant has a line of its own, which grows in the order of recording. So who reads whom is found from
arrays of lines: `map` and `attrgetter` read them without running a line of Python for each Value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from operator import attrgetter, is_
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.value import Value
from ...core.watching import serials
from .carried import as_constant
from .graph import Check, Graph, code_of, needed_checks
from .nodes import Integers, Nodes, distinct
from .tracer import Tracer

Values = NDArray[np.object_]


def numbered(
    tracer: Tracer, outputs: list[Any], arguments: Sequence[Value], batched: list[bool]
) -> tuple[Graph, list[Value]]:
    """The graph of what was recorded after the tracer's mark, and its parameters in the order they were made.

    What the operations read and none of them made is a parameter if it is older than the mark, or among the arguments;
    any other is a constant. Empties the tracer and the outputs.

    Raises:
        ValueError: the result of an operation that was not seen is among it.
    """
    nodes, compared, mark = tracer.nodes, tracer.compared, tracer.mark
    roots = [*outputs, *(x for left, _, right, _, _ in compared for x in (left, right))]
    sizes, read = _read(nodes, list(map(as_constant, roots)))
    line = _lines(read)
    found = np.full(next(serials) - mark, -1)  # at each line from the mark on, which node was recorded
    found[_lines(nodes) - mark] = np.arange(len(nodes))
    of = found[np.maximum(line - mark, 0)]  # at the mark itself nothing was
    for k in np.flatnonzero((of < 0) & ((line == 0) | (line > mark))).tolist() if tracer.detached else ():
        if id(read[k]) in tracer.detached:
            of[k] = found[tracer.detached[id(read[k])][1]._serial - mark]

    is_leaf = of < 0
    is_given = is_leaf & (line > 0)
    for k in np.flatnonzero(is_given & (line > mark)).tolist() if not tracer.keeps_leaves else ():
        if read[k].op is not None:
            raise ValueError(
                f"{read[k]!r} was computed by another thread while the function was recorded, or taken out of a "
                "pickle, and would not be again; compute it in the function itself"
            )
        is_given[k] = False
    is_constant = is_leaf & ~is_given
    constants, of[is_constant] = _constants(read[is_constant])
    parameters, leaf = _parameters(read[is_given], line[is_given], arguments)
    of[is_given] = len(constants) + leaf
    leaves = len(constants) + len(parameters) + len(arguments)
    of[~is_leaf] += leaves

    at = found[np.maximum(_lines(tracer.noted) - mark, 0)]
    noted = {leaves + k: nodes[k] for k in np.flatnonzero(np.bincount(at[at >= 0])).tolist()}
    scopes = {k: x.scope for k, x in noted.items() if x.scope}
    labels = {len(constants) + k: x.label for k, x in enumerate(parameters) if hasattr(x, "_notes") and x.label}
    labels |= {k: x.label for k, x in noted.items() if x.label}
    ends = of[len(of) - len(roots) :].tolist()
    results, sides = ends[: len(outputs)], iter(ends[len(outputs) :])
    checks = [Check(next(sides), symbol, next(sides), outcome, where) for _, symbol, _, outcome, where in compared]
    checks = needed_checks(checks, len(constants))
    made = Nodes(_codes(nodes), sizes, of[: len(of) - len(roots)])
    for kept in (nodes, outputs, compared):
        kept.clear()
    return Graph(constants, len(parameters), batched, made, results, checks, scopes, labels), parameters


def _read(nodes: list[Any], roots: list[Value]) -> tuple[Integers, Values]:
    """How many Values each node reads, and the Values: those of the first node, of the second, ..., then the roots."""
    first, second = (_array(map(attrgetter(name), nodes), len(nodes)) for name in ("_a", "_b"))
    has_many, has_one = (np.fromiter(map(is_, x, repeat(None)), bool, len(nodes)) for x in (first, second))
    sizes = 2 - has_one.astype(np.int64)
    many = np.flatnonzero(has_many).tolist()
    sizes[has_many] = [len(nodes[k]._many[0]) for k in many]
    starts = np.concatenate(([0], np.cumsum(sizes)))
    read = np.empty(starts[-1] + len(roots), object)
    read[starts[:-1]] = first
    read[starts[:-1][~has_one] + 1] = second[~has_one]
    for k in many:
        read[starts[k] : starts[k + 1]] = _array(nodes[k]._many[0], sizes[k])
    read[starts[-1] :] = _array(roots, len(roots))
    return sizes, read


def _array(values: Iterable[Any], count: int) -> Values:
    # numpy.array would ask each Value whether it is a sequence
    return np.fromiter(values, object, count)


def _lines(values: Sequence[Any] | Values) -> Integers:
    return np.fromiter(map(attrgetter("_serial"), values), np.int64, len(values))


def _codes(nodes: list[Any]) -> Integers:
    first, which = distinct(np.fromiter(map(id, map(attrgetter("op"), nodes)), np.int64, len(nodes)))
    return np.array([code_of(nodes[k].op) for k in first.tolist()], np.int64)[which]


def _constants(read: Values) -> tuple[list[float], Integers]:
    """The numbers of these Values, each once, and which of them each has."""
    data = np.fromiter(map(attrgetter("_data"), read), float, len(read))
    first, which = distinct(data.view(np.int64))  # as integers, in which 0.0 is not -0.0
    return data[first].tolist(), which


def _parameters(read: Values, line: Integers, arguments: Sequence[Value]) -> tuple[list[Value], Integers]:
    """The parameters among these, leaves before results; and which each is of the parameters and the arguments."""
    first, which = distinct(line)
    line = line[first]
    known = _lines(arguments)  # made one after the other
    leaf = np.searchsorted(known, line)
    is_argument = np.append(known, 0)[leaf] == line
    others = np.flatnonzero(~is_argument)
    values = read[first[others]]
    order = np.lexsort((line[others], np.array([x.op is not None for x in values.tolist()], bool)))
    leaf[is_argument] += len(others)
    leaf[others[order]] = np.arange(len(others))
    return values[order].tolist(), leaf[which]
