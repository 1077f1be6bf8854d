"""Reach: where a function finds its parameters, so that a program notices when they are others.

A program reads the Values it was recorded with. If one of them was replaced by another Value or by a number, or a layer
was added, the function itself would read others. So the containers on the way to the parameters (variables, lists,
tuples, dicts, attributes of objects) are remembered with what was in them, and compared, by identity, before each call.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable
from operator import is_
from types import CellType, ModuleType
from typing import Any

from ..value import Value

_MOST = 100_000  # containers looked at: what a function reaches may be a whole program
_SIMPLE = (Value, str, bytes, int, float, type, ModuleType, type(None))


class Reach:
    """The way from a function to its parameters, as it was when the function was recorded."""

    def __init__(self, function: Callable[..., Any], parameters: list[Value]) -> None:
        self._cells: list[tuple[CellType, Any]] = []
        self._globals: list[tuple[dict[str, Any], str, Any]] = []
        self._containers: list[tuple[Collection[Any], list[Any]]] = []
        self._walk(function, {id(x) for x in parameters})

    def is_same(self) -> bool:
        """Whether the function would find the very same parameters."""
        for cell, value in self._cells:
            if cell.cell_contents is not value:
                return False
        for variables, name, value in self._globals:
            if variables.get(name) is not value:
                return False
        for container, items in self._containers:
            if len(container) != len(items):
                return False
            if not all(map(is_, container.values() if isinstance(container, dict) else container, items)):
                return False
        return True

    def _walk(self, function: Callable[..., Any], wanted: set[int]) -> None:
        found: dict[int, tuple[Collection[Any], list[Any], int]] = {}  # with the container that each was found in
        waiting = [(x, 0) for x in self._named(function)]
        seen: set[int] = set()
        while waiting and len(seen) < _MOST:
            x, parent = waiting.pop()
            if isinstance(x, _SIMPLE) or id(x) in seen:
                continue
            seen.add(id(x))
            if inspect.isfunction(x) or inspect.ismethod(x):
                waiting += [(item, parent) for item in self._named(x)]
                continue
            container = x if isinstance(x, list | tuple | dict) else getattr(x, "__dict__", None)
            if isinstance(container, list | tuple | dict):
                items = list(container.values() if isinstance(container, dict) else container)
                found[id(container)] = container, items, parent
                waiting += [(item, id(container)) for item in items]
        on_the_way: dict[int, None] = {}
        for key, (_, items, _) in found.items():
            if any(id(item) in wanted for item in items):
                while key and key not in on_the_way:
                    on_the_way[key] = None
                    key = found[key][2]
        self._containers = [found[key][:2] for key in on_the_way]

    def _named(self, function: Any) -> Iterable[Any]:
        """What a function has a name for; its variables are remembered."""
        if inspect.ismethod(function):
            return [function.__self__, function.__func__]
        if not inspect.isfunction(function):
            return [function]
        values = list(function.__defaults__ or ())
        for cell in function.__closure__ or ():
            try:
                self._cells.append((cell, cell.cell_contents))
            except ValueError:  # not assigned yet
                continue
            values.append(cell.cell_contents)
        for name in function.__code__.co_names:
            if name in function.__globals__:
                value = function.__globals__[name]
                self._globals.append((function.__globals__, name, value))
                values.append(value)
        return values
