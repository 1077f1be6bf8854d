"""Hooks: functions that see, and may replace, the adjoint of a Value when a sweep reaches it."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from types import TracebackType
from typing import Any

from ..core.numeric import number
from ..core.value import Value
from ..core.watching import watching_here
from ..modes import NoGrad
from ..replaying import replaying

# By line, the hooks of all Values that are alive. It is empty nearly always, and then a sweep looks no further.
hooks: dict[int, list[Callable[[float], Any]]] = {}


class Hook:
    """A function called with a Value's adjoint; it is in force until `remove`, or to the end of a `with` block."""

    def __init__(self, value: Value, function: Callable[[float], Any]) -> None:
        self._line, self._function = value._serial, function
        if value.is_constant:
            return
        if value._serial not in hooks:
            weakref.finalize(value, hooks.pop, value._serial, None).atexit = False
        hooks.setdefault(value._serial, []).append(function)

    def remove(self) -> None:
        """Ends it; a second call does nothing."""
        mine = hooks.get(self._line, [])
        if self._function in mine:
            mine.remove(self._function)
        if not mine:
            hooks.pop(self._line, None)

    def __enter__(self) -> Hook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()


def hook(value: Value, function: Callable[[float], Any]) -> Hook:
    """Calls `function` with the adjoint of `value` whenever a sweep reaches it; a number it returns takes its place.

    Several hooks run in the order they were made. On a leaf, the adjoint is what this sweep adds to its `grad`. A hook
    whose function refers to the Value keeps it alive until removed. Under `no_grad` it has nothing to do.

    >>> from autograd import Value, hook
    >>> x = Value(3.0)
    >>> y = x * x
    >>> with hook(y, lambda adjoint: min(adjoint, 0.5)):
    ...     (4 * y).backward()
    >>> x.grad
    3.0

    Raises:
        TypeError: `value` is not a Value, or `function` cannot be called.
        ValueError: `value` is a constant, or a compiled function is being recorded.
    """
    if not isinstance(value, Value):
        raise TypeError(f"a hook sits on a Value, not on {value!r}")
    if not callable(function):
        raise TypeError(f"a hook is a function of the adjoint, not {function!r}")
    if replaying():
        raise _refused("set")
    if value.is_constant and not any(isinstance(watcher, NoGrad) for watcher in watching_here()):
        raise ValueError(f"{value!r} is a constant, which no sweep reaches; hook a Value it was computed from")
    return Hook(value, function)


def hooked(value: Any, adjoint: Any) -> Any:
    """The adjoint of `value` after its hooks have seen it; it is a Value where the sweep is recorded."""
    functions = hooks.get(value._serial)
    if functions and replaying():
        raise _refused("called")
    for function in tuple(functions or ()):
        replaced = function(adjoint)
        if replaced is not None:
            adjoint = replaced if isinstance(adjoint, Value) and isinstance(replaced, Value) else number(replaced)
    return adjoint


def _refused(what: str) -> ValueError:
    return ValueError(
        f"a hook {what} in a compiled function is called once, while that is recorded, and never again; set it "
        "outside, on a Value that the function is given or reads and no verb inside meets, or do without compile"
    )
