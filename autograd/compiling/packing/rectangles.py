"""Rectangles: finds the matrix products in a set of sums of products.

Each sum n adds up lefts[n, k] * rights[n, k] over k. Sums with the same lefts are a row, sums with the same rights a
column; where rows and columns cross everywhere, all those sums together are one matrix product. Several such crossings
of one size, the heads of an attention layer, are one stack of products. What crosses nothing is a dot product alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..graph.hashes import weights
from ..graph.nodes import distinct
from .operands import Positions

_DENSE = 0.5  # a stack is computed whole if at least this part of it is wanted: matrix products are that much quicker


@dataclass(frozen=True, eq=False)
class Stack:
    """sums[c, i, j] = sum over k of rows[c, i, k] * columns[c, j, k]; entries are numbers of sums, -1 for none."""

    sums: Positions
    first_of_row: Positions  # [c, i]: a sum that has the row's factors
    first_of_column: Positions
    turned: bool  # whether rows are the rights, and columns the lefts


def stacks(lefts: Positions, rights: Positions, turn: bool | None) -> list[Stack]:
    """The sums as few stacks; `turn` says which factors must be rows, None that the order of the sums may say."""
    left, right = _labels(lefts), _labels(rights)
    groups: dict[tuple[int, int, bool], list[tuple[Positions, Positions, Positions]]] = {}
    for sums in _crossings(left, right):
        turned = turn if turn is not None else len(sums) > 1 and left[sums[0]] != left[sums[1]]
        i, row = distinct(right[sums] if turned else left[sums])
        j, column = distinct(left[sums] if turned else right[sums])
        table = np.full((len(i), len(j)), -1)
        table[row, column] = sums
        if np.count_nonzero(table >= 0) == len(sums) >= _DENSE * table.size:
            groups.setdefault((*table.shape, turned), []).append((table, sums[i], sums[j]))
        else:
            groups.setdefault((1, 1, bool(turn)), []).extend(
                (np.array([[n]]), np.array([n]), np.array([n])) for n in sums
            )
    found = []
    for (_, _, turned), parts in groups.items():
        sums, rows, columns = (np.stack(one) for one in zip(*parts, strict=True))
        found.append(Stack(sums, rows, columns, turned))
    return found


def _labels(factors: Positions) -> Positions:
    """The same number for sums with the same factors."""
    hashes = (factors.astype(np.uint64) * weights(factors.shape[1])).sum(axis=1, dtype=np.uint64)
    first, label = distinct(hashes)
    if not np.array_equal(factors[first[label]], factors):  # two rows with one hash
        _, label = np.unique(factors, axis=0, return_inverse=True)
    return label.reshape(-1)


def _crossings(left: Positions, right: Positions) -> list[Positions]:
    """The sums in groups that share no factors with one another, each in its own order."""
    parent = list(range(int(left.max()) + int(right.max()) + 2))
    shift = int(left.max()) + 1

    def root(x: int) -> int:
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    for a, b in set(zip(left.tolist(), (right + shift).tolist(), strict=True)):
        parent[root(a)] = root(b)
    roots = np.array([root(a) for a in range(shift)])[left]
    order = np.argsort(roots, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(roots[order])) + 1)
    return sorted(groups, key=lambda sums: int(sums[0]))
