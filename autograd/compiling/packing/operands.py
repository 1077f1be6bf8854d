"""Operands: where a block finds its numbers in the workspace.

The workspace has two parts: what all samples share, and what each sample of a batch has of its own. The positions a
block reads form an array of integers. Where they follow a pattern, at + i * stride + j * stride + ..., the operand is
a view and costs nothing; slices, transposes and broadcasts are such patterns. Elsewhere it is gathered.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Operand:
    """Numbers read by a block: at `positions` of the workspace, or constants (and then `numbers` has their values)."""

    positions: Positions
    batched: bool  # whether each sample has its own
    numbers: NDArray[np.float64] | None = None

    @cached_property
    def literal(self) -> float | None:
        """The one constant this is, if it is one."""
        if self.numbers is None or self.numbers.size == 0:
            return None
        first = self.numbers.flat[0]
        same = self.numbers.view(np.int64) == np.float64(first).view(np.int64)  # tells 0.0 from -0.0
        return float(first) if same.all() else None

    @cached_property
    def strides(self) -> tuple[int, ...] | None:
        """The strides of the pattern that the positions follow, or None if they follow none."""
        return strides(self.positions)

    @cached_property
    def is_repeated(self) -> bool:
        """Whether some position is read more than once."""
        return is_repeated(self.positions)

    @cached_property
    def folded(self) -> tuple[tuple[int, ...], Operand]:
        """The axes along which all repeats, and what is left without them; no axes where something repeats even so."""
        axes = tuple(a for a, step in enumerate(self.strides or ()) if step == 0 and self.positions.shape[a] > 1)
        once = Operand(
            self.positions[tuple(0 if a in axes else slice(None) for a in range(self.positions.ndim))], self.batched
        )
        return ((), self) if not axes or once.is_repeated else (axes, once)

    @property
    def at(self) -> int:
        return int(self.positions.flat[0])

    def item(self, k: int) -> Operand:
        """The k-th of a group."""
        return Operand(self.positions[k], self.batched, None if self.numbers is None else self.numbers[k])


def is_repeated(positions: Positions) -> bool:
    """Whether some position is there more than once."""
    ordered = np.sort(positions, axis=None)  # numpy.unique first imports numpy.ma, which takes 12 ms
    return bool((ordered[1:] == ordered[:-1]).any())


def strides(positions: Positions) -> tuple[int, ...] | None:
    """Strides such that positions[i, j, ...] = positions[0, 0, ...] + i * strides[0] + j * strides[1] + ..."""
    if positions.size == 0:
        return None
    corner = positions[(0,) * positions.ndim]
    steps = []
    expected: Positions = np.asarray(corner)
    for axis, size in enumerate(positions.shape):
        one = tuple(int(axis == other) for other in range(positions.ndim))
        step = int(positions[one] - corner) if size > 1 else 0
        steps.append(step)
        expected = expected[..., np.newaxis] + step * np.arange(size)
    return tuple(steps) if np.array_equal(expected, positions) else None


def common_shape(rows: list[Positions]) -> tuple[int, ...]:
    """The fewest axes in which as many of the rows as possible, in order of importance, follow a pattern.

    >>> common_shape([np.arange(6), np.array([9, 9, 9, 7, 7, 7])])
    (2, 3)
    """
    size = len(rows[0])
    cuts: set[int] = set()
    for row in rows:
        found = _runs(row)
        if found is not None and _nested(cuts | found, size):
            cuts |= found
    bounds = [1, *sorted(cuts), size]
    return tuple(outer // inner for inner, outer in pairwise(bounds))[::-1] if size > 1 else (1,)


def _runs(row: Positions) -> set[int] | None:
    """The lengths of the runs with one stride, runs of runs, and so on; None where there is no such pattern."""
    cuts: set[int] = set()
    length = 1
    while len(row) > 1:
        steps = np.diff(row)
        changes = np.flatnonzero(steps != steps[0])
        run = int(changes[0]) + 1 if len(changes) else len(row)
        if len(row) % run or len(cuts) > 4:
            return None
        table = row.reshape(-1, run)
        if not np.array_equal(table, table[:, :1] + steps[0] * np.arange(run)):
            return None
        row = table[:, 0]
        length *= run
        if len(row) > 1:
            cuts.add(length)
    return cuts


def _nested(cuts: set[int], size: int) -> bool:
    bounds = [*sorted(cuts), size]
    return all(outer % inner == 0 for inner, outer in pairwise(bounds))
