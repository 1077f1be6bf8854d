"""Twofold: exact sums and products, as a rounded number and what rounding took from it (Dekker 1971, Knuth 1969).

They are made of `+ - *` alone, so that they mean the same on numbers, arrays and text. No intermediate may overflow:
factors stay below 1e290.
"""

from __future__ import annotations

from typing import Any

_SPLITTER = 134217729.0  # 2^27 + 1: leaves 26 bits


def two_sum(a: Any, b: Any) -> tuple[Any, Any]:
    """a + b, and what it was rounded by."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def halves(x: Any) -> tuple[Any, Any]:
    """The first 26 bits of x, and the others: products of halves are exact."""
    grown = _SPLITTER * x
    head = grown - (grown - x)
    return head, x - head


def two_product(a: Any, b: Any) -> tuple[Any, Any]:
    """a * b, and what it was rounded by."""
    product = a * b
    a1, a2 = halves(a)
    b1, b2 = (a1, a2) if b is a else halves(b)
    return product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2


def times(a: tuple[Any, Any], x: Any) -> tuple[Any, Any]:
    """A number of two parts, such as a constant, times x."""
    high, low = two_product(a[0], x)
    return high, low + a[1] * x
