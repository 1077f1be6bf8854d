"""Simplify: computes once what is written twice, beforehand what is known, and not at all what no result needs.

Every rewriting is exact in IEEE arithmetic, inf, nan and -0.0 included: so `x + 0` stays, since -0.0 + 0.0 is 0.0.
"""

from __future__ import annotations

import math

from .. import floats
from .graph import CODE_OF, OPS, Graph, Node, arguments_of

_ADD, _POS, _MUL, _DIV = (CODE_OF[name] for name in ("add", "pos", "mul", "div"))
_SUM, _MEAN, _PICK = (CODE_OF[name] for name in ("sum", "mean", "pick"))
_POW, _SQUARE, _RECIPROCAL, _GATE = (CODE_OF[name] for name in ("pow", "square", "reciprocal", "gate"))


def simplify(graph: Graph) -> Graph:
    """Computes once what is written twice, and beforehand what depends on constants alone."""
    unique = _Unique(graph)
    new = [-1 - k for k in range(len(graph.constants))] + list(range(len(graph.constants), graph.leaves))
    for node in graph.nodes:
        new.append(unique.node((node[0], *[new[x] for x in node[1:]])))
    constants, nodes = unique.constants, unique.nodes
    del unique  # with the dictionary of all nodes
    return _renumbered(graph, constants, nodes, new)


class _Unique:
    """Nodes, each once. Constants may be added, so they count down from -1, and nodes up from behind the leaves."""

    def __init__(self, graph: Graph) -> None:
        self.constants = list(graph.constants)
        self.nodes: list[Node] = []
        self.base = graph.leaves
        self._known: dict[Node, int] = {}
        self._constant = {(x, math.copysign(1.0, x)): -1 - k for k, x in enumerate(graph.constants)}

    def node(self, node: Node) -> int:
        """The number of the node that computes this."""
        code, inputs = node[0], node[1:]
        if max(inputs, default=-1) < 0:
            data = arguments_of(OPS[code], [self.constants[-1 - x] for x in inputs])
            return self.constant(float(OPS[code].forward(floats, *data)))
        if code == _POS:  # x * 1.0 stays: it is one of many such products, whose other factors are no 1.0
            return inputs[0]
        if code == _PICK and inputs[-1] < 0:
            return inputs[int(self.data(inputs[-1]))]  # recorded, so it is an index that there is
        if code == _POW and self.data(inputs[1]) == 0.0:  # of nan too
            return self.constant(1.0)
        if code == _POW and self.data(inputs[1]) == 1.0:
            return inputs[0]
        if code == _GATE and inputs[0] < 0:
            return self.node((_MUL, *inputs)) if self.data(inputs[0]) else self.constant(0.0)
        if code == _POW and self.data(inputs[1]) == 2.0:
            return self.node((_SQUARE, inputs[0]))
        if code == _POW and self.data(inputs[1]) == -1.0:
            return self.node((_RECIPROCAL, inputs[0]))
        if code == _MEAN:
            return self.node((_DIV, self.node((_SUM, *inputs)), self.constant(float(len(inputs)))))
        key = (code, inputs[1], inputs[0]) if code in (_ADD, _MUL) and inputs[1] < inputs[0] else node
        found = self._known.get(key)
        if found is None:
            self._known[key] = found = self.base + len(self.nodes)
            self.nodes.append(node)
        return found

    def constant(self, data: float) -> int:
        """The number of this constant; 0.0 and -0.0 are two."""
        key = (data, math.copysign(1.0, data))
        if key not in self._constant:
            self._constant[key] = -1 - len(self.constants)
            self.constants.append(data)
        return self._constant[key]

    def data(self, x: int) -> float:
        """The number that an input is, or nan if it is no constant."""
        return self.constants[-1 - x] if x < 0 else math.nan


def _renumbered(graph: Graph, constants: list[float], nodes: list[Node], new: list[int]) -> Graph:
    """Drops what no root needs, and counts constants from 0 and nodes behind the leaves again."""
    base = graph.leaves
    alive = bytearray(len(nodes))
    for root in graph.roots():
        if new[root] >= base:
            alive[new[root] - base] = 1
    used = {x for root in graph.roots() if (x := new[root]) < 0}
    for k in range(len(nodes) - 1, -1, -1):
        if alive[k]:
            for x in nodes[k][1:]:
                if x >= base:
                    alive[x - base] = 1
                elif x < 0:
                    used.add(x)
    kept = {x: k for k, x in enumerate(sorted(used, reverse=True))}
    shift = len(kept) - len(graph.constants)
    place = [0] * len(nodes)
    count = base + shift
    for k in range(len(nodes)):
        place[k] = count
        count += alive[k]

    def of(x: int) -> int:
        if x < base:
            return kept.get(x, -1) if x < 0 else x + shift
        return place[x - base] if alive[x - base] else -1

    packed = [(node[0], *[of(x) for x in node[1:]]) for node, live in zip(nodes, alive, strict=True) if live]
    return graph.rebuilt([constants[-1 - x] for x in kept], packed, lambda x: of(new[x]))
