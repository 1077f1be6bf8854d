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
    """The slope of a function at a point, how far off it may be, and the slopes on both sides if they differ."""

    slope: float
    error: float
    left: float
    right: float
    is_kink: bool

    def allows(self, partial: float, tolerance: float) -> bool:
        """Whether `partial` agrees: with the slope, or at a kink with one between those of the two sides."""
        if self.is_kink:
            low, high = sorted((self.left, self.right))
            room = tolerance * max(abs(low), abs(high), 1.0)
            return low - room <= partial <= high + room
        return abs(partial - self.slope) <= tolerance * max(abs(partial), abs(self.slope)) + self.error


def differences(f: Callable[[float], float], x: float) -> Slope:
    """The slope of `f` at `x` by central differences of fourth order.

    The step starts at a fraction of the larger of |x| and 1, of |x| if that is smaller, and of |f(x)| if that is
    larger, and shrinks until two estimates in a row agree best: larger ones cut the curve short, smaller ones drown in
    rounding.
    """
    usual = max(abs(x), 1.0)
    found = [_converged(f, x, scale) for scale in dict.fromkeys((usual, abs(x) or 1.0, max(abs(f(x)), usual)))]
    slope, error, step = min(found, key=lambda one: one[1] / abs(one[0]) if one[0] else one[1])
    if not math.isfinite(error):
        return Slope(math.nan, math.inf, math.nan, math.nan, False)
    return _with_sides(f, x, slope, error, step)


def _converged(f: Callable[[float], float], x: float, scale: float) -> tuple[float, float, float]:
    best, error, step, before = 0.0, math.inf, 0.0, math.nan
    for k in range(STEPS):
        h = scale / 32 / RATIO**k
        try:
            slope, size = _central(f, x, h)
        except (ValueError, OverflowError, ZeroDivisionError):  # a primitive may raise outside its domain
            slope, size = math.nan, math.nan
        off = abs(slope - before) + 4 * EPSILON * size / h
        if off < error:
            best, error, step = slope, off, h
        before = slope
    return best, error, step


def _central(f: Callable[[float], float], x: float, h: float) -> tuple[float, float]:
    values = [f(x + k * h) for k in (-2, -1, 1, 2)]
    a, b, c, d = values
    return (8 * (c - b) - (d - a)) / (12 * h), max(map(abs, values))


def _with_sides(f: Callable[[float], float], x: float, slope: float, error: float, h: float) -> Slope:
    # on a smooth curve the slopes of the two sides differ by h f'', so an eighth of the step leaves an eighth of it
    middle = f(x)
    gaps = []
    for step in (h, h / 8):
        low, high = f(x - step), f(x + step)
        left, right = (middle - low) / step, (high - middle) / step
        gaps.append(right - left)
        noise = 8 * EPSILON * max(abs(low), abs(middle), abs(high)) / step
    size = max(abs(left), abs(right), abs(slope))
    is_kink = abs(gaps[1]) > 0.5 * abs(gaps[0]) and abs(gaps[1]) > noise + 1e-4 * size
    return Slope(slope, error, left, right, is_kink)
