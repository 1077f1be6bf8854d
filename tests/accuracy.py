"""Accuracy: each row and its partials, in each form that runs, against 60 digits; how many units of the last place.

A reference is the function alone, of mpmath; its derivatives are differences of it in hundreds of digits, so that no
formula of ours is in them. A unit is the distance of floats at the right value, subnormals included.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import mpmath
import numpy as np
from mpmath import mp, mpf

from autograd.core import floats
from autograd.core.ops import TABLE, Op
from autograd.verbs.partials import second_partials_by
from autograd.vocabularies import arrays, text

MOST, LEAST = math.log10(1.7976931348623157e308), -323.3
ALL = (-math.inf, math.inf)


@dataclass(frozen=True)
class Case:
    """A row as mpmath has it: the function, where it is smooth, and intervals to draw more of the points from."""

    f: Callable[..., Any]
    domain: tuple[tuple[float, float], ...] = (ALL,)
    often: tuple[tuple[float, float], ...] = ((-5.0, 5.0), (-40.0, 40.0), (-1.0, 1.0))
    fixed: dict[int, tuple[float, ...]] | None = None  # inputs that are one of a few numbers, and have no slope


def _erfc(x: Any) -> Any:
    return mp.erfc(x) if abs(x) < 1000 else mpf(2 if x < 0 else 0)


def _normal(x: Any) -> Any:
    return _erfc(-x / mp.sqrt(2)) / 2


def _erfcx(x: Any) -> Any:
    if x > 0 and x * x > mp.prec:  # the asymptotic series
        terms, term = mpf(1), mpf(1)
        for k in range(1, 10000):
            term *= -(2 * k - 1) / (2 * x * x)
            terms += term
            if abs(term) < mp.eps:
                break
        return terms / (x * mp.sqrt(mp.pi))
    return mp.exp(x * x) * mp.erfc(x) if x > -60 else mpf("inf")


def _log_erfc(x: Any) -> Any:
    return mp.log(_erfcx(x)) - x * x if x > 1 else mp.log(_erfc(x))


def _erfcinv(q: Any) -> Any:
    if q > 1:
        return -_erfcinv(2 - q)
    if q > 0.5:
        return mp.erfinv(1 - q)
    goal, y = mp.log(q), mpf(floats.erfcinv(float(q)))
    with mp.workprec(mp.prec + 30):
        for _ in range(80):
            grown = _erfcx(y)
            step = (mp.log(grown) - y * y - goal) * mp.sqrt(mp.pi) / 2 * grown
            y += step
            if abs(step) < mpf(2) ** (-mp.prec // 2 - 10) * y:
                break
    return +y


def _bessel(n: int, x: Any) -> Any:
    return mp.besseli(n, x)


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + mp.exp(-x))


POSITIVE = ((0.0, math.inf),)
CASES: dict[str, Case] = {
    "div": Case(lambda a, b: a / b, (ALL, ALL)),
    "pow": Case(lambda a, b: a**b, (*POSITIVE, ALL)),
    "square": Case(lambda x: x * x),
    "reciprocal": Case(lambda x: 1 / x),
    "sqrt": Case(mp.sqrt, POSITIVE),
    "cbrt": Case(lambda x: mp.sign(x) * mp.cbrt(abs(x))),
    "hypot": Case(lambda a, b: mp.sqrt(a * a + b * b), (ALL, ALL)),
    "exp": Case(mp.exp, often=((-745.0, 710.0), (-1.0, 1.0))),
    "expm1": Case(lambda x: mp.exp(x) - 1, often=((-745.0, 710.0), (-1.0, 1.0))),
    "log": Case(mp.log, POSITIVE, ((0.0, 2.0), (0.99, 1.01))),
    "log1p": Case(lambda x: mp.log(1 + x), ((-1.0, math.inf),), ((-1.0, 1.0), (-0.01, 0.01))),
    "log2": Case(lambda x: mp.log(x) / mp.log(2), POSITIVE, ((0.0, 2.0), (0.99, 1.01))),
    "log10": Case(lambda x: mp.log(x) / mp.log(10), POSITIVE, ((0.0, 2.0), (0.99, 1.01))),
    "sin": Case(mp.sin),
    "cos": Case(mp.cos),
    "tan": Case(mp.tan),
    "asin": Case(mp.asin, ((-1.0, 1.0),)),
    "acos": Case(mp.acos, ((-1.0, 1.0),)),
    "atan": Case(mp.atan),
    "atan2": Case(lambda a, b: mp.atan2(a, b), (ALL, ALL)),
    "sinh": Case(mp.sinh, often=((-710.0, 710.0), (-1.0, 1.0))),
    "cosh": Case(mp.cosh, often=((-710.0, 710.0), (-1.0, 1.0))),
    "tanh": Case(mp.tanh, often=((-370.0, 370.0), (-1.0, 1.0))),
    "asinh": Case(mp.asinh),
    "acosh": Case(mp.acosh, ((1.0, math.inf),), ((1.0, 2.0), (1.0, 1.001), (1.0, 50.0))),
    "atanh": Case(mp.atanh, ((-1.0, 1.0),)),
    "erf": Case(lambda x: mp.erf(x) if abs(x) < 1000 else mp.sign(x), often=((-27.3, 27.3), (-1.0, 1.0), (-6.0, 6.0))),
    "erfc": Case(_erfc, often=((-6.0, 27.3), (-1.0, 1.0))),
    "gaussian": Case(lambda x: mp.exp(-x * x), often=((-27.3, 27.3), (-1.0, 1.0), (-6.0, 6.0))),
    "erfcx": Case(_erfcx, often=((-26.6, 40.0), (-1.0, 1.0), (0.0, 6.0))),
    "log_erfc": Case(lambda x: _log_erfc(x), often=((-6.0, 40.0), (-1.0, 1.0), (0.0, 6.0))),
    "normal_pdf": Case(
        lambda x: mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi), often=((-38.6, 38.6), (-1.0, 1.0), (-6.0, 6.0))
    ),
    "ndtr": Case(_normal, often=((-38.5, 8.5), (-1.0, 1.0), (-6.0, 6.0))),
    "log_ndtr": Case(lambda x: _log_erfc(-x / mp.sqrt(2)) - mp.log(2), often=((-38.5, 8.5), (-1.0, 1.0), (-6.0, 6.0))),
    "erfinv": Case(mp.erfinv, ((-1.0, 1.0),), ((-1.0, 1.0), (-0.6, 0.6), (0.999, 1.0))),
    "erfcinv": Case(lambda q: _erfcinv(q), ((0.0, 2.0),), ((0.0, 2.0), (0.0, 0.01), (0.9, 1.1))),
    "ndtri": Case(lambda p: -mp.sqrt(2) * _erfcinv(2 * p), ((0.0, 1.0),), ((0.0, 1.0), (0.0, 0.01), (0.45, 0.55))),
    "sigmoid": Case(_sigmoid, often=((-745.0, 745.0), (-1.0, 1.0), (-40.0, 40.0))),
    "softplus": Case(lambda x: mp.log(1 + mp.exp(x)), often=((-745.0, 745.0), (-1.0, 1.0), (-40.0, 40.0))),
    "log_sigmoid": Case(lambda x: -mp.log(1 + mp.exp(-x)), often=((-745.0, 745.0), (-1.0, 1.0), (-40.0, 40.0))),
    "elu": Case(lambda x, a: x if x > 0 else a * (mp.exp(x) - 1), (ALL, (0.1, 3.0)), ((-745.0, 2.0),)),
    "selu": Case(
        lambda x: (
            mpf("1.0507009873554804934193349852946")
            * (x if x > 0 else mpf("1.6732632423543772848170429916717") * (mp.exp(x) - 1))
        ),
        often=((-745.0, 2.0), (-1.0, 1.0)),
    ),
    "gelu": Case(lambda x: x * _normal(x), often=((-38.5, 38.5), (-2.0, 2.0), (-0.76, -0.74))),
    "gelu_tanh": Case(
        lambda x: x * _sigmoid(2 * mp.sqrt(2 / mp.pi) * (x + mpf("0.044715") * x**3)),
        often=((-22.0, 22.0), (-2.0, 2.0), (-0.76, -0.74)),
    ),
    "silu": Case(lambda x: x * _sigmoid(x), often=((-745.0, 745.0), (-2.0, 2.0), (-1.3, -1.2))),
    "softsign": Case(lambda x: x / (1 + abs(x))),
}
CASES |= {
    "exp2": Case(lambda x: mp.mpf(2) ** x, often=((-1074.0, 1024.0), (-1.0, 1.0))),
    "exp10": Case(lambda x: mp.mpf(10) ** x, often=((-323.0, 308.0), (-1.0, 1.0))),
    "log1mexp": Case(lambda x: mp.log(1 - mp.exp(x)), ((-math.inf, 0.0),), ((-745.0, 0.0), (-1.0, 0.0))),
    "logaddexp": Case(lambda a, b: mp.log(mp.exp(a) + mp.exp(b)), ((0.0, 700.0), (0.0, 700.0)), ((0.0, 40.0),)),
    "logaddexp2": Case(lambda a, b: mp.log(mp.mpf(2) ** a + mp.mpf(2) ** b) / mp.log(2), ((0.0, 700.0), (0.0, 700.0)),
        ((0.0, 40.0),)),
    "logit": Case(lambda p: mp.log(p / (1 - p)), ((0.0, 1.0),), ((0.0, 1.0), (0.45, 0.55))),
    "xlogy": Case(lambda x, y: x * mp.log(y), (ALL, *POSITIVE)),
    "xlog1py": Case(lambda x, y: x * mp.log(1 + y), (ALL, (-1.0, math.inf))),
    "sinc": Case(lambda x: mp.sin(mp.pi * x) / (mp.pi * x), often=((-1.0, 1.0), (-0.7, 0.7))),
    "deg2rad": Case(lambda x: x * mp.pi / 180),
    "rad2deg": Case(lambda x: x * 180 / mp.pi),
    "gamma": Case(mp.gamma, ((0.0, math.inf),), ((0.0, 172.0), (0.0, 8.0), (0.0, 1.0))),
    "lgamma": Case(mp.loggamma, ((0.0, math.inf),), ((0.0, 20.0), (0.9, 1.1), (1.9, 2.1))),
    "digamma": Case(mp.digamma, ((0.0, math.inf),), ((0.0, 20.0), (1.46, 1.463), (0.0, 2.0))),
    "trigamma": Case(lambda x: mp.psi(1, x), ((0.0, math.inf),), ((0.0, 20.0), (0.0, 2.0))),
    "polygamma": Case(lambda n, x: mp.psi(int(n), x), ((0.0, 9.0), (1e-30, 1e30)), ((0.01, 20.0), (0.1, 2.0)),
        {0: (2.0, 3.0, 4.0, 7.0)}),
    "beta": Case(lambda a, b: mp.beta(a, b), ((1e-3, 1e4), (1e-3, 1e4)), ((0.0, 20.0), (0.0, 300.0))),
    "betaln": Case(lambda a, b: mp.log(mp.beta(a, b)), ((1e-3, 1e4), (1e-3, 1e4)), ((0.0, 20.0), (0.0, 300.0))),
    "i0": Case(lambda x: _bessel(0, x), ((-713.0, 713.0),), ((-20.0, 20.0), (-3.0, 3.0), (-713.0, 713.0))),
    "i1": Case(lambda x: _bessel(1, x), ((-713.0, 713.0),), ((-20.0, 20.0), (-3.0, 3.0), (-713.0, 713.0))),
    "i0e": Case(lambda x: _bessel(0, x) * mp.exp(-abs(x)), ((-1e4, 1e4),), ((-20.0, 20.0), (-3.0, 3.0))),
    "i1e": Case(lambda x: _bessel(1, x) * mp.exp(-abs(x)), ((-1e4, 1e4),), ((-20.0, 20.0), (-3.0, 3.0))),
}  # fmt: skip


def points(op: Op, case: Case, count: int) -> Iterator[tuple[float, ...]]:
    """Random points: a part of them over the whole range of magnitudes, and a part from where it is used."""
    rng = random.Random(op.name)
    found = 0
    while found < count:
        xs = []
        kind = rng.random()
        for k, (low, high) in enumerate(case.domain):
            if case.fixed and k in case.fixed:
                x = rng.choice(case.fixed[k])
            elif kind < 0.3:
                x = 10.0 ** rng.uniform(LEAST, MOST) * rng.choice((-1.0, 1.0))
            elif kind < 0.4:  # near the ends, and near 1
                x = rng.choice((low, high, 1.0, -1.0, 0.0)) + 10.0 ** rng.uniform(-20, 0) * rng.choice((-1.0, 1.0))
            elif len(case.domain) > 1 and kind < 0.6:
                x = 10.0 ** rng.uniform(-8, 8) * rng.choice((-1.0, 1.0))
            else:
                x = rng.uniform(*rng.choice(case.often))
            xs.append(x)
        if all(low < x < high and x != 0.0 for x, (low, high) in zip(xs, case.domain, strict=True)):
            found += 1
            yield tuple(xs)


def reference(f: Callable[..., Any], xs: tuple[float, ...], by: tuple[int, ...]) -> Any:
    """The derivative of f by those inputs, none, one or two of them, with as many digits as it takes for 20 of them."""
    size = max(abs(math.log10(abs(x))) for x in xs if x)
    digits = int(70 + 45 * len(by) + (1.2 + 0.8 * len(by)) * size)
    before = _difference(f, xs, by, digits)
    while True:
        digits += digits // 2
        now = _difference(f, xs, by, digits)
        if 0 < abs(now - before) <= mpf(10) ** -20 * abs(now) or (now == before and now):
            return now
        if digits > 600 and abs(now) < mpf(10) ** -400:  # 0, but for what is lost to rounding
            return mpf(0)
        if not mpmath.isfinite(now) or digits > 6000:
            return now if not by else mpf("nan")
        before = now


def _difference(f: Callable[..., Any], xs: tuple[float, ...], by: tuple[int, ...], digits: int) -> Any:
    """A central difference, in that many digits."""
    with mp.workdps(digits):
        at = [mpf(x) for x in xs]
        steps = [mpf(10) ** -45 * min(abs(x), 1) for x in at]

        def moved(*signs: int) -> Any:
            to = at[:]
            for k, sign in zip(by, signs, strict=True):
                to[k] += sign * steps[k]
            return f(*to)

        if not by:
            return +f(*at)
        if len(by) == 1:
            return (moved(1) - moved(-1)) / (2 * steps[by[0]])
        return (moved(1, 1) - moved(1, -1) - moved(-1, 1) + moved(-1, -1)) / (4 * steps[by[0]] * steps[by[1]])


def apart(found: float, right: Any) -> float:
    """How far from the right value, in units of its last place."""
    nearest = float(right)
    if math.isinf(nearest) or abs(nearest) > 1.7976931348623e308:
        return 0.0 if abs(found) > 1.7976931348623e308 and (found > 0) == (right > 0) else math.inf
    if not math.isfinite(found):
        return math.inf
    return float(abs(mpf(found) - right) / mpf(math.ulp(nearest)))


# The forms.


@cache
def orders(op: Op, inputs: int, fixed: frozenset[int]) -> list[tuple[int, ...]]:
    """By which inputs: the value, the partials and the second partials."""
    free = [k for k in range(inputs) if k not in fixed]
    return [(), *((k,) for k in free), *((j, k) for k in free for j in free if j <= k)]


def _seconds(op: Op, inputs: int, fixed: frozenset[int], vocabulary: Any) -> tuple[Any, Any]:
    return second_partials_by(op, tuple(k not in fixed for k in range(inputs)), vocabulary)


def eager(op: Op, columns: Any, fixed: frozenset[int]) -> dict[tuple[int, ...], list[float]]:
    """As recorded: on floats."""
    made: dict[tuple[int, ...], list[float]] = {by: [] for by in orders(op, len(columns), fixed)}
    pairs, seconds = _seconds(op, len(columns), fixed, floats)
    for xs in zip(*columns.tolist(), strict=True):
        y = op.forward(floats, *xs)
        slopes = op.partials(floats, *xs, y)
        found = dict(zip(pairs, seconds(*xs, y), strict=True))
        for by, each in made.items():
            each.append(y if not by else slopes[by[0]] if len(by) == 1 else found.get(by, 0.0))
    return made


def by_arrays(op: Op, columns: Any, fixed: frozenset[int]) -> dict[tuple[int, ...], Any]:
    """As a batch runs: on arrays."""
    with np.errstate(all="ignore"):
        y = op.forward(arrays, *columns)
        slopes = op.partials(arrays, *columns, y)
        pairs, seconds = _seconds(op, len(columns), fixed, arrays)
        found = dict(zip(pairs, seconds(*columns, y), strict=True))
    made = {by: y if not by else slopes[by[0]] if len(by) == 1 else found.get(by, 0.0) for by in
            orders(op, len(columns), fixed)}  # fmt: skip
    return {by: np.broadcast_to(x, y.shape).tolist() for by, x in made.items()}


def native(op: Op, columns: Any, fixed: frozenset[int]) -> dict[tuple[int, ...], Any]:
    """As machine code."""
    from autograd.compiling.native.groups import Vocabulary
    from autograd.compiling.native.kernel import kernel
    from autograd.vocabularies.lines import Lines

    words = Vocabulary(Lines())
    names = [f"x{k}" for k in range(len(columns))]
    inputs = [text.Text(x) for x in names]
    pairs, seconds = _seconds(op, len(columns), fixed, words)
    y = text.Text("y")
    (before, (value,)) = text.program([op.forward(words, *inputs)], "s")
    slopes = op.partials(words, *inputs, y)
    found = dict(zip(pairs, seconds(*inputs, y), strict=True))
    by = orders(op, len(columns), fixed)
    wanted = [slopes[at[0]] if len(at) == 1 else found.get(at, 0.0) for at in by if at]
    (then, results) = text.program(wanted, "t")
    lines = [*(f"{x} = p[{k} * n + i]" for k, x in enumerate(names)), *before, f"y = {value}", *then]
    lines += [f"p[{len(columns) + k} * n + i] = {x}" for k, x in enumerate(["y", *results])]
    source = "\n".join(
        ["def run(p, n):", "    for i in range(n):", *(f"        {line}" for line in lines), "    return 0.0", ""]
    )
    table = np.zeros((len(columns) + len(by), columns.shape[1]))
    table[: len(columns)] = columns
    kernel(source, "di")(table, columns.shape[1])
    return dict(zip(by, table[len(columns) :].tolist(), strict=True))


FORMS = {"eager": eager, "arrays": by_arrays, "native": native}


@dataclass
class Worst:
    """The largest error, and where."""

    units: float = 0.0
    at: tuple[float, ...] = ()
    found: float = 0.0
    right: float = 0.0


def worst(name: str, count: int, forms: Any = FORMS) -> dict[tuple[str, tuple[int, ...]], Worst]:
    """For each form, and for the value and each partial, the largest error over so many points."""
    op, case = TABLE[name], CASES[name]
    fixed = frozenset(case.fixed or ())
    sample = [*points(op, case, count)]
    columns = np.array(sample).T
    results = {form: FORMS[form](op, columns, fixed) for form in forms}
    made: dict[tuple[str, tuple[int, ...]], Worst] = {}
    for by in orders(op, len(case.domain), fixed):
        for k, xs in enumerate(sample):
            if len(by) == 2 and len(xs) > 1 and not all(1e-30 < abs(x) < 1e30 for x in xs):
                continue  # what is between overflows
            try:
                right = reference(case.f, xs, by)
                if mpmath.isnan(right):
                    continue
                if len(by) == 2 and 0 < abs(right) < 1e-290:
                    continue  # second partials count where they are normal numbers
            except (ZeroDivisionError, ValueError, mpmath.libmp.NoConvergence):
                continue
            for form in forms:
                there = made.setdefault((form, by), Worst())
                found = results[form][by][k]
                units = apart(found, right)
                if units > there.units:
                    made[form, by] = Worst(units, xs, found, float(right))
    return made


# What is promised, in units of the last place, for the value, the partials and the second partials: where a word is
# C's or NumPy's, that library decides; and where it is wider, why.
PROMISED = (4.0, 4.0, 8.0)
WIDER: dict[tuple[str, int], tuple[float, str]] = {
    ("gamma", 0): (8.0, "a product of powers and exponentials of the C library"),
    ("gamma", 1): (10.0, "gamma times digamma"),
    ("gamma", 2): (64.0, "gamma times a sum"),
    ("beta", 0): (1000.0, "an exponential of its logarithm, where a + b > 170"),
    ("beta", 1): (2000.0, "the same"),
    ("beta", 2): (math.inf, "a sum of terms that cancel"),
    ("betaln", 0): (64.0, "near beta = 1 the digits are those of its terms"),
    ("betaln", 1): (16.0, "a difference of digammas"),
    ("betaln", 2): (math.inf, "a difference of trigammas"),
    ("digamma", 1): (6.0, "a polynomial over a square"),
    ("pow", 2): (1000.0, "b - 1 is rounded, and log(a) of it is lost"),
    ("atan2", 2): (math.inf, "at its root, a = b"),
    ("normal_pdf", 2): (math.inf, "at its roots, 1 and -1"),
    ("gaussian", 2): (math.inf, "at its roots"),
    ("gelu_tanh", 2): (math.inf, "at its roots"),
    ("silu", 2): (math.inf, "at its roots"),
    ("sinc", 1): (math.inf, "at its roots"),
    ("sinc", 2): (math.inf, "at its roots"),
    ("i0", 2): (16.0, "a polynomial times two exponentials"),
    ("i0e", 2): (math.inf, "a difference that is x^2 times smaller than its terms"),
    ("i1e", 1): (16.0, "between 3 and 8 a difference"),
    ("i1e", 2): (math.inf, "a difference that is x^2 times smaller than its terms, and roots"),
    ("log_erfc", 2): (12.0, "a product of five"),
    ("log_ndtr", 0): (6.0, "the logarithm of a sum near 1"),
    ("log_ndtr", 2): (16.0, "a product of five"),
    ("erfcx", 1): (6.0, "a polynomial over a square"),
    ("erfcx", 2): (12.0, "a polynomial over a cube"),
    ("erfinv", 2): (12.0, "a product of four"),
    ("erfcinv", 1): (8.0, "a quotient of a polynomial and a quotient"),
    ("erfcinv", 2): (12.0, "a product of four"),
    ("ndtri", 1): (8.0, "a quotient of a polynomial and a quotient"),
    ("ndtri", 2): (16.0, "a product of four"),
    ("ndtr", 0): (5.0, "an exponential times a polynomial"),
    ("polygamma", 1): (8.0, "a sum of powers"),
    ("polygamma", 0): (8.0, "a sum of powers"),
}


def bound(name: str, order: int) -> float:
    """How many units a row may be off."""
    return WIDER.get((name, order), (PROMISED[order], ""))[0]
