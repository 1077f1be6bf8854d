"""Flattening: the arguments of a compiled function as flat numbers, and objects of the numbers it gave; see `trees`.

How much of an argument is part of its tree depends on what the function does with it; see `static`. Constants have a
mark, which tells True from 1, and -0.0 from 0.0. From KINDS on, a tree says of numbers what kind they are: ("number",
int), ("lists", sizes, float), ("array", sizes, numpy.int64).
"""

from __future__ import annotations

import dataclasses
import numbers
from collections.abc import Iterable
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import partial
from itertools import chain
from math import copysign
from pathlib import PurePath
from typing import Any

import numpy as np

from ...core.numeric import number, short
from ...core.value import Value
from ...interop.arrays import ArrayOfValues
from ...interop.masks import Mask
from ...trees import CONTAINERS, NUMBER, Leaf, Tree, constant, count, is_leaf, mapped, nested, rebuild, tree_of

_FLOAT = np.dtype(float)
_LOOKED_AT = 32  # numbers in a list that is looked through for truth values


# How much of an argument's numbers is part of its tree: of each sample's, truth values are numbers too; then none of
# the numbers; their kinds; those that are no floats; all.
SAMPLES, NUMBERS, KINDS, WHOLE, ALL = range(-1, 4)
_BOOLS = (bool, np.bool_)


def flatten(x: Any, parts: list[Any], mode: int = NUMBERS) -> Tree:
    """Appends what is in `x` to `parts`, numbers and Values one by one, arrays of numbers whole; returns its tree."""
    leaf = _LEAVES[mode]
    return leaf(x, parts) or nested(x, parts, leaf, keys_for)


def flatten_each(objects: Iterable[Any], parts: list[Any], mode: int = NUMBERS) -> tuple[Tree, ...]:
    """The same of several objects."""
    leaf = _LEAVES[mode]
    return tuple([leaf(x, parts) or nested(x, parts, leaf, keys_for) for x in objects])


def _leaf(x: Any, parts: list[Any], mode: int = NUMBERS) -> Tree | None:
    kind = type(x)
    # exact types first: asking whether an array is a numbers.Real takes longer than all the rest
    if (kind is float or kind is int) and mode <= NUMBERS:
        parts.append(x)
        return NUMBER
    if kind is np.ndarray and x.ndim and x.dtype.kind in "biuf":
        return _array(x, parts, mode)
    if kind not in CONTAINERS:
        if not isinstance(x, CONTAINERS):
            return _alone(x, parts, mode)
        _refuse_own(x, kind)
    whole = regular(x, mode) if kind is list and mode < ALL else None
    if whole is None:
        return None
    parts.append(whole)
    return ("lists", whole.shape) if mode <= NUMBERS else ("lists", whole.shape, float)


_LEAVES: dict[int, Leaf] = {mode: partial(_leaf, mode=mode) for mode in range(SAMPLES, ALL + 1)}
_LEAVES[NUMBERS] = _leaf  # nearly always, and quicker


def _alone(x: Any, parts: list[Any], mode: int) -> Tree:
    """A number, a constant, or an unusual array."""
    kind = type(x)
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


def _refuse_own(x: Any, kind: type) -> None:
    """Refuses a class of lists, tuples or dicts that may compute in a way of its own; inside, it would be plain."""
    if kind.__module__ == "collections" or hasattr(kind, "_fields"):
        return
    base = next(base.__name__ for base in (list, tuple, dict) if isinstance(x, base))
    raise TypeError(
        f"a compiled function takes plain lists, tuples, named tuples and dicts, and a {kind.__name__} is more than "
        f"its entries; pass {base}(x), and make the {kind.__name__} of them within the function"
    )


def _array(x: Any, parts: list[Any], mode: int) -> Tree:
    if mode == ALL or (mode == WHOLE and x.dtype.kind != "f"):
        return "fixed", x.shape, x.dtype.str, x.tobytes()
    parts.append(x)
    return ("array", x.shape) if mode <= NUMBERS else ("array", x.shape, x.dtype.type)


def _unusual_array(x: Any, parts: list[Any], mode: int) -> Tree:
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
    items = x.ravel().tolist()
    trees = flatten_each(items, parts, SAMPLES)
    if trees.count(NUMBER) != len(trees):
        other = next(item for item, tree in zip(items, trees, strict=True) if tree != NUMBER)
        raise TypeError(f"an array of objects holds Values or numbers, not {other!r}")
    return ("array", x.shape) if x.ndim else NUMBER


def keys_for(x: dict[Any, Any]) -> Tree:
    """The keys, in a tuple; where they are not all text, with their marks, because True, 1 and 1.0 are equal."""
    keys = tuple(x)
    return (keys,) if {*map(type, keys)} <= {str} else (keys, tuple(map(mark, keys)))


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


def is_constant_number(leaf: Tree) -> bool:
    """Whether a leaf is a number or an array of them, and part of the tree: there is no derivative by it."""
    is_number = leaf[0] == "same" and isinstance(leaf[1], numbers.Real | Decimal | np.bool_)
    return leaf[0] == "fixed" or (is_number and not isinstance(leaf[1], Enum))


def without_constants(tree: Tree) -> Tree:
    """The tree of a derivative by an argument of that tree: None where a number is part of the tree."""
    return mapped(tree, lambda leaf: ("same", None, type(None)) if is_constant_number(leaf) else leaf)


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


def flatten_samples(x: Any, name: int | str, parts: list[Any]) -> Tree:
    """Like `flatten`, for an argument with one entry for each sample; parts are arrays with samples first."""

    def leaf(x: Any, parts: list[Any]) -> Tree | None:
        if isinstance(x, dict):
            return None
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
            raise ValueError(
                f"the batch argument {name} has no samples, and no samples have no result; give at least one"
            )
        raise TypeError(f"the batch argument {name} needs one entry for each sample, as a list or an array, not {x!r}")

    return tree_of(x, parts, leaf, keys_for)


def _sample_by_sample(x: Any, name: int | str, parts: list[Any]) -> Tree:
    found: list[Any] = []
    first, *others = flatten_each(x, found, SAMPLES)
    for k, tree in enumerate(others, 1):
        if tree != first:
            raise ValueError(f"the samples of {name} differ in shape: sample 0 is {first}, sample {k} is {tree}")
    parts.append(np.concatenate([np.zeros(0), *chunks_of(found)]).reshape(len(x), -1))
    return first


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


def split(tree: Tree, numbers: Any) -> Any:
    """An object of that tree made of the numbers in an array."""
    if tree[0] == "number":
        return numbers.item(0)
    if is_leaf(tree):
        return _split_leaf(tree, numbers)
    taken = 0

    def leaf(one: Tree) -> Any:
        nonlocal taken
        first = taken
        if one[0] == "number":
            taken += 1
            return numbers.item(first)
        taken += count(one)
        return _split_leaf(one, numbers[first:taken])

    return rebuild(tree, leaf)


def _split_leaf(leaf: Tree, numbers: Any) -> Any:
    if leaf[0] == "array":
        return numbers.reshape(leaf[1])
    return numbers.reshape(leaf[1]).tolist() if leaf[0] == "lists" else constant(leaf)
