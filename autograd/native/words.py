"""What the words of the table mean to numba: float64 functions that LLVM inlines into a kernel's loops.

The meaning is that of `autograd.floats`: IEEE arithmetic that never raises, the same conventions at kinks. Every word
is free of branches where it can be, so that a loop of it over an array becomes vector instructions.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar, cast

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

_Word = TypeVar("_Word", bound=Callable[..., float])
_F64 = ir.DoubleType()


def _word(function: _Word, **options: Any) -> _Word:
    """`function`, compiled into the kernels that call it; Python calls none, and wrappers for it take half the time."""
    jit: Any = njit
    return cast(_Word, jit(error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True, **options)(function))


def _llvm(name: str, inputs: int) -> Callable[..., float]:
    """LLVM's own `name` of float64: one instruction where the processor has it, vectorised with the loop around it."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(_F64, [_F64] * inputs)
        return builder.call(builder.module.declare_intrinsic(f"llvm.{name}", [_F64], kind), arguments)

    make: Any = intrinsic  # which reads how many inputs there are from the names of its function's
    if inputs == 1:
        return cast(Callable[..., float], make(lambda typing, x: (types.float64(types.float64), emit)))
    return cast(Callable[..., float], make(lambda typing, x, y: (types.float64(types.float64, types.float64), emit)))


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
    return math.pow(a, b)


@_word
def exp(x: float) -> float:
    return math.exp(x)


@_word
def expm1(x: float) -> float:
    return math.expm1(x)


@_word
def log(x: float) -> float:
    return math.log(x)


@_word
def log1p(x: float) -> float:
    return math.log1p(x)


@_word
def log2(x: float) -> float:
    return math.log2(x)


@_word
def log10(x: float) -> float:
    return math.log10(x)


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
    return math.sinh(x)


@_word
def cosh(x: float) -> float:
    return math.cosh(x)


@_word
def tanh(x: float) -> float:
    return math.tanh(x)


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
    e = exp(-_abs(x))
    return _select(x < 0.0, e, 1.0) / (1.0 + e)


@_word
def softplus(x: float) -> float:
    return maximum(x, 0.0) + log1p(exp(-_abs(x)))


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
