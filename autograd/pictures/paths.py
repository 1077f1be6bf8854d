"""The paths along which a gradient arrives: each contributes the product of the local partials on its way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from math import inf
from typing import Any

from ..core.value import Value

_PATIENCE = 1_000_000  # steps of the search: some graphs have more paths than there are atoms


@dataclass(frozen=True)
class Path:
    """One way from an input to a result: the Values on it, the partial of each step, and their product.

    `places[k]` says as which of its inputs `nodes[k + 1]` reads `nodes[k]`.
    """

    contribution: float
    nodes: tuple[Value, ...]
    partials: tuple[float, ...]
    places: tuple[int, ...]


def largest(root: Value, wrt: Value, values: Sequence[Value], most: int) -> tuple[list[Path], float]:
    """The paths with the largest contributions, largest first, and how many paths there are in all.

    `values` are the ancestors of `root`, earliest first. Paths that contribute exactly 0 are counted, not listed.
    """
    strongest, ways = _strengths(wrt, values)
    if id(root) not in strongest:
        return [], 0.0
    found: list[Path] = []
    # best first: what a path may still come to is known exactly, so the next one finished is the next largest;
    # among equals the latest goes first, or a graph of many equal paths would all be walked at once
    order = count(0, -1)
    waiting: list[tuple[float, int, Value, float, Any]] = [(-strongest[id(root)], next(order), root, 1.0, None)]
    for _ in range(_PATIENCE):
        if not waiting or len(found) == most:
            break
        promise, _, node, product, way = heappop(waiting)
        if not promise:
            break
        if node is wrt:
            found.append(_path(wrt, way, product))
            continue
        for place, (x, partial) in enumerate(zip(node.inputs, node.partials, strict=True)):
            if id(x) in strongest and product:
                onward = product * partial
                heappush(
                    waiting, (-_size(onward, strongest[id(x)]), next(order), x, onward, (way, node, partial, place))
                )
    return found, ways[id(root)]


def _strengths(wrt: Value, values: Sequence[Value]) -> tuple[dict[int, float], dict[int, float]]:
    """For each Value that depends on `wrt`: the size of the largest product on the way, and how many ways there are."""
    strongest, ways = {id(wrt): 1.0}, {id(wrt): 1.0}
    for node in values:
        if node is wrt or node._serial < wrt._serial:
            continue
        steps = [(x, d) for x, d in zip(node.inputs, node.partials, strict=True) if id(x) in strongest]
        if steps:
            strongest[id(node)] = max(_size(d, strongest[id(x)]) for x, d in steps)
            ways[id(node)] = sum(ways[id(x)] for x, _ in steps)
    return strongest, ways


def _size(a: float, b: float) -> float:
    size = abs(a * b)
    return size if size == size else inf  # what is not a number comes first: it spoils the sum


def _path(wrt: Value, way: Any, product: float) -> Path:
    nodes, partials, places = [wrt], [], []
    while way is not None:
        way, node, partial, place = way
        nodes.append(node)
        partials.append(partial)
        places.append(place)
    return Path(product, tuple(nodes), tuple(partials), tuple(places))
