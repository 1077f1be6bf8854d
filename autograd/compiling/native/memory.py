"""Memory: where a kernel finds its numbers, at addresses known when it is printed.

What a workspace holds lies in one flat array `p`: what all samples share has one number at each position, what each
sample has of its own has one for each of the `lanes` samples of a tile, side by side. The parameters and what else is
given for all samples are read from `w`, and their derivatives are left in `d`, so that none of them is copied.
Positions that follow no pattern are looked up in the integers `q`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...vocabularies.lines import Index
from ..packing.operands import Operand
from ..packing.pack import Packed


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
    """Numbers of a block as part of an array: the address of [i, j, ...] follows a pattern, or stands in a table."""

    array: str
    at: int  # the address of the first, or of its entry in the table
    strides: tuple[int, ...]
    lanes: bool  # whether there is one for each lane
    table: str = ""  # the name of the table

    def address(self, *index: Index) -> str:
        """The address of an element, as Python."""
        inside = summed(self.at, *(times(i, stride) for i, stride in zip(index, self.strides, strict=True)))
        return f"{self.table}[{inside}]" if self.table else inside

    def number(self, *index: Index, lane: Index = "n", width: int = 1) -> str:
        """The element itself, that of a lane if each has one; or `width` neighbours from there on, as a slice."""
        at = summed(self.address(*index), lane) if self.lanes else self.address(*index)
        return f"{self.array}[{at}]" if width == 1 else f"{self.array}[{at} : {at} + {width}]"

    def step(self, axis: int) -> int | None:
        """How far apart neighbours along an axis lie; None if that differs."""
        return None if self.table else self.strides[axis]

    def moved(self, name: str) -> tuple[View, str]:
        """The same with a pointer of that name for where it begins, and that pointer."""
        if self.table:
            return replace(self, at=0, table=name), f"{self.table} + {self.at}"
        return replace(self, at=0, array=name), f"{self.array} + {self.at}"


class Memory:
    """The addresses of the two parts of a workspace and of their adjoints, for so many lanes; then scratch."""

    def __init__(self, packed: Packed, lanes: int) -> None:
        self.lanes = lanes
        self.size = 0
        self.shared, self.d_shared = self.take(packed.shared_size), self.take(packed.shared_size)
        self.own, self.d_own = self.take(packed.own_size * lanes), self.take(packed.own_size * lanes)
        graph = packed.graph
        self.given = len(graph.constants), graph.leaves - int(packed.batched[: graph.leaves].sum())
        self.copies = [False, False]  # whether what is given, and its adjoints, are met among others, and so in `p` too
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

    def address(self, batched: bool, adjoint: bool, position: Any) -> Any:
        """The address of a position, or of an array of them."""
        base = (self.d_own if adjoint else self.own) if batched else (self.d_shared if adjoint else self.shared)
        return base + position * (self.lanes if batched else 1)

    def is_given(self, batched: bool, positions: Any) -> Any:
        """Whether positions are those of parameters and of what else all samples are given."""
        first, last = self.given
        return (positions >= first) & (positions < last) & (not batched)

    def view(self, operand: Operand, adjoint: bool = False) -> View:
        """The numbers of an operand, or their adjoints."""
        positions, lanes = operand.positions, operand.batched and self.lanes > 1
        among = self.is_given(operand.batched, positions)
        is_given = bool(among.size) and bool(among.all())
        if not is_given and among.any():
            self.copies[adjoint] = True
        array = ("d" if adjoint else "w") if is_given else "p"
        addresses = positions - self.given[0] if is_given else self.address(operand.batched, adjoint, positions)
        if operand.strides is not None:
            unit = self.lanes if operand.batched else 1
            return View(array, int(addresses.flat[0]), tuple(unit * stride for stride in operand.strides), lanes)
        steps = np.cumprod([1, *positions.shape[:0:-1]])[::-1]
        return View(array, self.table(addresses), tuple(steps.tolist()), lanes, "q")


def aligned(size: int) -> NDArray[np.float64]:
    """Zeros, the first where a line of the cache begins."""
    whole = np.zeros(size + 8)
    start = -whole.ctypes.data % 64 // 8
    return whole[start : start + size]
