"""The arguments of one call as flat numbers, and gradients back in their arrangement."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..array_of_values import array_of_values
from ..value import Value
from .arguments import Shape, chunks_of, count, flatten, flatten_samples, split, unflatten


@dataclass(frozen=True)
class Layout:
    """How the arguments of a call are arranged: what a program is found by."""

    names: tuple[str, ...] = ()  # of the keyword arguments, which stand behind the others
    shapes: tuple[Shape, ...] = ()
    wide: tuple[bool, ...] = ()  # for each argument, whether it has samples
    _marks: dict[Any, bytes] = field(default_factory=dict, compare=False, repr=False)

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.names, self.shapes, self.wide))

    @cached_property
    def wide_leaves(self) -> NDArray[np.bool_]:
        """For each number of one sample's arguments, whether it is the sample's own."""
        return self._by_leaf(self.wide)

    def nothing(self) -> bytes:
        """A mark of 0 for each number, as programs take it: no derivative by any is wanted."""
        return self.wanted(())

    def wanted(self, chosen: tuple[int, ...]) -> bytes:
        """For each number, whether it belongs to one of these arguments."""
        # kept, because long bytes take their time to be made and to be hashed
        if chosen not in self._marks:
            self._marks[chosen] = self._by_leaf([k in chosen for k in range(len(self.shapes))]).tobytes()
        return self._marks[chosen]

    def wanted_places(self, places: list[int]) -> bytes:
        """For each number, whether it is at one of these places among those without samples."""
        marks = np.zeros(len(self.wide_leaves), bool)
        marks[np.flatnonzero(~self.wide_leaves)[places]] = True
        return marks.tobytes()

    @cached_property
    def places(self) -> list[tuple[int, int]]:
        """For each argument, where its numbers begin among those of its kind, and how many they are."""
        taken, found = [0, 0], []
        for shape, has_samples in zip(self.shapes, self.wide, strict=True):
            found.append((taken[has_samples], count(shape)))
            taken[has_samples] += count(shape)
        return found

    def arranged(self, k: int, d_shared: Any, d_own: Any) -> Any:
        """The derivative by the k-th argument in its arrangement."""
        first, size = self.places[k]
        if self.wide[k]:
            return _of_samples(self.shapes[k], d_own[first : first + size])
        return split(self.shapes[k], d_shared[first : first + size])

    def _by_leaf(self, marks: Sequence[bool]) -> NDArray[np.bool_]:
        return np.repeat(np.array(marks, bool), [count(shape) for shape in self.shapes])


_layout = lru_cache(maxsize=256)(Layout)


class Given:
    """What a call was given. Arguments with samples are counted in `own`, the others in `shared`."""

    __slots__ = ("chunks", "layout", "own", "samples", "values")

    def __init__(self, layout: Layout, chunks: list[Any], own: Any, values: list[tuple[int, Value]]) -> None:
        self.layout = layout
        self.chunks = chunks  # the numbers of arguments without samples, in one array or in several
        self.own = own  # numbers, a column for each sample; None without a batch
        self.values = values  # the Values among the shared numbers, which collect gradients
        self.samples = 1 if own is None else int(own.shape[1])

    def example(self, sample: int) -> tuple[list[Value], Sequence[Any], Mapping[str, Any]]:
        """New Values for the numbers of one sample, and the arguments made of them, by position and by name."""
        own, names = self.layout.wide_leaves, self.layout.names
        numbers = np.empty(len(own))
        numbers[~own] = np.concatenate([np.zeros(0), *self.chunks])
        if self.own is not None:
            numbers[own] = self.own[:, sample]
        values = [Value(x) for x in numbers.tolist()]
        following = iter(values)
        arguments = [unflatten(shape, following, array_of_values) for shape in self.layout.shapes]
        first = len(arguments) - len(names)
        return values, arguments[:first], dict(zip(names, arguments[first:], strict=True))

    def refuse_results(self) -> None:
        """Raises where a Value among the arguments has a history, which plain numbers would not keep."""
        for _, x in self.values:
            if x.op is not None:
                raise TypeError(
                    f"{x!r} is a result, and a compiled function gives back plain numbers without its history; "
                    "pass its number with x.data, or call the function itself, as in f.function(x)"
                )


def given(batch: frozenset[int | str], args: Sequence[Any], options: Mapping[str, Any]) -> Given:
    """Flattens the arguments of a call."""
    shared: list[Any] = []
    if not batch:
        shapes = tuple([flatten(x, shared) for x in [*args, *options.values()]])
        return Given(_layout(tuple(options), shapes, (False,) * len(shapes)), chunks_of(shared), None, _values(shared))
    own: list[Any] = []
    named: list[tuple[int | str, Any]] = [*enumerate(args), *options.items()]
    wide = tuple([name in batch for name, _ in named])
    shapes = tuple(
        [
            flatten_samples(x, name, own) if has_samples else flatten(x, shared)
            for (name, x), has_samples in zip(named, wide, strict=True)
        ]
    )
    return Given(_layout(tuple(options), shapes, wide), chunks_of(shared), _columns(own), _values(shared))


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
    columns = [part.reshape(samples, -1).T for part in parts]
    return np.concatenate(columns, dtype=float) if len(columns) > 1 else columns[0].astype(float, copy=False)


def _values(parts: list[Any]) -> list[tuple[int, Value]]:
    if all(type(x) is np.ndarray or type(x) is float for x in parts):
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
