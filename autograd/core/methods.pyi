"""The methods of Value for type checkers: those of the rows, and what micrograd's readers know.

`make stub` writes this file.
"""

# fmt: off
from collections.abc import Callable, Iterable
from typing import Any

from .numeric import Number
from .value import Value

class Methods:
    def add(self, b: Value | Number) -> Value: """a + b"""
    def __add__(self, other: Value | Number) -> Value: """a + b"""
    def __radd__(self, other: Value | Number) -> Value: """a + b"""
    def sub(self, b: Value | Number) -> Value: """a - b"""
    def __sub__(self, other: Value | Number) -> Value: """a - b"""
    def __rsub__(self, other: Value | Number) -> Value: """a - b"""
    def mul(self, b: Value | Number) -> Value: """a * b"""
    def __mul__(self, other: Value | Number) -> Value: """a * b"""
    def __rmul__(self, other: Value | Number) -> Value: """a * b"""
    def div(self, b: Value | Number) -> Value: """a / b"""
    def __truediv__(self, other: Value | Number) -> Value: """a / b"""
    def __rtruediv__(self, other: Value | Number) -> Value: """a / b"""
    def floordiv(self, b: Value | Number) -> Value: """a // b, the floor of the quotient"""
    def __floordiv__(self, other: Value | Number) -> Value: """a // b, the floor of the quotient"""
    def __rfloordiv__(self, other: Value | Number) -> Value: """a // b, the floor of the quotient"""
    def mod(self, b: Value | Number) -> Value: """a % b, with the sign of b"""
    def __mod__(self, other: Value | Number) -> Value: """a % b, with the sign of b"""
    def __rmod__(self, other: Value | Number) -> Value: """a % b, with the sign of b"""
    def pow(self, b: Value | Number) -> Value: """a ** b; nan where a < 0 and b is not whole"""
    def __pow__(self, other: Value | Number) -> Value: """a ** b; nan where a < 0 and b is not whole"""
    def __rpow__(self, other: Value | Number) -> Value: """a ** b; nan where a < 0 and b is not whole"""
    def neg(self) -> Value: """-x"""
    def __neg__(self) -> Value: """-x"""
    def pos(self) -> Value: """+x"""
    def __pos__(self) -> Value: """+x"""
    def abs(self) -> Value: """|x|; its derivative at 0 is 0"""
    def __abs__(self) -> Value: """|x|; its derivative at 0 is 0"""
    def square(self) -> Value: """x * x"""
    def reciprocal(self) -> Value: """1 / x"""
    def sqrt(self) -> Value: """The square root of x; slope inf at 0."""
    def cbrt(self) -> Value: """The cube root of x, real for x < 0 too; slope inf at 0."""
    def hypot(self, b: Value | Number) -> Value: """sqrt(a^2 + b^2) without overflow; gradient 0 at (0, 0)"""
    def exp(self) -> Value: """e to the power x"""
    def expm1(self) -> Value: """exp(x) - 1, exact near 0"""
    def log(self) -> Value: """The natural logarithm of x."""
    def log1p(self) -> Value: """log(1 + x), exact near 0"""
    def log2(self) -> Value: """The logarithm of x to base 2."""
    def log10(self) -> Value: """The logarithm of x to base 10."""
    def sin(self) -> Value: """The sine of x radians."""
    def cos(self) -> Value: """The cosine of x radians."""
    def tan(self) -> Value: """The tangent of x radians."""
    def asin(self) -> Value: """The angle in [-pi/2, pi/2] whose sine is x."""
    def acos(self) -> Value: """The angle in [0, pi] whose cosine is x."""
    def atan(self) -> Value: """The angle in (-pi/2, pi/2) whose tangent is x."""
    def atan2(self, b: Value | Number) -> Value:
        """The angle of the point (b, a) from the first axis; gradient 0 at (0, 0)."""
    def sinh(self) -> Value: """The hyperbolic sine of x."""
    def cosh(self) -> Value: """The hyperbolic cosine of x."""
    def tanh(self) -> Value: """The hyperbolic tangent of x."""
    def asinh(self) -> Value: """The number whose hyperbolic sine is x."""
    def acosh(self) -> Value: """The number >= 0 whose hyperbolic cosine is x."""
    def atanh(self) -> Value: """The number whose hyperbolic tangent is x."""
    def erf(self) -> Value: """The error function 2/sqrt(pi) * integral of exp(-t^2) from 0 to x."""
    def erfc(self) -> Value: """1 - erf(x), exact in the tail"""
    def sigmoid(self) -> Value: """1 / (1 + exp(-x))"""
    def softplus(self) -> Value: """log(1 + exp(x)), as max(x, 0) + log1p(exp(-|x|))"""
    def log_sigmoid(self) -> Value: """log(sigmoid(x)), as -softplus(-x)"""
    def relu(self) -> Value: """max(x, 0); its derivative at 0 is 0; nan stays nan"""
    def leaky_relu(self, slope: Value | Number = ...) -> Value:
        """x for x > 0, else slope * x; its derivative at 0 is the slope"""
    def elu(self, alpha: Value | Number = ...) -> Value: """x for x > 0, else alpha * (exp(x) - 1)"""
    def selu(self) -> Value: """The elu scaled so that activations normalise themselves (Klambauer et al. 2017)."""
    def gelu(self) -> Value: """x times the normal distribution function at x (Hendrycks & Gimpel 2016), exact"""
    def gelu_tanh(self) -> Value: """The tanh approximation of gelu, 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))."""
    def silu(self) -> Value: """x * sigmoid(x), also called swish"""
    def softsign(self) -> Value: """x / (1 + |x|)"""
    def hard_tanh(self) -> Value: """x kept within [-1, 1]; its derivative at -1 and 1 is 1"""
    def sign(self) -> Value: """-1, 0 or 1; derivative 0"""
    def step(self) -> Value: """1 for x > 0, else 0; derivative 0"""
    def floor(self) -> Value: """The largest whole number <= x; derivative 0."""
    def __floor__(self) -> Value: """The largest whole number <= x; derivative 0."""
    def ceil(self) -> Value: """The smallest whole number >= x; derivative 0."""
    def __ceil__(self) -> Value: """The smallest whole number >= x; derivative 0."""
    def round(self, digits: Value | Number = ...) -> Value:
        """x to that many decimal digits, half to even; derivative 0"""
    def __round__(self, digits: Value | Number = ...) -> Value:
        """x to that many decimal digits, half to even; derivative 0"""
    def trunc(self) -> Value: """x without its fraction; derivative 0"""
    def __trunc__(self) -> Value: """x without its fraction; derivative 0"""
    def less(self, b: Value | Number) -> Value: """1 where a < b, else 0; derivative 0"""
    def equal(self, b: Value | Number) -> Value: """1 where a equals b, else 0; derivative 0"""
    def minimum(self, b: Value | Number) -> Value:
        """The smaller of a and b; a tie gives half to each, nan stays nan."""
    def maximum(self, b: Value | Number) -> Value: """The larger of a and b; a tie gives half to each, nan stays nan."""
    def fmin(self, b: Value | Number) -> Value: """The smaller of a and b, or the one that is not nan."""
    def fmax(self, b: Value | Number) -> Value: """The larger of a and b, or the one that is not nan."""
    def clip(self, low: Value | Number = ..., high: Value | Number = ...) -> Value: """x kept within [low, high]"""
    def where(self, a: Value | Number, b: Value | Number) -> Value:
        """a where the condition is not 0, else b; the branch not taken contributes exactly 0"""
    def defined(self, y: Value | Number) -> Value: """x, or nan where y is nan"""
    def gate(self, b: Value | Number) -> Value: """a * b, and exactly 0 where a is 0 even if b is inf or nan"""
    def beside(self, b: Value | Number) -> Value:
        """b, and 0 where a is 0 and b is inf or nan: what gate has a multiplied by"""
    def safe_div(self, b: Value | Number) -> Value: """a / b, and 0 where b is 0"""
    def sum(self, *rest: Value | Number) -> Value: """The sum of the values."""
    def prod(self, *rest: Value | Number) -> Value:
        """The product of the values; needs no division, so zeros are fine."""
    def dot(self, ys: Iterable[Value | Number] | Value | Number) -> Value:
        """The sum of the products x1 y1 + x2 y2 + ..."""
    def linear(self, ws: Iterable[Value | Number] | Value | Number, bias: Value | Number = ...) -> Value:
        """The linear combination of a neuron, x1 w1 + x2 w2 + ... plus the bias."""
    def mean(self, *rest: Value | Number) -> Value: """The sum of the values divided by their number."""
    def var(self, *rest: Value | Number) -> Value: """The mean squared distance from the mean."""
    def norm(self, *rest: Value | Number) -> Value: """The Euclidean length, without overflow; gradient 0 at 0."""
    def max(self, *rest: Value | Number) -> Value: """The largest value; k tied values have 1/k each, nan stays nan."""
    def min(self, *rest: Value | Number) -> Value: """The smallest value; k tied values have 1/k each, nan stays nan."""
    def logsumexp(self, *rest: Value | Number) -> Value:
        """log(exp(x1) + exp(x2) + ...), by exponentials shifted to the largest"""
    def pick(self, index: Value | Number) -> Value: """The value at that index, counted from 0."""
    @property
    def _prev(self) -> set[Value]:
        """The Values that this one was computed from, as a set; `inputs` has them in order."""
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
