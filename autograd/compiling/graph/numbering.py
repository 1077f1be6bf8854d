"""Numbering: what was recorded on Values, as a `Graph` of plain integers.

Every Value but a constant has a line of its own, which grows in the order of recording. So who reads whom is found from
arrays of lines: `map` and `attrgetter` read them without running a line of Python for each Value.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

import numpy as np

from ...core.value import Value
from ...core.watching import serials
from .carried import as_constant
from .graph import Check, Gap, Graph, code_of, needed_checks
from .nodes import Integers, Nodes, distinct
from .recorded import Values, lines_of, read_by
from .shortening import Missing, MissingTurnError
from .tracer import Tracer


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
    sizes, read = read_by(nodes, list(map(as_constant, roots)))
    line = lines_of(read)
    found = np.full(next(serials) - mark, -1)  # at each line from the mark on, which node was recorded
    found[lines_of(nodes) - mark] = np.arange(len(nodes))
    of = found[np.maximum(line - mark, 0)]  # at the mark itself nothing was
    for k in np.flatnonzero((of < 0) & ((line == 0) | (line > mark))).tolist() if tracer.detached else ():
        if id(read[k]) in tracer.detached:
            of[k] = found[tracer.detached[id(read[k])][1]._serial - mark]

    is_leaf = of < 0
    is_given = is_leaf & (line > 0)
    for k in np.flatnonzero(is_given & (line > mark)).tolist() if not tracer.keeps_leaves else ():
        if read[k].op is not None:
            if tracer.shortening.missing:
                raise MissingTurnError
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

    at = found[np.maximum(lines_of(tracer.noted) - mark, 0)]
    noted = {leaves + k: nodes[k] for k in np.flatnonzero(np.bincount(at[at >= 0])).tolist()}
    scopes = {k: x.scope for k, x in noted.items() if x.scope}
    labels = {len(constants) + k: x.label for k, x in enumerate(parameters) if hasattr(x, "_notes") and x.label}
    labels |= {k: x.label for k, x in noted.items() if x.label}
    ends = of[len(of) - len(roots) :].tolist()
    results, sides = ends[: len(outputs)], iter(ends[len(outputs) :])
    checks = [Check(next(sides), symbol, next(sides), outcome, where) for _, symbol, _, outcome, where in compared]
    checks = needed_checks(checks, len(constants))
    made = Nodes(_codes(nodes), sizes, of[: len(of) - len(roots)])
    gaps = [_gap(leaves, one) for one in tracer.shortening.missing]
    for kept in (nodes, outputs, compared):
        kept.clear()
    return Graph(constants, len(parameters), batched, made, results, checks, scopes, labels, gaps), parameters


def _gap(leaves: int, missing: Missing) -> Gap:
    first = leaves + missing.at
    before, after, later = (first + k * missing.period + np.arange(missing.period) for k in (-1, 0, 1))
    return Gap(missing.turns, before, after, later)


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
    known = lines_of(arguments)  # made one after the other
    leaf = np.searchsorted(known, line)
    is_argument = np.append(known, 0)[leaf] == line
    others = np.flatnonzero(~is_argument)
    values = read[first[others]]
    order = np.lexsort((line[others], np.array([x.op is not None for x in values.tolist()], bool)))
    leaf[is_argument] += len(others)
    leaf[others[order]] = np.arange(len(others))
    return values[order].tolist(), leaf[which]
