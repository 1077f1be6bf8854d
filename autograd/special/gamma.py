"""Gamma: the gamma function, its logarithm, the derivatives of that, and the beta functions.

On the right each is a polynomial near 0 and Stirling's series, made exact for all larger x, far from it; zeros are
factors. On the left the reflection formulas hold (Abramowitz & Stegun 6.1.17, 6.3.7, 6.4.7): at 0 and the negative
whole numbers are poles, where gamma and digamma are nan and lgamma is inf; near the zeros between them the digits are
those of the terms that cancel.
"""

from __future__ import annotations

from math import inf, log, nan, pi, sqrt
from typing import Any

from ..core.ops import Domain, Op
from . import coefficients as of
from .twofold import two_sum
from .words import word

_ROOT = 1.4616321449683622, 9.549995429965697e-17  # of digamma
_HALF_LOG_2PI = 0.9189385332046728

_SHIFT = 16


def _rest(m: Any, x: Any) -> Any:
    """How far x is from a whole number: sines of pi times it are exact where x is large, too."""
    return x - m.floor(x + 0.5)


@word
def _sin_pi(m: Any, x: Any) -> Any:
    whole = m.floor(x + 0.5)
    sign = 1.0 - 2.0 * (whole - 2.0 * m.floor(0.5 * whole))
    return sign * m.sin(pi * (x - whole))


@word
def _cot_pi(m: Any, x: Any) -> Any:
    rest = _rest(m, x)
    size = m.abs(rest)
    near = m.div(1.0, m.tan(pi * size))
    return m.sign(rest) * m.where(m.less(size, 0.25), near, m.tan(pi * (0.5 - size)))


# lgamma


@word
def _lgamma_near(m: Any, x: Any) -> Any:  # 0.5 <= x <= 8
    first = (x - 1.0) * m.polynomial(x - 1.0, *of.LGAMMA_1)
    second = (x - 2.0) * m.polynomial(x - 2.0, *of.LGAMMA_2)
    third = (x - 2.0) * m.polynomial(x - 3.5, *of.LGAMMA_3)
    last = m.polynomial(x - 6.25, *of.LGAMMA_6)
    left, right = m.where(m.less(x, 1.5), first, second), m.where(m.less(x, 4.5), third, last)
    return m.where(m.less(x, 2.5), left, right)


@word
def _lgamma_far(m: Any, x: Any) -> Any:  # x >= 8
    per = m.div(1.0, x)
    return (x - 0.5) * (m.log(x) - 1.0) + (_HALF_LOG_2PI - 0.5 + per * m.polynomial(m.square(per), *of.STIRLING))


@word
def _lgamma_right(m: Any, x: Any) -> Any:  # x >= 0
    small = m._lgamma_near(1.0 + x) - m.log(x)
    large = m.where(m.less(x, 8.0), m._lgamma_near(x), m._lgamma_far(x))
    return m.where(m.less(x, 0.5), small, m.where(m.less(x, 1e306), large, x * (m.log(x) - 1.0)))


@word
def _lgamma_left(m: Any, x: Any) -> Any:  # x < 0
    return (log(pi) - m.log(m.abs(m._sin_pi(x)))) - m.log(-x) - m._lgamma_right(-x)


@word
def lgamma(m: Any, x: Any) -> Any:
    finite = m.where(m.less(x, 0.0), m._lgamma_left(m.minimum(x, 0.0)), m._lgamma_right(m.abs(x)))
    return m.where(m.less(m.abs(x), inf), finite, m.abs(x))


# gamma


@word
def _gamma_near(m: Any, x: Any) -> Any:  # 0 <= x < 6, as gamma(2 + u) with 0 <= u < 1
    whole = m.floor(x)
    u = x - whole
    y = m.polynomial(u - 0.5, *of.GAMMA)
    y = m.where(m.less(x, 2.0), m.div(y, m.where(m.less(x, 1.0), u * (u + 1.0), u + 1.0)), y)
    for k in range(3, 6):  # from gamma(2 + u) on
        y = y * m.where(m.less(x, float(k)), 1.0, u + float(k - 1))
    return y


def _stirling(m: Any, x: Any) -> tuple[Any, Any]:
    """gamma(x) for x >= 6 as two factors, neither of which overflows where the product does not."""
    half = m.pow(x, 0.5 * x - 0.25)
    per = m.div(1.0, x)
    return half * m.exp(-x) * (sqrt(2.0 * pi) * m.exp(per * m.polynomial(m.square(per), *of.STIRLING))), half


@word
def _gamma_far(m: Any, x: Any) -> Any:
    a, b = _stirling(m, m.minimum(x, 190.0))
    return m.where(m.less(x, 175.0), a * b, x * inf)


@word
def _gamma_left(m: Any, x: Any) -> Any:  # x < 0
    sine = x * m._sin_pi(x)
    a, b = _stirling(m, m.minimum(-x, 190.0))
    far = m.div(m.div(-pi, sine * a), b)
    return m.where(m.less(-6.0, x), m.div(-pi, sine * m._gamma_near(-x)), m.where(m.less(-185.0, x), far, 0.0 * sine))


@word
def gamma(m: Any, x: Any) -> Any:
    right = m.where(m.less(x, 6.0), m._gamma_near(m.abs(x)), m._gamma_far(x))
    pole = m.equal(m.floor(x), x) * m.less(x, 0.0)
    left = m.where(pole, nan, m._gamma_left(m.minimum(x, 0.0)))
    return m.where(m.equal(x, 0.0), m.div(1.0, x), m.where(m.less(x, 0.0), left, right))


# digamma and the derivatives of it


@word
def _digamma_right(m: Any, x: Any) -> Any:  # x > 0
    near = m.div(((x - _ROOT[0]) - _ROOT[1]) * m.polynomial(x - 1.0, *of.DIGAMMA), x)
    v = m.div(1.0, m.square(x - 0.5))
    return m.where(m.less(x, 2.0), near, m.log(x - 0.5) + v * m.polynomial(v - 0.25, *of.DIGAMMA_LARGE))


@word
def digamma(m: Any, x: Any) -> Any:
    size = m.abs(x)
    left = m._digamma_right(size) + m.div(1.0, size) - pi * m._cot_pi(x)
    pole = m.equal(m.floor(x), x) * m.less(x, 0.0)
    return m.where(
        m.equal(x, 0.0), -m.div(1.0, x), m.where(m.less(x, 0.0), m.where(pole, nan, left), m._digamma_right(x))
    )


@word
def _trigamma_right(m: Any, x: Any) -> Any:  # x > 0
    per = m.div(1.0, x)
    near = per * per * m.polynomial(x - 1.0, *of.TRIGAMMA)
    v = m.div(1.0, m.square(x - 0.5))
    return m.where(m.less(x, 2.0), near, m.div(m.polynomial(v - 0.25, *of.TRIGAMMA_LARGE), x - 0.5))


@word
def trigamma(m: Any, x: Any) -> Any:
    size = m.abs(x)
    left = m.square(m.div(pi, m._sin_pi(x))) - (m._trigamma_right(size) - m.square(m.div(1.0, size)))
    return m.where(m.less(x, 0.0), left, m._trigamma_right(size))


# B_2k / (2k)!
_EVEN = (
    0.08333333333333333, -0.001388888888888889, 3.306878306878307e-05, -8.267195767195767e-07, 2.08767569878681e-08,
    -5.284190138687493e-10, 1.3382536530684679e-11, -3.3896802963225827e-13, 8.586062056277845e-15,
    -2.174868698558062e-16,
)  # fmt: skip


@word
def _polygamma_right(m: Any, n: Any, x: Any) -> Any:  # n >= 1, x > 0
    # (-1)^(n+1) n! (sum of (x + k)^-(n+1)), whose tail is Euler & Maclaurin's (Abramowitz & Stegun 6.4.11)
    power, end = -(n + 1.0), x + float(_SHIFT)
    total = m.pow(x, power)
    for k in range(1, _SHIFT):
        total = total + m.pow(x + float(k), power)
    term = m.pow(end, -n)
    tail, factor = m.div(term, n) + m.div(0.5 * term, end), m.div(term, end) * (n + 1.0)
    per = m.div(1.0, m.square(end))
    factor = m.div(factor, end)
    for k, even in enumerate(_EVEN, 1):
        tail = tail + even * factor
        factor = factor * ((n + 2.0 * k) * (n + (2.0 * k + 1.0)) * per)
    odd = n - 2.0 * m.floor(0.5 * n)
    return (2.0 * odd - 1.0) * m.gamma(n + 1.0) * (total + tail)


@word
def polygamma(m: Any, n: Any, x: Any) -> Any:
    size = m.abs(x)
    cotangent, sine = m._cot_pi(x), m.div(pi, m._sin_pi(x))
    # of 1 - x, and what pi cot(pi x) adds; left of 0 only for n = 2 and 3
    power = m.pow(size, -(n + 1.0)) * m.gamma(n + 1.0)
    mirrored = m._polygamma_right(n, size)
    second = mirrored + power - 2.0 * pi * cotangent * m.square(sine)
    third = -(mirrored - power) + 2.0 * m.square(sine) * (m.square(sine) + 2.0 * m.square(pi * cotangent))
    left = m.where(m.equal(n, 2.0), second, m.where(m.equal(n, 3.0), third, nan))
    higher = m.where(m.less(x, 0.0), left, m._polygamma_right(n, x))
    low = m.where(m.equal(n, 0.0), m.digamma(x), m.trigamma(x))
    return m.where(m.less(n, 2.0), low, higher)


# beta: with lgamma where both are small, else as DiDonato & Morris (1992) have it, by what is left of Stirling's terms


@word
def _beyond_stirling(m: Any, x: Any) -> Any:
    """What lgamma(x) has beyond (x - 1/2) log(x) - x + log(2 pi) / 2, for x >= 8."""
    per = m.div(1.0, x)
    return per * m.polynomial(m.square(per), *of.STIRLING)


@word
def betaln(m: Any, a: Any, b: Any) -> Any:
    small, large = m.minimum(a, b), m.maximum(a, b)
    both = small + large
    near = (m._lgamma_right(small) + m._lgamma_right(large)) - m._lgamma_right(both)
    # one is large: lgamma(small) + (lgamma(large) - lgamma(both))
    ends = m._beyond_stirling(large) - m._beyond_stirling(both)
    turn = (large - 0.5) * m.log1p(m.div(small, large))
    one = m._lgamma_right(small) - small * (m.log(both) - 1.0) - turn + ends
    # both are
    two = (
        (_HALF_LOG_2PI - 0.5 * m.log(large))
        + (m._beyond_stirling(small) + ends)
        + (small - 0.5) * m.log(m.div(small, both))
        - large * m.log1p(m.div(small, large))
    )
    y = m.where(m.less(large, 8.0), near, m.where(m.less(small, 8.0), one, two))
    return m.where(m.less(0.0, small), y, m.where(m.equal(small, 0.0), inf, nan))


@word
def beta(m: Any, a: Any, b: Any) -> Any:
    both, rest = two_sum(a, b)
    near = m.div(m.gamma(a), m.gamma(both)) * m.gamma(b) * (1.0 - rest * m.digamma(both))
    y = m.where(m.less(both, 170.0), near, m.exp(m.betaln(a, b)))
    return m.where(m.less(0.0, m.minimum(a, b)), y, m.exp(m.betaln(a, b)))


@word
def digamma_less(m: Any, a: Any, b: Any) -> Any:
    # from a = 2 on, a difference of logarithms; below, 1/a - 1/(a + b) and the next are added as products
    small = m.less(a, 2.0)
    x = m.where(small, a + 2.0, a) - 0.5
    v, w = m.div(1.0, m.square(x)), m.div(1.0, m.square(x + b))
    rest = v * m.polynomial(v - 0.25, *of.DIGAMMA_LARGE) - w * m.polynomial(w - 0.25, *of.DIGAMMA_LARGE)
    steps = m.div(m.div(b, a), a + b) + m.div(m.div(b, a + 1.0), (a + 1.0) + b)
    y = (rest - m.log1p(m.div(b, x))) - m.where(small, steps, 0.0)
    return m.where(m.less(0.0, a) * (1.0 - m.less(b, 0.0)), y, nan)


# fmt: off
ROWS: list[Op] = [
    Op("gamma", "Γ", "the gamma function, (x - 1)! for whole x; nan at the negative whole numbers",
       lambda m, x: m.gamma(x), lambda m, x, y: (m.gate(y, m.digamma(x)),), (Domain(0.3, 4.0),)),
    Op("lgamma", "log Γ", "log(|gamma(x)|); inf at 0 and the negative whole numbers",
       lambda m, x: m.lgamma(x), lambda m, x, y: (m.digamma(x),), (Domain(0.3, 4.0),)),
    Op("digamma", "ψ", "the derivative of lgamma; nan at the negative whole numbers",
       lambda m, x: m.digamma(x), lambda m, x, y: (m.trigamma(x),), (Domain(0.5, 4.0),)),
    Op("trigamma", "ψ'", "the derivative of digamma; inf at 0 and the negative whole numbers",
       lambda m, x: m.trigamma(x), lambda m, x, y: (m.polygamma(2.0, x),), (Domain(0.7, 4.0),)),
    # the order counts, and has no slope; for x < 0 up to order 3, nan beyond
    Op("polygamma", "ψⁿ", "the n-th derivative of digamma at x, for a whole number n",
       lambda m, n, x: m.polygamma(n, x), lambda m, n, x, y: (0.0, m.polygamma(n + 1.0, x)),
       (Domain(2.0, 2.0), Domain(1.5, 4.0))),
    Op("digamma_less", "ψ − ψ", "digamma(a) - digamma(a + b), for a and b > 0",
       lambda m, a, b: m.digamma_less(a, b),
       lambda m, a, b, y: (m.trigamma(a) - m.trigamma(a + b), -m.trigamma(a + b)),
       (Domain(0.7, 4.0), Domain(0.5, 4.0))),
    Op("betaln", "log B", "the logarithm of beta(a, b), for a and b > 0",
       lambda m, a, b: m.betaln(a, b), lambda m, a, b, y: (m.digamma_less(a, b), m.digamma_less(b, a)),
       (Domain(0.5, 4.0), Domain(0.5, 4.0))),
    Op("beta", "B", "the beta function gamma(a) gamma(b) / gamma(a + b), for a and b > 0",
       lambda m, a, b: m.beta(a, b),
       lambda m, a, b, y: (m.gate(y, m.digamma_less(a, b)), m.gate(y, m.digamma_less(b, a))),
       (Domain(0.5, 4.0), Domain(0.5, 4.0))),
]
# fmt: on
