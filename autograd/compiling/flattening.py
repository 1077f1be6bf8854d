"""Arguments and results as flat numbers, and back: nested lists, tuples, dicts and arrays keep their shape.

A shape is a plain tuple that can be compared and hashed, so that a program is found by the shape of its arguments:

    ("number",)    ("list", (shape, ...))    ("tuple", (shape, ...))    ("dict", keys, (shape, ...))
    ("array", sizes)    ("lists", sizes): lists of lists of numbers
    ("same", object, mark): whatever is no number, as it is; the mark tells True from 1, and -0.0 from 0.0
    ("fixed", sizes, dtype, bytes): an array whose numbers are part of the shape
    ("exact", number): in results, a whole number or truth value that is the same at each call

How much of an argument is part of its shape depends on what the function does with it; see `static`. From KINDS on,
the shape of a number says what kind it is: ("number", int), ("lists", sizes, float), ("array", sizes, numpy.int64).
"""

from __future__ import annotations

import dataclasses
import numbers
from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from itertools import chain
from math import copysign, prod
from pathlib import PurePath
from typing import Any

import numpy as np

from ..core.numeric import number, short
from ..core.value import Value
from ..interop.arrays import ArrayOfValues
from ..interop.masks import Mask

Shape = tuple[Any, ...]
NUMBER: Shape = ("number",)
_FLOAT = np.dtype(float)
_LOOKED_AT = 32  # numbers in a list that is looked through for truth values


# How much of an argument's numbers is part of its shape: of each sample's, truth values are numbers too; then none of
# the numbers; their kinds; those that are no floats; all.
SAMPLES, NUMBERS, KINDS, WHOLE, ALL = range(-1, 4)
_BOOLS = (bool, np.bool_)


def flatten(x: Any, parts: list[Any], mode: int = NUMBERS) -> Shape:
    """Appends what is in `x` to `parts`, numbers and Values one by one, arrays of numbers whole; returns its shape."""
    kind = type(x)
    # exact types first: asking whether an array is a numbers.Real takes longer than all the rest
    if (kind is float or kind is int) and mode <= NUMBERS:
        parts.append(x)
        return NUMBER
    if kind is np.ndarray and x.ndim and x.dtype.kind in "biuf":
        return _array(x, parts, mode)
    if kind not in _PLAINLY and isinstance(x, list | tuple | dict):
        _refuse_own(x, kind)
    if isinstance(x, list):
        whole = regular(x, mode) if mode < ALL else None
        if whole is not None:
            parts.append(whole)
            return ("lists", whole.shape) if mode <= NUMBERS else ("lists", whole.shape, float)
        return "list", tuple([flatten(item, parts, mode) for item in x])
    if isinstance(x, tuple):
        return (kind if hasattr(kind, "_fields") else "tuple"), tuple([flatten(item, parts, mode) for item in x])
    if isinstance(x, dict):
        return "dict", keys_for(x), tuple([flatten(item, parts, mode) for item in x.values()])
    if isinstance(x, Value):
        if mode == ALL:
            raise TypeError(f"static= names an argument with {x!r}, and a Value is no constant; leave it out")
        parts.append(x)
        return NUMBER if mode <= NUMBERS else ("number", Value)
    if isinstance(x, Enum) or (kind in _BOOLS and mode != SAMPLES):
        return "same", x, mark(x)
    if isinstance(x, numbers.Real | Decimal | np.bool_):
        if mode == ALL or (mode == WHOLE and not isinstance(x, float | np.floating)):
            return "same", x, mark(x)
        parts.append(x)
        return NUMBER if mode <= NUMBERS else ("number", kind)
    if isinstance(x, ArrayOfValues | Mask):
        return flatten(np.asarray(x, object), parts, mode)
    if isinstance(x, np.ndarray):
        return _unusual_array(x, parts, mode)
    try:
        hash(x)
    except TypeError:
        raise TypeError(
            f"a compiled function takes numbers, sequences, dicts, arrays and hashable objects, not {short(x)} "
            f"({kind.__name__}); pass the numbers in it, or let the function reach it by its name"
        ) from None
    return "same", x, mark(x)


_PLAINLY = {list, tuple, dict, float}


def _refuse_own(x: Any, kind: type) -> None:
    """Refuses a class of lists, tuples or dicts that may compute in a way of its own; inside, it would be plain."""
    if kind.__module__ == "collections" or hasattr(kind, "_fields"):
        return
    base = next(base.__name__ for base in (list, tuple, dict) if isinstance(x, base))
    raise TypeError(
        f"a compiled function takes plain lists, tuples, named tuples and dicts, and a {kind.__name__} is more than "
        f"its entries; pass {base}(x), and make the {kind.__name__} of them within the function"
    )


def _array(x: Any, parts: list[Any], mode: int) -> Shape:
    if mode == ALL or (mode == WHOLE and x.dtype.kind != "f"):
        return "fixed", x.shape, x.dtype.str, x.tobytes()
    parts.append(x)
    return ("array", x.shape) if mode <= NUMBERS else ("array", x.shape, x.dtype.type)


def _unusual_array(x: Any, parts: list[Any], mode: int) -> Shape:
    """An array of objects, one without axes, or one of a class of its own."""
    if type(x) not in (np.ndarray, np.memmap):
        remedy = "x.filled(number) or x.compressed()" if isinstance(x, np.ma.MaskedArray) else "numpy.asarray(x)"
        raise TypeError(
            f"a compiled function takes plain arrays, and a {type(x).__name__} is more than its numbers; pass {remedy}"
        )
    if x.dtype.kind in "biuf":
        return _array(x, parts, mode) if x.ndim or mode > NUMBERS else flatten(x[()], parts, mode)
    if x.dtype.kind != "O":
        raise TypeError(f"an array of numbers is needed, not one of {x.dtype}; pass a list or a tuple of them")
    if mode == ALL:
        raise TypeError("static= names an argument with an array of objects, which may change; pass a list or a tuple")
    for item in x.flat:
        if flatten(item, parts, SAMPLES) is not NUMBER:
            raise TypeError(f"an array of objects holds Values or numbers, not {item!r}")
    return ("array", x.shape) if x.ndim else NUMBER


def keys_for(x: dict[Any, Any]) -> tuple[Any, ...]:
    """The keys; where they are not all text, with their marks, because True, 1 and 1.0 are equal."""
    keys = tuple(x)
    return keys if {*map(type, keys)} <= {str} else (_MARKED, keys, tuple(map(mark, keys)))


_MARKED = "keys and their marks"


def keys_of(shape: Shape) -> tuple[Any, ...]:
    """The keys of a dict of that shape."""
    keys: tuple[Any, ...] = shape[1]
    return keys[1] if keys[:1] == (_MARKED,) and len(keys) == 3 and isinstance(keys[1], tuple) else keys


def mark(x: Any) -> Any:
    """What tells `x` from other objects that are equal to it, and yet not the same to a function."""
    kind = type(x)
    if kind is float:
        return kind, copysign(1.0, x)
    if kind in _PLAIN or kind.__eq__ is _OWN_EQUALITY or isinstance(x, Enum | numbers.Number | np.generic | PurePath):
        return kind
    if kind is tuple or kind is frozenset:
        return kind, kind(map(mark, x))
    if dataclasses.is_dataclass(x) and getattr(kind, "__dataclass_params__").frozen:  # noqa: B009
        return kind, tuple([mark(getattr(x, one.name)) for one in dataclasses.fields(x)])
    return kind, id(x)  # equal to others in its own way; kept alive by whoever keeps the mark with it


_OWN_EQUALITY: Any = object.__eq__
_PLAIN = {str, bytes, int, bool, type(None), complex, range, date, time, timedelta, type}


def is_constant_number(x: Any) -> bool:
    """Whether something that is part of a shape is a number, by which there is no derivative."""
    return isinstance(x, numbers.Real | Decimal | np.bool_) and not isinstance(x, Enum)


def without_constants(shape: Shape) -> Shape:
    """The shape of a derivative by an argument of that shape: None where a number is part of the shape."""
    kind = shape[0]
    if kind == "fixed" or (kind == "same" and is_constant_number(shape[1])):
        return "same", None, type(None)
    if kind in ("number", "array", "lists", "same"):
        return shape
    return *shape[:-1], tuple(map(without_constants, shape[-1]))


def regular(x: list[Any], mode: int = NUMBERS) -> Any:
    """A list of numbers, or of lists of as many numbers each, as an array, else None. From KINDS on, of floats only."""
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
    # True is no number, and would be a 1 here; in long lists of numbers it is one: looking takes as long as the rest
    if mode > NUMBERS or whole.size <= _LOOKED_AT:
        kinds = set(map(type, rows if whole.ndim == 1 else chain.from_iterable(rows)))
        if (mode != SAMPLES and bool in kinds) or (mode > NUMBERS and kinds != {float}):
            return None
    return whole


def flatten_samples(x: Any, name: int | str, parts: list[Any]) -> Shape:
    """Like `flatten`, for an argument with one entry for each sample; parts are arrays with samples first."""
    if isinstance(x, dict):
        return "dict", keys_for(x), tuple([flatten_samples(item, name, parts) for item in x.values()])
    if isinstance(x, list | tuple) and len(x):
        whole = regular(x, SAMPLES) if isinstance(x, list) else None
        if whole is None:
            return _sample_by_sample(x, name, parts)
        parts.append(whole)
        return ("lists", whole.shape[1:]) if whole.ndim > 1 else NUMBER
    if isinstance(x, np.ndarray) and x.ndim and len(x) and x.dtype.kind in "biuf":
        if type(x) is not np.ndarray:
            _unusual_array(x, [], SAMPLES)
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
        this = flatten(sample, found, SAMPLES)
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
    if kind == "fixed":
        return _fixed(shape)
    if kind == "array":
        return array([next(leaves) for _ in range(prod(shape[1]))], shape[1])
    if kind == "lists":
        return _lists(leaves, shape[1])
    if kind == "dict":
        return {key: unflatten(part, leaves, array) for key, part in zip(keys_of(shape), shape[2], strict=True)}
    items = [unflatten(part, leaves, array) for part in shape[1]]
    if kind == "list":
        return items
    return tuple(items) if kind == "tuple" else kind(*items)


def _fixed(shape: Shape) -> Any:
    """A new array each time, because whoever gets it may write into it."""
    return np.frombuffer(shape[3], shape[2]).reshape(shape[1]).copy()


def _lists(leaves: Iterator[Any], sizes: tuple[int, ...]) -> list[Any]:
    if len(sizes) == 1:
        return [next(leaves) for _ in range(sizes[0])]
    return [_lists(leaves, sizes[1:]) for _ in range(sizes[0])]


def count(shape: Shape) -> int:
    """How many numbers an object of that shape holds."""
    kind = shape[0]
    if kind == "number" or kind == "exact":
        return 1
    if kind == "same" or kind == "fixed":
        return 0
    return prod(shape[1]) if kind in ("array", "lists") else sum(map(count, shape[-1]))


def objects_in(shape: Shape) -> list[Any]:
    """What an object of that shape holds besides numbers."""
    if shape[0] == "same":
        return [shape[1]]
    if shape[0] in ("number", "array", "lists", "fixed", "exact"):
        return []
    return [x for part in shape[-1] for x in objects_in(part)]


def split(shape: Shape, numbers: Any) -> Any:
    """An object of that shape made of the numbers in an array."""
    kind = shape[0]
    if kind == "number":
        return float(numbers[0])
    if kind == "same" or kind == "exact":
        return shape[1]
    if kind == "fixed":
        return _fixed(shape)
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
        return dict(zip(keys_of(shape), items, strict=True))
    return items if kind == "list" else tuple(items) if kind == "tuple" else kind(*items)
