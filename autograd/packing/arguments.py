"""Arguments and results as flat numbers, and back: nested lists, tuples, dicts and arrays keep their shape.

A shape is a plain tuple that can be compared and hashed, so that a program is found by the shape of its arguments:

    ("number",)    ("list", (shape, ...))    ("tuple", (shape, ...))    ("dict", keys, (shape, ...))
    ("array", sizes)    ("lists", sizes): lists of lists of numbers    ("same", object): whatever is no number
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterator
from decimal import Decimal
from math import prod
from typing import Any

import numpy as np

from ..array_of_values import ArrayOfValues
from ..masks import Mask
from ..numeric import number, short
from ..value import Value

Shape = tuple[Any, ...]
NUMBER: Shape = ("number",)
_FLOAT = np.dtype(float)


def flatten(x: Any, parts: list[Any]) -> Shape:
    """Appends what is in `x` to `parts`, numbers and Values one by one, arrays of numbers whole; returns its shape."""
    kind = type(x)
    # exact types first: asking whether an array is a numbers.Real takes longer than all the rest
    if kind is float or kind is int:
        parts.append(x)
        return NUMBER
    if kind is np.ndarray and x.ndim and x.dtype.kind in "biuf":
        parts.append(x)
        return "array", x.shape
    if isinstance(x, list):
        whole = regular(x)
        if whole is not None:
            parts.append(whole)
            return "lists", whole.shape
        return "list", tuple([flatten(item, parts) for item in x])
    if isinstance(x, tuple):
        return (kind if hasattr(kind, "_fields") else "tuple"), tuple([flatten(item, parts) for item in x])
    if isinstance(x, dict):
        return "dict", tuple(x), tuple([flatten(item, parts) for item in x.values()])
    if isinstance(x, Value | numbers.Real | Decimal | np.bool_):
        parts.append(x)
        return NUMBER
    if isinstance(x, ArrayOfValues | Mask):
        return flatten(np.asarray(x, object), parts)
    if isinstance(x, np.ndarray) and x.dtype.kind in "biufO":
        for item in x.flat:
            if flatten(item, parts) is not NUMBER:
                raise TypeError(f"an array of objects holds Values or numbers, not {item!r}")
        return ("array", x.shape) if x.ndim else NUMBER
    try:
        hash(x)
    except TypeError:
        raise TypeError(
            f"a compiled function takes numbers, sequences, dicts, arrays and hashable objects, and returns such, not "
            f"{short(x)} ({kind.__name__}); return the numbers in it, or let the function reach it by its name instead "
            "of as an argument"
        ) from None
    return "same", x


def regular(x: list[Any]) -> Any:
    """A list of numbers, or of lists of as many numbers each, as an array, else None."""
    inner: Any = x
    while type(inner) is list and inner:
        inner = inner[0]
    if type(inner) is not float and type(inner) is not int:
        return None
    try:
        whole = np.array(x)
    except (ValueError, TypeError):
        return None
    if whole.dtype.kind not in "iuf":
        return None
    rows: list[Any] = x
    for _ in range(whole.ndim - 1):
        if set(map(type, rows)) != {list}:
            return None
        rows = [item for row in rows for item in row] if type(rows[0][0]) is list else rows
    return whole


def flatten_samples(x: Any, name: int | str, parts: list[Any]) -> Shape:
    """Like `flatten`, for an argument with one entry for each sample; parts are arrays with samples first."""
    if isinstance(x, dict):
        return "dict", tuple(x), tuple([flatten_samples(item, name, parts) for item in x.values()])
    if isinstance(x, list | tuple) and len(x):
        whole = regular(x) if isinstance(x, list) else None
        if whole is None:
            return _sample_by_sample(x, name, parts)
        parts.append(whole)
        return ("lists", whole.shape[1:]) if whole.ndim > 1 else NUMBER
    if isinstance(x, np.ndarray) and x.ndim and len(x) and x.dtype.kind in "biuf":
        parts.append(x)
        return ("array", x.shape[1:]) if x.ndim > 1 else NUMBER
    if isinstance(x, list | tuple | np.ndarray) and np.shape(x)[:1] == (0,):
        raise ValueError(f"the batch argument {name} has no samples, and no samples have no result; give at least one")
    raise TypeError(f"the batch argument {name} needs one entry for each sample, as a list or an array, not {x!r}")


def _sample_by_sample(x: Any, name: int | str, parts: list[Any]) -> Shape:
    rows: list[list[float]] = []
    shape: Shape | None = None
    for k, sample in enumerate(x):
        found: list[Any] = []
        this = flatten(sample, found)
        if shape is not None and this != shape:
            raise ValueError(f"the samples of {name} differ in shape: sample 0 is {shape}, sample {k} is {this}")
        shape = this
        rows.append([x for chunk in chunks_of(found) for x in chunk.tolist()])
    parts.append(np.array(rows))
    assert shape is not None
    return shape


def chunks_of(parts: list[Any]) -> list[Any]:
    """The numbers in flattened parts: arrays as they are, and the numbers between them together."""
    chunks, between = [], list[float]()
    for x in parts:
        if type(x) is float:
            between.append(x)
        elif isinstance(x, np.ndarray):
            if between:
                chunks.append(np.array(between))
                between = []
            flat = x.reshape(-1)
            chunks.append(flat if flat.dtype is _FLOAT else flat.astype(float))
        else:
            between.append(x._data if isinstance(x, Value) else number(x))
    if between:
        chunks.append(np.array(between))
    return chunks


def unflatten(shape: Shape, leaves: Iterator[Any], array: Callable[[list[Any], tuple[int, ...]], Any]) -> Any:
    """The object of that shape; `array` makes an array of a list of leaves."""
    kind = shape[0]
    if kind == "number":
        return next(leaves)
    if kind == "same":
        return shape[1]
    if kind == "array":
        return array([next(leaves) for _ in range(prod(shape[1]))], shape[1])
    if kind == "lists":
        return _lists(leaves, shape[1])
    if kind == "dict":
        return {key: unflatten(part, leaves, array) for key, part in zip(shape[1], shape[2], strict=True)}
    items = [unflatten(part, leaves, array) for part in shape[1]]
    if kind == "list":
        return items
    return tuple(items) if kind == "tuple" else kind(*items)


def _lists(leaves: Iterator[Any], sizes: tuple[int, ...]) -> list[Any]:
    if len(sizes) == 1:
        return [next(leaves) for _ in range(sizes[0])]
    return [_lists(leaves, sizes[1:]) for _ in range(sizes[0])]


def count(shape: Shape) -> int:
    """How many numbers an object of that shape holds."""
    kind = shape[0]
    if kind == "number":
        return 1
    if kind == "same":
        return 0
    return prod(shape[1]) if kind in ("array", "lists") else sum(map(count, shape[-1]))


def split(shape: Shape, numbers: Any) -> Any:
    """An object of that shape made of the numbers in an array."""
    kind = shape[0]
    if kind == "number":
        return float(numbers[0])
    if kind == "same":
        return shape[1]
    if kind == "array":
        return numbers.reshape(shape[1])
    if kind == "lists":
        return numbers.reshape(shape[1]).tolist()
    taken, items = 0, []
    for part in shape[-1]:
        size = count(part)
        items.append(split(part, numbers[taken : taken + size]))
        taken += size
    if kind == "dict":
        return dict(zip(shape[1], items, strict=True))
    return items if kind == "list" else tuple(items) if kind == "tuple" else kind(*items)
