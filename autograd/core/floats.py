"""What the words of the table mean on Python floats: IEEE arithmetic that never raises.

Python's `math` raises where IEEE 754 has an answer (`math.log(0.0)`, `math.exp(1e4)`, `1.0 / 0.0`). Each word
here asks `math` first, because that is fast, and where it raises gives IEEE's answer, which is NumPy's too: eager runs
meet the same inf and nan as array runs.
"""

import builtins
import math
import operator
import sys
from builtins import abs
from collections.abc import Callable, Sequence
from math import asinh, atan, atan2, cbrt, erf, erfc, hypot, inf, nan, tanh  # noqa: F401  # these never raise
from operator import mul as _mul
from typing import Any


# `fast` of `math`, and where that raises, beyond its domain or its range, what IEEE has there.
def _ieee(fast: Callable[[float], float], beyond: Callable[[float], float] = lambda x: nan) -> Callable[[float], float]:
    def word(x: float) -> float:
        try:
            return fast(x)
        except (ValueError, OverflowError):
            return beyond(x)

    return word


def _ieee2(fast: Callable[[float, float], float], beyond: Callable[[float, float], float]) -> Callable[..., float]:
    def word(a: float, b: float) -> float:
        try:
            return fast(a, b)
        except (ValueError, OverflowError, ZeroDivisionError):
            return beyond(a, b)

    return word


def _power(a: float, b: float) -> float:
    if a < 0.0 and b % 1.0:
        return nan
    return math.copysign(inf, a) if abs(math.fmod(b, 2.0)) == 1.0 else inf  # too large, or of 0; `b % 2` would round


div = _ieee2(operator.truediv, lambda a, b: a * math.copysign(inf, b))
floordiv = _ieee2(operator.floordiv, lambda a, b: a * math.copysign(inf, b))
mod = _ieee2(operator.mod, lambda a, b: nan)
pow = _ieee2(math.pow, _power)

exp = _ieee(math.exp, lambda x: inf)
expm1 = _ieee(math.expm1, lambda x: inf)
log = _ieee(math.log, lambda x: nan if x else -inf)
log1p = _ieee(math.log1p, lambda x: nan if x + 1.0 else -inf)
log2 = _ieee(math.log2, lambda x: nan if x else -inf)
log10 = _ieee(math.log10, lambda x: nan if x else -inf)
sqrt = _ieee(math.sqrt)
sin = _ieee(math.sin)
cos = _ieee(math.cos)
tan = _ieee(math.tan)
asin = _ieee(math.asin)
acos = _ieee(math.acos)
sinh = _ieee(math.sinh, lambda x: math.copysign(inf, x))
cosh = _ieee(math.cosh, lambda x: inf)
acosh = _ieee(math.acosh)
atanh = _ieee(math.atanh, lambda x: nan if abs(x) > 1.0 else math.copysign(inf, x))


def pow_less(a: float, b: float) -> float:
    """a ** (b - 1), with what b - 1 is rounded by."""
    less = b - 1.0
    power = pow(a, less)
    if (b - less == 1.0 and less + 1.0 == b) or not power or power - power or less - less:
        return power
    part = less - b
    return power * exp(((b - (less - part)) - (1.0 + part)) * math.log(abs(a)))


def pow_log(a: float, b: float, y: float) -> float:
    """y * log(a), the slope of y = a ** b by b, also where y alone is too large."""
    if not a and b >= 0.0:
        return 0.0
    if y == inf and b - b == a - a == 0.0:
        root = pow(a, 0.5 * b)
        return root * log(a) * root if root > 4294967296.0 else y * log(a)
    return y * log(a)


def square(x: float) -> float:
    return x * x


def sigmoid(x: float) -> float:
    if x >= 0.0:
        return 1.0 / (1.0 + exp(-x))
    e = exp(x)
    return e / (1.0 + e)


def softplus(x: float) -> float:
    return maximum(x, 0.0) + math.log1p(math.exp(-abs(x)))


# Kinks. A condition is a float: 1.0 for yes, 0.0 for no.


def step(x: float) -> float:
    return 1.0 if x > 0.0 else 0.0 if x <= 0.0 else x


def sign(x: float) -> float:
    return 1.0 if x > 0.0 else -1.0 if x < 0.0 else x


def less(a: float, b: float) -> float:
    return 1.0 if a < b else 0.0


def equal(a: float, b: float) -> float:
    return 1.0 if a == b else 0.0


def where(condition: float, a: float, b: float) -> float:
    return a if condition else b


def defined(x: float, y: float) -> float:
    return x if y == y else y


def gate(a: float, b: float) -> float:
    return a * b if a else 0.0


def beside(a: float, b: float) -> float:
    return b if a or b - b == 0.0 else 0.0


def safe_div(a: float, b: float) -> float:
    return a / b if b else 0.0


def maximum(a: float, b: float) -> float:
    return a if a > b else b if b >= a else a + b


def minimum(a: float, b: float) -> float:
    return a if a < b else b if b <= a else a + b


def fmax(a: float, b: float) -> float:
    return a if a >= b or b != b else b


def fmin(a: float, b: float) -> float:
    return a if a <= b or b != b else b


# -0.5 rounded up is -0.0, which no integer is; nor are inf and nan, which stay
floor = _ieee(lambda x: math.copysign(math.floor(x), x), lambda x: x)
ceil = _ieee(lambda x: math.copysign(math.ceil(x), x), lambda x: x)
trunc = _ieee(lambda x: math.copysign(math.trunc(x), x), lambda x: x)


def round(x: float, digits: float) -> float:
    return builtins.round(x, int(digits))


# Groups: a sequence of numbers that one n-ary node reads. Sums are taken from first to last; they start at -0.0, to
# which any number can be added without becoming another.


class _Plain(float):
    """A number that the built-in `sum` just adds to: from floats on it adds up more exactly since Python 3.12."""


_START = -0.0 if sys.version_info < (3, 12) else _Plain(-0.0)


def each(f: Callable[..., Any], *groups: Sequence[float]) -> list[Any]:
    return list(map(f, *groups))


def sum(xs: Sequence[float]) -> float:
    return builtins.sum(xs, _START) if xs else 0.0


def dot(xs: Sequence[float], ys: Sequence[float]) -> float:
    return builtins.sum(map(_mul, xs, ys), _START) if xs else 0.0


def prod(xs: Sequence[float]) -> float:
    return math.prod(xs, start=1.0)


def max(xs: Sequence[float]) -> float:
    return builtins.max(xs) if builtins.sum(map(math.isnan, xs)) == 0 else math.nan


def min(xs: Sequence[float]) -> float:
    return builtins.min(xs) if builtins.sum(map(math.isnan, xs)) == 0 else math.nan


def norm(xs: Sequence[float]) -> float:
    return math.hypot(*xs)


def logsumexp(xs: Sequence[float]) -> float:
    top = max(xs)
    if not math.isfinite(top):
        return top
    return top + math.log(sum([math.exp(x - top) for x in xs]))


def pick(xs: Sequence[float], index: float) -> float:
    if not (0 <= index < len(xs)) or index % 1:
        raise IndexError(f"there is no value at index {index:g}; give a whole number from 0 to {len(xs) - 1}")
    return xs[int(index)]
