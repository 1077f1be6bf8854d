"""What the words of the table mean to numba: float64 functions that LLVM inlines into a kernel's loops.

The meaning is that of `autograd.floats`: IEEE arithmetic that never raises, the same conventions at kinks. Every word
is free of branches where it can be, so that a loop of it over an array becomes vector instructions. Trigonometric
words and their inverses, the inverse hyperbolic ones, cbrt, hypot, erf, erfc, mod and floordiv call the C library.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar, cast

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

_Word = TypeVar("_Word", bound=Callable[..., Any])
_F64 = ir.DoubleType()


def _word(function: _Word, **options: Any) -> _Word:
    """`function`, compiled into the kernels that call it; Python calls none, and wrappers for it take half the time."""
    jit: Any = njit
    options |= {"error_model": "numpy", "forceinline": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast(_Word, jit(**options)(function))


def _emitted(emit: Any, result: Any, *inputs: Any) -> Callable[..., Any]:
    """A function whose instructions `emit` writes where it is called."""
    make: Any = intrinsic  # which counts the inputs by their names
    typings: list[Any] = [
        lambda typing, a: (result(*inputs), emit),
        lambda typing, a, b: (result(*inputs), emit),
        lambda typing, a, b, c: (result(*inputs), emit),
    ]
    return cast(Callable[..., Any], make(typings[len(inputs) - 1]))


def _llvm(name: str, inputs: int) -> Callable[..., float]:
    """LLVM's own `name` of float64: one instruction where the processor has it, vectorised with the loop around it."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(_F64, [_F64] * inputs)
        return builder.call(builder.module.declare_intrinsic(f"llvm.{name}", [_F64], kind), arguments)

    return _emitted(emit, types.float64, *[types.float64] * inputs)


def _libm(name: str, inputs: int) -> Callable[..., float]:
    """A function of C's mathematics library, which never raises."""
    return cast(Callable[..., float], types.ExternalFunction(name, types.float64(*[types.float64] * inputs)))


def _choice(typing: Any, condition: Any, a: Any, b: Any) -> Any:
    """`a if condition else b`, both computed: a choice without a branch."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.select(*arguments)

    return a(types.boolean, a, a), emit


_select = cast(Callable[..., float], intrinsic(_choice))
_sqrt, _abs, _floor, _ceil, _trunc = (_llvm(name, 1) for name in ("sqrt", "fabs", "floor", "ceil", "trunc"))
_copysign = _llvm("copysign", 2)
_cbrt, _hypot, _fmod = _libm("cbrt", 1), _libm("hypot", 2), _libm("fmod", 2)


# Numbers as their bits: sign, 11 bits of exponent biased by 1023, 52 bits of fraction.


def _cast(kind: ir.Type) -> Callable[..., Any]:
    return lambda context, builder, signature, arguments: builder.bitcast(arguments[0], kind)


_bits: Callable[..., int] = _emitted(_cast(ir.IntType(64)), types.int64, types.float64)
_number: Callable[..., float] = _emitted(_cast(_F64), types.float64, types.int64)


def _polynomial(*coefficients: float) -> Callable[..., float]:
    """c0 + c1 x + c2 x^2 ... by pairs (Estrin's scheme), whose steps wait for each other less than Horner's."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        (x,), terms = arguments, [ir.Constant(_F64, c) for c in coefficients]
        kind = ir.FunctionType(_F64, [_F64] * 3)
        fma = builder.module.declare_intrinsic("llvm.fmuladd", [_F64], kind)
        while len(terms) > 1:
            pairs = [builder.call(fma, [high, x, low]) for low, high in zip(terms[::2], terms[1::2])]
            terms = pairs + terms[2 * len(pairs) :]
            x = builder.fmul(x, x)
        return terms[0]

    return _emitted(emit, types.float64, types.float64)


_fma = _llvm("fmuladd", 3)  # a * b + c, rounded once where the processor can

# 1.5 * 2^52: adding it rounds to a whole number, which then stands in the last bits; _BIASED adds the exponent's bias.
_WHOLE = 6755399441055744.0
_BIASED = _WHOLE + 1023.0
_TOP = 4503599627370496.0  # 2^52, whose last bits hold a whole number that is not negative
_BITS_OF_1, _BITS_OF_SQRT_HALF, _BITS_OF_TOP = 0x3FF0000000000000, 0x3FE6A09E667F3BCD, 0x4330000000000000
_LN2_HIGH = 0.6931471805598903  # 42 bits: its product with an exponent is exact
_LN2_LOW = 5.497923018708371e-14
_PER_LN2 = 1.4426950408889634

# Near-minimax polynomials, found by Remez exchange in 60 digits and rounded; with each, the range of x and the error
# relative to the function that it is part of.
# (e^x - 1 - x) / x^2, |x| <= ln(2) / 2, 2^-58
_exp_tail = _polynomial(
    0.5000000000000012,
    0.166666666666667,
    0.041666666666515424,
    0.008333333333307148,
    0.0013888888947016184,
    0.0001984126991750953,
    2.480148994143822e-05,
    2.7557216193033804e-06,
    2.7631280719691227e-07,
    2.511789322051725e-08,
)
# (2 atanh(s) / s - 2) / s^2 with x = s^2, s <= (sqrt(2) - 1) / (sqrt(2) + 1), 2^-58
_log_tail = _polynomial(
    0.6666666666666734,
    0.39999999999414565,
    0.2857142874242992,
    0.22222198567492035,
    0.18183564682098174,
    0.15314040076086188,
    0.14796066976684696,
)
# (atanh(s) / s - 1 - s^2 / 3) / s^4 with x = s^2 and the same s, 2^-73
_log_tail_of_two = _polynomial(
    0.1999999999999999,
    0.14285714285722473,
    0.11111111108784855,
    0.09090909433422514,
    0.07692278538462956,
    0.0666815520356824,
    0.058374730976735796,
    0.05994024372065698,
)
# (tanh(a) / a - 1) / a^2 with x = a^2, a <= 0.55, 2^-60
_tanh_tail = _polynomial(
    -0.333333333333333,
    0.1333333333332681,
    -0.05396825396386552,
    0.021869488388715497,
    -0.008863232646217597,
    0.0035920924639825844,
    -0.0014555455286709882,
    0.0005884551185072005,
    -0.0002334076732365322,
    8.335262088588825e-05,
    -1.9516305770886175e-05,
)
# (sinh(a) / a - 1) / a^2 with x = a^2, a <= 1, 2^-63
_sinh_tail = _polynomial(
    0.16666666666666669,
    0.008333333333333139,
    0.00019841269841437765,
    2.7557319155308614e-06,
    2.5052123403221916e-08,
    1.605723996584971e-10,
    7.759323925781216e-13,
)


@_word
def _power_of_two(k: float) -> float:
    return _number(_bits(k + _BIASED) << 52)


@_word
def _scaled(y: float, k: float) -> float:
    """y * 2^k, rounded once: 2^k may not be a float where the result is, so there are two factors."""
    half = _fma(0.5, k, _WHOLE) - _WHOLE
    return y * _power_of_two(half) * _power_of_two(k - half)


@_word
def _exp_rest(x: float, k: float) -> float:
    """exp(x - k ln 2) - 1, where k is x / ln 2 rounded."""
    r = _fma(k, -_LN2_LOW, _fma(k, -_LN2_HIGH, x))
    return _fma(r * r, _exp_tail(r), r)


@_word
def _exp(x: float, doublings: float) -> float:
    """exp(x) * 2^doublings, for a small whole number of doublings."""
    x = _select(x > 1000.0, 1000.0, _select(x < -1000.0, -1000.0, x))  # keeps nan
    k = _fma(x, _PER_LN2, _WHOLE) - _WHOLE
    return _scaled(1.0 + _exp_rest(x, k), k + doublings)


@_word
def _log_sum(f: float, k: float, low: float) -> float:
    """log(1 + f) + k ln 2 + low, for sqrt(1/2) <= 1 + f <= sqrt(2).

    log(1 + f) = 2 atanh(s) with s = f / (2 + f). As 2 s = f - s f, that is f less a small correction.
    """
    s = f / (2.0 + f)
    square_of_s = s * s
    correction = s * (f - square_of_s * _log_tail(square_of_s)) - _fma(k, _LN2_LOW, low)
    return _fma(k, _LN2_HIGH, f - correction)


@_word
def _exponent(x: float) -> int:
    """The biased k for which sqrt(1/2) <= x / 2^k < sqrt(2), of a normal x > 0."""
    return ((_bits(x) - _BITS_OF_SQRT_HALF + _BITS_OF_1) >> 52) & 0xFFF


@_word
def _parts(x: float) -> tuple[float, float]:
    """f and k with x = (1 + f) 2^k and sqrt(1/2) <= 1 + f < sqrt(2), of a finite x > 0."""
    is_subnormal = x < 2.2250738585072014e-308
    x = _select(is_subnormal, x * 18014398509481984.0, x)
    biased = _exponent(x)
    f = _number(_bits(x) - ((biased - 1023) << 52)) - 1.0
    return f, _number(biased | _BITS_OF_TOP) - _select(is_subnormal, _TOP + 1077.0, _TOP + 1023.0)


@_word
def _head(x: float) -> float:
    """The first 26 bits of x: the product of two such numbers is exact, and so is what x is more."""
    return _number(_bits(x) & -0x8000000)


@_word
def _log_of_two(x: float) -> tuple[float, float]:
    """log(x) for finite x > 0 as a sum of two floats, right to 2^-67 of it.

    With s = f / (2 + f) = s1 + s2 as in `_log_sum` and s^2 / 3 = t1 + t2, the logarithm is 2 s (1 + t1 + t2 + s^4 ...):
    the large terms 2 s1 and 2 s1 t1 are exact, and the others are small.
    """
    f, k = _parts(x)
    whole = 2.0 + f
    inverse = 1.0 / whole
    first = _head(whole)
    s1 = _head(f * inverse)
    s2 = ((f - s1 * first) - s1 * (f - (first - 2.0))) * inverse
    square1 = s1 * s1
    square2 = s2 * (2.0 * s1 + s2)
    z = square1 + square2
    t1 = _head(z * (1.0 / 3.0))
    t2 = ((square1 - 3.0 * t1) + square2) * (1.0 / 3.0) + z * z * _log_tail_of_two(z)
    low = _fma(k, _LN2_LOW, 2.0 * (s2 + s1 * t2 + s2 * (t1 + t2)))
    # k ln 2, 2 s1, 2 s1 t1 and low, each no larger than the sum before it: what each addition is rounded by is kept
    sum1 = k * _LN2_HIGH
    sum2 = sum1 + 2.0 * s1
    sum3 = sum2 + 2.0 * s1 * t1
    high = sum3 + low
    return high, (2.0 * s1 - (sum2 - sum1)) + (2.0 * s1 * t1 - (sum3 - sum2)) + (low - (high - sum3))


@_word
def _log_to_base(x: float, per1: float, per2: float) -> float:
    """log(x) * (per1 + per2), where per1 has 26 bits; exact where a whole number is."""
    high, low = _log_of_two(x)
    head = _head(high)
    result = head * per1 + (head * per2 + ((high - head) + low) * (per1 + per2))
    edge = _select(x == 0.0, -math.inf, _select(x > 0.0, x, math.nan))
    return _select((x > 0.0) & (x < math.inf), result, edge)


@_word
def _log1p(x: float) -> float:
    """log(1 + x) for finite x > -1, but for the sign of 0."""
    u = 1.0 + x
    part = u - 1.0
    lost = (x - part) + (1.0 - (u - part))  # exactly what the sum u was rounded by
    biased = _exponent(u)
    f = _number(_bits(u) - ((biased - 1023) << 52)) - 1.0
    lost = _select(u > _TOP, 0.0, lost * _number((2046 - biased) << 52))
    more = f + lost
    return _log_sum(more, _number(biased | _BITS_OF_TOP) - (_TOP + 1023.0), lost - (more - f))


# Arithmetic.


@_word
def div(a: float, b: float) -> float:
    return a / b


@_word
def mod(a: float, b: float) -> float:
    rest = _fmod(a, b)
    signed = _select((rest < 0.0) != (b < 0.0), rest + b, rest)
    return _select(rest == 0.0, _copysign(0.0, b), signed)


@_word
def floordiv(a: float, b: float) -> float:
    rest = _fmod(a, b)
    quotient = (a - rest) / b
    quotient -= _select((rest != 0.0) & ((rest < 0.0) != (b < 0.0)), 1.0, 0.0)
    whole = _floor(quotient)
    whole += _select(quotient - whole > 0.5, 1.0, 0.0)  # the division was rounded
    return _select(b == 0.0, a / b, _select(quotient == 0.0, _copysign(0.0, a / b), whole))


@_word
def pow(a: float, b: float) -> float:
    size = _abs(a)
    log1, log2 = _log_of_two(size)
    # b * log(size) as a sum of two. A b beyond 2^64 means what 2^64 does: |log(size)| is 0 or at least 2^-53
    times = _select(b > 2.0**64, 2.0**64, _select(b < -(2.0**64), -(2.0**64), b))
    times1, log11 = _head(times), _head(log1)
    y1 = times1 * log11
    y2 = times1 * (log1 - log11) + (times - times1) * log1 + times * log2
    far = _abs(y1) > 1000.0
    y1 = _select(far, _copysign(1000.0, y1), y1)
    k = _fma(y1, _PER_LN2, _WHOLE) - _WHOLE
    high, low = _fma(k, -_LN2_HIGH, y1), _fma(k, -_LN2_LOW, _select(far, 0.0, y2))
    r = high + low
    result = _scaled(1.0 + (r + _fma(r * r, _exp_tail(r), low - (r - high))), k)
    result = _select(size == 0.0, _select(b > 0.0, 0.0, math.inf), result)
    result = _select(size == math.inf, _select(b > 0.0, math.inf, 0.0), result)
    result = _select(b == 2.0, size * size, _select(b == 3.0, size * size * size, result))  # cheap where b is known
    is_whole = _trunc(b) == b
    is_odd = is_whole & (_trunc(0.5 * b) != 0.5 * b)
    result = _select(is_odd, _copysign(result, a), result)
    result = _select((a < 0.0) & (size < math.inf) & (not is_whole) | (a != a) | (b != b), math.nan, result)
    return _select((b == 0.0) | (a == 1.0), 1.0, result)


@_word
def exp(x: float) -> float:
    return _exp(x, 0.0)


@_word
def expm1(x: float) -> float:
    inside = _select(x > 710.0, 710.0, _select(x < -50.0, -50.0, x))
    k = _fma(inside, _PER_LN2, _WHOLE) - _WHOLE
    half = _power_of_two(k - 1.0)  # of 2^k, which may not be a float
    result = 2.0 * _fma(half, _exp_rest(inside, k), half - 0.5)
    return _select(_abs(x) < 1e-17, x, result)


@_word
def log(x: float) -> float:
    f, k = _parts(x)
    edge = _select(x == 0.0, -math.inf, _select(x > 0.0, x, math.nan))
    return _select((x > 0.0) & (x < math.inf), _log_sum(f, k, 0.0), edge)


@_word
def log1p(x: float) -> float:
    edge = _select(x == -1.0, -math.inf, _select(x > 0.0, x, math.nan))
    result = _select((x > -1.0) & (x < math.inf), _log1p(x), edge)
    return _select(_abs(x) < 1e-17, x, result)


@_word
def log2(x: float) -> float:
    return _log_to_base(x, 1.4426950216293335, 1.9259629911266175e-08)


@_word
def log10(x: float) -> float:
    return _log_to_base(x, 0.4342944771051407, 4.798111141615973e-09)


@_word
def sqrt(x: float) -> float:
    return _sqrt(x)


@_word
def cbrt(x: float) -> float:
    return _cbrt(x)


@_word
def sin(x: float) -> float:
    return math.sin(x)


@_word
def cos(x: float) -> float:
    return math.cos(x)


@_word
def tan(x: float) -> float:
    return math.tan(x)


@_word
def asin(x: float) -> float:
    return math.asin(x)


@_word
def acos(x: float) -> float:
    return math.acos(x)


@_word
def atan(x: float) -> float:
    return math.atan(x)


@_word
def atan2(a: float, b: float) -> float:
    return math.atan2(a, b)


@_word
def sinh(x: float) -> float:
    a = _abs(x)
    small = _fma(a * a * a, _sinh_tail(a * a), a)
    half = _exp(a, -1.0)  # e^a alone overflows too early
    return _copysign(_select(a < 1.0, small, half - 0.25 / half), x)


@_word
def cosh(x: float) -> float:
    half = _exp(_abs(x), -1.0)
    return half + 0.25 / half


@_word
def tanh(x: float) -> float:
    a = _abs(x)
    small = _fma(a * a * a, _tanh_tail(a * a), a)
    most = _select(a > 20.0, 20.0, a)
    k = _fma(most, 2.0 * _PER_LN2, _WHOLE) - _WHOLE
    e = (1.0 + _exp_rest(2.0 * most, k)) * _power_of_two(k)
    return _copysign(_select(a < 0.55, small, 1.0 - 2.0 / (e + 1.0)), x)


@_word
def asinh(x: float) -> float:
    return math.asinh(x)


@_word
def acosh(x: float) -> float:
    return math.acosh(x)


@_word
def atanh(x: float) -> float:
    return math.atanh(x)


@_word
def hypot(a: float, b: float) -> float:
    return _hypot(a, b)


@_word
def erf(x: float) -> float:
    return math.erf(x)


@_word
def erfc(x: float) -> float:
    return math.erfc(x)


@_word
def abs(x: float) -> float:
    return _abs(x)


@_word
def square(x: float) -> float:
    return x * x


@_word
def sigmoid(x: float) -> float:
    e = _exp(-_abs(x), 0.0)
    whole = 1.0 + e
    result = _select(x < 0.0, e, 1.0) / whole
    return _fma(-result, e - (whole - 1.0), result)  # less what rounding the sum made it too large


@_word
def softplus(x: float) -> float:
    e = _exp(-_abs(x), 0.0)  # log(1 + e) is log(1 + f), or log(2) more
    k = _select(e > 0.41421356237309503, 1.0, 0.0)
    f = _select(e > 0.41421356237309503, _fma(0.5, e, -0.5), e)
    return maximum(x, 0.0) + _log_sum(f, k, 0.0)


# Kinks. A condition is a float: 1.0 for yes, 0.0 for no.


@_word
def step(x: float) -> float:
    return _select(x > 0.0, 1.0, _select(x <= 0.0, 0.0, x))


@_word
def sign(x: float) -> float:
    return _select(x > 0.0, 1.0, _select(x < 0.0, -1.0, x))


@_word
def less(a: float, b: float) -> float:
    return _select(a < b, 1.0, 0.0)


@_word
def equal(a: float, b: float) -> float:
    return _select(a == b, 1.0, 0.0)


@_word
def where(condition: float, a: float, b: float) -> float:
    return _select(condition != 0.0, a, b)


@_word
def defined(x: float, y: float) -> float:
    return _select(y == y, x, y)


@_word
def gate(a: float, b: float) -> float:
    return _select(a != 0.0, a * b, 0.0)


@_word
def beside(a: float, b: float) -> float:
    return _select((a != 0.0) | (b - b == 0.0), b, 0.0)


@_word
def safe_div(a: float, b: float) -> float:
    return _select(b != 0.0, a / b, 0.0)


@_word
def maximum(a: float, b: float) -> float:
    return _select(a > b, a, _select(b >= a, b, a + b))


@_word
def minimum(a: float, b: float) -> float:
    return _select(a < b, a, _select(b <= a, b, a + b))


@_word
def fmax(a: float, b: float) -> float:
    return _select((a >= b) | (b != b), a, b)


@_word
def fmin(a: float, b: float) -> float:
    return _select((a <= b) | (b != b), a, b)


@_word
def floor(x: float) -> float:
    return _floor(x)


@_word
def ceil(x: float) -> float:
    return _ceil(x)


@_word
def trunc(x: float) -> float:
    return _trunc(x)


# Sums and products of many terms: the only words whose terms LLVM may take in any order, and fuse.

_many = partial(_word, fastmath={"reassoc", "contract"})


@_many
def plus(a: float, b: float) -> float:
    return a + b


@_many
def madd(a: float, b: float, c: float) -> float:
    return a * b + c


# `round` is missing: to any number of digits it is Python's, correctly rounded in decimal.
WORDS = frozenset(name for name, value in globals().items() if not name.startswith("_") and hasattr(value, "py_func"))
