"""Alike: turns of a graph that are alike: what they read, and how many of them were left out of the recording."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..graph.graph import Gap, Graph
from ..graph.nodes import Flags, Integers
from ..graph.shortening import MissingTurnError
from . import periods
from .periods import Stretch

_BACK = 16  # turns that a turn may look back


@dataclass(frozen=True, eq=False)
class Missing:
    """So many turns are left out in front of a node, which read in some columns what is given there."""

    at: int
    turns: int
    given: dict[int, Integers] = field(default_factory=dict)

    def turn_of(self, turns: Turns, column: int) -> int:
        """The first turn behind these, as far as it reads the column."""
        place = turns.stretch.start + int(turns.reader[column])
        return max(0, -(-(self.at - place) // turns.stretch.period))


@dataclass(frozen=True, eq=False)
class Turns:
    """A stretch whose turns are alike: a row for each turn of what it reads, as places among the nodes."""

    stretch: Stretch
    read: Integers
    is_inside: Flags  # for each column, whether it is a result of the stretch
    back: Integers  # and how many turns before it was made,
    place: Integers  # and where in the turn
    reader: Integers  # the place of who reads it
    missing: list[Missing] = field(default_factory=list)

    @property
    def turns(self) -> int:
        """How many turns there are, with those that are left out."""
        return self.stretch.turns + sum(one.turns for one in self.missing)

    def column(self, k: int) -> Integers:
        """What the turns read in a column, with those that are left out."""
        found = self.read[:, k]
        for one in reversed(self.missing):
            if k in one.given:
                at = one.turn_of(self, k)
                found = np.concatenate((found[:at], one.given[k], found[at:]))
        return found


def begun(graph: Graph, stretch: Stretch) -> Stretch:
    """The same stretch, begun where the fewest results are read by the next turn."""
    period, middle = stretch.period, stretch.start + stretch.period * (stretch.turns // 2)
    nodes = graph.nodes
    inputs = slice(nodes.starts[middle], nodes.starts[middle + period])
    read, reader = nodes.inputs[inputs] - graph.leaves, nodes.readers[inputs]
    mine = read >= stretch.start
    place, reach = (read[mine] - stretch.start) % period, (reader - read)[mine]
    longest = np.zeros(period, np.int64)
    np.maximum.at(longest, place, reach)
    # a result that is read so much later goes on over as many beginnings
    crossing = np.zeros(period + 1, np.int64)
    begin, whole, rest = np.arange(period) + 1, longest // period, longest % period
    np.add.at(crossing, begin % period, 1)
    np.add.at(crossing, (begin + rest) % period, -1)
    wraps = begin % period + rest >= period
    total = np.cumsum(crossing[:period]) + int(whole.sum()) + int((wraps & (rest > 0)).sum())
    best = int(np.argmin(total))
    length = stretch.stop - stretch.start
    return Stretch(stretch.start + best, period, (length - best) // period)


def settled(graph: Graph, stretch: Stretch) -> Turns | None:
    """What the turns read, without those at both ends that are not like the ones in the middle."""
    while stretch.turns >= periods.TURNS:
        start, period, turns = stretch.start, stretch.period, stretch.turns
        begin, end = graph.nodes.starts[[start, stretch.stop]]
        read = (graph.nodes.inputs[begin:end] - graph.leaves).reshape(turns, -1)
        turn = np.arange(turns)[:, np.newaxis]
        is_inside = read >= start
        back, place = turn - (read - start) // period, (read - start) % period
        middle = turns // 2
        mine, back_of, place_of = is_inside[middle], back[middle], place[middle]
        if (back_of[mine] > _BACK).any():
            return None
        like = np.where(is_inside, mine & (back == back_of) & (place == place_of), ~mine | (turn < back_of))
        odd = np.flatnonzero(~like.all(axis=1))
        if not len(odd):
            reader = graph.nodes.readers[begin : begin + read.shape[1]] - start
            return Turns(stretch, read, mine, back_of, place_of, reader)
        before, after = odd[odd < middle], odd[odd > middle]
        first = int(before[-1]) + 1 if len(before) else 0
        last = int(after[0]) if len(after) else turns
        stretch = Stretch(start + first * period, period, last - first)
        if stretch.saved < periods.SAVED:
            return None
    return None


def single(graph: Graph, start: int, stop: int) -> Turns:
    """Nodes that are in no loop."""
    begin, end = graph.nodes.starts[[start, stop]]
    read = graph.nodes.inputs[begin:end] - graph.leaves
    inside = read >= start
    reader = graph.nodes.readers[begin:end] - start
    return Turns(
        Stretch(start, stop - start, 1), read.reshape(1, -1), inside, np.zeros_like(read), read - start, reader
    )


def fill(graph: Graph, gap: Gap, found: list[Turns]) -> None:
    """Adds the turns that were left out of a graph to the loop that they belong to."""
    before, after, later = (np.sort(x) - graph.leaves for x in (gap.before, gap.after, gap.later))
    if len(before):
        after = after[after > before[-1]]
        if len(after):
            later = later[later > after[-1]]
            for one in found if len(later) else ():
                period, count = one.stretch.period, gap.turns * int(later[0] - after[0])
                is_inside = one.stretch.start + period <= before[-1] and after[0] + period <= one.stretch.stop
                if is_inside and count % period == 0:
                    one.missing.append(_missing(graph, gap, one, int(after[0]), count // period))
                    return
    raise MissingTurnError


def _missing(graph: Graph, gap: Gap, found: Turns, at: int, turns: int) -> Missing:
    """What is missing of a loop, with what the turns would have read."""
    missing = Missing(at, turns)
    for k in np.flatnonzero(~found.is_inside & (found.read != found.read[0]).any(axis=0)).tolist():
        turn = missing.turn_of(found, k)
        ends = found.read[turn - 1 : turn + 1, k] + graph.leaves
        given = gap.given.get((int(ends[0]), int(ends[-1])))
        if given is None or len(given) != turns or not 0 < turn < len(found.read):
            raise MissingTurnError
        missing.given[k] = given - graph.leaves
    return missing
