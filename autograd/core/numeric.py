"""Plain numbers: what counts as one, and what to say of what does not."""

from __future__ import annotations

import numbers
import reprlib
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np

if TYPE_CHECKING:

    class Ratio(Protocol):
        """A float, and what else is a ratio: a Fraction, a Decimal, a floating-point scalar of NumPy."""

        def as_integer_ratio(self) -> tuple[int, int]: ...

    class Whole(Protocol):
        """An int, and what else is whole: an integer scalar of NumPy."""

        @property
        def numerator(self) -> Any: ...

    Number: TypeAlias = float | Ratio | Whole  # no Value is one, and no array
else:
    Number = Any  # what `number` accepts: bool, int, float, NumPy scalars, Fraction, Decimal

_REMEDIES: dict[type, str] = {
    str: "convert it first, as in float(text)",
    bytes: "convert it first, as in float(text)",
    type(None): "a function that forgot to return its result is a common cause",
    complex: "keep the real and the imaginary part as two Values",
    list: "make one Value of each element, as in [Value(x) for x in row]",
    tuple: "make one Value of each element, as in [Value(x) for x in row]",
    dict: "make one Value of each element",
    set: "make one Value of each element",
    np.ndarray: "make one Value of each element, as in [Value(x) for x in row]",
}


class Followed:
    """A number that whoever records a function follows: other calls have another one. It passes for a float."""

    __slots__ = ("_constant",)

    _constant: Any  # the Value that stands for it in what is recorded, without a gradient


def number(x: Any) -> float:
    """`x` as a float.

    Raises:
        TypeError: `x` is not a real number.
        ValueError: `x` is an integer or a fraction beyond the range of a float.
    """
    if type(x) is float:
        return x
    if isinstance(x, numbers.Real | Decimal | np.bool_) or (isinstance(x, np.ndarray) and x.ndim == 0 and _real(x)):
        try:
            return float(x)
        except (OverflowError, ValueError):
            raise ValueError(
                f"{short(x)} is beyond the range of a float (about 1.8e308); scale it down first"
            ) from None
    if hasattr(x, "is_constant"):  # a Value
        raise TypeError(
            f"a plain number is needed here, not {short(x)}; use the Value itself, or its number with .data"
        )
    remedy = next((text for kind, text in _REMEDIES.items() if isinstance(x, kind)), "convert it to a float first")
    raise TypeError(f"a Value holds one real number, not {short(x)} ({type(x).__name__}); {remedy}")


def _real(x: Any) -> bool:
    return x.dtype.kind in "biuf"


def short(x: Any) -> str:
    try:
        return reprlib.repr(x)
    except ValueError:  # Python refuses to print an integer of more than 4300 digits
        return "an integer of thousands of digits"


def is_number(x: object) -> bool:
    """Whether `x` is a plain real number."""
    return isinstance(x, numbers.Real | Decimal | np.bool_)
