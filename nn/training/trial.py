"""Trying a model before a training: what that changes in it, such as running means or counters, is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from types import CellType, FunctionType, MethodType
from typing import Any

import numpy as np

from autograd import Value

from ..layers.module import Module


@contextmanager
def unchanged(*holders: Any) -> Iterator[None]:
    """In the `with` block the attributes of models and losses may change; after it they are what they were.

    Those of their parts too, and what is in lists, dicts, sets and arrays; but for parts that draw at random, which
    `Draws` takes care of.
    """
    before: dict[int, tuple[Any, Any]] = {}  # by identity
    waiting = list(holders)
    while waiting:
        x = waiting.pop()
        if isinstance(x, Module):
            x = vars(x) if type(x).hold is Module.hold else None
        elif any(x is one for one in holders) and not isinstance(x, type | FunctionType | MethodType | partial):
            x = getattr(x, "__dict__", None)
        if id(x) in before:
            continue
        if isinstance(x, Value) and x.is_leaf:
            before[id(x)] = x, x.data
        elif isinstance(x, np.ndarray | dict | list | set):
            before[id(x)] = x, x.copy()
            waiting += _items(x)
        elif isinstance(x, tuple | FunctionType | MethodType | partial):
            before[id(x)] = x, None
            waiting += _within(x)
    try:
        yield
    finally:
        for x, old in before.values():
            _put_back(x, old)


def _within(x: Any) -> Iterable[Any]:
    """What a tuple holds, and what a function, a method or a partial has to call."""
    if isinstance(x, FunctionType):
        return [_content(cell) for cell in x.__closure__ or ()]
    if isinstance(x, MethodType):
        return [x.__self__]
    return [x.func, *x.args, *x.keywords.values()] if isinstance(x, partial) else x


def _content(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # the variable has none yet
        return None


def _items(x: Any) -> Iterable[Any]:
    if isinstance(x, np.ndarray):
        return x.ravel().tolist() if x.dtype == object else ()
    return x.values() if isinstance(x, dict) else x


def _put_back(x: Any, old: Any) -> None:
    if isinstance(x, Value):
        if x.data is not old:
            x.data = old
    elif isinstance(x, np.ndarray):
        if x.flags.writeable:
            x[...] = old
    elif isinstance(x, list):
        x[:] = old
    elif isinstance(x, dict | set):
        x.clear()
        x.update(old)
