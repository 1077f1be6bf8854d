"""Fold: turns of a recorded function that are alike become a loop.

In plain words: find a stretch of the graph that repeats (`periods`). Write down what each turn reads. If it is always
the result of the same place, so many turns before, or something from outside the stretch, the turns are alike, and one
of them with a count says it all. Exact by construction: no operation is changed, left out or made in another order, and
what is not alike stays as it is.

Where a turn begins is up to this: where the fewest numbers go on from one turn to the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from ..graph.graph import CODE_OF, Check, Gap, Graph
from ..graph.longhand import in_longhand
from ..graph.nodes import Flags, Integers, Nodes
from ..graph.shortening import MissingTurnError
from ..python.lines import MOST_INPUTS
from .looped import Body, Earlier, Loop, Looped, Outside, Read
from .periods import Stretch, repeated

_TURNS, _SAVED = 6, 600  # fewer turns, or fewer nodes less, are not worth a loop
_BACK = 16  # turns that a turn may look back
_WRITTEN = 20_000  # operations, those of a turn once, that are not too many lines
_SUMS = [CODE_OF[name] for name in ("add", "sub", "sum")]


def loops_of(graph: Graph) -> Looped | None:
    """The graph with its loops, where these are most of it and their turns wait for one another.

    Raises:
        MissingTurnError: turns were left out of the graph, and no loop was found that they belong to.
    """
    graph = in_longhand(graph, MOST_INPUTS - 1)
    looped = None if graph.nodes.sizes.max(initial=0) >= MOST_INPUTS else fold(graph)
    if graph.gaps and (looped is None or looped.size >= _WRITTEN):
        raise MissingTurnError
    if looped is None or graph.gaps:
        return looped
    waiting = sum(loop.turns * loop.body.operations for loop in looped.loops if loop.turns > 1 and not _is_sum(loop))
    return looped if 2 * waiting > looped.operations and looped.size < _WRITTEN else None


def is_deep(graph: Graph, least: int) -> bool:
    """Whether so many operations other than additions wait for one another, on one way back from the last result."""
    nodes, base = graph.nodes, graph.leaves
    at, count = max(graph.roots(), default=0), 0
    while at >= base and count < least:
        code, *inputs = nodes[at - base]
        count += code not in _SUMS
        at = max(inputs)
    return count >= least


def _is_sum(loop: Loop) -> bool:
    """Whether turns do no more than add something up, and else have nothing to do with one another."""
    body = loop.body
    if isinstance(body, Looped):
        return False
    read = [body.first_argument + k for k, one in enumerate(loop.reads) if isinstance(one, Earlier)]
    marks = np.zeros(body.leaves, bool)
    marks[read] = True
    passing = body.nodes.codes[body.depending(marks, {})[body.leaves :]]
    return bool(np.isin(passing, _SUMS).all())


def fold(graph: Graph) -> Looped | None:
    """The graph with its loops, or None where it has none."""
    found = _found(graph, 0, len(graph.nodes))
    for gap in graph.gaps:
        _fill(graph, gap, found)
    return _Folding(graph, found).looped() if found else None


@dataclass(frozen=True, eq=False)
class _Turns:
    """A stretch whose turns are alike: a row for each turn of what it reads, as places among the nodes."""

    stretch: Stretch
    read: Integers
    is_inside: Flags  # for each column, whether it is a result of the stretch
    back: Integers  # and how many turns before it was made,
    place: Integers  # and where in the turn
    missing: list[tuple[int, int]] = field(default_factory=list)  # in front of which node so many turns are left out

    @property
    def turns(self) -> int:
        """How many turns there are, with those that are left out."""
        return self.stretch.turns + sum(turns for _, turns in self.missing)


def _found(graph: Graph, start: int, stop: int) -> list[_Turns]:
    """The loops among these nodes, from first to last."""
    if stop - start < _SAVED:
        return []
    for stretches in repeated(graph, start, stop, _TURNS, _SAVED):
        turns = [x for x in (_settled(graph, _begun(graph, one)) for one in stretches) if x is not None]
        if turns:
            found: list[_Turns] = []
            at = start
            for one in turns:
                found += [*_found(graph, at, one.stretch.start), one]
                at = one.stretch.stop
            return found + _found(graph, at, stop)
    return []


def _fill(graph: Graph, gap: Gap, found: list[_Turns]) -> None:
    """Adds the turns that were left out of a graph to the loop that they belong to."""
    before, after, later = (np.sort(x) - graph.leaves for x in (gap.before, gap.after, gap.later))
    if len(before):
        after = after[after > before[-1]]
        if len(after):
            later = later[later > after[-1]]
            for one in found if len(later) else ():
                period, count = one.stretch.period, gap.turns * int(later[0] - after[0])
                is_inside = one.stretch.start + period <= before[-1] and after[0] + period <= one.stretch.stop
                is_same = one.is_inside | (one.read == one.read[0]).all(axis=0)
                if is_inside and is_same.all() and count % period == 0:
                    one.missing.append((int(after[0]), count // period))
                    return
    raise MissingTurnError


def _begun(graph: Graph, stretch: Stretch) -> Stretch:
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


def _settled(graph: Graph, stretch: Stretch) -> _Turns | None:
    """What the turns read, without those at both ends that are not like the ones in the middle."""
    while stretch.turns >= _TURNS:
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
            return _Turns(stretch, read, mine, back_of, place_of)
        before, after = odd[odd < middle], odd[odd > middle]
        first = int(before[-1]) + 1 if len(before) else 0
        last = int(after[0]) if len(after) else turns
        stretch = Stretch(start + first * period, period, last - first)
        if stretch.saved < _SAVED:
            return None
    return None


class _Folding:
    """Writes a graph with the loops that were found in it."""

    def __init__(self, graph: Graph, found: list[_Turns]) -> None:
        self.graph, self.found = graph, found
        self.of = np.concatenate((np.arange(graph.leaves), np.full(len(graph.nodes), -1)))  # the new number of each
        self.loops: list[Loop] = []
        self.next = graph.leaves

    def looped(self) -> Looped:
        graph, parts = self.graph, self._parts()
        groups = [_checks_in(graph, part) for part in parts]
        taken = {k for group in groups for turns in group for k in turns}
        # comparisons that not every turn makes are looked at in the end
        groups[-1] += [[k] for k in range(len(graph.checks)) if k not in taken]
        compared = [_compared(graph, part, group) for part, group in zip(parts, groups, strict=True)]
        self.roots = np.concatenate((np.array(graph.outputs, np.int64) - graph.leaves, *compared))
        of_checks: list[int] = []
        for part, group in zip(parts, groups, strict=True):
            body = self._loop(part, group)
            which = range(len(group)) if isinstance(body, Graph) else body.of_checks
            of_checks += [group[k][0] for k in which]
        outputs = self.of[np.array(graph.outputs, np.int64)].tolist()
        labels = {int(self.of[k]): name for k, name in graph.labels.items() if self.of[k] >= 0}
        checks = [graph.checks[k] for k in of_checks]
        return Looped(
            graph.constants, graph.parameters, graph.batched, self.loops, outputs, checks, of_checks, labels=labels
        )

    def _parts(self) -> list[_Turns]:
        """The loops, and what is between them as turns of which there is one; the last is such a one."""
        at, parts = 0, list[_Turns]()
        for one in self.found:
            if one.stretch.start > at:
                parts.append(_single(self.graph, at, one.stretch.start))
            parts.append(one)
            at = one.stretch.stop
        return [*parts, _single(self.graph, at, len(self.graph.nodes))]

    def _loop(self, found: _Turns, groups: list[list[int]]) -> Body:
        graph, stretch = self.graph, found.stretch
        writing = _Turn(graph, found, self.of)
        body = writing.body(self._kept(found), [[graph.checks[k] for k in group] for group in groups])
        kept = writing.kept
        column, turn = np.arange(len(kept))[:, np.newaxis], np.arange(stretch.turns)
        places = stretch.start + np.array(kept, np.int64)[:, np.newaxis] + stretch.period * turn
        for at, turns in found.missing:
            turn = turn + turns * (places >= at)
        self.of[graph.leaves + places] = self.next + found.turns * column + turn
        self.next += found.turns * len(kept)
        self.loops.append(Loop(found.turns, body, writing.reads))
        return body

    def _kept(self, found: _Turns) -> list[int]:
        """The places whose results are read outside."""
        stretch, nodes = found.stretch, self.graph.nodes
        readers = (
            nodes.inputs[nodes.starts[stretch.stop] :] - self.graph.leaves,
            self.roots,
        )  # nobody reads what comes later
        read = np.concatenate([x[(x >= stretch.start) & (x < stretch.stop)] for x in readers])
        return np.flatnonzero(np.bincount((read - stretch.start) % max(1, stretch.period))).tolist()


def _compared(graph: Graph, found: _Turns, groups: list[list[int]]) -> Integers:
    """What comparisons of a stretch read from before it."""
    checks = [graph.checks[k] for group in groups for k in group]
    sides = np.array([x for check in checks for x in (check.left, check.right)], np.int64) - graph.leaves
    return sides[sides < found.stretch.start]


def _single(graph: Graph, start: int, stop: int) -> _Turns:
    """Nodes that are in no loop."""
    begin, end = graph.nodes.starts[[start, stop]]
    read = graph.nodes.inputs[begin:end] - graph.leaves
    inside = read >= start
    return _Turns(Stretch(start, stop - start, 1), read.reshape(1, -1), inside, np.zeros_like(read), read - start)


class _Turn:
    """Writes what one turn does as a graph."""

    def __init__(self, graph: Graph, found: _Turns, of: Integers) -> None:
        self.graph, self.found, self.of = graph, found, of
        self.kept: list[int] = []
        self.reads: list[Read] = []
        self.constants: list[float] = []
        self._known: dict[object, int] = {}

    def body(self, kept: Iterable[int], groups: list[list[Check]]) -> Body:
        """The body of the loop, which keeps these places, and what later turns read besides."""
        found, stretch, nodes = self.found, self.found.stretch, self.graph.nodes
        later = found.place[found.is_inside & (found.back > 0)].tolist()
        last = [x - self.graph.leaves for group in groups for x in (group[-1].left, group[-1].right)]
        before = stretch.stop - stretch.period
        compared = [(side - stretch.start) % stretch.period for side in last if stretch.start <= side < before]
        self.kept = sorted({*kept, *later, *compared})
        columns = [self._column(k) for k in range(found.read.shape[1])]
        sides = [[self._side([getattr(x, side) for x in group]) for side in ("left", "right")] for group in groups]
        base = len(self.constants) + len(self.reads)
        inputs = np.array([self._number(x, base) for x in columns], np.int64)
        mine = slice(stretch.start, stretch.start + stretch.period)
        made = Nodes(nodes.codes[mine], nodes.sizes[mine], inputs)
        checks = [
            replace(group[0], left=self._number(left, base), right=self._number(right, base))
            for group, (left, right) in zip(groups, sides, strict=True)
        ]
        outputs = [base + place for place in self.kept]
        body = Graph(self.constants, 0, [False] * len(self.reads), made, outputs, checks)
        return (fold(body) if stretch.turns > 1 else None) or body

    # What is read is a pair until all of it is known: its kind ("place", "constant", "argument"), and which.

    def _number(self, read: tuple[str, int], base: int) -> int:
        kind, k = read
        return k if kind == "constant" else len(self.constants) + k if kind == "argument" else base + k

    def _column(self, k: int) -> tuple[str, int]:
        found, read = self.found, self.found.read[:, k]
        if not found.is_inside[k]:
            return self._outside(read)
        return self._inside(int(found.place[k]), int(found.back[k]), read)

    def _side(self, numbers: list[int]) -> tuple[str, int]:
        """The same for one side of a comparison, turn by turn."""
        read, stretch = np.array(numbers, np.int64) - self.graph.leaves, self.found.stretch
        if read[-1] < stretch.start:
            return self._outside(read)
        turn, place = divmod(int(read[-1]) - stretch.start, stretch.period)
        return self._inside(place, stretch.turns - 1 - turn, read)

    def _outside(self, read: Integers) -> tuple[str, int]:
        numbers = read + self.graph.leaves
        if (numbers == numbers[0]).all():
            numbers = numbers[:1]
            if numbers[0] < self.graph.first_parameter:
                return "constant", self._once(int(numbers[0]), self.constants, self.graph.constants[numbers[0]])
        return "argument", self._once(numbers.tobytes(), self.reads, Outside(self.of[numbers]))

    def _inside(self, place: int, back: int, read: Integers) -> tuple[str, int]:
        if not back:
            return "place", place
        first = read[:back] + self.graph.leaves
        key = place, back, first.tobytes()
        return "argument", self._once(key, self.reads, Earlier(self.kept.index(place), back, self.of[first]))

    def _once(self, key: object, these: list, one: object) -> int:  # type: ignore[type-arg]
        if key not in self._known:
            self._known[key] = len(these)
            these.append(one)
        return self._known[key]


def _checks_in(graph: Graph, found: _Turns) -> list[list[int]]:
    """Comparisons that each turn makes: of each the numbers of its checks, turn by turn."""
    stretch = found.stretch
    groups: dict[object, dict[int, int]] = {}
    for k, check in enumerate(graph.checks):
        left, right = check.left - graph.leaves - stretch.start, check.right - graph.leaves - stretch.start
        latest = max(left, right)
        if not 0 <= latest < stretch.stop - stretch.start:
            continue
        turn = latest // stretch.period
        sides = [divmod(x - turn * stretch.period, stretch.period) if x >= 0 else None for x in (left, right)]
        key = (check.symbol, check.outcome, check.place, *sides)
        groups.setdefault(key, {})[turn] = k
    return [[group[t] for t in range(stretch.turns)] for group in groups.values() if len(group) == stretch.turns]
