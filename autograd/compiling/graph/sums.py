"""Sums: chains of additions as `sum` nodes, and those of products as `dot` and `linear`, which matrix products are.

Every sum is taken in the order in which it is written, from first to last, in every form of a program: so rounding
tricks, compensated sums and terms that cancel give what the function itself gives. One kind may be taken in another
order, and without rounding each product by itself, because matrix products do: sums of products. They are

* what `dot` and `linear` add up, and
* in `a + b + c + ...`, written with + or with `sum`, two products or more one after the other, if nothing but 0 is a
  plain number and nothing is subtracted before them, and if each product there has a factor that is a number of its
  own: no constant, and neither it nor its negative is in another product.

These are right to rounding, relative to the sum of the absolute values of their terms. So is what flows back to one
Value from several places, the mean over the samples of a batch, and what `mean`, `var`, `norm` and `logsumexp` add up.

In plain words: take the terms of a chain from first to last. Products that may change places are one step, a `dot`, or
a `linear` with what was added up before them; other terms are another, added one by one, or by a `sum` if that is fewer
nodes. Then of each sum of products those with factors alike (constants, parameters, results, numbers of a sample) are
one node, what all samples share before what they do not.

>>> from autograd import Value
>>> from autograd.compiling.graph.trace import trace
>>> w, x, b = Value(1.0), Value(2.0), Value(3.0)
>>> graph, *_ = trace(lambda: w * x + x * b + b + 1.0 + w, [w, x, b], [False, False, False])
>>> print(gather_sums(graph))
v4 = linear(v1, v2, v2, v3, v3)
v5 = sum(v4, 1.0, v1)
return v5

`tests/plain/sums.py` is just that. Here all chains of a graph are written at once, in arrays of nodes still unordered.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .chains import Chains, chains
from .graph import CODE_OF, LIFT, OPS, Graph
from .nodes import Flags, Integers, Nodes, runs

_ADD, _SUB, _NEG, _MUL, _SUM, _DOT, _LINEAR = (
    CODE_OF[name] for name in ("add", "sub", "neg", "mul", "sum", "dot", "linear")
)


def gather_sums(graph: Graph) -> Graph:
    """Writes sums as `linear`, `dot` and `sum` nodes, with all factors of a group alike: of a sample, or shared."""
    return _by_kind(_gathered(graph))


def _gathered(graph: Graph) -> Graph:
    """Chains as few nodes: products that may change places as one, and what is added before and after them."""
    nodes, base = graph.nodes, graph.leaves
    found = chains(graph)
    if not len(found.roots):
        return graph
    steps = _Steps(found, graph.widths)
    count = (~found.taken).astype(np.int64)
    count[found.roots] = np.bincount(steps.chain, steps.nodes, len(found.roots))
    ends = np.cumsum(count)
    first, last = ends - count, ends - 1
    of = np.concatenate((np.arange(base), np.where(count > 0, base + last, -1)))
    for k in np.flatnonzero(count[found.roots] == 0).tolist():  # a sum of one term
        of[base + found.roots[k]] = of[found.left[np.searchsorted(found.chain, k)]]
    stays = ~found.taken
    stays[found.roots] = False
    kept = np.flatnonzero(stays)
    at = runs(nodes.starts[kept], nodes.sizes[kept])
    made = _Made(base, int(count.sum()))
    made.codes[last[kept]] = nodes.codes[kept]
    reader = np.repeat(kept, nodes.sizes[kept])
    made.read(last[reader], at - nodes.starts[reader], of[nodes.inputs[at]])
    steps.write(made, of, first[found.roots])
    return graph.rebuilt(graph.constants, made.nodes(), of)


class _Steps:
    """What is done one after the other to add up each chain.

    A step is a run of products, to which the sum so far is added, or a segment of plain terms, added to the sum so far
    one by one. A segment ends where the sum so far is no longer shared by all samples.
    """

    def __init__(self, found: Chains, batched: Flags) -> None:
        chain, left, right, is_subtracted = found.chain, found.left, found.right, found.is_subtracted
        is_product = right >= 0
        is_first = np.diff(chain, prepend=-1) != 0
        follows_product = np.concatenate(([False], is_product[:-1])) & ~is_first
        # products and then a plain term are a neuron: the term is the bias
        begins_run = is_product & (np.diff(found.run, prepend=-1) != 0)
        run = np.maximum.accumulate(np.where(begins_run, np.arange(len(chain)), -1))
        is_bias = follows_product & ~is_product & ~is_subtracted & is_first[run]
        is_batched = batched[left] | (is_product & batched[right])
        so_far = np.cumsum(is_batched)
        before: Integers = so_far - is_batched
        was_batched: Flags = before > before[np.maximum.accumulate(np.where(is_first, np.arange(len(chain)), 0))]
        turns = is_batched & ~was_batched
        after_bias = np.concatenate(([False], is_bias[:-1]))
        begins = is_first | begins_run | (~is_product & ~is_bias & (follows_product | turns | after_bias))
        step = np.cumsum(begins) - 1
        starts = np.flatnonzero(begins)
        self.left, self.right, self.is_subtracted, self.step, self.is_bias = left, right, is_subtracted, step, is_bias
        self.starts, self.chain = starts, chain[starts]
        self.is_run = is_product[starts]
        self.is_first = is_first[starts]
        self.sizes = np.bincount(step)
        self.has_bias = np.bincount(step, is_bias) > 0
        self.products = self.sizes - self.has_bias
        operands = self.sizes + ~self.is_first
        subtracted = np.bincount(step, is_subtracted).astype(np.int64)
        is_mixed = (np.bincount(step, is_batched) > 0) & (
            (np.bincount(step, ~is_batched) > 0) | (turns[starts] & ~self.is_first)
        )
        # one by one, or all at once behind what turns signs and repeats what samples share
        self.is_sum = ~self.is_run & (operands - 1 > 1 + (subtracted > 0) + is_mixed)
        self.subtracted = np.where(self.is_sum, subtracted, 0)
        self.nodes = np.where(self.is_run, 1, np.where(self.is_sum, self.subtracted + 1, operands - 1))

    def write(self, made: _Made, of: Integers, first: Integers) -> None:
        """Writes the nodes, those of each chain from a place on; `of` has the new numbers of its terms."""
        before = np.cumsum(self.nodes) - self.nodes
        is_start = np.diff(self.chain, prepend=-1) != 0
        at = first[self.chain] + before - before[is_start][self.chain]
        result = np.where(self.nodes > 0, made.base + at + self.nodes - 1, of[self.left[self.starts]])
        so_far = np.concatenate(([-1], result[:-1]))
        place = np.arange(len(self.step)) - self.starts[self.step]
        x = of[self.left]
        step, size = self.step, self.products[self.step]

        # runs of products
        run = self.is_run
        joins = self.has_bias | ~self.is_first
        made.codes[at[run]] = np.where(joins, _LINEAR, _DOT)[run]
        mine = run[step] & ~self.is_bias
        made.read(at[step[mine]], place[mine], x[mine])
        made.read(at[step[mine]], (place + size)[mine], of[self.right[mine]])
        made.read(at[step[self.is_bias]], 2 * size[self.is_bias], x[self.is_bias])
        joined = run & ~self.is_first
        made.read(at[joined], 2 * self.products[joined], so_far[joined])

        # plain terms, all at once
        mine = self.is_sum[step]
        turned = mine & self.is_subtracted
        rank = np.cumsum(turned) - turned
        x[turned] = made.write((at[step] + rank - rank[self.starts][step])[turned], _NEG, x[turned])
        made.codes[(result - made.base)[self.is_sum]] = _SUM
        shift = ~self.is_first
        made.read((result - made.base)[step[mine]], (place + shift[step])[mine], x[mine])
        joined = self.is_sum & shift
        made.read((result - made.base)[joined], 0, so_far[joined])

        # and one by one
        mine = ~run[step] & ~self.is_sum[step] & ((place > 0) | shift[step])
        sums = at[step] + place - ~shift[step]
        begins = np.where(shift, so_far, of[self.left[self.starts]])[step]
        before_it = np.where(place == ~shift[step], begins, made.base + sums - 1)
        made.codes[sums[mine]] = np.where(self.is_subtracted, _SUB, _ADD)[mine]
        made.read(sums[mine], 0, before_it[mine])
        made.read(sums[mine], 1, x[mine])


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


def _by_kind(graph: Graph) -> Graph:
    """Sums of products as sums of those with factors alike; what all samples share is repeated where it must be."""
    nodes, base, batched = graph.nodes, graph.leaves, graph.widths
    is_sum = nodes.are(_DOT, _LINEAR)
    groups = _Groups(graph, np.flatnonzero(is_sum))
    kept = np.flatnonzero(~is_sum)
    at = runs(nodes.starts[kept], nodes.sizes[kept])
    reader, read = np.repeat(kept, nodes.sizes[kept]), nodes.inputs[at]
    # what all samples share is repeated for each, where it is in one group with what they have of their own
    has_groups = np.array([any(op.groups) for op in OPS])[nodes.codes] & batched[base:]
    lifted = has_groups[reader] & ~batched[read]

    # each node becomes so many, of which the last has its result
    count = 1 + np.bincount(reader[lifted], minlength=len(nodes))
    count[is_sum] = groups.count
    ends = np.cumsum(count)
    first, last = ends - count, ends - 1
    of = np.concatenate((np.arange(base), base + last))

    made = _Made(base, int(count.sum()))
    place, read = at - nodes.starts[reader], of[read]
    before: Integers = np.cumsum(lifted) - lifted
    before -= np.repeat(before[place == 0], nodes.sizes[kept])
    read[lifted] = made.write((first[reader] + before)[lifted], LIFT, read[lifted])
    made.codes[last[kept]] = nodes.codes[kept]
    made.read(last[reader], place, read)
    groups.write(made, of, first[is_sum])
    return graph.rebuilt(graph.constants, made.nodes(), of)


class _Groups:
    """The products of each sum in groups: what one node adds up, because all of it is of one kind.

    A group is added to those before it by taking them as its bias. What all samples share comes first, so that it is
    added up once; the bias comes before the products that it has the samples in common with.
    """

    def __init__(self, graph: Graph, sums: Integers) -> None:
        nodes, batched, first = graph.nodes, graph.widths, graph.first_parameter
        kind = 4 * batched + 2 * (np.arange(len(batched)) >= first) + (np.arange(len(batched)) >= graph.leaves)
        half = nodes.sizes[sums] // 2
        products = runs(nodes.starts[sums], half)
        left, right = nodes.inputs[products], nodes.inputs[products + np.repeat(half, half)]
        # a constant before a parameter before a result, what samples have of their own last
        turns = kind[left] > kind[right]
        left, right = np.where(turns, right, left), np.where(turns, left, right)
        has_bias = nodes.are(_LINEAR)[sums]
        bias = nodes.inputs[nodes.starts[1:][sums[has_bias]] - 1]
        of_product = 8 * batched[right] + 4 + 2 * batched[left] + (left < first)
        tree = np.concatenate((np.repeat(np.arange(len(sums)), half), np.flatnonzero(has_bias)))
        key = 16 * tree + np.concatenate((of_product, 8 * batched[bias]))
        order = np.argsort(key, kind="stable")
        key, self.left = key[order], np.concatenate((left, bias))[order]
        self.right = np.concatenate((right, np.full(len(bias), -1)))[order]
        self.starts = np.flatnonzero(np.diff(key, prepend=-1))
        self.sizes = np.diff(self.starts, append=len(key))
        self.tree = key[self.starts] >> 4
        self.is_first = np.diff(self.tree, prepend=-1) != 0
        self.is_product = self.right[self.starts] >= 0
        self.is_long = self.sizes > 1
        self.is_added = ~self.is_first & ~(self.is_product & self.is_long)
        self.nodes = self.is_product.astype(np.int64) + self.is_added
        self.count = np.bincount(self.tree, self.nodes, len(sums)).astype(np.int64)  # of nodes for each sum

    def write(self, made: _Made, of: Integers, first: Integers) -> None:
        """Writes the nodes, those of each sum from a place on; `of` has the new numbers of its terms."""
        at = first[self.tree] + np.cumsum(self.nodes) - self.nodes
        at -= (np.cumsum(self.count) - self.count)[self.tree]
        value = np.where(self.is_product, made.base + at, of[self.left[self.starts]])
        result = np.where(self.is_added, made.base + at + self.is_product, value)
        before = np.roll(result, 1)

        joins = self.is_product & self.is_long & ~self.is_first
        code = np.select([~self.is_long, self.is_first], [_MUL, _DOT], _LINEAR)
        made.codes[at[self.is_product]] = code[self.is_product]
        group = np.repeat(np.arange(len(self.sizes)), self.sizes)
        place = np.arange(len(group)) - self.starts[group]
        mine = self.is_product[group]
        made.read(at[group[mine]], place[mine], of[self.left[mine]])
        made.read(at[group[mine]], (place + self.sizes[group])[mine], of[self.right[mine]])
        made.read(at[joins], 2 * self.sizes[joins], before[joins])
        made.write((at + self.is_product)[self.is_added], _ADD, before[self.is_added], value[self.is_added])
