"""What the words of the table mean to a kernel, in whose language this is written (see `lower`).

The meaning is that of `autograd.core.floats`: IEEE arithmetic that never raises, the same conventions at kinks. No word
has a branch: both sides of a choice are computed, so that a loop of the word over an array becomes vector instructions.
Trigonometric words and their inverses, the inverse hyperbolic ones, cbrt, hypot, erf, erfc, mod and floordiv call the
C library. `round` is missing: to any number of digits it is Python's, correctly rounded in decimal.
"""

# ruff: noqa: F821 (the words stand for themselves)
# mypy: ignore-errors

# 1.5 * 2^52: adding it rounds to a whole number, which then stands in the last bits; _BIASED adds the exponent's bias.
_WHOLE = 6755399441055744.0
_BIASED = _WHOLE + 1023.0
_TOP = 4503599627370496.0  # 2^52, whose last bits hold a whole number that is not negative
_BITS_OF_1 = 0x3FF0000000000000  # sign, 11 bits of exponent biased by 1023, 52 bits of fraction
_BITS_OF_SQRT_HALF = 0x3FE6A09E667F3BCD
_BITS_OF_TOP = 0x4330000000000000
_LN2_HIGH = 0.6931471805598903  # 42 bits: its product with an exponent is exact
_LN2_LOW = 5.497923018708371e-14
_PER_LN2 = 1.4426950408889634
_FAR = 18446744073709551616.0  # 2^64: a power beyond it is what that one is, as |log(x)| is 0 or at least 2^-53

# Near-minimax polynomials, found by Remez exchange in 60 digits and rounded; with each, the range of x and the error
# relative to the function that it is part of.


def _exp_tail(x):
    """(e^x - 1 - x) / x^2, |x| <= ln(2) / 2, 2^-58"""
    return polynomial(
        x,
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


def _log_tail(x):
    """(2 atanh(s) / s - 2) / s^2 with x = s^2, s <= (sqrt(2) - 1) / (sqrt(2) + 1), 2^-58"""
    return polynomial(
        x,
        0.6666666666666734,
        0.39999999999414565,
        0.2857142874242992,
        0.22222198567492035,
        0.18183564682098174,
        0.15314040076086188,
        0.14796066976684696,
    )


def _log_tail_of_two(x):
    """(atanh(s) / s - 1 - s^2 / 3) / s^4 with x = s^2 and the same s, 2^-73"""
    return polynomial(
        x,
        0.1999999999999999,
        0.14285714285722473,
        0.11111111108784855,
        0.09090909433422514,
        0.07692278538462956,
        0.0666815520356824,
        0.058374730976735796,
        0.05994024372065698,
    )


def _tanh_tail(x):
    """(tanh(a) / a - 1) / a^2 with x = a^2, a <= 0.55, 2^-60"""
    return polynomial(
        x,
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


def _sinh_tail(x):
    """(sinh(a) / a - 1) / a^2 with x = a^2, a <= 1, 2^-63"""
    return polynomial(
        x,
        0.16666666666666669,
        0.008333333333333139,
        0.00019841269841437765,
        2.7557319155308614e-06,
        2.5052123403221916e-08,
        1.605723996584971e-10,
        7.759323925781216e-13,
    )


# Parts of words.


def _fma(a, b, c):
    """a * b + c, rounded once where the processor can."""
    return llvm.fmuladd(a, b, c)


def _power_of_two(k):
    return number(bits(k + _BIASED) << 52)


def _scaled(y, k):
    """y * 2^k, rounded once: 2^k may not be a float where the result is, so there are two factors."""
    half = _fma(0.5, k, _WHOLE) - _WHOLE
    return y * _power_of_two(half) * _power_of_two(k - half)


def _exp_rest(x, k):
    """exp(x - k ln 2) - 1, where k is x / ln 2 rounded."""
    r = _fma(k, -_LN2_LOW, _fma(k, -_LN2_HIGH, x))
    return _fma(r * r, _exp_tail(r), r)


def _exp(x, doublings):
    """exp(x) * 2^doublings, for a small whole number of doublings."""
    x = 1000.0 if x > 1000.0 else -1000.0 if x < -1000.0 else x  # keeps nan
    k = _fma(x, _PER_LN2, _WHOLE) - _WHOLE
    return _scaled(1.0 + _exp_rest(x, k), k + doublings)


def _log_sum(f, k, low):
    """log(1 + f) + k ln 2 + low, for sqrt(1/2) <= 1 + f <= sqrt(2).

    log(1 + f) = 2 atanh(s) with s = f / (2 + f). As 2 s = f - s f, that is f less a small correction.
    """
    s = f / (2.0 + f)
    square_of_s = s * s
    correction = s * (f - square_of_s * _log_tail(square_of_s)) - _fma(k, _LN2_LOW, low)
    return _fma(k, _LN2_HIGH, f - correction)


def _exponent(x):
    """The biased k for which sqrt(1/2) <= x / 2^k < sqrt(2), of a normal x > 0."""
    return ((bits(x) - _BITS_OF_SQRT_HALF + _BITS_OF_1) >> 52) & 0xFFF


def _parts(x):
    """f and k with x = (1 + f) 2^k and sqrt(1/2) <= 1 + f < sqrt(2), of a finite x > 0."""
    is_subnormal = x < 2.2250738585072014e-308
    x = x * 18014398509481984.0 if is_subnormal else x
    biased = _exponent(x)
    f = number(bits(x) - ((biased - 1023) << 52)) - 1.0
    return f, number(biased | _BITS_OF_TOP) - (_TOP + 1077.0 if is_subnormal else _TOP + 1023.0)


def _head(x):
    """The first 26 bits of x: the product of two such numbers is exact, and so is what x is more."""
    return number(bits(x) & -0x8000000)


def _log_of_two(x):
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


def _log_to_base(x, per1, per2):
    """log(x) * (per1 + per2), where per1 has 26 bits; exact where a whole number is."""
    high, low = _log_of_two(x)
    head = _head(high)
    result = head * per1 + (head * per2 + ((high - head) + low) * (per1 + per2))
    edge = -inf if x == 0.0 else x if x > 0.0 else nan
    return result if (x > 0.0) & (x < inf) else edge


def _log1p(x):
    """log(1 + x) for finite x > -1, but for the sign of 0."""
    u = 1.0 + x
    part = u - 1.0
    lost = (x - part) + (1.0 - (u - part))  # exactly what the sum u was rounded by
    biased = _exponent(u)
    f = number(bits(u) - ((biased - 1023) << 52)) - 1.0
    lost = 0.0 if u > _TOP else lost * number((2046 - biased) << 52)
    more = f + lost
    return _log_sum(more, number(biased | _BITS_OF_TOP) - (_TOP + 1023.0), lost - (more - f))


# Arithmetic.


def div(a, b):
    return a / b


def mod(a, b):
    rest = libm.fmod(a, b)
    signed = rest + b if (rest < 0.0) != (b < 0.0) else rest
    return llvm.copysign(0.0, b) if rest == 0.0 else signed


def floordiv(a, b):
    rest = libm.fmod(a, b)
    quotient = (a - rest) / b
    quotient -= 1.0 if (rest != 0.0) & ((rest < 0.0) != (b < 0.0)) else 0.0
    whole = floor(quotient)
    whole += 1.0 if quotient - whole > 0.5 else 0.0  # the division was rounded
    return a / b if b == 0.0 else llvm.copysign(0.0, a / b) if quotient == 0.0 else whole


def _power(size, b, more, doublings):
    """size ** (b + more) * 2^doublings for finite size > 0, where more is what b was rounded by."""
    log1, log2 = _log_of_two(size)
    # b * log(size) as a sum of two
    times = _FAR if b > _FAR else -_FAR if b < -_FAR else b
    times1, log11 = _head(times), _head(log1)
    y1 = times1 * log11
    y2 = times1 * (log1 - log11) + (times - times1) * log1 + _fma(more, log1, times * log2)
    far = abs(y1) > 1000.0
    y1 = llvm.copysign(1000.0, y1) if far else y1
    k = _fma(y1, _PER_LN2, _WHOLE) - _WHOLE
    high, low = _fma(k, -_LN2_HIGH, y1), _fma(k, -_LN2_LOW, 0.0 if far else y2)
    r = high + low
    return _scaled(1.0 + (r + _fma(r * r, _exp_tail(r), low - (r - high))), k + doublings)


def _pow(a, b, more):
    size = abs(a)
    result = _power(size, b, more, 0.0)
    result = (0.0 if b > 0.0 else inf) if size == 0.0 else result
    result = (inf if b > 0.0 else 0.0) if size == inf else result
    result = size * size if b == 2.0 else size * size * size if b == 3.0 else result  # cheap where b is known
    is_whole = trunc(b) == b
    is_odd = is_whole & (trunc(0.5 * b) != 0.5 * b)
    result = llvm.copysign(result, a) if is_odd else result
    result = nan if (a < 0.0) & (size < inf) & (not is_whole) | (a != a) | (b != b) else result
    return 1.0 if (b == 0.0) | (a == 1.0) else result


def pow(a, b):
    return _pow(a, b, 0.0)


def pow_less(a, b):
    less = b - 1.0
    part = less - b
    more = (b - (less - part)) - (1.0 + part)
    return _pow(a, less, more if (more < inf) & (a * 0.0 == 0.0) else 0.0)


def pow_log(a, b, y):
    slope = y * log(a)
    power = _power(abs(a), b, 0.0, -64.0)
    large = power * log(a) * 18446744073709551616.0
    slope = large if (y == inf) & (b * 0.0 == 0.0) & (a > 0.0) & (a < inf) & (power > 1.0) else slope
    return 0.0 if (a == 0.0) & (b >= 0.0) else slope


def exp(x):
    return _exp(x, 0.0)


def expm1(x):
    inside = 710.0 if x > 710.0 else -50.0 if x < -50.0 else x
    k = _fma(inside, _PER_LN2, _WHOLE) - _WHOLE
    half = _power_of_two(k - 1.0)  # of 2^k, which may not be a float
    result = 2.0 * _fma(half, _exp_rest(inside, k), half - 0.5)
    return x if abs(x) < 1e-17 else result


def log(x):
    f, k = _parts(x)
    edge = -inf if x == 0.0 else x if x > 0.0 else nan
    return _log_sum(f, k, 0.0) if (x > 0.0) & (x < inf) else edge


def log1p(x):
    edge = -inf if x == -1.0 else x if x > 0.0 else nan
    result = _log1p(x) if (x > -1.0) & (x < inf) else edge
    return x if abs(x) < 1e-17 else result


def log2(x):
    return _log_to_base(x, 1.4426950216293335, 1.9259629911266175e-08)


def log10(x):
    return _log_to_base(x, 0.4342944771051407, 4.798111141615973e-09)


def sqrt(x):
    return llvm.sqrt(x)


def cbrt(x):
    return libm.cbrt(x)


def sin(x):
    return llvm.sin(x)


def cos(x):
    return llvm.cos(x)


def tan(x):
    return libm.tan(x)


def asin(x):
    return libm.asin(x)


def acos(x):
    return libm.acos(x)


def atan(x):
    return libm.atan(x)


def atan2(a, b):
    return libm.atan2(a, b)


def sinh(x):
    a = abs(x)
    half = _exp(a, -1.0)  # e^a alone overflows too early
    small = _fma(a * a * a, _sinh_tail(a * a), a)
    return llvm.copysign(small if a < 1.0 else half - 0.25 / half, x)


def cosh(x):
    half = _exp(abs(x), -1.0)
    return half + 0.25 / half


def tanh(x):
    a = abs(x)
    small = _fma(a * a * a, _tanh_tail(a * a), a)
    most = 20.0 if a > 20.0 else a
    k = _fma(most, 2.0 * _PER_LN2, _WHOLE) - _WHOLE
    e = (1.0 + _exp_rest(2.0 * most, k)) * _power_of_two(k)
    return llvm.copysign(small if a < 0.55 else 1.0 - 2.0 / (e + 1.0), x)


def asinh(x):
    return libm.asinh(x)


def acosh(x):
    return libm.acosh(x)


def atanh(x):
    return libm.atanh(x)


def hypot(a, b):
    return libm.hypot(a, b)


def erf(x):
    return libm.erf(x)


def erfc(x):
    return libm.erfc(x)


def abs(x):
    return llvm.fabs(x)


def square(x):
    return x * x


def sigmoid(x):
    e = _exp(-abs(x), 0.0)
    whole = 1.0 + e
    result = (e if x < 0.0 else 1.0) / whole
    return _fma(-result, e - (whole - 1.0), result)  # less what rounding the sum made it too large


# These are written in `autograd.special` too; here they take but one exponential. Where it is subnormal, 2^64 times it.


def _shares(x):
    """sigmoid(x), and sigmoid(-x), times 2^64 where x < -690."""
    deep = x < -690.0
    e = _exp(-abs(x), 64.0 if deep else 0.0)
    whole = 1.0 if deep else 1.0 + e
    return (e if x < 0.0 else 1.0) / whole, 1.0 if deep else (1.0 if x < 0.0 else e) / whole


def _unscaled(y, x):
    return y * 5.421010862427522e-20 if x < -690.0 else y


def silu(x):
    s, _ = _shares(x)
    return _unscaled(x * s, x)


def silu_slope(x):
    s, t = _shares(x)
    slope = s * (1.0 + (x * t if t != 0.0 else 0.0))
    near = _silu_slope_near(x)
    return near if (x > -2.0) & (x < -0.75) else _unscaled(slope if s != 0.0 else s, x) + 0.0


def _two_product(a, b):
    """a * b, and what it is rounded by."""
    product = a * b
    a1, b1 = _head(a), _head(b)
    a2, b2 = a - a1, b - b1
    return product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2


def _gelu_argument(x):
    """2 sqrt(2 / pi) (x + 0.044715 x^3) as a sum of two."""
    inside = 64.0 if x > 64.0 else -64.0 if x < -64.0 else x
    square, more = _two_product(inside, inside)
    cube, rest = _two_product(0.07135481627260025, square)
    line = 1.5957691216057308 + cube
    part = line - 1.5957691216057308
    low = (1.5957691216057308 - (line - part)) + (cube - part)
    low = low + (rest + 0.07135481627260025 * more + (-9.96930880911092e-17 - 6.175149918155315e-19 * square))
    high, end = _two_product(inside, line)
    return high, end + inside * low


def gelu_gate(x):
    high, low = _gelu_argument(x)
    e = _exp(-abs(high), 0.0)
    s, t = (e if high < 0.0 else 1.0) / (1.0 + e), (1.0 if high < 0.0 else e) / (1.0 + e)
    return s + s * (t * low)


def gelu_tanh(x):
    high, low = _gelu_argument(x)
    s, t = _shares(high)
    return _unscaled(x * (s + s * (t * low)), high)


def gelu_tanh_slope(x):
    high, low = _gelu_argument(x)
    s, t = _shares(high)
    rise = x * (1.5957691216057308 + 0.21406444881780075 * (x * x))
    slope = (s + s * (t * low)) * (1.0 + ((t - t * (s * low)) * rise if t != 0.0 else 0.0))
    near = _gelu_tanh_slope_near(x)
    return near if (x > -1.25) & (x < -0.375) else _unscaled(slope if s != 0.0 else s, high) + 0.0


def softplus(x):
    e = _exp(-abs(x), 0.0)  # log(1 + e) is log(1 + f), or log(2) more
    k = 1.0 if e > 0.41421356237309503 else 0.0
    f = _fma(0.5, e, -0.5) if e > 0.41421356237309503 else e
    return maximum(x, 0.0) + _log_sum(f, k, 0.0)


# Kinks. A condition is a float: 1.0 for yes, 0.0 for no.


def step(x):
    return 1.0 if x > 0.0 else 0.0 if x <= 0.0 else x


def sign(x):
    return 1.0 if x > 0.0 else -1.0 if x < 0.0 else x


def less(a, b):
    return 1.0 if a < b else 0.0


def equal(a, b):
    return 1.0 if a == b else 0.0


def where(condition, a, b):
    return a if condition != 0.0 else b


def defined(x, y):
    return x if y == y else y


def gate(a, b):
    return a * b if a != 0.0 else 0.0


def beside(a, b):
    return b if (a != 0.0) | (b - b == 0.0) else 0.0


def safe_div(a, b):
    return a / b if b != 0.0 else 0.0


def maximum(a, b):
    return a if a > b else b if b >= a else a + b


def minimum(a, b):
    return a if a < b else b if b <= a else a + b


def fmax(a, b):
    return a if (a >= b) | (b != b) else b


def fmin(a, b):
    return a if (a <= b) | (b != b) else b


def floor(x):
    return llvm.floor(x)


def ceil(x):
    return llvm.ceil(x)


def trunc(x):
    return llvm.trunc(x)
