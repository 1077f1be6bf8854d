"""Inverse: roots, lengths and angles, and the functions whose inverses are trigonometric or hyperbolic.

1 - x * x is written (1 - x)(1 + x), exact near 1; square roots of it make nan outside the domain.
"""

from __future__ import annotations

from math import inf
from typing import Any

from ..core.ops import ABOVE_ONE, INSIDE, POSITIVE, REAL, Op
from .words import word


@word
def cbrt_slope(m: Any, x: Any, y: Any) -> Any:
    finite = m.less(0.0, m.abs(x)) * m.less(m.abs(x), inf)
    return m.where(finite, m.div(m.div(y, x), 3.0), m.div(1.0, 3.0 * m.square(y)))


def _cbrt_to_differentiate(m: Any, x: Any, y: Any) -> tuple[Any, ...]:
    near_0 = m.div(1.0, 3.0 * m.square(y))
    return (m.where(m.less(1e-200, m.abs(x)), m.div(m.div(y, x), 3.0), near_0),)


@word
def cosine(m: Any, a: Any, b: Any) -> Any:
    return m.safe_div(a, m.hypot(a, b))


@word
def lorentz(m: Any, x: Any) -> Any:
    whole = 1.0 + m.square(x)
    return m.where(m.less(whole, inf), m.div(1.0, whole), m.div(m.div(1.0, x), x))


def _by_length(m: Any, x: Any, length: Any) -> Any:
    return m.safe_div(x, length)  # 0 for a vector of length 0


def _cosine_partials(m: Any, a: Any, b: Any, y: Any) -> tuple[Any, ...]:
    r, sine = m.hypot(a, b), m.cosine(b, a)
    return _by_length(m, sine, r) * sine, -(_by_length(m, y, r) * sine)


def _one_less_square(m: Any, x: Any) -> Any:
    # as the second loses the slope near 0, and the first the value near 1
    return m.where(m.less(m.abs(x), 0.5), 1.0 - m.square(x), (1.0 - x) * (1.0 + x))


def _asin_to_differentiate(m: Any, x: Any) -> Any:
    return m.div(1.0, m.sqrt(_one_less_square(m, x)))


def _atan2_partials(m: Any, a: Any, b: Any, y: Any) -> tuple[Any, ...]:
    r = m.hypot(a, b)  # a * a + b * b would overflow; (0, 0) has gradient 0
    return m.safe_div(_by_length(m, b, r), r), -m.safe_div(_by_length(m, a, r), r)


# fmt: off
ROWS: list[Op] = [
    Op("cbrt", "∛", "the cube root of x, real for x < 0 too; slope inf at 0",
       lambda m, x: m.cbrt(x), lambda m, x, y: (m.cbrt_slope(x, y),), (POSITIVE,),
       curved=_cbrt_to_differentiate),
    Op("cbrt_slope", "∛'", "the slope y / (3 x) of the cube root y of x; inf at 0",
       lambda m, x, y: m.cbrt_slope(x, y), lambda m, x, y, z: (-m.div(z, x), m.div(z, y)), (POSITIVE, POSITIVE)),
    Op("hypot", "hypot", "sqrt(a^2 + b^2) without overflow; gradient 0 at (0, 0)",
       lambda m, a, b: m.hypot(a, b), lambda m, a, b, y: (_by_length(m, a, y), _by_length(m, b, y)), (REAL, POSITIVE),
       curved=lambda m, a, b, y: (m.cosine(a, b), m.cosine(b, a))),
    Op("cosine", "a/|a, b|", "a / hypot(a, b), the cosine of an angle; 0 at (0, 0)",
       lambda m, a, b: m.cosine(a, b), _cosine_partials, (REAL, POSITIVE)),
    Op("asin", "asin", "the angle in [-pi/2, pi/2] whose sine is x",
       lambda m, x: m.asin(x), lambda m, x, y: (m.div(1.0, m.sqrt(1.0 - x) * m.sqrt(1.0 + x)),), (INSIDE,),
       curved=lambda m, x, y: (_asin_to_differentiate(m, x),)),
    Op("acos", "acos", "the angle in [0, pi] whose cosine is x",
       lambda m, x: m.acos(x), lambda m, x, y: (m.div(-1.0, m.sqrt(1.0 - x) * m.sqrt(1.0 + x)),), (INSIDE,),
       curved=lambda m, x, y: (-_asin_to_differentiate(m, x),)),
    Op("atan", "atan", "the angle in (-pi/2, pi/2) whose tangent is x",
       lambda m, x: m.atan(x), lambda m, x, y: (m.lorentz(x),), (REAL,)),
    Op("lorentz", "1/(1+x²)", "1 / (1 + x^2), also where x^2 overflows",
       lambda m, x: m.lorentz(x), lambda m, x, y: (-2.0 * (x * y) * y,), (REAL,)),
    Op("atan2", "atan2", "the angle of the point (b, a) from the first axis; gradient 0 at (0, 0)",
       lambda m, a, b: m.atan2(a, b), _atan2_partials, (REAL, POSITIVE)),
    Op("asinh", "asinh", "the number whose hyperbolic sine is x",
       lambda m, x: m.asinh(x), lambda m, x, y: (m.div(1.0, m.hypot(1.0, x)),), (REAL,)),
    Op("acosh", "acosh", "the number >= 0 whose hyperbolic cosine is x",
       lambda m, x: m.acosh(x), lambda m, x, y: (m.div(1.0, m.sqrt(x - 1.0) * m.sqrt(x + 1.0)),), (ABOVE_ONE,)),
    Op("atanh", "atanh", "the number whose hyperbolic tangent is x",
       lambda m, x: m.atanh(x), lambda m, x, y: (m.defined(m.div(1.0, (1.0 - x) * (1.0 + x)), y),), (INSIDE,),
       curved=lambda m, x, y: (m.defined(m.div(1.0, _one_less_square(m, x)), y),)),
]
# fmt: on
