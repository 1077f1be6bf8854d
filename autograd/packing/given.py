"""The arguments of one call as flat numbers, and gradients back in their arrangement."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..value import Value
from .arguments import Shape, array_of_values, chunks_of, count, flatten, flatten_samples, split, unflatten


@dataclass(frozen=True, eq=False)
class Given:
    """What a call was given. Arguments with samples are counted in `own`, the others in `shared`."""

    names: tuple[str, ...]  # of the keyword arguments, which stand behind the others
    shapes: tuple[Shape, ...]
    wide: tuple[bool, ...]  # for each argument, whether it has samples
    chunks: list[Any]  # the numbers of arguments without samples, in one array or in several
    own: Any  # numbers, a column for each sample; None without a batch
    values: list[tuple[int, Value]]  # the Values among the shared numbers, which collect gradients

    @property
    def key(self) -> tuple[Any, ...]:
        """What a program is found by."""
        return self.names, self.shapes, self.wide

    @property
    def samples(self) -> int:
        return 1 if self.own is None else int(self.own.shape[1])

    @property
    def wide_leaves(self) -> NDArray[np.bool_]:
        """For each number of one sample's arguments, whether it is the sample's own."""
        return _by_leaf(self.shapes, self.wide)

    def example(self, sample: int) -> tuple[list[Value], Sequence[Any], Mapping[str, Any]]:
        """New Values for the numbers of one sample, and the arguments made of them, by position and by name."""
        own = self.wide_leaves
        numbers = np.empty(len(own))
        numbers[~own] = np.concatenate(self.chunks)
        if self.own is not None:
            numbers[own] = self.own[:, sample]
        values = [Value(x) for x in numbers.tolist()]
        following = iter(values)
        arguments = [unflatten(shape, following, array_of_values) for shape in self.shapes]
        first = len(arguments) - len(self.names)
        return values, arguments[:first], dict(zip(self.names, arguments[first:], strict=True))

    def wanted(self, chosen: Iterable[int]) -> NDArray[np.bool_]:
        """For each number, whether it belongs to one of these arguments."""
        chosen = set(chosen)
        return _by_leaf(self.shapes, tuple([k in chosen for k in range(len(self.shapes))]))

    def refuse_results(self) -> None:
        """Raises where a Value among the arguments has a history, which plain numbers would not keep."""
        for _, x in self.values:
            if x.op is not None:
                raise TypeError(
                    f"{x!r} is a result, and a compiled function gives back plain numbers without its history; "
                    "pass its number with x.data, or call the function itself, as in f.function(x)"
                )

    def arranged(self, k: int, d_shared: Any, d_own: Any) -> Any:
        """The derivative by the k-th argument in its arrangement."""
        first, size = _places(self.shapes, self.wide)[k]
        part = (d_own if self.wide[k] else d_shared)[first : first + size]
        return split(self.shapes[k], part) if not self.wide[k] else _of_samples(self.shapes[k], part)


@lru_cache(maxsize=256)
def _by_leaf(shapes: tuple[Shape, ...], marks: tuple[bool, ...]) -> NDArray[np.bool_]:
    """The mark of each argument, for each of its numbers."""
    return np.repeat(np.array(marks, bool), [count(shape) for shape in shapes])


@lru_cache(maxsize=256)
def _places(shapes: tuple[Shape, ...], wide: tuple[bool, ...]) -> list[tuple[int, int]]:
    """For each argument, where its numbers begin among those of its kind, and how many they are."""
    taken, found = [0, 0], []
    for shape, has_samples in zip(shapes, wide, strict=True):
        found.append((taken[has_samples], count(shape)))
        taken[has_samples] += count(shape)
    return found


def given(batch: frozenset[int | str], args: Sequence[Any], options: Mapping[str, Any]) -> Given:
    """Flattens the arguments of a call."""
    wide = tuple([k in batch for k in range(len(args))] + [name in batch for name in options])
    shared: list[Any] = []
    own: list[Any] = []
    shapes = tuple(
        [
            flatten_samples(x, f"{name}", own) if has_samples else flatten(x, shared)
            for name, x, has_samples in zip(
                [*range(len(args)), *options], [*args, *options.values()], wide, strict=True
            )
        ]
    )
    return Given(tuple(options), shapes, wide, chunks_of(shared), _columns(own) if batch else None, _values(shared))


def batch_of(function: Callable[..., Any], batch: int | str | Iterable[int | str]) -> frozenset[int | str]:
    """Positions and names of the arguments with samples, each under both where the function's signature says."""
    asked = {batch} if isinstance(batch, int | str) else set(batch)
    try:
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        names = []
    for one in list(asked):
        if isinstance(one, str) and names and one not in names:
            raise ValueError(f"batch names the argument {one!r}, but the function has {', '.join(names)}")
        if isinstance(one, int) and not 0 <= one < (len(names) or one + 1):
            raise ValueError(f"batch names the argument at position {one}, but the function has {len(names)}")
        if names:
            asked |= {names.index(one) if isinstance(one, str) else names[one]}
    return frozenset(asked)


def _columns(parts: list[Any]) -> Any:
    sizes = {len(part) for part in parts}
    if len(sizes) != 1:
        raise ValueError(
            f"batch arguments have as many entries as there are samples, but here {sorted(sizes)}"
            if sizes
            else "none of the arguments of this call is one of those that batch names; it needs them all"
        )
    (samples,) = sizes
    return np.concatenate([part.reshape(samples, -1).T for part in parts]).astype(float, copy=False)


def _values(parts: list[Any]) -> list[tuple[int, Value]]:
    if not any(isinstance(x, Value) for x in parts):
        return []
    found, at = [], 0
    for x in parts:
        if isinstance(x, Value) and not x.is_constant:
            found.append((at, x))
        at += x.size if isinstance(x, np.ndarray) else 1
    return found


def _of_samples(shape: Shape, numbers: Any) -> Any:
    """A derivative by an argument with samples: an array where a sample is a number or an array, else a list."""
    if shape[0] in ("number", "array"):
        sizes = shape[1] if shape[0] == "array" else ()
        return np.ascontiguousarray(numbers.T).reshape(numbers.shape[1], *sizes)
    if shape[0] == "dict":
        taken, parts = 0, {}
        for key, part in zip(shape[1], shape[2], strict=True):
            parts[key] = _of_samples(part, numbers[taken : taken + count(part)])
            taken += count(part)
        return parts
    return [split(shape, column) for column in numbers.T]
