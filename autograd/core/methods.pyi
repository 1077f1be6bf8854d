"""What others add to Value, for type checkers: the methods of the rows, scopes, what micrograd's users know.

`make stub` writes this file.
"""

# fmt: off
from collections.abc import Callable, Iterable
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

class Ratio(Protocol):
    """A float, and what else is a ratio: a Fraction, a Decimal, a floating-point scalar of NumPy."""

    def as_integer_ratio(self) -> tuple[int, int]: ...

class Whole(Protocol):
    """An int, and what else is whole: an integer scalar of NumPy."""

    @property
    def numerator(self) -> Any: ...

Number: TypeAlias = float | Ratio | Whole

V = TypeVar("V")  # Value, which this file does not import: value.py imports this one

class Methods(Generic[V]):
    scope: str
    def within(self, scope: str) -> None: """Puts a result that has just been recorded into a scope."""
    def __divmod__(self, other: V | Number) -> tuple[V, V]: ...
    def __rdivmod__(self, other: Number) -> tuple[V, V]: ...
    def add(self, b: V | Number) -> V: """a + b"""
    def __add__(self, other: V | Number) -> V: """a + b"""
    def __radd__(self, other: V | Number) -> V: """a + b"""
    def sub(self, b: V | Number) -> V: """a - b"""
    def __sub__(self, other: V | Number) -> V: """a - b"""
    def __rsub__(self, other: V | Number) -> V: """a - b"""
    def mul(self, b: V | Number) -> V: """a * b"""
    def __mul__(self, other: V | Number) -> V: """a * b"""
    def __rmul__(self, other: V | Number) -> V: """a * b"""
    def div(self, b: V | Number) -> V: """a / b"""
    def __truediv__(self, other: V | Number) -> V: """a / b"""
    def __rtruediv__(self, other: V | Number) -> V: """a / b"""
    def floordiv(self, b: V | Number) -> V: """a // b, the floor of the quotient"""
    def __floordiv__(self, other: V | Number) -> V: """a // b, the floor of the quotient"""
    def __rfloordiv__(self, other: V | Number) -> V: """a // b, the floor of the quotient"""
    def mod(self, b: V | Number) -> V: """a % b, with the sign of b"""
    def __mod__(self, other: V | Number) -> V: """a % b, with the sign of b"""
    def __rmod__(self, other: V | Number) -> V: """a % b, with the sign of b"""
    def pow(self, b: V | Number) -> V: """a ** b; nan where a < 0 and b is not whole"""
    def __pow__(self, other: V | Number) -> V: """a ** b; nan where a < 0 and b is not whole"""
    def __rpow__(self, other: V | Number) -> V: """a ** b; nan where a < 0 and b is not whole"""
    def pow_less(self, b: V | Number) -> V: """a ** (b - 1), with what b - 1 is rounded by"""
    def pow_log(self, b: V | Number, y: V | Number) -> V:
        """The slope y log(a) of y = a ** b by b, also where y is too large."""
    def neg(self) -> V: """-x"""
    def __neg__(self) -> V: """-x"""
    def pos(self) -> V: """+x"""
    def __pos__(self) -> V: """+x"""
    def abs(self) -> V: """|x|; its derivative at 0 is 0"""
    def __abs__(self) -> V: """|x|; its derivative at 0 is 0"""
    def square(self) -> V: """x * x"""
    def reciprocal(self) -> V: """1 / x"""
    def sqrt(self) -> V: """The square root of x; slope inf at 0."""
    def exp(self) -> V: """e to the power x"""
    def expm1(self) -> V: """exp(x) - 1, exact near 0"""
    def log(self) -> V: """The natural logarithm of x."""
    def log1p(self) -> V: """log(1 + x), exact near 0"""
    def log2(self) -> V: """The logarithm of x to base 2."""
    def log10(self) -> V: """The logarithm of x to base 10."""
    def sin(self) -> V: """The sine of x radians."""
    def cos(self) -> V: """The cosine of x radians."""
    def tan(self) -> V: """The tangent of x radians."""
    def sinh(self) -> V: """The hyperbolic sine of x."""
    def cosh(self) -> V: """The hyperbolic cosine of x."""
    def tanh(self) -> V: """The hyperbolic tangent of x."""
    def sigmoid(self) -> V: """1 / (1 + exp(-x))"""
    def softplus(self) -> V: """log(1 + exp(x)), as max(x, 0) + log1p(exp(-|x|))"""
    def log_sigmoid(self) -> V: """log(sigmoid(x)), as -softplus(-x)"""
    def relu(self) -> V: """max(x, 0); its derivative at 0 is 0; nan stays nan"""
    def leaky_relu(self, slope: V | Number = ...) -> V:
        """x for x > 0, else slope * x; its derivative at 0 is the slope"""
    def elu(self, alpha: V | Number = ...) -> V: """x for x > 0, else alpha * (exp(x) - 1)"""
    def selu(self) -> V: """The elu scaled so that activations normalise themselves (Klambauer et al. 2017)."""
    def softsign(self) -> V: """x / (1 + |x|)"""
    def hard_tanh(self) -> V: """x kept within [-1, 1]; its derivative at -1 and 1 is 1"""
    def sign(self) -> V: """-1, 0 or 1; derivative 0"""
    def step(self) -> V: """1 for x > 0, else 0; derivative 0"""
    def floor(self) -> V: """The largest whole number <= x; derivative 0."""
    def __floor__(self) -> V: """The largest whole number <= x; derivative 0."""
    def ceil(self) -> V: """The smallest whole number >= x; derivative 0."""
    def __ceil__(self) -> V: """The smallest whole number >= x; derivative 0."""
    def round(self, digits: V | Number = ...) -> V: """x to that many decimal digits, half to even; derivative 0"""
    def __round__(self, digits: V | Number = ...) -> V: """x to that many decimal digits, half to even; derivative 0"""
    def trunc(self) -> V: """x without its fraction; derivative 0"""
    def __trunc__(self) -> V: """x without its fraction; derivative 0"""
    def less(self, b: V | Number) -> V: """1 where a < b, else 0; derivative 0"""
    def equal(self, b: V | Number) -> V: """1 where a equals b, else 0; derivative 0"""
    def minimum(self, b: V | Number) -> V: """The smaller of a and b; a tie gives half to each, nan stays nan."""
    def maximum(self, b: V | Number) -> V: """The larger of a and b; a tie gives half to each, nan stays nan."""
    def fmin(self, b: V | Number) -> V: """The smaller of a and b, or the one that is not nan."""
    def fmax(self, b: V | Number) -> V: """The larger of a and b, or the one that is not nan."""
    def clip(self, low: V | Number = ..., high: V | Number = ...) -> V: """x kept within [low, high]"""
    def where(self, a: V | Number, b: V | Number) -> V:
        """a where the condition is not 0, else b; the branch not taken contributes exactly 0"""
    def defined(self, y: V | Number) -> V: """x, or nan where y is nan"""
    def gate(self, b: V | Number) -> V: """a * b, and exactly 0 where a is 0 even if b is inf or nan"""
    def beside(self, b: V | Number) -> V: """b, and 0 where a is 0 and b is inf or nan: what gate has a multiplied by"""
    def safe_div(self, b: V | Number) -> V: """a / b, and 0 where b is 0"""
    def sum(self, *rest: V | Number) -> V: """The sum of the values."""
    def prod(self, *rest: V | Number) -> V: """The product of the values; needs no division, so zeros are fine."""
    def dot(self, ys: Iterable[V | Number] | V | Number) -> V: """The sum of the products x1 y1 + x2 y2 + ..."""
    def linear(self, ws: Iterable[V | Number] | V | Number, bias: V | Number = ...) -> V:
        """The linear combination of a neuron, x1 w1 + x2 w2 + ... plus the bias."""
    def mean(self, *rest: V | Number) -> V: """The sum of the values divided by their number."""
    def var(self, *rest: V | Number) -> V: """The mean squared distance from the mean."""
    def norm(self, *rest: V | Number) -> V: """The Euclidean length, without overflow; gradient 0 at 0."""
    def max(self, *rest: V | Number) -> V: """The largest value; k tied values have 1/k each, nan stays nan."""
    def min(self, *rest: V | Number) -> V: """The smallest value; k tied values have 1/k each, nan stays nan."""
    def logsumexp(self, *rest: V | Number) -> V:
        """log(exp(x1) + exp(x2) + ...), by exponentials shifted to the largest"""
    def pick(self, index: V | Number) -> V: """The value at that index, counted from 0."""
    def cbrt(self) -> V: """The cube root of x, real for x < 0 too; slope inf at 0."""
    def cbrt_slope(self, y: V | Number) -> V: """The slope y / (3 x) of the cube root y of x; inf at 0."""
    def hypot(self, b: V | Number) -> V: """sqrt(a^2 + b^2) without overflow; gradient 0 at (0, 0)"""
    def cosine(self, b: V | Number) -> V: """a / hypot(a, b), the cosine of an angle; 0 at (0, 0)"""
    def asin(self) -> V: """The angle in [-pi/2, pi/2] whose sine is x."""
    def acos(self) -> V: """The angle in [0, pi] whose cosine is x."""
    def atan(self) -> V: """The angle in (-pi/2, pi/2) whose tangent is x."""
    def lorentz(self) -> V: """1 / (1 + x^2), also where x^2 overflows"""
    def atan2(self, b: V | Number) -> V: """The angle of the point (b, a) from the first axis; gradient 0 at (0, 0)."""
    def asinh(self) -> V: """The number whose hyperbolic sine is x."""
    def acosh(self) -> V: """The number >= 0 whose hyperbolic cosine is x."""
    def atanh(self) -> V: """The number whose hyperbolic tangent is x."""
    def exp2(self) -> V: """2 to the power x"""
    def exp10(self) -> V: """10 to the power x"""
    def log1mexp(self) -> V: """log(1 - exp(x)) of x < 0, exact at both ends; -inf at 0, nan beyond"""
    def logaddexp(self, b: V | Number) -> V: """log(exp(a) + exp(b)), without overflow"""
    def logaddexp2(self, b: V | Number) -> V: """The logarithm of 2^a + 2^b to base 2, without overflow."""
    def share(self, b: V | Number) -> V: """exp(a) / (exp(a) + exp(b)), what a is of logaddexp"""
    def share2(self, b: V | Number) -> V: """2^a / (2^a + 2^b), what a is of logaddexp2"""
    def logit(self) -> V: """log(p / (1 - p)), the inverse of sigmoid; -inf at 0, inf at 1, nan beyond"""
    def xlogy(self, y: V | Number) -> V: """x * log(y), and 0 where x is 0"""
    def xlog1py(self, y: V | Number) -> V: """x * log(1 + y), and 0 where x is 0"""
    def sinc(self) -> V: """sin(pi x) / (pi x), and 1 at 0"""
    def sinc_slope(self) -> V: """The derivative of sinc."""
    def sinc_curve(self) -> V: """The second derivative of sinc."""
    def deg2rad(self) -> V: """x degrees in radians"""
    def rad2deg(self) -> V: """x radians in degrees"""
    def copysign(self, y: V | Number) -> V: """|x| with the sign of y, that of -0.0 too"""
    def erf(self) -> V: """The error function 2/sqrt(pi) * integral of exp(-t^2) from 0 to x."""
    def erfc(self) -> V: """1 - erf(x), exact in the tail"""
    def gaussian(self) -> V: """exp(-x^2), exact in the tails"""
    def erfcx(self) -> V: """exp(x^2) erfc(x), which does not vanish for large x"""
    def erfcx_slope(self) -> V: """The derivative of erfcx."""
    def erfcx_curve(self) -> V: """The second derivative of erfcx."""
    def log_erfc(self) -> V: """log(erfc(x)), also where erfc(x) is 0 to a float"""
    def normal_pdf(self) -> V: """The normal density exp(-x^2 / 2) / sqrt(2 pi)."""
    def ndtr(self) -> V: """The normal distribution function, the probability of a value below x."""
    def log_ndtr(self) -> V: """log(ndtr(x)), also where ndtr(x) is 0 to a float"""
    def erfinv(self) -> V: """The x whose erf is that."""
    def erfinv_slope(self) -> V: """The derivative of erfinv."""
    def erfcinv(self) -> V: """The x whose erfc is q."""
    def erfcinv_slope(self) -> V: """The derivative of erfcinv."""
    def ndtri(self) -> V: """The x whose ndtr is p, a quantile of the normal distribution."""
    def ndtri_slope(self) -> V: """The derivative of ndtri."""
    def gamma(self) -> V: """The gamma function, (x - 1)! for whole x; nan at the negative whole numbers."""
    def lgamma(self) -> V: """log(|gamma(x)|); inf at 0 and the negative whole numbers"""
    def digamma(self) -> V: """The derivative of lgamma; nan at the negative whole numbers."""
    def trigamma(self) -> V: """The derivative of digamma; inf at 0 and the negative whole numbers."""
    def polygamma(self, x: V | Number) -> V: """The n-th derivative of digamma at x, for a whole number n."""
    def digamma_less(self, b: V | Number) -> V: """digamma(a) - digamma(a + b), for a and b > 0"""
    def betaln(self, b: V | Number) -> V: """The logarithm of beta(a, b), for a and b > 0."""
    def beta(self, b: V | Number) -> V: """The beta function gamma(a) gamma(b) / gamma(a + b), for a and b > 0."""
    def i0(self) -> V: """The modified Bessel function of the first kind and order 0."""
    def i1(self) -> V: """The modified Bessel function of the first kind and order 1."""
    def i1_slope(self) -> V: """The derivative of i1."""
    def i1_curve(self) -> V: """The second derivative of i1."""
    def i0e(self) -> V: """exp(-|x|) i0(x)"""
    def i1e(self) -> V: """exp(-|x|) i1(x)"""
    def i0e_slope(self) -> V: """The derivative of i0e."""
    def i1e_slope(self) -> V: """The derivative of i1e."""
    def gelu(self) -> V: """x times the normal distribution function at x (Hendrycks & Gimpel 2016), exact"""
    def gelu_slope(self) -> V: """The derivative of gelu, exact at its root."""
    def gelu_tanh(self) -> V: """The tanh approximation of gelu, 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))."""
    def gelu_tanh_slope(self) -> V: """The derivative of gelu_tanh, exact at its root."""
    def gelu_gate(self) -> V: """The factor by which gelu_tanh multiplies x."""
    def silu(self) -> V: """x * sigmoid(x), also called swish"""
    def silu_slope(self) -> V: """The derivative of silu, exact at its root."""
    def std(self, *rest: V | Number) -> V:
        """The square root of the variance, which is the mean squared distance from the mean."""
    @property
    def _prev(self) -> set[V]: """The Values that this one was computed from, as a set; `inputs` has them in order."""
    @property
    def _op(self) -> str: """The symbol of the operation, "" for a leaf; `op` has its row."""
    @property
    def _backward(self) -> Callable[[], None]:
        """What passes this Value's `grad` on to its inputs, each times its partial; nothing of a leaf."""
    name: Any
    m: Any
    v: Any
    t: Any
    s: Any
    lr: Any
    state: Any
    cache: Any
    momentum: Any
    velocity: Any
    exp_avg: Any
    exp_avg_sq: Any
