"""The words that are written once: their special points, and that each form has the same of them."""

import math
import random

import numpy as np
import pytest

import autograd as ag
from autograd import Value
from autograd.core import floats
from autograd.core.ops import ROWS
from autograd.special import OWN
from autograd.special.numbers import NUMBERS
from autograd.special.words import WORDS
from autograd.vocabularies import arrays
from autograd.vocabularies.written import _function

inf, nan = math.inf, math.nan

AT = [
    (ag.exp2, (10.0,), 1024.0),
    (ag.exp10, (3.0,), 1000.0),
    (ag.exp10, (400.0,), inf),
    (ag.log1mexp, (0.0,), -inf),
    (ag.log1mexp, (1.0,), nan),
    (ag.log1mexp, (-inf,), 0.0),
    (ag.logaddexp, (-inf, -inf), -inf),
    (ag.logaddexp, (inf, inf), inf),
    (ag.logaddexp, (-inf, 3.0), 3.0),
    (ag.logaddexp, (1000.0, 1000.0), 1000.0 + math.log(2)),
    (ag.logaddexp2, (3.0, 3.0), 4.0),
    (ag.logit, (0.0,), -inf),
    (ag.logit, (0.5,), 0.0),
    (ag.logit, (1.0,), inf),
    (ag.logit, (1.5,), nan),
    (ag.xlogy, (0.0, 0.0), 0.0),
    (ag.xlogy, (0.0, nan), nan),
    (ag.xlogy, (2.0, 0.0), -inf),
    (ag.xlog1py, (0.0, -1.0), 0.0),
    (ag.sinc, (0.0,), 1.0),
    (ag.sinc, (3.0,), 0.0),
    (ag.sinc, (inf,), 0.0),
    (ag.copysign, (3.0, -0.0), -3.0),
    (ag.gamma, (5.0,), 24.0),
    (ag.gamma, (0.0,), inf),
    (ag.gamma, (-0.0,), -inf),
    (ag.gamma, (-2.0,), nan),
    (ag.gamma, (172.0,), inf),
    (ag.lgamma, (1.0,), 0.0),
    (ag.lgamma, (2.0,), 0.0),
    (ag.lgamma, (0.0,), inf),
    (ag.lgamma, (-3.0,), inf),
    (ag.lgamma, (-inf,), inf),
    (ag.digamma, (0.0,), -inf),
    (ag.digamma, (-1.0,), nan),
    (ag.trigamma, (0.0,), inf),
    (ag.betaln, (1.0, 1.0), 0.0),
    (ag.beta, (-1.0, 1.0), nan),
    (ag.i0, (0.0,), 1.0),
    (ag.i1, (0.0,), 0.0),
    (ag.i0, (inf,), inf),
    (ag.i0e, (0.0,), 1.0),
    (ag.erfcx, (0.0,), 1.0),
    (ag.erfcx, (-30.0,), inf),
    (ag.ndtr, (0.0,), 0.5),
    (ag.ndtr, (-inf,), 0.0),
    (ag.ndtr, (inf,), 1.0),
    (ag.log_ndtr, (inf,), 0.0),
    (ag.log_ndtr, (-1e200,), -inf),
    (ag.ndtri, (0.0,), -inf),
    (ag.ndtri, (0.5,), 0.0),
    (ag.ndtri, (1.0,), inf),
    (ag.ndtri, (1.5,), nan),
    (ag.erfinv, (1.0,), inf),
    (ag.erfinv, (-1.0,), -inf),
    (ag.erfinv, (2.0,), nan),
    (ag.erfcinv, (0.0,), inf),
    (ag.erfcinv, (2.0,), -inf),
    (ag.gaussian, (inf,), 0.0),
]


@pytest.mark.parametrize(("f", "at", "expected"), AT)
def test_at_a_special_point_it_is_the_convention(f, at, expected):
    found = f(*at)
    assert found == pytest.approx(expected, rel=1e-15, abs=1e-17, nan_ok=True)
    assert f(*map(Value, at)).data == pytest.approx(expected, rel=1e-15, abs=1e-17, nan_ok=True)


@pytest.mark.parametrize(("f", "at", "slope"), [
    (ag.xlogy, (0.0, 2.0), (math.log(2.0), 0.0)),
    (ag.logit, (0.5,), (4.0,)),
    (ag.copysign, (0.0, -1.0), (0.0, 0.0)),
    (ag.sinc, (0.0,), (0.0,)),
    (ag.i0e, (0.0,), (0.0,)),
    (ag.i1, (0.0,), (0.5,)),
    (ag.erfinv, (1.0,), (inf,)),
    (ag.ndtri, (0.0,), (inf,)),
    (ag.logaddexp, (-inf, 1.0), (0.0, 1.0)),
    (ag.atan, (1e160,), (1e-320,)),
    (ag.erfc, (26.5,), (-1.172614183000784e-305,)),
    (ag.silu, (-745.0,), (-744 * math.exp(-372.5) * math.exp(-372.5),)),
])  # fmt: skip
def test_the_slope_at_a_special_point_is_the_convention(f, at, slope):
    leaves = [Value(x) for x in at]
    f(*leaves).backward()
    assert [x.grad for x in leaves] == pytest.approx(list(slope), rel=1e-6, abs=0.0)


@pytest.mark.parametrize("name", NUMBERS)
def test_what_is_written_again_for_numbers_means_the_same(name):
    rng = random.Random(name)
    plain = _function(name)
    for _ in range(2000):
        xs = [rng.choice([rng.uniform(-5, 5), rng.uniform(-40, 40), rng.uniform(-800, 800), 0.0, -0.0, inf, -inf, nan])
              for _ in range(plain.__code__.co_argcount)]  # fmt: skip
        if name == "cbrt_slope":
            xs[1] = math.cbrt(xs[0])
        assert NUMBERS[name](*xs) == pytest.approx(plain(*xs), rel=3e-15, abs=1e-322, nan_ok=True), xs


@pytest.mark.parametrize("name", [name for name in WORDS if not name.startswith("_")])
def test_an_array_in_float32_is_computed_in_float64_and_given_back_in_float32(name):
    count = WORDS[name].__code__.co_argcount - 1
    xs = [np.array([0.3, 0.6, 0.9], np.float32) for _ in range(count)]
    found = getattr(arrays, name)(*xs)
    exact = [getattr(floats, name)(*map(float, row)) for row in zip(*xs, strict=True)]
    assert found.dtype == np.float32
    assert found == pytest.approx(exact, rel=1e-6, nan_ok=True)


@pytest.mark.parametrize("name", [name for name in WORDS if not name.startswith("_")])
def test_a_number_among_arrays_is_not_taken_for_float32(name):
    count = WORDS[name].__code__.co_argcount - 1
    xs = [0.3, 0.7][:count]
    assert float(getattr(arrays, name)(*xs)) == pytest.approx(getattr(floats, name)(*xs), rel=1e-13, nan_ok=True)


def test_a_row_of_special_is_a_row_like_any_other():
    assert set(OWN) < {op.name for op in ROWS}
    x = Value(0.7, label="x")
    y = ag.digamma(x)
    assert (y.op, x.digamma().data) == (OWN["digamma"], y.data)
    assert ag.from_json(ag.to_json(y)).data == y.data
    assert "ψ" in str(ag.draw(y)._repr_mimebundle_())


def test_a_derivative_of_a_derivative_of_a_special_function_goes_on():
    fourth = ag.grad(ag.grad(ag.grad(ag.grad(ag.lgamma))))
    assert fourth(1.0) == pytest.approx(math.pi**4 / 15, rel=1e-13)
    assert ag.grad(ag.grad(ag.grad(ag.ndtr)))(0.0) == pytest.approx(-1 / math.sqrt(2 * math.pi), rel=1e-14)
    assert ag.grad(ag.grad(ag.grad(ag.erfinv)))(0.0) == pytest.approx(math.sqrt(math.pi) ** 3 / 4, rel=1e-13)
