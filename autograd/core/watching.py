"""Who is watching while operations are recorded: an open tape, `no_grad`, and whatever else needs to see each node.

Almost always nobody is, so the functions that record ask only `if watchers:`, a test of an empty list, and read no
context variable. Watchers belong to a context (a thread, an asyncio task): one thread's `no_grad` is not another's.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from types import CodeType, FrameType
from typing import Any

# Every leaf and node takes the next number, so the order of recording, which is a topological order, can be read off.
serials = count(1)

watchers: list[Watcher] = []  # those of all contexts together
_here: ContextVar[tuple[Watcher, ...]] = ContextVar("watchers", default=())


class Watcher:
    """Sees every node and every comparison recorded in its context while it watches."""

    first = False  # whether it must see a node before the others do
    takes_masks = False  # whether arrays of Values are compared only when somebody looks at the outcome
    replays = False  # whether what it sees is computed again, with other numbers, in place of the program
    may_replay = False  # whether it can be

    def record(self, node: Any) -> None:
        """`node` has just been recorded."""

    def cut_off(self, node: Any, source: Any) -> None:
        """`node`, with the number of `source`, loses its history; before `no_grad` cuts it, both are one."""

    def named(self, value: Any) -> None:
        """`value` has just been given a label or a scope."""

    def compare(self, left: Any, symbol: str, right: Any, outcome: bool) -> None:
        """A comparison of Values has just been read as True or False."""

    def read(self, value: Any) -> Any:
        """The number of `value` is being read by `data`: what is read in its place, or None."""

    def computed(self, op: Any, inputs: tuple[Any, ...]) -> Any:
        """A row is asked for what it gives of numbers alone, groups as lists: what it gives in its place, or None."""

    def made_of(self, leaf: Any, constant: Any) -> None:
        """`leaf` has just been made of a number that is followed, for which `constant` stands."""

    def follows(self, constant: Any) -> bool:
        """Whether `constant` has another number in other calls."""
        return False

    def touched(self, value: Any, what: str) -> None:
        """`value` is being written, or its gradient read: what is done, as in "writes {}.data"."""


def watching_here() -> tuple[Watcher, ...]:
    """Those who watch in this context, outermost first."""
    return _here.get()


def replaying() -> list[Watcher]:
    """Those who watch here, and will compute what they see again with other numbers."""
    return [watcher for watcher in _here.get() if watcher.replays] if watchers else []


def followed(value: Any) -> bool:
    """Whether a Value without history will be computed again, so that its number is not to be kept."""
    return not value._serial and any(watcher.follows(value) for watcher in replaying())


def may_be_replayed() -> bool:
    """Whether what is recorded now can be computed again with other numbers."""
    return bool(watchers) and any(watcher.may_replay for watcher in _here.get())


def watch(node: Any) -> None:
    """Shows a new node to those who watch here."""
    for watcher in _here.get():
        watcher.record(node)


def watch_cut(node: Any, source: Any) -> None:
    """Shows a Value without history, and what it comes from, to those who watch here."""
    for watcher in _here.get():
        watcher.cut_off(node, source)


def watch_name(value: Any) -> None:
    """Shows a Value that has a new label or scope to those who watch here."""
    for watcher in _here.get():
        watcher.named(value)


def watch_comparison(left: Any, symbol: str, right: Any, outcome: bool) -> None:
    """Shows the outcome of a comparison to those who watch here."""
    for watcher in _here.get():
        watcher.compare(left, symbol, right, outcome)


def watch_reading(value: Any) -> Any:
    """Shows those who watch here that a number is read; gives what they put in its place, or else the number."""
    for watcher in _here.get():
        if (found := watcher.read(value)) is not None:
            return found
    return value._data


def watch_numbers(op: Any, *inputs: Any) -> Any:
    """Shows a row of numbers alone to those who watch here; gives what they put in place of the result, or None."""
    for watcher in _here.get():
        if (found := watcher.computed(op, inputs)) is not None:
            return found
    return None


def watch_leaf(leaf: Any, constant: Any) -> None:
    """Shows a new leaf that was made of a followed number to those who watch here."""
    for watcher in _here.get():
        watcher.made_of(leaf, constant)


def is_followed(constant: Any) -> bool:
    """Whether somebody who watches here knows that a constant has another number in other calls."""
    return any(watcher.follows(constant) for watcher in _here.get())


def watch_touch(value: Any, what: str) -> None:
    """Shows those who watch here that a Value is written, or its gradient read."""
    for watcher in _here.get():
        watcher.touched(value, what)


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Lets `watcher` see what is recorded in the `with` block."""
    before = _here.get()
    with _watched_by(watcher, (watcher, *before) if watcher.first else (*before, watcher)):
        yield


@contextmanager
def watching_alone(watcher: Watcher) -> Iterator[None]:
    """Lets `watcher`, and nobody from around the `with` block, see what is recorded in it."""
    with _watched_by(watcher, (watcher,)):
        yield


@contextmanager
def _watched_by(watcher: Watcher, all_here: tuple[Watcher, ...]) -> Iterator[None]:
    token = _here.set(all_here)
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


_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


def caller() -> tuple[str, int]:
    """The file and the line of the user's code that is running."""
    frame = user_frame()
    return frame.f_code.co_filename, frame.f_lineno


def user_frame() -> FrameType:
    """The first frame outside this package."""
    frame = sys._getframe(1)
    while frame.f_back is not None and is_own(frame.f_code):
        frame = frame.f_back
    return frame


def is_own(code: CodeType) -> bool:
    """Whether code is this package's, in its files or printed by it."""
    return code.co_filename.startswith((_PACKAGE, "<autograd "))
