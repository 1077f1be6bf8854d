"""Simplify: computes once what is written twice, beforehand what is known, and not at all what no result needs.

Every rewriting is exact in IEEE arithmetic, inf, nan and -0.0 included: so `x + 0` stays, since -0.0 + 0.0 is 0.0.
"""

from __future__ import annotations

import math

from .. import floats
from .graph import CODE_OF, OPS, Graph, Node, arguments_of

_ADD, _POS, _MUL, _DIV = (CODE_OF[name] for name in ("add", "pos", "mul", "div"))
_SUM, _MEAN, _PICK = (CODE_OF[name] for name in ("sum", "mean", "pick"))
_POW, _SQUARE, _RECIPROCAL = (CODE_OF[name] for name in ("pow", "square", "reciprocal"))


def simplify(graph: Graph) -> Graph:
    """Computes once what is written twice, and beforehand what depends on constants alone."""
    constants = list(graph.constants)
    spare: dict[tuple[float, float], int] = {}
    known: dict[Node, int] = {}
    first = len(constants)
    # constants may be added, so until the end nodes count from `base` on and constants are negative
    new: list[int] = [-1 - k for k in range(first)] + list(range(first, graph.leaves))
    base = graph.leaves
    nodes: list[Node] = []
    scopes: dict[int, str] = {}

    def constant(data: float) -> int:
        key = (data, math.copysign(1.0, data))
        if key not in spare:
            spare[key] = -1 - len(constants)
            constants.append(data)
        return spare[key]

    for k, data in enumerate(graph.constants):
        spare.setdefault((data, math.copysign(1.0, data)), -1 - k)

    def made(node: Node) -> int:
        code, inputs = node[0], node[1:]
        if max(inputs, default=-1) < 0:
            data = arguments_of(OPS[code], [constants[-1 - x] for x in inputs])
            return constant(float(OPS[code].forward(floats, *data)))
        if code == _POS:  # x * 1.0 stays: it is one of many such products, whose other factors are no 1.0
            return inputs[0]
        if code == _PICK and inputs[-1] < 0:
            return inputs[int(data_of(inputs[-1]))]  # recorded, so it is an index that there is
        if code == _POW and data_of(inputs[1]) == 2.0:
            return made((_SQUARE, inputs[0]))
        if code == _POW and data_of(inputs[1]) == -1.0:
            return made((_RECIPROCAL, inputs[0]))
        if code == _MEAN:
            return made((_DIV, made((_SUM, *inputs)), constant(float(len(inputs)))))
        key = (code, inputs[1], inputs[0]) if code in (_ADD, _MUL) and inputs[1] < inputs[0] else node
        found = known.get(key)
        if found is None:
            known[key] = found = base + len(nodes)
            nodes.append(node)
        return found

    def data_of(x: int) -> float:
        return constants[-1 - x] if x < 0 else math.nan

    for k, node in enumerate(graph.nodes):
        this = made((node[0], *[new[x] for x in node[1:]]))
        new.append(this)
        if graph.leaves + k in graph.scopes and this >= base:
            scopes.setdefault(this, graph.scopes[graph.leaves + k])
    known.clear()
    return _renumbered(graph, constants, nodes, new, scopes)


def _renumbered(
    graph: Graph, constants: list[float], nodes: list[Node], new: list[int], scopes: dict[int, str]
) -> Graph:
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
        return kept[x] if x < 0 else x + shift if x < base else place[x - base]

    packed = [(node[0], *[of(x) for x in node[1:]]) for node, live in zip(nodes, alive, strict=True) if live]
    named = {of(x): name for x, name in scopes.items() if alive[x - base]}
    return graph.rebuilt([constants[-1 - x] for x in kept], packed, lambda root: of(new[root]), named)
