"""Carried: a number that a function reads from a Value by `data` while it is recorded.

In other calls it is another number. So it is computed with as Python computes with floats, and each operation is
recorded, as one of constants: no gradient passes. A comparison is recorded as what it is, and so is what Python's
floats raise for, such as a divisor of 0. Where the plain number itself gets out (`math.exp`, `float`, text, a key of a
dictionary, NumPy), the program holds for this very number alone, and the function is recorded again for another one.

It is no subclass of float: C code would read the number of one, and nobody would know.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from decimal import Decimal
from numbers import Number
from typing import Any, Protocol

import numpy as np

from ...core.numeric import number
from ...core.ops import TABLE, Op
from ...core.value import Value, new_constant
from ...interop.numbers import COMPARISONS, NUMPY_NAMES
from ...replaying import Followed
from .graph import COMPARE

_FLOATS = (float, int, bool)


class Carrier(Protocol):
    """Who records what is computed with carried numbers."""

    is_open: bool  # whether the function is running
    is_closing: bool  # whether its result is being taken apart

    def carry(self, op: Op, inputs: Sequence[Any], result: float | None = None) -> Carried:
        """What a row gives of numbers that are carried and others."""

    def compare(self, left: Any, symbol: str, right: Any, outcome: bool) -> None:
        """The program holds only where a comparison comes out like this."""

    def pin(self, constant: Value) -> None:
        """The program holds only where this is the number that it is now."""


def _operator(row: str, function: Callable[[Any, Any], Any]) -> tuple[Any, Any]:
    """The methods of an operator: the number on the left of it, and on the right."""

    def left(self: Carried, other: Any) -> Any:
        return self._with(row, function, self, other, other)

    def right(self: Carried, other: Any) -> Any:
        return self._with(row, function, other, self, other)

    return left, right


def _comparison(symbol: str) -> Any:
    return lambda self, other: self._compare(symbol, other)


class Carried(Followed):
    """A number without gradient that follows the Value it was read from, or is computed from such numbers."""

    __slots__ = ("_carrier",)

    def __init__(self, carrier: Carrier, constant: Value) -> None:
        self._carrier, self._constant = carrier, constant

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return float  # for isinstance

    def plain(self) -> float:
        """The number itself: the program holds for no other from now on."""
        self._carrier.pin(self._constant)
        return self._constant._data  # type: ignore[no-any-return]

    __float__ = plain

    # Arithmetic.

    __add__, __radd__ = _operator("add", operator.add)
    __sub__, __rsub__ = _operator("sub", operator.sub)
    __mul__, __rmul__ = _operator("mul", operator.mul)
    __truediv__, __rtruediv__ = _operator("div", operator.truediv)
    __floordiv__, __rfloordiv__ = _operator("floordiv", operator.floordiv)
    __mod__, __rmod__ = _operator("mod", operator.mod)
    __pow__, __rpow__ = _operator("pow", operator.pow)

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> Any:
        return other // self, other % self

    def __neg__(self) -> Any:
        return self._row("neg", -self._constant._data)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return self._row("abs", abs(self._constant._data))

    def __round__(self, digits: Any = None) -> Any:
        if digits is None:
            return self._whole("round", round(self._constant._data), 0.0)
        return self._row("round", round(self._constant._data, digits), float(digits))

    def __floor__(self) -> int:
        return self._whole("floor", math.floor(self._constant._data))

    def __ceil__(self) -> int:
        return self._whole("ceil", math.ceil(self._constant._data))

    def __trunc__(self) -> int:
        return self._whole("trunc", int(self._constant._data))

    __int__ = __trunc__

    def _with(self, row: str, function: Callable[[Any, Any], Any], a: Any, b: Any, other: Any) -> Any:
        """`function(a, b)`, where one of them is this number and the other may be anything."""
        kind = type(other)
        if isinstance(other, Value):
            return function(_constant_of(a), _constant_of(b))
        if not self._carrier.is_open or not (kind in _FLOATS or kind is Carried or kind is np.float64):
            if isinstance(other, Number | Decimal | np.generic):
                return function(_plain(a), _plain(b))
            return NotImplemented  # its type knows better, or nobody does
        if kind is np.float64:
            return self._carrier.carry(TABLE[row], (a, b))  # NumPy's scalars raise nothing
        result = function(_number(a), _number(b))
        if row == "pow" and not self._is_real(a, b, result):
            return function(_plain(a), _plain(b))
        if row in ("div", "floordiv", "mod") and isinstance(b, Carried):
            self._carrier.compare(b._constant, "==", 0.0, False)  # where it is, Python raises
        made = self._carrier.carry(TABLE[row], (a, b), result)
        if row == "pow":
            self._carrier.compare((made - made)._constant, "==", 0.0, True)  # nor is it finite, where Python raises
        return made

    def _is_real(self, base: Any, exponent: Any, power: Any) -> bool:
        """Whether a power is finite, and real for a reason that holds for other numbers too."""
        if type(power) is complex or not all(map(math.isfinite, (_number(base), _number(exponent), power))):
            return False
        if isinstance(exponent, Carried) or exponent % 1.0:
            return bool(base > 0.0)
        return True

    def _row(self, row: str, result: float, *more: float) -> Any:
        if not self._carrier.is_open:
            return result
        return self._carrier.carry(TABLE[row], (self, *more), result)

    def _whole(self, row: str, result: int, *more: float) -> int:
        """A whole number, as a plain one: an index or a count. The program holds for this one."""
        if self._carrier.is_open:
            made = self._row(row, float(result), *more)
            self._carrier.compare(made._constant, "==", float(result), True)
        return result

    # Comparisons.

    __eq__, __ne__ = _comparison("=="), _comparison("!=")
    __lt__, __le__, __gt__, __ge__ = map(_comparison, ("<", "<=", ">", ">="))

    def __bool__(self) -> bool:
        return bool(self != 0.0)

    def _compare(self, symbol: str, other: Any) -> Any:
        if isinstance(other, Value):
            return COMPARE[symbol](self._constant, other)
        function = COMPARE[symbol]
        kind = type(other)
        if kind in _FLOATS or kind is Carried or kind is np.float64:
            outcome = bool(function(self._constant._data, _number(other)))
            if kind is int and abs(other) > _EXACT:
                self.plain()
            else:
                self._carrier.compare(self._constant, symbol, _constant_of(other), outcome)
            return outcome
        if isinstance(other, Number | Decimal | np.generic):
            return function(self.plain(), other)
        return NotImplemented

    # What has no place in a program.

    def __hash__(self) -> int:
        return hash(self.plain())

    def __complex__(self) -> complex:
        return complex(self.plain())

    def __repr__(self) -> str:
        return repr(self.plain())

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(self.plain(), spec)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return float, (self.plain(),)

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, known: Any) -> Any:
        return self

    def is_integer(self) -> bool:
        return bool(self % 1.0 == 0.0)

    def __getattr__(self, name: str) -> Any:
        if not hasattr(float, name):
            raise AttributeError(f"'float' object has no attribute {name!r}")
        return getattr(self.plain(), name)

    # NumPy.

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        if self._carrier.is_closing:
            raise TypeError("a list of results is none of plain numbers")  # and becomes no array
        return np.array(self.plain(), dtype)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if any(map(_holds_value, inputs)):
            return getattr(ufunc, method)(*map(_constant_of, inputs), **options)
        inputs = tuple([x[()] if isinstance(x, np.ndarray) else x for x in inputs])  # a scalar may come as an array
        kinds = {*map(type, inputs)}
        if method == "__call__" and not options and kinds <= {*_FLOATS, Carried, np.float64} and self._carrier.is_open:
            name = NUMPY_NAMES.get(ufunc.__name__, ufunc.__name__)
            if ufunc.__name__ in COMPARISONS:
                a, b = (float(x) if type(x) is np.float64 else x for x in inputs)
                return np.bool_(COMPARE[_SYMBOLS[ufunc.__name__]](a, b))
            if name in _ASKED:
                return np.bool_(_ASKED[name](*inputs))
            if name in TABLE:
                rest = (0.0,) if name == "round" else ()
                return self._carrier.carry(TABLE[name], (*inputs, *rest))
        return getattr(ufunc, method)(*map(_plain, inputs), **options)


_SYMBOLS = dict(zip(COMPARISONS, ("==", "!=", "<", "<=", ">", ">="), strict=True))
_ASKED: dict[str, Callable[[Any], Any]] = {
    "isnan": lambda x: x != x,
    "isinf": lambda x: abs(x) == math.inf,
    "isfinite": lambda x: abs(x) < math.inf,
}
_EXACT = 2**53  # whole numbers up to here are floats


def _plain(x: Any) -> Any:
    return x.plain() if isinstance(x, Carried) else x


def _number(x: Any) -> Any:
    return x._constant._data if isinstance(x, Carried) else x


def _constant_of(x: Any) -> Any:
    return x._constant if isinstance(x, Carried) else x


def _holds_value(x: Any) -> bool:
    return isinstance(x, Value) or (
        isinstance(x, np.ndarray) and x.dtype.kind == "O" and any(isinstance(item, Value) for item in x.flat)
    )


def as_constant(x: Any) -> Value:
    """A number, or the Value that stands for it, as a node of the graph."""
    return x._constant if isinstance(x, Followed) else x if isinstance(x, Value) else new_constant(number(x))
