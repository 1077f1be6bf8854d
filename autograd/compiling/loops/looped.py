"""Looped: a graph of which stretches are loops: what one turn does, once, and how many turns there are.

What a turn does is a graph of its own: its arguments are what the turn reads, its outputs what the loop keeps of it.
What is in no loop is a loop of one turn.

The numbers of a looped graph are counted like those of a graph: leaves first, then loop by loop. A loop has one for
each turn of each result that it keeps: those of the first result, turn by turn, then those of the second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..graph.graph import Check, Graph, Leaves
from ..graph.nodes import Flags, Integers


@dataclass(frozen=True, eq=False)
class Outside:
    """A turn reads what was computed before the loop: the number `of[t]` in turn t, or `of[0]` in each."""

    of: Integers

    @property
    def is_same(self) -> bool:
        return len(self.of) == 1


@dataclass(frozen=True, eq=False)
class Earlier:
    """A turn reads what was kept so many turns `back`; in the first turns, the numbers `first` from before the loop."""

    result: int  # which of the results that are kept
    back: int
    first: Integers


Read = Outside | Earlier


@dataclass(frozen=True, eq=False)
class Loop:
    """So many turns of the same."""

    turns: int
    body: Body
    reads: list[Read]  # for each argument of the body

    def __len__(self) -> int:
        return self.turns * len(self.body.outputs)

    def outside(self) -> Iterator[Integers]:
        """The numbers from before the loop that turns read."""
        return (read.of if isinstance(read, Outside) else read.first for read in self.reads)


@dataclass(frozen=True, eq=False)
class Looped(Leaves):
    """A recorded function with loops."""

    constants: list[float]
    parameters: int
    batched: list[bool]
    loops: list[Loop]
    outputs: list[int]
    checks: list[Check]  # those in the loops, from first to last
    of_checks: list[int]  # which checks of the graph these are; of turns the first one's stand for all
    labels: dict[int, str] = field(default_factory=dict)

    @property
    def operations(self) -> int:
        """How many operations one run makes."""
        return sum(loop.turns * loop.body.operations for loop in self.loops)

    @property
    def size(self) -> int:
        """How many operations are written, those of a turn once."""
        return sum(x.size if isinstance(x, Looped) else len(x.nodes) for x in (loop.body for loop in self.loops))

    @cached_property
    def starts(self) -> list[int]:
        """The first number of each loop, and the one behind the last."""
        return [self.leaves, *(self.leaves + np.cumsum([len(loop) for loop in self.loops])).tolist()]

    def __len__(self) -> int:
        return self.starts[-1]

    def loop_of(self, number: int) -> int:
        """Which loop a number is from; -1 for a leaf."""
        return int(np.searchsorted(self.starts, number, side="right")) - 1

    def depending(self, marks: Flags, fixed: Mapping[int, bool], is_whole: bool = False) -> Flags:
        """For each number, whether it is computed from a marked leaf; see `Graph.depending`. Of turns all or none.

        Where a loop is looked at as a whole, all its results are if one is, or what it compares may be.
        """
        found = np.concatenate((marks, np.zeros(len(self) - self.leaves, bool)))
        for start, loop in zip(self.starts, self.loops):
            reads = self._reads(loop, found)
            compares = bool(loop.body.checks) and bool(reads.any())
            results = self._results(loop, reads, fixed)
            if is_whole:
                results = np.full(len(results), compares or results.any())
            found[start : start + len(loop)] = np.repeat(results, loop.turns)
        return found

    def marks_in(self, loop: Loop, found: Flags, fixed: Mapping[int, bool]) -> Flags:
        """The same for the leaves of a loop's body, in any turn."""
        marks = self._reads(loop, found)
        self._results(loop, marks, fixed)
        return np.concatenate((np.zeros(loop.body.first_argument, bool), marks))

    def _reads(self, loop: Loop, found: Flags) -> Flags:
        return np.array([bool(found[each].any()) for each in loop.outside()], bool)

    def _results(self, loop: Loop, marks: Flags, fixed: Mapping[int, bool]) -> Flags:
        """Which results depend on what is marked, turn after turn; marks what later turns read of these."""
        body = loop.body
        while True:
            leaves = np.concatenate((np.zeros(body.first_argument, bool), marks))
            results: Flags = body.depending(leaves, fixed)[np.array(body.outputs, np.int64)]
            more = [
                k
                for k, read in enumerate(loop.reads)
                if isinstance(read, Earlier) and results[read.result] and not marks[k]
            ]
            if not more:
                return results
            marks[more] = True


Body = Graph | Looped
