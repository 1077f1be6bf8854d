"""The built-in layout: boxes in columns, inputs left of what is computed from them (Sugiyama, Tagawa & Toda 1981).

Four steps: a column for each box, as near to its first use as can be; an order in each column with few crossings;
heights that straighten the wires; and the curves. A wire across columns gets a lane of its own in each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from .plan import Footprint, Link, Plan, Point, level
from .slots import LANE, Slot, ordered, straighten

_TURN = 36.0  # how far a wire that runs back swings out


def layered(footprints: Sequence[Footprint], links: Sequence[Link]) -> Plan:
    """Places the boxes and draws the wires."""
    if not footprints:
        return Plan()
    backward = _backward(len(footprints), links)
    columns_of = _columns(len(footprints), links, backward)
    slots = [
        Slot(column, shape.height, k) for k, (column, shape) in enumerate(zip(columns_of, footprints, strict=True))
    ]
    paths = [[] if k in backward else _chain(slots, footprints, link) for k, link in enumerate(links)]
    columns = ordered(slots)
    straighten(columns)
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


def _chain(slots: list[Slot], footprints: Sequence[Footprint], link: Link) -> list[Slot]:
    """The slots a link passes, left to right, tied to each other; lanes are added to `slots`."""
    first, out = slots[link.source], footprints[link.source].tail
    final, into = slots[link.target], footprints[link.target].heads[link.place]
    lanes = [Slot(column, LANE) for column in range(first.column + 1, final.column)]
    slots.extend(lanes)
    path = [first, *lanes, final]
    offsets = [out, *[LANE / 2] * len(lanes), into]
    for k in range(len(path) - 1):
        a, b = path[k], path[k + 1]
        weight = 1.0 + 2.0 * ((a.box is None) + (b.box is None))  # lanes run straight, boxes may shift
        a.right.append((b, offsets[k + 1] - offsets[k], weight, offsets[k + 1]))
        b.left.append((a, offsets[k] - offsets[k + 1], weight, offsets[k + 1]))
    return path


def _drawn(
    footprints: Sequence[Footprint],
    links: Sequence[Link],
    slots: list[Slot],
    paths: list[list[Slot]],
    columns: list[list[Slot]],
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
        curves.append(level([start, *lanes, end]) if path else _return(start, end, bottom))
    width = max(lefts[-1] + widths[-1], max((x for curve in curves for x, _ in curve), default=0.0))
    return Plan(corners, curves, width, bottom)


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
