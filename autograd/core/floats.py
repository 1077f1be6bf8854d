"""What the words of the table mean on Python floats: IEEE arithmetic that never raises.

Python's `math` raises where IEEE 754 has an answer (`math.log(0.0)`, `math.exp(1e4)`, `1.0 / 0.0`). Each word
here asks `math` first, because that is fast, and where it raises returns NumPy's answer, because that is IEEE's:
one rule, and eager runs meet the same inf and nan as array runs.
"""

import builtins
import math
import sys
from collections.abc import Callable, Sequence
from operator import floordiv as _floordiv
from operator import mod as _mod
from operator import mul as _mul
from operator import truediv as _truediv
from typing import TypeVar

import numpy as np

T = TypeVar("T")

inf, nan = math.inf, math.nan  # as constants are printed


def _ieee(fast: Callable[[float], float], ufunc: np.ufunc) -> Callable[[float], float]:
    def word(x: float) -> float:
        try:
            return fast(x)
        except (ValueError, OverflowError):
            with np.errstate(all="ignore"):
                return float(ufunc(x))

    return word


def _ieee2(fast: Callable[[float, float], float], ufunc: np.ufunc) -> Callable[[float, float], float]:
    def word(a: float, b: float) -> float:
        try:
            return fast(a, b)
        except (ValueError, OverflowError, ZeroDivisionError):
            with np.errstate(all="ignore"):
                return float(ufunc(a, b))

    return word


div = _ieee2(_truediv, np.divide)
floordiv = _ieee2(_floordiv, np.floor_divide)
mod = _ieee2(_mod, np.mod)
pow = _ieee2(math.pow, np.power)  # `**` would turn complex on (-8.0) ** (1 / 3)

exp = _ieee(math.exp, np.exp)
expm1 = _ieee(math.expm1, np.expm1)
log = _ieee(math.log, np.log)
log1p = _ieee(math.log1p, np.log1p)
log2 = _ieee(math.log2, np.log2)
log10 = _ieee(math.log10, np.log10)
sqrt = _ieee(math.sqrt, np.sqrt)
cbrt = math.cbrt
sin = _ieee(math.sin, np.sin)
cos = _ieee(math.cos, np.cos)
tan = _ieee(math.tan, np.tan)
asin = _ieee(math.asin, np.arcsin)
acos = _ieee(math.acos, np.arccos)
atan = math.atan
atan2 = math.atan2
sinh = _ieee(math.sinh, np.sinh)
cosh = _ieee(math.cosh, np.cosh)
tanh = math.tanh
asinh = math.asinh
acosh = _ieee(math.acosh, np.arccosh)
atanh = _ieee(math.atanh, np.arctanh)
hypot = math.hypot
erf = math.erf
erfc = math.erfc
abs = builtins.abs


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


def _whole(integer: Callable[[float], int]) -> Callable[[float], float]:
    def word(x: float) -> float:
        return math.copysign(integer(x), x) if math.isfinite(x) else x

    return word


floor = _whole(math.floor)
ceil = _whole(math.ceil)
trunc = _whole(math.trunc)


def round(x: float, digits: float) -> float:
    return builtins.round(x, int(digits))


# Groups: a sequence of numbers that one n-ary node reads. Sums are taken from first to last; they start at -0.0, to
# which any number can be added without becoming another.


class _Plain(float):
    """A number that the built-in `sum` just adds to: from floats on it adds up more exactly since Python 3.12."""


_START = -0.0 if sys.version_info < (3, 12) else _Plain(-0.0)


def each(f: Callable[..., T], *groups: Sequence[float]) -> list[T]:
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
