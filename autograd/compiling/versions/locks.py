"""Locks that a forked child finds open: in a child there is no thread that could ever leave them."""

from __future__ import annotations

import os
import threading
from weakref import WeakSet

_all: WeakSet[Lock] = WeakSet()


class Lock:
    """A lock that the thread which holds it may take again."""

    def __init__(self) -> None:
        self.renew()
        _all.add(self)

    def renew(self) -> None:
        """Opens it, whoever held it."""
        self._lock = threading.RLock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def _renew_all() -> None:
    for lock in list(_all):
        lock.renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_all)
