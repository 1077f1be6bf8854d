"""Nodes: the operations of a graph in three arrays of integers, so that NumPy looks through a whole graph at once.

The 65,000 operations of moons, all samples recorded, are numbered, simplified, gathered into sums and packed in 80 ms;
with a tuple for each, read by lines of Python, that took 430. In plain words it is that list of tuples:

>>> nodes = Nodes.of([(7, 0, 1), (4, 2), (9, 2, 3, 0)])  # operation 7 of nodes 0 and 1 is node 2, and so on
>>> nodes.codes.tolist(), nodes.sizes.tolist(), nodes.inputs.tolist()
([7, 4, 9], [2, 1, 3], [0, 1, 2, 2, 3, 0])
>>> [*nodes]
[(7, 0, 1), (4, 2), (9, 2, 3, 0)]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Node = tuple[int, ...]  # operation, input, input, ...


@dataclass(frozen=True, eq=False)
class Nodes:
    """Operations, each counted in `OPS`, and the numbers of the nodes that they read: `sizes` of them, one at least."""

    codes: Integers
    sizes: Integers
    inputs: Integers  # of the first node, then of the second, ...

    @classmethod
    def of(cls, tuples: Iterable[Node]) -> Nodes:
        """The nodes that are given as tuples (operation, input, input, ...)."""
        given = list(tuples)
        inputs = [x for node in given for x in node[1:]]
        columns = [node[0] for node in given], [len(node) - 1 for node in given], inputs
        return cls(*(np.array(column, np.int64) for column in columns))

    def __len__(self) -> int:
        return len(self.codes)

    def __iter__(self) -> Iterator[Node]:
        following = iter(self.inputs.tolist())
        for code, size in zip(self.codes.tolist(), self.sizes.tolist(), strict=True):
            yield (code, *islice(following, size))

    def __getitem__(self, k: int) -> Node:
        return int(self.codes[k]), *self.inputs[self.starts[k] : self.starts[k + 1]].tolist()

    @cached_property
    def starts(self) -> Integers:
        """Where the inputs of each node begin, and where the last ones end."""
        return np.concatenate(([0], np.cumsum(self.sizes)))

    @cached_property
    def readers(self) -> Integers:
        """For each of the inputs, which node reads it."""
        return np.repeat(np.arange(len(self)), self.sizes)

    def are(self, *codes: int) -> Flags:
        """For each node, whether it is one of these operations."""
        found = np.zeros(len(self), bool)
        for code in codes:
            found |= self.codes == code
        return found

    def table(self, chosen: Integers, size: int) -> Integers:
        """The inputs of nodes that have so many, a row for each."""
        found: Integers = self.inputs[self.starts[chosen, np.newaxis] + np.arange(size)]
        return found

    def kept(self, chosen: Integers, of: Integers) -> Nodes:
        """Those chosen, in this order, with the number `of[x]` for what they read as x."""
        sizes = self.sizes[chosen]
        return Nodes(self.codes[chosen], sizes, of[self.inputs[runs(self.starts[chosen], sizes)]])

    def reads(self) -> Iterator[tuple[int, int, Integers | None]]:
        """For each node its first input and its last, and all of them where there are more."""
        starts, inputs = self.starts.tolist(), self.inputs
        first, last = inputs[self.starts[:-1]].tolist(), inputs[self.starts[1:] - 1].tolist()
        rest: list[Integers | None] = [None] * len(self)
        for k in np.flatnonzero(self.sizes > 2).tolist():
            rest[k] = inputs[starts[k] : starts[k + 1]]
        return zip(first, last, rest, strict=True)

    def depending(self, own: Integers, marks: Flags, fixed: Mapping[int, bool]) -> Flags:
        """For leaves and nodes, whether they are marked or computed from what is; `fixed` says so for some operations.

        `own` has the numbers of these nodes.
        """
        found = bytearray(marks.tobytes())
        flags = np.frombuffer(found, bool)  # the same memory, which a loop reads faster as bytes
        # node by node: a whole level at once would be quicker in a wide graph, and hopeless in a long chain
        for k, code, (a, b, rest) in zip(own.tolist(), self.codes.tolist(), self.reads(), strict=True):
            if found[a] or found[b] or (rest is not None and flags[rest].any()):
                found[k] = 1
            if code in fixed:
                found[k] = fixed[code]
        return flags


def runs(starts: Integers, sizes: Integers) -> Integers:
    """So many numbers from each of these on.

    >>> runs(np.array([7, 3]), np.array([2, 3])).tolist()
    [7, 8, 3, 4, 5]
    """
    ends = np.cumsum(sizes)
    return np.arange(sizes.sum()) + np.repeat(starts - ends + sizes, sizes)


def distinct(numbers: NDArray[np.integer]) -> tuple[Integers, Integers]:
    """Where each distinct number stands first, from left to right, and for each number which of these it is.

    >>> first, which = distinct(np.array([7, 5, 7, 9]))
    >>> first.tolist(), which.tolist()
    ([0, 1, 3], [0, 1, 0, 2])
    """
    # numpy.unique sorts in the stable way for this, which takes up to five times as long
    order = np.argsort(numbers)
    ordered = numbers[order]
    starts = np.flatnonzero(np.concatenate(([len(order) > 0], ordered[1:] != ordered[:-1])))
    first = np.minimum.reduceat(order, starts) if len(order) else order
    by_place = np.argsort(first)
    rank = np.empty(len(first), np.int64)
    rank[by_place] = np.arange(len(first))
    which = np.empty(len(order), np.int64)
    which[order] = np.repeat(rank, np.diff(starts, append=len(order)))
    return first[by_place], which
