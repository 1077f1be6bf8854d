"""Trees: how numbers are arranged in nested lists, tuples, dicts and arrays, so that they can be one list, and back.

A tree is a plain tuple, which is quick to make, to compare and to hash:

    ("list", (tree, ...))    ("tuple", (tree, ...))    or a class of named tuples in place of "tuple"
    ("dict", keys, (tree, ...))    or ("dict", keys, what else tells them from equal ones, (tree, ...))

Everything else is a leaf, and whoever takes an object apart says what a leaf is. The verbs know the first two of these,
`compiling.calls.flattening` all of them; a third entry is the kind of the numbers, where that matters:

    ("number",)    ("array", sizes)    ("lists", sizes): lists of lists of numbers
    ("same", object, mark)    ("fixed", sizes, dtype, bytes): constants, which are part of the tree and hold no numbers
    ("exact", number): a number that is the same at each call
"""

from __future__ import annotations

import reprlib
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from math import prod
from typing import Any

from .core.numeric import number
from .core.value import Value
from .replaying import Followed

Tree = tuple[Any, ...]
NUMBER: Tree = ("number",)
CONTAINERS = (list, tuple, dict)
_NESTED = {"list", "tuple", "dict"}


Leaf = Callable[[Any, list[Any]], Tree | None]


def tree_of(x: Any, parts: list[Any], leaf: Leaf, keys: Callable[[Any], Tree] = lambda x: (tuple(x),)) -> Tree:
    """The tree of an object. `leaf(part, parts)` gets whatever is in it, in order, says what it is, and keeps it.

    It gives None to look inside. `keys` gives the keys of a dict, in a tuple, and what else is to be known of them.
    """
    return leaf(x, parts) or nested(x, parts, leaf, keys)


def nested(x: Any, parts: list[Any], leaf: Leaf, keys: Callable[[Any], Tree]) -> Tree:
    """The tree of a list, a tuple or a dict."""
    if isinstance(x, dict):
        return "dict", *keys(x), tuple([leaf(y, parts) or nested(y, parts, leaf, keys) for y in x.values()])
    trees = tuple([leaf(y, parts) or nested(y, parts, leaf, keys) for y in x])
    return "list" if isinstance(x, list) else type(x) if hasattr(x, "_fields") else "tuple", trees


def is_leaf(tree: Tree) -> bool:
    """Whether it is no list, tuple or dict of trees."""
    return tree[0] not in _NESTED and type(tree[0]) is str


def leaves(tree: Tree) -> list[Tree]:
    """The leaves in it, in order."""
    return [tree] if is_leaf(tree) else [leaf for part in tree[-1] for leaf in leaves(part)]


def mapped(tree: Tree, change: Callable[[Tree], Tree]) -> Tree:
    """The same arrangement of other leaves."""
    return change(tree) if is_leaf(tree) else (*tree[:-1], tuple([mapped(part, change) for part in tree[-1]]))


def count(tree: Tree) -> int:
    """How many numbers an object of that tree holds."""
    if tree[0] == "number" or tree[0] == "exact":
        return 1
    if not is_leaf(tree):
        return sum(map(count, tree[-1]))
    return prod(tree[1]) if tree[0] in ("array", "lists") else 0


def rebuild(tree: Tree, leaf: Callable[[Tree], Any]) -> Any:
    """An object of that tree; `leaf` makes each of its leaves, in order."""
    kind = tree[0]
    if kind == "number":  # most are
        return leaf(tree)
    if kind == "list":
        return [rebuild(part, leaf) for part in tree[1]]
    if kind == "tuple":
        return tuple([rebuild(part, leaf) for part in tree[1]])
    if kind == "dict":
        return dict(zip(tree[1], [rebuild(part, leaf) for part in tree[-1]], strict=True))
    return leaf(tree) if type(kind) is str else kind(*[rebuild(part, leaf) for part in tree[1]])


def fill(tree: Tree, numbers: Iterable[Any]) -> Any:
    """The numbers (or Values), arranged like this."""
    if tree[0] == "list" and tree[1].count(NUMBER) == len(tree[1]):
        return list(islice(numbers, len(tree[1])))
    given = iter(numbers)

    def leaf(one: Tree) -> Any:
        if one[0] == "number":
            return next(given)
        if one[0] == "array":
            return array(islice(given, prod(one[1])), one[1])
        return _lists(given, one[1]) if one[0] == "lists" else constant(one)

    return rebuild(tree, leaf)


def _lists(numbers: Iterator[Any], sizes: tuple[int, ...]) -> list[Any]:
    size, *inner = sizes
    return [_lists(numbers, tuple(inner)) for _ in range(size)] if inner else list(islice(numbers, size))


def constant(leaf: Tree) -> Any:
    """The object of a leaf that is the same whatever the numbers are; an array is a new one each time."""
    if leaf[0] != "fixed":
        return leaf[1]
    import numpy as np

    return np.frombuffer(leaf[3], leaf[2]).reshape(leaf[1]).copy()  # whoever gets it may write into it


def array(numbers: Iterable[Any], sizes: tuple[int, ...]) -> Any:
    """An array of floats, or, if a Value is among the numbers, or one that is followed, of objects."""
    import numpy as np

    from .interop.arrays import array_of_values

    flat = list(numbers)
    if not {*map(type, flat)} <= {float} and any(isinstance(x, Value | Followed) for x in flat):
        return array_of_values(flat, sizes)
    return np.array(flat, float).reshape(sizes)


# What the verbs take and return: real numbers, and arrays of them.


def flatten(x: Any, name: str) -> tuple[list[Any], Tree]:
    """The numbers (floats, or Values as they are) in `x`, and how they were arranged; `name` is for messages.

    Raises:
        TypeError: something in `x` is not a real number, or is a bool.
    """
    numbers: list[Any] = []
    tree = tree_of(x, numbers, _leaf)
    for k, one in enumerate(numbers):
        if type(one) is not float and not isinstance(one, Value | Followed):
            numbers[k] = _number(one, tree, k, name)
    return numbers, tree


def _leaf(x: Any, numbers: list[Any]) -> Tree | None:
    if type(x) is not float:
        if isinstance(x, CONTAINERS):
            return None
        if is_array(x) and x.ndim:
            numbers.extend(x.ravel().tolist())
            return "array", x.shape
    numbers.append(x)
    return NUMBER


def is_array(x: Any) -> bool:
    """Whether it is an array of NumPy's, of which there is none before NumPy was imported."""
    kind = getattr(sys.modules.get("numpy"), "ndarray", None)  # another thread may be importing it just now
    return kind is not None and isinstance(x, kind)


def _number(x: Any, tree: Tree, k: int, name: str) -> float:
    """The k-th number of an object."""
    if isinstance(x, bool) or (type(x).__module__ == "numpy" and type(x).__name__ in ("bool", "bool_")):
        raise TypeError(
            f"{name}{_place(tree, k)} is {x}, a bool, which has no derivative; write {float(x)} if a number is meant "
            "(argnums says which arguments are differentiated by)"
        )
    try:
        return number(x)
    except TypeError:
        raise TypeError(
            f"{name}{_place(tree, k)} is {reprlib.repr(x)} ({type(x).__name__}), not a real number; numbers may stand "
            "in nested lists, tuples, dicts and NumPy arrays, and argnums chooses the arguments to differentiate by"
        ) from None


def _place(tree: Tree, k: int) -> str:
    """Where the k-th number stands, as Python reads it."""
    if tree[0] == "number":
        return ""
    if tree[0] == "array":
        return f"[{', '.join(str(k // prod(tree[1][axis + 1 :]) % size) for axis, size in enumerate(tree[1]))}]"
    for key, part in zip(tree[1] if tree[0] == "dict" else range(len(tree[1])), tree[-1], strict=True):
        if k < count(part):
            return f"[{key!r}]{_place(part, k)}"
        k -= count(part)
    raise IndexError(k)


def described(tree: Tree) -> str:
    """In words."""
    if tree[0] == "number":
        return "one number"
    if tree[0] == "array":
        return f"an array of shape {tree[1]}"
    kind, size = tree[0] if isinstance(tree[0], str) else tree[0].__name__, len(tree[-1])
    if all(part == NUMBER for part in tree[-1]):
        return f"a {kind} of {size} number{'s' * (size != 1)}"
    return f"a {kind} of ({', '.join(map(described, tree[-1]))})"


def flatten_like(tree: Tree, x: Any, name: str, of: str) -> Sequence[Any]:
    """The numbers of `x`, which must be arranged like this."""
    numbers, found = flatten(x, name)
    if found != tree:
        raise ValueError(f"{name} must be arranged like {of}, {described(tree)}, but is {described(found)}")
    return numbers


def arrange(matrix: Any, outs: Tree, ins: Tree) -> Any:
    """Rows for the outputs, or a matrix, with a number for each input: for each output leaf, the inputs' arrangement.

    By a number, an entry has the shape of the output leaf; by an array, that shape followed by the array's.
    """
    bottom = 0

    def leaf(out: Tree) -> Any:
        nonlocal bottom
        top, bottom, end = bottom, bottom + count(out), 0
        if out[0] == "number":
            return fill(ins, matrix[top].tolist() if is_array(matrix) else matrix[top])
        rows = matrix[top:bottom]
        if not is_array(rows):
            rows = array([x for row in rows for x in row], (len(rows), count(ins)))

        def part(one: Tree) -> Any:
            nonlocal end
            first, end = end, end + count(one)
            return rows[:, first:end].reshape(out[1] + (one[1] if one[0] == "array" else ()))

        return rebuild(ins, part)

    return rebuild(outs, leaf)
