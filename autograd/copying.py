"""Copying and pickling a graph of any depth: its ancestors go first, one by one, so nothing recurses into inputs.

Pickle and deepcopy walk an object's parts by recursion, and a chain of 200,000 operations is 200,000 deep. So the first
Value they meet hands them a list of its ancestors, earliest first; each of those then finds its inputs already known.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from typing import Any

from .core.ops import Op
from .core.sweep import walk
from .core.value import UNSET, Bare, Value
from .core.watching import serials

_under_way = threading.local()  # .ids: the Values whose inputs have been handed over already


class Ancestors(list[Any]):
    """The ancestors of a Value, earliest first, handed to pickle or deepcopy one at a time."""

    def __init__(self, root: Value | None = None) -> None:
        self.root = root

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return Ancestors, (), None, self._one_by_one()

    def _one_by_one(self) -> Iterator[Value]:
        outer: frozenset[int] = getattr(_under_way, "ids", frozenset())
        nodes = whole_graph([self.root])[:-1] if self.root is not None else []
        _under_way.ids = outer | {id(node) for node in nodes}
        try:
            yield from nodes
        finally:
            _under_way.ids = outer


def reduce(value: Value, protocol: Any = None) -> tuple[Any, ...]:
    """How pickle and copy rebuild `value`."""
    grad = value._grad if value._grad is not UNSET else None
    state = (float(value.data), grad, value.op, value.partials, value.notes)
    ready = value.is_leaf or id(value) in getattr(_under_way, "ids", ())
    kind = None if type(value) is Bare else type(value)
    parts = (None if ready else Ancestors(value), value.inputs, state, value.is_constant, kind)
    return rebuild, parts, getattr(value, "__dict__", None)  # a subclass may have attributes


def rebuild(
    ancestors: Any, inputs: tuple[Value, ...], state: tuple[Any, ...], constant: bool, kind: type[Value] | None
) -> Value:
    """Makes a Value of its parts; `ancestors` only had to come before."""
    made: Value = Bare() if kind is None else object.__new__(kind)
    made._data, grad, made.op, partials, notes = state
    made._grad = UNSET if grad is None else grad
    made._a, made._b = inputs if len(inputs) == 2 else (*inputs, None) if len(inputs) == 1 else (None, None)
    if made._b is not None:
        made._da, made._db = partials
    elif made._a is not None:
        (made._da,) = partials
    elif made.op is not None:
        made._many = inputs, partials
    made._serial = 0 if constant else next(serials)  # inputs are rebuilt first, so lines keep their order
    if notes:
        made._notes = notes
    return made


def takes(op: Op, count: int) -> bool:
    """Whether a row can read so many inputs, one at least; all groups have as many."""
    groups = [domain.least for domain in op.domain if domain.least is not None]
    rest = count - (len(op.domain) - len(groups))
    return count > 0 and (rest % len(groups) == 0 and rest >= sum(groups) if groups else rest == 0)


def whole_graph(roots: Iterable[Value]) -> list[Value]:
    """The roots and all that they were computed from, constants first, then in the order of recording."""
    return walk(roots, lambda x: True)[::-1]


Value.__reduce_ex__ = reduce  # type: ignore[assignment]
