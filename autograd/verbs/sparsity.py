"""Which output depends on which input, read off the tape, and how few sweeps such a Jacobian needs.

Columns that share no row can be swept together, and told apart afterwards (Curtis, Powell & Reid, "On the estimation
of sparse Jacobian matrices", 1974). Sets of inputs and of outputs are integers, one bit each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Coordinates:
    """A sparse matrix: `values[k]` stands in row `rows[k]` and column `columns[k]`; everything else is 0.

    Inputs and outputs are counted in the order in which they are written. SciPy takes it as
    `scipy.sparse.coo_array((c.values, (c.rows, c.columns)), c.shape)`.
    """

    rows: np.ndarray[Any, Any]
    columns: np.ndarray[Any, Any]
    values: np.ndarray[Any, Any]
    shape: tuple[int, int]

    def dense(self) -> np.ndarray[Any, Any]:
        """The whole matrix."""
        import numpy as np

        matrix = np.zeros(self.shape, dtype=self.values.dtype)
        matrix[self.rows, self.columns] = self.values
        return matrix


def pattern(inputs: Sequence[Any], outputs: Sequence[Any], nodes: Sequence[Any]) -> list[int]:
    """For each output, the inputs it depends on: a choice or a factor that happens to be 0 now counts as dependence."""
    reach = {x._serial: 1 << k for k, x in enumerate(inputs)}
    for node in reversed(nodes):
        reached = 0
        for x in node.inputs:
            reached |= reach.get(x._serial, 0)
        reach[node._serial] = reached
    return [reach.get(y._serial, 0) for y in outputs]


def transposed(rows: Sequence[int], width: int) -> list[int]:
    """The sets of rows, one for each column."""
    columns = [0] * width
    for k, row in enumerate(rows):
        for column in bits(row):
            columns[column] |= 1 << k
    return columns


def colours(rows: Sequence[int], columns: Sequence[int]) -> list[int]:
    """Columns grouped greedily, in order, so that no two of a group share a row; each group as a set."""
    if any(row.bit_count() == len(columns) for row in rows):
        return [1 << k for k in range(len(columns))]
    groups: list[int] = []
    occupied: list[int] = []
    for k, column in enumerate(columns):
        for group, rows_taken in enumerate(occupied):
            if not rows_taken & column:
                groups[group] |= 1 << k
                occupied[group] |= column
                break
        else:
            groups.append(1 << k)
            occupied.append(column)
    return groups


def bits(members: int) -> Iterator[int]:
    """The members of a set, in order."""
    text = bin(members)[:1:-1]
    at = text.find("1")
    while at >= 0:
        yield at
        at = text.find("1", at + 1)
