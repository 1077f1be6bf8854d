"""Who is watching while operations are recorded: an open tape, `no_grad`, and whatever else needs to see each node.

Almost always nobody is, so the functions that record ask only `if watchers:`, a test of an empty list, and read no
context variable. Watchers belong to a context (a thread, an asyncio task): one thread's `no_grad` is not another's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from typing import Any

# Every leaf and node takes the next number, so the order of recording, which is a topological order, can be read off.
serials = count(1)

watchers: list[Watcher] = []  # those of all contexts together
_here: ContextVar[tuple[Watcher, ...]] = ContextVar("watchers", default=())


class Watcher:
    """Sees every node and every comparison recorded in its context while it watches.

    Those who will compute it all again with other numbers are told more: see `replaying.Replayer`.
    """

    first = False  # whether it must see a node before the others do

    def record(self, node: Any) -> None:
        """`node` has just been recorded."""

    def cut_off(self, node: Any, source: Any) -> None:
        """`node`, with the number of `source`, loses its history; before `no_grad` cuts it, both are one."""

    def named(self, value: Any) -> None:
        """`value` has just been given a label or a scope."""

    def compare(self, left: Any, symbol: str, right: Any, outcome: bool) -> None:
        """A comparison of Values has just been read as True or False."""


def watching_here() -> tuple[Watcher, ...]:
    """Those who watch in this context, outermost first."""
    return _here.get()


def watch(node: Any) -> None:
    """Shows a new node to those who watch here."""
    for watcher in _here.get():
        watcher.record(node)


def tell(event: str, *facts: Any) -> Any:
    """Calls that method of those who watch here and have it, until one has something to say; gives that, or None."""
    for watcher in _here.get():
        hear = getattr(watcher, event, None)
        if hear is not None and (said := hear(*facts)) is not None:
            return said
    return None


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Lets `watcher` see what is recorded in the `with` block."""
    before = _here.get()
    token = _here.set((watcher, *before) if watcher.first else (*before, watcher))
    watchers.append(watcher)
    try:
        yield
    finally:
        # by identity and not by position: contexts of other threads open and close in any order
        del watchers[next(k for k, one in enumerate(watchers) if one is watcher)]
        _here.reset(token)


@contextmanager
def watched_only_by(these: Iterable[Watcher]) -> Iterator[None]:
    """Lets none but `these`, of those who watch here, see what is recorded in the `with` block."""
    token = _here.set(tuple(these))
    try:
        yield
    finally:
        _here.reset(token)
