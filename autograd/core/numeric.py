"""Plain numbers: what counts as one, and what to say of what does not."""

from __future__ import annotations

import numbers
import reprlib
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .methods import Number as Number  # no Value is one, and no array
else:
    Number = Any  # what `number` accepts: bool, int, float, NumPy scalars, Fraction, Decimal

_REMEDIES: dict[Any, str] = {
    str | bytes: "convert it first, as in float(text)",
    type(None): "a function that forgot to return its result is a common cause",
    complex: "keep the real and the imaginary part as two Values",
    Iterable: "make one Value of each element, as in [Value(x) for x in row]",
}


def number(x: Any) -> float:
    """`x` as a float.

    Raises:
        TypeError: `x` is not a real number.
        ValueError: `x` is an integer or a fraction beyond the range of a float.
    """
    if type(x) is float:
        return x
    if is_number(x):
        try:
            return float(x)
        except (OverflowError, ValueError):
            why = "is beyond the range of a float (about 1.8e308); scale it down first"
            raise ValueError(f"{short(x)} {why}") from None
    if hasattr(x, "is_constant"):  # a Value
        raise TypeError(
            f"a plain number is needed here, not {short(x)}; use the Value itself, or its number with .data"
        )
    remedy = next((text for kind, text in _REMEDIES.items() if isinstance(x, kind)), "convert it to a float first")
    raise TypeError(f"a Value holds one real number, not {short(x)} ({type(x).__name__}); {remedy}")


def is_number(x: Any) -> bool:
    """Whether `x` is a plain real number."""
    # array libraries have a bool of their own, and arrays of no dimensions, that do not say so
    return isinstance(x, numbers.Real | Decimal) or (
        getattr(x, "shape", None) == () and getattr(getattr(x, "dtype", None), "kind", None) in {*"biuf"}
    )


def short(x: Any) -> str:
    try:
        return reprlib.repr(x)
    except ValueError:  # Python refuses to print an integer of more than 4300 digits
        return "an integer of thousands of digits"
