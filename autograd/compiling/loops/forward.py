"""Forward: the lines of a looped graph from its leaves to its results."""

from __future__ import annotations

from ...vocabularies import text
from ..graph.graph import OPS, Graph
from ..python.lines import shown
from .layout import Level, Place, Turns
from .moves import moves, pruned
from .writing import Names, Writing


class Forward:
    """The lines forward; `checks` has the cells of comparisons by the serials of loops, or they are not looked at."""

    def __init__(self, writing: Writing, checks: dict[int, int] | None = None) -> None:
        self.writing, self.checks, self.lines, self.words = writing, checks, writing.lines, writing.words

    def write(self, level: Level, these: list[Turns]) -> None:
        """Adds the lines of loops of a level."""
        for turns in these:
            self.move([(place, level.place(number)) for place, number in turns.before()], "0")
            if turns.inner is None:
                self._turns_of_lines(turns)
                continue
            with self.writing.turning(turns):
                self.inside(turns)
                outputs = [turns.inner.place(x) for x in turns.loop.body.outputs]
                self.move([(column.kept, outputs[column.result]) for column in turns.columns], turns.index)

    def inside(self, turns: Turns) -> None:
        """Adds the lines of the loops within a turn."""
        assert turns.inner is not None
        self.move([(to, place) for _, to, place in turns.copied()], turns.index)
        self.write(turns.inner, turns.inner.turns)

    def _turns_of_lines(self, turns: Turns) -> None:
        names, body = Names(self.writing, turns), turns.loop.body
        steps: list[str] = []
        with self.writing.into(steps, turns):
            self.lines.add(*names.new)
            self.nodes(turns, names)
            for column in turns.columns:
                result = names.all[body.outputs[column.result]]
                self.lines.add(f"{self.writing.number(column.kept, turns.index)} = {shown(result)}")
            for k, check in enumerate(body.checks if self.checks is not None else ()):
                assert self.checks is not None
                cell = self.writing.number(Place(self.checks[turns.serial] + k, is_own=turns.is_own), "0")
                left, right = (shown(names.all[side]) for side in (check.left, check.right))
                self.lines.add(self.writing.check(cell, check, left, right))
        self.lines.add(*pruned(names.same, steps))
        with self.writing.turning(turns):
            self.lines.lines += pruned(steps, [])

    def nodes(self, turns: Turns, names: Names) -> None:
        """Adds a line for each operation of a turn."""
        body = turns.loop.body
        assert isinstance(body, Graph)
        for k, (code, *inputs) in enumerate(body.nodes, body.leaves):
            op = OPS[code]
            value = op.forward(self.words, *op.split([names.all[x] for x in inputs]))
            before, (expression,) = text.program([value], f"s{turns.serial}_{k}_")
            self.lines.add(*before, f"{names.all[k]} = {expression}")

    def move(self, pairs: list[tuple[Place, Place]], index: str) -> None:
        """Copies numbers from place to place."""
        moves(self.lines, index, lambda to, of: f"{self.writing.number(*to)} = {self.writing.number(*of)}", pairs)
