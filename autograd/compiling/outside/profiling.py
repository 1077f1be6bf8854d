"""Profiling: has Python tell which functions run, for a while; who profiles the program goes on afterwards."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def profiled(look: Callable[[Any, str, Any], None]) -> Iterator[None]:
    """In the `with` block Python calls `look` with each call and return, and then the profiler that there was."""
    others: Any = sys.getprofile()
    is_python = not hasattr(others, "enable")  # and none that is written in C, as cProfile's is

    def both(frame: Any, event: str, argument: Any) -> None:
        look(frame, event, argument)
        others(frame, event, argument)

    if not is_python:
        others.disable()
    sys.setprofile(both if is_python and others is not None else look)
    try:
        yield
    finally:
        sys.setprofile(others if is_python else None)
        if not is_python:
            others.enable()
