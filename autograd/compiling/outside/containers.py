"""Containers: what an object holds as items, in slots or in a cell."""

from __future__ import annotations

import types
from collections import deque
from collections.abc import Iterable
from types import MemberDescriptorType
from typing import Any

import numpy as np

from ...core.value import Value
from .compared import MISSING, Reading


def container(x: Any) -> Iterable[Any] | None:
    """What an object holds as items, to be looked through again before each call; None if it is no container."""
    if isinstance(x, list | tuple | set | frozenset | deque):
        return x
    if isinstance(x, dict):
        return Reading(lambda: [*x, *x.values()])
    if isinstance(x, types.MappingProxyType):
        return Reading(lambda: [*x, *x.values()])
    if isinstance(x, np.ndarray):
        return Reading(lambda: x.ravel().tolist())
    if isinstance(x, bytearray | memoryview) or (type(x).__module__ == "array" and type(x).__name__ == "array"):
        return Reading(lambda: [bytes(x)])
    return None


def slots_of(kind: type) -> list[str]:
    """The names of the slots of a class."""
    with_slots = [vars(one) for one in kind.__mro__ if "__slots__" in vars(one) and one is not Value]
    return [name for one in with_slots for name, slot in one.items() if isinstance(slot, MemberDescriptorType)]


def read_cell(cell: types.CellType) -> Any:
    """What is in a variable, or MISSING."""
    try:
        return cell.cell_contents
    except ValueError:
        return MISSING
