"""Recorded: what was recorded on Values, as arrays.

Every Value but a constant has a line of its own, which grows in the order of recording. `map` and `attrgetter` read the
lines without running a line of Python for each Value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from operator import attrgetter, is_
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.value import Value
from .nodes import Integers

Values = NDArray[np.object_]


def read_by(nodes: list[Any], roots: list[Value]) -> tuple[Integers, Values]:
    """How many Values each node reads, and the Values: those of the first node, of the second, ..., then the roots."""
    first, second = (_array(map(attrgetter(name), nodes), len(nodes)) for name in ("_a", "_b"))
    has_many, has_one = (np.fromiter(map(is_, x, repeat(None)), bool, len(nodes)) for x in (first, second))
    sizes = 2 - has_one.astype(np.int64)
    many = np.flatnonzero(has_many).tolist()
    sizes[has_many] = [len(nodes[k]._many[0]) for k in many]
    starts = np.concatenate(([0], np.cumsum(sizes)))
    read = np.empty(starts[-1] + len(roots), object)
    read[starts[:-1]] = first
    read[starts[:-1][~has_one] + 1] = second[~has_one]
    for k in many:
        read[starts[k] : starts[k + 1]] = _array(nodes[k]._many[0], sizes[k])
    read[starts[-1] :] = _array(roots, len(roots))
    return sizes, read


def _array(values: Iterable[Any], count: int) -> Values:
    # numpy.array would ask each Value whether it is a sequence
    return np.fromiter(values, object, count)


def lines_of(values: Sequence[Any] | Values) -> Integers:
    """The lines of Values."""
    return np.fromiter(map(attrgetter("_serial"), values), np.int64, len(values))
