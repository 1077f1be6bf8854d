"""Numbers in nested lists, tuples, dicts and arrays, as one flat list and back: what the verbs take and return."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from .core.numeric import number
from .core.value import Value
from .interop.arrays import array_of_values
from .replaying import Followed


@dataclass(frozen=True)
class Structure:
    """How numbers are arranged: one number, an array of them, or a list, tuple or dict of structures."""

    kind: type
    keys: tuple[Any, ...] = ()  # of a dict
    shape: tuple[int, ...] = ()  # of an array
    parts: tuple[Structure, ...] = ()

    @cached_property
    def leaves(self) -> list[Structure]:
        """The numbers and arrays in it, in order."""
        if self.kind in (float, np.ndarray):
            return [self]
        return [leaf for part in self.parts for leaf in part.leaves]

    @cached_property
    def is_row(self) -> bool:
        """Whether it is a list of numbers, nothing else."""
        return self.kind is list and all(part.kind is float for part in self.parts)

    def rebuild(self, leaves: Iterator[Any]) -> Any:
        """The same arrangement of other leaves."""
        if self.kind in (float, np.ndarray):
            return next(leaves)
        parts = [part.rebuild(leaves) for part in self.parts]
        if self.kind is list:
            return parts
        if self.kind is dict:
            return dict(zip(self.keys, parts, strict=True))
        return tuple(parts) if self.kind is tuple else self.kind(*parts)  # a named tuple

    def fill(self, numbers: Iterable[Any]) -> Any:
        """The numbers (or Values), arranged like this."""
        if self.is_row:
            return list(numbers)
        given = iter(numbers)
        return self.rebuild(
            next(given) if leaf.kind is float else array(islice(given, math.prod(leaf.shape)), leaf.shape)
            for leaf in self.leaves
        )

    def __str__(self) -> str:
        if self.kind is float:
            return "one number"
        if self.kind is np.ndarray:
            return f"an array of shape {self.shape}"
        if all(part.kind is float for part in self.parts):
            return f"a {self.kind.__name__} of {len(self.parts)} number{'s' * (len(self.parts) != 1)}"
        return f"a {self.kind.__name__} of ({', '.join(map(str, self.parts))})"


NUMBER = Structure(float)


def array(numbers: Iterable[Any], shape: tuple[int, ...]) -> Any:
    """An array of floats, or, if a Value is among the numbers, or one that is followed, of objects."""
    flat = list(numbers)
    if any(isinstance(x, Value | Followed) for x in flat):
        return array_of_values(flat, shape)
    return np.array(flat, float).reshape(shape)


def flatten(tree: Any, name: str) -> tuple[list[Any], Structure]:
    """The numbers (floats, or Values as they are) in `tree`, and how they were arranged; `name` is for messages.

    Raises:
        TypeError: something in `tree` is not a real number, or is a bool.
    """
    numbers: list[Any] = []
    return numbers, _flatten(tree, name, numbers.append)


def _flatten(tree: Any, name: str, keep: Callable[[Any], None]) -> Structure:
    if isinstance(tree, list | tuple):
        parts = tuple(_flatten(part, f"{name}[{k}]", keep) for k, part in enumerate(tree))
        kind = type(tree) if hasattr(tree, "_fields") else list if isinstance(tree, list) else tuple
        return Structure(kind, parts=parts)
    if isinstance(tree, dict):
        parts = tuple(_flatten(part, f"{name}[{key!r}]", keep) for key, part in tree.items())
        return Structure(dict, keys=tuple(tree), parts=parts)
    if isinstance(tree, np.ndarray) and tree.ndim:
        for k, x in enumerate(tree.ravel().tolist()):
            keep(_number(x, f"{name}[{', '.join(map(str, np.unravel_index(k, tree.shape)))}]"))
        return Structure(np.ndarray, shape=tree.shape)
    keep(_number(tree, name))
    return NUMBER


def _number(x: Any, name: str) -> Any:
    if isinstance(x, Value | Followed) or type(x) is float:
        return x
    if isinstance(x, bool | np.bool_):
        raise TypeError(
            f"{name} is {x}, a bool, which has no derivative; write {float(x)} if a number is meant "
            "(argnums says which arguments are differentiated by)"
        )
    try:
        return number(x)
    except TypeError:
        raise TypeError(
            f"{name} is {reprlib.repr(x)} ({type(x).__name__}), not a real number; numbers may stand in nested lists, "
            "tuples, dicts and NumPy arrays, and argnums chooses the arguments to differentiate by"
        ) from None


def arrange(matrix: Any, outs: Structure, ins: Structure) -> Any:
    """A matrix with a row for each output and a column for each input: for each output leaf, the inputs' structure.

    By a number, an entry has the shape of the output leaf; by an array, that shape followed by the array's.
    """
    return outs.rebuild(_rows(matrix, outs, ins))


def _rows(matrix: Any, outs: Structure, ins: Structure) -> Iterator[Any]:
    plain = matrix.tolist()
    top = 0
    for out in outs.leaves:
        if out.kind is float:
            yield ins.fill(plain[top])
            top += 1
            continue
        rows = matrix[top : top + math.prod(out.shape)]
        top += len(rows)
        widths = [math.prod(leaf.shape) for leaf in ins.leaves]
        ends = np.cumsum(widths, dtype=int)
        yield ins.rebuild(
            rows[:, end - width : end].reshape(out.shape + leaf.shape)
            for leaf, width, end in zip(ins.leaves, widths, ends, strict=True)
        )


def same_structure(tree: Any, structure: Structure, name: str, of: str) -> Sequence[Any]:
    """The numbers of `tree`, which must be arranged like `structure`."""
    numbers, given = flatten(tree, name)
    if given != structure:
        raise ValueError(f"{name} must be arranged like {of}, {structure}, but is {given}")
    return numbers
