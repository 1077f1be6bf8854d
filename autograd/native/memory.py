"""Memory: where a kernel finds its numbers. All lies in one flat array `p`, at addresses known when it is printed.

What all samples share has one number at each position of the workspace, what each sample has of its own has one for
each of the `lanes` samples of a tile, side by side. Positions that follow no pattern are looked up in the array of
integers `q`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..packing.pack import Packed
from ..packing.views import Operand, Positions

Index = int | str  # a number, or the name of a loop's variable


def summed(*terms: Index) -> str:
    """Terms as one expression, the numbers among them added up."""
    number = sum(term for term in terms if isinstance(term, int))
    names = [term for term in terms if isinstance(term, str)]
    return " + ".join([*([str(number)] if number or not names else []), *names])


def times(index: Index, factor: int) -> Index:
    """A multiple of an index; of a sum such as "i + 3" too."""
    if isinstance(index, int):
        return index * factor
    return (
        index
        if factor == 1
        else 0
        if factor == 0
        else f"{factor} * ({index})"
        if "+" in index
        else f"{factor} * {index}"
    )


@dataclass(frozen=True, eq=False)
class View:
    """Numbers of a block as an array in memory: the address of [i, j, ...] follows a pattern, or stands in a table."""

    at: int  # the address of the first, or of its entry in the table
    strides: tuple[int, ...]
    lanes: bool  # whether there is one for each lane
    in_table: bool
    array: str = "p"  # what the addresses are counted in, or that of the entry in the table

    def address(self, *index: Index) -> str:
        """The address of an element, as Python."""
        inside = summed(self.at, *(times(i, stride) for i, stride in zip(index, self.strides, strict=True)))
        return f"q[{inside if self.array == 'p' else f'{self.array} + {inside}'}]" if self.in_table else inside

    def number(self, *index: Index) -> str:
        """The element itself; that of the lane `n`, if each has one."""
        array = "p" if self.in_table else self.array
        return f"{array}[{self.address(*index)}{' + n' if self.lanes else ''}]"

    def step(self, axis: int) -> int | None:
        """How far apart neighbours along an axis lie; None if that differs."""
        return None if self.in_table else self.strides[axis]


class Memory:
    """The addresses of the two parts of a workspace and of their adjoints, for so many lanes; then scratch."""

    def __init__(self, packed: Packed, lanes: int) -> None:
        self.lanes = lanes
        self.size = 0
        self.shared, self.d_shared = self.take(packed.shared_size), self.take(packed.shared_size)
        self.own, self.d_own = self.take(packed.own_size * lanes), self.take(packed.own_size * lanes)
        self._tables: list[NDArray[np.int64]] = []
        self._known: dict[bytes, int] = {}
        self._entries = 0
        self._scratch: dict[int, int] = {}

    def take(self, count: int) -> int:
        """The address of so many numbers that nothing else uses, the first where a line of the cache begins."""
        at = self.size
        self.size += -(-count // 8) * 8
        return at

    def scratch(self, count: int) -> int:
        """The address of room for so many numbers, which the next to ask for as many gets too."""
        if count not in self._scratch:
            self._scratch[count] = self.take(count)
        return self._scratch[count]

    def table(self, numbers: NDArray[np.int64]) -> int:
        """Where these integers stand in `q`."""
        flat = np.ascontiguousarray(numbers, np.int64).reshape(-1)
        if flat.tobytes() not in self._known:
            self._known[flat.tobytes()] = self._entries
            self._tables.append(flat)
            self._entries += len(flat)
        return self._known[flat.tobytes()]

    @property
    def q(self) -> NDArray[np.int64]:
        return np.concatenate([*self._tables, np.zeros(1, np.int64)])

    def address(self, wide: bool, adjoint: bool, position: Any) -> Any:
        """The address of a position, or of an array of them."""
        base = (self.d_own if adjoint else self.own) if wide else (self.d_shared if adjoint else self.shared)
        return base + position * (self.lanes if wide else 1)

    def view(self, operand: Operand, adjoint: bool = False) -> View:
        """The numbers of an operand, or their adjoints."""
        return self.at(operand.wide, operand.positions, operand.strides, adjoint)

    def at(self, wide: bool, positions: Positions, strides: tuple[int, ...] | None, adjoint: bool = False) -> View:
        """The numbers at these positions."""
        lanes = wide and self.lanes > 1
        if strides is not None:
            unit = self.lanes if wide else 1
            first = int(self.address(wide, adjoint, int(positions.flat[0])))
            return View(first, tuple(unit * stride for stride in strides), lanes, False)
        steps = np.cumprod([1, *positions.shape[:0:-1]])[::-1]
        return View(self.table(self.address(wide, adjoint, positions)), tuple(steps.tolist()), lanes, True)


def aligned(size: int) -> NDArray[np.float64]:
    """Zeros, the first where a line of the cache begins."""
    whole = np.zeros(size + 8)
    start = -whole.ctypes.data % 64 // 8
    return whole[start : start + size]
