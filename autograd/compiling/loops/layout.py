"""Layout: where the numbers of a looped graph lie while it runs.

All that goes on from one loop to another, or from one turn to the next, lies in one flat memory `m`: the leaves of
the whole, then for each loop a column for each result that it keeps, with a number for each turn; in front of these, as
many as the first turns look back. So what a turn reads lies at an address that follows from the number of the turn. The
loops inside a turn have their columns once, and each turn writes them anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import numpy as np

from ..graph.nodes import Flags, Integers
from .looped import Earlier, Loop, Looped, Outside, Read


@dataclass(frozen=True)
class Place:
    """An address that may be another one in each turn: `at`, so many further each time; or the number there in `q`."""

    at: int
    step: int = 0
    is_looked_up: bool = False
    is_own: bool = False  # whether each sample has its own number there

    def address(self, index: str, further: str = "") -> str:
        """The address in turn `index`, as source; `further` is added."""
        terms = [f"{self.step} * {index}" if self.step != 1 else index] if self.step and index != "0" else []
        terms += [str(self.at)] if self.at or not terms else []
        found = " + ".join([*terms, *([further] if further else [])])
        return f"q[{found}]" if self.is_looked_up else found


@dataclass
class Memory:
    """How much memory there is, what stands there from the start, and the integers `q` to look up addresses in."""

    size: int
    numbers: dict[int, float] = field(default_factory=dict)
    table: list[int] = field(default_factory=list)
    serials: Any = field(default_factory=count)
    is_mixed: bool = False  # whether turns read now what all samples share, now what each has of its own

    def take(self, count: int) -> int:
        """The first address of so many new ones."""
        self.size += count
        return self.size - count

    def place(self, these: Integers, is_own: bool) -> Place:
        """Where a number is in each turn, whose addresses in all turns are these."""
        steps = np.diff(these)
        if not len(steps) or (steps == steps[0]).all():
            return Place(int(these[0]), int(steps[0]) if len(steps) else 0, is_own=is_own)
        self.table += these.tolist()
        return Place(len(self.table) - len(these), 1, is_looked_up=True, is_own=is_own)


@dataclass
class Column:
    """Where a loop keeps a result: as many numbers from before the loop as it looks back, then one for each turn."""

    result: int
    first: dict[int, int]  # by how many turns back, a number from before the loop
    is_own: bool
    at: int = 0

    @property
    def back(self) -> int:
        """How many turns the loop looks back."""
        return max(self.first, default=0)

    @property
    def kept(self) -> Place:
        """Where a turn leaves its result."""
        return Place(self.at + self.back, 1, is_own=self.is_own)


class Level:
    """A looped graph, the whole or what a turn does: the addresses of its numbers, and which are each sample's own."""

    def __init__(self, looped: Looped, memory: Memory, addresses: Integers, own: Flags) -> None:
        self.looped, self.memory, self.own = looped, memory, own
        self.address = np.concatenate((addresses, np.full(len(looped) - len(addresses), -1)))
        first = memory.size
        self.turns = [Turns(self, loop, start) for loop, start in zip(looped.loops, looped.starts)]
        self.cells = first, memory.size  # what its loops write
        for one in self.turns:
            one.enter()

    def place(self, number: int) -> Place:
        """Where a number is."""
        return Place(int(self.address[number]), is_own=bool(self.own[number]))


class Turns:
    """A loop at its level: the columns that it keeps, and where its turns find what they read."""

    def __init__(self, outer: Level, loop: Loop, start: int) -> None:
        self.outer, self.loop = outer, loop
        compares = bool(loop.body.checks) and any(outer.own[x].any() for x in loop.outside())
        self.is_own = compares or bool(outer.own[start : start + len(loop)].any())
        self.columns: list[Column] = []
        self._read = [self._column(read) if isinstance(read, Earlier) else None for read in loop.reads]
        kept = {column.result for column in self.columns}
        self.columns += [Column(k, {}, self.is_own) for k in range(len(loop.body.outputs)) if k not in kept]
        for column in self.columns:
            column.at = outer.memory.take(column.back + loop.turns)
        for column in reversed(self.columns):  # of several the first is read from outside
            at = start + column.result * loop.turns
            outer.address[at : at + loop.turns] = column.at + column.back + np.arange(loop.turns)

    def _column(self, read: Earlier) -> Column:
        """The column of a result, of those that hold other numbers before the loop another one."""
        first = {read.back - k: int(x) for k, x in enumerate(read.first)}
        for column in self.columns:
            if column.result == read.result and all(column.first.get(k, x) == x for k, x in first.items()):
                column.first |= first
                return column
        self.columns.append(Column(read.result, first, self.is_own))
        return self.columns[-1]

    def enter(self) -> None:
        """Finds the places that turns read, and lays out what is inside of them."""
        body, memory = self.loop.body, self.outer.memory
        self.serial = next(memory.serials)
        self.index = f"t{self.serial}" if self.loop.turns > 1 else "0"
        self.places = [self._place(*one) for one in zip(self.loop.reads, self._read, strict=True)]
        self.inner: Level | None = None
        if isinstance(body, Looped):
            at = memory.take(len(body.constants))
            memory.numbers.update({at + k: x for k, x in enumerate(body.constants)})
            addresses = [memory.take(1) if place.step else place.at for place in self.places]
            own = [place.is_own or (self.is_own and bool(place.step)) for place in self.places]
            results = [self.is_own] * (len(body) - body.leaves)
            self.inner = Level(
                body,
                memory,
                np.array([*range(at, at + len(body.constants)), *addresses], np.int64),
                np.array([*[False] * len(body.constants), *own, *results], bool),
            )

    def copied(self) -> list[tuple[int, Place, Place]]:
        """The leaves of a turn that are copied to where loops inside find them: which, where to, and from where."""
        assert self.inner is not None
        places = enumerate(self.places, self.loop.body.first_argument)
        return [(k, self.inner.place(k), place) for k, place in places if place.step]

    def read_by_turn(self) -> set[int]:
        """The addresses of what is read from before the loop, another one in each turn."""
        reads = [read for read in self.loop.reads if isinstance(read, Outside) and not read.is_same]
        return {at for read in reads for at in self.outer.address[read.of].tolist()}

    def before(self) -> list[tuple[Place, int]]:
        """Where numbers from before the loop stand in front of those of its turns, and which."""
        columns = [(column, back) for column in self.columns for back in sorted(column.first, reverse=True)]
        return [
            (replace(column.kept, at=column.kept.at - back, step=0), column.first[back]) for column, back in columns
        ]

    def _place(self, read: Read, column: Column | None) -> Place:
        """Where a turn finds what it reads."""
        if isinstance(read, Outside):
            own = self.outer.own[read.of]
            self.outer.memory.is_mixed |= bool(own.any() != own.all())
            return self.outer.memory.place(self.outer.address[read.of], bool(own.any()))
        assert column is not None
        return replace(column.kept, at=column.kept.at - read.back)
