"""Sums: every tree of additions becomes one `linear` node, bias + sum of products, as matrix products are made of.

A term is followed into the sum it belongs to where nothing else reads it. The terms may be added up in another order
than they were written in; nothing else changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .graph import CODE_OF, LIFT, OPS, Graph, Node

_ADD, _SUB, _NEG, _MUL, _SUM, _DOT, _LINEAR = (
    CODE_OF[name] for name in ("add", "sub", "neg", "mul", "sum", "dot", "linear")
)
_SUMS = {_SUM, _DOT, _LINEAR}
_ADDITIONS = {_ADD, _SUB, _NEG, *_SUMS}


@dataclass
class _Terms:
    """What one sum adds up."""

    products: list[tuple[int, int]] = field(default_factory=list)
    plain: list[int] = field(default_factory=list)


def gather_sums(graph: Graph) -> Graph:
    """Writes sums as `linear`, `dot` and `sum` nodes, with all factors of a group alike: of a sample, or shared."""
    base, first = graph.leaves, len(graph.constants)
    wide = graph.widths()
    trees = _trees(graph)
    inner = {x for _, _, taken in trees.values() for x in taken}
    of = list(range(base)) + [-1] * len(graph.nodes)
    nodes: list[Node] = []

    def append(code: int, *inputs: int) -> int:
        nodes.append((code, *inputs))
        return base + len(nodes) - 1

    def kind(x: int) -> tuple[bool, bool, bool]:
        return wide[x], x >= first, x >= base  # a constant before a parameter before a result, samples last

    def linear(terms: _Terms) -> int:
        result = -1

        def add(x: int) -> None:
            nonlocal result
            result = x if result < 0 else append(_ADD, result, x)

        kinds: dict[tuple[bool, bool, bool], list[tuple[int, int]]] = {}
        for a, b in terms.products:
            left, right = (a, b) if kind(a) <= kind(b) else (b, a)
            kinds.setdefault((wide[right], wide[left], left < first), []).append((of[left], of[right]))
        for own in (False, True):  # what all samples share is added up once, before what each has of its own
            plain = [of[x] for x in terms.plain if wide[x] == own]
            if plain:
                add(_added(append, plain))
            for key in sorted(key for key in kinds if key[0] == own):
                xs, ys = zip(*kinds[key], strict=True)
                if len(xs) == 1:
                    add(append(_MUL, xs[0], ys[0]))
                else:
                    result = append(_LINEAR, *xs, *ys, result) if result >= 0 else append(_DOT, *xs, *ys)
        return result

    for k, node in enumerate(graph.nodes):
        old = base + k
        if old in inner:
            continue
        if old in trees:
            added, subtracted, _ = trees[old]
            if not (subtracted.products or subtracted.plain):
                this = linear(added)
            elif not (added.products or added.plain):
                this = append(_NEG, linear(subtracted))
            else:
                this = append(_SUB, linear(added), linear(subtracted))
        else:
            inputs = [of[x] for x in node[1:]]
            if any(OPS[node[0]].groups) and wide[old]:
                inputs = [new if wide[x] else append(LIFT, new) for x, new in zip(node[1:], inputs, strict=True)]
            this = append(node[0], *inputs)
        of[old] = this
    return graph.rebuilt(graph.constants, nodes, of.__getitem__)


def _added(append: Callable[..., int], plain: list[int]) -> int:
    return plain[0] if len(plain) == 1 else append(_ADD if len(plain) == 2 else _SUM, *plain)


def _trees(graph: Graph) -> dict[int, tuple[_Terms, _Terms, list[int]]]:
    """For each node that is the root of a sum: what it adds, what it subtracts, and the nodes in between."""
    base = graph.leaves
    uses = [0] * (base + len(graph.nodes))
    for node in graph.nodes:
        for x in node[1:]:
            uses[x] += 1
    for root in graph.roots():
        uses[root] += 2  # a root is read even if one node reads it
    trees: dict[int, tuple[_Terms, _Terms, list[int]]] = {}
    inner: set[int] = set()
    for root in range(base + len(graph.nodes) - 1, base - 1, -1):
        code = graph.nodes[root - base][0]
        if code not in _ADDITIONS or root in inner:
            continue
        added, subtracted, taken = _followed(graph, root, uses)
        products = len(added.products) + len(subtracted.products)
        plain = len(added.plain) + len(subtracted.plain)
        # a + b and a - b alone stay as they are
        if code in _SUMS or (products and products + plain > 1) or plain > 2:
            trees[root] = added, subtracted, taken
            inner.update(taken)
    return trees


def _followed(graph: Graph, root: int, uses: list[int]) -> tuple[_Terms, _Terms, list[int]]:
    base, nodes = graph.leaves, graph.nodes
    zero = {k for k, data in enumerate(graph.constants) if data == 0.0}
    both = (_Terms(), _Terms())
    taken: list[int] = []
    waiting = [(root, 0)]
    while waiting:
        x, side = waiting.pop()
        code = nodes[x - base][0] if x >= base and (uses[x] == 1 or x == root) else -1
        if code == _MUL and x != root:
            taken.append(x)
            both[side].products.append(nodes[x - base][1:])  # type: ignore[arg-type]
            continue
        if code not in _ADDITIONS:
            both[side].plain.append(x)
            continue
        if x != root:
            taken.append(x)
        inputs = nodes[x - base][1:]
        if code in (_DOT, _LINEAR):
            size = len(inputs) // 2
            both[side].products += zip(inputs[:size], inputs[size : 2 * size], strict=True)
            inputs = inputs[2 * size :]
            if inputs and inputs[0] in zero:
                inputs = ()  # the bias of a linear combination that has none
        last = len(inputs) - 1
        turned = {_NEG: 0, _SUB: 1}.get(code, -1)  # which input is subtracted
        waiting += [(inputs[k], side ^ (k == turned)) for k in range(last, -1, -1)]
    return both[0], both[1], taken
