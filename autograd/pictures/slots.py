"""The order and the heights of what stands in columns: few crossings, then wires as straight as can be."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

GAP = 16.0  # between boxes of a column
LANE = 10.0  # a wire crossing a column
_ROUNDS = 12  # of ordering, and of straightening


Tie = tuple["Slot", float, float, float]


@dataclass(eq=False)
class Slot:
    """A box in its column, or the lane of a wire that crosses it.

    A tie to a neighbour is that slot, how much lower its top would be if the wire were level, how much that matters,
    and how far below the top of the right one of the two the wire arrives.
    """

    column: int
    height: float
    box: int | None = None
    left: list[Tie] = field(default_factory=list)
    right: list[Tie] = field(default_factory=list)
    order: float = 0.0
    top: float = 0.0


def ordered(slots: list[Slot]) -> list[list[Slot]]:
    """The columns, each in an order with few crossings."""
    columns: list[list[Slot]] = [[] for _ in range(1 + max(slot.column for slot in slots))]
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
                waiting.extend(tie[0] for tie in sorted(slot.left, key=lambda tie: tie[3], reverse=True))
    best = [list(column) for column in columns]
    fewest = _crossings(columns)
    for turn in range(_ROUNDS):
        if not fewest:
            break
        _number(columns)
        leftward = turn % 2 == 0
        for column in reversed(columns[:-1]) if leftward else columns[1:]:
            _by_neighbours(column, leftward)
        _swap(columns)
        crossings = _crossings(columns)
        if crossings < fewest:
            best, fewest = [list(column) for column in columns], crossings
    _number(best)
    return best


def _number(columns: list[list[Slot]]) -> None:
    for column in columns:
        for place, slot in enumerate(column):
            slot.order = place


def _by_neighbours(column: list[Slot], leftward: bool) -> None:
    """Sorts a column by the middle of what each slot is tied to on one side; a slot tied to nothing stays."""

    def middle(slot: Slot) -> float:
        ties = slot.right if leftward else slot.left
        # of two inputs of a box, the one whose wire arrives higher comes first
        return sum(a.order + 1e-4 * port * leftward for a, _, _, port in ties) / len(ties) if ties else slot.order

    column.sort(key=middle)
    for place, slot in enumerate(column):
        slot.order = place


def _swap(columns: list[list[Slot]]) -> None:
    """Swaps slots next to each other where their wires then cross less."""
    for column in columns:
        for k in range(len(column) - 1):
            a, b = column[k], column[k + 1]
            crossed, uncrossed = _between(_arrivals(a), _arrivals(b))
            more, less = _between([tie[0].order for tie in a.left], [tie[0].order for tie in b.left])
            if uncrossed + less < crossed + more:
                column[k], column[k + 1] = b, a
                a.order, b.order = b.order, a.order


def _arrivals(slot: Slot) -> list[tuple[float, float]]:
    """Where the wires to the right arrive: at which slot, and how far down there."""
    return [(b.order, port) for b, _, _, port in slot.right]


def _between(above: Sequence[Any], below: Sequence[Any]) -> tuple[int, int]:
    """How often the wires to the ends of one slot cross those of the slot below it, and how often if swapped."""
    crossed = sum(end > other for end in above for other in below)
    return crossed, sum(end < other for end in above for other in below)


def _crossings(columns: list[list[Slot]]) -> int:
    _number(columns)
    total = 0
    for column in columns[:-1]:
        passed: list[tuple[float, float]] = []
        for slot in column:
            ends = sorted(_arrivals(slot))
            total += sum(len(passed) - bisect_right(passed, end) for end in ends)
            for end in ends:
                insort(passed, end)
    return total


def straighten(columns: list[list[Slot]]) -> None:
    """Sets heights: each slot goes where its wires would be level, as far as its column has room."""
    for column in columns:
        _settle(column, [0.0] * len(column), [1.0] * len(column))
    for turn in range(_ROUNDS * 2):
        sides = ("left", "right") if turn >= _ROUNDS else ("left",) if turn % 2 else ("right",)
        for column in columns if turn % 2 else reversed(columns):
            wanted, weights = [], []
            for slot in column:
                ties = [tie for side in sides for tie in getattr(slot, side)]
                weight = sum(tie[2] for tie in ties)
                wanted.append(sum(w * (a.top + shift) for a, shift, w, _ in ties) / weight if ties else slot.top)
                weights.append(weight or 0.1)
            _settle(column, wanted, weights)


def _settle(column: list[Slot], wanted: list[float], weights: list[float]) -> None:
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
