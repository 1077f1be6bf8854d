"""Longhand: sums of many numbers, written as additions of two, one after the other.

A `sum` of a thousand is one node, which only loops over arrays run well. Written out it is a thousand turns of the
same. The order stays: from first to last.
"""

from __future__ import annotations

import numpy as np

from .graph import CODE_OF, Graph
from .nodes import Nodes, runs

_ADD, _MUL, _SUM, _DOT, _LINEAR = (CODE_OF[name] for name in ("add", "mul", "sum", "dot", "linear"))


def in_longhand(graph: Graph, most: int) -> Graph:
    """The same with each `sum`, `dot` and `linear` of more inputs than that written out."""
    nodes, base = graph.nodes, graph.leaves
    chosen = np.flatnonzero(nodes.are(_SUM, _DOT, _LINEAR) & (nodes.sizes > most))
    if not len(chosen):
        return graph
    rows = {k: _row_count(*nodes[k]) for k in chosen.tolist()}
    count = np.ones(len(nodes), np.int64)
    count[chosen] = [*rows.values()]
    ends = np.cumsum(count)
    of = np.concatenate((np.arange(base), base + ends - 1))
    codes, sizes = np.full(ends[-1], _ADD), np.full(ends[-1], 2)
    stays = np.ones(len(nodes), bool)
    stays[chosen] = False
    codes[ends[stays] - 1], sizes[ends[stays] - 1] = nodes.codes[stays], nodes.sizes[stays]
    for k in chosen.tolist():
        half = int(nodes.sizes[k]) // 2
        if nodes.codes[k] == _SUM and nodes.sizes[k] == 1:
            codes[ends[k] - 1], sizes[ends[k] - 1] = CODE_OF["pos"], 1
        elif nodes.codes[k] != _SUM:
            codes[ends[k] - count[k] : ends[k] - count[k] + half] = _MUL
    starts = np.concatenate(([0], np.cumsum(sizes)))
    inputs = np.empty(starts[-1], np.int64)
    mine = np.flatnonzero(stays)
    inputs[runs(starts[ends[mine] - 1], nodes.sizes[mine])] = of[nodes.inputs[stays[nodes.readers]]]
    for k in chosen.tolist():
        first = int(ends[k] - count[k])
        inputs[starts[first] : starts[ends[k]]] = _reads(
            int(nodes.codes[k]), of[list(nodes[k][1:])].tolist(), base + first
        )
    return graph.rebuilt(graph.constants, Nodes(codes, sizes, inputs), of)


def _row_count(code: int, *inputs: int) -> int:
    """How many nodes a sum becomes."""
    half = len(inputs) // 2
    return max(1, len(inputs) - 1 if code == _SUM else 2 * half - (code == _DOT))


def _reads(code: int, read: list[int], first: int) -> list[int]:
    """What these nodes read, the first of which has this number."""
    if code == _SUM:
        terms, at = read, first
    else:
        half = len(read) // 2
        terms, at = [first + k for k in range(half)] + read[2 * half :], first + half
    products = (
        [] if code == _SUM else [x for pair in zip(read[:half], read[half : 2 * half], strict=True) for x in pair]
    )
    if len(terms) == 1:
        return products or terms
    sums = [terms[0]]
    for k, term in enumerate(terms[1:]):
        sums += [term] if not k else [at + k - 1, term]
    return products + sums
