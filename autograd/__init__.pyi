"""What editors and type checkers see of the package; `make stub` prints what follows from the rows."""

# fmt: off
from collections.abc import Callable, Iterable
from typing import Any, Concatenate, Generic, Literal, ParamSpec, TypeAlias, TypedDict, TypeVar, Unpack, overload

from . import linalg as linalg
from .anomaly import detect_anomaly as detect_anomaly
from .checks.formulas import derivative_table as derivative_table
from .checks.gradcheck import GradientError as GradientError
from .checks.gradcheck import Report as Report
from .checks.gradcheck import gradcheck as gradcheck
from .compiling.compiled import Compiled as _Compiled
from .compiling.programs.program import GuardError as GuardError
from .compiling.versions.uncompiled import UncompiledWarning as UncompiledWarning
from .core.numeric import Number
from .core.ops import TABLE as TABLE
from .core.ops import Op as Op
from .core.value import Value as Value
from .lists import cummax as cummax
from .lists import cummin as cummin
from .lists import cumprod as cumprod
from .lists import cumsum as cumsum
from .lists import interp as interp
from .lists import median as median
from .lists import polyval as polyval
from .lists import softmin as softmin
from .lists import sort as sort
from .modes import no_grad as no_grad
from .modes import scope as scope
from .pictures.drawing import draw as draw
from .pictures.explain import Explanation as Explanation
from .pictures.explain import explain as explain
from .pictures.picture import Picture as Picture
from .pictures.player import Player as Player
from .pictures.player import play as play
from .pictures.slide import Slides as Slides
from .pictures.slide import slide as slide
from .primitive import primitive as primitive
from .repeating import repeat as repeat
from .serialisation import from_json as from_json
from .serialisation import to_json as to_json
from .solving.minimize import Minimum as Minimum
from .solving.minimize import minimize as minimize
from .solving.odeint import odeint as odeint
from .solving.root import implicit as implicit
from .solving.root import root as root
from .tape import Guard as Guard
from .tape import Tape as Tape
from .verbs.checkpoint import checkpoint as checkpoint
from .verbs.derivatives import grad as grad
from .verbs.derivatives import hessian as hessian
from .verbs.derivatives import hvp as hvp
from .verbs.derivatives import jacobian as jacobian
from .verbs.derivatives import jvp as jvp
from .verbs.derivatives import value_and_grad as value_and_grad
from .verbs.derivatives import vjp as vjp
from .verbs.diagonals import divergence as divergence
from .verbs.diagonals import elementwise_grad as elementwise_grad
from .verbs.diagonals import hessian_diagonal as hessian_diagonal
from .verbs.diagonals import laplacian as laplacian
from .verbs.hooks import Hook as Hook
from .verbs.hooks import hook as hook
from .verbs.selected import backward as backward
from .verbs.selected import gradients as gradients
from .verbs.sparsity import Coordinates as Coordinates

__version__: str

_P = ParamSpec("_P")
_Q = ParamSpec("_Q")
_R = TypeVar("_R")  # what `backward` returns: the number, or, with `has_aux`, a pair of it and the rest
_Names: TypeAlias = int | str | Iterable[int | str]

class Compiled(_Compiled, Generic[_P, _R]):
    """A function that is recorded once for each arrangement of its arguments, and then replayed."""
    __name__: str
    def __call__(self, *args: _P.args, **options: _P.kwargs) -> Any:
        """The result in the arrangement that the function returns; of a batch, one result for each sample."""
    def backward(self, *args: _P.args, **options: _P.kwargs) -> _R:
        """Adds the gradient to the `grad` of the parameters, and of Values among the arguments; returns the value."""
    def value_and_grad(self, *args: _P.args, **options: _P.kwargs) -> tuple[_R, Any]:
        """The value, and the gradient by the argument that `argnums` names, arranged like it."""
    @overload
    def __get__(self, instance: None, owner: Any = None) -> Compiled[_P, _R]: ...
    @overload
    def __get__(self: Compiled[Concatenate[Any, _Q], _R], instance: object, owner: Any = None) -> Compiled[_Q, _R]: ...

class _Options(TypedDict, total=False):
    static: _Names
    argnums: int | tuple[int, ...]
    reduce: Literal["mean", "sum"]
    policy: Literal["record", "raise"]
    dtype: Any
    native: bool | None
    threads: int
    check: int

# With a batch, arguments are not those of the function: each has one for every sample.
@overload
def compile(function: Callable[_P, Any], *, has_aux: Literal[False] = ..., **options: Unpack[_Options]) -> Compiled[_P, float]:
    """Records `function` the first time it is called, and from then on replays it with new numbers as matrix code."""
@overload
def compile(function: Callable[_P, Any], *, has_aux: Literal[True], **options: Unpack[_Options]) -> Compiled[_P, tuple[float, Any]]: ...
@overload
def compile(function: Callable[..., Any], *, batch: _Names, has_aux: bool = ..., **options: Unpack[_Options]) -> Compiled[..., Any]: ...
@overload
def compile(function: None = ..., *, has_aux: Literal[False] = ..., **options: Unpack[_Options]) -> Callable[[Callable[_P, Any]], Compiled[_P, float]]: ...
@overload
def compile(function: None = ..., *, has_aux: Literal[True], **options: Unpack[_Options]) -> Callable[[Callable[_P, Any]], Compiled[_P, tuple[float, Any]]]: ...
@overload
def compile(function: None = ..., *, batch: _Names, has_aux: bool = ..., **options: Unpack[_Options]) -> Callable[[Callable[..., Any]], Compiled[..., Any]]: ...

@overload
def softmax(xs: Iterable[Value]) -> list[Value]: """The values as probabilities: exp(x) of each, divided by their sum; shifted, so that none overflows."""
@overload
def softmax(xs: Iterable[Number]) -> list[float]: ...
@overload
def softmax(xs: Iterable[Value | Number]) -> list[Any]: ...
@overload
def log_softmax(xs: Iterable[Value]) -> list[Value]: """The logarithms of the softmax: x - logsumexp(xs) of each."""
@overload
def log_softmax(xs: Iterable[Number]) -> list[float]: ...
@overload
def log_softmax(xs: Iterable[Value | Number]) -> list[Any]: ...

# what stands below this line is written by `make stub`

__all__ = [
    "add", "sub", "mul", "div", "floordiv", "mod", "pow_less", "pow_log", "neg", "pos", "square", "reciprocal", "sqrt",
    "exp", "expm1", "log", "log1p", "log2", "log10", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sigmoid", "softplus",
    "log_sigmoid", "relu", "leaky_relu", "elu", "selu", "softsign", "hard_tanh", "sign", "step", "floor", "ceil",
    "trunc", "less", "equal", "minimum", "maximum", "fmin", "fmax", "clip", "where", "defined", "gate", "beside",
    "safe_div", "prod", "dot", "linear", "mean", "var", "norm", "logsumexp", "pick", "cbrt", "cbrt_slope", "hypot",
    "cosine", "asin", "acos", "atan", "lorentz", "atan2", "asinh", "acosh", "atanh", "exp2", "exp10", "log1mexp",
    "logaddexp", "logaddexp2", "share", "share2", "logit", "xlogy", "xlog1py", "sinc", "sinc_slope", "sinc_curve",
    "deg2rad", "rad2deg", "copysign", "erf", "erfc", "gaussian", "erfcx", "erfcx_slope", "erfcx_curve", "log_erfc",
    "normal_pdf", "ndtr", "log_ndtr", "erfinv", "erfinv_slope", "erfcinv", "erfcinv_slope", "ndtri", "ndtri_slope",
    "gamma", "lgamma", "digamma", "trigamma", "polygamma", "digamma_less", "betaln", "beta", "i0", "i1", "i1_slope",
    "i1_curve", "i0e", "i1e", "i0e_slope", "i1e_slope", "gelu", "gelu_slope", "gelu_tanh", "gelu_tanh_slope",
    "gelu_gate", "silu", "silu_slope", "std", "GuardError", "UncompiledWarning", "compile", "GradientError", "Guard",
    "Tape", "Value", "backward", "checkpoint", "cummax", "cummin", "cumprod", "cumsum", "derivative_table",
    "detect_anomaly", "divergence", "draw", "elementwise_grad", "explain", "from_json", "grad", "gradcheck",
    "gradients", "hessian", "hessian_diagonal", "hook", "hvp", "implicit", "interp", "jacobian", "jvp", "laplacian",
    "linalg", "log_softmax", "median", "minimize", "no_grad", "odeint", "play", "polyval", "primitive", "repeat",
    "root", "scope", "slide", "softmax", "softmin", "sort", "to_json", "value_and_grad", "vjp"
]

@overload
def add(a: Value, b: Value | Number) -> Value: """a + b"""
@overload
def add(a: Value | Number, b: Value) -> Value: ...
@overload
def add(a: Number, b: Number) -> float: ...
@overload
def sub(a: Value, b: Value | Number) -> Value: """a - b"""
@overload
def sub(a: Value | Number, b: Value) -> Value: ...
@overload
def sub(a: Number, b: Number) -> float: ...
@overload
def mul(a: Value, b: Value | Number) -> Value: """a * b"""
@overload
def mul(a: Value | Number, b: Value) -> Value: ...
@overload
def mul(a: Number, b: Number) -> float: ...
@overload
def div(a: Value, b: Value | Number) -> Value: """a / b"""
@overload
def div(a: Value | Number, b: Value) -> Value: ...
@overload
def div(a: Number, b: Number) -> float: ...
@overload
def floordiv(a: Value, b: Value | Number) -> Value: """a // b, the floor of the quotient"""
@overload
def floordiv(a: Value | Number, b: Value) -> Value: ...
@overload
def floordiv(a: Number, b: Number) -> float: ...
@overload
def mod(a: Value, b: Value | Number) -> Value: """a % b, with the sign of b"""
@overload
def mod(a: Value | Number, b: Value) -> Value: ...
@overload
def mod(a: Number, b: Number) -> float: ...
@overload
def pow(a: Value, b: Value | Number) -> Value: """a ** b; nan where a < 0 and b is not whole"""
@overload
def pow(a: Value | Number, b: Value) -> Value: ...
@overload
def pow(a: Number, b: Number) -> float: ...
@overload
def pow_less(a: Value, b: Value | Number) -> Value: """a ** (b - 1), with what b - 1 is rounded by"""
@overload
def pow_less(a: Value | Number, b: Value) -> Value: ...
@overload
def pow_less(a: Number, b: Number) -> float: ...
@overload
def pow_log(a: Value, b: Value | Number, y: Value | Number) -> Value:
    """The slope y log(a) of y = a ** b by b, also where y is too large."""
@overload
def pow_log(a: Value | Number, b: Value, y: Value | Number) -> Value: ...
@overload
def pow_log(a: Value | Number, b: Value | Number, y: Value) -> Value: ...
@overload
def pow_log(a: Number, b: Number, y: Number) -> float: ...
@overload
def neg(x: Value) -> Value: """-x"""
@overload
def neg(x: Number) -> float: ...
@overload
def pos(x: Value) -> Value: """+x"""
@overload
def pos(x: Number) -> float: ...
@overload
def abs(x: Value) -> Value: """|x|; its derivative at 0 is 0"""
@overload
def abs(x: Number) -> float: ...
@overload
def square(x: Value) -> Value: """x * x"""
@overload
def square(x: Number) -> float: ...
@overload
def reciprocal(x: Value) -> Value: """1 / x"""
@overload
def reciprocal(x: Number) -> float: ...
@overload
def sqrt(x: Value) -> Value: """The square root of x; slope inf at 0."""
@overload
def sqrt(x: Number) -> float: ...
@overload
def exp(x: Value) -> Value: """e to the power x"""
@overload
def exp(x: Number) -> float: ...
@overload
def expm1(x: Value) -> Value: """exp(x) - 1, exact near 0"""
@overload
def expm1(x: Number) -> float: ...
@overload
def log(x: Value) -> Value: """The natural logarithm of x."""
@overload
def log(x: Number) -> float: ...
@overload
def log1p(x: Value) -> Value: """log(1 + x), exact near 0"""
@overload
def log1p(x: Number) -> float: ...
@overload
def log2(x: Value) -> Value: """The logarithm of x to base 2."""
@overload
def log2(x: Number) -> float: ...
@overload
def log10(x: Value) -> Value: """The logarithm of x to base 10."""
@overload
def log10(x: Number) -> float: ...
@overload
def sin(x: Value) -> Value: """The sine of x radians."""
@overload
def sin(x: Number) -> float: ...
@overload
def cos(x: Value) -> Value: """The cosine of x radians."""
@overload
def cos(x: Number) -> float: ...
@overload
def tan(x: Value) -> Value: """The tangent of x radians."""
@overload
def tan(x: Number) -> float: ...
@overload
def sinh(x: Value) -> Value: """The hyperbolic sine of x."""
@overload
def sinh(x: Number) -> float: ...
@overload
def cosh(x: Value) -> Value: """The hyperbolic cosine of x."""
@overload
def cosh(x: Number) -> float: ...
@overload
def tanh(x: Value) -> Value: """The hyperbolic tangent of x."""
@overload
def tanh(x: Number) -> float: ...
@overload
def sigmoid(x: Value) -> Value: """1 / (1 + exp(-x))"""
@overload
def sigmoid(x: Number) -> float: ...
@overload
def softplus(x: Value) -> Value: """log(1 + exp(x)), as max(x, 0) + log1p(exp(-|x|))"""
@overload
def softplus(x: Number) -> float: ...
@overload
def log_sigmoid(x: Value) -> Value: """log(sigmoid(x)), as -softplus(-x)"""
@overload
def log_sigmoid(x: Number) -> float: ...
@overload
def relu(x: Value) -> Value: """max(x, 0); its derivative at 0 is 0; nan stays nan"""
@overload
def relu(x: Number) -> float: ...
@overload
def leaky_relu(x: Value, slope: Value | Number = ...) -> Value:
    """x for x > 0, else slope * x; its derivative at 0 is the slope"""
@overload
def leaky_relu(x: Value | Number, slope: Value) -> Value: ...
@overload
def leaky_relu(x: Number, slope: Number = ...) -> float: ...
@overload
def elu(x: Value, alpha: Value | Number = ...) -> Value: """x for x > 0, else alpha * (exp(x) - 1)"""
@overload
def elu(x: Value | Number, alpha: Value) -> Value: ...
@overload
def elu(x: Number, alpha: Number = ...) -> float: ...
@overload
def selu(x: Value) -> Value: """The elu scaled so that activations normalise themselves (Klambauer et al. 2017)."""
@overload
def selu(x: Number) -> float: ...
@overload
def softsign(x: Value) -> Value: """x / (1 + |x|)"""
@overload
def softsign(x: Number) -> float: ...
@overload
def hard_tanh(x: Value) -> Value: """x kept within [-1, 1]; its derivative at -1 and 1 is 1"""
@overload
def hard_tanh(x: Number) -> float: ...
@overload
def sign(x: Value) -> Value: """-1, 0 or 1; derivative 0"""
@overload
def sign(x: Number) -> float: ...
@overload
def step(x: Value) -> Value: """1 for x > 0, else 0; derivative 0"""
@overload
def step(x: Number) -> float: ...
@overload
def floor(x: Value) -> Value: """The largest whole number <= x; derivative 0."""
@overload
def floor(x: Number) -> float: ...
@overload
def ceil(x: Value) -> Value: """The smallest whole number >= x; derivative 0."""
@overload
def ceil(x: Number) -> float: ...
@overload
def round(x: Value, digits: Value | Number = ...) -> Value:
    """x to that many decimal digits, half to even; derivative 0"""
@overload
def round(x: Value | Number, digits: Value) -> Value: ...
@overload
def round(x: Number, digits: Number = ...) -> float: ...
@overload
def trunc(x: Value) -> Value: """x without its fraction; derivative 0"""
@overload
def trunc(x: Number) -> float: ...
@overload
def less(a: Value, b: Value | Number) -> Value: """1 where a < b, else 0; derivative 0"""
@overload
def less(a: Value | Number, b: Value) -> Value: ...
@overload
def less(a: Number, b: Number) -> float: ...
@overload
def equal(a: Value, b: Value | Number) -> Value: """1 where a equals b, else 0; derivative 0"""
@overload
def equal(a: Value | Number, b: Value) -> Value: ...
@overload
def equal(a: Number, b: Number) -> float: ...
@overload
def minimum(a: Value, b: Value | Number) -> Value:
    """The smaller of a and b; a tie gives half to each, nan stays nan."""
@overload
def minimum(a: Value | Number, b: Value) -> Value: ...
@overload
def minimum(a: Number, b: Number) -> float: ...
@overload
def maximum(a: Value, b: Value | Number) -> Value:
    """The larger of a and b; a tie gives half to each, nan stays nan."""
@overload
def maximum(a: Value | Number, b: Value) -> Value: ...
@overload
def maximum(a: Number, b: Number) -> float: ...
@overload
def fmin(a: Value, b: Value | Number) -> Value: """The smaller of a and b, or the one that is not nan."""
@overload
def fmin(a: Value | Number, b: Value) -> Value: ...
@overload
def fmin(a: Number, b: Number) -> float: ...
@overload
def fmax(a: Value, b: Value | Number) -> Value: """The larger of a and b, or the one that is not nan."""
@overload
def fmax(a: Value | Number, b: Value) -> Value: ...
@overload
def fmax(a: Number, b: Number) -> float: ...
@overload
def clip(x: Value, low: Value | Number = ..., high: Value | Number = ...) -> Value: """x kept within [low, high]"""
@overload
def clip(x: Value | Number, low: Value, high: Value | Number = ...) -> Value: ...
@overload
def clip(x: Value | Number, low: Value | Number, high: Value) -> Value: ...
@overload
def clip(x: Value | Number, low: Value | Number = ..., *, high: Value) -> Value: ...
@overload
def clip(x: Number, low: Number = ..., high: Number = ...) -> float: ...
@overload
def where(condition: Value, a: Value | Number, b: Value | Number) -> Value:
    """a where the condition is not 0, else b; the branch not taken contributes exactly 0"""
@overload
def where(condition: Value | Number, a: Value, b: Value | Number) -> Value: ...
@overload
def where(condition: Value | Number, a: Value | Number, b: Value) -> Value: ...
@overload
def where(condition: Number, a: Number, b: Number) -> float: ...
@overload
def defined(x: Value, y: Value | Number) -> Value: """x, or nan where y is nan"""
@overload
def defined(x: Value | Number, y: Value) -> Value: ...
@overload
def defined(x: Number, y: Number) -> float: ...
@overload
def gate(a: Value, b: Value | Number) -> Value: """a * b, and exactly 0 where a is 0 even if b is inf or nan"""
@overload
def gate(a: Value | Number, b: Value) -> Value: ...
@overload
def gate(a: Number, b: Number) -> float: ...
@overload
def beside(a: Value, b: Value | Number) -> Value:
    """b, and 0 where a is 0 and b is inf or nan: what gate has a multiplied by"""
@overload
def beside(a: Value | Number, b: Value) -> Value: ...
@overload
def beside(a: Number, b: Number) -> float: ...
@overload
def safe_div(a: Value, b: Value | Number) -> Value: """a / b, and 0 where b is 0"""
@overload
def safe_div(a: Value | Number, b: Value) -> Value: ...
@overload
def safe_div(a: Number, b: Number) -> float: ...
@overload
def sum(xs: Iterable[Value] | Value, *rest: Value | Number) -> Value: """The sum of the values."""
@overload
def sum(xs: Iterable[Number] | Number, *rest: Value | Number) -> float: ...
@overload
def sum(xs: Iterable[Value | Number] | Value | Number, *rest: Value | Number) -> Value | Any: ...
@overload
def prod(xs: Iterable[Value] | Value, *rest: Value | Number) -> Value:
    """The product of the values; needs no division, so zeros are fine."""
@overload
def prod(xs: Iterable[Number] | Number, *rest: Value | Number) -> float: ...
@overload
def prod(xs: Iterable[Value | Number] | Value | Number, *rest: Value | Number) -> Value | Any: ...
@overload
def dot(xs: Iterable[Value] | Value, ys: Iterable[Value | Number] | Value | Number) -> Value:
    """The sum of the products x1 y1 + x2 y2 + ..."""
@overload
def dot(xs: Iterable[Value | Number] | Value | Number, ys: Iterable[Value] | Value) -> Value: ...
@overload
def dot(xs: Iterable[Number] | Number, ys: Iterable[Number] | Number) -> float: ...
@overload
def dot(xs: Iterable[Value | Number] | Value | Number, ys: Iterable[Value | Number] | Value | Number) -> Value | Any: ...
@overload
def linear(xs: Iterable[Value] | Value, ws: Iterable[Value | Number] | Value | Number, bias: Value | Number = ...) -> Value:
    """The linear combination of a neuron, x1 w1 + x2 w2 + ... plus the bias."""
@overload
def linear(xs: Iterable[Value | Number] | Value | Number, ws: Iterable[Value] | Value, bias: Value | Number = ...) -> Value: ...
@overload
def linear(xs: Iterable[Value | Number] | Value | Number, ws: Iterable[Value | Number] | Value | Number, bias: Value) -> Value: ...
@overload
def linear(xs: Iterable[Number] | Number, ws: Iterable[Number] | Number, bias: Number = ...) -> float: ...
@overload
def linear(xs: Iterable[Value | Number] | Value | Number, ws: Iterable[Value | Number] | Value | Number, bias: Value | Number = ...) -> Value | Any: ...
@overload
def mean(xs: Iterable[Value] | Value, *rest: Value | Number) -> Value:
    """The sum of the values divided by their number."""
@overload
def mean(xs: Iterable[Number] | Number, *rest: Value | Number) -> float: ...
@overload
def mean(xs: Iterable[Value | Number] | Value | Number, *rest: Value | Number) -> Value | Any: ...
@overload
def var(xs: Iterable[Value] | Value, *rest: Value | Number) -> Value: """The mean squared distance from the mean."""
@overload
def var(xs: Iterable[Number] | Number, *rest: Value | Number) -> float: ...
@overload
def var(xs: Iterable[Value | Number] | Value | Number, *rest: Value | Number) -> Value | Any: ...
@overload
def norm(xs: Iterable[Value] | Value, *rest: Value | Number) -> Value:
    """The Euclidean length, without overflow; gradient 0 at 0."""
@overload
def norm(xs: Iterable[Number] | Number, *rest: Value | Number) -> float: ...
@overload
def norm(xs: Iterable[Value | Number] | Value | Number, *rest: Value | Number) -> Value | Any: ...
@overload
def max(xs: Iterable[Value] | Value, *rest: Value | Number) -> Value:
    """The largest value; k tied values have 1/k each, nan stays nan."""
@overload
def max(xs: Iterable[Number] | Number, *rest: Value | Number) -> float: ...
@overload
def max(xs: Iterable[Value | Number] | Value | Number, *rest: Value | Number) -> Value | Any: ...
@overload
def min(xs: Iterable[Value] | Value, *rest: Value | Number) -> Value:
    """The smallest value; k tied values have 1/k each, nan stays nan."""
@overload
def min(xs: Iterable[Number] | Number, *rest: Value | Number) -> float: ...
@overload
def min(xs: Iterable[Value | Number] | Value | Number, *rest: Value | Number) -> Value | Any: ...
@overload
def logsumexp(xs: Iterable[Value] | Value, *rest: Value | Number) -> Value:
    """log(exp(x1) + exp(x2) + ...), by exponentials shifted to the largest"""
@overload
def logsumexp(xs: Iterable[Number] | Number, *rest: Value | Number) -> float: ...
@overload
def logsumexp(xs: Iterable[Value | Number] | Value | Number, *rest: Value | Number) -> Value | Any: ...
@overload
def pick(xs: Iterable[Value] | Value, index: Value | Number) -> Value:
    """The value at that index, counted from 0."""
@overload
def pick(xs: Iterable[Value | Number] | Value | Number, index: Value) -> Value: ...
@overload
def pick(xs: Iterable[Number] | Number, index: Number) -> float: ...
@overload
def pick(xs: Iterable[Value | Number] | Value | Number, index: Value | Number) -> Value | Any: ...
@overload
def cbrt(x: Value) -> Value: """The cube root of x, real for x < 0 too; slope inf at 0."""
@overload
def cbrt(x: Number) -> float: ...
@overload
def cbrt_slope(x: Value, y: Value | Number) -> Value: """The slope y / (3 x) of the cube root y of x; inf at 0."""
@overload
def cbrt_slope(x: Value | Number, y: Value) -> Value: ...
@overload
def cbrt_slope(x: Number, y: Number) -> float: ...
@overload
def hypot(a: Value, b: Value | Number) -> Value: """sqrt(a^2 + b^2) without overflow; gradient 0 at (0, 0)"""
@overload
def hypot(a: Value | Number, b: Value) -> Value: ...
@overload
def hypot(a: Number, b: Number) -> float: ...
@overload
def cosine(a: Value, b: Value | Number) -> Value: """a / hypot(a, b), the cosine of an angle; 0 at (0, 0)"""
@overload
def cosine(a: Value | Number, b: Value) -> Value: ...
@overload
def cosine(a: Number, b: Number) -> float: ...
@overload
def asin(x: Value) -> Value: """The angle in [-pi/2, pi/2] whose sine is x."""
@overload
def asin(x: Number) -> float: ...
@overload
def acos(x: Value) -> Value: """The angle in [0, pi] whose cosine is x."""
@overload
def acos(x: Number) -> float: ...
@overload
def atan(x: Value) -> Value: """The angle in (-pi/2, pi/2) whose tangent is x."""
@overload
def atan(x: Number) -> float: ...
@overload
def lorentz(x: Value) -> Value: """1 / (1 + x^2), also where x^2 overflows"""
@overload
def lorentz(x: Number) -> float: ...
@overload
def atan2(a: Value, b: Value | Number) -> Value:
    """The angle of the point (b, a) from the first axis; gradient 0 at (0, 0)."""
@overload
def atan2(a: Value | Number, b: Value) -> Value: ...
@overload
def atan2(a: Number, b: Number) -> float: ...
@overload
def asinh(x: Value) -> Value: """The number whose hyperbolic sine is x."""
@overload
def asinh(x: Number) -> float: ...
@overload
def acosh(x: Value) -> Value: """The number >= 0 whose hyperbolic cosine is x."""
@overload
def acosh(x: Number) -> float: ...
@overload
def atanh(x: Value) -> Value: """The number whose hyperbolic tangent is x."""
@overload
def atanh(x: Number) -> float: ...
@overload
def exp2(x: Value) -> Value: """2 to the power x"""
@overload
def exp2(x: Number) -> float: ...
@overload
def exp10(x: Value) -> Value: """10 to the power x"""
@overload
def exp10(x: Number) -> float: ...
@overload
def log1mexp(x: Value) -> Value: """log(1 - exp(x)) of x < 0, exact at both ends; -inf at 0, nan beyond"""
@overload
def log1mexp(x: Number) -> float: ...
@overload
def logaddexp(a: Value, b: Value | Number) -> Value: """log(exp(a) + exp(b)), without overflow"""
@overload
def logaddexp(a: Value | Number, b: Value) -> Value: ...
@overload
def logaddexp(a: Number, b: Number) -> float: ...
@overload
def logaddexp2(a: Value, b: Value | Number) -> Value: """The logarithm of 2^a + 2^b to base 2, without overflow."""
@overload
def logaddexp2(a: Value | Number, b: Value) -> Value: ...
@overload
def logaddexp2(a: Number, b: Number) -> float: ...
@overload
def share(a: Value, b: Value | Number) -> Value: """exp(a) / (exp(a) + exp(b)), what a is of logaddexp"""
@overload
def share(a: Value | Number, b: Value) -> Value: ...
@overload
def share(a: Number, b: Number) -> float: ...
@overload
def share2(a: Value, b: Value | Number) -> Value: """2^a / (2^a + 2^b), what a is of logaddexp2"""
@overload
def share2(a: Value | Number, b: Value) -> Value: ...
@overload
def share2(a: Number, b: Number) -> float: ...
@overload
def logit(p: Value) -> Value: """log(p / (1 - p)), the inverse of sigmoid; -inf at 0, inf at 1, nan beyond"""
@overload
def logit(p: Number) -> float: ...
@overload
def xlogy(x: Value, y: Value | Number) -> Value: """x * log(y), and 0 where x is 0"""
@overload
def xlogy(x: Value | Number, y: Value) -> Value: ...
@overload
def xlogy(x: Number, y: Number) -> float: ...
@overload
def xlog1py(x: Value, y: Value | Number) -> Value: """x * log(1 + y), and 0 where x is 0"""
@overload
def xlog1py(x: Value | Number, y: Value) -> Value: ...
@overload
def xlog1py(x: Number, y: Number) -> float: ...
@overload
def sinc(x: Value) -> Value: """sin(pi x) / (pi x), and 1 at 0"""
@overload
def sinc(x: Number) -> float: ...
@overload
def sinc_slope(x: Value) -> Value: """The derivative of sinc."""
@overload
def sinc_slope(x: Number) -> float: ...
@overload
def sinc_curve(x: Value) -> Value: """The second derivative of sinc."""
@overload
def sinc_curve(x: Number) -> float: ...
@overload
def deg2rad(x: Value) -> Value: """x degrees in radians"""
@overload
def deg2rad(x: Number) -> float: ...
@overload
def rad2deg(x: Value) -> Value: """x radians in degrees"""
@overload
def rad2deg(x: Number) -> float: ...
@overload
def copysign(x: Value, y: Value | Number) -> Value: """|x| with the sign of y, that of -0.0 too"""
@overload
def copysign(x: Value | Number, y: Value) -> Value: ...
@overload
def copysign(x: Number, y: Number) -> float: ...
@overload
def erf(x: Value) -> Value: """The error function 2/sqrt(pi) * integral of exp(-t^2) from 0 to x."""
@overload
def erf(x: Number) -> float: ...
@overload
def erfc(x: Value) -> Value: """1 - erf(x), exact in the tail"""
@overload
def erfc(x: Number) -> float: ...
@overload
def gaussian(x: Value) -> Value: """exp(-x^2), exact in the tails"""
@overload
def gaussian(x: Number) -> float: ...
@overload
def erfcx(x: Value) -> Value: """exp(x^2) erfc(x), which does not vanish for large x"""
@overload
def erfcx(x: Number) -> float: ...
@overload
def erfcx_slope(x: Value) -> Value: """The derivative of erfcx."""
@overload
def erfcx_slope(x: Number) -> float: ...
@overload
def erfcx_curve(x: Value) -> Value: """The second derivative of erfcx."""
@overload
def erfcx_curve(x: Number) -> float: ...
@overload
def log_erfc(x: Value) -> Value: """log(erfc(x)), also where erfc(x) is 0 to a float"""
@overload
def log_erfc(x: Number) -> float: ...
@overload
def normal_pdf(x: Value) -> Value: """The normal density exp(-x^2 / 2) / sqrt(2 pi)."""
@overload
def normal_pdf(x: Number) -> float: ...
@overload
def ndtr(x: Value) -> Value: """The normal distribution function, the probability of a value below x."""
@overload
def ndtr(x: Number) -> float: ...
@overload
def log_ndtr(x: Value) -> Value: """log(ndtr(x)), also where ndtr(x) is 0 to a float"""
@overload
def log_ndtr(x: Number) -> float: ...
@overload
def erfinv(x: Value) -> Value: """The x whose erf is that."""
@overload
def erfinv(x: Number) -> float: ...
@overload
def erfinv_slope(x: Value) -> Value: """The derivative of erfinv."""
@overload
def erfinv_slope(x: Number) -> float: ...
@overload
def erfcinv(q: Value) -> Value: """The x whose erfc is q."""
@overload
def erfcinv(q: Number) -> float: ...
@overload
def erfcinv_slope(q: Value) -> Value: """The derivative of erfcinv."""
@overload
def erfcinv_slope(q: Number) -> float: ...
@overload
def ndtri(p: Value) -> Value: """The x whose ndtr is p, a quantile of the normal distribution."""
@overload
def ndtri(p: Number) -> float: ...
@overload
def ndtri_slope(p: Value) -> Value: """The derivative of ndtri."""
@overload
def ndtri_slope(p: Number) -> float: ...
@overload
def gamma(x: Value) -> Value: """The gamma function, (x - 1)! for whole x; nan at the negative whole numbers."""
@overload
def gamma(x: Number) -> float: ...
@overload
def lgamma(x: Value) -> Value: """log(|gamma(x)|); inf at 0 and the negative whole numbers"""
@overload
def lgamma(x: Number) -> float: ...
@overload
def digamma(x: Value) -> Value: """The derivative of lgamma; nan at the negative whole numbers."""
@overload
def digamma(x: Number) -> float: ...
@overload
def trigamma(x: Value) -> Value: """The derivative of digamma; inf at 0 and the negative whole numbers."""
@overload
def trigamma(x: Number) -> float: ...
@overload
def polygamma(n: Value, x: Value | Number) -> Value:
    """The n-th derivative of digamma at x, for a whole number n."""
@overload
def polygamma(n: Value | Number, x: Value) -> Value: ...
@overload
def polygamma(n: Number, x: Number) -> float: ...
@overload
def digamma_less(a: Value, b: Value | Number) -> Value: """digamma(a) - digamma(a + b), for a and b > 0"""
@overload
def digamma_less(a: Value | Number, b: Value) -> Value: ...
@overload
def digamma_less(a: Number, b: Number) -> float: ...
@overload
def betaln(a: Value, b: Value | Number) -> Value: """The logarithm of beta(a, b), for a and b > 0."""
@overload
def betaln(a: Value | Number, b: Value) -> Value: ...
@overload
def betaln(a: Number, b: Number) -> float: ...
@overload
def beta(a: Value, b: Value | Number) -> Value:
    """The beta function gamma(a) gamma(b) / gamma(a + b), for a and b > 0."""
@overload
def beta(a: Value | Number, b: Value) -> Value: ...
@overload
def beta(a: Number, b: Number) -> float: ...
@overload
def i0(x: Value) -> Value: """The modified Bessel function of the first kind and order 0."""
@overload
def i0(x: Number) -> float: ...
@overload
def i1(x: Value) -> Value: """The modified Bessel function of the first kind and order 1."""
@overload
def i1(x: Number) -> float: ...
@overload
def i1_slope(x: Value) -> Value: """The derivative of i1."""
@overload
def i1_slope(x: Number) -> float: ...
@overload
def i1_curve(x: Value) -> Value: """The second derivative of i1."""
@overload
def i1_curve(x: Number) -> float: ...
@overload
def i0e(x: Value) -> Value: """exp(-|x|) i0(x)"""
@overload
def i0e(x: Number) -> float: ...
@overload
def i1e(x: Value) -> Value: """exp(-|x|) i1(x)"""
@overload
def i1e(x: Number) -> float: ...
@overload
def i0e_slope(x: Value) -> Value: """The derivative of i0e."""
@overload
def i0e_slope(x: Number) -> float: ...
@overload
def i1e_slope(x: Value) -> Value: """The derivative of i1e."""
@overload
def i1e_slope(x: Number) -> float: ...
@overload
def gelu(x: Value) -> Value: """x times the normal distribution function at x (Hendrycks & Gimpel 2016), exact"""
@overload
def gelu(x: Number) -> float: ...
@overload
def gelu_slope(x: Value) -> Value: """The derivative of gelu, exact at its root."""
@overload
def gelu_slope(x: Number) -> float: ...
@overload
def gelu_tanh(x: Value) -> Value:
    """The tanh approximation of gelu, 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))."""
@overload
def gelu_tanh(x: Number) -> float: ...
@overload
def gelu_tanh_slope(x: Value) -> Value: """The derivative of gelu_tanh, exact at its root."""
@overload
def gelu_tanh_slope(x: Number) -> float: ...
@overload
def gelu_gate(x: Value) -> Value: """The factor by which gelu_tanh multiplies x."""
@overload
def gelu_gate(x: Number) -> float: ...
@overload
def silu(x: Value) -> Value: """x * sigmoid(x), also called swish"""
@overload
def silu(x: Number) -> float: ...
@overload
def silu_slope(x: Value) -> Value: """The derivative of silu, exact at its root."""
@overload
def silu_slope(x: Number) -> float: ...
@overload
def std(xs: Iterable[Value] | Value, *rest: Value | Number) -> Value:
    """The square root of the variance, which is the mean squared distance from the mean."""
@overload
def std(xs: Iterable[Number] | Number, *rest: Value | Number) -> float: ...
@overload
def std(xs: Iterable[Value | Number] | Value | Number, *rest: Value | Number) -> Value | Any: ...
