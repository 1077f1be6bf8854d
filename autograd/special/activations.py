"""Activations: those whose tails and roots take more than a formula of a line."""

from __future__ import annotations

from typing import Any

from ..core.ops import REAL, Op
from . import coefficients as of
from .normal import exp_of_square
from .twofold import times, two_product, two_sum
from .words import word

# Roots of derivatives, as two parts each.
_GELU_ROOT = -0.7517915246935645, 1.4956759177009883e-17
_GELU_TANH_ROOT = -0.7524614220710163, 3.635560509207687e-17
_SILU_ROOT = -1.2784645427610737, -1.0946994183093437e-16
_SQRT_2 = 1.4142135623730951, -9.667293313452913e-17
# 2 sqrt(2 / pi), and 0.044715 times that
_LINE = 1.5957691216057308, -9.96930880911092e-17
_CUBE = 0.07135481627260025, -6.175149918155315e-19


def _near(m: Any, x: Any, root: tuple[float, float], center: float, terms: tuple[float, ...]) -> Any:
    """A function with that root, from its quotient by x - root."""
    return ((x - root[0]) - root[1]) * m.polynomial(x - center, *terms)


def _between(m: Any, low: float, x: Any, high: float) -> Any:
    return m.less(low, x) * m.less(x, high)


# From -37 on ndtr(x) is subnormal, and from -708 on sigmoid(x): too few digits are left to multiply by x. There the
# exponential is multiplied twice by its root.


@word
def _gelu_left(m: Any, x: Any) -> Any:
    half = exp_of_square(m, x, -0.25)
    return x * (0.5 * m._erfcx_right(-0.7071067811865476 * x)) * half * half


@word
def gelu(m: Any, x: Any) -> Any:
    return m.where(m.less(x, -37.0), m._gelu_left(x), x * m.ndtr(x))


@word
def _gelu_slope_left(m: Any, x: Any) -> Any:
    half = exp_of_square(m, x, -0.25)
    return m.gate(half, (0.5 * m._erfcx_right(-0.7071067811865476 * x) + 0.3989422804014327 * x) * half)


@word
def _gelu_slope_near(m: Any, x: Any) -> Any:
    return _near(m, x, _GELU_ROOT, -0.75, of.GELU_NEAR)


@word
def gelu_slope(m: Any, x: Any) -> Any:
    slope = m.where(m.less(x, -37.0), m._gelu_slope_left(x), m.ndtr(x) + m.gate(m.normal_pdf(x), x))
    return m.where(_between(m, -1.25, x, -0.375), m._gelu_slope_near(x), slope)


def _argument(m: Any, x: Any) -> tuple[Any, Any]:
    """2 sqrt(2 / pi) (x + 0.044715 x^3) in two parts: (1 + tanh(u)) / 2 = sigmoid(2 u)."""
    inside = m.maximum(m.minimum(x, 64.0), -64.0)
    square1, square2 = two_product(inside, inside)
    cube1, cube2 = times(_CUBE, square1)
    line1, line2 = two_sum(_LINE[0], cube1)
    low = line2 + (cube2 + _CUBE[0] * square2 + _LINE[1])
    high, more = two_product(inside, line1)
    return high, more + inside * low


def _rise(m: Any, x: Any) -> Any:
    return _LINE[0] + 3.0 * _CUBE[0] * m.square(x)


@word
def gelu_gate(m: Any, x: Any) -> Any:
    high, more = _argument(m, x)
    s = m.sigmoid(high)
    return s + s * (m.sigmoid(-high) * more)


@word
def _gelu_tanh_left(m: Any, x: Any) -> Any:
    high, more = _argument(m, x)
    half = m.exp(0.5 * high)
    return (x + x * more) * half * half


@word
def gelu_tanh(m: Any, x: Any) -> Any:
    return m.where(m.less(x, -21.0), m._gelu_tanh_left(x), x * m.gelu_gate(x))


@word
def _gelu_tanh_slope_left(m: Any, x: Any) -> Any:
    high, more = _argument(m, x)
    half = m.exp(0.5 * high)
    return m.gate(half, (1.0 + x * _rise(m, x)) * (half + half * more)) + 0.0  # never -0.0


@word
def _gelu_tanh_slope_near(m: Any, x: Any) -> Any:
    return _near(m, x, _GELU_TANH_ROOT, -0.75, of.GELU_TANH_NEAR)


@word
def gelu_tanh_slope(m: Any, x: Any) -> Any:
    slope = m.gelu_gate(x) * (1.0 + m.gate(m.gelu_gate(-x), x * _rise(m, x)))
    slope = m.where(m.less(x, -21.0), m._gelu_tanh_slope_left(x), slope)
    return m.where(_between(m, -1.25, x, -0.375), m._gelu_tanh_slope_near(x), slope)


@word
def silu(m: Any, x: Any) -> Any:
    # sigmoid(x) is subnormal from -708 on, and is no more than a few bits before it is multiplied by x
    return m.where(m.less(x, -700.0), x * m.exp(0.5 * x) * m.exp(x - 0.5 * x), x * m.sigmoid(x))


@word
def _silu_slope_near(m: Any, x: Any) -> Any:
    return _near(m, x, _SILU_ROOT, -1.25, of.SILU_NEAR)


@word
def silu_slope(m: Any, x: Any) -> Any:
    last = m.gate(m.exp(0.5 * x), (1.0 + x) * m.exp(x - 0.5 * x)) + 0.0  # never -0.0
    slope = m.where(m.less(x, -700.0), last, m.sigmoid(x) * (1.0 + m.gate(m.sigmoid(-x), x)))
    return m.where(_between(m, -2.0, x, -0.75), m._silu_slope_near(x), slope)


def _gelu_curve(m: Any, x: Any) -> Any:
    size = m.abs(x)  # 2 - x^2, exact at its roots
    return m.gate(m.normal_pdf(x), ((_SQRT_2[0] - size) + _SQRT_2[1]) * (_SQRT_2[0] + size))


def _silu_curve(m: Any, x: Any) -> Any:
    return m.sigmoid(x) * m.sigmoid(-x) * (2.0 - m.gate(x, m.tanh(0.5 * x)))


def _gelu_tanh_curve(m: Any, x: Any) -> Any:
    # u is the argument of the sigmoid
    s, t = m.gelu_gate(x), m.gelu_gate(-x)
    slope, bend = _rise(m, x), 6.0 * _CUBE[0] * x
    return m.gate(s * t, 2.0 * slope + x * (bend + m.square(slope) * (t - s)))


# fmt: off
ROWS: list[Op] = [
    Op("gelu", "GELU", "x times the normal distribution function at x (Hendrycks & Gimpel 2016), exact",
       lambda m, x: m.gelu(x), lambda m, x, y: (m.gelu_slope(x),), (REAL,)),
    Op("gelu_slope", "GELU'", "the derivative of gelu, exact at its root",
       lambda m, x: m.gelu_slope(x), lambda m, x, y: (_gelu_curve(m, x),), (REAL,)),
    Op("gelu_tanh", "GELU~", "the tanh approximation of gelu, 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))",
       lambda m, x: m.gelu_tanh(x), lambda m, x, y: (m.gelu_tanh_slope(x),), (REAL,)),
    Op("gelu_tanh_slope", "GELU~'", "the derivative of gelu_tanh, exact at its root",
       lambda m, x: m.gelu_tanh_slope(x), lambda m, x, y: (_gelu_tanh_curve(m, x),), (REAL,)),
    Op("gelu_gate", "GELU~/x", "the factor by which gelu_tanh multiplies x",
       lambda m, x: m.gelu_gate(x),
       lambda m, x, y: (m.gate(y * m.gelu_gate(-x), _rise(m, x)),), (REAL,)),
    Op("silu", "SiLU", "x * sigmoid(x), also called swish", lambda m, x: m.silu(x),
       lambda m, x, y: (m.silu_slope(x),), (REAL,)),
    Op("silu_slope", "SiLU'", "the derivative of silu, exact at its root", lambda m, x: m.silu_slope(x),
       lambda m, x, y: (_silu_curve(m, x),), (REAL,)),
]
# fmt: on
