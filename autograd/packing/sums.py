"""Sums: every tree of additions becomes one `linear` node, bias + sum of products, as matrix products are made of.

The terms may be added up in another order than they were written in; nothing else changes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .graph import CODE_OF, LIFT, OPS, Graph
from .nodes import Flags, Integers, Nodes, runs
from .trees import Trees, trees

_ADD, _SUB, _NEG, _MUL, _SUM, _DOT, _LINEAR = (
    CODE_OF[name] for name in ("add", "sub", "neg", "mul", "sum", "dot", "linear")
)


def gather_sums(graph: Graph) -> Graph:
    """Writes sums as `linear`, `dot` and `sum` nodes, with all factors of a group alike: of a sample, or shared."""
    nodes, base = graph.nodes, graph.leaves
    sums = trees(graph)
    stays = ~sums.taken
    stays[sums.roots] = False
    kept = np.flatnonzero(stays)
    at = runs(nodes.starts[kept], nodes.sizes[kept])
    reader, read = np.repeat(kept, nodes.sizes[kept]), nodes.inputs[at]
    wide = _widths(graph, sums, reader, read)
    groups = _Groups(graph, sums, wide)
    # what all samples share is repeated for each, where it is in one group with what they have of their own
    has_groups = np.array([any(op.groups) for op in OPS])[nodes.codes] & wide[base:]
    lifted = has_groups[reader] & ~wide[read]

    # each node becomes so many, of which the last has its result; a sum of one term becomes none
    count = stays + np.bincount(reader[lifted], minlength=len(nodes))
    count[sums.roots] = groups.count
    ends = np.cumsum(count)
    first, last = ends - count, ends - 1
    of = np.concatenate((np.arange(base), np.where(count > 0, base + last, -1)))
    for k in np.flatnonzero(groups.count == 0).tolist():
        of[base + sums.roots[k]] = of[groups.left[groups.first_term[k]]]

    made = _Made(base, int(count.sum()))
    place, read = at - nodes.starts[reader], of[read]
    before: Integers = np.cumsum(lifted) - lifted
    before -= np.repeat(before[place == 0], nodes.sizes[kept])
    read[lifted] = made.write((first[reader] + before)[lifted], LIFT, read[lifted])
    made.codes[last[kept]] = nodes.codes[kept]
    made.read(last[reader], place, read)
    groups.write(made, of, first[sums.roots])
    return graph.rebuilt(graph.constants, made.nodes(), of)


def _widths(graph: Graph, sums: Trees, reader: Integers, read: Integers) -> Flags:
    """For leaves, sums and the nodes that stay and `read` something, whether they differ from sample to sample."""
    nodes, base = graph.nodes, graph.leaves
    wide = np.zeros(len(graph), bool)
    wide[graph.first_argument : base] = graph.wide
    if not wide.any():
        return wide
    is_product = sums.right >= 0
    root = np.repeat(sums.roots, sums.sizes)
    reader = np.concatenate((reader, root, root[is_product]))
    read = np.concatenate((read, sums.left, sums.right[is_product]))
    left = np.flatnonzero(~sums.taken)
    sizes = np.bincount(reader, minlength=len(nodes))[left]
    without_trees = Nodes(nodes.codes[left], sizes, read[np.argsort(reader, kind="stable")])
    return without_trees.depending(base + left, wide, {})


class _Made:
    """New nodes, counted without the leaves. What they read is told in any order."""

    def __init__(self, base: int, count: int) -> None:
        self.base, self.codes = base, np.zeros(count, np.int64)
        self._read: list[tuple[Integers, ...]] = []

    def write(self, at: Integers, code: int, *inputs: Integers) -> Integers:
        """Nodes of one operation with so many inputs each; returns their numbers."""
        self.codes[at] = code
        for place, x in enumerate(inputs):
            self.read(at, place, x)
        return self.base + at

    def read(self, at: Integers, place: ArrayLike, x: Integers) -> None:
        """Makes `x` the input of a node that stands in this place among its inputs."""
        self._read.append(tuple(np.broadcast_arrays(at, place, x)))

    def nodes(self) -> Nodes:
        """All of them."""
        at, place, x = (np.concatenate(column) for column in zip(*self._read, strict=True))
        order = np.argsort((at << 32) + place)
        return Nodes(self.codes, np.bincount(at, minlength=len(self.codes)), x[order])


class _Groups:
    """The terms of each sum in groups: what one node adds up, because all of it is of one kind.

    A group is added to those before it, a linear combination by taking them as its bias. What all samples share comes
    first, so that it is added up once, and what is subtracted comes last, added up by itself.
    """

    def __init__(self, graph: Graph, sums: Trees, wide: Flags) -> None:
        numbers, first = np.arange(len(wide)), graph.first_parameter
        kind = 4 * wide + 2 * (numbers >= first) + (numbers >= graph.leaves)
        is_product = sums.right >= 0
        # a constant before a parameter before a result, what samples have of their own last
        turns = is_product & (kind[sums.left] > kind[sums.right])
        left, right = np.where(turns, sums.right, sums.left), np.where(turns, sums.left, sums.right)
        of_product = 8 * wide[right] + 4 + 2 * wide[left] + (left < first)
        tree = np.repeat(np.arange(len(sums.roots)), sums.sizes)
        key = 16 * (2 * tree + sums.is_subtracted) + np.where(is_product, of_product, 8 * wide[left])
        order = np.argsort(key, kind="stable")
        key, self.left, self.right = key[order], left[order], right[order]
        self.starts = np.flatnonzero(np.diff(key, prepend=-1))
        self.sizes = np.diff(self.starts, append=len(key))
        side = key[self.starts] >> 4
        self.tree, self.is_subtracted = side >> 1, side % 2 == 1
        self.is_first, self.is_last = np.diff(side, prepend=-1) != 0, np.diff(side, append=-1) != 0
        self.is_product = is_product[order][self.starts]
        self.is_long = self.sizes > 1
        self.is_node = self.is_product | self.is_long
        self.is_added = ~self.is_first & ~(self.is_product & self.is_long)
        self.nodes = self.is_node.astype(np.int64) + self.is_added + (self.is_last & self.is_subtracted)
        self.count = np.bincount(self.tree, self.nodes, len(sums.roots)).astype(np.int64)  # of nodes for each sum
        self.first_term = np.cumsum(sums.sizes) - sums.sizes  # of each sum

    def write(self, made: _Made, of: Integers, first: Integers) -> None:
        """Writes the nodes, those of each sum from a place on; `of` has the new numbers of its terms."""
        at = first[self.tree] + np.cumsum(self.nodes) - self.nodes
        at -= (np.cumsum(self.count) - self.count)[self.tree]
        value = np.where(self.is_node, made.base + at, of[self.left[self.starts]])
        result = np.where(self.is_added, made.base + at + self.is_node, value)
        before = np.roll(result, 1)

        joins = self.is_product & self.is_long & ~self.is_first
        code = np.select(
            [~self.is_product & (self.sizes == 2), ~self.is_product, ~self.is_long, self.is_first],
            [_ADD, _SUM, _MUL, _DOT],
            _LINEAR,
        )
        made.codes[at[self.is_node]] = code[self.is_node]
        group = np.repeat(np.arange(len(self.sizes)), self.sizes)
        place = np.arange(len(group)) - self.starts[group]
        mine, factors = self.is_node[group], self.is_product[group]
        made.read(at[group[mine]], place[mine], of[self.left[mine]])
        made.read(at[group[factors]], (place + self.sizes[group])[factors], of[self.right[factors]])
        made.read(at[joins], 2 * self.sizes[joins], before[joins])
        made.write((at + self.is_node)[self.is_added], _ADD, before[self.is_added], value[self.is_added])

        added = np.full(len(self.count), -1)
        added[self.tree[self.is_last & ~self.is_subtracted]] = result[self.is_last & ~self.is_subtracted]
        ends = np.flatnonzero(self.is_last & self.is_subtracted)
        closing = at[ends] + self.nodes[ends] - 1
        has_added = added[self.tree[ends]] >= 0
        made.write(closing[has_added], _SUB, added[self.tree[ends[has_added]]], result[ends[has_added]])
        made.write(closing[~has_added], _NEG, result[ends[~has_added]])
