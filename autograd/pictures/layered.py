"""The built-in layout: boxes in columns, inputs left of what is computed from them (Sugiyama, Tagawa & Toda 1981).

Four steps: a column for each box, as near to its first use as can be; an order in each column with few crossings;
heights that straighten the wires; and the curves. A wire across columns gets a lane of its own in each.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from .plan import Footprint, Link, Plan, Point

GAP = 16.0  # between boxes of a column
LANE = 10.0  # a wire crossing a column
_TURN = 36.0  # how far a wire that runs back swings out
ROUNDS = 12  # of ordering, and of straightening


@dataclass(eq=False)
class _Slot:
    """A box in its column, or the lane of a wire that crosses it."""

    column: int
    height: float
    box: int | None = None
    left: list[tuple[_Slot, float, float]] = field(default_factory=list)  # neighbour, offset of its top, weight
    right: list[tuple[_Slot, float, float]] = field(default_factory=list)
    order: float = 0.0
    top: float = 0.0


def layered(footprints: Sequence[Footprint], links: Sequence[Link]) -> Plan:
    """Places the boxes and draws the wires."""
    if not footprints:
        return Plan()
    backward = _backward(len(footprints), links)
    columns_of = _columns(len(footprints), links, backward)
    slots = [
        _Slot(column, shape.height, k) for k, (column, shape) in enumerate(zip(columns_of, footprints, strict=True))
    ]
    paths = [[] if k in backward else _chain(slots, footprints, link) for k, link in enumerate(links)]
    columns = _ordered(slots)
    _straighten(columns)
    return _drawn(footprints, links, slots, paths, columns)


def _backward(n: int, links: Sequence[Link]) -> set[int]:
    """The links that close a cycle (boxes of many Values can feed each other); they run back below the rest."""
    out: list[list[int]] = [[] for _ in range(n)]
    for k, link in enumerate(links):
        out[link.source].append(k)
    state = [0] * n  # 1 on the path being followed, 2 done
    closing: set[int] = set()
    for start in range(n):
        path = [start] if not state[start] else []
        state[start] = state[start] or 1
        while path:
            node = path[-1]
            if not out[node]:
                state[node] = 2
                path.pop()
                continue
            k = out[node].pop()
            after = links[k].target
            if state[after] == 1:
                closing.add(k)
            elif not state[after]:
                state[after] = 1
                path.append(after)
    return closing


def _columns(n: int, links: Sequence[Link], backward: set[int]) -> list[int]:
    """The column of each box: the longest way from it to a result, counted from the right."""
    users: list[list[int]] = [[] for _ in range(n)]
    waiting = [0] * n
    for k, link in enumerate(links):
        if k not in backward:
            users[link.target].append(link.source)
            waiting[link.source] += 1
    ranks = [0] * n
    ready = [k for k in range(n) if not waiting[k]]
    while ready:
        target = ready.pop()
        for source in users[target]:
            ranks[source] = max(ranks[source], ranks[target] + 1)
            waiting[source] -= 1
            if not waiting[source]:
                ready.append(source)
    most = max(ranks)
    return [most - rank for rank in ranks]


def _chain(slots: list[_Slot], footprints: Sequence[Footprint], link: Link) -> list[_Slot]:
    """The slots a link passes, left to right, tied to each other; lanes are added to `slots`."""
    first, out = slots[link.source], footprints[link.source].tail
    final, into = slots[link.target], footprints[link.target].heads[link.place]
    lanes = [_Slot(column, LANE) for column in range(first.column + 1, final.column)]
    slots.extend(lanes)
    path = [first, *lanes, final]
    offsets = [out, *[LANE / 2] * len(lanes), into]
    for k in range(len(path) - 1):
        a, b = path[k], path[k + 1]
        weight = 1.0 + 2.0 * ((a.box is None) + (b.box is None))  # lanes run straight, boxes may shift
        a.right.append((b, offsets[k + 1] - offsets[k], weight))
        b.left.append((a, offsets[k] - offsets[k + 1], weight))
    return path


def _ordered(slots: list[_Slot]) -> list[list[_Slot]]:
    """The columns, each in an order with few crossings."""
    columns: list[list[_Slot]] = [[] for _ in range(1 + max(slot.column for slot in slots))]
    seen: set[int] = set()
    # first as the inputs come in the formulas, from the results back: of a tree, that is without any crossing
    ends = [slot for slot in slots if not slot.right]
    for end in ends:
        waiting = [end]
        while waiting:
            slot = waiting.pop()
            if id(slot) not in seen:
                seen.add(id(slot))
                columns[slot.column].append(slot)
                waiting.extend(a for a, _, _ in sorted(slot.left, key=lambda tie: tie[1]))
    best = [list(column) for column in columns]
    fewest = _crossings(columns)
    for turn in range(ROUNDS):
        if not fewest:
            break
        _number(columns)
        leftward = turn % 2 == 0
        for column in reversed(columns[:-1]) if leftward else columns[1:]:
            _by_neighbours(column, leftward)
        crossings = _crossings(columns)
        if crossings < fewest:
            best, fewest = [list(column) for column in columns], crossings
    _number(best)
    return best


def _number(columns: list[list[_Slot]]) -> None:
    for column in columns:
        for place, slot in enumerate(column):
            slot.order = place


def _by_neighbours(column: list[_Slot], leftward: bool) -> None:
    """Sorts a column by the middle of what each slot is tied to on one side; a slot tied to nothing stays."""

    def middle(slot: _Slot) -> float:
        ties = slot.right if leftward else slot.left
        # the offset breaks ties: of two inputs of a box, the one whose wire arrives higher comes first
        return sum(a.order + 1e-4 * shift * leftward for a, shift, _ in ties) / len(ties) if ties else slot.order

    column.sort(key=middle)
    for place, slot in enumerate(column):
        slot.order = place


def _crossings(columns: list[list[_Slot]]) -> int:
    _number(columns)
    total = 0
    for column in columns[:-1]:
        passed: list[tuple[float, float]] = []
        for slot in column:
            ends = sorted((b.order, shift) for b, shift, _ in slot.right)
            total += sum(len(passed) - bisect_right(passed, end) for end in ends)
            for end in ends:
                insort(passed, end)
    return total


def _straighten(columns: list[list[_Slot]]) -> None:
    """Sets heights: each slot goes where its wires would be level, as far as its column has room."""
    for column in columns:
        _settle(column, [0.0] * len(column), [1.0] * len(column))
    for turn in range(ROUNDS * 2):
        sides = ("left", "right") if turn >= ROUNDS else ("left",) if turn % 2 else ("right",)
        for column in columns if turn % 2 else reversed(columns):
            wanted, weights = [], []
            for slot in column:
                ties = [tie for side in sides for tie in getattr(slot, side)]
                weight = sum(w for _, _, w in ties)
                wanted.append(sum(w * (a.top + shift) for a, shift, w in ties) / weight if ties else slot.top)
                weights.append(weight or 0.1)
            _settle(column, wanted, weights)


def _settle(column: list[_Slot], wanted: list[float], weights: list[float]) -> None:
    """The tops nearest to those wanted (least squares) that keep the order and the gaps.

    Without the room that slots take, the tops must only not decrease: isotonic regression, by pooling neighbours that
    want to pass each other (Ayer et al. 1955).
    """
    blocks: list[tuple[float, float, int]] = []  # mean, weight, how many
    taken = 0.0
    room = []
    for k, slot in enumerate(column):
        if k:
            taken += column[k - 1].height + (GAP if slot.box is not None or column[k - 1].box is not None else 0.0)
        room.append(taken)
        mean, weight, size = wanted[k] - taken, weights[k], 1
        while blocks and blocks[-1][0] >= mean:
            before, more, n = blocks.pop()
            mean = (before * more + mean * weight) / (more + weight)
            weight, size = weight + more, size + n
        blocks.append((mean, weight, size))
    tops = [mean for mean, _, size in blocks for _ in range(size)]
    for slot, top, below in zip(column, tops, room, strict=True):
        slot.top = top + below


def _drawn(
    footprints: Sequence[Footprint],
    links: Sequence[Link],
    slots: list[_Slot],
    paths: list[list[_Slot]],
    columns: list[list[_Slot]],
) -> Plan:
    highest = min(slot.top for slot in slots)
    for slot in slots:
        slot.top -= highest
    crossing: dict[int, int] = defaultdict(int)
    for path in paths:
        for slot in path[:-1]:
            crossing[slot.column] += 1
    lefts, x = [], 0.0
    widths = [max((footprints[s.box].width for s in column if s.box is not None), default=0.0) for column in columns]
    for column, width in enumerate(widths):
        lefts.append(x)
        x += width + 44.0 + min(110.0, 2.0 * crossing[column])
    corners = [
        (lefts[slot.column] + widths[slot.column] - footprints[k].width, slot.top)
        for k, slot in enumerate(slots[: len(footprints)])
    ]
    bottom = max(slot.top + slot.height for slot in slots)
    curves = []
    for link, path in zip(links, paths, strict=True):
        source, target = footprints[link.source], footprints[link.target]
        start = (corners[link.source][0] + source.width, corners[link.source][1] + source.tail)
        end = (corners[link.target][0], corners[link.target][1] + target.heads[link.place])
        lanes = [
            (lefts[slot.column] + side * widths[slot.column], slot.top + LANE / 2)
            for slot in path[1:-1]
            for side in (0, 1)
        ]
        if not path:
            bottom += LANE
        curves.append(_curve([start, *lanes, end]) if path else _return(start, end, bottom))
    width = max(lefts[-1] + widths[-1], max((x for curve in curves for x, _ in curve), default=0.0))
    return Plan(corners, curves, width, bottom)


def _curve(points: list[Point]) -> list[Point]:
    """One smooth curve through the points, level at each."""
    curve = [points[0]]
    for (x1, y1), (x2, y2) in pairwise(points):
        middle = (x1 + x2) / 2
        curve += [(middle, y1), (middle, y2), (x2, y2)]
    return curve


def _return(start: Point, end: Point, below: float) -> list[Point]:
    """A curve from the right side of a box to the left side of one before it, through the room below all."""
    (x1, y1), (x2, y2) = start, end
    there, back = x1 + _TURN, x2 - _TURN
    return [
        start,
        (there, y1),
        (there, below),
        (x1, below),
        (x1, below),
        (x2, below),
        (x2, below),
        (back, below),
        (back, y2),
        end,
    ]
