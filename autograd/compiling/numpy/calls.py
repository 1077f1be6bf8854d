"""Calls: the NumPy calls that a row makes on arrays, written down instead of run.

`arrays` asks NumPy for everything, and NumPy lets an argument answer for itself (`__array_ufunc__`, NEP 13, and
`__array_function__`, NEP 18). So the words of `arrays`, run on `Call`s, become a list of NumPy calls, and no formula
is written a second time. A word that looks at the numbers (`erf`, `pick`) is a call of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import numpy as np

from ...vocabularies import arrays

OUTER = "outer"  # of `runtime`: a matrix product of perhaps a single column and a single row

_serial = count()
_REDUCTIONS = {"sum": "add", "prod": "multiply", "max": "maximum", "min": "minimum"}
_CONDITIONS = {"less", "less_equal", "greater", "greater_equal", "equal", "not_equal", "isnan", "isfinite"}


class Call:
    """An array that a NumPy call will make; without arguments, one that has a name already.

    `shape` leaves out the samples. Behind it the array has the axis `axis`: "samples", or "1" for what is the same for
    all of them, or "" where there is no batch.
    """

    def __init__(
        self, head: str, shape: tuple[int, ...], axis: str, arguments: tuple[Any, ...] | None = None, options: str = ""
    ) -> None:
        self.head, self.shape, self.axis, self.arguments, self.options = head, shape, axis, arguments, options
        self.serial = next(_serial)

    @property
    def is_condition(self) -> bool:
        return self.head.removeprefix("np.") in _CONDITIONS

    @property
    def is_elementwise(self) -> bool:
        """Whether the result may be written over an argument."""
        return not self.options and self.head not in ("np.matmul", "np.einsum", "sum", OUTER)

    @property
    def takes_out(self) -> bool:
        """Whether it writes into an array that it is given; others make one of their own."""
        return self.head in (OUTER, "sum") or (self.head.startswith("np.") and self.head != "np.where")

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, k: int) -> Call:
        return Call("item", self.shape[1:], self.axis, (self, range(len(self))[k]))

    def __iter__(self) -> Iterator[Call]:
        return (self[k] for k in range(len(self)))

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise TypeError("this word looks at the numbers")

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if method != "__call__" or options:
            raise TypeError("this word does more than call a ufunc")
        return call(f"np.{ufunc.__name__}", *inputs)

    def __array_function__(self, function: Any, types: Any, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
        if function.__name__ in _REDUCTIONS and options == {"axis": 0}:
            return summed(inputs[0], (0,), f"np.{_REDUCTIONS[function.__name__]}.reduce")
        if function.__name__ == "where" and not options:
            return call("np.where", *inputs)
        raise TypeError("this word does more than NumPy's plain calls")

    def __add__(self, other: Any) -> Any:
        return call("np.add", self, other)

    def __radd__(self, other: Any) -> Any:
        return call("np.add", other, self)

    def __sub__(self, other: Any) -> Any:
        return call("np.subtract", self, other)

    def __rsub__(self, other: Any) -> Any:
        return call("np.subtract", other, self)

    def __mul__(self, other: Any) -> Any:
        return call("np.multiply", self, other)

    def __rmul__(self, other: Any) -> Any:
        return call("np.multiply", other, self)

    def __truediv__(self, other: Any) -> Any:
        return call("np.divide", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return call("np.divide", other, self)

    def __neg__(self) -> Any:
        return call("np.negative", self)

    def __pos__(self) -> Any:
        return self


class Verbatim(str):
    """An argument that stands in the call as it is."""


def call(head: str, *inputs: Any, shape: tuple[int, ...] | None = None) -> Call:
    """A call on arrays that broadcast; times 1.0 and times -1.0 are not multiplied."""
    among = [x for x in inputs if isinstance(x, Call)]
    if head == "np.multiply" and len(among) == 1 and not among[0].is_condition:
        factor = next(x for x in inputs if not isinstance(x, Call))
        if abs(factor) == 1.0:
            return among[0] if factor > 0 else call("np.negative", among[0])
    if shape is None:
        shape = np.broadcast_shapes(*(x.shape for x in among))
    return Call(head, shape, max((x.axis for x in among), default=""), inputs)


def summed(x: Call, axes: tuple[int, ...], head: str = "np.add.reduce") -> Call:
    """`x` summed over axes; the one behind all others is that of the samples."""
    shape = tuple(size for axis, size in enumerate(x.shape) if axis not in axes)
    axis = "" if len(x.shape) in axes else x.axis
    return Call(head, shape, axis, (x,), f", axis={axes[0] if len(axes) == 1 else axes}")


def stacked(parts: list[Any], table: Callable[[list[float]], Call]) -> Any:
    """One array for a list of them that differ in their numbers alone, or None; `table` makes an array of numbers."""
    first = parts[0]
    if not isinstance(first, Call):
        if any(isinstance(x, Call) for x in parts):
            return None
        return first if all(x == first for x in parts) else table([float(x) for x in parts])
    if all(x is first for x in parts):
        return first
    alike = all(
        isinstance(x, Call) and (x.head, x.options, x.shape) == (first.head, first.options, first.shape) for x in parts
    )
    if not alike or first.arguments is None or not (first.head.startswith("np.") and first.is_elementwise):
        return None
    arguments = [stacked(list(x), table) for x in zip(*(x.arguments for x in parts), strict=True)]
    return None if any(x is None for x in arguments) else call(first.head, *arguments)


class _Words:
    """The vocabulary `arrays`, on arrays that do not exist yet."""

    def __getattr__(self, word: str) -> Callable[..., Any]:
        function = getattr(arrays, word)

        def spelled(*inputs: Any) -> Any:
            if not any(isinstance(x, Call) for x in inputs):
                with np.errstate(all="ignore"):
                    return float(function(*inputs))
            try:
                return function(*inputs)
            except TypeError:
                reduces = word in ("sum", "norm", "pick")
                return call(word, *inputs, shape=inputs[0].shape[1:] if reduces else None)

        return spelled

    def gate(self, a: Any, b: Any) -> Any:
        return a * b if isinstance(a, float) and a else arrays.gate(a, b)

    def each(self, f: Callable[..., Any], *groups: Any) -> Any:
        return f(*groups)


words = _Words()
