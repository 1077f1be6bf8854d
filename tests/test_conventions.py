"""Where peers differ: the derivative at kinks, ties, poles and the ends of the number line."""

import math

import numpy as np
import pytest

import autograd as ag
from autograd import Value

inf, nan = math.inf, math.nan


def gradient(f, *xs):
    leaves = [Value(x) for x in xs]
    f(*leaves).backward()
    return [leaf.grad for leaf in leaves]


AT_A_KINK = [
    (ag.abs, (0.0,), (0.0,)),
    (ag.relu, (0.0,), (0.0,)),
    (ag.leaky_relu, (0.0, 0.2), (0.2, 0.0)),
    (ag.elu, (0.0, 1.5), (1.5, 0.0)),
    (ag.maximum, (2.0, 2.0), (0.5, 0.5)),
    (ag.minimum, (2.0, 2.0), (0.5, 0.5)),
    (ag.fmax, (2.0, 2.0), (0.5, 0.5)),
    (ag.fmax, (nan, 2.0), (0.0, 1.0)),
    (ag.fmin, (2.0, nan), (1.0, 0.0)),
    (ag.clip, (-1.0, -1.0, 1.0), (1.0, 0.0, 0.0)),
    (ag.clip, (1.0, -1.0, 1.0), (1.0, 0.0, 0.0)),
    (ag.clip, (5.0, -1.0, 1.0), (0.0, 0.0, 1.0)),
    (ag.clip, (-5.0, -1.0, 1.0), (0.0, 1.0, 0.0)),
    (ag.hard_tanh, (1.0,), (1.0,)),
    (ag.hypot, (0.0, 0.0), (0.0, 0.0)),
    (ag.atan2, (0.0, 0.0), (0.0, 0.0)),
    (ag.mod, (7.5, 2.0), (1.0, -3.0)),
    (ag.mod, (-7.5, 2.0), (1.0, 4.0)),
    (ag.floordiv, (7.5, 2.0), (0.0, 0.0)),
    (ag.pow, (5.0, 0.0), (0.0, math.log(5.0))),
    (ag.pow, (0.0, 0.0), (0.0, 0.0)),
    (ag.pow, (0.0, 2.0), (0.0, 0.0)),
    (ag.pow, (0.0, 1.0), (1.0, 0.0)),
    (ag.pow, (0.0, -1.0), (-inf, -inf)),
    (ag.log, (0.0,), (inf,)),
    (ag.sqrt, (0.0,), (inf,)),
    (ag.where, (1.0, 3.0, 4.0), (0.0, 1.0, 0.0)),
    (ag.where, (0.0, 3.0, 4.0), (0.0, 0.0, 1.0)),
]


@pytest.mark.parametrize(("f", "at", "expected"), AT_A_KINK)
def test_the_derivative_at_a_kink_is_the_convention(f, at, expected):
    assert gradient(f, *at) == list(expected)


@pytest.mark.parametrize("f", [ag.sign, ag.step, ag.floor, ag.ceil, ag.round, ag.trunc])
def test_steps_have_derivative_zero(f):
    assert [gradient(f, x) for x in (-1.5, 0.0, 0.5, 2.0)] == [[0.0]] * 4


@pytest.mark.parametrize("f", [ag.log, ag.log2, ag.log10, ag.sqrt, ag.acosh, ag.asin, ag.acos, ag.atanh, ag.log1p])
def test_outside_its_domain_a_function_is_nan_with_slope_nan(f):
    x = Value(-3.0)
    y = f(x)
    y.backward()
    assert math.isnan(y.data)
    assert math.isnan(x.grad)


def test_nan_passes_through_relu_and_maximum():
    assert math.isnan(ag.relu(Value(nan)).data)
    assert math.isnan(ag.maximum(Value(nan), 1.0).data)
    assert math.isnan(ag.max([Value(1.0), Value(nan)]).data)
    assert math.isnan(ag.clip(Value(nan), 0.0, 1.0).data)


@pytest.mark.parametrize(
    ("f", "at", "expected"),
    [
        (ag.sigmoid, 40.0, math.exp(-40.0)),
        (ag.sigmoid, -40.0, math.exp(-40.0)),
        (ag.tanh, 20.0, 4 * math.exp(-40.0)),
        (ag.tanh, 360.0, 4 * math.exp(-720.0)),  # subnormal, and kept
        (ag.softplus, -700.0, math.exp(-700.0)),
        (ag.erfc, 10.0, -2 / math.sqrt(math.pi) * math.exp(-100.0)),
        (ag.expm1, -40.0, math.exp(-40.0)),
        (ag.asin, 1 - 1e-12, 1 / math.sqrt((1 - (1 - 1e-12)) * (2 - 1e-12))),
    ],
)
def test_the_tails_keep_their_digits(f, at, expected):
    assert gradient(f, at) == [pytest.approx(expected, rel=1e-9)]


def test_nothing_overflows_on_the_way_to_a_finite_result():
    assert ag.hypot(Value(3e200), Value(4e200)).data == pytest.approx(5e200, rel=1e-15)
    assert ag.norm([Value(3e200), Value(4e200)]).data == pytest.approx(5e200, rel=1e-15)
    assert ag.logsumexp([Value(1000.0), Value(1000.0)]).data == 1000 + math.log(2)
    assert gradient(ag.softplus, 1000.0) == [1.0]
    assert [p.data for p in ag.softmax([Value(1000.0), Value(0.0)])] == [1.0, 0.0]
    assert gradient(ag.gelu_tanh, 1e200) == [1.0]
    assert gradient(ag.atan2, 3e200, 4e200) == pytest.approx([4e-200 / 25, -3e-200 / 25], rel=1e-12)


def test_the_branch_not_taken_contributes_exactly_zero():
    assert gradient(lambda x: ag.where(x, ag.log(x), 3 * x), 0.0) == [3.0]
    assert gradient(lambda x: ag.where(0.0, ag.sqrt(x), x), -1.0) == [1.0]


def test_a_product_with_zeros_needs_no_division():
    assert gradient(lambda *xs: ag.prod(xs), 0.0, 2.0, 3.0) == [6.0, 0.0, 0.0]
    assert gradient(lambda *xs: ag.prod(xs), 0.0, 2.0, 0.0) == [0.0, 0.0, 0.0]


def test_tied_values_share_the_gradient_of_max():
    assert gradient(lambda *xs: ag.max(xs), 1.0, 4.0, 4.0, 4.0) == pytest.approx([0, 1 / 3, 1 / 3, 1 / 3])
    assert gradient(lambda *xs: ag.min(xs), 1.0, 1.0, 4.0) == [0.5, 0.5, 0.0]


def test_a_constant_exponent_never_takes_a_logarithm():
    x = Value(-2.0)
    y = x**3
    assert y.partials == (12.0, 0.0)
    assert (Value(-2.0) ** Value(3.0)).partials[0] == 12.0


def test_python_floats_leak_no_errors_and_no_complex_numbers():
    assert (1 / Value(0.0)).data == inf
    assert (-1 / Value(0.0)).data == -inf
    assert (Value(1.0) / -0.0).data == -inf
    assert math.isnan((Value(0.0) / 0).data)
    assert math.isnan((Value(1.0) % 0).data)
    assert (Value(1.0) // 0).data == inf
    assert math.isnan((Value(-8.0) ** (1 / 3)).data)
    assert (Value(10.0) ** 400).data == inf
    assert (Value(-10.0) ** 401).data == -inf
    assert (Value(0.0) ** -1).data == inf
    assert ag.exp(Value(1e4)).data == inf
    assert ag.cosh(Value(-1e4)).data == inf
    assert math.isnan(ag.sin(Value(inf)).data)
    assert ag.round(Value(inf)).data == inf
    assert math.copysign(1.0, ag.ceil(Value(-0.5)).data) == -1.0 == np.copysign(1.0, np.ceil(-0.5))


def test_rounding_is_pythons_and_correct():
    assert round(Value(2.675), 2).data == round(2.675, 2)
    assert [round(Value(x)).data for x in (0.5, 1.5, 2.5)] == [0.0, 2.0, 2.0]


def test_softmax_sums_to_one_and_its_logarithm_agrees():
    xs = [Value(x) for x in (0.3, -1.2, 5.0)]
    probabilities, logs = ag.softmax(xs), ag.log_softmax(xs)
    assert sum(p.data for p in probabilities) == pytest.approx(1.0, rel=1e-15)
    assert [math.log(p.data) for p in probabilities] == pytest.approx([x.data for x in logs], rel=1e-14)
    logs[2].backward()
    assert [x.grad for x in xs] == pytest.approx([-p.data for p in probabilities[:2]] + [1 - probabilities[2].data])


def test_numbers_are_added_up_from_first_to_last_by_every_python():
    xs, ones = [Value(1e16), Value(1.0), Value(-1e16)], [1.0, 1.0, 1.0]
    assert [ag.sum(xs).data, ag.dot(xs, ones).data, ag.linear(xs, ones, 2.0).data, ag.mean(xs).data] == [0, 0, 2, 0]
    a, b, c = (x.data - ag.mean(xs).data for x in xs)
    assert ag.var(xs).data == (a * a + b * b + c * c) / 3
    assert ag.jvp(lambda x: ag.sum(x), xs, [1e16, 1.0, -1e16])[1] == 0.0
    assert math.copysign(1.0, ag.sum([Value(-0.0), Value(-0.0)]).data) == -1.0
