"""What a number must be: each check returns it plain, or says in a sentence what is wrong."""

from __future__ import annotations

import operator
import reprlib
from typing import Any

from autograd import Value


def whole(name: str, x: Any, least: int = 1) -> int:
    """`x` as an integer of at least `least`."""
    try:
        number = operator.index(x)
    except TypeError:
        raise TypeError(f"{name} must be a whole number, got {reprlib.repr(x)}") from None
    if number < least:
        raise ValueError(f"{name} must be at least {least}, got {number}")
    return number


def real(name: str, x: Any) -> float:
    """`x` as a float."""
    try:
        return Value(x).data
    except TypeError:
        remedy = "; take its number with .data" if isinstance(x, Value) else ""
        raise TypeError(f"{name} must be a number, got {reprlib.repr(x)} ({type(x).__name__}){remedy}") from None
    except ValueError:
        raise ValueError(f"{name} is beyond the range of a float: {reprlib.repr(x)}") from None


def finite(name: str, x: Any) -> float:
    """`x` as a float that is neither nan nor infinite."""
    number = real(name, x)
    if number - number != 0.0:  # a comparison, so that a compiled function asks it of other numbers too
        raise ValueError(f"{name} is {number}; repair or drop it first")
    return number


def rate(name: str, x: Any) -> float:
    """`x` as a finite float of at least 0."""
    number = finite(name, x)
    if number < 0.0:
        raise ValueError(f"{name} must be at least 0, got {number}")
    return number


def bound(name: str, x: Any) -> float:
    """`x` as a finite float above 0."""
    number = finite(name, x)
    if number <= 0.0:
        raise ValueError(f"{name} must be above 0, got {number}")
    return number


def share(name: str, x: Any) -> float:
    """`x` as a float in [0, 1)."""
    number = finite(name, x)
    if not 0.0 <= number < 1.0:
        raise ValueError(f"{name} must be in [0, 1), got {number}; 0.9 is usual")
    return number


def shares(name: str, x: Any) -> tuple[float, float]:
    """`x` as two floats in [0, 1)."""
    try:
        first, second = x
    except (TypeError, ValueError):
        raise ValueError(f"{name} are two numbers, as in (0.9, 0.999), got {x!r}") from None
    return share(f"{name}[0]", first), share(f"{name}[1]", second)


def yes_or_no(name: str, x: Any) -> bool:
    """`x`, which must be True or False."""
    if not isinstance(x, bool):
        raise TypeError(f"{name} is True or False, got {x!r}")
    return x


def is_index(number: Any, count: int) -> bool:
    """Whether it is a whole number from 0 to `count - 1`."""
    # one comparison, and not one for each of its conditions: a compiled function makes it at every call
    return count > 0 and bool(number // 1.0 % count == number)
