"""Writing: what all lines of a looped graph are written with: its cells in memory, its words, and their depth.

The numbers of the layout are the cells of `m`, and their adjoints those of `a`, at the same addresses. What is computed
and read within one turn has a name. `alone` writes the lines for one set of numbers, and machine code for a batch has
cells of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ...vocabularies.lines import Lines
from ...vocabularies.text import Text
from ..graph.graph import DETACH, Check, Graph
from ..graph.nodes import Flags
from ..python.lines import Words
from .layout import Level, Memory, Place, Turns
from .looped import Looped

FIXED = {DETACH: False}  # where no derivative passes


class Writing:
    """Lines that are being written, and the memory that they need.

    `check` prints how a comparison is noted that came out otherwise: of a cell, the comparison and its two sides. Where
    it is gated, an adjoint of exactly 0 passes nothing on; plain products pass 0 * inf, which is nan.
    """

    has_names = True  # whether adjoints are added up in a name from turn to turn

    def __init__(
        self,
        looped: Looped,
        words: Callable[[Lines], Words],
        lines: Lines,
        check: Callable[[str, Check, str, str], str],
        is_gated: bool = False,
    ) -> None:
        self.is_gated = is_gated
        self.looped, self.lines, self.words, self.check = looped, lines, words(lines), check
        self.memory = memory = Memory(looped.leaves)
        memory.numbers = dict(enumerate(looped.constants))
        self.level = Level(looped, memory, np.arange(looped.leaves), self.own_numbers())
        self.results, self.failed = memory.take(len(looped.outputs)), memory.take(len(looped.checks))

    def own_numbers(self) -> Flags:
        """For each number, whether each sample has its own."""
        return np.zeros(len(self.looped), bool)

    def number(self, place: Place, index: str, further: str = "") -> str:
        """The cell of a number in turn `index`."""
        return f"m[{place.address(index, further)}]"

    def adjoint(self, place: Place, index: str, further: str = "") -> str:
        """The cell of its adjoint."""
        return f"a[{place.address(index, further)}]"

    def needs(self, wanted: bytes) -> Flags:
        """For each number, whether a derivative that is wanted passes through it."""
        marks = np.zeros(self.looped.leaves, bool)
        marks[self.looped.first_parameter :] = np.frombuffer(wanted, bool)
        return self.looped.depending(marks, FIXED)

    def cells_of_checks(self) -> dict[int, int]:
        """By the loop with nothing inside that makes them, where its comparisons are noted."""
        found: dict[int, int] = {}
        at = self.failed

        def count(level: Level) -> None:
            nonlocal at
            for turns in level.turns:
                if turns.inner is not None:
                    count(turns.inner)
                    continue
                found[turns.serial] = at
                at += len(turns.loop.body.checks)

        count(self.level)
        return found

    @contextmanager
    def into(self, other: list[str], turns: Turns) -> Iterator[None]:
        """Lines of a turn go there meanwhile."""
        before, self.lines.lines = self.lines.lines, other
        self.lines.depth += turns.loop.turns > 1
        try:
            yield
        finally:
            self.lines.lines = before
            self.lines.depth -= turns.loop.turns > 1

    @contextmanager
    def turning(self, turns: Turns, is_back: bool = False) -> Iterator[None]:
        """In the `with` block lines are those of one turn."""
        count, index = turns.loop.turns, turns.index
        if count == 1:
            yield
            return
        with self.lines.below(f"for {'r' * is_back}{index} in range({count}):"):
            if is_back:
                self.lines.add(f"{index} = {count - 1} - r{index}")
            yield


class Names:
    """What the numbers of one turn are called, and the lines that read them."""

    def __init__(self, writing: Writing, turns: Turns) -> None:
        body, serial = turns.loop.body, turns.serial
        assert isinstance(body, Graph)
        leaves = [Text(f"x{serial}_{k}") for k in range(len(turns.places))]
        self.all: list[Any] = [*body.constants, *leaves, *(Text(f"v{serial}_{k}") for k in range(len(body.nodes)))]
        self.same: list[str] = []  # what each turn reads
        self.new: list[str] = []  # what is another number in each
        for name, place in zip(leaves, turns.places, strict=True):
            lines = self.new if place.step else self.same
            lines.append(f"{name} = {writing.number(place, turns.index)}")
