"""Lists: functions of several values that choose among them or give as many, made of rows.

They take Values and numbers, and record; of numbers alone they give numbers. Where the order of the values decides
(`sort`, `median`), they are compared, so that a compiled function is recorded again for another order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cmp_to_key
from itertools import accumulate, pairwise
from typing import Any

from .vocabularies import functions

m: Any = functions


def softmin(xs: Iterable[Any]) -> list[Any]:
    """The values as probabilities, the smallest the most probable: the softmax of -x.

    >>> from autograd import softmin
    >>> softmin([0.0, 0.0])
    [0.5, 0.5]
    """
    return functions.softmax([-x for x in xs])


def cumsum(xs: Iterable[Any]) -> list[Any]:
    """The sums of the first value, the first two, and so on.

    >>> from autograd import cumsum
    >>> cumsum([1.0, 2.0, 3.0])
    [1.0, 3.0, 6.0]
    """
    return list(accumulate(xs, m.add))


def cumprod(xs: Iterable[Any]) -> list[Any]:
    """The products of the first value, the first two, and so on; zeros need no division."""
    return list(accumulate(xs, m.mul))


def cummax(xs: Iterable[Any]) -> list[Any]:
    """The largest value so far, at each place; a tie gives half to what was before, as `maximum` does."""
    return list(accumulate(xs, m.maximum))


def cummin(xs: Iterable[Any]) -> list[Any]:
    """The smallest value so far, at each place; a tie gives half to what was before, as `minimum` does."""
    return list(accumulate(xs, m.minimum))


def order(xs: list[Any]) -> list[int]:
    """The places of the values from the smallest to the largest; equal ones as they stand, nan behind."""
    return sorted(range(len(xs)), key=cmp_to_key(_comparing(xs)))


def _comparing(xs: list[Any]) -> Callable[[int, int], int]:
    def compare(j: int, k: int) -> int:
        a, b = xs[j], xs[k]
        return -1 if a < b else 1 if a > b else 0 if a == b else bool(a != a) - bool(b != b)

    return compare


def sort(xs: Iterable[Any]) -> list[Any]:
    """The values from the smallest to the largest, nan behind them: each gradient goes to its place.

    >>> from autograd import Value, sort
    >>> a, b = Value(2.0), Value(1.0)
    >>> first, second = sort([a, b])
    >>> (first * 10).backward()
    >>> a.grad, b.grad
    (0.0, 10.0)
    """
    xs = list(xs)
    return [xs[k] for k in order(xs)]


def median(xs: Iterable[Any]) -> Any:
    """The value in the middle of all, or the mean of the two there; nan where one is nan.

    Of equal values in the middle that one has the gradient which `sort` puts there.

    >>> from autograd import median
    >>> median([5.0, 1.0, 2.0]), median([4.0, 1.0, 2.0, 9.0])
    (2.0, 3.0)
    """
    xs = list(xs)
    if not xs:
        raise ValueError("median of no values; give at least 1")
    places = order(xs)
    low, high = xs[places[(len(xs) - 1) // 2]], xs[places[len(xs) // 2]]
    return m.defined(m.pos(low) if low is high else m.mean([low, high]), m.max(xs))


def interp(x: Any, xs: Iterable[Any], ys: Iterable[Any]) -> Any:
    """What the straight lines between the points (xs, ys) have at `x`; beyond the ends, the value at the end.

    `xs` rise. At a point the slope is that of the line left of it. Whatever `x` is, the same operations are recorded.

    >>> from autograd import interp
    >>> interp(1.5, [0.0, 1.0, 2.0], [0.0, 10.0, 30.0]), interp(5.0, [0.0, 1.0, 2.0], [0.0, 10.0, 30.0])
    (20.0, 30.0)
    """
    xs, ys = list(xs), list(ys)
    if len(xs) != len(ys) or not xs:
        raise ValueError(f"interp needs as many xs as ys, and at least 1, not {len(xs)} and {len(ys)}")
    for k, (before, after) in enumerate(pairwise(xs)):
        if not before < after:
            raise ValueError(
                f"the xs of interp rise, but xs[{k + 1}] = {after!r} is not above the one before; sort them"
            )
    y = ys[0]
    for k in range(len(xs) - 1):
        share = m.div(x - xs[k], xs[k + 1] - xs[k])
        y = m.where(m.less(xs[k], x), ys[k] + share * (ys[k + 1] - ys[k]), y)
    y = m.where(m.less(xs[-1], x), ys[-1], y)
    return m.defined(y, x)


def polyval(coefficients: Iterable[Any], x: Any) -> Any:
    """The polynomial with those coefficients, that of the highest power first, at `x`, by Horner's rule.

    >>> from autograd import polyval
    >>> polyval([2.0, 0.0, 1.0], 3.0)
    19.0
    """
    first, *others = list(coefficients) or [0.0]
    y = first
    for c in others:
        y = y * x + c
    return y
