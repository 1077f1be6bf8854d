"""Elementary: powers of 2 and 10, logarithms of sums and differences, products with logarithms, angles, signs."""

from __future__ import annotations

from math import factorial, inf, log, pi
from typing import Any

from ..core.ops import POSITIVE, REAL, Domain, Op
from .twofold import two_sum
from .words import word

_LN_2, _LN_10 = log(2.0), log(10.0)
_PROBABILITY = Domain(0.05, 0.95)


@word
def exp2(m: Any, x: Any) -> Any:
    return m.pow(2.0, x)


@word
def exp10(m: Any, x: Any) -> Any:
    return m.pow(10.0, x)


@word
def log1mexp(m: Any, x: Any) -> Any:
    # Maechler (2012): log(-expm1(x)) near 0, log1p(-exp(x)) far from it
    return m.where(m.less(-_LN_2, x), m.log(-m.expm1(x)), m.log1p(-m.exp(x)))


@word
def logaddexp(m: Any, a: Any, b: Any) -> Any:
    top = m.maximum(a, b)
    return m.where(m.equal(a, b), top + _LN_2, top + m.log1p(m.exp(-m.abs(a - b))))


@word
def logaddexp2(m: Any, a: Any, b: Any) -> Any:
    top = m.maximum(a, b)
    return m.where(m.equal(a, b), top + 1.0, top + m.log1p(m.pow(2.0, -m.abs(a - b))) * (1.0 / _LN_2))


# What exp(a) is of exp(a) + exp(b): a - b is taken with what it is rounded by.


@word
def share(m: Any, a: Any, b: Any) -> Any:
    more, rest = two_sum(a, -b)
    y = m.sigmoid(more)
    return y + m.gate(y * m.sigmoid(-more), rest)


@word
def share2(m: Any, a: Any, b: Any) -> Any:
    more, rest = two_sum(a, -b)
    e = m.pow(2.0, -m.abs(more))
    y, others = m.div(m.where(m.less(more, 0.0), e, 1.0), 1.0 + e), m.div(m.where(m.less(more, 0.0), 1.0, e), 1.0 + e)
    return y + m.gate(y * others, _LN_2 * rest)


@word
def logit(m: Any, p: Any) -> Any:
    middle = 2.0 * m.atanh(2.0 * p - 1.0)
    return m.where(m.less(m.abs(p - 0.5), 0.25), middle, m.log(p) - m.log1p(-p))


def _logit_to_differentiate(m: Any, p: Any, y: Any) -> tuple[Any, ...]:
    middle = m.div(4.0, 1.0 - m.square(2.0 * p - 1.0))
    return (m.where(m.less(m.abs(p - 0.5), 0.25), middle, m.div(1.0, p * (1.0 - p))),)


@word
def xlogy(m: Any, x: Any, y: Any) -> Any:
    return m.where(m.equal(x, 0.0), m.defined(0.0, y), x * m.log(y))


@word
def xlog1py(m: Any, x: Any, y: Any) -> Any:
    return m.where(m.equal(x, 0.0), m.defined(0.0, y), x * m.log1p(y))


# sin(pi x) / (pi x), its slope, and the slope of that: near 0 by their series in (pi x)^2, whose terms fall fast


def _series(m: Any, x: Any, *terms: float) -> Any:
    return m.polynomial(m.square(pi * x), *terms)


_SINC = tuple((-1) ** k / factorial(2 * k + 1) for k in range(14))
_SINC_SLOPE = tuple(2 * k * c for k, c in enumerate(_SINC) if k)
_SINC_CURVE = tuple(2 * k * (2 * k - 1) * c for k, c in enumerate(_SINC) if k)


@word
def copysign(m: Any, x: Any, y: Any) -> Any:
    size, negative = m.abs(x), m.less(m.atan2(y, -1.0), 0.0)  # of -0.0 too, where the angle is -pi
    return m.where(negative, -size, size)


def _copysign_partials(m: Any, x: Any, y: Any, z: Any) -> tuple[Any, ...]:
    return m.sign(x) * m.copysign(1.0, y), 0.0


@word
def sinc(m: Any, x: Any) -> Any:
    rest = x - m.floor(x + 0.5)
    odd = m.floor(x + 0.5)
    odd = odd - 2.0 * m.floor(0.5 * odd)
    wave = m.sin(pi * rest) * (1.0 - 2.0 * odd)
    far = m.div(wave, pi * x)
    return m.where(m.less(m.abs(x), 0.25), _series(m, x, *_SINC), m.where(m.less(m.abs(x), inf), far, 0.0 * m.sign(x)))


@word
def sinc_slope(m: Any, x: Any) -> Any:
    whole = m.floor(x + 0.5)
    odd = 1.0 - 2.0 * (whole - 2.0 * m.floor(0.5 * whole))
    cosine = m.cos(pi * (x - whole)) * odd
    far = m.div(cosine - m.sinc(x), x)
    near = pi * (pi * x) * _series(m, x, *_SINC_SLOPE)
    return m.where(m.less(m.abs(x), 0.5), near, m.where(m.less(m.abs(x), inf), far, 0.0))


@word
def sinc_curve(m: Any, x: Any) -> Any:
    far = -m.div(2.0 * m.sinc_slope(x), x) - pi * pi * m.sinc(x)
    near = pi * pi * _series(m, x, *_SINC_CURVE)
    return m.where(m.less(m.abs(x), 0.5), near, m.where(m.less(m.abs(x), inf), far, 0.0))


# fmt: off
ROWS: list[Op] = [
    Op("exp2", "2ˣ", "2 to the power x", lambda m, x: m.exp2(x), lambda m, x, y: (_LN_2 * y,), (REAL,)),
    Op("exp10", "10ˣ", "10 to the power x", lambda m, x: m.exp10(x), lambda m, x, y: (_LN_10 * y,),
       (Domain(-1.0, 1.0),)),
    Op("log1mexp", "log1mexp", "log(1 - exp(x)) of x < 0, exact at both ends; -inf at 0, nan beyond",
       lambda m, x: m.log1mexp(x), lambda m, x, y: (m.defined(m.div(m.exp(x), m.expm1(x)), y),), (Domain(-4.0, -0.1),)),
    Op("logaddexp", "logaddexp", "log(exp(a) + exp(b)), without overflow",
       lambda m, a, b: m.logaddexp(a, b), lambda m, a, b, y: (m.share(a, b), m.share(b, a)), (REAL, REAL)),
    Op("logaddexp2", "logaddexp2", "the logarithm of 2^a + 2^b to base 2, without overflow",
       lambda m, a, b: m.logaddexp2(a, b), lambda m, a, b, y: (m.share2(a, b), m.share2(b, a)), (REAL, REAL)),
    Op("share", "softmax₂", "exp(a) / (exp(a) + exp(b)), what a is of logaddexp",
       lambda m, a, b: m.share(a, b), lambda m, a, b, y: (y * m.share(b, a), -y * m.share(b, a)), (REAL, REAL)),
    Op("share2", "2ᵃ/Σ", "2^a / (2^a + 2^b), what a is of logaddexp2", lambda m, a, b: m.share2(a, b),
       lambda m, a, b, y: (_LN_2 * (y * m.share2(b, a)), -_LN_2 * (y * m.share2(b, a))), (REAL, REAL)),
    Op("logit", "logit", "log(p / (1 - p)), the inverse of sigmoid; -inf at 0, inf at 1, nan beyond",
       lambda m, p: m.logit(p), lambda m, p, y: (m.defined(m.div(1.0, p * (1.0 - p)), y),), (_PROBABILITY,),
       curved=_logit_to_differentiate),
    # 0 where x is 0, whatever y is but nan; there the slopes are log(y) and 0
    Op("xlogy", "x log y", "x * log(y), and 0 where x is 0",
       lambda m, x, y: m.xlogy(x, y), lambda m, x, y, z: (m.log(y), m.safe_div(x, y)), (REAL, POSITIVE)),
    Op("xlog1py", "x log1p y", "x * log(1 + y), and 0 where x is 0",
       lambda m, x, y: m.xlog1py(x, y), lambda m, x, y, z: (m.log1p(y), m.safe_div(x, 1.0 + y)), (REAL, POSITIVE)),
    Op("sinc", "sinc", "sin(pi x) / (pi x), and 1 at 0", lambda m, x: m.sinc(x),
       lambda m, x, y: (m.sinc_slope(x),), (REAL,)),
    Op("sinc_slope", "sinc'", "the derivative of sinc", lambda m, x: m.sinc_slope(x),
       lambda m, x, y: (m.sinc_curve(x),), (REAL,)),
    Op("sinc_curve", "sinc''", "the second derivative of sinc", lambda m, x: m.sinc_curve(x),
       lambda m, x, y: (-m.safe_div(3.0 * y + pi * pi * m.sinc(x), x) - pi * pi * m.sinc_slope(x),),
       (REAL,)),
    Op("deg2rad", "°", "x degrees in radians", lambda m, x: (pi / 180.0) * x, lambda m, x, y: (pi / 180.0,), (REAL,)),
    Op("rad2deg", "rad", "x radians in degrees", lambda m, x: (180.0 / pi) * x, lambda m, x, y: (180.0 / pi,), (REAL,)),
    # by x, sign(x) * sign(y), 0 at 0; by y, which gives no more than its sign, 0
    Op("copysign", "copysign", "|x| with the sign of y, that of -0.0 too",
       lambda m, x, y: m.copysign(x, y), _copysign_partials, (REAL, POSITIVE)),
]
# fmt: on
