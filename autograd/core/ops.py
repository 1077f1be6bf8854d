"""THE table of operations: one row each, and everything else follows from the row.

A row says what an operation computes and what its derivatives are, in the words of a vocabulary `m`:

    y = forward(m, *x)        and        (dy/dx1, dy/dx2, ...) = partials(m, *x, y)

With `m = floats` a row runs on numbers, with `m = arrays` on a whole batch, with `m = functions` it records itself
(so a derivative can be differentiated again), with `m = text.words` it prints itself. A row may use `+ - *` and the
words of `m`, never an `if` on a number: kinks go through `m.step`, `m.sign`, `m.where`. An input whose domain is a
GROUP, or SOME, is any number of values, all read by one node.

To add an operation, add a row. Its function, its method, every order of derivative, its printed form, its picture and
its tests follow. A word that is new says what it means in each vocabulary.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from math import inf, log
from operator import mul
from typing import Any


@dataclass(frozen=True)
class Domain:
    """What an input may be; the tests of its row draw from [low, high]."""

    low: float
    high: float
    least: int | None = None  # for a group of inputs: the fewest there may be
    index: bool = False  # a whole number, drawn as an index into the group before it


@dataclass(frozen=True, eq=False)
class Op:
    """One operation: `y = forward(m, *x)` and its local derivatives `partials(m, *x, y)`."""

    name: str
    symbol: str  # what pictures show
    says: str  # one line: what it computes
    forward: Callable[..., Any] = field(repr=False)
    partials: Callable[..., tuple[Any, ...]] = field(repr=False)
    domain: tuple[Domain, ...] = field(repr=False)
    # the partials in a form that loses no digits when it is differentiated, where theirs does
    curved: Callable[..., tuple[Any, ...]] | None = field(default=None, repr=False, kw_only=True)

    @cached_property
    def parameters(self) -> tuple[inspect.Parameter, ...]:
        """The inputs as `forward` names them, without the vocabulary."""
        return tuple(inspect.signature(self.forward).parameters.values())[1:]

    @cached_property
    def groups(self) -> tuple[bool, ...]:
        """For each input, whether it is a group of any number of values."""
        return tuple(domain.least is not None for domain in self.domain)

    def split(self, inputs: Any) -> list[Any]:
        """The inputs of a node as `forward` takes them: each group, and all are equally long, as one sequence."""
        if True not in self.groups:
            return list(inputs)
        size = (len(inputs) - self.groups.count(False)) // self.groups.count(True)
        ends = accumulate(size if many else 1 for many in self.groups)
        return [inputs[end - size : end] if many else inputs[end - 1] for many, end in zip(self.groups, ends)]

    def joined(self, parts: Sequence[Any]) -> list[Any]:
        """What there is for each of those, such as `partials`, for one input of a node after the other."""
        return [x for part, many in zip(parts, self.groups, strict=True) for x in (part if many else [part])]

    def __str__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[Any, ...]:
        return row, (self.name,)


def row(name: str) -> Op:
    """The row of that name."""
    if name not in TABLE:
        raise ValueError(f"there is no operation {name!r} in the table; define the primitive of that name first")
    return TABLE[name]


# Domains to draw test points from. Kinks and poles are not hit: the conventions there have tests of their own.
REAL = Domain(-3.0, 3.0)
POSITIVE = Domain(0.1, 4.0)
INSIDE = Domain(-0.95, 0.95)  # asin, acos, atanh
ABOVE_ONE = Domain(1.05, 4.0)  # acosh
GROUP = Domain(-3.0, 3.0, least=0)
SOME = Domain(-3.0, 3.0, least=1)
INDEX = Domain(0, 0, index=True)


def _pow_log_partials(m: Any, a: Any, b: Any, y: Any, z: Any) -> tuple[Any, ...]:
    # of y * log(a), for any y; where 0 ** b is flat it is 0
    slopes = 1.0 - m.equal(a, 0.0) * (1.0 - m.less(b, 0.0))
    return m.where(slopes, m.div(y, a), 0.0), 0.0, m.where(slopes, m.log(a), 0.0)


def _by_length(m: Any, x: Any, length: Any) -> Any:
    return m.safe_div(x, length)  # the cosine of an angle; 0 for a vector of length 0


def _sigmoid_to_differentiate(m: Any, x: Any, y: Any) -> tuple[Any, ...]:
    # y * sigmoid(-x) has a slope that is the difference of two
    return (m.square(m.div(0.5, m.cosh(0.5 * x))),)


def _elu_tail(m: Any, x: Any, f: Callable[[Any], Any]) -> Any:
    return f(m.minimum(x, 0.0))  # the branch not taken stays finite


def _share_of(m: Any, a: Any, b: Any, y: Any) -> tuple[Any, ...]:
    # a tie gives half to each; nan, being equal to nothing, gives 0 / 0 = nan to each
    hit_a, hit_b = m.equal(a, y), m.equal(b, y)
    return m.div(hit_a, hit_a + hit_b), m.div(hit_b, hit_a + hit_b)


def _shares_of(m: Any, xs: Any, y: Any) -> tuple[Any, ...]:
    hits = m.each(lambda x: m.equal(x, y), xs)
    tied = m.sum(hits)
    return (m.each(lambda hit: m.div(hit, tied), hits),)


def _f_share_of(m: Any, a: Any, b: Any, y: Any) -> tuple[Any, ...]:
    # where one is nan the other is the result and has it all
    hit_a, hit_b = m.equal(a, y), m.equal(b, y)
    return m.safe_div(hit_a, hit_a + hit_b), m.safe_div(hit_b, hit_a + hit_b)


def _clip_partials(m: Any, x: Any, low: Any, high: Any, y: Any) -> tuple[Any, ...]:
    # at a bound x still moves the result: clip'(low) = clip'(high) = 1
    below, above = m.less(x, low), m.less(high, x)
    crossed = m.less(high, low)
    return (
        m.defined((1.0 - below) * (1.0 - above) * (1.0 - crossed), y),
        below * (1.0 - crossed),
        1.0 - (1.0 - above) * (1.0 - crossed),
    )


def _products_of_the_others(xs: Sequence[Any]) -> list[Any]:
    """For each x the product of all the others: what is left of it times what is right, so zeros need no division."""
    left = accumulate(xs, mul, initial=1.0)
    right = [*accumulate(reversed(xs), mul, initial=1.0)]
    return [before * after for before, after in zip(left, right[-2::-1])]


def mean_of(m: Any, xs: Any) -> Any:
    return m.div(m.sum(xs), float(len(xs)))


def var_of(m: Any, xs: Any) -> Any:
    mean = mean_of(m, xs)
    return mean_of(m, m.each(lambda x: m.square(x - mean), xs))


def _var_partials(m: Any, xs: Any, y: Any) -> tuple[Any, ...]:
    mean = mean_of(m, xs)
    return (m.each(lambda x: (2.0 / len(xs)) * (x - mean), xs),)


def _shares_to_differentiate(m: Any, xs: Any, y: Any) -> tuple[Any, ...]:
    # exp(x - y) has the derivative s - s * s, which is 0 where one share s is nearly 1; this has sigmoid'
    others = [[*xs[:k], *xs[k + 1 :]] for k in range(len(xs))]
    return ([m.sigmoid(x - m.logsumexp(rest)) if rest else 1.0 for x, rest in zip(xs, others)],)


# Klambauer et al. 2017, appendix A.1: the scale, and its product with alpha, 1.6732632423543772848
SELU_SCALE, SELU_LOW = 1.0507009873554804934, 1.7580993408473768599


# fmt: off
ROWS: list[Op] = [
    # arithmetic
    Op("add", "+", "a + b", lambda m, a, b: a + b, lambda m, a, b, y: (1.0, 1.0), (REAL, REAL)),
    Op("sub", "−", "a - b", lambda m, a, b: a - b, lambda m, a, b, y: (1.0, -1.0), (REAL, REAL)),
    Op("mul", "×", "a * b", lambda m, a, b: a * b, lambda m, a, b, y: (b, a), (REAL, REAL)),
    Op("div", "÷", "a / b",
       lambda m, a, b: m.div(a, b), lambda m, a, b, y: (m.div(1.0, b), -m.div(y, b)), (REAL, POSITIVE)),
    Op("floordiv", "//", "a // b, the floor of the quotient",
       lambda m, a, b: m.floordiv(a, b), lambda m, a, b, y: (0.0, 0.0), (REAL, POSITIVE)),
    Op("mod", "mod", "a % b, with the sign of b",
       lambda m, a, b: m.mod(a, b), lambda m, a, b, y: (1.0, -m.floordiv(a, b)), (REAL, POSITIVE)),
    Op("pow", "^", "a ** b; nan where a < 0 and b is not whole",
       # 0 ** b: by a, b * 0 ** (b - 1), and 0 for b = 0; by b, 0 where b >= 0 and -inf where b < 0
       lambda m, a, b: m.pow(a, b), lambda m, a, b, y: (m.gate(b, m.pow_less(a, b)), m.pow_log(a, b, y)),
       (POSITIVE, REAL)),
    Op("pow_less", "^−1", "a ** (b - 1), with what b - 1 is rounded by",
       lambda m, a, b: m.pow_less(a, b),
       lambda m, a, b, y: (m.gate(b - 1.0, m.pow_less(a, b - 1.0)), m.pow_log(a, b - 1.0, y)), (POSITIVE, REAL)),
    Op("pow_log", "^ log", "the slope y log(a) of y = a ** b by b, also where y is too large",
       lambda m, a, b, y: m.pow_log(a, b, y), _pow_log_partials, (POSITIVE, REAL, REAL)),
    Op("neg", "neg", "-x", lambda m, x: -x, lambda m, x, y: (-1.0,), (REAL,)),
    Op("pos", "pos", "+x", lambda m, x: +x, lambda m, x, y: (1.0,), (REAL,)),
    Op("abs", "abs", "|x|; its derivative at 0 is 0", lambda m, x: m.abs(x), lambda m, x, y: (m.sign(x),), (REAL,)),
    Op("square", "²", "x * x", lambda m, x: m.square(x), lambda m, x, y: (2.0 * x,), (REAL,)),
    Op("reciprocal", "1/x", "1 / x", lambda m, x: m.div(1.0, x), lambda m, x, y: (-m.square(y),), (POSITIVE,)),
    Op("sqrt", "√", "the square root of x; slope inf at 0",
       lambda m, x: m.sqrt(x), lambda m, x, y: (m.div(0.5, y),), (POSITIVE,)),
    # exponentials and logarithms: log(0) = -inf with slope inf, log(-1) = nan with slope nan
    Op("exp", "exp", "e to the power x", lambda m, x: m.exp(x), lambda m, x, y: (y,), (REAL,)),
    Op("expm1", "expm1", "exp(x) - 1, exact near 0", lambda m, x: m.expm1(x), lambda m, x, y: (m.exp(x),), (REAL,)),
    Op("log", "log", "the natural logarithm of x",
       lambda m, x: m.log(x), lambda m, x, y: (m.div(1.0, m.defined(x, y)),), (POSITIVE,)),
    Op("log1p", "log1p", "log(1 + x), exact near 0",
       lambda m, x: m.log1p(x), lambda m, x, y: (m.div(1.0, 1.0 + m.defined(x, y)),), (POSITIVE,)),
    Op("log2", "log2", "the logarithm of x to base 2",
       lambda m, x: m.log2(x), lambda m, x, y: (m.div(1.0 / log(2.0), m.defined(x, y)),), (POSITIVE,)),
    Op("log10", "log10", "the logarithm of x to base 10",
       lambda m, x: m.log10(x), lambda m, x, y: (m.div(1.0 / log(10.0), m.defined(x, y)),), (POSITIVE,)),
    # trigonometry and its kin
    Op("sin", "sin", "the sine of x radians", lambda m, x: m.sin(x), lambda m, x, y: (m.cos(x),), (REAL,)),
    Op("cos", "cos", "the cosine of x radians", lambda m, x: m.cos(x), lambda m, x, y: (-m.sin(x),), (REAL,)),
    Op("tan", "tan", "the tangent of x radians",
       lambda m, x: m.tan(x), lambda m, x, y: (1.0 + m.square(y),), (INSIDE,)),
    Op("sinh", "sinh", "the hyperbolic sine of x", lambda m, x: m.sinh(x), lambda m, x, y: (m.cosh(x),), (REAL,)),
    Op("cosh", "cosh", "the hyperbolic cosine of x", lambda m, x: m.cosh(x), lambda m, x, y: (m.sinh(x),), (REAL,)),
    Op("tanh", "tanh", "the hyperbolic tangent of x", lambda m, x: m.tanh(x),
       # 1 - y * y cancels: it is 0 from x = 19 on, and tanh'(20) is 1.7e-17
       lambda m, x, y: (m.square(m.div(1.0, m.cosh(x))),), (REAL,)),
    # activations: sigmoid(-x), not 1 - sigmoid(x), which is 0 from x = 37 on
    Op("sigmoid", "σ", "1 / (1 + exp(-x))", lambda m, x: m.sigmoid(x), lambda m, x, y: (y * m.sigmoid(-x),), (REAL,),
       curved=_sigmoid_to_differentiate),
    Op("softplus", "softplus", "log(1 + exp(x)), as max(x, 0) + log1p(exp(-|x|))",
       lambda m, x: m.softplus(x), lambda m, x, y: (m.sigmoid(x),), (REAL,)),
    Op("log_sigmoid", "log σ", "log(sigmoid(x)), as -softplus(-x)",
       lambda m, x: -m.softplus(-x), lambda m, x, y: (m.sigmoid(-x),), (REAL,)),
    Op("relu", "ReLU", "max(x, 0); its derivative at 0 is 0; nan stays nan",
       lambda m, x: m.maximum(x, 0.0), lambda m, x, y: (m.sign(y),), (REAL,)),
    Op("leaky_relu", "leaky ReLU", "x for x > 0, else slope * x; its derivative at 0 is the slope",
       lambda m, x, slope=0.01: m.where(m.step(x), x, slope * x),
       lambda m, x, slope, y: (m.where(m.step(x), 1.0, slope), m.gate(1.0 - m.step(x), x)), (REAL, REAL)),
    Op("elu", "ELU", "x for x > 0, else alpha * (exp(x) - 1)",
       lambda m, x, alpha=1.0: m.where(m.step(x), x, alpha * _elu_tail(m, x, m.expm1)),
       lambda m, x, alpha, y: (m.where(m.step(x), 1.0, alpha * _elu_tail(m, x, m.exp)), _elu_tail(m, x, m.expm1)),
       (REAL, REAL)),
    Op("selu", "SELU", "the elu scaled so that activations normalise themselves (Klambauer et al. 2017)",
       lambda m, x: m.where(m.step(x), SELU_SCALE * x, SELU_LOW * _elu_tail(m, x, m.expm1)),
       lambda m, x, y: (m.where(m.step(x), SELU_SCALE, SELU_LOW * _elu_tail(m, x, m.exp)),), (REAL,)),
    Op("softsign", "softsign", "x / (1 + |x|)",
       lambda m, x: m.div(x, 1.0 + m.abs(x)), lambda m, x, y: (m.square(m.div(1.0, 1.0 + m.abs(x))),), (REAL,)),
    Op("hard_tanh", "hard tanh", "x kept within [-1, 1]; its derivative at -1 and 1 is 1",
       lambda m, x: m.minimum(m.maximum(x, -1.0), 1.0), lambda m, x, y: (m.defined(m.equal(x, y), y),), (REAL,)),
    # steps: flat wherever they have a derivative
    Op("sign", "sign", "-1, 0 or 1; derivative 0", lambda m, x: m.sign(x), lambda m, x, y: (0.0,), (REAL,)),
    Op("step", "step", "1 for x > 0, else 0; derivative 0", lambda m, x: m.step(x), lambda m, x, y: (0.0,), (REAL,)),
    Op("floor", "⌊⌋", "the largest whole number <= x; derivative 0",
       lambda m, x: m.floor(x), lambda m, x, y: (0.0,), (REAL,)),
    Op("ceil", "⌈⌉", "the smallest whole number >= x; derivative 0",
       lambda m, x: m.ceil(x), lambda m, x, y: (0.0,), (REAL,)),
    Op("round", "round", "x to that many decimal digits, half to even; derivative 0",
       lambda m, x, digits=0.0: m.round(x, digits), lambda m, x, digits, y: (0.0, 0.0), (REAL, Domain(0, 0))),
    Op("trunc", "trunc", "x without its fraction; derivative 0",
       lambda m, x: m.trunc(x), lambda m, x, y: (0.0,), (REAL,)),
    Op("less", "<", "1 where a < b, else 0; derivative 0",
       lambda m, a, b: m.less(a, b), lambda m, a, b, y: (0.0, 0.0), (REAL, REAL)),
    Op("equal", "=", "1 where a equals b, else 0; derivative 0",
       lambda m, a, b: m.equal(a, b), lambda m, a, b, y: (0.0, 0.0), (REAL, REAL)),
    # choices
    Op("minimum", "min", "the smaller of a and b; a tie gives half to each, nan stays nan",
       lambda m, a, b: m.minimum(a, b), _share_of, (REAL, REAL)),
    Op("maximum", "max", "the larger of a and b; a tie gives half to each, nan stays nan",
       lambda m, a, b: m.maximum(a, b), _share_of, (REAL, REAL)),
    Op("fmin", "fmin", "the smaller of a and b, or the one that is not nan",
       lambda m, a, b: m.fmin(a, b), _f_share_of, (REAL, REAL)),
    Op("fmax", "fmax", "the larger of a and b, or the one that is not nan",
       lambda m, a, b: m.fmax(a, b), _f_share_of, (REAL, REAL)),
    Op("clip", "clip", "x kept within [low, high]",
       lambda m, x, low=-inf, high=inf: m.minimum(m.maximum(x, low), high),
       _clip_partials, (REAL, Domain(-2.0, -0.5), Domain(0.5, 2.0))),
    Op("where", "where", "a where the condition is not 0, else b; the branch not taken contributes exactly 0",
       lambda m, condition, a, b: m.where(condition, a, b),
       lambda m, condition, a, b, y: (0.0, m.where(condition, 1.0, 0.0), m.where(condition, 0.0, 1.0)),
       (REAL, REAL, REAL)),
    Op("defined", "defined", "x, or nan where y is nan",
       lambda m, x, y: m.defined(x, y), lambda m, x, y, z: (m.defined(1.0, z), 0.0), (REAL, REAL)),
    Op("gate", "gate", "a * b, and exactly 0 where a is 0 even if b is inf or nan",
       lambda m, a, b: m.gate(a, b), lambda m, a, b, y: (m.beside(a, b), a), (REAL, REAL)),
    Op("beside", "beside", "b, and 0 where a is 0 and b is inf or nan: what gate has a multiplied by",
       lambda m, a, b: m.beside(a, b),
       # b - b is 0 for finite b alone
       lambda m, a, b, y: (0.0, m.where(m.equal(a, 0.0) * (1.0 - m.equal(b - b, 0.0)), 0.0, 1.0)), (REAL, REAL)),
    Op("safe_div", "÷", "a / b, and 0 where b is 0",
       lambda m, a, b: m.safe_div(a, b),
       lambda m, a, b, y: (m.safe_div(1.0, b), -m.safe_div(y, b)), (REAL, POSITIVE)),
    # many inputs, one node
    Op("sum", "Σ", "the sum of the values", lambda m, xs: m.sum(xs), lambda m, xs, y: ([1.0] * len(xs),), (GROUP,)),
    Op("prod", "Π", "the product of the values; needs no division, so zeros are fine",
       lambda m, xs: m.prod(xs), lambda m, xs, y: (_products_of_the_others(xs),), (GROUP,)),
    Op("dot", "·", "the sum of the products x1 y1 + x2 y2 + ...",
       lambda m, xs, ys: m.dot(xs, ys), lambda m, xs, ys, y: (ys, xs), (GROUP, GROUP)),
    Op("linear", "w·x+b", "the linear combination of a neuron, x1 w1 + x2 w2 + ... plus the bias",
       lambda m, xs, ws, bias=0.0: m.dot(xs, ws) + bias,
       lambda m, xs, ws, bias, y: (ws, xs, 1.0), (GROUP, GROUP, REAL)),
    Op("mean", "mean", "the sum of the values divided by their number",
       mean_of, lambda m, xs, y: ([1.0 / len(xs)] * len(xs),), (SOME,)),
    Op("var", "var", "the mean squared distance from the mean", var_of, _var_partials, (SOME,)),
    Op("norm", "norm", "the Euclidean length, without overflow; gradient 0 at 0",
       lambda m, xs: m.norm(xs), lambda m, xs, y: (m.each(lambda x: _by_length(m, x, y), xs),), (GROUP,)),
    Op("max", "max", "the largest value; k tied values have 1/k each, nan stays nan",
       lambda m, xs: m.max(xs), _shares_of, (SOME,)),
    Op("min", "min", "the smallest value; k tied values have 1/k each, nan stays nan",
       lambda m, xs: m.min(xs), _shares_of, (SOME,)),
    Op("logsumexp", "logsumexp", "log(exp(x1) + exp(x2) + ...), by exponentials shifted to the largest",
       lambda m, xs: m.logsumexp(xs), lambda m, xs, y: (m.each(lambda x: m.exp(x - y), xs),), (SOME,),
       curved=_shares_to_differentiate),
    Op("pick", "pick", "the value at that index, counted from 0",
       lambda m, xs, index: m.pick(xs, index),
       lambda m, xs, index, y: ([m.equal(float(k), index) for k in range(len(xs))], 0.0), (SOME, INDEX)),
]
# fmt: on

TABLE: dict[str, Op] = {op.name: op for op in ROWS}
