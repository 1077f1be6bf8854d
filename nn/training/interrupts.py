"""Ctrl-C waits until what must not be left half done is done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_is_held = False


@contextmanager
def held() -> Iterator[None]:
    """Within the `with` block Ctrl-C is only noted, and comes at its end; a second one comes at once.

    Only the main thread is interrupted by Ctrl-C, so elsewhere there is nothing to do; nor within another such block.
    """
    global _is_held
    if _is_held or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)
    if not callable(before):
        yield
        return
    noted: list[tuple[int, FrameType | None]] = []

    def note(number: int, frame: FrameType | None) -> None:
        if noted:
            before(number, frame)
        noted.append((number, frame))

    signal.signal(signal.SIGINT, note)
    _is_held = True
    try:
        yield
    finally:
        _is_held = False
        signal.signal(signal.SIGINT, before)
        if len(noted) == 1:
            before(*noted[0])
