"""Which Values of a graph are drawn: all ancestors of the roots, those within a depth, or the last ones that fit."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Sequence

from ..core.sweep import by_line, walk
from ..core.value import Value


def ancestors(roots: Iterable[Value], depth: int | None = None) -> tuple[list[Value], set[int]]:
    """The roots and what they were computed from, earliest first; and the ids of those cut off, `depth` steps away.

    Constants are left out: they are drawn with the Values that use them.
    """
    front = {id(root): root for root in roots}
    if depth is None:
        return walk(front.values(), lambda x: x._serial > 0 or id(x) in front)[::-1], set()
    found = dict(front)
    for _ in range(depth):
        front = {id(x): x for value in front.values() for x in value.inputs if x._serial and id(x) not in found}
        found |= front
    # an input of these may be drawn all the same, as an input of another; it is their own wires that are cut
    return sorted(found.values(), key=by_line), {key for key, value in front.items() if value.inputs}


def boxes_needed(values: Sequence[Value], cut: Collection[int] = (), most: int = sys.maxsize) -> int:
    """How many boxes draw these Values, a constant counting once a use; stops counting above `most`."""
    if len(values) > most:
        return len(values)
    return len(values) + sum(x.is_constant for value in values if id(value) not in cut for x in value.inputs)


def last(values: Sequence[Value], room: int, cut: Collection[int]) -> tuple[list[Value], set[int], int]:
    """The Values recorded last, as many as `room` boxes hold with their inputs, the ids cut off, and the widest drawn.

    Recorded last means that whatever uses one of them is drawn too, except where only its own inputs are drawn.
    """
    widest = max(1, room - 2)  # a box is the Value, and one the inputs beyond these
    kept: dict[int, Value] = {}
    used: dict[int, Value] = {}
    for value in reversed(values):
        inputs = () if id(value) in cut else value.inputs
        drawn = inputs[:widest]
        fresh = {id(x): x for x in drawn if not x.is_constant and id(x) not in kept and id(x) not in used}
        room -= (id(value) not in used) + len(fresh) + sum(x.is_constant for x in drawn) + (len(inputs) > widest)
        if kept and room < 0:
            break
        kept[id(value)] = value
        used.update(fresh)
    shown = used | kept
    hidden = {key for key, value in shown.items() if value.inputs and (key not in kept or key in cut)}
    return sorted(shown.values(), key=lambda value: value._serial), hidden, widest
