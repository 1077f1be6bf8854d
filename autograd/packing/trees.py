"""Trees: the sums of a graph. Additions that nothing but another addition reads belong to one sum, a tree with terms.

A term is a product of two factors, or plain. Terms have places, in which those of a tree lie side by side in the order
they were written in; so what one node of a tree adds up is a run of places.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np

from .graph import CODE_OF, Graph
from .nodes import Flags, Integers, runs

_ADD, _SUB, _NEG, _MUL, _SUM, _DOT, _LINEAR = (
    CODE_OF[name] for name in ("add", "sub", "neg", "mul", "sum", "dot", "linear")
)
_SUMS = (_SUM, _DOT, _LINEAR)
_ADDITIONS = (_ADD, _SUB, _NEG, *_SUMS)


@dataclass(frozen=True, eq=False)
class Trees:
    """Sums, and their terms in order of place."""

    roots: Integers  # the node that each sum is computed by, not counting leaves
    sizes: Integers  # how many terms each has
    taken: Flags  # for each node, whether it is now part of a sum
    left: Integers  # for each term, a plain one or the first factor
    right: Integers  # the second factor, or -1
    is_subtracted: Flags


def trees(graph: Graph) -> Trees:
    """Sums with more than two terms, or with products, and those that were written as sums."""
    nodes, base = graph.nodes, graph.leaves
    summands = _summands(graph)
    x, factor = summands.x, summands.factor
    is_alone = _is_alone(graph)

    def alone(*codes: int) -> Flags:
        """For each summand, whether one of these operations computes it for this sum alone."""
        is_such = np.concatenate((np.zeros(base, bool), is_alone & nodes.are(*codes)))
        return is_such[x] & (factor < 0)

    follows, multiplied = alone(*_ADDITIONS), alone(_MUL)
    while True:
        roots, sizes, start, place, width = _arranged(graph, summands, follows)
        tree = np.repeat(np.arange(len(roots)), sizes)
        products = np.bincount(tree[place[multiplied | (factor >= 0)]], minlength=len(roots))
        # a + b and a - b alone stay as they are
        is_sum = nodes.are(*_SUMS)[roots] | ((products > 0) & (sizes > 1)) | (sizes - products > 2)
        belongs = is_sum[tree[start[summands.by]]]
        if belongs[follows].all():
            break
        follows &= belongs  # -(a + b) is no sum and stays too; what was written as a sum within it is one by itself
    multiplied &= belongs
    taken = np.zeros(len(nodes), bool)
    taken[x[multiplied | follows] - base] = True
    left, right = np.empty(len(tree), np.int64), np.empty(len(tree), np.int64)
    left[place[~follows]], right[place[~follows]] = x[~follows], factor[~follows]
    left[place[multiplied]], right[place[multiplied]] = nodes.table(x[multiplied] - base, 2).T
    # each turn of a sign is one of a run of places
    first, last = place[summands.is_turned], (place + width)[summands.is_turned]
    turns = np.bincount(first, minlength=len(tree) + 1) - np.bincount(last, minlength=len(tree) + 1)
    kept = is_sum[tree]
    is_subtracted = np.cumsum(turns)[: len(tree)][kept] % 2 == 1
    return Trees(roots[is_sum], sizes[is_sum], taken, left[kept], right[kept], is_subtracted)


@dataclass(frozen=True, eq=False)
class _Summands:
    """What additions add up: one input each, or the product of two."""

    by: Integers  # the node that adds it, from first to last
    x: Integers
    factor: Integers  # what it is multiplied by, or -1
    is_turned: Flags  # whether it is subtracted


def _summands(graph: Graph) -> _Summands:
    nodes, starts, half = graph.nodes, graph.nodes.starts, graph.nodes.sizes // 2
    adds, multiplies, has_bias = nodes.are(_ADD, _SUB, _NEG, _SUM), nodes.are(_DOT, _LINEAR), nodes.are(_LINEAR)
    is_zero = np.zeros(len(graph), bool)
    is_zero[: graph.first_parameter] = np.array(graph.constants) == 0.0
    has_bias[has_bias] = ~is_zero[nodes.inputs[starts[1:][has_bias] - 1]]  # where there is none it is 0
    is_summand = np.repeat(adds, nodes.sizes)
    is_pair, is_turned = np.zeros_like(is_summand), np.zeros_like(is_summand)
    pairs = runs(starts[:-1][multiplies], half[multiplies])
    is_summand[pairs] = is_pair[pairs] = is_summand[starts[1:][has_bias] - 1] = True
    is_turned[starts[:-1][nodes.are(_NEG)]] = is_turned[starts[:-1][nodes.are(_SUB)] + 1] = True
    chosen = np.flatnonzero(is_summand)
    count = nodes.sizes * adds + half * multiplies + has_bias
    factor = np.full(len(chosen), -1)
    factor[is_pair[chosen]] = nodes.inputs[pairs + np.repeat(half[multiplies], half[multiplies])]
    return _Summands(np.repeat(np.arange(len(nodes)), count), nodes.inputs[chosen], factor, is_turned[chosen])


def _is_alone(graph: Graph) -> Flags:
    """For each node, whether one other node reads it, once, and nothing else does."""
    uses = np.bincount(graph.nodes.inputs, minlength=len(graph))
    uses[graph.roots()] += 2
    is_alone: Flags = uses[graph.leaves :] == 1
    return is_alone


def _arranged(
    graph: Graph, summands: _Summands, follows: Flags
) -> tuple[Integers, Integers, Integers, Integers, Integers]:
    """The roots of trees, how many terms each has, where those of a node begin, and the place and width of summands.

    The width is that of one place, or of the terms of a summand that is followed.
    """
    codes, by, base = graph.nodes.codes, summands.by, graph.leaves
    inner = summands.x[follows] - base
    # an array of Python for the loops, which read it as fast as a list; an array of NumPy is the same memory
    size = array("q", np.bincount(by, ~follows, len(codes)).astype(np.int64).tobytes())
    sizes = np.frombuffer(size, np.int64)
    edges = array("q", inner.tobytes()), array("q", by[follows].tobytes())
    for x, reader in zip(*edges, strict=True):  # from first to last: what a node reads is complete before
        size[reader] += size[x]
    width = np.ones(len(by), np.int64)
    width[follows] = sizes[inner]
    before = np.cumsum(width) - width - (np.cumsum(sizes) - sizes)[by]  # the summands of the same node
    is_root = graph.nodes.are(*_ADDITIONS)
    is_root[inner] = False
    roots = np.flatnonzero(is_root)
    first = array("q", bytes(8 * len(codes)))
    start = np.frombuffer(first, np.int64)
    start[roots] = np.cumsum(sizes[roots]) - sizes[roots]
    for x, reader, k in zip(*map(reversed, (*edges, array("q", before[follows].tobytes()))), strict=True):
        first[x] = first[reader] + k
    return roots, sizes[roots], start, start[by] + before, width
