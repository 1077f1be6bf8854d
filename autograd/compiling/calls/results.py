"""Results as flat numbers, and back: what depends on Values is computed at each call, the rest is as recorded."""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import numpy as np

from ...core.numeric import number, short
from ...core.value import Value
from ...interop.masks import Mask
from ...trees import CONTAINERS, NUMBER, Tree, tree_of
from .argument import Argument
from .flattening import keys_for, mark, split


def flatten_result(x: Any, parts: list[Any], since: int = 0) -> Tree:
    """Appends the numbers in a result to `parts`, and returns its tree.

    Values with a line from `since` on were made for this result.
    """

    def leaf(x: Any, parts: list[Any]) -> Tree | None:
        if type(x) is Mask:
            x = np.asarray(x)
        if isinstance(x, Value | float | np.floating):
            parts.append(x)
            return NUMBER
        if isinstance(x, CONTAINERS):
            if isinstance(x, dict):
                _refuse_values(x, x, since)
            return None
        return _array(x, parts, since) if isinstance(x, np.ndarray) else _constant(x, parts, since)

    return tree_of(x, parts, leaf, keys_for)


def _array(x: Any, parts: list[Any], since: int) -> Tree:
    kind = x.dtype.kind
    if kind == "O":
        items = tuple(x.ravel().tolist())
        for item, tree in zip(items, flatten_result(items, parts, since)[1], strict=True):
            if tree[0] not in ("number", "exact"):
                raise TypeError(f"an array of objects holds Values or numbers, not {item!r}")
        return ("array", x.shape) if x.ndim else NUMBER
    if kind == "f" and x.ndim and type(x) is np.ndarray:
        parts.extend(x.reshape(-1).tolist())
        return "array", x.shape
    if type(x) is np.ndarray and kind != "V":
        return "fixed", x.shape, x.dtype.str, x.tobytes()
    return _constant(x, parts, since)


def _constant(x: Any, parts: list[Any], since: int) -> Tree:
    """A number or an object that is the same at each call, and may hold nothing that is not."""
    if isinstance(x, numbers.Real | Decimal | np.bool_):
        try:
            number(x)
        except ValueError:
            return "same", x, mark(x)
        parts.append(x)
        return "exact", x
    kind = type(x).__name__
    if isinstance(x, Iterator):
        raise TypeError(f"a compiled function returns its numbers at once, and no {kind}; return a list, as in [*x]")
    if type(x).__hash__ is None or isinstance(x, np.ndarray):
        raise TypeError(
            f"a compiled function returns numbers, sequences, dicts, arrays and hashable objects, not {short(x)} "
            f"({kind}); return the numbers in it"
        )
    inside = x if isinstance(x, frozenset) else _attributes(x)
    _refuse_values(x, inside, since)
    return "same", x, mark(x)


def _attributes(x: Any) -> Iterable[Any]:
    """What an object that was made for this result holds; of a class or a function, nothing."""
    if isinstance(x, type) or callable(x):
        return ()
    slots = [vars(kind).get("__slots__", ()) for kind in type(x).__mro__]
    names = [name for some in slots for name in ([some] if isinstance(some, str) else some)]
    return [*getattr(x, "__dict__", {}).values(), *(getattr(x, name, None) for name in names)]


def _refuse_values(x: Any, inside: Iterable[Any], since: int) -> None:
    waiting = [*inside]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Argument) or (isinstance(item, Value) and item.op and not 0 < item._serial < since):
            raise TypeError(
                f"the result {short(x)} ({type(x).__name__}) holds Values, which would stay as they are now; return "
                "them in lists, tuples, dicts or arrays"
            )
        if isinstance(item, list | tuple | set | frozenset | dict):
            waiting += item.values() if isinstance(item, dict) else item


def is_one_number(tree: Tree) -> bool:
    """Whether a result is one number, of which there is a gradient; a truth value is none."""
    return tree[0] == "number" or (tree[0] == "exact" and not isinstance(tree[1], bool | np.bool_))


def pair_of(result: Tree) -> tuple[Tree, Tree]:
    """The trees of the number and of what a function with `has_aux` returns besides."""
    if result[0] in ("tuple", "list") and len(result[1]) == 2:
        number, rest = result[1]
        if is_one_number(number):
            return number, rest
    raise ValueError(
        "has_aux=True says that the function returns a pair, (number, anything), of which the number is "
        "differentiated; it returned something else"
    )


def of_samples(trees: list[Tree], columns: list[Any], places: list[Any], samples: int) -> Any:
    """The results of a batch: an array where each is a number or a truth value, else a list with one for each sample.

    Given are, for those samples that took the same way, the tree of their results, a column of numbers for each of
    them, and which they are.
    """
    kinds = {tree[0] for tree in trees}
    if kinds <= {"number", "exact"}:
        if "number" in kinds:
            rows = [column[0] for column in columns]
        else:
            rows = [np.full(len(place), tree[1]) for tree, place in zip(trees, places, strict=True)]
        if len(rows) == 1 and len(rows[0]) == samples:
            return rows[0]
        results = np.empty(samples, np.result_type(*rows))
        for place, row in zip(places, rows, strict=True):
            results[place] = row
        return results
    each: list[Any] = [None] * samples
    for tree, place, column in zip(trees, places, columns, strict=True):
        for sample, numbers_ in zip(place.tolist(), column.T, strict=True):
            each[sample] = split(tree, numbers_)
    return each
