"""Hashes: one integer for a row of integers. Two rows that differ have the same in one case of 2**64."""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul

import numpy as np
from numpy.typing import NDArray

from .nodes import Flags, Nodes, runs

Hashes = NDArray[np.uint64]


def weights(count: int) -> Hashes:
    """Integers without a pattern, always the same: the sum of a row's numbers, each times one of these, is its hash.

    By splitmix64 (Steele, Lea and Flood, 2014); numpy.random would take 10 ms to be imported.
    """
    z = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def hashes_of(nodes: Nodes, turns: Flags) -> Hashes:
    """The hashes of nodes; those that `turns` marks have two inputs whose order does not matter."""
    w = weights(3 + int(nodes.sizes.max(initial=0)))
    first, last = (nodes.inputs[at].astype(np.uint64) for at in (nodes.starts[:-1], nodes.starts[1:] - 1))
    first[turns], last[turns] = np.minimum(first, last)[turns], np.maximum(first, last)[turns]
    found: Hashes = nodes.codes.astype(np.uint64) * w[0] + first * w[1] + last * w[2]
    many = np.flatnonzero(nodes.sizes > 2)
    if len(many):  # few as they are, they have most of the inputs
        sizes = nodes.sizes[many]
        read = nodes.inputs[runs(nodes.starts[many], sizes)].astype(np.uint64) * w[runs(np.full(len(many), 3), sizes)]
        found[many] += np.add.reduceat(read, np.cumsum(sizes) - sizes)
    return found


def hash_of(code: int, inputs: Sequence[int]) -> int:
    """The same for one node; where their order does not matter, the inputs come in order."""
    row = (code, inputs[0], inputs[-1], *(inputs if len(inputs) > 2 else ()))
    w = _FEW if len(row) <= len(_FEW) else weights(len(row)).tolist()
    found: int = sum(map(mul, row, w)) % 2**64
    return found


_FEW: list[int] = weights(64).tolist()
