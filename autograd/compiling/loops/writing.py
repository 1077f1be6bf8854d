"""Writing: the lines that run a looped graph forward and back.

On the way back a turn is computed once more from what was kept of the turns before it, so that a loop keeps no more
than what goes on from turn to turn. The adjoints of what lies in `m` lie in `a`, at the same addresses; those of what
is computed and read within one turn have names. They arrive in the order in which they do where nothing is a loop, so
that both give the same to the last bit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ...vocabularies import text
from ...vocabularies.lines import Lines
from ...vocabularies.text import Text
from ..graph.graph import DETACH, OPS, Check, Graph
from ..graph.nodes import Flags
from ..python.lines import Words, chained, shown
from .layout import Level, Memory, Place, Turns
from .looped import Looped

_FEW = 4  # lines that are not worth a loop
_FIXED = {DETACH: False}
_NAME = re.compile(r"[A-Za-z_]\w*")


class Writing:
    """The lines of `run(m, a, q, weight)`, and the memory that they need.

    `check` prints how a comparison is noted that came out otherwise: of a cell, the comparison and its two sides.
    """

    has_names = True  # whether adjoints are added up in a name from turn to turn

    def __init__(
        self,
        looped: Looped,
        words: Callable[[Lines], Words],
        lines: Lines,
        check: Callable[[str, Check, str, str], str],
    ) -> None:
        self.looped, self.lines, self.words, self.check = looped, lines, words(lines), check
        self.memory = memory = Memory(looped.leaves)
        memory.numbers = dict(enumerate(looped.constants))
        self.level = Level(looped, memory, np.arange(looped.leaves), self.own_numbers())
        self.results, self.failed = memory.take(len(looped.outputs)), memory.take(len(looped.checks))

    def write(self, wanted: bytes) -> None:
        """Adds the lines; derivatives by the `wanted` leaves are left in `a`, where the leaves are in `m`."""
        looped, level = self.looped, self.level
        forward = Forward(self, self.cells_of_checks())
        forward.write(level, level.turns)
        outputs = [level.place(x) for x in looped.outputs]
        forward.move([(Place(self.results + k), place) for k, place in enumerate(outputs)], "0")
        if wanted:
            self.lines.add(f"{self.adjoint(outputs[0], '0')} = weight")
            Back(self).write(level, level.turns, self.needs(wanted), {looped.loop_of(looped.outputs[0])})

    # What programs for batches do otherwise.

    def own_numbers(self) -> Flags:
        """For each number, whether each sample has its own."""
        return np.zeros(len(self.looped), bool)

    def number(self, place: Place, index: str, further: str = "") -> str:
        """The cell of a number in turn `index`."""
        return f"m[{place.address(index, further)}]"

    def adjoint(self, place: Place, index: str, further: str = "") -> str:
        """The cell of its adjoint."""
        return f"a[{place.address(index, further)}]"

    # What they do alike.

    def needs(self, wanted: bytes) -> Flags:
        """For each number, whether a derivative that is wanted passes through it."""
        marks = np.zeros(self.looped.leaves, bool)
        marks[self.looped.first_parameter :] = np.frombuffer(wanted, bool)
        return self.looped.depending(marks, _FIXED)

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
            marks = looped.marks_in(turns.loop, needs, _FIXED)
            for read, has in zip(turns.loop.outside(), marks[turns.loop.body.first_argument :], strict=True):
                if has:
                    touched.update(np.unique(np.searchsorted(looped.starts, read, side="right") - 1).tolist())
            if turns.inner is None:
                self._turns_of_lines(turns, turns.loop.body.depending(marks, _FIXED))
            else:
                self._turns_of_loops(turns, turns.loop.body.depending(marks, _FIXED))
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
        # adjoints of what is the same in each turn are added up in a name
        same = {k for k in cells if needs[k] and not turns.places[k - body.first_argument].step}
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
            before, terms = text.program([chained(adjoint, slope) for _, slope in wants], f"p{serial}_{number}_")
            self.lines.add(*before)
            for (x, _), term in zip(wants, terms, strict=True):
                add(x, term)


def moves(lines: Lines, index: str, line: Callable[[Any, Any], str], pairs: list[tuple[Place, Place]]) -> None:
    """A line for each pair of places, or a loop where both follow a pattern."""
    for run in _runs(pairs):
        if len(run) < _FEW:
            lines.add(*(line((to, index), (of, index)) for to, of in run))
            continue
        steps = [one.at - other.at for one, other in zip(run[1], run[0], strict=True)]
        with lines.below(f"for k in range({len(run)}):"):
            ends = [(one, index, f"{step} * k" if step else "") for one, step in zip(run[0], steps, strict=True)]
            lines.add(line(*ends))


def _runs(pairs: list[tuple[Place, Place]]) -> Iterator[list[tuple[Place, Place]]]:
    """The pairs in runs in which both places go on by the same number of addresses each time."""
    run: list[tuple[Place, Place]] = []
    for pair in pairs:
        step = _step(run[-1], pair) if run else None
        if run and (step is None or (len(run) > 1 and step != _step(run[-2], run[-1]))):
            yield run
            run = []
        run.append(pair)
    if run:
        yield run


def _step(one: tuple[Place, Place], other: tuple[Place, Place]) -> tuple[int, ...] | None:
    kinds = [[(x.step, x.is_looked_up, x.is_own) for x in pair] for pair in (one, other)]
    if kinds[0] != kinds[1] or any(x.is_looked_up for x in one):
        return None
    return tuple(b.at - a.at for a, b in zip(one, other, strict=True))


def pruned(lines: list[str], after: list[str]) -> list[str]:
    """Without those that only name what no later line uses."""
    used = set(_NAME.findall("\n".join(after)))
    kept = []
    for line in reversed(lines):
        name, _, expression = line.strip().partition(" = ")
        is_name = name.isidentifier()
        if is_name and name not in used:
            continue
        used.update(_NAME.findall(expression if is_name else line))
        kept.append(line)
    return kept[::-1]
