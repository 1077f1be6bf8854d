"""What rows and targets must be: each check returns plain lists, or says in a sentence what is wrong."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable
from typing import Any

from autograd import Value

from .numbers import finite

_NOT_LISTS = (Value, float, int, str, bytes, dict, set)


def as_list(x: Any) -> list[Any] | None:
    """A list, tuple, array or other iterable as a list; None if `x` is not one."""
    if type(x) is list:
        return x
    if isinstance(x, _NOT_LISTS):
        return None
    if hasattr(x, "tolist"):  # NumPy's arrays, and what behaves like them
        x = x.tolist()
    return list(x) if isinstance(x, Iterable) else None


def list_of(x: Any) -> list[Any]:
    """What was given as a list, or one alone as a list of one."""
    several = as_list(x)
    return [x] if several is None else several


def pairs(these: list[Any], name: str, those: list[Any], name_of_those: str) -> None:
    """Two lists must have one length, and not be empty."""
    if not these and not those:
        raise ValueError(f"there are no {name}; give at least one")
    if len(these) != len(those):
        raise ValueError(f"{len(these)} {name} need as many {name_of_those}, got {len(those)}")


def rows(name: str, X: Any) -> list[list[float]]:
    """`X` as rows of finite floats, all of one length; a row of one number may be that number."""
    samples = as_list(X)
    if samples is None:
        raise TypeError(f"{name} must be a list of rows, got {reprlib.repr(X)}")
    if not samples:
        raise ValueError(f"{name} is empty; give at least one row")
    found = []
    for i, sample in enumerate(samples):
        row = as_list(sample)
        if row is None:
            found.append([finite(f"{name}[{i}]", sample)])
        else:
            found.append([finite(f"{name}[{i}][{j}]", x) for j, x in enumerate(row)])
        if not found[i] or len(found[i]) != len(found[0]):
            raise ValueError(
                f"{name}[{i}] has {len(found[i])} numbers where {name}[0] has {len(found[0])}; give rows of one length"
            )
    return found


def targets(name: str, y: Any) -> list[Any]:
    """`y` as a list with a finite number, or a list of finite numbers, for each sample."""
    samples = as_list(y)
    if samples is None:
        raise TypeError(f"{name} must be a list with a target for each row, got {reprlib.repr(y)}")
    found: list[Any] = []
    for i, sample in enumerate(samples):
        outputs = as_list(sample)
        if outputs is None:
            finite(f"{name}[{i}]", sample)
            found.append(sample)  # a label stays the integer it is
        else:
            found.append([finite(f"{name}[{i}][{j}]", x) for j, x in enumerate(outputs)])
    return found
