"""Effects: what a function does, while it is recorded, that replaying its operations would not do again.

A random number that it draws, a clock or a file that it reads, what it prints, what it changes outside: a program has
none of that. Python tells of each function written in C that is called, if it is asked to; it is asked where the
function has a name for something of the kind, since recording takes two to four times as long then.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from types import CodeType
from typing import Any

from ...recording import is_own
from .closure import Closure
from .library import impure, is_library

_SEED = Random.seed.__code__


class Effects:
    """What one run of a function does besides computing, each with the line of the user's program.

    `closure` is what the function can read: where that has to be known exactly, what the functions can that ran.
    """

    def __init__(self, function: Callable[..., Any], arguments: Sequence[Any]) -> None:
        self._function, self._arguments = function, arguments
        self.closure = Closure(function, arguments)
        self._ran: dict[int, CodeType] = {}
        self._seeded: list[Any] = []  # generators that give the same numbers in each run
        self.drawn = ""  # which random number was drawn first
        self.found = ""  # what else was done first
        self.changes = False  # whether that is a change of what the function reads

    def watch(self, run: Callable[[], Any]) -> Any:
        """What `run` returns; notes what it does."""
        closure = self.closure
        before = [_state(one) for one in closure.generators]
        is_profiled = closure.is_impure or closure.unreachable
        result = self._profiled(run) if is_profiled else run()
        for generator, state in zip(closure.generators, before, strict=True):
            if not self.drawn and _differ(_state(generator), state):
                _restore(generator, state)
                self.drawn = f"draws from {type(generator).__name__} ({_line_of_draw(run, generator)})"
        if not self.found and not closure.is_same():
            self.found, self.changes = f"changes {closure.difference()}", True
        if is_profiled:
            self.closure = Closure(self._function, self._arguments, _Ran(self._ran))
            self.found = self.found or self.closure.unreachable
        return result

    def _profiled(self, run: Callable[[], Any]) -> Any:
        others = sys.getprofile()
        sys.setprofile(self._look)
        try:
            return run()
        finally:
            sys.setprofile(others)

    def _look(self, frame: Any, event: str, function: Any) -> None:
        if event == "call":
            code = frame.f_code
            self._ran[id(code)] = code
            if code.co_filename == _SEED.co_filename:  # Python's own `random`; gauss keeps every second number it draws
                self._look_at_draw(frame, code)
        elif event == "c_call" and (name := impure(function)):
            owner = function.__self__
            if isinstance(owner, Random):
                self._draw(name, owner, frame)
            elif user := _user(frame):
                self.found = self.found or f"calls {name} ({_place(user)})"

    def _look_at_draw(self, frame: Any, code: CodeType) -> None:
        owner = frame.f_locals.get("self")
        if code is _SEED and frame.f_locals["a"] is not None:
            self._seeded.append(owner)
        elif isinstance(owner, Random) and code.co_name not in ("seed", "__init__"):
            self._draw(code.co_name, owner, frame)

    def _draw(self, name: str, owner: Random, frame: Any) -> None:
        if not self.drawn and not any(owner is one for one in self._seeded) and (user := _user(frame)):
            self.drawn = f"draws with {name} ({_place(user)})"


def _user(frame: Any) -> Any:
    """The frame of the user's program that is running, or None if this package is."""
    while frame is not None and is_library(frame.f_code, frame.f_globals):
        if is_own(frame.f_code):
            return None
        frame = frame.f_back
    return frame


class _Ran:
    """Whether code ran, told by identity: the hash of code is slow."""

    def __init__(self, ran: dict[int, CodeType]) -> None:
        self._ran = ran

    def __contains__(self, code: object) -> bool:
        return id(code) in self._ran


def _place(frame: Any) -> str:
    return f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"


# NumPy's random numbers are drawn by functions that Python does not tell of; their generators have a state to look at.


def _state(generator: Any) -> Any:
    if hasattr(generator, "get_state"):
        return generator.get_state(legacy=False)
    return getattr(generator, "bit_generator", generator).state


def _restore(generator: Any, state: Any) -> None:
    if hasattr(generator, "set_state"):
        generator.set_state(state)
    else:
        getattr(generator, "bit_generator", generator).state = state


def _differ(one: Any, other: Any) -> bool:
    return repr(one) != repr(other) or _numbers(one) != _numbers(other)


def _numbers(state: Any) -> Any:
    key = state.get("state", {}).get("key") if isinstance(state.get("state"), dict) else None
    return None if key is None else key.tobytes()  # repr leaves out the middle


def _line_of_draw(run: Callable[[], Any], generator: Any) -> str:
    """The line that draws, found by running the function once more and looking after each line."""
    start = _state(generator)
    last, found = "", ""

    def look(frame: Any, event: str, _: Any) -> Any:
        nonlocal last, found
        if is_library(frame.f_code, frame.f_globals):
            return None
        if not found and _differ(_state(generator), start):
            found = last
        last = _place(frame)
        return look

    others = sys.gettrace()
    sys.settrace(look)
    try:
        run()
    except Exception:  # whatever it is, the line is what is wanted
        pass
    finally:
        sys.settrace(others)
        _restore(generator, start)
    return found or last
