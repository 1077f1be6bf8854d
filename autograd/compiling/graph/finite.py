"""Finite: products in place of gates, in a program that holds as long as no nan comes of it.

A derivative that may run again is recorded with `gate`, because an adjoint of 0 may meet inf or nan there. It rarely
does, and sums of gates are no matrix products. So a program is made with products, and with a check that none of them
is nan, or what they lead to: where it is, the function is recorded again, and that program keeps its gates.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...core.ops import ROWS
from .graph import CODE_OF, DETACH, LIFT, Check, Graph
from .nodes import Flags, Nodes
from .simplify import simplify

_GATE, _BESIDE, _MUL, _DOT = (CODE_OF[name] for name in ("gate", "beside", "mul", "dot"))
# what may give a number where an input is nan
_HIDES = [CODE_OF[name] for name in ("less", "equal", "fmin", "fmax", "where", "pow", "hypot", "norm", "pick", "round")]
_HIDES += [CODE_OF[name] for name in ("pow_less", "pow_log", "copysign")]
_FEW = 32  # squares in a sum, so that it can be printed in a line


def with_products(graph: Graph) -> Graph:
    """The same function for as long as it holds; the same graph where it has no gate that can be a product."""
    if not graph.nodes.are(_GATE, _BESIDE).any():
        return graph
    graph = simplify(graph)
    nodes, base = graph.nodes, graph.leaves
    own = base + np.arange(len(nodes))
    seen = ~_hidden(graph)[base:]
    gates, besides = nodes.are(_GATE) & seen, nodes.are(_BESIDE) & seen
    marks = np.concatenate((np.zeros(base, bool), gates | besides))
    reached = nodes.depending(own, marks, {})
    added: list[tuple[int, ...]] = []

    def append(*node: int) -> int:
        added.append(node)
        return len(graph) + len(added) - 1

    of = np.arange(len(graph))  # what is beside a factor is read itself, and their product checked
    ends = sorted({x for x in graph.outputs if reached[x]})
    for k in np.flatnonzero(besides).tolist():
        _, a, b = nodes[k]
        of[base + k] = of[b]
        ends.append(append(_MUL, a, b))
    if not ends:
        return graph
    while len(ends) > 1:  # a sum of squares is nan where one of them is, and nowhere else: there is no inf - inf
        parts = [ends[k : k + _FEW] for k in range(0, len(ends), _FEW)]
        ends = [append(_DOT, *part, *part) for part in parts]
    more = Nodes.of(added)
    codes = np.concatenate((np.where(gates, _MUL, nodes.codes), more.codes))
    inputs = np.concatenate((nodes.inputs, more.inputs))
    inputs = np.where(inputs < len(graph), of[np.minimum(inputs, len(graph) - 1)], inputs)
    check = Check(ends[0], "==", ends[0], True, "whether a derivative in it is a number")
    both = Nodes(codes, np.concatenate((nodes.sizes, more.sizes)), inputs)
    return replace(graph, nodes=both, outputs=of[graph.outputs].tolist(), checks=[*graph.checks, check])


def _hidden(graph: Graph) -> Flags:
    """For each node, whether something that is computed from it hides that it is nan."""
    nodes, base = graph.nodes, graph.leaves
    hidden = bytearray(len(graph))
    for check in graph.checks:
        hidden[check.left] = hidden[check.right] = 1
    hides = nodes.are(*_HIDES) | ((nodes.codes >= len(ROWS)) & ~nodes.are(DETACH, LIFT))
    for x in nodes.inputs[hides[nodes.readers]].tolist():
        hidden[x] = 1
    for k, (_, *inputs) in zip(range(len(graph) - 1, base - 1, -1), reversed([*nodes]), strict=True):
        if hidden[k]:
            for x in inputs:
                hidden[x] = 1
    return np.frombuffer(hidden, bool)
