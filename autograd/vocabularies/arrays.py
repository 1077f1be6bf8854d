"""What the words of the table mean on NumPy arrays: a row evaluated here runs a whole block or batch at once.

Arguments broadcast. A group (the inputs of an n-ary row) is an array whose first axis counts the inputs, or a list
of arrays. Results are IEEE's; run under `numpy.errstate(all="ignore")` where inf and nan are expected.
"""

import builtins
import math
import sys
from collections.abc import Callable
from functools import partial, reduce
from typing import Any

import numpy as np

from ..special.words import WORDS

Array = Any  # a NumPy array, or a number that broadcasts against one

div = np.divide
floordiv = np.floor_divide
mod = np.mod
pow = np.power
exp = np.exp
expm1 = np.expm1
log = np.log
log1p = np.log1p
log2 = np.log2
log10 = np.log10
sqrt = np.sqrt
cbrt = np.cbrt
square = np.square
sin = np.sin
cos = np.cos
tan = np.tan
asin = np.arcsin
acos = np.arccos
atan = np.arctan
atan2 = np.arctan2
sinh = np.sinh
cosh = np.cosh
tanh = np.tanh
asinh = np.arcsinh
acosh = np.arccosh
atanh = np.arctanh
hypot = np.hypot
abs = np.abs
sign = np.sign
floor = np.floor
ceil = np.ceil
trunc = np.trunc
maximum = np.maximum
minimum = np.minimum
fmax = np.fmax
fmin = np.fmin


def elementwise(scalar: Callable[..., float], inputs: int) -> Callable[..., Array]:
    """`scalar` on every element, for the few functions NumPy lacks; keeps a float32 input float32."""
    ufunc = np.frompyfunc(scalar, inputs, 1)

    def word(x: Array, *rest: Array) -> Array:
        x = np.asarray(x)
        return np.asarray(ufunc(x, *rest)).astype(x.dtype if x.dtype.kind == "f" else float)

    return word


def pow_less(a: Array, b: Array) -> Array:
    a, b = np.asarray(a), np.asarray(b)  # what follows looks at numbers, and is no list of calls
    less = b - 1.0
    part = less - b
    rest = (b - (less - part)) - (1.0 + part)  # what b - 1 is rounded by
    power = np.power(a, less)
    if not np.any(rest):
        return power
    return np.where(
        np.isfinite(power) & np.isfinite(rest) & (power != 0.0), power * np.exp(rest * np.log(np.abs(a))), power
    )


def pow_log(a: Array, b: Array, y: Array) -> Array:
    a, b, y = np.asarray(a), np.asarray(b), np.asarray(y)
    size, large = np.log(a), np.isposinf(y)
    slope = np.where(np.equal(a, 0.0) & np.greater_equal(b, 0.0), 0.0, y * size)
    if not np.any(large):
        return slope
    root = np.power(a, 0.5 * np.asarray(b))
    return np.where(large & np.isfinite(b) & np.isfinite(a) & (root > 4294967296.0), root * size * root, slope)


erf = elementwise(math.erf, 1)
erfc = elementwise(math.erfc, 1)
_round_to = elementwise(lambda x, digits: builtins.round(float(x), int(digits)), 2)


def round(x: Array, digits: Array) -> Array:
    # np.round scales, rounds and scales back, which is not correctly rounded: round(2.675, 2)
    return np.round(x) if np.all(np.equal(digits, 0)) else _round_to(x, digits)


def sigmoid(x: Array) -> Array:
    e = np.exp(-np.abs(x))
    return np.where(np.less(x, 0.0), e, 1.0) / (1.0 + e)


def softplus(x: Array) -> Array:
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


def step(x: Array) -> Array:
    return np.sign(np.maximum(x, 0.0))  # np.heaviside takes five times as long


def less(a: Array, b: Array) -> Array:
    return np.less(a, b) * 1.0


def equal(a: Array, b: Array) -> Array:
    return np.equal(a, b) * 1.0


def where(condition: Array, a: Array, b: Array) -> Array:
    return np.where(np.not_equal(condition, 0.0), a, b)


def defined(x: Array, y: Array) -> Array:
    return np.where(np.isnan(y), y, x)


def gate(a: Array, b: Array) -> Array:
    return np.where(np.equal(a, 0.0), 0.0, np.multiply(a, b))


def beside(a: Array, b: Array) -> Array:
    return np.where(np.not_equal(a, 0.0), b, np.where(np.isfinite(b), b, 0.0))


def safe_div(a: Array, b: Array) -> Array:
    return np.where(np.equal(b, 0.0), 0.0, np.divide(a, b))


def each(f: Callable[..., Array], *groups: Array) -> Array:
    shape = np.broadcast_shapes(*(np.shape(group) for group in groups))
    return np.broadcast_to(f(*map(np.asarray, groups)), shape)


def sum(xs: Array, out: Array = None) -> Array:
    """From first to last: `np.sum` adds up several parts of what lies side by side, and then those."""
    xs = np.asarray(xs)
    # it is in order too where the inner loop is over another axis
    if len(xs) < 3 or (xs.shape[-1] > 1 and 0 < xs.strides[-1] < xs.strides[0]):
        return np.add.reduce(xs, axis=0, out=out)
    total = np.add.accumulate(xs, axis=0)[-1]
    return total if out is None else np.copyto(out, total)


def dot(xs: Array, ys: Array) -> Array:
    return np.sum(np.multiply(xs, ys), axis=0)


def prod(xs: Array) -> Array:
    return np.prod(xs, axis=0)


def max(xs: Array) -> Array:
    return np.max(xs, axis=0)


def min(xs: Array) -> Array:
    return np.min(xs, axis=0)


def norm(xs: Array) -> Array:
    top = np.max(np.abs(xs), axis=0, initial=0.0)  # scaled by it, no square overflows or vanishes
    length = top * np.sqrt(np.sum(np.square(safe_div(xs, top)), axis=0))
    return np.where(np.any(np.isinf(xs), axis=0), math.inf, length)


def logsumexp(xs: Array) -> Array:
    top = np.max(xs, axis=0)
    shift = np.where(np.isfinite(top), top, 0.0)
    return shift + np.log(np.sum(np.exp(np.subtract(xs, shift)), axis=0))


def pick(xs: Array, index: Array) -> Array:
    xs = np.asarray(xs)
    chosen = np.broadcast_to(np.asarray(index).astype(np.intp), xs.shape[1:])
    return np.take_along_axis(xs, chosen[np.newaxis], axis=0)[0]


def polynomial(x: Array, *terms: float) -> Array:
    return reduce(lambda high, low: low + x * high, reversed(terms))


def _in_double(word: Callable[..., Array]) -> Callable[..., Array]:
    """A word that is written once, for float64: what it takes apart by bits would have none left in float32."""

    def on_arrays(*inputs: Array) -> Array:
        for x in inputs:
            np.asarray(x)  # raises for what is no array yet: a list of calls would run in whatever precision it meets
        with np.errstate(all="ignore"):  # of what is not chosen
            if {x.dtype for x in inputs if hasattr(x, "dtype")} == {np.dtype(np.float32)}:  # and numbers, perhaps
                return word(_this, *(np.asarray(x, float) for x in inputs)).astype(np.float32)
            return word(_this, *inputs)

    return on_arrays


_this = sys.modules[__name__]


# Words that are written once, where a batch is better off with a plain formula, and with theirs for the few numbers
# that it loses digits of.


def _mended(y: Array, name: str, places: Array, *inputs: Array) -> Array:
    """`y`, and in those places what the word of that name has."""
    if not np.any(places):
        return y
    y = np.array(y)
    with np.errstate(all="ignore"):
        some = (np.asarray(np.broadcast_to(x, y.shape)[places], float) for x in inputs)
        y[places] = WORDS[name](_this, *some)
    return y


def lorentz(x: Array) -> Array:
    x = np.asarray(x)
    whole = 1.0 + np.square(x)
    return _mended(np.divide(1.0, whole), "lorentz", np.isinf(whole), x)


def cbrt_slope(x: Array, y: Array) -> Array:
    x, y = np.asarray(x), np.asarray(y)
    with np.errstate(all="ignore"):
        return _mended(np.divide(y, x) / 3.0, "cbrt_slope", np.equal(x, 0.0) | np.isinf(x), x, y)


def silu(x: Array) -> Array:
    x = np.asarray(x)
    return _mended(x * sigmoid(x), "silu", np.less(x, -700.0), x)


def silu_slope(x: Array) -> Array:
    x = np.asarray(x)
    y = sigmoid(x) * (1.0 + gate(sigmoid(-x), x))
    return _mended(y, "silu_slope", (np.less(x, -0.75) & np.less(-2.0, x)) | np.less(x, -700.0), x)


def gelu(x: Array) -> Array:
    x = np.asarray(x)
    return _mended(0.5 * x * erfc(-math.sqrt(0.5) * x), "gelu", np.less(x, -1.0), x)


def gelu_slope(x: Array) -> Array:
    x = np.asarray(x)
    density = np.exp(-0.5 * np.square(x)) * (1.0 / math.sqrt(2 * math.pi))
    return _mended(0.5 * erfc(-math.sqrt(0.5) * x) + gate(density, x), "gelu_slope", np.less(x, -0.375), x)


def gelu_tanh(x: Array) -> Array:
    x = np.asarray(x)
    u = x * (1.5957691216057308 + 0.07135481627260025 * np.square(x))
    return _mended(x * sigmoid(u), "gelu_tanh", np.less(x, -0.25), x)


def gelu_tanh_slope(x: Array) -> Array:
    x = np.asarray(x)
    square = np.square(x)
    u = x * (1.5957691216057308 + 0.07135481627260025 * square)
    rise = 1.5957691216057308 + 3 * 0.07135481627260025 * square
    y = sigmoid(u) * (1.0 + gate(sigmoid(-u), x * rise))
    return _mended(y, "gelu_tanh_slope", np.less(x, -0.25), x)


for _name, _word in WORDS.items():
    globals().setdefault(_name, partial(_word, _this) if _name.startswith("_") else _in_double(_word))
