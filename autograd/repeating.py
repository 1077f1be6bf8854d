"""Repeating: `for t in autograd.repeat(n)`, a loop of which a recording needs a few turns alone.

A function is recorded to be compiled turn by turn. Here whoever records may say after some turns that the rest would be
the same, and then only the last one follows. Everywhere else this is `range`.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Iterable, Iterator
from typing import Any, SupportsIndex

from .core.watching import tell, watchers


class Repetition:
    """One run through such a loop; who records keeps a note there of what it has seen."""

    note: Any = None


def repeat(turns: SupportsIndex | None = None, *, over: Iterable[Any] | None = None) -> Iterator[Any]:
    """The numbers 0, 1, ..., turns - 1, like `range(turns)`, for the turns of a loop that does the same in each.

    Or what each turn is given: `for x, y in repeat(over=zip(xs, ys))`.

    In a compiled function the turns are not all recorded when the first ones are alike: the same operations, which read
    what they read in the turn before, its counterpart, or the turn's own part of the arguments, and plain numbers that
    stay as they are; and nothing else goes on from turn to turn but Values that local variables hold, alone or in lists
    of as many. A turn that asks for its own number, appends to a list or counts is not like the others; then all turns
    are recorded, as in any loop.

    >>> from autograd import Value, repeat
    >>> x = Value(1.0)
    >>> for _ in repeat(3):
    ...     x = x * 2.0
    >>> x.data
    8.0

    Raises:
        TypeError: `turns` is no whole number, or there is neither a number of turns nor what they are given, or both.
    """
    if (turns is None) == (over is None):
        raise TypeError("repeat takes a number of turns, as in repeat(10), or what they are given, repeat(over=rows)")
    if over is not None:
        rows = list(over)
        return _turns(len(rows), rows)
    if not hasattr(turns, "__index__"):
        raise TypeError(f"repeat takes a whole number of turns, got {turns!r}; write repeat(int(turns)) if it is one")
    return _turns(operator.index(turns), None)  # type: ignore[arg-type]  # it has what it takes


def _turns(turns: int, rows: list[Any] | None) -> Iterator[Any]:
    mine, t = Repetition(), 0
    while t < turns:
        yielded = t if rows is None else rows[t]
        if watchers and t < turns - 1:
            # the last turn has its number, whatever was left out: it is what the loop's variable has afterwards
            numbered = tell("begins_turn", mine, yielded, rows)
            yielded = yielded if numbered is None else numbered
        yield yielded
        t += 1
        if watchers and t < turns:
            t += tell("ended_turn", mine, sys._getframe(1), t, turns - t) or 0
