"""Reach: where a function finds its parameters, so that a program notices when they are others.

A program reads the Values it was recorded with. If one of them was replaced by another Value or by a number, or a layer
was added, the function itself would read others. So the containers on the way to the parameters (variables, lists,
dicts, attributes of objects, arrays) are remembered with what was in them, and compared, by identity, before each call.
"""

from __future__ import annotations

import inspect
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from operator import is_
from types import CellType, MemberDescriptorType, ModuleType
from typing import Any

import numpy as np

from ..value import Value

_MOST = 100_000  # containers looked at: what a function reaches may be a whole program
_SIMPLE = (Value, str, bytes, int, float, type, ModuleType, type(None))
_OWN_HASH: Any = object.__hash__
_END = object()  # stands behind the items of each container, so that none can pass for the next one's


class Reach:
    """The way from a function to its parameters, as it was when the function was recorded."""

    def __init__(self, function: Callable[..., Any], parameters: list[Value]) -> None:
        self._cells: dict[int, tuple[CellType, Any]] = {}
        self._globals: dict[tuple[int, str], tuple[dict[str, Any], str, Any]] = {}
        # Where a hash is the object's own, one number stands for many items: 4 ns an item, where comparing takes 18.
        # One other item always gives another number, several do but for one case in 2**64.
        self._hashed: list[Iterable[Any]] = []
        self._others: list[Iterable[Any]] = []
        self._hashed_items: list[tuple[Any, ...]] = []  # kept alive, so that no other object gets their hashes
        self._other_items: list[Any] = []
        for source, items in self._walk(function, set(map(id, parameters))):
            if all(kind.__hash__ is _OWN_HASH for kind in set(map(type, items))):
                self._hashed.append(source)
                self._hashed_items.append(tuple(items))
            else:
                self._others += source, (_END,)
                self._other_items += *items, _END
        self._hash = hash(tuple(self._hashed_items))
        self.is_same = self._check()

    def __bool__(self) -> bool:
        """Whether there is anything to look at."""
        return bool(self._cells or self._globals or self._hashed or self._others)

    def _check(self) -> Callable[[], bool]:
        """Whether the function would find the very same parameters, as a function printed for it: a loop takes longer.

        False too where there is something now that has no hash, or a variable that was deleted.
        """
        names: dict[str, Any] = {"holds": self._holds}
        same = []
        for k, (cell, value) in enumerate(self._cells.values()):
            names |= {f"c{k}": cell, f"v{k}": value}
            same.append(f"c{k}.cell_contents is v{k}")
        for k, (variables, name, value) in enumerate(self._globals.values()):
            names |= {f"g{k}": variables.get, f"w{k}": value}
            same.append(f"g{k}({name!r}) is w{k}")
        if self._hashed or self._others:
            same.append("holds()")
        lines = [
            "def is_same():",
            "    try:",
            *(f"        if not ({one}): return False" for one in same),
            "        return True",
            "    except (TypeError, ValueError):",
            "        return False",
        ]
        exec(compile("\n".join(lines), "<reach>", "exec"), names)
        made: Callable[[], bool] = names["is_same"]
        return made

    def _holds(self) -> bool:
        """Whether the containers have the same items."""
        return hash((*map(tuple, self._hashed),)) == self._hash and all(
            map(is_, chain.from_iterable(self._others), self._other_items)
        )

    def _walk(self, function: Callable[..., Any], wanted: set[int]) -> Iterator[tuple[Iterable[Any], list[Any]]]:
        """The containers on the way, each with what is in it."""
        found: dict[int, tuple[Any, Iterable[Any], list[Any], int]] = {}  # and the container that each was found in
        waiting = [(x, 0) for x in self._named(function)]
        seen: set[int] = set()
        while waiting and len(seen) < _MOST:
            x, parent = waiting.pop()
            if isinstance(x, _SIMPLE) or id(x) in seen:
                continue
            seen.add(id(x))
            if inspect.isfunction(x) or inspect.ismethod(x) or isinstance(x, partial):
                waiting += [(item, parent) for item in self._named(x)]
                continue
            for source in _sources(x):
                items = list(source)
                found[id(source)] = x, source, items, parent
                waiting += [(item, id(source)) for item in items if not isinstance(item, _SIMPLE)]
        on_the_way: set[int] = set()
        for key, (x, source, items, _) in found.items():
            if not wanted.isdisjoint(map(id, items)):
                while key and key not in on_the_way:
                    on_the_way.add(key)
                    x, source, items, key_of_parent = found[key]
                    if not isinstance(x, tuple):  # a tuple stays what it is
                        yield source, items
                    key = key_of_parent

    def _named(self, function: Any) -> Iterable[Any]:
        """What a function has a name for; its variables are remembered."""
        if isinstance(function, partial):
            return [function.func, *function.args, *function.keywords.values()]
        if inspect.ismethod(function):
            return [function.__self__, function.__func__]
        if not inspect.isfunction(function):
            return [function]
        values = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
        for cell in function.__closure__ or ():
            try:
                self._cells[id(cell)] = cell, cell.cell_contents
            except ValueError:  # not assigned yet
                continue
            values.append(cell.cell_contents)
        if str(function.__globals__.get("__name__")).split(".")[0] == __name__.split(".")[0]:
            return values  # what this package has names for stays what it is
        for name in function.__code__.co_names:
            if name in function.__globals__:
                value = function.__globals__[name]
                self._globals[id(function.__globals__), name] = function.__globals__, name, value
                values.append(value)
        return values


class _Read:
    """What some function reads, each time it is asked for."""

    def __init__(self, read: Callable[[], Iterable[Any]]) -> None:
        self.read = read

    def __iter__(self) -> Iterator[Any]:
        return iter(self.read())


def _sources(x: Any) -> Iterator[Iterable[Any]]:
    """What an object holds, to be looked through again before each call."""
    if isinstance(x, list | tuple | set | frozenset | deque):
        yield x
        return
    if isinstance(x, np.ndarray):
        if x.dtype.kind == "O":
            yield _Read(lambda: x.ravel().tolist())
        return
    attributes = x if isinstance(x, dict) else getattr(x, "__dict__", None)
    if isinstance(attributes, dict):
        yield attributes.values()
    with_slots = [vars(kind) for kind in type(x).__mro__ if "__slots__" in vars(kind)]
    slots = [name for kind in with_slots for name, one in kind.items() if isinstance(one, MemberDescriptorType)]
    if slots:
        yield _Read(lambda: [getattr(x, slot, None) for slot in slots])
