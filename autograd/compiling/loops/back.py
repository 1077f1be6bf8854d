"""Back: the lines of a looped graph from its first result to the leaves whose derivatives are wanted.

A turn is computed once more from what was kept of the turns before it, so that a loop keeps no more than what goes on
from turn to turn. Adjoints arrive in the order in which they do where nothing is a loop, so that both give the same, to
the last bit but for what the first turns read from before the loop: that is added up by itself first.
"""

from __future__ import annotations

from functools import partial
from math import isfinite
from typing import Any

import numpy as np

from ...core.ops import Op
from ...vocabularies import text
from ...vocabularies.text import Text
from ..graph.graph import OPS, Graph
from ..graph.nodes import Flags
from ..python.lines import chained
from .forward import Forward
from .layout import Level, Place, Turns
from .moves import moves, pruned
from .writing import FIXED, Names, Writing


class Back:
    """The lines on the way back."""

    def __init__(self, writing: Writing) -> None:
        self.writing, self.lines, self.words = writing, writing.lines, writing.words

    def write(self, level: Level, these: list[Turns], needs: Flags, touched: set[int]) -> None:
        """Adds the lines of loops of a level, from last to first, if adjoints have come to them: they are `touched`."""
        looped = level.looped
        for turns in reversed(these):
            which = level.turns.index(turns)
            start = looped.starts[which]
            if which not in touched or not needs[start : start + len(turns.loop)].any():
                continue
            marks = looped.marks_in(turns.loop, needs, FIXED)
            for read, has in zip(turns.loop.outside(), marks[turns.loop.body.first_argument :], strict=True):
                if has:
                    touched.update(np.unique(np.searchsorted(looped.starts, read, side="right") - 1).tolist())
            if turns.inner is None:
                self._turns_of_lines(turns, turns.loop.body.depending(marks, FIXED))
            else:
                self._turns_of_loops(turns, turns.loop.body.depending(marks, FIXED))
            before = [(level.place(number), place) for place, number in reversed(turns.before()) if needs[number]]
            self.add(before, "0")

    def add(self, pairs: list[tuple[Place, Place]], index: str) -> None:
        """Adds adjoints from place to place."""

        def line(to: Any, of: Any) -> str:
            cell = self.writing.adjoint(*to)
            return f"{cell} = {cell} + {self.writing.adjoint(*of)}"

        moves(self.lines, index, line, pairs)

    def _turns_of_loops(self, turns: Turns, needs: Flags) -> None:
        inner, body, index = turns.inner, turns.loop.body, turns.index
        assert inner is not None
        with self.writing.turning(turns, is_back=True):
            Forward(self.writing).inside(turns)
            copied = [(place, to) for k, to, place in turns.copied() if needs[k]]
            cell = self.writing.adjoint
            moves(self.lines, index, lambda to, of: f"{cell(*to)} = 0.0", [(to, to) for _, to in copied])
            first, last = inner.cells
            with self.lines.below(f"for k in range({last - first}):"):
                self.lines.add(f"{cell(Place(first), '0', 'k')} = 0.0")
            columns = [column for column in turns.columns if needs[body.outputs[column.result]]]
            outputs = [body.outputs[column.result] for column in columns]
            self.add([(inner.place(x), column.kept) for x, column in zip(outputs, columns, strict=True)], index)
            self.write(inner, inner.turns, needs, {inner.looped.loop_of(x) for x in outputs})
            self.add(copied, index)

    def _turns_of_lines(self, turns: Turns, needs: Flags) -> None:
        names, body, serial = Names(self.writing, turns), turns.loop.body, turns.serial
        assert isinstance(body, Graph)
        cells = {k: self.writing.adjoint(x, turns.index) for k, x in enumerate(turns.places, body.first_argument)}
        # adjoints of what is the same in each turn are added up in a name, if no turn reads it in another way
        others = turns.read_by_turn()
        places = enumerate(turns.places, body.first_argument)
        same = {k for k, place in places if needs[k] and not place.step and place.at not in others}
        sums = {k: f"d{serial}_{k}" for k in same} if self.writing.has_names else {}
        computed: list[str] = []
        steps: list[str] = []
        with self.writing.into(computed, turns):
            self.lines.add(*names.new)
            Forward(self.writing).nodes(turns, names)
        with self.writing.into(steps, turns):
            self._steps(turns, names, needs, cells | sums)
        computed = pruned(computed, steps)
        self.lines.add(*pruned(names.same, [*computed, *steps]))
        self.lines.add(*(f"{name} = {cells[k]}" for k, name in sums.items()))
        with self.writing.turning(turns, is_back=True):
            self.lines.lines += [*computed, *steps]
        self.lines.add(*(f"{cells[k]} = {name}" for k, name in sums.items()))

    def _steps(self, turns: Turns, names: Names, needs: Flags, places: dict[int, str]) -> None:
        """The lines from what comes to the results of a turn to what it reads."""
        body, serial = turns.loop.body, turns.serial
        assert isinstance(body, Graph)
        nodes = [*body.nodes]
        reached = {*places}

        def add(number: int, term: str) -> None:
            place = places.setdefault(number, f"d{serial}_{number}")
            self.lines.add(f"{place} = {place} + {term}" if number in reached else f"{place} = {term}")
            reached.add(number)

        for column in turns.columns:
            if needs[body.outputs[column.result]]:
                add(body.outputs[column.result], self.writing.adjoint(column.kept, turns.index))
        for k in range(len(nodes) - 1, -1, -1):
            number = body.leaves + k
            if number not in reached or not needs[number]:
                continue
            code, *inputs = nodes[k]
            op = OPS[code]
            partials = op.partials(self.words, *op.split([names.all[x] for x in inputs]), names.all[number])
            wants = [(x, slope) for x, slope in zip(inputs, op.joined(partials), strict=True) if needs[x]]
            adjoint = Text(places[number])
            passes = partial(gated, op) if self.writing.is_gated else chained
            passed = [passes(adjoint, slope) for _, slope in wants]
            before, terms = text.program(passed, f"p{serial}_{number}_")
            self.lines.add(*before)
            for (x, _), term in zip(wants, terms, strict=True):
                add(x, term)


def gated(op: Op, adjoint: Text, slope: Any) -> Any:
    """An adjoint times a partial, and 0 where the adjoint is 0, whatever the partial is."""
    if op.name == "where":  # what was not taken gets nothing, though the adjoint were inf
        return Text("gate", (slope, adjoint))
    is_certain = not isinstance(slope, Text) and isfinite(slope)
    return chained(adjoint, slope) if is_certain else Text("gate", (adjoint, slope))
