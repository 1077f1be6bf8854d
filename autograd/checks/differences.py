"""Slopes of a plain function of one number by differences, with steps fitted to the point, and kinks recognised."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

EPSILON = 2.0**-52
RATIO = 4.0
STEPS = 13  # from 1/32 of the scale down to 2e-9 of it


@dataclass(frozen=True)
class Slope:
    """The slope of a function at a point, how far off it may be, and the slopes on both sides: inf at a jump."""

    slope: float
    error: float
    left: float
    right: float
    is_kink: bool

    def allows(self, partial: float, tolerance: float) -> bool:
        """Whether `partial` agrees: with the slope, or at a kink with one between those of the two sides."""
        if math.isinf(self.left) or math.isinf(self.right):
            return True  # a jump has no slope, and the table gives it 0
        if self.is_kink:
            low, high = sorted((self.left, self.right))
            room = tolerance * max(abs(low), abs(high), 1.0)
            return low - room <= partial <= high + room
        return abs(partial - self.slope) <= tolerance * max(abs(partial), abs(self.slope)) + self.error


def differences(f: Callable[[float], float], x: float) -> Slope:
    """The slope of `f` at `x` by central differences of fourth order.

    The step starts at a fraction of the larger of |x| and 1, of |x| if that is smaller, and of |f(x)| if that is
    larger, and shrinks until three estimates in a row agree best: larger steps cut the curve short, smaller ones drown
    in rounding.
    """
    usual = max(abs(x), 1.0)
    found = [_converged(f, x, scale) for scale in dict.fromkeys((usual, abs(x) or 1.0, max(abs(f(x)), usual)))]
    slope, error, step = min(found, key=lambda one: one[1] / abs(one[0]) if one[0] else one[1])
    if not math.isfinite(error):
        return Slope(math.nan, math.inf, math.nan, math.nan, False)
    # the partial is a formula of its own, rounded too: that of `var` at equal values is 3e-16
    return _with_sides(f, x, slope, error + 16 * EPSILON * usual, step)


def _converged(f: Callable[[float], float], x: float, scale: float) -> tuple[float, float, float]:
    best, error, step, before, off_before = 0.0, math.inf, 0.0, math.nan, math.nan
    for k in range(STEPS):
        h = scale / 32 / RATIO**k
        try:
            slope, size = _central(f, x, h)
        except (ValueError, OverflowError, ZeroDivisionError):  # a primitive may raise outside its domain
            slope, size = math.nan, math.nan
        off = abs(slope - before)
        # three in a row: two may agree by chance, on a staircase
        worse = max(off, off_before) + 4 * EPSILON * size / h
        if worse < error and not math.isnan(off_before):
            best, error, step = slope, worse, h
        before, off_before = slope, off
    return best, error, step


def _central(f: Callable[[float], float], x: float, h: float) -> tuple[float, float]:
    values = [f(x + k * h) for k in (-2, -1, 1, 2)]
    a, b, c, d = values
    return (8 * (c - b) - (d - a)) / (12 * h), max(map(abs, values))


def _with_sides(f: Callable[[float], float], x: float, slope: float, error: float, h: float) -> Slope:
    # on a smooth curve the slopes of the two sides differ by h f'', so an eighth of the step leaves an eighth of it
    middle = f(x)
    wide_left, wide_right, _ = _sides(f, x, middle, h)
    left, right, size = _sides(f, x, middle, h / 8)
    noise = 64 * EPSILON * size / h
    is_kink = abs(right - left) > 0.5 * abs(wide_right - wide_left) and abs(right - left) > noise + 1e-4 * max(
        abs(left), abs(right), abs(slope)
    )
    # a side that starts with a jump is eight times as steep
    jumps = [abs(near) > 6 * abs(wide) and abs(near) > noise for near, wide in ((left, wide_left), (right, wide_right))]
    left, right = (math.copysign(math.inf, y) if jump else y for y, jump in zip((left, right), jumps, strict=True))
    return Slope(slope, error, left, right, is_kink or any(jumps))


def _sides(f: Callable[[float], float], x: float, middle: float, h: float) -> tuple[float, float, float]:
    low, high = f(x - h), f(x + h)
    return (middle - low) / h, (high - middle) / h, max(abs(low), abs(middle), abs(high))
