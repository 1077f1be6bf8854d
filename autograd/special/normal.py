"""Normal: the error function, the normal distribution, their logarithms, inverses and slopes, exact in the tails.

In a tail exp(-x^2) is small because x^2 is large, and rounding x^2 alone would cost hundreds of units of the last
place. So squares are exact (`two_product`), and what has a tail is written with erfcx(x) = exp(x^2) erfc(x), which has
none: one polynomial for all x >= 0, in the variable of Shepherd & Laframboise (1981).
"""

from __future__ import annotations

from math import inf, pi, sqrt
from typing import Any

from ..core.ops import INSIDE, REAL, Domain, Op
from . import coefficients as of
from .twofold import two_product
from .words import word

_PROBABILITY = Domain(0.35, 0.65)
_RIGHT = Domain(-0.5, 4.0)  # of erfcx, which grows fast on the left
_SQRT_HALF = 0.7071067811865476, -4.833646656726457e-17
_SQRT_2 = 1.4142135623730951, -9.667293313452913e-17
_PER_SQRT_2PI = 0.3989422804014327, -2.4923272022777433e-17
_ROOT_4 = (2 * pi) ** 0.375  # (2 pi)^(3/2) to the power 1/4
_FAR = 64.0  # beyond it exp(-x^2) is 0
_STEPS = 6442450944.0  # 1.5 * 2^32: adding it rounds to a multiple of 2^-20


def _scaled(a: tuple[float, float], x: Any) -> Any:
    return a[0] * x + a[1] * x


def exp_of_square(m: Any, x: Any, factor: float) -> Any:
    """exp(factor * x^2): x is a multiple of 2^-20, whose square is exact, and a rest."""
    inside = m.maximum(m.minimum(x, _FAR), -_FAR)  # keeps nan
    head = (inside + _STEPS) - _STEPS
    rest = factor * ((inside - head) * (inside + head))
    e = m.exp(factor * m.square(head))
    return e + e * (rest * (1.0 + rest * (0.5 + rest * (1.0 / 6.0))))


@word
def gaussian(m: Any, x: Any) -> Any:
    return exp_of_square(m, x, -1.0)


@word
def normal_pdf(m: Any, x: Any) -> Any:
    return _scaled(_PER_SQRT_2PI, exp_of_square(m, x, -0.5))


def _grown(m: Any, y: Any, quarter: Any, factor: Any) -> Any:
    """factor * y, also where y = quarter^4 is subnormal and has lost digits."""
    return m.where(m.less(1e-290, y), factor * y, m.gate(quarter, factor) * quarter * quarter * quarter)


def _variable(m: Any, x: Any) -> Any:
    return 1.0 - m.div(7.5, x + 3.75)


@word
def _erfcx_right(m: Any, x: Any) -> Any:  # x >= 0; never overflows
    near = m.polynomial(x - 0.5, *of.ERFCX_NEAR)
    return m.where(m.less(x, 1.0), near, m.div(0.5 * m.polynomial(_variable(m, x), *of.ERFCX), 0.5 + x))


@word
def erfcx(m: Any, x: Any) -> Any:
    left = m.minimum(x, 0.0)
    grown = m.where(m.less(-26.7, left), 2.0 * exp_of_square(m, m.maximum(left, -26.7), 1.0), inf)
    return m.where(m.less(x, 0.0), grown - m._erfcx_right(m.abs(x)), m._erfcx_right(m.abs(x)))


@word
def _erfcx_slope_right(m: Any, x: Any) -> Any:
    share = m.div(0.5, 0.5 + x)
    far = -(m.polynomial(_variable(m, x), *of.ERFCX_SLOPE) * share * share)
    return m.where(m.less(x, 1.0), m.polynomial(x - 0.5, *of.ERFCX_SLOPE_NEAR), far)


@word
def erfcx_slope(m: Any, x: Any) -> Any:
    return m.where(m.less(x, 0.0), 2.0 * x * m.erfcx(x) - 2.0 / sqrt(pi), m._erfcx_slope_right(m.abs(x)))


@word
def _erfcx_curve_right(m: Any, x: Any) -> Any:
    share = m.div(0.5, 0.5 + x)
    far = m.polynomial(_variable(m, x), *of.ERFCX_CURVE) * share * share * share
    return m.where(m.less(x, 1.0), m.polynomial(x - 0.5, *of.ERFCX_CURVE_NEAR), far)


@word
def erfcx_curve(m: Any, x: Any) -> Any:
    return m.where(m.less(x, 0.0), 2.0 * m.erfcx(x) + 2.0 * x * m.erfcx_slope(x), m._erfcx_curve_right(m.abs(x)))


@word
def log_erfc(m: Any, x: Any) -> Any:
    right = m.maximum(x, 0.5)
    safe = m.minimum(right, 1e150)
    high, low = two_product(safe, safe)
    high = m.where(m.less(safe, 1e150), high, inf)
    return m.where(m.less(x, 0.5), m.log1p(-m.erf(x)), (m.log(m._erfcx_right(right)) - high) - low)


@word
def _ndtr_left(m: Any, x: Any) -> Any:  # x <= 0
    return exp_of_square(m, x, -0.5) * (0.5 * m._erfcx_right(-_SQRT_HALF[0] * x))


@word
def ndtr(m: Any, x: Any) -> Any:
    left = m._ndtr_left(-m.abs(x))
    return m.where(m.less(x, 0.0), left, 1.0 - left)


@word
def log_ndtr(m: Any, x: Any) -> Any:
    left = m.minimum(x, -1.0)
    safe = m.maximum(left, -1e150)
    high, low = two_product(safe, safe)
    high = m.where(m.less(-1e150, safe), high, inf)
    tail = (m.log(0.5 * m._erfcx_right(-_SQRT_HALF[0] * left)) - 0.5 * high) - 0.5 * low
    middle = m.where(m.less(x, 0.0), m.log(0.5 * m.erfc(-_SQRT_HALF[0] * x)), m.log1p(-m.ndtr(-m.abs(x))))
    return m.where(m.less(x, -1.0), tail, middle)


# Inverses: a start that is right to 1e-9, and one step of Newton's method; far from the middle on logarithms, which are
# exact where erfc is subnormal too.


@word
def _erfinv_middle(m: Any, x: Any) -> Any:  # |x| <= 1/2
    y = x * m.polynomial(m.square(x), *of.ERFINV)
    return y - (m.erf(y) - x) * (0.5 * sqrt(pi) * m.exp(m.square(y)))


@word
def _erfcinv_left(m: Any, q: Any) -> Any:  # 0 <= q <= 1/2
    goal = m.log(q)
    root = m.sqrt(-goal)
    y = root * m.polynomial(1.0 - m.div(8.0, root + 4.0), *of.ERFCINV)
    step = (m.log_erfc(y) - goal) * (0.5 * sqrt(pi) * m._erfcx_right(y))
    return m.where(m.equal(q, 0.0), inf, y + step)


@word
def erfinv(m: Any, x: Any) -> Any:
    size = m.abs(x)
    end = m._erfcinv_left(1.0 - size)
    return m.where(m.less(0.5, size), m.where(m.less(x, 0.0), -end, end), m._erfinv_middle(x))


@word
def erfcinv(m: Any, q: Any) -> Any:
    end = m._erfcinv_left(m.minimum(q, 2.0 - q))
    middle = m.less(0.5, q) * m.less(q, 1.5)
    return m.where(middle, m._erfinv_middle(1.0 - q), m.where(m.less(1.0, q), -end, end))


@word
def ndtri(m: Any, p: Any) -> Any:
    y = m.erfcinv(2.0 * p)
    return m.where(m.less(m.abs(y), inf), -_scaled(_SQRT_2, y), -y)


# As erfc(y) = x, exp(y^2) is erfcx(y) / x: that y was rounded does not matter there.


@word
def erfinv_slope(m: Any, x: Any) -> Any:
    y, size = m.minimum(m.abs(m.erfinv(x)), _FAR), m.abs(x)
    return 0.5 * sqrt(pi) * m.where(m.less(size, 0.5), m.exp(m.square(y)), m.div(m._erfcx_right(y), 1.0 - size))


@word
def erfcinv_slope(m: Any, q: Any) -> Any:
    y = m.minimum(m.abs(m.erfcinv(q)), _FAR)
    return -0.5 * sqrt(pi) * m.div(m._erfcx_right(y), m.minimum(q, 2.0 - q))


@word
def ndtri_slope(m: Any, p: Any) -> Any:
    y = m.minimum(m.abs(m.ndtri(p)), _FAR)
    return sqrt(pi / 2) * m.div(m._erfcx_right(_SQRT_HALF[0] * y), m.minimum(p, 1.0 - p))


def _log_erfc_slope(m: Any, x: Any) -> Any:
    left = m.div(m.gaussian(x), m.erfc(x))
    right = m.div(-2.0 / sqrt(pi), m.erfcx(m.minimum(m.maximum(x, 0.0), 1e100)))
    return m.where(m.less(x, 0.0), -2.0 / sqrt(pi) * left, m.where(m.less(x, 1e100), right, -2.0 * x))


def _log_ndtr_slope(m: Any, x: Any) -> Any:
    left = m.div(sqrt(2 / pi), m.erfcx(-_SQRT_HALF[0] * m.maximum(m.minimum(x, 0.0), -1e100)))
    left = m.where(m.less(-1e100, x), left, -x)
    return m.where(m.less(x, 0.0), left, m.div(m.normal_pdf(x), m.ndtr(x)))


# fmt: off
ROWS: list[Op] = [
    Op("erf", "erf", "the error function 2/sqrt(pi) * integral of exp(-t^2) from 0 to x",
       lambda m, x: m.erf(x), lambda m, x, y: (2.0 / sqrt(pi) * m.gaussian(x),), (REAL,)),
    Op("erfc", "erfc", "1 - erf(x), exact in the tail",
       lambda m, x: m.erfc(x), lambda m, x, y: (-2.0 / sqrt(pi) * m.gaussian(x),), (REAL,)),
    Op("gaussian", "exp−²", "exp(-x^2), exact in the tails",
       lambda m, x: m.gaussian(x), lambda m, x, y: (_grown(m, y, m.gaussian(0.5 * x), -2.0 * x),), (REAL,)),
    Op("erfcx", "erfcx", "exp(x^2) erfc(x), which does not vanish for large x",
       lambda m, x: m.erfcx(x), lambda m, x, y: (m.erfcx_slope(x),), (_RIGHT,)),
    Op("erfcx_slope", "erfcx'", "the derivative of erfcx",
       lambda m, x: m.erfcx_slope(x), lambda m, x, y: (m.erfcx_curve(x),), (_RIGHT,)),
    Op("erfcx_curve", "erfcx''", "the second derivative of erfcx",
       lambda m, x: m.erfcx_curve(x), lambda m, x, y: (4.0 * m.erfcx_slope(x) + 2.0 * x * y,), (_RIGHT,)),
    Op("log_erfc", "log erfc", "log(erfc(x)), also where erfc(x) is 0 to a float",
       lambda m, x: m.log_erfc(x), lambda m, x, y: (_log_erfc_slope(m, x),), (REAL,)),
    Op("normal_pdf", "φ", "the normal density exp(-x^2 / 2) / sqrt(2 pi)",
       lambda m, x: m.normal_pdf(x), lambda m, x, y: (_grown(m, y, _ROOT_4 * m.normal_pdf(0.5 * x), -x),), (REAL,)),
    Op("ndtr", "Φ", "the normal distribution function, the probability of a value below x",
       lambda m, x: m.ndtr(x), lambda m, x, y: (m.normal_pdf(x),), (REAL,)),
    Op("log_ndtr", "log Φ", "log(ndtr(x)), also where ndtr(x) is 0 to a float",
       lambda m, x: m.log_ndtr(x), lambda m, x, y: (_log_ndtr_slope(m, x),), (REAL,)),
    # inverses: -inf or inf at the ends of their domain with slope inf, nan beyond
    Op("erfinv", "erf⁻¹", "the x whose erf is that",
       lambda m, x: m.erfinv(x), lambda m, x, y: (m.erfinv_slope(x),), (INSIDE,)),
    Op("erfinv_slope", "erf⁻¹'", "the derivative of erfinv", lambda m, x: m.erfinv_slope(x),
       lambda m, x, y: (2.0 * m.erfinv(x) * m.square(y),), (Domain(-0.7, 0.7),)),
    Op("erfcinv", "erfc⁻¹", "the x whose erfc is q",
       lambda m, q: m.erfcinv(q), lambda m, q, y: (m.erfcinv_slope(q),), (Domain(0.2, 1.8),)),
    Op("erfcinv_slope", "erfc⁻¹'", "the derivative of erfcinv", lambda m, q: m.erfcinv_slope(q),
       lambda m, q, y: (2.0 * m.erfcinv(q) * m.square(y),), (Domain(0.2, 1.8),)),
    Op("ndtri", "Φ⁻¹", "the x whose ndtr is p, a quantile of the normal distribution",
       lambda m, p: m.ndtri(p), lambda m, p, y: (m.ndtri_slope(p),), (_PROBABILITY,)),
    Op("ndtri_slope", "Φ⁻¹'", "the derivative of ndtri", lambda m, p: m.ndtri_slope(p),
       lambda m, p, y: (m.ndtri(p) * m.square(y),), (_PROBABILITY,)),
]
# fmt: on
