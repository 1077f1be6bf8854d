"""Bessel: the modified Bessel functions I0 and I1, also scaled by exp(-|x|), by polynomials in x^2 and in 1/x."""

from __future__ import annotations

from math import inf
from typing import Any

from ..core.ops import REAL, Op
from . import coefficients as of
from .words import word


@word
def _i0_near(m: Any, x: Any) -> Any:  # 0 <= x <= 8
    q = 0.25 * m.square(x)
    return 1.0 + q * m.polynomial(q, *of.I0)


@word
def _i1_near(m: Any, x: Any) -> Any:
    return 0.5 * x * m.polynomial(0.25 * m.square(x), *of.I1)


def _far(m: Any, x: Any, terms: tuple[float, ...]) -> Any:
    """A polynomial in 1/x, over sqrt(x), for x >= 8."""
    return m.div(m.polynomial(m.div(1.0, x) - 0.0625, *terms), m.sqrt(x))


def _by_size(m: Any, x: Any, near: Any, far: Any) -> Any:
    return m.where(m.less(x, 8.0), near, far)


# The derivatives of x/2 times a polynomial in q = x^2/4 are such again: no term of them is negative.
_I1_SLOPE = tuple((k + 0.5) * c for k, c in enumerate(of.I1))
_I1_CURVE = tuple(k * (k + 0.5) * c for k, c in enumerate(of.I1) if k)


@word
def _i0_far(m: Any, x: Any) -> Any:
    return _far(m, x, of.I0_LARGE)


@word
def _i1_far(m: Any, x: Any) -> Any:
    return _far(m, x, of.I1_LARGE)


@word
def i0(m: Any, x: Any) -> Any:
    size = m.abs(x)
    half = m.exp(0.5 * size)  # exp(size) overflows before i0
    return _by_size(m, size, m._i0_near(size), m.where(m.less(size, inf), m._i0_far(size) * half * half, size))


@word
def i1(m: Any, x: Any) -> Any:
    size = m.abs(x)
    half = m.exp(0.5 * size)
    far = m.where(m.less(size, inf), m._i1_far(size) * half * half, size)
    return m.sign(x) * _by_size(m, size, m._i1_near(size), far)


@word
def i1_slope(m: Any, x: Any) -> Any:
    size = m.abs(x)
    half = m.exp(0.5 * size)
    far = (m._i0_far(size) - m.div(m._i1_far(size), size)) * half * half
    near = m.polynomial(0.25 * m.square(x), *_I1_SLOPE)
    return _by_size(m, size, near, m.where(m.less(size, inf), far, size))


@word
def i1_curve(m: Any, x: Any) -> Any:
    near = 0.5 * x * m.polynomial(0.25 * m.square(x), *_I1_CURVE)
    far = m.i1(x) * (1.0 + m.square(m.div(1.0, x))) - m.div(m.i1_slope(x), x)
    return _by_size(m, m.abs(x), near, far)


@word
def i0e(m: Any, x: Any) -> Any:
    size = m.abs(x)
    return _by_size(m, size, m._i0_near(size) * m.exp(-size), m._i0_far(size))


@word
def i1e(m: Any, x: Any) -> Any:
    size = m.abs(x)
    return m.sign(x) * _by_size(m, size, m._i1_near(size) * m.exp(-size), m._i1_far(size))


# The slopes of the scaled ones are differences of what is nearly equal, so they have polynomials of their own.


@word
def _i0e_less(m: Any, x: Any) -> Any:
    """exp(-x) (i0(x) - i1(x)) for x >= 0."""
    near = m.where(m.less(x, 3.0), m.polynomial(x - 1.5, *of.I0E_SLOPE), m.polynomial(x - 5.5, *of.I0E_SLOPE_MIDDLE))
    return _by_size(m, x, near, m.div(_far(m, x, of.I0E_SLOPE_LARGE), x))


@word
def i0e_slope(m: Any, x: Any) -> Any:
    return -m.sign(x) * m._i0e_less(m.abs(x))


_ROOT = 1.5451272579925426, 1.0630756383046672e-16  # of i1e_slope


@word
def i1e_slope(m: Any, x: Any) -> Any:
    size = m.abs(x)
    second = ((size - _ROOT[0]) - _ROOT[1]) * m.polynomial(size - 2.0, *of.I1E_SLOPE_NEAR)
    middle = m._i0e_less(size) - m.div(m._i1_near(size) * m.exp(-size), size)
    first = m.polynomial(size - 0.5, *of.I1E_SLOPE)
    near = m.where(m.less(size, 1.0), first, m.where(m.less(size, 3.0), second, middle))
    return _by_size(m, size, near, m.div(_far(m, size, of.I1E_SLOPE_LARGE), size))


def _i1e_curve(m: Any, x: Any, y: Any) -> Any:
    size, sign = m.abs(x), m.sign(x)
    near = m.exp(-size) * (m.i1_curve(x) - 2.0 * sign * m.i1_slope(x) + m.i1(x))
    far = m.i0e_slope(x) - sign * y - m.safe_div(y - m.safe_div(m.i1e(x), x), x)
    return m.where(m.less(size, 1.5), near, far)


def _i1_third(m: Any, x: Any, y: Any) -> Any:
    # of x^2 i1'' + x i1' = (x^2 + 1) i1, once more differentiated
    per = m.safe_div(1.0, x)
    far = m.i1_slope(x) * (1.0 + 2.0 * m.square(per)) - (y + 2.0 * m.i1(x) * m.square(per)) * per
    return m.where(m.less(m.abs(x), 0.01), 0.375 + 0.15625 * m.square(x), far)


# fmt: off
ROWS: list[Op] = [
    Op("i0", "I₀", "the modified Bessel function of the first kind and order 0",
       lambda m, x: m.i0(x), lambda m, x, y: (m.i1(x),), (REAL,)),
    Op("i1", "I₁", "the modified Bessel function of the first kind and order 1",
       lambda m, x: m.i1(x), lambda m, x, y: (m.i1_slope(x),), (REAL,)),
    Op("i1_slope", "I₁'", "the derivative of i1",
       lambda m, x: m.i1_slope(x), lambda m, x, y: (m.i1_curve(x),), (REAL,)),
    Op("i1_curve", "I₁''", "the second derivative of i1",
       lambda m, x: m.i1_curve(x), lambda m, x, y: (_i1_third(m, x, y),), (REAL,)),
    # at 0 the slope of exp(-|x|) is taken as 0
    Op("i0e", "e⁻I₀", "exp(-|x|) i0(x)", lambda m, x: m.i0e(x), lambda m, x, y: (m.i0e_slope(x),), (REAL,)),
    Op("i1e", "e⁻I₁", "exp(-|x|) i1(x)", lambda m, x: m.i1e(x), lambda m, x, y: (m.i1e_slope(x),), (REAL,)),
    Op("i0e_slope", "e⁻I₀'", "the derivative of i0e", lambda m, x: m.i0e_slope(x),
       lambda m, x, y: (m.i1e_slope(x) - m.sign(x) * y,), (REAL,)),
    Op("i1e_slope", "e⁻I₁'", "the derivative of i1e", lambda m, x: m.i1e_slope(x),
       lambda m, x, y: (_i1e_curve(m, x, y),), (REAL,)),
]
# fmt: on
