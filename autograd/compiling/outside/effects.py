"""Effects: what a function does, while it is recorded, that replaying its operations would not do again.

A random number that it draws, a clock or a file that it reads, what it prints, what it changes outside: a program has
none of that. Python tells of each function written in C that is called, if it is asked to; it is asked where the
function has a name for something of the kind, since recording takes two to four times as long then.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from random import Random
from types import CodeType
from typing import Any

from ...callers import is_own
from .closure import Closure
from .library import impure, is_library
from .profiling import profiled

_SEED = Random.seed.__code__


class Effects:
    """What one run of a function does besides computing, each with the line of the user's program.

    `closure` is what the function can read: where that has to be known exactly, what the functions can that ran.
    """

    def __init__(self, function: Callable[..., Any], arguments: Sequence[Any], by_line: bool = False) -> None:
        self._function, self._arguments = function, arguments
        self._by_line = by_line  # whether to look for the line that draws, which is slow
        self.closure = Closure(function, arguments)
        self._ran: dict[int, CodeType] = {}
        self._seeded: list[Any] = []  # generators that give the same numbers in each run
        self._draws: list[_Draws] = []
        self.drawn = ""  # which random number was drawn first
        self.found = ""  # what was done
        self.may_be_once = False  # whether a second run may do without: a cache is filled, a mask drawn

    def watch(self, run: Callable[[], Any], stood_for: Callable[[], Iterable[CodeType]] = tuple) -> Any:
        """What `run` returns; notes what it does. Other code may run in place of what it then `stood_for`."""
        closure = self.closure
        draws = self._draws = [_Draws(one) for one in closure.generators]
        is_profiled = closure.is_impure or closure.unreachable
        if self._by_line and draws:
            run = partial(_line_by_line, run, draws)
        result = self._profiled(run) if is_profiled else run()
        self.drawn = self.drawn or next((one.drawn() for one in draws if one.has_drawn()), "")
        if not self.found:
            changed = "" if closure.is_same() else f"changes {closure.difference()}"
            self.found = self.drawn or changed
            self.may_be_once = bool(self.found)
        if is_profiled:
            self._ran |= {id(code): code for code in stood_for()}
            self.closure = Closure(self._function, self._arguments, _Ran(self._ran))
            self.found = self.found or self.closure.unreachable
        return result

    def is_quiet(self) -> bool:
        """Whether it has done nothing of that kind so far, while it runs."""
        return not (self.found or self.drawn or any(one.has_drawn() for one in self._draws)) and self.closure.is_same()

    def _profiled(self, run: Callable[[], Any]) -> Any:
        with profiled(self._look):
            return run()

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


# Python does not tell of functions of NumPy that draw, nor of what C code calls, as in `next(iter(random.random, 1))`.
# But generators have a state.


class _Draws:
    """Whether a generator has drawn, and in which line."""

    def __init__(self, generator: Any) -> None:
        self._generator, self._before, self.line = generator, _state(generator), ""

    def has_drawn(self) -> bool:
        """Whether its state is another one than it was."""
        return bool(_state(self._generator) != self._before)

    def drawn(self) -> str:
        """Says so."""
        return f"draws from {type(self._generator).__name__}{self.line and f' ({self.line})'}"


def _state(generator: Any) -> Any:
    if isinstance(generator, Random):
        return generator.getstate()
    if hasattr(generator, "get_state"):
        state = generator.get_state(legacy=False)
    else:
        state = getattr(generator, "bit_generator", generator).state
    key = state["state"].get("key") if isinstance(state.get("state"), dict) else None
    return repr(state), None if key is None else key.tobytes()  # repr leaves out the middle


def _line_by_line(run: Callable[[], Any], draws: list[_Draws]) -> Any:
    """Runs a function, and looks after each of its lines whether something was drawn."""
    last = ""

    def look(frame: Any, event: str, _: Any) -> Any:
        nonlocal last
        if is_library(frame.f_code, frame.f_globals):
            return None
        for one in draws:
            if not one.line and one.has_drawn():
                one.line = last
        last = _place(frame)
        return look

    others = sys.gettrace()
    sys.settrace(look)
    try:
        result = run()
    finally:
        sys.settrace(others)
    for one in draws:
        one.line = one.line or last
    return result
