"""Repeating: `for t in autograd.repeat(n)`, a loop of which a recording needs a few turns alone.

A function is recorded to be compiled turn by turn. Here whoever records may say after some turns that the rest would be
the same, and then only the last one follows. Everywhere else this is `range`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, SupportsIndex

from .core.watching import tell, watchers


class Repetition:
    """One run through such a loop; who records keeps a note there of what it has seen."""

    note: Any = None


def repeat(turns: SupportsIndex) -> Iterator[int]:
    """The numbers 0, 1, ..., turns - 1, like `range(turns)`, for the turns of a loop that does the same in each.

    In a compiled function the turns are not all recorded when the first ones are alike: the same operations, which read
    what they read in the turn before, or its counterpart, and plain numbers that stay as they are; and nothing else
    goes on from turn to turn but Values that local variables hold, alone or in lists of as many. A turn that asks for
    its own number, appends to a list or counts is not like the others; then all turns are recorded, as in any loop.

    >>> from autograd import Value, repeat
    >>> x = Value(1.0)
    >>> for _ in repeat(3):
    ...     x = x * 2.0
    >>> x.data
    8.0

    Raises:
        TypeError: `turns` is no whole number.
    """
    if not hasattr(turns, "__index__"):
        raise TypeError(f"repeat takes a whole number of turns, got {turns!r}; write repeat(int(turns)) if it is one")
    return _turns(turns.__index__())


def _turns(turns: int) -> Iterator[int]:
    mine, t = Repetition(), 0
    while t < turns:
        # the last turn has its number, whatever was left out: it is what the loop's variable has afterwards
        named = tell("begins_turn", mine, t) if watchers and t < turns - 1 else None
        yield t if named is None else named
        t += 1
        if watchers and t < turns - 1:
            t += tell("ended_turn", mine, sys._getframe(1), turns - 1 - t) or 0
