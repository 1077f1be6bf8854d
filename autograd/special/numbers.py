"""Numbers: some words again, in plain Python, for the floats of recording: without what a batch needs, twice as fast.

Their meaning is that of the files beside this one, and a test compares them. Here is no word that those have not.
"""

from __future__ import annotations

from collections.abc import Callable
from math import erfc, exp, hypot, inf
from typing import Any

from ..core import floats

NUMBERS: dict[str, Callable[..., float]] = {}
_m: Any = floats
_SQRT_HALF = 0.7071067811865476
_PER_SQRT_2PI = 0.3989422804014327
_STEPS = 6442450944.0  # 1.5 * 2^32: adding it leaves of x what is a multiple of 2^-20, whose square is exact
_LINE, _CUBE = 1.5957691216057308, 0.07135481627260025


def _on_numbers(function: Callable[..., float]) -> Callable[..., float]:
    NUMBERS[function.__name__.removeprefix("_")] = function
    return function


@_on_numbers
def _cbrt_slope(x: float, y: float) -> float:
    return y / x / 3.0 if x and x - x == 0.0 else floats.div(1.0, 3.0 * y * y)


@_on_numbers
def _cosine(a: float, b: float) -> float:
    length = hypot(a, b)
    return a / length if length else 0.0


@_on_numbers
def _lorentz(x: float) -> float:
    whole = 1.0 + x * x
    return 1.0 / x / x if whole == inf else 1.0 / whole


@_on_numbers
def _gaussian(x: float) -> float:
    if not -28.0 < x < 28.0:
        return 0.0 if x == x else x
    head = (x + _STEPS) - _STEPS
    return exp(-head * head) * exp((head - x) * (head + x))


@_on_numbers
def _normal_pdf(x: float) -> float:
    if not -39.0 < x < 39.0:
        return 0.0 if x == x else x
    head = (x + _STEPS) - _STEPS
    return exp(-0.5 * head * head) * (_PER_SQRT_2PI * exp(0.5 * (head - x) * (head + x)))


@_on_numbers
def _ndtr(x: float) -> float:
    return 0.5 * erfc(-_SQRT_HALF * x) if x > -1.0 else float(_m._ndtr_left(x))


@_on_numbers
def _gelu(x: float) -> float:
    return 0.5 * x * erfc(-_SQRT_HALF * x) if x > -1.0 else float(x * _ndtr(x) if x >= -37.0 else _m._gelu_left(x))


@_on_numbers
def _gelu_slope(x: float) -> float:
    if x >= -0.375:
        return 0.5 * erfc(-_SQRT_HALF * x) + (x * (_PER_SQRT_2PI * exp(-0.5 * x * x)) if x < 39.0 else 0.0)
    if x > -1.25:
        return float(_m._gelu_slope_near(x))
    return float(_m._gelu_slope_left(x)) if x < -37.0 else _ndtr(x) + x * _normal_pdf(x)


@_on_numbers
def _gelu_tanh(x: float) -> float:
    if x > -0.25:
        u = x * (_LINE + _CUBE * x * x)
        return x / (1.0 + exp(-u)) if u < 40.0 else x
    return float(_m._gelu_tanh_left(x)) if x < -21.0 else float(x * _m.gelu_gate(x))


@_on_numbers
def _gelu_tanh_slope(x: float) -> float:
    if x > -0.25:
        square = x * x
        u = x * (_LINE + _CUBE * square)
        if u > 710.0:
            return 1.0
        e = exp(-u)
        return (1.0 + x * (_LINE + 3.0 * _CUBE * square) * (e / (1.0 + e))) / (1.0 + e)
    if -1.25 < x < -0.375:
        return float(_m._gelu_tanh_slope_near(x))
    if not x >= -21.0:
        return float(_m._gelu_tanh_slope_left(x))
    s = float(_m.gelu_gate(x))
    return s * (1.0 + (1.0 - s) * (x * (_LINE + 3.0 * _CUBE * x * x)))


@_on_numbers
def _silu(x: float) -> float:
    if x >= 0.0:
        return x / (1.0 + exp(-x))
    if x >= -700.0:
        e = exp(x)
        return x * (e / (1.0 + e))
    half = exp(0.5 * x)
    return x * half * half


@_on_numbers
def _silu_slope(x: float) -> float:
    if -2.0 < x < -0.75:
        return float(_m._silu_slope_near(x))
    if x >= 0.0:
        e = exp(-x)
        return (1.0 + (x * (e / (1.0 + e)) if e else 0.0)) / (1.0 + e)
    if x >= -700.0:
        e = exp(x)
        return e / (1.0 + e) * (1.0 + x / (1.0 + e))
    half = exp(0.5 * x)
    return (1.0 + x) * half * half + 0.0 if half else 0.0  # never -0.0
