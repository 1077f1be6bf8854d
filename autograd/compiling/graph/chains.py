"""Chains: additions and subtractions that only the next one reads, as the terms that they add up from first to last.

(a + b) - c is a chain, and so is c + (a + b), which is (a + b) + c to the last bit; a + (b - c) + d is two. What `sum`
adds up is a chain as well, and what `dot` and `linear` do begins one. `sums` says what becomes of them.

In plain words: the terms of an addition are those of the sum that it goes on with, if nothing else reads that, then the
inputs that are left. Products among them that only the chain reads, and that may change places, are taken apart.

>>> from autograd import Value
>>> from autograd.compiling.graph.trace import trace
>>> a, b, c, d, e = (Value(float(k)) for k in range(5))
>>> found = chains(trace(lambda: a * b + c * d + e - a, [a, b, c, d, e], [False] * 5)[0])
>>> [*zip(found.left.tolist(), found.right.tolist(), found.is_subtracted.tolist())]  # a is node 0, b node 1
[(0, 1, False), (2, 3, False), (4, -1, False), (0, -1, True)]

`tests/plain/chains.py` is just that, node by node; here arrays look at all nodes at once.
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


@dataclass(frozen=True, eq=False)
class Chains:
    """Sums, and their terms in the order they are added in, those of a sum side by side."""

    roots: Integers  # the node that each sum is computed by, not counting leaves
    taken: Flags  # for each node, whether it is now part of a sum that another computes
    chain: Integers  # for each term, the sum that it belongs to
    run: Integers  # and a number that it has in common with the products, next to it, that it may change places with
    left: Integers  # a plain term, or the first factor of one that may change places with its neighbours
    right: Integers  # the second factor, or -1
    is_subtracted: Flags


def chains(graph: Graph) -> Chains:
    """All chains of a graph; of which the products may be taken in another order, is for `sums` to explain."""
    nodes, base, first_of = graph.nodes, graph.leaves, graph.nodes.starts[:-1]
    last_of = graph.nodes.starts[1:] - 1
    adds, multiplies = nodes.are(_ADD, _SUB, _SUM), nodes.are(_DOT, _LINEAR)
    is_alone = _is_alone(graph)
    joins = np.concatenate((np.zeros(base, bool), is_alone & (adds | multiplies)))
    # what is added to a difference is often one too, and all of them one block: it begins chains of subtractions alone
    is_difference = np.zeros(len(graph), bool)
    is_difference[base:] = nodes.are(_SUB) & ~joins[nodes.inputs[first_of]]
    by_first = adds & joins[nodes.inputs[first_of]] & (nodes.are(_SUB) | ~is_difference[nodes.inputs[first_of]])
    by_last = nodes.are(_ADD) & ~by_first & (joins & ~is_difference)[nodes.inputs[last_of]]
    follows = np.where(by_first, nodes.inputs[first_of], np.where(by_last, nodes.inputs[last_of], -1))
    root = _roots(follows, base)

    # the nodes of a chain are numbered in the order in which they run
    members = np.flatnonzero(adds | multiplies)
    members = members[np.argsort(root[members], kind="stable")]
    is_term = np.repeat(adds, nodes.sizes)
    is_term[first_of[by_first]] = is_term[last_of[by_last]] = False
    half = nodes.sizes[multiplies] // 2
    pairs = runs(first_of[multiplies], half)
    factor = np.full(len(is_term), -1)
    factor[pairs] = nodes.inputs[pairs + np.repeat(half, half)]
    is_zero = np.zeros(len(graph), bool)
    is_zero[: graph.first_parameter] = np.array(graph.constants) == 0.0
    bias = last_of[nodes.are(_LINEAR)]
    is_term[pairs] = True
    is_term[bias] = ~is_zero[nodes.inputs[bias]]  # where there is none it is 0
    is_subtracted = np.zeros(len(is_term), bool)
    is_subtracted[last_of[nodes.are(_SUB)]] = True

    at = runs(first_of[members], nodes.sizes[members])
    at = at[is_term[at]]
    roots, chain = np.unique(root[nodes.readers[at]], return_inverse=True)
    left, right, is_subtracted = nodes.inputs[at], factor[at], is_subtracted[at]
    is_product = np.concatenate((np.zeros(base, bool), is_alone & nodes.are(_MUL)))[left]
    is_product &= (right < 0) & ~is_subtracted
    products = nodes.table(left[is_product] - base, 2)
    factors = np.stack((left, right), axis=1)
    factors[is_product] = products
    is_number = (right < 0) & (left < graph.first_parameter) & ~is_zero[left]
    may = (right >= 0) | is_product & ~_behind(is_subtracted | is_number | is_difference[left], chain)
    may &= (right >= 0) | ~_has_bound(graph, chain, factors, is_product | (right >= 0))[chain]
    # a single product is in no order
    begins = np.diff(chain, prepend=-1) != 0
    begins[1:] |= may[1:] != may[:-1]
    run = np.cumsum(begins) - 1
    may &= (right >= 0) | (np.bincount(run)[run] > 1)
    taken = np.zeros(len(nodes), bool)
    taken[follows[follows >= 0] - base] = True
    taken[left[may & is_product] - base] = True

    # a sum of products alone within another sum is added to what is before it, as one run
    sizes = np.bincount(chain)
    is_pure = np.zeros(len(graph), bool)
    is_pure[base + roots] = is_alone[roots] & (np.bincount(chain, may) == sizes)
    splices = is_pure[left] & ~may & ~is_subtracted
    inner = np.searchsorted(roots, left[splices] - base)
    taken[roots[inner]] = True
    source, count = np.arange(len(chain)), np.ones(len(chain), np.int64)
    source[splices], count[splices] = (np.cumsum(sizes) - sizes)[inner], sizes[inner]
    is_gone = taken[roots]
    count[is_gone[chain]] = 0
    of_chain = (np.cumsum(~is_gone) - 1)[np.repeat(chain, count)]
    source = runs(source, count)
    left, right = np.where(may, factors[:, 0], left), np.where(may, factors[:, 1], -1)
    return Chains(roots[~is_gone], taken, of_chain, run[source], left[source], right[source], is_subtracted[source])


def _is_alone(graph: Graph) -> Flags:
    """For each node, whether one other node reads it, once, and nothing else does."""
    uses = np.bincount(graph.nodes.inputs, minlength=len(graph))
    uses[graph.roots()] += 2
    is_alone: Flags = uses[graph.leaves :] == 1
    return is_alone


def _roots(follows: Integers, base: int) -> Integers:
    """For each node the last of its chain."""
    # an array of Python for the loop, which reads it as fast as a list; an array of NumPy is the same memory
    root = array("q", range(len(follows)))
    readers = np.flatnonzero(follows >= 0)[::-1]
    for x, reader in zip((follows[readers] - base).tolist(), readers.tolist(), strict=True):
        root[x] = root[reader]
    return np.frombuffer(root, np.int64)


def _behind(marks: Flags, chain: Integers) -> Flags:
    """For each term, whether one before it in its chain is marked."""
    before: Integers = np.cumsum(marks) - marks
    first = np.flatnonzero(np.diff(chain, prepend=-1))
    behind: Flags = before > before[first][chain]
    return behind


def _has_bound(graph: Graph, chain: Integers, factors: Integers, is_product: Flags) -> Flags:
    """For each chain, whether both factors of a product of it, or their negatives, are numbers or in other products."""
    nodes = graph.nodes
    of = np.arange(len(graph))
    negated = np.flatnonzero(nodes.codes == _NEG)
    of[graph.leaves + negated] = nodes.inputs[nodes.starts[negated]]
    x, which = of[factors[is_product]], chain[is_product]
    is_square = x[:, 0] == x[:, 1]
    keys = (which[:, np.newaxis] << 32) + x
    keys[is_square, 1] = -1  # it has its factor once
    _, place, count = np.unique(keys, return_inverse=True, return_counts=True)
    is_own = (count[place].reshape(-1, 2) == 1) & (x >= graph.first_parameter)
    is_own[is_square, 1] = False
    has = np.zeros(int(chain.max(initial=-1)) + 1, bool)
    has[which[~is_own.any(axis=1)]] = True
    return has
