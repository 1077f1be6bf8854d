"""Arguments: those of one call as flat numbers, and gradients back in their arrangement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.value import Value
from ...trees import Tree, count, fill, leaves
from .argument import PICK, Argument, Origin
from .flattening import (
    NUMBERS,
    WHOLE,
    chunks_of,
    flatten,
    flatten_each,
    flatten_samples,
    regular,
    split,
    without_constants,
)
from .static import Name, PlainNeededError, Static


@dataclass(frozen=True)
class Layout:
    """How the arguments of a call are arranged: what a program is found by."""

    names: tuple[str, ...] = ()  # of the keyword arguments, which stand behind the others
    trees: tuple[Tree, ...] = ()
    batched: tuple[bool, ...] = ()  # for each argument, whether it has samples
    _marks: dict[Any, bytes] = field(default_factory=dict, compare=False, repr=False)

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.names, self.trees, self.batched))

    @cached_property
    def batched_leaves(self) -> NDArray[np.bool_]:
        """For each number of one sample's arguments, whether it is the sample's own."""
        return self._by_leaf(self.batched)

    def wanted(self, chosen: tuple[int, ...]) -> bytes:
        """For each number, whether it belongs to one of these arguments."""
        # kept, because long bytes take their time to be made and to be hashed
        if chosen not in self._marks:
            self._marks[chosen] = self._by_leaf([k in chosen for k in range(len(self.trees))]).tobytes()
        return self._marks[chosen]

    def wanted_places(self, places: list[int]) -> bytes:
        """For each number, whether it is at one of these places among those without samples."""
        marks = np.zeros(len(self.batched_leaves), bool)
        marks[np.flatnonzero(~self.batched_leaves)[places]] = True
        return marks.tobytes()

    @cached_property
    def places(self) -> list[tuple[int, int]]:
        """For each argument, where its numbers begin among those of its kind, and how many they are."""
        taken, found = [0, 0], []
        for tree, has_samples in zip(self.trees, self.batched, strict=True):
            found.append((taken[has_samples], count(tree)))
            taken[has_samples] += count(tree)
        return found

    def arranged(self, k: int, d_shared: Any, d_own: Any) -> Any:
        """The derivative by the k-th argument in its arrangement."""
        first, size = self.places[k]
        if self.batched[k]:
            return _of_samples(self.slopes[k], d_own[first : first + size])
        if not size and self.slopes[k] != self.trees[k]:
            raise ValueError(
                f"no derivative by argument {k}: its numbers are constants that the function was recorded for "
                "(truth values, whole numbers used as index, count or key, and what static= names); argnums says by "
                "which arguments value_and_grad differentiates"
            )
        return split(self.slopes[k], d_shared[first : first + size])

    @cached_property
    def slopes(self) -> list[Tree]:
        """For each argument, how the derivative by it is arranged."""
        return list(map(without_constants, self.trees))

    def objects(self) -> list[Any]:
        """What is among the arguments besides numbers."""
        return [leaf[1] for tree in self.trees for leaf in leaves(tree) if leaf[0] == "same"]

    def _by_leaf(self, marks: Sequence[bool]) -> NDArray[np.bool_]:
        return np.repeat(np.array(marks, bool), [count(tree) for tree in self.trees])


_layout = lru_cache(maxsize=256)(Layout)
_NO_VALUES = {float, np.ndarray}


class Arguments:
    """What a call was given. Arguments with samples are counted in `own`, the others in `shared`."""

    __slots__ = ("_source", "chunks", "layout", "own", "samples", "static", "tried", "values")

    def __init__(
        self, layout: Layout, chunks: list[Any], own: Any, values: list[tuple[int, Value]], static: Static, source: Any
    ) -> None:
        self.layout = layout
        self.static, self._source = static, source
        self.tried: dict[Name, int] | None = None  # the modes before all whole numbers were tried as they are
        self.chunks = chunks  # the numbers of arguments without samples, in one array or in several
        self.own = own  # numbers, a column for each sample; None without a batch
        self.values = values  # the Values among the shared numbers, which collect gradients
        self.samples = 1 if own is None else int(own.shape[1])

    def example(self, sample: int) -> tuple[list[Value], Sequence[Any], Mapping[str, Any]]:
        """New Values for the numbers of one sample, and the arguments made of them, by position and by name."""
        own, names = self.layout.batched_leaves, self.layout.names
        numbers = np.empty(len(own))
        numbers[~own] = np.concatenate([np.zeros(0), *self.chunks])
        if self.own is not None:
            numbers[own] = self.own[:, sample]
        values: list[Value] = [Argument(x) for x in numbers.tolist()]
        following = iter(values)
        arguments = [fill(tree, following) for tree in self.layout.trees]
        first = len(arguments) - len(names)
        return values, arguments[:first], dict(zip(names, arguments[first:], strict=True))

    def wanted(self) -> bytes:
        """A mark of 1 for the numbers of Values, which collect gradients."""
        places = [place for place, _ in self.values]
        return self.layout.wanted_places(places) if places else self.layout.wanted(())

    def _name(self, k: int) -> Name:
        """What the k-th argument goes by: its position or its name."""
        first = len(self.layout.trees) - len(self.layout.names)
        return k if k < first else self.layout.names[k - first]

    def _mode(self, k: int) -> int:
        return self.static.modes.get(self._name(k), NUMBERS)

    def origin(self, place: int) -> Origin:
        """Where one of the example's numbers comes from."""
        for k, (tree, is_own) in enumerate(zip(self.layout.trees, self.layout.batched, strict=True)):
            size = count(tree)
            if place < size:
                kind = self._kind_of_samples(k) if is_own else _kind_at(tree, place)
                return Origin(self._name(k), self._mode(k), is_own, kind)
            place -= size
        raise IndexError(place)

    def _kind_of_samples(self, k: int) -> type:
        _, args, options = self._source
        x = [*args, *options.values()][k]
        whole = regular(x) if isinstance(x, list) else x
        return int if isinstance(whole, np.ndarray) and whole.dtype.kind in "biu" else float

    def arrange(self, modes: Mapping[Name, int]) -> None:
        """Arranges the arguments again, with more of them part of the layout."""
        self.static.need(dict(modes))
        batch, args, options = self._source
        again = given(batch, args, options, self.static)
        self.layout, self.chunks, self.values = again.layout, again.chunks, again.values

    def try_whole(self, error: Exception) -> None:
        """Starts again with all whole numbers as they are, where the function failed and some were recorded as Values.

        Where that was tried already, they are numbers again, and the error says what can be done.
        """
        if self.tried is not None:
            self.static.modes = self.tried
            error.add_note(f"(said while it was recorded; static= names arguments that are constants, and {PICK})")
            return
        _, args, options = self._source
        modes: dict[Name, int] = {}
        for k, x in enumerate([*args, *options.values()]):
            if not self.layout.batched[k] and self._mode(k) < WHOLE:
                tree = flatten(x, [], WHOLE)
                if count(tree) < count(self.layout.trees[k]):
                    modes[self._name(k)] = WHOLE
        if modes:
            self.tried = dict(self.static.modes)
            raise PlainNeededError(modes) from error

    def refuse_results(self) -> None:
        """Raises where a Value among the arguments has a history, which plain numbers would not keep."""
        for _, x in self.values:
            if x.op is not None:
                raise TypeError(
                    f"{x!r} is a result, and a compiled function gives back plain numbers without its history; "
                    "pass its number with x.data, or call the function itself, as in f.function(x)"
                )


def given(batch: frozenset[Name], args: Sequence[Any], options: Mapping[str, Any], static: Static) -> Arguments:
    """Flattens the arguments of a call."""
    if len(options) > 1 and static.sorts:
        options = dict(sorted(options.items()))
    shared: list[Any] = []
    own: list[Any] = []
    objects = [*args, *options.values()]
    batched: tuple[bool, ...] = (False,) * len(objects)
    if batch or static.modes:
        names = [*range(len(args)), *options]
        if batch:
            batched = tuple([name in batch for name in names])
        trees = tuple(
            [
                flatten_samples(x, name, own) if is_own else flatten(x, shared, static.modes.get(name, NUMBERS))
                for x, name, is_own in zip(objects, names, batched, strict=True)
            ]
        )
    else:
        trees = flatten_each(objects, shared)
    layout, columns = _layout(tuple(options), trees, batched), _columns(own) if batch else None
    return Arguments(layout, chunks_of(shared), columns, _values(shared), static, (batch, args, options))


def _kind_at(tree: Tree, place: int) -> type:
    """The kind of the number at some place in an argument."""
    for leaf in leaves(tree):
        if place < count(leaf):
            return leaf[-1] if isinstance(leaf[-1], type) else float
        place -= count(leaf)
    raise IndexError(place)


class Unchanged:
    """The lists, dicts and arrays of an example, before a function is run on it."""

    def __init__(self, args: Sequence[Any], options: Mapping[str, Any]) -> None:
        self._given = [*enumerate(args), *options.items()]
        self._before = [_taken_apart(x) for _, x in self._given]

    def refuse_changed(self) -> None:
        """Raises where the function changed one of them."""
        for (name, x), (tree, parts) in zip(self._given, self._before, strict=True):
            now, others = _taken_apart(x)
            if now != tree or not all(map(_is_part, parts, others)):
                raise ValueError(
                    f"the function changes its argument {name}, and a compiled function is given a copy of it; let the "
                    "function change a copy of its own, as in list(x) or x.copy()"
                )


def _taken_apart(x: Any) -> tuple[Tree, list[Any]]:
    parts: list[Any] = []
    return flatten(x, parts), parts


def _is_part(x: Any, y: Any) -> bool:
    return x is y or (not isinstance(x, Value) and np.array_equal(x, y, equal_nan=True))


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
    if {*map(type, parts)} <= _NO_VALUES:
        return []
    found, at = [], 0
    for x in parts:
        if isinstance(x, Value) and not x.is_constant:
            found.append((at, x))
        at += x.size if isinstance(x, np.ndarray) else 1
    return found


def _of_samples(tree: Tree, numbers: Any) -> Any:
    """A derivative by an argument with samples: an array where a sample is a number or an array, else a list."""
    if tree[0] in ("number", "array"):
        sizes = tree[1] if tree[0] == "array" else ()
        return np.ascontiguousarray(numbers.T).reshape(numbers.shape[1], *sizes)
    if tree[0] == "dict":
        taken, parts = 0, {}
        for key, part in zip(tree[1], tree[-1], strict=True):
            parts[key] = _of_samples(part, numbers[taken : taken + count(part)])
            taken += count(part)
        return parts
    return [split(tree, column) for column in numbers.T]
