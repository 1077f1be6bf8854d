"""Finite: products in place of gates, in a program that holds as long as no nan comes of it.

A derivative of a derivative is recorded with `gate`, because an adjoint of 0 may meet inf or nan there. It rarely does,
and sums of gates are no matrix products. So a program is made with products, and with a check that what they lead to is
no nan: where it is, the function is recorded again, and that program keeps its gates.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..ops import ROWS
from .graph import CODE_OF, DETACH, LIFT, Check, Graph
from .nodes import Flags, Nodes

_GATE, _MUL, _SUM, _POW = (CODE_OF[name] for name in ("gate", "mul", "sum", "pow"))
# what may give a number where an input is nan; pow where a constant 2.0, or the like, is no exponent
_HIDES = [CODE_OF[name] for name in ("less", "equal", "fmin", "fmax", "where", "pow", "hypot", "norm", "pick", "round")]
_FEW = 8  # inputs of a sum, so that it can be printed in a line


def with_products(graph: Graph) -> Graph:
    """The same function for as long as it holds; the same graph where it has no gate that can be a product."""
    nodes, base = graph.nodes, graph.leaves
    gates = nodes.are(_GATE)
    if not gates.any():
        return graph
    gates &= ~_hidden(graph)[base:]
    marks = np.concatenate((np.zeros(base, bool), gates))
    reached = nodes.depending(base + np.arange(len(nodes)), marks, {})
    ends = sorted({x for x in graph.outputs if reached[x]})
    if not ends:
        return graph
    sums: list[tuple[int, ...]] = []
    while len(ends) > 1:
        parts = [ends[k : k + _FEW] for k in range(0, len(ends), _FEW)]
        ends = [base + len(nodes) + len(sums) + k for k in range(len(parts))]
        sums += [(_SUM, *part) for part in parts]
    more = Nodes.of(sums)
    both = Nodes(
        np.concatenate((np.where(gates, _MUL, nodes.codes), more.codes)),
        np.concatenate((nodes.sizes, more.sizes)),
        np.concatenate((nodes.inputs, more.inputs)),
    )
    check = Check(ends[0], "==", ends[0], True, "whether a derivative in it is a number")
    return replace(graph, nodes=both, checks=[*graph.checks, check])


def _hidden(graph: Graph) -> Flags:
    """For each node, whether something that is computed from it hides that it is nan."""
    nodes, base = graph.nodes, graph.leaves
    hidden = bytearray(len(graph))
    for check in graph.checks:
        hidden[check.left] = hidden[check.right] = 1
    hides = nodes.are(*_HIDES) | ((nodes.codes >= len(ROWS)) & ~nodes.are(DETACH, LIFT))
    is_power = np.zeros(len(graph), bool)
    is_power[: graph.first_parameter] = np.array(graph.constants) != 0.0
    hides[hides] = ~(nodes.are(_POW) & is_power[nodes.inputs[nodes.starts[1:] - 1]])[hides]
    for x in nodes.inputs[hides[nodes.readers]].tolist():
        hidden[x] = 1
    for k, (_, *inputs) in zip(range(len(graph) - 1, base - 1, -1), reversed([*nodes]), strict=True):
        if hidden[k]:
            for x in inputs:
                hidden[x] = 1
    return np.frombuffer(hidden, bool)
