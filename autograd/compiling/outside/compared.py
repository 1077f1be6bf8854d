"""Compared: a container, what was in it, and whether it still is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

MISSING = object()  # what is found under a name that nothing has
Where = Any  # a name, or (where it was found, the way on from there)


class Compared:
    """A container, and what was in it; `step` says how an item is reached from there."""

    def __init__(
        self, now: Iterable[Any], where: Where, step: Callable[[int], str], narrow: Compared | None = None
    ) -> None:
        self.now, self.where, self.step = now, where, step
        self.items = list(now)
        # Of an object all attributes are compared, which is quick. Where one has changed that no code has a name for,
        # as a count of steps may in each, from then on those that code has names for are.
        self.narrow = narrow

    def is_alike(self) -> bool:
        """Whether nothing has changed but for other objects that are the same numbers; they are remembered then."""
        now = list(self.now)
        if len(now) == len(self.items) and all(map(alike, now, self.items)):
            self.items = now
            return True
        narrow = self.narrow
        if narrow is None or not narrow.is_alike():
            return False
        self.now, self.items, self.step, self.narrow = narrow.now, narrow.items, narrow.step, None
        return True

    def difference(self) -> str:
        """The first item that has changed, as a path from the function's names."""
        now = list(self.now)
        if len(now) != len(self.items):
            return path_of(self.where)
        changed = (k for k, x in enumerate(now) if not alike(x, self.items[k]))
        return next((path_of((self.where, self.step(k))) for k in changed), "")


_PLAIN = (int, float, complex, bool, str, bytes, tuple, type(None))


def alike(x: Any, y: Any) -> bool:
    """Whether these are one object, or numbers or texts of one kind that nothing tells apart."""
    if x is y:
        return True
    if type(x) is not type(y) or type(x) not in _PLAIN:
        return False
    if type(x) is tuple:
        return len(x) == len(y) and all(map(alike, x, y))
    return bool(x == y and repr(x) == repr(y)) or bool(x != x and y != y)  # 0.0 is not -0.0, and nan is nan


class Reading:
    """What some function reads, each time it is asked for."""

    def __init__(self, read: Callable[[], Iterable[Any]]) -> None:
        self.read = read

    def __iter__(self) -> Iterator[Any]:
        return iter(self.read())


def at_place(k: int) -> str:
    return f"[{k}]"


def at_key(x: Any, k: int) -> str:
    return f"[{[*x][k % len(x)]!r}]"  # its items are the keys and then the contents


def at_attribute(names: Sequence[str], k: int) -> str:
    return f".{names[k]}"


def path_of(where: Where) -> str:
    """Where something was found, as text: a name, and the way on from there."""
    keys = []
    while isinstance(where, tuple):
        where, key = where
        keys.append(key)
    return f"{where}{''.join(reversed(keys))}"
