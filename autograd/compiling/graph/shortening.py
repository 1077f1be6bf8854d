"""Shortening: a long recording without the middle of its loops, so that it does not grow with the number of turns.

While a function is recorded, its last operations are looked at now and then. Where turns have been alike for a while,
each operation reading what it read in the turn before, or the counterpart of that, those in the middle are taken out,
the turns after them are made to read those before, and it is noted how many are missing. What is recorded is then the
same function with fewer turns, and `loops.fold` makes the loop as long again as it was.

Turns stay where somebody holds a Value of theirs. If one turns up later even so, the recording is made again, whole.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import numpy as np

from ...core.value import Value
from .carried import as_constant
from .recorded import lines_of, read_by

BETWEEN = 2**15  # recorded operations from one look to the next; a recording that is shorter stays as it is
_SHORT, _LONG = 32, 4096  # operations that come again: the last ones first, then all that shows a period
_KEPT, _NODES = 8, 1200  # turns at either side of those that are missing, and the least number of their operations


class MissingTurnError(Exception):
    """A recording lacks turns that it needs; it must be made again without leaving any out."""


@dataclass
class Missing:
    """So many turns are missing in front of the node at this place."""

    at: int
    period: int
    turns: int


class Shortening:
    """The nodes and the comparisons that were recorded, and where turns are missing."""

    def __init__(self, nodes: list[Any], compared: list[Any], noted: list[Value]) -> None:
        self.nodes, self.compared, self.noted = nodes, compared, noted
        self.missing: list[Missing] = []

    def look(self) -> None:
        """Takes turns out of the end of the recording, if the last ones are alike."""
        nodes, before = self.nodes, self.missing[-1] if self.missing else None
        period = _period(nodes[-BETWEEN:])
        if not period:
            return
        kept = max(_KEPT, -(-_NODES // period))
        begin = max(before.at if before else 0, len(nodes) - 2 * BETWEEN)
        stop = begin + (len(nodes) - begin) // period * period  # turns begin where they did at the last look
        turns = _Turns(nodes[begin:stop], begin, period)
        if turns.count <= 2 * kept or turns.most_back > kept:
            return
        start, end = turns.start + kept * period, stop - kept * period
        # the first turns behind those that are missing read what is before these, and have been looked at
        goes_on = before is not None and before.period == period and turns.start <= begin + turns.most_back * period
        if goes_on and self._is_same_loop(turns, begin, kept):
            start = begin  # the turns that were left behind those that are missing go as well
        else:
            goes_on = False
        if self._compares_alike(turns, start, end) and not self._is_held(turns, start, end):
            self._take(start, end)
            if not goes_on:
                self.missing.append(Missing(start, period, 0))
            self.missing[-1].turns += (end - start) // period

    def _is_same_loop(self, turns: _Turns, at: int, kept: int) -> bool:
        """Whether the turns behind those that are missing are like those in front of them."""
        begin = max(0, at - kept * turns.period)
        front = _Turns(self.nodes[begin:at], begin, turns.period)
        return front.count == kept and front.is_like(turns)

    def _compares_alike(self, turns: _Turns, start: int, end: int) -> bool:
        """Whether each of these turns, the one before and the one behind made the same comparisons."""
        first, last = turns.line(start) - turns.shift, turns.line(end) + turns.shift
        made = Counter[Any]()
        for left, symbol, right, outcome, place in self.compared:
            sides = [as_constant(x) for x in (left, right)]
            latest = max(x._serial for x in sides)
            if first <= latest < last:
                turn = (latest - first) // turns.shift
                made[symbol, outcome, place, *(turns.counterpart(x, turn) for x in sides)] += 1
        count = (end - start) // turns.period + 2
        return all(times == count for times in made.values())

    def _is_held(self, turns: _Turns, start: int, end: int) -> bool:
        """Whether somebody holds a Value of one of the turns in the middle of these."""
        middle = start + (end - start) // (2 * turns.period) * turns.period
        known = Counter(map(id, turns.read.tolist()))
        known.update(id(x) for left, _, right, _, _ in self.compared for x in (left, right))
        known.update(map(id, self.noted))
        turns.read = None
        # besides those that are known: the list of all nodes, and the argument of getrefcount
        nodes = self.nodes
        return any(sys.getrefcount(nodes[k]) > known[id(nodes[k])] + 2 for k in range(middle, middle + turns.period))

    def _take(self, start: int, end: int) -> None:
        """Takes these nodes out, and has what comes after them read the turns before them."""
        nodes, gone = self.nodes, end - start
        place = {id(node): k for k, node in enumerate(nodes[start:end], start)}
        first, last = nodes[start]._serial, nodes[end]._serial

        def counterpart(x: Any) -> Any:
            return nodes[place[id(x)] - gone] if id(x) in place else x

        for node in nodes[end:]:
            if node._a is None:
                inputs, partials = node._many
                node._many = tuple(map(counterpart, inputs)), partials
            else:
                node._a = counterpart(node._a)
                node._b = None if node._b is None else counterpart(node._b)
        self.compared[:] = [
            (counterpart(left), symbol, counterpart(right), outcome, where)
            for left, symbol, right, outcome, where in self.compared
            if not first <= max(as_constant(left)._serial, as_constant(right)._serial) < last
        ]
        self.noted[:] = [x for x in self.noted if not first <= x._serial < last]
        del nodes[start:end]


class _Turns:
    """The last turns of a part of a recording that are alike, `count` of them, from the node at `start` on."""

    def __init__(self, mine: list[Any], begin: int, period: int) -> None:
        self.period, self.start = period, begin
        most = len(mine) // period
        self.lines = lines_of(mine).reshape(most, period)
        ops = np.fromiter(map(id, map(attrgetter("op"), mine)), np.int64, len(mine)).reshape(most, period)
        sizes, read = read_by(mine, [])
        self.shift = int(self.lines[-1, 0] - self.lines[-2, 0]) if most > 1 else 0
        each = sizes.reshape(most, period)
        same = (ops == ops[-1]).all(axis=1) & (each == each[-1]).all(axis=1)
        self.count, self.most_back = _last(same), 0
        self._drop(most - self.count)
        self.read: Any = read[len(read) - self.count * int(sizes[-period:].sum()) :]
        self.ops, self.sizes = ops[-1], sizes[-period:]
        self._look()

    def _drop(self, turns: int) -> None:
        """Without so many of the first turns."""
        self.start += turns * self.period
        self.lines = self.lines[turns:]

    def _look(self) -> None:
        """Finds which of the turns read alike."""
        for _ in range(3):  # what is read alike depends on where the turns begin
            if self.count < 2 or self.shift <= 0:
                self.count = 0
                return
            like = _last(self._alike())
            if like == self.count:
                return
            self._drop(self.count - like)
            self.read = self.read[len(self.read) // self.count * (self.count - like) :]
            self.count = like
        self.count = 0

    def _alike(self) -> Any:
        """For each turn, whether it is like the last."""
        read = lines_of(self.read).reshape(self.count, -1)
        data = np.fromiter(map(attrgetter("_data"), self.read), float, len(self.read)).view(np.int64)
        steps = np.diff(read, axis=0, append=read[-1:] + read[-1:] - read[-2:-1])
        last, step = read[-1], steps[-2]
        inside = last >= self.lines[0, 0]
        is_node = np.isin(last, self.lines)
        fits = np.where(inside, is_node & (step == self.shift), step == 0)
        if not fits.all():
            return np.zeros(self.count, bool)
        numbers = np.where(last > 0, 0, data.reshape(self.count, -1)[-1])
        self.reads = np.stack((inside, np.where(inside, self.lines[-1, 0] - last, last), numbers))
        self.most_back = int(((self.lines[-1, -1] - last[inside]) // self.shift).max(initial=0))
        same = (steps == step) & ((read > 0) | (data.reshape(self.count, -1) == data.reshape(self.count, -1)[-1]))
        goes = np.diff(self.lines, axis=0, append=self.lines[-1:] + self.shift) == self.shift
        return same.all(axis=1) & goes.all(axis=1)

    def is_like(self, other: _Turns) -> bool:
        """Whether these turns do what other ones do."""
        return (
            np.array_equal(self.lines[0] - self.lines[0, 0], other.lines[0] - other.lines[0, 0])
            and np.array_equal(self.ops, other.ops)
            and np.array_equal(self.sizes, other.sizes)
            and np.array_equal(self.reads, other.reads)
        )

    def line(self, place: int) -> int:
        """The line of the node at a place of the recording, or of its counterpart in the turn behind the last."""
        turn, k = divmod(place - self.start, self.period)
        return int(self.lines[0, k]) + turn * self.shift

    def counterpart(self, x: Value, turn: int) -> Any:
        """The same for what turns compare, whichever turn it is."""
        if not x._serial:
            return "constant", x._data
        return x._serial - turn * self.shift if x._serial >= self.lines[0, 0] else x._serial


def _last(flags: Any) -> int:
    """How many are true at the end."""
    false = np.flatnonzero(~flags)
    return int(len(flags) - (false[-1] + 1 if len(false) else 0))


def _period(nodes: Sequence[Any]) -> int:
    """The distance at which the last operations have come again for a long while, or 0."""
    ops = np.fromiter(map(id, map(attrgetter("op"), nodes)), np.int64, len(nodes))
    at: int
    for at in np.flatnonzero(ops[:-1] == ops[-1])[::-1].tolist():
        period = len(ops) - 1 - at
        long = max(3 * period, _LONG)
        if long + period > len(ops):
            return 0
        if all(np.array_equal(ops[-count:], ops[-count - period : -period]) for count in (_SHORT, long)):
            return period
    return 0
