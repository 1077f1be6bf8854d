"""Periods: where the operations of a graph repeat, and at what distance.

A stretch repeats with a period where each node is like the one a period before: the same operation, which reads for
each input the same number, or the number a period further on, or another leaf of the same kind, or something from long
ago (whether that is from before the stretch is looked at when it is known where it begins).

Candidates for the period are the distances at which the same few operations come again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..graph.graph import Graph
from ..graph.hashes import Hashes, weights
from ..graph.nodes import Flags, Integers, runs

_WINDOWS = 1, 4, 16, 64, 256  # operations that are looked for again, one after the other
_MOST = 6  # distances that are tried for each
_LONG_AGO = 4  # periods


@dataclass(frozen=True)
class Stretch:
    """Nodes from `start` on, so many turns of a period."""

    start: int
    period: int
    turns: int

    @property
    def stop(self) -> int:
        return self.start + self.period * self.turns

    @property
    def saved(self) -> int:
        """Nodes that need not be written when this is a loop."""
        return self.period * (self.turns - 1)


def repeated(graph: Graph, start: int, stop: int, least_turns: int, least_saved: int) -> list[list[Stretch]]:
    """For each period that saves so much, the stretches among these nodes that repeat with it; the best first."""
    found = []
    for period in _candidates(graph, start, stop):
        mine = _stretches(graph, start, stop, period, least_saved + period)
        mine = [one for one in mine if one.turns >= least_turns and one.saved >= least_saved]
        if mine:
            found.append(mine)
    found.sort(key=lambda mine: (-_saved(mine), mine[0].period))
    best = 0
    for k in range(1, len(found)):
        if _is_around(found[k], found[best]):
            best = k
    return [found[best], *found[:best], *found[best + 1 :]] if found else []


def _saved(stretches: list[Stretch]) -> int:
    return sum(one.saved for one in stretches)


def _is_around(outer: list[Stretch], inner: list[Stretch]) -> bool:
    """Whether these are loops around the others: with nearly as much in them, each turn of which has all of one."""
    period = outer[0].period
    return 2 * _saved(outer) > _saved(inner) and all(one.stop - one.start <= period for one in inner)


def _candidates(graph: Graph, start: int, stop: int) -> list[int]:
    """Distances at which the same operations come again, where that happens most often."""
    nodes = graph.nodes
    w = weights(4)
    looks = nodes.codes[start:stop].astype(np.uint64) * w[0] + nodes.sizes[start:stop].astype(np.uint64) * w[1]
    # how far back they read says more: turns may be made of several that differ in nothing else
    own = graph.leaves + np.arange(start, stop)
    ends = [nodes.inputs[nodes.starts[start:stop]], nodes.inputs[nodes.starts[start + 1 : stop + 1] - 1]]
    first, last = (np.where(x < graph.leaves, 0, own - x).astype(np.uint64) for x in ends)
    return sorted(_distances(looks, w) | _distances(looks + first * w[2] + last * w[3], w))


def _distances(looks: Hashes, w: Hashes) -> set[int]:
    found: set[int] = set()
    width = 1
    for window in _WINDOWS:
        while width < window:
            if len(looks) <= width:
                return found
            looks = looks[:-width] * w[0] + (looks[width:] ^ (looks[width:] >> np.uint64(29)))
            width *= 2
        order = np.argsort(looks, kind="stable")
        same = looks[order[1:]] == looks[order[:-1]]
        distances = (order[1:] - order[:-1])[same]
        if len(distances):
            counts = np.bincount(distances)
            # a distance is worth what lies between
            best = np.argsort(counts * np.minimum(np.arange(len(counts)), 64), kind="stable")[::-1][:_MOST]
            found.update(best[counts[best] > 0].tolist())
    return found


def _stretches(graph: Graph, start: int, stop: int, period: int, least: int) -> list[Stretch]:
    """All stretches of so many nodes at least that repeat with this period."""
    if stop - start <= period:
        return []
    alike = np.concatenate(([False], _is_alike(graph, start, stop, period), [False]))
    edges = np.flatnonzero(alike[1:] != alike[:-1])
    begin, end = edges[::2], edges[1::2]
    long = end - begin + period >= least
    turns = (end - begin) // period + 1
    return [Stretch(start + k, period, n) for k, n in zip(begin[long].tolist(), turns[long].tolist(), strict=True)]


def _is_alike(graph: Graph, start: int, stop: int, period: int) -> Flags:
    """For each node but the first ones, whether it is like the one a period before."""
    nodes, base, first = graph.nodes, graph.leaves, graph.first_parameter
    later, earlier = slice(start + period, stop), slice(start, stop - period)
    found: Flags = (nodes.codes[later] == nodes.codes[earlier]) & (nodes.sizes[later] == nodes.sizes[earlier])
    like = np.flatnonzero(found)
    if not len(like):
        return found
    sizes = nodes.sizes[later][like]
    node = np.repeat(like + start + period, sizes)
    x = nodes.inputs[runs(nodes.starts[like + start + period], sizes)]
    y = nodes.inputs[runs(nodes.starts[like + start], sizes)]
    shift = x - y
    reads_leaves = (x < base) & (y < base) & ((x < first) == (y < first))
    long_ago = base + node - _LONG_AGO * period
    reads_old = (x >= base) & (y >= base) & (x < long_ago) & (y < long_ago - period)
    fits = (shift == period) & (x >= base) & (y >= base) | (shift == 0) | reads_leaves | reads_old
    ends: Integers = np.cumsum(sizes)
    found[like] = np.logical_and.reduceat(fits, ends - sizes)
    return found
